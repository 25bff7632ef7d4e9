"""Templates (名单模板): a file with the header of a list, and what each column means, for whoever fills it in."""

import io
from typing import NamedTuple

from scheduler.inspection.intake import ListColumn, columns_of
from web.import_columns import EXPLAINED, Sentence
from web.spreadsheet import begin_sheet, csv_file, text_format, text_workbook

_NEEDED: dict[tuple[bool, bool], Sentence] = {
    (True, True): ("必填", "needed"),
    (True, False): ("须有此列，可以为空", "the column is needed, a field may be empty"),
    (False, True): (
        "可无此列，有则必填",
        "the column may be missing; if it is there, every field is needed",
    ),
    (False, False): ("选填", "optional"),
}


class Explained(NamedTuple):
    """A column of a list for whoever fills it in: how it is called, an example, whether it is needed, what it means."""

    captions: tuple[str, ...]
    name: str
    example: str
    needed: Sentence
    meaning: Sentence


def explained(kind: str) -> list[Explained]:
    """The columns of a kind of list."""
    return [_explained(kind, column) for column in columns_of(kind)]


def template_file(kind: str, ending: str) -> bytes:
    """The template of a list as a workbook (`.xlsx`), or its header alone (`.csv`)."""
    return _workbook(kind) if ending == ".xlsx" else _csv(kind)


def _captions(kind: str) -> list[str]:
    return [column.captions[0] for column in columns_of(kind)]


def _csv(kind: str) -> bytes:
    return b"".join(csv_file(_captions(kind), ()))


def _workbook(kind: str) -> bytes:
    file = io.BytesIO()
    with text_workbook(file, in_memory=True) as workbook:
        captions = _captions(kind)
        begin_sheet(workbook, "名单", captions)
        guide = begin_sheet(workbook, "填写说明", captions)
        wrapped = text_format(workbook, text_wrap=True, valign="top")
        for place, column in enumerate(explained(kind)):
            # from top to bottom below the column's caption: example, other name, whether it is needed, meaning
            cells = (column.example, column.name, " / ".join(column.needed), " / ".join(column.meaning))
            for row, cell in enumerate(cells, 1):
                guide.write_string(row, place, cell, wrapped)
    return file.getvalue()


def _explained(kind: str, column: ListColumn) -> Explained:
    example, meaning = EXPLAINED[kind][column.name]
    needed = _NEEDED[column.expected, column.filled]
    return Explained(column.captions, column.name, example, needed, meaning)
