"""On which days a joint visit can be (可检查日): the working days, and what keeps departments, targets and teams from one.

All departments go to a target together, so what hinders one of them hinders the visit: its blackout days, the leave of
its inspectors, how many visits they make that day in this campaign and in others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.models import USUAL_MOST, Campaign, Draw
from data.queries import draws, timetables
from data.queries.timetables import DISTRICT, Away, Seat, Stop
from matching.draw.frames import digest
from matching.refused import Refused
from matching.timetable import Request
from scheduler.inspection.evidence import FIRST
from scheduler.inspection.pool import department_ids
from scheduler.permissions import Desk

Truths = NDArray[np.bool_]
TAG = "timetable"
NOWHERE = -1


@dataclass(frozen=True)
class Span:
    """Days from the first to the last; `target_id` and `kind` where they are a target's, `department` a department's."""

    first: date
    last: date
    reason: str
    kind: str = "blackout"
    target_id: int | None = None
    department: str = ""

    def covers(self, day: date) -> bool:
        """Whether a day is one of these."""
        return self.first <= day <= self.last

    def told(self) -> dict[str, str]:
        """As a refusal tells it."""
        return {
            "kind": self.kind,
            "first": str(self.first),
            "last": str(self.last),
            "why": self.reason,
            "department": self.department,
        }


@dataclass(frozen=True)
class Basis:
    """Everything that a timetable follows from, as it was read; two that are equal give the same days.

    `fixed` are the places of the stops that stay where they are.
    """

    days: tuple[date, ...]
    most: int
    stops: tuple[Stop, ...]
    teams: tuple[tuple[int, ...], ...]
    away: tuple[Away, ...]
    elsewhere: tuple[tuple[int, date, int], ...]
    spans: tuple[Span, ...]
    fixed: frozenset[int]
    seed: bytes = field(repr=False)

    @cached_property
    def people(self) -> list[int]:
        """The ids of all inspectors who go anywhere."""
        return sorted({person for team in self.teams for person in team})


def ticket(seed: bytes, target_code: str) -> int:
    """The ticket that decides where two targets could go on the same day: 64 bits of H("timetable", seed, target).

    The seed is the one that drew the targets: unknown to everybody before the entropy stood, public afterwards, so that
    nobody can tell from the registry who will be visited first, and everybody can check it.
    """
    return int.from_bytes(digest(TAG, seed, target_code.encode())[:8], "big")


def most_of(desk: Desk, drawn: Draw) -> int:
    """How many visits an inspector makes on one day at most."""
    found = timetables.timetable(desk.session, drawn.id)
    return found.most if found else USUAL_MOST


def is_workday(desk: Desk, day: date) -> bool:
    """Whether a day is a working day, as far as the calendar goes."""
    try:
        return bool(desk.workdays.between(day, day + timedelta(1)))
    except (Refused, OverflowError):
        return False


def workdays_between(desk: Desk, first: date, last: date) -> tuple[date, ...]:
    """The working days from the first to the last day; Refused `calendar.no_year`."""
    if last < first:
        return ()
    number = desk.workdays.between(first, last + timedelta(1))
    return tuple(desk.workdays.following(first, number, counts_first=True)) if number else ()


def spans_of(
    desk: Desk, campaign: Campaign, drawn: Draw, target_ids: Collection[int] | None = None
) -> tuple[Span, ...]:
    """The blackout days of a campaign, and the windows of its targets or of some of them."""
    taking_part = department_ids(campaign)
    blackouts = (
        Span(
            each.first_day,
            each.last_day,
            each.reason,
            department=each.department.name if each.department else "",
        )
        for each in timetables.blackouts(desk.session, campaign.id)
        if each.department_id is None or each.department_id in taking_part
    )
    windows = (
        Span(each.first_day, each.last_day, each.reason, each.kind, each.target_id)
        for each in timetables.windows(desk.session, drawn.id, target_ids)
    )
    return *blackouts, *windows


def hindering(spans: Sequence[Span], target_id: int, day: date) -> list[Span]:
    """What of the spans keeps the visit to a target from a day; of several seasons it need be in one."""
    concerned = [each for each in spans if each.target_id in (None, target_id)]
    against = [each for each in concerned if each.kind != "season" and each.covers(day)]
    seasons = [each for each in concerned if each.kind == "season"]
    return against if any(each.covers(day) for each in seasons) else [*against, *seasons]


def _team(seats: Sequence[Seat], waiting: Sequence[int] | None) -> tuple[int, ...]:
    """Who goes, of all departments; of those alone that have still to make their visit, where it can be moved."""
    return tuple(
        sorted({each.inspector_id for each in seats if waiting is None or each.department_id in waiting})
    )


def read_basis(
    desk: Desk,
    campaign: Campaign,
    drawn: Draw,
    days: Sequence[date],
    stops: Sequence[Stop],
    fixed: Collection[int],
    most: int,
) -> Basis:
    """What the timetable of some stops over some working days, at least one, follows from; it is read, not computed."""
    some = [each.target_id for each in stops] if len(stops) < _FEW else None
    seats = timetables.seats(desk.session, drawn.id, some)
    teams = tuple(
        _team(seats.get(each.target_id, ()), None if place in fixed else each.waiting)
        for place, each in enumerate(stops)
    )
    people = {inspector for team in teams for inspector in team}
    period = (days[0], days[-1])
    opening = draws.opening_of(desk.session, drawn.id, FIRST)
    if opening is None:
        raise Refused("draw.no_outcome", number=drawn.number)
    elsewhere = timetables.elsewhere(desk.session, drawn.id, people, *period)
    return Basis(
        days=tuple(days),
        most=most,
        stops=tuple(stops),
        teams=teams,
        away=timetables.away(desk.session, people, *period),
        elsewhere=tuple((*key, number) for key, number in sorted(elsewhere.items())),
        spans=spans_of(desk, campaign, drawn, some),
        fixed=frozenset(fixed),
        seed=bytes.fromhex(opening.seed),
    )


def request_of(basis: Basis) -> Request:
    """The same as the engine takes it: days, people and visits by their places.

    A visit that an inspector makes for another campaign is one that stands fixed, of him alone.
    """
    people = {person: place for place, person in enumerate(basis.people)}
    places = {day: place for place, day in enumerate(basis.days)}
    others = [
        (people[person], places[day])
        for person, day, number in basis.elsewhere
        if day in places
        for _ in range(number)
    ]
    own = len(basis.stops)
    fixed = [
        places[each.day] if place in basis.fixed and each.day else NOWHERE
        for place, each in enumerate(basis.stops)
    ]
    return Request(
        days=len(basis.days),
        most=basis.most,
        regions=[*(each.region[:DISTRICT] for each in basis.stops), *([""] * len(others))],
        teams=[
            *(tuple(people[person] for person in team) for team in basis.teams),
            *((person,) for person, _ in others),
        ],
        possible=np.concatenate([_possible(basis), np.ones((len(others), len(basis.days)), dtype=bool)]),
        away=_away(basis, people),
        tickets=np.array(
            [*(ticket(basis.seed, each.code) for each in basis.stops), *range(len(others))], dtype=np.uint64
        ),
        fixed=np.array([*fixed, *(day for _, day in others)], dtype=np.int64).reshape(own + len(others)),
    )


def _possible(basis: Basis) -> Truths:
    """Stops x days: outside of blackout days, and in the windows of the target."""
    windows: dict[int, list[Span]] = {}
    for each in basis.spans:
        if each.target_id is not None:
            windows.setdefault(each.target_id, []).append(each)
    closed = [each for each in basis.spans if each.target_id is None]
    open_days = np.array([not any(each.covers(day) for each in closed) for day in basis.days], dtype=bool)
    possible = np.repeat(open_days[None, :], len(basis.stops), axis=0)
    for place, stop in enumerate(basis.stops):
        if spans := windows.get(stop.target_id):
            possible[place] &= [not hindering(spans, stop.target_id, day) for day in basis.days]
    return possible


def _away(basis: Basis, people: Mapping[int, int]) -> Truths:
    """People x days: who is on leave."""
    gone = np.zeros((len(people), len(basis.days)), dtype=bool)
    for each in basis.away:
        gone[people[each.inspector_id]] |= [each.first_day <= day <= each.last_day for day in basis.days]
    return gone


_FEW = 200
"""Up to so many targets are named to the database; of more, those of the whole draw are read."""
