"""What of a draw is still secret, and from whom (保密): the rule stands here alone, and every page, list and answer asks.

Until the entropy stands nobody is told a witness's text: who knows all texts could still choose what he enters. Until the
visits are sent out nobody but those who plan, approve or audit them learns which targets were drawn and who goes there:
an inspected firm must not be warned. For the same reason strangers learn what was drawn only when the campaign is closed:
then every visit is disclosed or void. A target alone is told before that, by the notice of its inspection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.models import Draw, Opening
from data.queries import draws
from matching.refused import Refused
from scheduler.inspection.pool import department_ids
from scheduler.permissions import Desk

SENT_OUT = ("inspecting", "closed")
"""The states of a campaign whose visits were sent out."""
SEE_ROWS = ("planner", "approver", "auditor")
"""Who sees before that what was drawn, in a department that takes part."""


def tells_texts(opening: Opening | None) -> bool:
    """Whether the witnesses' texts of an attempt may be told: its seed stands, and nothing can be chosen any more."""
    return opening is not None


def sees_rows(desk: Desk, drawn: Draw) -> bool:
    """Whether the actor may see what was drawn one by one: targets, teams, visits, changes; numbers everybody may see."""
    campaign = drawn.campaign
    if campaign.state in SENT_OUT:
        return True
    if any(witness.person_id == desk.actor.person_id for witness in campaign.witnesses):
        return False
    if not desk.actor.roles.intersection(SEE_ROWS):
        return False
    return desk.actor.department_id in department_ids(campaign)


def is_public(drawn: Draw) -> bool:
    """Whether anybody may be told what was drawn: nobody waits any more for a visit of which he does not know."""
    return drawn.state == "completed" and drawn.campaign.state == "closed"


def check_public(drawn: Draw) -> None:
    """Refuse what would tell strangers who was drawn before they may know it; Refused `draw.not_public`."""
    if not is_public(drawn):
        raise Refused("draw.not_public", number=drawn.number)


def sees_classes(desk: Desk, drawn: Draw) -> bool:
    """Whether the actor may know which class an opaque stratum is: of a department that takes part, and no witness."""
    if any(witness.person_id == desk.actor.person_id for witness in drawn.campaign.witnesses):
        return False
    return desk.actor.department_id in department_ids(drawn.campaign)


def check_rows(desk: Desk, drawn: Draw) -> None:
    """Refuse who may not see yet what was drawn; Refused `draw.not_dispatched`."""
    if not sees_rows(desk, drawn):
        raise Refused("draw.not_dispatched", number=drawn.number)


def secret_draws(desk: Desk) -> list[int]:
    """The draws that the actor knows of and whose rows he may not see yet, for lists over many draws to leave out."""
    return [each.id for each in draws.not_sent_out(desk.session, SENT_OUT) if not sees_rows(desk, each)]


def told_causes(desk: Desk, drawn: Draw, shortage: Mapping[str, Any]) -> dict[str, Any]:
    """What lacks, without the causes that name a drawn target to who may not see it yet."""
    if sees_rows(desk, drawn):
        return dict(shortage)
    causes = [each for each in shortage["shortage"] if not {"target", "targets"} & set(each)]
    return {**shortage, "shortage": causes}
