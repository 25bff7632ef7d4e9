"""Who acts (用户, 角色, 代理), and the desk at which an act is done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from data.ledger import Act, append
from data.models import Department, User
from data.queries import organisation
from data.scope import Scope, division_of, scope_of
from matching.refused import Refused
from scheduler.clock import business_date
from scheduler.workdays import Workdays, load_workdays

STILL_HELD = frozenset({"auditor"})
"""The roles that are still held in a department that was closed."""


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: one person, in one department, with the roles he holds or stands in for today."""

    user_id: int
    person_id: int
    department_id: int
    inspector_id: int | None
    roles: frozenset[str]
    scope: Scope
    closed: bool = False
    """Whether his department is closed: what it did is still audited, and nothing more is done in it."""


@dataclass(frozen=True)
class Desk:
    """Where an act is done: in this transaction, by this actor, at this time. What is done is told to the ledger."""

    session: Session
    actor: Actor
    now: datetime
    token: int | None = None
    """The token by which the actor came; None where he came himself."""

    @property
    def today(self) -> date:
        """The business day."""
        return business_date(self.now)

    @cached_property
    def workdays(self) -> Workdays:
        """The calendar as it stands."""
        return load_workdays(self.session)

    def require(self, *roles: str) -> str:
        """One of these roles, by which the actor acts; Refused `actor.role` where he has none of them."""
        return role_held(self.actor.roles, roles, self.actor.closed)

    def require_open_department(self) -> None:
        """Refused `actor.department_closed` where nothing more is done in the actor's department."""
        if self.actor.closed:
            raise Refused("actor.department_closed")

    def tell(self, role: str, action: str, subject: str, **details: Any) -> None:
        """Add a line to the ledger, in the same transaction as the act; it tells the token by which the actor came."""
        if self.token is not None:
            details["token"] = self.token
        _tell(self.session, self.now, Act(
            self.actor.person_id, role, self.actor.department_id, action, subject, details,
        ))  # fmt: skip


def permits(check: Callable[..., object], *about: Any) -> bool:
    """Whether a check refuses nothing: for a page that offers an act; the use case still decides."""
    try:
        check(*about)
    except Refused:
        return False
    return True


def role_held(held: Collection[str], wanted: Sequence[str], closed: bool) -> str:
    """The first of the wanted roles that somebody holds; Refused `actor.role`, `actor.department_closed`."""
    found = next((role for role in wanted if role in held), None)
    if found is None and closed:
        raise Refused("actor.department_closed")
    if found is None:
        raise Refused("actor.role", wanted=list(wanted))
    return found


def actor_of(session: Session, login: str, today: date) -> Actor:
    """The actor behind a login; Refused `actor.unknown` also for one who is disabled, so that nobody can tell.

    In a department that was closed nobody has a role but its auditor.
    """
    user = organisation.user_by_login(session, login)
    if user is None or user.state != "active":
        raise Refused("actor.unknown", login=login)
    department = session.get_one(Department, user.department_id)
    roles = frozenset(organisation.roles_of(session, user.id, user.department_id, today))
    closed = department.closed_on is not None
    return Actor(
        user_id=user.id,
        person_id=user.person_id,
        department_id=user.department_id,
        inspector_id=user.inspector_id,
        roles=roles & STILL_HELD if closed else roles,
        scope=_scope(user, department),
        closed=closed,
    )


def in_own_department(desk: Desk, department_id: int) -> None:
    """Refuse what belongs to another department."""
    if department_id != desk.actor.department_id:
        raise Refused("actor.other_department")


def system_act(
    session: Session, now: datetime, action: str, subject: str, details: Mapping[str, Any]
) -> None:
    """A line in the ledger for what nobody's account did: the command line on the machine, a sweep."""
    scope_of(session)
    _tell(session, now, Act(None, "system", None, action, subject, details))


def _tell(session: Session, now: datetime, act: Act) -> None:
    session.flush()  # what is refused by the database is refused before the ledger's lock is taken
    append(session, act, now)


def _scope(user: User, department: Department) -> Scope:
    return Scope(
        departments=frozenset({user.department_id}),
        division=division_of(department.jurisdiction_code),
        person_id=user.person_id,
    )
