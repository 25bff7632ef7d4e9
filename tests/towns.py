"""A town for every test of use cases, founded once on each kind of database and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.database import open_database
from tests.databases import a_name
from tests.town import Town, found_town


@pytest.fixture(scope="session")
def founded_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the town in it, to be copied."""
    path = tmp_path_factory.mktemp("founded") / "town.db"
    shutil.copy(sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    found_town(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def founded_postgresql(request: pytest.FixtureRequest) -> str:
    """The name of a PostgreSQL database with the town in it, to be copied."""
    name = a_name()
    url = request.getfixturevalue("cluster").create(name, request.getfixturevalue("postgresql_template"))
    engine = open_database(url)
    found_town(engine)
    engine.dispose()
    return name


@pytest.fixture
def small_town(founded_sqlite: Path, tmp_path: Path) -> Iterator[Town]:
    """The town on SQLite alone, for rules in which the database has no part."""
    path = tmp_path / "town.db"
    shutil.copy(founded_sqlite, path)
    engine = open_database(f"sqlite:///{path}")
    yield Town(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    """The town, on both kinds of database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("small_town")
        return
    cluster, name = request.getfixturevalue("cluster"), a_name()
    engine = open_database(cluster.create(name, request.getfixturevalue("founded_postgresql")))
    yield Town(engine)
    engine.dispose()
    cluster.drop(name)
