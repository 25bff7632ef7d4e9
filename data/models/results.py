"""Visits, results, their review and disclosure, and what follows from a finding."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Base, one_of
from data.models.draws import Draw
from data.models.organisation import Department
from data.models.registries import Target
from data.vocabulary import FOLLOW_UP_STATES, HANDLINGS, VISIT_STATES

LARGEST_ATTACHMENT = 10 << 20
LONGEST_FILE_NAME = 300


class Visit(Base):
    """A visit (检查): one department's part of the joint visit to one drawn target."""

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(["draw_id", "target_id"], ["drawn_target.draw_id", "drawn_target.target_id"]),
        UniqueConstraint("draw_id", "target_id", "department_id"),
        one_of("state", VISIT_STATES),
        Index("ix_visit_department_id_state", "department_id", "state"),
    )
    scope = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    state: Mapped[str] = mapped_column(String(20), default="open")
    planned_on: Mapped[date | None]
    dispatched_at: Mapped[datetime | None]

    draw: Mapped[Draw] = relationship()
    target: Mapped[Target] = relationship()
    department: Mapped[Department] = relationship()
    results: Mapped[list[Result]] = relationship(back_populates="visit", order_by="Result.version")


class ResultCode(Base):
    """A code of the overall result in a dated list; the same digit means other things in other lists."""

    __tablename__ = "result_code"
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),)
    scope = "public"

    code_list: Mapped[str] = mapped_column(String(50), primary_key=True)
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    found: Mapped[bool]  # whether it says that something was found
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300))


class Result(Base):
    """A result (检查结果) of a visit as entered. It is never edited: what replaces it is a new version."""

    __tablename__ = "result"
    __table_args__ = (
        UniqueConstraint("visit_id", "version"),
        UniqueConstraint("id", "entered_by_person_id"),
        UniqueConstraint("id", "inspected_on"),
        UniqueConstraint("id", "visit_id"),
        ForeignKeyConstraint(["code_list", "code"], ["result_code.code_list", "result_code.code"]),
        CheckConstraint("version >= 1", name="counts_from_one"),
        CheckConstraint("version = 1 OR reason <> ''", name="a_correction_has_a_reason"),
    )
    scope = "of_visit"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    version: Mapped[int]
    inspected_on: Mapped[date]
    methods: Mapped[str] = mapped_column(String(200))
    code_list: Mapped[str] = mapped_column(String(50))
    code: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    measures: Mapped[str] = mapped_column(String(1000), default="")  # what is to follow, joined with `;`
    reason: Mapped[str] = mapped_column(Text, default="")
    entered_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]

    visit: Mapped[Visit] = relationship(back_populates="results")
    findings: Mapped[list[Finding]] = relationship(order_by="Finding.item_version_id")
    overall: Mapped[ResultCode] = relationship()


class Finding(Base):
    """What was found (问题) at one item: whether it was checked, the problem, how it was handled."""

    __tablename__ = "finding"
    __table_args__ = (
        one_of("handling", HANDLINGS),
        CheckConstraint("checked OR problem = ''", name="a_problem_was_looked_at"),
        CheckConstraint("(problem = '') <= (handling = 'none')", name="nothing_to_handle_without_a_problem"),
    )
    scope = "of_result"
    evidence = True

    result_id: Mapped[int] = mapped_column(ForeignKey("result.id"), primary_key=True)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), primary_key=True)
    checked: Mapped[bool]
    problem: Mapped[str] = mapped_column(Text, default="")
    handling: Mapped[str] = mapped_column(String(30), default="none")


class Attachment(Base):
    """A file that belongs to a result, known by its digest."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint(f"size BETWEEN 1 AND {LARGEST_ATTACHMENT}", name="size"),
        CheckConstraint("length(content) = size", name="size_is_true"),
        UniqueConstraint("result_id", "sha256"),
    )
    scope = "of_result"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("result.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_FILE_NAME))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Review(Base):
    """The review of a result by somebody who did not enter it: accepted, or sent back with a reason."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("decision IN ('accept', 'send_back')", name="decision"),
        CheckConstraint("decision = 'accept' OR reason <> ''", name="sent_back_with_a_reason"),
        ForeignKeyConstraint(
            ["result_id", "entered_by_person_id"], ["result.id", "result.entered_by_person_id"]
        ),
        CheckConstraint("reviewer_person_id <> entered_by_person_id", name="not_of_ones_own"),
        UniqueConstraint("result_id", "decision"),
    )
    scope = "of_result"
    evidence = True

    result_id: Mapped[int] = mapped_column(primary_key=True)
    entered_by_person_id: Mapped[int]
    reviewer_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class Disclosure(Base):
    """The disclosure (公示) of an accepted result, with the day it was due."""

    __tablename__ = "disclosure"
    __table_args__ = (
        ForeignKeyConstraint(["result_id", "decision"], ["review.result_id", "review.decision"]),
        ForeignKeyConstraint(["result_id", "inspected_on"], ["result.id", "result.inspected_on"]),
        CheckConstraint("decision = 'accept'", name="of_an_accepted_result"),
        CheckConstraint("due_on >= inspected_on", name="due_after_the_visit"),
    )
    scope = "of_result"
    evidence = True

    result_id: Mapped[int] = mapped_column(primary_key=True)
    decision: Mapped[str] = mapped_column(String(20), default="accept")
    inspected_on: Mapped[date]
    due_on: Mapped[date]
    disclosed_at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class FollowUp(Base):
    """What follows from a finding (后续处置), open until it is closed with a day and a word."""

    __tablename__ = "follow_up"
    __table_args__ = (
        one_of("state", FOLLOW_UP_STATES),
        ForeignKeyConstraint(["result_id", "visit_id"], ["result.id", "result.visit_id"]),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_on_a_day"),
        CheckConstraint("closed_on >= opened_on", name="closes_after_it_opens"),
        CheckConstraint("state = 'open' OR closing_note <> ''", name="closed_with_a_word"),
    )
    scope = "of_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    result_id: Mapped[int]
    measure: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(20), default="open")
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    closing_note: Mapped[str] = mapped_column(Text, default="")

    visit: Mapped[Visit] = relationship(foreign_keys=[visit_id])
