"""The custody of draws' secrets (秘密保管): who keeps a share, and that two have opened.

No row here is worth anything alone. A custodian's private key is encrypted under his passphrase, a share to his public
key, and what a custodian has handed in under the installation's key, which stands in no database.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Base
from data.models.draws import ENCRYPTED_SECRET, of_attempt
from data.models.organisation import Department, Person, User


class KeyMark(Base):
    """The mark of the installation's key: by it a key file that is missing, or another one, is known."""

    __tablename__ = "key_mark"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("length(mark) = 64", name="mark_length"),
    )
    scope = "nobody"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(64))


class Custodian(Base):
    """A custodian (保管人) of a department's draws: a user of whatever department, until he is relieved."""

    __tablename__ = "custodian"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "person_id"], ["user_account.id", "user_account.person_id"]),
        CheckConstraint("named_by_person_id <> person_id", name="not_by_oneself"),
        Index("uq_custodian_in_office", "department_id", "person_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
    scope = "public"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[int]
    person_id: Mapped[int]
    named_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class CustodyKey(Base):
    """A custodian's key pair (保管密钥), X25519; the private part under a passphrase that is kept nowhere.

    His newest is the one to which shares are encrypted from then on; with the older ones he opens what came before.
    """

    __tablename__ = "custody_key"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "person_id"], ["user_account.id", "user_account.person_id"]),
        CheckConstraint("length(public_key) = 32", name="public_key_length"),
        CheckConstraint("length(salt) = 16", name="salt_length"),
        CheckConstraint(f"length(private_key) = {ENCRYPTED_SECRET}", name="private_key_length"),
        UniqueConstraint("id", "person_id"),
        UniqueConstraint("public_key"),
    )
    scope = "nobody"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    person_id: Mapped[int]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    hardness: Mapped[str] = mapped_column(String(50))  # of argon2id, as it was when this was made
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class KeyConfirmation(Base):
    """That a second person has compared a key with its holder (核对), face to face: no share is encrypted to it before that.

    He is of another department: whoever sets the passwords of the holder's department can't stand in for him.
    """

    __tablename__ = "key_confirmation"
    __table_args__ = (
        ForeignKeyConstraint(["key_id", "person_id"], ["custody_key.id", "custody_key.person_id"]),
        ForeignKeyConstraint(["by_user_id", "by_person_id"], ["user_account.id", "user_account.person_id"]),
        CheckConstraint("by_person_id <> person_id", name="not_by_oneself"),
    )
    scope = "nobody"
    evidence = True

    key_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    by_user_id: Mapped[int]
    by_person_id: Mapped[int]
    at: Mapped[datetime]


class CustodyEnd(Base):
    """The end of a department's custody (停止保管): its administrator proposes, a person of another department confirms."""

    __tablename__ = "custody_end"
    __table_args__ = (
        ForeignKeyConstraint(
            ["confirmed_by_user_id", "confirmed_by_person_id"], ["user_account.id", "user_account.person_id"]
        ),
        CheckConstraint("confirmed_by_person_id <> proposed_by_person_id", name="not_by_oneself"),
        CheckConstraint(
            "(confirmed_by_user_id IS NULL) = (confirmed_at IS NULL) "
            "AND (confirmed_by_person_id IS NULL) = (confirmed_at IS NULL)",
            name="confirmed_by_somebody",
        ),
        Index("ix_custody_end_department_id", "department_id"),
    )
    scope = "public"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    confirmed_by_user_id: Mapped[int | None]
    confirmed_by_person_id: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]

    department: Mapped[Department] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_person_id])


class CustodyShare(Base):
    """One of the three shares (份额) of the key that encrypts an attempt's secrets, for a custodian's eyes alone."""

    __tablename__ = "custody_share"
    __table_args__ = (
        of_attempt("lottery_secret"),
        ForeignKeyConstraint(
            ["draw_id", "planner_person_id", "approver_person_id"],
            ["draw.id", "draw.planner_person_id", "draw.approver_person_id"],
            name="fk_custody_share_persons_of_draw",  # the whole list is too long for PostgreSQL
        ),
        ForeignKeyConstraint(["key_id", "person_id"], ["custody_key.id", "custody_key.person_id"]),
        UniqueConstraint("draw_id", "attempt", "person_id"),
        CheckConstraint("place BETWEEN 1 AND 3", name="place"),
        CheckConstraint("person_id <> planner_person_id", name="is_not_the_planner"),
        CheckConstraint("person_id <> approver_person_id", name="is_not_the_approver"),
        CheckConstraint("length(ephemeral) = 32", name="ephemeral_length"),
        CheckConstraint(f"length(share) = {ENCRYPTED_SECRET}", name="share_length"),
        Index("ix_custody_share_person_id", "person_id"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    planner_person_id: Mapped[int]
    approver_person_id: Mapped[int]
    key_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    ephemeral: Mapped[bytes] = mapped_column(LargeBinary)
    share: Mapped[bytes] = mapped_column(LargeBinary)


class Unlocking(Base):
    """That a custodian has opened his share (开启), after the entropy stood; the share under the installation's key."""

    __tablename__ = "unlocking"
    __table_args__ = (
        ForeignKeyConstraint(
            ["draw_id", "attempt", "place"],
            ["custody_share.draw_id", "custody_share.attempt", "custody_share.place"],
        ),
        CheckConstraint(f"length(share) = {ENCRYPTED_SECRET}", name="share_length"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    share: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class UnlockedSecret(Base):
    """The two secrets of an attempt after two custodians opened them, under the installation's key from then on."""

    __tablename__ = "unlocked_secret"
    __table_args__ = (
        of_attempt("lottery_secret"),
        CheckConstraint(f"length(secret) = {ENCRYPTED_SECRET}", name="secret_length"),
        CheckConstraint(f"length(salt_secret) = {ENCRYPTED_SECRET}", name="salt_secret_length"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    salt_secret: Mapped[bytes] = mapped_column(LargeBinary)
