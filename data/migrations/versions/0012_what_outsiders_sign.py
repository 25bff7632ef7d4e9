"""Time stamps of commitments, and signatures of beacons."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make two tables."""
    op.create_table(
        "time_stamp",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("serial", sa.String(length=100), nullable=False),
        sa.Column("policy", sa.String(length=200), nullable=False),
        sa.Column("signer", sa.String(length=1000), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["draw_commitment.draw_id", "draw_commitment.attempt"],
            name=op.f("fk_time_stamp_draw_id_attempt"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_time_stamp_person_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_time_stamp_publication_id")
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", name=op.f("pk_time_stamp")),
        sa.UniqueConstraint("publication_id", name=op.f("uq_time_stamp_publication_id")),
    )
    op.create_table(
        "beacon_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=192), nullable=False),
        sa.Column("previous", sa.String(length=192), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length(signature) IN (96, 192)", name=op.f("ck_beacon_signature_signature_length")
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["opening.draw_id", "opening.attempt"],
            name=op.f("fk_beacon_signature_draw_id_attempt"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_beacon_signature_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beacon_signature")),
        sa.UniqueConstraint(
            "draw_id",
            "attempt",
            "signature",
            "previous",
            name=op.f("uq_beacon_signature_draw_id_attempt_signature_previous"),
        ),
    )
