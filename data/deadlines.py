"""The rules of deadlines (办理时限) that the program brings along: data/reference/deadlines.csv, put in once."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from data.models.obligations import DeadlineRule

DEADLINES = Path(__file__).parent / "reference" / "deadlines.csv"


def read_deadlines(path: Path = DEADLINES) -> list[dict[str, Any]]:
    """The rules of a file as values of `DeadlineRule`; ValueError or KeyError where it is not one."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_rule(line) for line in csv.DictReader(file, strict=True)]


def seed_deadlines(session: Session) -> int:
    """Put in the rules that are missing; how many. One that is there stays as it is: dues were reckoned by it."""
    there = set(session.scalars(select(DeadlineRule.id)))
    missing = [rule for rule in read_deadlines() if rule["id"] not in there]
    if missing:
        session.execute(insert(DeadlineRule), missing)
    return len(missing)


def _rule(line: dict[str, str]) -> dict[str, Any]:
    return line | {
        "n": int(line["n"]),
        "valid_from": date.fromisoformat(line["valid_from"]),
        "valid_to": date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
        "counts_trigger_day": {"yes": True, "no": False}[line["counts_trigger_day"]],
    }
