"""Rehearsals by the hundred: counted alike however many processes do them, told to whoever may rehearse, and forgotten."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from sqlalchemy import func, select, update

from data.models import Base, Inspector, Job
from data.queries import jobs
from scheduler.inspection import fairness, planning, rehearsal, repeating
from scheduler.jobs import LEASE, run_next
from scheduler.transaction import EVERYTHING, transaction
from tests.site import TownClock
from tests.town import Town, refuses

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
LEAST = repeating.LEAST_RUNS


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """So few runs may be asked for, and they are done in this process."""
    monkeypatch.setattr(fairness, "RUNS", (LEAST, 2 * LEAST))
    monkeypatch.setattr(repeating, "LITTLE", repeating.MOST_WORK)


def to_rehearse(town: Town, **other):
    code = town.campaign(**SMALL | other)
    return town.do(
        "amr.planner", lambda desk: rehearsal.to_rehearse(desk, planning.find_campaign(desk, code))
    )


def rehearsed(plan, frame, runs=LEAST, **how):
    return repeating.rehearse_often(plan, frame, runs, "AMR", lambda *_: None, **{"processes": 0} | how)


def ask(town: Town, code: str, login: str = "amr.planner", runs: int = LEAST) -> int:
    return town.do(login, lambda desk: fairness.ask(desk, planning.find_campaign(desk, code), runs))


def standing(town: Town, code: str, login: str = "amr.planner") -> fairness.Standing:
    return town.do(login, lambda desk: fairness.standing(desk, planning.find_campaign(desk, code)))


def run(town: Town):
    handlers = {fairness.KIND: lambda work: fairness.handle(town.database, TownClock(town), work)}
    return run_next(town.database, handlers, "test", TownClock(town))


# What is counted


def test_what_is_counted_is_the_same_in_this_process_and_in_others(small_town):
    plan, frame = to_rehearse(small_town)
    assert rehearsed(plan, frame, processes=2) == rehearsed(plan, frame)


def test_every_run_fills_every_seat_and_every_seat_is_counted(small_town):
    told = rehearsed(*to_rehearse(small_town))
    assert (told["runs"], told["drawn"], told["paired"], told["full"]["short"]) == (LEAST, 6, LEAST, 0)
    for whole, pairs in zip(told["full"]["departments"], told["departments"], strict=True):
        assert sum(n * times for n, times in enumerate(whole["loads"])) == LEAST * 12
        assert (pairs["seats"], pairs["sole"]) == (12, 0)
        assert sum(pairs["chances"]) == pairs["pairs"] == sum(pairs["even"])
    assert sum(each["load"] for each in told["full"]["people"]) == pytest.approx(12, abs=0.01)


def test_the_plan_s_own_objectives_come_first_and_the_others_beside(small_town):
    told = rehearsed(*to_rehearse(small_town, objectives=["balance", "near", "tickets"]))
    assert [(each["objectives"], each["own"]) for each in told["orders"]] == [
        (["balance", "near", "tickets"], True),
        (["tickets"], False),
        (["balance", "tickets"], False),
        (["near", "tickets"], False),
    ]


def test_near_is_seen_to_cost_surprise_and_to_keep_visits_near(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(~Inspector.code.like("%0")).values(home="390100"))
    told = rehearsed(*to_rehearse(small_town))
    of = {tuple(each["objectives"]): each["departments"][2] for each in told["orders"]}
    near, plain = of["near", "tickets"], of[("tickets",)]
    assert near["near"] == 0.5  # one of the two seats: one inspector of each department lives there
    assert near["largest"][:2] == [LEAST, LEAST]
    assert near["share"] < 0.75 < 0.9 < plain["share"]
    assert plain["near"] < 0.4


def test_the_bound_is_exact_only_without_pair_bars_and_groups(small_town):
    plan, frame = to_rehearse(small_town)
    assert frame.pair_bars.lines
    barred = rehearsed(plan, frame)
    assert not barred["exact"]
    assert [each["forced_in"] for each in barred["orders"][0]["departments"]] == [None] * 3
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code == "AMR000").values(state="suspended"))
    free = rehearsed(*to_rehearse(small_town, code="2026-b"))
    assert free["exact"]
    amr, fire, _ = free["orders"][0]["departments"]
    assert Fraction(amr["forced"]) == Fraction(1, 2)  # a lead out of two
    assert Fraction(fire["forced"]) == Fraction(1, 3)  # two of six, a lead of three
    assert Fraction(fire["forced_in"]) >= Fraction(fire["forced"])


def test_groups_are_rehearsed_too(small_town):
    told = rehearsed(*to_rehearse(small_town, teams="fixed", groups=2))
    assert told["paired"] == LEAST
    assert not told["exact"]
    assert all(each["forced"] for each in told["orders"][0]["departments"])


def test_persons_are_told_of_the_own_department_alone(small_town):
    written = json.dumps(rehearsed(*to_rehearse(small_town)), ensure_ascii=False)
    assert "AMR000" in written
    for hidden in ("FIRE0", "EM0", "检查员", "加油站", "T0"):
        assert hidden not in written, hidden


def test_a_shortage_is_counted_and_nothing_is_said_of_chances(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=1))
    told = rehearsed(*to_rehearse(small_town))
    assert (told["full"]["short"], told["paired"]) == (LEAST, 0)
    assert [each["largest"] for each in told["orders"][0]["departments"]] == [None] * 3


def test_where_too_much_is_drawn_fewer_are_done_or_none(small_town, monkeypatch):
    plan, frame = to_rehearse(small_town)
    one = 6 * 18 * 5
    monkeypatch.setattr(repeating, "MOST_WORK", one * 25)
    assert rehearsed(plan, frame, 100)["runs"] == 25
    monkeypatch.setattr(repeating, "MOST_WORK", one * LEAST - 1)
    with refuses("rehearsal.too_large"):
        rehearsed(plan, frame, 100)


# Asked for, run, kept, forgotten


def counts(town: Town) -> dict[str, int]:
    with transaction(town.database, EVERYTHING) as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def test_a_planner_asks_once_and_reads_what_was_counted(town):
    code = town.campaign(**SMALL)
    before = counts(town)
    number = ask(town, code)
    assert ask(town, code, runs=2 * LEAST) == number
    assert standing(town, code).under_way
    ran = run(town)
    assert ran is not None
    assert ran.outcome == "done"
    found = standing(town, code)
    assert not found.under_way
    assert found.told is not None
    assert found.told["runs"] == LEAST
    assert found.names["AMR000"] == "检查员AMR0"
    after = counts(town)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {"job": 1}
    town.pass_time(days=6)
    assert fairness.forget(town.database, town.now) == 0
    town.pass_time(days=2)
    assert fairness.forget(town.database, town.now) == 1
    assert standing(town, code).told is None


@pytest.mark.parametrize("login", ["fire.planner", "amr.approver", "amr.auditor", "notary"])
def test_nobody_else_asks_stops_or_reads(small_town, login):
    code = small_town.campaign(**SMALL)
    for act in (
        lambda desk, campaign: fairness.ask(desk, campaign, LEAST),
        fairness.stop,
        fairness.standing,
    ):
        with pytest.raises(Exception, match=r"^actor\."):
            small_town.do(login, lambda desk, act=act: act(desk, planning.find_campaign(desk, code)))


def test_only_the_offered_numbers_may_be_asked_for(small_town):
    code = small_town.campaign(**SMALL)
    with refuses("rehearsal.runs"):
        ask(small_town, code, runs=101)


def test_who_is_stopped_ends_at_his_next_sign_of_life_and_keeps_nothing(town, monkeypatch):
    monkeypatch.setattr(fairness, "EVERY", 0.0)
    code = town.campaign(**SMALL)
    number = ask(town, code)
    steps = []
    do = repeating._do

    def stopping(given, step):
        if steps.append(step) is None and len(steps) == 2:
            town.do("amr.planner", lambda desk: fairness.stop(desk, planning.find_campaign(desk, code)))
        return do(given, step)

    monkeypatch.setattr(repeating, "_do", stopping)
    ran = run(town)
    assert ran is not None
    assert ran.outcome == "lost"
    assert len(steps) == 2
    found = standing(town, code)
    assert (found.state, found.error, found.told) == ("failed", fairness.STOPPED, None)
    assert ask(town, code) != number


def test_what_waits_is_stopped_too_and_what_is_done_is_not(small_town):
    code = small_town.campaign(**SMALL)
    number = ask(small_town, code)
    with transaction(small_town.database, EVERYTHING) as session:
        assert jobs.stop(session, number, fairness.STOPPED, small_town.now)
        assert not jobs.stop(session, number, fairness.STOPPED, small_town.now)
        assert jobs.claim(session, [fairness.KIND], "w", small_town.now, LEASE) is None


def test_once_the_lists_are_frozen_nothing_is_kept_or_shown(small_town, monkeypatch):
    code = small_town.campaign(**SMALL)
    ask(small_town, code)
    rehearse = fairness.rehearse_often

    def frozen_meanwhile(*given):
        told = rehearse(*given)
        small_town.freeze(code)
        return told

    monkeypatch.setattr(fairness, "rehearse_often", frozen_meanwhile)
    ran = run(small_town)
    assert ran is not None
    assert ran.outcome == "failed"
    with transaction(small_town.database, EVERYTHING) as session:
        assert session.scalars(select(Job.error)).one() == "rehearsal.not_now"
        assert session.scalars(select(Job.result)).one() == {"state": "drawing"}
    with refuses("rehearsal.not_now"):
        standing(small_town, code)
