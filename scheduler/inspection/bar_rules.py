"""Bars by rule (排除情形): which inspector may not inspect which target, each rule a function of the facts of a plan.

A rule either lists the pairs it bars, or says for each region (区域) whether it bars an inspector from all targets there.
Of the second kind there can be millions of pairs: they are counted by regions and written out at the freeze alone.
The order of `RULES` decides which ground a pair gets that several rules bar.

What the law bars itself is always on. Former employers, rotation and the same street are the campaign's to choose.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from data.models import Campaign
from data.queries import bar_rules, pool
from data.queries.bar_rules import BarQuestion, Barred
from data.queries.pool import PooledInspector, PoolQuestion
from matching.draw.tables import EVERYWHERE, Table, list_of
from matching.refused import Refused

Regions = NDArray[np.bool_]
"""For each region of the pool in order, whether something holds there."""

MOST_BARS = 2_000_000
"""Rows of the frozen table of bars; a campaign of which there would be more is told so and frozen without some rule."""
STREET_DIGITS = 9
"""Of a code of GB/T 2260 and GB/T 10114: province, city and county 6, street or town (街道、镇) 3 more."""


@dataclass(frozen=True)
class Chosen:
    """The rules that are a campaign's to choose; 0 is off.

    `former_employer_years`: so long after he left it an inspector does not inspect his former employer. `rotation`: who
    was in the teams of the last so many visits does not come again. `same_street`: nobody inspects where he lives.
    """

    former_employer_years: int = 0
    rotation: int = 0
    same_street: bool = False


class Targets(Protocol):
    """The targets that a plan is about."""

    question: PoolQuestion | None
    sizes: Mapping[str, int]

    def regions_of(self, rows: Iterable[Barred]) -> Mapping[str, str]:
        """The region of every target that rows name and that is one of them, by its code."""
        ...


class PooledTargets:
    """The targets of a pool as the registry has them now: counted by region, and none of them read."""

    def __init__(self, session: Session, question: PoolQuestion) -> None:
        self.question: PoolQuestion | None = question
        self.sizes: Mapping[str, int] = dict(pool.strata_sizes(session, question, "region"))

    def regions_of(self, rows: Iterable[Barred]) -> Mapping[str, str]:
        """As the rows have them: they were asked for under the conditions of the pool."""
        return {row.target: row.region for row in rows}


class FrozenTargets:
    """The targets of a frozen list: it decides, not what the registry would say now."""

    question: PoolQuestion | None = None

    def __init__(self, table: Table) -> None:
        self._table = table
        self.sizes: Mapping[str, int] = Counter(region for _, region in self._rows())

    def regions_of(self, rows: Iterable[Barred]) -> Mapping[str, str]:
        """As the list has them."""
        wanted = {row.target for row in rows}
        return {code: region for code, region in self._rows() if code in wanted} if wanted else {}

    def codes_in(self, regions: Set[str]) -> Mapping[str, Sequence[str]]:
        """The codes of the targets in each of some regions."""
        found = defaultdict[str, list[str]](list)
        for code, region in self._rows() if regions else ():
            if region in regions:
                found[region].append(code)
        return found

    def _rows(self) -> Iterator[tuple[str, str]]:
        for line in self._table.lines:
            _, code, region, _ = line.split(b"\t", 3)
            yield code.decode(), region.decode()


@dataclass(frozen=True)
class Facts:
    """What rules go by: the inspectors and targets of a plan, its days, and the rules that it chose."""

    session: Session
    people: Sequence[PooledInspector]
    targets: Targets
    department_ids: Sequence[int]
    first: date
    last: date
    chosen: Chosen

    @property
    def asked(self) -> BarQuestion:
        """The same as a question to the registries."""
        return BarQuestion(self.department_ids, self.first, self.last, self.targets.question)

    @cached_property
    def regions(self) -> list[str]:
        """The regions of the targets, in order."""
        return sorted(self.targets.sizes)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many targets each region has."""
        return np.array([self.targets.sizes[each] for each in self.regions], np.int64)

    @cached_property
    def streets(self) -> NDArray[np.str_]:
        """The street of each region, empty where its code says none."""
        return np.array([street_of(each) for each in self.regions], f"U{STREET_DIGITS}")

    @cached_property
    def street_of_inspector(self) -> Mapping[int, str]:
        """The street in which each inspector lives, by id."""
        return bar_rules.streets(self.session, self.department_ids)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The place of each region."""
        return {region: place for place, region in enumerate(self.regions)}


def registered(facts: Facts) -> list[Barred]:
    """Bars of the registry (登记的排除情形), each with the ground recorded; recusals of earlier draws are among them."""
    return bar_rules.registered(facts.session, facts.asked)


def interest(facts: Facts) -> list[Barred]:
    """An interest of his own that he declared (本人申报利害关系); 行政处罚法第四十三条, 公务员法第七十六条第一项."""
    return bar_rules.declared(facts.session, facts.asked, "interest")


def kinship(facts: Facts) -> list[Barred]:
    """Relatives who work for the target or invest in it (亲属任职、投资); 公务员法第七十四条, 第七十六条第二项."""
    return bar_rules.declared(facts.session, facts.asked, "kinship")


def former_employer(facts: Facts) -> list[Barred]:
    """Who worked there, for years after he left (曾任职单位); 公务员法第七十六条第三项; the campaign says how many."""
    years = facts.chosen.former_employer_years
    if not years:
        return []
    asked = replace(facts.asked, first=years_before(facts.first, years) + timedelta(days=1))
    return bar_rules.declared(facts.session, asked, "former_employer")


def shareholding(facts: Facts) -> list[Barred]:
    """Shares that he holds (持股); 公务员法第七十六条第一项, as an interest of his own."""
    return bar_rules.declared(facts.session, facts.asked, "shareholding")


def rotation(facts: Facts) -> list[Barred]:
    """Who was in the teams of the last visits to the target (轮换): the k last of each department, by day of inspection.

    No law asks for it; it keeps up what 国办发〔2015〕58号 draws inspectors at random for.
    """
    visits = facts.chosen.rotation
    return bar_rules.last_teams(facts.session, facts.asked, visits, "rotation") if visits else []


def same_street(facts: Facts, each: PooledInspector) -> Regions:
    """Where he lives (居住地同街道), where the campaign asks for it; a target whose region names no street is in none."""
    street = facts.street_of_inspector.get(each.id, "") if facts.chosen.same_street else ""
    return facts.streets == street if street else np.zeros(len(facts.regions), np.bool_)


def outside_regions(facts: Facts, each: PooledInspector) -> Regions:
    """Where he may not go (区域): draw-1, section 6. Only counted, as his regions stand in the frozen list themselves."""
    held = list_of(each.regions)
    if EVERYWHERE in held:
        return np.zeros(len(facts.regions), np.bool_)
    outside = np.ones(len(facts.regions), np.bool_)
    outside[[facts.place[region] for region in held if region in facts.place]] = False
    return outside


@dataclass(frozen=True)
class Listing:
    """A rule that lists its pairs."""

    name: str
    rows: Callable[[Facts], list[Barred]]


@dataclass(frozen=True)
class ByRegion:
    """A rule that bars an inspector from all targets of some regions; `frozen` where its pairs are written out."""

    name: str
    holds: Callable[[Facts, PooledInspector], Regions]
    frozen: bool = True


LISTINGS: tuple[Listing, ...] = (
    Listing("registered", registered),
    Listing("interest", interest),
    Listing("kinship", kinship),
    Listing("former_employer", former_employer),
    Listing("shareholding", shareholding),
    Listing("rotation", rotation),
)
BY_REGION: tuple[ByRegion, ...] = (
    ByRegion("street", same_street),
    ByRegion("region", outside_regions, frozen=False),
)
RULES = (*LISTINGS, *BY_REGION)


@dataclass(frozen=True)
class RuleCount:
    """How many pairs a rule removes, by itself and of those that none before it has removed.

    `persons` are the inspectors whom it keeps out of the pool, with all their pairs; None where it is about pairs.
    """

    rule: str
    pairs: int
    added: int
    persons: int | None = None


Listed = Mapping[str, Sequence[Barred]]


def listed(facts: Facts) -> Listed:
    """The pairs that each listing rule bars, of inspectors in the pool and targets of the plan."""
    ids = {each.id for each in facts.people}
    found = {rule.name: rule.rows(facts) for rule in LISTINGS}
    regions = facts.targets.regions_of(row for rows in found.values() for row in rows)
    return {
        name: [
            row._replace(region=regions[row.target])
            for row in rows
            if row.inspector_id in ids and row.target in regions
        ]
        for name, rows in found.items()
    }


def count(facts: Facts, rows: Listed) -> list[RuleCount]:
    """What each rule removes, in their order; the pairs of rules by region are counted without being made."""
    seen: dict[tuple[int, str], str] = {}
    counts = []
    for rule in LISTINGS:
        pairs = {(row.inspector_id, row.target): row.region for row in rows[rule.name]}
        before = len(seen)
        seen |= pairs
        counts.append(RuleCount(rule.name, len(pairs), len(seen) - before))
    return [*counts, *_count_by_region(facts, seen)]


def _count_by_region(facts: Facts, seen: Mapping[tuple[int, str], str]) -> list[RuleCount]:
    barred_in = defaultdict[int, list[int]](list)
    for (inspector, _), region in seen.items():
        if region in facts.place:  # the registry may have changed since it was counted
            barred_in[inspector].append(facts.place[region])
    pairs, added = [0] * len(BY_REGION), [0] * len(BY_REGION)
    for each in facts.people:
        left = facts.sizes - np.bincount(barred_in[each.id], minlength=len(facts.regions))
        for place, rule in enumerate(BY_REGION):
            holds = rule.holds(facts, each)
            pairs[place] += int(facts.sizes[holds].sum())
            added[place] += int(left[holds].sum())
            left[holds] = 0
    return [RuleCount(*found) for found in zip((rule.name for rule in BY_REGION), pairs, added, strict=True)]


def frozen_bars(
    facts: Facts, targets: FrozenTargets, rows: Listed, counts: Iterable[RuleCount]
) -> list[tuple[str, str, str]]:
    """The rows of the frozen table of bars: each pair once, with the ground of the first rule that bars it.

    Refused `pool.too_many_bars`, before they are made.
    """
    frozen = {rule.name for rule in BY_REGION if rule.frozen} | set(rows)
    would_be = sum(each.added for each in counts if each.rule in frozen)
    if would_be > MOST_BARS:
        raise Refused("pool.too_many_bars", rows=would_be, most=MOST_BARS)
    codes = {each.id: each.code for each in facts.people}
    grounds: dict[tuple[str, str], str] = {}
    for row in itertools.chain.from_iterable(rows[rule.name] for rule in LISTINGS):
        grounds.setdefault((codes[row.inspector_id], row.target), row.ground)
    for inspector, target, ground in _written_out(facts, targets):
        grounds.setdefault((inspector, target), ground)
    return [(*pair, ground) for pair, ground in grounds.items()]


def _written_out(facts: Facts, targets: FrozenTargets) -> Iterator[tuple[str, str, str]]:
    """The pairs of the rules by region that are frozen, with the rule as their ground."""
    for rule in BY_REGION:
        if not rule.frozen:
            continue
        barred = {each.code: _names(facts, rule.holds(facts, each)) for each in facts.people}
        codes = targets.codes_in(set().union(*barred.values()))
        for inspector, regions in barred.items():
            for region in regions:
                yield from ((inspector, target, rule.name) for target in codes[region])


def _names(facts: Facts, regions: Regions) -> list[str]:
    return [facts.regions[place] for place in np.flatnonzero(regions)]


def street_of(region: str) -> str:
    """The street in the code of a region; empty where the code ends with the county."""
    street = region[:STREET_DIGITS]
    whole = len(street) == STREET_DIGITS and street.isdecimal() and street.isascii()
    return street if whole and not street.endswith("000") else ""


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February is the 28th where there is none."""
    earlier = max(day.year - years, date.min.year)
    try:
        return day.replace(year=earlier)
    except ValueError:
        return day.replace(year=earlier, day=28)


def chosen_of(campaign: Campaign) -> Chosen:
    """What a campaign chose."""
    return Chosen(campaign.former_employer_years, campaign.rotation, campaign.same_street)
