"""From a file to its sheet, whatever kind of file it is: the content decides, not the ending of the name."""

from __future__ import annotations

from data.intake.delimited import read_delimited
from data.intake.records import LARGEST_FILE, Sheet, Source, Unreadable
from data.intake.workbooks import read_workbook

# An XLSX or ODS file is a zip, empty or not; an XLS, and an XLSX under a password, is an OLE container.
_WORKBOOK_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
_WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et")


def open_sheet(source: Source, whole_lines: bool = False) -> Sheet | Unreadable:
    """The records of a CSV file or of a workbook's sheet; of `whole_lines` see `read_delimited`.

    A file that calls itself a workbook and is none (a web page named .xls, which many systems export) is refused and
    not tried as text. A text file given by its path is read as it is needed and never stands in memory whole.
    """
    size = source.size
    if not size:
        return Unreadable("empty_file")
    with source.open() as file:
        is_workbook = file.read(4) in _WORKBOOK_STARTS
    if size > (LARGEST_FILE if is_workbook else source.largest):
        return Unreadable("file_too_large")
    if is_workbook:
        with source.open() as file:
            return read_workbook(file.read())
    if source.name.lower().endswith(_WORKBOOK_ENDINGS):
        return Unreadable("unreadable_workbook")
    return read_delimited(source, whole_lines)
