"""The record of a draw (抽取记录): how far it has come, and what of it may be looked at by now.

Nothing here tells what the protocol keeps back until the seed stands: no secret, no witness's text, no entropy. Nor
what was drawn, before the visits are sent out, to who may not see it yet: `secrecy` says which and to whom.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from data.models import (
    Draw,
    DrawChange,
    DrawCommitment,
    DrawnTarget,
    Lottery,
    Opening,
    Publication,
    RevealClosing,
)
from data.queries import draws
from data.queries.draws import Seat
from data.queries.paging import Page, page_of
from scheduler.inspection import custody, drawing, execution
from scheduler.inspection.custody import Keeper
from scheduler.inspection.evidence import FIRST, table_rows
from scheduler.inspection.inclusion import inclusion, means
from scheduler.inspection.secrecy import check_rows, sees_classes, sees_rows, tells_texts, told_causes
from scheduler.permissions import Desk

TARGETS_SHOWN = 20


class Threshold(NamedTuple):
    """A stratum as thresholds.csv tells it; the ticket is empty where nothing was drawn of it."""

    stratum: str
    rows: int
    quota: int
    ticket: str
    chance: Fraction


class List(NamedTuple):
    """A frozen list: its size, and once it is committed its digest and root."""

    name: str
    rows: int
    digest: str
    root: str


@dataclass(frozen=True)
class Witnessing:
    """How far a witness has come: W, whether he has revealed, and his text once nobody can react to it any more."""

    place: int
    name: str
    promise: str | None
    revealed: bool
    text: str | None


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
    """Everything a reader is shown of a draw; without `sees_rows` only numbers of what was drawn.

    `classes` tells who may know it what the opaque names of the strata stand for.
    """

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
    entropy_stands: bool
    keepers: Sequence[Keeper]
    opening: Opening | None
    thresholds: Sequence[Threshold]
    executed: bool
    shortage: Mapping[str, Any] | None
    classes: Mapping[str, str]
    sees_rows: bool
    changes: Sequence[DrawChange]
    earlier: Sequence[Earlier]
    acts: frozenset[str]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The steps of the attempt: each `done`, `missed` for good, `now` or still to come (empty)."""
        passed = {
            "freeze": True,
            "promise": all(each.promise for each in self.witnesses),
            "commit": self.commitment is not None,
            "publish": bool(self.publications),
            "reveal": self.commitment is not None and all(each.revealed for each in self.witnesses),
            "close_reveals": self.closing is not None,
            "enter": self.entropy_stands,
            "unlock": self.opening is not None,
            "execute": self.executed,
        }
        if not self.keepers:
            del passed["unlock"]
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
    def rates(self) -> list[tuple[str, str]]:
        """The strata of the plan with their rates, by class where the reader may know it."""
        told = self.plan["quota"].get("rates", {})
        return sorted(told.items(), key=lambda each: (self.classes.get(each[0], ""), each[0]))

    @property
    def awaited(self) -> int:
        """How many custodians have to open now before the seed stands."""
        locked = self.keepers and self.entropy_stands and self.opening is None
        return custody.still_needed(self.keepers) if locked else 0

    @property
    def opaque(self) -> bool:
        """Whether the reader sees the names that the plan gave to risk classes, and not the classes."""
        return self.drawn.campaign.strata_by == "risk_class" and not self.classes

    @property
    def lacking(self) -> list[str]:
        """What would be missing for ever if the reveals were closed now: witnesses by name; see `unpublished`."""
        return [each.name for each in self.witnesses if not each.revealed]

    @property
    def unpromised(self) -> list[str]:
        """The witnesses who have not promised yet."""
        return [each.name for each in self.witnesses if not each.promise]


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
    shortage = json.loads(decided["shortage.json"]) if "shortage.json" in decided else None
    entries, differed = _entries(desk, drawn, attempt)
    sees, classes = sees_rows(desk, drawn), _classes(desk, drawn)
    return Record(
        drawn=drawn,
        attempt=attempt,
        plan=json.loads(lottery.plan),
        lists=_lists(desk, drawn, attempt, told),
        commitment=commitment,
        told=told,
        witnesses=_witnesses(desk, drawn, attempt, opening),
        publications=draws.publications(session, drawn.id, attempt),
        closing=draws.closing_of(session, drawn.id, attempt),
        entries=entries,
        differed=differed,
        entropy_stands=custody.entropy_stands(session, drawn.id, attempt),
        keepers=custody.keepers(session, drawn.id, attempt),
        opening=opening,
        thresholds=_by_class(thresholds(desk, drawn), classes),
        executed=bool(decided),
        shortage=told_causes(desk, drawn, shortage) if shortage else None,
        classes=classes,
        sees_rows=sees,
        changes=draws.changes(session, drawn.id) if sees else [],
        earlier=[_earlier(desk, drawn, each) for each in range(FIRST, attempt)],
        acts=drawing.possible_acts(desk, drawn),
    )


def _lists(desk: Desk, drawn: Draw, attempt: int, told: Mapping[str, Any]) -> list[List]:
    sealed = told.get("tables", {})
    return [
        List(name, rows, sealed.get(name, {}).get("digest", ""), sealed.get(name, {}).get("root", ""))
        for name, rows in draws.table_sizes(desk.session, drawn.id, attempt)
    ]


def _witnesses(desk: Desk, drawn: Draw, attempt: int, opening: Opening | None) -> list[Witnessing]:
    promised = draws.promises(desk.session, drawn.id, attempt)
    revealed = draws.reveals(desk.session, drawn.id, attempt)
    told = revealed if tells_texts(opening) else {}
    return [
        Witnessing(
            place=each.place,
            name=each.name,
            promise=promised[each.place].digest if each.place in promised else None,
            revealed=each.place in revealed,
            text=told.get(each.place),
        )
        for each in drawn.campaign.witnesses
    ]


def _entries(desk: Desk, drawn: Draw, attempt: int) -> tuple[list[Entry], int]:
    """The entries of the round under way, or of the one that agreed; and how many rounds differed before."""
    entered = draws.entries(desk.session, drawn.id, attempt)
    if not entered:
        return [], 0
    last = entered[-1].round
    if len(entered) == drawing.ENTRIES and not custody.entropy_stands(desk.session, drawn.id, attempt):
        return [], last
    names = draws.person_names(desk.session, [each.person_id for each in entered])
    return [Entry(each.place, names[each.person_id], each.at) for each in entered], last - 1


def thresholds(desk: Desk, drawn: Draw) -> list[Threshold]:
    """What was drawn of each stratum, in table order; the first attempt has it."""
    told = draws.some_files(desk.session, drawn.id, FIRST, ("thresholds.csv",)).get("thresholds.csv", b"")
    rows = list(csv.reader(io.StringIO(told.decode())))[1:]
    committed = draws.commitment_of(desk.session, drawn.id, FIRST)
    ranges = json.loads(committed.told)["tables"]["targets"]["ranges"] if committed else []
    return [
        Threshold(row[0], int(row[1]), int(row[2]), row[3], inclusion(mean, int(row[1])))
        for row, mean in zip(rows, means(ranges if rows else [], [int(row[2]) for row in rows]), strict=True)
    ]


def _by_class(found: list[Threshold], classes: Mapping[str, str]) -> list[Threshold]:
    return sorted(found, key=lambda each: classes.get(each.stratum, ""))


def _classes(desk: Desk, drawn: Draw) -> dict[str, str]:
    told = draws.lottery(desk.session, drawn.id, FIRST).classes
    return dict(json.loads(told)) if told and sees_classes(desk, drawn) else {}


def _earlier(desk: Desk, drawn: Draw, attempt: int) -> Earlier:
    commitment = draws.commitment_of(desk.session, drawn.id, attempt)
    opening = draws.opening_of(desk.session, drawn.id, attempt)
    return Earlier(attempt, commitment.digest if commitment else "", opening.seed if opening else "")


# For other systems


@dataclass(frozen=True)
class Attempt:
    """An attempt with all its steps. `entries` counts those of the round under way: one waits for the second person's."""

    attempt: int
    frozen_at: datetime
    witnesses: Sequence[Witnessing]
    commitment: str | None
    committed_at: datetime | None
    commit_json: str | None
    publications: Sequence[Publication]
    reveals: str | None
    closed_at: datetime | None
    entries: int
    entropy: str | None
    seed: str | None
    seed_at: datetime | None
    secret_holder: str
    custodians: Sequence[Keeper]


@dataclass(frozen=True)
class Attempts:
    """A draw with all its attempts; `changes` counts the lines after the pairing."""

    row: Draw
    attempts: Sequence[Attempt]
    changes: int


def attempts_of(desk: Desk, drawn: Draw) -> Attempts:
    """The record of a draw, attempt by attempt."""
    last = draws.last_attempt(desk.session, drawn.id).attempt
    attempts = [draws.lottery(desk.session, drawn.id, number) for number in range(FIRST, last + 1)]
    changes = len(draws.changes(desk.session, drawn.id))
    return Attempts(drawn, [_attempt(desk, drawn, each) for each in attempts], changes)


def _attempt(desk: Desk, drawn: Draw, lottery: Lottery) -> Attempt:
    key = (desk.session, drawn.id, lottery.attempt)
    committed, closing, opening = draws.commitment_of(*key), draws.closing_of(*key), draws.opening_of(*key)
    kept = custody.keepers(*key)
    return Attempt(
        attempt=lottery.attempt,
        frozen_at=lottery.frozen_at,
        witnesses=_witnesses(desk, drawn, lottery.attempt, opening),
        commitment=committed.digest if committed else None,
        committed_at=committed.at if committed else None,
        commit_json=committed.told if committed else None,
        publications=draws.publications(*key),
        reveals=closing.digest if closing else None,
        closed_at=closing.at if closing else None,
        entries=len(_entries(desk, drawn, lottery.attempt)[0]),
        entropy=opening.entropy if opening else None,
        seed=opening.seed if opening else None,
        seed_at=opening.at if opening else None,
        secret_holder=custody.CUSTODIANS if kept else custody.SERVICE,
        custodians=kept,
    )


# Outcome


@dataclass(frozen=True)
class Team:
    """The team that a department sends to a target."""

    department: str
    members: Sequence[Seat]


@dataclass(frozen=True)
class DrawnLine:
    """A drawn target as a list shows it: which, whom it replaces, and the teams that the actor may see."""

    row: DrawnTarget
    target: str
    name: str
    replaces: str | None
    teams: Sequence[Team]

    @property
    def seats(self) -> Mapping[str, Sequence[Seat]]:
        """The teams by department."""
        return {team.department: team.members for team in self.teams}


@dataclass(frozen=True)
class Load:
    """How many targets an inspector of the frozen list takes, and may take."""

    code: str
    name: str
    load: int
    capacity: int


def drawn_targets(
    desk: Desk, drawn: Draw, number: int, size: int = TARGETS_SHOWN, stratum: str = ""
) -> Page[DrawnLine]:
    """The drawn targets of one stratum, or of all where it is empty, by stratum and rank.

    Refused `draw.not_dispatched` for who may not see them yet.
    """
    check_rows(desk, drawn)
    page = page_of(desk.session, draws.drawn_in(drawn.id, stratum), number, size)
    ids = [each.target_id for each in page.rows]
    replaced = [each.replaces_id for each in page.rows if each.replaces_id]
    names = draws.target_names(desk.session, [*ids, *replaced])
    teams = draws.seats_of(desk.session, drawn.id, ids)
    lines = [
        DrawnLine(
            row=each,
            target=names[each.target_id][0],
            name=names[each.target_id][1],
            replaces=names[each.replaces_id][0] if each.replaces_id else None,
            teams=_by_department(teams.get(each.target_id, [])),
        )
        for each in page.rows
    ]
    return Page(lines, page.number, page.size, page.total, page.counted_out)


def _by_department(seats: Sequence[Seat]) -> list[Team]:
    found: dict[str, list[Seat]] = {}
    for seat in sorted(seats, key=lambda each: (each.department, each.role, each.code)):
        found.setdefault(seat.department, []).append(seat)
    return [Team(department, members) for department, members in found.items()]


def shortage(desk: Desk, drawn: Draw) -> dict[str, Any]:
    """What lacks, as far as the actor may see it; Refused `draw.not_short`."""
    return told_causes(desk, drawn, execution.shortage(desk, drawn))


def loads(desk: Desk, drawn: Draw) -> dict[str, list[Load]]:
    """The loads of each department whose teams the actor may see, those without a target included; voids count nothing.

    Refused `draw.not_dispatched` for who may not see them yet.
    """
    check_rows(desk, drawn)
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
