"""Declarations (申报): an inspector's own, and those of a department as its registrar keeps them."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matching.refused import Refused
from scheduler.inspection import declarations
from scheduler.inspection.declarations import DeclarationQuestion
from web import pages as site
from web.access import open_to
from web.desks import act, looking, who

pages = Blueprint("declarations", __name__, url_prefix="/declarations")

_FIELDS = ("kind", "target_code", "target_name", "relative", "note")
_DAYS = ("since", "until")


@pages.get("/mine")
@open_to("inspector")
def mine() -> str:
    """What the reader declared himself, and a form to declare more."""
    with looking() as desk:
        return render_template("inspection/declarations_mine.html", rows=declarations.mine(desk))


@pages.post("/mine")
@open_to("inspector")
def declare() -> Response:
    """Declare something of oneself."""
    written = _written()
    act(lambda desk: declarations.declare(desk, written))
    return site.go(url_for("declarations.mine"), _("已申报，从下一次锁定名录起生效。"))


@pages.get("/")
@open_to(*declarations.READERS)
def listed() -> str:
    """What the inspectors of the department declared."""
    wanted = DeclarationQuestion(*(request.args.get(name, "").strip() for name in ("inspector", "kind")))
    reader = who()
    with looking() as desk:
        return render_template(
            "inspection/declarations_listed.html",
            wanted=wanted,
            page=declarations.listed(desk, wanted, request.args.get("page", 1, int)),
            keeps=reader is not None and reader.has("registrar"),
        )


@pages.post("/")
@open_to("registrar")
def enter() -> Response:
    """Enter what an inspector of the department declared."""
    written, code = _written(), request.form.get("inspector", "").strip()
    act(lambda desk: declarations.declare_for(desk, code, written))
    return site.go(url_for("declarations.listed"), _("已登记，从下一次锁定名录起生效。"))


@pages.post("/<int:declaration_id>/end")
@open_to("registrar")
def end(declaration_id: int) -> Response:
    """Say until when something declared was so."""
    typed = request.form.get("until", "")
    act(lambda desk: declarations.end(desk, declarations.find(desk, declaration_id), _day(typed)))
    return site.go(url_for("declarations.listed"), _("已填写终止日期。"))


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refused("declaration.fields", faults=["$.until: Not a valid date."]) from None


def _written() -> dict[str, object]:
    """What was typed; a day that is none comes to the schema as it was typed."""
    form = request.form
    days = {name: form.get(name, "").strip() or None for name in _DAYS}
    return {name: form.get(name, "") for name in _FIELDS} | days
