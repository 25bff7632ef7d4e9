"""The installation (系统): its database, brought to the newest schema and filled with what the program brings along."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from data import ledger, migrations
from data.calendar import LAST_KNOWN_YEAR, seed_calendar
from data.deadlines import seed_deadlines
from data.queries import campaigns, draws, organisation
from data.result_codes import seed_result_codes
from data.scope import seeing, set_scope
from matching.refused import Refused
from scheduler.clock import business_date
from scheduler.keys import Key, examine_key, installation_key
from scheduler.permissions import Desk, actor_of, system_act
from scheduler.transaction import EVERYTHING, Engine, Session, open_database, reading, transaction


@dataclass(frozen=True)
class Finding:
    """One thing that the doctor looked at: its name, what was found, and whether it is as it should be."""

    name: str
    found: str
    sound: bool


@dataclass(frozen=True)
class Upgraded:
    """A database at the newest schema; `exposed` are the open draws whose secrets stood in it in plain until now.

    What is encrypted now is still read in whatever was copied before: backups, and PostgreSQL's own files and logs.
    """

    database: Engine
    exposed: Sequence[str] = ()


def upgrade(url: str, now: datetime) -> Upgraded:
    """Bring a database to the newest schema, from nothing on, and put in calendar, deadlines and result codes.

    Done again, it changes nothing. Refused `database.*`, `key.*`.
    """
    encrypts = False

    def key() -> Key:
        nonlocal encrypts
        encrypts = True
        return installation_key(database)

    database = _open(url)
    _make_private(database)
    before = _current(database)
    migrations.upgrade(database, key=key)
    with transaction(database, EVERYTHING) as session:
        put_in = seed_calendar(session) + seed_deadlines(session) + seed_result_codes(session)
        exposed = draws.without_seed(session) if encrypts else []
        if put_in or before != migrations.head():
            details: dict[str, object] = {"from": before, "to": migrations.head(), "rows": put_in}
            details |= {"exposed": exposed} if exposed else {}
            system_act(session, now, "database:upgrade", "database", details)
    return Upgraded(database, exposed)


def open_installation(url: str, pooled: bool = False) -> Engine:
    """The database of an installation; Refused `database.not_current` where `yaohao upgrade` is due."""
    database = _open(url, pooled)
    if _current(database) is None or not migrations.is_current(database):
        raise Refused("database.not_current")
    return database


def open_as_it_is(url: str) -> Engine:
    """The same whatever has become of its schema and guards: who looks for tampering must be able to look."""
    database = _open(url)
    if _current(database) is None:
        raise Refused("database.not_current")
    return database


def is_empty(url: str) -> bool:
    """Whether a database has nothing in it that somebody could lose."""
    database = _open(url)
    if _current(database) is None:
        return True
    with reading(database, EVERYTHING) as session:
        return not organisation.has_departments(session)


def is_of_demo(url: str, code: str) -> bool:
    """Whether a database holds at most the campaign of a demo."""
    database = _open(url)
    if _current(database) is None:
        return False
    with reading(database, EVERYTHING) as session:
        return {each.code for each in campaigns.campaigns(session)} <= {code}


@contextmanager
def at_desk(database: Engine, login: str, now: datetime, token: int | None = None) -> Iterator[Desk]:
    """A desk of somebody, in a transaction of its own; he sees what he may see. `token` is the one by which he came."""
    with transaction(database, EVERYTHING) as session:
        actor = actor_of(session, login, business_date(now))
        set_scope(session, actor.scope)
        yield Desk(session, actor, now, token)


@contextmanager
def reading_desk(database: Engine, login: str, now: datetime) -> Iterator[Desk]:
    """A desk of somebody who only looks; what he changed would be forgotten."""
    with reading(database, EVERYTHING) as session:
        actor = actor_of(session, login, business_date(now))
        set_scope(session, actor.scope)
        yield Desk(session, actor, now)


@contextmanager
def desk_within(session: Session, login: str, now: datetime) -> Iterator[Desk]:
    """A desk of somebody inside a transaction of nobody's, such as the end of a job that he asked for."""
    actor = actor_of(session, login, business_date(now))
    with seeing(session, actor.scope):
        yield Desk(session, actor, now)


def examine(url: str, now: datetime) -> list[Finding]:
    """What the doctor finds: versions, schema, guards, ledger, calendar."""
    database = _open(url)
    now_at = _current(database)
    found = [
        Finding("python", platform.python_version(), True),
        Finding("database", _kind(database), True),
        Finding("schema", _schema(now_at), now_at == migrations.head()),
    ]
    if not found[-1].sound:
        return found
    found.append(Finding("guards", "as this program has them", migrations.is_current(database)))
    with reading(database, EVERYTHING) as session:
        found.append(Finding("key", *examine_key(session)))
    opened = partial(reading, database, EVERYTHING)
    found += [_examined(ledger.verify(opened, chain)) for chain in (ledger.BUSINESS, ledger.SECURITY)]
    year = business_date(now).year
    found.append(Finding("calendar", str(LAST_KNOWN_YEAR), year <= LAST_KNOWN_YEAR))
    return found


def _schema(now_at: str | None) -> str:
    if now_at == migrations.head():
        return now_at
    return f"{now_at or 'no database here'}, wanted {migrations.head()}: yaohao upgrade"


def _examined(state: ledger.Whole | ledger.Broken) -> Finding:
    if isinstance(state, ledger.Whole):
        return Finding(f"ledger/{state.chain}", f"{state.lines} lines, head {state.head}:{state.lines}", True)
    return Finding(f"ledger/{state.chain}", f"line {state.seq}: {state.fault}", False)


def _make_private(database: Engine) -> None:
    """A new SQLite file is made for its owner alone: persons stand in it, and the hashes of passwords."""
    path = database.url.database
    if database.dialect.name == "sqlite" and path and path != ":memory:":
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            pass
        except OSError:
            raise Refused("database.unreachable") from None


def _kind(database: Engine) -> str:
    if database.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with database.connect() as connection:
        return f"PostgreSQL {'.'.join(map(str, connection.dialect.server_version_info or ()))}"


def _open(url: str, pooled: bool = False) -> Engine:
    try:
        return open_database(url, pooled)
    except (ArgumentError, ValueError, NoSuchModuleError, ModuleNotFoundError):
        raise Refused("database.address") from None


def _current(database: Engine) -> str | None:
    """The revision of a database; None where there is none, and a file that is not there is not made by looking."""
    path = database.url.database
    if database.dialect.name == "sqlite" and path and path != ":memory:" and not os.path.exists(path):
        return None
    try:
        return migrations.current(database)
    except DBAPIError:
        # no database at all, or one that does not answer; the message of a driver may hold the address with its password
        raise Refused("database.unreachable") from None
