"""The opening of a draw's secret (开启秘密) by its custodians: two of the three, once the entropy stands.

A passphrase is costly to try, so it is looked at outside of any transaction; each try is counted before that, as those of
a login are. Nothing of it is kept, and no line of a ledger or a log has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from data import ledger
from data.models import CustodyShare, Draw
from data.queries import custody as kept
from data.queries import draws
from data.scope import seeing
from matching.refused import Refused
from scheduler import identity
from scheduler.custodians import ROLE
from scheduler.inspection import custody, drawing
from scheduler.inspection.drawing import Opened
from scheduler.inspection.evidence import Bound, bound_by, locked_draw
from scheduler.installation import at_desk, reading_desk
from scheduler.key_pairs import KeyPair, decrypt_from, open_pair
from scheduler.keys import Changed
from scheduler.permissions import Desk
from scheduler.shares import NEEDED
from scheduler.transaction import EVERYTHING, Engine, transaction


@dataclass(frozen=True)
class Try:
    """Who tries to open a share: by which login, from which address, when."""

    database: Engine
    login: str
    address: str
    now: datetime


@dataclass(frozen=True)
class Unlocked:
    """One share is open; so many custodians more are awaited."""

    awaited: int


def unlock(of: Try, draw_id: int, passphrase: str) -> Unlocked | Opened:
    """Open one's share of a draw's secret; with the second one the secret is out, and the seed stands.

    Refused like `custody.check_unlock`, `custody.passphrase`, `custody.too_many`, `draw.evidence_changed`.
    """
    with reading_desk(of.database, of.login, of.now) as desk:
        _, own = custody.check_unlock(desk, drawing.draw_by_id(desk, draw_id))
        pair = _pair_of(desk, own)
    share = _opened_by(of, pair, own, passphrase)
    beforehand = _beforehand(of, own, share)
    with at_desk(of.database, of.login, of.now) as desk:
        return _hand_in(desk, drawing.draw_by_id(desk, draw_id), own, share, beforehand)


def _pair_of(desk: Desk, own: CustodyShare) -> KeyPair:
    with seeing(desk.session, EVERYTHING):
        key = kept.custody_key(desk.session, own.key_id)
    return KeyPair(key.public_key, key.hardness, key.salt, key.private_key)


def _beforehand(of: Try, own: CustodyShare, share: bytes) -> Bound | None:
    """What C binds, where this share is the second: computed, as it takes seconds, before anybody waits for that."""
    with reading_desk(of.database, of.login, of.now) as desk:
        others = custody.opened_shares(desk.session, own.draw_id, own.attempt)
        bound = _with_secrets(desk, own, others | {own.place: share})
    return bound and bound.computed()


def _opened_by(of: Try, pair: KeyPair, own: CustodyShare, passphrase: str) -> bytes:
    """A share as its custodian opens it; a try that fails is told to the ledger, without what was typed."""
    attempt = identity.count_attempt(of.database, of.now, of.login, of.address, identity.CUSTODY)
    try:
        private_key = open_pair(pair, passphrase)
    except Refused:
        _tell_wrong(of, own.draw_id)
        raise
    with transaction(of.database, EVERYTHING) as session:
        identity.attempt_succeeded(session, attempt)
    about = custody.share_of(own.draw_id, own.attempt, own.place)
    try:
        return decrypt_from(custody.told_share(own), private_key, *about)
    except Changed:
        raise Refused("draw.evidence_changed") from None


def _tell_wrong(of: Try, draw_id: int) -> None:
    with at_desk(of.database, of.login, of.now) as desk:
        who = desk.actor
        act = ledger.Act(who.person_id, ROLE, who.department_id, "draw:unlock_refused", f"draw/{draw_id}", {})
        ledger.append(desk.session, act, of.now, ledger.SECURITY)


def _with_secrets(desk: Desk, own: CustodyShare, shares: dict[int, bytes]) -> Bound | None:
    """What C binds, with the secrets that these shares open; None where one alone is there."""
    if len(shares) < NEEDED:
        return None
    bound = bound_by(desk, own.draw_id, draws.lottery(desk.session, own.draw_id, own.attempt))
    return replace(bound, secrets=custody.joined(desk.session, own.draw_id, own.attempt, shares))


def _hand_in(
    desk: Desk, drawn: Draw, own: CustodyShare, share: bytes, beforehand: Bound | None
) -> Unlocked | Opened:
    drawn = locked_draw(desk, drawn)
    role, now = custody.check_unlock(desk, drawn)
    if (now.attempt, now.place) != (own.attempt, own.place):
        raise Refused("draw.other_attempt", asked=own.attempt, now=now.attempt)
    custody.keep_share(desk, now, share)
    desk.tell(role, "draw:unlock", f"draw/{drawn.id}", attempt=now.attempt, place=now.place)
    shares = custody.opened_shares(desk.session, drawn.id, now.attempt)
    if len(shares) < NEEDED:
        return Unlocked(NEEDED - len(shares))
    # where two came at once, neither has seen the other's
    bound = beforehand or _with_secrets(desk, now, shares)
    assert bound is not None
    custody.keep_unlocked(desk, drawn.id, now.attempt, bound.opened)
    return drawing.fix_seed(desk, drawn, bound, role)
