"""The public register: what each number is about, what was changed after it, and how much choice its seats had."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select, update

from data.models import DrawFile, Inspector
from data.queries import draws
from data.vocabulary import CHOICES_FILE
from matching.choice import read_choices
from scheduler.inspection import disclosure, drawing, recusal, visits
from scheduler.transaction import EVERYTHING, transaction
from tests.crawl import Page
from tests.town import Town

TODAY = date(2026, 3, 9)
SMALL = {"rates": {}, "total": 6, "strata_by": "none"}


def said(page: str) -> str:
    """What stands on a page, without its tags."""
    return " ".join(" ".join(Page(page).said).split())


def whole(town: Town, number: str) -> disclosure.DrawWhole:
    with transaction(town.database, EVERYTHING) as session:
        return disclosure.draw(session, number, TODAY)


def counts(town: Town, year: int = 2026, department: str = "") -> list[disclosure.RegisterCount]:
    with transaction(town.database, EVERYTHING) as session:
        return disclosure.register_counts(session, year, department)


def recused(town: Town, number: str, ground: str = "kinship") -> str:
    """Somebody is recused from the first visit; his code."""
    visit, target = town.visits(number)[0]
    lead = town.team(visit)[0].upper()
    with town.at("amr.approver") as desk:
        found = visits.find_visit(desk, drawing.find_draw(desk, number), target)
        recusal.recuse(desk, found, lead, ground, "只在内部写明的理由")
    return lead


def voided(town: Town, number: str, ground: str = "moved_away") -> None:
    target = town.visits(number)[1][1]
    with town.at("amr.approver") as desk:
        recusal.void_target(desk, drawing.find_draw(desk, number), target, ground, "已搬走")


def test_a_number_tells_its_purpose_its_departments_and_where_it_was_published(site):
    town = site.town
    number = town.freeze(town.campaign(**SMALL))
    digest = town.commit(number)
    page = site.stranger().page("/public/register")
    assert f'data-copy="{digest}"' in page
    for told in (
        "加油站部门联合抽查",
        "AMR局（牵头）、FIRE局、EM局",
        "市政府门户网站",
        "2026-03-02 09:10",
        "期限 2026-06-30",
    ):
        assert told in page.replace("\n", ""), told
    assert "承诺于 2026-03-02" in page


def test_what_was_not_published_elsewhere_says_so(site):
    town = site.town
    number = town.freeze(town.campaign(**SMALL | {"witnesses": []}))
    with town.at("amr.planner") as desk:
        drawing.commit_draw(desk, drawing.find_draw(desk, number))
    assert "没有登记公布" in site.stranger().page("/public/register")


def test_being_late_is_told_in_words_and_not_by_colour_alone(site):
    town = site.town
    town.commit(town.freeze(town.campaign(**SMALL | {"draw_by": "2026-03-20"})))
    stranger = site.stranger()
    page = stranger.page("/public/register")
    assert ("class=late" in page, "已过期限" in page) == (False, False)
    town.pass_time(days=19)
    page = stranger.page("/public/register")
    assert ("class=late" in page, "2026-03-20 已过期限" in page) == (True, True)


def test_voids_and_recusals_have_their_grounds_and_exact_rates(town):
    """Six targets, three departments, two to a team: 36 pairs; the successor and who came instead are in no rate."""
    _, number = town.drawn(**SMALL)
    recused(town, number)
    voided(town, number)
    changes = whole(town, number).changes
    assert (changes.targets, changes.pairs) == (6, 36)
    assert (changes.voids, changes.recusals) == ((("moved_away", 1),), (("kinship", 1),))
    assert (changes.voided, changes.recused) == (1, 1)
    [count] = counts(town)
    assert (count.department.code, count.year, count.numbers, count.changes) == ("AMR", 2026, 1, changes)
    assert counts(town, year=2025) == counts(town, department="FIRE") == []


def test_grounds_and_rates_stand_on_the_pages_and_reasons_do_not(site):
    _, number = site.town.drawn(**SMALL)
    lead = recused(site.town, number)
    voided(site.town, number)
    for path in ("/public/register", f"/public/draws/{number}"):
        page = site.stranger().page(path)
        told = said(page)
        for each in ("1/6 · ≈16.67%", "1/36 · ≈2.78%", "亲属关系 1", "迁出 1"):
            assert each in told, (path, each, told)
        for kept in ("只在内部写明的理由", "已搬走", lead):
            assert kept not in page


def test_the_register_counts_the_year_that_it_shows_and_nothing_where_only_late_ones_are_shown(
    site, monkeypatch
):
    town, counted = site.town, []
    count = disclosure.register_counts
    monkeypatch.setattr(
        disclosure, "register_counts", lambda s, year, of="": counted.append((year, of)) or count(s, year, of)
    )
    town.commit(town.freeze(town.campaign(**SMALL | {"draw_by": "2026-03-20"})))
    stranger = site.stranger()
    assert "2026 年度的作废与回避" in stranger.page("/public/register")
    assert "作废与回避" in stranger.page("/public/register?department=AMR&year=2026")
    assert counted == [(2026, ""), (2026, "AMR")]
    town.pass_time(days=19)
    for address in ("/public/register?overdue=1", "/public/register?year=2025"):
        assert "作废与回避" not in stranger.page(address)
    assert len(counted) == 2


def test_who_left_his_department_is_told_but_is_no_recusal(town):
    _, number = town.drawn(**SMALL)
    with transaction(town.database, EVERYTHING) as session:
        gone = session.scalars(select(Inspector).where(Inspector.code == "EM001")).one()
        gone.state = "left"
        key = gone.id
    with town.at("em.registrar") as desk:
        recusal.release_inspectors(desk, [(key, "EM001")])
    changes = whole(town, number).changes
    assert changes.recused == 0
    assert dict(changes.recusals).keys() == {"departure"}


def test_void_numbers_are_counted_by_ground_and_year(town):
    code = town.campaign(**SMALL)
    for ground in ("wrong_list", "wrong_list", "witness_missing"):
        number = town.freeze(code)
        with town.at("amr.approver") as desk:
            drawing.void_number(desk, drawing.find_draw(desk, number), ground, "理由")
    [count] = counts(town)
    assert (count.numbers, count.void_numbers) == (3, 3)
    assert count.void_grounds == (("witness_missing", 1), ("wrong_list", 2))


# How much choice the seats had


def kept(town: Town, number: str) -> list[list[object]]:
    with transaction(town.database, EVERYTHING) as session:
        drawn = draws.draw_by_number(session, number)
        found = session.get_one(DrawFile, (drawn.id, 1, CHOICES_FILE))
        return [list(each) for each in read_choices(found.content)]


def rows(files: dict[str, bytes], name: str) -> list[list[str]]:
    text = files[name].decode()
    if name.endswith(".csv"):
        return list(csv.reader(io.StringIO(text)))[1:]
    return [line.split("\t") for line in text.splitlines()[1:]]


def recounted(files: dict[str, bytes]) -> dict[tuple[str, str, int], int]:
    """Seats by department, role and how many were eligible, from the full bundle alone."""
    targets = {row[1]: row for row in rows(files, "targets.tsv")}
    barred = {(row[0], row[1]) for row in rows(files, "bars.tsv")}
    found: dict[tuple[str, str, int], int] = {}
    for target_id, department, _, role, _ in rows(files, "pairs.csv"):
        able = [
            person
            for person in rows(files, "inspectors.tsv")
            if person[0] == department
            and (person[4] == "*" or targets[target_id][2] in person[4].split(";"))
            and (person[1], target_id) not in barred
            and (role == "member" or "lead" in person[2].split(";"))
        ]
        key = (department, role, len(able))
        found[key] = found.get(key, 0) + 1
    return found


def test_what_is_kept_beside_the_outcome_follows_from_the_bundle_and_is_not_in_it(town):
    with transaction(town.database, EVERYTHING) as session:
        session.execute(
            update(Inspector).where(Inspector.code.in_(["EM003", "EM004"])).values(regions="390199")
        )
    _, number = town.drawn(**SMALL)
    files = town.bundle(number)
    assert CHOICES_FILE not in files
    assert {(d, role, n): seats for d, role, n, _, seats in kept(town, number)} == recounted(files)


def test_a_seat_with_one_eligible_is_published_and_called_not_random(site):
    """Of EM only one can lead: every lead of EM was fixed beforehand."""
    with transaction(site.town.database, EVERYTHING) as session:
        session.execute(
            update(Inspector).where(Inspector.code.in_(["EM001", "EM002"])).values(qualifications="")
        )
    _, number = site.town.drawn(**SMALL)
    shown = {(each.department, each.role): each for each in whole(site.town, number).choices}
    lead = shown["EM局", "lead"]
    assert (lead.seats, lead.one, lead.two, lead.few, lead.many, lead.least, lead.median) == (
        6,
        6,
        0,
        0,
        0,
        1,
        "1",
    )
    assert (lead.forced, shown["EM局", "member"].forced, shown["EM局", "member"].many) == (6, 0, 6)
    told = said(site.stranger().page(f"/public/draws/{number}"))
    assert "6 席只有一人可选：不是随机" in told
    assert told.count("都有选择") == 5
    assert "6 seats had one eligible inspector: not random" in said(
        site.stranger(english=True).page(f"/public/draws/{number}")
    )


def test_a_team_of_all_who_may_go_is_called_not_random_too(site):
    with transaction(site.town.database, EVERYTHING) as session:
        some = [f"EM00{n}" for n in (1, 2, 4, 5)]
        session.execute(update(Inspector).where(Inspector.code.in_(some)).values(regions="390199"))
    _, number = site.town.drawn(**SMALL)
    member = {(each.department, each.role): each for each in whole(site.town, number).choices}[
        "EM局", "member"
    ]
    assert (member.two, member.forced) == (6, 6)
    assert "6 席有资格的人全部到场：不是随机" in said(site.stranger().page(f"/public/draws/{number}"))


def test_seats_filled_after_the_pairing_are_told_with_how_many_were_eligible(site):
    _, number = site.town.drawn(**SMALL)
    recused(site.town, number)
    supplied = whole(site.town, number).supplied
    assert supplied is not None
    assert (supplied.seats, supplied.many + supplied.few) == (1, 1)
    assert "抽取后递补" in said(site.stranger().page(f"/public/draws/{number}"))


@pytest.mark.parametrize(
    ("counted", "told"),
    [
        ({(3, 1): 5}, "3"),
        ({(1, 1): 2, (4, 1): 2}, "2.5"),
        ({(1, 1): 1, (2, 1): 1, (9, 1): 1}, "2"),
        ({(2, 1): 3, (7, 1): 1}, "2"),
    ],
)
def test_the_median_of_what_is_counted(counted, told):
    assert disclosure._choice("", "lead", counted).median == told


def test_the_probability_of_every_stratum_is_public_once_it_is_drawn(site):
    _, number = site.town.drawn()
    told = said(site.stranger().page(f"/public/draws/{number}"))
    assert "每户抽中概率" in told
    for each in ("2/15 · ≈13.33%", "1/5 · 20%", "2/5 · 40%", "100%"):
        assert each in told, told


def test_the_probability_of_every_stratum_is_told_to_the_planner_before(site):
    code = site.town.campaign()
    told = said(site.reader("amr.planner").page(f"/campaigns/{code}"))
    for each in ("2/15 · ≈13.33%", "1/5 · 20%", "2/5 · 40%", "100%"):
        assert each in told, told
