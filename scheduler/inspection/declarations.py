"""Declarations (申报): what an inspector says of himself and a target, so that he is not sent there.

He says it himself, or the registrar of his department for him. It counts from the next freeze on; who is paired already,
is recused. The ledger learns that something was declared, and not what.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from data.models import Declaration, Inspector
from data.queries import declarations as queries
from data.queries import visits
from data.queries.declarations import DeclarationQuestion, DeclarationShown
from data.queries.paging import SIZE, Page
from data.schemas.declarations import DeclarationOutline
from matching.refused import Refused
from scheduler.permissions import Desk, in_own_department
from scheduler.written import read

__all__ = ["DeclarationQuestion", "DeclarationShown", "Told"]

READERS = ("registrar", "planner", "approver", "auditor")


@dataclass(frozen=True)
class Told:
    """A declaration as its reader may know it: the relative and the note are for himself and his registrar alone."""

    shown: DeclarationShown
    relative: str = ""
    note: str = ""


def declare(desk: Desk, written: Mapping[str, object]) -> int:
    """Declare something of oneself; its id. Refused `declaration.*`."""
    role = desk.require("inspector")
    if desk.actor.inspector_id is None:
        raise Refused("declaration.no_inspector")
    return _declared(desk, role, desk.actor.inspector_id, written)


def declare_for(desk: Desk, inspector_code: str, written: Mapping[str, object]) -> int:
    """Enter what an inspector of one's department has declared; its id. Refused `declaration.*`, `inspector.unknown`."""
    role = desk.require("registrar")
    return _declared(desk, role, _inspector(desk, inspector_code).id, written)


def _inspector(desk: Desk, code: str) -> Inspector:
    found = visits.inspector_by_code(desk.session, code)
    if found is None:
        raise Refused("inspector.unknown", inspector=code)
    in_own_department(desk, found.department_id)
    return found


def _declared(desk: Desk, role: str, inspector_id: int, written: Mapping[str, object]) -> int:
    outline = read(DeclarationOutline(), _normal(written), "declaration.fields")
    made = Declaration(inspector_id=inspector_id, **outline)
    if queries.same(desk.session, made):
        raise Refused("declaration.exists")
    desk.session.add(made)
    desk.session.flush()
    desk.tell(role, "declaration:made", f"declaration/{made.id}")
    return made.id


def _normal(written: Mapping[str, object]) -> dict[str, object]:
    """As lists are read: in NFC and without white space around, or a name would not be that of the registry."""
    return {
        name: unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value
        for name, value in written.items()
    }


def find(desk: Desk, declaration_id: int) -> Declaration:
    """A declaration of an inspector of one's department; Refused `declaration.unknown`."""
    found = queries.by_id(desk.session, declaration_id)
    if found is None:
        raise Refused("declaration.unknown")
    return found


def end(desk: Desk, told: Declaration, until: date) -> None:
    """Say until when something declared was so; the registrar does, as nobody unbars himself.

    Refused `declaration.ended` where it ends no later already, `declaration.ends_before`.
    """
    role = desk.require("registrar")
    if told.since and until < told.since:
        raise Refused("declaration.ends_before", since=str(told.since))
    if told.until and told.until <= until:
        raise Refused("declaration.ended", until=str(told.until))
    told.until = until
    desk.tell(role, "declaration:ended", f"declaration/{told.id}")


def mine(desk: Desk) -> list[Told]:
    """What the actor declared himself, the newest first."""
    desk.require("inspector")
    own = desk.actor.inspector_id
    return [] if own is None else [_whole(each) for each in queries.of_inspector(desk.session, own)]


def listed(desk: Desk, wanted: DeclarationQuestion, page: int = 1, size: int = SIZE) -> Page[Told]:
    """One page of what the inspectors of the department declared, for who keeps, plans, approves or audits."""
    desk.require(*READERS)
    found = queries.page(desk.session, wanted, page, size)
    tells = _whole if "registrar" in desk.actor.roles else Told
    return Page(
        [tells(each) for each in found.rows], found.number, found.size, found.total, found.counted_out
    )


def _whole(shown: DeclarationShown) -> Told:
    return Told(shown, shown.declaration.relative, shown.declaration.note)
