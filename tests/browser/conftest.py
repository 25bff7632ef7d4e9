"""Pages in a real browser are of a town."""

from tests.towns import founded_postgresql, founded_sqlite, small_town, town

__all__ = ["founded_postgresql", "founded_sqlite", "small_town", "town"]
