"""Jobs of random inspection (抽查的后台作业): a draw executed or checked again, a timetable made, rehearsals counted.

Each runs in the name of who asked for it.

What solves does so from evidence that was read, with no transaction open; what it gives is kept in the transaction that
ends the job, where everything is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any

from data.models import Campaign, Draw, Job, User
from data.queries import draws, jobs, timetables
from data.queries.paging import Page, page_of
from data.scope import seeing
from matching.bundle import pack
from matching.refused import Refused
from scheduler.clock import Clock
from scheduler.inspection import (
    audit,
    bundles,
    drawing,
    execution,
    fairness,
    planning,
    public_bundles,
    rehearsal,
    scheduling,
)
from scheduler.inspection.circumstances import Circumstances
from scheduler.inspection.evidence import FIRST
from scheduler.inspection.public_bundles import PUBLISH
from scheduler.inspection.scheduling import Asked
from scheduler.inspection.steps import DRAW
from scheduler.installation import desk_within, reading_desk
from scheduler.jobs import Handler, Keep, Work
from scheduler.permissions import Desk, permits
from scheduler.transaction import EVERYTHING, Engine, Session

EXECUTE, REPLAY, TIMETABLE = "draw:execute", "draw:replay", "timetable:make"
EXECUTING = ("loading", "drawing", "pairing", "keeping")
REPLAYING = ("loading", "checking", "keeping")
PUBLISHING = ("loading", "making", "checking", "keeping")
PLACING = ("loading", "placing", "keeping")
STAGES: Mapping[str, tuple[str, ...]] = {
    EXECUTE: EXECUTING,
    REPLAY: REPLAYING,
    PUBLISH: PUBLISHING,
    TIMETABLE: PLACING,
    fairness.KIND: (),
}
"""What a job of each kind goes through; its progress is the place in this list, its message the stage. Rehearsals are
counted instead."""
UNDER_WAY, IN_VAIN = ("queued", "running"), ("failed", "parked")
"""The states of a job of which something may still come, and of one that ended without what it was asked for."""

READERS = ("planner", "approver", "auditor", "administrator")
"""Who looks at the jobs of his department."""

Readme = Callable[[Circumstances], str]
"""Writes README.txt, of a full bundle or, where the circumstances are public ones, of a public bundle."""


@dataclass(frozen=True)
class Order:
    """What a job was asked to do, by whom: the parameters of its row; `asked` is what a timetable is to be like."""

    draw: int
    attempt: int
    login: str
    asked: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A job as a list shows it: its row, the draw's number, and the name of who asked.

    Rehearsals are of no draw: `draw_id` is 0, and `campaign` tells whose they are.
    """

    job: Job
    draw_id: int
    number: str
    asked_by: str
    campaign: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.job.state not in UNDER_WAY


def handlers(database: Engine, clock: Clock, readme: Readme) -> dict[str, Handler]:
    """Who does which kind of job; `readme` writes the README.txt of a bundle."""
    return {
        EXECUTE: partial(_execute, database, clock),
        REPLAY: partial(_replay, database, clock, readme),
        PUBLISH: partial(_publish, database, clock, readme),
        fairness.KIND: partial(fairness.handle, database, clock),
        TIMETABLE: partial(_timetable, database, clock),
    }


# Asking


def ask_execute(desk: Desk, drawn: Draw) -> int:
    """Ask for a draw to be executed; the id of the job. Who asks twice finds the same job, until it has failed.

    Refused like `execution.check_execute`.
    """
    desk.require(*DRAW.roles("execute"))
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    before = jobs.of_subject(desk.session, f"{EXECUTE}/{drawn.id}/{attempt}")
    if before and before[-1].state in (*UNDER_WAY, "done"):
        return before[-1].id
    execution.check_execute(desk, drawn)
    return _put(desk, EXECUTE, f"{drawn.id}/{attempt}", len(before), Order(drawn.id, attempt, _login(desk)))


def ask_replay(desk: Desk, drawn: Draw) -> int:
    """Ask for a draw to be checked again from its full bundle (复核); the id of the job.

    Refused like `bundles.check_bundle_taker`. A department that asks while one of its own waits or runs finds that one.
    """
    bundles.check_bundle_taker(desk, drawn)
    subject = f"{drawn.id}/{desk.actor.department_id}"
    before = jobs.of_subject(desk.session, f"{REPLAY}/{subject}")
    if before and before[-1].state in UNDER_WAY:
        return before[-1].id
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    return _put(desk, REPLAY, subject, len(before), Order(drawn.id, attempt, _login(desk)))


def ask_public_bundle(desk: Desk, drawn: Draw) -> int:
    """Ask for the public bundle of a draw whose campaign is closed; the id of the job. Who asks twice finds the same job.

    Refused like `public_bundles.check_maker`.
    """
    public_bundles.check_maker(desk, drawn)
    before = jobs.of_subject(desk.session, f"{PUBLISH}/{drawn.id}")
    if before and before[-1].state in (*UNDER_WAY, "done"):
        return before[-1].id
    return _put(desk, PUBLISH, str(drawn.id), len(before), Order(drawn.id, FIRST, _login(desk)))


def ask_timetable(desk: Desk, campaign: Campaign, asked: Asked) -> int:
    """Ask for the timetable of all visits of a campaign (统一排期); the id of the job, or of the one that is under way.

    Refused like `scheduling.check_make`, and `visit.none_to_schedule`.
    """
    scheduling.check_make(desk, campaign, asked)
    drawn = drawing.current_draw(desk, campaign)
    before = jobs.of_subject(desk.session, f"{TIMETABLE}/{drawn.id}")
    if before and before[-1].state in UNDER_WAY:
        return before[-1].id
    if not timetables.to_place(desk.session, drawn.id, asked.again):
        raise Refused("visit.none_to_schedule")
    wanted = {**asdict(asked), "first": str(asked.first), "last": str(asked.last)}
    return _put(desk, TIMETABLE, str(drawn.id), len(before), Order(drawn.id, FIRST, _login(desk), wanted))


def ask_again(desk: Desk, job: Job) -> int:
    """Ask anew for what a job did not bring about; the id of the new job. Refused `job.not_over`, or as before."""
    if job.state not in IN_VAIN:
        raise Refused("job.not_over", number=job.id)
    if job.kind == fairness.KIND:
        campaign = planning.find_campaign(desk, job.parameters["campaign"])
        return fairness.ask(desk, campaign, job.parameters["runs"])
    order = Order(**job.parameters)
    drawn = drawing.draw_by_id(desk, order.draw)
    if job.kind == TIMETABLE:
        return ask_timetable(desk, drawn.campaign, _asked(order))
    return {EXECUTE: ask_execute, REPLAY: ask_replay, PUBLISH: ask_public_bundle}[job.kind](desk, drawn)


def _asked(order: Order) -> Asked:
    days = {name: date.fromisoformat(order.asked[name]) for name in ("first", "last")}
    return Asked(**{**order.asked, **days})


_ACTS = {EXECUTE: "execute", REPLAY: "bundle"}
"""By which act on its draw a job of each kind is asked for."""


def may_ask_again(desk: Desk, line: Line) -> bool:
    """Whether a page may offer the actor to ask anew for what a job did not bring about; the use case still decides."""
    if line.job.state not in IN_VAIN:
        return False
    if line.campaign:
        return rehearsal.may_rehearse(desk, planning.find_campaign(desk, line.campaign))
    if line.job.kind == PUBLISH:
        return may_publish(desk, drawing.draw_by_id(desk, line.draw_id))
    if line.job.kind == TIMETABLE:
        campaign = drawing.draw_by_id(desk, line.draw_id).campaign
        return permits(scheduling.check_make, desk, campaign, _asked(Order(**line.job.parameters)))
    return _ACTS[line.job.kind] in _possible(desk, line)


def may_publish(desk: Desk, drawn: Draw) -> bool:
    """Whether a page may offer the actor to have the public bundle of a draw made; the use case still decides."""
    return permits(public_bundles.check_maker, desk, drawn)


def may_see_claims(desk: Desk, line: Line) -> bool:
    """Whether the actor may read what a replay found: it tells of the full bundle, for those who may take that."""
    return line.job.kind == REPLAY and line.job.state == "done" and "bundle" in _possible(desk, line)


def _possible(desk: Desk, line: Line) -> frozenset[str]:
    return drawing.possible_acts(desk, drawing.draw_by_id(desk, line.draw_id))


def _put(desk: Desk, kind: str, subject: str, before: int, order: Order) -> int:
    parameters = {"draw": order.draw, "attempt": order.attempt, "login": order.login}
    parameters |= {"asked": order.asked} if order.asked else {}
    # two who ask at once count alike, and the second finds the job of the first
    key = f"{kind}/{subject}/{before + 1}"
    return jobs.enqueue(desk.session, kind, key, parameters, desk.now, desk.actor.department_id)


def _login(desk: Desk) -> str:
    return desk.session.get_one(User, desk.actor.user_id).login


# Looking


def find_job(desk: Desk, job_id: int) -> Line:
    """A job of the actor's department; Refused `job.unknown`."""
    found = jobs.by_id(desk.session, job_id)
    if found is None:
        raise Refused("job.unknown", number=job_id)
    return _lines(desk, [found])[0]


def listed(desk: Desk, state: str, number: int) -> Page[Line]:
    """The jobs of the actor's department, the newest first; of one state, or of all where it is empty."""
    page = page_of(desk.session, jobs.newest_first(state), number)
    return Page(_lines(desk, page.rows), page.number, page.size, page.total, page.counted_out)


def last_of_draw(desk: Desk, drawn: Draw) -> dict[str, Line]:
    """The newest job of each kind that the actor's department asked for at a draw, where there is one that he may see."""
    if not desk.actor.roles.intersection(READERS):
        return {}
    newest = {
        EXECUTE: jobs.of_subject(desk.session, f"{EXECUTE}/{drawn.id}"),
        PUBLISH: jobs.of_subject(desk.session, f"{PUBLISH}/{drawn.id}"),
        REPLAY: jobs.of_subject(desk.session, f"{REPLAY}/{drawn.id}/{desk.actor.department_id}"),
    }
    return {kind: _lines(desk, found[-1:])[0] for kind, found in newest.items() if found}


def last_timetable(desk: Desk, campaign: Campaign) -> Line | None:
    """The newest job that makes the timetable of a campaign, where the actor's department asked for one he may see."""
    if not desk.actor.roles.intersection(READERS):
        return None
    found = jobs.of_subject(desk.session, f"{TIMETABLE}/{drawing.current_draw(desk, campaign).id}")
    return _lines(desk, found[-1:])[0] if found else None


def campaign_of(desk: Desk, line: Line) -> str:
    """The code of the campaign that a job is about."""
    return drawing.draw_by_id(desk, line.draw_id).campaign.code


def state_of_execution(desk: Desk, drawn: Draw, attempt: int) -> str:
    """The state of the newest job that executes an attempt, empty where none has been asked for.

    Everybody who sees the draw is told this much and no more, whichever department asked.
    """
    with seeing(desk.session, EVERYTHING):
        asked = jobs.of_subject(desk.session, f"{EXECUTE}/{drawn.id}/{attempt}")
    return asked[-1].state if asked else ""


def _lines(desk: Desk, found: Any) -> list[Line]:
    drawn = {each.id: each.parameters.get("draw", 0) for each in found}
    numbers = draws.numbers(desk.session, sorted(set(drawn.values())))
    names = jobs.names_of(desk.session, [each.parameters["login"] for each in found])
    return [
        Line(each, draw, numbers.get(draw, ""), names.get(login, login), each.parameters.get("campaign", ""))
        for each in found
        for draw, login in ((drawn[each.id], each.parameters["login"]),)
    ]


def replayed(desk: Desk, drawn: Draw, job_id: int) -> tuple[str, audit.Checked]:
    """The SHA-256 of the bundle that a job replayed, and what came of it; Refused `job.unknown`."""
    line = find_job(desk, job_id)
    job = line.job
    if job.kind != REPLAY or job.state != "done" or line.draw_id != drawn.id or job.result is None:
        raise Refused("job.unknown", number=job.id)
    return job.result["bundle"], audit.checked_of(job.result)


# Doing


def _execute(database: Engine, clock: Clock, work: Work) -> Keep:
    order = Order(**work.parameters)
    beat = _stages(work, EXECUTING)
    beat("loading")
    with reading_desk(database, order.login, clock.now()) as desk:
        basis = execution.basis(desk, drawing.draw_by_id(desk, order.draw))
    if basis.bound.attempt != order.attempt:
        raise Refused("draw.other_attempt", asked=order.attempt, now=basis.bound.attempt)
    beat("drawing")
    strata = execution.strata(basis)
    beat("pairing")
    outcome = execution.outcome(basis, strata)
    beat("keeping")

    def keep(session: Session) -> Mapping[str, Any]:
        with desk_within(session, order.login, clock.now()) as desk:
            drawn = execution.keep_outcome(desk, drawing.draw_by_id(desk, order.draw), basis, outcome)
        return {"state": drawn.state, "targets": execution.drawn_count(outcome)}

    return keep


def _replay(database: Engine, clock: Clock, readme: Readme, work: Work) -> Keep:
    order = Order(**work.parameters)
    beat = _stages(work, REPLAYING)
    beat("loading")
    with reading_desk(database, order.login, clock.now()) as desk:
        found = bundles.contents(desk, drawing.draw_by_id(desk, order.draw))
    packed = pack(bundles.bundle_files(found, readme))
    beat("checking")
    checked = audit.check_bundle(packed)
    beat("keeping")

    def keep(session: Session) -> Mapping[str, Any]:
        with desk_within(session, order.login, clock.now()) as desk:
            role = bundles.check_bundle_taker(desk, drawing.draw_by_id(desk, order.draw))
            desk.tell(role, "draw:replay", f"draw/{order.draw}", wrong=checked.wrong)
        return {"bundle": sha256(packed).hexdigest(), "wrong": checked.wrong, **audit.told(checked)}

    return keep


def _publish(database: Engine, clock: Clock, readme: Readme, work: Work) -> Keep:
    order = Order(**work.parameters)
    beat = _stages(work, PUBLISHING)
    beat("loading")
    with reading_desk(database, order.login, clock.now()) as desk:
        found = public_bundles.contents(desk, drawing.draw_by_id(desk, order.draw))
    beat("making")
    packed = public_bundles.packed(found, readme)
    beat("checking")
    public_bundles.check(packed)
    beat("keeping")

    def keep(session: Session) -> Mapping[str, Any]:
        with desk_within(session, order.login, clock.now()) as desk:
            digest = public_bundles.keep(desk, drawing.draw_by_id(desk, order.draw), packed)
        return {"bundle": digest}

    return keep


def _timetable(database: Engine, clock: Clock, work: Work) -> Keep:
    order = Order(**work.parameters)
    asked, beat = _asked(order), _stages(work, PLACING)
    beat("loading")
    with reading_desk(database, order.login, clock.now()) as desk:
        basis = scheduling.basis_of_all(desk, drawing.draw_by_id(desk, order.draw).campaign, asked)
    beat("placing")
    made = scheduling.made_of(basis)
    beat("keeping")

    def keep(session: Session) -> Mapping[str, Any]:
        with desk_within(session, order.login, clock.now()) as desk:
            scheduling.keep_made(desk, drawing.draw_by_id(desk, order.draw).campaign, asked, made)
        return {"placed": made.placed, "unplaced": len(made.unplaced)}

    return keep


def _stages(work: Work, stages: tuple[str, ...]) -> Callable[[str], None]:
    def beat(stage: str) -> None:
        work.beat(stages.index(stage), len(stages), stage)

    return beat
