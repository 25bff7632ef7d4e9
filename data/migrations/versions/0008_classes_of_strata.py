"""Which class an opaque name of a stratum stands for, kept with the frozen lists for those who may know it."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add lottery.classes; of the draws there are, nobody has kept it."""
    # made anew, or SQLite writes the column on the line of the one before, where no test of the rules finds it
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("lottery", recreate=recreate) as lottery:
        lottery.add_column(sa.Column("classes", sa.Text(), nullable=True))
