"""From a shortage to the next pairing: what lacks, what would do, the form that does it, and whether it does by now."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

from sqlalchemy import select, update

from data.models import Department, Inspector, LedgerEntry
from scheduler.inspection import drawing
from scheduler.transaction import EVERYTHING, transaction
from tests.crawl import Page
from tests.site import Reader, Site
from tests.town import Town

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}


def short(town: Town, **values) -> str:
    """A draw whose emergency managers are too few; its path. They bear one target each, unless something else is said."""
    change(town, "EM%", **values or {"capacity": 1})
    number = town.freeze(town.campaign(**SMALL))
    town.commit(number)
    town.open(number)
    assert town.execute(number) == "short"
    return town.do("amr.planner", lambda desk: f"/draws/{drawing.find_draw(desk, number).id}")


def change(town: Town, codes: str, **values) -> None:
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like(codes)).values(**values))


def said(page: str) -> str:
    """What stands on a page, without its tags."""
    return " ".join(" ".join(Page(page).said).split())


def links(page: str, to: str) -> list[str]:
    """The addresses of links that begin so."""
    return [unescape(each) for each in re.findall(rf'href="({to}[^"]*)"', page)]


def query(address: str) -> dict[str, list[str]]:
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(address).query)


def sends(reader: Reader, address: str) -> None:
    """Confirm the form that an address fills in."""
    page = reader.page(address)
    assert 'action="/registries/amendment"' in page
    reader.does("/registries/amendment", **query(address))


def test_a_shortage_leads_to_a_proposal_a_change_a_check_and_the_next_pairing(site: Site):
    """The whole way, in the browser of each who has a part in it."""
    town = site.town
    path = short(town)
    planner = site.reader("em.planner")
    assert f'href="{path}/shortage"' in planner.page(path)
    page = planner.page(f"{path}/shortage")
    assert "还不够" in said(page)
    assert "东区 390102 组长 6 席、组员 6 席" in said(page)
    assert "最多能派 6，缺 6。" in said(page)
    assert "承办上限已用尽的人员" in said(page)
    (everybody, *_) = links(page, "/registries/amendment")
    assert query(everybody)["capacity"] == ["1"]
    assert len(query(everybody)["inspector"]) == 6
    assert "交给他" in planner.page(everybody)  # a planner keeps no registry
    assert planner.post("/registries/amendment", **query(everybody)).status_code == 403
    sends(site.reader("em.registrar"), everybody)
    with transaction(town.database, EVERYTHING) as session:
        told = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "inspector:amend")).all()
        assert len(told) == 6
        assert set(session.scalars(select(Inspector.capacity).where(Inspector.code.like("EM%")))) == {2}
    assert "够了" in said(planner.page(f"{path}/shortage"))
    lead = site.reader("amr.planner")
    assert "够了" in said(lead.page(f"{path}/shortage"))
    lead.does(f"{path}/refreeze")
    number = town.do("amr.planner", lambda desk: drawing.find_draw(desk, "AMR〔2026〕1").number)
    town.commit(number)
    town.open(number, dice="d10x20:27182818284590452353")
    assert town.execute(number) == "completed"


def test_the_check_counts_what_is_still_missing(site: Site):
    path = short(site.town)
    planner = site.reader("em.planner")
    change(site.town, "EM00_", capacity=1)
    change(site.town, "EM000", capacity=4)
    assert "缺 3" in said(planner.page(f"{path}/shortage"))
    change(site.town, "EM001", capacity=3)
    assert "缺 1" in said(planner.page(f"{path}/shortage"))
    change(site.town, "EM002", capacity=2)
    assert "够了" in said(planner.page(f"{path}/shortage"))
    change(site.town, "EM%", state="suspended")
    assert "没有可派的检查人员" in said(planner.page(f"{path}/shortage")) or "EM" in said(
        planner.page(f"{path}/shortage")
    )


def test_leads_are_proposed_for_whoever_may_be_qualified(site: Site):
    path = short(site.town, qualifications="", capacity=60)
    page = site.reader("em.planner").page(f"{path}/shortage")
    assert "取得组长资格" in said(page)
    (form,) = [each for each in links(page, "/registries/amendment") if "qualification" in query(each)]
    assert len(query(form)["inspector"]) == 1
    sends(site.reader("em.registrar"), form)
    assert "够了" in said(site.reader("em.planner").page(f"{path}/shortage"))


def test_regions_are_proposed_and_a_list_of_new_inspectors_comes_filled_in(site: Site):
    path = short(site.town, regions="390199", capacity=60)
    planner = site.reader("em.planner")
    page = planner.page(f"{path}/shortage")
    (form,) = [each for each in links(page, "/registries/amendment") if "region" in query(each)]
    assert query(form)["region"] == ["390102"]
    blank = planner.get(links(page, "/registries/new-inspectors.csv")[0])
    rows = list(csv.DictReader(io.StringIO(blank.get_data().decode("utf-8-sig"))))
    assert len(rows) == 1 or len(rows) == 2
    assert {row["承办上限"] for row in rows} == {"60"}
    assert {row["区域范围"] for row in rows} == {"390102"}
    sends(site.reader("em.registrar"), form)
    assert "够了" in said(planner.page(f"{path}/shortage"))


def test_a_department_sees_its_own_and_the_lead_department_only_how_much(site: Site):
    path = short(site.town)
    own, lead, other = (
        site.reader(f"{code}.planner").page(f"{path}/shortage") for code in ("em", "amr", "fire")
    )
    assert "EM000" in own
    assert "缺 6" in said(lead)
    assert "EM局" in said(lead)
    assert not re.search(r"EM\d{3}", lead)
    assert links(lead, "/registries/amendment") == []
    assert "缺人的是其他部门" in said(other)
    assert "部门 EM：需 12 个席位" in said(other)  # as on the draw's own page
    assert not re.search(r"EM\d{3}|组长 6 席", other)


def test_who_may_not_see_what_was_drawn_is_told_nothing(site: Site):
    path = short(site.town)
    for login, status in (("notary", 403), ("em.registrar", 403), ("em.reviewer", 403), ("em000", 403)):
        reader = site.reader(login)
        assert reader.get(f"{path}/shortage").status_code == status, login
        assert "/shortage" not in reader.page("/") + (reader.get(path).text)


def test_without_a_shortage_there_is_nothing_to_explain(site: Site):
    number = site.town.freeze(site.town.campaign(**SMALL))
    path = site.town.do("amr.planner", lambda desk: f"/draws/{drawing.find_draw(desk, number).id}")
    assert site.reader("amr.planner").get(f"{path}/shortage").status_code == 422


def test_the_form_is_read_again_when_it_is_sent(site: Site):
    """What it names is looked for at a registrar's desk: nobody of another department, and no amendment that is none."""
    registrar = site.reader("em.registrar")
    for form in (
        {"inspector": "EM000"},
        {"inspector": "EM000", "capacity": "-1"},
        {"inspector": "EM000", "capacity": "1000"},
        {"inspector": "EM000", "region": "a;b"},
        {"capacity": "1"},
    ):
        assert registrar.post("/registries/amendment", **form).status_code == 422, form
    assert registrar.post("/registries/amendment", inspector="AMR000", capacity="1").status_code == 404
    assert registrar.get("/registries/amendment?inspector=AMR000&capacity=1").status_code == 404
    registrar.does("/registries/amendment", inspector=["EM000", "EM000"], capacity="2", region="390102")
    with transaction(site.town.database, EVERYTHING) as session:
        one = session.scalars(select(Inspector).where(Inspector.code == "EM000")).one()
        assert (one.capacity, one.regions) == (62, "*")  # who goes everywhere goes there already
        assert session.scalars(
            select(LedgerEntry).where(LedgerEntry.action == "inspector:amend")
        ).one().subject == (f"inspector/{one.id}")


def test_the_english_page_is_complete(site: Site):
    path = short(site.town)
    page = said(site.reader("em.planner", english=True).page(f"{path}/shortage"))
    for each in (
        "Not enough yet",
        "6 missing",
        "more inspectors",
        "Raise the capacity of all who have none left",
    ):
        assert each in page, page


def test_a_rehearsal_tells_what_would_do_and_nobodys_name(site: Site):
    change(site.town, "EM%", capacity=1)
    code = site.town.campaign(**SMALL)
    page = site.reader("amr.planner").post(f"/campaigns/{code}/rehearsal").text
    assert "组长 6 席" in said(page)
    assert "名有组长资格的检查人员" in said(page)
    assert not re.search(r"EM\d{3}|T00\d\d", page)


def test_a_department_with_names_stands_in_the_database(site: Site):
    """Or the tests before could not fail."""
    with transaction(site.town.database, EVERYTHING) as session:
        assert session.scalars(select(Department.name).where(Department.code == "EM")).one() == "EM局"
