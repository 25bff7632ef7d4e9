"""How a campaign stands (进度): answers, draw, visits by department and state."""

from __future__ import annotations

from data.models import Campaign
from data.queries import draws, visits
from scheduler.inspection.drawing import current_draw
from scheduler.permissions import Desk


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
    """Department, target code and name, state, day and team (lead first) of every visit that may be seen."""
    drawn = current_draw(desk, campaign)
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
