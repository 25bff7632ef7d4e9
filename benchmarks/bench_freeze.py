"""The freeze (锁定名录): from the database to the frozen lists; and sealing a table so that every row can be proved
alone, beside hashes that prove no row.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from benchmarks.instances import REGISTERS, REGISTRIES
from benchmarks.registers import Register, on_postgresql, on_sqlite
from matching.draw.tables import Table, freeze, seal

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
SALT_SECRET = bytes(range(32))


def sealed(name: str) -> Side:
    """Ours: a salted leaf per row, the tree, the digest, SM3 of the file."""
    lines = freeze("targets", REGISTRIES[name]()).lines
    # a fresh table for each run: it keeps its ranges once they are counted
    return lambda: seal(Table("targets", lines), SALT_SECRET), lambda each: each.rows


def frozen(name: str) -> Side:
    """What comes before: sorting the rows and checking every field."""
    rows = REGISTRIES[name]()
    return lambda: freeze("targets", rows), lambda each: len(each.lines)


def row_hashes(name: str) -> Side:
    """One unsalted SHA-256 per row: whoever knows the columns can guess the rows."""
    lines = freeze("targets", REGISTRIES[name]()).lines
    return lambda: [sha256(line).digest() for line in lines], len


def file_hash(name: str) -> Side:
    """One SHA-256 of the whole file: nothing is proved without showing all of it."""
    table = freeze("targets", REGISTRIES[name]())
    return lambda: sha256(table.file()), lambda digest: digest.hexdigest()


def pool(name: str, made: Callable[[int, bool], Register], custody: bool) -> Side:
    """A campaign's pool out of the database: asked, checked, sorted, packed and kept; in custody sealed too."""
    register = made(REGISTERS[name], custody)
    return register.freeze, lambda number: number


SIDES: dict[str, Callable[[str], Side]] = {
    "seal": sealed,
    "freeze": frozen,
    "hash per row": row_hashes,
    "hash of the file": file_hash,
    "pool, SQLite": lambda name: pool(name, on_sqlite, custody=False),
    "pool in custody, SQLite": lambda name: pool(name, on_sqlite, custody=True),
    "pool, PostgreSQL": lambda name: pool(name, on_postgresql, custody=False),
    "pool in custody, PostgreSQL": lambda name: pool(name, on_postgresql, custody=True),
}
