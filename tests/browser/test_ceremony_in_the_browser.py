"""The ceremony in real browsers: a screen that follows by itself, and two who enter the dice by keys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.database import open_database
from data.queries import draws
from data.queries.organisation import user_by_login
from scheduler.identity import BrowserState, begin_state, new_token
from scheduler.inspection import drawing
from scheduler.transaction import EVERYTHING, transaction
from tests.browser.people import Person
from tests.serving import served
from tests.site import Site
from tests.town import DICE, TEXT, Town
from tests.towns import founded_sqlite
from web.words import WORDS

__all__ = ["founded_sqlite"]

pytestmark = pytest.mark.chromium

SIZES = ((1920, 1080), (1366, 768), (390, 844))
DIGITS = DICE.partition(":")[2]


@pytest.fixture
def site(founded_sqlite: Path, tmp_path: Path) -> Iterator[Site]:
    """The town's site."""
    path = tmp_path / "town.db"
    shutil.copy(founded_sqlite, path)
    engine = open_database(f"sqlite:///{path}")
    opened = Site(Town(engine))
    yield opened
    opened.close()
    engine.dispose()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the site is served."""
    with served(site.app) as url:
        yield url


@pytest.fixture
def opens(chromium, site: Site, address: str):
    """Opens browsers of people who are logged in; closes them after the test, and none may have complained."""
    people: list[Person] = []

    def open_browser(login: str, width: int = 1366, height: int = 768, **how) -> Person:
        person = Person(chromium, address, viewport={"width": width, "height": height}, **how)
        token = new_token()
        with transaction(site.town.database, EVERYTHING) as session:
            user_id = user_by_login(session, login).id
        begin_state(site.town.database, token, BrowserState(user_id, login, {}), site.town.now)
        person.context.add_cookies([{"name": "yaohao", "value": token, "url": address}])
        people.append(person)
        return person

    yield open_browser
    for person in people:
        assert (person.complaints, person.outside) == ([], [])
        person.close()


def entering(site: Site, **other) -> tuple[str, str]:
    """A draw of which the reveals are closed: its number, and its screen."""
    town = site.town
    number = town.freeze(town.campaign(**other))
    town.commit(number)
    town.do("notary", lambda desk: drawing.reveal_text(desk, drawing.find_draw(desk, number), TEXT))
    town.do("amr.planner", lambda desk: drawing.close_reveals(desk, drawing.find_draw(desk, number)))
    with transaction(town.database, EVERYTHING) as session:
        return number, f"/draws/{draws.draw_by_number(session, number).id}/ceremony"


def entered(site: Site, number: str) -> str:
    """The one entry that has been made."""
    with transaction(site.town.database, EVERYTHING) as session:
        [first] = draws.entries(session, draws.draw_by_number(session, number).id, 1)
        return first.entropy


def comes_to(screen: Person, stage: str) -> None:
    """The screen comes to a stage by itself."""
    screen.page.wait_for_selector(f".body-{stage}")


def throws(person: Person, digits: str) -> None:
    """Press the keys of a die."""
    for digit in digits:
        person.page.locator(".pad-keys button", has_text=digit).first.click()


def sends(person: Person) -> None:
    with person.page.expect_navigation(wait_until="load"):
        person.page.locator(".entry button[type=submit]").click()


def test_the_dice_are_entered_by_keys_while_the_screen_follows(site, opens):
    _, path = entering(site)
    screen, planner = opens("fire.planner", 1920, 1080), opens("amr.planner")
    notary = opens("notary", 390, 844)
    screen.go(path)
    comes_to(screen, "entropy")
    assert screen.page.locator(".place.filled").count() == 0

    planner.go(path)
    planner.page.get_by_text("我来录入").click()
    planner.page.wait_for_selector(".cell.next")
    assert planner.page.locator(".cell").count() == 20
    throws(planner, DIGITS[:7] + "9")
    planner.page.locator(".pad-keys button", has_text="⌫").click()
    assert planner.page.input_value("#f-entropy") == "31415 92"
    throws(planner, DIGITS[7:] + "55")  # what is too much is not taken
    assert planner.page.input_value("#f-entropy") == "31415 92653 58979 32384"
    assert planner.page.locator(".cell.full").all_inner_texts() == list(DIGITS)
    sends(planner)
    assert planner.page.url.endswith(path)

    screen.page.wait_for_selector(".place.filled")
    assert DIGITS not in screen.page.content()
    assert "31415 9" not in screen.page.content()

    notary.go(f"{path}?stage=entry")
    notary.page.fill("#f-entropy", DIGITS)  # a keyboard does as well
    assert notary.page.locator(".cell.full").count() == 20
    sends(notary)

    comes_to(screen, "opening")
    draw_id = int(path.split("/")[2])
    with transaction(site.town.database, EVERYTHING) as session:
        seed = draws.opening_of(session, draw_id, 1).seed
    assert screen.page.locator(".digest.large").inner_text().split() == [
        seed[start : start + 4] for start in range(0, 64, 4)
    ]
    planner.go(path)
    with planner.page.expect_navigation(wait_until="load"):
        planner.page.get_by_role("button", name="执行抽取").click()
    site.run_jobs()

    comes_to(screen, "tickets")
    screen.page.reload()
    with transaction(site.town.database, EVERYTHING) as session:
        tickets = [each.ticket for each in draws.drawn(session, draw_id) if each.rank <= 12]
    assert sorted(screen.page.locator(".tickets li:not(.more) code").all_inner_texts()) == sorted(tickets)
    assert screen.page.locator(".strata tbody code").count() == 4  # the threshold of every stratum
    assert "抽取完成" in screen.text()


def test_what_is_being_typed_stays_when_the_other_person_enters_meanwhile(site, opens):
    number, path = entering(site)
    notary = opens("notary")
    notary.go(f"{path}?stage=entry")
    throws(notary, DIGITS[:7])
    site.town.do(
        "amr.planner", lambda desk: drawing.enter_entropy(desk, drawing.find_draw(desk, number), DICE)
    )
    notary.page.get_by_role("heading", name="第二人录入").wait_for()
    assert notary.page.input_value("#f-entropy") == "31415 92"
    throws(notary, DIGITS[7:])
    sends(notary)
    comes_to(notary, "opening")


def test_a_keyboard_keeps_its_place_in_the_field_when_the_other_person_enters_meanwhile(site, opens):
    number, path = entering(site)
    notary = opens("notary")
    notary.go(f"{path}?stage=entry")
    notary.page.focus("#f-entropy")
    notary.page.keyboard.type(DIGITS[:4] + DIGITS[5:10])
    for _ in range(5):
        notary.page.keyboard.press("ArrowLeft")
    site.town.do(
        "amr.planner", lambda desk: drawing.enter_entropy(desk, drawing.find_draw(desk, number), DICE)
    )
    notary.page.get_by_role("heading", name="第二人录入").wait_for()
    notary.page.wait_for_function(
        "() => document.activeElement.id === 'f-entropy' && document.activeElement.value"
    )
    notary.page.keyboard.type(DIGITS[4])
    assert notary.page.input_value("#f-entropy") == DIGITS[:10]
    notary.page.keyboard.press("End")
    notary.page.keyboard.type(DIGITS[10:])
    with notary.page.expect_navigation(wait_until="load"):
        notary.page.keyboard.press("Enter")
    comes_to(notary, "opening")


def test_what_a_screen_reader_listens_to_stays_and_is_filled_anew(site, opens):
    number, path = entering(site)
    screen = opens("notary")
    screen.go(path)
    screen.page.evaluate("window.heard = document.querySelector('[aria-live=polite]')")
    for login, dice in (("amr.planner", DICE), ("notary", DICE[:-1] + "5")):
        site.town.do(
            login, lambda desk, d=dice: drawing.enter_entropy(desk, drawing.find_draw(desk, number), d)
        )
    screen.page.get_by_text("第 1 轮两次录入不一致").wait_for()
    told = "heard === document.querySelector('[aria-live=polite]') && heard.isConnected && heard.textContent"
    assert "不同的位置：20" in screen.page.evaluate(told)


def test_an_entry_that_is_refused_stays_in_its_field(site, opens):
    _, path = entering(site)
    planner = opens("amr.planner")
    planner.go(f"{path}?stage=entry")
    throws(planner, "123")
    assert "entropy.form" in planner.is_refused("/entropy")
    assert planner.page.input_value("#f-entropy") == "123"


def test_balls_are_picked_in_the_order_drawn_and_none_twice_in_an_issue(site, opens):
    number, path = entering(site, entropy="lottery:ssq:2026025+2026026")
    planner = opens("amr.planner")
    planner.go(f"{path}?stage=entry")

    def picks(*balls: str) -> None:
        for ball in balls:
            planner.page.locator(".balls button", has_text=ball).click()

    assert planner.page.locator(".balls button").count() == 33
    picks("05", "31")
    assert planner.page.locator(".balls button", has_text="31").is_disabled()
    picks("12", "01", "22", "09")
    assert planner.page.locator(".balls button").count() == 16  # the blue one
    picks("09", "33", "02", "03", "04", "05", "06", "16")
    assert planner.page.locator(".balls button").count() == 0
    written = "05-31-12-01-22-09-09+33-02-03-04-05-06-16"
    assert planner.page.input_value("#f-entropy") == written
    sends(planner)
    assert entered(site, number) == f"lottery:ssq:2026025+2026026:{written}"


def test_without_scripts_the_entry_is_typed_and_the_page_says_so_much(site, opens):
    number, path = entering(site)
    planner = opens("amr.planner", java_script_enabled=False)
    planner.go(f"{path}?stage=entry")
    assert planner.page.locator(".pad-keys").count() == 0
    planner.page.fill("#f-entropy", DIGITS)
    sends(planner)
    assert planner.page.url.endswith(path)
    assert entered(site, number) == DICE


def test_the_screen_says_when_it_hears_nothing_any_more(site, opens):
    _, path = entering(site)
    screen = opens("notary")
    screen.go(path)
    screen.page.route("**/ceremony", lambda route: route.abort())
    screen.page.locator("#lost").wait_for(state="visible")
    screen.page.unroute("**/ceremony")
    screen.page.locator("#lost").wait_for(state="hidden")
    screen.complaints = [each for each in screen.complaints if "ERR_FAILED" not in each]


def test_the_screen_says_so_too_when_its_questions_are_never_answered(site, opens):
    _, path = entering(site)
    screen = opens("notary")
    screen.page.clock.install()
    screen.go(path)
    never = []
    screen.page.route("**/ceremony", lambda route: never.append(route))
    for _ in range(3):
        screen.page.clock.run_for(2_000)  # until it asks
        screen.page.wait_for_timeout(300)
        screen.page.clock.run_for(5_000)  # until it gives up
        screen.page.wait_for_timeout(300)
    assert len(never) >= 3
    screen.page.locator("#lost").wait_for(state="visible", timeout=5_000)
    screen.complaints = [each for each in screen.complaints if "ERR_" not in each]


def test_a_screen_that_nobody_touches_is_logged_out_in_time(site, opens):
    _, path = entering(site)
    screen = opens("notary")
    screen.go(path)
    for _ in range(4):
        site.town.pass_time(minutes=10)
        screen.page.wait_for_timeout(2_500)
    screen.page.wait_for_selector("form[action='/login'], [name=password]")
    screen.complaints = [each for each in screen.complaints if "401" not in each]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_stage_fits_the_width_and_is_written_large(site, opens, width, height):
    """From eight metres 1 px of 1920 on a screen of two metres is 1 mm; letters want 25 of them and more."""
    number, path = entering(site)
    for login in ("amr.planner", "notary"):
        site.town.do(login, lambda desk: drawing.enter_entropy(desk, drawing.find_draw(desk, number), DICE))
    site.town.execute(number)
    screen = opens("notary", width, height)
    least = {1920: 24, 1366: 17, 390: 11}[width]
    for stage in WORDS["ceremony_stage"]:
        screen.go(f"{path}?stage={stage}")
        assert screen.page.evaluate("document.documentElement.scrollWidth") <= width, stage
        sizes = screen.page.evaluate(
            """() => Array.from(document.querySelectorAll("#body *"))
                 .filter(e => Array.from(e.childNodes).some(n => n.nodeType === 3 && n.textContent.trim()))
                 .map(e => parseFloat(getComputedStyle(e).fontSize))"""
        )
        assert min(sizes) >= least, (stage, min(sizes))
