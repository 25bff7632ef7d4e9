"""A rehearsal (演练) of a draw before its lists are frozen: the whole computation, under a key that everybody knows.

It can't be taken for a draw, nor made into one. It has no number of the register and no commitment; its secrets are words
that stand here; its seed is hashed under a tag of its own, so that no secret and no entropy of a draw come to the same.
It reads the registries and no evidence, stores nothing, and gives no file that a verifier could be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from data.models import Campaign
from matching.choice import Choice, choices_of
from matching.draw.commitment import Secrets, commit
from matching.draw.frames import digest
from matching.draw.plan import Plan
from matching.draw.tables import Frame
from matching.draw.targets import DrawnStratum
from matching.draw.weights import expected
from matching.lottery import Outcome, draw, pair
from matching.pairing.shortage import Shortage
from matching.refused import Refused
from scheduler.inspection import freezing
from scheduler.inspection.execution import seats
from scheduler.inspection.inclusion import inclusion
from scheduler.inspection.shortages import Explained, in_rehearsal
from scheduler.inspection.statistics import COUNTED
from scheduler.permissions import Desk, in_own_department, permits

NUMBER = "演练 REHEARSAL"
"""Stands in the plan where a draw has its number; registers give no such number."""
SECRETS = Secrets(b"REHEARSAL, NOT A DRAW. NO SECRET", b"REHEARSAL, NOT A DRAW. NO SALTS.")
SEED = "rehearsal"
"""The tag of its seed; that of a draw is `seed` (draw-1, section 3)."""
TICKETS_SHOWN = 3
MOST_PAIRS = 5_000_000
"""Of drawn targets and inspectors; where there are more, the pairing would keep its reader waiting and is left out."""


@dataclass(frozen=True)
class RehearsedStratum:
    """A stratum with its quota and a few tickets as they could be drawn; which targets they are, is not told."""

    stratum: str
    rows: int
    quota: int
    tickets: tuple[str, ...]
    chance: Fraction


@dataclass(frozen=True)
class Load:
    """What the pairing would ask of a department: seats, people, and how many targets the one with most, and least, has."""

    department: str
    seats: int
    people: int
    most: int
    least: int


@dataclass(frozen=True)
class Rehearsed:
    """What came of a rehearsal: counts and examples. `shortage` holds the causes that name no target, `explained` what
    lacks and what would do: it names nobody.

    `paired` is False where the pairing came to a shortage, None where it was left out.
    """

    turn: int
    strata: tuple[RehearsedStratum, ...]
    paired: bool | None
    loads: tuple[Load, ...]
    choices: tuple[Choice, ...]
    shortage: Mapping[str, Any]
    explained: Explained

    @property
    def drawn(self) -> int:
        """How many targets were drawn."""
        return sum(stratum.quota for stratum in self.strata)


def check_rehearses(desk: Desk, campaign: Campaign) -> None:
    """A planner of the lead department, who is told of the risk classes anyway; and no witness of it, who is not.

    Refused `rehearsal.not_now` from the freeze on, `actor.*`.
    """
    desk.require("planner")
    in_own_department(desk, campaign.lead_department_id)
    if any(witness.person_id == desk.actor.person_id for witness in campaign.witnesses):
        raise Refused("actor.same_person", roles=["planner", "witness"])
    if campaign.state not in COUNTED:
        raise Refused("rehearsal.not_now", state=campaign.state)


def may_rehearse(desk: Desk, campaign: Campaign) -> bool:
    """Whether the actor may."""
    return permits(check_rehearses, desk, campaign)


def to_rehearse(desk: Desk, campaign: Campaign) -> tuple[Plan, Frame]:
    """What would be fixed now: read, so that nobody waits while it is rehearsed.

    Refused like `check_rehearses`, and `pool.*`, `plan.*`, `table.*` for what a freeze would be refused for.
    """
    check_rehearses(desk, campaign)
    return freezing.foreseen(desk, campaign, NUMBER)


def rehearse(plan: Plan, frame: Frame, turn: int) -> Rehearsed:
    """Draw and pair as if, under the known key; every turn gives another example."""
    sealed = commit(plan, frame, SECRETS)
    seals, seed = sealed.seals, rehearsal_seed(sealed.commit, turn)
    strata = draw(plan, frame, seals, seed)
    drawn = sum(stratum.quota for stratum in strata)
    means = expected(plan.quota, frame.targets)
    shown = tuple(_stratum(each, mean) for each, mean in zip(strata, means, strict=True))
    if drawn * len(frame.inspectors.rows) > MOST_PAIRS:
        return Rehearsed(turn, shown, None, (), (), {"shortage": []}, Explained())
    outcome = pair(plan, frame, seals, seed, strata)
    return Rehearsed(
        turn=turn,
        strata=shown,
        paired=not isinstance(outcome.pairing, Shortage),
        loads=tuple(_loads(plan, frame, outcome)),
        choices=tuple(choices_of(plan, frame, outcome)),
        shortage={"shortage": _causes(outcome)},
        explained=_explained(plan, frame, outcome),
    )


def rehearsal_seed(sealed: bytes, turn: int) -> bytes:
    """The seed of a rehearsal: of what was sealed, secret and entropy as a draw's, but under another tag."""
    entropy = f"text:演练 rehearsal {turn}"
    return digest(SEED, sealed, SECRETS.secret, entropy.encode())


def _stratum(drawn: DrawnStratum, mean: Fraction) -> RehearsedStratum:
    tickets = tuple(f"{int(each):016x}" for each in drawn.tickets[:TICKETS_SHOWN])
    return RehearsedStratum(drawn.stratum, drawn.rows, drawn.quota, tickets, inclusion(mean, drawn.rows))


def _loads(plan: Plan, frame: Frame, outcome: Outcome) -> Iterator[Load]:
    taken = Counter((seat[1], seat[2]) for seat in seats(outcome.pairing))
    if not taken:
        return
    for department in plan.departments:
        people = [j for j, row in enumerate(frame.inspectors.rows) if row[0] == department.code]
        loads = [taken[department.code, j] for j in people]
        yield Load(department.code, sum(loads), len(people), max(loads), min(loads))


def _explained(plan: Plan, frame: Frame, outcome: Outcome) -> Explained:
    if not isinstance(outcome.pairing, Shortage):
        return Explained()
    return in_rehearsal(plan, frame, [int(i) for stratum in outcome.strata for i in stratum.indexes])


def _causes(outcome: Outcome) -> Sequence[Mapping[str, Any]]:
    if not isinstance(outcome.pairing, Shortage):
        return []
    told: Any = outcome.pairing.told()
    return [each for each in told["shortage"] if not {"target", "targets"} & set(each)]
