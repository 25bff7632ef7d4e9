"""Merging (合并入库): what a staged list would change, told exactly, and the change itself; all of it by SQL.

Nothing is touched whose columns are equal, so that a list handed in twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from data.intake.competence import beyond_competence
from data.intake.faults import Code
from data.intake.list_reading import Found
from data.intake.lists import CERTIFICATE, ListKind, table_of
from data.intake.staging import Staging
from data.models import Certificate, DepartmentName, Inspector, ItemVersion, Jurisdiction
from data.target_index import catch_up


class Counts(NamedTuple):
    """What becomes of the sound rows of a list."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class Beside:
    """What a merge goes by beside the list: the day, and the department that hands it in, if one does.

    Such a department says only what is its own to say (data/intake/competence.py).
    """

    day: date
    department_id: int | None = None


class Merge:
    """A staged list beside its table."""

    def __init__(self, staging: Staging, beside: Beside) -> None:
        self.staging = staging
        self.beside = beside
        self.kind: ListKind = staging.kind
        self.rows = staging.table
        self.existing: Any = self.kind.table.alias("existing")
        self.counts = Counts(0, 0, 0)
        self._counted: int | None = None

    def lock(self) -> None:
        """Keep others from writing to the table until this transaction is over; SQLite's lock is there already."""
        if self.staging.on_postgresql:
            for table in self._tables():
                self.run(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))

    def faults(self) -> list[Found]:
        """What is wrong with rows beside what the database has."""
        return [*self._misordered(), *self._of_others()]

    def count(self) -> Counts:
        """What `apply` would do."""
        if self._counted != self.staging.exclusions:
            self.occurs(false())
        return self.counts

    def occurs(self, condition: ColumnElement[bool]) -> bool:
        """Whether something holds for a sound row beside what is there; `count` is done in the same pass over all."""
        there = self._there()
        counting = (
            select(
                func.count(),
                func.count(there),
                func.sum(case((and_(there.is_not(None), self.differs()), 1), else_=0)),
                func.sum(case((condition, 1), else_=0)),
            )
            .select_from(self.joined())
            .where(self.staging.sound())
        )
        rows, known, changed, holds = self.run(counting).one()
        self.counts = Counts(rows - known, changed or 0, known - (changed or 0))
        self._counted = self.staging.exclusions
        return bool(holds)

    def apply(self) -> None:
        """Add new rows, and change those that differ; after `count`."""
        names = [*self.kind.key, *self._updated(), *self._unsaid()]
        first = {name: value for name, value in self._first().items() if name not in names}
        chosen = select(
            *(self.rows.c[name] for name in names),
            *(cast(literal(value), self.kind.table.c[name].type) if self.staging.on_postgresql else literal(value)
              for name, value in first.items()),
        ).where(self.staging.sound())  # fmt: skip
        if self.staging.on_postgresql:
            self._apply_apart([*names, *first], chosen)
            return
        inserting = sqlite.insert(self.kind.table).from_select([*names, *first], chosen)
        changes = {name: inserting.excluded[name] for name in self._updated()}
        if not changes:
            self.run(inserting.on_conflict_do_nothing(index_elements=list(self.kind.key)))
            return
        other = or_(*(self.kind.table.c[name].is_distinct_from(value) for name, value in changes.items()))
        self.run(
            inserting.on_conflict_do_update(index_elements=list(self.kind.key), set_=changes, where=other)
        )

    def _apply_apart(self, names: Sequence[str], chosen: Select[Any]) -> None:
        """The same on PostgreSQL: a sixth sooner, and nobody comes between, as the table is locked."""
        table = self.kind.table
        same = and_(*(table.c[name] == self.rows.c[name] for name in self.kind.key))
        changes = {name: self.rows.c[name] for name in self._updated()}
        if changes and self.counts.changed:
            other = or_(*(table.c[name].is_distinct_from(value) for name, value in changes.items()))
            self.run(update(table).values(changes).where(same, self.staging.sound(), other))
        new = chosen.select_from(self.joined()).where(self.existing.c[self.kind.key[0]].is_(None))
        self.run(insert(table).from_select(list(names), new))

    def _tables(self) -> Sequence[Table]:
        return (self.kind.table,)

    def _first(self) -> Mapping[str, Any]:
        return self.kind.first

    def _updated(self) -> list[str]:
        """The columns said in the file that the table has, but the key."""
        names = [*self.staging.said, *(reference.into for reference in self.kind.references)]
        return [name for name in names if name in self.kind.table.c and name not in self.kind.key]

    def _unsaid(self) -> list[str]:
        """The columns told beside the file, or derived: they fill new rows, and change nothing in those that are there."""
        names = (name for name in self.staging.columns if name not in self.staging.said)
        return [name for name in names if name in self.kind.table.c and name not in self.kind.key]

    def _there(self) -> ColumnElement[Any]:
        """A column that has a value where the row is in the database."""
        column: ColumnElement[Any] = self.existing.c[self.kind.key[0]]
        return column

    def _same_key(self) -> ColumnElement[bool]:
        return and_(*(self.existing.c[name] == self.rows.c[name] for name in self.kind.key))

    def joined(self) -> Any:
        """The staged rows, each beside the one that is there under its key."""
        return self.rows.outerjoin(self.existing, self._same_key())

    def differs(self) -> ColumnElement[bool]:
        """Whether the row that is there would change; also true where none is there."""
        different = (self.existing.c[name].is_distinct_from(self.rows.c[name]) for name in self._updated())
        return or_(false(), *different)

    def _side(self, name: str) -> ColumnElement[Any]:
        """What a column will hold: the list's value, or the one that stays where the list has none."""
        return self.rows.c[name] if name in self.staging.columns else self.existing.c[name]

    def _misordered(self) -> list[Found]:
        found: list[Found] = []
        for least, most in self.kind.ordered:
            told = next((name for name in (most, least) if name in self.staging.staged), None)
            if told is None:
                continue
            wrong = (
                select(self.rows.c.line, self._side(least), self._side(most))
                .select_from(self.joined())
                .where(self.staging.sound(), self._side(least) > self._side(most))
            )
            found += [
                Found(line, told, "ends_before_it_begins", f"{first} > {last}")
                for line, first, last in self.run(wrong)
            ]
        return found

    def _of_others(self) -> list[Found]:
        """Rows that are not for the department to say that hands the list in."""
        own = self.beside.department_id
        return [] if own is None else beyond_competence(self, own)

    def run(self, statement: Any) -> Any:
        """Run a statement where the staged list is."""
        return self.staging.connection.execute(statement)


class TargetMerge(Merge):
    """Targets (检查对象): many of them at once go into the index by which they are found."""

    def apply(self) -> None:
        """The targets, then what the index lacks."""
        super().apply()
        catch_up(self.staging.connection)


class JurisdictionMerge(Merge):
    """Jurisdictions (辖区): a tree before, and a tree after."""

    def faults(self) -> list[Found]:
        """Superiors that nobody has, or that lead round in a circle; rows below a faulty one are told too."""
        if "superior_code" not in self.staging.columns:
            return super().faults()
        first = super().faults()
        self.staging.exclude(first)
        lines = self.run(
            select(self.rows.c.code, self.rows.c.line, self.rows.c.superior_code, self.rows.c.sound)
            .where(self.rows.c.code.is_not(None))
            .order_by(self.rows.c.line)
        ).all()
        mentioned = {code for code, *_ in lines}
        sound = {code: (line, superior) for code, line, superior, is_sound in reversed(lines) if is_sound}
        there = self.run(select(Jurisdiction.__table__.c.code, Jurisdiction.__table__.c.superior_code)).all()
        before: dict[str, str | None] = dict(there)
        found: list[Found] = []
        while wrong := _homeless(sound, before, mentioned):
            found += wrong
            faulty = {each.line for each in wrong}
            sound = {code: row for code, row in sound.items() if row[0] not in faulty}
        return [*first, *found]


def _homeless(
    rows: Mapping[str, tuple[int, str | None]], before: Mapping[str, str | None], mentioned: set[str]
) -> list[Found]:
    """Rows whose superior is not there, or is below themselves."""
    tree = dict(before) | {code: superior for code, (_, superior) in rows.items()}
    found = []
    for code, (line, superior) in rows.items():
        if superior is not None and superior not in tree:
            told: Code = "superior_faulty" if superior in mentioned else "unknown_jurisdiction"
            found.append(Found(line, "superior_code", told, superior))
        elif superior is not None and _is_above(code, superior, tree):
            found.append(Found(line, "superior_code", "superior_cycle", superior))
    return found


def _is_above(code: str, start: str, tree: Mapping[str, str | None]) -> bool:
    """Whether one meets `code` on the way up from `start`."""
    passed: set[str] = set()
    place: str | None = start
    while place is not None and place not in passed:
        if place == code:
            return True
        passed.add(place)
        place = tree.get(place)
    return False


class DepartmentMerge(Merge):
    """Departments (部门): each name is kept with the day from which on it was borne."""

    _names = table_of(DepartmentName)

    def faults(self) -> list[Found]:
        """A department has one name on one day."""
        renamed = (
            select(self.rows.c.line, self.rows.c.name)
            .select_from(self.joined())
            .where(
                self.staging.sound(),
                self.existing.c.name != self.rows.c.name,
                exists().where(
                    self._names.c.department_id == self.existing.c.id,
                    self._names.c.valid_from >= self.beside.day,
                ),
            )
        )
        told = [Found(line, "name", "renamed_today", name) for line, name in self.run(renamed)]
        return [*super().faults(), *told]

    def apply(self) -> None:
        """Keep the old name where nobody has kept it, change, keep the new names."""
        old = (
            select(self.existing.c.id, self.existing.c.opened_on, self.existing.c.name)
            .select_from(self.joined())
            .where(
                self.staging.sound(),
                self.existing.c.name != self.rows.c.name,
                self.existing.c.opened_on < self.beside.day,
                ~exists().where(self._names.c.department_id == self.existing.c.id),
            )
        )
        self.run(insert(self._names).from_select(["department_id", "valid_from", "name"], old))
        super().apply()
        table = self.kind.table
        named = exists().where(self._names.c.department_id == table.c.id)
        newest = (
            select(self._names.c.name)
            .where(self._names.c.department_id == table.c.id)
            .order_by(self._names.c.valid_from.desc())
            .limit(1)
            .scalar_subquery()
        )
        today = literal(self.beside.day, table.c.opened_on.type)
        new = (
            select(table.c.id, case((named, today), else_=table.c.opened_on), table.c.name)
            .join(self.rows, self.rows.c.code == table.c.code)
            .where(self.staging.sound(), newest.is_distinct_from(table.c.name))
        )
        self.run(insert(self._names).from_select(["department_id", "valid_from", "name"], new))

    def _tables(self) -> Sequence[Table]:
        return (self.kind.table, self._names)

    def _first(self) -> Mapping[str, Any]:
        return {"opened_on": self.beside.day}


class InspectorMerge(Merge):
    """Inspectors (执法检查人员), each with the certificate that stands in his row."""

    _certificates = table_of(Certificate).alias("certificates")

    def faults(self) -> list[Found]:
        """A certificate belongs to one person."""
        if not self._has_certificates():
            return super().faults()
        rows = self.rows.c
        number = (rows.certificate_kind, rows.certificate_number)
        first = func.first_value(rows.line).over(partition_by=number, order_by=rows.line).label("first")
        numbered = select(rows.line, rows.certificate_number, first).where(
            rows.certificate_number.is_not(None)
        )
        again = numbered.subquery()
        twice = select(again.c.line, again.c.certificate_number).where(again.c.line != again.c.first)
        others = (
            select(rows.line, rows.certificate_number)
            .join(self._certificates, self._same_certificate())
            .join(Inspector.__table__, Inspector.__table__.c.id == self._certificates.c.inspector_id)
            .where(Inspector.__table__.c.code != rows.code)
        )
        place = "certificate_number"
        return [
            *super().faults(),
            *(Found(line, place, "certificate_twice", value) for line, value in self.run(twice)),
            *(Found(line, place, "certificate_of_another", value) for line, value in self.run(others)),
        ]

    def apply(self) -> None:
        """The inspectors, then their certificates."""
        super().apply()
        if not self._has_certificates():
            return
        table, rows = table_of(Certificate), self.rows.c
        chosen = (
            select(
                self.kind.table.c.id,
                rows.certificate_kind,
                rows.certificate_number,
                rows.certificate_expires_on,
            )
            .join(self.kind.table, self.kind.table.c.code == rows.code)
            .where(self.staging.sound(), rows.certificate_number.is_not(None))
        )
        dialect = postgresql if self.staging.on_postgresql else sqlite
        inserting = dialect.insert(table).from_select(
            ["inspector_id", "kind", "number", "expires_on"], chosen
        )
        later = inserting.excluded.expires_on
        self.run(
            inserting.on_conflict_do_update(
                index_elements=["kind", "number"],
                set_={"expires_on": later},
                where=table.c.expires_on.is_distinct_from(later),
            )
        )

    def _tables(self) -> Sequence[Table]:
        return (self.kind.table, table_of(Certificate))

    def _has_certificates(self) -> bool:
        return set(CERTIFICATE) <= set(self.staging.columns)

    def _same_certificate(self) -> ColumnElement[bool]:
        return and_(
            self._certificates.c.kind == self.rows.c.certificate_kind,
            self._certificates.c.number == self.rows.c.certificate_number,
        )

    def joined(self) -> Any:
        """The same, and the certificates that are there."""
        joined = super().joined()
        return (
            joined.outerjoin(self._certificates, self._same_certificate())
            if self._has_certificates()
            else joined
        )

    def differs(self) -> ColumnElement[bool]:
        """The same, or the certificate's last day."""
        if not self._has_certificates():
            return super().differs()
        other = self._certificates.c.expires_on.is_distinct_from(self.rows.c.certificate_expires_on)
        return or_(super().differs(), and_(self.rows.c.certificate_number.is_not(None), other))


class CertificateMerge(Merge):
    """Certificates (执法证件): they don't go from one person to another."""

    def faults(self) -> list[Found]:
        """Certificates that somebody else has."""
        others = (
            select(self.rows.c.line, self.rows.c.number)
            .select_from(self.joined())
            .where(self.staging.sound(), self.existing.c.inspector_id != self.rows.c.inspector_id)
        )
        told = [Found(line, "number", "certificate_of_another", number) for line, number in self.run(others)]
        return [*super().faults(), *told]


class PairBarMerge(Merge):
    """Bars between two inspectors, the one with the smaller id first, however the list has them."""

    def faults(self) -> list[Found]:
        """Nobody is barred from going with himself."""
        alone = select(self.rows.c.line, self.rows.c.inspector_b).where(
            self.rows.c.inspector_id == self.rows.c.other_id
        )
        told = [Found(line, "inspector_b", "same_person", code) for line, code in self.run(alone)]
        return [*super().faults(), *told]


def put_smaller_first(staging: Staging) -> None:
    """Order the two of each pair, before anybody asks which pairs repeat."""
    one, other = staging.table.c.inspector_id, staging.table.c.other_id
    staging.connection.execute(
        update(staging.table).where(one > other).values(inspector_id=other, other_id=one)
    )


class ItemMerge(Merge):
    """Inspection items (抽查事项): what they say stands in versions, and only a draft changes.

    A row that says something else than the newest version changes that, if it is a draft; makes a new draft, if it is
    published or no longer; and is refused while it is being approved.
    """

    _words = table_of(ItemVersion)

    def __init__(self, staging: Staging, beside: Beside) -> None:
        super().__init__(staging, beside)
        later = self._words.alias("later")
        is_newest = ~exists().where(
            later.c.item_id == self._words.c.item_id, later.c.version > self._words.c.version
        )
        self.newest = select(self._words).where(is_newest).subquery("newest")

    def faults(self) -> list[Found]:
        """Items that are being approved and would change."""
        approving = (
            select(self.rows.c.line, self.newest.c.state)
            .select_from(self.joined())
            .where(
                self.staging.sound(),
                self.newest.c.state.in_(("legal_review", "office_confirmation")),
                self.differs(),
            )
        )
        told = [Found(line, "name", "item_in_approval", state) for line, state in self.run(approving)]
        return [*super().faults(), *told]

    def apply(self) -> None:
        """Change drafts, add items, add drafts."""
        table, words = self.kind.table, self._words.c
        drafts = (
            update(self._words)
            .values({name: self.rows.c[name] for name in self._updated()})
            .where(
                self.staging.sound(),
                table.c.department_id == self.rows.c.department_id,
                table.c.code == self.rows.c.code,
                words.item_id == table.c.id,
                words.state == "draft",
                or_(*(words[name].is_distinct_from(self.rows.c[name]) for name in self._updated())),
            )
        )
        self.run(drafts)
        key = [self.rows.c[name] for name in self.kind.key]
        dialect = postgresql if self.staging.on_postgresql else sqlite
        items = dialect.insert(table).from_select(self.kind.key, select(*key).where(self.staging.sound()))
        self.run(items.on_conflict_do_nothing(index_elements=list(self.kind.key)))
        self.run(insert(self._words).from_select(*self._new_drafts()))

    def _new_drafts(self) -> tuple[list[str], Any]:
        kept = [
            column.name
            for column in self._words.c
            if column.name
            not in {"id", "item_id", "version", "state", "valid_from", "valid_to", *self._updated()}
        ]
        stay = [func.coalesce(self.newest.c[name], _default(self._words.c[name])) for name in kept]
        rows = (
            select(
                self.existing.c.id,
                func.coalesce(self.newest.c.version, 0) + 1,
                *(self.rows.c[name] for name in self._updated()),
                *stay,
            )
            .select_from(self.joined())
            .where(
                self.staging.sound(),
                or_(self.newest.c.id.is_(None), and_(self.newest.c.state != "draft", self.differs())),
            )
        )
        return ["item_id", "version", *self._updated(), *kept], rows

    def _tables(self) -> Sequence[Table]:
        return (self.kind.table, self._words)

    def _updated(self) -> list[str]:
        return [name for name in self.staging.columns if name in self._words.c]

    def _there(self) -> ColumnElement[Any]:
        return self.newest.c.id

    def joined(self) -> Any:
        """The same, and the newest version of each item."""
        return super().joined().outerjoin(self.newest, self.newest.c.item_id == self.existing.c.id)

    def differs(self) -> ColumnElement[bool]:
        """Whether the row says something else than the newest version."""
        different = (self.newest.c[name].is_distinct_from(self.rows.c[name]) for name in self._updated())
        return or_(false(), *different)

    def _side(self, name: str) -> ColumnElement[Any]:
        return self.rows.c[name] if name in self.staging.columns else self.newest.c[name]


def _default(column: Any) -> Any:
    """What a new row has where nothing is said."""
    return literal(column.default.arg if column.default is not None else None, column.type)


MERGES: dict[str, type[Merge]] = {
    "jurisdictions": JurisdictionMerge,
    "departments": DepartmentMerge,
    "targets": TargetMerge,
    "inspectors": InspectorMerge,
    "certificates": CertificateMerge,
    "pair-bars": PairBarMerge,
    "items": ItemMerge,
}
"""The lists that need more than the plain merge."""


def merge_of(staging: Staging, beside: Beside) -> Merge:
    """The merge of a staged list."""
    return MERGES.get(staging.kind.name, Merge)(staging, beside)


def compare(merge: Merge) -> list[Found]:
    """Everything that is wrong with rows among the others and beside the database; those rows are no longer sound.

    First what a row refers to, then which rows repeat, then what the rest would do.
    """
    staging = merge.staging
    found = staging.look_up()
    if isinstance(merge, PairBarMerge):
        put_smaller_first(staging)
    found += staging.repeated()
    staging.exclude(found)
    later = merge.faults()
    staging.exclude(later)
    return found + later
