"""Questions and changes about who is there: sessions of browsers, attempts to log in, tokens, kept answers, uploads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, select, text, update
from sqlalchemy.orm import Session

from data.models import ApiToken, BrowserSession, Installation, KeptAnswer, LoginAttempt, Upload, User


def form_key(session: Session) -> bytes | None:
    """The key of this installation's forms."""
    return session.scalar(select(Installation.form_key).where(Installation.id == 1))


def keep_form_key(session: Session, key: bytes) -> None:
    """Keep the key of this installation's forms."""
    session.add(Installation(id=1, form_key=key))
    session.flush()


def browser_session(session: Session, digest: str) -> BrowserSession | None:
    """A session by the digest of its token."""
    return session.get(BrowserSession, digest)


def add_browser_session(
    session: Session, digest: str, user_id: int, content: Mapping[str, Any], now: datetime
) -> None:
    """A session of a token that was made now."""
    session.add(
        BrowserSession(digest=digest, user_id=user_id, content=dict(content), began_at=now, seen_at=now)
    )
    session.flush()


def keep_browser_session(session: Session, digest: str, content: Mapping[str, Any], now: datetime) -> None:
    """Change a session where there still is one: what was ended meanwhile does not come back."""
    there = update(BrowserSession).where(BrowserSession.digest == digest)
    session.execute(there.values(content=dict(content), seen_at=now))


def drop_browser_session(session: Session, digest: str) -> None:
    """End a session."""
    session.execute(delete(BrowserSession).where(BrowserSession.digest == digest))


def drop_browser_sessions(session: Session, user_id: int) -> None:
    """End all sessions of a user."""
    session.execute(delete(BrowserSession).where(BrowserSession.user_id == user_id))


def drop_unseen_sessions(session: Session, before: datetime) -> None:
    """Forget sessions that nobody has used since."""
    session.execute(delete(BrowserSession).where(BrowserSession.seen_at < before))


def wait_for_login(session: Session, login: str, address: str) -> None:
    """Let attempts of one login or address be counted one after the other; SQLite's began IMMEDIATE."""
    if session.get_bind().dialect.name == "postgresql":
        for key in sorted((f"login:{login}", f"address:{address}")):
            session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": key})


def failed_attempts(session: Session, kind: str, login: str, address: str, since: datetime) -> int:
    """How many attempts since then have not succeeded, of a kind: see LOCKOUTS."""
    counted = select(func.count(LoginAttempt.id)).where(
        *_of_kind(kind, login, address), LoginAttempt.at > since, LoginAttempt.succeeded.is_(False)
    )
    return session.scalar(counted) or 0


def mark_lockout(session: Session, kind: str, login: str, address: str, since: datetime) -> bool:
    """Mark that a lockout is told; False where it was told since then already."""
    attempts = (*_of_kind(kind, login, address), LoginAttempt.at > since)
    marked = select(LoginAttempt.id).where(*attempts, LoginAttempt.lockout == kind)
    if session.scalar(marked.limit(1)) is not None:
        return False
    last = session.scalar(select(func.max(LoginAttempt.id)).where(*attempts))
    session.execute(update(LoginAttempt).where(LoginAttempt.id == last).values(lockout=kind))
    return True


def _of_kind(kind: str, login: str, address: str) -> list[ColumnElement[bool]]:
    held = {"login": LoginAttempt.login == login, "address": LoginAttempt.address == address}
    return [held[kind]] if kind in held else list(held.values())


def note_attempt(session: Session, login: str, address: str, at: datetime) -> int:
    """Note an attempt before its password is looked at; its id."""
    made = LoginAttempt(login=login, address=address, at=at, succeeded=False)
    session.add(made)
    session.flush()
    return made.id


def attempt_succeeded(session: Session, attempt_id: int) -> None:
    """The password was right."""
    session.execute(update(LoginAttempt).where(LoginAttempt.id == attempt_id).values(succeeded=True))


def forget_attempts(session: Session, before: datetime) -> None:
    """Attempts that count no more are forgotten."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < before))


def token_by_digest(session: Session, digest: str, today: date) -> ApiToken | None:
    """A token in force."""
    return session.scalar(
        select(ApiToken).where(
            ApiToken.digest == digest, ApiToken.revoked_at.is_(None), ApiToken.valid_to >= today
        )
    )


def issued_tokens(
    session: Session, user_id: int | None = None, department_id: int | None = None
) -> list[tuple[ApiToken, User]]:
    """All tokens of an account, or of a department's accounts, newest first."""
    of = User.department_id == department_id if user_id is None else User.id == user_id
    rows = session.execute(
        select(ApiToken, User).join(User, User.id == ApiToken.user_id).where(of).order_by(ApiToken.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def revoke_tokens(session: Session, user_id: int, at: datetime) -> list[int]:
    """Revoke all tokens of an account that are not revoked yet; their ids."""
    of_user = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    found = list(session.scalars(of_user.order_by(ApiToken.id).with_for_update()))
    for each in found:
        each.revoked_at = at
    session.flush()
    return [each.id for each in found]


def kept_answer(session: Session, user_id: int, key: str) -> KeptAnswer | None:
    """The kept answer to an account's request."""
    return session.get(KeptAnswer, (user_id, key))


def upload(session: Session, upload_id: int, user_id: int) -> Upload | None:
    """A file that a user handed in himself."""
    return session.scalar(select(Upload).where(Upload.id == upload_id, Upload.user_id == user_id))


def uploads_of(session: Session, user_id: int, since: datetime) -> list[Upload]:
    """The files that a user handed in since then, newest first; without their content."""
    of_user = select(Upload).where(Upload.user_id == user_id, Upload.at >= since)
    return list(session.scalars(of_user.order_by(Upload.at.desc(), Upload.id.desc())))


def drop_uploads(session: Session, user_id: int, kind: str) -> None:
    """Forget the files of a kind that a user handed in."""
    session.execute(delete(Upload).where(Upload.user_id == user_id, Upload.kind == kind))


def forget_uploads(session: Session, before: datetime) -> None:
    """Files that nobody applied are forgotten, whoever handed them in: of the table, not of one department."""
    table = Upload.__table__
    assert isinstance(table, Table)
    session.execute(delete(table).where(table.c.at < before))
