"""The certificate of a solved pairing (最优性证明): potentials that prove it cheapest, and the only one.

Whoever checks them needs no solver: one comparison for each arc of the network that docs/protocol.md defines. Its nodes
are the source, the takers, and for each target its seats, before them a gate where leads are asked for. A pairing is a
flow on it. It is the smallest in the objectives, compared one after another, if and only if every node can be given a
potential, one number for each objective, so that along no arc that could carry more, and against no arc that carries
something, the sum of cost and potentials falls.

That it is the only one is one more objective, compared last: to share as few pairs with the pairing as can be. Where the
pairing itself is smallest in that too, nothing that costs the same differs from it in a single pair.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.pairing.network import arcs_of
from matching.pairing.pairs import Short, Steps
from matching.pairing.problem import Staffing

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_FEW = 2  # one taker in so many: from there on the arcs of those that moved are looked at, and no others
SHARED = "shared"
_LEVELS = {"near": ("near",), "balance": ("balance",), "tickets": ("cost", "remainder")}


def levels(objectives: Sequence[str]) -> tuple[str, ...]:
    """The numbers of a potential, in the order in which they are compared."""
    return (*(level for name in objectives for level in _LEVELS[name]), SHARED)


@dataclass(frozen=True)
class Potentials:
    """For each level a number per node: the source's is 0 and left out; `gates` are empty where there are none."""

    takers: Ints  # level, taker
    seats: Ints  # level, target
    gates: Ints  # level, target


@dataclass(frozen=True)
class NotUnique:
    """Another pairing is as small in every objective."""


@dataclass(frozen=True)
class Violation:
    """An arc along which the potentials prove nothing: a cheaper pairing, or another one, may use it.

    `target` and `taker` are places of the staffing, -1 where the arc has none; `level` is where it shows.
    """

    arc: str
    target: int
    taker: int
    level: str


class _Residual:
    """What a pairing leaves open: arcs that can carry more lead forward, arcs that carry something lead back."""

    def __init__(self, staffing: Staffing, taken: Ints) -> None:
        self.staffing = staffing
        takers, targets = len(staffing.capacity), staffing.targets
        gated = 0 < staffing.leads < staffing.size
        usable = (
            staffing.qualified[staffing.taker]
            if staffing.leads == staffing.size
            else np.ones(len(staffing.taker), dtype=bool)
        )
        self.used = np.zeros(len(staffing.taker), dtype=bool)
        self.used[taken] = True
        self.unused = usable & ~self.used
        through = ~staffing.qualified[staffing.taker] if gated else np.zeros(len(staffing.taker), dtype=bool)
        # heads: seats first, then gates
        self.head = staffing.target + np.where(through, targets, 0)
        self.heads = 2 * targets if gated else targets
        self.load = np.bincount(staffing.taker[taken], minlength=takers)
        passed = np.bincount(staffing.target[self.used & through], minlength=targets)
        self.gate_open = (passed < staffing.size - staffing.leads) if gated else np.zeros(0, dtype=bool)
        self.gate_used = (passed > 0) if gated else np.zeros(0, dtype=bool)

    @cached_property
    def by_head(self) -> Ints:
        """The candidacies by head: they stand by target, so those to seats and those to gates each do."""
        targets = self.staffing.targets
        return np.concatenate([np.flatnonzero(self.head < targets), np.flatnonzero(self.head >= targets)])

    @cached_property
    def by_taker(self) -> Ints:
        """The candidacies by taker."""
        # numpy sorts small whole numbers many times faster
        small = self.staffing.taker.astype(np.min_scalar_type(len(self.staffing.capacity)))
        return np.argsort(small, kind="stable")

    def costs(self, level: str) -> Ints:
        """What each candidacy costs."""
        each = self.staffing
        match level:
            case "near":
                return each.near
            case "cost":
                return each.cost
            case "remainder":
                return each.remainder
            case "shared":
                return np.where(self.used, 1, -1).astype(np.int64)
            case _:
                return np.zeros(len(each.taker), dtype=np.int64)

    def next_load(self, level: str) -> Ints:
        """What one target more would cost a taker: the square of his load grows by 1, 3, 5, ..."""
        return 2 * self.load + 1 if level == "balance" else np.zeros_like(self.load)

    def last_load(self, level: str) -> Ints:
        """What his last target costs him."""
        return 2 * self.load - 1 if level == "balance" else np.zeros_like(self.load)


@dataclass
class _Free:
    """The residual arcs that no level so far has decided."""

    unused: Truths
    used: Truths
    more: Truths  # source -> taker
    less: Truths  # taker -> source
    open: Truths  # gate -> seats
    passed: Truths  # seats -> gate


def certify(staffing: Staffing, taken: Ints, objectives: Sequence[str]) -> Potentials | NotUnique:
    """Potentials for a pairing: shortest distances in what it leaves open, level by level.

    `taken` are the candidacies of the pairing as places in the staffing's arrays. Raises RuntimeError where it is not
    the smallest.
    """
    left = _Residual(staffing, taken)
    free = _free(left)
    found = []
    for level in levels(objectives):
        at = _distances(left, free, level)
        if at is None:
            if level == SHARED:
                return NotUnique()
            raise RuntimeError(f"the pairing is not the smallest in {level}")
        found.append(at)
        _narrow(left, free, level, at)
    takers, heads = (np.array([each[place] for each in found]) for place in (0, 1))
    targets = staffing.targets
    return Potentials(takers, heads[:, :targets], heads[:, targets:])


def _free(left: _Residual) -> _Free:
    return _Free(
        unused=left.unused.copy(),
        used=left.used.copy(),
        more=left.load < left.staffing.capacity,
        less=left.load > 0,
        open=left.gate_open.copy(),
        passed=left.gate_used.copy(),
    )


def _distances(left: _Residual, free: _Free, level: str) -> tuple[Ints, Ints] | None:
    """Distances of takers and heads over the free arcs, from a node that reaches all at 0, less the source's.

    Seats and gates are passed through, so that a sweep is one step of every taker (Bellman and Ford). None where a way
    around costs less than nothing.
    """
    each, cost = left.staffing, left.costs(level)
    ahead, back = _Arcs(left, free.unused, cost), _Arcs(left, free.used, -cost)
    targets = each.targets
    more, less = left.next_load(level)[free.more], -left.last_load(level)[free.less]
    takers, heads, source = np.zeros(len(each.capacity), np.int64), np.zeros(left.heads, np.int64), 0
    moved, unseen = np.arange(len(takers)), np.arange(left.heads)
    for _ in range(len(takers) + left.heads + 2):
        before = takers.copy(), heads.copy(), source
        ahead.to_heads(takers, heads, moved)
        fallen = np.concatenate([unseen, np.flatnonzero(heads < before[1])])
        if left.heads > targets:
            fallen = _through_gates(free, heads[:targets], heads[targets:], fallen % targets)
        back.to_takers(heads, takers, fallen)
        if len(less):
            source = min(source, int((takers[free.less] + less).min()))
        takers[free.more] = np.minimum(takers[free.more], source + more)
        moved, unseen = np.flatnonzero(takers < before[0]), unseen[:0]
        if source == before[2] and not len(moved) and (heads == before[1]).all():
            return takers - source, heads - source
    return None


def _through_gates(free: _Free, seats: Ints, gates: Ints, targets: Ints) -> Ints:
    """Let seats and gates of some targets lower each other; gives these heads."""
    opened, passed = targets[free.open[targets]], targets[free.passed[targets]]
    seats[opened] = np.minimum(seats[opened], gates[opened])
    gates[passed] = np.minimum(gates[passed], seats[passed])
    return np.concatenate([targets, targets + len(seats)])


class _Arcs:
    """Some candidacies, by head and by taker."""

    def __init__(self, left: _Residual, chosen: Truths, cost: Ints) -> None:
        self._left, self._chosen, self._cost = left, chosen, cost
        self._takers = len(left.staffing.capacity)
        self._by_head = left.by_head[chosen[left.by_head]]
        self._taker, self._head = left.staffing.taker[self._by_head], left.head[self._by_head]
        self._cost_by_head = cost[self._by_head]
        self._first = np.flatnonzero(np.diff(self._head, prepend=-1))

    def to_heads(self, takers: Ints, heads: Ints, moved: Ints) -> None:
        """Lower the heads to the least of their arcs, where only some takers have moved since they were."""
        if not len(moved):
            return
        if len(moved) * _FEW < self._takers:
            first, head, cost = self._of_takers
            arcs = arcs_of(first, moved)
            np.minimum.at(
                heads, head[arcs], np.repeat(takers[moved], first[moved + 1] - first[moved]) + cost[arcs]
            )
        elif len(self._first):
            least = np.minimum.reduceat(takers[self._taker] + self._cost_by_head, self._first)
            at = self._head[self._first]
            heads[at] = np.minimum(heads[at], least)

    def to_takers(self, heads: Ints, takers: Ints, fallen: Ints) -> None:
        """Lower the takers along the arcs of some heads, turned round."""
        arcs = arcs_of(self._of_heads, fallen)
        np.minimum.at(takers, self._taker[arcs], heads[self._head[arcs]] + self._cost_by_head[arcs])

    @cached_property
    def _of_heads(self) -> Ints:
        return np.searchsorted(self._head, np.arange(self._left.heads + 1))

    @cached_property
    def _of_takers(self) -> tuple[Ints, Ints, Ints]:
        """The first arc of each taker, and heads and costs by taker."""
        places = self._left.by_taker[self._chosen[self._left.by_taker]]
        counts = np.bincount(self._left.staffing.taker[places], minlength=self._takers)
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return first, self._left.head[places], self._cost[places]


def _narrow(left: _Residual, free: _Free, level: str, at: tuple[Ints, Ints]) -> None:
    """Leave free what this level does not decide either."""
    takers, heads = at
    targets = left.staffing.targets
    rise = _rise(left, level, takers, heads)
    free.unused &= rise == 0
    free.used &= rise == 0
    free.more &= left.next_load(level) == takers
    free.less &= left.last_load(level) == takers
    if left.heads > targets:
        level_gates = heads[targets:] == heads[:targets]
        free.open &= level_gates
        free.passed &= level_gates


def _rise(left: _Residual, level: str, takers: Ints, heads: Ints) -> Ints:
    """Of each candidacy its cost and its taker's potential, less its head's."""
    each = left.staffing
    rise: Ints = left.costs(level) + takers[each.taker] - heads[left.head]
    return rise


def violation(
    staffing: Staffing, taken: Ints, objectives: Sequence[str], potentials: Potentials
) -> Violation | None:
    """The first arc that the potentials leave unproved, or None: then the pairing is the smallest, and the only one."""
    left = _Residual(staffing, taken)
    free = _free(left)
    for place, level in enumerate(levels(objectives)):
        takers = potentials.takers[place]
        heads = np.concatenate([potentials.seats[place], potentials.gates[place]])
        for broken in _broken(left, free, level, takers, heads):
            return broken
        _narrow(left, free, level, (takers, heads))
    return None


def _broken(left: _Residual, free: _Free, level: str, takers: Ints, heads: Ints) -> Iterator[Violation]:
    each, targets = left.staffing, left.staffing.targets
    rise = _rise(left, level, takers, heads)
    for place in np.flatnonzero((free.unused & (rise < 0)) | (free.used & (rise > 0)))[:1]:
        yield Violation("candidacy", int(each.target[place]), int(each.taker[place]), level)
    load = (free.more & (left.next_load(level) < takers)) | (free.less & (left.last_load(level) > takers))
    for taker in np.flatnonzero(load)[:1]:
        yield Violation("load", -1, int(taker), level)
    if left.heads > targets:
        gates, seats = heads[targets:], heads[:targets]
        for target in np.flatnonzero((free.open & (gates < seats)) | (free.passed & (gates > seats)))[:1]:
            yield Violation("gate", int(target), -1, level)


# What certificate.json says


@dataclass(frozen=True)
class TwoAnswers:
    """A department has another pairing as good in every objective: the lottery has no answer."""

    department: str
    round: int


def certificate(
    objectives: Sequence[str], rows: Sequence[int], steps: Steps, paired: bool
) -> dict[str, object] | TwoAnswers:
    """The content of certificate.json: a proof for everything that was solved, and for all that has no answer.

    `rows` are the drawn targets' row indexes in ascending order. Pairs are told but for a department's last ones, which
    stand in pairs.csv where everybody was `paired`.
    """
    last = (
        {each.seated.staffing.department: place for place, each in enumerate(steps.solved)} if paired else {}
    )
    solved = []
    for place, each in enumerate(steps.solved):
        staffing, taken = each.seated.staffing, each.seated.taken
        proof = certify(staffing, taken, objectives)
        if isinstance(proof, NotUnique):
            return TwoAnswers(staffing.department, each.round)
        told: dict[str, object] = {
            "round": each.round,
            "department": staffing.department,
            "takers": proof.takers.tolist(),
            "seats": proof.seats.tolist(),
            "gates": proof.gates.tolist(),
        }
        if place != last.get(staffing.department):
            told["pairs"] = [
                [rows[target], staffing.first + taker]
                for target, taker in zip(
                    staffing.target[taken].tolist(), staffing.taker[taken].tolist(), strict=True
                )
            ]
        solved.append(told)
    return {
        "levels": list(levels(objectives)),
        "solved": solved,
        "short": [_cut(each, rows) for each in steps.short],
    }


def _cut(short: Short, rows: Sequence[int]) -> dict[str, object]:
    """Seats that together ask for more than can reach them, and the gates on their side of the cut."""
    return {
        "round": short.round,
        "department": short.staffing.department,
        "ban": None if short.ban is None else list(short.ban),
        "seats": [rows[position] for position in np.flatnonzero(short.cut.seats).tolist()],
        "gates": [rows[position] for position in np.flatnonzero(short.cut.gates).tolist()],
    }
