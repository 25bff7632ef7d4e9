"""The timetable of a campaign (排期): its limit, days without inspections, windows of targets, what found no day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Base, one_of
from data.models.organisation import Department
from data.models.registries import Target
from data.vocabulary import UNPLACED_REASONS, WINDOW_KINDS

USUAL_MOST = 2
"""How many visits an inspector makes on one day where nobody has said otherwise."""
LARGEST_MOST = 20


class Timetable(Base):
    """How the visits of a draw are put on days (排期), and when that was last done for all of them.

    `most` is how many visits an inspector makes on one day at most (每人每日检查上限).
    """

    __tablename__ = "timetable"
    __table_args__ = (CheckConstraint(f"most BETWEEN 1 AND {LARGEST_MOST}", name="most"),)
    scope = "of_draw"

    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    most: Mapped[int] = mapped_column(default=USUAL_MOST)
    made_at: Mapped[datetime | None]


class UnplacedTarget(Base):
    """A drawn target for which the timetable found no day, and why; the row goes when the target gets one."""

    __tablename__ = "unplaced_target"
    __table_args__ = (
        ForeignKeyConstraint(["draw_id", "target_id"], ["drawn_target.draw_id", "drawn_target.target_id"]),
        one_of("reason", UNPLACED_REASONS),
    )
    scope = "of_draw"

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    inspectors: Mapped[str] = mapped_column(
        String(1000), default=""
    )  # codes of whom it is about, joined with `;`


class Blackout(Base):
    """Days on which a department, or none of a campaign, inspects anything (不安排检查的日子), and why."""

    __tablename__ = "blackout"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="ends_after_it_begins"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        Index("ix_blackout_campaign_id", "campaign_id"),
    )
    scope = "of_campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))  # NULL: all that take part
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)

    department: Mapped[Department | None] = relationship()


class TargetWindow(Base):
    """Days on which a drawn target is closed (停业), or out of which it does not produce (季节性生产), and why."""

    __tablename__ = "target_window"
    __table_args__ = (
        ForeignKeyConstraint(["draw_id", "target_id"], ["drawn_target.draw_id", "drawn_target.target_id"]),
        one_of("kind", WINDOW_KINDS),
        CheckConstraint("last_day >= first_day", name="ends_after_it_begins"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        Index("ix_target_window_draw_id_target_id", "draw_id", "target_id"),
    )
    scope = "of_draw"

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int]
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    kind: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)

    target: Mapped[Target] = relationship()
