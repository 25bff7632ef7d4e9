"""Whether one checkpoint of the ledger continues another (一致性证明), by the database or by a proof without it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from data import checkpoints as trees
from data.checkpoints import Sized
from data.merkle import HASHES, is_consistent
from data.notes import Faulty, Head, Verifier, claimed_head, open_checkpoint, read_vkey
from data.queries import checkpoints as queries
from matching.refused import Refused
from scheduler.checkpoints import refusal
from scheduler.ledger import CHAINS
from scheduler.ledger_key import LedgerKey
from scheduler.transaction import EVERYTHING, Engine, reading

PROOF = "yaohao-consistency-1"
OLD, NEW = "old", "new"


@dataclass(frozen=True)
class Continues:
    """The newer of two trees begins with the lines of the older; `proof` holds the hashes that show it."""

    origin: str
    old: int
    new: int
    proof: Mapping[str, Sequence[bytes]]
    heads: tuple[Head, Head]


@dataclass(frozen=True)
class Breaks:
    """It does not, or can't be told: the fault as a code, and the numbers that its sentence speaks of."""

    fault: str
    params: Mapping[str, int | str]


class _Broken(Exception):  # noqa: N818 - ends a comparison, no more
    def __init__(self, fault: str, **params: int | str) -> None:
        super().__init__(fault)
        self.told = Breaks(fault, params)


def public_key(text: str) -> Verifier:
    """A key as it was handed over; Refused `checkpoint.key`."""
    try:
        return read_vkey(text)
    except Faulty as faulty:
        raise refusal(faulty) from None


def verifier_of(note: bytes, key: LedgerKey | None) -> Verifier:
    """The installation's key for the chain that a checkpoint speaks of; Refused `checkpoint.no_key`, `checkpoint.form`."""
    if key is None:
        raise Refused("checkpoint.no_key")
    try:
        origin = claimed_head(note).origin
    except Faulty as faulty:
        raise refusal(faulty) from None
    return next(
        (key.verifier(each) for each in CHAINS if key.origin(each) == origin), key.verifier(CHAINS[0])
    )


def by_database(database: Engine, verifier: Verifier, old: bytes, new: bytes | None) -> Continues | Breaks:
    """Compare two checkpoints by the lines in the database; without `new`, the older with what stands there now.

    Refused `checkpoint.form` for what is no checkpoint at all.
    """
    try:
        first = _signed(old, verifier, OLD)
        second = _signed(new, verifier, NEW) if new is not None else None
        _in_order(first, second)
        return _compared(database, _chain(verifier), first, second)
    except _Broken as broken:
        return broken.told


def by_proof(verifier: Verifier, old: bytes, new: bytes, proof: Mapping[str, Any]) -> Continues | Breaks:
    """Compare two checkpoints by a proof alone, as a stranger does; Refused `checkpoint.form`, `proof.form`."""
    hashes = _hashes(proof)
    try:
        first, second = _signed(old, verifier, OLD), _signed(new, verifier, NEW)
        _in_order(first, second)
        if _told(first, second, hashes) != dict(proof):
            raise _Broken("proof_of_others")
        for name in hashes.keys() & HASHES.keys():
            pair = (first.size, first.roots[name]), (second.size, second.roots[name])
            if not is_consistent(HASHES[name], *pair, hashes[name]):
                raise _Broken("proof_fails", old=first.size, new=second.size, hash=name)
        return Continues(verifier.name, first.size, second.size, hashes, (first, second))
    except _Broken as broken:
        return broken.told


def proof_file(found: Continues) -> dict[str, Any]:
    """A proof as it is handed to others: what it is of, and its hashes in base64."""
    return _told(*found.heads, found.proof)


def _compared(database: Engine, chain: str, old: Head, new: Head | None) -> Continues:
    """Both roots as the lines give them, and the proof that they then make."""
    opened = partial(reading, database, EVERYTHING)
    with opened() as session:
        lines = queries.lines(session, chain)
        own = list(session.scalars(queries.newest_first(chain)))
    if new is None:
        if lines < old.size:
            raise _Broken("cut_off", which=OLD, size=old.size, lines=lines)
        sizes = {old.size, lines, *(each.size for each in own if each.size < old.size)}
        walked = trees.walk(opened, chain, sizes, (old.size, lines))
    else:
        sizes = {old.size, new.size, *(each.size for each in own if each.size < new.size)}
        walked = trees.walk(opened, chain, sizes, (old.size, new.size))
    sound = max((each.size for each in own if _stands(each.size, each.root, walked.sized)), default=0)
    for which, head in ((OLD, old), (NEW, new)):
        if head is None:
            continue
        if head.size not in walked.sized:
            raise _Broken("cut_off", which=which, size=head.size, lines=walked.lines)
        if any(walked.sized[head.size].roots[name] != head.roots[name] for name in _known(head)):
            after = max(
                (size for size in (sound, old.size if which == NEW else 0) if size < head.size), default=0
            )
            raise _Broken("other_root", which=which, size=head.size, first=after + 1)
    if new is None and lines not in walked.sized:
        raise _Broken("line_missing", line=walked.lines + 1)
    second = new or Head(old.origin, lines, walked.sized[lines].roots)
    return Continues(old.origin, old.size, second.size, walked.proofs, (old, second))


def _stands(size: int, root: str, sized: Mapping[int, Sized]) -> bool:
    return size in sized and sized[size].roots["sha256"].hex() == root


def _signed(note: bytes, verifier: Verifier, which: str) -> Head:
    try:
        head = open_checkpoint(note, verifier)
    except Faulty as faulty:
        if faulty.fault == "form":
            raise refusal(faulty) from None
        raise _Broken(faulty.fault, which=which, key=verifier.name) from None
    if head.size == 0:
        raise Refused("checkpoint.form")
    return head


def _in_order(old: Head, new: Head | None) -> None:
    if new is None:
        return
    if new.size < old.size:
        raise _Broken("shorter", old=old.size, new=new.size)
    if new.size == old.size and any(old.roots[name] != new.roots[name] for name in _common(old, new)):
        raise _Broken("fork", size=old.size)


def _chain(verifier: Verifier) -> str:
    """The chain that a key signs: the last part of its name."""
    chain = verifier.name.rpartition("/")[2]
    if chain not in CHAINS:
        raise Refused("checkpoint.other_key")
    return chain


def _known(head: Head) -> list[str]:
    return [name for name in head.roots if name in HASHES]


def _common(old: Head, new: Head) -> list[str]:
    return [name for name in _known(old) if name in new.roots]


def _told(old: Head, new: Head, hashes: Mapping[str, Sequence[bytes]]) -> dict[str, Any]:
    names = [name for name in ("sha256", "sm3") if name in hashes and name in old.roots and name in new.roots]
    return {
        "format": PROOF,
        "origin": old.origin,
        **{
            which: {"size": head.size, **{name: _base64(head.roots[name]) for name in names}}
            for which, head in ((OLD, old), (NEW, new))
        },
        "proof": {name: [_base64(each) for each in hashes[name]] for name in names},
    }


def _hashes(proof: Mapping[str, Any]) -> dict[str, list[bytes]]:
    """The hashes of a proof file; Refused `proof.form`."""
    try:
        if proof["format"] != PROOF or "sha256" not in proof["proof"]:
            raise ValueError
        return {name: list(_decoded(proof["proof"][name])) for name in proof["proof"]}
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
        raise Refused("proof.form") from None


def _decoded(told: Sequence[str]) -> Iterator[bytes]:
    for each in told:
        yield base64.b64decode(each, validate=True)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
