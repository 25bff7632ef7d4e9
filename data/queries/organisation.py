"""Questions about departments, users and their roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from data.models import (
    Campaign,
    CampaignDepartment,
    Department,
    DepartmentName,
    Deputy,
    Jurisdiction,
    Person,
    RoleGrant,
    User,
)


def jurisdiction(session: Session, code: str) -> Jurisdiction | None:
    """A jurisdiction by its division code."""
    return session.get(Jurisdiction, code)


def department_by_code(session: Session, code: str) -> Department | None:
    """A department by its code."""
    return session.scalar(select(Department).where(Department.code == code))


def departments_by_id(session: Session, ids: Iterable[int]) -> dict[int, Department]:
    """Departments by id."""
    return {each.id: each for each in session.scalars(select(Department).where(Department.id.in_(set(ids))))}


def name_on(session: Session, department_id: int, day: date) -> str:
    """The name a department had on a day."""
    names = select(DepartmentName.name).where(
        DepartmentName.department_id == department_id, DepartmentName.valid_from <= day
    )
    found = session.scalar(names.order_by(DepartmentName.valid_from.desc()).limit(1))
    return found or session.get_one(Department, department_id).name


def user_by_login(session: Session, login: str) -> User | None:
    """A user by login."""
    return session.scalar(select(User).where(User.login == login))


def users(session: Session) -> list[User]:
    """All users by login."""
    return list(session.scalars(select(User).order_by(User.login)))


def person_by_number(session: Session, staff_number: str) -> Person | None:
    """A person by staff number."""
    return session.scalar(select(Person).where(Person.staff_number == staff_number))


def roles_of(session: Session, user_id: int, department_id: int, today: date) -> set[str]:
    """The roles a user holds in his department today, and those in which he stands in for somebody of it who does."""
    standing_in = (
        select(Deputy.role)
        .join(RoleGrant, and_(RoleGrant.user_id == Deputy.user_id, RoleGrant.role == Deputy.role))
        .join(User, User.id == Deputy.user_id)
        .where(Deputy.deputy_id == user_id, Deputy.valid_from <= today, Deputy.valid_to >= today)
        .where(*_in_force(department_id, today), User.state == "active")
    )
    return own_roles_of(session, user_id, department_id, today) | set(session.scalars(standing_in))


def own_roles_of(session: Session, user_id: int, department_id: int, today: date) -> set[str]:
    """The roles a user holds in his department today by grants of his own."""
    own = select(RoleGrant.role).where(RoleGrant.user_id == user_id, *_in_force(department_id, today))
    return set(session.scalars(own))


def grants_of(session: Session, user_id: int) -> list[RoleGrant]:
    """All roles a user was ever granted."""
    return list(session.scalars(select(RoleGrant).where(RoleGrant.user_id == user_id).order_by(RoleGrant.id)))


def _in_force(department_id: int, today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        RoleGrant.department_id == department_id,
        RoleGrant.valid_from <= today,
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
    )


def open_campaigns_of(session: Session, department_id: int) -> list[str]:
    """The codes of campaigns a department takes part in that are neither closed nor cancelled."""
    campaign, part = (
        Campaign.__table__.c,
        CampaignDepartment.__table__.c,
    )  # also those the reader does not see
    rows = session.execute(
        select(campaign.code)
        .join_from(Campaign.__table__, CampaignDepartment.__table__, part.campaign_id == campaign.id)
        .where(part.department_id == department_id, campaign.state.not_in(("closed", "cancelled")))
        .order_by(campaign.code)
    )
    return [row[0] for row in rows]


def has_departments(session: Session) -> bool:
    """Whether there is any department."""
    return session.scalar(select(Department.id).limit(1)) is not None
