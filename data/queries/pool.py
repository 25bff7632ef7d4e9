"""The pool of a campaign: which targets and inspectors stand in the lists to be frozen, and how many do not, by reason.

Counted over all departments, whatever the session may see: a target that another department has just inspected is
excluded although its visit is nobody else's business. So these queries go to the tables; only numbers and the rows
of the pool come back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Label, Row, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from data.models import (
    Campaign,
    Certificate,
    Draw,
    Inspector,
    Leave,
    PairBar,
    Permit,
    Result,
    Target,
    TargetLabel,
    Visit,
)
from data.scope import division_of

_target = Target.__table__.c
_inspector = Inspector.__table__.c


class Wanted(NamedTuple):
    """A condition: its field, and the values of which one must hold."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class PoolQuestion:
    """Whose targets, under which conditions, on which day; `yearly_cap` None where none binds."""

    jurisdiction_code: str
    conditions: tuple[Wanted, ...]
    today: date
    exclude_days: int
    yearly_cap: int | None


class Step(NamedTuple):
    """How many targets a condition or an exclusion takes out, of those that passed all before it."""

    reason: str
    taken_out: int


def pool_steps(session: Session, question: PoolQuestion) -> tuple[int, list[Step], int]:
    """All targets of the jurisdiction, how many each step takes out, and how many are left."""
    left = session.execute(_count(_within(question))).scalar_one()
    total, steps, passed = left, [], [_within(question)]
    for reason, condition in _conditions(question):
        passed.append(condition)
        still = session.execute(_count(*passed)).scalar_one()
        steps.append(Step(reason, left - still))
        left = still
    return total, steps, left


ALL = "all"
"""The one stratum where there are no strata."""
_STRATA = {"risk_class": _target.risk_class, "region": _target.region, "type": _target.type}


def pooled_targets(
    session: Session, question: PoolQuestion, strata_by: str
) -> Iterator[Row[str, str, str, str]]:
    """The targets of the pool as they come, in no order: the property that the strata go by, code, region and name."""
    columns = (_stratum(strata_by), _target.code, _target.region, _target.name)
    conditions = [condition for _, condition in _conditions(question)]
    rows = session.execute(
        select(*columns).where(_within(question), *conditions), execution_options={"yield_per": 10_000}
    )
    return chain.from_iterable(rows.partitions())


def strata_sizes(session: Session, question: PoolQuestion, strata_by: str) -> list[tuple[str, int]]:
    """How many targets of the pool have each value of the property that the strata go by."""
    conditions = [condition for _, condition in _conditions(question)]
    column = _stratum(strata_by)
    rows = session.execute(
        select(column, func.count())
        .select_from(Target.__table__)
        .where(_within(question), *conditions)
        .group_by(column)
    )
    return [(row[0], row[1]) for row in rows]


def _stratum(strata_by: str) -> Label[str]:
    by: ColumnElement[str] = _STRATA[strata_by] if strata_by in _STRATA else literal(ALL)
    return by.label("stratum")


def of_pool(question: PoolQuestion) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a row of targets stands in the pool."""
    return (_within(question), *(condition for _, condition in _conditions(question)))


def _count(*conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(Target.__table__).where(*conditions)


def _within(question: PoolQuestion) -> ColumnElement[bool]:
    return _target.jurisdiction_code.startswith(division_of(question.jurisdiction_code), autoescape=True)


def _conditions(question: PoolQuestion) -> list[tuple[str, ColumnElement[bool]]]:
    """Conditions in the order written, then exclusions: not active, inspected lately, cap of the year reached."""
    found = [(f"condition:{each.field}", _holds(each, question.today)) for each in question.conditions]
    found.append(("not_active", _target.state == "active"))
    if question.exclude_days:
        since = question.today - timedelta(days=question.exclude_days)
        found.append(("inspected_lately", ~_inspected_since(since)))
    if question.yearly_cap is not None:
        found.append(("yearly_cap", _visits_of_year(question.today.year) < question.yearly_cap))
    return found


def _holds(wanted: Wanted, today: date) -> ColumnElement[bool]:
    return _FIELDS[wanted.field](wanted.values, today)


def _any(make: Callable[[str], ColumnElement[bool]], values: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(make(value) for value in values))


def _labelled(values: Sequence[str], today: date) -> ColumnElement[bool]:
    label = TargetLabel.__table__.c
    return exists(
        select(literal(1)).where(
            label.target_id == _target.id,
            label.label.in_(values),
            label.valid_from <= today,
            or_(label.valid_to.is_(None), label.valid_to >= today),
        )
    )


def _registered(values: Sequence[str], today: date) -> ColumnElement[bool]:
    permit = Permit.__table__.c
    return exists(
        select(literal(1)).where(
            permit.target_id == _target.id,
            permit.registry_code.in_(values),
            permit.state == "valid",
            or_(permit.expires_on.is_(None), permit.expires_on >= today),
        )
    )


def _truth(column: ColumnElement[bool]) -> Callable[[Sequence[str], date], ColumnElement[bool]]:
    return lambda values, _: column.is_(values[0] in ("yes", "true", "1", "是"))


def _has(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """Whether a text holds another, letter for letter: LIKE of SQLite knows no case, that of PostgreSQL does."""
    return func.length(func.replace(column, value, "")) < func.length(column)


_FIELDS: dict[str, Callable[[Sequence[str], date], ColumnElement[bool]]] = {
    "type": lambda values, _: _target.type.in_(values),
    "industry": lambda values, _: _any(lambda v: func.substr(_target.industry, 1, len(v)) == v, values),
    "region": lambda values, _: _any(
        lambda v: _target.region.startswith(division_of(v), autoescape=True), values
    ),
    "risk_class": lambda values, _: _target.risk_class.in_(values),
    "label": _labelled,
    "registry": _registered,
    "name_has": lambda values, _: _any(lambda v: _has(_target.name, v), values),
    "scope_has": lambda values, _: _any(lambda v: _has(_target.business, v), values),
    # ISO dates compare as text; a target without a date is in no period
    "established_from": lambda values, _: _target.established_on >= values[0],
    "established_to": lambda values, _: and_(
        _target.established_on <= values[0], _target.established_on != ""
    ),
    "abnormal": _truth(_target.abnormal),
    "serious": _truth(_target.serious),
}


def _inspected_since(since: date) -> ColumnElement[bool]:
    visit, result = Visit.__table__.c, Result.__table__.c
    return exists(
        select(literal(1))
        .where(visit.target_id == _target.id, result.visit_id == visit.id, result.inspected_on >= since)
        .select_from(Visit.__table__, Result.__table__)
    )


def _visits_of_year(year: int) -> ColumnElement[int]:
    """How many campaigns inspected a target in a year; a joint visit is one, and what the cap excepts is none."""
    visit, result, draw, campaign = (each.__table__.c for each in (Visit, Result, Draw, Campaign))
    return (
        select(func.count(draw.campaign_id.distinct()))
        .where(
            visit.target_id == _target.id,
            result.visit_id == visit.id,
            result.inspected_on.between(date(year, 1, 1), date(year, 12, 31)),
            draw.id == visit.draw_id,
            campaign.id == draw.campaign_id,
            campaign.cap_exception == "",
        )
        .correlate(Target.__table__)
        .scalar_subquery()
    )


class PooledInspector(NamedTuple):
    """An inspector of the pool."""

    id: int
    code: str
    department_id: int
    qualifications: str
    home: str
    regions: str
    capacity: int
    name: str


class KeptOut(NamedTuple):
    """How many inspectors a rule keeps out of the pool, by itself, and of those that no rule before it kept out."""

    reason: str
    alone: int
    added: int


def inspectors_kept_out(
    session: Session, department_ids: Sequence[int], first: date, last: date
) -> tuple[int, list[KeptOut]]:
    """All inspectors of the departments, and how many each rule keeps out of the pool, counted in one pass."""
    rules = _eligibility(first, last)
    counts, passed = [func.count()], list[ColumnElement[bool]]()
    for _, condition in rules:
        counts += [_times(~condition), _times(and_(~condition, *passed))]
        passed.append(condition)
    chosen = select(*counts).where(_inspector.department_id.in_(department_ids))
    total, *found = session.execute(chosen).one()
    pairs = zip(found[::2], found[1::2], strict=True)
    return total, [KeptOut(reason, *pair) for (reason, _), pair in zip(rules, pairs, strict=True)]


def _times(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def inspector_steps(
    session: Session, department_ids: Sequence[int], first: date, last: date
) -> tuple[int, list[Step], int]:
    """All inspectors of the departments, how many each rule keeps out of the pool, and how many are left."""
    total, rules = inspectors_kept_out(session, department_ids, first, last)
    steps = [Step(each.reason, each.added) for each in rules]
    return total, steps, total - sum(step.taken_out for step in steps)


def pooled_inspectors(
    session: Session, department_ids: Sequence[int], first: date, last: date
) -> list[PooledInspector]:
    """Inspectors who may be drawn for a campaign of these days."""
    columns = (
        *(_inspector.id, _inspector.code, _inspector.department_id, _inspector.qualifications),
        *(_inspector.home, _inspector.regions, _inspector.capacity, _inspector.name),
    )
    conditions = [condition for _, condition in _eligibility(first, last)]
    rows = session.execute(select(*columns).where(_inspector.department_id.in_(department_ids), *conditions))
    return [PooledInspector(*row) for row in rows]


def _eligibility(first: date, last: date) -> list[tuple[str, ColumnElement[bool]]]:
    certificate, leave = Certificate.__table__.c, Leave.__table__.c
    has_one = exists(select(literal(1)).where(certificate.inspector_id == _inspector.id))
    lasts = exists(
        select(literal(1)).where(certificate.inspector_id == _inspector.id, certificate.expires_on >= last)
    )
    away = exists(
        select(literal(1)).where(
            leave.inspector_id == _inspector.id, leave.first_day <= first, leave.last_day >= last
        )
    )
    return [
        ("not_active", _inspector.state == "active"),
        ("no_certificate", has_one),
        ("certificate_expires", or_(~has_one, lasts)),
        ("away", ~away),
    ]


def pair_bars_among(
    session: Session, inspectors: Iterable[PooledInspector], first: date, last: date
) -> list[tuple[int, int, str]]:
    """Bars between two inspectors of the pool that hold on a day of the campaign."""
    bar = PairBar.__table__.c
    ids = {each.id for each in inspectors}
    rows = session.execute(
        select(bar.inspector_id, bar.other_id, func.min(bar.ground))
        .where(*in_force(bar.valid_from, bar.valid_to, first, last))
        .group_by(bar.inspector_id, bar.other_id)
    )
    return [(row[0], row[1], row[2]) for row in rows if row[0] in ids and row[1] in ids]


def in_force(since: Any, until: Any, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions that something holds on one of the days, as its own first and last day say; NULL is without end."""
    return (
        or_(since.is_(None), since <= last),
        or_(until.is_(None), until >= first),
    )
