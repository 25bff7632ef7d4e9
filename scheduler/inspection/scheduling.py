"""The timetable of a campaign (排期): made for all targets at once, mended with few moves, changed by hand.

All departments go to a target together, on one day. The lead's planner makes the timetable; each department's planner
mends it and moves visits. Whichever way: a day is refused, or passed over, for the same reasons.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np

from data.models import LARGEST_MOST, Campaign, Draw, Timetable, UnplacedTarget, Visit
from data.queries import timetables
from data.queries.timetables import Stop
from matching import timetable as engine
from matching.refused import Refused
from scheduler.inspection.drawing import current_draw
from scheduler.inspection.evidence import locked_campaign, locked_visit
from scheduler.inspection.hindrances import check_sent_out, check_takes_part
from scheduler.inspection.possible_days import (
    NOWHERE,
    Basis,
    hindering,
    is_workday,
    most_of,
    read_basis,
    request_of,
    workdays_between,
)
from scheduler.inspection.steps import VISIT
from scheduler.permissions import Desk, in_own_department

Reason = dict[str, Any]
"""Why a visit can't be on a day: its `kind`, and what it is about; JSON values, as a refusal tells them."""


@dataclass(frozen=True)
class Asked:
    """Over which days all visits are to be put, how many of an inspector on each; `again` moves also those that have one."""

    first: date
    last: date
    most: int
    again: bool = False


@dataclass(frozen=True)
class Move:
    """A target that gets another day, or loses the one it had; `why` it can't stay there."""

    stop: Stop
    to: date | None
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class NoDay:
    """A target without a day, and why; `inspectors` are the ids of whom it is about."""

    stop: Stop
    reason: str
    inspectors: tuple[int, ...]


@dataclass(frozen=True)
class Made:
    """Days for the targets of a basis: what moves, what finds none, and how many have one then."""

    basis: Basis
    moves: tuple[Move, ...]
    unplaced: tuple[NoDay, ...]
    placed: int

    @property
    def mark(self) -> str:
        """A digest of who moves where, by which what is confirmed is known to be what was shown."""
        told = [(each.stop.code, str(each.stop.day), str(each.to)) for each in self.moves]
        return sha256(repr((told, [each.stop.code for each in self.unplaced])).encode()).hexdigest()


# All at once


def check_make(desk: Desk, campaign: Campaign, asked: Asked) -> str:
    """The role by which the lead's planner makes the timetable.

    Refused `timetable.days` (out of the campaign, or over), `timetable.no_workday`, `timetable.most`.
    """
    in_own_department(desk, campaign.lead_department_id)
    role = desk.require(*VISIT.roles("schedule"))
    check_sent_out(campaign)
    check_most(asked.most)
    begin = max(campaign.first_day, desk.today)
    if not begin <= asked.first <= asked.last <= campaign.last_day:
        raise Refused("timetable.days", first=str(begin), last=str(campaign.last_day))
    if not workdays_between(desk, asked.first, asked.last):
        raise Refused("timetable.no_workday", first=str(asked.first), last=str(asked.last))
    return role


def check_most(most: int) -> None:
    """Refuse a limit that is none; Refused `timetable.most`."""
    if not 1 <= most <= LARGEST_MOST:
        raise Refused("timetable.most", most=most, largest=LARGEST_MOST)


def basis_of_all(desk: Desk, campaign: Campaign, asked: Asked) -> Basis:
    """What the timetable of all targets follows from.

    Refused like `check_make`, and `visit.none_to_schedule` where every visit has its day.
    """
    check_make(desk, campaign, asked)
    drawn = current_draw(desk, campaign)
    days = workdays_between(desk, asked.first, asked.last)
    stops = timetables.stops(desk.session, drawn.id)
    free = {each.target_id for each in stops if not each.begun and (asked.again or each.day is None)}
    if not free:
        raise Refused("visit.none_to_schedule")
    return _basis(desk, campaign, drawn, days, stops, free, asked.most)


def basis_of_mending(desk: Desk, campaign: Campaign, missed: bool = False) -> Basis:
    """What a mended timetable follows from: all that is still to come, over the days that are left.

    `missed`: also what had a day that is over and has no result; often there is one that nobody has entered yet.
    Refused `visit.not_dispatched`, `timetable.over`.
    """
    check_takes_part(desk, campaign)
    check_sent_out(campaign)
    drawn = current_draw(desk, campaign)
    begin = max(campaign.first_day, desk.today)
    days = workdays_between(desk, begin, campaign.last_day)
    if not days:
        raise Refused("timetable.over", last=str(campaign.last_day))
    stops = timetables.stops(desk.session, drawn.id)
    free = {
        each.target_id
        for each in stops
        if not each.begun and (missed or each.day is None or each.day >= begin)
    }
    return _basis(desk, campaign, drawn, days, stops, free, most_of(desk, drawn))


def _basis(
    desk: Desk,
    campaign: Campaign,
    drawn: Draw,
    days: Sequence[date],
    stops: Iterable[Stop],
    free: Collection[int],
    most: int,
) -> Basis:
    """Of what stays where it is, that alone which is on one of the days takes anybody's time."""
    these = set(days)
    concerned = [each for each in stops if each.target_id in free or each.day in these]
    fixed = [place for place, each in enumerate(concerned) if each.target_id not in free]
    return read_basis(desk, campaign, drawn, days, concerned, fixed, most)


def made_of(basis: Basis) -> Made:
    """Days for all targets of a basis; it takes seconds where there are thousands, and no database is asked."""
    return _told(basis, engine.timetable(request_of(basis)))


def mended(basis: Basis) -> Made:
    """The same with as few moves as possible from the days as they are."""
    request = request_of(basis)
    return _told(basis, engine.replan(request, _now(basis, request)))


def _now(basis: Basis, request: engine.Request) -> np.ndarray[Any, np.dtype[np.int64]]:
    """On which of the days each visit is now; nowhere where it is on none of them."""
    places = {day: place for place, day in enumerate(basis.days)}
    now = [places.get(each.day, NOWHERE) if each.day else NOWHERE for each in basis.stops]
    return np.array([*now, *request.fixed[len(now) :].tolist()], dtype=np.int64)


def _told(basis: Basis, found: engine.Timetable) -> Made:
    """What the engine found, by targets instead of places."""
    days = [basis.days[place] if place != NOWHERE else None for place in found.day.tolist()]
    own = dict(enumerate(basis.stops))
    moves = (
        Move(stop, days[place])
        for place, stop in own.items()
        if place not in basis.fixed and days[place] != stop.day
    )
    unplaced = (
        NoDay(own[each.visit], each.reason, tuple(basis.people[person] for person in each.inspectors))
        for each in found.unplaced
    )
    return Made(basis, tuple(moves), tuple(unplaced), sum(days[place] is not None for place in own))


def make(desk: Desk, campaign: Campaign, asked: Asked) -> Made:
    """Make and keep the timetable of all targets in one go. Refused like `basis_of_all`."""
    made = made_of(basis_of_all(desk, campaign, asked))
    keep_made(desk, campaign, asked, made)
    return made


def keep_made(desk: Desk, campaign: Campaign, asked: Asked, made: Made) -> None:
    """Keep the timetable of all targets; Refused `timetable.changed_since` where anything it follows from has changed."""
    campaign = locked_campaign(desk, campaign)
    role = check_make(desk, campaign, asked)
    if basis_of_all(desk, campaign, asked) != made.basis:
        raise Refused("timetable.changed_since")
    drawn = current_draw(desk, campaign)
    set_most(desk, drawn, asked.most).made_at = desk.now
    _keep(desk, drawn, made)
    desk.tell(role, "timetable:make", f"draw/{drawn.id}", first=str(asked.first), last=str(asked.last),
              most=asked.most, again=asked.again, placed=made.placed, unplaced=len(made.unplaced),
              digest=made.mark)  # fmt: skip


def mend(desk: Desk, campaign: Campaign, made: Made, missed: bool = False) -> None:
    """Keep what mends the timetable; Refused `timetable.changed_since` where anything it follows from has changed."""
    campaign = locked_campaign(desk, campaign)
    role = check_takes_part(desk, campaign)
    if basis_of_mending(desk, campaign, missed) != made.basis:
        raise Refused("timetable.changed_since")
    drawn = current_draw(desk, campaign)
    _keep(desk, drawn, made)
    moves = [[each.stop.code, str(each.stop.day or ""), str(each.to or "")] for each in made.moves]
    desk.tell(role, "timetable:mend", f"draw/{drawn.id}", moves=moves, unplaced=len(made.unplaced))


def set_most(desk: Desk, drawn: Draw, most: int) -> Timetable:
    """Let an inspector make at most so many visits on a day; what stands stays. The timetable comes back."""
    check_most(most)
    found = timetables.timetable(desk.session, drawn.id)
    if found is None:
        found = Timetable(draw_id=drawn.id)
        desk.session.add(found)
    found.most = most
    return found


def limit(desk: Desk, campaign: Campaign, most: int) -> None:
    """The lead's planner sets how many visits an inspector makes on a day; Refused `timetable.most`."""
    campaign = locked_campaign(desk, campaign)
    in_own_department(desk, campaign.lead_department_id)
    role = desk.require(*VISIT.roles("schedule"))
    drawn = current_draw(desk, campaign)
    set_most(desk, drawn, most)
    desk.tell(role, "timetable:limit", f"draw/{drawn.id}", most=most)


def _keep(desk: Desk, drawn: Draw, made: Made) -> None:
    people = timetables.inspectors(desk.session, {i for each in made.unplaced for i in each.inspectors})
    timetables.set_days(desk.session, drawn.id, {each.stop.target_id: each.to for each in made.moves})
    timetables.keep_unplaced(desk.session, drawn.id, [
        UnplacedTarget(draw_id=drawn.id, target_id=each.stop.target_id, reason=each.reason,
                       inspectors=";".join(people[person][0] for person in each.inspectors))
        for each in made.unplaced
    ])  # fmt: skip


# What a planner is shown before he confirms


def explained(desk: Desk, made: Made) -> tuple[Move, ...]:
    """The moves with the reasons why each can't stay where it is."""
    basis, request = made.basis, request_of(made.basis)
    against: dict[int, list[engine.Clash]] = {}
    for each in engine.clashes(request, _now(basis, request)):
        against.setdefault(each.visit, []).append(each)
    who = timetables.inspectors(desk.session, basis.people)
    place_of = {stop.target_id: place for place, stop in enumerate(basis.stops)}
    return tuple(
        Move(move.stop, move.to, _reasons(basis, move.stop, move.stop.day, against.get(place, ()), who))
        for move in made.moves
        for place in (place_of[move.stop.target_id],)
    )


def _reasons(
    basis: Basis,
    stop: Stop,
    day: date | None,
    clashes: Iterable[engine.Clash],
    who: Mapping[int, tuple[str, str]],
) -> tuple[Reason, ...]:
    """The clashes of a visit on a day as a person is told them."""
    if day is None:
        return ({"kind": "no_day"},)
    if day < basis.days[0]:
        return ({"kind": "past"},)
    told: list[Reason] = []
    for each in clashes:
        names = [" ".join(reversed(who[basis.people[person]])) for person in each.inspectors]
        if each.kind == "window":
            told += [span.told() for span in hindering(basis.spans, stop.target_id, day)]
        elif each.kind == "away":
            told.append({"kind": "away", "who": names})
        elif each.kind == "full":
            told.append({"kind": "full", "who": names, "most": basis.most})
    return tuple(told)


# By hand


def schedule(desk: Desk, visit: Visit, day: date) -> None:
    """Put the joint visit to a target on a day, for all departments that have still to make it.

    Refused `visit.day` with every reason at once: no working day of the campaign, or over; a blackout day; out of the
    target's window; somebody of the joint team away, or with as many visits as he makes on a day.
    """
    campaign = locked_campaign(desk, visit.draw.campaign)
    visit = locked_visit(desk, visit)
    in_own_department(desk, visit.department_id)
    role = VISIT.move(desk, visit, "schedule")
    (stop,) = timetables.stops(desk.session, visit.draw_id, [visit.target_id])
    if against := reasons_against(desk, campaign, visit.draw, stop, day):
        raise Refused("visit.day", target=stop.name, day=str(day), reasons=against)
    timetables.set_days(desk.session, visit.draw_id, {stop.target_id: day})
    desk.session.refresh(visit)
    desk.tell(role, "visit:schedule", f"visit/{visit.id}", day=str(day), before=str(stop.day or ""))


def reasons_against(desk: Desk, campaign: Campaign, drawn: Draw, stop: Stop, day: date) -> list[Reason]:
    """Everything that speaks against a day for a target, all others standing as they do."""
    period = {"first": str(campaign.first_day), "last": str(campaign.last_day)}
    against: list[Reason] = []
    if not campaign.first_day <= day <= campaign.last_day:
        against.append({"kind": "outside"} | period)
    if day < desk.today:
        against.append({"kind": "over"})
    if not is_workday(desk, day):
        against.append({"kind": "not_working"})
    others = [each for each in timetables.on_days(desk.session, drawn.id, [day]) if each != stop.target_id]
    # a target at which one department has been that day, and to which another goes on another, stands on that other
    there = (each for each in timetables.stops(desk.session, drawn.id, others) if each.day == day)
    stops = [stop, *there]
    basis = read_basis(desk, campaign, drawn, [day], stops, range(1, len(stops)), most_of(desk, drawn))
    request = request_of(basis)
    clashes = engine.clashes_of_move(request, _now(basis, request), 0, 0)
    who = timetables.inspectors(desk.session, basis.people)
    return [*against, *_reasons(basis, stop, day, clashes, who)]
