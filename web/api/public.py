"""What anybody may read without a token (公示): campaigns, the register of draws, disclosed results."""

from __future__ import annotations

from typing import Any

from data.schemas.public import (
    PublicCampaign,
    PublicCampaignsWanted,
    PublicDraw,
    PublicRegisterWanted,
    PublicResult,
    PublicResultsWanted,
    PublicResultWhole,
)
from scheduler.inspection import disclosure
from web.access import PUBLIC, open_to
from web.api.parts import ID, Part
from web.desks import for_strangers, today

part = Part("public", "What anybody may read (公示)")


@part.public_page("/public/campaigns", PublicCampaign, PublicCampaignsWanted)
@open_to(PUBLIC)
def campaigns(number: int, size: int, q: str, department: str, year: int | None) -> Any:
    """Campaigns of which a number is committed, the newest first (公示的抽查任务)."""
    with for_strangers() as session:
        return disclosure.campaigns(session, q, department, year, number, size)


@part.public_page("/public/register", PublicDraw, PublicRegisterWanted)
@open_to(PUBLIC)
def register(number: int, size: int, department: str, year: int | None, overdue: bool) -> Any:
    """The register of draws, void numbers among them (抽取登记册)."""
    with for_strangers() as session:
        return disclosure.register(session, today(), department, year, overdue, number, size)


@part.public_page("/public/results", PublicResult, PublicResultsWanted)
@open_to(PUBLIC)
def results(number: int, size: int, q: str, campaign: str) -> Any:
    """The newest disclosed results of targets (检查结果查询)."""
    with for_strangers() as session:
        return disclosure.results(session, q, campaign, number, size)


@part.public_one(f"/public/results/<{ID}:result_id>", PublicResultWhole())
@open_to(PUBLIC)
def result(result_id: int) -> Any:
    """One disclosed result with its findings (检查结果)."""
    with for_strangers() as session:
        return disclosure.result(session, result_id)
