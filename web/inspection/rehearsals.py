"""Rehearsals (演练) of draws, before their lists are frozen; every page of them says that it is none."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from scheduler.inspection import outlines, planning, rehearsal
from scheduler.inspection.disclosure import choices_shown
from web.access import open_to
from web.desks import looking
from web.inspection.shortages import words_of
from web.language import in_language
from web.sentences import shortages

pages = Blueprint("rehearsals", __name__)

MOST_TURNS = 9999


@pages.get("/campaigns/<code>/rehearsal")
@open_to("planner")
def shown(code: str) -> str:
    """What a rehearsal is, and the button for it."""
    with looking() as desk:
        campaign = planning.find_campaign(desk, code)
        rehearsal.check_rehearses(desk, campaign)
        return render_template("inspection/rehearsals_shown.html", campaign=campaign, told=None, turn=1)


@pages.post("/campaigns/<code>/rehearsal")
@open_to("planner")
def rehearse(code: str) -> str:
    """Rehearse with the lists as they are; the page that comes back is all that there is of it."""
    turn = max(1, min(request.form.get("turn", 1, int), MOST_TURNS))
    with looking() as desk:
        plan, frame = rehearsal.to_rehearse(desk, planning.find_campaign(desk, code))
    told = rehearsal.rehearse(plan, frame, turn)
    with looking() as desk:
        campaign = planning.find_campaign(desk, code)
        names = {part.department.code: part.department.name for part in campaign.departments}
        return render_template(
            "inspection/rehearsals_shown.html",
            campaign=campaign,
            told=told,
            turn=turn % MOST_TURNS + 1,
            names=names,
            regions=outlines.region_names(desk) if campaign.strata_by == "region" else {},
            choices_told=choices_shown(told.choices, names),
            causes=[in_language(each) for each in shortages(told.shortage)],
            lacking=words_of(desk, campaign).explained(told.explained),
        )
