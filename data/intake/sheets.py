"""From a file to its sheet, whatever kind of file it is: the content decides, not the ending of the name."""

from __future__ import annotations

from data.intake.delimited import read_delimited
from data.intake.records import LARGEST_FILE, Sheet, Source, Unreadable
from data.intake.workbooks import read_workbook

# An XLSX or ODS file is a zip, empty or not; an XLS, and an XLSX under a password, is an OLE container.
_WORKBOOK_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
_WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et")


def open_sheet(source: Source) -> Sheet | Unreadable:
    """The records of a CSV file or of a workbook's sheet.

    A file that calls itself a workbook and is none (a web page named .xls, which many systems export) is refused and
    not tried as text.
    """
    if not source.content:
        return Unreadable("empty_file")
    if len(source.content) > LARGEST_FILE:
        return Unreadable("file_too_large")
    if source.content.startswith(_WORKBOOK_STARTS):
        return read_workbook(source.content)
    if source.name.lower().endswith(_WORKBOOK_ENDINGS):
        return Unreadable("unreadable_workbook")
    return read_delimited(source.content)
