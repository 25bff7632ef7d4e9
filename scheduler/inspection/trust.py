"""What is trusted of outsiders (信任): roots of time-stamping authorities, and chains of beacons."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.x509 import Certificate

from data.trusted import certificate_files, chain_files, known_chains
from matching.beacon import Chain, read_chain, round_of
from matching.refused import Refused
from matching.timestamps import read_certificates
from scheduler.inspection.evidence import seconds

FOLDER = "YAOHAO_TRUST"
"""The environment's name for the administrator's folder: whoever draws or checks here, in whatever way, trusts alike."""


@dataclass(frozen=True)
class Trust:
    """Certificates that a time stamp may lead to, and chains by their hash."""

    roots: tuple[Certificate, ...]
    chains: Mapping[str, Chain]


def trusted(folder: Path | None = None) -> Trust:
    """The chains that the program brings along, and what a folder holds, else the one that the environment names.

    Refused `trust.unreadable` where there is no such folder, or a file in it is not what its ending says.
    """
    told = os.environ.get(FOLDER, "")
    where = folder or (Path(told) if told else None)
    chains = [read_chain(each) for each in known_chains()]
    if where is None:
        return Trust((), {each.digest: each for each in chains})
    roots, added = _read(where)
    return Trust(tuple(roots), {each.digest: each for each in (*chains, *added)})


def _read(folder: Path) -> tuple[list[Certificate], list[Chain]]:
    roots: list[Certificate] = []
    chains: list[Chain] = []
    at = ""
    try:
        for at, content in certificate_files(folder):  # noqa: B007 - told where it fails
            roots += read_certificates(content)
        for at, told in chain_files(folder):  # noqa: B007
            chains.append(read_chain(told))
    except (OSError, ValueError, Refused):
        raise Refused("trust.unreadable", file=str(folder / at)) from None
    return roots, chains


def announced_at(source: str | None) -> datetime | None:
    """When the round that a plan names is announced; None for other sources, and for a chain that is not known."""
    named = round_of(source)
    if named is None:
        return None
    chain = trusted().chains.get(named.chain)
    if chain is None:
        return None
    try:
        return datetime.fromtimestamp(chain.announced(named.number), UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)  # a round of the year 10000 is ahead


def check_round_ahead(source: str | None, now: datetime) -> None:
    """Refused `beacon.round_past` where the beacon has announced the round that a plan names: its randomness is known."""
    announced = announced_at(source)
    if announced is not None and announced <= now:
        raise Refused("beacon.round_past", announced=seconds(announced))
