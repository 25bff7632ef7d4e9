"""The start page: the desk of whoever works here, or the portal for everybody else."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from scheduler.inspection.waiting import KINDS, Heap, One, Waiting, waiting_for
from web.access import PUBLIC, open_to
from web.desks import looking, who
from web.words import word

pages = Blueprint("home", __name__)

URGENT = ("sent_back", "past", "late", "certificate", "job")


@dataclass(frozen=True)
class Card:
    """A heap as the page shows it: what it and its days are called, where all of it stands, and its first things."""

    title: str
    day: str
    heap: Heap
    address: str
    first: list[tuple[One, str, str]]  # with the address and the note

    @property
    def urgent(self) -> bool:
        """Whether it can't wait."""
        return self.heap.kind in URGENT


@pages.get("/")
@open_to(PUBLIC)
def start() -> str | AnyResponse:
    """What waits for whoever is logged in."""
    if who() is None:
        return redirect(url_for("portal.campaigns"))
    with looking() as desk:
        waiting = waiting_for(desk)
        return render_template("home.html", cards=_cards(waiting), last_line=waiting.last_line)


@pages.get("/healthz")
@open_to(PUBLIC)
def healthz() -> Response:
    """That the process answers."""
    return Response("ok\n", mimetype="text/plain")


def _cards(waiting: Waiting) -> list[tuple[str, list[Card]]]:
    """The cards of each role; a role without anything to do keeps its title, so that one sees that nothing waits."""
    titles = _titles()
    return [
        (
            role,
            [Card(titles[each.kind], _day(each.kind), each, _all_of(each), _first(each)) for each in found],
        )
        for role, found in waiting.heaps.items()
    ]


def _first(heap: Heap) -> list[tuple[One, str, str]]:
    return [(each, _one(heap.kind, each), _note(heap.kind, each)) for each in heap.first]


def _note(kind: str, one: One) -> str:
    match kind:
        case "schedule":
            return _("%(number)s 户未安排", number=one.weight)
        case "grant":
            return word(one.note, "role")
        case "job":
            return ""
        case _:
            return one.note


def _of_draw(kind: str) -> bool:
    """Whether the things of a heap are draws."""
    return kind in KINDS["witness"] or kind in ("unlock", "replay", "draw") or kind.startswith("draw_")


def _day(kind: str) -> str:
    """What the days of a heap are."""
    if kind in KINDS["inspector"] or kind == "review":
        return _("检查日")
    if kind in KINDS["publisher"] or _of_draw(kind):
        return _("期限")
    match kind:
        case "approve":
            return _("首日")
        case "follow_up":
            return _("自")
        case "certificate" | "grant":
            return _("有效期至")
        case _:
            return _("任务至")


def _titles() -> dict[str, str]:
    """What each heap is called."""
    return {
        "sent_back": _("审核退回，须重新录入"),
        "past": _("已过检查日期"),
        "today": _("今天检查"),
        "week": _("本周检查"),
        "later": _("以后检查"),
        "no_day": _("未安排日期"),
        "answer": _("等您部门答复的联合任务"),
        "dispatch": _("已抽取，待派发"),
        "schedule": _("检查待安排日期"),
        "freeze": _("已批准，待锁定名录"),
        "draw": _("抽取中，等待他人"),
        "draw_commit": _("待生成承诺值"),
        "draw_publish": _("待登记公布"),
        "draw_close_reveals": _("待结束揭示"),
        "draw_enter": _("待两人录入随机数"),
        "draw_execute": _("待执行抽取"),
        "draw_refreeze": _("人员缺口，待补足"),
        "submit": _("已答复，待提交审批"),
        "draft": _("草案"),
        "close": _("检查全部完成，待结束"),
        "inspecting": _("检查中"),
        "approve": _("抽查任务待批准"),
        "approve_plan": _("年度计划待批准"),
        "promise": _("抽取待您承诺"),
        "reveal": _("抽取待您揭示"),
        "enter_entropy": _("随机数待录入"),
        "unlock": _("秘密待您开启"),
        "custody_key": _("请设置保管密钥"),
        "custody_confirm": _("保管密钥待他人核对"),
        "review": _("结果待审核"),
        "follow_up": _("后续处置未完结"),
        "late": _("公示已逾期"),
        "near": _("公示将到期"),
        "disclose": _("待公示"),
        "item_draft": _("抽查事项草案"),
        "item_legal_review": _("抽查事项待法制审核"),
        "item_office_confirmation": _("抽查事项待确认"),
        "certificate": _("执法证件 30 天内到期或已过期"),
        "replay": _("已完成的抽取，可以复核"),
        "job": _("作业未能办理"),
        "grant": _("角色 30 天内到期"),
    }


def _all_of(heap: Heap) -> str:
    """The page with all of a heap."""
    if heap.kind in KINDS["inspector"]:
        return url_for("visits.mine")
    if heap.kind in KINDS["publisher"]:
        return url_for("visits.disclosure")
    if heap.kind.startswith("item_"):
        return url_for("items.listed", state=heap.kind.removeprefix("item_"))
    if _of_draw(heap.kind):
        return url_for("draws.register")
    pages_of = {
        "review": "visits.review",
        "follow_up": "visits.follow_ups",
        "approve_plan": "plans.listed",
        "certificate": "registries.inspectors",
        "job": "jobs.listed",
        "grant": "accounts.users",
        "custody_key": "custody.key",
        "custody_confirm": "custody.key",
    }
    return url_for(pages_of.get(heap.kind, "campaigns.listed"))


def _one(kind: str, one: One) -> str:
    """The page of one thing."""
    match kind:
        case "schedule":
            return url_for("timetable.shown", code=one.key)
        case "dispatch" | "close" | "inspecting":
            return url_for("visits.listed", code=one.key)
        case "approve_plan":
            return url_for("plans.shown", plan_id=int(one.key))
        case "certificate":
            return url_for("registries.inspector", code=one.key)
        case "job":
            return url_for("jobs.shown", job_id=int(one.key))
        case "grant":
            return url_for("accounts.users")
        case "custody_key" | "custody_confirm":
            return url_for("custody.key")
    if kind.startswith("item_"):
        return url_for("items.shown", version_id=int(one.key))
    if _of_draw(kind):
        return url_for("draws.shown", number_id=int(one.key))
    if kind in KINDS["planner"] or kind == "approve":
        return url_for("campaigns.shown", code=one.key)
    return url_for("visits.shown", visit_id=int(one.key))
