"""The ceremony of a draw (抽取现场) on a big screen: one stage at a time, and the two places where the entropy is entered.

The page keeps nothing. It asks for itself again every two seconds and is answered in full only where something has
changed; after a reload or a restart it stands where the draw stands.
"""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import get_locale

from scheduler.inspection import ceremony, drawing
from scheduler.inspection.ceremony import STAGES, Ceremony
from web.access import SIGNED_IN, open_to
from web.desks import looking
from web.errors import in_part
from web.inspection.typed import THROWS

pages = Blueprint("ceremony", __name__, url_prefix="/draws")

ENTRY = "entry"
"""The stage that is shown to who enters: it is chosen, never come to, so that no entry stands on the big screen."""


@pages.get("/<int:number_id>/ceremony")
@open_to(SIGNED_IN)
def shown(number_id: int) -> Response:
    """The stage that the draw has come to, or the one that is chosen; to its own page as the part that changes."""
    with looking() as desk:
        drawn = drawing.draw_by_id(desk, number_id)
        told = ceremony.ceremony_of(desk, drawn)
        chosen = request.args.get("stage", "")
        stage = _stage(told, chosen)
        tag = _tag(told, stage)
        if in_part() and tag in request.if_none_match:
            return _tagged(Response(status=304), tag)
        page = "ceremony_stage" if in_part() else "ceremony"
        content = render_template(
            f"inspection/{page}.html",
            draw=drawn,
            told=told,
            stage=stage,
            followed=stage == told.stage and chosen not in STAGES,
            stages=STAGES,
            strata=ceremony.strata_of(desk, drawn) if stage in ("fixed", "tickets") else [],
            source=_source(told.fixed.entropy),
            groups_of_four=groups_of_four,
            tag=tag,
        )
        return _tagged(make_response(content), tag)


def _stage(told: Ceremony, chosen: str) -> str:
    """Any stage may be looked at; the entry where its reader may make one."""
    if chosen == ENTRY:
        return ENTRY if "enter" in told.acts else told.stage
    return chosen if chosen in STAGES else told.stage


def _tag(told: Ceremony, stage: str) -> str:
    """The same as long as everything shown is the same: strata and tickets follow from the rest."""
    shown_so_far = (stage, str(get_locale()), sorted(told.acts), {**vars(told), "acts": ()})
    return sha256(repr(shown_so_far).encode()).hexdigest()


def _tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    return response


def _source(named: str) -> dict[str, object]:
    """How the source's result is put in: by the keys of a die, by balls, or typed."""
    kind, _sep, rest = named.partition(":")
    told: dict[str, object] = {"kind": kind, "named": named}
    if kind in THROWS:
        cells, keys = THROWS[kind]
        return told | {"cells": cells, "keys": keys}
    lottery, _sep, issues = rest.partition(":")
    if kind == "lottery" and (balls := ceremony.balls_of(lottery)):
        return told | {"balls": balls, "issues": issues.split("+")}
    return told


def groups_of_four(digits: str) -> list[str]:
    """Hex digits in groups that can be called out and copied down."""
    return [digits[start : start + 4] for start in range(0, len(digits), 4)]
