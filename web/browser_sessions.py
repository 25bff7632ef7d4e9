"""Flask's session, kept by the server (会话): the browser has a random token, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from scheduler.clock import Clock
from scheduler.identity import BrowserState, browser_state, end_state, keep_state, new_token
from scheduler.transaction import Engine

LONGEST_TOKEN = 100


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    """What pages remember of a browser; `user_id` and `login` are set by who logged in."""

    def __init__(self, token: str | None, state: BrowserState | None) -> None:
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


class BrowserSessions(SessionInterface):
    """Opens and keeps sessions in the installation's database."""

    def __init__(self, database: Engine, clock: Clock, over_tls: bool) -> None:
        self.database = database
        self.clock = clock
        self.over_tls = over_tls
        # the prefix makes browsers refuse the cookie from anywhere but this host over TLS
        self.cookie = "__Host-yaohao" if over_tls else "yaohao"

    def open_session(self, _app: Flask, request: Request) -> BrowserSession:
        """The session of a request; a new one, kept only when something is to be remembered."""
        token = request.cookies.get(self.cookie)
        if not token or len(token) > LONGEST_TOKEN:
            return BrowserSession(None, None)
        state = browser_state(self.database, token, self._now())
        return BrowserSession(token if state else None, state)

    def save_session(self, _app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what was changed, and give the browser its token."""
        assert isinstance(session, BrowserSession)
        if session.outdated:
            end_state(self.database, session.outdated)
        if not session.modified:
            return
        if session.user_id is None and not session:
            response.delete_cookie(self.cookie, path="/", secure=self.over_tls, httponly=True, samesite="Lax")
            return
        token = session.token or new_token()
        state = BrowserState(session.user_id, session.login, dict(session))
        keep_state(self.database, token, state, self._now())
        if token != session.token:
            response.set_cookie(
                self.cookie, token, path="/", secure=self.over_tls, httponly=True, samesite="Lax"
            )

    def _now(self) -> datetime:
        return self.clock.now()
