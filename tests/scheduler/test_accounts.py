"""Accounts: roles and deputies for a time, disabled users, departments renamed and merged."""

from contextlib import nullcontext
from datetime import date, timedelta

from sqlalchemy import select

from data.ledger import Whole, verify
from data.models import Department, Inspector, LedgerEntry
from scheduler import administration
from scheduler.accounts import (
    NewUser,
    add_user,
    disable,
    find_department,
    grant,
    merge_department,
    rename_department,
    stand_in,
)
from scheduler.identity import issue_token
from scheduler.inspection import items, planning
from scheduler.permissions import actor_of
from scheduler.transaction import EVERYTHING, transaction
from tests.town import ROLES, refuses

TODAY = date(2026, 3, 2)


def do(town, act, *given, **named):
    with transaction(town.database, EVERYTHING) as session:
        return act(session, town.now, *given, **named)


def roles(town, login, day=TODAY):
    with transaction(town.database, EVERYTHING) as session:
        return set(actor_of(session, login, day).roles)


def test_a_role_ends_after_its_last_day(town):
    do(town, add_user, NewUser("new", "new", "新人", "AMR"))
    do(town, grant, "new", "planner", TODAY + timedelta(3))
    assert roles(town, "new", TODAY - timedelta(1)) == set()
    assert roles(town, "new", TODAY + timedelta(3)) == {"planner"}
    assert roles(town, "new", TODAY + timedelta(4)) == set()
    with refuses("user.has_role"):
        do(town, grant, "new", "planner")
    with refuses("user.period"):
        do(town, grant, "new", "approver", TODAY - timedelta(1))
    with refuses("user.no_such_role"):
        do(town, grant, "new", "emperor")


def test_a_deputy_acts_in_his_own_name_for_his_days(town):
    first, last = TODAY + timedelta(1), TODAY + timedelta(2)
    do(town, stand_in, "amr.approver", "amr.legal", "approver", first, last)
    assert [("approver" in roles(town, "amr.legal", TODAY + timedelta(n))) for n in range(4)] == [
        False,
        True,
        True,
        False,
    ]
    town.pass_time(days=1)
    with town.at("amr.planner") as desk:
        campaign = planning.set_up_campaign(
            desk, town.outline(items=["AMR/A01"], departments=[{"code": "AMR"}])
        )
        planning.submit(desk, campaign)
    with town.at("amr.legal") as desk:
        planning.approve(desk, planning.find_campaign(desk, "2026-加油站"))
        person = desk.actor.person_id
        assert planning.find_campaign(desk, "2026-加油站").approver_person_id == person
    with transaction(town.database, EVERYTHING) as session:
        line = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "campaign:approve")).one()
        assert (line.person_id, line.role) == (person, "approver")
        assert isinstance(verify(lambda: nullcontext(session)), Whole)
    do(town, grant, "amr.legal", "approver")  # what he only stands in for he may still be given


def test_who_stands_in_for_somebody_disabled_or_without_the_role_may_do_nothing(small_town):
    do(small_town, stand_in, "amr.approver", "amr.legal", "approver", TODAY, TODAY)
    do(small_town, stand_in, "amr.planner", "amr.legal", "publisher", TODAY, TODAY)
    assert roles(small_town, "amr.legal") == {"legal", "approver"}
    do(small_town, disable, "amr.approver")
    assert roles(small_town, "amr.legal") == {"legal"}
    for deputy in ("fire.legal", "amr.approver"):
        with refuses("user.deputy"):
            do(small_town, stand_in, "amr.approver", deputy, "approver", TODAY, TODAY)
    with refuses("user.period"):
        do(small_town, stand_in, "amr.planner", "amr.legal", "planner", TODAY, TODAY - timedelta(1))


def test_a_disabled_user_is_refused_like_one_there_never_was(small_town):
    do(small_town, disable, "amr.planner")
    for login in ("amr.planner", "nobody"):
        with refuses("actor.unknown", login=login):
            roles(small_town, login)
    with refuses("campaign.no_such_witness", logins=["amr.planner"]), small_town.at("fire.planner") as desk:
        outline = small_town.outline(
            departments=[{"code": "FIRE"}], items=["FIRE/A01"], witnesses=["amr.planner"]
        )
        planning.set_up_campaign(desk, outline)


def test_accounts_are_made_once_of_known_people_and_places(small_town):
    for new, code in (
        (NewUser("amr.planner", "x", "某", "AMR"), "user.exists"),
        (NewUser(" ", "x", "某", "AMR"), "user.login"),
        (NewUser("x", "x", "某", "没有"), "department.unknown"),
        (NewUser("x", "amr.planner", "冒名", "AMR"), "user.other_name"),
        (NewUser("x", "x", "某", "AMR", "EM000"), "inspector.unknown"),
        (NewUser("x", "x", "某", "AMR", password="short"), "user.password_too_short"),
    ):
        with refuses(code):
            do(small_town, add_user, new)


def rename(town, name, login="amr.administrator", code="AMR"):
    with town.at(login) as desk:
        rename_department(desk, find_department(desk.session, code), name)


def test_papers_of_before_keep_the_old_name(town):
    town.pass_time(days=10)
    rename(town, "市场监管委员会")
    with refuses("department.renamed_today"):
        rename(town, "又一个名")
    town.pass_time(days=10)
    rename(town, "市场监管总局")
    for name in (" ", "市场监管总局", "局" * 201):
        with refuses("department.name"):
            rename(town, name)
    with refuses("actor.role"):
        rename(town, "x", "amr.planner")
    with transaction(town.database, EVERYTHING) as session:
        key = find_department(session, "AMR").id
        names = session.get_one(Department, key).names
        told = [(each.valid_from - TODAY, each.name) for each in names]
    assert told[1:] == [(timedelta(10), "市场监管委员会"), (timedelta(20), "市场监管总局")]
    assert told[0][1] == "AMR局"


def test_a_department_opened_today_is_not_renamed_today(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        find_department(session, "AMR").opened_on = TODAY
    with refuses("department.renamed_today"):
        rename(small_town, "更新局")


def merge(town, gone, successor, login=""):
    with town.at(login or f"{gone.lower()}.administrator") as desk:
        merge_department(desk, find_department(desk.session, gone), find_department(desk.session, successor))


def test_a_merger_moves_the_inspectors_and_is_the_departments_own_act(town):
    for other in ("amr.administrator", "em.administrator"):
        with refuses("actor.other_department"):
            merge(town, "FIRE", "EM", other)
    with refuses("actor.other_department"):
        rename(town, "别人的名字", "em.administrator")
    merge(town, "FIRE", "EM")
    with transaction(town.database, EVERYTHING) as session:
        em = find_department(session, "EM").id
        moved = session.scalars(select(Inspector).where(Inspector.code.like("FIRE%"))).all()
        assert [each.department_id for each in moved] == [em] * 6
    for pair in (("EM", "FIRE"), ("EM", "EM")):
        with refuses("department.merge"):
            merge(town, *pair)
    with refuses("actor.department_closed"):
        merge(town, "FIRE", "EM")
    with town.at("amr.planner") as desk, refuses("campaign.no_such_department", department="FIRE"):
        planning.set_up_campaign(desk, town.outline())


def test_a_department_with_an_open_campaign_is_not_merged(small_town):
    with small_town.at("amr.planner") as desk:
        planning.set_up_campaign(desk, small_town.outline())
    with refuses("department.has_open_campaigns", campaigns=["2026-加油站"]):
        merge(small_town, "FIRE", "EM")
    with small_town.at("amr.approver") as desk:
        planning.cancel(desk, planning.find_campaign(desk, "2026-加油站"), "不办了")
    merge(small_town, "FIRE", "EM")


def test_nothing_more_is_done_in_a_merged_department_but_it_is_audited(small_town):
    do(small_town, stand_in, "fire.planner", "fire.auditor", "planner", TODAY, TODAY)
    merge(small_town, "FIRE", "EM")
    acts = {
        "registrar": lambda desk: items.draft_item(desk, {}),
        "planner": lambda desk: planning.set_up_campaign(desk, small_town.outline()),
        "administrator": lambda desk: administration.add_user(desk, NewUser("new", "new", "新人", "FIRE")),
        "legal": lambda desk: issue_token(desk, "平台", TODAY),
    }
    for role, act in acts.items():
        with refuses("actor.department_closed"), small_town.at(f"fire.{role}") as desk:
            act(desk)
    for role in (*ROLES, "auditor"):
        assert roles(small_town, f"fire.{role}") == ({role} & {"auditor"})
    with small_town.at("fire.auditor") as desk:
        assert desk.require("auditor", "administrator") == "auditor"


def test_nobody_of_a_merged_department_is_named_a_witness(small_town):
    merge(small_town, "FIRE", "EM")
    own = {"departments": [{"code": "AMR"}], "items": ["AMR/A01"], "witnesses": ["fire.legal"]}
    with refuses("campaign.no_such_witness"), small_town.at("amr.planner") as desk:
        planning.set_up_campaign(desk, small_town.outline(**own))


def test_a_department_whose_people_have_still_to_witness_a_draw_is_not_merged(small_town):
    own = {"departments": [{"code": "AMR"}], "items": ["AMR/A01"], "witnesses": ["fire.legal"]}
    with small_town.at("amr.planner") as desk:
        planning.set_up_campaign(desk, small_town.outline(**own))
    with refuses("department.has_witnesses", campaigns=["2026-加油站"]):
        merge(small_town, "FIRE", "EM")
    with small_town.at("amr.approver") as desk:
        planning.cancel(desk, planning.find_campaign(desk, "2026-加油站"), "不办了")
    merge(small_town, "FIRE", "EM")
