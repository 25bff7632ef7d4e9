"""On instances whose answers can all be written down every lawful answer comes, no other does, and the bound is the bound.

The keys are fixed, so each count is the same for ever. With how many keys an answer comes how often is told in
benchmarks/RESULTS.md, for many more of them.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import chi2

from matching.draw import tickets
from matching.fairness import limits, open_to
from matching.pairing.forced import forced_chance
from tests.matching.enumerated_cases import (
    ALIKE,
    CASES,
    Answer,
    Case,
    Person,
    answers,
    distance,
    drawn_answers,
)
from tests.matching.small_cases import ORDERS, Dice

KEYS_PER_ANSWER = 12
BY_NAME = {case.name: case for case in CASES}
FREE = [case for case in CASES if not case.groups and not case.pair_bars]
"""Where every mixture of answers is a point of the polytope of flows, and the bound is exact."""


@cache
def support(case: Case) -> frozenset[Answer]:
    return frozenset(answers(case))


@cache
def counted(case: Case) -> Counter[Answer | None]:
    return drawn_answers(case, max(300, KEYS_PER_ANSWER * len(support(case))))


def pairs_of(case: Case, department: str) -> list[tuple[int, int]]:
    """All pairs of a department that some answer has."""
    members = set(case.members(department))
    return sorted({pair for answer in support(case) for pair in answer if pair[1] in members})


def smallest_largest_chance(case: Case, department: str) -> float:
    """By its definition: over all lotteries on the answers the smallest possible largest chance of a pair."""
    possible, pairs = sorted(support(case), key=sorted), pairs_of(case, department)
    has = np.array([[pair in answer for answer in possible] for pair in pairs], dtype=float)
    found = linprog(
        np.append(np.zeros(len(possible)), 1),
        A_ub=np.hstack([has, -np.ones((len(pairs), 1))]),
        b_ub=np.zeros(len(pairs)),
        A_eq=np.append(np.ones(len(possible)), 0)[None, :],
        b_eq=[1],
    )
    assert found.status == 0
    return float(found.fun)


def bounds(case: Case) -> list[tuple[str, Fraction]]:
    """By the product, of every department."""
    objectives = case.objectives if case in FREE else ()
    found = []
    for each in open_to(case.plan(), case.frame(), range(len(case.targets))):
        bound = forced_chance(each, objectives)
        assert bound is not None
        found.append((each.department, bound))
    return found


def test_there_are_instances_of_every_kind():
    assert len(CASES) >= 12
    assert len(BY_NAME) == len(CASES)
    assert {case.objectives for case in CASES} == {
        ("tickets",),
        ("near", "tickets"),
        ("balance", "tickets"),
        ("near", "balance", "tickets"),
        ("balance", "near", "tickets"),
    }
    for kind in ("bars", "pair_bars", "groups"):
        assert any(getattr(case, kind) for case in CASES), kind
    assert any(size == 2 and leads == 1 for case in CASES for _, size, leads in case.departments)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_lawful_answer_is_reached_and_no_other(case):
    found = counted(case)
    assert found[None] == 0
    assert found.keys() == support(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answers_come_nearly_evenly(case):
    assert distance(counted(case), set(support(case))) < 0.25


@pytest.mark.parametrize("name", ALIKE)
def test_where_all_are_alike_all_answers_are_equally_likely(name):
    found = np.array([counted(BY_NAME[name])[answer] for answer in support(BY_NAME[name])])
    even = found.sum() / len(found)
    assert 0.001 < chi2.sf(((found - even) ** 2 / even).sum(), len(found) - 1) < 0.999


@pytest.mark.parametrize("case", FREE, ids=lambda case: case.name)
def test_the_bound_is_that_of_the_best_lottery_over_all_answers(case):
    for department, bound in bounds(case):
        assert float(bound) == pytest.approx(smallest_largest_chance(case, department), abs=1e-9)


@pytest.mark.parametrize("case", [case for case in CASES if case not in FREE], ids=lambda case: case.name)
def test_where_there_are_pair_bars_or_groups_the_bound_still_lies_below(case):
    for department, bound in bounds(case):
        assert float(bound) <= smallest_largest_chance(case, department) + 1e-9


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_counted_chance_lies_surely_below_the_bound(case):
    found = counted(case)
    for department, bound in bounds(case):
        pairs = pairs_of(case, department)
        most = max(sum(number for answer, number in found.items() if pair in answer) for pair in pairs)
        assert limits(most, found.total(), 0.05 / len(pairs))[1] >= bound


@pytest.mark.parametrize(
    ("name", "forced"), [("near", 1), ("near, capacity", 1), ("near, balance", Fraction(1, 2))]
)
def test_near_forces_what_the_bars_alone_do_not(name, forced):
    case = BY_NAME[name]
    (each,) = open_to(case.plan(), case.frame(), range(len(case.targets)))
    assert forced_chance(each) == Fraction(1, 4)
    assert forced_chance(each, case.objectives) == forced


def some_case(seed: int) -> Case:
    """A small instance of chance, in any objectives."""
    dice = Dice(seed)
    size = dice.between(1, 2)
    people = tuple(
        Person(leads=dice.percent(70), home=dice.one(("东", "西")), capacity=dice.between(1, 3))
        for _ in range(dice.between(3, 4))
    )
    targets = tuple(dice.one(("东", "西")) for _ in range(dice.between(2, 3)))
    barred = [(j, t) for j in range(len(people)) for t in range(len(targets)) if dice.percent(15)]
    leads = dice.between(0, size)
    return Case(
        f"{seed}", targets, people, (("A", size, leads),), tuple(barred), (), ORDERS[seed % len(ORDERS)]
    )


def test_on_many_small_instances_the_bound_is_that_of_the_best_lottery_in_any_objectives():
    found = set()
    for case in map(some_case, range(120)):
        (each,) = open_to(case.plan(), case.frame(), range(len(case.targets)))
        bound = forced_chance(each, case.objectives)
        assert (bound is None) == (not support(case)), case
        if bound is not None:
            assert float(bound) == pytest.approx(smallest_largest_chance(case, "A"), abs=1e-9), case
            found.add((case.objectives, bound))
    assert {objectives for objectives, _ in found} == set(ORDERS)
    assert len(found) > 20


def test_a_solver_that_breaks_ties_reaches_one_answer(monkeypatch):
    words = tickets.pair_words
    monkeypatch.setattr("matching.pairing.costs.pair_words", lambda *given: words(*given) & np.uint64(0))
    assert len(drawn_answers(BY_NAME["no bars"], 50)) == 1
