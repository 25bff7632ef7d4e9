"""What the evidence of a draw says (抽取证据), as the values that matching computes with; and the locks taken on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from data.models import Campaign, Draw, DrawCommitment, Lottery, Visit
from data.queries import campaigns, draws, visits
from matching.bundle import read_pairing
from matching.changes import Change, Teams, replayed, teams_of
from matching.draw.commitment import Commitment, Reveal, Secrets, bind, commit, reveal
from matching.draw.plan import Plan, read_plan
from matching.draw.seed import stage_key
from matching.draw.tables import COLUMNS, Frame, freeze_all
from matching.draw.targets import DrawnStratum
from matching.lottery import Outcome, draw
from matching.refused import Refused
from scheduler.clock import SHANGHAI
from scheduler.inspection import custody
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


def table_rows(content: bytes) -> Iterator[tuple[str, ...]]:
    """The rows of a frozen table's file, one after the other."""
    lines = content.removesuffix(b"\n").split(b"\n")[1:]
    return (tuple(line.decode().split("\t")) for line in lines)


@dataclass(frozen=True)
class Bound:
    """What the commitment C of an attempt binds (承诺的内容), as it was read from evidence that never changes.

    `secrets` are None as long as custodians keep them; then C is made of the `sealing` that was written at the freeze.

    To check the lists and to seal them takes seconds where they are long, and needs no database: whoever reads this in a
    transaction ends it before he asks for `frame` or `commitment`, wherever others wait.
    """

    draw_id: int
    attempt: int
    plan: Plan
    secrets: Secrets | None
    promises: tuple[bytes, ...]
    tables: Mapping[str, bytes] = field(repr=False)
    entered: str | None
    sealing: str | None = field(default=None, repr=False)
    earlier: tuple[str, ...] = ()
    """The entropies of the attempts before, which everybody knows by now."""

    @cached_property
    def frame(self) -> Frame:
        """The frozen lists."""
        rows = {name: table_rows(self.tables[name]) for name in COLUMNS}
        return freeze_all(**rows, weighed=self.plan.weighed)

    @cached_property
    def commitment(self) -> Commitment:
        """What follows; Refused `draw.evidence_changed` where another one was entered in the register.

        Whoever has the secrets seals the lists again; who has not, looks that they are those that were sealed.
        """
        if self.secrets is None:
            made = bind(self.plan, custody.sealed(self.sealing or "", self.tables), self.promises)
        else:
            made = commit(self.plan, self.frame, self.secrets, self.promises)
        if self.entered not in (None, made.commit.hex()):
            raise Refused("draw.evidence_changed")
        return made

    def computed(self) -> Bound:
        """The same, its commitment computed; Refused like that."""
        _ = self.commitment
        return self

    @property
    def opened(self) -> Secrets:
        """The secrets; Refused `custody.locked` as long as custodians keep them."""
        if self.secrets is None:
            raise Refused("custody.locked")
        return self.secrets

    def reveal(self, entropy: str, texts: Sequence[str | None]) -> Reveal:
        """The opened secret, the witnesses' texts and the seed that follows."""
        return reveal(self.plan, self.commitment, self.opened.secret, entropy, texts, self.earlier)


def bound_by(desk: Desk, draw_id: int, attempt: Lottery) -> Bound:
    """What C of an attempt binds, or will bind: it is read, and nothing is computed."""
    entered = draws.commitment_of(desk.session, draw_id, attempt.attempt)
    return Bound(
        draw_id=draw_id,
        attempt=attempt.attempt,
        plan=plan_of(attempt),
        secrets=custody.secrets_of(desk.session, draw_id, attempt.attempt),
        promises=promises_of(desk, draw_id, attempt.attempt),
        tables=draws.frozen_tables(desk.session, draw_id, attempt.attempt),
        entered=None if entered is None else entered.digest,
        sealing=custody.sealing_of(desk, draw_id, attempt.attempt),
        earlier=earlier_entropies(desk, draw_id, attempt.attempt),
    )


def earlier_entropies(desk: Desk, draw_id: int, attempt: int) -> tuple[str, ...]:
    """The entropies of the attempts before one."""
    openings = (draws.opening_of(desk.session, draw_id, each) for each in range(FIRST, attempt))
    return tuple(opening.entropy for opening in openings if opening)


def still_bound_by(desk: Desk, drawn: Draw, attempt: Lottery, beforehand: Bound | None) -> Bound:
    """What was read before this transaction began, if C binds just that now; else it is read again.

    Plan, lists and secrets of an attempt never change; promises come, and C itself.
    """
    entered = draws.commitment_of(desk.session, drawn.id, attempt.attempt)
    promised = promises_of(desk, drawn.id, attempt.attempt)
    now = (drawn.id, attempt.attempt, promised, None if entered is None else entered.digest)
    before = beforehand and (beforehand.draw_id, beforehand.attempt, beforehand.promises, beforehand.entered)
    return beforehand if beforehand and before == now else bound_by(desk, drawn.id, attempt)


def promises_of(desk: Desk, draw_id: int, attempt: int) -> tuple[bytes, ...]:
    """The witnesses' digests W in the order of their places."""
    promised = draws.promises(desk.session, draw_id, attempt)
    return tuple(bytes.fromhex(promised[place].digest) for place in sorted(promised))


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


def first_draw(desk: Desk, drawn: Draw) -> tuple[Bound, bytes]:
    """What the first attempt's C binds, and the seed that drew the targets; they are read, and nothing is computed."""
    opening = draws.opening_of(desk.session, drawn.id, FIRST)
    if opening is None:
        raise Refused("draw.no_outcome", number=drawn.number)
    return bound_by(desk, drawn.id, draws.lottery(desk.session, drawn.id, FIRST)), bytes.fromhex(opening.seed)


def drawn_strata(first: Bound, seed: bytes) -> tuple[DrawnStratum, ...]:
    """The strata as the first attempt drew them."""
    return draw(first.plan, first.frame, first.commitment.seals, seed)


def teams_now(desk: Desk, drawn: Draw) -> Teams:
    """The teams as they stand: as paired, with all recorded changes done again. It takes seconds where lists are long."""
    attempt = draws.last_attempt(desk.session, drawn.id)
    opening = draws.opening_of(desk.session, drawn.id, attempt.attempt)
    if drawn.state != "completed" or opening is None:
        raise Refused("draw.no_outcome", number=drawn.number)
    first, first_seed = first_draw(desk, drawn)
    last = first if attempt.attempt == FIRST else bound_by(desk, drawn.id, attempt)
    strata = drawn_strata(first, first_seed)
    key = stage_key(first_seed, first.commitment.seals["targets"].digest, "targets")
    decided = draws.files_of(desk.session, drawn.id, attempt.attempt)
    pairing = read_pairing(decided, last.plan, last.frame)
    digest = last.commitment.seals["inspectors"].digest
    seed = bytes.fromhex(opening.seed)
    as_paired = teams_of(Outcome(strata, pairing), last.plan, last.frame, key, seed, digest)
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
