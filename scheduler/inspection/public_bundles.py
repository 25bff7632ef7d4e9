"""The public bundle (公开证据包) of a draw: what anybody may replay, once nobody waits for a visit any more.

It is made once, by a job, from evidence that never changes, and kept as evidence itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from data.models import Draw, PublicBundle
from data.queries import disclosures, draws, proofs
from matching.bundle import pack, public_bundle, register_entry
from matching.changes import RECUSAL, VOID
from matching.proofs import grow
from matching.refused import Refused
from scheduler.inspection import audit, bundles
from scheduler.inspection.bundles import Lot
from scheduler.inspection.circumstances import PublicCircumstances
from scheduler.inspection.conduct import for_lead
from scheduler.inspection.evidence import (
    FIRST,
    drawn_strata,
    entered_commitment,
    locked_draw,
    plan_of,
    recorded_changes,
    seconds,
)
from scheduler.inspection.secrecy import check_public, is_public
from scheduler.permissions import Desk
from scheduler.transaction import Session

MAKERS = ("planner",)
"""Whose department leads, asks for it."""


@dataclass(frozen=True)
class Contents:
    """What a public bundle is made of, as it stood when it was read; to make it needs no database."""

    lot: Lot
    seed: bytes
    committed_at: str
    drawn_at: str
    attempts: int
    teams: int
    inspectors: int
    voids: tuple[tuple[str, int], ...]
    recusals: int


@dataclass(frozen=True)
class BundleShown:
    """A public bundle as anybody may see it."""

    sha256: str
    size: int
    at: datetime


def check_maker(desk: Desk, drawn: Draw) -> str:
    """The role by which the actor has the public bundle of a draw made.

    Refused `draw.not_public` before the campaign is closed, `draw.names_persons` where the bundle would name a person: a
    target that is one, or, in a plan of before, a witness.
    """
    role = desk.require(*MAKERS)
    for_lead(desk, drawn)
    check_public(drawn)
    if names_persons(desk.session, drawn):
        raise Refused("draw.names_persons", number=drawn.number)
    return role


def names_persons(session: Session, drawn: Draw) -> bool:
    """Whether the public bundle of a draw would name a natural person."""
    named = plan_of(draws.lottery(session, drawn.id, FIRST)).witnesses
    witnesses = proofs.witness_names(session, drawn.campaign_id)
    return proofs.draws_persons(session, drawn.id) or not set(named).isdisjoint(witnesses)


def contents(desk: Desk, drawn: Draw) -> Contents:
    """What the public bundle of a draw is made of; Refused like `check_maker`."""
    check_maker(desk, drawn)
    lot = bundles.lot(desk, drawn, FIRST)
    opening = draws.opening_of(desk.session, drawn.id, FIRST)
    if lot is None or opening is None:
        raise Refused("draw.no_outcome", number=drawn.number)
    changes = Counter((each.kind, each.ground) for each in recorded_changes(desk, drawn))
    teams, inspectors = draws.teams_counted(desk.session, drawn.id)
    return Contents(
        lot=lot,
        seed=bytes.fromhex(opening.seed),
        committed_at=seconds(entered_commitment(desk, drawn.id, FIRST).at),
        drawn_at=seconds(opening.at),
        attempts=draws.last_attempt(desk.session, drawn.id).attempt,
        teams=teams,
        inspectors=inspectors,
        voids=tuple(sorted((ground, n) for (kind, ground), n in changes.items() if kind == VOID)),
        recusals=sum(n for (kind, _), n in changes.items() if kind == RECUSAL),
    )


def packed(found: Contents, readme: Callable[[PublicCircumstances], str]) -> bytes:
    """The bundle as a zip."""
    bound, lot = found.lot.bound, found.lot
    opened = bound.reveal(lot.entropy, lot.texts)
    strata = drawn_strata(bound, found.seed)
    told = PublicCircumstances(
        plan=bound.plan,
        commitment=bound.commitment,
        reveal=opened,
        strata=strata,
        short=False,  # the campaign is closed: inspectors were found in the end
        published=lot.published,
        committed_at=found.committed_at,
        drawn_at=found.drawn_at,
        attempts=found.attempts,
        teams=found.teams,
        inspectors=found.inspectors,
        voids=found.voids,
        recusals=found.recusals,
    )
    register = register_entry(
        bound.plan, bound.commitment, told.short, told.self_drawn, told.committed_at, told.drawn_at
    )
    tree = grow(bound.frame.targets, bound.opened.salt_secret)
    return pack(
        public_bundle(
            bound.plan,
            tree,
            bound.commitment,
            lot.published,
            opened,
            register,
            lot.decided,
            strata,
            readme(told),
        )
        | lot.attached
    )


def check(content: bytes) -> None:
    """Refuse to publish what our own verifier says is wrong; Refused `draw.evidence_changed`."""
    if audit.check_bundle(content).wrong:
        raise Refused("draw.evidence_changed")


def keep(desk: Desk, drawn: Draw, content: bytes) -> str:
    """Keep the bundle of a draw, unless there is one; its SHA-256. Everything is asked again, with the draw locked."""
    drawn = locked_draw(desk, drawn)
    role = check_maker(desk, drawn)
    if there := proofs.public_bundle(desk.session, drawn.id):
        return there.sha256
    digest = sha256(content).hexdigest()
    desk.session.add(
        PublicBundle(draw_id=drawn.id, sha256=digest, size=len(content), content=content, at=desk.now)
    )
    desk.tell(role, "draw:publish_bundle", f"draw/{drawn.id}", sha256=digest, size=len(content))
    return digest


# Shown to anybody


def shown(session: Session, number: str) -> BundleShown | None:
    """The public bundle of a number, where there is one."""
    found = disclosures.public_draw(session, number)
    made = proofs.public_bundle(session, found.id) if found and is_public(found) else None
    return BundleShown(made.sha256, made.size, made.at) if made else None


def stays_away(session: Session, number: str) -> bool:
    """Whether a number has no public bundle for good, as it would name a natural person."""
    found = disclosures.public_draw(session, number)
    return found is not None and is_public(found) and names_persons(session, found)


def file(session: Session, number: str) -> bytes:
    """The public bundle of a number as a zip; Refused `draw.unknown`, `public_bundle.none`."""
    found = disclosures.public_draw(session, number)
    if found is None:
        raise Refused("draw.unknown", number=number)
    made = proofs.public_bundle(session, found.id, whole=True) if is_public(found) else None
    if made is None:
        raise Refused("public_bundle.none", number=number)
    return made.content
