"""Custodians (保管人) and their keys: whom a department trusts with the shares of its draws' secrets.

An administrator names them for his department, three different persons of whatever department, and never himself. Each
makes his own key, under a passphrase that nobody else knows; nobody can set it anew for him, and no share is given to it
before a second person has confirmed it (`confirming`). Whoever is relieved keeps what he was given before, so that a draw
under way can still be opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.models import Custodian, CustodyKey, Department, KeyConfirmation, Person, User
from data.queries import custody, organisation
from data.scope import seeing
from matching.refused import Refused
from scheduler import accounts, identity
from scheduler.key_pairs import KeyPair, fingerprint, make_pair
from scheduler.permissions import Desk
from scheduler.shares import PLACES
from scheduler.transaction import EVERYTHING, Engine, reading

ROLE = "custodian"
_NAMES = "administrator"


@dataclass(frozen=True)
class Named:
    """A custodian in office: who, of which department, since when, and his newest key with who has confirmed it.

    `lacks` says why no share can be given to him: `disabled`, `role`, `key`, `confirmation`; empty where one can.
    """

    id: int
    person_id: int
    name: str
    login: str
    department: str
    named_at: datetime
    key: CustodyKey | None
    confirmed_by: str
    lacks: str

    @property
    def ready(self) -> bool:
        """Whether a share can be given to him."""
        return not self.lacks


def name_custodian(desk: Desk, login: str) -> Custodian:
    """Name a custodian of the administrator's department.

    Refused `user.unknown`, `user.oneself`, `custody.no_role`, `custody.named_already`, `custody.enough`.
    """
    role = desk.require(_NAMES)
    user = accounts.find_user(desk.session, login)
    if user.person_id == desk.actor.person_id:
        raise Refused("user.oneself")
    if user.state != "active" or ROLE not in _roles(desk, user):
        raise Refused("custody.no_role", login=login)
    in_office = custody.custodians_of(desk.session, desk.actor.department_id)
    if any(each.person_id == user.person_id for each in in_office):
        raise Refused("custody.named_already", name=user.person.name)
    if len(in_office) >= len(PLACES):
        raise Refused("custody.enough", most=len(PLACES))
    made = Custodian(
        department_id=desk.actor.department_id,
        user_id=user.id,
        person_id=user.person_id,
        named_by_person_id=desk.actor.person_id,
        named_at=desk.now,
    )
    desk.session.add(made)
    desk.session.flush()
    desk.tell(role, "custody:name", f"department/{made.department_id}", person=made.person_id)
    return made


def relieve_custodian(desk: Desk, custodian_id: int) -> None:
    """Relieve a custodian of the administrator's department of his office. Refused `custody.unknown`."""
    role = desk.require(_NAMES)
    found = custody.custodian(desk.session, custodian_id, desk.actor.department_id)
    if found is None or found.ended_at is not None:
        raise Refused("custody.unknown")
    found.ended_at = desk.now
    desk.session.flush()
    desk.tell(role, "custody:relieve", f"department/{found.department_id}", person=found.person_id)


def custodians(desk: Desk) -> list[Named]:
    """The custodians of the administrator's department in office."""
    desk.require(_NAMES)
    return in_office(desk, desk.actor.department_id)


def in_office(desk: Desk, department_id: int) -> list[Named]:
    """The custodians of a department in office, and what each of them lacks to be given a share today."""
    named = custody.custodians_of(desk.session, department_id)
    with seeing(desk.session, EVERYTHING):
        keys = custody.newest_keys(desk.session, [each.person_id for each in named])
        confirmed = custody.confirmations(desk.session, [key.id for key in keys.values()])
        return [_named(desk, each, keys.get(each.person_id), confirmed) for each in named]


def _named(
    desk: Desk, each: Custodian, key: CustodyKey | None, confirmed: Mapping[int, KeyConfirmation]
) -> Named:
    confirmation = confirmed.get(key.id) if key else None
    if confirmation and confirmation.by_person_id == each.named_by_person_id:
        confirmation = None  # who names him is no second person, whatever he was when he confirmed
    return Named(
        id=each.id,
        person_id=each.person_id,
        name=each.user.person.name,
        login=each.user.login,
        department=each.user.department.name,
        named_at=each.named_at,
        key=key,
        confirmed_by=desk.session.get_one(Person, confirmation.by_person_id).name if confirmation else "",
        lacks=_lacks(desk, each.user, key, confirmation),
    )


def _lacks(desk: Desk, user: User, key: CustodyKey | None, confirmation: KeyConfirmation | None) -> str:
    if user.state != "active":
        return "disabled"
    if user.department.closed_on is not None or ROLE not in _roles(desk, user):
        return "role"
    if key is None:
        return "key"
    return "" if confirmation else "confirmation"


def _roles(desk: Desk, user: User) -> Sequence[str]:
    return list(organisation.roles_of(desk.session, user.id, user.department_id, desk.today))


# A custodian's own


@dataclass(frozen=True)
class Own:
    """What a custodian sees of himself: for which departments he is in office, and his newest key.

    `fingerprint` is what he reads aloud to the second person, `confirmed_by` who that was.
    """

    departments: Sequence[str]
    key_at: datetime | None = None
    fingerprint: str = ""
    confirmed_by: str = ""
    confirmed_at: datetime | None = None


def check_written_twice(passphrase: str, again: str) -> None:
    """Refused `custody.passphrase_differs` where somebody has mistyped what nobody can give back to him."""
    if passphrase != again:
        raise Refused("custody.passphrase_differs")


def new_pair(database: Engine, login: str, passphrase: str) -> KeyPair:
    """A pair under somebody's passphrase, made before any transaction begins.

    Refused `custody.passphrase_*`; `custody.passphrase_is_password` where it opens his account too.
    """
    made = make_pair(passphrase)
    with reading(database, EVERYTHING) as session:
        hashed = accounts.find_user(session, login).password_hash
    if identity.opens(hashed, passphrase):
        raise Refused("custody.passphrase_is_password")
    return made


def keep_pair(desk: Desk, pair: KeyPair) -> None:
    """Take a new key into use, from its confirmation on; what was encrypted before is opened with the passphrase of then."""
    role = desk.require(ROLE)
    made = CustodyKey(
        user_id=desk.actor.user_id,
        person_id=desk.actor.person_id,
        public_key=pair.public_key,
        hardness=pair.hardness,
        salt=pair.salt,
        private_key=pair.private_key,
        made_at=desk.now,
    )
    desk.session.add(made)
    desk.session.flush()
    desk.tell(role, "custody:key", f"user/{desk.actor.user_id}")


def own_custody(desk: Desk) -> Own:
    """A custodian's offices and key."""
    desk.require(ROLE)
    offices = custody.offices_of(desk.session, desk.actor.person_id)
    names = [desk.session.get_one(Department, each).name for each in offices]
    own = desk.actor.person_id
    with seeing(desk.session, EVERYTHING):
        key = custody.newest_keys(desk.session, [own]).get(own)
        if key is None:
            return Own(names)
        told = Own(names, key.made_at, fingerprint(key.public_key))
        confirmed = custody.confirmations(desk.session, [key.id]).get(key.id)
    if confirmed is None:
        return told
    by = desk.session.get_one(Person, confirmed.by_person_id).name
    return replace(told, confirmed_by=by, confirmed_at=confirmed.at)
