"""A department's list says what is that department's to say; everything else in it is told and stays out.

The places: the province 320000 with the cities 320600 (with the district 320602) and 320100. AMR, FIRE are departments
of the one city, NJ of the other, CC of the district, JS of the province.
"""

from datetime import datetime
from typing import NamedTuple

import pytest
from sqlalchemy import Engine, select, text

from data.intake.records import Source
from data.models import Base
from scheduler.inspection.intake import KINDS, Circumstances, import_list

AT = datetime.fromisoformat("2026-11-22T09:00:00+08:00")
NEXT_MONTH = datetime.fromisoformat("2026-12-22T09:00:00+08:00")
OTHER, OUTSIDE = "other_department", "outside_jurisdiction"
THERE = {
    "jurisdictions": """代码,名称,上级代码
320000,江苏,
320600,南通,320000
320602,崇川,320600
320100,南京,320000
320102,玄武,320100""",
    "departments": """代码,名称,辖区
AMR,市场监管局,320600
FIRE,消防救援支队,320600
NJ,南京市场监管局,320100
CC,崇川市场监管局,320602
JS,江苏省市场监管局,320000""",
    "items": """部门,事项编码,抽查事项,抽查依据,事项类别
AMR,A1,食品检查,法,一般
FIRE,F1,消防检查,法,一般""",
    "targets": """编号,代码类别,名称,辖区
T1,其他,崇川一店,320602
T2,其他,南通二店,320600
T3,其他,南京三店,320100
T4,其他,玄武四店,320102""",
    "inspectors": """部门,编号,姓名,承办上限
AMR,A1,甲,10
AMR,A2,乙,10
FIRE,F1,丙,10
FIRE,F2,丁,10
NJ,N1,戊,10""",
    "bars": """人员编号,编号,事由,失效日期
A1,T1,近亲属,2026-12-31
F1,T1,近亲属,2026-12-31""",
    "pair-bars": """检查人员甲,检查人员乙,事由,失效日期
A1,F1,夫妻,2026-12-31
F1,F2,夫妻,2026-12-31""",
    "labels": """编号,标签,生效日期,失效日期
T1,加油站,2026-01-01,2026-12-31
T3,加油站,2026-01-01,2026-12-31""",
    "registries": """代码,名称,部门
JYZ,加油站库,AMR
XF,消防重点单位库,FIRE""",
    "permits": """编号,专项库,许可证号,有效期至
T1,XF,P1,2026-12-31
T3,JYZ,P3,2026-12-31""",
    "certificates": """人员编号,证件类别,证件号,有效期至
A1,执法证,ZA1,2026-12-31
F1,执法证,ZF1,2026-12-31""",
    "leaves": """人员编号,开始日期,结束日期
A1,2026-10-08,2026-10-09
F1,2026-10-08,2026-10-09""",
    "declarations": """人员编号,申报类别,检查对象编号,终止日期
A1,持股,T1,2026-12-31
F1,持股,T1,2026-12-31""",
    "residences": """人员编号,居住街道代码
A1,390102001
F1,390102001""",
}


class Case(NamedTuple):
    """What AMR hands in, what of it is told, and what stands there after its other rows were taken."""

    content: str
    told: list[tuple[int, str, str, str]]
    sql: str
    after: list[tuple]


CASES = {
    "jurisdictions": Case(
        """代码,名称,上级代码
320600,南通,320000
320602,崇川区,320600
320611,港闸,320600
320000,江苏省,
320100,南京市,320000
320104,秦淮,320100
320612,通州,320100
320613,通州下,320612
330000,浙江,""",
        [
            (5, "代码", OUTSIDE, "320000"),
            (6, "代码", OUTSIDE, "320100"),
            (7, "代码", OUTSIDE, "320104"),
            (8, "上级代码", OUTSIDE, "320100"),
            (9, "上级代码", "superior_faulty", "320612"),
            (10, "代码", OUTSIDE, "330000"),
        ],
        "SELECT code, name, superior_code FROM jurisdiction ORDER BY code",
        [
            ("320000", "江苏", "None"),
            ("320100", "南京", "320000"),
            ("320102", "玄武", "320100"),
            ("320600", "南通", "320000"),
            ("320602", "崇川区", "320600"),
            ("320611", "港闸", "320600"),
        ],
    ),
    "departments": Case(
        """代码,名称,辖区
FIRE,消防支队,320600
NEW,新局,崇川
NJ,改名,320100
JS,抢来,320600
CC,崇川市场监管局,320100
NEW2,新局,320102""",
        [
            (4, "代码", OUTSIDE, "NJ"),
            (4, "辖区", OUTSIDE, "320100"),
            (5, "代码", OUTSIDE, "JS"),
            (6, "辖区", OUTSIDE, "320100"),
            (7, "辖区", OUTSIDE, "320102"),
        ],
        "SELECT code, name, jurisdiction_code FROM department ORDER BY code",
        [
            ("AMR", "市场监管局", "320600"),
            ("CC", "崇川市场监管局", "320602"),
            ("FIRE", "消防支队", "320600"),
            ("JS", "江苏省市场监管局", "320000"),
            ("NEW", "新局", "320602"),
            ("NJ", "南京市场监管局", "320100"),
        ],
    ),
    "items": Case(
        """部门,事项编码,抽查事项,抽查依据,事项类别
AMR,A1,食品检查,新法,一般
AMR,A2,药品检查,法,一般
FIRE,F1,消防检查,新法,一般
FIRE,F2,又一检查,法,一般""",
        [(4, "部门", OTHER, "F1"), (5, "部门", OTHER, "F2")],
        "SELECT item.code, basis FROM item_version JOIN inspection_item item ON item.id = item_id ORDER BY 1",
        [("A1", "新法"), ("A2", "法"), ("F1", "法")],
    ),
    "targets": Case(
        """编号,代码类别,名称,辖区
T1,其他,崇川新店,320602
T5,其他,南通五店,南通
T3,其他,南京新店,320100
T4,其他,抢来,320600
T2,其他,送走,320100
T6,其他,省里的,320000""",
        [
            (4, "编号", OUTSIDE, "T3"),
            (4, "辖区", OUTSIDE, "320100"),
            (5, "编号", OUTSIDE, "T4"),
            (6, "辖区", OUTSIDE, "320100"),
            (7, "辖区", OUTSIDE, "320000"),
        ],
        "SELECT code, name, jurisdiction_code FROM target ORDER BY code",
        [
            ("T1", "崇川新店", "320602"),
            ("T2", "南通二店", "320600"),
            ("T3", "南京三店", "320100"),
            ("T4", "玄武四店", "320102"),
            ("T5", "南通五店", "320600"),
        ],
    ),
    "inspectors": Case(
        """部门,编号,姓名,承办上限
AMR,A1,甲甲,10
AMR,A3,己,10
FIRE,F1,丙丙,0
AMR,F2,抢来,10
FIRE,A2,送走,10
NJ,N2,庚,10""",
        [
            (4, "部门", OTHER, "F1"),
            (5, "部门", OTHER, "F2"),
            (6, "部门", OTHER, "A2"),
            (7, "部门", OTHER, "N2"),
        ],
        "SELECT d.code, i.code, i.name FROM inspector i JOIN department d ON d.id = department_id ORDER BY 2",
        [
            ("AMR", "A1", "甲甲"),
            ("AMR", "A2", "乙"),
            ("AMR", "A3", "己"),
            ("FIRE", "F1", "丙"),
            ("FIRE", "F2", "丁"),
            ("NJ", "N1", "戊"),
        ],
    ),
    "bars": Case(
        """人员编号,编号,事由,失效日期
A1,T1,近亲属,2027-12-31
A2,T3,持股,
F1,T1,近亲属,2026-01-01
F2,T1,持股,
N1,T3,持股,""",
        [
            (4, "人员编号", OTHER, "F1"),
            (5, "人员编号", OTHER, "F2"),
            (6, "人员编号", OTHER, "N1"),
        ],
        """SELECT i.code, t.code, ground, valid_to FROM bar JOIN inspector i ON i.id = inspector_id
        JOIN target t ON t.id = target_id ORDER BY 1""",
        [
            ("A1", "T1", "近亲属", "2027-12-31"),
            ("A2", "T3", "持股", "None"),
            ("F1", "T1", "近亲属", "2026-12-31"),
        ],
    ),
    "pair-bars": Case(
        """检查人员甲,检查人员乙,事由,失效日期
F1,A1,夫妻,2027-12-31
A2,A1,同学,
N1,A2,同学,
F1,F2,夫妻,2026-01-01
N1,F1,同学,""",
        [(5, "检查人员乙", OTHER, "F1;F2"), (6, "检查人员乙", OTHER, "N1;F1")],
        """SELECT i.code, o.code, valid_to FROM pair_bar JOIN inspector i ON i.id = inspector_id
        JOIN inspector o ON o.id = other_id ORDER BY 1, 2""",
        [
            ("A1", "A2", "None"),
            ("A1", "F1", "2027-12-31"),
            ("A2", "N1", "None"),
            ("F1", "F2", "2026-12-31"),
        ],
    ),
    "labels": Case(
        """编号,标签,生效日期,失效日期
T1,加油站,2026-01-01,2027-12-31
T2,餐饮,2026-01-01,
T3,加油站,2026-01-01,2026-01-01
T4,餐饮,2026-01-01,""",
        [(4, "编号", OUTSIDE, "T3"), (5, "编号", OUTSIDE, "T4")],
        """SELECT code, label, valid_to FROM target_label JOIN target ON target.id = target_id ORDER BY 1""",
        [("T1", "加油站", "2027-12-31"), ("T2", "餐饮", "None"), ("T3", "加油站", "2026-12-31")],
    ),
    "registries": Case(
        """代码,名称,部门
JYZ,加油站名录,AMR
CY,餐饮库,市场监管局
XF,抢来,AMR
XF2,消防二库,FIRE""",
        [(4, "部门", OTHER, "XF"), (5, "部门", OTHER, "XF2")],
        "SELECT r.code, r.name, d.code FROM special_registry r JOIN department d ON d.id = department_id ORDER BY 1",
        [("CY", "餐饮库", "AMR"), ("JYZ", "加油站名录", "AMR"), ("XF", "消防重点单位库", "FIRE")],
    ),
    "permits": Case(
        """编号,专项库,许可证号,有效期至
T1,XF,P1,2027-12-31
T2,JYZ,P2,
T3,JYZ,P3,2026-01-01
T4,JYZ,P4,""",
        [(4, "编号", OUTSIDE, "T3"), (5, "编号", OUTSIDE, "T4")],
        "SELECT number, registry_code, expires_on FROM permit ORDER BY 1",
        [("P1", "XF", "2027-12-31"), ("P2", "JYZ", "None"), ("P3", "JYZ", "2026-12-31")],
    ),
    "certificates": Case(
        """人员编号,证件类别,证件号,有效期至
A1,执法证,ZA1,2027-12-31
A2,执法证,ZA2,2027-12-31
F1,执法证,ZF1,2026-01-01
N1,执法证,ZN1,2027-12-31""",
        [(4, "人员编号", OTHER, "F1"), (5, "人员编号", OTHER, "N1")],
        "SELECT number, expires_on FROM certificate ORDER BY 1",
        [("ZA1", "2027-12-31"), ("ZA2", "2027-12-31"), ("ZF1", "2026-12-31")],
    ),
    "leaves": Case(
        """人员编号,开始日期,结束日期
A1,2026-10-08,2026-10-12
A2,2026-10-08,2026-10-09
F1,2026-10-08,2026-12-31
N1,2026-10-08,2026-12-31""",
        [(4, "人员编号", OTHER, "F1"), (5, "人员编号", OTHER, "N1")],
        "SELECT code, last_day FROM leave JOIN inspector ON inspector.id = inspector_id ORDER BY 1",
        [("A1", "2026-10-12"), ("A2", "2026-10-09"), ("F1", "2026-10-09")],
    ),
    "declarations": Case(
        """人员编号,申报类别,检查对象编号,终止日期
A1,持股,T1,2027-12-31
A2,亲属关系,T9,
F1,持股,T1,2026-01-01
N1,持股,T1,""",
        [(4, "人员编号", OTHER, "F1"), (5, "人员编号", OTHER, "N1")],
        "SELECT code, kind, target_code, until FROM declaration JOIN inspector ON inspector.id = inspector_id ORDER BY 1",
        [
            ("A1", "shareholding", "T1", "2027-12-31"),
            ("A2", "kinship", "T9", "None"),
            ("F1", "shareholding", "T1", "2026-12-31"),
        ],
    ),
    "residences": Case(
        """人员编号,居住街道代码
A1,390102002
A2,390102002
F1,390102002
N1,390102002""",
        [(4, "人员编号", OTHER, "F1"), (5, "人员编号", OTHER, "N1")],
        "SELECT code, street FROM residence JOIN inspector ON inspector.id = inspector_id ORDER BY 1",
        [("A1", "390102002"), ("A2", "390102002"), ("F1", "390102001")],
    ),
}
"""In each list the first two data rows are AMR's own, one that is there and one that is new."""


def take(database: Engine, kind: str, content: str, of: str | None = "AMR", beside: str | None = None, **how):
    circumstances = Circumstances(NEXT_MONTH, department=of, jurisdiction=beside)
    return import_list(database, kind, Source("名单.csv", content.encode()), circumstances, **how)


def told(imported) -> list[tuple[int, str, str, str]]:
    return [(each.line, each.column, each.code, each.value) for each in imported.faults]


def rows(database: Engine, sql: str) -> list[tuple]:
    """Rows of a question, everything as text: days are no days on SQLite."""
    with database.connect() as connection:
        return [tuple(map(str, row)) for row in connection.execute(text(sql))]


def everything(database: Engine) -> list[object]:
    with database.connect() as connection:
        return [
            (table.name, connection.execute(select(table).order_by(*table.primary_key.columns)).all())
            for table in Base.metadata.sorted_tables
        ]


@pytest.fixture
def province(database: Engine) -> Engine:
    for kind, content in THERE.items():
        source = Source("名单.csv", content.encode())
        imported = import_list(database, kind, source, Circumstances(AT))
        assert (imported.faults, imported.added) == ((), content.count("\n"))
    return database


@pytest.mark.parametrize("kind", KINDS)
def test_a_department_says_what_is_its_own_to_say(province, kind):
    case, before = CASES[kind], everything(province)
    imported = take(province, kind, case.content)
    assert (told(imported), imported.applied) == (case.told, False)
    assert everything(province) == before
    taken = take(province, kind, case.content, valid_only=True)
    assert (told(taken), taken.applied) == (case.told, True)
    assert rows(province, case.sql) == case.after


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_the_machine_says_everything(province, kind):
    imported = take(province, kind, CASES[kind].content, of=None)
    assert told(imported) == []
    assert imported.applied
    assert rows(province, CASES[kind].sql) != CASES[kind].after


@pytest.mark.parametrize(
    ("of", "outside"),
    [("AMR", ["T3", "T4"]), ("NJ", ["T1", "T2"]), ("CC", ["T2", "T3", "T4"]), ("JS", [])],
)
@pytest.mark.parametrize("kind", ["targets", "labels", "permits"])
def test_a_jurisdiction_is_all_that_lies_below_it(province, of, outside, kind):
    content = {
        "targets": "编号,代码类别,名称\n" + "".join(f"T{n},其他,改名\n" for n in (1, 2, 3, 4)),
        "labels": "编号,标签,生效日期\n" + "".join(f"T{n},餐饮,2026-05-01\n" for n in (1, 2, 3, 4)),
        "permits": "编号,专项库,许可证号\n" + "".join(f"T{n},JYZ,Q{n}\n" for n in (1, 2, 3, 4)),
    }[kind]
    imported = take(province, kind, content, of, beside="320600", dry_run=True)
    assert [each.value for each in imported.faults] == outside
    assert {each.code for each in imported.faults} <= {OUTSIDE}
    assert imported.added + imported.changed == 4 - len(outside)


@pytest.mark.parametrize("of", [None, "AMR"])
def test_a_jurisdiction_told_beside_a_list_is_that_of_new_rows_alone(province, of):
    content = "编号,代码类别,名称\nT1,其他,崇川一店\nT2,其他,新名\nT9,其他,九店\n"
    for counts in ((1, 1, 1), (0, 0, 3)):
        imported = take(province, "targets", content, of, beside="320600")
        assert (imported.added, imported.changed, imported.unchanged) == counts
    assert rows(province, "SELECT code, name, jurisdiction_code FROM target ORDER BY code") == [
        ("T1", "崇川一店", "320602"),
        ("T2", "新名", "320600"),
        ("T3", "南京三店", "320100"),
        ("T4", "玄武四店", "320102"),
        ("T9", "九店", "320600"),
    ]


def test_what_follows_from_a_code_changes_nothing_that_was_said_before(province):
    """The region decides who goes there: a list that says nothing of it neither moves nor empties it."""
    take(province, "targets", "编号,代码类别,名称,区域\nT1,其他,崇川一店,320611\n", beside="320600")
    imported = take(province, "targets", "编号,代码类别,名称\nT1,其他,崇川一店\n", beside="320600")
    assert (imported.changed, imported.unchanged) == (0, 1)
    imported = take(province, "targets", "编号,代码类别,名称\nT1,其他,新名\n", beside="320600")
    assert imported.changed == 1
    assert rows(province, "SELECT name, region FROM target WHERE code = 'T1'") == [("新名", "320611")]


def test_departments_too_stay_where_they_are(province):
    content = "代码,名称\nCC,崇川市场监管局\nNEW,新局\n"
    imported = take(province, "departments", content, beside="320600")
    assert (imported.added, imported.changed, imported.unchanged) == (1, 0, 1)
    assert rows(
        province, "SELECT code, jurisdiction_code FROM department WHERE code IN ('CC', 'NEW') ORDER BY 1"
    ) == [("CC", "320602"), ("NEW", "320600")]


def test_a_jurisdiction_told_beside_is_one_of_the_departments_own(province):
    content = "编号,代码类别,名称\nT1,其他,崇川新店\nT9,其他,九店\n"
    imported = take(province, "targets", content, beside="320100", valid_only=True)
    assert told(imported) == [(3, "编号", OUTSIDE, "T9")]
    assert rows(province, "SELECT name, jurisdiction_code FROM target WHERE code IN ('T1', 'T9')") == [
        ("崇川新店", "320602")
    ]


@pytest.mark.parametrize("kind", ["inspectors", "registries"])
def test_a_department_told_beside_a_list_is_that_of_new_rows_alone(province, kind):
    contents = {
        "inspectors": "编号,姓名,承办上限\nA1,甲,10\nA3,己,10\nF1,丙,10\n",
        "registries": "代码,名称\nJYZ,加油站库\nCY,餐饮库\nXF,消防重点单位库\n",
    }
    imported = take(province, kind, contents[kind], valid_only=True)
    place, value = ("编号", "F1") if kind == "inspectors" else ("代码", "XF")
    assert told(imported) == [(4, place, OTHER, value)]
    assert (imported.added, imported.changed, imported.unchanged) == (1, 0, 1)
    table = {"inspectors": "inspector", "registries": "special_registry"}[kind]
    sql = f"SELECT t.code, d.code FROM {table} t JOIN department d ON d.id = department_id ORDER BY 1"
    found = dict(rows(province, sql))
    assert (found[value], found[{"inspectors": "A3", "registries": "CY"}[kind]]) == ("FIRE", "AMR")


@pytest.mark.parametrize(
    "row", ["320600,南通市,320000", "320600,南通,320100", "320600,南通,", "320600000000,南通,320000"]
)
def test_ones_own_jurisdiction_is_for_those_above_it(province, row):
    imported = take(province, "jurisdictions", f"代码,名称,上级代码\n{row}\n320602,崇川,320600\n")
    line = (2, "代码", OUTSIDE, "320600")
    if row.startswith(
        "320600000000"
    ):  # another way to write it: below by its digits, but not by its superior
        line = (2, "上级代码", OUTSIDE, "320000")
    assert told(imported) == [line]
    assert not imported.applied
