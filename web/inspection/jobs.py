"""Jobs (后台作业): what waits, what runs and how far it is, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from matching.refused import Refused
from scheduler.inspection import work
from scheduler.inspection.work import Line
from scheduler.permissions import Desk
from web import pages as site
from web import worker
from web.access import open_to
from web.desks import act, looking
from web.errors import in_part
from web.inspection.draws import told_claims
from web.language import in_language
from web.sentences import REFUSALS, refusal
from web.words import WORDS

pages = Blueprint("jobs", __name__, url_prefix="/jobs")

_ASKERS = ("planner", "approver", "auditor")

_BROKEN = {
    "job.broken": ("办理时系统出错", "the system failed at it"),
    "job.lost": ("办理的进程中断", "the process that did it broke off"),
}


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of jobs."""
    return _("监督"), [(_("后台作业"), "jobs.listed", work.READERS)]


pages.links = links  # type: ignore[attr-defined]


@pages.get("/")
@open_to(*work.READERS)
def listed() -> str:
    """The jobs of one's department."""
    state = request.args.get("state", "")
    if state not in WORDS["job_state"]:
        state = ""
    with looking() as desk:
        jobs = work.listed(desk, state, request.args.get("page", 1, int))
        return render_template("inspection/jobs_listed.html", jobs=jobs, state=state, why=why)


@pages.get("/<int:job_id>")
@open_to(*work.READERS)
def shown(job_id: int) -> str | AnyResponse:
    """One job. While it is not over its page asks for the part that tells how far it is; then on to what it made."""
    with looking() as desk:
        line = work.find_job(desk, job_id)
        if not in_part():
            return render_template("inspection/jobs_shown.html", **_told(desk, line))
        if line.job.state == "done" and line.job.kind == work.EXECUTE:
            return site.go(url_for("draws.shown", number_id=line.draw_id), *_outcome(line))
        if line.job.state == "done" and line.job.kind == work.TIMETABLE:
            return site.go(url_for("timetable.shown", code=work.campaign_of(desk, line)), *_days_found(line))
        return render_template("inspection/jobs_progress.html", **_told(desk, line))


@pages.post("/<int:job_id>/again")
@open_to(*_ASKERS)
def again(job_id: int) -> AnyResponse:
    """Ask anew for what a job did not bring about."""
    asked = act(lambda desk: work.ask_again(desk, work.find_job(desk, job_id).job))
    worker.wake()
    return site.go(url_for("jobs.shown", job_id=asked), _("已重新提交。"))


def _outcome(line: Line) -> tuple[str, str]:
    """What came of a draw, and whether it is to be taken note of more than usual."""
    told = line.job.result or {}
    if told.get("state") == "short":
        return _("已抽中 %(number)s 户；检查人员不足，尚未匹配。", number=told["targets"]), "warning"
    return _("已抽中 %(number)s 户。", number=told["targets"]), "success"


def _days_found(line: Line) -> tuple[str, str]:
    """How many targets have their day by now, and how many have found none."""
    told = line.job.result or {}
    if not told.get("unplaced"):
        return _("排期完成：%(placed)s 户都已安排。", placed=told["placed"]), "success"
    sentence = _(
        "排期完成：已安排 %(placed)s 户，%(unplaced)s 户排不下，原因见列表。",
        placed=told["placed"],
        unplaced=told["unplaced"],
    )
    return sentence, "warning"


def why(line: Line) -> str:
    """Why a job has not brought about what it was asked for, or broke last."""
    return why_ended(line.job.error or "", line.job.result or {})


def why_ended(error: str, params: Mapping[str, Any]) -> str:
    """The same, of the error of a job and the parameters of its refusal."""
    if error in _BROKEN:
        return in_language(_BROKEN[error])
    return in_language(refusal(Refused(error, **params))) if error in REFUSALS else error


def _told(desk: Desk, line: Line) -> dict[str, object]:
    """What a page says of a job, and what it offers to who reads it."""
    return {
        "line": line,
        "job": line.job,
        "stages": work.STAGES[line.job.kind],
        "why": why(line),
        "claims": told_claims(line.job.result or {}) if work.may_see_claims(desk, line) else [],
        "may_ask_again": work.may_ask_again(desk, line),
    }
