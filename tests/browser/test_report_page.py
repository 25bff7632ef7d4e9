"""The report in a real browser: from disk and from the site, on a desk and on a phone."""

import pytest

from scheduler.inspection.audit import check_bundle
from web.report import report

pytestmark = pytest.mark.chromium

DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
LONG_NAME = "临澜东屿能源股份有限公司物流园区第二加油加气充电综合服务站（原南埠加油站）" * 2


class Visit:
    """One page as a visitor opens it, with all it asked for and all it complained about."""

    def __init__(self, browser, address, viewport=DESK, scheme="light"):
        self.context = browser.new_context(viewport=viewport, color_scheme=scheme)
        self.page, self.requests, self.complaints = self.context.new_page(), [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)

    def open_all(self):
        for summary in self.page.query_selector_all("details:not([open]) > summary"):
            summary.click()
        assert self.page.query_selector("details:not([open])") is None

    @property
    def overflow(self):
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


@pytest.fixture(scope="module")
def drawn(draw_case):
    return draw_case(target_name=LONG_NAME)


@pytest.fixture(scope="module")
def folder(drawn, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    bundle = drawn.packed()
    (folder / "bundle.zip").write_bytes(bundle)
    (folder / "report.html").write_text(report(drawn.files, check_bundle(bundle), {}), encoding="utf-8")
    return folder


@pytest.fixture
def visit(chromium, folder):
    """Opens the report from disk; closes it after the test."""
    visits = []

    def open_report(**how):
        visits.append(Visit(chromium, (folder / "report.html").as_uri(), **how))
        return visits[-1]

    yield open_report
    for each in visits:
        each.context.close()


def test_from_disk_the_report_asks_for_nothing_but_itself_and_complains_of_nothing(visit, folder):
    opened = visit()
    opened.open_all()
    assert opened.requests == [(folder / "report.html").as_uri()]
    assert opened.complaints == []


def test_the_title_is_chinese_and_every_drawn_target_has_a_row(visit, drawn):
    opened = visit()
    assert opened.page.title().endswith("抽取报告")
    assert opened.page.evaluate("document.documentElement.lang") == "zh-CN"
    rows = opened.page.query_selector_all("#drawn-targets tbody tr")
    assert len(rows) == drawn.files["drawn.csv"].count(b"\n") - 1 > 0


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_never_scrolls_sideways(visit, viewport, scheme):
    opened = visit(viewport=viewport, scheme=scheme)
    opened.open_all()
    assert opened.overflow == 0


def test_the_header_of_the_long_table_stays_while_it_is_scrolled(visit):
    opened = visit()
    box = opened.page.query_selector(".scroll:has(#drawn-targets)")
    top = "box => box.querySelector('thead th').getBoundingClientRect().top - box.getBoundingClientRect().top"
    moved = box.evaluate("box => { box.scrollTop = 200; return box.scrollTop }")
    assert moved > 0
    assert 0 <= box.evaluate(top) <= 2


def test_dark_is_dark_and_light_is_light(visit):
    ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    assert max(visit(scheme="dark").page.evaluate(ground)) < 64
    assert min(visit(scheme="light").page.evaluate(ground)) > 192
