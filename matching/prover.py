"""Proofs of many targets of one draw (检查对象证明): what all of them share is made once."""

from __future__ import annotations

from dataclasses import dataclass

from matching.draw.commitment import Commitment, Reveal
from matching.draw.plan import Plan, Systematic
from matching.draw.seed import stage_key
from matching.draw.tables import Table
from matching.draw.targets import DrawnStratum, draw_targets
from matching.draw.weights import draw_weighted
from matching.proofs import Grown, grow, target_proof
from matching.table_file import TableFile, table_file


@dataclass(frozen=True)
class Prover:
    """A draw that was executed, with the tree of its targets: each further proof takes the rows near its own alone."""

    plan: Plan
    commitment: Commitment
    reveal: Reveal
    strata: tuple[DrawnStratum, ...]
    grown: Grown

    @property
    def size(self) -> int:
        """The bytes that it holds, nearly all of them the list and the tree."""
        table = self.grown.table
        listed = len(table.content) + table.ends.nbytes if isinstance(table, TableFile) else 0
        return listed + sum(map(len, self.grown.levels))

    def proof(self, i: int, successor: int = 0) -> bytes:
        """The proof of the target in row i; `successor` is which of its stratum's it was, if it came in for a voided one."""
        return target_proof(self.plan, self.commitment, self.reveal, self.strata, self.grown, i, successor)


def prover(plan: Plan, commitment: Commitment, reveal: Reveal, salt_secret: bytes, targets: bytes) -> Prover:
    """What the proofs of a draw are made from; `targets` is the whole file of the frozen list."""
    seal = commitment.seals["targets"]
    table = table_file("targets", targets, seal.ranges)
    strata = _strata(plan, commitment, reveal, table)
    return Prover(plan, commitment, reveal, strata, grow(table, salt_secret))


def _strata(plan: Plan, commitment: Commitment, reveal: Reveal, table: TableFile) -> tuple[DrawnStratum, ...]:
    seal = commitment.seals["targets"]
    key = stage_key(reveal.seed, seal.digest, "targets")
    if isinstance(plan.quota, Systematic):
        weighed = Table(table.name, tuple(table.lines), weighed=True)
        begins = stage_key(reveal.seed, seal.digest, "systematic")
        return tuple(draw_weighted(plan.quota.targets, weighed, key, begins))
    return tuple(draw_targets(plan.quota, seal.spans(), key))
