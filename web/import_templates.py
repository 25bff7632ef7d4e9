"""Templates (名单模板): a file with the header of a list, and what each column means, for whoever fills it in."""

import csv
import io

import xlsxwriter

from scheduler.inspection.intake import ListColumn, columns_of
from web.import_columns import EXPLAINED

_TEXT = 49  # the format @, which every spreadsheet knows by this number
_WIDTH = 18
_NEEDED = {
    (True, True): "必填 / needed",
    (True, False): "须有此列，可以为空 / the column is needed, a field may be empty",
    (False, True): "可无此列，有则必填 / the column may be missing; if it is there, every field is needed",
    (False, False): "选填 / optional",
}


def template_file(kind: str, ending: str) -> bytes:
    """The template of a list as a workbook (`.xlsx`), or its header alone (`.csv`)."""
    return _workbook(kind) if ending == ".xlsx" else _csv(kind)


def _captions(kind: str) -> list[str]:
    return [column.captions[0] for column in columns_of(kind)]


def _csv(kind: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(_captions(kind))
    return text.getvalue().encode("utf-8-sig")


def _workbook(kind: str) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_numbers": False}) as workbook:
        text = workbook.add_format({"num_format": _TEXT})
        head = workbook.add_format({"num_format": _TEXT, "bold": True})
        wrapped = workbook.add_format({"num_format": _TEXT, "text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet("名单")
        captions = _captions(kind)
        # the whole columns are text: a code of digits that a spreadsheet takes for a number loses some of them
        sheet.set_column(0, len(captions) - 1, _WIDTH, text)
        sheet.write_row(0, 0, captions, head)
        sheet.freeze_panes(1, 0)
        guide = workbook.add_worksheet("填写说明")
        guide.set_column(0, len(captions) - 1, _WIDTH, text)
        guide.write_row(0, 0, captions, head)
        for place, column in enumerate(columns_of(kind)):
            for row, cell in enumerate(_explained(kind, column), 1):
                guide.write_string(row, place, cell, wrapped)
    return file.getvalue()


def _explained(kind: str, column: ListColumn) -> tuple[str, str, str, str]:
    """Example, other name, whether it is needed, meaning: from top to bottom below the column's caption."""
    example, meaning = EXPLAINED[kind][column.name]
    return example, column.name, _NEEDED[column.expected, column.filled], meaning
