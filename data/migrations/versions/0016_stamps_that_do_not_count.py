"""Time stamps that count as no publication, and the class of a stratum on a line of its own in SQLite too."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a time stamp stand without a publication; say anew what 0008 had added to lottery."""
    with op.batch_alter_table("time_stamp") as time_stamp:
        time_stamp.alter_column("publication_id", existing_type=sa.Integer(), nullable=True)
    _make_lottery_anew()


def _make_lottery_anew() -> None:
    # 0008 had SQLite write its column on the line of the one before, where no test of the rules finds it
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("lottery", recreate=recreate):
        pass
