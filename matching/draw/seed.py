"""Commit, reveal, seed (draw-1, section 3): the order in which nobody can choose the outcome (种子)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, prod

from matching.draw.frames import check_text, digest
from matching.refused import Refused

SECRET_BYTES = 32
WANTED_BITS = 64
_ISSUED = ("lottery", "beacon")  # sources that speak again and again, each time under a number

# the balls of one issue as (how many, out of how many); what an issue is worth, the order aside, follows from them
LOTTERIES = {
    "ssq": ((6, 33), (1, 16)),  # 双色球
    "dlt": ((5, 35), (2, 12)),  # 大乐透
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
            raise Refused("witness.other_reveal", witness=place + 1)


def seed(commit: bytes, reveals: bytes, secret: bytes, entropy: str) -> bytes:
    """SEED: after it nothing is random any more."""
    return digest("seed", commit, reveals, secret, entropy.encode())


def stage_key(seed_bytes: bytes, table: bytes, stage: str) -> int:
    """K(stage, T): the key of one stage's tickets, 128 bits."""
    return int.from_bytes(digest("key", seed_bytes, table, stage.encode())[:16], "big")


def check_source(named: str) -> str:
    """The source a plan names: a kind of entropy, of a lottery and a beacon with the issue or round.

    Raises Refused `entropy.no_such_source`: a source that is open could be chosen afterwards.
    """
    if not any(form.fullmatch(named) for form in _SOURCES):
        raise Refused("entropy.no_such_source", named=named)
    return named


def read_entropy(text: str, named: str | None = None, earlier: Sequence[str] = ()) -> Entropy:
    """The entropy in its one spelling; `named` is the source the plan fixed, if it did.

    `earlier` are the entropies of the attempts before, which everybody knows by now: a further attempt takes a later
    issue or round of the same source. Raises Refused `entropy.form`, `entropy.other_source` or `entropy.known_before`.
    """
    kind, _, rest = check_text(text, "entropy").partition(":")
    form, bits = _FORMS.get(kind, _NO_FORM)
    found = form.fullmatch(rest)
    if not found or (kind == "lottery" and not _is_drawn(found)):
        raise Refused("entropy.form", value=text, length=len(rest))
    if named is not None and not text.startswith((named if not earlier else _without_issue(named)) + ":"):
        raise Refused("entropy.other_source", named=named, value=text)
    spoken = [each for before in earlier for each in _issues(before)]
    known = [
        (source, issue)
        for source, issue in _issues(text)
        for of, when in spoken
        if of == source and issue <= when
    ]
    if text in earlier or known:
        raise Refused("entropy.known_before", value=text)
    return Entropy(text, bits(found))


def _without_issue(source: str) -> str:
    """A source without its issue or round: a lottery, a beacon's chain; others have none."""
    kind, *rest = source.split(":")
    return ":".join([kind, *rest[:1]]) if kind in _ISSUED else kind


def _issues(text: str) -> list[tuple[str, tuple[int, str]]]:
    """Source and issue, or round, of an entropy, the issue in an order that is that of time; others have none."""
    kind, *rest = text.split(":")
    return (
        [(f"{kind}:{rest[0]}", (len(each), each)) for each in rest[1].split("+")] if kind in _ISSUED else []
    )


def _is_drawn(found: re.Match[str]) -> bool:
    """Whether a lottery tells one result for each of different issues, with balls that it has."""
    issues, results = found["issues"].split("+"), found["results"].split("+")
    balls = LOTTERIES.get(found["name"])
    possible = balls is None or all(_is_possible(result, balls) for result in results)
    return len(set(issues)) == len(issues) == len(results) and possible


def _is_possible(result: str, balls: tuple[tuple[int, int], ...]) -> bool:
    """Whether each group of balls, in its place, has different numbers out of those it has."""
    numbers = [int(number) for number in result.split("-")]
    for count, highest in balls:
        group, numbers = numbers[:count], numbers[count:]
        if len(set(group)) != count or not all(1 <= number <= highest for number in group):
            return False
    return not numbers


def _lottery_bits(found: re.Match[str]) -> int | None:
    balls = LOTTERIES.get(found["name"])
    if balls is None:
        return None
    one = prod(comb(highest, count) for count, highest in balls)
    return (one.bit_length() - 1) * len(found["issues"].split("+"))


_RESULT = "[0-9]{2}(?:-[0-9]{2})*"
_ISSUE = "[0-9A-Za-z-]+"
_LOTTERY = rf"(?P<name>[0-9A-Za-z_\u4e00-\u9fff-]+):(?P<issues>{_ISSUE}(?:\+{_ISSUE})*)"
_BEACON = "[0-9a-f]+:[1-9][0-9]{0,18}"
_FORMS: dict[str, tuple[re.Pattern[str], Callable[[re.Match[str]], int | None]]] = {
    "d10x20": (re.compile("[0-9]{20}"), lambda _: (10**20).bit_length() - 1),
    "d6x25": (re.compile("[1-6]{25}"), lambda _: (6**25).bit_length() - 1),
    "lottery": (re.compile(rf"{_LOTTERY}:(?P<results>{_RESULT}(?:\+{_RESULT})*)"), _lottery_bits),
    "beacon": (
        re.compile(f"{_BEACON}:(?P<hex>(?:[0-9a-f]{{2}})+)"),
        lambda found: min(4 * len(found["hex"]), 256),
    ),
    "text": (re.compile(r"[^\x00-\x1f\x7f]+"), lambda _: 0),
}
_NO_FORM = (re.compile("(?!)"), _lottery_bits)
_SOURCES = [
    re.compile(form) for form in ("d10x20", "d6x25", "text", f"lottery:{_LOTTERY}", f"beacon:{_BEACON}")
]


def _of_length(secret: bytes, what: str) -> bytes:
    if len(secret) != SECRET_BYTES:
        raise Refused("secret.length", which=what, bytes=SECRET_BYTES)
    return secret
