"""Inspectors whose capacity, qualifications or regions grow (人员变更), several at once: a change of the registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.models import Inspector
from data.queries import staff
from matching.draw.tables import EVERYWHERE, list_of
from matching.refused import Refused
from scheduler.inspection.staff import find_inspector
from scheduler.permissions import Desk, in_own_department, permits

MOST_CAPACITY = 999
MOST_INSPECTORS = 500
LONGEST = 1000
"""Characters in a list of an inspector's, as the registry has it."""


@dataclass(frozen=True)
class Amendment:
    """What is added to each of some inspectors: to his capacity, to his qualifications, to his regions."""

    capacity: int = 0
    qualification: str = ""
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Amended:
    """An inspector with what he has, and what he would have."""

    inspector: Inspector
    capacity: int
    qualifications: str
    regions: str

    @property
    def changes(self) -> bool:
        """Whether anything would be another."""
        one = self.inspector
        return (one.capacity, one.qualifications, one.regions) != (
            self.capacity,
            self.qualifications,
            self.regions,
        )


def foreseen(desk: Desk, codes: Sequence[str], amendment: Amendment) -> list[Amended]:
    """What an amendment would make of inspectors of the actor's department.

    Refused `inspector.amendment` where it is none, or too much; `inspector.unknown`, `actor.other_department`.
    """
    _check(codes, amendment)
    return [_amended(desk, code, amendment) for code in dict.fromkeys(codes)]


def amend_inspectors(desk: Desk, codes: Sequence[str], amendment: Amendment) -> int:
    """Give it to them; how many it changed. Whoever keeps the registry may; Refused like `foreseen`, and `actor.role`."""
    role = desk.require("registrar")
    _check(codes, amendment)
    # locked in the order of their codes, so that two who amend the same inspectors do not wait for each other
    for code in sorted(set(codes)):
        staff.lock_inspector(desk.session, _own(desk, code))
    made = [each for each in foreseen(desk, codes, amendment) if each.changes]
    for each in made:
        told = _told(each)
        each.inspector.capacity = each.capacity
        each.inspector.qualifications, each.inspector.regions = each.qualifications, each.regions
        desk.tell(role, "inspector:amend", f"inspector/{each.inspector.id}", **told)
    return len(made)


def may_amend(desk: Desk) -> bool:
    """Whether the actor keeps the registry of his department."""
    return permits(desk.require, "registrar")


def _told(each: Amended) -> dict[str, object]:
    """What is another, before and after."""
    names = ("capacity", "qualifications", "regions")
    pairs = {name: [getattr(each.inspector, name), getattr(each, name)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _check(codes: Sequence[str], amendment: Amendment) -> None:
    nothing = not (codes and (amendment.capacity or amendment.qualification or amendment.regions))
    added = (amendment.qualification, *amendment.regions)
    unfit = any(";" in each or len(each) > 50 or not each.isprintable() for each in added)
    if nothing or unfit or len(codes) > MOST_INSPECTORS or not 0 <= amendment.capacity <= MOST_CAPACITY:
        raise Refused("inspector.amendment", most=MOST_CAPACITY, people=MOST_INSPECTORS)


def _own(desk: Desk, code: str) -> Inspector:
    found = find_inspector(desk, code)
    in_own_department(desk, found.department_id)
    return found


def _amended(desk: Desk, code: str, amendment: Amendment) -> Amended:
    one = _own(desk, code)
    capacity = one.capacity + amendment.capacity
    qualifications = _joined(one.qualifications, [amendment.qualification])
    wider = one.regions if one.regions == EVERYWHERE else _joined(one.regions, amendment.regions)
    regions = EVERYWHERE if EVERYWHERE in amendment.regions else wider
    if max(len(qualifications), len(regions)) > LONGEST:
        raise Refused("inspector.amendment", most=MOST_CAPACITY, people=MOST_INSPECTORS)
    return Amended(one, capacity, qualifications, regions)


def _joined(field: str, added: Sequence[str]) -> str:
    """A list with more items, sorted by bytes as the frozen tables have it."""
    return ";".join(sorted({*list_of(field), *added} - {""}, key=str.encode))
