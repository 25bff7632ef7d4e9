"""The timetable as a calendar and as a list (排期日历); only looked at, nothing is done here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from data.models import Blackout, Campaign, Department, UnplacedTarget, Visit
from data.queries import timetables, visit_lists
from data.queries.paging import Page
from data.queries.timetables import DISTRICT, Load, Shown
from data.queries.visit_lists import Member
from scheduler.inspection.drawing import current_draw
from scheduler.inspection.possible_days import is_workday
from scheduler.inspection.secrecy import check_rows
from scheduler.permissions import Desk

__all__ = ["Shown"]

MOST_SHOWN = 120
"""A month with more visits shows how many there are in each district; their names come when a day is opened."""
OF_A_PAGE = 50


@dataclass(frozen=True)
class Day:
    """A day of the calendar: whether it is one of the campaign and a working day, and what is on it.

    `visits` are named only where a month has few.
    """

    day: date
    inside: bool
    works: bool
    blackouts: Sequence[Blackout]
    loads: Sequence[Load]
    visits: Sequence[Visit]

    @property
    def targets(self) -> int:
        """How many targets are visited."""
        return sum(each.targets for each in self.loads)

    @property
    def by_district(self) -> list[tuple[str, list[Visit]]]:
        """The visits that are named, by the district they are in."""
        found: dict[str, list[Visit]] = {}
        for each in self.visits:
            found.setdefault(each.target.region[:DISTRICT], []).append(each)
        return list(found.items())

    @property
    def begun(self) -> int:
        """At how many of them somebody has been."""
        return sum(each.begun for each in self.loads)


@dataclass(frozen=True)
class Month:
    """A month of a campaign by weeks from Monday on, and the months before and after it that have days of the campaign.

    `fullest` is how many visits the fullest day of the whole campaign has: what a day's bar is measured by.
    """

    first: date
    weeks: Sequence[Sequence[Day]]
    before: date | None
    after: date | None
    fullest: int
    placed: int
    without_day: int
    districts: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A target on its day as the list shows it: the visit of the reader's department, and the team of all departments."""

    visit: Visit
    team: Sequence[tuple[Department, Sequence[Member]]]
    reason: str  # why it has no day, where the timetable found none
    who: Sequence[str]  # whom that is about


def month(desk: Desk, campaign: Campaign, wanted: date | None) -> Month:
    """The calendar of a month, of the first with something to do where none is wanted. Refused `draw.not_dispatched`."""
    drawn = current_draw(desk, campaign)
    check_rows(desk, drawn)
    loads = timetables.loads(desk.session, drawn.id, desk.actor.department_id)
    by_day: dict[date | None, list[Load]] = {}
    for each in loads:
        by_day.setdefault(each.day, []).append(each)
    first = _month_of(desk, campaign, wanted, by_day)
    named = timetables.between(
        desk.session, drawn.id, desk.actor.department_id, first, _last_of(first), MOST_SHOWN
    )
    closed = timetables.blackouts(desk.session, campaign.id)
    districts = {each.district for each in loads}
    totals = {day: sum(load.targets for load in found) for day, found in by_day.items()}
    before, after = first - timedelta(1), _last_of(first) + timedelta(1)
    return Month(
        first=first,
        weeks=[
            [_day(desk, campaign, day, by_day.get(day, ()), closed, named) for day in week]
            for week in _weeks(first)
        ],
        before=before.replace(day=1) if before >= campaign.first_day else None,
        after=after if after <= campaign.last_day else None,
        fullest=max((number for day, number in totals.items() if day), default=0),
        placed=sum(number for day, number in totals.items() if day),
        without_day=sum(each.targets - each.begun for each in by_day.get(None, ())),
        districts=timetables.district_names(desk.session, districts),
    )


def _month_of(
    desk: Desk, campaign: Campaign, wanted: date | None, by_day: Mapping[date | None, Sequence[Load]]
) -> date:
    """The wanted month, within the campaign; else that of the first visit to come, of the last one, or of today."""
    planned = sorted(day for day in by_day if day)
    chosen = wanted or next((day for day in planned if day >= desk.today), None)
    chosen = chosen or (planned[-1] if planned else desk.today)
    return min(max(chosen, campaign.first_day), campaign.last_day).replace(day=1)


def _last_of(first: date) -> date:
    return (first + timedelta(31)).replace(day=1) - timedelta(1)


def _weeks(first: date) -> list[list[date]]:
    """The days of a month by weeks from Monday to Sunday, with those of other months that fill them."""
    begin, last = first - timedelta(first.weekday()), _last_of(first)
    number = (last - begin).days // 7 + 1
    return [[begin + timedelta(7 * week + day) for day in range(7)] for week in range(number)]


def _day(
    desk: Desk,
    campaign: Campaign,
    day: date,
    loads: Sequence[Load],
    closed: Sequence[Blackout],
    named: Sequence[Visit],
) -> Day:
    return Day(
        day=day,
        inside=campaign.first_day <= day <= campaign.last_day,
        works=is_workday(desk, day),
        blackouts=[each for each in closed if each.first_day <= day <= each.last_day],
        loads=sorted(loads, key=lambda load: (-load.targets, load.district)),
        visits=[each for each in named if each.planned_on == day],
    )


def rows(desk: Desk, campaign: Campaign, wanted: Shown, number: int = 1) -> Page[Row]:
    """A page of the targets with their days and teams, those without a day first. Refused `draw.not_dispatched`."""
    drawn = current_draw(desk, campaign)
    check_rows(desk, drawn)
    own = desk.actor.department_id
    page = timetables.shown(desk.session, drawn.id, own, wanted, number, OF_A_PAGE)
    targets = [each.target_id for each in page.rows]
    teams = visit_lists.teams_of_targets(desk.session, drawn.id, targets)
    why = {each.target_id: each for each in timetables.unplaced_among(desk.session, drawn.id, targets)}
    codes = {code for each in why.values() for code in each.inspectors.split(";")}
    names = timetables.names_by_code(desk.session, codes)
    parts = [
        part.department
        for part in campaign.departments
        if part.answer == "accepted" and wanted.department in (None, part.department_id)
    ]
    found = [_row(visit, parts, teams, why.get(visit.target_id), names) for visit in page.rows]
    return Page(found, page.number, page.size, page.total, page.counted_out)


def _row(
    visit: Visit,
    parts: Sequence[Department],
    teams: Mapping[tuple[int, int], Sequence[Member]],
    why: UnplacedTarget | None,
    names: Mapping[str, str],
) -> Row:
    team = [(part, teams.get((visit.target_id, part.id), ())) for part in parts]
    codes = [code for code in (why.inspectors if why else "").split(";") if code]
    return Row(visit, team, why.reason if why else "", [f"{names.get(code, '')} {code}" for code in codes])
