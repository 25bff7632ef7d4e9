"""Questions about the custody of secrets: the key's mark, custodians and their keys, shares, and who has opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from data.models import (
    Custodian,
    CustodyEnd,
    CustodyKey,
    CustodyShare,
    KeyConfirmation,
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


def confirmations(session: Session, key_ids: Collection[int]) -> dict[int, KeyConfirmation]:
    """Who has compared each of some keys with its holder, of those that somebody has."""
    found = session.scalars(select(KeyConfirmation).where(KeyConfirmation.key_id.in_(key_ids)))
    return {each.key_id: each for each in found}


def all_in_office(session: Session) -> list[Custodian]:
    """The custodians of all departments in office, each person once for each office."""
    found = select(Custodian).where(Custodian.ended_at.is_(None)).order_by(Custodian.id)
    return list(session.scalars(found.options(joinedload(Custodian.user).joinedload(User.person))))


def persons_trusted(session: Session, department_id: int) -> int:
    """How many persons were custodians of a department with a confirmed key, since its custody was last ended."""
    ended = (
        select(func.max(CustodyEnd.confirmed_at))
        .where(CustodyEnd.department_id == department_id)
        .scalar_subquery()
    )
    confirmed = exists().where(
        KeyConfirmation.person_id == Custodian.person_id,
        or_(Custodian.ended_at.is_(None), KeyConfirmation.at <= Custodian.ended_at),
    )
    of_now = or_(Custodian.ended_at.is_(None), ended.is_(None), Custodian.ended_at > ended)
    trusted = select(func.count(Custodian.person_id.distinct())).where(
        Custodian.department_id == department_id, of_now, confirmed
    )
    return session.scalar(trusted) or 0


def proposed_ends(session: Session, since: datetime) -> list[CustodyEnd]:
    """The ends of custody that were proposed since then and that nobody has confirmed."""
    found = select(CustodyEnd).where(CustodyEnd.confirmed_at.is_(None), CustodyEnd.proposed_at > since)
    people = (joinedload(CustodyEnd.department), joinedload(CustodyEnd.proposed_by))
    return list(session.scalars(found.options(*people).order_by(CustodyEnd.id)))


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
