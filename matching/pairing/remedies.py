"""What would do where a department lacks inspectors (补足办法): of each kind of change the smallest that fills all seats.

Three kinds are answered exactly, each "one less would not do" being shown by a cut: more inspectors, a higher capacity for
all who reach the short seats, and bars lifted. Which of the inspectors there are should be given a qualification, a region
or a higher capacity, the fewest of them, is a covering problem (a target that nobody may lead is covered by whoever is
made to lead: choose the fewest sets), for which no fast exact way is known: `number` is the smallest that was found, and
fewer than `at_least` is impossible. Where the two are the same the answer is exact, as it is whenever the trials that are
made suffice.

Bars between inspectors stand apart: matching.pairing.pair_remedies. So do fixed groups: matching.pairing.group_remedies.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from statistics import median_low

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.draw.tables import EVERYWHERE
from matching.pairing.lacks import Arcs, Ints, Kinds, Lack, Named, Need, Truths, entering

MOST_TRIALS, MOST_ARCS, MOST_CHOICES = 400, 400_000, 20_000
"""How many trials a search for the fewest inspectors may take after its first answer: so many maximum flows, over so
many arcs together, of so many choices."""


@dataclass(frozen=True)
class Remedy:
    """A change of one kind that fills all seats. `number` of it do; fewer than `at_least` never do."""

    number: int
    at_least: int

    @property
    def exact(self) -> bool:
        """Whether no smaller number does."""
        return self.number == self.at_least


@dataclass(frozen=True)
class More(Remedy):
    """So many new inspectors, each with this capacity (the median of the department's) and these regions.

    `qualified` to lead, or not; always exact.
    """

    qualified: bool
    capacity: int
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Raise(Remedy):
    """A capacity higher by `number` for each of these inspectors: all who reach short seats; always exact."""

    inspectors: tuple[str, ...]


@dataclass(frozen=True)
class RaiseSome(Remedy):
    """A capacity higher by `by` for these few inspectors, who are `number`."""

    by: int
    inspectors: tuple[str, ...]


@dataclass(frozen=True)
class Qualify(Remedy):
    """The lead qualification for these inspectors, who are `number`."""

    inspectors: tuple[str, ...]


@dataclass(frozen=True)
class Widen(Remedy):
    """These regions too for these inspectors, who are `number`."""

    regions: tuple[str, ...]
    inspectors: tuple[str, ...]


@dataclass(frozen=True)
class Lift(Remedy):
    """These bars, `number` of them, lifted; always exact."""

    bars: tuple[Named, ...]


@dataclass(frozen=True)
class Fewer(Remedy):
    """So many drawn targets fewer would leave nobody short: for information, as what is drawn stands."""

    targets: int

    @property
    def done(self) -> int:
        """How many targets could be inspected."""
        return self.targets - self.number


@dataclass(frozen=True)
class Remedied:
    """A department that falls short: what lacks where, and what would do."""

    department: str
    demand: int
    greatest: int
    lacks: tuple[Lack, ...]
    remedies: tuple[Remedy, ...]

    @property
    def missing(self) -> int:
        """Seats that stay empty."""
        return self.demand - self.greatest


def remedied(need: Need) -> Remedied | None:
    """What lacks and what would do, each change alone; None where all seats can be filled.

    A kind of change that never fills all seats, whatever its amount, is not among the remedies.
    """
    kinds = Kinds(need)
    if not kinds.missing:
        return None
    found = (make(kinds) for make in _MAKERS)
    return Remedied(
        need.department.code,
        kinds.demand,
        kinds.standing.value,
        tuple(kinds.lacks()),
        tuple(remedy for remedy in found if remedy),
    )


def missing(need: Need) -> int:
    """How many seats stay empty."""
    return Kinds(need).missing


# More of them, and more of each


def _smallest(kinds: Kinds, arcs: Arcs, growth: Ints, start: int) -> int | None:
    """The smallest n with which rooms of `room + n * growth` fill all seats; None where none does.

    No n below `start` does. Every cut that is too small with n lets no smaller n through, and tells from which n on it
    is large enough: so n never passes the answer, and the last cut shows that one less would not do.
    """
    number = start
    while True:
        flow = kinds.flow(Arcs(arcs.tail, arcs.head, arcs.room + number * growth))
        if flow.value == kinds.demand:
            return number
        cut = arcs.crossing(flow.side)
        more = int(growth[cut].sum())
        if not more:
            return None
        number += -(-(kinds.demand - flow.value) // more)


def _more(qualified: bool) -> Callable[[Kinds], More | None]:
    def make(kinds: Kinds) -> More | None:
        if not qualified and not kinds.leads:
            return None  # nobody leads: they are one kind of inspector
        capacity = usual_capacity(kinds.capacity)
        regions = tuple([EVERYWHERE] if "" in kinds.short_regions else kinds.short_regions)
        nodes = kinds.seats if qualified else kinds.gates
        there = np.flatnonzero([each in regions or EVERYWHERE in regions for each in kinds.regions])
        open_kinds = np.flatnonzero(np.isin(kinds.region, there))
        # n persons as one node: its seats are dealt to the n in turn, kind by kind, so that nobody gets more than his
        # capacity, nor more seats of a kind than it has targets
        tail, head = np.full(1 + len(open_kinds), kinds.new), np.concatenate([[0], nodes[open_kinds]])
        tail[0], head[0] = 0, kinds.new
        growth = np.concatenate([np.zeros_like(kinds.arcs.tail), [capacity], kinds.number[open_kinds]])
        arcs = kinds.arcs.beside(Arcs(tail, head, np.zeros_like(tail)))
        number = _smallest(kinds, arcs, growth, start=-(-kinds.missing // capacity))
        return None if number is None else More(number, number, qualified, capacity, regions)

    return make


def usual_capacity(capacities: Ints | Sequence[int]) -> int:
    """The capacity that inspectors of a department have: the median, the lower of two; at least 1."""
    told = [int(each) for each in capacities]
    return max(1, median_low(told)) if told else 1


def _reach(kinds: Kinds) -> Truths:
    """The inspectors on the short side of the cut: they reach short seats and have no capacity left.

    Nobody else needs more: outside of the cut all seats are filled as it is, and who leads into it goes to each of his
    targets there already.
    """
    reach: Truths = kinds.standing.side[1 : 1 + kinds.takers]
    return reach


def raise_all(kinds: Kinds) -> Raise | None:
    """The smallest amount by which the capacity of all who are used up must grow."""
    reach = _reach(kinds)
    growth = np.zeros_like(kinds.arcs.room)
    growth[: kinds.takers] = reach
    number = _smallest(kinds, kinds.arcs, growth, start=1)
    return None if number is None else Raise(number, number, _named(kinds, reach))


def _named(kinds: Kinds, chosen: Truths) -> tuple[str, ...]:
    return tuple(kinds.need.people[j][1] for j in np.flatnonzero(chosen).tolist())


# The fewest of those who are there


@dataclass(frozen=True)
class _Switches:
    """A change that each inspector may be given or not: his capacity, and his ways, with it and without."""

    may: Truths
    off: Ints
    on: Ints
    ways_off: Arcs
    ways_on: Arcs

    def arcs(self, kinds: Kinds, given: Truths) -> Arcs:
        """The network with the change for those to whom it is given."""
        frame = kinds.frame
        room = frame.room.copy()
        room[: kinds.takers] = np.where(given, self.on, self.off)
        has = given[self.ways_on.tail - 1]
        has_not = ~given[self.ways_off.tail - 1]
        ways = _chosen(self.ways_off, has_not).beside(_chosen(self.ways_on, has))
        return Arcs(frame.tail, frame.head, room).beside(ways)

    def gains(self, kinds: Kinds, side: Truths) -> tuple[Ints, int]:
        """How much the change of each inspector can let more through a cut, and how much lacks there without any.

        Through a cut each inspector lets his capacity, or his ways into it where they are less; so what all those who
        are given the change add is at most the sum of what each adds.
        """
        before = np.minimum(self.off, entering(self.ways_off, side, kinds.takers))
        after = np.minimum(self.on, entering(self.ways_on, side, kinds.takers))
        inside, gated = side[kinds.seats], side[kinds.seats] & ~side[kinds.gates]
        seats = int((kinds.number * kinds.size)[inside].sum())
        gates = int((kinds.number * (kinds.size - kinds.leads))[gated].sum())
        return np.where(self.may, np.maximum(after - before, 0), 0), seats - gates - int(before.sum())


def _chosen(arcs: Arcs, kept: Truths) -> Arcs:
    return Arcs(arcs.tail[kept], arcs.head[kept], arcs.room[kept])


def _fewest(kinds: Kinds, switches: _Switches) -> tuple[int, Truths] | None:
    """The fewest inspectors who were found to suffice, with how many are needed at least; None where all do not.

    Each cut that is too small names those who add most to it; so many of them are given the change as it takes. Then
    who is not needed after all is left out, and as long as trials are left, all smaller choices are tried.
    """
    given, at_least = np.zeros(kinds.takers, dtype=bool), 0
    while (flow := kinds.flow(switches.arcs(kinds, given))).value < kinds.demand:
        gains, lacking = switches.gains(kinds, flow.side)
        at_least = max(at_least, _needed(gains, lacking))
        left = np.where(given, 0, gains)
        number = _needed(left, kinds.demand - flow.value)
        if number > kinds.takers:
            return None
        spare = switches.off - flow.on[: kinds.takers]
        given[np.lexsort((-spare, -left))[:number]] = True
    return _fewer(kinds, switches, given, at_least)


def _needed(gains: Ints, lacking: int) -> int:
    """How many of the greatest gains it takes; one more than there are where all do not suffice."""
    return int(np.searchsorted(np.cumsum(np.sort(gains)[::-1]), lacking)) + 1


def _fewer(kinds: Kinds, switches: _Switches, given: Truths, at_least: int) -> tuple[int, Truths]:
    """Leave out whom nobody needs, then try all choices of `at_least`, of one more ..., as far as the trials reach."""
    trial = _Trials(kinds, switches)
    for taker in np.flatnonzero(given):
        less = given.copy()
        less[taker] = False
        if given.sum() > at_least and 2 * trial.left > trial.most and trial.does(less):
            given = less
    while at_least < given.sum():
        found = trial.any_of(at_least)
        if found is None:
            break
        if found.any():
            return at_least, found
        at_least += 1
    return at_least, given


class _Trials:
    """Trials whether some inspectors with the change would do; every cut that was found spares later ones."""

    def __init__(self, kinds: Kinds, switches: _Switches) -> None:
        self.kinds, self.switches = kinds, switches
        self.most = max(8, min(MOST_TRIALS, MOST_ARCS // len(kinds.arcs.tail)))
        self.left = self.most
        self.cuts = [switches.gains(kinds, kinds.standing.side)]

    def does(self, given: Truths) -> bool:
        """Whether they would do."""
        if any(int(gains[given].sum()) < lacking for gains, lacking in self.cuts):
            return False
        self.left -= 1
        flow = self.kinds.flow(self.switches.arcs(self.kinds, given))
        if flow.value < self.kinds.demand:
            self.cuts.append(self.switches.gains(self.kinds, flow.side))
        return flow.value == self.kinds.demand

    def any_of(self, number: int) -> Truths | None:
        """So many who would do; nobody where none do; None where there are too many to be tried."""
        possible = np.flatnonzero(self.switches.may).tolist()
        if comb(len(possible), number) > MOST_CHOICES:
            return None
        for chosen in combinations(possible, number):
            if self.left <= 0:
                return None
            given = np.zeros(self.kinds.takers, dtype=bool)
            given[list(chosen)] = True
            if self.does(given):
                return given
        return np.zeros(self.kinds.takers, dtype=bool)


def _raise_some(kinds: Kinds) -> RaiseSome | None:
    everybody = raise_all(kinds)
    if everybody is None:
        return None
    by = max(everybody.number, min(2, kinds.missing))
    ways = kinds.ways(kinds.reached)
    switches = _Switches(_reach(kinds), kinds.capacity, kinds.capacity + by, ways, ways)
    found = _fewest(kinds, switches)
    if found is None or int(found[1].sum()) == len(everybody.inspectors):
        return None  # it is everybody's
    return RaiseSome(int(found[1].sum()), found[0], by, _named(kinds, found[1]))


def _qualify(kinds: Kinds) -> Qualify | None:
    if not kinds.leads:
        return None
    able = np.ones(kinds.takers, dtype=bool)
    ways_off, ways_on = kinds.ways(kinds.reached), kinds.ways(kinds.reached, able)
    switches = _Switches(~kinds.qualified, kinds.capacity, kinds.capacity, ways_off, ways_on)
    found = _fewest(kinds, switches)
    return found and Qualify(int(found[1].sum()), found[0], _named(kinds, found[1]))


def _widen(kinds: Kinds) -> Widen | None:
    regions = [EVERYWHERE] if "" in kinds.short_regions else kinds.short_regions
    found = _fewest(kinds, _widened(kinds, regions))
    if found is None:
        return None
    for region in list(regions):
        rest = [each for each in regions if each != region]
        less = _widened(kinds, rest)
        if rest and kinds.flow(less.arcs(kinds, found[1])).value == kinds.demand:
            regions = rest
    return Widen(int(found[1].sum()), found[0], tuple(regions), _named(kinds, found[1]))


def _widened(kinds: Kinds, regions: Sequence[str]) -> _Switches:
    wider = np.array([each in regions or EVERYWHERE in regions for each in kinds.regions])[kinds.region]
    reached = kinds.reached | (wider & ~kinds.shut)
    may: Truths = np.any(reached & ~kinds.reached, axis=1)
    return _Switches(may, kinds.capacity, kinds.capacity, kinds.ways(kinds.reached), kinds.ways(reached))


# Bars


def _lift(kinds: Kinds) -> Lift | None:
    """A barred way costs 1: the cheapest flow that fills all seats lifts the fewest bars."""
    barred = np.zeros_like(kinds.shut)
    for kind, bars in enumerate(kinds.barred):
        lifts = {taker for taker, may in bars if may} - {taker for taker, may in bars if not may}
        barred[list(lifts), kind] = True
    barred &= kinds.covers[:, kinds.region]
    if not barred.any():
        return None
    arcs, cost = with_barred(kinds, barred.astype(np.int64))
    flow = cheapest(kinds, arcs, cost)
    if flow is None:
        return None
    lifted = tuple(sorted(dealt(kinds, arcs, flow, barred)))
    return Lift(len(lifted), len(lifted), lifted)


def with_barred(kinds: Kinds, bars: Ints) -> tuple[Arcs, Ints]:
    """The network with barred ways too, and what a seat by each arc costs: the bars that it takes, by takers and kinds."""
    ways = kinds.ways(bars > 0)
    arcs = kinds.arcs.beside(ways)
    cost = np.zeros_like(arcs.tail)
    cost[len(kinds.arcs.tail) :] = bars[np.nonzero(bars > 0)]
    return arcs, cost


def cheapest(kinds: Kinds, arcs: Arcs, cost: Ints) -> Ints | None:
    """The flow that fills all seats at the least cost; None where none does."""
    solver = min_cost_flow.SimpleMinCostFlow()
    made = solver.add_arcs_with_capacity_and_unit_cost(
        arcs.tail.astype(np.int32), arcs.head.astype(np.int32), arcs.room, cost
    )
    solver.set_nodes_supplies(
        np.array([0, kinds.sink], dtype=np.int32), np.array([kinds.demand, -kinds.demand])
    )
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status != solver.OPTIMAL:
        raise RuntimeError(f"SimpleMinCostFlow: {status}")
    return np.asarray(solver.flows(made), dtype=np.int64)


def dealt(kinds: Kinds, arcs: Arcs, flow: Ints, barred: Truths) -> Iterator[Named]:
    """The barred pairs that a flow uses: its seats of each kind dealt to the targets, as matching.pairing.lacks tells."""
    way = slice(len(kinds.frame.tail), None)
    taker, node, seats = arcs.tail[way] - 1, arcs.head[way], flow[way]
    kind = np.where(node >= kinds.gates[0], node - kinds.gates[0], node - kinds.seats[0])
    for each in sorted(set(kind[(seats > 0) & barred[taker, kind]].tolist())):
        mine = np.flatnonzero((kind == each) & (seats > 0))
        mine = mine[np.argsort(kinds.qualified[taker[mine]], kind="stable")]
        place = 0
        for way_of in mine:
            for _ in range(int(seats[way_of])):
                position = kinds.targets[each][place % len(kinds.targets[each])]
                if barred[taker[way_of], each]:
                    yield kinds.need.people[taker[way_of]][1], kinds.need.targets[position][0]
                place += 1


# For information


def _fewer_targets(kinds: Kinds) -> Fewer:
    """Drop as many targets of each kind as its empty seats ask for, until no seat is empty.

    One target less spares a cut its seats, or where its gate lets enough through, its lead seats: so many at least.
    """
    gated = kinds.standing.side[kinds.gates] | (kinds.leads == 0)
    spares = np.where(gated, kinds.size, max(kinds.leads, 1))
    at_least = -(-kinds.missing // int(spares[kinds.short_kinds].max()))
    dropped, flow = np.zeros(kinds.kinds, dtype=np.int64), kinds.standing
    while True:
        empty = (
            kinds.size * (kinds.number - dropped)
            - flow.on[len(kinds.frame.tail) - kinds.kinds :][: kinds.kinds]
        )
        if not empty.any():
            return Fewer(int(dropped.sum()), at_least, len(kinds.need.targets))
        less = empty // spares
        less[np.argmax(empty)] = max(1, less[np.argmax(empty)])
        dropped = np.minimum(dropped + less, kinds.number)
        flow = kinds.flow(kinds.without(dropped))


_MAKERS: tuple[Callable[[Kinds], Remedy | None], ...] = (
    *(_more(True), _more(False), raise_all, _raise_some, _qualify, _widen, _lift, _fewer_targets),
)
