"""A database as an attacker meets it: through the bare driver, with its default settings, without a line of ours.

`without` gives the same database with some of its rules gone, to show that it is these that stop an attack.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any, Protocol

import psycopg

REFUSALS = (sqlite3.IntegrityError, psycopg.errors.IntegrityError)
_RULE = re.compile(r"^\s*CONSTRAINT \"?(\w+)\"? ")


class Raw(Protocol):
    """What the tests do with either kind."""

    kind: str

    def run(self, *statements: str) -> None: ...
    def rows(self, question: str) -> list[tuple[Any, ...]]: ...
    def tables(self) -> list[str]: ...
    def rules(self) -> dict[str, str]: ...
    def without(self, *patterns: str) -> Any: ...


def content(database: Raw) -> dict[str, str]:
    """A digest of each table's rows."""
    return {
        table: hashlib.sha256("\n".join(sorted(map(repr, database.rows(f'SELECT * FROM "{table}"')))).encode())
        .hexdigest()
        for table in database.tables()
    }  # fmt: skip


class Sqlite:
    """A SQLite database in memory, of the bytes of a file: foreign keys off, recursive triggers off."""

    kind = "sqlite"

    def __init__(self, image: bytes) -> None:
        self._image = image
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.deserialize(image)

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement)

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(question).fetchall()

    def tables(self) -> list[str]:
        return [
            name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]

    def rules(self) -> dict[str, str]:
        """All triggers, indexes, constraints and columns by name, with what they say."""
        told = self.rows("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        rules = {name: sql for kind, name, sql in told if kind in ("trigger", "index")}
        for kind, table, sql in told:
            for line in _lines(sql) if kind == "table" else ():
                found = _RULE.match(line)
                rules[found[1] if found else f"{table}.{line.split()[0]}"] = line.replace('"', "")
        return rules

    @contextmanager
    def without(self, *patterns: str) -> Iterator[Sqlite]:
        """A copy, made table by table, that lacks what one of the patterns names."""
        made = Sqlite(self._image)
        made.connection.close()
        made.connection = sqlite3.connect(":memory:", isolation_level=None)
        there = self.rows(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'trigger'"
        )
        for kind, name, sql in there:
            if kind == "table":
                made.run(_lacking(sql, patterns))
                self._copy(name, made)
        made.run(*(sql for kind, name, sql in there if kind != "table" and not _named(name, patterns)))
        yield made
        made.connection.close()

    def _copy(self, table: str, to: Sqlite) -> None:
        rows = self.rows(f'SELECT * FROM "{table}"')
        if rows:
            places = ", ".join("?" * len(rows[0]))
            to.connection.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)


class Postgresql:
    """A PostgreSQL database; whatever a test does to it is taken back."""

    kind = "postgresql"

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement.encode())

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(question.encode()).fetchall()

    def tables(self) -> list[str]:
        return [
            name
            for (name,) in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ]

    def rules(self) -> dict[str, str]:
        """All triggers that fire, indexes, constraints and columns by name, with what they say."""
        return dict(
            self.rows(
                "SELECT tgname, pg_get_triggerdef(t.oid) || p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid "
                "WHERE NOT tgisinternal AND tgenabled = 'O' "
                "UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0 "
                "UNION ALL SELECT relname, pg_get_indexdef(oid) FROM pg_class WHERE relkind = 'i' "
                "AND relnamespace = 'public'::regnamespace AND relname NOT IN (SELECT conname FROM pg_constraint) "
                "UNION ALL SELECT attrelid::regclass || '.' || attname, format_type(atttypid, atttypmod) || attnotnull "
                "FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relkind = 'r' AND attnum > 0 "
                "AND NOT attisdropped AND relnamespace = 'public'::regnamespace"
            )
        )  # type: ignore[arg-type]

    @contextmanager
    def without(self, *patterns: str) -> Iterator[Postgresql]:
        """The same database, lacking what the patterns name until the end of the block.

        A pattern `->table` names the foreign keys to it.
        """
        with self.connection.transaction(force_rollback=True):
            for kind, table, name, parent in self._rules():
                if _named(name, patterns) or f"->{parent}" in patterns:
                    self.run(
                        f'DROP TRIGGER "{name}" ON "{table}"' if kind == "trigger"
                        else f'DROP INDEX "{name}"' if kind == "index"
                        else f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}" CASCADE'
                    )  # fmt: skip
            yield self

    def _rules(self) -> Sequence[tuple[str, str, str, str]]:
        return self.rows(
            "SELECT 'trigger', tgrelid::regclass::name, tgname, '' FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgenabled = 'O' "
            "UNION ALL SELECT 'constraint', conrelid::regclass::name, conname, confrelid::regclass::name "
            "FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace "
            "UNION ALL SELECT 'index', indrelid::regclass::name, relname, '' FROM pg_index "
            "JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"
        )  # type: ignore[return-value]


@contextmanager
def taken_back(database: Any) -> Iterator[None]:
    """What is done in the block is undone at its end."""
    if database.kind == "postgresql":
        with database.connection.transaction(force_rollback=True):
            yield
        return
    database.run("SAVEPOINT attack")
    try:
        yield
    finally:
        database.run("ROLLBACK TO attack", "RELEASE attack")


def _named(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _lines(sql: str) -> list[str]:
    """The parts of a table as the program wrote them, one a line; the last ends before the bracket."""
    body = sql[sql.index("(") + 1 : sql.rindex(")")]
    return [line.strip() for line in re.split(r",\s*\n", body)]


def _lacking(sql: str, patterns: Sequence[str]) -> str:
    kept = [line for line in _lines(sql) if not ((found := _RULE.match(line)) and _named(found[1], patterns))]
    separator = ", \n"
    return f"{sql[: sql.index('(')]} (\n{separator.join(kept)}\n)"
