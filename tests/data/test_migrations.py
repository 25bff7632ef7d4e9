"""Migrations: every table comes by them, nothing is lost on the way, and the guards stand at the end."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from setuptools import find_packages
from sqlalchemy import Engine, MetaData, inspect, select, text
from sqlalchemy.exc import IntegrityError

from data import migrations
from data.database import open_database, writing
from data.guards import drop_guards, guards_are_current, guards_in_force
from data.migrations import Damaged, count_rows, current, draft, head, is_current, upgrade
from data.models import Base
from scheduler.keys import Key
from scheduler.transaction import EVERYTHING, transaction
from tests.databases import Cluster, a_name
from tests.makers import a_story
from web.commands.installation import upgrade as yaohao_upgrade

FIRST = "0001"
PLAIN = {"secret": b"canary: a secret kept once plain", "salt_secret": b"canary: a salt secret once plain"}
"""The secrets of a draw as they stood in the database before they were encrypted."""
KEY = Key(b"k" * 32)
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """Makes empty databases of one kind."""
    made: list[tuple[Engine, str]] = []
    cluster: Cluster | None = request.getfixturevalue("cluster") if request.param == "postgresql" else None

    def make() -> Engine:
        name = a_name()
        url = cluster.create(name) if cluster else f"sqlite:///{tmp_path / name}.db"
        made.append((open_database(url), name))
        return made[-1][0]

    yield make
    for engine, name in made:
        engine.dispose()
        if cluster:
            cluster.drop(name)


@pytest.fixture
def of_the_first_schema(empty: Callable[[], Engine]) -> Engine:
    """A database of the first revision with a whole story in it: as the first release would have left it."""
    told, old = empty(), empty()
    upgrade(told)
    with transaction(told, EVERYTHING) as session:
        a_story(session)
    upgrade(old, FIRST)
    with told.connect() as source, writing(old).connect() as target:
        _refer_freely(target)
        with target.begin():
            then = MetaData()
            then.reflect(target)
            for table in then.sorted_tables:
                rows = [dict(row._mapping) for row in source.execute(select(table))]
                assert rows or table.name == "alembic_version", f"the story has no {table.name}"
                if table.name == "lottery_secret":
                    rows = [row | PLAIN for row in rows]
                if table.name != "alembic_version":
                    target.execute(table.insert(), rows)
    old.dispose()  # with its connection that obeys no trigger
    return old


def _refer_freely(connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = OFF")
    else:
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.commit()


def contents(engine: Engine) -> dict[str, dict[str, str]]:
    """A digest of each column of each table, its rows in the order of all their values."""
    with engine.connect() as connection:
        return {
            table: {
                column["name"]: _digest(connection, table, column["name"])
                for column in inspect(connection).get_columns(table)
            }
            for table in inspect(connection).get_table_names()
            if table != "alembic_version"
        }


def _digest(connection, table: str, column: str) -> str:
    key = inspect(connection).get_pk_constraint(table)["constrained_columns"]
    order = ", ".join(f'"{name}"' for name in key)
    rows = connection.execute(text(f'SELECT {order}, "{column}" FROM "{table}" ORDER BY {order}')).all()
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()


def test_the_migrated_schema_is_that_of_the_models(database):
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_table_that_no_migration_makes_is_found(database):
    with writing(database).begin() as connection:
        connection.exec_driver_sql("DROP TABLE calendar_day")
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert [difference[0] for difference in found] == ["add_table"]


def test_there_is_one_head_and_one_root():
    scripts = ScriptDirectory(str(migrations.FOLDER))
    assert scripts.get_heads() == [head()]
    assert scripts.get_bases() == [FIRST]


def test_a_revision_that_databases_have_gone_through_stays_as_it_was():
    """Edited, it would make something else of new databases than of those there are: write a new one instead."""
    there = Path(migrations.FOLDER) / "versions"
    for line in (Path(__file__).parent / "revisions.sha256").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((there / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_the_class_of_a_stratum_has_its_line_in_a_database_that_had_it_from_0008(empty):
    database = empty()

    def lines():
        with database.connect() as connection:
            told = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE name = 'lottery'"
            ).scalar_one()
        return [line.strip() for line in told.splitlines()]

    upgrade(database, "0008")
    assert "classes TEXT," not in lines()
    upgrade(database)
    assert "classes TEXT," in lines()


def test_the_revisions_are_packed_with_the_program():
    assert "data.migrations.versions" in find_packages(str(ROOT), include=["data*"])


def test_an_empty_database_has_no_revision_and_is_current_after_the_upgrade(empty):
    database = empty()
    assert (current(database), is_current(database)) == (None, False)
    upgrade(database)
    assert (current(database), is_current(database)) == (head(), True)


def test_an_upgrade_from_the_first_schema_keeps_every_row(of_the_first_schema):
    before = contents(of_the_first_schema)
    assert current(of_the_first_schema) == FIRST != head()
    upgrade(of_the_first_schema, key=lambda: KEY)
    after = contents(of_the_first_schema)
    for encrypted in PLAIN:
        assert before["lottery_secret"].pop(encrypted) != after["lottery_secret"][encrypted]
    assert {
        table: {name: after[table][name] for name in columns} for table, columns in before.items()
    } == before
    assert is_current(of_the_first_schema)


def test_an_upgrade_encrypts_the_secrets_there_are_each_for_its_place(of_the_first_schema):
    upgrade(of_the_first_schema, key=lambda: KEY)
    with of_the_first_schema.connect() as connection:
        rows = connection.execute(text("SELECT * FROM lottery_secret")).all()
        assert connection.execute(text("SELECT mark FROM key_mark")).scalar_one() == KEY.mark
    assert {row.holder for row in rows} == {"service"}
    assert [
        {
            name: KEY.decrypt(getattr(row, name), "lottery_secret", row.draw_id, row.attempt, name)
            for name in PLAIN
        }
        for row in rows
    ] == [PLAIN] * len(rows)


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)  # what PostgreSQL frees, is its own to overwrite
def test_after_the_upgrade_no_page_of_the_file_holds_a_plain_secret(of_the_first_schema):
    file = Path(str(of_the_first_schema.url.database))
    assert b"canary" in file.read_bytes()
    upgrade(of_the_first_schema, key=lambda: KEY)
    assert b"canary" not in file.read_bytes()


def test_whoever_upgrades_is_told_of_open_draws_whose_secrets_stood_in_plain(of_the_first_schema):
    url = of_the_first_schema.url.render_as_string(hide_password=False)
    with of_the_first_schema.connect() as connection:
        unfinished = "SELECT number FROM draw WHERE state IN ('frozen', 'committed', 'revealed')"
        numbers = list(connection.execute(text(unfinished)).scalars())
    assert len(numbers) > 2
    first, second = (CliRunner().invoke(yaohao_upgrade, ["--database", url]) for _ in range(2))
    assert [number for number in numbers if number not in first.output] == []
    assert "以明文存放" in first.output
    assert "以明文存放" not in second.output
    with of_the_first_schema.connect() as connection:
        told = "SELECT details FROM ledger WHERE action = 'database:upgrade'"
        (details,) = connection.execute(text(told)).scalars()
    assert sorted(json.loads(details)["exposed"]) == sorted(numbers)


def test_secrets_are_not_upgraded_without_a_key(of_the_first_schema):
    before = contents(of_the_first_schema)
    with pytest.raises(TypeError):
        upgrade(of_the_first_schema)
    assert (contents(of_the_first_schema), current(of_the_first_schema)) == (before, FIRST)


def test_after_an_upgrade_with_batch_copies_the_guards_are_in_force(of_the_first_schema):
    upgrade(of_the_first_schema, key=lambda: KEY)
    for statement in ("UPDATE result SET code = '1'", "DELETE FROM follow_up"):
        with (
            pytest.raises(IntegrityError, match="guard_"),
            writing(of_the_first_schema).begin() as connection,
        ):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)  # PostgreSQL copies no table
def test_with_foreign_keys_on_the_batch_copy_would_fail(of_the_first_schema, monkeypatch):
    before = contents(of_the_first_schema)
    monkeypatch.setattr(migrations, "_ask_no_foreign_keys", lambda _: None)
    with pytest.raises(IntegrityError):
        upgrade(of_the_first_schema)
    assert (contents(of_the_first_schema), current(of_the_first_schema)) == (before, FIRST)


def test_a_second_upgrade_changes_nothing(database):
    before = contents(database)
    upgrade(database)
    assert contents(database) == before
    assert is_current(database)


@pytest.mark.parametrize("lost", ["guard_ledger_only_added_update", "guard_draw_steps"])
def test_without_one_guard_a_database_is_not_current_until_the_next_upgrade(database, lost):
    with writing(database).begin() as connection:
        table, _ = guards_in_force(connection)[lost]
        on = f' ON "{table}"' if database.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f'DROP TRIGGER "{lost}"{on}')
    assert not is_current(database)
    if database.dialect.name == "postgresql":  # its function would be in the way
        with writing(database).begin() as connection:
            connection.exec_driver_sql(f"DROP FUNCTION {lost}()")
    upgrade(database)
    assert is_current(database)


def test_a_guard_with_other_words_is_not_current(database):
    with writing(database).begin() as connection:
        if database.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER guard_draw_stays")
            connection.exec_driver_sql(
                "CREATE TRIGGER guard_draw_stays BEFORE DELETE ON draw WHEN 0 BEGIN SELECT RAISE(ABORT, 'x'); END"
            )
        else:
            connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION guard_draw_stays() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN OLD; END'"
            )
        assert not guards_are_current(connection)


def test_four_who_upgrade_at_once_make_one_schema(empty):
    database = empty()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: upgrade(database), range(4)))
    assert is_current(database)


@pytest.fixture
def further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Adds a revision after the head, of these statements; in a copy of the folder."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    newest = head()

    def add(*lines: str) -> None:
        (folder / "versions" / "9999_bad.py").write_text(
            f'from alembic import op\nrevision = "9999"\ndown_revision = "{newest}"\n\n\ndef upgrade():\n'
            + "".join(f"    {line}\n" for line in lines)
        )
        monkeypatch.setattr(migrations, "FOLDER", folder)

    return add


@pytest.mark.parametrize("statement", [
    "DELETE FROM calendar_day", "DROP TABLE calendar_day", "INSERT INTO person (staff_number, name) VALUES ('x', 'x')",
])  # fmt: skip
def test_a_migration_that_loses_or_adds_rows_is_taken_back(database, further, statement):
    with transaction(database, EVERYTHING) as session:
        a_story(session)
    before = contents(database)
    further(f'op.execute("{statement}")')
    with pytest.raises(Damaged):
        upgrade(database)
    assert contents(database) == before
    assert current(database) != "9999"
    with database.connect() as connection:
        assert guards_are_current(connection)


def test_a_migration_that_leaves_orphans_is_taken_back(database, further):
    with transaction(database, EVERYTHING) as session:
        a_story(session)
    further('op.execute("UPDATE result SET visit_id = 4711 WHERE id = 1")')
    with pytest.raises((Damaged, IntegrityError)):
        upgrade(database)
    assert current(database) != "9999"


def test_a_migration_may_put_right_what_the_guards_defend(database, further):
    with transaction(database, EVERYTHING) as session:
        a_story(session)
    further("op.execute(\"UPDATE result SET note = 'put right'\")")
    upgrade(database)
    assert is_current(database)


def test_all_guards_can_be_dropped(database):
    with writing(database).begin() as connection:
        drop_guards(connection)
        assert guards_in_force(connection) == {}
        functions = "SELECT count(*) FROM pg_proc WHERE starts_with(proname, 'guard_')"
        if database.dialect.name == "postgresql":
            assert connection.exec_driver_sql(functions).scalar_one() == 0


def test_a_draft_at_the_head_has_nothing_to_do(database, tmp_path):
    made = draft(database, "9999", "nothing", tmp_path)
    assert made.read_text().endswith("    pass\n    # ### end Alembic commands ###\n")


def test_every_table_of_a_migrated_database_is_counted(database):
    with database.connect() as connection:
        assert count_rows(connection).keys() == Base.metadata.tables.keys()
