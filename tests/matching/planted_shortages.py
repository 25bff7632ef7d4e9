"""Shortages that were planted (预置缺口): a department that has exactly enough, and then exactly so many fewer.

Each says what lacks where, and what the smallest change of some kinds must be: by how it was made, not by any solver.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from matching.draw.plan import Plan, read_plan
from matching.draw.tables import Frame, freeze_all
from tests.matching.small_cases import Dice

Rows = list[tuple[str, ...]]
NORTH, SOUTH = "320602", "320612"


@dataclass(frozen=True)
class Planted:
    """One department's rows, all targets drawn; the lacks as (seats, missing), and numbers of remedies by their kind."""

    size: int
    leads: int
    targets: Rows
    people: Rows
    bars: Rows = field(default_factory=list)
    lacks: tuple[Any, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)

    def plan(self) -> Plan:
        """The plan of the department."""
        return read_plan(
            {
                "purpose": "缺口",
                "quota": {"total": len(self.targets)},
                "teams": "per_target",
                "departments": [
                    {"code": "FIRE", "size": self.size, "leads": self.leads, "lead_qualification": "lead"}
                ],
                "objectives": ["tickets"],
            }
        )

    def frame(self) -> Frame:
        """Its tables, frozen."""
        return freeze_all(self.targets, self.people, self.bars, [])

    def with_people(self, change: Any) -> "Planted":
        """With rows of inspectors changed one by one."""
        return replace(self, people=[change(row) for row in self.people])


def targets_of(region: str, number: int) -> Rows:
    """So many targets of a region."""
    return [("all", f"T-{region}-{n:05}", region, "") for n in range(number)]


def people_of(region: str, number: int, qualified: bool, capacity: int) -> Rows:
    """So many inspectors of a region."""
    kind = "L" if qualified else "M"
    own = "lead" if qualified else ""
    return [
        ("FIRE", f"{kind}-{region}-{n:04}", own, region, region, str(capacity), "某") for n in range(number)
    ]


def short_of_leads(dice: Dice) -> Planted:
    """Members enough; lead seats of one region exactly filled, and then some leads fewer."""
    capacity, crews = dice.between(1, 3), dice.between(4, 7)
    targets, gone = capacity * crews, dice.between(1, 3)
    leads = people_of(NORTH, crews - gone, True, capacity)
    members = people_of(NORTH, 2 * crews, False, capacity)
    elsewhere = people_of(SOUTH, 4, True, 3) + people_of(SOUTH, 3, False, 3)
    return Planted(
        2,
        1,
        targets_of(NORTH, targets) + targets_of(SOUTH, dice.between(3, 6)),
        leads + members + elsewhere,
        lacks=((((NORTH, "lead", targets),), gone * capacity),),
        numbers={"more_qualified": _new(gone * capacity, leads + members + elsewhere), "Qualify": gone},
    )


def short_of_members(dice: Dice) -> Planted:
    """Lead seats filled; all seats of one region together exactly filled, and then some members fewer."""
    capacity, crews = dice.between(1, 3), dice.between(4, 7)
    targets, gone = capacity * crews, dice.between(1, 3)
    people = people_of(NORTH, crews, True, capacity) + people_of(NORTH, crews - gone, False, capacity)
    more = _new(gone * capacity, people)
    return Planted(
        2,
        1,
        targets_of(NORTH, targets),
        people,
        lacks=((((NORTH, "lead", targets), (NORTH, "member", targets)), gone * capacity),),
        numbers={"more_qualified": more, "more_members": more},
    )


def short_of_people(dice: Dice) -> Planted:
    """Nobody leads; one region has too few people, a neighbour has some to spare."""
    capacity, crews = dice.between(2, 4), dice.between(3, 6)
    targets, gone = capacity * crews, dice.between(1, 2)
    people = people_of(NORTH, crews - gone, False, capacity) + people_of(SOUTH, 5, False, capacity)
    return Planted(
        1,
        0,
        targets_of(NORTH, targets) + targets_of(SOUTH, capacity),
        people,
        lacks=((((NORTH, "member", targets),), gone * capacity),),
        numbers={"more_qualified": _new(gone * capacity, people), "Widen": gone},
    )


def short_of_capacity(dice: Dice) -> Planted:
    """Everybody reaches everything: seats exactly filled, and then everybody bears so much less."""
    capacity, people, less = dice.between(4, 6), dice.between(3, 6), dice.between(1, 2)
    targets = capacity * people
    return Planted(
        1,
        0,
        targets_of(NORTH, targets),
        people_of(NORTH, people, False, capacity - less),
        lacks=((((NORTH, "member", targets),), less * people),),
        numbers={"Raise": less},
    )


def short_by_bars(dice: Dice) -> Planted:
    """Two seats a target; everybody but one is barred from some targets, so that each of them lacks one seat."""
    people, barred = dice.between(3, 6), dice.between(1, 4)
    targets = barred + dice.between(1, 4)
    crew = people_of(NORTH, people, True, targets)
    bars = [(row[1], f"T-{NORTH}-{n:05}", "kin") for n in range(barred) for row in crew[1:]]
    return Planted(
        2,
        1,
        targets_of(NORTH, targets),
        crew,
        sorted(bars),
        # a kind of target each: nobody on the short side of the cut joins them, and its lone inspector is not short
        lacks=((((NORTH, "lead", barred), (NORTH, "member", barred)), barred),),
        numbers={"Lift": barred, "more_qualified": 1},
    )


def short_twice(dice: Dice) -> Planted:
    """Leads lack in one region and people in the other, at once."""
    one, other = short_of_leads(dice), short_of_members(dice)
    moved = [tuple(field.replace(NORTH, "320699") for field in row) for row in other.people]
    aims = [tuple(field.replace(NORTH, "320699") for field in row) for row in other.targets]
    lacks = tuple(
        (tuple((region.replace(NORTH, "320699"), role, seats) for region, role, seats in seats_of), gone)
        for seats_of, gone in other.lacks
    )
    people = one.people + moved
    total = one.lacks[0][1] + other.lacks[0][1]
    return Planted(
        2,
        1,
        one.targets + aims,
        people,
        lacks=one.lacks + lacks,
        numbers={"more_qualified": _new(total, people)},
    )


def _new(missing: int, people: Rows) -> int:
    """How many new inspectors bear so much, with the lower median of the capacities there are."""
    told = sorted(int(row[5]) for row in people)
    return -(-missing // told[(len(told) - 1) // 2])


KINDS = (short_of_leads, short_of_members, short_of_people, short_of_capacity, short_by_bars, short_twice)


def planted(seed: int) -> Planted:
    """The shortage of a seed: for ever the same."""
    made = KINDS[seed % len(KINDS)](Dice(seed))
    by_bytes = (
        sorted(made.targets, key=lambda row: row[1].encode()),
        sorted(made.people, key=lambda row: row[1]),
    )
    return replace(made, targets=by_bytes[0], people=by_bytes[1])


# Bars between inspectors, and fixed groups


@dataclass(frozen=True)
class PlantedTogether:
    """A whole plan of several departments or of fixed groups, and its rows; all targets are drawn."""

    written: dict[str, Any]
    targets: Rows
    people: Rows
    bars: Rows = field(default_factory=list)
    pair_bars: Rows = field(default_factory=list)
    number: int = 0
    """Of the change that is planted, the smallest number."""

    def plan(self) -> Plan:
        """The plan."""
        quota = {"total": len(self.targets)}
        return read_plan({"purpose": "缺口", "quota": quota, "objectives": ["tickets"], **self.written})

    def frame(self) -> Frame:
        """Its tables, frozen."""
        return freeze_all(self.targets, self.people, self.bars, self.pair_bars)


def _seats(size: int, leads: int, *codes: str) -> list[dict[str, Any]]:
    return [{"code": code, "size": size, "leads": leads, "lead_qualification": "lead"} for code in codes]


def barred_couples(dice: Dice) -> PlantedTogether:
    """Regions with one inspector of each of two departments; in some of them the two may not meet."""
    number = dice.between(1, 2)
    regions = [f"{n:03}" for n in range(number + dice.between(1, 3))]
    people = [
        (code, f"{code}-{region}", "lead", region, region, "9", "某")
        for code in ("AMR", "FIRE")
        for region in regions
    ]
    targets = [row for region in regions for row in targets_of(region, dice.between(1, 3))]
    pair_bars = [(f"AMR-{region}", f"FIRE-{region}", "kin") for region in regions[:number]]
    plan = {"teams": "per_target", "departments": _seats(1, 1, "AMR", "FIRE")}
    return PlantedTogether(plan, targets, people, pair_bars=pair_bars, number=number)


def short_deal(dice: Dice) -> PlantedTogether:
    """Groups for which exactly so many who may lead are missing, people enough."""
    groups, gone = dice.between(3, 6), dice.between(1, 2)
    people = people_of("", groups - gone, True, 9) + people_of(
        "", groups + gone + dice.between(0, 2), False, 9
    )
    plan = {"teams": "fixed", "groups": groups, "departments": _seats(2, 1, "FIRE")}
    return PlantedTogether(
        plan, targets_of("", 5), [(*row[:4], "*", *row[5:]) for row in people], number=gone
    )


def tired_groups(dice: Dice) -> PlantedTogether:
    """Groups whose capacities are used up: everybody bears so much too little."""
    groups, capacity, less = dice.between(2, 4), dice.between(3, 5), dice.between(1, 2)
    people = [(*row[:4], "*", *row[5:]) for row in people_of("", 2 * groups, True, capacity - less)]
    plan = {"teams": "fixed", "groups": groups, "departments": _seats(2, 1, "FIRE")}
    return PlantedTogether(plan, targets_of("", groups * capacity), people, number=less)


def barred_groups(dice: Dice) -> PlantedTogether:
    """Targets to which no group may go: one member of each is barred."""
    groups, number = dice.between(2, 4), dice.between(1, 3)
    people = [(*row[:4], "*", *row[5:]) for row in people_of("", groups, True, 20)]
    targets = targets_of("", number + 4)
    bars = sorted((person[1], target[1], "kin") for person in people for target in targets[:number])
    plan = {"teams": "fixed", "groups": groups, "departments": _seats(1, 1, "FIRE")}
    return PlantedTogether(plan, targets, people, bars, number=number)
