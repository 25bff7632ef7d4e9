"""The whole lottery (摇号): once the seed stands, the drawn targets and their teams follow."""

from collections.abc import Mapping
from dataclasses import dataclass

from matching.draw.plan import FIXED, Plan
from matching.draw.seed import stage_key
from matching.draw.tables import Frame, Seal
from matching.draw.targets import DrawnStratum, draw_targets
from matching.pairing.groups import pair_groups
from matching.pairing.pairs import GroupsPaired, Paired
from matching.pairing.rounds import pair_targets
from matching.pairing.shortage import Shortage


@dataclass(frozen=True)
class Outcome:
    """What the lottery gave. With a shortage nothing is paired and the drawn targets stand."""

    strata: tuple[DrawnStratum, ...]
    pairing: Paired | GroupsPaired | Shortage


def draw(plan: Plan, frame: Frame, seals: Mapping[str, Seal], seed: bytes) -> tuple[DrawnStratum, ...]:
    """Draw the targets of every stratum."""
    key = stage_key(seed, seals["targets"].digest, "targets")
    return tuple(draw_targets(plan.quota, frame.targets.spans(), key))


def pair(
    plan: Plan, frame: Frame, seals: Mapping[str, Seal], seed: bytes, strata: tuple[DrawnStratum, ...]
) -> Outcome:
    """Pair the drawn targets with teams or groups."""
    drawn = [int(i) for stratum in strata for i in stratum.indexes]
    table = seals["inspectors"].digest
    if plan.teams == FIXED:
        keys = stage_key(seed, table, "teams"), stage_key(seed, table, "match-group")
        return Outcome(strata, pair_groups(plan, frame, drawn, *keys))
    return Outcome(strata, pair_targets(plan, frame, drawn, stage_key(seed, table, "match")))
