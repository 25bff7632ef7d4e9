"""The check of a bundle (复核): the independent verifier's claims, and the pairs solved again."""

from dataclasses import dataclass

from matching.bundle import unpack
from matching.draw.frames import read_canonical
from matching.draw.plan import read_plan
from matching.draw.seed import read_entropy
from matching.refused import Refused
from matching.replay import Differs, Replayed, replay
from matching.verifier import Claim, verify

__all__ = [
    "Checked",
    "Claim",
    "Differs",
    "Replayed",
    "check_bundle",
    "plan_purpose",
    "read_entropy",
    "unpack",
]

# what the stand-alone verifier cannot prove without a solver, and a replay settles
SETTLED = ("pairs.optimal", "shortage")


@dataclass(frozen=True)
class Checked:
    """All claims with their states, and what came of solving again; None where that was not done."""

    claims: tuple[Claim, ...]
    replay: Replayed | Differs | Refused | None

    @property
    def wrong(self) -> bool:
        """Whether anything does not follow."""
        return isinstance(self.replay, Differs | Refused) or self.first_wrong is not None

    @property
    def first_wrong(self) -> Claim | None:
        """The first claim that does not follow."""
        return next((claim for claim in self.claims if claim.state == "wrong"), None)


def plan_purpose(packed: bytes) -> str:
    """What a bundle's draw was made for."""
    return read_plan(read_canonical(unpack(packed)["plan.json"], "plan.json")).purpose


def check_bundle(packed: bytes, target: str | None = None) -> Checked:
    """Verify a bundle by the stand-alone verifier; where that finds nothing wrong in a full one, solve again.

    The replay comes second: it takes for granted a form that the verifier has checked.
    """
    claims = tuple(verify(packed, target))
    if any(claim.state == "wrong" for claim in claims):
        return Checked(claims, None)
    try:
        again = replay(packed)
    except Refused as refused:
        public = refused.code == "replay.not_a_full_bundle"
        return Checked(claims, None if public else refused)
    open_still = tuple(each for each in claims if each.claim not in SETTLED or each.state != "unverifiable")
    return Checked(open_still, again)
