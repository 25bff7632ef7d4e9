"""The register of draws (抽取登记册): every number that a department gave, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from data.models import Draw
from data.queries import draws, lists
from data.queries.paging import Page, page_of
from scheduler.permissions import Desk

OVER = ("completed", "void")


@dataclass(frozen=True)
class Number:
    """A number of a register with its commitment, and whether it should have ended by now."""

    drawn: Draw
    commit: str
    overdue: bool


def own_register(desk: Desk, page: int) -> Page[Number]:
    """The register of the actor's department, the newest number first."""
    return _numbers(desk, page, own=True)


def elsewhere(desk: Desk, page: int) -> Page[Number]:
    """Numbers of other registers in whose draw the actor's department takes part, or of which he is a witness."""
    return _numbers(desk, page, own=False)


def listed(desk: Desk, number: int, size: int, campaign: str, year: int | None, state: str) -> Page[Draw]:
    """Every number that the actor may see, the newest first."""
    return page_of(desk.session, lists.draws(campaign, year, state), number, size)


def is_overdue(desk: Desk, drawn: Draw) -> bool:
    """Whether a number is open past its deadline."""
    return drawn.state not in OVER and desk.today > drawn.deadline


def _numbers(desk: Desk, number: int, own: bool) -> Page[Number]:
    page = page_of(desk.session, draws.register_of(desk.actor.department_id, own), number)
    commits = draws.commits_of(desk.session, [each.id for each in page.rows])
    rows = [Number(each, commits.get(each.id, ""), is_overdue(desk, each)) for each in page.rows]
    return Page(rows, page.number, page.size, page.total, page.counted_out)
