"""What one department has to fill, as arrays (draw-1, section 6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.draw.plan import Department
from matching.draw.tables import EVERYWHERE, Frame, list_of
from matching.pairing.costs import pair_tickets

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Staffing:
    """One department's seats at every drawn target and who may take them (fixed teams: one seat, groups take it).

    `size` seats per target, of which at least `leads` for qualified takers. A candidacy is a taker who may go
    to a target; candidacies are parallel arrays sorted by (target, taker):
    `target` 0 ... targets - 1 in the order of their rows, `taker` 0 ... len(capacity) - 1,
    `near` 1 where the taker would travel, `cost` 40 bits and `remainder` 24 bits of the pair's ticket.
    """

    department: str
    size: int
    leads: int
    targets: int
    first: int
    capacity: Ints
    qualified: Truths
    target: Ints
    taker: Ints
    near: Ints
    cost: Ints
    remainder: Ints

    def without(self, banned: Iterable[tuple[int, int]]) -> "Staffing":
        """The same without some (target, taker) candidacies."""
        takers = len(self.capacity)
        gone = np.array([target * takers + taker for target, taker in banned], dtype=np.int64)
        return self.only(~np.isin(self.target * takers + self.taker, gone))

    def only(self, kept: Truths) -> "Staffing":
        """The same with the candidacies that are kept."""
        arrays = ("target", "taker", "near", "cost", "remainder")
        return replace(self, **{name: getattr(self, name)[kept] for name in arrays})

    @property
    def demand(self) -> int:
        """All seats."""
        return self.size * self.targets


def staffing(department: Department, frame: Frame, drawn: Sequence[int], key: int) -> Staffing:
    """The seats and candidacies of a department at the drawn rows, under the key K("match", T_inspectors).

    `drawn` are row indexes of targets in ascending order. A department without inspectors has no candidacies.
    """
    spans = {code: (start, rows) for code, start, rows in frame.inspectors.spans()}
    first, takers = spans.get(department.code, (0, 0))
    people = frame.inspectors.rows[first : first + takers]
    regions = [frame.targets.rows[i][2] for i in drawn]
    target, taker = _eligible([row[4] for row in people], regions)
    target, taker = _unbarred(target, taker, _barred(frame, drawn, first, takers), takers)
    cost, remainder = pair_tickets(key, drawn, target, first + taker)
    return Staffing(
        department=department.code,
        size=department.size,
        leads=department.leads,
        targets=len(drawn),
        first=first,
        capacity=np.array([int(row[5]) for row in people], dtype=np.int64),
        qualified=np.array([department.may_lead(row[2]) for row in people], dtype=bool),
        target=target,
        taker=taker,
        near=travel([[row[3]] for row in people], regions, target, taker),
        cost=cost,
        remainder=remainder,
    )


def covers(regions_field: str, region: str) -> bool:
    """Whether an inspector's regions hold a target's region; no list holds the empty one."""
    return regions_field == EVERYWHERE or region in list_of(regions_field)


def travel(homes: Sequence[Sequence[str]], regions: Sequence[str], target: Ints, taker: Ints) -> Ints:
    """1 for each candidacy whose taker has no home in the target's region; an empty region or home never matches."""
    codes = {region: code for code, region in enumerate(sorted({each for each in regions if each}))}
    lives = np.zeros((len(homes), len(codes) + 1), dtype=bool)
    for place, each in enumerate(homes):
        lives[place, [codes[home] for home in each if home in codes]] = True
    # an empty region looks at the last column, in which nobody lives
    region = np.array([codes.get(each, len(codes)) for each in regions], dtype=np.int64)
    return (~lives[taker, region[target]]).astype(np.int64)


def _eligible(fields: Sequence[str], regions: Sequence[str]) -> tuple[Ints, Ints]:
    """Every (target, taker) whose regions fit, sorted."""
    held: dict[str, Ints] = {}
    for region in set(regions):
        fits = [taker for taker, field in enumerate(fields) if covers(field, region)]
        held[region] = np.array(fits, dtype=np.int64)
    counts = [len(held[region]) for region in regions]
    target = np.repeat(np.arange(len(regions), dtype=np.int64), counts)
    taker = np.concatenate([held[region] for region in regions]) if regions else target
    return target, taker


def _barred(frame: Frame, drawn: Sequence[int], first: int, takers: int) -> set[tuple[int, int]]:
    place = {row: position for position, row in enumerate(drawn)}
    named = (
        (place.get(frame.targets.index[row[1]], -1), frame.inspectors.index[row[0]] - first)
        for row in frame.bars.rows
    )
    return {(target, taker) for target, taker in named if target >= 0 and 0 <= taker < takers}


def _unbarred(target: Ints, taker: Ints, barred: set[tuple[int, int]], takers: int) -> tuple[Ints, Ints]:
    gone = np.array(sorted(t * takers + j for t, j in barred), dtype=np.int64)
    kept = ~np.isin(target * takers + taker, gone)
    return target[kept], taker[kept]
