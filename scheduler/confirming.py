"""What needs a second person in custody (核对): that a key is its holder's, and that a department's custody ends.

The second person is a custodian or an approver of another department and no administrator. So no administrator alone
comes to three shares, or past three custodians: of the accounts of his department he could set every password, and be
holder and second person at once; of another's he sets none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.models import Custodian, CustodyEnd, CustodyKey, KeyConfirmation, User
from data.queries import custody
from data.scope import seeing
from matching.refused import Refused
from scheduler import accounts
from scheduler.key_pairs import fingerprint, is_fingerprint
from scheduler.permissions import Desk
from scheduler.shares import PLACES
from scheduler.transaction import EVERYTHING

CONFIRM = ("custodian", "approver")
"""The roles in one of which somebody confirms."""
PROPOSED = timedelta(days=7)
"""How long a proposal may be confirmed."""
_ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Unconfirmed:
    """A key that nobody has confirmed yet: whose it is, and when he made it. Its fingerprint he reads aloud himself."""

    name: str
    login: str
    department: str
    made_at: datetime


def keys_to_confirm(desk: Desk) -> list[Unconfirmed]:
    """The keys of custodians in office that wait for a second person, and that the actor could be that for."""
    desk.require(*CONFIRM)
    if _ADMINISTRATOR in desk.actor.roles:
        return []
    with seeing(desk.session, EVERYTHING):
        keys = _newest_keys(desk, custody.all_in_office(desk.session))
        done = custody.confirmations(desk.session, [key.id for key, _ in keys])
        return [
            Unconfirmed(user.person.name, user.login, user.department.name, key.made_at)
            for key, user in keys
            if key.id not in done and _reason_against(desk, key, user) is None
        ]


def _newest_keys(desk: Desk, of: list[Custodian]) -> list[tuple[CustodyKey, User]]:
    """The newest key of each of some custodians, and the account by which he made it."""
    keys = custody.newest_keys(desk.session, list({each.person_id for each in of}))
    return [(key, desk.session.get_one(User, key.user_id)) for key in keys.values()]


def _reason_against(desk: Desk, key: CustodyKey, user: User) -> str | None:
    """Why the actor is no second person for a key, as a code."""
    if key.person_id == desk.actor.person_id:
        return "user.oneself"
    if user.department_id == desk.actor.department_id:
        return "custody.same_department"
    offices = custody.all_in_office(desk.session)
    naming = {each.named_by_person_id for each in offices if each.person_id == key.person_id}
    return "custody.named_by_you" if desk.actor.person_id in naming else None


def confirm_key(desk: Desk, login: str, written: str) -> None:
    """Confirm somebody's newest key, by the fingerprint that he has read aloud from his own page.

    Refused `user.unknown`, `custody.no_key`, `custody.confirmed_already`, `custody.fingerprint`, and where the actor is no
    second person: `custody.administrator`, `user.oneself`, `custody.same_department`, `custody.named_by_you`.
    """
    role = _second_person(desk)
    person_id = accounts.find_user(desk.session, login).person_id
    with seeing(desk.session, EVERYTHING):
        key = custody.newest_keys(desk.session, [person_id]).get(person_id)
        if key is None:
            raise Refused("custody.no_key", login=login)
        if against := _reason_against(desk, key, desk.session.get_one(User, key.user_id)):
            raise Refused(against)
        if custody.confirmations(desk.session, [key.id]):
            raise Refused("custody.confirmed_already")
        if not is_fingerprint(written, key.public_key):
            raise Refused("custody.fingerprint")
        desk.session.add(
            KeyConfirmation(
                key_id=key.id,
                person_id=person_id,
                by_user_id=desk.actor.user_id,
                by_person_id=desk.actor.person_id,
                at=desk.now,
            )
        )
        desk.session.flush()
    # in the ledger, which others hold, it can't be made another key's afterwards
    desk.tell(
        role,
        "custody:confirm",
        f"user/{key.user_id}",
        person=person_id,
        fingerprint=fingerprint(key.public_key),
    )


def _second_person(desk: Desk) -> str:
    role = desk.require(*CONFIRM)
    if _ADMINISTRATOR in desk.actor.roles:
        raise Refused("custody.administrator")
    return role


# The end of custody


@dataclass(frozen=True)
class Proposed:
    """An end of custody that waits for its second person."""

    department: str
    code: str
    by: str
    reason: str
    at: datetime


def has_begun(desk: Desk, department_id: int) -> bool:
    """Whether a department's secrets are in custody: it has had three custodians with confirmed keys, and not ended it.

    From then on no administrator alone leads back to secrets that the service holds, by whom he relieves or names.
    """
    with seeing(desk.session, EVERYTHING):
        return custody.persons_trusted(desk.session, department_id) >= len(PLACES)


def propose_end(desk: Desk, reason: str) -> CustodyEnd:
    """Propose that the custody of the administrator's department ends; until it is confirmed nothing changes.

    Refused `reason.missing`, `custody.not_begun`, `custody.end_proposed`.
    """
    role = desk.require(_ADMINISTRATOR)
    if not reason.strip():
        raise Refused("reason.missing")
    own = desk.actor.department_id
    if not has_begun(desk, own):
        raise Refused("custody.not_begun")
    if any(each.department_id == own for each in _proposals(desk)):
        raise Refused("custody.end_proposed")
    made = CustodyEnd(
        department_id=own,
        reason=reason.strip(),
        proposed_by_person_id=desk.actor.person_id,
        proposed_at=desk.now,
    )
    desk.session.add(made)
    desk.session.flush()
    desk.tell(role, "custody:propose_end", f"department/{own}", reason=made.reason)
    return made


def confirm_end(desk: Desk, code: str) -> None:
    """Confirm that the custody of another department ends: its custodians are relieved, and keep what they were given.

    Refused `custody.administrator`, `custody.same_department`, `user.oneself`, `custody.no_end`.
    """
    role = _second_person(desk)
    found = next((each for each in _proposals(desk) if each.department.code == code), None)
    if found is None:
        raise Refused("custody.no_end")
    if found.department_id == desk.actor.department_id:
        raise Refused("custody.same_department")
    if found.proposed_by_person_id == desk.actor.person_id:
        raise Refused("user.oneself")
    with seeing(desk.session, EVERYTHING):
        found.confirmed_by_user_id = desk.actor.user_id
        found.confirmed_by_person_id = desk.actor.person_id
        found.confirmed_at = desk.now
        for each in custody.custodians_of(desk.session, found.department_id):
            each.ended_at = desk.now
        desk.session.flush()
    desk.tell(role, "custody:end", f"department/{found.department_id}", reason=found.reason)


def own_proposal(desk: Desk) -> Proposed | None:
    """What the administrator's department has proposed and nobody has confirmed yet."""
    desk.require(_ADMINISTRATOR)
    own = desk.actor.department_id
    return next((_proposed(each) for each in _proposals(desk) if each.department_id == own), None)


def ends_to_confirm(desk: Desk) -> list[Proposed]:
    """The ends of other departments' custody that wait for a second person, which the actor could be."""
    desk.require(*CONFIRM)
    if _ADMINISTRATOR in desk.actor.roles:
        return []
    mine = desk.actor
    return [
        _proposed(each)
        for each in _proposals(desk)
        if each.department_id != mine.department_id and each.proposed_by_person_id != mine.person_id
    ]


def _proposals(desk: Desk) -> list[CustodyEnd]:
    return custody.proposed_ends(desk.session, desk.now - PROPOSED)


def _proposed(each: CustodyEnd) -> Proposed:
    return Proposed(
        department=each.department.name,
        code=each.department.code,
        by=each.proposed_by.name,
        reason=each.reason,
        at=each.proposed_at,
    )
