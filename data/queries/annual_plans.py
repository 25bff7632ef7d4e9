"""Questions about annual plans (年度抽查工作计划): their list, their lines, and the campaigns made from each line."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from data.models import AnnualPlan, AnnualPlanLine, Campaign, LedgerEntry, Person

AUTHORING = ("annual_plan:draft", "annual_plan:amend")


def listed(year: int | None, state: str) -> Select[Any]:
    """The annual plans that may be seen, of a year or all and in a state or any, the newest first."""
    question = select(AnnualPlan).options(selectinload(AnnualPlan.lines))
    if year is not None:
        question = question.where(AnnualPlan.year == year)
    if state:
        question = question.where(AnnualPlan.state == state)
    return question.order_by(AnnualPlan.year.desc(), AnnualPlan.id.desc())


def years(session: Session) -> list[int]:
    """The years of which there are plans, the last one first."""
    return list(session.scalars(select(AnnualPlan.year).distinct().order_by(AnnualPlan.year.desc())))


def plan(session: Session, plan_id: int) -> AnnualPlan | None:
    """An annual plan, if it may be seen."""
    return session.scalar(select(AnnualPlan).where(AnnualPlan.id == plan_id))


def plans_of_year(session: Session, year: int) -> list[AnnualPlan]:
    """The plans of a year that may be seen and were not withdrawn, by number."""
    question = select(AnnualPlan).where(AnnualPlan.year == year, AnnualPlan.state != "withdrawn")
    return list(session.scalars(question.order_by(AnnualPlan.number)))


def lines(session: Session, plan_ids: Collection[int]) -> list[AnnualPlanLine]:
    """The lines of plans in their order, each with its item."""
    return list(
        session.scalars(
            select(AnnualPlanLine)
            .where(AnnualPlanLine.plan_id.in_(list(plan_ids)))
            .order_by(AnnualPlanLine.plan_id, AnnualPlanLine.place)
            .options(joinedload(AnnualPlanLine.item))
        )
    )


def campaigns_of_lines(session: Session, line_ids: Collection[int]) -> dict[int, list[Campaign]]:
    """The campaigns made from each of some lines, in the order of their days."""
    made: dict[int, list[Campaign]] = {each: [] for each in line_ids}
    question = select(Campaign).where(Campaign.plan_line_id.in_(list(line_ids)))
    for campaign in session.scalars(question.order_by(Campaign.first_day, Campaign.id)):
        made[campaign.plan_line_id or 0].append(campaign)
    return made


def people(session: Session, plan: AnnualPlan) -> dict[int, str]:
    """The names of who drafted and who approved a plan, by person."""
    ids = [each for each in (plan.planner_person_id, plan.approver_person_id) if each is not None]
    return {each.id: each.name for each in session.scalars(select(Person).where(Person.id.in_(ids)))}


def authors(session: Session, plan_id: int) -> set[int]:
    """The persons who wrote a plan or changed it, by the ledger; whoever asks need not see its lines."""
    line = LedgerEntry.__table__.c
    rows = session.execute(
        select(line.person_id).where(line.subject == f"annual_plan/{plan_id}", line.action.in_(AUTHORING))
    )
    return {row[0] for row in rows}
