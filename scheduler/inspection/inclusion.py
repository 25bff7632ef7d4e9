"""How likely a target is drawn (入选概率), as the rational it is: told to the planner before, to everybody after."""

from __future__ import annotations

from fractions import Fraction


def inclusion(quota: int, rows: int) -> Fraction:
    """The probability of every single target of a stratum: in it all are equally likely, so it is quota/rows.

    For simple random sampling without replacement (n/N: Cochran, Sampling Techniques, section 2.1). A stratum without rows
    has nobody to be drawn. Where targets of one stratum come to differ, by a weight, this is the place to tell each its own.
    """
    return Fraction(quota, rows) if rows else Fraction(0)
