"""What all commands of the service share: which database, in whose name, at what time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from matching.refused import Refused
from scheduler import checkpoints
from scheduler.clock import Clock, SystemClock
from scheduler.installation import at_desk, open_installation
from scheduler.ledger_key import LedgerKey
from scheduler.ledger_memory import Memory
from scheduler.permissions import Desk
from scheduler.transaction import Engine
from web import sentences, worker
from web.commands import console
from web.settings import from_environment

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
    """A desk in the database, for one use case; what it did is signed, where a checkpoint of the ledger is due."""
    opened = open_installation(database)
    with at_desk(opened, login, CLOCK.now()) as desk:
        yield desk
    sign_ledger(database, opened)


def ledger_key(database: str) -> LedgerKey | None:
    """The key that signs the ledger of a database, made where there is none yet."""
    return worker.ledger_key(replace(from_environment(), database=database))


def ledger_memory(database: str) -> Memory | None:
    """What that key has signed last."""
    return worker.ledger_memory(replace(from_environment(), database=database))


def sign_ledger(database: str, opened: Engine) -> None:
    """Take what checkpoints are due. What was done is done: without a key it is told, and left to the next who has it."""
    try:
        key, memory = ledger_key(database), ledger_memory(database)
        if key and memory:
            checkpoints.keep_up(opened, CLOCK.now(), key, memory)
    except Refused as refused:
        chinese, english = sentences.refusal(refused)
        console.say(f"台账检查点未签署：{chinese}。", f"The ledger was not signed: {english}.")


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two options of every command that acts in somebody's name."""
    return database_option(login_option(command))
