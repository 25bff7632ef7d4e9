"""What a department owes: found by the rule of its place and time, reckoned so that anybody can count again."""

import csv
import threading
from datetime import date, timedelta

import pytest
from chinese_calendar import is_workday
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from data.deadlines import DEADLINES, read_deadlines, seed_deadlines
from data.models.obligations import DeadlineRule, Obligation
from data.models.organisation import Department, Jurisdiction
from matching.refused import Refused
from scheduler.obligations import Subject, due, fulfil, is_late, joint_starts, overdue, trigger
from scheduler.transaction import EVERYTHING, Scope, transaction
from scheduler.workdays import Workdays

CITY, ZONE, PROVINCE, ELSEWHERE = 1, 2, 3, 4
VISIT = Subject("visit", "4711")
THURSDAY = date(2026, 9, 24)

# event, time and unit of every rule, as the notices have them
RULES = {
    "000000": {"inspection_result": (20, "wd")},
    "320600": {
        "registration_upload": (3, "wd"), "download": (1, "wd"), "permit_upload": (3, "wd"),
        "unlicensed_upload": (3, "wd"), "supervision_upload": (3, "wd"), "judicial_upload": (3, "wd"),
        "amr_measures": (10, "wd"), "dept_measures": (10, "wd"),
    },
    "430000": {
        "collection": (7, "wd"), "publication": (20, "wd"), "dualnotice_feedback": (7, "wd"),
        "inspector_registry": (7, "wd"), "target_registry": (1, "day"), "punishment_feedback": (15, "wd"),
        "data_error": (3, "wd"),
    },
    "320671": {
        "registration_push": (0, "realtime"), "permit_result": (7, "wd"),
        "licence_cancel_followup": (7, "wd"), "permit_lifecycle": (7, "wd"), "dishonesty_push": (7, "wd"),
        "publication": (20, "wd"), "inspection_result": (20, "wd"), "objection_correct": (3, "wd"),
        "objection_forward": (3, "wd"), "objection_verify": (15, "wd"), "quarter_report": (0, "quarter_end"),
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def workdays():
    known = (date(2016, 1, 1) + timedelta(n) for n in range((date(2027, 1, 1) - date(2016, 1, 1)).days))
    rows = [(day, is_workday(day), True) for day in known]
    rows += [(day, day.weekday() < 5, False) for day in (date(2027, 1, 1) + timedelta(n) for n in range(60))]
    return Workdays(rows)


@pytest.fixture
def town(database):
    """A city with a zone in it, a province elsewhere, a place without rules; a department in each."""
    with transaction(database, EVERYTHING) as session:
        superiors = {"320000": None, "320600": "320000", "320671": "320600", "430000": None, "110000": None}
        for code, superior in superiors.items():
            session.add(Jurisdiction(code=code, name=code, superior_code=superior))
            session.flush()
        places = {CITY: "320600", ZONE: "320671", PROVINCE: "430000", ELSEWHERE: "110000"}
        for number, code in places.items():
            session.add(
                Department(
                    id=number, code=str(number), name=code, jurisdiction_code=code, opened_on=date(2010, 1, 1)
                )
            )
        seed_deadlines(session)
    return database


@pytest.fixture
def session(town):
    with transaction(town, EVERYTHING) as session:
        yield session


def rule(**changed):
    values = next(values for values in read_deadlines() if values["event"] == "inspection_result")
    return DeadlineRule(**(values | changed))


def test_the_file_has_the_26_rules_of_the_notices_and_one_of_the_nation():
    read = read_deadlines()
    assert len(read) == 27
    found = {code: {} for code in RULES}
    for values in read:
        found[values["jurisdiction_code"]][values["event"]] = (values["n"], values["unit"])
    assert found == RULES


def test_every_rule_of_the_file_says_where_it_comes_from_and_fits_its_columns():
    with DEADLINES.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            assert all(line[column] for column in line if column not in ("note", "valid_to")), line["id"]
            for name, column in DeadlineRule.__table__.columns.items():
                assert len(line[name]) <= (getattr(column.type, "length", None) or 10), (line["id"], name)


def test_rules_are_put_in_once_and_one_that_is_there_is_left_alone(town):
    with transaction(town, EVERYTHING) as session:
        session.scalars(select(DeadlineRule).limit(1)).one().valid_to = date(2030, 12, 31)
        session.flush()
        assert seed_deadlines(session) == 0
        rules = session.scalars(select(DeadlineRule)).all()
        assert len(rules) == 27
        assert [each.valid_to for each in rules if each.valid_to] == [date(2030, 12, 31)]


def test_an_inspection_obliges_to_enter_the_result_within_20_working_days_counted_by_hand(session, workdays):
    owed = trigger(session, workdays, "inspection_result", VISIT, ZONE, THURSDAY)
    # off 25-27 September and 1-7 October; Saturday 10 October is worked
    by_hand = [f"2026-09-{day}" for day in (28, 29, 30)]
    by_hand += [
        f"2026-10-{day:02}" for day in (8, 9, 10, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 26, 27, 28, 29)
    ]
    assert (owed.triggered_on, owed.due_on) == (THURSDAY, date(2026, 10, 29))
    assert owed.computation == {
        "rule": "320671-inspection_result-2019",
        "n": 20,
        "unit": "wd",
        "trigger": "inspection_carried_out",
        "triggered_on": "2026-09-24",
        "counts_trigger_day": False,
        "counted": by_hand,
        "announced": True,
    }
    assert (owed.jurisdiction_code, owed.department_id, owed.fulfilled_on) == ("320671", ZONE, None)


def test_told_twice_it_is_owed_once_and_the_first_day_stays(session, workdays):
    first = trigger(session, workdays, "inspection_result", VISIT, ZONE, THURSDAY)
    again = trigger(session, workdays, "inspection_result", VISIT, ZONE, THURSDAY + timedelta(5))
    assert again.id == first.id
    assert again.triggered_on == THURSDAY
    assert len(session.scalars(select(Obligation)).all()) == 1


def test_other_subjects_and_other_departments_owe_their_own(session, workdays):
    for subject in (VISIT, Subject("visit", "4712"), Subject("objection", "4711")):
        for department in (CITY, ZONE):
            trigger(session, workdays, "supervision_upload", subject, department, THURSDAY)
    assert len(session.scalars(select(Obligation)).all()) == 6


def test_two_who_tell_it_at_once_make_one_obligation_and_neither_fails(town, workdays):
    together, made, failed = threading.Barrier(4), [], []

    def tell():
        try:
            together.wait()
            with transaction(town, EVERYTHING) as session:
                made.append(trigger(session, workdays, "inspection_result", VISIT, ZONE, THURSDAY).id)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(made) == 4
    assert len(set(made)) == 1


@pytest.mark.parametrize(
    ("event", "department", "found"),
    [
        ("publication", ZONE, "320671-publication-2019"),
        ("publication", PROVINCE, "430000-publication-2016"),
        ("supervision_upload", ZONE, "320600-supervision_upload-2016"),  # the zone is silent, its city is not
        ("publication", CITY, None),  # a rule of the zone doesn't bind the city
        ("publication", ELSEWHERE, None),
    ],
)
def test_the_rule_is_that_of_the_nearest_jurisdiction(session, workdays, event, department, found):
    owed = trigger(session, workdays, event, VISIT, department, THURSDAY)
    assert (owed and owed.rule_id) == found


def test_a_newer_rule_of_the_city_does_not_push_aside_the_zones_own(session, workdays):
    session.add(rule(id="city", jurisdiction_code="320600", n=5, valid_from=date(2026, 7, 1)))
    owed = trigger(session, workdays, "inspection_result", VISIT, ZONE, THURSDAY)
    assert owed.rule_id == "320671-inspection_result-2019"
    assert trigger(session, workdays, "inspection_result", VISIT, CITY, THURSDAY).rule_id == "city"


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2014, 9, 30), None),
        (date(2018, 12, 31), "000000-inspection_result-2014"),
        (date(2019, 1, 1), "320671-inspection_result-2019"),
        (date(2026, 6, 30), "320671-inspection_result-2019"),
        (date(2026, 7, 1), "newer"),
        (date(2026, 12, 31), "newer"),
        (date(2027, 1, 1), "320671-inspection_result-2019"),
    ],
)
def test_the_rule_is_the_one_made_last_of_those_in_force_on_the_day(session, workdays, on, found):
    session.add(rule(id="newer", n=5, valid_from=date(2026, 7, 1), valid_to=date(2026, 12, 31)))
    owed = trigger(session, workdays, "inspection_result", VISIT, ZONE, on)
    assert (owed and owed.rule_id) == found


@pytest.mark.parametrize(
    ("changed", "on", "due_on"),
    [
        ({"n": 1}, "2026-10-01", "2026-10-08"),
        ({"n": 1, "counts_trigger_day": True}, "2026-10-01", "2026-10-08"),
        ({"n": 1, "counts_trigger_day": True}, "2026-10-08", "2026-10-08"),
        ({"n": 3, "counts_trigger_day": True}, "2026-10-08", "2026-10-10"),
        ({"n": 1, "unit": "day"}, "2026-09-30", "2026-10-01"),
        ({"n": 7, "unit": "day", "counts_trigger_day": True}, "2026-09-30", "2026-10-06"),
        ({"n": 0, "unit": "realtime"}, "2026-10-01", "2026-10-01"),
        ({"n": 0, "unit": "quarter_end"}, "2026-01-01", "2026-03-31"),
        ({"n": 0, "unit": "quarter_end"}, "2026-06-30", "2026-06-30"),
        ({"n": 0, "unit": "quarter_end"}, "2026-10-01", "2026-12-31"),
    ],
)
def test_each_unit_has_its_due_day(workdays, changed, on, due_on):
    assert due(workdays, rule(**changed), date.fromisoformat(on)).on == date.fromisoformat(due_on)


def test_a_due_day_counted_on_days_without_a_notice_says_so(session, workdays):
    owed = trigger(session, workdays, "inspection_result", VISIT, ZONE, date(2026, 12, 10))
    assert owed.due_on.year == 2027
    assert owed.computation["announced"] is False


def test_past_the_end_of_the_calendar_nothing_is_owed_but_it_is_refused(session, workdays):
    with pytest.raises(Refused, match=r"calendar\.no_year"):
        trigger(session, workdays, "inspection_result", VISIT, ZONE, date(2027, 2, 20))
    assert session.scalars(select(Obligation)).all() == []


@pytest.mark.parametrize(
    ("for_joint", "starts"),
    [
        ("first", {CITY: date(2026, 5, 6), ZONE: date(2026, 5, 6)}),
        ("last", {CITY: date(2026, 5, 8), ZONE: date(2026, 5, 8)}),
        ("each", {CITY: date(2026, 5, 8), ZONE: date(2026, 5, 6)}),
    ],
)
def test_in_a_joint_campaign_the_time_runs_from_the_day_the_rule_says(for_joint, starts):
    happened = {CITY: date(2026, 5, 8), ZONE: date(2026, 5, 6)}
    assert joint_starts(rule(for_joint=for_joint), happened) == starts


def test_a_department_that_sees_only_its_own_rows_can_oblige_another(town, workdays):
    own = Scope(departments=frozenset({CITY}))
    for _ in range(2):
        with transaction(town, own) as session:
            assert (
                trigger(session, workdays, "supervision_upload", VISIT, ZONE, THURSDAY).department_id == ZONE
            )
            session.expire_all()
            assert session.scalars(select(Obligation)).all() == []
            assert overdue(session, date(2027, 1, 1)) == []
    with transaction(town, own) as session:
        assert fulfil(session, "supervision_upload", VISIT, ZONE, THURSDAY) == 1


def test_what_is_fulfilled_is_no_longer_owed_and_keeps_its_first_day(session, workdays):
    owed = trigger(session, workdays, "inspection_result", VISIT, ZONE, THURSDAY)
    assert fulfil(session, "inspection_result", VISIT, ZONE, date(2026, 10, 12)) == 1
    assert fulfil(session, "inspection_result", VISIT, ZONE, date(2026, 10, 13)) == 0
    assert fulfil(session, "inspection_result", VISIT, ZONE, THURSDAY - timedelta(1)) == 0
    session.expire_all()
    assert owed.fulfilled_on == date(2026, 10, 12)


def test_fulfilling_closes_nothing_of_another_event_subject_or_department(session, workdays):
    trigger(session, workdays, "supervision_upload", VISIT, ZONE, THURSDAY)
    trigger(session, workdays, "supervision_upload", VISIT, CITY, THURSDAY)
    trigger(session, workdays, "inspection_result", VISIT, ZONE, THURSDAY)
    trigger(session, workdays, "supervision_upload", Subject("visit", "4712"), ZONE, THURSDAY)
    trigger(session, workdays, "supervision_upload", Subject("order", "4711"), ZONE, THURSDAY)
    assert fulfil(session, "supervision_upload", VISIT, ZONE, THURSDAY) == 1
    session.expire_all()
    closed = [each for each in session.scalars(select(Obligation)) if each.fulfilled_on]
    assert [(each.event, each.subject_kind, each.subject_id, each.department_id) for each in closed] == [
        ("supervision_upload", "visit", "4711", ZONE)
    ]


def test_nothing_is_fulfilled_before_it_was_owed(session, workdays):
    trigger(session, workdays, "inspection_result", VISIT, ZONE, THURSDAY)
    with pytest.raises(Refused) as refused:
        fulfil(session, "inspection_result", VISIT, ZONE, THURSDAY - timedelta(1))
    assert refused.value.code == "obligation.fulfilled_too_early"
    assert refused.value.params == {"fulfilled_on": "2026-09-23", "triggered_on": "2026-09-24"}


def test_an_obligation_is_overdue_from_the_day_after_its_due_day_until_fulfilled(session, workdays):
    owed = trigger(session, workdays, "inspection_result", VISIT, ZONE, THURSDAY)
    older = trigger(session, workdays, "supervision_upload", VISIT, ZONE, THURSDAY)
    day_after = owed.due_on + timedelta(1)
    assert overdue(session, older.due_on) == []
    assert overdue(session, owed.due_on) == [older]
    assert overdue(session, day_after) == [older, owed]
    assert (is_late(owed, owed.due_on), is_late(owed, day_after)) == (False, True)
    fulfil(session, "inspection_result", VISIT, ZONE, day_after)
    session.expire_all()
    assert overdue(session, day_after) == [older]
    assert is_late(owed, owed.due_on)  # done, and late for ever


@pytest.mark.parametrize(
    ("model", "changed", "constraint"),
    [
        (Obligation, {"due_on": date(2026, 9, 23)}, "due_after_trigger"),
        (Obligation, {"fulfilled_on": date(2026, 9, 23)}, "fulfilled_after_trigger"),
        (Obligation, {}, None),
        (DeadlineRule, {"unit": "weeks"}, "unit"),
        (DeadlineRule, {"for_joint": "any"}, "for_joint"),
        (DeadlineRule, {"n": 0}, "n_fits_unit"),
        (DeadlineRule, {"n": 1, "unit": "realtime"}, "n_fits_unit"),
        (DeadlineRule, {"valid_to": date(2018, 12, 31)}, "ends_after_it_begins"),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(town, model, changed, constraint):
    values = {
        "rule_id": "320671-inspection_result-2019",
        "jurisdiction_code": "320671",
        "department_id": ZONE,
        "subject_kind": "visit",
        "subject_id": "4711",
        "event": "inspection_result",
        "triggered_on": THURSDAY,
        "due_on": THURSDAY,
        "computation": {},
    }
    if model is DeadlineRule:
        values = next(each for each in read_deadlines() if each["event"] == "inspection_result")
        values |= {"id": "other", "event": "other"}
    if constraint:
        with transaction(town, EVERYTHING) as session:
            session.execute(insert(model).values(values))
            session.rollback()
    with transaction(town, EVERYTHING) as session:
        if not constraint:  # the same again
            session.execute(insert(model).values(values))
        with pytest.raises(IntegrityError) as refused:
            session.execute(insert(model).values(values | changed))
        session.rollback()
    assert (constraint or "obligation") in str(refused.value.orig)
