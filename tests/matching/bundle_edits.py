"""Edits of evidence bundles (证据包的改动), each with what it touches: what might be changed by who wants another outcome.

An edit changes one thing and keeps the rest, or changes it and makes everything after it fit as far as its maker could.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from matching.bundle import Files, csv_file, csv_lines
from matching.draw.commitment import commit, reveal
from matching.draw.frames import canonical
from matching.draw.tables import freeze_all
from matching.lottery import draw, pair
from tests.matching.drawn_cases import DrawnCase


@dataclass(frozen=True)
class Edit:
    """An edited bundle: which file was changed, and how."""

    file: str
    what: str
    files: Files


def edits(case: DrawnCase, files: Files) -> Iterator[Edit]:
    """All edits of a bundle of a case."""
    for name in files:
        yield Edit(name, "out", {other: files[other] for other in files if other != name})
        if name.endswith(".json"):
            yield from _of_json(files, name)
        elif name.endswith((".csv", ".tsv")):
            yield from _of_lines(files, name)
    yield Edit("x", "a file more", files | {"notes.txt": b"x"})
    yield from _made_to_fit(case, files)


def _of_json(files: Files, name: str) -> Iterator[Edit]:
    told = json.loads(files[name])
    yield Edit(name, "spaces", files | {name: json.dumps(told, ensure_ascii=False).encode()})
    for where, changed in _changes(told, "$"):
        content = canonical(changed)
        if content != files[name]:
            yield Edit(name, where, files | {name: content})


def _changes(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """A JSON value with one thing in it changed, taken out, put twice or moved."""
    match value:
        case bool():
            yield where, not value
        case int():
            yield from ((f"{where} {each}", each) for each in (value + 1, value - 1, -value - 1))
        case str():
            yield f"{where} shorter", value[:-1] if value else "x"
            yield f"{where} longer", value + "0"
            if value:
                yield f"{where} other", value[:-1] + ("1" if value[-1] != "1" else "2")
        case None:
            yield where, "x"
        case list():
            for place, each in enumerate(value[:40]):
                yield f"{where}[{place}] out", value[:place] + value[place + 1 :]
                yield f"{where}[{place}] twice", value[: place + 1] + value[place:]
                for deeper, changed in _changes(each, f"{where}[{place}]"):
                    yield deeper, [*value[:place], changed, *value[place + 1 :]]
            if len(value) > 1:
                yield f"{where} turned", value[::-1]
        case dict():
            yield f"{where} more", {**value, "zzz": 1}
            for key, each in value.items():
                yield f"{where}.{key} out", {other: value[other] for other in value if other != key}
                for deeper, changed in _changes(each, f"{where}.{key}"):
                    yield deeper, {**value, key: changed}


def _of_lines(files: Files, name: str) -> Iterator[Edit]:
    lines = files[name].split(b"\n")[:-1]

    def edit(what: str, changed: list[bytes]) -> Edit:
        return Edit(name, what, files | {name: b"\n".join([*changed, b""])})

    yield edit("CRLF", [line + b"\r" for line in lines])
    yield Edit(name, "no end", files | {name: b"\n".join(lines)})
    separator = b"\t" if name.endswith(".tsv") else b","
    for place, line in enumerate(lines):
        yield edit(f"line {place} out", lines[:place] + lines[place + 1 :])
        yield edit(f"line {place} twice", lines[: place + 1] + lines[place:])
        if place + 1 < len(lines):
            swapped = [*lines[:place], lines[place + 1], line, *lines[place + 2 :]]
            yield edit(f"line {place} moved", swapped)
        for column, field in enumerate(fields := line.split(separator)):
            for other in {field + b"0", field[:-1] or b"z", b"1" if field != b"1" else b"2"}:
                told = separator.join([*fields[:column], other, *fields[column + 1 :]])
                yield edit(
                    f"line {place} field {column} {other!r}", [*lines[:place], told, *lines[place + 1 :]]
                )


# Edits whose maker makes fit what he can: everything but the seed, or the seed too


def _made_to_fit(case: DrawnCase, files: Files) -> Iterator[Edit]:
    if "auditor.json" not in files:
        for name in ("pairs.csv", "changes.csv", "certificate.json", "inspectors.tsv"):
            yield Edit("x", f"a {name} of the full bundle", files | {name: case.full()[name]})
        return
    yield from _pairs_twice(case, files)
    for what, tables in _other_tables(case):
        yield from _resealed(case, files, what, tables)
    yield from _swapped_pairs(files)
    yield from _other_bans(files)


def _other_tables(case: DrawnCase) -> Iterator[tuple[str, dict[str, list[tuple[str, ...]]]]]:
    """The lists with one row out, or one field changed: a hidden bar, a target left out, a larger capacity."""
    rows = {table.name: list(table.rows) for table in case.frame.tables()}
    for name, each in rows.items():
        for place, row in enumerate(each):
            less = {**rows, name: each[:place] + each[place + 1 :]}
            yield f"{name}: row {place} out", less
            last = "9" if name == "inspectors" else row[-1] + "改"
            at = 5 if name == "inspectors" else len(row) - 1
            changed = (*row[:at], last, *row[at + 1 :])
            if changed != row and not case.plan.weighed:
                yield (
                    f"{name}: row {place} changed",
                    {**rows, name: [*each[:place], changed, *each[place + 1 :]]},
                )


def _resealed(
    case: DrawnCase, files: Files, what: str, tables: dict[str, list[tuple[str, ...]]]
) -> Iterator[Edit]:
    """Other lists under the same secrets: C anew and the old seed, and C, seed and reveal anew but the old outcome."""
    try:
        frame = freeze_all(**tables, weighed=case.plan.weighed)
    except Exception:  # a bar of somebody who is no longer there: such lists are no lists
        return
    commitment = commit(case.plan, frame, case.secrets)
    lists = {f"{table.name}.tsv": table.file() for table in frame.tables()}
    entry = json.loads(files["register.json"])
    entry["entry"]["commit"] = commitment.commit.hex()
    fits = files | lists | {"commit.json": commitment.file(), "register.json": canonical(entry)}
    name = what.split(":")[0]
    yield Edit(f"{name}.tsv", f"{what}, digests made to fit", fits)
    opened = reveal(case.plan, commitment, case.secrets.secret, case.revealed.entropy.text)
    outcome = pair(
        case.plan, frame, commitment.seals, opened.seed, draw(case.plan, frame, commitment.seals, opened.seed)
    )
    honest = replace(case, frame=frame, commitment=commitment, revealed=opened, outcome=outcome).full()
    kept = {each: files[each] for each in ("drawn.csv", "thresholds.csv") if files[each] != honest[each]}
    if kept:
        yield Edit("drawn.csv", f"{what}, seed made to fit", honest | kept)


def _swapped_pairs(files: Files) -> Iterator[Edit]:
    """Two targets exchange an inspector (or their groups); nothing else is touched."""
    header, *rows = csv.reader(io.StringIO(files["pairs.csv"].decode()))
    column = header.index("inspector_id" if "inspector_id" in header else "group")
    for a, first in enumerate(rows):
        for b, second in enumerate(rows[:a]):
            if first[column] != second[column] and first[0] != second[0]:
                changed = [list(row) for row in rows]
                changed[a][column], changed[b][column] = second[column], first[column]
                yield Edit(
                    "pairs.csv", f"{a} and {b} swapped", files | {"pairs.csv": csv_file(header, changed)}
                )


def _pairs_twice(case: DrawnCase, files: Files) -> Iterator[Edit]:
    """The last pairs of a department in the certificate too: pairs.csv could hold others than those that are proved."""
    told = json.loads(files.get("certificate.json", b'{"solved":[]}'))
    if case.plan.teams != "per_target" or "shortage.json" in files:
        return
    targets, people = case.frame.targets.index, case.frame.inspectors.index
    rows = csv_lines(files["pairs.csv"])
    for place, entry in enumerate(told["solved"]):
        if "pairs" not in entry:
            pairs = sorted([targets[row[0]], people[row[2]]] for row in rows if row[1] == entry["department"])
            solved = [*told["solved"][:place], {**entry, "pairs": pairs}, *told["solved"][place + 1 :]]
            content = canonical({**told, "solved": solved})
            yield Edit(
                "certificate.json", f"last pairs of entry {place}", files | {"certificate.json": content}
            )


def _other_bans(files: Files) -> Iterator[Edit]:
    """A ban of the other of the two, and one made up."""
    header = files["bans.csv"].split(b"\n")[0].decode().split(",")
    rows = csv_lines(files["bans.csv"])
    for place, (turn, target, banned, other) in enumerate(rows):
        turned = [*rows[:place], [turn, target, other, banned], *rows[place + 1 :]]
        yield Edit("bans.csv", f"{place} turned", files | {"bans.csv": csv_file(header, turned)})
    people = [line.split(b"\t")[1].decode() for line in files["inspectors.tsv"].split(b"\n")[1:-1]]
    drawn = [row[3] for row in csv_lines(files["drawn.csv"])]
    if len(people) > 1 and drawn:
        forged = [*rows, ["1", drawn[-1], people[0], people[1]]]
        yield Edit("bans.csv", "made up", files | {"bans.csv": csv_file(header, forged)})


# What each verifier reaches

SEALED = (
    "members",
    "plan",
    "tables.targets",
    "tables.inspectors",
    "tables.bars",
    "tables.pair_bars",
    "commitment",
)
STEPS = (
    *SEALED,
    *("register", "published", "seed", "drawn", "thresholds", "changes", "groups", "pairs.lawful", "bans"),
    *("pairs.optimal", "shortage", "target"),
)
"""The claims in the order in which they are made; what is wrong with a file as such is told under the file's name, first."""

LATEST = {
    "plan.json": "commitment",
    "auditor.json": "commitment",
    "commit.json": "register",
    "reveal.json": "seed",
    "register.json": "register",
    "targets.tsv": "tables.targets",
    "inspectors.tsv": "tables.inspectors",
    "bars.tsv": "tables.bars",
    "pair_bars.tsv": "tables.pair_bars",
    "drawn.csv": "drawn",
    "thresholds.csv": "thresholds",
    "systematic.json": "drawn",
    "proofs.json": "drawn",
    "changes.csv": "changes",
    "groups.csv": "groups",
    "pairs.csv": "pairs.optimal",
    "bans.csv": "bans",
    "certificate.json": "shortage",
    "shortage.json": "shortage",
    "README.txt": "members",
    "x": "members",
}
"""By when an edit of a file must have been found."""


def latest(edit: Edit) -> str:
    """By which claim an edit must have been found; lists to which all digests were made to fit still miss the seed."""
    if edit.what.endswith("digests made to fit"):
        return "seed"
    return "shortage" if edit.what == "out" else LATEST[edit.file]


def is_late(claim: str, edit: Edit) -> bool:
    """Whether a wrong thing was named later than it could have been."""
    return claim in STEPS and STEPS.index(claim) > STEPS.index(latest(edit))


def only_recorded(edit: Edit) -> bool:
    """Whether it touches what is recorded and follows from nothing: where and when C was published, and when was drawn; or
    leaves out an SM3, which not every machine has, or the certificate, without which a solver has to look. Of lists that a
    public bundle does not hold it has no SM3 to compare."""
    recorded = any(word in edit.what for word in ("published", "committed_at", "drawn_at"))
    recorded = recorded or (
        "sm3" in edit.what and ("tables" in edit.what or ".salt" in edit.what) and "proofs.json" in edit.files
    )
    left_out = "sm3" in edit.what and edit.what.endswith("out")
    return recorded or left_out or (edit.file, edit.what) == ("certificate.json", "out")


def only_a_solver_sees(edit: Edit) -> bool:
    """Whether it may be another proof of the same, or a shortage told otherwise: as good for who does not solve again."""
    potentials = any(part in edit.what for part in (".takers", ".seats", ".gates"))
    return (edit.file == "certificate.json" and potentials) or edit.file == "shortage.json"


def replay_looks(edit: Edit) -> bool:
    """Whether the replay looks at it: it takes for granted the form of a bundle, and what follows from nothing."""
    apart = ("README.txt", "register.json", "changes.csv", "x")
    return edit.file not in apart and "sm3" not in edit.what and not only_recorded(edit)
