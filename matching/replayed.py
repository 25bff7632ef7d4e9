"""What a replay (复核) gives: everything came out the same, or the first place where it did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matching.bundle import CERTIFICATE, Files
from matching.draw.commitment import Commitment, Reveal, differences
from matching.draw.frames import read_canonical
from matching.draw.plan import Plan, read_plan
from matching.refused import Refused


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


def compare(told: Files, replayed: Files, decided: Sequence[str]) -> Replayed | Differs:
    """Compare the decided files byte by byte, in their order."""
    compared = [name for name in decided if name != CERTIFICATE or name in told]  # draws of before had none
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


def read_object(files: Files, name: str) -> dict[str, Any]:
    """The object in a JSON file of the bundle; Refused `replay.file_missing`, `json.*`."""
    if name not in files:
        raise Refused("replay.file_missing", file=name)
    value = read_canonical(files[name], name)
    if not isinstance(value, dict):
        raise Refused("json.not_an_object", where=name)
    return value


def read_plan_file(files: Files) -> Plan:
    """The plan; Refused also where its bytes are not all that is hashed."""
    plan = read_plan(read_object(files, "plan.json"))
    if plan.text != files["plan.json"]:
        raise Refused("replay.not_as_committed", parts=["plan"])
    return plan


def check_committed(committed: Mapping[str, Any], now: Commitment) -> None:
    """Refuse a commit.json that says another thing than what is committed; `replay.not_as_committed` with the parts."""
    moved = differences(committed, now)
    if moved or committed.keys() - {"sm3"} != now.told().keys() - {"sm3"}:
        raise Refused("replay.not_as_committed", parts=moved or sorted(committed.keys() ^ now.told().keys()))


def check_opened(opened: Mapping[str, Any], revealed: Reveal) -> None:
    """Refuse a reveal.json that says another thing than what was opened; `replay.other_seed`. SM3 is recorded beside."""
    due = revealed.told()
    if {key: opened[key] for key in opened if key != "sm3"} != {key: due[key] for key in due if key != "sm3"}:
        raise Refused("replay.other_seed")


def hex_bytes(told: Mapping[str, Any], field: str, where: str) -> bytes:
    """The bytes that a field holds in hex; Refused `replay.not_hex`."""
    try:
        return bytes.fromhex(str(told.get(field)))
    except ValueError:
        raise Refused("replay.not_hex", file=where) from None
