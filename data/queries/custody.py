"""Questions about the custody of secrets: the key's mark, custodians and their keys, shares, and who has opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from data.models import (
    Custodian,
    CustodyKey,
    CustodyShare,
    KeyMark,
    LotterySecret,
    UnlockedSecret,
    Unlocking,
    User,
)
from data.queries.insertion import insert_once


def key_mark(session: Session) -> str | None:
    """The mark of the installation's key; None before anything was encrypted."""
    return session.scalar(select(KeyMark.mark))


def keep_key_mark(session: Session, mark: str) -> str | None:
    """Keep the mark of the installation's key, once and for all; the one that is kept, where two came at once."""
    insert_once(session, KeyMark, {"id": 1, "mark": mark}, ("id",))
    return key_mark(session)


def custodians_of(session: Session, department_id: int) -> list[Custodian]:
    """The custodians of a department in office, in the order in which they were named."""
    return list(
        session.scalars(
            select(Custodian)
            .where(Custodian.department_id == department_id, Custodian.ended_at.is_(None))
            .options(joinedload(Custodian.user).joinedload(User.person))
            .order_by(Custodian.id)
        )
    )


def custodian(session: Session, custodian_id: int, department_id: int) -> Custodian | None:
    """One custodian of a department, in office or relieved."""
    return session.scalar(
        select(Custodian).where(Custodian.id == custodian_id, Custodian.department_id == department_id)
    )


def offices_of(session: Session, person_id: int) -> list[int]:
    """The departments whose custodian somebody is."""
    return list(
        session.scalars(
            select(Custodian.department_id).where(
                Custodian.person_id == person_id, Custodian.ended_at.is_(None)
            )
        )
    )


def newest_keys(session: Session, person_ids: Sequence[int]) -> dict[int, CustodyKey]:
    """The key in force of each of some persons who have one."""
    newest = (
        select(func.max(CustodyKey.id))
        .where(CustodyKey.person_id.in_(person_ids))
        .group_by(CustodyKey.person_id)
    )
    found = session.scalars(select(CustodyKey).where(CustodyKey.id.in_(newest)))
    return {each.person_id: each for each in found}


def key_moments(session: Session, person_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of some persons made the key that he has in force."""
    rows = session.execute(
        select(CustodyKey.person_id, func.max(CustodyKey.made_at))
        .where(CustodyKey.person_id.in_(person_ids))
        .group_by(CustodyKey.person_id)
    )
    return {row[0]: row[1] for row in rows}


def custody_key(session: Session, key_id: int) -> CustodyKey:
    """One key."""
    return session.get_one(CustodyKey, key_id)


def shares_of(session: Session, draw_id: int, attempt: int) -> list[CustodyShare]:
    """The shares of an attempt by place; none where the service alone holds its secrets."""
    return list(
        session.scalars(
            select(CustodyShare)
            .where(CustodyShare.draw_id == draw_id, CustodyShare.attempt == attempt)
            .order_by(CustodyShare.place)
        )
    )


def unlockings_of(session: Session, draw_id: int, attempt: int) -> list[Unlocking]:
    """The shares that have been opened, by place."""
    return list(
        session.scalars(
            select(Unlocking)
            .where(Unlocking.draw_id == draw_id, Unlocking.attempt == attempt)
            .order_by(Unlocking.place)
        )
    )


def held_secret(session: Session, draw_id: int, attempt: int) -> LotterySecret:
    """The two secrets of an attempt as they were encrypted at the freeze."""
    return session.get_one(LotterySecret, (draw_id, attempt))


def unlocked_secret(session: Session, draw_id: int, attempt: int) -> UnlockedSecret | None:
    """The two secrets of an attempt as two custodians have opened them."""
    return session.get(UnlockedSecret, (draw_id, attempt))
