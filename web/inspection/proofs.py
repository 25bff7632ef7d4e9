"""What is handed to a target (检查通知书, 一次性查询码), and the public bundle asked for."""

from __future__ import annotations

import segno
from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from scheduler.inspection import drawing, notices, proof_codes, visits, work
from web import pages as site
from web import worker
from web.access import open_to
from web.desks import act, looking, outside, settings
from web.desks import today as business_day

pages = Blueprint("proofs", __name__)


@pages.post("/visits/<int:visit_id>/notice")
@open_to(*notices.PRINTERS)
def notice(visit_id: int) -> str:
    """The notice of a visit, to be printed: the answer itself, as its token is kept nowhere."""
    token = act(lambda desk: notices.print_notice(desk, visits.by_id(desk, visit_id)))
    address = _public(url_for("evidence.proof", token=token))
    qr = segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4, dark="#000")
    with looking() as desk:
        return render_template(
            "inspection/notice.html",
            notice=notices.printed(desk, visits.by_id(desk, visit_id)),
            address=address,
            reaches_public=bool(settings().public_address),
            qr=qr,
            day=business_day(),
        )


@pages.post("/draws/<int:number_id>/proof-code")
@open_to(*proof_codes.GIVERS)
def proof_code(number_id: int) -> str:
    """A code for one target, shown this once: it is kept nowhere, so the page with it is the answer itself."""
    target, days = request.form.get("target", ""), settings().proof_code_days
    given = outside(
        lambda database, login, now: proof_codes.give(database, login, now, number_id, target, days)
    )
    with looking() as desk:
        drawn = drawing.draw_by_id(desk, number_id)
        asked = _public(url_for("evidence.ask"))
        return render_template(
            "inspection/proof_code.html",
            draw=drawn,
            given=given,
            address=asked,
            reaches_public=bool(settings().public_address),
        )


@pages.post("/draws/<int:number_id>/public-bundle")
@open_to("planner")
def public_bundle(number_id: int) -> AnyResponse:
    """Have the public bundle of a draw made, where that was not asked for when its campaign was closed."""
    asked = act(lambda desk: work.ask_public_bundle(desk, drawing.draw_by_id(desk, number_id)))
    worker.wake()
    return site.go(url_for("jobs.shown", job_id=asked), _("已提交。"))


def _public(path: str) -> str:
    """An address as the public comes to it; where the installation has told none, as whoever asks came here."""
    return (settings().public_address or request.host_url.rstrip("/")) + path
