"""Inspection items (抽查事项): the list, the versions of one, its draft, and the approval of many at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from scheduler.inspection import item_versions, items
from scheduler.inspection.item_versions import Wanted, methods_of
from web import pages as site
from web.access import SIGNED_IN, open_to
from web.desks import act, looking
from web.form_faults import FIELDS
from web.language import in_language
from web.words import WORDS, for_each_reader, word

pages = Blueprint("items", __name__, url_prefix="/items")

_LARGEST = 2**31 - 1  # an id beyond is none, and no database takes it
_ID = f"<int(max={_LARGEST}):version_id>"
_LONGEST_WORD = 100
_PLAIN = (
    *("category", "name", "sub_item", "basis", "subject", "target_type", "content", "item_class"),
    *("ratio_least", "ratio_most", "times_least", "times_most", "qualification", "responsible_office"),
    *("editor", "remark", "set_by"),
)


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of items."""
    return _("名录"), [(_("抽查事项"), "items.listed", ())]


pages.links = links  # type: ignore[attr-defined]


@pages.app_template_filter("item_field")
@for_each_reader
def field_name(name: str) -> str:
    """What a field of an item is called."""
    return in_language(FIELDS["item"][name])


@pages.app_template_filter("methods")
def methods(told: str) -> str:
    """The methods of a version in the reader's words."""
    return _("、").join(word(each, "method") for each in methods_of(told or ""))


@pages.app_template_filter("item_value")
def value(told: object, field: str) -> str:
    """What a field of an item holds, in the reader's words."""
    if field == "methods":
        return methods(str(told or ""))
    return word(told, "item_class") if field == "item_class" else "" if told is None else str(told)


@pages.get("/")
@open_to(SIGNED_IN)
def listed() -> str:
    """The items of one's own department in every state, and those that others have published."""
    given = request.args
    with looking() as desk:
        departments = item_versions.departments_with_items(desk)
        by_code = {each.code: each for each in departments}
        chosen = by_code.get(given.get("department", ""))
        wanted = Wanted(
            department_id=chosen.id if chosen else None,
            state=_one_of(given.get("state", ""), "item_state"),
            item_class=_one_of(given.get("item_class", ""), "item_class"),
            word="".join(filter(str.isprintable, given.get("word", "")))[:_LONGEST_WORD].strip(),
        )
        return render_template(
            "inspection/items_list.html",
            found=item_versions.listed(desk, wanted, given.get("page", 1, int)),
            departments=[(each.code, each.name) for each in departments],
            waiting=item_versions.waiting(desk),
            chosen=chosen,
            wanted=wanted,
        )


@pages.get(f"/{_ID}")
@open_to(SIGNED_IN)
def shown(version_id: int) -> str:
    """One version of an item: what it says, what changed, who did what."""
    with looking() as desk:
        version = items.version_of_id(desk, version_id)
        history = item_versions.history(desk, version)
        acts = items.acts_for(desk, version)
        return render_template(
            "inspection/items_version.html",
            version=version,
            history=history,
            told=next(each for each in history if each.version.id == version.id),
            steps=item_versions.steps(desk, version),
            department=item_versions.department_of(desk, version),
            moves=[each for each in acts if each in items.MOVES],
            acts=acts,
        )


@pages.get("/new")
@open_to("registrar")
def new() -> str:
    """A form for a new item."""
    return render_template("inspection/items_form.html", version=None, kept=[], chosen=[])


@pages.post("/new")
@open_to("registrar")
def draft() -> Response:
    """Draft a new item."""
    written = _written(request.form) | {"code": request.form.get("code", "")}
    made = act(lambda desk: items.draft_item(desk, written).id)
    return site.go(url_for("items.shown", version_id=made), _("草案已保存。"))


@pages.get(f"/{_ID}/amend")
@open_to("registrar")
def amend(version_id: int) -> str:
    """A form with what a draft says."""
    with looking() as desk:
        version = items.version_of_id(desk, version_id)
        items.check_amendable(desk, version)
        return render_template(
            "inspection/items_form.html",
            version=version,
            kept=items.kept_methods(version),
            chosen=methods_of(version.methods),
        )


@pages.post(f"/{_ID}/amend")
@open_to("registrar")
def save(version_id: int) -> Response:
    """Write a draft anew."""
    written = _written(request.form)
    act(lambda desk: items.amend_version(desk, items.version_of_id(desk, version_id), written))
    return site.go(url_for("items.shown", version_id=version_id), _("修改已保存。"))


@pages.post(f"/{_ID}/version")
@open_to("registrar")
def new_version(version_id: int) -> Response:
    """Begin a new version with the words of this one."""
    made = act(lambda desk: items.new_version(desk, items.version_of_id(desk, version_id)).id)
    return site.go(url_for("items.amend", version_id=made), _("已起草新版本；确认公布之前，原版本继续有效。"))


@pages.post(f"/{_ID}/move")
@open_to("registrar", "legal", "office")
def move(version_id: int) -> Response:
    """Submit, pass, reject, confirm, refuse or retire a version."""
    done, opinion = _act(items.MOVES), _opinion()
    act(lambda desk: items.move_item(desk, items.version_of_id(desk, version_id), done, opinion))
    return site.go(url_for("items.shown", version_id=version_id), _told(done))


@pages.post("/move")
@open_to("registrar", "legal", "office")
def move_all() -> Response:
    """Submit, pass or confirm all of the department that wait for it."""
    done, opinion = _act(items.FOR_MANY), _opinion()
    seen = request.form.get("seen", 0, int)
    made = act(lambda desk: items.move_all(desk, done, seen, opinion))
    message = _("%(act)s：%(number)s 项。", act=word(done, "item_act"), number=made.moved)
    if made.left:
        message += _("另有 %(number)s 项是您本人起草、提交或审核的，须由他人办理。", number=made.left)
    return site.go(url_for("items.listed"), message, "warning" if made.left else "success")


def _written(form: MultiDict[str, str]) -> dict[str, Any]:
    """The fields of the form but the token and the code; whatever else it sends is told as unknown."""
    known = {*_PLAIN, "methods", "csrf_token", "code"}
    plain = {name: form.get(name, "") for name in _PLAIN}
    return (
        plain
        | {"methods": form.getlist("methods")}
        | {name: form[name] for name in form if name not in known}
    )


def _act(possible: Any) -> str:
    given = request.form.get("act", "")
    if given not in possible:
        abort(400)
    return given


def _opinion() -> str:
    return request.form.get("opinion", "").replace("\x00", "").replace("\r\n", "\n").strip()


def _one_of(given: str, kind: str) -> str:
    return given if given in WORDS[kind] else ""


def _told(done: str) -> str:
    return _("已办理：%(act)s。", act=word(done, "item_act"))
