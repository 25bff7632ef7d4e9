"""Draws (抽取): from the frozen lists to the bundle, and its replay."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from matching.refused import Refused
from scheduler.clock import SHANGHAI
from scheduler.inspection import (
    attaching,
    audit,
    drawing,
    freezing,
    planning,
    proof_codes,
    public_bundles,
    record,
    register,
    taking,
    work,
)
from scheduler.inspection.drawing import Differing, Entered, Locked
from scheduler.inspection.taking import Taker
from scheduler.permissions import Desk
from web import pages as site
from web import report, sentences, words, worker
from web.access import SIGNED_IN, open_to
from web.chance import fresh_secrets
from web.china_time import read_moment
from web.desks import act, beforehand, looking, now, outside, settings
from web.inspection import attached
from web.inspection.typed import THROWS, typed_text
from web.language import in_language
from web.readme import readme
from web.report import Load, Loads

pages = Blueprint("draws", __name__, url_prefix="/draws")

_TAKERS = ("planner", "approver", "auditor")


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of draws."""
    return _("监督"), [
        (_("抽取登记册"), "draws.register", ("planner", "approver", "witness", "custodian", "auditor"))
    ]


pages.links = links  # type: ignore[attr-defined]


# Looking


@pages.get("/", endpoint="register")
@open_to(SIGNED_IN)
def register_page() -> str:
    """The register of one's department, or the numbers of others that one has a part in."""
    with looking() as desk:
        of = request.args.get("of") or ("own" if desk.actor.roles - {"witness", "custodian"} else "other")
        listed = register.own_register if of == "own" else register.elsewhere
        numbers = listed(desk, request.args.get("page", 1, int))
        return render_template("inspection/draws_register.html", numbers=numbers, of=of)


@pages.get("/<int:number_id>")
@open_to(SIGNED_IN)
def shown(number_id: int) -> str:
    """A draw with its steps: what stands, what is awaited, and what the reader may do now."""
    with looking() as desk:
        drawn = drawing.draw_by_id(desk, number_id)
        told = record.record_of(desk, drawn)
        stratum = request.args.get("stratum", "")
        return render_template(
            "inspection/draws_shown.html",
            draw=drawn,
            told=told,
            attached=attaching.attached_to(desk, drawn),
            overdue=register.is_overdue(desk, drawn),
            mine=_place_of_reader(desk, told),
            source=told.plan.get("entropy", "").partition(":"),
            targets=_targets(desk, told, stratum),
            stratum=stratum,
            loads=_loads(desk, told),
            dispatches=_dispatches(desk, drawn.campaign),
            department_names={
                each.department.code: each.department.name for each in drawn.campaign.departments
            },
            shortages=[in_language(each) for each in sentences.shortages(told.shortage or {"shortage": []})],
            jobs=work.last_of_draw(desk, drawn),
            standing=public_bundles.standing(desk.session, drawn),
            publishes=work.may_publish(desk, drawn),
            gives_codes=proof_codes.may_give(desk, drawn),
            code_days=settings().proof_code_days,
            this_second=now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S"),
            digits={kind: count for kind, (count, _) in THROWS.items()},
            least=drawing.SHORTEST_WITNESS_TEXT,
            most=drawing.LONGEST_WITNESS_TEXT,
        )


def _place_of_reader(desk: Desk, told: record.Record) -> int | None:
    """The place at which the reader witnesses this draw."""
    for each in told.drawn.campaign.witnesses:
        if each.person_id == desk.actor.person_id:
            return int(each.place)
    return None


def _dispatches(desk: Desk, campaign: Any) -> bool:
    return "planner" in desk.actor.roles and campaign.lead_department_id == desk.actor.department_id


def _targets(desk: Desk, told: record.Record, stratum: str) -> Any:
    """A page of what was drawn, for who may see it by now."""
    if not told.sees_rows:
        return None
    return record.drawn_targets(desk, told.drawn, request.args.get("page", 1, int), stratum=stratum)


def _loads(desk: Desk, told: record.Record) -> list[Loads]:
    if not told.sees_rows:
        return []
    return [
        Loads(code, code, [Load(each.code, each.name, each.load, each.capacity) for each in people])
        for code, people in record.loads(desk, told.drawn).items()
    ]


# Acts


@pages.post("/freeze/<path:code>")
@open_to("planner")
def freeze(code: str) -> AnyResponse:
    """Freeze the lists of a campaign and give its draw a number."""
    made = act(
        lambda desk: freezing.freeze_pool(desk, planning.find_campaign(desk, code), fresh_secrets()).id
    )
    return _back(made, _("名录已锁定，已编号。"))


@pages.post("/<int:number_id>/promise")
@open_to("witness")
def promise(number_id: int) -> AnyResponse:
    """A witness's digest; or his text, to be hashed here, where he has said that he knows what this means."""
    digest = request.form.get("digest", "").strip()
    if not digest and (text := _witness_text()):
        if not request.form.get("warned"):
            raise Refused("witness.not_warned")
        digest = drawing.promise_of(text)
    act(lambda desk: drawing.promise(desk, drawing.draw_by_id(desk, number_id), digest))
    return _back(number_id, _("承诺已登记。请保存好原文：揭示时须一字不差。"))


@pages.post("/<int:number_id>/commit")
@open_to("planner")
def commit(number_id: int) -> AnyResponse:
    """Make C and enter it in the register."""
    bound = beforehand(lambda desk: drawing.to_commit(desk, drawing.draw_by_id(desk, number_id)))
    act(lambda desk: drawing.commit_draw(desk, drawing.draw_by_id(desk, number_id), bound))
    return _back(number_id, _("承诺值已生成并登记。请在产生随机数之前公布。"))


@pages.post("/<int:number_id>/publish")
@open_to("planner")
def publish(number_id: int) -> AnyResponse:
    """Record where and when C was made public."""
    place, moment = request.form.get("place", ""), read_moment(request.form.get("time", ""))
    act(lambda desk: drawing.publish(desk, drawing.draw_by_id(desk, number_id), place, moment))
    return _back(number_id, _("公布已登记。"))


@pages.post("/<int:number_id>/reveal")
@open_to("witness")
def reveal(number_id: int) -> AnyResponse:
    """A witness opens his text."""
    act(lambda desk: drawing.reveal_text(desk, drawing.draw_by_id(desk, number_id), _witness_text()))
    return _back(number_id, _("已揭示，与承诺一致。"))


@pages.post("/<int:number_id>/close")
@open_to("planner")
def close(number_id: int) -> AnyResponse:
    """Close the reveals; where something lacks, only for who says that it is final."""
    final = bool(request.form.get("final"))
    act(lambda desk: drawing.close_reveals(desk, drawing.draw_by_id(desk, number_id), final))
    return _back(number_id, _("揭示已结束，现在可以产生并录入随机数。"))


@pages.post("/<int:number_id>/entropy")
@open_to("witness", "planner", "approver")
def entropy(number_id: int) -> AnyResponse:
    """Enter the outside randomness, as one of two persons."""

    def given(desk: Desk) -> tuple[Any, str]:
        drawn = drawing.draw_by_id(desk, number_id)
        return drawn, _entropy(drawing.entropy_source(desk, drawn))

    bound = beforehand(lambda desk: drawing.to_open(desk, *given(desk)))
    signed = attached.checked_beside(given)
    match act(lambda desk: attaching.enter_signed(desk, *given(desk), signed, bound)):
        case Entered():
            return _back(number_id, _("已录入。请另一人独立录入同一结果。"))
        case Differing(number):
            told = _("两次录入不一致，第 %(number)s 轮作废：请两人核对原始结果后重新录入。", number=number)
            return _back(number_id, told, "warning")
        case Locked():
            return _back(number_id, _("两次录入一致。秘密由保管人分持，等待其中两位开启。"))
    return _back(number_id, _("两次录入一致，种子已确定，可以执行抽取。"))


@pages.post("/<int:number_id>/execute")
@open_to("planner")
def execute(number_id: int) -> AnyResponse:
    """Have the draw executed; on to the job that does it."""
    asked = act(lambda desk: work.ask_execute(desk, drawing.draw_by_id(desk, number_id)))
    worker.wake()
    if _in_the_room():
        return _back(number_id, "")
    return site.go(url_for("jobs.shown", job_id=asked))


@pages.post("/<int:number_id>/void")
@open_to("approver")
def void(number_id: int) -> AnyResponse:
    """End the number without an outcome."""
    ground, reason = request.form.get("ground", ""), request.form.get("reason", "")
    act(lambda desk: drawing.void_number(desk, drawing.draw_by_id(desk, number_id), ground, reason))
    return _back(number_id, _("编号已作废，登记册中保留。任务可以用新编号重新抽取。"))


@pages.post("/<int:number_id>/refreeze")
@open_to("planner")
def refreeze(number_id: int) -> AnyResponse:
    """Freeze the mended lists of inspectors after a shortage."""
    act(lambda desk: freezing.refreeze(desk, drawing.draw_by_id(desk, number_id), fresh_secrets()))
    return _back(number_id, _("人员名录已重新锁定；已抽中的对象不变，从见证承诺开始再做一次匹配。"))


# Bundle and replay


@pages.post("/<int:number_id>/bundle")
@open_to(*_TAKERS)
def bundle(number_id: int) -> Response:
    """The full bundle as a file; that it was taken is told to the ledger."""
    taken = outside(
        lambda database, login, _: taking.take_bundle(
            Taker(database, login, now), lambda desk: drawing.draw_by_id(desk, number_id), readme
        )
    )
    content = BytesIO(taken.packed)
    return send_file(content, "application/zip", as_attachment=True, download_name=f"{taken.number}.zip")


@pages.post("/<int:number_id>/replay")
@open_to(*_TAKERS)
def replay(number_id: int) -> AnyResponse:
    """Have the draw checked again from its full bundle; on to the job that does it."""
    asked = act(lambda desk: work.ask_replay(desk, drawing.draw_by_id(desk, number_id)))
    worker.wake()
    return site.go(url_for("jobs.shown", job_id=asked))


@pages.post("/<int:number_id>/report/<int:job_id>")
@open_to(*_TAKERS)
def replay_report(number_id: int, job_id: int) -> Response:
    """The report of a bundle that was replayed, as one file; it holds what the bundle holds, and is told alike."""
    taken, checked, names = outside(
        lambda database, login, _: taking.take_replayed(
            Taker(database, login, now), number_id, job_id, readme
        )
    )
    grounds = {code: told[0] for kind in _GROUND_LISTS for code, told in words.WORDS[kind].items()}
    text = report.report(taken.files, checked, {**grounds, **names})
    return send_file(
        BytesIO(text.encode()),
        "text/html; charset=utf-8",
        as_attachment=True,
        download_name=f"{taken.number}.html",
    )


_GROUND_LISTS = ("void_target_ground", "recusal_ground")


def told_claims(kept: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The claims of a replay as (what is claimed, state, what the verifier says of it)."""
    claims = sentences.claims(audit.checked_of(kept))
    return [
        (in_language(report.CLAIMS.get(name, (name, name))), state, detail) for name, state, detail in claims
    ]


# What was written


def _witness_text() -> str:
    return unicodedata.normalize("NFC", typed_text("text"))


def _entropy(source: str | None) -> str:
    """What was entered, with the source that the plan names before it; spaces between digits count for nothing."""
    written = request.form.get("entropy", "").strip()
    if source is None or written.startswith(f"{source}:"):
        return written
    return f"{source}:{''.join(written.split()) if source in THROWS else written}"


def _back(number_id: int, message: str, category: str = "success") -> AnyResponse:
    page = "ceremony.shown" if _in_the_room() else "draws.shown"
    return site.go(url_for(page, number_id=number_id), message, category)


def _in_the_room() -> bool:
    """Whether an act came from the ceremony's screen, and leads back to it."""
    return request.form.get("room") == "ceremony"
