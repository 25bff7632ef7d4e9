"""What all tests share: tests that need a tool this machine may not have, and tests that take long.

A test marked with a tool's name is skipped where the tool is absent; where YAOHAO_REQUIRE (names joined with
commas) lists the tool, it fails instead, so that a machine that must run everything can't quietly run less.
"""

import csv
import io
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data.database import open_database
from data.migrations import upgrade
from matching.draw.tables import COLUMNS
from scheduler import key_pairs
from scheduler.inspection.file_draw import Drawn, Secrets, commit_draw, draw_committed, freeze_files
from scheduler.keys import KEY_FILE
from tests.databases import Cluster, a_name, running_cluster
from tests.golden import vectors
from web.readme import readme

CHROMIUM = Path("/usr/bin/chromium")
POSTGRESQL = Path("/usr/lib/postgresql")

TOOLS = {
    "chromium": lambda: CHROMIUM.exists(),
    "postgresql": lambda: any(POSTGRESQL.glob("*/bin/initdb")),
    "openssl": lambda: shutil.which("openssl") is not None,
}
COMMITTED_AT = datetime.fromisoformat("2026-11-20T08:30:00+08:00")
DRAWN_AT = datetime.fromisoformat("2026-11-22T09:00:00+08:00")
ENTROPY = "d10x20:14142135623730950488"  # with it the two cases that can be paired are, with four bans
PUBLISHED = ({"where": "市政府门户网站", "when": "2026-11-20T09:00:00+08:00"},)

NOT_RUN = pytest.StashKey[Counter[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long` adds the tests that take long."""
    parser.addoption("--long", action="store_true", help="also run the tests marked long")


def pytest_configure(config: pytest.Config) -> None:
    """A misspelt name in YAOHAO_REQUIRE would require nothing."""
    config.stash[NOT_RUN] = Counter()
    if unknown := _required() - TOOLS.keys():
        raise pytest.UsageError(
            f"YAOHAO_REQUIRE names {', '.join(sorted(unknown))}; there are {', '.join(TOOLS)}"
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long tests unless they were asked for."""
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        config.stash[NOT_RUN]["long (give --long)"] = len(long)
        items[:] = [item for item in items if item not in set(long)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs an absent tool, or fail where the tool is required."""
    for tool, present in TOOLS.items():
        if item.get_closest_marker(tool) and not present():
            if tool in _required():
                pytest.fail(f"{tool} is required by YAOHAO_REQUIRE and is not on this machine", pytrace=False)
            item.config.stash[NOT_RUN][f"{tool} (absent)"] += 1
            pytest.skip(f"{tool} is not on this machine")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where the tests are shared out, each process tells the first what it did not run."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["not_run"] = dict(session.config.stash[NOT_RUN])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Put together what they told; each leaves the same long tests out, but skips only those that fell to it."""
    not_run = node.config.stash[NOT_RUN]
    for what, number in getattr(node, "workeroutput", {}).get("not_run", {}).items():
        not_run[what] = max(not_run[what], number) if what.startswith("long") else not_run[what] + number


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not run, so that green is not taken for more than it is."""
    not_run = terminalreporter.config.stash[NOT_RUN]
    if not_run:
        told = ", ".join(f"{what}: {number}" for what, number in sorted(not_run.items()))
        terminalreporter.write_line(f"not run: {told}")


def _required() -> set[str]:
    return {name.strip() for name in os.environ.get("YAOHAO_REQUIRE", "").split(",") if name.strip()}


@pytest.fixture(scope="session", autouse=True)
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One key file for all databases of the tests, as many are copies of others."""
    path = tmp_path_factory.mktemp("key") / "yaohao.key"
    os.environ[KEY_FILE] = str(path)
    yield path
    del os.environ[KEY_FILE]


@pytest.fixture(scope="session", autouse=True)
def hardness() -> Iterator[str]:
    """Passphrases cost next to nothing to try in tests; what they cost in earnest is handed to who asks."""
    in_earnest, key_pairs.HARDNESS = key_pairs.HARDNESS, "m=64,t=1,p=1"
    yield in_earnest
    key_pairs.HARDNESS = in_earnest


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Debian's Chromium, started once, without a network of its own (`playwright` Browser)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the schema of the last migration, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    upgrade(open_database(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of the tests' own."""
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def postgresql_template(cluster: Cluster) -> str:
    """The name of an empty PostgreSQL database with the schema of the last migration, to be copied."""
    name = a_name()
    engine = open_database(cluster.create(name))
    upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with the whole schema; every test that takes it runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "yaohao.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    cluster = request.getfixturevalue("cluster")
    name = a_name()
    yield cluster.create(name, request.getfixturevalue("postgresql_template"))
    cluster.drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """The same, opened."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def draw_case() -> Callable[..., Drawn]:
    """Draws a golden case by the product itself: case, entropy, publications, a target's new name, the plan's source.

    The witnesses of the case are left out: a draw from files has none.
    """

    def draw(
        name: str = "complete_case",
        entropy: str = ENTROPY,
        published: Sequence[Mapping[str, str]] = PUBLISHED,
        target_name: str = "",
        plan_entropy: str | None = None,
        **plan: object,
    ) -> Drawn:
        case = vectors()[name]
        if plan_entropy:
            case["plan"]["entropy"] = plan_entropy
        if target_name:
            for row in case["tables"]["targets"]:
                row[3] = target_name
        frozen = freeze_files(case["plan"] | plan, _registries(case["tables"]), _silent)
        secrets = Secrets(bytes.fromhex(case["secret"]), bytes.fromhex(case["salt_secret"]))
        commitment = commit_draw(frozen, secrets, _silent)
        return draw_committed(
            frozen, secrets, commitment, entropy, published, COMMITTED_AT, DRAWN_AT, readme, _silent
        )

    return draw


def _registries(tables: Mapping[str, list[list[str]]]) -> dict[str, tuple[str, bytes]]:
    """Frozen rows as the files a department would bring."""
    files = {}
    for name, rows in tables.items():
        text = io.StringIO()
        csv.writer(text).writerows([COLUMNS[name], *rows])
        files[name] = (f"{name}.csv", text.getvalue().encode())
    return files


def _silent(step: str, params: Mapping[str, object]) -> None:
    """Nobody watches a test."""
