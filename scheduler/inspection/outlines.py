"""What a planner can choose from while he writes a campaign's outline (方案拟定)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.models import (
    AnnualPlan,
    AnnualPlanLine,
    Department,
    ItemVersion,
    Jurisdiction,
    SpecialRegistry,
    User,
)
from data.queries import organisation, outlines
from scheduler.permissions import Desk


@dataclass(frozen=True)
class OfferedItem:
    """A published item, and how an outline names it."""

    reference: str
    department: Department
    version: ItemVersion


@dataclass(frozen=True)
class OfferedLine:
    """A line of a published annual plan, and the item it foresees as an outline names it."""

    plan: AnnualPlan
    line: AnnualPlanLine
    item: str
    version: ItemVersion


@dataclass(frozen=True)
class Offer:
    """All that an outline of the actor's department can be made of."""

    own: Department
    items: Sequence[OfferedItem]
    lines: Sequence[OfferedLine]
    departments: Sequence[Department]
    witnesses: Sequence[User]
    registries: Sequence[SpecialRegistry]
    regions: Sequence[Jurisdiction]

    def line(self, line_id: int | None) -> OfferedLine | None:
        """One of the lines by its id."""
        return next((each for each in self.lines if each.line.id == line_id), None)


def offered(desk: Desk) -> Offer:
    """What a planner of the actor's department can choose from; he is himself no witness of what he plans."""
    desk.require("planner")
    session = desk.session
    own = organisation.departments_by_id(session, [desk.actor.department_id])[desk.actor.department_id]
    items = outlines.published_items(session)
    lines = outlines.lines_to_carry_out(session, own.id)
    witnesses = outlines.holders(session, "witness", desk.today)
    return Offer(
        own=own,
        items=[
            OfferedItem(f"{department.code}/{item.code}", department, version)
            for department, item, version in items
        ],
        lines=[
            OfferedLine(plan, line, f"{department.code}/{line.item.code}", version)
            for plan, line, department, version in lines
        ],
        departments=[
            each for each in outlines.open_departments(session, own.jurisdiction_code) if each.id != own.id
        ],
        witnesses=[each for each in witnesses if each.person_id != desk.actor.person_id],
        registries=outlines.special_registries(session),
        regions=outlines.regions_within(session, own.jurisdiction_code),
    )


def region_names(desk: Desk) -> dict[str, str]:
    """The regions of the actor's jurisdiction by code, as a reader knows them."""
    own = organisation.departments_by_id(desk.session, [desk.actor.department_id])[desk.actor.department_id]
    return {each.code: each.name for each in outlines.regions_within(desk.session, own.jurisdiction_code)}
