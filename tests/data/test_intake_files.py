"""Files: bytes to records, whoever wrote them and with whatever in mind."""

from __future__ import annotations

import datetime
import io
import struct
import time
import zipfile
import zlib
from base64 import b85decode
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from data.intake.records import Broken, Number, Record, Sheet, Source, Unreadable
from data.intake.sheets import open_sheet

SHEET = "xl/worksheets/sheet1.xml"


def records(content: bytes, name: str = "t.csv") -> list[tuple[int, Any]]:
    """What a file gives: line and cells, or line and code."""
    sheet = open_sheet(Source(name, content))
    assert isinstance(sheet, Sheet)
    return [
        (record.line, record.code if isinstance(record, Broken) else list(record.cells))
        for record in sheet.records
    ]


def refusal(content: bytes, name: str = "t.xlsx") -> str:
    started = time.perf_counter()
    sheet = open_sheet(Source(name, content))
    assert isinstance(sheet, Unreadable)
    assert time.perf_counter() - started < 2
    return sheet.code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\nc,d\n", [(1, ["a", "b"]), (2, ["c", "d"])]),
        ("a\r\nb\rc\nd", [(1, ["a"]), (2, ["b"]), (3, ["c"]), (4, ["d"])]),
        ('a,"b\nb"\nc,"d\r\nd\rd"\ne,f', [(1, ["a", "b\nb"]), (3, ["c", "d\r\nd\rd"]), (6, ["e", "f"])]),
        ("a\n\n \n,,\n\u3000,\nb\n", [(1, ["a"]), (6, ["b"])]),
        ("\n\na\n", [(3, ["a"])]),
        ("a\x0bb\x1cc\u2028d\x85e\n", [(1, ["a\x0bb\x1cc\u2028d\x85e"])]),
        ('a"b","c""d"\n', [(1, ['a"b"', 'c"d'])]),
        ("", []),
        (" \r\n,\n", []),
    ],
)
def test_a_record_has_the_line_on_which_it_starts(text: str, expected: list[tuple[int, list[str]]]) -> None:
    assert records(b"\xef\xbb\xbf" + text.encode()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a\n"b\nc\nd\n', [(1, ["a"]), (2, "quote_open"), (3, ["c"]), (4, ["d"])]),
        ('a\n"b"x\nc\n', [(1, ["a"]), (2, "quote_open"), (3, ["c"])]),
        ('"b\nc\nd,"e\ne"\nf\n', [(1, "quote_open"), (2, ["c"]), (3, ["d", "e\ne"]), (5, ["f"])]),
        ('"b\n"c\n"d\ne\n', [(1, "quote_open"), (2, "quote_open"), (3, "quote_open"), (4, ["e"])]),
        ('"b\n\nd,""\n"e"\n', [(1, "quote_open"), (3, ["d", ""]), (4, ["e"])]),
        ('"b\nc,"",d"x,"\ne\n', [(1, "quote_open"), (2, "quote_open"), (3, ["e"])]),
        ('a\n"', [(1, ["a"]), (2, "quote_open")]),
    ],
)
def test_an_open_quote_costs_its_own_line_only(text: str, expected: list[tuple[int, Any]]) -> None:
    assert records(text.encode()) == expected


def test_a_thousand_open_quotes_do_not_take_a_thousand_readings() -> None:
    """Each of these lines opens a quote, and none closes one that is open."""
    content = b'a",b,"\n' * 50_000
    started = time.perf_counter()
    assert [code for _, code in records(content)] == ["quote_open"] * 50_000
    assert time.perf_counter() - started < 10


def test_quotes_that_reopen_on_each_line_do_not_pile_up() -> None:
    assert len(records(b'"a\n' * 50_000)) == 50_000


def test_a_field_longer_than_the_csv_module_allows_is_a_field() -> None:
    assert len(records(b"x" * 200_000)[0][1][0]) == 200_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found(encoding: str) -> None:
    assert records("编号,名称\n1,镕𠮷\n".encode(encoding)) == [(1, ["编号", "名称"]), (2, ["1", "镕𠮷"])]


def test_gb18030_may_say_so_itself() -> None:
    assert records("\ufeff编号\n".encode("gb18030")) == [(1, ["编号"])]


def test_a_damaged_byte_is_told_on_its_line_and_the_file_stays_utf_8() -> None:
    content = "编号\n甲\n".encode() + b"x\xffy\n" + b'"a\n' + b'b\x80",c\n' + "乙\n丙\n".encode()
    assert records(content) == [
        (1, ["编号"]),
        (2, ["甲"]),
        (3, "not_text"),
        (5, "not_text"),
        (6, ["乙"]),
        (7, ["丙"]),
    ]


def test_a_damaged_byte_is_told_on_its_line_and_the_file_stays_gb18030() -> None:
    content = "编号\n甲乙\n".encode("gb18030") + b"x\xff\n" + "丙\n".encode("gb18030") + b"\xd6"
    assert records(content) == [(1, ["编号"]), (2, ["甲乙"]), (3, "not_text"), (4, ["丙"]), (5, "not_text")]


def test_a_damaged_byte_behind_an_open_quote_is_told_and_not_the_quote() -> None:
    content = "编号\n甲\n乙\n".encode() + b'"a\xff\nb\n'
    assert records(content)[3:] == [(4, "not_text"), (5, ["b"])]


def test_the_first_bad_byte_of_a_line_is_told() -> None:
    sheet = open_sheet(Source("t", "编号\n甲\n".encode() + b"\xfe\xff\n"))
    assert isinstance(sheet, Sheet)
    assert list(sheet.records)[2] == Broken(3, "not_text", "0xFE", ("\udcfe\udcff",))


def test_a_file_after_a_byte_order_mark_of_utf_8_is_never_taken_as_gb18030() -> None:
    content = b"\xef\xbb\xbf" + "编号\n甲乙\n".encode("gb18030")
    assert [record for _, record in records(content)] == ["not_text", "not_text"]


# ---- workbooks


def workbook(write: Callable[[Any, Any], None], *others: str) -> bytes:
    """A workbook with a sheet 一 that is written so, and empty ones."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("一")
        for other in others:
            book.add_worksheet(other)
        write(book, sheet)
    return file.getvalue()


def rows(*texts: tuple[Any, ...]) -> Callable[[Any, Any], None]:
    def write(_book: Any, sheet: Any) -> None:
        for number, row in enumerate(texts):
            for place, value in enumerate(row):
                sheet.write(number, place, value)

    return write


SMALL = workbook(rows(("id", "name"), ("T1", "甲")))


def repacked(content: bytes, change: Callable[[str, bytes], bytes], *more: tuple[str, bytes]) -> bytes:
    """The same zip with its parts changed and some added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in more:
            new.writestr(name, part)
    return file.getvalue()


def with_sheet(old: bytes, new: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        assert name != SHEET or old in part
        return part.replace(old, new) if name == SHEET else part

    return repacked(SMALL, change)


def test_a_workbook_gives_text_as_text_and_everything_else_as_a_number() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["a", 3, 3.5, 913206841387832576, True, "007"])
        sheet.write_datetime(
            1, 0, datetime.datetime(2025, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"})
        )
        sheet.write_formula(1, 1, "=A1", None, "x")
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_string(1, 3, "a\rb\0c\nd")

    first = ["a", Number("3"), Number("3.5"), Number("913206841387832576"), Number("TRUE"), "007"]
    assert records(workbook(write), "t.xlsx") == [
        (1, first),
        (2, [Number("2025-03-01"), "x", "#DIV/0!", "a\rb\0c\nd", "", ""]),
    ]


def test_an_error_is_seen_and_text_that_only_looks_like_one_in_the_file_stays() -> None:
    content = workbook(rows(("id",), ('<c r="A1" t="e">',)))
    assert records(content) == [(1, ["id"]), (2, ['<c r="A1" t="e">'])]


def test_a_workbooks_line_is_the_number_of_the_row() -> None:
    content = workbook(rows((), (), ("", "id", "name"), (), ("", "T1", "甲")))
    assert records(content) == [(3, ["id", "name"]), (5, ["T1", "甲"])]


def test_what_trails_behind_the_header_counts_only_where_it_is_filled() -> None:
    content = workbook(rows(("id", "name", " "), ("T1", "甲", ""), ("T2", "乙", "", "  ", "x"), ("T3",)))
    assert records(content) == [
        (1, ["id", "name"]),
        (2, ["T1", "甲"]),
        (3, ["T2", "乙", "", "  ", "x"]),
        (4, ["T3", ""]),
    ]


def test_the_first_sheet_is_read() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("一").write(0, 0, "first")
        book.add_worksheet("二").write(0, 0, "second")
    sheet = open_sheet(Source("t.xlsx", file.getvalue()))
    assert isinstance(sheet, Sheet)
    assert (sheet.name, list(sheet.records)) == ("一", [Record(1, ["first"])])


@pytest.mark.parametrize(("filled", "expected"), [((2,), "三"), ((1, 2), "empty_file"), ((), "empty_file")])
def test_behind_an_empty_first_sheet_the_only_one_that_is_filled_is_read(
    filled: tuple[int, ...], expected: str
) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheets = [book.add_worksheet(name) for name in "一二三"]
        for number in filled:
            sheets[number].write(0, 0, "id")
    sheet = open_sheet(Source("t.xlsx", file.getvalue()))
    assert (sheet.name if isinstance(sheet, Sheet) else sheet.code) == expected


def test_a_hidden_sheet_is_not_read() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        hidden, shown = book.add_worksheet("旧"), book.add_worksheet("新")
        hidden.write(0, 0, "old")
        shown.write(0, 0, "new")
        shown.activate()
        shown.set_first_sheet()
        hidden.hide()
    assert records(file.getvalue()) == [(1, ["new"])]


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv", "t.xls", "t"])
def test_the_content_decides_and_not_the_name(name: str) -> None:
    assert records(SMALL, name) == [(1, ["id", "name"]), (2, ["T1", "甲"])]


ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def ods(table_rows: str) -> bytes:
    """An OpenDocument spreadsheet with one sheet."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {ODS_NAMES}><office:body><office:spreadsheet>"
            f'<table:table table:name="表">{table_rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return file.getvalue()


def ods_cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def test_an_ods_file_is_read() -> None:
    number = (
        '<table:table-cell office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell>'
    )
    content = ods(
        f"<table:table-row>{ods_cell('编号')}{ods_cell('上限')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"<table:table-row>{ods_cell('T1')}{number}</table:table-row>"
    )
    assert records(content, "t.ods") == [(1, ["编号", "上限"]), (4, ["T1", Number("3")])]


# A workbook of Excel 97 with two rows, written once by another program.
XLS = zlib.decompress(
    b85decode(
        "c-rk)O=uHA6#izj`73Rj)>LSP5DG@EJtQrNmo`Sxo(xqF{vc>-7A<WPS<{0GTCF(>f+xjGp%*VzFaDqhy?GESdJqI5(Tm_oQ1H-"
        "Zee-rUrnQF#v}oBc?3;OS=6&-r^Jezv^?X}-=0R5l%P<HJs#XxbI-"
        "8&?=qO=OyJg9$QwHd=T>MuE252FDUOa7i<(F$H*Si7@_w^Sffsb?@$5~_wc_X%l*v&Cyg^Xc<q`)1rgwV-RwX;0Mas$hI-"
        "18aBU2M6|a)A1l#WBpMGCez079Y{Nxh(|A`-"
        "pwsvn7cRyp&md`G&CjdXY9qv*Z6}LsW0ZENI<^jJ#oH$IFP&0?y*Q6$8FGJN0?YwXdyRfb2h(+WjloZ)!R)1?wayc!?77v&Y_qht"
        "3#AF}Z*}Xi|qRrRQjly63YK2CewHqM0pDPSAEWjnkurJT<420-|q{QY200{=USHM1m|wGfctzJiKI|w{ZS9lgy!&>utOX!gP`^-"
        "2M7y|HyFa1Y4%~Y`5<Kn`O|ja7B8MbBJ3wZpurbhds8lyvnSbxZcGwLVc)=4|k}_zG?1rja%b1PCw&qYD-"
        ";xE7eP14m^&QKBcx%eQv07Au{(aHG^)NoE-Vf-"
        "!ytfueg0n;z`OWg*q)hu<ZQp<OpbC6}zQwbFEn9X$Q@RgssWh5j9Oyb7gBD(&P+W(xj%77FWz-"
        "1!lp_y7Csx?5$~%*;msfvtKa_W)3N4Z5gxdp)qq*dD|-"
        "*sA&$f(0o*v%(jnYy+{EJYVCL^Dd+_Kg(kRg;lhOr7cN}5SU(W<s|7#3>gowzJ|p_ocb!GLs_ti!b&G>2(62}@rhAd6(!}|O@@FH"
        "w!r>CD^l`oyN*t!qO^jiL;}~l=f9c&$)c>DVJBI(<7HV|-Y9n#}<?(+4(~#30"
    )
)


def test_an_old_xls_file_is_read_whatever_it_calls_itself() -> None:
    expected = [
        (1, ["id", "name", "stratum", "region", Number("9")]),
        (2, ["A1", "甲", "A", "320600", Number("3")]),
        (3, [Number("7"), "乙", "A", "", Number("3.5")]),
    ]
    assert records(XLS, "t.xls") == records(XLS, "t.xlsx") == expected


def encrypted_xls() -> bytes:
    """An OLE container as Office writes it around an XLSX with a password: by the name of its stream."""
    content = bytearray(XLS)
    name = "Workbook".encode("utf-16-le")
    entry = content.index(name)
    new = "EncryptedPackage\0".encode("utf-16-le")
    content[entry : entry + len(new)] = new
    content[entry + 64 : entry + 66] = struct.pack("<H", len(new))
    return bytes(content)


def encrypted_zip() -> bytes:
    """A zip whose parts say that they are under a password."""
    content = bytearray(SMALL)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + place] |= 1
    return bytes(content)


def lying_about_sizes() -> bytes:
    """A part that says it is small, and unpacks to 90 MB."""
    content = bytearray(with_sheet(b"</sheetData>", b"<row/>" * 15_000_000 + b"</sheetData>"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        real = struct.pack("<I", archive.getinfo(SHEET).file_size)
    return bytes(content.replace(real, struct.pack("<I", 9_000)))


def large_unpacked() -> bytes:
    """A workbook with parts nobody asks for, too large although they are not packed tightly."""
    file = io.BytesIO(SMALL)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("stored", bytes(30_000_000), zipfile.ZIP_STORED)
        archive.writestr("packed", bytes(185_000_000), zipfile.ZIP_DEFLATED, 1)
    return file.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (
        lambda: with_sheet(b"</sheetData>", b" " * 210_000_000 + b"</sheetData>"),
        "workbook_too_large",
    ),
    "packed 200 to 1": (
        lambda: with_sheet(b"</sheetData>", b"<row/>" * 2_000_000 + b"</sheetData>"),
        "workbook_too_large",
    ),
    "too large unpacked": (large_unpacked, "workbook_too_large"),
    "lying about sizes": (lying_about_sizes, "unreadable_workbook"),
    "too many parts": (
        lambda: repacked(SMALL, lambda _, part: part, *((f"x{n}", b"") for n in range(1_000))),
        "workbook_too_large",
    ),
    "cells in opposite corners": (lambda: with_sheet(b'r="B2"', b'r="XFD1048576"'), "workbook_too_large"),
    "far down": (lambda: with_sheet(b'r="B2"', b'r="GR1048576"'), "workbook_too_large"),
    "too wide": (lambda: workbook(lambda _, sheet: sheet.write(0, 200, "x")), "workbook_too_large"),
    "a row beyond the last": (lambda: with_sheet(b'r="B2"', b'r="B1048577"'), "workbook_too_large"),
    "cut off": (lambda: SMALL[: len(SMALL) // 2], "unreadable_workbook"),
    "an empty zip": (lambda: b"PK\x05\x06" + bytes(18), "unreadable_workbook"),
    "another zip": (lambda: repacked(SMALL, lambda *_: b""), "unreadable_workbook"),
    "noise in a zip": (lambda: b"PK\x03\x04" + bytes(range(256)) * 500, "unreadable_workbook"),
    "noise in an OLE container": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 500,
        "unreadable_workbook",
    ),
    "an XLSX under a password": (encrypted_xls, "unreadable_workbook"),
    "a zip under a password": (encrypted_zip, "unreadable_workbook"),
    "no bytes": (lambda: b"", "empty_file"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_workbook_is_refused_at_once(kind: str) -> None:
    build, code = HOSTILE[kind]
    assert refusal(build()) == code


@pytest.mark.parametrize("ending", [".xls", ".xlsx", ".XLS", ".ods", ".et"])
def test_a_web_page_that_calls_itself_a_workbook_is_none(ending: str) -> None:
    assert refusal(b"<html><table><tr><td>id</td></tr></table></html>", "t" + ending) == "unreadable_workbook"


def test_two_hundred_columns_are_not_too_wide() -> None:
    def write(_book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "id")
        sheet.write(0, 199, "x")
        sheet.write(999, 0, "y")

    found = records(workbook(write))
    assert [(line, len(cells)) for line, cells in found] == [(1, 200), (1000, 200)]


def test_entities_of_a_workbook_are_not_resolved() -> None:
    """Neither the laughs are multiplied nor is a file of this machine read."""
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    document = (
        f'<!DOCTYPE x [<!ENTITY a0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{bomb}]><worksheet '.encode()
    )

    def change(name: str, part: bytes) -> bytes:
        if name == SHEET:
            return part.replace(b"<worksheet ", document, 1)
        return part.replace("甲".encode(), b"&a9;&f;") if name == "xl/sharedStrings.xml" else part

    sheet = open_sheet(Source("t.xlsx", repacked(SMALL, change)))
    texts = str(list(sheet.records)) if isinstance(sheet, Sheet) else sheet.code
    assert "root" not in texts
    assert "hahaha" not in texts


def test_noise_called_csv_gives_records_and_no_exception() -> None:
    noise = bytes(zlib.crc32(bytes([n % 256, n // 256])) % 256 for n in range(60_000))
    assert records(noise)[0] == (1, "not_text")
