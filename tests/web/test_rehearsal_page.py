"""A rehearsal shows what a draw would be like, and can be taken for none: it knows no key, keeps nothing, gives no file."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, func, select, update

from data.models import Base, BrowserSession, Inspector, Witness
from matching.draw.commitment import commit
from matching.draw.seed import seed
from scheduler.accounts import NewUser, add_user, grant
from scheduler.inspection import drawing, freezing, planning, rehearsal
from scheduler.transaction import EVERYTHING, transaction
from tests.crawl import Page
from tests.site import Site
from tests.town import DICE, Town, refuses

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}


def said(page: str) -> str:
    """What stands on a page, without its tags."""
    return " ".join(" ".join(Page(page).said).split())


def rehearsed(site: Site, code: str, login: str = "amr.planner", **form) -> str:
    response = site.reader(login).post(f"/campaigns/{code}/rehearsal", **form)
    assert response.status_code == 200, response.text[:2000]
    return response.text


def to_rehearse(town: Town, code: str, login: str = "amr.planner"):
    return town.do(login, lambda desk: rehearsal.to_rehearse(desk, planning.find_campaign(desk, code)))


def rows(town: Town) -> dict[str, int]:
    """How many rows every table has; browsers' sessions aside, which every page moves on."""
    with transaction(town.database, EVERYTHING) as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name != BrowserSession.__tablename__
        }


def test_a_planner_rehearses_with_the_lists_as_they_are(site):
    code = site.town.campaign()
    assert '/rehearsal"' in site.reader("amr.planner").page(f"/campaigns/{code}")
    told = said(rehearsed(site, code))
    for each in (
        "第 1 次演练",
        "2/15 · ≈13.33%",
        "1/5 · 20%",
        "100%",
        "合计 60 26",
        "AMR局 52 6",
        "都有选择",
    ):
        assert each in told, (each, told)


def test_every_turn_is_another_example_and_the_same_turn_the_same(town):
    plan, frame = to_rehearse(town, town.campaign())
    first, again, second = (rehearsal.rehearse(plan, frame, turn) for turn in (1, 1, 2))
    assert first == again
    assert first.strata != second.strata
    assert [(each.rows, each.quota) for each in first.strata] == [
        (each.rows, each.quota) for each in second.strata
    ]
    assert first.drawn == 26
    assert [(each.department, each.seats) for each in first.loads] == [("AMR", 52), ("FIRE", 52), ("EM", 52)]


def test_a_rehearsal_says_on_every_screen_that_it_is_none(site):
    code = site.town.campaign()
    planner = site.reader("amr.planner")
    for page in (planner.page(f"/campaigns/{code}/rehearsal"), rehearsed(site, code)):
        assert (
            "<title>演练 REHEARSAL" in page
        )  # the name that a browser gives the page when it is kept as a file
        assert '<section class="rehearsed">' in page
        assert page.count('class="rehearsal-mark">演练 REHEARSAL · 不是抽取') >= 1
        assert "download" not in page
    english = site.reader("amr.planner", english=True).page(f"/campaigns/{code}/rehearsal")
    assert "REHEARSAL · NOT A DRAW" in english


def test_a_rehearsal_stores_nothing_and_tells_the_ledger_nothing(town):
    code = town.campaign()
    site = Site(town)
    site.reader("amr.planner").token()
    before = rows(town)
    rehearsed(site, code)
    rehearsed(site, code, turn="2")
    site.close()
    assert rows(town) == before


def test_a_rehearsal_asks_for_no_secret_and_no_evidence(site):
    """A void number is behind it, whose secrets stand in the database: not one question is about them."""
    town = site.town
    code = town.campaign()
    number = town.freeze(code)
    with town.at("amr.approver") as desk:
        drawing.void_number(desk, drawing.find_draw(desk, number), "wrong_list", "名录有误")
    planner = site.reader("amr.planner")
    planner.token()
    asked: list[str] = []
    database = site.app.extensions["yaohao.database"]
    listen = lambda *told: asked.append(told[2])  # noqa: E731
    event.listen(database, "before_cursor_execute", listen)
    response = planner.post(f"/campaigns/{code}/rehearsal")
    event.remove(database, "before_cursor_execute", listen)
    assert response.status_code == 200
    assert len(asked) > 5
    kept = (
        "lottery",
        "lottery_secret",
        "frozen_table",
        "draw_commitment",
        "opening",
        "entropy_entry",
        "draw_file",
    )
    assert [each for each in asked if re.search(rf"\b({'|'.join(kept)})\b", each)] == []
    secrets = [town.secrets.secret.hex(), town.secrets.salt_secret.hex()]
    assert [each for each in secrets if each in response.text] == []


def test_from_the_freeze_on_nobody_rehearses(site):
    town = site.town
    code = town.campaign()
    number = town.freeze(code)
    for step in (
        lambda: None,
        lambda: town.commit(number),
        lambda: town.open(number),
        lambda: town.execute(number),
    ):
        step()
        planner = site.reader("amr.planner")
        assert planner.get(f"/campaigns/{code}/rehearsal").status_code == 409
        refused = planner.post(f"/campaigns/{code}/rehearsal")
        assert refused.status_code == 409
        assert "名录已锁定，不再演练" in refused.text
        assert '/rehearsal"' not in planner.page(f"/campaigns/{code}")
    with refuses("rehearsal.not_now", state="drawing"):
        to_rehearse(town, code)


def test_its_seed_is_none_that_a_draw_can_have(town):
    """The same sealed lists, the same secret, the same entropy: under its own tag another seed comes out."""
    plan, frame = to_rehearse(town, town.campaign(**SMALL))
    sealed = commit(plan, frame, rehearsal.SECRETS)
    entropy = "text:演练 rehearsal 1"
    reveals = bytes(32)
    of_draw = seed(sealed.commit, reveals, rehearsal.SECRETS.secret, entropy)
    assert rehearsal.rehearsal_seed(sealed.commit, 1) != of_draw
    assert rehearsal.SEED != "seed"


def test_its_key_is_visibly_not_real_and_its_number_is_of_no_register(town):
    plan, _ = to_rehearse(town, town.campaign(**SMALL))
    for secret in (rehearsal.SECRETS.secret, rehearsal.SECRETS.salt_secret):
        assert len(secret) == 32
        assert secret.startswith(b"REHEARSAL, NOT A DRAW.")
    assert plan.number == "演练 REHEARSAL"
    assert "〔" not in plan.number  # every number of a register has it
    assert plan.entropy == "text"


def test_a_rehearsal_gives_nothing_that_opens_or_names(site):
    """No target, no inspector, no digest that could be published as a commitment, no seed."""
    town = site.town
    code = town.campaign()
    page = rehearsed(site, code)
    plan, frame = to_rehearse(town, code)
    sealed = commit(plan, frame, rehearsal.SECRETS)
    hidden = [sealed.commit.hex(), sealed.secret.hex(), rehearsal.rehearsal_seed(sealed.commit, 1).hex()]
    assert [each for each in hidden if each in page] == []
    assert re.findall(r"\b[0-9a-f]{64}\b", page) == []
    assert re.findall(r"T00\d\d|AMR00\d|加油站\d|第\d+加油站", page) == []


def test_classes_are_told_to_planners_of_the_lead_department_alone(site):
    town = site.town
    code = town.campaign()
    assert "D 类" in rehearsed(site, code)
    for login in ("fire.planner", "amr.approver", "amr.auditor", "notary"):
        response = site.reader(login).post(f"/campaigns/{code}/rehearsal")
        assert response.status_code == 403, login
        assert "类（信用风险" not in response.text
        assert '/rehearsal"' not in site.reader(login).page(f"/campaigns/{code}")
    assert site.stranger().get(f"/campaigns/{code}/rehearsal").status_code == 303


def test_a_witness_does_not_rehearse_what_he_witnesses(town):
    """A planner of the lead department may be asked to witness what a colleague plans: the classes are none of his."""
    with transaction(town.database, EVERYTHING) as session:
        add_user(session, town.now, NewUser("amr.second", "amr.second", "第二计划员", "AMR"))
        for role in ("planner", "witness"):
            grant(session, town.now, "amr.second", role)
    code = town.campaign(**SMALL | {"witnesses": ["amr.second"]})
    with transaction(town.database, EVERYTHING) as session:
        assert session.scalars(select(Witness)).one().name == "第二计划员"
    with refuses("actor.same_person"):
        to_rehearse(town, code, "amr.second")


def test_a_rehearsal_finds_a_shortage_and_seats_without_choice(site):
    with transaction(site.town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=1))
        session.execute(
            update(Inspector).where(Inspector.code.in_(["FIRE001", "FIRE002"])).values(qualifications="")
        )
    short = site.town.campaign(**SMALL)
    told = said(rehearsed(site, short))
    assert "人员不足，匹配不成" in told
    assert "部门 EM：需 12 个席位，最多能派 6，缺 6" in told
    with transaction(site.town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=60))
    assert "6 席只有一人可选：不是随机" in said(rehearsed(site, short))


def test_what_a_freeze_would_be_refused_for_a_rehearsal_is_refused_for_too(town):
    code = town.campaign(**SMALL)
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(state="suspended"))
    with refuses("pool.nobody", departments=["EM"]):
        to_rehearse(town, code)
    with refuses("pool.nobody", departments=["EM"]), town.at("amr.planner") as desk:
        freezing.freeze_pool(desk, planning.find_campaign(desk, code), town.secrets)


def test_where_there_is_too_much_to_pair_the_strata_are_told_all_the_same(town, monkeypatch):
    plan, frame = to_rehearse(town, town.campaign(**SMALL))
    monkeypatch.setattr(rehearsal, "MOST_PAIRS", 6 * 18 - 1)
    told = rehearsal.rehearse(plan, frame, 1)
    assert (told.paired, told.drawn, told.loads) == (None, 6, ())


@pytest.mark.parametrize("turn", ["0", "-3", "x", "99999999999"])
def test_a_turn_is_a_small_number_whatever_is_sent(site, turn):
    assert "次演练" in rehearsed(site, site.town.campaign(**SMALL), turn=turn)


def test_the_dice_of_a_draw_are_not_asked_for(site):
    code = site.town.campaign(**SMALL)
    page = rehearsed(site, code, entropy=DICE)
    assert DICE not in page
    assert "entropy" not in page
