"""The public bundle of a draw: made once, by a job, when nobody waits for a visit any more, and naming nobody."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256

from sqlalchemy import select, update

from data.models import Inspector, Job, LedgerEntry, Person, PublicBundle, Target
from matching.bundle import pack, unpack
from matching.verifier import verify
from scheduler.inspection import audit, disclosure, drawing, public_bundles, recusal, staff, visits, work
from scheduler.jobs import run_next
from scheduler.transaction import EVERYTHING, transaction
from tests.site import TownClock
from tests.town import TEXT, Town, refuses
from web.readme import readme

CLOSED = {"rates": {}, "total": 4, "strata_by": "risk_class"}


def run(town: Town) -> str | None:
    """Run a job that waits; how it ended."""
    ran = run_next(town.database, work.handlers(town.database, TownClock(town), readme), "w", TownClock(town))
    return ran.outcome if ran else None


def file_of(town: Town, number: str) -> bytes:
    with transaction(town.database, EVERYTHING) as session:
        return public_bundles.file(session, number)


def jobs(town: Town) -> list[Job]:
    with transaction(town.database, EVERYTHING) as session:
        found = list(session.scalars(select(Job).where(Job.kind == work.PUBLISH).order_by(Job.id)))
        session.expunge_all()
    return found


def ask(town: Town, number: str, login: str = "amr.planner") -> int:
    return town.do(login, lambda desk: work.ask_public_bundle(desk, drawing.find_draw(desk, number)))


def test_a_closed_campaign_has_its_bundle_made_and_a_stranger_replays_it(town):
    _, number = town.closed()
    assert run(town) == "done"
    assert run(town) is None
    packed = file_of(town, number)
    files = unpack(packed)
    assert sorted(files) == sorted(
        ("README.txt", "plan.json", "commit.json", "reveal.json", "register.json", "drawn.csv", "thresholds.csv",
         "proofs.json")
    )  # fmt: skip
    assert not audit.check_bundle(packed).wrong
    assert {claim.state for claim in verify(packed)} <= {"verified", "unverifiable"}
    whole = town.bundle(number)
    same = ("plan.json", "commit.json", "reveal.json", "register.json", "drawn.csv", "thresholds.csv")
    assert {name: files[name] for name in same} == {name: whole[name] for name in same}
    assert json.loads(files["register.json"])["entry"]["state"] == "completed"
    [job] = jobs(town)
    assert job.result == {"bundle": sha256(packed).hexdigest()}
    with transaction(town.database, EVERYTHING) as session:
        [line] = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "draw:publish_bundle"))
        assert json.loads(line.details) == {"sha256": sha256(packed).hexdigest(), "size": len(packed)}
        shown = public_bundles.draw(session, number, town.now.date())[1].bundle
        assert (shown.sha256, shown.size) == (sha256(packed).hexdigest(), len(packed))


def test_the_bundle_is_made_once(town):
    _, number = town.closed()
    first = jobs(town)[0].id
    assert ask(town, number) == first
    keep = work.handlers(town.database, TownClock(town), readme)[work.PUBLISH](
        _work(jobs(town)[0].parameters)
    )
    assert run(town) == "done"
    before = file_of(town, number)
    town.pass_time(days=1)
    with transaction(town.database, EVERYTHING) as session:
        assert keep(session) == {"bundle": sha256(before).hexdigest()}
    assert ask(town, number) == first
    with transaction(town.database, EVERYTHING) as session:
        assert len(session.scalars(select(PublicBundle)).all()) == 1
        lines = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "draw:publish_bundle")).all()
        assert len(lines) == 1


def _work(parameters):
    from scheduler.jobs import Work

    return Work(parameters, lambda *_: None)


def test_nobody_has_a_bundle_while_somebody_waits_for_a_visit_of_which_he_does_not_know(town):
    code, number = town.drawn(departments=[{"code": "AMR"}], items=["AMR/A01"], **CLOSED)
    targets = [target for _, target in town.visits(number)]
    for target in targets[:-1]:
        town.disclosed(number, target, "AMR")
    with refuses("draw.not_public", number=number):
        ask(town, number)
    with refuses("public_bundle.none"):
        file_of(town, number)
    with refuses("campaign.visits_open"):
        town.close(code)
    assert jobs(town) == []
    town.disclosed(number, targets[-1], "AMR")
    with refuses("draw.not_public"):
        ask(town, number)
    town.close(code)
    with refuses("public_bundle.not_made"):
        file_of(town, number)
    assert run(town) == "done"
    assert file_of(town, number)


def test_the_planners_of_the_lead_alone_ask_for_it(small_town):
    _, number = joint(small_town)
    for login, code in (
        ("amr.auditor", "actor.role"),
        ("amr.registrar", "actor.role"),
        ("fire.planner", "actor.other_department"),
    ):
        with refuses(code):
            ask(small_town, number, login)
    assert ask(small_town, number) == jobs(small_town)[0].id


def joint(town: Town) -> tuple[str, str]:
    """A closed campaign of two departments, in which a target was voided and an inspector recused himself."""
    code, number = town.drawn(
        departments=[{"code": "AMR"}, {"code": "FIRE"}], items=["AMR/A01", "FIRE/A01"], **CLOSED
    )
    voided, visit = town.visits(number)[0][1], town.visits(number)[1][0]
    town.do("amr.approver", lambda d: _void(d, number, voided))
    who = town.team(visit)[0].upper()
    town.do("amr.approver", lambda d: recusal.recuse(d, visits.by_id(d, visit), who, "kinship", "亲属的事由"))
    town.disclose_all(number, "AMR", "FIRE")
    town.close(code)
    return code, number


def _void(desk, number, target):
    return recusal.void_target(desk, drawing.find_draw(desk, number), target, "moved_away", "迁到外地去了")


def test_readme_says_what_came_after_the_draw_in_numbers_and_the_drawn_targets_stand(town):
    _, number = joint(town)
    assert run(town) == "done"
    files = unpack(file_of(town, number))
    told = files["README.txt"].decode()
    for said in (
        "抽取后作废对象 1 户",
        "1 drawn targets were taken out",
        "检查组 8 个",
        "8 teams",
        "1 recusals",
        number,
    ):
        assert said in told, told
    assert told.index("注意") < told.index(number)
    assert files["drawn.csv"] == town.bundle(number)["drawn.csv"]
    assert "pairing started again" not in told


def test_who_left_his_department_is_no_recusal_in_readme(town):
    code, number = town.drawn(departments=[{"code": "AMR"}], items=["AMR/A01"], **CLOSED)
    visit = town.visits(number)[0][0]
    who = town.team(visit)[0].upper()
    town.do("amr.registrar", lambda d: staff.set_inspector_state(d, staff.find_inspector(d, who), "left"))
    town.disclose_all(number, "AMR")
    town.close(code)
    assert run(town) == "done"
    told = unpack(file_of(town, number))["README.txt"].decode()
    with transaction(town.database, EVERYTHING) as session:
        changes = disclosure.draw(session, number, town.now.date()).changes
    assert (changes.recused, changes.departed > 0) == (0, True)
    assert "recusals." not in told.replace("these are no recusals.", "")
    assert f"人员调离按规定排除 {changes.departed} 次，不计入回避" in told


def test_a_second_attempt_after_a_shortage_leaves_the_first_one_s_evidence_and_is_told(town):
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).values(capacity=0))
    code = town.campaign(departments=[{"code": "AMR"}], items=["AMR/A01"], **CLOSED)
    number = town.freeze(code)
    town.commit(number)
    town.open(number)
    assert town.execute(number) == "short"
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).values(capacity=60))
    town.mend(number)
    town.dispatch(code)
    town.pass_time(days=7)
    town.disclose_all(number, "AMR")
    town.close(code)
    assert run(town) == "done"
    packed = file_of(town, number)
    assert not audit.check_bundle(packed).wrong
    files = unpack(packed)
    assert "2 attempts in all" in files["README.txt"].decode()
    assert files["commit.json"] == town.bundle(number)["commit.json"]
    assert not [name for name in files if name.startswith("attempt-")]


def test_no_canary_is_in_the_bundle(town):
    """Persons, inspectors, undrawn targets and the salt secret stand in the database, and in no file of the bundle."""
    plant(town)
    _, number = joint(town)
    assert run(town) == "done"
    packed = file_of(town, number)
    with zipfile.ZipFile(io.BytesIO(packed)) as bundle:
        told = "\n".join(bundle.read(each).decode() for each in bundle.namelist())
    drawn = {line.split(",")[3] for line in unpack(packed)["drawn.csv"].decode().splitlines()[1:]}
    assert len(drawn) == 4
    with transaction(town.database, EVERYTHING) as session:
        names = [each.name for each in session.scalars(select(Person))]
        names += [each.name for each in session.scalars(select(Inspector))]
        codes = [each.code for each in session.scalars(select(Inspector))]
        undrawn = [each for each in session.scalars(select(Target)) if each.code not in drawn]
        shown = [each for each in session.scalars(select(Target)) if each.code in drawn]
        assert len(undrawn) == 56
        hidden = [*names, *codes, "亲属的事由", "迁到外地"]
        hidden += [text for each in undrawn for text in (each.code, each.name)]
        public = [each.name for each in shown]
    assert [each for each in hidden if each in told] == []
    assert "canary" not in told
    assert town.secrets.salt_secret.hex() not in told
    assert [name for name in public if name not in told] == [], "the search has something to find"
    assert (TEXT in told, town.secrets.secret.hex() in told) == (True, True)


def plant(town: Town) -> None:
    """Put a mark into what is not public; names that are no part of each other."""
    with transaction(town.database, EVERYTHING) as session:
        for row in session.scalars(select(Target)):
            row.name = f"第<{row.code}>户"
            row.address, row.business = f"canary-address-{row.id}", f"canary-business-{row.id}"
        for row in session.scalars(select(Inspector)):
            row.name = f"canary-inspector-{row.id}"


def test_a_bundle_that_would_name_a_person_is_not_made(town):
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Target).values(kind="person"))
    _, number = town.closed()
    assert jobs(town) == []
    with refuses("draw.names_persons", number=number):
        ask(town, number)
    with transaction(town.database, EVERYTHING) as session:
        standing = public_bundles.draw(session, number, town.now.date())[1]
    assert (standing.bundle, standing.absent) == (None, "names_persons")
    with refuses("public_bundle.names_persons", number=number):
        file_of(town, number)


def test_a_plan_names_of_which_department_a_witness_is_and_no_person(town):
    _, number = town.closed()
    assert json.loads(town.bundle(number)["plan.json"])["witnesses"] == ["NOTARY局"]


def test_a_bundle_that_our_own_verifier_refuses_is_not_published(town):
    _, number = town.closed()
    assert run(town) == "done"
    files = unpack(file_of(town, number))
    for name, content in (("drawn.csv", files["drawn.csv"].replace(b"T00", b"T01")), ("proofs.json", b"{}")):
        with refuses("draw.evidence_changed"):
            public_bundles.check(pack(files | {name: content}))
    public_bundles.check(pack(files))


def test_what_the_job_finds_changed_is_not_kept(town):
    """What is asked when the job begins is asked again when it keeps: here the planner lost his role."""
    from scheduler.accounts import disable

    _, number = town.closed()
    with transaction(town.database, EVERYTHING) as session:
        disable(session, town.now, "amr.planner")
    assert run(town) == "failed"
    with refuses("public_bundle.not_made"):
        file_of(town, number)


def test_a_number_that_is_not_public_has_no_bundle(town):
    number = town.freeze(town.campaign())
    with refuses("draw.unknown"):
        file_of(town, number)
    with transaction(town.database, EVERYTHING) as session, refuses("draw.unknown"):
        public_bundles.draw(session, number, town.now.date())
