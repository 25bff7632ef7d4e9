"""Whatever happens after a draw, every team stays lawful, every day bearable, and who replays it finds the same.

A machine recuses, voids, transfers, suspends, sends on leave, makes and mends the timetable, moves visits by hand and
enters results, in towns whose draws differ. What is lawful is read from the frozen lists; the replay is the slow one
of the tests, from the bundle alone.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from data.database import open_database
from data.models import Bar, Department, Draw, Inspector, Leave, PairBar, Target, Visit
from data.queries import visits as questions
from matching.bundle import Files, pack
from matching.refused import Refused
from scheduler.clock import business_date
from scheduler.inspection import (
    audit,
    drawing,
    hindrances,
    planning,
    recusal,
    results,
    scheduling,
    staff,
    visits,
)
from scheduler.inspection.scheduling import Asked
from scheduler.transaction import EVERYTHING, transaction
from tests.matching.slow_changes import SlowTeams, covers, keys_of, lines, table
from tests.town import DEPARTMENTS, START, Town
from tests.towns import founded_sqlite

__all__ = ["founded_sqlite"]

CODE = "2026-01"
LAST = date(2026, 5, 29)
MOST = 2
"""Visits of an inspector on a day."""
ORDERS = ("tickets", "balance;tickets", "near;balance;tickets", "near;tickets")


# Towns whose draws differ


class Drawn:
    """Towns with a campaign that was drawn and sent out, each made once and copied."""

    def __init__(self, folder: Path, founded: Path, number: int) -> None:
        self.folder, self.founded, self.number = folder, founded, number
        self.copies = count()

    @contextmanager
    def town(self, place: int) -> Iterator[Town]:
        """A copy of one of them."""
        made = self.folder / f"{place}.db"
        if not made.exists():
            shutil.copy(self.founded, made)
            with _opened(made) as town:
                _settle(town, Random(place))
                _draw(town, Random(place))
        copy = self.folder / f"{next(self.copies)}.copy.db"
        shutil.copy(made, copy)
        with _opened(copy) as town:
            town.now = START + timedelta(days=7, hours=4)
            yield town
        copy.unlink()


@contextmanager
def _opened(path: Path) -> Iterator[Town]:
    engine = open_database(f"sqlite:///{path}")
    try:
        yield Town(engine)
    finally:
        engine.dispose()


def _settle(town: Town, chance: Random) -> None:
    """Let people differ: regions, homes, how much they bear, whom and what they are barred from."""
    with transaction(town.database, EVERYTHING) as session:
        people = list(session.scalars(select(Inspector).order_by(Inspector.id)))
        targets = list(session.scalars(select(Target).order_by(Target.id)))
        for each in targets:
            each.region = chance.choice(("390102", "390102", "390100"))
        for each in people:
            each.capacity = chance.randint(4, 9)
            each.home = chance.choice(("390102", "390100"))
            each.regions = chance.choice(("*", "*", "390102", "390100;390102"))
        for each in chance.sample(people, 6):
            for target in chance.sample(targets, 8):
                if not session.scalar(select(Bar).filter_by(inspector_id=each.id, target_id=target.id)):
                    session.add(Bar(inspector_id=each.id, target_id=target.id, ground="kinship"))
        for _ in range(5):
            first, second = sorted(each.id for each in chance.sample(people, 2))
            if not session.scalar(select(PairBar).filter_by(inspector_id=first, other_id=second)):
                session.add(PairBar(inspector_id=first, other_id=second, ground="spouse"))
                session.flush()


def _draw(town: Town, chance: Random) -> None:
    """Draw a joint campaign and send it out; where it falls short, everybody bears more and a second pairing follows."""
    sizes = {"AMR": (2, 1), "FIRE": (chance.choice((1, 2)), 1), "EM": (1, 0)}
    town.secrets = type(town.secrets)(chance.randbytes(32), chance.randbytes(32))
    code = town.campaign(
        code=CODE,
        departments=[{"code": each, "size": sizes[each][0], "leads": sizes[each][1]} for each in DEPARTMENTS],
        strata_by="none",
        rates={},
        total=chance.randint(6, 11),
        objectives=chance.choice(ORDERS).split(";"),
        last_day=str(LAST),
        most_recusals=8,
        most_voids=4,
    )
    number = town.freeze(code)
    town.commit(number)
    town.open(number, dice="d10x20:" + "".join(chance.choices("0123456789", k=20)))
    if town.execute(number) == "short":
        with transaction(town.database, EVERYTHING) as session:
            for each in session.scalars(select(Inspector)):
                each.capacity, each.regions = 60, "*"
            session.query(PairBar).delete()
        town.mend(number)
    town.dispatch(code)


# What is lawful, and the replay


def last_attempt(files: Files) -> Files:
    """The files of a bundle as the pairing that stands has them: where a second was needed, its own before the first's."""
    own = {
        name.partition("/")[2]: content for name, content in files.items() if name.startswith("attempt-2/")
    }
    first = json.loads(files["commit.json"])["tables"]["targets"]
    for name in ("commit.json",) if own else ():
        told = json.loads(own[name])
        own[name] = json.dumps(told | {"tables": {"targets": first} | told["tables"]}).encode()
    return {**files, **own}


class Lawful:
    """The rules of a draw as its bundle fixes them."""

    def __init__(self, files: Files) -> None:
        self.plan = json.loads(files["plan.json"])
        self.people = {row[1]: row for row in table(files["inspectors.tsv"])}
        self.region = {row[1]: row[2] for row in table(files["targets.tsv"])}
        self.bars = {(row[0], row[1]) for row in table(files["bars.tsv"])}
        self.enemies = [set(row[:2]) for row in table(files["pair_bars.tsv"])]

    def faults(self, teams: dict[tuple[str, str], set[tuple[str, str]]]) -> list[object]:
        """Everything that is wrong with these teams: (target, department) to (inspector, role)."""
        found: list[object] = []
        together, load = defaultdict(set), Counter[str]()
        for (target, code), team in teams.items():
            wanted = next(each for each in self.plan["departments"] if each["code"] == code)
            who = {each for each, _ in team}
            together[target] |= who
            load.update(who)
            leads = [each for each, role in team if role == "lead"]
            if len(who) != wanted["size"] or len(leads) != wanted["leads"]:
                found.append(("size", target, code, team))
            for each in who:
                department, _, held, _, regions = self.people[each][:5]
                if department != code or not covers(regions, self.region[target]):
                    found.append(("unfit", target, each))
                if (each, target) in self.bars:
                    found.append(("barred", target, each))
                if each in leads and wanted["lead_qualification"] not in held.split(";"):
                    found.append(("unqualified", target, each))
        for target, who in together.items():
            found += [("pair", target, sorted(enemy)) for enemy in self.enemies if enemy <= who]
        found += [("load", who, number) for who, number in load.items() if number > int(self.people[who][5])]
        return found


def replayed(files: Files) -> SlowTeams:
    """The teams after all changes of a bundle; each supply must be the one that follows."""
    last = last_attempt(files)
    keys = keys_of(last) | {"targets": keys_of(files)["targets"]}  # targets are drawn once
    slow = SlowTeams(json.loads(last["plan.json"]), last, keys)
    successor, filled, begins = "", Counter[str](), True
    for _, kind, subject, ground, _, result, rank, eligible in lines(files["changes.csv"]):
        target, _, other = subject.partition(";")
        if kind == "recusal":
            slow.bars.add((other, target))
            if begins:  # whom an act is about leaves his seat; who is barred with him, having left, is only not chosen
                slow.seats.remove((target, other))
            begins = False
        elif kind == "void":
            assert slow.void_alone(target) == result, subject
            successor, filled, begins = result, Counter(), False
        else:
            wanted = slow.departments[other]
            growing = target == successor and filled[other] < wanted["size"]
            told = slow._fill(
                target, other, must_lead=growing and filled[other] < wanted["leads"], growing=growing
            )
            assert told[3:] == (result, int(rank), int(eligible)), (subject, ground)
            filled[other] += growing
            begins = not growing or all(
                filled[code] == each["size"] for code, each in slow.departments.items()
            )
    return slow


# The machine


class Campaign(RuleBasedStateMachine):
    """A campaign in which things happen."""

    drawn: Drawn
    done: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.town: Town | None = None

    @initialize(data=st.data())
    def begins(self, data: st.DataObject) -> None:
        self._town = self.drawn.town(data.draw(st.integers(0, self.drawn.number - 1)))
        self.town = self._town.__enter__()
        with transaction(self.town.database, EVERYTHING) as session:
            self.number = session.scalars(select(Draw.number)).one()
        self.lawful = Lawful(last_attempt(self.town.bundle(self.number)))
        self.gone: set[tuple[str, str]] = set()  # recused from a target
        self.lawful_days()

    # what happens

    @rule(data=st.data(), ground=st.sampled_from(["kinship", "illness"]))
    def somebody_is_recused(self, data: st.DataObject, ground: str) -> None:
        target, code, team = data.draw(st.sampled_from(self.open()))
        who = data.draw(st.sampled_from(sorted(each for each, _ in team)))
        if self.act("recuse", f"{code.lower()}.approver", lambda desk: recusal.recuse(
            desk, visits.find_visit(desk, drawing.find_draw(desk, self.number), target, code), who, ground
        ), "recusal.limit", "recusal.nobody_left", "recusal.visited"):  # fmt: skip
            self.gone.add((who, target))

    @rule(data=st.data())
    def a_target_is_voided(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(sorted({target for target, _, _ in self.open()})))
        self.act("void", "amr.approver", lambda desk: recusal.void_target(
            desk, drawing.find_draw(desk, self.number), target, "closed_business", "已经停业"
        ), "void.limit", "recusal.nobody_left", "visit.not_now")  # fmt: skip

    @rule(data=st.data(), to=st.sampled_from(DEPARTMENTS))
    def somebody_is_transferred(self, data: st.DataObject, to: str) -> None:
        code, of = data.draw(st.sampled_from(self.staff()))
        self.act("transfer", f"{of.lower()}.registrar", lambda desk: staff.transfer_inspector(
            desk, staff.find_inspector(desk, code), to
        ), "department.unknown", "recusal.nobody_left")  # fmt: skip

    @rule(data=st.data(), state=st.sampled_from(["suspended", "active"]))
    def somebody_is_suspended_or_comes_back(self, data: st.DataObject, state: str) -> None:
        code, of = data.draw(st.sampled_from(self.staff()))
        self.act("state", f"{of.lower()}.registrar", lambda desk: staff.set_inspector_state(
            desk, staff.find_inspector(desk, code), state
        ), "inspector.state", "recusal.nobody_left")  # fmt: skip

    @rule(data=st.data(), begin=st.integers(0, 20), days=st.integers(1, 8))
    def somebody_goes_on_leave(self, data: st.DataObject, begin: int, days: int) -> None:
        code, of = data.draw(st.sampled_from(self.staff()))
        first = business_date(self.town.now) + timedelta(begin)
        self.act("leave", f"{of.lower()}.planner", lambda desk: hindrances.take_leave(
            desk, staff.find_inspector(desk, code), first, first + timedelta(days - 1)
        ), "leave.overlaps")  # fmt: skip

    @rule(again=st.booleans(), days=st.integers(3, 20))
    def the_timetable_is_made(self, again: bool, days: int) -> None:
        first = business_date(self.town.now)
        asked = Asked(first, min(first + timedelta(days), LAST), MOST, again)
        if self.act("make", "amr.planner", lambda desk: scheduling.make(desk, self.campaign(desk), asked),
                    "visit.none_to_schedule", "timetable.no_workday", "timetable.days") and again:  # fmt: skip
            self.nobody_away()

    @rule(code=st.sampled_from(DEPARTMENTS))
    def the_timetable_is_mended(self, code: str) -> None:
        def mend(desk: Any) -> None:
            made = scheduling.mended(scheduling.basis_of_mending(desk, self.campaign(desk)))
            scheduling.mend(desk, self.campaign(desk), made)

        if self.act("mend", f"{code.lower()}.planner", mend, "timetable.over"):
            self.nobody_away()

    @rule(data=st.data(), days=st.integers(0, 30))
    def a_visit_is_moved(self, data: st.DataObject, days: int) -> None:
        target, code, _ = data.draw(st.sampled_from(self.open()))
        day = business_date(self.town.now) + timedelta(days)
        self.act("move", f"{code.lower()}.planner", lambda desk: scheduling.schedule(
            desk, visits.find_visit(desk, drawing.find_draw(desk, self.number), target, code), day
        ), "visit.day")  # fmt: skip

    @rule(data=st.data())
    def a_result_is_entered(self, data: st.DataObject) -> None:
        target, code, team = data.draw(st.sampled_from(self.open()))
        who = data.draw(st.sampled_from(sorted(each for each, _ in team)))
        self.act("enter", who.lower(), lambda desk: results.enter(
            desk, visits.find_visit(desk, drawing.find_draw(desk, self.number), target, code), self.town.entry(code)
        ), "actor.unknown", "actor.role", "visit.unknown", "result.too_early", "actor.not_in_team")  # fmt: skip

    @rule(days=st.integers(1, 6))
    def time_passes(self, days: int) -> None:
        if business_date(self.town.now) + timedelta(days) <= LAST:
            self.town.pass_time(days=days)

    # what must hold

    @invariant()
    def every_team_is_lawful(self) -> None:
        if self.town is None:
            return
        teams = self.teams()
        assert self.lawful.faults(teams) == []
        seated = {(who, target) for (target, _), team in teams.items() for who, _ in team}
        assert seated & self.gone == set()

    @invariant()
    def lawful_days(self) -> None:
        """One day for all departments that have still to go to a target, within the campaign."""
        if self.town is None:
            return
        days = defaultdict(set)
        for target, _, day, state, _ in self.rows():
            if day and state == "open":
                days[target].add(day)
                assert START.date() <= day <= LAST
        assert all(len(each) == 1 for each in days.values()), days

    def nobody_away(self) -> None:
        """After the timetable was mended nobody is on leave on a day of his, or has more visits on it than he makes."""
        self.lawful_days()
        today = business_date(self.town.now)
        with transaction(self.town.database, EVERYTHING) as session:
            away = {
                (code, leave.first_day + timedelta(n))
                for code, leave in session.execute(select(Inspector.code, Leave).join(Leave))
                for n in range((leave.last_day - leave.first_day).days + 1)
            }
        begun = {target for target, _, _, state, _ in self.rows() if state not in ("open", "void")}
        trips = Counter[tuple[str, date]]()
        for target, _, day, state, team in self.rows():
            if day and day >= today and state == "open" and target not in begun:
                trips.update((who, day) for who, _ in team)
        assert not set(trips) & away, set(trips) & away
        assert max(trips.values(), default=0) <= MOST, trips

    def teardown(self) -> None:
        if self.town is None:
            return
        try:
            files = self.town.bundle(self.number)
            assert replayed(files).teams() == self.teams()
            checked = audit.check_bundle(pack(files))
            assert not checked.wrong, checked
        finally:
            self._town.__exit__(None, None, None)

    # how it is asked

    def act(self, name: str, login: str, deed: Callable[[Any], object], *refusals: str) -> bool:
        """Whether it was done; it may be refused for these reasons alone, and then nothing has changed."""
        try:
            with self.town.at(login) as desk:
                deed(desk)
        except Refused as refused:
            if refused.code not in refusals:
                raise
            self.done[refused.code] += 1
            return False
        self.done[name] += 1
        return True

    def campaign(self, desk: Any) -> Any:
        return planning.find_campaign(desk, CODE)

    def rows(self) -> list[tuple[str, str, date | None, str, set[tuple[str, str]]]]:
        """Of every visit target, department, day, state and team."""
        with transaction(self.town.database, EVERYTHING) as session:
            names = {row[0]: row[1] for row in session.execute(select(Inspector.id, Inspector.code))}
            codes = {row[0]: row[1] for row in session.execute(select(Department.id, Department.code))}
            found = session.scalars(select(Visit).order_by(Visit.id)).all()
            return [
                (each.target.code, codes[each.department_id], each.planned_on, each.state,
                 {(names[m.inspector_id], m.role) for m in questions.team(session, each)})
                for each in found
            ]  # fmt: skip

    def teams(self) -> dict[tuple[str, str], set[tuple[str, str]]]:
        """The teams of all visits that stand."""
        return {(target, code): team for target, code, _, state, team in self.rows() if state != "void"}

    def open(self) -> list[tuple[str, str, set[tuple[str, str]]]]:
        """The visits that are still to be made, or, where there is none, one that is not."""
        rows = self.rows()
        return [(t, c, team) for t, c, _, state, team in rows if state == "open"] or [
            (t, c, team) for t, c, _, _, team in rows[:1]
        ]

    def staff(self) -> list[tuple[str, str]]:
        """Everybody, with his department."""
        with transaction(self.town.database, EVERYTHING) as session:
            asked = select(Inspector.code, Department.code).join(
                Department, Department.id == Inspector.department_id
            )
            return [tuple(row) for row in session.execute(asked.order_by(Inspector.code))]


def run(drawn: Drawn, examples: int, steps: int) -> Counter[str]:
    """Let the machine run, the same way every time; what was done, and why something was not."""
    done = Counter[str]()
    machine = type("Campaign", (Campaign,), {"drawn": drawn, "done": done})
    run_state_machine_as_test(machine, settings=settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False, phases=(Phase.generate,),
    ))  # fmt: skip
    return done


ACTS = ("recuse", "void", "transfer", "state", "leave", "make", "mend", "move", "enter")


@pytest.mark.parametrize(("examples", "towns"), [(12, 4), pytest.param(2000, 60, marks=pytest.mark.long)])
def test_teams_stay_lawful_and_replay_alike_whatever_happens(founded_sqlite, tmp_path, examples, towns):
    done = run(Drawn(tmp_path, founded_sqlite, towns), examples, 15)
    print(done)
    assert min(done[each] for each in ACTS) >= examples // 40, done
