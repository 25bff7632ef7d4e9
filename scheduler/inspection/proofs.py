"""The proof of one target (检查对象证明): made from the evidence of a draw whenever somebody comes with a token for it.

Evidence never changes: what all proofs of a draw share is kept in this process, so that the second one is quick; and as
anybody may ask, who asks while it is made waits for it. What computes, or waits, does so with no transaction open.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from threading import Lock
from typing import Any

from data.models import Draw
from data.queries import draws, proofs
from data.scope import EVERYTHING
from matching.draw.commitment import Secrets, reveal
from matching.draw.plan import read_plan
from matching.proofs import check_target_proof
from matching.prover import Prover, prover
from matching.public import committed
from matching.refused import Refused
from matching.table_file import table_file
from scheduler.identity import digest_of
from scheduler.inspection import custody
from scheduler.inspection.evidence import FIRST, entered_commitment, witness_texts
from scheduler.permissions import Actor, Desk
from scheduler.transaction import Engine, Session, reading

MOST_KEPT = 256 << 20
"""So many bytes of lists and trees are kept; the last one that was asked for always."""

_NOBODY = Actor(0, 0, 0, None, frozenset(), EVERYTHING)


@dataclass(frozen=True)
class Proved:
    """A proof with what it shows in words: the target's own row, its ticket, and what of its stratum is public anyway.

    `threshold` is empty where nothing was drawn of the stratum, or where weights decided; `place` counts rows from 1.
    """

    content: bytes
    number: str
    campaign: str
    target: str
    name: str
    stratum: str
    region: str
    place: int
    rows: int
    ticket: str
    threshold: str
    drawn: bool
    successor: int
    quota: int
    stratum_rows: int
    weighed: bool
    commit: str
    seed: str

    @property
    def chance(self) -> Fraction:
        """How likely it was to be drawn, before the seed existed; of a stratum without weights."""
        return Fraction(self.quota, self.stratum_rows)


class _Kept:
    """The provers last asked for, by commitment C: no two draws have the same. Each is made by one; others wait for it."""

    def __init__(self) -> None:
        self._provers: OrderedDict[str, Prover] = OrderedDict()
        self._making: dict[str, Lock] = {}
        self._lock = Lock()

    def of(self, commit: str, make: Callable[[], Prover]) -> Prover:
        """The prover of a commitment, made where it is not kept."""
        if (kept := self._get(commit)) is not None:
            return kept
        with self._lock:
            making = self._making.setdefault(commit, Lock())
        with making:
            if (kept := self._get(commit)) is not None:
                return kept
            made = make()
            self._put(commit, made)
        return made

    def _get(self, commit: str) -> Prover | None:
        with self._lock:
            if commit in self._provers:
                self._provers.move_to_end(commit)
            return self._provers.get(commit)

    def _put(self, commit: str, made: Prover) -> None:
        with self._lock:
            self._provers[commit] = made
            self._provers.move_to_end(commit)
            while len(self._provers) > 1 and sum(each.size for each in self._provers.values()) > MOST_KEPT:
                self._provers.popitem(last=False)


_KEPT = _Kept()


# Making


def of_row(database: Engine, now: datetime, draw_id: int, row_index: int) -> Proved:
    """The proof of a row of a draw that was executed; Refused `draw.no_outcome`. It opens its own transactions."""
    with reading(database, EVERYTHING) as session:
        drawn, campaign = proofs.draw_with_campaign(session, draw_id)
        commit = entered_commitment(Desk(session, _NOBODY, now), drawn.id, FIRST).digest
        came_in = proofs.successor_of_row(session, draw_id, row_index)
        stratum, rank = (came_in.stratum, came_in.rank) if came_in else ("", 0)
        name = campaign.name
    found = _KEPT.of(commit, lambda: _read(database, now, draw_id).prover())
    quota = next((each.quota for each in found.strata if each.stratum == stratum), 0)
    return _told(found.proof(row_index, max(0, rank - quota)), name)


def _read(database: Engine, now: datetime, draw_id: int) -> _Read:
    with reading(database, EVERYTHING) as session:
        drawn, _ = proofs.draw_with_campaign(session, draw_id)
        opening = draws.opening_of(session, draw_id, FIRST)
        opened = custody.secrets_of(session, draw_id, FIRST)
        if opening is None or opened is None:
            raise Refused("draw.no_outcome", number=drawn.number)
        desk = Desk(session, _NOBODY, now)
        return _Read(
            plan=json.loads(draws.lottery(session, draw_id, FIRST).plan),
            committed=json.loads(entered_commitment(desk, draw_id, FIRST).told),
            secrets=opened,
            entropy=opening.entropy,
            texts=witness_texts(desk, drawn, FIRST),
            targets=draws.frozen_table(session, draw_id, FIRST, "targets"),
        )


@dataclass(frozen=True)
class _Read:
    """What the proofs of a draw follow from, as it was read."""

    plan: dict[str, Any]
    committed: dict[str, Any]
    secrets: Secrets
    entropy: str
    texts: list[str | None]
    targets: bytes = field(repr=False)

    def prover(self) -> Prover:
        plan = read_plan(self.plan)
        commitment = committed(plan, self.committed)
        opened = reveal(plan, commitment, self.secrets.secret, self.entropy, self.texts)
        return prover(plan, commitment, opened, self.secrets.salt_secret, self.targets)


def _told(content: bytes, campaign: str) -> Proved:
    shown, told = check_target_proof(content), json.loads(content)
    fields, last = told["line"].split("\t"), told["threshold"]
    rows = {part: rows for part, rows, *_ in told["ranges"]}
    return Proved(
        content=content,
        number=shown.number,
        campaign=campaign,
        target=shown.target,
        name=shown.name,
        stratum=shown.stratum,
        region=fields[2],
        place=told["index"] + 1,
        rows=sum(rows.values()),
        ticket=f"{shown.ticket:016x}",
        threshold=last[0] if last else "",
        drawn=shown.drawn,
        successor=shown.successor,
        quota=told["quota"],
        stratum_rows=rows[shown.stratum],
        weighed="systematic" in told,
        commit=shown.commit,
        seed=shown.seed,
    )


def place_of(desk: Desk, drawn: Draw, target: str) -> int | None:
    """The row of a target in the frozen list of a draw, by its exact code; None where it does not stand in it."""
    content = draws.frozen_table(desk.session, drawn.id, FIRST, "targets")
    return table_file("targets", content, []).place(target)


# Tokens


def keep_new_token(
    session: Session, now: datetime, draw_id: int, row_index: int, good_for: timedelta | None = None
) -> str:
    """A token that leads to the proof of a row, for ever where no time is given; only its digest is kept."""
    token = secrets.token_urlsafe(24)
    proofs.keep_token(
        session, digest_of(token), draw_id, row_index, now, now + good_for if good_for else None
    )
    return token


def by_token(database: Engine, now: datetime, token: str) -> Proved:
    """The proof to which a token leads; Refused `proof.unknown` where it leads to none, or has ended."""
    with reading(database, EVERYTHING) as session:
        found = proofs.token_in_force(session, digest_of(token), now)
        where = (found.draw_id, found.row_index) if found else None
    if where is None:
        raise Refused("proof.unknown")
    return of_row(database, now, *where)
