"""Jobs are put in once, run by one worker at a time, taken over from a dead one, and keep no more than one outcome."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from data.models.jobs import Job
from data.models.organisation import Department, Jurisdiction
from data.queries import jobs
from matching.refused import Refused
from scheduler.jobs import LEASE, LeaseLost, Ran, run_next
from scheduler.transaction import EVERYTHING, Scope, transaction
from tests.scheduler.clocks import SetClock

ENDED = datetime.fromisoformat("2026-11-20T09:00:00+08:00")


@pytest.fixture
def clock():
    return SetClock("2026-11-20T09:00:00+08:00")


@pytest.fixture
def put(database, clock):
    """Puts a job in and gives its id."""

    def put(key="1", kind="import", **parameters):
        with transaction(database, EVERYTHING) as session:
            return jobs.enqueue(session, kind, key, parameters, clock.now())

    return put


@pytest.fixture
def claim(database, clock):
    def claim(owner, kinds=("import",)):
        with transaction(database, EVERYTHING) as session:
            return jobs.claim(session, kinds, owner, clock.now(), LEASE)

    return claim


@pytest.fixture
def job(database):
    """A job as it stands in the database now."""

    def job(number):
        with transaction(database, EVERYTHING) as session:
            found = session.get_one(Job, number)
            session.expunge(found)
        return found

    return job


def keeps(code):
    """A handler that keeps a row: a jurisdiction with this code."""

    def handler(_):
        def keep(session):
            session.add(Jurisdiction(code=code, name=code))
            return {"kept": code}

        return keep

    return handler


def kept(database):
    with transaction(database, EVERYTHING) as session:
        return list(session.scalars(select(Jurisdiction.code)))


def nothing(_):
    return lambda _: {}


def test_a_job_is_put_in_once_for_its_key(put, job):
    first = put("roster 7", file="a")
    assert put("roster 7", file="b") == first
    assert put("roster 8", file="b") != first
    assert (job(first).parameters, job(first).state) == ({"file": "a"}, "queued")


def test_the_key_of_a_job_that_one_does_not_see_is_taken_all_the_same(database, clock):
    with transaction(database, EVERYTHING) as session:
        session.add(Jurisdiction(code="1", name="1"))
        session.flush()
        opened = date(2010, 1, 1)
        session.add(Department(id=1, code="1", name="1", jurisdiction_code="1", opened_on=opened))
        session.flush()
        first = jobs.enqueue(session, "import", "1", {}, clock.now(), department_id=1)
    with transaction(database, Scope()) as session:
        assert session.scalars(select(Job)).all() == []
        assert jobs.enqueue(session, "import", "1", {}, clock.now()) == first


def test_a_job_is_done_with_what_its_handler_keeps(database, put, job, clock):
    number = put(code="320600")
    seen = []

    def handler(work):
        seen.append(work.parameters)
        return keeps(work.parameters["code"])(work)

    assert run_next(database, {"import": handler}, "w1", clock) == Ran(number, "done")
    assert seen == [{"code": "320600"}]
    assert kept(database) == ["320600"]
    done = job(number)
    assert (done.state, done.result, done.attempts, done.owner) == ("done", {"kept": "320600"}, 1, None)
    assert done.finished_at == clock.now()
    assert run_next(database, {"import": handler}, "w1", clock) is None


def test_jobs_are_run_in_the_order_they_came_and_only_by_who_can(database, put, clock):
    put("strange", kind="unheard_of")
    numbers = [put(str(n)) for n in range(3)]
    ran = [run_next(database, {"import": nothing}, "w1", clock) for _ in range(4)]
    assert ran == [*(Ran(number, "done") for number in numbers), None]


def test_workers_at_once_get_every_job_once(database, put, clock):
    numbers = {put(str(n)) for n in range(12)}
    together, ran, failed = threading.Barrier(4), [], []

    def work(owner):
        try:
            together.wait()
            while (done := run_next(database, {"import": nothing}, owner, clock)) is not None:
                ran.append(done)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Counter(done.job_id for done in ran) == dict.fromkeys(numbers, 1)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "database_url", ["postgresql"], indirect=True
)  # on SQLite a claim waits for its turn
def test_a_worker_walks_past_a_job_that_another_is_just_claiming(database, put, clock):
    first, second = put("1"), put("2")
    with transaction(database, EVERYTHING) as one, transaction(database, EVERYTHING) as other:
        assert jobs.claim(one, ["import"], "w1", clock.now(), LEASE).job_id == first
        assert jobs.claim(other, ["import"], "w2", clock.now(), LEASE).job_id == second


def test_a_job_is_taken_over_when_its_lease_has_run_out_and_not_before(put, claim, clock):
    number = put()
    first = claim("w1")
    clock.pass_by(seconds=LEASE.total_seconds() - 1)
    assert claim("w2") is None
    clock.pass_by(seconds=1)
    second = claim("w2")
    assert (second.job_id, second.owner, second.attempt) == (number, "w2", first.attempt + 1)


def test_a_sign_of_life_holds_the_lease_on(database, put, job, claim, clock):
    number = put()
    inside = []

    def handler(work):
        clock.pass_by(minutes=4)
        work.beat(40, 100, "rows")
        clock.pass_by(minutes=4)
        inside.append((claim("w2"), job(number)))
        return lambda _: {}

    assert run_next(database, {"import": handler}, "w1", clock) == Ran(number, "done")
    taken, seen = inside[0]
    assert taken is None
    assert (seen.progress, seen.total, seen.message) == (40, 100, "rows")
    assert seen.heartbeat_at == clock.now() - timedelta(minutes=4)


@pytest.mark.parametrize("successor", ["w2", "w1"], ids=["another", "the_same_worker_again"])
def test_a_run_that_has_lost_its_lease_changes_nothing_any_more(database, put, job, claim, clock, successor):
    number = put()
    late = claim("w1")
    clock.pass_by(minutes=6)
    claim(successor)
    before = vars(job(number))
    with transaction(database, EVERYTHING) as session:
        assert not jobs.hold(session, late)
        assert not jobs.beat(session, late, clock.now(), LEASE, 99)
        assert not jobs.finish(session, late, {"late": True}, clock.now())
        assert not jobs.fail(session, late, "x.y", {}, clock.now())
        assert not jobs.give_back(session, late, "x.y", clock.now())
    after = vars(job(number))
    assert {name: value for name, value in after.items() if name[0] != "_"} == {
        name: value for name, value in before.items() if name[0] != "_"
    }


def test_a_worker_changes_nothing_of_a_run_that_is_anothers(database, put, job, claim, clock):
    number = put()
    held = claim("w1")
    with transaction(database, EVERYTHING) as session:
        assert not jobs.finish(session, replace(held, owner="w2"), {}, clock.now())
    assert (job(number).state, job(number).owner) == ("running", "w1")


def test_a_late_worker_keeps_nothing_of_what_it_worked_out(database, put, job, clock):
    number = put()

    def slow(_):
        clock.pass_by(minutes=6)
        assert run_next(database, {"import": keeps("2")}, "w2", clock) == Ran(number, "done")
        return keeps("1")(_)

    assert run_next(database, {"import": slow}, "w1", clock) == Ran(number, "lost")
    assert kept(database) == ["2"]
    assert job(number).result == {"kept": "2"}


@pytest.mark.parametrize("act", ["beat", "refuse"])
def test_a_late_worker_stops_at_its_next_sign_of_life_and_fails_nothing(
    database, put, job, claim, clock, act
):
    number = put()

    def slow(work):
        clock.pass_by(minutes=6)
        claim("w2")
        if act == "refuse":
            raise Refused("plan.quota.missing")
        with pytest.raises(LeaseLost):
            work.beat(1)
        work.beat(1)

    assert run_next(database, {"import": slow}, "w1", clock) == Ran(number, "lost")
    assert (job(number).state, job(number).owner, job(number).error) == ("running", "w2", None)


def test_a_job_lost_three_times_is_parked_and_the_next_one_is_run(put, job, claim, clock):
    number, following = put("1"), put("2")
    for attempt in (1, 2, 3):
        assert (claim("w1").job_id, job(number).attempts) == (number, attempt)
        clock.pass_by(minutes=5)
    assert claim("w1").job_id == following
    lost = job(number)
    assert (lost.state, lost.error, lost.attempts, lost.owner) == ("parked", "job.lost", 3, None)
    assert lost.finished_at == clock.now()


@pytest.mark.parametrize("where", ["working", "keeping"])
def test_what_is_refused_fails_for_good_with_its_code_and_keeps_nothing(database, put, job, clock, where):
    number = put()

    def keep(session):
        session.add(Jurisdiction(code="1", name="1"))
        session.flush()
        raise Refused("plan.quota.missing", line=3)

    def handler(_):
        if where == "working":
            raise Refused("plan.quota.missing", line=3)
        return keep

    assert run_next(database, {"import": handler}, "w1", clock) == Ran(number, "failed")
    failed = job(number)
    assert (failed.state, failed.error, failed.result) == ("failed", "plan.quota.missing", {"line": 3})
    assert kept(database) == []
    assert run_next(database, {"import": handler}, "w1", clock) is None


def test_a_run_that_breaks_is_tried_three_times_and_each_time_told(database, put, job, clock):
    number = put()

    def broken(_):
        return lambda session: session.add(Jurisdiction(code="1", name=None)) or session.flush()

    for state in ("queued", "queued", "parked"):
        with pytest.raises(IntegrityError):
            run_next(database, {"import": broken}, "w1", clock)
        assert (job(number).state, job(number).error) == (state, "job.broken")
    assert run_next(database, {"import": broken}, "w1", clock) is None
    assert job(number).attempts == 3


def test_a_run_that_succeeds_after_a_broken_one_leaves_no_error(database, put, job, clock):
    number = put()
    with pytest.raises(ZeroDivisionError):
        run_next(database, {"import": lambda _: 1 / 0}, "w1", clock)
    run_next(database, {"import": nothing}, "w1", clock)
    assert (job(number).state, job(number).error, job(number).attempts) == ("done", None, 2)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"state": "paused", "finished_at": ENDED}, "ck_job_state"),
        ({"state": "running"}, "leased_while_running"),
        ({"owner": "w1"}, "leased_while_running"),
        ({"state": "done"}, "finished_when_over"),
        ({"progress": -1}, "progress_counted"),
        ({"attempts": -1}, "attempts_counted"),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(database, clock, changed, constraint):
    values = {"kind": "import", "key": "1", "parameters": {}, "created_at": clock.now()}
    with transaction(database, EVERYTHING) as session:
        session.execute(insert(Job).values(values))
        with pytest.raises(IntegrityError) as refused:
            session.execute(insert(Job).values(values | {"key": "2"} | changed))
        session.rollback()
    assert constraint in str(refused.value.orig)
