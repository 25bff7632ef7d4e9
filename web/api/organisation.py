"""Departments, and who one is."""

from __future__ import annotations

from typing import Any

from data.schemas.organisation import DepartmentShown, MeShown
from scheduler.inspection import lists
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import Part
from web.desks import who

part = Part("organisation", "Departments, and who one is (部门、当前账户)")


@part.page("/departments", DepartmentShown)
@open_to(SIGNED_IN)
def departments(desk: Desk, number: int, size: int) -> Any:
    """All departments (部门)."""
    return lists.departments(desk, number, size)


@part.look("/me", MeShown())
@open_to(SIGNED_IN)
def me(_desk: Desk) -> Any:
    """The account of this token, with its roles of today (当前账户)."""
    found = who()
    assert found is not None
    return {
        "login": found.login,
        "name": found.name,
        "department_code": found.department_code,
        "department_name": found.department_name,
        "roles": sorted(found.roles),
    }
