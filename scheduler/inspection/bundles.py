"""The evidence bundle (证据包) of a draw: everything that somebody needs to replay it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import NamedTuple

from data.models import Draw
from data.queries import draws
from matching.bundle import Files, attempt_files, full_bundle, pack, register_entry
from matching.refused import Refused
from scheduler.inspection import pool as pools
from scheduler.inspection.circumstances import Circumstances
from scheduler.inspection.evidence import (
    FIRST,
    commitment_of,
    entered_commitment,
    frame_of,
    plan_of,
    reveal_of,
    seconds,
    secrets_of,
)
from scheduler.inspection.secrecy import check_rows
from scheduler.permissions import Desk


class Stratum(NamedTuple):
    """A stratum as thresholds.csv tells it."""

    stratum: str
    rows: int
    quota: int


def bundle(desk: Desk, drawn: Draw, readme: Callable[[Circumstances], str]) -> Files:
    """The full bundle of a draw that has an outcome; Refused `draw.no_outcome`.

    It holds the salt secret and the lists of persons: it is for planners, approvers and auditors of the departments that
    take part, and who took it is told to the ledger.
    """
    role = check_bundle_taker(desk, drawn)
    files = bundle_files(desk, drawn, readme)
    desk.tell(role, "draw:bundle", f"draw/{drawn.id}", files=len(files))
    return files


def check_bundle_taker(desk: Desk, drawn: Draw) -> str:
    """The role by which the actor may have the full bundle of a draw that has an outcome, and may see what is in it."""
    role = desk.require("planner", "approver", "auditor")
    if desk.actor.department_id not in pools.department_ids(drawn.campaign):
        raise Refused("actor.other_department")
    check_rows(desk, drawn)
    if not draws.has_files(desk.session, drawn.id, FIRST):
        raise Refused("draw.no_outcome", number=drawn.number)
    return role


def bundle_files(desk: Desk, drawn: Draw, readme: Callable[[Circumstances], str]) -> Files:
    """What a full bundle holds, told to nobody: it is handed out by `bundle` alone."""
    first = draws.lottery(desk.session, drawn.id, FIRST)
    opening = draws.opening_of(desk.session, drawn.id, FIRST)
    decided = draws.files_of(desk.session, drawn.id, FIRST)
    if opening is None:
        raise Refused("draw.no_outcome", number=drawn.number)
    plan, frame = plan_of(first), frame_of(desk, drawn.id, FIRST)
    commitment = commitment_of(desk, drawn.id, first)
    opened = reveal_of(desk, drawn, first, commitment, opening.entropy)
    told = Circumstances(
        plan=plan,
        commitment=commitment,
        reveal=opened,
        strata=_strata(decided["thresholds.csv"]),
        short=drawn.state == "short" or (drawn.state != "completed" and "shortage.json" in decided),
        published=_published(desk, drawn.id, FIRST),
        committed_at=seconds(entered_commitment(desk, drawn.id, FIRST).at),
        drawn_at=seconds(opening.at),
    )
    register = register_entry(plan, commitment, told.short, told.self_drawn, told.committed_at, told.drawn_at)
    lines = [
        (c.seq, c.kind, c.subject, c.ground, c.approver_role, c.result, c.rank or "", c.eligible or "")
        for c in draws.changes(desk.session, drawn.id)
    ]
    files = full_bundle(
        plan,
        frame,
        secrets_of(desk, drawn.id, FIRST),
        commitment,
        told.published,
        opened,
        register,
        decided,
        readme(told),
        lines,
    )
    for attempt in range(FIRST + 1, draws.last_attempt(desk.session, drawn.id).attempt + 1):
        files |= _attempt_files(desk, drawn, attempt)
    return files


def _attempt_files(desk: Desk, drawn: Draw, attempt: int) -> Files:
    """A pairing that started again, where it has come to an outcome."""
    decided = draws.files_of(desk.session, drawn.id, attempt)
    opening = draws.opening_of(desk.session, drawn.id, attempt)
    if opening is None or not decided:
        return {}
    lottery = draws.lottery(desk.session, drawn.id, attempt)
    commitment = commitment_of(desk, drawn.id, lottery)
    return attempt_files(
        attempt,
        frame_of(desk, drawn.id, attempt),
        secrets_of(desk, drawn.id, attempt),
        commitment,
        _published(desk, drawn.id, attempt),
        reveal_of(desk, drawn, lottery, commitment, opening.entropy),
        decided,
    )


def packed_bundle(desk: Desk, drawn: Draw, readme: Callable[[Circumstances], str]) -> bytes:
    """The full bundle as a zip."""
    return pack(bundle(desk, drawn, readme))


def _strata(thresholds: bytes) -> list[Stratum]:
    rows = list(csv.reader(io.StringIO(thresholds.decode())))[1:]
    return [Stratum(row[0], int(row[1]), int(row[2])) for row in rows]


def _published(desk: Desk, draw_id: int, attempt: int) -> list[dict[str, str]]:
    found = draws.publications(desk.session, draw_id, attempt)
    return [{"where": each.place, "when": seconds(each.published_at)} for each in found]
