"""Workbooks (XLSX, XLS, ODS): bytes to records, read in a process of its own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from data.intake.records import Cell, Number, Record, Sheet, Unreadable, is_blank

_PROCESS = "data.intake.workbook_process"
_SECONDS = 120
"""Long enough for a million rows; nothing honest takes longer."""


def read_workbook(content: bytes) -> Sheet | Unreadable:
    """The records of a workbook's first visible sheet, or of the only one that is not empty.

    Another process reads it because the parser ends its whole process on a workbook that names two cells in opposite
    corners (it lays out all cells between them), and because memory can be limited for a process only. Raises
    RuntimeError where that process fails in a way no file explains.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", _PROCESS],
            input=content,
            capture_output=True,
            cwd=Path(__file__).parents[2],
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Unreadable("workbook_too_large")
    if done.returncode < 0:  # ended by a signal: the memory it may have was not enough
        return Unreadable("workbook_too_large")
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return _sheet(done.stdout)


def _sheet(answer: bytes) -> Sheet | Unreadable:
    """What the process answered: a line about the sheet, then one line for each row."""
    lines = io.BytesIO(answer)
    opening = json.loads(lines.readline())
    if "code" in opening:
        return Unreadable(opening["code"])
    return Sheet(opening["sheet"], _records(lines))


def _records(lines: io.BytesIO) -> Iterator[Record]:
    """The rows that are not blank, as wide as the header is: what trails behind it only counts where it is filled."""
    width = 0
    for number, line in enumerate(lines, 1):
        cells: list[Cell] = [cell if isinstance(cell, str) else Number(cell[0]) for cell in json.loads(line)]
        if is_blank(cells):
            continue
        end = len(cells)
        while end > width and is_blank(cells[end - 1 : end]):
            end -= 1
        width = width or end
        yield Record(number, cells[:end])
