"""What is wrong with what a program sent (写法不对), fault by fault: its place, and a sentence in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from web.language import in_language
from web.list_faults import FAULTS

Sentence = tuple[str, str]

IN = {"json": "body", "query": "query", "headers": "header"}

SENTENCES: tuple[Sentence, ...] = (
    ("缺少这一项。", "Missing data for required field."),
    ("不能为 null。", "Field may not be null."),
    ("没有这一项。", "Unknown field."),
    ("值不对。", "Invalid value."),
    ("值不对。", "Invalid input."),
    ("应是一个对象。", "Invalid input type."),
    ("应是一个对象。", "Invalid type."),
    ("应是文字。", "Not a valid string."),
    ("不是正确的 UTF-8 文字。", "Not a valid utf-8 string."),
    ("应是整数。", "Not a valid integer."),
    ("应是数字。", "Not a valid number."),
    ("数字太大。", "Number too large."),
    ("应是 true 或 false。", "Not a valid boolean."),
    ("应是日期，例如 2026-03-02。", "Not a valid date."),
    ("应是时间，例如 2026-03-02T10:00:00+08:00。", "Not a valid datetime."),
    ("时间要写明时区，例如 +08:00。", "Not a valid aware datetime."),
    ("应是列表。", "Not a valid list."),
    ("应是对象。", "Not a valid mapping type."),
    ("“{input}”不能写成{obj_type}。", '"{input}" cannot be formatted as a {obj_type}.'),
    ("应为以下之一：{choices}。", "Must be one of: {choices}."),
    ("应为以下之一：{choices}。", "One or more of the choices you made was not in: {choices}."),
    ("至少 {min}。", "Must be greater than or equal to {min}."),
    ("应大于 {min}。", "Must be greater than {min}."),
    ("至多 {max}。", "Must be less than or equal to {max}."),
    ("应小于 {max}。", "Must be less than {max}."),
    ("应在 {min} 到 {max} 之间。", "Must be greater than or equal to {min} and less than or equal to {max}."),
    ("长度至少 {min}。", "Shorter than minimum length {min}."),
    ("长度至多 {max}。", "Longer than maximum length {max}."),
    ("长度应在 {min} 到 {max} 之间。", "Length must be between {min} and {max}."),
    ("长度应为 {equal}。", "Length must be {equal}."),
    ("写法不对。", "String does not match expected pattern."),
    ("不是 Unicode 文字。", "Not Unicode."),
    ("应为 Unicode NFC 形式。", "Not in Unicode NFC."),
    ("含有不能保存的字符。", "Holds a character that can't be kept."),
    ("这里不接受内容。", "Nothing may be sent here."),
    ("不是 JSON。", "Invalid JSON body."),
)
"""The sentences of marshmallow and of our own schemas, in Chinese and as they are told there."""


CODES: dict[str, Sentence] = {
    "code_with_slash": (
        "编号不能含有斜线，也不能只是点。",
        "A code holds no slash and is not dots alone.",
    ),
    "not_a_month": (
        "月份应在 1 至 12 之间，结束不早于开始。",
        "Months run from 1 to 12, and the last is not before the first.",
    ),
}
"""What our own schemas tell by a code."""


class Fault(NamedTuple):
    """One fault: in the body or the query, at which place (a JSON pointer), and what."""

    where: str
    place: str
    detail: str

    def told(self) -> dict[str, str]:
        """As a problem document tells it."""
        return {"in": self.where, "pointer": self.place, "detail": self.detail}


def faults(messages: object) -> list[dict[str, str]]:
    """The faults of a validation error, whose messages are by location."""
    found: list[Fault] = []
    for location, below in messages.items() if isinstance(messages, Mapping) else [("json", messages)]:
        found += [Fault(IN.get(location, location), *each) for each in _below(below, "")]
    return [each.told() for each in found]


def _below(messages: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from _below(below, place if name == "_schema" else f"{place}/{step}")
    elif isinstance(messages, list):
        for each in messages:
            yield from _below(each, place)
    else:
        yield place, in_language(sentence(str(messages)))


def sentence(english: str) -> Sentence:
    """A sentence with its Chinese, or both for a code: of our own schemas, or of the intake of lists."""
    if english in CODES:
        return CODES[english]
    if english in FAULTS:
        return as_sentence(FAULTS[english])
    for pattern, chinese in _PATTERNS:
        if found := pattern.fullmatch(english):
            return chinese.format(**found.groupdict()), english
    return english, english


def as_sentence(told: Sentence) -> Sentence:
    """What is wrong, told without a full stop, as a sentence of its own."""
    chinese, words = told
    return f"{chinese}。", f"{words[0].upper()}{words[1:]}."


def is_known(english: str) -> bool:
    """Whether a sentence has its Chinese."""
    return (
        english in CODES or english in FAULTS or any(pattern.fullmatch(english) for pattern, _ in _PATTERNS)
    )


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", re.escape(english)), re.DOTALL)


_PATTERNS = [(_pattern(english), chinese) for chinese, english in SENTENCES]
