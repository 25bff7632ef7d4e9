"""Questions about items, annual plans and campaigns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.models import (
    AnnualPlan,
    AnnualPlanLine,
    Campaign,
    CampaignItem,
    Department,
    InspectionItem,
    ItemApproval,
    ItemVersion,
    LedgerEntry,
    Person,
    User,
)

_SUBMITTED = ("submitted", "approved", "drawing", "inspecting", "closed")


def campaign_by_code(session: Session, code: str) -> Campaign | None:
    """A campaign by its code, if it may be seen."""
    return session.scalar(select(Campaign).where(Campaign.code == code))


def campaigns(session: Session) -> list[Campaign]:
    """The campaigns that may be seen, newest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc())))


def locked_campaign(session: Session, campaign_id: int) -> Campaign | None:
    """A campaign whose row nobody else changes before this transaction ends, as it stands now."""
    return session.scalar(
        select(Campaign)
        .where(Campaign.id == campaign_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def code_is_taken(session: Session, code: str) -> bool:
    """Whether any department has a campaign of this code."""
    table = Campaign.__table__  # codes are unique among all departments, not only among those seen
    return session.execute(select(table.c.id).where(table.c.code == code)).first() is not None


def published_item(session: Session, department: str, code: str) -> ItemVersion | None:
    """The published version of a department's item."""
    return session.scalar(
        select(ItemVersion)
        .join(InspectionItem, InspectionItem.id == ItemVersion.item_id)
        .join(Department, Department.id == InspectionItem.department_id)
        .where(Department.code == department, InspectionItem.code == code, ItemVersion.state == "published")
    )


def item_versions(session: Session, state: str, department_id: int) -> list[ItemVersion]:
    """A department's item versions in a state, by code."""
    return list(
        session.scalars(
            select(ItemVersion)
            .join(InspectionItem, InspectionItem.id == ItemVersion.item_id)
            .where(InspectionItem.department_id == department_id, ItemVersion.state == state)
            .order_by(InspectionItem.code)
        )
    )


def newest_version(session: Session, department_id: int, code: str) -> ItemVersion | None:
    """The newest version of a department's item."""
    return session.scalar(
        select(ItemVersion)
        .join(InspectionItem, InspectionItem.id == ItemVersion.item_id)
        .where(InspectionItem.department_id == department_id, InspectionItem.code == code)
        .order_by(ItemVersion.version.desc())
        .limit(1)
    )


def version_in_force(session: Session, item_id: int) -> ItemVersion | None:
    """The published version of an item."""
    return session.scalar(
        select(ItemVersion).where(ItemVersion.item_id == item_id, ItemVersion.state == "published")
    )


def campaigns_of_item(
    session: Session, item_id: int, lead_department_id: int, year: int, besides: int | None
) -> int:
    """How many other campaigns that a department leads on an item in a year have been submitted."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    counted = (
        select(func.count(Campaign.id.distinct()))
        .join(CampaignItem, CampaignItem.campaign_id == Campaign.id)
        .join(ItemVersion, ItemVersion.id == CampaignItem.item_version_id)
        .where(ItemVersion.item_id == item_id, Campaign.lead_department_id == lead_department_id)
        .where(Campaign.first_day.between(first, last), Campaign.id != besides)
        .where(Campaign.state.in_(_SUBMITTED))
    )
    return session.scalar(counted) or 0


def campaigns_of_line(session: Session, line_id: int, besides: int | None) -> int:
    """How many other campaigns of a line of an annual plan have been submitted."""
    counted = (
        select(func.count(Campaign.id))
        .where(Campaign.plan_line_id == line_id, Campaign.id != besides)
        .where(Campaign.state.in_(_SUBMITTED))
    )
    return session.scalar(counted) or 0


def persons_by_login(session: Session, logins: Iterable[str]) -> dict[str, tuple[Person, User]]:
    """Persons and accounts by login."""
    found = session.scalars(select(User).where(User.login.in_(list(logins))))
    return {user.login: (user.person, user) for user in found}


def annual_plan(session: Session, department_id: int, year: int, number: str) -> AnnualPlan | None:
    """A department's annual plan."""
    return session.scalar(
        select(AnnualPlan).where(
            AnnualPlan.department_id == department_id, AnnualPlan.year == year, AnnualPlan.number == number
        )
    )


def plan_line(plan: AnnualPlan, place: int) -> AnnualPlanLine | None:
    """A line of an annual plan by its place from 1."""
    return next((line for line in plan.lines if line.place == place), None)


def approvers(session: Session, version_id: int) -> set[int]:
    """The persons who have had a hand in the approval of a version since it was last submitted."""
    steps = list(
        session.scalars(
            select(ItemApproval).where(ItemApproval.version_id == version_id).order_by(ItemApproval.id)
        )
    )
    submitted = max((place for place, each in enumerate(steps) if each.action == "submit"), default=0)
    return {each.person_id for each in steps[submitted:]}


AUTHORING = ("campaign:set_up", "campaign:amend", "campaign:invite", "campaign:submit")


def authors(session: Session, campaign_id: int) -> set[int]:
    """The persons who had a hand in a campaign's outline, by the ledger; whoever asks need not see its lines."""
    line = LedgerEntry.__table__.c
    rows = session.execute(
        select(line.person_id).where(line.subject == f"campaign/{campaign_id}", line.action.in_(AUTHORING))
    )
    return {row[0] for row in rows}


def lock_plan(session: Session, plan: AnnualPlan) -> None:
    """Let nobody else change an annual plan before this transaction ends; it is read again as it stands now."""
    session.refresh(plan, with_for_update=True)
