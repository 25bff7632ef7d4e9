"""What is solved apart, in turn or in processes, is what would be solved together."""

from __future__ import annotations

import numpy as np
import pytest

from matching.draw.plan import read_plan
from matching.draw.tables import freeze_all
from matching.pairing import solvers
from matching.pairing.problem import Staffing, staffing
from matching.pairing.solve import fill
from matching.pairing.solvers import Solvers, apart
from tests.matching.small_cases import ORDERS, Shape, small_case

ASUNDER = Shape(load=90, everywhere=0, pair_bars=0, bars=55, most_drawn=12, most_inspectors=9)
"""Nobody goes everywhere and many bars: few share whom they may get."""


def staffings(number: int) -> list[tuple[Staffing, tuple[str, ...]]]:
    """The departments of so many cases, and in what they are solved."""
    found = []
    for seed in range(number):
        case = small_case(seed, ORDERS[seed % len(ORDERS)], ASUNDER)
        plan = read_plan({"purpose": "小例", "quota": {"total": len(case.drawn)}, **case.plan})
        frame = freeze_all(case.targets, case.inspectors, case.bars, case.pair_bars)
        for department in plan.departments:
            found.append((staffing(department, frame, sorted(case.drawn), case.key_match), plan.objectives))
    return found


def taken(seated):
    return None if seated is None else seated.taken.tolist()


def test_parts_that_share_nobody_have_together_the_answer_of_the_whole():
    parted = short = 0
    for each, objectives in staffings(400):
        parts = list(apart(each, 3))
        names = [part.staffing.taker for part in parts]
        assert sorted(np.concatenate([part.places for part in parts])) == list(range(len(each.target)))
        takers = [set(each.taker[part.places].tolist()) for part in parts]
        assert sum(map(len, takers)) == len(set().union(*takers))
        assert sum(part.staffing.targets for part in parts) == each.targets
        found = [(part, solvers._taken(part.staffing, objectives)) for part in parts]
        whole = taken(fill(each, objectives))
        assert taken(solvers._together(each, found)) == whole
        parted += len(names) > 1 and whole is not None
        short += whole is None
    assert parted > 10
    assert short > 10


@pytest.mark.parametrize("processes", [1, 2])
def test_processes_give_the_answers_that_one_gives(monkeypatch, processes):
    monkeypatch.setattr(solvers, "PAYS", 0)
    monkeypatch.setattr(solvers.os, "cpu_count", lambda: processes)
    given = [each for each, objectives in staffings(30) if objectives == ("balance", "tickets")]
    with Solvers() as both:
        found = both.fill(given, ("balance", "tickets"))
        assert (both._pool is not None) == (processes == 2)
    assert list(map(taken, found)) == [taken(fill(each, ("balance", "tickets"))) for each in given]
