"""Faults planted by the thousand in all four tables: what is told is what was planted, neither more nor less."""

from __future__ import annotations

import datetime
import io
import json
import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, get_args

import pytest
import xlsxwriter
from click.testing import CliRunner

from data.intake.faults import FileCode
from data.intake.records import Source
from data.intake.registries import Intake, read_registries
from data.intake.tables import HEADERS, TABLES
from tests.city_plan import PLAN
from web.commands import main

FAULT_CODES = get_args(FileCode)

FAULTS = 10_000
SIZES = {"targets": 6_400, "inspectors": 4_800, "bars": 5_200, "pair_bars": 4_000}
FORMATS = ("utf-8", "utf-8-sig", "gb18030", "xlsx")
BAD_BYTE = "\x01bad byte\x01"
HEADER_AND_FILE_CODES = {
    "empty_file",
    "file_too_large",
    "unreadable_workbook",
    "workbook_too_large",
    "column_missing",
    "column_twice",
}
ONLY_IN_TEXT = {"not_text", "quote_open", "row_short"}
ONLY_IN_WORKBOOKS = {"number_cell"}

CODES = {
    "targets": ("stratum", "id", "region"),
    "inspectors": ("department", "id", "qualifications", "regions", "home"),
    "bars": ("inspector_id", "target_id"),
    "pair_bars": ("inspector_a", "inspector_b"),
}
IDS = {
    "targets": ("id",),
    "inspectors": ("id",),
    "bars": ("inspector_id", "target_id"),
    "pair_bars": ("inspector_a", "inspector_b"),
}
WORDS = {"targets": ("name",), "inspectors": ("name",), "bars": ("ground",), "pair_bars": ("ground",)}


@dataclass
class Table:
    """One table while faults are planted in it: the rows as they should come out, and as they will be written."""

    name: str
    captions: list[str]
    columns: list[str]
    clean: list[dict[str, str]]
    raw: list[dict[str, Any]]
    planted: dict[tuple[int, str], set[str]] = field(default_factory=dict)
    broken: dict[int, str] = field(default_factory=dict)
    fixed: set[int] = field(default_factory=set)
    donors: set[int] = field(default_factory=set)

    def caption(self, column: str) -> str:
        return self.captions[self.columns.index(column)] if column else ""

    def shortest(self, row: int) -> int:
        """How many fields a short row must keep: something stands in it, and the id if bars name it."""
        if row in self.fixed:
            return 1 + max(self.columns.index(column) for column in IDS[self.name])
        return 1 + min(self.columns.index(column.name) for column in TABLES[self.name] if column.filled)

    def touched(self, row: int) -> bool:
        return row in self.broken or any((row, column) in self.planted for column in self.columns)


class Plot:
    """Four clean tables, in which faults are planted one after another."""

    def __init__(self, seed: int, form: str) -> None:
        self.random = random.Random(seed)
        self.form = form
        self.serial = 0
        self.tables = {name: self._table(name, size) for name, size in SIZES.items()}
        # Bars name only ids from the first half of a registry; those keep their ids whatever else happens to the row.
        self.tables["targets"].fixed = set(range(SIZES["targets"] // 2))
        self.tables["inspectors"].fixed = set(range(SIZES["inspectors"] // 2))

    def _table(self, name: str, size: int) -> Table:
        columns = [column.name for column in TABLES[name]] + ["_remark", "_more"]
        self.random.shuffle(columns)
        captions = [
            self.random.choice([column, *HEADERS[name][column]]) if column[0] != "_" else f"附注{column}"
            for column in columns
        ]
        clean = [getattr(self, f"_{name}")(row) for row in range(size)]
        if name in ("bars", "pair_bars"):
            clean = list({tuple(row.values())[:2]: row for row in clean}.values())
        raw = [{column: self._dressed(name, column, value) for column, value in row.items()} for row in clean]
        for row in raw:
            row["_remark"] = self.random.choice(["", "两行\n文字", 'a "b"', "\u200b", "x,y", "一\r\n二\r三"])
            row["_more"] = self.random.choice(["", "z"])
        return Table(name, captions, columns, clean, raw)

    def _targets(self, row: int) -> dict[str, str]:
        name = self.random.choice(["南通市某贸易有限公司", "Café 咖啡馆", "𠮷野家, 分店", '"老字号"酱园'])
        region = self.random.choice(["", "320602", "320612", "如东"])
        return {
            "stratum": self.random.choice("ABCD"),
            "id": f"T{row}",
            "region": region,
            "name": f"{name}{row}号",
        }

    def _inspectors(self, row: int) -> dict[str, str]:
        return {
            "department": self.random.choice(["AMR", "FIRE", "应急"]),
            "id": f"I{row}",
            "qualifications": self.random.choice(["", "lead", "food;lead", "a;特种"]),
            "home": self.random.choice(["", "320602"]),
            "regions": self.random.choice(["", "*", "320602;如东", "320602"]),
            "capacity": str(self.random.choice([0, 1, 12, 999_999_999])),
            "name": f"张{row}",
        }

    def _bars(self, _row: int) -> dict[str, str]:
        inspector, target = (
            self.random.randrange(SIZES["inspectors"] // 2),
            self.random.randrange(SIZES["targets"] // 2),
        )
        return {"inspector_id": f"I{inspector}", "target_id": f"T{target}", "ground": "近亲属"}

    def _pair_bars(self, _row: int) -> dict[str, str]:
        pair = self.random.sample(range(SIZES["inspectors"] // 2), 2)
        first, second = sorted(f"I{number}" for number in pair)
        return {"inspector_a": first, "inspector_b": second, "ground": "夫妻"}

    def _dressed(self, table: str, column: str, value: str) -> Any:
        """A value as a careless but honest hand may write it."""
        if column == "capacity" and self.form == "xlsx" and self.random.random() < 0.5:
            return float(value)
        if column in ("qualifications", "regions"):
            items = value.split(";")
            self.random.shuffle(items)
            value = self.random.choice([";", "；", " ; "]).join(items)
        if table in ("targets", "inspectors") and column == "name" and self.random.random() < 0.2:
            value = unicodedata.normalize("NFD", value)
        return (
            self.random.choice(["", "", " ", "\u3000"])
            + value
            + self.random.choice(["", "", "\u3000 ", "\t"])
        )

    def plant(self, wanted: int) -> None:
        """Plant in turn every code in every table where it can stand, where needed after some attempts."""
        planted = 0
        for table, code in cycle(self._places()):
            planted += next(filter(None, (self._plant(self.tables[table], code) for _ in range(30))), 0)
            if planted >= wanted:
                return

    def _places(self) -> list[tuple[str, str]]:
        excluded = ONLY_IN_TEXT if self.form == "xlsx" else ONLY_IN_WORKBOOKS
        return [
            (table, code) for table in SIZES for code in FAULT_CODES if code in APPLICABLE[table] - excluded
        ]

    def _plant(self, table: Table, code: str) -> int:
        """Plant one fault in a row where it does not disturb another; tells how many faults that made."""
        row = self.random.randrange(len(table.raw))
        if code in LINE_CODES:
            return self._plant_line(table, row, code)
        column = self.random.choice(columns_for(table.name, code))
        taken = (row, column) in table.planted or row in table.broken
        if taken or (row in table.fixed and column in IDS[table.name]):
            return 0
        if code in PAIR_CODES:
            return self._plant_pair(table, row, code)
        if code == "id_twice":
            donor = self.random.choice([number for number in range(40) if number not in table.broken])
            table.donors.add(donor)
            value, codes = table.clean[donor]["id"], {code}
        else:
            value, codes = self._damaged(code, column)
        table.raw[row][column] = value
        table.planted[row, column] = codes
        return len(codes)

    def _plant_line(self, table: Table, row: int, code: str) -> int:
        nothing_to_cut = code == "row_short" and table.shortest(row) == len(table.columns)
        if table.touched(row) or row in table.donors or nothing_to_cut:
            return 0
        table.broken[row] = code
        table.raw[row]["_remark"] = "-"  # a record of several lines that is broken has no certain end
        return 1

    def _plant_pair(self, table: Table, row: int, code: str) -> int:
        """A pair that an earlier row has, whose ids from now on stay as they are; or one person twice."""
        first, second = IDS[table.name]
        donor = self.random.randrange(row) if row else row
        no_donor = donor in table.broken or {(donor, first), (donor, second)} & table.planted.keys()
        if donor == row or no_donor or row in table.fixed or (row, first) in table.planted:
            return 0
        pair = [table.clean[donor][first], table.clean[donor][second]]
        if code == "same_person":
            pair[1] = pair[0]
        else:
            table.fixed.add(donor)
            table.donors.add(donor)
        if code == "pair_bar_twice":
            self.random.shuffle(pair)
        table.raw[row][first], table.raw[row][second] = pair
        table.planted |= {(row, first): set(), (row, second): {code}}
        return 1

    def _damaged(self, code: str, column: str) -> tuple[Any, set[str]]:
        """A value with this fault, and sometimes with others."""
        self.serial += 1
        value = self.random.choice(DAMAGE[code])
        if callable(value):
            value = value(self.serial)
        codes = {code}
        if (
            code in ("invisible_character", "control_character", "separator_in_id")
            and self.random.random() < 0.2
        ):
            value = f"甲\u202e乙\t丙{self.serial}"
            codes = {"control_character"} | (
                {"invisible_character"} if column not in ("name", "ground") else set()
            )
            if code == "separator_in_id":
                value, codes = value + ";丁", codes | {code}
        if (
            code == "number_as_text"
            and column in ("qualifications", "regions")
            and self.random.random() < 0.5
        ):
            value, codes = f"x;{value};", {code, "item_empty"}
        return value, codes

    def expected_rows(self) -> dict[str, list[tuple[str, ...]]]:
        return {
            name: [
                tuple(table.clean[row][column.name] for column in TABLES[name])
                for row in range(len(table.clean))
                if not table.touched(row)
            ]
            for name, table in self.tables.items()
        }


DAMAGE: dict[str, list[Any]] = {
    "empty": ["", " ", "\u3000\t"],
    "control_character": ["甲\n乙", "甲\r\n乙", "a\rb", "a\tb", "a\0b"],
    "invisible_character": ["A\u200bB", "\ufeffA", "A\u202eB", "A\u00adB", "A\x07B", "A\u2028B"],
    "too_long": [lambda serial: f"{serial}" + "长" * 1_000],
    "error_value": ["#N/A", "#REF!", "#DIV/0!", "#VALUE!"],
    "number_cell": [913206841387832638.0, 320602.0, 3.5, datetime.date(2025, 3, 1), True],
    "number_as_text": ["9.13206E+17", "3.2e+05", "-1E+12"],
    "separator_in_id": ["A;B", "A；B", "A\u037eB"],
    "not_a_capacity": ["01", "-1", "1.5", "３", "1000000000", "1e3", "many", "+1", "1,000"],
    "item_empty": ["a;;b", ";a", "a； ", ";"],
    "item_twice": ["a;b;a", "a；a", "b;\u3000b"],
    "star_with_others": ["*;a", "a；*"],
    "unknown_inspector": [lambda serial: f"NOBODY{serial}"],
    "unknown_target": [lambda serial: f"NOTHING{serial}"],
}
LINE_CODES = {"not_text", "quote_open", "row_short", "row_long"}
PAIR_CODES = {"bar_twice", "pair_bar_twice", "same_person"}
EVERYWHERE = LINE_CODES | {
    "empty",
    "control_character",
    "invisible_character",
    "too_long",
    "error_value",
    "number_cell",
    "number_as_text",
    "separator_in_id",
}
APPLICABLE = {
    "targets": EVERYWHERE | {"id_twice"},
    "inspectors": EVERYWHERE | {"id_twice", "not_a_capacity", "item_empty", "item_twice", "star_with_others"},
    "bars": EVERYWHERE | {"unknown_inspector", "unknown_target", "bar_twice"},
    "pair_bars": EVERYWHERE | {"unknown_inspector", "same_person", "pair_bar_twice"},
}


def columns_for(table: str, code: str) -> list[str]:
    """The columns of a table in which a code can stand."""
    every = [column.name for column in TABLES[table]]
    no_capacity = [name for name in every if name != "capacity"]
    special: dict[str, list[str]] = {
        "empty": [column.name for column in TABLES[table] if column.filled],
        "control_character": no_capacity,
        "too_long": no_capacity,
        "number_cell": no_capacity,
        "error_value": every,
        "separator_in_id": [name for name in CODES[table] if name in (*IDS[table], "region", "home")],
        "not_a_capacity": ["capacity"],
        "item_empty": ["qualifications", "regions"],
        "item_twice": ["qualifications", "regions"],
        "star_with_others": ["regions"],
        "id_twice": ["id"],
        "unknown_inspector": [name for name in every if name.startswith("inspector")],
        "unknown_target": ["target_id"],
    }
    return special.get(code, list(CODES[table]) if code not in PAIR_CODES else [IDS[table][1]])


def quoted(text: str) -> str:
    """A CSV field, in quotes where it needs them."""
    return '"' + text.replace('"', '""') + '"' if re.search('[",\r\n]', text) else text


def written_line(table: Table, row: int, choice: random.Random) -> str:
    """One record as it stands in a CSV file, broken as planted."""
    fields = [quoted(table.raw[row][column]) for column in table.columns]
    code = table.broken.get(row)
    if code == "row_short":
        fields = fields[: choice.randrange(table.shortest(row), len(fields))]
    if code == "row_long":
        fields += choice.choice([[""], ["zu", "viel"]])
    if code == "not_text":
        place = table.columns.index(choice.choice([*WORDS[table.name], "_more"]))
        fields[place] = "x" + BAD_BYTE
    if code == "quote_open":
        place = table.columns.index("_more")
        fields[place] = choice.choice(['"offen', '"zu"spät'])
    return ",".join(fields)


def csv_file(table: Table, encoding: str, choice: random.Random) -> tuple[bytes, list[int]]:
    """The file, and the line on which each row starts."""
    text, lines, line = [], [], 1
    for row in range(-1, len(table.raw)):
        record = ",".join(map(quoted, table.captions)) if row < 0 else written_line(table, row, choice)
        if row >= 0:
            lines.append(line)
        record += choice.choice(["\n", "\r\n", "\r"])
        if choice.random() < 0.02:
            record += choice.choice([" ,", ",,,,", "\u3000"]) + "\r\n"
        text.append(record)
        line += len(re.findall("\r\n|\r|\n", record))
    return "".join(text).encode(encoding).replace(BAD_BYTE.encode(), b"\xff"), lines


def xlsx_file(table: Table, choice: random.Random) -> tuple[bytes, list[int]]:
    """The workbook, and the row number of each row."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名录")
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for place, caption in enumerate(table.captions):
            sheet.write_string(0, place, caption)
        lines, line = [], 0
        for row, raw in enumerate(table.raw):
            line += 1 + (choice.random() < 0.02)
            lines.append(line + 1)
            for place, column in enumerate(table.columns):
                write_cell(sheet, line, place, raw[column], date)
            if row in table.broken:
                write_cell(
                    sheet,
                    line,
                    len(table.columns) + choice.randrange(3),
                    choice.choice(["zu viel", 3.0]),
                    date,
                )
    return file.getvalue(), lines


def write_cell(sheet: Any, row: int, place: int, value: Any, date: Any) -> None:
    if isinstance(value, datetime.date):
        sheet.write_datetime(row, place, value, date)
    elif isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, float):
        sheet.write_number(row, place, value)
    elif value.startswith("#"):
        sheet.write_formula(row, place, "=NA()", None, value)
    elif value:
        sheet.write_string(row, place, value)


Told = set[tuple[str, int, str, str]]


@dataclass
class Outcome:
    plot: Plot
    sources: dict[str, Source]
    intake: Intake
    planted: Told


@pytest.fixture(scope="module", params=FORMATS)
def outcome(request: pytest.FixtureRequest) -> Outcome:
    plot = Plot(20261122, request.param)
    plot.plant(FAULTS)
    choice = random.Random(7)
    sources: dict[str, Source] = {}
    planted: Told = set()
    for name, table in plot.tables.items():
        if plot.form == "xlsx":
            (content, lines), file = xlsx_file(table, choice), f"{name}.xlsx"
        else:
            (content, lines), file = csv_file(table, plot.form, choice), f"{name}.csv"
        sources[name] = Source(file, content)
        planted |= {(file, lines[row], "", code) for row, code in table.broken.items()}
        for (row, column), codes in table.planted.items():
            planted |= {(file, lines[row], table.caption(column), code) for code in codes}
    return Outcome(plot, sources, read_registries(sources), planted)


def test_what_is_told_is_exactly_what_was_planted(outcome: Outcome) -> None:
    told = {(fault.file, fault.line, fault.column, fault.code) for fault in outcome.intake.faults}
    assert len(outcome.planted) >= FAULTS
    assert sorted(told - outcome.planted)[:10] == []
    assert sorted(outcome.planted - told)[:10] == []


def test_the_command_tells_every_planted_fault_and_draws_nothing(outcome: Outcome, tmp_path: Path) -> None:
    options = []
    for name, source in outcome.sources.items():
        (tmp_path / source.name).write_bytes(source.content)
        options += [f"--{name.replace('_', '-')}", str(tmp_path / source.name)]
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    out = tmp_path / "bundle.zip"
    arguments = ["draw", "--plan", str(tmp_path / "plan.json"), *options, "--out", str(out)]
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code == 2
    assert not out.exists()
    lines = [
        re.match(r"([^:\[]+)(?:\[[^]]*\])?:(\d+):(.*?): (\w+): ", line) for line in done.stderr.splitlines()
    ]
    told = [(m[1], int(m[2]), "" if m[3] == "-" else m[3], m[4]) for m in lines if m]
    assert sorted(told) == sorted(outcome.planted)
    assert f"{len(outcome.planted)} faults" in done.stderr


def test_nothing_is_told_twice(outcome: Outcome) -> None:
    assert len(outcome.intake.faults) == len(outcome.planted)


def test_rows_that_were_not_touched_come_out_as_they_were_meant(outcome: Outcome) -> None:
    expected = outcome.plot.expected_rows()
    assert all(len(rows) > 300 for rows in expected.values())
    assert outcome.intake.tables == expected


def test_faults_stand_in_the_order_of_tables_lines_and_columns(outcome: Outcome) -> None:
    tables = outcome.plot.tables
    order = []
    for fault in outcome.intake.faults:
        name = fault.file.partition(".")[0]
        place = tables[name].captions.index(fault.column) if fault.column else -1
        order.append((list(SIZES).index(name), fault.line, place, fault.code))
    assert order == sorted(order)


def test_the_sheet_is_told_of_workbooks_only(outcome: Outcome) -> None:
    assert {fault.sheet for fault in outcome.intake.faults} == {"名录" if outcome.plot.form == "xlsx" else ""}


def test_every_code_that_a_row_can_have_is_planted_often(outcome: Outcome) -> None:
    codes = [code for *_, code in outcome.planted]
    excluded = ONLY_IN_TEXT if outcome.plot.form == "xlsx" else ONLY_IN_WORKBOOKS
    for code in set(FAULT_CODES) - HEADER_AND_FILE_CODES - excluded:
        assert codes.count(code) >= 40, code


def _utf(text: str) -> bytes:
    return text.encode()


TARGETS = "id,name,stratum,region\nT1,甲,A,\n"
INSPECTORS = "id,name,department,qualifications,regions,capacity\nI1,张,AMR,,*,3\n"
DAMAGED_FILES: dict[str, tuple[Callable[[], bytes], list[tuple[int, str]]]] = {
    "empty_file": (lambda: b"", [(0, "")]),
    "file_too_large": (lambda: b"x" * (200 * 1024 * 1024 + 1), [(0, "")]),
    "unreadable_workbook": (lambda: b"PK\x03\x04 and no more", [(0, "")]),
    "column_missing": (lambda: _utf("id,名字\nT1,甲\n"), [(1, "stratum"), (1, "region"), (1, "name")]),
    "column_twice": (lambda: _utf("id,name,编号,stratum,region,分层\n,,,,,\n"), [(1, "编号"), (1, "分层")]),
    "quote_open": (lambda: _utf('id,name,stratum,"region\nT1,甲,A,\n'), [(1, "")]),
    "not_text": (lambda: b"id,name,stratum,region\xff\nT1,x,A,\n", [(1, "")]),
}


@pytest.mark.parametrize("code", DAMAGED_FILES)
def test_a_file_that_cannot_be_read_tells_only_that(code: str) -> None:
    damaged, places = DAMAGED_FILES[code]
    bars = Source("bars.csv", _utf("inspector_id,target_id,ground\nI1,T77,近亲属\n"))
    intake = read_registries(
        {"targets": Source("t", damaged()), "inspectors": Source("i", _utf(INSPECTORS)), "bars": bars}
    )
    assert [(fault.file, fault.line, fault.column, fault.code) for fault in intake.faults] == [
        ("t", line, column, code) for line, column in places
    ]
    assert intake.tables["targets"] == []
    assert len(intake.tables["bars"]) == 1


def test_every_code_is_planted_somewhere() -> None:
    anywhere = set().union(*APPLICABLE.values()) | DAMAGED_FILES.keys() | {"workbook_too_large"}
    assert anywhere == set(FAULT_CODES)
