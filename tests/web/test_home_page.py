"""The start page: what waits for each role, where it leads to, and that it costs few statements however much waits."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

import pytest
from sqlalchemy import event

from data.models import Certificate, RoleGrant
from scheduler.accounts import find_user, grant
from scheduler.inspection import drawing, planning
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Site
from tests.town import DICE, TEXT

FEW = {"rates": {}, "total": 2, "strata_by": "none", "last_day": "2026-12-31"}


def heaps(page: str) -> dict[str, int]:
    """The titles of the cards with their counts."""
    return {
        title: int(number) for title, number in re.findall(r"<h3><a [^>]*>(.+?)</a><b>(\d+)</b></h3>", page)
    }


def waits(site: Site, login: str) -> dict[str, int]:
    return heaps(site.reader(login).page("/"))


def test_a_campaign_waits_for_whoever_has_to_go_on_with_it(site):
    town = site.town
    outline = town.outline(**FEW)
    with town.at("amr.planner") as desk:
        planning.set_up_campaign(desk, outline)
    assert waits(site, "amr.planner") == {"草案": 1}
    assert waits(site, "fire.planner") == {}
    with town.at("amr.planner") as desk:
        planning.invite(desk, planning.find_campaign(desk, outline["code"]))
    assert waits(site, "amr.planner") == {}
    assert waits(site, "fire.planner") == {"等您部门答复的联合任务": 1}
    for other in ("fire", "em"):
        with town.at(f"{other}.planner") as desk:
            planning.answer(desk, planning.find_campaign(desk, outline["code"]), planning.Answer(accept=True))
    assert waits(site, "amr.planner") == {"已答复，待提交审批": 1}
    assert waits(site, "fire.planner") == {}
    with town.at("amr.planner") as desk:
        planning.submit(desk, planning.find_campaign(desk, outline["code"]))
    assert waits(site, "amr.planner") == {}
    assert waits(site, "amr.approver") == {"抽查任务待批准": 1}
    assert waits(site, "fire.approver") == {}
    with town.at("amr.approver") as desk:
        planning.approve(desk, planning.find_campaign(desk, outline["code"]))
    assert waits(site, "amr.approver") == {}
    assert waits(site, "amr.planner") == {"已批准，待锁定名录": 1}


def told_of(site: Site, code: str) -> str:
    """What the campaign's page says comes next, and the list of campaigns the same."""
    page = site.reader("amr.planner").page(f"/campaigns/{quote(code)}")
    found = re.search(r'(?s)<p class="mb-0">(.*?)</p>', page)
    assert found
    told = found[1].strip()
    assert told.split("：等待见证人")[0] in site.reader("amr.planner").page("/campaigns/")
    return told


def test_a_draw_waits_for_its_witness_and_its_planner_step_by_step(site):
    town = site.town
    code = town.campaign(**FEW)
    number = town.freeze(code)
    assert waits(site, "notary") == {"抽取待您承诺": 1}
    assert waits(site, "amr.planner") == {"抽取中，等待他人": 1}
    assert told_of(site, code) == "名录已锁定：等待见证人承诺：公证人"
    with town.at("notary") as desk:
        drawing.promise(desk, drawing.find_draw(desk, number), drawing.promise_of(TEXT))
    assert waits(site, "notary") == {}
    assert waits(site, "amr.planner") == {"待生成承诺值": 1}
    assert waits(site, "fire.planner") == {}
    assert '<li><span><a href="/draws/1">' in site.reader("amr.planner").page("/")
    assert told_of(site, code) == "由牵头部门计划员生成承诺值"
    with town.at("amr.planner") as desk:
        drawing.commit_draw(desk, drawing.find_draw(desk, number))
    assert waits(site, "notary") == {"抽取待您揭示": 1}
    assert waits(site, "amr.planner") == {"待登记公布": 1}
    assert told_of(site, code) == "承诺值已生成：由牵头部门计划员公布并登记"
    town.pass_time(minutes=10)
    with town.at("amr.planner") as desk:
        drawing.publish(desk, drawing.find_draw(desk, number), "网站", town.now)
    assert waits(site, "amr.planner") == {"抽取中，等待他人": 1}
    assert told_of(site, code) == "已公布：等待见证人揭示：公证人"
    with town.at("notary") as desk:
        drawing.reveal_text(desk, drawing.find_draw(desk, number), TEXT)
    assert waits(site, "notary") == {}
    assert waits(site, "amr.planner") == {"待结束揭示": 1}
    assert told_of(site, code) == "见证人都已揭示：由牵头部门计划员结束揭示"
    with town.at("amr.planner") as desk:
        drawing.close_reveals(desk, drawing.find_draw(desk, number))
    assert waits(site, "notary") == {"随机数待录入": 1}
    assert waits(site, "amr.planner") == {"待两人录入随机数": 1}
    assert told_of(site, code) == "揭示已结束：产生随机数，由两人各自录入"
    for login in ("amr.planner", "notary"):
        with town.at(login) as desk:
            drawing.enter_entropy(desk, drawing.find_draw(desk, number), DICE)
    assert waits(site, "amr.planner") == {"待执行抽取": 1}
    assert told_of(site, code) == "种子已确定：由牵头部门计划员执行抽取"
    assert town.execute(number) == "completed"
    assert waits(site, "amr.planner") == {"已抽取，待派发": 1}


def test_visits_wait_for_planner_team_reviewer_and_publisher(site):
    town = site.town
    _, number = town.drawn(**FEW)
    assert waits(site, "amr.planner") == {"检查待安排日期": 2, "检查中": 1}
    assert waits(site, "fire.planner") == {"检查待安排日期": 2}
    visit = town.visits(number)[0][0]
    member = town.team(visit)[0]
    before = sum(waits(site, member).values())
    planner = site.reader("amr.planner")
    planner.does(f"/visits/{visit}/schedule", day="2026-03-09")
    assert waits(site, member)["今天检查"] == 1
    town.pass_time(days=1)
    assert waits(site, member)["已过检查日期"] == 1
    assert sum(waits(site, member).values()) == before
    assert waits(site, "amr.reviewer") == {}
    site.reader(member).does(
        f"/visits/{visit}/enter",
        **{
            "inspected_on": "2026-03-09",
            "methods": "onsite",
            "item-1": "AMR/A01",
            "checked-1": "1",
            "code": "1",
        },
    )
    assert waits(site, "amr.reviewer") == {"结果待审核": 1}
    assert waits(site, "fire.reviewer") == {}
    site.reader("amr.reviewer").does("/visits/review", visit=str(visit))
    assert waits(site, "amr.publisher") == {"待公示": 1}
    town.now = town.now.replace(month=4, day=1)
    assert waits(site, "amr.publisher") == {"公示将到期": 1}
    town.now = town.now.replace(day=8)
    assert waits(site, "amr.publisher") == {"公示已逾期": 1}
    site.reader("amr.publisher").does("/visits/disclosure", visit=str(visit))
    assert waits(site, "amr.publisher") == {}


def test_registry_accounts_and_audit_have_their_own(site):
    town = site.town
    with transaction(town.database, EVERYTHING) as session:
        session.get_one(Certificate, 1).expires_on = date(2026, 3, 20)
        session.get_one(RoleGrant, 1).valid_to = date(2026, 3, 20)
    assert waits(site, "amr.registrar") == {"执法证件 30 天内到期或已过期": 1}
    assert waits(site, "fire.registrar") == {}
    assert waits(site, "amr.administrator") == {"角色 30 天内到期": 1}
    assert waits(site, "fire.administrator") == {}
    town.drawn(**FEW)
    page = site.reader("amr.auditor").page("/")
    assert heaps(page) == {"已完成的抽取，可以复核": 1}
    assert "最近一笔是第" in page
    assert "最近一笔" not in site.reader("amr.planner").page("/")


def test_whoever_has_two_roles_sees_both_and_who_has_none_is_told(site):
    town = site.town
    with transaction(town.database, EVERYTHING) as session:
        grant(session, town.now, "amr.planner", "approver")
    planner = site.reader("amr.planner")
    assert planner.page("/").count('class="role-title"') == 3  # of two roles, and the pages
    with transaction(town.database, EVERYTHING) as session:
        for each in session.query(RoleGrant).filter_by(user_id=find_user(session, "amr.office").id):
            each.valid_to = date(2026, 3, 2)
    town.pass_time(days=1)
    assert "还没有角色" in site.reader("amr.office").page("/")


def test_a_stranger_is_led_to_the_portal(site):
    assert site.stranger().get("/").status_code == 302


@pytest.mark.parametrize("login", ["amr.planner", "amr000", "amr.publisher"])
def test_however_much_waits_the_page_takes_as_many_statements(site, login):
    town = site.town

    def statements() -> int:
        reader, seen = site.reader(login), []
        reader.page("/")

        def note(_c, _cursor, statement, *_rest) -> None:
            seen.append(statement)

        database = site.app.extensions["yaohao.database"]
        event.listen(database, "before_cursor_execute", note)
        reader.page("/")
        event.remove(database, "before_cursor_execute", note)
        return len(seen)

    nothing = statements()
    town.drawn(**FEW | {"total": 12})
    assert statements() == nothing


def test_only_the_first_few_are_shown_and_all_are_counted(site):
    code, number = site.town.drawn(**FEW | {"total": 12})
    planner = site.reader("amr.planner")
    planner.does(f"/timetable/campaign/{code}/make", only="most", most="12")
    for visit, _ in site.town.visits(number):
        planner.does(f"/visits/{visit}/schedule", day="2026-03-12")
    busiest = max((site.town.team(v)[0] for v, _ in site.town.visits(number)), key=len)
    page = site.reader(busiest).page("/")
    counted = heaps(page)["本周检查"]
    assert page.count('<li><span><a href="/visits/') == min(5, counted)
    english = site.reader(busiest, english=True).page("/")
    assert str(counted) in english
