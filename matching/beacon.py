"""A randomness beacon (随机信标) of drand: when a round is announced, and whether a signature is the beacon's own.

To check a signature takes the optional extra `beacon`; all else does not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from typing import Any

from matching.refused import Refused

LIBRARY = "py_ecc"
CHAINED = "pedersen-bls-chained"
SCHEMES = {
    CHAINED: ("G2", b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"),
    "pedersen-bls-unchained": ("G2", b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"),
    "bls-unchained-g1-rfc9380": ("G1", b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"),
}
"""drand's schemes: the group in which signatures lie, and the tag of RFC 9380 under which messages are hashed to it."""
_BYTES = {"G1": 48, "G2": 96}
_KEYS = {"G1": "G2", "G2": "G1"}  # where signatures lie in one group, keys lie in the other
_NAMELESS = ("", "default")


@dataclass(frozen=True)
class Chain:
    """A beacon's chain as its `/info` tells it: a round every `period` seconds from `genesis` on (Unix time).

    All of it but the scheme is bound by the chain's hash, so that whoever names the hash names the key.
    """

    public_key: bytes
    period: int
    genesis: int
    group_hash: bytes
    scheme: str
    name: str

    @property
    def digest(self) -> str:
        """The chain's hash as drand defines it (`Info.Hash`): what stands in the plan."""
        parts = (
            self.period.to_bytes(4, "big"),
            self.genesis.to_bytes(8, "big"),
            self.public_key,
            self.group_hash,
            b"" if self.name in _NAMELESS else self.name.encode(),
        )
        return sha256(b"".join(parts)).hexdigest()

    def announced(self, number: int) -> int:
        """When a round is announced, in Unix time; before it nobody knows its signature."""
        return self.genesis + (number - 1) * self.period


@dataclass(frozen=True)
class Round:
    """A round of a beacon as a plan or an entropy names it; the randomness is empty where only the source is named."""

    chain: str
    number: int
    randomness: str = ""


@dataclass(frozen=True)
class Signature:
    """A beacon's signature of a round; `previous` is that of the round before, and empty where a scheme has no use of it."""

    signature: bytes
    previous: bytes = b""


def round_of(text: str | None) -> Round | None:
    """The round that an entropy or its source names; None where it is of another kind."""
    found = re.fullmatch(r"beacon:([0-9a-f]+):([1-9][0-9]{0,18})(?::([0-9a-f]+))?", text or "")
    return Round(found[1], int(found[2]), found[3] or "") if found else None


def read_chain(told: Any) -> Chain:
    """A chain as drand's `/info` tells it; Refused `beacon.chain` where it is no chain, or not that of its hash."""
    try:
        chain = Chain(
            public_key=bytes.fromhex(told["public_key"]),
            period=int(told["period"]),
            genesis=int(told["genesis_time"]),
            group_hash=bytes.fromhex(told["groupHash"]),
            scheme=str(told["schemeID"]),
            name=str(told.get("metadata", {}).get("beaconID", "")),
        )
        holds = chain.digest == told["hash"] and chain.period > 0
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        holds = False
    if not holds:
        raise Refused("beacon.chain")
    return chain


def read_signature(told: Mapping[str, Any]) -> Signature:
    """The signature in what a beacon answers, or in beacon.json; Refused `beacon.form`."""
    try:
        found = Signature(
            bytes.fromhex(told["signature"]), bytes.fromhex(told.get("previous_signature") or "")
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused("beacon.form") from None
    if len(found.signature) not in _BYTES.values() or len(found.previous) > max(_BYTES.values()):
        raise Refused("beacon.form")
    return found


def can_verify() -> bool:
    """Whether the optional library is there."""
    return find_spec(LIBRARY) is not None


def library() -> Any:
    """The curve of the optional library, whose import leaves the interpreter as it was.

    It lifts the limit of recursion to 100,000, which it does not need here; left so, deeply nested JSON, which anybody may
    send, would end the whole process where it is refused now.
    """
    limit = sys.getrecursionlimit()
    try:
        from py_ecc import optimized_bls12_381
    finally:
        sys.setrecursionlimit(limit)
    return optimized_bls12_381


def check_randomness(named: Round, given: Signature) -> None:
    """Refused `beacon.randomness` where the randomness is not SHA-256 of the signature."""
    if sha256(given.signature).hexdigest() != named.randomness:
        raise Refused("beacon.randomness")


def check_signature(chain: Chain, number: int, given: Signature) -> None:
    """Verify a round's signature under the chain's key (BLS12-381, RFC 9380); it takes a second or two.

    Refused `beacon.signature`, `beacon.scheme`, and `beacon.no_library` where the extra is not installed.
    """
    if chain.scheme not in SCHEMES:
        raise Refused("beacon.scheme", scheme=chain.scheme)
    if not can_verify():
        raise Refused("beacon.no_library")
    group, tag = SCHEMES[chain.scheme]
    if not _signed(group, tag, chain.public_key, _message(chain, number, given), given.signature):
        raise Refused("beacon.signature", round=number)


def _message(chain: Chain, number: int, given: Signature) -> bytes:
    """What a round signs: its number, and in a chained scheme the signature of the round before."""
    before = given.previous if chain.scheme == CHAINED else b""
    return sha256(before + number.to_bytes(8, "big")).digest()


def _signed(group: str, tag: bytes, key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the pairing of signature and generator is that of message and key."""
    curve = library()
    from py_ecc.bls.hash_to_curve import hash_to_G1, hash_to_G2

    try:
        signed, public = _point(group, signature), _point(_KEYS[group], key)
    except ValueError:
        return False
    if group == "G1":
        one = curve.pairing(curve.G2, signed, final_exponentiate=False)
        other = curve.pairing(public, curve.neg(hash_to_G1(message, tag, sha256)), final_exponentiate=False)
    else:
        one = curve.pairing(signed, curve.G1, final_exponentiate=False)
        other = curve.pairing(hash_to_G2(message, tag, sha256), curve.neg(public), final_exponentiate=False)
    return bool(curve.final_exponentiate(one * other) == curve.FQ12.one())


def _point(group: str, written: bytes) -> Any:
    """A compressed point of the group of prime order, not its zero; ValueError for anything else."""
    from py_ecc.bls.g2_primitives import subgroup_check
    from py_ecc.bls.point_compression import decompress_G1, decompress_G2

    if len(written) != _BYTES[group]:
        raise ValueError
    number = int.from_bytes(written[:48], "big")
    rest = int.from_bytes(written[48:], "big")
    point = decompress_G1(number) if group == "G1" else decompress_G2((number, rest))
    if library().is_inf(point) or not subgroup_check(point):
        raise ValueError
    return point
