"""What time it is, as a value that is passed in; and which business day (业务日期) a moment belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

# no daylight saving since 1991; a fixed offset needs no time zone database on the machine
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """Tells the time; a test has one that can be set."""

    def now(self) -> datetime:
        """This moment, aware."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        return datetime.now(UTC)


def business_date(moment: datetime) -> date:
    """The date on the wall in Shanghai. Raises ValueError for a naive time, which may mean another day."""
    if moment.tzinfo is None:
        raise ValueError("a naive time belongs to no business day")
    return moment.astimezone(SHANGHAI).date()
