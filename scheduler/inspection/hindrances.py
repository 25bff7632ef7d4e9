"""What keeps visits from days (不能安排的日子): blackout days of departments, windows of targets, leave of inspectors."""

from __future__ import annotations

from datetime import date

from data.models import Blackout, Campaign, Draw, Inspector, Leave, TargetWindow
from data.queries import draws, staff, timetables
from data.queries.paging import Page
from data.vocabulary import WINDOW_KINDS
from matching.refused import Refused
from scheduler.inspection.drawing import current_draw
from scheduler.inspection.evidence import locked_campaign
from scheduler.inspection.pool import department_ids
from scheduler.inspection.secrecy import check_rows
from scheduler.inspection.steps import VISIT
from scheduler.permissions import Desk, in_own_department

LONGEST = 366
"""So many days a span may have at most."""


def check_takes_part(desk: Desk, campaign: Campaign) -> str:
    """The role by which a department's planner has a say in the days; Refused `actor.other_department`, `actor.role`."""
    if desk.actor.department_id not in department_ids(campaign):
        raise Refused("actor.other_department")
    return desk.require(*VISIT.roles("schedule"))


def check_sent_out(campaign: Campaign) -> None:
    """Refuse what is about visits that were not sent out, or are over; Refused `visit.not_dispatched`."""
    if campaign.state != "inspecting":
        raise Refused("visit.not_dispatched", campaign=campaign.state)


def black_out(
    desk: Desk, campaign: Campaign, first: date, last: date, reason: str, of_all: bool = False
) -> Blackout:
    """Let one's department, or where the lead says so all of them, inspect nothing from the first to the last day.

    Refused `span.days`, `reason.missing`. What is on these days already stays until the timetable is mended.
    """
    campaign = locked_campaign(desk, campaign)
    role = check_takes_part(desk, campaign)
    if of_all:
        in_own_department(desk, campaign.lead_department_id)
    _check_span(first, last, reason)
    department_id = None if of_all else desk.actor.department_id
    made = Blackout(
        campaign_id=campaign.id, department_id=department_id, first_day=first, last_day=last, reason=reason
    )
    desk.session.add(made)
    desk.tell(role, "timetable:black_out", f"campaign/{campaign.id}", first=str(first), last=str(last),
              reason=reason, department=department_id)  # fmt: skip
    return made


def find_blackout(desk: Desk, number: int) -> Blackout:
    """Blackout days that the actor may see; Refused `blackout.unknown`."""
    found = timetables.blackout(desk.session, number)
    if found is None:
        raise Refused("blackout.unknown", number=number)
    return found


def lift_blackout(desk: Desk, blackout: Blackout) -> str:
    """Take blackout days back, one's own or as the lead those of all; the code of the campaign comes back."""
    campaign = desk.session.get_one(Campaign, blackout.campaign_id)
    role = check_takes_part(desk, campaign)
    in_own_department(desk, blackout.department_id or campaign.lead_department_id)
    desk.session.delete(blackout)
    desk.tell(role, "timetable:lift_blackout", f"campaign/{campaign.id}", first=str(blackout.first_day),
              last=str(blackout.last_day), department=blackout.department_id)  # fmt: skip
    return campaign.code


def set_window(
    desk: Desk, campaign: Campaign, target_code: str, kind: str, first: date, last: date, reason: str
) -> TargetWindow:
    """Note that a drawn target is closed on some days, or produces on these alone.

    Refused `window.target`, `window.kind`, `span.days`, `reason.missing`, and `visit.not_dispatched`: before, the ledger
    would tell many who was drawn.
    """
    role, drawn = check_takes_part(desk, campaign), current_draw(desk, campaign)
    check_sent_out(campaign)
    target_id = draws.target_ids(desk.session, [target_code]).get(target_code)
    if target_id is None or draws.drawn_target(desk.session, drawn.id, target_id) is None:
        raise Refused("window.target", target=target_code)
    if kind not in WINDOW_KINDS:
        raise Refused("window.kind", kind=kind, possible=list(WINDOW_KINDS))
    _check_span(first, last, reason)
    made = TargetWindow(
        draw_id=drawn.id, target_id=target_id, kind=kind, first_day=first, last_day=last, reason=reason
    )
    desk.session.add(made)
    desk.tell(role, "timetable:set_window", f"draw/{drawn.id}", target=target_code, kind=kind,
              first=str(first), last=str(last), reason=reason)  # fmt: skip
    return made


def find_window(desk: Desk, number: int) -> TargetWindow:
    """A window that the actor may see; Refused `window.unknown`."""
    found = timetables.window(desk.session, number)
    if found is None:
        raise Refused("window.unknown", number=number)
    check_rows(desk, desk.session.get_one(Draw, found.draw_id))
    return found


def lift_window(desk: Desk, window: TargetWindow) -> str:
    """Take a window back; the code of the campaign comes back."""
    drawn = desk.session.get_one(Draw, window.draw_id)
    role = check_takes_part(desk, drawn.campaign)
    desk.session.delete(window)
    desk.tell(role, "timetable:lift_window", f"draw/{drawn.id}", target=window.target.code,
              kind=window.kind, first=str(window.first_day), last=str(window.last_day))  # fmt: skip
    return drawn.campaign.code


def blackouts(desk: Desk, campaign: Campaign) -> list[Blackout]:
    """The days of a campaign without inspections."""
    return timetables.blackouts(desk.session, campaign.id)


def windows(desk: Desk, campaign: Campaign, number: int = 1) -> Page[TargetWindow]:
    """When the targets of a campaign are closed or produce."""
    drawn = current_draw(desk, campaign)
    check_rows(desk, drawn)
    return timetables.page_of_windows(desk.session, drawn.id, number)


def take_leave(desk: Desk, inspector: Inspector, first: date, last: date) -> Leave:
    """Note that an inspector of one's department is away, from today on or later; why is nobody's business.

    Planner or registrar. Refused `leave.days`, `leave.overlaps`. His visits stay until the timetable is mended.
    """
    in_own_department(desk, inspector.department_id)
    role = desk.require("planner", "registrar")
    staff.lock_inspector(desk.session, inspector)
    if not desk.today <= last or not 0 <= (last - first).days < LONGEST:
        raise Refused("leave.days", first=str(first), last=str(last), most=LONGEST)
    if staff.is_away(desk.session, inspector.id, first, last):
        raise Refused("leave.overlaps", inspector=inspector.code, first=str(first), last=str(last))
    made = Leave(inspector_id=inspector.id, first_day=first, last_day=last)
    desk.session.add(made)
    desk.tell(role, "inspector:take_leave", f"inspector/{inspector.id}", first=str(first), last=str(last))
    return made


def find_leave(desk: Desk, number: int) -> Leave:
    """Days of leave that the actor may see; Refused `leave.unknown`."""
    found = staff.leave(desk.session, number)
    if found is None:
        raise Refused("leave.unknown", number=number)
    return found


def cancel_leave(desk: Desk, leave: Leave) -> str:
    """Take leave back that has not ended; the code of the inspector comes back. Refused `leave.over`."""
    inspector = desk.session.get_one(Inspector, leave.inspector_id)
    in_own_department(desk, inspector.department_id)
    role = desk.require("planner", "registrar")
    if leave.last_day < desk.today:
        raise Refused("leave.over", last=str(leave.last_day))
    desk.session.delete(leave)
    desk.tell(role, "inspector:cancel_leave", f"inspector/{inspector.id}", first=str(leave.first_day),
              last=str(leave.last_day))  # fmt: skip
    return inspector.code


def _check_span(first: date, last: date, reason: str) -> None:
    if not 0 <= (last - first).days < LONGEST:
        raise Refused("span.days", first=str(first), last=str(last), most=LONGEST)
    if not reason.strip():
        raise Refused("reason.missing")
