"""Which deadline rule holds, and who owes what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from data.models.obligations import DeadlineRule, Obligation
from data.models.organisation import Department, Jurisdiction
from data.queries.insertion import insert_once

NATION = "000000"
"""The code under which rules of the whole country stand; they hold where no jurisdiction has its own."""

ONE_OBLIGATION = ("rule_id", "subject_kind", "subject_id", "department_id")


def jurisdictions_above(session: Session, department_id: int) -> list[str]:
    """The department's jurisdiction, its superiors, the nation, nearest first. NoResultFound for no department."""
    code: str | None = session.scalars(
        select(Department.jurisdiction_code).where(Department.id == department_id)
    ).one()
    chain: list[str] = []
    while code is not None and code not in chain:
        chain.append(code)
        code = session.scalar(select(Jurisdiction.superior_code).where(Jurisdiction.code == code))
    return [*chain, NATION]


def rule_in_force(
    session: Session, event: str, jurisdictions: Sequence[str], on: date
) -> DeadlineRule | None:
    """The rule for an event on a day: of the nearest jurisdiction that has one, the one made last."""
    rules = session.scalars(
        select(DeadlineRule).where(
            DeadlineRule.event == event,
            DeadlineRule.jurisdiction_code.in_(jurisdictions),
            DeadlineRule.valid_from <= on,
            or_(DeadlineRule.valid_to.is_(None), DeadlineRule.valid_to >= on),
        )
    )
    nearest = sorted(
        rules, key=lambda r: (jurisdictions.index(r.jurisdiction_code), -r.valid_from.toordinal())
    )
    return nearest[0] if nearest else None


def rule_of(session: Session, obligation: Obligation) -> DeadlineRule:
    """The rule by which something is owed."""
    return session.get_one(DeadlineRule, obligation.rule_id)


def add_obligation(session: Session, values: Mapping[str, Any]) -> Obligation:
    """The obligation with these values, or the one that is there already for the same rule, subject and department."""
    insert_once(session, Obligation, values, ONE_OBLIGATION)
    same = (getattr(Obligation, column) == values[column] for column in ONE_OBLIGATION)
    return session.scalars(select(Obligation).where(*same)).one()


def open_obligations(
    session: Session, event: str, kind: str, subject_id: str, department_id: int
) -> Sequence[Obligation]:
    """What a department still owes to a subject for an event."""
    return session.scalars(
        select(Obligation)
        .where(
            Obligation.subject_kind == kind,
            Obligation.subject_id == subject_id,
            Obligation.event == event,
            Obligation.department_id == department_id,
            Obligation.fulfilled_on.is_(None),
        )
        .order_by(Obligation.id)
        .with_for_update()
    ).all()


def set_fulfilled(session: Session, obligation_ids: Sequence[int], on: date) -> int:
    """Write down the day of what is still open; how many were."""
    done = session.execute(
        update(Obligation)
        .where(Obligation.id.in_(obligation_ids), Obligation.fulfilled_on.is_(None))
        .values(fulfilled_on=on)
    )
    assert isinstance(done, CursorResult)
    return done.rowcount


def overdue_obligations(session: Session, today: date) -> Sequence[Obligation]:
    """What is owed and past its day, longest overdue first."""
    return session.scalars(
        select(Obligation)
        .where(Obligation.fulfilled_on.is_(None), Obligation.due_on < today)
        .order_by(Obligation.due_on, Obligation.id)
    ).all()


def obligation_of(
    session: Session, event: str, kind: str, subject_id: str, department_id: int
) -> Obligation | None:
    """What a department owes, or owed, to a subject for an event."""
    return session.scalar(
        select(Obligation)
        .where(
            Obligation.subject_kind == kind,
            Obligation.subject_id == subject_id,
            Obligation.event == event,
            Obligation.department_id == department_id,
        )
        .order_by(Obligation.id.desc())
        .limit(1)
    )
