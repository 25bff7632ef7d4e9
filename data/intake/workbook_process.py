"""The process that reads a workbook: its bytes on standard input, a line of JSON for each row on standard output.

The first line is `{"sheet": name}`, or `{"code": code}` where the workbook is refused, with nothing behind it. Each
further line is a row from the sheet's first on: an array of texts, with a cell that is no text as an array of one.
"""

from __future__ import annotations

import datetime
import io
import json
import re
import sys
import zipfile
from collections.abc import Sequence
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from data.intake.faults import Code

_MEMORY = 2 << 30
_UNPACKED = 200 * 1024 * 1024
_RATIO = 100
_PARTS = 1_000
_ROWS = 1_048_576
_COLUMNS = 200
_CHUNK = 1 << 20
# The parser gives a cell with an Excel error (#N/A from a lookup that found nothing) as an empty one. Taken as text
# the error stays to be seen.
_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\b[^<>]*\st=)(?:"e"|'e')""")


class _RefusalError(Exception):
    """This workbook is not read."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


def main() -> None:
    """Read standard input, write standard output."""
    _limit_memory()
    answer(sys.stdin.buffer.read(), sys.stdout.buffer)


def _limit_memory() -> None:
    """Where the system can: a workbook that would need more ends this process and nothing else."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def answer(content: bytes, out: BinaryIO) -> None:
    """Write the sheet's name and rows, or why the workbook is refused."""
    try:
        out.write(_told(_choose(CalamineWorkbook.from_filelike(io.BytesIO(_measured(content))))))
    except _RefusalError as refusal:
        out.write(_line({"code": refusal.code}))
    except MemoryError:
        out.write(_line({"code": "workbook_too_large"}))
    except BaseException as error:
        # A panic of the parser, which is written in Rust, is no Exception and has no importable name.
        if not isinstance(error, CalamineError) and type(error).__name__ != "PanicException":
            raise
        out.write(_line({"code": "unreadable_workbook"}))


def _line(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _measured(content: bytes) -> bytes:
    """The same workbook, where it is a zip packed anew from what was counted while unpacking.

    A zip says itself how large its parts are, and may lie; two readers may also see different parts in one file. What
    is handed on is exactly what was measured here.
    """
    if not content.startswith(b"PK"):
        return content
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(packed, "w") as measured:
            _check_sizes(archive.infolist())
            for part in archive.infolist():
                measured.writestr(part.filename, _unpack(archive, part))
    except (_RefusalError, MemoryError):
        raise
    except Exception as error:  # zipfile has a dozen ways to find that a zip is none, or is under a password
        raise _RefusalError("unreadable_workbook") from error
    return packed.getvalue()


def _check_sizes(parts: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > _PARTS
        or unpacked > _UNPACKED
        or unpacked > _RATIO * max(1, sum(part.compress_size for part in parts))
    ):
        raise _RefusalError("workbook_too_large")


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part's bytes, never more than it said: read in pieces, as one large read unpacks everything before it counts."""
    pieces = []
    with archive.open(part) as file:
        while piece := file.read(_CHUNK):
            pieces.append(piece)
    unpacked = b"".join(pieces)
    return _ERROR_CELL.sub(rb'\1"str"', unpacked) if "worksheets/" in part.filename else unpacked


def _choose(workbook: CalamineWorkbook) -> CalamineSheet:
    """The first sheet a person sees, or the only one that is not empty."""
    names = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    sheets = (workbook.get_sheet_by_name(name) for name in names)
    first = next(sheets, None)
    filled = [first] if first and first.end else [sheet for sheet in sheets if sheet.end]
    if len(filled) != 1:
        raise _RefusalError("empty_file")
    return filled[0]


def _told(sheet: CalamineSheet) -> bytes:
    """The sheet's name and its rows, whole: a row that fails must not leave half an answer."""
    last_row, last_column = sheet.end or (0, 0)
    if last_row >= _ROWS or last_column >= _COLUMNS:
        raise _RefusalError("workbook_too_large")
    told = io.BytesIO(_line({"sheet": sheet.name}))
    told.seek(0, io.SEEK_END)
    # The iterator begins with row 1, but with the first column that is filled.
    for row in sheet.iter_rows():
        told.write(_line([_cell(value) for value in row]))
    return told.getvalue()


def _cell(value: Any) -> str | list[str]:
    """Text as it is; of anything else its value in an array of one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return ["TRUE" if value else "FALSE"]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return [f"{value:.0f}"]
    if isinstance(value, datetime.date | datetime.time):
        return [value.isoformat()]
    return [str(value)]


if __name__ == "__main__":
    main()
