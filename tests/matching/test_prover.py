"""What the proofs of a draw share is made once, from the bytes of the frozen list; the proofs are the same, to the byte."""

import pytest

from matching.draw.seed import stage_key
from matching.draw.tables import freeze_all
from matching.proofs import check_target_proof, grow
from matching.prover import prover
from matching.public import committed
from matching.refused import Refused
from matching.table_file import table_file
from tests.matching.drawn_cases import drawn_case

QUOTAS = ("rates", "total", "systematic")


@pytest.mark.parametrize("quota", QUOTAS)
def test_a_prover_gives_the_proofs_that_the_whole_draw_gives(quota):
    for seed in range(0, 12, 3):
        case = drawn_case("per_target", seed, quota)
        targets = case.frame.targets
        told = committed(case.plan, case.commitment.told())
        made = prover(case.plan, told, case.revealed, case.secrets.salt_secret, targets.file())
        for i, row in enumerate(targets.rows):
            assert made.grown.table.place(row[1]) == i
            assert made.proof(i) == case.proof(i)


def test_a_successor_is_told_and_a_drawn_target_is_none():
    case = drawn_case("per_target", 4, "total")
    made = prover(
        case.plan, case.commitment, case.revealed, case.secrets.salt_secret, case.frame.targets.file()
    )
    key = stage_key(case.revealed.seed, case.commitment.seals["targets"].digest, "targets")
    first, second = max(case.outcome.strata, key=lambda each: each.rows - each.quota).successors(key, 2)
    assert check_target_proof(made.proof(second, successor=2)).successor == 2
    assert not check_target_proof(made.proof(second)).drawn
    for other, place in ((second, 1), (first, 2)):
        with pytest.raises(Refused, match=r"proof\.drawn"):
            check_target_proof(made.proof(other, successor=place))


@pytest.mark.parametrize("rows", [0, 1, 2, 300])
def test_a_table_by_its_bytes_is_the_table(rows):
    table = freeze_all([("A", f"T{i:04}", "", "名") for i in range(rows)], []).targets
    told = table_file("targets", table.file(), table.ranges)
    assert tuple(told.lines) == table.lines
    assert tuple(told.lines[1:3]) == table.lines[1:3]
    assert grow(told, bytes(32)).levels == grow(table, bytes(32)).levels
    with pytest.raises(IndexError):
        told.lines[rows]


def test_a_target_is_found_by_its_whole_id_alone():
    """Not by a part of it, and not where a region or a stratum is called the same."""
    rows = [
        ("T2", "T1", "T3", "T2"),
        ("X", "T2", "T12", "T1"),
        ("X", "T12", "X", "T3"),
        ("X", "T22", "T4", "y"),
    ]
    table = freeze_all(rows, []).targets
    told = table_file("targets", table.file(), table.ranges)
    found = {
        key: told.place(key)
        for key in ("T1", "T2", "T12", "T22", "T3", "T4", "X", "T", "", "id", "stratum", "T1\tT3")
    }
    assert found == {"T1": 0, "T2": 2, "T12": 1, "T22": 3} | dict.fromkeys(
        ("T3", "T4", "X", "T", "", "id", "stratum", "T1\tT3")
    )
