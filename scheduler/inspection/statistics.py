"""How campaigns stand (进度): what each waits for, its answers, its draw, its visits by department and state."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.models import AnnualPlan, Campaign, CampaignDepartment, Draw
from data.queries import campaigns, draws, organisation, visits
from data.queries.campaigns import Wanted
from data.queries.paging import Page, page_of
from matching.refused import Refused
from scheduler.inspection import parties, planning
from scheduler.inspection.drawing import current_draw
from scheduler.inspection.secrecy import check_rows
from scheduler.permissions import Desk

__all__ = ["Wanted", "listed", "overview", "standing", "visit_list", "years"]


@dataclass(frozen=True)
class Awaited:
    """A campaign in a list with what it waits for: departments that have not answered, visits not disclosed, and of its
    draw the step that comes next, empty where it is not told.
    """

    campaign: Campaign
    departments: Sequence[str]
    drawn: Draw | None
    visits: int
    step: str


@dataclass(frozen=True)
class Act:
    """One act on a campaign or its draw, as the ledger has it: by whom, what, and the reason or answer it gave."""

    at: datetime
    person: str
    role: str
    action: str
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Overview:
    """A campaign with everything beside it that whoever decides on it has to see."""

    campaign: Campaign
    acts_possible: Sequence[str]
    departments: Mapping[int, str]
    persons: Mapping[int, str]
    draws: Sequence[Draw]
    visits: Mapping[tuple[str, str], int]
    history: Sequence[Act]
    plan: AnnualPlan | None
    step: str
    lacking: Sequence[str]
    own_part: CampaignDepartment | None
    misfit: parties.Misfit
    department_codes: Mapping[int, str]

    @property
    def waiting(self) -> list[str]:
        """The departments that have not answered."""
        return _unanswered(self.campaign)

    @property
    def visits_left(self) -> int:
        """How many of the visits that may be seen are neither disclosed nor void."""
        return sum(number for (_, state), number in self.visits.items() if state not in ("disclosed", "void"))

    @property
    def all_inspected(self) -> bool:
        """Whether every visit that may be seen has its accepted result, or is void."""
        undone = ("open", "entered", "returned")
        return bool(self.visits) and all(state not in undone for _, state in self.visits)


MOST_ACTS = 100
COUNTED = ("draft", "invited", "submitted", "approved")
"""The states in which a pool is still counted; later the frozen lists are what counts."""


def listed(desk: Desk, wanted: Wanted, number: int = 1) -> Page[Awaited]:
    """A page of the campaigns the actor may see, each with what it waits for."""
    found = page_of(desk.session, campaigns.listed(desk.actor.department_id, wanted), number)
    drawn = campaigns.last_draws(desk.session, [each.id for each in found.rows])
    left = campaigns.visits_left(desk.session, [each.id for each in drawn.values()])
    steps = draws.next_steps(desk.session, [each.id for each in drawn.values()])
    rows = []
    for each in found.rows:
        last = drawn.get(each.id)
        number = last.id if last else 0
        rows.append(Awaited(each, _unanswered(each), last, left.get(number, 0), steps.get(number, "")))
    return replace(found, rows=rows)


def _unanswered(campaign: Campaign) -> list[str]:
    return [part.department.name for part in campaign.departments if part.answer == "invited"]


def years(desk: Desk) -> list[int]:
    """The years of the campaigns that the actor may see, the last one first."""
    return campaigns.years(desk.session)


def overview(desk: Desk, code: str) -> Overview:
    """Everything about a campaign that the actor may see; Refused `campaign.unknown`."""
    found = campaigns.with_parts(desk.session, code)
    if found is None:
        raise Refused("campaign.unknown", campaign=code)
    drawn = draws.draws_of(desk.session, found.id)
    ids = {part.version.item.department_id for part in found.items}
    line = found.plan_line
    people = [found.planner_person_id, found.approver_person_id]
    people += [part.answered_by_person_id for part in found.departments]
    own = (part for part in found.departments if part.department_id == desk.actor.department_id)
    step = draws.next_steps(desk.session, [drawn[-1].id]).get(drawn[-1].id, "") if drawn else ""
    by_id = organisation.departments_by_id(desk.session, ids)
    return Overview(
        campaign=found,
        acts_possible=planning.acts_for(desk, found),
        departments={key: each.name for key, each in by_id.items()},
        department_codes={key: each.code for key, each in by_id.items()},
        persons=campaigns.persons(desk.session, people),
        draws=drawn,
        visits=visits.states(desk.session, drawn[-1].id) if drawn else {},
        history=_history(desk, found, drawn),
        plan=desk.session.get_one(AnnualPlan, line.plan_id) if line else None,
        step=step,
        lacking=_lacking(desk, drawn[-1], step) if drawn else [],
        own_part=next(own, None),
        misfit=parties.misfit_of(desk, found) if found.state in ("draft", "invited") else parties.Misfit(),
    )


def _lacking(desk: Desk, drawn: Draw, step: str) -> list[str]:
    """The witnesses that a draw waits for, by name."""
    if step not in ("promise", "reveal"):
        return []
    asked = draws.promises if step == "promise" else draws.reveals
    given = asked(desk.session, drawn.id, draws.last_attempt(desk.session, drawn.id).attempt)
    return [each.name for each in drawn.campaign.witnesses if each.place not in given]


def _history(desk: Desk, campaign: Campaign, drawn: Sequence[Draw]) -> list[Act]:
    subjects = [f"campaign/{campaign.id}", *(f"draw/{each.id}" for each in drawn)]
    lines = campaigns.acts_on(desk.session, subjects, MOST_ACTS)
    names = campaigns.persons(desk.session, [each.person_id for each in lines])
    return [
        Act(each.at, names.get(each.person_id or 0, ""), each.role, each.action, json.loads(each.details))
        for each in lines
    ]


def standing(desk: Desk, campaign: Campaign) -> list[tuple[str, str]]:
    """Name and value of everything a planner asks first; what has not come yet is left out."""
    told = [("campaign", f"{campaign.code} {campaign.name}"), ("state", campaign.state)]
    for part in campaign.departments:
        comment = f" {part.comment}" if part.comment else ""
        told.append((f"answer/{part.department.code}", f"{part.answer}{comment}"))
    for drawn in draws.draws_of(desk.session, campaign.id):
        told.append(
            ("draw", f"{drawn.number} {drawn.state}{' ' + drawn.void_ground if drawn.void_ground else ''}")
        )
        commitment = draws.commitment_of(desk.session, drawn.id, 1)
        if commitment is not None:
            told.append(("commitment", commitment.digest))
        told += [
            (f"drawn/{stratum}", str(number))
            for stratum, number in draws.drawn_by_stratum(desk.session, drawn.id)
        ]
        for (department, state), number in sorted(visits.states(desk.session, drawn.id).items()):
            told.append((f"visits/{department}/{state}", str(number)))
    return told


def visit_list(desk: Desk, campaign: Campaign) -> list[tuple[str, ...]]:
    """Department, target code and name, state, day and team (lead first) of every visit that may be seen.

    Refused `draw.not_dispatched`.
    """
    drawn = current_draw(desk, campaign)
    check_rows(desk, drawn)
    codes = visits.team_codes(desk.session, drawn.id)
    return [
        (
            visit.department.code,
            visit.target.code,
            visit.target.name,
            visit.state,
            str(visit.planned_on or ""),
            ";".join(codes.get((visit.target_id, visit.department_id), [])),
        )
        for visit in draws.visits_of(desk.session, drawn.id)
    ]
