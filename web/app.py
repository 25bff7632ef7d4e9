"""The web application (网站): its parts put together, and a start only where every route says who may come."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from scheduler.identity import form_key
from scheduler.installation import open_installation
from web import api, browser_sessions, errors, language, pages, security
from web.access import PUBLIC, check_rules
from web.settings import Settings

A_YEAR = 365 * 24 * 3600


def create_app(settings: Settings) -> Flask:
    """The application over an installation's database; Refused `database.*`, or NoAccessRule for a route without a rule."""
    app = Flask(__name__)
    database = open_installation(settings.database, pooled=True)
    if settings.over_tls:  # for others than this machine
        for chinese, english in settings.doubts:
            app.logger.warning("%s  %s", chinese, english)
    app.extensions["yaohao.settings"] = settings
    app.extensions["yaohao.database"] = database
    app.config.update(
        SECRET_KEY=form_key(database).hex(),
        WTF_CSRF_TIME_LIMIT=None,  # a form is good as long as its session
        MAX_CONTENT_LENGTH=settings.largest_request,
        MAX_FORM_PARTS=5_000,
        SEND_FILE_MAX_AGE_DEFAULT=A_YEAR,  # static addresses carry the version
    )
    app.session_interface = browser_sessions.BrowserSessions(database, settings.clock, settings.over_tls)
    if settings.proxies:
        proxies = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies)  # type: ignore[method-assign]
    app.view_functions["static"].open_to = (PUBLIC,)  # type: ignore[attr-defined]
    errors.install(app)
    security.install(app)
    language.install(app)
    pages.install(app)
    api.install(app)
    check_rules(app)
    return app
