"""A certificate stands for the smallest pairing if there is no other as small, and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from matching.pairing.certificate import NotUnique, Potentials, certify, levels, violation
from matching.pairing.problem import Staffing
from matching.pairing.solve import fill
from tests.matching.small_cases import ORDERS


def staffing(seed: int, bits: int) -> tuple[Staffing, tuple[str, ...]]:
    """A small case of chance; tickets of few bits make answers that are as good as others."""
    chance = np.random.default_rng(seed)
    targets, takers, size = (int(chance.integers(low, high)) for low, high in ((1, 4), (2, 6), (1, 4)))
    target, taker = (each.astype(np.int64) for each in np.nonzero(chance.random((targets, takers)) < 0.9))
    cost, remainder = (chance.integers(0, 2**bits, len(target)) for _ in range(2))
    return Staffing(
        department="AMR",
        size=size,
        leads=int(chance.integers(0, size + 1)),
        targets=targets,
        first=0,
        capacity=chance.integers(1, 4, takers),
        qualified=chance.random(takers) < 0.6,
        target=target,
        taker=taker,
        near=chance.integers(0, 2, len(target)),
        cost=cost,
        remainder=remainder,
    ), ORDERS[seed % len(ORDERS)]


def pairings(each: Staffing) -> list[tuple[int, ...]]:
    """Every lawful pairing, as the candidacies that it takes."""
    of_target = [
        [
            team
            for team in combinations(np.flatnonzero(each.target == target).tolist(), each.size)
            if sum(each.qualified[each.taker[place]] for place in team) >= each.leads
        ]
        for target in range(each.targets)
    ]
    found = [tuple(place for team in teams for place in team) for teams in product(*of_target)]
    loads = (np.bincount(each.taker[list(one)], minlength=len(each.capacity)) for one in found)
    return [one for one, load in zip(found, loads, strict=True) if (load <= each.capacity).all()]


def value(each: Staffing, one: tuple[int, ...], objectives: tuple[str, ...]) -> tuple[int, ...]:
    """What a pairing costs, level by level."""
    taken = list(one)
    of = {
        "near": [int(each.near[taken].sum())],
        "balance": [int((np.bincount(each.taker[taken], minlength=len(each.capacity)) ** 2).sum())],
        "tickets": [int(each.cost[taken].sum()), int(each.remainder[taken].sum())],
    }
    return tuple(number for name in objectives for number in of[name])


CASES = [(seed, bits) for seed in range(200) for bits in (1, 3, 40)]


def solved(seed: int, bits: int) -> tuple[Staffing, tuple[str, ...], list[tuple[int, ...]]] | None:
    """A case that can be solved, with its pairings from the smallest on."""
    each, objectives = staffing(seed, bits)
    listed = sorted(pairings(each), key=lambda one: value(each, one, objectives))
    return (each, objectives, listed) if listed else None


def test_a_certificate_is_made_just_where_no_other_pairing_is_as_small():
    made = {True: 0, False: 0}
    for seed, bits in CASES:
        if (case := solved(seed, bits)) is None:
            continue
        each, objectives, listed = case
        best = value(each, listed[0], objectives)
        alone = len(listed) == 1 or value(each, listed[1], objectives) > best
        found = fill(each, objectives)
        assert value(each, tuple(found.taken), objectives) == best
        proof = certify(each, found.taken, objectives)
        assert isinstance(proof, Potentials if alone else NotUnique), (seed, bits)
        if alone:
            assert violation(each, found.taken, objectives, proof) is None
        made[alone] += 1
    assert min(made.values()) > 40, made


def test_no_other_pairing_stands_by_the_potentials_of_the_smallest():
    tried = 0
    for seed, bits in CASES:
        if (case := solved(seed, bits)) is None:
            continue
        each, objectives, listed = case
        proof = certify(each, np.array(listed[0]), objectives)
        if isinstance(proof, NotUnique):
            continue
        for other in listed[1:20]:
            assert violation(each, np.array(other), objectives, proof) is not None
            tried += 1
    assert tried > 1000


def test_a_pairing_that_is_not_the_smallest_gets_no_certificate():
    refused = 0
    for seed, bits in CASES[:120]:
        if (case := solved(seed, bits)) is None:
            continue
        each, objectives, listed = case
        worse = [one for one in listed if value(each, one, objectives) > value(each, listed[0], objectives)]
        for other in worse[:3]:
            with pytest.raises(RuntimeError, match="not the smallest in"):
                certify(each, np.array(other), objectives)
            refused += 1
    assert refused > 50


def test_potentials_of_any_making_never_prove_a_pairing_that_is_not_the_smallest():
    """Whatever somebody writes into the file: sound, and not only complete."""
    chance = np.random.default_rng(5)
    tried = 0
    for seed, bits in CASES[:60]:
        if (case := solved(seed, bits)) is None:
            continue
        each, objectives, listed = case
        proof = certify(each, np.array(listed[0]), objectives)
        if isinstance(proof, NotUnique) or len(listed) == 1:
            continue
        for other in listed[1:4]:
            for _ in range(10):
                moved = {
                    name: getattr(proof, name) + chance.integers(-3, 4, getattr(proof, name).shape)
                    for name in ("takers", "seats", "gates")
                }
                assert violation(each, np.array(other), objectives, Potentials(**moved)) is not None
                tried += 1
    assert tried > 300


def arcs(each: Staffing, taken: np.ndarray, objectives: tuple[str, ...]):
    """The network arc by arc, as the definition has it: (tail, head, capacity, flow, cost of each level)."""
    names = levels(objectives)
    gated = 0 < each.leads < each.size
    load = np.bincount(each.taker[taken], minlength=len(each.capacity))
    for taker, capacity in enumerate(each.capacity):
        for unit in range(1, int(capacity) + 1):
            cost = tuple(2 * unit - 1 if name == "balance" else 0 for name in names)
            yield "source", ("taker", taker), 1, int(unit <= load[taker]), cost
    through = [0] * each.targets
    for place, (target, taker) in enumerate(zip(each.target.tolist(), each.taker.tolist(), strict=True)):
        if each.leads == each.size and not each.qualified[taker]:
            continue
        used = int(place in taken)
        at_gate = gated and not each.qualified[taker]
        through[target] += used and at_gate
        of = {
            "near": each.near[place], "balance": 0, "cost": each.cost[place], "remainder": each.remainder[place],
            "shared": 1 if used else -1,
        }  # fmt: skip
        head = "gate" if at_gate else "seats"
        yield ("taker", taker), (head, target), 1, used, tuple(int(of[name]) for name in names)
    for target in range(each.targets if gated else 0):
        yield ("gate", target), ("seats", target), each.size - each.leads, through[target], (0,) * len(names)


def proves(each: Staffing, taken: np.ndarray, objectives: tuple[str, ...], proof: Potentials) -> bool:
    """The definition, word for word: no arc that could carry more falls, none that carries something rises."""

    def at(node) -> list[int]:
        if node == "source":
            return [0] * len(levels(objectives))
        kind, place = node
        of = {"taker": proof.takers, "seats": proof.seats, "gate": proof.gates}[kind]
        return [int(number) for number in of[:, place]]

    for tail, head, capacity, flow, cost in arcs(each, taken, objectives):
        rise = tuple(c + a - b for c, a, b in zip(cost, at(tail), at(head), strict=True))
        zero = (0,) * len(rise)
        if (flow < capacity and rise < zero) or (flow > 0 and rise > zero):
            return False
    return True


def test_the_check_is_the_definition_and_no_weaker():
    """Every number of a certificate is moved by one, and by chance; what still stands is just what should."""
    chance = np.random.default_rng(7)
    stood = {True: 0, False: 0}
    for seed in range(120):
        if (case := solved(seed, (1, 3, 40)[seed % 3])) is None:
            continue
        each, objectives, listed = case
        taken = np.array(listed[0])
        proof = certify(each, taken, objectives)
        if isinstance(proof, NotUnique):
            continue
        for part in ("takers", "seats", "gates"):
            for place in np.ndindex(getattr(proof, part).shape):
                for by in (-1, 1, int(chance.integers(-9, 10))):
                    moved = getattr(proof, part).copy()
                    moved[place] += by
                    tried = replace(proof, **{part: moved})
                    stands = violation(each, taken, objectives, tried) is None
                    assert stands == proves(each, taken, objectives, tried), (seed, part, place, by)
                    stood[stands] += 1
    assert min(stood.values()) > 500, stood


def test_levels_stand_in_the_order_of_the_objectives_and_end_with_what_is_shared():
    assert levels(("near", "balance", "tickets")) == ("near", "balance", "cost", "remainder", "shared")
    assert levels(("balance", "near", "tickets"))[:2] == ("balance", "near")


def test_a_department_without_targets_has_an_empty_certificate():
    each, objectives = staffing(3, 40)
    none = replace(each.only(np.zeros(len(each.target), dtype=bool)), targets=0)
    proof = certify(none, np.empty(0, dtype=np.int64), objectives)
    assert violation(none, np.empty(0, dtype=np.int64), objectives, proof) is None
