"""Who works the system: jurisdictions as a tree, departments, persons, users, their roles and deputies."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Base, one_of
from data.vocabulary import ROLES, USER_STATES


class Jurisdiction(Base):
    """A jurisdiction (辖区) by its division code (GB/T 2260); the tree follows the superior, not the digits."""

    __tablename__ = "jurisdiction"
    __table_args__ = (CheckConstraint("superior_code <> code", name="not_its_own_superior"),)
    scope = "public"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    superior_code: Mapped[str | None] = mapped_column(ForeignKey("jurisdiction.code"))


class Department(Base):
    """A department (部门). It may be renamed or merged; what it did stays its own."""

    __tablename__ = "department"
    __table_args__ = (
        CheckConstraint("closed_on >= opened_on", name="closes_after_it_opens"),
        CheckConstraint("successor_id <> id", name="not_its_own_successor"),
        CheckConstraint("successor_id IS NULL OR closed_on IS NOT NULL", name="succeeded_when_closed"),
    )
    scope = "public"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    jurisdiction_code: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))

    names: Mapped[list[DepartmentName]] = relationship(order_by="DepartmentName.valid_from")


class DepartmentName(Base):
    """A name a department had from a day on; papers of that time bear it."""

    __tablename__ = "department_name"
    scope = "public"
    evidence = True

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Person(Base):
    """A natural person who works the system. Who must differ, differs by person, not by account."""

    __tablename__ = "person"
    scope = "public"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_number: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str] = mapped_column(String(100))


class User(Base):
    """A user (用户): an account of one person in one department."""

    __tablename__ = "user_account"
    __table_args__ = (one_of("state", USER_STATES), UniqueConstraint("id", "person_id"))
    scope = "public"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    state: Mapped[str] = mapped_column(String(20), default="active")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # set by somebody else in a face: good for giving oneself another, and for nothing else
    password_is_provisional: Mapped[bool] = mapped_column(default=False)
    inspector_id: Mapped[int | None] = mapped_column(ForeignKey("inspector.id"))

    person: Mapped[Person] = relationship()
    department: Mapped[Department] = relationship()


class RoleGrant(Base):
    """A role that a user holds in a department until a day; nobody grants himself one."""

    __tablename__ = "role_grant"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),
        CheckConstraint("granted_by_person_id <> person_id", name="not_by_oneself"),
        ForeignKeyConstraint(["user_id", "person_id"], ["user_account.id", "user_account.person_id"]),
        # what was revoked may be granted again on the same day
        Index(
            "uq_role_grant_not_revoked",
            *("user_id", "role", "department_id", "valid_from"),
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )
    scope = "public"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    person_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    # NULL only for the grants of the command line, where whoever runs it holds the database itself
    granted_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
    # from this moment on it is worth nothing, whatever its last day
    revoked_at: Mapped[datetime | None]


class Deputy(Base):
    """A deputy (代理): acts in a role of somebody for a time. Acts are his own, in his own name."""

    __tablename__ = "deputy"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("deputy_id <> user_id", name="not_oneself"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),
    )
    scope = "public"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date]
