"""Reading a list (名单读取): a file to batches of checked columns, with every fault of the file itself.

What a row is among the others, and beside what the database has, is asked of the staging table (data/intake/staging.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

from data.intake.columns import Findings
from data.intake.faults import Code, Fault
from data.intake.header import WHOLE_LINE, Origin, read_header
from data.intake.lists import Columns, ListColumn, ListKind, Value
from data.intake.quoting import may_be_quoted, unquoted
from data.intake.records import Broken, Cell, Record, Sheet, Source, Unreadable
from data.intake.sheets import open_sheet

BATCH = 10_000
"""Rows that are looked at together: enough to make the look cheap, few enough to make memory no matter."""

_DIGEST_CHUNK = 1 << 20


class Found(NamedTuple):
    """Something wrong: the line, the column by the name this list's kind gives it (empty: the whole line), code, value."""

    line: int
    column: str
    code: Code
    value: str


class Batch(NamedTuple):
    """Rows of a list, column by column as they are staged; a faulty cell is None, `sound` tells the rows without one.

    `digests` tell rows with equal cells from others, within one process and only where the kind of list asks for it.
    """

    lines: Sequence[int]
    sound: Sequence[bool]
    digests: Sequence[int]
    columns: Columns


class _Rows(NamedTuple):
    """Rows as they stand, all cells of one after the other in one list."""

    lines: list[int]
    digests: list[int]
    cells: list[Cell]


def _other_width(record: Record, wanted: int) -> Found:
    cells = len(record.cells)
    return Found(record.line, "", "row_short" if cells < wanted else "row_long", f"{cells}/{wanted}")


@dataclass
class ListFile:
    """A list whose header could be read: which columns it has, and its rows, to be read once.

    `found` grows while the batches are read. `passed_over` are captions that this kind of list doesn't know. `quoted`:
    some of its text may be quoted so that no spreadsheet runs it.
    """

    kind: ListKind
    origin: Origin
    captions: tuple[str, ...]
    places: dict[str, int]
    readers: tuple[ListColumn, ...]
    sheet: Sheet
    quoted: bool = False
    found: list[Found] = field(default_factory=list)
    rows: int = 0

    @property
    def staged(self) -> list[str]:
        """The staged columns that the file has, and those derived from them."""
        given = [column.into for column in self.readers]
        return given + [name for name in self.kind.derived if name not in given]

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Captions that mean nothing here."""
        taken = set(self.places.values())
        return tuple(caption for place, caption in enumerate(self.captions) if place not in taken and caption)

    def batches(self, size: int = BATCH) -> Iterator[Batch]:
        """All rows that are as wide as the header."""
        while True:
            before = self.rows
            rows = self._take(size)
            if self.rows == before:
                return
            if rows.lines:
                yield self._batch(rows)

    def faults(self, found: Sequence[Found]) -> list[Fault]:
        """What was found, in the order of lines and columns, as faults of this file."""
        placed = sorted((each.line, self._place(each.column), each.code, each.value) for each in found)
        return [
            self.origin.fault(line, self.captions[place] if place >= 0 else "", code, value)
            for line, place, code, value in placed
        ]

    def _place(self, column: str) -> int:
        names = (each.name for each in self.readers if column in (each.name, each.into))
        return self.places.get(next(names, column), WHOLE_LINE)

    def _take(self, size: int) -> _Rows:
        """The next rows. Only their cells are kept: containers by the thousand would be visited by the garbage collector."""
        rows = _Rows([], [], [])
        wanted, digesting = len(self.captions), self.kind.whole_row
        for record in islice(self.sheet.records, size):
            self.rows += 1
            if isinstance(record, Broken):
                self.found.append(Found(record.line, "", record.code, record.value))
            elif len(record.cells) != wanted:
                self.found.append(_other_width(record, wanted))
            else:
                rows.lines.append(record.line)
                cells = [_unquoted(cell) for cell in record.cells] if self.quoted else record.cells
                rows.cells.extend(cells)
                if digesting:
                    rows.digests.append(hash(tuple(cells)))
        return rows

    def _batch(self, rows: _Rows) -> Batch:
        lines, width = rows.lines, len(self.captions)
        columns: Columns = {}
        findings: dict[str, Findings] = {}
        for column in self.readers:
            values, found = column.reader.read(rows.cells[self.places[column.name] :: width])
            if column.filled and "" in values:
                found |= {
                    place: [("empty", "")]
                    for place, value in enumerate(values)
                    if not value and place not in found
                }
            columns[column.into], findings[column.into] = _with_nothing(values, column), found
        if self.kind.finish:
            self.kind.finish(columns, findings, len(lines))
        sound = self._tell(lines, columns, findings)
        return Batch(lines, sound, rows.digests, columns)

    def _tell(self, lines: Sequence[int], columns: Columns, findings: Mapping[str, Findings]) -> list[bool]:
        """Note what was found; the cells in question become None. Which rows have nothing of the kind."""
        sound = [True] * len(lines)
        for name, wrong in findings.items():
            for place, found in wrong.items():
                sound[place] = False
                columns[name][place] = None
                self.found += [Found(lines[place], name, code, value) for code, value in found]
        return sound


def _unquoted(cell: Cell) -> Cell:
    return unquoted(cell) if isinstance(cell, str) else cell


def _with_nothing(values: list[str], column: ListColumn) -> list[Value]:
    return [value or None for value in values] if column.empties else list(values)


def open_list(
    kind: ListKind, source: Source, known: Mapping[str, Mapping[str, str]], given: Sequence[str]
) -> ListFile | list[Fault]:
    """Open a list; faults where nothing of it can be read.

    `known` are the keys of small tables by what a file may call them; `given` are staged columns whose value is told
    beside the file, which may then lack them.
    """
    sheet = open_sheet(source, whole_lines=True)
    if isinstance(sheet, Unreadable):
        return [Origin(source.name).fault(0, "", sheet.code)]
    opened = _open_sheet_of(kind, source, sheet, known, given)
    if isinstance(opened, list):
        sheet.close()
    return opened


def _open_sheet_of(
    kind: ListKind, source: Source, sheet: Sheet, known: Mapping[str, Mapping[str, str]], given: Sequence[str]
) -> ListFile | list[Fault]:
    origin = Origin(source.name, sheet.name)
    record = next(sheet.records, None)
    if record is None:
        return [origin.fault(0, "", "empty_file")]
    if isinstance(record, Broken):
        return [origin.fault(record.line, "", record.code, record.value)]
    columns = [
        replace(column, expected=False) if column.into in given else column for column in kind.knowing(known)
    ]
    header = read_header(columns, kind.captions, origin, record)
    if isinstance(header, list):
        return header
    present = [
        (column, place) for column, place in zip(columns, header.places, strict=True) if place is not None
    ]
    return ListFile(
        kind,
        origin,
        header.captions,
        {column.name: place for column, place in present},
        tuple(column for column, _ in present),
        sheet,
        quoted=not sheet.name and may_be_quoted(source),
    )


def digest(source: Source) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    whole = hashlib.sha256()
    with source.open() as file:
        while chunk := file.read(_DIGEST_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()
