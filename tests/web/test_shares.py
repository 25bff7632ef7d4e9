"""Shares are told as the exact fraction; per cent beside it says where it is rounded."""

from fractions import Fraction

import pytest

from scheduler.inspection.inclusion import inclusion
from web.shares import chance, mean, percent, rate


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (Fraction(0), "0%"),
        (Fraction(1), "100%"),
        (Fraction(3, 20), "15%"),
        (Fraction(1, 8), "12.5%"),
        (Fraction(1, 400), "0.25%"),
        (Fraction(1, 3), "≈33.33%"),
        (Fraction(2, 3), "≈66.67%"),
        (Fraction(1, 800), "≈0.13%"),  # half a hundredth goes up
        (Fraction(1, 10**4), "0.01%"),
        (Fraction(1, 10**4 + 1), "<0.01%"),
        (Fraction(1, 10**9), "<0.01%"),
        (Fraction(10**4 - 1, 10**4), "99.99%"),
        (Fraction(10**9 - 1, 10**9), ">99.99%"),
    ],
)
def test_per_cent_is_exact_or_says_that_it_is_not(share, told):
    assert percent(share) == told


@pytest.mark.parametrize(
    ("number", "told"), [(Fraction(9), "9"), (Fraction(5, 2), "2.5"), (Fraction(50, 3), "≈16.67"), (0, "0")]
)
def test_how_many_on_average_are_told_to_two_places(number, told):
    assert mean(number) == told


def test_a_probability_is_reduced_and_a_rate_keeps_both_counts():
    assert chance(inclusion(9, 60)) == "3/20 · 15%"
    assert [chance(inclusion(quota, 4)) for quota in (0, 4)] == ["0%", "100%"]
    assert inclusion(0, 0) == 0
    assert rate(2, 60) == "2/60 · ≈3.33%"
    assert rate(0, 0) == "—"
