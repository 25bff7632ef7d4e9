"""Tickets (签号): random words by Philox4x64-10, each computable alone (draw-1, section 4)."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_MASK = 2**64 - 1
_MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
_WEYL = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
_ROUNDS = 10
BLOCK = 4  # words per counter
CHUNK = 1 << 19  # words held at once while a long stream is walked


def philox(counter: int, key: int) -> tuple[int, int, int, int]:
    """Four words for a 256-bit counter and a 128-bit key (Salmon et al. 2011, Random123). The definition."""
    x0, x1, x2, x3 = (counter >> shift & _MASK for shift in (0, 64, 128, 192))
    k0, k1 = key & _MASK, key >> 64
    for _ in range(_ROUNDS):
        left, right = _MULTIPLIERS[0] * x0, _MULTIPLIERS[1] * x2
        x0, x1, x2, x3 = (right >> 64) ^ x1 ^ k0, right & _MASK, (left >> 64) ^ x3 ^ k1, left & _MASK
        k0, k1 = (k0 + _WEYL[0]) & _MASK, (k1 + _WEYL[1]) & _MASK
    return x0, x1, x2, x3


def word(key: int, i: int) -> int:
    """The ticket of row i under a key."""
    return philox(1 + i // BLOCK, key)[i % BLOCK]


def pair_word(key: int, t: int, j: int) -> int:
    """The ticket of target row t with inspector row (or group) j."""
    return philox((t << 64) + 1 + j // BLOCK, key)[j % BLOCK]


def words(key: int, start: int, count: int, row: int = 0) -> Words:
    """The words start ... start + count - 1 of a key; with `row` t, those of the pairs (t, j)."""
    skipped = start % BLOCK
    wanted = skipped + count
    counter = (row << 64) + start // BLOCK
    return _stream(key, counter, wanted)[skipped:]


def word_chunks(key: int, start: int, count: int) -> Iterator[tuple[int, Words]]:
    """The same words in chunks, each with the index of its first, so that 10^7 rows need little memory."""
    for first in range(start, start + count, CHUNK):
        yield first, words(key, first, min(CHUNK, start + count - first))


def _by_definition(key: int, counter: int, count: int) -> Words:
    blocks = range(counter + 1, counter + 1 + -(-count // BLOCK))
    return np.array([each for block in blocks for each in philox(block, key)], dtype=np.uint64)[:count]


def _by_numpy(key: int, counter: int, count: int) -> Words:
    return np.random.Philox(key=key, counter=counter).random_raw(count)


def _numpy_agrees() -> bool:
    """Whether numpy's Philox still gives the defined words; tried on both halves of key and counter."""
    trials = [(0xC019B59BD01D936B832451118095C87B, 0), (2**128 - 1, 2**64 * 99_999 + 2**64 - 3), (1, 2**40)]
    return all(np.array_equal(_by_numpy(*trial, 23), _by_definition(*trial, 23)) for trial in trials)


# numpy is an accelerator; if a later numpy ever differs, the definition decides, only slower
_stream = _by_numpy if _numpy_agrees() else _by_definition
