"""Inspection items (抽查事项) and the steps of their approval."""

from __future__ import annotations

from typing import Any

from flask import request

from data.schemas.items import ItemOutline, NewItemOutline
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


@part.making("/items", KIND, NewItemOutline, lambda version: {"version_id": version.id})
@open_to("registrar")
def draft(desk: Desk, _read: Any) -> Any:
    """Draft a new item; without a code it gets one from what it is known by (起草新事项)."""
    return items.draft_item(desk, request.get_json())


@part.act(ONE, KIND, ItemOutline(kept=None), method="PUT")
@open_to("registrar")
def amend(desk: Desk, version: Any, _read: Any) -> None:
    """Write a draft anew; its code stays (修改草案)."""
    items.amend_version(desk, version, request.get_json())


@part.making(f"{ONE}/version", KIND, None, lambda version: {"version_id": version.id})
@open_to("registrar")
def new_version(desk: Desk, version_id: int) -> Any:
    """A draft with the words of an earlier version, which stays in force until the new one is confirmed (起草新版本)."""
    return items.new_version(desk, items.version_of_id(desk, version_id))


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
