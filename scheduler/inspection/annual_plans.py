"""Annual plans (年度抽查工作计划): written, amended, their lines with the campaigns made, the year by months."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from data.models import AnnualPlan, AnnualPlanLine, Campaign, ItemVersion
from data.queries import annual_plans, campaigns, items, organisation
from data.queries.paging import Page, page_of
from data.schemas.campaigns import AnnualPlanOutline
from matching.refused import Refused
from scheduler.inspection.steps import ANNUAL_PLAN
from scheduler.permissions import Desk, in_own_department
from scheduler.written import read

MOVES = tuple(act for act in ANNUAL_PLAN.acts if act != "amend")
"""The acts that take a plan further; to amend it needs its words too."""
_LINE = ("kind", "joint", "first_month", "last_month", "ratio", "times")
_COUNTED = ("submitted", "approved", "drawing", "inspecting", "closed")


def read_plan(desk: Desk, written: object) -> dict[str, Any]:
    """An annual plan as its planner wrote it; Refused `annual_plan.fields` with all that is wrong."""
    unknown = [f"$.lines.{place}.item: no_such_item" for place in _unknown_items(desk, written)]
    try:
        outline = read(AnnualPlanOutline(), written, "annual_plan.fields")
    except Refused as refused:
        raise Refused(
            "annual_plan.fields", faults=[*cast("list[str]", refused.params["faults"]), *unknown]
        ) from None
    if unknown:
        raise Refused("annual_plan.fields", faults=unknown)
    return outline


def _unknown_items(desk: Desk, written: object) -> Iterator[int]:
    """The places of lines whose item is none that is published, also where the plan can't be read otherwise."""
    lines = written.get("lines") if isinstance(written, Mapping) else None
    for place, line in enumerate(lines if isinstance(lines, list) else []):
        name = line.get("item") if isinstance(line, Mapping) else None
        if isinstance(name, str) and name and name.isprintable() and _published(desk, name) is None:
            yield place


def _published(desk: Desk, name: str) -> ItemVersion | None:
    department, _, code = name.partition("/")
    return campaigns.published_item(desk.session, department, code)


def plan_lines(desk: Desk, outline: Mapping[str, Any]) -> list[AnnualPlanLine]:
    """The lines of a plan that was read."""
    made = []
    for place, line in enumerate(outline["lines"], start=1):
        item = _published(desk, line["item"])
        if item is None:
            raise Refused("campaign.no_such_item", item=line["item"])
        own = {name: line[name] for name in _LINE}
        made.append(AnnualPlanLine(place=place, item_id=item.item_id, **own))
    return made


def amend_plan(desk: Desk, plan: AnnualPlan, written: object) -> None:
    """Write a draft anew; whoever did so does not approve it."""
    in_own_department(desk, plan.department_id)
    campaigns.lock_plan(desk.session, plan)
    role = ANNUAL_PLAN.move(desk, plan, "amend")
    outline = read_plan(desk, written)
    other = campaigns.annual_plan(desk.session, plan.department_id, outline["year"], outline["number"])
    if other is not None and other.id != plan.id:
        raise Refused("annual_plan.exists", year=outline["year"], number=outline["number"])
    for line in list(plan.lines):
        desk.session.delete(line)
    desk.session.flush()
    desk.session.expire(plan, ["lines"])
    plan.year, plan.number, plan.name = outline["year"], outline["number"], outline["name"]
    plan.lines = plan_lines(desk, outline)
    desk.session.flush()
    desk.tell(role, "annual_plan:amend", f"annual_plan/{plan.id}", year=plan.year, number=plan.number)


def check_amendable(desk: Desk, plan: AnnualPlan) -> None:
    """Refuse to open the form of what can't be amended, or not by the actor."""
    in_own_department(desk, plan.department_id)
    ANNUAL_PLAN.check(desk, plan.state, "amend")


def outline_of(desk: Desk, plan: AnnualPlan) -> dict[str, Any]:
    """A plan written down again as its outline."""
    lines = annual_plans.lines(desk.session, [plan.id])
    departments = organisation.departments_by_id(desk.session, [each.item.department_id for each in lines])
    return {
        "year": plan.year,
        "number": plan.number,
        "name": plan.name,
        "lines": [
            {"item": f"{departments[each.item.department_id].code}/{each.item.code}"}
            | {name: getattr(each, name) for name in _LINE}
            for each in lines
        ],
    }


def plan_of_id(desk: Desk, plan_id: int) -> AnnualPlan:
    """A plan that the actor may see; Refused `annual_plan.none` also for those he may not."""
    found = annual_plans.plan(desk.session, plan_id)
    if found is None:
        raise Refused("annual_plan.none")
    return found


def acts_for(desk: Desk, plan: AnnualPlan) -> list[str]:
    """What the actor may do with a plan now."""
    if plan.department_id != desk.actor.department_id:
        return []
    may = [act for act in ANNUAL_PLAN.possible(plan.state) if _may(desk, act)]
    if "approve" in may and desk.actor.person_id in _authors(desk, plan):
        may.remove("approve")
    return may


def _may(desk: Desk, act: str) -> bool:
    return not desk.actor.roles.isdisjoint(ANNUAL_PLAN.roles(act))


def _authors(desk: Desk, plan: AnnualPlan) -> set[int]:
    return {plan.planner_person_id, *annual_plans.authors(desk.session, plan.id)}


@dataclass(frozen=True)
class People:
    """Who drafted a plan and who approved it, by name; nobody yet is empty."""

    planner: str
    approver: str


def people_of(desk: Desk, plan: AnnualPlan) -> People:
    """The persons of a plan."""
    names = annual_plans.people(desk.session, plan)
    return People(names[plan.planner_person_id], names.get(plan.approver_person_id or 0, ""))


def listed(desk: Desk, year: int | None, state: str, number: int) -> Page[AnnualPlan]:
    """A page of the plans that the actor may see, of a year or all and in a state or any."""
    return page_of(desk.session, annual_plans.listed(year, state), number)


def years(desk: Desk) -> list[int]:
    """The years of which there are plans, the last one first."""
    return annual_plans.years(desk.session)


def items_to_plan(desk: Desk) -> list[tuple[str, str]]:
    """The published items of the actor's department, as an outline names them, each with what it is called."""
    own = items.published(desk.session, desk.actor.department_id)
    code = organisation.departments_by_id(desk.session, [desk.actor.department_id])[
        desk.actor.department_id
    ].code
    return [(f"{code}/{each.item.code}", each.name) for each in own]


@dataclass(frozen=True)
class PlanLine:
    """A line of a plan with what its item is called and the campaigns that were made from it.

    `made` counts those that were handed in, as many as `line.times` are foreseen; `done` those that are closed.
    """

    plan: AnnualPlan
    line: AnnualPlanLine
    name: str
    campaigns: Sequence[Campaign]

    @property
    def made(self) -> int:
        """How many of the foreseen campaigns were handed in."""
        return sum(each.state in _COUNTED for each in self.campaigns)

    @property
    def done(self) -> int:
        """How many of them are closed."""
        return sum(each.state == "closed" for each in self.campaigns)

    def foreseen_in(self, month: int) -> bool:
        """Whether the line foresees a campaign in a month."""
        return self.line.first_month <= month <= self.line.last_month

    def of_month(self, month: int) -> list[Campaign]:
        """The campaigns that begin in a month of the plan's year, but for those that were cancelled."""
        begins = (self.plan.year, month)
        return [
            each
            for each in self.campaigns
            if (each.first_day.year, each.first_day.month) == begins and each.state != "cancelled"
        ]


def lines_of(desk: Desk, plans: Collection[AnnualPlan]) -> list[PlanLine]:
    """The lines of plans in their order."""
    by_id = {plan.id: plan for plan in plans}
    order = {plan_id: place for place, plan_id in enumerate(by_id)}
    lines = annual_plans.lines(desk.session, by_id)
    names = items.names(desk.session, {each.item_id for each in lines})
    made = annual_plans.campaigns_of_lines(desk.session, [each.id for each in lines])
    found = [
        PlanLine(by_id[each.plan_id], each, names.get(each.item_id, each.item.code), made[each.id])
        for each in lines
    ]
    return sorted(found, key=lambda each: (order[each.line.plan_id], each.line.place))


def year_of(desk: Desk, year: int) -> list[PlanLine]:
    """The lines of all plans of a year that the actor may see and that were not withdrawn."""
    return lines_of(desk, annual_plans.plans_of_year(desk.session, year))
