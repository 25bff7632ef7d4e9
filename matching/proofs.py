"""The proof of one target (检查对象证明): with it and the published commitment a target checks its own ticket alone.

Made and checked as docs/protocol.md, section 11.3, tells it. It shows one row of the frozen table and nothing of others.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matching.draw import seed as seeds
from matching.draw.commitment import Commitment, Reveal
from matching.draw.frames import canonical, read_canonical
from matching.draw.plan import Plan
from matching.draw.tables import (
    Table,
    header,
    leaf,
    leaves,
    merkle_levels,
    merkle_path,
    path_root,
    salter,
    spans_of,
    table_digest,
)
from matching.draw.targets import DrawnStratum, smallest
from matching.draw.tickets import word
from matching.draw.weights import WeightedStratum, begin
from matching.refused import Refused
from matching.table_file import TableFile

PROTOCOL = "draw-1/target"
LARGEST = 16_384  # bytes; strata and witnesses are what makes one long
_LOW = 4  # levels of the tree that are not kept: 16 rows are hashed again for one proof
_NODE = 32
_OTHERS = ("inspectors", "bars", "pair_bars")
_FIELDS = {
    "protocol", "number", "commit", "plan", "salt", "reveals", "seed", "tables", "witnesses", "secret", "entropy", "ranges",
    "index", "line", "row_salt", "path", "quota", "threshold", "drawn",
}  # fmt: skip
_OPTIONAL = frozenset({"successor", "systematic"})
_WEIGHING = frozenset({"above", "begin", "draws", "taken", "weight"})
_BASE64 = re.compile("[A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Grown:
    """The upper part of a table's tree, kept so that a proof takes the rows near its own alone."""

    table: Table | TableFile
    salt_secret: bytes = field(repr=False)
    levels: tuple[bytes, ...]  # from height _LOW up, the nodes of each one after another

    def __repr__(self) -> str:
        return f"Grown({len(self.table.lines)} rows)"

    def salt(self, i: int) -> bytes:
        """The salt of a row."""
        return salter(self.salt_secret, self.table.name)(i)

    def path(self, i: int) -> list[bytes]:
        """The siblings of row i from the leaf up."""
        first = i >> _LOW << _LOW
        near = merkle_levels(leaves(self.table, self.salt_secret, first, first + (1 << _LOW)))
        path = [sibling for _, sibling in merkle_path(near, i - first)]
        for height, level in enumerate(self.levels[:-1]):
            sibling = i >> _LOW + height ^ 1
            if sibling * _NODE < len(level):
                path.append(level[sibling * _NODE : (sibling + 1) * _NODE])
        return path


def grow(table: Table | TableFile, salt_secret: bytes) -> Grown:
    """Hash a whole table once."""
    starts = range(0, len(table.lines), 1 << _LOW)
    low = [merkle_levels(leaves(table, salt_secret, start, start + (1 << _LOW)))[-1][0] for start in starts]
    return Grown(table, salt_secret, tuple(b"".join(level) for level in merkle_levels(low)))


def target_proof(
    plan: Plan,
    commitment: Commitment,
    reveal: Reveal,
    strata: Sequence[DrawnStratum],
    grown: Grown,
    i: int,
    successor: int = 0,
) -> bytes:
    """The proof of the target in row i; `successor` is which of its stratum's it was, if it came in for a voided one."""
    stratum = next(each for each in strata if each.start <= i < each.start + each.rows)
    drawn = bool((stratum.indexes == i).any())
    last = stratum.threshold
    tables = [commitment.seals[name].digest for name in _OTHERS]
    told: dict[str, object] = {
        "protocol": PROTOCOL,
        "number": plan.number,
        "commit": _told(commitment.commit),
        "plan": _told(commitment.plan),
        "salt": _told(commitment.salt),
        "reveals": _told(reveal.reveals_digest),
        "seed": _told(reveal.seed),
        "tables": [_told(each) for each in tables],
        "witnesses": [_told(each) for each in commitment.witnesses],
        "secret": _told(reveal.secret),
        "entropy": reveal.entropy.text,
        "ranges": grown.table.ranges,
        "index": i,
        "line": grown.table.lines[i].decode(),
        "row_salt": _told(grown.salt(i)),
        "path": _told(b"".join(grown.path(i))),
        "quota": stratum.quota,
        "threshold": [f"{last[0]:016x}", last[1]] if last else None,
        "drawn": drawn,
    }
    if successor:
        told["successor"] = successor
    if isinstance(stratum, WeightedStratum):
        told["systematic"] = _told_weighing(stratum, i)
    return canonical(told)


def _told_weighing(stratum: WeightedStratum, i: int) -> dict[str, object]:
    sample = stratum.sampling
    above = sample.taken[sample.taken < i]
    return {
        "above": int(sample.weights[above].sum()),
        "begin": stratum.begin,
        "draws": sample.draws,
        "taken": bool((sample.taken == i).any()),
        "weight": sample.weight,
    }


# Checking


@dataclass(frozen=True)
class Shown:
    """What a proof that holds shows of its target; `commit` and `seed` are to be compared with the published ones."""

    number: str
    target: str
    name: str
    stratum: str
    ticket: int
    drawn: bool
    successor: int
    commit: str
    seed: str


def check_target_proof(content: bytes) -> Shown:
    """Check a proof from its bytes alone; Refused `proof.*` with what does not hold, `json.*` where it cannot be read."""
    if len(content) > LARGEST:
        raise Refused("proof.too_large", bytes=LARGEST)
    told = read_canonical(content, "proof")
    try:
        return _checked(told)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as fault:
        raise Refused("proof.malformed", problem=f"{type(fault).__name__}: {fault}") from None


def _checked(told: Mapping[str, Any]) -> Shown:
    if told["protocol"] != PROTOCOL or set(told) - _OPTIONAL != _FIELDS:
        raise Refused("proof.malformed", problem="protocol, fields")
    weighed = "systematic" in told
    fields, spans = told["line"].split("\t"), spans_of(told["ranges"], weighed)
    found = [span for span in spans if span[1] <= told["index"] < span[1] + span[2]]
    if not found or len(fields) != (6 if weighed else 4) or fields[0] != found[0][0]:
        raise Refused("proof.line", index=told["index"])
    stratum, start, rows = found[0]
    if type(told["quota"]) is not int or not 0 <= told["quota"] <= rows:
        raise Refused("proof.threshold", index=told["index"])
    total = sum(span[2] for span in spans)
    path = _nodes(_bytes(told["path"], None))
    root = path_root(told["index"], total, leaf(_bytes(told["row_salt"], 16), told["line"].encode()), path)
    table = table_digest("targets", header("targets", weighed), total, root, told["ranges"])
    seed = _seed(told, table)
    key, successor = seeds.stage_key(seed, table, "targets"), told.get("successor", 1)
    if type(successor) is not int or successor < 1:
        raise Refused("proof.drawn", index=told["index"])
    drawn = _weighed(told, seed, table, fields) if weighed else _below(told, key, start, rows)
    if drawn is not told["drawn"] or (drawn and "successor" in told):
        raise Refused("proof.drawn", index=told["index"])
    return Shown(
        told["number"], fields[1], fields[3], stratum, word(key, told["index"]), drawn, told.get("successor", 0),
        _bytes(told["commit"]).hex(), seed.hex(),
    )  # fmt: skip


def _seed(told: Mapping[str, Any], table: bytes) -> bytes:
    """C from its parts, and the seed behind it."""
    secret = _bytes(told["secret"])
    parts = [table, *map(_bytes, told["tables"])]
    if len(parts) != 1 + len(_OTHERS):
        raise Refused("proof.malformed", problem="tables")
    witnesses = [_bytes(each) for each in told["witnesses"]]
    opened = seeds.secret_commitment(secret)
    made = seeds.commitment(_bytes(told["plan"]), parts, opened, _bytes(told["salt"]), witnesses)
    if made != _bytes(told["commit"]):
        raise Refused("proof.commit", wanted=made.hex())
    seeds.read_entropy(told["entropy"])
    seed = seeds.seed(made, _bytes(told["reveals"]), secret, told["entropy"])
    if seed != _bytes(told["seed"]):
        raise Refused("proof.seed", wanted=seed.hex())
    return seed


def _below(told: Mapping[str, Any], key: int, start: int, rows: int) -> bool:
    """Whether the row is among the quota's first of its stratum, whose tickets are all worked out."""
    quota, successor = told["quota"], told.get("successor", 0)
    indexes, tickets = smallest(key, start, rows, min(quota + successor, rows))
    last = quota - 1
    due = [f"{int(tickets[last]):016x}", int(indexes[last])] if quota else None
    if canonical(told["threshold"]) != canonical(due):
        raise Refused("proof.threshold", index=told["index"])
    if successor and (len(indexes) != quota + successor or indexes[-1] != told["index"]):
        raise Refused("proof.drawn", index=told["index"])
    return bool((indexes[:quota] == told["index"]).any())


def _weighed(told: Mapping[str, Any], seed: bytes, table: bytes, fields: Sequence[str]) -> bool:
    """Whether the row of a weighted pool is taken with certainty or covers a point."""
    each = told["systematic"]
    draws, weight, first = each["draws"], each["weight"], each["begin"]
    wanted = begin(seeds.stage_key(seed, table, "systematic"), weight if draws else 0)
    if set(each) != _WEIGHING or told["threshold"] is not None or first != wanted:
        raise Refused("proof.begin", wanted=wanted)
    own, place = int(fields[4]), int(fields[5]) - each["above"]
    if each["taken"] is not (own > 0 and draws * own >= weight):
        raise Refused("proof.taken", index=told["index"])
    if each["taken"]:
        return True
    # a point before the end of the row that is not before its beginning
    return (
        bool(draws) and (draws * (place + own) - 1 - first) // weight > (draws * place - 1 - first) // weight
    )


def _told(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str, length: int | None = 32) -> bytes:
    if not _BASE64.fullmatch(text):
        raise Refused("proof.malformed", problem="base64url")
    content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _told(content) != text or (length is not None and len(content) != length):
        raise Refused("proof.malformed", problem="base64url")
    return content


def _nodes(path: bytes) -> list[bytes]:
    if len(path) % _NODE:
        raise Refused("proof.malformed", problem="path")
    return [path[at : at + _NODE] for at in range(0, len(path), _NODE)]
