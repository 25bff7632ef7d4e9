"""What takes seconds where lists are long is computed while nobody waits, and given to who may still have it then."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from data import database as databases
from data.models import LedgerEntry, RoleGrant, User
from data.queries import draws
from scheduler.inspection import drawing, evidence, taking
from scheduler.transaction import EVERYTHING, open_database, transaction
from tests.programs import Program
from tests.site import Site
from tests.town import DICE, TEXT

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}


@pytest.fixture
def meanwhile(small_town, monkeypatch):
    """`meanwhile(module, name)` has every call of a function find that others write; how often it was called."""
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0)
    other = open_database(small_town.database.url.render_as_string(hide_password=False))

    def watch(module, name, write="UPDATE department SET name = name WHERE code = 'EM'"):
        does, calls = getattr(module, name), []

        def watched(*given):
            with transaction(other, EVERYTHING) as session:
                session.execute(text(write))
            calls.append(name)
            return does(*given)

        monkeypatch.setattr(module, name, watched)
        return calls

    yield watch
    other.dispose()


def address(site: Site) -> str:
    """The path of a draw whose lists are frozen."""
    number = site.town.freeze(site.town.campaign(**SMALL))
    return f"/draws/{site.town.do('amr.planner', lambda desk: drawing.find_draw(desk, number).id)}"


def promised(site: Site) -> str:
    path = address(site)
    site.reader("notary").does(f"{path}/promise", digest=drawing.promise_of(TEXT))
    return path


def closed(site: Site, path: str) -> None:
    planner, notary = site.reader("amr.planner"), site.reader("notary")
    notary.does(f"{path}/reveal", text=TEXT)
    planner.does(f"{path}/close", final="1")


def executed(site: Site) -> str:
    number = site.town.freeze(site.town.campaign(**SMALL))
    site.town.commit(number)
    site.town.open(number)
    site.town.execute(number)
    return f"/draws/{site.town.do('amr.planner', lambda desk: drawing.find_draw(desk, number).id)}"


def told(site: Site, action: str) -> int:
    with transaction(site.town.database, EVERYTHING) as session:
        return session.query(LedgerEntry).filter_by(action=action).count()


def test_pages_commit_open_and_execute_while_others_write(site, meanwhile):
    path = promised(site)
    planner, notary = site.reader("amr.planner"), site.reader("notary")
    computed = meanwhile(evidence, "commit")
    planner.does(f"{path}/commit")
    assert len(computed) == 1
    closed(site, path)
    planner.does(f"{path}/entropy", entropy=DICE)
    assert len(computed) == 1
    notary.does(f"{path}/entropy", entropy=DICE)
    assert len(computed) == 2
    planner.does(f"{path}/execute")
    assert [each.outcome for each in site.run_jobs()] == ["done"]
    assert len(computed) == 3


def test_programs_commit_and_open_while_others_write(site, meanwhile):
    path = promised(site)
    planner, notary = Program(site, "amr.planner"), Program(site, "notary")
    computed = meanwhile(evidence, "commit")
    tag = planner.etag(path)
    first = planner.ask("POST", f"{path}/commit", If_Match=tag, Idempotency_Key="key-0001")
    again = planner.ask("POST", f"{path}/commit", If_Match=tag, Idempotency_Key="key-0001")
    assert (first.status_code, again.status_code, again.data) == (200, 200, first.data)
    closed(site, path)
    planner.act(path, "entropy", {"entropy": DICE})
    assert notary.act(path, "entropy", {"entropy": DICE})["outcome"] == "opened"
    assert len(computed) == 2


def test_a_promise_that_comes_while_c_is_computed_is_bound_by_it(site):
    path = address(site)
    draw_id = int(path.rpartition("/")[2])
    town = site.town
    with town.at("amr.planner") as desk:
        early = evidence.bound_by(desk, draw_id, draws.last_attempt(desk.session, draw_id))
    site.reader("notary").does(f"{path}/promise", digest=drawing.promise_of(TEXT))
    with town.at("amr.planner") as desk:
        drawn = drawing.draw_by_id(desk, draw_id)
        digest = drawing.commit_draw(desk, drawn, early)
        bound = evidence.bound_by(desk, draw_id, draws.last_attempt(desk.session, draw_id))
        assert digest == bound.commitment.commit.hex() != early.commitment.commit.hex()


def test_bundle_replay_and_report_are_made_while_others_write(site, meanwhile):
    path = executed(site)
    auditor = site.reader("fire.auditor")
    computed, packed = meanwhile(evidence, "commit"), meanwhile(taking, "pack")
    job = auditor.does(f"{path}/replay").rpartition("/")[2]
    assert [each.outcome for each in site.run_jobs()] == ["done"]
    assert auditor.post(f"{path}/report/{job}").status_code == 200
    assert auditor.post(f"{path}/bundle").status_code == 200
    assert Program(site, "fire.auditor").ask("POST", f"{path}/bundle").status_code == 200
    assert (len(computed), len(packed)) == (4, 3)
    assert told(site, "draw:bundle") == 3


@pytest.mark.parametrize("what", ["bundle", "report", "program"])
def test_who_may_no_more_when_it_is_made_gets_nothing_and_the_ledger_tells_of_nothing(site, meanwhile, what):
    path = executed(site)
    auditor, program = site.reader("fire.auditor"), Program(site, "fire.auditor")
    job = auditor.does(f"{path}/replay").rpartition("/")[2]
    site.run_jobs()
    with transaction(site.town.database, EVERYTHING) as session:
        of_auditor = select(RoleGrant.id).join(User, User.id == RoleGrant.user_id)
        number = session.scalars(of_auditor.where(User.login == "fire.auditor")).one()
    ended = f"UPDATE role_grant SET revoked_at = '{site.town.now:%Y-%m-%d %H:%M:%S.%f}' WHERE id = {number}"
    assert meanwhile(taking, "pack", ended) == []
    if what == "program":
        refused = program.ask("POST", f"{path}/bundle")
    else:
        refused = auditor.post(f"{path}/bundle" if what == "bundle" else f"{path}/report/{job}")
    assert refused.status_code == 403
    assert b"PK" not in refused.data
    assert told(site, "draw:bundle") == 0
