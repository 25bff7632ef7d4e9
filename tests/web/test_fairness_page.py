"""The page of many rehearsals: begun, followed, stopped and read by whoever may rehearse, each plot with its numbers."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from scheduler.inspection import fairness, repeating
from tests.crawl import Page
from tests.site import Site

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
RUNS = repeating.LEAST_RUNS
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """So few runs may be asked for, and they are done in this process."""
    monkeypatch.setattr(fairness, "RUNS", (RUNS,))
    monkeypatch.setattr(repeating, "LITTLE", repeating.MOST_WORK)


def said(page: str) -> str:
    """What stands on a page, without its tags."""
    return " ".join(" ".join(Page(page).said).split())


def address(site: Site, **other) -> str:
    """The page of a campaign that may be rehearsed."""
    return f"/campaigns/{site.town.campaign(**SMALL | other)}/rehearsal/fairness"


def counted(site: Site, **other) -> str:
    """The same, when rehearsals were done."""
    path = address(site, **other)
    site.reader("amr.planner").does(path, runs=RUNS)
    assert [each.outcome for each in site.run_jobs()] == ["done"]
    return path


def plots(page: str) -> list[dict]:
    """What the script is given to draw."""
    return [json.loads(unescape(each)) for each in re.findall(r'data-plot="([^"]*)"', page)]


def test_rehearsals_are_begun_followed_and_read(site):
    path = address(site)
    planner = site.reader("amr.planner")
    assert f'href="{path.replace("加油站", "%E5%8A%A0%E6%B2%B9%E7%AB%99")}"' in planner.page(
        path.removesuffix("/fairness")
    )
    assert "data-plot" not in planner.page(path)
    planner.does(path, runs=RUNS)
    waiting = planner.get(path, **PART).text
    assert "等待开始" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert "<html" not in waiting
    site.run_jobs()
    over = planner.get(path, **PART)
    assert over.headers["HX-Redirect"].endswith("/rehearsal/fairness")
    told = said(planner.page(path))
    for each in (
        f"每个数都来自 {RUNS} 次演练",
        "演练抽出一批 6 户",
        "AMR局 12",
        "1/3 · ≈33.33%",
        "95% 把握",
        "没有计入同组排除",
        "负担均衡 → 签号次序 本任务",
        "检查员AMR0",
        "例 1",
    ):
        assert each in told, (each, told)


def test_it_says_on_every_screen_that_it_is_no_draw(site):
    path = address(site)
    planner = site.reader("amr.planner")
    for page in (planner.page(path), planner.page(counted(site, code="2026-b"))):
        assert "<title>演练 REHEARSAL" in page
        assert '<section class="rehearsed">' in page
        assert 'class="rehearsal-mark">演练 REHEARSAL · 不是抽取' in page
        assert "download" not in page


def test_each_plot_has_its_numbers_as_a_table(site):
    page = site.reader("amr.planner").page(counted(site))
    drawn = plots(page)
    assert len(drawn) == 3 * 3 + 1
    assert page.count('<details class="numbers"><summary>数据表') == len(drawn)
    tables = re.findall(r'<details class="numbers"><summary>数据表.*?</details>', page, re.DOTALL)
    for told, table in zip(drawn, tables, strict=True):
        rows = re.findall(r"<tr><td>(.*?)</td>(.*?)</tr>", table)
        written = {unescape(name): re.findall(r">([\d.]+)<", cells) for name, cells in rows}
        for place, category in enumerate(told["categories"]):
            numbers = [each["values"][place] for each in told["series"]]
            assert written.get(category, ["0"] * len(numbers)) == [str(each) for each in numbers] or not any(
                numbers
            )
    chances, _, loads, *_ = drawn
    assert sum(chances["series"][0]["values"]) == sum(chances["series"][1]["values"]) == 36
    assert chances["marks"] == [{"at": 16, "name": "下限 1/3"}]
    assert sum(loads["series"][0]["values"]) == pytest.approx(100, abs=0.1)


def test_nobody_of_another_department_is_named_and_no_target(site):
    page = site.reader("amr.planner").page(counted(site))
    assert re.findall(r"T00\d\d|第\d+加油站|(?:FIRE|EM)00\d|检查员(?:FIRE|EM)", page) == []
    assert re.findall(r"\b[0-9a-f]{64}\b", page) == []


def test_it_is_read_in_english(site):
    told = site.reader("amr.planner", english=True).page(counted(site))
    names = r"2026-加油站|加油站部门联合抽查|[A-Z]+局|检查员[A-Z]+\d|东区|中文"
    assert (
        re.findall(
            "[\u4e00-\u9fff]+", re.sub(names, "", said(told) + json.dumps(plots(told), ensure_ascii=False))
        )
        == []
    )
    for each in (f"Every number comes from {RUNS} rehearsals.", "Lower bound", "95% sure", "This campaign"):
        assert each in said(told), each
    assert [each["series"][0]["name"] for each in plots(told)][:3] == ["Counted"] * 3


def test_those_under_way_are_stopped(site):
    path = address(site)
    planner = site.reader("amr.planner")
    planner.does(path, runs=RUNS)
    planner.does(f"{path}/stop")
    assert site.run_jobs() == []
    assert "上一次没有完成：已停止，没有留下计数" in said(planner.page(path))


def test_only_the_numbers_of_the_list_are_taken(site):
    path = address(site)
    for wrong in ("0", "21", "x", ""):
        refused = site.reader("amr.planner").post(path, runs=wrong)
        assert (refused.status_code, "次数只能是" in refused.text) == (422, True), wrong


def test_a_shortage_is_told_and_nothing_drawn(site):
    path = counted(site, departments=[{"code": "AMR", "size": 6, "leads": 6}], items=["AMR/A01"])
    page = site.reader("amr.planner").page(path)
    assert plots(page) == []
    assert f"{RUNS} 次演练中，有 {RUNS} 次人员不足" in said(page)


def test_planners_of_the_lead_department_alone_read_it_and_only_before_the_freeze(site):
    path = counted(site)
    for login in ("fire.planner", "amr.approver", "amr.auditor", "notary"):
        reader = site.reader(login)
        assert reader.get(path).status_code == 403, login
        assert reader.post(path, runs=RUNS).status_code == 403, login
        assert reader.post(f"{path}/stop").status_code == 403, login
    site.town.freeze(site.town.outline()["code"])
    planner = site.reader("amr.planner")
    assert planner.get(path).status_code == 409
    assert "名录已锁定" in planner.post(path, runs=RUNS).text


def test_the_list_of_jobs_tells_of_it_and_not_what_was_counted(site):
    counted(site)
    approver = site.reader("amr.approver")
    listed, one = approver.page("/jobs/"), approver.page("/jobs/1")
    for page in (listed, one):
        assert "公平性演练" in page
        assert "2026-加油站" in page
        assert "已计数" in page
        assert "AMR000" not in page
    assert "公平性演练" not in site.reader("fire.approver").page("/jobs/")


def test_what_broke_is_asked_for_again_from_its_job(site, monkeypatch):
    path = address(site)
    planner = site.reader("amr.planner")
    planner.does(path, runs=RUNS)
    monkeypatch.setattr(repeating, "MOST_WORK", 1)
    assert [each.outcome for each in site.run_jobs()] == ["failed"]
    assert "抽取的户数和人员太多" in said(planner.page(path))
    monkeypatch.undo()
    monkeypatch.setattr(fairness, "RUNS", (RUNS,))
    assert planner.does("/jobs/1/again").endswith("/jobs/2")
    assert [each.outcome for each in site.run_jobs()] == ["done"]
