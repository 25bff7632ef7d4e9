"""The jobs of the faces (后台作业): who does them, and the ticker of a process that serves pages."""

from __future__ import annotations

from flask import Flask, current_app

from scheduler import idempotency, ticker
from scheduler.inspection import proof_codes, work
from scheduler.jobs import Handler
from scheduler.ticker import Ticker
from web.readme import readme
from web.settings import Settings

SWEEPS = (idempotency.forget_expired, proof_codes.forget_ended)
"""What a process that runs jobs clears away now and then."""

_KEY = "yaohao.ticker"


def handlers(app: Flask) -> dict[str, Handler]:
    """Every kind of job, with who does it."""
    settings: Settings = app.extensions["yaohao.settings"]
    return work.handlers(app.extensions["yaohao.database"], settings.clock, readme)


def start(app: Flask) -> Ticker:
    """Begin to run an application's jobs in this process; `stop()` of what comes back ends it."""
    settings: Settings = app.extensions["yaohao.settings"]
    started = ticker.start(
        app.extensions["yaohao.database"], handlers(app), settings.clock, settings.tick, SWEEPS
    )
    app.extensions[_KEY] = started
    return started


def wake() -> None:
    """Have a job that was asked for begun at once, if this process runs jobs; else another will find it."""
    if running := current_app.extensions.get(_KEY):
        running.wake()
