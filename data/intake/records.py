"""Sheets and records: what a registry file gives before anybody asks what the columns mean."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from data.intake.faults import Code

LARGEST_FILE = 200 * 1024 * 1024
"""Bytes; a larger file that must stand in memory whole is refused unread."""

LARGEST_LIST = 20 * LARGEST_FILE
"""Bytes of a text file that is read line by line."""


@dataclass(frozen=True, slots=True)
class Source:
    """A registry file as it was handed in: its name, which only tells where a fault is, and its bytes or where they are."""

    name: str
    content: bytes | Path

    def open(self) -> BinaryIO:
        """The bytes from the first on; may be done again."""
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    @property
    def size(self) -> int:
        """How many bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    @property
    def largest(self) -> int:
        """How many bytes it may have when it is text."""
        return LARGEST_FILE if isinstance(self.content, bytes) else LARGEST_LIST


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

    def close(self) -> None:
        """Let go of the file, where it was not read to its end."""
        if isinstance(self.records, Generator):
            self.records.close()


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
