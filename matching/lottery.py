"""The whole lottery (摇号): once the seed stands, the drawn targets and their teams follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matching.draw.plan import FIXED, Plan, Systematic
from matching.draw.seed import stage_key
from matching.draw.tables import Frame, Seal
from matching.draw.targets import DrawnStratum, draw_targets
from matching.draw.weights import draw_weighted
from matching.pairing.certificate import TwoAnswers, certificate
from matching.pairing.groups import pair_groups
from matching.pairing.pairs import GroupsPaired, Paired
from matching.pairing.rounds import pair_targets
from matching.pairing.shortage import Shortage
from matching.refused import Refused


@dataclass(frozen=True)
class Outcome:
    """What the lottery gave. With a shortage nothing is paired and the drawn targets stand.

    `certificate` is what certificate.json says; empty where a pairing was read from files.
    """

    strata: tuple[DrawnStratum, ...]
    pairing: Paired | GroupsPaired | Shortage
    certificate: Mapping[str, object] = field(default_factory=dict)


def draw(plan: Plan, frame: Frame, seals: Mapping[str, Seal], seed: bytes) -> tuple[DrawnStratum, ...]:
    """Draw the targets of every stratum; Refused `plan.weights` where plan and table do not agree on whether they weigh."""
    if plan.weighed != frame.targets.weighed:
        raise Refused("plan.weights")
    table = seals["targets"].digest
    key = stage_key(seed, table, "targets")
    if isinstance(plan.quota, Systematic):
        begins = stage_key(seed, table, "systematic")
        return tuple(draw_weighted(plan.quota.targets, frame.targets, key, begins))
    return tuple(draw_targets(plan.quota, frame.targets.spans(), key))


def pair(
    plan: Plan, frame: Frame, seals: Mapping[str, Seal], seed: bytes, strata: tuple[DrawnStratum, ...]
) -> Outcome:
    """Pair the drawn targets with teams or groups, and prove it.

    Raises Refused `draw.two_answers` where another pairing is as good (draw-1, section 6).
    """
    drawn = sorted(int(i) for stratum in strata for i in stratum.indexes)
    pairing = pairing_of(plan, frame, seals["inspectors"].digest, seed, drawn)
    proof = certificate(plan.objectives, drawn, pairing.steps, not isinstance(pairing, Shortage))
    if isinstance(proof, TwoAnswers):
        raise Refused("draw.two_answers", department=proof.department, round=proof.round)
    return Outcome(strata, pairing, proof)


def pairing_of(
    plan: Plan, frame: Frame, table: bytes, seed: bytes, drawn: Sequence[int]
) -> Paired | GroupsPaired | Shortage:
    """The pairing alone; `table` is the digest of the inspectors' table."""
    if plan.teams == FIXED:
        keys = stage_key(seed, table, "teams"), stage_key(seed, table, "match-group")
        return pair_groups(plan, frame, drawn, *keys)
    return pair_targets(plan, frame, drawn, stage_key(seed, table, "match"))
