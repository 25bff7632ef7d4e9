"""What the bars force (下限): the largest chance of a pair that no lottery over lawful answers could go below.

Who may go where, capacities, the size of a team and its leads leave a set of answers. A lottery gives each of them a
chance, and so each pair its own: a point of the polytope of flows, every corner of which is an answer. So every such
point is a lottery, and the smallest possible largest chance is a linear program: let each candidacy carry at most z, and
find the least z at which all seats can still be filled. It is found exactly, by Newton's method on cuts: a minimum cut
at z lets through less than the seats ask for; the z at which that cut is wide enough is the next one (T. Radzik, 1998).

Where pair bars hold, or groups are dealt, less is possible than reckoned here: the bound stays true, and another could be
larger. It decides nothing and is no part of a bundle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow

from matching.pairing.certificate import Potentials, certify, levels
from matching.pairing.problem import Staffing
from matching.pairing.solve import fill

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


def forced_chance(staffing: Staffing, objectives: Sequence[str] = ()) -> Fraction | None:
    """The smallest possible largest chance of a pair; None where the seats cannot all be filled.

    `objectives` are those of the plan: those before the tickets leave only the answers that are smallest in them.
    """
    face = _face(staffing, [each for each in objectives if each != "tickets"])
    if face is None:
        return None
    return Fraction(1) if face.always.any() else _least(_network(staffing, face), staffing.demand)


def forced_at(staffing: Staffing) -> list[Fraction]:
    """For each target the same, as if it were the only one: its seats by those who may take them, at most 1."""
    qualified = staffing.qualified[staffing.taker].astype(np.int64)
    every = np.bincount(staffing.target, minlength=staffing.targets).tolist()
    lead = np.zeros(staffing.targets, dtype=np.int64)
    np.add.at(lead, staffing.target, qualified)
    return [
        max(_share(staffing.size, able), _share(staffing.leads, leading))
        for able, leading in zip(every, lead.tolist(), strict=True)
    ]


def _share(seats: int, able: int) -> Fraction:
    return Fraction(seats, able) if seats < able else Fraction(min(seats, 1))


@dataclass(frozen=True)
class _Face:
    """The answers that are left: which candidacies may be used, which always are; loads and use of gates, from and to."""

    may: Truths
    always: Truths
    low: Ints
    high: Ints
    gates_low: Ints
    gates_high: Ints


def _face(staffing: Staffing, objectives: Sequence[str]) -> _Face | None:
    whole = _whole(staffing)
    if not objectives or not staffing.demand:
        return whole
    order = (*objectives, "tickets")
    answer = fill(staffing, order)
    if answer is None:
        return None
    proof = certify(staffing, answer.taken, order)
    if not isinstance(proof, Potentials):
        raise RuntimeError("two answers are equally good")
    return _smallest(staffing, whole, proof, levels(objectives)[:-1])


def _whole(staffing: Staffing) -> _Face:
    qualified = staffing.qualified[staffing.taker]
    gate = staffing.size - staffing.leads if 0 < staffing.leads < staffing.size else 0
    return _Face(
        may=qualified if staffing.leads == staffing.size else np.ones(len(qualified), dtype=bool),
        always=np.zeros_like(qualified),
        low=np.zeros_like(staffing.capacity),
        high=staffing.capacity,
        gates_low=np.zeros(staffing.targets, dtype=np.int64),
        gates_high=np.full(staffing.targets, gate),
    )


def _smallest(staffing: Staffing, whole: _Face, proof: Potentials, decided_by: Sequence[str]) -> _Face:
    """The face of the answers smallest in some levels: what costs more than nothing there is never used, what costs less
    always is (complementary slackness, level by level)."""
    through = _through_gate(staffing)
    arcs, gates = np.zeros_like(staffing.target), np.zeros(staffing.targets, dtype=np.int64)
    low, high = whole.low, whole.high
    for place, level in enumerate(decided_by):
        takers, seats = proof.takers[place], proof.seats[place]
        before = proof.gates[place] if through.any() else seats
        head = np.where(through, before[staffing.target], seats[staffing.target])
        cost = staffing.near if level == "near" else np.zeros_like(arcs)
        arcs = np.where(arcs == 0, cost + takers[staffing.taker] - head, arcs)
        gates = np.where(gates == 0, before - seats, gates)
        low, high = _loads(level, takers, low, high)
    return _Face(
        may=whole.may & (arcs <= 0),
        always=whole.may & (arcs < 0),
        low=low,
        high=high,
        gates_low=np.where(gates < 0, whole.gates_high, 0),
        gates_high=np.where(gates > 0, 0, whole.gates_high),
    )


def _loads(level: str, takers: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Of the loads from `low` to `high` those that a level leaves; the k-th target costs 2k - 1 in balance, else nothing."""
    if level == "balance":
        return _within(takers // 2, low, high), _within((takers + 1) // 2, low, high)
    return np.where(takers > 0, high, low), np.where(takers < 0, low, high)


def _within(loads: Ints, low: Ints, high: Ints) -> Ints:
    return np.minimum(np.where(loads < low, low, loads), high)


def _through_gate(staffing: Staffing) -> Truths:
    gated = 0 < staffing.leads < staffing.size
    return ~staffing.qualified[staffing.taker] if gated else np.zeros(len(staffing.taker), dtype=bool)


@dataclass(frozen=True)
class _Network:
    """Arcs of fixed room first, then those that carry at most the chance that is looked for."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    room: Ints
    sink: int


def _network(staffing: Staffing, face: _Face) -> _Network:
    """source -> taker -> gate -> seats -> sink; what a load must have comes from the source, what it may from a node beside.

    What must pass a gate goes from there to the sink, so that the sink is full only where it did.
    """
    takers, targets = len(staffing.capacity), staffing.targets
    taker, seats = 2 + np.arange(takers), 2 + takers + np.arange(targets)
    gates, sink = seats + targets, 2 + takers + 2 * targets
    through = _through_gate(staffing)[face.may]
    target = staffing.target[face.may]
    source, beside = np.zeros(takers, np.int64), np.ones(takers, np.int64)
    into = np.full(targets, sink)
    more = staffing.demand - face.low.sum()
    return _Network(
        tail=np.concatenate([source, [0], beside, gates, gates, seats, taker[staffing.taker[face.may]]]).astype(np.int32),
        head=np.concatenate(
            [taker, [1], taker, seats, into, into, np.where(through, gates[target], seats[target])]
        ).astype(np.int32),
        room=np.concatenate(
            [face.low, [more], face.high - face.low, face.gates_high - face.gates_low, face.gates_low,
             staffing.size - face.gates_low]
        ),
        sink=sink,
    )  # fmt: skip


def _least(net: _Network, demand: int) -> Fraction | None:
    """The least chance at which the demand gets through."""
    chance = Fraction(0)
    while chance <= 1:
        room, candidacies = _narrowest(net, chance)
        if room + candidacies * chance >= demand:
            return chance
        if not candidacies:
            return None
        chance = Fraction(demand - room, candidacies)
    return None


def _narrowest(net: _Network, chance: Fraction) -> tuple[int, int]:
    """A minimum cut: the fixed room that crosses it, and how many candidacies do. All is scaled, so that it is whole."""
    candidacies = len(net.tail) - len(net.room)
    room = np.concatenate([net.room * chance.denominator, np.full(candidacies, chance.numerator)])
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(net.tail, net.head, room)
    if solver.solve(0, net.sink) != solver.OPTIMAL:
        raise RuntimeError("SimpleMaxFlow")
    ours = np.zeros(net.sink + 1, dtype=bool)
    ours[solver.get_source_side_min_cut()] = True
    crossing = ours[net.tail] & ~ours[net.head]
    return int(net.room[crossing[: len(net.room)]].sum()), int(crossing[len(net.room) :].sum())
