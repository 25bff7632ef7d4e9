"""One department's answer: the assignment smallest in the plan's objectives (draw-1, section 6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.pairing.ascent import ascend
from matching.pairing.face import Face, Objective, whole
from matching.pairing.network import Ints, Network, Prices, Truths, level_prices, lowered
from matching.pairing.problem import Staffing

_FIRST, _NEXT = 4, 2
"""For each seat the cheapest candidacies that are looked at first, and those that come along with missed ones."""
_DEAR = 1 << 40
"""Above every cost."""


@dataclass(frozen=True)
class Seated:
    """A filled staffing: the candidacies that were taken, as places in its arrays, by (target, taker)."""

    staffing: Staffing
    taken: Ints


def fill(staffing: Staffing, objectives: Sequence[str]) -> Seated | None:
    """The assignment smallest in `objectives`, or None where the seats cannot all be filled."""
    if not staffing.demand:
        return Seated(staffing, np.empty(0, dtype=np.int64))
    face = whole(Network(staffing))
    *before, last = _sums(staffing, objectives)
    used = None
    for objective in before:
        found = smallest(face, objective, used)
        if found is None:
            return None
        used, prices = found
        face.narrow(objective, prices)
    assert used is not None, "tickets are two sums"
    return Seated(staffing, np.flatnonzero(_cheapest(face, last.cost, face.free)))


def _sums(staffing: Staffing, objectives: Sequence[str]) -> Iterator[Objective]:
    for name in objectives:
        match name:
            case "near":
                yield Objective(staffing.near)
            case "balance":
                yield Objective(np.zeros_like(staffing.near), squared=True)
            case "tickets":
                yield Objective(staffing.cost)
                yield Objective(staffing.remainder)
            case _:
                raise ValueError(name)


def smallest(face: Face, objective: Objective, used: Truths | None) -> tuple[Truths, Prices] | None:
    """An answer on the face that is smallest in the objective, and prices that prove it; None where there is none.

    `used` is any answer on the face, where one is known.
    """
    if objective.squared or objective.cost.max(initial=0) <= 1:
        return ascend(face, objective)
    if used is None:
        found = ascend(face, Objective(np.zeros_like(objective.cost)))
        if found is None:
            return None
        used = found[0]
    return _priced(face, objective, used)


def _priced(face: Face, objective: Objective, used: Truths) -> tuple[Truths, Prices]:
    """Solve on a core of candidacies, price the others, add those that would lower the sum, until none would."""
    net = face.net
    core = face.free & (used | _cheap(face, objective.cost, _FIRST))
    while True:
        used = _cheapest(face, objective.cost, core)
        costs = objective.costs(net.loads(used))
        prices = lowered(net, face.open(used, core), costs, level_prices(net))
        assert prices is not None, "a cheapest flow leaves no way around that costs less than nothing"
        rise = objective.rise(net, prices)
        missed = face.free & ~core & (rise < 0)
        if not missed.any():
            return used, prices
        # at the next prices, which are near these, others would be missed: those that nearly are come along
        core |= missed | _cheap(face, np.where(core, _DEAR, np.maximum(rise, 0)), _NEXT)


def _cheap(face: Face, cost: Ints, several: int) -> Truths:
    """Of each target's free candidacies the cheapest, several for each seat."""
    staffing = face.net.staffing
    places = np.flatnonzero(face.free)
    targets, cost = staffing.target[places], cost[places]
    order = np.argsort((targets << 41) + np.minimum(cost, _DEAR))
    targets = targets[order]
    rank = np.arange(len(targets)) - np.searchsorted(targets, targets)
    cheap = np.zeros(len(staffing.target), dtype=bool)
    cheap[places[order[rank < several * staffing.size]]] = True
    return cheap


def _cheapest(face: Face, cost: Ints, core: Truths) -> Truths:
    """The answer on the face that costs least, with no other free candidacies than those of the core."""
    net, staffing = face.net, face.net.staffing
    chosen = np.flatnonzero(core & face.free)
    takers, targets = 1 + np.arange(net.takers), np.arange(net.targets)
    gates = targets[: len(face.most_passed)]
    tails = [np.zeros(net.takers, np.int64), 1 + staffing.taker[chosen], 1 + net.takers + net.targets + gates]
    heads = [takers, 1 + net.takers + net.head[chosen], 1 + net.takers + gates]
    room = [face.most - face.least, np.ones(len(chosen), np.int64), face.most_passed - face.least_passed]
    nothing = np.zeros(net.takers, np.int64)
    costs = [nothing, cost[chosen], np.zeros(len(gates), np.int64)]
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(tails).astype(np.int32),
        np.concatenate(heads).astype(np.int32),
        np.concatenate(room),
        np.concatenate(costs),
    )
    supply = _supply(face)
    solver.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"SimpleMinCostFlow found no answer where one is known: {status}")
    used = face.forced.copy()
    used[chosen] = solver.flows(arcs[net.takers : net.takers + len(chosen)]) > 0
    return used


def _supply(face: Face) -> Ints:
    """What each node of the network gives (source) or, negative, takes, once the forced flow stands."""
    net, staffing = face.net, face.net.staffing
    seated = np.bincount(net.head[face.forced], minlength=net.heads)
    seats = seated[: net.targets] - staffing.size
    if net.gated:
        seats = seats + face.least_passed
    return np.concatenate(
        [
            [staffing.demand - int(face.least.sum())],
            face.least - net.loads(face.forced),
            seats,
            seated[net.targets :] - face.least_passed,
        ]
    ).astype(np.int64)
