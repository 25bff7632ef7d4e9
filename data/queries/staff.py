"""Questions about inspectors who moved (调离) or are away: who still has a seat on a visit that nobody has begun."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data.models import Inspector, Leave, TeamMember, Visit


class Departed(NamedTuple):
    """Somebody who is no active inspector of a department any more, and on how many open visits of it he has a seat."""

    code: str
    name: str
    seats: int


def lock_inspector(session: Session, inspector: Inspector) -> None:
    """Let nobody else change an inspector before this transaction ends; he is read again as he stands now."""
    session.refresh(inspector, with_for_update=True)


def departed_in_teams(session: Session, department_id: int) -> list[Departed]:
    """Who has left and still sits in the newest team of an open visit of a department.

    Of the tables: whoever went to another department is seen by this one no more.
    """
    seat, visit, inspector = TeamMember.__table__.alias("seat"), Visit.__table__, Inspector.__table__
    newest = TeamMember.__table__.alias("newest")
    last = (
        select(func.max(newest.c.version))
        .where(*(newest.c[name] == seat.c[name] for name in ("draw_id", "target_id", "department_id")))
        .correlate(seat)
        .scalar_subquery()
    )
    chosen = (
        select(inspector.c.code, inspector.c.name, func.count())
        .where(
            *(visit.c[name] == seat.c[name] for name in ("draw_id", "target_id", "department_id")),
            seat.c.version == last,
            seat.c.inspector_id == inspector.c.id,
            visit.c.department_id == department_id,
            visit.c.state == "open",
            or_(inspector.c.department_id != department_id, inspector.c.state != "active"),
        )
        .group_by(inspector.c.code, inspector.c.name)
        .order_by(inspector.c.code)
    )
    return [Departed(*row) for row in session.execute(chosen)]


def is_away(session: Session, inspector_id: int, first: date, last: date) -> bool:
    """Whether an inspector has leave on one of some days."""
    asked = select(Leave.id).where(
        Leave.inspector_id == inspector_id, Leave.first_day <= last, Leave.last_day >= first
    )
    return session.scalar(asked.limit(1)) is not None


def leave(session: Session, number: int) -> Leave | None:
    """Days of leave, if they may be seen."""
    return session.scalar(select(Leave).where(Leave.id == number))
