"""Which rules a set of days breaks (冲突): of a whole timetable, and of one move by hand before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.timetable.request import NOWHERE, Ints, Request, Truths


@dataclass(frozen=True)
class Clash:
    """A rule that a visit breaks on its day.

    `window`: the target can't be visited then. `away`: the inspectors named are away. `full`: the inspectors named have
    more visits than they make on a day. `fixed`: it stands on another day than the one it has to keep.
    """

    visit: int
    kind: str
    inspectors: tuple[int, ...] = ()


WINDOW, AWAY, FULL, FIXED = "window", "away", "full", "fixed"


def clashes(request: Request, day: Ints) -> tuple[Clash, ...]:
    """Every rule that these days break, by visit; a visit without a day breaks one only if it has to keep its day."""
    loads = request.loads(day)
    suspects = np.flatnonzero(_suspicious(request, day, loads))
    return tuple(
        each for visit in suspects for each in _of_visit(request, loads, int(visit), int(day[visit]))
    )


def clashes_of_move(request: Request, day: Ints, visit: int, to: int) -> tuple[Clash, ...]:
    """What a visit would break on the day `to`, -1 to take its day away, all others standing as they do."""
    moved = day.copy()
    moved[visit] = to
    return tuple(_of_visit(request, request.loads(moved), visit, to))


def _suspicious(request: Request, day: Ints, loads: Ints) -> Truths:
    """Visits that may break a rule: those that can't be meant need no look at their team."""
    moved = (request.fixed >= 0) & (day != request.fixed)
    standing = day >= 0
    on = np.maximum(day, 0)
    full = loads > request.most
    crowded = full[request.seats, on[:, None]].any(axis=1)
    barred = ~request.may[np.arange(request.visits), on]
    suspicious: Truths = moved | (standing & (crowded | barred))
    return suspicious


def _of_visit(request: Request, loads: Ints, visit: int, on: int) -> Iterator[Clash]:
    fixed = int(request.fixed[visit])
    if fixed not in (NOWHERE, on):
        yield Clash(visit, FIXED)
    if on == NOWHERE:
        return
    if not request.possible[visit, on]:
        yield Clash(visit, WINDOW)
    team = sorted(request.teams[visit])
    away = tuple(person for person in team if request.away[person, on])
    if away:
        yield Clash(visit, AWAY, away)
    full = tuple(person for person in team if loads[person, on] > request.most)
    if full:
        yield Clash(visit, FULL, full)
