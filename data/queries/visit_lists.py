"""Lists of visits (检查清单) as pages show them, and what stands beside each visit of a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, joinedload, selectinload

from data.models import (
    Attachment,
    Campaign,
    CampaignItem,
    Department,
    Disclosure,
    Draw,
    Finding,
    FollowUp,
    Inspector,
    ItemVersion,
    Person,
    Result,
    ResultCode,
    Review,
    Target,
    TeamMember,
    Visit,
)
from data.models.obligations import Obligation
from data.queries.paging import SIZE, Page, page_of

ON_HAND = ("open", "returned")
"""The states in which a visit waits for its team."""


@dataclass(frozen=True)
class Wanted:
    """Which visits of a draw a list is to show; what is empty asks nothing."""

    department: str = ""
    state: str = ""
    first: date | None = None
    last: date | None = None
    without_day: bool = False
    word: str = ""


@dataclass(frozen=True)
class Member:
    """A member of a team as a list shows him, also of a department whose registry the reader does not see."""

    role: str
    code: str
    name: str


def of_draw(session: Session, draw_id: int, wanted: Wanted, number: int = 1, size: int = SIZE) -> Page[Visit]:
    """A page of the visits of a draw by day, those without a day last."""
    asked = _whole(select(Visit).where(Visit.draw_id == draw_id, *_conditions(wanted)))
    return page_of(session, asked.order_by(*_by_day()), number, size)


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.department:
        yield Department.code == wanted.department
    if wanted.state:
        yield Visit.state == wanted.state
    if wanted.first:
        yield Visit.planned_on >= wanted.first
    if wanted.last:
        yield Visit.planned_on <= wanted.last
    if wanted.without_day:
        yield Visit.planned_on.is_(None)
    if wanted.word:
        like = {"autoescape": True}
        yield or_(Target.name.contains(wanted.word, **like), Target.code.contains(wanted.word, **like))


def _whole(asked: Select[Visit]) -> Select[Visit]:
    """With target and department, which every list shows."""
    return (
        asked.join(Target, Target.id == Visit.target_id)
        .join(Department, Department.id == Visit.department_id)
        .options(joinedload(Visit.target), joinedload(Visit.department))
    )


def _by_day() -> Sequence[ColumnElement[object]]:
    return (Visit.planned_on.is_(None), Visit.planned_on, Target.code, Department.code)  # type: ignore[return-value]


def of_inspector(session: Session, inspector_id: int, states: Collection[str], most: int) -> list[Visit]:
    """The visits that were sent out and in whose team an inspector is, by day, with what is to be checked."""
    asked = (
        _whole(select(Visit).where(in_team(inspector_id), Visit.state.in_(states), is_out()))
        .options(
            joinedload(Visit.draw)
            .joinedload(Draw.campaign)
            .selectinload(Campaign.items)
            .joinedload(CampaignItem.version)
            .joinedload(ItemVersion.item)
        )
        .order_by(*_by_day())
        .limit(most)
    )
    return list(session.scalars(asked).unique())


def in_team(inspector_id: int) -> ColumnElement[bool]:
    """Whether an inspector is in the newest team of a visit."""
    seat, newest = TeamMember.__table__.alias("seat"), TeamMember.__table__.alias("newest")

    def of_visit(table: FromClause) -> ColumnElement[bool]:
        c = table.c
        return and_(
            c.draw_id == Visit.draw_id,
            c.target_id == Visit.target_id,
            c.department_id == Visit.department_id,
        )

    last = select(func.max(newest.c.version)).where(of_visit(newest)).correlate(Visit).scalar_subquery()
    return exists(
        select(seat.c.inspector_id)
        .where(of_visit(seat), seat.c.inspector_id == inspector_id, seat.c.version == last)
        .correlate(Visit)
    )


def is_out() -> ColumnElement[bool]:
    """Whether a visit was sent out, and its campaign still goes on."""
    going_on = select(Draw.id).join(Campaign, Campaign.id == Draw.campaign_id)
    return and_(
        Visit.dispatched_at.is_not(None),
        Visit.draw_id.in_(going_on.where(Campaign.state.in_(("inspecting", "closed")))),
    )


def to_review(session: Session, department_id: int, number: int = 1, size: int = SIZE) -> Page[Visit]:
    """The entered visits of a department over all campaigns, those with findings first, then by their entry."""
    newest = _newest_id()
    found = exists(select(Finding.result_id).where(Finding.result_id == newest, Finding.problem != ""))
    asked = (
        _whole(select(Visit).where(Visit.department_id == department_id, Visit.state == "entered"))
        .options(joinedload(Visit.draw).joinedload(Draw.campaign))
        .order_by(case((found, 0), else_=1), newest)
    )
    return page_of(session, asked, number, size)


def _newest_id() -> ColumnElement[int]:
    result = Result.__table__.alias("newest_result")
    return (
        select(func.max(result.c.id)).where(result.c.visit_id == Visit.id).correlate(Visit).scalar_subquery()
    )


def to_disclose(
    session: Session, department_id: int, event: str, number: int = 1, size: int = SIZE
) -> Page[Visit]:
    """The accepted visits of a department over all campaigns, the first due first."""
    asked = (
        _whole(select(Visit).where(Visit.department_id == department_id, Visit.state == "accepted"))
        .options(joinedload(Visit.draw).joinedload(Draw.campaign))
        .outerjoin(Obligation, owed_for_visit(event))
        .order_by(
            Obligation.fulfilled_on.is_not(None), Obligation.due_on.is_(None), Obligation.due_on, Visit.id
        )
    )
    return page_of(session, asked, number, size)


def owed_for_visit(event: str) -> ColumnElement[bool]:
    """How an obligation is bound to its visit."""
    return and_(
        Obligation.subject_kind == "visit",
        Obligation.subject_id == cast(Visit.id, String),
        Obligation.department_id == Visit.department_id,
        Obligation.event == event,
    )


def owed(session: Session, visits: Sequence[Visit], event: str) -> dict[int, Obligation]:
    """What is, or was, owed for each of some visits, as far as the reader may see."""
    rows = session.scalars(
        select(Obligation)
        .where(
            Obligation.subject_kind == "visit",
            Obligation.subject_id.in_([str(each.id) for each in visits]),
            Obligation.event == event,
        )
        .order_by(Obligation.id)
    )
    return {int(each.subject_id): each for each in rows}


def newest_results(session: Session, visits: Sequence[Visit]) -> dict[int, Result]:
    """The newest result of each of some visits, with what was found."""
    rows = session.scalars(
        select(Result)
        .where(Result.visit_id.in_([each.id for each in visits]))
        .options(joinedload(Result.overall), selectinload(Result.findings))
        .order_by(Result.visit_id, Result.version)
    )
    return {each.visit_id: each for each in rows}


def attachments_counted(session: Session, result_ids: Collection[int]) -> dict[int, int]:
    """How many files each of some results has."""
    rows = session.execute(
        select(Attachment.result_id, func.count(Attachment.id))
        .where(Attachment.result_id.in_(result_ids))
        .group_by(Attachment.result_id)
    )
    return {row[0]: row[1] for row in rows}


def teams(session: Session, visits: Sequence[Visit]) -> dict[int, list[Member]]:
    """The team of each of some visits as it stands, the lead first."""
    seat = TeamMember.__table__.c
    keys = {(each.draw_id, each.target_id, each.department_id): each.id for each in visits}
    found = _teams(session, tuple_(seat.draw_id, seat.target_id, seat.department_id).in_(list(keys)))
    return {keys[key]: members for key, members in found.items()}


def teams_of_targets(
    session: Session, draw_id: int, target_ids: Collection[int]
) -> dict[tuple[int, int], list[Member]]:
    """The teams that all departments send to some targets, by (target, department)."""
    seat = TeamMember.__table__.c
    found = _teams(session, and_(seat.draw_id == draw_id, seat.target_id.in_(target_ids)))
    return {key[1:]: members for key, members in found.items()}


def _teams(session: Session, of: ColumnElement[bool]) -> dict[tuple[int, int, int], list[Member]]:
    """Teams as they stand by (draw, target, department), the lead first.

    Of the tables: the lead department sees who goes where, though not the rest of other registries, and who goes to a
    target together with others knows who these are.
    """
    seat, inspector = TeamMember.__table__.c, Inspector.__table__.c
    rows = session.execute(
        select(
            seat.draw_id,
            seat.target_id,
            seat.department_id,
            seat.version,
            seat.role,
            inspector.code,
            inspector.name,
        )
        .where(seat.inspector_id == inspector.id, of)
        .order_by(seat.version.desc(), seat.role, inspector.code)
    )
    found: dict[tuple[int, int, int], tuple[int, list[Member]]] = {}
    for draw_id, target_id, department_id, version, role, code, name in rows:
        newest, members = found.setdefault((draw_id, target_id, department_id), (version, []))
        if version == newest:
            members.append(Member(role, code, name))
    return {key: members for key, (_, members) in found.items()}


def open_counted(session: Session, draw_id: int, department_id: int) -> tuple[int, int]:
    """How many open visits a department has that were sent out: those without a day, and all."""
    rows = session.execute(
        select(Visit.planned_on.is_(None), func.count(Visit.id))
        .where(
            Visit.draw_id == draw_id,
            Visit.department_id == department_id,
            Visit.state == "open",
            Visit.dispatched_at.is_not(None),
        )
        .group_by(Visit.planned_on.is_(None))
    )
    counted = {bool(row[0]): row[1] for row in rows}
    return counted.get(True, 0), sum(counted.values())


def states_counted(session: Session, draw_id: int) -> dict[str, int]:
    """How many of the visits of a draw that the reader sees are in each state."""
    rows = session.execute(
        select(Visit.state, func.count(Visit.id)).where(Visit.draw_id == draw_id).group_by(Visit.state)
    )
    return {row[0]: row[1] for row in rows}


def versions(session: Session, visit_id: int) -> list[Result]:
    """Every version of the result of a visit, the newest first, with what was found at which item."""
    return list(
        session.scalars(
            select(Result)
            .where(Result.visit_id == visit_id)
            .options(joinedload(Result.overall), selectinload(Result.findings))
            .order_by(Result.version.desc())
        )
    )


def reviews(session: Session, result_ids: Collection[int]) -> dict[int, Review]:
    """The reviews of some results."""
    rows = session.scalars(select(Review).where(Review.result_id.in_(result_ids)))
    return {each.result_id: each for each in rows}


def disclosures(session: Session, result_ids: Collection[int]) -> dict[int, Disclosure]:
    """The disclosures of some results."""
    rows = session.scalars(select(Disclosure).where(Disclosure.result_id.in_(result_ids)))
    return {each.result_id: each for each in rows}


def attachments(session: Session, result_ids: Collection[int]) -> dict[int, list[Attachment]]:
    """The files of some results, without their content."""
    found: dict[int, list[Attachment]] = {}
    for each in session.scalars(
        select(Attachment).where(Attachment.result_id.in_(result_ids)).order_by(Attachment.id)
    ):
        found.setdefault(each.result_id, []).append(each)
    return found


def attachment(session: Session, visit_id: int, attachment_id: int) -> Attachment | None:
    """A file of a visit."""
    return session.scalar(
        select(Attachment)
        .join(Result, Result.id == Attachment.result_id)
        .where(Attachment.id == attachment_id, Result.visit_id == visit_id)
    )


def names(session: Session, person_ids: Collection[int]) -> Mapping[int, str]:
    """What some persons are called."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row[0]: row[1] for row in rows}


def codes_on(session: Session, code_list: str | None) -> list[ResultCode]:
    """The codes of a list: first those without a finding; 2 stands before 10."""
    found = session.scalars(select(ResultCode).where(ResultCode.code_list == code_list))
    return sorted(found, key=lambda each: (each.found, len(each.code), each.code))


def follow_ups(
    session: Session, department_id: int, state: str, number: int = 1, size: int = SIZE
) -> Page[FollowUp]:
    """A page of the follow-ups of a department: open ones the oldest first, closed ones the newest first."""
    order = FollowUp.id if state == "open" else FollowUp.id.desc()
    asked = (
        select(FollowUp)
        .join(Visit, Visit.id == FollowUp.visit_id)
        .where(Visit.department_id == department_id, FollowUp.state == state)
        .options(
            joinedload(FollowUp.visit).joinedload(Visit.target),
            joinedload(FollowUp.visit).joinedload(Visit.draw).joinedload(Draw.campaign),
        )
        .order_by(order)
    )
    return page_of(session, asked, number, size)
