"""Questions about the checkpoints of the ledger, and its lines as the leaves of their trees."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from data.models import HeldCheckpoint, LedgerCheckpoint, LedgerEntry

_LINES = LedgerEntry.__table__.c  # the table: whoever takes a checkpoint need not see what the lines say


def leaves(session: Session, chain: str, last: int, to: int | None, most: int) -> list[tuple[int, bytes]]:
    """Numbers and canonical bytes of the lines after `last`, up to line `to`, no more than `most`."""
    found = select(_LINES.seq, _LINES.canonical).where(_LINES.chain == chain, _LINES.seq > last)
    if to is not None:
        found = found.where(_LINES.seq <= to)
    return [(row.seq, row.canonical) for row in session.execute(found.order_by(_LINES.seq).limit(most))]


def lines(session: Session, chain: str) -> int:
    """The number of the last line of a chain, whoever asks; 0 of an empty one."""
    return session.scalar(select(func.max(_LINES.seq)).where(_LINES.chain == chain)) or 0


def acts_since(session: Session, chain: str, since: int, actions: Collection[str]) -> list[tuple[int, str]]:
    """Numbers and acts of the lines after `since` that tell one of these acts, in their order."""
    found: list[tuple[int, str]] = []
    # one by one: of several at once SQLite reads every line since, as often as somebody looks
    for action in actions:
        of_act = select(_LINES.seq).where(_LINES.chain == chain, _LINES.action == action, _LINES.seq > since)
        found += [(seq, action) for seq in session.scalars(of_act)]
    return sorted(found)


def has_daily(session: Session, chain: str, day: date) -> bool:
    """Whether the checkpoint of a day was taken."""
    of_day = select(LedgerCheckpoint.id).where(
        LedgerCheckpoint.chain == chain, LedgerCheckpoint.day == day, LedgerCheckpoint.reason == "daily"
    )
    return session.scalars(of_day.limit(1)).first() is not None


def longest(session: Session, chain: str) -> LedgerCheckpoint | None:
    """The checkpoint of the most lines."""
    return session.scalars(
        newest_first(chain)
        .order_by(None)
        .order_by(LedgerCheckpoint.size.desc(), LedgerCheckpoint.id)
        .limit(1)
    ).first()


def notes(session: Session, chain: str) -> list[str]:
    """What was signed of a chain, whatever the other columns say of it."""
    return list(session.scalars(select(LedgerCheckpoint.note).where(LedgerCheckpoint.chain == chain)))


def last_told(session: Session, chain: str, action: str, subject: str) -> tuple[datetime, str] | None:
    """When an act was last done to a subject, and its details, whoever asks."""
    of_act = select(_LINES.at, _LINES.details).where(
        _LINES.chain == chain, _LINES.action == action, _LINES.subject == subject
    )
    found = session.execute(of_act.order_by(_LINES.seq.desc()).limit(1)).first()
    return (found.at, found.details) if found else None


def newest_first(chain: str) -> Select[LedgerCheckpoint]:
    """The checkpoints of a chain, the longest and newest first."""
    of_chain = select(LedgerCheckpoint).where(LedgerCheckpoint.chain == chain)
    return of_chain.order_by(LedgerCheckpoint.size.desc(), LedgerCheckpoint.id.desc())


def by_id(session: Session, checkpoint_id: int) -> LedgerCheckpoint | None:
    """One checkpoint."""
    return session.get(LedgerCheckpoint, checkpoint_id)


def held(chain: str) -> Select[HeldCheckpoint]:
    """What departments hold of a chain, the last received first."""
    return select(HeldCheckpoint).where(HeldCheckpoint.chain == chain).order_by(HeldCheckpoint.id.desc())


def is_held(session: Session, department_id: int, chain: str, size: int, root: str) -> bool:
    """Whether a department has shown this very checkpoint before."""
    same = select(HeldCheckpoint.id).where(
        HeldCheckpoint.department_id == department_id,
        HeldCheckpoint.chain == chain,
        HeldCheckpoint.size == size,
        HeldCheckpoint.root == root,
    )
    return session.scalars(same).first() is not None
