"""The execution of a draw (执行抽取): what plan, lists and seed decide, computed and kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.models import (
    Draw,
    DrawFile,
    DrawnTarget,
    TeamMember,
    Visit,
)
from data.queries import draws
from data.vocabulary import CHOICES_FILE
from matching.bundle import Files, draw_files
from matching.choice import choices_file, choices_of
from matching.draw.plan import Plan
from matching.draw.tables import Frame
from matching.draw.targets import DrawnStratum
from matching.lottery import Outcome, pair
from matching.pairing.pairs import GroupsPaired, Paired
from matching.refused import Refused
from scheduler.inspection import custody
from scheduler.inspection.conduct import conducted, for_lead
from scheduler.inspection.evidence import (
    FIRST,
    Bound,
    bound_by,
    drawn_strata,
    entered_commitment,
    first_draw,
    locked_draw,
)
from scheduler.inspection.steps import DRAW
from scheduler.permissions import Desk


@dataclass(frozen=True)
class Basis:
    """What decides the outcome of an attempt (抽取依据), read from evidence that never changes.

    Computing with it needs neither database nor transaction. `first` is what drew the targets, where this is a further
    attempt.
    """

    bound: Bound
    seed: bytes
    first: tuple[Bound, bytes] | None


def execute(desk: Desk, drawn: Draw) -> Draw:
    """Draw the targets and pair the inspectors, as the seed decides. A second call finds the same answer.

    Refused `entropy.missing` while the seed does not stand, `custody.not_opened` while custodians have to open it.
    """
    for_lead(desk, drawn)
    if drawn.state == "completed":
        desk.require(*DRAW.roles("execute"))
        return drawn
    found = basis(desk, drawn)
    made = outcome(found, strata(found))
    drawn = locked_draw(desk, drawn)
    if drawn.state == "completed":
        return drawn  # somebody else was first, with the same answer
    return keep_outcome(desk, drawn, found, made)


def check_execute(desk: Desk, drawn: Draw) -> str:
    """The role by which the actor may execute a draw that is ready for it; Refused where he may not, or it is not."""
    role = conducted(desk, drawn, "execute")
    _standing_seed(desk, drawn)
    return role


def basis(desk: Desk, drawn: Draw) -> Basis:
    """The basis of the attempt that is ready to be executed: read, and nothing locked. Refused like `check_execute`."""
    check_execute(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id)
    return Basis(
        bound=bound_by(desk, drawn.id, attempt),
        seed=bytes.fromhex(_standing_seed(desk, drawn)),
        first=None if attempt.attempt == FIRST else first_draw(desk, drawn),
    )


def strata(found: Basis) -> tuple[DrawnStratum, ...]:
    """The drawn targets; in a further attempt those of the first."""
    return drawn_strata(*(found.first or (found.bound, found.seed)))


def outcome(found: Basis, drawn: tuple[DrawnStratum, ...]) -> Outcome:
    """The drawn targets with their teams, or what lacks."""
    bound = found.bound
    return pair(bound.plan, bound.frame, bound.commitment.seals, found.seed, drawn)


def keep_outcome(desk: Desk, drawn: Draw, found: Basis, made: Outcome) -> Draw:
    """Keep what was computed from a basis, if that is still the draw's; asks everything again, with the draw locked.

    Refused `draw.other_attempt`, `draw.evidence_changed` where it is not, else like `check_execute`.
    """
    drawn = locked_draw(desk, drawn)
    role = check_execute(desk, drawn)
    _check_same(desk, drawn, found)
    attempt, plan, frame = found.bound.attempt, found.bound.plan, found.bound.frame
    files = draw_files(plan, frame, made)
    if choices := choices_of(plan, frame, made):
        files[CHOICES_FILE] = choices_file(choices)
    _keep(desk, drawn, attempt, files)
    targets = draws.target_ids(desk.session, [row[1] for row in frame.targets.rows])
    if attempt == FIRST:
        _keep_targets(desk, drawn, frame, made, targets)
    short = not isinstance(made.pairing, Paired | GroupsPaired)
    if not short:
        _keep_teams(desk, drawn, plan, frame, made, targets)
        drawn.closed_at = desk.now
    drawn.state = "short" if short else "completed"
    desk.session.flush()
    desk.tell(role, "draw:execute", f"draw/{drawn.id}", targets=drawn_count(made), short=short)
    return drawn


def _standing_seed(desk: Desk, drawn: Draw) -> str:
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    opening = draws.opening_of(desk.session, drawn.id, attempt)
    if opening is None and custody.entropy_stands(desk.session, drawn.id, attempt):
        kept = custody.keepers(desk.session, drawn.id, attempt)
        raise Refused("custody.not_opened", needed=custody.still_needed(kept))
    if opening is None:
        raise Refused("entropy.missing")
    return opening.seed


def _check_same(desk: Desk, drawn: Draw, found: Basis) -> None:
    """C binds plan, lists and secrets; with it and the seed the same, everything that decides is the same."""
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    if attempt != found.bound.attempt:
        raise Refused("draw.other_attempt", asked=found.bound.attempt, now=attempt)
    entered = entered_commitment(desk, drawn.id, attempt)
    computed = found.bound.commitment.commit.hex(), found.seed.hex()
    if (entered.digest, _standing_seed(desk, drawn)) != computed:
        raise Refused("draw.evidence_changed")


def _keep(desk: Desk, drawn: Draw, attempt: int, files: Files) -> None:
    for name, content in files.items():
        desk.session.add(DrawFile(draw_id=drawn.id, attempt=attempt, name=name, content=content))
    desk.session.flush()


def drawn_count(made: Outcome) -> int:
    """How many targets were drawn."""
    return sum(stratum.quota for stratum in made.strata)


def _keep_targets(desk: Desk, drawn: Draw, frame: Frame, outcome: Outcome, ids: Mapping[str, int]) -> None:
    for stratum in outcome.strata:
        places = zip(stratum.indexes, stratum.tickets, strict=True)
        for rank, (index, ticket) in enumerate(places, start=1):
            desk.session.add(
                DrawnTarget(
                    draw_id=drawn.id,
                    target_id=ids[frame.targets.rows[index][1]],
                    stratum=stratum.stratum,
                    rank=rank,
                    row_index=int(index),
                    ticket=f"{int(ticket):016x}",
                )
            )
    desk.session.flush()


def _keep_teams(
    desk: Desk, drawn: Draw, plan: Plan, frame: Frame, outcome: Outcome, ids: Mapping[str, int]
) -> None:
    """A visit for every drawn target and department, with its team as paired."""
    codes = {part.department.code: part.department_id for part in drawn.campaign.departments}
    for stratum in outcome.strata:
        for index in stratum.indexes:
            for department in plan.departments:
                desk.session.add(visit_of(drawn, ids[frame.targets.rows[index][1]], codes[department.code]))
    desk.session.flush()
    people = draws.inspector_ids(desk.session, [row[1] for row in frame.inspectors.rows])
    for target, department_code, inspector, role, cost, group in seats(outcome.pairing):
        desk.session.add(
            TeamMember(
                draw_id=drawn.id,
                target_id=ids[frame.targets.rows[target][1]],
                department_id=codes[department_code],
                version=1,
                inspector_id=people[frame.inspectors.rows[inspector][1]],
                role=role,
                cost=cost,
                group=group,
            )
        )
    desk.session.flush()


def visit_of(drawn: Draw, target_id: int, department_id: int) -> Visit:
    """An open visit of one department to one target."""
    return Visit(draw_id=drawn.id, target_id=target_id, department_id=department_id, state="open")


Seat = tuple[int, str, int, str, int | None, int | None]


def seats(pairing: object) -> list[Seat]:
    """Every seat of every team: target and inspector by row index, department, role, cost, group."""
    match pairing:
        case Paired(pairs, _):
            return [(p.target, p.department, p.inspector, p.role, p.cost, None) for p in pairs]
        case GroupsPaired(groups, pairs):
            return [
                (p.target, m.department, m.inspector, m.role, None, p.group)
                for p in pairs
                for m in groups.of(p.group)
            ]
        case _:
            return []


def shortage(desk: Desk, drawn: Draw) -> dict[str, Any]:
    """What lacks, as in shortage.json; Refused `draw.not_short`."""
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    told = draws.files_of(desk.session, drawn.id, attempt).get("shortage.json")
    if told is None:
        raise Refused("draw.not_short", state=drawn.state)
    return dict(json.loads(told))
