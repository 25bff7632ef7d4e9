"""At a desk one finds what one may see of the registries, page by page, one by one, and to take away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from data import database as databases
from data.database import open_database, writing
from data.intake.lists import LISTS
from data.intake.records import Source
from data.models import (
    Bar,
    Certificate,
    Department,
    Inspector,
    Leave,
    Permit,
    SpecialRegistry,
    Target,
    TargetLabel,
)
from data.queries import registries, target_search
from data.target_index import catch_up
from scheduler.inspection import search
from scheduler.inspection.intake import Circumstances, import_list
from scheduler.inspection.search import BarFilter, InspectorFilter, TargetFilter
from scheduler.installation import reading_desk
from scheduler.transaction import EVERYTHING, transaction
from tests.town import Town, refuses


def changed(town: Town, *rows: object) -> None:
    """Add rows to the town."""
    with transaction(town.database, EVERYTHING) as session:
        session.add_all(rows)


def some_id(session: Session, model: type, code: str) -> int:
    return session.scalars(select(model.id).where(model.code == code)).one()


@pytest.fixture(params=["behind", "indexed"])
def searched(town: Town, request: pytest.FixtureRequest) -> Town:
    """The town with a target in another city, its targets behind the index or in it."""
    changed(town, *(
        Target(code=code, code_kind="other", kind="organisation", name=name, jurisdiction_code="410102", risk_class="A")
        for code, name in (("X1", "第1加油站"), ("X2", "外地公司"))
    ))  # fmt: skip
    if request.param == "indexed":
        with writing(town.database).begin() as connection:
            catch_up(connection, few=0)
    return town


def test_targets_are_found_by_words_and_conditions_and_shown_by_page(searched):
    with searched.at("amr.planner") as desk:
        page = search.targets(desk, TargetFilter(q="加油站", risk_class="B", sort="newest"), page=2, size=4)
        assert [each.code for each in page.rows] == ["T0041", "T0037", "T0033", "T0029"]
        assert (page.total, page.last, page.first_row, page.last_row) == (15, 4, 5, 8)
        assert [each.code for each in search.targets(desk, TargetFilter(q="第12加")).rows] == ["T0012"]
        assert [each.code for each in search.targets(desk, TargetFilter(q="t0012")).rows] == ["T0012"]
        assert search.targets(desk, TargetFilter(type="商店")).total == 30


def test_targets_of_another_city_are_neither_found_nor_counted_nor_taken_away(searched):
    with searched.at("amr.planner") as desk:
        assert search.targets(desk, TargetFilter()).total == 60
        assert (
            search.targets(desk, TargetFilter(q="外地")).total
            == search.targets(desk, TargetFilter(q="X1")).total
            == 0
        )
        assert [each.code for each in search.targets(desk, TargetFilter(q="第1加油站")).rows] == ["T0001"]
        with refuses("target.unknown", target="X1"):
            search.target(desk, "X1")
    assert len(list(search.export_targets(desks(searched), TargetFilter()))) == 1 + 60


@pytest.mark.parametrize("wanted", [
    TargetFilter(state="gone"), TargetFilter(kind="公司"), TargetFilter(risk_class="E"), TargetFilter(q="公司\0"),
    TargetFilter(q="\ud800"), TargetFilter(industry="5" * 101), TargetFilter(sort="size"),
])  # fmt: skip
def test_a_filter_that_asks_for_what_cannot_be_is_refused(small_town, wanted):
    field = next(name for name, value in vars(wanted).items() if value != getattr(TargetFilter(), name))
    with small_town.at("amr.planner") as desk, refuses("search.filter", field=field):
        search.targets(desk, wanted)
    with refuses("search.filter", field=field):
        next(search.export_targets(desks(small_town), wanted))


def test_so_is_a_filter_of_the_other_lists(small_town):
    with small_town.at("amr.planner") as desk:
        for act in (
            lambda: search.inspectors(desk, InspectorFilter(state="away")),
            lambda: search.bars(desk, BarFilter(source="hearsay")),
            lambda: search.imports(desk, "people"),
        ):
            with refuses("search.filter"):
                act()
    with refuses("search.filter"):
        next(search.export_inspectors(desks(small_town), InspectorFilter(q="\0")))


def test_a_target_is_shown_with_all_that_belongs_to_it_as_far_as_the_scope_shows(town):
    with transaction(town.database, EVERYTHING) as session:
        target = some_id(session, Target, "T0000")
        department = session.scalars(select(Department).where(Department.code == "FIRE")).one()
        session.add(SpecialRegistry(code="JYZ", name="加油站库", department_id=department.id))
        session.flush()
        session.add(Permit(target_id=target, registry_code="JYZ", number="油1"))
        session.add(TargetLabel(target_id=target, label="重点", valid_from=date(2026, 1, 1)))
        session.add(
            Bar(inspector_id=some_id(session, Inspector, "FIRE000"), target_id=target, ground="interest")
        )
    _, number = town.drawn(departments=[{"code": "AMR"}, {"code": "FIRE"}], items=["AMR/A01", "FIRE/A01"],
                           rates={"A": "100/100", "B": "20/100", "C": "40/100", "D": "100/100"})  # fmt: skip
    town.disclosed(number, "T0000", "AMR")
    with town.at("amr.planner") as desk:
        shown = search.target(desk, "T0000")
        assert shown.target.name == "第0加油站"
        assert [each.label for each in shown.labels] == ["重点"]
        assert [(each.permit.number, each.registry) for each in shown.permits] == [("油1", "加油站库")]
        assert [(each.bar.ground, each.inspector.code) for each in shown.bars] == [("kinship", "AMR000")]
        told = [(each.department, each.draw, each.campaign_code, each.overall != "") for each in shown.visits]
        assert sorted(told) == [
            ("AMR局", number, "2026-加油站", True),
            ("FIRE局", number, "2026-加油站", False),
        ]
    with town.at("fire.planner") as desk:
        shown = search.target(desk, "T0000")
        assert [each.inspector.code for each in shown.bars] == ["FIRE000"]
        assert [each.department for each in shown.visits] == ["FIRE局"]
    with town.at("em.planner") as desk:
        assert search.target(desk, "T0000").visits == []


def test_inspectors_of_ones_own_department_are_found(town):
    with transaction(town.database, EVERYTHING) as session:
        session.get_one(Inspector, some_id(session, Inspector, "AMR002")).name = "百分%之_一"
        session.get_one(Inspector, some_id(session, Inspector, "AMR003")).state = "left"
        session.get_one(Inspector, some_id(session, Inspector, "AMR004")).qualifications = "lead;食品安全"
        held = session.scalars(select(Certificate).where(Certificate.number == "AMR005")).one()
        held.expires_on = date(2026, 3, 1)
    asked = {
        InspectorFilter(): 6,
        InspectorFilter(q="amr00"): 6,
        InspectorFilter(q="检查员"): 5,
        InspectorFilter(q="%"): 1,
        InspectorFilter(q="_"): 1,
        InspectorFilter(q="分% 002"): 1,
        InspectorFilter(q="FIRE"): 0,
        InspectorFilter(state="left"): 1,
        InspectorFilter(qualification="lead"): 4,
        InspectorFilter(qualification="食品"): 0,
        InspectorFilter(qualification="食品安全"): 1,
        InspectorFilter(uncertified_on=date(2026, 3, 1)): 0,
        InspectorFilter(uncertified_on=date(2026, 3, 2)): 1,
    }
    with town.at("amr.planner") as desk:
        assert {each: search.inspectors(desk, each).total for each in asked} == asked


def test_an_inspector_is_shown_with_certificates_leaves_and_bars(town):
    with transaction(town.database, EVERYTHING) as session:
        inspector = some_id(session, Inspector, "AMR000")
        session.add(
            Certificate(inspector_id=inspector, kind="local", number="L1", expires_on=date(2031, 1, 1))
        )
        session.add(Leave(inspector_id=inspector, first_day=date(2026, 5, 1), last_day=date(2026, 5, 9)))
    with town.at("amr.planner") as desk:
        shown = search.inspector(desk, "AMR000")
        assert [each.number for each in shown.certificates] == ["L1", "AMR000"]
        assert [each.first_day for each in shown.leaves] == [date(2026, 5, 1)]
        assert [each.target.code for each in shown.bars] == ["T0000"]
        with refuses("inspector.unknown", inspector="FIRE000"):
            search.inspector(desk, "FIRE000")


def test_bars_are_asked_for_by_either_side_by_source_and_by_day(town):
    with transaction(town.database, EVERYTHING) as session:
        one, other = (some_id(session, Inspector, code) for code in ("AMR001", "FIRE000"))
        target = some_id(session, Target, "T0005")
        for inspector in (one, other):
            session.add(Bar(inspector_id=inspector, target_id=target, ground="interest", source="declared",
                            valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 31)))  # fmt: skip
    with town.at("amr.planner") as desk:

        def told(**wanted: object) -> list[tuple[str, str]]:
            return [
                (each.inspector.code, each.target.code)
                for each in search.bars(desk, BarFilter(**wanted)).rows
            ]

        first, second = ("AMR000", "T0000"), ("AMR001", "T0005")
        assert told() == [second, first]
        assert told(inspector="AMR000") == told(target="T0000") == told(source="registry") == [first]
        assert told(on=date(2026, 1, 31)) == [second, first]
        assert told(on=date(2026, 2, 1)) == [first]
        assert told(inspector="FIRE000") == []


def test_imports_are_told_with_who_did_them(town):
    with town.at("amr.registrar") as desk:
        person, now = desk.actor.person_id, desk.now
    line = "department,code,name,capacity\nAMR,AMR000,改名,60\n".encode()
    for department, who in (("AMR", person), ("FIRE", None)):
        file = Source(f"{department}.csv", line.replace(b"AMR", department.encode()))
        assert import_list(
            town.database, "inspectors", file, Circumstances(now, department, person_id=who)
        ).applied
    with town.at("amr.planner") as desk:
        page = search.imports(desk)
        assert [(each.evidence.file_name, each.person) for each in page.rows] == [
            ("AMR.csv", "AMR registrar")
        ]
        assert search.imports(desk, "targets").rows == []


def test_special_registries_are_told_to_everybody(town):
    with transaction(town.database, EVERYTHING) as session:
        department = session.scalars(select(Department.id).where(Department.code == "FIRE")).one()
        session.add(SpecialRegistry(code="JYZ", name="加油站库", department_id=department))
    with town.at("amr.planner") as desk:
        assert [each.code for each in search.special_registries(desk)] == ["JYZ"]


AWKWARD = ("=1+1", "+86 厂", "-厂", "@厂", "'=厂", "''-厂", "'厂", 'say "hi", 厂', "a;b", "𠮷野家")


def test_targets_taken_away_are_taken_in_again_unchanged(town):
    with transaction(town.database, EVERYTHING) as session:
        for place, name in enumerate(AWKWARD):
            target = session.get_one(Target, some_id(session, Target, f"T{place:04d}"))
            target.name, target.address, target.business = name, name, name
            target.state, target.abnormal, target.serious = "cancelled", True, bool(place % 2)
    taken_away_and_in_again(town, "targets", search.export_targets(desks(town), TargetFilter()), 60)


def test_inspectors_taken_away_are_taken_in_again_unchanged(town):
    with transaction(town.database, EVERYTHING) as session:
        inspector = some_id(session, Inspector, "AMR001")
        session.add(
            Certificate(inspector_id=inspector, kind="local", number="L1", expires_on=date(2031, 1, 1))
        )
        session.delete(session.scalars(select(Certificate).where(Certificate.number == "AMR002")).one())
        session.get_one(Inspector, some_id(session, Inspector, "AMR003")).state = "left"
    taken_away = search.export_inspectors(desks(town), InspectorFilter())
    rows = [dict(zip(captions(), row, strict=True)) for row in taken_away][1:]
    assert [row["执法证件号"] for row in rows] == ["AMR000", "L1", "", "AMR003", "AMR004", "AMR005"]
    assert {row["状态"] for row in rows} == {"有效", "离岗"}
    taken_away_and_in_again(town, "inspectors", search.export_inspectors(desks(town), InspectorFilter()), 6)


@pytest.mark.parametrize("export", ["targets", "inspectors"])
def test_nobody_is_kept_from_writing_while_a_file_is_taken_away(town, monkeypatch, export):
    monkeypatch.setattr(target_search, "_CHUNK", 4)
    monkeypatch.setattr(registries, "_CHUNK", 4)
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0)
    others = open_database(town.database.url.render_as_string(hide_password=False))
    rows = (
        search.export_targets(desks(town), TargetFilter())
        if export == "targets"
        else search.export_inspectors(desks(town), InspectorFilter())
    )
    taken = 0
    for taken, _ in enumerate(rows):
        with transaction(others, EVERYTHING) as session:
            session.get_one(Target, some_id(session, Target, "T0000")).name = f"名{taken}"
    assert taken == {"targets": 60, "inspectors": 6}[export]


def test_what_stops_being_what_was_asked_for_meanwhile_is_not_taken_away(town, monkeypatch):
    monkeypatch.setattr(target_search, "_CHUNK", 4)
    monkeypatch.setattr(registries, "_CHUNK", 4)
    targets = search.export_targets(desks(town), TargetFilter(q="加油站", state="active"))
    inspectors = search.export_inspectors(desks(town), InspectorFilter(state="active"))
    listed = [[next(rows)[0] for _ in range(2)] for rows in (targets, inspectors)]
    with transaction(town.database, EVERYTHING) as session:
        last = session.scalars(select(Target).where(Target.name.contains("加油站")).order_by(Target.id)).all()
        last[-1].state, last[-2].name = "cancelled", "改名"
        session.get_one(Inspector, some_id(session, Inspector, "AMR005")).state = "left"
        number = len(last)
    assert len(listed[0]) + len(list(targets)) == 1 + number - 2
    assert len(listed[1]) + len(list(inspectors)) == 1 + 6 - 1


def desks(town: Town):
    """Opens desks that look, one after another."""
    return lambda: reading_desk(town.database, "amr.planner", town.now)


def captions() -> list[str]:
    return [column.captions[0] for column in LISTS["inspectors"].columns]


def taken_away_and_in_again(town: Town, kind: str, taken_away, number: int) -> None:
    """What is exported changes nothing when it is imported, and is told as changed where something was."""
    from web.spreadsheet import csv_file, xlsx

    header, *rows = taken_away
    assert header == [column.captions[0] for column in LISTS[kind].columns]
    here = Circumstances(datetime(2026, 3, 2, tzinfo=UTC))
    with xlsx(header, rows) as workbook:
        files = {"a.csv": b"".join(csv_file(header, rows)), "a.xlsx": workbook.read()}
    for name, content in files.items():
        told = import_list(town.database, kind, Source(name, content), here, dry_run=True)
        assert (told.faults, told.rows, told.unchanged) == ((), number, number), name
    with transaction(town.database, EVERYTHING) as session:
        model = Target if kind == "targets" else Inspector
        session.scalars(
            select(model).where(model.code == rows[0][header.index(captions_of_code(kind))])
        ).one().name = "改"
    assert import_list(town.database, kind, Source("a.csv", files["a.csv"]), here, dry_run=True).changed == 1


def captions_of_code(kind: str) -> str:
    return next(column.captions[0] for column in LISTS[kind].columns if column.name == "code")


def test_a_page_takes_as_many_statements_however_many_rows_it_has(searched):
    def statements(act, size: int) -> int:
        told: list[str] = []

        def tell(_connection, _cursor, statement, *_more) -> None:
            told.append(statement)

        with searched.at("amr.planner") as desk:
            event.listen(searched.database, "before_cursor_execute", tell)
            try:
                for row in act(desk, size).rows:
                    assert row
            finally:
                event.remove(searched.database, "before_cursor_execute", tell)
        return len(told)

    for act in (
        lambda desk, size: search.targets(desk, TargetFilter(q="加油", sort="name"), size=size),
        lambda desk, size: with_certificates(search.inspectors(desk, InspectorFilter(), size=size)),
    ):
        assert statements(act, 2) == statements(act, 6)


def with_certificates(page):
    return replace(page, rows=[(row, [each.number for each in row.certificates]) for row in page.rows])
