"""The closed lists of codes that columns hold; each has its sentence at the edge."""

ROLES = (
    "registrar",  # keeps items and registries
    "legal",  # reviews items (法制审核)
    "office",  # confirms items (办公室确认)
    "planner",
    "approver",
    "witness",
    "custodian",  # keeps a share of draws' secrets (保管人)
    "inspector",
    "reviewer",
    "publisher",
    "auditor",
    "administrator",
)
USER_STATES = ("active", "disabled")

ITEM_CLASSES = ("general", "key")  # 一般检查事项 (ratio limited), 重点检查事项
ITEM_STATES = ("draft", "legal_review", "office_confirmation", "published", "superseded", "retired")
METHODS = ("onsite", "documents", "testing", "expert", "third_party", "online")

CODE_KINDS = ("uscc", "registration", "other")
TARGET_KINDS = ("organisation", "person", "product", "project")
TARGET_STATES = ("active", "suspended", "cancelled", "revoked", "moved")
RISK_CLASSES = ("A", "B", "C", "D")
PERMIT_STATES = ("valid", "expired", "withdrawn")
INSPECTOR_STATES = ("active", "suspended", "left")
BAR_SOURCES = ("declared", "registry", "recusal", "departure")
DECLARATION_KINDS = ("interest", "kinship", "former_employer", "shareholding")
BAR_RULES = (
    "registered",
    *DECLARATION_KINDS,
    "rotation",
    "street",
)  # in the order in which a pair's ground is told
KEPT_OUT = ("not_active", "no_certificate", "certificate_expires", "away")  # of the pool: whole persons
COUNTED_RULES = ("all", *KEPT_OUT, *BAR_RULES, "region")

PLAN_STATES = ("draft", "approved", "published", "running", "finished", "withdrawn")
CAMPAIGN_STATES = (
    "draft",
    "invited",
    "submitted",
    "approved",
    "drawing",
    "inspecting",
    "closed",
    "cancelled",
)
CAMPAIGN_KINDS = ("targeted", "untargeted")  # 定向, 不定向
CAMPAIGN_SOURCES = ("annual_plan", "temporary")
ANSWERS = ("invited", "accepted", "declined")
CONDITION_FIELDS = (
    *("type", "industry", "region", "risk_class", "label", "registry", "name_has", "scope_has"),
    *("established_from", "established_to", "abnormal", "serious"),
)
STRATA_BY = ("none", "risk_class", "region", "type")
CAP_EXCEPTIONS = (
    *("tip_off", "assigned", "joint_with_superior", "audit", "clue", "media", "rectification", "on_request"),
    *("permit_check", "urgent"),
)

DRAW_STATES = ("frozen", "committed", "revealed", "short", "completed", "void")
VOID_NUMBER_GROUNDS = (
    "witness_missing",
    "wrong_list",
    "shortage",
    "cancelled_campaign",
    "two_answers",
    "entropy_failed",
    "secret_lost",  # two of its three custodians can't open it
)
SECRET_HOLDERS = ("service", "custodians")
VOID_TARGET_GROUNDS = ("closed_business", "moved_away", "revoked", "under_investigation", "disaster")
RECUSAL_GROUNDS = (
    "kinship",
    "interest",
    "former_employer",
    "shareholding",
    "other_relation",
    "illness",
    "departure",
)
CHANGE_KINDS = ("void", "recusal", "supply")
FROZEN_TABLES = ("targets", "inspectors", "bars", "pair_bars")
TEAM_ROLES = ("lead", "member")
CHOICES_FILE = "eligible.json"  # kept beside what a seed decided, and no part of the bundle

VISIT_STATES = ("open", "entered", "returned", "accepted", "disclosed", "void")
HANDLINGS = ("none", "corrected_on_site", "order_to_correct", "case_filed", "referred", "listed_abnormal")
FOLLOW_UP_STATES = ("open", "closed")
WINDOW_KINDS = ("closed", "season")  # 停业, 季节性生产
UNPLACED_REASONS = ("no_day", "away", "full", "together", "not_found")

CHECKPOINT_REASONS = ("commit", "draw", "disclosure", "daily")
CHECKPOINT_VERDICTS = ("consistent", "other_root", "cut_off")
