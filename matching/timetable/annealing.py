"""Days for all visits at once, by simulated annealing (模拟退火): few trips, and nobody makes too many visits on a day.

All visits stand on some day at any time, and inspectors may be overfull. A timetable costs its trips (an inspector in a
district on a day) and a price for every visit too many. Visits are taken in batches in which no two share an inspector, so
that a batch chooses as its visits would one after another: each the day that is cheapest for it, after a random sum in
proportion to the temperature. There are three stretches:

    gather   visits of one district join on the days of their inspectors, while overfull days are cheap
    loosen   trips become cheaper and cheaper, until nobody is overfull
    settle   nobody may become overfull any more; trips cost what they did

Whole numbers only; randomness is the words of a key.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from math import log
from operator import or_

import numpy as np
from numpy.typing import NDArray

from matching.draw.tickets import BLOCK, words
from matching.timetable.request import Ints, Request

TRIP = 128  # the cost of a trip; prices and temperatures are in the same unit
NEVER = 1 << 24
EXCESS, MORE, DEAR = (
    166,
    384,
    8 * TRIP,
)  # the price of a visit too many: gathering, at the end of loosening, settling
GATHER, LOOSEN, SETTLE = 400, 480, 150  # sweeps over all visits, at most
EASE, HOMING = 400, 60
HALF = 60  # sweeps of loosening and easing in which the cost of a trip halves
HOT, WARM, COOL, COLD = 115, 32, 20, 8  # temperatures
# -ln of the middle of each of 256 equal parts, in 1/32: what a random byte adds at temperature 32
SUMS = np.array([round(-32 * log((2 * part + 1) / 512)) for part in range(256)], dtype=np.int32)
Costs = NDArray[np.int32]


def anneal(request: Request, visits: Ints, unavoidable: int, key: int) -> Ints:
    """A day for each of these visits, all of which have one to choose; the others get -1.

    `unavoidable` is how many visits too many there are at least, whatever the days.
    """
    day = np.full(request.visits, -1, dtype=np.int64)
    if not len(visits):
        return day
    annealing = _Annealing(request, visits, key)
    for step in range(GATHER):
        annealing.sweep(_cooling(step), TRIP, EXCESS)
    for step in range(LOOSEN):
        if annealing.overfull() <= unavoidable:
            break
        excess = _between(EXCESS, MORE, step, LOOSEN)
        annealing.sweep(_between(WARM, COOL, step, LOOSEN), _cheaper(step), excess)
    for step in range(SETTLE):
        annealing.sweep(_between(WARM, COLD, step, SETTLE), TRIP, DEAR)
    return annealing.day


def ease(request: Request, home: Ints, visits: Ints, unavoidable: int, key: int) -> Ints:
    """A day for each of these visits that lets as many as it can stand on their `home`, -1 where they have none.

    To leave home has a price as trips have, and both become cheaper until nobody is overfull, or so cheap that the whole
    timetable would melt; then what can goes home.
    """
    if not len(visits):
        return np.full(request.visits, -1, dtype=np.int64)
    annealing = _Annealing(request, visits, key, home)
    for step in range(EASE):
        if annealing.overfull() <= unavoidable:
            break
        price = _cheaper(step)
        annealing.sweep(COOL, price, 2 * TRIP, price)
    for step in range(HOMING):
        annealing.sweep(_between(COOL, COLD // 2, step, HOMING), TRIP // 8, DEAR, TRIP)
    return annealing.day


def _cooling(step: int) -> int:
    """From hot to warm, its inverse rising evenly: most of the time is spent where visits begin to join."""
    return HOT * WARM * GATHER // (WARM * GATHER + (HOT - WARM) * step)


def _cheaper(step: int) -> int:
    halved = TRIP >> step // HALF
    return _between(halved, halved // 2, step % HALF, HALF)


def _between(first: int, last: int, step: int, steps: int) -> int:
    return first + (last - first) * step // steps


class _Annealing:
    """Days as they stand, with what they make of loads and of visits per inspector, district and day."""

    def __init__(self, request: Request, visits: Ints, key: int, home: Ints | None = None) -> None:
        self.request = request
        self.key, self.drawn = key, 0
        self.batches = list(_batches(request, visits))
        self.shut = np.where(request.choices[visits], 0, NEVER).astype(np.int32)
        self.day = np.full(request.visits, -1, dtype=np.int64)
        self.loads = np.zeros((request.people + 1, request.days), dtype=np.int16)
        self.there = np.zeros((request.districts.max() + 1, request.days), dtype=np.int16)
        self.nobody = np.unique(request.districts[request.seats == request.people])
        self.elsewhere = np.zeros_like(self.shut)
        if home is not None:
            self.elsewhere[home[visits] >= 0] = 1
            self.elsewhere[home[visits, None] == np.arange(request.days)] = 0
        first = self.shut + NEVER * self.elsewhere + self._random(self.shut.size).reshape(self.shut.shape)
        for batch in self.batches:
            self._put(batch, first[batch.rows].argmin(axis=1))

    def sweep(self, temperature: int, trip: int, excess: int, leaving: int = 0) -> None:
        """Let every visit choose its day once, at the price of a trip, of a visit too many, and of leaving home."""
        price = self.shut + self.elsewhere * np.int32(leaving)
        sums = SUMS * temperature // 32
        order = np.argsort(self._random(len(self.batches)), kind="stable")
        random = self._random(self.shut.size).reshape(self.shut.shape)
        for place in order.tolist():
            batch = self.batches[place]
            self._take(batch)
            cost = self._costs(batch, trip, excess)
            cost += sums.take(random[batch.rows])
            cost += price[batch.rows]
            self._put(batch, cost.argmin(axis=1))

    def overfull(self) -> int:
        """How many visits too many inspectors make, over all days."""
        return int(np.maximum(self.loads - self.request.most, 0).sum())

    def _costs(self, batch: "_Batch", trip: int, excess: int) -> Costs:
        """For each visit and day how many of the team are full there, or new in the district, at their prices."""
        full = (self.loads >= self.request.most).view(np.int8)
        crowded = np.zeros((len(batch.visits), self.request.days), dtype=np.int8)
        new = np.zeros_like(crowded)
        for seat, district in zip(batch.seats, batch.districts, strict=True):
            crowded += full.take(seat, axis=0)
            new += self.there.take(district, axis=0) == 0
        cost: Costs = crowded * np.int32(excess) + new * np.int32(trip)
        return cost

    def _take(self, batch: "_Batch") -> None:
        day = self.day[batch.visits]
        self.loads[batch.seats, day] -= 1
        self.there[batch.districts, day] -= 1

    def _put(self, batch: "_Batch", day: Ints) -> None:
        self.day[batch.visits] = day
        self.loads[batch.seats, day] += 1
        self.there[batch.districts, day] += 1
        # an empty seat is full on no day and new on no day
        self.loads[self.request.people] = 0
        self.there[self.nobody] = 1

    def _random(self, count: int) -> NDArray[np.uint8]:
        """The next bytes of the key, of whole words."""
        number = -(-count // 8)
        # a word block is of four, and a start within one would be skipped to
        start, self.drawn = self.drawn, self.drawn + -(-number // BLOCK) * BLOCK
        return words(self.key, start, number).astype("<u8", copy=False).view(np.uint8)[:count]


@dataclass(frozen=True)
class _Batch:
    """Visits of which no two share an inspector, their `rows` among all; seats and districts lie seat by seat."""

    rows: Ints
    visits: Ints
    seats: Ints
    districts: Ints


def _batches(request: Request, visits: Ints) -> Iterator[_Batch]:
    """The visits in batches, each in the first that none of its inspectors is in yet."""
    taken = [0] * request.people  # a bit for every batch that the inspector is in
    batches: dict[int, list[int]] = defaultdict(list)
    for row, visit in enumerate(visits.tolist()):
        team = request.teams[visit]
        barred = reduce(or_, (taken[person] for person in team), 0)
        free = ~barred & (barred + 1)
        for person in team:
            taken[person] |= free
        batches[free].append(row)
    for each in batches.values():
        rows = np.array(each, dtype=np.int64)
        chosen = visits[rows]
        yield _Batch(
            rows,
            chosen,
            np.ascontiguousarray(request.seats[chosen].T),
            np.ascontiguousarray(request.districts[chosen].T),
        )
