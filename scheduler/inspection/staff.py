"""Inspectors who leave, are suspended, or change department (调离), and what becomes of their open visits."""

from __future__ import annotations

from collections.abc import Iterable

from data.models import Department, Inspector, Visit
from data.queries import organisation, staff, visit_lists, visits
from data.queries.staff import Departed
from data.vocabulary import INSPECTOR_STATES
from matching.refused import Refused
from scheduler.accounts import end_accounts_of_inspector
from scheduler.inspection.recusal import release_inspectors
from scheduler.permissions import Desk, in_own_department

Refilled = list[tuple[str, str]]
UNFINISHED = ("open", "returned")
"""The states in which a visit is still the team's work."""

_MOST_SHOWN = 50


def find_inspector(desk: Desk, code: str) -> Inspector:
    """An inspector the actor may see; Refused `inspector.unknown`."""
    found = visits.inspector_by_code(desk.session, code)
    if found is None:
        raise Refused("inspector.unknown", inspector=code)
    return found


def held_inspector(desk: Desk, inspector: Inspector) -> Inspector:
    """An inspector whom nobody else changes before the transaction ends."""
    staff.lock_inspector(desk.session, inspector)
    return inspector


def transfer_inspector(desk: Desk, inspector: Inspector, department_code: str) -> Refilled:
    """Move an inspector to another department; his open visits are refilled: (target, who takes his seat).

    His accounts in the old department end: the new one makes him another.
    """
    role = _keeper(desk, inspector)
    department = organisation.department_by_code(desk.session, department_code)
    if department is None or department.closed_on or department.id == inspector.department_id:
        raise Refused("department.unknown", department=department_code)
    subject = f"inspector/{inspector.id}"
    inspector.department_id = department.id
    desk.session.flush()
    refilled = release_inspectors(desk, [(inspector.id, inspector.code)])
    end_accounts_of_inspector(desk, role, inspector.id)
    desk.tell(role, "inspector:transfer", subject, department=department.id, refilled=len(refilled))
    return refilled


def set_inspector_state(desk: Desk, inspector: Inspector, state: str) -> Refilled:
    """Suspend an inspector, note that he left, or have him back; his open visits are refilled unless he is active."""
    role = _keeper(desk, inspector)
    if state not in INSPECTOR_STATES or state == inspector.state:
        raise Refused("inspector.state", state=state, possible=list(INSPECTOR_STATES))
    inspector.state = state
    desk.session.flush()
    refilled = [] if state == "active" else release_inspectors(desk, [(inspector.id, inspector.code)])
    desk.tell(role, "inspector:state", f"inspector/{inspector.id}", state=state, refilled=len(refilled))
    return refilled


def refill_departed(desk: Desk) -> Refilled:
    """Refill the open visits of the department on which somebody sits whom a list has moved elsewhere or made inactive.

    To be done after an import of inspectors; done again, it finds only seats for which there was nobody.
    """
    role = desk.require("registrar")
    gone = visits.departed_with_open_seats(desk.session, desk.actor.department_id)
    refilled = release_inspectors(desk, gone)
    if refilled:
        subject = f"department/{desk.actor.department_id}"
        desk.tell(role, "inspector:refill", subject, refilled=len(refilled))
    return refilled


def departed(desk: Desk) -> list[Departed]:
    """Who has left the actor's department and still has open seats in it, for `refill_departed`.

    After that it tells those for whose seats there was nobody.
    """
    desk.require("registrar")
    return staff.departed_in_teams(desk.session, desk.actor.department_id)


def other_departments(desk: Desk) -> list[Department]:
    """The departments to which an inspector of the actor's can be moved."""
    there = organisation.open_departments(desk.session)
    return [each for each in there if each.id != desk.actor.department_id]


def active_inspectors(desk: Desk) -> list[Inspector]:
    """The inspectors of the actor's department who are active."""
    there = visits.inspectors_of(desk.session, desk.actor.department_id)
    return [each for each in there if each.state == "active"]


def department_names(desk: Desk, ids: Iterable[int]) -> dict[int, str]:
    """What departments are called, by id."""
    return {id_: each.name for id_, each in organisation.departments_by_id(desk.session, ids).items()}


def unfinished_visits(desk: Desk, inspector: Inspector) -> list[Visit]:
    """The visits that an inspector has still to make, by day; the first of them."""
    return visit_lists.of_inspector(desk.session, inspector.id, UNFINISHED, _MOST_SHOWN)


def _keeper(desk: Desk, inspector: Inspector) -> str:
    in_own_department(desk, inspector.department_id)
    return desk.require("registrar")
