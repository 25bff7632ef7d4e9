"""Work done outside a request: jobs that outlive the process that does them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

JOB_STATES = ("queued", "running", "done", "failed", "parked")


class Job(Base):
    """A piece of work (后台作业), done once for each `key`.

    Whoever runs it holds a lease; `owner` and `attempts` together name that one run. A job without a department is
    the system's own. `error` is a code; `result` holds what the work gave, or the parameters of the refusal.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JOB_STATES),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        CheckConstraint("progress >= 0 AND (total IS NULL OR total >= 0)", name="progress_counted"),
        CheckConstraint(
            "(state = 'running' AND owner IS NOT NULL AND lease_until IS NOT NULL AND attempts >= 1) OR "
            "(state <> 'running' AND owner IS NULL AND lease_until IS NULL)",
            name="leased_while_running",
        ),
        CheckConstraint(
            "(state IN ('queued', 'running')) = (finished_at IS NULL)", name="finished_when_over"
        ),
        Index("ix_job_state", "state", "id"),
    )
    scope = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    message: Mapped[str] = mapped_column(String(200), default="")
    heartbeat_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(String(100))
    attempts: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
