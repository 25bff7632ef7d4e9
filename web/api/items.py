"""Inspection items (抽查事项) and the steps of their approval."""

from __future__ import annotations

from typing import Any

from data.schemas.planning import ItemShown, ItemsWanted, Opinion
from scheduler.inspection import items, lists
from scheduler.inspection.steps import ITEM
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import ID, Kind, Part

part = Part("items", "Inspection items (抽查事项)")


KIND = Kind(ItemShown(), items.version_of_id, items.locked_version, lists.item)
ONE = f"/items/<{ID}:version_id>"


@part.page("/items", ItemShown, ItemsWanted)
@open_to(SIGNED_IN)
def items_listed(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """Items (抽查事项清单): of one's department in every state, of others what is published."""
    return lists.items(desk, number, size, **filters)


@part.one(ONE, KIND)
@open_to(SIGNED_IN)
def one() -> None:
    """One version of an item (抽查事项的一个版本)."""


def _move(act: str, words: str) -> None:
    @open_to(*ITEM.roles(act))
    def move(desk: Desk, version: Any, written: dict[str, Any]) -> None:
        items.move_item(desk, version, act, written["opinion"])

    move.__name__, move.__doc__ = act, words
    part.act(f"{ONE}/{act}", KIND, Opinion)(move)


for _act, _words in {
    "submit": "Hand a draft in for review (提交法制审核).",
    "pass": "Pass a version on to its confirmation (法制审核通过).",
    "reject": "Give a version back from the legal review, with an opinion (法制审核退回).",
    "confirm": "Confirm a version, which is published and takes the place of the one before (确认公布).",
    "refuse": "Give a version back from its confirmation, with an opinion (不予确认).",
    "retire": "End a published version (废止).",
}.items():
    _move(_act, _words)
