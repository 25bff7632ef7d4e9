"""Fields: what may stand in one cell, by what the column holds; how it is normalised and what is told of it.

Normalised are only three things: Unicode NFC, white space around a value (also full-width), and the order of a list.
The rules for text and for lists are those of draw-1's frozen tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from data.intake.faults import Code
from data.intake.records import Cell, Number

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
_SEPARATORS = re.compile("[;；]")
# What a spreadsheet shows in place of a value, and writes into a CSV file as if it were one.
_ERROR_VALUES = {"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}


def normal(text: str) -> str:
    """The text in NFC, without white space around it."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()


def read_text(cell: Cell) -> Reading:
    """Words for people: a name, a ground."""
    value, findings = _plain(cell)
    return value, findings or _characters(value)


def read_code(cell: Cell) -> Reading:
    """A code that is compared as it stands: a stratum, a department."""
    value, findings = _plain(cell)
    return value, findings or _code(value)


def read_id(cell: Cell) -> Reading:
    """A code that is also compared with the items of lists, or joined with others: an id, a region, a home.

    A separator in it would make it two in one place and one in another.
    """
    value, findings = _plain(cell)
    findings = findings or _code(value)
    if ";" in value or "；" in value:
        return value, [*findings, ("separator_in_id", value)]
    return value, findings


def read_list(cell: Cell) -> Reading:
    """Codes between `;` (also full-width), in any order: qualifications."""
    value, findings = _plain(cell)
    if findings or not value:
        return value, findings
    findings = _characters(value, coded=True)
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


def _plain(cell: Cell) -> Reading:
    """A normalised text, with what makes any further question about it idle."""
    if isinstance(cell, Number):
        return cell.text, [("number_cell", cell.text)]
    value = normal(cell)
    if value in _ERROR_VALUES:
        return value, [("error_value", value)]
    return value, _NOTHING


def _code(value: str) -> Sequence[Finding]:
    findings = _characters(value, coded=True)
    if "+" in value and _SCIENTIFIC.fullmatch(value):
        return [*findings, ("number_as_text", value)]
    return findings


def _characters(value: str, coded: bool = False) -> Sequence[Finding]:
    """Characters that may not stand in a frozen table, or that nobody can see in a code; and too many of them."""
    if value.isprintable() and len(value) <= LONGEST:
        return _NOTHING
    findings: list[Finding] = []
    if control := next((c for c in value if c in _CONTROLS), None):
        findings.append(("control_character", f"U+{ord(control):04X}"))
    if coded and (hidden := next((c for c in value if _is_hidden(c)), None)):
        findings.append(("invisible_character", f"U+{ord(hidden):04X}"))
    if len(value) > LONGEST:
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
