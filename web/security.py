"""What protects every page (安全): who may come, where a form may come from, and what a browser may do with an answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Unauthorized

from matching.refused import Refused
from scheduler.identity import login_of_token
from web.access import PUBLIC, SIGNED_IN, rule_of
from web.browser_sessions import LONGEST_TOKEN
from web.desks import database, now, settings, who
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

csrf = CSRFProtect()


def install(app: Flask) -> None:
    """Guard every route of an application; to be called before its blueprints are registered."""
    app.before_request(from_here)
    app.before_request(by_token)
    app.before_request(let_in)
    app.after_request(with_headers)
    csrf.init_app(app)


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
    g.login = login_of_token(database(), token, now()) if token and known else None


def let_in() -> None:
    """Whoever may not come is sent to log in, or told which role he lacks."""
    if request.endpoint is None:  # no such page; the router has its own answer
        return
    wanted = rule_of(current_app, request.endpoint)
    if PUBLIC in wanted:
        return
    found = who()
    if found is None:
        raise Unauthorized
    if SIGNED_IN not in wanted and not found.has(*wanted):
        raise Refused("actor.role", wanted=list(wanted))


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
