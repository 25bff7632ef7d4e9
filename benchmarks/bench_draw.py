"""The draw (抽取): selecting by tickets beside a draw by hashes, a draw that nobody can repeat, and a full sort."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np
from consistent_sampler import sampler
from numpy.typing import NDArray

from benchmarks.instances import AUDIT, NATION, POPULATIONS, Population, key_of
from matching.draw.targets import draw_targets, quotas
from matching.draw.tickets import words

Indexes = NDArray[np.int64]
Drawn = list[Indexes]
Side = tuple[Callable[[], Any], Callable[[Any], Any]]


def draw(name: str) -> Side:
    """Ours: one pass over the tickets in chunks, keeping those below a bound."""
    population = _population(name)
    quota, spans, key = population.quota(), population.spans(), key_of(name)
    return lambda: [stratum.indexes for stratum in draw_targets(quota, spans, key)], _fingerprint


def argsort(name: str) -> Side:
    """The same answer by numpy's stable sort of all tickets."""
    population = _population(name)
    key = key_of(name)

    def run() -> Drawn:
        tickets = words(key, 0, population.rows)
        return [
            np.argsort(tickets[start : start + rows], kind="stable")[:wanted] + start
            for start, rows, wanted in _strata(population)
        ]

    return run, _fingerprint


def choice(name: str) -> Side:
    """numpy's own sample: as many rows, but no row has a ticket and another numpy may draw others."""
    population = _population(name)

    def run() -> Drawn:
        generator = np.random.default_rng(1)
        return [
            generator.choice(rows, wanted, replace=False) + start
            for start, rows, wanted in _strata(population)
        ]

    return run, lambda drawn: sum(map(len, drawn))


def consistent(name: str) -> Side:
    """consistent-sampler (Rivest): a ticket by SHA-256 of seed and id, smallest first."""
    population = _population(name)
    ids = [f"T{i:08}" for i in range(population.rows)]
    wanted = sum(quotas(population.quota(), population.spans()))
    return lambda: list(sampler(ids, "01382438112797316654", take=wanted)), len


SIDES = {"draw_targets": draw, "argsort": argsort, "choice": choice, "consistent-sampler": consistent}


def _population(name: str) -> Population:
    return {**POPULATIONS, AUDIT.name: AUDIT, NATION.name: NATION}[name]


def _strata(population: Population) -> list[tuple[int, int, int]]:
    """First row, rows and quota of each stratum."""
    spans = population.spans()
    return [
        (start, rows, wanted)
        for (_, start, rows), wanted in zip(spans, quotas(population.quota(), spans), strict=True)
    ]


def _fingerprint(drawn: Drawn) -> list[object]:
    """How many, and a digest of which and in which order."""
    whole = np.concatenate(drawn).astype(np.int64)
    return [len(whole), sha256(whole.tobytes()).hexdigest()]
