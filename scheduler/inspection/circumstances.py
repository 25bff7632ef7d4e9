"""The circumstances of a draw (抽取经过): what README.txt and register.json have to say besides the result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from matching.draw.commitment import Commitment, Published, Reveal
from matching.draw.plan import Plan


class Stratum(Protocol):
    """A stratum, its rows, and how many of them were drawn."""

    @property
    def stratum(self) -> str:
        """Its name."""

    @property
    def rows(self) -> int:
        """How many targets stand in it."""

    @property
    def quota(self) -> int:
        """How many were drawn."""


@dataclass(frozen=True)
class Circumstances:
    """What is told about a finished draw; the times are ISO 8601 with seconds."""

    plan: Plan
    commitment: Commitment
    reveal: Reveal
    strata: Sequence[Stratum]
    short: bool  # whether inspectors lack
    published: Sequence[Published]
    committed_at: str
    drawn_at: str

    @property
    def self_drawn(self) -> bool:
        """Whether nothing on record shows that the commitment was public before the entropy existed."""
        return is_self_drawn(self.published, self.committed_at, self.drawn_at)

    @property
    def bits(self) -> int | None:
        """Whole bits of the entropy that nobody inside could choose."""
        return self.reveal.entropy.bits


@dataclass(frozen=True)
class PublicCircumstances(Circumstances):
    """The same of a draw that is told to everybody: what came after it in numbers, and no person.

    `attempts` counts the pairings, of which all but the last came to a shortage; `voids` are grounds with how many targets;
    `departures` are no recusals, but bars of who had left his department.
    """

    attempts: int
    teams: int
    inspectors: int
    voids: Sequence[tuple[str, int]]
    recusals: int
    departures: int


def is_self_drawn(published: Sequence[Published], committed_at: str, drawn_at: str) -> bool:
    """Whether no publication is dated between the commitment and the entropy.

    Dates and times are ISO 8601; a bare date, a whole day, must lie between the two days or be the first of them.
    """
    return not any(_lies_between(each["when"], committed_at, drawn_at) for each in published)


def _lies_between(when: str, committed_at: str, drawn_at: str) -> bool:
    first, last = datetime.fromisoformat(committed_at), datetime.fromisoformat(drawn_at)
    moment = datetime.fromisoformat(when)
    if len(when) == len("2026-01-01"):
        return first.date() <= moment.date() < last.date()
    return first <= (moment if moment.tzinfo else moment.replace(tzinfo=first.tzinfo)) < last
