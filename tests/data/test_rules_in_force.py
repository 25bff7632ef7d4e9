"""A rule that is declared is in force: all that the models and guards say stands, to the word, in a migrated database.

The lesson is of others: a misspelt `__table_args__` meant a constraint that never existed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from data.database import open_database, writing
from data.guards import create_guards, guarded_tables, triggers
from data.models import Base
from tests.databases import a_name
from tests.raw_databases import Postgresql, Sqlite

DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}
TABLES = Base.metadata.sorted_tables
LONGEST = 63  # what PostgreSQL keeps of a name


def declared(kind: str) -> set[str]:
    """The names of all rules that models and guards declare, and `table.column` of each column."""
    names = {name for table in guarded_tables() for name in triggers(table, kind)}
    for table in TABLES:
        written = str(CreateTable(table).compile(dialect=DIALECTS[kind]))
        names |= set(re.findall(r"CONSTRAINT \"?(\w+)\"?", written))
        names |= {str(index.name) for index in table.indexes}
        names |= {f"{table.name}.{column.name}" for column in table.columns}
    return names


def raw(engine: Engine) -> Sqlite | Postgresql:
    """A database through its bare driver."""
    if engine.dialect.name == "sqlite":
        return Sqlite(Path(str(engine.url.database)).read_bytes())
    return Postgresql(engine.url.render_as_string())


def not_in_force(engine: Engine, database: Sqlite | Postgresql, made: Sqlite | Postgresql) -> set[str]:
    """The rules that are missing in a database, or say something else than in one that was made of the models."""
    there, meant = _in_words(database), _in_words(made)
    wanted = {name.replace('"', "") for name in declared(engine.dialect.name)}
    return {name for name in wanted | meant.keys() if there.get(name) != meant.get(name) or name not in there}


def _in_words(database: Sqlite | Postgresql) -> dict[str, str]:
    return {name.replace('"', ""): " ".join(said.split()) for name, said in database.rules().items()}


@pytest.fixture
def migrated(database: Engine) -> Iterator[Sqlite | Postgresql]:
    """A database as the migrations make it."""
    opened = raw(database)
    yield opened
    opened.connection.close()


@pytest.fixture
def made(database: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Sqlite | Postgresql]:
    """One as the models declare it, which no migration has seen."""
    cluster, name = None, a_name()
    url = f"sqlite:///{tmp_path / 'made.db'}"
    if database.dialect.name == "postgresql":
        cluster = request.getfixturevalue("cluster")
        url = cluster.create(name)
    engine = open_database(url)
    with writing(engine).begin() as connection:
        Base.metadata.create_all(connection)
        create_guards(connection)
    opened = raw(engine)
    yield opened
    opened.connection.close()
    engine.dispose()
    if cluster:
        cluster.drop(name)


def test_every_declared_rule_is_in_force(database, migrated, made):
    assert len(declared(database.dialect.name)) > 800
    assert not_in_force(database, migrated, made) == set()


def test_a_migration_adds_no_rule_that_is_not_declared(migrated, made):
    ours = {
        name for name in _in_words(migrated) if not name.split(".")[0].startswith(("alembic_", "pk_alembic_"))
    }
    assert ours == set(_in_words(made))


@pytest.mark.parametrize("lost", [
    "ck_draw_planner_is_not_approver", "uq_ledger_chain_prev_hash", "fk_disclosure_result_id_decision",
    "pk_open_population", "uq_draw_open", "ix_drawn_target_target_id", "guard_ledger_only_added_update",
])  # fmt: skip
def test_a_rule_of_each_kind_that_is_lost_is_missed(database, migrated, made, lost):
    with migrated.without(lost) as mutant:
        assert not_in_force(database, mutant, made) == {lost}


def test_a_column_that_may_be_empty_and_should_not_is_found(database, migrated, made):
    with migrated.without() as mutant:
        if database.dialect.name == "sqlite":
            mutant.run(
                "PRAGMA writable_schema = ON",
                "UPDATE sqlite_master SET sql = replace(sql, 'seed VARCHAR(64) NOT NULL', 'seed VARCHAR(64)')",
            )
        else:
            mutant.run("ALTER TABLE opening ALTER COLUMN seed DROP NOT NULL")
        assert not_in_force(database, mutant, made) == {"opening.seed"}


def test_a_rule_that_says_something_else_is_found(database, migrated, made):
    with migrated.without("ck_lottery_counts_from_one") as mutant:
        if database.dialect.name == "sqlite":
            mutant.run(
                "PRAGMA writable_schema = ON",
                "UPDATE sqlite_master SET sql = replace(sql, 'CHECK (total >= 1)', 'CHECK (total >= 0)')",
            )
        else:
            mutant.run(
                "ALTER TABLE campaign DROP CONSTRAINT ck_campaign_total",
                "ALTER TABLE campaign ADD CONSTRAINT ck_campaign_total CHECK (total >= 0)",
            )
        assert not_in_force(database, mutant, made) == {"ck_lottery_counts_from_one", "ck_campaign_total"}


@pytest.mark.postgresql
def test_a_trigger_that_was_switched_off_is_missed(cluster, postgresql_template):
    name = a_name()
    engine = open_database(cluster.create(name, postgresql_template))
    database = raw(engine)
    database.run("ALTER TABLE ledger DISABLE TRIGGER guard_ledger_only_added_delete")
    assert declared("postgresql") - database.rules().keys() == {"guard_ledger_only_added_delete"}
    database.connection.close()
    engine.dispose()
    cluster.drop(name)


@pytest.mark.parametrize("kind", DIALECTS)
def test_every_rule_has_a_name_that_postgresql_keeps(kind):
    unnamed = [
        line.strip()
        for table in TABLES
        for line in str(CreateTable(table).compile(dialect=DIALECTS[kind])).splitlines()
        if re.match(r"\s*(PRIMARY|UNIQUE|CHECK|FOREIGN)", line)
    ]
    assert unnamed == []
    rules = {name for name in declared(kind) if "." not in name}
    assert {name for name in rules if len(name) > LONGEST and kind == "postgresql"} == set()


def test_no_model_has_a_misspelt_declaration():
    known = {"__table__", "__tablename__", "__table_args__"}
    odd = {
        f"{mapper.class_.__name__}.{name}"
        for mapper in Base.registry.mappers
        for name in vars(mapper.class_)
        if name.startswith("__") and "table" in name and name not in known
    }
    assert odd == set()
