"""Why the seats cannot be filled (人员缺口), told so that a planner can mend the registry (draw-1, section 6)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from matching.draw.teams import Groups
from matching.pairing.network import Cut, greatest
from matching.pairing.pairs import Steps
from matching.pairing.problem import Staffing


@dataclass(frozen=True)
class SeatShortage:
    """A department has `demand` seats and can fill `greatest` of them at most.

    `seats` are those of the minimum cut nearest to the seats, as (region, role, number): together they cannot
    all be filled, `supply` is what reaches them, `missing` what lacks, for the cut as a whole.
    """

    department: str
    demand: int
    greatest: int
    seats: tuple[tuple[str, str, int], ...]

    @property
    def missing(self) -> int:
        """Seats that stay empty."""
        return self.demand - self.greatest

    @property
    def supply(self) -> int:
        """What reaches the seats of the cut."""
        return sum(number for _, _, number in self.seats) - self.missing

    def told(self) -> dict[str, object]:
        """As it stands in shortage.json."""
        seats = [{"region": region, "role": role, "seats": number} for region, role, number in self.seats]
        return {
            "kind": "seats",
            "department": self.department,
            "demand": self.demand,
            "greatest": self.greatest,
            "seats": seats,
            "supply": self.supply,
            "missing": self.missing,
        }


@dataclass(frozen=True)
class PairBarShortage:
    """Of two barred inspectors of one target neither can be spared."""

    target: str
    department: str
    barred: tuple[str, str]

    def told(self) -> dict[str, object]:
        """As it stands in shortage.json."""
        return {
            "kind": "pair_bar",
            "target": self.target,
            "department": self.department,
            "barred": list(self.barred),
        }


@dataclass(frozen=True)
class DealingShortage:
    """The first seat of a fixed group, in dealing order, for which nobody is left."""

    department: str
    group: int
    role: str

    def told(self) -> dict[str, object]:
        """As it stands in shortage.json."""
        return {"kind": "group", "department": self.department, "group": self.group, "role": self.role}


@dataclass(frozen=True)
class NoGroupShortage:
    """Targets that no group may take."""

    targets: tuple[str, ...]

    def told(self) -> dict[str, object]:
        """As it stands in shortage.json."""
        return {"kind": "no_group", "targets": list(self.targets)}


@dataclass(frozen=True)
class GroupShortage:
    """The groups together cannot take these targets: their capacities are used up."""

    demand: int
    greatest: int
    targets: tuple[str, ...]

    def told(self) -> dict[str, object]:
        """As it stands in shortage.json."""
        return {
            "kind": "groups",
            "demand": self.demand,
            "greatest": self.greatest,
            "targets": list(self.targets),
        }


Cause = SeatShortage | PairBarShortage | DealingShortage | NoGroupShortage | GroupShortage


@dataclass(frozen=True)
class Shortage:
    """Nothing is paired; the drawn targets stand, and so do fixed groups where they could be dealt."""

    causes: tuple[Cause, ...]
    groups: Groups | None = None
    steps: Steps = field(default=Steps(), compare=False, repr=False)

    def told(self) -> dict[str, object]:
        """The content of shortage.json."""
        return {"shortage": [cause.told() for cause in self.causes]}


def short_cut(staffing: Staffing) -> Cut | None:
    """The cut that shows that some seat stays empty however the others are filled; None where all can be filled."""
    cut = greatest(staffing)
    return cut if cut.greatest < staffing.demand else None


def seat_shortage(staffing: Staffing, cut: Cut, regions: Sequence[str]) -> SeatShortage:
    """What a department lacks; `regions` are those of the targets, in the staffing's order."""
    seats = Counter[tuple[str, str]]()
    for region, role, number in _seats_of_cut(staffing, regions, cut):
        seats[region, role] += number
    told = tuple((region, role, seats[region, role]) for region, role in sorted(seats))
    return SeatShortage(staffing.department, staffing.demand, cut.greatest, told)


def _seats_of_cut(staffing: Staffing, regions: Sequence[str], cut: Cut) -> list[tuple[str, str, int]]:
    """Lead seats are short wherever seats are; member seats only where everybody else's way is short too."""
    members = staffing.size - staffing.leads
    open_to_all = not staffing.leads
    found = []
    for target, region in enumerate(regions):
        if cut.seats[target] and staffing.leads:
            found.append((region, "lead", staffing.leads))
        if members and (cut.seats[target] if open_to_all else cut.gates[target]):
            found.append((region, "member", members))
    return found
