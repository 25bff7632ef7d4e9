"""The freeze (锁定名录): sealing a table so that every row can be proved alone, beside hashes that prove no row."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from benchmarks.instances import REGISTRIES
from matching.draw.tables import Table, freeze, seal

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
SALT_SECRET = bytes(range(32))


def sealed(name: str) -> Side:
    """Ours: a salted leaf per row, the tree, the digest, SM3 of the file."""
    rows = freeze("targets", REGISTRIES[name]()).rows
    # a fresh table for each run: it keeps its lines once they are made
    return lambda: seal(Table("targets", rows), SALT_SECRET), lambda each: each.rows


def frozen(name: str) -> Side:
    """What comes before: sorting the rows and checking every field."""
    rows = REGISTRIES[name]()
    return lambda: freeze("targets", rows), lambda each: len(each.rows)


def row_hashes(name: str) -> Side:
    """One unsalted SHA-256 per row: whoever knows the columns can guess the rows."""
    rows = freeze("targets", REGISTRIES[name]()).rows
    return lambda: [sha256(line).digest() for line in Table("targets", rows).lines], len


def file_hash(name: str) -> Side:
    """One SHA-256 of the whole file: nothing is proved without showing all of it."""
    rows = freeze("targets", REGISTRIES[name]()).rows
    return lambda: sha256(Table("targets", rows).file()), lambda digest: digest.hexdigest()


SIDES = {"seal": sealed, "freeze": frozen, "hash per row": row_hashes, "hash of the file": file_hash}
