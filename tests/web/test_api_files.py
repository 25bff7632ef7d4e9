"""Files by the API: lists to be imported, and attachments; with the rules and the limits of the pages."""

from __future__ import annotations

import hashlib
import re

import pytest
from sqlalchemy import func, select

from data.models import Attachment, Import, Target, Upload
from data.models.results import LARGEST_ATTACHMENT
from scheduler.inspection.uploads import LARGEST_UPLOAD
from scheduler.transaction import EVERYTHING, reading
from tests.programs import Program
from tests.site import Site
from tests.web.test_api import problem
from web.api import imports
from web.spreadsheet import xlsx

HEAD = "编号,代码类别,名称,风险等级\n"
GOOD = f"{HEAD}T0000,其他,第0加油站,D\nN1,其他,新站,A\n"
FAULTY = f"{GOOD}N2,其他,,A\nN3,其他,又一站,E\n"
TARGETS = "/imports/targets?name=名单.csv"


@pytest.fixture
def registrar(site: Site) -> Program:
    return Program(site, "amr.registrar")


def done(response) -> dict:
    assert response.status_code in (200, 201), response.text
    return response.json


def count(site: Site, model) -> int:
    with reading(site.town.database, EVERYTHING) as session:
        return session.scalar(select(func.count()).select_from(model))


# Lists


def test_a_list_is_imported_whole_and_sent_again_changes_nothing(site, registrar):
    made = done(registrar.send(TARGETS, GOOD.encode()))
    assert {name: made[name] for name in ("applied", "rows", "added", "changed", "unchanged", "faults")} == {
        "applied": True, "rows": 2, "added": 1, "changed": 1, "unchanged": 0, "faults": 0,
    }  # fmt: skip
    assert registrar.get("/targets/N1")["name"] == "新站"
    again = done(registrar.send(TARGETS, GOOD.encode()))
    assert (again["applied"], again["added"], again["changed"], again["unchanged"]) == (True, 0, 0, 2)
    [told] = registrar.get("/imports?kind=targets")
    assert (told["file_name"], told["added"], told["person"]) == ("名单.csv", 1, "AMR registrar")
    assert told["sha256"] == made["sha256"] == hashlib.sha256(GOOD.encode()).hexdigest()
    assert count(site, Upload) == 0
    told = registrar.get("/ledger?act=import:applied")
    assert [each["subject"] for each in told] == ["targets"]


def test_a_workbook_is_imported_as_well(registrar):
    header, *rows = (line.split(",") for line in GOOD.splitlines())
    with xlsx(header, rows) as file:
        made = registrar.send("/imports/targets?name=名单.xlsx", file.read())
    assert done(made)["added"] == 1


def test_a_list_with_a_fault_is_refused_with_every_place_and_nothing_is_imported(site, registrar):
    before = count(site, Target)
    told = problem(registrar.send(TARGETS, FAULTY.encode()), 422, "upload.faults")
    assert told["parameters"] == {"count": 2}
    assert told["errors"] == [
        {"in": "body", "pointer": "", "sheet": "", "line": 4, "column": "名称", "value": "", "code": "empty",
         "detail": "不能为空。"},
        {"in": "body", "pointer": "", "sheet": "", "line": 5, "column": "风险等级", "value": "E",
         "code": "not_a_choice", "detail": "不是这一列允许的值。"},
    ]  # fmt: skip
    english = Program(site, "amr.registrar", english=True)
    told = problem(english.send(TARGETS, FAULTY.encode()), 422, "upload.faults")
    assert told["errors"][0]["detail"] == "Must not be empty."
    assert (count(site, Target), count(site, Import)) == (before, 0)


def test_the_sound_rows_alone_are_imported_only_for_who_says_so(registrar):
    made = done(registrar.send(f"{TARGETS}&sound_only=true", FAULTY.encode()))
    assert (made["applied"], made["rows"], made["left_out"], made["added"]) == (True, 4, 2, 1)
    assert [each["line"] for each in made["errors"]] == [4, 5]
    problem(registrar.ask("GET", "/targets/N2"), 404, "target.unknown")


def test_a_preview_only_compares(site, registrar):
    before = count(site, Target)
    for content, faults in ((GOOD, 0), (FAULTY, 2)):
        made = done(registrar.send(f"{TARGETS}&preview=true", content.encode()))
        assert (made["applied"], made["added"], made["changed"], made["faults"]) == (False, 1, 1, faults)
        assert [(each["in"], each["pointer"]) for each in made["errors"]] == [("body", "")] * faults
    assert (count(site, Target), count(site, Import), count(site, Upload)) == (before, 0, 0)


def test_of_very_many_faults_the_first_are_told_one_by_one(registrar, monkeypatch):
    monkeypatch.setattr(imports, "MOST_FAULTS", 3)
    content = HEAD + "".join(f"B{n},其他,,A\n" for n in range(10))
    told = problem(registrar.send(TARGETS, content.encode()), 422, "upload.faults")
    assert (told["parameters"], len(told["errors"])) == ({"count": 10}, 3)


def test_a_registrar_imports_only_what_is_his_own(site, registrar):
    inspectors = "department,id,name,capacity\nEM,EM000,他人,60\n".encode()
    told = problem(registrar.send("/imports/inspectors?name=a.csv", inspectors), 422, "upload.faults")
    assert {each["code"] for each in told["errors"]} == {"other_department"}
    departments = b"code,name\nX,X\n"
    problem(registrar.send("/imports/departments?name=a.csv", departments), 403, "actor.role")
    administrator = Program(site, "amr.administrator")
    problem(administrator.send(TARGETS, GOOD.encode()), 403, "actor.role")
    planner = Program(site, "amr.planner")
    problem(planner.send(TARGETS, GOOD.encode()), 403, "actor.role")
    assert count(site, Import) == 0
    done(registrar.send(TARGETS, GOOD.encode()))
    assert len(Program(site, "amr.auditor").get("/imports")) == 1
    assert Program(site, "fire.registrar").get("/imports") == []


@pytest.mark.parametrize(
    ("path", "content", "status", "code"),
    [
        (TARGETS, b"", 422, "upload.empty"),
        (TARGETS, b"x" * (LARGEST_UPLOAD + 1), 422, "upload.too_large"),
        (TARGETS, b"x" * (25 << 20), 413, "http.413"),
        ("/imports/targets?name=%E2%80%8B.csv", b"x", 422, "upload.name"),
        ("/imports/targets?name=a/b.csv", b"x", 422, "http.422"),
        ("/imports/targets", b"x", 422, "http.422"),
        (f"{TARGETS}&preview=1", b"x", 422, "http.422"),
        (f"{TARGETS}&department=EM", b"x", 422, "http.422"),
        ("/imports/nonsense?name=a.csv", b"x", 404, "http.404"),
        ("/imports?kind=nonsense", None, 422, "http.422"),
    ],
)
def test_what_is_no_list_is_refused(registrar, path, content, status, code):
    response = registrar.ask("GET", path) if content is None else registrar.send(path, content)
    problem(response, status, code)


def test_a_file_is_sent_as_such_and_not_as_a_form(registrar):
    for kind in ("text/csv", "multipart/form-data", "application/x-www-form-urlencoded", ""):
        problem(registrar.send(TARGETS, GOOD.encode(), kind), 415, "http.415")


# Attachments


@pytest.fixture
def entered(site: Site) -> tuple[Program, str]:
    """A member of a team, and his visit, whose result waits for its review."""
    _, number = site.town.drawn(rates={}, total=2, strata_by="none")
    visit = site.town.visits(number)[0][0]
    member, thing = Program(site, site.town.team(visit)[0]), f"/visits/{visit}"
    result = {"inspected_on": "2026-03-09", "code": "1", "checks": [{"item": "AMR/A01"}]}
    member.act(thing, "results", result)
    return member, thing


def attach(member: Program, thing: str, content: bytes, name: str = "现场.jpg", **headers: str):
    told = {"If_Match": member.etag(thing)} | headers
    return member.send(f"{thing}/attachments?name={name}", content, **told)


def test_a_file_is_attached_and_taken_away_as_it_was(site, entered):
    member, thing = entered
    content = bytes(range(256))
    made = done(attach(member, thing, content))
    assert (made["name"], made["media_type"], made["size"]) == ("现场.jpg", "image/jpeg", 256)
    assert made["sha256"] == hashlib.sha256(content).hexdigest()
    assert member.get(thing)["files"] == 1
    assert member.get(f"{thing}/results")[0]["files"] == [made]
    taken = member.ask("GET", f"{thing}/attachments/{made['id']}")
    assert (taken.status_code, taken.data, taken.mimetype) == (200, content, "application/octet-stream")
    assert taken.headers["Content-Disposition"].startswith("attachment;")
    assert taken.headers["X-Content-Type-Options"] == "nosniff"
    other = Program(site, "em.planner")
    assert other.ask("GET", f"{thing}/attachments/{made['id']}").status_code in (403, 404)
    problem(member.ask("GET", f"{thing}/attachments/999"), 404, "attachment.unknown")


def test_a_file_is_reached_by_its_own_visit_alone(entered):
    member, thing = entered
    made = done(attach(member, thing, b"1"))
    own = int(thing.rpartition("/")[2])
    others = [each["id"] for each in member.get("/visits") if each["id"] != own]
    problem(member.ask("GET", f"/visits/{others[0]}/attachments/{made['id']}"), 404, "attachment.unknown")


def test_a_file_is_attached_by_the_rules_of_the_page(site, entered):
    member, thing = entered
    done(attach(member, thing, b"1"))
    problem(attach(member, thing, b"1", "other.txt"), 422, "attachment.twice")
    problem(attach(member, thing, b""), 422, "attachment.size")
    problem(attach(member, thing, b"x" * (LARGEST_ATTACHMENT + 1)), 422, "attachment.size")
    problem(attach(member, thing, b"2", " "), 422, "attachment.name")
    problem(attach(member, thing, b"2", "a/b"), 422, "http.422")
    problem(attach(member, thing, b"2", If_Match='"old"'), 412, "http.412")
    problem(member.send(f"{thing}/attachments?name=a", b"2"), 428, "http.428")
    others = {"amr000", "amr001", "amr002", "amr003", "amr004", "amr005"} - set(
        site.town.team(int(thing.rpartition("/")[2]))
    )
    problem(attach(Program(site, min(others)), thing, b"2"), 422, "result.not_of_the_team")
    Program(site, "amr.reviewer").act(thing, "review", {"accept": True})
    problem(attach(member, thing, b"2"), 409, "visit.not_now")
    assert count(site, Attachment) == 1


def test_a_file_that_comes_again_under_its_key_is_attached_once(site, entered):
    member, thing = entered
    tag = member.etag(thing)
    sent = [attach(member, thing, b"1", If_Match=tag, Idempotency_Key="key-0001") for _ in range(2)]
    assert sent[0].data == sent[1].data
    assert sent[1].headers["Idempotency-Replayed"] == "true"
    other = attach(member, thing, b"2", If_Match=tag, Idempotency_Key="key-0001")
    problem(other, 422, "idempotency.other_request")
    named = attach(member, thing, b"1", "other.txt", If_Match=tag, Idempotency_Key="key-0001")
    problem(named, 422, "idempotency.other_request")
    assert count(site, Attachment) == 1


def test_the_document_says_that_a_file_is_the_body(site):
    paths = Program(site).get("/openapi.json")["paths"]
    bodies = {
        path: operation["post"]["requestBody"]
        for path, operation in paths.items()
        if re.search("/(imports/|attachments$)", path)
    }
    assert len(bodies) == 2
    assert all(list(each["content"]) == ["application/octet-stream"] for each in bodies.values())
