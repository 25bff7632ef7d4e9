"""Replay of a full bundle (复核), pairs included: everything is made again from the tables, secrets and entropy."""

from dataclasses import dataclass, replace
from typing import Any

from matching.bundle import CERTIFICATE, DRAWN_ONCE, TABLE_FILES, Files, draw_files, unpack
from matching.draw.commitment import Commitment, Reveal, Secrets, commit, differences, reveal
from matching.draw.frames import read_canonical
from matching.draw.plan import Plan, read_plan
from matching.draw.tables import COLUMNS, Frame, Row, freeze_all
from matching.draw.targets import DrawnStratum
from matching.lottery import draw, pair
from matching.refused import Refused

DECIDED = ("drawn.csv", "thresholds.csv", "groups.csv", "pairs.csv", "bans.csv", "shortage.json", CERTIFICATE)


@dataclass(frozen=True)
class Replayed:
    """All decided files came out the same, byte for byte."""

    files: tuple[str, ...]


@dataclass(frozen=True)
class Differs:
    """The first place where the replay does not give what the bundle says.

    `line` counts from 1; 0 where a whole file is missing or should not be there.
    """

    file: str
    line: int
    told: str
    replayed: str


def replay(packed: bytes) -> Replayed | Differs:
    """Make a full bundle's draw again and compare.

    Raises Refused where the bundle is public, damaged, or its commitment does not bind what it holds.
    """
    files = unpack(packed)
    if missing := [name for name in (*TABLE_FILES, "auditor.json") if name not in files]:
        raise Refused("replay.not_a_full_bundle", missing=missing)
    plan = read_plan(_json(files, "plan.json"))
    frame, commitment, revealed = _opened(files, plan)
    strata = draw(plan, frame, commitment.seals, revealed.seed)
    outcome = pair(plan, frame, commitment.seals, revealed.seed, strata)
    first = _compare(files, draw_files(plan, frame, outcome))
    if isinstance(first, Differs):
        return first
    return _later(files, plan, frame, strata, first)


def _later(
    files: Files, plan: Plan, frame: Frame, strata: tuple[DrawnStratum, ...], first: Replayed
) -> Replayed | Differs:
    """The pairings that started again after a shortage, each with its own lists, commitment and seed."""
    done = list(first.files)
    for folder in sorted({name.split("/")[0] for name in files if "/" in name}):
        own = {
            name.split("/", 1)[1]: content for name, content in files.items() if name.startswith(f"{folder}/")
        }
        attempt = {**own, "targets.tsv": files["targets.tsv"]}
        if missing := [name for name in (*TABLE_FILES, "auditor.json") if name not in attempt]:
            raise Refused("replay.not_a_full_bundle", missing=[f"{folder}/{name}" for name in missing])
        lists, commitment, revealed = _opened(attempt, plan)
        if lists.targets != frame.targets:
            raise Refused("replay.not_as_committed", parts=["tables.targets"])
        made = draw_files(plan, lists, pair(plan, lists, commitment.seals, revealed.seed, strata))
        again = _compare(own, {name: content for name, content in made.items() if name not in DRAWN_ONCE})
        if isinstance(again, Differs):
            return replace(again, file=f"{folder}/{again.file}")
        done += [f"{folder}/{name}" for name in again.files]
    return Replayed(tuple(done))


def _opened(files: Files, plan: Plan) -> tuple[Frame, Commitment, Reveal]:
    """Lists, commitment and reveal of an attempt, each bound by the one before."""
    frame = _frame(files)
    opened, committed = _json(files, "reveal.json"), _json(files, "commit.json")
    secrets = Secrets(
        _hex(opened.get("secret"), "reveal.json"),
        _hex(_json(files, "auditor.json").get("salt_secret"), "auditor.json"),
    )
    witnesses = [_hex(each, "commit.json") for each in committed.get("witnesses", [])]
    commitment = commit(plan, frame, secrets, witnesses)
    if moved := differences(committed, commitment):
        raise Refused("replay.not_as_committed", parts=moved)
    revealed = reveal(plan, commitment, secrets.secret, opened.get("entropy", ""), opened.get("reveals", []))
    if revealed.seed.hex() != opened.get("seed"):
        raise Refused("replay.other_seed")
    return frame, commitment, revealed


def _compare(told: Files, replayed: Files) -> Replayed | Differs:
    compared = [name for name in DECIDED if name != CERTIFICATE or name in told]  # draws of before had none
    for name in compared:
        if (name in told) != (name in replayed):
            return Differs(name, 0, "", "")
        if told.get(name) != replayed.get(name):
            return _first_difference(name, told[name], replayed[name])
    return Replayed(tuple(name for name in compared if name in replayed))


def _first_difference(name: str, told: bytes, replayed: bytes) -> Differs:
    ours, theirs = replayed.split(b"\n"), told.split(b"\n")
    shared = min(len(ours), len(theirs))
    line = next((i for i in range(shared) if ours[i] != theirs[i]), shared)
    at = [side[line].decode(errors="replace") if line < len(side) else "" for side in (theirs, ours)]
    return Differs(name, line + 1, *at)


def _frame(files: Files) -> Frame:
    return freeze_all(**{name: _rows(files[f"{name}.tsv"], name) for name in COLUMNS})


def _rows(content: bytes, name: str) -> list[Row]:
    try:
        header, *lines = content.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise Refused("replay.not_text", file=f"{name}.tsv") from None
    if header != "\t".join(COLUMNS[name]):
        raise Refused("table.columns", table=name, row=header.split("\t"))
    return [tuple(line.split("\t")) for line in lines]


def _json(files: Files, name: str) -> dict[str, Any]:
    if name not in files:
        raise Refused("replay.file_missing", file=name)
    value = read_canonical(files[name], name)
    if not isinstance(value, dict):
        raise Refused("json.not_an_object", where=name)
    return value


def _hex(value: object, where: str) -> bytes:
    try:
        return bytes.fromhex(str(value))
    except ValueError:
        raise Refused("replay.not_hex", file=where) from None
