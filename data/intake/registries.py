"""Registries (名录): the four tables a draw needs, from files with columns in any order, checked whole.

All that is wrong is told at once, so that a registry is mended once and not fault by fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.intake.faults import Code, Fault
from data.intake.fields import normal, read_id
from data.intake.header import WHOLE_LINE, Header, Origin, Wrong, read_header
from data.intake.records import Broken, Number, Record, Source, Unreadable
from data.intake.rows import Bars, PairBars, Registered, Rows
from data.intake.sheets import open_sheet
from data.intake.tables import HEADERS, OPTIONAL, TABLES, WEIGHT, Column


@dataclass(frozen=True, slots=True)
class Intake:
    """What the files gave: of each table the rows without fault, in the files' order; and every fault there is.

    A row has its fields in the order of draw-1's frozen tables. Rows are not sorted. Where there is a fault, the rows
    are not to be drawn from: they are not all.
    """

    tables: dict[str, list[tuple[str, ...]]]
    faults: tuple[Fault, ...]


def read_registries(sources: Mapping[str, Source], weighed: bool = False) -> Intake:
    """Read and check `targets` and `inspectors`, and `bars` and `pair_bars` where they are given.

    Targets have a weight each, in a last field, where they are drawn by it (`weighed`).

    Faults stand in the order of the tables, then of the lines, then of the columns in the file. Raises KeyError for a
    table that is unknown or missing: that is decided by who calls, not by a file.
    """
    if unknown := sources.keys() - TABLES.keys():
        raise KeyError(*sorted(unknown))
    targets, inspectors = Registered(), Registered()
    others: dict[str, Rows] = {
        "targets": targets,
        "inspectors": inspectors,
        "bars": Bars(inspectors, targets),
        "pair_bars": PairBars(inspectors),
    }
    tables: dict[str, list[tuple[str, ...]]] = {name: [] for name in TABLES}
    faults: list[Fault] = []
    for name, rows in tables.items():
        if name in sources or name not in OPTIONAL:
            columns = (*TABLES[name], WEIGHT) if weighed and name == "targets" else TABLES[name]
            faults += _read_table(name, columns, sources[name], others[name], rows)
    return Intake(tables, tuple(faults))


def read_targets(source: Source) -> list[tuple[str, ...]]:
    """The sound rows of one registry of targets, for what needs no more than their ids and regions."""
    rows: list[tuple[str, ...]] = []
    _read_table("targets", TABLES["targets"], source, Registered(), rows)
    return rows


def _read_table(
    table: str, columns: Sequence[Column], source: Source, others: Rows, rows: list[tuple[str, ...]]
) -> list[Fault]:
    """Read one table's file: its sound rows are added to `rows`, its faults come back."""
    sheet = open_sheet(source)
    if isinstance(sheet, Unreadable):
        others.give_up()
        return [Origin(source.name).fault(0, "", sheet.code)]
    header = _open_table(columns, HEADERS[table], Origin(source.name, sheet.name), next(sheet.records, None))
    if not isinstance(header, Header):
        others.give_up()
        return header
    faults: list[Fault] = []
    for record in sheet.records:
        row, wrong = _read_record(record, columns, header, others)
        if wrong:
            faults += header.faults(record.line, wrong)
        else:
            rows.append(tuple(row))
    return faults


def _open_table(
    columns: Sequence[Column],
    captions: Mapping[str, tuple[str, ...]],
    origin: Origin,
    record: Record | Broken | None,
) -> Header | list[Fault]:
    """The header that a file's first record is, or why it is none."""
    if record is None:
        return [origin.fault(0, "", "empty_file")]
    if isinstance(record, Broken):
        return [origin.fault(record.line, "", record.code, record.value)]
    return read_header(columns, captions, origin, record)


def _read_record(
    record: Record | Broken, columns: Sequence[Column], header: Header, others: Rows
) -> tuple[list[str], list[Wrong]]:
    """One line's row, and what is wrong with it."""
    if isinstance(record, Broken):
        others.mention(map(normal, record.scraps))
        return [], [(WHOLE_LINE, record.code, record.value)]
    if len(record.cells) != len(header.captions):
        return [], _wrong_width(record, header, others)
    row: list[str] = []
    wrong: list[Wrong] = []
    for number, (column, place) in enumerate(zip(columns, header.places, strict=True)):
        value, findings = ("", ()) if place is None else column.read(record.cells[place])
        if findings:
            wrong += [(number, code, told) for code, told in findings]
        elif not value and column.filled:
            wrong.append((number, "empty", ""))
        row.append(value)
    wrong += others.compare(row, {number for number, _, _ in wrong})
    return row, wrong


def _wrong_width(record: Record, header: Header, others: Rows) -> list[Wrong]:
    """A row with more or fewer fields than the header.

    Which field belongs to which column is not sure in it, so they are not looked into, and any of them may be an id.
    Only a first field is where it should be: an id there counts.
    """
    others.mention(normal(cell.text if isinstance(cell, Number) else cell) for cell in record.cells)
    code: Code = "row_short" if len(record.cells) < len(header.captions) else "row_long"
    wrong: list[Wrong] = [(WHOLE_LINE, code, f"{len(record.cells)}/{len(header.captions)}")]
    if isinstance(others, Registered) and header.places[Registered.ID] == 0:
        number, findings = read_id(record.cells[0])
        if number and not findings:
            wrong += others.register(number)
    return wrong
