"""The index of targets (检查对象索引): three tables beside the models that nobody but data/target_index.py writes.

They are no models: no row of them is anybody's, and no question of the ORM may meet them. All of it can be made anew
from the table of targets.
"""

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, String, Table

from data.models.base import Base

TARGET_INDEX = Table(
    "target_index",
    Base.metadata,
    Column("part", String(20), primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
"""Parts of the index by name, each in blocks."""

TARGET_INDEX_REACH = Table(
    "target_index_reach",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("reach", Integer, nullable=False),
    Column("edition", Integer, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row: up to which id the targets are in the index, and how often it was written."""

TARGET_CHANGED = Table(
    "target_changed",
    Base.metadata,
    Column("target_id", Integer, primary_key=True, autoincrement=False),
)
"""Targets within the reach of the index that came, changed or went since: triggers write them (data/guards.py).

No foreign key: a target that is gone stands here too, as its id may come again.
"""
