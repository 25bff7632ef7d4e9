"""The index of targets (检查对象索引): what a search asks, packed in blocks of 65,536 targets, the same on both databases.

- `gram ...`: for each pair of neighbouring characters of a name, folded, the targets that have it. A part holds the
  pairs whose first character falls into it, so that one character alone is looked up in one part as well.
- a column's name: the column itself, as numbers, with the values that they stand for.
- `by code`, `by name`: all ids in that order, cut into pieces.

Triggers note what changes behind the index (TARGET_CHANGED), and ids beyond its reach are new: a search looks at those
rows themselves (data/queries/target_search.py), so it is right at any time, and fast while they are few. `catch_up`
takes them in; the intake calls it, as does a migration.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, String, and_, case, cast, delete, func, insert, select, text, update

from data.models import TARGET_CHANGED, TARGET_INDEX, TARGET_INDEX_REACH, Target

BLOCK_BITS = 16
BLOCK = 1 << BLOCK_BITS
PARTS = 1_024
"""Into so many parts the pairs of characters fall."""

STANDING = ("state", "kind", "risk_class", "abnormal", "serious")
"""Columns of few values, kept as one. The risk class alone stands for an active organisation on neither list, as most
are: joining the five takes the database as long as all the rest."""

COLUMNS = ("jurisdiction_code", "type", "industry", "region", "standing")
ORDERS = {"by code": "code", "by name": "name"}
FEW = 3_000
"""Changed targets that are left outside; beyond them a search would take longer than it has to."""

_CHARACTER_BITS = 21
_PART_SHIFT = 11  # a character without its last ten bits, which make its part, has eleven
_END = "\0"
_SEPARATOR = "\x1f"
_BITMAP = BLOCK // 8
_DENSE = _BITMAP // 2
"""From so many targets on, a bitmap of the block is shorter than their numbers."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.integer[Any]]
_target = Target.__table__.c
_plain = and_(_target.state == "active", _target.kind == "organisation", ~_target.abnormal, ~_target.serious)
_whole: Any = _target[STANDING[0]]
for _name in STANDING[1:]:
    _told: Any = _target[_name]
    _whole = _whole + "/" + (case((_told, "1"), else_="0") if _name in ("abnormal", "serious") else _told)
_standing = case((_plain, _target.risk_class), else_=_whole)


def standing_of(value: str) -> dict[str, str]:
    """The columns that a value of `standing` stands for."""
    told = value.split("/") if "/" in value else ["active", "organisation", value, "0", "0"]
    return dict(zip(STANDING, told, strict=True))


def fold(name: str) -> str:
    """A name as it is searched: full and half width, and upper and lower case, are one."""
    return unicodedata.normalize("NFKC", name).casefold()


def catch_up(connection: Connection, few: int = FEW) -> bool:
    """Take into the index what it lacks, where that is more than a few targets; whether it did.

    The connection writes, and nobody else may write targets until it is through: on PostgreSQL they are locked.
    """
    if not _lacks(connection, few):
        return False
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE target IN SHARE ROW EXCLUSIVE MODE"))
    reach = reach_of(connection)
    changed = connection.scalars(select(TARGET_CHANGED.c.target_id)).all()
    last = connection.scalar(select(func.max(_target.id))) or 0
    blocks = {each >> BLOCK_BITS for each in changed}
    blocks.update(range((reach + 1) >> BLOCK_BITS, (last >> BLOCK_BITS) + 1))
    for block in sorted(blocks):
        _write_block(connection, block)
    _write_orders(connection)
    connection.execute(delete(TARGET_CHANGED))
    _extend_reach(connection, max(reach, last))
    return True


def write_anew(connection: Connection) -> None:
    """Make the whole index anew, however it was."""
    for table in (TARGET_INDEX, TARGET_INDEX_REACH, TARGET_CHANGED):
        connection.execute(delete(table))
    catch_up(connection, few=0)


def reach_of(connection: Connection) -> int:
    """Up to which id the targets are in the index."""
    return connection.scalar(select(TARGET_INDEX_REACH.c.reach)) or 0


def part_of(character: str) -> str:
    """The part that holds the pairs which begin with a character."""
    return f"gram {ord(character) % PARTS}"


def keys_of(pair: str) -> tuple[int, int]:
    """The first key of two characters, or of one with whatever follows it, and the one after the last."""
    first = ord(pair[0])
    key = ((first % PARTS) << _PART_SHIFT | first // PARTS) << _CHARACTER_BITS
    if len(pair) == 1:
        return key, key + (1 << _CHARACTER_BITS)
    return key | ord(pair[1]), (key | ord(pair[1])) + 1


def mark_pairs(content: bytes, keys: tuple[int, int], mask: Mask) -> None:
    """Mark the targets of a block that have a pair whose key is one of these."""
    (number,) = np.frombuffer(content, np.uint32, 1)
    known = np.frombuffer(content, np.uint64, number, 4)
    ends = np.frombuffer(content, np.uint32, number, 4 + 8 * number)
    data = memoryview(content)[4 + 12 * number :]
    low, high = np.searchsorted(known, np.array(keys, np.uint64)).tolist()
    edges = np.r_[np.uint32(0), ends][low : high + 1]
    start = edges[0]
    # numbers stand one after the other and are marked at once, up to the next bitmap
    for place in np.flatnonzero(np.diff(edges) == _BITMAP):
        mask[np.frombuffer(data[start : edges[place]], np.uint16)] = True
        mask |= np.unpackbits(np.frombuffer(data[edges[place] : edges[place + 1]], np.uint8)).view(np.bool_)
        start = edges[place + 1]
    mask[np.frombuffer(data[start : edges[-1]], np.uint16)] = True


def column_in(content: bytes) -> tuple[list[str], Numbers]:
    """The values in a block's column, in order, and for each target the place of its value, from 1; 0 is no target."""
    size = int.from_bytes(content[:4], "little")
    values = json.loads(content[4 : 4 + size])
    return values, np.frombuffer(content, _narrow(len(values)), BLOCK, 4 + size)


def ids_in(content: bytes) -> NDArray[np.uint32]:
    """The ids in a piece of an order."""
    return np.frombuffer(content, np.uint32)


def _lacks(connection: Connection, few: int) -> bool:
    beyond = select(_target.id).where(_target.id > reach_of(connection)).limit(few + 1)
    changed = select(TARGET_CHANGED.c.target_id).limit(few + 1)
    rows = [
        connection.scalar(select(func.count()).select_from(each.subquery())) or 0
        for each in (beyond, changed)
    ]
    return sum(rows) > few


def _extend_reach(connection: Connection, reach: int) -> None:
    table = TARGET_INDEX_REACH
    moved = connection.execute(update(table).values(reach=reach, edition=table.c.edition + 1))
    if not moved.rowcount:
        connection.execute(insert(table).values(id=1, reach=reach, edition=1))


def _write_block(connection: Connection, block: int) -> None:
    sides = _sides(connection, block)
    connection.execute(
        delete(TARGET_INDEX).where(TARGET_INDEX.c.block == block, TARGET_INDEX.c.part.not_in(ORDERS))
    )
    if not sides:
        return
    places = np.array(sides["id"], np.int64) - (block << BLOCK_BITS)
    parts = [(name, _column(places, sides[name])) for name in COLUMNS]
    parts += _grams(places, sides["name"])
    _put(connection, ((part, block, content) for part, content in parts))


def _sides(connection: Connection, block: int) -> dict[str, Sequence[Any]]:
    """The targets of a block, column by column."""
    low, names = block << BLOCK_BITS, ("id", "name", *COLUMNS)
    columns = [_standing if name == "standing" else _target[name] for name in names]
    within = _target.id.between(low, low + BLOCK - 1)
    on_postgresql = connection.dialect.name == "postgresql"
    told = [
        func.string_agg(cast(each, String), _SEPARATOR)
        if on_postgresql
        else func.group_concat(each, _SEPARATOR)
        for each in columns
    ]
    joined = connection.execute(select(*told).where(within)).one()
    sides = [each.split(_SEPARATOR) for each in joined] if joined[0] is not None else []
    if len({len(each) for each in sides}) > 1:  # the separator stands in a value: slower, but whatever it is
        sides = list(zip(*connection.execute(select(*columns).where(within)), strict=True))
    return dict(zip(names, sides, strict=True)) if sides else {}


def _put(connection: Connection, parts: Iterable[tuple[str, int, bytes]]) -> None:
    rows = [{"part": part, "block": block, "content": content} for part, block, content in parts]
    if rows:
        connection.execute(insert(TARGET_INDEX), rows)


def _narrow(values: int) -> type[np.unsignedinteger[Any]]:
    if values < 1 << 8:
        return np.uint8
    return np.uint16 if values < 1 << 16 else np.uint32


def _column(places: Numbers, side: Sequence[Any]) -> bytes:
    known = {value: place for place, value in enumerate(sorted(set(side)), 1)}
    codes = list(map(known.__getitem__, side))
    values = json.dumps(list(known), ensure_ascii=False).encode()
    kept = np.zeros(BLOCK, _narrow(len(known)))
    kept[places] = codes
    return len(values).to_bytes(4, "little") + values + kept.tobytes()


def _grams(places: Numbers, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The pairs of all names of a block, by part."""
    keys, owners = _sorted_pairs(places, names)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    keys, edges = keys[starts], np.r_[starts, len(owners)]
    sizes = np.diff(edges)
    sizes = np.where(sizes < _DENSE, 2 * sizes, _BITMAP).astype(np.uint32)
    parts = keys >> np.uint64(_PART_SHIFT + _CHARACTER_BITS)
    cuts = np.flatnonzero(np.r_[True, parts[1:] != parts[:-1], True]).tolist()
    for first, after in pairwise(cuts):
        head = np.uint32(after - first).tobytes() + keys[first:after].tobytes()
        head += np.cumsum(sizes[first:after], dtype=np.uint32).tobytes()
        yield f"gram {parts[first]}", head + _pieces(owners, edges[first : after + 1])


def _sorted_pairs(places: Numbers, names: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint16]]:
    """The key of each pair in a name, and whose it is; in order, and each once."""
    firsts, seconds, owners = _pairs(places, names)
    keys: Any = (firsts % PARTS).astype(np.uint64) << np.uint64(_PART_SHIFT) | firsts // PARTS
    keys = keys << np.uint64(_CHARACTER_BITS) | seconds
    # one number sorts by key and then by target: a key has 42 bits
    both = keys << np.uint64(BLOCK_BITS) | owners.astype(np.uint64)
    both.sort()
    both = both[np.r_[True, both[1:] != both[:-1]]]
    return np.right_shift(both, np.uint64(BLOCK_BITS)), both.astype(np.uint16)


def _pairs(places: Numbers, names: Sequence[str]) -> tuple[Numbers, Numbers, Numbers]:
    """First and second character of every pair, and whose it is; the last of a name stands before the end."""
    folded = fold(_END.join(names) + _END)
    if folded.count(_END) != len(names):  # a name that has the separator in it
        folded = fold(_END.join(name.replace(_END, "") for name in names) + _END)
    characters = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.flatnonzero(characters == 0)
    owners = np.repeat(places, np.diff(ends, prepend=-1))
    inside = np.flatnonzero(characters)
    return characters[inside], characters[inside + 1], owners[inside]


def _pieces(owners: NDArray[np.uint16], edges: Numbers) -> bytes:
    """The targets of some pairs, one pair after the other: numbers in the block, or a bitmap of it where it is shorter."""
    told, start = [], edges[0]
    for place in np.flatnonzero(np.diff(edges) >= _DENSE):
        mask = np.zeros(BLOCK, np.bool_)
        mask[owners[edges[place] : edges[place + 1]]] = True
        told += [owners[start : edges[place]].tobytes(), np.packbits(mask).tobytes()]
        start = edges[place + 1]
    return b"".join([*told, owners[start : edges[-1]].tobytes()])


def _write_orders(connection: Connection) -> None:
    connection.execute(delete(TARGET_INDEX).where(TARGET_INDEX.c.part.in_(ORDERS)))
    for part, column in ORDERS.items():
        ids = _ordered_ids(connection, column)
        pieces = (ids[start : start + BLOCK] for start in range(0, len(ids), BLOCK))
        _put(connection, ((part, block, piece.tobytes()) for block, piece in enumerate(pieces)))


def _ordered_ids(connection: Connection, column: str) -> NDArray[np.uint32]:
    """All ids in an order of the database's own, as one value: a million rows would take longer to fetch than to sort."""
    if connection.dialect.name == "postgresql":
        told = f"SELECT string_agg(int4send(id), ''::bytea ORDER BY {column}, id) FROM target"
        return np.frombuffer(connection.exec_driver_sql(told).scalar() or b"", ">u4").astype(np.uint32)
    told = f"SELECT group_concat(id) FROM (SELECT id FROM target ORDER BY {column}, id)"
    listed = connection.exec_driver_sql(told).scalar()
    return np.array(listed.split(","), np.uint32) if listed else np.empty(0, np.uint32)
