"""Migrations of the schema, by Alembic, for both databases: the only way a table comes to be.

A revision is written out and imports no model, so that it makes next year what it makes today. The guards (triggers)
are no part of revisions: they are dropped before the first and made anew, as this program has them, after the last, all
in one transaction. So a batch copy of SQLite can't lose them, a revision can put data right that they would defend, and
`is_current` still tells whether they are in force to the letter. The price: while a revision runs nothing but its
own words protects the evidence; therefore no table may have other rows afterwards than before.

There is no way back: a downgrade would have to throw evidence away. Who must go back, restores the backup.

A new revision: change the models, then `draft(open_database(an empty one at the head), "0004", "words")`, and edit the
file: alter tables by `op.batch_alter_table`, name every constraint, and see tests/data/test_migrations.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from data.database import writing
from data.guards import create_guards, drop_guards, guards_are_current
from data.target_index import write_anew

FOLDER = Path(__file__).parent
_REVISIONS = "alembic_version"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('yaohao:migrations'))"


class Damaged(Exception):  # noqa: N818 - what the migration would have done
    """A migration that would have changed what a table holds or broken a reference; nothing of it was kept."""


class Key(Protocol):
    """What a revision encrypts with: what is encrypted is told with it, so that it counts nowhere else."""

    @property
    def mark(self) -> str:
        """By which the key is known again."""

    def encrypt(self, plain: bytes, *about: object) -> bytes:
        """What stands in the database from then on."""


def upgrade(database: Engine, revision: str = "head", key: Callable[[], Key] | None = None) -> None:
    """Bring a database to the newest schema, or an older one up to a revision; all of it or nothing.

    Several may try at once: one does it. `key` is asked where there are plain secrets to be encrypted. Raises Damaged if
    rows would come or go, or refer to none.
    """
    with writing(database).connect() as connection:
        _ask_no_foreign_keys(connection)
        with connection.begin():
            _wait_for_turn(connection)
            before, came_from = count_rows(connection), current_of(connection)
            drop_guards(connection)
            command.upgrade(_configuration(connection, key), revision)
            _check_rows(before, count_rows(connection))
            _check_references(connection)
            if current_of(connection) == head():
                create_guards(connection)
                if came_from != head():
                    write_anew(connection)


def current(database: Engine) -> str | None:
    """The revision of a database; None where it has no schema yet."""
    with database.connect() as connection:
        return current_of(connection)


def is_current(database: Engine) -> bool:
    """Whether a database has the newest schema, and exactly this program's guards."""
    with database.connect() as connection:
        return current_of(connection) == head() and guards_are_current(connection)


def head() -> str:
    """The newest revision."""
    newest = ScriptDirectory(str(FOLDER)).get_current_head()
    assert newest is not None
    return newest


def draft(database: Engine, revision: str, words: str, folder: Path = FOLDER / "versions") -> Path:
    """Write a first version of a revision: what must change in a database at the head to become as the models say."""
    with database.connect() as connection:
        configuration = _configuration(connection)
        places = dict.fromkeys(str(each.resolve()) for each in (FOLDER / "versions", folder))
        configuration.set_main_option("version_locations", "\n".join(places))
        made = command.revision(
            configuration, words, autogenerate=True, rev_id=revision, version_path=str(folder)
        )
    assert made is not None
    assert not isinstance(made, list)
    return Path(made.path)


def current_of(connection: Connection) -> str | None:
    """The revision that a connection sees."""
    return MigrationContext.configure(connection).get_current_revision()


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = inspect(connection).get_table_names()
    return {
        name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
        for name in tables
        if name != _REVISIONS
    }


def _configuration(connection: Connection, key: Callable[[], Key] | None = None) -> Config:
    configuration = Config(attributes={"connection": connection, "key": key})
    configuration.set_main_option("script_location", str(FOLDER))
    configuration.set_main_option("path_separator", "newline")
    return configuration


def _ask_no_foreign_keys(connection: Connection) -> None:
    # a batch copy drops the old table: with foreign keys on, what refers to it would go too, and said inside the
    # transaction SQLite would not hear it
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.cursor().execute("PRAGMA foreign_keys = OFF")


def _wait_for_turn(connection: Connection) -> None:
    """SQLite began IMMEDIATE and has its turn already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text(_LOCK))


def _check_rows(before: dict[str, int], after: dict[str, int]) -> None:
    if changed := {name: rows for name, rows in before.items() if after.get(name, 0) != rows}:
        raise Damaged(f"rows before: {changed}, after: { {name: after.get(name) for name in changed} }")


def _check_references(connection: Connection) -> None:
    """PostgreSQL checks each foreign key as it is made."""
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if orphans:
            raise Damaged(f"rows that refer to none: {[tuple(row) for row in orphans[:10]]}")
