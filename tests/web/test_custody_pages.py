"""Custody in the browser: an administrator names, custodians make keys, and two of them open on the page of the draw."""

from __future__ import annotations

import logging
import re

import pytest

from scheduler.accounts import NewUser, add_user, grant
from scheduler.clock import SHANGHAI
from scheduler.inspection import audit, drawing
from scheduler.transaction import EVERYTHING, transaction
from tests.keepers import KEEPERS, ONE, THREE, TWO, passphrase_of, with_custodians
from tests.site import Site
from tests.town import DICE, TEXT, Town

SMALL = {"strata_by": "none", "rates": {"all": "5/100"}}


@pytest.fixture
def site(town: Town):
    opened = Site(town)
    yield opened
    opened.close()


@pytest.fixture
def kept(small_town: Town):
    opened = Site(with_custodians(small_town))
    yield opened
    opened.close()


def frozen(site: Site) -> str:
    """The page of a draw whose lists the planner has frozen in his browser."""
    code = site.town.campaign(**SMALL)
    return site.reader("amr.planner").does(f"/draws/freeze/{code}")


def to_entropy(site: Site, page: str) -> None:
    """From the promise to the second entry, each in his own browser."""
    planner, notary = site.reader("amr.planner"), site.reader("notary")
    notary.does(f"{page}/promise", text=TEXT, warned="1")
    planner.does(f"{page}/commit")
    site.town.pass_time(minutes=10)
    planner.does(
        f"{page}/publish",
        place="门户网站",
        time=site.town.now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S"),
    )
    notary.does(f"{page}/reveal", text=TEXT)
    planner.does(f"{page}/close", final="1")
    planner.does(f"{page}/entropy", entropy=DICE)
    notary.does(f"{page}/entropy", entropy=DICE)


def opens(site: Site, page: str, login: str, passphrase: str = ""):
    """A custodian's answer to the form on the page of a draw."""
    return site.reader(login).post(f"/custody{page}", passphrase=passphrase or passphrase_of(login))


def test_a_whole_campaign_in_custody_with_a_lost_custodian_and_a_wrong_passphrase(site, caplog):
    town = site.town
    with caplog.at_level(logging.DEBUG):
        _name_and_make_keys(site)
        page = frozen(site)
        shown = site.reader("amr.planner").page(page)
        assert all(f"保管人 {login}" in shown for login in KEEPERS)
        assert "passphrase" not in site.reader(ONE).page(page)
        early = opens(site, page, ONE)
        assert (early.status_code, "随机数还没有确定" in early.text) == (422, True)
        to_entropy(site, page)
        assert "秘密待您开启" in site.reader(TWO).page("/")
        assert "还需 2 位" in site.reader("amr.planner").page(page)
        wrong = opens(site, page, ONE, "this is a wrong canary phrase")
        assert (wrong.status_code < 500, "保管口令不对" in wrong.text) == (True, True)
        assert "canary" not in wrong.text
        assert opens(site, page, ONE).status_code == 303
        assert "您的份额" not in site.reader(ONE).page(page)
        assert opens(site, page, THREE).status_code == 303  # TWO is lost
        site.reader("amr.planner").does(f"{page}/execute")
        assert [each.outcome for each in site.run_jobs()] == ["done"]
    number = _number(town, page)
    town.dispatch("2026-加油站")
    assert not audit.check_bundle(_bundle(site, page)).wrong
    public = site.stranger().page(f"/public/draws/{number}")
    assert "由 3 位保管人分持" in public
    assert "canary" not in caplog.text
    assert "canary" not in site.reader("amr.auditor").page("/ledger/")


def _name_and_make_keys(site: Site) -> None:
    with_roles_only(site.town)
    administrator = site.reader("amr.administrator")
    for login in KEEPERS:
        administrator.does("/custody/", login=login)
    assert "尚未设置" in administrator.page("/custody/")
    for login in KEEPERS:
        keeper = site.reader(login)
        assert "请设置保管密钥" in keeper.page("/")
        phrase = passphrase_of(login)
        assert keeper.post("/custody/key", passphrase=phrase, again=phrase + "x").status_code < 500
        keeper.does("/custody/key", passphrase=phrase, again=phrase)
    assert "尚未设置" not in administrator.page("/custody/")
    for login in KEEPERS:
        _confirm(site, login, "fire.approver" if login == ONE else ONE)
    assert "待核对" not in administrator.page("/custody/")
    assert "没有待您核对的密钥" in site.reader(ONE).page("/custody/confirm")


def _confirm(site: Site, login: str, second: str) -> None:
    """The custodian reads the fingerprint aloud from his own page, and the second person types it on his."""
    own = site.reader(login).page("/custody/key")
    read_aloud = re.search(r"(?:\d{4} ){5}\d{4}", own)
    assert read_aloud
    assert "待核对" in own
    other = site.reader(second)
    assert read_aloud[0] not in other.page("/custody/confirm")
    assert f"保管人 {login}" in other.page("/custody/confirm")
    wrong = other.post("/custody/confirm", login=login, fingerprint="1234 " * 6)
    assert (wrong.status_code, "指纹与保管人现在的密钥不一致" in wrong.text) == (422, True)
    other.does("/custody/confirm", login=login, fingerprint=read_aloud[0])
    assert "已核对" in site.reader(login).page("/custody/key")


def with_roles_only(town: Town) -> None:
    """Accounts with the role, before anybody has named them."""
    with transaction(town.database, EVERYTHING) as session:
        for login, department in KEEPERS.items():
            add_user(session, town.now, NewUser(login, login, f"保管人 {login}", department))
            grant(session, town.now, login, "custodian")


def _number(town: Town, page: str) -> str:
    with town.at("amr.planner") as desk:
        return str(drawing.draw_by_id(desk, int(page.rsplit("/", 1)[1])).number)


def _bundle(site: Site, page: str) -> bytes:
    return site.reader("amr.planner").post(f"{page}/bundle").data


def test_a_draw_without_custodians_says_so_inside_and_outside(site):
    page = frozen(site)
    assert "未经保管人分持" in site.reader("amr.planner").page(page)
    site.town.commit(_number(site.town, page))
    assert "未经保管人分持" in site.stranger().page(f"/public/draws/{_number(site.town, page)}")


def test_who_is_no_custodian_of_the_draw_is_refused_and_shown_no_form(kept):
    page = frozen(kept)
    to_entropy(kept, page)
    assert opens(kept, page, "amr.planner", "whatever").status_code == 403
    assert "/custody/draws" not in kept.reader("amr.planner").page(page)
    assert "/custody/draws" in kept.reader(ONE).page(page)


def test_too_many_wrong_passphrases_shut_the_form_and_not_the_login(kept):
    page = frozen(kept)
    to_entropy(kept, page)
    for _ in range(10):
        opens(kept, page, ONE, "a wrong canary phrase")
    told = opens(kept, page, ONE)
    assert "口令尝试次数太多" in told.text
    assert kept.reader(ONE).get("/").status_code == 200


def test_an_administrator_proposes_the_end_of_custody_and_another_department_confirms_it(kept):
    administrator, second = kept.reader("amr.administrator"), kept.reader("fire.approver")
    administrator.does("/custody/end", reason="机构调整")
    assert "待其他部门的保管人或批准人确认" in administrator.page("/custody/")
    assert kept.reader("amr.approver").post("/custody/end/confirm", department="AMR").status_code == 422
    assert "机构调整" in second.page("/custody/confirm")
    second.does("/custody/end/confirm", department="AMR")
    assert "没有保管人：本部门抽取的秘密只由系统加密保管" in administrator.page("/custody/")


def test_the_api_opens_nothing(kept):
    routes = [str(each) for each in kept.app.url_map.iter_rules()]
    assert [each for each in routes if "custody" in each or "unlock" in each] == [
        each for each in routes if each.startswith("/custody/")
    ]


def test_a_whole_custody_page_is_english_for_who_reads_english(kept):
    told = kept.reader("amr.administrator", english=True).page("/custody/")
    assert "Custodians of secrets" in told
    assert "Your share" in kept.reader(ONE, english=True).page("/custody/key")
