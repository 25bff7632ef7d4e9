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
WEIGHTS = (
    "weight",
    "before",
)  # of a weighted pool; the sum of the weights above lets one row show its place alone
KEY_COLUMNS = 2  # every table is sorted by its first two columns and holds no two rows with the same
RANGED = ("targets", "inspectors")  # cut into strata and departments; an id stands once in the whole table
LIST_COLUMNS = {"inspectors": (2, 4)}
EVERYWHERE = "*"
MOST_WEIGHT = 10**18  # the sum of all; keeps what is reckoned with within 64 bits

_FORBIDDEN = re.compile("[\t\n\r\0]")
_COUNT = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Table:
    """A table as it is hashed: rows in order, each a line of tab-separated fields."""

    name: str
    rows: tuple[Row, ...]
    weighed: bool = False

    @property
    def header(self) -> str:
        """The header line, without its line feed."""
        return header(self.name, self.weighed)

    @cached_property
    def weights(self) -> list[int]:
        """The weight of each target of a weighted pool."""
        return [int(row[-2]) for row in self.rows] if self.weighed else []

    @cached_property
    def lines(self) -> list[bytes]:
        """One line per row, without its line feed."""
        return ["\t".join(row).encode() for row in self.rows]

    @cached_property
    def ranges(self) -> list[list[str | int]]:
        """Stratum or department with its number of rows, in table order, and the sum of their weights where they have any;
        empty for bars."""
        if self.name not in RANGED:
            return []
        counts: dict[str, list[int]] = {}
        for place, row in enumerate(self.rows):
            count = counts.setdefault(row[0], [0, 0] if self.weighed else [0])
            count[0] += 1
            if self.weighed:
                count[1] += self.weights[place]
        return [[part, *count] for part, count in counts.items()]

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
        for part, rows, *_ in self.ranges:
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


def header(name: str, weighed: bool = False) -> str:
    """The header line of a table, without its line feed."""
    return "\t".join(COLUMNS[name] + (WEIGHTS if weighed else ()))


def weigh(rows: Iterable[Sequence[str]]) -> list[Row]:
    """Rows of targets whose last field is the weight, sorted, with the sum of the weights above in a field of its own."""
    ordered, before = [], 0
    for row in sorted((tuple(row) for row in rows), key=lambda row: row[:KEY_COLUMNS]):
        ordered.append((*row, str(before)))
        before += int(row[-1]) if _COUNT.fullmatch(row[-1]) else 0
    return ordered


def freeze(name: str, rows: Iterable[Sequence[str]], weighed: bool = False) -> Table:
    """Sort the rows and refuse what may not stand in a frozen table; targets are `weighed` where their chance is.

    Raises Refused `table.*` with table, row (the fields) and column.
    """
    ordered = sorted((tuple(row) for row in rows), key=lambda row: row[:KEY_COLUMNS])
    for row in ordered:
        _check_row(name, row, weighed)
    if weighed:
        _check_weights(name, ordered)
    for before, row in itertools.pairwise(ordered):
        if before[:KEY_COLUMNS] == row[:KEY_COLUMNS]:
            raise Refused("table.key_twice", table=name, row=list(row))
    table = Table(name, tuple(ordered), weighed)
    if name in RANGED and len(table.index) != len(table.rows):
        raise Refused("table.id_twice", table=name, row=list(_first_repeated_id(table.rows)))
    return table


def freeze_all(
    targets: Iterable[Sequence[str]],
    inspectors: Iterable[Sequence[str]],
    bars: Iterable[Sequence[str]] = (),
    pair_bars: Iterable[Sequence[str]] = (),
    weighed: bool = False,
) -> Frame:
    """Freeze the four tables and refuse a bar that names an id which is not in the registries."""
    frame = Frame(
        freeze("targets", targets, weighed),
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


def leaf(salt: bytes, line: bytes) -> bytes:
    """The leaf of a row: a salted hash, so that no row can be guessed from the root."""
    return hashlib.sha256(b"\0" + salt + line).digest()


def leaves(table: Table, salt_secret: bytes) -> list[bytes]:
    """The leaf of every row."""
    salt = salter(salt_secret, table.name)
    return [leaf(salt(i), line) for i, line in enumerate(table.lines)]


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
    sealed = table_digest(table.name, table.header, rows, root, table.ranges)
    return Seal(table.header, rows, root, table.ranges, sealed, sm3(table.file()))


def table_digest(name: str, header_line: str, rows: int, root: bytes, ranges: object) -> bytes:
    """T: what of a table is committed."""
    return digest(
        "table", name.encode(), header_line.encode(), rows.to_bytes(8, "big"), root, canonical(ranges)
    )


def path_sides(i: int, rows: int) -> str:
    """The side of every sibling from leaf i up, L or R: place and number of rows fix them."""
    sides = ""
    while rows > 1:
        if i ^ 1 < rows:
            sides += "L" if i & 1 else "R"
        i, rows = i // 2, (rows + 1) // 2
    return sides


def path_root(i: int, rows: int, node: bytes, path: Sequence[bytes]) -> bytes:
    """The root to which the siblings lead from leaf i of so many; Refused `proof.path` where it takes more or fewer."""
    sides = path_sides(i, rows)
    if len(sides) != len(path):
        raise Refused("proof.path", index=i)
    for side, sibling in zip(sides, path, strict=True):
        node = hashlib.sha256(b"\1" + (sibling + node if side == "L" else node + sibling)).digest()
    return node


def list_of(field: str) -> list[str]:
    """The items of a list field."""
    return field.split(";") if field else []


def _check_row(name: str, row: Row, weighed: bool) -> None:
    columns = COLUMNS[name] + (WEIGHTS if weighed else ())
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
    if name == "inspectors" and not _COUNT.fullmatch(row[5]):
        raise Refused("table.capacity", table=name, row=list(row), column="capacity")
    if weighed and not _COUNT.fullmatch(row[4]):
        raise Refused("table.weight", table=name, row=list(row), column="weight")


def _check_weights(name: str, ordered: Sequence[Row]) -> None:
    before = 0
    for row in ordered:
        if row[5] != str(before):
            raise Refused("table.weights_before", table=name, row=list(row), column="before", wanted=before)
        before += int(row[4])
    if before > MOST_WEIGHT:
        raise Refused("table.weights_sum", table=name, most=MOST_WEIGHT)


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
