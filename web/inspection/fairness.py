"""Fairness before the draw (公平性演练): rehearsals asked for by the hundred, and what they have counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from scheduler.inspection import fairness, outlines, planning
from web import pages as site
from web import worker
from web.access import open_to
from web.desks import act, looking
from web.errors import in_part
from web.inspection.jobs import why_ended
from web.plots import LINE, Mark, Plot, Series
from web.shares import chance
from web.words import word

pages = Blueprint("fairness", __name__)

PATH = "/campaigns/<code>/rehearsal/fairness"


@pages.get(PATH)
@open_to("planner")
def shown(code: str) -> str | AnyResponse:
    """What was counted last, and how far those are that are under way; their part of the page asks for itself."""
    with looking() as desk:
        campaign = planning.find_campaign(desk, code)
        found = fairness.standing(desk, campaign)
        if in_part():
            if not found.under_way:
                return site.go(url_for("fairness.shown", code=code))
            return render_template("inspection/fairness_progress.html", campaign=campaign, found=found)
        names = {part.department.code: part.department.name for part in campaign.departments}
        return render_template(
            "inspection/fairness_shown.html",
            campaign=campaign,
            found=found,
            why=why_ended(found.error, found.params),
            runs=fairness.RUNS,
            names=names,
            regions=outlines.region_names(desk),
            told=_told(found.told, names) if found.told else None,
        )


@pages.post(PATH)
@open_to("planner")
def begin(code: str) -> AnyResponse:
    """Ask for rehearsals."""
    runs = request.form.get("runs", 0, int)
    act(lambda desk: fairness.ask(desk, planning.find_campaign(desk, code), runs))
    worker.wake()
    return site.go(url_for("fairness.shown", code=code))


@pages.post(f"{PATH}/stop")
@open_to("planner")
def stop(code: str) -> AnyResponse:
    """Have those under way end."""
    act(lambda desk: fairness.stop(desk, planning.find_campaign(desk, code)))
    return site.go(url_for("fairness.shown", code=code), _("已停止。"))


# What was counted, as a page shows it


def _told(counted: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    own = counted["orders"][0]["departments"]
    return {
        "counted": counted,
        "departments": [
            _department(names.get(pairs["department"], pairs["department"]), whole, pairs, figures)
            for whole, pairs, figures in zip(
                counted["full"]["departments"], counted["departments"], own, strict=True
            )
        ],
        "orders": [_order(each) for each in counted["orders"]],
        "trade": _trade(counted["orders"]),
    }


def _department(
    name: str, whole: Mapping[str, Any], pairs: Mapping[str, Any], figures: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "name": name,
        "whole": whole,
        "pairs": pairs,
        "figures": figures,
        "bound": _bound(figures["forced"]),
        "verdict": _verdict(figures),
        "plots": [_chances(name, pairs, figures), _bits(name, pairs), _loads(name, whole)],
    }


def _bound(forced: str | None) -> str:
    return chance(Fraction(forced)) if forced else "—"


def _verdict(figures: Mapping[str, Any]) -> str:
    """`forced` where somebody surely comes, `above` where a pair is surely likelier than it has to be, else `within`."""
    if not figures["largest"] or not figures["forced"]:
        return ""
    forced, low = Fraction(figures["forced"]), figures["largest"][2]
    if forced == 1:
        return "forced"
    return "above" if low > forced else "within"


def _chances(name: str, pairs: Mapping[str, Any], figures: Mapping[str, Any]) -> Plot:
    counted, even = pairs["chances"], pairs["even"]
    bins, filled = len(counted), [n for n, two in enumerate(zip(counted, even, strict=True)) if any(two)]
    shown = min(bins, max(filled, default=0) + 2)
    marks = []
    if figures["forced"]:
        forced = Fraction(figures["forced"])
        marks = [Mark(min(shown - 1, int(forced * bins)), _("下限 %(chance)s", chance=forced))]
    return Plot(
        _("%(department)s：每一对的概率", department=name),
        _("某人到某户的概率"),
        _("对数"),
        [f"{100 * n // bins}–{100 * (n + 1) // bins}%" for n in range(shown)],
        [
            Series(_("演练计数"), counted[:shown]),
            Series(_("假如人人均等"), even[:shown]),
        ],
        marks,
    )


def _bits(name: str, pairs: Mapping[str, Any]) -> Plot:
    return Plot(
        _("%(department)s：每户的意外度", department=name),
        _("演练抽中的对象，由低到高"),
        _("比特/席位"),
        [str(n + 1) for n in range(len(pairs["bits"]))],
        [Series(_("演练计数"), pairs["bits"], LINE), Series(_("最多可能"), pairs["possible"], LINE)],
    )


def _loads(name: str, whole: Mapping[str, Any]) -> Plot:
    times = max(1, sum(whole["loads"]))
    return Plot(
        _("%(department)s：每人的户数", department=name),
        _("一次抽取中分到的户数"),
        _("占人次 %"),
        [str(n) for n in range(len(whole["loads"]))],
        [Series(_("演练计数"), [round(100 * each / times, 2) for each in whole["loads"]])],
    )


def order_name(objectives: Sequence[str]) -> str:
    """The objectives of a pairing, one after another."""
    return " → ".join(word(each, "objective") for each in objectives)


def _order(told: Mapping[str, Any]) -> dict[str, Any]:
    """Of all departments together: weighed by nothing, for each is its own lottery; of chances the largest of all."""
    each = told["departments"]
    tops = [one["largest"] for one in each if one["largest"]]
    top = max(tops, key=lambda one: Fraction(*one[:2]), default=None)
    forced = [Fraction(one["forced_in"]) for one in each if one["forced_in"]]
    return {
        "name": order_name(told["objectives"]),
        "own": told["own"],
        "departments": each,
        "share": _mean(one["share"] for one in each),
        "near": _mean(one["near"] for one in each),
        "most": max((one["most"] for one in each), default=0),
        "largest": top,
        "top": top[0] / top[1] if top else 0.0,
        "forced": chance(max(forced)) if forced else "—",
    }


def _trade(orders: Sequence[Mapping[str, Any]]) -> Plot:
    told = [_order(each) for each in orders]
    return Plot(
        _("就近与均衡的代价"),
        "",
        "%",
        [each["name"] for each in told],
        [
            Series(_("意外度，占可能的 %"), [round(100 * each["share"], 1) for each in told]),
            Series(_("就近的检查，占全部的 %"), [round(100 * each["near"], 1) for each in told]),
            Series(_("最大的概率 %"), [round(100 * each["top"], 1) for each in told]),
        ],
    )


def _mean(numbers: Iterator[float]) -> float:
    found = list(numbers)
    return sum(found) / len(found) if found else 0.0
