"""What the objectives so far leave open (最优面): the answers that are smallest in all of them, and no others.

By complementary slackness, whatever prices prove one answer smallest tell all of them apart from the rest: an arc that
costs more than the prices rise is empty in all of them, one that costs less is full, the others are free.
"""

from dataclasses import dataclass

import numpy as np

from matching.pairing.network import Costs, Ints, Network, Open, Prices, Truths


@dataclass
class Face:
    """Candidacies that may still go either way, those that all answers use, and the bounds of loads and gates."""

    net: Network
    free: Truths
    forced: Truths
    least: Ints  # load of each taker
    most: Ints
    least_passed: Ints  # through each gate
    most_passed: Ints

    def open(self, used: Truths, among: Truths | None = None) -> Open:
        """What an answer leaves open; of the candidacies that it does not use only those `among`, where they are told."""
        free = self.free if among is None else self.free & among
        load, passed = self.net.loads(used), self.net.passed(used)
        return Open(
            unused=free & ~used,
            used=self.free & used,
            more=load < self.most,
            less=load > self.least,
            open=passed < self.most_passed,
            passed=passed > self.least_passed,
        )

    def narrow(self, objective: "Objective", prices: Prices) -> None:
        """Leave free what these prices do not decide."""
        rise = objective.rise(self.net, prices)
        self.forced |= self.free & (rise < 0)
        self.free &= rise == 0
        self.least, self.most = objective.loads(self, prices)
        if self.net.gated:
            self.least_passed, self.most_passed = objective.passed(self, prices)


def whole(net: Network) -> Face:
    """Everything open that the staffing allows."""
    gates = net.targets if net.gated else 0
    return Face(
        net,
        free=net.usable.copy(),
        forced=np.zeros_like(net.usable),
        least=np.zeros(net.takers, np.int64),
        most=net.staffing.capacity.copy(),
        least_passed=np.zeros(gates, np.int64),
        most_passed=np.full(gates, net.room),
    )


@dataclass(frozen=True)
class Objective:
    """A sum to be smallest: of the costs of candidacies, and, where `squared`, of the squares of loads."""

    cost: Ints
    squared: bool = False

    def costs(self, load: Ints) -> Costs:
        """With units of load, which cost 1, 3, 5, ... where squares count."""
        if self.squared:
            return Costs(self.cost, 2 * load + 1, 2 * load - 1)
        return Costs(self.cost, np.zeros_like(load), np.zeros_like(load))

    def rise(self, net: Network, prices: Prices) -> Ints:
        """Of each candidacy its cost and its taker's price, less its head's."""
        return self.cost + prices.takers[net.staffing.taker] - prices.heads[net.head]

    def loads(self, face: Face, prices: Prices) -> tuple[Ints, Ints]:
        """The least load at these prices, and the greatest."""
        price = prices.takers - prices.source
        if self.squared:
            # units that cost less than the price are taken, those that cost just it may be
            return np.clip(price // 2, face.least, face.most), np.clip(
                (price + 1) // 2, face.least, face.most
            )
        return np.where(price > 0, face.most, face.least), np.where(price < 0, face.least, face.most)

    def passed(self, face: Face, prices: Prices) -> tuple[Ints, Ints]:
        """How many pass each gate at these prices at least, and at most."""
        fall = prices.heads[face.net.targets :] - prices.heads[: face.net.targets]
        return (
            np.where(fall < 0, face.most_passed, face.least_passed),
            np.where(fall > 0, face.least_passed, face.most_passed),
        )
