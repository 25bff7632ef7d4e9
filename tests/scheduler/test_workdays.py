"""Working days are what a person finds who walks through the calendar day by day."""

from datetime import date, timedelta

import numpy as np
import pytest
from chinese_calendar import is_workday
from hypothesis import given
from hypothesis import strategies as st

from data.calendar import seed_calendar
from matching.refused import Refused
from scheduler.transaction import EVERYTHING, transaction
from scheduler.workdays import Workdays, load_workdays

ONE = timedelta(1)
YEARS = (2024, 2025, 2026)
MOST = 60
FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)


def days(first, last):
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def walk(works, day, n, counts_first=False):
    """The oracle: one step at a time, on a dict."""
    if not counts_first:
        day += ONE
    left = n
    while True:
        left -= works[day]
        if left == 0:
            return day
        day += ONE


@pytest.fixture(scope="module")
def works():
    known = {day: is_workday(day) for day in days(FIRST, LAST)}
    return known | {day: day.weekday() < 5 for day in days(LAST + ONE, date(2027, 12, 31))}


@pytest.fixture(scope="module")
def workdays(works):
    return Workdays((day, worked, day <= LAST) for day, worked in works.items())


def test_every_deadline_up_to_60_from_every_day_of_three_years_is_that_of_a_plain_walk(works, workdays):
    starts = [day for year in YEARS for day in days(date(year, 1, 1), date(year, 12, 31))]
    array = np.array(starts, dtype="datetime64[D]")
    different, on_make_up_days = [], 0
    for n in range(1, MOST + 1):
        found = workdays.nth_after_each(array, n).tolist()
        for start, end in zip(starts, found, strict=True):
            if end != walk(works, start, n):
                different.append((start, n, end))
            on_make_up_days += end.weekday() >= 5
    assert len(starts) == 366 + 365 + 365
    assert different == []
    assert on_make_up_days > 500  # else this says nothing of make-up days


def test_one_date_at_a_time_and_all_days_counted_are_those_of_a_plain_walk(works, workdays):
    for start in days(date(2026, 1, 1), date(2026, 12, 31)):
        for counts_first in (False, True):
            walked = [walk(works, start, n, counts_first) for n in range(1, MOST + 1)]
            assert workdays.following(start, MOST, counts_first) == walked
            assert workdays.nth_after(start, 20, counts_first) == walked[19]


def test_a_deadline_of_a_department_counted_by_hand(workdays):
    # 2026: off 25-27 September and 1-7 October; Saturday 10 October is worked
    assert workdays.nth_after(date(2026, 9, 24), 20) == date(2026, 10, 29)
    assert workdays.nth_after(date(2026, 10, 9), 1) == date(2026, 10, 10)


def test_a_million_dates_each_with_its_own_number_are_those_of_a_plain_walk(works, workdays):
    chance = np.random.default_rng(7)
    starts = np.datetime64("2024-01-01") + chance.integers(0, 1096, 1_000_000)
    numbers = chance.integers(1, MOST + 1, 1_000_000)
    walked = np.array(
        [
            [walk(works, date(2024, 1, 1) + timedelta(offset), n) for n in range(1, MOST + 1)]
            for offset in range(1096)
        ],
        dtype="datetime64[D]",
    )
    offsets = (starts - np.datetime64("2024-01-01")).astype(int)
    assert (workdays.nth_after_each(starts, numbers) == walked[offsets, numbers - 1]).all()


def test_the_working_days_between_two_dates_are_those_one_can_point_at(works, workdays):
    first = date(2026, 1, 1)
    for end in days(first, date(2027, 12, 31)):
        pointed_at = sum(worked for day, worked in works.items() if first <= day < end)
        assert workdays.between(first, end) == pointed_at
        assert workdays.between(end, first) == -pointed_at
    assert workdays.between(first, date(2028, 1, 1)) == pointed_at + works[date(2027, 12, 31)]


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.data())
def test_any_calendar_counts_like_a_walk_and_refuses_what_it_cannot_know(pattern, data):
    first = date(2030, 12, 10)
    works = {first + timedelta(n): worked for n, worked in enumerate(pattern)}
    workdays = Workdays((day, worked, True) for day, worked in works.items())
    start = data.draw(st.sampled_from(sorted(works)))
    n, counts_first = data.draw(st.integers(1, 12)), data.draw(st.booleans())
    try:
        walked = walk(works, start, n, counts_first)
    except KeyError:
        with pytest.raises(Refused, match=r"calendar\.no_year"):
            workdays.nth_after(start, n, counts_first)
    else:
        assert workdays.nth_after(start, n, counts_first) == walked


def test_days_that_no_notice_has_decided_on_are_told(workdays):
    assert not workdays.provisional(date(2026, 1, 1), LAST)
    assert workdays.provisional(date(2026, 12, 30), LAST + ONE)
    assert workdays.provisional(LAST + ONE, LAST + ONE)


@pytest.mark.parametrize(
    ("ask", "year"),
    [
        (lambda w: w.nth_after(date(2022, 12, 31), 1), 2022),
        (lambda w: w.nth_after(date(2027, 12, 31), 1), 2028),
        (lambda w: w.nth_after(date(2028, 1, 1), 1), 2028),
        (lambda w: w.nth_after_each(np.array(["2026-05-01", "2035-05-01"], "datetime64[D]"), 1), 2035),
        (lambda w: w.nth_after_each(np.array(["1931-05-01", "2026-05-01"], "datetime64[D]"), 1), 1931),
        (lambda w: w.nth_after_each(np.array(["2027-12-01"], "datetime64[D]"), 60), 2028),
        (lambda w: w.between(date(2022, 12, 31), LAST), 2022),
        (lambda w: w.between(FIRST, date(2028, 1, 2)), 2028),
        (lambda w: w.provisional(FIRST, date(2028, 1, 1)), 2028),
        (lambda _: Workdays([]).nth_after(date(2026, 1, 1), 1), 2026),
    ],
)
def test_a_date_outside_of_the_calendar_is_refused_with_its_year(workdays, ask, year):
    with pytest.raises(Refused) as refused:
        ask(workdays)
    assert (refused.value.code, refused.value.params) == ("calendar.no_year", {"year": year})


def test_no_dates_have_no_deadlines(workdays):
    assert workdays.nth_after_each(np.array([], dtype="datetime64[D]"), 5).size == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda w: w.nth_after(LAST, 0),
        lambda w: w.nth_after_each(np.array(["2026-05-01"], "datetime64[D]"), np.array([0])),
        lambda w: w.nth_after_each(np.array(["NaT"], "datetime64[D]"), 1),
        lambda _: Workdays([(FIRST, True, True), (FIRST + 2 * ONE, True, True)]),
        lambda _: Workdays([(FIRST, True, True), (FIRST, False, True)]),
    ],
)
def test_what_is_no_question_and_no_calendar_is_an_error(workdays, ask):
    with pytest.raises(ValueError, match=r"counted from 1|not a date|gap"):
        ask(workdays)


def test_the_calendar_of_the_database_counts_the_same(database, works):
    with transaction(database, EVERYTHING) as session:
        seed_calendar(session)
        workdays = load_workdays(session)
    for day in days(date(2024, 1, 1), LAST):
        assert workdays.nth_after(day, 20) == walk(works, day, 20)
    assert not workdays.provisional(date(2004, 1, 1), LAST)
    assert workdays.nth_after(date(2040, 12, 30), 1) == date(2040, 12, 31)
