"""The database keeps its rules by itself: each of these statements is refused, without a line of ours at work.

Whoever attacks has the bare driver with its defaults (SQLite: no foreign keys, no recursive triggers) and may insert,
change and delete, but not alter the schema. Each attack names what stops it; without that it goes through, so it is
one. An attack's `prepare` is allowed; its `sql` is not. Times and persons in it are those of `tests.makers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from data.database import open_database
from data.guards import evidence_tables
from data.migrations import upgrade
from data.models import Base
from scheduler.transaction import EVERYTHING, transaction
from tests.databases import Cluster, a_name
from tests.makers import Story, a_story
from tests.raw_databases import REFUSALS, Postgresql, Raw, Sqlite, content, taken_back

NOW = "'2026-11-01 00:00:00+00:00'"
SAME = "guard_{table}_same_*"  # what SQLite is told once more, for REPLACE
PARENT = "guard_{table}_parent_*"  # and for foreign keys that nobody has switched on


@dataclass(frozen=True)
class Attack:
    """What somebody tries, and the patterns of the names that stop it; `{s...}` stands for an id of the story."""

    name: str
    sql: str
    stopped_by: tuple[str, ...]
    prepare: tuple[str, ...] = ()
    kind: str = ""  # where only one of the databases knows the statement


def copy(table: str, where: str, **changes: str) -> str:
    """The statement that puts a row in once more, with other values."""
    columns = {column.name: f'"{column.name}"' for column in Base.metadata.tables[table].columns}
    if "id" in columns and "id" not in changes:
        del columns["id"]
    columns |= changes
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {", ".join(columns.values())} FROM "{table}" WHERE {where}'
    )


def replace(statement: str) -> str:
    return statement.replace("INSERT INTO", "INSERT OR REPLACE INTO", 1)


_NEXT = "(SELECT max(seq) + 1 FROM draw)"
_DRAW = copy("draw", "id = {s.draws[frozen]}", campaign_id="{s.campaigns[approved]}", seq=_NEXT, number="'x'")
_NEW = "draw_id = (SELECT max(id) FROM draw)"
_MAX = "(SELECT max(id) FROM draw)"
_TO_NEW_DRAW = (
    _DRAW,
    copy("lottery", "draw_id = {s.draws[frozen]}", draw_id=_MAX),
)
_HOLD = "INSERT INTO open_population VALUES ('{s.jurisdiction}', {s.items[approved]}, " + _MAX + ")"
_THREE_LISTS = copy("frozen_table", "draw_id = {s.draws[frozen]} AND name <> 'bars'", draw_id=_MAX)
_FOUR_LISTS = copy("frozen_table", "draw_id = {s.draws[frozen]}", draw_id=_MAX)
_COMMIT_NEW = copy("draw_commitment", "draw_id = {s.draws[committed]}", draw_id=_MAX, digest=f"'{'9' * 64}'")


def _entry(turn: int, place: int, person: str, entropy: str = "'x'", stage: str = "revealed") -> str:
    return (
        f"INSERT INTO entropy_entry VALUES ({{s.draws[{stage}]}}, 1, {turn}, {place}, {{s.persons[{person}]}}, "
        f"{entropy}, {NOW})"
    )


def _opening(entropy: str, turn: int = 1, stage: str = "revealed") -> str:
    return (
        f"INSERT INTO opening VALUES ({{s.draws[{stage}]}}, 1, {turn}, 1, 2, {entropy}, '{'5' * 64}', {NOW})"
    )


def _unlocking(place: int) -> str:
    return (
        f"INSERT INTO unlocking SELECT draw_id, attempt, place, share, {NOW} FROM custody_share "
        f"WHERE draw_id = {{s.draws[kept]}} AND place = {place}"
    )


_KEPT_ENTROPY = (_entry(2, 1, "planner", stage="kept"), _entry(2, 2, "publisher", stage="kept"))
_UNLOCKED = (
    "INSERT INTO unlocked_secret SELECT draw_id, attempt, secret, salt_secret FROM lottery_secret "
    "WHERE draw_id = {s.draws[kept]}"
)
_CUSTODIAN = (
    "INSERT INTO custodian (department_id, user_id, person_id, named_by_person_id, named_at) "
    "VALUES ({{s.joining}}, {{s.users[{who}]}}, {{s.persons[{who}]}}, {{s.persons[admin]}}, " + NOW + ")"
)


_NEW_KEY = copy(
    "custody_key", "id = {s.keys[enterer]}", public_key="(SELECT ephemeral FROM custody_share LIMIT 1)"
)
_KEY_MADE = "(SELECT max(id) FROM custody_key)"
_CONFIRMATION = (
    f"INSERT INTO key_confirmation SELECT {_KEY_MADE}, {{{{s.persons[enterer]}}}}, {{{{s.users[{{who}}]}}}}, "
    f"{{{{s.persons[{{who}}]}}}}, {NOW}"
)
_END = (
    "UPDATE custody_end SET confirmed_by_user_id = {{s.users[{who}]}}, confirmed_by_person_id = {{s.persons[{who}]}}, "
    f"confirmed_at = {NOW} WHERE department_id = {{{{s.lead}}}}"
)


_AGREED = "'d10x20:14142135623730950488'"


def _result(visit: str, version: int, reason: str = "'改'") -> str:
    return copy("result", "id = {s.results[entered]}", visit_id=visit, version=str(version), reason=reason)


def _review(result: str, reviewer: str, entered: str = "{s.persons[enterer]}") -> str:
    return (
        "INSERT INTO review (result_id, entered_by_person_id, reviewer_person_id, decision, reason, at) "
        f"VALUES ({result}, {entered}, {reviewer}, 'accept', '', {NOW})"
    )


def _disclosure(
    result: str, due: str = "'2026-10-20'", inspected: str = "'2026-09-15'", decision: str = "accept"
) -> str:
    return (
        "INSERT INTO disclosure (result_id, decision, inspected_on, due_on, disclosed_at, person_id) "
        f"VALUES ({result}, '{decision}', {inspected}, {due}, {NOW}, {{s.persons[publisher]}})"
    )


def _drawn(rank: int, replaces: str) -> str:
    return (
        "INSERT INTO drawn_target (draw_id, target_id, attempt, stratum, rank, row_index, ticket, replaces_id) VALUES "
        f"({{s.draws[completed]}}, {{s.targets[4]}}, 1, 'all', {rank}, 77, '0123456789abcdef', {replaces})"
    )


def _member(draw: str, target: str, version: int, inspector: str) -> str:
    return (
        "INSERT INTO team_member (draw_id, target_id, department_id, version, inspector_id, role) VALUES "
        f"({{s.draws[{draw}]}}, {target}, {{s.lead}}, {version}, {inspector}, 'member')"
    )


ATTACKS = (
    # the register of numbers
    Attack("second_open_draw_of_a_campaign",
           copy("draw", "id = {s.draws[committed]}", seq=_NEXT, number="'x'", state="'frozen'"),
           ("uq_draw_open", "guard_draw_same_uq_draw_open_insert"),
           ("UPDATE campaign SET state = 'approved' WHERE id = {s.campaigns[committed]}",)),
    Attack("draw_after_the_draw",
           copy("draw", "id = {s.draws[completed]}", seq=_NEXT, number="'x'", state="'frozen'", closed_at="NULL"),
           ("guard_draw_campaign_is_approved", "guard_draw_campaign_is_drawn")),
    Attack("draw_of_an_unapproved_campaign",
           copy("draw", "id = {s.draws[frozen]}", seq=_NEXT, number="'x'", campaign_id="{s.campaigns[draft]}"),
           ("guard_draw_campaign_is_approved",)),
    Attack("draw_approved_by_its_planner",
           copy("draw", "id = {s.draws[frozen]}", seq=_NEXT, number="'x'", campaign_id="{s.campaigns[approved]}",
                approver_person_id="planner_person_id"),
           ("guard_draw_campaign_is_approved", "ck_draw_planner_is_not_approver")),
    Attack("second_open_draw_of_a_population",
           "INSERT INTO open_population VALUES ('{s.jurisdiction}', {s.items[frozen]}, {s.draws[committed]})",
           ("pk_open_population", "guard_open_population_same_*")),
    Attack("population_released_while_its_draw_is_open",
           "DELETE FROM open_population WHERE draw_id = {s.draws[frozen]}", ("guard_open_population_is_open",)),
    Attack("population_moved_to_another_draw",
           "UPDATE open_population SET draw_id = {s.draws[completed]} WHERE draw_id = {s.draws[frozen]}",
           ("guard_open_population_stays",)),
    Attack("gap_in_the_numbers",
           copy("draw", "id = {s.draws[frozen]}", campaign_id="{s.campaigns[approved]}", seq="(SELECT max(seq) + 2 "
                "FROM draw)", number="'x'"), ("guard_draw_number_is_next",)),
    Attack("number_of_a_void_draw_reused",
           copy("draw", "id = {s.draws[frozen]}", campaign_id="{s.campaigns[approved]}", seq=_NEXT,
                number="(SELECT number FROM draw WHERE id = {s.draws[void]})"),
           ("uq_draw_number", "guard_draw_same_number_insert")),
    Attack("place_in_the_register_reused",
           copy("draw", "id = {s.draws[frozen]}", campaign_id="{s.campaigns[approved]}", number="'x'"),
           ("uq_draw_register_id_year_seq", "guard_draw_number_is_next", "guard_draw_same_register_id_year_seq_*")),
    Attack("number_changed", "UPDATE draw SET number = 'x' WHERE id = {s.draws[void]}", ("guard_draw_identity",)),
    Attack("number_deleted", "DELETE FROM draw WHERE id = {s.draws[void]}",
           ("guard_draw_stays", "fk_*_draw_id", "fk_*_persons_of_draw")),
    Attack("void_draw_revived",
           "UPDATE draw SET state = 'frozen', void_ground = '', closed_at = NULL WHERE id = {s.draws[void]}",
           ("guard_draw_is_over", "guard_draw_steps")),
    Attack("completed_draw_reopened",
           "UPDATE draw SET state = 'short', closed_at = NULL WHERE id = {s.draws[completed]}",
           ("guard_draw_is_over", "guard_draw_steps")),
    Attack("completed_draw_voided",
           "UPDATE draw SET state = 'void', void_ground = 'wrong_list' WHERE id = {s.draws[completed]}",
           ("guard_draw_is_over", "guard_draw_steps", "guard_draw_seed_stands")),
    Attack("drawn_number_voided_because_it_does_not_please",
           f"UPDATE draw SET state = 'void', void_ground = 'wrong_list', closed_at = {NOW} WHERE id = {{s.draws[short]}}",
           ("guard_draw_seed_stands", "guard_draw_steps")),
    Attack("void_ground_changed", "UPDATE draw SET void_ground = 'shortage' WHERE id = {s.draws[void]}",
           ("guard_draw_is_over",)),
    Attack("draw_completed_without_a_seed",
           f"UPDATE draw SET state = 'completed', closed_at = {NOW} WHERE id = {{s.draws[revealed]}}",
           ("guard_draw_is_drawn",)),
    Attack("draw_committed_without_a_commitment",
           "UPDATE draw SET state = 'committed' WHERE id = {s.draws[frozen]}", ("guard_draw_is_committed",)),
    Attack("draw_revealed_without_a_closing",
           "UPDATE draw SET state = 'revealed' WHERE id = {s.draws[committed]}", ("guard_draw_reveals_are_closed",)),
    Attack("draw_moved_to_another_register", "UPDATE draw SET register_id = {s.joining} WHERE id = {s.draws[frozen]}",
           ("guard_draw_identity",)),
    # before the seed
    Attack("frozen_list_changed", "UPDATE frozen_table SET content = '' WHERE draw_id = {s.draws[committed]}",
           ("guard_frozen_table_only_added_update",)),
    Attack("frozen_list_taken_away", "DELETE FROM frozen_table WHERE draw_id = {s.draws[frozen]} AND name = 'bars'",
           ("guard_frozen_table_only_added_delete",)),
    Attack("further_list_after_the_commitment",
           copy("frozen_table", "draw_id = {s.draws[committed]} AND name = 'bars'", name="'more'"),
           ("ck_frozen_table_name", "guard_frozen_table_before_draw_commitment", "guard_frozen_table_in_its_time")),
    Attack("commitment_to_three_lists", _COMMIT_NEW, ("guard_draw_commitment_lists_are_frozen",),
           (*_TO_NEW_DRAW, _HOLD, _THREE_LISTS)),
    Attack("commitment_without_its_population", _COMMIT_NEW, ("guard_draw_commitment_population_is_held",),
           (*_TO_NEW_DRAW, _FOUR_LISTS)),
    Attack("commitment_of_a_void_draw",
           copy("draw_commitment", "draw_id = {s.draws[committed]}", draw_id="{s.draws[void]}", digest=f"'{'9' * 64}'"),
           ("guard_draw_commitment_in_its_time", "guard_draw_commitment_population_is_held")),
    Attack("commitment_changed", f"UPDATE draw_commitment SET digest = '{'9' * 64}' WHERE draw_id = {{s.draws[committed]}}",
           ("guard_draw_commitment_only_added_update",)),
    Attack("secret_chosen_anew", "UPDATE lottery_secret SET secret = salt_secret WHERE draw_id = {s.draws[committed]}",
           ("guard_lottery_secret_only_added_update",)),
    Attack("secret_given_to_the_service", "UPDATE lottery_secret SET holder = 'service', sealing = NULL "
           "WHERE draw_id = {s.draws[kept]}", ("guard_lottery_secret_only_added_update",)),
    Attack("share_encrypted_to_somebody_else", "UPDATE custody_share SET share = ephemeral || ephemeral "
           "WHERE draw_id = {s.draws[kept]}", ("guard_custody_share_only_added_update", "ck_custody_share_share_length")),
    Attack("share_for_the_planner",
           copy("custody_share", "draw_id = {s.draws[kept]} AND place = 1", draw_id="{s.draws[frozen]}",
                person_id="planner_person_id"),
           ("ck_custody_share_is_not_the_planner", "fk_custody_share_*", PARENT)),
    Attack("share_for_the_approver",
           copy("custody_share", "draw_id = {s.draws[kept]} AND place = 1", draw_id="{s.draws[frozen]}",
                person_id="approver_person_id"),
           ("ck_custody_share_is_not_the_approver", "fk_custody_share_*", PARENT)),
    Attack("second_share_for_one_person",
           copy("custody_share", "draw_id = {s.draws[frozen]} AND place = 1", place="2"),
           ("uq_custody_share_draw_id_attempt_person_id", SAME),
           (copy("custody_share", "draw_id = {s.draws[kept]} AND place = 1", draw_id="{s.draws[frozen]}"),)),
    Attack("share_given_after_the_commitment",
           copy("custody_share", "draw_id = {s.draws[completed]} AND place = 1", draw_id="{s.draws[committed]}"),
           ("guard_custody_share_in_its_time", "guard_custody_share_before_draw_commitment")),
    Attack("commitment_with_two_shares", _COMMIT_NEW, ("guard_draw_commitment_shares_are_given",),
           (*_TO_NEW_DRAW, _HOLD, _FOUR_LISTS,
            copy("lottery_secret", "draw_id = {s.draws[kept]}", draw_id=_MAX),
            copy("custody_share", "draw_id = {s.draws[kept]} AND place < 3", draw_id=_MAX))),
    Attack("share_opened_before_the_entropy", _unlocking(1), ("guard_unlocking_entropy_stands",)),
    Attack("seed_of_a_secret_that_one_has_opened", _opening("'x'", 2, "kept"), ("guard_opening_two_have_opened",),
           (*_KEPT_ENTROPY, _unlocking(1))),
    Attack("secret_that_one_has_opened", _UNLOCKED, ("guard_unlocked_secret_two_have_opened",),
           (*_KEPT_ENTROPY, _unlocking(1))),
    Attack("share_opened_after_the_seed", _unlocking(3), ("guard_unlocking_before_opening",),
           (*_KEPT_ENTROPY, _unlocking(1), _unlocking(2), _opening("'x'", 2, "kept"))),
    Attack("other_secret_after_the_seed", _UNLOCKED, ("guard_unlocked_secret_before_opening",),
           (*_KEPT_ENTROPY, _unlocking(1), _unlocking(2), _opening("'x'", 2, "kept"))),
    Attack("fourth_custodian", "INSERT INTO custodian (department_id, user_id, person_id, named_by_person_id, named_at) "
           "VALUES ({s.lead}, {s.users[reviewer]}, {s.persons[reviewer]}, {s.persons[admin]}, " + NOW + ")",
           ("guard_custodian_at_most_three",)),
    Attack("custodian_named_by_himself", _CUSTODIAN.format(who="admin"), ("ck_custodian_not_by_oneself",)),
    Attack("custodian_named_twice", _CUSTODIAN.format(who="witness"), ("uq_custodian_in_office", SAME),
           (_CUSTODIAN.format(who="witness"),)),
    Attack("custodian_taken_away", "DELETE FROM custodian", ("guard_custodian_stays",)),
    Attack("custodian_exchanged", "UPDATE custodian SET user_id = {s.users[reviewer]}, person_id = {s.persons[reviewer]} "
           "WHERE person_id = {s.persons[enterer]}", ("guard_custodian_words_are_fixed",)),
    Attack("relieved_custodian_back_in_office", "UPDATE custodian SET ended_at = NULL",
           ("guard_custodian_is_relieved",), ("UPDATE custodian SET ended_at = named_at",)),
    Attack("key_confirmed_within_the_department", _CONFIRMATION.format(who="reviewer"),
           ("guard_key_confirmation_is_of_another_department",), (_NEW_KEY,)),
    Attack("key_confirmed_by_its_holder", _CONFIRMATION.format(who="enterer"),
           ("ck_key_confirmation_not_by_oneself", "guard_key_confirmation_is_of_another_department"), (_NEW_KEY,)),
    Attack("share_to_a_key_that_nobody_has_confirmed",
           copy("custody_share", "draw_id = {s.draws[kept]} AND place = 3", draw_id="{s.draws[frozen]}", key_id=_KEY_MADE),
           ("guard_custody_share_key_is_confirmed",), (_NEW_KEY,)),
    Attack("confirmation_taken_away", "DELETE FROM key_confirmation", ("guard_key_confirmation_only_added_delete",)),
    Attack("end_of_custody_confirmed_within_the_department", _END.format(who="approver"),
           ("guard_custody_end_is_confirmed_elsewhere",)),
    Attack("end_of_custody_that_was_confirmed_is_confirmed_by_another", _END.format(who="approver"),
           ("guard_custody_end_is_confirmed_elsewhere", "guard_custody_end_is_confirmed"), (_END.format(who="neighbour"),)),
    Attack("end_of_custody_of_another_department", "UPDATE custody_end SET department_id = {s.joining}",
           ("guard_custody_end_words_are_fixed",)),
    Attack("end_of_custody_without_a_proposal",
           "INSERT INTO custody_end (department_id, reason, proposed_by_person_id, proposed_at, confirmed_by_user_id, "
           "confirmed_by_person_id, confirmed_at) VALUES ({s.lead}, 'x', {s.persons[admin]}, " + NOW + ", "
           "{s.users[neighbour]}, {s.persons[neighbour]}, " + NOW + ")", ("guard_custody_end_begins_unconfirmed",)),
    Attack("proposal_taken_away", "DELETE FROM custody_end", ("guard_custody_end_stays",)),
    Attack("plan_changed", "UPDATE lottery SET plan = 'other' WHERE draw_id = {s.draws[frozen]}",
           ("guard_lottery_only_added_update",)),
    Attack("second_attempt_before_the_first_is_open",
           copy("lottery", "draw_id = {s.draws[frozen]}", attempt="2"), ("guard_lottery_attempt_before_is_open",)),
    Attack("attempt_after_the_draw",
           copy("lottery", "draw_id = {s.draws[completed]}", attempt="2"), ("guard_lottery_in_its_time",)),
    Attack("attempt_skipped",
           copy("lottery", "draw_id = {s.draws[frozen]}", attempt="3"),
           ("guard_lottery_attempt_is_next", "guard_lottery_attempt_before_is_open")),
    Attack("witness_commits_after_the_commitment",
           copy("witness_commitment", "draw_id = {s.draws[committed]} AND place = 1", place="3"),
           ("guard_witness_commitment_in_its_time", "guard_witness_commitment_before_draw_commitment",
            "guard_witness_commitment_is_a_witness", "uq_witness_commitment_*", SAME)),
    Attack("approver_commits_as_a_witness",
           copy("witness_commitment", "draw_id = {s.draws[frozen]} AND place = 1", place="3",
                person_id="approver_person_id"),
           ("guard_witness_commitment_is_a_witness", "ck_witness_commitment_is_not_the_approver")),
    Attack("planner_commits_as_a_witness",
           copy("witness_commitment", "draw_id = {s.draws[frozen]} AND place = 1", place="3",
                person_id="planner_person_id"),
           ("guard_witness_commitment_is_a_witness", "ck_witness_commitment_is_not_the_planner")),
    Attack("stranger_commits_as_a_witness",
           copy("witness_commitment", "draw_id = {s.draws[frozen]} AND place = 1", place="3",
                person_id="{s.persons[enterer]}"), ("guard_witness_commitment_is_a_witness",)),
    Attack("reveal_before_the_commitment",
           copy("witness_reveal", "draw_id = {s.draws[committed]}", draw_id="{s.draws[frozen]}"),
           ("fk_witness_reveal_draw_id_attempt", PARENT)),
    Attack("reveal_after_the_closing",
           copy("witness_reveal", "draw_id = {s.draws[revealed]} AND place = 1", place="2"),
           ("guard_witness_reveal_in_its_time", "guard_witness_reveal_before_reveal_closing")),
    Attack("publication_dated_back_after_the_closing",
           copy("publication", "draw_id = {s.draws[revealed]}", published_at="'2026-09-01 00:00:00+00:00'"),
           ("guard_publication_in_its_time", "guard_publication_before_reveal_closing")),
    Attack("time_stamp_after_the_closing",
           copy("time_stamp", "draw_id = {s.draws[committed]}", draw_id="{s.draws[revealed]}",
                publication_id="(SELECT id FROM publication WHERE draw_id = {s.draws[revealed]})"),
           ("guard_time_stamp_in_its_time", "guard_time_stamp_before_reveal_closing")),
    Attack("time_stamp_exchanged",
           "UPDATE time_stamp SET serial = '0' WHERE draw_id = {s.draws[committed]}",
           ("guard_time_stamp_only_added_update",)),
    Attack("signature_of_the_beacon_before_the_seed",
           copy("beacon_signature", "draw_id = {s.draws[short]}", id="9999", draw_id="{s.draws[revealed]}"),
           ("fk_beacon_signature_draw_id_attempt", PARENT)),
    Attack("signature_of_the_beacon_taken_away",
           "DELETE FROM beacon_signature WHERE draw_id = {s.draws[short]}",
           ("guard_beacon_signature_only_added_delete",)),
    Attack("publication_changed",
           "UPDATE publication SET published_at = '2026-01-01 00:00:00+00:00' WHERE draw_id = {s.draws[committed]}",
           ("guard_publication_only_added_update",)),
    Attack("entropy_before_the_reveals_are_closed", _entry(1, 1, "planner", stage="committed"),
           ("guard_entropy_entry_in_its_time", "fk_entropy_entry_draw_id_attempt", PARENT)),
    Attack("entropy_entered_twice_by_one_person", _entry(2, 2, "planner", _AGREED),
           ("uq_entropy_entry_draw_id_attempt_round_person_id", SAME), (_entry(2, 1, "planner", _AGREED),)),
    Attack("entropy_in_a_third_place", _entry(2, 3, "enterer"), ("ck_entropy_entry_place",)),
    Attack("round_after_rounds_that_agree", _entry(3, 1, "planner"), ("guard_entropy_entry_round_is_agreed",),
           (_entry(2, 1, "planner", _AGREED), _entry(2, 2, "publisher", _AGREED))),
    Attack("round_skipped", _entry(5, 1, "planner"), ("guard_entropy_entry_round_is_next",)),
    Attack("entropy_after_the_seed", _entry(3, 1, "planner", stage="completed"),
           ("guard_entropy_entry_in_its_time", "guard_entropy_entry_before_opening",
            "guard_entropy_entry_round_is_agreed")),
    Attack("seed_of_entropy_that_two_did_not_enter", _opening(_AGREED), ("fk_opening_second_entry", PARENT)),
    Attack("seed_of_entropy_that_nobody_entered", _opening("'other'"), ("fk_opening_*_entry", PARENT)),
    Attack("seed_of_one_entry_counted_twice",
           _opening(_AGREED).replace("1, 1, 2,", "1, 1, 1,"), ("ck_opening_both_places",)),
    # the outcome
    Attack("seed_changed", f"UPDATE opening SET seed = '{'9' * 64}' WHERE draw_id = {{s.draws[completed]}}",
           ("guard_opening_only_added_update",)),
    Attack("second_seed", copy("opening", "draw_id = {s.draws[completed]}", seed=f"'{'9' * 64}'"),
           ("guard_opening_in_its_time", "pk_opening", SAME)),
    Attack("file_of_the_draw_added_later", copy("draw_file", "draw_id = {s.draws[completed]}", name="'more.csv'"),
           ("guard_draw_file_in_its_time",)),
    Attack("drawn_target_added_at_another_rank", _drawn(99, "NULL"), ("guard_drawn_target_in_its_time",)),
    Attack("drawn_target_exchanged",
           "UPDATE drawn_target SET target_id = {s.targets[4]} WHERE draw_id = {s.draws[again]} AND rank = 1",
           ("guard_drawn_target_only_added_update", "fk_visit_draw_id_target_id")),
    Attack("successor_without_a_void", _drawn(5, "{s.targets[1]}"), ("guard_drawn_target_succeeds_a_void_one",)),
    Attack("successor_at_another_rank", _drawn(7, "{s.targets[1]}"), ("guard_drawn_target_is_the_next",),
           ("INSERT INTO draw_change (draw_id, seq, kind, subject, ground, note, approver_role, approver_person_id, "
            "result, at) VALUES ({s.draws[completed]}, 3, 'void', 'x', 'revoked', '', 'approver', "
            "{s.persons[approver]}, 'x', " + NOW + ")",)),
    Attack("two_successors_of_one_target", _drawn(5, "{s.targets[2]}"),
           ("uq_drawn_target_draw_id_replaces_id", "guard_drawn_target_succeeds_a_void_one", SAME)),
    Attack("team_member_exchanged",
           "UPDATE team_member SET inspector_id = {third} WHERE draw_id = {s.draws[again]} AND "
           "target_id = {s.targets[0]} AND inspector_id = {first}", ("guard_team_member_only_added_update",)),
    Attack("team_member_left_out", "DELETE FROM team_member WHERE draw_id = {s.draws[again]}",
           ("guard_team_member_only_added_delete",)),
    Attack("third_member_of_a_team_of_two", _member("completed", "{s.targets[1]}", 1, "{third}"),
           ("guard_team_member_team_is_full",)),
    Attack("new_team_without_a_change", _member("again", "{s.targets[1]}", 2, "{third}"),
           ("guard_team_member_change_is_told",)),
    Attack("version_of_a_team_skipped", _member("completed", "{s.targets[1]}", 3, "{third}"),
           ("guard_team_member_version_is_next",)),
    Attack("change_out_of_order", copy("draw_change", "draw_id = {s.draws[completed]} AND seq = 1", seq="7"),
           ("guard_draw_change_seq_is_next",)),
    Attack("recusal_rewritten", "UPDATE draw_change SET ground = 'illness' WHERE seq = 1",
           ("guard_draw_change_only_added_update",)),
    Attack("recusal_without_a_ground", copy("draw_change", "draw_id = {s.draws[completed]} AND seq = 1", seq="3",
                                            ground="''"), ("ck_draw_change_has_a_ground",)),
    # campaigns
    Attack("planner_approves_his_own_campaign",
           "UPDATE campaign SET state = 'approved', approver_person_id = planner_person_id WHERE id = {s.campaigns[draft]}",
           ("ck_campaign_planner_is_not_approver",),
           ("UPDATE campaign SET state = 'submitted' WHERE id = {s.campaigns[draft]}",)),
    Attack("witness_approves_the_campaign",
           "UPDATE campaign SET state = 'approved', approver_person_id = {s.persons[witness]} "
           "WHERE id = {s.campaigns[draft]}", ("guard_campaign_approver_is_no_witness",),
           ("UPDATE campaign SET state = 'submitted' WHERE id = {s.campaigns[draft]}",)),
    Attack("campaign_approved_by_nobody",
           "UPDATE campaign SET state = 'approved' WHERE id = {s.campaigns[draft]}", ("ck_campaign_approved_by_somebody",),
           ("UPDATE campaign SET state = 'submitted' WHERE id = {s.campaigns[draft]}",)),
    Attack("campaign_born_approved",
           copy("campaign", "id = {s.campaigns[approved]}", code="'x'"), ("guard_campaign_begins_as_draft",)),
    Attack("campaign_approved_out_of_the_draft",
           "UPDATE campaign SET state = 'approved', approver_person_id = {s.persons[approver]} "
           "WHERE id = {s.campaigns[draft]}", ("guard_campaign_steps", "guard_campaign_approver_is_no_witness")),
    Attack("witness_is_the_planner",
           copy("witness", "campaign_id = {s.campaigns[draft]} AND place = 1", place="3", person_id="planner_person_id"),
           ("ck_witness_is_not_the_planner",)),
    Attack("witness_is_the_planner_under_a_false_name",
           copy("witness", "campaign_id = {s.campaigns[draft]} AND place = 1", place="3", person_id="planner_person_id",
                planner_person_id="{s.persons[admin]}"),
           ("fk_witness_campaign_id_planner_person_id", PARENT)),
    Attack("planner_of_a_campaign_changed",
           "UPDATE campaign SET planner_person_id = {s.persons[admin]} WHERE id = {s.campaigns[approved]}",
           ("guard_campaign_identity", "fk_witness_campaign_id_planner_person_id")),
    Attack("approver_of_a_campaign_changed",
           "UPDATE campaign SET approver_person_id = {s.persons[admin]} WHERE id = {s.campaigns[approved]}",
           ("guard_campaign_approver",)),
    Attack("total_changed_after_the_approval", "UPDATE campaign SET total = 1 WHERE id = {s.campaigns[approved]}",
           ("guard_campaign_is_submitted",)),
    Attack("approved_campaign_deleted", "DELETE FROM campaign WHERE id = {s.campaigns[approved]}",
           ("guard_campaign_stays", "fk_*_campaign_id", "fk_witness_*")),
    Attack("rate_changed_after_the_approval",
           "UPDATE rate SET rate = '1/100' WHERE campaign_id = {s.campaigns[approved]}",
           ("guard_rate_is_approved_update",)),
    Attack("rate_moved_in_from_a_draft",
           "UPDATE rate SET campaign_id = {s.campaigns[approved]}, stratum = 'x' WHERE campaign_id = {s.campaigns[draft]}",
           ("guard_rate_is_approved_update",)),
    Attack("condition_added_after_the_approval",
           copy("condition", "campaign_id = {s.campaigns[approved]}", place="2"),
           ("guard_condition_is_approved_insert",)),
    Attack("condition_dropped_after_the_approval",
           "DELETE FROM condition WHERE campaign_id = {s.campaigns[approved]}", ("guard_condition_is_approved_delete",)),
    Attack("item_added_after_the_approval",
           "INSERT INTO campaign_item VALUES ({s.campaigns[approved]}, {s.versions[frozen]})",
           ("guard_campaign_item_is_approved_insert",)),
    Attack("witness_exchanged_after_the_approval",
           "UPDATE witness SET person_id = {s.persons[admin]} WHERE campaign_id = {s.campaigns[approved]} AND place = 1",
           ("guard_witness_is_approved_update",)),
    Attack("witness_dropped_after_the_approval",
           "DELETE FROM witness WHERE campaign_id = {s.campaigns[approved]}", ("guard_witness_is_approved_delete",)),
    Attack("team_made_smaller_after_the_approval",
           "UPDATE campaign_department SET size = 1 WHERE campaign_id = {s.campaigns[approved]}",
           ("guard_campaign_department_is_approved_update",)),
    # items
    Attack("words_of_an_item_changed_after_publication",
           "UPDATE item_version SET basis = 'x' WHERE id = {s.versions[approved]}", ("guard_item_version_words_are_fixed",)),
    Attack("second_published_version",
           "UPDATE item_version SET state = 'published' WHERE item_id = {s.items[draft]} AND version = 2",
           ("uq_item_version_published", "guard_item_version_same_uq_item_version_published_update"),
           ("UPDATE item_version SET state = 'legal_review' WHERE item_id = {s.items[draft]} AND version = 2",
            "UPDATE item_version SET state = 'office_confirmation' WHERE item_id = {s.items[draft]} AND version = 2")),
    Attack("item_published_out_of_the_draft",
           "UPDATE item_version SET state = 'published' WHERE id = {s.versions[spare]}",
           ("guard_item_version_leaves_the_draft",)),
    Attack("item_born_published",
           copy("item_version", "id = {s.versions[spare]}", version="9", state="'published'"),
           ("guard_item_version_begins_as_draft",)),
    Attack("published_version_deleted", "DELETE FROM item_version WHERE id = {s.versions[approved]}",
           ("guard_item_version_stays", "fk_*_version_id")),
    # roles
    Attack("role_granted_to_oneself",
           copy("role_grant", "role = 'planner'", role="'administrator'", granted_by_person_id="person_id"),
           ("ck_role_grant_not_by_oneself",)),
    Attack("role_granted_to_oneself_under_a_false_name",
           copy("role_grant", "role = 'planner'", role="'administrator'", granted_by_person_id="person_id",
                person_id="{s.persons[enterer]}"), ("fk_role_grant_user_id_person_id", PARENT)),
    Attack("granted_role_exchanged", "UPDATE role_grant SET role = 'administrator' WHERE role = 'witness'",
           ("guard_role_grant_words_are_fixed",)),
    Attack("revoked_grant_revived", "UPDATE role_grant SET revoked_at = NULL WHERE role = 'witness'",
           ("guard_role_grant_is_revoked",), ("UPDATE role_grant SET revoked_at = granted_at WHERE role = 'witness'",)),
    Attack("grant_made_unseen", "DELETE FROM role_grant WHERE role = 'witness'", ("guard_role_grant_stays",)),
    Attack("account_given_to_another_person",
           "UPDATE user_account SET person_id = {s.persons[enterer]} WHERE id = {s.users[admin]}",
           ("guard_user_account_identity",)),
    # visits and results
    Attack("result_without_a_visit", _result("99999", 1, "''"),
           ("guard_result_visit_is_open", "fk_result_visit_id", PARENT)),
    Attack("result_of_a_void_visit", _result("{s.visits[void]}", 1, "''"), ("guard_result_visit_is_open",)),
    Attack("result_changed", "UPDATE result SET code = '1' WHERE id = {s.results[disclosed]}",
           ("guard_result_only_added_update",)),
    Attack("result_deleted", "DELETE FROM result WHERE id = {s.results[disclosed]}",
           ("guard_result_only_added_delete", "fk_*_result_id*")),
    Attack("version_of_a_result_skipped", _result("{s.visits[returned]}", 3),
           ("guard_result_version_is_next", "guard_result_version_before_is_reviewed")),
    Attack("correction_while_the_result_is_reviewed", _result("{s.visits[entered]}", 2),
           ("guard_result_visit_is_open", "guard_result_version_before_is_reviewed")),
    Attack("correction_without_a_reason", _result("{s.visits[returned]}", 2, "''"),
           ("ck_result_a_correction_has_a_reason",)),
    Attack("visit_moved_to_another_target",
           "UPDATE visit SET target_id = {s.targets[4]} WHERE id = {s.visits[open]}",
           ("guard_visit_identity", "guard_visit_parent_*", "fk_visit_draw_id_target_id", "fk_team_member_draw_id_*")),
    Attack("visit_deleted", "DELETE FROM visit WHERE id = {s.visits[open]}",
           ("guard_visit_stays", "fk_team_member_draw_id_*")),
    Attack("visit_of_a_department_without_a_part",
           copy("visit", "id = {s.visits[open]}", department_id="{s.lead}", draw_id="{s.draws[again]}",
                target_id="{s.targets[5]}"), ("fk_visit_draw_id_target_id", PARENT)),
    Attack("visit_voided_after_its_result", "UPDATE visit SET state = 'void' WHERE id = {s.visits[disclosed]}",
           ("guard_visit_steps",)),
    Attack("visit_accepted_without_a_review", "UPDATE visit SET state = 'accepted' WHERE id = {s.visits[entered]}",
           ("guard_visit_is_accepted",)),
    Attack("visit_sent_back_without_a_review", "UPDATE visit SET state = 'returned' WHERE id = {s.visits[entered]}",
           ("guard_visit_is_sent_back",)),
    Attack("visit_entered_without_a_result", "UPDATE visit SET state = 'entered' WHERE id = {s.visits[open]}",
           ("guard_visit_has_a_result",)),
    Attack("visit_disclosed_without_a_disclosure", "UPDATE visit SET state = 'disclosed' WHERE id = {s.visits[accepted]}",
           ("guard_visit_is_disclosed",)),
    Attack("finding_after_the_review",
           copy("finding", "result_id = {s.results[disclosed]}", item_version_id="{s.versions[frozen]}"),
           ("guard_finding_result_is_reviewed",)),
    Attack("problem_without_a_look", copy("finding", "result_id = {s.results[entered]}", checked="FALSE",
                                          item_version_id="{s.versions[frozen]}"), ("ck_finding_a_problem_was_looked_at",)),
    Attack("attachment_after_the_review",
           copy("attachment", "result_id = {s.results[disclosed]}", sha256="'x'"),
           ("guard_attachment_result_is_reviewed",)),
    Attack("attachment_exchanged", "UPDATE attachment SET content = 'other' WHERE result_id = {s.results[entered]}",
           ("guard_attachment_only_added_update", "ck_attachment_size_is_true")),
    Attack("size_of_an_attachment_untrue", copy("attachment", "result_id = {s.results[entered]}", sha256="'x'", size="1"),
           ("ck_attachment_size_is_true",)),
    Attack("review_of_ones_own_result", _review("{s.results[entered]}", "{s.persons[enterer]}"),
           ("ck_review_not_of_ones_own",)),
    Attack("review_of_ones_own_result_under_a_false_name",
           _review("{s.results[entered]}", "{s.persons[enterer]}", "{s.persons[admin]}"),
           ("fk_review_result_id_entered_by_person_id", PARENT)),
    Attack("second_review", _review("{s.results[returned]}", "{s.persons[reviewer]}"),
           ("pk_review", "guard_review_in_its_time", SAME)),
    Attack("sent_back_without_a_reason", _review("{s.results[entered]}", "{s.persons[reviewer]}")
           .replace("'accept'", "'send_back'"), ("ck_review_sent_back_with_a_reason",)),
    Attack("review_changed", "UPDATE review SET decision = 'accept' WHERE result_id = {s.results[returned]}",
           ("guard_review_only_added_update",)),
    Attack("disclosure_of_an_unreviewed_result", _disclosure("{s.results[entered]}"),
           ("guard_disclosure_in_its_time", "fk_disclosure_result_id_decision", PARENT)),
    Attack("disclosure_of_a_result_sent_back", _disclosure("{s.results[returned]}"),
           ("guard_disclosure_in_its_time", "fk_disclosure_result_id_decision", PARENT)),
    Attack("disclosure_of_a_result_sent_back_said_so", _disclosure("{s.results[returned]}", decision="send_back"),
           ("guard_disclosure_in_its_time", "ck_disclosure_of_an_accepted_result")),
    Attack("disclosure_due_before_the_inspection", _disclosure("{s.results[accepted]}", due="'2026-09-14'"),
           ("ck_disclosure_due_after_the_visit",)),
    Attack("disclosure_due_before_the_inspection_under_a_false_day",
           _disclosure("{s.results[accepted]}", due="'2026-09-14'", inspected="'2026-09-01'"),
           ("fk_disclosure_result_id_inspected_on", PARENT)),
    Attack("disclosure_changed", "UPDATE disclosure SET due_on = '2027-01-01'", ("guard_disclosure_only_added_update",)),
    Attack("disclosure_deleted", "DELETE FROM disclosure", ("guard_disclosure_only_added_delete",)),
    Attack("follow_up_reopened",
           "UPDATE follow_up SET state = 'open', closed_on = NULL WHERE id = {s.follow_ups[closed]}",
           ("guard_follow_up_is_closed",)),
    Attack("follow_up_deleted", "DELETE FROM follow_up WHERE id = {s.follow_ups[open]}", ("guard_follow_up_stays",)),
    Attack("follow_up_of_another_visit",
           copy("follow_up", "id = {s.follow_ups[open]}", visit_id="{s.visits[accepted]}"),
           ("fk_follow_up_result_id_visit_id", PARENT)),
    Attack("obligation_deleted", "DELETE FROM obligation", ("guard_obligation_stays",)),
    Attack("obligation_moved", "UPDATE obligation SET triggered_on = '2026-09-16' WHERE fulfilled_on IS NULL",
           ("guard_obligation_trigger_is_fixed",)),
    Attack("fulfilment_moved", "UPDATE obligation SET fulfilled_on = '2026-09-30' WHERE fulfilled_on IS NOT NULL",
           ("guard_obligation_is_fulfilled",)),
    # what the public has
    Attack("public_bundle_while_targets_wait_for_their_visit",
           copy("public_bundle", "draw_id = {s.draws[closed]}", draw_id="{s.draws[completed]}"),
           ("guard_public_bundle_in_its_time",)),
    Attack("code_good_once_more", "UPDATE proof_code SET used_at = NULL WHERE used_at IS NOT NULL",
           ("guard_proof_code_is_over",)),
    Attack("ended_code_good_again", "UPDATE proof_code SET ended_at = NULL WHERE ended_at IS NOT NULL",
           ("guard_proof_code_is_over",)),
    Attack("code_used_and_ended",
           copy("proof_code", "used_at IS NOT NULL", id="4711", digest=f"'{'f' * 64}'", ended_at="used_at"),
           ("ck_proof_code_used_or_ended",)),
    Attack("code_turned_to_another_target", "UPDATE proof_code SET row_index = 1 WHERE draw_id = {s.draws[closed]}",
           ("guard_proof_code_identity",)),
    Attack("token_turned_to_another_target", "UPDATE proof_token SET row_index = 1 WHERE draw_id = {s.draws[closed]}",
           ("guard_proof_token_identity",)),
    # the ledger
    Attack("line_of_the_ledger_changed", "UPDATE ledger SET person_id = 7 WHERE seq = 2",
           ("guard_ledger_only_added_update",)),
    Attack("line_of_the_ledger_deleted", "DELETE FROM ledger WHERE seq = 2", ("guard_ledger_only_added_delete",)),
    Attack("second_line_after_one",
           copy("ledger", "chain = 'business' AND seq = 2", seq="(SELECT max(seq) + 1 FROM ledger)", hash=f"'{'9' * 64}'"),
           ("uq_ledger_chain_prev_hash", "guard_ledger_follows_the_last", SAME)),
    Attack("number_of_a_line_skipped",
           copy("ledger", "chain = 'business' AND seq = 2", seq="99", hash=f"'{'9' * 64}'", prev_hash=f"'{'8' * 64}'"),
           ("guard_ledger_follows_the_last",)),
    Attack("checkpoint_of_lines_that_are_not", copy("ledger_checkpoint", "TRUE", size="size + 1"),
           ("guard_ledger_checkpoint_signs_what_stands",)),
    Attack("checkpoint_of_an_act_twice", copy("ledger_checkpoint", "TRUE", root=f"'{'9' * 64}'"),
           ("uq_ledger_checkpoint_act", SAME)),
    Attack("second_checkpoint_of_a_day", copy("ledger_checkpoint", "reason = 'daily'"),
           ("uq_ledger_checkpoint_daily", SAME), (copy("ledger_checkpoint", "TRUE", reason="'daily'"),)),
    Attack("checkpoint_held_twice", copy("held_checkpoint", "TRUE", verdict="'consistent'"),
           ("uq_held_checkpoint_department_id_chain_size_root", SAME)),
    # what only SQLite knows
    Attack("open_draw_replaced",
           replace(copy("draw", "id = {s.draws[committed]}", seq=_NEXT, number="'x'", state="'frozen'")),
           ("guard_draw_same_uq_draw_open_insert",),
           ("UPDATE campaign SET state = 'approved' WHERE id = {s.campaigns[committed]}",), "sqlite"),
    Attack("population_replaced",
           "INSERT OR REPLACE INTO open_population VALUES ('{s.jurisdiction}', {s.items[frozen]}, {s.draws[committed]})",
           ("guard_open_population_same_*",), kind="sqlite"),
    Attack("published_version_replaced",
           "UPDATE OR REPLACE item_version SET state = 'published' WHERE item_id = {s.items[draft]} AND version = 2",
           ("guard_item_version_same_uq_item_version_published_update",),
           ("UPDATE item_version SET state = 'legal_review' WHERE item_id = {s.items[draft]} AND version = 2",
            "UPDATE item_version SET state = 'office_confirmation' WHERE item_id = {s.items[draft]} AND version = 2"),
           "sqlite"),
    Attack("condition_of_an_approved_campaign_replaced",
           replace(copy("condition", "campaign_id = {s.campaigns[draft]}", place="5",
                        id="(SELECT id FROM condition WHERE campaign_id = {s.campaigns[approved]})")),
           ("guard_condition_same_id_insert",), kind="sqlite"),
    Attack("visit_replaced", replace(copy("visit", "id = {s.visits[open]}", id="id", planned_on="'2026-10-01'")),
           ("guard_visit_same_*", "guard_visit_in_its_time"), kind="sqlite"),
    Attack("line_replaced_by_its_rowid",
           replace(copy("ledger", "chain = 'business' AND seq = 2", rowid="2", hash=f"'{'9' * 64}'",
                        seq="(SELECT max(seq) + 1 FROM ledger)",
                        prev_hash="(SELECT hash FROM ledger WHERE chain = 'business' ORDER BY seq DESC LIMIT 1)")),
           ("guard_ledger_same_rowid_insert",), kind="sqlite"),
    Attack("obligation_replaced_by_an_update",
           "UPDATE OR REPLACE obligation SET id = (SELECT max(id) FROM obligation) WHERE fulfilled_on IS NOT NULL",
           ("guard_obligation_same_id_update", "guard_obligation_trigger_is_fixed"), kind="sqlite"),
    # and what only PostgreSQL knows
    Attack("ledger_emptied", "TRUNCATE ledger", ("guard_ledger_is_not_emptied",), kind="postgresql"),
    Attack("evidence_emptied_with_what_belongs_to_it", "TRUNCATE result CASCADE", ("guard_*_is_not_emptied",),
           kind="postgresql"),
    Attack("populations_emptied", "TRUNCATE open_population", ("guard_open_population_is_not_emptied",),
           kind="postgresql"),
    Attack("conditions_emptied", "TRUNCATE condition", ("guard_condition_is_not_emptied",), kind="postgresql"),
    Attack("ledger_rewritten_on_conflict",
           copy("ledger", "chain = 'business' AND seq = 2") + " ON CONFLICT (chain, seq) DO UPDATE SET details = 'x'",
           ("guard_ledger_only_added_update", "guard_ledger_follows_the_last"), kind="postgresql"),
    Attack("guard_shown_another_table",
           "INSERT INTO public.condition (campaign_id, place, field, accepted_values) "
           "VALUES ({s.campaigns[approved]}, 2, 'type', 'x')", ("guard_condition_is_approved_insert",),
           ("CREATE TEMP TABLE campaign (id integer, state text)",), "postgresql"),
)  # fmt: skip


def _first(table: str) -> str:
    return f'"{next(iter(Base.metadata.tables[table].columns)).name}"'


# whatever the table: evidence does not change, does not go and is not replaced
EVIDENCE = tuple(
    Attack(f"rows_of_{table}_{word}", statement.format(table=table, column=_first(table)),
           ("guard_*_is_not_emptied",) if word == "emptied" else (f"guard_{table}_*", f"->{table}"), kind=kind)
    for table in evidence_tables()
    for word, statement, kind in (
        ("updated", 'UPDATE "{table}" SET {column} = {column}', ""),
        ("deleted", 'DELETE FROM "{table}"', ""),
        ("replaced", 'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"', "sqlite"),
        ("emptied", 'TRUNCATE "{table}" CASCADE', "postgresql"),
    )
)  # fmt: skip


def _cases() -> Iterator[object]:
    for attack in (*ATTACKS, *EVIDENCE):
        for kind in (attack.kind,) if attack.kind else ("sqlite", "postgresql"):
            marks = [pytest.mark.postgresql] if kind == "postgresql" else []
            yield pytest.param(kind, attack, id=f"{kind}-{attack.name}", marks=marks)


ON_BOTH = pytest.mark.parametrize(("told", "attack"), tuple(_cases()), indirect=["told"])


@pytest.fixture(scope="module")
def sqlite_told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Raw, Story]:
    path = tmp_path_factory.mktemp("attacks") / "story.db"
    story = _tell(open_database(f"sqlite:///{path}"))
    return Sqlite(path.read_bytes()), story


@pytest.fixture(scope="module")
def postgresql_told(cluster: Cluster) -> Iterator[tuple[Raw, Story]]:
    name = a_name()
    url = cluster.create(name)
    engine = open_database(url)
    story = _tell(engine)
    engine.dispose()
    raw = Postgresql(url)
    yield raw, story
    raw.connection.close()
    cluster.drop(name)


@pytest.fixture
def told(request: pytest.FixtureRequest) -> tuple[Raw, Story]:
    """A database with a whole story, met through the bare driver."""
    found: tuple[Raw, Story] = request.getfixturevalue(f"{request.param}_told")
    return found


def _tell(engine: Engine) -> Story:
    upgrade(engine)
    with transaction(engine, EVERYTHING) as session:
        return a_story(session)


def _filled(story: Story, *statements: str) -> list[str]:
    first, _, third = story.inspectors[story.lead]
    return [each.format(s=story, first=first, third=third) for each in statements]


def _named(attack: Attack) -> tuple[str, ...]:
    """The patterns, with the table that the statement writes to."""
    words = attack.sql.replace('"', "").split()
    table = words[{"INSERT": 2, "UPDATE": 1, "DELETE": 2}.get(words[0], 1)]
    return tuple(pattern.format(table=table) for pattern in attack.stopped_by)


@ON_BOTH
def test_the_database_refuses(told, attack):
    database, story = told
    with taken_back(database):
        database.run(*_filled(story, *attack.prepare))
        before = content(database)
        with pytest.raises(REFUSALS), taken_back(database):
            database.run(*_filled(story, attack.sql))
        assert content(database) == before


@ON_BOTH
def test_without_what_stops_it_the_attack_goes_through(told, attack):
    database, story = told
    with database.without(*_named(attack)) as mutant:
        mutant.run(*_filled(story, *attack.prepare))
        before = content(mutant)
        mutant.run(*_filled(story, attack.sql))
        assert attack in EVIDENCE or content(mutant) != before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_there_are_many_attacks_on_either_database(kind):
    assert sum(attack.kind in ("", kind) for attack in ATTACKS) >= 130
