"""Custody of secrets (秘密保管): an administrator names custodians; each makes his key, and opens his share of a draw."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from scheduler import confirming, custodians
from scheduler.inspection.drawing import Opened
from scheduler.inspection.unlocking import Try, unlock
from scheduler.key_pairs import SHORTEST_PASSPHRASE
from web import pages as site
from web.access import open_to
from web.desks import act, looking, outside
from web.inspection.typed import typed_text

ADMINISTRATOR, CUSTODIAN, APPROVER = "administrator", "custodian", "approver"

pages = Blueprint("custody", __name__, url_prefix="/custody")


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of custody."""
    return _("管理"), [
        (_("秘密保管人"), "custody.named", (ADMINISTRATOR,)),
        (_("我的保管密钥"), "custody.key", (CUSTODIAN,)),
        (_("核对保管密钥"), "custody.confirm", (CUSTODIAN, APPROVER)),
    ]


pages.links = links  # type: ignore[attr-defined]


@pages.get("/")
@open_to(ADMINISTRATOR)
def named() -> str:
    """The custodians of the department."""
    with looking() as desk:
        return render_template(
            "inspection/custody_named.html",
            named=custodians.custodians(desk),
            begun=confirming.has_begun(desk, desk.actor.department_id),
            proposed=confirming.own_proposal(desk),
        )


@pages.post("/")
@open_to(ADMINISTRATOR)
def name() -> AnyResponse:
    """Name a custodian."""
    login = request.form.get("login", "").strip()
    act(lambda desk: custodians.name_custodian(desk, login))
    return site.go(url_for("custody.named"), _("已指定保管人，请他设置保管密钥并经核对"))


@pages.post("/<int:custodian_id>/relieve")
@open_to(ADMINISTRATOR)
def relieve(custodian_id: int) -> AnyResponse:
    """Relieve a custodian."""
    act(lambda desk: custodians.relieve_custodian(desk, custodian_id))
    return site.go(url_for("custody.named"), _("已解除；他此前保管的份额仍由他开启"))


@pages.get("/key")
@open_to(CUSTODIAN)
def key() -> str:
    """A custodian's own key."""
    with looking() as desk:
        own = custodians.own_custody(desk)
    return render_template("inspection/custody_key.html", own=own, least=SHORTEST_PASSPHRASE)


@pages.post("/key")
@open_to(CUSTODIAN)
def make_key() -> AnyResponse:
    """Make a key, or a new one, under a passphrase that is written twice."""
    passphrase = typed_text("passphrase")
    custodians.check_written_twice(passphrase, typed_text("again"))
    # made before anybody waits for a transaction
    pair = outside(lambda database, login, _: custodians.new_pair(database, login, passphrase))
    act(lambda desk: custodians.keep_pair(desk, pair))
    return site.go(url_for("custody.key"), _("保管密钥已设置，待他人核对。请牢记口令：谁也不能替您找回。"))


@pages.get("/confirm")
@open_to(CUSTODIAN, APPROVER)
def confirm() -> str:
    """What waits for a second person: keys of custodians of other departments, and ends of their custody."""
    with looking() as desk:
        return render_template(
            "inspection/custody_confirm.html",
            keys=confirming.keys_to_confirm(desk),
            ends=confirming.ends_to_confirm(desk),
        )


@pages.post("/confirm")
@open_to(CUSTODIAN, APPROVER)
def confirm_key() -> AnyResponse:
    """Confirm somebody's key by the fingerprint that he has read aloud."""
    login, fingerprint = request.form.get("login", "").strip(), request.form.get("fingerprint", "")
    act(lambda desk: confirming.confirm_key(desk, login, fingerprint))
    return site.go(url_for("custody.confirm"), _("指纹一致，密钥已核对"))


@pages.post("/end")
@open_to(ADMINISTRATOR)
def propose_end() -> AnyResponse:
    """Propose that the custody of the department ends."""
    reason = request.form.get("reason", "")
    act(lambda desk: confirming.propose_end(desk, reason))
    return site.go(url_for("custody.named"), _("已提出；须由其他部门的保管人或批准人确认"))


@pages.post("/end/confirm")
@open_to(CUSTODIAN, APPROVER)
def confirm_end() -> AnyResponse:
    """Confirm that the custody of another department ends."""
    code = request.form.get("department", "").strip()
    act(lambda desk: confirming.confirm_end(desk, code))
    return site.go(url_for("custody.confirm"), _("已确认停止保管"))


@pages.post("/draws/<int:number_id>")
@open_to(CUSTODIAN)
def open_share(number_id: int) -> AnyResponse:
    """Open one's share of a draw's secret."""
    passphrase = typed_text("passphrase")
    address = request.remote_addr or ""
    made = outside(
        lambda database, login, now: unlock(Try(database, login, address, now), number_id, passphrase)
    )
    told = (
        _("秘密已由两位保管人开启，种子已确定，可以执行抽取。")
        if isinstance(made, Opened)
        else _("您的份额已开启，等待另一位保管人。")
    )
    return site.go(url_for("draws.shown", number_id=number_id), told)
