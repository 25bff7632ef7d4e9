"""Targets and inspectors, to be found and looked at."""

from __future__ import annotations

from typing import Any

from data.schemas.registries import InspectorShown, InspectorsWanted, TargetShown, TargetsWanted
from scheduler.inspection import search
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import Kind, Part

part = Part("registries", "Targets and inspectors (检查对象、执法检查人员)")

TARGET = Kind(TargetShown(), lambda desk, code: search.target(desk, code).target)
INSPECTOR = Kind(InspectorShown(), lambda desk, code: search.inspector(desk, code).inspector)


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


@part.one("/inspectors/<path:code>", INSPECTOR)
@open_to(SIGNED_IN)
def inspector() -> None:
    """One inspector by his code (执法检查人员)."""
