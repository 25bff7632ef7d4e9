"""Fifty people press the same button at the same moment, in two server processes: one draw, one number, one seed.

Everybody else gets the same answer or a clean refusal; nobody meets a locked database or another crash. That it takes the
locks to get there is shown by the same rounds without them.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.database import open_database
from data.ledger import Whole, verify
from data.models import Campaign, Draw, DrawFile, DrawnTarget, EntropyEntry, Opening
from data.models.ledger import LedgerEntry
from data.queries import campaigns, draws
from matching.draw.commitment import Secrets
from matching.refused import Refused
from scheduler import transaction as transactions
from scheduler.clock import business_date
from scheduler.inspection import drawing, execution, freezing, planning
from scheduler.permissions import Desk, actor_of
from scheduler.transaction import EVERYTHING, Engine, Session, reading, with_retry
from tests.stories.practised_town import CODE, OTHER_DICE, Scene, Stations
from tests.town import DICE, START

PROCESSES, THREADS, ROUNDS, LONG = 2, 25, 5, 20
NUMBER = "AMR〔2026〕1"
KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


# What one client asks for; every answer is a word, so that answers can be compared


def execute(desk: Desk, _: int) -> str:
    drawn = execution.execute(desk, drawing.find_draw(desk, NUMBER))
    rows = [(each.target_id, each.rank, each.ticket) for each in draws.drawn(desk.session, drawn.id)]
    return f"{drawn.state} {drawn.closed_at} {rows}"


def freeze(desk: Desk, client: int) -> str:
    return _freeze(desk, client, CODE)


def freeze_several(desk: Desk, client: int) -> str:
    return _freeze(desk, client, f"{CODE}-{client % 3}" if client % 3 else CODE)


def _freeze(desk: Desk, client: int, code: str) -> str:
    secrets = Secrets(*(hashlib.sha256(f"{part}{client}".encode()).digest() for part in ("secret", "salt")))
    return freezing.freeze_pool(desk, planning.find_campaign(desk, code), secrets).number


def enter(desk: Desk, _: int) -> str:
    return type(drawing.enter_entropy(desk, drawing.find_draw(desk, NUMBER), DICE)).__name__


def enter_either(desk: Desk, client: int) -> str:
    dice = DICE if client % 3 else OTHER_DICE
    return type(drawing.enter_entropy(desk, drawing.find_draw(desk, NUMBER), dice)).__name__


ACTS: dict[str, Callable[[Desk, int], str]] = {
    each.__name__: each for each in (execute, freeze, freeze_several, enter, enter_either)
}
LOGINS = {"enter": ("amr.planner", "notary", "amr.approver", "fire.planner")}
LOGINS["enter_either"] = LOGINS["enter"]
LOGINS["freeze_several"] = ("amr.planner", "amr.chief", "fire.planner")
LOGINS_OTHERWISE = ("amr.planner", "amr.chief")


# The servers


@dataclass(frozen=True)
class Answer:
    """What a client got: `done` with the answer, `refused` with the code, `crashed` with the error; after how long."""

    kind: str
    told: str
    seconds: float


Task = tuple[str, str, str]


def serve(process: int, both: object, tasks: object, answers: object) -> None:
    """A server process: for each task (address, act, mutant) let all its clients do it at once."""
    while task := tasks.get():
        url, act, mutant = task
        database = open_database(url)
        with MUTANTS[mutant]():
            answers.put(_at_once(process, both, database, act))
        database.dispose()


def _at_once(process: int, both: object, database: Engine, act: str) -> list[Answer]:
    found: list[Answer] = []
    start = threading.Barrier(THREADS, action=both.wait)
    clients = [
        threading.Thread(target=_client, args=(found, start, database, act, process * THREADS + place))
        for place in range(THREADS)
    ]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return found


def _client(found: list[Answer], start: threading.Barrier, database: Engine, act: str, client: int) -> None:
    logins = LOGINS.get(act, LOGINS_OTHERWISE)
    start.wait()
    began = time.monotonic()
    try:
        kind, told = "done", with_retry(lambda: _command(database, logins[client % len(logins)], act, client))
    except Refused as refused:
        kind, told = "crashed" if refused.code == "request.busy" else "refused", refused.code
    except Exception as error:
        kind, told = "crashed", f"{type(error).__name__}: {str(error).splitlines()[0]}"
    found.append(Answer(kind, told, time.monotonic() - began))


def _command(database: Engine, login: str, act: str, client: int) -> str:
    with transactions.transaction(database, EVERYTHING) as session:
        actor = actor_of(session, login, business_date(START))
        session.info["scope"] = actor.scope
        return ACTS[act](Desk(session, actor, START), client)


# What is taken away to see what it was for


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _unregistered() -> Iterator[None]:
    """The register is not locked."""
    with _instead(draws, "lock_register", lambda *_: None):
        yield


@contextmanager
def _deferred() -> Iterator[None]:
    """A writing transaction begins as one that reads."""
    with _instead(transactions, "writing", lambda engine, _patience=None: engine):
        yield


@contextmanager
def _unlocked() -> Iterator[None]:
    """Nobody's row is locked."""

    def draw(session: Session, key: int) -> Draw | None:
        return session.get(Draw, key)

    def campaign(session: Session, key: int) -> Campaign | None:
        return session.get(Campaign, key)

    with (
        _instead(draws, "locked_draw", draw),
        _instead(campaigns, "locked_campaign", campaign),
        _instead(draws, "lock_register", lambda *_: None),
    ):
        yield


@contextmanager
def _instead(module: object, name: str, other: object) -> Iterator[None]:
    kept = getattr(module, name)
    setattr(module, name, other)
    try:
        yield
    finally:
        setattr(module, name, kept)


MUTANTS = {"": _nothing, "deferred": _deferred, "unlocked": _unlocked, "unregistered": _unregistered}


# Rounds


@pytest.fixture(scope="module")
def servers() -> Iterator[Callable[[str, str, str], list[Answer]]]:
    """Two server processes; called with an address, an act and a mutant, they give all clients' answers."""
    spawn = multiprocessing.get_context("spawn")
    both = spawn.Barrier(PROCESSES)
    pipes = [(spawn.Queue(), spawn.Queue()) for _ in range(PROCESSES)]
    made = [spawn.Process(target=serve, args=(n, both, *pipes[n])) for n in range(PROCESSES)]
    for each in made:
        each.start()

    def all_at_once(url: str, act: str, mutant: str = "") -> list[Answer]:
        for tasks, _ in pipes:
            tasks.put((url, act, mutant))
        return [each for _, answers in pipes for each in answers.get(timeout=240)]

    yield all_at_once
    for tasks, _ in pipes:
        tasks.put(None)
    for each in made:
        each.join(30)
        assert each.exitcode == 0


@pytest.fixture(scope="module")
def all_stations(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Stations]:
    """The stations of each kind of database, made when first asked for."""
    made: dict[str, Stations] = {}

    def of(kind: str) -> Stations:
        if kind not in made:
            folder: Path = tmp_path_factory.mktemp(kind)
            if kind == "sqlite":
                made[kind] = Stations(folder, request.getfixturevalue("sqlite_template"), None)
            else:
                cluster, template = (request.getfixturevalue(n) for n in ("cluster", "postgresql_template"))
                made[kind] = Stations(folder, folder, cluster, template)
        return made[kind]

    return of


STATION = {"execute": "opened", "freeze": "approved", "freeze_several": "approved", "enter": "revealed",
           "enter_either": "revealed"}  # fmt: skip


def rounds(
    stations: Stations, servers: Callable[..., list[Answer]], act: str, number: int, mutant: str = ""
) -> list[str]:
    """So many rounds of an act, each in a fresh town; what was wrong in any."""
    faults: list[str] = []
    answers: list[Answer] = []
    for _ in range(number):
        with stations.scene(STATION[act]) as scene:
            if act == "freeze_several":
                further_campaigns(scene)
            scene.database.dispose()
            found = servers(scene.database.url.render_as_string(hide_password=False), act, mutant)
            answers += found
            faults += [f"{each.kind}: {each.told}" for each in found if each.kind == "crashed"]
            with reading(scene.database, EVERYTHING) as session:
                faults += CHECKS[act](session, found)
                if not isinstance(verify(partial(nullcontext, session)), Whole):
                    faults.append("the ledger is broken")
    tell(act, number, answers)
    return faults


def tell(act: str, number: int, answers: list[Answer]) -> None:
    """The figures of some rounds."""
    waits = sorted(each.seconds for each in answers)
    kinds = Counter(each.kind if each.kind == "done" else each.told.split(":")[0] for each in answers)
    p50, p99 = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    print(
        f"\n{act}: {number} rounds, {len(answers)} clients, {dict(kinds)}, p50 {p50:.2f} s, p99 {p99:.2f} s"
    )


def further_campaigns(scene: Scene) -> None:
    """Two more campaigns on the same items, approved too: one of the same department, one of another."""
    with scene.at("amr.planner") as desk:
        outline = planning.outline_of(desk, planning.find_campaign(desk, CODE))
    parts = outline["departments"]
    for place, lead, joining in ((1, "amr", "fire"), (2, "fire", "amr")):
        code = f"{CODE}-{place}"
        with scene.at(f"{lead}.planner") as desk:
            made = planning.set_up_campaign(desk, outline | {"code": code, "departments": parts})
            planning.invite(desk, made)
        with scene.at(f"{joining}.planner") as desk:
            planning.answer(desk, planning.find_campaign(desk, code), planning.Answer(True))
        with scene.at(f"{lead}.planner") as desk:
            planning.submit(desk, planning.find_campaign(desk, code))
        with scene.at("amr.approver" if lead == "amr" else "fire.chief") as desk:
            planning.approve(desk, planning.find_campaign(desk, code))
        parts = parts[::-1]


def _counted(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model.__table__)) or 0


def _lines(session: Session, action: str) -> int:
    return session.scalar(select(func.count(LedgerEntry.seq)).where(LedgerEntry.action == action)) or 0


def _wrong(**found: tuple[object, object]) -> list[str]:
    return [f"{name}: {was} instead of {should}" for name, (was, should) in found.items() if was != should]


def _answers(answers: list[Answer], kind: str) -> Counter[str]:
    return Counter(each.told for each in answers if each.kind == kind)


def drawn_once(session: Session, answers: list[Answer]) -> list[str]:
    """One outcome, and everybody was told it."""
    names = list(session.scalars(select(DrawFile.name)))
    return _wrong(
        lines=(_lines(session, "draw:execute"), 1),
        targets=(_counted(session, DrawnTarget), 2),
        files=(sorted(names), sorted(set(names))),
        answers=(len(_answers(answers, "done")), 1),
        refused=(dict(_answers(answers, "refused")), {}),
        state=(list(session.scalars(select(Draw.state))), ["completed"]),
    )


def one_number(session: Session, answers: list[Answer]) -> list[str]:
    """One number, the first of its register; everybody else came too late."""
    clean = {"campaign.not_now", "draw.previous_not_committed", "draw.population_open"}
    made = session.execute(select(Draw.number, Draw.seq)).all()
    return _wrong(
        numbers=([seq for _, seq in made], [1]),
        lines=(_lines(session, "draw:freeze"), 1),
        done=(dict(_answers(answers, "done")), {made[0][0]: 1}),
        refused=(set(_answers(answers, "refused")) - clean, set()),
    )


def one_seed(session: Session, answers: list[Answer]) -> list[str]:
    """Two entries of two persons, one seed."""
    persons = list(session.scalars(select(EntropyEntry.person_id)))
    return _wrong(
        entries=(len(persons), 2), persons=(len(set(persons)), 2), seeds=(_counted(session, Opening), 1),
        done=(dict(_answers(answers, "done")), {"Entered": 1, "Opened": 1}),
        refused=(set(_answers(answers, "refused")) - {"entropy.stands", "entropy.entered_already"}, set()),
    )  # fmt: skip


def rounds_in_order(session: Session, answers: list[Answer]) -> list[str]:
    """Rounds that differ end one after the other; at most one agrees, and with it the entries end."""
    entries = session.execute(
        select(EntropyEntry.round, EntropyEntry.place, EntropyEntry.entropy).order_by(
            EntropyEntry.round, EntropyEntry.place
        )
    ).all()
    by_round = [entries[n : n + 2] for n in range(0, len(entries), 2)]
    agreed = [len(pair) == 2 and pair[0][2] == pair[1][2] for pair in by_round]
    done = _answers(answers, "done")
    return _wrong(
        places=([(r, p) for r, p, _ in entries], [(n // 2 + 1, n % 2 + 1) for n in range(len(entries))]),
        agreed=(any(agreed[:-1]), False),
        seeds=(_counted(session, Opening), int(agreed[-1])),
        told=(done.total(), len(entries)),
        opened=(done["Opened"], int(agreed[-1])),
        lines=(
            sum(_lines(session, f"draw:{act}") for act in ("enter", "entries_differ", "open")),
            len(entries),
        ),
    )


CHECKS = {"execute": drawn_once, "freeze": one_number, "freeze_several": one_number, "enter": one_seed,
          "enter_either": rounds_in_order}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", ["execute", "freeze", "enter"])
def test_of_fifty_who_do_the_same_at_once_one_does_it(all_stations, servers, act, kind):
    assert rounds(all_stations(kind), servers, act, ROUNDS if act == "execute" else 3) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", ["freeze_several", "enter_either"])
def test_what_touches_the_same_register_or_seed_goes_one_after_the_other(all_stations, servers, act, kind):
    assert rounds(all_stations(kind), servers, act, 2) == []


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", list(ACTS))
def test_of_fifty_who_do_the_same_at_once_one_does_it_every_time(all_stations, servers, act, kind):
    assert rounds(all_stations(kind), servers, act, LONG) == []


@pytest.mark.parametrize(("kind", "act", "mutant", "crash"), [
    ("sqlite", "execute", "deferred", "crashed: request.busy"),
    ("sqlite", "freeze", "deferred", "crashed: request.busy"),
    pytest.param("postgresql", "execute", "unlocked", "refused: {'request.simultaneous'", marks=pytest.mark.postgresql),
    pytest.param("postgresql", "freeze", "unlocked", "refused: {'request.simultaneous'", marks=pytest.mark.postgresql),
    pytest.param("postgresql", "freeze_several", "unregistered", "refused: {'request.simultaneous'",
                 marks=pytest.mark.postgresql),
])  # fmt: skip
def test_without_its_lock_the_same_round_goes_wrong(all_stations, servers, kind, act, mutant, crash):
    faults = rounds(all_stations(kind), servers, act, 1, mutant)
    assert any(crash in each for each in faults), faults
