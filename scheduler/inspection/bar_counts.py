"""What each rule takes out (排除统计), in pairs of an inspector and a target: told before the draw, fixed with the lists.

Of all pairs of an inspector and a target, first go those of inspectors who are in no pool, then those that bars keep
apart, last those whose target lies outside the inspector's regions; what is left can be paired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from data.models import Campaign, Draw
from data.queries import bar_rules as queries
from data.queries import draws, pool
from data.vocabulary import COUNTED_RULES
from scheduler.inspection.bar_rules import (
    Facts,
    FrozenTargets,
    PooledTargets,
    RuleCount,
    count,
    frozen_bars,
    listed,
)
from scheduler.inspection.pool import Asked, asked_of, asked_of_outline
from scheduler.permissions import Desk

EVERYBODY = COUNTED_RULES[0]
"""The row that tells how many inspectors and pairs there are before any rule."""


@dataclass(frozen=True)
class BarCounts:
    """How many inspectors and pairs there are, and what each rule takes out of them, in order.

    `streetless` are the targets whose region names no street, so that no rule by street can bar anybody from them; None
    where it is not known any more.
    """

    people: int
    pairs: int
    rules: tuple[RuleCount, ...]
    streetless: int | None = None

    @property
    def left(self) -> int:
        """The pairs that no rule removes."""
        return self.pairs - sum(each.added for each in self.rules)


def count_bars(desk: Desk, campaign: Campaign) -> BarCounts:
    """Count what each rule takes out of a campaign's lists as they would be frozen now."""
    return _counted(desk, asked_of(desk, campaign))


def count_bars_of_outline(desk: Desk, written: Mapping[str, Any]) -> BarCounts:
    """The same of a campaign that a planner is still writing, as far as it can be read; nothing is written."""
    return _counted(desk, asked_of_outline(desk, written))


def _counted(desk: Desk, asked: Asked) -> BarCounts:
    session, ids = desk.session, asked.department_ids
    days = (asked.first_day, asked.last_day)
    people = pool.pooled_inspectors(session, ids, *days)
    facts = Facts(session, people, PooledTargets(session, asked.targets), ids, *days, asked.chosen)
    return _with_persons(facts, count(facts, listed(facts)))


def barred(facts: Facts, targets: FrozenTargets) -> tuple[list[tuple[str, str, str]], BarCounts]:
    """The rows of the frozen table of bars, and what each rule took out. Refused `pool.too_many_bars`."""
    rows = listed(facts)
    counts = count(facts, rows)
    return frozen_bars(facts, targets, rows, counts), _with_persons(facts, counts)


def _with_persons(facts: Facts, counts: Iterable[RuleCount]) -> BarCounts:
    total, kept_out = pool.inspectors_kept_out(facts.session, facts.department_ids, facts.first, facts.last)
    targets = int(facts.sizes.sum())
    whole = (
        RuleCount(each.reason, each.alone * targets, each.added * targets, each.alone) for each in kept_out
    )
    streetless = int(facts.sizes[facts.streets == ""].sum())
    return BarCounts(total, total * targets, (*whole, *counts), streetless)


def keep(desk: Desk, drawn: Draw, attempt: int, counts: BarCounts) -> None:
    """Fix what each rule took out of the lists of an attempt, beside the lists."""
    everybody = RuleCount(EVERYBODY, counts.pairs, 0, counts.people)
    queries.keep_counts(
        desk.session, drawn.id, attempt, [asdict(each) for each in (everybody, *counts.rules)]
    )


def frozen_counts(desk: Desk, drawn: Draw) -> BarCounts | None:
    """What each rule took out of the lists that were frozen last; None of a draw of before it was counted."""
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    found = {
        each.rule: RuleCount(each.rule, each.pairs, each.added, each.persons)
        for each in queries.counts_of(desk.session, drawn.id, attempt)
    }
    if EVERYBODY not in found:
        return None
    everybody = found.pop(EVERYBODY)
    rules = tuple(found[name] for name in COUNTED_RULES if name in found)
    return BarCounts(everybody.persons or 0, everybody.pairs, rules)
