"""What all commands share: files in and out, progress, and how a refusal ends a command."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

import click

from matching.refused import Refused
from web import sentences

BAD_INPUT = 2
Tell = Callable[[str, Mapping[str, object]], None]


def read(path: Path) -> bytes:
    """The content of a file the person named; Refused `file.unreadable`."""
    try:
        return path.read_bytes()
    except OSError:
        raise Refused("file.unreadable", file=str(path)) from None


def write(path: Path, content: bytes) -> None:
    """Write a whole file or nothing: it appears under its name when it is complete."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise Refused("file.unwritable", file=str(path)) from None


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, never over another one."""
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as secret:
            secret.write(content)
    except FileExistsError:
        raise Refused("file.exists", file=str(path)) from None
    except OSError:
        raise Refused("file.unwritable", file=str(path)) from None


def say(chinese: str, english: str) -> None:
    """One line for the person at the terminal; standard output stays for results."""
    click.echo(f"{chinese}  {english}", err=True)


def refuse(refused: Refused) -> NoReturn:
    """End the command with the sentence of a refusal."""
    chinese, english = sentences.refusal(refused)
    click.echo(f"{refused.code}: {chinese}。\n  {english}.", err=True)
    sys.exit(BAD_INPUT)


def progress() -> Tell:
    """A teller that prints each finished step with the seconds since the start."""
    start = time.monotonic()

    def tell(step: str, params: Mapping[str, object]) -> None:
        chinese, english = sentences.STEPS[step]
        seconds = time.monotonic() - start
        say(f"[{seconds:6.1f} s] {chinese.format_map(params)}", english.format_map(params))

    return tell
