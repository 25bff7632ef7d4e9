"""Codes (一次性查询码) by which a target comes to its proof when the draw may be told: given out once, good once.

A department reads a code out to whoever shows that the target is his; the portal takes it together with the number of
the draw and the target's exact code. Whatever is wrong, the answer is the same, and attempts are counted before they are
looked at, as those to log in are; but by where they come from alone. Who counted them by target, too, would let anybody
who knows a target keep it from its proof, and guard nothing: with 80 bits nobody guesses a code.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from data.models import Draw, ProofCode
from data.queries import proofs
from matching.refused import Refused
from scheduler.identity import digest_of
from scheduler.inspection import drawing
from scheduler.inspection.evidence import locked_draw
from scheduler.inspection.pool import department_ids
from scheduler.inspection.proofs import keep_new_token, place_of
from scheduler.inspection.secrecy import check_public, is_public
from scheduler.installation import at_desk, reading_desk
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, Engine, transaction

GIVERS = ("registrar", "planner")
"""Who gives codes out, in a department that takes part: who knows the targets, and who knows the draw."""
GOOD_FOR = timedelta(hours=1)
"""How long the token is good that a code is exchanged for."""

WINDOW = timedelta(minutes=15)
MOST = 30
"""How many attempts from one place may fail in a window; then also the right code waits that comes from there."""
ONE_CUSTOMER = 64
"""So many bits of an IPv6 address tell one place from another: whoever has one address has all with the same (RFC 6177)."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none that is read for another
_READ_AS = str.maketrans("OIL", "011")
_GROUPS, _OF_GROUP = 4, 4  # 5 bits a letter
_BRACKETS = str.maketrans("[(（【])）】", "〔〔〔〔〕〕〕〕")  # what keyboards have for those of a number
_LONGEST = 200


@dataclass(frozen=True)
class Given:
    """A code as it is shown this once, for which target, and until when it is good."""

    code: str
    target: str
    ends_at: datetime


def may_give(desk: Desk, drawn: Draw) -> bool:
    """Whether a page may offer the actor to give out codes for a draw; the use case still decides."""
    takes_part = desk.actor.department_id in department_ids(drawn.campaign)
    return is_public(drawn) and takes_part and not desk.actor.roles.isdisjoint(GIVERS)


def give(database: Engine, login: str, now: datetime, draw_id: int, target: str, days: int) -> Given:
    """Give out a code for a target of a draw, drawn or not, good for so many days; one that it has not used ends.

    Refused `draw.not_public` while somebody waits for a visit that he does not know of; `proof.not_in_the_list` where the
    target does not stand in the frozen list. It opens its own transactions: to search a long list takes a moment.
    """
    target = target.strip()
    with reading_desk(database, login, now) as desk:
        drawn = drawing.draw_by_id(desk, draw_id)
        _check_giver(desk, drawn)
        place = place_of(desk, drawn, target)
        if place is None:
            raise Refused("proof.not_in_the_list", target=target[:_LONGEST], number=drawn.number)
    with at_desk(database, login, now) as desk:
        drawn = locked_draw(desk, drawing.draw_by_id(desk, draw_id))  # of two at once, one ends the other's
        return _keep(desk, drawn, place, target, timedelta(days=days))


def _keep(desk: Desk, drawn: Draw, place: int, target: str, good_for: timedelta) -> Given:
    role = _check_giver(desk, drawn)
    made = Given(_new_code(), target, desk.now + good_for)
    proofs.end_codes(desk.session, drawn.id, place, desk.now)
    desk.session.add(
        ProofCode(
            digest=_digest(made.code),
            subject=_subject(drawn.number, target),
            draw_id=drawn.id,
            row_index=place,
            person_id=desk.actor.person_id,
            made_at=desk.now,
            ends_at=made.ends_at,
        )
    )
    desk.tell(role, "draw:proof_code", f"draw/{drawn.id}", target=target, until=str(made.ends_at.date()))
    return made


def _check_giver(desk: Desk, drawn: Draw) -> str:
    role = desk.require(*GIVERS)
    if desk.actor.department_id not in department_ids(drawn.campaign):
        raise Refused("actor.other_department")
    check_public(drawn)
    return role


def take(database: Engine, now: datetime, number: str, target: str, code: str, address: str) -> str:
    """The token of a target's proof for its code, which is used up by that.

    Refused `proof.no_match` whatever is wrong; `proof.too_many` beyond the limit, before anything is looked at.
    """
    subject = _subject(number, target)
    attempt = _count(database, now, counted_as(address))
    with transaction(database, EVERYTHING) as session:
        found = proofs.use_code(session, _digest(code), subject, now)
        if found is not None:
            proofs.attempt_succeeded(session, attempt)
            return keep_new_token(session, now, found.draw_id, found.row_index, GOOD_FOR)
    raise Refused("proof.no_match")


def counted_as(address: str) -> str:
    """The place under which attempts from an address are counted: of IPv6 its network, which one customer has whole."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or IPv6Network((found, ONE_CUSTOMER), strict=False).network_address)


def _count(database: Engine, now: datetime, place: str) -> int:
    with transaction(database, EVERYTHING) as session:
        proofs.wait_for_attempt(session, place)
        if proofs.failed_attempts(session, place, now - WINDOW) < MOST:
            return proofs.note_attempt(session, place, now)
    raise Refused("proof.too_many", minutes=int(WINDOW.total_seconds() // 60))


def forget_ended(database: Engine, now: datetime) -> None:
    """Forget attempts that count no more, and tokens and codes that have ended."""
    with transaction(database, EVERYTHING) as session:
        proofs.forget_ended(session, now - 2 * WINDOW, now)


def _new_code() -> str:
    letters = [secrets.choice(_LETTERS) for _ in range(_GROUPS * _OF_GROUP)]
    return "-".join("".join(letters[at : at + _OF_GROUP]) for at in range(0, len(letters), _OF_GROUP))


def _digest(code: str) -> str:
    """Of a code as it is meant, however it is written down: in small letters, without hyphens, with O for 0."""
    return digest_of("".join(filter(str.isalnum, code[:_LONGEST])).upper().translate(_READ_AS))


def _subject(number: str, target: str) -> str:
    """Draw and target as one digest: what somebody types is not kept."""
    parts = (number.strip().translate(_BRACKETS), target.strip().upper())
    return hashlib.sha256("\n".join(part[:_LONGEST] for part in parts).encode()).hexdigest()
