"""What the evidence of a draw says (抽取证据), as the values that matching computes with; and the locks taken on it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from data.models import Campaign, Draw, DrawCommitment, Lottery, Visit
from data.queries import campaigns, draws, visits
from matching.bundle import read_pairing
from matching.changes import Change, Teams, replayed, teams_of
from matching.draw.commitment import Commitment, Reveal, Secrets, commit, reveal
from matching.draw.plan import Plan, read_plan
from matching.draw.seed import stage_key
from matching.draw.tables import COLUMNS, Frame, freeze_all
from matching.draw.targets import DrawnStratum
from matching.lottery import Outcome, draw
from matching.refused import Refused
from scheduler.clock import SHANGHAI
from scheduler.permissions import Desk

FIRST = 1
"""The attempt that draws the targets."""


def locked_campaign(desk: Desk, campaign: Campaign) -> Campaign:
    """The campaign as it stands, with nobody else at it until the transaction ends."""
    found = campaigns.locked_campaign(desk.session, campaign.id)
    if found is None:
        raise Refused("campaign.unknown", campaign=campaign.code)
    return found


def locked_draw(desk: Desk, drawn: Draw) -> Draw:
    """The draw as it stands, with nobody else at it or its campaign until the transaction ends.

    The campaign is locked first, here and wherever both are: or two acts could wait for each other.
    """
    if campaigns.locked_campaign(desk.session, drawn.campaign_id) is None:
        raise Refused("draw.unknown", number=drawn.number)
    found = draws.locked_draw(desk.session, drawn.id)
    if found is None:
        raise Refused("draw.unknown", number=drawn.number)
    return found


def locked_visit(desk: Desk, visit: Visit) -> Visit:
    """The visit as it stands, with nobody else at it until the transaction ends."""
    found = visits.locked_visit(desk.session, visit.id)
    if found is None:
        raise Refused("visit.unknown", target="")
    return found


def plan_of(attempt: Lottery) -> Plan:
    """The plan of an attempt."""
    return read_plan(json.loads(attempt.plan))


def frame_of(desk: Desk, draw_id: int, attempt: int) -> Frame:
    """The frozen lists of an attempt."""
    tables = draws.frozen_tables(desk.session, draw_id, attempt)
    return freeze_all(**{name: table_rows(tables[name]) for name in COLUMNS})


def table_rows(content: bytes) -> list[tuple[str, ...]]:
    """The rows of a frozen table's file."""
    return [tuple(line.split("\t")) for line in content.decode().removesuffix("\n").split("\n")[1:]]


def secrets_of(desk: Desk, draw_id: int, attempt: int) -> Secrets:
    """The secrets of an attempt."""
    kept = draws.secrets_of(desk.session, draw_id, attempt)
    return Secrets(kept.secret, kept.salt_secret)


def commitment_of(desk: Desk, draw_id: int, attempt: Lottery) -> Commitment:
    """The commitment that follows from the evidence; Refused where another one was entered in the register."""
    promised = draws.promises(desk.session, draw_id, attempt.attempt)
    made = commit(
        plan_of(attempt),
        frame_of(desk, draw_id, attempt.attempt),
        secrets_of(desk, draw_id, attempt.attempt),
        [bytes.fromhex(promised[place].digest) for place in sorted(promised)],
    )
    entered = draws.commitment_of(desk.session, draw_id, attempt.attempt)
    if entered is not None and entered.digest != made.commit.hex():
        raise Refused("draw.evidence_changed")
    return made


def entered_commitment(desk: Desk, draw_id: int, attempt: int) -> DrawCommitment:
    """The commitment in the register."""
    found = draws.commitment_of(desk.session, draw_id, attempt)
    if found is None:
        raise Refused("draw.not_committed")
    return found


def witness_texts(desk: Desk, drawn: Draw, attempt: int) -> list[str | None]:
    """What the witnesses revealed, in their places; None for the absent."""
    given = draws.reveals(desk.session, drawn.id, attempt)
    return [given.get(witness.place) for witness in drawn.campaign.witnesses]


def reveal_of(desk: Desk, drawn: Draw, attempt: Lottery, commitment: Commitment, entropy: str) -> Reveal:
    """The opened secret, the reveals and the seed that follows."""
    secret = secrets_of(desk, drawn.id, attempt.attempt).secret
    return reveal(plan_of(attempt), commitment, secret, entropy, witness_texts(desk, drawn, attempt.attempt))


def drawn_strata(desk: Desk, drawn: Draw) -> tuple[tuple[DrawnStratum, ...], int]:
    """The strata as drawn in the first attempt, and the key of their tickets."""
    first = draws.lottery(desk.session, drawn.id, FIRST)
    opening = draws.opening_of(desk.session, drawn.id, FIRST)
    if opening is None:
        raise Refused("draw.no_outcome", number=drawn.number)
    seals, seed = commitment_of(desk, drawn.id, first).seals, bytes.fromhex(opening.seed)
    strata = draw(plan_of(first), frame_of(desk, drawn.id, FIRST), seals, seed)
    return strata, stage_key(seed, seals["targets"].digest, "targets")


def teams_now(desk: Desk, drawn: Draw) -> Teams:
    """The teams as they stand: as paired, with all recorded changes done again."""
    attempt = draws.last_attempt(desk.session, drawn.id)
    opening = draws.opening_of(desk.session, drawn.id, attempt.attempt)
    if drawn.state != "completed" or opening is None:
        raise Refused("draw.no_outcome", number=drawn.number)
    plan, frame = plan_of(attempt), frame_of(desk, drawn.id, attempt.attempt)
    strata, key = drawn_strata(desk, drawn)
    pairing = read_pairing(draws.files_of(desk.session, drawn.id, attempt.attempt), plan, frame)
    digest = commitment_of(desk, drawn.id, attempt).seals["inspectors"].digest
    as_paired = teams_of(Outcome(strata, pairing), plan, frame, key, bytes.fromhex(opening.seed), digest)
    return replayed(as_paired, recorded_changes(desk, drawn))


def recorded_changes(desk: Desk, drawn: Draw) -> Sequence[Change]:
    """All changes so far, as lines."""
    return [
        Change(each.kind, each.subject, each.ground, each.result, each.rank, each.eligible)
        for each in draws.changes(desk.session, drawn.id)
    ]


def seconds(moment: datetime) -> str:
    """A time as papers tell it: China's, to the second; at the edge of the calendar, where China may have none, as it is."""
    with suppress(OverflowError):
        moment = moment.astimezone(SHANGHAI)
    return moment.isoformat(timespec="seconds")
