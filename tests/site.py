"""The site over a town, and readers of it: test clients that are logged in and send the token of their forms."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from data.models import User
from scheduler.identity import BrowserState, begin_state, new_token
from scheduler.jobs import Ran, run_next
from scheduler.transaction import EVERYTHING, transaction
from tests.town import Town
from web import worker
from web.app import create_app
from web.settings import Settings

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class TownClock:
    """The time that it is in a town."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def now(self) -> datetime:
        """The town's time, as it is moved on."""
        return self.town.now


class Reader:
    """Somebody with a browser: `reader.get(path)`, `reader.post(path, name=value)`."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self._token = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        """A page."""
        return self.client.get(path, headers=headers, buffered=True)

    def page(self, path: str) -> str:
        """The text of a page that must be there."""
        response = self.client.get(path)
        assert response.status_code == 200, (path, response.status, response.text[:2000])
        return response.text

    def post(self, path: str, headers: dict[str, str] | None = None, **form: Any) -> TestResponse:
        """A form sent from a page of the site."""
        return self.client.post(path, data={"csrf_token": self.token()} | form, headers=headers)

    def does(self, path: str, **form: Any) -> str:
        """A form that must be taken; where it leads to."""
        response = self.post(path, **form)
        assert response.status_code in (302, 303), (path, response.status, response.text[:2000])
        return response.headers["Location"]

    def token(self) -> str:
        """The token of this browser's forms."""
        if not self._token:
            found = _TOKEN.search(self.client.get("/password").text) or _TOKEN.search(
                self.client.get("/login").text
            )
            assert found
            self._token = found[1]
        return self._token


class Site:
    """A site over a town; `site.reader("amr.planner")` is logged in, `site.stranger()` is not."""

    def __init__(self, town: Town, **settings: Any) -> None:
        self.town = town
        url = town.database.url.render_as_string(hide_password=False)
        self.app = create_app(Settings(database=url, clock=TownClock(town), **settings))

    def reader(self, login: str, english: bool = False) -> Reader:
        """Somebody who is logged in."""
        reader = self.stranger(english)
        with transaction(self.town.database, EVERYTHING) as session:
            user_id = session.scalars(select(User.id).where(User.login == login)).one()
        token = new_token()
        begin_state(self.town.database, token, BrowserState(user_id, login, {}), self.town.now)
        reader.client.set_cookie("yaohao", token)
        return reader

    def stranger(self, english: bool = False) -> Reader:
        """Somebody without an account."""
        reader = Reader(self.app)
        if english:
            reader.client.set_cookie("yaohao_language", "en")
        return reader

    def run_jobs(self) -> list[Ran]:
        """Run every job that waits, here and now."""
        clock, handlers, ran = TownClock(self.town), worker.handlers(self.app), []
        while (done := run_next(self.town.database, handlers, "site", clock)) is not None:
            ran.append(done)
        return ran

    def close(self) -> None:
        """Let go of the database."""
        self.app.extensions["yaohao.database"].dispose()
