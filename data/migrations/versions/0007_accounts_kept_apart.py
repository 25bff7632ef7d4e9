"""Passwords that somebody else has set, roles that are revoked at once, and lockouts that are told once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three columns; what passwords there are, are their owners'."""
    with op.batch_alter_table("user_account") as account:
        provisional: sa.Column[bool] = sa.Column(
            "password_is_provisional", sa.Boolean(), nullable=False, server_default=sa.false()
        )
        account.add_column(provisional)
    with op.batch_alter_table("user_account") as account:
        account.alter_column("password_is_provisional", server_default=None, existing_type=sa.Boolean())
    with op.batch_alter_table("role_grant") as grant:
        grant.add_column(sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
        grant.drop_constraint("uq_role_grant_user_id_role_department_id_valid_from", type_="unique")
    op.create_index(
        "uq_role_grant_not_revoked",
        "role_grant",
        ["user_id", "role", "department_id", "valid_from"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    with op.batch_alter_table("login_attempt") as attempt:
        attempt.add_column(sa.Column("lockout", sa.String(length=20), nullable=True))
        attempt.create_check_constraint(
            op.f("ck_login_attempt_lockout"), "lockout IN ('both', 'login', 'address')"
        )
