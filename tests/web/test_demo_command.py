"""`yaohao demo`: the whole story on both databases, and everything that is needed to check it."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from web.commands import main


@pytest.fixture
def told(database_url, tmp_path):
    out = tmp_path / "demo"
    done = CliRunner().invoke(main, ["demo", "--no-serve", "--out", str(out), "--database", database_url])
    assert done.exit_code == 0, done.stderr
    return out, done


def test_the_demo_goes_to_disclosure_and_leaves_all_that_is_needed_to_check_it(told, database_url, tmp_path):
    out, done = told
    assert {"bundle.zip", "report.html", "verifier.py"} <= {each.name for each in out.iterdir()}
    assert "逾期 0 项" in done.stderr
    assert "amr.planner" in done.stderr
    alone = subprocess.run(
        [sys.executable, "-I", str(out / "verifier.py"), str(out / "bundle.zip")],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert CliRunner().invoke(main, ["verify", str(out / "bundle.zip")]).exit_code == 0
    again = CliRunner().invoke(main, ["demo", "--no-serve", "--out", str(out), "--database", database_url])
    assert (again.exit_code, "demo.database_not_empty" in again.stderr) == (2, True)
