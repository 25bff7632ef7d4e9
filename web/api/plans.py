"""Annual plans (年度抽查工作计划)."""

from __future__ import annotations

from typing import Any

from flask import request

from data.schemas.campaigns import AnnualPlanOutline
from data.schemas.planning import AnnualPlanListed, AnnualPlanShown, AnnualPlansWanted
from scheduler.inspection import annual_plans, lists, planning
from scheduler.inspection.steps import ANNUAL_PLAN
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import ID, Kind, Part

part = Part("annual_plans", "Annual plans (年度抽查工作计划)")


def _tell(desk: Desk, plan: Any) -> dict[str, Any]:
    return {"id": plan.id, "state": plan.state, "outline": annual_plans.outline_of(desk, plan)}


KIND = Kind(AnnualPlanShown(), annual_plans.plan_of_id, lists.held_plan, _tell)
ONE = f"/annual-plans/<{ID}:plan_id>"


@part.page("/annual-plans", AnnualPlanListed, AnnualPlansWanted)
@open_to(SIGNED_IN)
def listed(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """The annual plans of one's department (本部门年度计划)."""
    return lists.annual_plans(desk, number, size, **filters)


@part.one(ONE, KIND)
@open_to(SIGNED_IN)
def one() -> None:
    """One annual plan with its lines (年度计划及其各项)."""


@part.making("/annual-plans", KIND, AnnualPlanOutline, lambda plan: {"plan_id": plan.id})
@open_to("planner")
def draft(desk: Desk, _read: Any) -> Any:
    """Draft an annual plan (起草)."""
    return planning.draft_plan(desk, request.get_json())


@part.act(ONE, KIND, AnnualPlanOutline, method="PUT")
@open_to("planner")
def amend(desk: Desk, plan: Any, _read: Any) -> None:
    """Write a draft anew (修改草案)."""
    annual_plans.amend_plan(desk, plan, request.get_json())


def _move(act: str, words: str) -> None:
    @open_to(*ANNUAL_PLAN.roles(act))
    def move(desk: Desk, plan: Any) -> None:
        planning.move_plan(desk, plan, act)

    move.__name__, move.__doc__ = act, words
    part.act(f"{ONE}/{act}", KIND)(move)


for _act, _words in {
    "approve": "Approve a plan; who wrote it does not (批准).",
    "publish": "Publish an approved plan (公布).",
    "start": "Begin to carry out a plan (执行).",
    "finish": "Finish a plan (完成).",
    "withdraw": "Withdraw a plan that is not published (撤回).",
}.items():
    _move(_act, _words)
