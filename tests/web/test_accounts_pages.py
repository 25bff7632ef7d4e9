"""What an administrator does at his pages, and what he may not."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from io import BytesIO
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from data.intake.lines import MOST_LINES
from data.ledger import Whole, verify
from data.models import Inspector, LedgerEntry, Person, RoleGrant, User
from matching.refused import Refused
from scheduler import administration, identity
from scheduler.accounts import NewUser, add_user, find_user, grant
from scheduler.inspection import planning
from scheduler.permissions import actor_of
from scheduler.transaction import EVERYTHING, transaction
from tests.programs import issue
from tests.site import Reader, Site
from tests.town import Town, refuses
from web.access import routes
from web.inspection.accounts import HEADER
from web.list_faults import MOST_FAULTS

PASSWORD = "correct horse battery"
ADMINISTRATOR = "amr.administrator"


@pytest.fixture
def administrator(site: Site) -> Reader:
    return site.reader(ADMINISTRATOR)


def user_id(town: Town, login: str) -> int:
    with transaction(town.database, EVERYTHING) as session:
        return find_user(session, login).id


def roles(town: Town, login: str) -> set[str]:
    with transaction(town.database, EVERYTHING) as session:
        return set(actor_of(session, login, town.now.date()).roles)


def lines(town: Town, action: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What the ledger tells of an act: as what, to what, and its details."""
    with transaction(town.database, EVERYTHING) as session:
        found = session.scalars(
            select(LedgerEntry).where(LedgerEntry.action == action).order_by(LedgerEntry.seq)
        )
        return [(each.role, each.subject, json.loads(each.details)) for each in found]


def new_user(**other: object) -> dict[str, object]:
    return {"login": "new", "staff_number": "n1", "name": "新人", "password": PASSWORD} | other


def test_an_administrator_takes_somebody_on_who_then_logs_in(site, administrator):
    where = administrator.does("/accounts/users", **new_user(roles=["planner", "reviewer"]))
    assert "新人" in administrator.page(where)
    assert roles(site.town, "new") == {"planner", "reviewer"}
    newcomer = site.stranger()
    newcomer.does("/login", login="new", password=PASSWORD)
    assert "新人" in newcomer.page("/password")
    assert "待本人登录后修改" in administrator.page(where)
    with transaction(site.town.database, EVERYTHING) as session:
        person = find_user(session, ADMINISTRATOR).person_id
        acts = session.execute(
            select(LedgerEntry.action).where(LedgerEntry.person_id == person).order_by(LedgerEntry.seq)
        )
        assert [each[0] for each in acts] == ["user:add", "user:grant", "user:grant"]
        granted = session.scalars(select(RoleGrant).where(RoleGrant.user_id == find_user(session, "new").id))
        assert {each.granted_by_person_id for each in granted} == {person}
        assert isinstance(verify(lambda: nullcontext(session)), Whole)


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"login": "amr.planner"}, 409, "user.exists"),
        ({"login": "with space"}, 422, "user.login"),
        ({"login": "x" * 101}, 422, "user.login"),
        ({"login": "tab\tin"}, 422, "user.login"),
        ({"name": "x" * 101}, 422, "user.person"),
        ({"staff_number": " "}, 422, "user.person"),
        ({"password": "short"}, 422, "user.password_too_short"),
        ({"staff_number": "amr.planner"}, 422, "user.other_name"),
        ({"inspector": "AMR000"}, 422, "user.inspector_taken"),
        ({"inspector": "FIRE000"}, 404, "inspector.unknown"),
        ({"roles": ["emperor"]}, 422, "user.no_such_role"),
        ({"staff_number": ADMINISTRATOR, "name": "AMR administrator"}, 422, "user.oneself"),
    ],
)
def test_a_refused_account_is_not_half_made(site, administrator, given, status, code):
    response = administrator.post("/accounts/users", **new_user(**given))
    assert (response.status_code, code in response.text) == (status, True)
    with transaction(site.town.database, EVERYTHING) as session:
        assert session.scalar(select(Person).where(Person.staff_number == "n1")) is None


def test_an_inspector_may_have_two_accounts_of_one_person(administrator):
    given = {"login": "second", "staff_number": "AMR000", "name": "检查员AMR0", "inspector": "AMR000"}
    administrator.does("/accounts/users", **given)
    assert "AMR000" in administrator.page("/accounts/users?text=second")


def test_nobody_does_anything_for_himself_by_whatever_account(site, administrator):
    """Of a person two accounts; neither may be given anything by the other."""
    own = user_id(site.town, ADMINISTRATOR)
    with transaction(site.town.database, EVERYTHING) as session:
        me = find_user(session, ADMINISTRATOR)
        session.add(User(login="other", person_id=me.person_id, department_id=me.department_id))
    for account in (own, user_id(site.town, "other")):
        for path, form in (
            ("roles", {"role": "approver"}),
            ("password", {"password": PASSWORD}),
            ("disable", {}),
            ("enable", {}),
        ):
            response = administrator.post(f"/accounts/users/{account}/{path}", **form)
            assert (response.status_code, "user.oneself" in response.text) == (422, True)
    period = {"first": "2026-03-02", "last": "2026-03-05"}
    for deputy in (ADMINISTRATOR, "other"):
        given = {"user": "amr.approver", "deputy": deputy, "role": "approver"} | period
        assert "user.oneself" in administrator.post("/accounts/deputies", **given).text
    assert roles(site.town, ADMINISTRATOR) == {"administrator"}
    assert 'action="/accounts/users' not in administrator.page(f"/accounts/users/{own}")


def test_another_departments_user_is_nobody(site, administrator):
    foreign = user_id(site.town, "fire.planner")
    assert "fire.planner" not in administrator.page("/accounts/users?text=planner")
    assert administrator.get(f"/accounts/users/{foreign}").status_code == 404
    for path, form in (
        ("roles", {"role": "approver"}),
        ("password", {"password": PASSWORD}),
        ("disable", {}),
    ):
        assert administrator.post(f"/accounts/users/{foreign}/{path}", **form).status_code == 404
    with transaction(site.town.database, EVERYTHING) as session:
        grant_id = session.scalars(select(RoleGrant.id).where(RoleGrant.user_id == foreign)).one()
    assert administrator.post(f"/accounts/users/{foreign}/roles/{grant_id}/end").status_code == 404
    given = {"deputy": "amr.legal", "role": "planner", "first": "2026-03-02", "last": "2026-03-03"}
    assert administrator.post("/accounts/deputies", user="fire.planner", **given).status_code == 404
    assert roles(site.town, "fire.planner") == {"planner"}
    for login in ("amr.planner", "amr.auditor"):
        for path in ("users", "users/new", "deputies", "departments", "users/template.csv"):
            assert site.reader(login).get(f"/accounts/{path}").status_code == 403


def test_a_new_password_and_disabling_end_the_sessions(site, administrator):
    planner, account = site.reader("amr.planner"), user_id(site.town, "amr.planner")
    assert planner.get("/campaigns/").status_code == 200
    administrator.does(f"/accounts/users/{account}/password", password=PASSWORD)
    assert planner.get("/campaigns/").status_code == 303
    planner = site.stranger()
    planner.does("/login", login="amr.planner", password=PASSWORD)
    administrator.does(f"/accounts/users/{account}/disable")
    assert planner.get("/campaigns/").status_code == 303
    assert administrator.post(f"/accounts/users/{account}/disable").status_code == 422
    administrator.does(f"/accounts/users/{account}/enable")
    assert planner.get("/campaigns/").status_code == 303  # what was open before is not open again


def test_a_grant_is_ended_from_now_on_also_one_of_today(site, administrator):
    account = user_id(site.town, "amr.legal")
    page = f"/accounts/users/{account}"
    administrator.does(f"{page}/roles", role="reviewer", until="2026-12-31")
    end = lambda: re.findall(rf'action="({page}/roles/\d+/end)"', administrator.page(page))  # noqa: E731
    assert "2026-12-31" in administrator.page(page)
    assert roles(site.town, "amr.legal") == {"legal", "reviewer"}
    for each in end():
        administrator.does(each)
        assert administrator.post(each).status_code == 404
    assert roles(site.town, "amr.legal") == set()  # both were granted today
    assert end() == []
    administrator.does(f"{page}/roles", role="legal")  # and may be again
    assert roles(site.town, "amr.legal") == {"legal"}
    site.town.pass_time(days=1)
    administrator = site.reader(ADMINISTRATOR)
    [again] = re.findall(rf'action="({page}/roles/\d+/end)"', administrator.page(page))
    administrator.does(again)
    assert roles(site.town, "amr.legal") == set()
    assert administrator.post(again).status_code == 404


def test_a_deputy_is_named_seen_and_ended(site, administrator):
    given = {"user": "amr.approver", "deputy": "amr.legal", "role": "approver"}
    wrong = administrator.post("/accounts/deputies", first="2026-03-04", last="2026-03-03", **given)
    assert (wrong.status_code, "user.period" in wrong.text) == (422, True)
    assert "day.form" in administrator.post("/accounts/deputies", first="morgen", **given).text
    administrator.does("/accounts/deputies", first="2026-03-02", last="2026-03-05", **given)
    assert roles(site.town, "amr.legal") == {"legal", "approver"}
    page = administrator.page("/accounts/deputies")
    assert "AMR approver" in page
    [end] = re.findall(r'action="(/accounts/deputies/\d+/end)"', page)
    assert "AMR approver" in administrator.page(f"/accounts/users/{user_id(site.town, 'amr.legal')}")
    administrator.does(end)
    assert roles(site.town, "amr.legal") == {"legal"}
    assert administrator.post(end).status_code == 404


def file_of(*lines: str) -> tuple[BytesIO, str]:
    return BytesIO("\r\n".join((",".join(HEADER), *lines)).encode("utf-8-sig")), "users.csv"


def test_a_file_of_users_is_taken_whole_or_not_at_all(site, administrator):
    assert administrator.get("/accounts/users/template.csv").data == file_of()[0].read() + b"\r\n"
    bad = file_of("u1,1,甲,AMR,,planner;reviewer", "u2,2,乙,FIRE,,", "u3,3,丙,AMR,,king", "u1,4,丁,AMR,,")
    response = administrator.post("/accounts/users/file", file=bad)
    assert response.status_code == 422
    assert [f"users.csv:{line}:" in response.text for line in (2, 3, 4, 5)] == [False, True, True, True]
    assert "/ " not in response.text[response.text.index("users.csv:3:") :][:60]  # one language
    assert "没有符合条件" in administrator.page("/accounts/users?text=u1")
    administrator.does("/accounts/users/file", file=file_of("u1,1,甲,AMR,,planner;reviewer", "u2,2,乙,AMR,,"))
    assert roles(site.town, "u1") == {"planner", "reviewer"}
    assert "未设密码" in administrator.page("/accounts/users?text=u2")
    broken = administrator.post("/accounts/users/file", file=(BytesIO(b"x"), "x.csv"))
    assert broken.status_code == 422


def test_a_file_of_users_tells_how_many_faults_it_does_not_show(site, administrator):
    lines = [f"u{n},{n},甲,NONE,," for n in range(MOST_FAULTS + 3)]
    told = administrator.post("/accounts/users/file", file=file_of(*lines)).text
    assert f"有 {MOST_FAULTS + 3} 处不对" in told
    assert told.count("<li>users.csv:") == MOST_FAULTS
    assert "另有 3 处没有列出" in told
    english = site.reader(ADMINISTRATOR, english=True).post("/accounts/users/file", file=file_of(*lines)).text
    assert "3 more are not shown" in english


def test_a_file_of_users_has_a_limit_of_lines(administrator):
    lines = [f"u{n},{n},甲,AMR,," for n in range(MOST_LINES + 1)]
    refused = administrator.post("/accounts/users/file", file=file_of(*lines))
    assert refused.status_code == 422
    assert "有 1 处不对" in refused.text
    assert f"users.csv:{MOST_LINES + 2} " in refused.text
    assert f"(&gt; {MOST_LINES})" in refused.text
    assert "没有符合条件" in administrator.page("/accounts/users?text=u1")


TOKEN = {"name": "一体化平台", "until": "2026-12-31"}


def issued(reader: Reader) -> str:
    """A token that somebody issues for himself."""
    [token] = re.findall(r"<code>([\w-]{43})</code>", reader.post("/accounts/tokens", **TOKEN).text)
    return str(token)


def revoking(reader: Reader) -> list[str]:
    """The tokens that somebody could revoke, each once."""
    found = re.findall(r'action="(/accounts/tokens/\d+/revoke)"', reader.page("/accounts/tokens"))
    return sorted(set(found))


def login_of(site: Site, token: str) -> str | None:
    """As whom a system comes with a token."""
    answer = site.stranger().get("/api/v1/me", Authorization=f"Bearer {token}")
    return answer.json["login"] if answer.status_code == 200 else None


def test_a_token_is_shown_once_to_its_holder_and_revoked_by_him(site):
    planner = site.reader("amr.planner")
    token = issued(planner)
    page = planner.page("/accounts/tokens")
    assert ("一体化平台" in page, token in page) == (True, False)
    assert planner.post("/accounts/tokens", **TOKEN).status_code == 409
    assert login_of(site, token) == "amr.planner"
    [revoke] = revoking(planner)
    planner.does(revoke)
    assert "已吊销" in planner.page("/accounts/tokens")
    assert login_of(site, token) is None


def test_nobody_comes_by_a_token_into_the_account_of_somebody_else(site, administrator):
    """Whatever account an administrator names, the token is his own."""
    for login in ("amr.planner", "amr.approver", "notary"):
        given = TOKEN | {"login": login, "name": login}
        [token] = re.findall(
            r"<code>([\w-]{43})</code>", administrator.post("/accounts/tokens", **given).text
        )
        assert login_of(site, token) == ADMINISTRATOR


def test_an_administrator_sees_and_revokes_the_tokens_of_his_department_alone(site, administrator):
    planner, token = site.reader("amr.planner"), issued(site.reader("amr.planner"))
    issued(site.reader("fire.planner"))
    [revoke] = revoking(planner)
    assert revoking(administrator) == [revoke]
    assert "amr.planner" in administrator.page("/accounts/tokens")
    for login in ("amr.approver", "fire.planner", "fire.administrator"):
        assert site.reader(login).post(revoke).status_code == 404
    assert login_of(site, token) == "amr.planner"
    administrator.does(revoke)
    assert login_of(site, token) is None
    assert lines(site.town, "token:revoke") == [("administrator", "token/1", {})]


def test_a_new_password_or_disabling_ends_the_tokens_and_the_ledger_tells_it(site, administrator):
    account = user_id(site.town, "amr.planner")
    for act, form in (("password", {"password": PASSWORD}), ("disable", {})):
        token = issue(site, "amr.planner")
        assert login_of(site, token) == "amr.planner"
        administrator.does(f"/accounts/users/{account}/{act}", **form)
        with transaction(site.town.database, EVERYTHING) as session:
            user = find_user(session, "amr.planner")
            user.state, user.password_is_provisional = "active", False
        assert login_of(site, token) is None
    told = [("administrator", "token/1", {}), ("administrator", "token/2", {})]
    assert lines(site.town, "token:revoke") == told


def test_a_new_password_of_ones_own_ends_ones_tokens(site):
    with transaction(site.town.database, EVERYTHING) as session:
        find_user(session, "amr.planner").password_hash = identity.hash_password(PASSWORD)
    planner, token, others = site.reader("amr.planner"), issue(site, "amr.planner"), issue(site, "amr.legal")
    own = "quite another password"
    planner.does("/password", old=PASSWORD, new=own, again=own)
    assert (login_of(site, token), login_of(site, others)) == (None, "amr.legal")
    assert lines(site.town, "token:revoke") == [("user", "token/1", {})]
    with transaction(site.town.database, EVERYTHING) as session:
        assert isinstance(verify(lambda: nullcontext(session)), Whole)


def test_an_account_whose_password_somebody_else_has_set_does_not_act_by_a_token(site):
    token = issue(site, "amr.planner")
    with transaction(site.town.database, EVERYTHING) as session:
        find_user(session, "amr.planner").password_is_provisional = True
    assert login_of(site, token) is None


def test_the_ledger_tells_which_act_came_by_which_token(site):
    planner = site.reader("amr.planner")
    headers = {"Authorization": f"Bearer {issued(planner)}"}
    own, by_token = (site.town.outline(code=code) for code in ("own", "by-token"))
    site.town.do("amr.planner", lambda desk: planning.set_up_campaign(desk, own))
    made = site.stranger().client.post("/api/v1/campaigns", json=by_token, headers=headers)
    assert made.status_code == 201, made.text
    told = [details.get("token") for _, _, details in lines(site.town, "campaign:set_up")]
    assert told == [None, 1]
    assert "凭令牌" in planner.page("/ledger/?act=campaign:set_up")


def test_a_department_is_renamed_and_merged_by_its_own_administrator(site, administrator):
    site.town.pass_time(days=1)
    administrator = site.reader(ADMINISTRATOR)
    administrator.does("/accounts/departments/rename", name="市场监管委员会")
    assert "市场监管委员会" in administrator.page("/accounts/departments")
    assert administrator.post("/accounts/departments/rename", name="又一个").status_code == 422
    assert administrator.post("/accounts/departments/merge", successor="没有").status_code == 404
    token = issue(site, "amr.planner")
    where = administrator.does("/accounts/departments/merge", successor="FIRE")
    assert "部门已撤并" in administrator.page(where)
    refused = administrator.get("/accounts/departments")
    assert (refused.status_code, "actor.department_closed" in refused.text) == (403, True)
    assert administrator.post("/accounts/tokens", **TOKEN).status_code == 403
    asked = site.stranger().client.post("/api/v1/campaigns", headers={"Authorization": f"Bearer {token}"})
    assert (asked.status_code, asked.json["type"]) == (403, "urn:yaohao:actor.department_closed")
    assert site.reader("amr.auditor").get("/ledger/?chain=security").status_code == 200


def test_the_pages_are_english_for_whoever_reads_english(site):
    reader = site.reader(ADMINISTRATOR, english=True)
    account = user_id(site.town, "amr.planner")
    for path in ("users", "users/new", f"users/{account}", "deputies", "tokens", "departments"):
        assert reader.get(f"/accounts/{path}").status_code == 200


def test_nonsense_in_an_address_is_no_fault_of_ours(administrator):
    for asked in ("page=x", "page=-1", "page=99999999999999999999", "state='", "text=%25_%5C"):
        assert administrator.get(f"/accounts/users?{asked}").status_code == 200


def test_two_who_take_one_login_at_once_make_one_account(town):
    """The second waits for the first and is refused, by whichever database."""
    told: list[object] = []

    def second() -> None:
        try:
            with town.at("fire.administrator") as desk:
                told.append(administration.add_user(desk, NewUser("same", "s2", "乙", "FIRE")).login)
        except Refused as refused:
            told.append(refused.code)

    with town.at(ADMINISTRATOR) as desk:
        administration.add_user(desk, NewUser("same", "s1", "甲", "AMR"))
        other = Thread(target=second)
        other.start()
        other.join(1)
        assert told == []
    other.join(30)
    assert told == ["user.exists"]


def test_two_accounts_of_one_new_person_at_once_are_both_made(town):
    with transaction(town.database, EVERYTHING) as session:
        add_user(session, town.now, NewUser("amr.other", "amr.other", "另一位", "AMR"))
        grant(session, town.now, "amr.other", "administrator")
    told: list[object] = []

    def second() -> None:
        with town.at("amr.other") as desk:
            told.append(administration.add_user(desk, NewUser("b", "same", "甲", "AMR")).person_id)

    with town.at(ADMINISTRATOR) as desk:
        person = administration.add_user(desk, NewUser("a", "same", "甲", "AMR")).person_id
        other = Thread(target=second)
        other.start()
        other.join(1)
    other.join(30)
    assert told == [person]


def test_a_person_of_two_departments_at_once_is_the_firsts(town):
    def second() -> None:
        with refuses("user.elsewhere"), town.at("fire.administrator") as desk:
            administration.add_user(desk, NewUser("b", "same", "甲", "FIRE"))
        told.append("refused")

    told: list[object] = []
    with town.at(ADMINISTRATOR) as desk:
        administration.add_user(desk, NewUser("a", "same", "甲", "AMR"))
        other = Thread(target=second)
        other.start()
        other.join(1)
    other.join(30)
    assert told == ["refused"]


def test_no_administrator_makes_himself_the_witness_of_another_department(site):
    administrator = site.reader("fire.administrator")
    notary = {"login": "n2", "staff_number": "notary", "name": "公证人", "roles": ["witness"]}
    response = administrator.post("/accounts/users", **notary)
    assert (response.status_code, "user.elsewhere" in response.text) == (422, True)
    response = administrator.post("/accounts/users/file", file=file_of("n2,notary,公证人,FIRE,,witness"))
    assert (response.status_code, "其他部门" in response.text) == (422, True)
    # nor by calling him one of the department's inspectors
    with transaction(site.town.database, EVERYTHING) as session:
        assert session.scalar(select(User).where(User.login == "n2")) is None
        find_user(session, "fire000").inspector_id = None
    response = administrator.post("/accounts/users", **notary, inspector="FIRE000")
    assert (response.status_code, "user.elsewhere" in response.text) == (422, True)
    # who has been disabled there may come, but not in his place as a witness
    code = site.town.campaign()
    with transaction(site.town.database, EVERYTHING) as session:
        find_user(session, "notary").state = "disabled"
    response = administrator.post("/accounts/users", **notary)
    assert (response.status_code, "user.witness" in response.text, code in response.text) == (422, True, True)
    with site.town.at("amr.approver") as desk:
        planning.cancel(desk, planning.find_campaign(desk, code), "不办了")
    administrator.does("/accounts/users", **notary)


def test_an_inspector_who_moves_loses_his_account_and_gets_one_in_his_new_department(site):
    """By a transfer, and by a merger: what he did stays the old department's, and it can't let him in again."""
    old, account = site.reader("amr.administrator"), user_id(site.town, "amr001")
    token, inspector = issue(site, "amr001"), site.reader("amr001")
    site.reader("amr.registrar").does("/registries/inspectors/AMR001/transfer", department="FIRE")
    assert (login_of(site, token), inspector.get("/campaigns/").status_code) == (None, 303)
    assert ("registrar", f"user/{account}", {}) in lines(site.town, "user:disable")
    given = new_user(login="moved", staff_number="AMR001", name="检查员AMR1", inspector="AMR001")
    assert "user.elsewhere" in old.post(f"/accounts/users/{account}/enable").text
    new = site.reader("fire.administrator")
    new.does("/accounts/users", **given, roles=["inspector"])
    assert roles(site.town, "moved") == {"inspector"}
    new.does("/accounts/departments/merge", successor="EM")
    assert ("administrator", f"user/{user_id(site.town, 'moved')}", {}) in lines(site.town, "user:disable")
    site.reader("em.administrator").does("/accounts/users", **given | {"login": "again"}, roles=["inspector"])
    assert roles(site.town, "again") == {"inspector"}


def test_whoever_was_moved_by_a_list_may_be_taken_on_while_his_old_account_stands(site):
    with transaction(site.town.database, EVERYTHING) as session:
        fire = find_user(session, "fire.planner").department_id
        session.scalars(select(Inspector).where(Inspector.code == "AMR001")).one().department_id = fire
    given = new_user(login="moved", staff_number="AMR001", name="检查员AMR1", inspector="AMR001")
    site.reader("fire.administrator").does("/accounts/users", **given)
    # whoever works in a department that was merged may be taken on elsewhere
    merged = new_user(login="legal", staff_number="fire.legal", name="FIRE legal")
    administrator = site.reader("em.administrator")
    assert "user.elsewhere" in administrator.post("/accounts/users", **merged).text
    site.reader("fire.administrator").does("/accounts/departments/merge", successor="EM")
    administrator.does("/accounts/users", **merged)


def test_a_password_set_by_somebody_else_is_good_for_another_one_alone(site, administrator):
    account = user_id(site.town, "amr.approver")
    administrator.does(f"/accounts/users/{account}/password", password=PASSWORD)
    approver = site.stranger()
    approver.does("/login", login="amr.approver", password=PASSWORD)
    approver._token = ""
    for path in ("/", "/campaigns/", "/public/campaigns", "/accounts/users", "/jobs/"):
        response = approver.get(path)
        assert (response.status_code, response.headers.get("Location")) == (303, "/password"), path
    part = approver.get("/campaigns/", **{"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/password"
    tried = [
        (method, re.sub(r"<[^>]*>", "1", rule))
        for method, rule, endpoint in routes(site.app)
        if method != "GET" and not rule.startswith("/api/") and not endpoint.startswith("login.")
    ]
    assert len(tried) > 40
    for method, path in tried:
        form = {"csrf_token": approver.token()}
        assert approver.client.open(path, method=method, data=form).headers["Location"] == "/password", path
    assert "由管理员设置" in approver.page("/password")
    own = "quite another password"
    same = approver.post("/password", old=PASSWORD, new=PASSWORD, again=PASSWORD)
    assert (same.status_code, approver.get("/campaigns/").status_code) == (422, 303)
    approver.does("/password", old=PASSWORD, new=own, again=own)
    approver._token = ""
    approver.does("/login", login="amr.approver", password=own)
    assert "由管理员设置" not in approver.page("/password")
    assert approver.get("/campaigns/").status_code == 200


def test_whoever_has_a_password_of_somebody_else_issues_no_token(site, administrator):
    account = user_id(site.town, "amr.planner")
    administrator.does(f"/accounts/users/{account}/password", password=PASSWORD)
    with refuses("token.provisional"), site.town.at("amr.planner") as desk:
        identity.issue_token(desk, "平台", desk.today)


@pytest.mark.parametrize("path", ["/accounts/users/{}/password", "/accounts/users"])
def test_nobody_waits_for_a_password_to_be_hashed(site, administrator, path):
    """With all hashers busy the request waits for one, and has not begun to write."""
    path = path.format(user_id(site.town, "amr.planner"))
    administrator.token()
    told: list[int] = []
    sent = Thread(target=lambda: told.append(administrator.post(path, **new_user()).status_code))
    with identity.HASHING, identity.HASHING:
        sent.start()
        sent.join(1)
        with transaction(site.town.database, EVERYTHING) as session:
            find_user(session, "amr.legal").inspector_id = None
        assert told == []
    sent.join(30)
    assert told == [303]


def test_two_persons_who_want_one_inspector_at_once_do_not_both_get_him(town):
    with transaction(town.database, EVERYTHING) as session:
        find_user(session, "amr000").inspector_id = None
    told: list[object] = []

    def second() -> None:
        with refuses("user.inspector_taken"), town.at(ADMINISTRATOR) as desk:
            administration.add_user(desk, NewUser("b", "b", "乙", "AMR", "AMR000"))
        told.append("refused")

    with town.at(ADMINISTRATOR) as desk:
        administration.add_user(desk, NewUser("a", "a", "甲", "AMR", "AMR000"))
        other = Thread(target=second)
        other.start()
        other.join(1)
    other.join(30)
    assert told == ["refused"]
