"""The start page: the desk of whoever works here, or the portal for everybody else."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from web.access import PUBLIC, open_to
from web.desks import looking, who

pages = Blueprint("home", __name__)


@pages.get("/")
@open_to(PUBLIC)
def start() -> str | AnyResponse:
    """What waits for whoever is logged in."""
    if who() is None:
        return redirect(url_for("portal.campaigns"))
    with looking() as desk:
        return render_template("home.html", desk=desk)


@pages.get("/healthz")
@open_to(PUBLIC)
def healthz() -> Response:
    """That the process answers."""
    return Response("ok\n", mimetype="text/plain")
