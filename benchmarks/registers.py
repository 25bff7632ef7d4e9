"""Registers in a database (名录库): a campaign over all targets of one, approved, that waits for its freeze."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from data.database import open_database, writing
from data.migrations import upgrade
from data.models import Target
from scheduler.inspection import drawing
from scheduler.keys import KEY_FILE
from tests.databases import running_cluster
from tests.keepers import with_custodians
from tests.town import found_town

CODE = "2026-全市"
_FIRST = 60  # targets with which the town is founded
_COLUMNS = tuple(column.name for column in Target.__table__.c)
_TRADES = ("食品销售", "烟草制品零售", "五金交电批发", "道路货物运输", "服装加工", "餐饮服务", "广告发布")


class Register:
    """A town with so many targets and a campaign of three departments over all of them, drawn by risk class."""

    def __init__(self, database: Engine, targets: int, custody: bool) -> None:
        upgrade(database)
        self.town = found_town(database, _FIRST)
        if custody:
            with_custodians(self.town)
        _fill(database, targets)
        self.town.campaign(code=CODE)
        self.number = ""

    def freeze(self) -> str:
        """Freeze the campaign's pool and commit the transaction; a freeze before this one is void."""
        if self.number:
            self.town.do("amr.approver", self._void)
        self.number = self.town.freeze(CODE)
        return self.number

    def _void(self, desk: Any) -> None:
        drawing.void_number(desk, drawing.find_draw(desk, self.number), "wrong_list", "again")


def on_sqlite(targets: int, custody: bool) -> Register:
    """A register in a SQLite file."""
    return Register(open_database(f"sqlite:///{_folder() / 'register.db'}"), targets, custody)


def on_postgresql(targets: int, custody: bool) -> Register:
    """A register in a PostgreSQL server of its own."""
    running = running_cluster()
    cluster = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    os.environ[KEY_FILE] = str(_folder() / "key")  # which a SQLite file has beside it
    return Register(open_database(cluster.create("register")), targets, custody)


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="yaohao-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _fill(database: Engine, targets: int) -> None:
    with writing(database).begin() as connection:
        raw: Any = connection.connection.driver_connection
        if database.dialect.name == "postgresql":
            with raw.cursor().copy(f"COPY target ({', '.join(_COLUMNS)}) FROM STDIN") as copying:
                for row in _rows(targets):
                    copying.write_row(row)
        else:
            places = ", ".join("?" * len(_COLUMNS))
            raw.executemany(f"INSERT INTO target ({', '.join(_COLUMNS)}) VALUES ({places})", _rows(targets))
    if database.dialect.name == "postgresql":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE target"))


def _rows(targets: int) -> Iterator[tuple[Any, ...]]:
    """Targets with codes in another order than their ids, four risk classes and the town's one region."""
    for number in range(_FIRST, targets):
        yield (
            number + 1, f"91390102{number * 618_033_989 % 10**9:09d}X", "other", "organisation",
            f"小镇东区{_TRADES[number % 7]}第{number}有限公司", "有限责任公司", f"{number % 9_000:04d}", "390102",
            f"小镇东区解放路{number}号", "食品销售；烟草制品零售（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
            "100万元", "2020-01-01", "active", "ABCD"[number // 3 % 4], False, False, "390102",
        )  # fmt: skip
