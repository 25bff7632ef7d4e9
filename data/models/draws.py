"""Draws: the register of numbers, and the evidence of each from the frozen lists to the last change.

The order in which nobody can choose the outcome is the order of the foreign keys: no reveal without commitment, no
entropy before the reveals are closed, no outcome without a seed. A pairing that must start again is a further attempt
of the same draw.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
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

from data.models.base import Base, one_of
from data.models.campaigns import Campaign
from data.models.registries import Target
from data.vocabulary import (
    CHANGE_KINDS,
    COUNTED_RULES,
    DRAW_STATES,
    FROZEN_TABLES,
    SECRET_HOLDERS,
    TEAM_ROLES,
    VOID_NUMBER_GROUNDS,
)

ENCRYPTED_SECRET = 12 + 32 + 16
"""The bytes of 32 encrypted by AES-GCM: nonce, ciphertext, tag."""


def of_attempt(table: str) -> ForeignKeyConstraint:
    """A row belongs to an attempt of this table."""
    return ForeignKeyConstraint(["draw_id", "attempt"], [f"{table}.draw_id", f"{table}.attempt"])


class Draw(Base):
    """A draw (抽取) and its number: an entry of its department's register, gap-free within the year.

    What identifies it never changes; a number ends `completed` or `void` (triggers see to both).
    """

    __tablename__ = "draw"
    __table_args__ = (
        one_of("state", DRAW_STATES),
        UniqueConstraint("register_id", "year", "seq"),
        CheckConstraint("seq >= 1", name="counts_from_one"),
        CheckConstraint("approver_person_id <> planner_person_id", name="planner_is_not_approver"),
        CheckConstraint("(state = 'void') = (void_ground <> '')", name="void_has_a_ground"),
        CheckConstraint(f"void_ground IN {('', *VOID_NUMBER_GROUNDS)}", name="void_ground"),
        CheckConstraint("(state IN ('completed', 'void')) = (closed_at IS NOT NULL)", name="closed_when_over"),
        CheckConstraint("closed_at >= opened_at", name="closes_after_it_opens"),
        UniqueConstraint("id", "planner_person_id", "approver_person_id"),
        Index("uq_draw_open", "campaign_id", unique=True, sqlite_where=text("state NOT IN ('completed', 'void')"),
              postgresql_where=text("state NOT IN ('completed', 'void')")),
    )  # fmt: skip
    scope = "of_campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    year: Mapped[int]
    seq: Mapped[int]
    number: Mapped[str] = mapped_column(String(100), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    state: Mapped[str] = mapped_column(String(20), default="frozen")
    planner_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approver_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deadline: Mapped[date]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    void_ground: Mapped[str] = mapped_column(String(30), default="")
    void_reason: Mapped[str] = mapped_column(Text, default="")

    campaign: Mapped[Campaign] = relationship()


class OpenPopulation(Base):
    """A population with an open draw: these two can't be in a second one until the first is over."""

    __tablename__ = "open_population"
    scope = "public"

    jurisdiction_code: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("inspection_item.id"), primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))


class Lottery(Base):
    """One attempt of a draw: its plan to the byte. The first draws targets and teams, further ones teams alone.

    `classes`, of the first attempt, tells in JSON what the opaque names of its strata stand for; None where no name is
    opaque.
    """

    __tablename__ = "lottery"
    __table_args__ = (CheckConstraint("attempt >= 1", name="counts_from_one"),)
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[bytes] = mapped_column(LargeBinary)
    frozen_at: Mapped[datetime]
    classes: Mapped[str | None] = mapped_column(Text)


class FrozenTable(Base):
    """A frozen list (锁定名录), its bytes compressed by zlib; none can be added once the commitment stands."""

    __tablename__ = "frozen_table"
    __table_args__ = (one_of("name", FROZEN_TABLES), of_attempt("lottery"))
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    rows: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class BarCount(Base):
    """How many pairs of inspector and target each rule took out (排除统计) of the lists as they were frozen.

    `pairs` are those that a rule removes by itself, `added` those that none before it had removed; `persons` are the
    inspectors whom a rule keeps out of the pool altogether. The row `all` tells how many there were.
    """

    __tablename__ = "bar_count"
    __table_args__ = (
        one_of("rule", COUNTED_RULES),
        of_attempt("lottery"),
        CheckConstraint("added <= pairs", name="added"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(20), primary_key=True)
    persons: Mapped[int | None]
    pairs: Mapped[int] = mapped_column(BigInteger)
    added: Mapped[int] = mapped_column(BigInteger)


class LotterySecret(Base):
    """The two secrets of an attempt, encrypted; nobody is shown them before the entropy stands.

    Where the service holds them, under the installation's key; where custodians do (保管), under one that is shared out
    among them, and `sealing` is what C binds of them and of the lists they sealed.
    """

    __tablename__ = "lottery_secret"
    __table_args__ = (
        of_attempt("lottery"),
        one_of("holder", SECRET_HOLDERS),
        CheckConstraint(f"length(secret) = {ENCRYPTED_SECRET}", name="secret_length"),
        CheckConstraint(f"length(salt_secret) = {ENCRYPTED_SECRET}", name="salt_secret_length"),
        CheckConstraint("(holder = 'custodians') = (sealing IS NOT NULL)", name="sealed_for_custodians"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(20))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    salt_secret: Mapped[bytes] = mapped_column(LargeBinary)
    sealing: Mapped[str | None] = mapped_column(Text)


class WitnessCommitment(Base):
    """What a witness commits to before C: the digest W of a text he keeps to himself."""

    __tablename__ = "witness_commitment"
    __table_args__ = (
        of_attempt("lottery"),
        ForeignKeyConstraint(
            ["draw_id", "planner_person_id", "approver_person_id"],
            ["draw.id", "draw.planner_person_id", "draw.approver_person_id"],
            name="fk_witness_commitment_persons_of_draw",  # the whole list is too long for PostgreSQL
        ),
        UniqueConstraint("draw_id", "attempt", "person_id"),
        CheckConstraint("person_id <> planner_person_id", name="is_not_the_planner"),
        CheckConstraint("person_id <> approver_person_id", name="is_not_the_approver"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    planner_person_id: Mapped[int]
    approver_person_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class DrawCommitment(Base):
    """The commitment C (承诺) of an attempt and commit.json as told, before any entropy exists."""

    __tablename__ = "draw_commitment"
    __table_args__ = (of_attempt("lottery"), CheckConstraint("length(digest) = 64", name="digest_length"))
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    told: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Publication(Base):
    """Where and when a commitment was made public."""

    __tablename__ = "publication"
    __table_args__ = (of_attempt("draw_commitment"),)
    scope = "of_draw"
    evidence = True

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int]
    attempt: Mapped[int]
    place: Mapped[str] = mapped_column(String(300))
    published_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class WitnessReveal(Base):
    """A witness's text, opened after the commitment and before the reveals are closed."""

    __tablename__ = "witness_reveal"
    __table_args__ = (
        of_attempt("draw_commitment"),
        ForeignKeyConstraint(
            ["draw_id", "attempt", "place"],
            ["witness_commitment.draw_id", "witness_commitment.attempt", "witness_commitment.place"],
        ),
        CheckConstraint("length(revealed) >= 16", name="long_enough"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    revealed: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]


class RevealClosing(Base):
    """The digest R of all reveals; who has none by now is absent. Only now may entropy be entered."""

    __tablename__ = "reveal_closing"
    __table_args__ = (
        of_attempt("draw_commitment"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class EntropyEntry(Base):
    """The outside randomness as one of two persons entered it; a round whose entries differ counts for nothing."""

    __tablename__ = "entropy_entry"
    __table_args__ = (
        of_attempt("reveal_closing"),
        UniqueConstraint("draw_id", "attempt", "round", "person_id"),
        UniqueConstraint("draw_id", "attempt", "round", "place", "entropy"),
        CheckConstraint("place IN (1, 2)", name="place"),
        CheckConstraint("round >= 1", name="round"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entropy: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]


class Opening(Base):
    """The seed: after it nothing is random. Its entropy is what both persons of one round entered."""

    __tablename__ = "opening"
    __table_args__ = (
        of_attempt("reveal_closing"),
        CheckConstraint("length(seed) = 64", name="seed_length"),
        CheckConstraint("first_place = 1 AND second_place = 2", name="both_places"),
        *(
            ForeignKeyConstraint(
                ["draw_id", "attempt", "round", f"{place}_place", "entropy"],
                [f"entropy_entry.{c}" for c in ("draw_id", "attempt", "round", "place", "entropy")],
                name=f"fk_opening_{place}_entry",
            )
            for place in ("first", "second")
        ),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[int]
    first_place: Mapped[int] = mapped_column(default=1)
    second_place: Mapped[int] = mapped_column(default=2)
    entropy: Mapped[str] = mapped_column(String(1000))
    seed: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class DrawFile(Base):
    """A file that the seed decides, to the byte as it goes into the bundle; and what was counted from it, kept beside."""

    __tablename__ = "draw_file"
    __table_args__ = (of_attempt("opening"),)
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DrawnTarget(Base):
    """A drawn target with its place in its stratum; a successor is in the place after the threshold."""

    __tablename__ = "drawn_target"
    __table_args__ = (
        of_attempt("opening"),
        UniqueConstraint("draw_id", "row_index"),
        UniqueConstraint("draw_id", "stratum", "rank"),
        CheckConstraint("attempt = 1", name="targets_are_drawn_once"),
        CheckConstraint("rank >= 1", name="rank"),
        CheckConstraint("length(ticket) = 16", name="ticket_length"),
        ForeignKeyConstraint(["draw_id", "replaces_id"], ["drawn_target.draw_id", "drawn_target.target_id"]),
        UniqueConstraint("draw_id", "replaces_id"),
        Index("ix_drawn_target_target_id", "target_id"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(default=1)
    stratum: Mapped[str] = mapped_column(String(100))
    rank: Mapped[int]
    row_index: Mapped[int]
    ticket: Mapped[str] = mapped_column(String(16))
    replaces_id: Mapped[int | None]  # the voided target whose successor this is

    target: Mapped[Target] = relationship()


class DrawChange(Base):
    """A void, a recusal or a supply after the pairing, in the order of the register; a line of changes.csv."""

    __tablename__ = "draw_change"
    __table_args__ = (
        one_of("kind", CHANGE_KINDS),
        CheckConstraint("seq >= 1", name="counts_from_one"),
        CheckConstraint("(kind = 'supply') = (ground = '')", name="has_a_ground"),
        CheckConstraint("rank BETWEEN 1 AND eligible", name="rank"),
    )
    scope = "of_draw"
    evidence = True

    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200))
    ground: Mapped[str] = mapped_column(String(50))
    note: Mapped[str] = mapped_column(Text, default="")
    approver_role: Mapped[str] = mapped_column(String(20))
    approver_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    result: Mapped[str] = mapped_column(String(100))
    rank: Mapped[int | None]
    eligible: Mapped[int | None]
    at: Mapped[datetime]


class TeamMember(Base):
    """A member of the team (检查组) that a department sends to a target; a change makes a new version of the team."""

    __tablename__ = "team_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["draw_id", "target_id", "department_id"],
            ["visit.draw_id", "visit.target_id", "visit.department_id"],
        ),
        one_of("role", TEAM_ROLES),
        CheckConstraint("version >= 1", name="counts_from_one"),
        Index("ix_team_member_inspector_id", "inspector_id"),
    )
    scope = "visit"
    evidence = True

    draw_id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(10))
    cost: Mapped[int | None] = mapped_column(BigInteger)  # 40 bits of the ticket; NULL in a fixed group
    group: Mapped[int | None] = mapped_column("group_number")
