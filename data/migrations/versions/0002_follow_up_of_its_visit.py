"""A follow-up belongs to the visit of its result; indexes for the questions of whom a row concerns."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Alter two tables and add four indexes."""
    with op.batch_alter_table("result") as result:
        result.create_unique_constraint("uq_result_id_visit_id", ["id", "visit_id"])
    with op.batch_alter_table("follow_up") as follow_up:
        follow_up.drop_constraint("fk_follow_up_result_id", type_="foreignkey")
        follow_up.create_foreign_key(
            "fk_follow_up_result_id_visit_id", "result", ["result_id", "visit_id"], ["id", "visit_id"]
        )
    op.create_index("ix_campaign_department_department_id", "campaign_department", ["department_id"])
    op.create_index("ix_drawn_target_target_id", "drawn_target", ["target_id"])
    op.create_index("ix_team_member_inspector_id", "team_member", ["inspector_id"])
    op.create_index("ix_visit_department_id_state", "visit", ["department_id", "state"])
