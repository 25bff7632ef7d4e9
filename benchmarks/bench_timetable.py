"""The timetable (排期): days for all visits of a draw beside days without regard to districts, and after an absence."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from benchmarks.instances import TIMETABLES, key_of
from matching.draw.tickets import words
from matching.timetable import Request, Timetable, clashes, replan, timetable

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
ABSENCES = 3
"""Inspectors who fall ill, one at a time."""


def planned(name: str) -> Side:
    """Ours."""
    asked = TIMETABLES[name].request()
    return lambda: timetable(asked), lambda found: _told(asked, found)


def anywhere(name: str) -> Side:
    """A random timetable that keeps the same rules: every visit is in a district of its own, so none is near another."""
    asked = TIMETABLES[name].request()
    apart = replace(asked, regions=[str(visit) for visit in range(asked.visits)])
    return lambda: timetable(apart), lambda found: _told(asked, found)


def absent(days: int) -> Callable[[str], Side]:
    """Planned anew after one of the inspectors who are out then is away for so many days, for each of some."""

    def side(name: str) -> Side:
        asked = TIMETABLES[name].request()
        found = _stood(name)
        cases = [_without(asked, found, days, word) for word in words(key_of(name), 0, ABSENCES).tolist()]

        def run() -> list[Timetable]:
            return [replan(case, found.day) for case in cases]

        def answer(after: list[Timetable]) -> Any:
            return [_moved(case, found, each) for case, each in zip(cases, after, strict=True)]

        return run, answer

    return side


SIDES = {"timetable": planned, "anywhere": anywhere, "a day": absent(1), "a week": absent(5)}


@cache
def _stood(name: str) -> Timetable:
    return timetable(TIMETABLES[name].request())


def _told(asked: Request, found: Timetable) -> dict[str, Any]:
    if clashes(asked, found.day):
        raise RuntimeError("a timetable breaks a rule")
    out = int((asked.loads(found.day)[: asked.people] > 0).sum())
    trips = asked.trips(found.day)
    # on a day without the third department nobody can go anywhere
    days = int((~asked.away[:, asked.choices.any(axis=0)]).sum())
    return {
        "visits": asked.visits,
        "people": asked.people,
        "load": sum(map(len, asked.teams)) / (asked.most * days),
        "open": int(asked.choices.any(axis=1).sum()),
        "placed": int((found.day >= 0).sum()),
        "trips": trips / days,
        "out": trips / out,
    }


def _without(asked: Request, found: Timetable, days: int, word: int) -> Request:
    """The same with an inspector away from a day on which he has a visit."""
    visit = word % asked.visits
    while found.day[visit] < 0:
        visit = (visit + 1) % asked.visits
    first = min(int(found.day[visit]), asked.days - days)
    away = asked.away.copy()
    away[asked.teams[visit][(word >> 32) % len(asked.teams[visit])], first : first + days] = True
    return replace(asked, away=away)


def _moved(case: Request, before: Timetable, after: Timetable) -> dict[str, int]:
    if clashes(case, after.day):
        raise RuntimeError("a timetable planned anew breaks a rule")
    stood = before.day >= 0
    return {
        "had to": len({clash.visit for clash in clashes(case, before.day)}),
        "moved": int(np.count_nonzero(stood & (after.day != before.day))),
        "without": int(np.count_nonzero(stood & (after.day < 0))),
        "proved": sum(each.reason != "not_found" for each in after.unplaced if stood[each.visit]),
    }
