"""One department's answer: the assignment smallest in the plan's objectives (draw-1, section 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.pairing.network import Ints, Network, cheapest, network
from matching.pairing.problem import Staffing


@dataclass(frozen=True)
class Seated:
    """A filled staffing: the candidacies that were taken, as places in its arrays, by (target, taker)."""

    staffing: Staffing
    taken: Ints


def fill(staffing: Staffing, objectives: Sequence[str]) -> Seated | None:
    """The assignment smallest in `objectives`, or None where the seats cannot all be filled."""
    if not staffing.demand:
        return Seated(staffing, np.empty(0, dtype=np.int64))
    net = network(staffing, squared="balance" in objectives)
    flow = cheapest(net, [each for name in objectives for each in _costs(name, net, staffing)])
    return None if flow is None else Seated(staffing, np.flatnonzero(flow[net.candidacies]))


def _costs(objective: str, net: Network, staffing: Staffing) -> list[Ints]:
    match objective:
        case "near":
            return [_on_candidacies(net, staffing.near)]
        case "balance":
            return [_on_loads(net)]
        case "tickets":
            return [_on_candidacies(net, staffing.cost), _on_candidacies(net, staffing.remainder)]
    raise ValueError(objective)


def _on_candidacies(net: Network, values: Ints) -> Ints:
    cost = net.nothing()
    cost[net.candidacies] = values
    return cost


def _on_loads(net: Network) -> Ints:
    """1, 3, 5, ... over the unit arcs of each taker, which stand side by side."""
    taker = net.head[net.loads]
    cost = net.nothing()
    cost[net.loads] = 2 * (np.arange(len(taker)) - np.searchsorted(taker, taker)) + 1
    return cost
