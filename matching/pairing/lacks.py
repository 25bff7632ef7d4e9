"""Which seats of a department lack whom (缺口), by region and role: the same answer as the pairing's, in a smaller network.

Targets of one region that bar the same inspectors are alike, and stand as one kind of target: what a taker does there is a
number. Nothing is lost by it. Give the seats of a kind to its takers one after the other, the unqualified first, and deal
them over its N targets in turn: a taker's at most N seats fall on N different targets, each target gets `size`, and of
the at most N x (size - leads) unqualified none gets more than `size - leads`.

    source -> taker -> seats of a kind -> sink
                   \\-> gate -> /              the unqualified, as in matching.pairing.network
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow

from matching.draw.plan import Department
from matching.draw.tables import EVERYWHERE, Row, list_of

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]
Named = tuple[str, str]
"""An inspector's id and a target's."""


@dataclass(frozen=True)
class Need:
    """What a department has to fill, and with whom: rows as the frozen tables have them, or as the registries do now.

    `targets` are (id, region), `people` rows of the table inspectors, of this department alone. `bars` could be lifted;
    `bans`, which the rounds of pair bars made, hold like bars.
    """

    department: Department
    targets: Sequence[tuple[str, str]]
    people: Sequence[Row]
    bars: Collection[Named] = ()
    bans: Collection[Named] = ()

    @property
    def demand(self) -> int:
        """All seats."""
        return self.department.size * len(self.targets)


@dataclass(frozen=True)
class Lack:
    """Seats that cannot all be filled, as (region, role, number), and the `supply` that reaches them.

    The seats of the minimum cut nearest to the seats, of those parts of it that no inspector joins each one for itself.
    """

    seats: tuple[tuple[str, str, int], ...]
    supply: int

    @property
    def missing(self) -> int:
        """Seats that stay empty."""
        return sum(number for _, _, number in self.seats) - self.supply


@dataclass(frozen=True)
class Arcs:
    """Arcs as parallel arrays."""

    tail: Ints
    head: Ints
    room: Ints

    def beside(self, other: "Arcs") -> "Arcs":
        """These and others after them."""
        pairs = ((self.tail, other.tail), (self.head, other.head), (self.room, other.room))
        return Arcs(*(np.concatenate(pair) for pair in pairs))

    def crossing(self, side: Truths) -> Truths:
        """Whether each leads from the other side to this one."""
        crosses: Truths = ~side[self.tail] & side[self.head]
        return crosses


@dataclass(frozen=True)
class Flow:
    """A maximum flow: its value, the flow on each arc, and which nodes stand with the seats in the cut nearest to them."""

    value: int
    on: Ints
    side: Truths


class Kinds:
    """The seats of a need by kinds of targets, as a network whose arcs are its takers' loads, their ways, gates and ends."""

    def __init__(self, need: Need) -> None:
        self.need, self.size, self.leads = need, need.department.size, need.department.leads
        self.regions = sorted({region for _, region in need.targets})
        self.covers = _covers([row[4] for row in need.people], self.regions)
        self.capacity = np.array([int(row[5]) for row in need.people], dtype=np.int64)
        self.qualified = np.array([need.department.may_lead(row[2]) for row in need.people], dtype=bool)
        self._gather()
        self.takers, self.kinds = len(need.people), len(self.number)
        self.seats = 1 + self.takers + np.arange(self.kinds)
        self.gates = self.seats + self.kinds
        self.new = 1 + self.takers + 2 * self.kinds
        """A node for those who are not there yet."""
        self.sink = self.new + 1

    def _gather(self) -> None:
        """The kinds: their targets, region and who is barred from them (by bars that could be lifted, and by others)."""
        place = {row[1]: j for j, row in enumerate(self.need.people)}
        barred: dict[str, set[tuple[int, bool]]] = {}
        for named, lifts in ((self.need.bars, True), (self.need.bans, False)):
            for inspector, target in named:
                if inspector in place:
                    barred.setdefault(target, set()).add((place[inspector], lifts))
        found: dict[tuple[str, frozenset[tuple[int, bool]]], list[int]] = {}
        for position, (target, region) in enumerate(self.need.targets):
            found.setdefault((region, frozenset(barred.get(target, ()))), []).append(position)
        self.targets = list(found.values())
        column = {region: number for number, region in enumerate(self.regions)}
        self.region = np.array([column[region] for region, _ in found], dtype=np.int64)
        self.number = np.array([len(each) for each in found.values()], dtype=np.int64)
        self.barred = [bars for _, bars in found]

    @cached_property
    def shut(self) -> Truths:
        """Whether a taker is barred from a kind, by takers and kinds."""
        shut = np.zeros((self.takers, self.kinds), dtype=bool)
        for kind, bars in enumerate(self.barred):
            shut[[taker for taker, _ in bars], kind] = True
        return shut

    @cached_property
    def reached(self) -> Truths:
        """Whether a taker may go to a kind, by takers and kinds."""
        may: Truths = self.covers[:, self.region] & ~self.shut
        return may

    @property
    def demand(self) -> int:
        """All seats."""
        return self.need.demand

    def ways(self, may: Truths, qualified: Truths | None = None) -> Arcs:
        """From takers to the kinds to which they may go: at most once to each target, the unqualified through its gate."""
        able = self.qualified if qualified is None else qualified
        taker, kind = (each.astype(np.int64) for each in np.nonzero(may))
        at_once = able[taker] | (self.leads == 0)
        return Arcs(1 + taker, np.where(at_once, self.seats[kind], self.gates[kind]), self.number[kind])

    @cached_property
    def frame(self) -> Arcs:
        """The arcs that do not depend on who may go where: loads, gates and ends."""
        source, sink = np.zeros(self.takers, np.int64), np.full(self.kinds, self.sink)
        return Arcs(
            np.concatenate([source, self.gates, self.seats]),
            np.concatenate([1 + np.arange(self.takers), self.seats, sink]),
            np.concatenate([self.capacity, self.number * (self.size - self.leads), self.number * self.size]),
        )

    def without(self, dropped: Ints) -> Arcs:
        """The network with so many targets of each kind less."""
        number = self.number - dropped
        frame, ways = self.frame, self.ways(self.reached)
        room = np.concatenate([self.capacity, number * (self.size - self.leads), number * self.size])
        kind = np.where(ways.head >= self.gates[:1], ways.head - self.gates[:1], ways.head - self.seats[:1])
        return Arcs(frame.tail, frame.head, room).beside(Arcs(ways.tail, ways.head, number[kind]))

    def flow(self, arcs: Arcs) -> Flow:
        """As many seats filled as these arcs can fill."""
        solver = max_flow.SimpleMaxFlow()
        made = solver.add_arcs_with_capacity(
            arcs.tail.astype(np.int32), arcs.head.astype(np.int32), arcs.room
        )
        if solver.solve(0, self.sink) != solver.OPTIMAL:
            raise RuntimeError("SimpleMaxFlow")
        side = np.zeros(self.sink + 1, dtype=bool)
        side[solver.get_sink_side_min_cut()] = True
        return Flow(int(solver.optimal_flow()), np.asarray(solver.flows(made), dtype=np.int64), side)

    @cached_property
    def arcs(self) -> Arcs:
        """The network as it stands."""
        return self.frame.beside(self.ways(self.reached))

    @cached_property
    def standing(self) -> Flow:
        """What can be filled as it stands."""
        return self.flow(self.arcs)

    @property
    def missing(self) -> int:
        """Seats that stay empty."""
        return self.demand - self.standing.value

    @cached_property
    def short_kinds(self) -> Truths:
        """The kinds whose seats lie on the side of the cut that is short."""
        return self.standing.side[self.seats] if self.missing else np.zeros(self.kinds, dtype=bool)

    @property
    def short_regions(self) -> list[str]:
        """Their regions."""
        return [self.regions[place] for place in sorted(set(self.region[self.short_kinds].tolist()))]

    def lacks(self) -> list[Lack]:
        """What lacks, part by part."""
        if not self.missing:
            return []
        return [self._lack(kinds) for kinds in self._parts()]

    def _parts(self) -> Iterator[list[int]]:
        """The short kinds, apart where no inspector on their side of the cut goes to two of them."""
        side, leader = self.standing.side, list(range(self.kinds))

        def root(kind: int) -> int:
            while leader[kind] != kind:
                kind = leader[kind]
            return kind

        short = np.flatnonzero(self.short_kinds)
        for taker in np.flatnonzero(side[1 : 1 + self.takers]).tolist():
            mine = [kind for kind in short.tolist() if self.reached[taker, kind] and self._asks(taker, kind)]
            for kind in mine[1:]:
                leader[root(kind)] = root(mine[0])
        parts: dict[int, list[int]] = {}
        for kind in short.tolist():
            parts.setdefault(root(kind), []).append(kind)
        yield from parts.values()

    def _asks(self, taker: int, kind: int) -> bool:
        """Whether a taker could have filled a seat that is short."""
        at_once = bool(self.qualified[taker]) or not self.leads
        node = self.seats[kind] if at_once else self.gates[kind]
        return bool(self.standing.side[node])

    def _lack(self, kinds: Sequence[int]) -> Lack:
        inside = np.zeros(self.sink + 1, dtype=bool)
        inside[self.seats[kinds]] = True
        inside[self.gates[kinds]] = self.standing.side[self.gates[kinds]]
        told = Counter[tuple[str, str]]()
        for kind in kinds:
            for role, each in self._short_roles(kind):
                told[self.regions[self.region[kind]], role] += each * int(self.number[kind])
        seats = tuple((region, role, told[region, role]) for region, role in sorted(told))
        missing = self.size * int(self.number[kinds].sum()) - self.supply(inside)
        return Lack(seats, sum(number for _, _, number in seats) - missing)

    def _short_roles(self, kind: int) -> Iterator[tuple[str, int]]:
        """Lead seats are short wherever seats are; member seats only where everybody else's way is short too."""
        members = self.size - self.leads
        if self.leads:
            yield "lead", self.leads
        if members and (not self.leads or self.standing.side[self.gates[kind]]):
            yield "member", members

    def supply(self, inside: Truths) -> int:
        """What reaches these seats and gates at most: each taker his capacity, or his ways there where they are fewer."""
        ways = self.ways(self.reached)
        gates = int((self.number * (self.size - self.leads))[inside[self.seats] & ~inside[self.gates]].sum())
        return gates + int(np.minimum(self.capacity, entering(ways, inside, self.takers)).sum())


def entering(ways: Arcs, inside: Truths, takers: int) -> Ints:
    """How much of each taker's ways leads to these seats and gates."""
    into = inside[ways.head]
    found = np.zeros(takers, dtype=np.int64)
    np.add.at(found, ways.tail[into] - 1, ways.room[into])
    return found


def _covers(fields: Sequence[str], regions: Sequence[str]) -> Truths:
    """Whether each list of regions holds each region; the empty one is held by `*` alone."""
    place = {region: column for column, region in enumerate(regions)}
    held = np.zeros((len(fields), len(regions)), dtype=bool)
    for row, field in enumerate(fields):
        if field == EVERYWHERE:
            held[row] = True
        else:
            held[row, [place[each] for each in list_of(field) if each in place]] = True
    return held
