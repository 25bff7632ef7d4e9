"""Why a visit has no day, and what of it is proved: an inspector may have more visits than places for them.

Each inspector alone is a flow: a visit to one of its days, `most` visits to a day. What does not flow has no day in any
timetable.
"""

from collections import Counter
from collections.abc import Collection

import numpy as np
from ortools.graph.python import max_flow

from matching.timetable.request import (
    AWAY,
    FULL,
    NO_DAY,
    NOT_FOUND,
    NOWHERE,
    TOGETHER,
    Ints,
    Request,
    Truths,
    Unplaced,
)


def shortages(request: Request) -> dict[int, int]:
    """Of each inspector with too many visits how many have no day in any timetable, those without a choice apart."""
    held = np.where(request.fixed >= 0, request.fixed, NOWHERE)
    room = np.maximum(request.most - request.loads(held), 0)
    owned = _visits_by_person(request)
    missing = {who: _missing(request.choices[own], room[who]) for who, own in owned.items()}
    return {who: number for who, number in missing.items() if number}


def reasons(
    request: Request, day: Ints, short: dict[int, int], searched: Collection[int] = ()
) -> tuple[Unplaced, ...]:
    """Why each visit without a day has none; `searched` are visits that an exhaustive search left."""
    loads, left = request.loads(day), Counter(short)
    return tuple(
        _reason(request, loads, left, visit, visit in searched)
        for visit in np.flatnonzero(day == NOWHERE).tolist()
    )


def excused(request: Request, day: Ints, short: dict[int, int]) -> set[int]:
    """Visits without a day of whom somebody is short of just as many places as he has visits without a day."""
    without = np.flatnonzero((day == NOWHERE) & request.choices.any(axis=1)).tolist()
    counted = Counter(person for visit in without for person in request.teams[visit])
    spent = {person for person, number in short.items() if counted[person] == number}
    return {visit for visit in without if not spent.isdisjoint(request.teams[visit])}


def _reason(request: Request, loads: Ints, left: Counter[int], visit: int, searched: bool) -> Unplaced:
    team, possible, may = sorted(request.teams[visit]), request.possible[visit], request.may[visit]
    if not possible.any():
        return Unplaced(visit, NO_DAY, ())
    if not may.any():
        return Unplaced(visit, AWAY, tuple(p for p in team if (request.away[p] & possible).any()))
    short = tuple(person for person in team if left[person] > 0)
    if short:
        left.subtract(short)
        return Unplaced(visit, FULL, short)
    full = tuple(person for person in team if (loads[person, may] >= request.most).any())
    return Unplaced(visit, TOGETHER if searched else NOT_FOUND, full)


def _visits_by_person(request: Request) -> dict[int, Ints]:
    """The visits of each inspector that have a choice and need not keep their day."""
    visits = np.flatnonzero(request.choices.any(axis=1) & (request.fixed < 0))
    seats = request.seats[visits]
    order = np.argsort(seats, axis=None, kind="stable")
    person, visit = seats.ravel()[order], np.repeat(visits, seats.shape[1])[order]
    edges = np.flatnonzero(np.diff(person)) + 1
    own = np.split(visit, edges) if len(person) else []
    return {
        who: each
        for who, each in zip(person[np.append(0, edges)].tolist() if own else [], own, strict=True)
        if who < request.people
    }


def _missing(choices: Truths, room: Ints) -> int:
    """How many visits with these choices have no day, where so many have room on each."""
    count, least = np.sort(choices.sum(axis=1)), np.sort(room)
    # k visits have at least as many days between them as that one of them that has the most, which has the k-th's at least
    if (np.arange(1, len(count) + 1) <= np.cumsum(least)[count - 1]).all():
        return 0
    visit, day = np.nonzero(choices)
    visits, days = choices.shape
    flow = max_flow.SimpleMaxFlow()
    flow.add_arcs_with_capacity(np.zeros(visits, np.int64), 2 + np.arange(visits), np.ones(visits, np.int64))
    flow.add_arcs_with_capacity(2 + visit, 2 + visits + day, np.ones(len(visit), np.int64))
    flow.add_arcs_with_capacity(2 + visits + np.arange(days), np.ones(days, np.int64), room)
    if flow.solve(0, 1) != flow.OPTIMAL:
        raise RuntimeError("the flow of an inspector's visits was not solved")
    return int(choices.shape[0]) - int(flow.optimal_flow())
