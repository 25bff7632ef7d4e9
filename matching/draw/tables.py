"""Frozen tables (锁定名录): their bytes, salts, tree and digest (draw-1, section 2)."""

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn, Protocol

from matching.draw.frames import canonical, digest, sm3
from matching.refused import Refused

Row = tuple[str, ...]
Path = list[tuple[str, bytes]]
Span = tuple[str, int, int]

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

_FORBIDDEN = "\t\n\r\0"
_TOGETHER = 1 << 12  # rows that are checked and written as lines at once
_BLOCK = 1 << 8  # leaves that are hashed together: a power of two, so that their node is one of the tree
_INNER, _OUTER = (
    bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C)
)  # of HMAC, by byte of the key
_COUNT = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Table:
    """A table as it is hashed: its lines in order, each the tab-separated fields of a row, without its line feed."""

    name: str
    lines: tuple[bytes, ...]
    weighed: bool = False

    @property
    def header(self) -> str:
        """The header line, without its line feed."""
        return header(self.name, self.weighed)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The fields of every line: several times its bytes, so a long table is frozen and sealed without them."""
        return tuple(map(_fields, self.lines))

    @cached_property
    def weights(self) -> list[int]:
        """The weight of each target of a weighted pool."""
        return [int(line.rsplit(b"\t", 2)[1]) for line in self.lines] if self.weighed else []

    @cached_property
    def ranges(self) -> list[list[str | int]]:
        """Stratum or department with its number of rows, in table order, and the sum of their weights where they have any;
        empty for bars."""
        if self.name not in RANGED:
            return []
        weights, found = iter(self.weights), list[list[str | int]]()
        for part, lines in itertools.groupby(self.lines, _part):
            rows = sum(1 for _ in lines)
            weight = [sum(itertools.islice(weights, rows))] if self.weighed else []
            found.append([part.decode(), rows, *weight])
        return found

    @cached_property
    def index(self) -> dict[str, int]:
        """The row index of each id (targets and inspectors)."""
        return {key.decode(): place for place, key in enumerate(self._ids())}

    def holding(self, ids: Iterable[str]) -> set[str]:
        """Those of some ids that stand in the table (targets and inspectors)."""
        wanted = {each.encode() for each in ids}
        return {each.decode() for each in wanted.intersection(self._ids())} if wanted else set()

    def _ids(self) -> Iterator[bytes]:
        return map(_id, self.lines)

    def file(self) -> bytes:
        """The whole .tsv file."""
        return b"\n".join([self.header.encode(), *self.lines, b""])

    def spans(self) -> list[Span]:
        """Stratum or department, first row index and number of rows, in table order."""
        return spans_of(self.ranges, self.weighed)


class Listed(Protocol):
    """What holds the lines of a table, in memory or as the bytes of its file."""

    @property
    def name(self) -> str:
        """The table's name."""
        ...

    @property
    def lines(self) -> Sequence[bytes]:
        """Its lines in order."""
        ...


@dataclass(frozen=True)
class Seal:
    """What of a table is committed: it fixes every row and shows none."""

    header: str
    rows: int
    root: bytes
    ranges: list[list[str | int]]
    digest: bytes
    sm3: str | None

    def spans(self) -> list[Span]:
        """Stratum or department, first row index and number of rows, in table order."""
        return spans_of(self.ranges, self.header == header("targets", weighed=True))


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
    return "\t".join(_columns(name, weighed))


def weigh(rows: Iterable[Sequence[str]]) -> list[Row]:
    """Rows of targets whose last field is the weight, sorted, with the sum of the weights above in a field of its own."""
    ordered, before = [], 0
    for row in sorted((tuple(row) for row in rows), key=lambda row: row[:KEY_COLUMNS]):
        ordered.append((*row, str(before)))
        before += int(row[-1]) if _COUNT.fullmatch(row[-1]) else 0
    return ordered


def freeze(name: str, rows: Iterable[Sequence[str]], weighed: bool = False) -> Table:
    """Sort the rows and refuse what may not stand in a frozen table; targets are `weighed` where their chance is.

    The rows are taken as they come and kept as lines only. Raises Refused `table.*` with table, row (the fields) and
    column.
    """
    lines: list[bytes] = []
    coming = iter(rows)
    while together := list(itertools.islice(coming, _TOGETHER)):
        if not _may_stand(name, together, weighed):
            _refuse_first(name, itertools.chain(together, coming), weighed)
        lines += "\n".join(map("\t".join, together)).encode().split(b"\n")
    lines.sort(key=_key)
    if weighed:
        _check_weights(name, lines)
    _check_keys(name, lines)
    return Table(name, tuple(lines), weighed)


def freeze_all(
    targets: Iterable[Sequence[str]],
    inspectors: Iterable[Sequence[str]],
    bars: Iterable[Sequence[str]] = (),
    pair_bars: Iterable[Sequence[str]] = (),
    weighed: bool = False,
) -> Frame:
    """Freeze the four tables and refuse a bar that names an id which is not in the registries."""
    return freeze_beside(freeze("targets", targets, weighed), inspectors, bars, pair_bars)


def freeze_beside(
    targets: Table,
    inspectors: Iterable[Sequence[str]],
    bars: Iterable[Sequence[str]] = (),
    pair_bars: Iterable[Sequence[str]] = (),
) -> Frame:
    """Freeze the other tables beside the frozen targets; refused as by `freeze_all`."""
    frame = Frame(
        targets, freeze("inspectors", inspectors), freeze("bars", bars), freeze("pair_bars", pair_bars)
    )
    people, things = frame.inspectors.index, targets.holding(row[1] for row in frame.bars.rows)
    for row in frame.bars.rows:
        if row[0] not in people or row[1] not in things:
            raise Refused("table.bar_of_unknown", table="bars", row=list(row))
    for row in frame.pair_bars.rows:
        if row[0] not in people or row[1] not in people:
            raise Refused("table.bar_of_unknown", table="pair_bars", row=list(row))
        if row[0] >= row[1]:
            raise Refused("table.pair_not_ordered", table="pair_bars", row=list(row))
    return frame


def spans_of(ranges: Any, weighed: bool = False) -> list[Span]:
    """Stratum or department, first row and rows, from ranges that somebody wrote; ValueError where no table has such."""
    kinds, spans, start = [str, int, int][: 3 if weighed else 2], list[Span](), 0
    for each in ranges:
        if [*map(type, each)] != kinds or not each[0] or each[1] < 1 or each[-1] < 0:
            raise ValueError("ranges")
        if spans and spans[-1][0] >= each[0]:
            raise ValueError("ranges: order")
        spans.append((each[0], start, each[1]))
        start += each[1]
    return spans


def salter(salt_secret: bytes, name: str) -> Callable[[int], bytes]:
    """The salts of a table: index to 16 bytes."""
    key = digest("saltkey", salt_secret, name.encode()).ljust(64, b"\0")
    # HMAC-SHA256 as RFC 2104 defines it, its padded key hashed once and not again for every row
    inner, outer = hashlib.sha256(key.translate(_INNER)), hashlib.sha256(key.translate(_OUTER))
    inner.update(b"salt")

    def salt(i: int) -> bytes:
        within, around = inner.copy(), outer.copy()
        within.update(i.to_bytes(8, "big"))
        around.update(within.digest())
        return around.digest()[:16]

    return salt


def leaf(salt: bytes, line: bytes) -> bytes:
    """The leaf of a row: a salted hash, so that no row can be guessed from the root."""
    return hashlib.sha256(b"\0" + salt + line).digest()


def leaves(table: Listed, salt_secret: bytes, start: int = 0, end: int | None = None) -> list[bytes]:
    """The leaf of every row, or of the rows from `start` to before `end`."""
    salt = salter(salt_secret, table.name)
    return [leaf(salt(i), line) for i, line in enumerate(table.lines[start:end], start)]


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


def merkle_root(table: Table, salt_secret: bytes) -> bytes:
    """The root of a table's tree, of whose leaves one block is held at a time."""
    blocks = (
        leaves(table, salt_secret, start, start + _BLOCK) for start in range(0, len(table.lines), _BLOCK)
    )
    return merkle_levels([merkle_levels(block)[-1][0] for block in blocks])[-1][0]


def seal(table: Table, salt_secret: bytes) -> Seal:
    """Root and digest of a table, to be committed."""
    root = merkle_root(table, salt_secret)
    rows = len(table.lines)
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


def joined(items: Iterable[str]) -> str:
    """A list field of these items."""
    return ";".join(sorted({item for item in items if item}, key=str.encode))


def is_list(field: str) -> bool:
    """Whether the items are sorted by bytes, all different, and none is empty."""
    return field == joined(list_of(field))


def _fields(line: bytes) -> Row:
    return tuple(line.decode().split("\t"))


def _key(line: bytes) -> bytes:
    # no field holds the zero byte and none is below it, so the order is that of the two columns
    return b"\0".join(line.split(b"\t", KEY_COLUMNS)[:KEY_COLUMNS])


def _part(line: bytes) -> bytes:
    return line.partition(b"\t")[0]


def _id(line: bytes) -> bytes:
    return line.split(b"\t", 2)[1]


def _columns(name: str, weighed: bool) -> tuple[str, ...]:
    return COLUMNS[name] + (WEIGHTS if weighed else ())


def _may_stand(name: str, rows: Sequence[Sequence[str]], weighed: bool) -> bool:
    """Whether `_check_row` refuses none of the rows, found quickly: the text of all is looked at together."""
    return (
        set(map(len, rows)) == {len(_columns(name, weighed))}
        and _sound("\x1f".join(map("\x1f".join, rows)))
        and all(row[0] and row[1] for row in rows)
        and not any(_own_faults(name, rows, weighed))
    )


def _refuse_first(name: str, rows: Iterable[Sequence[str]], weighed: bool) -> NoReturn:
    """Refuse the first row, in the order of the table, that may not stand."""
    for row in sorted(map(tuple, rows), key=lambda row: row[:KEY_COLUMNS]):
        _check_row(name, row, weighed)
    raise ValueError("every row may stand")


def _check_row(name: str, row: Row, weighed: bool) -> None:
    columns = _columns(name, weighed)
    if len(row) != len(columns):
        raise Refused("table.columns", table=name, row=list(row))
    for column, field in zip(columns, row, strict=True):
        if not _sound(field):
            raise Refused("table.text", table=name, row=list(row), column=column)
    if not row[0] or not row[1]:
        raise Refused("table.key_empty", table=name, row=list(row))
    for fault in _own_faults(name, [row], weighed):
        raise fault


def _own_faults(name: str, rows: Iterable[Sequence[str]], weighed: bool) -> Iterator[Refused]:
    """What is wrong in the columns that this table alone has."""
    own = LIST_COLUMNS.get(name, ())
    if not own and not weighed:
        return
    for row in rows:
        for place in own:
            items = list_of(row[place])
            if "" in items or items != sorted(set(items)):
                column = COLUMNS[name][place]
                yield Refused("table.list_not_sorted", table=name, row=list(row), column=column)
        if name == "inspectors" and not _COUNT.fullmatch(row[5]):
            yield Refused("table.capacity", table=name, row=list(row), column="capacity")
        if weighed and not _COUNT.fullmatch(row[4]):
            yield Refused("table.weight", table=name, row=list(row), column="weight")


def _check_weights(name: str, lines: Sequence[bytes]) -> None:
    above = 0
    for line in lines:
        *_, weight, before = line.split(b"\t")
        if before != b"%d" % above:
            row = list(_fields(line))
            raise Refused("table.weights_before", table=name, row=row, column="before", wanted=above)
        above += int(weight)
    if above > MOST_WEIGHT:
        raise Refused("table.weights_sum", table=name, most=MOST_WEIGHT)


def _check_keys(name: str, lines: Sequence[bytes]) -> None:
    if name in RANGED and len(set(map(_id, lines))) == len(lines):
        return
    for before, line in itertools.pairwise(lines):
        if _key(before) == _key(line):
            raise Refused("table.key_twice", table=name, row=list(_fields(line)))
    if name in RANGED:
        raise Refused("table.id_twice", table=name, row=list(_fields(_first_repeated_id(lines))))


def _first_repeated_id(lines: Sequence[bytes]) -> bytes:
    seen: set[bytes] = set()
    for line in lines:
        if _id(line) in seen:
            return line
        seen.add(_id(line))
    raise ValueError("no id is repeated")


def _sound(text: str) -> bool:
    if any(each in text for each in _FORBIDDEN) or not unicodedata.is_normalized("NFC", text):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
