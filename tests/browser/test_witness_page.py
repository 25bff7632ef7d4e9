"""A witness's text stays in his browser: only its digest is sent, and it is the digest that the protocol defines."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

from data.database import open_database
from data.queries import draws
from scheduler.inspection import drawing
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Site
from tests.town import TEXT, Town
from tests.towns import founded_sqlite

__all__ = ["founded_sqlite"]

pytestmark = pytest.mark.chromium

OPEN, SECURE = "http://city.example", "https://city.example"
"""Over plain http a browser has no WebCrypto for any site but this machine's."""

TEXTS = (
    TEXT,
    "x" * 16,
    "é" + "e\u0301" * 20,  # made NFC first
    "言" * 1000,
    "𠮷𠮷𠮷𠮷 𠮷𠮷𠮷𠮷 𠮷𠮷𠮷𠮷 𠮷𠮷",
    *("a" * n for n in (47, 48, 55, 56, 63, 64, 65, 119, 120)),  # around the ends of SHA-256's blocks
)


@pytest.fixture
def site(founded_sqlite: Path, tmp_path: Path):
    """The town's site with a draw that waits for its witness."""
    path = tmp_path / "town.db"
    shutil.copy(founded_sqlite, path)
    engine = open_database(f"sqlite:///{path}")
    opened = Site(Town(engine))
    yield opened
    opened.close()
    engine.dispose()


@pytest.fixture
def draw(site: Site) -> int:
    """A draw that is frozen."""
    number = site.town.freeze(site.town.campaign(rates={}, total=6, strata_by="none"))
    with transaction(site.town.database, EVERYTHING) as session:
        return draws.draw_by_number(session, number).id


class Browser:
    """The notary's browser at an address of its own; every request is answered by the site, and kept."""

    def __init__(self, chromium, site: Site, origin: str, **how) -> None:
        self.context = chromium.new_context(**how)
        self.page, self.origin, self.sent, self.complaints = self.context.new_page(), origin, [], []
        self.reader = site.reader("notary")
        self.context.route("**/*", self.answer)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def answer(self, route) -> None:
        request = route.request
        self.sent.append((request.method, request.url, request.post_data or ""))
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.startswith("hx-") or name == "content-type"
        }
        response = self.reader.client.open(
            request.url.removeprefix(self.origin),
            method=request.method,
            data=request.post_data_buffer,
            headers=headers,
            buffered=True,
        )
        told = {name: value for name, value in response.headers.items() if name != "Set-Cookie"}
        route.fulfill(status=response.status_code, headers=told, body=response.data)

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)


@pytest.fixture
def browse(chromium, site):
    """Opens browsers; closes them after the test."""
    opened = []

    def browse(origin, **how):
        opened.append(Browser(chromium, site, origin, **how))
        return opened[-1]

    yield browse
    for each in opened:
        each.context.close()


@pytest.mark.parametrize(("origin", "secure"), [(OPEN, False), (SECURE, True)])
def test_both_ways_give_the_digest_of_the_protocol(browse, draw, origin, secure):
    browser = browse(origin)
    browser.go(f"/draws/{draw}")
    assert browser.page.evaluate("window.isSecureContext") is secure
    for text in TEXTS:
        digest = drawing.promise_of(unicodedata.normalize("NFC", text))
        assert browser.page.evaluate("text => yaohaoWitness.digest(text)", text) == digest, text
        assert browser.page.evaluate("text => yaohaoWitness.plainDigest(text)", text) == digest, text


@pytest.mark.parametrize("origin", [OPEN, SECURE])
def test_the_text_is_never_sent_and_what_was_promised_can_be_revealed(browse, site, draw, origin):
    browser = browse(origin)
    browser.go(f"/draws/{draw}")
    page = browser.page
    assert page.is_visible("#witness-text")
    send = page.locator("[data-witness-send]")
    page.fill("#witness-text", "太短")
    assert send.is_disabled()
    page.fill("#witness-text", f"　 {TEXT} ")
    page.wait_for_selector("[data-witness-send]:not([disabled])")
    send.click()
    page.wait_for_selector(".alert-success")
    (posted,) = [body for method, _, body in browser.sent if method == "POST"]
    assert f"digest={drawing.promise_of(TEXT)}" in posted
    assert all(TEXT[:5] not in unquote_plus(url + body) for _, url, body in browser.sent)
    with transaction(site.town.database, EVERYTHING) as session:
        (promised,) = draws.promises(session, draw, 1).values()
        assert promised.digest == drawing.promise_of(TEXT)
    with site.town.at("amr.planner") as desk:
        drawing.commit_draw(desk, drawing.draw_by_id(desk, draw))
    browser.go(f"/draws/{draw}")
    page.fill("#f-text", f" {TEXT}　")
    page.click("form[action$='/reveal'] button")
    page.wait_for_selector(".alert-success")
    with site.town.at("notary") as desk:
        assert draws.reveals(desk.session, draw, 1) == {promised_place(desk, draw): TEXT}
    # over plain http a browser ignores this header, and says so
    assert [each for each in browser.complaints if "Cross-Origin-Opener-Policy" not in each] == []


def promised_place(desk, draw: int) -> int:
    return next(iter(draws.promises(desk.session, draw, 1)))


def test_without_scripts_the_box_that_needs_them_is_not_shown_and_the_other_ways_are(browse, draw):
    browser = browse(OPEN, java_script_enabled=False)
    browser.go(f"/draws/{draw}")
    page = browser.page
    assert not page.is_visible("#witness-text")
    page.click("summary:has-text('不用本页的计算')")
    page.fill("#f-digest", drawing.promise_of(TEXT))
    page.click("form:has(#f-digest) button")
    page.wait_for_selector(".alert-success")
