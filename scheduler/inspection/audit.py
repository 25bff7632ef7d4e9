"""The check of a bundle (复核): the independent verifier's claims, and the pairs solved again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matching.bundle import unpack
from matching.draw.frames import read_canonical
from matching.draw.plan import read_plan
from matching.draw.seed import read_entropy
from matching.refused import Refused
from matching.replay import replay
from matching.replayed import Differs, Replayed
from matching.verifier import Claim, verify
from scheduler.inspection.attested import Attested, attested
from scheduler.inspection.trust import trusted

__all__ = [
    "Attested",
    "Checked",
    "Claim",
    "Differs",
    "Replayed",
    "check_bundle",
    "checked_of",
    "plan_purpose",
    "read_entropy",
    "told",
    "unpack",
]

# what the stand-alone verifier cannot prove without a solver, and a replay settles
SETTLED = ("bans", "pairs.optimal", "shortage")


@dataclass(frozen=True)
class Checked:
    """All claims with their states, and what came of solving again; None where that was not done.

    `attested` are those about what outsiders have signed.
    """

    claims: tuple[Claim, ...]
    replay: Replayed | Differs | Refused | None
    attested: tuple[Attested, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether anything does not follow."""
        forged = any(each.state == "wrong" for each in self.attested)
        return forged or isinstance(self.replay, Differs | Refused) or self.first_wrong is not None

    @property
    def first_wrong(self) -> Claim | None:
        """The first claim that does not follow."""
        return next((claim for claim in self.claims if claim.state == "wrong"), None)


def plan_purpose(packed: bytes) -> str:
    """What a bundle's draw was made for."""
    return read_plan(read_canonical(unpack(packed)["plan.json"], "plan.json")).purpose


def check_bundle(packed: bytes, target: str | None = None, folder: Path | None = None) -> Checked:
    """Verify a bundle by the stand-alone verifier; where that finds nothing wrong in a full one, solve again.

    The replay comes second: it takes for granted a form that the verifier has checked. `folder` holds what is trusted of
    outsiders, else the one that the environment names.
    """
    claims = tuple(verify(packed, target))
    if any(claim.state == "wrong" for claim in claims):
        return Checked(claims, None)
    signed = attested(unpack(packed), trusted(folder))
    try:
        again = replay(packed)
    except Refused as refused:
        return Checked(claims, refused, signed)
    solved = SETTLED if isinstance(again, Differs) or "pairs.csv" in again.files else ()
    settled = {*solved, *(each.claim for each in signed)}
    open_still = tuple(each for each in claims if each.claim not in settled or each.state != "unverifiable")
    return Checked(open_still, again, signed)


def told(checked: Checked) -> dict[str, Any]:
    """A check as codes, to be kept as JSON; `checked_of` reads it again."""
    return {
        "claims": [list(claim) for claim in checked.claims],
        "attested": [asdict(each) for each in checked.attested],
        "replay": _told_replay(checked.replay),
    }


def _told_replay(replayed: Replayed | Differs | Refused | None) -> dict[str, Any] | None:
    match replayed:
        case None:
            return None
        case Refused():
            return {"came": "refused", "code": replayed.code, "params": dict(replayed.params)}
        case Differs():
            return {"came": "differs", **asdict(replayed)}
        case Replayed(files):
            return {"came": "replayed", "files": list(files)}


def checked_of(kept: Mapping[str, Any]) -> Checked:
    """The check that was kept as codes."""
    claims = tuple(Claim(*each) for each in kept["claims"])
    signed = tuple(Attested(**each) for each in kept.get("attested", ()))
    return Checked(claims, kept["replay"] and _replay_of(**kept["replay"]), signed)


def _replay_of(came: str, **given: Any) -> Replayed | Differs | Refused:
    match came:
        case "refused":
            return Refused(given["code"], **given["params"])
        case "differs":
            return Differs(**given)
        case _:
            return Replayed(tuple(given["files"]))
