"""Properties of the draw of targets; the exact values stand in the golden vectors."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.draw import targets, tickets
from matching.draw.plan import Rates, Total
from matching.draw.targets import (
    draw_stratum,
    draw_targets,
    quota_by_rate,
    quotas_by_total,
    smallest,
)

KEY = 0x243F6A8885A308D313198A2E03707344


def by_definition(start, rows, wanted):
    """The smallest (ticket, index), each ticket computed alone."""
    return sorted((tickets.word(KEY, i), i) for i in range(start, start + rows))[:wanted]


@given(st.integers(0, 40), st.integers(1, 60), st.data())
def test_the_drawn_rows_are_those_with_the_smallest_tickets(start, rows, data):
    wanted = data.draw(st.integers(0, rows))
    indexes, drawn = smallest(KEY, start, rows, wanted)
    found = list(zip(drawn.tolist(), indexes.tolist(), strict=True))
    assert found == by_definition(start, rows, wanted)


@pytest.mark.parametrize("chunk", [4, 8, 64])
def test_walking_in_chunks_gives_the_same_rows(monkeypatch, chunk):
    monkeypatch.setattr(tickets, "CHUNK", chunk)
    indexes, drawn = smallest(KEY, 3, 1000, 50)
    assert list(zip(drawn.tolist(), indexes.tolist(), strict=True)) == by_definition(3, 1000, 50)


def test_a_bound_that_was_too_low_is_raised_until_enough_rows_are_found(monkeypatch):
    calls = []
    below = targets._below

    def narrow(key, start, rows, bound):
        calls.append(bound)
        return below(key, start, rows, bound // 2**20 if len(calls) == 1 else bound)

    monkeypatch.setattr(targets, "_below", narrow)
    indexes, _ = smallest(KEY, 0, 5000, 100)
    assert len(calls) > 1
    assert indexes.tolist() == [i for _, i in by_definition(0, 5000, 100)]


def test_equal_tickets_go_to_the_smaller_index(monkeypatch):
    def flat(_key, _start, count, _row=0):
        return np.zeros(count, np.uint64)

    monkeypatch.setattr(tickets, "words", flat)
    indexes, _ = smallest(KEY, 10, 100, 7)
    assert indexes.tolist() == list(range(10, 17))


@given(st.integers(1, 200), st.integers(0, 50), st.integers(0, 50))
def test_a_larger_quota_keeps_everybody_who_was_drawn(rows, quota, more):
    quota = min(quota, rows)
    small = smallest(KEY, 0, rows, quota)[0].tolist()
    assert smallest(KEY, 0, rows, min(quota + more, rows))[0].tolist()[:quota] == small


def test_the_seat_of_a_voided_target_goes_to_the_next_ticket():
    drawn = draw_stratum(("A", 20, 30), 4, KEY)
    order = [i for _, i in by_definition(20, 30, 30)]
    assert drawn.indexes.tolist() == order[:4]
    assert drawn.successors(KEY, 3) == order[4:7]
    assert drawn.successors(KEY, 99) == order[4:]


def test_the_threshold_is_the_last_drawn_ticket():
    drawn = draw_stratum(("A", 0, 30), 4, KEY)
    assert drawn.threshold == by_definition(0, 30, 4)[-1]
    assert draw_stratum(("A", 0, 30), 0, KEY).threshold is None


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.integers(0, 10**9))
def test_a_total_is_shared_out_to_the_last_one_and_never_over_a_stratum(sizes, total):
    quotas = quotas_by_total(total, sizes)
    assert sum(quotas) == min(total, sum(sizes))
    for size, quota in zip(sizes, quotas, strict=True):
        assert 0 <= quota <= size
        exact = Fraction(min(total, sum(sizes)) * size, max(sum(sizes), 1))
        assert abs(quota - exact) < 1


@given(st.fractions(0, 2, max_denominator=10**6), st.integers(0, 10**9))
def test_a_rate_is_rounded_half_up(rate, rows):
    exact = min(rate * rows, rows)
    quota = quota_by_rate(rate, rows, at_least_one=False)
    assert quota - Fraction(1, 2) <= exact or quota == rows
    assert exact < quota + Fraction(1, 2)


def test_a_stratum_that_is_not_listed_gets_nothing_even_where_one_is_the_least():
    spans = [("A", 0, 10), ("B", 10, 10), ("C", 20, 0)]
    drawn = draw_targets(Rates({"A": Fraction(0), "C": Fraction(1)}, at_least_one=True), spans, KEY)
    assert [stratum.quota for stratum in drawn] == [1, 0, 0]


def test_strata_do_not_disturb_each_other():
    alone = draw_stratum(("B", 10, 50), 5, KEY).indexes.tolist()
    together = draw_targets(Total(12), [("A", 0, 10), ("B", 10, 50), ("C", 60, 60)], KEY)
    assert together[1].indexes.tolist() == alone


def test_numpy_that_gave_other_words_would_not_be_used(monkeypatch):
    class OtherPhilox:
        def __init__(self, key, counter):
            self.seed = key + counter

        def random_raw(self, count):
            return np.arange(count, dtype=np.uint64)

    assert tickets._numpy_agrees()
    monkeypatch.setattr(tickets.np.random, "Philox", OtherPhilox)
    assert not tickets._numpy_agrees()


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**40), st.integers(0, 30), st.integers(0, 2**33))
def test_the_accelerator_gives_the_defined_words(key, start, count, row):
    expected = [tickets.pair_word(key, row, j) for j in range(start, start + count)]
    assert tickets.words(key, start, count, row).tolist() == expected
