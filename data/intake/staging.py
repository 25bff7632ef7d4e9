"""The staging table (暂存表): a list's rows as a temporary table, beside which SQL can ask what no row shows by itself.

It belongs to one connection and locks nothing, so that a long list is read before the database is locked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    FromClause,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    bindparam,
    func,
    select,
    text,
    update,
)

from data.intake.list_reading import Batch, Found
from data.intake.lists import ListKind, Value

NAME = "staged_list"
_ANALYZED = 1_000
"""Rows from which on PostgreSQL is told how many there are; it knows nothing of a temporary table by itself."""


class Staging:
    """A list's rows in a temporary table: `line`, `sound` (nothing is wrong so far), and the list's columns.

    `staged` are the columns that come from the file: those `said` in it, and those derived from them; `given` those whose
    value was told beside it, the same for every row.
    """

    def __init__(
        self,
        connection: Connection,
        kind: ListKind,
        staged: Sequence[str],
        said: Collection[str],
        given: Mapping[str, str],
    ) -> None:
        self.kind = kind
        self.connection = connection
        self.staged = tuple(staged)
        self.said = tuple(name for name in staged if name in said)
        self.columns = (*staged, *(name for name in given if name not in staged))
        types = {column.into: column.type for column in kind.columns}
        self.table = Table(
            NAME,
            MetaData(),
            # on SQLite the line is the row's place and costs nothing; PostgreSQL gets an index when it is asked for
            Column("line", Integer, primary_key=not self.on_postgresql, autoincrement=False),
            Column("sound", Boolean),
            *(
                Column(name, types.get(name, String()), server_default=given.get(name))
                for name in self.columns
            ),
            *(Column(reference.into, Integer) for reference in kind.references),
            prefixes=["TEMPORARY"],
        )
        self.exclusions = 0  # how often rows were excluded: what was counted before holds no longer
        self._hashes: list[NDArray[np.int64]] = []
        self._digests: list[NDArray[np.int64]] = []
        self._lines: list[NDArray[np.int64]] = []
        self.table.create(connection, checkfirst=False)

    def drop(self) -> None:
        """Throw the table away, where the connection will serve others after this one."""
        if self.on_postgresql:
            self.table.drop(self.connection, checkfirst=False)

    @property
    def on_postgresql(self) -> bool:
        """Whether this is PostgreSQL and not SQLite."""
        return self.connection.dialect.name == "postgresql"

    def load(self, batches: Iterable[Batch]) -> None:
        """Stage all rows."""
        raw = self.connection.connection.driver_connection
        assert raw is not None
        names = ["line", "sound", *self.staged]
        batches = self._remembered(batches)
        if self.on_postgresql:
            # imported here: it is installed only where PostgreSQL is used
            from psycopg.copy import QueuedLibpqWriter

            cursor = raw.cursor()
            copying = f"COPY {NAME} ({', '.join(names)}) FROM STDIN"
            with cursor.copy(copying, writer=QueuedLibpqWriter(cursor)) as copy:
                for batch in batches:
                    copy.write(_copied(self._sides(batch)))
            if any(len(hashes) > _ANALYZED for hashes in self._hashes):
                self.connection.execute(text(f"ANALYZE {NAME}"))
        else:
            places = ", ".join("?" * len(names))
            rows = chain.from_iterable(zip(*self._sides(batch), strict=True) for batch in batches)
            raw.executemany(f"INSERT INTO {NAME} ({', '.join(names)}) VALUES ({places})", rows)

    def _sides(self, batch: Batch) -> list[Sequence[Any]]:
        return [batch.lines, batch.sound, *(batch.columns[name] for name in self.staged)]

    def _remembered(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The same batches. Of each row's key a hash is kept, which tells cheaply that no key repeats; and its digest."""
        keys = [self.shown.get(name, name) for name in self.kind.key]
        keys = [name for name in keys if name in self.staged]
        for batch in batches:
            values: Iterable[object] = zip(*(batch.columns[name] for name in keys), strict=True)
            values = batch.columns[keys[0]] if len(keys) == 1 else values
            self._hashes.append(np.fromiter(map(hash, values), np.int64, len(batch.lines)))
            self._lines.append(np.array(batch.lines, np.int64))
            self._digests.append(np.array(batch.digests, np.int64))
            yield batch

    @property
    def shown(self) -> dict[str, str]:
        """The column of the file behind each reference."""
        return {reference.into: reference.column for reference in self.kind.references}

    def look_up(self) -> list[Found]:
        """Find what the rows refer to; the references that lead nowhere."""
        found: list[Found] = []
        for reference in self.kind.references:
            code, key = self.table.c[reference.column], self.table.c[reference.into]
            known = select(reference.table.c.id).where(reference.table.c.code == code).scalar_subquery()
            self.connection.execute(update(self.table).values({key: known}))
            lost = select(self.table.c.line, code).where(code.is_not(None), key.is_(None))
            found += [
                Found(line, reference.column, reference.unknown, value)
                for line, value in self.connection.execute(lost)
            ]
        return found

    def repeated(self) -> list[Found]:
        """The second and all further rows of each key."""
        if self._hashes and self._surely_unique():
            return []
        table = self.table.c
        keys = [table[name] for name in self.kind.key]
        names = self.kind.shown or tuple(self.shown.get(name, name) for name in self.kind.key)
        first = func.first_value(table.line).over(partition_by=keys, order_by=table.line)
        shown = (table[name].label(f"shown_{place}") for place, name in enumerate(names))
        keyed = and_(*(key.is_not(None) for key in keys))
        rows = select(table.line, first.label("first"), *shown).where(keyed).subquery()
        again = select(rows).where(rows.c.line != rows.c.first).order_by(rows.c.line)
        found = self.connection.execute(again).all()
        same = self._same_rows([row[0] for row in found], [row[1] for row in found])
        return [
            self._again(line, whole, names, values)
            for (line, _, *values), whole in zip(found, same, strict=True)
        ]

    def _same_rows(self, lines: Sequence[int], firsts: Sequence[int]) -> list[bool]:
        """Whether each line has the same cells as its first one, by the digests kept while they were read."""
        if not self.kind.whole_row or not lines:
            return [False] * len(lines)
        digests, numbers = np.concatenate(self._digests), np.concatenate(self._lines)
        own, first = (digests[np.searchsorted(numbers, each)] for each in (lines, firsts))
        same: list[bool] = (own == first).tolist()
        return same

    def _again(self, line: int, same: bool, names: Sequence[str], values: Sequence[object]) -> Found:
        value = ";".join(map(str, values))
        return Found(line, "", "row_twice", value) if same else Found(line, names[-1], self.kind.again, value)

    def _surely_unique(self) -> bool:
        if any(reference.into == "other_id" for reference in self.kind.references):
            return False  # the two of a pair may stand either way
        hashes = np.concatenate(self._hashes)
        hashes.sort()
        return not bool((hashes[1:] == hashes[:-1]).any())

    def exclude(self, found: Iterable[Found]) -> None:
        """Rows in which something was found are not sound."""
        lines = [{"at": line} for line in {each.line for each in found}]
        if lines:
            self.exclusions += 1
            self._index_lines()
            excluding = update(self.table).where(self.table.c.line == bindparam("at")).values(sound=False)
            self.connection.execute(excluding, lines)

    def _index_lines(self) -> None:
        if self.on_postgresql:
            self.connection.execute(text(f"CREATE INDEX IF NOT EXISTS {NAME}_line ON {NAME} (line)"))

    def sound(self, source: FromClause | None = None) -> Any:
        """The condition that a row is sound."""
        return (self.table if source is None else source).c.sound.is_(True)


def _copied(sides: Sequence[Sequence[Any]]) -> str:
    """Rows as COPY reads them. No value holds a tab or a line end: those are faults."""
    told = [_side(side) for side in sides]
    return "\n".join(map("\t".join, zip(*told, strict=True))) + "\n"


def _side(side: Sequence[Any]) -> Iterable[str]:
    if side and isinstance(side[0], bool | int):
        return map(str, side)
    if all(side) and "\\" not in "".join(side):
        return side
    return map(_field, side)


def _field(value: Value) -> str:
    return r"\N" if value is None else value.replace("\\", r"\\")
