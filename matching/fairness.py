"""How fair a pairing is before it is drawn (公平性): what came of many rehearsals, counted, and how sure one may be of it.

It decides nothing and is no part of a bundle: floating point, which may decide nothing, is at home here. What the bars
force, to which the counted chances are compared, is exact and stands in `matching.pairing.forced`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

from matching.draw.plan import FIXED, Department, Plan
from matching.draw.tables import Frame
from matching.pairing.pairs import GroupsPaired, Paired
from matching.pairing.problem import Staffing, staffing, travel
from matching.pairing.shortage import Shortage

Ints = NDArray[np.int64]
Numbers = NDArray[np.float64]
Counts = tuple[int, Ints, Ints, int]

DOUBT = 0.05
"""How often limits that are told may be wrong."""
_NO_KEY = 0  # who may go where is asked for, and no ticket


@dataclass
class Tally:
    """What came of many runs for a department's seats at the same targets: how often each candidacy was taken.

    `staffing` says who may go where; its tickets are nobody's. `loads[n]` is how often an inspector had n targets in a
    run, `near` how many pairs of all runs were of inspectors at home in the target's region.
    """

    staffing: Staffing
    runs: int = 0
    taken: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    loads: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    near: int = 0

    def __post_init__(self) -> None:
        if not len(self.taken):
            self.taken = np.zeros(len(self.staffing.target), np.int64)
        if not len(self.loads):
            self.loads = np.zeros(self.staffing.targets + 1, np.int64)

    def count(self, target: Ints, taker: Ints) -> None:
        """One more run, in which these takers went to these targets (places of the staffing)."""
        each, takers = self.staffing, len(self.staffing.capacity)
        places = np.searchsorted(each.target * takers + each.taker, target * takers + taker)
        self.taken[places] += 1
        self.loads += np.bincount(np.bincount(taker, minlength=takers), minlength=len(self.loads))
        self.near += len(places) - int(each.near[places].sum())
        self.runs += 1

    @property
    def counts(self) -> Counts:
        """What was counted, without the staffing."""
        return self.runs, self.taken, self.loads, self.near

    def add(self, counts: Counts) -> None:
        """What was counted elsewhere, of the same staffing."""
        runs, taken, loads, near = counts
        self.runs, self.taken, self.loads, self.near = (
            self.runs + runs,
            self.taken + taken,
            self.loads + loads,
            self.near + near,
        )


# Who goes where, of a pairing


@dataclass(frozen=True)
class Seated:
    """The pairs of a department: row indexes of targets and of inspectors, side by side."""

    target: Ints
    inspector: Ints


def seated(pairing: Paired | GroupsPaired | Shortage) -> dict[str, Seated]:
    """The pairs by department, of teams or of groups; nothing where there is a shortage."""
    found: dict[str, list[tuple[int, int]]] = {}
    match pairing:
        case Paired(pairs, _):
            for pair in pairs:
                found.setdefault(pair.department, []).append((pair.target, pair.inspector))
        case GroupsPaired(groups, group_pairs):
            members: dict[int, list[tuple[str, int]]] = {}
            for member in groups.members:
                members.setdefault(member.group, []).append((member.department, member.inspector))
            for each in group_pairs:
                for department, inspector in members[each.group]:
                    found.setdefault(department, []).append((each.target, inspector))
    arrays = {code: np.array(each, dtype=np.int64) for code, each in found.items()}
    return {code: Seated(each[:, 0], each[:, 1]) for code, each in arrays.items()}


def open_to(plan: Plan, frame: Frame, drawn: Sequence[int]) -> list[Staffing]:
    """For each department of the plan who may sit where, pair bars aside.

    In a fixed group a member need not hold the target's region, as long as one of his department does; the rest of what
    a group asks for is left out, so that what is forced is forced all the more.
    """
    rows = sorted(drawn)
    if plan.teams == FIXED:
        found = [_in_groups(department, frame, rows) for department in plan.departments]
    else:
        found = [staffing(department, frame, rows, _NO_KEY) for department in plan.departments]
    # where all seats are leads' nobody else may take one
    return [each.only(each.qualified[each.taker]) if each.leads == each.size else each for each in found]


def _in_groups(department: Department, frame: Frame, rows: Sequence[int]) -> Staffing:
    spans = {code: (start, number) for code, start, number in frame.inspectors.spans()}
    first, takers = spans.get(department.code, (0, 0))
    people = frame.inspectors.rows[first : first + takers]
    barred = {(row[1], row[0]) for row in frame.bars.rows}
    targets = [frame.targets.rows[i] for i in rows]
    free = np.array([[(t[1], j[1]) not in barred for j in people] for t in targets], dtype=bool)
    target, taker = (each.astype(np.int64) for each in np.nonzero(free.reshape(len(rows), takers)))
    nothing = np.zeros_like(target)
    return Staffing(
        department=department.code,
        size=department.size,
        leads=department.leads,
        targets=len(rows),
        first=first,
        capacity=np.array([int(row[5]) for row in people], dtype=np.int64),
        qualified=np.array([department.may_lead(row[2]) for row in people], dtype=bool),
        target=target,
        taker=taker,
        near=travel([[row[3]] for row in people], [each[2] for each in targets], target, taker),
        cost=nothing,
        remainder=nothing,
    )


# How sure one may be


@dataclass(frozen=True)
class Largest:
    """The largest chance of a pair as it was counted, and the limits within which the true one lies, but for DOUBT.

    The largest of many counted chances is larger than the largest chance, for luck alone makes one of them so: the limits
    are those of all pairs at once (Clopper and Pearson, Bonferroni).
    """

    place: int
    count: int
    runs: int
    low: float
    high: float

    @property
    def counted(self) -> float:
        """How often the pair came, of all runs."""
        return self.count / self.runs


def largest(tally: Tally) -> Largest | None:
    """The pair that came most often; None where nothing was run, or there is no pair."""
    if not tally.runs or not len(tally.taken):
        return None
    place = int(tally.taken.argmax())
    count = int(tally.taken[place])
    low, high = limits(count, tally.runs, DOUBT / len(tally.taken))
    return Largest(place, count, tally.runs, low, high)


def limits(count: int, runs: int, doubt: float = DOUBT) -> tuple[float, float]:
    """Between which chances that of something lies which came so many times, wrong in `doubt` of all cases at most.

    The limits are exact: C. Clopper, E. Pearson, The use of confidence or fiducial limits, 1934.
    """
    low = 0.0 if count == 0 else _at(lambda p: _tail(count, runs, p) - doubt / 2)
    high = 1.0 if count == runs else _at(lambda p: doubt / 2 - 1 + _tail(count + 1, runs, p))
    return low, high


def _at(rising: Callable[[float], float]) -> float:
    """Where a function that rises from below to above nothing is nothing."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def _tail(count: int, runs: int, chance: float) -> float:
    """The chance that something of a chance comes `count` times or more in so many runs."""
    times = np.arange(count, runs + 1)
    logs = np.concatenate([np.zeros(1), np.cumsum(np.log(np.arange(1, runs + 1)))])
    ways = logs[runs] - logs[times] - logs[runs - times]
    return float(np.exp(ways + times * log(chance) + (runs - times) * log(1 - chance)).sum())


# How unpredictable


@dataclass(frozen=True)
class Surprise:
    """For each target how much it surprises who comes, in bits per seat, and how much it could at most.

    The surprise of a member is log2(1 / his chance), here its mean; with one seat it is Shannon's entropy. It is nothing
    where it is certain who comes, and log2(eligible / seats) where all who may go are equally likely.
    """

    bits: Numbers
    possible: Numbers

    @property
    def mean(self) -> float:
        """Over all targets."""
        return float(self.bits.mean()) if len(self.bits) else 0.0

    @property
    def share(self) -> float:
        """Of what could be, over all targets; 1 where nothing could be."""
        could = float(self.possible.sum())
        return float(self.bits.sum()) / could if could else 1.0


def surprise(tally: Tally) -> Surprise:
    """The surprise of every target, with what is counted too little in few runs added (G. Miller, W. Madow, 1954)."""
    each = tally.staffing
    chance = tally.taken / max(1, tally.runs)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_pair = np.where(chance > 0, -chance * np.log2(chance), 0.0)
    found = np.bincount(each.target, of_pair, each.targets) / each.size
    came = np.bincount(each.target, tally.taken > 0, each.targets) - each.size
    eligible = np.bincount(each.target, minlength=each.targets)
    possible = np.log2(np.maximum(1.0, eligible / each.size))
    little = np.maximum(0, came) / (2 * max(1, tally.runs) * log(2) * each.size)
    return Surprise(np.minimum(found + little, possible), possible)


def even(each: Staffing) -> Numbers:
    """The chance of each candidacy if all who may go to its target were equally likely."""
    eligible = np.bincount(each.target, minlength=each.targets)
    share: Numbers = np.minimum(1.0, each.size / np.maximum(1, eligible))[each.target]
    return share


# Loads


@dataclass(frozen=True)
class Spread:
    """How targets are spread over inspectors: the fewest and the most that anybody had, the mean, and the deviation."""

    least: int
    mean: float
    most: int
    deviation: float


def spread(loads: Ints) -> Spread | None:
    """Of a count of loads, as a tally has it; None where nobody was counted."""
    times = int(loads.sum())
    if not times:
        return None
    had, number = np.flatnonzero(loads), np.arange(len(loads))
    mean = float((loads * number).sum() / times)
    deviation = float((loads * (number - mean) ** 2).sum() / times) ** 0.5
    return Spread(int(had[0]), mean, int(had[-1]), deviation)


def binned(chances: Iterable[float] | Numbers, bins: int) -> list[int]:
    """How many chances lie in each of so many equal parts of 0 to 1; what lies on an edge belongs to the part above it."""
    parts = np.minimum((np.asarray(chances) * bins + 1e-9).astype(np.int64), bins - 1)
    counts: list[int] = np.bincount(parts, minlength=bins).tolist()
    return counts
