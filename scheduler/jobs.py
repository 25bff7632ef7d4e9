"""Running jobs (后台作业): claim one, work, and keep its outcome, with no more than one run keeping anything.

A job is an edge like a request: this file opens its own transactions, in nobody's name: one to claim, one for each sign
of life, one to end. Between them none is open, so that work as long as an import blocks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data.queries import jobs
from data.queries.jobs import Claim
from matching.refused import Refused
from scheduler.clock import Clock
from scheduler.transaction import EVERYTHING, reading, transaction

LEASE = timedelta(minutes=5)
BROKEN = "job.broken"

Keep = Callable[[Session], Mapping[str, Any]]
"""Writes what a job gives and tells its result; runs in the transaction that ends the job."""


class LeaseLost(Exception):  # noqa: N818 - what happened, not what went wrong
    """Another run has this job now; this one stops, and keeps nothing."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler is given: what to do, and a way to say how far it is (with no transaction open)."""

    parameters: Mapping[str, Any]
    beat: Callable[[int, int | None, str], None]


Handler = Callable[[Work], Keep]
"""Does the work of one kind of job, writes nothing, and gives back what is to be kept."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A job that was run, and how that ended; `lost` is what another run took over meanwhile."""

    job_id: int
    outcome: Literal["done", "failed", "lost"]


def run_next(
    engine: Engine, handlers: Mapping[str, Handler], owner: str, clock: Clock, lease: timedelta = LEASE
) -> Ran | None:
    """Run one job that waits and has a handler; None if there is none.

    What is Refused fails for good. Anything else gives the job back for another attempt (the third parks it) and is
    raised for the caller's log. `owner` must be a name that no other worker has, in no other process either.
    """
    with reading(engine, EVERYTHING) as session:
        if not jobs.any_free(session, handlers.keys(), clock.now()):
            return None  # to claim is to write; who only looks every second keeps nobody from writing
    with transaction(engine, EVERYTHING) as session:
        held = jobs.claim(session, handlers.keys(), owner, clock.now(), lease)
    if held is None:
        return None
    try:
        return Ran(held.job_id, _run(engine, handlers[held.kind], held, clock, lease))
    except LeaseLost:
        return Ran(held.job_id, "lost")
    except Exception:
        with transaction(engine, EVERYTHING) as session:
            jobs.give_back(session, held, BROKEN, clock.now())
        raise


def _run(
    engine: Engine, handler: Handler, held: Claim, clock: Clock, lease: timedelta
) -> Literal["done", "failed"]:
    def beat(progress: int, total: int | None = None, message: str = "") -> None:
        with transaction(engine, EVERYTHING) as session:
            if not jobs.beat(session, held, clock.now(), lease, progress, total, message):
                raise LeaseLost

    try:
        keep = handler(Work(held.parameters, beat))
        with transaction(engine, EVERYTHING) as session:
            if not jobs.hold(session, held):
                raise LeaseLost
            jobs.finish(session, held, keep(session), clock.now())
    except Refused as refused:
        with transaction(engine, EVERYTHING) as session:
            if not jobs.fail(session, held, refused.code, refused.params, clock.now()):
                raise LeaseLost from None
        return "failed"
    return "done"
