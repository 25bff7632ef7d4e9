"""The header line of a registry file: which of a table's columns stands where, and so how a fault's place is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from data.intake.faults import Code, Fault
from data.intake.fields import normal
from data.intake.records import Cell, Number, Record

Wrong = tuple[int, Code, str]
"""A finding in a line: the column by its place in the table, or `WHOLE_LINE`; the code; the value."""

WHOLE_LINE = -1

_SHOWN = 80
"""Characters of a text that a fault repeats."""


@dataclass(frozen=True)
class Origin:
    """Where faults are: a file and its sheet."""

    file: str
    sheet: str = ""

    def fault(self, line: int, column: str, code: Code, value: str = "") -> Fault:
        """A fault here; long texts are cut."""
        return Fault(self.file, self.sheet, line, _cut(column), code, _cut(value))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


@dataclass(frozen=True)
class Header:
    """A header that can be read by: the captions as they stand, and for each of the table's columns its place among them.

    A column that may be missing, and is, has the place None.
    """

    origin: Origin
    captions: tuple[str, ...]
    places: tuple[int | None, ...]

    def faults(self, line: int, wrong: Iterable[Wrong]) -> list[Fault]:
        """What is wrong with one line, in the order of the file's columns, the line as a whole first."""
        placed = sorted((self._place(column), code, value) for column, code, value in wrong)
        return [
            self.origin.fault(line, self.captions[place] if place >= 0 else "", code, value)
            for place, code, value in placed
        ]

    def _place(self, column: int) -> int:
        place = None if column == WHOLE_LINE else self.places[column]
        return WHOLE_LINE if place is None else place


class Named(Protocol):
    """A column as far as a header knows it: its name, and whether it must be there."""

    @property
    def name(self) -> str: ...  # noqa: D102 - said above
    @property
    def expected(self) -> bool: ...  # noqa: D102 - said above


def read_header(
    columns: Sequence[Named], understood: Mapping[str, Sequence[str]], origin: Origin, record: Record
) -> Header | list[Fault]:
    """The header of a table's file; or the columns that stand twice, then the ones that are missing.

    `understood` are the captions that mean a column, beside its own name. Either fault makes every row unreadable, so
    nothing else is told then. The value told of a missing column is the caption that would have done.
    """
    captions = tuple(_caption(cell) for cell in record.cells)
    found = _find(columns, understood, captions)
    faults = [
        origin.fault(record.line, captions[place], "column_twice", captions[place])
        for place in sorted(place for places in found for place in places[1:])
    ]
    faults += [
        origin.fault(record.line, column.name, "column_missing", understood[column.name][0])
        for column, places in zip(columns, found, strict=True)
        if column.expected and not places
    ]
    return faults or Header(origin, captions, tuple(places[0] if places else None for places in found))


def _caption(cell: Cell) -> str:
    return (cell.text if isinstance(cell, Number) else cell).strip()


def _find(
    columns: Sequence[Named], understood: Mapping[str, Sequence[str]], captions: Sequence[str]
) -> list[list[int]]:
    """For each of the table's columns the places at which a caption is its own name or another that means it."""
    names = [normal(text).lower() for text in captions]
    return [
        [place for place, name in enumerate(names) if name == column.name or name in understood[column.name]]
        for column in columns
    ]
