"""The operation ledger (操作台账): every act, each line bound to the one before it; and what was signed of it when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.vocabulary import CHECKPOINT_REASONS, CHECKPOINT_VERDICTS


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
        Index("ix_ledger_action", "chain", "action", "seq"),
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


class LedgerCheckpoint(Base):
    """A checkpoint (台账检查点): the root of a chain's first `size` lines, signed in `note` by the key that `vkey` names.

    `peaks` let the tree grow from here without another look at the lines before; by SM3 too where the machine had it.
    """

    __tablename__ = "ledger_checkpoint"
    __table_args__ = (
        one_of("reason", CHECKPOINT_REASONS),
        CheckConstraint("chain IN ('business', 'security')", name="chain"),
        CheckConstraint("size >= 1", name="signs_some_line"),
        CheckConstraint("length(root) = 64 AND length(sm3_root) = 64", name="root_length"),
        CheckConstraint("(sm3_root IS NULL) = (sm3_peaks IS NULL)", name="sm3_or_not"),
        Index(
            "uq_ledger_checkpoint_daily",
            "chain",
            "day",
            unique=True,
            sqlite_where=text("reason = 'daily'"),
            postgresql_where=text("reason = 'daily'"),
        ),
        Index(
            "uq_ledger_checkpoint_act",
            "chain",
            "size",
            unique=True,
            sqlite_where=text("reason <> 'daily'"),
            postgresql_where=text("reason <> 'daily'"),
        ),
        Index("ix_ledger_checkpoint_size", "chain", "size"),
    )
    scope = "public"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    sm3_root: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    vkey: Mapped[str] = mapped_column(String(400))
    peaks: Mapped[bytes] = mapped_column(LargeBinary)
    sm3_peaks: Mapped[bytes | None] = mapped_column(LargeBinary)
    day: Mapped[date]
    at: Mapped[datetime]


class HeldCheckpoint(Base):
    """A checkpoint that a department holds outside (留存), as somebody of it showed it, and what came of comparing it."""

    __tablename__ = "held_checkpoint"
    __table_args__ = (
        one_of("verdict", CHECKPOINT_VERDICTS),
        UniqueConstraint("department_id", "chain", "size", "root"),
        CheckConstraint("chain IN ('business', 'security')", name="chain"),
        CheckConstraint("size >= 1", name="signs_some_line"),
        CheckConstraint("length(root) = 64", name="root_length"),
    )
    scope = "public"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(String(20))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
