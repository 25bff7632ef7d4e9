"""What a campaign's outline can be made of: published items, departments, witnesses, lines of annual plans, lists."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from data.models import (
    AnnualPlan,
    AnnualPlanLine,
    Department,
    InspectionItem,
    ItemVersion,
    Jurisdiction,
    RoleGrant,
    SpecialRegistry,
    User,
)
from data.scope import division_of


def published_items(session: Session) -> list[tuple[Department, InspectionItem, ItemVersion]]:
    """The items of all departments that are published, by department and code."""
    rows = session.execute(
        select(Department, InspectionItem, ItemVersion)
        .join_from(ItemVersion, InspectionItem, InspectionItem.id == ItemVersion.item_id)
        .join(Department, Department.id == InspectionItem.department_id)
        .where(ItemVersion.state == "published")
        .order_by(Department.code, InspectionItem.code)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def open_departments(session: Session, jurisdiction_code: str) -> list[Department]:
    """The departments of a jurisdiction, and of those below it, that are not closed."""
    within = Department.jurisdiction_code.startswith(division_of(jurisdiction_code), autoescape=True)
    found = select(Department).where(within, Department.closed_on.is_(None))
    return list(session.scalars(found.order_by(Department.jurisdiction_code, Department.code)))


def holders(session: Session, role: str, today: date) -> list[User]:
    """The users who hold a role today, by department and login."""
    grants = select(RoleGrant.user_id).where(
        RoleGrant.role == role,
        RoleGrant.valid_from <= today,
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
    )
    question = (
        select(User)
        .join(Department, Department.id == User.department_id)
        .where(User.id.in_(grants), User.state == "active")
        .options(joinedload(User.person), joinedload(User.department))
    )
    return list(session.scalars(question.order_by(Department.code, User.login)))


def lines_to_carry_out(
    session: Session, department_id: int
) -> list[tuple[AnnualPlan, AnnualPlanLine, Department, ItemVersion]]:
    """The lines of a department's published plans whose item is still published, the newest plan first."""
    rows = session.execute(
        select(AnnualPlan, AnnualPlanLine, Department, ItemVersion)
        .join_from(AnnualPlanLine, AnnualPlan, AnnualPlan.id == AnnualPlanLine.plan_id)
        .join(InspectionItem, InspectionItem.id == AnnualPlanLine.item_id)
        .join(Department, Department.id == InspectionItem.department_id)
        .join(ItemVersion, ItemVersion.item_id == InspectionItem.id)
        .where(
            AnnualPlan.department_id == department_id,
            AnnualPlan.state.in_(("published", "running")),
            ItemVersion.state == "published",
        )
        .order_by(AnnualPlan.year.desc(), AnnualPlan.number, AnnualPlanLine.place)
        .options(joinedload(AnnualPlanLine.item))
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def special_registries(session: Session) -> list[SpecialRegistry]:
    """All special registries by code."""
    return list(session.scalars(select(SpecialRegistry).order_by(SpecialRegistry.code)))


def regions_within(session: Session, jurisdiction_code: str) -> list[Jurisdiction]:
    """A jurisdiction and those below it, by code."""
    within = Jurisdiction.code.startswith(division_of(jurisdiction_code), autoescape=True)
    return list(session.scalars(select(Jurisdiction).where(within).order_by(Jurisdiction.code)))
