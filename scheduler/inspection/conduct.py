"""Who may conduct a draw (主持抽取): the lead department, and nobody of it who approves or witnesses."""

from __future__ import annotations

from data.models import Campaign, Draw
from matching.refused import Refused
from scheduler.inspection.steps import DRAW
from scheduler.permissions import Desk, in_own_department


def for_lead(desk: Desk, drawn: Draw) -> None:
    """Refuse who is not of the department in whose register the draw stands; Refused `actor.other_department`."""
    in_own_department(desk, drawn.register_id)


def role_for(desk: Desk, drawn: Draw, act: str) -> str:
    """The role by which the actor may do an act in this state."""
    return desk.require(*DRAW.check(desk, drawn.state, act).roles)


def conducted(desk: Desk, drawn: Draw, act: str) -> str:
    """The role by which somebody of the lead department takes the draw a step further."""
    for_lead(desk, drawn)
    role = role_for(desk, drawn, act)
    check_conducts(desk, drawn.campaign)
    return role


def check_conducts(desk: Desk, campaign: Campaign) -> None:
    """Who conducts the draw is neither its approver nor one of its witnesses; to be asked after role and state."""
    person = desk.actor.person_id
    if person == campaign.approver_person_id:
        raise Refused("actor.same_person", roles=["planner", "approver"])
    if any(witness.person_id == person for witness in campaign.witnesses):
        raise Refused("actor.same_person", roles=["planner", "witness"])
