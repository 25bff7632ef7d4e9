"""Search and lists (查询): a register of a million targets asked by words and conditions, beside a scan with LIKE."""

import atexit
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine, func, select, text

from benchmarks.instances import key_of
from data.database import open_database, writing
from data.migrations import upgrade
from data.models import TARGET_INDEX, Department, Jurisdiction, Target
from data.queries.paging import FARTHEST, SIZE
from data.queries.target_search import Order, TargetQuestion, targets_page
from data.sample.names import STYLE_FIRST, STYLE_SECOND, TRADES
from data.scope import division_of
from data.target_index import catch_up
from matching.draw.tickets import words
from scheduler.accounts import NewUser, add_user, grant
from scheduler.transaction import EVERYTHING, Scope, reading, transaction
from tests.databases import running_cluster
from tests.site import Reader, Site
from tests.town import Town

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
Asked = tuple[TargetQuestion, Order, int]
NAME = "1e6 targets"
ROWS = 1_000_000
QUESTIONS = 40  # of each kind
TODAY = date(2026, 3, 2)
CITY, DISTRICTS = "990100", tuple(f"9901{place:02d}" for place in range(2, 14))
_PLACES = ("临澜市", "临澜", "临澜市东关区", "海右县")
_TRADES = tuple(word for trade in TRADES for word in trade.company)
_SHOPS = tuple(word for trade in TRADES for word in trade.shop)
_RARE = range(0x4E00, 0x4E00 + 6_000)
_COLUMNS = tuple(column.name for column in Target.__table__.c)


class _Chance:
    """Ticket words, one after the other."""

    def __init__(self, what: str, number: int) -> None:
        self._words: Iterator[int] = iter(words(key_of(f"{NAME} {what}"), 0, number).tolist())

    def below(self, limit: int) -> int:
        return next(self._words) % limit

    def one_of(self, some: Sequence[Any]) -> Any:
        return some[self.below(len(some))]


def _name(chance: _Chance) -> str:
    common = chance.below(10) < 7
    one, two = (chance.one_of(STYLE_FIRST), chance.one_of(STYLE_SECOND)) if common else (
        chr(chance.one_of(_RARE)), chr(chance.one_of(_RARE))
    )  # fmt: skip
    place = chance.one_of(_PLACES)
    if chance.below(10):
        return f"{place}{one}{two}{chance.one_of(_TRADES)}有限公司"
    return f"{place}{one}{two}{chance.one_of(_SHOPS)}"


@cache
def _targets() -> list[tuple[Any, ...]]:
    """The register; nine in ten are companies, and the codes are in another order than the ids."""
    chance = _Chance("targets", 12 * ROWS)
    return [
        (
            number + 1, f"T{number * 618_033_989 % 10**9:09d}", "other", "organisation", _name(chance), "有限责任公司",
            f"{chance.below(9_000):04d}", chance.one_of(DISTRICTS), f"解放路{number}号",
            "食品销售；烟草制品零售（依法须经批准的项目，经相关部门批准后方可开展经营活动）", "100万元", "2020-01-01",
            "active" if chance.below(20) else "cancelled", "ABCD"[number % 4], number % 97 == 0, number % 911 == 0,
            chance.one_of(DISTRICTS),
        )
        for number in range(ROWS)
    ]  # fmt: skip


def _questions() -> Iterator[tuple[str, list[Asked]]]:
    """Kinds of questions, each with its questions."""
    chance = _Chance("questions", 100_000)
    names = [chance.one_of(_targets())[4] for _ in range(QUESTIONS)]
    codes = [chance.one_of(_targets())[1] for _ in range(QUESTIONS)]

    def cut(name: str, length: int) -> str:
        start = chance.below(len(name) - length + 1)
        return name[start : start + length]

    def rare() -> str:
        return chr(chance.one_of(_RARE))

    terms = {
        "two characters of a name": [cut(name, 2) for name in names],
        "two frequent ones": ["公司", "有限", "临澜", "限公"] * (QUESTIONS // 4),
        "two rare or absent ones": [rare() + rare() for _ in names],
        "one character": [cut(name, 1) if place % 2 else rare() for place, name in enumerate(names)],
        "three to six characters": [cut(name, 3 + chance.below(4)) for name in names],
        "a code": codes,
    }
    orders: tuple[Order, ...] = ("code", "name", "newest")
    for kind, listed in terms.items():
        yield kind, [(TargetQuestion(TODAY, term), orders[place % 3], 1) for place, term in enumerate(listed)]
    conditions: tuple[dict[str, Any], ...] = (
        *({}, {"state": "cancelled"}, {"risk_class": "D"}, {"industry": "52"}, {"industry": "5211"}),
        *(
            {"region": DISTRICTS[3]},
            {"abnormal": True},
            {"risk_class": "A", "industry": "6", "state": "active"},
        ),
    )
    yield (
        "lists, first page",
        [
            (TargetQuestion(TODAY, **conditions[place % len(conditions)]), orders[place // 2 % 3], 1)
            for place in range(QUESTIONS)
        ],
    )
    yield "lists, any page", [
        (TargetQuestion(TODAY, **chance.one_of(conditions)), chance.one_of(orders), 1 + chance.below(FARTHEST // SIZE))
        for _ in range(QUESTIONS)
    ]  # fmt: skip


def _scope(place: int) -> Scope:
    """Every other question is asked by a district, the rest by the city."""
    return Scope(division=CITY[:4]) if place % 2 else Scope(division=DISTRICTS[place // 2 % len(DISTRICTS)])


def _indexed(database: Engine, asked: Asked, scope: Scope) -> tuple[int, list[str]]:
    """Ours: total as far as anybody pages, and the codes of the page."""
    question, order, number = asked
    with reading(database, scope) as session:
        page = targets_page(session, question, order, number)
        return page.total, [row.code for row in page.rows]


def _scanned(database: Engine, asked: Asked, scope: Scope) -> tuple[int, list[str]]:
    """The same by SQL without an index of words: LIKE with a wildcard on either side."""
    question, order, number = asked
    table = Target.__table__
    chosen = select(table).where(table.c.jurisdiction_code.startswith(scope.division))
    if question.words:
        chosen = chosen.where(table.c.name.contains(question.words) | (table.c.code == question.words))
    for name in ("industry", "region"):
        chosen = (
            chosen.where(table.c[name].startswith(getattr(question, name)))
            if getattr(question, name)
            else chosen
        )
    for name in ("state", "risk_class"):
        chosen = chosen.where(table.c[name] == getattr(question, name)) if getattr(question, name) else chosen
    if question.abnormal is not None:
        chosen = chosen.where(table.c.abnormal.is_(question.abnormal))
    column = table.c.id.desc() if order == "newest" else table.c[order]
    counted = select(func.count()).select_from(
        chosen.with_only_columns(table.c.id).limit(FARTHEST).subquery()
    )
    with database.connect() as connection:
        total = connection.scalar(counted) or 0
        rows = connection.execute(
            chosen.order_by(column, table.c.id).offset((number - 1) * SIZE).limit(SIZE)
        ).all()
        return total, [row.code for row in rows]


def _asking(
    database: Engine, ask: Callable[[Engine, Asked, Scope], Any], one_in: int = 1
) -> Callable[[], Any]:
    """Asks everything; of each question its kind, seconds, and answer. `one_in`: only so many, where all take too long."""
    asked = [(kind, list(islice(enumerate(listed), 0, None, one_in))) for kind, listed in _questions()]
    for _, listed in asked:  # once before, as in a service that has run for a while
        ask(database, listed[0][1], _scope(1))

    def run() -> list[tuple[str, int, float, Any]]:
        told = []
        for kind, listed in asked:
            for place, each in listed:
                start = time.perf_counter()
                answer = ask(database, each, _scope(place))
                told.append((kind, place, time.perf_counter() - start, answer))
        return told

    return run


def _told(run: Sequence[tuple[str, int, float, Any]]) -> dict[str, Any]:
    """Of each kind: median and 95th percentile in seconds, and what was found, to be compared."""
    told: dict[str, Any] = {}
    for kind in dict.fromkeys(each[0] for each in run):
        seconds = [each[2] for each in run if each[0] == kind]
        found = {str(place): answer for each, place, _, answer in run if each == kind}
        told[kind] = {"median": median(seconds), "p95": quantiles(seconds, n=20)[-1], "found": found}
    return told


def _filled(database: Engine) -> Engine:
    upgrade(database)
    with writing(database).begin() as connection:
        raw: Any = connection.connection.driver_connection
        if database.dialect.name == "postgresql":
            with raw.cursor().copy(f"COPY target ({', '.join(_COLUMNS)}) FROM STDIN") as copying:
                for row in _targets():
                    copying.write_row(row)
        else:
            places = ", ".join("?" * len(_COLUMNS))
            raw.executemany(f"INSERT INTO target ({', '.join(_COLUMNS)}) VALUES ({places})", _targets())
    if database.dialect.name == "postgresql":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE target"))
    return database


def _sqlite() -> Engine:
    folder = Path(tempfile.mkdtemp(prefix="yaohao-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return _filled(open_database(f"sqlite:///{folder / 'search.db'}"))


def _postgresql() -> Engine:
    running = running_cluster()
    cluster = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return _filled(open_database(cluster.create("search"), pooled=True))


def _caught_up(database: Engine) -> Engine:
    with writing(database).begin() as connection:
        catch_up(connection)
    return database


def index_on_sqlite(_: str) -> Side:
    """What the index costs: the seconds of making it, its bytes."""
    return _index(_sqlite())


def index_on_postgresql(_: str) -> Side:
    """The same on PostgreSQL."""
    return _index(_postgresql())


def _index(database: Engine) -> Side:
    def bytes_of_it(_: Engine) -> int:
        with database.connect() as connection:
            return int(connection.scalar(select(func.sum(func.length(TARGET_INDEX.c.content)))) or 0)

    return lambda: _caught_up(database), bytes_of_it


def _pages(database: Engine) -> Side:
    """The same questions as a registrar asks them: the whole page, by the application, his login looked up each time."""
    town = Town(database, now=datetime(2026, 3, 2, 1, tzinfo=UTC))
    readers = _registrars(town)

    def ask(_: Engine, asked: Asked, scope: Scope) -> int:
        question, order, number = asked
        given = {"q": question.words, "sort": order, "page": str(number)}
        given |= {name: getattr(question, name) for name in ("state", "risk_class", "industry", "region")}
        given["abnormal"] = "1" if question.abnormal else ""
        response = readers[str(scope.division)].get(f"/registries/targets?{urlencode(given)}")
        if response.status_code != 200:
            raise RuntimeError(f"{given}: {response.status}")
        return len(response.data)

    return _asking(database, ask), _told


def _registrars(town: Town) -> dict[str, Reader]:
    """Somebody of the city and of every district, logged in, by what he sees."""
    with transaction(town.database, EVERYTHING) as session:
        session.add_all(Jurisdiction(code=code, name=code) for code in (CITY, *DISTRICTS))
        session.flush()
        for code in (CITY, *DISTRICTS):
            session.add(Department(code=code, name=code, jurisdiction_code=code, opened_on=date(2020, 1, 1)))
            session.flush()
            add_user(session, town.now, NewUser(code, code, code, code))
            grant(session, town.now, code, "registrar")
    site = Site(town)
    return {division_of(code): site.reader(code) for code in (CITY, *DISTRICTS)}


SIDES: dict[str, Callable[[str], Side]] = {
    "index, SQLite": index_on_sqlite,
    "search, SQLite": lambda _: (_asking(_caught_up(_sqlite()), _indexed), _told),
    "page, SQLite": lambda _: _pages(_caught_up(_sqlite())),
    "LIKE, SQLite": lambda _: (_asking(_sqlite(), _scanned, one_in=5), _told),
    "index, PostgreSQL": index_on_postgresql,
    "search, PostgreSQL": lambda _: (_asking(_caught_up(_postgresql()), _indexed), _told),
    "page, PostgreSQL": lambda _: _pages(_caught_up(_postgresql())),
    "LIKE, PostgreSQL": lambda _: (_asking(_postgresql(), _scanned, one_in=5), _told),
}
