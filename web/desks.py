"""The desk of whoever sent a request (办理): the one place where a page opens a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TypeVar, cast, overload

from flask import current_app, g, session
from werkzeug.exceptions import Unauthorized

from matching.refused import Refused
from scheduler.accounts import Present, present
from scheduler.clock import business_date
from scheduler.idempotency import Answer, Key, answered_once
from scheduler.inspection.evidence import Bound
from scheduler.installation import at_desk, reading_desk
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, Engine, Session, reading, with_retry
from web.settings import Settings

_T = TypeVar("_T")


def settings() -> Settings:
    """What this installation has decided."""
    return cast(Settings, current_app.extensions["yaohao.settings"])


def database() -> Engine:
    """The installation's database."""
    return cast(Engine, current_app.extensions["yaohao.database"])


def now() -> datetime:
    """This moment, by the installation's clock."""
    return settings().clock.now()


def today() -> date:
    """The business day."""
    return business_date(now())


def who() -> Present | None:
    """Who sent the request, with the roles he holds at this moment; None for a stranger."""
    if "who" not in g:
        g.who = None
        if login := login_of_request():
            try:
                g.who = present(database(), login, today())
            except Refused:  # disabled since he logged in
                g.who = None
    return cast("Present | None", g.who)


def login_of_request() -> str | None:
    """The login that a request acts as: of its token where it came to the API, else of its session."""
    if "login" in g:
        return cast("str | None", g.login)
    return cast("str | None", getattr(session, "login", None))


@contextmanager
def looking() -> Iterator[Desk]:
    """A desk that only reads, for pages: they are rendered while it is open."""
    with reading_desk(database(), _login(), now()) as desk:
        yield desk


@overload
def act(work: Callable[[Desk], _T]) -> _T: ...
@overload
def act(work: Callable[[Desk], Answer], key: Key | None) -> Answer: ...
def act(work: Callable[[Desk], _T], key: Key | None = None) -> _T | Answer:
    """One use case in a transaction of its own: `act(lambda desk: planning.submit(desk, ...))`.

    Where PostgreSQL says that it met another transaction, the whole is done again. With a key, the work makes an answer
    that is kept: a request that comes again gets it, and does nothing.
    """

    def once() -> _T | Answer:
        with at_desk(database(), _login(), now(), g.get("token")) as desk:
            if key is None:
                return work(desk)
            return answered_once(desk, key, cast("Callable[[Desk], Answer]", work))

    return with_retry(once)


def beforehand(read: Callable[[Desk], Bound | None]) -> Bound | None:
    """What an act will compute with, read and computed before its transaction begins, so that nobody waits for it.

    None where that is refused: the act says so, or gives the answer that it gave before.
    """
    try:
        with looking() as desk:
            found = read(desk)
        return found and found.computed()
    except Refused:
        return None


def outside(work: Callable[[Engine, str, datetime], _T]) -> _T:
    """One use case that opens its own transactions, as a long file takes: it gets the database, the login and the time."""
    login = _login()
    return with_retry(lambda: work(database(), login, now()))


@contextmanager
def for_strangers() -> Iterator[Session]:
    """A session of nobody's that reads; what of it a page gets, `scheduler.inspection.disclosure` decides."""
    with reading(database(), EVERYTHING) as session:
        yield session


def _login() -> str:
    login = login_of_request()
    if login is None:
        raise Unauthorized
    return login
