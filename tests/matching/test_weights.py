"""Weighted pools (加权抽取): the chance of every row is exactly its share, counted over all possible starts."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.draw import tables
from matching.draw.plan import Systematic, read_plan
from matching.draw.tables import freeze, freeze_all, weigh
from matching.draw.tickets import word
from matching.draw.weights import begin, covered, covers_point, draw_weighted, expected, sampling
from matching.lottery import draw
from tests.town import refuses

KEY, BEGINS = 0x243F6A8885A308D313198A2E03707344, 0x452821E638D01377BE5466CF34E90C6C

pools = st.lists(st.sampled_from([0, 1, 1, 2, 3, 5, 9, 40]), min_size=1, max_size=9)


def by_hand(n, weights, first):
    """Section 7.2 word for word: people on a line, points on the line."""
    m, whole, certain = n, sum(weights), set()
    while True:
        found = {i for i, w in enumerate(weights) if i not in certain and w and m * w >= whole}
        if not found:
            break
        certain |= found
        m, whole = m - len(found), whole - sum(weights[i] for i in found)
    line = [i for i, w in enumerate(weights) if i not in certain for _ in range(m * w)]
    return sorted(certain | {line[first + k * whole] for k in range(m if whole else 0)})


@given(pools, st.integers(0, 12))
def test_over_all_starts_every_row_is_drawn_exactly_as_often_as_its_weight_says(weights, n):
    sample = sampling(n, weights)
    starts = sample.weight if sample.draws else 1
    counts = Counter()
    for first in range(starts):
        rows = covered(sample, first).tolist()
        assert rows == by_hand(n, weights, first)
        assert len(rows) == len(set(rows)) == min(n, sum(w > 0 for w in weights))
        counts.update(rows)
    assert [Fraction(counts[i], starts) for i in range(len(weights))] == [
        sample.chance(i) for i in range(len(weights))
    ]


@given(pools, st.integers(1, 12))
def test_a_row_alone_sees_whether_it_covers_a_point(weights, n):
    sample = sampling(n, weights)
    for first in range(sample.weight if sample.draws else 0):
        drawn, place = set(covered(sample, first).tolist()), 0
        for i, own in enumerate(weights):
            if i in sample.taken:
                continue
            point = covers_point(sample.draws, sample.weight, first, place, own)
            assert (point is not None) == (i in drawn)
            place += own


def test_a_start_is_the_first_word_that_favours_none():
    weight = 2**63 + 1  # every other word is above the last whole multiple
    bound = 2**64 // weight * weight
    words = [word(KEY, i) for i in range(100)]
    assert any(w >= bound for w in words[:5]), "the case shows nothing"
    assert begin(KEY, weight) == next(w for w in words if w < bound) % weight
    assert begin(KEY, 0) == 0


def weighed_table(*weights, strata="AAABB"):
    rows = [(s, f"T{i}", "", f"名{i}", str(w)) for i, (s, w) in enumerate(zip(strata, weights, strict=True))]
    return freeze("targets", weigh(rows), weighed=True)


def test_a_weighted_table_tells_the_weights_of_its_strata_and_the_place_of_every_row():
    table = weighed_table(2, 0, 7, 1, 5)
    assert table.header == "stratum\tid\tregion\tname\tweight\tbefore"
    assert [row[4:] for row in table.rows] == [("2", "0"), ("0", "2"), ("7", "2"), ("1", "9"), ("5", "10")]
    assert table.ranges == [["A", 3, 9], ["B", 2, 6]]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("A", "T1", "", "名", "1", "3"), "table.weights_before"),
        (("A", "T1", "", "名", "x", "2"), "table.weight"),
        (("A", "T1", "", "名", "01", "2"), "table.weight"),
        (("A", "T1", "", "名", "1"), "table.columns"),
    ],
)
def test_a_table_whose_weights_do_not_add_up_is_refused(row, code):
    with refuses(code):
        freeze("targets", [("A", "T0", "", "名", "2", "0"), row], weighed=True)


def test_a_sum_that_could_not_be_reckoned_with_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_WEIGHT", 14)
    with refuses("table.weights_sum"):
        weighed_table(2, 0, 7, 1, 5)


def test_ranks_follow_the_tickets_and_the_next_is_the_first_not_drawn_that_has_a_weight():
    table = weighed_table(2, 0, 7, 1, 5)
    for n in range(1, 5):
        for stratum in draw_weighted(n, table, KEY, BEGINS):
            order = [(word(KEY, int(i)), int(i)) for i in stratum.indexes]
            assert order == sorted(order)
            assert stratum.threshold is None
            left = {
                i
                for i in range(stratum.start, stratum.start + stratum.rows)
                if table.weights[i] and i not in stratum.indexes
            }
            following = sorted(left, key=lambda i: (word(KEY, i), i))
            assert stratum.successors(KEY, 99) == following
            assert stratum.successors(KEY, 1) == following[:1]


def test_how_many_of_each_stratum_are_expected_adds_up_exactly():
    table = weighed_table(2, 0, 7, 1, 5)
    assert expected(Systematic(3), table) == [1 + Fraction(2, 3), 1 + Fraction(1, 3)]
    assert sum(expected(Systematic(4), table)) == 4


def test_a_plan_and_its_table_agree_on_whether_there_are_weights():
    plan = read_plan(
        {
            "purpose": "加权",
            "quota": {"systematic": 2},
            "teams": "per_target",
            "departments": [{"code": "D", "size": 1, "leads": 0}],
            "objectives": ["tickets"],
        }
    )
    frame = freeze_all([("A", "T0", "", "名")], [])
    with refuses("plan.weights"):
        draw(plan, frame, {}, b"")
    with refuses("pool.no_weights"):
        draw_weighted(2, weighed_table(0, 0, 0, 0, 0), KEY, BEGINS)
