"""The database: SQLite by default, PostgreSQL where there is one; how its connections behave."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool, QueuePool

WRITES = "yaohao_writes"
"""The execution option of a connection whose transactions write."""
PATIENCE = "yaohao_patience"
"""The execution option that says how many seconds a transaction waits for its turn, where it is not BUSY_SECONDS."""

BUSY_SECONDS = 30
WAL_SINCE = (3, 51, 3)  # earlier releases can corrupt a database in WAL mode with several writers
STATEMENT_SECONDS = 600
IDLE_SECONDS = 120
LOCK_SECONDS = 30

NOT_SERIALIZED = ("40001", "40P01")
"""SQLSTATE of a transaction that met another one, or stood in its way (deadlock): the whole of it may be done again."""

_LOCK_TIMEOUT = "55P03"
_PRIMARY = 0xFF  # of an error code of SQLite what its extended ones share


def open_database(url: str, pooled: bool = False) -> Engine:
    """An engine for `sqlite:///PATH` or `postgresql+psycopg://...`; its transactions read unless WRITES is set.

    A writing transaction of SQLite begins IMMEDIATE: it waits for its turn at the start, and never finds in the middle
    that what it read is stale. `pooled` keeps connections open between transactions, for a process that serves many
    (opening a SQLite file and saying how it behaves costs more than most questions); it has to dispose of the engine.
    Raises ValueError for another kind of database.
    """
    target = make_url(url)
    kind = target.get_backend_name()
    if kind == "sqlite":
        engine = create_engine(
            target,
            poolclass=QueuePool if pooled else NullPool,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": not pooled},
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if kind == "postgresql":
        options = (
            f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout={LOCK_SECONDS}s "
            f"-c idle_in_transaction_session_timeout={IDLE_SECONDS}s -c timezone=UTC"
        )
        engine = create_engine(
            target.set(drivername="postgresql+psycopg"),
            poolclass=None if pooled else NullPool,
            pool_pre_ping=pooled,
            connect_args={"options": options},
            hide_parameters=True,  # they hold names, texts of witnesses, entropy: nothing for a log
        )
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    raise ValueError(f"{kind} is neither sqlite nor postgresql")


def writing(engine: Engine, patience: float | None = None) -> Engine:
    """The same engine for transactions that write; `patience` is how many seconds they wait for their turn."""
    return engine.execution_options(**{WRITES: True, PATIENCE: patience})


def is_busy(error: BaseException) -> bool:
    """Whether a database says that others kept it busy for as long as anybody waits: nothing was done, nothing is wrong."""
    if not isinstance(error, OperationalError):
        return False
    if getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY == sqlite3.SQLITE_BUSY:
        return True
    return getattr(error.orig, "sqlstate", None) in (_LOCK_TIMEOUT, *NOT_SERIALIZED)


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    wal = sqlite3.sqlite_version_info >= WAL_SINCE
    for pragma in (
        f"journal_mode = {'WAL' if wal else 'TRUNCATE'}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",  # or INSERT OR REPLACE deletes without asking a trigger
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    patience = options.get(PATIENCE)
    # said each time: a pooled connection would keep what the one before has said
    waits = int(1000 * (BUSY_SECONDS if patience is None else patience))
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {waits}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    patience = connection.get_execution_options().get(PATIENCE)
    if patience is not None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, int(1000 * patience))}")
