"""Named instances (算例): what is measured, the same numbers for ever, on any machine and with any numpy.

All randomness is ticket words under a key that the name fixes; no library's distribution takes part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.draw.frames import digest
from matching.draw.plan import Plan, Rates, read_plan
from matching.draw.tables import Frame, Row, freeze_all
from matching.draw.targets import Span
from matching.draw.tickets import words
from matching.pairing.problem import Staffing
from matching.pairing.solve import fill
from matching.timetable import Request
from tests.matching.enumerated_cases import CASES, Case

Ints = NDArray[np.int64]
RATE = Fraction(1, 100)


def key_of(name: str) -> int:
    """The 128-bit key of an instance."""
    return int.from_bytes(digest("benchmark", name.encode())[:16], "big")


@dataclass(frozen=True)
class Population:
    """A registry to draw from: rows, cut into strata of nearly one size, of each of which 1 % is drawn."""

    name: str
    rows: int
    strata: int

    def spans(self) -> list[Span]:
        """Name, first row and number of rows of each stratum."""
        edges = [self.rows * h // self.strata for h in range(self.strata + 1)]
        return [(f"{h:02}", low, high - low) for h, (low, high) in enumerate(pairwise(edges))]

    def quota(self) -> Rates:
        """1 % of every stratum."""
        return Rates({stratum: RATE for stratum, _, _ in self.spans()}, at_least_one=False)


@dataclass(frozen=True)
class Staff:
    """One department before drawn targets: `candidates` inspectors may go to each target, six places for five seats.

    Candidacies are spread evenly: of each of `candidates` equal blocks of inspectors one, by its word. Three of
    five inspectors may lead; homes and regions are of twenty.
    """

    name: str
    targets: int
    inspectors: int
    candidates: int
    size: int
    leads: int

    def staffing(self) -> Staffing:
        """The department as the solver takes it, in arrays."""
        block = self.inspectors // self.candidates
        target = np.repeat(np.arange(self.targets), self.candidates)
        places = np.tile(np.arange(self.candidates), self.targets) * block
        taker = places + self._below(block, "candidacies", len(target))
        home = self._below(20, "homes", self.inspectors)
        region = self._below(20, "regions", self.targets)
        ticket = words(key_of(f"{self.name} tickets"), 0, len(target))
        return Staffing(
            department="AMR",
            size=self.size,
            leads=self.leads,
            targets=self.targets,
            first=0,
            capacity=np.full(self.inspectors, self.capacity),
            qualified=self._below(5, "qualified", self.inspectors) < 3,
            target=target,
            taker=taker,
            near=(home[taker] != region[target]).astype(np.int64),
            cost=(ticket >> np.uint64(24)).astype(np.int64),
            remainder=(ticket & np.uint64(2**24 - 1)).astype(np.int64),
        )

    @property
    def capacity(self) -> int:
        """Targets that one inspector takes at most."""
        return -(-6 * self.size * self.targets // (5 * self.inspectors))

    def _below(self, limit: int, what: str, count: int) -> Ints:
        chosen: Ints = (words(key_of(f"{self.name} {what}"), 0, count) % np.uint64(limit)).astype(np.int64)
        return chosen


@dataclass(frozen=True)
class Campaign:
    """A whole pairing from frozen tables: every tenth of ten times `targets` rows is drawn, in 40 regions.

    Each inspector holds two regions and has one bar, so about 50 of 1,000 may go to a target. `pair_bars` pairs
    of inspectors who hold the same regions may not meet.
    """

    name: str
    targets: int
    inspectors: int
    size: int
    leads: int
    pair_bars: int

    def plan(self) -> Plan:
        """One department; loads balanced, then tickets."""
        seats = {"code": "AMR", "size": self.size, "leads": self.leads, "lead_qualification": "lead"}
        return read_plan(
            {
                "purpose": self.name,
                "quota": {"total": self.targets},
                "teams": "per_target",
                "departments": [seats],
                "objectives": ["balance", "tickets"],
            }
        )

    def frame(self) -> Frame:
        """The four frozen tables."""
        people = range(self.inspectors)
        barred = words(key_of(f"{self.name} bars"), 0, self.inspectors) % np.uint64(10 * self.targets)
        return freeze_all(
            target_rows(10 * self.targets),
            [self._inspector(j) for j in people],
            [(f"P{j:06}", f"T{int(barred[j]):08}", "kin") for j in people],
            [(f"P{j:06}", f"P{j + 40:06}", "kin") for j in range(self.pair_bars)],
        )

    def drawn(self) -> list[int]:
        """Row indexes of the drawn targets."""
        return list(range(0, 10 * self.targets, 10))

    def _inspector(self, j: int) -> Row:
        regions = ";".join(sorted({_region(j), _region(7 * j + 3)}))
        capacity = -(-3 * self.size * self.targets // (2 * self.inspectors))
        return (
            "AMR",
            f"P{j:06}",
            "lead" if j // 40 % 5 < 3 else "",
            _region(j),
            regions,
            str(capacity),
            f"检查员{j}",
        )


@dataclass(frozen=True)
class Joint:
    """A whole pairing of three departments from frozen tables, in which 1 % of all pairs of inspectors may not meet.

    One inspector for ten targets, a third of them of each department; each holds two of the regions, whose number is
    such that 20 of each department may go to a target. Teams of two with a lead from the first department, of one
    from the others; capacities are six places for five seats. Every other row of the targets is drawn.
    """

    name: str
    targets: int

    @property
    def inspectors(self) -> int:
        """Of each department."""
        return self.targets // 30

    @property
    def regions(self) -> int:
        """Each with 20 inspectors of each department."""
        return self.inspectors // 10

    def plan(self) -> Plan:
        """Loads balanced, then tickets."""
        seats: list[dict[str, Any]] = [
            {"code": "AMR", "size": 2, "leads": 1, "lead_qualification": "lead"},
            {"code": "EM", "size": 1, "leads": 0},
            {"code": "FIRE", "size": 1, "leads": 0},
        ]
        return read_plan(
            {
                "purpose": self.name,
                "quota": {"total": self.targets},
                "teams": "per_target",
                "departments": seats,
                "objectives": ["balance", "tickets"],
            }
        )

    def frame(self) -> Frame:
        """The four frozen tables."""
        people = [f"{code}{j:05}" for code in ("AMR", "EM", "FIRE") for j in range(self.inspectors)]
        number = len(people) * (len(people) - 1) // 200
        chosen = words(key_of(f"{self.name} pair bars"), 0, 2 * number) % np.uint64(len(people))
        pairs = sorted({(min(a, b), max(a, b)) for a, b in chosen.reshape(-1, 2).tolist() if a != b})
        return freeze_all(
            [
                ("A", f"T{i:08}", f"R{i * 7 % self.regions:03}", "食品有限公司")
                for i in range(2 * self.targets)
            ],
            [self._inspector(each) for each in people],
            [],
            [(people[a], people[b], "kin") for a, b in pairs],
        )

    def drawn(self) -> list[int]:
        """Row indexes of the drawn targets."""
        return list(range(0, 2 * self.targets, 2))

    def _inspector(self, code: str) -> Row:
        department, j = code[:-5], int(code[-5:])
        held = sorted({f"R{j % self.regions:03}", f"R{(j // self.regions * 17 + j + 1) % self.regions:03}"})
        seats = 2 if department == "AMR" else 1
        capacity = -(-6 * seats * self.targets // (5 * self.inspectors))
        lead = "lead" if j // self.regions % 5 < 3 else ""
        return department, code, lead, held[0], ";".join(held), str(capacity), "检查员"


def target_rows(count: int) -> list[Row]:
    """Rows of the targets table: four strata in a row, 40 regions scattered by ticket words."""
    regions = (words(key_of("regions of targets"), 0, count) % np.uint64(40)).tolist()
    return [
        ("ABCD"[4 * i // count], f"T{i:08}", _region(regions[i]), f"某某市第{i}号食品有限公司")
        for i in range(count)
    ]


def _region(number: int) -> str:
    return f"3206{number % 40:02}"


@dataclass(frozen=True)
class Timetabled:
    """At most so many visits of three departments, 2 + 2 + 1 inspectors each, to be placed within 20 days, `load` percent
    of what they can.

    Half of the inspectors have two days of leave, the third department a day without visits, and a visit in five has a
    window of five to ten days. `planted`: a hidden timetable is made first, with a district for each inspector who is out
    on a day, and the teams out of those who are there; so all can be placed. Else the pairing makes the teams, balanced, of
    those who hold the district, and nobody knows whether all can be placed.
    """

    name: str
    visits: int
    most: int
    load: int
    districts: int
    held: int  # districts that an inspector may go to
    planted: bool = True
    days: int = 20

    SIZES = (2, 2, 1)

    def request(self) -> Request:
        """What is asked of the timetable."""
        regions, teams, hidden = self._planted() if self.planted else self._paired()
        count = len(teams)
        return Request(
            days=self.days,
            most=self.most,
            regions=[f"R{region:02}" for region in regions],
            teams=teams,
            possible=self._windows(hidden),
            away=self._away(),
            tickets=self._words("tickets", count),
            fixed=np.full(count, -1, dtype=np.int64),
        )

    def _words(self, what: str, count: int) -> NDArray[np.uint64]:
        return words(key_of(f"{self.name} {what}"), 0, count)

    def _people(self) -> list[range]:
        """The inspectors of each department, as many as make the load."""
        each = [self.visits * size * 100 / (19 * self.most * self.load * 0.95) for size in self.SIZES]
        edges = np.cumsum([0, *(int(np.ceil(number)) for number in each)]).tolist()
        return [range(low, high) for low, high in pairwise(edges)]

    def _away(self) -> NDArray[np.bool_]:
        third = self._people()[-1]
        away = np.zeros((third.stop, self.days), dtype=bool)
        leave = self._words("leave", third.stop)
        for person, word in enumerate(leave.tolist()):
            first = word % (self.days - 1)
            away[person, first : first + 2] = word >> 63
        away[third.start :, self.days // 2] = True
        return away

    def _holds(self) -> NDArray[np.bool_]:
        people = self._people()[-1].stop
        order = self._words("held", people * self.districts).reshape(people, self.districts)
        return order.argsort(axis=1).argsort(axis=1) < self.held

    def _windows(self, hidden: Sequence[int]) -> NDArray[np.bool_]:
        possible = np.ones((len(hidden), self.days), dtype=bool)
        for visit, word in enumerate(self._words("windows", len(hidden)).tolist()):
            if word % 5 == 0:
                length = 5 + (word >> 8) % 6
                first = min(max(0, hidden[visit] - (word >> 16) % length), self.days - length)
                possible[visit] = False
                possible[visit, first : first + length] = True
        return possible

    def _planted(self) -> tuple[list[int], list[tuple[int, ...]], list[int]]:
        """Region, team and hidden day of each visit."""
        away, holds, people = self._away(), self._holds(), self._people()
        loads = np.zeros(len(away), dtype=np.int64)
        found: list[tuple[int, tuple[int, ...], int]] = []
        working = [day for day in range(self.days) if day != self.days // 2]
        for place, day in enumerate(working):
            quota = -(-(self.visits - len(found)) // (len(working) - place))
            free = ~away[:, day]
            luck = self._words(f"day {day}", len(away))
            for turn in range(self.districts):
                region = (turn + place) % self.districts
                wanted = quota * (turn + 1) // self.districts - quota * turn // self.districts
                crews = []
                for who, size in zip(people, self.SIZES, strict=True):
                    able = [p for p in who if free[p] and holds[p, region]]
                    able.sort(key=lambda p: (loads[p], luck[p]))
                    crews.append(able[: max(size, -(-wanted * size // self.most))] if wanted else [])
                for team in self._teams(crews, wanted, f"{day} {region}"):
                    loads[list(team)] += 1
                    found.append((region, team, day))
                free[[p for crew in crews for p in crew]] = False
        order = self._words("order", len(found)).argsort(kind="stable").tolist()
        regions, teams, hidden = zip(*(found[i] for i in order), strict=True)
        return list(regions), list(teams), list(hidden)

    def _teams(self, crews: list[list[int]], wanted: int, what: str) -> list[tuple[int, ...]]:
        """So many teams out of the crews of a district and day, each inspector in `most` of them at most."""
        left = {person: self.most for crew in crews for person in crew}
        luck = self._words(f"teams {what}", wanted * len(left) + 1).tolist()
        teams = []
        for _ in range(wanted):
            chosen: list[int] = []
            for crew, size in zip(crews, self.SIZES, strict=True):
                able = sorted((-left[p], luck.pop(), p) for p in crew if left[p])
                chosen += [p for _, _, p in able[:size]]
            if len(chosen) < sum(self.SIZES):
                break
            for person in chosen:
                left[person] -= 1
            teams.append(tuple(chosen))
        return teams

    def _paired(self) -> tuple[list[int], list[tuple[int, ...]], list[int]]:
        """Region and team of each visit as the pairing makes them, and a day around which its window may lie."""
        region = (self._words("regions", self.visits) % np.uint64(self.districts)).astype(np.int64)
        holds, teams = self._holds(), np.empty((self.visits, 0), dtype=np.int64)
        for who, size in zip(self._people(), self.SIZES, strict=True):
            target, taker = np.nonzero(holds[who.start : who.stop, region].T)
            ticket = self._words(f"pairs {who}", len(target))
            number = len(who)
            seats = Staffing(
                department="AMR",
                size=size,
                leads=0,
                targets=self.visits,
                first=0,
                capacity=np.full(number, self.visits),
                qualified=np.zeros(number, dtype=bool),
                target=target,
                taker=taker,
                near=np.zeros(len(target), dtype=np.int64),
                cost=(ticket >> np.uint64(24)).astype(np.int64),
                remainder=(ticket & np.uint64(2**24 - 1)).astype(np.int64),
            )
            seated = fill(seats, ["balance", "tickets"])
            assert seated is not None
            teams = np.hstack([teams, who.start + taker[seated.taken].reshape(-1, size)])
        middle = (self._words("middle", self.visits) % np.uint64(self.days)).astype(np.int64)
        return region.tolist(), [tuple(team) for team in teams.tolist()], middle.tolist()


def _named(*instances: Any) -> Mapping[str, Any]:
    return {each.name: each for each in instances}


POPULATIONS: Mapping[str, Population] = _named(
    Population("1e6 rows, 1 stratum", 10**6, 1),
    Population("1e6 rows, 31 strata", 10**6, 31),
    Population("1e7 rows, 1 stratum", 10**7, 1),
    Population("1e7 rows, 31 strata", 10**7, 31),
    Population("5e7 rows, 1 stratum", 5 * 10**7, 1),
    Population("5e7 rows, 31 strata", 5 * 10**7, 31),
)
NATION = Population("1.8e8 rows, 31 strata", 180 * 10**6, 31)
"""All market entities of a nation, by province."""
AUDIT = Population("2e6 rows, 1 stratum", 2 * 10**6, 1)
"""As many rows as the slow yardstick of the draw manages in about ten seconds."""

STAFFS: Mapping[str, Staff] = _named(
    Staff("district, one seat", 1_000, 200, 50, 1, 0),
    Staff("district, two seats, one lead", 1_000, 200, 50, 2, 1),
    Staff("city, one seat", 10_000, 1_000, 50, 1, 0),
    Staff("city, two seats, one lead", 10_000, 1_000, 50, 2, 1),
    Staff("province, one seat", 100_000, 10_000, 20, 1, 0),
    Staff("province, two seats, one lead", 100_000, 10_000, 20, 2, 1),
)

PROVED: Mapping[str, Staff] = {
    **STAFFS,
    **_named(Staff("dense, two seats, one lead", 2_000, 1_000, 1_000, 2, 1)),
}
"""What certificates are made for: the staffs, and one in which everybody may go everywhere, 2,000,000 candidacies."""

CAMPAIGNS: Mapping[str, Campaign] = _named(
    Campaign("city, one seat", 10_000, 1_000, 1, 0, 0),
    Campaign("city, two seats, one lead", 10_000, 1_000, 2, 1, 0),
    Campaign("city, two seats, one lead, 200 pair bars", 10_000, 1_000, 2, 1, 200),
)

JOINT: Mapping[str, Joint] = _named(Joint("joint3 1e4", 10_000), Joint("joint3 1e5", 100_000))

ENUMERATED: Mapping[str, Case] = _named(*CASES)
"""Instances so small that all their answers are known."""


@dataclass(frozen=True)
class Rehearsed(Campaign):
    """A campaign to rehearse: every tenth of its targets is drawn, by a lottery of its own each time."""

    def plan(self) -> Plan:
        """Near, then balance, then tickets."""
        return replace(super().plan(), objectives=("near", "balance", "tickets"))


REHEARSED: Mapping[str, Rehearsed] = _named(
    Rehearsed("county, two seats, one lead", 100, 120, 2, 1, 0),
    Rehearsed("district, two seats, one lead", 200, 150, 2, 1, 0),
)
TIMETABLES: Mapping[str, Timetabled] = _named(
    Timetabled("planted, 320 visits, 85 %", 320, 3, 85, 5, 5),
    Timetabled("planted, 3 a day, 60 %", 10_000, 3, 60, 12, 12),
    Timetabled("planted, 3 a day, 85 %", 10_000, 3, 85, 12, 12),
    Timetabled("planted, 3 a day, 85 %, 8 of 40 districts", 10_000, 3, 85, 40, 8),
    Timetabled("planted, 2 a day, 85 %", 10_000, 2, 85, 12, 12),
    Timetabled("paired, 3 a day, 60 %", 10_000, 3, 60, 12, 3, planted=False),
    Timetabled("paired, 3 a day, 85 %", 10_000, 3, 85, 12, 3, planted=False),
)
"""Timetables by how many visits an inspector makes a day, and how much of that is asked."""

REGISTRIES: Mapping[str, Callable[[], list[Row]]] = {
    "1e5 targets": lambda: target_rows(10**5),
    "1e6 targets": lambda: target_rows(10**6),
}

REGISTERS: Mapping[str, int] = {
    "1e5 targets": 10**5,
    "1e6 targets": 10**6,
    "3e6 targets": 3 * 10**6,
    "1e7 targets": 10**7,
}
"""Registers in a database, by how many targets they hold."""
