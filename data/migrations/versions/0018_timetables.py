"""Timetables: their limit, what found no day, days without inspections, and when a target can be visited."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make four tables; visits keep the days they have."""
    op.create_table(
        "timetable",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("most BETWEEN 1 AND 20", name=op.f("ck_timetable_most")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_timetable_draw_id")),
        sa.PrimaryKeyConstraint("draw_id", name=op.f("pk_timetable")),
    )
    op.create_table(
        "unplaced_target",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("inspectors", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "reason IN ('no_day', 'away', 'full', 'together', 'not_found')",
            name=op.f("ck_unplaced_target_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "target_id"],
            ["drawn_target.draw_id", "drawn_target.target_id"],
            name=op.f("fk_unplaced_target_draw_id_target_id"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "target_id", name=op.f("pk_unplaced_target")),
    )
    op.create_table(
        "blackout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        *_days("blackout"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_blackout_campaign_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_blackout_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blackout")),
    )
    op.create_index("ix_blackout_campaign_id", "blackout", ["campaign_id"])
    op.create_table(
        "target_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        *_days("target_window"),
        sa.CheckConstraint("kind IN ('closed', 'season')", name=op.f("ck_target_window_kind")),
        sa.ForeignKeyConstraint(
            ["draw_id", "target_id"],
            ["drawn_target.draw_id", "drawn_target.target_id"],
            name=op.f("fk_target_window_draw_id_target_id"),
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_target_window_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_window")),
    )
    op.create_index("ix_target_window_draw_id_target_id", "target_window", ["draw_id", "target_id"])


def _days(table: str) -> tuple[sa.Column[object] | sa.CheckConstraint, ...]:
    """First and last day with the reason, as two of the tables have them."""
    return (
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f(f"ck_{table}_ends_after_it_begins")),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{table}_has_a_reason")),
    )
