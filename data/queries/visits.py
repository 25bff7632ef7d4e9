"""Questions about visits, results and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from data.models import (
    Attachment,
    Bar,
    Campaign,
    Department,
    Disclosure,
    Draw,
    FollowUp,
    Inspector,
    Result,
    ResultCode,
    Target,
    TeamMember,
    Visit,
)
from data.queries.draws import teams_of


def visit(session: Session, draw_id: int, target_code: str, department_id: int) -> Visit | None:
    """A department's visit to a target, if it may be seen."""
    return session.scalar(
        select(Visit)
        .join(Target, Target.id == Visit.target_id)
        .where(Visit.draw_id == draw_id, Target.code == target_code, Visit.department_id == department_id)
    )


def visit_by_id(session: Session, visit_id: int) -> Visit | None:
    """A visit by its id, if it may be seen."""
    return session.scalar(select(Visit).where(Visit.id == visit_id))


def locked_visit(session: Session, visit_id: int) -> Visit | None:
    """A visit whose row nobody else changes before this transaction ends, as it stands now."""
    return session.scalar(
        select(Visit).where(Visit.id == visit_id).with_for_update().execution_options(populate_existing=True)
    )


def unfinished(session: Session, draw_id: int) -> int:
    """How many visits of a draw are neither disclosed nor void."""
    counted = select(func.count(Visit.id)).where(
        Visit.draw_id == draw_id, Visit.state.not_in(("disclosed", "void"))
    )
    return session.scalar(counted) or 0


def states(session: Session, draw_id: int) -> dict[tuple[str, str], int]:
    """How many visits of each department are in each state."""
    rows = session.execute(
        select(Department.code, Visit.state, func.count(Visit.id))
        .join(Department, Department.id == Visit.department_id)
        .where(Visit.draw_id == draw_id)
        .group_by(Department.code, Visit.state)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def team(session: Session, of: Visit) -> list[TeamMember]:
    """The team of a visit as it stands, the lead first."""
    rows = session.scalars(
        select(TeamMember)
        .where(
            TeamMember.draw_id == of.draw_id,
            TeamMember.target_id == of.target_id,
            TeamMember.department_id == of.department_id,
        )
        .order_by(TeamMember.version.desc(), TeamMember.role, TeamMember.inspector_id)
    ).all()
    return [each for each in rows if each.version == rows[0].version]


def draws_with_open_seats(session: Session, inspector_id: int) -> list[Draw]:
    """The draws in which an inspector has, or once had, a seat on a visit that was sent out and is still open."""
    of_seats = (
        select(TeamMember.draw_id)
        .join(Visit, _same_visit())
        .where(
            TeamMember.inspector_id == inspector_id, Visit.state == "open", Visit.dispatched_at.is_not(None)
        )
    )
    return list(session.scalars(select(Draw).where(Draw.id.in_(of_seats)).order_by(Draw.id)))


def _same_visit() -> ColumnElement[bool]:
    return (
        (Visit.draw_id == TeamMember.draw_id)
        & (Visit.target_id == TeamMember.target_id)
        & (Visit.department_id == TeamMember.department_id)
    )


def open_targets(session: Session, draw_id: int, department_id: int | None = None) -> set[str]:
    """The codes of the targets that a department, or where none is named every one, has still to visit."""
    begun = select(Visit.target_id).where(Visit.draw_id == draw_id, Visit.state != "open")
    still = select(Target.code).join(Visit, Visit.target_id == Target.id).where(Visit.draw_id == draw_id)
    if department_id is None:
        return set(session.scalars(still.where(Visit.target_id.not_in(begun))))
    return set(session.scalars(still.where(Visit.department_id == department_id, Visit.state == "open")))


def inspector_by_code(session: Session, code: str) -> Inspector | None:
    """An inspector by code, if he may be seen."""
    return session.scalar(select(Inspector).where(Inspector.code == code))


def standing_of_inspectors(session: Session, codes: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Department and state of inspectors today; of the table, as whoever left is seen by another department."""
    table = Inspector.__table__.c
    wanted = set(codes)
    rows = session.execute(select(table.code, table.department_id, table.state))
    return {row[0]: (row[1], row[2]) for row in rows if row[0] in wanted}


def has_bar(session: Session, inspector_id: int, target_id: int, ground: str) -> bool:
    """Whether the registry has this bar already."""
    found = select(Bar.id).where(
        Bar.inspector_id == inspector_id, Bar.target_id == target_id, Bar.ground == ground
    )
    return session.scalar(found) is not None


def newest_result(session: Session, visit_id: int) -> Result | None:
    """The newest version of a visit's result."""
    return session.scalar(
        select(Result).where(Result.visit_id == visit_id).order_by(Result.version.desc()).limit(1)
    )


def result_code(session: Session, code_list: str, code: str) -> ResultCode | None:
    """A result code of a list."""
    return session.get(ResultCode, (code_list, code))


def code_list_on(session: Session, day: date) -> str | None:
    """The newest list of result codes in force on a day."""
    return session.scalar(
        select(ResultCode.code_list)
        .where(ResultCode.valid_from <= day, or_(ResultCode.valid_to.is_(None), ResultCode.valid_to >= day))
        .order_by(ResultCode.valid_from.desc(), ResultCode.code_list)
        .limit(1)
    )


def disclosed_versions(session: Session, visit_id: int) -> list[tuple[Result, Disclosure]]:
    """The disclosed versions of a visit's result, oldest first."""
    rows = session.execute(
        select(Result, Disclosure)
        .join(Disclosure, Disclosure.result_id == Result.id)
        .where(Result.visit_id == visit_id)
        .order_by(Result.version)
    )
    return [(row[0], row[1]) for row in rows]


def open_follow_ups(session: Session, campaign_id: int) -> list[FollowUp]:
    """The open follow-ups of a campaign."""
    return list(
        session.scalars(
            select(FollowUp)
            .join(Visit, Visit.id == FollowUp.visit_id)
            .join(Draw, Draw.id == Visit.draw_id)
            .join(Campaign, Campaign.id == Draw.campaign_id)
            .where(Campaign.id == campaign_id, FollowUp.state == "open")
            .order_by(FollowUp.id)
        )
    )


def measures_opened(session: Session, visit_id: int) -> set[str]:
    """What was ever opened to follow from a visit, in whatever version of its result."""
    return set(session.scalars(select(FollowUp.measure).where(FollowUp.visit_id == visit_id)))


def has_attachment(session: Session, result_id: int, sha256: str) -> bool:
    """Whether a result has this file already."""
    found = select(Attachment.id).where(Attachment.result_id == result_id, Attachment.sha256 == sha256)
    return session.scalar(found) is not None


def inspectors_of(session: Session, department_id: int) -> list[Inspector]:
    """The inspectors of a department."""
    return list(
        session.scalars(
            select(Inspector).where(Inspector.department_id == department_id).order_by(Inspector.code)
        )
    )


def team_codes(session: Session, draw_id: int) -> dict[tuple[int, int], list[str]]:
    """The codes of the inspectors of every team as it stands, by (target, department), the lead first."""
    inspector = Inspector.__table__.c  # the lead sees who goes where, though not the rest of other registries
    codes = {row[0]: row[1] for row in session.execute(select(inspector.id, inspector.code))}
    teams = teams_of(session, draw_id)
    return {
        key: [
            codes.get(each.inspector_id, "?") for each in sorted(team, key=lambda m: (m.role, m.inspector_id))
        ]
        for key, team in teams.items()
    }


def visits_in(session: Session, draw_id: int, department_id: int, state: str) -> list[Visit]:
    """The visits of a department in a state, by target."""
    return list(
        session.scalars(
            select(Visit)
            .where(Visit.draw_id == draw_id, Visit.department_id == department_id, Visit.state == state)
            .order_by(Visit.target_id)
        )
    )


def follow_up(session: Session, campaign_id: int, follow_up_id: int) -> FollowUp | None:
    """A follow-up of a campaign."""
    return next((each for each in open_follow_ups(session, campaign_id) if each.id == follow_up_id), None)


def follow_up_by_id(session: Session, follow_up_id: int) -> FollowUp | None:
    """A follow-up by its id, if it may be seen."""
    return session.scalar(select(FollowUp).where(FollowUp.id == follow_up_id))


def locked_follow_up(session: Session, follow_up_id: int) -> FollowUp | None:
    """A follow-up whose row nobody else changes before this transaction ends, as it stands now."""
    return session.scalar(
        select(FollowUp)
        .where(FollowUp.id == follow_up_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def team_inspectors(session: Session, of: Visit) -> list[Inspector]:
    """The inspectors of a visit's team as it stands, the lead first."""
    return [session.get_one(Inspector, each.inspector_id) for each in team(session, of)]


def departed_with_open_seats(session: Session, department_id: int) -> list[tuple[int, str]]:
    """Id and code of inspectors with a seat on an open visit of a department who are its active inspectors no more."""
    member, of_visit, inspector = (each.__table__.c for each in (TeamMember, Visit, Inspector))
    rows = session.execute(
        select(inspector.id, inspector.code)
        .where(
            member.inspector_id == inspector.id,
            of_visit.draw_id == member.draw_id,
            of_visit.target_id == member.target_id,
            of_visit.department_id == member.department_id,
            of_visit.department_id == department_id,
            of_visit.state == "open",
            or_(inspector.department_id != department_id, inspector.state != "active"),
        )
        .distinct()
        .order_by(inspector.code)
    )
    return [(row[0], row[1]) for row in rows]


def codes_of(session: Session, code_list: str) -> list[str]:
    """The codes of a list with their names."""
    found = select(ResultCode).where(ResultCode.code_list == code_list).order_by(ResultCode.code)
    return [f"{each.code} {each.name}" for each in session.scalars(found)]
