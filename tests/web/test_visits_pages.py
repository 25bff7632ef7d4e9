"""Visits as their users live them: dispatch, days, recusals, results, review, disclosure, what follows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

import pytest
from sqlalchemy import event, select

from data.intake import lines as intake_lines
from data.intake.quoting import unquoted
from data.models import Attachment, FollowUp, Result, Target, Visit
from scheduler.accounts import grant
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Reader, Site
from web.list_faults import MOST_FAULTS

ROW = 'td><a href="/visits/'
FEW = {"rates": {}, "total": 3, "strata_by": "none", "last_day": "2026-12-31"}
GOOD = {
    "inspected_on": "2026-03-09",
    "methods": ["onsite"],
    "item-1": "AMR/A01",
    "checked-1": "1",
    "problem-1": "",
    "handling-1": "none",
    "code": "1",
}
BAD = GOOD | {
    "problem-1": "标价不清",
    "handling-1": "order_to_correct",
    "code": "D",
    "measures": "责令限期改正\n\n复查一次\n",
}


class Case:
    """A site with a campaign of three targets that is sent out, and AMR's visits of it."""

    def __init__(self, site: Site, **other) -> None:
        self.site, self.town = site, site.town
        self.code, self.number = self.town.drawn(**FEW | other)
        self.list = f"/visits/campaign/{self.code}"
        self.visits = self.town.visits(self.number, "AMR")
        self.id, self.target = self.visits[0]

    def path(self, act: str = "", visit: int = 0) -> str:
        return f"/visits/{visit or self.id}{'/' + act if act else ''}"

    def lead(self, visit: int = 0) -> Reader:
        return self.site.reader(self.town.team(visit or self.id)[0])

    def entered(self, *ids: int, **form) -> None:
        for each in ids or (self.id,):
            self.lead(each).does(self.path("enter", each), **GOOD | form)

    def states(self) -> list[str]:
        with transaction(self.town.database, EVERYTHING) as session:
            wanted = [each for each, _ in self.visits]
            return [session.get_one(Visit, each).state for each in wanted]

    def asked(self, *what):
        with transaction(self.town.database, EVERYTHING) as session:
            return session.execute(select(*what)).all()


@pytest.fixture
def case(site: Site) -> Case:
    return Case(site)


def queries(site: Site, reader: Reader, path: str) -> int:
    """How many statements a page takes."""
    seen: list[str] = []
    reader.page(path)

    def note(_c, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    database = site.app.extensions["yaohao.database"]
    event.listen(database, "before_cursor_execute", note)
    reader.page(path)
    event.remove(database, "before_cursor_execute", note)
    return len(seen)


def test_the_leads_planner_sends_the_visits_out_and_nobody_else_is_offered_it(site):
    town = site.town
    code = town.campaign(**FEW)
    number = town.freeze(code)
    town.commit(number)
    town.open(number)
    town.execute(number)
    path = f"/visits/campaign/{code}"
    assert "派发检查" not in site.reader("fire.planner").page(path)
    assert site.reader("fire.planner").post(f"{path}/dispatch").status_code == 403
    planner = site.reader("amr.planner")
    assert "派发检查" in planner.page(path)
    assert planner.does(f"{path}/dispatch") == path.replace("加油站", "%E5%8A%A0%E6%B2%B9%E7%AB%99")
    page = planner.page(path)
    assert "已派发 9 次检查" in page
    assert "派发检查" not in page
    assert planner.post(f"{path}/dispatch").status_code == 409


def test_before_they_are_sent_out_visits_are_for_who_plans_approves_or_audits_them(site):
    town = site.town
    code = town.campaign(**FEW)
    number = town.freeze(code)
    town.commit(number)
    town.open(number)
    town.execute(number)
    (visit, target), path = town.visits(number, "AMR")[0], f"/visits/campaign/{code}"
    for login, rows in (("amr.planner", 9), ("amr.auditor", 9), ("amr.approver", 9), ("em.planner", 3)):
        assert site.reader(login).page(path).count(ROW) == rows
    assert target in site.reader("amr.auditor").page(f"/visits/{visit}")
    lead = town.team(visit)[0]
    for login in (lead, "amr.registrar", "amr.reviewer", "amr.publisher"):
        reader = site.reader(login)
        page = reader.page(path)
        assert target not in page
        assert ROW not in page + reader.page(f"{path}?word={target}")
        assert "<b>9</b>" in page  # how many there are is no secret
        assert reader.get(f"/visits/{visit}").status_code == 404
        assert "/visits/" + str(visit) not in reader.page(f"/registries/targets/{target}")
    assert site.reader(lead).post(f"/visits/{visit}/enter", **GOOD).status_code == 404
    assert target not in site.reader(lead).page("/")
    assert f"/visits/{visit}" in site.reader("amr.auditor").page(f"/registries/targets/{target}")
    town.dispatch(code)
    for login in (lead, "amr.registrar", "amr.reviewer"):
        reader = site.reader(login)
        assert reader.page(path).count(ROW) == 9
        assert target in reader.page(f"/visits/{visit}")
        assert f"/visits/{visit}" in reader.page(f"/registries/targets/{target}")


def test_the_lead_sees_every_department_and_the_others_their_own(case):
    assert case.site.reader("amr.planner").page(case.list).count(ROW) == 9
    fire = case.site.reader("fire.planner")
    assert fire.page(case.list).count(ROW) == 3
    assert fire.get(case.path()).status_code == 404
    assert case.site.reader("amr.planner").get("/visits/999999").status_code == 404
    assert case.site.reader("amr.planner").get(f"/visits/{10**30}").status_code == 404
    assert case.site.reader("amr.planner").get("/visits/campaign/none").status_code == 404


def test_a_list_is_narrowed_by_what_is_asked_and_nonsense_asks_nothing(case):
    planner = case.site.reader("amr.planner")

    def rows(**asked: str) -> int:
        return planner.client.get(case.list, query_string=asked).text.count(ROW)

    planner.does(case.path("schedule"), day="2026-03-10")
    name = f"第{int(case.target[1:])}加油站"
    assert rows(department="EM") == 3
    assert rows(department="AMR", without_day="1") == 2
    assert rows(first="2026-03-10", last="2026-03-10") == 3  # all departments go together
    assert rows(word=name) == rows(word=case.target) == 3
    assert rows(word="%") == rows(state="void") == rows(page="7") == 0
    assert rows(first="yesterday", last="2026-99-99", page="-3", state="") == 9
    assert rows(word=case.target + "\0", page=str(10**25)) == 0


def test_a_list_takes_as_many_statements_for_many_visits_as_for_few(site):
    few = Case(site, total=10)
    planner = site.reader("amr.planner")
    small = queries(site, planner, f"{few.list}?word={few.target}")
    assert queries(site, planner, few.list) == small
    seats = Counter(member for visit, _ in few.visits for member in site.town.team(visit))
    (busy, most), (idle, least) = seats.most_common()[0], seats.most_common()[-1]
    assert most > least
    assert queries(site, site.reader(busy), "/visits/mine") == queries(
        site, site.reader(idle), "/visits/mine"
    )


def test_one_visit_is_put_on_a_working_day_of_the_campaign(case):
    planner = case.site.reader("amr.planner")
    for day in ("2026-03-14", "2027-01-04", "9999-12-31", "soon", ""):
        refused = planner.post(case.path("schedule"), day=day)
        assert refused.status_code == 422, day
    planner.does(case.path("schedule"), day="2026-03-13")
    assert "2026-03-13" in planner.page(case.path())
    assert case.site.reader("fire.planner").post(case.path("schedule"), day="2026-03-13").status_code == 404
    assert case.site.reader("amr.approver").post(case.path("schedule"), day="2026-03-13").status_code == 403


def test_an_approver_recuses_and_is_told_who_takes_the_seat(case):
    team = case.town.team(case.id)
    approver = case.site.reader("amr.approver")
    page = approver.page(case.path())
    assert "决定回避" in page
    assert "安排日期" not in page
    approver.does(case.path("recuse"), inspector=team[1].upper(), ground="kinship", note="亲属")
    after = case.town.team(case.id)
    taker = next(each for each in after if each not in team).upper()
    page = approver.page(case.path())
    assert f"{team[1].upper()} 已回避，由 {taker} 补位" in page
    assert "亲属关系" in page
    assert f'<option value="{taker}"' in page
    assert f'<option value="{team[1].upper()}"' not in page
    assert "决定回避" not in case.site.reader("amr.planner").page(case.path())
    assert (
        approver.post(case.path("recuse"), inspector=team[0].upper(), ground="departure").status_code == 422
    )


def test_a_target_is_voided_by_the_leads_approver_alone(case):
    of_fire = case.town.visits(case.number, "FIRE")[0][0]
    assert "确定作废" not in case.site.reader("fire.approver").page(case.path(visit=of_fire))
    lead = case.site.reader("amr.approver")
    assert "确定作废" in lead.page(case.path(visit=of_fire))
    assert lead.post(case.path("void"), ground="closed_business", note="").status_code == 422
    lead.does(case.path("void"), ground="closed_business", note="现场已拆除")
    page = lead.page(case.path())
    assert re.search(r"对象已作废，由 T\d+ 递补", page)
    assert "现场已拆除" in page
    assert len(case.town.visits(case.number, "AMR")) == 4


def test_a_result_goes_from_the_team_to_the_public_and_is_corrected(case):
    lead, reviewer = case.lead(), case.site.reader("amr.reviewer")
    publisher = case.site.reader("amr.publisher")
    assert case.target in lead.page("/visits/mine") or f"第{int(case.target[1:])}加油站" in lead.page(
        "/visits/mine"
    )
    assert "AMR检查事项" in lead.page(case.path("enter"))
    lead.does(case.path("enter"), **BAD, note="第一行\n第二行")
    page = reviewer.page("/visits/review")
    assert "标价不清" in page
    assert reviewer.post(case.path("review"), decision="send_back").status_code == 422
    reviewer.does(case.path("review"), decision="send_back", reason="请写明哪些商品")
    again = lead.page(case.path("enter"))
    assert "请写明哪些商品" in again
    assert "标价不清" in again
    assert "责令限期改正\n复查一次" in again
    assert "按审核意见修改</textarea>" in again
    assert "沿用上一版附件" not in again  # there are none
    assert lead.post(case.path("enter"), **BAD).status_code == 422  # says why it is entered again
    lead.does(case.path("enter"), **BAD, reason="已写明")
    reviewer.does(case.path("review"), decision="accept")
    assert "标价不清" in publisher.page("/visits/disclosure")
    publisher.does(case.path("disclose"))
    page = publisher.page(case.path())
    assert "第 1 版" in page
    assert "第 2 版" in page
    assert "备注：第一行\n第二行" in page
    assert "期限 2026-04-07" in page  # the twentieth working day after 2026-03-09, 清明节 left out
    assert len(case.asked(FollowUp.id)) == 2
    assert "更正结果" in lead.page(case.path())
    lead.does(case.path("enter"), **GOOD, reason="复检合格")
    assert case.states()[0] == "entered"


def test_who_is_not_of_the_team_neither_enters_nor_is_offered_it(case):
    team = case.town.team(case.id)
    outsider = case.site.reader(next(f"amr{n:03d}" for n in range(6) if f"amr{n:03d}" not in team))
    assert case.path("enter") not in outsider.page(case.path())
    assert case.path("enter") in case.lead().page(case.path())
    assert outsider.get(case.path("enter")).status_code == 422
    assert outsider.post(case.path("enter"), **GOOD).status_code == 422
    planner = case.site.reader("amr.planner")
    assert planner.post(case.path("enter"), **GOOD).status_code == 403
    assert case.states()[0] == "open"


@pytest.mark.parametrize(
    "wrong",
    [
        {"inspected_on": "last week"},
        {"inspected_on": "2026-03-01"},
        {"methods": []},
        {"methods": ["telepathy"]},
        {"code": ""},
        {"code": "D\0"},
        {"item-1": "FIRE/A01"},
        {"problem-1": "x"},
        {"handling-1": "shouted"},
        {"measures": "甲;乙"},
        {"item-2": "AMR/A01"},
        {"item-1": "", "item-¹": "AMR/A01"},
        {"item-" + "9" * 5_000: "AMR/A01", "item-1": ""},
    ],
)
def test_a_result_that_is_wrong_is_refused_as_a_message_and_nothing_is_kept(case, wrong):
    refused = case.lead().post(case.path("enter"), headers={"HX-Request": "true"}, **GOOD | wrong)
    assert refused.status_code in (400, 422), refused.status_code
    assert "<html" not in refused.text
    assert case.states()[0] == "open"
    assert case.asked(Result.id) == []


def files(*given: tuple[bytes, str]):
    return {"files": [(io.BytesIO(content), name) for content, name in given]}


def test_files_come_with_a_result_or_later_and_are_only_to_be_kept(case):
    lead = case.lead()
    page = b"<html><script>alert(1)</script>"
    lead.does(case.path("enter"), **GOOD, **files((page, "现场/笔录.html"), (b"\xff\xd8", "a.jpg")))
    lead.does(case.path("attach"), **files((b"later", "b.txt")))
    reviewer = case.site.reader("amr.reviewer")
    shown = reviewer.page(case.path())
    assert "笔录.html" in shown
    assert "现场/" not in shown
    found = {each.name: each.id for each in case.asked(Attachment.name, Attachment.id)}
    kept = reviewer.get(case.path(f"files/{found['笔录.html']}"))
    assert kept.data == page
    assert kept.headers["Content-Type"] == "application/octet-stream"
    assert kept.headers["Content-Disposition"].startswith("attachment;")
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    other = case.visits[1][0]
    assert reviewer.get(case.path(f"files/{found['a.jpg']}", other)).status_code == 404
    assert case.site.reader("fire.planner").get(case.path(f"files/{found['a.jpg']}")).status_code == 404
    assert lead.post(case.path("attach"), **files((b"later", "again.txt"))).status_code == 422
    reviewer.does(case.path("review"), decision="accept")
    assert lead.post(case.path("attach"), **files((b"too late", "c.txt"))).status_code == 409
    assert len(case.asked(Attachment.id)) == 3


def test_the_files_of_a_result_that_was_sent_back_go_over_into_the_next_once(case):
    lead, reviewer = case.lead(), case.site.reader("amr.reviewer")
    lead.does(case.path("enter"), **GOOD, keep_files="1", **files((b"one", "笔录.txt"), (b"two", "b.txt")))
    reviewer.does(case.path("review"), decision="send_back", reason="请补充")
    assert "沿用上一版附件：笔录.txt、b.txt" in lead.page(case.path("enter"))
    again = GOOD | {"reason": "按审核意见修改", "keep_files": "1"}
    lead.does(case.path("enter"), **again, **files((b"two", "again.txt"), (b"three", "c.txt")))
    newest = dict(case.asked(Result.version, Result.id))[2]
    kept = [name for name, of in case.asked(Attachment.name, Attachment.result_id) if of == newest]
    assert sorted(kept) == ["again.txt", "c.txt", "笔录.txt"]


def test_codes_are_offered_by_what_they_say_and_the_items_methods_are_preset(case):
    page = case.lead().page(case.path("enter"))
    groups = re.findall(r'<optgroup label="(\w+)">(.*?)</optgroup>', page, re.DOTALL)
    assert [group for group, _ in groups] == ["未发现问题", "无法检查", "发现问题"]
    codes = [re.findall(r'value="(\w+)"', options) for _, options in groups]
    assert codes[0] == ["1"]
    assert codes[1][-2:] == ["11", "12"]
    assert re.search(r'value="onsite" checked', page)
    english = case.site.reader(case.town.team(case.id)[0], english=True).page(case.path("enter"))
    assert "Closed or in liquidation" in english


def test_a_file_that_is_refused_takes_its_result_with_it(case):
    empty = case.lead().post(case.path("enter"), **GOOD, **files((b"x", "a.txt"), (b"", "empty.txt")))
    assert empty.status_code == 422
    assert case.states()[0] == "open"
    assert case.asked(Attachment.id) == []


def test_a_reviewer_accepts_the_chosen_ones_and_those_with_findings_come_first(case):
    first, second, third = (each for each, _ in case.visits)
    case.entered(first, third)
    case.entered(second, **{k: v for k, v in BAD.items() if k not in GOOD or GOOD[k] != v})
    reviewer = case.site.reader("amr.reviewer")
    page = reviewer.page("/visits/review")
    places = [int(each) for each in re.findall(r'name="visit" value="(\d+)"', page)]
    assert places[0] == second
    assert sorted(places) == sorted((first, second, third))
    assert reviewer.post("/visits/review").status_code == 422
    reviewer.does("/visits/review", visit=[str(second), str(third)])
    assert case.states() == ["entered", "accepted", "accepted"]


def test_of_many_all_are_done_or_none_and_one_is_told_which_and_why(case):
    first, second, third = (each for each, _ in case.visits)
    case.entered(first, second)
    reviewer = case.site.reader("amr.reviewer")
    refused = reviewer.post("/visits/review", visit=[str(first), str(second), str(third)])
    assert refused.status_code == 422
    name = f"第{int(case.visits[2][1][1:])}加油站"
    assert f"“{name}”不能办理" in refused.text
    assert "现在的状态" in refused.text
    assert case.states() == ["entered", "entered", "open"]
    english = case.site.reader("amr.reviewer", english=True)
    told = english.post("/visits/review", visit=[str(first), str(third)]).text
    assert f"none of them was done, because of {name}: in the state" in told
    other = case.town.visits(case.number, "FIRE")[0][0]
    assert reviewer.post("/visits/review", visit=[str(first), str(other), "9" * 40, "x"]).status_code in (
        403,
        404,
        422,
    )
    assert case.states() == ["entered", "entered", "open"]


def test_nobody_chooses_or_accepts_what_he_entered_himself(case):
    team = case.town.team(case.id)
    with transaction(case.town.database, EVERYTHING) as session:
        grant(session, case.town.now, team[0], "reviewer")
    case.entered()
    both = case.site.reader(team[0])
    assert 'name="visit"' not in both.page("/visits/review")
    assert "审核通过" not in both.page(case.path())
    assert both.post("/visits/review", visit=[str(case.id)]).status_code == 422
    assert both.post(case.path("review"), decision="accept").status_code == 403
    assert case.states()[0] == "entered"


def test_a_publisher_discloses_the_chosen_ones_and_sees_what_is_late(case):
    first, second, third = (each for each, _ in case.visits)
    case.entered(second, third)
    case.town.pass_time(days=30)
    case.entered(first, inspected_on="2026-04-08")
    case.site.reader("amr.reviewer").does("/visits/review", visit=[str(first), str(second), str(third)])
    publisher = case.site.reader("amr.publisher")
    page = publisher.page("/visits/disclosure")
    assert re.findall(r'name="visit" value="(\d+)"', page)[-1] == str(first)
    assert page.count("due-late") == 2
    assert "data-ask=" in page
    assert "将公示 {n} 项，其中发现问题 {found} 项" in page
    assert (
        "其中逾期 1 项"
        in publisher.get(publisher.does("/visits/disclosure", visit=[str(first), str(second)])).text
    )
    assert case.states() == ["disclosed", "disclosed", "accepted"]
    assert case.site.reader("amr.reviewer").get("/visits/disclosure").status_code == 403


def test_a_follow_up_is_closed_with_a_word_by_its_reviewer(case):
    case.entered(**{k: v for k, v in BAD.items() if k not in GOOD or GOOD[k] != v})
    reviewer = case.site.reader("amr.reviewer")
    reviewer.does(case.path("review"), decision="accept")
    case.site.reader("amr.publisher").does(case.path("disclose"))
    page = reviewer.page("/visits/follow-ups")
    assert "责令限期改正" in page
    assert "责令限期改正" not in case.site.reader("fire.reviewer").page("/visits/follow-ups")
    number = re.search(r"/visits/follow-ups/(\d+)/close", page)[1]
    close = f"/visits/follow-ups/{number}/close"
    assert reviewer.post(close, note=" ").status_code == 422
    assert case.site.reader("fire.reviewer").post(close, note="x").status_code == 404
    reviewer.does(close, note="已整改")
    assert "已整改" in reviewer.page("/visits/follow-ups")
    assert reviewer.post(close, note="again").status_code == 409


def test_a_campaign_is_closed_when_all_is_public(case):
    planner = case.site.reader("amr.planner")
    assert "结束任务" not in planner.page(case.list)
    assert planner.post(f"{case.list}/close").status_code == 422
    for department in ("AMR", "FIRE", "EM"):
        for _, target in case.town.visits(case.number, department):
            case.town.disclosed(case.number, target, department)
    assert "结束任务" in planner.page(case.list)
    planner.does(f"{case.list}/close")
    assert "结束任务" not in planner.page(case.list)


def filled(sheet: bytes, **cells: str) -> bytes:
    rows = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
    out = io.StringIO()
    written = csv.DictWriter(out, rows[0])
    written.writeheader()
    written.writerows(each | cells for each in rows)
    return out.getvalue().encode()


def test_an_inspector_fills_in_the_sheet_and_sends_it_back(case):
    lead = case.lead()
    path = f"/visits/back-fill/{case.code}"
    assert "下载表格" in lead.page(path)
    sheet = lead.get(f"{path}/sheet.csv").data
    assert case.target in sheet.decode("utf-8-sig")
    wrong = lead.post(path, **files((filled(sheet, 检查日期="2026-03-09", 检查结果="Z"), "results.csv")))
    assert wrong.status_code == 422
    assert "没有结果代码 Z" in wrong.text
    lacking = lead.post(path, headers={"HX-Request": "true"}, **files((sheet, "results.csv")))
    assert lacking.status_code == 422
    assert "检查日期" in lacking.text
    assert "<html" not in lacking.text
    assert case.asked(Result.id) == []
    lead.does(path, **files((filled(sheet, 检查日期="2026-03-09", 检查结果="1"), "results.csv")))
    assert len(case.asked(Result.id)) == sum(each == "entered" for each in case.states()) > 0


def test_of_a_file_with_many_faults_a_page_shows_some_and_how_many_more_there_are(case):
    lead, path = case.lead(), f"/visits/back-fill/{case.code}"
    sheet = filled(lead.get(f"{path}/sheet.csv").data, 检查日期="2026-03-09", 检查结果="1")
    header, *_ = sheet.splitlines()
    for count, more in ((MOST_FAULTS, ""), (MOST_FAULTS + 7, "另有 7 处没有列出")):
        told = lead.post(path, **files((b"\n".join([header] + [b"x"] * count), "results.csv"))).text
        assert f"有 {count} 处问题" in told
        assert told.count('<tr><td class="number">') == MOST_FAULTS
        assert more in told
        assert ("没有列出" in told) == bool(more)


def test_a_file_of_results_has_a_limit_of_lines(case, monkeypatch):
    lead, path = case.lead(), f"/visits/back-fill/{case.code}"
    sheet = filled(lead.get(f"{path}/sheet.csv").data, 检查日期="2026-03-09", 检查结果="1")
    lines = len(sheet.splitlines()) - 1
    monkeypatch.setattr(intake_lines, "MOST_LINES", lines - 1)
    refused = lead.post(path, **files((sheet, "results.csv")))
    assert refused.status_code == 422
    assert "有 1 处问题" in refused.text
    assert f"&gt; {lines - 1}" in refused.text
    assert case.asked(Result.id) == []
    monkeypatch.setattr(intake_lines, "MOST_LINES", lines)
    lead.does(path, **files((sheet, "results.csv")))


@pytest.mark.parametrize("name", ["=1+1", "\r=1+1", "'=1", "@站"])
def test_no_name_of_a_target_is_a_formula_of_the_sheet(case, name):
    with transaction(case.town.database, EVERYTHING) as session:
        session.scalars(select(Target).where(Target.code == case.target)).one().name = name
    sheet = case.lead().get(f"/visits/back-fill/{case.code}/sheet.csv").data.decode("utf-8-sig")
    [written] = {
        row["检查对象名称"]
        for row in csv.DictReader(io.StringIO(sheet, newline=""))
        if case.target in row.values()
    }
    assert (written[:1], unquoted(written)) == ("'", name)


def test_a_file_enters_in_nobody_elses_name(case):
    lead = case.lead()
    path = f"/visits/back-fill/{case.code}"
    sheet = filled(lead.get(f"{path}/sheet.csv").data, 检查日期="2026-03-09", 检查结果="1")
    other = case.site.reader(case.town.team(case.id)[1])
    refused = other.post(path, **files((sheet, "results.csv")))
    assert refused.status_code == 422
    assert "只能以本人" in refused.text
    assert case.asked(Result.id) == []
    assert case.site.reader("amr.planner").post(path, **files((sheet, "results.csv"))).status_code == 403
    assert lead.post(path).status_code == 422


def test_codes_are_words_in_the_readers_language(case):
    case.entered()
    shown = {
        "amr.planner": (case.list, "Awaiting review", "待审核"),
        "amr.reviewer": (case.path(), "On site", "现场检查"),
        "amr.approver": (case.path(visit=case.visits[1][0]), "Closed business", "已停业"),
        case.town.team(case.id)[0]: (f"/visits/back-fill/{case.code}", "Order to correct", "责令改正"),
    }
    for login, (path, english, chinese) in shown.items():
        page = case.site.reader(login, english=True).page(path)
        assert english in page, path
        assert chinese not in page, path
        assert chinese in case.site.reader(login).page(path), path
