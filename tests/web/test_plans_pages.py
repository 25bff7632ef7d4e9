"""The pages of annual plans: a draft with its lines by a form, its way to the end, the year by months, who sees what."""

from __future__ import annotations

import re

from scheduler.inspection import planning
from tests.site import Site

EMPTY = ("", "targeted", "0", "1", "12", "", "1")
LINES = (
    ("AMR/A01", "untargeted", "1", "3", "6", "5/100", "2"),
    EMPTY,
    ("AMR/A01", "targeted", "0", "9", "9", "1/10", "1"),
)
_NAMES = ("item", "kind", "joint", "first_month", "last_month", "ratio", "times")


def form(*lines, **other):
    columns = {
        name: list(column) for name, column in zip(_NAMES, zip(*(lines or LINES), strict=True), strict=True)
    }
    return {"year": "2026", "number": "1号", "name": "年度计划"} | columns | other


def drafted(site: Site, **other) -> str:
    return site.reader("amr.planner").does("/plans/new", **form(**other))


def buttons(page: str) -> set[str]:
    return set(re.findall(r'name="act" value="(\w+)"', page))


def moved(site: Site, path: str, *acts: tuple[str, str]) -> None:
    for role, act in acts:
        assert act in buttons(site.reader(f"amr.{role}").page(path))
        assert site.reader(f"amr.{role}").does(f"{path}/move", act=act) == path


PUBLISHED = (("approver", "approve"), ("planner", "publish"))


def test_a_plan_goes_from_its_form_to_its_end(site):
    path = drafted(site)
    page = site.reader("amr.planner").page(path)
    for told in ("AMR检查事项", "3–6 月", "9 月", "5/100", "0 / 2 已完成", "部门联合"):
        assert told in page
    assert (
        page.count('<td class="line-name">') == 4
    )  # two lines, in the list and by months: the empty one is none
    moved(site, path, *PUBLISHED, ("planner", "start"), ("planner", "finish"))
    assert not buttons(site.reader("amr.planner").page(path))


def test_everything_wrong_with_a_form_is_told_and_nothing_is_kept(site):
    planner = site.reader("amr.planner")
    lines = (
        ("AMR/没有", "x", "0", "7", "6", "5%", "一"),
        EMPTY,
        ("", "targeted", "0", "1", "12", "1/2", "1"),
    )
    for english, told in (
        (False, ("年度：应", "计划名称：", "第 1 项 抽查事项：没有", "第 1 项 抽查类型：不是可以选择的值",
                 "第 1 项 结束月份：", "第 1 项 抽查比例：", "第 1 项 次数：", "第 2 项 抽查事项：")),
        (True, ("Year: ", "line 1, Kind: is none of the values", "line 2, Item: must not be empty")),
    ):  # fmt: skip
        reader = site.reader("amr.planner", english=english)
        response = reader.post(
            "/plans/new", headers={"HX-Request": "true"}, **form(*lines, year="26", name="")
        )
        assert response.status_code == 422
        for sentence in told:
            assert sentence in response.text
        text = re.sub("<[^>]*>|annual_plan.fields|AMR|DEPARTMENT/CODE", "", response.text)
        assert not re.search("[\u4e00-\u9fff]" if english else "[A-Z][a-z]{2,}", text)
    assert "没有符合条件" in planner.page("/plans/")


def test_lines_that_the_form_sends_in_odd_numbers_are_refused_and_break_nothing(site):
    response = site.reader("amr.planner").post("/plans/new", **form(kind=["targeted"], times=[]))
    assert response.status_code == 422
    assert "第 2 项" in response.text
    assert site.reader("amr.planner").post("/plans/new", year="2026").status_code == 422


def test_a_draft_is_amended_by_the_form_and_lines_left_empty_are_gone(site):
    planner, path = site.reader("amr.planner"), drafted(site)
    shown = planner.page(f"{path}/amend")
    assert shown.count('value="AMR/A01"') == 3  # two lines, and the item to choose
    assert shown.count('<tr class="line">') == 2 + 5
    planner.does(f"{path}/amend", **form(EMPTY, LINES[2], number="2号"))
    page = planner.page(path)
    assert "2号" in page
    assert "3–6 月" not in page
    assert page.count('<td class="line-name">') == 2
    moved(site, path, ("approver", "approve"))
    assert planner.get(f"{path}/amend").status_code == 409
    assert planner.post(f"{path}/amend", **form()).status_code == 409


def test_two_plans_of_a_year_do_not_share_a_number(site):
    drafted(site)
    assert site.reader("amr.planner").post("/plans/new", **form()).status_code == 409


def test_who_drafted_a_plan_is_shown_no_approval_and_nobody_what_is_not_his(site):
    path = drafted(site)
    assert buttons(site.reader("amr.planner").page(path)) == {"withdraw"}
    assert buttons(site.reader("amr.approver").page(path)) == {"approve"}
    assert buttons(site.reader("amr.auditor").page(path)) == set()
    assert site.reader("amr.planner").post(f"{path}/move", act="approve").status_code == 403
    assert site.reader("amr.planner").post(f"{path}/move", act="amend").status_code == 400
    for response in (
        site.reader("amr.registrar").get("/plans/new"),
        site.reader("amr.registrar").post("/plans/new", **form()),
        site.reader("amr.approver").get(f"{path}/amend"),
    ):
        assert response.status_code == 403


def test_another_department_sees_nothing_of_a_plan(site):
    path, other = drafted(site), site.reader("fire.planner")
    for response in (other.get(path), other.get(f"{path}/amend"), other.post(f"{path}/move", act="withdraw")):
        assert response.status_code == 404
    assert "1号" not in other.page("/plans/")
    assert "1号" not in other.page("/plans/year/2026")


def test_a_line_leads_to_the_campaigns_made_from_it_and_the_year_shows_their_month(site):
    path = drafted(site)
    moved(site, path, *PUBLISHED)
    with site.town.at("amr.planner") as desk:
        planning.set_up_campaign(
            desk, site.town.outline(plan_line={"year": 2026, "number": "1号", "line": 1})
        )
    page = site.reader("amr.planner").page(path)
    assert "加油站部门联合抽查" in page
    assert "/campaigns/2026-" in page
    year = site.reader("amr.planner").page("/plans/year/2026")
    row = year[year.index('<td class="line-name">') :].partition("</tr>")[0]
    months = re.findall(r'<td class="month( foreseen)?">(.*?)</td>', row, re.DOTALL)
    assert [bool(foreseen) for foreseen, _ in months] == [3 <= month <= 6 for month in range(1, 13)]
    assert ["begun" in told for _, told in months] == [month == 3 for month in range(1, 13)]
    assert "这一年还没有计划" in site.reader("amr.planner").page("/plans/year/2027")


def test_the_list_is_asked_by_year_and_state_and_nonsense_breaks_nothing(site):
    drafted(site)
    planner = site.reader("amr.planner")
    assert "1号" in planner.page("/plans/?year=2026&state=draft")
    assert "1号" not in planner.page("/plans/?year=2025")
    assert "1号" not in planner.page("/plans/?state=published")
    for nonsense in (
        "year=x",
        "year=-1",
        "year=99999999999999999999",
        "page=99999999999999999999",
    ):
        planner.page(f"/plans/?{nonsense}")
    for path in (
        "/plans/0",
        "/plans/99999999999999999999",
        "/plans/year/1999",
        "/plans/year/22000",
        "/plans/x",
    ):
        assert planner.get(path).status_code == 404


def test_the_english_pages_speak_no_chinese_but_names(site):
    path = drafted(site, name="Plan", number="No 1")
    reader = site.reader("amr.planner", english=True)
    for page in ("/plans/", path, f"{path}/amend", "/plans/year/2026", "/plans/new"):
        told = reader.page(page)
        text = re.sub(
            r"<[^>]*>|AMR检查事项|AMR局|中文", " ", told[told.index("<main") : told.index("</main")]
        )
        assert not re.search("[\u4e00-\u9fff]", text), page
