"""Pages are tested on a site over a town."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.database import open_database
from tests.site import Site
from tests.told import tell
from tests.town import Town
from tests.towns import founded_postgresql, founded_sqlite, small_town, town

__all__ = ["founded_postgresql", "founded_sqlite", "site", "small_town", "told_site", "town"]


@pytest.fixture
def site(small_town: Town) -> Iterator[Site]:
    """The site of the town, on SQLite."""
    opened = Site(small_town)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def told_site(founded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of a town in which much has happened; whoever changes something there, does it in vain for others."""
    path = tmp_path_factory.mktemp("told") / "town.db"
    shutil.copy(founded_sqlite, path)
    engine = open_database(f"sqlite:///{path}")
    town = Town(engine)
    tell(town)
    opened = Site(town)
    yield opened
    opened.close()
    engine.dispose()
