"""A Merkle tree over lines (RFC 6962): a root that grows with them, and proofs that one root is the beginning of another.

`matching/draw/tables.py` has a tree of its own, over salted leaves of a draw; data knows nothing of matching, and what
is needed here (growing, consistency) is not needed there, so the ten lines that are alike stand twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

Hash = Callable[[bytes], bytes]


def sha256(content: bytes) -> bytes:
    """SHA-256, which every verifier has."""
    return hashlib.sha256(content).digest()


def sm3(content: bytes) -> bytes:
    """SM3 (GB/T 32905), where the machine's OpenSSL has it."""
    return hashlib.new("sm3", content).digest()


HASHES: dict[str, Hash] = {"sha256": sha256}
if "sm3" in hashlib.algorithms_available:
    HASHES["sm3"] = sm3
"""The hashes that trees are made with on this machine, by name."""
WIDTH = 32
"""Bytes of a hash of either kind."""


def leaf(hashed: Hash, content: bytes) -> bytes:
    """The leaf of a line: the hash of 0x00 and the line."""
    return hashed(b"\0" + content)


class Tree:
    """A tree that grows at its end and keeps no more than the roots of its full subtrees (`peaks`), the widest first.

    There are as many of them as the size has one-bits: twenty for a million lines.
    """

    def __init__(self, hashed: Hash, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size, self.peaks, self._hashed = size, list(peaks), hashed

    def add(self, content: bytes) -> None:
        """Add a line."""
        self.put(leaf(self._hashed, content))

    def put(self, digest: bytes) -> None:
        """Add the leaf of a line; a node is the hash of 0x01 and the two below."""
        left = self.size
        while left & 1:
            digest = self._hashed(b"\1" + self.peaks.pop() + digest)
            left >>= 1
        self.peaks.append(digest)
        self.size += 1

    def root(self) -> bytes:
        """The root of all lines so far; of none, the hash of nothing."""
        if not self.peaks:
            return self._hashed(b"")
        *wider, root = self.peaks
        for peak in reversed(wider):
            root = self._hashed(b"\1" + peak + root)
        return root

    def state(self) -> bytes:
        """The peaks, one after the other: with the size all that is needed to go on."""
        return b"".join(self.peaks)


def grown(hashed: Hash, size: int, state: bytes) -> Tree:
    """A tree as it was when `state` was kept; ValueError where that is of another size."""
    if len(state) != WIDTH * size.bit_count():
        raise ValueError("not the state of a tree of this size")
    return Tree(hashed, size, (state[place : place + WIDTH] for place in range(0, len(state), WIDTH)))


class Proving:
    """A consistency proof made while lines go by once: that the tree of `new` lines begins with that of `old`."""

    def __init__(self, hashed: Hash, old: int, new: int) -> None:
        self._wanted = proof_ranges(old, new)
        self._trees = {each: Tree(hashed) for each in self._wanted}
        self._ascending = sorted(self._wanted, reverse=True)
        self._at = 0

    def put(self, digest: bytes) -> None:
        """The leaf of the next line."""
        while self._ascending and self._ascending[-1][1] <= self._at:
            self._ascending.pop()
        if self._ascending and self._ascending[-1][0] <= self._at:
            self._trees[self._ascending[-1]].put(digest)
        self._at += 1

    def proof(self) -> list[bytes]:
        """The hashes of the proof, in the order of RFC 6962."""
        return [self._trees[each].root() for each in self._wanted]


def proof_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """The lines (first, and first after them) whose roots make up a consistency proof: PROOF(m, D[n]) of RFC 6962, 2.1.2."""
    return [] if old in (0, new) else _ranges(old, 0, new, True)


def _ranges(old: int, first: int, new: int, whole: bool) -> list[tuple[int, int]]:
    """SUBPROOF; `whole` says that the verifier knows the root of these lines already."""
    if old == new:
        return [] if whole else [(first, first + new)]
    left = 1 << (new - 1).bit_length() - 1  # the greatest power of two below `new`
    if old <= left:
        return [*_ranges(old, first, left, whole), (first + left, first + new)]
    return [*_ranges(old - left, first + left, new - left, False), (first, first + left)]


def is_consistent(
    hashed: Hash, old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows that the tree with size and root `new` begins with `old` (RFC 9162, 2.1.4.2)."""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 < old_size < new_size:
        beginning = old_root == (new_root if old_size else hashed(b""))
        return beginning and old_size <= new_size and not proof
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            was, now = hashed(b"\1" + other + was), hashed(b"\1" + other + now)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            now = hashed(b"\1" + now + other)
        place, last = place >> 1, last >> 1
    return (was, now, last) == (old_root, new_root, 0)
