"""Acts by the API beside a campaign's main life: items are written, days given, draws checked again, lines read."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data.models import Draw, Inspector, Job
from scheduler.accounts import disable, find_user
from scheduler.transaction import EVERYTHING, reading, transaction
from tests.programs import Program
from tests.site import Site
from tests.web.test_api import problem

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
ITEM = {
    "code": "B01",
    "name": "新事项",
    "basis": "《某某法》第二条",
    "item_class": "general",
    "times_most": 2,
}


@pytest.fixture
def registrar(site: Site) -> Program:
    return Program(site, "amr.registrar")


# Items


def test_an_item_is_drafted_amended_and_confirmed_and_gets_a_next_version(site, registrar):
    made = registrar.make("/items", ITEM | {"methods": ["onsite"], "ratio_most": "5/100"})
    thing = f"/items/{made['id']}"
    assert (made["state"], made["code"], made["methods"], made["times_most"]) == (
        "draft",
        "B01",
        ["onsite"],
        2,
    )
    words = {name: made[name] for name in ("basis", "item_class", "methods", "times_most", "ratio_most")}
    amended = registrar.ask("PUT", thing, words | {"name": "改过"}, If_Match=registrar.etag(thing))
    assert (amended.json["name"], amended.json["code"], amended.json["version"]) == ("改过", "B01", 1)
    registrar.act(thing, "submit", {})
    Program(site, "amr.legal").act(thing, "pass", {})
    Program(site, "amr.office").act(thing, "confirm", {})
    next_one = registrar.ask("POST", f"{thing}/version")
    assert next_one.status_code == 201
    assert (next_one.json["version"], next_one.json["state"], next_one.json["name"]) == (2, "draft", "改过")
    assert next_one.headers["Location"].endswith(f"/items/{next_one.json['id']}")
    assert registrar.get(thing)["state"] == "published"
    problem(registrar.ask("POST", f"{thing}/version"), 422, "item.in_approval")
    problem(registrar.ask("PUT", thing, words | {"name": "x"}, If_Match="*"), 409, "item.not_now")


def test_every_fault_of_an_item_is_told_at_its_place(registrar):
    wrong = {"name": "", "item_class": "other", "ratio_most": "5", "times_least": "x", "methods": ["magic"]}
    told = problem(registrar.ask("POST", "/items", wrong), 422, "http.422")["errors"]
    assert {each["pointer"]: each["detail"] for each in told} == {
        "/name": "不能为空。",
        "/basis": "缺少这一项。",
        "/item_class": "不是这一列允许的值。",
        "/ratio_most": "不是不大于 1 的比例，请写作 5/100。",
        "/times_least": "应为不带前导零的整数。",
        "/methods": "不是这一列允许的值。",
    }
    registrar.make("/items", ITEM)
    problem(registrar.ask("POST", "/items", ITEM), 409, "item.exists")


def test_an_item_is_written_by_its_registrar_as_he_read_it(site, registrar):
    thing = f"/items/{registrar.make('/items', ITEM)['id']}"
    written = {name: ITEM[name] for name in ("name", "basis", "item_class")}
    problem(registrar.ask("PUT", thing, written), 428, "http.428")
    problem(registrar.ask("PUT", thing, written, If_Match='"old"'), 412, "http.412")
    problem(registrar.ask("PUT", thing, written | {"methods": ["magic"]}, If_Match="*"), 422, "item.fields")
    problem(registrar.ask("PUT", thing, written | {"code": "B02"}, If_Match="*"), 422, "http.422")
    for path in (thing, f"{thing}/version"):
        method = "PUT" if path == thing else "POST"
        body = written if path == thing else None
        problem(Program(site, "fire.registrar").ask(method, path, body, If_Match="*"), 404, "item.none")
        problem(Program(site, "amr.planner").ask(method, path, body, If_Match="*"), 403, "actor.role")
    assert registrar.get(thing)["times_most"] == 2


# Days


def test_a_program_asks_for_the_timetable_and_a_job_makes_it(site):
    code, _ = site.town.drawn(**SMALL)
    thing = f"/campaigns/{code}"
    amr, fire = Program(site, "amr.planner"), Program(site, "fire.planner")
    wanted = {"first": "2026-03-10", "last": "2026-03-20"}
    problem(fire.try_act(thing, "timetable", wanted), 403, "actor.other_department")
    problem(amr.try_act(thing, "timetable", wanted | {"last": "2027-03-20"}), 422, "timetable.days")
    problem(amr.try_act(thing, "timetable", wanted | {"most": 0}), 422, "http.422")
    problem(amr.ask("POST", f"{thing}/timetable", wanted), 428, "http.428")
    job = amr.act(thing, "timetable", wanted)
    assert (job["kind"], job["state"]) == ("timetable:make", "queued")
    assert amr.act(thing, "timetable", wanted)["id"] == job["id"]
    assert [each.outcome for each in site.run_jobs()] == ["done"]
    days = [each["planned_on"] for each in amr.get(f"/visits?campaign={code}&department=AMR")]
    assert len(days) == 6
    assert min(days) >= "2026-03-10"
    assert max(days) <= "2026-03-20"
    problem(amr.try_act(thing, "timetable", wanted), 422, "visit.none_to_schedule")
    visit = amr.get(f"/visits?campaign={code}&department=AMR")[0]["id"]
    refused = amr.try_act(f"/visits/{visit}", "schedule", {"day": "2026-03-14"})
    problem(refused, 422, "visit.day")
    assert refused.json["parameters"]["reasons"] == [{"kind": "not_working"}]


# Jobs


def draw_of(site: Site, number: str) -> str:
    with reading(site.town.database, EVERYTHING) as session:
        return f"/draws/{session.scalars(select(Draw.id).where(Draw.number == number)).one()}"


def test_a_draw_is_checked_again_and_its_job_tells_the_claims_to_who_may_take_the_bundle(site):
    _, number = site.town.drawn(**SMALL)
    auditor, draw = Program(site, "amr.auditor"), draw_of(site, number)
    asked = auditor.try_act(draw, "replay")
    assert asked.status_code == 202
    job = f"/jobs/{asked.json['id']}"
    assert (asked.json["kind"], asked.json["state"]) == ("draw:replay", "queued")
    assert auditor.get(f"{job}/claims") == []
    assert auditor.act(draw, "replay")["id"] == asked.json["id"]
    assert [each.outcome for each in site.run_jobs()] == ["done"]
    assert auditor.get(job)["state"] == "done"
    claims = auditor.get(f"{job}/claims")
    assert len(claims) > 5
    assert "wrong" not in {each["state"] for each in claims}
    assert Program(site, "amr.administrator").get(f"{job}/claims") == []
    problem(Program(site, "fire.auditor").ask("GET", f"{job}/claims"), 404, "job.unknown")
    problem(Program(site, "amr.registrar").try_act(draw, "replay"), 403, "actor.role")


def test_a_job_that_failed_is_asked_for_again(site):
    number = site.town.freeze(site.town.campaign(**SMALL))
    site.town.commit(number)
    site.town.open(number)
    draw, planner = draw_of(site, number), Program(site, "amr.planner")
    job = f"/jobs/{planner.act(draw, 'execute')['id']}"
    problem(planner.try_act(job, "again"), 422, "job.not_over")
    with transaction(site.town.database, EVERYTHING) as session:
        disable(session, site.town.now, "amr.planner")
    assert [each.outcome for each in site.run_jobs()] == ["failed"]
    with transaction(site.town.database, EVERYTHING) as session:
        find_user(session, "amr.planner").state = "active"
    assert planner.get(job)["error"] == "actor.unknown"
    problem(Program(site, "amr.auditor").try_act(job, "again"), 403, "actor.role")  # an auditor draws nothing
    problem(Program(site, "fire.planner").ask("POST", f"{job}/again", If_Match="*"), 404, "job.unknown")
    asked = planner.try_act(job, "again")
    assert asked.status_code == 202
    assert asked.json["id"] != int(job.rpartition("/")[2])
    site.run_jobs()
    assert planner.get(draw)["state"] == "completed"


def test_a_worker_that_sleeps_is_woken_for_a_job(site, monkeypatch):
    _, number = site.town.drawn(**SMALL)
    woken = []
    monkeypatch.setattr("web.api.parts.worker.wake", lambda: woken.append(True))
    Program(site, "amr.auditor").act(draw_of(site, number), "replay")
    assert woken == [True]


# Inspectors


def test_a_suspended_inspectors_seats_are_refilled_and_told(site, registrar):
    _, number = site.town.drawn(**SMALL)
    mine = {target for visit, target in site.town.visits(number) if "amr001" in site.town.team(visit)}
    told = registrar.act("/inspectors/AMR001", "state", {"state": "suspended"})["refilled"]
    assert {each["target"] for each in told} == mine
    assert all(each["taker"].startswith("AMR") for each in told)
    assert registrar.get("/inspectors/AMR001")["state"] == "suspended"
    problem(registrar.try_act("/inspectors/AMR001", "state", {"state": "suspended"}), 422, "inspector.state")
    old = registrar.ask("POST", "/inspectors/AMR001/state", {"state": "active"}, If_Match='"old"')
    problem(old, 412, "http.412")
    assert registrar.act("/inspectors/AMR001", "state", {"state": "active"}) == {"refilled": []}


def test_an_inspector_who_is_transferred_is_the_other_departments(site, registrar):
    problem(
        registrar.try_act("/inspectors/AMR005", "transfer", {"department": "X"}), 404, "department.unknown"
    )
    gone = registrar.try_act(
        "/inspectors/AMR005", "transfer", {"department": "EM"}, Idempotency_Key="key-0001"
    )
    assert (gone.status_code, gone.json) == (200, {"refilled": []})
    assert "ETag" not in gone.headers
    problem(registrar.ask("GET", "/inspectors/AMR005"), 404, "inspector.unknown")
    assert Program(site, "em.registrar").get("/inspectors/AMR005")["state"] == "active"
    other = Program(site, "fire.registrar")
    for act, body in (("state", {"state": "left"}), ("transfer", {"department": "FIRE"})):
        refused = other.ask("POST", f"/inspectors/AMR001/{act}", body, If_Match="*")
        problem(refused, 404, "inspector.unknown")
        refused = Program(site, "amr.planner").try_act("/inspectors/AMR001", act, body)
        problem(refused, 403, "actor.role")


def test_after_an_import_seats_that_were_left_are_refilled_once(site, registrar):
    _, number = site.town.drawn(**SMALL)
    mine = [target for visit, target in site.town.visits(number) if "amr001" in site.town.team(visit)]
    content = "department,id,name,capacity,状态\nAMR,AMR001,检查员AMR1,60,停用\n".encode()
    assert registrar.send("/imports/inspectors?name=a.csv", content).json["changed"] == 1
    with reading(site.town.database, EVERYTHING) as session:
        found = select(Inspector.state).where(Inspector.code == "AMR001")
        assert session.scalars(found).one() == "suspended"
    told = [registrar.ask("POST", "/inspectors/refill", Idempotency_Key="key-0001") for _ in range(2)]
    assert sorted(each["target"] for each in told[0].json["refilled"]) == sorted(mine)
    assert told[0].data == told[1].data
    assert registrar.ask("POST", "/inspectors/refill").json == {"refilled": []}


# The ledger


def test_the_ledger_is_read_by_whom_it_concerns_with_the_filters_of_the_page(site):
    site.town.drawn()
    planner, auditor = Program(site, "fire.planner"), Program(site, "amr.auditor")
    [line] = planner.get("/ledger?act=campaign:answer")
    assert (line["name"], line["role"], line["action"]) == ("FIRE planner", "planner", "campaign:answer")
    assert planner.get("/ledger?act=draw:freeze") == []
    [frozen] = auditor.get("/ledger?act=draw:freeze&person=AMR planner")
    assert frozen["subject"].startswith("draw/")
    seqs = [each["seq"] for each in auditor.get("/ledger?page_size=200")]
    assert seqs == sorted(seqs, reverse=True)
    assert [each["seq"] for each in auditor.get("/ledger?page=2&page_size=3")] == seqs[3:6]
    assert auditor.get("/ledger?subject=draw/99") == []
    assert auditor.get("/ledger?last=2020-01-01") == []
    assert len(auditor.get("/ledger?first=2020-01-01&page_size=200")) == len(seqs)
    assert auditor.get("/ledger?first=9999-12-31") == []
    problem(auditor.ask("GET", "/ledger?chain=other"), 422, "http.422")
    problem(auditor.ask("GET", "/ledger?first=today"), 422, "http.422")


def test_the_chain_of_security_is_for_auditors_and_administrators(site):
    with transaction(site.town.database, EVERYTHING) as session:
        disable(session, site.town.now, "amr.reviewer")
    for login in ("amr.auditor", "amr.administrator"):
        lines = Program(site, login).get("/ledger?chain=security")
        assert isinstance(lines, list)
    problem(Program(site, "amr.planner").ask("GET", "/ledger?chain=security"), 403, "actor.role")
    with reading(site.town.database, EVERYTHING) as session:
        assert session.scalars(select(Job)).all() == []
