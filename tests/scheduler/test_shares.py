"""Three shares of a key: any two give it back, one alone says nothing of it."""

import secrets
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.shares import PLACES, inverse, join, product, split

BYTES = range(256)


def slowly(a: int, b: int) -> int:
    """a * b as polynomials over GF(2), then the remainder by x^8 + x^4 + x^3 + x + 1: division as on paper."""
    whole = 0
    for place in range(8):
        if b >> place & 1:
            whole ^= a << place
    for place in range(14, 7, -1):
        if whole >> place & 1:
            whole ^= 0x11B << (place - 8)
    return whole


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_any_two_shares_in_any_order_give_the_key_back(key, slope):
    shares = split(key, slope)
    for x, y in permutations(PLACES, 2):
        assert join({x: shares[x], y: shares[y]}) == key


def test_whatever_the_key_every_share_is_as_likely_as_every_other():
    for place in PLACES:
        products = sorted(product(slope, place) for slope in BYTES)
        assert products == list(BYTES), "the slope hides the key: each share comes of exactly one slope"


def test_the_share_of_another_place_gives_another_key():
    key = secrets.token_bytes(32)
    shares = split(key, secrets.token_bytes(32))
    assert join({1: shares[1], 2: shares[3]}) != key
    assert join({1: shares[1], 2: shares[2][:-1] + bytes([shares[2][-1] ^ 1])}) != key


@pytest.mark.parametrize(("a", "b", "ab"), [(0x57, 0x83, 0xC1), (0x57, 0x13, 0xFE), (0x53, 0xCA, 1)])
def test_products_are_those_of_fips_197(a, b, ab):
    assert (product(a, b), product(b, a)) == (ab, ab)


def test_all_products_are_those_of_division_on_paper():
    assert all(product(a, b) == slowly(a, b) for a in BYTES for b in BYTES)


def test_an_element_times_its_inverse_is_one():
    assert {product(a, inverse(a)) for a in BYTES if a} == {1}


def test_shares_of_one_place_or_of_none_of_the_three_are_no_two_shares():
    with pytest.raises(ValueError, match="places"):
        join({0: b"a", 1: b"b"})
    with pytest.raises(ValueError, match="unpack"):
        join({1: b"a"})
    with pytest.raises(ValueError, match="slope"):
        split(b"k" * 32, b"s" * 31)
