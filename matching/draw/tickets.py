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
_AT_ONCE = 1 << 14  # pairs whose blocks are made at once: what lies between stays near the processor


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


def pair_words(key: int, rows: Words, columns: Words) -> Words:
    """The words of the pairs (rows[i], columns[i]): of each its own, whatever lies between."""
    found = np.empty(len(rows), dtype=np.uint64)
    for first in range(0, len(rows), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        found[part] = _pairs(key, rows[part], columns[part])
    return found


def word_chunks(key: int, start: int, count: int) -> Iterator[tuple[int, Words]]:
    """The same words in chunks, each with the index of its first, so that 10^7 rows need little memory."""
    for first in range(start, start + count, CHUNK):
        yield first, words(key, first, min(CHUNK, start + count - first))


def _by_definition(key: int, counter: int, count: int) -> Words:
    blocks = range(counter + 1, counter + 1 + -(-count // BLOCK))
    return np.array([each for block in blocks for each in philox(block, key)], dtype=np.uint64)[:count]


def _by_numpy(key: int, counter: int, count: int) -> Words:
    return np.random.Philox(key=key, counter=counter).random_raw(count)


def _pairs_by_definition(key: int, rows: Words, columns: Words) -> Words:
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return np.array([pair_word(key, t, j) for t, j in pairs], dtype=np.uint64)


def _pairs_by_numpy(key: int, rows: Words, columns: Words) -> Words:
    """Philox on arrays: one block for each pair, of which one word is kept."""
    four = np.uint64(BLOCK)
    x0, x1, x2, x3 = columns // four + np.uint64(1), rows, np.zeros_like(rows), np.zeros_like(rows)
    k0, k1 = key & _MASK, key >> 64
    for _ in range(_ROUNDS):
        (high, low), (other_high, other_low) = _product(x0, _MULTIPLIERS[0]), _product(x2, _MULTIPLIERS[1])
        x0, x1, x2, x3 = other_high ^ x1 ^ np.uint64(k0), other_low, high ^ x3 ^ np.uint64(k1), low
        k0, k1 = (k0 + _WEYL[0]) & _MASK, (k1 + _WEYL[1]) & _MASK
    place = columns % four
    return np.where(place < 2, np.where(place == 0, x0, x1), np.where(place == 2, x2, x3))


def _product(values: Words, factor: int) -> tuple[Words, Words]:
    """The upper and the lower 64 bits of each product, by halves of 32 bits."""
    half, low_half = np.uint64(32), np.uint64(2**32 - 1)
    low, high = np.uint64(factor % 2**32), np.uint64(factor >> 32)
    below, above = values & low_half, values >> half
    middle = above * low + (below * low >> half)
    other = below * high + (middle & low_half)
    return above * high + (middle >> half) + (other >> half), values * np.uint64(factor)


def _pairs_agree() -> bool:
    """Whether the same on arrays gives the defined words, with every carry there is."""
    rows = np.array([0, 1, 99_999, 2**32 - 1, 2**63 + 5, 2**64 - 1] * 4, dtype=np.uint64)
    columns = np.repeat(np.array([0, 5, 2**32 + 2, 2**63 + 3], dtype=np.uint64), 6)
    keys = 0xC019B59BD01D936B832451118095C87B, 2**128 - 1, 1
    return all(
        np.array_equal(_pairs_by_numpy(key, rows, columns), _pairs_by_definition(key, rows, columns))
        for key in keys
    )


def _numpy_agrees() -> bool:
    """Whether numpy's Philox still gives the defined words; tried on both halves of key and counter."""
    trials = [(0xC019B59BD01D936B832451118095C87B, 0), (2**128 - 1, 2**64 * 99_999 + 2**64 - 3), (1, 2**40)]
    return all(np.array_equal(_by_numpy(*trial, 23), _by_definition(*trial, 23)) for trial in trials)


# numpy is an accelerator; if a later numpy ever differs, the definition decides, only slower
_stream = _by_numpy if _numpy_agrees() else _by_definition
_pairs = _pairs_by_numpy if _pairs_agree() else _pairs_by_definition
