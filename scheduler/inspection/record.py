"""The record of a draw (抽取记录): how far it has come, and what of it may be looked at by now.

Nothing here tells what the protocol keeps back until the seed stands: no secret, no witness's text, no entropy.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from data.models import Draw, DrawChange, DrawCommitment, DrawnTarget, Opening, Publication, RevealClosing
from data.queries import draws
from data.queries.draws import Seat
from data.queries.paging import Page, page_of
from scheduler.inspection import drawing
from scheduler.inspection.evidence import FIRST, table_rows
from scheduler.permissions import Desk

TARGETS_SHOWN = 20


class Threshold(NamedTuple):
    """A stratum as thresholds.csv tells it; the ticket is empty where nothing was drawn of it."""

    stratum: str
    rows: int
    quota: int
    ticket: str


class List(NamedTuple):
    """A frozen list: its size, and once it is committed its digest and root."""

    name: str
    rows: int
    digest: str
    root: str


@dataclass(frozen=True)
class Witnessing:
    """How far a witness has come; his text only once the seed stands."""

    place: int
    name: str
    digest: str
    revealed: bool
    text: str


@dataclass(frozen=True)
class Entry:
    """That the entropy has been entered once, by whom and when; never what."""

    place: int
    name: str
    at: datetime


@dataclass(frozen=True)
class Earlier:
    """A pairing that came to a shortage before the one under way."""

    attempt: int
    commit: str
    seed: str


@dataclass(frozen=True)
class Record:
    """Everything a reader is shown of a draw."""

    drawn: Draw
    attempt: int
    plan: Mapping[str, Any]
    lists: Sequence[List]
    commitment: DrawCommitment | None
    told: Mapping[str, Any]
    witnesses: Sequence[Witnessing]
    publications: Sequence[Publication]
    closing: RevealClosing | None
    entries: Sequence[Entry]
    differed: int
    opening: Opening | None
    thresholds: Sequence[Threshold]
    executed: bool
    shortage: Mapping[str, Any] | None
    changes: Sequence[DrawChange]
    earlier: Sequence[Earlier]
    acts: frozenset[str]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The steps of the attempt: each `done`, `missed` for good, `now` or still to come (empty)."""
        passed = {
            "freeze": True,
            "promise": all(each.digest for each in self.witnesses),
            "commit": self.commitment is not None,
            "publish": bool(self.publications),
            "reveal": self.commitment is not None and all(each.revealed for each in self.witnesses),
            "close_reveals": self.closing is not None,
            "enter": self.opening is not None,
            "execute": self.executed,
        }
        if not self.witnesses:
            del passed["promise"], passed["reveal"]
        standing: list[tuple[str, str]] = []
        begun = self.drawn.state == "void"
        for step, done in passed.items():
            missed = not done and self.closing is not None and step in ("publish", "reveal")
            now = not (done or missed or begun)
            begun = begun or now
            standing.append((step, "done" if done else "missed" if missed else "now" if now else ""))
        return standing

    @property
    def lacking(self) -> list[str]:
        """What would be missing for ever if the reveals were closed now: witnesses by name; see `unpublished`."""
        return [each.name for each in self.witnesses if not each.revealed]

    @property
    def unpromised(self) -> list[str]:
        """The witnesses who have not promised yet."""
        return [each.name for each in self.witnesses if not each.digest]


def record_of(desk: Desk, drawn: Draw) -> Record:
    """The record of a draw as the actor may see it."""
    session, lottery = desk.session, draws.last_attempt(desk.session, drawn.id)
    attempt = lottery.attempt
    commitment, opening = (
        draws.commitment_of(session, drawn.id, attempt),
        draws.opening_of(session, drawn.id, attempt),
    )
    told = json.loads(commitment.told) if commitment else {}
    decided = draws.some_files(session, drawn.id, attempt, ("shortage.json", "thresholds.csv"))
    entries, differed = _entries(desk, drawn, attempt, opening is not None)
    return Record(
        drawn=drawn,
        attempt=attempt,
        plan=json.loads(lottery.plan),
        lists=_lists(desk, drawn, attempt, told),
        commitment=commitment,
        told=told,
        witnesses=_witnesses(desk, drawn, attempt, opening is not None),
        publications=draws.publications(session, drawn.id, attempt),
        closing=draws.closing_of(session, drawn.id, attempt),
        entries=entries,
        differed=differed,
        opening=opening,
        thresholds=_thresholds(desk, drawn),
        executed=bool(decided),
        shortage=json.loads(decided["shortage.json"]) if "shortage.json" in decided else None,
        changes=draws.changes(session, drawn.id),
        earlier=[_earlier(desk, drawn, each) for each in range(FIRST, attempt)],
        acts=drawing.possible_acts(desk, drawn),
    )


def _lists(desk: Desk, drawn: Draw, attempt: int, told: Mapping[str, Any]) -> list[List]:
    sealed = told.get("tables", {})
    return [
        List(name, rows, sealed.get(name, {}).get("digest", ""), sealed.get(name, {}).get("root", ""))
        for name, rows in draws.table_sizes(desk.session, drawn.id, attempt)
    ]


def _witnesses(desk: Desk, drawn: Draw, attempt: int, opened: bool) -> list[Witnessing]:
    promised = draws.promises(desk.session, drawn.id, attempt)
    revealed = draws.reveals(desk.session, drawn.id, attempt)
    return [
        Witnessing(
            place=each.place,
            name=each.name,
            digest=promised[each.place].digest if each.place in promised else "",
            revealed=each.place in revealed,
            text=revealed.get(each.place, "") if opened else "",
        )
        for each in drawn.campaign.witnesses
    ]


def _entries(desk: Desk, drawn: Draw, attempt: int, opened: bool) -> tuple[list[Entry], int]:
    """The entries of the round under way, or of the one that agreed; and how many rounds differed before."""
    entered = draws.entries(desk.session, drawn.id, attempt)
    if not entered:
        return [], 0
    last = entered[-1].round
    if len(entered) == drawing.ENTRIES and not opened:
        return [], last
    names = draws.person_names(desk.session, [each.person_id for each in entered])
    return [Entry(each.place, names[each.person_id], each.at) for each in entered], last - 1


def _thresholds(desk: Desk, drawn: Draw) -> list[Threshold]:
    """What was drawn of each stratum; the first attempt has it."""
    told = draws.some_files(desk.session, drawn.id, FIRST, ("thresholds.csv",)).get("thresholds.csv", b"")
    rows = list(csv.reader(io.StringIO(told.decode())))[1:]
    return [Threshold(row[0], int(row[1]), int(row[2]), row[3]) for row in rows]


def _earlier(desk: Desk, drawn: Draw, attempt: int) -> Earlier:
    commitment = draws.commitment_of(desk.session, drawn.id, attempt)
    opening = draws.opening_of(desk.session, drawn.id, attempt)
    return Earlier(attempt, commitment.digest if commitment else "", opening.seed if opening else "")


# Outcome


@dataclass(frozen=True)
class DrawnLine:
    """A drawn target as a list shows it, with the teams that the actor may see, by department."""

    row: DrawnTarget
    code: str
    name: str
    teams: Mapping[str, Sequence[Seat]]


@dataclass(frozen=True)
class Load:
    """How many targets an inspector of the frozen list takes, and may take."""

    code: str
    name: str
    load: int
    capacity: int


def drawn_targets(desk: Desk, drawn: Draw, stratum: str, number: int) -> Page[DrawnLine]:
    """The drawn targets of one stratum, or of all where it is empty, by stratum and rank."""
    page = page_of(desk.session, draws.drawn_in(drawn.id, stratum), number, TARGETS_SHOWN)
    ids = [each.target_id for each in page.rows]
    names = draws.target_names(desk.session, ids)
    teams = draws.seats_of(desk.session, drawn.id, ids)
    lines = [
        DrawnLine(each, *names[each.target_id], _by_department(teams.get(each.target_id, [])))
        for each in page.rows
    ]
    return Page(lines, page.number, page.size, page.total, page.counted_out)


def _by_department(seats: Sequence[Seat]) -> dict[str, list[Seat]]:
    found: dict[str, list[Seat]] = {}
    for seat in sorted(seats, key=lambda each: (each.role, each.inspector)):
        found.setdefault(seat.department, []).append(seat)
    return found


def loads(desk: Desk, drawn: Draw) -> dict[str, list[Load]]:
    """The loads of each department whose teams the actor may see, those without a target included; voids count nothing."""
    taken = draws.loads(desk.session, drawn.id)
    seen = {department for department, _ in taken}
    if not seen:
        return {}
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    found: dict[str, list[Load]] = {department: [] for department in sorted(seen)}
    for department, code, _, _, _, capacity, name in table_rows(
        draws.frozen_table(desk.session, drawn.id, attempt, "inspectors")
    ):
        if department in seen:
            found[department].append(Load(code, name, taken.get((department, code), 0), int(capacity)))
    return {
        department: sorted(each, key=lambda one: (-one.load, one.code)) for department, each in found.items()
    }
