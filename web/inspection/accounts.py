"""Users (用户), roles, deputies, departments: for administrators, of their own department; and everybody's own tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from itertools import islice

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from matching.refused import Refused
from scheduler import accounts, administration, identity
from scheduler.accounts import NewUser
from scheduler.back_fill import NotDone
from scheduler.inspection.registries import Fault
from scheduler.permissions import Desk
from web import pages as site
from web.access import SIGNED_IN, open_to
from web.desks import act, looking, outside, today, who
from web.errors import in_part
from web.language import in_language
from web.list_faults import FAULTS, MOST_FAULTS
from web.sentences import refusal
from web.spreadsheet import csv_file

ADMINISTRATOR = "administrator"
HEADER = ("登录名", "工号", "姓名", "部门代码", "检查人员编号", "角色")

pages = Blueprint("accounts", __name__, url_prefix="/accounts")


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of administration."""
    roles = (ADMINISTRATOR,)
    return _("管理"), [
        (_("用户和角色"), "accounts.users", roles),
        (_("代理"), "accounts.deputies", roles),
        (_("接口令牌"), "accounts.tokens", roles),
        (_("部门"), "accounts.departments", roles),
    ]


pages.links = links  # type: ignore[attr-defined]


@pages.get("/users")
@open_to(ADMINISTRATOR)
def users() -> str:
    """The users of the department."""
    asked = {name: request.args.get(name, "").strip() for name in ("text", "state", "role")}
    with looking() as desk:
        found = administration.accounts_of_department(desk, **asked, number=request.args.get("page", 1, int))
        return render_template("inspection/accounts_users.html", page=found, asked=asked)


@pages.get("/users/new")
@open_to(ADMINISTRATOR)
def new() -> str:
    """Ask for a new user, or a file of them."""
    return render_template("inspection/accounts_new.html", least=identity.SHORTEST_PASSWORD)


@pages.post("/users")
@open_to(ADMINISTRATOR)
def add() -> AnyResponse:
    """Add a user, with his first roles."""
    reader = who()
    assert reader is not None  # the rule of this page
    given = [_given(name) for name in ("login", "staff_number", "name")]
    made = NewUser(*given, reader.department_code, _given("inspector"))
    # hashed before anybody waits for this transaction
    typed = request.form.get("password")
    password = identity.new_password(typed) if typed else None

    def work(desk: Desk) -> int:
        user_id = administration.add_user(desk, made, password).id
        for role in request.form.getlist("roles"):
            administration.grant(desk, user_id, role)
        return user_id

    return site.go(_of_user(act(work)), _("已新增用户 %(login)s", login=made.login))


@pages.post("/users/file")
@open_to(ADMINISTRATOR)
def add_file() -> AnyResponse | tuple[str, int]:
    """Add the users of a file: all of them, or none and everything that is wrong."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused("upload.empty", file="-")
    name, content = sent.filename, sent.read()
    made = outside(lambda database, login, now: administration.add_users(database, login, now, name, content))
    if isinstance(made, NotDone):
        told = {"name": name, "count": made.count, "faults": list(islice(_not_done(made, name), MOST_FAULTS))}
        template_name = (
            "inspection/accounts_faults_part.html" if in_part() else "inspection/accounts_faults.html"
        )
        return render_template(template_name, **told), 422
    return site.go(url_for("accounts.users"), _("已新增 %(count)s 个用户", count=made))


@pages.get("/users/template.csv")
@open_to(ADMINISTRATOR)
def template() -> Response:
    """The header of a file of users."""
    content = BytesIO(b"".join(csv_file(HEADER, ())))
    return send_file(content, "text/csv", as_attachment=True, download_name="users.csv")


@pages.get("/users/<int:user_id>")
@open_to(ADMINISTRATOR)
def user(user_id: int) -> str:
    """One user, with what may be done for him."""
    with looking() as desk:
        found = administration.account(desk, user_id)
        return render_template("inspection/accounts_user.html", user=found, least=identity.SHORTEST_PASSWORD)


@pages.post("/users/<int:user_id>/password")
@open_to(ADMINISTRATOR)
def password(user_id: int) -> AnyResponse:
    """A new password for somebody."""
    new = identity.new_password(request.form.get("password", ""))  # hashed before anybody waits for it
    act(lambda desk: administration.set_password(desk, user_id, new))
    return site.go(_of_user(user_id), _("已设置新密码，他的登录和接口令牌全部失效"))


@pages.post("/users/<int:user_id>/disable")
@open_to(ADMINISTRATOR)
def disable(user_id: int) -> AnyResponse:
    """Disable an account."""
    act(lambda desk: administration.disable(desk, user_id))
    return site.go(_of_user(user_id), _("账号已停用"))


@pages.post("/users/<int:user_id>/enable")
@open_to(ADMINISTRATOR)
def enable(user_id: int) -> AnyResponse:
    """Let an account be used again."""
    act(lambda desk: administration.enable(desk, user_id))
    return site.go(_of_user(user_id), _("账号已启用"))


@pages.post("/users/<int:user_id>/roles")
@open_to(ADMINISTRATOR)
def grant(user_id: int) -> AnyResponse:
    """Grant a role."""
    role, until = _given("role"), _day("until")
    act(lambda desk: administration.grant(desk, user_id, role, until))
    return site.go(_of_user(user_id), _("已授予角色"))


@pages.post("/users/<int:user_id>/roles/<int:grant_id>/end")
@open_to(ADMINISTRATOR)
def end_grant(user_id: int, grant_id: int) -> AnyResponse:
    """End a grant."""
    act(lambda desk: administration.end_grant(desk, grant_id))
    return site.go(_of_user(user_id), _("已收回角色"))


@pages.get("/deputies")
@open_to(ADMINISTRATOR)
def deputies() -> str:
    """Who stands in for whom."""
    with looking() as desk:
        return render_template(
            "inspection/accounts_deputies.html",
            deputies=administration.deputies(desk),
            logins=_named(administration.logins(desk)),
        )


@pages.post("/deputies")
@open_to(ADMINISTRATOR)
def stand_in() -> AnyResponse:
    """Name a deputy."""
    of, deputy, role = _given("user"), _given("deputy"), _given("role")
    first = _day("first") or today()
    last = _day("last") or first
    act(lambda desk: administration.stand_in(desk, of, deputy, role, first, last))
    return site.go(url_for("accounts.deputies"), _("已指定代理"))


@pages.post("/deputies/<int:deputy_id>/end")
@open_to(ADMINISTRATOR)
def end_stand_in(deputy_id: int) -> AnyResponse:
    """End a deputy."""
    act(lambda desk: administration.end_stand_in(desk, deputy_id))
    return site.go(url_for("accounts.deputies"), _("代理已结束"))


@pages.get("/tokens")
@open_to(SIGNED_IN)
def tokens() -> str:
    """One's own tokens; an administrator sees his department's too."""
    with looking() as desk:
        return _tokens(desk, "")


@pages.post("/tokens")
@open_to(SIGNED_IN)
def issue() -> str:
    """Issue a token for oneself, and show it this once: it is kept nowhere, so the page with it is the answer itself."""
    name, until = _given("name"), _day("until") or today() + timedelta(days=365)
    token = act(lambda desk: identity.issue_token(desk, name, until))
    with looking() as desk:
        return _tokens(desk, token)


@pages.post("/tokens/<int:token_id>/revoke")
@open_to(SIGNED_IN)
def revoke(token_id: int) -> AnyResponse:
    """Revoke a token."""
    act(lambda desk: identity.revoke_token(desk, token_id))
    return site.go(url_for("accounts.tokens"), _("令牌已吊销"))


@pages.get("/departments")
@open_to(ADMINISTRATOR)
def departments() -> str:
    """The department: its names, and what it may be merged into."""
    with looking() as desk:
        return render_template(
            "inspection/accounts_department.html",
            department=administration.own_department(desk),
            others=[(each.code, each.name) for each in administration.possible_successors(desk)],
        )


@pages.post("/departments/rename")
@open_to(ADMINISTRATOR)
def rename() -> AnyResponse:
    """Give the department a new name from today on."""
    name = _given("name")
    act(lambda desk: accounts.rename_department(desk, administration.own_department(desk), name))
    return site.go(url_for("accounts.departments"), _("部门已更名为 %(name)s", name=name))


@pages.post("/departments/merge")
@open_to(ADMINISTRATOR)
def merge() -> AnyResponse:
    """Close the department in favour of another."""
    code = _given("successor")

    def work(desk: Desk) -> None:
        successor = accounts.find_department(desk.session, code)
        accounts.merge_department(desk, administration.own_department(desk), successor)

    act(work)
    # nobody administers it any more, so that its own page is closed
    return site.go(url_for("home.start"), _("部门已撤并"))


def _tokens(desk: Desk, token: str) -> str:
    administers = ADMINISTRATOR in desk.actor.roles
    return render_template(
        "inspection/accounts_tokens.html",
        own=identity.own_tokens(desk),
        of_department=identity.tokens_of_department(desk) if administers else None,
        token=token,
        most=identity.MOST_TOKEN_DAYS,
    )


def _not_done(told: NotDone, name: str) -> Iterator[str]:
    yield from map(_fault, told.faults)
    yield from (f"{name}:{line}: {in_language(refusal(refused))}" for line, refused in told.refusals)


def _fault(fault: Fault) -> str:
    """Where a file is wrong, and what is wrong there, in the reader's language."""
    found = f"{fault.file}:{fault.line} {fault.column}: {in_language(FAULTS[fault.code])}"
    return f"{found} ({fault.value})" if fault.value else found


def _named(logins: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(login, f"{name} ({login})") for login, name in logins]


def _of_user(user_id: int) -> str:
    return url_for("accounts.user", user_id=user_id)


def _given(name: str) -> str:
    return request.form.get(name, "").strip()


def _day(name: str) -> date | None:
    """A day that a form tells; None where it tells none. Refused `day.form`."""
    written = _given(name)
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refused("day.form", value=written[:20]) from None
