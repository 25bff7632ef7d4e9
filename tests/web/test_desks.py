"""Pages come to the database by their desk alone; where it is busy, they say so."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from data import database as databases
from tests.site import Site

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
