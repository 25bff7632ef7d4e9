"""The timetable of a campaign (排期): a calendar and a list, made at once, mended after an illness, changed by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from matching.refused import Refused
from scheduler.inspection import (
    agenda,
    drawing,
    hindrances,
    planning,
    possible_days,
    scheduling,
    staff,
    visits,
    work,
)
from scheduler.inspection.agenda import Shown
from scheduler.inspection.scheduling import Asked
from scheduler.permissions import Desk, permits
from web import pages as site
from web import worker
from web.access import SIGNED_IN, open_to
from web.clash_words import reason, unplaced
from web.desks import act, looking
from web.form_values import day_given, day_or_none, given
from web.language import back_to, in_language

pages = Blueprint("timetable", __name__, url_prefix="/timetable")


@pages.get("/campaign/<path:code>")
@open_to(SIGNED_IN)
def shown(code: str) -> str:
    """The calendar of a campaign and the list of its targets."""
    with looking() as desk:
        return render_template("inspection/timetable.html", **_told(desk, planning.find_campaign(desk, code)))


def _told(desk: Desk, campaign: Any) -> dict[str, object]:
    """What the page shows; the calendar alone is asked for anew after a visit was moved in it."""
    asked, drawn = request.args, drawing.current_draw(desk, campaign)
    wanted = Shown(
        day=day_or_none(asked.get("day", "")),
        without_day=asked.get("without_day") == "1",
        department=asked.get("department", None, int),
        inspector=asked.get("inspector", "").strip(),
        district=asked.get("district", "").strip(),
        word=asked.get("word", "").strip(),
    )
    month = agenda.month(desk, campaign, day_or_none(f"{asked.get('month', '')}-01") or wanted.day)
    leads = campaign.lead_department_id == desk.actor.department_id
    plans = permits(hindrances.check_takes_part, desk, campaign) and campaign.state == "inspecting"
    return {
        "campaign": campaign,
        "month": month,
        "page": agenda.rows(desk, campaign, wanted, asked.get("page", 1, int)),
        "wanted": wanted,
        "blackouts": hindrances.blackouts(desk, campaign),
        "windows": hindrances.windows(desk, campaign, asked.get("windows", 1, int)),
        "plans": plans,
        "makes": plans and leads,
        "job": work.last_timetable(desk, campaign),
        "most": possible_days.most_of(desk, drawn),
        "window_of": asked.get("target", ""),
        "leads": leads,
        "own": desk.actor.department_id,
        "why": lambda row: in_language(unplaced(row.reason, row.who)),
    }


# All at once


@pages.post("/campaign/<path:code>/make")
@open_to("planner")
def make(code: str) -> AnyResponse:
    """Ask for the timetable of all targets; or set the limit alone."""
    most = request.form.get("most", 0, int)
    if request.form.get("only") == "most":
        act(lambda desk: scheduling.limit(desk, planning.find_campaign(desk, code), most))
        return _back(code, _("每人每天至多 %(most)s 户。", most=most))
    asked = Asked(day_given("first"), day_given("last"), most, request.form.get("again") == "1")
    job = act(lambda desk: work.ask_timetable(desk, planning.find_campaign(desk, code), asked))
    worker.wake()
    return site.go(url_for("jobs.shown", job_id=job))


# Mending


@pages.get("/mend/<path:code>")
@open_to("planner")
def mending(code: str) -> str:
    """What would move to mend the timetable, and why; nothing moves yet."""
    missed = request.args.get("missed") == "1"
    with looking() as desk:
        campaign = planning.find_campaign(desk, code)
        made = scheduling.mended(scheduling.basis_of_mending(desk, campaign, missed))
        return render_template(
            "inspection/timetable_mend.html",
            campaign=campaign,
            made=made,
            moves=scheduling.explained(desk, made),
            people=staff.active_inspectors(desk),
            missed=missed,
            reason=lambda told: in_language(reason(told)),
        )


@pages.post("/mend/<path:code>")
@open_to("planner")
def mend(code: str) -> AnyResponse:
    """Mend the timetable as it was shown; Refused `timetable.changed_since` where by now something else would move."""
    missed, mark = request.form.get("missed") == "1", given("mark")
    with looking() as desk:
        campaign = planning.find_campaign(desk, code)
        made = scheduling.mended(scheduling.basis_of_mending(desk, campaign, missed))
    if made.mark != mark:
        raise Refused("timetable.changed_since")
    act(lambda desk: scheduling.mend(desk, planning.find_campaign(desk, code), made, missed))
    return _back(code, _("已调整 %(number)s 户的检查日期。", number=len(made.moves)))


@pages.post("/leave/<path:code>")
@open_to("planner")
def take_leave(code: str) -> AnyResponse:
    """Note leave of an inspector of one's department, on the way to mending the timetable."""
    inspector, first, last = given("inspector"), day_given("first"), day_given("last")
    act(lambda desk: hindrances.take_leave(desk, staff.find_inspector(desk, inspector), first, last))
    told = _("已登记 %(who)s 的休假。", who=inspector)
    return site.go(url_for("timetable.mending", code=code), told)


# By hand


@pages.post("/campaign/<path:code>/move")
@open_to("planner")
def move(code: str) -> AnyResponse | str:
    """Put the visit to a target on a day; in the calendar it is answered in place."""
    visit_id, day = request.form.get("visit", 0, int), day_given("day")
    act(lambda desk: scheduling.schedule(desk, visits.by_id(desk, visit_id), day))
    told = _("已安排在 %(day)s。", day=day)
    if request.form.get("in_place") != "1":
        return _back(code, told)
    g.list_path = url_for("timetable.shown", code=code)
    with looking() as desk:
        campaign = planning.find_campaign(desk, code)
        return render_template("inspection/timetable_part.html", moved=told, **_told(desk, campaign))


# What hinders


@pages.post("/campaign/<path:code>/blackouts")
@open_to("planner")
def black_out(code: str) -> AnyResponse:
    """Let a department, or all of them, inspect nothing on some days."""
    first, last, why, of_all = (
        day_given("first"),
        day_given("last"),
        given("reason"),
        request.form.get("of_all") == "1",
    )
    act(lambda desk: hindrances.black_out(desk, planning.find_campaign(desk, code), first, last, why, of_all))
    told = _("已登记不安排检查的日子；已排在这些日子的检查请用「调整排期」移开。")
    return _back(code, told, "hindrances")


@pages.post("/blackouts/<int:number>/lift")
@open_to("planner")
def lift_blackout(number: int) -> AnyResponse:
    """Take days without inspections back."""
    code = act(lambda desk: hindrances.lift_blackout(desk, hindrances.find_blackout(desk, number)))
    return _back(code, _("已撤销。"), "hindrances")


@pages.post("/campaign/<path:code>/windows")
@open_to("planner")
def set_window(code: str) -> AnyResponse:
    """Note when a target is closed, or on which days alone it produces."""
    target, kind, why = given("target"), given("kind"), given("reason")
    first, last = day_given("first"), day_given("last")
    act(
        lambda desk: hindrances.set_window(
            desk, planning.find_campaign(desk, code), target, kind, first, last, why
        )
    )
    return _back(code, _("已登记 %(target)s 的检查时段。", target=target), "hindrances")


@pages.post("/windows/<int:number>/lift")
@open_to("planner")
def lift_window(number: int) -> AnyResponse:
    """Take a window back."""
    code = act(lambda desk: hindrances.lift_window(desk, hindrances.find_window(desk, number)))
    return _back(code, _("已撤销。"), "hindrances")


def _back(code: str, told: str, part: str = "") -> AnyResponse:
    """To the timetable, with the month and the filters that one came with."""
    asked = request.form.get("back")
    address = back_to(asked) if asked else url_for("timetable.shown", code=code, _anchor=part or None)
    return site.go(address, told)
