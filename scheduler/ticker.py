"""The ticker (定时): looks for waiting jobs again and again, in a thread of this process.

No fact lives in it: jobs are rows, and two tickers at once, in one process or in two, run none of them twice.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.jobstores.memory import MemoryJobStore  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from scheduler.clock import Clock
from scheduler.jobs import Handler, run_next
from scheduler.transaction import Engine, unless_busy

_LOG = logging.getLogger("yaohao.ticker")
_TICK, _ASIDE = "jobs", "aside"
SWEEP_EVERY = timedelta(hours=1)

Sweep = Callable[[Engine, datetime], object]
"""Does, at a time, what is due and of what nobody is told: clears away, signs; it opens its own transactions."""


class Ticker:
    """Runs what waits, every `tick` and whenever it is woken, until it is stopped.

    With every tick it has a look at what must not wait (`looks`); it sweeps now and then. What `aside` does may take long:
    it is run beside the rest, so that a draw does not wait for it.
    """

    def __init__(
        self,
        database: Engine,
        handlers: Mapping[str, Handler],
        clock: Clock,
        tick: timedelta,
        sweeps: Sequence[Sweep] = (),
        looks: Sequence[Sweep] = (),
        aside: Mapping[str, Handler] | None = None,
    ) -> None:
        self._database, self._clock = database, clock
        self._owner = f"{socket.gethostname()[:60]}/{os.getpid()}/{secrets.token_hex(4)}"
        self._stopping = False
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            logger=_quiet("yaohao.ticker.apscheduler"),
        )
        for work, every, name in (
            (partial(self._run_waiting, handlers), tick, _TICK),
            (partial(self._run_waiting, aside or {}), tick, _ASIDE),
            (
                partial(self._sweep, looks),
                tick,
                "looks",
            ),  # beside the jobs, or a long one would keep them waiting
            (partial(self._sweep, sweeps), SWEEP_EVERY, "sweeps"),
        ):
            # the machine's time, not the clock's: when to look is no fact of business
            self._scheduler.add_job(
                work,
                IntervalTrigger(seconds=every.total_seconds(), timezone=UTC),
                id=name,
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        """Begin; what waits already is run at once."""
        self._scheduler.start()

    def wake(self) -> None:
        """Look now: somebody has asked for a job. While one runs, the next is found when it is over."""
        if not self._stopping:
            for name in (_TICK, _ASIDE):
                self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def stop(self) -> None:
        """End, after the job that is running."""
        self._stopping = True
        self._scheduler.shutdown(wait=True)

    def _run_waiting(self, handlers: Mapping[str, Handler]) -> None:
        try:
            while not self._stopping and run_next(self._database, handlers, self._owner, self._clock):
                pass
        except Exception as error:
            # the job waits for the next tick, so that what broke has time to mend
            _LOG.error("a job or the look for one broke: %s\n%s", *_told(error))

    def _sweep(self, sweeps: Sequence[Sweep]) -> None:
        for sweep in sweeps:
            try:
                with unless_busy():
                    sweep(self._database, self._clock.now())
            except Exception as error:
                _LOG.error("a sweep broke: %s\n%s", *_told(error))


def start(
    database: Engine,
    handlers: Mapping[str, Handler],
    clock: Clock,
    tick: timedelta,
    sweeps: Sequence[Sweep] = (),
    looks: Sequence[Sweep] = (),
    aside: Mapping[str, Handler] | None = None,
) -> Ticker:
    """A ticker that has begun."""
    ticker = Ticker(database, handlers, clock, tick, sweeps, looks, aside)
    ticker.start()
    return ticker


def _told(error: BaseException) -> tuple[str, str]:
    """The kind of an error and where it came up; never its message, which may hold what was in a row."""
    return type(error).__qualname__, "".join(traceback.format_tb(error.__traceback__))


def _quiet(name: str) -> logging.Logger:
    """A log without a word on every tick that is left out because a job is still running."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.ERROR)
    return logger
