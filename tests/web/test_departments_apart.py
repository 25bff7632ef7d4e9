"""A department sees its own: no page, list, export, count or error tells it what is another's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from data.models import (
    AnnualPlan,
    ApiToken,
    Campaign,
    Department,
    Deputy,
    Draw,
    FollowUp,
    Inspector,
    ItemVersion,
    Job,
    Upload,
    User,
    Visit,
)
from data.vocabulary import ROLES
from scheduler.accounts import NewUser, add_user, grant
from scheduler.transaction import EVERYTHING, Session, transaction
from tests import crawl
from tests.site import Reader, Site
from tests.told import NOTE
from web.access import PUBLIC, routes, rule_of

DEPARTMENTS = ("AMR", "FIRE", "EM")
JOINT = ("AMR", "FIRE")  # the two that took part in the campaign that was inspected


@pytest.fixture(scope="module")
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
    found = set().union(*(canaries(session, code) for code in others))
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
        session.add_all([draft, upload, deputy, token])
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
        if not names or PUBLIC in rule_of(site.app, endpoint) or route.startswith("/api/"):
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
    ("*", "token_id"): "token",
    ("*", "code"): "campaign",
    ("visits.close_follow_up", "number"): "follow_up",
    ("registries.inspector", "code"): "inspector",
    **{(f"registries.{page}", "number"): "upload_id" for page in ("waiting", "faults", "apply", "discard")},
}
OTHERWISE = {
    ("ledgers.check", "chain"),
    ("plans.year_shown", "year"),
    *((f"registries.{page}", "kind") for page in ("columns", "template")),
    *((f"registries.{page}", "ending") for page in ("export_targets", "export_inspectors")),
}
"""Arguments that are no id of anything."""


def test_an_id_of_another_department_is_not_there(apart, theirs):
    """Not found; or, where a form is looked at first, told the same as with an id that nobody has."""
    reader = apart.reader("em.everything")
    nobodys = {name: "nothing" if isinstance(value, str) else 2**31 - 1 for name, value in theirs.items()}
    told = {}
    for (method, path), (_, other) in zip(asked(apart, theirs), asked(apart, nobodys), strict=True):
        status, text = answer(reader, method, path)
        assert "未公布" not in text
        if status != 404 and (method == "GET" or (status, text) != answer(reader, method, other)):
            told[f"{method} {path}"] = status
    assert told == {}


def answer(reader: Reader, method: str, path: str) -> tuple[int, str]:
    """Status and text of an answer, without what is of the request alone."""
    if method == "GET":
        response = reader.get(path)
    else:
        response = reader.client.open(path, method=method, data={"csrf_token": reader.token()}, buffered=True)
    of_request = r"[0-9a-f]{12}</code>|/language/[^\"]+|next=[^\"]+"
    return response.status_code, re.sub(of_request, "", response.text)
