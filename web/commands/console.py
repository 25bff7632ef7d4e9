"""What all commands share: files in and out, progress, and how a refusal ends a command."""

import functools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn, ParamSpec

import click

from matching.refused import Refused
from scheduler.back_fill import NotDone
from web import sentences

BAD_INPUT = 2
Tell = Callable[[str, Mapping[str, object]], None]
_P = ParamSpec("_P")


def refusing(command: Callable[_P, None]) -> Callable[_P, None]:
    """A command whose refusals, and files that can't be read or written, end it with a sentence and exit code 2."""

    @functools.wraps(command)
    def told(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Refused as refused:
            refuse(refused)
        except OSError as problem:
            refuse(
                Refused("file.unusable", file=str(problem.filename or "-"), problem=problem.strerror or "-")
            )

    return told


def read(path: Path) -> bytes:
    """The content of a file the person named."""
    return path.read_bytes()


def write(path: Path, content: bytes, private: bool = False) -> None:
    """Write a whole file or nothing: it appears under its name when it is complete and on the disk.

    A private file can be read by its owner alone.
    """
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o600 if private else 0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def write_new(path: Path, content: bytes, private: bool = False) -> None:
    """The same for a file that must not be there yet; Refused `file.exists`."""
    if path.exists():
        raise Refused("file.exists", file=str(path))
    write(path, content, private)


def keep(path: Path) -> None:
    """Put a bundle that stands under this name aside, so that no evidence is lost; Refused where it is another file."""
    if not path.exists():
        return
    with path.open("rb") as file:
        if file.read(2) != b"PK" or path.suffix == ".xlsx":
            raise Refused("file.exists", file=str(path))
    aside = next(each for n in range(1, 10**6) if not (each := path.with_stem(f"{path.stem}.{n}")).exists())
    path.rename(aside)
    say(f"原有证据包已改名为 {aside}。", f"The bundle that was there is now {aside}.")


def say(chinese: str, english: str) -> None:
    """One line for the person at the terminal; standard output stays for results."""
    click.echo(f"{chinese}  {english}", err=True)


def refuse(refused: Refused) -> NoReturn:
    """End the command with the sentence of a refusal."""
    chinese, english = sentences.refusal(refused)
    click.echo(f"{refused.code}: {chinese}。\n  {english}.", err=True)
    sys.exit(BAD_INPUT)


def tell_not_done(told: NotDone, name: str) -> NoReturn:
    """Everything that kept the lines of a file from being done, and the end of the command."""
    for fault in told.faults:
        click.echo(sentences.fault_line(fault), err=True)
    for line, refused in told.refusals:
        chinese, english = sentences.refusal(refused)
        click.echo(f"{name}:{line}: {refused.code}: {chinese} / {english}", err=True)
    refuse(Refused("file.faulty", count=told.count))


def progress() -> Tell:
    """A teller that prints each finished step with the seconds since the start."""
    start = time.monotonic()

    def tell(step: str, params: Mapping[str, object]) -> None:
        chinese, english = sentences.STEPS[step]
        seconds = time.monotonic() - start
        say(f"[{seconds:6.1f} s] {chinese.format_map(params)}", english.format_map(params))

    return tell
