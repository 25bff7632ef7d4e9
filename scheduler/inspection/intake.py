"""Intake of lists (名单导入): a file is read and staged, compared with what is there, and applied whole or not at all.

The one use case that opens its own transactions: a long list is read into a temporary table of one connection before
that connection takes the lock for writing, so that nobody waits while a file is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from data import ledger
from data.database import WRITES
from data.intake.faults import Fault
from data.intake.known import known_keys
from data.intake.list_reading import ListFile, digest, open_list
from data.intake.lists import LISTS, ListColumn, ListKind
from data.intake.merging import Beside, Counts, compare, merge_of
from data.intake.quoting import quoted
from data.intake.records import Source
from data.intake.staging import Staging
from data.models import Import
from data.scope import EVERYTHING, set_scope
from matching.refused import Refused
from scheduler.clock import business_date

__all__ = [
    "KINDS",
    "Circumstances",
    "Fault",
    "Imported",
    "ListColumn",
    "Source",
    "columns_of",
    "import_list",
    "quoted",
]

KINDS = tuple(LISTS)
"""The kinds of lists, in an order in which they can be imported one after the other."""

_LONGEST_NAME = 300
_SQLITE_CACHE = 65_536  # KiB


@dataclass(frozen=True)
class Circumstances:
    """Who imports, when, in whose name.

    `department`, by its code, hands the list in: new rows without a department are its own, and rows that are not its
    own to say are told, those of other departments and those outside its jurisdiction; without it everything is taken.
    `jurisdiction`, by its code, is that of new rows that name none; what is there stays where it is.
    """

    at: datetime
    department: str | None = None
    jurisdiction: str | None = None
    person_id: int | None = None
    role: str = "registrar"


@dataclass(frozen=True)
class Imported:
    """What came of an import, or would come of it where it is not `applied`.

    `rows` are all rows of the file that are not blank; added, changed and unchanged count those without a fault.
    `passed_over` are captions of columns that this kind of list doesn't know.
    """

    rows: int
    added: int
    changed: int
    unchanged: int
    faults: tuple[Fault, ...]
    applied: bool
    passed_over: tuple[str, ...] = ()
    sha256: str = ""


def columns_of(kind: str) -> tuple[ListColumn, ...]:
    """The columns a list of this kind may have."""
    return LISTS[kind].columns


def import_list(
    database: Engine,
    kind: str,
    file: Path | Source,
    circumstances: Circumstances,
    *,
    dry_run: bool = False,
    valid_only: bool = False,
) -> Imported:
    """Import a list of a kind; with faults nothing is applied, or with `valid_only` the rows without one.

    Raises Refused `import.kind`, `import.no_such_department`, `import.no_such_jurisdiction`, and `import.file_changed`
    where the file is not the same at the end as it was at the start.
    """
    if kind not in LISTS:
        raise Refused("import.kind", kind=kind, kinds=list(KINDS))
    source = file if isinstance(file, Source) else Source(file.name, file)
    with database.connect() as connection:
        try:
            return _Import(connection, LISTS[kind], source, circumstances).run(dry_run, valid_only)
        finally:
            # no pool gets it back: its temporary table and its large cache end with it, however this ended
            connection.invalidate()


class _Import:
    """One import on its connection."""

    def __init__(
        self, connection: Connection, kind: ListKind, source: Source, circumstances: Circumstances
    ) -> None:
        self.connection = connection
        self.kind = kind
        self.source = source
        self.circumstances = circumstances

    def run(self, dry_run: bool, valid_only: bool) -> Imported:
        """Read and stage, then compare and apply."""
        with self.connection.begin():
            known = known_keys(self.connection)
        given = self._given(known)
        before = self._identity()
        file = open_list(self.kind, self.source, known, list(given))
        if isinstance(file, list):
            return Imported(0, 0, 0, 0, tuple(file), applied=False)
        with self.connection.begin():
            self._enlarge_cache()
            said = [column.into for column in file.readers]
            staging = Staging(self.connection, self.kind, file.staged, said, given)
            with closing(file.sheet):
                staging.load(file.batches())
        sha256 = digest(self.source)
        if self._identity() != before:
            raise Refused("import.file_changed", file=self.source.name)
        try:
            return self._merge(file, staging, self._beside(known), sha256, dry_run, valid_only)
        finally:
            with self.connection.begin():
                staging.drop()

    def _merge(
        self, file: ListFile, staging: Staging, beside: Beside, sha256: str, dry_run: bool, valid_only: bool
    ) -> Imported:
        self.connection.execution_options(**{WRITES: not dry_run})
        with Session(self.connection) as session:
            # what is imported is decided by its rows, not by what somebody sees
            set_scope(session, EVERYTHING)
            with session.begin():
                session.connection()  # its transaction is the session's from here on
                merge = merge_of(staging, beside)
                if not dry_run:
                    merge.lock()
                found = [*file.found, *compare(merge)]
                counts = merge.count()
                applied = not dry_run and (valid_only or not found)
                if applied and counts.added + counts.changed:
                    merge.apply()
                    self._record(session, beside, sha256, file.rows, counts, len(found))
        self.connection.execution_options(**{WRITES: False})
        return Imported(file.rows, *counts, tuple(file.faults(found)), applied, file.passed_over, sha256)

    def _record(
        self, session: Session, beside: Beside, sha256: str, rows: int, counts: Counts, faults: int
    ) -> None:
        """The evidence of the import and its line in the ledger."""
        at, person = self.circumstances.at, self.circumstances.person_id
        session.add(
            Import(
                kind=self.kind.name,
                department_id=beside.department_id,
                file_name=self.source.name[-_LONGEST_NAME:],
                sha256=sha256,
                rows=rows,
                added=counts.added,
                changed=counts.changed,
                faults=faults,
                at=at,
                person_id=person,
            )
        )
        details = {**counts._asdict(), "rows": rows, "faults": faults, "sha256": sha256}
        act = ledger.Act(
            person, self.circumstances.role, beside.department_id, "import:applied", self.kind.name, details
        )
        ledger.append(session, act, at)

    def _beside(self, known: Mapping[str, Mapping[str, str]]) -> Beside:
        code = self.circumstances.department
        own = int(known["department"][code]) if code else None
        return Beside(business_date(self.circumstances.at), own)

    def _given(self, known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """The values of columns that are told beside the file, of those that this kind of list has."""
        given = {}
        if code := self.circumstances.department:
            if code not in known["department"]:
                raise Refused("import.no_such_department", department=code)
            given["department_id"] = known["department"][code]
        if code := self.circumstances.jurisdiction:
            if code not in known["jurisdiction"]:
                raise Refused("import.no_such_jurisdiction", jurisdiction=code)
            given["jurisdiction_code"] = known["jurisdiction"][code]
        columns = {column.into for column in self.kind.columns}
        return {name: value for name, value in given.items() if name in columns}

    def _identity(self) -> tuple[int, int]:
        """What changes when the file is written to; the same bytes are read more than once."""
        if isinstance(self.source.content, bytes):
            return len(self.source.content), 0
        status = self.source.content.stat()
        return status.st_size, status.st_mtime_ns

    def _enlarge_cache(self) -> None:
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql(f"PRAGMA cache_size = -{_SQLITE_CACHE}")
