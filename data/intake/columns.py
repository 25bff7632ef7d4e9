"""Columns (列): many cells read at once, so that sound ones cost next to nothing; doubtful ones are read alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from data.intake.fields import LONGEST, Finding, Reader, plainly_sound, read_registration
from data.intake.records import Cell
from data.intake.registration_codes import valid_numbers

Findings = dict[int, Sequence[Finding]]
Values = tuple[list[str], Findings]

_FEW = 32  # cells that are rather read one by one than looked at once more


class ColumnReader(Protocol):
    """Reads the cells of a column: their values, and by its place what is wrong with a cell.

    The answer is that of `cell` for each of them; only the way to it is shorter.
    """

    @property
    def cell(self) -> Reader:
        """Reads one cell."""

    def read(self, cells: Sequence[Cell]) -> Values:
        """The values of all cells, and the findings."""


@dataclass(frozen=True)
class Plain:
    """Free text and codes: all cells are looked at as one text; where that tells nothing, halves of them are."""

    cell: Reader
    longest: int = LONGEST
    doubtful: str = ""

    def read(self, cells: Sequence[Cell]) -> Values:
        """See ColumnReader."""
        values: list[str] = []
        findings: Findings = {}
        self._read(cells, values, findings)
        return values, findings

    def _read(self, cells: Sequence[Cell], values: list[str], findings: Findings) -> None:
        if plainly_sound(cells, self.longest, self.doubtful):
            values += cells  # type: ignore[arg-type]
        elif len(cells) > _FEW:
            middle = len(cells) // 2
            self._read(cells[:middle], values, findings)
            self._read(cells[middle:], values, findings)
        else:
            for cell in cells:
                value, found = self.cell(cell)
                if found:
                    findings[len(values)] = found
                values.append(value)


@dataclass(frozen=True)
class Repeating:
    """Dates, choices, references, lists: few different values, each read once."""

    cell: Reader

    def read(self, cells: Sequence[Cell]) -> Values:
        """See ColumnReader."""
        read = {cell: self.cell(cell) for cell in set(cells)}
        findings: Findings = {}
        if any(found for _, found in read.values()):
            findings = {place: read[cell][1] for place, cell in enumerate(cells) if read[cell][1]}
        return [read[cell][0] for cell in cells], findings


@dataclass(frozen=True)
class Registration:
    """Registration numbers: their check characters are computed for all at once; what is none is read alone."""

    cell: Reader = read_registration

    def read(self, cells: Sequence[Cell]) -> Values:
        """See ColumnReader."""
        texts = [cell if isinstance(cell, str) else "" for cell in cells]
        values, findings = texts, Findings()
        for place in np.flatnonzero(~valid_numbers(texts)).tolist():
            values[place], found = self.cell(cells[place])
            if found:
                findings[place] = found
        return values, findings
