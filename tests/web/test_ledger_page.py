"""The ledger's page: whose lines one sees, how they are sought, and its check."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import text

from data.models import LedgerEntry
from scheduler.accounts import find_user
from scheduler.identity import hash_password
from scheduler.ledger import Sought, check_chain, ledger_lines
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Site
from tests.town import Town, refuses

_ROW = re.compile(r'<td class="number">(\d+)</td>')


def rows(page: str) -> list[int]:
    """The numbers of the lines on a page."""
    return [int(each) for each in _ROW.findall(page)]


def security_line(town: Town) -> None:
    with transaction(town.database, EVERYTHING) as session:
        find_user(session, "fire.planner").password_hash = hash_password("correct horse battery")


def tamper(town: Town, seq: int) -> None:
    """Change a line past the database's guard, as somebody could who owns the file."""
    with town.database.begin() as connection:
        for name in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger'")
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name[0]}")
        connection.execute(text("UPDATE ledger SET details = 'no json' WHERE seq = :seq"), {"seq": seq})


def test_a_department_sees_its_own_lines_and_its_auditor_no_more(site):
    site.town.drawn()
    planner, auditor = site.reader("fire.planner"), site.reader("em.auditor")
    own = planner.page("/ledger/?act=campaign:answer")
    assert (len(rows(own)), "FIRE planner" in own, "EM planner" in own) == (1, True, False)
    assert rows(planner.page("/ledger/?act=draw:freeze")) == []
    others = auditor.page("/ledger/?act=campaign:answer")
    assert (len(rows(others)), "FIRE planner" in others, "EM planner" in others) == (1, False, True)
    assert rows(auditor.page("/ledger/?act=draw:freeze")) == []
    frozen = site.reader("amr.auditor").page("/ledger/?act=draw:freeze")
    assert "锁定名录" in frozen
    assert "AMR〔2026〕1" in frozen
    assert site.stranger().get("/ledger/").status_code == 303


def test_lines_are_sought_by_subject_person_and_day_and_told_newest_first(site):
    site.town.drawn()
    auditor = site.reader("amr.auditor")
    first = rows(auditor.page("/ledger/"))
    assert first == sorted(first, reverse=True)
    assert 10 < len(first) <= 20
    of_draw = auditor.page("/ledger/?subject=draw/1")
    assert rows(of_draw)
    assert set(re.findall(r">(抽取 \d+)</a>", of_draw)) == {"抽取 1"}
    assert rows(auditor.page("/ledger/?subject=draw")) == rows(of_draw)
    assert rows(auditor.page("/ledger/?subject=dra")) == []
    assert "AMR approver" in auditor.page("/ledger/?person=approv")
    of_witness = site.town.do("notary", lambda desk: desk.session.query(LedgerEntry).count())
    assert of_witness > 0
    assert rows(auditor.page("/ledger/?person=公证人")) == []
    assert rows(auditor.page("/ledger/?person=%25")) == []
    assert rows(auditor.page("/ledger/?first=2026-03-02&last=2026-03-02&act=draw:freeze")) != []
    assert rows(auditor.page("/ledger/?first=2026-03-03")) == []
    assert rows(auditor.page("/ledger/?last=2026-03-01")) == []


def test_a_day_is_one_of_the_calendar_in_shanghai(site):
    """02:00 in Shanghai is the evening before in UTC."""
    site.town.now = site.town.now.replace(day=10, hour=18)
    site.town.campaign()
    auditor = site.reader("amr.auditor")
    assert rows(auditor.page("/ledger/?first=2026-03-11&last=2026-03-11&act=campaign:set_up")) != []
    assert rows(auditor.page("/ledger/?first=2026-03-10&last=2026-03-10&act=campaign:set_up")) == []


def test_the_security_ledger_is_for_auditors_and_administrators(site):
    security_line(site.town)
    site.stranger().does("/login", login="fire.planner", password="correct horse battery")
    assert site.reader("fire.planner").get("/ledger/?chain=security").status_code == 403
    assert len(rows(site.reader("fire.administrator").page("/ledger/?chain=security"))) == 1
    assert rows(site.reader("em.administrator").page("/ledger/?chain=security")) == []
    assert len(rows(site.reader("fire.auditor").page("/ledger/?chain=security"))) == 1
    assert rows(site.reader("em.auditor").page("/ledger/?chain=security")) == []
    assert site.reader("em.auditor").get("/ledger/?chain=other").status_code == 422


def test_an_auditor_checks_the_whole_chain_and_is_told_the_first_line_that_is_wrong(site):
    site.town.campaign()
    auditor = site.reader("em.auditor")
    assert site.reader("em.administrator").post("/ledger/check/business").status_code == 403
    whole = auditor.post("/ledger/check/business").text
    [head] = re.findall(r"[0-9a-f]{64}:\d+", whole)
    assert f'data-copy="{head}"' in site.reader("fire.planner").page("/ledger/")
    assert "完整" in whole
    part = auditor.post("/ledger/check/business", headers={"HX-Request": "true"}).text
    assert ("完整" in part, "<html" in part) == (True, False)
    with transaction(site.town.database, EVERYTHING) as session:
        seq = session.query(LedgerEntry).filter_by(action="campaign:set_up").one().seq
    tamper(site.town, seq)
    assert f"第 {seq} 行不对：内容被改动" in auditor.post("/ledger/check/business").text
    english = site.reader("em.auditor", english=True).post("/ledger/check/business").text
    assert "its columns are not what was hashed" in english
    own = site.reader("amr.auditor")
    assert "no json" in own.page("/ledger/?act=campaign:set_up")  # and the page still shows what stands there


def test_nonsense_in_the_address_is_told_or_left_out(site):
    site.town.campaign()
    reader = site.reader("amr.auditor")
    for asked in (
        "page=x",
        "page=-7",
        "subject=%25",
        "first=9999-12-31",
        "first=0001-01-01",
        "last=9999-12-31",
        "last=0001-01-01",
    ):
        assert reader.get(f"/ledger/?{asked}").status_code == 200
    assert "“morgen”不是日期" in reader.page("/ledger/?first=morgen")
    assert rows(reader.page("/ledger/?last=9999-12-31&act=campaign:set_up")) != []


def test_the_lines_of_a_department_are_found_by_either_database(town):
    town.campaign()
    with town.at("fire.planner") as desk:
        of_campaign = Sought(action="campaign")
        assert [each.action for each in ledger_lines(desk, of_campaign).rows] == ["campaign:answer"]
        assert ledger_lines(desk, replace(of_campaign, person="fire plan")).total == 1
        assert ledger_lines(desk, replace(of_campaign, person="_IRE plan")).total == 0
    with refuses("actor.role"):
        check_chain(lambda: town.at("fire.planner"), "business")
    with town.at("amr.auditor") as desk:
        found = ledger_lines(desk, Sought(action="campaign:", subject="campaign/1"))
        assert [each.action for each in found.rows][-1] == "campaign:set_up"


def test_the_english_page_has_no_chinese_of_ours(site: Site):
    site.town.campaign()
    assert "Campaign approved" in site.reader("amr.auditor", english=True).page(
        "/ledger/?act=campaign:approve"
    )
