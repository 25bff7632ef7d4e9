"""Campaigns (抽查任务): the list, the wizard, one campaign with all that is known of it, joint answers, approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from matching.refused import Refused
from scheduler.inspection import bar_counts, outlines, parties, planning, pool, rehearsal, statistics
from scheduler.inspection.bar_counts import BarCounts
from scheduler.permissions import Desk
from web import pages as site
from web import sentences
from web.access import SIGNED_IN, open_to
from web.desks import act, looking, who
from web.errors import in_part
from web.inspection.campaign_form import (
    ORDERS,
    Typed,
    count_typed,
    day_typed,
    outline_of,
    percent,
    rates_typed,
    typed_of,
)
from web.inspection.campaign_words import (
    method_of_campaign,
    method_of_outline,
    names_of,
    qualifications,
    rules_off,
)
from web.inspection.typed import list_ticked
from web.language import in_language
from web.ledger_words import ACTS
from web.refusals import POOL_STEPS

pages = Blueprint("campaigns", __name__)

PROGRESS = ("draft", "invited", "submitted", "drawing", "inspecting", "disclosing", "closed")
"""The steps of a campaign's life as its page shows them."""
_STEP_OF = {"approved": "drawing"}
_LISTED_STRATA = ("region", "type")
_LONGEST_CODE = 50


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of campaigns."""
    return _("抽查任务"), [
        (_("抽查任务"), "campaigns.listed", ()),
        (_("新建抽查任务"), "campaigns.new", ("planner",)),
    ]


pages.links = links  # type: ignore[attr-defined]


@pages.get("/campaigns/")
@open_to(SIGNED_IN)
def listed() -> str:
    """The campaigns one may see, with what each waits for."""
    given = request.args
    wanted = statistics.Wanted(
        given.get("state", ""),
        given.get("year", None, int),
        given.get("part", ""),
        given.get("word", "").strip(),
    )
    if wanted.year is not None and not date.min.year <= wanted.year <= date.max.year:
        wanted = statistics.Wanted(wanted.state, None, wanted.part, wanted.word)
    with looking() as desk:
        found = statistics.listed(desk, wanted, given.get("page", 1, int))
        return render_template(
            "inspection/campaigns.html", found=found, wanted=wanted, years=statistics.years(desk)
        )


@pages.get("/campaigns/<code>")
@open_to(SIGNED_IN)
def shown(code: str) -> str:
    """Everything about one campaign, and what its reader can do with it now."""
    with looking() as desk:
        found = statistics.overview(desk, code)
        campaign = found.campaign
        counts = campaign.state in statistics.COUNTED and who_counts()
        return render_template(
            "inspection/campaigns_shown.html",
            found=found,
            campaign=campaign,
            progress=_progress(found),
            counted=pool.count_pool(desk, campaign) if counts else None,
            bars=_bars(desk, found),
            rules_off=rules_off(method_of_campaign(campaign)),
            regions=outlines.region_names(desk) if campaign.strata_by == "region" else {},
            method=method_of_campaign(campaign),
            value_names=outlines.condition_names(desk),
            stray_items=_stray(found),
            offered_qualifications=_own_qualifications(desk, found),
            pool_step=_pool_step,
            act_word=_act_word,
            may_rehearse=rehearsal.may_rehearse(desk, campaign),
        )


def _bars(desk: Desk, found: statistics.Overview) -> BarCounts | None:
    """What the rules of bars take out now, or took out when the lists were frozen."""
    if not who_counts():
        return None
    if found.campaign.state in statistics.COUNTED:
        return bar_counts.count_bars(desk, found.campaign)
    return bar_counts.frozen_counts(desk, found.draws[-1]) if found.draws else None


def _stray(found: statistics.Overview) -> list[str]:
    """The names of items whose department takes no part."""
    versions = [part.version for part in found.campaign.items]
    named = {
        f"{found.department_codes[each.item.department_id]}/{each.item.code}": each.name for each in versions
    }
    return [named[each] for each in found.misfit.items]


def _own_qualifications(desk: Desk, found: statistics.Overview) -> list[str]:
    """What an answer can name as its lead's qualification."""
    part = found.own_part
    if part is None or "answer" not in found.acts_possible:
        return []
    there_are = outlines.qualifications(desk, [part.department_id])
    return qualifications(there_are.get(part.department_id, ()), part.lead_qualification)


def who_counts() -> bool:
    """Whether the pool is counted for the reader: for who plans, answers or approves, not for a witness."""
    reader = who()
    return reader is not None and reader.has("planner", "approver", "auditor")


def _progress(found: statistics.Overview) -> list[tuple[str, str]]:
    """The steps of the campaign, each `done`, `now` or still to come; no answers where there is nobody to answer."""
    state = found.campaign.state
    steps = [each for each in PROGRESS if each != "invited" or len(found.campaign.departments) > 1]
    if state == "cancelled":
        return [(each, "") for each in steps]
    here = _STEP_OF.get(state, state)
    if state == "inspecting" and found.all_inspected:
        here = "disclosing"
    if state == "closed":
        return [(each, "done") for each in steps]
    return [
        (each, "now" if each == here else "done" if PROGRESS.index(each) < PROGRESS.index(here) else "")
        for each in steps
    ]


# Setting up and amending: one form; whatever is typed comes with every request, so that nothing of it is lost


@pages.get("/outlines/new")
@open_to("planner")
def new() -> str:
    """The form of a new campaign; `line` names a line of an annual plan by its id, that fills it in."""
    with looking() as desk:
        offer = outlines.offered(desk)
        return _form(desk, offer, _fresh(desk, offer.line(request.args.get("line", None, int))))


@pages.post("/outlines/new")
@open_to("planner")
def set_up() -> Response:
    """Save what was typed as a draft."""
    code = act(lambda desk: planning.set_up_campaign(desk, _outline(desk, request.form)).code)
    return site.go(url_for("campaigns.shown", code=code), _("已保存草案。"))


@pages.get("/campaigns/<code>/amend")
@open_to("planner")
def amend(code: str) -> str:
    """The form of a draft."""
    with looking() as desk:
        campaign = planning.find_campaign(desk, code)
        planning.check_amendable(desk, campaign)
        typed = typed_of(planning.outline_of(desk, campaign))
        return _form(desk, outlines.offered(desk), typed, campaign.code)


@pages.post("/campaigns/<code>/amend")
@open_to("planner")
def write_anew(code: str) -> Response:
    """Write a draft anew."""

    def work(desk: Desk, found: Any) -> None:
        planning.amend_campaign(desk, found, _outline(desk, request.form) | {"code": code})

    return _acted(code, work, _("草案已修改。"))


@pages.post("/outlines/count")
@open_to("planner")
def count() -> str:
    """The pool as it is by what is typed so far; without scripts the whole form with it."""
    with looking() as desk:
        told = _counted(desk, request.form)
        if in_part():
            return render_template("inspection/campaigns_count.html", **told)
        amending = request.form.get("amending", "")[:_LONGEST_CODE]
        return _form(desk, outlines.offered(desk), request.form, amending, **told)


@pages.post("/outlines/rates")
@open_to("planner")
def rates() -> str:
    """The fields for the rates of strata that only the pool tells: its regions, its types."""
    with looking() as desk:
        return render_template("inspection/campaigns_rates.html", **_strata(desk, request.form))


@pages.post("/outlines/summary")
@open_to("planner")
def summary() -> str:
    """What is typed so far in short, and what saving it would be refused for."""
    with looking() as desk:
        told = _checked(desk, request.form, outlines.offered(desk))
        return render_template("inspection/campaigns_summary.html", **told)


def _form(desk: Desk, offer: outlines.Offer, typed: Typed, amending: str = "", **told: Any) -> str:
    return render_template(
        "inspection/campaigns_form.html",
        offer=offer,
        amending=amending,
        orders=ORDERS,
        qualifications=qualifications,
        **(_strata(desk, typed) | _checked(desk, typed, offer) | _counted(desk, typed) | told),
    )


def _fresh(desk: Desk, line: outlines.OfferedLine | None) -> Typed:
    """A form before anything is typed, filled in from a line of the annual plan where there is one."""
    typed: Typed = MultiDict(
        {
            "kind": "targeted",
            "first_day": desk.today.isoformat(),
            "strata_by": "risk_class",
            "quota_by": "rates",
            "at_least_one": "1",
            "teams": "per_target",
        }
    )
    if line is not None:
        plan, foreseen = line.plan, line.line
        typed["line"] = f"{plan.year}|{foreseen.place}|{plan.number}"
        typed["kind"], typed["items"] = foreseen.kind, line.item
        typed["first_day"] = max(desk.today, date(plan.year, foreseen.first_month, 1)).isoformat()
        for risk_class in planning.STRATA["risk_class"]:
            typed[f"rate-risk_class-{risk_class}"] = percent(foreseen.ratio)
    return typed


def _counted(desk: Desk, typed: Typed) -> dict[str, Any]:
    """The pool; a condition that would be refused is told and counts as if it were not written."""
    outline = _outline(desk, typed)
    sound, refused = _without_refused(desk, outline)
    strata_by = typed.get("strata_by", "")
    return {
        "counted": pool.count_outline(desk, sound),
        "bars": bar_counts.count_bars_of_outline(desk, sound),
        "rules_off": rules_off(outline),
        "refused": [in_language(sentences.refusal(each)) for each in refused],
        "outline": outline,
        "strata_by": strata_by,
        "regions": outlines.region_names(desk) if strata_by == "region" else {},
        "value_names": outlines.condition_names(desk),
        "pool_step": _pool_step,
    }


def _without_refused(desk: Desk, outline: dict[str, Any]) -> tuple[dict[str, Any], list[Refused]]:
    """The outline without the conditions that would be refused, and why they would be."""
    refused = planning.refused_conditions(desk, outline["conditions"])
    out = [each for each, _why in refused]
    conditions = [each for each in outline["conditions"] if each not in out]
    return outline | {"conditions": conditions}, [why for _each, why in refused]


def _count(desk: Desk, outline: dict[str, Any]) -> pool.PoolCount:
    return pool.count_outline(desk, _without_refused(desk, outline)[0])


def _strata(desk: Desk, typed: Typed) -> dict[str, Any]:
    """The strata that the pool has now by region or type, and those for which there is a rate already."""
    strata_by = typed.get("strata_by", "")
    found: list[str] = []
    if strata_by in _LISTED_STRATA:
        counted = _count(desk, _outline(desk, typed))
        found = sorted({each[0] for each in counted.strata} | rates_typed(typed, strata_by).keys())
    kept = {
        name: typed[name]
        for other in _LISTED_STRATA
        if other != strata_by
        for name in _rate_names(typed, other)
    }
    regions = outlines.region_names(desk) if strata_by == "region" else {}
    return {"strata_by": strata_by, "strata": found, "kept": kept, "typed": typed, "regions": regions}


def _rate_names(typed: Typed, strata_by: str) -> list[str]:
    return [f"rate-{strata_by}-{each}" for each in rates_typed(typed, strata_by)]


def _checked(desk: Desk, typed: Typed, offer: outlines.Offer) -> dict[str, Any]:
    """What was typed in short, with the refusal that saving it would meet: told before it is tried, not in its place."""
    outline = _outline(desk, typed)
    amending = typed.get("amending", "")[:_LONGEST_CODE]
    objection = ""
    try:
        campaign = planning.find_campaign(desk, amending) if amending else None
        planning.check_outline(desk, outline | ({"code": amending} if amending else {}), campaign)
    except Refused as refused:
        objection = in_language(sentences.refusal(refused))
    names = names_of(offer)
    return {
        "outline": outline,
        "objection": objection,
        "typed": typed,
        "names": names,
        "method": method_of_outline(outline, names),
        "misfit": parties.misfit(desk, outline["items"], [each["code"] for each in outline["departments"]]),
        "value_names": outlines.condition_names(desk),
        "counted": _count(desk, outline),
    }


def _outline(desk: Desk, typed: Typed) -> dict[str, Any]:
    reader = who()
    assert reader is not None  # the routes are open to planners alone
    return outlines.by_code(desk, outline_of(typed, reader.department_code))


def _act_word(action: str) -> str:
    return in_language(ACTS[action]) if action in ACTS else action


def _pool_step(reason: str, of_inspectors: bool = False) -> str:
    if of_inspectors and reason == "not_active":  # the word for targets speaks of businesses
        return _("停职或已离任")
    return in_language(POOL_STEPS[reason])


# Acts


def _acted(code: str, work: Callable[[Desk, Any], object], message: str) -> Response:
    act(lambda desk: work(desk, planning.find_campaign(desk, code)))
    return site.go(url_for("campaigns.shown", code=code), message)


@pages.post("/campaigns/<code>/invite")
@open_to("planner")
def invite(code: str) -> Response:
    """Ask the joining departments."""
    return _acted(code, planning.invite, _("已向参与部门征求意见。"))


@pages.post("/campaigns/<code>/answer")
@open_to("planner")
def answer(code: str) -> Response:
    """Answer an invitation."""
    form = request.form
    if form.get("accept") not in ("yes", "no"):
        abort(400)
    given = planning.Answer(
        accept=form["accept"] == "yes",
        comment=form.get("comment", "").strip(),
        size=count_typed(form, "size"),
        leads=count_typed(form, "leads"),
        lead_qualification=list_ticked(form.getlist("lead_qualification")) or None,
    )
    return _acted(code, lambda desk, found: planning.answer(desk, found, given), _("已答复。"))


@pages.post("/campaigns/<code>/submit")
@open_to("planner")
def submit(code: str) -> Response:
    """Hand in for approval."""
    return _acted(code, planning.submit, _("已提交审批。"))


@pages.post("/campaigns/<code>/approve")
@open_to("approver")
def approve(code: str) -> Response:
    """Approve."""
    return _acted(code, planning.approve, _("已批准，可以锁定名录、准备抽取。"))


@pages.post("/campaigns/<code>/send-back")
@open_to("approver")
def send_back(code: str) -> Response:
    """Give back to the planner, with a reason."""
    reason = request.form.get("reason", "")
    return _acted(code, lambda desk, found: planning.send_back(desk, found, reason), _("已退回拟定人。"))


@pages.post("/campaigns/<code>/cancel")
@open_to("approver")
def cancel(code: str) -> Response:
    """Cancel, with a reason."""
    reason = request.form.get("reason", "")
    return _acted(code, lambda desk, found: planning.cancel(desk, found, reason), _("任务已取消。"))


@pages.post("/campaigns/<code>/copy")
@open_to("planner")
def copy(code: str) -> Response:
    """A new draft with all that this campaign has, for other days."""
    form = request.form
    other, first, last = (
        form.get("code", "").strip(),
        day_typed(form, "first_day"),
        day_typed(form, "last_day"),
    )
    draw_by = day_typed(form, "draw_by") if form.get("draw_by") else None

    def work(desk: Desk) -> str:
        return planning.copy_campaign(
            desk, planning.find_campaign(desk, code), other, first, last, draw_by
        ).code

    made = act(work)
    return site.go(url_for("campaigns.shown", code=made), _("已复制为新草案，请核对后提交。"))
