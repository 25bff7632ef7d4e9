"""The list of inspection items (抽查事项清单): drafts, the approval of a version (法制审核、办公室确认), and its end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from data.models import InspectionItem, ItemApproval, ItemVersion
from data.queries import campaigns, items
from data.schemas.items import WORDS, ItemOutline, NewItemOutline, code_of, methods_of, stored
from data.vocabulary import METHODS
from matching.refused import Refused
from scheduler.inspection.steps import ITEM
from scheduler.permissions import Desk, in_own_department
from scheduler.written import read

BY_SOMEBODY_ELSE = ("pass", "confirm")
MOVES = tuple(act for act in ITEM.acts if act != "amend")
"""The acts of an approval; to amend needs the words too."""
FOR_MANY = {"submit": "draft", "pass": "legal_review", "confirm": "office_confirmation"}
"""Acts that are done for a whole department's versions at once, and in which state these wait for it."""
LONGEST_OPINION = 2000


def draft_item(desk: Desk, written: object) -> ItemVersion:
    """Draft a new item of the actor's department; Refused `item.fields` with all that is wrong, `item.exists`."""
    role = desk.require("registrar")
    outline = read(NewItemOutline(), written, "item.fields")
    code = code_of(outline)
    if items.item_of_code(desk.session, desk.actor.department_id, code):
        raise Refused("item.exists", item=code)
    item = InspectionItem(department_id=desk.actor.department_id, code=code)
    desk.session.add(item)
    desk.session.flush()
    version = ItemVersion(item=item, version=1, state="draft", **stored(outline))
    desk.session.add(version)
    desk.session.flush()
    _step(desk, version, "draft")
    desk.tell(role, "item:draft", f"item_version/{version.id}", item=code)
    return version


def amend_version(desk: Desk, version: ItemVersion, written: object) -> None:
    """Write a draft anew; its code stays."""
    in_own_department(desk, version.item.department_id)
    version = locked_version(desk, version)
    role = ITEM.move(desk, version, "amend")
    outline = read(ItemOutline(kept_methods(version)), written, "item.fields")
    for name, value in stored(outline).items():
        setattr(version, name, value)
    _step(desk, version, "amend")
    desk.tell(role, "item:amend", f"item_version/{version.id}")


def check_amendable(desk: Desk, version: ItemVersion) -> None:
    """Refuse to open the form of what can't be amended, or not by the actor."""
    in_own_department(desk, version.item.department_id)
    ITEM.check(desk, version.state, "amend")


def new_version(desk: Desk, earlier: ItemVersion) -> ItemVersion:
    """A draft with the words of an earlier version, which stays in force until the new one is confirmed.

    Refused `item.in_approval` where a version is on its way already, `item.not_approved` for the words of no approved one.
    """
    in_own_department(desk, earlier.item.department_id)
    role = desk.require("registrar")
    items.locked_item(desk.session, earlier.item_id)
    if earlier.state in items.IN_APPROVAL:
        raise Refused("item.not_approved", item=earlier.item.code)
    before = items.versions(desk.session, earlier.item_id)
    if any(each.state in items.IN_APPROVAL for each in before):
        raise Refused("item.in_approval", item=earlier.item.code)
    words = {name: getattr(earlier, name) for name in WORDS}
    version = ItemVersion(item=earlier.item, version=before[-1].version + 1, state="draft", **words)
    desk.session.add(version)
    desk.session.flush()
    _step(desk, version, "draft")
    desk.tell(role, "item:new_version", f"item_version/{version.id}", of=earlier.version)
    return version


def kept_methods(version: ItemVersion) -> list[str]:
    """The methods of a version that have no code: words of the list that it came with."""
    return [each for each in methods_of(version.methods) if each not in METHODS]


def move_item(desk: Desk, version: ItemVersion, act: str, opinion: str = "") -> None:
    """Submit, pass, confirm, reject, refuse or retire a version of an item of the actor's department.

    Who wrote or submitted it neither passes nor confirms it. A confirmed version takes the place of the one before.
    """
    in_own_department(desk, version.item.department_id)
    version = locked_version(desk, version)
    _check(desk, version, act, opinion)
    if (
        act in BY_SOMEBODY_ELSE
        and desk.actor.person_id in items.hands(desk.session, [version.id])[version.id]
    ):
        raise Refused("actor.same_person", roles=["registrar", "legal", "office"])
    _move(desk, version, act, opinion)


def move_items(desk: Desk, versions: Iterable[ItemVersion], act: str, opinion: str = "") -> int:
    """The same for many; how many."""
    moved = 0
    for version in versions:
        move_item(desk, version, act, opinion)
        moved += 1
    return moved


@dataclass(frozen=True)
class Moved:
    """How many versions were moved, and how many were left to somebody else: the actor had a hand in them."""

    moved: int
    left: int


def move_all(desk: Desk, act: str, seen: int, opinion: str = "") -> Moved:
    """Submit, pass or confirm all versions of the actor's department that wait for it and that he may move.

    `seen` is how many he was told of: Refused `item.other_number` where meanwhile there are more or fewer.
    """
    desk.require(*ITEM.roles(act))
    waiting = items.lock_versions(desk.session, desk.actor.department_id, FOR_MANY[act])
    if len(waiting) != seen:
        raise Refused("item.other_number", seen=seen, now=len(waiting))
    left = _by_the_same(desk, waiting, act)
    mine = [each for each in waiting if each.id not in left]
    if not mine:
        raise Refused("item.none_to_move", left=len(left))
    for version in mine:
        _check(desk, version, act, opinion)
        _move(desk, version, act, opinion)
    return Moved(len(mine), len(left))


def _by_the_same(desk: Desk, versions: Collection[ItemVersion], act: str) -> set[int]:
    """The versions that the actor may not pass or confirm, as he had a hand in them."""
    if act not in BY_SOMEBODY_ELSE:
        return set()
    hands = items.hands(desk.session, [each.id for each in versions])
    return {version for version, persons in hands.items() if desk.actor.person_id in persons}


def acts_for(desk: Desk, version: ItemVersion) -> list[str]:
    """What the actor may do with a version now; `new_version` where he may write the next one."""
    if version.item.department_id != desk.actor.department_id:
        return []
    may = [act for act in ITEM.possible(version.state) if desk.actor.roles.intersection(ITEM.roles(act))]
    barred = _by_the_same(desk, [version], BY_SOMEBODY_ELSE[0])
    acts = [act for act in may if not (act in BY_SOMEBODY_ELSE and barred)]
    if "registrar" in desk.actor.roles and version.state not in items.IN_APPROVAL:
        others = items.versions(desk.session, version.item_id)
        if not any(each.state in items.IN_APPROVAL for each in others):
            acts.append("new_version")
    return acts


def find_version(desk: Desk, code: str) -> ItemVersion:
    """The newest version of an item of the actor's department; Refused `item.unknown`."""
    found = campaigns.newest_version(desk.session, desk.actor.department_id, code)
    if found is None:
        raise Refused("item.unknown", item=code)
    return found


def version_of_id(desk: Desk, version_id: int) -> ItemVersion:
    """A version that the actor may see; Refused `item.none` also for those he may not."""
    found = items.version(desk.session, version_id)
    if found is None:
        raise Refused("item.none")
    return found


def versions_in(desk: Desk, state: str) -> list[ItemVersion]:
    """All versions of the actor's department in a state, by code."""
    return campaigns.item_versions(desk.session, state, desk.actor.department_id)


def locked_version(desk: Desk, version: ItemVersion) -> ItemVersion:
    """The version as it stands, with nobody else at it or its item until the transaction ends.

    The item is locked first: to confirm one version ends another.
    """
    items.locked_item(desk.session, version.item_id)
    found = items.locked_version(desk.session, version.id)
    if found is None:
        raise Refused("item.none")
    return found


def _check(desk: Desk, version: ItemVersion, act: str, opinion: str) -> None:
    """Refuse what the state or the role does not allow, and a step back or an end without a reason."""
    ITEM.check(desk, version.state, act)
    if act in ("reject", "refuse") and not opinion.strip():
        raise Refused("reason.missing")
    if len(opinion) > LONGEST_OPINION:
        raise Refused("item.opinion_too_long", most=LONGEST_OPINION)


def _move(desk: Desk, version: ItemVersion, act: str, opinion: str) -> None:
    if act == "confirm":
        _supersede(desk, version)
    role = ITEM.move(desk, version, act)
    if act == "confirm":
        version.valid_from = desk.today
    if act == "retire":
        version.valid_to = desk.today
    _step(desk, version, act, opinion)
    desk.tell(role, f"item:{act}", f"item_version/{version.id}")


def _step(desk: Desk, version: ItemVersion, act: str, opinion: str = "") -> None:
    """Note who did what with a version, when and with which opinion."""
    desk.session.add(
        ItemApproval(
            version_id=version.id, action=act, person_id=desk.actor.person_id, opinion=opinion, at=desk.now
        )
    )


def _supersede(desk: Desk, version: ItemVersion) -> None:
    before = campaigns.version_in_force(desk.session, version.item_id)
    if before is not None:
        before.state, before.valid_to = "superseded", desk.today
        desk.session.flush()
