"""The cost of a pair (draw-1, section 6): its ticket, cut so that a solver's 64-bit sums are exact."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.draw.tickets import pair_word, pair_words

Ints = NDArray[np.int64]
REMAINDER_BITS = 24


def cost_of(key: int, t: int, j: int) -> int:
    """The cost of one pair of row indexes, 40 bits."""
    return pair_word(key, t, j) >> REMAINDER_BITS


def pair_tickets(key: int, rows: Sequence[int], target: Ints, column: Ints) -> tuple[Ints, Ints]:
    """Costs and remainders of candidacies.

    `target` is the position in `rows` (row indexes of targets) and ascends; `column` is the row index of the
    inspector, or the number of the group.
    """
    tickets = pair_words(key, np.array(rows, dtype=np.uint64)[target], column.astype(np.uint64))
    cost = (tickets >> np.uint64(REMAINDER_BITS)).astype(np.int64)
    return cost, (tickets & np.uint64(2**REMAINDER_BITS - 1)).astype(np.int64)
