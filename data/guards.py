"""What the database itself refuses (triggers): evidence is only ever added, and what was fixed stays fixed.

A person with the right to write to the database, but not to change its schema, gets past none of these. Conditions are
written once for both databases; `IS DISTINCT FROM` is SQL that both know.

Many ask for the state of the draw or visit: a use case adds the evidence first, flushes, and moves the state on then.

SQLite keeps two rules only as its connection wishes: REPLACE asks no trigger of the row it deletes, and foreign keys
are off by default. So there every unique key and every foreign key of a guarded table is told once more, as triggers.

Three triggers refuse nothing: they note which targets change behind their index (data/target_index.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKeyConstraint, Integer, MetaData, Table, UniqueConstraint

from data.models.base import Base


@dataclass(frozen=True)
class Guard:
    """A trigger that refuses an `act` (INSERT, UPDATE, DELETE) on a table where a condition over NEW and OLD holds."""

    table: str
    name: str
    act: str
    condition: str

    @property
    def trigger(self) -> str:
        """The name of the trigger, and of its function."""
        return f"guard_{self.table}_{self.name}"


def fixed(table: str, name: str, columns: Sequence[str], when: str = "TRUE") -> Guard:
    """These columns don't change while the condition holds."""
    moved = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    return Guard(table, name, "UPDATE", f"({when}) AND ({moved})")


def _moves(allowed: Sequence[str]) -> str:
    """The condition that a row's state makes a step that is none of these, written `from>to`."""
    listed = ", ".join(f"'{step}'" for step in allowed)
    return f"NEW.state IS DISTINCT FROM OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({listed})"


_NEW_ATTEMPT = "draw_id = NEW.draw_id AND attempt = NEW.attempt"
_OPEN_CAMPAIGN = "SELECT 1 FROM campaign WHERE id = {row}.campaign_id AND state NOT IN ('draft', 'invited')"

_ITEM_WORDS = (
    *("category", "name", "sub_item", "basis", "subject", "target_type", "content", "methods", "item_class"),
    *("ratio_least", "ratio_most", "times_least", "times_most", "qualification", "responsible_office"),
    *("editor", "remark", "set_by"),
)
_CAMPAIGN_WORDS = (
    *("name", "legal_basis", "kind", "source", "plan_line_id", "first_day", "last_day", "strata_by", "total"),
    *("at_least_one", "teams", "groups", "objectives", "entropy", "draw_by", "exclude_days", "yearly_cap"),
    *("cap_exception", "most_voids", "most_recusals", "former_employer_years", "rotation", "same_street"),
)
_CAMPAIGN_STEPS = (
    *("draft>invited", "draft>submitted", "invited>submitted", "submitted>draft", "submitted>approved"),
    *("approved>drawing", "drawing>approved", "drawing>inspecting", "inspecting>closed"),
    *("draft>cancelled", "invited>cancelled", "submitted>cancelled", "approved>cancelled"),
)
_DRAW_STEPS = (
    *("frozen>committed", "committed>revealed", "revealed>short", "revealed>completed", "short>frozen"),
    *("frozen>void", "committed>void", "revealed>void"),
)
_VISIT_STEPS = (
    *("open>entered", "entered>accepted", "entered>returned", "returned>entered", "accepted>disclosed"),
    *("disclosed>entered", "open>void"),
)


_ENTROPY_STANDS = (
    "SELECT 1 FROM entropy_entry AS a JOIN entropy_entry AS b ON b.draw_id = a.draw_id AND b.attempt = a.attempt "
    "AND b.round = a.round AND b.entropy = a.entropy AND b.place > a.place "
    "WHERE a.draw_id = NEW.draw_id AND a.attempt = NEW.attempt"
)
_UNLOCKED = f"(SELECT count(*) FROM unlocking WHERE {_NEW_ATTEMPT})"
_KEPT_BY_CUSTODIANS = f"EXISTS (SELECT 1 FROM lottery_secret WHERE {_NEW_ATTEMPT} AND holder = 'custodians')"
_LAST_ATTEMPT = "attempt = (SELECT max(attempt) FROM lottery WHERE lottery.draw_id = NEW.id)"


def _parts_of_campaign() -> Iterator[Guard]:
    for table in ("campaign_item", "condition", "rate", "stratum_weight", "witness", "campaign_department"):
        for act, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            approved = " OR ".join(f"EXISTS ({_OPEN_CAMPAIGN.format(row=row)})" for row in rows)
            yield Guard(table, f"is_approved_{act.lower()}", act, approved)


def _after(table: str, later: str) -> Guard:
    """Nothing is added to a table of an attempt once its row in the later table stands."""
    return Guard(table, f"before_{later}", "INSERT", f"EXISTS (SELECT 1 FROM {later} WHERE {_NEW_ATTEMPT})")


def _while_draw(states: Sequence[str], *tables: str) -> Iterator[Guard]:
    """A draw gets these rows in these states alone."""
    listed = ", ".join(f"'{state}'" for state in states)
    condition = f"NOT EXISTS (SELECT 1 FROM draw WHERE id = NEW.draw_id AND state IN ({listed}))"
    return (Guard(table, "in_its_time", "INSERT", condition) for table in tables)


def _needs(table: str, state: str, name: str, found: str) -> Guard:
    """A row reaches this state only where the query finds something."""
    return Guard(
        table, name, "UPDATE", f"NEW.state = '{state}' AND NEW.state <> OLD.state AND NOT EXISTS ({found})"
    )


_LAST_REVIEW = (
    "SELECT 1 FROM review JOIN result ON result.id = review.result_id WHERE result.visit_id = NEW.id "
    "AND review.decision = '{decision}' "
    "AND result.version = (SELECT max(version) FROM result WHERE result.visit_id = NEW.id)"
)
_LAST_DISCLOSED = (
    "SELECT 1 FROM disclosure JOIN result ON result.id = disclosure.result_id WHERE result.visit_id = NEW.id "
    "AND result.version = (SELECT max(version) FROM result WHERE result.visit_id = NEW.id)"
)
_LAST_UNREVIEWED = (
    "SELECT 1 FROM result WHERE visit_id = NEW.id "
    "AND version = (SELECT max(version) FROM result WHERE visit_id = NEW.id) "
    "AND NOT EXISTS (SELECT 1 FROM review WHERE review.result_id = result.id)"
)
_VISIT_OF_RESULT = (
    "SELECT 1 FROM visit JOIN result ON result.visit_id = visit.id WHERE result.id = NEW.result_id"
)
_SEATS = (
    "SELECT size FROM campaign_department AS part JOIN draw ON draw.campaign_id = part.campaign_id "
    "WHERE draw.id = NEW.draw_id AND part.department_id = NEW.department_id"
)
_OF_TEAM = "draw_id = NEW.draw_id AND target_id = NEW.target_id AND department_id = NEW.department_id"
_GRANT_WORDS = (
    *(
        "id",
        "user_id",
        "person_id",
        "role",
        "department_id",
        "valid_from",
        "granted_by_person_id",
        "granted_at",
    ),
)

GUARDS: tuple[Guard, ...] = (
    fixed("item_version", "words_are_fixed", _ITEM_WORDS, "OLD.state <> 'draft'"),
    fixed("item_version", "identity", ("id", "item_id", "version")),
    Guard("item_version", "leaves_the_draft", "UPDATE", _moves((
        "draft>legal_review", "legal_review>office_confirmation", "legal_review>draft", "office_confirmation>published",
        "office_confirmation>draft", "published>superseded", "published>retired",
    ))),
    Guard("item_version", "begins_as_draft", "INSERT", "NEW.state <> 'draft'"),
    Guard("item_version", "stays", "DELETE", "OLD.state <> 'draft'"),
    fixed("campaign", "identity", ("id", "code", "lead_department_id", "jurisdiction_code", "planner_person_id")),
    fixed("campaign", "is_submitted", _CAMPAIGN_WORDS, "OLD.state NOT IN ('draft', 'invited')"),
    fixed("campaign", "approver", ("approver_person_id",), "OLD.state NOT IN ('draft', 'invited', 'submitted')"),
    Guard("campaign", "steps", "UPDATE", _moves(_CAMPAIGN_STEPS)),
    Guard("campaign", "approver_is_no_witness", "UPDATE", "NEW.state = 'approved' AND EXISTS "
          "(SELECT 1 FROM witness WHERE campaign_id = NEW.id AND person_id = NEW.approver_person_id)"),
    Guard("campaign", "begins_as_draft", "INSERT", "NEW.state <> 'draft'"),
    Guard("campaign", "stays", "DELETE", "OLD.state <> 'draft'"),
    *_parts_of_campaign(),
    fixed("draw", "identity", ("id", "register_id", "year", "seq", "number", "campaign_id", "planner_person_id",
                               "approver_person_id", "deadline", "opened_at")),
    fixed("draw", "is_over", ("state", "closed_at", "void_ground", "void_reason"),
          "OLD.state IN ('completed', 'void')"),
    Guard("draw", "steps", "UPDATE", _moves(_DRAW_STEPS)),
    Guard("draw", "begins_frozen", "INSERT", "NEW.state <> 'frozen'"),
    Guard("draw", "seed_stands", "UPDATE", "NEW.state = 'void' AND NEW.state IS DISTINCT FROM OLD.state AND "
          "EXISTS (SELECT 1 FROM opening WHERE draw_id = NEW.id)"),
    Guard("draw", "stays", "DELETE", "TRUE"),
    Guard("draw", "number_is_next", "INSERT", "NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM draw "
          "WHERE register_id = NEW.register_id AND year = NEW.year)"),
    Guard("draw", "campaign_is_approved", "INSERT",
          "NOT EXISTS (SELECT 1 FROM campaign WHERE id = NEW.campaign_id AND state = 'approved' "
          "AND planner_person_id = NEW.planner_person_id AND approver_person_id = NEW.approver_person_id)"),
    Guard("draw", "campaign_is_drawn", "INSERT",
          "EXISTS (SELECT 1 FROM draw WHERE campaign_id = NEW.campaign_id AND state = 'completed')"),
    _needs("draw", "completed", "is_drawn", f"SELECT 1 FROM opening WHERE draw_id = NEW.id AND {_LAST_ATTEMPT}"),
    _needs("draw", "short", "is_found_short", f"SELECT 1 FROM opening WHERE draw_id = NEW.id AND {_LAST_ATTEMPT}"),
    _needs("draw", "committed", "is_committed",
           f"SELECT 1 FROM draw_commitment WHERE draw_id = NEW.id AND {_LAST_ATTEMPT}"),
    _needs("draw", "revealed", "reveals_are_closed",
           f"SELECT 1 FROM reveal_closing WHERE draw_id = NEW.id AND {_LAST_ATTEMPT}"),
    *_while_draw(("frozen",), "lottery", "frozen_table", "bar_count", "lottery_secret", "witness_commitment",
                  "draw_commitment", "custody_share"),
    *_while_draw(("frozen", "committed"), "publication", "witness_reveal"),
    *_while_draw(("committed",), "reveal_closing", "time_stamp"),
    *_while_draw(("revealed",), "entropy_entry", "opening", "draw_file", "unlocking", "unlocked_secret"),
    *_while_draw(("revealed", "completed"), "visit", "team_member"),
    *_while_draw(("completed",), "draw_change"),
    Guard("open_population", "is_open", "DELETE",
          "NOT EXISTS (SELECT 1 FROM draw JOIN campaign ON campaign.id = draw.campaign_id WHERE draw.id = OLD.draw_id "
          "AND (draw.state = 'void' OR draw.state = 'completed' AND campaign.state IN ('inspecting', 'closed')))"),
    Guard("open_population", "stays", "UPDATE", "TRUE"),
    _after("frozen_table", "draw_commitment"),
    _after("bar_count", "draw_commitment"),
    _after("lottery_secret", "draw_commitment"),
    _after("custody_share", "draw_commitment"),
    _after("witness_commitment", "draw_commitment"),
    _after("publication", "reveal_closing"),
    _after("time_stamp", "reveal_closing"),
    _after("witness_reveal", "reveal_closing"),
    _after("entropy_entry", "opening"),
    _after("unlocking", "opening"),
    _after("unlocked_secret", "opening"),
    # before that, who knew the secret could still choose what he enters
    Guard("unlocking", "entropy_stands", "INSERT", f"NOT EXISTS ({_ENTROPY_STANDS})"),
    Guard("unlocked_secret", "two_have_opened", "INSERT", f"NOT ({_KEPT_BY_CUSTODIANS}) OR {_UNLOCKED} < 2"),
    Guard("opening", "two_have_opened", "INSERT", f"{_KEPT_BY_CUSTODIANS} AND {_UNLOCKED} < 2"),
    # of the same department, whoever sets its passwords could be both
    Guard("key_confirmation", "is_of_another_department", "INSERT",
          "EXISTS (SELECT 1 FROM custody_key JOIN user_account AS holder ON holder.id = custody_key.user_id "
          "JOIN user_account AS other ON other.department_id = holder.department_id "
          "WHERE custody_key.id = NEW.key_id AND other.id = NEW.by_user_id)"),
    Guard("custody_share", "key_is_confirmed", "INSERT",
          "NOT EXISTS (SELECT 1 FROM key_confirmation WHERE key_id = NEW.key_id)"),
    Guard("draw_commitment", "shares_are_given", "INSERT",
          f"{_KEPT_BY_CUSTODIANS} AND (SELECT count(*) FROM custody_share WHERE {_NEW_ATTEMPT}) <> 3"),
    _after("draw_commitment", "reveal_closing"),
    Guard("witness_commitment", "is_a_witness", "INSERT",
          "NOT EXISTS (SELECT 1 FROM witness JOIN draw ON draw.campaign_id = witness.campaign_id WHERE "
          "draw.id = NEW.draw_id AND witness.place = NEW.place AND witness.person_id = NEW.person_id)"),
    # of two rounds that agree, somebody could take the one he likes
    Guard("entropy_entry", "round_is_agreed", "INSERT",
          f"EXISTS ({_ENTROPY_STANDS})"),
    Guard("entropy_entry", "round_is_next", "INSERT",
          f"NEW.round > 1 AND (SELECT count(*) FROM entropy_entry WHERE {_NEW_ATTEMPT} AND round = NEW.round - 1) <> 2"),
    Guard("draw_commitment", "population_is_held", "INSERT",
          "EXISTS (SELECT 1 FROM draw JOIN campaign ON campaign.id = draw.campaign_id "
          "JOIN campaign_item ON campaign_item.campaign_id = campaign.id "
          "JOIN item_version ON item_version.id = campaign_item.item_version_id WHERE draw.id = NEW.draw_id AND "
          "NOT EXISTS (SELECT 1 FROM open_population AS held WHERE held.draw_id = draw.id AND "
          "held.jurisdiction_code = campaign.jurisdiction_code AND held.item_id = item_version.item_id))"),
    Guard("draw_commitment", "lists_are_frozen", "INSERT",
          f"(SELECT count(*) FROM frozen_table WHERE {_NEW_ATTEMPT}) <> 4"),
    Guard("lottery", "attempt_is_next", "INSERT", "NEW.attempt <> 1 + (SELECT coalesce(max(attempt), 0) FROM lottery "
          "WHERE draw_id = NEW.draw_id)"),
    Guard("lottery", "attempt_before_is_open", "INSERT", "NEW.attempt > 1 AND NOT EXISTS "
          "(SELECT 1 FROM opening WHERE draw_id = NEW.draw_id AND attempt = NEW.attempt - 1)"),
    Guard("drawn_target", "in_its_time", "INSERT", "NEW.replaces_id IS NULL AND NOT EXISTS "
          "(SELECT 1 FROM draw WHERE id = NEW.draw_id AND state = 'revealed')"),
    Guard("drawn_target", "succeeds_in_its_time", "INSERT", "NEW.replaces_id IS NOT NULL AND NOT EXISTS "
          "(SELECT 1 FROM draw WHERE id = NEW.draw_id AND state = 'completed')"),
    Guard("drawn_target", "is_the_next", "INSERT", "NEW.replaces_id IS NOT NULL AND NEW.rank <> "
          "1 + (SELECT max(rank) FROM drawn_target WHERE draw_id = NEW.draw_id AND stratum = NEW.stratum)"),
    Guard("drawn_target", "succeeds_a_void_one", "INSERT", "NEW.replaces_id IS NOT NULL AND (SELECT count(*) FROM "
          "draw_change WHERE draw_id = NEW.draw_id AND kind = 'void') <= (SELECT count(*) FROM drawn_target "
          "WHERE draw_id = NEW.draw_id AND replaces_id IS NOT NULL)"),
    Guard("team_member", "version_is_next", "INSERT", "NEW.version NOT IN (SELECT coalesce(max(version), 0) + step.n "
          f"FROM (SELECT 0 AS n UNION ALL SELECT 1) AS step LEFT JOIN team_member ON {_OF_TEAM} GROUP BY step.n)"),
    Guard("team_member", "team_is_full", "INSERT", f"(SELECT count(*) FROM team_member WHERE {_OF_TEAM} "
          f"AND version = NEW.version) >= coalesce(({_SEATS}), 0)"),
    Guard("team_member", "change_is_told", "INSERT", "NEW.version > 1 AND NOT EXISTS "
          "(SELECT 1 FROM draw_change WHERE draw_id = NEW.draw_id)"),
    Guard("draw_change", "seq_is_next", "INSERT", "NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM draw_change "
          "WHERE draw_id = NEW.draw_id)"),
    # who was drawn and has not been visited must not learn of it
    Guard("public_bundle", "in_its_time", "INSERT", "NOT EXISTS (SELECT 1 FROM draw JOIN campaign ON campaign.id = "
          "draw.campaign_id WHERE draw.id = NEW.draw_id AND draw.state = 'completed' AND campaign.state = 'closed')"),
    fixed("proof_token", "identity", ("digest", "draw_id", "row_index", "made_at", "ends_at")),
    fixed("proof_code", "identity", ("id", "digest", "subject", "draw_id", "row_index", "person_id", "made_at",
                                     "ends_at")),
    fixed("proof_code", "is_over", ("used_at", "ended_at"), "OLD.used_at IS NOT NULL OR OLD.ended_at IS NOT NULL"),
    fixed("visit", "identity", ("id", "draw_id", "target_id", "department_id")),
    Guard("visit", "steps", "UPDATE", _moves(_VISIT_STEPS)),
    _needs("visit", "entered", "has_a_result", _LAST_UNREVIEWED),
    _needs("visit", "accepted", "is_accepted", _LAST_REVIEW.format(decision="accept")),
    _needs("visit", "returned", "is_sent_back", _LAST_REVIEW.format(decision="send_back")),
    _needs("visit", "disclosed", "is_disclosed", _LAST_DISCLOSED),
    Guard("visit", "department_takes_part", "INSERT", "NOT EXISTS (SELECT 1 FROM campaign_department AS part "
          "JOIN draw ON draw.campaign_id = part.campaign_id WHERE draw.id = NEW.draw_id AND part.answer = 'accepted' "
          "AND part.department_id = NEW.department_id)"),
    Guard("visit", "begins_open", "INSERT", "NEW.state <> 'open'"),
    Guard("visit", "stays", "DELETE", "TRUE"),
    Guard("result", "version_is_next", "INSERT", "NEW.version <> 1 + (SELECT coalesce(max(version), 0) FROM result "
          "WHERE visit_id = NEW.visit_id)"),
    Guard("result", "visit_is_open", "INSERT",
          "NOT EXISTS (SELECT 1 FROM visit WHERE id = NEW.visit_id AND state IN ('open', 'returned', 'disclosed'))"),
    Guard("result", "version_before_is_reviewed", "INSERT", "NEW.version > 1 AND NOT EXISTS (SELECT 1 FROM result "
          "JOIN review ON review.result_id = result.id WHERE result.visit_id = NEW.visit_id "
          "AND result.version = NEW.version - 1)"),
    Guard("review", "in_its_time", "INSERT", f"NOT EXISTS ({_VISIT_OF_RESULT} AND visit.state = 'entered')"),
    Guard("disclosure", "in_its_time", "INSERT", f"NOT EXISTS ({_VISIT_OF_RESULT} AND visit.state = 'accepted')"),
    Guard("finding", "result_is_reviewed", "INSERT", "EXISTS (SELECT 1 FROM review WHERE result_id = NEW.result_id)"),
    Guard("attachment", "result_is_reviewed", "INSERT",
          "EXISTS (SELECT 1 FROM review WHERE result_id = NEW.result_id)"),
    fixed("follow_up", "identity", ("id", "visit_id", "result_id", "measure", "opened_on")),
    fixed("follow_up", "is_closed", ("state", "closed_on", "closing_note"), "OLD.state = 'closed'"),
    Guard("follow_up", "begins_open", "INSERT", "NEW.state <> 'open'"),
    Guard("follow_up", "stays", "DELETE", "TRUE"),
    fixed("obligation", "trigger_is_fixed",
          ("id", "rule_id", "subject_kind", "subject_id", "department_id", "event", "triggered_on")),
    fixed("obligation", "is_fulfilled", ("due_on", "fulfilled_on"), "OLD.fulfilled_on IS NOT NULL"),
    Guard("obligation", "stays", "DELETE", "TRUE"),
    fixed("user_account", "identity", ("id", "person_id")),
    fixed("role_grant", "words_are_fixed", _GRANT_WORDS),  # it ends by its last day
    fixed("role_grant", "is_revoked", ("revoked_at",), "OLD.revoked_at IS NOT NULL"),
    Guard("role_grant", "stays", "DELETE", "TRUE"),
    fixed("custodian", "words_are_fixed",
          ("id", "department_id", "user_id", "person_id", "named_by_person_id", "named_at")),
    fixed("custodian", "is_relieved", ("ended_at",), "OLD.ended_at IS NOT NULL"),
    Guard("custodian", "stays", "DELETE", "TRUE"),
    Guard("custodian", "at_most_three", "INSERT", "(SELECT count(*) FROM custodian WHERE department_id = "
          "NEW.department_id AND ended_at IS NULL) >= 3"),
    fixed("custody_end", "words_are_fixed", ("id", "department_id", "reason", "proposed_by_person_id", "proposed_at")),
    fixed("custody_end", "is_confirmed", ("confirmed_by_user_id", "confirmed_by_person_id", "confirmed_at"),
          "OLD.confirmed_at IS NOT NULL"),
    Guard("custody_end", "begins_unconfirmed", "INSERT", "NEW.confirmed_at IS NOT NULL"),
    Guard("custody_end", "is_confirmed_elsewhere", "UPDATE", "EXISTS (SELECT 1 FROM user_account WHERE "
          "id = NEW.confirmed_by_user_id AND department_id = NEW.department_id)"),
    Guard("custody_end", "stays", "DELETE", "TRUE"),
    Guard("ledger", "follows_the_last", "INSERT", "NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM ledger WHERE "
          "chain = NEW.chain) OR NEW.prev_hash <> coalesce((SELECT hash FROM ledger WHERE chain = NEW.chain "
          f"AND seq = NEW.seq - 1), '{'0' * 64}')"),
    Guard("ledger_checkpoint", "signs_what_stands", "INSERT",
          "NOT EXISTS (SELECT 1 FROM ledger WHERE chain = NEW.chain AND seq = NEW.size)"),
)  # fmt: skip
"""Everything beyond the plain rule that evidence is only added."""

KEPT = frozenset(guard.table for guard in GUARDS if guard.act == "DELETE")
"""Tables whose rows change but do not just go: they are neither replaced nor emptied."""


def guarded_tables(metadata: MetaData = Base.metadata) -> list[Table]:
    """The tables that have guards, in the order of their making."""
    named = {*evidence_tables(), *(guard.table for guard in GUARDS), _NOTED}
    return [table for table in metadata.sorted_tables if table.name in named]


def evidence_tables() -> list[str]:
    """The tables whose rows are only ever added."""
    return sorted(mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.evidence)


def triggers(table: Table, dialect: str) -> dict[str, list[str]]:
    """The guards of one table by the names of their triggers, each with the statements that make it."""
    sqlite = dialect == "sqlite"
    guards = [*_guards_of(table), *(_sqlite_guards(table) if sqlite else ())]
    made = {guard.trigger: (_sqlite if sqlite else _postgresql)(guard) for guard in guards}
    if not sqlite and _stays(table):
        name = f"guard_{table.name}_is_not_emptied"
        made[name] = _postgresql_truncate(table, name)
    if table.name == _NOTED:
        made |= _sqlite_notes() if sqlite else _postgresql_notes()
    return made


def create_guards(connection: Connection) -> None:
    """Create the triggers of all tables that there are."""
    for table in guarded_tables():
        for statements in triggers(table, connection.dialect.name).values():
            for statement in statements:
                connection.exec_driver_sql(statement)


def drop_guards(connection: Connection) -> None:
    """Drop every guard that there is, also one that this program no longer knows."""
    for name, (table, _) in guards_in_force(connection).items():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {_quoted(name)}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {_quoted(name)} ON {_quoted(table)}")
            connection.exec_driver_sql(f"DROP FUNCTION {_quoted(name)}()")


def guards_in_force(connection: Connection) -> dict[str, tuple[str, str]]:
    """The guards that a database has, by name: their table, and what they do as the database tells it."""
    told = _SQLITE_TRIGGERS if connection.dialect.name == "sqlite" else _POSTGRESQL_TRIGGERS
    return {name: (table, does) for name, table, does in connection.exec_driver_sql(told)}


def guards_are_current(connection: Connection) -> bool:
    """Whether a database has exactly the guards of this program, to the letter."""
    dialect = connection.dialect.name
    declared = {
        name: (table.name, statements[0])
        for table in guarded_tables()
        for name, statements in triggers(table, dialect).items()
    }
    there = guards_in_force(connection)
    return declared.keys() == there.keys() and all(
        table == there[name][0] and there[name][1] in statement
        for name, (table, statement) in declared.items()
    )


_SQLITE_TRIGGERS = (
    "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 6) = 'guard_'"
)
# 'O' is a trigger that fires; a disabled one is none
_POSTGRESQL_TRIGGERS = (
    "SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled = 'O' "
    "AND c.relnamespace = current_schema()::regnamespace AND starts_with(t.tgname, 'guard_')"
)


def _guards_of(table: Table) -> Iterator[Guard]:
    if table.name in evidence_tables():
        for act in ("UPDATE", "DELETE"):
            yield Guard(table.name, f"only_added_{act.lower()}", act, "TRUE")
    yield from (guard for guard in GUARDS if guard.table == table.name)


def _stays(table: Table) -> bool:
    return table.name in KEPT or table.name in evidence_tables()


def _acts(table: Table) -> tuple[str, ...]:
    return ("INSERT",) if table.name in evidence_tables() else ("INSERT", "UPDATE")


def _sqlite_guards(table: Table) -> Iterator[Guard]:
    """What SQLite does not see to by itself on every connection: see above."""
    if not _stays(table):
        return
    for act in _acts(table):
        for name, columns, where in _keys(table):
            same = " AND ".join(f"{_quoted(column)} = NEW.{_quoted(column)}" for column in columns)
            other = " AND rowid <> OLD.rowid" if act == "UPDATE" else ""
            taken = f"EXISTS (SELECT 1 FROM {_quoted(table.name)} WHERE {same}{other})"
            if where:
                taken = _both(table, taken, where)
            yield Guard(table.name, f"same_{name}_{act.lower()}", act, taken)
        for key in _foreign_keys(table):
            yield Guard(table.name, f"parent_{'_'.join(key.column_keys)}_{act.lower()}", act, _orphan(key))


def _keys(table: Table) -> list[tuple[str, list[str], str]]:
    """All unique keys: a name, the columns, and where. The rowid is one unless the primary key is its other name."""
    primary = list(table.primary_key.columns)
    keys = [([column.name for column in primary], "", "")]
    if len(primary) > 1 or not isinstance(primary[0].type, Integer):
        keys.append((["rowid"], "", ""))
    for each in table.constraints:
        if isinstance(each, UniqueConstraint):
            keys.append(([column.name for column in each.columns], "", ""))
    for index in table.indexes:
        if index.unique:
            where = index.dialect_options["sqlite"]["where"]
            keys.append(
                (
                    [column.name for column in index.columns],
                    "" if where is None else str(where),
                    str(index.name),
                )
            )
    return sorted((name or "_".join(columns), columns, where) for columns, where, name in keys)


def _both(table: Table, taken: str, where: str) -> str:
    """A partial index: its condition holds for the row that is there and for the new one."""
    new = ", ".join(f"NEW.{_quoted(c.name)} AS {_quoted(c.name)}" for c in table.columns if c.name in where)
    return f"{taken[:-1]} AND ({where})) AND EXISTS (SELECT 1 FROM (SELECT {new}) WHERE {where})"


def _foreign_keys(table: Table) -> list[ForeignKeyConstraint]:
    return sorted(table.foreign_key_constraints, key=lambda key: str(key.name))


def _orphan(key: ForeignKeyConstraint) -> str:
    """The condition that a row refers to one that is not there."""
    pairs = [(element.parent.name, element.column) for element in key.elements]
    stated = " AND ".join(f"NEW.{_quoted(own)} IS NOT NULL" for own, _ in pairs)
    same = " AND ".join(f"parent.{_quoted(other.name)} = NEW.{_quoted(own)}" for own, other in pairs)
    return (
        f"{stated} AND NOT EXISTS (SELECT 1 FROM {_quoted(key.referred_table.name)} AS parent WHERE {same})"
    )


def _sqlite(guard: Guard) -> list[str]:
    return [
        f"CREATE TRIGGER {guard.trigger} BEFORE {guard.act} ON {_quoted(guard.table)} WHEN {guard.condition} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.trigger}'); END"
    ]


def _postgresql(guard: Guard) -> list[str]:
    does = (
        f"IF {guard.condition} THEN RAISE EXCEPTION '{guard.trigger}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {'OLD' if guard.act == 'DELETE' else 'NEW'};"
    )
    return [
        _function(guard.trigger, does),
        _trigger(guard.trigger, f"{guard.act} ON {_quoted(guard.table)}", "ROW"),
    ]


def _postgresql_truncate(table: Table, name: str) -> list[str]:
    does = f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation';"
    return [_function(name, does), _trigger(name, f"TRUNCATE ON {_quoted(table.name)}", "STATEMENT")]


def _function(name: str, does: str) -> str:
    # pg_temp last: or a temporary table of the same name would be asked in place of ours
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp "
        f"AS $$ BEGIN {does} END $$"
    )


def _trigger(name: str, when: str, each: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {when} FOR EACH {each} EXECUTE FUNCTION {name}()"


# what the index of targets holds, and the id (data/target_index.py)
_NOTED = "target"
_NOTED_COLUMNS = (
    *(
        "id",
        "code",
        "name",
        "kind",
        "type",
        "industry",
        "region",
        "state",
        "risk_class",
        "abnormal",
        "serious",
    ),
    "jurisdiction_code",
)
_REACH = "(SELECT reach FROM target_index_reach)"


def _sqlite_notes() -> dict[str, list[str]]:
    """The triggers that note which targets change behind the index."""
    moved = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _NOTED_COLUMNS)
    notes = (
        ("INSERT", "NEW.id", f"NEW.id <= {_REACH}"),
        ("UPDATE", "NEW.id", moved),
        ("DELETE", "OLD.id", "TRUE"),
    )
    return {
        f"guard_target_is_noted_{act.lower()}": [
            f"CREATE TRIGGER guard_target_is_noted_{act.lower()} AFTER {act} ON {_quoted(_NOTED)} WHEN {when} "
            f"BEGIN INSERT INTO target_changed (target_id) SELECT {noted} WHERE {noted} <= {_REACH} "
            f"AND NOT EXISTS (SELECT 1 FROM target_changed WHERE target_id = {noted}); END"
        ]
        for act, noted, when in notes
    }


def _postgresql_notes() -> dict[str, list[str]]:
    """The same for all rows of a statement at once."""
    now, then = (", ".join(f"{rows}.{name}" for name in _NOTED_COLUMNS) for rows in ("now", "was"))
    both = f"came AS now JOIN went AS was ON was.id = now.id WHERE ({now}) IS DISTINCT FROM ({then}) AND"
    notes = {
        "INSERT": ("NEW TABLE AS came", "SELECT id FROM came WHERE"),
        "UPDATE": ("OLD TABLE AS went NEW TABLE AS came", f"SELECT now.id FROM {both}"),
        "DELETE": ("OLD TABLE AS went", "SELECT id FROM went WHERE"),
    }
    made = {}
    for act, (rows, chosen) in notes.items():
        name, noted = f"guard_target_is_noted_{act.lower()}", "now.id" if act == "UPDATE" else "id"
        does = f"INSERT INTO target_changed {chosen} {noted} <= {_REACH} ON CONFLICT DO NOTHING; RETURN NULL;"
        made[name] = [
            _function(name, does),
            f"CREATE TRIGGER {name} AFTER {act} ON {_quoted(_NOTED)} REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]
    return made


def _quoted(name: str) -> str:
    return f'"{name}"'
