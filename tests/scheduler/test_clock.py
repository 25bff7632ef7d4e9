"""A moment belongs to the day that the wall in Shanghai shows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.clock import SystemClock, business_date
from tests.scheduler.clocks import SetClock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-20T15:59:59+00:00", "2026-11-20"),
        ("2026-11-20T16:00:00+00:00", "2026-11-21"),
        ("2026-11-20T23:59:59+08:00", "2026-11-20"),
        ("2026-12-31T11:00:00-05:00", "2027-01-01"),
    ],
)
def test_the_day_begins_at_midnight_in_shanghai(moment, day):
    assert business_date(SetClock(moment).now()).isoformat() == day


def test_the_fixed_offset_is_that_of_the_time_zone_since_2004():
    shanghai, moment = ZoneInfo("Asia/Shanghai"), datetime(2004, 1, 1, tzinfo=UTC)
    while moment.year <= 2040:
        assert business_date(moment) == moment.astimezone(shanghai).date()
        moment += timedelta(hours=5)


def test_a_naive_moment_belongs_to_no_day():
    with pytest.raises(ValueError, match="naive"):
        business_date(datetime(2026, 11, 20, 9))


def test_the_system_clock_is_aware():
    assert SystemClock().now().utcoffset() == timedelta(0)
