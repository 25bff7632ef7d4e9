"""The seeded calendar is the official one, and a notice replaces a year without touching another."""

from datetime import date, timedelta

import holidays
import pytest
from chinese_calendar import is_workday
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.calendar import (
    CORRECTIONS,
    LAST_KNOWN_YEAR,
    NoticeFault,
    announce_year,
    calendar_rows,
    seed_calendar,
)
from data.database import writing
from data.models.obligations import CalendarDay
from data.scope import EVERYTHING, set_scope

NEXT = LAST_KNOWN_YEAR + 1
NOTICE = "国办发明电〔某年〕1号"

# the notice for 2019 with its amendment for May Day, copied by hand
OFF_2019 = [
    *("2018-12-30", "2018-12-31", "2019-01-01"),
    *(f"2019-02-{day:02}" for day in range(4, 11)),
    *("2019-04-05", "2019-05-01", "2019-05-02", "2019-05-03", "2019-05-04", "2019-06-07"),
    "2019-09-13",
    *(f"2019-10-{day:02}" for day in range(1, 8)),
]
WORKED_2019 = [
    *("2018-12-29", "2019-02-02", "2019-02-03", "2019-04-28", "2019-05-05", "2019-09-29", "2019-10-12")
]


def dates(texts):
    return [date.fromisoformat(text) for text in texts]


def days(first, last):
    return [first + timedelta(n) for n in range((last - first).days + 1)]


@pytest.fixture
def session(database):
    with Session(writing(database)) as session, session.begin():
        set_scope(session, EVERYTHING)
        seed_calendar(session)
        yield session


def works(session):
    return {day: works for day, works, _ in calendar_rows(session)}


def decided(session):
    return {day.day: day.notice_year for day in session.scalars(select(CalendarDay))}


def test_the_calendar_covers_every_day_from_2004_to_2040_once(session):
    assert [day for day, _, _ in calendar_rows(session)] == days(date(2004, 1, 1), date(2040, 12, 31))


def test_seeding_again_adds_nothing_and_leaves_a_notice_alone(session):
    assert announce_year(session, NEXT, [date(NEXT, 1, 4)], [], NOTICE) == []
    before = calendar_rows(session)
    assert seed_calendar(session) == 0
    assert calendar_rows(session) == before


def test_the_seed_agrees_with_another_package_on_every_day(session):
    others = holidays.China(years=range(2003, LAST_KNOWN_YEAR + 2))
    seeded = works(session)
    known = days(date(2004, 1, 1), date(LAST_KNOWN_YEAR, 12, 31))
    assert LAST_KNOWN_YEAR >= 2026
    assert [day for day in known if seeded[day] != others.is_working_day(day)] == []


def test_the_packages_differ_only_on_new_years_eve_2005_which_was_worked():
    # 国办发明电〔2005〕35号: 12月31日(星期六)上班
    others = holidays.China(years=range(2003, LAST_KNOWN_YEAR + 2))
    known = days(date(2004, 1, 1), date(LAST_KNOWN_YEAR, 12, 31))
    differing = [day for day in known if is_workday(day) != others.is_working_day(day)]
    assert differing == [date(2005, 12, 31)] == list(CORRECTIONS)


def test_years_without_a_notice_go_by_the_weekday_and_say_so(session):
    for day, worked, announced in calendar_rows(session):
        assert announced == (day.year <= LAST_KNOWN_YEAR)
        if not announced:
            assert worked == (day.weekday() < 5)


def test_putting_in_the_notice_for_2019_again_changes_no_day(session):
    before = calendar_rows(session)
    assert announce_year(session, 2019, dates(OFF_2019), dates(WORKED_2019), "2019") == []
    assert calendar_rows(session) == before


def test_a_notice_decides_on_its_year_and_on_days_of_the_december_before(session):
    before = works(session)
    off = [date(NEXT - 1, 12, 31), date(NEXT, 1, 1), date(NEXT, 10, 1)]
    sunday = next(day for day in days(date(NEXT, 9, 20), date(NEXT, 9, 30)) if day.weekday() == 6)
    assert announce_year(session, NEXT, off, [sunday], NOTICE) == []
    after = works(session)
    assert {day for day in after if after[day] != before[day]} == {
        day for day in [*off, sunday] if before[day] != (day == sunday)
    }
    assert all(announced == (day.year <= NEXT) for day, _, announced in calendar_rows(session))
    assert session.get_one(CalendarDay, sunday).source == NOTICE
    assert session.get_one(CalendarDay, off[0]).notice_year == NEXT


def test_a_notice_put_in_again_forgets_what_it_said_before(session):
    wrong, right = date(NEXT, 3, 3), date(NEXT, 3, 10)
    monday = timedelta(7 - wrong.weekday())
    wrong, right = wrong + monday, right + monday
    announce_year(session, NEXT, [wrong], [], NOTICE)
    announce_year(session, NEXT, [right], [], NOTICE)
    assert (works(session)[wrong], works(session)[right]) == (True, False)


def test_a_corrected_notice_leaves_the_december_days_that_the_next_one_has_decided(session):
    assert decided(session)[date(2018, 12, 31)] == 2019
    announce_year(session, 2018, [], [], "2018")
    after = works(session)
    assert (after[date(2018, 12, 29)], after[date(2018, 12, 31)]) == (True, False)
    assert after[date(2018, 10, 1)] is True  # the empty notice did hold


@pytest.mark.parametrize(
    ("off", "worked", "fault"),
    [
        (["2019-01-01", "2020-01-01"], [], ("out_of_year", "2020-01-01")),
        (["2018-11-30"], [], ("out_of_year", "2018-11-30")),
        (["2019-02-02"], ["2019-02-02"], ("twice", "2019-02-02")),
        ([], ["2019-02-01"], ("weekday_already_worked", "2019-02-01")),
    ],
)
def test_a_doubtful_notice_is_told_and_changes_nothing(session, off, worked, fault):
    before = calendar_rows(session)
    code, day = fault
    assert announce_year(session, 2019, dates(off), dates(worked), NOTICE) == [
        NoticeFault(code, date.fromisoformat(day))
    ]
    assert calendar_rows(session) == before


def test_the_calendar_grows_by_a_notice_but_gets_no_gap(session):
    assert announce_year(session, 2042, [], [], NOTICE) == [NoticeFault("gap", date(2041, 12, 31))]
    assert announce_year(session, 2004, [date(2003, 12, 31)], [], NOTICE) == [
        NoticeFault("gap", date(2003, 12, 31))
    ]
    assert announce_year(session, 2041, [date(2041, 1, 1)], [], NOTICE) == []
    assert announce_year(session, 2004, [], [], NOTICE) == []
    assert [day for day, _, _ in calendar_rows(session)] == days(date(2004, 1, 1), date(2041, 12, 31))
