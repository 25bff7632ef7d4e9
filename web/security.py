"""What protects every page (安全): who may come, where a form may come from, and what a browser may do with an answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Unauthorized

from matching.refused import Refused
from web.access import PUBLIC, SIGNED_IN, rule_of
from web.desks import settings, who

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
    app.before_request(let_in)
    app.after_request(with_headers)
    csrf.init_app(app)


def from_here() -> None:
    """A form is sent from a page of ours: what a browser says of its origin must be this host."""
    if request.method in SAFE or request.path.startswith("/api/"):
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site not in ("same-origin", "none") or (origin and urlsplit(origin).netloc != request.host):
        abort(400)


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
        response.vary.add("Cookie")
    if "request_id" in g:
        response.headers["X-Request-Id"] = g.request_id
    return response
