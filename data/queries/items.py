"""Questions about inspection items (抽查事项): their list, the versions of one, who had a hand in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from data.models import Department, InspectionItem, ItemApproval, ItemVersion, Person

WRITING = ("draft", "amend")
IN_APPROVAL = ("draft", "legal_review", "office_confirmation")


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; what is empty limits nothing, but that superseded versions are asked for by name."""

    department_id: int | None = None
    state: str = ""
    item_class: str = ""
    word: str = ""


def listed(own_department: int, wanted: Wanted) -> Select[Any]:
    """A department's versions in every state and the published ones of others; its own come first."""
    own = InspectionItem.department_id == own_department
    question = (
        select(ItemVersion)
        .join(InspectionItem, InspectionItem.id == ItemVersion.item_id)
        .join(Department, Department.id == InspectionItem.department_id)
        .where(or_(own, ItemVersion.state == "published"), *_limits(wanted))
        .options(joinedload(ItemVersion.item))
    )
    return question.order_by(own.desc(), Department.code, InspectionItem.code, ItemVersion.version.desc())


def _limits(wanted: Wanted) -> list[ColumnElement[bool]]:
    version = ItemVersion
    limits = [version.state == wanted.state if wanted.state else version.state != "superseded"]
    if wanted.department_id is not None:
        limits.append(InspectionItem.department_id == wanted.department_id)
    if wanted.item_class:
        limits.append(version.item_class == wanted.item_class)
    if wanted.word:
        texts = (InspectionItem.code, version.name, version.sub_item)
        limits.append(or_(*(text.icontains(wanted.word, autoescape=True) for text in texts)))
    return limits


def departments_with_items(session: Session) -> list[Department]:
    """The departments that have an item, by code."""
    having = select(InspectionItem.department_id)
    return list(
        session.scalars(select(Department).where(Department.id.in_(having)).order_by(Department.code))
    )


def numbers_by_state(session: Session, department_id: int) -> dict[str, int]:
    """How many versions of a department are in each state."""
    rows = session.execute(
        select(ItemVersion.state, func.count(ItemVersion.id))
        .join(InspectionItem, InspectionItem.id == ItemVersion.item_id)
        .where(InspectionItem.department_id == department_id)
        .group_by(ItemVersion.state)
    )
    return {state: number for state, number in rows}  # noqa: C416 - a Row is no pair to mypy


def version(session: Session, version_id: int) -> ItemVersion | None:
    """A version, if it may be seen."""
    return session.scalar(
        select(ItemVersion).where(ItemVersion.id == version_id).options(joinedload(ItemVersion.item))
    )


def versions(session: Session, item_id: int) -> list[ItemVersion]:
    """The versions of an item that may be seen, the first one first."""
    return list(
        session.scalars(
            select(ItemVersion).where(ItemVersion.item_id == item_id).order_by(ItemVersion.version)
        )
    )


def locked_item(session: Session, item_id: int) -> InspectionItem | None:
    """An item to which nobody else adds a version, and of which nobody moves one, before this transaction ends."""
    return session.scalar(select(InspectionItem).where(InspectionItem.id == item_id).with_for_update())


def locked_version(session: Session, version_id: int) -> ItemVersion | None:
    """A version whose row nobody else changes before this transaction ends, as it stands now."""
    return session.scalar(
        select(ItemVersion)
        .where(ItemVersion.id == version_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def lock_versions(session: Session, department_id: int, state: str) -> list[ItemVersion]:
    """A department's versions in a state, by code, all locked as `locked_item` and `locked_version` lock one."""
    mine = select(InspectionItem).where(InspectionItem.department_id == department_id)
    codes = {
        each.id: each.code for each in session.scalars(mine.order_by(InspectionItem.id).with_for_update())
    }
    question = select(ItemVersion).where(ItemVersion.item_id.in_(codes), ItemVersion.state == state)
    found = session.scalars(
        question.order_by(ItemVersion.id).with_for_update().execution_options(populate_existing=True)
    )
    return sorted(found, key=lambda each: codes[each.item_id])


def item_of_code(session: Session, department_id: int, code: str) -> InspectionItem | None:
    """A department's item by its code."""
    return session.scalar(
        select(InspectionItem).where(
            InspectionItem.department_id == department_id, InspectionItem.code == code
        )
    )


def steps(session: Session, version_id: int) -> list[tuple[ItemApproval, str]]:
    """Each step of a version with the name of who did it, in their order."""
    rows = session.execute(
        select(ItemApproval, Person.name)
        .join(Person, Person.id == ItemApproval.person_id)
        .where(ItemApproval.version_id == version_id)
        .order_by(ItemApproval.id)
    )
    return [(step, name) for step, name in rows]


def hands(session: Session, version_ids: Collection[int]) -> dict[int, set[int]]:
    """Who had a hand in each version: whoever ever wrote it, and those of its approval since it was last submitted."""
    wrote: dict[int, set[int]] = {each: set() for each in version_ids}
    moved: dict[int, set[int]] = {each: set() for each in version_ids}
    rows = session.scalars(
        select(ItemApproval).where(ItemApproval.version_id.in_(list(version_ids))).order_by(ItemApproval.id)
    )
    for step in rows:
        if step.action == "submit":
            moved[step.version_id].clear()
        (wrote if step.action in WRITING else moved)[step.version_id].add(step.person_id)
    return {each: wrote[each] | moved[each] for each in version_ids}


def published(session: Session, department_id: int) -> list[ItemVersion]:
    """A department's published versions, by code."""
    return list(
        session.scalars(
            select(ItemVersion)
            .join(InspectionItem, InspectionItem.id == ItemVersion.item_id)
            .where(InspectionItem.department_id == department_id, ItemVersion.state == "published")
            .order_by(InspectionItem.code)
            .options(joinedload(ItemVersion.item))
        )
    )


def names(session: Session, item_ids: Collection[int]) -> dict[int, str]:
    """What items are called now: in the version that is published, else in the newest that may be seen."""
    rows = session.execute(
        select(ItemVersion.item_id, ItemVersion.name)
        .where(ItemVersion.item_id.in_(list(item_ids)))
        .order_by(ItemVersion.state == "published", ItemVersion.version)
    )
    return {item_id: name for item_id, name in rows}  # noqa: C416 - a Row is no pair to mypy
