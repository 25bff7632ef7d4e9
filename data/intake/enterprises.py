"""Enterprises (企业名单) to targets: a list exported from a register, dirty as it is, to rows for targets.csv.

A row becomes a target when it has a name and a number that proves itself: a USCC, or the older registration
number of 15 digits. Nothing is guessed: a number that does not check is told and its row left out. The region is
the division whose register gave the number; the stratum follows from the year of registration.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from data.intake.faults import Code, Fault
from data.intake.fields import normal, read_registration, read_text
from data.intake.records import Broken, Cell, Number, Record, Source, Unreadable
from data.intake.registration_codes import division_of
from data.intake.sheets import open_sheet

HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("企业名称", "名称"),
    "uscc": ("统一社会信用代码", "统一社会信用代码/注册号"),
    "registered_on": ("成立日期", "注册日期"),
}
"""The columns that are read, and the Chinese headers understood beside their names; others are passed over."""

_SHOWN = 80  # characters of a value that a fault repeats
_WHOLE_LINE = ""
# 1998-05-18, 1998/5/18, 1998年5月18日, 19980518, or the year alone; not a spreadsheet's day number as 36000
_YEAR = re.compile(r"((?:18|19|20)[0-9]{2})(?:[^0-9].*|[01][0-9][0-3][0-9])?", re.DOTALL)


@dataclass(frozen=True)
class YearStrata:
    """Strata by the year of registration, cut at `bounds`: the first years of all periods but the earliest.

    Any rising years will do; the default parts a list of old enterprises into four. Raises ValueError for others.
    """

    bounds: tuple[int, ...] = (1992, 1998, 2001)

    def __post_init__(self) -> None:
        if not self.bounds or any(earlier >= later for earlier, later in pairwise(self.bounds)):
            raise ValueError(f"the bounds must be rising years: {self.bounds}")

    def stratum(self, year: int | None) -> str:
        """`before-1992`, `1992-1997`, `1998-2000`, `from-2001`; `year-unknown` for None."""
        if year is None:
            return "year-unknown"
        period = bisect_right(self.bounds, year)
        if period == 0:
            return f"before-{self.bounds[0]}"
        if period == len(self.bounds):
            return f"from-{self.bounds[-1]}"
        return f"{self.bounds[period - 1]}-{self.bounds[period] - 1}"


BY_YEAR = YearStrata()


class EnterpriseTarget(NamedTuple):
    """An enterprise as a target (检查对象), its columns in the order of draw-1's frozen table."""

    stratum: str
    id: str
    region: str
    name: str


class Enterprises(NamedTuple):
    """What a list of enterprises gave: its targets and its faults, each in the order of the file."""

    targets: list[EnterpriseTarget]
    faults: list[Fault]


def targets_of_enterprises(source: Source, strata: YearStrata = BY_YEAR) -> Enterprises:
    """Read a list with the columns name, uscc and registered_on (CSV or workbook) into targets.

    A repeated number gives one target, its first row's: `row_twice` where the whole row repeats, `id_twice` where
    something in it differs and somebody has to decide. A date that cannot be read is no fault but a stratum.
    """
    sheet = open_sheet(source)
    if isinstance(sheet, Unreadable):
        return Enterprises([], [Fault(source.name, "", 0, _WHOLE_LINE, sheet.code, "")])
    reading = _Reading(source.name, sheet.name, strata)
    header = reading.header(next(sheet.records, None))
    if header is not None:
        for record in sheet.records:
            reading.take(record, header)
    return Enterprises(reading.targets, reading.faults)


def registration_year(text: str) -> int | None:
    """The year with which a date begins, however the rest of it is written; None where it begins with none."""
    match = _YEAR.fullmatch(text.strip())
    return int(match[1]) if match else None


class _Wrong(NamedTuple):
    """What is wrong with a line: the place of the column or None for the whole line, the code, what stands there."""

    place: int | None
    code: Code
    value: str


@dataclass(frozen=True)
class _Header:
    """A header line: all its captions, and the places of the columns that are read."""

    captions: list[str]
    name: int
    uscc: int
    registered_on: int


@dataclass
class _Reading:
    """A list being read: what it gave so far, and the first row of every number."""

    file: str
    sheet: str
    strata: YearStrata
    targets: list[EnterpriseTarget] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _first: dict[str, Sequence[Cell]] = field(default_factory=dict)

    def header(self, record: Record | Broken | None) -> _Header | None:
        """The header that the first record is; None, and told why, where the columns are not all there once."""
        if record is None:
            self._tell(0, _WHOLE_LINE, "empty_file", "")
            return None
        if isinstance(record, Broken):
            self._tell(record.line, _WHOLE_LINE, record.code, record.value)
            return None
        captions = [normal(_text(cell)) for cell in record.cells]
        places = {column: _places(captions, column) for column in HEADERS}
        for column, found in places.items():
            if not found:
                self._tell(record.line, column, "column_missing", "")
            for place in found[1:]:
                self._tell(record.line, captions[place], "column_twice", captions[place])
        if any(len(found) != 1 for found in places.values()):
            return None
        return _Header(captions, **{column: found[0] for column, found in places.items()})

    def take(self, record: Record | Broken, header: _Header) -> None:
        """Add a record's target, or what is wrong with it."""
        if isinstance(record, Broken):
            self._tell(record.line, _WHOLE_LINE, record.code, record.value)
            return
        wrong = _width(record, header) or self._row(record.cells, header)
        for place, code, value in wrong:
            self._tell(record.line, _WHOLE_LINE if place is None else header.captions[place], code, value)

    def _row(self, cells: Sequence[Cell], header: _Header) -> list[_Wrong]:
        name, wrong = _name(cells[header.name], header.name)
        number, wrong_number = _number(cells[header.uscc], header.uscc)
        wrong += wrong_number
        if not wrong_number:
            wrong += self._repeated(number, cells, header)
        if not wrong:
            year = registration_year(_text(cells[header.registered_on]))
            target = EnterpriseTarget(self.strata.stratum(year), number, division_of(number), name)
            self.targets.append(target)
        return sorted(wrong, key=lambda finding: finding.place or 0)

    def _repeated(self, number: str, cells: Sequence[Cell], header: _Header) -> list[_Wrong]:
        first = self._first.setdefault(number, cells)
        if first is cells:
            return []
        return [
            _Wrong(None, "row_twice", number) if first == cells else _Wrong(header.uscc, "id_twice", number)
        ]

    def _tell(self, line: int, column: str, code: Code, value: str) -> None:
        # a fault's code is typed by the codes of the registries; this list has some of its own
        self.faults.append(Fault(self.file, self.sheet, line, column, code, value[:_SHOWN]))


def _places(captions: Sequence[str], column: str) -> list[int]:
    understood = {column, *HEADERS[column]}
    return [place for place, caption in enumerate(captions) if caption in understood]


def _width(record: Record, header: _Header) -> list[_Wrong]:
    cells, wanted = len(record.cells), len(header.captions)
    if cells == wanted:
        return []
    return [_Wrong(None, "row_short" if cells < wanted else "row_long", f"{cells}/{wanted}")]


def _name(cell: Cell, place: int) -> tuple[str, list[_Wrong]]:
    name, findings = read_text(cell)
    if not name:
        findings = [("empty", "")]
    return name, [_Wrong(place, code, value) for code, value in findings]


def _number(cell: Cell, place: int) -> tuple[str, list[_Wrong]]:
    number, findings = read_registration(cell)
    return number, [_Wrong(place, code, value) for code, value in findings]


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Number) else cell
