"""Items by forms: all faults at once, drafts that are amended, new versions, what changed, many moved at once."""

import re
from contextlib import suppress
from threading import Thread

import pytest
from sqlalchemy import String

from data.intake.lists import ITEMS
from data.models import ItemVersion
from data.schemas.items import WORDS, ItemOutline, NewItemOutline
from matching.refused import Refused
from scheduler.accounts import grant
from scheduler.inspection import item_versions, items
from scheduler.inspection.item_versions import Wanted
from scheduler.transaction import EVERYTHING, transaction, with_retry
from tests.databases import a_name
from tests.town import refuses
from web.sentences import refusal

GOOD = {"code": "B07", "name": "计量检查", "basis": "《计量法》第十八条", "item_class": "general"}
WRONG = {
    "code": "B;07",
    "name": " ",
    "basis": "第一条\n第二条",
    "item_class": "urgent",
    "methods": ["onsite", "telepathy"],
    "ratio_least": "0/5",
    "ratio_most": "5%",
    "times_least": "三次",
    "times_most": "-1",
    "target_type": "x" * 1001,
    "colour": "red",
}


def draft(town, login="amr.registrar", **other):
    return town.do(login, lambda desk: items.draft_item(desk, GOOD | other).id)


def move(town, version_id, login, act, opinion=""):
    town.do(login, lambda desk: items.move_item(desk, items.version_of_id(desk, version_id), act, opinion))


def publish(town, version_id):
    for login, act in (("registrar", "submit"), ("legal", "pass"), ("office", "confirm")):
        move(town, version_id, f"amr.{login}", act)


def faults_of(town, written, use_case=items.draft_item):
    with pytest.raises(Refused) as told:
        town.do("amr.registrar", lambda desk: use_case(desk, written))
    return told.value


def test_everything_that_is_wrong_with_a_form_is_told_at_once(small_town):
    refused = faults_of(small_town, WRONG)
    places = {fault.partition(":")[0].removeprefix("$.") for fault in refused.params["faults"]}
    assert refused.code == "item.fields"
    assert places == set(WRONG)


def test_what_is_wrong_is_told_in_the_words_of_the_form_in_either_language(small_town):
    chinese, english = refusal(faults_of(small_town, WRONG))
    for told in (
        "抽查事项：不能为空",
        "最高抽查比例：不是不大于 1 的比例",
        "每年最少次数：应为不带前导零的整数",
    ):
        assert told in chinese
    for told in ("Item: must not be empty", "Greatest ratio: not a ratio", "Methods: is none of the values"):
        assert told in english
    assert not re.search("[A-Za-z]", chinese.replace("colour", ""))
    assert not re.search("[\u4e00-\u9fff]", english)


def test_what_is_missing_is_told_too(small_town):
    chinese, english = refusal(faults_of(small_town, {}))
    assert "抽查事项：必须填写；抽查依据：必须填写；事项类别：必须填写" in chinese
    assert "Item: must be filled in; Legal basis: must be filled in; Class: must be filled in" in english


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"times_least": "4", "times_most": "3"}, "times_most"),
        ({"ratio_least": "1/2", "ratio_most": "2/5"}, "ratio_most"),
        ({"methods": ["onsite", "onsite"]}, "methods"),
        ({"methods": ["实地核查"]}, "methods"),
    ],
)
def test_the_least_is_not_above_the_most_and_a_method_is_one_of_the_list(small_town, written, place):
    refused = faults_of(small_town, GOOD | written)
    assert [fault.partition(":")[0] for fault in refused.params["faults"]] == [f"$.{place}"]


def test_a_form_has_the_fields_of_the_list_and_of_the_table_and_no_longer_ones():
    form = set(NewItemOutline().load_fields)
    assert form == {column.name for column in ITEMS.columns} - {"department"}
    columns = {column.name: column for column in ItemVersion.__table__.c}
    assert set(WORDS) == columns.keys() - {"id", "item_id", "version", "state", "valid_from", "valid_to"}
    for name in set(WORDS) - {"methods", "item_class"}:
        kind = columns[name].type
        if isinstance(kind, String) and kind.length and not name.startswith("ratio"):
            assert "too_long" in str(ItemOutline().validate({name: "x" * (kind.length + 1)})[name])


def test_a_draft_is_amended_until_it_is_submitted_and_never_by_others(town):
    version = draft(town, methods=["onsite", "testing"], times_most="3")

    def amend(login, **words):
        written = {name: value for name, value in GOOD.items() if name != "code"} | words
        town.do(login, lambda d: items.amend_version(d, items.version_of_id(d, version), written))

    amend("amr.registrar", name="计量监督检查", ratio_most="5/100")
    with town.at("amr.registrar") as desk:
        found = items.version_of_id(desk, version)
        told = (found.name, found.ratio_most, found.methods, found.times_most)
        assert told == ("计量监督检查", "5/100", "", None)
    with refuses("actor.role"):
        amend("amr.legal")
    with refuses("item.none"):
        amend("fire.registrar")
    with refuses("item.exists"):
        draft(town)
    move(town, version, "amr.registrar", "submit")
    with refuses("item.not_now"):
        amend("amr.registrar")


def test_who_wrote_a_draft_neither_passes_nor_confirms_it_though_another_submitted_it(town):
    with transaction(town.database, EVERYTHING) as session:
        for login, role in (
            ("amr.registrar", "legal"),
            ("amr.registrar", "office"),
            ("amr.planner", "registrar"),
        ):
            grant(session, town.now, login, role)
    version = draft(town)
    move(town, version, "amr.planner", "submit")
    with refuses("actor.same_person"):
        move(town, version, "amr.registrar", "pass")
    with town.at("amr.registrar") as desk:
        assert items.acts_for(desk, items.version_of_id(desk, version)) == ["reject"]
    move(town, version, "amr.legal", "pass")
    with refuses("actor.same_person"):
        move(town, version, "amr.registrar", "confirm")
    move(town, version, "amr.office", "confirm")


def test_a_new_version_begins_with_the_words_of_the_one_in_force_and_tells_what_changed(town):
    first = draft(town, ratio_most="5/100", methods=["onsite"])
    with refuses("item.not_approved"), town.at("amr.registrar") as desk:
        items.new_version(desk, items.version_of_id(desk, first))
    publish(town, first)
    second = town.do("amr.registrar", lambda d: items.new_version(d, items.version_of_id(d, first)).id)
    with refuses("item.in_approval"), town.at("amr.registrar") as desk:
        items.new_version(desk, items.version_of_id(desk, first))
    words = {
        "name": "计量检查",
        "basis": "《计量法》第十九条",
        "item_class": "general",
        "methods": ["onsite"],
    }
    town.do("amr.registrar", lambda d: items.amend_version(d, items.version_of_id(d, second), words))
    with town.at("amr.registrar") as desk:
        one, two = item_versions.history(desk, items.version_of_id(desk, second))
        assert (one.before, one.changes) == (None, ())
        told = [(each.field, each.before, each.now) for each in two.changes]
        assert told == [("basis", "《计量法》第十八条", "《计量法》第十九条"), ("ratio_most", "5/100", "")]
    publish(town, second)
    with town.at("amr.registrar") as desk:
        seen = item_versions.history(desk, items.version_of_id(desk, second))
        assert [each.version.state for each in seen] == ["superseded", "published"]
        way = [
            (each.act, each.person) for each in item_versions.steps(desk, items.version_of_id(desk, second))
        ]
        assert way[:2] == [("draft", "AMR registrar"), ("amend", "AMR registrar")]
        assert way[2:] == [("submit", "AMR registrar"), ("pass", "AMR legal"), ("confirm", "AMR office")]


def test_a_method_of_a_list_that_has_no_code_is_kept_and_no_new_one_comes(town):
    version = draft(town)
    with transaction(town.database, EVERYTHING) as session:
        session.get_one(ItemVersion, version).methods = "现场检查;询问笔录"
    with town.at("amr.registrar") as desk:
        found = items.version_of_id(desk, version)
        assert item_versions.methods_of(found.methods) == ["onsite", "询问笔录"]
        assert items.kept_methods(found) == ["询问笔录"]

    def amend(*methods):
        written = {name: value for name, value in GOOD.items() if name != "code"} | {"methods": list(methods)}
        town.do("amr.registrar", lambda d: items.amend_version(d, items.version_of_id(d, version), written))

    amend("onsite", "询问笔录")
    with refuses("item.fields"):
        amend("onsite", "读心")


def test_all_that_wait_are_moved_at_once_but_for_those_one_had_a_hand_in(town):
    with transaction(town.database, EVERYTHING) as session:
        grant(session, town.now, "amr.legal", "registrar")
    others = [draft(town, code=f"C{n:02}") for n in range(3)]
    own = draft(town, "amr.legal", code="C99")

    def move_all(login, act, seen):
        return town.do(login, lambda desk: items.move_all(desk, act, seen, "同意"))

    with refuses("item.other_number", seen=3, now=4):
        move_all("amr.registrar", "submit", 3)
    with refuses("actor.role"):
        move_all("amr.office", "submit", 4)
    assert move_all("amr.registrar", "submit", 4) == items.Moved(4, 0)
    assert move_all("amr.legal", "pass", 4) == items.Moved(3, 1)
    with refuses("item.none_to_move", left=1):
        move_all("amr.legal", "pass", 1)
    assert move_all("amr.office", "confirm", 3) == items.Moved(3, 0)
    with town.at("amr.office") as desk:
        assert {items.version_of_id(desk, each).state for each in others} == {"published"}
        assert items.version_of_id(desk, own).state == "legal_review"
        steps = item_versions.steps(desk, items.version_of_id(desk, others[0]))
        assert steps[-1].opinion == "同意"
    with refuses("item.other_number"):
        move_all("fire.registrar", "submit", 4)


def test_the_list_has_our_own_in_every_state_and_only_published_ones_of_others(town):
    draft(town)
    draft(town, "fire.registrar", code="F01")

    def codes(login, **wanted):
        with town.at(login) as desk:
            found = item_versions.listed(desk, Wanted(**wanted), 1)
            return [(found.departments[e.item.department_id].code, e.item.code) for e in found.page.rows]

    assert codes("amr.planner") == [("AMR", "A01"), ("AMR", "B07"), ("EM", "A01"), ("FIRE", "A01")]
    assert codes("amr.planner", state="draft") == [("AMR", "B07")]
    assert codes("fire.planner", word="f01") == [("FIRE", "F01")]
    assert codes("amr.planner", word="f01") == []
    assert codes("amr.planner", word="计量") == [("AMR", "B07")]
    assert codes("amr.planner", word="%") == []
    assert codes("amr.planner", item_class="key") == [("AMR", "A01"), ("EM", "A01"), ("FIRE", "A01")]
    with town.at("amr.planner") as desk:
        fire = next(d.id for d in item_versions.departments_with_items(desk) if d.code == "FIRE")
    assert codes("amr.planner", department_id=fire) == [("FIRE", "A01")]
    with town.at("fire.office") as desk:
        items.move_item(desk, items.find_version(desk, "A01"), "retire")
    assert codes("amr.planner", department_id=fire) == []
    assert codes("fire.planner", state="retired") == [("FIRE", "A01")]


def test_an_opinion_has_an_end(small_town):
    version = draft(small_town)
    with refuses("item.opinion_too_long"):
        move(small_town, version, "amr.registrar", "submit", "长" * 2001)


@pytest.mark.postgresql
def test_two_who_confirm_and_retire_at_once_do_one_after_the_other(request):
    """Without a lock both begin from the state before, and a retired version would be superseded or the other way."""
    from data.database import open_database
    from tests.town import Town

    cluster, name = request.getfixturevalue("cluster"), a_name()
    engine = open_database(cluster.create(name, request.getfixturevalue("founded_postgresql")))
    town = Town(engine)
    second = _second_version_before_confirmation(town)
    held = town.at("amr.office")
    desk = held.__enter__()
    items.move_item(desk, items.version_of_id(desk, second), "confirm")  # not committed yet
    outcomes = []

    def retire():
        with suppress(Refused):
            with_retry(lambda: move(town, second, "amr.office", "retire"))
            outcomes.append("retired")

    thread = Thread(target=retire)
    thread.start()
    thread.join(0.7)
    waits = thread.is_alive()
    held.__exit__(None, None, None)
    thread.join()
    assert waits
    assert outcomes == ["retired"], "it waits for the confirmation, and then finds a published version"
    engine.dispose()
    cluster.drop(name)


def _second_version_before_confirmation(town):
    with town.at("amr.registrar") as desk:
        first = items.find_version(desk, "A01").id
    second = town.do("amr.registrar", lambda d: items.new_version(d, items.version_of_id(d, first)).id)
    move(town, second, "amr.registrar", "submit")
    move(town, second, "amr.legal", "pass")
    return second
