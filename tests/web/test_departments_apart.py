"""A department sees its own: no page, list, export, count, error or answer of the API tells it what is another's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote, unquote

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from data.models import (
    AnnualPlan,
    ApiToken,
    Attachment,
    Blackout,
    Campaign,
    Custodian,
    Declaration,
    Department,
    Deputy,
    Draw,
    FollowUp,
    Inspector,
    ItemVersion,
    Job,
    Leave,
    Result,
    Target,
    TargetWindow,
    Upload,
    User,
    Visit,
)
from data.vocabulary import ROLES
from scheduler.accounts import NewUser, add_user, grant
from scheduler.transaction import EVERYTHING, Session, transaction
from tests import crawl
from tests.programs import ROOT, Program
from tests.site import Site
from tests.told import NOTE, RELATIVE
from web.access import PUBLIC, routes, rule_of

DEPARTMENTS = ("AMR", "FIRE", "EM")
JOINT = ("AMR", "FIRE")  # the two that took part in the campaign that was inspected


@pytest.fixture(scope="session")  # as its site: the accounts can be added once
def apart(told_site: Site) -> Site:
    """The site, with somebody in each department who holds every role: whatever can be seen there, he sees."""
    with transaction(told_site.town.database, EVERYTHING) as session:
        for code in DEPARTMENTS:
            login = f"{code.lower()}.everything"
            add_user(session, told_site.town.now, NewUser(login, login, login, code))
            for role in ROLES:
                grant(session, told_site.town.now, login, role)
    return told_site


def canaries(session: Session, code: str) -> set[str]:
    """What is a department's own: its people, its logins, and campaigns and plans in which nobody else takes part."""
    department = session.scalars(select(Department).where(Department.code == code)).one()
    inspectors = session.scalars(select(Inspector).where(Inspector.department_id == department.id))
    own = {each.code for each in inspectors} | {f"检查员{code}{place}" for place in range(6)}
    users = session.scalars(select(User).where(User.department_id == department.id))
    own |= {
        each.login
        for each in users
        if not each.login.startswith("only.") and not each.login.endswith(".everything")
    }
    for campaign in session.scalars(select(Campaign).where(Campaign.lead_department_id == department.id)):
        if len(campaign.departments) == 1:
            own |= {campaign.code, campaign.name}
    own |= {
        each.number
        for each in session.scalars(select(AnnualPlan).where(AnnualPlan.department_id == department.id))
    }
    return own


def foreign(session: Session, reader: str) -> set[str]:
    """What one who belongs to a department must read nowhere but on the portal."""
    others = [code for code in DEPARTMENTS if code != reader]
    found = set().union(
        *(canaries(session, code) for code in others), {RELATIVE} if reader != "AMR" else set()
    )
    if reader in JOINT:  # the two know each other's teams, and who answered
        (other,) = (code for code in JOINT if code != reader)
        found -= {
            each
            for each in canaries(session, other)
            if "检查员" in each or re.fullmatch(rf"{other}\d+", each)
        }
        return found - {each for each in found if each.startswith(f"{other.lower()}.")}
    return found | {NOTE}


@pytest.mark.parametrize("code", DEPARTMENTS)
def test_no_page_or_export_tells_what_is_another_departments(apart, code, monkeypatch):
    monkeypatch.setattr(crawl, "MOST_OF_A_KIND", 12)
    with transaction(apart.town.database, EVERYTHING) as session:
        hidden = foreign(session, code)
    assert len(hidden) > 10
    leaks = {
        path: sorted(word for word in hidden if word in page.html)
        for path, page in crawl.walk(apart, f"{code.lower()}.everything").items()
        if not path.startswith("/public/")
    }
    assert {path: words for path, words in leaks.items() if words} == {}


def test_a_department_reads_its_own_by_the_same_way(apart):
    """Or the test before could not fail."""
    with transaction(apart.town.database, EVERYTHING) as session:
        own = canaries(session, "EM") | {"2026-应急"}
    said = "\n".join(page.html for page in crawl.walk(apart, "em.everything").values())
    assert len([word for word in own if word in said]) > 10


@pytest.fixture(scope="module")
def theirs(apart: Site) -> dict[str, Any]:
    """Ids of what belongs to AMR, by the name that routes give them."""
    with transaction(apart.town.database, EVERYTHING) as session:
        amr = session.scalars(select(Department.id).where(Department.code == "AMR")).one()
        draft = ItemVersion(
            item_id=_item_of(session, amr), version=2, name="未公布", basis="", item_class="key"
        )
        user = session.scalars(select(User).where(User.login == "amr.planner")).one()
        upload = Upload(department_id=amr, user_id=user.id, kind="targets", name="x.csv", sha256="0" * 64,
                        content=b"x", at=apart.town.now)  # fmt: skip
        other = session.scalars(select(User).where(User.login == "amr.approver")).one()
        deputy = Deputy(user_id=user.id, deputy_id=other.id, role="planner", valid_from=date(2026, 1, 1),
                        valid_to=date(2030, 1, 1))  # fmt: skip
        token = ApiToken(user_id=user.id, name="apart", digest="a" * 64, created_at=apart.town.now,
                         valid_to=date(2030, 1, 1))  # fmt: skip
        custodian = Custodian(department_id=amr, user_id=user.id, person_id=user.person_id,
                              named_by_person_id=other.person_id, named_at=apart.town.now)  # fmt: skip
        amr_inspector = session.scalars(select(Inspector).where(Inspector.code == "AMR000")).one()
        declared = Declaration(inspector_id=amr_inspector.id, kind="interest", target_name="未公布")
        joint = session.scalars(select(Draw).join(Campaign).where(Campaign.code == "2026-联合")).one()
        days = {"first_day": date(2030, 1, 1), "last_day": date(2030, 1, 2)}
        leave = Leave(inspector_id=amr_inspector.id, **days)
        blackout = Blackout(campaign_id=joint.campaign_id, department_id=amr, reason="培训", **days)
        target_id = session.scalars(select(Visit.target_id).where(Visit.draw_id == joint.id)).first()
        window = TargetWindow(draw_id=joint.id, target_id=target_id, kind="closed", reason="停业", **days)
        session.add_all([draft, upload, deputy, token, custodian, declared, leave, blackout, window])
        session.flush()
        visit = session.scalars(
            select(Visit).where(Visit.department_id == amr, Visit.state == "open")
        ).first()
        return {
            "campaign": "2026-草案",
            "visit_id": visit.id,
            "version_id": draft.id,
            "job_id": session.scalars(select(Job.id).where(Job.department_id == amr)).first(),
            "upload_id": upload.id,
            "number_id": session.scalars(
                select(Draw.id).join(Campaign).where(Campaign.code == "2026-联合")
            ).one(),
            "plan_id": session.scalars(select(AnnualPlan.id).where(AnnualPlan.department_id == amr)).first(),
            "follow_up": session.scalars(select(FollowUp.id)).first(),
            "inspector": "AMR000",
            "login": "amr.planner",
            "user": user.id,
            "deputy": deputy.id,
            "token": token.id,
            "custodian": custodian.id,
            "declaration": declared.id,
            "leave": leave.id,
            "blackout": blackout.id,
            "window": window.id,
        }


def _item_of(session: Session, department: int) -> int:
    return session.scalars(
        select(ItemVersion.item_id)
        .join(ItemVersion.item)
        .where(ItemVersion.item.has(department_id=department))
    ).first()


def asked(site: Site, theirs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Method and path of every page with an id of theirs in it."""
    for method, route, endpoint in routes(site.app):
        names = re.findall(r"<(?:[^:<>]+:)?(\w+)>", route)
        if not names or PUBLIC in rule_of(site.app, endpoint):
            continue
        path = route
        for place, name in enumerate(names):
            value = theirs.get(KEYS.get((endpoint, name), KEYS.get(("*", name), "?"))) if place == 0 else 1
            if place == 0 and (endpoint, name) in OTHERWISE:
                break
            assert value is not None, f"say in KEYS what {name} of {endpoint} is"
            path = re.sub(rf"<(?:[^:<>]+:)?{name}>", str(value), path)
        else:
            yield method, path


KEYS = {
    ("*", "visit_id"): "visit_id",
    ("*", "version_id"): "version_id",
    ("*", "job_id"): "job_id",
    ("*", "number_id"): "number_id",
    ("*", "upload_id"): "upload_id",
    ("*", "plan_id"): "plan_id",
    ("*", "login"): "login",
    ("*", "user_id"): "user",
    ("*", "deputy_id"): "deputy",
    ("*", "custodian_id"): "custodian",
    ("*", "declaration_id"): "declaration",
    ("*", "token_id"): "token",
    ("*", "code"): "campaign",
    ("*", "draw_id"): "number_id",
    ("visits.close_follow_up", "number"): "follow_up",
    **{(f"api_visits.{act}", "number"): "follow_up" for act in ("follow_up", "close_follow_up")},
    ("registries.inspector", "code"): "inspector",
    ("registries.cancel_leave", "number"): "leave",
    ("timetable.lift_blackout", "number"): "blackout",
    ("timetable.lift_window", "number"): "window",
    **{(f"registries.{page}", "number"): "upload_id" for page in ("waiting", "faults", "apply", "discard")},
}
OTHERWISE = {
    ("ledgers.check", "chain"),
    *((f"checkpoints.{page}", "checkpoint_id") for page in ("note", "printed")),  # signed for everybody
    ("plans.year_shown", "year"),
    ("api_imports.import_list", "kind"),
    *((f"registries.{page}", "kind") for page in ("columns", "template")),
    *((f"registries.{page}", "ending") for page in ("export_targets", "export_inspectors")),
}
"""Arguments that are no id of anything of a department's."""


def test_an_id_of_another_department_is_not_there(apart, theirs):
    """Not found; or, where a form is looked at first, told the same as with an id that nobody has."""
    reader = Asking(apart, "em.everything")
    nobodys = {name: "nothing" if isinstance(value, str) else 999_983 for name, value in theirs.items()}
    told = {}
    for (method, path), (_, other) in zip(asked(apart, theirs), asked(apart, nobodys), strict=True):
        status, text = answer(reader, method, path)
        assert "未公布" not in text
        if status != 404 and (method == "GET" or (status, text) != answer(reader, method, other)):
            told[f"{method} {path}"] = status
    assert told == {}


class Asking:
    """Somebody at a browser and with a program of his own."""

    def __init__(self, site: Site, login: str) -> None:
        self.reader, self.program = site.reader(login), Program(site, login)

    def ask(self, method: str, path: str) -> TestResponse:
        """A page, a form sent empty, or the same of the API."""
        if path.startswith(ROOT):
            matching = {} if method == "GET" else {"If_Match": '"any"'}
            return self.program.ask(
                method, path.removeprefix(ROOT), None if method == "GET" else {}, **matching
            )
        if method == "GET":
            return self.reader.get(path)
        form = {"csrf_token": self.reader.token()}
        return self.reader.client.open(path, method=method, data=form, buffered=True)


def answer(asking: Asking, method: str, path: str) -> tuple[int, str]:
    """Status and text of an answer, without what is of the request alone."""
    response = asking.ask(method, path)
    of_request = r"[0-9a-f]{12}</code>|/language/[^\"]+|next=[^\"]+|\"(request|instance)\": ?\"[^\"]*\""
    of_request += r"|[\w-]{20,}\.[\w-]{6}\.[\w-]{27}"  # a form's token, which tells the second
    return response.status_code, re.sub(of_request, "", response.text)


@pytest.mark.parametrize("code", DEPARTMENTS)
def test_no_answer_of_the_api_tells_what_is_another_departments(apart, code):
    """Every list to its end, every thing by its id whether it is one's own or not, and what is sought by a canary."""
    with transaction(apart.town.database, EVERYTHING) as session:
        hidden = foreign(session, code)
        keys = keys_of(session)
    program = Program(apart, f"{code.lower()}.everything")
    leaks = {}
    for path in answers_to_ask(apart, keys, hidden):
        said, of_path = answered(program, path), unquote(path)
        if told := sorted(word for word in hidden if word in said and word not in of_path):
            leaks[path] = told
    assert leaks == {}


def test_a_program_reads_what_is_its_departments_by_the_same_way(apart):
    """Or the test before could not fail."""
    with transaction(apart.town.database, EVERYTHING) as session:
        own, keys = canaries(session, "EM") | {"2026-应急"}, keys_of(session)
    program = Program(apart, "em.everything")
    said = "\n".join(answered(program, path) for path in answers_to_ask(apart, keys, set()))
    assert len([word for word in own if word in said]) > 10


def answered(program: Program, path: str) -> str:
    """What an answer says, in characters and not in their codes."""
    response = program.ask("GET", path)
    assert response.status_code in (200, 404, 409, 422), (path, response.text)
    return json.dumps(response.json, ensure_ascii=False) if response.is_json else response.text


def keys_of(session: Session) -> dict[str, list[Any]]:
    """Every id there is, by the name that routes of the API give it."""
    return {
        "plan_id": list(session.scalars(select(AnnualPlan.id))),
        "campaign": list(session.scalars(select(Campaign.code))),
        "draw_id": list(session.scalars(select(Draw.id))),
        "visit_id": list(session.scalars(select(Visit.id))),
        "number": list(session.scalars(select(FollowUp.id))),
        "inspector": list(session.scalars(select(Inspector.code))),
        "target": list(session.scalars(select(Target.code).limit(5))),
        "version_id": list(session.scalars(select(ItemVersion.id))),
        "file": [
            tuple(row) for row in session.execute(select(Result.visit_id, Attachment.id).join(Attachment))
        ],
        "job_id": list(session.scalars(select(Job.id))),
    }


def answers_to_ask(site: Site, keys: dict[str, list[Any]], sought: set[str]) -> Iterator[str]:
    """Every GET of the API that is no public one: lists in all their pages, and things by every id."""
    for method, route, endpoint in routes(site.app):
        if method != "GET" or not route.startswith(ROOT) or PUBLIC in rule_of(site.app, endpoint):
            continue
        path, names = route.removeprefix(ROOT), re.findall(r"<(?:[^:<>]+:)?(\w+)>", route)
        if not names:
            yield path
            yield from (f"{path}?page={page}&size=50" for page in (1, 2, 3))
            if path in SOUGHT:
                yield from (f"{path}?q={quote(word)}" for word in sorted(sought))
            continue
        if "file_id" in names:
            yield from (f"/visits/{visit}/attachments/{file}" for visit, file in keys["file"])
            continue
        kind = path.split("/")[1].removesuffix("s") if names == ["code"] else names[0]
        yield from (re.sub("<.*?>", quote(str(key), safe=""), path) for key in keys[kind])


SOUGHT = ("/targets", "/inspectors", "/campaigns")
"""Lists that are sought by words."""
