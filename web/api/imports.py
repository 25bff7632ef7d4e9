"""Lists to be imported (名单导入): a file is compared, then applied whole or not at all, as on the page."""

from __future__ import annotations

from typing import Any

from flask import abort

from data.schemas.files import ImportShown, ImportsWanted, ImportTold, ListHandedIn
from scheduler.inspection import intake, search, uploads
from scheduler.permissions import Desk
from web.access import open_to
from web.api.parts import AFile, Part
from web.desks import database, looking, outside
from web.errors import RefusedAtPlaces
from web.field_faults import as_sentence
from web.language import in_language
from web.sentences import fault_sentence

part = Part("imports", "Lists to be imported (名单导入)")

KEEPERS = ("registrar", "administrator")
MOST_FAULTS = 1000
"""Faults that an answer tells one by one; it always tells how many there are."""


@part.page("/imports", ImportShown, ImportsWanted)
@open_to(*KEEPERS, "auditor")
def listed(desk: Desk, number: int, size: int, kind: str) -> Any:
    """The imports there were, the newest first (导入记录)."""
    return search.imports(desk, kind, number, size)


@part.outside("/imports/<kind>", AFile(ListHandedIn), ImportTold())
@open_to(*KEEPERS)
def import_list(content: bytes, named: dict[str, Any], kind: str) -> Any:
    """Import a list (CSV, XLSX) whole or, with a fault, not at all; sent again it changes nothing (导入名单，可重发)."""
    if kind not in intake.KINDS:
        abort(404)
    with looking() as desk:
        file = uploads.taken(desk, kind, named["name"], content)
    if named["preview"]:
        return _told(uploads.preview(database(), file))
    made = outside(lambda database, _login, _now: uploads.applied(database, file, named["sound_only"]))
    if not made.told.applied:
        raise RefusedAtPlaces(uploads.faulty(made), _errors(made))
    return _told(made)


def _told(made: uploads.Preview) -> dict[str, Any]:
    return {
        "told": made.told,
        "left_out": made.left_out,
        "faults": len(made.told.faults),
        "errors": _errors(made),
    }


def _errors(made: uploads.Preview) -> list[dict[str, Any]]:
    """The first faults, each with its place in the file."""
    return [_error(each) for each in made.told.faults[:MOST_FAULTS]]


def _error(fault: intake.Fault) -> dict[str, Any]:
    place = {name: getattr(fault, name) for name in ("sheet", "line", "column", "value", "code")}
    return {"in": "body", "pointer": "", "detail": in_language(as_sentence(fault_sentence(fault)))} | place
