"""docs/ledger.md says what is so: its example is signed as shown, its commands run, its program finds what it should."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.ledger import FIELDS, Act, append
from data.notes import Faulty, open_checkpoint, read_vkey
from scheduler.consistency import PROOF
from scheduler.installation import upgrade
from scheduler.ledger_key import ENDING
from scheduler.transaction import EVERYTHING, transaction
from tests.rewriting import rewrite

PAGE = (Path(__file__).parent.parent / "docs" / "ledger.md").read_text()
_PROSE = re.sub(r"```python\n.*?```", "", PAGE, flags=re.DOTALL)
BLOCKS = [
    re.sub("^    ", "", each, flags=re.MULTILINE)
    for each in re.findall(r"(?:^    .*\n|^\n(?=    —))+", _PROSE, re.MULTILINE)
]
COMMANDS, EXAMPLE, KEY = BLOCKS
[PROGRAM] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def run(folder, *words):
    """A command in a folder, with the `yaohao` of this environment; exit code, output."""
    binaries = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": binaries + os.pathsep + os.environ["PATH"]}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which the commands of the page were run as shown, Friday's ledger longer than Monday's."""
    path = tmp_path_factory.mktemp("ledger")
    database = upgrade(f"sqlite:///{path / 'yaohao.db'}", NOW).database
    assert run(path, "yaohao", "ledger", "checkpoint", "--out", "monday.txt")[0] == 0
    with transaction(database, EVERYTHING) as session:
        for number in range(20):
            append(session, Act(None, "system", None, "draw:commit", f"draw/{number}", {}), NOW)
    key = ""
    for command in COMMANDS.splitlines():
        code, told = run(
            path, *(key if word == "VKEY" else word for word in shlex.split(command, comments=True))
        )
        assert code == 0, (command, told)
        key = key or told.split("\n")[0]
        if "consistency" in command:
            assert "21 行以 1 行开头" in told
    (path / "check.py").write_text(PROGRAM)
    (path / "key.txt").write_text(key)
    return path


def check(folder, *names):
    """What the program of the page finds; in isolated mode, so that it meets nothing of ours."""
    key = (folder / "key.txt").read_text()
    return run(folder, sys.executable, "-I", "check.py", key, *names)


def nodes(proof):
    return json.loads(proof)["proof"]["sha256"]


def of_nodes(told):
    return json.dumps({"proof": {"sha256": told}})


def test_the_example_is_signed_as_shown_and_no_other():
    head = open_checkpoint(EXAMPLE.encode(), read_vkey(KEY))
    assert (head.size, sorted(head.roots)) == (861, ["sha256", "sm3"])
    assert head.text + "\n" == EXAMPLE[: EXAMPLE.index("—")]
    with pytest.raises(Faulty, match="signature"):
        open_checkpoint(EXAMPLE.replace("861", "862").encode(), read_vkey(KEY))


def test_the_columns_of_a_leaf_the_format_and_the_file_are_those_of_the_product():
    [told] = re.findall(r"of the nine columns (.*?)\. Leaf i", PAGE, re.DOTALL)
    assert re.findall(r"`(\w+)`", told) == sorted(FIELDS)
    assert f"`{PROOF}`" in PAGE
    assert f"`yaohao.db{ENDING}`" in PAGE


def test_the_program_of_the_page_agrees_with_ours(folder):
    assert check(folder, "monday.txt", "friday.txt", "proof.json") == (0, "consistent\n")
    assert check(folder, "friday.txt", "friday.txt", "proof.json") == (0, "consistent\n")


@pytest.mark.parametrize(("name", "change", "told"), [
    ("friday.txt", lambda text: text.replace("\n21\n", "\n22\n"), "not signed by this key"),
    ("monday.txt", lambda text: text.replace("/business\n1\n", "/security\n1\n"), "not signed by this key"),
    ("proof.json", lambda text: of_nodes(nodes(text)[1:]), "does not begin"),
    ("proof.json", lambda text: of_nodes(nodes(text) * 2), "too long"),
], ids=range(4))  # fmt: skip
def test_the_program_of_the_page_finds_what_was_changed(folder, name, change, told):
    text = (folder / name).read_text()
    (folder / "changed").write_text(change(text))
    assert (folder / "changed").read_text() != text
    names = ["changed" if each == name else each for each in ("monday.txt", "friday.txt", "proof.json")]
    code, found = check(folder, *names)
    assert (code, told in found) == (1, True), found


def test_the_program_of_the_page_finds_a_second_ledger_of_the_same_key(folder, tmp_path):
    """Monday's ledger rewritten, and signed anew by whoever has the machine and its key."""
    for name in ("yaohao.db", f"yaohao.db{ENDING}", "monday.txt", "check.py", "key.txt"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
        (tmp_path / name).chmod(0o600)
    database = upgrade(f"sqlite:///{tmp_path / 'yaohao.db'}", NOW).database
    rewrite(database, 1)
    with database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM ledger_checkpoint")
    upgrade(f"sqlite:///{tmp_path / 'yaohao.db'}", NOW)  # the guards are there again: nothing is to be seen
    for words in (
        ("checkpoint", "--out", "other.txt"),
        ("prove", "other.txt", "other.txt", "--out", "proof.json"),
    ):
        assert run(tmp_path, "yaohao", "ledger", *words)[0] == 0
    code, found = check(tmp_path, "monday.txt", "other.txt", "proof.json")
    assert (code, "not consistent" in found) == (1, True)
