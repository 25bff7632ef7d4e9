"""Days for many visits: as many on each as on the others, and on one day with another department."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.models import Visit
from scheduler.inspection import planning, scheduling, visits
from scheduler.inspection.scheduling import evenly
from scheduler.transaction import EVERYTHING, transaction
from tests.town import Town, refuses

FEW = {"rates": {}, "total": 7, "strata_by": "none", "last_day": "2026-03-31"}
MONDAY = date(2026, 3, 9)
DAYS = [MONDAY + timedelta(n) for n in range(5)]


@given(st.integers(0, 40), st.lists(st.sampled_from([*DAYS, date(2027, 1, 1)]), max_size=12))
def test_no_day_has_two_more_than_another_unless_others_put_them_there(number, taken):
    chosen = evenly(DAYS, number, taken)
    assert len(chosen) == number
    assert chosen == sorted(chosen)
    before = Counter(each for each in taken if each in DAYS)
    loads = before + Counter(chosen)
    fewest = min(loads[day] for day in DAYS)
    assert all(loads[day] <= fewest + 1 for day in DAYS if loads[day] > before[day])


def planned(town: Town, number: str, department: str) -> dict[str, date | None]:
    with transaction(town.database, EVERYTHING) as session:
        return {code: session.get_one(Visit, i).planned_on for i, code in town.visits(number, department)}


def spread(town: Town, code: str, login: str, first: date = MONDAY, days: int = 3, again: bool = False):
    with town.at(login) as desk:
        return scheduling.spread(desk, planning.find_campaign(desk, code), first, days, again)


def test_the_second_department_goes_on_the_days_of_the_first(town):
    code, number = town.drawn(**FEW)
    made = spread(town, code, "amr.planner")
    assert (made.visits, made.joined, made.last) == (7, 0, date(2026, 3, 11))
    days = planned(town, number, "AMR")
    assert sorted(Counter(days.values()).values()) == [2, 2, 3]
    assert spread(town, code, "fire.planner", days=10).joined == 7
    assert planned(town, number, "FIRE") == days
    assert set(planned(town, number, "EM").values()) == {None}


def test_days_of_others_before_the_first_day_are_not_taken(town):
    code, number = town.drawn(**FEW)
    spread(town, code, "amr.planner")
    later = date(2026, 3, 11)
    spread(town, code, "em.planner", first=later, days=2)
    amr, em = planned(town, number, "AMR"), planned(town, number, "EM")
    assert min(em.values()) == later
    assert all(em[target] == day for target, day in amr.items() if day == later)


def test_what_has_a_day_stays_unless_all_is_to_be_spread_again(town):
    code, number = town.drawn(**FEW)
    (visit, target), *_ = town.visits(number)
    with town.at("amr.planner") as desk:
        visits.schedule(desk, visits.by_id(desk, visit), date(2026, 3, 20))
    spread(town, code, "amr.planner")
    assert planned(town, number, "AMR")[target] == date(2026, 3, 20)
    with refuses("visit.none_to_schedule"):
        spread(town, code, "amr.planner")
    assert spread(town, code, "amr.planner", again=True).visits == 7
    assert max(planned(town, number, "AMR").values()) == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("first", "days", "code"),
    [
        (date(2026, 3, 14), 3, "visit.day"),  # a Saturday
        (date(2026, 4, 1), 3, "visit.day"),
        (date.max, 3, "visit.day"),
        (MONDAY, 0, "visit.number_of_days"),
        (MONDAY, 10**9, "visit.number_of_days"),
        (date(2026, 3, 30), 3, "visit.number_of_days"),
    ],
)
def test_what_does_not_fit_into_the_campaign_moves_nothing(small_town, first, days, code):
    campaign, number = small_town.drawn(**FEW)
    with refuses(code):
        spread(small_town, campaign, "amr.planner", first, days)
    assert set(planned(small_town, number, "AMR").values()) == {None}


def test_only_a_planner_spreads_and_only_his_own(small_town):
    code, number = small_town.drawn(**FEW)
    with refuses("actor.role"):
        spread(small_town, code, "amr.approver")
    spread(small_town, code, "fire.planner")
    assert set(planned(small_town, number, "AMR").values()) == {None}
