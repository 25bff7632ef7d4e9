"""Questions about items, annual plans and campaigns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from data.models import (
    AnnualPlan,
    AnnualPlanLine,
    Campaign,
    CampaignDepartment,
    CampaignItem,
    Department,
    Draw,
    InspectionItem,
    ItemVersion,
    LedgerEntry,
    Person,
    User,
    Visit,
)

_SUBMITTED = ("submitted", "approved", "drawing", "inspecting", "closed")


def campaign_by_code(session: Session, code: str) -> Campaign | None:
    """A campaign by its code, if it may be seen."""
    return session.scalar(select(Campaign).where(Campaign.code == code))


def campaigns(session: Session) -> list[Campaign]:
    """The campaigns that may be seen, newest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc())))


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for among campaigns; what is empty limits nothing. `part` is `lead`, `joining` or empty."""

    state: str = ""
    year: int | None = None
    part: str = ""
    word: str = ""


def listed(department_id: int, wanted: Wanted) -> Select[Any]:
    """The campaigns that may be seen, newest first, with what a list shows of them."""
    return (
        select(Campaign)
        .where(*_limits(department_id, wanted))
        .order_by(Campaign.id.desc())
        .options(
            joinedload(Campaign.lead),
            selectinload(Campaign.departments).joinedload(CampaignDepartment.department),
        )
    )


def _limits(department_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    limits: list[ColumnElement[bool]] = []
    if wanted.state:
        limits.append(Campaign.state == wanted.state)
    if wanted.year is not None:
        first, last = date(wanted.year, 1, 1), date(wanted.year, 12, 31)
        limits += [Campaign.first_day <= last, Campaign.last_day >= first]
    if wanted.word:
        limits.append(
            or_(*(text.icontains(wanted.word, autoescape=True) for text in (Campaign.code, Campaign.name)))
        )
    led = Campaign.lead_department_id == department_id
    if wanted.part == "lead":
        limits.append(led)
    if wanted.part == "joining":
        part = CampaignDepartment.__table__.c
        joined = select(part.campaign_id).where(part.department_id == department_id)
        limits += [~led, Campaign.id.in_(joined)]
    return limits


def years(session: Session) -> list[int]:
    """The years of the campaigns that may be seen, the last one first."""
    first, last = session.execute(select(func.min(Campaign.first_day), func.max(Campaign.last_day))).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


def with_parts(session: Session, code: str) -> Campaign | None:
    """A campaign by its code, if it may be seen, with all that belongs to its outline."""
    return session.scalar(
        select(Campaign)
        .where(Campaign.code == code)
        .options(
            joinedload(Campaign.lead),
            selectinload(Campaign.departments).joinedload(CampaignDepartment.department),
            selectinload(Campaign.items).joinedload(CampaignItem.version).joinedload(ItemVersion.item),
            selectinload(Campaign.conditions),
            selectinload(Campaign.rates),
            selectinload(Campaign.weights),
            selectinload(Campaign.witnesses),
        )
    )


def last_draws(session: Session, campaign_ids: Iterable[int]) -> dict[int, Draw]:
    """The newest draw of each campaign that has one."""
    found = select(Draw).where(Draw.campaign_id.in_(list(campaign_ids))).order_by(Draw.id)
    return {each.campaign_id: each for each in session.scalars(found)}


def visits_left(session: Session, draw_ids: Iterable[int]) -> dict[int, int]:
    """How many of the visits that may be seen are neither disclosed nor void, by draw."""
    rows = session.execute(
        select(Visit.draw_id, func.count(Visit.id))
        .where(Visit.draw_id.in_(list(draw_ids)), Visit.state.not_in(("disclosed", "void")))
        .group_by(Visit.draw_id)
    )
    return {row[0]: row[1] for row in rows}


def acts_on(session: Session, subjects: Iterable[str], most: int) -> list[LedgerEntry]:
    """The last acts on some things that the reader may see in the ledger, the last one first."""
    found = select(LedgerEntry).where(LedgerEntry.subject.in_(list(subjects)))
    return list(session.scalars(found.order_by(LedgerEntry.at.desc(), LedgerEntry.seq.desc()).limit(most)))


def persons(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """The names of persons by their ids."""
    rows = session.execute(
        select(Person.id, Person.name).where(Person.id.in_({each for each in ids if each}))
    )
    return {row[0]: row[1] for row in rows}


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
