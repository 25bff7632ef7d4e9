"""Short files (短名单) whose lines go through a use case one by one: results filled in on paper, accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from data.intake.faults import Code, Fault
from data.intake.fields import Reader, read_code, read_id, read_list, read_text
from data.intake.header import Header, Origin, read_header
from data.intake.records import Broken, Record, Source, Unreadable
from data.intake.sheets import open_sheet


class LineColumn(NamedTuple):
    """A column: its name, what files call it, how it is read, whether it must be there and filled."""

    name: str
    captions: tuple[str, ...]
    read: Reader
    filled: bool = True
    expected: bool = True


def _may(name: str, caption: str, read: Reader) -> LineColumn:
    return LineColumn(name, (caption,), read, filled=False, expected=False)


RESULTS = (
    LineColumn("department", ("部门", "部门代码"), read_code),
    LineColumn("target", ("检查对象编号", "统一社会信用代码", "编号"), read_id),
    LineColumn("login", ("录入人", "用户"), read_code),
    LineColumn("inspected_on", ("检查日期",), read_code),
    LineColumn("code", ("检查结果", "结果代码"), read_code),
    _may("item", "抽查事项", read_code),
    _may("problem", "发现问题", read_text),
    _may("handling", "处理", read_code),
    _may("methods", "检查方式", read_list),
    _may("measures", "后续处置", read_list),
    _may("note", "备注", read_text),
    _may("reason", "更正理由", read_text),
)
"""Results (检查结果): one line for each item of a visit at which something is told."""

ACCOUNTS = (
    LineColumn("login", ("登录名", "用户"), read_code),
    LineColumn("number", ("工号",), read_id),
    LineColumn("name", ("姓名",), read_text),
    LineColumn("department", ("部门", "部门代码"), read_code),
    _may("inspector", "检查人员编号", read_id),
    _may("roles", "角色", read_list),
)
"""Users (用户) with their roles."""


MOST_LINES = 20_000
"""Lines of one file: each goes through its use case, all of them in one transaction in which nobody else writes."""


@dataclass(frozen=True)
class Line:
    """A line of the file, with its place; a field whose column is not there is empty."""

    number: int
    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields[name]


@dataclass(frozen=True)
class Lines:
    """The sound lines of a file, and every fault in it."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]


def read_lines(source: Source, columns: Sequence[LineColumn]) -> Lines:
    """Read a file (CSV, XLSX, XLS, ODS) of at most `MOST_LINES`; what the values mean is asked later."""
    sheet = open_sheet(source)
    if isinstance(sheet, Unreadable):
        return Lines((), (Origin(source.name).fault(0, "", sheet.code),))
    origin, first = Origin(source.name, sheet.name), next(sheet.records, None)
    if first is None:
        return Lines((), (origin.fault(0, "", "empty_file"),))
    if isinstance(first, Broken):
        return Lines((), (origin.fault(first.line, "", first.code, first.value),))
    header = read_header(columns, {each.name: each.captions for each in columns}, origin, first)
    if not isinstance(header, Header):
        return Lines((), tuple(header))
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, record in enumerate(sheet.records, start=1):
        if number > MOST_LINES:
            sheet.close()
            return Lines((), (origin.fault(record.line, "", "too_many_lines", f"> {MOST_LINES}"),))
        read = _read_line(record, header, columns)
        if isinstance(read, Line):
            lines.append(read)
        else:
            faults += read
    return Lines(tuple(lines), tuple(faults))


def _read_line(record: Record | Broken, header: Header, columns: Sequence[LineColumn]) -> Line | list[Fault]:
    if isinstance(record, Broken):
        return [header.origin.fault(record.line, "", record.code, record.value)]
    wanted, found = len(header.captions), len(record.cells)
    if wanted != found:
        code: Code = "row_short" if found < wanted else "row_long"
        return [header.origin.fault(record.line, "", code, f"{found}/{wanted}")]
    faults: list[Fault] = []
    fields: dict[str, str] = {}
    for column, place in zip(columns, header.places, strict=True):
        value, findings = ("", ()) if place is None else column.read(record.cells[place])
        if column.filled and not value and not findings:
            findings = [("empty", "")]
        caption = "" if place is None else header.captions[place]
        faults += [header.origin.fault(record.line, caption, each, told) for each, told in findings]
        fields[column.name] = value
    return faults or Line(record.line, fields)
