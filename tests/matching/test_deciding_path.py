"""What decides a draw holds no floating point, no library's random numbers and no order of dicts, sets or locales."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from tests.matching.deciding_path import known_from, offences
from tests.matching.drawn_cases import KINDS, packed_case

ROOT = Path(__file__).parent.parent.parent
MATCHING = ROOT / "matching"
EXPLAINING = ("lacks.py", "remedies.py", "pair_remedies.py", "group_remedies.py")
"""What tells a planner what would do after a shortage: it decides nothing."""
FILES = sorted(
    [
        *(MATCHING / "draw").glob("*.py"),
        *(each for each in (MATCHING / "pairing").glob("*.py") if each.name not in EXPLAINING),
        *(
            MATCHING / f"{name}.py"
            for name in ("lottery", "changes", "bundle", "proofs", "table_file", "verifier")
        ),
    ]
)
MORE_IMPORTS = {  # what the stand-alone program needs to be one, and to compare moments
    "verifier.py": ("argparse", "sys", "datetime", "pathlib", "types"),
    # where it is solved, not what: parts that share nobody have their answers whoever finds them, and when
    "solvers.py": ("os", "concurrent.futures", "multiprocessing", "types"),
}

CANONICAL = "written as canonical JSON, which sorts by key"
TABLES = "made in the order of Frame.tables(), which the commitment names"
# (file, function, what stands there): why the order does not decide, or how it is made
ALLOWED = {
    ("draw/commitment.py", "Commitment.told", "self.seals.items()"): CANONICAL,
    ("draw/commitment.py", "Sealing.told", "self.seals.items()"): CANONICAL,
    ("draw/commitment.py", "read_sealing", "told['tables'].items()"): "makes a dict; its order is that of the text, made so",
    ("draw/commitment.py", "bind", "sealing.seals.values()"): TABLES,
    ("draw/commitment.py", "differences", "now.seals.items()"): TABLES,
    ("draw/frames.py", "_check_json", "value.items()"): "every value is checked; the first bad one is only told",
    ("draw/plan.py", "_quota", "rates.items()"): "makes a dict that is only looked up, by stratum",
    ("draw/teams.py", "_partners", "pair_bars"): "makes sets that are only looked up, by inspector",
    ("draw/teams.py", "_partners", "partners.items()"): "makes a dict that is only looked up, by inspector",
    ("draw/tables.py", "joined", "sorted({item for item in items if item}, key=str.encode)"):
        "items that differ have bytes that differ",
    ("draw/tickets.py", "_by_numpy", "np.random"): "the one place; compared with the definition when it is loaded",
    ("draw/tickets.py", "_by_numpy", "np.random.Philox"): "the one place",
    ("draw/tickets.py", "_by_numpy", "np.random.Philox(key=key, counter=counter).random_raw"): "the one place",
    ("pairing/problem.py", "_eligible", "set(regions)"): "makes a dict that is only looked up, by region",
    ("pairing/recusal.py", "_with_roles", "costs"): "sorted by (cost, index) before any is chosen",
    ("pairing/rounds.py", "_with_roles", "costs"): "sorted by (cost, index) before any is chosen",
    ("pairing/rounds.py", "_with_roles", "costs.items()"): "made along the candidacies, which are sorted",
    ("bundle.py", "attempt_files", "decided.items()"): "made by draw_files, name by name",
    ("bundle.py", "attempt_files", "files.items()"): "made just above, name by name",
    ("bundle.py", "pack", "files.items()"): "the order of members, made by full_bundle name by name, decides nothing",
    ("pairing/network.py", "Network.by_taker", "np.min_scalar_type"): "the smallest type that holds whole numbers",
    ("pairing/solve.py", "_cheap", "np.argsort((targets << 41) + np.minimum(cost, _DEAR))"):
        "only which candidacies are looked at first: the others are priced, and the answer is the same",
    ("verifier.py", "same", "line"): "for the sentence that says what differs",
    ("verifier.py", "same", "due"): "for the sentence that says what differs",
    ("verifier.py", "agree", "facts.items()"): "each is compared; the first that differs is told",
    ("verifier.py", "members", "repr"): "reads a number with a point as text, so that no float comes to be",
    ("verifier.py", "tables", "COLUMNS.items()"): "a constant, in the order of the commitment",
    ("table_file.py", "table_file", "np.frombuffer"): "places of line feeds in bytes",
    ("table_file.py", "table_file", "np.uint8"): "bytes",
    ("verifier.py", "read_rows", "forms.items()"): "a constant, in the order of the columns",
    ("verifier.py", "read_rows", "counts"): "counted along rows that were found to be sorted",
    ("verifier.py", "commitment", "*b.digests.values()"): "filled in the order of COLUMNS",
    ("verifier.py", "drawn", "b.strata.values()"): "filled along the ranges",
    ("verifier.py", "weighted", "agree('systematic.json', b.json['systematic.json'], *facts, **facts)"):
        "each field is compared by its name",
    ("verifier.py", "weighted", "*facts"): "names of fields, compared as a set",
    ("verifier.py", "weighted", "*taken"): "makes a set that is only looked up, by row",
    ("verifier.py", "weighted", "*points.values()"): "makes a set that is only looked up, by row",
    ("verifier.py", "pairs_lawful", "on.values()"): "counted",
    ("verifier.py", "part", "team.items()"): "made along the rows, which are sorted; groups by their numbers",
    ("verifier.py", "part", "{j // 4 for j in chosen}"): "each block of words is made once, whatever the order",
    ("verifier.py", "members", "b.files"): "sorted by the number of the attempt",
    ("verifier.py", "bans", "p.now"): "the same object or another; no clock",
    ("verifier.py", "clashes", "p.now"): "sorted before any is chosen",
    ("verifier.py", "is_short", "seats | gates"): "counted",
    ("verifier.py", "proved", "p.ways"): "made along the drawn targets, in the order of their rows",
    ("verifier.py", "proved", "p.ways.items()"): "made along the drawn targets, in the order of their rows",
    ("verifier.py", "proved", "ways.items()"): "each arc is compared; the first that proves nothing is told",
    ("verifier.py", "proved", "p.now"): "made along the drawn targets, in the order of their rows",
    ("verifier.py", "proved", "p.now.values()"): "counted",
    ("verifier.py", "proved", "p.most.items()"): "each load is compared; the first that proves nothing is told",
    ("verifier.py", "own", "b.drawn.items()"): "one is looked for, by its id",
    ("verifier.py", "own", "b.strata.values()"): "filled along the ranges",
}  # fmt: skip


def found_in_the_deciding_path() -> list[tuple[str, str, str]]:
    known = known_from(file.read_text() for file in FILES)
    return [
        (str(file.relative_to(MATCHING)), each.function, each.text)
        for file in FILES
        for each in offences(file.read_text(), known, MORE_IMPORTS.get(file.name, ()))
    ]


def test_the_deciding_path_holds_no_float_no_random_generator_and_no_order_of_dicts_sets_or_locales():
    found = found_in_the_deciding_path()
    assert [each for each in found if each not in ALLOWED] == []
    # what is not there any more is not allowed any more
    assert set(ALLOWED) - set(found) == set()


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("float", "quota = rows * 0.05"),
        ("float", "quota = rows / 20"),
        ("float", "rows /= 20"),
        ("float", "share = float(rows)"),
        ("float", "half = round(rows)"),
        ("float", "third = 3 ** -1"),
        ("float", "from math import sqrt"),
        ("float", "text = f'{share:.2f}'"),
        ("float", "middle = tickets.mean()"),
        ("numpy", "import numpy as np\nroot = np.log(rows)"),
        ("float", "import numpy as np\nshares = rows.astype(np.float64)"),
        ("import", "import random"),
        ("import", "from random import choice"),
        ("import", "import secrets"),
        ("import", "from numpy.random import default_rng"),
        ("random", "import numpy as np\norder = np.random.default_rng(seed).permutation(9)"),
        ("random", "generator.shuffle(rows)"),
        ("random", "row = generator.choice(rows)"),
        ("import", "import time"),
        ("import", "from datetime import datetime"),
        ("clock", "moment = datetime.now()"),
        ("import", "import os"),
        ("import", "import locale"),
        ("import", "from threading import Thread"),
        ("import", "from data.models import Draw"),
        ("locale", "rows.sort(key=lambda row: row.name.casefold())"),
        ("locale", "name = row.upper()"),
        ("locale", "text = f'{rows:n}'"),
        ("locale", "ordered = sorted(names, key=locale.strxfrm)"),
        ("order", "from functools import cmp_to_key"),
        ("identity", "place = hash(row)"),
        ("identity", "ordered = sorted(rows, key=id)"),
        ("identity", "digest(repr(row))"),
        ("identity", "digest(f'{row!r}'.encode())"),
        ("identity", "module = eval(text)"),
        ("order", "for row in {1, 2}:\n    take(row)"),
        ("order", "for row in set(rows):\n    take(row)"),
        ("order", "first = [row for row in set(rows)]"),
        ("order", "rows = list({row.id for row in rows})"),
        ("order", "rows = tuple(frozenset(rows))"),
        ("order", "text = ';'.join(set(names))"),
        ("order", "first = next(iter(set(rows)))"),
        ("order", "row = set(rows).pop()"),
        ("order", "rows = [*set(rows)]"),
        ("order", "take(*{1, 2})"),
        ("order", "ordered = sorted(set(rows), key=lambda row: row.cost)"),
        ("order", "first = min({1, 2}, key=cost)"),
        ("order", "def f(rows: set[int]):\n    return [row for row in rows]"),
        ("order", "def f(rows: frozenset[int] | None):\n    for row in rows:\n        take(row)"),
        ("order", "def f(rows: Collection[int]):\n    return list(rows)"),
        ("order", "def f(one: set[int], other: set[int]):\n    return [row for row in one & other]"),
        ("order", "def f(teams: list[set[int]]):\n    for team in teams:\n        for j in team:\n            take(j)"),
        ("order", "def f() -> set[int]:\n    return {1}\nfor row in f():\n    take(row)"),
        ("order", "Bars = frozenset[int]\nclass A:\n    bars: Bars\ndef f(a):\n    return [b for b in a.bars]"),
        ("order", "b = Bundle(bars=set())\nfor bar in b.bars:\n    take(bar)"),
        ("order", "b.on = defaultdict(set)\nrows = [*b.on[name]]"),
        ("order", "def f(costs: dict[int, int]):\n    return [j for j in costs]"),
        ("order", "def f(costs: Mapping[int, int]):\n    return list(costs.values())"),
        ("order", "for name, row in things.items():\n    take(row)"),
        ("order", "row = costs.popitem()"),
        ("order", "import numpy as np\norder = np.argsort(cost)"),
        ("order", "import numpy as np\nrows = np.array(list({1, 2}))"),
    ],
)  # fmt: skip
def test_what_may_not_stand_in_the_deciding_path_is_found(kind, source):
    assert kind in {each.kind for each in offences(source)}


@pytest.mark.parametrize(
    "source",
    [
        "quota = (2 * p * rows + q) // (2 * q)",
        "from math import comb, isqrt",
        "rows = sorted(set(rows))",
        "rows = sorted({row.id for row in rows})",
        "number = len({row for row in set(rows)})",
        "ordered = sorted(j for j in map(index, set(rows)) if j)",
        "there = any(row in barred for row in set(rows))",
        "greatest = max(row for row in {1, 2})",
        "def f(costs: dict[int, int]):\n    return sorted(costs.items())",
        "def f(one: set[int], rows: list[int]):\n    return [row for row in rows if row not in one]",
        "def f(teams: dict[str, list[int]], code: str):\n    return [j for j in teams[code]]",
        "for row in (1, 2):\n    take(row)",
        "import numpy as np\norder = np.argsort(cost, kind='stable')",
        "import numpy as np\norder = np.lexsort((indexes, tickets))",
        "text = f'{ticket:016x}'",
        "name, _, rest = text.partition(':')",
    ],
)
def test_what_may_stand_there_is_not(source):
    assert offences(source) == []


def test_every_file_that_decides_is_read():
    """The path from the seed to the bundle: whatever the lottery and the bundle import of ours is on the list."""
    from tests.test_layers import imported

    read = {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in FILES}
    for file in FILES:
        ours = {name for name in imported(file.read_text()) if name.startswith("matching.")}
        # `from matching.pairing import recusal` names a folder
        assert ours <= read | {"matching.refused", "matching.pairing", "matching.draw"}, file


# What the checker cannot see, tried

ENVIRONMENTS = (
    {},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "LANG": "C", "TZ": "Asia/Shanghai", "OMP_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
    {"PYTHONHASHSEED": "4294967295", "LC_ALL": "C.UTF-8", "TZ": "UTC", "OPENBLAS_NUM_THREADS": "8"},
    {"PYTHONHASHSEED": "random", "PYTHONUTF8": "1", "TZ": "Pacific/Kiritimati", "PYTHONOPTIMIZE": "1"},
)
PROGRAM = "from tests.matching.test_deciding_path import digests; print(*digests())"


def digests() -> list[str]:
    """SHA-256 of the bundles of some draws, to the byte."""
    quotas = ("total", "rates", "systematic")
    cases = [(kind, seed, quotas[seed % 3]) for seed in range(21) for kind in KINDS]
    return [sha256(packed_case(*case)).hexdigest() for case in cases]


def test_bundles_are_the_same_to_the_byte_whatever_the_seed_of_hashes_locale_time_zone_and_number_of_threads():
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG"))
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env=clean | {"PYTHONPATH": str(ROOT)} | environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for environment in ENVIRONMENTS
    ]
    told = [process.communicate(timeout=300)[0].split() for process in running]
    with ThreadPoolExecutor(4) as threads:
        told += threads.map(lambda _: digests(), range(4))
    assert len(set(told[0])) == 42
    assert all(each == told[0] for each in told)
