"""Programs that use the API: test clients with a token, which read a thing before they act on it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from data.models import ApiToken, User
from scheduler.clock import business_date
from scheduler.identity import digest_of, new_token
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Site

ROOT = "/api/v1"
BYTES = "application/octet-stream"


def issue(site: Site, login: str) -> str:
    """A token for an account, as its holder would issue it."""
    token = new_token()
    with transaction(site.town.database, EVERYTHING) as session:
        user_id = session.scalars(select(User.id).where(User.login == login)).one()
        session.add(
            ApiToken(
                user_id=user_id,
                name=token[:20],
                digest=digest_of(token),
                created_at=site.town.now,
                valid_to=business_date(site.town.now).replace(year=2030),
            )
        )
    return token


class Program:
    """Another system; `program.get(path)`, `program.act(path, thing, **body)`."""

    def __init__(self, site: Site, login: str = "", english: bool = False) -> None:
        self.client = site.app.test_client()
        self.headers = {"Authorization": f"Bearer {issue(site, login)}"} if login else {}
        if english:
            self.headers["Accept-Language"] = "en"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Any request."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.open(
            ROOT + path, method=method, headers=self.headers | told, buffered=True, **more
        )

    def send(self, path: str, content: bytes, kind: str = BYTES, **headers: str) -> TestResponse:
        """A file, as the body."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            ROOT + path, data=content, content_type=kind, headers=self.headers | told, buffered=True
        )

    def get(self, path: str) -> Any:
        """What must be there."""
        response = self.ask("GET", path)
        assert response.status_code == 200, (path, response.text)
        return response.json

    def etag(self, path: str) -> str:
        """The tag of a thing as it stands."""
        return self.ask("GET", path).headers["ETag"]

    def make(self, path: str, body: Any) -> Any:
        """Make something that must be made."""
        response = self.ask("POST", path, body)
        assert response.status_code == 201, (path, response.text)
        return response.json

    def try_act(self, thing: str, act: str, body: Any = None, **headers: str) -> TestResponse:
        """Act on a thing as it stands."""
        return self.ask("POST", f"{thing}/{act}", body, If_Match=self.etag(thing), **headers)

    def act(self, thing: str, act: str, body: Any = None) -> Any:
        """The same, and it must be done."""
        response = self.try_act(thing, act, body)
        assert response.status_code in (200, 202), (thing, act, response.text)
        return response.json
