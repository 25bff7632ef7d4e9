"""A list that waits for the word to apply it: whose it is, how long it waits, and what the word does."""

from datetime import date

import pytest
from sqlalchemy import func, select

from data.models import Bar, Department, Import, Inspector, Jurisdiction, Target, Upload
from scheduler.inspection import staff, uploads
from scheduler.inspection.intake import KINDS
from scheduler.transaction import EVERYTHING, transaction
from tests.town import refuses

TARGETS = "编号,代码类别,名称,风险等级\nT0000,其他,第0加油站,D\nN1,其他,新站,A\n"
FAULTY = TARGETS + "N2,其他,,A\nN3,其他,又一站,E\n"
SMALL = {"rates": {}, "total": 6, "strata_by": "none"}


def hand_in(town, content=TARGETS, login="amr.registrar", kind="targets", name="名单.csv"):
    content = content.encode() if isinstance(content, str) else content
    return town.do(login, lambda desk: uploads.hand_in(desk, kind, name, content).id)


def take(town, number, login="amr.registrar"):
    return town.do(login, lambda desk: uploads.waiting(desk, number))


def counted(town, model):
    with transaction(town.database, EVERYTHING) as session:
        return session.scalar(select(func.count()).select_from(model))


def risk_of(town, code):
    with transaction(town.database, EVERYTHING) as session:
        return session.scalar(select(Target.risk_class).where(Target.code == code))


def test_a_preview_tells_all_and_changes_nothing(town):
    number = hand_in(town, FAULTY)
    told = uploads.preview(town.database, take(town, number))
    assert (told.told.rows, told.told.added, told.told.changed, told.sound, told.left_out) == (4, 1, 1, 2, 2)
    assert [(each.line, each.column, each.code) for each in told.told.faults] == [
        (4, "名称", "empty"),
        (5, "风险等级", "not_a_choice"),
    ]
    assert told.changes
    assert not told.told.applied
    assert risk_of(town, "T0000") == "A"
    assert counted(town, Target) == 60
    assert counted(town, Import) == 0


def test_with_faults_nothing_is_applied_until_somebody_says_so(town):
    number = hand_in(town, FAULTY)
    with refuses("upload.faults", count=2):
        uploads.apply(town.database, take(town, number))
    assert risk_of(town, "N1") is None
    made = uploads.apply(town.database, take(town, number), sound_only=True)
    assert (made.told.added, made.told.changed, made.left_out) == (1, 1, 2)
    assert [risk_of(town, code) for code in ("T0000", "N1", "N3")] == ["D", "A", None]


def test_an_import_is_told_as_the_users_own(small_town):
    uploads.apply(small_town.database, take(small_town, hand_in(small_town)))
    with small_town.at("amr.registrar") as desk:
        made = desk.session.scalars(select(Import)).one()
        assert (made.person_id, made.department_id) == (desk.actor.person_id, desk.actor.department_id)
        assert made.file_name == "名单.csv"
        # rows that name no jurisdiction are of the department's
        new = desk.session.scalars(select(Target).where(Target.code == "N1")).one()
        assert new.jurisdiction_code == "390100"


def test_what_changes_nothing_is_refused_and_waits_on(small_town):
    number = hand_in(small_town)
    uploads.apply(small_town.database, take(small_town, number))
    assert not uploads.preview(small_town.database, take(small_town, number)).changes
    with refuses("upload.nothing"):
        uploads.apply(small_town.database, take(small_town, number))
    number = hand_in(small_town, "编号,代码类别,名称\nN5,其他,\n")
    with refuses("upload.nothing"):
        uploads.apply(small_town.database, take(small_town, number), sound_only=True)
    assert take(small_town, number).kind == "targets"


def test_only_who_handed_a_file_in_has_it_and_only_for_a_day(town):
    number = hand_in(town)
    for login in ("amr.administrator", "fire.registrar"):
        with town.at(login) as desk, refuses("upload.unknown", number=number):
            uploads.waiting(desk, number)
        with town.at(login) as desk, refuses("upload.unknown"):
            uploads.discard(desk, number)
        with town.at(login) as desk:
            assert uploads.uploads(desk) == []
    town.pass_time(hours=24)
    assert take(town, number).id == number
    town.pass_time(seconds=1)
    with refuses("upload.unknown"):
        take(town, number)
    with town.at("amr.registrar") as desk:
        assert uploads.uploads(desk) == []


def test_old_files_of_every_department_are_forgotten_with_the_next(town):
    hand_in(town)
    hand_in(town, login="fire.registrar")
    town.pass_time(days=1, seconds=1)
    number = hand_in(town, login="em.registrar")
    assert counted(town, Upload) == 1
    assert take(town, number, "em.registrar").id == number


def test_a_file_takes_the_place_of_one_of_the_same_kind_and_of_no_other(town):
    first, other = hand_in(town), hand_in(town, kind="bars")
    of_fire = hand_in(town, login="fire.registrar")
    second = hand_in(town, name="改正.csv")
    with refuses("upload.unknown"):
        take(town, first)
    with town.at("amr.registrar") as desk:
        assert {each.id for each in uploads.uploads(desk)} == {other, second}
    assert take(town, of_fire, "fire.registrar").id == of_fire


def test_a_discarded_file_is_gone(town):
    number = hand_in(town)
    town.do("amr.registrar", lambda desk: uploads.discard(desk, number))
    assert counted(town, Upload) == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("", b"x", "upload.name"),
        ("a\nb.csv", b"x", "upload.name"),
        ("x" * 301, b"x", "upload.name"),
        ("a.csv", b"", "upload.empty"),
        ("a.csv", b"x" * (uploads.LARGEST_UPLOAD + 1), "upload.too_large"),
    ],
)
def test_what_is_no_file_to_look_at_is_not_kept(small_town, name, content, code):
    with refuses(code):
        hand_in(small_town, content, name=name)
    assert counted(small_town, Upload) == 0


def test_what_belongs_to_everybody_is_the_administrators_and_the_rest_the_registrars(small_town):
    with small_town.at("amr.administrator") as desk:
        assert uploads.kinds(desk) == ("jurisdictions", "departments")
    with small_town.at("amr.registrar") as desk:
        assert set(uploads.kinds(desk)) == set(KINDS) - {"jurisdictions", "departments"}
    with small_town.at("amr.planner") as desk:
        assert uploads.kinds(desk) == ()
    for login, kind in (("amr.registrar", "departments"), ("amr.administrator", "targets")):
        with refuses("actor.role"):
            hand_in(small_town, login=login, kind=kind)
    with refuses("import.kind"):
        hand_in(small_town, kind="nonsense")


def test_a_file_that_is_no_list_is_a_fault_and_no_crash(small_town):
    told = uploads.preview(small_town.database, take(small_town, hand_in(small_town, b"\x00\x01PK")))
    assert [each.line for each in told.told.faults]
    assert not told.changes


def test_a_department_hands_in_its_own_inspectors_alone(small_town):
    rows = "department,id,name,capacity\nEM,EM000,换了名,60\nEM,NEW1,外部门新人,5\n,,,\nAMR,NEW2,新人,5\n"
    told = uploads.preview(
        small_town.database, take(small_town, hand_in(small_town, rows, kind="inspectors"))
    )
    assert [(each.line, each.code) for each in told.told.faults] == [
        (2, "other_department"),
        (3, "other_department"),
    ]
    assert told.told.added == 1


def test_a_department_says_nothing_of_another_ones_inspectors(small_town):
    """A bar would keep them out of their own department's draw."""
    rows = "inspector,target,ground\nEM000,T0001,近亲属\nAMR001,T0001,近亲属\n"
    file = take(small_town, hand_in(small_town, rows, kind="bars"))
    with refuses("upload.faults", count=1):
        uploads.apply(small_town.database, file)
    made = uploads.apply(small_town.database, file, sound_only=True)
    assert [(each.line, each.code) for each in made.told.faults] == [(2, "other_department")]
    with transaction(small_town.database, EVERYTHING) as session:
        barred = session.execute(
            select(Inspector.code, Bar.ground).join(Bar, Bar.inspector_id == Inspector.id)
        ).all()
    assert sorted(barred) == [("AMR000", "kinship"), ("AMR001", "近亲属")]


@pytest.mark.parametrize(
    ("kind", "content", "outside", "added"),
    [
        (
            "departments",
            "code,name,jurisdiction\nNEW,新局,390102\nFAR,远局,380100\nFARTHER,换了名,390100\n",
            [(3, "jurisdiction"), (4, "code")],
            1,
        ),
        (
            "jurisdictions",
            "code,name,superior_code\n390100,小镇,\n390103,西区,390100\n380102,别处东区,380100\n380100,换了名,\n",
            [(4, "code"), (5, "code")],
            1,
        ),
    ],
)
def test_an_administrator_hands_in_what_lies_in_his_jurisdiction(small_town, kind, content, outside, added):
    with transaction(small_town.database, EVERYTHING) as session:
        session.add(Jurisdiction(code="380100", name="别处"))
        session.flush()
        session.add(
            Department(code="FARTHER", name="别处局", jurisdiction_code="380100", opened_on=date(2020, 1, 1))
        )
    number = hand_in(small_town, content, "amr.administrator", kind)
    made = uploads.apply(small_town.database, take(small_town, number, "amr.administrator"), sound_only=True)
    assert [(each.line, each.column) for each in made.told.faults] == outside
    assert {each.code for each in made.told.faults} == {"outside_jurisdiction"}
    assert (made.told.added, made.told.changed) == (added, 0)


def test_what_stands_in_a_district_stays_there_where_the_list_names_none(small_town):
    """The department's jurisdiction, which is told beside an uploaded list, is that of new targets alone."""
    number = hand_in(small_town, "编号,代码类别,名称\nT0000,其他,第0加油站\nN1,其他,新站\n")
    told = uploads.preview(small_town.database, take(small_town, number)).told
    assert (told.added, told.changed, told.unchanged) == (1, 0, 1)


def test_who_left_is_told_until_his_seats_are_refilled(town):
    _, number = town.drawn(**SMALL)
    mine = [target for visit, target in town.visits(number) if "amr001" in town.team(visit)]
    with transaction(town.database, EVERYTHING) as session:
        moved = session.scalars(select(Inspector).where(Inspector.code == "AMR001")).one()
        moved.department_id = session.scalars(
            select(Inspector.department_id).where(Inspector.code == "EM000")
        ).one()
    with town.at("amr.registrar") as desk:
        assert [(each.code, each.seats) for each in staff.departed(desk)] == [("AMR001", len(mine))]
    with town.at("em.registrar") as desk:
        assert staff.departed(desk) == []
    with town.at("amr.planner") as desk, refuses("actor.role"):
        staff.departed(desk)
    with town.at("amr.registrar") as desk:
        staff.refill_departed(desk)
    with town.at("amr.registrar") as desk:
        assert staff.departed(desk) == []


def test_what_an_inspector_has_still_to_visit_follows_his_team(small_town):
    _, number = small_town.drawn(**SMALL)
    mine = {target for visit, target in small_town.visits(number) if "amr001" in small_town.team(visit)}

    def left(desk):
        found = staff.unfinished_visits(desk, staff.find_inspector(desk, "AMR001"))
        return {each.target.code for each in found}

    assert small_town.do("amr.registrar", left) == mine != set()
    small_town.do(
        "amr.registrar",
        lambda desk: staff.set_inspector_state(desk, staff.find_inspector(desk, "AMR001"), "left"),
    )
    assert small_town.do("amr.registrar", left) == set()


def test_one_moves_to_another_open_department(small_town):
    with small_town.at("amr.registrar") as desk:
        assert [each.code for each in staff.other_departments(desk)] == ["EM", "FIRE", "NOTARY"]
