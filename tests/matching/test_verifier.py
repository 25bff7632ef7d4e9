"""The auditor's program: every formula against the vectors, every whole case followed, every edit of a bundle refused.

An edit changes the files of a good bundle; each test of one names the claim that must be wrong and a word of the reason.
"""

import ast
import copy
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from matching import verifier
from matching.verifier import UNVERIFIABLE, VERIFIED, WRONG, verify
from tests.golden import vectors
from tests.matching.bundle_edits import SEALED
from tests.matching.bundles import (
    bundle_of,
    canonical,
    cost,
    files_of,
    leaves,
    path,
    public_files_of,
    resealed,
    salts,
    zipped,
)

SOURCE = Path(verifier.__file__)
CASES = ("complete_case", "complete_case_near", "complete_case_fixed", "complete_case_shortage")
FOLLOWED = {
    "complete_case": ["pairs.lawful", "bans", "pairs.optimal"],
    "complete_case_near": ["pairs.lawful", "bans", "pairs.optimal"],
    "complete_case_fixed": ["groups", "pairs.lawful", "bans", "pairs.optimal"],
    "complete_case_shortage": ["pairs.lawful", "bans", "shortage"],
}
Files = dict[str, bytes]


def states(claims: list[verifier.Claim]) -> dict[str, str]:
    return {claim.claim: claim.state for claim in claims}


def named(claims: list[verifier.Claim], state: str) -> list[str]:
    return [claim.claim for claim in claims if claim.state == state]


def edited(edit: Callable[[Files], object], case: str = "complete_case", target: str | None = None):
    files = files_of(vectors()[case])
    edit(files)
    return verify(zipped(files), target)


def refused(claims: list[verifier.Claim], claim: str, reason: str) -> None:
    """The last claim, and no other, is wrong, is this one, and says why."""
    assert named(claims, WRONG) == [claim], claims[-1]
    assert claims[-1].claim == claim
    assert reason in claims[-1].detail


def text(name: str, old: str, new: str, count: int = 1) -> Callable[[Files], None]:
    """Replace text in a file; the old must be there."""

    def edit(files: Files) -> None:
        assert old.encode() in files[name], (name, old)
        files[name] = files[name].replace(old.encode(), new.encode(), count)

    return edit


def value(name: str, place: str, new: object) -> Callable[[Files], None]:
    """Put another value into a JSON file, in canonical form; the place is a path such as tables.bars.rows."""

    def edit(files: Files) -> None:
        whole = json.loads(files[name])
        *way, last = [int(key) if key.isdigit() else key for key in place.split(".")]
        inner = whole
        for key in way:
            inner = inner[key]
        assert canonical(inner[last]) != canonical(new)
        inner[last] = new
        files[name] = canonical(whole)

    return edit


def without(name: str, place: str) -> Callable[[Files], None]:
    """Take a key out of a JSON file."""

    def edit(files: Files) -> None:
        whole = json.loads(files[name])
        *way, last = place.split(".")
        inner = whole
        for key in way:
            inner = inner[key]
        del inner[last]
        files[name] = canonical(whole)

    return edit


def lines(name: str, change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Files], None]:
    """Change the list of a file's lines."""

    def edit(files: Files) -> None:
        new = b"".join(change(files[name].splitlines(keepends=True)))
        assert new != files[name]
        files[name] = new

    return edit


def both(*edits: Callable[[Files], object]) -> Callable[[Files], None]:
    def edit(files: Files) -> None:
        for one in edits:
            one(files)

    return edit


# The formulas, against the vectors


def test_a_frame_is_the_digest_of_the_vectors():
    for vector in vectors()["frames"]:
        parts = [bytes.fromhex(part) for part in vector["parts"]]
        assert verifier.frame(vector["tag"], *parts).hex() == vector["digest"]


def test_words_are_those_of_philox_in_the_vectors():
    philox = vectors()["philox"]
    key = int(philox["key"], 16)
    assert {i: f"{verifier.word(key, int(i)):016x}" for i in philox["words"]} == philox["words"]
    for pair in philox["pair_words"]:
        assert f"{verifier.word(key, pair['j'], pair['t']):016x}" == pair["word"]
    stream = b"".join(verifier.word(key, i).to_bytes(8, "little") for i in range(100_000))
    assert hashlib.sha256(stream).hexdigest() == philox["sha256_of_first_100000_words"]


def test_the_words_of_one_block_are_one_philox():
    philox = vectors()["philox"]
    key = int(philox["key"], 16)
    assert tuple(f"{w:016x}" for w in verifier.philox(1, key)) == tuple(
        philox["words"][str(i)] for i in range(4)
    )


def test_leaves_root_and_digest_of_a_table_are_those_of_the_vectors():
    tree = vectors()["tree"]
    rows, secret = ["\t".join(row).encode() for row in tree["rows"]], bytes.fromhex(tree["salt_secret"])
    nodes = [*verifier.leaves(secret, tree["name"], rows)]
    assert [one.hex() for one in nodes] == tree["leaves"]
    assert {n: verifier.merkle_root(nodes[: int(n)]).hex() for n in tree["roots_of_first"]} == tree[
        "roots_of_first"
    ]
    root = verifier.merkle_root(nodes)
    assert root.hex() == tree["root"]
    header = verifier.COLUMNS[tree["name"]].replace(" ", "\t")
    parts = [header.encode(), len(nodes).to_bytes(8, "big"), root, verifier.canonical(tree["ranges"])]
    assert verifier.frame("table", tree["name"].encode(), *parts).hex() == tree["digest"]


def test_the_path_of_the_vectors_leads_to_the_root():
    tree = vectors()["tree"]
    rows, nodes = len(tree["rows"]), [bytes.fromhex(one) for one in tree["leaves"]]
    for i, steps in tree["proofs"].items():
        assert verifier.proof_root(int(i), rows, nodes[int(i)], steps).hex() == tree["root"]


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 8, 25])
def test_a_path_leads_to_the_root_from_its_own_place_only(rows):
    nodes = [hashlib.sha256(bytes([i])).digest() for i in range(rows)]
    root = verifier.merkle_root(nodes)
    for i in range(rows):
        steps = path(nodes, i)
        assert verifier.proof_root(i, rows, nodes[i], steps) == root
        for other in set(range(rows)) - {i}:
            with pytest.raises((AssertionError, IndexError, ValueError)):
                assert verifier.proof_root(other, rows, nodes[i], steps) == root


def test_quotas_are_those_of_the_vectors():
    for rate, rows, at_least_one, quota in vectors()["quotas_by_rate"]:
        assert verifier.quota_by_rate(rate, rows, at_least_one) == quota, (rate, rows)
    for n, sizes, quotas in vectors()["quotas_by_total"]:
        assert verifier.quotas_by_total(n, sizes) == quotas, (n, sizes)
    assert verifier.quota_by_rate("1/2", 0, True) == 0
    assert verifier.quotas_by_total(3, []) == []


@pytest.mark.parametrize("name", CASES)
def test_keys_and_the_draw_of_a_stratum_are_those_of_the_vectors(name):
    case = vectors()[name]
    seed, frozen = bytes.fromhex(case["seed"]), case["frozen"]
    for stage, key in case["keys"].items():
        table = "targets" if stage == "targets" else "inspectors"
        assert f"{verifier.stage_key(seed, stage, bytes.fromhex(frozen[table]['digest'])):032x}" == key
    key, start = int(case["keys"]["targets"], 16), 0
    tickets = [verifier.word(key, i) for i in range(30)]
    for (stratum, rows), quota in zip(frozen["targets"]["ranges"], case["quotas"], strict=True):
        order = verifier.draw_stratum(tickets, start, rows)
        assert order[:quota] == [row[2] for row in case["drawn"] if row[0] == stratum]
        start += rows


def test_the_canonical_plan_is_that_of_the_vectors():
    for name in CASES:
        assert verifier.canonical(vectors()[name]["plan"]).decode() == vectors()[name]["plan_text"]
    assert verifier.canonical({"\U0001f600": '\x00"\\/\x7f', "é": True}) == (
        '{"é":true,"\U0001f600":"\\u0000\\"\\\\/\x7f"}'.encode()
    )


def test_groups_are_dealt_as_in_the_vectors():
    case = vectors()["complete_case_fixed"]
    people, departments = case["tables"]["inspectors"], case["plan"]["departments"]
    key, barred = int(case["keys"]["teams"], 16), {}
    tickets = [verifier.word(key, j) for j in range(len(people))]
    for a, b, _ in case["tables"]["pair_bars"]:
        barred.setdefault(a, set()).add(b)
        barred.setdefault(b, set()).add(a)
    seats, wanting = verifier.deal_groups(departments, case["plan"]["groups"], people, tickets, barred)
    assert wanting is None
    assert [
        [group, departments[d]["code"], people[j][1], role, f"{tickets[j]:016x}"]
        for group, d, j, role in seats
    ] == case["groups"]


def test_dealing_stops_at_the_first_group_that_finds_nobody():
    departments = [{"code": "A", "size": 2, "leads": 1, "lead_qualification": "lead"}]
    people = [["A", "a", "lead"], ["A", "b", "lead"], ["A", "c", ""], ["B", "d", "lead"], ["A", "e", ""]]
    tickets = [3, 1, 5, 0, 9]
    assert verifier.deal_groups(departments, 2, people, tickets, {}) == (
        [(0, 0, 1, "lead"), (0, 0, 2, "member"), (1, 0, 0, "lead"), (1, 0, 4, "member")],
        None,
    )
    assert verifier.deal_groups(departments, 3, people, tickets, {})[1] == (0, 2, "lead")
    barred = {"a": {"c", "e"}, "c": {"a"}, "e": {"a"}}
    assert verifier.deal_groups(departments, 2, people, tickets, barred)[1] == (0, 1, "member")


def test_an_empty_region_is_held_by_the_star_alone():
    assert verifier.covers("*", "")
    assert verifier.covers("a;b", "b")
    assert not verifier.covers("", "")
    assert not verifier.covers("a;bc", "b")
    assert not verifier.covers("*;a", "b")


# Whole bundles


@pytest.mark.parametrize("name", CASES)
def test_the_bundles_of_these_tests_seal_and_draw_as_the_vectors_do(name):
    case = vectors()[name]
    assert resealed(case) == case


@pytest.mark.parametrize("name", CASES)
def test_a_complete_case_follows(name):
    claims = verify(bundle_of(vectors()[name]))
    assert named(claims, VERIFIED) == [*SEALED, "register", "seed", "drawn", "thresholds", *FOLLOWED[name]]
    short = ["shortage"] * (name == "complete_case_shortage")  # by how much, and where
    assert named(claims, UNVERIFIABLE) == ["published", *short]


@pytest.mark.parametrize("name", CASES)
def test_without_a_certificate_bans_and_optimality_are_said_not_to_be_proved(name):
    claims = edited(lambda files: files.pop("certificate.json"), name)
    assert named(claims, VERIFIED) == [
        *SEALED,
        "register",
        "seed",
        "drawn",
        "thresholds",
        *FOLLOWED[name][:-2],
    ]
    assert named(claims, UNVERIFIABLE) == ["published", "bans"]
    assert "no certificate" in claims[-1].detail
    assert "yaohao verify" in claims[-1].detail


def test_a_public_bundle_is_followed_as_far_as_it_reaches():
    claims = verify(zipped(public_files_of(vectors()["complete_case"])))
    assert named(claims, VERIFIED) == [
        "members",
        "plan",
        "commitment",
        "register",
        "seed",
        "drawn",
        "thresholds",
    ]
    assert named(claims, UNVERIFIABLE) == [*SEALED[2:6], "published", "pairs.lawful", "bans"]


@pytest.mark.parametrize("drop", ["changes.csv", None])
def test_a_public_bundle_of_fixed_groups_is_followed_too(drop):
    files = public_files_of(vectors()["complete_case_fixed"])
    files.pop(drop, None)
    claims = verify(zipped(files))
    assert not named(claims, WRONG)
    assert "drawn" in named(claims, VERIFIED)


def test_a_stratum_that_is_not_listed_gets_nothing_and_has_no_threshold():
    case = vectors()["complete_case"]
    case["plan"]["quota"] = {"rates": {"乙": "1/1"}}
    case["plan"]["departments"] = []
    case = resealed({**case, "pairs": [], "bans": []})
    assert case["quotas"] == [0, 7, 0]
    files = files_of(case)
    assert "丙,10,0,,\n".encode() in files["thresholds.csv"]
    undrawn = case["tables"]["targets"][0][1]
    claims = verify(zipped(files), undrawn)
    assert named(claims, WRONG) == []
    assert "未抽中" in claims[-1].detail
    assert verify(zipped(public_files_of(case)))[-1].state == UNVERIFIABLE


def test_a_department_without_leads_has_members_only():
    case = vectors()["complete_case"]
    case["plan"]["quota"] = {"rates": {"丙": "1/10"}}
    case["plan"]["departments"] = [{"code": "AMR", "size": 1, "leads": 0, "lead_qualification": ""}]
    case = resealed({**case, "bans": []})
    target = case["drawn"][0][3]
    case["pairs"] = [[target, "AMR", "AMR-08", "member", cost(case, target, 8)]]
    assert states(verify(bundle_of(case)))["pairs.lawful"] == VERIFIED


# The file itself


def test_the_file_is_short_enough_to_be_read_and_old_pythons_can_parse_it():
    source = SOURCE.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 622
    assert max(len(line) for line in source.splitlines()) <= 125
    ast.parse(source, feature_version=(3, 8))


def test_every_function_says_what_it_is_for():
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert len(functions) > 20
    assert [node.name for node in functions if not ast.get_docstring(node)] == []


def pythons() -> list[str]:
    """The interpreters at hand that start: a shim of one that is not chosen does not."""
    found = [sys.executable, *filter(None, (shutil.which(f"python3.{n}") for n in range(8, 16)))]
    runs = [subprocess.run([one, "--version"], capture_output=True, check=False) for one in found]
    return [one for one, run in zip(found, runs, strict=True) if run.returncode == 0]


@pytest.mark.parametrize("python", pythons())
def test_the_file_runs_alone_without_any_package(tmp_path, python):
    alone = tmp_path / "verifier.py"
    shutil.copy(SOURCE, alone)
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(bundle_of(vectors()["complete_case_fixed"]))
    run = [python, "-I", "-S", "-W", "error", str(alone), str(bundle)]
    env = {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    good = subprocess.run(run, capture_output=True, cwd=tmp_path, env=env, check=False)
    assert (good.returncode, good.stderr) == (0, b"")
    assert "pairs.lawful" in good.stdout.decode(errors="replace")
    bundle.write_bytes(zipped(files_of(vectors()["complete_case_fixed"]) | {"notes.txt": b""}))
    bad = subprocess.run(run, capture_output=True, cwd=tmp_path, env=env, check=False)
    assert bad.returncode == 1
    assert b"bundle.zip: members: " in bad.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (bundle_of(vectors()["complete_case"])[:-30], "no whole bundle"),
        (b"", "no whole bundle"),
        (b'{"protocol":"draw-1/target"}', "the proof of one target"),
    ],
)
def test_of_a_file_that_is_no_bundle_nothing_is_said_of_the_draw(tmp_path, capsys, content, told):
    (tmp_path / "bundle.zip").write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        verifier.main([str(tmp_path / "bundle.zip")])
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert "verdict" not in shown.out


# The command


def test_the_command_prints_a_line_for_each_claim_and_a_verdict(tmp_path, capsys):
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(bundle_of(vectors()["complete_case"]))
    assert verifier.main([str(bundle)]) == 0
    out, err = capsys.readouterr()
    *report, verdict = out.splitlines()
    assert [line[0] for line in report].count("✓") == 14
    assert [line[0] for line in report].count("?") == 1
    assert "成立" in verdict
    assert err == ""


def test_the_command_ends_with_the_first_wrong_thing(tmp_path, capsys):
    files = files_of(vectors()["complete_case"])
    text("drawn.csv", "0213cfcfa719dbe2", "0213cfcfa719dbe3")(files)
    text("pairs.csv", "lead", "member")(files)
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(zipped(files))
    assert verifier.main([str(bundle), "--target", "91320603MA10000003"]) == 1
    out, err = capsys.readouterr()
    assert "✗ drawn" in out
    assert "不成立" in out.splitlines()[-1]
    assert "bundle.zip: drawn: drawn.csv 第2行" in err
    assert len(err.splitlines()) == 1


def test_the_report_can_be_printed_where_the_terminal_knows_no_such_signs(tmp_path):
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(bundle_of(vectors()["complete_case"]))
    env = {"PYTHONIOENCODING": "ascii"}
    run = [sys.executable, str(SOURCE), str(bundle)]
    done = subprocess.run(run, capture_output=True, env=env, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_file_that_is_not_there_is_told_and_not_found_right(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        verifier.main([str(tmp_path / "none.zip")])
    assert ended.value.code == 2
    assert "none.zip" in capsys.readouterr().err


# One target's own check


def test_a_drawn_target_is_told_its_rank_ticket_and_threshold():
    for files in (files_of, public_files_of):
        claim = verify(zipped(files(vectors()["complete_case"])), "91320610MA10000010")[-1]
        assert (claim.claim, claim.state) == ("target", VERIFIED)
        assert "抽中 drawn" in claim.detail
        assert "未抽中" not in claim.detail
        assert "第4位" in claim.detail
        assert claim.detail.count("548fedb38ba65b7d") == 2


def test_a_target_that_was_not_drawn_is_told_its_ticket_and_the_threshold():
    case = vectors()["complete_case"]
    taken = {row[2] for row in case["drawn"]}
    key = int(case["keys"]["targets"], 16)
    for i in set(range(30)) - taken:
        stratum, number = case["tables"]["targets"][i][:2]
        claim = verify(bundle_of(case), number)[-1]
        threshold = next(row[3] for row in case["thresholds"] if row[0] == stratum)
        assert (claim.claim, claim.state) == ("target", VERIFIED)
        assert "未抽中" in claim.detail
        assert f"{verifier.word(key, i):016x}" in claim.detail
        assert threshold in claim.detail
        assert f"{verifier.word(key, i):016x}" > threshold


def test_an_unknown_target_leaves_the_draw_as_it_is_and_ends_the_command_with_2(tmp_path, capsys):
    case = vectors()["complete_case"]
    claims = verify(bundle_of(case), "91320699MA10000099")
    assert claims[:-1] == verify(bundle_of(case))
    assert (claims[-1].claim, claims[-1].state) == ("target", UNVERIFIABLE)
    assert "91320699MA10000099 不在名录中" in claims[-1].detail
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(bundle_of(case))
    assert verifier.main([str(bundle), "--target", "91320699MA10000099"]) == 2
    *_, target, verdict = capsys.readouterr().out.splitlines()
    assert target.startswith("? target")
    assert verdict.startswith("结论：成立")


def test_an_undrawn_target_cannot_be_told_from_a_public_bundle():
    case = vectors()["complete_case"]
    claim = verify(zipped(public_files_of(case)), case["tables"]["targets"][2][1])[-1]
    assert (claim.claim, claim.state) == ("target", UNVERIFIABLE)


# The zip


@pytest.mark.parametrize(
    "data", [b"", b"not a zip", b"PK\x05\x06" + bytes(18), bundle_of(vectors()["complete_case"])[:-9]]
)
def test_what_is_no_bundle_is_refused(data):
    refused(verify(data), "members", "")


@pytest.mark.parametrize("name", sorted({*files_of(vectors()["complete_case"])} - {"certificate.json"}))
def test_a_file_that_is_missing_is_named(name):
    refused(edited(lambda files: files.pop(name)), "members", name)


def test_groups_may_not_be_missing_where_they_belong():
    refused(edited(lambda files: files.pop("groups.csv"), "complete_case_fixed"), "plan", "groups.csv")


def test_a_file_that_does_not_belong_there_is_named():
    refused(edited(lambda files: files.update({"../evil.py": b""})), "members", "evil.py")
    refused(
        edited(lambda files: files.update({"proofs.json": b'{"targets":[{}]}'})), "members", "proofs.json"
    )
    refused(edited(lambda files: files.update({"groups.csv": b""})), "plan", "groups.csv")
    refused(edited(lambda files: files.update({"systematic.json": b"{}"})), "plan", "systematic.json")


@pytest.mark.parametrize(
    "name", ["pairs.csv", "bans.csv", "changes.csv", "groups.csv", "shortage.json", "certificate.json"]
)
def test_what_is_of_persons_stands_in_no_public_bundle(name):
    """It could say anything there: nothing else in the bundle fits or does not fit it."""
    files = public_files_of(vectors()["complete_case"])
    refused(verify(zipped(files | {name: b"{}"})), "members", "missing")


@pytest.mark.parametrize(
    "ranges",
    [
        [["A", 4], ["A", -2], ["B", 2]],
        [["A", 4], ["B", 0]],
        [["A", 4, "more"]],
        [["A", True], ["B", 3]],
        [["B", 2], ["A", 2]],
    ],
)
def test_ranges_that_no_table_can_have_are_refused(ranges):
    def put(files: Files) -> None:
        told = json.loads(files["commit.json"])
        told["tables"]["targets"].update(rows=4, ranges=ranges)
        files["commit.json"] = canonical(told)

    files = public_files_of(vectors()["complete_case"])
    put(files)
    refused(verify(zipped(files)), "tables.targets", "ranges")


def test_a_time_stamp_is_told_and_left_open_and_one_of_something_else_is_refused():
    digest = bytes.fromhex(vectors()["complete_case"]["commit"])
    claims = edited(lambda files: files.update({"commit.tsr": b"token of " + digest}))
    assert [claim.state for claim in claims if "openssl ts -verify" in claim.detail] == [UNVERIFIABLE]
    refused(edited(lambda files: files.update({"commit.tsr": b"token"})), "published", "commit.tsr")


def test_two_files_of_one_name_are_refused():
    data = BytesIO(bundle_of(vectors()["complete_case"]))
    with zipfile.ZipFile(data, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("drawn.csv", "other")
    refused(verify(data.getvalue()), "members", "drawn.csv")


def test_a_zip_that_says_it_is_too_large_is_not_unpacked():
    data = bytearray(bundle_of(vectors()["complete_case"]))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = b"\xf0\xff\xff\xff"
    refused(verify(bytes(data)), "members", "too large")


def test_only_plain_ways_of_packing_are_unpacked():
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("plan.json", "{}")
    refused(verify(data.getvalue()), "members", "plan.json")


def test_a_bomb_that_says_it_is_small_takes_no_memory():
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("plan.json", bytes(32 << 20))
    bomb = bytearray(data.getvalue())
    entry = bomb.index(b"PK\x01\x02")
    bomb[entry + 24 : entry + 28] = b"\x03\x00\x00\x00"
    tracemalloc.start()
    claims = verify(bytes(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    refused(claims, "members", "BadZipFile")
    assert peak < 4 << 20


def test_a_file_that_is_larger_than_it_says_is_refused():
    data = bytearray(bundle_of(vectors()["complete_case"]))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = b"\x03\x00\x00\x00"
    refused(verify(bytes(data)), "members", "BadZipFile")


# JSON


@pytest.mark.parametrize(
    "name", sorted(name for name in files_of(vectors()["complete_case"]) if name.endswith("json"))
)
def test_json_in_another_form_is_refused(name):
    good = files_of(vectors()["complete_case"])[name]
    twice = b'{"a":1,' + good[1:] if good == b"{}" else good[:-1] + b"," + good[1:]
    for other in (
        good + b"\n",
        b" " + good,
        b"\xef\xbb\xbf" + good,
        twice,
        good.replace(b"}", b" }"),
        b"{}x",
        b"\xff",
        b"",
    ):
        refused(edited(lambda files, other=other: files.update({name: other})), name, "")


@pytest.mark.parametrize(
    "odd",
    [
        *(b"1.5", b"1e2", b"NaN", b"-Infinity", b"-0", b"01", b"9" * 5000, b'{"b":1,"a":1}'),
        *(
            rb'"\ud800"',
            rb'"\u00e9"',
            rb'"\/"',
            b'"\n"',
            "é".encode("latin-1"),
            b"[" * 100_000 + b"]" * 100_000,
        ),
    ],
)
def test_json_values_in_another_form_are_refused(odd):
    refused(
        edited(lambda files: files.update({"certificate.json": b'{"a":' + odd + b"}"})),
        "certificate.json",
        "",
    )


@pytest.mark.parametrize("other", [b"[]", b"null", b'"x"', b"1", b"{}"])
@pytest.mark.parametrize("name", ["plan.json", "commit.json", "reveal.json", "register.json", "auditor.json"])
def test_json_of_another_shape_is_refused(name, other):
    claims = edited(lambda files: files.update({name: other}))
    assert len(named(claims, WRONG)) == 1
    assert "malformed" in claims[-1].detail or "should be" in claims[-1].detail


def places(value, way=()):
    """Every place in a JSON value."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*way, key)
            yield from places(inner, (*way, key))


def test_every_value_of_commit_and_reveal_counts_and_may_not_be_of_another_type():
    files = files_of(vectors()["complete_case"])
    idle = ("published", "sm3")
    for name in ("commit.json", "reveal.json", "auditor.json"):
        whole = json.loads(files[name])
        for way in places(whole):
            if set(way) & set(idle):
                continue
            for other in (None, 7, True, "x", [], {}, ["x"], -1):
                changed = copy.deepcopy(whole)
                inner = changed
                for key in way[:-1]:
                    inner = inner[key]
                if inner[way[-1]] == other:
                    continue
                inner[way[-1]] = other
                claims = verify(zipped({**files, name: canonical(changed)}))
                assert len(named(claims, WRONG)) == 1, (name, way, other)


# The plan


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (value("plan.json", "quota.rates.甲", "20/0"), "rates"),
        (value("plan.json", "quota.rates.甲", "-20/100"), "rates"),
        (value("plan.json", "quota.rates.甲", "0.2"), "rates"),
        (value("plan.json", "quota.rates.甲", " 20/100"), "rates"),
        (value("plan.json", "quota.rates.甲", "２0/100"), "rates"),
        (value("plan.json", "quota", {"total": 3, "rates": {}}), "quota"),
        (value("plan.json", "quota", {}), "quota"),
        (value("plan.json", "quota", {"total": -1}), "total"),
        (value("plan.json", "quota", {"total": True}), "total"),
        (value("plan.json", "quota", {"total": "3"}), "total"),
        (value("plan.json", "quota.at_least_one", 1), "at_least_one"),
        (value("plan.json", "teams", "other"), "teams"),
        (value("plan.json", "teams", "fixed"), "groups"),
        (value("plan.json", "departments.0.size", 0), "departments"),
        (value("plan.json", "departments.0.size", True), "departments"),
        (value("plan.json", "departments.0.leads", 3), "departments"),
        (value("plan.json", "departments.0.leads", -1), "departments"),
        (value("plan.json", "departments.0.code", None), "departments"),
        (value("plan.json", "departments.0.lead_qualification", ""), "departments"),
        (value("plan.json", "departments.0.code", "EM"), "departments"),
        (value("plan.json", "purpose", "another"), "plan"),
        (value("commit.json", "protocol", "draw-2"), "draw-1"),
        (value("commit.json", "plan", "0" * 64), "plan"),
        (value("commit.json", "sm3.plan", "0" * 64), "SM3"),
    ],
)
def test_a_plan_that_makes_no_sense_or_is_another_is_refused(edit, reason):
    refused(edited(edit), "plan", reason)


@pytest.mark.parametrize(
    ("groups", "reason"),
    [(0, "groups"), (-1, "groups"), (10**9, "groups"), (True, "groups"), ("3", ""), (None, "")],
)
def test_a_number_of_groups_that_makes_no_sense_is_refused(groups, reason):
    refused(edited(value("plan.json", "groups", groups), "complete_case_fixed"), "plan", reason)


# The tables


@pytest.mark.parametrize(
    ("edit", "claim", "reason"),
    [
        (text("targets.tsv", "stratum\tid", "stratum\tID"), "targets", "header"),
        (lines("targets.tsv", lambda rows: [*rows[:-1], rows[-1][:-1]]), "targets", "end"),
        (
            lines("targets.tsv", lambda rows: [row.replace(b"\n", b"\r\n") for row in rows]),
            "targets",
            "header",
        ),
        (text("targets.tsv", "加油站3号", "加油站\r3号"), "targets", "CR"),
        (text("targets.tsv", "加油站3号", "加油站\0003号"), "targets", "CR"),
        (text("targets.tsv", "加油站3号", "cafe\u0301"), "targets", "NFC"),
        (text("targets.tsv", "加油站3号", "加油站\t3号"), "targets", "第2行"),
        (text("targets.tsv", "加油站3号", "加油站\n3号"), "targets", "第3行"),
        (lines("targets.tsv", lambda rows: [*rows[:-1], b"\xff" + rows[-1]]), "targets", "Unicode"),
        (lines("targets.tsv", lambda rows: [rows[0], *sorted(rows[1:], reverse=True)]), "targets", "第3行"),
        (lines("targets.tsv", lambda rows: [*rows[:2], *rows[1:]]), "targets", "第3行"),
        (lines("targets.tsv", lambda rows: rows[:-1]), "targets", "rows"),
        (text("targets.tsv", "乙\t91320600MA10000000", "乙\t91320603MA10000003"), "targets", ""),
        (text("targets.tsv", "加油站3号", "加油站4号"), "targets", "root"),
        (
            text("targets.tsv", "丙\t91320603MA10000003\t320602", "丙\t91320603MA10000003\t320603"),
            "targets",
            "root",
        ),
        (text("inspectors.tsv", "320612;320681", "320681;320612"), "inspectors", "第3行"),
        (text("inspectors.tsv", "320612;320681", "320612;320612"), "inspectors", "第3行"),
        (text("inspectors.tsv", "320612;320681", "320612;"), "inspectors", "第3行"),
        (text("inspectors.tsv", "lead\t", "lead;a\t"), "inspectors", "第2行"),
        (text("inspectors.tsv", "\t*\t4", "\t*\t04"), "inspectors", "第2行"),
        (text("inspectors.tsv", "\t*\t4", "\t*\t-4"), "inspectors", "第2行"),
        (text("inspectors.tsv", "\t*\t4", "\t*\t４"), "inspectors", "第2行"),
        (text("inspectors.tsv", "\t*\t4", "\t*\t"), "inspectors", "第2行"),
        (text("inspectors.tsv", "\t*\t4", "\t*\t5"), "inspectors", "root"),
        (text("inspectors.tsv", "EM\tEM-00", "EM\tAMR-00"), "inspectors", "第11行"),
        (text("bars.tsv", "AMR-00", "AMR-0"), "bars", "第2行"),
        (text("bars.tsv", "91320623MA10000023", "91320623MA1000002X"), "bars", "第2行"),
        (lines("bars.tsv", lambda rows: rows[:-1]), "bars", "rows"),
        (text("bars.tsv", "kinship", "kinships"), "bars", "root"),
        (text("pair_bars.tsv", "AMR-00\tAMR-04", "AMR-04\tAMR-00"), "pair_bars", "第2行"),
        (text("pair_bars.tsv", "AMR-00\tAMR-04", "AMR-00\tAMR-00"), "pair_bars", "第2行"),
        (text("pair_bars.tsv", "AMR-00\tAMR-04", "AMR-00\tAMR-0X"), "pair_bars", "第2行"),
        (text("pair_bars.tsv", "AMR-00\tAMR-04", "AMR-0\tAMR-04"), "pair_bars", "第2行"),
        (lines("pair_bars.tsv", lambda rows: rows[:-1]), "pair_bars", "rows"),
        (value("commit.json", "tables.targets.rows", 31), "targets", "rows"),
        (value("commit.json", "tables.targets.header", "stratum"), "targets", "header"),
        (value("commit.json", "tables.targets.ranges", [["丙", 10], ["乙", 20]]), "targets", "ranges"),
        (value("commit.json", "tables.bars.ranges", [["AMR", 36]]), "bars", "ranges"),
        (value("commit.json", "tables.inspectors.root", "0" * 64), "inspectors", "root"),
        (value("commit.json", "tables.pair_bars.digest", "0" * 64), "pair_bars", "digest"),
        (value("commit.json", "tables.bars.sm3", "0" * 64), "bars", "sm3"),
        (value("commit.json", "tables.bars.sm3", ""), "bars", "sm3"),
        (without("commit.json", "tables.bars"), "bars", "malformed"),
        (value("auditor.json", "salt_secret", "0" * 64), "targets", "root"),
        (value("auditor.json", "salt_secret", "A" * 64), "targets", "64"),
    ],
)
def test_a_table_that_is_not_the_frozen_one_is_refused(edit, claim, reason):
    refused(edited(edit), f"tables.{claim}", reason)


def test_an_id_in_two_strata_is_refused_though_both_are_in_order():
    def edit(files):
        rows = files["targets.tsv"].decode().splitlines()
        place = next(n for n, row in enumerate(rows) if row.startswith("甲"))
        fields = rows[place].split("\t")
        rows[place] = "\t".join([fields[0], "91320600MA10000000", *fields[2:]])
        files["targets.tsv"] = ("\n".join(rows) + "\n").encode()

    refused(edited(edit), "tables.targets", "第19行")


def test_two_bars_of_one_pair_are_refused_though_their_grounds_differ():
    twice = text("bars.tsv", "kinship\n", "kinship\nAMR-00\t91320623MA10000023\twork\n")
    refused(edited(twice), "tables.bars", "第3行")


# Commitment, register, seed


@pytest.mark.parametrize(
    ("edit", "claim", "reason"),
    [
        (value("reveal.json", "secret", "0" * 64), "commitment", "secret"),
        (value("commit.json", "secret", "0" * 64), "commitment", "secret"),
        (value("commit.json", "salt", "0" * 64), "commitment", "salt"),
        (value("reveal.json", "reveals.0", "公证处：今天南通无雨 7f3a"), "commitment", "witnesses[0]"),
        (value("reveal.json", "reveals.0", ""), "commitment", "reveals[0]"),
        (value("reveal.json", "reveals", ["公证处：今天南通有雨 7f3a"]), "commitment", ""),
        (value("reveal.json", "reveals", ["公证处：今天南通有雨 7f3a", None, None]), "commitment", ""),
        (value("commit.json", "witnesses.1", "0" * 64), "commitment", "commit"),
        (value("commit.json", "witnesses.0", "0" * 64), "commitment", "witnesses[0]"),
        (value("commit.json", "witnesses", []), "commitment", ""),
        (value("commit.json", "commit", "0" * 64), "commitment", "commit"),
        (value("commit.json", "sm3.commit", "0" * 64), "commitment", "SM3"),
        (value("commit.json", "sm3.secret", "0" * 64), "commitment", "SM3"),
        (value("commit.json", "sm3.salt", "0" * 64), "commitment", "SM3"),
        (value("commit.json", "sm3.witnesses.0", "0" * 64), "commitment", "SM3"),
        (value("register.json", "entry.number", "2026-0001"), "register", "number"),
        (value("register.json", "entry.commit", "0" * 64), "register", "commit"),
        (value("register.json", "entry.state", "open"), "register", "state"),
        (value("register.json", "entry.state", "void"), "register", "state"),
        (value("register.json", "predecessors", ["1" * 64]), "register", "predecessors"),
        (value("reveal.json", "reveals_digest", "0" * 64), "seed", "reveals"),
        (value("reveal.json", "sm3.reveals", "0" * 64), "seed", "SM3"),
        (value("reveal.json", "entropy", "d10x20:31415926535897932385"), "seed", "seed"),
        (value("reveal.json", "seed", "0" * 64), "seed", "seed"),
        (value("reveal.json", "sm3.seed", "0" * 64), "seed", "SM3"),
    ],
)
def test_another_secret_witness_entry_or_entropy_is_refused(edit, claim, reason):
    refused(edited(edit), claim, reason)


def test_a_shortage_keeps_the_entry_open():
    edit = value("register.json", "entry.state", "completed")
    refused(edited(edit, "complete_case_shortage"), "register", "state")


def test_the_predecessor_is_that_of_the_plan():
    case = vectors()["complete_case"]
    case["plan"]["predecessor"] = "a" * 64
    files = files_of(resealed(case))
    assert states(verify(zipped(files)))["register"] == VERIFIED
    for other in ([], ["b" * 64], ["b" * 64, "a" * 64]):
        value("register.json", "predecessors", other)(files)
        refused(verify(zipped(files)), "register", "predecessors")


def test_a_draw_by_one_person_is_said_to_be_one():
    case = vectors()["complete_case"]
    alone = bundle_of({**case, "published": [], "self_drawn": True, "readme": "外部 66 bits\nself-drawn\n"})
    (claim,) = [claim for claim in verify(alone) if claim.claim == "published"]
    assert claim.state == UNVERIFIABLE
    assert "self-drawn" in claim.detail
    assert not any("self-drawn" in claim.detail for claim in verify(bundle_of(vectors()["complete_case"])))


@pytest.mark.parametrize(
    ("when", "alone"),
    [
        ("2026-03-02", False),
        ("2026-03-01", True),
        ("2026-03-03", True),
        ("2026-03-02T09:00", False),
        ("2026-03-02T08:59", True),
        ("2026-03-03T09:59:59", False),
        ("2026-03-03T10:00", True),
        ("2026-03-03T03:00+01:00", True),
        ("2026-03-03T02:59+01:00", False),
    ],
)
def test_a_publication_counts_only_between_the_commitment_and_the_draw(when, alone):
    case = {**vectors()["complete_case"], "published": [{"where": "网站", "when": when}]}
    for told in (True, False):
        notice = "外部 66 bits\n" + "self-drawn\n" * told
        claims = verify(bundle_of({**case, "self_drawn": told, "readme": notice}))
        assert (named(claims, WRONG) == []) == (told is alone)


def test_a_warning_cannot_be_taken_out_of_the_readme():
    case = {**vectors()["complete_case"], "published": [], "self_drawn": True}
    refused(verify(bundle_of({**case, "readme": "外部 66 bits\n"})), "register", "README.txt")
    refused(verify(bundle_of({**case, "readme": "self-drawn\n66 bits\n"})), "seed", "README.txt")


def test_as_many_witnesses_commit_as_the_plan_names():
    case = vectors()["complete_case"]
    case["plan"]["witnesses"] = ["公证处"]
    refused(verify(bundle_of(resealed(case))), "plan", "witnesses")


def test_a_department_without_leads_needs_no_qualification():
    case = vectors()["complete_case"]
    case["plan"]["departments"] = [{"code": "AMR", "size": 1, "leads": 0}]
    claims = verify(bundle_of(resealed({**case, "pairs": [], "bans": []})))
    assert ("plan", VERIFIED) in [claim[:2] for claim in claims]


def test_the_places_of_publication_are_named():
    (claim,) = [
        claim for claim in verify(bundle_of(vectors()["complete_case"])) if claim.claim == "published"
    ]
    assert "公示栏" in claim.detail
    assert "2026-03-02" in claim.detail


def with_entropy(entropy: str, wanted: str | None = None, told: str = "66 bits") -> verifier.Claim:
    case = {**vectors()["complete_case"], "readme": f"外部随机性 {told} of outside entropy"}
    case["plan"]["departments"] = []
    if wanted:
        case["plan"]["entropy"] = wanted
    case = resealed({**case, "entropy": entropy, "pairs": [], "bans": []})
    return next(claim for claim in verify(bundle_of(case)) if claim.claim == "seed")


@pytest.mark.parametrize(
    ("entropy", "word"),
    [
        ("d10x20:00000000000000000000", "66 bits"),
        ("d6x25:1234561234561234561234561", "64 bits"),
        ("beacon:" + "8" * 64 + ":123:" + "ab" * 32, "256 bits"),
        ("lottery:ssq:2026133:03-07-12-18-25-33-09", "24 bits"),
        ("beacon:ab:123:abcd", "16 bits"),
        ("lottery:ssq:2026133+2026134:03-07-12-18-25-33-09+01-02-03-04-05-06-07", "48 bits"),
        ("lottery:dlt:26133:01-02-03-04-35-11-12", "24 bits"),
        ("lottery:ssq:2026-133:03-07-12-18-25-33-09", "24 bits"),
        ("lottery:福彩3D:2026133:03-07-12", "unknown bits"),
        ("text:我们自己写的：随便", "0 bits"),
    ],
)
def test_the_entropy_is_told_with_what_it_is_worth(entropy, word):
    claim = with_entropy(entropy, told=word)
    assert claim.state == VERIFIED
    assert word in claim.detail
    assert ("could have chosen" in claim.detail) == entropy.startswith("text:")
    assert with_entropy(entropy, told="128 bits").state == WRONG


@pytest.mark.parametrize(
    "entropy",
    [
        "",
        "31415926535897932384",
        "d10x20:3141592653589793238",
        "d10x20:3141592653589793238４",
        "d10x20:31415926535897932384\n",
        "d6x25:0234561234561234561234561",
        "lottery:ssq:2026133:3-07",
        "lottery:ssq:2026133+2026134:03-07-12-18-25-33-09",
        "lottery:ssq:2026133:03-07+03-09",
        "beacon:AB:123:" + "ab" * 32,
        "beacon:ab:123:abc",
        "beacon:ab:0123:abcd",
        "text:",
        "text:a\nb",
        "lottery:ssq:2026133+2026133:03-07-12-18-25-33-09+03-07-12-18-25-33-09",
        "lottery:ssq:2026133:03-03-12-18-25-33-09",
        "lottery:ssq:2026133:03-07-12-18-25-34-09",
        "lottery:ssq:2026133:03-07-12-18-25-33-17",
        "lottery:ssq:2026133:00-07-12-18-25-33-09",
        "lottery:ssq:2026133:03-07-12-18-25-33-09-01",
        "lottery:dlt:26133:01-02-03-04-36-11-12",
        "lottery:dlt:26133:01-02-03-04-35-11-11",
        "other:1",
    ],
)
def test_entropy_that_is_not_written_as_its_kind_is_refused(entropy):
    claim = with_entropy(entropy)
    assert claim.state == WRONG
    assert "entropy" in claim.detail


def test_the_entropy_is_of_the_kind_and_issue_that_the_plan_names():
    ssq = "lottery:ssq:2026133"
    assert with_entropy(ssq + ":03-07-12-18-25-33-09", ssq, "24 bits").state == VERIFIED
    assert with_entropy("d10x20:31415926535897932384", "d10x20").state == VERIFIED
    for entropy in (
        "lottery:ssq:2026134:03-07-12-18-25-33-09",
        "lottery:ssq:20261339:03-07-12-18-25-33-09",
        "text:lottery",
    ):
        claim = with_entropy(entropy, ssq, "24 bits")
        assert claim.state == WRONG
        assert ssq in claim.detail


# The draw


@pytest.mark.parametrize(
    ("edit", "claim", "reason"),
    [
        (text("drawn.csv", "0213cfcfa719dbe2", "0213cfcfa719dbe3"), "drawn", "第2行"),
        (text("drawn.csv", "0213cfcfa719dbe2", "0213CFCFA719DBE2"), "drawn", "第2行"),
        (text("drawn.csv", "丙,1,0,91320603MA10000003", "丙,1,0,91320610MA10000010"), "drawn", "第2行"),
        (text("drawn.csv", "丙,1,0,", "丙,01,0,"), "drawn", "第2行"),
        (text("drawn.csv", "丙,1,0,", '"丙",1,0,'), "drawn", "第2行"),
        (text("drawn.csv", "stratum,", "Stratum,"), "drawn", "第1行"),
        (lines("drawn.csv", lambda rows: [rows[0], rows[2], rows[1], *rows[3:]]), "drawn", "第2行"),
        (lines("drawn.csv", lambda rows: rows[:-1]), "drawn", "第10行"),
        (lines("drawn.csv", lambda rows: [*rows, rows[-1]]), "drawn", "第11行"),
        (lines("drawn.csv", lambda rows: [row.replace(b"\n", b"\r\n") for row in rows]), "drawn", "第1行"),
        (lambda files: files.update({"drawn.csv": b"\xef\xbb\xbf" + files["drawn.csv"]}), "drawn", "第1行"),
        (lambda files: files.update({"drawn.csv": b""}), "drawn", "第1行"),
        (text("thresholds.csv", "丙,10,4,", "丙,10,3,"), "thresholds", "第2行"),
        (text("thresholds.csv", "丙,10,4,", "丙,11,4,"), "thresholds", "第2行"),
        (text("thresholds.csv", "548fedb38ba65b7d", "548fedb38ba65b7e"), "thresholds", "第2行"),
        (lines("thresholds.csv", lambda rows: rows[:-1]), "thresholds", "第4行"),
        (lines("thresholds.csv", lambda rows: [rows[0], *rows[2:], rows[1]]), "thresholds", "第2行"),
    ],
)
def test_a_draw_that_is_not_the_lottery_s_is_refused(edit, claim, reason):
    refused(edited(edit), claim, reason)


# The pairs


def pairs(change: Callable[[list[list[str]]], list[list[str]]]) -> Callable[[Files], None]:
    """Change the rows of pairs.csv."""

    def edit(files: Files) -> None:
        header, *rows = files["pairs.csv"].decode().splitlines()
        changed = change([row.split(",") for row in rows])
        files["pairs.csv"] = "".join(line + "\n" for line in [header, *map(",".join, changed)]).encode()

    return edit


def instead(target: str, old: str, new: str, case_name: str = "complete_case") -> Callable[[Files], None]:
    """Another inspector on a target, with her own cost and the lead rule applied, in the order of the file."""
    case = vectors()[case_name]
    people = [row[1] for row in case["tables"]["inspectors"]]
    codes = [department["code"] for department in case["plan"]["departments"]]

    def change(rows: list[list[str]]) -> list[list[str]]:
        (row,) = [row for row in rows if row[0] == target and row[2] == old]
        row[1], row[2] = new.split("-")[0], new
        row[4] = str(cost(case, target, people.index(new)))
        team = [other for other in rows if other[0] == target and other[1] == row[1]]
        qualified = [r for r in team if case["tables"]["inspectors"][people.index(r[2])][2] == "lead"]
        leader = min(qualified, key=lambda r: (int(r[4]), people.index(r[2])), default=None)
        for other in team:
            other[3] = "lead" if other is leader else "member"
        places = list(dict.fromkeys(r[0] for r in rows))
        return sorted(rows, key=lambda r: (places.index(r[0]), codes.index(r[1]), people.index(r[2])))

    return pairs(change)


FIRST = "91320603MA10000003"  # in 320602; its team: AMR-03, AMR-05, FIRE-00, FIRE-04, EM-00, EM-08


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (text("pairs.csv", "1011556837600", "1011556837601"), "第2行"),
        (text("pairs.csv", "AMR-03,lead", "AMR-03,member"), "第2行"),
        (text("pairs.csv", "AMR-05,member", "AMR-05,lead"), "第3行"),
        (text("pairs.csv", "AMR-05", "AMR-5"), "AMR-5"),
        (text("pairs.csv", "AMR,AMR-05", "EM,AMR-05"), "第3行"),
        (text("pairs.csv", "cost", "price"), "第1行"),
        (pairs(lambda rows: rows[:-1]), "size"),
        (pairs(lambda rows: rows[6:]), "size"),
        (pairs(lambda rows: [rows[1], rows[0], *rows[2:]]), "第2行"),
        (pairs(lambda rows: [*rows[2:4], *rows[:2], *rows[4:]]), "第2行"),
        (pairs(lambda rows: [*rows[6:12], *rows[:6], *rows[12:]]), "第2行"),
        (pairs(lambda rows: [rows[0], *rows]), "第3行"),
        (pairs(lambda rows: [*rows, rows[-1]]), "第56行"),
        (pairs(lambda rows: [*rows, ["91320600MA10000000", *rows[0][1:]]]), "第56行"),
        (pairs(lambda rows: [[*row, "x"] for row in rows]), "第2行"),
        (instead(FIRST, "AMR-05", "AMR-01"), "region"),
        (instead(FIRST, "AMR-03", "AMR-08"), "leads"),
        (instead(FIRST, "AMR-05", "FIRE-08"), "size"),
        (instead(FIRST, "EM-08", "EM-01"), "barred from another"),
        (lambda files: files.update({"pairs.csv": b"target_id,department,inspector_id,role,cost\n"}), "size"),
    ],
)
def test_a_team_that_is_not_lawful_is_refused(edit, reason):
    refused(edited(edit), "pairs.lawful", reason)


def test_a_lawful_team_that_is_not_the_cheapest_is_refused_by_the_certificate():
    other = instead(FIRST, "AMR-05", "AMR-08")
    refused(edited(other), "bans", "not proved best")
    claims = edited(both(other, lambda files: files.pop("certificate.json")))
    assert not named(claims, WRONG)  # without a certificate only a solver can tell
    assert states(claims)["pairs.lawful"] == VERIFIED
    assert states(claims)["bans"] == UNVERIFIABLE


def paired(case: dict, teams: dict[str, list[str]]) -> Files:
    """The bundle of a case with these teams, their costs and roles as the lottery gives them."""
    case = {**case, "pairs": [], "bans": case.get("bans", [])}
    people = case["tables"]["inspectors"]
    place = {row[1]: j for j, row in enumerate(people)}
    for target in sorted(teams, key=lambda name: [row[1] for row in case["tables"]["targets"]].index(name)):
        for department in case["plan"]["departments"]:
            team = sorted(place[who] for who in teams[target] if people[place[who]][0] == department["code"])
            costs = {j: cost(case, target, j) for j in team}
            able = [
                j
                for j in team
                if {*department["lead_qualification"].split(";")} <= {*people[j][2].split(";")}
            ]
            leads = sorted(able, key=lambda j: (costs[j], j))[: department["leads"]]
            case["pairs"] += [
                [target, department["code"], people[j][1], "lead" if j in leads else "member", costs[j]]
                for j in team
            ]
    return files_of(case)


def small(leads: int = 0, size: int = 1, code: str = "AMR", **tables: list[list[str]]) -> dict:
    """A case in which three targets of the stratum 丙 are drawn and one department goes there."""
    case = vectors()["complete_case"]
    case["plan"]["quota"] = {"rates": {"丙": "3/10"}}
    case["plan"]["departments"] = [{"code": code, "size": size, "leads": leads, "lead_qualification": "lead"}]
    case["tables"] |= {"bars": [], "pair_bars": [], **tables}
    return resealed({**case, "bans": []})


def everywhere(*names: str, capacity: str = "9", regions: str = "*", code: str = "AMR") -> list[list[str]]:
    """Inspectors of one department, of whom those whose id starts with L may lead."""
    return [[code, name, "lead" if name[0] == "L" else "", "", regions, capacity, ""] for name in names]


def lawful(case: dict, *team: str) -> verifier.Claim:
    """What the verifier says of the case when this team goes to each target."""
    claims = verify(zipped(paired(case, {row[3]: list(team) for row in case["drawn"]})))
    return next(claim for claim in claims if claim.claim == "pairs.lawful")


def test_a_bar_keeps_an_inspector_from_that_target_only():
    people = everywhere("a", "b")
    free = small(inspectors=people)
    assert lawful(free, "a").state == VERIFIED
    every = sorted(["a", row[1], "kinship"] for row in free["tables"]["targets"])
    barred = small(inspectors=people, bars=every)
    assert lawful(barred, "b").state == VERIFIED
    claim = lawful(barred, "a")
    assert claim.state == WRONG
    assert "is barred" in claim.detail


def test_nobody_takes_more_targets_than_his_capacity():
    assert lawful(small(inspectors=everywhere("a", capacity="3")), "a").state == VERIFIED
    claim = lawful(small(inspectors=everywhere("a", capacity="2")), "a")
    assert claim.state == WRONG
    assert "more targets than 2" in claim.detail


def test_an_inspector_goes_to_his_own_regions_only():
    targets = [["丙", f"T{i}", region, ""] for i, region in enumerate(["", "320602", "320612"])]
    for regions, state in (("*", VERIFIED), ("320602;320612", WRONG), ("", WRONG)):
        case = small(inspectors=everywhere("a", regions=regions), targets=targets)
        case["plan"]["quota"] = {"total": 3}
        case = resealed({**case, "quotas": [3]})
        case["plan"]["quota"] = {"rates": {"丙": "3/3"}}
        assert lawful(resealed(case), "a").state == state


def test_no_barred_pair_stands_on_one_target_also_of_two_departments():
    people = [*everywhere("a"), *everywhere("b", code="EM")]
    for pair_bars, state in (([], VERIFIED), ([["a", "b", "kinship"]], WRONG)):
        case = small(inspectors=people, pair_bars=pair_bars)
        case["plan"]["departments"].append({"code": "EM", "size": 1, "leads": 0, "lead_qualification": ""})
        claim = lawful(resealed(case), "a", "b")
        assert claim.state == state
        assert ("barred from another" in claim.detail) == (state == WRONG)


def test_the_leads_are_the_qualified_with_the_smallest_costs():
    case = small(leads=2, size=3, inspectors=everywhere("L1", "L2", "L3", "m"))
    assert lawful(case, "L1", "L2", "L3").state == VERIFIED
    assert lawful(case, "L1", "L2", "m").state == VERIFIED
    assert lawful(small(leads=2, size=2, inspectors=everywhere("L1", "m")), "L1", "m").state == WRONG
    files = paired(case, {row[3]: ["L1", "L2", "L3"] for row in case["drawn"]})
    text("pairs.csv", ",member,", ",lead,")(files)
    refused(verify(zipped(files)), "pairs.lawful", "pairs.csv")


def test_an_inspector_of_a_department_that_is_not_in_the_plan_has_no_place():
    case = small(inspectors=[*everywhere("a"), *everywhere("b", code="EM")])
    files = paired(case, {row[3]: ["a"] for row in case["drawn"]})
    lines("pairs.csv", lambda rows: [*rows, rows[-1].replace(b",AMR,a,", b",EM,b,")])(files)
    refused(verify(zipped(files)), "pairs.lawful", "第5行")


# Bans


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (text("bans.csv", "1,91320618MA10000018,EM-01,EM-00", "0,91320618MA10000018,EM-01,EM-00"), "第2行"),
        (text("bans.csv", "1,91320618MA10000018,EM-01,EM-00", "2,91320618MA10000018,EM-01,EM-00"), "第2行"),
        (text("bans.csv", "3,91320624MA10000024", "4,91320624MA10000024"), "第9行"),
        (text("bans.csv", "1,91320618MA10000018,EM-01,EM-00", "01,91320618MA10000018,EM-01,EM-00"), "第2行"),
        (text("bans.csv", "1,91320618MA10000018,EM-01,EM-00", "1,91320618MA10000018,EM-01,EM-02"), "第2行"),
        (text("bans.csv", "1,91320618MA10000018,EM-01,EM-00", "1,91320618MA10000018,EM-9,EM-00"), "第2行"),
        (text("bans.csv", "1,91320618MA10000018,EM-01,EM-00", "1,91320613MA10000013,EM-01,EM-00"), "第2行"),
        (text("bans.csv", "1,91320618MA10000018,EM-01,EM-00", "x,91320618MA10000018,EM-01,EM-00"), "第2行"),
        (text("bans.csv", "2,91320603MA10000003,EM-01,EM-00", "2,91320603MA10000003,EM-00,EM-01"), "第5行"),
        (text("bans.csv", "round", "Round"), "第1行"),
        (lines("bans.csv", lambda rows: [rows[0], rows[2], rows[1], *rows[3:]]), "第2行"),
        (lines("bans.csv", lambda rows: [*rows[:2], *rows[1:]]), "第3行"),
        (lines("bans.csv", lambda rows: rows[:-1]), "第9行"),
        (lambda files: files.update({"bans.csv": b""}), "第1行"),
    ],
)
def test_bans_that_do_not_follow_are_refused(edit, reason):
    refused(edited(edit), "bans", reason)


# Fixed groups


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (text("groups.csv", "05957342f35fedf5", "05957342f35fedf6"), "第2行"),
        (text("groups.csv", "AMR-06,lead", "AMR-06,member"), "第3行"),
        (text("groups.csv", "0,AMR,AMR-05", "1,AMR,AMR-05"), "第2行"),
        (lines("groups.csv", lambda rows: rows[:-1]), "第19行"),
        (lines("groups.csv", lambda rows: [rows[0], rows[2], rows[1], *rows[3:]]), "第2行"),
    ],
)
def test_groups_that_were_not_dealt_so_are_refused(edit, reason):
    refused(edited(edit, "complete_case_fixed"), "groups", reason)


def to_group(target: str, group: str) -> Callable[[Files], None]:
    """Another group for a target, with its own cost."""

    def change(rows: list[list[str]]) -> list[list[str]]:
        case = vectors()["complete_case_fixed"]
        (row,) = [row for row in rows if row[0] == target]
        row[1:] = [group, str(cost(case, target, int(group), "match-group"))]
        return rows

    return pairs(change)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (text("pairs.csv", "999366474639", "999366474638"), "第2行"),
        (to_group("91320603MA10000003", "3"), "size"),
        (to_group("91320614MA10000014", "1"), "is barred"),
        (text("pairs.csv", "91320603MA10000003,1,", "91320603MA10000003,01,"), "第2行"),
        (text("pairs.csv", "91320603MA10000003,1,", "91320603MA10000003,x,"), "malformed"),
        (pairs(lambda rows: rows[1:]), "size"),
        (pairs(lambda rows: [*rows[:1], *rows]), "第3行"),
        (pairs(lambda rows: [*rows, [rows[0][0], "0", "1"]]), "is barred"),
        (pairs(lambda rows: [*rows, ["91320600MA10000000", *rows[0][1:]]]), "第11行"),
        (pairs(lambda rows: [rows[1], rows[0], *rows[2:]]), "第2行"),
    ],
)
def test_a_group_that_may_not_take_its_target_is_refused(edit, reason):
    refused(edited(edit, "complete_case_fixed"), "pairs.lawful", reason)


def test_a_target_gets_one_group_and_no_second_that_might_go_too():
    seen = set()
    for place in range(9):
        for group in "012":

            def again(rows: list[list[str]], place: int = place, group: str = group) -> list[list[str]]:
                return [*rows, [rows[place][0], group, "1"]]

            claims = edited(pairs(again), "complete_case_fixed")
            assert named(claims, WRONG) == ["pairs.lawful"]
            seen |= {word for word in ("size", "barred", "第11行") if word in claims[-1].detail}
    assert seen == {"size", "barred", "第11行"}  # one that may go too, one that may not, and the same again


def test_fixed_groups_have_no_bans():
    edit = text("bans.csv", "other_id\n", "other_id\n1,91320603MA10000003,EM-00,EM-01\n")
    refused(edited(edit, "complete_case_fixed"), "bans", "第2行")


def small_seats(case: dict) -> dict:
    """The case sealed anew, with one group of all inspectors that goes to all targets."""
    case = resealed(case)
    people, key = case["tables"]["inspectors"], int(case["keys"]["teams"], 16)
    case["groups"] = [
        [0, row[0], row[1], "member", f"{verifier.word(key, j):016x}"] for j, row in enumerate(people)
    ]
    names = [case["tables"]["targets"][i][1] for i in sorted(row[2] for row in case["drawn"])]
    return {**case, "pairs": [[name, 0, cost(case, name, 0, "match-group")] for name in names]}


def small_groups(g: int, people: list[list[str]]) -> dict:
    """A case of g groups of one inspector each; the first goes to the three drawn targets."""
    case = vectors()["complete_case_fixed"]
    case["plan"]["quota"] = {"rates": {"丙": "3/10"}}
    case["plan"]["groups"] = g
    case["plan"]["departments"] = [{"code": "AMR", "size": 1, "leads": 0, "lead_qualification": ""}]
    case["tables"] |= {"bars": [], "pair_bars": [], "inspectors": people}
    case = small_seats(case)
    by_ticket = sorted(case["groups"], key=lambda row: row[4])[:g]
    return {**case, "groups": [[k, *row[1:]] for k, row in enumerate(by_ticket)]}


def test_a_group_takes_no_more_than_the_smallest_capacity_in_it():
    assert not named(verify(bundle_of(small_groups(2, everywhere("a", "b", capacity="3")))), WRONG)
    refused(
        verify(bundle_of(small_groups(2, everywhere("a", "b", capacity="2")))),
        "pairs.lawful",
        "more targets than 2",
    )


def test_a_group_goes_where_each_department_in_it_has_the_region():
    assert not named(
        verify(bundle_of(small_groups(1, everywhere("a", regions="320602;320612;320681")))), WRONG
    )
    refused(verify(bundle_of(small_groups(1, everywhere("a", regions="320601")))), "pairs.lawful", "region")


def test_one_member_with_the_region_is_enough_in_a_department_of_a_group():
    case = small_groups(1, [*everywhere("a", regions="320601"), *everywhere("b")])
    case["plan"]["departments"][0]["size"] = 2
    case = small_seats(case)
    assert not named(verify(bundle_of(case)), WRONG)
    case["plan"]["departments"].append({"code": "EM", "size": 1, "leads": 0, "lead_qualification": ""})
    case["tables"]["inspectors"] += everywhere("c", regions="320601", code="EM")
    refused(verify(bundle_of(small_seats(case))), "pairs.lawful", "region")


def test_a_group_that_finds_nobody_is_the_shortage_that_must_be_told():
    case = {**small_groups(3, everywhere("a", "b")), "pairs": [], "shortage": []}
    files = files_of(case)
    fact = {"kind": "group", "department": "AMR", "group": 2, "role": "member"}
    for told in ([], [{**fact, "group": 1}], [fact, fact]):
        files["shortage.json"] = canonical({"shortage": told})
        refused(verify(zipped(files)), "groups", "'group': 2")
    files["shortage.json"] = canonical({"shortage": [fact]})
    refused(verify(zipped(files)), "groups", "groups.csv")
    files["groups.csv"] = files["groups.csv"].splitlines(keepends=True)[0]
    assert states(verify(zipped(files)))["groups"] == VERIFIED
    files.pop("shortage.json")
    value("register.json", "entry.state", "completed")(files)
    refused(verify(zipped(files)), "groups", "shortage.json")


# Shortage and changes


def test_in_a_shortage_nothing_is_paired():
    refused(
        edited(text("pairs.csv", "cost\n", "cost\na,b,c,d,1\n"), "complete_case_shortage"),
        "pairs.lawful",
        "第2行",
    )
    refused(
        edited(text("bans.csv", "other_id\n", "other_id\n1,a,b,c\n"), "complete_case_shortage"),
        "bans",
        "第2行",
    )
    claims = verify(bundle_of(vectors()["complete_case_shortage"]))
    assert [claim.state for claim in claims if claim.claim == "shortage"] == [VERIFIED, UNVERIFIABLE]


def later(name: str, content: bytes = b"a\n") -> Callable[[Files], None]:
    def add(files: Files) -> None:
        files[name] = content

    return add


def test_later_pairings_are_told_and_never_taken_for_verified():
    open_still = both(later("attempt-2/pairs.csv"), later("attempt-2/shortage.json", b"{}"))
    claims = edited(open_still, "complete_case_shortage")
    assert not named(claims, WRONG)
    assert states(claims)["changes"] == UNVERIFIABLE
    refused(edited(later("attempt-2/pairs.csv"), "complete_case_shortage"), "register", "completed")
    over = both(later("attempt-2/pairs.csv"), text("register.json", '"open"', '"completed"'))
    assert not named(edited(over, "complete_case_shortage"), WRONG)
    tenth = both(open_still, later("attempt-10/pairs.csv"))
    refused(edited(tenth, "complete_case_shortage"), "register", "completed")
    refused(edited(later("attempt-2/pairs.csv")), "members", "without a shortage")
    for name in (
        "attempt-1/pairs.csv",
        "attempt-2/x/pairs.csv",
        "attempt-2/pairs.exe",
        "attempt-100/pairs.csv",
    ):
        refused(edited(later(name), "complete_case_shortage"), "members", name)


VOID = "1,void,91320603MA10000003,closed,leader,91320614MA10000014,,\n"


def with_change(files: Files) -> None:
    files["changes.csv"] += VOID.encode()


def test_changes_are_told_and_never_taken_for_verified():
    claims = edited(with_change, target=FIRST)
    assert not named(claims, WRONG)
    assert named(claims, UNVERIFIABLE) == ["published", "changes"]
    assert states(claims)["pairs.optimal"] == VERIFIED  # pairs.csv is as first paired
    assert states(claims)["target"] == VERIFIED


def test_changes_excuse_nothing_of_the_draw_the_groups_or_the_pairs():
    refused(
        edited(both(with_change, text("drawn.csv", "0213cfcfa719dbe2", "0213cfcfa719dbe3"))), "drawn", "第2行"
    )
    refused(edited(both(with_change, pairs(lambda rows: rows[6:]))), "pairs.lawful", "size")
    again = both(with_change, text("groups.csv", "AMR-05", "AMR-01"))
    refused(edited(again, "complete_case_fixed"), "groups", "groups.csv")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (text("changes.csv", "1,void", "2,void"), "第2行"),
        (text("changes.csv", "seq", "Seq"), "第1行"),
        (text("changes.csv", "leader", '"leader"'), "第2行"),
        (text("changes.csv", ",,\n", ",,,\n"), "第2行"),
        (text("changes.csv", "leader", '"lea'), "malformed"),
    ],
)
def test_changes_are_numbered_and_written_plainly(edit, reason):
    refused(edited(both(with_change, edit)), "changes", reason)


# Public bundles


def public(edit: Callable[[Files], object], case: str = "complete_case") -> list[verifier.Claim]:
    files = public_files_of(vectors()[case])
    edit(files)
    return verify(zipped(files))


@pytest.mark.parametrize(
    ("edit", "claim", "reason"),
    [
        (text("proofs.json", "加油站3号", "加油站4号"), "drawn", "第0行"),
        (value("proofs.json", "targets.0.salt", "0" * 32), "drawn", "第0行"),
        (value("proofs.json", "targets.0.salt", "00"), "drawn", "第0行"),
        (value("proofs.json", "targets.0.path.0.0", "L"), "drawn", "path"),
        (value("proofs.json", "targets.0.path.0.1", "0" * 64), "drawn", "第0行"),
        (value("proofs.json", "targets.0.path.0.1", "x"), "drawn", "64"),
        (value("proofs.json", "targets.0.path", []), "drawn", ""),
        (value("proofs.json", "targets.0.path.0", ["R"]), "drawn", "malformed"),
        (value("proofs.json", "targets", []), "drawn", "malformed"),
        (
            value("commit.json", "tables.targets.ranges", [["丙", 11], ["乙", 6], ["甲", 13]]),
            "tables.targets",
            "digest",
        ),
        (
            value("commit.json", "tables.targets.ranges", [["丙", 10], ["甲", 13], ["乙", 7]]),
            "tables.targets",
            "ranges",
        ),
        (
            value("commit.json", "tables.targets.ranges", [["丙", 30], ["乙", -7], ["甲", 7]]),
            "tables.targets",
            "ranges",
        ),
        (value("commit.json", "tables.targets.ranges", [["丙", 10], ["乙", 7]]), "tables.targets", "ranges"),
        (value("commit.json", "tables.targets.rows", 10**12), "tables.targets", "ranges"),
        (value("commit.json", "tables.inspectors.root", "0" * 64), "tables.inspectors", "digest"),
        (text("drawn.csv", "0213cfcfa719dbe2", "0213cfcfa719dbe3"), "drawn", "第2行"),
        (text("drawn.csv", "91320603MA10000003", "91320613MA10000013"), "drawn", "第2行"),
        (text("thresholds.csv", "548fedb38ba65b7d", "548fedb38ba65b7e"), "thresholds", "第2行"),
    ],
)
def test_a_public_bundle_with_an_edit_is_refused(edit, claim, reason):
    refused(public(edit), claim, reason)


def test_a_table_that_only_says_it_is_huge_costs_nothing():
    edit = both(
        value("commit.json", "tables.targets.rows", 10**12),
        value("commit.json", "tables.targets.ranges", [["丙", 10**12]]),
    )
    refused(public(edit), "tables.targets", "ranges")


def test_one_proof_too_many_is_refused():
    def edit(files: Files) -> None:
        whole = json.loads(files["proofs.json"])
        files["proofs.json"] = canonical({"targets": [*whole["targets"], whole["targets"][0]]})

    refused(public(edit), "drawn", "proofs.json")


def test_a_proof_of_another_row_does_not_stand_in():
    case = vectors()["complete_case"]
    rows, nodes = case["tables"]["targets"], leaves(case["salt_secret"], "targets", case["tables"]["targets"])
    files = public_files_of(case)
    whole = json.loads(files["proofs.json"])
    salt = salts(case["salt_secret"], "targets", 3)[2].hex()
    other = {"line": "\t".join(rows[2]), "salt": salt, "path": path(nodes, 2)}
    files["proofs.json"] = canonical({"targets": [other, *whole["targets"][1:]]})
    refused(verify(zipped(files)), "drawn", "path")


def test_a_line_cannot_lend_its_beginning_to_its_salt():
    case = vectors()["complete_case"]
    case["tables"]["targets"][0][2:] = ["丙", "X"]
    case = resealed(case)
    case["plan"]["quota"] = {"rates": {"丙": "10/10"}}
    files = public_files_of(resealed(case))
    whole = json.loads(files["proofs.json"])
    (proof,) = [proof for proof in whole["targets"] if proof["line"].endswith("丙\tX")]
    moved, proof["line"] = proof["line"][: -len("丙\tX")], "丙\tX"
    proof["salt"] += moved.encode().hex()
    files["proofs.json"] = canonical(whole)
    refused(verify(zipped(files)), "drawn", "salt")


# Hostile bytes


COUNTED = (
    "plan.json",
    "auditor.json",
    "targets.tsv",
    "inspectors.tsv",
    "bars.tsv",
    "pair_bars.tsv",
    "drawn.csv",
)
COUNTED += ("thresholds.csv", "pairs.csv", "groups.csv", "changes.csv")


@pytest.mark.parametrize("name", ["complete_case", "complete_case_fixed"])
def test_no_byte_of_what_decides_may_change(name):
    files, dice = files_of(vectors()[name]), random.Random(20260)
    for member in sorted(set(COUNTED) & set(files)):
        for _ in range(25):
            data = bytearray(files[member])
            place = dice.randrange(len(data))
            data[place] ^= 1 << dice.randrange(8)
            claims = verify(zipped({**files, member: bytes(data)}))
            assert named(claims, WRONG), (member, place)


def test_whatever_the_bytes_are_the_verifier_only_says_wrong():
    good, dice = bundle_of(vectors()["complete_case_fixed"]), random.Random(7)
    for _ in range(150):
        data = bytearray(good)
        for _ in range(dice.randrange(1, 9)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        claims = verify(bytes(data[: dice.choice([len(data), dice.randrange(len(data))])]), "x\n\x1b[31m")
        assert claims
        assert all(isinstance(claim, verifier.Claim) and claim.detail.isprintable() for claim in claims)


def test_each_line_of_the_report_is_one_line_in_two_tongues():
    for name in CASES:
        for claim in verify(bundle_of(vectors()[name]), "91320603MA10000003"):
            assert claim.detail.isprintable()
            assert re.search("[a-z]{2}", claim.detail) or claim.claim == "plan"
    hostile = edited(value("commit.json", "published", [{"where": "\x1b]0;x\x07\n", "when": ""}]))
    assert all(claim.detail.isprintable() for claim in hostile)
