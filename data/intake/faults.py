"""Faults (导入问题): what is wrong in a registry file, told by place and code.

Only codes live here. The sentences for people are the faces' business, one for each of `FAULT_CODES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

FileCode = Literal[
    # the file as a whole (line 0)
    "empty_file",
    "file_too_large",
    "unreadable_workbook",
    "workbook_too_large",
    # the header
    "column_missing",
    "column_twice",
    # a line that gives no row
    "not_text",
    "quote_open",
    "row_short",
    "row_long",
    # one field
    "empty",
    "control_character",
    "invisible_character",
    "too_long",
    "error_value",
    "number_cell",
    "number_as_text",
    "separator_in_id",
    "not_a_capacity",
    "item_empty",
    "item_twice",
    "star_with_others",
    # a row among the others
    "id_twice",
    "unknown_inspector",
    "unknown_target",
    "bar_twice",
    "same_person",
    "pair_bar_twice",
]
"""What can be wrong in the four tables that a draw from files reads."""

ListCode = Literal[
    # the file as a whole, from the line that is one too many
    "too_many_lines",
    # a number of a register
    "no_id",
    "not_a_uscc",
    "not_a_registration_number",
    # a line that gives no row
    "line_break_inside",
    # one field
    "not_a_date",
    "not_a_choice",
    "not_a_truth_value",
    "not_a_ratio",
    "not_a_count",
    "not_a_street",
    "unknown_department",
    "unknown_jurisdiction",
    "unknown_registry",
    "no_target",
    # a row among the others
    "row_twice",
    "entry_twice",
    "superior_faulty",
    "superior_cycle",
    "ends_before_it_begins",
    # a row beside what the database has
    "other_department",
    "outside_jurisdiction",
    "certificate_incomplete",
    "certificate_twice",
    "certificate_of_another",
    "renamed_today",
    "item_in_approval",
]
"""What else can be wrong in a list that goes into the database."""

Code = FileCode | ListCode

FAULT_CODES: tuple[str, ...] = get_args(FileCode) + get_args(ListCode)
"""Every code a fault can have, so that a test can prove that each has its sentence."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one place of a registry file (导入问题).

    `line` is the physical line on which the record starts, in a workbook the number of the row; the header normally
    is 1, and 0 means the file as a whole. `sheet` is empty for text files. `column` is the header as it stands in the
    file, the expected name where it is missing, and empty where the whole line is meant. `value` is what was found,
    cut where it is long; a character that cannot be seen is told by its number, as `U+200B`.
    """

    file: str
    sheet: str
    line: int
    column: str
    code: Code
    value: str
