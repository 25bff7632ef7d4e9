"""What Alembic runs for `upgrade` and `draft`: on the connection, and in the transaction, that they have opened."""

from typing import Any, Literal

from alembic import context

from data.models import Base
from data.models.base import Moment


def render(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """A draft names no type of ours: a revision would change with it."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    render_item=render,
    render_as_batch=True,  # SQLite alters little in place
)
with context.begin_transaction():
    context.run_migrations()
