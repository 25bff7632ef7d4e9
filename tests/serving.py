"""A real server over an application, which ends without a thread at a descriptor that is closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask

from web.commands.serving import listener


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The waitress of an application as `yaohao serve` runs it, in a thread of its own; its address."""
    server = listener(app, "127.0.0.1", 0)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()
        # the loop closes what it listens to itself: from another thread it may be about to look at a number just closed
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join(10)
        assert not thread.is_alive()
