"""Logging in and out, sessions, and what a browser is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from data.ledger import SECURITY
from data.models import BrowserSession, LedgerEntry
from scheduler import identity
from scheduler.accounts import find_user
from scheduler.identity import (
    MOST,
    BrowserState,
    begin_state,
    browser_state,
    end_state,
    hash_password,
    keep_state,
    new_token,
)
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Reader, Site
from web.browser_sessions import UNATTENDED

PASSWORD = "correct horse battery"


@pytest.fixture
def planner(site: Site) -> Reader:
    """A planner who has a password and is not logged in yet."""
    with transaction(site.town.database, EVERYTHING) as session:
        find_user(session, "amr.planner").password_hash = hash_password(PASSWORD)
    return site.stranger()


def log_in(reader: Reader, password: str = PASSWORD, **more: str):
    return reader.post("/login", login="amr.planner", password=password, **more)


def cookie(reader: Reader) -> str:
    found = reader.client.get_cookie("yaohao")
    return found.value if found else ""


def test_a_page_with_chinese_in_its_address_is_gone_on_to_in_a_header_too(planner):
    """Headers are Latin-1: a real server fails at anything else, and the test client does not notice."""
    response = planner.post(
        "/login",
        headers={"HX-Request": "true"},
        login="amr.planner",
        password=PASSWORD,
        next="/campaigns/2026-加油站",
    )
    assert response.status_code == 200
    assert response.headers["HX-Redirect"] == "/campaigns/2026-%E5%8A%A0%E6%B2%B9%E7%AB%99"


def test_who_gives_the_right_password_gets_on_to_the_page_he_wanted(planner):
    assert planner.get("/campaigns/").headers["Location"] == "/login?next=/campaigns/"
    response = log_in(planner, next="/campaigns/")
    assert response.headers["Location"] == "/campaigns/"
    assert "AMR planner" in planner.page("/campaigns/")


@pytest.mark.parametrize(
    "away", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_no_login_leads_away_from_this_site(planner, away):
    assert log_in(planner, next=away).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_login_are_told_alike(planner):
    wrong = log_in(planner, "not the password")
    unknown = planner.post("/login", login="nobody", password="not the password")
    assert wrong.status_code == unknown.status_code == 401
    strip = lambda text: text[: text.index("请求号")]  # noqa: E731
    assert strip(wrong.text) == strip(unknown.text)


def test_the_token_changes_with_the_login_and_the_one_of_before_opens_nothing(planner):
    planted = new_token()
    planner.client.set_cookie("yaohao", planted)
    log_in(planner)
    first = cookie(planner)
    assert first not in ("", planted)
    planner._token = ""
    log_in(planner)
    assert cookie(planner) not in ("", first)
    other = planner.client
    for before in (planted, first):
        other.set_cookie("yaohao", before)
        assert other.get("/campaigns/").status_code == 303


def test_after_logging_out_the_token_opens_nothing(site, planner):
    log_in(planner)
    planner._token = ""
    kept = cookie(planner)
    planner.does("/logout")
    thief = site.stranger()
    thief.client.set_cookie("yaohao", kept)
    assert thief.get("/campaigns/").status_code == 303


@pytest.mark.parametrize("gone", [timedelta(minutes=31), timedelta(hours=9)])
def test_a_session_ends_by_itself(site, planner, gone):
    log_in(planner)
    assert planner.get("/campaigns/").status_code == 200
    site.town.now += gone
    assert planner.get("/campaigns/").status_code == 303


def test_a_session_that_is_used_goes_on_for_eight_hours_at_most(site, planner):
    log_in(planner)
    for _ in range(19):
        site.town.now += timedelta(minutes=25)
        assert planner.get("/campaigns/").status_code == 200
    site.town.now += timedelta(minutes=25)
    assert planner.get("/campaigns/").status_code == 303


def test_whoever_is_disabled_is_out_with_his_next_click(site, planner):
    log_in(planner)
    with transaction(site.town.database, EVERYTHING) as session:
        find_user(session, "amr.planner").state = "disabled"
    assert planner.get("/campaigns/").status_code == 303


def log_in_from(planner: Reader, address: str, password: str = PASSWORD, login: str = "amr.planner") -> int:
    form = {"csrf_token": planner.token(), "login": login, "password": password}
    sent = planner.client.post("/login", data=form, environ_overrides={"REMOTE_ADDR": address})
    planner.client.delete_cookie("yaohao")
    return sent.status_code


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are hashed weakly, where many are tried: what counts them is the same."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(identity, "_HASHER", quick)
    monkeypatch.setattr(identity, "_NOBODYS", quick.hash("nobody"))


def lockouts(site: Site) -> list[tuple[str, str]]:
    """The lockouts that the ledger tells, as subject and details."""
    with transaction(site.town.database, EVERYTHING) as session:
        of_security = select(LedgerEntry).where(LedgerEntry.chain == SECURITY).order_by(LedgerEntry.seq)
        return [(e.subject, e.details) for e in session.scalars(of_security) if e.action == "login:lockout"]


def test_no_more_than_so_many_passwords_are_looked_at(site, planner):
    for _ in range(MOST["both"]):
        assert log_in(planner, "a wrong password").status_code == 401
    assert log_in(planner).status_code == 429
    site.town.now += timedelta(minutes=16)
    planner._token = ""
    assert log_in(planner).status_code == 303


@pytest.mark.usefixtures("quick_passwords")
def test_nobody_locks_another_out_from_where_he_sits(planner):
    for _ in range(MOST["both"]):
        assert log_in_from(planner, "203.0.113.1", "a wrong password") == 401
    assert log_in_from(planner, "203.0.113.1") == 429
    assert log_in_from(planner, "203.0.113.2") == 303


@pytest.mark.usefixtures("quick_passwords")
def test_there_is_an_end_to_one_login_from_everywhere_and_to_one_address(planner):
    for each in range(MOST["login"]):
        assert log_in_from(planner, f"203.0.113.{each % 20}", "a wrong password") == 401
    assert log_in_from(planner, "203.0.113.99") == 429
    for each in range(MOST["address"]):
        assert log_in_from(planner, "198.51.100.1", "a wrong password", f"nobody{each}") == 401
    assert log_in_from(planner, "198.51.100.1", login="fire.planner") == 429


@pytest.mark.usefixtures("quick_passwords")
def test_a_lockout_is_told_to_the_ledger_once_as_long_as_it_lasts(site, planner):
    def try_all(login: str) -> None:
        for _ in range(MOST["both"] + 3):
            log_in_from(planner, "203.0.113.1", "a wrong password", login)

    with transaction(site.town.database, EVERYTHING) as session:
        subject = f"user/{find_user(session, 'amr.planner').id}"
    try_all("amr.planner")
    planners = (subject, '{"address":"203.0.113.1"}')
    assert lockouts(site) == [planners]
    try_all("my secret, typed in the wrong field")
    assert lockouts(site) == [planners, ("login", '{"address":"203.0.113.1"}')]
    site.town.now += timedelta(minutes=16)
    planner._token = ""
    try_all("amr.planner")
    assert lockouts(site)[2:] == [planners]


def sessions(site: Site) -> list[datetime]:
    """When each session that is kept was last used."""
    with transaction(site.town.database, EVERYTHING) as session:
        return list(session.scalars(select(BrowserSession.seen_at)))


def test_a_strangers_visits_write_nothing(site, planner):
    for _ in range(3):
        assert site.stranger().get("/login").status_code == 200
    planner.token()
    assert log_in(planner, "not the password").status_code == 401
    assert sessions(site) == []
    log_in(planner)
    assert len(sessions(site)) == 1
    assert planner.client.get_cookie("yaohao_form") is None


def test_a_strangers_form_is_good_for_an_hour_and_only_as_we_signed_it(site, planner):
    planner.token()
    site.town.now += timedelta(minutes=40)
    planner.get("/login")
    site.town.now += timedelta(minutes=40)
    assert log_in(planner, "not the password").status_code == 401
    brought = planner.client.get_cookie("yaohao_form").value
    planner.client.set_cookie("yaohao_form", brought[:-3] + "AAA")
    assert log_in(planner).status_code == 400
    planner.client.set_cookie("yaohao_form", brought)
    site.town.now += timedelta(minutes=61)
    assert log_in(planner).status_code == 400


def test_a_session_that_was_ended_does_not_come_back(town):
    """A request that is under way when somebody logs out keeps what it remembers, of a session that is over."""
    with transaction(town.database, EVERYTHING) as session:
        planner = find_user(session, "amr.planner").id
    token = new_token()
    begin_state(town.database, token, BrowserState(planner, "amr.planner", {}), town.now)
    under_way = browser_state(town.database, token, town.now)
    keep_state(town.database, token, {"csrf_token": "x"}, town.now)
    kept = browser_state(town.database, token, town.now)
    assert (under_way is not None, kept.content) == (True, {"csrf_token": "x"})
    end_state(town.database, token)
    keep_state(town.database, token, under_way.content, town.now)
    assert browser_state(town.database, token, town.now) is None


@pytest.mark.parametrize("path", ["/static/yaohao.css", "/static/nothing.css", "/api/v1/campaigns"])
def test_what_asks_for_no_session_does_not_touch_one(site, path):
    reader = site.reader("amr.planner")
    [before] = sessions(site)
    site.town.now += timedelta(minutes=10)
    assert "Set-Cookie" not in reader.get(path).headers
    assert sessions(site) == [before]
    reader.get("/campaigns/")
    assert sessions(site) == [site.town.now]


def test_a_page_that_asks_by_itself_does_not_keep_its_session_alive(site):
    reader = site.reader("amr.planner")
    reader.token()  # which the session remembers from its first page on
    [before] = sessions(site)
    for _ in range(6):
        site.town.now += timedelta(minutes=5)
        assert reader.get("/campaigns/", **{UNATTENDED: "true"}).status_code == 200
    assert sessions(site) == [before]
    site.town.now += timedelta(minutes=1)
    assert reader.get("/campaigns/", **{UNATTENDED: "true", "HX-Request": "true"}).status_code == 401


def test_a_new_password_ends_every_session(planner):
    log_in(planner)
    planner._token = ""
    new = "another long password"
    assert planner.post("/password", old=PASSWORD, new=new, again="differs").status_code == 422
    assert planner.post("/password", old=PASSWORD, new="short", again="short").status_code == 422
    assert planner.does("/password", old=PASSWORD, new=new, again=new) == "/login"
    assert planner.get("/campaigns/").status_code == 303
    planner._token = ""
    assert log_in(planner).status_code == 401
    assert log_in(planner, new).status_code == 303
