"""Checkpoints of the ledger (台账检查点): taken when they are due, compared with the ledger, held by other departments.

A checkpoint is taken after the transaction of the act that calls for it, never in it: the key signs only lines that
stand, and an act does not fail because a key is missing. What is due is told by the ledger itself, so that nothing is
forgotten when a process dies between the two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from data import checkpoints as trees
from data.checkpoints import Sized
from data.ledger import BUSINESS, SECURITY, Act, append, lock
from data.merkle import HASHES, grown
from data.models import Department, HeldCheckpoint, LedgerCheckpoint
from data.notes import Faulty, Head, Verifier, claimed_head, open_checkpoint
from data.queries import checkpoints as queries
from data.queries import ledgers, organisation
from data.queries.paging import Page, page_of
from matching.refused import Refused
from scheduler.clock import business_date
from scheduler.ledger import CHAINS, check_chain_of
from scheduler.ledger_key import LedgerKey
from scheduler.ledger_memory import Memory
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, Engine, Session, reading, transaction

ACTS: Mapping[str, str] = {"draw:commit": "commit", "draw:execute": "draw", "result:disclose": "disclosure"}
"""The acts that call for a checkpoint of the business chain, each with the reason that it is told by."""
DAILY = "daily"
HOLDERS = ("auditor", "planner")
CONSISTENT, OTHER_ROOT, CUT_OFF = "consistent", "other_root", "cut_off"
UNSIGNED, OTHER_KEY, NOT_CHECKABLE = "unsigned", "other_key", "not_checkable"
REFUSE = "checkpoint:refuse"
AGAIN = timedelta(hours=1)
"""After so long a ledger that was refused is gone through again: it may be that of before, put back."""
AT_ONCE = 20_000
"""So many lines are compared whenever a page is opened; a longer chain, when somebody asks."""


@dataclass(frozen=True)
class Shown:
    """A checkpoint as a page shows it; `verdict` is empty as long as nobody has compared it with the ledger."""

    id: int
    chain: str
    reason: str
    size: int
    root: str
    sm3_root: str
    note: str
    vkey: str
    at: datetime
    verdict: str = ""


@dataclass(frozen=True)
class HeldShown:
    """A checkpoint that a department holds: what came of comparing it on that day, and now."""

    department: str
    name: str
    size: int
    root: str
    at: datetime
    received: str
    verdict: str = ""


@dataclass(frozen=True)
class Overview:
    """The checkpoints of a chain and what is held of it; `compared` says whether they were compared with the ledger.

    `remembered` is what comes of comparing the last that the key knows it has signed; empty where it knows none.
    """

    chain: str
    lines: int
    page: Page[Shown]
    held: Page[HeldShown]
    compared: bool
    remembered: str = ""


@dataclass(frozen=True)
class Received:
    """A checkpoint that somebody of a department showed, rightly signed, and what came of comparing it."""

    chain: str
    head: Head
    note: str
    verdict: str


# Taking


def keep_up(database: Engine, now: datetime, key: LedgerKey, memory: Memory) -> int:
    """Take every checkpoint that is due, and tell how many it were; done again, or by two at once, it takes no more.

    Refused `checkpoint.rewritten` where the ledger does not begin with what this key has signed: then nothing is signed
    of that chain, and the security chain is told, at once and again every hour. Refused also `ledger_memory.*`.
    """
    taken, refused = 0, list[Refused]()
    for chain in CHAINS:
        try:
            taken += _keep_up(database, now, key, memory, chain)
        except Refused as each:  # one chain does not stop the other
            refused.append(each)
    if refused:
        raise refused[0]
    return taken


def check_signing(session: Session, chain: str, now: datetime) -> None:
    """Refused `checkpoint.rewritten` where the key has lately refused to sign a chain."""
    told = queries.last_told(session, SECURITY, REFUSE, _subject(chain))
    if told is None:
        return
    at, details = told
    if at > now - AGAIN:
        raise Refused("checkpoint.rewritten", chain=chain, size=_lines_of(details))


def _keep_up(database: Engine, now: datetime, key: LedgerKey, memory: Memory, chain: str) -> int:
    opened, day, verifier = partial(reading, database, EVERYTHING), business_date(now), key.verifier(chain)
    remembered = memory.last(verifier, chain)
    with opened() as session:
        due = _due(session, chain, day)
        if not due or _is_refused(session, chain, now):
            return 0
        heads = _longest_signed([remembered, *queries.notes(session, chain)], verifier)
        start = _resumed(queries.longest(session, chain), heads)
    at = trees.grow(opened, chain, start, {size for _, size in due} | {each.size for each in heads})
    _check_continues(database, chain, heads, at, now)
    with transaction(database, EVERYTHING) as session:
        lock(session, f"checkpoint/{chain}")
        if memory.last(verifier, chain) != remembered:
            return 0  # somebody else has signed meanwhile, and not what was compared here
        still = [each for each in due if each[1] in at and not _is_taken(session, chain, day, *each)]
        rows = [_row(key, chain, reason, at[size], day, now) for reason, size in still]
        if rows:
            memory.keep(verifier, chain, max(rows, key=lambda row: row.size).note)
        session.add_all(rows)
    return len(still)


def _check_continues(
    database: Engine, chain: str, heads: Sequence[Head], at: Mapping[int, Sized], now: datetime
) -> None:
    """Whether the ledger still begins with what was signed last; if not, the security chain is told and nothing signed."""
    for head in heads:
        if (came := verdict(head, at)) != CONSISTENT:
            _tell_refusal(database, chain, head, came, now)
            raise Refused("checkpoint.rewritten", chain=chain, size=head.size)


def _longest_signed(notes: Sequence[str], verifier: Verifier) -> list[Head]:
    """What a key has signed of the most lines, by its signatures alone: columns may have been changed.

    One head; two where it was made to sign two ledgers.
    """
    longest: list[Head] = []
    for note in sorted(set(notes), key=_claimed_size, reverse=True):
        if longest and _claimed_size(note) < longest[0].size:
            break
        with suppress(Faulty):
            longest.append(open_checkpoint(note.encode(), verifier))
    return longest


def _claimed_size(note: str) -> int:
    try:
        return claimed_head(note.encode()).size
    except Faulty:
        return 0


def _is_refused(session: Session, chain: str, now: datetime) -> bool:
    try:
        check_signing(session, chain, now)
    except Refused:
        return True
    return False


def _tell_refusal(database: Engine, chain: str, head: Head, came: str, now: datetime) -> None:
    details = {"chain": chain, "lines": head.size, "root": head.roots["sha256"].hex(), "verdict": came}
    with transaction(database, EVERYTHING) as session:
        append(session, Act(None, "system", None, REFUSE, _subject(chain), details), now, SECURITY)


def _subject(chain: str) -> str:
    return f"ledger/{chain}"


def _lines_of(details: str) -> int:
    """The number of lines that a line of the ledger tells; 0 where somebody has made something else of it."""
    try:
        return int(json.loads(details)["lines"])
    except (ValueError, KeyError, TypeError):
        return 0


def _due(session: Session, chain: str, day: date) -> list[tuple[str, int]]:
    """Reasons and sizes of the checkpoints that are to be taken now, the shorter first.

    All of a moment are taken in one transaction, so that no act before the longest checkpoint waits for one. The first
    of a ledger is daily: what was done before anybody signed is not signed as if it had been then. Of acts of one kind
    that follow each other, such as a hundred disclosures at a click, the last is enough.
    """
    before = queries.longest(session, chain)
    acts = queries.acts_since(session, chain, before.size, ACTS) if before and chain == BUSINESS else []
    runs = groupby(acts, key=lambda told: ACTS[told[1]])
    due = [(reason, max(seq for seq, _ in run)) for reason, run in runs]
    lines = queries.lines(session, chain)
    return due + ([(DAILY, lines)] if lines and not queries.has_daily(session, chain, day) else [])


def _is_taken(session: Session, chain: str, day: date, reason: str, size: int) -> bool:
    if reason == DAILY:
        return queries.has_daily(session, chain, day)
    before = queries.longest(session, chain)
    return before is not None and before.size >= size


def _resumed(before: LedgerCheckpoint | None, heads: Sequence[Head]) -> Sized:
    """The trees of the longest checkpoint, to grow on from where they are what this key has signed.

    Else those of no line: then all lines are gone through, and `heads` must come out again.
    """
    if before is None:
        return trees.nothing()
    states = {"sha256": before.peaks} | ({"sm3": before.sm3_peaks} if before.sm3_peaks else {})
    try:
        roots = {name: grown(HASHES[name], before.size, states[name]).root() for name in HASHES}
    except (ValueError, KeyError):
        return trees.nothing()
    signed = all((each.size, dict(each.roots)) == (before.size, roots) for each in heads)
    return Sized(before.size, roots, states) if heads and signed else trees.nothing()


def _row(key: LedgerKey, chain: str, reason: str, at: Sized, day: date, now: datetime) -> LedgerCheckpoint:
    head = Head(key.origin(chain), at.size, at.roots)
    sm3 = at.roots.get("sm3")
    return LedgerCheckpoint(
        chain=chain,
        reason=reason,
        size=at.size,
        root=at.roots["sha256"].hex(),
        sm3_root=sm3.hex() if sm3 else None,
        note=key.signer.sign(head.origin, head.text),
        vkey=key.verifier(chain).vkey,
        peaks=at.states["sha256"],
        sm3_peaks=at.states.get("sm3"),
        day=day,
        at=now,
    )


# Looking


@dataclass(frozen=True)
class _Compared:
    """A chain gone through, and the keys by which signatures count: none where the installation has no key."""

    sized: Mapping[int, Sized]
    verifiers: Sequence[Verifier]

    def verdict(self, row: LedgerCheckpoint | HeldCheckpoint) -> str:
        """What comes of comparing a checkpoint in the database, where key and columns may have been changed as well."""
        if not self.verifiers:
            return NOT_CHECKABLE
        faults = list[str]()
        for verifier in self.verifiers:
            try:
                head = open_checkpoint(row.note.encode(), verifier)
            except Faulty as faulty:
                faults.append(faulty.fault)
                continue
            same = (head.size, head.roots["sha256"].hex()) == (row.size, row.root)
            return verdict(head, self.sized) if same else UNSIGNED
        return OTHER_KEY if set(faults) == {"other_key"} else UNSIGNED


def overview(
    desk: Desk,
    database: Engine,
    chain: str,
    key: LedgerKey | None,
    memory: Memory | None,
    asked: bool,
    number: int = 1,
) -> Overview:
    """The checkpoints of a chain, the longest first, and those that departments hold; Refused `ledger.chain`.

    They are compared with the ledger as it stands where it is short, or somebody has `asked`. Everybody sees which
    departments hold one; who showed it, his own department.
    """
    check_chain_of(desk, chain)
    page = page_of(desk.session, queries.newest_first(chain), number)
    held = page_of(desk.session, queries.held(chain))
    lines = queries.lines(desk.session, chain)
    last = _last_signed(chain, key, memory)
    compared = None
    if asked or lines <= AT_ONCE:
        sizes = {each.size for each in (*page.rows, *held.rows, *last)}
        walked = trees.walk(partial(reading, database, EVERYTHING), chain, sizes)
        compared = _Compared(walked.sized, _verifiers(chain, key, memory))
    return Overview(
        chain=chain,
        lines=lines,
        page=replace(page, rows=[_shown(each, compared) for each in page.rows]),
        held=replace(held, rows=_held(desk, held.rows, compared)),
        compared=compared is not None,
        remembered=verdict(last[0], compared.sized) if last and compared else "",
    )


def _last_signed(chain: str, key: LedgerKey | None, memory: Memory | None) -> list[Head]:
    """What the key remembers as the last that it has signed."""
    if key is None or memory is None:
        return []
    verifier = key.verifier(chain)
    return _longest_signed([memory.last(verifier, chain)], verifier)


def _verifiers(chain: str, key: LedgerKey | None, memory: Memory | None) -> list[Verifier]:
    """The installation's keys for a chain, the present one first; never one that a row brings along."""
    if key is None:
        return []
    present = key.verifier(chain)
    former = memory.verifiers(chain) if memory else ()
    return [present, *(each for each in former if each != present)]


def find_checkpoint(desk: Desk, checkpoint_id: int) -> Shown:
    """One checkpoint, to be printed or handed to others; Refused `checkpoint.unknown`."""
    found = queries.by_id(desk.session, checkpoint_id)
    if found is None:
        raise Refused("checkpoint.unknown", number=checkpoint_id)
    check_chain_of(desk, found.chain)
    return _shown(found, None)


def newest(session: Session, chain: str) -> str | None:
    """The note of the longest checkpoint of a chain, whoever asks."""
    found = queries.longest(session, chain)
    return found.note if found else None


def _shown(row: LedgerCheckpoint, compared: _Compared | None) -> Shown:
    return Shown(
        id=row.id,
        chain=row.chain,
        reason=row.reason,
        size=row.size,
        root=row.root,
        sm3_root=row.sm3_root or "",
        note=row.note,
        vkey=row.vkey,
        at=row.at,
        verdict=compared.verdict(row) if compared else "",
    )


def _held(desk: Desk, rows: Sequence[HeldCheckpoint], compared: _Compared | None) -> list[HeldShown]:
    own = desk.actor.department_id
    names = ledgers.persons(desk.session, {each.person_id for each in rows if each.department_id == own})
    departments = organisation.departments_by_id(desk.session, {each.department_id for each in rows})
    return [
        HeldShown(
            department=departments[each.department_id].name,
            name=names[each.person_id].name if each.person_id in names else "",
            size=each.size,
            root=each.root,
            at=each.at,
            received=each.verdict,
            verdict=compared.verdict(each) if compared else "",
        )
        for each in rows
    ]


def verdict(head: Head, sized: Mapping[int, Sized]) -> str:
    """Whether the ledger that was gone through still begins with the lines of a checkpoint, by every hash both have."""
    found = sized.get(head.size)
    if found is None:
        return CUT_OFF
    same = all(found.roots[name] == root for name, root in head.roots.items() if name in found.roots)
    return CONSISTENT if same else OTHER_ROOT


# Holding


def receive(database: Engine, note: bytes, key: LedgerKey | None) -> Received:
    """Read a checkpoint that somebody holds and compare it with the ledger, before anything is written.

    Refused `checkpoint.form`, `checkpoint.other_key`, `checkpoint.signature`, `checkpoint.no_key`.
    """
    chain, head = _opened(note, key)
    walked = trees.walk(partial(reading, database, EVERYTHING), chain, {head.size})
    return Received(chain, head, note.decode(), verdict(head, walked.sized))


def hold(desk: Desk, received: Received) -> None:
    """Record that the actor's department holds this checkpoint; one that contradicts the ledger is recorded the more.

    Refused `checkpoint.held_already`.
    """
    role = desk.require(*HOLDERS)
    check_chain_of(desk, received.chain)
    head, own = received.head, desk.actor.department_id
    root = head.roots["sha256"].hex()
    if queries.is_held(desk.session, own, received.chain, head.size, root):
        raise Refused("checkpoint.held_already", size=head.size)
    desk.session.add(
        HeldCheckpoint(
            chain=received.chain,
            size=head.size,
            root=root,
            note=received.note,
            verdict=received.verdict,
            department_id=own,
            person_id=desk.actor.person_id,
            at=desk.now,
        )
    )
    department = desk.session.get_one(Department, own).code
    desk.tell(role, "checkpoint:hold", f"department/{own}", chain=received.chain, lines=head.size, root=root,
              department=department, verdict=received.verdict)  # fmt: skip


def _opened(note: bytes, key: LedgerKey | None) -> tuple[str, Head]:
    """The chain and what is said of it, of a checkpoint that this installation has signed."""
    if key is None:
        raise Refused("checkpoint.no_key")
    try:
        claimed = claimed_head(note)
        chain = next((each for each in CHAINS if key.origin(each) == claimed.origin), None)
        if chain is None:
            raise Faulty("other_key")
        head = open_checkpoint(note, key.verifier(chain))
    except Faulty as faulty:
        raise refusal(faulty) from None
    if head.size == 0:
        raise Refused("checkpoint.form")
    return chain, head


def refusal(faulty: Faulty) -> Refused:
    """What a person is told of a note or a key that is not as it must be."""
    match faulty.fault:
        case "other_key":
            return Refused("checkpoint.other_key")
        case "signature":
            return Refused("checkpoint.signature")
        case "key":
            return Refused("checkpoint.key")
        case _:
            return Refused("checkpoint.form")
