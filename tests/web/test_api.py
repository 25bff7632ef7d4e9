"""The API as other systems use it: a campaign by it alone, who sees what, what is refused, what may be sent again."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from data.models import AnnualPlan, ApiToken, Campaign, KeptAnswer, LedgerEntry
from data.models.results import LARGEST_ATTACHMENT
from data.queries.paging import FARTHEST, LARGEST_SIZE
from data.schemas import campaigns, draws, files, items, ledgers, planning, public, registries, visits
from data.schemas.shapes import Closed, Listing, Nothing
from scheduler.idempotency import KEPT_FOR, forget_expired
from scheduler.inspection.drawing import promise_of
from scheduler.inspection.uploads import LARGEST_UPLOAD
from scheduler.transaction import EVERYTHING, reading, transaction
from tests.programs import BYTES, ROOT, Program
from tests.site import Site
from tests.town import DICE, TEXT
from web import worker
from web.api.imports import MOST_FAULTS
from web.field_faults import is_known
from web.settings import LARGEST_REQUEST

CODE = "2026-01"
THING = f"/campaigns/{CODE}"


@pytest.fixture
def planner(site):
    return Program(site, "amr.planner")


@pytest.fixture
def draft(site, planner):
    """A campaign in its draft."""
    planner.make("/campaigns", site.town.outline(code=CODE))
    return THING


def problem(response, status: int, code: str):
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    assert response.json["type"] == f"urn:yaohao:{code}"
    assert response.json["status"] == status
    return response.json


# The main life


def test_a_joint_campaign_goes_from_its_outline_to_disclosure_by_the_api_alone(site):
    program = {
        login: Program(site, login)
        for login in ("amr.planner", "fire.planner", "em.planner", "amr.approver", "notary", "amr.auditor")
    }
    amr = program["amr.planner"]
    amr.make("/campaigns", site.town.outline(code=CODE, total=2, strata_by="none", rates={}))
    amr.act(THING, "invite")
    for joining in ("fire", "em"):
        told = program[f"{joining}.planner"].act(THING, "answer", {"accept": True, "comment": "同意"})
        assert {each["department"]: each["answer"] for each in told["departments"]}[
            joining.upper()
        ] == "accepted"
    assert amr.get(f"{THING}/pool")["strata"] == [{"stratum": "all", "rows": 60, "quota": 2, "mean": "2"}]
    amr.act(THING, "submit")
    program["amr.approver"].act(THING, "approve")
    number = amr.act(THING, "freeze")["draws"][-1]["id"]
    draw = f"/draws/{number}"
    _draw(site, program, draw)
    amr.act(THING, "dispatch")
    site.town.pass_time(days=7)
    for department in ("AMR", "FIRE", "EM"):
        _inspect(site, department)
    amr.act(THING, "close")
    packed = program["amr.auditor"].ask("POST", f"{draw}/bundle")
    assert (packed.status_code, packed.mimetype, packed.data[:2]) == (200, "application/zip", b"PK")
    _is_public(site)


def _draw(site: Site, program: dict[str, Program], draw: str) -> None:
    amr, notary = program["amr.planner"], program["notary"]
    notary.act(draw, "promise", {"digest": promise_of(TEXT)})
    shown = amr.act(draw, "commit")["attempts"][0]
    assert shown["commitment"]
    assert shown["seed"] is None
    site.town.pass_time(hours=1)
    published_at = site.town.now.isoformat()
    amr.act(draw, "publish", {"place": "市政府网站", "published_at": published_at})
    site.town.pass_time(hours=1)
    shown = notary.act(draw, "reveal", {"text": TEXT})
    assert TEXT not in str(shown)
    assert amr.act(draw, "close-reveals") == {"absent": []}
    assert amr.act(draw, "entropy", {"entropy": DICE}) == {"outcome": "entered", "seed": None}
    assert DICE not in str(notary.get(draw))
    assert notary.act(draw, "entropy", {"entropy": DICE})["outcome"] == "opened"
    job = amr.act(draw, "execute")
    site.run_jobs()
    assert amr.get(f"/jobs/{job['id']}")["state"] == "done"
    assert amr.get(draw)["state"] == "completed"
    drawn = amr.get(f"{draw}/targets")
    assert [len(each["teams"]) for each in drawn] == [3, 3]
    assert all(len(team["members"]) == 2 for each in drawn for team in each["teams"])


def _inspect(site: Site, department: str) -> None:
    prefix = department.lower()
    planner = Program(site, f"{prefix}.planner")
    for place, listed in enumerate(
        planner.get(f"/visits?campaign={CODE}&department={department}&state=open")
    ):
        visit = f"/visits/{listed['id']}"
        found = place == 0
        lead = Program(site, listed["team"][0]["code"].lower())
        checks = [
            {"item": f"{department}/A01"}
            | ({"problem": "标价不清", "handling": "order_to_correct"} if found else {})
        ]
        entered = {
            "inspected_on": "2026-03-09",
            "code": "D" if found else "1",
            "checks": checks,
            "measures": ["责令改正"] if found else [],
        }
        assert lead.act(visit, "results", entered)["version"] == 1
        assert (
            Program(site, f"{prefix}.reviewer").act(visit, "review", {"accept": True})["state"] == "accepted"
        )
        assert Program(site, f"{prefix}.publisher").act(visit, "disclose")["state"] == "disclosed"
        version = planner.get(f"{visit}/results")[0]
        assert version["findings"][0]["item"] == f"{department}/A01"
        assert version["review"]["decision"] == "accept"
        assert version["disclosure"]["due_on"]
    reviewer = Program(site, f"{prefix}.reviewer")
    [follow_up] = reviewer.get("/follow-ups")
    closed = reviewer.act(f"/follow-ups/{follow_up['id']}", "close", {"note": "已改正"})
    assert (closed["state"], closed["closing_note"]) == ("closed", "已改正")


def _is_public(site: Site) -> None:
    stranger = Program(site)
    [campaign] = stranger.get("/public/campaigns")
    assert (campaign["code"], campaign["drawn"]) == (CODE, 2)
    [number] = stranger.get("/public/register")
    assert number["state"] == "completed"
    disclosed = stranger.get("/public/results?page_size=200")
    assert len(disclosed) == 6
    assert stranger.get(f"/public/results/{disclosed[0]['id']}")["versions"] == 1


def test_items_and_annual_plans_are_moved_by_the_api(site, planner):
    outline = {
        "year": 2026,
        "number": "1号",
        "name": "年度计划",
        "lines": [
            {"item": "AMR/A01", "kind": "targeted", "first_month": 1, "last_month": 12, "ratio": "5/100"}
        ],
    }
    made = planner.make("/annual-plans", outline)
    plan = f"/annual-plans/{made['id']}"
    assert Program(site, "amr.approver").act(plan, "approve")["state"] == "approved"
    assert planner.act(plan, "publish")["state"] == "published"
    assert planner.get("/annual-plans?state=published")[0]["number"] == "1号"
    [item] = planner.get("/items?department=AMR")
    retired = Program(site, "amr.office").act(f"/items/{item['id']}", "retire", {"opinion": "不再检查"})
    assert (retired["state"], retired["department"], retired["code"]) == ("retired", "AMR", "A01")


# Who comes, and what he sees


def test_without_a_token_in_force_nobody_comes_in(site, planner):
    assert planner.get("/me")["login"] == "amr.planner"
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
        response = site.app.test_client().get(f"{ROOT}/me", headers=headers)
        problem(response, 401, "http.401")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_browsers_session_alone_is_worth_nothing_here(site):
    reader = site.reader("amr.planner")
    assert reader.get("/campaigns/").status_code == 200
    problem(reader.get(f"{ROOT}/me"), 401, "http.401")
    problem(reader.client.post(f"{ROOT}/campaigns", json={}), 401, "http.401")


def test_a_token_that_was_revoked_or_has_run_out_or_whose_account_is_disabled_opens_nothing(site, planner):
    site.town.now += timedelta(days=5 * 365)
    problem(planner.ask("GET", "/me"), 401, "http.401")
    site.town.now -= timedelta(days=5 * 365)
    assert planner.get("/me")
    with transaction(site.town.database, EVERYTHING) as session:
        session.scalars(select(ApiToken)).one().revoked_at = site.town.now
    problem(planner.ask("GET", "/me"), 401, "http.401")


def test_a_role_that_is_lacking_is_refused_and_nothing_is_done(site, draft):
    approver = Program(site, "amr.approver", english=True)
    told = problem(approver.try_act(draft, "invite"), 403, "actor.role")
    assert told["parameters"] == {"wanted": ["planner"]}
    assert told["detail"] == "one of these roles is needed: Planner"
    assert approver.get(draft)["state"] == "draft"


def test_what_is_of_other_departments_is_not_there(site, planner):
    made = planner.make(
        "/campaigns",
        site.town.outline(code="own", departments=[{"code": "AMR"}], items=["AMR/A01"], witnesses=[]),
    )
    stranger = Program(site, "fire.planner")
    problem(stranger.ask("GET", f"/campaigns/{made['code']}"), 404, "campaign.unknown")
    problem(
        stranger.ask("PUT", f"/campaigns/{made['code']}", made["outline"], If_Match="*"),
        404,
        "campaign.unknown",
    )
    problem(stranger.ask("POST", f"/campaigns/{made['code']}/submit", If_Match="*"), 404, "campaign.unknown")
    assert stranger.get("/campaigns") == []
    code = site.town.campaign(code="two", departments=[{"code": "AMR"}, {"code": "EM"}], witnesses=[],
                              items=["AMR/A01", "EM/A01"])  # fmt: skip
    number = site.town.freeze(code)
    [drawn] = planner.get("/draws")
    assert drawn["number"] == number
    for path in (
        f"/draws/{drawn['id']}",
        f"/draws/{drawn['id']}/targets",
        "/jobs/1",
        "/visits/1",
        "/inspectors/AMR000",
    ):
        assert stranger.ask("GET", path).status_code == 404, path
    assert planner.get("/inspectors/AMR000")["certificates"]


def test_no_answer_has_a_secret_or_a_password_hash_or_a_digest_of_a_token(site):
    """E: each schema names its columns; none of these is among them."""
    hidden = {"password_hash", "secret", "salt_secret", "digest", "content", "form_key"}
    document = site.app.test_client().get(f"{ROOT}/openapi.json").json
    shown = {
        (name, field)
        for name, schema in document["components"]["schemas"].items()
        for field in schema.get("properties", {})
        if field in hidden
    }
    outlines = {(name, "content") for name in ("ItemShown", "ItemOutline", "NewItemOutline")}
    assert shown == {("PromiseGiven", "digest"), *outlines}


# Other versions of a thing


def test_an_act_says_which_version_it_is_about(planner, draft):
    first = planner.etag(draft)
    problem(planner.ask("POST", f"{draft}/invite"), 428, "http.428")
    problem(planner.ask("POST", f"{draft}/invite", If_Match='"other"'), 412, "http.412")
    assert planner.get(draft)["state"] == "draft"
    done = planner.ask("POST", f"{draft}/invite", If_Match=first)
    assert done.json["state"] == "invited"
    assert done.headers["ETag"] == planner.etag(draft) != first
    problem(planner.ask("POST", f"{draft}/submit", If_Match=first), 412, "http.412")


def test_the_answer_of_another_department_makes_what_was_read_old(site, planner, draft):
    planner.act(draft, "invite")
    read = planner.etag(draft)
    Program(site, "fire.planner").act(draft, "answer", {"accept": True})
    problem(planner.ask("POST", f"{draft}/submit", If_Match=read), 412, "http.412")


def test_what_has_not_changed_is_not_sent_again(planner, draft):
    tag = planner.etag(draft)
    response = planner.ask("GET", draft, If_None_Match=tag)
    assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", tag)
    assert planner.ask("GET", draft, If_None_Match='"other"').status_code == 200


def test_an_outline_is_read_changed_and_sent_back(planner, draft):
    read = planner.ask("GET", draft)
    outline = read.json["outline"] | {"name": "改过的名称"}
    done = planner.ask("PUT", draft, outline, If_Match=read.headers["ETag"])
    assert done.json["outline"] == outline


# What is sent


@pytest.mark.parametrize(
    "name", ["department_id", "role", "state", "seed", "approved_by", "published_at", "id"]
)
def test_nothing_is_set_that_the_schema_does_not_name(planner, draft, name):
    read = planner.ask("GET", draft)
    outline = read.json["outline"] | {name: 1}
    told = problem(planner.ask("PUT", draft, outline, If_Match=read.headers["ETag"]), 422, "http.422")
    assert told["errors"] == [{"in": "body", "pointer": f"/{name}", "detail": "没有这一项。"}]
    assert planner.etag(draft) == read.headers["ETag"]


def test_no_body_of_any_operation_takes_what_it_does_not_know(site):
    """E3 for every operation: each is asked for with a field too many, by whoever may come there."""
    document = site.app.test_client().get(f"{ROOT}/openapi.json").json
    bodies = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in ("post", "put"):
                continue
            program = _whoever_may(site, operation)
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            known = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
            for name in {"department_id", "role", "state", "seed", "approved_by", "published_at"} - set(
                known.get("properties", {})
            ):
                where = path.removeprefix(ROOT).replace("{code}", CODE).replace("{", "").replace("}", "")
                where = "/".join(
                    "1" if part.endswith(("_id", "number")) else part for part in where.split("/")
                )
                response = program.ask(method, where, {name: "x"}, If_Match="*")
                if BYTES in content:  # a file, beside which the query is as closed
                    problem(program.ask(method, f"{where}?name=x", {}, If_Match="*"), 415, "http.415")
                    response = program.send(f"{where}?{name}=x", b"x", If_Match="*")
                assert response.status_code == 422, (method, path, name, response.text)
                assert any(each["pointer"] in (f"/{name}", "") for each in response.json["errors"])
                bodies += 1
    assert bodies > 200


def _whoever_may(site: Site, operation: dict) -> Program:
    role = operation.get("x-roles", [""])[0]
    return Program(
        site, {"witness": "notary", "inspector": "amr000", "": "amr.planner"}.get(role, f"amr.{role}")
    )


def test_a_parameter_that_is_not_known_is_refused(planner, draft):
    told = problem(planner.ask("GET", "/campaigns?state=draft&sort=name"), 422, "http.422")
    assert told["errors"] == [{"in": "query", "pointer": "/sort", "detail": "没有这一项。"}]
    for path in ("/me?x=1", f"{draft}?x=1", f"{draft}?page=1", "/public/campaigns?x=1"):
        problem(planner.ask("GET", path), 422, "http.422")


def test_every_fault_is_told_with_its_place_in_the_readers_language(site):
    written = site.town.outline(code=CODE, kind="other", departments=[{"code": "AMR", "size": 0}], name=None)
    places = {"/kind", "/departments/0/size", "/name"}
    for english, detail in ((False, "不能为 null。"), (True, "Field may not be null.")):
        program = Program(site, "amr.planner", english)
        told = problem(program.ask("POST", "/campaigns", written), 422, "http.422")
        assert {each["pointer"] for each in told["errors"]} == places
        assert {each["pointer"]: each["detail"] for each in told["errors"]}["/name"] == detail


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"1" * 5_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b'{"reason": "\\u0000"}', "application/json", 422),
        (b'{"reason": "\\ud800"}', "application/json", 422),
        (b'{"\\u0000": 1}', "application/json", 422),
    ],
)
def test_a_body_that_is_none_is_told_as_a_problem(site, draft, body, kind, status):
    approver = Program(site, "amr.approver")
    response = approver.client.post(
        f"{ROOT}{draft}/cancel", data=body, content_type=kind, headers=approver.headers | {"If-Match": "*"}
    )
    problem(response, status, f"http.{status}")


def test_what_the_program_has_no_address_for_is_told_as_a_problem_too(planner):
    problem(planner.ask("GET", "/nothing"), 404, "http.404")
    assert planner.ask("DELETE", "/me").headers["Allow"] == "GET, HEAD, OPTIONS"
    problem(planner.ask("DELETE", "/me"), 405, "http.405")
    problem(planner.ask("GET", "/campaigns/%00"), 404, "http.404")
    problem(planner.ask("GET", "/visits/99999999999999999999"), 404, "http.404")


def test_a_list_is_paged_and_says_how_long_it_is(planner):
    response = planner.ask("GET", "/targets?page=2&page_size=25")
    assert len(response.json) == 25
    assert '"total": 60' in response.headers["X-Pagination"]
    assert [each["code"] for each in planner.get("/targets?q=第7加油站")] == ["T0007"]
    problem(planner.ask("GET", "/targets?page_size=201"), 422, "http.422")


# Requests that come again


def test_the_same_request_under_the_same_key_is_done_once(site, planner):
    outline = site.town.outline(code=CODE)
    first = planner.ask("POST", "/campaigns", outline, Idempotency_Key="key-0001")
    again = planner.ask("POST", "/campaigns", outline, Idempotency_Key="key-0001")
    assert (first.status_code, first.data) == (again.status_code, again.data) == (201, first.data)
    assert [first.headers[name] for name in ("ETag", "Location")] == [
        again.headers[name] for name in ("ETag", "Location")
    ]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(planner.ask("POST", "/campaigns", outline, Idempotency_Key="key-0002"), 409, "campaign.exists")


def test_an_act_that_comes_again_needs_no_new_version(planner, draft):
    tag = planner.etag(draft)
    first = planner.ask("POST", f"{draft}/invite", If_Match=tag, Idempotency_Key="key-0001")
    again = planner.ask("POST", f"{draft}/invite", If_Match=tag, Idempotency_Key="key-0001")
    assert again.data == first.data
    problem(planner.ask("POST", f"{draft}/invite", If_Match=tag, Idempotency_Key="key-0002"), 412, "http.412")


def test_another_request_under_the_same_key_is_refused(site, planner):
    planner.ask("POST", "/campaigns", site.town.outline(code=CODE), Idempotency_Key="key-0001")
    other = planner.ask("POST", "/campaigns", site.town.outline(code="other"), Idempotency_Key="key-0001")
    problem(other, 422, "idempotency.other_request")
    problem(planner.ask("GET", "/campaigns/other"), 404, "campaign.unknown")


def test_the_keys_of_two_accounts_are_two_keys(site, planner):
    planner.ask("POST", "/campaigns", site.town.outline(code=CODE), Idempotency_Key="key-0001")
    fire = site.town.outline(code="fire", departments=[{"code": "FIRE"}], items=["FIRE/A01"], witnesses=[])
    made = Program(site, "fire.planner").ask("POST", "/campaigns", fire, Idempotency_Key="key-0001")
    assert made.json["code"] == "fire"


def test_what_was_refused_may_be_tried_again_under_its_key(site, planner):
    wrong = site.town.outline(code=CODE, items=["AMR/none"])
    problem(
        planner.ask("POST", "/campaigns", wrong, Idempotency_Key="key-0001"), 422, "campaign.no_such_item"
    )
    done = planner.ask("POST", "/campaigns", site.town.outline(code=CODE), Idempotency_Key="key-0001")
    assert done.status_code == 201


@pytest.mark.parametrize(
    "key", ["short", "x" * 101, "with space", "钥匙钥匙钥匙钥匙".encode().decode("latin-1")]
)
def test_a_key_that_is_none_is_refused(site, planner, key):
    response = planner.ask("POST", "/campaigns", site.town.outline(code=CODE), Idempotency_Key=key)
    problem(response, 422, "idempotency.key")


def kept_keys(site) -> list[str]:
    with reading(site.town.database, EVERYTHING) as session:
        return sorted(session.scalars(select(KeptAnswer.key)))


def test_an_answer_is_kept_for_thirty_days_and_then_swept_away_whoever_it_was_for(site, planner):
    planner.ask("POST", "/campaigns", site.town.outline(code="one"), Idempotency_Key="key-0001")
    site.town.pass_time(days=29)
    em = site.town.outline(code="two", items=["EM/A01"], departments=[{"code": "EM"}])
    Program(site, "em.planner").ask("POST", "/campaigns", em, Idempotency_Key="key-0002")
    assert forget_expired(site.town.database, site.town.now) == 0
    site.town.pass_time(days=2)
    assert kept_keys(site) == ["key-0001", "key-0002"]
    running = worker.start(site.app)
    try:
        end = time.monotonic() + 10
        while kept_keys(site) != ["key-0002"] and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        running.stop()
    assert kept_keys(site) == ["key-0002"]


def test_a_sweep_forgets_so_many_answers_at_most(site, planner, monkeypatch):
    monkeypatch.setattr("scheduler.idempotency.MOST_AT_ONCE", 2)
    for n in range(3):
        outline = site.town.outline(code=f"c{n}")
        planner.ask("POST", "/campaigns", outline, Idempotency_Key=f"key-000{n}")
    site.town.pass_time(days=31)
    assert [forget_expired(site.town.database, site.town.now) for _ in range(3)] == [2, 1, 0]
    assert kept_keys(site) == []


def test_an_act_and_its_kept_answer_are_one_transaction(site, planner, monkeypatch):
    """Where keeping breaks down, the act has not been done either."""
    monkeypatch.setattr("scheduler.idempotency.kept_answers.keep_answer", lambda *_: 1 / 0)
    response = planner.ask("POST", "/campaigns", site.town.outline(code=CODE), Idempotency_Key="key-0001")
    problem(response, 500, "http.500")
    with reading(site.town.database, EVERYTHING) as session:
        assert session.scalars(select(Campaign)).all() == []


def test_of_twenty_at_once_under_one_key_one_does_it_and_all_have_its_answer(town):
    site = Site(town)
    program = Program(site, "amr.planner")
    outline = {
        "year": 2026,
        "number": "1号",
        "name": "年度计划",
        "lines": [
            {"item": "AMR/A01", "kind": "targeted", "first_month": 1, "last_month": 12, "ratio": "5/100"}
        ],
    }

    def send(_: int):
        asker = Program.__new__(Program)
        asker.client, asker.headers = site.app.test_client(), program.headers
        return asker.ask("POST", "/annual-plans", outline, Idempotency_Key="one-key-for-all")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    site.close()
    assert {each.status_code for each in answers} == {201}
    assert len({each.data for each in answers}) == 1
    assert sum("Idempotency-Replayed" in each.headers for each in answers) == 19
    with reading(town.database, EVERYTHING) as session:
        assert len(session.scalars(select(AnnualPlan)).all()) == 1
        drafted = select(LedgerEntry).where(LedgerEntry.action == "annual_plan:draft")
        assert len(session.scalars(drafted).all()) == 1


def test_of_ten_acts_at_once_on_one_version_one_is_done(town):
    site = Site(town)
    planner = Program(site, "amr.planner")
    plan = {"item": "AMR/A01", "kind": "targeted", "first_month": 1, "last_month": 12, "ratio": "5/100"}
    planner.make("/annual-plans", {"year": 2026, "number": "1号", "name": "年度计划", "lines": [plan]})
    tag = planner.etag("/annual-plans/1")

    def amend(number: int):
        asker = Program.__new__(Program)
        asker.client, asker.headers = site.app.test_client(), planner.headers
        written = {"year": 2026, "number": "1号", "name": f"第{number}稿", "lines": [plan]}
        return asker.ask("PUT", "/annual-plans/1", written, If_Match=tag).status_code

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(amend, range(10)))
    site.close()
    assert answers == [200, *[412] * 9]


# The document


def test_the_document_has_every_route_and_nothing_else(site):
    document = site.app.test_client().get(f"{ROOT}/openapi.json").json
    told = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method in ("get", "put", "post", "delete", "patch")
    }
    there = {
        (method, _as_told(rule.rule))
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api-docs.openapi_json"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert told == there
    assert len(told) >= 60
    assert document["openapi"] == "3.1.0"


def _as_told(rule: str) -> str:
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)


@pytest.mark.parametrize("english", [False, True])
def test_the_document_is_in_one_language(site, english):
    document = Program(site, english=english).get("/openapi.json")
    told = list(_words(document))
    assert len(told) > 200
    chinese = [bool(re.search("[\u4e00-\u9fff]", each)) for each in told]
    assert [each for each, is_chinese in zip(told, chinese, strict=True) if is_chinese == english] == []


def _words(told: object):
    if isinstance(told, dict):
        for name, value in told.items():
            if name in ("summary", "description") and isinstance(value, str):
                yield value
            else:
                yield from _words(value)
    elif isinstance(told, list):
        for each in told:
            yield from _words(each)


def test_every_fault_that_a_schema_can_find_has_its_chinese():
    """Of the fields of all schemas that read something: their messages, and those of their validators."""
    messages = set()
    for schema in _reading_schemas():
        for field in schema.fields.values():
            messages |= {str(each) for each in field.error_messages.values()}
            for validator in field.validators:
                messages |= {
                    str(value)
                    for name, value in vars(type(validator)).items()
                    if name.startswith(("message", "default_m"))
                }
        messages |= {str(each) for each in schema.error_messages.values()}
    assert len(messages) > 20
    assert sorted(each for each in map(_filled, messages) if each.endswith(".") and not is_known(each)) == []


def test_what_our_own_schemas_tell_by_a_code_has_its_sentence(site):
    written = site.town.outline(code="a/b")
    for english in (False, True):
        response = Program(site, "amr.planner", english).ask("POST", "/campaigns", written)
        [fault] = problem(response, 422, "http.422")["errors"]
        assert fault["pointer"] == "/code"
        assert "slash" in fault["detail"] if english else "斜线" in fault["detail"]
    line = {"item": "AMR/A01", "kind": "targeted", "first_month": 5, "last_month": 13, "ratio": "5/4"}
    plan = {"year": 2026, "number": "1", "name": "计划", "lines": [line]}
    response = Program(site, "amr.planner").ask("POST", "/annual-plans", plan)
    told = problem(response, 422, "http.422")["errors"]
    assert {each["pointer"] for each in told} == {"/lines/0/last_month", "/lines/0/ratio"}
    assert all(re.search("[\u4e00-\u9fff]", each["detail"]) for each in told)


def _filled(message: str) -> str:
    """A sentence of marshmallow with what it stands for."""
    for name, word in (
        ("{min_op}", "greater than or equal to"),
        ("{max_op}", "less than or equal to"),
        ("{obj_type}", "datetime"),
        ("{awareness}", "aware"),
        ("{{", "{"),
        ("}}", "}"),
    ):
        message = message.replace(name, word)
    return message


def _reading_schemas():
    seen: set[type] = set()
    waiting = [Listing, Nothing]
    for module in (campaigns, draws, files, items, ledgers, planning, public, registries, visits):
        waiting += [
            each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Closed)
        ]
    while waiting:
        schema = waiting.pop()
        if schema not in seen:
            seen.add(schema)
            yield schema()


# The page that tells of it

DOCUMENT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def test_the_examples_of_the_document_are_answered_as_it_says(site, planner):
    examples = re.findall(r"^```http\n(.*?)^→ (\d+)\n```$", DOCUMENT, re.DOTALL | re.MULTILINE)
    assert len(examples) >= 9
    whose = {"Bearer TOKEN": planner, "Bearer REGISTRARS_TOKEN": Program(site, "amr.registrar")}
    for example, status in examples:
        head, _, body = example.partition("\n\n")
        first, *lines = head.splitlines()
        method, path = first.split(" ", 1)
        headers = dict(line.split(": ", 1) for line in lines)
        if "Authorization" in headers:
            headers["Authorization"] = whose[headers["Authorization"]].headers["Authorization"]
        if headers.get("If-Match", "").startswith("ETAG of "):
            headers["If-Match"] = planner.etag(
                headers["If-Match"].removeprefix("ETAG of ").removeprefix(ROOT)
            )
        response = site.app.test_client().open(path, method=method, headers=headers, data=body.encode())
        assert response.status_code == int(status), (example, response.text)


def test_the_document_says_what_is_so_of_keys_and_pages():
    assert f"for {KEPT_FOR.days} days" in DOCUMENT
    assert f"(20, at most {LARGEST_SIZE})" in DOCUMENT
    assert f"beyond {FARTHEST:,}" in DOCUMENT
    assert f"at most {LARGEST_UPLOAD >> 20} MB" in DOCUMENT
    assert f"at most {LARGEST_ATTACHMENT >> 20} MB" in DOCUMENT
    assert f"larger than {LARGEST_REQUEST >> 20} MB" in DOCUMENT
    assert f"the first {MOST_FAULTS} faults" in DOCUMENT


def test_the_page_of_tokens_leads_to_it(site):
    assert 'href="/api/"' in site.reader("amr.administrator").page("/accounts/tokens")
