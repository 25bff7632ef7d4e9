"""Work outside of requests (后台作业)."""

from __future__ import annotations

from typing import Any

from data.schemas.draws import JobShown, JobsWanted
from scheduler.inspection import lists
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import ID, Kind, Part

part = Part("jobs", "Work outside of requests (后台作业)")

KIND = Kind(JobShown(), lists.job)


@part.page("/jobs", JobShown, JobsWanted)
@open_to(SIGNED_IN)
def listed(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """The jobs of one's department, the newest first (后台作业)."""
    return lists.jobs(desk, number, size, **filters)


@part.one(f"/jobs/<{ID}:job_id>", KIND)
@open_to(SIGNED_IN)
def one() -> None:
    """One job and how far it is (后台作业的进度)."""
