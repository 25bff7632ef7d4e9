"""Days for the visits that have none, by moving as few others as can be: CP-SAT on a neighbourhood of the timetable."""

from collections.abc import Iterable, Iterator

import numpy as np

from matching.timetable.request import NOWHERE, Ints, Request, Truths
from matching.timetable.shortage import excused

LARGEST = 400  # visits that a neighbourhood has at most, beside those that it is made for
TRIES = 20  # neighbourhoods that are tried at most
EFFORT = 1.0  # of CP-SAT's deterministic time, about as many seconds, on one neighbourhood


def fill(request: Request, day: Ints, home: Ints) -> tuple[Ints, set[int]]:
    """Days for the visits that have none, and which of these are proved to have none.

    All visits that are not at `home` are placed anew, and nothing else moves; but where few hang together with them by their
    inspectors all those are placed anew, which gives the best there is: that is what proves.
    """
    free = np.flatnonzero(((day == NOWHERE) | (day != home)) & _movable(request)).tolist()
    if not free:
        return day, set()
    whole = _together(request, free)
    day, proved = _solved(request, day, home, free if whole is None else whole)
    return day, set(missing(request, day)) if whole is not None and proved else set()


def mend(request: Request, day: Ints, home: Ints, short: dict[int, int]) -> tuple[Ints, set[int]]:
    """The same, one visit after the other, each with those around it; who must do without a day is passed over."""
    searched: set[int] = set()
    for visit in missing(request, day)[:TRIES]:
        if day[visit] != NOWHERE or visit in excused(request, day, short):
            continue
        whole = _together(request, [visit])
        day, proved = _solved(request, day, home, _near(request, day, visit) if whole is None else whole)
        if whole is not None and proved:
            searched.update(each for each in whole if day[each] == NOWHERE)
    return day, searched


def missing(request: Request, day: Ints) -> list[int]:
    """Visits without a day that have a choice."""
    without: list[int] = np.flatnonzero((day == NOWHERE) & request.choices.any(axis=1)).tolist()
    return without


def _together(request: Request, visits: Iterable[int]) -> list[int] | None:
    """All visits that hang together with these by their inspectors, or None where they are too many."""
    found = np.zeros(request.visits, dtype=bool)
    found[list(visits)] = True
    limit = LARGEST + int(found.sum())
    met = np.zeros(request.people + 1, dtype=bool)
    while True:
        before = int(found.sum())
        if before > limit:
            return None
        met[request.seats[found]] = True
        met[request.people] = False
        found |= met[request.seats].any(axis=1)
        if int(found.sum()) == before:
            together: list[int] = np.flatnonzero(found & _movable(request)).tolist()
            return together


def _near(request: Request, day: Ints, visit: int) -> list[int]:
    """A visit with those of its inspectors' visits that stand on a day that it may have, the most shared ones first."""
    shared = np.isin(request.seats, request.teams[visit]).sum(axis=1)
    shared[~request.choices[visit][day] | (day == NOWHERE)] = 0
    shared[visit] = request.people
    order = np.argsort(-shared, kind="stable")[: LARGEST + 1]
    near = np.zeros(request.visits, dtype=bool)
    near[order[shared[order] > 0]] = True
    around: list[int] = np.flatnonzero(near & _movable(request)).tolist()
    return around


def _movable(request: Request) -> Truths:
    movable: Truths = (request.fixed < 0) & request.choices.any(axis=1)
    return movable


def _solved(request: Request, day: Ints, home: Ints, free: list[int]) -> tuple[Ints, bool]:
    """The days after these visits were placed anew beside all others, and whether nothing better is possible.

    Better is: more with a day; then more at home; then fewer trips beside the visits that stand.
    """
    from ortools.sat.python import cp_model  # takes half a second, and few timetables need it

    ways = _Ways(request, day, home, free)
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in ways.visit]
    for choices, room in ways.limits():
        model.add(sum(taken[way] for way in choices) <= room)
    model.maximize(sum(worth * var for worth, var in zip(ways.worth.tolist(), taken, strict=True)))
    for var, stands in zip(taken, (day[ways.visit] == ways.day).tolist(), strict=True):
        model.add_hint(var, stands)
    solver = cp_model.CpSolver()
    # a limit of time would give another answer on another day
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = EFFORT
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return day, False
    chosen = np.array([solver.boolean_value(var) for var in taken], dtype=bool)
    return ways.placed(chosen), status == cp_model.OPTIMAL


class _Ways:
    """The ways to place free visits beside the others, as parallel arrays: a visit, its day, and what that is worth."""

    def __init__(self, request: Request, day: Ints, home: Ints, free: list[int]) -> None:
        self.request, self.before = request, day
        self.others = day.copy()
        self.others[free] = NOWHERE
        self.room = request.most - request.loads(self.others)
        self.room[request.people] = request.seats.size  # nobody is never full
        places = np.array(free, dtype=np.int64)
        fits = request.choices[places] & (self.room[request.seats[places]] > 0).all(axis=1)
        row, self.day = np.nonzero(fits)
        self.visit = places[row]
        # a visit at home outweighs all trips, and one with a day all that stay at home
        seats = request.seats.shape[1]
        at_home = 1 + seats * len(free)
        placed = 1 + (at_home + seats) * len(free)
        self.worth = placed + at_home * (home[self.visit] == self.day) - self._new_trips()

    def limits(self) -> Iterator[tuple[list[int], int]]:
        """Ways of which no more than so many can be taken: of one visit, and of an inspector on a day."""
        for ways in _alike(self.visit):
            yield ways, 1
        seats = self.request.seats[self.visit]
        cell = seats * self.request.days + self.day[:, None]
        room = self.room.ravel()
        for places in _alike(cell.ravel()):
            most = int(room[cell.flat[places[0]]])
            if len(places) > most:
                yield [place // seats.shape[1] for place in places], most

    def placed(self, chosen: Truths) -> Ints:
        """The days with these ways taken, or those from before where they are worth as much."""
        stood = self.before[self.visit] == self.day
        if self.worth[chosen].sum() <= self.worth[stood].sum():
            return self.before
        after = self.others.copy()
        after[self.visit[chosen]] = self.day[chosen]
        return after

    def _new_trips(self) -> Ints:
        """For each way how many of the team are not in the district on that day already."""
        request = self.request
        there = np.zeros((request.districts.max(initial=0) + 1, request.days), dtype=bool)
        stand = np.flatnonzero(self.others >= 0)
        there[request.districts[stand], self.others[stand, None]] = True
        new = ~there[request.districts[self.visit], self.day[:, None]]
        new &= request.seats[self.visit] < request.people
        trips: Ints = new.sum(axis=1)
        return trips


def _alike(values: Ints) -> Iterator[list[int]]:
    """The places of each value."""
    order = np.argsort(values, kind="stable")
    edges = np.flatnonzero(np.diff(values[order])) + 1
    if len(order):
        yield from (places.tolist() for places in np.split(order, edges))
