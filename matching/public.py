"""Replay of a public bundle (公开证据包): everything that follows from commitment, reveal and the drawn rows' proofs.

It has no table of persons and no row that was not drawn, so pairs are out of its reach.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from matching.bundle import DRAWN, DRAWN_ONCE, PROOFS, SYSTEMATIC, THRESHOLDS, Files, csv_file, csv_lines
from matching.draw import seed as seeds
from matching.draw.commitment import Commitment, Reveal, reveal
from matching.draw.frames import canonical
from matching.draw.plan import Plan, Systematic
from matching.draw.tables import (
    COLUMNS,
    RANGED,
    Seal,
    Span,
    header,
    leaf,
    path_root,
    path_sides,
    spans_of,
    table_digest,
)
from matching.draw.targets import draw_targets
from matching.draw.tickets import word
from matching.draw.weights import Sampling, begin, covers_point, take
from matching.refused import Refused
from matching.replayed import (
    Differs,
    Replayed,
    check_committed,
    check_opened,
    compare,
    hex_bytes,
    read_object,
    read_plan_file,
)

PLAIN = re.compile("0|[1-9][0-9]{0,18}")
Proved = Mapping[int, Sequence[str]]
"""The fields of each drawn row whose path leads to the committed root, by row index."""


def replay_public(files: Files) -> Replayed | Differs:
    """Draw a public bundle again and compare; Refused where its commitment does not bind what it holds."""
    try:
        return _again(files)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as fault:
        raise Refused("replay.malformed", problem=f"{type(fault).__name__}: {fault}") from None


def _again(files: Files) -> Replayed | Differs:
    plan = read_plan_file(files)
    told = read_object(files, "commit.json")
    commitment = committed(plan, told)
    check_committed(told, commitment)
    opened = read_object(files, "reveal.json")
    revealed = reveal(
        plan,
        commitment,
        hex_bytes(opened, "secret", "reveal.json"),
        opened.get("entropy", ""),
        opened.get("reveals", []),
    )
    check_opened(opened, revealed)
    return compare(files, _decided(plan, commitment, revealed, files), DRAWN_ONCE)


def committed(plan: Plan, told: Mapping[str, Any]) -> Commitment:
    """What C binds, from what commit.json tells of it; whether that is all it says, `differences` tells."""
    seals = {name: _seal(plan, name, told["tables"][name]) for name in COLUMNS}
    secret, salt = (hex_bytes(told, name, "commit.json") for name in ("secret", "salt"))
    witnesses = tuple(bytes.fromhex(each) for each in told["witnesses"])
    p = seeds.plan_digest(plan.text)
    c = seeds.commitment(p, [each.digest for each in seals.values()], secret, salt, witnesses)
    return Commitment(p, seals, secret, salt, witnesses, c, sm3={})


def _seal(plan: Plan, name: str, told: Mapping[str, Any]) -> Seal:
    due = header(name, plan.weighed and name == "targets")
    rows, root, ranges = told["rows"], bytes.fromhex(told["root"]), told["ranges"]
    spans = spans_of(ranges, plan.weighed and name == "targets")
    if told["header"] != due or sum(each[2] for each in spans) != (rows if name in RANGED else 0):
        raise ValueError(f"{name}: header, ranges")
    return Seal(due, rows, root, ranges, table_digest(name, due, rows, root, ranges), told["sm3"])


def _decided(plan: Plan, commitment: Commitment, revealed: Reveal, files: Files) -> Files:
    """drawn.csv, thresholds.csv and systematic.json as they follow."""
    seal = commitment.seals["targets"]
    key = seeds.stage_key(revealed.seed, seal.digest, "targets")
    spans = seal.spans()
    if isinstance(plan.quota, Systematic):
        begins = seeds.stage_key(revealed.seed, seal.digest, "systematic")
        return _weighted(plan.quota.targets, seal, spans, key, begins, files)
    strata = draw_targets(plan.quota, spans, key)
    order = [int(i) for stratum in strata for i in stratum.indexes]
    proved = _proved(seal, order, files)
    drawn = [
        (stratum.stratum, rank, int(i), proved[int(i)][1], f"{int(ticket):016x}")
        for stratum in strata
        for rank, (i, ticket) in enumerate(zip(stratum.indexes, stratum.tickets, strict=True), start=1)
    ]
    ends = [(each.stratum, each.rows, each.quota, *_end(each.threshold)) for each in strata]
    return {"drawn.csv": csv_file(DRAWN, drawn), "thresholds.csv": csv_file(THRESHOLDS, ends)}


def _end(threshold: tuple[int, int] | None) -> tuple[object, object]:
    return (f"{threshold[0]:016x}", threshold[1]) if threshold else ("", "")


def _proved(seal: Seal, order: Sequence[int], files: Files) -> Proved:
    """The drawn rows, shown one by one to stand where the draw says; Refused `proof.*` with the first that does not."""
    proofs = read_object(files, PROOFS)
    told = proofs.get("targets")
    if not isinstance(told, list) or len(told) != len(order) or len(proofs) > 1:
        raise Refused("replay.proofs", wanted=len(order))
    return {i: _fields(seal, i, each) for i, each in zip(order, told, strict=True)}


def _fields(seal: Seal, i: int, told: Any) -> Sequence[str]:
    line, salt, path = told["line"], bytes.fromhex(told["salt"]), told["path"]
    sides, nodes = "".join(side for side, _ in path), [bytes.fromhex(node) for _, node in path]
    fields: Sequence[str] = line.split("\t")
    ends = [(start, start + rows) for part, start, rows in seal.spans() if part == fields[0]]
    whole = (
        set(told) == {"line", "salt", "path"}
        and len(salt) == 16
        and len(fields) == seal.header.count("\t") + 1
    )
    if not whole or sides != path_sides(i, seal.rows) or not any(start <= i < end for start, end in ends):
        raise Refused("proof.line", index=i)
    if path_root(i, seal.rows, leaf(salt, line.encode()), nodes) != seal.root:
        raise Refused("proof.path", index=i)
    return fields


def _weighted(n: int, seal: Seal, spans: Sequence[Span], key: int, begins: int, files: Files) -> Files:
    """A weighted pool, as far as the drawn rows show it: who is taken with certainty, and that the others cover points."""
    order = [int(line[2]) for line in csv_lines(files.get("drawn.csv", b""))]
    if len(set(order)) != len(order) or not all(0 <= i < seal.rows for i in order):
        raise Refused("proof.line", index=-1)
    proved = _proved(seal, order, files)
    rows = sorted(proved)
    if not all(PLAIN.fullmatch(field) for row in proved.values() for field in row[4:6]):
        raise ValueError("weight, before")
    weights = np.array([int(proved[i][4]) for i in rows], dtype=np.int64)
    sample = take(min(n, seal.rows), weights, sum(int(each[2]) for each in seal.ranges))
    first = begin(begins, sample.weight if sample.draws else 0)
    _check_points(rows, proved, sample, first)
    tickets = {i: word(key, i) for i in rows}
    drawn, ends = [], []
    for stratum, start, size in spans:
        own = sorted((i for i in rows if start <= i < start + size), key=lambda i: (tickets[i], i))
        drawn += [
            (stratum, rank, i, proved[i][1], f"{tickets[i]:016x}") for rank, i in enumerate(own, start=1)
        ]
        ends.append((stratum, size, len(own), "", ""))
    taken = [rows[place] for place in sample.taken.tolist()]
    told = {"taken": taken, "draws": sample.draws, "weight": sample.weight, "begin": first}
    return {
        "drawn.csv": csv_file(DRAWN, drawn),
        "thresholds.csv": csv_file(THRESHOLDS, ends),
        SYSTEMATIC: canonical(told),
    }


def _check_points(rows: Sequence[int], proved: Proved, sample: Sampling, first: int) -> None:
    """Every drawn row outside the certain ones covers a point of its own; Refused `proof.point`."""
    taken, above, points = set(sample.taken.tolist()), 0, set()
    for place, i in enumerate(rows):
        own, before = int(proved[i][4]), int(proved[i][5])
        if place in taken:
            above += own
            continue
        point = covers_point(sample.draws, sample.weight, first, before - above, own)
        if point is None or point in points:
            raise Refused("proof.point", index=i)
        points.add(point)
    if len(points) != sample.draws:
        raise Refused("proof.point", index=-1)
