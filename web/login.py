"""Logging in and out (登录), and one's own password."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matching.refused import Refused
from scheduler.identity import SHORTEST_PASSWORD, change_password, log_in
from web import pages as site
from web.access import PUBLIC, SIGNED_IN, open_to
from web.browser_sessions import BrowserSession
from web.desks import database, now, who
from web.language import back_to

pages = Blueprint("login", __name__)


@pages.get("/login")
@open_to(PUBLIC)
def form() -> str | Response:
    """Ask for login and password."""
    if who():
        return redirect(url_for("home.start"))
    return render_template("login.html", next=back_to(request.args.get("next", "/")))


@pages.post("/login")
@open_to(PUBLIC)
def enter() -> Response:
    """Let somebody in, with a token that nobody had before."""
    login = request.form.get("login", "")
    user_id = log_in(database(), now(), login, request.form.get("password", ""), request.remote_addr or "")
    _session().begin(user_id, login)
    return site.go(back_to(request.form.get("next", "/")))


@pages.post("/logout")
@open_to(SIGNED_IN)
def leave() -> Response:
    """Let him out; his session is over on the server too."""
    _session().end()
    return redirect(url_for("login.form"), 303)


@pages.get("/password")
@open_to(SIGNED_IN)
def password() -> str:
    """Ask for the old and a new password."""
    return render_template("password.html", least=SHORTEST_PASSWORD)


@pages.post("/password")
@open_to(SIGNED_IN)
def change() -> Response:
    """Change one's own password; every session of one's own ends."""
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        raise Refused("user.password_differs")
    login = cast(str, _session().login)
    change_password(database(), now(), login, request.form.get("old", ""), new, request.remote_addr or "")
    _session().end()
    return site.go(url_for("login.form"), _("密码已修改，请用新密码登录。"))


def _session() -> BrowserSession:
    return cast(BrowserSession, session._get_current_object())  # type: ignore[attr-defined]
