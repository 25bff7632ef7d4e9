"""Frozen tables (锁定名录): their bytes, salts, tree and digest (draw-1, section 2)."""

import hashlib
import hmac
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from matching.draw.frames import canonical, digest, sm3
from matching.refused import Refused

Row = tuple[str, ...]
Path = list[tuple[str, bytes]]

COLUMNS = {
    "targets": ("stratum", "id", "region", "name"),
    "inspectors": ("department", "id", "qualifications", "home", "regions", "capacity", "name"),
    "bars": ("inspector_id", "target_id", "ground"),
    "pair_bars": ("inspector_a", "inspector_b", "ground"),
}
KEY_COLUMNS = 2  # every table is sorted by its first two columns and holds no two rows with the same
RANGED = ("targets", "inspectors")  # cut into strata and departments; an id stands once in the whole table
LIST_COLUMNS = {"inspectors": (2, 4)}
EVERYWHERE = "*"

_FORBIDDEN = re.compile("[\t\n\r\0]")
_CAPACITY = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Table:
    """A table as it is hashed: rows in order, each a line of tab-separated fields."""

    name: str
    rows: tuple[Row, ...]

    @property
    def header(self) -> str:
        """The header line, without its line feed."""
        return "\t".join(COLUMNS[self.name])

    @cached_property
    def lines(self) -> list[bytes]:
        """One line per row, without its line feed."""
        return ["\t".join(row).encode() for row in self.rows]

    @cached_property
    def ranges(self) -> list[list[str | int]]:
        """Stratum or department with its number of rows, in table order; empty for bars."""
        if self.name not in RANGED:
            return []
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[row[0]] = counts.get(row[0], 0) + 1
        return [[part, rows] for part, rows in counts.items()]

    @cached_property
    def index(self) -> dict[str, int]:
        """The row index of each id (targets and inspectors)."""
        return {row[1]: place for place, row in enumerate(self.rows)}

    def file(self) -> bytes:
        """The whole .tsv file."""
        return b"\n".join([self.header.encode(), *self.lines, b""])

    def spans(self) -> list[tuple[str, int, int]]:
        """Stratum or department, first row index and number of rows, in table order."""
        spans, start = [], 0
        for part, rows in self.ranges:
            spans.append((str(part), start, int(rows)))
            start += int(rows)
        return spans


@dataclass(frozen=True)
class Seal:
    """What of a table is committed: it fixes every row and shows none."""

    header: str
    rows: int
    root: bytes
    ranges: list[list[str | int]]
    digest: bytes
    sm3: str | None


@dataclass(frozen=True)
class Frame:
    """The four tables of one draw, frozen together."""

    targets: Table
    inspectors: Table
    bars: Table
    pair_bars: Table

    def tables(self) -> tuple[Table, ...]:
        """The tables in the order in which the commitment takes them."""
        return (self.targets, self.inspectors, self.bars, self.pair_bars)


def freeze(name: str, rows: Iterable[Sequence[str]]) -> Table:
    """Sort the rows and refuse what may not stand in a frozen table.

    Raises Refused `table.*` with table, row (the fields) and column.
    """
    ordered = sorted((tuple(row) for row in rows), key=lambda row: row[:KEY_COLUMNS])
    for row in ordered:
        _check_row(name, row)
    for before, row in itertools.pairwise(ordered):
        if before[:KEY_COLUMNS] == row[:KEY_COLUMNS]:
            raise Refused("table.key_twice", table=name, row=list(row))
    table = Table(name, tuple(ordered))
    if name in RANGED and len(table.index) != len(table.rows):
        raise Refused("table.id_twice", table=name, row=list(_first_repeated_id(table.rows)))
    return table


def freeze_all(
    targets: Iterable[Sequence[str]],
    inspectors: Iterable[Sequence[str]],
    bars: Iterable[Sequence[str]] = (),
    pair_bars: Iterable[Sequence[str]] = (),
) -> Frame:
    """Freeze the four tables and refuse a bar that names an id which is not in the registries."""
    frame = Frame(
        freeze("targets", targets),
        freeze("inspectors", inspectors),
        freeze("bars", bars),
        freeze("pair_bars", pair_bars),
    )
    people, things = frame.inspectors.index, frame.targets.index
    for row in frame.bars.rows:
        if row[0] not in people or row[1] not in things:
            raise Refused("table.bar_of_unknown", table="bars", row=list(row))
    for row in frame.pair_bars.rows:
        if row[0] not in people or row[1] not in people:
            raise Refused("table.bar_of_unknown", table="pair_bars", row=list(row))
        if row[0] >= row[1]:
            raise Refused("table.pair_not_ordered", table="pair_bars", row=list(row))
    return frame


def salter(salt_secret: bytes, name: str) -> Callable[[int], bytes]:
    """The salts of a table: index to 16 bytes."""
    key = digest("saltkey", salt_secret, name.encode())
    one_shot = hmac.digest
    return lambda i: one_shot(key, b"salt" + i.to_bytes(8, "big"), "sha256")[:16]


def leaves(table: Table, salt_secret: bytes) -> list[bytes]:
    """The leaf of every row: a salted hash, so that no row can be guessed from the root."""
    sha256, salt = hashlib.sha256, salter(salt_secret, table.name)
    return [sha256(b"\0" + salt(i) + line).digest() for i, line in enumerate(table.lines)]


def merkle_levels(leaf_hashes: list[bytes]) -> list[list[bytes]]:
    """All levels of the tree of RFC 6962, leaves first. An odd last node rises unchanged."""
    if not leaf_hashes:
        return [[hashlib.sha256(b"").digest()]]
    sha256, levels = hashlib.sha256, [leaf_hashes]
    while len(levels[-1]) > 1:
        below = levels[-1]
        paired = zip(below[::2], below[1::2], strict=False)
        above = [sha256(b"\1" + left + right).digest() for left, right in paired]
        levels.append(above + below[len(below) - len(below) % 2 :])
    return levels


def merkle_path(levels: list[list[bytes]], i: int) -> Path:
    """The siblings from leaf i up to the root, each with its side (L or R)."""
    path: Path = []
    for level in levels[:-1]:
        sibling = i ^ 1
        if sibling < len(level):
            path.append(("L" if sibling < i else "R", level[sibling]))
        i //= 2
    return path


def seal(table: Table, salt_secret: bytes) -> Seal:
    """Root and digest of a table, to be committed."""
    root = merkle_levels(leaves(table, salt_secret))[-1][0]
    rows = len(table.rows)
    sealed = digest(
        "table",
        table.name.encode(),
        table.header.encode(),
        rows.to_bytes(8, "big"),
        root,
        canonical(table.ranges),
    )
    return Seal(table.header, rows, root, table.ranges, sealed, sm3(table.file()))


def list_of(field: str) -> list[str]:
    """The items of a list field."""
    return field.split(";") if field else []


def _check_row(name: str, row: Row) -> None:
    columns = COLUMNS[name]
    if len(row) != len(columns):
        raise Refused("table.columns", table=name, row=list(row))
    # one look at the whole line; where it fails, a second one finds the field
    if not _sound("\x1f".join(row)):
        unsound = next(place for place, field in enumerate(row) if not _sound(field))
        raise Refused("table.text", table=name, row=list(row), column=columns[unsound])
    if not row[0] or not row[1]:
        raise Refused("table.key_empty", table=name, row=list(row))
    for place in LIST_COLUMNS.get(name, ()):
        items = list_of(row[place])
        if "" in items or items != sorted(set(items)):
            raise Refused("table.list_not_sorted", table=name, row=list(row), column=columns[place])
    if name == "inspectors" and not _CAPACITY.fullmatch(row[5]):
        raise Refused("table.capacity", table=name, row=list(row), column="capacity")


def _sound(text: str) -> bool:
    if _FORBIDDEN.search(text) or not unicodedata.is_normalized("NFC", text):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _first_repeated_id(rows: Sequence[Row]) -> Row:
    seen: set[str] = set()
    for row in rows:
        if row[1] in seen:
            return row
        seen.add(row[1])
    raise ValueError("no id is repeated")
