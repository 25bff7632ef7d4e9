"""What all tests share: tests that need a tool this machine may not have, and tests that take long.

A test marked with a tool's name is skipped where the tool is absent; where YAOHAO_REQUIRE (names joined with
commas) lists the tool, it fails instead, so that a machine that must run everything can't quietly run less.
"""

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from matching.draw.tables import COLUMNS
from scheduler.inspection.drawing import Drawn, Secrets, commit_draw, draw_committed, freeze_files
from tests.golden import vectors
from web.readme import readme

CHROMIUM = Path("/usr/bin/chromium")
POSTGRESQL = Path("/usr/lib/postgresql")

TOOLS = {
    "chromium": lambda: CHROMIUM.exists(),
    "postgresql": lambda: any(POSTGRESQL.glob("*/bin/initdb")),
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not run, so that green is not taken for more than it is."""
    not_run = terminalreporter.config.stash[NOT_RUN]
    if not_run:
        told = ", ".join(f"{what}: {number}" for what, number in sorted(not_run.items()))
        terminalreporter.write_line(f"not run: {told}")


def _required() -> set[str]:
    return {name.strip() for name in os.environ.get("YAOHAO_REQUIRE", "").split(",") if name.strip()}


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
