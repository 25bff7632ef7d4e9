"""Instances so small that every lawful answer can be written down, and the answers, by trying all (枚举).

An answer is who goes where; who of a team leads it is left out. `answers` is the support that a lottery may have: without
further objectives all lawful answers, with them those that are smallest in them, department by department, as the
protocol has it. Where inspectors may not meet, these are the answers in which nobody does; such instances have no further
objectives, because there a ban may leave what was smallest. Fixed groups come to an answer by any dealing that can be
dealt, and then by any allotment that is smallest. Nothing of the product takes part in it.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matching.draw.frames import digest
from matching.draw.plan import Plan, read_plan
from matching.draw.tables import Frame, freeze_all
from matching.fairness import seated
from matching.lottery import pairing_of

Pair = tuple[int, int]
Answer = frozenset[Pair]  # (target, inspector), both as they stand in the case


@dataclass(frozen=True)
class Person:
    """An inspector: his department, whether he may lead, where he lives, where he may go, and to how many."""

    department: str = "A"
    leads: bool = True
    home: str = ""
    regions: str = "*"
    capacity: int = 9


@dataclass(frozen=True)
class Case:
    """A whole instance; targets are told by their regions, bars by places, `groups` is 0 where teams are per target."""

    name: str
    targets: tuple[str, ...]
    people: tuple[Person, ...]
    departments: tuple[tuple[str, int, int], ...] = (("A", 1, 0),)
    bars: tuple[Pair, ...] = ()  # (inspector, target)
    pair_bars: tuple[Pair, ...] = ()
    objectives: tuple[str, ...] = ("tickets",)
    groups: int = 0

    def plan(self) -> Plan:
        """The plan of it."""
        departments = [
            {"code": code, "size": size, "leads": leads, "lead_qualification": "lead"}
            for code, size, leads in self.departments
        ]
        teams: dict[str, Any] = (
            {"teams": "fixed", "groups": self.groups} if self.groups else {"teams": "per_target"}
        )
        return read_plan({
            "purpose": self.name, "quota": {"total": len(self.targets)}, "departments": departments,
            "objectives": list(self.objectives), **teams,
        })  # fmt: skip

    def frame(self) -> Frame:
        """The tables of it; rows stand in the order of the case."""
        people = [
            (each.department, f"P{n:02}", "lead" if each.leads else "", each.home, each.regions,
             str(each.capacity), f"检查员{n}")
            for n, each in enumerate(self.people)
        ]  # fmt: skip
        return freeze_all(
            [("甲", f"T{n:02}", region, f"企业{n}") for n, region in enumerate(self.targets)],
            people,
            [(f"P{j:02}", f"T{t:02}", "kin") for j, t in self.bars],
            [(f"P{a:02}", f"P{b:02}", "kin") for a, b in self.pair_bars],
        )

    # What is lawful

    def covers(self, j: int, t: int) -> bool:
        """Whether an inspector's regions hold a target's."""
        regions = self.people[j].regions
        return regions == "*" or self.targets[t] in regions.split(";")

    def far(self, j: int, t: int) -> bool:
        """Whether he has to travel."""
        return not self.targets[t] or self.people[j].home != self.targets[t]

    def meets(self, team: Sequence[int]) -> bool:
        """Whether two of a team may not meet."""
        return any({a, b} <= set(team) for a, b in self.pair_bars)

    def members(self, department: str) -> list[int]:
        """The inspectors of a department."""
        return [j for j, each in enumerate(self.people) if each.department == department]


# Every answer


def answers(case: Case) -> set[Answer]:
    """The support of the lottery."""
    return set(_of_groups(case)) if case.groups else set(_of_teams(case))


def _of_teams(case: Case) -> Iterator[Answer]:
    smallest = [
        _smallest(case.objectives, _assignments(case, *each), *_costs(case)) for each in case.departments
    ]
    for parts in itertools.product(*smallest):
        answer = frozenset().union(*parts)
        teams = [[j for at, j in answer if at == t] for t in range(len(case.targets))]
        if not any(case.meets(team) for team in teams):
            yield answer


def _assignments(case: Case, department: str, size: int, leads: int) -> Iterator[Answer]:
    """Every lawful way to fill a department's seats."""
    teams = [
        [
            team
            for team in itertools.combinations(case.members(department), size)
            if all(case.covers(j, t) and (j, t) not in case.bars for j in team)
            and sum(case.people[j].leads for j in team) >= leads
        ]
        for t in range(len(case.targets))
    ]
    for chosen in itertools.product(*teams):
        loads = Counter(itertools.chain(*chosen))
        if all(load <= case.people[j].capacity for j, load in loads.items()):
            yield frozenset((t, j) for t, team in enumerate(chosen) for j in team)


def _costs(case: Case) -> tuple[Callable[[Answer], int], Callable[[Answer], int]]:
    def near(answer: Answer) -> int:
        return sum(case.far(j, t) for t, j in answer)

    return near, _squares


def _squares(answer: Answer) -> int:
    return sum(load**2 for load in Counter(taker for _, taker in answer).values())


def _smallest(
    objectives: Sequence[str],
    lawful: Iterator[Answer],
    near: Callable[[Answer], int],
    balance: Callable[[Answer], int],
) -> list[Answer]:
    """Those smallest in the objectives before the tickets, compared one after another."""
    left = list(lawful)
    for objective in objectives[:-1]:
        cost = near if objective == "near" else balance
        least = min((cost(each) for each in left), default=0)
        left = [each for each in left if cost(each) == least]
    return left


def _of_groups(case: Case) -> Iterator[Answer]:
    for groups in set(_dealings(case)):
        allotted = _smallest(case.objectives, _allotments(case, groups), *_group_costs(case, groups))
        for each in allotted:
            yield frozenset((t, j) for t, k in each for j in groups[k])


def _dealings(case: Case) -> Iterator[tuple[frozenset[int], ...]]:
    """Every way to deal the groups: a place after the other, to anybody who may have it."""
    places = [
        (department, k, turn < leads)
        for department, size, leads in case.departments
        for turn in range(size)
        for k in range(case.groups)
    ]

    def deal(dealt: tuple[tuple[int, ...], ...], left: int) -> Iterator[tuple[frozenset[int], ...]]:
        if left == len(places):
            yield tuple(frozenset(each) for each in dealt)
            return
        department, k, lead = places[left]
        for j in case.members(department):
            free = not any(j in group for group in dealt) and (case.people[j].leads or not lead)
            if free and not case.meets((*dealt[k], j)):
                yield from deal((*dealt[:k], (*dealt[k], j), *dealt[k + 1 :]), left + 1)

    yield from deal(((),) * case.groups, 0)


def _allotments(case: Case, groups: Sequence[frozenset[int]]) -> Iterator[Answer]:
    """Every lawful way to give each target a group, as pairs (target, group)."""
    may = [
        [
            k
            for k, group in enumerate(groups)
            if not any((j, t) in case.bars for j in group)
            and all(
                any(case.covers(j, t) for j in group if case.people[j].department == department)
                for department, _, _ in case.departments
            )
        ]
        for t in range(len(case.targets))
    ]
    for chosen in itertools.product(*may):
        loads = Counter(chosen)
        if all(load <= min(case.people[j].capacity for j in groups[k]) for k, load in loads.items()):
            yield frozenset(enumerate(chosen))


def _group_costs(
    case: Case, groups: Sequence[frozenset[int]]
) -> tuple[Callable[[Answer], int], Callable[[Answer], int]]:
    def near(answer: Answer) -> int:
        return sum(all(case.far(j, t) for j in groups[k]) for t, k in answer)

    return near, _squares


# What the product answers


def drawn_answers(case: Case, keys: int) -> Counter[Answer | None]:
    """How often which answer comes of so many keys; None where there is a shortage."""
    plan, frame, rows = case.plan(), case.frame(), range(len(case.targets))
    return Counter(
        _seats(pairing_of(plan, frame, bytes(32), digest("enumerated", case.name.encode(), b"%d" % n), rows))
        for n in range(keys)
    )


def _seats(pairing: Any) -> Answer | None:
    found = seated(pairing)
    return frozenset(
        (t, j) for each in found.values() for t, j in zip(each.target.tolist(), each.inspector.tolist(), strict=True)
    ) if found else None  # fmt: skip


def distance(found: Counter[Answer | None], support: set[Answer]) -> float:
    """Total variation from the even chance of every answer: the share of the keys that would have to change theirs."""
    paired = sum(number for answer, number in found.items() if answer is not None)
    return sum(abs(found[each] / paired - 1 / len(support)) for each in support) / 2


# The instances

_EAST, _WEST = "320602", "320612"
_ANY, _HERE, _THERE = Person(), Person(home=_EAST), Person(home=_WEST)


def _of(department: str, number: int, **other: Any) -> tuple[Person, ...]:
    return tuple(Person(department, **other) for _ in range(number))


CASES = (
    Case("no bars", (_EAST,) * 3, (_ANY,) * 4),
    Case("no bars, two seats", (_EAST,) * 2, (_ANY,) * 4, (("A", 2, 0),)),
    Case("bars", (_EAST,) * 3, (_ANY,) * 4, bars=((0, 0), (1, 0), (2, 1), (3, 2))),
    Case("bars that leave one choice", (_EAST,) * 3, (_ANY,) * 3, bars=((0, 0), (1, 0), (2, 1))),
    Case("no capacity to spare", (_EAST,) * 4, (Person(capacity=1),) * 4, bars=((0, 0), (1, 1))),
    Case(
        "capacities apart",
        (_EAST,) * 4,
        (Person(capacity=1), Person(capacity=1), Person(capacity=2), Person(capacity=3)),
    ),
    Case(
        "leads are few",
        (_EAST,) * 2,
        (_ANY, _ANY, Person(leads=False), Person(leads=False), Person(leads=False)),
        (("A", 2, 1),),
    ),
    Case(
        "two seats, one lead, capacity",
        (_EAST,) * 3,
        (
            Person(capacity=2),
            Person(capacity=2),
            Person(leads=False, capacity=2),
            Person(leads=False, capacity=2),
        ),
        (("A", 2, 1),),
    ),
    Case(
        "regions apart",
        (_EAST, _EAST, _EAST, _WEST),
        (Person(regions=_EAST), Person(regions=_WEST), Person(regions=_WEST), _ANY),
    ),
    Case(
        "pair bars across departments",
        (_EAST,) * 2,
        (*_of("A", 3), *_of("B", 3)),
        (("A", 1, 0), ("B", 1, 0)),
        pair_bars=((0, 3), (0, 4), (1, 5)),
    ),
    Case(
        "pair bars within a department",
        (_EAST,) * 2,
        (_ANY,) * 5,
        (("A", 2, 0),),
        pair_bars=((0, 1), (2, 3)),
    ),
    Case("near", (_EAST, _EAST, _WEST), (_HERE, _HERE, _THERE, _ANY), objectives=("near", "tickets")),
    Case(
        "near, capacity",
        (_EAST, _EAST, _EAST, _WEST),
        (Person(home=_EAST, capacity=1), Person(home=_EAST, capacity=1), _THERE, _ANY),
        objectives=("near", "tickets"),
    ),
    Case("balance", (_EAST,) * 3, (_ANY,) * 4, bars=((0, 0), (1, 1)), objectives=("balance", "tickets")),
    Case(
        "near, balance",
        (_EAST, _EAST, _EAST, _WEST),
        (_HERE, _HERE, _THERE, _THERE),
        objectives=("near", "balance", "tickets"),
    ),
    Case(
        "balance, near",
        (_EAST, _EAST, _EAST, _WEST),
        (_HERE, _HERE, _THERE, _THERE),
        objectives=("balance", "near", "tickets"),
    ),
    Case(
        "fixed groups",
        (_EAST,) * 3,
        (*_of("A", 2), *_of("B", 2)),
        (("A", 1, 0), ("B", 1, 0)),
        groups=2,
    ),
    Case(
        "fixed groups, bars, a lead, balance",
        (_EAST, _EAST),
        (_ANY, _ANY, Person(leads=False), Person(leads=False)),
        (("A", 2, 1),),
        bars=((0, 0),),
        objectives=("balance", "tickets"),
        groups=2,
    ),
)
"""Every answer of each of them can be enumerated; names are for ever, for their keys are made of them."""

ALIKE = ("no bars", "no bars, two seats", "fixed groups")
"""Those in which no two answers differ but by who is who, so that each has to come as often as any other."""
