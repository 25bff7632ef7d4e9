"""The list of inspection items (抽查事项清单): the approval of a version (法制审核、办公室确认), and its end."""

from __future__ import annotations

from collections.abc import Iterable

from data.models import ItemApproval, ItemVersion
from data.queries import campaigns
from matching.refused import Refused
from scheduler.inspection.steps import ITEM
from scheduler.permissions import Desk, in_own_department

BY_SOMEBODY_ELSE = ("pass", "confirm")


def move_item(desk: Desk, version: ItemVersion, act: str, opinion: str = "") -> None:
    """Submit, pass, confirm, reject, refuse or retire a version of an item of the actor's department.

    Who submitted it neither passes nor confirms it. A confirmed version takes the place of the one before.
    """
    in_own_department(desk, version.item.department_id)
    ITEM.check(desk, version.state, act)
    if act in ("reject", "refuse") and not opinion.strip():
        raise Refused("reason.missing")
    if act in BY_SOMEBODY_ELSE and desk.actor.person_id in campaigns.approvers(desk.session, version.id):
        raise Refused("actor.same_person", roles=["registrar", "legal", "office"])
    if act == "confirm":
        _supersede(desk, version)
    role = ITEM.move(desk, version, act)
    if act == "confirm":
        version.valid_from = desk.today
    if act == "retire":
        version.valid_to = desk.today
    desk.session.add(
        ItemApproval(
            version_id=version.id, action=act, person_id=desk.actor.person_id, opinion=opinion, at=desk.now
        )
    )
    desk.tell(role, f"item:{act}", f"item_version/{version.id}")


def move_items(desk: Desk, versions: Iterable[ItemVersion], act: str, opinion: str = "") -> int:
    """The same for many; how many."""
    moved = 0
    for version in versions:
        move_item(desk, version, act, opinion)
        moved += 1
    return moved


def find_version(desk: Desk, code: str) -> ItemVersion:
    """The newest version of an item of the actor's department; Refused `item.unknown`."""
    found = campaigns.newest_version(desk.session, desk.actor.department_id, code)
    if found is None:
        raise Refused("item.unknown", item=code)
    return found


def versions_in(desk: Desk, state: str) -> list[ItemVersion]:
    """All versions of the actor's department in a state, by code."""
    return campaigns.item_versions(desk.session, state, desk.actor.department_id)


def _supersede(desk: Desk, version: ItemVersion) -> None:
    before = campaigns.version_in_force(desk.session, version.item_id)
    if before is not None:
        before.state, before.valid_to = "superseded", desk.today
        desk.session.flush()
