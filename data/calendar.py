"""The calendar of working days: its seed, a year's notice, its rows. What it may say is data/reference/README.md."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any, Literal

from chinese_calendar import is_workday
from chinese_calendar.constants import holidays as known_holidays
from chinese_calendar.constants import workdays as known_make_up_days
from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from data.models.obligations import CalendarDay

FIRST_YEAR = 2004
LAST_YEAR = 2040
LAST_KNOWN_YEAR: int = max(known_holidays).year
"""The last year whose notice the package `chinesecalendar` has."""

# what the notice says and the package does not
CORRECTIONS = {date(2005, 12, 31): (True, "国办发明电〔2005〕35号")}

FaultCode = Literal["out_of_year", "twice", "weekday_already_worked", "gap"]


@dataclass(frozen=True, slots=True)
class NoticeFault:
    """A day that can't stand in a holiday notice as it does; `gap`: days before it are missing in the calendar."""

    code: FaultCode
    day: date


def seed_calendar(session: Session) -> int:
    """Put in the days the calendar hasn't got, 2004 to 2040; how many. What is there stays: a notice may have come."""
    there = set(session.scalars(select(CalendarDay.day)))
    missing = [row for row in _seed() if row["day"] not in there]
    if missing:
        session.execute(insert(CalendarDay), missing)
    return len(missing)


def announce_year(
    session: Session, year: int, holidays: Collection[date], make_up_days: Collection[date], notice: str
) -> list[NoticeFault]:
    """Replace a year by its holiday notice (放假安排): all days off, and the make-up days (调休上班日).

    Days of the December before are changed one by one; days which the next year's notice has already decided stay.
    Nothing is written if there are faults.
    """
    if faults := _notice_faults(year, holidays, make_up_days) + _gaps(session, year, holidays, make_up_days):
        return faults
    told = dict.fromkeys(holidays, False) | dict.fromkeys(make_up_days, True)
    later = set(session.scalars(select(CalendarDay.day).where(_in(year), CalendarDay.notice_year > year)))
    whole = {day: told.get(day, day.weekday() < 5) for day in _days(year, year) if day not in later}
    rows = {day: works for day, works in told.items() if day.year < year} | whole
    session.execute(delete(CalendarDay).where(CalendarDay.day.in_(rows)))
    session.execute(insert(CalendarDay), [_row(day, works, notice, year) for day, works in rows.items()])
    session.expire_all()
    return []


def calendar_rows(session: Session) -> Sequence[tuple[date, bool, bool]]:
    """All days in order: the day, whether it is a working day, whether a notice has decided on it."""
    rows = select(CalendarDay.day, CalendarDay.is_workday, CalendarDay.notice_year).order_by(CalendarDay.day)
    return [(day, works, year is not None) for day, works, year in session.execute(rows)]


def _seed() -> Iterator[dict[str, Any]]:
    package = f"chinesecalendar {version('chinesecalendar')}"
    for day in _days(FIRST_YEAR, LAST_KNOWN_YEAR):
        works, source = CORRECTIONS.get(day, (is_workday(day), package))
        yield _row(day, works, source, _notice_year(day))
    for day in _days(LAST_KNOWN_YEAR + 1, LAST_YEAR):
        yield _row(day, day.weekday() < 5, "weekday", None)


def _notice_year(day: date) -> int:
    """A December day that is special is so by the notice for the next New Year."""
    special = day in known_holidays or day in known_make_up_days or day in CORRECTIONS
    return day.year + 1 if day.month == 12 and special else day.year


def _row(day: date, works: bool, source: str, notice_year: int | None) -> dict[str, Any]:
    return {"day": day, "is_workday": works, "source": source, "notice_year": notice_year}


def _notice_faults(
    year: int, holidays: Collection[date], make_up_days: Collection[date]
) -> list[NoticeFault]:
    first, last = date(year - 1, 12, 1), date(year, 12, 31)
    faults = [
        NoticeFault("out_of_year", day) for day in (*holidays, *make_up_days) if not first <= day <= last
    ]
    faults += [NoticeFault("twice", day) for day in sorted(set(holidays) & set(make_up_days))]
    faults += [NoticeFault("weekday_already_worked", day) for day in make_up_days if day.weekday() < 5]
    return faults


def _gaps(
    session: Session, year: int, holidays: Collection[date], make_up_days: Collection[date]
) -> list[NoticeFault]:
    """Days whose rows would stand alone: those of a December, or a year, that the calendar doesn't reach."""
    needed = {day for day in (*holidays, *make_up_days) if day.year < year}
    if session.get(CalendarDay, date(year, 1, 1)) is None:
        needed.add(date(year - 1, 12, 31))
    there = set(session.scalars(select(CalendarDay.day).where(CalendarDay.day.in_(needed))))
    return [NoticeFault("gap", day) for day in sorted(needed - there)]


def _in(year: int) -> ColumnElement[bool]:
    return CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))


def _days(first_year: int, last_year: int) -> Iterator[date]:
    first = date(first_year, 1, 1)
    return (first + timedelta(n) for n in range((date(last_year + 1, 1, 1) - first).days))
