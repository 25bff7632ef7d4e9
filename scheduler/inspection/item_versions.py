"""What a reader sees of inspection items (抽查事项): the list, the versions of one with what changed, who did what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.models import Department, ItemVersion
from data.queries import items, organisation
from data.queries.items import Wanted
from data.queries.paging import Page, page_of
from data.schemas.items import WORDS, methods_of
from scheduler.inspection.items import FOR_MANY
from scheduler.inspection.steps import ITEM
from scheduler.permissions import Desk

__all__ = ["Wanted", "methods_of"]


@dataclass(frozen=True)
class ItemList:
    """A page of the list, with the departments of its rows by id."""

    page: Page[ItemVersion]
    departments: dict[int, Department]


def listed(desk: Desk, wanted: Wanted, number: int) -> ItemList:
    """A page of the items: of the actor's department in every state, of others what is published."""
    page = page_of(desk.session, items.listed(desk.actor.department_id, wanted), number)
    ids = {each.item.department_id for each in page.rows}
    return ItemList(page, organisation.departments_by_id(desk.session, ids))


def departments_with_items(desk: Desk) -> list[Department]:
    """The departments that have an item, by code."""
    return items.departments_with_items(desk.session)


def department_of(desk: Desk, version: ItemVersion) -> Department:
    """The department whose item it is."""
    return organisation.departments_by_id(desk.session, [version.item.department_id])[
        version.item.department_id
    ]


@dataclass(frozen=True)
class Waiting:
    """How many versions wait for an act that the actor may do for all of them at once."""

    act: str
    state: str
    number: int


def waiting(desk: Desk) -> list[Waiting]:
    """What waits for the actor in his department's list."""
    numbers = items.numbers_by_state(desk.session, desk.actor.department_id)
    return [
        Waiting(act, state, numbers[state])
        for act, state in FOR_MANY.items()
        if numbers.get(state) and desk.actor.roles.intersection(ITEM.roles(act))
    ]


@dataclass(frozen=True)
class Change:
    """A word of a version that the one before had otherwise."""

    field: str
    before: str | int | None
    now: str | int | None


@dataclass(frozen=True)
class Told:
    """A version among those of its item: what it says otherwise than the one before, and that one's number."""

    version: ItemVersion
    changes: Sequence[Change]
    before: int | None


def history(desk: Desk, version: ItemVersion) -> list[Told]:
    """All versions of an item that the actor may see, the first one first."""
    seen = items.versions(desk.session, version.item_id)
    earlier: list[ItemVersion | None] = [None, *seen]
    return [
        Told(each, changes(before, each) if before else (), before.version if before else None)
        for before, each in zip(earlier, seen, strict=False)
    ]


def changes(before: ItemVersion, now: ItemVersion) -> list[Change]:
    """What a version says otherwise than an earlier one; a method is the same by its code and by its word."""
    told = [Change(name, getattr(before, name), getattr(now, name)) for name in WORDS]
    return [each for each in told if _meant(each.field, each.before) != _meant(each.field, each.now)]


def _meant(field: str, value: str | int | None) -> object:
    return methods_of(str(value or "")) if field == "methods" else value


@dataclass(frozen=True)
class Step:
    """A step of a version's way: what was done, by whom, when, with which opinion."""

    act: str
    person: str
    at: datetime
    opinion: str


def steps(desk: Desk, version: ItemVersion) -> list[Step]:
    """The steps of a version from its draft on; a version that came with a list begins with its submission."""
    found = items.steps(desk.session, version.id)
    return [Step(step.action, name, step.at, step.opinion) for step, name in found]
