"""Questions about departments, users and their roles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload

from data.models import (
    Campaign,
    CampaignDepartment,
    Department,
    DepartmentName,
    Deputy,
    Draw,
    FollowUp,
    Inspector,
    Jurisdiction,
    Person,
    RoleGrant,
    User,
    Visit,
    Witness,
)

_TAKEN = "23505"  # unique_violation
_NOT_DRAWN = ("draft", "invited", "submitted", "approved", "drawing")


def jurisdiction(session: Session, code: str) -> Jurisdiction | None:
    """A jurisdiction by its division code."""
    return session.get(Jurisdiction, code)


def department_by_code(session: Session, code: str) -> Department | None:
    """A department by its code."""
    return session.scalar(select(Department).where(Department.code == code))


def departments_by_id(session: Session, ids: Iterable[int]) -> dict[int, Department]:
    """Departments by id."""
    return {each.id: each for each in session.scalars(select(Department).where(Department.id.in_(set(ids))))}


def user_by_login(session: Session, login: str) -> User | None:
    """A user by login."""
    return session.scalar(select(User).where(User.login == login))


def users(session: Session) -> list[User]:
    """All users by login."""
    return list(session.scalars(select(User).order_by(User.login)))


def users_of(
    department_id: int, text: str = "", state: str = "", role: str = "", today: date | None = None
) -> Select[Any]:
    """A department's users by login: whose login, name or staff number holds a text, in a state, with a role today."""
    found = (
        select(User)
        .join(Person, Person.id == User.person_id)
        .where(User.department_id == department_id)
        .options(joinedload(User.person), joinedload(User.department))
        .order_by(User.login)
    )
    if text:
        holds = (
            each.icontains(text, autoescape=True) for each in (User.login, Person.name, Person.staff_number)
        )
        found = found.where(or_(*holds))
    if state:
        found = found.where(User.state == state)
    if role and today:
        granted = select(RoleGrant.user_id).where(RoleGrant.role == role, *_in_force(department_id, today))
        found = found.where(User.id.in_(granted))
    return found


def user_of(session: Session, user_id: int, department_id: int) -> User | None:
    """A user of a department."""
    return session.scalar(select(User).where(User.id == user_id, User.department_id == department_id))


def add_person(session: Session, staff_number: str, name: str) -> Person | None:
    """A new person; None where somebody else has added one of this number meanwhile."""
    made = Person(staff_number=staff_number, name=name)
    return made if _added(session, made) else None


def add_user(session: Session, user: User) -> bool:
    """Add an account; False where somebody else has taken its login meanwhile."""
    return _added(session, user)


def _added(session: Session, row: Person | User) -> bool:
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        # SQLite lets nobody come between; there this is a fault of ours, as is any other rule that is broken
        if getattr(error.orig, "sqlstate", None) != _TAKEN:
            raise
        return False
    return True


def departments_of_person(session: Session, person_id: int) -> set[int]:
    """The departments in which a person has an account, whatever its state."""
    return set(session.scalars(select(User.department_id).where(User.person_id == person_id)))


def institutions(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """The department of each of some persons by its name; of several the one where he had his first account."""
    rows = session.execute(
        select(User.person_id, Department.name)
        .join(Department, Department.id == User.department_id)
        .where(User.person_id.in_(set(person_ids)))
        .order_by(User.id.desc())
    )
    return {row[0]: row[1] for row in rows}


def departments_in_force(session: Session, person_id: int) -> set[int]:
    """The open departments in which a person has an account that is not disabled."""
    found = select(User.department_id).join(Department, Department.id == User.department_id)
    in_force = (User.person_id == person_id, User.state == "active", Department.closed_on.is_(None))
    return set(session.scalars(found.where(*in_force)))


def has_moved_to(session: Session, person_id: int, department_id: int) -> bool:
    """Whether a person is an inspector of a department by an account that another department has made for him."""
    inspector, user = Inspector.__table__.c, User.__table__.c
    tied = select(user.inspector_id).where(user.person_id == person_id, user.department_id != department_id)
    there = select(inspector.id).where(inspector.id.in_(tied), inspector.department_id == department_id)
    return session.execute(there.limit(1)).first() is not None


def department_of_inspector(session: Session, inspector_id: int) -> int | None:
    """The department of an inspector; of the table, as whoever has moved on is seen by another department."""
    table = Inspector.__table__.c
    row = session.execute(select(table.department_id).where(table.id == inspector_id)).first()
    return row[0] if row else None


def accounts_of_inspector(session: Session, inspector_id: int, department_id: int) -> list[User]:
    """The accounts of a department that are tied to an inspector and not disabled."""
    tied = (User.inspector_id == inspector_id, User.department_id == department_id, User.state == "active")
    return list(session.scalars(select(User).where(*tied).order_by(User.id)))


def persons_of_inspector(session: Session, inspector_id: int) -> set[int]:
    """The persons whose accounts are tied to an inspector; nobody else ties one before this transaction ends."""
    key = Inspector.__table__.c.id
    session.execute(select(key).where(key == inspector_id).with_for_update(key_share=True)).all()
    return set(session.scalars(select(User.person_id).where(User.inspector_id == inspector_id)))


def inspector_codes(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The codes of inspectors by id; of the table, as whoever has moved on is seen by another department."""
    table = Inspector.__table__.c
    rows = session.execute(select(table.id, table.code).where(table.id.in_(set(ids))))
    return {row[0]: row[1] for row in rows}


def person_by_number(session: Session, staff_number: str) -> Person | None:
    """A person by staff number."""
    return session.scalar(select(Person).where(Person.staff_number == staff_number))


def roles_of(session: Session, user_id: int, department_id: int, today: date) -> set[str]:
    """The roles a user holds in his department today, and those in which he stands in for somebody of it who does."""
    standing_in = (
        select(Deputy.role)
        .join(RoleGrant, and_(RoleGrant.user_id == Deputy.user_id, RoleGrant.role == Deputy.role))
        .join(User, User.id == Deputy.user_id)
        .where(Deputy.deputy_id == user_id, Deputy.valid_from <= today, Deputy.valid_to >= today)
        .where(*_in_force(department_id, today), User.state == "active")
    )
    return own_roles_of(session, user_id, department_id, today) | set(session.scalars(standing_in))


def own_roles_of(session: Session, user_id: int, department_id: int, today: date) -> set[str]:
    """The roles a user holds in his department today by grants of his own."""
    own = select(RoleGrant.role).where(RoleGrant.user_id == user_id, *_in_force(department_id, today))
    return set(session.scalars(own))


def grants_in_force(session: Session, user_ids: Iterable[int], today: date) -> Mapping[int, list[RoleGrant]]:
    """The grants of users that are in force today or will be, by user."""
    rows = session.scalars(
        select(RoleGrant)
        .where(
            RoleGrant.user_id.in_(set(user_ids)),
            RoleGrant.revoked_at.is_(None),
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
        )
        .order_by(RoleGrant.role)
    )
    found: dict[int, list[RoleGrant]] = {}
    for each in rows:
        found.setdefault(each.user_id, []).append(each)
    return found


def grant_of(session: Session, grant_id: int, department_id: int) -> RoleGrant | None:
    """A grant in a department."""
    return session.scalar(
        select(RoleGrant).where(RoleGrant.id == grant_id, RoleGrant.department_id == department_id)
    )


@dataclass(frozen=True)
class StandingIn:
    """A deputy with both accounts."""

    deputy: Deputy
    user: User
    by: User


def deputies_of(session: Session, department_id: int, since: date) -> list[StandingIn]:
    """Who stands in for whom in a department, from a day on."""
    by = aliased(User)
    rows = session.execute(
        select(Deputy, User, by)
        .join(User, User.id == Deputy.user_id)
        .join(by, by.id == Deputy.deputy_id)
        .options(joinedload(User.person), joinedload(by.person))
        .where(User.department_id == department_id, Deputy.valid_to >= since)
        .order_by(Deputy.valid_from, Deputy.id)
    )
    return [StandingIn(*row) for row in rows]


def deputy_of(session: Session, deputy_id: int, department_id: int) -> Deputy | None:
    """A deputy in a department."""
    return session.scalar(
        select(Deputy)
        .join(User, User.id == Deputy.user_id)
        .where(Deputy.id == deputy_id, User.department_id == department_id)
    )


def open_departments(session: Session) -> list[Department]:
    """The departments that are not closed, by code."""
    return list(
        session.scalars(select(Department).where(Department.closed_on.is_(None)).order_by(Department.code))
    )


def names_on(session: Session, days: Iterable[tuple[int, date]]) -> dict[tuple[int, date], str]:
    """The names that departments had on days."""
    wanted = set(days)
    ids = {key for key, _ in wanted}
    now = departments_by_id(session, ids)
    of_department = select(DepartmentName).where(DepartmentName.department_id.in_(ids))
    names = list(session.scalars(of_department.order_by(DepartmentName.valid_from)))
    found = {(key, day): now[key].name for key, day in wanted}
    for key, day in wanted:
        for each in names:
            if each.department_id == key and each.valid_from <= day:
                found[key, day] = each.name
    return found


def _in_force(department_id: int, today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        RoleGrant.department_id == department_id,
        RoleGrant.revoked_at.is_(None),
        RoleGrant.valid_from <= today,
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
    )


def open_campaigns_of(session: Session, department_id: int) -> list[str]:
    """The codes of campaigns a department takes part in that are neither closed nor cancelled."""
    campaign, part = (
        Campaign.__table__.c,
        CampaignDepartment.__table__.c,
    )  # also those the reader does not see
    rows = session.execute(
        select(campaign.code)
        .join_from(Campaign.__table__, CampaignDepartment.__table__, part.campaign_id == campaign.id)
        .where(part.department_id == department_id, campaign.state.not_in(("closed", "cancelled")))
        .order_by(campaign.code)
    )
    return [row[0] for row in rows]


def campaigns_witnessed_from(session: Session, department_id: int) -> list[str]:
    """The codes of campaigns still to be drawn that somebody witnesses by his account in a department."""
    campaign, witness, user = Campaign.__table__.c, Witness.__table__.c, User.__table__.c
    rows = session.execute(
        select(campaign.code)
        .join_from(Campaign.__table__, Witness.__table__, witness.campaign_id == campaign.id)
        .join(User.__table__, user.person_id == witness.person_id)
        .where(user.department_id == department_id, user.state == "active", campaign.state.in_(_NOT_DRAWN))
        .distinct()
        .order_by(campaign.code)
    )
    return [row[0] for row in rows]


def campaigns_witnessed_by(session: Session, person_id: int) -> list[str]:
    """The codes of campaigns still to be drawn that a person witnesses, by whatever account."""
    campaign, witness = Campaign.__table__.c, Witness.__table__.c
    rows = session.execute(
        select(campaign.code)
        .join_from(Campaign.__table__, Witness.__table__, witness.campaign_id == campaign.id)
        .where(witness.person_id == person_id, campaign.state.in_(_NOT_DRAWN))
        .order_by(campaign.code)
    )
    return [row[0] for row in rows]


def closed_campaigns_to_finish(session: Session, department_id: int) -> list[str]:
    """The codes of closed campaigns in which a correction by a department, or what follows from one, is still open."""
    campaign, drawn = Campaign.__table__.c, Draw.__table__.c
    visit, follow_up = Visit.__table__.c, FollowUp.__table__.c
    is_open = or_(visit.state.not_in(("disclosed", "void")), follow_up.state == "open")
    rows = session.execute(
        select(campaign.code)
        .join_from(Campaign.__table__, Draw.__table__, drawn.campaign_id == campaign.id)
        .join(Visit.__table__, visit.draw_id == drawn.id)
        .join(FollowUp.__table__, follow_up.visit_id == visit.id, isouter=True)
        .where(visit.department_id == department_id, campaign.state == "closed", is_open)
        .distinct()
        .order_by(campaign.code)
    )
    return [row[0] for row in rows]


def has_departments(session: Session) -> bool:
    """Whether there is any department."""
    return session.scalar(select(Department.id).limit(1)) is not None
