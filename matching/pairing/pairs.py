"""Pairs, and what was decided on the way to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matching.draw.teams import Groups
from matching.pairing.network import Cut
from matching.pairing.problem import Staffing
from matching.pairing.solve import Seated


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
class Solved:
    """A department's answer in a round; round 0 comes before all bans."""

    round: int
    seated: Seated


@dataclass(frozen=True)
class Short:
    """What has no answer: a department's seats in a round, with the cut that shows it.

    `ban` is (target, banned), row indexes, where a single ban was tried; None where the department was tried as it was,
    or with all bans of the round.
    """

    round: int
    staffing: Staffing
    cut: Cut
    ban: tuple[int, int] | None = None


@dataclass(frozen=True)
class Steps:
    """Everything that was solved, or found to have no answer, on the way to the pairs: what a certificate speaks of."""

    solved: tuple[Solved, ...] = ()
    short: tuple[Short, ...] = ()


@dataclass(frozen=True)
class Paired:
    """Pairs by target, department in plan order, inspector; bans by round and target."""

    pairs: tuple[Pair, ...]
    bans: tuple[Ban, ...]
    steps: Steps = field(default=Steps(), compare=False, repr=False)


@dataclass(frozen=True)
class GroupsPaired:
    """The dealt groups, and which of them goes to which target."""

    groups: Groups
    pairs: tuple[GroupPair, ...]
    steps: Steps = field(default=Steps(), compare=False, repr=False)


def leads_of(costs: Mapping[int, int], qualified: Sequence[int], leads: int) -> set[int]:
    """The `leads` qualified ones with the smallest (cost, index)."""
    return set(sorted(qualified, key=lambda each: (costs[each], each))[:leads])
