"""Pages are tested on a site over a town."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.site import Site
from tests.town import Town
from tests.towns import founded_postgresql, founded_sqlite, small_town, town

__all__ = ["founded_postgresql", "founded_sqlite", "site", "small_town", "town"]


@pytest.fixture
def site(small_town: Town) -> Iterator[Site]:
    """The site of the town, on SQLite."""
    opened = Site(small_town)
    yield opened
    opened.close()
