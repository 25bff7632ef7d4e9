"""A campaign from the annual plan to its closing, act by act, that can be left anywhere and taken up again.

Every step is one use case in one transaction, at an hour of its own; whoever takes the campaign up looks in the database
which steps are done. `live` runs it in this process, `killed` in one that dies by SIGKILL at a point of it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session, configure_mappers

from data.database import open_database
from data.models import (
    AnnualPlan,
    Campaign,
    CampaignDepartment,
    Department,
    Disclosure,
    Draw,
    DrawCommitment,
    DrawFile,
    DrawnTarget,
    EntropyEntry,
    FrozenTable,
    LedgerEntry,
    Lottery,
    LotterySecret,
    Opening,
    Publication,
    Result,
    RevealClosing,
    Target,
    TeamMember,
    Visit,
    WitnessCommitment,
    WitnessReveal,
)
from scheduler.clock import business_date
from scheduler.inspection import disclosure, drawing, execution, freezing, planning, register, results, visits
from scheduler.inspection.drawing import find_draw, promise_of
from scheduler.installation import reading_desk
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, reading
from tests.told import PLAN
from tests.town import DICE, START, TEXT, Town

CODE, NUMBER = "2026-加油站", "AMR〔2026〕1"
DEPARTMENTS = ("AMR", "FIRE")
TARGETS = 1
SHORTEST_CACHE = 1  # pages that SQLite keeps back: with so few it writes into its file long before it commits


@dataclass(frozen=True)
class Step:
    """What somebody does, and how one sees that it is done."""

    name: str
    act: Callable[[Town], object]
    is_done: Callable[[Session], bool]


@dataclass(frozen=True)
class Point:
    """Where a process dies: in a step after so many statements, when it is about to commit, or when it has committed."""

    step: str
    moment: str
    statements: int = 0


STATEMENT, COMMIT, COMMITTED = "statement", "commit", "committed"
TORN = "torn"
"""What must never be: half a step is committed. It shows that the tests would see it."""


# How the database tells what is done


def _exists(model: Any) -> Callable[[Session], bool]:
    return lambda session: bool(session.scalar(select(func.count()).select_from(model)))


def _plan_left(*states: str) -> Callable[[Session], bool]:
    return lambda session: session.scalars(select(AnnualPlan.state)).one() not in states


def _campaign_left(*states: str) -> Callable[[Session], bool]:
    return lambda session: session.scalars(select(Campaign.state)).one() not in states


def _answered(session: Session) -> bool:
    waiting = select(func.count()).where(CampaignDepartment.answer != "accepted")
    return not session.scalar(waiting)


def _completed(session: Session) -> bool:
    return session.scalars(select(Draw.state)).one() == "completed"


def _opened(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(Opening)))


def visit(session: Session, place: int) -> Visit:
    """The visits by target and department."""
    order = (
        select(Visit)
        .join(Target, Target.id == Visit.target_id)
        .join(Department, Department.id == Visit.department_id)
        .order_by(Target.code, Department.code)
    )
    return session.scalars(order.offset(place).limit(1)).one()


def _visit_left(place: int, *states: str) -> Callable[[Session], bool]:
    return lambda session: visit(session, place).state not in states


# What is done


def _of_plan(act: str) -> Callable[[Desk], None]:
    return lambda desk: planning.move_plan(desk, planning.find_plan(desk, PLAN["year"], PLAN["number"]), act)


def _of_campaign(act: Callable[..., object], *given: object) -> Callable[[Desk], object]:
    return lambda desk: act(desk, planning.find_campaign(desk, CODE), *given)


def _of_draw(act: Callable[..., object], *given: object) -> Callable[[Desk], object]:
    return lambda desk: act(desk, find_draw(desk, NUMBER), *given)


def _set_up(town: Town) -> object:
    outline = town.outline(
        code=CODE,
        items=[f"{code}/A01" for code in DEPARTMENTS],
        departments=[{"code": code} for code in DEPARTMENTS],
        rates={},
        strata_by="none",
        total=TARGETS,
        plan_line={"year": PLAN["year"], "number": PLAN["number"], "line": 1},
    )
    return town.do("amr.planner", lambda desk: planning.set_up_campaign(desk, outline))


def _enter_result(place: int) -> Callable[[Town], object]:
    def act(town: Town) -> object:
        with reading(town.database, EVERYTHING) as session:
            found = visit(session, place)
            visit_id, department = found.id, session.get_one(Department, found.department_id).code
        lead = town.team(visit_id)[0]
        entry = town.entry(department)
        return town.do(lead, lambda desk: results.enter(desk, visits.by_id(desk, visit_id), entry))

    return act


def _of_visit(place: int, role: str, act: Callable[..., object], *given: object) -> Callable[[Town], object]:
    def done(town: Town) -> object:
        with reading(town.database, EVERYTHING) as session:
            found = visit(session, place)
            visit_id, department = found.id, session.get_one(Department, found.department_id).code
        login = f"{department.lower()}.{role}"
        return town.do(login, lambda desk: act(desk, visits.by_id(desk, visit_id), *given))

    return done


def _by(login: str, act: Callable[[Desk], object]) -> Callable[[Town], object]:
    return lambda town: town.do(login, act)


def _publish(town: Town) -> object:
    return town.do("amr.planner", _of_draw(drawing.publish, "市政府门户网站", town.now))


def _freeze(town: Town) -> object:
    return town.do("amr.planner", _of_campaign(freezing.freeze_pool, town.secrets))


configure_mappers()  # once, before processes are forked

DRAW_STEPS = (
    Step("freeze", _freeze, _exists(Draw)),
    Step("promise", _by("notary", _of_draw(drawing.promise, promise_of(TEXT))), _exists(WitnessCommitment)),
    Step("commit", _by("amr.planner", _of_draw(drawing.commit_draw)), _exists(DrawCommitment)),
    Step("publish", _publish, _exists(Publication)),
    Step("reveal", _by("notary", _of_draw(drawing.reveal_text, TEXT)), _exists(WitnessReveal)),
    Step("close reveals", _by("amr.planner", _of_draw(drawing.close_reveals)), _exists(RevealClosing)),
    Step("first entry", _by("amr.planner", _of_draw(drawing.enter_entropy, DICE)), _exists(EntropyEntry)),
    Step("second entry", _by("notary", _of_draw(drawing.enter_entropy, DICE)), _opened),
    Step("execute", _by("amr.planner", _of_draw(execution.execute)), _completed),
)  # fmt: skip

STEPS = (
    Step("draft plan", _by("amr.planner", lambda desk: planning.draft_plan(desk, PLAN)), _exists(AnnualPlan)),
    Step("approve plan", _by("amr.approver", _of_plan("approve")), _plan_left("draft")),
    Step("publish plan", _by("amr.planner", _of_plan("publish")), _plan_left("draft", "approved")),
    Step("start plan", _by("amr.planner", _of_plan("start")), _plan_left("draft", "approved", "published")),
    Step("set up", _set_up, _exists(Campaign)),
    Step("invite", _by("amr.planner", _of_campaign(planning.invite)), _campaign_left("draft")),
    Step("answer", _by("fire.planner", _of_campaign(planning.answer, planning.Answer(accept=True))), _answered),
    Step("submit", _by("amr.planner", _of_campaign(planning.submit)), _campaign_left("draft", "invited")),
    Step("approve", _by("amr.approver", _of_campaign(planning.approve)),
         _campaign_left("draft", "invited", "submitted")),
    *DRAW_STEPS,
    Step("dispatch", _by("amr.planner", _of_campaign(visits.dispatch)), _campaign_left("drawing")),
    *(
        step
        for place in range(TARGETS * len(DEPARTMENTS))
        for step in (
            Step(f"enter {place}", _enter_result(place), _visit_left(place, "open")),
            Step(f"review {place}", _of_visit(place, "reviewer", results.review, True),
                 _visit_left(place, "open", "entered")),
            Step(f"disclose {place}", _of_visit(place, "publisher", results.disclose),
                 _visit_left(place, "open", "entered", "accepted")),
        )
    ),
    Step("close", _by("amr.planner", _of_campaign(visits.close_campaign)), _campaign_left("inspecting")),
)  # fmt: skip
NAMES = tuple(step.name for step in STEPS)


def first_to_do(database: Engine) -> int:
    """The place of the first step that is not done."""
    with reading(database, EVERYTHING) as session:
        return next((place for place, step in enumerate(STEPS) if not step.is_done(session)), len(STEPS))


# Living through it


def live(
    url: str,
    watch: Callable[[Engine, str], object] = lambda *_: None,
    committed: Callable[[Engine, str], object] = lambda *_: None,
) -> None:
    """Take the campaign up where it stands and bring it to its end; `watch` is told before a step, `committed` after."""
    database = open_database(url)
    town = Town(database)
    for place in range(first_to_do(database), len(STEPS)):
        town.now = START + timedelta(hours=place)
        watch(database, STEPS[place].name)
        STEPS[place].act(town)
        committed(database, STEPS[place].name)
    database.dispose()


def statements(url: str) -> Counter[str]:
    """Live through it and count the statements of every step."""
    counted = Counter[str]()
    at = [""]

    def watch(database: Engine, step: str) -> None:
        if not at[0]:
            event.listen(database, "after_cursor_execute", lambda *_: counted.update(at))
        at[0] = step

    live(url, watch)
    return counted


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class _Fate:
    """Ends this process when its point comes."""

    def __init__(self, point: Point) -> None:
        self.point, self.step, self.executed = point, "", 0

    def watch(self, database: Engine, step: str) -> None:
        """A step begins."""
        if not self.step:
            event.listen(database, "after_cursor_execute", self._after_statement)
            event.listen(database, "commit", self._before_commit)
            if database.dialect.name == "sqlite":
                event.listen(database, "connect", _write_early)
        self.step, self.executed = step, 0

    def committed(self, _: Engine, step: str) -> None:
        """It has committed."""
        if (step, COMMITTED) == (self.point.step, self.point.moment):
            _die()

    def _after_statement(self, _: object, cursor: Any, *__: object) -> None:
        self.executed += 1
        if (self.step, self.executed) == (self.point.step, self.point.statements):
            if self.point.moment == TORN:
                cursor.connection.commit()
            _die()

    def _before_commit(self, _: object) -> None:
        if (self.step, COMMIT) == (self.point.step, self.point.moment):
            _die()


def _write_early(connection: Any, _: object) -> None:
    connection.execute(f"PRAGMA cache_size = {SHORTEST_CACHE}")


def _live_and_die(url: str, point: Point) -> None:
    fate = _Fate(point)
    live(url, fate.watch, fate.committed)


# a server that has loaded everything forks each of them: a process dies or lives in a fifth of a second
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__])


def killed(url: str, point: Point) -> None:
    """Live it in a process of its own that dies at the point."""
    process = _SERVER.Process(target=_live_and_die, args=(url, point))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL, (point, process.exitcode)


def killed_after(url: str, seconds: float) -> bool:
    """Live it in a process of its own that is killed from outside; whether it was still alive."""
    process = _SERVER.Process(target=live, args=(url,))
    process.start()
    process.join(seconds)
    alive = process.is_alive()
    process.kill()
    process.join()
    return alive


def finished(url: str) -> None:
    """Live the rest in a fresh process."""
    process = _SERVER.Process(target=live, args=(url,))
    process.start()
    process.join()
    assert process.exitcode == 0


# What can be seen of it


def public_numbers(database: Engine) -> list[tuple[str, str]]:
    """The numbers of the public register, with their states."""
    with reading(database, EVERYTHING) as session:
        page = disclosure.register(session, business_date(START))
        return [(each.number, each.state) for each in page.rows]


def own_numbers(database: Engine) -> list[tuple[str, str]]:
    """The numbers that the planner sees in the register of his department, with their states."""
    with reading_desk(database, "amr.planner", START) as desk:
        return [(each.drawn.number, each.drawn.state) for each in register.own_register(desk, 1).rows]


def outcome(url: str) -> dict[str, object]:
    """What the campaign came to: the bundle's files, what the public sees, what was told to the ledger, rows of evidence."""
    database = open_database(url)
    town = Town(database, START + timedelta(hours=len(STEPS)))
    today = business_date(town.now)
    with reading(database, EVERYTHING) as session:
        told: dict[str, object] = {
            "register": disclosure.register(session, today).rows,
            "draw": disclosure.draw(session, NUMBER, today),
            "commitment": disclosure.commitment_file(session, NUMBER),
            "campaign": disclosure.campaign(session, CODE, today),
            "ledger": session.execute(
                select(LedgerEntry.action, LedgerEntry.at, LedgerEntry.role).order_by(
                    LedgerEntry.chain, LedgerEntry.seq
                )
            ).all(),
            "rows": {model.__tablename__: _count(session, model) for model in EVIDENCE},
        }
    told |= town.bundle(NUMBER)
    database.dispose()
    return told


EVIDENCE = (
    Draw,
    Lottery,
    LotterySecret,
    FrozenTable,
    WitnessCommitment,
    DrawCommitment,
    Publication,
    WitnessReveal,
    RevealClosing,
    EntropyEntry,
    Opening,
    DrawFile,
    DrawnTarget,
    TeamMember,
    Visit,
    Result,
    Disclosure,
)


def _count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def points(counted: Counter[str], parts: int, steps: Iterable[str]) -> list[Point]:
    """Points of every step: after every so many-th part of its statements, about to commit, committed."""
    found = []
    for step in steps:
        after = sorted({counted[step] * part // (parts + 1) for part in range(1, parts + 1)} - {0})
        found += [Point(step, STATEMENT, each) for each in after]
        found += [Point(step, COMMIT), Point(step, COMMITTED)]
    return found
