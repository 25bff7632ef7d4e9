"""The product's path (numpy, OR-Tools) gives every golden vector, from the frame of a hash to the last pair."""

import csv
import hashlib
import io
from fractions import Fraction

import pytest

from matching.bundle import draw_files
from matching.draw import tickets
from matching.draw.commitment import Secrets, commit, reveal
from matching.draw.frames import digest
from matching.draw.plan import read_plan
from matching.draw.seed import stage_key, witness_commitment
from matching.draw.tables import freeze, freeze_all, leaves, merkle_levels, merkle_path, salter, seal
from matching.draw.targets import quota_by_rate, quotas_by_total
from matching.lottery import draw, pair
from tests.golden import vectors

CASES = [name for name in vectors() if name.startswith("complete_case")]


def test_there_are_four_complete_cases():
    assert len(CASES) == 4


def test_every_frame_hashes_as_told():
    for frame in vectors()["frames"]:
        assert digest(frame["tag"], *map(bytes.fromhex, frame["parts"])).hex() == frame["digest"]


@pytest.mark.parametrize("stream", [tickets._by_numpy, tickets._by_definition])
def test_every_word_is_as_told_by_numpy_and_by_definition(monkeypatch, stream):
    monkeypatch.setattr(tickets, "_stream", stream)
    told = vectors()["philox"]
    key = int(told["key"], 16)
    for i, word in told["words"].items():
        assert int(tickets.words(key, int(i), 1)[0]) == tickets.word(key, int(i)) == int(word, 16)
    for each in told["pair_words"]:
        t, j, word = each["t"], each["j"], int(each["word"], 16)
        assert int(tickets.words(key, j, 1, t)[0]) == tickets.pair_word(key, t, j) == word
    first = tickets.words(key, 0, 100_000).astype("<u8").tobytes()
    assert hashlib.sha256(first).hexdigest() == told["sha256_of_first_100000_words"]


def test_every_quota_is_as_told():
    told = vectors()
    for total, sizes, quotas in told["quotas_by_total"]:
        assert quotas_by_total(total, sizes) == quotas
    for rate, rows, at_least_one, quota in told["quotas_by_rate"]:
        assert quota_by_rate(Fraction(rate), rows, at_least_one) == quota


def test_the_tree_of_a_table_is_as_told():
    told = vectors()["tree"]
    table, salt_secret = freeze(told["name"], told["rows"]), bytes.fromhex(told["salt_secret"])
    salt = salter(salt_secret, told["name"])
    assert [salt(i).hex() for i in range(len(table.rows))] == told["salts"]
    hashes = leaves(table, salt_secret)
    assert [each.hex() for each in hashes] == told["leaves"]
    sealed = seal(table, salt_secret)
    assert (sealed.root.hex(), sealed.ranges, sealed.digest.hex()) == (
        told["root"],
        told["ranges"],
        told["digest"],
    )
    for i, path in told["proofs"].items():
        assert [[side, each.hex()] for side, each in merkle_path(merkle_levels(hashes), int(i))] == path
    for n, root in told["roots_of_first"].items():
        assert merkle_levels(hashes[: int(n)])[-1][0].hex() == root


def _drawn(case):
    plan, frame = read_plan(case["plan"]), freeze_all(**case["tables"])
    secrets = Secrets(bytes.fromhex(case["secret"]), bytes.fromhex(case["salt_secret"]))
    commitment = commit(plan, frame, secrets, [witness_commitment(text) for text in case["witnesses"]])
    opened = reveal(plan, commitment, secrets.secret, case["entropy"], case["reveals"])
    return plan, frame, commitment, opened


@pytest.mark.parametrize("name", CASES)
def test_plan_tables_commitment_and_seed_of_every_case_are_as_told(name):
    case = vectors()[name]
    plan, _, commitment, opened = _drawn(case)
    assert plan.text.decode() == case["plan_text"]
    assert commitment.plan.hex() == case["plan_digest"]
    for table, told in case["frozen"].items():
        sealed = commitment.seals[table]
        assert (sealed.root.hex(), sealed.ranges, sealed.digest.hex()) == (
            told["root"],
            told["ranges"],
            told["digest"],
        )
    assert commitment.secret.hex() == case["secret_digest"]
    assert commitment.salt.hex() == case["salt_digest"]
    assert [each.hex() for each in commitment.witnesses] == case["witness_digests"]
    assert commitment.commit.hex() == case["commit"]
    assert opened.reveals_digest.hex() == case["reveals_digest"]
    assert opened.seed.hex() == case["seed"]
    for stage, key in case["keys"].items():
        table = "targets" if stage == "targets" else "inspectors"
        assert f"{stage_key(opened.seed, commitment.seals[table].digest, stage):032x}" == key


def _rows(content):
    return list(csv.reader(io.StringIO(content.decode())))[1:]


def _as_text(rows):
    return [["" if field is None else str(field) for field in row] for row in rows]


@pytest.mark.parametrize("name", CASES)
def test_targets_teams_and_pairs_of_every_case_are_as_told(name):
    case = vectors()[name]
    plan, frame, commitment, opened = _drawn(case)
    outcome = pair(
        plan, frame, commitment.seals, opened.seed, draw(plan, frame, commitment.seals, opened.seed)
    )
    assert [stratum.quota for stratum in outcome.strata] == case["quotas"]
    files = draw_files(plan, frame, outcome)
    for file in ("drawn", "thresholds", "groups", "pairs", "bans"):
        if file in case:
            assert _rows(files[f"{file}.csv"]) == _as_text(case[file]), file
    if "shortage" in case:
        told = [
            {key: each[key] for key in case["shortage"][0]} for each in outcome.pairing.told()["shortage"]
        ]
        assert told == case["shortage"]
        assert _rows(files["pairs.csv"]) == []
