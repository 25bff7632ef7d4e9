"""A joint campaign as its people live it, from a workbook to the public portal: everybody at a browser of his own."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select, update

from data.models import Campaign, Inspector, User, Visit
from scheduler.clock import business_date
from scheduler.identity import hash_password
from scheduler.transaction import EVERYTHING, transaction
from tests.browser.people import Person
from tests.serving import served
from tests.site import Site
from tests.town import Town
from web import worker
from web.import_templates import template_file
from web.spreadsheet import text_workbook

pytestmark = pytest.mark.chromium

PASSWORD = "a password of the test"
CODE = "2026-充电站"
CHINESE = re.compile("[\u4e00-\u9fff]")
TEXT = "我在家里想好的一句话，没有告诉任何人"
DICE = "31415926535897932384"
TARGETS = 12
DRAWN = 2


class Cast:
    """All who take part, each logged in once, and the town they live in."""

    def __init__(self, chromium: Any, address: str, town: Town, english: bool) -> None:
        self.address, self.town, self.english, self._chromium = address, town, english, chromium
        self.people: dict[str, Person] = {}
        self.present: set[str] = set()
        self.wizard = ""

    def __call__(self, login: str) -> Person:
        """Somebody, at his browser."""
        if login not in self.people:
            self.people[login] = Person(self._chromium, self.address, self.english)
        if login not in self.present:
            self.present.add(login)
            if login != "citizen":
                self.people[login].log_in(login, PASSWORD)
        return self.people[login]

    def days_pass(self, days: int) -> None:
        """Days go by; whoever comes back has to log in again."""
        self.town.pass_time(days=days)
        self.present.clear()

    def rows(self, question: Any) -> list[Any]:
        """What the database says."""
        with transaction(self.town.database, EVERYTHING) as session:
            return list(session.execute(question))


@pytest.fixture
def cast(request: pytest.FixtureRequest, chromium: Any, town: Town) -> Iterator[Cast]:
    """The cast at a real server."""
    hashed = hash_password(PASSWORD)
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(User).values(password_hash=hashed))
    site = Site(town, tick=timedelta(milliseconds=200))
    jobs = worker.start(site.app)
    with served(site.app) as address:
        played = Cast(chromium, address, town, request.param == "en")
        with site.app.test_request_context():
            played.wizard = url_for("campaigns.new")
        yield played
        for person in played.people.values():
            person.close()
    jobs.stop()
    site.close()


# one of the two languages on each database; the other two are as long again
@pytest.mark.parametrize(
    ("town", "cast"),
    [
        ("sqlite", "zh"),
        pytest.param("postgresql", "en", marks=pytest.mark.postgresql),
        pytest.param("sqlite", "en", marks=pytest.mark.long),
        pytest.param("postgresql", "zh", marks=[pytest.mark.postgresql, pytest.mark.long]),
    ],
    indirect=True,
)
def test_a_joint_campaign_from_an_imported_workbook_to_the_public_portal(cast, tmp_path):
    import_targets(cast)
    set_up(cast)
    answer_and_approve(cast)
    draw(cast)
    check_the_bundle(cast, tmp_path)
    change(cast)
    inspect(cast)
    disclose(cast)
    read_as_a_citizen(cast)
    assert len(cast.people) >= 8
    assert {login: each.complaints for login, each in cast.people.items() if each.complaints} == {}
    assert {login: each.outside for login, each in cast.people.items() if each.outside} == {}
    assert all(len(each.requests) > 3 for each in cast.people.values())


def workbook(rows: list[dict[str, str]]) -> bytes:
    """A list of targets as somebody fills in the template."""
    file = io.BytesIO()
    columns = list(rows[0])
    with text_workbook(file, in_memory=True) as book:
        sheet = book.add_worksheet("名单")
        for line, row in enumerate([dict(zip(columns, columns, strict=True)), *rows]):
            for place, column in enumerate(columns):
                sheet.write_string(line, place, row[column])
    return file.getvalue()


def import_targets(cast: Cast) -> None:
    registrar = cast("amr.registrar")
    rows = [
        {"编号": f"C{place:03d}", "代码类别": "其他", "名称": f"第{place}充电站", "类型": "充电站", "区域": "390102",
         "信用风险分类": "ABCD"[place % 4], "登记机关所在辖区": "390102"}
        for place in range(TARGETS)
    ]  # fmt: skip
    faulty = [*rows, rows[0] | {"编号": "C999", "信用风险分类": "Z"}]
    registrar.go("/registries/imports")
    hand_in(registrar, workbook(faulty))
    assert "Z" in registrar.text()
    registrar.press("/discard")
    registrar.go("/registries/imports")
    hand_in(registrar, workbook(rows))
    registrar.press("/apply")
    registrar.go("/registries/targets?q=充电")
    assert "第3充电站" in registrar.text()
    assert template_file("targets", ".xlsx")[:2] == b"PK"


def hand_in(person: Person, content: bytes) -> None:
    person.choose("main form[action$='/imports']", kind="targets")
    person.page.locator("input[type=file]").set_input_files(
        {"name": "targets.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    person.press("/imports")


def set_up(cast: Cast) -> None:
    """The wizard, step by step as a planner goes through it; the pool is counted while he types."""
    planner = cast("amr.planner")
    planner.go("/campaigns/")
    planner.follow(cast.wizard)
    page, today = planner.page, business_date(cast.town.now)
    on = page.locator(".between [data-step='1']")
    planner.fill(code=CODE, name="充电站部门联合抽查", legal_basis="国办发〔2015〕58号")
    planner.fill(first_day=today.isoformat(), last_day=(today + timedelta(days=90)).isoformat())
    page.locator("[name=kind][value=targeted]").check()
    on.click()
    for item in ("AMR/A01", "FIRE/A01"):
        page.locator(f"[name=items][value='{item}']").check()
    on.click()
    page.locator("[name=join][value=FIRE]").check()
    on.click()
    page.locator("[name=condition_field]").first.select_option("type")
    page.locator("[name=condition_values]").first.fill("充电站")
    on.click()
    page.locator("[name=quota_by][value=total]").check()
    planner.fill(total=str(DRAWN))
    page.locator("#outline-count").get_by_text(str(TARGETS)).first.wait_for()
    on.click()
    page.locator("[name=witnesses][value=notary]").check()
    on.click()
    with page.expect_navigation(wait_until="load"):
        page.locator("#step-7 button[type=submit]").click()
    assert "充电站部门联合抽查" in planner.text()
    planner.press("/invite")


def answer_and_approve(cast: Cast) -> None:
    joining = cast("fire.planner")
    joining.go("/")
    joining.go(f"/campaigns/{CODE}")
    joining.page.locator("[name=accept][value=yes]").check()
    joining.fill(comment="同意，建议错峰")
    joining.press("/answer")
    planner = cast("amr.planner")
    planner.go(f"/campaigns/{CODE}")
    planner.press("/submit")
    approver = cast("amr.approver")
    approver.go(f"/campaigns/{CODE}")
    approver.press("/approve")


def draw(cast: Cast) -> None:
    planner, witness = cast("amr.planner"), cast("notary")
    planner.go(f"/campaigns/{CODE}")
    planner.press("/freeze")
    address = planner.page.url
    witness.go(address)
    witness.page.locator("#witness-text").fill(TEXT)
    witness.press("/promise", "button[data-witness-send]")
    planner.go(address)
    planner.press("/commit")
    cast.town.pass_time(minutes=10)
    planner.go(address)
    planner.fill(place="市政府网站")
    assert planner.page.input_value("#f-time") == ""  # no time is there that nobody told
    planner.page.locator("[data-now]").click()
    planner.press("/publish")
    witness.go(address)
    witness.page.locator("form[action$='/reveal'] [name=text]").first.fill(TEXT)
    witness.press("/reveal")
    planner.go(address)
    planner.press("/close")
    cast.town.pass_time(minutes=10)
    for person, dice in ((planner, DICE), (witness, DICE[:-1] + "0"), (planner, DICE), (witness, DICE)):
        person.go(address)
        person.fill(entropy=dice)
        assert "20" in person.page.inner_text("[data-count-digits].text-success")
        person.press("/entropy")
    planner.go(address)
    planner.press("/execute")
    planner.page.wait_for_url(address, timeout=60_000)
    planner.go(f"/campaigns/{CODE}")
    planner.press("/dispatch")


def check_the_bundle(cast: Cast, folder: Any) -> None:
    auditor = cast("amr.auditor")
    auditor.go(f"/campaigns/{CODE}")
    auditor.follow("/draws/")
    with auditor.page.expect_download() as download:
        auditor.page.locator("form[action$='/bundle'] button").click()
    path = folder / "bundle.zip"
    download.value.save_as(path)
    assert "pairs.csv" in zipfile.ZipFile(path).namelist()
    with auditor.page.expect_download() as download:
        auditor.page.locator("footer a[href$='verifier.py']").click()
    verifier = folder / "verifier.py"
    download.value.save_as(verifier)
    alone = subprocess.run([sys.executable, "-I", str(verifier), str(path)], capture_output=True, check=False)
    assert alone.returncode == 0, alone.stdout
    auditor.press("/replay")
    auditor.page.locator(".state-verified").first.wait_for(timeout=60_000)


def visits_of(cast: Cast, department: str) -> list[int]:
    """The ids of a department's open visits of the campaign."""
    from data.models import Department, Draw

    rows = cast.rows(
        select(Visit.id)
        .join(Draw, Draw.id == Visit.draw_id)
        .join(Campaign, Campaign.id == Draw.campaign_id)
        .join(Department, Department.id == Visit.department_id)
        .where(Campaign.code == CODE, Department.code == department, Visit.state != "void")
        .order_by(Visit.id)
    )
    return [row[0] for row in rows]


def change(cast: Cast) -> None:
    """Days for the visits, and a recusal by the department's approver."""
    cast.days_pass(1)
    planner = cast("amr.planner")
    planner.go(f"/timetable/campaign/{CODE}")
    planner.press("/make")
    planner.page.wait_for_url("**/timetable/campaign/**", timeout=60_000)
    visit = visits_of(cast, "AMR")[0]
    before = cast.town.team(visit)
    approver = cast("amr.approver")
    page = approver.go(f"/visits/{visit}")
    page.locator("details:has(form[action$='/recuse']) summary").click()
    code = cast.rows(
        select(Inspector.code).join(User, User.inspector_id == Inspector.id).where(User.login == before[-1])
    )[0][0]
    approver.choose("form[action$='/recuse']", inspector=code, ground="kinship")
    approver.press("/recuse")
    after = cast.town.team(visit)
    assert set(before) - set(after) == {before[-1]}
    assert len(after) == len(before)


def inspect(cast: Cast) -> None:
    """Every team enters its result; one is sent back and entered again."""
    cast.days_pass(14)
    for department in ("AMR", "FIRE"):
        for place, visit in enumerate(visits_of(cast, department)):
            enter(cast, visit, found=place == 0)
    sent_back = visits_of(cast, "AMR")[0]
    reviewer = cast("amr.reviewer")
    reviewer.go(f"/visits/{sent_back}")
    reviewer.is_refused("/review", "button[value=send_back]")
    reviewer.fill(reason="请补充现场照片")
    reviewer.press("/review", "button[value=send_back]")
    enter(cast, sent_back, found=True, reason="补充照片后重报")


def enter(cast: Cast, visit: int, found: bool, reason: str = "") -> None:
    inspector = cast(cast.town.team(visit)[0])
    inspector.go("/visits/mine")
    inspector.follow(f"/visits/{visit}/enter")
    inspector.fill(inspected_on=business_date(cast.town.now).isoformat())
    if found:
        inspector.fill(**{"problem-1": "充电桩接地不良", "measures": "责令限期改正"})
        inspector.choose(**{"handling-1": "order_to_correct"})
    inspector.choose(code="D" if found else "1")
    if reason:
        inspector.fill(reason=reason)
        inspector.page.locator("input[type=file]").set_input_files(
            {"name": "照片.txt", "mimeType": "text/plain", "buffer": b"photo"}
        )
    inspector.press("/enter")


def disclose(cast: Cast) -> None:
    for department in ("amr", "fire"):
        reviewer = cast(f"{department}.reviewer")
        reviewer.go("/visits/review")
        reviewer.page.locator("input[data-all]").check()
        reviewer.press("/visits/review")
        publisher = cast(f"{department}.publisher")
        publisher.go("/visits/disclosure")
        publisher.page.locator("input[data-all]").check()
        publisher.press("/visits/disclosure")
    reviewer = cast("amr.reviewer")
    page = reviewer.go("/visits/follow-ups")
    for summary in page.locator("main details:not([open]) > summary").all():
        summary.click()
    reviewer.page.locator("form[action$='/close'] [name=note]").locator("visible=true").first.fill(
        "已整改，复查合格"
    )
    reviewer.press("/close")
    planner = cast("amr.planner")
    planner.go(f"/campaigns/{CODE}")
    planner.press("/close")


def read_as_a_citizen(cast: Cast) -> None:
    citizen = cast("citizen")
    citizen.go("/")
    assert "充电站部门联合抽查" in citizen.text()
    citizen.go("/public/results?q=充电站")
    assert len(citizen.page.locator("main tbody tr").all()) == 2 * DRAWN
    citizen.follow("/public/results/")
    assert "充电" in citizen.text()
    citizen.go("/public/register")
    if cast.english:
        words = citizen.page.locator("header, h1, th, footer").all_inner_texts()
        assert not CHINESE.search(" ".join(words).replace("中文", ""))
