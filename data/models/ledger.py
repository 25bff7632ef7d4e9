"""The operation ledger (操作台账): every act, each line bound to the one before it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class LedgerEntry(Base):
    """A line of a chain. `canonical` is what is hashed: all other columns but the hashes, told once more.

    `prev_hash` is unique within the chain: an append that forgot the lock fails, and no chain forks.
    No name of a person stands here, only his number, so that erasing him leaves the chain whole.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("chain", "prev_hash"),
        UniqueConstraint("hash"),
        CheckConstraint("seq >= 1", name="counts_from_one"),
        CheckConstraint("chain IN ('business', 'security')", name="chain"),
        CheckConstraint("length(prev_hash) = 64 AND length(hash) = 64", name="hash_length"),
    )
    scope = "ledger"
    evidence = True

    chain: Mapped[str] = mapped_column(String(20), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None]
    role: Mapped[str] = mapped_column(String(20))
    department_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(100))
    details: Mapped[str] = mapped_column(Text)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
