"""The Merkle tree of the ledger is that of RFC 6962: roots, proofs, and nothing but the truth passes as one."""

from __future__ import annotations

import hashlib

import pytest

from data.merkle import HASHES, Proving, Tree, grown, is_consistent, leaf, proof_ranges, sha256

MOST = 70
LINES = [f"line {n}".encode() for n in range(MOST)]

# the vectors of certificate-transparency-go (merkle_verify_test.go): these leaves, and the root of the first 1, 2, ...
LEAVES = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root(lines, hashed=sha256):
    """MTH as RFC 6962 defines it, word for word."""
    if not lines:
        return hashed(b"")
    if len(lines) == 1:
        return hashed(b"\0" + lines[0])
    left = max(1 << bit for bit in range(20) if 1 << bit < len(lines))
    return hashed(b"\1" + root(lines[:left], hashed) + root(lines[left:], hashed))


def subproof(old, lines, whole):
    """SUBPROOF as RFC 6962 defines it, word for word."""
    if old == len(lines):
        return [] if whole else [root(lines)]
    left = max(1 << bit for bit in range(20) if 1 << bit < len(lines))
    if old <= left:
        return [*subproof(old, lines[:left], whole), root(lines[left:])]
    return [*subproof(old - left, lines[left:], False), root(lines[:left])]


def tree(lines, hashed=sha256):
    made = Tree(hashed)
    for each in lines:
        made.add(each)
    return made


def proof(old, lines):
    proving = Proving(sha256, old, len(lines))
    for each in lines:
        proving.put(leaf(sha256, each))
    return proving.proof()


@pytest.mark.parametrize("hashed", HASHES.values(), ids=HASHES)
def test_a_tree_that_grows_has_the_root_of_the_definition_at_every_size(hashed):
    growing = Tree(hashed)
    for size in range(MOST + 1):
        assert growing.root() == root(LINES[:size], hashed)
        assert len(growing.peaks) == size.bit_count()
        if size < MOST:
            growing.add(LINES[size])


def test_the_roots_are_those_of_certificate_transparency():
    assert [tree(LEAVES[: size + 1]).root().hex() for size in range(len(LEAVES))] == ROOTS
    assert tree([]).root() == hashlib.sha256().digest()


def test_a_tree_grows_on_from_what_was_kept_of_it():
    for size in range(MOST):
        kept = tree(LINES[:size])
        again = grown(sha256, size, kept.state())
        for each in LINES[size:]:
            again.add(each)
        assert again.root() == root(LINES)
    with pytest.raises(ValueError, match="size"):
        grown(sha256, 3, tree(LINES[:4]).state())


def test_every_proof_is_that_of_the_definition_and_shows_what_it_should():
    roots = [root(LINES[:size]) for size in range(MOST + 1)]
    for new in range(MOST + 1):
        for old in range(new + 1):
            made = proof(old, LINES[:new])
            assert made == (subproof(old, LINES[:new], True) if old else [])
            assert is_consistent(sha256, (old, roots[old]), (new, roots[new]), made)


def test_a_proof_of_anything_else_shows_nothing():
    """A line changed in the old part, hashes flipped, missing and added, sizes exchanged."""
    other = b"\7" * 32
    for new in range(2, 24):
        changed = [b"other", *LINES[1:new]]
        for old in range(1, new):
            before, after = (old, root(LINES[:old])), (new, root(LINES[:new]))
            made = proof(old, LINES[:new])
            assert not is_consistent(sha256, before, (new, root(changed)), proof(old, changed))
            assert not is_consistent(sha256, (old, other), after, made)
            assert not is_consistent(sha256, before, (new, other), made)
            assert not is_consistent(sha256, after, before, made)
            assert not is_consistent(sha256, before, after, made[:-1])
            assert not is_consistent(sha256, before, after, [*made, other])
            for place in range(len(made)):
                assert not is_consistent(sha256, before, after, [*made[:place], other, *made[place + 1 :]])


def test_a_proof_of_another_depth_than_the_sizes_have_shows_nothing():
    """The hashes alone would fit: roots are signed together with their sizes, and the sizes are asked too."""
    roots = {size: root(LINES[:size]) for size in (1, 4, 7, 8)}
    assert is_consistent(sha256, (4, roots[4]), (7, roots[7]), proof(4, LINES[:7]))
    assert not is_consistent(sha256, (4, roots[4]), (16, roots[7]), proof(4, LINES[:7]))
    assert is_consistent(sha256, (1, roots[1]), (8, roots[8]), proof(1, LINES[:8]))
    for claimed in (2, 3, 4, 16, 1024):
        assert not is_consistent(sha256, (1, roots[1]), (claimed, roots[8]), proof(1, LINES[:8])), claimed


def test_trees_of_one_size_are_consistent_only_where_they_are_one():
    same, other = (5, root(LINES[:5])), (5, b"\7" * 32)
    assert is_consistent(sha256, same, same, [])
    assert not is_consistent(sha256, same, other, [])
    assert not is_consistent(sha256, same, same, [other[1]])
    assert not is_consistent(sha256, (0, other[1]), same, [])


def test_a_proof_of_a_long_ledger_is_short():
    assert len(proof_ranges(999_999, 1_000_000)) <= 21
