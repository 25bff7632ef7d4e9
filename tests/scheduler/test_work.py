"""A draw executed and checked as jobs: in whose name, what is asked again at the end, and what comes after a failure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from data.models import DrawFile, Inspector, Job, LedgerEntry, RoleGrant, Target
from data.queries import draws
from matching.bundle import pack
from matching.draw.commitment import Secrets
from scheduler.accounts import disable
from scheduler.inspection import audit, drawing, execution, freezing, work
from scheduler.jobs import Work, run_next
from scheduler.transaction import EVERYTHING, transaction
from tests.site import TownClock
from tests.town import Town, refuses
from web.readme import readme

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}


def ready(town: Town, **other) -> str:
    """The number of a draw whose seed stands."""
    number = town.freeze(town.campaign(**SMALL | other))
    town.commit(number)
    town.open(number)
    return number


def ask(town: Town, number: str, login: str = "amr.planner", act=work.ask_execute) -> int:
    return town.do(login, lambda desk: act(desk, drawing.find_draw(desk, number)))


def handlers(town: Town):
    return work.handlers(town.database, TownClock(town), readme)


def run(town: Town):
    return run_next(town.database, handlers(town), "w", TownClock(town))


def job(town: Town, number: int) -> Job:
    with transaction(town.database, EVERYTHING) as session:
        found = session.get_one(Job, number)
        session.expunge(found)
    return found


def told(town: Town, action: str) -> list[int | None]:
    """Who did it, as the ledger has it."""
    with transaction(town.database, EVERYTHING) as session:
        lines = session.scalars(select(LedgerEntry).where(LedgerEntry.action == action))
        return [each.person_id for each in lines]


def person(town: Town, login: str) -> int:
    return town.do(login, lambda desk: desk.actor.person_id)


def test_a_job_draws_what_the_command_would_and_in_the_name_of_who_asked(town):
    number = ready(town)
    asked = ask(town, number)
    assert run(town).outcome == "done"
    done = job(town, asked)
    assert done.result == {"state": "completed", "targets": 6}
    assert told(town, "draw:execute") == [person(town, "amr.planner")]
    assert len(town.visits(number)) == 6
    checked = audit.check_bundle(pack(town.bundle(number)))
    assert not checked.wrong


def test_who_asks_twice_finds_the_same_job(town):
    number = ready(town)
    first = ask(town, number)
    assert ask(town, number) == first
    run(town)
    assert ask(town, number) == first
    assert run(town) is None


@pytest.mark.parametrize(
    ("login", "code"),
    [("amr.approver", "actor.role"), ("em.planner", "actor.other_department"), ("notary", "actor.role")],
)
def test_only_who_may_execute_asks_for_it(small_town, login, code):
    number = ready(small_town)
    with refuses(code):
        ask(small_town, number, login)
    assert run(small_town) is None


def test_nothing_is_asked_for_before_the_seed_stands(small_town):
    number = small_town.freeze(small_town.campaign(**SMALL))
    with refuses("draw.not_now"):
        ask(small_town, number)
    small_town.commit(number)
    small_town.do("amr.planner", lambda d: drawing.close_reveals(d, drawing.find_draw(d, number), final=True))
    with refuses("entropy.missing"):
        ask(small_town, number)


def test_who_lost_his_role_meanwhile_has_nothing_done_in_his_name_and_a_colleague_asks_again(town):
    number = ready(town)
    asked = ask(town, number)
    with transaction(town.database, EVERYTHING) as session:
        disable(session, town.now, "amr.planner")
    assert run(town).outcome == "failed"
    assert (job(town, asked).error, job(town, asked).result) == ("actor.unknown", {"login": "amr.planner"})
    assert town.visits(number) == []
    with transaction(town.database, EVERYTHING) as session:
        from scheduler.accounts import NewUser, add_user, grant

        add_user(session, town.now, NewUser("second", "second", "第二人", "AMR"))
        grant(session, town.now, "second", "planner")
    again = town.do("second", lambda desk: work.ask_again(desk, work.find_job(desk, asked).job))
    assert again != asked
    assert run(town).outcome == "done"
    assert told(town, "draw:execute") == [person(town, "second")]
    with refuses("job.not_over"):
        town.do("second", lambda desk: work.ask_again(desk, work.find_job(desk, again).job))


def test_what_was_executed_meanwhile_is_not_executed_again(town):
    """The state is asked again when the outcome is kept, not only when the work begins."""
    number = ready(town)
    asked = ask(town, number)
    keep = handlers(town)[work.EXECUTE](Work(job(town, asked).parameters, lambda *_: None))
    assert town.execute(number) == "completed"
    with transaction(town.database, EVERYTHING) as session, refuses("draw.not_now", state="completed"):
        keep(session)
    assert run(town).outcome == "failed"
    assert job(town, asked).error == "draw.not_now"


def test_an_outcome_of_another_seed_or_other_lists_is_not_kept(small_town):
    number = ready(small_town)
    with small_town.at("amr.planner") as desk:
        drawn = drawing.find_draw(desk, number)
        basis = execution.basis(desk, drawn)
        outcome = execution.outcome(basis, execution.strata(basis))
        other = replace(basis.bound, secrets=Secrets(b"c" * 32, b"c" * 32), entered=None)
        for moved in (replace(basis, seed=b"s" * 32), replace(basis, bound=other)):
            with refuses("draw.evidence_changed"):
                execution.keep_outcome(desk, drawn, moved, outcome)
        assert execution.keep_outcome(desk, drawn, basis, outcome).state == "completed"


def short(town: Town) -> str:
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=1))
    return ready(town)


def second_attempt(town: Town, number: str) -> None:
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=60))
    secrets = Secrets(b"t" * 32, b"y" * 32)
    town.do("amr.planner", lambda d: freezing.refreeze(d, drawing.find_draw(d, number), secrets))
    town.commit(number)
    town.open(number, dice="d10x20:27182818284590452353")


def test_a_job_asked_for_before_the_pairing_started_again_does_nothing_to_the_second(town):
    number = short(town)
    asked = ask(town, number)
    keep = handlers(town)[work.EXECUTE](Work(job(town, asked).parameters, lambda *_: None))
    assert town.execute(number) == "short"
    second_attempt(town, number)
    with transaction(town.database, EVERYTHING) as session, refuses("draw.other_attempt", asked=1, now=2):
        keep(session)
    assert run(town).outcome == "failed"
    assert job(town, asked).error == "draw.other_attempt"
    again = ask(town, number)
    assert again != asked
    assert run(town).outcome == "done"
    assert job(town, again).result == {"state": "completed", "targets": 6}


def test_a_shortage_ends_its_job_as_done_and_says_so(small_town):
    number = short(small_town)
    asked = ask(small_town, number)
    run(small_town)
    assert job(small_town, asked).result == {"state": "short", "targets": 6}


def test_no_transaction_is_open_while_the_work_is_done(town):
    """Somebody else writes to the database between any two stages."""
    number = ready(town)
    order = job(town, ask(town, number)).parameters

    def write(stage, *_):
        with transaction(town.database, EVERYTHING) as session:
            session.execute(update(Target).values(name=f"改名{stage}"))

    keep = handlers(town)[work.EXECUTE](Work(order, write))
    with transaction(town.database, EVERYTHING) as session:
        assert keep(session)["state"] == "completed"


def test_the_stages_are_told_in_their_order(small_town):
    number = ready(small_town)
    order = job(small_town, ask(small_town, number)).parameters
    seen = []
    handlers(small_town)[work.EXECUTE](Work(order, lambda *beat: seen.append(beat)))
    assert seen == [(0, 4, "loading"), (1, 4, "drawing"), (2, 4, "pairing"), (3, 4, "keeping")]


def test_a_replay_keeps_its_claims_as_codes_and_is_told_to_the_ledger(town):
    _, number = town.drawn(**SMALL)
    taken = told(town, "draw:bundle")
    asked = ask(town, number, "fire.auditor", work.ask_replay)
    assert ask(town, number, "fire.approver", work.ask_replay) == asked
    assert ask(town, number, "amr.auditor", work.ask_replay) != asked
    run(town)
    done = job(town, asked)
    checked = audit.checked_of(done.result)
    assert checked == audit.check_bundle(pack(town.bundle(number)))
    assert isinstance(checked.replay, audit.Replayed)
    assert done.result["wrong"] is False
    assert told(town, "draw:replay") == [person(town, "fire.auditor")]
    assert len(told(town, "draw:bundle")) == len(taken) + 1  # the one that this test took itself
    assert ask(town, number, "fire.auditor", work.ask_replay) > asked


def test_a_replay_finds_what_was_changed_in_the_evidence(small_town):
    _, number = small_town.drawn(**SMALL)
    with small_town.database.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'draw_file'"
        )
        for (name,) in found.fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.commit()
    with transaction(small_town.database, EVERYTHING) as session:
        key = draws.draw_by_number(session, number).id
        pairs = session.get_one(DrawFile, (key, 1, "pairs.csv"))
        pairs.content = pairs.content.replace(b",lead,", b",member,", 1)
    asked = ask(small_town, number, "amr.auditor", work.ask_replay)
    run(small_town)
    done = job(small_town, asked)
    assert done.result["wrong"] is True
    assert audit.checked_of(done.result).first_wrong.claim == "pairs.lawful"


@pytest.mark.parametrize(
    "replay",
    [
        None,
        audit.Replayed(("drawn.csv",)),
        audit.Differs("pairs.csv", 3, "a", "b"),
    ],
)
def test_a_check_that_was_kept_is_read_as_it_was(replay):
    checked = audit.Checked((audit.Claim("plan", "verified", "P"),), replay)
    assert audit.checked_of(audit.told(checked)) == checked


def test_a_refused_replay_is_read_as_it_was():
    refused = audit.Refused("replay.not_text", file="bars.tsv")
    read = audit.checked_of(audit.told(audit.Checked((), refused)))
    assert (read.replay.code, read.replay.params) == ("replay.not_text", {"file": "bars.tsv"})
    assert read.wrong


def test_who_may_not_take_the_bundle_asks_for_no_replay(small_town):
    _, number = small_town.drawn(**SMALL)
    for login in ("notary", "amr.reviewer"):
        with refuses("actor.role"):
            ask(small_town, number, login, work.ask_replay)
    other = small_town.freeze(small_town.campaign(code="另", **SMALL))
    with refuses("draw.no_outcome"):
        ask(small_town, other, "amr.auditor", work.ask_replay)


def test_a_job_is_looked_at_by_its_department_alone(town):
    number = ready(town)
    asked = ask(town, number)
    with town.at("amr.reviewer") as desk:
        line = work.find_job(desk, asked)
        assert (line.number, line.asked_by, line.over) == (number, "AMR planner", False)
    with refuses("job.unknown"):
        town.do("em.planner", lambda desk: work.find_job(desk, asked))
    assert town.do("em.planner", lambda desk: work.listed(desk, "", 1)).rows == []
    with town.at("amr.planner") as desk:
        assert [each.job.id for each in work.listed(desk, "queued", 1).rows] == [asked]
    assert town.do("amr.planner", lambda desk: work.listed(desk, "done", 1)).rows == []


def test_who_lost_the_role_of_a_planner_is_refused_when_the_outcome_would_be_kept(small_town):
    number = ready(small_town)
    order = job(small_town, ask(small_town, number)).parameters
    keep = handlers(small_town)[work.EXECUTE](Work(order, lambda *_: None))
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(
            update(RoleGrant).where(RoleGrant.role == "planner").values(valid_to=date(2026, 3, 2))
        )
    small_town.pass_time(days=1)
    with transaction(small_town.database, EVERYTHING) as session, refuses("actor.role"):
        keep(session)
