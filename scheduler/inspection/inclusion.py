"""How likely a target is drawn (入选概率), as the rational it is: told to the planner before, to everybody after."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from matching.draw.weights import expected_of_equals


def inclusion(mean: Fraction | int, rows: int) -> Fraction:
    """The probability of every single target of a stratum: in it all are equally likely, so it is `mean`/rows.

    `mean` is the quota, or in a weighted pool how many are drawn of the stratum on average. For simple random sampling
    without replacement it is n/N (Cochran, Sampling Techniques, section 2.1). A stratum without rows has nobody to be
    drawn.
    """
    return Fraction(mean) / rows if rows else Fraction(0)


def means(ranges: Sequence[Sequence[Any]], quotas: Sequence[int]) -> list[Fraction]:
    """How many of each stratum are drawn on average: by tickets its quota; by weights it follows from the ranges.

    `ranges` are those of the frozen targets, with the sum of the weights where there are any; all targets of a stratum
    weigh the same, as a campaign gives weights to strata. `quotas` add up to how many are drawn.
    """
    if not ranges or len(ranges[0]) == 2:
        return [Fraction(quota) for quota in quotas]
    sizes = [rows for _, rows, _ in ranges]
    return expected_of_equals(sum(quotas), sizes, [weight // rows for _, rows, weight in ranges])
