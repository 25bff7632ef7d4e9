"""The weights by which a campaign draws its strata."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add stratum_weight; no campaign there is draws by weight."""
    op.create_table(
        "stratum_weight",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=100), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_stratum_weight_weight")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_stratum_weight_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "stratum", name=op.f("pk_stratum_weight")),
    )
