"""Inspectors who move: who may say so, where to, and that the registry follows."""

from sqlalchemy import select

from data.models import Department, Inspector
from scheduler.inspection import staff
from scheduler.inspection.intake import Circumstances, Source, import_list
from scheduler.transaction import EVERYTHING, transaction
from tests.town import refuses

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}


def where(town, code):
    with transaction(town.database, EVERYTHING) as session:
        one = session.scalars(select(Inspector).where(Inspector.code == code)).one()
        return session.get_one(Department, one.department_id).code, one.state


def test_a_transfer_refills_the_open_seats_from_the_old_department(town):
    _, number = town.drawn(**SMALL)
    before = {target: town.team(visit) for visit, target in town.visits(number)}
    with town.at("amr.registrar") as desk:
        refilled = dict(staff.transfer_inspector(desk, staff.find_inspector(desk, "AMR001"), "EM"))
    assert set(refilled) == {target for target, team in before.items() if "amr001" in team}
    assert where(town, "AMR001") == ("EM", "active")
    for visit, target in town.visits(number):
        expected = {*before[target]} - {"amr001"} | (
            {refilled[target].lower()} if target in refilled else set()
        )
        assert set(town.team(visit)) == expected
    assert all(taker.startswith("AMR") for taker in refilled.values())


def test_without_open_seats_there_is_nothing_to_refill(small_town):
    with small_town.at("amr.registrar") as desk:
        assert staff.transfer_inspector(desk, staff.find_inspector(desk, "AMR005"), "EM") == []
    with small_town.at("em.registrar") as desk:
        assert staff.set_inspector_state(desk, staff.find_inspector(desk, "AMR005"), "suspended") == []
    assert where(small_town, "AMR005") == ("EM", "suspended")


def test_only_his_own_registrar_moves_an_inspector_and_only_somewhere(small_town):
    with small_town.at("em.registrar") as desk:
        for code in ("AMR001", "NOBODY"):
            with refuses("inspector.unknown", inspector=code):
                staff.find_inspector(desk, code)
    with small_town.at("amr.planner") as desk, refuses("actor.role"):
        staff.transfer_inspector(desk, staff.find_inspector(desk, "AMR001"), "EM")
    for department in ("AMR", "NOWHERE"):
        with small_town.at("amr.registrar") as desk, refuses("department.unknown"):
            staff.transfer_inspector(desk, staff.find_inspector(desk, "AMR001"), department)
    for state in ("active", "asleep"):
        with small_town.at("amr.registrar") as desk, refuses("inspector.state"):
            staff.set_inspector_state(desk, staff.find_inspector(desk, "AMR001"), state)


def test_after_an_import_that_moved_somebody_his_open_seats_are_refilled_once(small_town):
    _, number = small_town.drawn(**SMALL)
    before = {target: small_town.team(visit) for visit, target in small_town.visits(number)}
    rows = "department,id,name,capacity\nEM,AMR001,检查员AMR1,60\n".encode()
    with transaction(small_town.database, EVERYTHING) as session:
        name = session.scalars(select(Inspector.name).where(Inspector.code == "AMR001")).one()
    imported = import_list(
        small_town.database,
        "inspectors",
        Source("i.csv", rows.replace("检查员AMR1".encode(), name.encode())),
        Circumstances(small_town.now),
    )
    assert (imported.changed, imported.faults) == (1, ())
    with small_town.at("amr.registrar") as desk:
        refilled = dict(staff.refill_departed(desk))
    assert set(refilled) == {target for target, team in before.items() if "amr001" in team} != set()
    assert all("amr001" not in small_town.team(visit) for visit, _ in small_town.visits(number))
    with small_town.at("amr.registrar") as desk:
        assert staff.refill_departed(desk) == []
