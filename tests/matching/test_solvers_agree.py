"""No solver chooses: four of them give the same pairs, and where there are two answers the certificate says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pytest

from matching.draw import tickets
from matching.draw.plan import FIXED, read_plan
from matching.draw.tables import freeze_all
from matching.pairing import costs, groups, rounds, solve
from matching.pairing.certificate import NotUnique, Potentials, TwoAnswers, certificate, certify, violation
from matching.pairing.groups import pair_groups
from matching.pairing.pairs import Solved
from matching.pairing.rounds import pair_targets
from matching.pairing.shortage import Shortage
from tests.matching import small_cases
from tests.matching.other_solvers import fill_by_highs, fill_by_networkx, shuffled
from tests.matching.small_cases import ORDERS, PER_TARGET, Shape, SmallCase, small_case, small_fixed_case
from tests.matching.test_certificate import pairings, value

LARGE = Shape(
    load=90, everywhere=85, pair_bars=1, bars=2, most_drawn=60, most_inspectors=40, most_departments=2
)
TINY = Shape(load=110, everywhere=70, pair_bars=20, bars=8, most_drawn=3, most_inspectors=5)


@dataclass(frozen=True)
class Kind:
    """A kind of instance: how it is made, how many targets it draws at least, and how many of it are solved."""

    make: Callable[..., SmallCase]
    shape: Shape
    least_drawn: int
    number: int


KINDS = {
    "small": Kind(small_case, PER_TARGET, 2, 60),
    "large": Kind(small_case, LARGE, 25, 100),
    "groups": Kind(small_fixed_case, small_cases.FIXED, 2, 40),
}


def paired(case: SmallCase) -> Any:
    """What the product makes of a case, with whatever solver it has now."""
    plan = read_plan({"purpose": "小例", "quota": {"total": len(case.drawn)}, **case.plan})
    frame = freeze_all(case.targets, case.inspectors, case.bars, case.pair_bars)
    if plan.teams == FIXED:
        return pair_groups(plan, frame, case.drawn, case.key_teams, case.key_group)
    return pair_targets(plan, frame, case.drawn, case.key_match)


def solvable(kind: str, number: int, first: int = 0) -> Iterator[tuple[int, SmallCase, Any]]:
    """So many cases of a kind that have an answer, and the answer; the seeds from `first` on decide which."""
    wanted = KINDS[kind]
    for seed in count(first):
        if not number:
            return
        case = wanted.make(seed, ORDERS[seed % len(ORDERS)], wanted.shape)
        if len(case.drawn) < wanted.least_drawn:
            continue
        answer = paired(case)
        if not isinstance(answer, Shortage):
            yield seed, case, answer
            number -= 1


def by_others(case: SmallCase, seed: int) -> Iterator[tuple[str, Any]]:
    """The answers to a case by every other solver: those that solve all of it, rounds of bans included."""
    for name, fill in (("HiGHS", fill_by_highs), ("networkx", fill_by_networkx)):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(rounds, "fill", fill)
            patched.setattr(groups, "fill", fill)
            yield name, paired(case)
    for core in ((4, 2), (1, 0)):  # as it is, and so small that prices find most of the candidacies
        with pytest.MonkeyPatch.context() as patched:
            fill = shuffled(np.random.default_rng([seed, *core]))
            for name, value in zip(("_FIRST", "_NEXT"), core, strict=True):
                patched.setattr(solve, name, value)
            patched.setattr(rounds, "fill", fill)
            patched.setattr(groups, "fill", fill)
            yield f"in another order, core {core}", paired(case)


def check_agreement(kind: str, number: int, first: int = 0) -> Counter[str]:
    """Let all solvers answer so many cases and certify every step; what was seen on the way."""
    seen = Counter[str]()
    for seed, case, answer in solvable(kind, number, first):
        for name, other in by_others(case, seed):
            assert other == answer, (kind, seed, name)
        for each in answer.steps.solved:
            proof = certify(each.seated.staffing, each.seated.taken, case.plan["objectives"])
            assert isinstance(proof, Potentials), (kind, seed)
            assert violation(each.seated.staffing, each.seated.taken, case.plan["objectives"], proof) is None
        bans = getattr(answer, "bans", ())
        seen.update(agreed=1, banned=bool(bans), rounds=bool(bans) and bans[-1].round > 1)
        seen.update(wide=len(case.drawn) >= 40)
    return seen


def test_two_hundred_instances_have_the_same_pairs_by_every_solver_each_certified():
    seen = Counter[str]()
    for name, kind in KINDS.items():
        seen += check_agreement(name, kind.number)
    assert seen["agreed"] == 200
    # they would show little without bans, several rounds of them, and instances of some size
    assert min(seen["banned"], seen["wide"], seen["rounds"]) >= 20, seen


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_more_of_each_kind_agree(kind):
    assert check_agreement(kind, 1000, first=10_000)["agreed"] == 1000


def test_where_one_solver_finds_no_assignment_none_does():
    short = 0
    for seed in range(120):
        case = small_case(seed, ORDERS[seed % len(ORDERS)])
        answer = paired(case)
        if isinstance(answer, Shortage):
            for name, other in by_others(case, seed):
                assert other == answer, (seed, name)
            short += 1
    assert short > 20


# Tickets of few bits


@pytest.fixture
def few_bits(monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    """Tickets that keep their upper bits alone, so that sums of them are often equal."""
    pair_words, pair_word = tickets.pair_words, tickets.pair_word
    kept = 2**64 - 2 ** (64 - bits)
    monkeypatch.setattr(costs, "pair_words", lambda *given: pair_words(*given) & np.uint64(kept))
    monkeypatch.setattr(costs, "pair_word", lambda *given: pair_word(*given) & kept)


Alone = Callable[[Solved, tuple[str, ...]], bool]


def alone_by_enumeration(step: Solved, objectives: tuple[str, ...]) -> bool:
    """Whether no other lawful assignment is as small, by trying them all."""
    each = step.seated.staffing
    values = sorted(value(each, one, objectives) for one in pairings(each))
    assert value(each, tuple(step.seated.taken), objectives) == values[0]
    return values.count(values[0]) == 1


def alone_by_networkx(step: Solved, objectives: tuple[str, ...]) -> bool:
    """The same by another solver, which takes any other pair before one of these if that costs nothing."""
    taken = step.seated.taken.tolist()
    other = fill_by_networkx(step.seated.staffing, objectives, avoided=frozenset(taken))
    assert other is not None
    return other.taken.tolist() == taken


def check_uniqueness(cases: Iterable[SmallCase], alone: Alone) -> Counter[bool]:
    """Of every step of the cases, whether the certificate says just what the oracle does; how often which."""
    said = Counter[bool]()
    for case in cases:
        objectives, answer = tuple(case.plan["objectives"]), paired(case)
        truth = [alone(step, objectives) for step in answer.steps.solved]
        for step, only in zip(answer.steps.solved, truth, strict=True):
            proof = certify(step.seated.staffing, step.seated.taken, objectives)
            assert isinstance(proof, Potentials if only else NotUnique), case
        told = certificate(
            objectives, sorted(case.drawn), answer.steps, paired=not isinstance(answer, Shortage)
        )
        assert isinstance(told, TwoAnswers) == (not all(truth)), case
        said.update(truth)
    return said


@pytest.mark.usefixtures("few_bits")
@pytest.mark.parametrize(("bits", "seeds"), [(8, 800), (4, 200)])
def test_with_tickets_of_few_bits_the_certificate_finds_two_answers_where_enumeration_does(seeds):
    tiny = (small_case(seed, ORDERS[seed % len(ORDERS)], TINY) for seed in range(seeds))
    said = check_uniqueness(tiny, alone_by_enumeration)
    assert min(said[True], said[False]) >= 10, said


@pytest.mark.usefixtures("few_bits")
@pytest.mark.parametrize("bits", [8])
@pytest.mark.parametrize(("kind", "number"), [("small", 250), ("large", 60)])
def test_with_tickets_of_eight_bits_the_certificate_finds_two_answers_where_another_solver_does(kind, number):
    said = check_uniqueness((case for _, case, _ in solvable(kind, number)), alone_by_networkx)
    assert min(said[True], said[False]) > 10, said
