"""The same secret, salt and entropy give the same files: with rows in any order, under every Python and numpy allowed."""

import csv
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from data.sample.city import city, write_city

ROOT = Path(__file__).parent.parent
DECIDED = ("drawn.csv", "pairs.csv", "bans.csv")
PYTHONS = ("3.11", "3.12", "3.13")
OLDEST = ("numpy==2.2.0", "ortools==9.14.6206")
NEWEST = ("numpy", "ortools")
FIXED = ("--secret", "5e" * 32, "--salt", "a1" * 32, "--entropy", "d10x20:31415926535897932384")
PLAN = {
    "number": "2026-0001",
    "purpose": "加油站部门联合抽查",
    "quota": {"rates": {"A": "10/100", "B": "20/100", "C": "40/100", "D": "100/100"}, "at_least_one": True},
    "teams": "per_target",
    "departments": [
        {"code": code, "size": 2, "leads": 1, "lead_qualification": "lead"} for code in ("AMR", "FIRE", "EM")
    ],
    "objectives": ["near", "balance", "tickets"],
}
# with so many pair bars that several rounds of bans are needed
TABLES = {
    "--targets": "petrol_stations.csv",
    "--inspectors": "inspectors.csv",
    "--bars": "petrol_bars.csv",
    "--pair-bars": "many_pair_bars.csv",
}


def write_inputs(folder):
    made = city()
    write_city(made, folder)
    ids = sorted(each.id for each in made.inspectors if each.department in ("AMR", "FIRE", "EM"))
    with (folder / "many_pair_bars.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["inspector_a", "inspector_b", "ground"])
        pairs = [(a, b) for place, a in enumerate(ids) for b in ids[place + 1 :: 9]]
        writer.writerows((a, b, "kinship") for a, b in pairs)
    (folder / "plan.json").write_text(json.dumps(PLAN, ensure_ascii=False))


def shuffle_rows(folder, seed):
    for name in TABLES.values():
        header, *rows = (folder / name).read_text(encoding="utf-8-sig").splitlines()
        random.Random(seed).shuffle(rows)
        (folder / name).write_text("\n".join([header, *rows]) + "\n")


def drawn_with(command, folder):
    """SHA-256 of the decided files of a draw made by a `yaohao` command."""
    tables = [word for option, name in TABLES.items() for word in (option, name)]
    arguments = ["draw", "--plan", "plan.json", *tables, *FIXED, "--out", "bundle.zip"]
    done = subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / "bundle.zip") as bundle:
        assert bundle.read("bans.csv").count(b"\n") > 5, "the case should need bans"
        return {name: hashlib.sha256(bundle.read(name)).hexdigest() for name in DECIDED}


def here():
    return [str(Path(sys.executable).with_name("yaohao"))]


@pytest.fixture
def inputs(tmp_path):
    write_inputs(tmp_path)
    return tmp_path


# never made again: a new value here would mean that old draws can no longer be replayed
GOLDEN = {
    "drawn.csv": "7496cf6d3106b9ccae8069c989e191dd698f16a4769bd503bcf29ecf57fd52df",
    "pairs.csv": "a308e33bad3e3602cd8aa8361c4adb381ffb611573d8721e5eec5b81cc731a5b",
    "bans.csv": "2a110f8100ea81d0aea69087004934c3a4c319325b10312aaa94f527bb4080f1",
}


def test_the_order_of_the_rows_changes_nothing(inputs):
    assert drawn_with(here(), inputs) == GOLDEN
    for seed in (1, 2):
        shuffle_rows(inputs, seed)
        assert drawn_with(here(), inputs) == GOLDEN


def python_of(version):
    """An interpreter of this version found on the machine, or None."""
    roots = [
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
        Path("/opt"),
        Path("/usr/local"),
    ]
    found = [path for root in roots for path in sorted(root.glob(f"{version}*/bin/python{version}"))]
    on_path = shutil.which(f"python{version}")
    for candidate in [*found, *([Path(on_path)] if on_path else [])]:
        told = subprocess.run(
            [candidate, "-c", "import sys; print(sys.version)"], capture_output=True, check=False
        )
        if told.returncode == 0 and told.stdout.startswith(version.encode()):
            return candidate
    return None


@pytest.mark.long
@pytest.mark.parametrize("libraries", [OLDEST, NEWEST], ids=["oldest", "newest"])
@pytest.mark.parametrize("version", PYTHONS)
def test_every_python_and_numpy_allowed_gives_the_same_files(inputs, tmp_path, version, libraries):
    python = python_of(version)
    if python is None:
        pytest.skip(f"Python {version} is not on this machine")
    home, copy = tmp_path / "venv", tmp_path / "source"
    # a copy without what an earlier build left behind
    for name in ("matching", "data", "scheduler", "web"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    subprocess.run([python, "-m", "venv", home], check=True)
    install = [
        home / "bin/python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        copy,
        *libraries,
    ]
    subprocess.run(install, check=True, timeout=600)
    told = subprocess.run(
        [
            home / "bin/python",
            "-c",
            "import numpy, ortools, sys; print(sys.version.split()[0], numpy.__version__, ortools.__version__)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    print("drawn under Python, numpy, ortools:", told.stdout.strip())
    shuffle_rows(inputs, 3)
    assert drawn_with([str(home / "bin/yaohao")], inputs) == GOLDEN
