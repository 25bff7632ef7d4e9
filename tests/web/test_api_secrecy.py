"""The API tells no more of a draw than its pages before everybody may know it."""

from __future__ import annotations

import pytest

from scheduler.inspection import drawing
from tests.programs import Program
from tests.site import Site
from tests.town import DICE, TEXT

SMALL = {"rates": {}, "total": 2, "strata_by": "none"}


@pytest.fixture
def number(site: Site) -> str:
    """The number of a draw whose lists are frozen."""
    return site.town.freeze(site.town.campaign(**SMALL))


def draw_of(program: Program) -> str:
    """The path of the one draw there is."""
    return f"/draws/{program.get('/draws')[0]['id']}"


def test_no_answer_has_a_witness_s_text_before_the_entropy_stands(site, number):
    programs = [Program(site, login) for login in ("amr.planner", "em.auditor", "notary")]
    path = draw_of(programs[0])
    site.town.commit(number)

    def texts() -> list[str | None]:
        return [program.get(path)["attempts"][0]["witnesses"][0]["text"] for program in programs]

    for login, act in (
        ("notary", lambda d, w: drawing.reveal_text(d, w, TEXT)),
        ("amr.planner", drawing.close_reveals),
        ("amr.planner", lambda d, w: drawing.enter_entropy(d, w, DICE)),
    ):
        site.town.do(login, lambda desk, act=act: act(desk, drawing.find_draw(desk, number)))
        assert texts() == [None, None, None]
    site.town.do("notary", lambda d: drawing.enter_entropy(d, drawing.find_draw(d, number), DICE))
    assert texts() == [TEXT, TEXT, TEXT]


def test_what_was_drawn_is_given_to_who_may_know_it_and_to_the_others_when_it_is_sent_out(site, number):
    site.town.commit(number)
    site.town.open(number)
    site.town.execute(number)
    visit, target = site.town.visits(number, "AMR")[0]
    planner = Program(site, "amr.planner")
    path = draw_of(planner)
    rows = planner.get(f"{path}/targets")
    assert [[team["department"] for team in each["teams"]] for each in rows] == [["AMR", "EM", "FIRE"]] * 2
    assert {member["role"] for member in rows[0]["teams"][0]["members"]} == {"lead", "member"}
    assert len(planner.get("/visits")) == 6
    for login in ("amr000", "amr.registrar", "em.reviewer", "notary"):
        program = Program(site, login)
        refused = program.ask("GET", f"{path}/targets")
        assert (refused.status_code, refused.json["type"]) == (403, "urn:yaohao:draw.not_dispatched")
        assert program.get("/visits") == []
        for there in (f"/visits/{visit}", f"/visits/{visit}/results"):
            assert program.ask("GET", there).status_code == 404
        assert target not in program.ask("GET", path).text
    site.town.dispatch("2026-加油站")
    for login, seen in (("amr000", 6), ("amr.registrar", 6), ("em.reviewer", 2), ("notary", 0)):
        program = Program(site, login)
        assert len(program.get(f"{path}/targets")) == 2
        assert len(program.get("/visits")) == seen
    assert Program(site, "amr000").get(f"/visits/{visit}")["target"]
