"""Targets and inspectors, to be found and looked at."""

from __future__ import annotations

from typing import Any

from data.schemas.registries import (
    DepartmentGiven,
    InspectorShown,
    InspectorsWanted,
    RefilledTold,
    StateGiven,
    TargetShown,
    TargetsWanted,
)
from scheduler.inspection import search, staff
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import Kind, Part

part = Part("registries", "Targets and inspectors (检查对象、执法检查人员)")

TARGET = Kind(TargetShown(), lambda desk, code: search.target(desk, code).target)
INSPECTOR = Kind(
    InspectorShown(), lambda desk, code: search.inspector(desk, code).inspector, staff.held_inspector
)
ONE_INSPECTOR = "/inspectors/<path:code>"


@part.page("/targets", TargetShown, TargetsWanted)
@open_to(SIGNED_IN)
def targets(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """Find targets (检查对象检索) by words of the name or a code, and by properties."""
    return search.targets(desk, search.TargetFilter(**filters), number, size)


@part.one("/targets/<path:code>", TARGET)
@open_to(SIGNED_IN)
def target() -> None:
    """One target by its code (检查对象)."""


@part.page("/inspectors", InspectorShown, InspectorsWanted)
@open_to(SIGNED_IN)
def inspectors(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """Find inspectors of one's department (检索本部门检查人员)."""
    return search.inspectors(desk, search.InspectorFilter(**filters), number, size)


@part.one(ONE_INSPECTOR, INSPECTOR)
@open_to(SIGNED_IN)
def inspector() -> None:
    """One inspector by his code (执法检查人员)."""


@part.act(f"{ONE_INSPECTOR}/state", INSPECTOR, StateGiven, RefilledTold())
@open_to("registrar")
def set_state(desk: Desk, found: Any, written: dict[str, Any]) -> Any:
    """Suspend an inspector, note that he left, or have him back; his open visits are refilled (检查人员状态、补位)."""
    return _refilled(staff.set_inspector_state(desk, found, written["state"]))


@part.act(f"{ONE_INSPECTOR}/transfer", INSPECTOR, DepartmentGiven, RefilledTold(), stays=False)
@open_to("registrar")
def transfer(desk: Desk, found: Any, written: dict[str, Any]) -> Any:
    """Move an inspector to another department, where he is seen from then on; his open visits are refilled (调离、补位)."""
    return _refilled(staff.transfer_inspector(desk, found, written["department"]))


@part.sweep("/inspectors/refill", RefilledTold())
@open_to("registrar")
def refill(desk: Desk) -> Any:
    """Refill the open visits of those whom an import has moved or made inactive (导入后补位)."""
    return _refilled(staff.refill_departed(desk))


def _refilled(refilled: staff.Refilled) -> dict[str, Any]:
    return {"refilled": [{"target": target, "taker": taker or None} for target, taker in refilled]}
