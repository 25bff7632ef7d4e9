"""A roster (检查人员名录) for trying a draw over a real list of targets where no real roster may be used."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from data.sample.chance import Chance
from data.sample.city import LEAD, Bar, Inspector, PairBar

_GROUND = "kinship"
_REACH = 4  # regions beside the home region


class Roster(NamedTuple):
    """Inspectors and their bars."""

    inspectors: tuple[Inspector, ...]
    bars: tuple[Bar, ...]
    pair_bars: tuple[PairBar, ...]


def roster(
    targets: Sequence[tuple[str, str]],
    departments: Sequence[str],
    number: int,
    capacity: int,
    seed: int = 2026,
) -> Roster:
    """Inspectors for targets given as (id, region), the departments in turn; where there are more targets, more of them.

    Every second one of a department is a lead; every fourth may go everywhere, any other to his home region and four
    more, neighbours in the list of regions. Five bars for every inspector, one pair bar for every fifty.
    """
    chance = Chance(seed)
    inspectors = tuple(
        _inspectors(departments, sorted(region for _, region in targets if region), number, capacity)
    )
    bars = {(chance.one_of(inspectors).id, chance.one_of(targets)[0]) for _ in range(5 * number)}
    pairs = {
        tuple(sorted((chance.one_of(inspectors).id, chance.one_of(inspectors).id)))
        for _ in range(number // 50)
    }
    return Roster(
        inspectors,
        tuple(Bar(inspector, target, _GROUND) for inspector, target in sorted(bars)),
        tuple(PairBar(a, b, _GROUND) for a, b in sorted(pairs) if a != b),
    )


def _inspectors(
    departments: Sequence[str], crowd: Sequence[str], number: int, capacity: int
) -> Iterable[Inspector]:
    """`crowd` are the regions of all targets, sorted: a step along it is a step among the targets."""
    regions = sorted(set(crowd)) or [""]
    of_each = -(-number // len(departments))
    for place in range(number):
        within, department = divmod(place, len(departments))
        home = regions.index(crowd[within * len(crowd) // of_each]) if crowd else 0
        reach = {regions[(home + step) % len(regions)] for step in range(_REACH + 1)}
        yield Inspector(
            id=f"{departments[department]}-{within:05d}",
            name=f"检查员{place:05d}",
            department=departments[department],
            qualifications=LEAD if within % 2 == 0 else "",
            regions="*" if within % 8 in (3, 6) else ";".join(sorted(reach)),
            home=regions[home],
            capacity=capacity,
        )
