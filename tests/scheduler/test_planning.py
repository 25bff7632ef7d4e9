"""Annual plans and campaigns: what a planner may write, joint answers, limits of the items, approval, copies."""

import json
import shutil
from datetime import date

import pytest
from sqlalchemy import select

from data.database import open_database
from data.models import Department, ItemVersion, Jurisdiction, SpecialRegistry, Target
from data.queries import draws
from scheduler.accounts import grant
from scheduler.inspection import items, outlines, parties, planning
from scheduler.inspection.planning import Answer
from scheduler.transaction import EVERYTHING, transaction
from tests.matching.slow_changes import table
from tests.town import Town, refuses

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
ALONE = {"departments": [{"code": "AMR"}], "items": ["AMR/A01"]}
LINE = {
    "item": "AMR/A01",
    "kind": "untargeted",
    "joint": True,
    "first_month": 3,
    "last_month": 6,
    "ratio": "5/100",
    "times": 1,
}


def plan(town, *acts, **line):
    """An annual plan of one line after some acts."""
    written = {"year": 2026, "number": "1号", "name": "年度计划", "lines": [LINE | line]}
    town.do("amr.planner", lambda desk: planning.draft_plan(desk, written))
    for login, act in acts:
        move_plan(town, login, act)


def move_plan(town, login, act):
    town.do(login, lambda desk: planning.move_plan(desk, planning.find_plan(desk, 2026, "1号"), act))


PUBLISHED = (("amr.approver", "approve"), ("amr.planner", "publish"))
REFERENCE = {"plan_line": {"year": 2026, "number": "1号", "line": 1}}


def set_up(town, login="amr.planner", **other):
    return town.do(login, lambda desk: planning.set_up_campaign(desk, town.outline(**other)).code)


def act(town, login, step, *given, code="2026-加油站"):
    return town.do(login, lambda desk: step(desk, planning.find_campaign(desk, code), *given))


def limit(town, **values):
    """Give the market regulator's item limits; only the tests go past the guard that its words are fixed."""
    with transaction(town.database, EVERYTHING) as session:
        first = session.scalars(select(ItemVersion).order_by(ItemVersion.id)).first()
        kept = {"name": first.name, "basis": first.basis, "item_class": "general"} | values
        session.add(ItemVersion(item_id=first.item_id, version=2, state="draft", **kept))
    for role, step in (("registrar", "submit"), ("legal", "pass"), ("office", "confirm")):
        town.do(
            f"amr.{role}",
            lambda desk, step=step: items.move_item(desk, items.find_version(desk, "A01"), step),
        )


def test_an_annual_plan_goes_from_draft_to_finished_and_is_approved_by_somebody_else(town):
    plan(town)
    with refuses("annual_plan.exists"):
        plan(town)
    with transaction(town.database, EVERYTHING) as session:
        grant(session, town.now, "amr.planner", "approver")
    with refuses("actor.same_person"):
        move_plan(town, "amr.planner", "approve")
    with refuses("annual_plan.not_now"):
        move_plan(town, "amr.planner", "publish")
    for login, step in (*PUBLISHED, ("amr.planner", "start"), ("amr.planner", "finish")):
        move_plan(town, login, step)
    with town.at("fire.planner") as desk, refuses("annual_plan.unknown"):
        planning.find_plan(desk, 2026, "1号")


def test_a_campaign_stands_on_a_published_line_that_foresees_it(town):
    plan(town)
    with refuses("campaign.not_foreseen"):
        set_up(town, **REFERENCE)
    for login, step in PUBLISHED:
        move_plan(town, login, step)
    with refuses("campaign.not_foreseen"):
        set_up(town, plan_line={"year": 2026, "number": "1号", "line": 2})
    with refuses("annual_plan.unknown"):
        set_up(town, plan_line={"year": 2026, "number": "2号", "line": 1})
    for other, differs in (
        (ALONE, ["joint"]),
        ({"items": ["EM/A01"]}, ["item"]),
        ({"first_day": "2026-02-28"}, ["first_day"]),
        ({"first_day": "2027-03-02", "last_day": "2027-03-03"}, ["first_day"]),
        ({"kind": "targeted", "conditions": [{"field": "type", "values": ["商店"]}]}, ["kind"]),
    ):
        with refuses("campaign.not_as_foreseen", differs=differs):
            set_up(town, **REFERENCE | other)
    code = town.campaign(**REFERENCE)
    with town.at("amr.planner") as desk:
        campaign = planning.find_campaign(desk, code)
        assert campaign.source == "annual_plan"
        assert planning.outline_of(desk, campaign)["plan_line"] == REFERENCE["plan_line"]
    with refuses("campaign.line_used_up", line=1, times=1):
        town.campaign(code="又一次", **REFERENCE)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"kind": "targeted"}, "campaign.conditions"),
        ({"conditions": [{"field": "type", "values": ["商店"]}]}, "campaign.conditions"),
        ({"first_day": "2026-07-01"}, "campaign.days"),
        ({"total": 5}, "campaign.rates_or_total"),
        ({"rates": {}}, "campaign.rates_or_total"),
        ({"rates": {"E": "1/2"}}, "campaign.no_such_stratum"),
        ({"strata_by": "none"}, "campaign.no_such_stratum"),
        ({"rates": {"A": "3/2"}}, "campaign.rate_above_all"),
        ({"rates": {"A": "0.5"}}, "campaign.fields"),
        ({"teams": "fixed"}, "campaign.groups"),
        ({"groups": 2}, "campaign.groups"),
        ({"draw_by": "2026-07-01"}, "campaign.draw_by"),
        ({"objectives": ["tickets", "balance"]}, "campaign.objectives"),
        ({"objectives": ["luck", "tickets"]}, "campaign.objectives"),
        ({"objectives": []}, "campaign.objectives"),
        ({"entropy": "lottery:ssq"}, "entropy.no_such_source"),
        ({"items": ["AMR/B99"]}, "campaign.no_such_item"),
        ({"items": ["AMR/A01", "AMR/A01"]}, "campaign.item_twice"),
        ({"departments": [{"code": "AMR"}, {"code": "没有"}]}, "campaign.no_such_department"),
        ({"departments": [{"code": "EM"}, {"code": "AMR"}]}, "campaign.lead_first"),
        ({"departments": [{"code": "AMR", "size": 1, "leads": 2}]}, "campaign.team"),
        ({"departments": [{"code": "AMR", "lead_qualification": ""}]}, "campaign.team"),
        ({"departments": [{"code": "AMR", "lead_qualification": "b;a"}]}, "campaign.team"),
        ({"departments": [{"code": "AMR", "lead_qualification": "a\tb"}]}, "campaign.fields"),
        ({"witnesses": ["nobody"]}, "campaign.no_such_witness"),
        ({"witnesses": ["notary", "notary"]}, "campaign.witness_twice"),
        ({"witnesses": ["amr.planner"]}, "actor.same_person"),
        ({"exclude_days": 10**9}, "campaign.fields"),
        ({"name": "cafe\u0301"}, "campaign.fields"),
        ({"name": "\ud800"}, "campaign.fields"),
        ({"name": "a\nb"}, "campaign.fields"),
        ({"weather": "fine"}, "campaign.fields"),
    ],
)
def test_what_a_planner_may_not_write_is_refused_at_once(shared, other, code):
    with refuses(code):
        set_up(shared, **other)


@pytest.fixture(scope="module")
def shared(founded_sqlite, tmp_path_factory):
    """A town where every outline is refused, so that one will do for all."""
    path = tmp_path_factory.mktemp("shared") / "town.db"
    shutil.copy(founded_sqlite, path)
    engine = open_database(f"sqlite:///{path}")
    yield Town(engine)
    engine.dispose()


def test_a_year_that_no_table_holds_is_refused_before_the_database_is_asked(small_town):
    for year in (1999, 2201):
        with refuses("annual_plan.fields"), small_town.at("amr.planner") as desk:
            planning.draft_plan(desk, {"year": year, "number": "1", "name": "x", "lines": [LINE]})


def test_the_lead_submits_only_when_all_have_answered(town):
    set_up(town)
    with refuses("campaign.not_answered", departments=["FIRE", "EM"]):
        act(town, "amr.planner", planning.submit)
    act(town, "amr.planner", planning.invite)
    act(town, "fire.planner", planning.answer, Answer(True))
    with refuses("campaign.not_answered", departments=["EM"]):
        act(town, "amr.planner", planning.submit)
    with refuses("campaign.declined_without_comment"):
        act(town, "em.planner", planning.answer, Answer(False, " "))
    with refuses("campaign.lead_does_not_answer"):
        act(town, "amr.planner", planning.answer, Answer(True))
    for team in ({"size": 1, "leads": 2}, {"size": 10**9}, {"leads": -1}, {"lead_qualification": "b;a"}):
        with refuses("campaign.team"):
            act(town, "em.planner", planning.answer, Answer(True, **team))
    with refuses("actor.other_department"):
        act(town, "em.planner", planning.submit)
    act(town, "em.planner", planning.answer, Answer(True))
    act(town, "amr.planner", planning.submit)
    with refuses("campaign.not_now"):
        act(town, "em.planner", planning.answer, Answer(False, "反悔"))


def test_a_department_that_declines_sends_nobody_and_one_that_accepts_may_send_its_own_team(town):
    set_up(town, **SMALL)
    act(town, "amr.planner", planning.invite)
    act(town, "fire.planner", planning.answer, Answer(False, "人手不够"))
    act(town, "em.planner", planning.answer, Answer(True, "我局只去一人", size=1, leads=0))
    act(town, "amr.planner", planning.submit)
    act(town, "amr.approver", planning.approve)
    number = town.freeze("2026-加油站")
    town.commit(number)
    town.open(number)
    assert town.execute(number) == "completed"
    files = town.bundle(number)
    departments = json.loads(files["plan.json"])["departments"]
    assert [(each["code"], each["size"], each["leads"]) for each in departments] == [
        ("AMR", 2, 1),
        ("EM", 1, 0),
    ]
    assert {row[0] for row in table(files["inspectors.tsv"])} == {"AMR", "EM"}
    assert [len(town.visits(number, code)) for code in ("AMR", "FIRE", "EM")] == [6, 0, 6]
    with refuses("actor.other_department"):
        town.bundle(number, "fire.planner")
    with town.at("amr.planner") as desk:
        told = {p.department.code: p.comment for p in planning.find_campaign(desk, "2026-加油站").departments}
    assert told == {"AMR": "", "FIRE": "人手不够", "EM": "我局只去一人"}


def test_the_approver_is_neither_planner_nor_witness(town):
    for login in ("amr.planner", "amr.legal"):
        with transaction(town.database, EVERYTHING) as session:
            grant(session, town.now, login, "approver")
    set_up(town, **ALONE, witnesses=["amr.legal"])
    with refuses("campaign.nobody_to_invite"):
        act(town, "amr.planner", planning.invite)
    act(town, "amr.planner", planning.submit)
    for login in ("amr.planner", "amr.legal"):
        with refuses("actor.same_person"):
            act(town, login, planning.approve)
    with refuses("campaign.unknown"):
        act(town, "fire.approver", planning.approve)
    act(town, "amr.approver", planning.approve)


def test_sent_back_it_is_amended_and_all_answer_again(town):
    code = set_up(town)
    act(town, "amr.planner", planning.invite)
    for login in ("fire.planner", "em.planner"):
        act(town, login, planning.answer, Answer(True))
    act(town, "amr.planner", planning.submit)
    with refuses("reason.missing"):
        act(town, "amr.approver", planning.send_back, " ")
    act(town, "amr.approver", planning.send_back, "太多")
    with refuses("campaign.other_code"):
        act(town, "amr.planner", planning.amend_campaign, town.outline(code="别的"))
    act(town, "amr.planner", planning.amend_campaign, town.outline(**SMALL))
    with refuses("campaign.not_answered", departments=["FIRE", "EM"]):
        act(town, "amr.planner", planning.submit)
    with town.at("amr.planner") as desk:
        campaign = planning.find_campaign(desk, code)
        assert (campaign.total, [each.rate for each in campaign.rates]) == (6, [])
    act(town, "amr.approver", planning.cancel, "不办了")
    with refuses("campaign.not_now"):
        act(town, "amr.planner", planning.amend_campaign, town.outline())


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"ratio_most": "50/100"}, "campaign.ratio_above"),
        ({"ratio_most": "50/100", "item_class": "key"}, None),
        ({"ratio_most": "1/1"}, None),
        ({"ratio_least": "15/100"}, "campaign.ratio_below"),
        ({"ratio_least": "15/100", "item_class": "key"}, "campaign.ratio_below"),
        ({"ratio_least": "10/100"}, None),
    ],
)
def test_rates_are_held_against_the_limits_of_the_items_when_submitted(small_town, limits, code):
    limit(small_town, **limits)
    set_up(small_town, **ALONE)
    if code is None:
        act(small_town, "amr.planner", planning.submit)
    else:
        with refuses(code):
            act(small_town, "amr.planner", planning.submit)


def test_a_total_is_held_against_the_limits_at_the_freeze(small_town):
    limit(small_town, ratio_most="10/100", ratio_least="5/100")
    for code, total, refused in (
        ("多", 7, "campaign.ratio_above"),
        ("少", 2, "campaign.ratio_below"),
        ("好", 6, None),
    ):
        small_town.campaign(code=code, **ALONE | SMALL | {"total": total})
        if refused:
            with refuses(refused):
                small_town.freeze(code)
        else:
            assert small_town.freeze(code) == "AMR〔2026〕1"


def test_an_item_is_not_drawn_from_more_often_in_a_year_than_it_allows(small_town):
    limit(small_town, times_most=1)
    set_up(small_town, code="草稿", **ALONE)  # a draft takes nobody's place
    set_up(small_town, code="一", **ALONE)
    act(small_town, "amr.planner", planning.submit, code="一")
    with refuses("campaign.too_often", most=1, made=2):
        act(small_town, "amr.planner", planning.submit, code="草稿")
    set_up(small_town, code="明年", **ALONE, first_day="2027-01-01", last_day="2027-02-01")
    act(small_town, "amr.planner", planning.submit, code="明年")
    act(small_town, "amr.approver", planning.cancel, "不办了", code="一")
    act(small_town, "amr.planner", planning.submit, code="草稿")


def conditions_of(field, *values):
    return {"kind": "targeted", "conditions": [{"field": field, "values": list(values)}]}


def test_a_special_registry_or_region_that_there_is_none_of_is_refused(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        of = session.scalars(select(Department.id)).first()
        session.add(SpecialRegistry(code="OIL", name="加油站专项库", department_id=of))
        session.scalars(select(Target)).first().region = "390102001"
    for field, wrong in (
        ("registry", ["加油站专项库"]),
        ("registry", ["oil"]),
        ("region", ["390109"]),
        ("region", ["东区"]),
        ("region", ["3"]),
        ("region", ["390102002"]),
    ):
        with refuses("campaign.condition_unknown", field=field, values=wrong):
            set_up(small_town, **conditions_of(field, *wrong))
    with refuses("campaign.condition_unknown", values=["a"]):
        set_up(small_town, **conditions_of("registry", "OIL", "a"))
    for place, (field, known) in enumerate(
        (("registry", "OIL"), ("region", "390102"), ("region", "390102000"), ("region", "390102001"))
    ):
        set_up(small_town, code=f"C{place}", **conditions_of(field, known))


def test_a_name_that_two_regions_have_stands_for_neither(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        for code, name in (("390103", "城关"), ("390104", "城关"), ("390105", "西区")):
            session.add(Jurisdiction(code=code, name=name, superior_code="390100"))
    with small_town.at("amr.planner") as desk:
        found = outlines.by_code(desk, conditions_of("region", "城关", "西区", "390105", "390104"))
        assert found["conditions"] == [{"field": "region", "values": ["城关", "390105", "390104"]}]
        other = conditions_of("type", "西区")
        assert outlines.by_code(desk, other) == other


def test_an_industry_is_read_without_the_letter_of_its_section(small_town):
    with small_town.at("amr.planner") as desk:
        found = outlines.by_code(desk, conditions_of("industry", "F526", "526", "f5265", "F", "526T"))
    assert found["conditions"] == [{"field": "industry", "values": ["526", "5265", "F", "526T"]}]


def test_an_item_of_a_department_that_takes_no_part_is_not_submitted_nor_asked_about(small_town):
    town = small_town
    set_up(town, departments=[{"code": "AMR"}], items=["AMR/A01", "FIRE/A01"])
    with refuses("campaign.items_of_others", items=["FIRE/A01"]):
        act(town, "amr.planner", planning.submit)
    with town.at("amr.planner") as desk:
        assert "submit" not in planning.acts_for(desk, planning.find_campaign(desk, town.outline()["code"]))
    outline = town.outline(departments=[{"code": "AMR"}, {"code": "EM"}], items=["AMR/A01", "FIRE/A01"])
    act(town, "amr.planner", planning.amend_campaign, outline)
    with refuses("campaign.items_of_others", items=["FIRE/A01"]):
        act(town, "amr.planner", planning.invite)
    outline["departments"].append({"code": "FIRE"})
    act(town, "amr.planner", planning.amend_campaign, outline)
    act(town, "amr.planner", planning.invite)
    act(town, "em.planner", planning.answer, Answer(True))
    act(town, "fire.planner", planning.answer, Answer(False, "没有人手"))
    act(town, "amr.planner", planning.submit)  # the item left with its department


def test_what_does_not_fit_is_told_and_a_county_may_use_the_list_of_its_city(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        session.add(
            Department(code="DONG", name="东区局", jurisdiction_code="390102", opened_on=date(2020, 1, 1))
        )
    with small_town.at("amr.planner") as desk:
        for items, departments, strange, idle in (
            (["AMR/A01"], ["AMR"], [], []),
            (["FIRE/A01"], ["AMR"], ["FIRE/A01"], ["AMR"]),
            (["AMR/A01", "FIRE/A01"], ["AMR", "EM"], ["FIRE/A01"], ["EM"]),
            (["AMR/A01", "NO/1"], ["AMR"], ["NO/1"], []),
            (["AMR/A01"], ["DONG"], [], ["DONG"]),
            (["DONG/A01"], ["AMR"], ["DONG/A01"], ["AMR"]),
            ([], ["AMR"], [], []),
        ):
            found = parties.misfit(desk, items, departments)
            assert (found.items, found.departments) == (strange, idle)


def test_a_copy_has_everything_but_its_days_and_its_draw(town):
    plan(town, *PUBLISHED, kind="targeted")
    rich = {
        "kind": "targeted",
        "conditions": [
            {"field": "type", "values": ["加油站", "商店"]},
            {"field": "abnormal", "values": ["no"]},
        ],
        "departments": [{"code": "AMR", "size": 1, "leads": 0}, {"code": "EM", "size": 3, "leads": 2}],
        "items": ["AMR/A01", "EM/A01"],
        "draw_by": "2026-04-01",
        "at_least_one": False,
        "teams": "fixed",
        "groups": 1,
        "objectives": ["near", "tickets"],
        "entropy": "d6x25",
        "exclude_days": 30,
        "yearly_cap": 2,
        "cap_exception": "clue",
        "most_voids": 1,
        "most_recusals": 2,
    }
    code = town.campaign(**REFERENCE | rich)
    town.freeze(code)
    with town.at("amr.planner") as desk:
        earlier = planning.find_campaign(desk, code)
        copied = planning.copy_campaign(
            desk, earlier, "复制", *map(date.fromisoformat, ("2026-07-01", "2026-08-01"))
        )
        first, second = planning.outline_of(desk, earlier), planning.outline_of(desk, copied)
        assert (copied.state, copied.copied_from_id, draws.draws_of(desk.session, copied.id)) == (
            "draft",
            earlier.id,
            [],
        )
    changed = {name for name in first if first[name] != second[name]}
    assert changed == {"code", "first_day", "last_day", "draw_by", "plan_line"}
    assert second["departments"] == [
        {"code": "AMR", "size": 1, "leads": 0, "lead_qualification": ""},
        {"code": "EM", "size": 3, "leads": 2, "lead_qualification": "lead"},
    ]
    assert {name: second[name] for name in rich if name not in ("departments", "draw_by")} == {
        name: rich[name] for name in rich if name not in ("departments", "draw_by")
    }


def test_a_campaign_of_others_is_refused_like_one_that_is_not(small_town):
    set_up(small_town, **ALONE)
    for code in ("2026-加油站", "没有"):
        with small_town.at("em.planner") as desk, refuses("campaign.unknown", campaign=code):
            planning.find_campaign(desk, code)
    with refuses("campaign.exists"):
        set_up(small_town, **ALONE)
