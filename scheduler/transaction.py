"""Transactions (事务): opened at the edge, by a request, a job or a command; nothing below commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from data.database import NOT_SERIALIZED, is_busy, open_database, writing
from data.scope import EVERYTHING, Scope, guard_sessions, set_scope
from matching.refused import Refused

__all__ = [
    "EVERYTHING",
    "Engine",
    "Scope",
    "Session",
    "is_busy",
    "open_database",
    "reading",
    "transaction",
    "unless_busy",
    "with_retry",
]

TRIES = 5
_T = TypeVar("_T")

guard_sessions()


@contextmanager
def transaction(database: Engine, scope: Scope, patience: float | None = None) -> Iterator[Session]:
    """A session that writes: committed at the end, undone by any exception.

    It waits for its turn as long as the database is told to wait, or for `patience` seconds.
    """
    with Session(writing(database, patience), autoflush=True) as session, session.begin():
        set_scope(session, scope)
        yield session


@contextmanager
def reading(database: Engine, scope: Scope) -> Iterator[Session]:
    """A session that only reads; what it changed would be forgotten."""
    with Session(database) as session:
        set_scope(session, scope)
        yield session


def with_retry(work: Callable[[], _T]) -> _T:
    """Do a whole transaction again where PostgreSQL says that it met another one, a few times at most.

    Refused `request.simultaneous` where somebody else has just put in the same thing: the use case had looked, and found
    nothing of it. Refused `request.busy` where its turn never came.
    """
    try:
        return _tried_again(work)
    except OperationalError as error:
        if is_busy(error):
            raise Refused("request.busy") from None
        raise


@contextmanager
def unless_busy() -> Iterator[None]:
    """A write that nobody misses is left undone where the database is busy."""
    try:
        yield
    except OperationalError as error:
        if not is_busy(error):
            raise


def _tried_again(work: Callable[[], _T]) -> _T:
    for _ in range(TRIES - 1):
        try:
            return _alone(work)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in NOT_SERIALIZED:
                raise
    return _alone(work)


def _alone(work: Callable[[], _T]) -> _T:
    try:
        return work()
    except IntegrityError as error:
        if _is_taken(error.orig):
            raise Refused("request.simultaneous") from None
        raise


def _is_taken(told: object) -> bool:
    """Whether a unique key says that there is such a row already."""
    taken = "UNIQUE constraint failed" in str(told)
    return taken or getattr(told, "sqlstate", None) == "23505"
