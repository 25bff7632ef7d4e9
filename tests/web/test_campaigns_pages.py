"""The pages of campaigns: the form of an outline with its pool, joint answers, approval, what each may see and do."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from data.models import Campaign, Department, Inspector, LedgerEntry, Permit, SpecialRegistry, Target
from scheduler.accounts import grant
from scheduler.inspection import planning, pool
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Reader, Site
from tests.town import refuses
from web.inspection.campaign_form import outline_of, percent, share, typed_of

CODE = "2026-加油站"
FORM = {
    "code": CODE,
    "name": "加油站部门联合抽查",
    "legal_basis": "国办发〔2015〕58号",
    "kind": "targeted",
    "first_day": "2026-03-02",
    "last_day": "2026-06-30",
    "items": ["AMR/A01", "FIRE/A01"],
    "join": ["FIRE"],
    "size-AMR": "2",
    "leads-AMR": "1",
    "qualification-AMR": "lead",
    "size-FIRE": "3",
    "leads-FIRE": "1",
    "qualification-FIRE": "lead",
    "condition_field": ["type", "risk_class"],
    "condition_values": ["加油站", ""],
    "strata_by": "risk_class",
    "quota_by": "rates",
    "at_least_one": "1",
    "rate-risk_class-B": "20",
    "rate-risk_class-D": "100",
    "rate-region-390102": "7",
    "total": "9",
    "teams": "per_target",
    "groups": "4",
    "objectives": "near;balance;tickets",
    "entropy": "d6x25",
    "lottery_name": "ssq",
    "witnesses": ["notary"],
    "exclude_days": "90",
    "yearly_cap": "",
    "most_voids": "3",
    "most_recusals": "4",
}
PART = {"HX-Request": "true"}


def page_of(code: str, act: str = "") -> str:
    return f"/campaigns/{quote(code)}{act}"


def drafted(site: Site, **other) -> str:
    form = FORM | other
    assert site.reader("amr.planner").does("/outlines/new", **form) == page_of(form["code"])
    return form["code"]


def text_of(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    return " ".join(unescape(re.sub("<[^>]*>", " ", main)).split())


def acts_on(page: str) -> set[str]:
    """The acts that a page of a campaign offers."""
    return set(re.findall(r'<form method="post" action="/campaigns/[^"/]+/([a-z-]+)"', page)) | set(
        re.findall(r'<form method="post" action="/(draws/freeze|visits/campaign)/', page)
    )


def state_of(site: Site, code: str) -> str:
    with transaction(site.town.database, EVERYTHING) as session:
        return session.scalars(select(Campaign.state).where(Campaign.code == code)).one()


def outline(site: Site, code: str) -> dict:
    return site.town.do(
        "amr.planner", lambda desk: planning.outline_of(desk, planning.find_campaign(desk, code))
    )


def test_a_campaign_goes_from_its_form_over_answer_and_approval_to_the_freeze(site):
    code = drafted(site)
    planner, fire, approver = (site.reader(each) for each in ("amr.planner", "fire.planner", "amr.approver"))
    assert acts_on(planner.page(page_of(code))) == {"invite", "copy"}
    planner.does(page_of(code, "/invite"))
    assert "等待答复：FIRE局" in text_of(planner.page("/campaigns/"))
    assert acts_on(fire.page(page_of(code))) == {"answer"}
    fire.does(page_of(code, "/answer"), accept="yes", comment="错开高峰", size="4", leads="2")
    page = text_of(planner.page(page_of(code)))
    assert "错开高峰" in page
    assert "4 人，其中组长 2 人" in page
    planner.does(page_of(code, "/submit"))
    assert acts_on(approver.page(page_of(code))) == {"approve", "send-back", "cancel"}
    approver.does(page_of(code, "/approve"))
    assert acts_on(planner.page(page_of(code))) == {"copy", "draws/freeze"}
    planner.does(f"/draws/freeze/{quote(code)}")
    assert state_of(site, code) == "drawing"
    assert "名录已锁定" in text_of(planner.page("/campaigns/"))


def test_what_is_typed_is_saved_as_it_stands_and_read_back_the_same(site):
    code = drafted(site)
    kept = outline(site, code)
    assert kept["conditions"] == [{"field": "type", "values": ["加油站"]}]
    assert kept["rates"] == {"B": "20/100", "D": "100/100"}
    assert (kept["total"], kept["groups"], kept["entropy"]) == (None, None, "d6x25")
    assert [(each["code"], each["size"]) for each in kept["departments"]] == [("AMR", 2), ("FIRE", 3)]
    assert kept["objectives"] == ["near", "balance", "tickets"]
    assert (kept["most_voids"], kept["exclude_days"], kept["yearly_cap"]) == (3, 90, None)
    planner = site.reader("amr.planner")
    form = fields_of(planner.page(page_of(code, "/amend")))
    planner.does(page_of(code, "/amend"), **form)
    assert outline(site, code) == kept
    planner.does(page_of(code, "/amend"), **(form | {"name": "另一个名称", "join": []}))
    assert outline(site, code)["name"] == "另一个名称"
    assert [each["code"] for each in outline(site, code)["departments"]] == ["AMR"]


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the form as it stands."""
    form = page[page.index('<form method="post" id="outline"') :]
    form = re.sub(r"(?s)<template.*?</template>", "", form[: form.index("</form>")])
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if at.get("type") in ("radio", "checkbox") and not re.search(r"\bchecked\b", tag):
            continue
        if "name" in at and at["name"] != "csrf_token":
            sent.setdefault(unescape(at["name"]), []).append(unescape(at.get("value", "")))
    for name, body in re.findall(r'(?s)<select [^>]*name="([\w-]+)"[^>]*>(.*?)</select>', form):
        options = re.findall(r'<option value="([^"]*)"( selected)?', body)
        chosen = [value for value, on in options if on] or [options[0][0]]
        sent.setdefault(name, []).append(unescape(chosen[0]))
    for name, body in re.findall(r'(?s)<textarea [^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form):
        sent[name] = [unescape(body)]
    return sent


def test_the_pool_is_counted_from_what_is_typed_and_nothing_is_written(site):
    before = lines(site)
    planner = site.reader("amr.planner")
    told = text_of(planner.post("/outlines/count", headers=PART, **FORM).text)
    assert "共 60" in told
    assert "类型不符 −30" in told
    assert "入池 30" in told
    assert "B 类（信用风险一般） 15 3 1/5 · 20%" in told
    assert "D 类（信用风险高） 15 15 100%" in told
    assert "FIRE局 6 3 9.0" in told, "three of each team among six inspectors for 18 targets"
    assert lines(site) == before


def lines(site: Site) -> tuple[int, int]:
    with transaction(site.town.database, EVERYTHING) as session:
        return tuple(
            session.scalar(select(func.count()).select_from(each)) for each in (LedgerEntry, Campaign)
        )


@pytest.mark.parametrize(
    ("typed", "in_pool", "drawn"),
    [
        ({"condition_values": ["", ""]}, 60, 18),
        ({"condition_field": ["established_from", "type"], "condition_values": ["soon", "加油站"]}, 30, 18),
        ({"rate-risk_class-B": "much"}, 30, 15),
        ({"quota_by": "total", "total": "7"}, 30, 7),
        ({"quota_by": "total", "total": "seven"}, 30, 0),
        (
            {"first_day": "soon", "last_day": "", "code": "", "name": "", "items": [], "join": ["NOBODY"]},
            30,
            18,
        ),
        ({"exclude_days": "-1", "strata_by": "rainbow"}, 30, 0),
    ],
)
def test_what_can_not_be_read_yet_counts_as_if_it_were_not_typed(site, typed, in_pool, drawn):
    told = text_of(site.reader("amr.planner").post("/outlines/count", headers=PART, **(FORM | typed)).text)
    assert told.startswith(f"入池 {in_pool} 抽取 {drawn} ")


def test_an_outline_and_the_campaign_made_of_it_are_counted_alike(town):
    written = town.outline(conditions=[{"field": "type", "values": ["加油站"]}], kind="targeted")
    code = town.campaign(**{name: written[name] for name in ("conditions", "kind")})
    with town.at("amr.planner") as desk:
        before = pool.count_outline(desk, written)
        assert before == pool.count_pool(desk, planning.find_campaign(desk, code))
    assert (before.targets.left, before.drawn) == (30, 18)
    with refuses("actor.role"), town.at("amr.approver") as desk:
        pool.count_outline(desk, written)


@pytest.mark.parametrize("by", ["none", "risk_class", "region", "type"])
def test_strata_are_counted_as_they_will_be_frozen(town, by):
    code = town.campaign(strata_by=by, rates={}, total=6)
    with town.at("amr.planner") as desk:
        campaign = planning.find_campaign(desk, code)
        strata = [stratum for stratum, *_ in pool.target_rows(desk, campaign, {})]
        counted = pool.count_pool(desk, campaign)
        assert {name: rows for name, rows, _ in counted.strata} == {
            each: strata.count(each) for each in set(strata)
        }


def test_rates_of_other_strata_stay_in_the_form_and_out_of_the_outline(site):
    planner = site.reader("amr.planner")
    told = planner.post("/outlines/rates", headers=PART, **(FORM | {"strata_by": "region"})).text
    assert re.search(r'name="rate-region-390102" value="7"', told)
    told = planner.post("/outlines/rates", headers=PART, **(FORM | {"strata_by": "type"})).text
    assert 'name="rate-type-加油站"' in told
    assert '<input type="hidden" name="rate-region-390102" value="7">' in told


def test_without_scripts_the_whole_form_comes_back_with_the_pool(site):
    page = site.reader("amr.planner").post("/outlines/count", **FORM).text
    assert "类型不符 −30" in text_of(page)
    again = fields_of(page)
    for name, value in FORM.items():
        if name not in ("condition_field", "condition_values", "rate-region-390102"):
            assert again[name] == (value if isinstance(value, list) else [value]), name
    assert "加油站" in again["condition_values"]


def with_registry(site: Site) -> None:
    """A special registry with three of the town's targets in it."""
    with transaction(site.town.database, EVERYTHING) as session:
        of = session.scalars(select(Department.id).order_by(Department.id)).first()
        session.add(SpecialRegistry(code="petrol", name="加油站专项库", department_id=of))
        session.flush()
        for target_id in session.scalars(select(Target.id).order_by(Target.id).limit(3)).all():
            session.add(
                Permit(target_id=target_id, registry_code="petrol", number=f"P{target_id}", state="valid")
            )


@pytest.mark.parametrize(
    ("field", "name", "code", "in_pool"),
    [("registry", "加油站专项库", "petrol", 3), ("region", "东区", "390102", 60)],
)
def test_a_registry_or_a_region_is_written_by_its_name_or_its_code(site, field, name, code, in_pool):
    with_registry(site)
    planner = site.reader("amr.planner")
    for written in (name, code, f"{name}；{code}"):
        form = FORM | {"condition_field": [field], "condition_values": [written]}
        told = text_of(planner.post("/outlines/count", headers=PART, **form).text)
        assert told.startswith(f"入池 {in_pool} ")
        assert f"{name} {code}" in text_of(planner.post("/outlines/summary", headers=PART, **form).text)
    saved = drafted(site, condition_field=[field], condition_values=[name])
    assert outline(site, saved)["conditions"] == [{"field": field, "values": [code]}]
    assert f"{name} {code}" in text_of(planner.page(page_of(saved)))
    planner.does(
        page_of(saved, "/amend"), **(FORM | {"condition_field": [field], "condition_values": [name]})
    )
    assert outline(site, saved)["conditions"] == [{"field": field, "values": [code]}]


@pytest.mark.parametrize(("field", "word"), [("registry", "专项库"), ("region", "区域")])
def test_an_unknown_registry_or_region_is_told_in_count_and_summary_and_not_saved(site, field, word):
    planner = site.reader("amr.planner")
    form = FORM | {"condition_field": [field], "condition_values": ["没有的"]}
    told = f"条件“{word}”认不出：没有的"
    counted = text_of(planner.post("/outlines/count", headers=PART, **form).text)
    assert told in counted
    assert counted.startswith("入池 60 "), "it is not counted, and does not empty the pool"
    assert told in text_of(planner.post("/outlines/summary", headers=PART, **form).text)
    refused = planner.post("/outlines/new", **form)
    assert refused.status_code == 422
    assert told in text_of(refused.text)
    assert lines(site)[1] == 0


def test_an_untouched_form_is_summed_up_as_it_is_shown(site):
    planner = site.reader("amr.planner")
    page = planner.page("/outlines/new")
    summed = page[page.index('<div id="outline-summary"') : page.index(">保存草案<")]
    sent = text_of(planner.post("/outlines/summary", headers=PART, **fields_of(page)).text)
    assert text_of(summed).startswith(sent)
    assert "检查组 逐户匹配" in sent
    assert "不是可以选择的值" not in sent


def test_a_campaign_without_a_witness_can_be_saved_and_is_warned_of(site):
    planner = site.reader("amr.planner")
    told = text_of(planner.post("/outlines/summary", headers=PART, **(FORM | {"witnesses": []})).text)
    assert "可以保存为草案" in told
    assert "没有选见证人" in told
    assert "没有选见证人" not in planner.post("/outlines/summary", headers=PART, **FORM).text


def test_items_and_departments_that_do_not_fit_are_told_and_not_submitted(site):
    planner = site.reader("amr.planner")

    def told(**typed) -> str:
        return text_of(planner.post("/outlines/summary", headers=PART, **(FORM | typed)).text)

    strange = told(items=["FIRE/A01"], join=[])
    assert "填写完整，可以保存为草案" in strange
    assert "所属的部门没有参加：FIRE检查事项（FIRE局）" in strange
    assert "将按全部事项检查：AMR局" in strange
    idle = told(items=["AMR/A01"])
    assert "没有参加" not in idle
    assert "将按全部事项检查：FIRE局" in idle
    assert "按全部事项检查" not in told()
    code = drafted(site, items=["FIRE/A01"], join=[])
    page = planner.page(page_of(code))
    assert "不能征求意见或提交审批：FIRE检查事项" in text_of(page)
    assert acts_on(page) == {"copy"}
    refused = planner.post(page_of(code, "/submit"))
    assert refused.status_code == 422
    assert "这些抽查事项所属的部门没有参加：FIRE/A01" in text_of(refused.text)


def test_an_industry_may_have_its_letter_and_conditions_without_a_target_are_told(site):
    planner = site.reader("amr.planner")
    with transaction(site.town.database, EVERYTHING) as session:
        session.query(Target).filter_by(code="T0001").update({"industry": "5265"})
    for field, written, told in (
        ("industry", "F526", ""),
        ("industry", "F527", "行业 527"),
        ("region", "小镇", ""),
        ("name_has", "没有", "名称包含 没有"),
    ):
        form = FORM | {"condition_field": [field], "condition_values": [written]}
        for address in ("/outlines/count", "/outlines/summary"):
            page = text_of(planner.post(address, headers=PART, **form).text)
            assert ("没有对象符合这一条件" in page) is bool(told)
            assert f"没有对象符合这一条件：{told}" in page or not told


def test_the_summary_says_everything_in_the_words_of_the_campaigns_page(site):
    planner = site.reader("amr.planner")
    form = FORM | {"yearly_cap": "2", "rate-risk_class-B": "1/3"}
    summed = planner.post("/outlines/summary", headers=PART, **form).text
    page = planner.page(page_of(drafted(site, **{"yearly_cap": "2", "rate-risk_class-B": "1/3"})))

    def facts(html: str) -> dict[str, str]:
        found = re.findall(r'(?s)<div class="fact"><dt>(.*?)</dt><dd>(.*?)</dd>', html)
        return {name: " ".join(text_of(value).split()) for name, value in found}

    said, shown = facts(summed), facts(page)
    same = {name: value for name, value in said.items() if name in shown}
    assert same == {name: shown[name] for name in same}
    assert {
        "类型",
        "近期检查过的不抽",
        "年度检查上限",
        "匹配目标",
        "作废和回避上限",
        "抽取期限",
        "抽取数",
    } <= same.keys()
    assert said["抽查事项"] == "AMR检查事项（AMR局）、FIRE检查事项（FIRE局）"
    assert said["FIRE局"] == "3 人，其中组长 1 人 资格：组长（通用）"
    assert said["见证人"] == "公证人"
    assert "1/3 ； D 类（信用风险高） 100%" in said["抽取数"]
    assert not re.search(r"notary|AMR/A01|12/100", text_of(summed))


def test_qualifications_are_chosen_by_their_words_from_those_that_there_are(site):
    with transaction(site.town.database, EVERYTHING) as session:
        session.query(Inspector).filter_by(code="FIRE000").update({"qualifications": "lead;消防监督员"})
    planner, fire = site.reader("amr.planner"), site.reader("fire.planner")
    code = drafted(site)
    page = planner.page(page_of(code, "/amend"))
    offered = re.findall(r'name="qualification-FIRE" value="([^"]*)"( checked)?><label[^>]*>([^<]*)', page)
    assert offered == [("lead", " checked", "组长（通用）"), ("消防监督员", "", "消防监督员")]
    assert "资格：组长（通用）" in planner.page(page_of(code))
    planner.does(page_of(code, "/invite"))
    assert 'name="lead_qualification" value="消防监督员">' in fire.page(page_of(code))
    fire.does(page_of(code, "/answer"), accept="yes", lead_qualification="消防监督员")
    assert "资格：消防监督员" in planner.page(page_of(code))
    fire.does(page_of(code, "/answer"), accept="yes", lead_qualification=["消防监督员", "lead"])
    assert "资格：组长（通用）、消防监督员" in planner.page(page_of(code))
    assert fire.page(page_of(code)).count('name="lead_qualification" value=') == 2


def test_departments_with_a_chosen_item_come_first(site):
    page = site.reader("amr.planner").post("/outlines/count", **(FORM | {"join": []})).text
    first, others = page[page.index('id="teams"') :].split('<tbody class="others">')[:2]
    assert re.findall(r'data-department="(\w+)"', first) == ["AMR", "FIRE"]
    assert set(re.findall(r'data-department="(\w+)"', others)) == {"EM", "NOTARY"}


def test_a_limit_of_voids_that_all_drawn_targets_are_within_is_warned_of(site):
    planner = site.reader("amr.planner")
    for total, warned in (("3", True), ("4", False)):
        form = FORM | {"quota_by": "total", "total": total}
        for address in ("/outlines/count", "/outlines/summary"):
            assert ("抽中的可能全部被换掉" in planner.post(address, headers=PART, **form).text) is warned


def test_a_total_beyond_the_pool_is_told(site):
    planner = site.reader("amr.planner")
    for total, beyond in (("31", True), ("30", False)):
        form = FORM | {"quota_by": "total", "total": total}
        for address in ("/outlines/count", "/outlines/summary"):
            assert ("池中只有 30 户" in planner.post(address, headers=PART, **form).text) is beyond


def test_a_department_with_nobody_to_send_is_not_offered_to_join(site):
    page = site.reader("amr.planner").page("/outlines/new")
    boxes = dict(re.findall(r'name="join" value="(\w+)"([^>]*)>', page))
    assert "disabled" in boxes["NOTARY"]
    assert "disabled" not in boxes["FIRE"]
    assert 'name="size-NOTARY"' not in page


def test_before_saving_the_summary_tells_what_would_be_refused(site):
    planner = site.reader("amr.planner")
    assert "可以保存为草案" in planner.post("/outlines/summary", headers=PART, **FORM).text
    told = planner.post(
        "/outlines/summary", headers=PART, **(FORM | {"name": "", "last_day": "2026-02-30"})
    ).text
    assert "任务名称：应有内容" in told
    assert "结束日期：应是日期" in told
    drafted(site)
    told = planner.post("/outlines/summary", headers=PART, **FORM).text
    assert f"任务编号 {CODE} 已被使用" in told
    assert "可以保存" in planner.post("/outlines/summary", headers=PART, **(FORM | {"amending": CODE})).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"code": "a/b"}, "任务编号：不能含有斜线"),
        ({"code": ".."}, "任务编号：不能含有斜线"),
        ({"size-FIRE": "two"}, "部门和检查组 第 2 项 每组人数：应是整数"),
        ({"rate-risk_class-B": "a lot"}, "抽取比例 B：不是不大于 1 的比例"),
        ({"kind": "untargeted"}, "抽查类型是不定向：定向抽查要有条件"),
        ({"condition_values": ["", "E"]}, "条件“信用风险分类”的值不对：E"),
        ({"items": []}, "抽查事项："),
        ({"teams": "fixed", "groups": ""}, "固定检查组要写明组数"),
        ({"line": "2026|1|没有的计划"}, "没有 2026 年度计划 没有的计划"),
        ({"line": "x|y|z"}, "年度计划 年度：应是整数"),
        ({"entropy": "lottery"}, "随机数来源"),
        ({"witnesses": ["nobody"]}, "没有这些用户：nobody"),
    ],
)
def test_a_fault_is_told_by_what_the_form_calls_it_and_nothing_is_saved(site, typed, told):
    refused = site.reader("amr.planner").post("/outlines/new", **(FORM | typed))
    assert refused.status_code == 422 or refused.status_code == 404
    assert told in text_of(refused.text)
    assert lines(site)[1] == 0


def test_a_fault_is_told_in_english_to_who_reads_english(site):
    refused = site.reader("amr.planner", english=True).post(
        "/outlines/new", **(FORM | {"name": "", "size-FIRE": "two", "rate-risk_class-B": "x"})
    )
    told = re.search(r"(?s)written as it must be:(.*?)<", refused.text)
    assert told
    for each in (
        "Name: must not be empty",
        "line 2, Team size: Not a valid integer",
        "Rates, B: not a ratio",
    ):
        assert each in told[1]
    assert not re.search("[\u4e00-\u9fff]", told[1])


def test_a_line_of_the_annual_plan_fills_the_form_in(site):
    town = site.town
    written = {
        "year": 2026,
        "number": "1号",
        "name": "计划",
        "lines": [
            {
                "item": "AMR/A01",
                "kind": "untargeted",
                "joint": False,
                "first_month": 4,
                "last_month": 9,
                "ratio": "5/100",
            }
        ],
    }
    with town.at("amr.planner") as desk:
        line_id = planning.draft_plan(desk, written).lines[0].id
    planner = site.reader("amr.planner")
    assert "1号" not in planner.page("/outlines/new"), "a plan that is not published"
    for login, act in (("amr.approver", "approve"), ("amr.planner", "publish")):
        town.do(
            login, lambda desk, act=act: planning.move_plan(desk, planning.find_plan(desk, 2026, "1号"), act)
        )
    form = fields_of(planner.page(f"/outlines/new?line={line_id}"))
    assert (form["line"], form["items"], form["kind"]) == (["2026|1|1号"], ["AMR/A01"], ["untargeted"])
    assert (form["rate-risk_class-A"], form["first_day"]) == (["5"], ["2026-04-01"])
    typed = form | {"code": "P1", "name": "计划内", "legal_basis": "法", "last_day": "2026-06-30"}
    planner.does("/outlines/new", **typed)
    assert outline(site, "P1")["plan_line"] == {"year": 2026, "number": "1号", "line": 1}
    assert "第 1 项" in text_of(planner.page(page_of("P1")))
    assert site.reader("fire.planner").page(f"/outlines/new?line={line_id}&x=1").count("1号") == 0


def test_who_is_not_concerned_sees_no_campaign_and_no_button(site):
    code = drafted(site)
    em, legal, fire = (site.reader(each) for each in ("em.planner", "amr.legal", "fire.planner"))
    assert em.get(page_of(code)).status_code == 404
    assert code not in em.page("/campaigns/")
    assert acts_on(legal.page(page_of(code))) == set()
    assert acts_on(fire.page(page_of(code))) == set(), "nobody has asked yet"
    for act in ("invite", "submit", "amend"):
        refused = fire.post(page_of(code, f"/{act}"), **FORM)
        assert refused.status_code == 403
    assert legal.get("/outlines/new").status_code == 403
    assert em.post(page_of(code, "/answer"), accept="yes").status_code == 404
    assert state_of(site, code) == "draft"


def test_who_declines_says_why_and_its_items_leave_the_campaign(site):
    code = drafted(site)
    planner, fire = site.reader("amr.planner"), site.reader("fire.planner")
    planner.does(page_of(code, "/invite"))
    assert fire.post(page_of(code, "/answer"), accept="no", comment=" ").status_code == 422
    assert fire.post(page_of(code, "/answer"), accept="yes", size="many").status_code == 422
    assert fire.post(page_of(code, "/answer")).status_code == 400
    assert fire.post(page_of(code, "/answer"), accept="perhaps", comment="看情况").status_code == 400
    assert planner.post(page_of(code, "/submit")).status_code == 422
    fire.does(page_of(code, "/answer"), accept="no", comment="没有人手")
    planner.does(page_of(code, "/submit"))
    page = text_of(planner.page(page_of(code)))
    assert "没有人手" in page
    assert "FIRE检查事项" not in page


def test_an_approver_sends_back_with_a_reason_and_who_planned_does_not_approve(site):
    code = drafted(site, join=[], items=["AMR/A01"])
    planner, approver = site.reader("amr.planner"), site.reader("amr.approver")
    planner.does(page_of(code, "/submit"))
    assert approver.post(page_of(code, "/send-back"), reason=" ").status_code == 422
    assert "入池 30" in text_of(approver.page(page_of(code))), "what is decided on stands on the page"
    approver.does(page_of(code, "/send-back"), reason="比例太低")
    page = planner.page(page_of(code))
    assert "比例太低" in text_of(page)
    assert {"submit"} <= acts_on(page)
    assert page_of(code, "/amend") in page
    planner.does(page_of(code, "/submit"))
    refused = planner.post(page_of(code, "/submit"))
    assert refused.status_code == 409
    assert "现在的状态是 待审批，不能办理 提交审批；可以办理的有 退回、批准、取消" in text_of(refused.text)
    english = site.reader("amr.planner", english=True).post(page_of(code, "/submit"))
    assert "in the state Awaiting approval there is no Submit for approval" in english.text
    approver.does(page_of(code, "/cancel"), reason="不办了")
    assert acts_on(planner.page(page_of(code))) == {"copy"}
    assert "已取消" in text_of(planner.page("/campaigns/"))


def test_somebody_with_a_hand_in_it_is_not_shown_the_button_to_approve(site):
    with transaction(site.town.database, EVERYTHING) as session:
        grant(session, site.town.now, "amr.planner", "approver")
    code = drafted(site, join=[], items=["AMR/A01"])
    planner = site.reader("amr.planner")
    planner.does(page_of(code, "/submit"))
    page = planner.page(page_of(code))
    assert "approve" not in acts_on(page)
    assert "不能批准这项任务" in page
    assert planner.post(page_of(code, "/approve")).status_code == 403


def test_a_campaign_is_copied_to_other_days(site):
    code = drafted(site)
    planner = site.reader("amr.planner")
    days = {"first_day": "2026-07-01", "last_day": "2026-09-30"}
    assert planner.does(page_of(code, "/copy"), code="2026-02", draw_by="2026-08-01", **days) == page_of(
        "2026-02"
    )
    assert outline(site, "2026-02") == outline(site, code) | days | {
        "code": "2026-02",
        "draw_by": "2026-08-01",
    }
    refused = planner.post(page_of(code, "/copy"), code="2026-03", first_day="soon", last_day="2026-09-30")
    assert refused.status_code == 422
    assert "开始日期：应是日期" in text_of(refused.text)


def test_the_list_is_narrowed_by_state_year_part_and_word(site):
    drafted(site)
    drafted(site, code="C-2", name="商店抽查", join=[], items=["AMR/A01"])
    drafted(site, code="C-3", first_day="2027-01-04", last_day="2027-02-01")
    site.reader("amr.planner").does(page_of("C-2", "/submit"))
    amr, fire = site.reader("amr.planner"), site.reader("fire.planner")

    def codes(reader: Reader, query: str) -> set[str]:
        return set(
            re.findall(
                r'<div class="note">([^<]+)</div></td>\s*<td><span', reader.page(f"/campaigns/?{query}")
            )
        )

    everything = {CODE, "C-2", "C-3"}
    assert codes(amr, "") == everything
    assert codes(amr, "state=submitted") == {"C-2"}
    assert codes(amr, "year=2027") == {"C-3"}
    assert codes(amr, "part=lead") == everything
    assert codes(amr, "part=joining") == set()
    assert codes(fire, "part=joining") == {CODE, "C-3"}
    assert codes(amr, "word=商店") == codes(amr, "word=c-2") == {"C-2"}
    assert codes(amr, "word=%25") == set()
    for nonsense in ("year=x", "year=99999999999999", "page=-1", "page=99999", "state=rainbow", "part=none"):
        assert amr.get(f"/campaigns/?{nonsense}").status_code == 200


def test_a_campaign_that_runs_tells_how_far_it_is(site):
    code, number = site.town.drawn()
    page = text_of(site.reader("amr.planner").page(page_of(code)))
    assert number in page
    found = re.search(r"还有 (\d+) 次检查没有公示结果", page)
    assert found
    assert int(found[1]) == 3 * len(site.town.visits(number))
    assert f"FIRE局 {len(site.town.visits(number))} · · · · ·" in page
    assert "对象池" in page
    assert "检查人员 共" not in page, "the frozen lists are what counts"


def test_rates_are_read_and_shown_as_per_cent():
    for typed, kept in (("5", "5/100"), ("2.5%", "25/1000"), ("1/3", "1/3"), ("100", "100/100"), ("x", "x")):
        assert share(typed) == kept
    for kept, shown in (
        ("5/100", "5"),
        ("1/8", "12.5"),
        ("1/3", "1/3"),
        ("0/1", "0"),
        ("1/1000000", "0.0001"),
    ):
        assert percent(kept) == shown
    assert percent("1/100000000") == "1/100000000"


def test_every_source_of_entropy_goes_into_the_form_and_comes_out_again(town):
    for source in ("d10x20", "d6x25", "text", "lottery:ssq:2026133+2026134", "beacon:52db9ba7:4567890"):
        written = town.outline(entropy=source)
        full = {**dict.fromkeys(("total", "groups", "yearly_cap", "draw_by", "plan_line")), **written}
        full |= {"conditions": [], "at_least_one": True, "objectives": ["tickets"]}
        full["departments"] = [
            {"code": each["code"], "size": 2, "leads": 1, "lead_qualification": "lead"}
            for each in written["departments"]
        ]
        assert outline_of(typed_of(full), "AMR")["entropy"] == source
