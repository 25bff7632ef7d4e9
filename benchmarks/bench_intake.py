"""The intake (名单导入): a long list into the database, beside its bare bytes into a bare table."""

import atexit
import csv
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data.database import open_database
from data.intake.records import Source
from data.intake.registration_codes import uscc_check_character
from data.migrations import upgrade
from scheduler.inspection.intake import Circumstances, Imported, import_list
from tests.databases import Cluster, running_cluster

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
ROWS = 1_000_000
FAULTY_ROW = 10  # one row in so many
CAPTIONS = (
    "统一社会信用代码",
    "名称",
    "成立日期",
    "类型",
    "注册资本",
    "经营范围",
    "住所",
    "信用风险分类",
    "区域",
    "行业",
)
JURISDICTIONS = "code,name\n990000,示范\n".encode()
AT = datetime(2026, 11, 22, tzinfo=UTC)
_TRADES = (
    "食品销售",
    "烟草制品零售",
    "五金交电批发",
    "道路货物运输",
    "服装加工",
    "餐饮服务",
    "危险化学品经营",
    "广告发布",
)


def _code(number: int) -> str:
    # a prime apart, so that neighbours in the file are none in the index
    body = f"919900{number % 90 + 1:02d}{number * 618_033_989 % 10**9:09d}"
    return body + uscc_check_character(body)


def _row(number: int) -> list[str]:
    scope = "；".join(_TRADES[(number * step) % len(_TRADES)] for step in (1, 3, 5, 7))
    return [
        _code(number),
        f"临澜市{_TRADES[number % len(_TRADES)]}第{number}有限公司",
        f"20{number % 24:02d}-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "有限责任公司",
        f"{number % 1000}万元人民币",
        f"{scope}（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
        f"临澜市东关区解放路{number}号",
        "ABCD"[number % 4],
        f"9900{number % 90 + 1:02d}",
        f"{number % 9_000:04d}",
    ]


_SPOILT: Sequence[tuple[int, str, str]] = (
    (0, "91990001000000000X", "not_a_uscc"),
    (1, "", "empty"),
    (7, "E", "not_a_choice"),
    (6, "#N/A", "error_value"),
    (8, "99;01", "separator_in_id"),
)


def _rows(faulty: bool) -> Iterator[list[str]]:
    for number in range(ROWS):
        row = _row(number)
        if faulty and number % FAULTY_ROW == 0:
            column, value, _ = _SPOILT[number // FAULTY_ROW % len(_SPOILT)]
            row[column] = value
        yield row


def _planted() -> set[tuple[int, str, str]]:
    """Line, column and code of each fault in the faulty list."""
    numbers = range(0, ROWS, FAULTY_ROW)
    spoilt = ((number, _SPOILT[number // FAULTY_ROW % len(_SPOILT)]) for number in numbers)
    return {(number + 2, CAPTIONS[column], code) for number, (column, _, code) in spoilt}


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="yaohao-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _list(folder: Path, name: str) -> Path:
    path = folder / "targets.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CAPTIONS)
        writer.writerows(_rows("faults" in name))
    return path


def _with_jurisdiction(database: Engine) -> Engine:
    upgrade(database)
    import_list(database, "jurisdictions", Source("j.csv", JURISDICTIONS), Circumstances(AT))
    return database


def _imported(database: Engine, path: Path) -> Imported:
    return import_list(database, "targets", path, Circumstances(AT, jurisdiction="990000"), valid_only=True)


def _told(imported: Imported) -> tuple[int, int, int, bool]:
    """Rows, rows added, faults told, and whether they are those that were planted."""
    found = {(fault.line, fault.column, fault.code) for fault in imported.faults}
    planted = _planted() if imported.faults else set()
    return (
        imported.rows,
        imported.added,
        len(imported.faults),
        found == planted and len(found) == len(imported.faults),
    )


def into_sqlite(name: str) -> Side:
    """Ours: read, checked, staged, compared, merged, with its evidence."""
    folder = _folder()
    path, empty, numbers = _list(folder, name), folder / "empty.db", count()
    _with_jurisdiction(open_database(f"sqlite:///{empty}"))

    def run() -> Imported:
        fresh = folder / f"{next(numbers)}.db"
        shutil.copy(empty, fresh)
        return _imported(open_database(f"sqlite:///{fresh}"), path)

    return run, _told


def again_into_sqlite(name: str) -> Side:
    """The same list once more: nothing is to be changed."""
    folder = _folder()
    path = _list(folder, name)
    database = _with_jurisdiction(open_database(f"sqlite:///{folder}/full.db"))
    _imported(database, path)
    return lambda: _imported(database, path), _told


def executemany(name: str) -> Side:
    """The bare rows into a bare table of SQLite."""
    folder = _folder()
    path, numbers = _list(folder, name), count()

    def run() -> int:
        with (
            closing(sqlite3.connect(folder / f"{next(numbers)}.db")) as connection,
            path.open(encoding="utf-8", newline="") as file,
        ):
            columns = ", ".join("abcdefghij").replace("a", "a TEXT PRIMARY KEY", 1)
            connection.execute(f"CREATE TABLE bare ({columns})")
            rows = csv.reader(file)
            next(rows)
            connection.executemany("INSERT INTO bare VALUES (?,?,?,?,?,?,?,?,?,?)", rows)
            connection.commit()
            return int(connection.execute("SELECT count(*) FROM bare").fetchone()[0])

    return run, lambda rows: rows


def _cluster() -> Cluster:
    running = running_cluster()
    cluster = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return cluster


def into_postgresql(name: str) -> Side:
    """Ours on PostgreSQL."""
    path, cluster, numbers = _list(_folder(), name), _cluster(), count()
    database = _with_jurisdiction(open_database(cluster.create("empty")))
    database.dispose()

    def run() -> Imported:
        fresh = open_database(cluster.create(f"fresh_{next(numbers)}", "empty"))
        imported = _imported(fresh, path)
        fresh.dispose()
        return imported

    return run, _told


def copy(name: str) -> Side:
    """The bare bytes into a bare table of PostgreSQL."""
    path, cluster, numbers = _list(_folder(), name), _cluster(), count()
    cluster.create("empty")

    def run() -> int:
        database = open_database(cluster.create(f"fresh_{next(numbers)}", "empty"))
        with closing(database.raw_connection()) as connection:
            cursor: Any = connection.cursor()
            columns = ", ".join(f"{column} text" for column in "abcdefghij").replace(
                "a text", "a text PRIMARY KEY", 1
            )
            cursor.execute(f"CREATE TABLE bare ({columns})")
            with cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copying, path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    copying.write(chunk)
            connection.commit()
        database.dispose()
        return ROWS

    return run, lambda rows: rows


SIDES = {
    "import, SQLite": into_sqlite,
    "the same again, SQLite": again_into_sqlite,
    "csv and executemany": executemany,
    "import, PostgreSQL": into_postgresql,
    "COPY": copy,
}
