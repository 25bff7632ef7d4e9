"""Shares (比例) as a page tells them: the exact fraction, and per cent beside it for the eye."""

from __future__ import annotations

from fractions import Fraction

_HUNDREDTHS = 100
_LEAST = Fraction(1, 100 * _HUNDREDTHS)


def percent(share: Fraction) -> str:
    """Per cent to two places, rounded half up; `≈` before what is not exactly so. What is neither none nor all never looks
    like it: `<0.01%`, `>99.99%`."""
    if 0 < share < _LEAST:
        return "<0.01%"
    if 1 - _LEAST < share < 1:
        return ">99.99%"
    hundredths = (200 * _HUNDREDTHS * share.numerator + share.denominator) // (2 * share.denominator)
    whole, places = divmod(hundredths, _HUNDREDTHS)
    written = f"{whole}.{places:02d}".rstrip("0").rstrip(".")
    exact = Fraction(hundredths, 100 * _HUNDREDTHS) == share
    return f"{'' if exact else '≈'}{written}%"


def chance(share: Fraction) -> str:
    """A probability: as a reduced fraction and per cent, `3/20 · 15%`; a certain one, or none, is per cent alone."""
    return percent(share) if share.denominator == 1 else f"{share} · {percent(share)}"


def mean(number: Fraction) -> str:
    """How many on average: a whole number where it is one, else to two places."""
    return str(number) if number.denominator == 1 else f"≈{number:.2f}"


def rate(part: int, whole: int) -> str:
    """How many of how many: `2/60 · ≈3.33%`, not reduced, so that both counts are told."""
    return f"{part}/{whole} · {percent(Fraction(part, whole))}" if whole else "—"
