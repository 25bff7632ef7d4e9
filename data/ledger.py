"""The hash-chained ledger (操作台账): append under a lock, and check that nothing was changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data.database import is_busy
from data.models.ledger import LedgerEntry

BUSINESS, SECURITY = "business", "security"
FIRST = "0" * 64
FIELDS = ("chain", "seq", "at", "person_id", "role", "department_id", "action", "subject", "details")
_PAGE = 1_000
_NO_LINE = (SQLAlchemyError, ValueError, TypeError)

Opened = Callable[[], AbstractContextManager[Session]]
"""Opens a session that reads, whenever it is called."""


@dataclass(frozen=True)
class Act:
    """Who did what to what; `details` are JSON values and hold no secret and no name of a person."""

    person_id: int | None
    role: str
    department_id: int | None
    action: str
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Broken:
    """The first line of a chain that is not as it was written: what does not hold there."""

    chain: str
    seq: int
    fault: str


@dataclass(frozen=True)
class Whole:
    """A chain without a fault: its lines and its last hash, to be compared with one kept elsewhere."""

    chain: str
    lines: int
    head: str


@dataclass(frozen=True)
class Kept:
    """A head that somebody outside kept: the number of the line and its hash."""

    seq: int
    hash: str


def append(session: Session, act: Act, at: datetime, chain: str = BUSINESS) -> LedgerEntry:
    """Add a line. Others wait until this transaction is over; without the lock `prev_hash` would be refused as taken."""
    lock(session, chain)
    lines = LedgerEntry.__table__  # the table, not the model: whoever appends need not see what others did
    last = session.execute(
        select(lines.c.seq, lines.c.hash).where(lines.c.chain == chain).order_by(lines.c.seq.desc()).limit(1)
    ).first()
    seq, prev_hash = (last.seq + 1, last.hash) if last else (1, FIRST)
    entry = LedgerEntry(
        chain=chain,
        seq=seq,
        at=at,
        person_id=act.person_id,
        role=act.role,
        department_id=act.department_id,
        action=act.action,
        subject=act.subject,
        details=canonical_json(act.details).decode(),
        prev_hash=prev_hash,
    )
    entry.canonical = canonical(entry)
    entry.hash = link(prev_hash, entry.canonical)
    session.add(entry)
    session.flush()
    return entry


def lock(session: Session, chain: str) -> None:
    """Wait for the chain's turn. A writing transaction of SQLite has it already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:chain))"), {"chain": f"ledger:{chain}"})


def canonical(entry: LedgerEntry) -> bytes:
    """The columns of a line as the bytes that are hashed; times in microseconds since 1970, UTC."""
    told = {name: getattr(entry, name) for name in FIELDS}
    told["at"] = _microseconds(entry.at)
    return canonical_json(told)


def canonical_json(value: object) -> bytes:
    """JSON with sorted keys, without spaces, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link(prev_hash: str, content: bytes) -> str:
    """SHA-256 of 0x00, the hash before and the line."""
    return hashlib.sha256(b"\0" + bytes.fromhex(prev_hash) + content).hexdigest()


def check(entries: Iterable[LedgerEntry | None], chain: str, kept: Kept | None = None) -> Whole | Broken:
    """Go through the lines of one chain in the order of their numbers and find the first that does not hold.

    What a chain can't tell by itself is whether its end was cut off or all of it written anew: that takes a head kept
    elsewhere. With one, the chain must have that line, with that hash. None is a line that can't be read.
    """
    seq, head = 0, FIRST
    for entry in entries:
        seq += 1
        if entry is None:
            return Broken(chain, seq, "unreadable")
        if fault := fault_of(entry, chain, seq, head):
            return Broken(chain, seq, fault)
        head = entry.hash
        if kept and seq == kept.seq and head != kept.hash:
            return Broken(chain, seq, "other_than_kept")
    if kept and seq < kept.seq:
        return Broken(chain, seq + 1, "cut_off")
    return Whole(chain, seq, head)


def verify(opened: Opened, chain: str = BUSINESS, kept: Kept | None = None) -> Whole | Broken:
    """Check a whole chain as it stands in the database; needs scopes that see all of the ledger.

    A session for each piece, closed before the piece is checked: a reader of SQLite keeps everybody from writing, and
    lines are only ever added.
    """
    return check(_lines(opened, chain), chain, kept)


def _lines(opened: Opened, chain: str) -> Iterator[LedgerEntry | None]:
    last = 0
    while True:
        with opened() as session:
            page = _page(session, chain, last)
        yield from page
        if not page or page[-1] is None:
            return
        last = page[-1].seq


def _page(session: Session, chain: str, last: int) -> list[LedgerEntry | None]:
    """The next lines by their numbers. SQLite keeps whatever bytes somebody wrote: what is no text, no time, gives None."""
    of_chain = select(LedgerEntry).where(LedgerEntry.chain == chain, LedgerEntry.seq > last)
    try:
        page: list[LedgerEntry | None] = list(
            session.scalars(of_chain.order_by(LedgerEntry.seq).limit(_PAGE))
        )
    except _NO_LINE as error:
        if is_busy(error):
            raise  # says nothing of the line
        page = _one_by_one(session, chain, last)
    for entry in set(filter(None, page)):  # a chain that forked has two lines that are one to the session
        session.expunge(entry)  # read after its session is closed
    return page


def _one_by_one(session: Session, chain: str, last: int) -> list[LedgerEntry | None]:
    """The lines after one, up to the first that can't be read."""
    page: list[LedgerEntry | None] = []
    for seq in range(last + 1, last + 1 + _PAGE):
        of_seq = select(LedgerEntry).where(LedgerEntry.chain == chain, LedgerEntry.seq == seq)
        try:
            page.append(session.scalars(of_seq).one())
        except _NO_LINE as error:
            if is_busy(error):
                raise
            return [*page, None]
    return page


def fault_of(entry: LedgerEntry, chain: str, seq: int, head: str) -> str:
    """What does not hold of one line, if it is to be the one with this number after this hash; empty if all does."""
    if (entry.chain, entry.seq) != (chain, seq):
        return "line_missing"
    if entry.prev_hash != head:
        return "other_predecessor"
    if canonical(entry) != entry.canonical:
        return "columns_changed"
    return "" if link(head, entry.canonical) == entry.hash else "hash_changed"


def _microseconds(moment: datetime) -> int:
    # not timestamp(): a float does not hold microseconds of this century exactly
    since = moment - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
