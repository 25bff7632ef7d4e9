"""Campaigns (抽查任务): from the outline over the answers of departments to approval, and after the draw to the end."""

from __future__ import annotations

from typing import Any

from flask import request

from data.schemas.campaigns import CampaignOutline
from data.schemas.draws import JobShown
from data.schemas.planning import (
    AnswerGiven,
    CampaignListed,
    CampaignShown,
    CampaignsWanted,
    CopyWanted,
    PoolShown,
    Reason,
)
from data.schemas.visits import DaysWanted
from scheduler.inspection import freezing, lists, planning, pool, visits, work
from scheduler.inspection.evidence import locked_campaign
from scheduler.inspection.scheduling import Asked
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import Kind, Part
from web.chance import fresh_secrets

part = Part("campaigns", "Campaigns (抽查任务)")


def _tell(desk: Desk, campaign: Any) -> dict[str, Any]:
    days = {name: getattr(campaign, name) for name in ("first_day", "last_day", "draw_by")}
    return {
        "code": campaign.code,
        "state": campaign.state,
        "source": campaign.source,
        "lead": campaign.lead.code,
        "outline": planning.outline_of(desk, campaign) | days,
        "departments": campaign.departments,
        "draws": lists.draws_of(desk, campaign),
    }


KIND = Kind(CampaignShown(), planning.find_campaign, locked_campaign, _tell)
ONE = "/campaigns/<code>"


@part.page("/campaigns", CampaignListed, CampaignsWanted)
@open_to(SIGNED_IN)
def listed(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """The campaigns one's department takes part in, the newest first (本部门参与的抽查任务)."""
    return lists.campaigns(desk, number, size, **filters)


@part.one(ONE, KIND)
@open_to(SIGNED_IN)
def one() -> None:
    """One campaign: state, outline, answers, draws (抽查任务：状态、方案、答复、抽取)."""


@part.making("/campaigns", KIND, CampaignOutline, lambda campaign: {"code": campaign.code})
@open_to("planner")
def set_up(desk: Desk, _read: Any) -> Any:
    """Set up a campaign from its outline (设立)."""
    return planning.set_up_campaign(desk, request.get_json())


@part.act(ONE, KIND, CampaignOutline, method="PUT")
@open_to("planner")
def amend(desk: Desk, campaign: Any, _read: Any) -> None:
    """Write a draft anew; its code stays (修改草案)."""
    planning.amend_campaign(desk, campaign, request.get_json())


@part.making(f"{ONE}/copy", KIND, CopyWanted, lambda campaign: {"code": campaign.code})
@open_to("planner")
def copy(desk: Desk, read: Any, code: str) -> Any:
    """A new draft with all that an earlier campaign had (复制)."""
    earlier = planning.find_campaign(desk, code)
    return planning.copy_campaign(
        desk, earlier, read["code"], read["first_day"], read["last_day"], read["draw_by"]
    )


@part.look(f"{ONE}/pool", PoolShown())
@open_to(SIGNED_IN)
def count_pool(desk: Desk, code: str) -> Any:
    """The pool as it would be frozen now, and what each condition takes out (对象池、人员池)."""
    found = planning.find_campaign(desk, code)
    counted = pool.count_pool(desk, found)
    strata = [
        {"stratum": name, "rows": rows, "quota": round(mean), "mean": str(mean)}
        for name, rows, mean in counted.strata
    ]
    return {"targets": counted.targets, "inspectors": counted.inspectors, "strata": strata}


@part.act(f"{ONE}/invite", KIND)
@open_to("planner")
def invite(desk: Desk, campaign: Any) -> None:
    """Ask the joining departments for their answers (征求意见)."""
    planning.invite(desk, campaign)


@part.act(f"{ONE}/answer", KIND, AnswerGiven)
@open_to("planner")
def answer(desk: Desk, campaign: Any, written: dict[str, Any]) -> None:
    """A joining department's answer; a later one replaces it until the lead submits (答复)."""
    planning.answer(desk, campaign, planning.Answer(**written))


@part.act(f"{ONE}/submit", KIND)
@open_to("planner")
def submit(desk: Desk, campaign: Any) -> None:
    """Hand in for approval when every department has answered (提交审批)."""
    planning.submit(desk, campaign)


@part.act(f"{ONE}/approve", KIND)
@open_to("approver")
def approve(desk: Desk, campaign: Any) -> None:
    """Approve; neither who planned it nor a witness may (批准)."""
    planning.approve(desk, campaign)


@part.act(f"{ONE}/send-back", KIND, Reason)
@open_to("approver")
def send_back(desk: Desk, campaign: Any, written: dict[str, Any]) -> None:
    """Give back to the planner, with a reason (退回)."""
    planning.send_back(desk, campaign, written["reason"])


@part.act(f"{ONE}/cancel", KIND, Reason)
@open_to("approver")
def cancel(desk: Desk, campaign: Any, written: dict[str, Any]) -> None:
    """Cancel a campaign of which nothing has been drawn (取消)."""
    planning.cancel(desk, campaign, written["reason"])


@part.act(f"{ONE}/freeze", KIND)
@open_to("planner")
def freeze(desk: Desk, campaign: Any) -> None:
    """Take a number and freeze plan and lists; the newest of `draws` is the new draw (锁定名录)."""
    freezing.freeze_pool(desk, campaign, fresh_secrets())


@part.act(f"{ONE}/dispatch", KIND)
@open_to("planner")
def dispatch(desk: Desk, campaign: Any) -> None:
    """Send the drawn targets with their teams out to the departments (派发)."""
    visits.dispatch(desk, campaign)


@part.act(f"{ONE}/timetable", KIND, DaysWanted, JobShown(), status=202)
@open_to("planner")
def make_timetable(desk: Desk, campaign: Any, written: dict[str, Any]) -> Any:
    """Ask for days for all visits, one for all departments at a target; the job says when it is done (统一排期)."""
    return lists.job(desk, work.ask_timetable(desk, campaign, Asked(**written)))


@part.act(f"{ONE}/close", KIND)
@open_to("planner")
def close(desk: Desk, campaign: Any) -> None:
    """Close a campaign when every visit is disclosed or void (结束)."""
    visits.close_campaign(desk, campaign)
