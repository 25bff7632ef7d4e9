"""The timetable as planners live it: made at once, looked at, moved, mended after an illness, hindered."""

from __future__ import annotations

import html
import re
from datetime import date
from urllib.parse import quote

import pytest
from sqlalchemy import event, select

from data.models import Blackout, Leave, TargetWindow, Visit
from scheduler.inspection import planning
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Reader, Site

FEW = {"rates": {}, "total": 4, "strata_by": "none", "last_day": "2026-04-30"}
PART = {"HX-Request": "true"}


class Case:
    """A site with a campaign of four targets that is sent out."""

    def __init__(self, site: Site) -> None:
        self.site, self.town = site, site.town
        self.code, self.number = self.town.drawn(**FEW)
        self.page = f"/timetable/campaign/{self.code}"
        self.lead, self.fire = site.reader("amr.planner"), site.reader("fire.planner")
        self.visits = self.town.visits(self.number, "AMR")

    def make(self, **form: str) -> str:
        """The timetable made by a job; what its page said at the end."""
        wanted = {"first": "2026-03-10", "last": "2026-03-20", "most": "2"}
        job = self.lead.does(f"{self.page}/make", **wanted | form)
        assert [each.outcome for each in self.site.run_jobs()] == ["done"]
        answer = self.lead.get(job, **PART)
        return answer.headers["HX-Redirect"]

    def days(self) -> dict[str, set[date | None]]:
        """The days of all departments' visits by target."""
        found: dict[str, set[date | None]] = {}
        with transaction(self.town.database, EVERYTHING) as session:
            for each in session.scalars(select(Visit)):
                found.setdefault(each.target.code, set()).add(each.planned_on)
        return found

    def rows(self, model: type) -> list[int]:
        """The ids of all rows of a model."""
        with transaction(self.town.database, EVERYTHING) as session:
            return list(session.scalars(select(model.id)))

    def his_own_inspector(self) -> str:
        """The code of an inspector of FIRE who goes to the first target."""
        return self.town.team(self.town.visits(self.number, "FIRE")[0][0])[0].upper()


@pytest.fixture
def case(site: Site) -> Case:
    return Case(site)


def told(answer) -> str:
    """What a refusal says."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


def test_the_lead_makes_the_timetable_and_every_department_sees_its_days(case):
    assert (
        case.fire.post(f"{case.page}/make", first="2026-03-10", last="2026-03-20", most="2").status_code
        == 403
    )
    assert 'action="' + case.page not in case.fire.page(case.page).replace("/move", "")
    address = case.make()
    assert "排期完成：4 户都已安排" in case.lead.page(address)
    days = case.days()
    assert all(len(each) == 1 and None not in each for each in days.values())
    for reader in (case.lead, case.fire, case.site.reader("em.auditor")):
        page = reader.page(f"{case.page}?month=2026-03")
        assert page.count('class="chip') == 4
        assert page.count('name="visit"') == (0 if reader not in (case.lead, case.fire) else 4)
    member = case.town.team(case.visits[0][0])[0]
    assert str(next(iter(days[case.visits[0][1]]))) in case.site.reader(member).page("/visits/mine")
    assert case.lead.post(f"{case.page}/make", first="x", last="2026-03-20", most="2").status_code == 422
    assert "每人每天至多 3 户" in case.lead.page(case.lead.does(f"{case.page}/make", most="3", only="most"))


def test_what_finds_no_day_is_listed_with_a_sentence_why(case):
    target = case.visits[0][1]
    window = {
        "target": target,
        "kind": "closed",
        "first": "2026-03-01",
        "last": "2026-04-30",
        "reason": "停业装修",
    }
    case.fire.does(f"{case.page}/windows", **window)
    address = case.make()
    page = case.lead.page(f"{address}?without_day=1")
    assert "3 户" in page
    assert page.count('name="visit"') == 1
    assert "检查时段和不安排检查的日子之外没有剩下任何工作日" in page
    assert "its windows and the days without inspections leave no working day" in case.site.reader(
        "amr.planner", english=True
    ).page(f"{case.page}?without_day=1")
    assert "停业装修" in page
    (number,) = case.rows(TargetWindow)
    case.lead.does(f"/timetable/windows/{number}/lift")
    assert case.rows(TargetWindow) == []


def test_a_move_is_refused_in_place_with_every_reason_and_else_shown_in_place(case):
    case.make()
    visit, target = case.visits[0]
    case.lead.does(
        f"{case.page}/blackouts", first="2026-04-03", last="2026-04-05", reason="系统检修", of_all="1"
    )
    refused = case.lead.post(
        f"{case.page}/move", headers=PART, visit=str(visit), day="2026-04-05", in_place="1"
    )
    assert refused.status_code == 422
    assert "不是工作日；各部门 2026-04-03 至 2026-04-05 不安排检查（系统检修）" in told(refused)
    assert "<html" not in refused.text
    moved = case.lead.post(
        f"{case.page}/move", headers=PART, visit=str(visit), day="2026-03-27", in_place="1"
    )
    assert moved.status_code == 200
    assert moved.text.strip().startswith('<div id="timetable"')
    assert f'href="{quote(case.page)}?' in moved.text  # its links lead to the page, not to the act
    assert "/move?" not in moved.text
    assert case.days()[target] == {date(2026, 3, 27)}
    back = f"{case.page}?month=2026-03&word={target}"
    assert case.lead.does(f"{case.page}/move", visit=str(visit), day="2026-03-26", back=back).endswith(
        f"word={target}"
    )
    assert case.fire.post(f"{case.page}/move", visit=str(visit), day="2026-03-26").status_code == 404
    away = case.lead.does(
        f"{case.page}/move", visit=str(visit), day="2026-03-25", back="//elsewhere.example/"
    )
    assert "elsewhere" not in away
    (number,) = case.rows(Blackout)
    assert case.fire.post(f"/timetable/blackouts/{number}/lift").status_code == 403
    case.lead.does(f"/timetable/blackouts/{number}/lift")


def test_after_an_illness_the_planner_sees_what_would_move_and_confirms_it(case):
    case.make()
    mending = f"/timetable/mend/{case.code}"
    assert "不需要调整" in case.fire.page(mending)
    ill, target = case.his_own_inspector(), case.town.visits(case.number, "FIRE")[0][1]
    before = case.days()
    (day,) = before[target]
    address = case.fire.does(f"/timetable/leave/{case.code}", inspector=ill, first=str(day), last=str(day))
    page = case.fire.page(address)
    assert f"{ill} 当天休假" in page
    assert case.days() == before
    mark = re.search(r'name="mark" value="(\w+)"', page)[1]
    assert case.fire.post(mending, mark="other").status_code == 409
    case.fire.does(mending, mark=mark)
    assert case.days()[target] != {day}
    assert "不需要调整" in case.fire.page(mending)
    assert "on leave that day" not in case.site.reader("fire.planner", english=True).page(mending)


def test_leave_is_entered_and_taken_back_on_the_inspectors_page(case):
    path = "/registries/inspectors/FIRE003"
    assert f"{path}/leave" not in case.site.reader("fire.auditor").page(path)
    case.fire.does(f"{path}/leave", first="2026-03-12", last="2026-03-13")
    assert "2026-03-13" in case.fire.page(path)
    assert case.fire.post(f"{path}/leave", first="2026-03-13", last="2026-03-20").status_code == 422
    (number,) = case.rows(Leave)
    assert case.lead.post(f"/registries/leave/{number}/cancel").status_code == 404
    case.site.reader("fire.registrar").does(f"/registries/leave/{number}/cancel")
    assert case.rows(Leave) == []


def test_the_list_is_narrowed_by_day_inspector_department_and_district(case):
    case.make()
    (day,) = case.days()[case.visits[0][1]]
    of_day = sum(days == {day} for days in case.days().values())
    ill = case.his_own_inspector()
    fire = case.town.visits(case.number, "FIRE")
    his = sum(ill.lower() in case.town.team(visit) for visit, _ in fire)
    with case.town.at("amr.planner") as desk:
        campaign = planning.find_campaign(desk, case.code)
        ids = {part.department.code: part.department_id for part in campaign.departments}

    def rows(**asked: str) -> int:
        return case.lead.client.get(case.page, query_string=asked).text.count('name="visit"')

    assert rows(day=str(day)) == of_day
    assert rows(inspector=ill) == rows(inspector=ill, department=str(ids["FIRE"])) == his
    assert rows(inspector=ill, department=str(ids["EM"])) == 0
    assert rows(district="390102") == rows(word="T") == rows(day="soon", month="none", page="-1") == 4
    assert rows(district="390199") == rows(without_day="1") == rows(word="%") == 0


def test_a_page_takes_as_many_statements_for_many_targets_as_for_few(case):
    case.make()
    few = statements(case.site, case.lead, case.page + f"?word={case.visits[0][1]}")
    assert statements(case.site, case.lead, case.page) == few


def statements(site: Site, reader: Reader, path: str) -> int:
    """How many statements a page takes."""
    seen: list[str] = []

    def note(_c, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    database = site.app.extensions["yaohao.database"]
    reader.page(path)
    event.listen(database, "before_cursor_execute", note)
    reader.page(path)
    event.remove(database, "before_cursor_execute", note)
    return len(seen)


def test_before_the_visits_are_sent_out_the_calendar_is_for_who_plans_them(site):
    town = site.town
    code = town.campaign(**FEW)
    number = town.freeze(code)
    town.commit(number)
    town.open(number)
    town.execute(number)
    path = f"/timetable/campaign/{code}"
    target = town.visits(number)[0][1]
    assert target in site.reader("amr.planner").page(path)
    assert site.reader("amr.reviewer").get(path).status_code == 403
    window = {
        "target": target,
        "kind": "closed",
        "first": "2026-03-01",
        "last": "2026-04-30",
        "reason": "停业",
    }
    assert site.reader("amr.planner").post(f"{path}/windows", **window).status_code == 422
