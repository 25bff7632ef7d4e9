"""Files for spreadsheets (电子表格): rows as a workbook or as CSV, in which text stays text and nothing is run.

Either is read back by the import as it was.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from matching.refused import Refused
from scheduler.inspection.intake import quoted

WIDTH = 18
MOST_ROWS = 1_048_575
"""Rows below the header that a sheet of a workbook can have."""

LONGEST_CELL = 32_767
"""Characters that a cell of a workbook can have."""

_TEXT = 49  # the format @, which every spreadsheet knows by this number
_NOTHING_GUESSED = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
_PIECE = 1 << 16


def text_workbook(file: IO[bytes], **options: bool) -> xlsxwriter.Workbook:
    """A workbook, to be closed, that takes no text for a number, a formula or an address."""
    return xlsxwriter.Workbook(file, _NOTHING_GUESSED | options)


def text_format(workbook: xlsxwriter.Workbook, **more: object) -> Format:
    """The format of text, which no spreadsheet changes when somebody edits it."""
    return workbook.add_format({"num_format": _TEXT} | more)


def begin_sheet(workbook: xlsxwriter.Workbook, name: str, captions: Sequence[str]) -> Worksheet:
    """A sheet with a header that stays in sight; its columns are text."""
    sheet = workbook.add_worksheet(name)
    # the whole columns are text: a code of digits that a spreadsheet takes for a number loses some of them
    sheet.set_column(0, len(captions) - 1, WIDTH, text_format(workbook))
    sheet.write_row(0, 0, captions, text_format(workbook, bold=True))
    sheet.freeze_panes(1, 0)
    return sheet


def xlsx(header: Sequence[str], rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """A workbook with one sheet, as a temporary file to be read from its start; it is gone when it is closed.

    Row by row: a million of them stand nowhere in memory. Raises Refused `export.too_long`, `export.long_cell`.
    """
    file = tempfile.TemporaryFile(prefix="yaohao-")  # noqa: SIM115 - handed on open
    try:
        _write(file, header, rows)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    workbook = text_workbook(file, constant_memory=True)
    try:
        sheet, text = begin_sheet(workbook, "名单", header), text_format(workbook)
        for place, row in enumerate(rows, 1):
            if place > MOST_ROWS:
                raise Refused("export.too_long", most=MOST_ROWS)
            for column, cell in enumerate(row):
                if len(cell) > LONGEST_CELL:
                    raise Refused("export.long_cell", row=place + 1, most=LONGEST_CELL)
                if cell:
                    sheet.write_string(place, column, cell, text)
    finally:
        workbook.close()


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """CSV in pieces, with a byte order mark, so that a spreadsheet shows the Chinese; what it would run is quoted."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    text.write("\ufeff")
    writer.writerow([quoted(cell) for cell in header])
    for row in rows:
        writer.writerow([quoted(cell) for cell in row])
        if text.tell() > _PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
