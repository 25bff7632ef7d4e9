"""The timetable: one day for all departments, no rule broken by whatever way, whoever finds no day told why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models import Inspector, Leave, LedgerEntry, Target, UnplacedTarget, Visit
from matching.refused import Refused
from scheduler.inspection import hindrances, planning, results, scheduling, staff, visits
from scheduler.inspection.possible_days import ticket
from scheduler.inspection.scheduling import Asked, Made
from scheduler.transaction import EVERYTHING, transaction
from tests.town import DEPARTMENTS, Town, refuses

FEW = {"rates": {}, "total": 7, "strata_by": "none", "last_day": "2026-03-31"}
MONDAY = date(2026, 3, 9)
FRIDAY = MONDAY + timedelta(4)
SATURDAY = MONDAY + timedelta(5)
LAST = date(2026, 3, 31)


def make(town: Town, code: str, first: date = MONDAY, last: date = LAST, most: int = 2, **other) -> Made:
    """The timetable as the lead's planner makes it, or another."""
    with town.at(other.pop("login", "amr.planner")) as desk:
        return scheduling.make(desk, planning.find_campaign(desk, code), Asked(first, last, most, **other))


def mend(town: Town, code: str, login: str = "amr.planner", missed: bool = False) -> Made:
    """The timetable mended, as it was shown before."""
    with town.at(login) as desk:
        campaign = planning.find_campaign(desk, code)
        made = scheduling.mended(scheduling.basis_of_mending(desk, campaign, missed))
        scheduling.mend(desk, campaign, made, missed)
    return made


def move(town: Town, visit: int, day: date, login: str = "amr.planner") -> None:
    """A visit put on a day by hand."""
    with town.at(login) as desk:
        scheduling.schedule(desk, visits.by_id(desk, visit), day)


def kinds(town: Town, visit: int, day: date, login: str = "amr.planner") -> list[str]:
    """Why a visit is refused a day."""
    with pytest.raises(Refused) as refused:
        move(town, visit, day, login)
    assert refused.value.code == "visit.day"
    return [each["kind"] for each in refused.value.params["reasons"]]


def planned(town: Town, number: str, department: str = "AMR") -> dict[str, date | None]:
    """The days of a department's visits by target."""
    with transaction(town.database, EVERYTHING) as session:
        return {code: session.get_one(Visit, i).planned_on for i, code in town.visits(number, department)}


def whole_team(town: Town, number: str, target: str) -> set[str]:
    """The logins of all who go to a target."""
    found = ((visit, code) for each in DEPARTMENTS for visit, code in town.visits(number, each))
    return {member for visit, code in found if code == target for member in town.team(visit)}


def busiest(town: Town, number: str) -> int:
    """How many visits somebody makes on one day, at most."""
    days = planned(town, number)
    loads = Counter((who, day) for code, day in days.items() if day for who in whole_team(town, number, code))
    return max(loads.values())


def leave(town: Town, inspector: str, first: date, last: date | None = None, by: str = "planner") -> None:
    """Somebody falls ill."""
    with town.at(f"{inspector[:-3].lower()}.{by}") as desk:
        hindrances.take_leave(desk, staff.find_inspector(desk, inspector.upper()), first, last or first)


def black_out(town: Town, code: str, login: str, first: date, last: date, of_all: bool = False) -> None:
    with town.at(login) as desk:
        hindrances.black_out(desk, planning.find_campaign(desk, code), first, last, "集中培训", of_all)


def window(town: Town, code: str, target: str, kind: str, first: date, last: date) -> None:
    with town.at("fire.planner") as desk:
        campaign = planning.find_campaign(desk, code)
        hindrances.set_window(desk, campaign, target, kind, first, last, "夏季停产")


def lines(town: Town, action: str) -> list[dict]:
    """What the ledger tells of an act."""
    with transaction(town.database, EVERYTHING) as session:
        found = session.scalars(
            select(LedgerEntry).where(LedgerEntry.action == action).order_by(LedgerEntry.seq)
        )
        return [json.loads(each.details) for each in found]


# All at once


def test_all_departments_go_to_a_target_on_one_working_day_and_nobody_makes_more_visits_than_he_may(town):
    code, number = town.drawn(**FEW)
    made = make(town, code, most=1)
    assert (made.placed, made.unplaced) == (7, ())
    days = planned(town, number)
    assert planned(town, number, "FIRE") == planned(town, number, "EM") == days
    assert all(day and MONDAY <= day <= LAST and day.weekday() < 5 for day in days.values())
    assert busiest(town, number) == 1
    assert lines(town, "timetable:make")[0] | {"digest": ""} == {
        "first": "2026-03-09", "last": "2026-03-31", "most": 1, "again": False, "placed": 7, "unplaced": 0, "digest": "",
    }  # fmt: skip


def test_who_is_drawn_first_cannot_be_told_from_the_registry(small_town):
    assert ticket(b"s" * 32, "T0001") != ticket(b"t" * 32, "T0001")
    assert ticket(b"s" * 32, "T0001") != ticket(b"s" * 32, "T0002")
    # echo -n: draw-1/timetable, 00, length and seed, length and target; SHA-256, the first 16 digits
    assert f"{ticket(bytes(32), 'T0001'):016x}" == "64346d28a7f43ab4"
    code, _ = small_town.drawn(**FEW)
    with small_town.at("amr.planner") as desk:
        campaign = planning.find_campaign(desk, code)
        basis = scheduling.basis_of_all(desk, campaign, Asked(MONDAY, LAST, 2))
    assert scheduling.made_of(basis).moves == scheduling.made_of(basis).moves
    assert basis.seed.hex() not in repr(basis)


def test_leave_blackout_days_and_windows_are_kept_and_what_finds_no_day_is_told_why(town):
    code, number = town.drawn(**FEW)
    first, second, third, *_ = sorted(planned(town, number))
    tuesday = MONDAY + timedelta(1)
    black_out(town, code, "em.planner", MONDAY, MONDAY)
    window(town, code, first, "season", FRIDAY, FRIDAY)
    window(town, code, second, "closed", date(2026, 3, 1), LAST)
    ill = min(whole_team(town, number, third))
    leave(town, ill, MONDAY, LAST - timedelta(4))
    made = make(town, code, last=FRIDAY, most=7)
    days = planned(town, number)
    assert MONDAY not in days.values()
    assert days[first] in (FRIDAY, None)
    assert days[second] is None
    assert days[third] is None
    told = {each.stop.code: each.reason for each in made.unplaced}
    assert told[second] == "no_day"
    assert told[third] == "away"
    his = [each for each in days if ill in whole_team(town, number, each)]
    assert sorted(told) == sorted({second, *his}) == sorted(each for each, day in days.items() if not day)
    assert tuesday <= min(day for day in days.values() if day)
    with transaction(town.database, EVERYTHING) as session:
        kept = {
            session.get_one(Target, each.target_id).code: (each.reason, each.inspectors)
            for each in session.scalars(select(UnplacedTarget))
        }
    assert kept[third] == ("away", ill.upper())
    assert kept.keys() == told.keys()


def test_what_has_a_day_stays_unless_all_is_to_be_made_anew(small_town):
    code, number = small_town.drawn(**FEW)
    visit, target = small_town.visits(number)[0]
    move(small_town, visit, date(2026, 3, 20))
    make(small_town, code, last=FRIDAY)
    assert planned(small_town, number)[target] == date(2026, 3, 20)
    with refuses("visit.none_to_schedule"):
        make(small_town, code)
    make(small_town, code, last=FRIDAY, again=True, most=7)
    assert max(planned(small_town, number).values()) <= FRIDAY


WRONG = (
    ({"first": date(2026, 3, 6)}, "timetable.days"),  # over
    ({"last": date(2026, 4, 1)}, "timetable.days"),
    ({"first": date.max, "last": date.max}, "timetable.days"),
    ({"first": FRIDAY, "last": MONDAY}, "timetable.days"),
    ({"first": SATURDAY, "last": SATURDAY + timedelta(1)}, "timetable.no_workday"),
    ({"most": 0}, "timetable.most"),
    ({"most": 21}, "timetable.most"),
    ({"login": "fire.planner"}, "actor.other_department"),
    ({"login": "amr.approver"}, "actor.role"),
)


def test_what_is_asked_wrongly_or_by_somebody_else_moves_nothing(small_town):
    campaign, number = small_town.drawn(**FEW)
    for asked, code in WRONG:
        with refuses(code):
            make(small_town, campaign, **asked)
    assert set(planned(small_town, number).values()) == {None}


def test_a_timetable_is_not_kept_when_somebody_has_fallen_ill_meanwhile(small_town):
    code, number = small_town.drawn(**FEW)
    asked = Asked(MONDAY, LAST, 2)
    with small_town.at("amr.planner") as desk:
        made = scheduling.made_of(scheduling.basis_of_all(desk, planning.find_campaign(desk, code), asked))
    leave(small_town, min(whole_team(small_town, number, min(planned(small_town, number)))), MONDAY)
    with refuses("timetable.changed_since"), small_town.at("amr.planner") as desk:
        scheduling.keep_made(desk, planning.find_campaign(desk, code), asked, made)
    assert set(planned(small_town, number).values()) == {None}


def test_visits_of_another_campaign_take_the_time_of_who_makes_them(town):
    code, number = town.drawn(**FEW)
    make(town, code, last=FRIDAY, most=7)
    other, second = town.drawn(**FEW | {"code": "2026-另一次", "total": 5})
    town.now = town.now.replace(day=9)
    make(town, other, last=FRIDAY, most=1)
    busy = {
        (who, day) for each, day in planned(town, number).items() for who in whole_team(town, number, each)
    }
    for target, day in planned(town, second).items():
        assert day is None or not {(who, day) for who in whole_team(town, second, target)} & busy


# Mending


def test_when_somebody_falls_ill_few_visits_move_and_those_made_stay(town):
    code, number = town.drawn(**FEW)
    make(town, code)
    before = planned(town, number)
    assert mend(town, code, "fire.planner").moves == ()
    done, target = town.visits(number)[0]
    with town.at(town.team(done)[0]) as desk:
        results.enter(desk, visits.by_id(desk, done), town.entry("AMR"))
    ill, day = next(
        (who, day)
        for each, day in before.items()
        for who in sorted(whole_team(town, number, each))
        if who.startswith("fire") and each != target
    )
    leave(town, ill, day)
    made = mend(town, code, "fire.planner")
    after = planned(town, number, "EM")
    moved = {each for each in before if before[each] != after[each]}
    his = {each for each in before if before[each] == day and ill in whole_team(town, number, each)}
    assert moved == his - {target}
    assert {each.stop.code for each in made.moves} == moved
    assert lines(town, "timetable:mend")[-1]["moves"] == [
        [each, str(before[each]), str(after[each] or "")] for each in _in_order(town, moved)
    ]


def _in_order(town: Town, codes: set[str]) -> Sequence[str]:
    with transaction(town.database, EVERYTHING) as session:
        found = session.scalars(select(Target.code).where(Target.code.in_(codes)).order_by(Target.id))
        return list(found)


def test_a_planner_is_told_why_each_visit_moves_before_it_does(small_town):
    code, number = small_town.drawn(**FEW)
    make(small_town, code)
    target, day = next(iter(planned(small_town, number).items()))
    ill = min(whole_team(small_town, number, target))
    leave(small_town, ill, day)
    with small_town.at("amr.planner") as desk:
        campaign = planning.find_campaign(desk, code)
        made = scheduling.mended(scheduling.basis_of_mending(desk, campaign))
        told = {each.stop.code: each.why for each in scheduling.explained(desk, made)}
    assert [each["kind"] for each in told[target]] == ["away"]
    assert ill.upper() in told[target][0]["who"][0]
    assert planned(small_town, number)[target] == day  # so far nothing has moved


def test_what_was_missed_moves_only_where_that_is_asked_for(small_town):
    code, number = small_town.drawn(**FEW)
    make(small_town, code, last=FRIDAY, most=7)
    small_town.pass_time(days=14)
    assert mend(small_town, code).moves == ()
    assert len(mend(small_town, code, missed=True).moves) == 7
    assert min(planned(small_town, number).values()) >= MONDAY + timedelta(14)


def test_a_mended_timetable_is_of_who_takes_part_and_of_days_that_are_left(small_town):
    code, _ = small_town.drawn(**FEW)
    with refuses("actor.role"):
        mend(small_town, code, "em.approver")
    small_town.pass_time(days=30)
    with refuses("timetable.over"):
        mend(small_town, code)


# By hand


def test_one_department_moves_the_joint_visit_for_all_of_them(small_town):
    _, number = small_town.drawn(**FEW)
    visit, target = small_town.visits(number, "EM")[0]
    move(small_town, visit, FRIDAY, "em.planner")
    assert {planned(small_town, number, each)[target] for each in DEPARTMENTS} == {FRIDAY}
    assert Counter(planned(small_town, number).values()) == {FRIDAY: 1, None: 6}
    assert lines(small_town, "visit:schedule") == [{"day": str(FRIDAY), "before": ""}]


def test_who_has_made_his_visit_is_not_moved_and_his_team_need_not_come_again(small_town):
    code, number = small_town.drawn(**FEW)
    visit, target = small_town.visits(number)[0]
    move(small_town, visit, FRIDAY)
    lead = small_town.team(visit)[0]
    with small_town.at(lead) as desk:
        results.enter(desk, visits.by_id(desk, visit), small_town.entry("AMR"))
    with refuses("visit.not_now"):
        move(small_town, visit, MONDAY)
    leave(small_town, lead, MONDAY)
    of_fire = next(each for each, code in small_town.visits(number, "FIRE") if code == target)
    move(small_town, of_fire, MONDAY, "fire.planner")
    days = [planned(small_town, number, each)[target] for each in DEPARTMENTS]
    assert days == [FRIDAY, MONDAY, MONDAY]
    other = small_town.visits(number)[1][0]
    move(small_town, other, FRIDAY)  # a day on which somebody has been where others go on another
    assert planned(small_town, number)[small_town.visits(number)[1][1]] == FRIDAY
    assert code


def test_a_day_is_refused_for_all_reasons_at_once(town):
    code, number = town.drawn(**FEW)
    visit, target = town.visits(number)[0]
    assert kinds(town, visit, date(2026, 3, 7)) == ["over", "not_working"]
    assert kinds(town, visit, date(2026, 4, 5)) == ["outside", "not_working"]
    black_out(town, code, "amr.planner", FRIDAY, FRIDAY, of_all=True)
    window(town, code, target, "closed", MONDAY, FRIDAY)
    member = max(whole_team(town, number, target))
    leave(town, member, FRIDAY)
    with pytest.raises(Refused) as refused:
        move(town, visit, FRIDAY)
    assert [each["kind"] for each in refused.value.params["reasons"]] == ["blackout", "closed", "away"]
    assert refused.value.params["reasons"][2]["who"] == [f"{_name(town, member)} {member.upper()}"]
    assert planned(town, number)[target] is None


def _name(town: Town, login: str) -> str:
    with transaction(town.database, EVERYTHING) as session:
        return session.scalars(select(Inspector.name).where(Inspector.code == login.upper())).one()


def test_nobody_is_given_more_visits_by_hand_than_he_makes_on_a_day(small_town):
    code, number = small_town.drawn(**FEW | {"total": 24})
    with small_town.at("amr.planner") as desk:
        scheduling.limit(desk, planning.find_campaign(desk, code), 1)
    (visit, target), *others = small_town.visits(number)
    move(small_town, visit, FRIDAY)
    team = whole_team(small_town, number, target)
    sharing = next(i for i, each in others if team & whole_team(small_town, number, each))
    assert kinds(small_town, sharing, FRIDAY) == ["full"]
    move(small_town, visit, FRIDAY)  # where it is already it counts once
    with small_town.at("amr.planner") as desk:
        scheduling.limit(desk, planning.find_campaign(desk, code), 20)
    move(small_town, sharing, FRIDAY)


def test_of_several_seasons_a_visit_need_be_in_one(small_town):
    code, number = small_town.drawn(**FEW)
    visit, target = small_town.visits(number)[0]
    window(small_town, code, target, "season", MONDAY, MONDAY)
    window(small_town, code, target, "season", FRIDAY, FRIDAY)
    assert kinds(small_town, visit, MONDAY + timedelta(1)) == ["season", "season"]
    move(small_town, visit, FRIDAY)


# What hinders


def test_only_whom_it_concerns_enters_and_takes_back_what_hinders(small_town):
    code, number = small_town.drawn(**FEW)
    with refuses("actor.other_department"):
        black_out(small_town, code, "fire.planner", MONDAY, FRIDAY, of_all=True)
    with refuses("actor.role"):
        black_out(small_town, code, "fire.approver", MONDAY, FRIDAY)
    with refuses("span.days"):
        black_out(small_town, code, "fire.planner", FRIDAY, MONDAY)
    with refuses("window.target"):
        window(small_town, code, "T9999", "closed", MONDAY, FRIDAY)
    with refuses("window.kind"):
        window(small_town, code, town_target(small_town, number), "never", MONDAY, FRIDAY)
    black_out(small_town, code, "fire.planner", MONDAY, FRIDAY)
    with small_town.at("em.planner") as desk:
        (found,) = hindrances.blackouts(desk, planning.find_campaign(desk, code))
        assert found.department.code == "FIRE"
        with refuses("actor.other_department"):
            hindrances.lift_blackout(desk, found)
        number_of_it = found.id
    with small_town.at("fire.planner") as desk:
        hindrances.lift_blackout(desk, hindrances.find_blackout(desk, number_of_it))
    window(small_town, code, town_target(small_town, number), "closed", MONDAY, FRIDAY)
    with small_town.at("em.planner") as desk:
        (found,) = hindrances.windows(desk, planning.find_campaign(desk, code)).rows
        hindrances.lift_window(desk, found)
    actions = ("black_out", "lift_blackout", "set_window", "lift_window")
    assert [len(lines(small_town, f"timetable:{each}")) for each in actions] == [1, 1, 1, 1]


def town_target(town: Town, number: str) -> str:
    """A drawn target."""
    return town.visits(number)[0][1]


def test_leave_is_entered_by_the_own_department_from_today_on_and_taken_back(small_town):
    leave(small_town, "fire000", small_town.now.date(), by="registrar")
    with small_town.at("amr.planner") as desk, refuses("inspector.unknown"):
        staff.find_inspector(desk, "FIRE001")
    with refuses("leave.overlaps"):
        leave(small_town, "fire000", date(2026, 3, 1), date(2026, 3, 9))
    with refuses("leave.days"):
        leave(small_town, "fire001", date(2026, 2, 2))
    with refuses("leave.days"):
        leave(small_town, "fire001", date(2026, 3, 9), date(2026, 3, 8))
    with refuses("actor.role"):
        leave(small_town, "fire001", date(2026, 3, 9), by="approver")
    with small_town.at("fire.planner") as desk:
        (found,) = desk.session.scalars(select(Leave))
        assert hindrances.cancel_leave(desk, hindrances.find_leave(desk, found.id)) == "FIRE000"
        assert not desk.session.scalars(select(Leave)).all()
    with small_town.at("fire.planner") as desk, refuses("leave.unknown"):
        hindrances.find_leave(desk, 1)
