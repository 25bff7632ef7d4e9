"""Questions about the lines of the operation ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from data.models import LedgerEntry, Person


def lines(
    chain: str,
    action: str = "",
    subject: str = "",
    person: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
) -> Select[LedgerEntry]:
    """Lines of a chain, newest first: of acts that begin so, a subject, a person (number, part of the name), a time."""
    found = select(LedgerEntry).where(LedgerEntry.chain == chain).order_by(LedgerEntry.seq.desc())
    if action:
        found = found.where(LedgerEntry.action.startswith(action, autoescape=True))
    if subject:
        # draw/1 is that draw alone, and neither draw/12 nor what else begins so
        kind = subject.rstrip("/")
        below = LedgerEntry.subject.startswith(f"{kind}/", autoescape=True)
        found = found.where(or_(LedgerEntry.subject == kind, below))
    if person:
        named = or_(Person.staff_number == person, Person.name.icontains(person, autoescape=True))
        found = found.where(LedgerEntry.person_id.in_(select(Person.id).where(named)))
    if since is not None:
        found = found.where(LedgerEntry.at >= since)
    if before is not None:
        found = found.where(LedgerEntry.at < before)
    return found


def persons(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    """Persons by id."""
    return {each.id: each for each in session.scalars(select(Person).where(Person.id.in_(set(ids))))}


def head(session: Session, chain: str) -> tuple[int, str] | None:
    """Number and hash of the last line of a chain, whoever asks: it tells nothing of what the line says."""
    table = LedgerEntry.__table__.c
    last = select(table.seq, table.hash).where(table.chain == chain).order_by(table.seq.desc()).limit(1)
    row = session.execute(last).first()
    return (row[0], row[1]) if row else None
