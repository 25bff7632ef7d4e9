"""Flask's session, kept by the server (会话): the browser has a random token, and nothing else.

A stranger has no session here: whoever only looks costs the database nothing. What his form needs he keeps himself, in a
cookie of its own that is signed and short-lived.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from itsdangerous import BadSignature
from werkzeug.datastructures import CallbackDict

from scheduler.clock import Clock
from scheduler.identity import BrowserState, begin_state, browser_state, end_state, keep_state, new_token
from scheduler.transaction import Engine, unless_busy
from web.programs import API

LONGEST_TOKEN = 100
STRANGERS_TIME = timedelta(hours=1)
"""How long a form is good that a stranger was shown."""
UNATTENDED = "X-Unattended"
"""Sent along by a page that asks by itself: nobody need be sitting there, so it is no use of the session."""


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    """What pages remember of a browser; `user_id` and `login` are set by who logged in."""

    def __init__(self, token: str | None = None, state: BrowserState | None = None) -> None:
        def changed(_: object) -> None:
            self.modified = True

        super().__init__(state.content if state else None, changed)
        self.modified = False
        self.accessed = True
        self.token = token
        self.user_id = state.user_id if state else None
        self.login = state.login if state else None
        self.outdated: str | None = None

    def begin(self, user_id: int, login: str) -> None:
        """Somebody has logged in: a new token, so that one planted before opens nothing, and nothing remembered."""
        self._renew()
        self.user_id, self.login = user_id, login

    def end(self) -> None:
        """He has logged out: his token is worth nothing any more."""
        self._renew()
        self.user_id = self.login = None

    def _renew(self) -> None:
        self.outdated = self.outdated or self.token
        self.token = None
        self.clear()
        self.modified = True


class NoSession(BrowserSession):
    """The session of what asks for none: whatever the browser sends along is not looked at, and nothing is kept."""


class _Signed(SecureCookieSessionInterface):
    salt = "yaohao.stranger"


class BrowserSessions(SessionInterface):
    """Opens and keeps sessions in the installation's database."""

    def __init__(self, database: Engine, clock: Clock, over_tls: bool) -> None:
        self.database = database
        self.clock = clock
        self.over_tls = over_tls
        # the prefix makes browsers refuse the cookie from anywhere but this host over TLS
        self.cookie = "__Host-yaohao" if over_tls else "yaohao"
        self.strangers_cookie = f"{self.cookie}_form"

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """The session of a request; a new one, kept only when something is to be remembered."""
        if request.path.startswith((f"{app.static_url_path}/", API)) and request.path != API:
            return NoSession()
        token = request.cookies.get(self.cookie)
        known = token and len(token) <= LONGEST_TOKEN
        used = UNATTENDED not in request.headers
        state = browser_state(self.database, token, self._now(), used) if token and known else None
        return BrowserSession(token, state) if state else self._of_stranger(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what was changed, and give the browser its token."""
        assert isinstance(session, BrowserSession)
        if isinstance(session, NoSession):
            return
        if session.outdated:
            end_state(self.database, session.outdated)
        if not session.modified:
            return
        if session.user_id is None or session.login is None:
            self._leave_with_stranger(app, session, response)
        elif session.token:
            self._keep(session.token, dict(session))
        else:
            token, state = new_token(), BrowserState(session.user_id, session.login, dict(session))
            begin_state(self.database, token, state, self._now())
            self._set(response, self.cookie, token)
            self._delete(response, self.strangers_cookie)

    def _keep(self, token: str, content: dict[str, Any]) -> None:
        """After an act a message may be lost, but not be told as a failure: the act is done. A form's key may not."""
        acted = request.method not in ("GET", "HEAD")
        with unless_busy() if acted else nullcontext():
            keep_state(self.database, token, content, self._now())

    def _of_stranger(self, app: Flask, request: Request) -> BrowserSession:
        """What a stranger brings along, if it is ours and not too old."""
        found = BrowserSession()
        signed = _Signed().get_signing_serializer(app)
        if signed and (brought := request.cookies.get(self.strangers_cookie)):
            try:
                since, kept = signed.loads(brought)
            except BadSignature:
                return found
            old = self._now().timestamp() - since
            if old < STRANGERS_TIME.total_seconds():
                found.update(kept)
                # signed anew before it is over, or a form shown late would be good for a moment only
                found.modified = old > STRANGERS_TIME.total_seconds() / 2
        return found

    def _leave_with_stranger(self, app: Flask, session: BrowserSession, response: Response) -> None:
        if session.outdated:
            self._delete(response, self.cookie)
        signed = _Signed().get_signing_serializer(app)
        if session and signed:
            kept = signed.dumps([self._now().timestamp(), dict(session)])
            self._set(response, self.strangers_cookie, str(kept), STRANGERS_TIME)
        else:
            self._delete(response, self.strangers_cookie)

    def _set(self, response: Response, name: str, value: str, time: timedelta | None = None) -> None:
        response.set_cookie(
            name, value, max_age=time, path="/", secure=self.over_tls, httponly=True, samesite="Lax"
        )

    def _delete(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self.over_tls, httponly=True, samesite="Lax")

    def _now(self) -> datetime:
        return self.clock.now()
