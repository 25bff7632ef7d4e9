"""Targets are found by words and conditions, however they came in: the index and what is behind it tell as one list."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.orm import Session

from data.database import open_database, writing
from data.intake.records import Source
from data.intake.registration_codes import uscc_check_character
from data.migrations import upgrade
from data.models import (
    TARGET_CHANGED,
    TARGET_INDEX,
    Department,
    Jurisdiction,
    Permit,
    SpecialRegistry,
    Target,
    TargetLabel,
)
from data.queries import target_search
from data.queries.target_search import Order, TargetQuestion, ids_met, possible_ids, targets_page
from data.scope import EVERYTHING, Scope
from data.target_index import BLOCK, catch_up, fold
from scheduler.inspection.intake import Circumstances, import_list
from scheduler.transaction import reading, transaction
from tests.databases import a_name

TODAY = date(2026, 3, 2)
NAMES = (
    *(
        "临澜市鑫源商贸有限公司",
        "临澜市源鑫商贸有限公司",
        "海门𠮷野家餐饮店",
        "𠮷",
        "ABC Trading 贸易有限公司",
        "abc便利店",
    ),
    *(
        "100%纯棉服饰店",
        "a_b公司",
        "反斜\\杠公司",
        "单'引号店",
        '双"引号店',
        "星*号店",
        "Ａ（全角）公司",
        "公",
        "限公有司",
        "Straße 店",
    ),
)
WORDS = (
    *("公司", "有限", "鑫源", "源鑫", "没有", "公", "司", "店", "有限公司", "鑫源商贸", "限公", "商贸有限公司", "司公司"),
    *("𠮷", "𠮷野", "𠮷野家", "abc", "ABC", "ab", "c", "Trading", "abc 公司", "鑫源 有限"),
    *("%", "0%", "00%纯", "_", "a_", "a_b"),
    *("\\", "斜\\", "\\杠", "'", "单'", "'引号", '"', '双"', "*", "星*", "*号"),
    *("（全角）", "(全", "a(全角", "ss", "ß 店", "　公司 "),
    *("", "  ", "T0003", "t0003", "鑫", "x" * 40),
)  # fmt: skip


def put_targets(session: Session, names: list[str], first: int = 1, **other: object) -> None:
    """Targets with these names, their ids from the first on."""
    for place, name in enumerate(names, first):
        given = {
            "code": f"T{place:04d}",
            "code_kind": "other",
            "kind": "organisation",
            "jurisdiction_code": "390102",
        }
        session.add(Target(id=place, name=name, **(given | other)))


@pytest.fixture
def filled(database: Engine) -> Engine:
    """Some targets, none of them in the index."""
    with transaction(database, EVERYTHING) as session:
        session.add(Jurisdiction(code="390102", name="东区"))
        put_targets(session, list(NAMES))
    return database


@pytest.fixture(params=["behind", "indexed", "half"])
def searched(filled: Engine, request: pytest.FixtureRequest) -> Engine:
    """The same, with none, all or half of them in the index."""
    if request.param == "half":
        with writing(filled).begin() as connection:
            connection.execute(delete(Target).where(Target.id % 2 == 0))
    if request.param != "behind":
        index(filled)
    if request.param == "half":
        with transaction(filled, EVERYTHING) as session:
            for place, name in enumerate(NAMES, 1):
                if place % 2 == 0:
                    put_targets(session, [name], place)
    return filled


def index(database: Engine) -> None:
    """Take everything into the index."""
    with writing(database).begin() as connection:
        catch_up(connection, few=0)


def behind(database: Engine) -> list[int]:
    """What is noted to have changed behind the index."""
    with database.connect() as connection:
        return sorted(connection.scalars(select(TARGET_CHANGED.c.target_id)))


def found(
    database: Engine, words: str = "", order: Order = "code", scope: Scope = EVERYTHING, **asked: object
) -> list[str]:
    """The names that are found, all of them."""
    with reading(database, scope) as session:
        page = targets_page(session, TargetQuestion(TODAY, words, **asked), order, size=200)
        assert page.total == len(page.rows)
        return [each.name for each in page.rows]


def named(words: str, names: tuple[str, ...] = NAMES) -> list[str]:
    """What has to be found by words: the plainest program for it."""
    wanted = fold(words).split()
    by_code = {words.strip(), words.strip().upper()}
    return [
        name
        for place, name in enumerate(names, 1)
        if all(word in fold(name) for word in wanted) or f"T{place:04d}" in by_code
    ]


@pytest.mark.parametrize("order", ["code", "newest", "name"])
def test_every_kind_of_term_finds_what_a_plain_look_finds(searched, order):
    key = {"code": None, "newest": None, "name": lambda name: name.encode()}[order]
    for words in WORDS:
        wanted = named(words)[:: -1 if order == "newest" else 1]
        assert found(searched, words, order) == (sorted(wanted, key=key) if key else wanted), words


def test_words_that_no_database_holds_find_nothing(searched):
    assert (
        found(searched, "公司\0")
        == found(searched, "司\0")
        == found(searched, "\0")
        == found(searched, "\ud800")
        == []
    )


def test_a_code_is_found_as_it_is_written_on_paper(database):
    body = "91320684138804108"
    code = body + uscc_check_character(body)
    with transaction(database, EVERYTHING) as session:
        put_targets(session, ["甲厂"], code=code)
        put_targets(session, ["乙厂"], first=2)
    for _ in range(2):
        assert (
            found(database, code)
            == found(database, code.lower())
            == found(database, f" {code[:8]} {code[8:]} ")
            == ["甲厂"]
        )
        assert found(database, code[:-1]) == []
        index(database)


def test_three_characters_stand_together_and_not_two_and_two(database):
    with transaction(database, EVERYTHING) as session:
        put_targets(session, ["甲乙丙", "甲乙、乙丙"])
    index(database)
    assert found(database, "甲乙丙") == ["甲乙丙"]
    assert found(database, "甲乙 乙丙") == ["甲乙丙", "甲乙、乙丙"]


def test_conditions_find_what_a_plain_look_finds(database):
    chance = random.Random(5)
    with transaction(database, EVERYTHING) as session:
        for place in range(1, 301):
            put_targets(
                session, [chance.choice(NAMES)], place,
                state=chance.choice(["active", "active", "cancelled"]), kind=chance.choice(["organisation", "person"]),
                type=chance.choice(["公司", "个体户"]), industry=chance.choice(["5211", "5212", "63"]),
                region=chance.choice(["390102", "390203", ""]), risk_class=chance.choice("ABCD") if place % 5 else "",
                abnormal=chance.random() < 0.3, serious=chance.random() < 0.2,
                jurisdiction_code=chance.choice(["390102", "390203"]),
            )  # fmt: skip
    asked = [
        {}, {"state": "cancelled"}, {"kind": "person"}, {"type": "个体户"}, {"industry": "52"}, {"industry": "5212"},
        {"region": "390102"}, {"region": "390200"}, {"risk_class": "D"}, {"abnormal": True}, {"serious": False},
        {"state": "active", "risk_class": "B", "abnormal": False, "industry": "5", "words": "公司"},
    ]  # fmt: skip

    def plain(row: Target, **wanted: object) -> bool:
        beginnings = {
            "industry": wanted.pop("industry", ""),
            "region": str(wanted.pop("region", "")).removesuffix("00"),
        }
        words = str(wanted.pop("words", ""))
        return (
            all(str(getattr(row, name)).startswith(str(each)) for name, each in beginnings.items())
            and all(getattr(row, name) == value for name, value in wanted.items())
            and words in fold(row.name)
        )

    for _ in range(2):
        for each in asked:
            with reading(database, EVERYTHING) as session:
                wanted = [
                    row.code
                    for row in session.scalars(select(Target).order_by(Target.code))
                    if plain(row, **each)
                ]
                page = targets_page(session, TargetQuestion(TODAY, **each), size=200)
                assert (page.total, [row.code for row in page.rows]) == (len(wanted), wanted[:200]), each
        index(database)


def test_labels_and_special_registries_hold_on_the_day(filled):
    day = timedelta(days=1)
    with transaction(filled, EVERYTHING) as session:
        session.add(Department(id=1, code="D", name="局", jurisdiction_code="390102", opened_on=TODAY))
        session.flush()
        session.add(SpecialRegistry(code="JYZ", name="加油站", department_id=1))
        session.flush()
        session.add_all(
            TargetLabel(target_id=id_, label="重点", valid_from=first, valid_to=last)
            for id_, first, last in (
                (1, TODAY, None),
                (2, TODAY - day, TODAY - day),
                (3, TODAY + day, None),
                (4, TODAY, TODAY),
            )
        )
        session.add_all(
            Permit(target_id=id_, registry_code="JYZ", number="1", state=state, expires_on=last)
            for id_, state, last in (
                (1, "valid", None),
                (2, "valid", TODAY),
                (3, "valid", TODAY - day),
                (5, "withdrawn", None),
            )
        )
    for _ in range(2):
        assert found(filled, label="重点") == [NAMES[0], NAMES[3]]
        assert found(filled, registry="JYZ") == [NAMES[0], NAMES[1]]
        assert found(filled, "鑫源", label="重点", registry="JYZ") == [NAMES[0]]
        index(filled)


def test_a_target_that_changes_is_found_by_what_it_is_now(filled):
    index(filled)
    with transaction(filled, EVERYTHING) as session:
        session.get_one(Target, 1).name = "改名以后"
        session.get_one(Target, 2).risk_class = "D"
        put_targets(session, ["后来新增公司"], 50)
    assert behind(filled) == [1, 2]
    for _ in range(2):
        assert found(filled, "改名") == ["改名以后"]
        assert found(filled, "鑫源") == []
        assert found(filled, risk_class="D") == [NAMES[1]]
        assert found(filled, "新增") == ["后来新增公司"]
        index(filled)
    assert behind(filled) == []


def test_sql_that_knows_nothing_of_the_index_is_noted_too(filled):
    index(filled)
    with writing(filled).begin() as connection:
        connection.execute(text("UPDATE target SET name = '数据库里改的名' WHERE id = 1"))
        connection.execute(text("UPDATE target SET address = '只改地址', business = 'x' WHERE id = 2"))
        connection.execute(text("UPDATE target SET name = name WHERE id = 3"))
        connection.execute(text("DELETE FROM target WHERE id IN (4, 5)"))
        again = {
            "id": 5,
            "code": "again",
            "code_kind": "other",
            "kind": "person",
            "name": "同号再来",
            "jurisdiction_code": "390102",
        }
        connection.execute(insert(Target), [again])
    assert behind(filled) == [1, 4, 5]
    assert found(filled, "数据库里") == ["数据库里改的名"]
    assert found(filled, "同号") == ["同号再来"]
    assert found(filled, "Trading") == []
    assert len(found(filled)) == len(NAMES) - 1


def test_an_id_within_the_reach_that_was_free_is_noted_when_it_is_taken(filled):
    with writing(filled).begin() as connection:
        connection.execute(delete(Target).where(Target.id == 3))
    index(filled)
    with transaction(filled, EVERYTHING) as session:
        put_targets(session, ["补在空号公司"], 3)
    assert behind(filled) == [3]
    assert found(filled, "空号") == ["补在空号公司"]


def uscc(number: int) -> str:
    body = f"9139010{number:010d}"
    return body + uscc_check_character(body)


def test_an_import_is_found_at_once_and_many_of_them_go_into_the_index(database):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    here = Circumstances(at, jurisdiction="390102")
    import_list(
        database, "jurisdictions", Source("j.csv", "code,name\n390102,东区\n".encode()), Circumstances(at)
    )

    def take(names: list[str]) -> None:
        lines = [f"{uscc(place)},{name}" for place, name in enumerate(names)]
        told = import_list(
            database, "targets", Source("t.csv", "\n".join(["code,name", *lines]).encode()), here
        )
        assert told.applied, told.faults[:3]

    take(["甲厂", "乙厂"])
    assert indexed(database) == 0
    assert found(database, "甲厂") == ["甲厂"]
    take(["甲厂", "丙厂", *(f"第{n}号公司" for n in range(3_100))])
    assert indexed(database) > 0
    assert (found(database, "乙厂"), found(database, "丙厂"), found(database, "第77号")) == (
        [],
        ["丙厂"],
        ["第77号公司"],
    )
    take(["甲厂", "丁厂"])
    assert behind(database) == [2]
    assert (found(database, "丙厂"), found(database, "丁厂")) == ([], ["丁厂"])


def indexed(database: Engine) -> int:
    with database.connect() as connection:
        return len(connection.execute(select(TARGET_INDEX.c.part)).all())


def test_targets_far_apart_stand_in_blocks_of_their_own(database):
    ids = (1, 2, BLOCK - 1, BLOCK, 3 * BLOCK + 7)
    with transaction(database, EVERYTHING) as session:
        for id_ in ids:
            put_targets(session, [f"第{id_}公司"], id_, code=f"C{id_:07d}")
    index(database)
    for order in ("code", "newest", "name"):
        assert sorted(found(database, "公司", order)) == sorted(f"第{id_}公司" for id_ in ids)
    assert found(database, f"第{BLOCK}公") == [f"第{BLOCK}公司"]
    with transaction(database, EVERYTHING) as session:
        session.get_one(Target, 2).name = "改名"  # in a block that nothing new comes into
    index(database)
    assert (found(database, "改名"), found(database, "第2公"), behind(database)) == (["改名"], [], [])


def test_an_index_that_was_written_while_it_was_read_is_noticed(filled):
    index(filled)
    with transaction(filled, EVERYTHING) as session:
        session.get_one(Target, 1).name = "改名"
        asked = target_search._Found(session, TargetQuestion(TODAY))
        assert asked.still_holds()
        catch_up(session.connection(), few=0)
        assert not asked.still_holds()


def test_a_pair_that_most_names_have_is_kept_as_a_bitmap_and_found_the_same(database):
    many = 5_000
    rows = [
        {"id": id_, "code": f"C{id_:05d}", "code_kind": "other", "kind": "organisation", "jurisdiction_code": "390102",
         "name": f"{id_:05d}{'有限公司' if id_ % 10 else '商店'}"}
        for id_ in range(1, many + 1)
    ]  # fmt: skip
    with writing(database).begin() as connection:
        connection.execute(insert(Target), rows)
    index(database)
    with reading(database, EVERYTHING) as session:
        for words, wanted in (
            ("公司", many * 9 // 10),
            ("商店", many // 10),
            ("有", many * 9 // 10),
            ("4999有", 1),
        ):
            assert targets_page(session, TargetQuestion(TODAY, words)).total == wanted, words
        last = targets_page(session, TargetQuestion(TODAY, "公司"), "name", number=45, size=100)
        wanted_names = [row["name"] for row in rows if row["id"] % 10]
        assert [row.name for row in last.rows] == wanted_names[4_400:4_500]


def test_no_more_is_counted_and_paged_than_anybody_pages(filled, monkeypatch):
    monkeypatch.setattr(target_search, "FARTHEST", 4)
    for words in ("公司", "有限公司", "店"):
        for _ in range(2):
            with reading(filled, EVERYTHING) as session:
                page = targets_page(session, TargetQuestion(TODAY, words), size=3)
                assert (page.total, page.counted_out) == (
                    min(4, len(named(words))),
                    len(named(words)) <= 4,
                ), words
                assert targets_page(session, TargetQuestion(TODAY, words), number=3, size=3).rows == []
            index(filled)


def test_what_is_asked_for_comes_in_pieces_and_each_once(filled, monkeypatch):
    monkeypatch.setattr(target_search, "_CHUNK", 3)
    with transaction(filled, EVERYTHING) as session:
        put_targets(session, ["后来公司", "最后有限公司"], 100)
    for words in ("", "公司", "有限公司"):
        with reading(filled, EVERYTHING) as session:
            pieces = list(possible_ids(session, TargetQuestion(TODAY, words)))
            met = [each for piece in pieces for each in ids_met(session, TargetQuestion(TODAY, words), piece)]
        assert [len(piece) for piece in pieces[:-1]] == [3] * (len(pieces) - 1)
        names = dict(enumerate(NAMES, 1)) | {100: "后来公司", 101: "最后有限公司"}
        assert met == [id_ for id_, name in names.items() if words in name]
        with writing(filled).begin() as connection:
            catch_up(connection, few=1)


@pytest.fixture
def two_places(filled: Engine) -> Engine:
    """The same names once more in another jurisdiction, half of all changed since the index was written."""
    with transaction(filled, EVERYTHING) as session:
        put_targets(session, list(NAMES), 101, jurisdiction_code="410105")
    index(filled)
    with transaction(filled, EVERYTHING) as session:
        session.execute(update(Target).where(Target.id.in_([1, 101])).values(name=Target.name + "分店"))
    return filled


def test_targets_of_another_jurisdiction_are_neither_found_nor_counted(two_places):
    ours, theirs, nobody = Scope(division="3901"), Scope(division="4101"), Scope()
    for words in ("", "公司", "有限公司", "鑫源商贸有限公司分店", "店"):
        both = found(two_places, words)
        assert len(found(two_places, words, scope=ours)) == len(both) // 2, words
        assert sorted(found(two_places, words, scope=theirs)) == sorted(found(two_places, words, scope=ours))
        assert found(two_places, words, scope=nobody) == []
    assert (len(found(two_places, "T0001", scope=ours)), found(two_places, "T0101", scope=ours)) == (1, [])


def test_a_migration_takes_in_the_targets_that_are_there(before_the_index):
    row = {
        "id": 7,
        "code": "T7",
        "code_kind": "other",
        "kind": "organisation",
        "name": "鑫源公司",
        "jurisdiction_code": "390102",
    }
    with writing(before_the_index).begin() as connection:
        columns = {
            column.name: column.default.arg for column in Target.__table__.c if column.default is not None
        }
        connection.execute(insert(Target.__table__), [columns | row])
    upgrade(before_the_index)
    assert indexed(before_the_index) > 0
    assert behind(before_the_index) == []
    assert found(before_the_index, "鑫源") == ["鑫源公司"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def before_the_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as it was before there was an index."""
    cluster, name = None, a_name()
    url = f"sqlite:///{tmp_path / name}.db"
    if request.param == "postgresql":
        cluster = request.getfixturevalue("cluster")
        url = cluster.create(name)
    engine = open_database(url)
    upgrade(engine, "0005")
    yield engine
    engine.dispose()
    if cluster:
        cluster.drop(name)
