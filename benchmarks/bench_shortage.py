"""Shortages (人员缺口): 10,000 drawn targets, 50 times planted, named and told what would do."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.instances import CAMPAIGNS, key_of
from matching.draw.tables import Row, list_of
from matching.draw.tickets import words
from matching.pairing.lacks import Need
from matching.pairing.pair_remedies import need_of
from matching.pairing.remedies import Fewer, remedied

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
CASES = 50
REGIONS = 40


def told(name: str) -> Side:
    """Each case named, with the smallest change of every kind; each is answered as soon as it is planted."""
    campaign = CAMPAIGNS[name]
    need = need_of(campaign.plan(), campaign.frame(), campaign.drawn(), "AMR")
    cases = [planted(need, case) for case in range(CASES)]

    def run() -> list[tuple[float, Any]]:
        return [_timed(case) for case in cases]

    def answer(found: list[tuple[float, Any]]) -> dict[str, Any]:
        remedies = [each for _, one in found for each in one.remedies if not isinstance(each, Fewer)]
        return {
            "seconds": sorted(seconds for seconds, _ in found),
            "missing": [one.missing for _, one in found],
            "remedies": len(remedies),
            "exact": sum(each.exact for each in remedies),
        }

    return run, answer


def _timed(need: Need) -> tuple[float, Any]:
    start = time.perf_counter()
    found = remedied(need)
    return time.perf_counter() - start, found


def planted(need: Need, case: int) -> Need:
    """A shortage of a case: leads, people, capacity or bars of some regions taken away, or leads and people at once."""
    take = _Take(need, case)
    ways = (take.leads, take.people, take.capacity, take.bars, take.both)
    return ways[case % len(ways)]()


class _Take:
    """What is taken away: of one to three regions nearly everything, so that some seats lack."""

    def __init__(self, need: Need, case: int) -> None:
        self.need = need
        drawn = words(key_of(f"shortage {case}"), 0, 64)
        self.regions = {f"3206{int(each) % REGIONS:02}" for each in drawn[: 1 + case % 3]}
        self.share = int(drawn[3] % np.uint64(40))

    def leads(self) -> Need:
        """Most who may lead there may not."""
        return self._people(lambda row, left: row if left else (*row[:2], "", *row[3:]))

    def people(self) -> Need:
        """Most who may go there do not."""
        return self._people(lambda row, left: row if left else (*row[:4], self._elsewhere(row), *row[5:]))

    def capacity(self) -> Need:
        """Whoever goes there bears a quarter."""
        return self._people(lambda row, left: row if left else (*row[:5], str(int(row[5]) // 4), row[6]))

    def bars(self) -> Need:
        """All but one of those who may go there are barred from some of the targets."""
        there = [row[1] for row in self.need.people if self.regions & {*list_of(row[4])}]
        aims = [target for target, region in self.need.targets if region in self.regions][: 5 + self.share]
        barred = [(inspector, target) for target in aims for inspector in there[1:]]
        return Need(self.need.department, self.need.targets, self.need.people, [*self.need.bars, *barred])

    def both(self) -> Need:
        """Leads in these regions, and bars too."""
        return Need(self.need.department, self.need.targets, self.leads().people, self.bars().bars)

    def _people(self, change: Callable[[Row, bool], Row]) -> Need:
        people = list(self._changed(change))
        return Need(self.need.department, self.need.targets, people, self.need.bars)

    def _changed(self, change: Callable[[Row, bool], Row]) -> Iterator[Row]:
        """Three to seven of those who go there are left as they are."""
        concerned = 0
        for row in self.need.people:
            if self.regions & {*list_of(row[4])}:
                concerned += 1
                yield change(row, concerned < 4 + self.share // 8)
            else:
                yield row

    def _elsewhere(self, row: Row) -> str:
        return ";".join(region for region in list_of(row[4]) if region not in self.regions)


SIDES = {"remedied": told}
