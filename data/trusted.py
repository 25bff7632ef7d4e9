"""What an installation trusts of outsiders: the beacons that the program brings along, and a folder of the administrator's.

In the folder stand certificates of time-stamping authorities (`.pem`, `.crt`, `.cer`) and chains of beacons (`.json`, as
a beacon's `/info` tells them). Names of files decide nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BEACONS = Path(__file__).parent / "reference" / "beacons.csv"
CERTIFICATES = (".pem", ".crt", ".cer")
CHAINS = (".json",)


def known_chains(path: Path = BEACONS) -> list[dict[str, Any]]:
    """The chains of data/reference/beacons.csv, each in the shape of a beacon's `/info`."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {**line, "metadata": {"beaconID": line["beaconID"]}} for line in csv.DictReader(file, strict=True)
        ]


def certificate_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every certificate file; OSError where the folder can't be read."""
    for path in _files(folder, CERTIFICATES):
        yield path.name, path.read_bytes()


def chain_files(folder: Path) -> Iterator[tuple[str, Any]]:
    """Name and content of every file of a chain, None where it is no JSON; OSError where the folder can't be read."""
    for path in _files(folder, CHAINS):
        try:
            yield path.name, json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            yield path.name, None


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes)
