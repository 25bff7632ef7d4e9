"""Second persons of custody: who has compared a custodian's key with him, and who has confirmed that custody ends."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make two tables; keys of before are confirmed by nobody yet."""
    op.create_table(
        "key_confirmation",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("by_person_id <> person_id", name=op.f("ck_key_confirmation_not_by_oneself")),
        sa.ForeignKeyConstraint(
            ["by_user_id", "by_person_id"],
            ["user_account.id", "user_account.person_id"],
            name=op.f("fk_key_confirmation_by_user_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["key_id", "person_id"],
            ["custody_key.id", "custody_key.person_id"],
            name=op.f("fk_key_confirmation_key_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_confirmation")),
    )
    op.create_table(
        "custody_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_person_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_user_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_person_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_by_person_id <> proposed_by_person_id", name=op.f("ck_custody_end_not_by_oneself")
        ),
        sa.CheckConstraint(
            "(confirmed_by_user_id IS NULL) = (confirmed_at IS NULL) "
            "AND (confirmed_by_person_id IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_custody_end_confirmed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_user_id", "confirmed_by_person_id"],
            ["user_account.id", "user_account.person_id"],
            name=op.f("fk_custody_end_confirmed_by_user_id_confirmed_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_custody_end_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_person_id"], ["person.id"], name=op.f("fk_custody_end_proposed_by_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_end")),
    )
    op.create_index("ix_custody_end_department_id", "custody_end", ["department_id"])
