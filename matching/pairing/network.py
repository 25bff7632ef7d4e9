"""The flow network of one department's seats, what a pairing leaves open on it, and its cheapest prices.

    source -> taker -> seats of a target -> (supply -size)
                   \\-> gate -> /

A qualified taker goes to the seats at once, any other through the target's gate, which lets only `size - leads`
through: so at least `leads` of the seated are qualified, and who sits on which seat is nowhere a second answer.
Seats and gates together are the heads of the candidacies. The loads are arcs from the source; where balance counts,
every further unit of a load costs 1, 3, 5, ..., whose sum is the square of the load.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow

from matching.pairing.problem import Staffing

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

FAR = 2**60
"""A price that nothing reaches."""
_FEW = 2  # one taker in so many: from there on the arcs of those that moved are looked at, and no others


class Network:
    """The nodes that the candidacies of a staffing lead to: the seats of each target, then, where leads count, its gate."""

    def __init__(self, staffing: Staffing) -> None:
        self.staffing = staffing
        self.takers, self.targets = len(staffing.capacity), staffing.targets
        self.gated = 0 < staffing.leads < staffing.size
        qualified = staffing.qualified[staffing.taker]
        self.through = ~qualified if self.gated else np.zeros_like(qualified)
        self.usable = qualified if staffing.leads == staffing.size else np.ones_like(qualified)
        self.head = staffing.target + np.where(self.through, self.targets, 0)
        self.heads = 2 * self.targets if self.gated else self.targets
        self.room = staffing.size - staffing.leads if self.gated else 0

    @cached_property
    def by_head(self) -> Ints:
        """The candidacies by head: they stand by target, so those to seats and those to gates each do."""
        if not self.gated:
            return np.arange(len(self.head))
        return np.concatenate([np.flatnonzero(~self.through), np.flatnonzero(self.through)])

    @cached_property
    def by_taker(self) -> Ints:
        """The candidacies by taker."""
        # numpy sorts small whole numbers many times faster
        return np.argsort(self.staffing.taker.astype(np.min_scalar_type(self.takers)), kind="stable")

    def loads(self, used: Truths) -> Ints:
        """How many candidacies of each taker are used."""
        return np.bincount(self.staffing.taker[used], minlength=self.takers)

    def passed(self, used: Truths) -> Ints:
        """How many go through each gate."""
        gates = self.targets if self.gated else 0
        return np.bincount(self.staffing.target[used & self.through], minlength=gates)


@dataclass
class Open:
    """Arcs of the residual network: those that can carry more lead forward, those that carry something lead back."""

    unused: Truths
    used: Truths
    more: Truths  # source -> taker
    less: Truths  # taker -> source
    open: Truths  # gate -> seats
    passed: Truths  # seats -> gate


@dataclass(frozen=True)
class Costs:
    """What a candidacy costs, and of each taker the unit of load that would come next, and the one that came last."""

    candidacy: Ints
    following: Ints
    last: Ints


@dataclass(frozen=True)
class Prices:
    """A number for each node; what counts is by how much they rise along an arc."""

    takers: Ints
    heads: Ints
    source: int


def level_prices(net: Network, price: int = 0) -> Prices:
    """The same for all takers and heads; the source's is 0."""
    return Prices(np.full(net.takers, price, np.int64), np.full(net.heads, price, np.int64), 0)


def lowered(net: Network, left: Open, costs: Costs, start: Prices) -> Prices | None:
    """The prices after no arc leads down any more: cheapest ways from those of the start (Bellman and Ford).

    Seats and gates are passed through, so that a sweep is one step of every taker. None where a way around costs less
    than nothing.
    """
    ahead, back = _Arcs(net, left.unused, costs.candidacy), _Arcs(net, left.used, -costs.candidacy)
    targets = net.targets
    more, less = costs.following[left.more], -costs.last[left.less]
    takers, heads, source = start.takers.copy(), start.heads.copy(), start.source
    moved, unseen = np.arange(len(takers)), np.arange(net.heads)
    for _ in range(len(takers) + net.heads + 2):
        before = takers.copy(), heads.copy(), source
        ahead.to_heads(takers, heads, moved)
        fallen = np.concatenate([unseen, np.flatnonzero(heads < before[1])])
        if net.gated:
            fallen = _through_gates(left, heads[:targets], heads[targets:], fallen % targets)
        back.to_takers(heads, takers, fallen)
        if len(less):
            source = min(source, int((takers[left.less] + less).min()))
        takers[left.more] = np.minimum(takers[left.more], source + more)
        moved, unseen = np.flatnonzero(takers < before[0]), unseen[:0]
        if source == before[2] and not len(moved) and (heads == before[1]).all():
            return Prices(takers, heads, source)
    return None


def _through_gates(left: Open, seats: Ints, gates: Ints, targets: Ints) -> Ints:
    """Let seats and gates of some targets lower each other; gives these heads."""
    opened, passed = targets[left.open[targets]], targets[left.passed[targets]]
    seats[opened] = np.minimum(seats[opened], gates[opened])
    gates[passed] = np.minimum(gates[passed], seats[passed])
    return np.concatenate([targets, targets + len(seats)])


class _Arcs:
    """Some candidacies, by head and by taker."""

    def __init__(self, net: Network, chosen: Truths, cost: Ints) -> None:
        self._net, self._chosen, self._cost = net, chosen, cost
        self._by_head = net.by_head[chosen[net.by_head]]
        self._taker, self._head = net.staffing.taker[self._by_head], net.head[self._by_head]
        self._cost_by_head = cost[self._by_head]
        self._first = np.flatnonzero(np.diff(self._head, prepend=-1))

    def to_heads(self, takers: Ints, heads: Ints, moved: Ints) -> None:
        """Lower the heads to the least of their arcs, where only some takers have moved since they were."""
        if not len(moved):
            return
        if len(moved) * _FEW < self._net.takers:
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
        return np.searchsorted(self._head, np.arange(self._net.heads + 1))

    @cached_property
    def _of_takers(self) -> tuple[Ints, Ints, Ints]:
        """The first arc of each taker, and heads and costs by taker."""
        places = self._net.by_taker[self._chosen[self._net.by_taker]]
        counts = np.bincount(self._net.staffing.taker[places], minlength=self._net.takers)
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return first, self._net.head[places], self._cost[places]


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
    net = Network(staffing)
    takers, targets, heads = np.arange(net.takers), np.arange(net.targets), 1 + net.takers
    gates = targets[: net.targets if net.gated else 0]
    sink = heads + 2 * net.targets
    used = np.flatnonzero(net.usable)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(
        _nodes(np.zeros_like(takers), 1 + staffing.taker[used], heads + net.targets + gates, heads + targets),
        _nodes(1 + takers, heads + net.head[used], heads + gates, np.full(net.targets, sink)),
        np.concatenate(
            [
                staffing.capacity,
                np.ones(len(used), np.int64),
                np.full(len(gates), net.room),
                np.full(net.targets, staffing.size),
            ]
        ),
    )
    if solver.solve(0, sink) != solver.OPTIMAL:
        raise RuntimeError("SimpleMaxFlow")
    short = np.zeros(sink + 1, dtype=bool)
    short[solver.get_sink_side_min_cut()] = True
    short[sink] = False
    return Cut(int(solver.optimal_flow()), short[heads + targets], short[heads + net.targets + targets])


def _nodes(*parts: Ints) -> NDArray[np.int32]:
    return np.concatenate(parts).astype(np.int32)
