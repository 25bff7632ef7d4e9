"""Days for many visits at once (排期): spread evenly over working days, on one day with the other departments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat

from data.models import Campaign, Visit
from data.queries import visit_lists
from matching.refused import Refused
from scheduler.inspection.drawing import current_draw
from scheduler.inspection.visits import check_day, schedule
from scheduler.permissions import Desk


@dataclass(frozen=True)
class Spread:
    """What was put on days: how many visits, and how many of them on the day of another department."""

    visits: int
    joined: int
    last: date


def spread(desk: Desk, campaign: Campaign, first: date, days: int, again: bool = False) -> Spread:
    """Put the open visits of one's department on working days, as many on each as on the others.

    A target to which another department goes from `first` on is visited on that same day, though the days be uneven by
    it. Near targets follow each other. `again` moves also those that have a day. Refused `visit.*`.
    """
    found = visit_lists.to_schedule(
        desk.session, current_draw(desk, campaign).id, desk.actor.department_id, again
    )
    if not found:
        raise Refused("visit.none_to_schedule")
    possible = _working_days(desk, campaign, first, days)
    joined = _days_of_others(desk, found, possible[0], campaign.last_day)
    alone = [each for each in found if each.target_id not in joined]
    chosen = dict(
        zip((each.id for each in alone), evenly(possible, len(alone), joined.values()), strict=True)
    )
    for each in sorted(
        found, key=lambda visit: visit.id
    ):  # in one order, so that no two of these wait for each other
        schedule(desk, each, joined.get(each.target_id) or chosen[each.id])
    return Spread(len(found), len(joined), max((*joined.values(), *chosen.values())))


def evenly(days: Sequence[date], number: int, taken: Iterable[date] = ()) -> list[date]:
    """A day for each of a number of visits, in order of days; every next one fills the day with the fewest."""
    loads = Counter(dict.fromkeys(days, 0))
    loads.update(day for day in taken if day in loads)
    given: Counter[date] = Counter()
    for _ in range(number):
        day = min(days, key=lambda each: (loads[each], each))
        loads[day] += 1
        given[day] += 1
    return [day for each in sorted(given) for day in repeat(each, given[each])]


def _working_days(desk: Desk, campaign: Campaign, first: date, days: int) -> list[date]:
    check_day(desk, campaign, first)
    if days < 1 or days > (campaign.last_day - first).days + 1:
        raise Refused("visit.number_of_days", days=days, last=str(campaign.last_day))
    possible = desk.workdays.following(first, days, counts_first=True)
    if possible[-1] > campaign.last_day:
        raise Refused("visit.number_of_days", days=days, last=str(campaign.last_day))
    return possible


def _days_of_others(desk: Desk, found: Sequence[Visit], first: date, last: date) -> Mapping[int, date]:
    """The days on which others go to these targets, from the first day on."""
    others = visit_lists.days_of_others(desk.session, found[0].draw_id, desk.actor.department_id)
    return {
        each.target_id: others[each.target_id]
        for each in found
        if each.target_id in others and first <= others[each.target_id] <= last
    }
