"""Shares of a key (份额): three, of which any two give it back and one says nothing (Shamir, How to share a secret, 1979).

Byte by byte, in GF(2^8) with the polynomial of AES: the share at the place x holds f(x) = key + slope * x, where `slope`
is as long as the key and random. Two points of a line give f(0); one fits every key alike. Written here because no
well-kept library shares out 32 bytes. Products take the same steps whatever they multiply, and no table is asked.
"""

from collections.abc import Mapping

PLACES = (1, 2, 3)
NEEDED = 2
_POLYNOMIAL = 0x11B  # x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2)


def split(key: bytes, slope: bytes) -> dict[int, bytes]:
    """The shares of a key by their places; `slope` is random, as long as the key, and used this once."""
    if len(slope) != len(key):
        raise ValueError("the slope is as long as the key")
    return {place: bytes(k ^ product(s, place) for k, s in zip(key, slope, strict=True)) for place in PLACES}


def join(shares: Mapping[int, bytes]) -> bytes:
    """The key of two shares; of other shares it is another one, which the caller must notice by what it opens."""
    (x, first), (y, second) = shares.items()
    if x == y or not {x, y} <= set(PLACES):
        raise ValueError("two different places")
    weight = inverse(x ^ y)
    # Lagrange at 0, where minus is plus: f(0) = (f(x) * y + f(y) * x) / (x + y)
    return bytes(product(product(a, y) ^ product(b, x), weight) for a, b in zip(first, second, strict=True))


def product(a: int, b: int) -> int:
    """a * b in the field: eight steps, each of which adds and reduces under a mask and never branches."""
    found = 0
    for _ in range(8):
        found ^= a & -(b & 1)
        a = (a << 1) ^ (_POLYNOMIAL & -(a >> 7))
        b >>= 1
    return found


def inverse(a: int) -> int:
    """1 / a: the 254th power, as there are 255 elements besides 0."""
    found = 1
    for _ in range(254):
        found = product(found, a)
    return found
