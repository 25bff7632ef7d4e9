"""What is signed of the ledger: checkpoints of its chains, and those that departments hold outside."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_DAILY, _ACT = sa.text("reason = 'daily'"), sa.text("reason <> 'daily'")


def upgrade() -> None:
    """Make two tables, and the index by which acts that call for a checkpoint are found."""
    op.create_table(
        "ledger_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("sm3_root", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("vkey", sa.String(length=400), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("sm3_peaks", sa.LargeBinary(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('commit', 'draw', 'disclosure', 'daily')", name=op.f("ck_ledger_checkpoint_reason")
        ),
        sa.CheckConstraint("chain IN ('business', 'security')", name=op.f("ck_ledger_checkpoint_chain")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_ledger_checkpoint_signs_some_line")),
        sa.CheckConstraint(
            "length(root) = 64 AND length(sm3_root) = 64", name=op.f("ck_ledger_checkpoint_root_length")
        ),
        sa.CheckConstraint(
            "(sm3_root IS NULL) = (sm3_peaks IS NULL)", name=op.f("ck_ledger_checkpoint_sm3_or_not")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checkpoint")),
    )
    for name, columns, where in (
        ("uq_ledger_checkpoint_daily", ["chain", "day"], _DAILY),
        ("uq_ledger_checkpoint_act", ["chain", "size"], _ACT),
    ):
        op.create_index(
            name, "ledger_checkpoint", columns, unique=True, sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_ledger_checkpoint_size", "ledger_checkpoint", ["chain", "size"])
    op.create_table(
        "held_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('consistent', 'other_root', 'cut_off')", name=op.f("ck_held_checkpoint_verdict")
        ),
        sa.CheckConstraint("chain IN ('business', 'security')", name=op.f("ck_held_checkpoint_chain")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_held_checkpoint_signs_some_line")),
        sa.CheckConstraint("length(root) = 64", name=op.f("ck_held_checkpoint_root_length")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_held_checkpoint_department_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_held_checkpoint_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_checkpoint")),
        sa.UniqueConstraint(
            "department_id",
            "chain",
            "size",
            "root",
            name=op.f("uq_held_checkpoint_department_id_chain_size_root"),
        ),
    )
    op.create_index("ix_ledger_action", "ledger", ["chain", "action", "seq"])
