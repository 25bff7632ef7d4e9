"""The approval of items: three persons, a reason to reject, one version in force."""

import pytest
from sqlalchemy import select

from data.models import ItemVersion
from scheduler.accounts import grant
from scheduler.inspection import items
from scheduler.transaction import EVERYTHING, transaction
from tests.town import refuses


def move(town, login, act, opinion=""):
    with town.at(login) as desk:
        items.move_item(desk, items.find_version(desk, "A01"), act, opinion)


@pytest.fixture
def drafted(town):
    """The town with a second version of the market regulator's item."""
    with transaction(town.database, EVERYTHING) as session:
        first = session.scalars(select(ItemVersion).order_by(ItemVersion.id)).first()
        session.add(
            ItemVersion(
                item_id=first.item_id,
                version=2,
                state="draft",
                name="新版",
                basis="新法",
                item_class="general",
            )
        )
    return town


def states(town):
    with transaction(town.database, EVERYTHING) as session:
        first = session.scalars(select(ItemVersion.item_id).order_by(ItemVersion.id)).first()
        found = session.scalars(
            select(ItemVersion).where(ItemVersion.item_id == first).order_by(ItemVersion.version)
        )
        return [(each.state, each.valid_from, each.valid_to) for each in found]


def test_a_confirmed_version_takes_the_place_of_the_one_before(drafted):
    drafted.pass_time(days=30)
    for login, act in (("registrar", "submit"), ("legal", "pass"), ("office", "confirm")):
        move(drafted, f"amr.{login}", act)
    (old, began, ended), (new, since, until) = states(drafted)
    assert (old, new, until) == ("superseded", "published", None)
    assert ended == since == began.replace(month=4, day=1)
    move(drafted, "amr.office", "retire")
    assert [state for state, *_ in states(drafted)] == ["superseded", "retired"]


def test_nobody_passes_or_confirms_what_he_submitted_or_passed(drafted):
    with transaction(drafted.database, EVERYTHING) as session:
        for login, role in (("amr.registrar", "legal"), ("amr.registrar", "office"), ("amr.legal", "office")):
            grant(session, drafted.now, login, role)
    move(drafted, "amr.registrar", "submit")
    with refuses("actor.same_person"):
        move(drafted, "amr.registrar", "pass")
    move(drafted, "amr.legal", "pass")
    for login in ("amr.registrar", "amr.legal"):
        with refuses("actor.same_person"):
            move(drafted, login, "confirm")
    move(drafted, "amr.office", "confirm")


def test_rejected_with_a_reason_it_goes_the_whole_way_again(drafted):
    move(drafted, "amr.registrar", "submit")
    with refuses("reason.missing"):
        move(drafted, "amr.legal", "reject", " ")
    move(drafted, "amr.legal", "reject", "依据过时")
    assert states(drafted)[1][0] == "draft"
    with refuses("item.not_now"):
        move(drafted, "amr.legal", "pass")
    move(drafted, "amr.registrar", "submit")
    move(drafted, "amr.legal", "pass")
    with refuses("reason.missing"):
        move(drafted, "amr.office", "refuse")
    move(drafted, "amr.office", "refuse", "重复")
    assert [state for state, *_ in states(drafted)] == ["published", "draft"]


def test_an_item_of_another_department_is_unknown_like_none(drafted):
    with drafted.at("em.registrar") as desk, refuses("item.unknown"):
        items.find_version(desk, "没有")
    with drafted.at("em.registrar") as desk:
        assert items.versions_in(desk, "draft") == []
    with drafted.at("amr.registrar") as desk:
        version = items.find_version(desk, "A01")
        assert items.versions_in(desk, "draft") == [version]
        key = version.id
    with drafted.at("em.registrar") as desk:
        assert desk.session.scalars(select(ItemVersion).where(ItemVersion.id == key)).all() == []
