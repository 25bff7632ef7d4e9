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
    return f"{_to_two_places(100 * share)}%"


def _to_two_places(number: Fraction) -> str:
    # in whole numbers: no rounding of floats, and Python 3.11 cannot format a fraction
    hundredths = (2 * _HUNDREDTHS * number.numerator + number.denominator) // (2 * number.denominator)
    whole, places = divmod(hundredths, _HUNDREDTHS)
    written = f"{whole}.{places:02d}".rstrip("0").rstrip(".")
    return written if Fraction(hundredths, _HUNDREDTHS) == number else f"≈{written}"


def chance(share: Fraction) -> str:
    """A probability: as a reduced fraction and per cent, `3/20 · 15%`; a certain one, or none, is per cent alone."""
    return percent(share) if share.denominator == 1 else f"{share} · {percent(share)}"


def mean(number: Fraction) -> str:
    """How many on average: to two places, rounded half up; `≈` before what is not exactly so."""
    return _to_two_places(number)


def rate(part: int, whole: int) -> str:
    """How many of how many: `2/60 · ≈3.33%`, not reduced, so that both counts are told."""
    return f"{part}/{whole} · {percent(Fraction(part, whole))}" if whole else "—"
