"""Who may come to which route: `tests/access.csv`, kept by hand, is the oracle; every cell of it is tried."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from data.models import ApiToken, User
from data.vocabulary import ROLES
from scheduler.accounts import NewUser, add_user, grant
from scheduler.identity import digest_of
from scheduler.transaction import EVERYTHING, Session, transaction
from tests.site import Reader, Site
from tests.town import Town
from web.access import routes

ORACLE = Path(__file__).parents[1] / "access.csv"
WHO = ("anybody", "no_role", "disabled", *ROLES)
ROWS = list(csv.DictReader(io.StringIO(ORACLE.read_text(encoding="utf-8"))))


@dataclass
class Caller:
    """Somebody of one kind, with a browser, and the token of a system that acts as him."""

    who: str
    site: Site
    token: str = ""

    def __post_init__(self) -> None:
        """Open his browser."""
        self.reader = self.fresh()
        self.form = self.reader.token()

    def fresh(self) -> Reader:
        """A browser in which he is logged in, if he can."""
        return self.site.stranger() if self.who == "anybody" else self.site.reader(f"only.{self.who}")


@pytest.fixture(scope="module")
def people(told_site: Site) -> dict[str, Caller]:
    """Somebody of every kind; the disabled one was logged in before."""
    town = told_site.town
    with transaction(town.database, EVERYTHING) as session:
        for who in WHO[1:]:
            login = f"only.{who}"
            add_user(session, town.now, NewUser(login, login, login, "AMR"))
            if who in ROLES:
                grant(session, town.now, login, who)
            _give_token(session, town, login)
    callers = {who: Caller(who, told_site, f"token-of-only.{who}") for who in WHO}
    with transaction(town.database, EVERYTHING) as session:
        session.scalars(select(User).where(User.login == "only.disabled")).one().state = "disabled"
    return callers


def _give_token(session: Session, town: Town, login: str) -> None:
    user = session.scalars(select(User).where(User.login == login)).one()
    session.add(
        ApiToken(
            user_id=user.id,
            name="test",
            digest=digest_of(f"token-of-{login}"),
            created_at=town.now,
            valid_to=date(2030, 1, 1),
        )
    )


def ask(caller: Caller, method: str, route: str) -> str:
    """What somebody is told who calls a route with nothing in his hands: `come`, `log in`, or `no`."""
    path = re.sub(r"<(?:int|id)[^>]*>", "2026", re.sub(r"<(?:path:|string:)?\w+>", "nothing", route))
    if "/api/" in path:
        headers = {} if caller.who == "anybody" else {"Authorization": f"Bearer {caller.token}"}
        response = caller.site.stranger().client.open(path, method=method, headers=headers, buffered=True)
    elif method == "GET":
        response = caller.reader.client.get(path, buffered=True)
    else:
        # these end or change the session they are asked in
        own = route in ("/login", "/logout", "/password")
        reader = caller.fresh() if own else caller.reader
        form = {"csrf_token": reader.token() if own else caller.form}
        response = reader.client.open(path, method=method, data=form, buffered=True)
    assert response.status_code < 500, (caller.who, method, path, response.text)
    if response.headers.get("Location", "").startswith("/login?next=") or (
        response.status_code == 401 and "login.failed" not in response.text
    ):
        return "log in"
    return "no" if response.status_code == 403 else "come"


def expected(row: dict[str, str], who: str) -> str:
    """What the oracle says."""
    if row[who] == "y":
        return "come"
    return "log in" if who in ("anybody", "disabled") else "no"


def test_the_oracle_has_a_row_for_every_route_and_no_other(told_site):
    told = {(row["method"], row["route"]) for row in ROWS}
    there = {(method, route) for method, route, _ in routes(told_site.app)}
    assert (sorted(there - told), sorted(told - there)) == ([], [])
    assert all(
        set(row) == {"method", "route", *WHO} and {row[who] for who in WHO} <= {"y", "n"} for row in ROWS
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['method']} {row['route']}")
def test_a_route_lets_in_whom_the_oracle_names(people, row):
    found = {who: ask(people[who], row["method"], row["route"]) for who in WHO}
    assert found == {who: expected(row, who) for who in WHO}


def test_an_oracle_that_differs_in_one_cell_is_noticed(people):
    row = next(row for row in ROWS if row["route"] == "/campaigns/" and row["method"] == "GET")
    wrong = row | {"auditor": "n" if row["auditor"] == "y" else "y"}
    assert ask(people["auditor"], "GET", "/campaigns/") != expected(wrong, "auditor")
