"""What is said of counts: the bound is that of a linear program, limits are exact, and surprise is what it is defined as."""

from __future__ import annotations

from fractions import Fraction
from math import log2
from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import binomtest

from matching.draw.tickets import words
from matching.fairness import Tally, binned, even, largest, limits, spread, surprise
from matching.pairing.forced import forced_at, forced_chance
from matching.pairing.problem import Staffing
from matching.pairing.solve import fill


def staffing_of(may, size=1, leads=0, capacity=9, qualified=None, near=None) -> Staffing:
    """A department by a table of who may go where, a line for each target."""
    target, taker = (each.astype(np.int64) for each in np.nonzero(np.array(may, dtype=bool)))
    takers, places = len(may[0]), np.arange(len(target))
    return Staffing(
        department="AMR",
        size=size,
        leads=leads,
        targets=len(may),
        first=0,
        capacity=np.full(takers, capacity) if isinstance(capacity, int) else np.array(capacity),
        qualified=np.ones(takers, dtype=bool) if qualified is None else np.array(qualified, dtype=bool),
        target=target,
        taker=taker,
        near=np.zeros(len(target), np.int64) if near is None else np.array(near)[target, taker],
        cost=(words(1, 0, len(target)) >> np.uint64(24)).astype(np.int64),
        remainder=places,
    )


def some_staffing(seed: int) -> Staffing:
    """A small department of chance."""
    dice = Random(seed)
    targets, takers = 1 + int(5 * dice.random()), 1 + int(6 * dice.random())
    size = 1 + int(2 * dice.random())
    cut = (0.5, 0.8, 1.0)[seed % 3]

    def table(below: float) -> list[list[int]]:
        return [[int(dice.random() < below) for _ in range(takers)] for _ in range(targets)]

    return staffing_of(
        table(cut),
        size,
        int((size + 1) * dice.random()),
        [1 + int(4 * dice.random()) for _ in range(takers)],
        [dice.random() < 0.6 for _ in range(takers)],
        table(0.5),
    )


def by_program(each: Staffing, near: bool) -> float | None:
    """The smallest largest chance as HiGHS finds it; with `near`, among the answers with the fewest who travel."""
    pairs = len(each.target)
    rows, most = [], []
    for taker, capacity in enumerate(each.capacity):
        rows.append(np.append(each.taker == taker, 0))
        most.append(capacity)
    for target in range(each.targets):
        rows.append(np.append((each.target == target) & ~each.qualified[each.taker], 0))
        most.append(each.size - each.leads)
    rows += list(np.hstack([np.eye(pairs), -np.ones((pairs, 1))]))
    most += [0] * pairs
    exactly = [np.append(each.target == target, 0) for target in range(each.targets)]
    seats = [each.size] * each.targets
    if near:
        answer = fill(each, ("near", "tickets"))
        if answer is None:
            return None
        exactly.append(np.append(each.near, 0))
        seats.append(each.near[answer.taken].sum())
    goal = np.append(np.zeros(pairs), 1)
    found = linprog(
        goal, A_ub=np.array(rows, float), b_ub=most, A_eq=np.array(exactly, float), b_eq=seats, bounds=(0, 1)
    )
    return float(found.fun) if found.status == 0 else None


# The bound


@pytest.mark.parametrize("near", [False, True])
def test_the_bound_is_that_of_the_linear_program(near):
    told = 0
    for seed in range(150):
        each = some_staffing(seed)
        ours, theirs = forced_chance(each, ("near", "tickets") if near else ()), by_program(each, near)
        assert (ours is None) == (theirs is None), seed
        if ours is not None:
            assert float(ours) == pytest.approx(theirs, abs=1e-7), seed
            assert ours >= max(forced_at(each)), seed
            told += 1
    assert told > 60


def test_capacity_forces_more_than_any_target_alone():
    each = staffing_of([[1, 1, 1], [1, 1, 0], [1, 1, 0]], capacity=1)
    assert forced_at(each) == [Fraction(1, 3), Fraction(1, 2), Fraction(1, 2)]
    assert forced_chance(each) == 1  # the two others are needed elsewhere


def test_who_has_room_is_forced_by_those_who_have_none():
    each = staffing_of([[1, 1, 1, 1]] * 5, capacity=[1, 1, 1, 9])
    assert forced_chance(each) == Fraction(2, 5)  # two of the five targets are left for him
    assert max(forced_at(each)) == Fraction(1, 4)


def test_a_lead_s_seat_forces_who_may_lead():
    each = staffing_of([[1, 1, 1, 1]], size=2, leads=1, qualified=[1, 0, 0, 0])
    assert forced_chance(each) == 1
    assert forced_at(each) == [1]


def test_near_makes_a_seat_that_anybody_could_take_one_of_those_at_home():
    each = staffing_of([[1] * 5], size=2, leads=1, qualified=[0, 0, 1, 1, 1], near=[[0, 0, 1, 1, 1]])
    assert forced_chance(each) == Fraction(2, 5)
    assert forced_chance(each, ("near", "tickets")) == Fraction(1, 2)


def test_where_seats_stay_empty_there_is_no_bound():
    assert forced_chance(staffing_of([[1, 0], [1, 0]], capacity=1)) is None
    assert forced_chance(staffing_of([[1, 0], [1, 0]], capacity=1), ("near", "tickets")) is None
    assert forced_chance(staffing_of([[0, 0]])) is None


# Counts


def test_a_tally_counts_pairs_loads_and_who_is_at_home():
    tally = Tally(staffing_of([[1, 1], [1, 1]], near=[[0, 1], [1, 1]]))
    tally.count(np.array([0, 1]), np.array([0, 0]))
    tally.count(np.array([0, 1]), np.array([0, 1]))
    assert tally.taken.tolist() == [2, 0, 1, 1]
    assert tally.loads.tolist() == [1, 2, 1]
    assert (tally.runs, tally.near) == (2, 2)
    other = Tally(tally.staffing)
    other.add(tally.counts)
    other.add(tally.counts)
    assert (other.runs, other.near, other.taken.tolist()) == (4, 4, [4, 0, 2, 2])
    top = largest(other)
    assert top is not None
    assert (top.place, top.counted) == (0, 1.0)
    assert even(other.staffing).tolist() == [0.5] * 4


def test_nothing_is_said_of_what_was_not_run():
    tally = Tally(staffing_of([[1, 1]]))
    assert largest(tally) is None
    assert spread(tally.loads) is None
    assert surprise(tally).mean == 0


@pytest.mark.parametrize(("count", "runs"), [(0, 20), (1, 20), (7, 20), (20, 20), (130, 300), (999, 1000)])
def test_limits_are_those_of_clopper_and_pearson(count, runs):
    for doubt in (0.05, 0.05 / 1000):
        told = binomtest(count, runs).proportion_ci(1 - doubt, "exact")
        assert limits(count, runs, doubt) == pytest.approx((told.low, told.high), abs=1e-9)


def test_the_largest_of_many_fair_counts_is_not_taken_for_unfair():
    """One in a hundred draws of 300 is far from its chance; of a thousand such counts some are, and none is blamed."""
    rng = np.random.Generator(np.random.PCG64(20261123))
    each = staffing_of([[1] * 10] * 100)
    blamed = 0
    for _ in range(40):
        chosen = rng.integers(0, 10, (300, 100))
        taken = np.array([(chosen[:, t] == j).sum() for t in range(100) for j in range(10)])
        top = largest(Tally(each, 300, taken, np.zeros(101, np.int64)))
        assert top is not None
        assert limits(top.count, 300)[0] > 0.1  # by itself it would be
        blamed += top.low > 0.1
    assert blamed <= 5


def test_surprise_is_nothing_where_it_is_certain_who_comes_and_most_where_all_are_as_likely():
    two = staffing_of([[1, 1, 1, 1], [1, 1, 0, 0]], size=2)
    runs = 10**6
    tally = Tally(two, runs, np.array([runs // 2] * 4 + [runs] * 2), np.zeros(3, np.int64))
    found = surprise(tally)
    assert found.possible.tolist() == [1.0, 0.0]
    assert found.bits == pytest.approx([1.0, 0.0], abs=1e-5)
    assert found.share == pytest.approx(1, abs=1e-5)
    tally.taken[:4] = [runs, runs // 2, runs // 2, 0]
    assert surprise(tally).bits[0] == pytest.approx(0.5, abs=1e-5)


def test_few_runs_do_not_make_surprise_look_smaller_than_it_is():
    each, runs = staffing_of([[1] * 20] * 50), 60
    rng = np.random.Generator(np.random.PCG64(1))
    taken = np.concatenate([np.bincount(rng.integers(0, 20, runs), minlength=20) for _ in range(50)])
    share = taken.reshape(50, 20) / runs
    plain = -(share * np.log2(np.where(share > 0, share, 1))).sum(axis=1).mean()
    told = surprise(Tally(each, runs, taken, np.zeros(51, np.int64))).mean
    assert plain < log2(20) - 0.2
    assert abs(told - log2(20)) < 0.1


def test_the_spread_of_loads_is_told_by_its_ends_mean_and_deviation():
    found = spread(np.array([2, 0, 2]))
    assert found is not None
    assert (found.least, found.mean, found.most, found.deviation) == (0, 1.0, 2, 1.0)


def test_chances_on_an_edge_belong_to_the_part_above():
    assert binned([0, 0.1, 0.3, 0.5, 1], 10) == [1, 1, 0, 1, 0, 1, 0, 0, 0, 1]
