"""Several departments, and parts of one that share nobody, solved side by side in processes where that pays."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from types import TracebackType

import numpy as np

from matching.pairing.network import Ints, Truths
from matching.pairing.problem import Staffing
from matching.pairing.solve import Seated, fill

PAYS = 2_000_000
"""Candidacies from which on two processes are quicker than one: a process begins in about a second."""


class Solvers:
    """Fills staffings: in turn, or in as many processes as there are processors, which begin at the first large task."""

    def __init__(self) -> None:
        self._processes = 1 if parent_process() else os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Solvers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def fill(self, staffings: Sequence[Staffing], objectives: Sequence[str]) -> list[Seated | None]:
        """The answers of these staffings in these objectives, None where one has none (`matching.pairing.solve.fill`)."""
        if self._processes < 2 or sum(len(each.target) for each in staffings) < PAYS:
            return [fill(each, objectives) for each in staffings]
        parts = [list(apart(each, self._processes)) for each in staffings]
        if sum(map(len, parts)) < 2:
            return [fill(each, objectives) for each in staffings]
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._processes, mp_context=get_context("spawn"))
        waiting = [
            [self._pool.submit(_taken, part.staffing, tuple(objectives)) for part in each] for each in parts
        ]
        return [
            _together(staffing, [(part, found.result()) for part, found in zip(each, futures, strict=True)])
            for staffing, each, futures in zip(staffings, parts, waiting, strict=True)
        ]


@dataclass(frozen=True)
class Part:
    """Some targets of a staffing with all who may go there; `places` are its candidacies' places in the whole."""

    staffing: Staffing
    places: Ints


def apart(staffing: Staffing, most: int) -> Iterator[Part]:
    """Up to so many parts of about one size that share no taker: no answer of one bears on another."""
    component = _components(staffing)
    sizes = np.bincount(component[staffing.target], minlength=staffing.targets)
    # the largest first, each to the part that has least so far
    room, part = [0] * most, np.zeros(staffing.targets, dtype=np.int64)
    for each in np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)].tolist():
        least = room.index(min(room))
        part[each] = least
        room[least] += int(sizes[each])
    if sum(size > 0 for size in room) < 2:
        yield Part(staffing, np.arange(len(staffing.target)))
        return
    of_target = part[component]
    for number in range(most):
        if room[number]:
            yield _part(staffing, of_target == number)


def _part(staffing: Staffing, targets: Truths) -> Part:
    kept: Truths = targets[staffing.target]
    takers = np.unique(staffing.taker[kept])
    each = staffing.only(kept)
    name = np.cumsum(targets) - 1
    smaller = replace(
        each,
        targets=int(np.count_nonzero(targets)),
        capacity=staffing.capacity[takers],
        qualified=staffing.qualified[takers],
        target=name[each.target],
        taker=np.searchsorted(takers, each.taker),
    )
    return Part(smaller, np.flatnonzero(kept))


def _components(staffing: Staffing) -> Ints:
    """Of each target the first target with which it shares takers, directly or by others."""
    lowest = np.arange(staffing.targets)
    while True:
        of_taker = np.full(len(staffing.capacity), staffing.targets)
        np.minimum.at(of_taker, staffing.taker, lowest[staffing.target])
        found = lowest.copy()
        np.minimum.at(found, staffing.target, of_taker[staffing.taker])
        found = found[found]  # halves the way to the first
        if (found == lowest).all():
            return found
        lowest = found


def _taken(staffing: Staffing, objectives: tuple[str, ...]) -> Ints | None:
    found = fill(staffing, objectives)
    return None if found is None else found.taken


def _together(staffing: Staffing, parts: Sequence[tuple[Part, Ints | None]]) -> Seated | None:
    taken = [part.places[found] for part, found in parts if found is not None]
    return Seated(staffing, np.sort(np.concatenate(taken))) if len(taken) == len(parts) else None
