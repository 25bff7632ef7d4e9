"""Small random cases drawn by the product's own code, as the bundles and proofs that its verifiers are shown."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from matching.bundle import Files, draw_files, full_bundle, pack, public_bundle, register_entry
from matching.draw.commitment import Commitment, Reveal, Secrets, commit, reveal
from matching.draw.plan import Plan, read_plan
from matching.draw.tables import Frame, freeze_all, weigh
from matching.lottery import Outcome, draw, pair
from matching.pairing.shortage import Shortage
from matching.proofs import Grown, grow, target_proof
from tests.matching.small_cases import ORDERS, SmallCase, small_case, small_fixed_case

TIMES = "2026-11-22T09:00:00+08:00", "2026-11-22T15:00:00+08:00"
README = "外部随机性 66 bits of outside entropy\nself-drawn\n"
KINDS = {"per_target": small_case, "fixed": small_fixed_case}


@dataclass(frozen=True)
class DrawnCase:
    """A case that was committed, opened and drawn."""

    plan: Plan
    frame: Frame
    secrets: Secrets
    commitment: Commitment
    revealed: Reveal
    outcome: Outcome

    def full(self) -> Files:
        """Its full bundle."""
        return full_bundle(
            self.plan,
            self.frame,
            self.secrets,
            self.commitment,
            [],
            self.revealed,
            self._entry(),
            self._decided(),
            README,
        )

    def public(self) -> Files:
        """Its public bundle."""
        return public_bundle(
            self.plan, self.grown, self.commitment, [], self.revealed, self._entry(public=True), self._decided(),
            self.outcome.strata, README,
        )  # fmt: skip

    def proof(self, i: int) -> bytes:
        """The proof of the target in row i."""
        return target_proof(self.plan, self.commitment, self.revealed, self.outcome.strata, self.grown, i)

    @cached_property
    def grown(self) -> Grown:
        """The tree of its targets."""
        return grow(self.frame.targets, self.secrets.salt_secret)

    def _decided(self) -> Files:
        return draw_files(self.plan, self.frame, self.outcome)

    def _entry(self, public: bool = False) -> dict[str, object]:
        short = isinstance(self.outcome.pairing, Shortage) and not public
        return register_entry(self.plan, self.commitment, short, True, *TIMES)


def drawn_case(kind: str, seed: int, quota: str = "") -> DrawnCase:
    """A small case drawn from its plan, by rates, by a total or from a weighted pool; the quota alternates by the seed."""
    case = KINDS[kind](seed, ORDERS[seed % len(ORDERS)])
    quota = quota or ("total", "rates")[seed % 2]
    departments = [
        {key: d[key] for key in d if d["leads"] or key != "lead_qualification"}
        for d in case.plan["departments"]
    ]
    plan = read_plan(
        {"purpose": "小例", "quota": _quota(case, quota), **case.plan, "departments": departments}
    )
    frame = freeze_all(
        _targets(case, quota), case.inspectors, case.bars, case.pair_bars, weighed=quota == "systematic"
    )
    secrets = Secrets(seed.to_bytes(32, "big"), (seed + 1).to_bytes(32, "big"))
    commitment = commit(plan, frame, secrets)
    opened = reveal(plan, commitment, secrets.secret, f"d10x20:{seed:020d}")
    strata = draw(plan, frame, commitment.seals, opened.seed)
    return DrawnCase(
        plan, frame, secrets, commitment, opened, pair(plan, frame, commitment.seals, opened.seed, strata)
    )


def packed_case(kind: str, seed: int, quota: str = "") -> bytes:
    """The full bundle of a small case."""
    return pack(drawn_case(kind, seed, quota).full())


def _quota(case: SmallCase, quota: str) -> dict[str, Any]:
    if quota == "rates":
        strata = sorted({row[0] for row in case.targets})
        return {"rates": dict.fromkeys(strata, "1/3"), "at_least_one": True}
    return {quota: 6}


def _targets(case: SmallCase, quota: str) -> list[tuple[str, ...]]:
    """The targets; in a weighted pool some weigh nothing, some a little, and one in nine so much that it is certain."""
    if quota != "systematic":
        return case.targets
    weights = ("1", "3", "0", "2", "5", "1", "9", "2", "70")
    return weigh((*row, weights[place % len(weights)]) for place, row in enumerate(case.targets))
