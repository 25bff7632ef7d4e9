"""What is to be placed (排期), and what became of it: a day for every visit of a draw.

Days are 0 ... days - 1, places in a list of working days; people 0 ... are inspectors of all departments.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]
NOWHERE = -1  # the day of a visit that has none


@dataclass(frozen=True)
class Request:
    """The visits of a draw, one per drawn target, each to be made by its whole joint team on one day.

    There is at least one day. `possible` is visits x days: the target's window and blackout days; `away` people x days:
    leave, and blackout days of an inspector's department. `most` is how many visits an inspector makes on a day. `fixed`
    is the day that a visit must keep (held by hand, or done), or -1. The tickets decide every tie, so that nobody guesses
    from the registry who comes first: the same visits in another order get the same days.
    """

    days: int
    most: int
    regions: Sequence[str]
    teams: Sequence[tuple[int, ...]]
    possible: Truths
    away: Truths
    tickets: NDArray[np.uint64]
    fixed: Ints

    @property
    def visits(self) -> int:
        """How many visits are to be placed."""
        return len(self.teams)

    @property
    def people(self) -> int:
        """How many inspectors there are, whether they have a visit or not."""
        return len(self.away)

    @cached_property
    def seats(self) -> Ints:
        """Visits x seats: each team in order, filled up with `people`, the number of nobody."""
        widest = max((len(team) for team in self.teams), default=0)
        seats = np.full((self.visits, widest), self.people, dtype=np.int64)
        for visit, team in enumerate(self.teams):
            seats[visit, : len(team)] = sorted(team)
        return seats

    @cached_property
    def may(self) -> Truths:
        """Visits x days: whether the target can be visited and nobody of the team is away."""
        nobody = np.zeros((1, self.days), dtype=bool)
        gone = np.concatenate([self.away, nobody])
        may = self.possible.copy()
        for seat in self.seats.T:
            may &= ~gone[seat]
        return may

    @cached_property
    def choices(self) -> Truths:
        """Visits x days: the days that a visit may be given; one that must keep its day has only that one."""
        held = np.flatnonzero(self.fixed >= 0)
        choices = self.may.copy()
        choices[held] = False
        choices[held, self.fixed[held]] = True
        return choices

    @cached_property
    def districts(self) -> Ints:
        """Visits x seats: a number for each inspector with the district of the visit, 0 ... without gaps."""
        _, region = np.unique(np.array(self.regions, dtype=str), return_inverse=True)
        both = self.seats * (1 + region.max(initial=0)) + region[:, None]
        numbers: Ints = np.unique(both, return_inverse=True)[1].reshape(both.shape)
        return numbers

    def loads(self, day: Ints) -> Ints:
        """People x days: how many visits each makes; the last row is nobody's."""
        loads = np.zeros((self.people + 1, self.days), dtype=np.int64)
        placed = np.flatnonzero(day >= 0)
        for seat in self.seats.T:
            np.add.at(loads, (seat[placed], day[placed]), 1)
        loads[self.people] = 0
        return loads

    def trips(self, day: Ints) -> int:
        """How often an inspector goes to a district on a day: the sum of districts over inspectors and days."""
        placed = np.flatnonzero(day >= 0)
        trips = self.districts[placed] * self.days + day[placed, None]
        return len(np.unique(trips[self.seats[placed] < self.people]))

    def in_order(self, order: Ints) -> "Request":
        """The same visits in another order."""
        return replace(
            self,
            regions=[self.regions[visit] for visit in order.tolist()],
            teams=[self.teams[visit] for visit in order.tolist()],
            possible=self.possible[order],
            tickets=self.tickets[order],
            fixed=self.fixed[order],
        )


@dataclass(frozen=True)
class Unplaced:
    """A visit without a day, and why.

    `no_day`: its window and the blackout days leave none. `away`: on each day that is left somebody of the team is away;
    these are named. `full`, proved: the inspectors named have more visits than places on the days they may be made, so
    that as many as are without a day have to be. `together`, proved by search: no timetable gives more of the visits a
    day that hang together with this one by their inspectors. `not_found`: every way that was tried left it; the
    inspectors named are full on some day that the team has.
    """

    visit: int
    reason: str
    inspectors: tuple[int, ...]


NO_DAY, AWAY, FULL, TOGETHER, NOT_FOUND = "no_day", "away", "full", "together", "not_found"


@dataclass(frozen=True)
class Timetable:
    """A day for each visit, -1 where it has none; these are told with their reason."""

    day: Ints
    unplaced: tuple[Unplaced, ...]
