"""A visit with all that was said of it (检查卷宗), and lists of visits; only looked at, nothing is done here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.models import (
    Attachment,
    Campaign,
    Disclosure,
    FollowUp,
    ItemVersion,
    Result,
    ResultCode,
    Review,
    Visit,
)
from data.models.obligations import Obligation
from data.queries import draws, obligations, organisation, visit_lists, visits
from data.queries.paging import Page
from data.queries.visit_lists import ON_HAND, Member, Wanted
from matching.refused import Refused
from scheduler.inspection.drawing import current_draw
from scheduler.inspection.results import DUE_EVENT, items_of
from scheduler.inspection.secrecy import check_rows, sees_rows
from scheduler.inspection.steps import VISIT
from scheduler.permissions import Desk

__all__ = ["Member", "Page", "Wanted"]

NEAR = 5
"""So many working days before its due day a disclosure is told to be due soon."""
MOST_OF_MINE = 200
DAYS_OF_ONE_PAGE = 50


@dataclass(frozen=True)
class Listed:
    """A visit as a list shows it: its team, its newest result, what is owed for it."""

    visit: Visit
    team: Sequence[Member]
    result: Result | None
    due: date | None
    how_due: str  # "late", "near" or ""
    entered_by: str = ""
    files: int = 0
    own: bool = False  # its result is the reader's own

    @property
    def problems(self) -> list[str]:
        """What was found."""
        return [each.problem for each in self.result.findings if each.problem] if self.result else []


@dataclass(frozen=True)
class Version:
    """A version of a result with all that was done with it."""

    result: Result
    review: Review | None
    disclosure: Disclosure | None
    files: Sequence[Attachment]
    names: Mapping[int, str]


@dataclass(frozen=True)
class Item:
    """An item to be checked: how a result names it, and its version in force at the campaign."""

    reference: str
    version: ItemVersion


@dataclass(frozen=True)
class Changed:
    """A change of a visit's target or team: a recusal, a void, who took the seat."""

    kind: str
    who: str
    ground: str
    result: str
    note: str
    at: object


def of_campaign(desk: Desk, campaign: Campaign, wanted: Wanted, number: int = 1) -> Page[Listed]:
    """A page of the visits of a campaign that the actor may see; Refused `draw.not_dispatched`, see `sees_visits`."""
    drawn = current_draw(desk, campaign)
    check_rows(desk, drawn)
    return _listed(desk, visit_lists.of_draw(desk.session, drawn.id, wanted, number))


def sees_visits(desk: Desk, campaign: Campaign) -> bool:
    """Whether the actor may see a campaign's visits one by one by now, or only how many there are."""
    return sees_rows(desk, current_draw(desk, campaign))


def states(desk: Desk, campaign: Campaign) -> dict[str, int]:
    """How many of a campaign's visits that the actor may see are in each state."""
    return visit_lists.states_counted(desk.session, current_draw(desk, campaign).id)


def waits_for_days(desk: Desk, campaign: Campaign) -> tuple[int, int]:
    """How many open visits the actor's department has in a campaign: those without a day, and all."""
    return visit_lists.open_counted(desk.session, current_draw(desk, campaign).id, desk.actor.department_id)


def to_review(desk: Desk, number: int = 1) -> Page[Listed]:
    """What waits for review in the actor's department, over all campaigns, with findings first."""
    return _listed(
        desk, visit_lists.to_review(desk.session, desk.actor.department_id, number, DAYS_OF_ONE_PAGE)
    )


def to_disclose(desk: Desk, number: int = 1) -> Page[Listed]:
    """What waits for disclosure in the actor's department, over all campaigns, the first due first."""
    own = desk.actor.department_id
    return _listed(desk, visit_lists.to_disclose(desk.session, own, DUE_EVENT, number, DAYS_OF_ONE_PAGE))


def mine(desk: Desk, done: bool = False) -> list[Listed]:
    """The visits in whose team the actor is: those that wait for him by day, or those he has done with."""
    if desk.actor.inspector_id is None:
        return []
    states = ("entered", "accepted", "disclosed") if done else ON_HAND
    found = visit_lists.of_inspector(desk.session, desk.actor.inspector_id, states, MOST_OF_MINE)
    return _beside(desk, found)


def _listed(desk: Desk, found: Page[Visit]) -> Page[Listed]:
    return Page(_beside(desk, found.rows), found.number, found.size, found.total, found.counted_out)


def _beside(desk: Desk, found: Sequence[Visit]) -> list[Listed]:
    """What stands beside each visit of a page, each kind asked for once."""
    if not found:
        return []
    session = desk.session
    teams, newest = visit_lists.teams(session, found), visit_lists.newest_results(session, found)
    owed = visit_lists.owed(session, found, DUE_EVENT)
    names = visit_lists.names(session, {each.entered_by_person_id for each in newest.values()})
    files = visit_lists.attachments_counted(session, {each.id for each in newest.values()})
    soon = soon_due(desk) if owed else desk.today
    listed = []
    for visit in found:
        result, due = newest.get(visit.id), _open_day(owed.get(visit.id))
        by = result.entered_by_person_id if result else 0
        listed.append(
            Listed(
                visit=visit,
                team=teams.get(visit.id, []),
                result=result,
                due=due,
                how_due=how_due(due, desk.today, soon),
                entered_by=names.get(by, ""),
                files=files.get(result.id, 0) if result else 0,
                own=by == desk.actor.person_id,
            )
        )
    return listed


def soon_due(desk: Desk) -> date:
    """What is due up to this day is due soon."""
    return desk.workdays.nth_after(desk.today, NEAR)


def how_due(due: date | None, today: date, soon: date) -> str:
    """Whether something is late or due soon."""
    if due is None or due > soon:
        return ""
    return "late" if due < today else "near"


def _open_day(owed: Obligation | None) -> date | None:
    return owed.due_on if owed and owed.fulfilled_on is None else None


# One visit


def team(desk: Desk, visit: Visit) -> Sequence[Member]:
    """The team of a visit as it stands, the lead first."""
    return visit_lists.teams(desk.session, [visit]).get(visit.id, [])


def items(desk: Desk, visit: Visit) -> list[Item]:
    """What is to be checked at a visit."""
    return items_of_each(desk, [visit])[visit.id]


def items_of_each(desk: Desk, found: Sequence[Visit]) -> dict[int, list[Item]]:
    """What is to be checked at each of some visits."""
    versions = {each.id: items_of(each) for each in found}
    departments = organisation.departments_by_id(
        desk.session, {version.item.department_id for of_one in versions.values() for version in of_one}
    )
    return {
        visit_id: [
            Item(f"{departments[each.item.department_id].code}/{each.item.code}", each) for each in of_one
        ]
        for visit_id, of_one in versions.items()
    }


def history(desk: Desk, visit: Visit) -> list[Version]:
    """Every version of a visit's result, the newest first, with its review, its disclosure and its files."""
    session = desk.session
    found = visit_lists.versions(session, visit.id)
    ids = [each.id for each in found]
    reviews, disclosures = visit_lists.reviews(session, ids), visit_lists.disclosures(session, ids)
    files = visit_lists.attachments(session, ids)
    persons = {each.entered_by_person_id for each in found}
    persons |= {each.reviewer_person_id for each in reviews.values()}
    persons |= {each.person_id for each in disclosures.values()}
    names = visit_lists.names(session, persons)
    return [
        Version(each, reviews.get(each.id), disclosures.get(each.id), files.get(each.id, []), names)
        for each in found
    ]


def owed(desk: Desk, visit: Visit) -> Obligation | None:
    """What the department owes, or owed, for a visit, with how its day was reckoned."""
    return obligations.obligation_of(desk.session, DUE_EVENT, "visit", str(visit.id), visit.department_id)


def changes(desk: Desk, visit: Visit) -> list[Changed]:
    """The changes of a visit's target, and of the team that its department sends."""
    found = []
    for each in draws.changes(desk.session, visit.draw_id):
        target, _, who = each.subject.partition(";")
        if target == visit.target.code and _is_of(desk, each.kind, who, visit):
            found.append(Changed(each.kind, who, each.ground, each.result, each.note, each.at))
    return found


def _is_of(desk: Desk, kind: str, who: str, visit: Visit) -> bool:
    if kind != "supply":
        return kind == "void" or _is_own(desk, who, visit)
    return who in ("", visit.department.code)


def _is_own(desk: Desk, inspector_code: str, visit: Visit) -> bool:
    standing = visits.standing_of_inspectors(desk.session, [inspector_code])
    return standing.get(inspector_code, (0, ""))[0] == visit.department_id


def codes_in_force(desk: Desk, day: date) -> list[ResultCode]:
    """The list of result codes in force on a day."""
    return visit_lists.codes_on(desk.session, visits.code_list_on(desk.session, day))


def find_file(desk: Desk, visit: Visit, number: int) -> Attachment:
    """A file of a visit; Refused `attachment.unknown`."""
    found = visit_lists.attachment(desk.session, visit.id, number)
    if found is None:
        raise Refused("attachment.unknown", number=number)
    return found


def possible(desk: Desk, visit: Visit) -> set[str]:
    """The acts that a page may offer the actor on a visit as it stands; the use case of each still decides."""
    if visit.dispatched_at is None:
        return set()
    own = visit.department_id == desk.actor.department_id
    acts = {
        act
        for act in VISIT.possible(visit.state)
        if desk.actor.roles.intersection(VISIT.roles(act)) and (own or act == "void")
    }
    campaign = visit.draw.campaign
    if campaign.lead_department_id != desk.actor.department_id or campaign.state != "inspecting":
        acts.discard("void")
    return acts - _not_his(desk, visit, acts)


def _not_his(desk: Desk, visit: Visit, acts: set[str]) -> set[str]:
    """What a role allows in general and not this person here."""
    barred: set[str] = set()
    if acts & {"enter", "correct", "attach"} and not is_seated(desk, visit):
        barred |= {"enter", "correct", "attach"}
    if acts & {"accept", "send_back"}:
        newest = visits.newest_result(desk.session, visit.id)
        if newest and newest.entered_by_person_id == desk.actor.person_id:
            barred |= {"accept", "send_back"}
    return barred


def is_seated(desk: Desk, visit: Visit) -> bool:
    """Whether the actor is of the team of a visit as it stands."""
    return desk.actor.inspector_id in {each.inspector_id for each in visits.team(desk.session, visit)}


# Follow-ups


def follow_ups(desk: Desk, state: str, number: int = 1) -> Page[FollowUp]:
    """A page of the follow-ups of the actor's department that are open, or closed."""
    return visit_lists.follow_ups(desk.session, desk.actor.department_id, state, number)
