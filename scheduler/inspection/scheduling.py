"""The timetable of a campaign (排期): made for all targets at once, mended with few moves, changed by hand.

All departments go to a target together, on one day. The lead's planner makes the timetable; each department's planner
mends it and moves visits, and every way asks the same: may this team be at this target on this day?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from data.models import LARGEST_MOST, Campaign, Draw, Timetable, UnplacedTarget, Visit
from data.queries import timetables
from data.queries.timetables import Stop
from matching import timetable as engine
from matching.refused import Refused
from scheduler.inspection.drawing import current_draw
from scheduler.inspection.evidence import locked_campaign, locked_visit
from scheduler.inspection.hindrances import check_sent_out, check_takes_part
from scheduler.inspection.possible_days import (
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
"""Why a visit can't be on a day: `kind`, and what it is about; JSON values, as a refusal tells them."""


@dataclass(frozen=True)
class Asked:
    """Over which days all visits are to be put, with how many of an inspector on a day; `again` moves those that have one."""

    first: date
    last: date
    most: int
    again: bool = False


@dataclass(frozen=True)
class Move:
    """A target that gets another day, or loses the one it had."""

    stop: Stop
    to: date | None


@dataclass(frozen=True)
class NoDay:
    """A target without a day, and why; `inspectors` are the codes of whom it is about."""

    stop: Stop
    reason: str
    inspectors: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """Days for the targets of a basis: what moves, what finds no day, and how many have one then."""

    basis: Basis
    moves: tuple[Move, ...]
    unplaced: tuple[NoDay, ...]
    placed: int

    @property
    def mark(self) -> str:
        """Tells whether what is confirmed is what was shown."""
        told = [(each.stop.target_id, str(each.to)) for each in self.moves]
        return sha256(repr((told, [each.stop.target_id for each in self.unplaced])).encode()).hexdigest()


# All at once


def check_make(desk: Desk, campaign: Campaign, asked: Asked) -> str:
    """The role by which the lead's planner makes the timetable; Refused `timetable.days`, `timetable.most`."""
    in_own_department(desk, campaign.lead_department_id)
    role = desk.require(*VISIT.roles("schedule"))
    check_sent_out(campaign)
    check_most(asked.most)
    begin = max(campaign.first_day, desk.today)
    if not begin <= asked.first <= asked.last <= campaign.last_day:
        raise Refused("timetable.days", first=str(begin), last=str(campaign.last_day))
    return role


def check_most(most: int) -> None:
    """Refuse a limit that is none; Refused `timetable.most`."""
    if not 1 <= most <= LARGEST_MOST:
        raise Refused("timetable.most", most=most, largest=LARGEST_MOST)


def basis_of_all(desk: Desk, campaign: Campaign, asked: Asked) -> Basis:
    """What the timetable of all targets follows from. Refused like `check_make`; `visit.none_to_schedule`."""
    check_make(desk, campaign, asked)
    drawn = current_draw(desk, campaign)
    days = workdays_between(desk, asked.first, asked.last)
    if not days:
        raise Refused("timetable.no_workday", first=str(asked.first), last=str(asked.last))
    stops = timetables.stops(desk.session, drawn.id)
    free = {each.target_id for each in stops if not each.begun and (asked.again or each.day is None)}
    if not free:
        raise Refused("visit.none_to_schedule")
    return _basis(desk, campaign, drawn, days, stops, free, asked.most)


def basis_of_mending(desk: Desk, campaign: Campaign) -> Basis:
    """What a mended timetable follows from: all that is still to come, over the days that are left.

    Refused `visit.not_dispatched`, `timetable.over`.
    """
    check_takes_part(desk, campaign)
    check_sent_out(campaign)
    drawn = current_draw(desk, campaign)
    days = workdays_between(desk, max(campaign.first_day, desk.today), campaign.last_day)
    if not days:
        raise Refused("timetable.over", last=str(campaign.last_day))
    stops = timetables.stops(desk.session, drawn.id)
    free = {each.target_id for each in stops if not each.begun}
    return _basis(desk, campaign, drawn, days, stops, free, most_of(desk, drawn))


def _basis(
    desk: Desk,
    campaign: Campaign,
    drawn: Draw,
    days: Sequence[date],
    stops: Sequence[Stop],
    free: set[int],
    most: int,
) -> Basis:
    """Of what stays, that alone which stays on one of the days takes somebody's time."""
    concerned = [each for each in stops if each.target_id in free or each.day in set(days)]
    fixed = [place for place, each in enumerate(concerned) if each.target_id not in free]
    return read_basis(desk, campaign, drawn, days, concerned, fixed, most)


def made_of(basis: Basis) -> Made:
    """The days of a basis; nothing of the database is asked."""
    return _told(basis, engine.timetable(request_of(basis)))


def mended(basis: Basis) -> Made:
    """The same with as few moves as possible from the days as they are."""
    places = {day: place for place, day in enumerate(basis.days)}
    return _told(basis, engine.replan(request_of(basis), _places_now(basis, places)))
