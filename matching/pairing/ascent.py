"""Objectives of small numbers (就近、均衡): prices rise until the seats are filled along what they leave free.

A dual ascent (primal-dual method of Ford and Fulkerson): at given prices each arc is full, empty or free; a maximum flow
along the free ones brings what stands too high to where something lacks, and the cheapest ways from what is left raise
the prices. Where costs are small and the first prices well chosen, that is one to a few maximum flows, each far quicker
than one cheapest flow.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow

from matching.pairing.face import Face, Objective
from matching.pairing.network import FAR, Ints, Open, Prices, Truths, level_prices, lowered


@dataclass
class _Flow:
    """Used candidacies, loads and gates as they stand, and of each node what it has too much (or, negative, lacks)."""

    used: Truths
    load: Ints
    passed: Ints


def ascend(face: Face, objective: Objective) -> tuple[Truths, Prices] | None:
    """An answer on the face that is smallest in the objective, and prices that prove it; None where there is none."""
    net = face.net
    level = 2 * (net.staffing.demand // max(net.takers, 1)) + 1 if objective.squared else 0
    prices = level_prices(net, level)
    rise = objective.rise(net, prices)
    flow = _Flow(
        face.forced | (face.free & (rise < 0)),
        objective.loads(face, prices)[0],
        objective.passed(face, prices)[0] if net.gated else np.zeros(0, np.int64),
    )
    for _ in range(net.staffing.demand + 1):
        _fill(face, objective, prices, flow)
        surplus = _surplus(face, flow)
        if not (surplus > 0).any():
            return flow.used, prices
        raised = _raised(face, objective, prices, flow, surplus)
        if raised is None:
            return None
        prices = raised
    raise RuntimeError("the prices rise without end")


def _surplus(face: Face, flow: _Flow) -> Ints:
    """Of source, takers and heads what comes in beyond what goes out."""
    net, staffing = face.net, face.net.staffing
    seated = np.bincount(net.head[flow.used], minlength=net.heads)
    seats = seated[: net.targets] - staffing.size
    gates = seated[net.targets :] - flow.passed
    if net.gated:
        seats = seats + flow.passed
    source = staffing.demand - int(flow.load.sum())
    return np.concatenate([[source], flow.load - net.loads(flow.used), seats, gates])


def _fill(face: Face, objective: Objective, prices: Prices, flow: _Flow) -> None:
    """Let as much as can be flow from where there is too much, along what the prices leave free (maximum flow)."""
    net = face.net
    free = np.flatnonzero(face.free & (objective.rise(net, prices) == 0))
    ahead, back = free[~flow.used[free]], free[flow.used[free]]
    least, most = objective.loads(face, prices)
    takers, source, end = (
        1 + np.arange(net.takers),
        np.zeros(net.takers, np.int64),
        1 + net.takers + net.heads,
    )
    tails = [1 + net.staffing.taker[ahead], 1 + net.takers + net.head[back], source, takers]
    heads = [1 + net.takers + net.head[ahead], 1 + net.staffing.taker[back], takers, source]
    room = [np.ones(len(free), np.int64), most - flow.load, flow.load - least]
    if net.gated:
        seats = 1 + net.takers + np.arange(net.targets)
        fewest, greatest = objective.passed(face, prices)
        tails += [seats + net.targets, seats]
        heads += [seats, seats + net.targets]
        room += [greatest - flow.passed, flow.passed - fewest]
    surplus = _surplus(face, flow)
    over, short = np.flatnonzero(surplus > 0), np.flatnonzero(surplus < 0)
    solver = max_flow.SimpleMaxFlow()
    arcs = solver.add_arcs_with_capacity(
        np.concatenate([*tails, np.full(len(over), end), short]).astype(np.int32),
        np.concatenate([*heads, over, np.full(len(short), end + 1)]).astype(np.int32),
        np.concatenate([*room, surplus[over], -surplus[short]]),
    )
    if len(over) and solver.solve(end, end + 1) != solver.OPTIMAL:
        raise RuntimeError("SimpleMaxFlow")
    if not len(over):
        return
    moved = np.split(solver.flows(arcs), np.cumsum([len(each) for each in [ahead, back, *tails[2:]]]))
    flow.used[ahead[moved[0] > 0]] = True
    flow.used[back[moved[1] > 0]] = False
    flow.load = flow.load + moved[2] - moved[3]
    if net.gated:
        flow.passed = flow.passed + moved[4] - moved[5]


def _raised(face: Face, objective: Objective, prices: Prices, flow: _Flow, surplus: Ints) -> Prices | None:
    """The prices that open the cheapest ways from where there is too much to where something lacks, or None."""
    net = face.net
    over = surplus > 0
    start = Prices(
        np.where(over[1 : 1 + net.takers], prices.takers, FAR),
        np.where(over[1 + net.takers :], prices.heads, FAR),
        prices.source if over[0] else FAR,
    )
    left = Open(
        unused=face.free & ~flow.used,
        used=face.free & flow.used,
        more=flow.load < face.most,
        less=flow.load > face.least,
        open=flow.passed < face.most_passed,
        passed=flow.passed > face.least_passed,
    )
    reached = lowered(net, left, objective.costs(flow.load), start)
    assert reached is not None, "what the prices prove has no way around that costs less than nothing"
    before = np.concatenate([[prices.source], prices.takers, prices.heads])
    risen = np.concatenate([[reached.source], reached.takers, reached.heads]) - before
    lacking = risen[(surplus < 0) & (risen < FAR // 2)]
    if not len(lacking):
        return None
    after = before + np.minimum(risen, lacking.max())
    return Prices(after[1 : 1 + net.takers], after[1 + net.takers :], int(after[0]))
