"""Pages come to the database by their desk alone; where it is busy, they say so."""

from __future__ import annotations

import ast
import sqlite3
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy.exc import OperationalError

from data import database as databases
from tests.site import Site
from web import browser_sessions

WEB = Path(__file__).parent.parent.parent / "web"
PAGES = sorted(each for part in ("inspection", "public", "api") for each in (WEB / part).rglob("*.py"))
OPENERS = {"transaction", "reading", "with_retry", "at_desk", "reading_desk", "desk_within"}


@pytest.fixture
def impatient(small_town, monkeypatch):
    """The site of the town; it does not wait until somebody else has written."""
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0)
    opened = Site(small_town)
    yield opened
    opened.close()


def names_of(file: Path) -> set[str]:
    """What a module takes from elsewhere, by name."""
    imports = (each for each in ast.walk(ast.parse(file.read_text())) if isinstance(each, ast.ImportFrom))
    return {alias.name for each in imports for alias in each.names}


def test_no_page_opens_a_transaction_past_its_desk():
    assert len(PAGES) > 20
    assert {file.name: found for file in PAGES if (found := names_of(file) & OPENERS)} == {}


def test_who_comes_while_somebody_writes_is_told_that_the_database_is_busy(impatient):
    registrar, stranger = impatient.reader("amr.registrar"), impatient.stranger()
    tokens = registrar.token(), stranger.token()
    assert all(tokens)
    with impatient.town.at("amr.planner"):
        refused = registrar.post("/registries/refill")
        part = registrar.post("/registries/refill", headers={"HX-Request": "true"})
        login = stranger.post("/login", login="amr.planner", password="x")
    assert (refused.status_code, part.status_code, login.status_code) == (503, 503, 503)
    assert refused.headers["Retry-After"] == "60"
    for told in (refused, part, login):
        assert "系统正忙" in told.text
        assert "过一分钟再办理一次" in told.text
    assert registrar.post("/registries/refill").status_code == 303


def test_a_program_is_told_so_as_a_problem(impatient):
    with impatient.town.database.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        told = impatient.stranger().get("/api/v1/public/campaigns")
    assert (told.status_code, told.json["title"]) == (503, "request.busy")


def test_a_page_is_shown_though_the_last_use_of_its_session_cannot_be_written_down(impatient):
    planner, newly = impatient.reader("amr.planner"), impatient.reader("amr.planner")
    planner.page("/registries/targets")
    impatient.town.pass_time(minutes=5)
    with impatient.town.at("amr.registrar"):
        assert planner.get("/registries/targets").status_code == 200
        told = newly.get("/registries/targets")  # its forms get a key, which has to be kept
    assert (told.status_code, "系统正忙" in told.text) == (503, True)
    assert newly.get("/registries/targets").status_code == 200


def test_a_page_waits_for_nobody_only_to_note_when_it_was_looked_at(small_town):
    site = Site(small_town)
    planner = site.reader("amr.planner")
    planner.page("/campaigns/")
    small_town.pass_time(minutes=5)
    with small_town.at("amr.registrar"):  # writes, and goes on writing
        begun = monotonic()
        assert planner.get("/campaigns/").status_code == 200
        assert monotonic() - begun < databases.BUSY_SECONDS / 3
    site.close()


def test_an_act_that_is_done_is_told_as_done_though_its_message_is_lost(small_town, monkeypatch):
    site = Site(small_town)
    planner = site.reader("amr.planner")
    code = small_town.campaign(rates={}, total=6, strata_by="none")
    planner.token()
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY

    def busy(*_: object, **__: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, locked)

    monkeypatch.setattr(browser_sessions, "keep_state", busy)
    assert planner.post(f"/draws/freeze/{code}").status_code == 303
    site.close()
