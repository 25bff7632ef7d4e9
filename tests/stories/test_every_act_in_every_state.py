"""Every act of every workflow, by everybody, in every state: done or refused as the practice says, and nothing else.

The oracle is `practice.PRACTICE`, a table written by hand. One pass brings everything into each state and lets everybody
try everything (the printed matrix: `pytest -s`, or into the file that YAOHAO_MATRIX names); a machine then goes its own way.
"""

import gc
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from data.ledger import Whole, verify
from scheduler.inspection import conduct, drawing, planning, results, steps
from scheduler.transaction import EVERYTHING, reading
from scheduler.workflow import Step
from tests.stories import practice
from tests.stories.practice import ACCOUNTS, CAUSED, STEPS, Account, Deed, acts_of
from tests.stories.practised_town import STATIONS, Scene, Stations, cast, content, judged

CELLS = {
    (subject, state, act)
    for subject, states in practice.STATES.items()
    for state in states
    for act in acts_of(subject)
}
KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


@pytest.fixture(scope="module")
def sqlite_stations(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Stations:
    return Stations(tmp_path_factory.mktemp("stations"), sqlite_template, None)


@pytest.fixture
def stations(request: pytest.FixtureRequest, tmp_path: Path) -> Stations:
    """The stations of the kind of database that a test asks for by `indirect`."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_stations")
    return Stations(
        tmp_path, tmp_path, request.getfixturevalue("cluster"), request.getfixturevalue("postgresql_template")
    )


# The table


def test_the_step_tables_are_the_practice_cell_by_cell():
    made = {
        (flow.subject, state, act): (step.next, step.roles)
        for flow in steps.WORKFLOWS
        for (state, act), step in flow.steps.items()
    }
    assert made == STEPS


# Everything in every state


class Matrix:
    """What became of each act in each state: by whom it was tried, and with which outcome."""

    def __init__(self) -> None:
        self.hit: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        self.groups: dict[tuple[str, str, str], set[tuple[str, frozenset[str], bool]]] = defaultdict(set)

    def tell(self, scene: Scene, deed: Deed, who: Account, was: str) -> None:
        """Note one try."""
        cell = (deed.subject, scene.practice.state_of(deed), deed.act)
        self.hit[cell][was] += 1
        self.groups[cell].add((who.department, who.roles, who.active))

    def table(self) -> str:
        """A line for each cell: what comes next, or why not for who has the role."""
        lines = []
        for subject, states in practice.STATES.items():
            lines += [f"\n{subject}", "  ".join(f"{each:20}" for each in ("", *acts_of(subject)))]
            for state in states:
                told = (self._cell(subject, state, act) for act in acts_of(subject))
                lines.append("  ".join(f"{each:20}" for each in (state, *told)))
        return "\n".join(lines)

    def _cell(self, subject: str, state: str, act: str) -> str:
        outcomes = self.hit[subject, state, act]
        if "done" in outcomes:
            cause = next(
                (by for (s, by), named in CAUSED.items() if s == subject and named == f"{s}:{act}"), act
            )
            step = STEPS.get((subject, state, act)) or STEPS.get((subject, state, cause))
            return "-> " + (step[0] if step else "(again)")
        return next(
            (code for code in outcomes if not code.startswith("actor.") and not code.endswith(".unknown")),
            "?",
        )


def deeds_at(scene: Scene, subjects: tuple[str, ...]) -> list[Deed]:
    """What is tried at a station: of visits, the lead's to one target, where it is said also the other department's."""
    visits = scene.practice.visits
    taken_out = [target for (target, _), visit in visits.items() if visit.state == "void"]
    first = min(taken_out or (target for target, _ in visits), default="")
    keys = [(first, "AMR"), *([(first, "FIRE")] if "visit of another" in subjects else [])]
    return [each for each in scene.practice.deeds() if each.subject in subjects
            and (each.subject != "visit" or each.key in keys)]  # fmt: skip


def walk(stations: Stations, names: list[str]) -> tuple[Matrix, list[str]]:
    """Try everything at these stations."""
    matrix, faults = Matrix(), []
    with _no_collection():
        for name in names:
            with stations.scene(name) as scene:
                faults += scene.try_everything(
                    deeds_at(scene, STATIONS[name][2]),
                    lambda deed, who, was, at=scene: matrix.tell(at, deed, who, was),
                )
            gc.collect()
    return matrix, faults


@contextmanager
def _no_collection() -> Iterator[None]:
    """Thousands of short sessions: a fifth of the time would go into looking for their garbage."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


LATER = [pytest.mark.postgresql, pytest.mark.long]


@pytest.mark.parametrize("stations", ["sqlite", pytest.param("postgresql", marks=LATER)], indirect=True)
def test_everybody_who_tries_every_act_in_every_state_meets_the_practice(stations):
    matrix, faults = walk(stations, list(STATIONS))
    everybody = {(each.department, each.roles, each.active) for each in ACCOUNTS.values()}
    missing = {cell: everybody - matrix.groups[cell] for cell in CELLS if everybody - matrix.groups[cell]}
    tries = sum(each.total() for each in matrix.hit.values())
    told = (
        f"{matrix.table()}\n\n{len(matrix.hit.keys() & CELLS)} cells hit of {len(CELLS)}, "
        f"{len(everybody)} kinds of actor, {tries} tries, {len(faults)} divergences"
    )
    print(told)
    if path := os.environ.get("YAOHAO_MATRIX"):
        Path(path).write_text(told + "\n", encoding="utf-8")
    assert not faults, "\n".join(faults)
    assert missing == {}


MUTANTS = {
    "another role may": ("submitted", "CAMPAIGN", ("submitted", "approve"), Step("approved", ("planner",))),
    "one role more may": ("completed", "VISIT", ("open", "recuse"), Step("open", ("approver", "planner"))),
    "it comes to another state": (
        "draft",
        "ANNUAL_PLAN",
        ("draft", "withdraw"),
        Step("finished", ("planner",)),
    ),
    "it comes to a state the database refuses": (
        "entered",
        "VISIT",
        ("entered", "send_back"),
        Step("void", ("reviewer",)),
    ),
    "a state allows more": ("item published", "ITEM", ("published", "reject"), Step("draft", ("legal",))),
    "a state allows less": ("committed", "DRAW", ("committed", "void"), None),
}


def mutate(monkeypatch, flow, cell, step):
    """One cell of a table says something else."""
    kept = {key: value for key, value in flow.steps.items() if key != cell}
    other = type(flow)(flow.subject, kept | ({cell: step} if step else {}))
    monkeypatch.setattr(flow, "steps", other.steps)
    monkeypatch.setattr(flow, "_roles", other._roles)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_table_with_another_cell_is_found_out(sqlite_stations, monkeypatch, mutant):
    station, flow, cell, step = MUTANTS[mutant]
    sqlite_stations.build(station)  # with the table as it is
    mutate(monkeypatch, getattr(steps, flow), cell, step)
    with sqlite_stations.scene(station) as scene:
        deeds = [each for each in scene.practice.deeds() if each.act == cell[1]]
        faults = scene.try_everything(deeds, lambda *_: None)
    assert faults


@pytest.mark.parametrize(("station", "act", "module", "protection"), [
    ("followed up", "accept", results, "in_own_department"),
    ("entered", "attach", results, "_member_of_team"),
    ("submitted", "approve", planning, "_for_lead"),
    ("promised", "commit", conduct, "for_lead"),
    ("first entry", "enter", drawing, "_round"),
])  # fmt: skip
def test_a_use_case_without_its_own_check_is_found_out(
    sqlite_stations, monkeypatch, station, act, module, protection
):
    sqlite_stations.build(station)  # with the check
    monkeypatch.setattr(module, protection, lambda *_: (1, None))
    with sqlite_stations.scene(station) as scene:
        deeds = [each for each in scene.practice.deeds() if each.act == act]
        assert scene.try_everything(deeds, lambda *_: None)


# The machine


class Town(RuleBasedStateMachine):
    """From some station on, somebody does something, most of it out of turn; sometimes who may does what can be done."""

    stations: Stations

    def __init__(self) -> None:
        super().__init__()
        self._scene = None
        self.scene: Scene | None = None

    @initialize(station=st.sampled_from([name for name in STATIONS if name != "people lack"]))
    def begins(self, station: str) -> None:
        self._scene = self.stations.scene(station)
        self.scene = self._scene.__enter__()
        self.content = content(self.scene.database)

    @rule(data=st.data())
    def somebody_does_something(self, data: st.DataObject) -> None:
        deed = data.draw(st.sampled_from(self.scene.practice.deeds()))
        self.do(data.draw(st.sampled_from(cast(self.scene.practice, deed))), deed)

    @rule(data=st.data())
    def who_may_does_what_can_be_done(self, data: st.DataObject) -> None:
        town = self.scene.practice
        able = {}
        for deed in town.deeds():
            if can := [who for who in cast(town, deed) if judged(town, who, deed)[0] == "done"]:
                able[deed] = can
        if able:
            deed = data.draw(st.sampled_from(list(able)))
            self.do(data.draw(st.sampled_from(able[deed])), deed)

    @rule(hours=st.integers(1, 100))
    def time_passes(self, hours: int) -> None:
        self.scene.now += timedelta(hours=hours)

    def do(self, who: Account, deed: Deed) -> None:
        """Compare the outcome, the states and the ledger; what is refused changes nothing at all."""
        changes = judged(self.scene.practice, who, deed)[0] == "done" and self.scene.practice.lines(deed) > 0
        faults = self.scene.do(who, deed)
        assert not faults, faults
        before, self.content = self.content, content(self.scene.database)
        assert (before != self.content) == changes, (who.login, deed)

    def teardown(self) -> None:
        if self.scene is None:
            return
        with reading(self.scene.database, EVERYTHING) as session:
            assert isinstance(verify(partial(nullcontext, session)), Whole)
        self._scene.__exit__(None, None, None)


def run(stations: Stations, examples: int, steps_each: int) -> None:
    """Let the machine run, the same way every time. The first divergence says enough: nothing is shrunk."""
    machine = type("Town", (Town,), {"stations": stations})
    run_state_machine_as_test(machine, settings=settings(
        max_examples=examples, stateful_step_count=steps_each, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False, phases=(Phase.generate,),
    ))  # fmt: skip


EXAMPLES = {"sqlite": 20, "postgresql": 6}


@pytest.mark.parametrize("stations", KINDS, indirect=True)
def test_a_town_in_which_anybody_does_anything_stays_as_the_practice_says(stations, request):
    run(stations, EXAMPLES[request.node.callspec.params["stations"]], 20)


@pytest.mark.long
@pytest.mark.parametrize("stations", KINDS, indirect=True)
def test_twenty_thousand_deeds_leave_a_town_as_the_practice_says(stations):
    run(stations, 200, 100)


def test_the_machine_finds_a_cell_that_says_something_else(sqlite_stations, monkeypatch):
    for station in STATIONS:
        sqlite_stations.build(station)  # with the table as it is
    mutate(monkeypatch, steps.ITEM, ("draft", "submit"), Step("legal_review", ("legal",)))
    with pytest.raises(AssertionError, match=r"item \w+: submit"):
        run(sqlite_stations, 40, 20)
