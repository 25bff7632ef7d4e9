"""Fields: what may stand in one cell, by what the column holds; how it is normalised and what is told of it.

Normalised are only three things: Unicode NFC, white space around a value (also full-width), and the order of a list.
The rules for text and for lists are those of draw-1's frozen tables.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from data.intake.faults import Code
from data.intake.records import Cell, Number
from data.intake.registration_codes import is_registration_number, is_uscc

LONGEST = 1_000
"""Characters in a field."""

Finding = tuple[Code, str]
Reading = tuple[str, Sequence[Finding]]
Reader = Callable[[Cell], Reading]

_NOTHING: tuple[Finding, ...] = ()
_CONTROLS = "\t\n\r\0"
_HIDDEN = {"Cc", "Cf", "Zl", "Zp"}
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[Ee]\+[0-9]+")
_CAPACITY = re.compile(r"0|[1-9][0-9]{0,8}")
_STREET = re.compile(r"([0-9]{6}(?!000)[0-9]{3})([0-9]{3})?")
_SEPARATORS = re.compile("[;；]")
_PARTERS = re.compile("[、，,；;]")
_RATIO = re.compile(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,6})")
_TRUTHS = {"是": "1", "否": "0", "1": "1", "0": "0", "true": "1", "false": "0"}
_REGISTRATION_LENGTH = 15
_ORGANISATION_LENGTH = 9
_CHINESE = re.compile("[\u4e00-\u9fff]")
# What a spreadsheet shows in place of a value, and writes into a CSV file as if it were one.
_ERROR_VALUES = {"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}


def normal(text: str) -> str:
    """The text in NFC, without white space around it."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()


def read_text(cell: Cell, longest: int = LONGEST) -> Reading:
    """Words for people: a name, a ground."""
    value, findings = _plain(cell)
    return value, findings or _characters(value, longest=longest)


def read_code(cell: Cell, longest: int = LONGEST) -> Reading:
    """A code that is compared as it stands: a stratum, a department."""
    value, findings = _plain(cell)
    return value, findings or _code(value, longest)


def read_id(cell: Cell, longest: int = LONGEST) -> Reading:
    """A code that is also compared with the items of lists, or joined with others: an id, a region, a home.

    A separator in it would make it two in one place and one in another.
    """
    value, findings = _plain(cell)
    findings = findings or _code(value, longest)
    if ";" in value or "；" in value:
        return value, [*findings, ("separator_in_id", value)]
    return value, findings


def read_list(cell: Cell, longest: int = LONGEST) -> Reading:
    """Codes between `;` (also full-width), in any order: qualifications."""
    value, findings = _plain(cell)
    if findings or not value:
        return value, findings
    findings = _characters(value, coded=True, longest=longest)
    items = [item.strip() for item in _SEPARATORS.split(value)]
    if len(items) > 1 or "+" in value:
        findings = [*findings, *_items(value, items)]
    # Code points have the order of their UTF-8 bytes.
    return ";".join(sorted(items)), findings


def read_regions(cell: Cell) -> Reading:
    """A list of region codes, or `*` alone for all of them."""
    value, findings = read_list(cell)
    if "*" in value and {"*"} < set(value.split(";")) - {""}:
        return value, [*findings, ("star_with_others", value)]
    return value, findings


def read_capacity(cell: Cell) -> Reading:
    """A number of targets in decimal digits without leading zeros; the one column where a workbook's number may stand."""
    value = normal(cell.text if isinstance(cell, Number) else cell)
    if value in _ERROR_VALUES:
        return value, [("error_value", value)]
    if not value or _CAPACITY.fullmatch(value):
        return value, _NOTHING
    return value, [*_characters(value), ("not_a_capacity", value)]


def read_registration(cell: Cell) -> Reading:
    """The number under which a register knows a business, without what says nothing in it; it must check."""
    text, findings = read_id(cell)
    if findings:
        return text, findings
    number = bare_number(text)
    if is_uscc(number) or is_registration_number(number):
        return number, _NOTHING
    return number, [(_not_a_number(number), text)]


def bare_number(text: str) -> str:
    """The number without what says nothing in it: full width, lower case, spaces and hyphens between groups."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def _not_a_number(number: str) -> Code:
    """What a number that does not check was meant to be.

    Up to 15 digits alone are a registration number, but 9 are an organisation code, which is a part of the USCC.
    So is one with words in it (企独苏总字第001234号), as foreign capital had before GS 15—2006.
    """
    if not number:
        return "no_id"
    meant_as_old = (
        number.isdigit() and len(number) <= _REGISTRATION_LENGTH and len(number) != _ORGANISATION_LENGTH
    )
    if meant_as_old or _CHINESE.search(number):
        return "not_a_registration_number"
    return "not_a_uscc"


def read_date(cell: Cell) -> Reading:
    """A day, written 2026-05-18 or as a workbook keeps it: another way to write it might mean another day."""
    value = normal(cell.text if isinstance(cell, Number) else cell)
    if value in _ERROR_VALUES:
        return value, [("error_value", value)]
    if not value:
        return value, _NOTHING
    try:
        return datetime.strptime(value.removesuffix("T00:00:00"), "%Y-%m-%d").date().isoformat(), _NOTHING
    except ValueError:
        return value, [("not_a_date", value)]


def read_truth(cell: Cell) -> Reading:
    """Yes or no, as `1` or `0`."""
    value = normal(cell.text if isinstance(cell, Number) else cell)
    if not value or value.lower() in _TRUTHS:
        return _TRUTHS.get(value.lower(), ""), _NOTHING
    return value, [("error_value" if value in _ERROR_VALUES else "not_a_truth_value", value)]


def read_choice(cell: Cell, choices: Mapping[str, str]) -> Reading:
    """One of a few codes, written as the code or in one of the words for it."""
    value, findings = _plain(cell)
    if findings or not value:
        return value, findings
    code = choices.get(value, choices.get(value.lower()))
    return (value, [("not_a_choice", value)]) if code is None else (code, _NOTHING)


def read_ratio(cell: Cell) -> Reading:
    """A ratio such as 5/100, at most 1."""
    value, findings = _plain(cell)
    if findings or not value:
        return value, findings
    match = _RATIO.fullmatch(value)
    if match and int(match[1]) <= int(match[2]):
        return value, _NOTHING
    return value, [("not_a_ratio", value)]


def read_count(cell: Cell) -> Reading:
    """A whole number in decimal digits without leading zeros."""
    value, findings = read_capacity(cell)
    return value, [("not_a_count" if code == "not_a_capacity" else code, told) for code, told in findings]


def read_street(cell: Cell) -> Reading:
    """A street or town (街道、乡镇) by the 9 digits of its code; of a village's 12 the first 9 are taken."""
    value, findings = read_id(cell)
    if findings or not value:
        return value, findings
    match = _STREET.fullmatch(value)
    return (match[1], _NOTHING) if match else (value, [("not_a_street", value)])


def read_methods(cell: Cell, longest: int = LONGEST) -> Reading:
    """Ways to inspect, free words parted by any of 、，,；; and kept in their order, parted by `;`."""
    value, findings = read_text(cell, longest)
    return ";".join(part for each in _PARTERS.split(value) if (part := each.strip())), findings


def plainly_sound(cells: Sequence[Cell], longest: int, doubtful: str) -> bool:
    """Whether many cells are all texts that reading leaves as they are and finds nothing wrong with.

    One look at all of them joined; `doubtful` are characters that make it worth while to read each alone. False only
    means that nobody knows yet.
    """
    try:
        joined = "".join(cells)  # type: ignore[arg-type]
    except TypeError:
        return False
    if not joined.isprintable() or any(character in joined for character in doubtful):
        return False
    if not joined.isascii() and not unicodedata.is_normalized("NFC", joined):
        return False
    if "#" in joined and not _ERROR_VALUES.isdisjoint(cells):
        return False
    # among what is printable only the common space is white
    edged = " " in joined and any(map(operator.ne, map(str.strip, cells), cells))  # type: ignore[arg-type]
    return not edged and max(map(len, cells), default=0) <= longest  # type: ignore[arg-type]


def _plain(cell: Cell) -> Reading:
    """A normalised text, with what makes any further question about it idle."""
    if isinstance(cell, Number):
        return cell.text, [("number_cell", cell.text)]
    value = normal(cell)
    if value in _ERROR_VALUES:
        return value, [("error_value", value)]
    return value, _NOTHING


def _code(value: str, longest: int = LONGEST) -> Sequence[Finding]:
    findings = _characters(value, coded=True, longest=longest)
    if "+" in value and _SCIENTIFIC.fullmatch(value):
        return [*findings, ("number_as_text", value)]
    return findings


def _characters(value: str, coded: bool = False, longest: int = LONGEST) -> Sequence[Finding]:
    """Characters that may not stand in a frozen table, or that nobody can see in a code; and too many of them."""
    if value.isprintable() and len(value) <= longest:
        return _NOTHING
    findings: list[Finding] = []
    if control := next((c for c in value if c in _CONTROLS), None):
        findings.append(("control_character", f"U+{ord(control):04X}"))
    if coded and (hidden := next((c for c in value if _is_hidden(c)), None)):
        findings.append(("invisible_character", f"U+{ord(hidden):04X}"))
    if len(value) > longest:
        findings.append(("too_long", value))
    return findings


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN and character not in _CONTROLS


def _items(value: str, items: list[str]) -> list[Finding]:
    """What is wrong among the items of a list."""
    findings: list[Finding] = []
    if "" in items:
        findings.append(("item_empty", value))
    if twice := [item for item, times in Counter(items).items() if item and times > 1]:
        findings.append(("item_twice", ";".join(twice)))
    if numbers := [item for item in items if _SCIENTIFIC.fullmatch(item)]:
        findings.append(("number_as_text", ";".join(numbers)))
    return findings
