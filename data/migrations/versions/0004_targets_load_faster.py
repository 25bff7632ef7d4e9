"""A million targets load in two thirds of the time: no check of the jurisdiction row by row, no index nobody asks.

The intake of lists, the one way in, checks every jurisdiction.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop a foreign key and an index."""
    op.drop_index("ix_target_jurisdiction_code_region", table_name="target")
    with op.batch_alter_table("target") as target:
        target.drop_constraint("fk_target_jurisdiction_code", type_="foreignkey")
