"""Custody of secrets (秘密保管): an administrator names custodians; each makes his key, and opens his share of a draw."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from scheduler import custodians
from scheduler.inspection.drawing import Opened
from scheduler.inspection.unlocking import Try, unlock
from scheduler.key_pairs import SHORTEST_PASSPHRASE
from web import pages as site
from web.access import open_to
from web.desks import act, looking, outside
from web.inspection.typed import typed_text

ADMINISTRATOR, CUSTODIAN = "administrator", "custodian"

pages = Blueprint("custody", __name__, url_prefix="/custody")


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of custody."""
    return _("管理"), [
        (_("秘密保管人"), "custody.named", (ADMINISTRATOR,)),
        (_("我的保管密钥"), "custody.key", (CUSTODIAN,)),
    ]


pages.links = links  # type: ignore[attr-defined]


@pages.get("/")
@open_to(ADMINISTRATOR)
def named() -> str:
    """The custodians of the department."""
    with looking() as desk:
        return render_template("inspection/custody_named.html", named=custodians.custodians(desk))


@pages.post("/")
@open_to(ADMINISTRATOR)
def name() -> AnyResponse:
    """Name a custodian."""
    login = request.form.get("login", "").strip()
    act(lambda desk: custodians.name_custodian(desk, login))
    return site.go(url_for("custody.named"), _("已指定保管人，请他设置保管密钥"))


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
    return site.go(url_for("custody.key"), _("保管密钥已启用。请牢记口令：谁也不能替您找回。"))


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
