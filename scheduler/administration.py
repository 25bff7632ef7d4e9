"""Administration (管理): what an administrator does with the accounts of his department, and nobody for himself.

What an account, a grant, a deputy is, `accounts` knows; here stands who may make them. Everything is told to the ledger
in the administrator's name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from data.models import Department, Deputy, RoleGrant, User
from data.queries import organisation
from data.queries.paging import SIZE, Page, page_of
from matching.refused import Refused
from scheduler import accounts, identity
from scheduler.accounts import NewUser
from scheduler.back_fill import NotDone
from scheduler.identity import NewPassword
from scheduler.installation import desk_within
from scheduler.permissions import Desk
from scheduler.transaction import Engine, Session

_ROLE = "administrator"


@dataclass(frozen=True)
class Account:
    """An account as a list shows it."""

    id: int
    login: str
    name: str
    staff_number: str
    state: str
    inspector: str
    has_password: bool
    provisional: bool
    oneself: bool
    roles: tuple[Held, ...]


@dataclass(frozen=True)
class Held:
    """A role that an account holds, or stands in for where `of` names somebody; `id` is of the grant or the deputy."""

    id: int
    role: str
    first: date
    last: date | None
    of: str = ""


@dataclass(frozen=True)
class StandIn:
    """Who acts in a role of whom, from when to when."""

    id: int
    user: str
    deputy: str
    role: str
    first: date
    last: date


def accounts_of_department(
    desk: Desk, text: str = "", state: str = "", role: str = "", number: int = 1, size: int = SIZE
) -> Page[Account]:
    """The accounts of the administrator's department, with the roles of each."""
    desk.require(_ROLE)
    wanted = organisation.users_of(desk.actor.department_id, text.strip(), state, role, desk.today)
    found = page_of(desk.session, wanted, number, size)
    return replace(found, rows=_listed(desk, list(found.rows)))


def account(desk: Desk, user_id: int) -> Account:
    """One account of the department; Refused `user.unknown`."""
    desk.require(_ROLE)
    return _listed(desk, [_user(desk, user_id)])[0]


def logins(desk: Desk) -> list[tuple[str, str]]:
    """Login and name of everybody in the department whose account is not disabled."""
    desk.require(_ROLE)
    active = organisation.users_of(desk.actor.department_id, state="active")
    return [(each.login, each.person.name) for each in desk.session.scalars(active)]


def _listed(desk: Desk, users: list[User]) -> list[Account]:
    grants = organisation.grants_in_force(desk.session, [each.id for each in users], desk.today)
    codes = organisation.inspector_codes(desk.session, [u.inspector_id for u in users if u.inspector_id])
    roles = {
        key: [Held(g.id, g.role, g.valid_from, g.valid_to) for g in held] for key, held in grants.items()
    }
    for each in organisation.deputies_of(desk.session, desk.actor.department_id, desk.today):
        stands_in = each.deputy
        held = Held(
            stands_in.id, stands_in.role, stands_in.valid_from, stands_in.valid_to, each.user.person.name
        )
        roles.setdefault(each.by.id, []).append(held)
    return [
        Account(
            id=user.id,
            login=user.login,
            name=user.person.name,
            staff_number=user.person.staff_number,
            state=user.state,
            inspector=codes.get(user.inspector_id or 0, ""),
            has_password=user.password_hash is not None,
            provisional=user.password_is_provisional,
            oneself=user.person_id == desk.actor.person_id,
            roles=tuple(roles.get(user.id, ())),
        )
        for user in users
    ]


def deputies(desk: Desk) -> list[StandIn]:
    """Who stands in for whom in the department, now or later."""
    desk.require(_ROLE)
    found = organisation.deputies_of(desk.session, desk.actor.department_id, desk.today)
    return [
        StandIn(
            id=each.deputy.id,
            user=each.user.person.name,
            deputy=each.by.person.name,
            role=each.deputy.role,
            first=each.deputy.valid_from,
            last=each.deputy.valid_to,
        )
        for each in found
    ]


def add_user(desk: Desk, new: NewUser, password: NewPassword | None = None) -> User:
    """An account for somebody else in the administrator's department. Refused `user.*`, `actor.other_department`.

    Whoever works in another department is not his to add: witnesses are known by their person, and only on the machine
    itself, where the whole installation is one's business, somebody gets accounts in two departments. Who has moved here
    is: his other accounts are disabled, or the inspector he is belongs to this department now.
    """
    role = desk.require(_ROLE)
    if accounts.find_department(desk.session, new.department).id != desk.actor.department_id:
        raise Refused("actor.other_department")
    user = accounts.open_account(desk.session, new)
    _somebody_else(desk, user)
    moved_here = organisation.has_moved_to(desk.session, user.person_id, user.department_id)
    if _works_elsewhere(desk, user) and not moved_here:
        raise Refused("user.elsewhere", staff_number=new.staff_number)
    _no_foreign_witness(desk, user)
    if password is not None:
        identity.set_password(desk, role, user, password)
    desk.tell(role, "user:add", f"user/{user.id}", person=user.person_id)
    return user


def add_users(database: Engine, login: str, now: datetime, name: str, content: bytes) -> int | NotDone:
    """The accounts of a file with their roles, in the administrator's name: how many, or all that is wrong and none."""

    def add(session: Session, new: NewUser, roles: list[str]) -> None:
        with desk_within(session, login, now) as desk:
            user = add_user(desk, new)
            for role in roles:
                grant(desk, user.id, role)

    return accounts.accounts_of_file(database, name, content, add)


def set_password(desk: Desk, user_id: int, password: NewPassword) -> None:
    """A new password for somebody else, good for giving himself another; his sessions and tokens end."""
    role, user = _other(desk, user_id)
    identity.set_password(desk, role, user, password)
    desk.tell(role, "user:set_password", f"user/{user.id}")


def disable(desk: Desk, user_id: int) -> None:
    """Disable somebody's account and end its sessions and tokens; what it did stays its own. Refused `user.state`."""
    role, user = _other(desk, user_id)
    accounts.end_account(desk, role, user)


def enable(desk: Desk, user_id: int) -> None:
    """Let somebody's account be used again. Refused `user.state`, and `user.elsewhere` where he has moved on."""
    role, user = _other(desk, user_id)
    if _works_elsewhere(desk, user) or _has_moved_on(desk, user):
        raise Refused("user.elsewhere", staff_number=user.person.staff_number)
    accounts.set_state(user, "active")
    desk.tell(role, "user:enable", f"user/{user.id}")


def grant(desk: Desk, user_id: int, role: str, valid_to: date | None = None) -> RoleGrant:
    """Grant somebody else a role in the department from today on. Refused `user.*`."""
    acting, user = _other(desk, user_id)
    made = accounts.give_role(desk.session, desk.now, user, role, valid_to, by=desk.actor.person_id)
    desk.tell(acting, "user:grant", f"user/{user.id}", granted=role, until=str(valid_to or ""))
    return made


def end_grant(desk: Desk, grant_id: int) -> None:
    """From now on somebody has a role no more, also one that was granted today. Refused `grant.unknown`."""
    role = desk.require(_ROLE)
    granted = organisation.grant_of(desk.session, grant_id, desk.actor.department_id)
    over = granted and granted.valid_to is not None and granted.valid_to < desk.today
    if granted is None or over or granted.revoked_at is not None:
        raise Refused("grant.unknown", number=grant_id)
    _, user = _other(desk, granted.user_id)
    granted.revoked_at = desk.now
    # its last day says the same to whoever reads days alone; it can't have ended before it began
    granted.valid_to = max(granted.valid_from, desk.today - timedelta(days=1))
    desk.tell(role, "user:end_grant", f"user/{user.id}", granted=granted.role, until=str(granted.valid_to))


def stand_in(desk: Desk, login: str, deputy: str, role: str, first: date, last: date) -> Deputy:
    """Let somebody else act in a role of a user of the department for a time (代理). Refused `user.*`."""
    acting = desk.require(_ROLE)
    user, other = _by_login(desk, login), _by_login(desk, deputy)
    _somebody_else(desk, other)
    made = accounts.name_deputy(desk.session, desk.now, user, other, role, first, last)
    desk.tell(
        acting,
        "user:stand_in",
        f"user/{user.id}",
        deputy=other.id,
        granted=role,
        first=str(first),
        last=str(last),
    )
    return made


def end_stand_in(desk: Desk, deputy_id: int) -> None:
    """From now on somebody stands in no more. Refused `deputy.unknown`."""
    role = desk.require(_ROLE)
    found = organisation.deputy_of(desk.session, deputy_id, desk.actor.department_id)
    if found is None or found.valid_to < desk.today:
        raise Refused("deputy.unknown", number=deputy_id)
    told = {"deputy": found.deputy_id, "granted": found.role}
    subject = f"user/{found.user_id}"
    if found.valid_from >= desk.today:  # it can't have ended before it began: the ledger keeps that it was
        desk.session.delete(found)
    else:
        found.valid_to = desk.today - timedelta(days=1)
    desk.tell(role, "user:end_stand_in", subject, **told)


def own_department(desk: Desk) -> Department:
    """The administrator's department."""
    desk.require(_ROLE)
    return desk.session.get_one(Department, desk.actor.department_id)


def possible_successors(desk: Desk) -> list[Department]:
    """The departments that the administrator's could be merged into."""
    desk.require(_ROLE)
    return [
        each for each in organisation.open_departments(desk.session) if each.id != desk.actor.department_id
    ]


def _user(desk: Desk, user_id: int) -> User:
    user = organisation.user_of(desk.session, user_id, desk.actor.department_id)
    if user is None:
        raise Refused("user.unknown", login=user_id)
    return user


def _by_login(desk: Desk, login: str) -> User:
    user = accounts.find_user(desk.session, login)
    if user.department_id != desk.actor.department_id:
        raise Refused("user.unknown", login=login)
    return user


def _other(desk: Desk, user_id: int) -> tuple[str, User]:
    """The role of the administrator, and the account of somebody else in his department."""
    role, user = desk.require(_ROLE), _user(desk, user_id)
    _somebody_else(desk, user)
    return role, user


def _works_elsewhere(desk: Desk, user: User) -> bool:
    return bool(organisation.departments_in_force(desk.session, user.person_id) - {user.department_id})


def _has_moved_on(desk: Desk, user: User) -> bool:
    """Whether an account is of an inspector who belongs to another department by now."""
    if user.inspector_id is None:
        return False
    return organisation.department_of_inspector(desk.session, user.inspector_id) != user.department_id


def _no_foreign_witness(desk: Desk, user: User) -> None:
    """Refuse an account for a witness whom another department has brought, before his draw: it would act in his place."""
    if organisation.departments_of_person(desk.session, user.person_id) == {desk.actor.department_id}:
        return
    if codes := organisation.campaigns_witnessed_by(desk.session, user.person_id):
        raise Refused("user.witness", staff_number=user.person.staff_number, campaigns=codes)


def _somebody_else(desk: Desk, user: User) -> None:
    if user.person_id == desk.actor.person_id:
        raise Refused("user.oneself")
