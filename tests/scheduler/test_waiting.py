"""What waits for somebody: all roles at once, counted by one statement, and nothing of another department."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import event

from data.models.jobs import Job
from data.queries import waiting as heaps
from matching.refused import Refused
from scheduler.accounts import grant
from scheduler.inspection import drawing, results, scheduling, visits
from scheduler.inspection.waiting import KINDS, waiting_for
from scheduler.transaction import EVERYTHING, transaction
from tests.town import Town

FEW = {"rates": {}, "total": 4, "strata_by": "none", "last_day": "2026-12-31"}


def counted(town: Town, login: str) -> dict[str, int]:
    with town.at(login) as desk:
        return {heap.kind: heap.count for found in waiting_for(desk).heaps.values() for heap in found}


def with_every_role(town: Town, login: str) -> None:
    with transaction(town.database, EVERYTHING) as session:
        for role in KINDS:
            if role != "inspector":
                grant(session, town.now, login, role)


def test_every_role_at_once_is_one_statement(town):
    _, number = town.drawn(**FEW)
    visit, _ = town.visits(number)[0]
    member = town.team(visit)[0]
    with_every_role(town, member)
    with town.at(member) as desk:
        results.enter(desk, visits.by_id(desk, visit), town.entry("AMR"))
    with town.at("amr.reviewer") as desk:
        results.review(desk, visits.by_id(desk, visit), accept=True)
    seats = sum(member in town.team(each) for each, _ in town.visits(number)) - 1
    assert counted(town, member) == {
        "inspecting": 1,
        "schedule": 3,
        "disclose": 1,
        "replay": 1,
    } | ({"no_day": seats} if seats else {})
    seen: list[str] = []
    with town.at(member) as desk:
        desk.workdays  # noqa: B018 - the calendar is read once, whatever waits

        def note(_connection, _cursor, statement, *_rest) -> None:
            seen.append(statement)

        event.listen(town.database, "before_cursor_execute", note)
        waiting_for(desk)
        event.remove(town.database, "before_cursor_execute", note)
    assert len(seen) == 2  # and the last line of the ledger


def test_nothing_of_another_department_waits(town):
    _, number = town.drawn(**FEW)
    for visit, _ in town.visits(number, "FIRE"):
        with town.at(town.team(visit)[0]) as desk:
            results.enter(desk, visits.by_id(desk, visit), town.entry("FIRE"))
    assert counted(town, "fire.reviewer") == {"review": 4}
    assert counted(town, "amr.reviewer") == {}  # though the lead sees all of them
    assert counted(town, "em.approver") == {}


def test_a_voided_number_waits_for_nobody(town):
    number = town.freeze(town.campaign(**FEW))
    assert counted(town, "notary") == {"promise": 1}
    with town.at("amr.approver") as desk:
        drawing.void_number(desk, drawing.find_draw(desk, number), "wrong_list", "名录有误")
    assert counted(town, "notary") == {}
    assert counted(town, "amr.planner") == {"freeze": 1}


def test_a_draw_that_was_replayed_waits_no_more(town):
    _, number = town.drawn(**FEW)
    with town.at("amr.auditor") as desk:
        draw_id, own = drawing.find_draw(desk, number).id, desk.actor.department_id

    def replayed(draw: int, state: str) -> None:
        with transaction(town.database, EVERYTHING) as session:
            over = None if state == "queued" else town.now
            key = f"draw:replay/{draw}/1/{state}"
            session.add(
                Job(
                    kind="draw:replay",
                    department_id=own,
                    key=key,
                    state=state,
                    parameters={},
                    created_at=town.now,
                    finished_at=over,
                )
            )

    replayed(int(f"{draw_id}1"), "done")
    replayed(draw_id, "queued")
    assert counted(town, "amr.auditor") == {"replay": 1}
    replayed(draw_id, "done")
    assert counted(town, "amr.auditor") == {}
    assert counted(town, "fire.auditor") == {}


def test_the_first_of_a_heap_are_those_due_first(town):
    _, number = town.drawn(**FEW | {"total": 24})
    days = [date(2026, 3, 9 + n) for n in (4, 2, 0, 3, 1)]
    member = town.team(town.visits(number)[0][0])[0]
    his = [visit for visit, _ in town.visits(number) if member in town.team(visit)]
    for visit, day in zip(his, days, strict=False):
        with town.at("amr.planner") as desk:
            scheduling.schedule(desk, visits.by_id(desk, visit), day)
    town.now = town.now.replace(day=20)
    with town.at(member) as desk:
        past, rest = waiting_for(desk).heaps["inspector"]
    assert (past.kind, past.count) == ("past", len(days))
    assert (rest.kind, rest.count) == ("no_day", len(his) - len(days))
    assert len(rest.first) == min(heaps.MOST, rest.count) > 0
    assert [one.day for one in past.first] == sorted(one.day for one in past.first)
    assert len(past.first) <= heaps.MOST


def test_two_reviewers_at_once_close_a_follow_up_once(town):
    _, number = town.drawn(**FEW)
    _, target = town.visits(number)[0]
    found = {
        "code": "D",
        "checks": (results.Checked("AMR/A01", problem="标价不清", handling="order_to_correct"),),
        "measures": ("责令改正",),
    }
    town.disclosed(number, target, "AMR", **found)
    assert counted(town, "amr.reviewer") == {"follow_up": 1}

    def close(note: str) -> str:
        try:
            with town.at("amr.reviewer") as desk:
                results.close_follow_up(desk, results.follow_up_by_id(desk, 1), note)
        except Refused as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(1) as other:
        with town.at("amr.reviewer") as desk:
            results.close_follow_up(desk, results.follow_up_by_id(desk, 1), "已整改")
            told = other.submit(close, "又一次")
            time.sleep(0.5)  # the other has looked at it, and waits
        assert told.result() == "follow_up.not_now"
    with town.at("amr.reviewer") as desk:
        assert results.follow_up_by_id(desk, 1).closing_note == "已整改"
    assert counted(town, "amr.reviewer") == {}
