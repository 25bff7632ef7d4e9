"""The public bundle (公开证据包) of a draw: what anybody may replay, once nobody waits for a visit any more.

It is made once, by a job, from evidence that never changes, and kept as evidence itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from data.models import Draw, PublicBundle
from data.queries import draws, jobs, proofs
from matching.bundle import pack, public_bundle, register_entry
from matching.draw.targets import DrawnStratum
from matching.proofs import grow
from matching.refused import Refused
from scheduler.inspection import audit, bundles, disclosure
from scheduler.inspection.bundles import Lot
from scheduler.inspection.circumstances import PublicCircumstances
from scheduler.inspection.conduct import for_lead
from scheduler.inspection.disclosure import DrawWhole
from scheduler.inspection.evidence import (
    FIRST,
    drawn_strata,
    entered_commitment,
    locked_draw,
    plan_of,
    seconds,
)
from scheduler.inspection.secrecy import check_public, is_public
from scheduler.permissions import Desk
from scheduler.transaction import Session

PUBLISH = "draw:publish_bundle"
"""The kind of the job that makes it."""
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
    departures: int


@dataclass(frozen=True)
class BundleShown:
    """A public bundle as anybody may see it."""

    sha256: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Standing:
    """The public bundle of a draw, or why there is none: `absent` is `not_closed`, `being_made`, `not_made` (nobody asked
    for it, or the job failed), `names_persons` for good; empty where there is one."""

    bundle: BundleShown | None
    absent: str = ""


_REFUSED = {
    "not_closed": "public_bundle.none",
    "being_made": "public_bundle.not_made",
    "not_made": "public_bundle.not_made",
    "names_persons": "public_bundle.names_persons",
}


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
    changes = disclosure.changes_of(desk.session, drawn.id)
    teams, inspectors = draws.teams_counted(desk.session, drawn.id)
    return Contents(
        lot=lot,
        seed=bytes.fromhex(opening.seed),
        committed_at=seconds(entered_commitment(desk, drawn.id, FIRST).at),
        drawn_at=seconds(opening.at),
        attempts=draws.last_attempt(desk.session, drawn.id).attempt,
        teams=teams,
        inspectors=inspectors,
        voids=changes.voids,
        recusals=changes.recused,
        departures=changes.departed,
    )


def packed(found: Contents, readme: Callable[[PublicCircumstances], str]) -> bytes:
    """The bundle as a zip."""
    bound, lot = found.lot.bound, found.lot
    strata = drawn_strata(bound, found.seed)
    told = _circumstances(found, strata)
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
            told.reveal,
            register,
            lot.decided,
            strata,
            readme(told),
        )
        | lot.attached
    )


def _circumstances(found: Contents, strata: Sequence[DrawnStratum]) -> PublicCircumstances:
    bound, lot = found.lot.bound, found.lot
    return PublicCircumstances(
        plan=bound.plan,
        commitment=bound.commitment,
        reveal=bound.reveal(lot.entropy, lot.texts),
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
        departures=found.departures,
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


def draw(session: Session, number: str, today: date) -> tuple[DrawWhole, Standing]:
    """A number of the register with how its public bundle stands; Refused `draw.unknown`."""
    found = disclosure.public_draw(session, number)
    return disclosure.whole(session, found, today), standing(session, found)


def standing(session: Session, drawn: Draw) -> Standing:
    """How the public bundle of a draw stands."""
    if not is_public(drawn):
        return Standing(None, "not_closed")
    if made := proofs.public_bundle(session, drawn.id):
        return Standing(BundleShown(made.sha256, made.size, made.at))
    if names_persons(session, drawn):
        return Standing(None, "names_persons")
    return Standing(None, "being_made" if jobs.is_under_way(session, f"{PUBLISH}/{drawn.id}") else "not_made")


def file(session: Session, number: str) -> bytes:
    """The public bundle of a number as a zip.

    Refused `draw.unknown`, `public_bundle.none` before the campaign is closed, `public_bundle.not_made` while nobody has
    made it, `public_bundle.names_persons` where nobody ever will.
    """
    found = disclosure.public_draw(session, number)
    if absent := standing(session, found).absent:
        raise Refused(_REFUSED[absent], number=number)
    made = proofs.public_bundle(session, found.id, whole=True)
    assert made
    return made.content
