"""Jobs (后台作业): put in once, claimed by one, and changed only by the run that holds the lease."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Select, and_, null, or_, select, update
from sqlalchemy.orm import Session

from data.models.jobs import Job
from data.models.organisation import Person, User
from data.queries.insertion import insert_once

MOST_ATTEMPTS = 3
LOST = "job.lost"
"""The error of a job that is parked because each of its runs lost its lease."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One run of a job: nobody else has the same owner and attempt."""

    job_id: int
    kind: str
    parameters: Mapping[str, Any]
    owner: str
    attempt: int


def enqueue(
    session: Session, kind: str, key: str, parameters: Mapping[str, Any], now: datetime,
    department_id: int | None = None,
) -> int:  # fmt: skip
    """The id of the job with this key; it is put in unless it is there, in whatever state."""
    values = {"kind": kind, "key": key, "parameters": dict(parameters), "created_at": now}
    insert_once(session, Job, values | {"department_id": department_id}, ("key",))
    # of the table: the key may be taken by a job that this session doesn't see
    table = Job.__table__
    found: int = session.scalars(select(table.c.id).where(table.c.key == key)).one()
    return found


def by_id(session: Session, job_id: int) -> Job | None:
    """A job, if it may be seen."""
    return session.scalar(select(Job).where(Job.id == job_id))


def newest_first(state: str = "") -> Select[Any]:
    """The jobs that may be seen, of one state if one is named."""
    question = select(Job).order_by(Job.id.desc())
    return question.where(Job.state == state) if state else question


def of_subject(session: Session, subject: str) -> list[Job]:
    """The jobs whose key begins with a subject and a slash, in the order they were asked for."""
    begins = Job.key.startswith(f"{subject}/", autoescape=True)
    return list(session.scalars(select(Job).where(begins).order_by(Job.id)))


def is_under_way(session: Session, subject: str) -> bool:
    """Whether a job of a subject waits or runs, whichever department asked for it."""
    job = Job.__table__.c
    begins, waits = job.key.startswith(f"{subject}/", autoescape=True), job.state.in_(("queued", "running"))
    return session.scalar(select(job.id).where(begins, waits).limit(1)) is not None


def names_of(session: Session, logins: Iterable[str]) -> dict[str, str]:
    """The names of the persons behind logins."""
    rows = session.execute(
        select(User.login, Person.name)
        .join(Person, Person.id == User.person_id)
        .where(User.login.in_(set(logins)))
    )
    return {row[0]: row[1] for row in rows}


def any_free(session: Session, kinds: Collection[str], now: datetime) -> bool:
    """Whether a job of these kinds waits for somebody; asked before `claim`, which writes."""
    return session.scalar(select(Job.id).where(_free(now), Job.kind.in_(kinds)).limit(1)) is not None


def claim(
    session: Session, kinds: Collection[str], owner: str, now: datetime, lease: timedelta
) -> Claim | None:
    """Take the oldest job that is waiting or whose lease has run out, in a writing transaction.

    A job that was lost as often as it may be tried is parked on the way.
    """
    oldest = (
        select(Job).where(_free(now), Job.kind.in_(kinds)).order_by(Job.id).limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    while (job := session.scalars(oldest).first()) is not None:
        if job.attempts < MOST_ATTEMPTS:
            return _lease(session, job, owner, now, lease)
        _end(job, "parked", now, LOST)
        session.flush()
    return None


def beat(
    session: Session, held: Claim, now: datetime, lease: timedelta,
    progress: int, total: int | None = None, message: str = "",
) -> bool:  # fmt: skip
    """Tell how far a run has come and hold its lease on; False if it has lost it."""
    told = {"progress": progress, "total": total, "message": message}
    return _change(session, held, {"heartbeat_at": now, "lease_until": now + lease, **told})


def hold(session: Session, held: Claim) -> bool:
    """Whether a run still has its lease; if so, nobody takes it before the transaction ends."""
    mine = select(Job.id).where(_held(held)).with_for_update()
    return session.scalars(mine).first() is not None


def finish(session: Session, held: Claim, result: Mapping[str, Any], now: datetime) -> bool:
    """The job is done; False, and nothing changed, if the run has lost its lease."""
    return _change(session, held, {"result": dict(result), "error": None, **_over("done", now)})


def fail(session: Session, held: Claim, error: str, params: Mapping[str, Any], now: datetime) -> bool:
    """The job can't be done, and trying again wouldn't help; False if the run has lost its lease."""
    return _change(session, held, {"result": dict(params), "error": error, **_over("failed", now)})


def stop(session: Session, job_id: int, error: str, now: datetime) -> bool:
    """End a job that waits or runs, whoever runs it; its run finds that out at its next sign of life."""
    waits = Job.state.in_(("queued", "running"))
    changed = session.execute(
        update(Job).where(Job.id == job_id, waits).values(error=error, **_over("failed", now))
    )
    assert isinstance(changed, CursorResult)
    return changed.rowcount == 1


def forget_results(session: Session, kind: str, before: datetime) -> int:
    """Forget what jobs of a kind gave that were over before a moment; how many had given something."""
    old = (Job.kind == kind, Job.finished_at < before, Job.result.is_not(None))
    changed = session.execute(update(Job).where(*old).values(result=null()))
    assert isinstance(changed, CursorResult)
    return int(changed.rowcount)


def give_back(session: Session, held: Claim, error: str, now: datetime) -> bool:
    """A run broke down: the job waits for another, or is parked after its last; False if the lease was lost."""
    if held.attempt >= MOST_ATTEMPTS:
        return _change(session, held, {"error": error, **_over("parked", now)})
    return _change(session, held, {"error": error, "state": "queued", "owner": None, "lease_until": None})


def _lease(session: Session, job: Job, owner: str, now: datetime, lease: timedelta) -> Claim:
    job.state, job.owner, job.attempts = "running", owner, job.attempts + 1
    job.heartbeat_at, job.lease_until = now, now + lease
    job.progress, job.total, job.message = 0, None, ""
    session.flush()
    return Claim(job.id, job.kind, job.parameters, owner, job.attempts)


def _end(job: Job, state: str, now: datetime, error: str) -> None:
    job.error = error
    for column, value in _over(state, now).items():
        setattr(job, column, value)


def _over(state: str, now: datetime) -> dict[str, Any]:
    return {"state": state, "owner": None, "lease_until": None, "finished_at": now}


def _free(now: datetime) -> Any:
    return or_(Job.state == "queued", and_(Job.state == "running", Job.lease_until <= now))


def _held(held: Claim) -> Any:
    return and_(
        Job.id == held.job_id,
        Job.state == "running",
        Job.owner == held.owner,
        Job.attempts == held.attempt,
    )


def _change(session: Session, held: Claim, values: Mapping[str, Any]) -> bool:
    changed = session.execute(update(Job).where(_held(held)).values(**values))
    assert isinstance(changed, CursorResult)
    return changed.rowcount == 1
