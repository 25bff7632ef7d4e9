"""The operation ledger (操作台账): read by whom it concerns, and checked, against heads kept elsewhere if there are any."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from data.ledger import BUSINESS, SECURITY, Broken, Kept, Whole, verify
from data.models import LedgerEntry
from data.queries import ledgers, organisation
from data.queries.paging import SIZE, Page, page_of
from data.scope import audited
from matching.refused import Refused
from scheduler.clock import SHANGHAI
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, Engine, reading

__all__ = [
    "BUSINESS",
    "CHAINS",
    "SECURITY",
    "Broken",
    "Kept",
    "LedgerLine",
    "Sought",
    "Whole",
    "check_chain",
    "check_chain_of",
    "head_of_chain",
    "ledger_lines",
    "verify_ledger",
]

CHAINS = (BUSINESS, SECURITY)
_LONGEST_SEARCH = 100
_EARLIEST, _LATEST = (
    date(1, 1, 2),
    date(9999, 12, 30),
)  # their midnights are moments in UTC too, and the day after them


@dataclass(frozen=True)
class Sought:
    """What lines of the ledger are sought; empty where it does not matter."""

    chain: str = BUSINESS
    action: str = ""
    subject: str = ""
    person: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class LedgerLine:
    """A line of the ledger as a page shows it; `name` is empty for what no person did."""

    seq: int
    at: datetime
    name: str
    staff_number: str
    role: str
    department: str
    action: str
    subject: str
    details: Mapping[str, Any]
    hash: str


def ledger_lines(desk: Desk, sought: Sought, number: int = 1, size: int = SIZE) -> Page[LedgerLine]:
    """The lines of somebody's department, newest first; Refused `ledger.chain`.

    Its administrator makes auditors himself: they see no more than the department.
    """
    check_chain_of(desk, sought.chain)
    wanted = ledgers.lines(
        sought.chain,
        sought.action.strip()[:_LONGEST_SEARCH],
        sought.subject.strip()[:_LONGEST_SEARCH],
        sought.person.strip()[:_LONGEST_SEARCH],
        _midnight(_possible(sought.first)) if sought.first else None,
        _midnight(_possible(sought.last) + timedelta(days=1)) if sought.last else None,
    )
    found = page_of(desk.session, wanted, number, size)
    return replace(found, rows=_told(desk, list(found.rows)))


def head_of_chain(desk: Desk, chain: str) -> str:
    """The last line of a chain as `yaohao ledger verify` prints it, to be kept elsewhere; empty of an empty chain."""
    check_chain_of(desk, chain)
    head = ledgers.head(desk.session, chain)
    return f"{head[1]}:{head[0]}" if head else ""


def check_chain(opened: Callable[[], AbstractContextManager[Desk]], chain: str) -> Whole | Broken:
    """Check every line of a chain, other departments' too, for an auditor; Refused `ledger.chain`.

    Each piece at a desk of its own: a long chain keeps nobody from writing.
    """

    @contextmanager
    def whole_ledger() -> Iterator[Session]:
        with opened() as desk:
            desk.require("auditor")
            check_chain_of(desk, chain)
            with audited(desk.session):
                yield desk.session

    return verify(whole_ledger, chain)


def check_chain_of(desk: Desk, chain: str) -> None:
    """Whether there is such a chain, and the actor may ask of it; Refused `ledger.chain`, `actor.role`."""
    if chain not in CHAINS:
        raise Refused("ledger.chain", chain=chain[:_LONGEST_SEARCH], possible=list(CHAINS))
    if chain == SECURITY:
        desk.require("auditor", "administrator")


def _possible(day: date) -> date:
    return max(_EARLIEST, min(day, _LATEST))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _told(desk: Desk, entries: list[LedgerEntry]) -> list[LedgerLine]:
    persons = ledgers.persons(desk.session, {e.person_id for e in entries if e.person_id})
    departments = organisation.departments_by_id(
        desk.session, {e.department_id for e in entries if e.department_id}
    )
    lines = []
    for each in entries:
        person = persons.get(each.person_id or 0)
        department = departments.get(each.department_id or 0)
        lines.append(
            LedgerLine(
                seq=each.seq,
                at=each.at,
                name=person.name if person else "",
                staff_number=person.staff_number if person else "",
                role=each.role,
                department=department.name if department else "",
                action=each.action,
                subject=each.subject,
                details=_details(each.details),
                hash=each.hash,
            )
        )
    return lines


def _details(kept: str) -> Mapping[str, Any]:
    """The details of a line; of one that somebody has tampered with, whatever stands there."""
    try:
        told = json.loads(kept)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"?": kept}


def verify_ledger(database: Engine, kept: Mapping[str, Kept]) -> list[Whole | Broken]:
    """Check every chain, each with the head that was kept of it."""
    opened = partial(reading, database, EVERYTHING)
    return [verify(opened, chain, kept.get(chain)) for chain in CHAINS]
