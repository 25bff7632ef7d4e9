"""What a bundle holds of outsiders' signatures (见证材料), and the check of a beacon's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from data.models import TimeStamp
from data.queries import attached
from matching.beacon import (
    Round,
    Signature,
    can_verify,
    check_randomness,
    check_signature,
    read_signature,
    round_of,
)
from matching.bundle import Files
from matching.draw.frames import canonical
from matching.refused import Refused
from scheduler.inspection.trust import Trust
from scheduler.permissions import Desk

_STAMPED = "RFC 3161 "
STAMP, BEACON = "commit.tsr", "beacon.json"
"""The members of a bundle, and of an attempt's folder in it."""
LONGEST_SIGNATURE = 2000
LONGEST_PLACE = 300


@dataclass(frozen=True)
class StampTold:
    """A time stamp as anybody may know it; where its chain was not checked it is not `counted` as a publication."""

    at: datetime
    authority: str
    serial: str
    counted: bool


def stamp_told(stamp: TimeStamp) -> StampTold:
    """The public fields of a time stamp."""
    return StampTold(stamp.stamped_at, stamp.authority, stamp.serial, stamp.publication_id is not None)


def stamp_place(authority: str) -> str:
    """Where a stamped commitment was made public, as commit.json tells it."""
    return f"{_STAMPED}{authority}"[:LONGEST_PLACE]


def is_stamp_place(place: str) -> bool:
    """Whether a publication is told as that of a time stamp."""
    return place.startswith(_STAMPED)


def read_answer(written: str) -> Signature:
    """The signature out of a beacon's whole answer in JSON, or written alone in hex; Refused `beacon.form`."""
    text = written.strip()
    if len(text) > LONGEST_SIGNATURE:
        raise Refused("beacon.form")
    try:
        return read_signature(json.loads(text) if text.startswith("{") else {"signature": text.lower()})
    except (ValueError, RecursionError):
        raise Refused("beacon.form") from None


def check_beacon(entropy: str, given: Signature, trust: Trust) -> str:
    """Whether a signature is that of the round that an entropy is: `verified`, or why that can't be told here.

    `no_library` (the extra is not installed), `unknown_chain`. Refused `beacon.*` where it is wrong.
    """
    named = named_round(entropy)
    check_randomness(named, given)
    if named.chain not in trust.chains:
        return "unknown_chain"
    if not can_verify():
        return "no_library"
    check_signature(trust.chains[named.chain], named.number, given)
    return "verified"


def named_round(entropy: str) -> Round:
    """The round that an entropy is; Refused `beacon.no_round` where it is none."""
    named = round_of(entropy)
    if named is None or not named.randomness:
        raise Refused("beacon.no_round")
    return named


def attached_files(desk: Desk, draw_id: int, attempt: int, entropy: str) -> Files:
    """The members of a bundle for what is attached to an attempt."""
    stamp = attached.stamp_of(desk.session, draw_id, attempt)
    signature = attached.signature_of(desk.session, draw_id, attempt)
    files = {STAMP: stamp.response} if stamp else {}
    if signature:
        files[BEACON] = beacon_file(
            entropy, Signature(bytes.fromhex(signature.signature), bytes.fromhex(signature.previous))
        )
    return files


def beacon_file(entropy: str, given: Signature) -> bytes:
    """beacon.json to the byte."""
    named = named_round(entropy)
    told: dict[str, object] = {
        "chain": named.chain,
        "round": named.number,
        "signature": given.signature.hex(),
    }
    return canonical(told | ({"previous_signature": given.previous.hex()} if given.previous else {}))
