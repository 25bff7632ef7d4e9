"""Bars by rule: what inspectors declare, where they live, which rules a campaign wants, and what each rule took out."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SETTINGS = (
    ("former_employer_years", sa.Integer(), "0"),
    ("rotation", sa.Integer(), "0"),
    ("same_street", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    """Make three tables; campaigns there are were planned without these rules and stay so."""
    op.create_table(
        "declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_code", sa.String(length=50), nullable=False),
        sa.Column("target_name", sa.String(length=1000), nullable=False),
        sa.Column("relative", sa.String(length=100), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('interest', 'kinship', 'former_employer', 'shareholding')",
            name=op.f("ck_declaration_kind"),
        ),
        sa.CheckConstraint(
            "target_code <> '' OR target_name <> ''", name=op.f("ck_declaration_names_a_target")
        ),
        sa.CheckConstraint("until >= since", name=op.f("ck_declaration_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["inspector_id"], ["inspector.id"], name=op.f("fk_declaration_inspector_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
        sa.UniqueConstraint(
            "inspector_id",
            "kind",
            "target_code",
            "target_name",
            name=op.f("uq_declaration_inspector_id_kind_target_code_target_name"),
        ),
    )
    op.create_table(
        "residence",
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("street", sa.String(length=9), nullable=False),
        sa.CheckConstraint("length(street) = 9", name=op.f("ck_residence_street")),
        sa.ForeignKeyConstraint(["inspector_id"], ["inspector.id"], name=op.f("fk_residence_inspector_id")),
        sa.PrimaryKeyConstraint("inspector_id", name=op.f("pk_residence")),
    )
    op.create_table(
        "bar_count",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("pairs", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "rule IN ('all', 'not_active', 'no_certificate', 'certificate_expires', 'away', 'registered', "
            "'interest', 'kinship', 'former_employer', 'shareholding', 'rotation', 'street', 'region')",
            name=op.f("ck_bar_count_rule"),
        ),
        sa.CheckConstraint("added <= pairs", name=op.f("ck_bar_count_added")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["lottery.draw_id", "lottery.attempt"],
            name=op.f("fk_bar_count_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", "rule", name=op.f("pk_bar_count")),
    )
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("campaign", recreate=recreate) as campaign:
        for name, kind, before in _SETTINGS:
            campaign.add_column(sa.Column(name, kind, nullable=False, server_default=before))
        for name in ("former_employer_years", "rotation"):
            campaign.create_check_constraint(op.f(f"ck_campaign_{name}"), f"{name} >= 0")
    with op.batch_alter_table("campaign") as campaign:
        for name, kind, _ in _SETTINGS:
            campaign.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
