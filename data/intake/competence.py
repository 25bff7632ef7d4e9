"""Competence (管辖): which rows of a list are its department's own to say; all others are faults, each in its place.

Asked only where a department hands a list in. A list without a rule here can't be handed in by one: that is a KeyError,
and no row of anybody comes in unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from data.intake.list_reading import Found
from data.intake.lists import table_of
from data.models import Department, Inspector, Target
from data.scope import division_of

if TYPE_CHECKING:
    from data.intake.merging import Merge


class Own(NamedTuple):
    """A department, its jurisdiction, and the digits with which all codes within that begin."""

    department_id: int
    jurisdiction: str
    division: str


Rule = Callable[["Merge", Own], list[Found]]


def beyond_competence(merge: Merge, department_id: int) -> list[Found]:
    """The rows that a department may not hand in; asked where the merge is, so that it holds while that lasts."""
    table = table_of(Department)
    where = select(table.c.jurisdiction_code).where(table.c.id == department_id)
    jurisdiction = merge.run(where).scalar_one()
    return _RULES[merge.kind.name](merge, Own(department_id, jurisdiction, division_of(jurisdiction)))


def _by_department(merge: Merge, own: Own) -> list[Found]:
    """What belongs to one department: the row, and what is there under its key."""
    place = "department_id" if "department_id" in merge.staging.said else merge.kind.key[-1]
    said, there = merge.rows.c.department_id, merge.existing.c.department_id
    others = (
        select(merge.rows.c.line, merge.rows.c.code)
        .select_from(merge.joined())
        .where(merge.staging.sound(), or_(said != own.department_id, there != own.department_id))
    )
    return [Found(line, place, "other_department", code) for line, code in merge.run(others)]


def _by_inspector(merge: Merge, own: Own) -> list[Found]:
    """What is said of inspectors: of two, one has to be the department's."""
    inspector = table_of(Inspector)
    named = [each for each in merge.kind.references if each.table is inspector]
    ours = (
        exists().where(
            inspector.c.id == merge.rows.c[each.into], inspector.c.department_id == own.department_id
        )
        for each in named
    )
    others = select(merge.rows.c.line, *(merge.rows.c[each.column] for each in named)).where(
        merge.staging.sound(), ~or_(*ours)
    )
    return [
        Found(line, named[-1].column, "other_department", ";".join(codes))
        for line, *codes in merge.run(others)
    ]


def _by_target(merge: Merge, own: Own) -> list[Found]:
    """What is said of a target."""
    target = table_of(Target)
    others = (
        select(merge.rows.c.line, merge.rows.c.target)
        .join(target, target.c.id == merge.rows.c.target_id)
        .where(merge.staging.sound(), _outside(target.c.jurisdiction_code, own))
    )
    return _told(merge, others, "target")


def _by_jurisdiction(merge: Merge, own: Own) -> list[Found]:
    """What lies in a jurisdiction: where the row puts it, and where what is there lies; both are told."""
    rows, key = merge.rows.c, merge.kind.key[-1]
    sound = merge.staging.sound()
    there = merge.existing.c.jurisdiction_code
    elsewhere = select(rows.line, rows.code).select_from(merge.joined())
    # asked in passing: to look for each row's counterpart once more takes a long list a seventh of its time
    others = merge.occurs(_outside(there, own))
    found = _told(merge, elsewhere.where(sound, _outside(there, own)), key) if others else []
    outside = _outside(rows.jurisdiction_code, own)
    if "jurisdiction_code" in merge.staging.said:
        put = select(rows.line, rows.jurisdiction_code).where(sound, outside)
        return found + _told(merge, put, "jurisdiction_code")
    # what is told beside the list counts for new rows alone
    return found + _told(merge, elsewhere.where(sound, outside, there.is_(None)), key)


def _below(merge: Merge, own: Own) -> list[Found]:
    """Jurisdictions: those below the department's own; that itself may stand in the list as it is."""
    rows, sound = merge.rows.c, merge.staging.sound()
    others = (
        select(rows.line, rows.code)
        .select_from(merge.joined())
        .where(sound, or_(_outside(rows.code, own), and_(rows.code == own.jurisdiction, merge.differs())))
    )
    found = _told(merge, others, "code")
    if "superior_code" in merge.staging.said:
        # deadlines of a place come from those above it: nobody puts his own under somebody else's
        under = select(rows.line, rows.superior_code).where(
            sound,
            rows.code != own.jurisdiction,
            ~_outside(rows.code, own),
            _outside(rows.superior_code, own),
        )
        found += _told(merge, under, "superior_code")
    return found


def _outside(code: ColumnElement[Any], own: Own) -> ColumnElement[bool]:
    # not LIKE, which on SQLite takes no notice of capitals
    return func.substr(code, 1, len(own.division)) != own.division


def _told(merge: Merge, rows: Any, place: str) -> list[Found]:
    return [Found(line, place, "outside_jurisdiction", value) for line, value in merge.run(rows)]


_RULES: Mapping[str, Rule] = {
    "jurisdictions": _below,
    "departments": _by_jurisdiction,
    "items": _by_department,
    "targets": _by_jurisdiction,
    "inspectors": _by_department,
    "bars": _by_inspector,
    "pair-bars": _by_inspector,
    "labels": _by_target,
    "registries": _by_department,
    # whose registry it is makes no difference: what is said is said of the target
    "permits": _by_target,
    "certificates": _by_inspector,
    "leaves": _by_inspector,
    "declarations": _by_inspector,
    "residences": _by_inspector,
}
