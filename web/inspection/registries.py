"""Registries (名录): targets, inspectors, bars, special registries; imports with a preview; exports."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from typing import IO

from flask import Blueprint, Response, abort, flash, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from matching.refused import Refused
from scheduler.inspection import hindrances, intake, search, staff, uploads
from scheduler.inspection.search import BarFilter, InspectorFilter, TargetFilter
from scheduler.inspection.staff import Refilled
from scheduler.permissions import Desk
from web import pages as site
from web import spreadsheet
from web.access import SIGNED_IN, open_to
from web.desks import act, database, looking, outside, today, who
from web.form_values import day_given
from web.import_templates import explained, template_file
from web.language import in_language
from web.list_faults import MOST_FAULTS
from web.sentences import fault_sentence
from web.words import word

pages = Blueprint("registries", __name__, url_prefix="/registries")

KEEPERS = ("registrar", "administrator")
OF_BARS = ("registrar", "planner", "approver", "auditor")
"""Who reads what stands between people: relatives, holdings, former employers."""

CERTIFICATE_WARNING = 60
"""Days before the end of a certificate from which on its end is told."""

"""Faults that a page shows; all of them are in the file."""

_MOST_TOLD = 20
_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of registries."""
    return _("名录"), [
        (_("检查对象"), "registries.targets", ()),
        (_("检查人员"), "registries.inspectors", ()),
        (_("排除情形"), "registries.bars", OF_BARS),
        (_("人员申报"), "declarations.listed", OF_BARS),
        (_("我的申报"), "declarations.mine", ("inspector",)),
        (_("专项库"), "registries.special", ()),
        (_("名单导入"), "registries.imports", (*KEEPERS, "auditor")),
    ]


pages.links = links  # type: ignore[attr-defined]


# Targets


@pages.get("/targets")
@open_to(SIGNED_IN)
def targets() -> str:
    """The targets that are looked for."""
    wanted = _target_filter()
    with looking() as desk:
        return render_template(
            "inspection/registries_targets.html",
            wanted=wanted,
            page=search.targets(desk, wanted, _page()),
            registries=[(each.code, each.name) for each in search.special_registries(desk)],
        )


@pages.get("/targets/<path:code>")
@open_to(SIGNED_IN)
def target(code: str) -> str:
    """One target with what is known of it."""
    with looking() as desk:
        return render_template(
            "inspection/registries_target.html", file=search.target(desk, code), shows_bars=_reads_bars()
        )


def _target_filter() -> TargetFilter:
    told = {each.name: request.args.get(each.name, "").strip() for each in fields(TargetFilter)}
    listed = {name: {"1": True, "0": False}.get(told.pop(name)) for name in ("abnormal", "serious")}
    told["sort"] = told["sort"] or "code"
    return TargetFilter(**told, **listed)  # type: ignore[arg-type]


def _page() -> int:
    return request.args.get("page", 1, int)


def _reads_bars() -> bool:
    reader = who()
    return reader is not None and reader.has(*OF_BARS)


# Inspectors


@pages.get("/inspectors")
@open_to(SIGNED_IN)
def inspectors() -> str:
    """The inspectors of the reader's department."""
    wanted = _inspector_filter()
    with looking() as desk:
        return render_template(
            "inspection/registries_inspectors.html",
            wanted=wanted,
            page=search.inspectors(desk, wanted, _page()),
            departed=_departed(desk),
            warning=CERTIFICATE_WARNING,
        )


@pages.get("/inspectors/<path:code>")
@open_to(SIGNED_IN)
def inspector(code: str) -> str:
    """One inspector: certificates, leave, bars, what he has still to visit; what the registrar may do."""
    with looking() as desk:
        file = search.inspector(desk, code)
        mine = file.inspector.department_id == desk.actor.department_id
        return render_template(
            "inspection/registries_inspector.html",
            file=file,
            keeps=mine and "registrar" in desk.actor.roles,
            grants_leave=mine and bool(desk.actor.roles & {"registrar", "planner"}),
            departments=[(each.code, each.name) for each in staff.other_departments(desk)],
            visits=staff.unfinished_visits(desk, file.inspector),
            shows_bars=_reads_bars() or file.inspector.id == desk.actor.inspector_id,
            warning=CERTIFICATE_WARNING,
        )


@pages.post("/inspectors/<path:code>/state")
@open_to("registrar")
def set_state(code: str) -> AnyResponse:
    """Suspend an inspector, note that he left, or have him back."""
    state = request.form.get("state", "")
    refilled = act(lambda desk: staff.set_inspector_state(desk, staff.find_inspector(desk, code), state))
    _tell_refilled(refilled)
    told = _("%(code)s 现在的状态：%(state)s。", code=code, state=word(state, "inspector_state"))
    return site.go(url_for("registries.inspector", code=code), told)


@pages.post("/inspectors/<path:code>/transfer")
@open_to("registrar")
def transfer(code: str) -> AnyResponse:
    """Move an inspector to another department."""
    department = request.form.get("department", "")
    refilled = act(lambda desk: staff.transfer_inspector(desk, staff.find_inspector(desk, code), department))
    _tell_refilled(refilled)
    told = _("%(code)s 已调往 %(department)s。", code=code, department=department)
    return site.go(url_for("registries.inspectors"), told)


@pages.post("/inspectors/<path:code>/leave")
@open_to("registrar", "planner")
def take_leave(code: str) -> AnyResponse:
    """Note on which days an inspector is away."""
    first, last = day_given("first"), day_given("last")
    act(lambda desk: hindrances.take_leave(desk, staff.find_inspector(desk, code), first, last))
    return site.go(url_for("registries.inspector", code=code), _("休假已登记。"))


@pages.post("/leave/<int:number>/cancel")
@open_to("registrar", "planner")
def cancel_leave(number: int) -> AnyResponse:
    """Take leave back."""
    code = act(lambda desk: hindrances.cancel_leave(desk, hindrances.find_leave(desk, number)))
    return site.go(url_for("registries.inspector", code=code), _("休假已撤销。"))


@pages.post("/refill")
@open_to("registrar")
def refill() -> AnyResponse:
    """Refill the open visits of those whom a list has moved or made inactive."""
    refilled = act(staff.refill_departed)
    _tell_refilled(refilled)
    return site.go(url_for("registries.inspectors"), "" if refilled else _("没有需要补位的检查。"), "success")


def _tell_refilled(refilled: Refilled) -> None:
    """Who took which seat, and for which there was nobody."""
    taken = [f"{target} → {taker}" for target, taker in refilled if taker]
    empty = [target for target, taker in refilled if not taker]
    if taken:
        flash(_("已补位 %(count)s 户：%(list)s。", count=len(taken), list=_some(taken)), "success")
    if empty:
        told = _("以下 %(count)s 户无人可补，检查组不变：%(list)s。", count=len(empty), list=_some(empty))
        flash(told, "warning")


def _some(told: Sequence[str]) -> str:
    return _("、").join(told[:_MOST_TOLD]) + (" …" if len(told) > _MOST_TOLD else "")


def _departed(desk: Desk) -> Sequence[staff.Departed]:
    return staff.departed(desk) if "registrar" in desk.actor.roles else ()


def _inspector_filter() -> InspectorFilter:
    told = {name: request.args.get(name, "").strip() for name in ("q", "state", "qualification")}
    return InspectorFilter(**told, uncertified_on=today() if request.args.get("uncertified") == "1" else None)


# Bars and special registries


@pages.get("/bars")
@open_to(*OF_BARS)
def bars() -> str:
    """The bars between the department's inspectors and targets."""
    told = {name: request.args.get(name, "").strip() for name in ("inspector", "target", "source")}
    wanted = BarFilter(**told, on=today() if request.args.get("current") == "1" else None)
    with looking() as desk:
        page = search.bars(desk, wanted, _page())
        return render_template("inspection/registries_bars.html", wanted=wanted, page=page)


@pages.get("/special")
@open_to(SIGNED_IN)
def special() -> str:
    """All special registries."""
    with looking() as desk:
        registries = search.special_registries(desk)
        return render_template(
            "inspection/registries_special.html",
            registries=registries,
            names=staff.department_names(desk, {each.department_id for each in registries}),
        )


# Files to take away


@pages.get("/export/targets.<ending>")
@open_to(*OF_BARS)
def export_targets(ending: str) -> Response:
    """All targets that are looked for, as their import takes them."""
    wanted = _target_filter()
    return _file(_("检查对象"), _ending(ending), search.export_targets(looking, wanted))


@pages.get("/export/inspectors.<ending>")
@open_to(*OF_BARS)
def export_inspectors(ending: str) -> Response:
    """All inspectors that are looked for, as their import takes them."""
    wanted = _inspector_filter()
    return _file(_("检查人员"), _ending(ending), search.export_inspectors(looking, wanted))


def _file(name: str, ending: str, rows: Iterator[Sequence[str]]) -> Response:
    """Written to the end before it is sent: what is refused on the way is told, and no half a file is taken away."""
    header = next(rows)
    file = spreadsheet.xlsx(header, rows) if ending == "xlsx" else _kept(spreadsheet.csv_file(header, rows))
    return _sent(file, f"{name}-{today()}.{ending}", ending)


def _ending(ending: str) -> str:
    if ending not in _MEDIA:
        abort(404)
    return ending


def _kept(pieces: Iterable[bytes]) -> IO[bytes]:
    file = tempfile.TemporaryFile(prefix="yaohao-")  # noqa: SIM115 - whoever sends it closes it
    file.writelines(pieces)
    file.seek(0)
    return file


def _sent(file: IO[bytes], name: str, ending: str) -> Response:
    return send_file(file, _MEDIA[ending], as_attachment=True, download_name=name)


# Imports


@pages.get("/imports")
@open_to(*KEEPERS, "auditor")
def imports() -> str:
    """What was imported, the reader's files that wait, and a form to hand in another."""
    kind = request.args.get("kind", "")
    with looking() as desk:
        return render_template(
            "inspection/registries_imports.html",
            kind=kind,
            page=search.imports(desk, kind, _page()),
            kinds=uploads.kinds(desk),
            uploads=uploads.uploads(desk),
            departed=_departed(desk),
            largest=uploads.LARGEST_UPLOAD >> 20,
        )


@pages.get("/imports/columns/<kind>")
@open_to(*KEEPERS, "auditor")
def columns(kind: str) -> str:
    """What the columns of a kind of list mean."""
    return render_template(
        "inspection/registries_columns.html",
        kind=_kind(kind),
        columns=[
            (each, in_language(each.needed), in_language(each.meaning)) for each in explained(_kind(kind))
        ],
    )


@pages.get("/imports/template/<kind>.<ending>")
@open_to(*KEEPERS, "auditor")
def template(kind: str, ending: str) -> Response:
    """A file to fill in."""
    file = _kept([template_file(_kind(kind), f".{_ending(ending)}")])
    return _sent(file, f"{word(kind, 'list_kind')}-{_('模板')}.{ending}", ending)


def _kind(kind: str) -> str:
    if kind not in intake.KINDS:
        abort(404)
    return kind


@pages.post("/imports")
@open_to(*KEEPERS)
def hand_in() -> AnyResponse:
    """Take a file in; its preview comes next."""
    file, kind = request.files.get("file"), request.form.get("kind", "")
    name, content = (file.filename or "", file.read()) if file else ("", b"")
    number = act(lambda desk: uploads.hand_in(desk, kind, name, content).id)
    return site.go(url_for("registries.waiting", number=number))


@pages.get("/imports/waiting/<int:number>")
@open_to(*KEEPERS)
def waiting(number: int) -> str:
    """What an import of a file would do, with every fault of it."""
    file = _waiting(number)
    preview = uploads.preview(database(), file)
    return render_template(
        "inspection/registries_waiting.html",
        file=file,
        preview=preview,
        faults=[(each, in_language(fault_sentence(each))) for each in preview.told.faults[:MOST_FAULTS]],
        most=MOST_FAULTS,
    )


@pages.get("/imports/waiting/<int:number>/faults.csv")
@open_to(*KEEPERS)
def faults(number: int) -> Response:
    """All faults of a file."""
    file = _waiting(number)
    header = [_("工作表"), _("行号"), _("列"), _("值"), _("问题"), _("代码")]
    found = uploads.preview(database(), file).told.faults
    rows = (
        (each.sheet, str(each.line), each.column, each.value, in_language(fault_sentence(each)), each.code)
        for each in found
    )
    return _sent(
        _kept(spreadsheet.csv_file(header, rows)),
        f"{_('问题清单')}-{word(file.kind, 'list_kind')}-{today()}.csv",
        "csv",
    )


@pages.post("/imports/waiting/<int:number>/apply")
@open_to(*KEEPERS)
def apply(number: int) -> AnyResponse:
    """Import a file whole, or its rows without a fault."""
    file = _waiting(number)
    sound_only = request.form.get("rows") == "sound"
    made = outside(lambda database, _login, _now: uploads.apply(database, file, sound_only))
    # it is imported: a file that is gone already, or stays until its day is over, is no reason to say that it was not
    with suppress(Refused):
        act(lambda desk: uploads.discard(desk, number))
    if made.left_out:
        flash(_("有问题的 %(count)s 行没有导入。", count=made.left_out), "warning")
    told = _(
        "已导入%(kind)s：新增 %(added)s 行，变更 %(changed)s 行，未变 %(unchanged)s 行。",
        kind=word(file.kind, "list_kind"),
        added=made.told.added,
        changed=made.told.changed,
        unchanged=made.told.unchanged,
    )
    return site.go(url_for("registries.imports"), told)


@pages.post("/imports/waiting/<int:number>/discard")
@open_to(*KEEPERS)
def discard(number: int) -> AnyResponse:
    """Forget a file without importing it."""
    act(lambda desk: uploads.discard(desk, number))
    return site.go(url_for("registries.imports"), _("已放弃，名录没有改变。"))


def _waiting(number: int) -> uploads.Waiting:
    """A file with its content, at a desk that is closed again: an import opens its own transactions."""
    with looking() as desk:
        return uploads.waiting(desk, number)
