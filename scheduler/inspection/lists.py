"""Lists as other systems page through them (清单), each as far as the actor may see it; nothing is done here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.models import AnnualPlan, Campaign, Department, Draw, FollowUp, ItemVersion, Job, Visit
from data.queries import annual_plans as plan_queries
from data.queries import campaigns as campaign_queries
from data.queries import draws as draw_queries
from data.queries import items as item_queries
from data.queries import jobs as job_queries
from data.queries import lists, organisation, visit_lists, visits
from data.queries.paging import Page, page_of
from data.queries.visit_lists import Member
from data.schemas.items import methods_of
from matching.refused import Refused
from scheduler.inspection import dossier
from scheduler.inspection.dossier import Version
from scheduler.inspection.secrecy import secret_draws
from scheduler.permissions import Desk


def departments(desk: Desk, number: int, size: int) -> Page[Department]:
    """All departments."""
    return page_of(desk.session, lists.departments(), number, size)


def annual_plans(desk: Desk, number: int, size: int, year: int | None, state: str) -> Page[AnnualPlan]:
    """The annual plans of the actor's department."""
    return page_of(desk.session, plan_queries.listed(year, state), number, size)


def held_plan(desk: Desk, plan: AnnualPlan) -> AnnualPlan:
    """A plan that nobody else changes before the transaction ends."""
    campaign_queries.lock_plan(desk.session, plan)
    return plan


def draws_of(desk: Desk, campaign: Campaign) -> list[Draw]:
    """The draws of a campaign, the first one first."""
    return draw_queries.draws_of(desk.session, campaign.id)


@dataclass(frozen=True)
class Item:
    """A version of an item, and the code of its department."""

    row: ItemVersion
    department: str

    @property
    def methods(self) -> list[str]:
        """Its methods one by one, as an outline has them."""
        return methods_of(self.row.methods)


def items(
    desk: Desk, number: int, size: int, q: str, state: str, item_class: str, department: str
) -> Page[Item]:
    """Items: of the actor's department in every state, of others what is published; Refused `department.unknown`."""
    of = organisation.department_by_code(desk.session, department) if department else None
    if department and of is None:
        raise Refused("department.unknown", department=department)
    wanted = item_queries.Wanted(of.id if of else None, state, item_class, q)
    page = page_of(desk.session, item_queries.listed(desk.actor.department_id, wanted), number, size)
    return _same_page(page, _with_departments(desk, page.rows))


def item(desk: Desk, version: ItemVersion) -> Item:
    """A version with its department."""
    return _with_departments(desk, [version])[0]


def _with_departments(desk: Desk, versions: Sequence[ItemVersion]) -> list[Item]:
    codes = organisation.departments_by_id(desk.session, [each.item.department_id for each in versions])
    return [Item(each, codes[each.item.department_id].code) for each in versions]


def campaigns(desk: Desk, number: int, size: int, q: str, state: str) -> Page[Campaign]:
    """Campaigns, the newest first."""
    return page_of(desk.session, lists.campaigns(q, state), number, size)


@dataclass(frozen=True)
class Seen:
    """A visit with its team as it stands."""

    row: Visit
    team: Sequence[Member]


def listed_visits(
    desk: Desk, number: int, size: int, campaign: str, department: str, target: str, state: str
) -> Page[Seen]:
    """Visits that the actor may see by now, the newest first."""
    secret = secret_draws(desk)
    page = page_of(desk.session, lists.visits(campaign, department, target, state, secret), number, size)
    teams = visit_lists.teams(desk.session, page.rows)
    return _same_page(page, [Seen(each, teams.get(each.id, [])) for each in page.rows])


@dataclass(frozen=True)
class Whole:
    """A visit with what is to be checked, the versions of its result, and the day its disclosure is due."""

    row: Visit
    team: Sequence[Member]
    items: Sequence[str]
    versions: Sequence[Version]
    due_on: date | None

    @property
    def version(self) -> int | None:
        """The number of its newest version."""
        return self.versions[0].result.version if self.versions else None

    @property
    def files(self) -> int:
        """How many files its newest version has."""
        return len(self.versions[0].files) if self.versions else 0


def whole_visit(desk: Desk, visit: Visit) -> Whole:
    """A visit with all that is said of it."""
    owed = dossier.owed(desk, visit)
    return Whole(
        row=visit,
        team=dossier.team(desk, visit),
        items=[each.reference for each in dossier.items(desk, visit)],
        versions=dossier.history(desk, visit),
        due_on=owed.due_on if owed else None,
    )


def item_names(desk: Desk, visit: Visit) -> dict[int, str]:
    """How a result names the items of a visit, by the ids of their versions."""
    return {each.version.id: each.reference for each in dossier.items(desk, visit)}


def follow_ups(desk: Desk, number: int, size: int, state: str) -> Page[FollowUp]:
    """The follow-ups of the actor's department."""
    return page_of(desk.session, lists.follow_ups(desk.actor.department_id, state), number, size)


def held_follow_up(desk: Desk, follow_up: FollowUp) -> FollowUp:
    """A follow-up that nobody else changes before the transaction ends."""
    found = visits.locked_follow_up(desk.session, follow_up.id)
    if found is None:
        raise Refused("follow_up.unknown", number=follow_up.id)
    return found


def jobs(desk: Desk, number: int, size: int, state: str) -> Page[Job]:
    """The jobs of the actor's department, the newest first."""
    return page_of(desk.session, job_queries.newest_first(state), number, size)


def job(desk: Desk, job_id: int) -> Job:
    """A job of the actor's department; Refused `job.unknown`."""
    found = job_queries.by_id(desk.session, job_id)
    if found is None:
        raise Refused("job.unknown", number=job_id)
    return found


def _same_page(page: Page[Any], rows: Sequence[Any]) -> Page[Any]:
    return Page(rows, page.number, page.size, page.total, page.counted_out)
