"""Secrets of draws encrypted, and the custodians who keep shares of the key to them."""

import sqlalchemy as sa
from alembic import context, op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ROLES = (
    "role IN ('registrar', 'legal', 'office', 'planner', 'approver', 'witness', 'custodian', 'inspector', "
    "'reviewer', 'publisher', 'auditor', 'administrator')"
)
_GROUNDS = (
    "void_ground IN ('', 'witness_missing', 'wrong_list', 'shortage', 'cancelled_campaign', 'two_answers', "
    "'entropy_failed', 'secret_lost')"
)


def upgrade() -> None:
    """Encrypt what secrets there are under the key that whoever upgrades brings along; add role, ground and tables."""
    for table in ("role_grant", "deputy"):
        _say_anew(table, f"ck_{table}_role", _ROLES)
    _say_anew("draw", "ck_draw_void_ground", _GROUNDS)
    _make_key_mark()
    _encrypt_secrets()
    _make_custodian()
    _make_custody_key()
    _make_custody_share()
    _make_unlocking()
    _make_unlocked_secret()


def _say_anew(table: str, name: str, condition: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(name), type_="check")
        batch.create_check_constraint(op.f(name), condition)


def _encrypt_secrets() -> None:
    """The table is made anew, and what SQLite frees by that is overwritten: the file keeps no plain secret."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("PRAGMA secure_delete = ON")
    plain = connection.execute(
        sa.text("SELECT draw_id, attempt, secret, salt_secret FROM lottery_secret")
    ).all()
    op.drop_table("lottery_secret")
    table = _make_lottery_secret()
    if not plain:
        return
    key = context.config.attributes["key"]()
    op.execute(sa.text("INSERT INTO key_mark (id, mark) VALUES (1, :mark)").bindparams(mark=key.mark))
    op.bulk_insert(table, [
        {
            "draw_id": draw_id,
            "attempt": attempt,
            "holder": "service",
            "secret": key.encrypt(bytes(secret), "lottery_secret", draw_id, attempt, "secret"),
            "salt_secret": key.encrypt(bytes(salt), "lottery_secret", draw_id, attempt, "salt_secret"),
            "sealing": None,
        }
        for draw_id, attempt, secret, salt in plain
    ])  # fmt: skip


def _make_lottery_secret() -> sa.Table:
    return op.create_table(
        "lottery_secret",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("salt_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealing", sa.Text(), nullable=True),
        sa.CheckConstraint("holder IN ('service', 'custodians')", name=op.f("ck_lottery_secret_holder")),
        sa.CheckConstraint("length(secret) = 60", name=op.f("ck_lottery_secret_secret_length")),
        sa.CheckConstraint("length(salt_secret) = 60", name=op.f("ck_lottery_secret_salt_secret_length")),
        sa.CheckConstraint(
            "(holder = 'custodians') = (sealing IS NOT NULL)",
            name=op.f("ck_lottery_secret_sealed_for_custodians"),
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["lottery.draw_id", "lottery.attempt"],
            name=op.f("fk_lottery_secret_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", name=op.f("pk_lottery_secret")),
    )


def _make_key_mark() -> None:
    op.create_table(
        "key_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_key_mark_one_row")),
        sa.CheckConstraint("length(mark) = 64", name=op.f("ck_key_mark_mark_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_mark")),
    )


def _make_custodian() -> None:
    op.create_table(
        "custodian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("named_by_person_id", sa.Integer(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("named_by_person_id <> person_id", name=op.f("ck_custodian_not_by_oneself")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_custodian_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["named_by_person_id"], ["person.id"], name=op.f("fk_custodian_named_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "person_id"],
            ["user_account.id", "user_account.person_id"],
            name=op.f("fk_custodian_user_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custodian")),
    )
    op.create_index(
        "uq_custodian_in_office",
        "custodian",
        ["department_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _make_custody_key() -> None:
    op.create_table(
        "custody_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("hardness", sa.String(length=50), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(private_key) = 60", name=op.f("ck_custody_key_private_key_length")),
        sa.CheckConstraint("length(public_key) = 32", name=op.f("ck_custody_key_public_key_length")),
        sa.CheckConstraint("length(salt) = 16", name=op.f("ck_custody_key_salt_length")),
        sa.ForeignKeyConstraint(
            ["user_id", "person_id"],
            ["user_account.id", "user_account.person_id"],
            name=op.f("fk_custody_key_user_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_key")),
        sa.UniqueConstraint("id", "person_id", name=op.f("uq_custody_key_id_person_id")),
        sa.UniqueConstraint("public_key", name=op.f("uq_custody_key_public_key")),
    )


def _make_custody_share() -> None:
    op.create_table(
        "custody_share",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("planner_person_id", sa.Integer(), nullable=False),
        sa.Column("approver_person_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("ephemeral", sa.LargeBinary(), nullable=False),
        sa.Column("share", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(ephemeral) = 32", name=op.f("ck_custody_share_ephemeral_length")),
        sa.CheckConstraint("length(share) = 60", name=op.f("ck_custody_share_share_length")),
        sa.CheckConstraint(
            "person_id <> approver_person_id", name=op.f("ck_custody_share_is_not_the_approver")
        ),
        sa.CheckConstraint(
            "person_id <> planner_person_id", name=op.f("ck_custody_share_is_not_the_planner")
        ),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f("ck_custody_share_place")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["lottery_secret.draw_id", "lottery_secret.attempt"],
            name=op.f("fk_custody_share_draw_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "planner_person_id", "approver_person_id"],
            ["draw.id", "draw.planner_person_id", "draw.approver_person_id"],
            name="fk_custody_share_persons_of_draw",
        ),
        sa.ForeignKeyConstraint(
            ["key_id", "person_id"],
            ["custody_key.id", "custody_key.person_id"],
            name=op.f("fk_custody_share_key_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", "place", name=op.f("pk_custody_share")),
        sa.UniqueConstraint(
            "draw_id", "attempt", "person_id", name=op.f("uq_custody_share_draw_id_attempt_person_id")
        ),
    )
    op.create_index("ix_custody_share_person_id", "custody_share", ["person_id"])


def _make_unlocking() -> None:
    op.create_table(
        "unlocking",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("share", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(share) = 60", name=op.f("ck_unlocking_share_length")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt", "place"],
            ["custody_share.draw_id", "custody_share.attempt", "custody_share.place"],
            name=op.f("fk_unlocking_draw_id_attempt_place"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", "place", name=op.f("pk_unlocking")),
    )


def _make_unlocked_secret() -> None:
    op.create_table(
        "unlocked_secret",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("salt_secret", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(salt_secret) = 60", name=op.f("ck_unlocked_secret_salt_secret_length")),
        sa.CheckConstraint("length(secret) = 60", name=op.f("ck_unlocked_secret_secret_length")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["lottery_secret.draw_id", "lottery_secret.attempt"],
            name=op.f("fk_unlocked_secret_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", name=op.f("pk_unlocked_secret")),
    )
