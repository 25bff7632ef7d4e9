"""The jobs of the faces (后台作业): who does them, and the ticker of a process that serves pages."""

from __future__ import annotations

from functools import partial

from flask import Flask, current_app

from scheduler import checkpoints, idempotency, ticker
from scheduler.inspection import fairness, proof_codes, work
from scheduler.jobs import Handler
from scheduler.ledger_key import LedgerKey, find_or_make_key, key_file
from scheduler.ledger_memory import Memory
from scheduler.ticker import Sweep, Ticker
from web.readme import readme
from web.settings import Settings

SWEEPS = (idempotency.forget_expired, proof_codes.forget_ended, fairness.forget)
"""What a process that runs jobs clears away now and then."""

ASIDE = (fairness.KIND,)
"""The kinds of jobs that may take long, and that no draw waits for."""

_KEY = "yaohao.ticker"


def handlers(app: Flask) -> dict[str, Handler]:
    """Every kind of job, with who does it."""
    settings: Settings = app.extensions["yaohao.settings"]
    return work.handlers(app.extensions["yaohao.database"], settings.clock, readme)


def start(app: Flask) -> Ticker:
    """Begin to run an application's jobs in this process, and to sign its ledger; `stop()` of what comes back ends it.

    Refused `ledger_key.*`: an installation does not go on unsigned because somebody has touched its key.
    """
    settings: Settings = app.extensions["yaohao.settings"]
    known = handlers(app)
    started = ticker.start(
        app.extensions["yaohao.database"],
        {kind: each for kind, each in known.items() if kind not in ASIDE},
        settings.clock,
        settings.tick,
        SWEEPS,
        looks(ledger_key(settings), ledger_memory(settings)),
        {kind: known[kind] for kind in ASIDE},
    )
    app.extensions[_KEY] = started
    return started


def ledger_key(settings: Settings) -> LedgerKey | None:
    """The key that signs the ledger, made where there is none yet; None where nobody has said where it is to lie."""
    file = key_file(settings.database, settings.ledger_key)
    return find_or_make_key(file, settings.ledger_name) if file else None


def ledger_memory(settings: Settings) -> Memory | None:
    """What that key has signed last, as it is kept beside it; None where nobody has said where the key is to lie."""
    file = key_file(settings.database, settings.ledger_key)
    return Memory(file) if file else None


def looks(key: LedgerKey | None, memory: Memory | None) -> tuple[Sweep, ...]:
    """What a process that runs jobs has an eye on all the time."""
    return (partial(checkpoints.keep_up, key=key, memory=memory),) if key and memory else ()


def wake() -> None:
    """Have a job that was asked for begun at once, if this process runs jobs; else another will find it."""
    if running := current_app.extensions.get(_KEY):
        running.wake()
