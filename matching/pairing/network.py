"""The flow network of one department's seats, and exact optima on it.

    source -> taker -> seats of a target -> (supply -size)
                   \\-> gate -> /

A qualified taker goes to the seats at once, any other through the target's gate, which lets only `size - leads`
through: so at least `leads` of the seated are qualified, and who sits on which seat is nowhere a second answer.
Loads are arcs from the source; where balance counts, one arc per unit of load with the costs 1, 3, 5, ...,
whose sum is the square of the load.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow, min_cost_flow

from matching.pairing.problem import Staffing

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Network:
    """Arcs as parallel arrays: loads first, then the candidacies in their order, then the gates.

    `supply` of a node is what it gives (source) or, negative, what it takes (the seats of a target).
    """

    tail: Ints
    head: Ints
    capacity: Ints
    supply: Ints
    loads: slice
    candidacies: slice

    def nothing(self) -> Ints:
        """A zero for every arc, to write a cost or a flow on."""
        return np.zeros(len(self.tail), dtype=np.int64)


def network(staffing: Staffing, squared: bool) -> Network:
    """The network of a staffing; `squared` makes one arc per unit of load, as balance needs them."""
    takers, targets = len(staffing.capacity), staffing.targets
    loads = np.minimum(staffing.capacity, np.bincount(staffing.taker, minlength=takers))
    units = np.repeat(np.arange(takers), loads if squared else 1)
    gated = 0 < staffing.leads < staffing.size
    may, through_gate = _seats_of(staffing)
    seats = 1 + takers + staffing.target + np.where(through_gate, targets, 0)
    gates = 1 + takers + np.arange(targets if gated else 0)
    room = np.full(len(gates), staffing.size - staffing.leads)
    supply = np.zeros(1 + takers + targets + len(gates), dtype=np.int64)
    supply[0] = staffing.demand
    supply[1 + takers : 1 + takers + targets] = -staffing.size
    return Network(
        tail=np.concatenate([np.zeros(len(units), np.int64), 1 + staffing.taker, gates + targets]),
        head=np.concatenate([1 + units, seats, gates]),
        capacity=np.concatenate([np.ones(len(units), np.int64) if squared else loads, may, room]),
        supply=supply,
        loads=slice(0, len(units)),
        candidacies=slice(len(units), len(units) + len(may)),
    )


def _seats_of(staffing: Staffing) -> tuple[Ints, Truths]:
    """For each candidacy 1 where it may be used at all, and whether it passes the gate."""
    qualified = staffing.qualified[staffing.taker]
    if staffing.leads == staffing.size:
        return qualified.astype(np.int64), np.zeros_like(qualified)
    may = np.ones(len(qualified), dtype=np.int64)
    return may, ~qualified if staffing.leads else np.zeros_like(qualified)


def cheapest(net: Network, objectives: Sequence[Ints]) -> Ints | None:
    """The flow that is smallest in the objectives, compared one after another; None where no flow fills the seats.

    Each objective is solved over the optimal face of those before it: by complementary slackness, arcs of
    positive reduced cost are empty on that face, arcs of negative reduced cost are full, the others are free.
    """
    free = np.ones(len(net.tail), dtype=bool)
    fixed = net.nothing()
    *before, last = objectives
    for cost in before:
        flow = _min_cost_flow(net, cost, free, fixed)
        if flow is None:
            return None
        reduced = _reduced_costs(net, cost, free, flow)
        fixed[free & (reduced < 0)] = net.capacity[free & (reduced < 0)]
        free &= reduced == 0
    return _min_cost_flow(net, last, free, fixed)


def _min_cost_flow(net: Network, cost: Ints, free: Truths, fixed: Ints) -> Ints | None:
    """A cheapest flow over the free arcs, the others standing at their fixed flow."""
    nodes = len(net.supply)
    supply = net.supply.copy()
    np.subtract.at(supply, net.tail, fixed)
    np.add.at(supply, net.head, fixed)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        net.tail[free].astype(np.int32), net.head[free].astype(np.int32), net.capacity[free], cost[free]
    )
    solver.set_nodes_supplies(np.arange(nodes, dtype=np.int32), supply)
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status != solver.OPTIMAL:
        raise RuntimeError(f"SimpleMinCostFlow: {status}")
    flow = fixed.copy()
    flow[free] = solver.flows(arcs)
    return flow


def _reduced_costs(net: Network, cost: Ints, free: Truths, flow: Ints) -> Ints:
    """Cost of each arc minus the rise of the potential along it; zero on arcs that are not free.

    Potentials are shortest distances in the residual network of an optimal flow from a node that reaches all
    at cost zero (Bellman and Ford, only from nodes whose distance fell).
    """
    tail, head = net.tail[free], net.head[free]
    forward, back = flow[free] < net.capacity[free], flow[free] > 0
    distance = _distances(
        len(net.supply),
        np.concatenate([tail[forward], head[back]]),
        np.concatenate([head[forward], tail[back]]),
        np.concatenate([cost[free][forward], -cost[free][back]]),
    )
    reduced = net.nothing()
    reduced[free] = cost[free] + distance[tail] - distance[head]
    return reduced


def _distances(nodes: int, tail: Ints, head: Ints, cost: Ints) -> Ints:
    order = np.argsort(tail, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    first = np.searchsorted(tail, np.arange(nodes + 1))
    distance = np.zeros(nodes, dtype=np.int64)
    fallen = np.arange(nodes)
    for _ in range(nodes + 1):
        if not len(fallen):
            return distance
        arcs = arcs_of(first, fallen)
        reached = distance[tail[arcs]] + cost[arcs]
        better = reached < distance[head[arcs]]
        before = distance.copy()
        np.minimum.at(distance, head[arcs][better], reached[better])
        fallen = np.flatnonzero(distance < before)
    raise RuntimeError("the flow is not optimal: its residual network has a negative cycle")


def arcs_of(first: Ints, nodes: Ints) -> Ints:
    """The places of all arcs that leave the nodes, in an array sorted by tail."""
    counts = first[nodes + 1] - first[nodes]
    ends = np.cumsum(counts)
    within = np.arange(int(counts.sum()), dtype=np.int64) - np.repeat(ends - counts, counts)
    arcs: Ints = within + np.repeat(first[nodes], counts)
    return arcs


@dataclass(frozen=True)
class Cut:
    """The greatest number of seats that can be filled, and the minimum cut nearest to the seats.

    `seats`, `gates`: per target, whether its seats and its gate lie on the side of the cut that is short.
    """

    greatest: int
    seats: Truths
    gates: Truths


def greatest(staffing: Staffing) -> Cut:
    """Fill as many seats as can be filled (maximum flow)."""
    net = network(staffing, squared=False)
    takers, targets = len(staffing.capacity), staffing.targets
    sink = len(net.supply)
    seats = 1 + takers + np.arange(targets)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(
        np.concatenate([net.tail, seats]).astype(np.int32),
        np.concatenate([net.head, np.full(targets, sink)]).astype(np.int32),
        np.concatenate([net.capacity, np.full(targets, staffing.size)]),
    )
    if solver.solve(0, sink) != solver.OPTIMAL:
        raise RuntimeError("SimpleMaxFlow")
    short = np.zeros(1 + takers + 2 * targets + 1, dtype=bool)
    short[solver.get_sink_side_min_cut()] = True
    short[sink] = False
    return Cut(int(solver.optimal_flow()), short[seats], short[seats + targets])
