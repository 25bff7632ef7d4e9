"""Files for spreadsheets hold text and nothing that runs, and the import reads back what was written."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from itertools import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from data.intake.list_reading import open_list
from data.intake.lists import LISTS
from data.intake.quoting import may_be_quoted, quoted, unquoted
from data.intake.records import Source
from matching.refused import Refused
from web import spreadsheet
from web.spreadsheet import csv_file, xlsx

HEADER = ["检查人员编号", "检查对象编号", "回避事由"]
RUNS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "-",
    "=",
    "＝1+1",
    "＋1",
)
TEXTS = (
    *RUNS, "'=1", "''=1", "'", "'甲", "http://example.org/", "mailto:a@b", "000123", "1E5", "1.50", "true", "2026-01-01",
    'say "hi"', "a,b", "𠮷野家", "＝1+1", "＠甲", "{=1+1}", "_x0041_", "%_\\*", "甲" * 200,
)  # fmt: skip


def rows_of(texts=TEXTS) -> list[list[str]]:
    return [[f"甲{place}", f"乙{place}", each] for place, each in enumerate(texts)]


def workbook(header, rows) -> bytes:
    with xlsx(header, rows) as file:
        return file.read()


def read_back(name: str, content: bytes) -> list[list[str]]:
    """The rows as the import of bars reads them."""
    opened = open_list(LISTS["bars"], Source(name, content), {}, [])
    assert not isinstance(opened, list), opened
    batches = list(opened.batches())
    assert opened.found == []
    return [
        list(row)
        for batch in batches
        for row in zip(*(batch.columns[n] for n in ("inspector", "target", "ground")), strict=True)
    ]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_is_written_is_what_the_import_reads(ending):
    content = b"".join(csv_file(HEADER, rows_of())) if ending == ".csv" else workbook(HEADER, rows_of())
    assert read_back("a" + ending, content) == rows_of()


def test_a_workbook_holds_text_alone_and_no_formula_and_no_address():
    with xlsx(HEADER, rows_of()) as file, zipfile.ZipFile(file) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert not any("hyperlink" in name or "_rels/sheet" in name for name in parts.namelist())
    assert "<f>" not in sheet
    assert set(re.findall(r' t="(\w+)"', sheet)) <= {"inlineStr", "s"}
    assert "<v>000123</v>" not in sheet
    with xlsx(["=1+1", "http://example.org"], []) as file, zipfile.ZipFile(file) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search("<f>|<hyperlink", sheet)
    with xlsx(HEADER, rows_of()) as file:
        cells = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert [row[2] for row in cells] == [HEADER[2], *TEXTS]


def test_no_cell_of_a_csv_file_begins_with_what_a_spreadsheet_runs():
    text = b"".join(csv_file(["=caption"], ([each] for each in (*TEXTS, "\t=1", "\r=1")))).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(text, newline=""))]
    assert len(cells) == len(TEXTS) + 3
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r")] == []


def test_a_csv_file_says_that_it_is_utf_8_and_ends_its_lines_as_spreadsheets_do():
    content = b"".join(csv_file(HEADER, [["甲", "乙", "丙"]]))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith("甲,乙,丙\r\n".encode())


def test_csv_comes_in_pieces_while_the_rows_come():
    rows = iter(rows_of(["甲" * 200] * 2_000))
    pieces = csv_file(HEADER, rows)
    next(pieces)
    assert next(rows, None) is not None
    assert len(list(pieces)) > 2


@settings(max_examples=300, deadline=None)
@given(st.text("'=+-@\t\ra甲", max_size=6))
def test_quoting_is_undone_for_any_text(value):
    assert unquoted(quoted(value)) == value
    assert quoted(value)[:1] not in set("=+-@\t\r")


@settings(max_examples=100, deadline=None)
@given(st.text("'=+-@a甲", max_size=6))
def test_a_file_with_something_quoted_in_it_is_known_for_one(value):
    content = b"".join(csv_file(["name"], [[value]]))
    assert may_be_quoted(Source("a.csv", content)) or unquoted(value) == quoted(value) == value


def test_a_quote_on_the_edge_of_two_chunks_is_seen():
    for before in ((1 << 20) - 1, 1 << 20):
        assert may_be_quoted(Source("a.csv", b"x" * before + b"'=1"))
    assert not may_be_quoted(Source("a.csv", b"x" * (1 << 20) + b"'x=1"))


def test_what_no_workbook_can_hold_is_refused(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    assert workbook(["a"], repeat(["1"], 3)).startswith(b"PK")
    with pytest.raises(Refused, match=r"export\.too_long"):
        xlsx(["a"], repeat(["1"], 4))
    with pytest.raises(Refused, match=r"export\.long_cell"):
        xlsx(["a"], [["甲" * 32_768]])
    assert workbook(["a"], [["甲" * 32_767]]).startswith(b"PK")
