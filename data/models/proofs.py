"""What the public is shown of a draw (公开证据包), and how a target comes to its own proof (检查对象证明).

Tokens and codes are kept as digests; what a stranger types is not kept at all.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class PublicBundle(Base):
    """The public bundle of a draw as a zip: made once, when its campaign is closed, and never changed."""

    __tablename__ = "public_bundle"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="digest_length"),)
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    at: Mapped[datetime]


class ProofToken(Base):
    """What the address of one target's proof ends in; without an end where it stands on a notice of inspection."""

    __tablename__ = "proof_token"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest_length"),
        CheckConstraint("row_index >= 0", name="row_index"),
        Index("ix_proof_token_ends_at", "ends_at"),
    )
    scope = "nobody"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    row_index: Mapped[int]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class ProofCode(Base):
    """A code (一次性查询码) that a department gave to one target; good once, until it ends.

    `subject` is the digest of draw and target as somebody types them. `ends_at` was told with the code; `ended_at` is set
    where the target got another one before it had used this.
    """

    __tablename__ = "proof_code"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
        CheckConstraint("length(subject) = 64", name="subject_length"),
        CheckConstraint("row_index >= 0", name="row_index"),
        CheckConstraint("used_at IS NULL OR ended_at IS NULL", name="used_or_ended"),
        Index("ix_proof_code_ends_at", "ends_at"),
    )
    scope = "nobody"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    row_index: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ProofAttempt(Base):
    """An attempt to come to a proof by a code, counted before the code is looked at.

    `address` is where it came from, as attempts are counted: of IPv6 the network that one customer has.
    """

    __tablename__ = "proof_attempt"
    __table_args__ = (Index("ix_proof_attempt_address_at", "address", "at"),)
    scope = "nobody"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime]
    succeeded: Mapped[bool] = mapped_column(default=False)
