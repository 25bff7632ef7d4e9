"""The lottery is fair: over simulated seeds, rows, pairs of rows, places and inspectors come as often as they should.

Every draw goes the product's own way from the entropy on. What should be is enumerated exactly: a design is the list of
its possible samples with their chances, and from it follow the mean of any count and its covariances. The test is the
chi-square of a quadratic form with the inverse of these, because counts of rows drawn together are not independent.
Seeds are fixed, so a p-value is the same for ever. Each statistic is shown to find a draw that is unfair on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2

from matching.draw import targets, tickets
from matching.draw.plan import Rates, read_plan
from matching.draw.seed import reveals_digest, seed, stage_key
from matching.draw.tables import freeze_all
from matching.draw.targets import draw_targets
from matching.draw.teams import Groups, deal_groups
from matching.pairing.pairs import Paired
from matching.pairing.rounds import pair_targets

Numbers = NDArray[np.float64]
Samples = NDArray[np.int64]  # one line per seed: the rows of a stratum, counted from its first, by rank
Draw = Callable[
    [int], Sequence[Sequence[int]]
]  # the key of a seed -> the row indexes of each stratum, by rank

SEEDS = 100_000
LEAST, MOST = 0.001, 0.999
SPANS = (("甲", 0, 12), ("乙", 12, 7))
QUOTAS = (5, 3)
RATES = Rates({"甲": Fraction(5, 12), "乙": Fraction(3, 7)}, at_least_one=False)
TABLE = bytes(range(32))


# Seeds and draws


def keys(number: int, stage: str) -> Iterator[int]:
    """The keys of a stage for so many throws of the dice, one after another."""
    commit, secret, revealed = b"C" * 32, b"s" * 32, reveals_digest([])
    for throw in range(number):
        yield stage_key(seed(commit, revealed, secret, f"d10x20:{throw:020d}"), TABLE, stage)


def simple(key: int) -> list[list[int]]:
    """The product's draw."""
    return [stratum.indexes.tolist() for stratum in draw_targets(RATES, SPANS, key)]


def samples(draw: Draw, number: int) -> list[Samples]:
    """What so many seeds drew, stratum by stratum."""
    drawn = [draw(key) for key in keys(number, "targets")]
    return [
        np.array([each[place] for each in drawn], dtype=np.int64) - start
        for place, (_, start, _) in enumerate(SPANS)
    ]


# What a design lets expect


@dataclass(frozen=True)
class Design:
    """How a stratum may be drawn: every possible sample, ordered by rank, with the chance that it is the one."""

    rows: int
    possible: Samples
    chances: Numbers

    def moments(self, features: Numbers) -> tuple[Numbers, Numbers]:
        """Mean and second moments of what each possible sample has of some features."""
        return self.chances @ features, features.T @ (self.chances[:, None] * features)


def simple_design(rows: int, quota: int) -> Design:
    """Drawing without putting back: every ordered sample is as likely as any other."""
    possible = np.array(list(permutations(range(rows), quota)), dtype=np.int64)
    return Design(rows, possible, np.full(len(possible), 1 / len(possible)))


def inclusions(drawn: Samples, rows: int) -> Numbers:
    """For each row whether it was drawn."""
    found = np.zeros((len(drawn), rows))
    np.put_along_axis(found, drawn, 1, axis=1)
    return found


def couples(drawn: Samples, rows: int) -> Numbers:
    """For each pair of rows whether both were drawn."""
    one, other = np.array(list(combinations(range(rows), 2))).T
    within = inclusions(drawn, rows)
    return within[:, one] * within[:, other]


def places(drawn: Samples, rows: int) -> Numbers:
    """For each rank and row whether the row has that rank."""
    found = np.zeros((len(drawn), drawn.shape[1], rows))
    np.put_along_axis(found, drawn[:, :, None], 1, axis=2)
    return found.reshape(len(drawn), -1)


STATISTICS: Mapping[str, Callable[[Samples, int], Numbers]] = {
    "rows": inclusions,
    "pairs of rows": couples,
    "places": places,
}


# How far what came is from what should


def p_value(observed: Numbers, trials: int, mean: Numbers, second: Numbers) -> float:
    """The chance that fair counts are further off: chi-square with as many degrees as the covariances have."""
    covariance = trials * (second - np.outer(mean, mean))
    worth, directions = np.linalg.eigh(covariance)
    free = worth > 1e-9 * worth.max()
    off = directions[:, free].T @ (observed - trials * mean)
    # in a direction without variance a fair count is never off; there a difference is an error, not chance
    assert np.allclose(directions[:, ~free].T @ (observed - trials * mean), 0, atol=1e-4 * trials)
    return float(chi2.sf((off**2 / worth[free]).sum(), int(free.sum())))


def p_even(observed: Sequence[int] | NDArray[Any]) -> float:
    """The same for counts of which every one should be equal and each trial counts once."""
    counts = np.asarray(observed, dtype=float).ravel()
    expected = counts.sum() / len(counts)
    return float(chi2.sf(((counts - expected) ** 2 / expected).sum(), len(counts) - 1))


def p_values(drawn: list[Samples], designs: Sequence[Design]) -> dict[str, float]:
    """Of every statistic in every stratum, and of rows of different strata that were drawn together."""
    found = {}
    for (name, _, rows), design, each in zip(SPANS, designs, drawn, strict=True):
        for statistic, features in STATISTICS.items():
            mean, second = design.moments(features(design.possible, rows))
            found[f"{statistic} of {name}"] = p_value(
                features(each, rows).sum(axis=0), len(each), mean, second
            )
    (_, _, one), (_, _, other) = SPANS
    means, seconds = zip(
        *(design.moments(inclusions(design.possible, design.rows)) for design in designs), strict=True
    )
    together = inclusions(drawn[0], one).T @ inclusions(drawn[1], other)
    found["rows of two strata"] = p_value(
        together.ravel(), len(drawn[0]), np.outer(*means).ravel(), np.kron(*seconds)
    )
    return found


def unfair(found: Mapping[str, float]) -> dict[str, float]:
    """The statistics that lie outside."""
    return {name: p for name, p in found.items() if not LEAST <= p <= MOST}


SIMPLE = [simple_design(rows, quota) for (_, _, rows), quota in zip(SPANS, QUOTAS, strict=True)]


# The draw of targets


def test_over_a_hundred_thousand_seeds_every_row_pair_of_rows_and_place_has_its_chance():
    drawn = samples(simple, SEEDS)
    found = p_values(drawn, SIMPLE)
    for each, design, (name, _, rows) in zip(drawn, SIMPLE, SPANS, strict=True):
        within = np.sort(each, axis=1) @ rows ** np.arange(each.shape[1])
        _, counts = np.unique(within, return_counts=True)
        assert len(counts) == len(list(combinations(range(rows), design.possible.shape[1])))
        found[f"whole samples of {name}"] = p_even(counts)
    assert len(found) == 9
    assert unfair(found) == {}


# Draws that are unfair on purpose


def stride(key: int) -> list[list[int]]:
    """A place of chance, and from there on every second row: each row has its chance, but not each pair."""
    return [
        [start + (key + 2 * turn) % rows for turn in range(quota)]
        for (_, start, rows), quota in zip(SPANS, QUOTAS, strict=True)
    ]


def remainder(key: int) -> list[list[int]]:
    """A number that is not divisible by the rows, modulo the rows: the first rows come more often."""
    drawn = []
    for (_, start, rows), quota in zip(SPANS, QUOTAS, strict=True):
        left = list(range(start, start + rows))
        drawn.append([left.pop((key >> 8 * turn) % 64 % len(left)) for turn in range(quota)])
    return drawn


def by_index(key: int) -> list[list[int]]:
    """The right rows, but their rank is the order of the registry."""
    return [sorted(stratum) for stratum in simple(key)]


def one_ticket(key: int) -> list[list[int]]:
    """The tickets of the first stratum given out again in the second: the two are not drawn apart."""
    spans = (SPANS[0], ("乙", 0, 7))
    first, second = draw_targets(RATES, spans, key)
    return [first.indexes.tolist(), (second.indexes + 12).tolist()]


@pytest.mark.parametrize(
    ("draw", "found_by"),
    [
        (stride, {"pairs of rows of 甲", "pairs of rows of 乙"}),
        (remainder, {"rows of 甲", "places of 甲"}),
        (by_index, {"places of 甲", "places of 乙"}),
        (one_ticket, {"rows of two strata"}),
    ],
)
def test_an_unfair_draw_is_found(draw, found_by):
    assert found_by <= unfair(p_values(samples(draw, 8000), SIMPLE)).keys()


def test_tickets_of_few_bits_are_found_because_the_index_decides_between_equal_ones(monkeypatch):
    words = tickets.word_chunks
    monkeypatch.setattr(
        targets,
        "word_chunks",
        lambda *given: ((first, chunk >> np.uint64(60) << np.uint64(60)) for first, chunk in words(*given)),
    )
    assert {"rows of 甲", "rows of 乙"} <= unfair(p_values(samples(simple, 8000), SIMPLE)).keys()


def test_a_row_that_is_never_drawn_is_found():
    def draw(key: int) -> list[list[int]]:
        spans = [(name, start, rows - 1) for name, start, rows in SPANS]
        rates = Rates({"甲": Fraction(5, 11), "乙": Fraction(3, 6)}, at_least_one=False)
        return [stratum.indexes.tolist() for stratum in draw_targets(rates, spans, key)]

    assert {"rows of 甲", "rows of 乙"} <= unfair(p_values(samples(draw, 2000), SIMPLE)).keys()


# Pairing and groups

TOWN = freeze_all(
    [("甲", f"T{n}", "320602", f"企业{n}") for n in range(3)],
    [
        (code, f"{code}{n}", "lead", "320602", "*", "3", f"检查员{n}")
        for code in ("AMR", "EM")
        for n in range(5)
    ],
)


def plan_of(**other: Any) -> Any:
    departments = [
        {"code": "AMR", "size": 2, "leads": 1, "lead_qualification": "lead"},
        {"code": "EM", "size": 1, "leads": 0},
    ]
    written = {
        "purpose": "小例",
        "quota": {"total": 3},
        "departments": departments,
        "objectives": ["tickets"],
    }
    return read_plan(written | other)


def paired(number: int, objectives: Sequence[str]) -> Iterator[dict[tuple[int, str], list[tuple[int, str]]]]:
    """For so many seeds the teams by target and department: inspectors, counted within the department, with roles."""
    plan = plan_of(teams="per_target", objectives=list(objectives))
    first = {code: start for code, start, _ in TOWN.inspectors.spans()}
    for key in keys(number, "match"):
        answer = pair_targets(plan, TOWN, range(3), key)
        assert isinstance(answer, Paired)
        teams: dict[tuple[int, str], list[tuple[int, str]]] = {}
        for p in answer.pairs:
            seat = p.inspector - first[p.department], p.role
            teams.setdefault((p.target, p.department), []).append(seat)
        yield teams


def p_of_pairing(number: int, objectives: Sequence[str]) -> dict[str, float]:
    """All inspectors are alike, so every team, lead and meeting of two departments should come as often as any other."""
    teams, leads, meetings = (np.zeros(shape) for shape in ((3, 10), (3, 5), (3, 5, 5)))
    team = {two: place for place, two in enumerate(combinations(range(5), 2))}
    for answer in paired(number, objectives):
        for target in range(3):
            pair, (other,) = answer[target, "AMR"], answer[target, "EM"]
            lead = next(j for j, role in pair if role == "lead")
            teams[target, team[tuple(sorted(j for j, _ in pair))]] += 1
            leads[target, lead] += 1
            meetings[target, lead, other[0]] += 1
    counted = {"teams": teams, "leads": leads, "meetings": meetings}
    return {f"{name} of {t}": p_even(counts[t]) for name, counts in counted.items() for t in range(3)}


@pytest.mark.parametrize(
    ("objectives", "number"),
    [
        (("tickets",), 3000),
        (("balance", "tickets"), 1500),
        pytest.param(("tickets",), SEEDS, marks=pytest.mark.long),
        pytest.param(("balance", "tickets"), SEEDS, marks=pytest.mark.long),
    ],
)
def test_where_inspectors_are_alike_any_of_them_goes_to_any_target(objectives, number):
    assert unfair(p_of_pairing(number, objectives)) == {}


def test_a_solver_that_breaks_ties_is_found(monkeypatch):
    """Without tickets the solver chooses: it is the tickets that make the pairing a draw."""
    words = tickets.pair_words
    monkeypatch.setattr("matching.pairing.costs.pair_words", lambda *given: words(*given) & np.uint64(0))
    assert len(unfair(p_of_pairing(200, ("tickets",)))) == 9


def dealt(number: int) -> Iterator[Groups]:
    """The groups of so many seeds: two of two inspectors of one department and one of the other."""
    plan = plan_of(teams="fixed", groups=2)
    for key in keys(number, "teams"):
        groups = deal_groups(plan, TOWN, key)
        assert isinstance(groups, Groups)
        yield groups


def test_every_inspector_is_dealt_to_every_place_as_often_as_any_other():
    first = {code: start for code, start, _ in TOWN.inspectors.spans()}
    order = {four: place for place, four in enumerate(permutations(range(5), 4))}
    amr, em = np.zeros(len(order)), np.zeros((5, 5))
    for groups in dealt(20_000):
        of = {(m.department, m.group, m.role): m.inspector - first[m.department] for m in groups.members}
        seats = ((group, role) for role in ("lead", "member") for group in range(2))
        amr[order[tuple(of["AMR", group, role] for group, role in seats)]] += 1
        em[of["EM", 0, "member"], of["EM", 1, "member"]] += 1
    assert unfair({"AMR": p_even(amr), "EM": p_even(em[~np.eye(5, dtype=bool)])}) == {}
