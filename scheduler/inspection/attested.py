"""What a bundle shows of outsiders' signatures: a time stamp of C, a beacon's signature of its entropy.

The stand-alone verifier has no library to check them with, and leaves them to this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from matching.beacon import check_randomness, read_signature, round_of
from matching.bundle import Files
from matching.draw.frames import read_canonical
from matching.refused import Refused
from matching.timestamps import Stamp, check_stamp
from scheduler.inspection.attachments import BEACON, STAMP, check_beacon, is_stamp_place, stamp_place
from scheduler.inspection.evidence import seconds
from scheduler.inspection.trust import Trust


@dataclass(frozen=True)
class Attested:
    """A claim by its code: `verified`, `unverifiable` or `wrong`, as which a face has a sentence for it."""

    claim: str
    state: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def attested(files: Files, trust: Trust) -> tuple[Attested, ...]:
    """The claims about what a bundle's attempts have attached; none for a draw that has neither stamp nor beacon.

    The bundle's form must have been found right.
    """
    folders = ["", *sorted({f"{name.split('/')[0]}/" for name in files if "/" in name})]
    return tuple(claim for folder in folders for claim in _of_attempt(files, folder, trust))


def _of_attempt(files: Files, folder: str, trust: Trust) -> Iterator[Attested]:
    committed = read_canonical(files[f"{folder}commit.json"], "commit.json")
    entropy = read_canonical(files[f"{folder}reveal.json"], "reveal.json")["entropy"]
    entry = read_canonical(files["register.json"], "register.json")["entry"] if not folder else {}
    if f"{folder}{STAMP}" in files:
        yield _timestamp(files[f"{folder}{STAMP}"], committed, entry, trust)
    if round_of(entropy) is not None:
        yield _beacon(files.get(f"{folder}{BEACON}"), entropy, entry, trust)


def _timestamp(
    written: bytes, committed: Mapping[str, Any], entry: Mapping[str, str], trust: Trust
) -> Attested:
    try:
        stamp = check_stamp(written, bytes.fromhex(committed["commit"]), trust.roots)
        counted = _is_counted(stamp, committed)
        _check_between(stamp.at, entry)
    except Refused as refused:
        return Attested("timestamp", "wrong", refused.code, dict(refused.params))
    told = {"authority": stamp.authority, "serial": stamp.serial, "at": seconds(stamp.at)}
    if stamp.trusted:
        code = "timestamp.verified" if counted else "timestamp.not_counted"
        return Attested("timestamp", "verified", code, told)
    code = "timestamp.no_roots" if stamp.trusted is None else "timestamp.other_root"
    return Attested("timestamp", "unverifiable", code, told)


def _is_counted(stamp: Stamp, committed: Mapping[str, Any]) -> bool:
    """Whether commit.json tells this stamp among the publications; where it tells another one, `timestamp.not_told`.

    One whose chain was not checked when it was attached is no publication, and commit.json tells none.
    """
    told = [each for each in committed["published"] if is_stamp_place(each["where"])]
    for each in told:
        when = datetime.fromisoformat(each["when"])
        if (
            each["where"] == stamp_place(stamp.authority)
            and when.tzinfo
            and when == stamp.at.replace(microsecond=0)
        ):
            return True
    if told:
        raise Refused("timestamp.not_told")
    return False


def _check_between(at: datetime, entry: Mapping[str, str]) -> None:
    """After the commitment and before the draw, where register.json tells the two: it does of the first attempt."""
    if not entry:
        return
    first, last = (_moment(entry[key]) for key in ("committed_at", "drawn_at"))
    if not first <= at < last:
        raise Refused("timestamp.time", committed=entry["committed_at"], told=seconds(at))


def _beacon(written: bytes | None, entropy: str, entry: Mapping[str, str], trust: Trust) -> Attested:
    named = round_of(entropy)
    assert named
    told = {"chain": named.chain, "round": named.number}
    try:
        _check_announced(named.chain, named.number, entry, trust)
        if written is None:
            return Attested("beacon", "unverifiable", "beacon.no_signature", told)
        given = read_canonical(written, BEACON)
        if {name: given.get(name) for name in told} != told:
            raise Refused("beacon.other_round", round=named.number)
        signature = read_signature(given)
        check_randomness(named, signature)
        came = check_beacon(entropy, signature, trust)
    except Refused as refused:
        unknown = refused.code == "beacon.scheme"
        return Attested("beacon", "unverifiable" if unknown else "wrong", refused.code, dict(refused.params))
    return Attested("beacon", "verified" if came == "verified" else "unverifiable", f"beacon.{came}", told)


def _check_announced(chain: str, number: int, entry: Mapping[str, str], trust: Trust) -> None:
    """The round was announced after the commitment and before the draw; of a chain that is known."""
    if chain not in trust.chains or not entry:
        return
    announced = trust.chains[chain].announced(number)
    if announced <= _moment(entry["committed_at"]).timestamp():
        raise Refused("beacon.round_past", announced=_told(announced))
    if announced > _moment(entry["drawn_at"]).timestamp():
        raise Refused("beacon.round_ahead", announced=_told(announced))


def _moment(told: str) -> datetime:
    moment = datetime.fromisoformat(told)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(unix: int) -> str:
    try:
        return seconds(datetime.fromtimestamp(unix, UTC))
    except (OverflowError, ValueError, OSError):
        return str(unix)
