"""What a planner can choose from while he writes a campaign's outline (方案拟定)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.models import (
    AnnualPlan,
    AnnualPlanLine,
    Department,
    ItemVersion,
    Jurisdiction,
    SpecialRegistry,
    User,
)
from data.queries import organisation, outlines, pool
from data.scope import division_of
from matching.refused import Refused
from scheduler.permissions import Desk

_COUNTY_DIGITS = 6
_SECTIONED = re.compile(r"[A-Ta-t]([0-9]{1,4})\Z")
"""An industry by GB/T 4754 with the letter of its section before the digits."""


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
    """All that an outline of the actor's department can be made of.

    `qualifications` are those of each department's inspectors; a department with nobody to send is not among them.
    """

    own: Department
    items: Sequence[OfferedItem]
    lines: Sequence[OfferedLine]
    departments: Sequence[Department]
    qualifications: Mapping[int, Sequence[str]]
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
    own = _own(desk)
    items = outlines.published_items(session)
    lines = outlines.lines_to_carry_out(session, own.id)
    witnesses = outlines.holders(session, "witness", desk.today)
    others = [each for each in outlines.open_departments(session, own.jurisdiction_code) if each.id != own.id]
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
        departments=others,
        qualifications=qualifications(desk, [each.id for each in (own, *others)]),
        witnesses=[each for each in witnesses if each.person_id != desk.actor.person_id],
        registries=outlines.special_registries(session),
        regions=outlines.regions_within(session, own.jurisdiction_code),
    )


def region_names(desk: Desk) -> dict[str, str]:
    """The regions of the actor's jurisdiction by code, as a reader knows them."""
    regions = outlines.regions_within(desk.session, _own(desk).jurisdiction_code)
    return {each.code: each.name for each in regions}


def condition_names(desk: Desk) -> dict[str, dict[str, str]]:
    """By the field of a condition, the names of the codes that its values are: special registries and regions."""
    registries = outlines.special_registries(desk.session)
    return {"registry": {each.code: each.name for each in registries}, "region": region_names(desk)}


def by_code(desk: Desk, outline: Mapping[str, Any]) -> dict[str, Any]:
    """An outline whose conditions have codes where their planner wrote names; a name of several codes stays.

    Industries lose the letter of their section: it says nothing beside the digits, and registries are without it.
    """
    named = any(each["field"] in ("registry", "region") for each in outline["conditions"])
    names = condition_names(desk) if named else {}
    conditions = [{**each, "values": _read(each, names)} for each in outline["conditions"]]
    return {**outline, "conditions": conditions}


def _read(condition: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> list[str]:
    values: Sequence[str] = condition["values"]
    if condition["field"] == "industry":
        return list(dict.fromkeys(_SECTIONED.sub(r"\1", each) for each in values))
    return _codes(values, names[condition["field"]]) if condition["field"] in names else list(values)


def _codes(values: Sequence[str], names: Mapping[str, str]) -> list[str]:
    times = Counter(names.values())
    of = {name: code for code, name in names.items() if times[name] == 1}
    return list(dict.fromkeys(each if each in names else of.get(each, each) for each in values))


def check_known(desk: Desk, field: str, values: Sequence[str]) -> None:
    """Refuse a special registry or a region that there is none of: the pool would be empty without a word."""
    if field not in ("registry", "region"):
        return
    names = condition_names(desk)[field]
    unknown = [each for each in values if each not in names]
    if unknown and field == "region":
        unknown = _unknown_regions(desk, names, unknown)
    if unknown:
        raise Refused("campaign.condition_unknown", field=field, values=unknown[:5])


def _unknown_regions(desk: Desk, names: Mapping[str, str], codes: Sequence[str]) -> list[str]:
    """Those that are no jurisdiction, however many zeros they are written with, and where no target is.

    Streets and villages are in the registry of targets and seldom among the jurisdictions.
    """
    listed = {division_of(each) for each in names}
    codes = [each for each in codes if division_of(each) not in listed]
    question = pool.PoolQuestion(_own(desk).jurisdiction_code, (), desk.today, 0, None)
    found = [region for region, _ in pool.strata_sizes(desk.session, question, "region")] if codes else []
    return [
        each
        for each in codes
        if len(each) < _COUNTY_DIGITS or not any(region.startswith(division_of(each)) for region in found)
    ]


def qualifications(desk: Desk, department_ids: Sequence[int]) -> dict[int, list[str]]:
    """The qualifications of those who may inspect, by department; who is on leave today may be back for the campaign."""
    found: dict[int, set[str]] = {}
    for each in pool.pooled_inspectors(desk.session, department_ids, date.min, desk.today):
        found.setdefault(each.department_id, set()).update(each.qualifications.split(";"))
    return {department: sorted(words - {""}) for department, words in found.items()}


def _own(desk: Desk) -> Department:
    mine = desk.actor.department_id
    return organisation.departments_by_id(desk.session, [mine])[mine]
