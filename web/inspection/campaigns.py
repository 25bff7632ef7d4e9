"""Campaigns (抽查任务): the list, the wizard, joint answers, approval."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from scheduler.inspection import planning
from web.access import SIGNED_IN, open_to
from web.desks import looking

pages = Blueprint("campaigns", __name__, url_prefix="/campaigns")


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of campaigns."""
    return _("抽查任务"), [(_("抽查任务"), "campaigns.listed", ())]


pages.links = links  # type: ignore[attr-defined]


@pages.get("/")
@open_to(SIGNED_IN)
def listed() -> str:
    """The campaigns one may see."""
    with looking() as desk:
        return render_template("inspection/campaigns.html", campaigns=planning.all_campaigns(desk))
