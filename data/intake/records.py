"""Sheets and records: what a registry file gives before anybody asks what the columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from data.intake.faults import Code

LARGEST_FILE = 200 * 1024 * 1024
"""Bytes; a larger file is refused unread."""


@dataclass(frozen=True, slots=True)
class Source:
    """A registry file as it was handed in: its name, which only tells where a fault is, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Number:
    """A workbook's cell that is not text: a number, a date, true or false.

    Its text is what the workbook keeps, not what it shows: leading zeros and digits behind the 15th are gone.
    """

    text: str


Cell = str | Number


class Record(NamedTuple):
    """One record: the physical line where it starts, and its cells as they stand."""

    line: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that gives no record, and why; `scraps` is what can be made out in it."""

    line: int
    code: Code
    value: str
    scraps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A readable file: the sheet's name (empty for a text file) and its records, blank ones left out; read once."""

    name: str
    records: Iterator[Record | Broken]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that gives no records at all."""

    code: Code


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether nothing stands in any cell: such rows trail behind every list that an office program wrote."""
    for cell in cells:  # noqa: SIM110 - asked of every row, a generator would take longer than the question
        if isinstance(cell, Number) or cell.strip():
            return False
    return True
