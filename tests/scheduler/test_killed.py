"""kill -9 on the way from the plan to the disclosure: what had been committed stands, nothing else does, and going on
gives the same draw."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.database import open_database
from data.ledger import Whole
from scheduler.ledger import verify_ledger
from scheduler.transaction import Engine
from tests.databases import a_name
from tests.raw_databases import Sqlite, content
from tests.scheduler.whole_campaign import (
    COMMITTED,
    DRAW_STEPS,
    NAMES,
    NUMBER,
    STATEMENT,
    TORN,
    Point,
    finished,
    first_to_do,
    killed,
    killed_after,
    outcome,
    own_numbers,
    points,
    public_numbers,
    statements,
)

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))
NewTown = Callable[[], str]
DRAWING = [step.name for step in DRAW_STEPS]
BEFORE, AFTER = NAMES[: NAMES.index(DRAWING[0])], NAMES[NAMES.index(DRAWING[-1]) + 1 :]


@pytest.fixture(scope="module", params=KINDS)
def new_town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewTown]:
    """Makes towns before the campaign, each in a database of its own; gives its address."""
    if request.param == "sqlite":
        folder, founded = tmp_path_factory.mktemp("killed"), request.getfixturevalue("founded_sqlite")
        yield lambda: f"sqlite:///{shutil.copy(founded, folder / a_name())}"
        return
    cluster, founded = request.getfixturevalue("cluster"), request.getfixturevalue("founded_postgresql")
    names: list[str] = []

    def on_postgresql() -> str:
        names.append(a_name())
        return str(cluster.create(names[-1], founded))

    yield on_postgresql
    for name in names:
        cluster.drop(name)


@dataclass(frozen=True)
class Calm:
    """A campaign that nobody killed: its address, how many statements each step has, and what came of it."""

    url: str
    counted: Counter[str]
    outcome: dict[str, object]


@pytest.fixture(scope="module")
def calm(new_town: NewTown) -> Calm:
    """The campaign that all others are compared with."""
    url = new_town()
    counted = statements(url)
    assert set(counted) == set(NAMES)
    return Calm(url, counted, outcome(url))


def state_after(done: int) -> str:
    """The state of the number when so many steps are done; empty while there is no number."""
    steps = {"freeze": "frozen", "commit": "committed", "close reveals": "revealed", "execute": "completed"}
    return next((steps[name] for name in reversed(NAMES[:done]) if name in steps), "")


def check_standing(database: Engine, point: Point) -> None:
    """What was committed before the process died stands, and nothing else does."""
    done = NAMES.index(point.step) + (point.moment == COMMITTED)
    assert first_to_do(database) == done, point
    state = state_after(done)
    assert own_numbers(database) == ([(NUMBER, state)] if state else []), point
    # anybody sees the open number from its commitment on
    assert public_numbers(database) == ([] if state in ("", "frozen") else [(NUMBER, state)]), point
    assert all(isinstance(chain, Whole) for chain in verify_ledger(database, {})), point


def check_same(url: str, calm: Calm) -> None:
    """It came to what it would have come to; on SQLite row for row, where PostgreSQL skips the ids of lost rows."""
    assert outcome(url) == calm.outcome
    if url.startswith("sqlite"):
        assert rows(url) == rows(calm.url)


def rows(url: str) -> dict[str, str]:
    """A digest of every table of a SQLite database but those of encrypted secrets, which are other bytes each time."""
    found = content(Sqlite(Path(url.removeprefix("sqlite:///")).read_bytes()))
    return {name: digest for name, digest in found.items() if name not in ("lottery_secret", "key_mark")}


def is_half_written(url: str) -> bool:
    """Whether a process left a SQLite file behind that the next one must roll back."""
    journal = Path(url.removeprefix("sqlite:///") + "-journal")
    return url.startswith("sqlite") and journal.exists() and journal.stat().st_size > 0


def test_a_campaign_killed_at_every_step_again_and_again_comes_to_the_same_draw(new_town, calm):
    tried = (
        points(calm.counted, 1, BEFORE) + points(calm.counted, 2, DRAWING) + points(calm.counted, 1, AFTER)
    )
    assert len(tried) >= 80
    url, half_written = new_town(), 0
    database = open_database(url)
    for point in tried:
        killed(url, point)
        half_written += is_half_written(url)
        check_standing(database, point)
    assert half_written > 20 or database.dialect.name != "sqlite"
    check_same(url, calm)


@pytest.mark.parametrize("step", ["freeze", "execute"])
def test_a_draw_killed_once_is_finished_by_a_fresh_process_with_the_same_result(new_town, calm, step):
    for point in (Point(step, STATEMENT, calm.counted[step] * 2 // 3), Point(step, COMMITTED)):
        check_killed_once(new_town(), point, calm)


@pytest.mark.long
def test_wherever_a_draw_is_killed_once_a_fresh_process_finishes_it_with_the_same_result(new_town, calm):
    for point in (
        *points(calm.counted, 1, BEFORE),
        *points(calm.counted, 8, DRAWING),
        *points(calm.counted, 1, AFTER),
    ):
        check_killed_once(new_town(), point, calm)


def check_killed_once(url: str, point: Point, calm: Calm) -> None:
    """A town's campaign dies at the point; what stands is right, and a fresh process brings it to the same end."""
    killed(url, point)
    check_standing(open_database(url), point)
    finished(url)
    check_same(url, calm)


@pytest.mark.long
def test_whenever_a_campaign_is_killed_from_outside_it_comes_to_the_same_draw(new_town, calm):
    url, kills, chance = new_town(), 0, random.Random(1)
    # ever longer lives, so that a slow machine comes to the end too
    while killed_after(url, chance.uniform(0.05, 0.4) + kills / 50):
        kills += 1
    assert kills > 5
    check_same(url, calm)


@pytest.mark.parametrize("step", ["freeze", "execute"])
def test_a_step_of_which_only_a_part_is_committed_is_found(new_town, calm, step):
    """The checks above have teeth: with a step torn in two they fail."""
    url, last = new_town(), calm.counted[step] - 1
    killed(url, Point(step, TORN, last))
    with pytest.raises(AssertionError):
        check_standing(open_database(url), Point(step, STATEMENT, last))
    finished(url)
    with pytest.raises(AssertionError):
        check_same(url, calm)
