"""A visit is dragged to another day in a real browser: moved in place, or refused there with the reasons."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from data.models import Visit
from scheduler.inspection import planning, scheduling
from scheduler.inspection.scheduling import Asked
from scheduler.transaction import EVERYTHING, transaction
from tests.browser.people import Person
from tests.serving import served
from tests.site import Site
from tests.town import Town

pytestmark = pytest.mark.chromium
FEW = {"rates": {}, "total": 3, "strata_by": "none", "last_day": "2026-03-31"}


def day_of(town: Town, visit: int) -> date | None:
    """On which day a visit is."""
    with transaction(town.database, EVERYTHING) as session:
        return session.scalar(select(Visit.planned_on).where(Visit.id == visit))


def test_a_visit_is_dragged_to_another_day_or_refused_there(chromium, small_town):
    code, number = small_town.drawn(**FEW)
    (visit, _), *others = small_town.visits(number)
    with small_town.at("amr.planner") as desk:
        asked = Asked(date(2026, 3, 10), date(2026, 3, 13), 3)
        scheduling.make(desk, planning.find_campaign(desk, code), asked)
    site = Site(small_town)
    cookie = site.reader("amr.planner").client.get_cookie("yaohao")
    with served(site.app) as address:
        planner = Person(chromium, address, viewport={"width": 1366, "height": 900})
        planner.context.add_cookies([{"name": "yaohao", "value": cookie.value, "url": address}])
        page = planner.go(f"/timetable/campaign/{code}")
        before = day_of(small_town, visit)
        chip = page.locator(f".chip[data-visit='{visit}']")
        chip.drag_to(page.locator("td[data-day='2026-03-14']"))
        page.locator("#calendar-told .refused").wait_for()
        assert "不是工作日" in page.locator("#calendar-told").inner_text()
        assert day_of(small_town, visit) == before
        planner.complaints = [each for each in planner.complaints if "status of 4" not in each]
        chip.drag_to(page.locator("td[data-day='2026-03-25']"))
        page.locator(f"td[data-day='2026-03-25'] .chip[data-visit='{visit}']").wait_for()
        assert day_of(small_town, visit) == date(2026, 3, 25)
        # from the list beside it, which was made anew with the calendar
        page.locator(f".targets li[data-visit='{others[0][0]}']").drag_to(
            page.locator("td[data-day='2026-03-26']")
        )
        page.locator(f"td[data-day='2026-03-26'] .chip[data-visit='{others[0][0]}']").wait_for()
        page.locator(f"input[name=visit][value='{visit}']").check()
        planner.fill(within=".move-line", day="2026-03-24")
        planner.press("/move")
        assert day_of(small_town, visit) == date(2026, 3, 24)
        assert planner.complaints == []
        assert planner.outside == []
        planner.close()
    site.close()
