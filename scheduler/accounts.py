"""Accounts (用户): persons, their logins, roles granted for a time, deputies; and departments that are renamed or merged.

On the machine itself, by the command line, anybody who may write to the database may do this; it is told to the ledger as
done by the system. In a face, an administrator does it, and nobody for himself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from data.intake.lines import ACCOUNTS, Line, read_lines
from data.intake.records import Source
from data.models import Department, DepartmentName, Deputy, Person, RoleGrant, User
from data.queries import organisation, visits
from data.scope import widened
from data.vocabulary import ROLES
from matching.refused import Refused
from scheduler.back_fill import NotDone, each_or_none
from scheduler.clock import business_date
from scheduler.identity import end_entries, hash_password
from scheduler.permissions import Desk, actor_of, in_own_department, role_held, system_act
from scheduler.transaction import EVERYTHING, Engine, reading

LONGEST_NAME = 200
LONGEST_LOGIN, LONGEST_NUMBER, LONGEST_PERSON = 100, 50, 100


@dataclass(frozen=True)
class NewUser:
    """An account to be made; several accounts of one person share his staff number. The password is his own."""

    login: str
    staff_number: str
    name: str
    department: str
    inspector: str = ""
    password: str | None = None


def add_user(session: Session, now: datetime, new: NewUser) -> User:
    """Make an account; Refused `user.*`, `department.unknown`."""
    user = open_account(session, new)
    system_act(session, now, "user:add", f"user/{user.id}", {"person": user.person_id})
    return user


def open_account(session: Session, new: NewUser) -> User:
    """The account itself, whoever makes it; Refused `user.*`, `department.unknown`, `inspector.unknown`."""
    _check_login(session, new.login)
    department = find_department(session, new.department)
    password_hash = None if new.password is None else hash_password(new.password)
    person = _person(session, new.staff_number, new.name)
    user = User(
        login=new.login,
        person_id=person.id,
        department_id=department.id,
        state="active",
        password_hash=password_hash,
        inspector_id=_inspector_id(session, new.inspector, department.id, person.id),
    )
    if not organisation.add_user(session, user):
        raise Refused("user.exists", login=new.login)
    return user


def _check_login(session: Session, login: str) -> None:
    if not login or len(login) > LONGEST_LOGIN or not login.isprintable() or " " in login:
        raise Refused("user.login", login=login[:LONGEST_LOGIN])
    if organisation.user_by_login(session, login):
        raise Refused("user.exists", login=login)


def _person(session: Session, staff_number: str, name: str) -> Person:
    for written, most in ((staff_number, LONGEST_NUMBER), (name, LONGEST_PERSON)):
        if not written.strip() or len(written) > most or not written.isprintable():
            raise Refused(
                "user.person", staff_number=staff_number[:LONGEST_NUMBER], name=name[:LONGEST_PERSON]
            )
    person = (
        organisation.person_by_number(session, staff_number)
        or organisation.add_person(session, staff_number, name)
        or organisation.person_by_number(session, staff_number)  # whom somebody else has added meanwhile
    )
    if person is None or person.name != name:
        raise Refused("user.other_name", staff_number=staff_number)
    return person


def add_users(database: Engine, now: datetime, name: str, content: bytes) -> int | NotDone:
    """Make the accounts of a file, each with its roles; how many, or everything that is wrong and nothing made."""

    def add(session: Session, new: NewUser, roles: list[str]) -> None:
        add_user(session, now, new)
        for role in roles:
            grant(session, now, new.login, role)

    return accounts_of_file(database, name, content, add)


def accounts_of_file(
    database: Engine, name: str, content: bytes, add: Callable[[Session, NewUser, list[str]], None]
) -> int | NotDone:
    """Let `add` make each account of a file with its roles: all of them, or none and everything that is wrong."""
    read = read_lines(Source(name, content), ACCOUNTS)
    if read.faults:
        return NotDone(read.faults)

    def add_line(session: Session, line: Line) -> None:
        new = NewUser(*(line[each] for each in ("login", "number", "name", "department", "inspector")))
        add(session, new, [role for role in line["roles"].split(";") if role])

    return each_or_none(database, read.lines, lambda line: line.number, add_line)


def grant(session: Session, now: datetime, login: str, role: str, valid_to: date | None = None) -> RoleGrant:
    """Grant a role in the user's department from today on; Refused `user.*`."""
    user = find_user(session, login)
    made = give_role(session, now, user, role, valid_to)
    system_act(session, now, "user:grant", f"user/{user.id}", {"role": role})
    return made


def give_role(
    session: Session, now: datetime, user: User, role: str, valid_to: date | None, by: int | None = None
) -> RoleGrant:
    """The grant itself, by a person or by nobody's account; Refused `user.*`."""
    if role not in ROLES:
        raise Refused("user.no_such_role", role=role, possible=list(ROLES))
    today = business_date(now)
    if valid_to is not None and valid_to < today:
        raise Refused("user.period", first=str(today), last=str(valid_to))
    if role in organisation.own_roles_of(session, user.id, user.department_id, today):
        raise Refused("user.has_role", login=user.login, role=role)
    made = RoleGrant(
        user_id=user.id,
        person_id=user.person_id,
        role=role,
        department_id=user.department_id,
        valid_from=today,
        valid_to=valid_to,
        granted_by_person_id=by,
        granted_at=now,
    )
    session.add(made)
    session.flush()
    return made


def stand_in(
    session: Session, now: datetime, login: str, deputy: str, role: str, first: date, last: date
) -> Deputy:
    """Let somebody act in a role of another user of his department for a time (代理); Refused `user.*`."""
    user, other = find_user(session, login), find_user(session, deputy)
    made = name_deputy(session, now, user, other, role, first, last)
    system_act(session, now, "user:stand_in", f"user/{user.id}", {"deputy": other.id, "role": role})
    return made


def name_deputy(
    session: Session, now: datetime, user: User, other: User, role: str, first: date, last: date
) -> Deputy:
    """The deputy himself, whoever names him; Refused `user.deputy`, `user.period`."""
    if user.person_id == other.person_id or user.department_id != other.department_id or role not in ROLES:
        raise Refused("user.deputy", login=user.login, deputy=other.login, role=role)
    if last < first or last < business_date(now):
        raise Refused("user.period", first=str(first), last=str(last))
    made = Deputy(user_id=user.id, deputy_id=other.id, role=role, valid_from=first, valid_to=last)
    session.add(made)
    session.flush()
    return made


def disable(session: Session, now: datetime, login: str) -> None:
    """Disable an account; what it did stays its own."""
    user = find_user(session, login)
    set_state(user, "disabled")
    system_act(session, now, "user:disable", f"user/{user.id}", {})


def set_state(user: User, state: str) -> None:
    """Disable an account or enable it again; Refused `user.state` where it is so already."""
    if user.state == state:
        raise Refused("user.state", login=user.login)
    user.state = state


def end_account(desk: Desk, role: str, user: User) -> None:
    """Disable an account and end its sessions and tokens; what it did stays its own. Refused `user.state`."""
    set_state(user, "disabled")
    end_entries(desk, role, user)
    desk.tell(role, "user:disable", f"user/{user.id}")


def end_accounts_of_inspector(desk: Desk, role: str, inspector_id: int) -> None:
    """End the accounts of an inspector who leaves the actor's department; another one is the other department's to make."""
    for user in organisation.accounts_of_inspector(desk.session, inspector_id, desk.actor.department_id):
        end_account(desk, role, user)


def find_user(session: Session, login: str) -> User:
    """A user; Refused `user.unknown`."""
    user = organisation.user_by_login(session, login)
    if user is None:
        raise Refused("user.unknown", login=login)
    return user


def find_department(session: Session, code: str) -> Department:
    """A department by its code; Refused `department.unknown`."""
    department = organisation.department_by_code(session, code)
    if department is None:
        raise Refused("department.unknown", department=code)
    return department


def rename_department(desk: Desk, department: Department, name: str) -> None:
    """Give the administrator's department a new name from today on; papers of before keep the old one."""
    role = desk.require("administrator")
    in_own_department(desk, department.id)
    if not name.strip() or name == department.name or len(name) > LONGEST_NAME:
        raise Refused("department.name", name=name)
    if desk.today in (department.opened_on, *(each.valid_from for each in department.names)):
        raise Refused("department.renamed_today", department=department.code)
    _keep_first_name(desk.session, department)
    desk.session.add(DepartmentName(department_id=department.id, valid_from=desk.today, name=name))
    department.name = name
    desk.tell(role, "department:rename", f"department/{department.id}", name=name)


def merge_department(desk: Desk, department: Department, successor: Department) -> None:
    """Close the administrator's department in favour of another; its campaigns, visits and results stay its own.

    Its inspectors move, and their accounts in it end.

    From then on nobody does anything in it: whatever only it could bring to an end must have ended before. Refused
    `department.merge` where the other is closed, `department.has_*`.
    """
    role = desk.require("administrator")
    in_own_department(desk, department.id)
    if successor.closed_on or department.id == successor.id:
        raise Refused("department.merge", department=department.code, successor=successor.code)
    _check_nothing_left(desk.session, department)
    department.closed_on, department.successor_id = desk.today, successor.id
    with widened(desk.session, department.id):  # or an administrator of elsewhere would see nobody to move
        for inspector in visits.inspectors_of(desk.session, department.id):
            inspector.department_id = successor.id
            end_accounts_of_inspector(desk, role, inspector.id)
        desk.session.flush()
    desk.tell(role, "department:merge", f"department/{department.id}", successor=successor.id)


def _check_nothing_left(session: Session, department: Department) -> None:
    """Refuse to close a department with something open that nobody else could bring to an end."""
    if codes := organisation.open_campaigns_of(session, department.id):
        raise Refused("department.has_open_campaigns", department=department.code, campaigns=codes)
    if codes := organisation.campaigns_witnessed_from(session, department.id):
        raise Refused("department.has_witnesses", department=department.code, campaigns=codes)
    if codes := organisation.closed_campaigns_to_finish(session, department.id):
        raise Refused("department.has_unfinished", department=department.code, campaigns=codes)


def _keep_first_name(session: Session, department: Department) -> None:
    if not department.names:
        session.add(
            DepartmentName(department_id=department.id, valid_from=department.opened_on, name=department.name)
        )


def _inspector_id(session: Session, code: str, department_id: int, person_id: int) -> int | None:
    """The inspector whom an account is tied to: one of its department, and nobody else's."""
    if not code:
        return None
    inspector = visits.inspector_by_code(session, code)
    if inspector is None or inspector.department_id != department_id:
        raise Refused("inspector.unknown", inspector=code)
    if organisation.persons_of_inspector(session, inspector.id) - {person_id}:
        raise Refused("user.inspector_taken", inspector=code)
    return inspector.id


@dataclass(frozen=True)
class Listed:
    """A user as a list shows him."""

    login: str
    name: str
    department: str
    state: str
    roles: tuple[str, ...]


def listed(session: Session, now: datetime) -> list[Listed]:
    """All users by login, with the roles they hold or stand in for today."""
    today = business_date(now)
    return [
        Listed(
            login=user.login,
            name=user.person.name,
            department=user.department.code,
            state=user.state,
            roles=tuple(sorted(organisation.roles_of(session, user.id, user.department_id, today))),
        )
        for user in organisation.users(session)
    ]


@dataclass(frozen=True)
class Present:
    """Somebody who is logged in, as every page shows and needs him."""

    login: str
    name: str
    department_code: str
    department_name: str
    roles: frozenset[str]
    inspector_id: int | None
    provisional: bool
    """Whether somebody else has set his password: until he gives himself another he does nothing else."""
    closed: bool
    """Whether his department is closed."""

    def require(self, *roles: str) -> None:
        """Refused `actor.role`, `actor.department_closed` where he holds none of these roles today."""
        role_held(self.roles, roles, self.closed)

    def has(self, *roles: str) -> bool:
        """Whether he holds one of these roles today."""
        return not self.roles.isdisjoint(roles)


def present(database: Engine, login: str, today: date) -> Present:
    """Who is behind a login, with his roles of today; Refused `actor.unknown`."""
    with reading(database, EVERYTHING) as session:
        actor = actor_of(session, login, today)
        user = find_user(session, login)
        return Present(
            login=user.login,
            name=user.person.name,
            department_code=user.department.code,
            department_name=user.department.name,
            roles=actor.roles,
            inspector_id=actor.inspector_id,
            provisional=user.password_is_provisional,
            closed=actor.closed,
        )
