"""What outsiders sign for a draw (见证材料): the time stamp of its commitment, the beacon's signature of its randomness."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from matching.refused import Refused
from scheduler.inspection import attaching, drawing
from scheduler.inspection.attaching import Checked
from scheduler.inspection.attachments import stamp_told
from scheduler.permissions import Desk
from web import pages as site
from web.access import SIGNED_IN, open_to
from web.desks import act, looking

pages = Blueprint("attached", __name__, url_prefix="/draws")

REQUEST, ANSWER = "application/timestamp-query", "application/timestamp-reply"


@pages.get("/<int:number_id>/commit.tsq")
@open_to(SIGNED_IN)
def stamp_request(number_id: int) -> Response:
    """The request to take to a time-stamping authority."""
    with looking() as desk:
        content = attaching.stamp_request(desk, drawing.draw_by_id(desk, number_id))
    return send_file(BytesIO(content), REQUEST, as_attachment=True, download_name="commit.tsq")


@pages.post("/<int:number_id>/stamp")
@open_to("planner")
def stamp(number_id: int) -> AnyResponse:
    """Attach the authority's answer."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused("attachment.missing")
    with looking() as desk:
        answer = attaching.to_stamp(desk, drawing.draw_by_id(desk, number_id), sent.read())
    checked = answer.computed()
    made = act(
        lambda desk: stamp_told(attaching.attach_stamp(desk, drawing.draw_by_id(desk, number_id), checked))
    )
    there = url_for("draws.shown", number_id=number_id)
    if made.counted:
        return site.go(there, _("时间戳有效，已登记。"))
    return site.go(
        there, _("时间戳的签名有效，已附加；没有配置根证书，证书链未核对，不计为公布。"), "warning"
    )


@pages.get("/<int:number_id>/commit.tsr")
@open_to(SIGNED_IN)
def stamp_answer(number_id: int) -> Response:
    """The answer that was attached."""
    with looking() as desk:
        content = attaching.stamp_answer(desk, drawing.draw_by_id(desk, number_id))
    return send_file(BytesIO(content), ANSWER, as_attachment=True, download_name="commit.tsr")


@pages.post("/<int:number_id>/signature")
@open_to("planner", "approver", "witness")
def signature(number_id: int) -> AnyResponse:
    """Attach the beacon's signature."""
    with looking() as desk:
        given = attaching.to_attach(desk, drawing.draw_by_id(desk, number_id), written_signature())
    checked = given.computed()
    act(lambda desk: attaching.attach_signature(desk, drawing.draw_by_id(desk, number_id), checked).id)
    return site.go(url_for("draws.shown", number_id=number_id), _("签名已登记。"))


def written_signature() -> str:
    """What was written in the field for a beacon's signature."""
    return request.form.get("signature", "")


def checked_beside(given: Callable[[Desk], tuple[Any, str]]) -> Checked | None:
    """The signature beside an entry of the entropy, checked with no transaction open; `given` tells draw and entry."""
    with looking() as desk:
        found = attaching.to_enter(desk, *given(desk), written_signature())
    return found and found.computed()
