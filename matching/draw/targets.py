"""The draw of targets (抽取检查对象): quotas, selection, thresholds, successors (draw-1, section 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from matching.draw.plan import Rates, Total
from matching.draw.tables import Span
from matching.draw.tickets import Words, word_chunks

Indexes = NDArray[np.int64]
_TICKETS = 2**64


@dataclass(frozen=True)
class DrawnStratum:
    """What was drawn of one stratum, in the order of (ticket, index): the last is the threshold (末位签号)."""

    stratum: str
    start: int
    rows: int
    quota: int
    indexes: Indexes
    tickets: Words

    @property
    def threshold(self) -> tuple[int, int] | None:
        """(ticket, index) of the last drawn row; whoever stands before it is drawn. None where the quota is 0."""
        return (int(self.tickets[-1]), int(self.indexes[-1])) if self.quota else None

    def successors(self, key: int, count: int) -> list[int]:
        """The next `count` row indexes after the drawn ones, for targets that were voided; fewer at the end."""
        wanted = min(self.quota + count, self.rows)
        indexes, _ = smallest(key, self.start, self.rows, wanted)
        return [int(i) for i in indexes[self.quota :]]


def quota_by_rate(rate: Fraction, rows: int, at_least_one: bool) -> int:
    """The rows of one stratum times its rate, rounded half up, at most all of them."""
    p, q = rate.numerator, rate.denominator
    quota = min((2 * p * rows + q) // (2 * q), rows)
    return 1 if at_least_one and rows and not quota else quota


def quotas_by_total(total: int, sizes: Sequence[int]) -> list[int]:
    """A total shared out by largest remainder; ties to the larger stratum, then to the earlier."""
    population = sum(sizes)
    total = min(total, population)
    if not total:
        return [0] * len(sizes)
    quotas = [total * rows // population for rows in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda h: (-(total * sizes[h] % population), -sizes[h], h))
    for h in by_remainder[: total - sum(quotas)]:
        quotas[h] += 1
    return quotas


def quotas(quota: Rates | Total, spans: Sequence[Span]) -> list[int]:
    """How many rows are drawn of each stratum; a stratum that the rates don't list gets 0."""
    if isinstance(quota, Total):
        return quotas_by_total(quota.total, [rows for _, _, rows in spans])
    return [
        quota_by_rate(quota.rates[stratum], rows, quota.at_least_one) if stratum in quota.rates else 0
        for stratum, _, rows in spans
    ]


def draw_targets(quota: Rates | Total, spans: Sequence[Span], key: int) -> list[DrawnStratum]:
    """Draw every stratum under the key K("targets", T_targets)."""
    return [draw_stratum(span, n, key) for span, n in zip(spans, quotas(quota, spans), strict=True)]


def draw_stratum(span: Span, quota: int, key: int) -> DrawnStratum:
    """The `quota` rows of a stratum with the smallest (ticket, index)."""
    stratum, start, rows = span
    indexes, tickets = smallest(key, start, rows, quota)
    return DrawnStratum(stratum, start, rows, quota, indexes, tickets)


def smallest(key: int, start: int, rows: int, wanted: int) -> tuple[Indexes, Words]:
    """The `wanted` smallest (ticket, index) among the rows start ... start + rows - 1, in their order.

    Rows are walked in chunks and only those below a bound are kept. The bound costs time when it is too
    low and memory when it is too high; it never changes the answer, so its slack may be any number.
    """
    if not wanted:
        return np.empty(0, np.int64), np.empty(0, np.uint64)
    kept = wanted
    while True:
        # more than six standard deviations of how many fall below the bound
        kept = min(kept + 6 * isqrt(kept) + 64, rows)
        bound = min(_TICKETS - 1, kept * _TICKETS // rows)
        indexes, tickets = _below(key, start, rows, bound)
        if len(indexes) >= wanted:
            order = np.lexsort((indexes, tickets))[:wanted]
            return indexes[order], tickets[order]


def _below(key: int, start: int, rows: int, bound: int) -> tuple[Indexes, Words]:
    indexes, tickets = [], []
    for first, chunk in word_chunks(key, start, rows):
        places = np.flatnonzero(chunk <= np.uint64(bound))
        indexes.append(places + first)
        tickets.append(chunk[places])
    return np.concatenate(indexes), np.concatenate(tickets)
