"""Results: who may enter what, review, disclosure in time, corrections, follow-ups, attachments."""

import hashlib
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from chinese_calendar import is_workday
from sqlalchemy import select

from data.database import open_database
from data.models import Attachment, FollowUp, Obligation, Result
from data.models.results import LARGEST_ATTACHMENT
from data.queries import visits as visit_queries
from scheduler.accounts import find_department, grant, merge_department
from scheduler.inspection import drawing, planning, results, scheduling, visits
from scheduler.inspection.results import Checked
from scheduler.obligations import is_late
from scheduler.transaction import EVERYTHING, transaction
from tests.town import Town, refuses

SMALL = {"rates": {}, "total": 2, "strata_by": "none", "last_day": "2026-12-31"}
FOUND = {
    "code": "D",
    "checks": (Checked("AMR/A01", problem="标价不清", handling="order_to_correct"),),
    "measures": ("责令改正",),
}


class Place:
    """The first visit of a department, and who does what there."""

    def __init__(self, town, department="AMR", **other):
        self.town, self.department = town, department
        self.code, self.number = town.drawn(**SMALL | other)
        self.id, self.target = town.visits(self.number, department)[0]
        self.team = town.team(self.id)

    def do(self, login, act, *given, **named):
        with self.town.at(login) as desk:
            found = visits.find_visit(
                desk, drawing.find_draw(desk, self.number), self.target, self.department
            )
            return act(desk, found, *given, **named)

    def enter(self, login="", **entry):
        given = self.town.entry(self.department, **entry)
        return self.do(login or self.team[0], lambda d, v: results.enter(d, v, given).version)

    def review(self, accept=True, reason="", login=""):
        self.do(login or f"{self.department.lower()}.reviewer", results.review, accept, reason)

    def disclose(self, login=""):
        return self.do(
            login or f"{self.department.lower()}.publisher", lambda d, v: results.disclose(d, v).due_on
        )

    def disclosed(self, **entry):
        self.enter(**entry)
        self.review()
        return self.disclose()

    def state(self):
        return self.do(f"{self.department.lower()}.planner", lambda _, v: v.state)


@pytest.fixture
def place(small_town):
    return Place(small_town)


def twentieth_working_day(day):
    left = 20
    while left:
        day += timedelta(1)
        left -= is_workday(day)
    return day


def test_only_the_team_enters_and_only_when_sent_out(town):
    place = Place(town)
    outsider = next(f"amr{n:03d}" for n in range(6) if f"amr{n:03d}" not in place.team)
    with refuses("result.not_of_the_team"):
        place.enter(outsider)
    with refuses("actor.role"):
        place.enter("amr.planner")
    other = town.team(town.visits(place.number, "EM")[0][0])[0]
    with refuses("visit.unknown"):
        place.enter(other)
    assert place.enter(place.team[1]) == 1
    with refuses("visit.not_now", state="entered"):
        place.enter()


def test_nothing_is_entered_before_the_visits_are_sent_out(small_town):
    town = small_town
    number = town.freeze(town.campaign(**SMALL))
    town.commit(number)
    town.open(number)
    town.execute(number)
    visit, target = town.visits(number)[0]
    with town.at(town.team(visit)[0]) as desk, refuses("visit.unknown"):
        results.enter(
            desk, visits.find_visit(desk, drawing.find_draw(desk, number), target), town.entry("AMR")
        )


def test_every_item_of_the_department_is_told_and_none_else(place):
    for checks in (
        (),
        (Checked("AMR/A01"), Checked("AMR/A01")),
        (Checked("FIRE/A01"),),
        (Checked("AMR/A02"),),
    ):
        with refuses("result.items", wanted=["AMR/A01"]):
            place.enter(checks=checks)
    place.enter(checks=(Checked("AMR/A01", checked=False),))


def test_a_department_without_an_item_of_its_own_checks_all(small_town):
    place = Place(small_town, "EM", items=["AMR/A01", "FIRE/A01"])
    with refuses("result.items"):
        place.enter()
    place.enter(checks=(Checked("AMR/A01"), Checked("FIRE/A01")))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"methods": ()}, "result.methods"),
        ({"methods": ("onsite", "telepathy")}, "result.methods"),
        ({"code": "1", "checks": FOUND["checks"]}, "result.code_says_nothing_found"),
        ({"code": "Z"}, "result.no_such_code"),
        ({"code_list": "nothing"}, "result.no_such_code"),
        ({"code_list": "publicity-2014"}, "result.code_not_in_force"),
        ({"measures": ("a;b",)}, "result.measures"),
        ({"measures": ("责令改正", "责令改正")}, "result.measures"),
        ({"measures": ("责" * 301,)}, "result.measures"),
        ({"measures": tuple(f"{n}" + "责" * 290 for n in range(4))}, "result.measures"),
        ({"checks": (Checked("AMR/A01", checked=False, problem="x"),), "code": "D"}, "result.finding"),
        ({"checks": (Checked("AMR/A01", handling="case_filed"),)}, "result.finding"),
        ({"checks": (Checked("AMR/A01", problem="x", handling="shouted"),), "code": "D"}, "result.finding"),
        ({"inspected_on": date(2026, 3, 1)}, "result.day"),
        ({"inspected_on": date(2026, 3, 10)}, "result.day"),
    ],
)
def test_a_result_that_could_not_be_published_is_refused(shared_place, entry, code):
    with refuses(code):
        shared_place.enter(**entry)
    assert shared_place.state() == "open"


@pytest.fixture(scope="module")
def shared_place(founded_sqlite, tmp_path_factory):
    """A place where every entry is refused, so that one will do for all."""
    path = tmp_path_factory.mktemp("shared") / "town.db"
    shutil.copy(founded_sqlite, path)
    engine = open_database(f"sqlite:///{path}")
    yield Place(Town(engine))
    engine.dispose()


def test_nobody_inspected_before_the_draw_sent_him(small_town):
    small_town.now = datetime(2026, 4, 1, 1, tzinfo=UTC)
    place = Place(small_town)
    with refuses("result.day", day="2026-03-31", first="2026-04-01"):
        place.enter(inspected_on=date(2026, 3, 31))  # within the campaign, but nobody was drawn yet
    place.enter(inspected_on=date(2026, 4, 1))


def test_the_code_list_is_that_of_the_day(place):
    place.enter()
    with transaction(place.town.database, EVERYTHING) as session:
        assert session.scalars(select(Result)).one().code_list == visit_queries.code_list_on(
            session, date(2026, 3, 9)
        )
        assert visit_queries.code_list_on(session, date(2015, 5, 5)) == "publicity-2014"


def test_sent_back_with_a_reason_and_entered_again_as_the_next_version(town):
    place = Place(town)
    place.enter()
    with refuses("reason.missing"):
        place.review(accept=False, reason=" ")
    place.review(accept=False, reason="照片不清")
    assert place.state() == "returned"
    with refuses("visit.not_now"):
        place.disclose()
    with refuses("reason.missing"):
        place.enter()
    assert place.enter(reason="补了照片") == 2
    place.review()
    with refuses("visit.not_now", state="accepted"):
        place.review()
    place.disclose()
    assert place.state() == "disclosed"


def test_nobody_reviews_what_he_entered(small_town):
    place = Place(small_town)
    with transaction(small_town.database, EVERYTHING) as session:
        for login in place.team:
            grant(session, small_town.now, login, "reviewer")
    place.enter(place.team[0])
    with refuses("actor.same_person"):
        place.review(login=place.team[0])
    place.review(login=place.team[1])


@pytest.mark.parametrize(
    "inspected", [date(2026, 3, 9), date(2026, 4, 29), date(2026, 9, 21), date(2026, 9, 30)]
)
def test_a_result_is_due_twenty_working_days_after_the_inspection(small_town, inspected):
    place = Place(small_town)
    small_town.now = datetime(inspected.year, inspected.month, inspected.day, 2, tzinfo=UTC)
    assert place.disclosed(inspected_on=inspected) == twentieth_working_day(inspected)


def test_a_late_disclosure_is_possible_and_stays_visibly_late(town):
    place = Place(town)
    place.enter()
    place.review()
    due = twentieth_working_day(date(2026, 3, 9))
    town.now = datetime(due.year, due.month, due.day, 2, tzinfo=UTC) + timedelta(days=1)
    assert place.disclose() == due
    with transaction(town.database, EVERYTHING) as session:
        owed = session.scalars(select(Obligation).where(Obligation.subject_id == str(place.id))).one()
        assert owed.fulfilled_on == due + timedelta(days=1)
        assert is_late(owed, date(2027, 1, 1))


def test_a_day_told_later_does_not_put_off_and_one_told_earlier_brings_forward(small_town):
    place = Place(small_town)
    small_town.pass_time(days=21)
    place.enter(inspected_on=date(2026, 3, 20))
    place.review(accept=False, reason="日期不对")
    place.enter(inspected_on=date(2026, 3, 10), reason="更正日期")
    place.review()
    assert place.disclose() == twentieth_working_day(date(2026, 3, 10))
    place.enter(inspected_on=date(2026, 3, 25), reason="再更正")
    place.review()
    assert place.disclose() == twentieth_working_day(date(2026, 3, 20))


def test_a_published_result_is_corrected_as_a_new_version_also_after_the_campaign_is_closed(town):
    place = Place(town, **{"departments": [{"code": "AMR"}], "items": ["AMR/A01"], "total": 1})
    place.disclosed()
    with town.at("amr.planner") as desk:
        campaign = planning.find_campaign(desk, place.code)
        visits.close_campaign(desk, campaign)
    with refuses("reason.missing"):
        place.enter(**FOUND)
    assert place.enter(**FOUND, reason="漏记") == 2
    place.review()
    place.disclose()
    with transaction(town.database, EVERYTHING) as session:
        told = visit_queries.disclosed_versions(session, place.id)
        assert [(result.version, result.code, result.reason) for result, _ in told] == [
            (1, "1", ""),
            (2, "D", "漏记"),
        ]


def test_follow_ups_open_at_disclosure_once_and_close_with_a_word_of_their_own_department(town):
    place = Place(town, "FIRE")
    found = FOUND | {"checks": (Checked("FIRE/A01", problem="通道堵塞", handling="order_to_correct"),)}
    place.enter(**found)
    place.review()
    assert follow_ups(town) == []
    place.disclose()
    assert follow_ups(town) == [("责令改正", "open")]
    place.enter(**found | {"measures": ("责令改正", "移送")}, reason="另有线索")
    place.review()
    place.disclose()
    assert follow_ups(town) == [("责令改正", "open"), ("移送", "open")]
    for login, code, note in (
        ("fire.reviewer", "reason.missing", " "),
        ("fire.planner", "actor.role", "已改正"),
        ("amr.reviewer", "actor.other_department", "已改正"),
    ):
        with refuses(code):
            close_first(town, login, note)
    close_first(town, "fire.reviewer", "已改正")
    assert follow_ups(town) == [("责令改正", "closed"), ("移送", "open")]
    with refuses("follow_up.not_now"):
        close_first(town, "fire.reviewer", "再来")


def test_a_department_is_not_merged_before_its_corrections_and_follow_ups_are_finished(town):
    place = Place(town, **{"departments": [{"code": "AMR"}], "items": ["AMR/A01"], "total": 1})
    place.disclosed()
    with town.at("amr.planner") as desk:
        visits.close_campaign(desk, planning.find_campaign(desk, place.code))
    place.enter(**FOUND, reason="漏记")
    for finish in (place.review, place.disclose, lambda: close_first(town, "amr.reviewer", "已改正")):
        with refuses("department.has_unfinished", campaigns=[place.code]):
            merge(town)
        finish()
    merge(town)


def merge(town):
    with town.at("amr.administrator") as desk:
        merge_department(desk, find_department(desk.session, "AMR"), find_department(desk.session, "EM"))


def follow_ups(town):
    with transaction(town.database, EVERYTHING) as session:
        return [
            (each.measure, each.state) for each in session.scalars(select(FollowUp).order_by(FollowUp.id))
        ]


def close_first(town, login, note):
    with town.at(login) as desk:
        found = desk.session.scalars(select(FollowUp).order_by(FollowUp.id)).first()
        results.close_follow_up(desk, found, note)


def test_an_attachment_is_hashed_limited_and_not_added_twice(town):
    place = Place(town)
    attach = lambda name, kind, content, login=place.team[0]: place.do(  # noqa: E731
        login, results.attach, name, kind, content
    )
    with refuses("visit.not_now", state="open"):
        attach("照片.jpg", "image/jpeg", b"x")
    place.enter()
    attach("照片.jpg", "image/jpeg", b"picture")
    with refuses("attachment.twice"):
        attach("又一张.jpg", "image/jpeg", b"picture")
    for content in (b"", b"x" * (LARGEST_ATTACHMENT + 1)):
        with refuses("attachment.size", most=LARGEST_ATTACHMENT):
            attach("空.jpg", "image/jpeg", content)
    for name in ("", " ", "a\nb", "照" * 301):
        with refuses("attachment.name"):
            attach(name, "image/jpeg", b"other")
    for kind in ("", "jpeg", "image/" + "j" * 100, "text/html; charset=x"):
        with refuses("attachment.media_type"):
            attach("照片.jpg", kind, b"other")
    with refuses("actor.role"):
        attach("照片.jpg", "image/jpeg", b"other", "amr.reviewer")
    attach("最大.bin", "application/octet-stream", b"y" * LARGEST_ATTACHMENT)
    place.review()
    with refuses("visit.not_now", state="accepted"):
        attach("迟到.jpg", "image/jpeg", b"late")
    with transaction(town.database, EVERYTHING) as session:
        kept = session.scalars(select(Attachment).order_by(Attachment.id)).all()
        assert [each.size for each in kept] == [7, LARGEST_ATTACHMENT]
        assert [each.sha256 for each in kept] == [hashlib.sha256(each.content).hexdigest() for each in kept]


def test_a_visit_is_put_on_a_working_day_of_the_campaign(place):
    for day in (date(2026, 3, 1), date(2026, 3, 14), date(2026, 5, 1), date(2027, 1, 4)):
        with refuses("visit.day"):
            place.do("amr.planner", scheduling.schedule, day)
    with refuses("actor.other_department"):
        place.department = "EM"
        place.do("amr.planner", scheduling.schedule, date(2026, 3, 13))
    place.department = "AMR"
    place.do("amr.planner", scheduling.schedule, date(2026, 3, 13))


def test_a_campaign_closes_when_nothing_is_left_open(small_town):
    place = Place(small_town)
    with small_town.at("amr.planner") as desk:
        campaign = planning.find_campaign(desk, place.code)
        assert visits.unfinished(desk, campaign) == 6
        with refuses("campaign.visits_open", count=6):
            visits.close_campaign(desk, campaign)
