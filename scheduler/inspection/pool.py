"""The pool (抽查对象池): who can be drawn, who cannot and why, before anything is frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from data.models import Campaign
from data.queries import pool
from data.queries.pool import PooledInspector, PooledTarget, PoolQuestion, Step, Wanted
from matching.draw.plan import Rates, Total
from matching.draw.targets import quotas
from matching.refused import Refused
from scheduler.inspection.planning import UNCLASSED, check_ratio
from scheduler.permissions import Desk


@dataclass(frozen=True)
class Counted:
    """A list of the pool, counted: all, how many each step takes out, and those left."""

    total: int
    steps: tuple[Step, ...]
    left: int


@dataclass(frozen=True)
class PoolCount:
    """Targets and inspectors counted, and of each stratum its rows and how many would be drawn."""

    targets: Counted
    inspectors: Counted
    strata: tuple[tuple[str, int, int], ...]


def count_pool(desk: Desk, campaign: Campaign) -> PoolCount:
    """Count the pool of a campaign as it would be frozen now."""
    question = question_of(campaign, desk.today)
    total, steps, left = pool.pool_steps(desk.session, question)
    people = pool.inspector_steps(
        desk.session, department_ids(campaign), campaign.first_day, campaign.last_day
    )
    sizes = Counter(stratum_of(campaign, each) for each in pool.pooled_targets(desk.session, question))
    spans = [(stratum, 0, sizes[stratum]) for stratum in sorted(sizes, key=str.encode)]
    drawn = quotas(quota_of(campaign), spans)
    return PoolCount(
        targets=Counted(total, tuple(steps), left),
        inspectors=Counted(people[0], tuple(people[1]), people[2]),
        strata=tuple((span[0], span[2], quota) for span, quota in zip(spans, drawn, strict=True)),
    )


def question_of(campaign: Campaign, today: date) -> PoolQuestion:
    """What is asked of the registry of targets."""
    return PoolQuestion(
        jurisdiction_code=campaign.jurisdiction_code,
        conditions=tuple(Wanted(each.field, tuple(each.values.split(";"))) for each in campaign.conditions),
        today=today,
        exclude_days=campaign.exclude_days,
        yearly_cap=None if campaign.cap_exception else campaign.yearly_cap,
    )


def department_ids(campaign: Campaign) -> list[int]:
    """The departments that take part, the lead first."""
    return [part.department_id for part in campaign.departments if part.answer == "accepted"]


def stratum_of(campaign: Campaign, target: PooledTarget) -> str:
    """The stratum of a target, in the planner's words."""
    match campaign.strata_by:
        case "none":
            return "all"
        case "risk_class":
            return target.risk_class or UNCLASSED
        case "region":
            return target.region or UNCLASSED
        case _:
            return target.type or UNCLASSED


def quota_of(campaign: Campaign) -> Rates | Total:
    """How many are drawn, over the planner's strata."""
    if campaign.total is not None:
        return Total(campaign.total)
    return Rates({each.stratum: Fraction(each.rate) for each in campaign.rates}, campaign.at_least_one)


def check_total(campaign: Campaign, rows: int) -> None:
    """Hold a total against the items' limits, now that the pool is counted; Refused `campaign.ratio_*`."""
    if not rows:
        raise Refused("pool.empty")
    if campaign.total is not None:
        for part in campaign.items:
            check_ratio(part.version, Fraction(min(campaign.total, rows), rows), "all")


def target_rows(
    desk: Desk, campaign: Campaign, name_of: dict[str, str] | None = None
) -> tuple[list[PooledTarget], list[str]]:
    """The targets of the pool, and for each its stratum (under another name where `name_of` gives one)."""
    targets = list(pool.pooled_targets(desk.session, question_of(campaign, desk.today)))
    strata = [stratum_of(campaign, each) for each in targets]
    return targets, [name_of.get(each, each) for each in strata] if name_of else strata


def pooled_inspectors(desk: Desk, campaign: Campaign) -> list[PooledInspector]:
    """The inspectors of all departments that take part who may be drawn."""
    return pool.pooled_inspectors(
        desk.session, department_ids(campaign), campaign.first_day, campaign.last_day
    )


def missing_teams(campaign: Campaign, people: Sequence[PooledInspector]) -> list[str]:
    """The codes of departments that have nobody in the pool."""
    able = {each.department_id for each in people}
    taking_part = (part for part in campaign.departments if part.answer == "accepted")
    return [part.department.code for part in taking_part if part.department_id not in able]
