"""Whatever the product draws, the stand-alone verifier accepts, and the replay finds the same: shortages included."""

import pytest

from matching.bundle import pack
from matching.replay import replay
from matching.replayed import Replayed
from matching.verifier import verify
from tests.matching.drawn_cases import KINDS, drawn_case

QUOTAS = ("rates", "total", "systematic")


def accepted(packed: bytes, case: str) -> dict[str, str]:
    """The states of the claims, none of them wrong, of a bundle that is replayed too."""
    states = {claim.claim: claim.state for claim in verify(packed)}
    assert "wrong" not in states.values(), case
    assert isinstance(replay(packed), Replayed), case
    return states


@pytest.mark.parametrize("quota", QUOTAS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn_is_verified_and_replayed(kind, quota):
    seen = set()
    for seed in range(60):
        states = accepted(pack(drawn_case(kind, seed, quota).full()), f"seed {seed}")
        assert {claim for claim in states if states[claim] == "unverifiable"} <= {"published", "shortage"}
        seen |= states.keys()
    assert {"pairs.optimal", "shortage", "pairs.lawful", "bans"} <= seen


@pytest.mark.parametrize("quota", QUOTAS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_public_is_verified_and_replayed(kind, quota):
    for seed in range(60):
        states = accepted(pack(drawn_case(kind, seed, quota).public()), f"seed {seed}")
        assert states["drawn"] == states["thresholds"] == "verified"
        assert states["pairs.lawful"] == states["bans"] == "unverifiable"
