"""The project's own sample city, 临澜市 (示范市): its registries, invented, and the same on every machine.

For demonstrations, benchmarks and tests that need registries of a real size and shape. No person, business or
place of it exists. All randomness comes through `Chance`, so that the city of a seed never changes.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from data.sample import names
from data.sample.businesses import Businesses
from data.sample.chance import Chance
from data.sample.districts import CITY_NAME, DISTRICTS, DISTRICTS_BY_WEIGHT, POSTS, Department, District, Post

TARGETS = 20_000
PETROL_STATIONS = 160
BARS = 360
PAIR_BARS = 48

RISK_CLASSES = (("A", 55), ("B", 30), ("C", 12), ("D", 3))
LEAD = "lead"

_LEADS_IN_HUNDRED = 24  # of all but each department's first in each district; with these about 45 of all
_SPECIALISTS_IN_HUNDRED = 30
_EVERYWHERE_IN_HUNDRED = 12
_MORE_REGIONS = ((0, 25), (1, 35), (2, 25), (3, 15))  # beside the home district
_CAPACITIES = ((6, 2), (8, 4), (10, 3), (12, 1))
_BARS_OF_STATIONS_IN_HUNDRED = 12  # more than their share, or a draw of them would hardly meet a bar

_Row = TypeVar("_Row", bound=tuple[str, ...])


class Target(NamedTuple):
    """A target (检查对象): its stratum is its risk class (信用风险分类), its region a district code."""

    id: str
    name: str
    stratum: str
    region: str


class Inspector(NamedTuple):
    """An inspector (执法检查人员); lists in a field are sorted and joined with `;`, `*` is every region."""

    id: str
    name: str
    department: str
    qualifications: str
    regions: str
    home: str
    capacity: int


class Bar(NamedTuple):
    """A bar (排除情形): this inspector never inspects this target."""

    inspector_id: str
    target_id: str
    ground: str


class PairBar(NamedTuple):
    """A pair bar: these two inspectors never inspect together; a < b."""

    inspector_a: str
    inspector_b: str
    ground: str


@dataclass(frozen=True)
class City:
    """The registries of a city, each sorted by its first columns, with its departments and districts."""

    name: str
    targets: tuple[Target, ...]
    inspectors: tuple[Inspector, ...]
    bars: tuple[Bar, ...]
    pair_bars: tuple[PairBar, ...]
    departments: tuple[Department, ...]
    districts: tuple[District, ...]


def city(seed: int = 2026) -> City:
    """The sample city of a seed: 20,000 targets, 400 inspectors and their bars, in less than a second."""
    chance = Chance(seed)
    targets = _targets(chance)
    inspectors = tuple(_inspectors(chance))
    return City(
        name=CITY_NAME,
        targets=targets,
        inspectors=inspectors,
        bars=_bars(chance, inspectors, targets),
        pair_bars=_pair_bars(chance, inspectors),
        departments=tuple(post.department for post in POSTS),
        districts=DISTRICTS,
    )


def petrol_stations(city: City) -> tuple[Target, ...]:
    """The petrol stations (加油站) of the city, known by their names as a planner would filter them."""
    return _stations(city.targets)


def bars_of(city: City, targets: Iterable[Target]) -> tuple[Bar, ...]:
    """The bars that name one of these targets: a draw refuses a bar whose target is not in its list."""
    ids = {target.id for target in targets}
    return tuple(bar for bar in city.bars if bar.target_id in ids)


def write_city(city: City, folder: Path | str) -> list[Path]:
    """Write the registries as the CSV files that `yaohao draw` reads, and a set of petrol stations only.

    UTF-8 with a byte order mark, without which Excel shows the Chinese as mojibake; lines end in LF.
    The folder is made where it is missing, files of these names in it are replaced. Returns the paths.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stations = petrol_stations(city)
    return [
        _write(folder / "targets.csv", Target._fields, city.targets),
        _write(folder / "inspectors.csv", Inspector._fields, city.inspectors),
        _write(folder / "bars.csv", Bar._fields, city.bars),
        _write(folder / "pair_bars.csv", PairBar._fields, city.pair_bars),
        _write(folder / "petrol_stations.csv", Target._fields, stations),
        _write(folder / "petrol_bars.csv", Bar._fields, bars_of(city, stations)),
    ]


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _stations(targets: Iterable[Target]) -> tuple[Target, ...]:
    return tuple(target for target in targets if names.PETROL_STATION in target.name)


def _targets(chance: Chance) -> tuple[Target, ...]:
    businesses, risk_class = Businesses(chance), chance.by_weight(RISK_CLASSES)
    makers = [businesses.petrol_station] * PETROL_STATIONS
    makers += [businesses.business] * (TARGETS - PETROL_STATIONS)
    # sorted by code, so that the petrol stations stand among the others
    return tuple(sorted(_target(make, risk_class) for make in makers))


def _target(business: Callable[[], tuple[str, str, str]], risk_class: Callable[[], str]) -> Target:
    code, name, district = business()
    return Target(code, name, risk_class(), district)


def _inspectors(chance: Chance) -> Iterator[Inspector]:
    surname = chance.by_weight(names.SURNAMES)
    district = chance.by_weight(DISTRICTS_BY_WEIGHT)
    capacity, more = chance.by_weight(_CAPACITIES), chance.by_weight(_MORE_REGIONS)
    for place, post in enumerate(POSTS, start=1):
        for number in range(1, post.inspectors + 1):
            # a department's first ones: one in each district, who can lead, so that it can act everywhere
            first = number <= len(DISTRICTS)
            home = (DISTRICTS[number - 1] if first else district()).code
            leads = first or chance.in_hundred(_LEADS_IN_HUNDRED)
            yield Inspector(
                # eleven digits as on an enforcement certificate (执法证号): the most that Excel shows whole
                id=f"390100{place:02d}{number:03d}",
                name=surname() + _given_name(chance),
                department=post.department.code,
                qualifications=_qualifications(chance, post, leads),
                regions=_regions(chance, home, more(), district),
                home=home,
                capacity=capacity(),
            )


def _given_name(chance: Chance) -> str:
    if chance.in_hundred(18):
        return chance.one_of(names.GIVEN_SINGLE)
    return chance.one_of(names.GIVEN_FIRST) + chance.one_of(names.GIVEN_SECOND)


def _qualifications(chance: Chance, post: Post, leads: bool) -> str:
    held = [LEAD] if leads else []
    if chance.in_hundred(_SPECIALISTS_IN_HUNDRED):
        held.append(post.speciality)
    return ";".join(sorted(held))


def _regions(chance: Chance, home: str, more: int, district: Callable[[], District]) -> str:
    if chance.in_hundred(_EVERYWHERE_IN_HUNDRED):
        return "*"
    regions = {home}
    while len(regions) <= more:
        regions.add(district().code)
    return ";".join(sorted(regions))


def _bars(chance: Chance, inspectors: Sequence[Inspector], targets: Sequence[Target]) -> tuple[Bar, ...]:
    ground, stations = chance.by_weight(names.GROUNDS), _stations(targets)

    def bar() -> Bar:
        among = stations if chance.in_hundred(_BARS_OF_STATIONS_IN_HUNDRED) else targets
        return Bar(chance.one_of(inspectors).id, chance.one_of(among).id, ground())

    return _different(BARS, bar)


def _pair_bars(chance: Chance, inspectors: Sequence[Inspector]) -> tuple[PairBar, ...]:
    ground = chance.by_weight(names.PAIR_GROUNDS)

    def pair_bar() -> PairBar:
        one = chance.below(len(inspectors))
        other = (one + 1 + chance.below(len(inspectors) - 1)) % len(inspectors)  # anybody else
        first, second = sorted((inspectors[one].id, inspectors[other].id))
        return PairBar(first, second, ground())

    return _different(PAIR_BARS, pair_bar)


def _different(wanted: int, make: Callable[[], _Row]) -> tuple[_Row, ...]:
    """So many rows, no two of them with the same first two columns, sorted."""
    rows: dict[tuple[str, ...], _Row] = {}
    while len(rows) < wanted:
        row = make()
        rows.setdefault(row[:2], row)
    return tuple(sorted(rows.values()))
