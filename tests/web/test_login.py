"""Logging in and out, sessions, and what a browser is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.accounts import find_user
from scheduler.identity import MOST_FOR_LOGIN, hash_password
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Reader, Site

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
    planner.token()
    before = cookie(planner)
    log_in(planner)
    assert cookie(planner) not in ("", before)
    other = planner.client
    other.set_cookie("yaohao", before)
    assert other.get("/campaigns/").status_code in (302, 303)


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


def test_no_more_than_so_many_passwords_are_looked_at(site, planner):
    for _ in range(MOST_FOR_LOGIN):
        assert log_in(planner, "a wrong password").status_code == 401
    assert log_in(planner).status_code == 429
    site.town.now += timedelta(minutes=16)
    assert log_in(planner).status_code == 303


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
