"""Putting in a row that may be there already: two who try at once make one row, and neither fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data.models.base import Base


def insert_once(
    session: Session, model: type[Base], values: Mapping[str, Any], unique: Sequence[str]
) -> bool:
    """Insert a row unless one with the same `unique` columns is there; whether it was inserted.

    In a writing transaction. A row counts as there even if the session doesn't see it.
    """
    table = model.__table__
    same = exists().where(*(table.c[column] == values[column] for column in unique))
    # looked for first: a guard of SQLite takes any second insertion for a replacement; there nobody comes between, and
    # on PostgreSQL who does meets the conflict
    if session.scalar(select(same)):
        return False
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insertion = postgresql.insert(model) if on_postgresql else sqlite.insert(model)
    done = session.execute(insertion.values(**values).on_conflict_do_nothing(index_elements=list(unique)))
    assert isinstance(done, CursorResult)
    return done.rowcount == 1
