"""What is to follow from a result stands in it from its entry on; before, it was not asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add result.measures, empty for the results there are."""
    with op.batch_alter_table("result") as result:
        result.add_column(sa.Column("measures", sa.String(length=1000), nullable=False, server_default=""))
    with op.batch_alter_table("result") as result:
        result.alter_column("measures", server_default=None, existing_type=sa.String(length=1000))
