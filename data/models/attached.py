"""What outsiders have signed for a draw: the time stamp of its commitment, the beacon's signature of its randomness."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class TimeStamp(Base):
    """The time stamp (可信时间戳, RFC 3161) of an attempt's commitment, checked; a publication where its chain was, too.

    `response` is the authority's whole answer. `stamped_at`, `serial` (hex), `policy`, `signer` and `authority` are what
    it says.
    """

    __tablename__ = "time_stamp"
    __table_args__ = (
        ForeignKeyConstraint(["draw_id", "attempt"], ["draw_commitment.draw_id", "draw_commitment.attempt"]),
        UniqueConstraint("publication_id"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"))
    response: Mapped[bytes] = mapped_column(LargeBinary)
    stamped_at: Mapped[datetime]
    serial: Mapped[str] = mapped_column(String(100))
    policy: Mapped[str] = mapped_column(String(200))
    signer: Mapped[str] = mapped_column(String(1000))
    authority: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class BeaconSignature(Base):
    """The beacon's signature of the round that an attempt's entropy is, in hex; the last one attached counts.

    `previous` is the signature of the round before, which a chained beacon signs too; else empty.
    """

    __tablename__ = "beacon_signature"
    __table_args__ = (
        ForeignKeyConstraint(["draw_id", "attempt"], ["opening.draw_id", "opening.attempt"]),
        UniqueConstraint("draw_id", "attempt", "signature", "previous"),
        CheckConstraint("length(signature) IN (96, 192)", name="signature_length"),
    )
    scope = "of_draw"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int]
    attempt: Mapped[int]
    signature: Mapped[str] = mapped_column(String(192))
    previous: Mapped[str] = mapped_column(String(192))
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
