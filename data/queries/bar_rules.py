"""What the registries and the visits of before say about which inspector may not inspect which target (排除情形).

Each question is one statement over all inspectors of some departments; what comes back is as long as what was declared,
recorded or inspected, never as long as the product of inspectors and targets. Like the pool (data/queries/pool.py) these
go to the tables, whatever the session may see: a bar of another department's inspector holds too, and only the draw is
told of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, insert, select
from sqlalchemy.orm import Session

from data.models import (
    Bar,
    BarCount,
    Declaration,
    Inspector,
    Residence,
    Result,
    Target,
    TeamMember,
    Visit,
)
from data.queries.pool import PoolQuestion, in_force, of_pool

_target = Target.__table__.c
_inspector = Inspector.__table__.c
_OF_TARGET = (_target.code, _target.region)


class Barred(NamedTuple):
    """A pair that may not meet: the inspector, the target's code and region, and the ground (事由)."""

    inspector_id: int
    target: str
    region: str
    ground: str


@dataclass(frozen=True)
class BarQuestion:
    """The inspectors of which departments, on which days, and which targets; None is all there are."""

    department_ids: Sequence[int]
    first: date
    last: date
    targets: PoolQuestion | None


def registered(session: Session, asked: BarQuestion) -> list[Barred]:
    """The bars of the registry that hold on one of the days; of one pair the first by ground."""
    bar = Bar.__table__.c
    chosen = (
        select(bar.inspector_id, *_OF_TARGET, func.min(bar.ground))
        .join(Target.__table__, _target.id == bar.target_id)
        .where(*in_force(bar.valid_from, bar.valid_to, asked.first, asked.last), *_concerned(bar, asked))
        .group_by(bar.inspector_id, *_OF_TARGET)
    )
    return [Barred(*row) for row in session.execute(chosen)]


def declared(session: Session, asked: BarQuestion, kind: str) -> list[Barred]:
    """What was declared of this kind and holds on one of the days, of targets by code, or by name where no code is told."""
    told = Declaration.__table__.c
    holds = (
        told.kind == kind,
        *in_force(told.since, told.until, asked.first, asked.last),
        _of_departments(told, asked),
    )
    by_code = (
        select(told.inspector_id, *_OF_TARGET)
        .join(Target.__table__, _target.code == told.target_code)
        .where(*holds, told.target_code != "", *_pooled(asked))
    )
    named = _by_name(session, asked, (*holds, told.target_code == ""))
    return list(dict.fromkeys(Barred(*row, kind) for row in chain(session.execute(by_code), named)))


def _by_name(
    session: Session, asked: BarQuestion, holds: Sequence[ColumnElement[bool]]
) -> Iterator[tuple[int, str, str]]:
    told = Declaration.__table__.c
    rows = session.execute(select(told.inspector_id, told.target_name).where(*holds)).all()
    if not rows:
        return
    # names have no index: one pass over the targets for all of them, where a join would make one for each
    names = _target.name.in_(select(told.target_name).where(*holds))
    meant = defaultdict[str, list[tuple[str, str]]](list)
    for name, code, region in session.execute(
        select(_target.name, *_OF_TARGET).where(names, *_pooled(asked))
    ):
        meant[name].append((code, region))
    for inspector, name in rows:
        yield from ((inspector, *target) for target in meant[name])


def last_teams(session: Session, asked: BarQuestion, visits: int, ground: str) -> list[Barred]:
    """Who was in the teams of the last so many visits of a department to a target; a visit without a result is none."""
    member, later = TeamMember.__table__, TeamMember.__table__.alias("later")
    lately = _ranked_visits(asked).subquery("lately")
    same = ("draw_id", "target_id", "department_id")
    last_version = (
        select(func.max(later.c.version)).where(*(later.c[name] == member.c[name] for name in same))
    ).scalar_subquery()
    chosen = (
        select(member.c.inspector_id, lately.c.code, lately.c.region)
        .join(lately, and_(*(member.c[name] == lately.c[name] for name in same)))
        .where(lately.c.place <= visits, member.c.version == last_version, _of_departments(member.c, asked))
        .distinct()
    )
    return [Barred(*row, ground) for row in session.execute(chosen)]


def _ranked_visits(asked: BarQuestion) -> Select[Any]:
    """Visits with a result, numbered for each target and department from the latest back."""
    # under names of their own: the conditions of the pool ask for visits too, and would be asked of these
    visit, result = Visit.__table__.alias("past_visit"), Result.__table__.alias("past_result")
    later = Result.__table__.alias("later_result")
    last_version = (select(func.max(later.c.version)).where(later.c.visit_id == visit.c.id)).scalar_subquery()
    place = func.row_number().over(
        partition_by=(visit.c.target_id, visit.c.department_id),
        order_by=(result.c.inspected_on.desc(), visit.c.id.desc()),
    )
    return (
        select(visit.c.draw_id, visit.c.target_id, visit.c.department_id, *_OF_TARGET, place.label("place"))
        .select_from(visit)
        .join(result, (result.c.visit_id == visit.c.id) & (result.c.version == last_version))
        .join(Target.__table__, _target.id == visit.c.target_id)
        .where(*_pooled(asked))
    )


def streets(session: Session, department_ids: Sequence[int]) -> dict[int, str]:
    """The streets in which inspectors live, of those of whom it is known."""
    home = Residence.__table__.c
    chosen = select(home.inspector_id, home.street).where(
        home.inspector_id.in_(select(_inspector.id).where(_inspector.department_id.in_(department_ids)))
    )
    return {row[0]: row[1] for row in session.execute(chosen)}


def keep_counts(session: Session, draw_id: int, attempt: int, rows: Iterable[dict[str, Any]]) -> None:
    """Store what the rules took out of the lists of an attempt."""
    of = {"draw_id": draw_id, "attempt": attempt}
    session.execute(insert(BarCount), [of | row for row in rows])


def counts_of(session: Session, draw_id: int, attempt: int) -> list[BarCount]:
    """What the rules took out of the lists of an attempt, as far as the draw may be seen."""
    chosen = select(BarCount).where(BarCount.draw_id == draw_id, BarCount.attempt == attempt)
    return list(session.scalars(chosen))


def _concerned(named: Any, asked: BarQuestion) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a row is of one of the inspectors and one of the targets."""
    return (_of_departments(named, asked), *_pooled(asked))


def _of_departments(named: Any, asked: BarQuestion) -> ColumnElement[bool]:
    people = select(_inspector.id).where(_inspector.department_id.in_(asked.department_ids))
    found: ColumnElement[bool] = named.inspector_id.in_(people)
    return found


def _pooled(asked: BarQuestion) -> tuple[ColumnElement[bool], ...]:
    return of_pool(asked.targets) if asked.targets else ()
