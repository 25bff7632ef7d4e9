"""Annual plans by forms: all faults at once, drafts that are amended, lines with their campaigns, the year by months."""

import pytest

from matching.refused import Refused
from scheduler.accounts import grant
from scheduler.inspection import annual_plans, planning
from scheduler.transaction import EVERYTHING, transaction
from tests.town import refuses
from web.sentences import refusal

LINE = {
    "item": "AMR/A01",
    "kind": "untargeted",
    "joint": True,
    "first_month": 3,
    "last_month": 6,
    "ratio": "5/100",
    "times": 2,
}
PLAN = {"year": 2026, "number": "1号", "name": "年度计划", "lines": [LINE]}


def draft(town, login="amr.planner", **other):
    return town.do(login, lambda desk: planning.draft_plan(desk, PLAN | other).id)


def amend(town, plan_id, login="amr.planner", **other):
    def act(desk):
        annual_plans.amend_plan(desk, annual_plans.plan_of_id(desk, plan_id), PLAN | other)

    town.do(login, act)


def move(town, plan_id, *acts):
    for login, act in acts:
        town.do(login, lambda d, a=act: planning.move_plan(d, annual_plans.plan_of_id(d, plan_id), a))


def test_everything_that_is_wrong_with_any_line_is_told_at_once(small_town):
    lines = [
        LINE | {"ratio": "5%"},
        LINE | {"item": "AMR/没有", "first_month": 7},
        LINE | {"last_month": 13, "times": "x"},
        LINE | {"ratio": "6/5"},
    ]
    with pytest.raises(Refused) as told:
        draft(small_town, year=1999, name="", lines=lines)
    chinese, english = refusal(told.value)
    for sentence in (
        "年度：应在 2000 至 2200 之间",
        "计划名称：应有内容，并且不超过 300 个字",
        "第 1 项 抽查比例：不是不大于 1 的比例，请写作 5/100",
        "第 2 项 抽查事项：没有这一已公布的抽查事项",
        "第 2 项 结束月份：月份应在 1 至 12 之间",
        "第 3 项 结束月份：月份应在 1 至 12 之间",
        "第 3 项 次数：应是整数",
        "第 4 项 抽查比例：不是不大于 1 的比例",
    ):
        assert sentence in chinese
    assert "line 3, Times: Not a valid integer" in english
    assert chinese.count("；") == len(told.value.params["faults"]) - 2  # the name is wrong in two ways


def test_a_plan_without_lines_and_one_that_is_none_are_refused(small_town):
    with pytest.raises(Refused) as told:
        draft(small_town, lines=[])
    assert "计划内容：应有 1 至 500 项" in refusal(told.value)[0]
    for nonsense in ([], {"lines": "x"}, {"lines": [1, {"item": ["AMR"]}, {"item": "AMR/\x00"}]}):
        with refuses("annual_plan.fields"), small_town.at("amr.planner") as desk:
            planning.draft_plan(desk, nonsense)


def test_a_draft_is_written_anew_and_nothing_later(town):
    plan = draft(town)
    other = LINE | {"first_month": 9, "last_month": 9, "ratio": "1/10"}
    amend(town, plan, number="2号", lines=[other, LINE])
    with town.at("amr.planner") as desk:
        told = annual_plans.outline_of(desk, annual_plans.plan_of_id(desk, plan))
        assert told == PLAN | {"number": "2号", "lines": [other, LINE]}
    draft(town)
    with refuses("annual_plan.exists"):
        amend(town, plan)
    with refuses("actor.role"):
        amend(town, plan, "amr.registrar")
    with refuses("annual_plan.none"):
        amend(town, plan, "fire.planner")
    move(town, plan, ("amr.approver", "approve"))
    with refuses("annual_plan.not_now"):
        amend(town, plan, number="3号")


def test_whoever_amended_a_plan_does_not_approve_it(town):
    with transaction(town.database, EVERYTHING) as session:
        grant(session, town.now, "amr.approver", "planner")
        grant(session, town.now, "amr.registrar", "approver")
    plan = draft(town)
    with town.at("amr.approver") as desk:
        assert "approve" in annual_plans.acts_for(desk, annual_plans.plan_of_id(desk, plan))
    amend(town, plan, "amr.approver", name="改过的计划")
    with town.at("amr.approver") as desk:
        assert annual_plans.acts_for(desk, annual_plans.plan_of_id(desk, plan)) == ["amend", "withdraw"]
    with refuses("actor.same_person"):
        move(town, plan, ("amr.approver", "approve"))
    move(town, plan, ("amr.registrar", "approve"))


def test_a_line_tells_its_campaigns_and_how_many_were_foreseen(town):
    plan = draft(town)
    move(town, plan, ("amr.approver", "approve"), ("amr.planner", "publish"))
    with town.at("amr.planner") as desk:
        outline = town.outline(plan_line={"year": 2026, "number": "1号", "line": 1})
        planning.set_up_campaign(desk, outline)
        planning.set_up_campaign(desk, outline | {"code": "第二个", "first_day": "2026-05-02"})
        planning.invite(desk, planning.find_campaign(desk, "第二个"))
    with town.at("amr.planner") as desk:
        (line,) = annual_plans.lines_of(desk, [annual_plans.plan_of_id(desk, plan)])
        assert (line.name, line.made, line.done, line.line.times) == ("AMR检查事项", 0, 0, 2)
        assert [each.code for each in line.campaigns] == ["2026-加油站", "第二个"]
        assert [line.foreseen_in(month) for month in (2, 3, 6, 7)] == [False, True, True, False]
        assert [[each.code for each in line.of_month(month)] for month in (3, 4, 5)] == [
            ["2026-加油站"], [], ["第二个"],
        ]  # fmt: skip
    for login in ("fire", "em"):
        with town.at(f"{login}.planner") as desk:
            planning.answer(desk, planning.find_campaign(desk, "第二个"), planning.Answer(True))
    with town.at("amr.planner") as desk:
        planning.submit(desk, planning.find_campaign(desk, "第二个"))
    with town.at("amr.planner") as desk:
        (line,) = annual_plans.lines_of(desk, [annual_plans.plan_of_id(desk, plan)])
        assert (line.made, line.done) == (1, 0)


def test_a_year_has_the_lines_of_all_plans_of_the_department_but_those_withdrawn(town):
    second, first = draft(town, number="2号"), draft(town, number="1号", lines=[LINE, LINE])
    gone = draft(town, number="3号")
    move(town, gone, ("amr.planner", "withdraw"))
    draft(town, number="4号", year=2027)
    draft(town, "fire.planner", lines=[LINE | {"item": "FIRE/A01"}])
    with town.at("amr.planner") as desk:
        told = [(each.plan.id, each.line.place) for each in annual_plans.year_of(desk, 2026)]
        assert told == [(first, 1), (first, 2), (second, 1)]
        assert annual_plans.years(desk) == [2027, 2026]
        assert {each.number for each in annual_plans.listed(desk, 2026, "draft", 1).rows} == {"1号", "2号"}
        assert annual_plans.items_to_plan(desk) == [("AMR/A01", "AMR检查事项")]
    with town.at("fire.planner") as desk, refuses("annual_plan.none"):
        annual_plans.plan_of_id(desk, first)
