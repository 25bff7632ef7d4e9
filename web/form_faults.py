"""What is wrong with a form (填写问题), in the reader's words: which field of which line, and why, in both languages.

Schemas tell faults as `$.lines.3.ratio: not_a_ratio`: the place, then a code of the intake or a message of marshmallow.
Its messages are known by their own templates, so that none of them comes through in a language nobody chose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from marshmallow import fields, validate

from web.field_faults import is_known
from web.field_faults import sentence as for_programs

Sentence = tuple[str, str]

FIELDS: dict[str, dict[str, Sentence]] = {
    "item": {
        "code": ("事项编码", "Code"),
        "category": ("抽查类别", "Category"),
        "name": ("抽查事项", "Item"),
        "sub_item": ("抽查子项", "Sub-item"),
        "basis": ("抽查依据", "Legal basis"),
        "subject": ("检查主体", "Inspecting body"),
        "target_type": ("检查对象", "Kind of target"),
        "content": ("检查内容", "What is checked"),
        "methods": ("检查方式", "Methods"),
        "item_class": ("事项类别", "Class"),
        "ratio_least": ("最低抽查比例", "Least ratio"),
        "ratio_most": ("最高抽查比例", "Greatest ratio"),
        "times_least": ("每年最少次数", "Times a year, at least"),
        "times_most": ("每年最多次数", "Times a year, at most"),
        "qualification": ("人员资格要求", "Qualification"),
        "responsible_office": ("责任科室", "Responsible office"),
        "editor": ("编制人", "Written by"),
        "remark": ("备注", "Remark"),
        "set_by": ("设定层级", "Level that set it"),
    },
    "annual_plan": {
        "year": ("年度", "Year"),
        "number": ("文号", "Number"),
        "name": ("计划名称", "Name"),
        "lines": ("计划内容", "Lines"),
        "item": ("抽查事项", "Item"),
        "kind": ("抽查类型", "Kind"),
        "joint": ("联合抽查", "Joint"),
        "first_month": ("开始月份", "First month"),
        "last_month": ("结束月份", "Last month"),
        "ratio": ("抽查比例", "Ratio"),
        "times": ("次数", "Times"),
    },
    "declaration": {
        "kind": ("申报类别", "Kind"),
        "target_code": ("检查对象编号", "Code of the target"),
        "target_name": ("检查对象名称", "Name of the target"),
        "relative": ("亲属", "Relative"),
        "since": ("起始日期", "Since"),
        "until": ("终止日期", "Until"),
        "note": ("说明和材料", "Explanation and evidence"),
    },
    "campaign": {
        "code": ("任务编号", "Code"),
        "name": ("任务名称", "Name"),
        "legal_basis": ("抽查依据", "Legal basis"),
        "kind": ("抽查类型", "Kind"),
        "plan_line": ("年度计划", "Annual plan"),
        "year": ("年度", "Year"),
        "number": ("文号", "Number"),
        "line": ("第几项", "Line"),
        "items": ("抽查事项", "Items"),
        "departments": ("部门和检查组", "Departments"),
        "size": ("每组人数", "Team size"),
        "leads": ("其中组长", "Leads"),
        "lead_qualification": ("组长资格", "Qualification of leads"),
        "conditions": ("条件", "Conditions"),
        "field": ("条件项", "Field"),
        "values": ("条件值", "Values"),
        "first_day": ("开始日期", "First day"),
        "last_day": ("结束日期", "Last day"),
        "draw_by": ("抽取期限", "Draw by"),
        "strata_by": ("分层方式", "Strata"),
        "rates": ("抽取比例", "Rates"),
        "value": ("", ""),
        "key": ("分层", "stratum"),
        "total": ("抽取总数", "Total"),
        "teams": ("检查组", "Teams"),
        "groups": ("组数", "Groups"),
        "objectives": ("匹配目标", "Objectives"),
        "entropy": ("随机数来源", "Source of entropy"),
        "witnesses": ("见证人", "Witnesses"),
        "exclude_days": ("近多少天检查过的不抽", "Days since the last visit"),
        "yearly_cap": ("每户每年检查上限", "Yearly cap"),
        "cap_exception": ("不受上限限制的事由", "Exception to the cap"),
        "most_voids": ("对象作废上限", "Most voids"),
        "most_recusals": ("回避上限", "Most recusals"),
        "former_employer_years": ("曾任职单位排除年数", "Years a former employer is barred"),
        "rotation": ("轮换次数", "Visits of rotation"),
        "same_street": ("同街道排除", "Same street"),
    },
}
"""What forms call their fields; a form of another subject is told by the names of its fields."""

_OF_FORMS: dict[str, Sentence] = {
    "no_such_item": (
        "没有这一已公布的抽查事项（写作 部门代码/事项编码）",
        "no published item is called so (written DEPARTMENT/CODE)",
    ),
    "not_a_month": (
        "月份应在 1 至 12 之间，结束不早于开始",
        "months run from 1 to 12, and the last is not before the first",
    ),
    "unwritten": ("写法不对", "is not written as it must be"),
    "ends_before_it_begins": ("上限不能小于下限", "the most may not be less than the least"),
    "not_a_choice": ("不是可以选择的值", "is none of the values to choose from"),
    "item_twice": ("有重复", "stands twice"),
    "code_with_slash": ("不能含有斜线，也不能只是点", "holds no slash and is not dots alone"),
}
_RANGE = validate.Range.message_all.format(
    min_op=validate.Range.message_gte, max_op=validate.Range.message_lte
)
_MESSAGES: dict[str, Sentence] = {
    _RANGE: ("应在 {min} 至 {max} 之间", "should lie between {min} and {max}"),
    fields.Field.default_error_messages["required"]: ("必须填写", "must be filled in"),
    fields.Field.default_error_messages["null"]: ("必须填写", "must be filled in"),
    validate.Length.message_all: (
        "应有内容，并且不超过 {max} 个字",
        "must not be empty and has at most {max} characters",
    ),
    validate.OneOf.default_message: ("不是可以选择的值", "is none of the values to choose from"),
    validate.Regexp.default_message: _OF_FORMS["unwritten"],
}
_LENGTH_OF_LIST = ("应有 {min} 至 {max} 项", "should have {min} to {max} of them")
_LISTS = ("lines", "items", "departments", "values")
_HINTS = {"ratio": "not_a_ratio", "value": "not_a_ratio"}
"""What is wrong with such a field, whatever its schema says."""
_FORMATTED = re.compile(r"\\\{(\w+)\\\}")


def _template(message: str) -> re.Pattern[str]:
    return re.compile(_FORMATTED.sub(r"(?P<\1>.+)", re.escape(message)))


_TEMPLATES = [(_template(message), sentence) for message, sentence in _MESSAGES.items()]
_LENGTH = _template(validate.Length.message_all)


def told(subject: str, faults: Iterable[str], of_intake: Mapping[str, Sentence]) -> Sentence:
    """All faults in both languages: each place once, in the order of the form, with what is wrong there."""
    places: dict[tuple[str, ...], list[str]] = {}
    for fault in faults:
        where, _, message = fault.partition(": ")
        messages = places.setdefault(tuple(where.split(".")[1:]), [])
        messages += [message] if message not in messages else []
    ordered = sorted(places.items(), key=lambda each: _order(subject, each[0]))
    sentences = [_sentence(subject, path, messages, of_intake) for path, messages in ordered]
    return "；".join(each[0] for each in sentences), "; ".join(each[1] for each in sentences)


def _order(subject: str, path: tuple[str, ...]) -> list[int]:
    known = list(FIELDS.get(subject, {}))
    return [int(each) if each.isdigit() else known.index(each) if each in known else 99 for each in path]


def _sentence(
    subject: str, path: tuple[str, ...], messages: list[str], of_intake: Mapping[str, Sentence]
) -> Sentence:
    whys = [_why(path, message, of_intake) for message in messages]
    unwritten = _OF_FORMS["unwritten"]
    whys = [why for why in whys if why != unwritten] or [unwritten]
    where = _place(subject, path)
    chinese = "，".join(dict.fromkeys(why[0] for why in whys))
    english = ", ".join(dict.fromkeys(why[1] for why in whys))
    return (f"{where[0]}：{chinese}", f"{where[1]}: {english}") if where[0] else (chinese, english)


def _place(subject: str, path: tuple[str, ...]) -> Sentence:
    """A place as a reader finds it: the line counted from 1, then the field."""
    words = FIELDS.get(subject, {})
    chinese, english = [], []
    for each in path[1:] if len(path) > 1 and path[0] == "lines" else path:  # "line 3" says it
        zh, en = (
            (f"第 {int(each) + 1} 项", f"line {int(each) + 1}")
            if each.isdigit()
            else words.get(each, (each, each))
        )
        chinese.append(zh)
        english.append(en)
    return " ".join(filter(None, chinese)), ", ".join(filter(None, english))


def _why(path: tuple[str, ...], message: str, of_intake: Mapping[str, Sentence]) -> Sentence:
    if sentence := _OF_FORMS.get(message) or of_intake.get(message):
        return sentence
    last = path[-1] if path else ""
    if last in _LISTS and (match := _LENGTH.fullmatch(message)):
        return _filled(_LENGTH_OF_LIST, match)
    if last in _HINTS:
        return of_intake[_HINTS[last]]
    for template, sentence in _TEMPLATES:
        if match := template.fullmatch(message):
            return _filled(sentence, match)
    return _plainly(for_programs(message)) if is_known(message) else _OF_FORMS["unwritten"]


def _plainly(sentence: Sentence) -> Sentence:
    """A sentence as a part of another one."""
    return sentence[0].removesuffix("。"), sentence[1].removesuffix(".")


def _filled(sentence: Sentence, match: re.Match[str]) -> Sentence:
    values = match.groupdict()
    return sentence[0].format_map(values), sentence[1].format_map(values)
