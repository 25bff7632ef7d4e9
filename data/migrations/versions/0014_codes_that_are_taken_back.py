"""Codes end when the same target gets another one, and attempts are counted by where they come from alone."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column and drop one; what codes there are, stay good until they are used or end."""
    with op.batch_alter_table("proof_code", recreate="always") as code:
        code.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        code.create_check_constraint(
            op.f("ck_proof_code_used_or_ended"), "used_at IS NULL OR ended_at IS NULL"
        )
    op.drop_index("ix_proof_attempt_subject_at", "proof_attempt")
    with op.batch_alter_table("proof_attempt") as attempt:
        attempt.drop_constraint(op.f("ck_proof_attempt_subject_length"), type_="check")
        attempt.drop_column("subject")
