"""Pairs, and what was decided on the way to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matching.draw.teams import Groups


@dataclass(frozen=True)
class Pair:
    """An inspector goes to a target; both are row indexes."""

    target: int
    department: str
    inspector: int
    role: str
    cost: int


@dataclass(frozen=True)
class GroupPair:
    """A fixed group goes to a target."""

    target: int
    group: int
    cost: int


@dataclass(frozen=True)
class Ban:
    """Of a barred pair on one target the one who had to give way, and the other (row indexes)."""

    round: int
    target: int
    banned: int
    other: int


@dataclass(frozen=True)
class Paired:
    """Pairs by target, department in plan order, inspector; bans by round and target."""

    pairs: tuple[Pair, ...]
    bans: tuple[Ban, ...]


@dataclass(frozen=True)
class GroupsPaired:
    """The dealt groups, and which of them goes to which target."""

    groups: Groups
    pairs: tuple[GroupPair, ...]


def leads_of(costs: Mapping[int, int], qualified: Sequence[int], leads: int) -> set[int]:
    """The `leads` qualified ones with the smallest (cost, index)."""
    return set(sorted(qualified, key=lambda each: (costs[each], each))[:leads])
