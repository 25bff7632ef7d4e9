"""The first schema: every table, with its rules by name. Its guards are no part of it (data/migrations/__init__.py)."""

# ruff: noqa: E501 - a rule stands in one line, as the database tells it

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("notice_year", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "deadline_rule",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("jurisdiction_code", sa.String(length=12), nullable=False),
        sa.Column("jurisdiction", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("counts_trigger_day", sa.Boolean(), nullable=False),
        sa.Column("for_joint", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(unit IN ('wd', 'day') AND n >= 1) OR (unit NOT IN ('wd', 'day') AND n = 0)",
            name=op.f("ck_deadline_rule_n_fits_unit"),
        ),
        sa.CheckConstraint("for_joint IN ('first', 'last', 'each')", name=op.f("ck_deadline_rule_for_joint")),
        sa.CheckConstraint(
            "unit IN ('wd', 'day', 'realtime', 'quarter_end')", name=op.f("ck_deadline_rule_unit")
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_deadline_rule_ends_after_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_rule")),
        sa.UniqueConstraint(
            "jurisdiction_code",
            "event",
            "valid_from",
            name=op.f("uq_deadline_rule_jurisdiction_code_event_valid_from"),
        ),
    )
    op.create_table(
        "jurisdiction",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("superior_code", sa.String(length=12), nullable=True),
        sa.CheckConstraint("superior_code <> code", name=op.f("ck_jurisdiction_not_its_own_superior")),
        sa.ForeignKeyConstraint(
            ["superior_code"], ["jurisdiction.code"], name=op.f("fk_jurisdiction_superior_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_jurisdiction")),
    )
    op.create_table(
        "ledger",
        sa.Column("chain", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("chain IN ('business', 'security')", name=op.f("ck_ledger_chain")),
        sa.CheckConstraint(
            "length(prev_hash) = 64 AND length(hash) = 64", name=op.f("ck_ledger_hash_length")
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_ledger_counts_from_one")),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_ledger")),
        sa.UniqueConstraint("chain", "prev_hash", name=op.f("uq_ledger_chain_prev_hash")),
        sa.UniqueConstraint("hash", name=op.f("uq_ledger_hash")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_number", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("staff_number", name=op.f("uq_person_staff_number")),
    )
    op.create_table(
        "result_code",
        sa.Column("code_list", sa.String(length=50), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_result_code_ends_after_it_begins")),
        sa.PrimaryKeyConstraint("code_list", "code", name=op.f("pk_result_code")),
    )
    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("jurisdiction_code", sa.String(length=12), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("closed_on >= opened_on", name=op.f("ck_department_closes_after_it_opens")),
        sa.CheckConstraint("successor_id <> id", name=op.f("ck_department_not_its_own_successor")),
        sa.CheckConstraint(
            "successor_id IS NULL OR closed_on IS NOT NULL", name=op.f("ck_department_succeeded_when_closed")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_code"], ["jurisdiction.code"], name=op.f("fk_department_jurisdiction_code")
        ),
        sa.ForeignKeyConstraint(["successor_id"], ["department.id"], name=op.f("fk_department_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("code", name=op.f("uq_department_code")),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("code_kind", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=1000), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("industry", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("business", sa.Text(), nullable=False),
        sa.Column("capital", sa.String(length=100), nullable=False),
        sa.Column("established_on", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("risk_class", sa.String(length=1), nullable=False),
        sa.Column("abnormal", sa.Boolean(), nullable=False),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("jurisdiction_code", sa.String(length=12), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_target_has_a_code")),
        sa.CheckConstraint(
            "code_kind IN ('uscc', 'registration', 'other')", name=op.f("ck_target_code_kind")
        ),
        sa.CheckConstraint(
            "kind IN ('organisation', 'person', 'product', 'project')", name=op.f("ck_target_kind")
        ),
        sa.CheckConstraint(
            "risk_class IN ('A', 'B', 'C', 'D') OR risk_class = ''", name=op.f("ck_target_risk_class")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'cancelled', 'revoked', 'moved')", name=op.f("ck_target_state")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_code"], ["jurisdiction.code"], name=op.f("fk_target_jurisdiction_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("code", name=op.f("uq_target_code")),
    )
    op.create_index(
        "ix_target_jurisdiction_code_region", "target", ["jurisdiction_code", "region"], unique=False
    )

    op.create_table(
        "annual_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("planner_person_id", sa.Integer(), nullable=False),
        sa.Column("approver_person_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'published', 'running', 'finished', 'withdrawn')",
            name=op.f("ck_annual_plan_state"),
        ),
        sa.CheckConstraint(
            "approver_person_id <> planner_person_id", name=op.f("ck_annual_plan_planner_is_not_approver")
        ),
        sa.CheckConstraint("year BETWEEN 2000 AND 2200", name=op.f("ck_annual_plan_year")),
        sa.ForeignKeyConstraint(
            ["approver_person_id"], ["person.id"], name=op.f("fk_annual_plan_approver_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_annual_plan_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["planner_person_id"], ["person.id"], name=op.f("fk_annual_plan_planner_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_plan")),
        sa.UniqueConstraint(
            "department_id", "year", "number", name=op.f("uq_annual_plan_department_id_year_number")
        ),
    )
    op.create_table(
        "department_name",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_department_name_department_id")
        ),
        sa.PrimaryKeyConstraint("department_id", "valid_from", name=op.f("pk_department_name")),
    )
    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_import_department_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_import_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_table(
        "inspection_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_inspection_item_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_item")),
        sa.UniqueConstraint("department_id", "code", name=op.f("uq_inspection_item_department_id_code")),
    )
    op.create_table(
        "inspector",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("qualifications", sa.String(length=1000), nullable=False),
        sa.Column("home", sa.String(length=20), nullable=False),
        sa.Column("regions", sa.String(length=1000), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=50), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended', 'left')", name=op.f("ck_inspector_state")),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_inspector_capacity_not_negative")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_inspector_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspector")),
        sa.UniqueConstraint("code", name=op.f("uq_inspector_code")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(length=100), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'running' AND owner IS NOT NULL AND lease_until IS NOT NULL AND attempts >= 1) OR (state <> 'running' AND owner IS NULL AND lease_until IS NULL)",
            name=op.f("ck_job_leased_while_running"),
        ),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (finished_at IS NULL)", name=op.f("ck_job_finished_when_over")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'parked')", name=op.f("ck_job_state")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_job_attempts_counted")),
        sa.CheckConstraint(
            "progress >= 0 AND (total IS NULL OR total >= 0)", name=op.f("ck_job_progress_counted")
        ),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_job_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_state", "job", ["state", "id"], unique=False)

    op.create_table(
        "obligation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(length=80), nullable=False),
        sa.Column("jurisdiction_code", sa.String(length=12), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("triggered_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("computation", sa.JSON(), nullable=False),
        sa.Column("fulfilled_on", sa.Date(), nullable=True),
        sa.CheckConstraint("due_on >= triggered_on", name=op.f("ck_obligation_due_after_trigger")),
        sa.CheckConstraint(
            "fulfilled_on >= triggered_on", name=op.f("ck_obligation_fulfilled_after_trigger")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_obligation_department_id")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["deadline_rule.id"], name=op.f("fk_obligation_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint(
            "rule_id",
            "subject_kind",
            "subject_id",
            "department_id",
            name=op.f("uq_obligation_rule_id_subject_kind_subject_id_department_id"),
        ),
    )
    op.create_index(
        "ix_obligation_open",
        "obligation",
        ["due_on"],
        unique=False,
        sqlite_where=sa.text("fulfilled_on IS NULL"),
        postgresql_where=sa.text("fulfilled_on IS NULL"),
    )
    op.create_index("ix_obligation_subject", "obligation", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "special_registry",
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=50), nullable=False),
        sa.Column("qualification", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_special_registry_department_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_special_registry")),
    )
    op.create_table(
        "target_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=50), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_target_label_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_target_label_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_label")),
        sa.UniqueConstraint(
            "target_id", "label", "valid_from", name=op.f("uq_target_label_target_id_label_valid_from")
        ),
    )
    op.create_table(
        "annual_plan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("first_month", sa.Integer(), nullable=False),
        sa.Column("last_month", sa.Integer(), nullable=False),
        sa.Column("ratio", sa.String(length=20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_month BETWEEN 1 AND 12", name=op.f("ck_annual_plan_line_first_month")),
        sa.CheckConstraint(
            "last_month BETWEEN first_month AND 12", name=op.f("ck_annual_plan_line_last_month")
        ),
        sa.CheckConstraint("times >= 1", name=op.f("ck_annual_plan_line_at_least_once")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["inspection_item.id"], name=op.f("fk_annual_plan_line_item_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["annual_plan.id"], name=op.f("fk_annual_plan_line_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_plan_line")),
        sa.UniqueConstraint("plan_id", "place", name=op.f("uq_annual_plan_line_plan_id_place")),
    )
    op.create_table(
        "bar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "source IN ('declared', 'registry', 'recusal', 'departure')", name=op.f("ck_bar_source")
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_bar_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["inspector_id"], ["inspector.id"], name=op.f("fk_bar_inspector_id")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_bar_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar")),
        sa.UniqueConstraint(
            "inspector_id", "target_id", "ground", name=op.f("uq_bar_inspector_id_target_id_ground")
        ),
    )
    op.create_index("ix_bar_target_id", "bar", ["target_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("number", sa.String(length=50), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["inspector_id"], ["inspector.id"], name=op.f("fk_certificate_inspector_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_certificate_kind_number")),
    )
    op.create_table(
        "item_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("category", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=1000), nullable=False),
        sa.Column("sub_item", sa.String(length=1000), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=1000), nullable=False),
        sa.Column("target_type", sa.String(length=1000), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("methods", sa.String(length=1000), nullable=False),
        sa.Column("item_class", sa.String(length=10), nullable=False),
        sa.Column("ratio_least", sa.String(length=20), nullable=False),
        sa.Column("ratio_most", sa.String(length=20), nullable=False),
        sa.Column("times_least", sa.Integer(), nullable=True),
        sa.Column("times_most", sa.Integer(), nullable=True),
        sa.Column("qualification", sa.String(length=200), nullable=False),
        sa.Column("responsible_office", sa.String(length=200), nullable=False),
        sa.Column("editor", sa.String(length=200), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("item_class IN ('general', 'key')", name=op.f("ck_item_version_item_class")),
        sa.CheckConstraint(
            "state IN ('draft', 'legal_review', 'office_confirmation', 'published', 'superseded', 'retired')",
            name=op.f("ck_item_version_state"),
        ),
        sa.CheckConstraint("times_most >= times_least", name=op.f("ck_item_version_frequency_in_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_item_version_counts_from_one")),
        sa.ForeignKeyConstraint(["item_id"], ["inspection_item.id"], name=op.f("fk_item_version_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_version")),
        sa.UniqueConstraint("item_id", "version", name=op.f("uq_item_version_item_id_version")),
    )
    op.create_index(
        "uq_item_version_in_approval",
        "item_version",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'legal_review', 'office_confirmation')"),
        postgresql_where=sa.text("state IN ('draft', 'legal_review', 'office_confirmation')"),
    )
    op.create_index(
        "uq_item_version_published",
        "item_version",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )

    op.create_table(
        "leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_leave_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["inspector_id"], ["inspector.id"], name=op.f("fk_leave_inspector_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
        sa.UniqueConstraint("inspector_id", "first_day", name=op.f("uq_leave_inspector_id_first_day")),
    )
    op.create_table(
        "pair_bar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "source IN ('declared', 'registry', 'recusal', 'departure')", name=op.f("ck_pair_bar_source")
        ),
        sa.CheckConstraint("inspector_id < other_id", name=op.f("ck_pair_bar_smaller_first")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_pair_bar_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["inspector_id"], ["inspector.id"], name=op.f("fk_pair_bar_inspector_id")),
        sa.ForeignKeyConstraint(["other_id"], ["inspector.id"], name=op.f("fk_pair_bar_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_bar")),
        sa.UniqueConstraint(
            "inspector_id", "other_id", "ground", name=op.f("uq_pair_bar_inspector_id_other_id_ground")
        ),
    )
    op.create_index("ix_pair_bar_other_id", "pair_bar", ["other_id"], unique=False)

    op.create_table(
        "permit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("registry_code", sa.String(length=50), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.CheckConstraint("state IN ('valid', 'expired', 'withdrawn')", name=op.f("ck_permit_state")),
        sa.CheckConstraint("expires_on >= approved_on", name=op.f("ck_permit_expires_after_approval")),
        sa.ForeignKeyConstraint(
            ["registry_code"], ["special_registry.code"], name=op.f("fk_permit_registry_code")
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_permit_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit")),
        sa.UniqueConstraint(
            "target_id", "registry_code", "number", name=op.f("uq_permit_target_id_registry_code_number")
        ),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("inspector_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f("ck_user_account_state")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_user_account_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["inspector.id"], name=op.f("fk_user_account_inspector_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("id", "person_id", name=op.f("uq_user_account_id_person_id")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("lead_department_id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_code", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("plan_line_id", sa.Integer(), nullable=True),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("planner_person_id", sa.Integer(), nullable=False),
        sa.Column("approver_person_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("strata_by", sa.String(length=20), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("at_least_one", sa.Boolean(), nullable=False),
        sa.Column("teams", sa.String(length=20), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=True),
        sa.Column("objectives", sa.String(length=50), nullable=False),
        sa.Column("entropy", sa.String(length=200), nullable=False),
        sa.Column("draw_by", sa.Date(), nullable=True),
        sa.Column("exclude_days", sa.Integer(), nullable=False),
        sa.Column("yearly_cap", sa.Integer(), nullable=True),
        sa.Column("cap_exception", sa.String(length=30), nullable=False),
        sa.Column("most_voids", sa.Integer(), nullable=False),
        sa.Column("most_recusals", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(source = 'annual_plan') = (plan_line_id IS NOT NULL)",
            name=op.f("ck_campaign_line_when_planned"),
        ),
        sa.CheckConstraint(
            "(teams = 'fixed') = (groups IS NOT NULL)", name=op.f("ck_campaign_groups_when_fixed")
        ),
        sa.CheckConstraint("kind IN ('targeted', 'untargeted')", name=op.f("ck_campaign_kind")),
        sa.CheckConstraint("source IN ('annual_plan', 'temporary')", name=op.f("ck_campaign_source")),
        sa.CheckConstraint(
            "state IN ('draft', 'invited', 'submitted', 'approved', 'drawing', 'inspecting', 'closed', 'cancelled')",
            name=op.f("ck_campaign_state"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'invited', 'submitted', 'cancelled') OR approver_person_id IS NOT NULL",
            name=op.f("ck_campaign_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "strata_by IN ('none', 'risk_class', 'region', 'type')", name=op.f("ck_campaign_strata_by")
        ),
        sa.CheckConstraint("teams IN ('per_target', 'fixed')", name=op.f("ck_campaign_teams")),
        sa.CheckConstraint(
            "approver_person_id <> planner_person_id", name=op.f("ck_campaign_planner_is_not_approver")
        ),
        sa.CheckConstraint("exclude_days >= 0", name=op.f("ck_campaign_exclude_days")),
        sa.CheckConstraint("groups >= 1", name=op.f("ck_campaign_groups")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_campaign_ends_after_it_begins")),
        sa.CheckConstraint("most_recusals >= 0", name=op.f("ck_campaign_most_recusals")),
        sa.CheckConstraint("most_voids >= 0", name=op.f("ck_campaign_most_voids")),
        sa.CheckConstraint("total >= 1", name=op.f("ck_campaign_total")),
        sa.CheckConstraint("yearly_cap >= 1", name=op.f("ck_campaign_yearly_cap")),
        sa.ForeignKeyConstraint(
            ["approver_person_id"], ["person.id"], name=op.f("fk_campaign_approver_person_id")
        ),
        sa.ForeignKeyConstraint(["copied_from_id"], ["campaign.id"], name=op.f("fk_campaign_copied_from_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_code"], ["jurisdiction.code"], name=op.f("fk_campaign_jurisdiction_code")
        ),
        sa.ForeignKeyConstraint(
            ["lead_department_id"], ["department.id"], name=op.f("fk_campaign_lead_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_line_id"], ["annual_plan_line.id"], name=op.f("fk_campaign_plan_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["planner_person_id"], ["person.id"], name=op.f("fk_campaign_planner_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
        sa.UniqueConstraint("id", "planner_person_id", name=op.f("uq_campaign_id_planner_person_id")),
    )
    op.create_table(
        "deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "role IN ('registrar', 'legal', 'office', 'planner', 'approver', 'witness', 'inspector', 'reviewer', 'publisher', 'auditor', 'administrator')",
            name=op.f("ck_deputy_role"),
        ),
        sa.CheckConstraint("deputy_id <> user_id", name=op.f("ck_deputy_not_oneself")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_deputy_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["deputy_id"], ["user_account.id"], name=op.f("fk_deputy_deputy_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_deputy_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    op.create_table(
        "item_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_item_approval_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["item_version.id"], name=op.f("fk_item_approval_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_approval")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_by_person_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('registrar', 'legal', 'office', 'planner', 'approver', 'witness', 'inspector', 'reviewer', 'publisher', 'auditor', 'administrator')",
            name=op.f("ck_role_grant_role"),
        ),
        sa.CheckConstraint("granted_by_person_id <> person_id", name=op.f("ck_role_grant_not_by_oneself")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_role_grant_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_role_grant_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_person_id"], ["person.id"], name=op.f("fk_role_grant_granted_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "person_id"],
            ["user_account.id", "user_account.person_id"],
            name=op.f("fk_role_grant_user_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "department_id",
            "valid_from",
            name=op.f("uq_role_grant_user_id_role_department_id_valid_from"),
        ),
    )
    op.create_table(
        "campaign_department",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_by_person_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("lead_qualification", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(place = 0) <= (answer = 'accepted')", name=op.f("ck_campaign_department_the_lead_takes_part")
        ),
        sa.CheckConstraint(
            "answer IN ('invited', 'accepted', 'declined')", name=op.f("ck_campaign_department_answer")
        ),
        sa.CheckConstraint(
            "leads = 0 OR lead_qualification <> ''", name=op.f("ck_campaign_department_leads_are_qualified")
        ),
        sa.CheckConstraint("leads BETWEEN 0 AND size", name=op.f("ck_campaign_department_leads")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_campaign_department_size")),
        sa.ForeignKeyConstraint(
            ["answered_by_person_id"],
            ["person.id"],
            name=op.f("fk_campaign_department_answered_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_department_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_campaign_department_department_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "department_id", name=op.f("pk_campaign_department")),
        sa.UniqueConstraint("campaign_id", "place", name=op.f("uq_campaign_department_campaign_id_place")),
    )
    op.create_table(
        "campaign_item",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("item_version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_item_campaign_id")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_version.id"], name=op.f("fk_campaign_item_item_version_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "item_version_id", name=op.f("pk_campaign_item")),
    )
    op.create_table(
        "condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("accepted_values", sa.String(length=2000), nullable=False),
        sa.CheckConstraint(
            "field IN ('type', 'industry', 'region', 'risk_class', 'label', 'registry', 'name_has', 'scope_has', 'established_from', 'established_to', 'abnormal', 'serious')",
            name=op.f("ck_condition_field"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_condition_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        sa.UniqueConstraint("campaign_id", "place", name=op.f("uq_condition_campaign_id_place")),
    )
    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("planner_person_id", sa.Integer(), nullable=False),
        sa.Column("approver_person_id", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_ground", sa.String(length=30), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'void') = (void_ground <> '')", name=op.f("ck_draw_void_has_a_ground")),
        sa.CheckConstraint(
            "(state IN ('completed', 'void')) = (closed_at IS NOT NULL)",
            name=op.f("ck_draw_closed_when_over"),
        ),
        sa.CheckConstraint(
            "state IN ('frozen', 'committed', 'revealed', 'short', 'completed', 'void')",
            name=op.f("ck_draw_state"),
        ),
        sa.CheckConstraint(
            "void_ground IN ('', 'witness_missing', 'wrong_list', 'shortage', 'cancelled_campaign', 'two_answers', 'entropy_failed')",
            name=op.f("ck_draw_void_ground"),
        ),
        sa.CheckConstraint(
            "approver_person_id <> planner_person_id", name=op.f("ck_draw_planner_is_not_approver")
        ),
        sa.CheckConstraint("closed_at >= opened_at", name=op.f("ck_draw_closes_after_it_opens")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_draw_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["approver_person_id"], ["person.id"], name=op.f("fk_draw_approver_person_id")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_draw_campaign_id")),
        sa.ForeignKeyConstraint(["planner_person_id"], ["person.id"], name=op.f("fk_draw_planner_person_id")),
        sa.ForeignKeyConstraint(["register_id"], ["department.id"], name=op.f("fk_draw_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint(
            "id",
            "planner_person_id",
            "approver_person_id",
            name=op.f("uq_draw_id_planner_person_id_approver_person_id"),
        ),
        sa.UniqueConstraint("number", name=op.f("uq_draw_number")),
        sa.UniqueConstraint("register_id", "year", "seq", name=op.f("uq_draw_register_id_year_seq")),
    )
    op.create_index(
        "uq_draw_open",
        "draw",
        ["campaign_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('completed', 'void')"),
        postgresql_where=sa.text("state NOT IN ('completed', 'void')"),
    )

    op.create_table(
        "rate",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=100), nullable=False),
        sa.Column("rate", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_rate_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "stratum", name=op.f("pk_rate")),
    )
    op.create_table(
        "witness",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("planner_person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.CheckConstraint("person_id <> planner_person_id", name=op.f("ck_witness_is_not_the_planner")),
        sa.ForeignKeyConstraint(
            ["campaign_id", "planner_person_id"],
            ["campaign.id", "campaign.planner_person_id"],
            name=op.f("fk_witness_campaign_id_planner_person_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_witness_person_id")),
        sa.PrimaryKeyConstraint("campaign_id", "place", name=op.f("pk_witness")),
        sa.UniqueConstraint("campaign_id", "person_id", name=op.f("uq_witness_campaign_id_person_id")),
        sa.UniqueConstraint(
            "campaign_id", "place", "person_id", name=op.f("uq_witness_campaign_id_place_person_id")
        ),
    )
    op.create_table(
        "draw_change",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("ground", sa.String(length=50), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("approver_role", sa.String(length=20), nullable=False),
        sa.Column("approver_person_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=100), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("eligible", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'supply') = (ground = '')", name=op.f("ck_draw_change_has_a_ground")),
        sa.CheckConstraint("kind IN ('void', 'recusal', 'supply')", name=op.f("ck_draw_change_kind")),
        sa.CheckConstraint("rank BETWEEN 1 AND eligible", name=op.f("ck_draw_change_rank")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_draw_change_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["approver_person_id"], ["person.id"], name=op.f("fk_draw_change_approver_person_id")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_change_draw_id")),
        sa.PrimaryKeyConstraint("draw_id", "seq", name=op.f("pk_draw_change")),
    )
    op.create_table(
        "lottery",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_lottery_counts_from_one")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_lottery_draw_id")),
        sa.PrimaryKeyConstraint("draw_id", "attempt", name=op.f("pk_lottery")),
    )
    op.create_table(
        "open_population",
        sa.Column("jurisdiction_code", sa.String(length=12), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_open_population_draw_id")),
        sa.ForeignKeyConstraint(["item_id"], ["inspection_item.id"], name=op.f("fk_open_population_item_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_code"], ["jurisdiction.code"], name=op.f("fk_open_population_jurisdiction_code")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_code", "item_id", name=op.f("pk_open_population")),
    )
    op.create_table(
        "draw_commitment",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_draw_commitment_digest_length")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["lottery.draw_id", "lottery.attempt"],
            name=op.f("fk_draw_commitment_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", name=op.f("pk_draw_commitment")),
        sa.UniqueConstraint("digest", name=op.f("uq_draw_commitment_digest")),
    )
    op.create_table(
        "frozen_table",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "name IN ('targets', 'inspectors', 'bars', 'pair_bars')", name=op.f("ck_frozen_table_name")
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["lottery.draw_id", "lottery.attempt"],
            name=op.f("fk_frozen_table_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", "name", name=op.f("pk_frozen_table")),
    )
    op.create_table(
        "lottery_secret",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("salt_secret", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(salt_secret) = 32", name=op.f("ck_lottery_secret_salt_secret_length")),
        sa.CheckConstraint("length(secret) = 32", name=op.f("ck_lottery_secret_secret_length")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["lottery.draw_id", "lottery.attempt"],
            name=op.f("fk_lottery_secret_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", name=op.f("pk_lottery_secret")),
    )
    op.create_table(
        "witness_commitment",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("planner_person_id", sa.Integer(), nullable=False),
        sa.Column("approver_person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_witness_commitment_digest_length")),
        sa.CheckConstraint(
            "person_id <> approver_person_id", name=op.f("ck_witness_commitment_is_not_the_approver")
        ),
        sa.CheckConstraint(
            "person_id <> planner_person_id", name=op.f("ck_witness_commitment_is_not_the_planner")
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["lottery.draw_id", "lottery.attempt"],
            name=op.f("fk_witness_commitment_draw_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "planner_person_id", "approver_person_id"],
            ["draw.id", "draw.planner_person_id", "draw.approver_person_id"],
            name="fk_witness_commitment_persons_of_draw",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_witness_commitment_person_id")),
        sa.PrimaryKeyConstraint("draw_id", "attempt", "place", name=op.f("pk_witness_commitment")),
        sa.UniqueConstraint(
            "draw_id", "attempt", "person_id", name=op.f("uq_witness_commitment_draw_id_attempt_person_id")
        ),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["draw_commitment.draw_id", "draw_commitment.attempt"],
            name=op.f("fk_publication_draw_id_attempt"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_publication_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    op.create_table(
        "reveal_closing",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_reveal_closing_digest_length")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["draw_commitment.draw_id", "draw_commitment.attempt"],
            name=op.f("fk_reveal_closing_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", name=op.f("pk_reveal_closing")),
    )
    op.create_table(
        "witness_reveal",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("revealed", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(revealed) >= 16", name=op.f("ck_witness_reveal_long_enough")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt", "place"],
            ["witness_commitment.draw_id", "witness_commitment.attempt", "witness_commitment.place"],
            name=op.f("fk_witness_reveal_draw_id_attempt_place"),
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["draw_commitment.draw_id", "draw_commitment.attempt"],
            name=op.f("fk_witness_reveal_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", "place", name=op.f("pk_witness_reveal")),
    )
    op.create_table(
        "entropy_entry",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("entropy", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_entropy_entry_place")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_entropy_entry_round")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["reveal_closing.draw_id", "reveal_closing.attempt"],
            name=op.f("fk_entropy_entry_draw_id_attempt"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_entropy_entry_person_id")),
        sa.PrimaryKeyConstraint("draw_id", "attempt", "round", "place", name=op.f("pk_entropy_entry")),
        sa.UniqueConstraint(
            "draw_id",
            "attempt",
            "round",
            "person_id",
            name=op.f("uq_entropy_entry_draw_id_attempt_round_person_id"),
        ),
        sa.UniqueConstraint(
            "draw_id",
            "attempt",
            "round",
            "place",
            "entropy",
            name=op.f("uq_entropy_entry_draw_id_attempt_round_place_entropy"),
        ),
    )
    op.create_table(
        "opening",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("first_place", sa.Integer(), nullable=False),
        sa.Column("second_place", sa.Integer(), nullable=False),
        sa.Column("entropy", sa.String(length=1000), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_place = 1 AND second_place = 2", name=op.f("ck_opening_both_places")),
        sa.CheckConstraint("length(seed) = 64", name=op.f("ck_opening_seed_length")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt", "round", "first_place", "entropy"],
            [
                "entropy_entry.draw_id",
                "entropy_entry.attempt",
                "entropy_entry.round",
                "entropy_entry.place",
                "entropy_entry.entropy",
            ],
            name="fk_opening_first_entry",
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt", "round", "second_place", "entropy"],
            [
                "entropy_entry.draw_id",
                "entropy_entry.attempt",
                "entropy_entry.round",
                "entropy_entry.place",
                "entropy_entry.entropy",
            ],
            name="fk_opening_second_entry",
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["reveal_closing.draw_id", "reveal_closing.attempt"],
            name=op.f("fk_opening_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", name=op.f("pk_opening")),
    )
    op.create_table(
        "draw_file",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["opening.draw_id", "opening.attempt"],
            name=op.f("fk_draw_file_draw_id_attempt"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "attempt", "name", name=op.f("pk_draw_file")),
    )
    op.create_table(
        "drawn_target",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=100), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("row_index", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.String(length=16), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("attempt = 1", name=op.f("ck_drawn_target_targets_are_drawn_once")),
        sa.CheckConstraint("length(ticket) = 16", name=op.f("ck_drawn_target_ticket_length")),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_drawn_target_rank")),
        sa.ForeignKeyConstraint(
            ["draw_id", "attempt"],
            ["opening.draw_id", "opening.attempt"],
            name=op.f("fk_drawn_target_draw_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["draw_id", "replaces_id"],
            ["drawn_target.draw_id", "drawn_target.target_id"],
            name=op.f("fk_drawn_target_draw_id_replaces_id"),
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_drawn_target_target_id")),
        sa.PrimaryKeyConstraint("draw_id", "target_id", name=op.f("pk_drawn_target")),
        sa.UniqueConstraint("draw_id", "replaces_id", name=op.f("uq_drawn_target_draw_id_replaces_id")),
        sa.UniqueConstraint("draw_id", "row_index", name=op.f("uq_drawn_target_draw_id_row_index")),
        sa.UniqueConstraint("draw_id", "stratum", "rank", name=op.f("uq_drawn_target_draw_id_stratum_rank")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'entered', 'returned', 'accepted', 'disclosed', 'void')",
            name=op.f("ck_visit_state"),
        ),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_visit_department_id")),
        sa.ForeignKeyConstraint(
            ["draw_id", "target_id"],
            ["drawn_target.draw_id", "drawn_target.target_id"],
            name=op.f("fk_visit_draw_id_target_id"),
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_visit_draw_id")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_visit_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint(
            "draw_id", "target_id", "department_id", name=op.f("uq_visit_draw_id_target_id_department_id")
        ),
    )
    op.create_table(
        "result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("methods", sa.String(length=200), nullable=False),
        sa.Column("code_list", sa.String(length=50), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by_person_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version = 1 OR reason <> ''", name=op.f("ck_result_a_correction_has_a_reason")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_result_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["code_list", "code"],
            ["result_code.code_list", "result_code.code"],
            name=op.f("fk_result_code_list_code"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_person_id"], ["person.id"], name=op.f("fk_result_entered_by_person_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_result_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint("id", "entered_by_person_id", name=op.f("uq_result_id_entered_by_person_id")),
        sa.UniqueConstraint("id", "inspected_on", name=op.f("uq_result_id_inspected_on")),
        sa.UniqueConstraint("visit_id", "version", name=op.f("uq_result_visit_id_version")),
    )
    op.create_table(
        "team_member",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("group_number", sa.Integer(), nullable=True),
        sa.CheckConstraint("role IN ('lead', 'member')", name=op.f("ck_team_member_role")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_team_member_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["draw_id", "target_id", "department_id"],
            ["visit.draw_id", "visit.target_id", "visit.department_id"],
            name=op.f("fk_team_member_draw_id_target_id_department_id"),
        ),
        sa.ForeignKeyConstraint(["inspector_id"], ["inspector.id"], name=op.f("fk_team_member_inspector_id")),
        sa.PrimaryKeyConstraint(
            "draw_id", "target_id", "department_id", "version", "inspector_id", name=op.f("pk_team_member")
        ),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(content) = size", name=op.f("ck_attachment_size_is_true")),
        sa.CheckConstraint("size BETWEEN 1 AND 10485760", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_attachment_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("result_id", "sha256", name=op.f("uq_attachment_result_id_sha256")),
    )
    op.create_table(
        "finding",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("item_version_id", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("handling", sa.String(length=30), nullable=False),
        sa.CheckConstraint(
            "(problem = '') <= (handling = 'none')",
            name=op.f("ck_finding_nothing_to_handle_without_a_problem"),
        ),
        sa.CheckConstraint("checked OR problem = ''", name=op.f("ck_finding_a_problem_was_looked_at")),
        sa.CheckConstraint(
            "handling IN ('none', 'corrected_on_site', 'order_to_correct', 'case_filed', 'referred', 'listed_abnormal')",
            name=op.f("ck_finding_handling"),
        ),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_version.id"], name=op.f("fk_finding_item_version_id")
        ),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_finding_result_id")),
        sa.PrimaryKeyConstraint("result_id", "item_version_id", name=op.f("pk_finding")),
    )
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_follow_up_closed_on_a_day")
        ),
        sa.CheckConstraint(
            "state = 'open' OR closing_note <> ''", name=op.f("ck_follow_up_closed_with_a_word")
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_follow_up_state")),
        sa.CheckConstraint("closed_on >= opened_on", name=op.f("ck_follow_up_closes_after_it_opens")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name="fk_follow_up_result_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_follow_up_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_table(
        "review",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_person_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_person_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision = 'accept' OR reason <> ''", name=op.f("ck_review_sent_back_with_a_reason")
        ),
        sa.CheckConstraint("decision IN ('accept', 'send_back')", name=op.f("ck_review_decision")),
        sa.CheckConstraint(
            "reviewer_person_id <> entered_by_person_id", name=op.f("ck_review_not_of_ones_own")
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "entered_by_person_id"],
            ["result.id", "result.entered_by_person_id"],
            name=op.f("fk_review_result_id_entered_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_person_id"], ["person.id"], name=op.f("fk_review_reviewer_person_id")
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_review")),
        sa.UniqueConstraint("result_id", "decision", name=op.f("uq_review_result_id_decision")),
    )
    op.create_table(
        "disclosure",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("decision = 'accept'", name=op.f("ck_disclosure_of_an_accepted_result")),
        sa.CheckConstraint("due_on >= inspected_on", name=op.f("ck_disclosure_due_after_the_visit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_disclosure_person_id")),
        sa.ForeignKeyConstraint(
            ["result_id", "decision"],
            ["review.result_id", "review.decision"],
            name=op.f("fk_disclosure_result_id_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "inspected_on"],
            ["result.id", "result.inspected_on"],
            name=op.f("fk_disclosure_result_id_inspected_on"),
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_disclosure")),
    )
