"""The ledger as a log of a Merkle tree (台账检查点): its lines as leaves, gone through in pieces that keep nobody waiting.

Leaf i is line i+1 of a chain: the bytes of its column `canonical`, as they stand. That the other columns say the same,
and that the hashes follow each other, is what `data.ledger.verify` checks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from data import merkle
from data.ledger import Opened
from data.merkle import HASHES, Proving, Tree
from data.queries import checkpoints

_PIECE = 5_000


@dataclass(frozen=True)
class Sized:
    """The trees of a chain's first `size` lines: roots by hash, and the states from which they grow on."""

    size: int
    roots: Mapping[str, bytes]
    states: Mapping[str, bytes]


@dataclass(frozen=True)
class Walked:
    """A chain gone through: how many lines follow each other without a gap, the roots at the sizes asked for, a proof."""

    lines: int
    sized: Mapping[int, Sized]
    proofs: Mapping[str, list[bytes]]


def grow(opened: Opened, chain: str, kept: Sized, sizes: Collection[int]) -> Mapping[int, Sized]:
    """The trees at further sizes, from those that were kept on; a size that the chain has not is left out."""
    trees = {name: merkle.grown(HASHES[name], kept.size, kept.states[name]) for name in kept.states}
    return {each.size: each for each in _grown(opened, chain, trees, sizes, {})}


def walk(
    opened: Opened, chain: str, sizes: Collection[int], between: tuple[int, int] | None = None
) -> Walked:
    """Go through a chain from its first line, as it stands in the database at this moment.

    `between` asks for the proof that the tree of the second number of lines begins with that of the first.
    """
    trees = {name: Tree(hashed) for name, hashed in HASHES.items()}
    proving = {name: Proving(hashed, *between) for name, hashed in HASHES.items()} if between else {}
    wanted = {*sizes, *(between or ())}
    sized = {each.size: each for each in _grown(opened, chain, trees, wanted, proving)}
    lines = trees["sha256"].size
    whole = between is not None and lines >= between[1]
    return Walked(lines, sized, {name: each.proof() for name, each in proving.items()} if whole else {})


def nothing() -> Sized:
    """The trees of no line."""
    trees = {name: Tree(hashed) for name, hashed in HASHES.items()}
    return _sized(trees)


def _grown(
    opened: Opened,
    chain: str,
    trees: Mapping[str, Tree],
    sizes: Collection[int],
    proving: Mapping[str, Proving],
) -> Iterator[Sized]:
    """Add the lines after those that the trees have, and tell the trees at each size."""
    last = trees["sha256"].size
    if last in sizes:
        yield _sized(trees)
    for seq, content in _contents(opened, chain, last, max(sizes, default=0)):
        for name, tree in trees.items():
            digest = merkle.leaf(HASHES[name], content)
            tree.put(digest)
            if name in proving:
                proving[name].put(digest)
        if seq in sizes:
            yield _sized(trees)


def _contents(opened: Opened, chain: str, last: int, to: int) -> Iterator[tuple[int, bytes]]:
    """Lines as they follow each other; they end before the first that is missing or holds no bytes."""
    while last < to:
        with opened() as session:
            piece = checkpoints.leaves(session, chain, last, to, _PIECE)
        for seq, content in piece:
            if seq != last + 1 or not isinstance(content, bytes):
                return
            yield seq, content
            last = seq
        if not piece:
            return


def _sized(trees: Mapping[str, Tree]) -> Sized:
    return Sized(
        trees["sha256"].size,
        {name: tree.root() for name, tree in trees.items()},
        {name: tree.state() for name, tree in trees.items()},
    )
