"""The questions of lists that other systems page through; what is seen of each, the scope says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from data.models import Campaign, Department, Draw, FollowUp, Target, Visit


def departments() -> Select[Any]:
    """All departments by code."""
    return select(Department).order_by(Department.code)


def campaigns(word: str, state: str) -> Select[Any]:
    """Campaigns with a word in the name or the code, and in a state; the newest first."""
    question = select(Campaign).options(joinedload(Campaign.lead)).order_by(Campaign.id.desc())
    if word:
        named = (Campaign.name.contains(word, autoescape=True), Campaign.code.contains(word, autoescape=True))
        question = question.where(or_(*named))
    return question.where(Campaign.state == state) if state else question


def draws(campaign: str, year: int | None, state: str) -> Select[Any]:
    """Numbers of the register, the newest first."""
    question = select(Draw).options(joinedload(Draw.campaign)).order_by(Draw.id.desc())
    if campaign:
        question = question.join(Campaign, Campaign.id == Draw.campaign_id).where(Campaign.code == campaign)
    if year is not None:
        question = question.where(Draw.year == year)
    return question.where(Draw.state == state) if state else question


def visits(campaign: str, department: str, target: str, state: str, but_of: Collection[int]) -> Select[Any]:
    """Visits by campaign, department, target and state, but those of some draws; the newest first."""
    question = (
        select(Visit)
        .join(Target, Target.id == Visit.target_id)
        .join(Department, Department.id == Visit.department_id)
        .options(
            joinedload(Visit.target),
            joinedload(Visit.department),
            joinedload(Visit.draw).joinedload(Draw.campaign),
        )
        .order_by(Visit.id.desc())
    )
    if but_of:
        question = question.where(Visit.draw_id.not_in(tuple(but_of)))
    if campaign:
        of_campaign = select(Draw.id).join(Campaign, Campaign.id == Draw.campaign_id)
        question = question.where(Visit.draw_id.in_(of_campaign.where(Campaign.code == campaign)))
    if department:
        question = question.where(Department.code == department)
    if target:
        question = question.where(Target.code == target)
    return question.where(Visit.state == state) if state else question


def follow_ups(department_id: int, state: str) -> Select[Any]:
    """The follow-ups of a department in a state, the oldest first."""
    return (
        select(FollowUp)
        .join(Visit, Visit.id == FollowUp.visit_id)
        .where(Visit.department_id == department_id, FollowUp.state == state)
        .options(
            joinedload(FollowUp.visit).joinedload(Visit.target),
            joinedload(FollowUp.visit).joinedload(Visit.department),
            joinedload(FollowUp.visit).joinedload(Visit.draw).joinedload(Draw.campaign),
        )
        .order_by(FollowUp.id)
    )
