"""Chance for the sample city, the same in every version of Python."""

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TypeVar

_T = TypeVar("_T")


class Chance:
    """Choices out of one stream of `random()`.

    That method of `random.Random` is the only one whose sequence for a seed the standard library promises to
    keep; `choice`, `shuffle`, `sample` may change with any release, and with them the city.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, n: int) -> int:
        """A number from 0 to n - 1."""
        return int(self._random() * n)

    def in_hundred(self, percent: int) -> bool:
        """True in so many of 100 cases."""
        return self.below(100) < percent

    def one_of(self, choices: Sequence[_T]) -> _T:
        """One of these, each as likely."""
        return choices[self.below(len(choices))]

    def by_weight(self, weighted: Sequence[tuple[_T, int]]) -> Callable[[], _T]:
        """A chooser among these by their weights, whose sums are made once."""
        choices = [choice for choice, _ in weighted]
        sums = list(accumulate(weight for _, weight in weighted))
        return lambda: choices[bisect_right(sums, self.below(sums[-1]))]
