"""Registries: which rows a file means, and what is told where it does not say."""

from __future__ import annotations

import ast
import io
import random
import time
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from data.intake import registries as registries_module
from data.intake.records import Source
from data.intake.registries import Intake, read_registries
from data.intake.tables import HEADERS, TABLES

TARGETS = "id,name,stratum,region\nT1,甲,A,r1\nT2,乙,B,\n"
INSPECTORS = (
    "id,name,department,qualifications,regions,home,capacity\nI1,张,AMR,lead,*,r1,3\nI2,李,AMR,,r1,,0\n"
)
BARS = "inspector_id,target_id,ground\nI1,T2,近亲属\n"
PAIR_BARS = "inspector_a,inspector_b,ground\nI2,I1,夫妻\n"


def read(**texts: str) -> Intake:
    """The four tables from texts; a table that is not given is a small sound one."""
    every = {"targets": TARGETS, "inspectors": INSPECTORS, "bars": BARS, "pair_bars": PAIR_BARS} | texts
    return read_registries({name: Source(f"{name}.csv", text.encode()) for name, text in every.items()})


def told(intake: Intake) -> list[tuple[str, int, str, str, str]]:
    return [(f.file.partition(".")[0], f.line, f.column, f.code, f.value) for f in intake.faults]


def test_rows_come_in_the_order_of_the_frozen_tables_columns() -> None:
    intake = read()
    assert intake.faults == ()
    assert intake.tables == {
        "targets": [("A", "T1", "r1", "甲"), ("B", "T2", "", "乙")],
        "inspectors": [("AMR", "I1", "lead", "r1", "*", "3", "张"), ("AMR", "I2", "", "", "r1", "0", "李")],
        "bars": [("I1", "T2", "近亲属")],
        "pair_bars": [("I1", "I2", "夫妻")],
    }


def test_tables_without_bars_are_read_as_if_the_bars_were_empty() -> None:
    sources = {"targets": Source("t", TARGETS.encode()), "inspectors": Source("i", INSPECTORS.encode())}
    intake = read_registries(sources)
    assert (intake.faults, intake.tables["bars"], intake.tables["pair_bars"]) == ((), [], [])


@pytest.mark.parametrize("names", [("targets",), ("inspectors",), ("targets", "inspectors", "pairbars")])
def test_a_table_that_nobody_knows_or_that_is_not_there_is_no_fault_of_a_file(names: tuple[str, ...]) -> None:
    texts = {"targets": TARGETS, "inspectors": INSPECTORS, "pairbars": PAIR_BARS}
    with pytest.raises(KeyError):
        read_registries({name: Source(name, texts[name].encode()) for name in names})


def test_rows_are_not_sorted() -> None:
    intake = read(targets="id,name,stratum,region\nT9,甲,B,\nT2,乙,A,\nT1,丙,B,\n")
    assert [row[1] for row in intake.tables["targets"]][:3] == ["T9", "T2", "T1"]


def test_only_the_home_may_be_missing_as_a_column() -> None:
    columns = ["id", "name", "department", "qualifications", "regions", "home", "capacity"]
    row = dict(zip(columns, ["I1", "张", "AMR", "q", "*", "r", "3"], strict=True))
    for missing in columns:
        left = [column for column in columns if column != missing]
        intake = read(inspectors="\n".join([",".join(left), ",".join(row[column] for column in left)]))
        faults = [(fault.code, fault.column) for fault in intake.faults if fault.file == "inspectors.csv"]
        assert faults == ([] if missing == "home" else [("column_missing", missing)])


def test_of_a_missing_column_the_chinese_header_is_told_and_no_row_is_checked() -> None:
    intake = read(targets="id,name,stratum\n,,\nT1,x,\n")
    assert told(intake) == [("targets", 1, "region", "column_missing", "区域")]


@pytest.mark.parametrize("table", TABLES)
def test_every_header_is_understood_and_means_one_column(table: str) -> None:
    names = [name for column in TABLES[table] for name in (column.name, *HEADERS[table][column.name])]
    assert len(names) == len(set(names))
    for column in TABLES[table]:
        for name in HEADERS[table][column.name]:
            captions = [name if other is column else other.name for other in TABLES[table]]
            texts = {} if table == "pair_bars" else {"pair_bars": "inspector_a,inspector_b,ground\n"}
            if table != "bars":
                texts["bars"] = "inspector_id,target_id,ground\n"
            assert read(**{**texts, table: ",".join(captions) + "\n"}).faults == (), name


def test_a_header_counts_whatever_stands_around_it_and_in_capitals() -> None:
    intake = read(targets="\u3000ID ,\tName, Stratum,REGION\nT1,甲,A,\nT2,x,A,\n")
    assert intake.faults == ()
    intake = read(targets="\u3000ID ,\tName, Stratum,REGION\n,甲,A,\nT2,x,A,\n")
    assert told(intake)[0] == ("targets", 2, "ID", "empty", "")


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), max_size=12)
CODES = st.text("abcXYZ019-_.市区🏠é", min_size=1, max_size=6)


@st.composite
def target_rows(draw: st.DrawFn) -> list[tuple[str, str, str, str]]:
    ids = draw(st.lists(CODES, min_size=1, max_size=8, unique=True))
    return [(draw(CODES), number, draw(CODES), f"n{draw(NAMES)}n") for number in ids]


def csv_text(columns: list[str], rows: list[dict[str, str]], end: str) -> str:
    lines = [columns, *([row[column] for column in columns] for row in rows)]
    return "".join(",".join('"' + text.replace('"', '""') + '"' for text in line) + end for line in lines)


@given(
    target_rows(),
    st.permutations(["id", "name", "stratum", "region", "附注"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_the_order_of_columns_the_encoding_and_the_line_ends_change_nothing(
    rows: list[tuple[str, str, str, str]], columns: list[str], encoding: str, end: str
) -> None:
    names = ("stratum", "id", "region", "name")
    records = [dict(zip(names, row, strict=True)) | {"附注": "随便\n写的"} for row in rows]
    content = csv_text(columns, records, end).encode(encoding)
    plain = csv_text(list(names), records, "\n").encode()
    inspectors = Source("i", INSPECTORS.encode())
    intake = read_registries({"targets": Source("t", content), "inspectors": inspectors})
    assert intake == read_registries({"targets": Source("t", plain), "inspectors": inspectors})
    assert [row[1] for row in intake.tables["targets"]] == [row[1] for row in rows]


@given(st.lists(CODES, unique=True, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_a_list_and_its_separators_change_nothing(
    items: list[str], choice: random.Random
) -> None:
    shuffled = choice.sample(items, len(items))
    written = "".join(choice.choice([";", "；", "\u3000; "]) + item for item in shuffled)[1:].lstrip("; ")
    intake = read(
        inspectors=f"id,name,department,qualifications,regions,capacity\nI1,x,d,{written},*,1\nI2,x,d,,,1\n"
    )
    assert intake.faults == ()
    assert intake.tables["inspectors"][0][2].encode() == b";".join(sorted(item.encode() for item in items))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  a b ", "a b"),
        ("\u3000甲\u3000", "甲"),
        ("\u00a0x\u2003", "x"),
        ("e\u0301", "é"),
        ("ａ１", "ａ１"),
        ("O'x", "O'x"),
    ],
)
def test_only_nfc_and_surrounding_space_are_normalised(written: str, meant: str) -> None:
    intake = read(targets=f"id,name,stratum,region\nT1,{written},A,\nT2,x,A,\n")
    assert intake.faults == ()
    assert intake.tables["targets"][0][3] == meant


def test_an_id_in_two_forms_of_unicode_stands_twice() -> None:
    intake = read(targets="id,name,stratum,region\né1,x,A,\ne\u03011,x,B,\nT2,x,A,\n")
    assert told(intake) == [("targets", 3, "id", "id_twice", "é1")]


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ("T1,甲,A,\u200br", [("region", "invisible_character", "U+200B")]),
        ("T1,甲\u202e,A,r", []),
        ("T1,甲\x07乙,A,r", []),
        ("T1,甲\0乙,A,r", [("name", "control_character", "U+0000")]),
        ("T1,甲,A\u2028B,r", [("stratum", "invisible_character", "U+2028")]),
        ("T1,,,", [("name", "empty", ""), ("stratum", "empty", "")]),
        ("T;1,甲,A,r；s", [("id", "separator_in_id", "T;1"), ("region", "separator_in_id", "r；s")]),
        ("T1,甲;乙,A;B,r", []),
        ("T1,9.1E+17,A,r", []),
        ("9.1E+17,甲,A,3E+11", [("id", "number_as_text", "9.1E+17"), ("region", "number_as_text", "3E+11")]),
        ("1E17,甲,A,3E", []),
        ("#N/A,#REF!,A,r", [("id", "error_value", "#N/A"), ("name", "error_value", "#REF!")]),
        ("T1," + "长" * 1000 + ",A,r", []),
        ("T1," + "长" * 1001 + ",A,r", [("name", "too_long", "长" * 80 + "…")]),
        ("T1,甲,A", [("", "row_short", "3/4")]),
        ("T1,甲,A,r,", [("", "row_long", "5/4")]),
        ("T2,甲,A", [("", "row_short", "3/4"), ("id", "id_twice", "T2")]),
    ],
)
def test_a_row_of_targets_tells_this_and_no_more(row: str, faults: list[tuple[str, str, str]]) -> None:
    intake = read(targets=f"id,name,stratum,region\nT2,x,A,\n{row}\n")
    assert told(intake) == [("targets", 3, *fault) for fault in faults]
    assert len(intake.tables["targets"]) == (1 if faults else 2)


@pytest.mark.parametrize(
    ("qualifications", "regions", "capacity", "faults"),
    [
        ("a;b", "*", "999999999", []),
        ("", "", "0", []),
        ("a;", ";*", "3", [("qualifications", "item_empty", "a;"), ("regions", "item_empty", ";*")]),
        ("a;b；a;b", "x", "3", [("qualifications", "item_twice", "a;b")]),
        ("*;a", "*;a", "3", [("regions", "star_with_others", "*;a")]),
        ("a", "*;*", "3", [("regions", "item_twice", "*")]),
        (
            "9E+9;a",
            "x\u200b;y",
            "3",
            [("qualifications", "number_as_text", "9E+9"), ("regions", "invisible_character", "U+200B")],
        ),
        ("a", "*", "1000000000", [("capacity", "not_a_capacity", "1000000000")]),
        ("a", "*", "3.0", [("capacity", "not_a_capacity", "3.0")]),
        ("a", "*", "1３", [("capacity", "not_a_capacity", "1３")]),
        ("a", "*", "", [("capacity", "empty", "")]),
        (
            "#N/A",
            "#N/A",
            "#N/A",
            [(name, "error_value", "#N/A") for name in ("qualifications", "regions", "capacity")],
        ),
    ],
)
def test_a_row_of_inspectors_tells_this_and_no_more(
    qualifications: str, regions: str, capacity: str, faults: list[tuple[str, str, str]]
) -> None:
    row = f"I3,王,AMR,{qualifications},{regions},,{capacity}"
    assert told(read(inspectors=f"{INSPECTORS}{row}\n")) == [("inspectors", 4, *fault) for fault in faults]


def test_an_id_may_stand_in_both_registries() -> None:
    targets = TARGETS + "I1,同号,A,\n"
    assert read(targets=targets).faults == ()


def test_the_third_row_with_one_id_is_told_too_and_the_first_stays() -> None:
    intake = read(targets="id,name,stratum,region\nT1,a,A,\nT2,b,A,\nT1,c,B,\nT1,d,A,\n")
    assert told(intake) == [("targets", 4, "id", "id_twice", "T1"), ("targets", 5, "id", "id_twice", "T1")]
    assert [row[3] for row in intake.tables["targets"]] == ["a", "b"]


def test_a_row_with_another_fault_still_takes_its_id() -> None:
    intake = read(targets="id,name,stratum,region\nT1,a,A,\nT2,,A,\nT2,c,B,\n")
    assert [fault[3] for fault in told(intake)] == ["empty", "id_twice"]


def test_bars_name_who_is_registered() -> None:
    intake = read(bars="inspector_id,target_id,ground\nI1,T9,x\nI9,T1,x\nT1,I1,x\n")
    assert told(intake) == [
        ("bars", 2, "target_id", "unknown_target", "T9"),
        ("bars", 3, "inspector_id", "unknown_inspector", "I9"),
        ("bars", 4, "inspector_id", "unknown_inspector", "T1"),
        ("bars", 4, "target_id", "unknown_target", "I1"),
    ]


@pytest.mark.parametrize(
    "faulty",
    ["T5,,A,", "T5,甲,A", "T5,甲,A,r,s", 'T5,"甲" 公司,A,r', "T5;,甲,A,r", "T1,甲,A,T5,x", '"T5",甲,"A,r'],
)
def test_nobody_is_told_that_an_id_is_unknown_when_its_row_is_faulty(faulty: str) -> None:
    bars = "inspector_id,target_id,ground\nI1,T5,x\nI1,T6,x\n" + ("I2,T5;,x\n" if ";" in faulty else "")
    intake = read(targets=f"{TARGETS}{faulty}\n", bars=bars)
    unknown = [fault.line for fault in intake.faults if fault.code == "unknown_target"]
    assert unknown == ([2, 3] if ";" in faulty else [3])


def test_nobody_is_told_that_an_id_is_unknown_when_a_workbook_made_it_a_number() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write_row(0, 0, ["id", "name", "stratum", "region"])
        book.get_worksheet_by_name("Sheet1").write_row(1, 0, [320602, "甲", "A", "r"])
    bars = "inspector_id,target_id,ground\nI1,320602,x\n"
    texts = {"inspectors": INSPECTORS, "bars": bars}
    sources = {name: Source(name, text.encode()) for name, text in texts.items()}
    intake = read_registries(sources | {"targets": Source("t.xlsx", file.getvalue())})
    assert [(fault.line, fault.code, fault.value) for fault in intake.faults] == [
        (2, "number_cell", "320602")
    ]


def test_an_unsound_id_in_a_short_row_does_not_count() -> None:
    intake = read(targets=f"{TARGETS}T\u200b5,甲,A\nT\u200b5,乙,A\n")
    assert [fault.code for fault in intake.faults] == ["row_short", "row_short"]


def test_nobody_is_told_that_an_id_is_unknown_when_the_registry_could_not_be_read() -> None:
    intake = read(inspectors="id\nI1\n")
    assert {fault.code for fault in intake.faults} == {"column_missing"}


def test_a_bar_stands_once() -> None:
    bars = "inspector_id,target_id,ground\nI1,T1,x\nI1,T2,x\n I1,T1,另一事由\nI2,T1,x\n"
    assert told(read(bars=bars)) == [("bars", 4, "target_id", "bar_twice", "I1;T1")]


def test_a_pair_bar_stands_once_whoever_comes_first_and_never_between_one_person() -> None:
    rows = ["I2,I1,x", "I1,I2,y", "I1,I1,z"]
    intake = read(pair_bars="inspector_a,inspector_b,ground\n" + "\n".join(rows))
    assert told(intake) == [
        ("pair_bars", 3, "inspector_b", "pair_bar_twice", "I1;I2"),
        ("pair_bars", 4, "inspector_b", "same_person", "I1"),
    ]
    assert intake.tables["pair_bars"] == [("I1", "I2", "x")]


def test_the_smaller_id_of_a_pair_is_the_one_with_the_smaller_bytes() -> None:
    inspectors = "id,name,department,qualifications,regions,capacity\n" + "".join(
        f"{i},x,d,,,1\n" for i in ("\U00020bb7", "\uff21", "I1")
    )
    pairs = "inspector_a,inspector_b,ground\n\U00020bb7,\uff21,x\n"
    intake = read(inspectors=inspectors, pair_bars=pairs, bars="inspector_id,target_id,ground\n")
    assert intake.tables["pair_bars"] == [("\uff21", "\U00020bb7", "x")]


def test_a_fault_in_a_bar_does_not_hide_the_other_id() -> None:
    intake = read(bars="inspector_id,target_id,ground\n\u200bI1,T9,\n")
    assert [fault[2:4] for fault in told(intake)] == [
        ("inspector_id", "invisible_character"),
        ("target_id", "unknown_target"),
        ("ground", "empty"),
    ]


def test_faults_of_a_row_stand_in_the_order_of_the_files_columns() -> None:
    intake = read(targets="region,name,stratum,附注,id\n;,,,x,\nr,x,A,x,T1\nr,x,A,x,T2\n")
    assert [fault.column for fault in intake.faults] == ["region", "name", "stratum", "id"]


def test_the_intake_knows_nothing_of_the_draw_nor_of_the_faces() -> None:
    for path in Path(registries_module.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else [module or ""]
            assert not {name.partition(".")[0] for name in names} & {"matching", "scheduler", "web"}, path


@pytest.mark.long
def test_a_hundred_thousand_targets_are_checked_in_a_second_and_a_half() -> None:
    rows = "".join(
        f"91320600{number:010d},南通市某某贸易有限公司{number}号,A,320602\n" for number in range(100_000)
    )
    started = time.perf_counter()
    intake = read(targets=f"id,name,stratum,region\n{rows}", bars="inspector_id,target_id,ground\n")
    assert time.perf_counter() - started <= 1.5
    assert (len(intake.tables["targets"]), intake.faults) == (100_000, ())
