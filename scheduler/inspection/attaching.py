"""What outsiders sign for a draw: the time stamp of C before the reveals are closed, the beacon's signature after.

Both come by hand: the service reaches no outsider. Each is checked before it becomes evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.models import BeaconSignature, Draw, DrawCommitment, Publication, TimeStamp
from data.queries import attached, draws
from matching.beacon import Signature, can_verify
from matching.refused import Refused
from matching.timestamps import Stamp, check_stamp, request
from scheduler.inspection import drawing
from scheduler.inspection.attachments import (
    StampTold,
    check_beacon,
    named_round,
    read_answer,
    stamp_place,
    stamp_told,
)
from scheduler.inspection.conduct import conducted, for_lead
from scheduler.inspection.drawing import Differing, Entered, Locked, Opened
from scheduler.inspection.evidence import Bound, entered_commitment, locked_draw, seconds
from scheduler.inspection.trust import announced_at, trusted
from scheduler.permissions import Desk, permits

_LENGTHS = {"signer": 1000, "policy": 200, "authority": 200, "serial": 100}


@dataclass(frozen=True)
class Attached:
    """What is attached to an attempt, and when the beacon announces the round that its plan names, if that is known."""

    stamp: TimeStamp | None
    signature: BeaconSignature | None
    announced: datetime | None
    verifies: bool  # whether signatures of beacons can be verified here
    wants_signature: bool  # whether the reader may attach the one that lacks

    @property
    def stamp_told(self) -> StampTold | None:
        """The stamp as pages tell it."""
        return stamp_told(self.stamp) if self.stamp else None


def attached_to(desk: Desk, drawn: Draw) -> Attached:
    """What is attached to the last attempt of a draw."""
    attempt = draws.last_attempt(desk.session, drawn.id)
    signature = attached.signature_of(desk.session, drawn.id, attempt.attempt)
    return Attached(
        stamp=attached.stamp_of(desk.session, drawn.id, attempt.attempt),
        signature=signature,
        announced=announced_at(drawing.entropy_source(desk, drawn)),
        verifies=can_verify(),
        wants_signature=signature is None and _may_sign(desk, drawn),
    )


# The time stamp


def stamp_request(desk: Desk, drawn: Draw) -> bytes:
    """The request (.tsq) that somebody takes to a time-stamping authority outside; Refused `draw.not_committed`."""
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    return request(bytes.fromhex(entered_commitment(desk, drawn.id, attempt).digest))


def stamp_answer(desk: Desk, drawn: Draw) -> bytes:
    """The authority's answer that was attached to the last attempt; Refused `timestamp.none`."""
    found = attached.stamp_of(desk.session, drawn.id, draws.last_attempt(desk.session, drawn.id).attempt)
    if found is None:
        raise Refused("timestamp.none")
    return found.response


@dataclass(frozen=True)
class Stamped:
    """An answer that was checked as far as it can be with no transaction open: it stamps `commit`."""

    commit: str
    stamp: Stamp


@dataclass(frozen=True)
class Answer:
    """An authority's answer, as it was handed in for a commitment."""

    commit: str
    written: bytes

    def computed(self) -> Stamped:
        """The same, checked; Refused like `check_stamp`, `timestamp.chain` where roots are trusted and it leads to none."""
        stamp = check_stamp(self.written, bytes.fromhex(self.commit), trusted().roots)
        if stamp.trusted is False:
            raise Refused("timestamp.chain", signer=stamp.signer)
        if any(len(getattr(stamp, name)) > most for name, most in _LENGTHS.items()):
            raise Refused("timestamp.form")
        return Stamped(self.commit, stamp)


def to_stamp(desk: Desk, drawn: Draw, written: bytes) -> Answer:
    """An answer to be checked before the transaction that attaches it; Refused `timestamp.there`."""
    conducted(desk, drawn, "publish")
    return Answer(_to_be_stamped(desk, drawn).digest, written)


def attach_stamp(desk: Desk, drawn: Draw, stamped: Stamped) -> TimeStamp:
    """Attach the authority's answer (可信时间戳). Only before the reveals are closed.

    It counts as a publication where its chain leads to a trusted root: without roots, anybody could have signed it.

    Refused `timestamp.there`, `timestamp.time` where it tells a time before the commitment or after now,
    `timestamp.imprint` where another commitment stands by now.
    """
    drawn = locked_draw(desk, drawn)
    role = conducted(desk, drawn, "publish")
    commitment, stamp = _to_be_stamped(desk, drawn), stamped.stamp
    if commitment.digest != stamped.commit:
        raise Refused("timestamp.imprint", imprint=stamped.commit)
    # a stamp tells whole seconds, often
    if not commitment.at.replace(microsecond=0) <= stamp.at <= desk.now:
        raise Refused("timestamp.time", committed=seconds(commitment.at), told=seconds(stamp.at))
    made = _keep_stamp(desk, commitment, stamp)
    desk.tell(role, "draw:stamp", f"draw/{drawn.id}", authority=stamp.authority, serial=stamp.serial)
    return made


def _to_be_stamped(desk: Desk, drawn: Draw) -> DrawCommitment:
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    commitment = entered_commitment(desk, drawn.id, attempt)
    if attached.stamp_of(desk.session, drawn.id, attempt):
        raise Refused("timestamp.there")
    return commitment


def _keep_stamp(desk: Desk, commitment: DrawCommitment, stamp: Stamp) -> TimeStamp:
    of = {"draw_id": commitment.draw_id, "attempt": commitment.attempt, "person_id": desk.actor.person_id}
    shown = None
    if stamp.trusted:
        shown = Publication(
            **of, place=stamp_place(stamp.authority), published_at=stamp.at, recorded_at=desk.now
        )
        desk.session.add(shown)
        desk.session.flush()
    made = TimeStamp(
        **of,
        publication_id=shown.id if shown else None,
        response=stamp.response,
        stamped_at=stamp.at,
        serial=stamp.serial,
        policy=stamp.policy,
        signer=stamp.signer,
        authority=stamp.authority,
        at=desk.now,
    )
    desk.session.add(made)
    return made


# The beacon's signature


@dataclass(frozen=True)
class Checked:
    """A signature whose check, which takes a second or two, was made with no transaction open."""

    entropy: str
    signature: Signature

    def computed(self) -> Checked:
        """The same, checked against chain and randomness; Refused `beacon.*`."""
        check_beacon(self.entropy, self.signature, trusted())
        return self


def to_enter(desk: Desk, drawn: Draw, entropy: str, written: str) -> Checked | None:
    """What is given beside an entry, to be checked before the transaction that enters it; None where nothing is."""
    drawing.check_enters_next(desk, drawn)
    return Checked(entropy, read_answer(written)) if written.strip() else None


def enter_signed(
    desk: Desk, drawn: Draw, entropy: str, checked: Checked | None, bound: Bound | None = None
) -> Entered | Differing | Locked | Opened:
    """Enter the entropy, and where this opens the draw attach the beacon's signature that was given beside it.

    Where custodians keep the secret nothing is opened yet: the signature is attached afterwards, as `attach_signature`.
    """
    came = drawing.enter_entropy(desk, drawn, entropy, bound)
    if checked is not None and isinstance(came, Opened):
        attach_signature(desk, drawn, checked)
    return came


def to_attach(desk: Desk, drawn: Draw, written: str) -> Checked:
    """A signature to be checked before the transaction that attaches it."""
    _check_may_sign(desk, drawn)
    opening = draws.opening_of(desk.session, drawn.id, draws.last_attempt(desk.session, drawn.id).attempt)
    assert opening
    return Checked(opening.entropy, read_answer(written))


def attach_signature(desk: Desk, drawn: Draw, checked: Checked) -> BeaconSignature:
    """Attach the beacon's signature of the round, checked beforehand; Refused `beacon.not_yet`, `beacon.no_round`."""
    drawn = locked_draw(desk, drawn)
    role = _check_may_sign(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    opening = draws.opening_of(desk.session, drawn.id, attempt)
    if opening is None or opening.entropy != checked.entropy:
        raise Refused("beacon.not_yet")
    signature, previous = checked.signature.signature.hex(), checked.signature.previous.hex()
    last = attached.signature_of(desk.session, drawn.id, attempt)
    if last is not None and (last.signature, last.previous) == (signature, previous):
        return last
    made = BeaconSignature(
        draw_id=drawn.id,
        attempt=attempt,
        signature=signature,
        previous=previous,
        at=desk.now,
        person_id=desk.actor.person_id,
    )
    desk.session.add(made)
    desk.tell(role, "draw:sign", f"draw/{drawn.id}", attempt=attempt)
    return made


def _check_may_sign(desk: Desk, drawn: Draw) -> str:
    """Who takes part in the entry may attach, once the seed stands."""
    role = desk.require("planner", "approver", "witness")
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    opening = draws.opening_of(desk.session, drawn.id, attempt)
    if opening is None:
        raise Refused("beacon.not_yet")
    named_round(opening.entropy)
    if not any(witness.person_id == desk.actor.person_id for witness in drawn.campaign.witnesses):
        for_lead(desk, drawn)
    return role


def _may_sign(desk: Desk, drawn: Draw) -> bool:
    return permits(_check_may_sign, desk, drawn)
