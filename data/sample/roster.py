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
    targets: Sequence[tuple[str, str]], departments: Sequence[str], number: int, capacity: int, seed: int = 2026
) -> Roster:
    """Inspectors for targets given as (id, region), shared out evenly among departments and regions.

    Every second one is a lead; every eighth may go everywhere, any other to his home region and four more, neighbours
    in the list of regions. One bar for every twenty inspectors' worth of targets, one pair bar for every fifty.
    """
    chance = Chance(seed)
    regions = sorted({region for _, region in targets if region})
    inspectors = tuple(_inspector(departments, regions, number, capacity))
    bars = {(chance.one_of(inspectors).id, chance.one_of(targets)[0]) for _ in range(5 * number)}
    pairs = {tuple(sorted((chance.one_of(inspectors).id, chance.one_of(inspectors).id))) for _ in range(number // 50)}
    return Roster(
        inspectors,
        tuple(Bar(inspector, target, _GROUND) for inspector, target in sorted(bars)),
        tuple(PairBar(a, b, _GROUND) for a, b in sorted(pairs) if a != b),
    )


def _inspector(
    departments: Sequence[str], regions: Sequence[str], number: int, capacity: int
) -> Iterable[Inspector]:
    for place in range(number):
        within, department = divmod(place, len(departments))
        home = within % len(regions)
        reach = sorted({regions[(home + step) % len(regions)] for step in range(_REACH + 1)})
        yield Inspector(
            id=f"{departments[department]}-{within:05d}",
            name=f"检查员{place:05d}",
            department=departments[department],
            qualifications=LEAD if (within // len(regions) + within) % 2 == 0 else "",
            regions="*" if within % 8 == 7 else ";".join(reach),
            home=regions[home],
            capacity=capacity,
        )
