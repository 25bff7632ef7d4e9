"""Questions about the two registries (两库) as people look at them: lists by page, one row with all that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from data.models import (
    Bar,
    Campaign,
    Certificate,
    Department,
    Draw,
    Import,
    Inspector,
    Leave,
    Permit,
    Person,
    Result,
    ResultCode,
    SpecialRegistry,
    Target,
    TargetLabel,
    Visit,
)
from data.queries.paging import SIZE, Page, page_of
from data.queries.target_search import TargetQuestion, among, ids_met

_CHUNK = 2_000


@dataclass(frozen=True)
class InspectorQuestion:
    """What an inspector must be; an empty text and None ask nothing.

    `words` stand in his name or his code. `uncertified_on`: no certificate of his is valid on that day.
    """

    words: str = ""
    state: str = ""
    qualification: str = ""
    uncertified_on: date | None = None


@dataclass(frozen=True)
class BarQuestion:
    """What a bar must be: of this inspector, of this target, by their codes; of this source; in force on this day."""

    inspector: str = ""
    target: str = ""
    source: str = ""
    on: date | None = None


class BarShown(NamedTuple):
    """A bar with the two it keeps apart; None is one that may not be seen."""

    bar: Bar
    inspector: Inspector | None
    target: Target | None


class PermitShown(NamedTuple):
    """A permit, and the name of the special registry it is for."""

    permit: Permit
    registry: str


class PastVisit(NamedTuple):
    """A visit to a target, with its campaign and the last version of its result, if there is one."""

    visit: Visit
    department: str
    draw: str
    campaign_code: str
    campaign: str
    result: Result | None
    overall: str


class InspectorRow(NamedTuple):
    """An inspector with his certificate that lasts longest, and his department's code."""

    inspector: Inspector
    certificate: Certificate | None
    department: str


class ImportShown(NamedTuple):
    """An import, and who did it."""

    evidence: Import
    person: str


def target_by_code(session: Session, code: str) -> Target | None:
    """A target by its code, if it may be seen."""
    return session.scalar(select(Target).where(Target.code == code))


def labels_of(session: Session, target_id: int) -> list[TargetLabel]:
    """The labels of a target, the newest first, also those that no longer hold."""
    chosen = select(TargetLabel).where(TargetLabel.target_id == target_id)
    return list(session.scalars(chosen.order_by(TargetLabel.valid_from.desc(), TargetLabel.label)))


def permits_of(session: Session, target_id: int) -> list[PermitShown]:
    """The permits of a target."""
    chosen = (
        select(Permit, SpecialRegistry.name)
        .join(SpecialRegistry, SpecialRegistry.code == Permit.registry_code)
        .where(Permit.target_id == target_id)
        .order_by(Permit.registry_code, Permit.number)
    )
    return [PermitShown(*row) for row in session.execute(chosen)]


def visits_of_target(session: Session, target_id: int) -> list[PastVisit]:
    """The visits to a target that may be seen, the newest first."""
    chosen = (
        select(Visit, Department.name, Draw.number, Campaign.code, Campaign.name)
        .join(Draw, Draw.id == Visit.draw_id)
        .join(Campaign, Campaign.id == Draw.campaign_id)
        .join(Department, Department.id == Visit.department_id)
        .where(Visit.target_id == target_id)
        .order_by(Visit.id.desc())
    )
    rows = session.execute(chosen).all()
    results = _last_results(session, [row[0].id for row in rows])
    return [PastVisit(*row, *results.get(row[0].id, (None, ""))) for row in rows]


def _last_results(session: Session, visit_ids: Sequence[int]) -> dict[int, tuple[Result, str]]:
    same = (ResultCode.code_list == Result.code_list) & (ResultCode.code == Result.code)
    chosen = (
        select(Result, ResultCode.name)
        .join(ResultCode, same)
        .where(among(session, Result.visit_id, visit_ids))
    )
    return {row.visit_id: (row, name) for row, name in session.execute(chosen.order_by(Result.version))}


def inspectors_page(
    session: Session, question: InspectorQuestion, number: int = 1, size: int = SIZE
) -> Page[Inspector]:
    """One page of the inspectors that are asked for, by code, their certificates with them."""
    chosen = _inspectors(question).options(selectinload(Inspector.certificates))
    return page_of(session, chosen.order_by(Inspector.code), number, size)


def _inspectors(question: InspectorQuestion) -> Select[Any]:
    chosen = select(Inspector)
    for word in question.words.split():
        within = (column.icontains(word, autoescape=True) for column in (Inspector.name, Inspector.code))
        chosen = chosen.where(or_(*within))
    if question.state:
        chosen = chosen.where(Inspector.state == question.state)
    if question.qualification:
        listed = ";" + Inspector.qualifications + ";"
        chosen = chosen.where(listed.contains(f";{question.qualification};", autoescape=True))
    if question.uncertified_on:
        valid = exists().where(
            Certificate.inspector_id == Inspector.id, Certificate.expires_on >= question.uncertified_on
        )
        chosen = chosen.where(~valid)
    return chosen


def inspector_with_certificates(session: Session, code: str) -> Inspector | None:
    """An inspector by code with his certificates, if he may be seen."""
    chosen = select(Inspector).where(Inspector.code == code).options(selectinload(Inspector.certificates))
    return session.scalar(chosen)


def names_of_inspectors(session: Session, codes: Sequence[str]) -> dict[str, str]:
    """The names of those inspectors who may be seen, by code."""
    chosen = select(Inspector.code, Inspector.name).where(Inspector.code.in_(codes))
    return {each.code: each.name for each in session.execute(chosen)}


def leaves_of(session: Session, inspector_id: int) -> list[Leave]:
    """The days on which an inspector is away, the latest first."""
    chosen = select(Leave).where(Leave.inspector_id == inspector_id)
    return list(session.scalars(chosen.order_by(Leave.first_day.desc())))


def bars_page(session: Session, question: BarQuestion, number: int = 1, size: int = SIZE) -> Page[BarShown]:
    """One page of the bars that are asked for, with the two that each keeps apart."""
    chosen = select(Bar)
    if question.inspector:
        chosen = chosen.where(
            Bar.inspector_id.in_(select(Inspector.id).where(Inspector.code == question.inspector))
        )
    if question.target:
        chosen = chosen.where(Bar.target_id.in_(select(Target.id).where(Target.code == question.target)))
    if question.source:
        chosen = chosen.where(Bar.source == question.source)
    if question.on:
        chosen = chosen.where(
            or_(Bar.valid_from.is_(None), Bar.valid_from <= question.on),
            or_(Bar.valid_to.is_(None), Bar.valid_to >= question.on),
        )
    page = page_of(session, chosen.order_by(Bar.id.desc()), number, size)
    return replace(page, rows=_shown(session, page.rows))


def bars_of(
    session: Session, *, inspector_id: int | None = None, target_id: int | None = None
) -> list[BarShown]:
    """The bars of an inspector or of a target that may be seen."""
    chosen = select(Bar).where(*(
        column == value
        for column, value in ((Bar.inspector_id, inspector_id), (Bar.target_id, target_id))
        if value is not None
    ))  # fmt: skip
    return _shown(session, session.scalars(chosen.order_by(Bar.id)).all())


def _shown(session: Session, bars: Sequence[Bar]) -> list[BarShown]:
    inspectors = _by_id(session, Inspector, {bar.inspector_id for bar in bars})
    targets = _by_id(session, Target, {bar.target_id for bar in bars})
    return [BarShown(bar, inspectors.get(bar.inspector_id), targets.get(bar.target_id)) for bar in bars]


def _by_id(session: Session, model: Any, ids: set[int]) -> Mapping[int, Any]:
    rows = session.scalars(select(model).where(among(session, model.id, sorted(ids))))
    return {row.id: row for row in rows}


def special_registries(session: Session) -> list[SpecialRegistry]:
    """All special registries (专项库)."""
    return list(session.scalars(select(SpecialRegistry).order_by(SpecialRegistry.code)))


def imports_page(session: Session, kind: str = "", number: int = 1, size: int = SIZE) -> Page[ImportShown]:
    """One page of the imports that may be seen, the newest first, with who did them."""
    chosen = select(Import).order_by(Import.id.desc())
    if kind:
        chosen = chosen.where(Import.kind == kind)
    page = page_of(session, chosen, number, size)
    persons = _by_id(session, Person, {each.person_id for each in page.rows if each.person_id})
    names = {id_: person.name for id_, person in persons.items()}
    return replace(page, rows=[ImportShown(each, names.get(each.person_id or 0, "")) for each in page.rows])


def target_rows(
    session: Session, question: TargetQuestion, columns: Sequence[str], ids: Sequence[int]
) -> Sequence[Sequence[Any]]:
    """These columns of those of some targets that are asked for at this moment, the oldest first."""
    chosen = select(*(getattr(Target, name) for name in columns))
    met = ids_met(session, question, ids)
    return session.execute(chosen.where(among(session, Target.id, met)).order_by(Target.id)).all()


def inspector_ids(session: Session, question: InspectorQuestion) -> Iterator[list[int]]:
    """The ids of all inspectors that are asked for, by code, in pieces."""
    chosen = _inspectors(question).with_only_columns(Inspector.id).order_by(Inspector.code)
    ids = list(session.scalars(chosen))
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def inspector_rows(session: Session, question: InspectorQuestion, ids: Sequence[int]) -> list[InspectorRow]:
    """Those of some inspectors that are asked for at this moment, by code."""
    departments = {each.id: each.code for each in session.execute(select(Department.id, Department.code))}
    held = select(Certificate).where(among(session, Certificate.inspector_id, ids))
    lasting = {each.inspector_id: each for each in session.scalars(held.order_by(Certificate.expires_on))}
    chosen = _inspectors(question).where(among(session, Inspector.id, ids)).order_by(Inspector.code)
    return [
        InspectorRow(each, lasting.get(each.id), departments[each.department_id])
        for each in session.scalars(chosen)
    ]
