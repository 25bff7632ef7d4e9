"""What all commands of the service share: which database, in whose name, at what time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from scheduler.clock import Clock, SystemClock
from scheduler.installation import at_desk, open_installation
from scheduler.permissions import Desk

DEFAULT_DATABASE = "sqlite:///yaohao.db"
CLOCK: Clock = SystemClock()

database_option = click.option(
    "--database",
    envvar="YAOHAO_DATABASE",
    default=DEFAULT_DATABASE,
    show_default=True,
    metavar="URL",
    help="数据库 sqlite:///PATH 或 postgresql://… （也可用环境变量 YAOHAO_DATABASE）The database.",
)
login_option = click.option(
    "--as", "login", required=True, metavar="LOGIN", help="以谁的名义 In whose name (a user's login)."
)


@contextmanager
def desk(database: str, login: str) -> Iterator[Desk]:
    """A desk in the database, for one use case."""
    with at_desk(open_installation(database), login, CLOCK.now()) as opened:
        yield opened


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two options of every command that acts in somebody's name."""
    return database_option(login_option(command))
