"""Lists go into the database whole or not at all, counted exactly, and twice is as good as once."""

import hashlib
import io
import random
from datetime import datetime, timedelta
from functools import partial

import pytest
import xlsxwriter
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.pool import NullPool

from data import ledger
from data.database import writing
from data.intake import staging
from data.intake.lists import LISTS
from data.intake.records import Source
from data.intake.registration_codes import registration_check_digit, uscc_check_character
from data.models import Base, ItemVersion
from data.models.ledger import LedgerEntry
from matching.refused import Refused
from scheduler.inspection.intake import KINDS, Circumstances, import_list
from scheduler.transaction import EVERYTHING, reading

AT = datetime.fromisoformat("2026-11-22T09:00:00+08:00")
HERE = Circumstances(AT, jurisdiction="320600")
JURISDICTIONS = "code,name,superior_code\n320602,崇川,320600\n320600,南通,320000\n320000,江苏,\n"
DEPARTMENTS = "部门代码,部门名称,辖区\nAMR,市场监管局,320600\nFIRE,消防救援支队,南通\n"
INSPECTORS = "部门,编号,姓名,承办上限\nAMR,I1,甲,10\n消防救援支队,I2,乙,8\nAMR,I3,丙,0\n"


def code(number: int) -> str:
    body = f"91320602{number:09d}"
    return body + uscc_check_character(body)


A, B, C, D = map(code, range(4))
OLD = "32060000000001" + registration_check_digit("32060000000001")  # a registration number
TARGETS = f"统一社会信用代码,名称,住所\n{A},甲厂,一号\n{B},乙厂,二号\n{OLD},丙厂,三号\n"


def taken(
    database: Engine, kind: str, content: str | bytes, circumstances: Circumstances = HERE, **how: bool
):
    content = content.encode() if isinstance(content, str) else content
    return import_list(database, kind, Source("名单.csv", content), circumstances, **how)


def counts(imported) -> tuple[int, int, int, int]:
    return imported.rows, imported.added, imported.changed, imported.unchanged


def told(imported) -> list[tuple[int, str, str, str]]:
    return [(fault.line, fault.column, fault.code, fault.value) for fault in imported.faults]


def fingerprint(database: Engine) -> str:
    """Everything that stands in all tables."""
    whole = hashlib.sha256()
    with database.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(select(table).order_by(*table.primary_key.columns))
            whole.update(repr((table.name, [tuple(row) for row in rows])).encode())
    return whole.hexdigest()


def rows_of(database: Engine, sql: str) -> list[tuple]:
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


@pytest.fixture
def city(database: Engine) -> Engine:
    here = Circumstances(AT)
    assert counts(taken(database, "jurisdictions", JURISDICTIONS, here)) == (3, 3, 0, 0)
    assert counts(taken(database, "departments", DEPARTMENTS, here)) == (2, 2, 0, 0)
    return database


@pytest.fixture
def registries(city: Engine) -> Engine:
    assert counts(taken(city, "targets", TARGETS)) == (3, 3, 0, 0)
    assert counts(taken(city, "inspectors", INSPECTORS)) == (3, 3, 0, 0)
    return city


def test_added_changed_and_unchanged_are_counted_exactly(registries):
    again = f"名称,住所,统一社会信用代码\n甲厂,一号,{A}\n新乙厂,二号,{B}\n丁厂,四号,{D}\n"
    assert counts(taken(registries, "targets", again)) == (3, 1, 1, 1)
    assert rows_of(registries, "SELECT name FROM target ORDER BY name") == [
        ("丁厂",),
        ("丙厂",),
        ("新乙厂",),
        ("甲厂",),
    ]


def test_a_list_handed_in_again_changes_nothing_at_all(registries):
    before = fingerprint(registries)
    for kind, content in (
        ("jurisdictions", JURISDICTIONS),
        ("departments", DEPARTMENTS),
        ("targets", TARGETS),
        ("inspectors", INSPECTORS),
    ):
        again = taken(registries, kind, content)
        assert (again.added, again.changed, again.faults, again.applied) == (0, 0, (), True)
    assert fingerprint(registries) == before


def test_a_row_that_says_the_same_is_not_even_written(registries):
    """Told by the place of the row on PostgreSQL, where a row that is written moves, and by a trigger on SQLite."""
    on_sqlite = registries.dialect.name == "sqlite"
    if on_sqlite:
        with writing(registries).begin() as connection:
            connection.execute(text("CREATE TABLE written (code TEXT)"))
            noting = "AFTER UPDATE ON target BEGIN INSERT INTO written VALUES (NEW.code); END"
            connection.execute(text(f"CREATE TRIGGER noting {noting}"))
    places = [] if on_sqlite else rows_of(registries, "SELECT code, ctid FROM target")
    assert counts(taken(registries, "targets", f"code,name\n{A},甲厂\n{B},新乙厂\n{OLD},丙厂\n")) == (
        3,
        0,
        1,
        2,
    )
    if on_sqlite:
        assert rows_of(registries, "SELECT code FROM written") == [(B,)]
    else:
        moved = set(places) - set(rows_of(registries, "SELECT code, ctid FROM target"))
        assert {number for number, _ in moved} == {B}


def test_a_fault_keeps_the_whole_list_out(registries):
    before = fingerprint(registries)
    faulty = f"code,name\n{C},丙店\n{D[:-1]}I,丁店\n"
    imported = taken(registries, "targets", faulty)
    assert told(imported) == [(3, "code", "not_a_uscc", D[:-1] + "I")]
    assert (imported.applied, imported.added) == (False, 1)
    assert fingerprint(registries) == before
    assert taken(registries, "targets", faulty, valid_only=True).applied
    assert rows_of(registries, f"SELECT name FROM target WHERE code IN ('{C}', '{D}')") == [("丙店",)]


def test_a_dry_run_says_what_the_run_then_does(registries):
    before = fingerprint(registries)
    content = f"code,name\n{A},甲厂\n{B},新乙厂\n{D},丁厂\n{D},丁店\n"
    dry = taken(registries, "targets", content, dry_run=True, valid_only=True)
    assert fingerprint(registries) == before
    assert not dry.applied
    done = taken(registries, "targets", content, valid_only=True)
    assert (
        (counts(dry), told(dry)) == (counts(done), told(done)) == ((4, 1, 1, 1), [(5, "code", "id_twice", D)])
    )


def test_a_missing_column_keeps_and_an_empty_field_empties(registries):
    taken(registries, "targets", f"code,name,经营范围\n{A},甲厂,百货\n")
    assert rows_of(registries, f"SELECT address, business FROM target WHERE code = '{A}'") == [
        ("一号", "百货")
    ]
    assert counts(taken(registries, "targets", f"code,name,住所\n{A},甲厂,\n")) == (1, 0, 1, 0)
    assert rows_of(registries, f"SELECT address, business FROM target WHERE code = '{A}'") == [("", "百货")]


def test_what_follows_from_a_code(registries):
    kinds = rows_of(registries, "SELECT code, code_kind, region, kind, abnormal FROM target ORDER BY code")
    told_rows = {row[0]: (*row[1:4], bool(row[4])) for row in kinds}
    assert told_rows[A] == ("uscc", "320602", "organisation", False)
    assert told_rows[OLD] == ("registration", "320600", "organisation", False)


def test_another_code_needs_no_check_where_the_list_says_so(registries):
    content = "code,name,code_kind,region\nTJ-01,电梯,其他,320602\nTJ-02,电梯,,320602\n"
    imported = taken(registries, "targets", content, valid_only=True)
    assert told(imported) == [(3, "code", "not_a_uscc", "TJ-02")]
    assert rows_of(registries, "SELECT code, code_kind, region FROM target WHERE code LIKE 'TJ%'") == [
        ("TJ-01", "other", "320602")
    ]


def test_a_row_that_repeats_is_told_from_a_number_that_repeats(city):
    content = f"code,name,没有的列\n{A},甲厂,x\n{A},甲厂,x\n{A},甲厂,y\n{B},,\n{B},乙厂,\n"
    imported = taken(city, "targets", content, valid_only=True)
    assert told(imported) == [
        (3, "", "row_twice", A),
        (4, "code", "id_twice", A),
        (5, "name", "empty", ""),
        (6, "code", "id_twice", B),
    ]
    assert imported.passed_over == ("没有的列",)
    assert counts(imported) == (5, 1, 0, 0)


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "gb18030", "xlsx"])
def test_a_list_is_the_same_in_every_form(city, form):
    if form == "xlsx":
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as workbook:
            sheet = workbook.add_worksheet("名单")
            for number, line in enumerate(TARGETS.splitlines()):
                sheet.write_row(number, 0, line.split(","), workbook.add_format({"num_format": "@"}))
            sheet.write_row(4, 0, [91320602, "数字", "四号"])
        content = file.getvalue()
    else:
        content = TARGETS.encode(form)
    imported = taken(city, "targets", content, valid_only=True)
    faults = [(fault.sheet, fault.line, fault.column, fault.code) for fault in imported.faults]
    assert faults == ([("名单", 5, "统一社会信用代码", "number_cell")] if form == "xlsx" else [])
    assert imported.added == 3


def test_a_list_can_be_a_file_on_the_disk(city, tmp_path):
    path = tmp_path / "名单.csv"
    path.write_bytes(TARGETS.encode("gb18030"))
    imported = import_list(city, "targets", path, HERE)
    assert counts(imported) == (3, 3, 0, 0)
    assert rows_of(
        city, "SELECT kind, rows, added, changed, faults, file_name, sha256 FROM import ORDER BY id DESC"
    )[0] == ("targets", 3, 3, 0, 0, "名单.csv", hashlib.sha256(path.read_bytes()).hexdigest())


def test_a_line_cut_by_a_carriage_return_is_told_and_not_taken_for_a_row(city):
    content = f"code,name\n{A},甲厂\n{B},乙\r厂\n{C},丙厂\n"
    imported = taken(city, "targets", content, valid_only=True)
    assert told(imported) == [(3, "", "line_break_inside", "U+000D")]
    assert counts(imported) == (3, 2, 0, 0)


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ("330100,杭州,330000\n", [(2, "superior_code", "unknown_jurisdiction", "330000")]),
        (
            "330100,杭州,330000\n330101,上城,330100\n",
            [
                (2, "superior_code", "unknown_jurisdiction", "330000"),
                (3, "superior_code", "superior_faulty", "330100"),
            ],
        ),
        (
            "330100,杭州,330000\n330000,,\n",
            [(2, "superior_code", "superior_faulty", "330000"), (3, "name", "empty", "")],
        ),
        (
            "1,甲,2\n2,乙,1\n",
            [(2, "superior_code", "superior_cycle", "2"), (3, "superior_code", "superior_cycle", "1")],
        ),
        ("320000,江苏,320602\n", [(2, "superior_code", "superior_cycle", "320602")]),
        ("7,七,7\n", [(2, "superior_code", "superior_cycle", "7")]),
        ("7,七,320000\n7,七,320000\n", [(3, "code", "id_twice", "7")]),
    ],
)
def test_jurisdictions_stay_a_tree(city, rows, faults):
    before = fingerprint(city)
    imported = taken(city, "jurisdictions", "code,name,superior_code\n" + rows)
    assert told(imported) == faults
    assert fingerprint(city) == before


def test_a_department_keeps_the_names_it_had(city):
    renamed = DEPARTMENTS.replace("市场监管局", "市场监督管理局")
    assert told(taken(city, "departments", renamed)) == [(2, "部门名称", "renamed_today", "市场监督管理局")]
    later = Circumstances(AT + timedelta(days=30))
    assert counts(taken(city, "departments", renamed, later)) == (2, 0, 1, 1)
    names = rows_of(
        city, "SELECT valid_from, name FROM department_name WHERE department_id = 1 ORDER BY valid_from"
    )
    assert [(str(day), name) for day, name in names] == [
        ("2026-11-22", "市场监管局"),
        ("2026-12-22", "市场监督管理局"),
    ]


ITEM = "部门,抽查类别,抽查事项,检查对象,检查方式,事项类别,抽查依据\nAMR,食品,食品销售检查,销售者,现场检查、书面检查,{},{}\n"
STEPS = ("legal_review", "office_confirmation", "published")


def versions(database: Engine) -> list[tuple]:
    return rows_of(
        database, "SELECT version, state, item_class, basis, methods FROM item_version ORDER BY version"
    )


def move(database: Engine, *states: str) -> None:
    with writing(database).begin() as connection:
        for state in states:
            newest = connection.scalar(
                select(ItemVersion.__table__.c.id).order_by(ItemVersion.__table__.c.id.desc())
            )
            connection.execute(text(f"UPDATE item_version SET state = '{state}' WHERE id = {newest}"))


def test_an_item_begins_as_a_draft_and_a_draft_changes(city):
    assert counts(taken(city, "items", ITEM.format("一般检查事项", "食品安全法"))) == (1, 1, 0, 0)
    assert counts(taken(city, "items", ITEM.format("一般检查事项", "食品安全法"))) == (1, 0, 0, 1)
    assert counts(taken(city, "items", ITEM.format("重点检查事项", "食品安全法"))) == (1, 0, 1, 0)
    assert versions(city) == [(1, "draft", "key", "食品安全法", "现场检查;书面检查")]


def test_a_published_item_gets_a_new_draft_that_keeps_what_the_list_lacks(city):
    taken(city, "items", ITEM.format("一般检查事项", "食品安全法"))
    move(city, *STEPS)
    assert counts(taken(city, "items", ITEM.format("一般检查事项", "食品安全法"))) == (1, 0, 0, 1)
    less = (
        "部门,抽查类别,抽查事项,检查对象,事项类别,抽查依据\n"
        "市场监管局,食品,食品销售检查,销售者,一般,食品安全法第一百一十条\n"
    )
    assert counts(taken(city, "items", less)) == (1, 0, 1, 0)
    assert versions(city) == [
        (1, "published", "general", "食品安全法", "现场检查;书面检查"),
        (2, "draft", "general", "食品安全法第一百一十条", "现场检查;书面检查"),
    ]
    assert counts(taken(city, "items", less)) == (1, 0, 0, 1)


@pytest.mark.parametrize("steps", [1, 2])
def test_an_item_that_is_being_approved_does_not_change(city, steps):
    taken(city, "items", ITEM.format("一般检查事项", "食品安全法"))
    move(city, *STEPS[:steps])
    before = fingerprint(city)
    assert told(taken(city, "items", ITEM.format("重点检查事项", "食品安全法"))) == [
        (2, "抽查事项", "item_in_approval", STEPS[steps - 1])
    ]
    assert counts(taken(city, "items", ITEM.format("一般检查事项", "食品安全法"))) == (1, 0, 0, 1)
    assert fingerprint(city) == before


def test_items_that_repeat_and_departments_nobody_has_are_told(city):
    one = ITEM.format("一般检查事项", "食品安全法")
    again = (
        one
        + "AMR,食品,食品销售检查,销售者,现场检查,一般检查事项,食品安全法\nXX,食品,甲,乙,,一般,法\n"
        + one.splitlines()[1]
        + "\n"
    )
    assert told(taken(city, "items", again)) == [
        (3, "抽查事项", "id_twice", "食品销售检查"),
        (4, "部门", "unknown_department", "XX"),
        (5, "", "row_twice", "食品销售检查"),
    ]


CERTIFIED = "部门,编号,姓名,承办上限,证件类别,证件号,证件有效期至\n"


def test_an_inspector_comes_with_his_certificate(registries):
    content = CERTIFIED + "AMR,I1,甲,10,执法证,Z1,2028-12-31\nAMR,I3,丙,0,,,\n"
    assert counts(taken(registries, "inspectors", content)) == (2, 0, 1, 1)
    assert counts(taken(registries, "inspectors", content)) == (2, 0, 0, 2)
    assert counts(taken(registries, "inspectors", content.replace("2028", "2029"))) == (2, 0, 1, 1)
    assert [str(day) for (day,) in rows_of(registries, "SELECT expires_on FROM certificate")] == [
        "2029-12-31"
    ]


def test_a_certificate_is_whole_and_belongs_to_one(registries):
    taken(registries, "inspectors", CERTIFIED + "AMR,I1,甲,10,执法证,Z1,2028-12-31\n")
    rows = (
        "AMR,I3,丙,0,执法证,Z1,2028-12-31\nFIRE,I2,乙,8,执法证,Z2,\n"
        "AMR,I4,丁,1,执法证,Z3,2028-01-01\nAMR,I5,戊,1,执法证,Z3,2028-01-01\n"
    )
    assert told(taken(registries, "inspectors", CERTIFIED + rows)) == [
        (2, "证件号", "certificate_of_another", "Z1"),
        (3, "证件有效期至", "certificate_incomplete", ""),
        (5, "证件号", "certificate_twice", "Z3"),
    ]
    alone = "检查人员编号,证件类别,证件号,有效期至\nI1,执法证,Z1,2029-01-01\nI3,执法证,Z9,2029-01-01\n"
    assert counts(taken(registries, "certificates", alone)) == (2, 1, 1, 0)
    other = "检查人员编号,证件类别,证件号,有效期至\nI2,执法证,Z1,2029-01-01\n"
    assert told(taken(registries, "certificates", other)) == [(2, "证件号", "certificate_of_another", "Z1")]


def test_a_department_hands_in_its_own_people_only(registries):
    own = Circumstances(AT, department="AMR")
    assert counts(taken(registries, "inspectors", "编号,姓名,承办上限\nI4,丁,5\nI1,甲,10\n", own)) == (
        2,
        1,
        0,
        1,
    )
    assert rows_of(registries, "SELECT department_id FROM import ORDER BY id DESC")[0] == (1,)
    assert told(taken(registries, "inspectors", "编号,姓名,承办上限\nI2,乙,8\n", own)) == [
        (2, "编号", "other_department", "I2")
    ]
    assert told(taken(registries, "inspectors", "部门,编号,姓名,承办上限\nFIRE,I7,庚,8\n", own)) == [
        (2, "部门", "other_department", "I7")
    ]


def test_bars_name_people_and_targets_that_are_there(registries):
    content = (
        f"执法人员编号,编号,事由,生效日期,失效日期\nI1,{A},近亲属,,\nI9,{A},近亲属,,\n"
        f"I1,{D},持股,,\nI2,{B},持股,2026-02-01,2026-01-31\nI1,{A},近亲属,,\n"
    )
    imported = taken(registries, "bars", content, valid_only=True)
    assert told(imported) == [
        (3, "执法人员编号", "unknown_inspector", "I9"),
        (4, "编号", "unknown_target", D),
        (5, "失效日期", "ends_before_it_begins", "2026-02-01 > 2026-01-31"),
        (6, "编号", "bar_twice", f"I1;{A}"),
    ]
    assert rows_of(registries, "SELECT inspector_id, target_id, ground, source FROM bar") == [
        (1, 1, "近亲属", "registry")
    ]
    earlier = f"执法人员编号,编号,事由,失效日期\nI1,{A},近亲属,2026-01-01\n"
    assert counts(taken(registries, "bars", earlier)) == (1, 0, 1, 0)
    late = f"执法人员编号,编号,事由,生效日期\nI1,{A},近亲属,2026-01-02\n"
    assert told(taken(registries, "bars", late)) == [
        (2, "生效日期", "ends_before_it_begins", "2026-01-02 > 2026-01-01")
    ]


def test_a_pair_is_one_pair_whoever_stands_first(registries):
    content = "inspector_a,inspector_b,ground\nI2,I1,夫妻\nI1,I2,夫妻\nI3,I3,x\nI1,I8,x\n"
    imported = taken(registries, "pair-bars", content, valid_only=True)
    assert told(imported) == [
        (3, "inspector_b", "pair_bar_twice", "I1;I2"),
        (4, "inspector_b", "same_person", "I3"),
        (5, "inspector_b", "unknown_inspector", "I8"),
    ]
    assert rows_of(registries, "SELECT inspector_id, other_id FROM pair_bar") == [(1, 2)]
    assert counts(taken(registries, "pair-bars", "inspector_a,inspector_b,ground\nI1,I2,夫妻\n")) == (
        1,
        0,
        0,
        1,
    )


def test_the_other_lists_come_in_and_change(registries):
    lists = {
        "registries": ("专项库代码,名称,部门,标签\nJYZ,加油站库,AMR,加油站\n", "加油站库", "加油站名录"),
        "permits": (f"编号,专项库,许可证号,有效期至\n{A},加油站名录,X1,2028-01-01\n", "2028", "2029"),
        "labels": (
            f"uscc,标签,生效日期,失效日期\n{A},加油站,2026-01-01,\n",
            "2026-01-01,",
            "2026-01-01,2027-01-01",
        ),
        "leaves": ("人员编号,开始日期,结束日期\nI1,2026-10-08,2026-10-09\n", "10-09", "10-12"),
    }
    for kind, (content, old, new) in lists.items():
        assert counts(taken(registries, kind, content)) == (1, 1, 0, 0)
        assert counts(taken(registries, kind, content)) == (1, 0, 0, 1)
        assert counts(taken(registries, kind, content.replace(old, new))) == (1, 0, 1, 0)
    assert rows_of(registries, "SELECT registry_code, number, state FROM permit") == [("JYZ", "X1", "valid")]


def test_declarations_name_a_target_that_need_not_be_there(registries):
    content = f"""人员编号,类别,统一社会信用代码,单位名称,亲属,起始日期,终止日期,证明材料
I1,持股,{A},,,2020-01-01,,持股 5%
I1,kinship,,某某商行,王某（配偶）,,,
I2,曾任职,没有这家,,,2020-01-02,2020-01-01,
I2,亲戚,{A},,,,,
I2,利害关系,,,,,,
I1,持股,{A},,,,,
I8,持股,{A},,,,,
"""
    imported = taken(registries, "declarations", content, valid_only=True)
    assert told(imported) == [
        (4, "终止日期", "ends_before_it_begins", "2020-01-02 > 2020-01-01"),
        (5, "类别", "not_a_choice", "亲戚"),
        (6, "统一社会信用代码", "no_target", ""),
        (7, "类别", "entry_twice", "I1;shareholding"),
        (8, "人员编号", "unknown_inspector", "I8"),
    ]
    kept = "SELECT kind, target_code, target_name, relative, note FROM declaration ORDER BY kind"
    assert rows_of(registries, kept) == [
        ("kinship", "", "某某商行", "王某（配偶）", ""),
        ("shareholding", A, "", "", "持股 5%"),
    ]
    assert counts(
        taken(registries, "declarations", f"人员编号,类别,uscc,终止日期\nI1,持股,{A},2026-01-01\n")
    ) == (
        1,
        0,
        1,
        0,
    )
    assert told(taken(registries, "declarations", "人员编号,类别\nI1,持股\n")) == [(2, "", "no_target", "")]


def test_a_street_has_nine_digits_of_its_own(registries):
    def import_of(street):
        return taken(registries, "residences", f"人员编号,居住街道代码\nI1,{street}\n")

    for wrong in ("390102", "390102000", "390102000001", "39010200A", "3901020011"):
        assert told(import_of(wrong)) == [(2, "居住街道代码", "not_a_street", wrong)]
    assert told(import_of("")) == [(2, "居住街道代码", "empty", "")]
    assert counts(import_of("390102001")) == (1, 1, 0, 0)
    assert counts(import_of("390102001009")) == (1, 0, 0, 1)
    assert counts(import_of("390102010")) == (1, 0, 1, 0)
    assert rows_of(registries, "SELECT inspector_id, street FROM residence") == [(1, "390102010")]


def test_the_import_its_evidence_and_its_ledger_line_are_one(registries, monkeypatch):
    with reading(registries, EVERYTHING) as session:
        lines = session.scalars(select(LedgerEntry).order_by(LedgerEntry.seq)).all()
        assert [line.action for line in lines] == ["import:applied"] * 4
        assert lines[-1].subject == "inspectors"
    assert isinstance(ledger.verify(partial(reading, registries, EVERYTHING)), ledger.Whole)
    before = fingerprint(registries)

    def full(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(ledger, "append", full)
    with pytest.raises(OSError, match="full"):
        taken(registries, "targets", f"code,name\n{D},丁厂\n")
    assert fingerprint(registries) == before


def test_others_write_while_a_list_is_read(registries, monkeypatch):
    """A write that had to wait for the reading would fail here after its time limit."""
    load = staging.Staging.load
    other = create_engine(registries.url, poolclass=NullPool)

    def slow(self, batches):
        def interrupted():
            for batch in batches:
                with other.begin() as connection:
                    connection.execute(text("UPDATE target SET address = '九号' WHERE id = 1"))
                yield batch

        load(self, interrupted())

    if registries.dialect.name == "sqlite":
        other = create_engine(registries.url, poolclass=NullPool, connect_args={"timeout": 0})
    monkeypatch.setattr(staging.Staging, "load", slow)
    assert counts(taken(registries, "targets", f"code,name\n{D},丁厂\n{A},甲厂\n")) == (2, 1, 0, 1)
    assert rows_of(registries, "SELECT address FROM target WHERE id = 1") == [("九号",)]


def test_a_file_that_changes_while_it_is_read_is_refused(city, tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text(TARGETS)
    load = staging.Staging.load

    def meanwhile(self, batches):
        load(self, batches)
        path.write_text(TARGETS + "x")

    monkeypatch.setattr(staging.Staging, "load", meanwhile)
    with pytest.raises(Refused) as refused:
        import_list(city, "targets", path, HERE)
    assert refused.value.code == "import.file_changed"


@pytest.mark.parametrize(
    ("kind", "circumstances", "refusal"),
    [
        ("nothing", HERE, "import.kind"),
        ("targets", Circumstances(AT, department="XX"), "import.no_such_department"),
        ("targets", Circumstances(AT, jurisdiction="110000"), "import.no_such_jurisdiction"),
    ],
)
def test_what_nobody_has_is_refused(city, kind, circumstances, refusal):
    with pytest.raises(Refused) as refused:
        taken(city, kind, TARGETS, circumstances)
    assert refused.value.code == refusal


def test_a_list_whose_columns_are_not_all_told_is_refused_as_a_whole(city):
    assert told(taken(city, "targets", TARGETS, Circumstances(AT))) == [
        (1, "jurisdiction", "column_missing", "辖区代码")
    ]
    assert told(taken(city, "targets", "")) == [(0, "", "empty_file", "")]


def test_every_list_reads_its_own_columns(city):
    for kind in KINDS:
        header = ",".join(column.name for column in LISTS[kind].columns)
        assert taken(city, kind, header + "\n").faults == ()


PLANTED = {
    "not_a_uscc": ("统一社会信用代码", lambda row: row[0][:-1] + ("1" if row[0][-1] != "1" else "2")),
    "not_a_registration_number": ("统一社会信用代码", lambda _: OLD[:-1] + ("0" if OLD[-1] != "0" else "1")),
    "no_id": ("统一社会信用代码", lambda _: "--"),
    "empty": ("名称", lambda _: ""),
    "control_character": ("经营范围", lambda row: row[2] + "\x09x"),
    "invisible_character": ("区域", lambda row: row[3] + "\u200b"),
    "too_long": ("成立日期", lambda _: "2" * 21),
    "not_a_choice": ("信用风险分类", lambda _: "E"),
    "not_a_truth_value": ("经营异常", lambda _: "对"),
    "number_as_text": ("行业", lambda _: "1.2E+17"),
    "error_value": ("住所", lambda _: "#N/A"),
}
HEADER = (
    "统一社会信用代码",
    "名称",
    "经营范围",
    "区域",
    "成立日期",
    "信用风险分类",
    "经营异常",
    "行业",
    "住所",
)


def a_row(number: int) -> list[str]:
    return [
        code(number),
        f"第{number}商行",
        "百货 零售、烟",
        "320602",
        "2015-03",
        "ABCD"[number % 4],
        "否",
        "5211",
        f"{number}# 号",
    ]


def test_fifteen_thousand_planted_faults_are_told_each_in_its_place(city):
    """Rows of all kinds of faults among sound ones, and rows that repeat: told are these and no others."""
    chance = random.Random(7)
    kinds = [*PLANTED, "row_twice", "id_twice", "row_short", "row_long"]
    lines, planted = [",".join(HEADER)], set()
    for number in range(60_000):
        row, line = a_row(number), len(lines) + 1
        lines.append(",".join(row))
        if number % 4:
            continue
        kind = kinds[chance.randrange(len(kinds))]
        if kind in PLANTED:
            column, spoil = PLANTED[kind]
            row[HEADER.index(column)] = spoil(row)
            lines[-1] = ",".join(row)
            planted.add((line, column, kind))
        elif kind in {"row_short", "row_long"}:
            lines[-1] = ",".join(row[:-1] if kind == "row_short" else [*row, ""])
            planted.add((line, "", kind))
        else:
            lines.append(lines[-1] if kind == "row_twice" else lines[-1].replace("商行", "商店"))
            planted.add((line + 1, "" if kind == "row_twice" else HEADER[0], kind))
    imported = taken(city, "targets", "\n".join(lines), valid_only=True)
    found = {(fault.line, fault.column, fault.code) for fault in imported.faults}
    assert len(planted) == 15_000
    assert {kind for *_, kind in planted} == set(kinds)
    assert (sorted(found - planted)[:5], sorted(planted - found)[:5]) == ([], [])
    assert len(imported.faults) == 15_000
    assert counts(imported) == (len(lines) - 1, len(lines) - 1 - 15_000, 0, 0)
