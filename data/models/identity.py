"""How the faces know who is there: sessions, attempts to log in, tokens of other systems, and files between two clicks.

None of it is evidence, and nobody's query sees a secret of it: tokens are kept as digests.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

LARGEST_UPLOAD = 20 << 20
LOCKOUTS = ("both", "login", "address")
"""What too many attempts were made of: of one login from one address, of a login, from an address."""


class Installation(Base):
    """The one row of this installation: the key by which the forms of all its processes know each other."""

    __tablename__ = "installation"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("length(form_key) = 32", name="key_length"),
    )
    scope = "nobody"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[bytes] = mapped_column(LargeBinary)


class BrowserSession(Base):
    """A browser's session (会话), by the digest of its token; without a user until somebody has logged in."""

    __tablename__ = "browser_session"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest_length"),
        Index("ix_browser_session_user_id", "user_id"),
        Index("ix_browser_session_seen_at", "seen_at"),
    )
    scope = "nobody"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class LoginAttempt(Base):
    """An attempt to log in, counted before the password is looked at."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_login_at", "login", "at"),
        Index("ix_login_attempt_address_at", "address", "at"),
        one_of("lockout", LOCKOUTS),
    )
    scope = "nobody"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime]
    succeeded: Mapped[bool] = mapped_column(default=False)
    # the lockout that was told to the ledger after this attempt: it is told once as long as it lasts
    lockout: Mapped[str | None] = mapped_column(String(20))


class ApiToken(Base):
    """A token (接口令牌) by which another system acts as an account of its department, until a day."""

    __tablename__ = "api_token"
    __table_args__ = (
        UniqueConstraint("digest"),
        UniqueConstraint("user_id", "name"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
    )
    scope = "nobody"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    valid_to: Mapped[date]
    revoked_at: Mapped[datetime | None]


class KeptAnswer(Base):
    """The answer to a request with an Idempotency-Key: the same request again gets it again, and does nothing."""

    __tablename__ = "kept_answer"
    __table_args__ = (CheckConstraint("length(request_digest) = 64", name="digest_length"),)
    scope = "nobody"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class Upload(Base):
    """A file that was handed in and looked at, and waits for the word to apply it."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(f"length(content) BETWEEN 1 AND {LARGEST_UPLOAD}", name="size"),
        CheckConstraint("length(sha256) = 64", name="digest_length"),
    )
    scope = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    at: Mapped[datetime]
