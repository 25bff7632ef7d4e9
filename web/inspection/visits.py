"""Visits (检查): days, recusals, results, review, disclosure, follow-ups."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from matching.refused import Refused
from scheduler.back_fill import NotDone
from scheduler.inspection import (
    back_fill,
    batches,
    dossier,
    notices,
    planning,
    recusal,
    results,
    scheduling,
    visits,
)
from scheduler.inspection.item_versions import methods_of
from scheduler.inspection.results import Checked, Entry
from scheduler.permissions import Desk
from web import pages as site
from web import worker
from web.access import SIGNED_IN, open_to
from web.desks import act, looking, outside, who
from web.errors import in_part
from web.form_values import day_given, day_or_none, given
from web.language import in_language
from web.list_faults import MOST_FAULTS
from web.sentences import fault_sentence, refusal
from web.spreadsheet import csv_file
from web.words import WORDS

pages = Blueprint("visits", __name__, url_prefix="/visits")

NOTHING_FOUND = "1"
"""The code of every list for an inspection that found nothing; the others without a finding say why there was none."""
SHEET = (
    *(
        "部门",
        "检查对象编号",
        "检查对象名称",
        "录入人",
        "检查日期",
        "检查结果",
        "抽查事项",
        "发现问题",
        "处理",
    ),
    *("检查方式", "后续处置", "备注", "更正理由"),
)
"""The columns of the sheet to be filled in; the name is for who fills it in."""

_ITEM = re.compile("item-[0-9]{1,4}")  # [0-9], as ² is a digit too, and none that int() takes
_T = TypeVar("_T")


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of visits."""
    return _("抽查任务"), [
        (_("我的检查"), "visits.mine", ("inspector",)),
        (_("结果审核"), "visits.review", ("reviewer",)),
        (_("结果公示"), "visits.disclosure", ("publisher",)),
        (_("后续处置"), "visits.follow_ups", ("reviewer", "planner", "publisher")),
    ]


pages.links = links  # type: ignore[attr-defined]


# The visits of a campaign


@pages.get("/campaign/<path:code>")
@open_to(SIGNED_IN)
def listed(code: str) -> str:
    """The visits of a campaign, as far as one may see."""
    asked = request.args
    wanted = dossier.Wanted(
        department=asked.get("department", ""),
        state=asked.get("state", ""),
        first=day_or_none(asked.get("first", "")),
        last=day_or_none(asked.get("last", "")),
        without_day=asked.get("without_day") == "1",
        word=asked.get("word", "").strip(),
    )
    with looking() as desk:
        campaign = planning.find_campaign(desk, code)
        counted = dossier.states(desk, campaign)
        sees, number = dossier.sees_visits(desk, campaign), asked.get("page", 1, int)
        return render_template(
            "inspection/visits_listed.html",
            campaign=campaign,
            page=dossier.of_campaign(desk, campaign, wanted, number) if sees else None,
            counted=counted,
            left=sum(number for state, number in counted.items() if state not in ("disclosed", "void")),
            wanted=wanted,
            leads=campaign.lead_department_id == desk.actor.department_id,
            plans=dossier.waits_for_days(desk, campaign),
        )


@pages.post("/campaign/<path:code>/dispatch")
@open_to("planner")
def dispatch(code: str) -> AnyResponse:
    """Send the visits of a campaign out."""
    sent = act(lambda desk: visits.dispatch(desk, planning.find_campaign(desk, code)))
    return site.go(url_for("visits.listed", code=code), _("已派发 %(number)s 次检查。", number=sent))


@pages.post("/campaign/<path:code>/close")
@open_to("planner")
def close(code: str) -> AnyResponse:
    """Close a campaign of which every visit is disclosed or void."""
    act(lambda desk: visits.close_campaign(desk, planning.find_campaign(desk, code)))
    worker.wake()
    return site.go(url_for("visits.listed", code=code), _("任务已结束。"))


# One's own visits


@pages.get("/mine")
@open_to("inspector")
def mine() -> str:
    """An inspector's own visits by day."""
    with looking() as desk:
        done = request.args.get("done") == "1"
        found = dossier.mine(desk, done)
        items = {} if done else dossier.items_of_each(desk, [each.visit for each in found])
        by_day: dict[date | None, list[dossier.Listed]] = {}
        for each in found:
            by_day.setdefault(each.visit.planned_on, []).append(each)
        return render_template(
            "inspection/visits_mine.html", by_day=by_day, items=items, done=done, most=dossier.MOST_OF_MINE
        )


@pages.get("/<int:visit_id>")
@open_to(SIGNED_IN)
def shown(visit_id: int) -> str:
    """A visit with all that was said of it."""
    with looking() as desk:
        visit = visits.by_id(desk, visit_id)
        return render_template(
            "inspection/visits_shown.html",
            visit=visit,
            campaign=visit.draw.campaign,
            items=dossier.items(desk, visit),
            team=dossier.team(desk, visit),
            changes=dossier.changes(desk, visit),
            history=dossier.history(desk, visit),
            owed=dossier.owed(desk, visit),
            soon=dossier.soon_due(desk),
            possible=dossier.possible(desk, visit),
            prints=notices.may_print(desk, visit),
        )


# Acts on one visit


@pages.post("/<int:visit_id>/schedule")
@open_to("planner")
def schedule(visit_id: int) -> AnyResponse:
    """Put the joint visit to a target on a day."""
    day = day_given("day")
    _on(visit_id, lambda desk, visit: scheduling.schedule(desk, visit, day))
    return _back(visit_id, _("已安排在 %(day)s。", day=day))


@pages.post("/<int:visit_id>/recuse")
@open_to("approver")
def recuse(visit_id: int) -> AnyResponse:
    """Let an inspector be recused; the next takes his seat."""
    inspector, ground, note = given("inspector"), given("ground"), given("note")
    taker = _on(visit_id, lambda desk, visit: recusal.recuse(desk, visit, inspector, ground, note))
    return _back(visit_id, _("%(who)s 已回避，由 %(taker)s 补位。", who=inspector, taker=taker))


@pages.post("/<int:visit_id>/void")
@open_to("approver")
def void(visit_id: int) -> AnyResponse:
    """Take the target out that can't be inspected; the next of its stratum follows."""
    ground, note = given("ground"), given("note")
    successor = _on(
        visit_id,
        lambda desk, visit: recusal.void_target(desk, visit.draw, visit.target.code, ground, note),
    )
    told = (
        _("对象已作废，由 %(successor)s 递补。", successor=successor)
        if successor
        else _("对象已作废；本层已无对象可以递补。")
    )
    return _back(visit_id, told)


@pages.get("/<int:visit_id>/enter")
@open_to("inspector")
def entry(visit_id: int) -> str:
    """The form of a result; of one that is disclosed, of its correction."""
    with looking() as desk:
        visit = visits.by_id(desk, visit_id)
        acts = dossier.possible(desk, visit) & {"enter", "correct"}
        if not acts:
            raise Refused("visit.not_to_be_entered", target=visit.target.name)
        history = dossier.history(desk, visit)
        last = history[0].result if history else None
        day = last.inspected_on if last else min(visit.planned_on or desk.today, desk.today)
        return render_template(
            "inspection/visits_enter.html",
            visit=visit,
            campaign=visit.draw.campaign,
            items=dossier.items(desk, visit),
            found={each.item_version_id: each for each in last.findings} if last else {},
            last=last,
            review=history[0].review if history else None,
            files=history[0].files if history else [],
            day=day,
            methods=last.methods.split(";") if last else _methods(dossier.items(desk, visit)),
            codes=_grouped(dossier.codes_in_force(desk, day)),
        )


def _methods(items: list[dossier.Item]) -> list[str]:
    """The methods that the items name; what is only in words of their list is no method of a result."""
    named = [each for item in items for each in methods_of(item.version.methods or "")]
    return [each for each in named if each in WORDS["method"]] or ["onsite"]


def _grouped(codes: Iterable[Any]) -> dict[str, list[Any]]:
    """Codes by what they say: nothing found, not to be inspected, something found."""
    groups: dict[str, list[Any]] = {"clear": [], "not_inspected": [], "found": []}
    for each in codes:
        groups["found" if each.found else "clear" if each.code == NOTHING_FOUND else "not_inspected"].append(
            each
        )
    return {group: each for group, each in groups.items() if each}


@pages.post("/<int:visit_id>/enter")
@open_to("inspector")
def enter(visit_id: int) -> AnyResponse:
    """Enter a result with its files, all together or nothing."""
    written, files, keeps = _entry(), list(_files()), request.form.get("keep_files") == "1"

    def enter_all(desk: Desk, visit: Any) -> None:
        results.enter(desk, visit, written)
        _attach(desk, visit, files)
        if keeps:
            results.keep_files(desk, visit)

    _on(visit_id, enter_all)
    return _back(visit_id, _("结果已录入，等待审核。"))


@pages.post("/<int:visit_id>/attach")
@open_to("inspector")
def attach(visit_id: int) -> AnyResponse:
    """Add files to a result that waits for its review."""
    files = list(_files())
    if not files:
        raise Refused("attachment.missing")
    _on(visit_id, lambda desk, visit: _attach(desk, visit, files))
    return _back(visit_id, _("已添加 %(number)s 个附件。", number=len(files)))


@pages.get("/<int:visit_id>/files/<int:number>")
@open_to(SIGNED_IN)
def file(visit_id: int, number: int) -> Response:
    """A file of a result, to be kept and never shown inside this site: it may hold anything."""
    with looking() as desk:
        found = dossier.find_file(desk, visits.by_id(desk, visit_id), number)
        return send_file(
            io.BytesIO(found.content),
            "application/octet-stream",
            as_attachment=True,
            download_name=found.name,
        )


@pages.post("/<int:visit_id>/review")
@open_to("reviewer")
def decide(visit_id: int) -> AnyResponse:
    """Accept a result, or send it back with a reason."""
    accept, reason = request.form.get("decision") == "accept", given("reason")
    _on(visit_id, lambda desk, visit: results.review(desk, visit, accept, reason))
    return _back(visit_id, _("审核通过。") if accept else _("已退回检查组。"))


@pages.post("/<int:visit_id>/disclose")
@open_to("publisher")
def disclose(visit_id: int) -> AnyResponse:
    """Make an accepted result public."""
    due = _on(visit_id, lambda desk, visit: results.disclose(desk, visit).due_on)
    return _back(visit_id, _("已公示，期限是 %(due)s。", due=due))


# Many at once


@pages.get("/review")
@open_to("reviewer")
def review() -> str:
    """What waits for review in one's department."""
    with looking() as desk:
        return render_template(
            "inspection/visits_review.html", page=dossier.to_review(desk, request.args.get("page", 1, int))
        )


@pages.post("/review")
@open_to("reviewer")
def accept() -> AnyResponse:
    """Accept the chosen results."""
    chosen = _chosen()
    number = _telling_which(lambda: act(lambda desk: batches.accept_all(desk, chosen)))
    return site.go(url_for("visits.review"), _("审核通过 %(number)s 项。", number=number))


@pages.get("/disclosure")
@open_to("publisher")
def disclosure() -> str:
    """What waits for disclosure in one's department, the first due first."""
    with looking() as desk:
        return render_template(
            "inspection/visits_disclosure.html",
            page=dossier.to_disclose(desk, request.args.get("page", 1, int)),
        )


@pages.post("/disclosure")
@open_to("publisher")
def disclose_chosen() -> AnyResponse:
    """Disclose the chosen results."""
    chosen = _chosen()
    number, late = _telling_which(lambda: act(lambda desk: batches.disclose_all(desk, chosen)))
    told = _("已公示 %(number)s 项，其中逾期 %(late)s 项。", number=number, late=late)
    return site.go(url_for("visits.disclosure"), told)


# Follow-ups


@pages.get("/follow-ups")
@open_to(SIGNED_IN)
def follow_ups() -> str:
    """What has to follow in one's department, and below what is closed."""
    with looking() as desk:
        return render_template(
            "inspection/visits_follow_ups.html",
            page=dossier.follow_ups(desk, "open", request.args.get("page", 1, int)),
            closed=dossier.follow_ups(desk, "closed"),
        )


@pages.post("/follow-ups/<int:number>/close")
@open_to("reviewer")
def close_follow_up(number: int) -> AnyResponse:
    """Close what had to follow, with a word on how."""
    note = given("note")
    act(lambda desk: results.close_follow_up(desk, results.follow_up_by_id(desk, number), note))
    return site.go(url_for("visits.follow_ups"), _("后续处置已办结。"))


# Results from a file


@pages.get("/back-fill/<path:code>")
@open_to("inspector")
def back_fill_form(code: str) -> str:
    """Ask for the file of a campaign's results."""
    with looking() as desk:
        campaign = planning.find_campaign(desk, code)
        return render_template(
            "inspection/visits_back_fill.html",
            campaign=campaign,
            codes=dossier.codes_in_force(desk, desk.today),
            columns=SHEET,
            waiting=len(_of_campaign(dossier.mine(desk), code)),
        )


@pages.get("/back-fill/<path:code>/sheet.csv")
@open_to("inspector")
def sheet(code: str) -> Response:
    """The sheet to be filled in: a line for each item of the visits that wait for whoever asks."""
    rows: list[list[str]] = []
    with looking() as desk:
        planning.find_campaign(desk, code)
        found = [each.visit for each in _of_campaign(dossier.mine(desk), code)]
        items = dossier.items_of_each(desk, found)
        for visit in found:
            cells = [visit.department.code, visit.target.code, visit.target.name, _login()]
            day = str(visit.planned_on or "")
            rows += ([*cells, day, "", item.reference, *[""] * 6] for item in items[visit.id])
    content = io.BytesIO(b"".join(csv_file(SHEET, rows)))
    return send_file(content, "text/csv", as_attachment=True, download_name=f"{code}-{_('结果回填')}.csv")


@pages.post("/back-fill/<path:code>")
@open_to("inspector")
def send_back_fill(code: str) -> AnyResponse | tuple[str, int]:
    """Enter the results of a file in the name of whoever sends it; or everything that is wrong with it, by lines."""
    with looking() as desk:
        planning.find_campaign(desk, code)
    sent = next(_files(), None)
    if sent is None:
        raise Refused("attachment.missing")
    name, content = _name(sent), sent.read()
    done = outside(
        lambda database, login, at: back_fill.enter_results(database, at, code, name, content, login)
    )
    if isinstance(done, NotDone):
        part = "_part" if in_part() else ""
        told = {"name": name, "count": done.count, "told": list(islice(_told(done), MOST_FAULTS))}
        return render_template(f"inspection/visits_not_done{part}.html", **told), 422
    return site.go(url_for("visits.mine", done=1), _("已录入 %(number)s 次检查的结果。", number=done))


def _told(done: NotDone) -> Iterator[tuple[int, str, str, str]]:
    """Line, column, what stands there, and what is wrong with it."""
    for fault in done.faults:
        yield fault.line, fault.column, fault.value, in_language(fault_sentence(fault))
    for line, refused in done.refusals:
        yield line, "", "", in_language(refusal(refused))


def _of_campaign(found: list[dossier.Listed], code: str) -> list[dossier.Listed]:
    return [each for each in found if each.visit.draw.campaign.code == code]


# What all of these share


def _on(visit_id: int, work: Callable[[Desk, Any], _T]) -> _T:
    return act(lambda desk: work(desk, visits.by_id(desk, visit_id)))


def _back(visit_id: int, told: str) -> AnyResponse:
    return site.go(url_for("visits.shown", visit_id=visit_id), told)


def _telling_which(work: Callable[[], _T]) -> _T:
    """Of many at once one was refused: why is told in the reader's language, beside which one."""
    try:
        return work()
    except Refused as refused:
        if refused.code != "visit.one_refused" or not isinstance(refused.__cause__, Refused):
            raise
        why = in_language(refusal(refused.__cause__))
        raise Refused(refused.code, **(refused.params | {"why": why})) from refused


def _chosen() -> list[int]:
    return [
        int(each)
        for each in request.form.getlist("visit")
        if each.isascii() and each.isdigit() and len(each) < 10
    ]


def _entry() -> Entry:
    form = request.form
    places = sorted(int(each[5:]) for each in form if _ITEM.fullmatch(each))
    return Entry(
        inspected_on=day_given("inspected_on"),
        code=form.get("code", ""),
        checks=tuple(
            Checked(
                item=form.get(f"item-{n}", ""),
                checked=form.get(f"checked-{n}") == "1",
                problem=form.get(f"problem-{n}", "").strip(),
                handling=form.get(f"handling-{n}", "none"),
            )
            for n in places
        ),
        methods=tuple(form.getlist("methods")),
        measures=tuple(each.strip() for each in form.get("measures", "").splitlines() if each.strip()),
        note=given("note"),
        reason=given("reason"),
    )


def _attach(desk: Desk, visit: Any, files: list[FileStorage]) -> None:
    for each in files:
        each.stream.seek(0)  # a transaction that is done again reads it again
        name = _name(each)
        results.attach(desk, visit, name, results.media_type_of(name), each.read())


def _files() -> Iterator[FileStorage]:
    """The files of a form; a field without one sends an empty name."""
    yield from (each for each in request.files.getlist("files") if each.filename)


def _name(sent: FileStorage) -> str:
    """The name of a file without the folders that some browsers tell."""
    return (sent.filename or "").replace("\\", "/").rpartition("/")[2]


def _login() -> str:
    reader = who()
    return reader.login if reader else ""
