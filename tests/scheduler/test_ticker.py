"""The ticker runs what waits, at once when woken, goes on after what breaks, and tells the log nothing of any row."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from data.queries import jobs
from matching.refused import Refused
from scheduler import ticker
from scheduler.clock import SystemClock
from scheduler.transaction import EVERYTHING, transaction

NEVER = timedelta(hours=1)
OFTEN = timedelta(milliseconds=50)
CLOCK = SystemClock()


def put(database, key, kind="work", **parameters):
    with transaction(database, EVERYTHING) as session:
        return jobs.enqueue(session, kind, key, parameters, CLOCK.now())


def state(database, number):
    with transaction(database, EVERYTHING) as session:
        return jobs.by_id(session, number).state


def until(true, seconds=10.0):
    """Whether something has come true before the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def started(database):
    """Starts tickers; stops them after the test."""
    running = []

    def start(handlers, tick, sweeps=()):
        running.append(ticker.start(database, handlers, CLOCK, tick, sweeps))
        return running[-1]

    yield start
    for each in running:
        each.stop()


def nothing(_):
    return lambda _: {}


def test_what_waits_is_run_at_once_and_what_comes_later_with_a_tick(database, started):
    first = [put(database, str(n)) for n in range(3)]
    started({"work": nothing}, OFTEN)
    assert until(lambda: {state(database, each) for each in first} == {"done"})
    later = put(database, "later")
    assert until(lambda: state(database, later) == "done")


def test_a_woken_ticker_does_not_wait_for_its_tick(database, started):
    waked = started({"work": nothing}, NEVER)
    time.sleep(0.3)
    asked = put(database, "1")
    time.sleep(0.3)
    assert state(database, asked) == "queued"
    waked.wake()
    assert until(lambda: state(database, asked) == "done")


def test_what_breaks_is_logged_without_what_it_was_about_and_stops_nothing(database, started, caplog):
    def breaks(work):
        raise RuntimeError(f"secret {work.parameters['secret']}")

    broken = put(database, "1", "breaks", secret="4711")
    started({"breaks": breaks, "work": nothing}, OFTEN)
    assert until(lambda: state(database, broken) == "parked")
    sound = put(database, "2")
    assert until(lambda: state(database, sound) == "done")
    assert "RuntimeError" in caplog.text
    assert "in breaks" in caplog.text
    assert "4711" not in caplog.text
    assert sum("broke" in each.message for each in caplog.records) == jobs.MOST_ATTEMPTS


def test_what_is_refused_is_no_error_of_ours(database, started, caplog):
    def refuses(_):
        raise Refused("draw.none")

    refused = put(database, "1", "refuses")
    started({"refuses": refuses}, OFTEN)
    assert until(lambda: state(database, refused) == "failed")
    assert caplog.records == []


def test_while_a_job_runs_no_second_is_begun_and_the_log_stays_silent(database, started, caplog):
    begun, go_on, at_once = threading.Event(), threading.Event(), []

    def slow(work):
        at_once.append(work.parameters["name"])
        begun.set()
        assert go_on.wait(10)
        return lambda _: {}

    numbers = [put(database, name, "slow", name=name) for name in ("a", "b")]
    running = started({"slow": slow}, OFTEN)
    assert begun.wait(10)
    running.wake()
    time.sleep(0.3)
    assert at_once == ["a"]
    assert caplog.records == []
    go_on.set()
    assert until(lambda: {state(database, each) for each in numbers} == {"done"})
    assert at_once == ["a", "b"]


def test_a_stopped_ticker_ends_its_job_and_begins_no_other(database):
    begun, go_on = threading.Event(), threading.Event()

    def slow(_):
        begun.set()
        assert go_on.wait(10)
        return lambda _: {}

    first, second = put(database, "1", "slow"), put(database, "2", "slow")
    running = ticker.start(database, {"slow": slow}, CLOCK, OFTEN)
    assert begun.wait(10)
    stopping = threading.Thread(target=running.stop)
    stopping.start()
    time.sleep(0.1)
    go_on.set()
    stopping.join(10)
    assert not stopping.is_alive()
    assert (state(database, first), state(database, second)) == ("done", "queued")
    running.wake()
    assert state(database, second) == "queued"


def test_two_tickers_run_every_job_once(database, started):
    ran = []

    def noted(work):
        ran.append(work.parameters["n"])
        return lambda _: {}

    numbers = [put(database, str(n), "noted", n=n) for n in range(12)]
    for _ in range(2):
        started({"noted": noted}, OFTEN)
    assert until(lambda: {state(database, each) for each in numbers} == {"done"})
    assert sorted(ran) == list(range(12))


def test_a_sweep_that_breaks_is_logged_and_stops_neither_the_others_nor_the_jobs(database, started, caplog):
    swept, asked = [], put(database, "1")

    def breaks(*_):
        raise RuntimeError(4710 + 1)

    started({"work": nothing}, OFTEN, (breaks, lambda *given: swept.append(given[0])))
    assert until(lambda: swept == [database])
    assert until(lambda: state(database, asked) == "done")
    assert "a sweep broke: RuntimeError" in caplog.text
    assert "4711" not in caplog.text


def test_what_may_take_long_is_done_aside_and_nothing_else_waits_for_it(database):
    begun, go_on = threading.Event(), threading.Event()

    def slow(_):
        begun.set()
        assert go_on.wait(10)
        return lambda _: {}

    long, short = put(database, "1", "slow"), put(database, "2")
    running = ticker.start(database, {"work": nothing}, CLOCK, OFTEN, aside={"slow": slow})
    try:
        assert begun.wait(10)
        assert until(lambda: state(database, short) == "done")
        assert state(database, long) == "running"
        go_on.set()
        assert until(lambda: state(database, long) == "done")
    finally:
        go_on.set()
        running.stop()
