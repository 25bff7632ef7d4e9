"""Files whose lines go through a use case one by one (批量办理): all of them or none, and every refusal told by its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from data.intake.faults import Fault
from data.intake.lines import Line
from matching.refused import Refused
from scheduler.transaction import EVERYTHING, Engine, Session, transaction

_Each = TypeVar("_Each")


@dataclass(frozen=True)
class NotDone:
    """Why nothing was done: faults of the file, and lines that were refused."""

    faults: tuple[Fault, ...] = ()
    refusals: tuple[tuple[int, Refused], ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.faults) + len(self.refusals)


class _Undone(Exception):  # noqa: N818 - it ends the transaction, nothing else
    pass


def each_or_none(
    database: Engine,
    given: Sequence[_Each],
    line: Callable[[_Each], int],
    act: Callable[[Session, _Each], None],
) -> int | NotDone:
    """Act for each in one transaction, and undo all where any is refused; how many, or every refusal by its line."""
    refusals: list[tuple[int, Refused]] = []
    try:
        with transaction(database, EVERYTHING) as session:
            for each in given:
                try:
                    with session.begin_nested():
                        act(session, each)
                except Refused as refused:
                    refusals.append((line(each), refused))
            if refusals:
                raise _Undone
    except _Undone:
        return NotDone(refusals=tuple(refusals))
    return len(given)


def together(lines: Iterable[Line], *columns: str) -> list[list[Line]]:
    """The lines that agree in some columns, in the order of the first of each."""
    found: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        found.setdefault(tuple(line[column] for column in columns), []).append(line)
    return list(found.values())
