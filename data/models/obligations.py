"""Time that binds: the calendar of working days, the dated rules of deadlines, and who owes what by when."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Base, one_of

UNITS = ("wd", "day", "realtime", "quarter_end")  # 工作日, 自然日, 实时, 季度末
JOINT_STARTS = ("first", "last", "each")


class CalendarDay(Base):
    """A day, and whether it is a working day (工作日), make-up days (调休上班日) included.

    `notice_year` is the year whose holiday notice decided on this day; the notice of a year also moves days of the
    December before it (2018-12-29 and 31 by that for 2019). NULL: nobody has yet, only the weekday speaks.
    """

    __tablename__ = "calendar_day"
    scope = "public"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200))
    notice_year: Mapped[int | None]

    @property
    def announced(self) -> bool:
        """A notice has decided on this day."""
        return self.notice_year is not None


class DeadlineRule(Base):
    """A dated rule (办理时限): who must do what within which time of what, in one jurisdiction.

    `n` counts units of `unit`; the day of the trigger itself counts only where `counts_trigger_day` says so.
    `for_joint` tells from whose day the time of a joint campaign (部门联合抽查) runs: the first department's, the
    last one's, or each from its own. A rule that changes is a new row; the old one gets its last day.
    """

    __tablename__ = "deadline_rule"
    __table_args__ = (
        UniqueConstraint("jurisdiction_code", "event", "valid_from"),
        one_of("unit", UNITS),
        one_of("for_joint", JOINT_STARTS),
        CheckConstraint("(unit IN ('wd', 'day') AND n >= 1) OR (unit NOT IN ('wd', 'day') AND n = 0)", name="n_fits_unit"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),
    )  # fmt: skip
    scope = "public"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    jurisdiction_code: Mapped[str] = mapped_column(String(12))
    jurisdiction: Mapped[str] = mapped_column(String(100))
    event: Mapped[str] = mapped_column(String(40))
    trigger: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(200))
    n: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    counts_trigger_day: Mapped[bool]
    for_joint: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(300))


class Obligation(Base):
    """What a department owes by a day (办理事项, 期限), with how the day was found.

    Lateness (逾期) is no column: it is the days compared. `jurisdiction_code` is the department's at that time.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("rule_id", "subject_kind", "subject_id", "department_id"),
        CheckConstraint("due_on >= triggered_on", name="due_after_trigger"),
        CheckConstraint("fulfilled_on >= triggered_on", name="fulfilled_after_trigger"),
        Index("ix_obligation_open", "due_on", sqlite_where=text("fulfilled_on IS NULL"),
              postgresql_where=text("fulfilled_on IS NULL")),
        Index("ix_obligation_subject", "subject_kind", "subject_id"),
    )  # fmt: skip
    scope = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[str] = mapped_column(ForeignKey("deadline_rule.id"))
    jurisdiction_code: Mapped[str] = mapped_column(String(12))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    event: Mapped[str] = mapped_column(String(40))
    triggered_on: Mapped[date]
    due_on: Mapped[date]
    computation: Mapped[dict[str, Any]] = mapped_column(JSON)
    fulfilled_on: Mapped[date | None]

    rule: Mapped[DeadlineRule] = relationship()
