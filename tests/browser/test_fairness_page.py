"""The plots of rehearsals are drawn in a real browser, under the strict policy, from nothing but this site."""

from __future__ import annotations

import pytest

from scheduler.inspection import fairness, repeating
from tests.browser.people import Person
from tests.serving import served
from tests.site import Site

pytestmark = pytest.mark.chromium

RUNS = repeating.LEAST_RUNS
PLOTS = 10  # three of each of three departments, and what near costs


@pytest.fixture
def rehearsed(small_town, monkeypatch):
    """The site of a town where rehearsals were counted, with the address of their page and a planner's session."""
    monkeypatch.setattr(fairness, "RUNS", (RUNS,))
    monkeypatch.setattr(repeating, "LITTLE", repeating.MOST_WORK)
    site = Site(small_town)
    path = f"/campaigns/{small_town.campaign(rates={}, total=6, strata_by='none')}/rehearsal/fairness"
    planner = site.reader("amr.planner")
    planner.does(path, runs=RUNS)
    site.run_jobs()
    yield site, path, planner.client.get_cookie("yaohao").value
    site.close()


@pytest.mark.parametrize(("width", "english"), [(1366, False), (390, True)])
def test_every_plot_is_drawn_and_the_policy_is_not_broken(chromium, rehearsed, width, english):
    site, path, token = rehearsed
    with served(site.app) as address:
        reader = Person(chromium, address, english, viewport={"width": width, "height": 800})
        reader.context.add_cookies([{"name": "yaohao", "value": token, "url": address}])
        page = reader.go(path)
        page.locator(".plot[data-drawn] svg").nth(PLOTS - 1).wait_for()
        assert page.locator(".plot[data-drawn] svg").count() == page.locator(".plot").count() == PLOTS
        first = page.locator(".plot svg").first
        assert first.locator("path").count() > 10
        said = first.locator("text").all_text_contents()
        assert any(("Bound 1/3" if english else "下限 1/3") in each for each in said), said
        first.hover()  # the numbers beside the pointer are drawn too, not a box with a style of its own
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("details.numbers summary").first.click()
        assert page.locator("details.numbers table").first.is_visible()
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details.numbers:not([open])").count() == 0
        assert (reader.complaints, reader.outside) == ([], [])
        reader.close()
