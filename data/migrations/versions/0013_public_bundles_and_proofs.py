"""Public bundles, and how a target comes to its own proof: tokens, codes given out, attempts that are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make four tables."""
    op.create_table(
        "proof_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(subject) = 64", name=op.f("ck_proof_attempt_subject_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_attempt")),
    )
    with op.batch_alter_table("proof_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_proof_attempt_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_proof_attempt_subject_at", ["subject", "at"], unique=False)

    op.create_table(
        "proof_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("row_index", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_proof_code_digest_length")),
        sa.CheckConstraint("length(subject) = 64", name=op.f("ck_proof_code_subject_length")),
        sa.CheckConstraint("row_index >= 0", name=op.f("ck_proof_code_row_index")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_proof_code_draw_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proof_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_proof_code_digest")),
    )
    with op.batch_alter_table("proof_code", schema=None) as batch_op:
        batch_op.create_index("ix_proof_code_ends_at", ["ends_at"], unique=False)

    op.create_table(
        "proof_token",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("row_index", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_proof_token_digest_length")),
        sa.CheckConstraint("row_index >= 0", name=op.f("ck_proof_token_row_index")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_proof_token_draw_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_proof_token")),
    )
    with op.batch_alter_table("proof_token", schema=None) as batch_op:
        batch_op.create_index("ix_proof_token_ends_at", ["ends_at"], unique=False)

    op.create_table(
        "public_bundle",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_public_bundle_digest_length")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_public_bundle_draw_id")),
        sa.PrimaryKeyConstraint("draw_id", name=op.f("pk_public_bundle")),
    )
