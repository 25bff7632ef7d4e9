"""The page of the API in Debian's Chromium: Swagger UI works under our policy, and asks nobody but us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.programs import issue
from tests.serving import served
from tests.site import Site
from tests.town import Town
from tests.towns import founded_sqlite, small_town

__all__ = ["founded_sqlite", "small_town"]

pytestmark = pytest.mark.chromium


@pytest.fixture
def reachable(small_town: Town) -> Iterator[tuple[Site, str]]:
    """A site that a browser can reach, and its address."""
    site = Site(small_town)
    with served(site.app) as address:
        yield site, address
    site.close()


@pytest.fixture
def page(chromium: Any, reachable: tuple[Site, str]) -> Iterator[Any]:
    """The page, with what it asks for and what it complains of."""
    opened = chromium.new_page()
    opened.asked, opened.complaints = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto(f"{reachable[1]}/api/")
    opened.wait_for_selector(".opblock-summary")
    yield opened
    opened.close()


def test_the_page_asks_nobody_outside_and_needs_no_weaker_policy(page, reachable):
    site, address = reachable
    assert len(page.asked) > 5
    assert [
        each for each in page.asked if not each.startswith(address) and not each.startswith("data:")
    ] == []
    assert page.complaints == []
    policy = site.app.test_client().get("/api/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_an_operation_is_tried_with_a_token_in_the_language_of_the_page(page, reachable):
    site, _ = reachable
    page.click("button.authorize")
    page.fill(".auth-container input", issue(site, "amr.planner"))
    page.click(".auth-container button.authorize")
    page.click(".auth-container button.btn-done")
    operation = page.locator(".opblock", has_text="/api/v1/me").first
    operation.locator(".opblock-summary-control").click()
    operation.locator("button.try-out__btn").click()
    operation.locator("button.execute").click()
    answer = operation.locator(
        ".live-responses-table .response .microlight, .live-responses-table .response pre"
    ).first
    answer.wait_for()
    assert '"login": "amr.planner"' in answer.inner_text()
    assert "当前账户" in operation.inner_text()
    assert page.complaints == []
