"""What protects every page (安全): who may come, where a form may come from, and what a browser may do with an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Unauthorized
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as AnyResponse

from scheduler.identity import token_in_force
from web.access import PUBLIC, SIGNED_IN, rule_of
from web.browser_sessions import LONGEST_TOKEN
from web.desks import database, now, settings, who
from web.pages import go
from web.programs import from_program

SAFE = ("GET", "HEAD", "OPTIONS")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TLS_ONLY = "max-age=31536000; includeSubDomains"

OWN_PASSWORD = ("login.password", "login.change", "login.leave", "language", "static")
"""What is open to somebody whose password another has set: to give himself one, to leave, and what these pages need."""

LARGEST_ID = 2**31 - 1
_UNREADABLE = re.compile("[\0\ud800-\udfff]")

csrf = CSRFProtect()


class Number(IntegerConverter):
    """A number in an address that a database can hold; there is no page of a larger one."""

    def __init__(self, *given: Any, **limits: Any) -> None:
        super().__init__(*given, **({"max": LARGEST_ID} | limits))


def install(app: Flask) -> None:
    """Guard every route of an application; to be called before its blueprints are registered."""
    app.url_map.converters["int"] = Number
    app.before_request(readable)
    app.before_request(from_here)
    app.before_request(by_token)
    app.before_request(let_in)
    app.after_request(with_headers)
    csrf.init_app(app)


def readable() -> None:
    """What is typed is text: no NUL, which PostgreSQL can't keep, and no half of a character."""
    # the API takes no forms, and looks at its bodies itself: to read one as a form would leave nothing of it
    sent = [request.args] if from_program() else [request.args, request.form]
    if any(_UNREADABLE.search(text) for typed in sent for text in _texts(typed)):
        abort(400)


def _texts(typed: MultiDict[str, str]) -> Iterator[str]:
    for name, values in typed.lists():
        yield name
        yield from values


def from_here() -> None:
    """A form is sent from a page of ours: what a browser says of its origin must be this host."""
    if request.method in SAFE or from_program():
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site not in ("same-origin", "none") or (origin and urlsplit(origin).netloc != request.host):
        abort(400)


def by_token() -> None:
    """Whoever comes to the API is who his token says; a browser's session is worth nothing there."""
    if not from_program():
        return
    authorization = request.authorization
    token = authorization.token if authorization and authorization.type == "bearer" else None
    known = token and len(token) <= LONGEST_TOKEN and token.isascii()
    found = token_in_force(database(), token, now()) if token and known else None
    g.login, g.token = (found.login, found.id) if found else (None, None)


def let_in() -> AnyResponse | None:
    """Whoever may not come is sent to log in, or told which role he lacks."""
    if request.endpoint is None:  # no such page; the router has its own answer
        return None
    if not from_program() and request.endpoint not in OWN_PASSWORD and (known := who()) and known.provisional:
        return go(url_for("login.password"))
    wanted = rule_of(current_app, request.endpoint)
    if PUBLIC in wanted:
        return None
    found = who()
    if found is None:
        raise Unauthorized
    if SIGNED_IN not in wanted:
        found.require(*wanted)
    return None


def with_headers(response: Response) -> Response:
    """The same headers on every answer; what is for one reader alone is kept by no cache."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if settings().over_tls:
        response.headers["Strict-Transport-Security"] = TLS_ONLY
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("Authorization", "Accept-Language") if from_program() else ("Cookie",))
    if "request_id" in g:
        response.headers["X-Request-Id"] = g.request_id
    return response
