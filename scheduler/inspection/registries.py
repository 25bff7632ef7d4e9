"""Registries (名录) made from lists that were not made for a draw, and rosters to try one."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from data.intake.enterprises import YearStrata, targets_of_enterprises
from data.intake.faults import Fault
from data.intake.records import Source
from data.intake.registries import read_targets
from data.queries import organisation, visits
from data.sample.city import Bar, City, Inspector, PairBar, city, write_city
from data.sample.lists import CITY_CODE as SAMPLE_CITY
from data.sample.lists import sample_lists
from data.sample.roster import roster
from matching.refused import Refused

__all__ = ["SAMPLE_CITY", "City", "Fault", "TargetRegistry"]

CERTIFIED_DAYS = 3 * 365
"""How long the certificates of the sample city's inspectors are still valid."""


@dataclass(frozen=True)
class TargetRegistry:
    """targets.csv made from a list of enterprises, the rows that could not be used, and how many stand where."""

    file: bytes
    faults: tuple[Fault, ...]
    strata: Mapping[str, int]
    regions: Mapping[str, int]


def targets_from_enterprises(name: str, content: bytes, years: Sequence[int]) -> TargetRegistry:
    """Targets of all rows with a usable number; region and stratum are derived, nothing is guessed.

    `years` are the first years of all periods but the earliest. Raises Refused `registry.years`.
    """
    try:
        strata = YearStrata(tuple(years))
    except ValueError:
        raise Refused("registry.years", value=list(years)) from None
    found = targets_of_enterprises(Source(name, content), strata)
    rows = [(each.id, each.name, each.stratum, each.region) for each in found.targets]
    return TargetRegistry(
        file=_csv(("id", "name", "stratum", "region"), rows),
        faults=tuple(found.faults),
        strata=Counter(each.stratum for each in found.targets),
        regions=Counter(each.region for each in found.targets),
    )


def trial_roster(
    name: str, content: bytes, departments: Sequence[str], number: int, capacity: int
) -> dict[str, bytes]:
    """Made-up inspectors, bars and pair bars for a registry of targets, as files by name.

    Raises Refused `registry.no_departments`, or `registry.no_targets` where the registry has none or has faults.
    """
    if not departments:
        raise Refused("registry.no_departments")
    targets = read_targets(Source(name, content))
    if not targets:
        raise Refused("registry.no_targets", file=name)
    made = roster([(row[1], row[2]) for row in targets], departments, number, capacity)
    columns = {"inspectors": Inspector._fields, "bars": Bar._fields, "pair_bars": PairBar._fields}
    return {f"{table}.csv": _csv(columns[table], rows) for table, rows in made._asdict().items()}


def sample_city(folder: Path) -> City:
    """Write the sample city's registries into a folder."""
    made = city()
    write_city(made, folder)
    return made


def sample_city_lists(today: date) -> dict[str, bytes]:
    """The sample city as the lists that `import_list` takes, by kind, in their order."""
    expired_on, valid_to = today - timedelta(days=1), today + timedelta(days=CERTIFIED_DAYS)
    return sample_lists(city(), expired_on.isoformat(), valid_to.isoformat())


def inspectors_of(session: Session, department_code: str) -> list[tuple[str, str]]:
    """Code and name of a department's inspectors."""
    department = organisation.department_by_code(session, department_code)
    people = visits.inspectors_of(session, department.id) if department else []
    return [(each.code, each.name) for each in people]


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV with a byte order mark, so that a spreadsheet shows the Chinese."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
