"""Whether a campaign's departments and its items fit each other: who would check what, and who has nothing of his own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.models import Campaign, Department
from data.queries import organisation
from data.scope import division_of
from matching.refused import Refused
from scheduler.permissions import Desk


@dataclass(frozen=True)
class Misfit:
    """Items (`DEPARTMENT/CODE`) whose department does not take part, and the codes of departments without an item."""

    items: Sequence[str] = ()
    departments: Sequence[str] = ()


def misfit(desk: Desk, items: Iterable[str], departments: Sequence[str]) -> Misfit:
    """What does not fit in an outline; the first department leads.

    An item of a department above the lead's is no stranger: a county inspects by the list of its city. And a department
    without an item of its own checks all of them, which is worth a word and no more.
    """
    of = {each: each.partition("/")[0] for each in items}
    absent = {code for code in of.values() if code not in departments}
    absent -= _above(desk, departments[0], absent) if absent and departments else set()
    return Misfit(
        [each for each, code in of.items() if code in absent],
        [code for code in departments if of and code not in of.values()],
    )


def _above(desk: Desk, lead: str, codes: Iterable[str]) -> set[str]:
    own = organisation.department_by_code(desk.session, lead)
    found = [organisation.department_by_code(desk.session, code) for code in codes]
    return {each.code for each in found if own and each and _is_above(each, own)}


def _is_above(department: Department, other: Department) -> bool:
    higher, lower = division_of(department.jurisdiction_code), division_of(other.jurisdiction_code)
    return higher != lower and lower.startswith(higher)


def misfit_of(desk: Desk, campaign: Campaign) -> Misfit:
    """What does not fit in a campaign; who declined takes no part."""
    by_id = organisation.departments_by_id(
        desk.session, {part.version.item.department_id for part in campaign.items}
    )
    items = [
        f"{by_id[part.version.item.department_id].code}/{part.version.item.code}" for part in campaign.items
    ]
    return misfit(
        desk, items, [part.department.code for part in campaign.departments if part.answer != "declined"]
    )


def check_parties(desk: Desk, campaign: Campaign) -> None:
    """Refuse items that nobody of their department would check."""
    if found := misfit_of(desk, campaign).items:
        raise Refused("campaign.items_of_others", items=list(found))
