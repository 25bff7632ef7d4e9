"""Who is there (登录): passwords, sessions of browsers, tokens of other systems.

A token is 32 random bytes that only its holder has; the database keeps its digest. Every refusal of a password reads the
same and takes as long, whether there is such a login or not.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from threading import BoundedSemaphore
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from data import ledger
from data.models import ApiToken, User
from data.queries import identity, organisation
from data.scope import seeing
from matching.refused import Refused
from scheduler.clock import business_date
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, Engine, Session, reading, transaction, unless_busy

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1_000
IDLE, AT_MOST = timedelta(minutes=30), timedelta(hours=8)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session is kept: not every click is a write."""

WINDOW = timedelta(minutes=15)
MOST = {"both": 10, "address": 50, "login": 100}
"""How many attempts may fail in a window: with one login from one address, from an address, with a login.

Few from one place, so that a password is not guessed; more for a login from everywhere, so that nobody locks another out
from where he sits.
"""
LONGEST_LOGIN = 100
MOST_TOKEN_DAYS = 400
LOGIN, CUSTODY = "login", "custody"
"""What is tried with a password or a passphrase; each is counted by itself."""
HOLDER = "user"
"""As what somebody acts on an account of his own, for which he needs no role."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = _HASHER.hash(secrets.token_hex(16))
HASHING = BoundedSemaphore(2)
"""Held by whoever hashes a password or a passphrase: each takes memory and a core, more at once would only wait."""


def hash_password(password: str) -> str:
    """The hash of a new password; Refused `user.password_too_short`, `user.password_too_long`."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused("user.password_too_short", least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Refused("user.password_too_long", most=LONGEST_PASSWORD)
    with HASHING:
        return _HASHER.hash(password)


@dataclass(frozen=True)
class NewPassword:
    """A password on its way to somebody's account: hashed, before a transaction begins in which others wait."""

    hashed: str


def new_password(written: str) -> NewPassword:
    """A new password as somebody wrote it; Refused `user.password_too_short`, `user.password_too_long`."""
    return NewPassword(hash_password(written))


@dataclass(frozen=True)
class BrowserState:
    """What is kept of the session of somebody who is logged in: who, as which login, and the little that pages remember."""

    user_id: int
    login: str
    content: Mapping[str, Any]


def new_token() -> str:
    """A token that nobody has seen."""
    return secrets.token_urlsafe(32)


def log_in(database: Engine, now: datetime, login: str, password: str, address: str) -> int:
    """The id of the user whose password this is; Refused `login.failed`, `login.too_many`.

    Attempts are counted, and refused beyond the limit, before a password is looked at; so they are also in parallel.
    """
    attempt = count_attempt(database, now, login[:LONGEST_LOGIN], address)
    with reading(database, EVERYTHING) as session:
        user = organisation.user_by_login(session, login)
        usable = user is not None and user.state == "active" and user.password_hash
        found = (user.id, user.person_id, user.department_id) if user else None
        kept = user.password_hash if user and usable else None
    right = _matches(kept or _NOBODYS, password)
    if found is None or not kept or not right:
        raise Refused("login.failed")
    user_id, person_id, department_id = found
    with transaction(database, EVERYTHING) as session:
        identity.attempt_succeeded(session, attempt)
        identity.drop_unseen_sessions(session, now - AT_MOST)
        act = ledger.Act(person_id, HOLDER, department_id, "login:succeeded", f"user/{user_id}", {})
        ledger.append(session, act, now, ledger.SECURITY)
    return user_id


def count_attempt(database: Engine, now: datetime, login: str, address: str, what: str = LOGIN) -> int:
    """Count an attempt before what was typed is looked at; its id. Refused `login.too_many`, `custody.too_many`."""
    since, name = now - WINDOW, login if what == LOGIN else f"{what}:{login}"[:LONGEST_LOGIN]
    with transaction(database, EVERYTHING) as session:
        identity.wait_for_login(session, name, address)
        identity.forget_attempts(session, now - 2 * WINDOW)
        full = [
            kind
            for kind, most in MOST.items()
            if identity.failed_attempts(session, kind, name, address, since) >= most
        ]
        if not full:
            return identity.note_attempt(session, name, address, now)
        for kind in full:
            if identity.mark_lockout(session, kind, name, address, since):
                _tell_lockout(session, now, kind, login, address, what)
    minutes = int(WINDOW.total_seconds() // 60)
    raise (
        Refused("login.too_many", minutes=minutes)
        if what == LOGIN
        else Refused("custody.too_many", minutes=minutes)
    )


def attempt_succeeded(session: Session, attempt: int) -> None:
    """What was typed was right: the attempt counts no more."""
    identity.attempt_succeeded(session, attempt)


def _tell_lockout(session: Session, now: datetime, kind: str, login: str, address: str, what: str) -> None:
    # what is typed for a login may be a password: the ledger has accounts and addresses alone
    user = organisation.user_by_login(session, login) if kind != "address" else None
    subject, department_id = (f"user/{user.id}", user.department_id) if user else ("login", None)
    details = {} if kind == "login" else {"address": address}
    act = ledger.Act(None, "system", department_id, f"{what}:lockout", subject, details)
    ledger.append(session, act, now, ledger.SECURITY)


def opens(hashed: str | None, password: str) -> bool:
    """Whether an account whose password has this hash is opened by that one."""
    return hashed is not None and _matches(hashed, password)


def _matches(kept: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    with HASHING:
        try:
            return _HASHER.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


def change_password(database: Engine, now: datetime, login: str, old: str, new: str, address: str) -> None:
    """Give oneself a new password; all one's sessions and tokens end. Refused `login.*`, `user.password_*`."""
    user_id = log_in(database, now, login, old, address)
    hashed = hash_password(new)
    if old == new:
        raise Refused("user.password_same")
    with transaction(database, EVERYTHING) as session:
        user = session.get_one(User, user_id)
        user.password_hash, user.password_is_provisional = hashed, False
        identity.drop_browser_sessions(session, user_id)
        told = partial(ledger.Act, user.person_id, HOLDER, user.department_id)
        for token_id in identity.revoke_tokens(session, user_id, now):
            ledger.append(session, told("token:revoke", f"token/{token_id}", {}), now)
        ledger.append(session, told("user:password", f"user/{user_id}", {}), now, ledger.SECURITY)


def set_password(desk: Desk, role: str, user: User, new: NewPassword) -> None:
    """Give somebody else a first or a new password, and end what he has open; the use case has looked who may.

    It is good for giving himself another: nobody acts under a password that somebody else knows.
    """
    user.password_hash, user.password_is_provisional = new.hashed, True
    end_entries(desk, role, user)


def end_entries(desk: Desk, role: str, user: User) -> None:
    """End every way into an account that is open: its sessions and its tokens."""
    desk.session.flush()
    with seeing(desk.session, EVERYTHING):
        identity.drop_browser_sessions(desk.session, user.id)
        revoked = identity.revoke_tokens(desk.session, user.id, desk.now)
    for token_id in revoked:
        desk.tell(role, "token:revoke", f"token/{token_id}")


def form_key(database: Engine) -> bytes:
    """The key by which all processes of this installation know their own forms; made when first asked for."""
    with reading(database, EVERYTHING) as session:
        if key := identity.form_key(session):
            return key
    with transaction(database, EVERYTHING) as session:
        if key := identity.form_key(session):
            return key
        made = secrets.token_bytes(32)
        identity.keep_form_key(session, made)
        return made


def browser_state(database: Engine, token: str, now: datetime, used: bool = True) -> BrowserState | None:
    """What is kept under a token; None where there is none, or it has not been used for too long.

    Where it is not `used` now, as by a page that asks by itself, its time runs on.
    """
    with reading(database, EVERYTHING) as session:
        kept = identity.browser_session(session, digest_of(token))
        if kept is None or now - kept.seen_at > IDLE or now - kept.began_at > AT_MOST:
            return None
        user = session.get(User, kept.user_id) if kept.user_id else None
        if user is None or user.state != "active":
            return None
        stale = used and now - kept.seen_at > SEEN_EVERY
        state = BrowserState(user.id, user.login, kept.content)
    if stale:
        with (
            unless_busy()
        ):  # to look at a page is not refused, and waits for nobody, because its time is written down
            keep_state(database, token, state.content, now, patience=0)
    return state


def begin_state(database: Engine, token: str, state: BrowserState, now: datetime) -> None:
    """Begin a session under a token that was made now."""
    with transaction(database, EVERYTHING) as session:
        identity.add_browser_session(session, digest_of(token), state.user_id, state.content, now)


def keep_state(
    database: Engine, token: str, content: Mapping[str, Any], now: datetime, patience: float | None = None
) -> None:
    """Keep what a session remembers, unless it was ended while its request was under way."""
    with transaction(database, EVERYTHING, patience) as session:
        identity.keep_browser_session(session, digest_of(token), content, now)


def end_state(database: Engine, token: str) -> None:
    """End a session: its token is worth nothing from now on."""
    with transaction(database, EVERYTHING) as session:
        identity.drop_browser_session(session, digest_of(token))


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class IssuedToken:
    """A token as a list shows it."""

    id: int
    name: str
    login: str
    valid_to: date
    created_at: datetime
    revoked: bool


@dataclass(frozen=True)
class TokenInForce:
    """A token that somebody came with, and the login that it acts as."""

    id: int
    login: str


def issue_token(desk: Desk, name: str, valid_to: date) -> str:
    """A token for the actor's own account; it is shown this once. Refused `token.*`.

    Nobody issues one for somebody else: whoever has a token acts in the name of its account.
    """
    desk.require_open_department()
    user = desk.session.get_one(User, desk.actor.user_id)
    if user.password_is_provisional:
        raise Refused("token.provisional")
    if not name.strip() or len(name) > LONGEST_LOGIN:
        raise Refused("token.name", name=name[:LONGEST_LOGIN])
    if not desk.today <= valid_to <= desk.today + timedelta(days=MOST_TOKEN_DAYS):
        raise Refused("token.period", most=MOST_TOKEN_DAYS)
    if any(each.name == name for each in own_tokens(desk)):
        raise Refused("token.exists", name=name)
    token = new_token()
    made = ApiToken(
        user_id=user.id,
        name=name,
        digest=digest_of(token),
        created_at=desk.now,
        created_by_person_id=desk.actor.person_id,
        valid_to=valid_to,
    )
    desk.session.add(made)
    desk.session.flush()
    desk.tell(HOLDER, "token:issue", f"token/{made.id}", user=user.id, valid_to=str(valid_to))
    return token


def revoke_token(desk: Desk, token_id: int) -> None:
    """From now on a token of one's own opens nothing, or one of the administrator's department. Refused `token.unknown`."""
    with seeing(desk.session, EVERYTHING):
        found = desk.session.get(ApiToken, token_id)
        user = desk.session.get(User, found.user_id) if found else None
        role = _revokes_as(desk, user)
        if found is None or role is None:
            raise Refused("token.unknown", number=token_id)
        if found.revoked_at is not None:
            return
        found.revoked_at = desk.now
        desk.session.flush()
    desk.tell(role, "token:revoke", f"token/{token_id}")


def _revokes_as(desk: Desk, user: User | None) -> str | None:
    if user is not None and user.id == desk.actor.user_id:
        return HOLDER
    of_department = user is not None and user.department_id == desk.actor.department_id
    return "administrator" if of_department and "administrator" in desk.actor.roles else None


def own_tokens(desk: Desk) -> list[IssuedToken]:
    """The tokens of the actor's own account, newest first."""
    return _issued(desk, user_id=desk.actor.user_id)


def tokens_of_department(desk: Desk) -> list[IssuedToken]:
    """The tokens of all accounts of the administrator's department, newest first."""
    desk.require("administrator")
    return _issued(desk, department_id=desk.actor.department_id)


def _issued(desk: Desk, **of: int) -> list[IssuedToken]:
    with seeing(desk.session, EVERYTHING):
        return [
            IssuedToken(t.id, t.name, u.login, t.valid_to, t.created_at, t.revoked_at is not None)
            for t, u in identity.issued_tokens(desk.session, **of)
        ]


def token_in_force(database: Engine, token: str, now: datetime) -> TokenInForce | None:
    """The token that a system came with; None unless it is in force, and its account is and is in its holder's hands."""
    with reading(database, EVERYTHING) as session:
        found = identity.token_by_digest(session, digest_of(token), business_date(now))
        user = session.get(User, found.user_id) if found else None
        if found is None or user is None or user.state != "active" or user.password_is_provisional:
            return None
        return TokenInForce(found.id, user.login)
