"""Questions about timetables (排期): who goes where on which day, who can't, and how full the days are.

Most are asked of the tables: all departments go to a target together, so whoever of them puts the visit on a day has to
reckon with the teams, the days and the leave of the others, though he sees little else of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, or_, select, true, update
from sqlalchemy.orm import Session, joinedload

from data.models import (
    Blackout,
    Inspector,
    Jurisdiction,
    Leave,
    Target,
    TargetWindow,
    TeamMember,
    Timetable,
    UnplacedTarget,
    Visit,
)
from data.queries.paging import Page, page_of

DISTRICT = 6
"""So many digits of a division code name the district (区县)."""
_OVER = ("entered", "returned", "accepted", "disclosed")
"""The states of a visit that was made."""


@dataclass(frozen=True)
class Stop:
    """A drawn target on its day: what all departments do there together.

    `begun` where one of them has made its visit; `waiting` are the departments that have not.
    """

    target_id: int
    code: str
    name: str
    region: str
    day: date | None
    begun: bool
    waiting: tuple[int, ...]


@dataclass(frozen=True)
class Seat:
    """An inspector in the team of a target."""

    department_id: int
    inspector_id: int


@dataclass(frozen=True)
class Away:
    """Days of leave of an inspector."""

    inspector_id: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Load:
    """How many targets of a district are visited on a day, and how many of these visits have been made."""

    day: date | None
    district: str
    targets: int
    begun: int


def timetable(session: Session, draw_id: int) -> Timetable | None:
    """The timetable of a draw, if somebody has made one or set its limit."""
    return session.get(Timetable, draw_id)


def stops(session: Session, draw_id: int, target_ids: Collection[int] | None = None) -> list[Stop]:
    """The targets of a draw, or some of them, that are to be visited or were, in the order of their ids."""
    visit, target = Visit.__table__.c, Target.__table__.c
    asked = (
        select(
            visit.target_id,
            target.code,
            target.name,
            target.region,
            visit.department_id,
            visit.state,
            visit.planned_on,
        )
        .where(visit.target_id == target.id, visit.draw_id == draw_id, visit.state != "void")
        .order_by(visit.target_id, visit.department_id)
    )
    if target_ids is not None:
        asked = asked.where(visit.target_id.in_(target_ids))
    rows = session.execute(asked)
    return [_stop(key[0], key[1], key[2], key[3], parts) for key, parts in groupby(rows, lambda row: row[:4])]


def _stop(target_id: int, code: str, name: str, region: str, parts: Iterable[Sequence[Any]]) -> Stop:
    """The visit of all departments: on the day of those that are still open, as these have the same."""
    rows = [row[4:] for row in parts]
    still = [(department, day) for department, state, day in rows if state == "open"]
    days = [day for _, day in still if day] or [day for _, _, day in rows if day]
    return Stop(
        target_id,
        code,
        name,
        region,
        min(days, default=None),
        any(state in _OVER for _, state, _ in rows),
        tuple(department for department, _ in still),
    )


def on_days(session: Session, draw_id: int, days: Collection[date]) -> list[int]:
    """The ids of the targets that are visited on some days."""
    visit = Visit.__table__.c
    asked = select(visit.target_id).where(
        visit.draw_id == draw_id, visit.planned_on.in_(days), visit.state != "void"
    )
    return sorted(set(session.scalars(asked)))


def seats(
    session: Session, draw_id: int, target_ids: Collection[int] | None = None
) -> Mapping[int, tuple[Seat, ...]]:
    """The teams of all departments as they stand, by target."""
    seat = TeamMember.__table__.c
    asked = select(seat.target_id, seat.department_id, seat.version, seat.inspector_id).where(
        seat.draw_id == draw_id
    )
    if target_ids is not None:
        asked = asked.where(seat.target_id.in_(target_ids))
    newest = asked.order_by(
        seat.target_id, seat.department_id, seat.version.desc(), seat.role, seat.inspector_id
    )
    found: dict[int, list[Seat]] = {}
    for (target, department), rows in groupby(session.execute(newest), lambda row: row[:2]):
        team = list(rows)
        found.setdefault(target, []).extend(
            Seat(department, each[3]) for each in team if each[2] == team[0][2]
        )
    return {target: tuple(team) for target, team in found.items()}


def away(session: Session, inspector_ids: Collection[int], first: date, last: date) -> tuple[Away, ...]:
    """The leave of inspectors, of whatever department, that touches some days."""
    leave = Leave.__table__.c
    wanted = set(inspector_ids)
    rows = session.execute(
        select(leave.inspector_id, leave.first_day, leave.last_day)
        .where(leave.first_day <= last, leave.last_day >= first)
        .order_by(leave.inspector_id, leave.first_day)
    )
    return tuple(Away(*row) for row in rows if row[0] in wanted)


def elsewhere(
    session: Session, draw_id: int, inspector_ids: Collection[int], first: date, last: date
) -> Mapping[tuple[int, date], int]:
    """How many visits of other campaigns each inspector makes on each of some days."""
    visit, seat = Visit.__table__.c, TeamMember.__table__.c
    later = TeamMember.__table__.alias("later").c
    newest = (
        select(func.max(later.version))
        .where(
            later.draw_id == seat.draw_id,
            later.target_id == seat.target_id,
            later.department_id == seat.department_id,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(seat.inspector_id, visit.planned_on)
        .where(
            visit.draw_id == seat.draw_id,
            visit.target_id == seat.target_id,
            visit.department_id == seat.department_id,
            visit.draw_id != draw_id,
            visit.state != "void",
            visit.planned_on.between(first, last),
            seat.version == newest,
        )
        .order_by(seat.inspector_id, visit.planned_on)
    )
    wanted = set(inspector_ids)
    return Counter((row[0], row[1]) for row in rows if row[0] in wanted)


def blackouts(session: Session, campaign_id: int) -> list[Blackout]:
    """The days of a campaign without inspections, the first ones first."""
    asked = select(Blackout).where(Blackout.campaign_id == campaign_id)
    return list(
        session.scalars(
            asked.options(joinedload(Blackout.department)).order_by(Blackout.first_day, Blackout.id)
        )
    )


def blackout(session: Session, number: int) -> Blackout | None:
    """Days without inspections, if they may be seen."""
    return session.scalar(select(Blackout).where(Blackout.id == number))


def windows(session: Session, draw_id: int, target_ids: Collection[int] | None = None) -> list[TargetWindow]:
    """When the targets of a draw, or some of them, are closed or produce, by target."""
    asked = select(TargetWindow).where(TargetWindow.draw_id == draw_id)
    if target_ids is not None:
        asked = asked.where(TargetWindow.target_id.in_(target_ids))
    return list(session.scalars(asked.order_by(TargetWindow.target_id, TargetWindow.first_day)))


def page_of_windows(session: Session, draw_id: int, number: int) -> Page[TargetWindow]:
    """A page of the same with their targets, the first ones first."""
    asked = select(TargetWindow).where(TargetWindow.draw_id == draw_id)
    ordered = asked.options(joinedload(TargetWindow.target)).order_by(TargetWindow.first_day, TargetWindow.id)
    return page_of(session, ordered, number)


def window(session: Session, number: int) -> TargetWindow | None:
    """A window of a target, if it may be seen."""
    return session.scalar(select(TargetWindow).where(TargetWindow.id == number))


def unplaced_among(session: Session, draw_id: int, target_ids: Collection[int]) -> list[UnplacedTarget]:
    """For which of some targets the timetable found no day, and why."""
    asked = select(UnplacedTarget).where(
        UnplacedTarget.draw_id == draw_id, UnplacedTarget.target_id.in_(target_ids)
    )
    return list(session.scalars(asked))


def to_place(session: Session, draw_id: int, again: bool) -> bool:
    """Whether a draw has open visits without a day; `again`: open visits at all."""
    visit = Visit.__table__.c
    asked = select(visit.id).where(visit.draw_id == draw_id, visit.state == "open")
    return session.scalar((asked if again else asked.where(visit.planned_on.is_(None))).limit(1)) is not None


def keep_unplaced(session: Session, draw_id: int, found: Iterable[UnplacedTarget]) -> None:
    """Keep for what the timetable found no day, in the place of what it did not find before."""
    session.execute(delete(UnplacedTarget).where(UnplacedTarget.draw_id == draw_id))
    session.add_all(found)


def set_days(session: Session, draw_id: int, days: Mapping[int, date | None]) -> None:
    """Put the open visits of all departments to some targets on days, or take their days.

    Of the table: the joint visit has one day, whoever of the departments sets it. A target with a day is unplaced no more.
    """
    tables = Visit.metadata.tables
    visit, unplaced = tables[Visit.__tablename__], tables[UnplacedTarget.__tablename__]
    if not days:
        return
    rows = [{"of_target": target_id, "on": day} for target_id, day in sorted(days.items())]
    session.execute(
        update(visit)
        .where(
            visit.c.draw_id == draw_id, visit.c.target_id == bindparam("of_target"), visit.c.state == "open"
        )
        .values(planned_on=bindparam("on")),
        rows,
    )
    if placed := [{"of_target": row["of_target"]} for row in rows if row["on"]]:
        of_target = unplaced.c.target_id == bindparam("of_target")
        session.execute(delete(unplaced).where(unplaced.c.draw_id == draw_id, of_target), placed)


def inspectors(session: Session, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Code and name of inspectors of whatever department."""
    table = Inspector.__table__.c
    wanted = set(ids)
    rows = session.execute(select(table.id, table.code, table.name))
    return {row[0]: (row[1], row[2]) for row in rows if row[0] in wanted}


def names_by_code(session: Session, codes: Collection[str]) -> dict[str, str]:
    """What inspectors of whatever department are called."""
    table = Inspector.__table__.c
    rows = session.execute(select(table.code, table.name).where(table.code.in_(codes)))
    return {row[0]: row[1] for row in rows}


# What a calendar shows: of the visits of one department, as each department has one to every target


def loads(session: Session, draw_id: int, department_id: int) -> list[Load]:
    """How many targets of each district are visited on each day."""
    district = func.substr(Target.region, 1, DISTRICT)
    made = func.sum(case((Visit.state.in_(_OVER), 1), else_=0))
    rows = session.execute(
        select(Visit.planned_on, district, func.count(Visit.id), made)
        .join(Target, Target.id == Visit.target_id)
        .where(*_of(draw_id, department_id))
        .group_by(Visit.planned_on, district)
        .order_by(district)
    )
    return [Load(row[0], row[1], row[2], row[3]) for row in rows]


def _of(draw_id: int, department_id: int) -> tuple[ColumnElement[bool], ...]:
    return Visit.draw_id == draw_id, Visit.department_id == department_id, Visit.state != "void"


@dataclass(frozen=True)
class Shown:
    """Which visits a list or a calendar is to show; what is empty asks nothing."""

    day: date | None = None
    without_day: bool = False
    department: int | None = None
    inspector: str = ""
    district: str = ""
    word: str = ""


def shown(
    session: Session, draw_id: int, department_id: int, wanted: Shown, number: int, size: int
) -> Page[Visit]:
    """A page of visits by day and district, those without a day first."""
    asked = (
        select(Visit)
        .join(Target, Target.id == Visit.target_id)
        .where(*_of(draw_id, department_id), *_wanted(wanted))
        .options(joinedload(Visit.target))
        .order_by(Visit.planned_on.is_not(None), Visit.planned_on, Target.region, Target.code)
    )
    return page_of(session, asked, number, size)


def between(
    session: Session, draw_id: int, department_id: int, first: date, last: date, most: int
) -> list[Visit]:
    """The visits of some days by day and district, if they are no more than so many; else none."""
    asked = (
        select(Visit)
        .join(Target, Target.id == Visit.target_id)
        .where(*_of(draw_id, department_id), Visit.planned_on.between(first, last))
        .options(joinedload(Visit.target))
        .order_by(Visit.planned_on, Target.region, Target.code)
        .limit(most + 1)
    )
    found = list(session.scalars(asked))
    return found if len(found) <= most else []


def _wanted(wanted: Shown) -> Iterable[ColumnElement[bool]]:
    if wanted.day:
        yield Visit.planned_on == wanted.day
    if wanted.without_day:
        yield and_(Visit.planned_on.is_(None), Visit.state == "open")
    if wanted.district:
        yield Target.region.startswith(wanted.district, autoescape=True)
    if wanted.word:
        like = {"autoescape": True}
        yield or_(Target.name.contains(wanted.word, **like), Target.code.contains(wanted.word, **like))
    if wanted.inspector:
        yield Visit.target_id.in_(_targets_of(wanted))


def _targets_of(wanted: Shown):  # type: ignore[no-untyped-def]
    """The targets in whose newest team, of one department or any, somebody of this code or name sits."""
    seat, inspector = TeamMember.__table__.alias("seat").c, Inspector.__table__.c
    later = TeamMember.__table__.alias("later").c
    newest = (
        select(func.max(later.version))
        .where(
            later.draw_id == seat.draw_id,
            later.target_id == seat.target_id,
            later.department_id == seat.department_id,
        )
        .scalar_subquery()
    )
    of_department = seat.department_id == wanted.department if wanted.department else true()
    named = or_(inspector.code == wanted.inspector, inspector.name == wanted.inspector)
    return select(seat.target_id).where(
        seat.draw_id == Visit.draw_id,
        seat.inspector_id == inspector.id,
        seat.version == newest,
        of_department,
        named,
    )


def district_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """What districts are called, by the digits they begin with."""
    rows = session.execute(select(Jurisdiction.code, Jurisdiction.name).order_by(Jurisdiction.code.desc()))
    found = {row[0][:DISTRICT]: row[1] for row in rows}  # the district itself comes last of those below it
    return {code: found[code] for code in codes if code in found}
