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

import numpy as np

from matching.pairing.network import Costs, Ints, Network, Open, level_prices, lowered
from matching.pairing.pairs import Short, Steps
from matching.pairing.problem import Staffing

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
        self.net = Network(staffing)
        self.used = np.zeros(len(staffing.taker), dtype=bool)
        self.used[taken] = True
        self.load = self.net.loads(self.used)

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


def _free(left: _Residual) -> Open:
    """All that no level has decided: before the first, everything."""
    passed = left.net.passed(left.used)
    return Open(
        unused=left.net.usable & ~left.used,
        used=left.used.copy(),
        more=left.load < left.staffing.capacity,
        less=left.load > 0,
        open=passed < left.net.room,
        passed=passed > 0,
    )


def _distances(left: _Residual, free: Open, level: str) -> tuple[Ints, Ints] | None:
    """Distances of takers and heads over the free arcs, from a node that reaches all at 0, less the source's.

    None where a way around costs less than nothing.
    """
    costs = Costs(left.costs(level), left.next_load(level), left.last_load(level))
    at = lowered(left.net, free, costs, level_prices(left.net))
    return None if at is None else (at.takers - at.source, at.heads - at.source)


def _narrow(left: _Residual, free: Open, level: str, at: tuple[Ints, Ints]) -> None:
    """Leave free what this level does not decide either."""
    takers, heads = at
    targets = left.staffing.targets
    rise = _rise(left, level, takers, heads)
    free.unused &= rise == 0
    free.used &= rise == 0
    free.more &= left.next_load(level) == takers
    free.less &= left.last_load(level) == takers
    if left.net.gated:
        level_gates = heads[targets:] == heads[:targets]
        free.open &= level_gates
        free.passed &= level_gates


def _rise(left: _Residual, level: str, takers: Ints, heads: Ints) -> Ints:
    """Of each candidacy its cost and its taker's potential, less its head's."""
    each = left.staffing
    rise: Ints = left.costs(level) + takers[each.taker] - heads[left.net.head]
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


def _broken(left: _Residual, free: Open, level: str, takers: Ints, heads: Ints) -> Iterator[Violation]:
    each, targets = left.staffing, left.staffing.targets
    rise = _rise(left, level, takers, heads)
    for place in np.flatnonzero((free.unused & (rise < 0)) | (free.used & (rise > 0)))[:1]:
        yield Violation("candidacy", int(each.target[place]), int(each.taker[place]), level)
    load = (free.more & (left.next_load(level) < takers)) | (free.less & (left.last_load(level) > takers))
    for taker in np.flatnonzero(load)[:1]:
        yield Violation("load", -1, int(taker), level)
    if left.net.gated:
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
