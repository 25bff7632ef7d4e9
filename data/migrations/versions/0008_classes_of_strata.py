"""Which class an opaque name of a stratum stands for, kept with the frozen lists for those who may know it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add lottery.classes; of the draws there are, nobody has kept it."""
    op.add_column("lottery", sa.Column("classes", sa.Text(), nullable=True))
