"""Work outside of requests (后台作业)."""

from __future__ import annotations

from typing import Any

from data.schemas.draws import ClaimShown, JobShown, JobsWanted
from scheduler.inspection import lists, work
from scheduler.permissions import Desk
from web.access import open_to
from web.api.parts import ID, Kind, Part
from web.inspection.draws import told_claims

part = Part("jobs", "Work outside of requests (后台作业)")

KIND = Kind(JobShown(), lists.job)
ONE = f"/jobs/<{ID}:job_id>"


@part.page("/jobs", JobShown, JobsWanted)
@open_to(*work.READERS)
def listed(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """The jobs of one's department, the newest first (后台作业)."""
    return lists.jobs(desk, number, size, **filters)


@part.one(ONE, KIND)
@open_to(*work.READERS)
def one() -> None:
    """One job and how far it is (后台作业的进度)."""


@part.look(f"{ONE}/claims", ClaimShown(many=True))
@open_to(*work.READERS)
def claims(desk: Desk, job_id: int) -> Any:
    """What a draw checked again holds to, claim by claim; for those who may take its bundle (复核结论)."""
    line = work.find_job(desk, job_id)
    found = told_claims(line.job.result or {}) if work.may_see_claims(desk, line) else []
    return [dict(zip(("claim", "state", "detail"), each, strict=True)) for each in found]


@part.act(f"{ONE}/again", KIND, gives=JobShown(), status=202)
@open_to("planner", "approver", "auditor")
def again(desk: Desk, job: Any) -> Any:
    """Ask anew for what a job did not bring about; the answer is the new job (重新提交)."""
    return lists.job(desk, work.ask_again(desk, job))
