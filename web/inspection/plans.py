"""Annual plans (年度抽查工作计划): the list, one with its lines and campaigns, the year by months, the draft."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from scheduler.inspection import annual_plans, planning
from web import pages as site
from web.access import SIGNED_IN, open_to
from web.desks import act, looking, today
from web.words import WORDS, word

pages = Blueprint("plans", __name__, url_prefix="/plans")

_LARGEST = 2**31 - 1  # an id beyond is none, and no database takes it
_ID = f"<int(max={_LARGEST}):plan_id>"
_YEAR = "<int(min=2000,max=2200):year>"
_YEARS = range(2000, 2201)
_LINE = ("item", "kind", "joint", "first_month", "last_month", "ratio", "times")
_EMPTY_LINES = 5


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of annual plans."""
    return _("抽查任务"), [(_("年度计划"), "plans.listed", ())]


pages.links = links  # type: ignore[attr-defined]


@pages.get("/")
@open_to(SIGNED_IN)
def listed() -> str:
    """The annual plans of one's department, by year and state."""
    year, state = request.args.get("year", type=int), request.args.get("state", "")
    year = year if year in _YEARS else None
    state = state if state in WORDS["plan_state"] else ""
    with looking() as desk:
        return render_template(
            "inspection/plans_list.html",
            found=annual_plans.listed(desk, year, state, request.args.get("page", 1, int)),
            years=[(str(each), str(each)) for each in annual_plans.years(desk)],
            year=year,
            state=state,
        )


@pages.get(f"/{_ID}")
@open_to(SIGNED_IN)
def shown(plan_id: int) -> str:
    """One annual plan: its lines, and what became of them."""
    with looking() as desk:
        plan = annual_plans.plan_of_id(desk, plan_id)
        return render_template(
            "inspection/plans_plan.html",
            plan=plan,
            lines=annual_plans.lines_of(desk, [plan]),
            acts=annual_plans.acts_for(desk, plan),
            authors=annual_plans.people_of(desk, plan),
        )


@pages.get(f"/year/{_YEAR}")
@open_to(SIGNED_IN)
def year_shown(year: int) -> str:
    """A year by months: what each line foresees, and what has begun."""
    with looking() as desk:
        return render_template(
            "inspection/plans_year.html",
            year=year,
            lines=annual_plans.year_of(desk, year),
            now=today(),
        )


@pages.get("/new")
@open_to("planner")
def new() -> str:
    """A form for a new plan."""
    with looking() as desk:
        empty = {"year": today().year, "number": "", "name": "", "lines": []}
        return render_template(
            "inspection/plans_form.html",
            plan=None,
            written=empty,
            items=annual_plans.items_to_plan(desk),
            empty_lines=_EMPTY_LINES,
        )


@pages.post("/new")
@open_to("planner")
def draft() -> Response:
    """Draft a plan."""
    made = act(lambda desk: planning.draft_plan(desk, _written(request.form)).id)
    return site.go(url_for("plans.shown", plan_id=made), _("草案已保存。"))


@pages.get(f"/{_ID}/amend")
@open_to("planner")
def amend(plan_id: int) -> str:
    """A form with what a draft says."""
    with looking() as desk:
        plan = annual_plans.plan_of_id(desk, plan_id)
        annual_plans.check_amendable(desk, plan)
        return render_template(
            "inspection/plans_form.html",
            plan=plan,
            written=annual_plans.outline_of(desk, plan),
            items=annual_plans.items_to_plan(desk),
            empty_lines=_EMPTY_LINES,
        )


@pages.post(f"/{_ID}/amend")
@open_to("planner")
def save(plan_id: int) -> Response:
    """Write a draft anew."""
    written = _written(request.form)
    act(lambda desk: annual_plans.amend_plan(desk, annual_plans.plan_of_id(desk, plan_id), written))
    return site.go(url_for("plans.shown", plan_id=plan_id), _("修改已保存。"))


@pages.post(f"/{_ID}/move")
@open_to("planner", "approver")
def move(plan_id: int) -> Response:
    """Approve, publish, start, finish or withdraw a plan."""
    done = request.form.get("act", "")
    if done not in annual_plans.MOVES:
        abort(400)
    act(lambda desk: planning.move_plan(desk, annual_plans.plan_of_id(desk, plan_id), done))
    return site.go(
        url_for("plans.shown", plan_id=plan_id), _("已办理：%(act)s。", act=word(done, "plan_act"))
    )


def _written(form: MultiDict[str, str]) -> dict[str, Any]:
    """A plan as the form says; a line without item and ratio is one that nobody filled in."""
    columns = zip_longest(*(form.getlist(name) for name in _LINE), fillvalue="")
    lines = [dict(zip(_LINE, each, strict=True)) for each in columns]
    return {
        "year": _number(form.get("year", "")),
        "number": form.get("number", "").strip(),
        "name": form.get("name", "").strip(),
        "lines": [_line(each) for each in lines if each["item"].strip() or each["ratio"].strip()],
    }


def _line(given: dict[str, str]) -> dict[str, Any]:
    numbers = {name: _number(given[name]) for name in ("first_month", "last_month", "times")}
    texts = {name: given[name].strip() for name in ("item", "kind", "ratio")}
    return texts | numbers | {"joint": given["joint"] == "1"}


def _number(given: str) -> int | str:
    """A number where it is one; what is none, the schema refuses."""
    text = given.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text
