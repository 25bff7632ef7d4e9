"""Working days (工作日), counted by prefix sums over the calendar: a million dates at once cost little more than one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from data.calendar import calendar_rows
from matching.refused import Refused

EPOCH = date(1970, 1, 1).toordinal()

Days = NDArray[np.datetime64]
Numbers = NDArray[np.int64]


def load_workdays(session: Session) -> Workdays:
    """The calendar as it stands in the database now."""
    return Workdays(calendar_rows(session))


class Workdays:
    """A stretch of days without a gap, from rows (day, works, announced); it refuses what lies outside of it.

    `calendar.no_year` names the year that the calendar would need.
    """

    def __init__(self, rows: Iterable[tuple[date, bool, bool]]) -> None:
        table = sorted(rows)
        days = np.array([day.toordinal() for day, _, _ in table], dtype=np.int64)
        if days.size and (np.diff(days) != 1).any():
            raise ValueError("the calendar has a gap or a day twice")
        works = np.array([works for _, works, _ in table], dtype=bool)
        announced = np.array([announced for _, _, announced in table], dtype=bool)
        self._first = int(days[0]) if days.size else EPOCH
        self._size = len(table)
        self._before = _prefix_sums(works)  # [i]: working days among the first i days
        self._unannounced = _prefix_sums(~announced)
        self._positions = np.flatnonzero(works)

    def nth_after(self, day: date, n: int, counts_first: bool = False) -> date:
        """The n-th working day after a day, n from 1 on; with `counts_first` the day itself may be the first."""
        return self.following(day, n, counts_first)[-1]

    def following(self, day: date, n: int, counts_first: bool = False) -> list[date]:
        """The n working days that follow a day, in order."""
        _require_positive(np.int64(n))
        passed = int(self._before[self._index(day) + (not counts_first)])
        self._require_positions(np.array([passed + n - 1]))
        return [self._date(int(position)) for position in self._positions[passed : passed + n]]

    def nth_after_each(self, days: Days, n: int | Numbers) -> Days:
        """`nth_after` for an array of dates (datetime64[D]), n one number or one for each."""
        _require_positive(np.asarray(n))
        index = self._indices(days)
        wanted = self._before[index + 1] + n - 1
        self._require_positions(wanted)
        return self._datetimes(self._positions[wanted])

    def between(self, first: date, end: date) -> int:
        """How many working days there are from `first` on and before `end`; negative the other way round."""
        return int(self._before[self._index(end, end=True)] - self._before[self._index(first, end=True)])

    def provisional(self, first: date, last: date) -> bool:
        """Whether a day from `first` to `last` (both included) is one no notice has decided on yet."""
        found = self._unannounced[self._index(last) + 1] - self._unannounced[self._index(first)]
        return bool(found > 0)

    def _index(self, day: date, end: bool = False) -> int:
        """Where a day stands; the day after the last one only as the end of a stretch."""
        index = day.toordinal() - self._first
        if not 0 <= index < self._size + end:
            raise Refused("calendar.no_year", year=day.year)
        return index

    def _indices(self, days: Days) -> Numbers:
        if np.isnat(days).any():
            raise ValueError("not a date")
        index = days.astype("datetime64[D]").astype(np.int64) + EPOCH - self._first
        outside = (index < 0) | (index >= self._size)
        if outside.any():
            raise Refused("calendar.no_year", year=days[outside].astype("datetime64[D]").min().item().year)
        return index

    def _require_positions(self, wanted: Numbers) -> None:
        """A working day that lies behind the last row needs the year after it."""
        if wanted.size and int(wanted.max()) >= self._positions.size:
            raise Refused("calendar.no_year", year=self._date(self._size).year)

    def _date(self, index: int) -> date:
        return date.fromordinal(self._first + index)

    def _datetimes(self, index: Numbers) -> Days:
        return (index + self._first - EPOCH).astype("datetime64[D]")


def _prefix_sums(marks: NDArray[np.bool_]) -> Numbers:
    return np.concatenate(([0], np.cumsum(marks, dtype=np.int64)))


def _require_positive(n: NDArray[np.int64] | np.int64) -> None:
    if (np.asarray(n) < 1).any():
        raise ValueError("working days are counted from 1 on")
