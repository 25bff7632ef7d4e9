"""The custody of a draw's secrets (秘密保管): encrypted from the freeze on, and opened by two of three custodians.

Where the lead department has named custodians (保管人), the key to the secrets is shared out among them at the freeze and
kept nowhere: from then until the entropy stands nobody can compute the outcome, also not who has the database and the key
file. Where it has named none, the service alone holds them, encrypted under its key file; everybody is told so.
"""

from __future__ import annotations

import hashlib
import json
import secrets as randomness
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.models import CustodyShare, Draw, LotterySecret, UnlockedSecret, Unlocking
from data.queries import custody, draws
from matching.draw.commitment import Sealing, Secrets, read_sealing, seal_all
from matching.draw.tables import Frame
from matching.refused import Refused
from scheduler.confirming import has_begun
from scheduler.custodians import ROLE, in_office
from scheduler.key_pairs import Told, encrypt_to
from scheduler.keys import KEY_BYTES, Changed, Key, fresh_key, key_of
from scheduler.permissions import Desk
from scheduler.shares import NEEDED, PLACES, join, split
from scheduler.transaction import Session

SERVICE, CUSTODIANS = "service", "custodians"


# At the freeze


@dataclass(frozen=True)
class Trusted:
    """A custodian who is given a share, and the key to which it is encrypted."""

    person_id: int
    name: str
    key_id: int
    public_key: bytes


def trusted_for(desk: Desk, department_id: int, parties: Sequence[int]) -> list[Trusted]:
    """The three custodians of a draw that is to be frozen; none where its department's secrets are not in custody.

    Refused `custody.incomplete` where it has named some and not all three can be given a share, `custody.not_ended` where
    it has relieved all and nobody has confirmed that custody ends: nobody passes them over;
    `custody.party` where one of them is among the `parties`, the persons of the planner and the approver.
    """
    named = in_office(desk, department_id)
    if not named:
        if has_begun(desk, department_id):
            raise Refused("custody.not_ended")
        return []
    trusted = [
        Trusted(each.person_id, each.name, each.key.id, each.key.public_key)
        for each in named
        if each.key and each.ready
    ]
    if len(trusted) != len(PLACES):
        missing = [each.name for each in named if not each.ready]
        raise Refused("custody.incomplete", ready=len(trusted), missing=missing)
    if both := [each.name for each in named if each.person_id in parties]:
        raise Refused("custody.party", names=both)
    return trusted


def keep_secrets(
    desk: Desk, drawn: Draw, attempt: int, secrets: Secrets, frame: Frame, trusted: Sequence[Trusted]
) -> None:
    """Keep the secrets of an attempt: shared out among the custodians, or under the installation's key."""
    session = desk.session
    key = fresh_key() if trusted else key_of(session)
    secret, salt_secret = _encrypted(key, LotterySecret, drawn.id, attempt, secrets)
    session.add(
        LotterySecret(
            draw_id=drawn.id,
            attempt=attempt,
            holder=CUSTODIANS if trusted else SERVICE,
            secret=secret,
            salt_secret=salt_secret,
            sealing=_told_sealing(frame, secrets) if trusted else None,
        )
    )
    session.flush()
    if trusted:
        key_of(session)  # made now, or found missing now, and not when two custodians have come to open
        _share_out(session, drawn, attempt, key, trusted)


def _share_out(session: Session, drawn: Draw, attempt: int, key: Key, trusted: Sequence[Trusted]) -> None:
    shares = split(key.content, randomness.token_bytes(KEY_BYTES))
    for (place, share), each in zip(shares.items(), trusted, strict=True):
        told = encrypt_to(each.public_key, share, *share_of(drawn.id, attempt, place))
        session.add(
            CustodyShare(
                draw_id=drawn.id,
                attempt=attempt,
                place=place,
                person_id=each.person_id,
                planner_person_id=drawn.planner_person_id,
                approver_person_id=drawn.approver_person_id,
                key_id=each.key_id,
                name=each.name,
                ephemeral=told.ephemeral,
                share=told.encrypted,
            )
        )
    session.flush()


def share_of(draw_id: int, attempt: int, place: int) -> tuple[object, ...]:
    """What a share is, for what encrypts it."""
    return "custody_share", draw_id, attempt, place


def _told_sealing(frame: Frame, secrets: Secrets) -> str:
    """What C binds of lists and secrets, and the digests of the lists' files: who commits does not have the salts."""
    files = {table.name: hashlib.sha256(table.file()).hexdigest() for table in frame.tables()}
    return json.dumps({**seal_all(frame, secrets).told(), "files": files}, ensure_ascii=False)


def sealed(written: str, tables: Mapping[str, bytes]) -> Sealing:
    """What was sealed at the freeze; Refused `draw.evidence_changed` where the lists are others by now."""
    told = json.loads(written)
    if told["files"] != {name: hashlib.sha256(content).hexdigest() for name, content in tables.items()}:
        raise Refused("draw.evidence_changed")
    return read_sealing(told)


# Until they are opened, and after


def sealing_of(desk: Desk, draw_id: int, attempt: int) -> str | None:
    """What was sealed at the freeze for an attempt in custody, as it was written; None where the service holds it."""
    return custody.held_secret(desk.session, draw_id, attempt).sealing


def secrets_of(session: Session, draw_id: int, attempt: int) -> Secrets | None:
    """The secrets of an attempt; None as long as its custodians have not opened them.

    Refused `key.*` where the key file is not what it was, `draw.evidence_changed` where the rows are not.
    """
    held = custody.held_secret(session, draw_id, attempt)
    found: LotterySecret | UnlockedSecret | None = held
    if held.holder == CUSTODIANS:
        found = custody.unlocked_secret(session, draw_id, attempt)
    return None if found is None else _decrypted(key_of(session), found)


def keep_unlocked(desk: Desk, draw_id: int, attempt: int, secrets: Secrets) -> None:
    """Keep what two custodians have opened, under the installation's key: bundle and proofs need it from now on."""
    secret, salt_secret = _encrypted(key_of(desk.session), UnlockedSecret, draw_id, attempt, secrets)
    desk.session.add(UnlockedSecret(draw_id=draw_id, attempt=attempt, secret=secret, salt_secret=salt_secret))
    desk.session.flush()


def joined(session: Session, draw_id: int, attempt: int, shares: Mapping[int, bytes]) -> Secrets:
    """The secrets that two shares open; Refused `draw.evidence_changed` where they are not those of the freeze."""
    return _decrypted(Key(join(shares)), custody.held_secret(session, draw_id, attempt))


def opened_shares(session: Session, draw_id: int, attempt: int) -> dict[int, bytes]:
    """The shares that custodians have opened by now, by place."""
    found = custody.unlockings_of(session, draw_id, attempt)
    if not found:
        return {}
    key = key_of(session)
    try:
        return {each.place: key.decrypt(each.share, *_opened(each)) for each in found}
    except Changed:
        raise Refused("draw.evidence_changed") from None


def keep_share(desk: Desk, own: CustodyShare, share: bytes) -> None:
    """Keep a share that its custodian has opened, until the second one comes."""
    made = Unlocking(draw_id=own.draw_id, attempt=own.attempt, place=own.place, at=desk.now)
    made.share = key_of(desk.session).encrypt(share, *_opened(made))
    desk.session.add(made)
    desk.session.flush()


def _opened(each: Unlocking) -> tuple[object, ...]:
    return "unlocking", each.draw_id, each.attempt, each.place


def _encrypted(
    key: Key, model: type[LotterySecret | UnlockedSecret], draw_id: int, attempt: int, secrets: Secrets
) -> tuple[bytes, bytes]:
    about = (model.__tablename__, draw_id, attempt)
    return key.encrypt(secrets.secret, *about, "secret"), key.encrypt(
        secrets.salt_secret, *about, "salt_secret"
    )


def _decrypted(key: Key, kept: LotterySecret | UnlockedSecret) -> Secrets:
    about = (kept.__tablename__, kept.draw_id, kept.attempt)
    try:
        return Secrets(
            key.decrypt(kept.secret, *about, "secret"), key.decrypt(kept.salt_secret, *about, "salt_secret")
        )
    except Changed:
        raise Refused("draw.evidence_changed") from None


# Who may open


def is_locked(session: Session, draw_id: int, attempt: int) -> bool:
    """Whether an attempt's secrets are in custody and two custodians have not opened them."""
    held = custody.held_secret(session, draw_id, attempt)
    return held.holder == CUSTODIANS and custody.unlocked_secret(session, draw_id, attempt) is None


def entropy_stands(session: Session, draw_id: int, attempt: int) -> bool:
    """Whether two persons have entered the same entropy: nothing can be chosen any more."""
    entered = draws.entries(session, draw_id, attempt)
    return (
        len(entered) == len({each.place for each in entered}) == 2
        and entered[0].entropy == entered[1].entropy
    )


def check_unlock(desk: Desk, drawn: Draw) -> tuple[str, CustodyShare]:
    """The role and the share of a custodian who may open it now.

    Refused `custody.none`, `custody.not_of_this_draw`, `custody.opened` or `custody.opened_already`, and
    `custody.before_entropy`: whoever knew the secret before that could still choose the outcome.
    """
    role = desk.require(ROLE)
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    shares = custody.shares_of(desk.session, drawn.id, attempt)
    if not shares:
        raise Refused("custody.none", number=drawn.number)
    own = next((each for each in shares if each.person_id == desk.actor.person_id), None)
    if own is None:
        raise Refused("custody.not_of_this_draw", number=drawn.number)
    if draws.opening_of(desk.session, drawn.id, attempt):
        raise Refused("custody.opened", number=drawn.number)
    if drawn.state != "revealed" or not entropy_stands(desk.session, drawn.id, attempt):
        raise Refused("custody.before_entropy", number=drawn.number)
    if any(each.place == own.place for each in custody.unlockings_of(desk.session, drawn.id, attempt)):
        raise Refused("custody.opened_already", number=drawn.number)
    return role, own


def told_share(own: CustodyShare) -> Told:
    """A share as its custodian was told it."""
    return Told(own.ephemeral, own.share)


# Looking


@dataclass(frozen=True)
class Keeper:
    """A custodian of an attempt, and when he opened his share."""

    place: int
    person_id: int
    name: str
    opened_at: datetime | None


def keepers(session: Session, draw_id: int, attempt: int) -> list[Keeper]:
    """The custodians of an attempt; none where the service alone held its secrets."""
    opened = {each.place: each.at for each in custody.unlockings_of(session, draw_id, attempt)}
    return [
        Keeper(each.place, each.person_id, each.name, opened.get(each.place))
        for each in custody.shares_of(session, draw_id, attempt)
    ]


def still_needed(kept: Sequence[Keeper]) -> int:
    """How many custodians have still to open."""
    return max(0, NEEDED - sum(each.opened_at is not None for each in kept))
