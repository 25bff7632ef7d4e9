"""The evidence bundle (证据包) of a draw: everything that somebody needs to replay it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from data.models import Draw
from data.queries import draws
from matching.bundle import Files, attempt_files, full_bundle, register_entry
from matching.draw.commitment import Published
from matching.refused import Refused
from scheduler.inspection import pool as pools
from scheduler.inspection.attachments import attached_files
from scheduler.inspection.circumstances import Circumstances
from scheduler.inspection.evidence import (
    FIRST,
    Bound,
    bound_by,
    entered_commitment,
    seconds,
    witness_texts,
)
from scheduler.inspection.secrecy import check_rows
from scheduler.permissions import Desk


class Stratum(NamedTuple):
    """A stratum as thresholds.csv tells it."""

    stratum: str
    rows: int
    quota: int


@dataclass(frozen=True)
class Lot:
    """An attempt that has come to an outcome, with everything that its files tell; it was read, nothing is computed."""

    bound: Bound
    texts: Sequence[str | None]
    entropy: str
    published: Sequence[Published]
    decided: Files
    attached: Files


@dataclass(frozen=True)
class Contents:
    """What a full bundle is made of, as it stood when it was read.

    To make the bundle takes seconds where lists are long, and needs no database.
    """

    number: str
    lots: Sequence[Lot]
    short: bool
    committed_at: str
    drawn_at: str
    changes: Sequence[Sequence[object]]


def check_bundle_taker(desk: Desk, drawn: Draw) -> str:
    """The role by which the actor may have the full bundle of a draw that has an outcome, and may see what is in it."""
    role = desk.require("planner", "approver", "auditor")
    if desk.actor.department_id not in pools.department_ids(drawn.campaign):
        raise Refused("actor.other_department")
    check_rows(desk, drawn)
    if not draws.has_files(desk.session, drawn.id, FIRST):
        raise Refused("draw.no_outcome", number=drawn.number)
    return role


def contents(desk: Desk, drawn: Draw) -> Contents:
    """What the full bundle of a draw is made of; Refused like `check_bundle_taker`.

    It holds the salt secret and the lists of persons: it is for planners, approvers and auditors of the departments that
    take part. It is told to nobody here: who hands it out tells the ledger (`scheduler.inspection.taking`).
    """
    check_bundle_taker(desk, drawn)
    opening = draws.opening_of(desk.session, drawn.id, FIRST)
    if opening is None:
        raise Refused("draw.no_outcome", number=drawn.number)
    attempts = range(FIRST, draws.last_attempt(desk.session, drawn.id).attempt + 1)
    lots = [found for attempt in attempts if (found := lot(desk, drawn, attempt))]
    in_part = "shortage.json" in lots[0].decided and drawn.state != "completed"
    return Contents(
        number=drawn.number,
        lots=lots,
        short=drawn.state == "short" or in_part,
        committed_at=seconds(entered_commitment(desk, drawn.id, FIRST).at),
        drawn_at=seconds(opening.at),
        changes=[
            (c.seq, c.kind, c.subject, c.ground, c.approver_role, c.result, c.rank or "", c.eligible or "")
            for c in draws.changes(desk.session, drawn.id)
        ],
    )


def lot(desk: Desk, drawn: Draw, attempt: int) -> Lot | None:
    """An attempt, where it has come to an outcome."""
    decided = draws.files_of(desk.session, drawn.id, attempt)
    opening = draws.opening_of(desk.session, drawn.id, attempt)
    if opening is None or not decided:
        return None
    return Lot(
        bound=bound_by(desk, drawn.id, draws.lottery(desk.session, drawn.id, attempt)),
        texts=witness_texts(desk, drawn, attempt),
        entropy=opening.entropy,
        published=_published(desk, drawn.id, attempt),
        decided=decided,
        attached=attached_files(desk, drawn.id, attempt, opening.entropy),
    )


def bundle_files(found: Contents, readme: Callable[[Circumstances], str]) -> Files:
    """The files of a full bundle."""
    first, *later = found.lots
    bound, opened = first.bound, first.bound.reveal(first.entropy, first.texts)
    told = Circumstances(
        plan=bound.plan,
        commitment=bound.commitment,
        reveal=opened,
        strata=_strata(first.decided["thresholds.csv"]),
        short=found.short,
        published=first.published,
        committed_at=found.committed_at,
        drawn_at=found.drawn_at,
    )
    register = register_entry(
        bound.plan, bound.commitment, told.short, told.self_drawn, told.committed_at, told.drawn_at
    )
    files = full_bundle(
        bound.plan,
        bound.frame,
        bound.opened,
        bound.commitment,
        first.published,
        opened,
        register,
        first.decided,
        readme(told),
        found.changes,
    )
    files |= first.attached
    for each in later:
        files |= _attempt_files(each)
    return files


def _attempt_files(each: Lot) -> Files:
    """A pairing that started again."""
    bound = each.bound
    attached = {f"attempt-{bound.attempt}/{name}": content for name, content in each.attached.items()}
    return attached | attempt_files(
        bound.attempt,
        bound.frame,
        bound.opened,
        bound.commitment,
        each.published,
        bound.reveal(each.entropy, each.texts),
        each.decided,
    )


def _strata(thresholds: bytes) -> list[Stratum]:
    rows = list(csv.reader(io.StringIO(thresholds.decode())))[1:]
    return [Stratum(row[0], int(row[1]), int(row[2])) for row in rows]


def _published(desk: Desk, draw_id: int, attempt: int) -> list[dict[str, str]]:
    found = draws.publications(desk.session, draw_id, attempt)
    return [{"where": each.place, "when": seconds(each.published_at)} for each in found]
