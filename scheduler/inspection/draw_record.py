"""A draw as those who take part may see it (抽取记录): every step that was done, nothing that is still secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.models import Draw, DrawnTarget, Lottery, Publication
from data.queries import draws, lists, visit_lists
from data.queries.paging import Page, page_of
from data.queries.visit_lists import Member
from scheduler.permissions import Desk


@dataclass(frozen=True)
class WitnessRecord:
    """What a witness has done: W, whether he has revealed, and his text once nobody can react to it any more."""

    name: str
    promise: str | None
    revealed: bool
    text: str | None


@dataclass(frozen=True)
class AttemptRecord:
    """An attempt, step by step. `entries` counts those of the round under way: one waits for the second person's."""

    attempt: int
    frozen_at: datetime
    witnesses: Sequence[WitnessRecord]
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


@dataclass(frozen=True)
class DrawRecord:
    """A draw with its attempts; `changes` counts the lines after the pairing."""

    row: Draw
    attempts: Sequence[AttemptRecord]
    changes: int


def record_of(desk: Desk, drawn: Draw) -> DrawRecord:
    """The record of a draw."""
    last = draws.last_attempt(desk.session, drawn.id).attempt
    attempts = [draws.lottery(desk.session, drawn.id, number) for number in range(1, last + 1)]
    return DrawRecord(
        drawn, [_attempt(desk, drawn, each) for each in attempts], len(draws.changes(desk.session, drawn.id))
    )


def _attempt(desk: Desk, drawn: Draw, lottery: Lottery) -> AttemptRecord:
    key = (desk.session, drawn.id, lottery.attempt)
    committed, closing, opening = draws.commitment_of(*key), draws.closing_of(*key), draws.opening_of(*key)
    entries = draws.entries(*key)
    return AttemptRecord(
        attempt=lottery.attempt,
        frozen_at=lottery.frozen_at,
        witnesses=_witnesses(desk, drawn, lottery.attempt, closing is not None),
        commitment=committed.digest if committed else None,
        committed_at=committed.at if committed else None,
        commit_json=committed.told if committed else None,
        publications=draws.publications(*key),
        reveals=closing.digest if closing else None,
        closed_at=closing.at if closing else None,
        entries=len(entries) if opening or len(entries) == 1 else 0,
        entropy=opening.entropy if opening else None,
        seed=opening.seed if opening else None,
        seed_at=opening.at if opening else None,
    )


def _witnesses(desk: Desk, drawn: Draw, attempt: int, closed: bool) -> list[WitnessRecord]:
    promised = draws.promises(desk.session, drawn.id, attempt)
    told = draws.reveals(desk.session, drawn.id, attempt)
    return [
        WitnessRecord(
            name=each.name,
            promise=promised[each.place].digest if each.place in promised else None,
            revealed=each.place in told,
            text=told.get(each.place) if closed else None,
        )
        for each in drawn.campaign.witnesses
    ]


@dataclass(frozen=True)
class Team:
    """The team that a department sends to a target."""

    department: str
    members: Sequence[Member]


@dataclass(frozen=True)
class DrawnRecord:
    """A drawn target: its code and name, its place, whom it replaces, and the teams that the actor may see."""

    row: DrawnTarget
    target: str
    name: str
    replaces: str | None
    teams: Sequence[Team]


def drawn_targets(desk: Desk, drawn: Draw, number: int, size: int) -> Page[DrawnRecord]:
    """A page of the drawn targets, by stratum and place."""
    page = page_of(desk.session, lists.drawn_targets(drawn.id), number, size)
    ids = [each.target_id for each in page.rows]
    replaced = [each.replaces_id for each in page.rows if each.replaces_id]
    known = lists.codes_and_names(desk.session, {*ids, *replaced})
    found = lists.visits_of_targets(desk.session, drawn.id, ids)
    members = visit_lists.teams(desk.session, found) if found else {}
    teams: dict[int, list[Team]] = {}
    for visit in found:
        teams.setdefault(visit.target_id, []).append(Team(visit.department.code, members.get(visit.id, [])))
    rows = [
        DrawnRecord(
            row=each,
            target=known[each.target_id][0],
            name=known[each.target_id][1],
            replaces=known[each.replaces_id][0] if each.replaces_id else None,
            teams=teams.get(each.target_id, []),
        )
        for each in page.rows
    ]
    return Page(rows, page.number, page.size, page.total, page.counted_out)
