"""Weighted pools (加权抽取): systematic sampling, in which a target's chance is in proportion to its weight, exactly.

The formulas are those of docs/protocol.md, section 7.2. Weights stand in the frozen table of targets, so that they are
fixed before anybody can know the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from matching.draw.plan import Quota, Systematic
from matching.draw.tables import Table
from matching.draw.targets import DrawnStratum, Indexes, quotas
from matching.draw.tickets import word, words
from matching.refused import Refused

_WORDS = 2**64
_MOST_WORDS = 1_000  # each is refused with a chance below one half


@dataclass(frozen=True)
class Sampling:
    """What of a weighted pool is taken with certainty, and how many rows the rest gives."""

    weights: Indexes = field(repr=False)
    taken: Indexes
    """Row indexes, ascending, of the targets whose chance is 1."""
    draws: int
    """How many rows are drawn of the others."""
    weight: int
    """The sum of the others' weights."""

    def chance(self, row: int) -> Fraction:
        """The chance of a row to be drawn, before the seed exists."""
        if row in set(self.taken.tolist()):
            return Fraction(1)
        return Fraction(self.draws * int(self.weights[row]), self.weight) if self.weight else Fraction(0)


@dataclass(frozen=True)
class WeightedStratum(DrawnStratum):
    """What was drawn of one stratum of a weighted pool, in the order of (ticket, index); it has no threshold."""

    sampling: Sampling
    begin: int
    """Where the points began on the line of weights."""

    @property
    def threshold(self) -> tuple[int, int] | None:
        """There is none: a weight and its place decide, not a ticket."""
        return None

    def successors(self, key: int, count: int) -> list[int]:
        """The first rows that were not drawn and have a weight, by (ticket, index)."""
        tickets = words(key, self.start, self.rows)
        weighed = self.sampling.weights[self.start : self.start + self.rows] > 0
        weighed[self.indexes - self.start] = False
        left = np.flatnonzero(weighed)
        first = left[np.lexsort((left, tickets[left]))][:count]
        return [self.start + int(place) for place in first]


def sampling(n: int, weights: Sequence[int] | NDArray[np.int64]) -> Sampling:
    """Take with certainty whoever has a whole share of what is left, until nobody has."""
    each = np.asarray(weights, dtype=np.int64)
    return take(min(n, len(each)), each, int(each.sum()))


def take(draws: int, each: Indexes, weight: int) -> Sampling:
    """The same of a pool of which only some rows are known, among them all that are taken; `weight` is that of all."""
    taken = np.zeros(len(each), dtype=bool)
    while draws and weight:
        more = ~taken & (each > 0) & (draws * each >= weight)
        if not more.any():
            break
        taken |= more
        draws, weight = draws - int(more.sum()), weight - int(each[more].sum())
    if not (draws and weight):
        draws = 0
    return Sampling(each, np.flatnonzero(taken), draws, weight)


def begin(key: int, weight: int) -> int:
    """Where the points begin: each of 0 to weight - 1 is equally likely. 0 where nothing is left to begin on."""
    if not weight:
        return 0
    bound = _WORDS // weight * weight
    found = next((w for i in range(_MOST_WORDS) if (w := word(key, i)) < bound), None)
    if found is None:
        raise RuntimeError("the words of a key are not random")
    return found % weight


def covers_point(draws: int, weight: int, first: int, place: int, own: int) -> int | None:
    """Which point a row of weight `own` covers with `place` of the others' weight above it; None where it covers none."""
    if not draws:
        return None
    last = (draws * (place + own) - 1 - first) // weight
    return last if last > (draws * place - 1 - first) // weight else None


def covered(sample: Sampling, first: int) -> Indexes:
    """The rows that cover a point, and those taken with certainty, ascending."""
    lengths = sample.weights.copy()
    lengths[sample.taken] = 0
    ends = np.cumsum(lengths)
    points = [(first + k * sample.weight) // sample.draws for k in range(sample.draws)]
    hit = np.searchsorted(ends, np.array(points, dtype=np.int64), side="right")
    return np.sort(np.concatenate([sample.taken, hit]).astype(np.int64))


def expected(quota: Quota, targets: Table) -> list[Fraction]:
    """How many rows of each stratum are drawn; in a weighted pool how many there are on average, exactly."""
    if not isinstance(quota, Systematic):
        return [Fraction(each) for each in quotas(quota, targets.spans())]
    sample = sampling(quota.targets, targets.weights)
    left = sample.weights.copy()
    left[sample.taken] = 0
    means = []
    for _, start, rows in targets.spans():
        sure = int(np.count_nonzero((sample.taken >= start) & (sample.taken < start + rows)))
        share = sample.draws * int(left[start : start + rows].sum())
        means.append(sure + (Fraction(share, sample.weight) if sample.weight else Fraction(0)))
    return means


def expected_of_equals(n: int, sizes: Sequence[int], weights: Sequence[int]) -> list[Fraction]:
    """The same where all rows of a stratum weigh the same, from how many there are: nothing need be frozen for it."""
    draws, weight = min(n, sum(sizes)), sum(size * own for size, own in zip(sizes, weights, strict=True))
    taken: set[int] = set()
    while more := {
        h for h, own in enumerate(weights) if h not in taken and own and draws * own >= weight > 0
    }:
        taken |= more
        draws -= sum(sizes[h] for h in more)
        weight -= sum(sizes[h] * weights[h] for h in more)
    return [
        Fraction(size) if h in taken else Fraction(draws * size * own, weight) if weight else Fraction(0)
        for h, (size, own) in enumerate(zip(sizes, weights, strict=True))
    ]


def draw_weighted(n: int, targets: Table, key: int, key_of_begin: int) -> list[WeightedStratum]:
    """Draw a weighted pool under the keys K("targets", T) and K("systematic", T) of its table."""
    sample = sampling(n, targets.weights)
    if not sample.draws and not len(sample.taken) and n:
        raise Refused("pool.no_weights")
    first = begin(key_of_begin, sample.weight if sample.draws else 0)
    rows = covered(sample, first)
    strata = []
    for stratum, start, size in targets.spans():
        own = rows[(rows >= start) & (rows < start + size)]
        tickets = np.array([word(key, int(i)) for i in own], dtype=np.uint64)
        order = np.lexsort((own, tickets))
        strata.append(
            WeightedStratum(stratum, start, size, len(own), own[order], tickets[order], sample, first)
        )
    return strata
