"""Commit, reveal, seed (draw-1, section 3): the order in which nobody can choose the outcome (种子)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

from matching.draw.frames import check_text, digest
from matching.refused import Refused

SECRET_BYTES = 32
WANTED_BITS = 64
TABLES_COMMITTED = ("targets", "inspectors", "bars", "pair_bars")

# numbers in one issue, and its whole bits: how many results there are, the order of the balls aside
LOTTERIES = {
    "ssq": (7, (comb(33, 6) * 16).bit_length() - 1),  # 双色球
    "dlt": (7, (comb(35, 5) * comb(12, 2)).bit_length() - 1),  # 大乐透
}


@dataclass(frozen=True)
class Entropy:
    """Outside randomness exactly as it was announced.

    `bits` is how many whole bits of it nobody inside could choose, rounded down; None where the name of
    a lottery says nothing about its numbers. 0 is free text, which the drawer could have chosen.
    """

    text: str
    bits: int | None


def secret_commitment(secret: bytes) -> bytes:
    """S: binds the drawer's secret before the entropy exists."""
    return digest("secret", _of_length(secret, "secret"))


def salt_commitment(salt_secret: bytes) -> bytes:
    """Z: binds the secret of the salts."""
    return digest("salt", _of_length(salt_secret, "salt"))


def witness_commitment(text: str) -> bytes:
    """W: binds what a witness will reveal."""
    return digest("witness", check_text(text, "witness").encode())


def plan_digest(plan_json: bytes) -> bytes:
    """P: the plan as it stands in plan.json."""
    return digest("plan", plan_json)


def commitment(
    plan: bytes, tables: Sequence[bytes], secret: bytes, salt: bytes, witnesses: Sequence[bytes] = ()
) -> bytes:
    """C: everything that is fixed, in one digest to publish before the entropy exists.

    `tables` are the digests of targets, inspectors, bars, pair_bars, in this order.
    """
    return digest("commit", plan, *tables, secret, salt, *witnesses)


def reveals_digest(reveals: Sequence[str | None]) -> bytes:
    """R: what the witnesses revealed; an absent one stands as the empty part."""
    if "" in reveals:
        raise Refused("witness.empty_reveal")
    return digest("reveals", *((text or "").encode() for text in reveals))


def check_reveals(witnesses: Sequence[bytes], reveals: Sequence[str | None]) -> None:
    """Refuse a reveal that is not what its witness committed."""
    if len(witnesses) != len(reveals):
        raise Refused("witness.count", committed=len(witnesses), revealed=len(reveals))
    for place, (committed, text) in enumerate(zip(witnesses, reveals, strict=True)):
        if text is not None and witness_commitment(text) != committed:
            raise Refused("witness.other_reveal", witness=place)


def seed(commit: bytes, reveals: bytes, secret: bytes, entropy: str) -> bytes:
    """SEED: after it nothing is random any more."""
    return digest("seed", commit, reveals, secret, entropy.encode())


def stage_key(seed_bytes: bytes, table: bytes, stage: str) -> int:
    """K(stage, T): the key of one stage's tickets, 128 bits."""
    return int.from_bytes(digest("key", seed_bytes, table, stage.encode())[:16], "big")


def read_entropy(text: str, named: str | None = None) -> Entropy:
    """The entropy in its one spelling; `named` is the source the plan fixed, if it did.

    Raises Refused `entropy.form` or `entropy.other_source`.
    """
    check_text(text, "entropy")
    kind, _, rest = text.partition(":")
    form, bits = _FORMS.get(kind, _NO_FORM)
    found = form.fullmatch(rest)
    if not found or not _complete(found):
        raise Refused("entropy.form", value=text)
    if named is not None and not text.startswith(named + ":"):
        raise Refused("entropy.other_source", named=named, value=text)
    return Entropy(text, bits(found))


def _complete(found: re.Match[str]) -> bool:
    """Whether a lottery tells as many results as issues, each with as many numbers as that lottery draws."""
    if "issues" not in found.groupdict():
        return True
    results = [result.split("-") for result in found["results"].split("+")]
    wanted, _ = LOTTERIES.get(found["name"], (None, 0))
    complete = all(wanted in (None, len(each)) for each in results)
    return complete and len(results) == len(found["issues"].split("+"))


def _lottery_bits(found: re.Match[str]) -> int | None:
    if found["name"] not in LOTTERIES:
        return None
    return LOTTERIES[found["name"]][1] * len(found["issues"].split("+"))


_RESULT = "[0-9]{2}(?:-[0-9]{2})*"
_ISSUE = "[0-9A-Za-z]+"
_FORMS: dict[str, tuple[re.Pattern[str], Callable[[re.Match[str]], int | None]]] = {
    "d10x20": (re.compile("[0-9]{20}"), lambda _: (10**20).bit_length() - 1),
    "d6x25": (re.compile("[1-6]{25}"), lambda _: (6**25).bit_length() - 1),
    "lottery": (
        re.compile(
            rf"(?P<name>[^:]+):(?P<issues>{_ISSUE}(?:\+{_ISSUE})*):(?P<results>{_RESULT}(?:\+{_RESULT})*)"
        ),
        _lottery_bits,
    ),
    "beacon": (
        re.compile("[0-9a-f]+:[1-9][0-9]*:(?P<hex>(?:[0-9a-f]{2})+)"),
        lambda found: min(4 * len(found["hex"]), 256),
    ),
    "text": (re.compile(".+", re.DOTALL), lambda _: 0),
}
_NO_FORM = (re.compile("(?!)"), _lottery_bits)


def _of_length(secret: bytes, what: str) -> bytes:
    if len(secret) != SECRET_BYTES:
        raise Refused("secret.length", which=what, bytes=SECRET_BYTES)
    return secret
