"""The pool (抽查对象池): who can be drawn, who cannot and why, before anything is frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from marshmallow import EXCLUDE

from data.models import Campaign, Department
from data.queries import organisation, pool
from data.queries.pool import PooledInspector, PoolQuestion, Step, Wanted
from data.schemas.campaigns import PoolOutline
from matching.draw.plan import Quota, Rates, Systematic, Total
from matching.draw.tables import Row, Span
from matching.draw.targets import quotas
from matching.draw.weights import expected_of_equals
from matching.refused import Refused
from scheduler.inspection.bar_rules import Chosen, chosen_of
from scheduler.inspection.planning import UNCLASSED, check_condition, check_ratio
from scheduler.permissions import Desk
from scheduler.written import as_far_as_written


@dataclass(frozen=True)
class Counted:
    """A list of the pool, counted: all, how many each step takes out, and those left."""

    total: int
    steps: tuple[Step, ...]
    left: int


@dataclass(frozen=True)
class Crew:
    """What a department has to send: its inspectors in the pool, those of them who can lead, and its team's size."""

    department: Department
    size: int
    leads: int
    people: int
    able: int


@dataclass(frozen=True)
class PoolCount:
    """Targets and inspectors counted, of each stratum its rows and how many would be drawn (where they are drawn by
    weight: on average), and each department's crew.

    `unmatched` are the conditions that no target meets, whatever the others say.
    """

    targets: Counted
    inspectors: Counted
    strata: tuple[tuple[str, int, Fraction], ...]
    crews: tuple[Crew, ...]
    unmatched: tuple[Wanted, ...] = ()

    @property
    def drawn(self) -> int:
        """How many targets would be drawn; those of a weighted pool add up to a whole number too."""
        return int(sum((quota for _, _, quota in self.strata), Fraction(0)))


@dataclass(frozen=True)
class _Team:
    department: Department
    size: int
    leads: int
    lead_qualification: str


@dataclass(frozen=True)
class Asked:
    """What decides a pool and how many of it are drawn, of a campaign or of an outline; no quota where none is written."""

    targets: PoolQuestion
    teams: tuple[_Team, ...]
    first_day: date
    last_day: date
    strata_by: str
    quota: Quota | None
    weights: Mapping[str, int]
    chosen: Chosen

    @property
    def department_ids(self) -> list[int]:
        """The departments that send teams."""
        return [team.department.id for team in self.teams]


def count_pool(desk: Desk, campaign: Campaign) -> PoolCount:
    """Count the pool of a campaign as it would be frozen now."""
    return _count(desk, asked_of(desk, campaign))


def count_outline(desk: Desk, written: Mapping[str, Any]) -> PoolCount:
    """Count the pool of a campaign that a planner is still writing, as far as it can be read; nothing is written.

    All departments of the outline are counted, as if every one accepted.
    """
    return _count(desk, asked_of_outline(desk, written))


def asked_of(desk: Desk, campaign: Campaign) -> Asked:
    """What decides the pool of a campaign, if it were frozen now."""
    teams = tuple(
        _Team(part.department, part.size, part.leads, part.lead_qualification)
        for part in campaign.departments
        if part.answer == "accepted"
    )
    return Asked(
        question_of(campaign, desk.today),
        teams,
        campaign.first_day,
        campaign.last_day,
        campaign.strata_by,
        quota_of(campaign),
        {each.stratum: each.weight for each in campaign.weights},
        chosen_of(campaign),
    )


def asked_of_outline(desk: Desk, written: Mapping[str, Any]) -> Asked:
    """What decides the pool of a campaign that a planner is still writing, as far as it can be read."""
    desk.require("planner")
    outline = as_far_as_written(PoolOutline(unknown=EXCLUDE), written)
    own = organisation.departments_by_id(desk.session, [desk.actor.department_id])[desk.actor.department_id]
    question = PoolQuestion(
        jurisdiction_code=own.jurisdiction_code,
        conditions=tuple(_sound_conditions(outline["conditions"])),
        today=desk.today,
        exclude_days=outline["exclude_days"],
        yearly_cap=None if outline["cap_exception"] else outline["yearly_cap"],
    )
    first = outline["first_day"] or desk.today
    teams = tuple(_teams_written(desk, outline["departments"]))
    last = max(first, outline["last_day"] or first)
    quota = _quota_written(outline)
    chosen = Chosen(outline["former_employer_years"], outline["rotation"], outline["same_street"])
    return Asked(question, teams, first, last, outline["strata_by"], quota, outline["weights"], chosen)


def _sound_conditions(written: Sequence[Mapping[str, Any]]) -> Iterator[Wanted]:
    for each in written:
        try:
            check_condition(each["field"], each["values"])
        except Refused:  # told when the outline is checked; until then it is as if it were not written
            continue
        yield Wanted(each["field"], tuple(each["values"]))


def _teams_written(desk: Desk, written: Sequence[Mapping[str, Any]]) -> Iterator[_Team]:
    for each in written:
        department = organisation.department_by_code(desk.session, each["code"])
        if department is not None:
            yield _Team(department, each["size"], each["leads"], each["lead_qualification"])


def _quota_written(outline: Mapping[str, Any]) -> Quota | None:
    if outline["total"] is not None:
        return Systematic(outline["total"]) if outline["weights"] else Total(outline["total"])
    if not outline["rates"]:
        return None
    rates = {stratum: Fraction(rate) for stratum, rate in outline["rates"].items()}
    return Rates(rates, outline["at_least_one"])


def _count(desk: Desk, asked: Asked) -> PoolCount:
    total, steps, left = pool.pool_steps(desk.session, asked.targets)
    people = pool.inspector_steps(desk.session, asked.department_ids, asked.first_day, asked.last_day)
    sizes: Counter[str] = Counter()
    for value, rows in pool.strata_sizes(desk.session, asked.targets, asked.strata_by):
        sizes[value or UNCLASSED] += rows
    spans = [(stratum, 0, sizes[stratum]) for stratum in sorted(sizes, key=str.encode)]
    drawn = _drawn_of(asked, spans)
    return PoolCount(
        targets=Counted(total, tuple(steps), left),
        inspectors=Counted(people[0], tuple(people[1]), people[2]),
        strata=tuple((span[0], span[2], quota) for span, quota in zip(spans, drawn, strict=True)),
        crews=tuple(_crews(desk, asked)),
        unmatched=_unmatched(desk, asked.targets, total, steps),
    )


def _drawn_of(asked: Asked, spans: Sequence[Span]) -> list[Fraction]:
    """How many of each stratum would be drawn."""
    if isinstance(asked.quota, Systematic):
        weights = [asked.weights.get(stratum, 0) for stratum, _, _ in spans]
        return expected_of_equals(asked.quota.targets, [rows for _, _, rows in spans], weights)
    return [Fraction(each) for each in (quotas(asked.quota, spans) if asked.quota else [0] * len(spans))]


def _unmatched(desk: Desk, question: PoolQuestion, total: int, steps: Sequence[Step]) -> tuple[Wanted, ...]:
    """Asked only where all conditions together leave nothing: as long as something is left, each is met."""
    passed = total - sum(step.taken_out for step in steps[: len(question.conditions)])
    if passed or not total:
        return ()
    return tuple(each for each in question.conditions if not _meets(desk, question, each))


def _meets(desk: Desk, question: PoolQuestion, condition: Wanted) -> bool:
    alone = replace(question, conditions=(condition,), exclude_days=0, yearly_cap=None)
    total, steps, _ = pool.pool_steps(desk.session, alone)
    return total > steps[0].taken_out


def _crews(desk: Desk, asked: Asked) -> Iterator[Crew]:
    people = pool.pooled_inspectors(desk.session, asked.department_ids, asked.first_day, asked.last_day)
    for team in asked.teams:
        own = [each for each in people if each.department_id == team.department.id]
        able = [
            each
            for each in own
            if set(team.lead_qualification.split(";")) <= set(each.qualifications.split(";"))
        ]
        yield Crew(team.department, team.size, team.leads, len(own), len(able) if team.leads else len(own))


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


def quota_of(campaign: Campaign) -> Quota:
    """How many are drawn, over the planner's strata."""
    if campaign.total is not None:
        return Systematic(campaign.total) if campaign.weights else Total(campaign.total)
    return Rates({each.stratum: Fraction(each.rate) for each in campaign.rates}, campaign.at_least_one)


def check_total(campaign: Campaign, rows: int) -> None:
    """Hold a total against the items' limits, now that the pool is counted; Refused `campaign.ratio_*`."""
    if not rows:
        raise Refused("pool.empty")
    if campaign.total is not None:
        for part in campaign.items:
            check_ratio(part.version, Fraction(min(campaign.total, rows), rows), "all")


def target_rows(desk: Desk, campaign: Campaign, name_of: Mapping[str, str]) -> Iterator[Row]:
    """The rows of the pool's targets as they come; a stratum is under another name where `name_of` gives one."""
    question = question_of(campaign, desk.today)
    for value, code, region, name in pool.pooled_targets(desk.session, question, campaign.strata_by):
        stratum = value or UNCLASSED
        yield name_of.get(stratum, stratum), code, region, name


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
