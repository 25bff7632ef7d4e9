"""The best assignment of one department by other people's solvers, over the network that docs/protocol.md defines.

Both are written arc by arc after section 10.1 of the protocol, and share with the product only the staffing they are
asked about. Neither trusts a floating-point number:

- networkx solves once, with Python's integers: every level of section 10.2 is a digit of one weight (section 8.2).
- HiGHS computes with doubles. So it solves level by level and is only believed to propose: its flow and its potentials
  are rounded to integers, and integers show that no arc breaks section 10.3, which proves the level. Arcs whose rise is
  not 0 then stand still, because to move them would make this level worse.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import networkx
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from matching.pairing.problem import Staffing
from matching.pairing.solve import Seated, fill

DIGIT = 2**96  # greater than the sum of any level
INFEASIBLE = 2  # of HiGHS, as scipy tells it


@dataclass(frozen=True)
class Arc:
    """An arc of section 10.1 with its cost in every level; `candidacy` is its place in the staffing's arrays."""

    tail: object
    head: object
    capacity: int
    costs: tuple[int, ...]
    candidacy: int | None = None


def levels_of(objectives: Sequence[str]) -> list[str]:
    """The levels that decide, without `shared`, which only proves."""
    return [
        level for name in objectives for level in (("cost", "remainder") if name == "tickets" else (name,))
    ]


def arcs_of(each: Staffing, objectives: Sequence[str]) -> list[Arc]:
    """The network of one department, arc by arc."""
    names = levels_of(objectives)
    arcs = []
    for taker, capacity in enumerate(each.capacity.tolist()):
        for unit in range(1, min(capacity, each.targets) + 1):
            costs = tuple(2 * unit - 1 if name == "balance" else 0 for name in names)
            arcs.append(Arc("source", ("taker", taker), 1, costs))
    for place, (target, taker) in enumerate(zip(each.target.tolist(), each.taker.tolist(), strict=True)):
        told = {"near": each.near[place], "cost": each.cost[place], "remainder": each.remainder[place]}
        costs = tuple(int(told.get(name, 0)) for name in names)
        if each.leads == 0 or each.qualified[taker]:
            arcs.append(Arc(("taker", taker), ("seats", target), 1, costs, place))
        elif each.leads < each.size:
            arcs.append(Arc(("taker", taker), ("gate", target), 1, costs, place))
    nothing = (0,) * len(names)
    for target in range(each.targets if 0 < each.leads < each.size else 0):
        arcs.append(Arc(("gate", target), ("seats", target), each.size - each.leads, nothing))
    return arcs


def demands(each: Staffing, arcs: Sequence[Arc]) -> dict[object, int]:
    """What every node takes; the source, negative, gives."""
    taken: dict[object, int] = {node: 0 for arc in arcs for node in (arc.tail, arc.head)}
    return taken | {"source": -each.demand} | {("seats", t): each.size for t in range(each.targets)}


def seated(each: Staffing, arcs: Sequence[Arc], flow: Sequence[int]) -> Seated:
    """The answer that a flow is."""
    taken = [
        arc.candidacy for arc, units in zip(arcs, flow, strict=True) if units and arc.candidacy is not None
    ]
    return Seated(each, np.array(sorted(taken), dtype=np.int64))


def fill_by_networkx(
    each: Staffing, objectives: Sequence[str], avoided: Collection[int] = ()
) -> Seated | None:
    """The answer of networkx' network simplex; None where no flow fills the seats.

    Among equal answers it takes one with the fewest `avoided` candidacies (places in the staffing's arrays).
    """
    arcs = arcs_of(each, objectives)
    graph: Any = networkx.MultiDiGraph()
    for node, demand in demands(each, arcs).items():
        graph.add_node(node, demand=demand)
    for place, arc in enumerate(arcs):
        weight = 0
        for cost in (*arc.costs, int(arc.candidacy in avoided)):
            weight = weight * DIGIT + cost
        graph.add_edge(arc.tail, arc.head, key=place, capacity=arc.capacity, weight=weight)
    try:
        _, found = networkx.network_simplex(graph)
    except networkx.NetworkXUnfeasible:
        return None
    return seated(each, arcs, [found[arc.tail][arc.head][place] for place, arc in enumerate(arcs)])


def fill_by_highs(each: Staffing, objectives: Sequence[str]) -> Seated | None:
    """The answer of HiGHS, level by level, each level proved in integers; None where no flow fills the seats."""
    arcs = arcs_of(each, objectives)
    if not arcs:
        return None if each.demand else seated(each, [], [])
    incidence, taken = _equations(each, arcs)
    low = np.zeros(len(arcs), dtype=np.int64)
    high = np.array([arc.capacity for arc in arcs], dtype=np.int64)
    for level in range(len(levels_of(objectives))):
        cost = np.array([arc.costs[level] for arc in arcs], dtype=np.int64)
        told = linprog(
            cost, A_eq=incidence, b_eq=taken, bounds=np.column_stack([low, high]), method="highs-ds"
        )
        if told.status == INFEASIBLE:
            return None
        assert told.status == 0, told.message
        flow, rise = _proved(incidence, taken, cost, low, high, told)
        low, high = np.where(rise == 0, low, flow), np.where(rise == 0, high, flow)
    return seated(each, arcs, flow.tolist())


def _equations(each: Staffing, arcs: Sequence[Arc]) -> tuple[csr_array, np.ndarray]:
    """What flows into each node less what flows out, and what must stay there."""
    wanted = demands(each, arcs)
    place = dict(zip(wanted, count()))
    column = np.arange(len(arcs))
    incidence = csr_array(
        (
            np.repeat(np.array([-1, 1], dtype=np.int64), len(arcs)),
            (
                np.array([place[arc.tail] for arc in arcs] + [place[arc.head] for arc in arcs]),
                np.concatenate([column, column]),
            ),
        ),
        shape=(len(place), len(arcs)),
    )
    return incidence, np.array(list(wanted.values()), dtype=np.int64)


def _proved(
    incidence: csr_array, taken: np.ndarray, cost: np.ndarray, low: np.ndarray, high: np.ndarray, told: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The proposed flow in integers and the rise of every arc, after integers have shown that none is smaller."""
    flow = np.rint(told.x).astype(np.int64)
    potentials = np.rint(told.eqlin.marginals).astype(np.int64)
    rise = cost - incidence.T @ potentials
    assert (incidence @ flow == taken).all(), "a node keeps something"
    assert ((low <= flow) & (flow <= high)).all(), "an arc carries more than it can"
    assert not ((flow < high) & (rise < 0)).any(), "an arc that could carry more falls"
    assert not ((flow > low) & (rise > 0)).any(), "an arc that carries something rises"
    return flow, rise


def shuffled(chance: np.random.Generator) -> Any:
    """The product's own solver, which is told targets and takers in an order of chance."""

    def fill_shuffled(each: Staffing, objectives: Sequence[str]) -> Seated | None:
        targets, takers = chance.permutation(each.targets), chance.permutation(len(each.capacity))
        target, taker = targets[each.target], takers[each.taker]
        order = np.lexsort((taker, target))
        moved = replace(each.only(order), target=target[order], taker=taker[order])
        moved = replace(
            moved, capacity=_placed(each.capacity, takers), qualified=_placed(each.qualified, takers)
        )
        found = fill(moved, objectives)
        return None if found is None else Seated(each, np.sort(order[found.taken]))

    return fill_shuffled


def _placed(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    placed = np.empty_like(values)
    placed[places] = values
    return placed
