"""The index of targets. It is filled after the last revision, as the guards are made (data/migrations)."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make three tables, and the indexes by which labels and permits are asked for."""
    op.create_table(
        "target_index",
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("part", "block", name=op.f("pk_target_index")),
    )
    op.create_table(
        "target_index_reach",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_target_index_reach_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_index_reach")),
    )
    op.create_table(
        "target_changed",
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("target_id", name=op.f("pk_target_changed")),
    )
    op.create_index("ix_target_label_label", "target_label", ["label"])
    op.create_index("ix_permit_registry_code", "permit", ["registry_code"])
