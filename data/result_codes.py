"""The lists of result codes (检查结果分类) that the program brings along: data/reference/result_codes.csv, put in once."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from data.models.results import ResultCode

RESULT_CODES = Path(__file__).parent / "reference" / "result_codes.csv"


def read_result_codes(path: Path = RESULT_CODES) -> list[dict[str, Any]]:
    """The codes of a file as values of `ResultCode`; ValueError or KeyError where it is not one."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_code(line) for line in csv.DictReader(file, strict=True)]


def seed_result_codes(session: Session) -> int:
    """Put in the codes that are missing; how many. One that is there stays as it is: results were entered by it."""
    there = {tuple(row) for row in session.execute(select(ResultCode.code_list, ResultCode.code))}
    missing = [each for each in read_result_codes() if (each["code_list"], each["code"]) not in there]
    if missing:
        session.execute(insert(ResultCode), missing)
    return len(missing)


def _code(line: dict[str, str]) -> dict[str, Any]:
    return line | {
        "found": {"yes": True, "no": False}[line["found"]],
        "valid_from": date.fromisoformat(line["valid_from"]),
        "valid_to": date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
    }
