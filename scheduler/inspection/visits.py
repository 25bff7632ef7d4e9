"""Visits (检查): sent out to the departments, looked up, and their campaign closed."""

from __future__ import annotations

from data.models import Campaign, Draw, Visit
from data.queries import draws, organisation, visits
from matching.refused import Refused
from scheduler.inspection.drawing import current_draw
from scheduler.inspection.evidence import locked_campaign
from scheduler.inspection.public_bundles import names_persons
from scheduler.inspection.recusal import release_departed
from scheduler.inspection.secrecy import sees_rows
from scheduler.inspection.steps import CAMPAIGN
from scheduler.inspection.work import ask_public_bundle
from scheduler.permissions import Desk, in_own_department


def dispatch(desk: Desk, campaign: Campaign) -> int:
    """Send the drawn targets with their teams out to the departments; how many visits. Refused `draw.not_completed`.

    Only now may the population be drawn from again: a draw that is never dispatched keeps it. Who left since the freeze
    has his seats refilled.
    """
    campaign = locked_campaign(desk, campaign)
    in_own_department(desk, campaign.lead_department_id)
    CAMPAIGN.check(desk, campaign.state, "dispatch")
    drawn = current_draw(desk, campaign)
    if drawn.state != "completed":
        raise Refused("draw.not_completed", state=drawn.state)
    role = CAMPAIGN.move(desk, campaign, "dispatch")
    desk.session.flush()
    draws.release_population(desk.session, drawn.id)
    release_departed(desk, drawn, role)
    sent = [each for each in draws.visits_of(desk.session, drawn.id) if each.state == "open"]
    for each in sent:
        each.dispatched_at = desk.now
    desk.tell(role, "campaign:dispatch", f"campaign/{campaign.id}", visits=len(sent))
    return len(sent)


def find_visit(desk: Desk, drawn: Draw, target_code: str, department_code: str | None = None) -> Visit:
    """A department's visit to a target, the actor's own where none is named; Refused `visit.unknown`."""
    department_id: int | None = desk.actor.department_id
    if department_code is not None:
        department = organisation.department_by_code(desk.session, department_code)
        department_id = department.id if department else None
    found = department_id and visits.visit(desk.session, drawn.id, target_code, department_id)
    if not found or not sees_rows(desk, drawn):
        raise Refused("visit.unknown", target=target_code)
    return found


def close_campaign(desk: Desk, campaign: Campaign) -> None:
    """Close a campaign when every visit is disclosed or void; Refused `campaign.visits_open`.

    From now on anybody may know what was drawn: the public bundle is asked for, unless it would name a person.
    """
    campaign = locked_campaign(desk, campaign)
    in_own_department(desk, campaign.lead_department_id)
    CAMPAIGN.check(desk, campaign.state, "close")
    if left := unfinished(desk, campaign):
        raise Refused("campaign.visits_open", count=left)
    role = CAMPAIGN.move(desk, campaign, "close")
    desk.tell(role, "campaign:close", f"campaign/{campaign.id}")
    drawn = current_draw(desk, campaign)
    if not names_persons(desk.session, drawn):
        ask_public_bundle(desk, drawn)


def unfinished(desk: Desk, campaign: Campaign) -> int:
    """How many visits of a campaign are neither disclosed nor void."""
    return visits.unfinished(desk.session, current_draw(desk, campaign).id)


def own_visits(desk: Desk, drawn: Draw, state: str) -> list[Visit]:
    """The visits of the actor's department that are in a state."""
    return visits.visits_in(desk.session, drawn.id, desk.actor.department_id, state)


def by_id(desk: Desk, visit_id: int) -> Visit:
    """A visit the actor may see by now, by its id; Refused `visit.unknown`."""
    found = visits.visit_by_id(desk.session, visit_id)
    if found is None or not sees_rows(desk, found.draw):
        raise Refused("visit.unknown", target="")
    return found


def team_codes(desk: Desk, visit: Visit) -> list[str]:
    """The codes of a visit's team as it stands, the lead first."""
    return [inspector.code for inspector in visits.team_inspectors(desk.session, visit)]
