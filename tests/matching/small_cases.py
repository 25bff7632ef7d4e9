"""Small random cases of the pairing (人员匹配) for comparing implementations: one seed, one case, for ever.

Only `random.Random(seed).random()` and integers decide: the other methods of `random` may change with Python.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

STRATA = ("A", "B", "乙")
REGIONS = ("320602", "320612", "崇川区")
CODES = ("AMR", "EM", "消防")

ORDERS = (
    ("tickets",),
    ("near", "tickets"),
    ("balance", "tickets"),
    ("near", "balance", "tickets"),
    ("balance", "near", "tickets"),
)
"""Every list of objectives that a plan may have."""


@dataclass(frozen=True)
class SmallCase:
    """One case: a plan, the four frozen tables, the drawn rows in no order, and the keys as integers."""

    plan: dict[str, Any]
    targets: list[tuple[str, ...]]
    inspectors: list[tuple[str, ...]]
    bars: list[tuple[str, ...]]
    pair_bars: list[tuple[str, ...]]
    drawn: list[int]
    key_match: int
    key_teams: int
    key_group: int

    def tables(self) -> tuple[Any, ...]:
        """What both kinds of pairing take before their keys."""
        return self.plan, self.targets, self.inspectors, self.bars, self.pair_bars, self.drawn


@dataclass(frozen=True)
class Shape:
    """How hard the cases are; all rates are percents.

    `load` is the greatest demand by capacity: more of it makes more shortages of seats. `everywhere` is the
    rate of inspectors without limits of region: less of it makes more shortages too. `pair_bars` and `bars` are
    rates of all possible pairs: more pair bars make more rounds of bans, more bans one by one, more shortages.
    """

    load: int
    everywhere: int
    pair_bars: int
    bars: int
    most_drawn: int = 14
    most_inspectors: int = 9
    most_departments: int = 3


PER_TARGET = Shape(load=90, everywhere=75, pair_bars=10, bars=3)
"""Three cases in five have an answer, most of these after bans."""

FIXED = Shape(load=65, everywhere=80, pair_bars=4, bars=2)
"""Two cases in three have an answer; the others fall short in all three ways."""


class Dice:
    """Integers out of a seeded stream."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def below(self, n: int) -> int:
        """0 to n - 1."""
        return int(self._random.random() * (1 << 53)) % n

    def between(self, low: int, high: int) -> int:
        """From low to high, or low where high is less."""
        return low + self.below(max(1, high - low + 1))

    def percent(self, rate: int) -> bool:
        """True in rate of 100 cases."""
        return self.below(100) < rate

    def one(self, things: Any) -> Any:
        """One of the things."""
        return things[self.below(len(things))]

    def some(self, things: Any, number: int) -> list[Any]:
        """So many different ones of the things, in the order they came."""
        left = list(things)
        return [left.pop(self.below(len(left))) for _ in range(number)]

    def key(self) -> int:
        """A key of 128 bits."""
        return sum(self.below(1 << 32) << shift for shift in (0, 32, 64, 96))


def by_bytes(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The rows in frozen order: by the bytes of their first two fields, which no two rows share."""
    return sorted(rows, key=lambda row: (row[0].encode(), row[1].encode()))


def some_departments(dice: Dice, shape: Shape) -> list[dict[str, Any]]:
    """One department or more, in an order of the plan's own that need not be the tables'."""
    departments = []
    for code in dice.some(CODES, dice.between(1, shape.most_departments)):
        size = dice.between(1, 3)
        leads = dice.between(0, size)
        departments.append({"code": code, "size": size, "leads": leads, "lead_qualification": "lead"})
    return departments


def some_inspector(dice: Dice, code: str, number: int, qualified: bool, everywhere: int) -> tuple[str, ...]:
    """One inspector; one without "everywhere" may cover no region at all."""
    other = ["drive"] if dice.percent(30) else []
    regions = "*" if dice.percent(everywhere) else ";".join(region for region in REGIONS if dice.percent(70))
    qualifications = ";".join(other + ["lead"] * qualified)
    home, capacity = dice.one((*REGIONS, "")), str(max(dice.between(1, 5), dice.between(1, 5)))
    # ids run against the order in which they are made, so that the order of rows is the sort's doing
    return code, f"{code}-{99 - number}", qualifications, home, regions, capacity, f"检查员{number}"


def some_inspectors(dice: Dice, plan: dict[str, Any], shape: Shape) -> list[tuple[str, ...]]:
    """Three inspectors or more for each department; now and then too few of them are qualified."""
    rows = []
    for department in plan["departments"]:
        groups, most = plan.get("groups", 1), shape.most_inspectors
        people = min(most, dice.between(max(3, department["size"] * groups), most))
        leads = department["leads"] * groups + dice.between(-1 if dice.percent(10) else 0, people)
        chosen = dice.some(range(people), max(0, min(people, leads)))
        rows += [
            some_inspector(dice, department["code"], n, n in chosen, shape.everywhere) for n in range(people)
        ]
    return by_bytes(rows)


def room_for(plan: dict[str, Any], inspectors: list[tuple[str, ...]]) -> int:
    """How many targets the capacities would bear if everybody could visit everything."""
    rooms = []
    for department in plan["departments"]:
        own = [(int(row[5]), "lead" in row[2]) for row in inspectors if row[0] == department["code"]]
        rooms.append(sum(capacity for capacity, _ in own) // department["size"])
        if department["leads"]:
            rooms.append(sum(capacity for capacity, qualified in own if qualified) // department["leads"])
    return min(rooms)


def some_targets(dice: Dice, number: int) -> list[tuple[str, ...]]:
    """So many targets in one to three strata; few have no region."""
    strata = dice.some(STRATA, dice.between(1, 3))
    regions = [*REGIONS, *REGIONS, *REGIONS, ""] if dice.percent(25) else REGIONS
    ids = [f"T{dice.below(900) + 100}{n:02}" for n in range(number)]
    return by_bytes([(dice.one(strata), target, dice.one(regions), f"企业{target}") for target in ids])


def some_bars(dice: Dice, inspectors: Any, targets: Any, rate: int) -> list[tuple[str, ...]]:
    """Bars between inspectors and targets."""
    pairs = [(inspector[1], target[1]) for inspector in inspectors for target in targets]
    return by_bytes([(*pair, "kinship") for pair in pairs if dice.percent(rate)])


def some_pair_bars(dice: Dice, inspectors: Any, rate: int) -> list[tuple[str, ...]]:
    """Pair bars within and across departments."""
    ids = sorted((inspector[1] for inspector in inspectors), key=str.encode)
    pairs = [(a, b) for n, a in enumerate(ids) for b in ids[n + 1 :]]
    return by_bytes([(*pair, "kinship") for pair in pairs if dice.percent(rate)])


def small_case(seed: int, objectives: Any, shape: Shape = PER_TARGET) -> SmallCase:
    """The case of this seed, for teams per target; its tables and keys are the same for all objectives."""
    dice = Dice(seed)
    plan = {"teams": "per_target", "departments": some_departments(dice, shape)}
    return filled(dice, plan, objectives, shape)


def small_fixed_case(seed: int, objectives: Any, shape: Shape = FIXED) -> SmallCase:
    """The case of this seed, for fixed groups; one plan in ten wants one group more, often one too many."""
    dice = Dice(seed)
    departments = some_departments(dice, shape)
    most = shape.most_inspectors // max(department["size"] for department in departments)
    groups = dice.between(1, min(4, most)) + (1 if dice.percent(10) else 0)
    plan = {"teams": "fixed", "groups": groups, "departments": departments}
    return filled(dice, plan, objectives, shape)


def with_two_qualifications(
    plan: dict[str, Any], inspectors: list[tuple[str, ...]]
) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
    """The same case where the leads of the departments with an even number of people need a second qualification.

    Whoever could lead holds it; of the others one in two holds the first and one in two the second, which is not enough.
    """
    codes = [row[0] for row in inspectors]
    twice = {code for code in codes if codes.count(code) % 2 == 0}
    departments = [
        {**each, "lead_qualification": "fire;lead"} if each["code"] in twice else each
        for each in plan["departments"]
    ]
    rows = []
    for place, row in enumerate(inspectors):
        held = set(row[2].split(";")) - {""}
        if row[0] in twice:
            held |= {"fire"} if "lead" in held or place % 2 else {"lead"}
        rows.append((*row[:2], ";".join(sorted(held)), *row[3:]))
    return {**plan, "departments": departments}, rows


def filled(dice: Dice, plan: dict[str, Any], objectives: Any, shape: Shape) -> SmallCase:
    """The plan with tables, drawn targets and keys."""
    inspectors = some_inspectors(dice, plan, shape)
    room = min(room_for(plan, inspectors) * shape.load // 100, shape.most_drawn)
    drawn = max(dice.between(2, room), dice.between(2, room))
    targets = some_targets(dice, dice.between(drawn, min(30, 3 * drawn)))
    plan, inspectors = with_two_qualifications(plan, inspectors)
    return SmallCase(
        {**plan, "objectives": list(objectives)},
        targets,
        inspectors,
        some_bars(dice, inspectors, targets, shape.bars),
        some_pair_bars(dice, inspectors, shape.pair_bars),
        dice.some(range(len(targets)), drawn),
        dice.key(),
        dice.key(),
        dice.key(),
    )
