"""The proof of one target (检查对象证明): whoever was drawn, and whoever was not, sees it from one small file."""

import json
from base64 import urlsafe_b64decode

import numpy as np
import pytest

from matching.draw.commitment import Secrets, commit, reveal
from matching.draw.frames import canonical
from matching.draw.plan import read_plan
from matching.draw.seed import stage_key, witness_commitment
from matching.draw.tables import freeze_all, leaves, merkle_levels, merkle_path, path_root, path_sides
from matching.draw.tickets import word
from matching.lottery import draw
from matching.proofs import check_target_proof, grow, target_proof
from matching.refused import Refused
from tests.matching.drawn_cases import drawn_case
from tests.town import refuses

QUOTAS = ("rates", "total", "systematic")
SEEDS = range(0, 40, 3)


@pytest.mark.parametrize("quota", QUOTAS)
def test_every_target_sees_from_its_proof_alone_whether_it_was_drawn(quota):
    for seed in SEEDS:
        case = drawn_case("per_target", seed, quota)
        drawn = {int(i) for stratum in case.outcome.strata for i in stratum.indexes}
        for i, row in enumerate(case.frame.targets.rows):
            shown = check_target_proof(case.proof(i))
            assert (shown.target, shown.stratum, shown.drawn) == (row[1], row[0], i in drawn)
            assert shown.commit == case.commitment.commit.hex()


@pytest.mark.parametrize("rows", [1, 2, 255, 256, 257, 700])
def test_a_tree_that_is_kept_in_part_gives_the_same_paths(rows):
    frame = freeze_all([("A", f"T{i:04}", "", "名") for i in range(rows)], [])
    grown = grow(frame.targets, bytes(32))
    levels = merkle_levels(leaves(frame.targets, bytes(32)))
    for i in range(rows):
        whole = merkle_path(levels, i)
        assert grown.path(i) == [node for _, node in whole]
        assert path_sides(i, rows) == "".join(side for side, _ in whole)
        assert path_root(i, rows, levels[0][i], grown.path(i)) == levels[-1][0]


def test_a_proof_shows_no_other_row_and_no_secret_of_the_salts():
    case = drawn_case("per_target", 4, "total")
    others = case.frame.targets.rows[1:]
    proof = case.proof(0)
    assert not any(row[1].encode() in proof for row in others)
    assert not any(row[1].encode() in proof or row[6].encode() in proof for row in case.frame.inspectors.rows)
    grown = case.grown
    salts = [grown.salt(i).hex() for i in range(1, len(case.frame.targets.rows))]
    told = "".join(_decoded(json.loads(proof)))
    assert grown.salt(0).hex() in told, "the search would find nothing"
    assert not any(salt in told for salt in [*salts, case.secrets.salt_secret.hex()])


def _decoded(told):
    """What is written in base64url, in hex."""
    fields = ("commit", "plan", "salt", "reveals", "secret", "row_salt", "path")
    for text in [*(told[field] for field in fields), *told["tables"], *told["witnesses"]]:
        yield urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()


def edits(proof):
    """The proof with each of its values changed, taken out, or turned round; what is canonical stays canonical."""
    told = json.loads(proof)
    for field in told:
        yield f"without {field}", {name: value for name, value in told.items() if name != field}
        for change in _changes(told[field]):
            yield f"{field}: {change!r}", {**told, field: change}
    yield "a field more", {**told, "remark": ""}
    if "successor" not in told:
        yield "no successor", {**told, "successor": 0}
    if told["drawn"]:
        yield "drawn and a successor", {**told, "successor": 1}


def _changes(value):
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1, -1, 10**17)
        case str():
            yield from ("", value[:-1], value + "A", value[::-1])
            if value:
                yield ("B" if value[0] != "B" else "C") + value[1:]
                yield value[:-1] + ("B" if value[-1] not in "ABCD" else "g")
        case list():
            yield from ([], value[:-1], value[::-1] if value[::-1] != value else [*value, 1])
            for place, each in enumerate(value):
                for change in _changes(each):
                    yield [*value[:place], change, *value[place + 1 :]]
        case dict():
            for name, each in value.items():
                for change in _changes(each):
                    yield {**value, name: change}
        case None:
            yield ["0000000000000000", 0]


def _refused(told):
    try:
        check_target_proof(canonical(told))
    except Refused:
        return True
    return False


FREE = {"number"}
"""What C binds through the plan alone: one file cannot show that it is right."""


@pytest.mark.parametrize("quota", QUOTAS)
def test_a_proof_with_anything_changed_is_refused(quota):
    tried = 0
    for seed in (1, 4, 8):
        case = drawn_case("per_target", seed, quota)
        for i in range(0, len(case.frame.targets.rows), 3):
            proof = case.proof(i)
            for what, told in edits(proof):
                if canonical(told) == proof or what.split(":")[0] in FREE or _still_true(case, i, what, told):
                    continue
                tried += 1
                assert _refused(told), f"seed {seed}, row {i}: {what} was not refused"
    assert tried > 1_000


def _still_true(case, i, what, told):
    """What one file cannot show to be wrong: another threshold or quota on the same side of the row, who else is in A."""
    field = what.split(":")[0]
    if field == "threshold" and told["threshold"]:
        stratum = next(s for s in case.outcome.strata if s.start <= i < s.start + s.rows)
        try:
            last = int(told["threshold"][0], 16), told["threshold"][1]
        except (ValueError, TypeError, IndexError):
            return False
        written = len(told["threshold"]) == 2 and told["threshold"][0] == f"{last[0]:016x}"
        inside = isinstance(last[1], int) and stratum.start <= last[1] < stratum.start + stratum.rows
        key = _ticket(case, i)
        return written and inside and ((key, i) <= last) is told["drawn"]
    if field == "quota":
        stratum = next(s for s in case.outcome.strata if s.start <= i < s.start + s.rows)
        return ("systematic" not in told) <= told["quota"] <= stratum.rows
    return field == "systematic"


def _ticket(case, i):
    return word(stage_key(case.revealed.seed, case.commitment.seals["targets"].digest, "targets"), i)


def test_a_weighted_proof_is_refused_where_its_start_or_its_share_is_another():
    for seed in SEEDS:
        case = drawn_case("per_target", seed, "systematic")
        for i in range(len(case.frame.targets.rows)):
            told = json.loads(case.proof(i))
            moved = {**told, "systematic": {**told["systematic"], "begin": told["systematic"]["begin"] + 1}}
            with refuses("proof.begin"):
                check_target_proof(canonical(moved))
            with refuses("proof.drawn"):
                check_target_proof(canonical({**told, "drawn": not told["drawn"]}))


@pytest.mark.parametrize("forge", ["left out", "another stratum", "another name"])
def test_of_a_forged_list_somebody_has_no_proof(forge):
    case = drawn_case("per_target", 4, "total")
    own, *others = case.frame.targets.rows
    put = {"left out": [], "another stratum": [("乙", *own[1:])], "another name": [(*own[:3], "另一家")]}[
        forge
    ]
    forged = commit(case.plan, freeze_all(others + put, case.frame.inspectors.rows), case.secrets)
    grown = grow(freeze_all(others + put, []).targets, case.secrets.salt_secret)
    opened = reveal(case.plan, forged, case.secrets.secret, "d10x20:" + "0" * 20)
    strata = draw(case.plan, freeze_all(others + put, []), forged.seals, opened.seed)
    for i, row in enumerate(grown.table.rows):
        told = json.loads(target_proof(case.plan, forged, opened, strata, grown, i))
        assert check_target_proof(canonical(told)).target == row[1]
        with pytest.raises(Refused):
            check_target_proof(canonical({**told, "line": "\t".join(own)}))


@pytest.mark.parametrize("quota", ["rates", "total"])
def test_a_threshold_that_is_not_that_of_the_stratum_is_refused(quota):
    """A drawn target could be told that it was not drawn, by a threshold below its ticket."""
    case = drawn_case("per_target", 4, quota)
    stratum = max(case.outcome.strata, key=lambda each: each.quota)
    told = json.loads(case.proof(int(stratum.indexes[0])))
    for threshold, drawn in (
        (["0" * 16, stratum.start], False),
        (["f" * 16, stratum.start], True),
        ([told["threshold"][0], True], True),
    ):
        with pytest.raises(Refused, match=r"proof\.threshold"):
            check_target_proof(canonical({**told, "threshold": threshold, "drawn": drawn}))
    for more in (-1, 1):
        with pytest.raises(Refused, match=r"proof\.threshold"):
            check_target_proof(canonical({**told, "quota": told["quota"] + more}))


def test_a_row_that_is_heavy_enough_is_taken_and_no_other():
    case = drawn_case("per_target", 1, "systematic")
    seen = set()
    for i in range(len(case.frame.targets.rows)):
        told = json.loads(case.proof(i))
        taken = told["systematic"]["taken"]
        told["systematic"]["taken"] = not taken
        with pytest.raises(Refused, match=r"proof\.(taken|drawn)"):
            check_target_proof(canonical(told))
        seen.add(taken)
    assert seen == {False, True}


PLAN = {
    "purpose": "市场监管部门2026年度加油站双随机抽查",
    "number": "320602-SCJG〔2026〕0017",
    "quota": {"rates": {f"S{n:08x}": "1/100" for n in range(4)}},
    "teams": "per_target",
    "departments": [{"code": "D", "size": 2, "leads": 0}],
    "objectives": ["tickets"],
    "witnesses": ["公证处", "商会"],
}
WITNESSES = ["公证处：今日有小雨，气温十二度，见证无误", "auditor: 0d9c5b7e2a41f688"]


def test_a_proof_out_of_a_hundred_thousand_targets_is_small():
    rows = [
        (f"S{i % 4:08x}", f"91320602MA{i:08}", "320602", "某某市某某区某某加油站有限责任公司")
        for i in range(100_000)
    ]
    frame = freeze_all(rows, [])
    plan, secrets = read_plan(PLAN), Secrets(bytes(32), bytes([1]) * 32)
    commitment = commit(plan, frame, secrets, [witness_commitment(text) for text in WITNESSES])
    opened = reveal(
        plan,
        commitment,
        secrets.secret,
        "lottery:ssq:2026133+2026134+2026135:" + "+".join(["03-07-12-19-25-31-09"] * 3),
        WITNESSES,
    )
    strata = draw(plan, frame, commitment.seals, opened.seed)
    grown = grow(frame.targets, secrets.salt_secret)
    sizes = [
        len(target_proof(plan, commitment, opened, strata, grown, i))
        for i in np.linspace(0, 99_999, 50, dtype=int).tolist()
    ]
    # every doubling of the registry adds one node of 32 bytes: 43 characters
    assert max(sizes) + 43 * 4 <= 2_048, "a million targets would not fit into 2 KB"
