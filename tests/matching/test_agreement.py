"""Whatever the product draws, the stand-alone verifier accepts, and the replay finds the same: shortages included."""

import pytest

from matching.bundle import pack
from matching.replay import replay
from matching.replayed import Replayed
from matching.verifier import verify
from tests.matching.drawn_cases import KINDS, drawn_case


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn_is_verified_and_replayed(kind):
    seen = set()
    for seed in range(120):
        packed = pack(drawn_case(kind, seed).full())
        claims = verify(packed)
        assert [claim for claim in claims if claim.state == "wrong"] == [], f"seed {seed}"
        assert isinstance(replay(packed), Replayed), f"seed {seed}"
        seen |= {claim.claim for claim in claims}
    assert {"pairs.optimal", "shortage", "pairs.lawful", "bans"} <= seen
