"""Whatever the product draws, the stand-alone verifier accepts, and the replay finds the same: shortages included."""

import pytest

from matching.bundle import draw_files, full_bundle, pack, register_entry
from matching.draw.commitment import Secrets, commit, reveal
from matching.draw.plan import read_plan
from matching.draw.tables import freeze_all
from matching.lottery import draw, pair
from matching.pairing.shortage import Shortage
from matching.replay import Replayed, replay
from matching.verifier import verify
from tests.matching.small_cases import ORDERS, small_case, small_fixed_case

TIMES = "2026-11-22T09:00:00+08:00", "2026-11-22T15:00:00+08:00"


def bundle_of(case, seed):
    """A small case drawn from its plan: a total, or where the seed is odd rates; departments without leads say no more."""
    strata = sorted({row[0] for row in case.targets})
    quota = {"rates": dict.fromkeys(strata, "1/3"), "at_least_one": True} if seed % 2 else {"total": 6}
    departments = [
        {key: d[key] for key in d if d["leads"] or key != "lead_qualification"}
        for d in case.plan["departments"]
    ]
    plan = read_plan({"purpose": "小例", "quota": quota, **case.plan, "departments": departments})
    frame = freeze_all(case.targets, case.inspectors, case.bars, case.pair_bars)
    secrets = Secrets(seed.to_bytes(32, "big"), (seed + 1).to_bytes(32, "big"))
    commitment = commit(plan, frame, secrets)
    opened = reveal(plan, commitment, secrets.secret, f"d10x20:{seed:020d}")
    outcome = pair(
        plan, frame, commitment.seals, opened.seed, draw(plan, frame, commitment.seals, opened.seed)
    )
    register = register_entry(plan, commitment, isinstance(outcome.pairing, Shortage), True, *TIMES)
    readme = "外部随机性 66 bits of outside entropy\nself-drawn\n"
    decided = draw_files(plan, frame, outcome)
    return pack(full_bundle(plan, frame, secrets, commitment, [], opened, register, decided, readme))


@pytest.mark.parametrize("kind", [small_case, small_fixed_case])
def test_what_is_drawn_is_verified_and_replayed(kind):
    seen = set()
    for seed in range(120):
        packed = bundle_of(kind(seed, ORDERS[seed % len(ORDERS)]), seed)
        claims = verify(packed)
        assert [claim for claim in claims if claim.state == "wrong"] == [], f"seed {seed}"
        assert isinstance(replay(packed), Replayed), f"seed {seed}"
        seen |= {claim.claim for claim in claims}
    assert {"pairs.optimal", "shortage", "pairs.lawful", "bans"} <= seen
