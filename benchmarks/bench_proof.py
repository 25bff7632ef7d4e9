"""The proof of one target (检查对象证明): what all proofs of a draw share, then a proof made and a proof checked."""

from collections.abc import Callable
from typing import Any

from benchmarks.instances import REGISTRIES, key_of
from matching.draw.commitment import Commitment, Reveal, Secrets, commit, reveal
from matching.draw.plan import Plan, read_plan
from matching.draw.seed import witness_commitment
from matching.draw.tables import freeze_all
from matching.draw.tickets import words
from matching.proofs import check_target_proof
from matching.prover import Prover, prover

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
SECRETS = Secrets(bytes(range(32)), bytes(range(32, 64)))
PROOFS = 1_000
WITNESSES = ["公证处：今日有小雨，气温十二度，见证无误", "auditor: 0d9c5b7e2a41f688"]
ENTROPY = "lottery:ssq:2026133+2026134+2026135:" + "+".join(["03-07-12-19-25-31-09"] * 3)
PLAN = {
    "number": "320602-SCJG〔2026〕0017",
    "purpose": "市场监管部门2026年度双随机抽查",
    "quota": {"rates": dict.fromkeys("ABCD", "1/100")},
    "teams": "per_target",
    "departments": [{"code": "D", "size": 2, "leads": 0}],
    "objectives": ["tickets"],
    "witnesses": ["公证处", "商会"],
}


def shared(name: str) -> Side:
    """From the bytes of the frozen list: its lines found, the drawn rows, the tree hashed once."""
    plan, commitment, opened, targets = _drawn(name)
    return (
        lambda: prover(plan, commitment, opened, SECRETS.salt_secret, targets),
        lambda made: made.size,
    )


def made(name: str) -> Side:
    """Proofs of rows all over the list."""
    of, rows = _prover(name)
    return lambda: [of.proof(i) for i in rows], lambda proofs: [min(map(len, proofs)), max(map(len, proofs))]


def checked(name: str) -> Side:
    """The same, each checked from its bytes alone."""
    of, rows = _prover(name)
    proofs = [of.proof(i) for i in rows]
    return lambda: [check_target_proof(each) for each in proofs], lambda shown: sum(
        each.drawn for each in shown
    )


SIDES = {"shared": shared, "made": made, "checked": checked}


def _drawn(name: str) -> tuple[Plan, Commitment, Reveal, bytes]:
    frame = freeze_all(REGISTRIES[name](), [])
    plan = read_plan(PLAN)
    commitment = commit(plan, frame, SECRETS, [witness_commitment(text) for text in WITNESSES])
    opened = reveal(plan, commitment, SECRETS.secret, ENTROPY, WITNESSES)
    return plan, commitment, opened, frame.targets.file()


def _prover(name: str) -> tuple[Prover, list[int]]:
    plan, commitment, opened, targets = _drawn(name)
    of = prover(plan, commitment, opened, SECRETS.salt_secret, targets)
    places = words(key_of(f"proofs of {name}"), 0, PROOFS).tolist()
    return of, [place % len(of.grown.table.lines) for place in places]
