"""The notice of inspection (检查通知书) of a visit that was sent out, with the way to the target's own proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.models import Visit
from data.queries import draws
from matching.refused import Refused
from scheduler.inspection import dossier
from scheduler.inspection.dossier import Item, Member
from scheduler.inspection.evidence import locked_visit
from scheduler.inspection.proofs import keep_new_token
from scheduler.permissions import Desk, in_own_department, permits

PRINTERS = ("planner", "reviewer", "inspector")
"""Who prints it, in the department that goes there; an inspector where he is of the team."""


@dataclass(frozen=True)
class Notice:
    """What stands on a notice beside the address that its token makes."""

    visit: Visit
    team: Sequence[Member]
    items: Sequence[Item]


def may_print(desk: Desk, visit: Visit) -> bool:
    """Whether a page may offer the actor to print the notice of a visit; the use case still decides."""
    return permits(_check, desk, visit)


def print_notice(desk: Desk, visit: Visit) -> str:
    """A new token for the notice of a visit, known to nobody else; that it was printed is told to the ledger, the token is
    not.

    Refused `visit.not_dispatched`, `visit.not_now` where it was voided, `notice.not_of_the_team` for another's inspector.
    """
    visit = locked_visit(desk, visit)
    role = _check(desk, visit)
    drawn = draws.drawn_target(desk.session, visit.draw_id, visit.target_id)
    if drawn is None:
        raise Refused("visit.unknown", target="")
    token = keep_new_token(desk.session, desk.now, visit.draw_id, drawn.row_index)
    desk.tell(role, "visit:notice", f"visit/{visit.id}")
    return token


def printed(desk: Desk, visit: Visit) -> Notice:
    """What stands on the notice of a visit; Refused like `print_notice`."""
    _check(desk, visit)
    return Notice(visit, dossier.team(desk, visit), dossier.items(desk, visit))


def _check(desk: Desk, visit: Visit) -> str:
    role = desk.require(*PRINTERS)
    in_own_department(desk, visit.department_id)
    if visit.dispatched_at is None:
        raise Refused("visit.not_dispatched", campaign=visit.draw.campaign.state)
    if visit.state == "void":
        raise Refused("visit.not_now", state=visit.state, act="notice", possible=[])
    if role == "inspector" and not dossier.is_seated(desk, visit):
        raise Refused("notice.not_of_the_team")
    return role
