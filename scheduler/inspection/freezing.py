"""The freeze (锁定名录): a number for the draw, and plan and lists as the registries hold them now."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from data.models import (
    Campaign,
    Draw,
    Lottery,
    OpenPopulation,
)
from data.queries import draws, organisation, pool
from data.queries.pool import PooledInspector
from matching.draw.commitment import Secrets
from matching.draw.plan import NO_PREDECESSOR, Plan, read_plan
from matching.draw.tables import Frame, Row, Table, freeze, freeze_beside, weigh
from matching.draw.weights import expected
from matching.refused import Refused
from scheduler.inspection import bar_counts, custody
from scheduler.inspection import pool as pools
from scheduler.inspection.bar_counts import BarCounts
from scheduler.inspection.bar_rules import Facts, FrozenTargets, chosen_of
from scheduler.inspection.conduct import check_conducts, conducted
from scheduler.inspection.evidence import (
    FIRST,
    bound_by,
    locked_campaign,
    locked_draw,
    plan_of,
    table_rows,
)
from scheduler.inspection.planning import STRATA
from scheduler.inspection.steps import CAMPAIGN, DRAW
from scheduler.inspection.trust import check_round_ahead
from scheduler.permissions import Desk, in_own_department


def freeze_pool(desk: Desk, campaign: Campaign, secrets: Secrets) -> Draw:
    """Give the draw its number and freeze plan and lists (锁定名录); what the registries hold later changes nothing.

    Refused `pool.*`, `draw.population_open`, `draw.previous_not_committed`, `plan.*`, `table.*`, `custody.*`, `key.*`.
    """
    campaign = locked_campaign(desk, campaign)
    _check_freezes(desk, campaign)
    items = [part.version.item_id for part in campaign.items]
    draws.lock_register(desk.session, campaign.lead_department_id, items)
    next_one = _next_number(desk, campaign)
    if held := draws.open_draw_of(desk.session, campaign.jurisdiction_code, items):
        raise Refused("draw.population_open", number=held)
    trusted = custody.trusted_for(desk, campaign.lead_department_id, _parties(campaign))
    names = _stratum_names(campaign, secrets)
    frame, counts = _freeze_lists(desk, campaign, names)
    plan = read_plan(_written_plan(desk, campaign, next_one.number, next_one.predecessor, names))
    _check_draws_something(plan, frame)
    made = _numbered(desk, campaign, next_one)
    role = CAMPAIGN.move(desk, campaign, "freeze")
    for item in set(items):
        desk.session.add(
            OpenPopulation(jurisdiction_code=campaign.jurisdiction_code, item_id=item, draw_id=made.id)
        )
    _store(desk, made, FIRST, plan, frame, names)
    bar_counts.keep(desk, made, FIRST, counts)
    custody.keep_secrets(desk, made, FIRST, secrets, frame, trusted)
    rows = {table.name: len(table.lines) for table in frame.tables()}
    desk.tell(role, "draw:freeze", f"draw/{made.id}", number=made.number, custodians=len(trusted), **rows)
    return made


def _check_freezes(desk: Desk, campaign: Campaign) -> None:
    in_own_department(desk, campaign.lead_department_id)
    CAMPAIGN.check(desk, campaign.state, "freeze")
    check_conducts(desk, campaign)
    _check_items(campaign)
    check_round_ahead(campaign.entropy, desk.now)
    if desk.today > _deadline(campaign):
        raise Refused("draw.too_late", draw_by=str(_deadline(campaign)))


def _deadline(campaign: Campaign) -> date:
    return campaign.draw_by or campaign.last_day


def _numbered(desk: Desk, campaign: Campaign, given: _Number) -> Draw:
    made = Draw(
        register_id=campaign.lead_department_id,
        year=given.year,
        seq=given.seq,
        number=given.number,
        campaign_id=campaign.id,
        state="frozen",
        planner_person_id=campaign.planner_person_id,
        approver_person_id=campaign.approver_person_id,
        deadline=_deadline(campaign),
        opened_at=desk.now,
    )
    desk.session.add(made)
    desk.session.flush()  # before the campaign moves on: the database asks for an approved one
    return made


def _parties(campaign: Campaign) -> list[int]:
    """The persons who keep no share of this draw's secret."""
    return [each for each in (campaign.planner_person_id, campaign.approver_person_id) if each is not None]


def foreseen(desk: Desk, campaign: Campaign, number: str) -> tuple[Plan, Frame]:
    """Plan and lists as a freeze would fix them now, under a number of no register; nothing is kept, no name is opaque.

    Refused like `freeze_pool` for what the lists and the plan lack.
    """
    _check_items(campaign)
    frame, _ = _freeze_lists(desk, campaign, {})
    plan = read_plan(_written_plan(desk, campaign, number, NO_PREDECESSOR, {}) | {"entropy": "text"})
    _check_draws_something(plan, frame)
    return plan, frame


def _check_draws_something(plan: Plan, frame: Frame) -> None:
    if not any(expected(plan.quota, frame.targets)):
        raise Refused("pool.nothing_to_draw", strata=[span[0] for span in frame.targets.spans()])


def _check_items(campaign: Campaign) -> None:
    """An item that was retired since is not drawn any more; one that a newer version took the place of still is."""
    for part in campaign.items:
        if part.version.state not in ("published", "superseded"):
            raise Refused("campaign.no_such_item", item=part.version.item.code)


def refreeze(desk: Desk, drawn: Draw, secrets: Secrets) -> Draw:
    """After a shortage: freeze the mended lists of inspectors for a further pairing; the drawn targets stand.

    Refused `secret.used` where a secret is one of the attempt before, whose secret whoever has its evidence knows.
    """
    drawn = locked_draw(desk, drawn)
    role = conducted(desk, drawn, "refreeze")
    DRAW.move(desk, drawn, "refreeze")
    desk.session.flush()
    earlier = draws.last_attempt(desk.session, drawn.id)
    used = bound_by(desk, drawn.id, earlier).opened
    if secrets.secret == used.secret or secrets.salt_secret == used.salt_secret:
        raise Refused("secret.used")
    trusted = custody.trusted_for(desk, drawn.register_id, _parties(drawn.campaign))
    tables = draws.frozen_tables(desk.session, drawn.id, FIRST)
    targets = freeze("targets", table_rows(tables["targets"]), weighed=plan_of(earlier).weighed)
    people = _people(desk, drawn.campaign, targets)
    frame = freeze_beside(targets, people.inspectors, people.bars, people.pair_bars)
    _store(desk, drawn, earlier.attempt + 1, plan_of(earlier), frame, {})
    bar_counts.keep(desk, drawn, earlier.attempt + 1, people.counts)
    custody.keep_secrets(desk, drawn, earlier.attempt + 1, secrets, frame, trusted)
    told = {"attempt": earlier.attempt + 1, "custodians": len(trusted)}
    desk.tell(role, "draw:refreeze", f"draw/{drawn.id}", **told)
    return drawn


def people_now(desk: Desk, drawn: Draw, targets: Table) -> Frame:
    """The lists of inspectors as a further freeze would fix them now, beside some targets; nothing is kept.

    Refused `pool.nobody` like it.
    """
    people = _people(desk, drawn.campaign, targets)
    return freeze_beside(targets, people.inspectors, people.bars, people.pair_bars)


class _Number(NamedTuple):
    number: str
    year: int
    seq: int
    predecessor: str


def _next_number(desk: Desk, campaign: Campaign) -> _Number:
    """The next number of the lead's register: gap-free within the year, bound to the last commitment before it."""
    year = desk.today.year
    last = draws.last_of_register(desk.session, campaign.lead_department_id)
    if last and last[2] is None and last[3] != "void":
        raise Refused("draw.previous_not_committed", year=last[0], seq=last[1])
    seq = last[1] + 1 if last and last[0] == year else 1
    predecessor = draws.last_commitment(desk.session, campaign.lead_department_id) or NO_PREDECESSOR
    return _Number(f"{campaign.lead.code}〔{year}〕{seq}", year, seq, predecessor)


def _stratum_names(campaign: Campaign, secrets: Secrets) -> dict[str, str]:
    """Opaque names where the strata carry something internal: a credit class is nobody's business outside."""
    if campaign.strata_by != "risk_class":
        return {}
    named = [each.stratum for each in campaign.rates] + [each.stratum for each in campaign.weights]
    classes = (*named, *STRATA["risk_class"])
    return {each: _opaque(secrets, each) for each in classes}


def _opaque(secrets: Secrets, stratum: str) -> str:
    return "S" + hmac.new(secrets.salt_secret, f"stratum/{stratum}".encode(), hashlib.sha256).hexdigest()[:8]


def _freeze_lists(desk: Desk, campaign: Campaign, names: Mapping[str, str]) -> tuple[Frame, BarCounts]:
    rows: Iterable[Row] = pools.target_rows(desk, campaign, names)
    if campaign.weights:
        weights = {names.get(each.stratum, each.stratum): each.weight for each in campaign.weights}
        rows = weigh((*row, str(weights.get(row[0], 0))) for row in rows)
    targets = freeze("targets", rows, weighed=bool(campaign.weights))
    pools.check_total(campaign, len(targets.lines))
    people = _people(desk, campaign, targets)
    return freeze_beside(targets, people.inspectors, people.bars, people.pair_bars), people.counts


class _People(NamedTuple):
    """The lists of inspectors, bars and pair bars beside the frozen targets, and what each rule took out."""

    inspectors: list[tuple[str, ...]]
    bars: list[tuple[str, str, str]]
    pair_bars: list[tuple[str, ...]]
    counts: BarCounts


def _people(desk: Desk, campaign: Campaign, targets: Table) -> _People:
    people = pools.pooled_inspectors(desk, campaign)
    if missing := pools.missing_teams(campaign, people):
        raise Refused("pool.nobody", departments=missing)
    codes = {part.department_id: part.department.code for part in campaign.departments}
    known = {each.id: each.code for each in people}
    first, last = campaign.first_day, campaign.last_day
    frozen = FrozenTargets(targets)
    facts = Facts(
        desk.session, people, frozen, pools.department_ids(campaign), first, last, chosen_of(campaign)
    )
    bars, counts = bar_counts.barred(facts, frozen)
    pair_bars = pool.pair_bars_among(desk.session, people, first, last)
    return _People(
        [_inspector_row(each, codes[each.department_id]) for each in people],
        bars,
        [(*sorted((known[a], known[b])), ground) for a, b, ground in pair_bars],
        counts,
    )


def _inspector_row(each: PooledInspector, department: str) -> tuple[str, ...]:
    return department, each.code, each.qualifications, each.home, each.regions, str(each.capacity), each.name


def _written_plan(
    desk: Desk, campaign: Campaign, number: str, predecessor: str, names: Mapping[str, str]
) -> dict[str, Any]:
    references = organisation.departments_by_id(
        desk.session, [p.version.item.department_id for p in campaign.items]
    )
    plan: dict[str, Any] = {
        "number": number,
        "predecessor": predecessor,
        "purpose": campaign.name,
        "legal_basis": campaign.legal_basis,
        "items": [
            f"{references[part.version.item.department_id].code}/{part.version.item.code}/{part.version.version}"
            for part in campaign.items
        ],
        "quota": _written_quota(campaign, names),
        "teams": campaign.teams,
        "departments": [
            {
                "code": part.department.code,
                "size": part.size,
                "leads": part.leads,
                **({"lead_qualification": part.lead_qualification} if part.leads else {}),
            }
            for part in campaign.departments
            if part.answer == "accepted"
        ],
        "objectives": campaign.objectives.split(";"),
        "witnesses": _institutions(desk, campaign),
        "entropy": campaign.entropy,
        "deadline": _deadline(campaign).isoformat(),
        "limits": {"voids": campaign.most_voids, "recusals": campaign.most_recusals},
    }
    return plan | ({"groups": campaign.groups} if campaign.groups is not None else {})


def _institutions(desk: Desk, campaign: Campaign) -> list[str]:
    """Of which department each witness is: anybody may read the plan one day, and it names no person."""
    names = organisation.institutions(desk.session, [each.person_id for each in campaign.witnesses])
    return [names[each.person_id] for each in campaign.witnesses]


def _written_quota(campaign: Campaign, names: Mapping[str, str]) -> dict[str, Any]:
    if campaign.total is not None:
        return {"systematic" if campaign.weights else "total": campaign.total}
    rates = {names.get(each.stratum, each.stratum): each.rate for each in campaign.rates}
    return {"rates": rates, "at_least_one": campaign.at_least_one}


def _store(
    desk: Desk,
    made: Draw,
    attempt: int,
    plan: Plan,
    frame: Frame,
    names: Mapping[str, str],
) -> None:
    session = desk.session
    classes = (
        json.dumps({opaque: told for told, opaque in names.items()}, ensure_ascii=False) if names else None
    )
    session.add(
        Lottery(draw_id=made.id, attempt=attempt, plan=plan.text, frozen_at=desk.now, classes=classes)
    )
    session.flush()
    for table in frame.tables():
        draws.store_table(session, made.id, attempt, table.name, len(table.lines), table.file())
    session.flush()
