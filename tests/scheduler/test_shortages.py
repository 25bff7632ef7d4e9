"""Who lacks where, what would do, and whether the registries do by now: on both databases, tried by the draw itself."""

import pytest
from sqlalchemy import delete, select, update

from data.models import Bar, Inspector, PairBar, Target
from matching.draw.commitment import Secrets
from matching.pairing.group_remedies import FewerGroups
from matching.pairing.remedies import Lift, More, Qualify, Raise
from scheduler.accounts import NewUser, add_user, grant
from scheduler.inspection import amending, drawing, freezing, shortages
from scheduler.inspection.amending import Amendment
from scheduler.transaction import EVERYTHING, transaction
from tests.town import refuses

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
AGAIN = Secrets(b"t" * 32, b"y" * 32)


def change(town, codes, **values):
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like(codes)).values(**values))


def short(town, **other):
    """A draw that comes to a shortage; its number."""
    number = town.freeze(town.campaign(**SMALL | other))
    town.commit(number)
    town.open(number)
    assert town.execute(number) == "short"
    return number


def at(town, number, login, act):
    return town.do(login, lambda desk: act(desk, drawing.find_draw(desk, number)))


def explained(town, number, login="em.planner"):
    return shortages.explain(at(town, number, login, shortages.to_explain))


def foreseen(town, number, login="em.planner"):
    return shortages.foreseen(at(town, number, login, shortages.lists_now))


def remedy(told, kind):
    """The one remedy of a kind."""
    (found,) = [each for part in told.departments for each in part.remedies if isinstance(each, kind)]
    return found


def paired_again(town, number):
    """What the next pairing comes to."""
    at(town, number, "amr.planner", lambda desk, drawn: freezing.refreeze(desk, drawn, AGAIN))
    town.commit(number)
    town.open(number, dice="d10x20:27182818284590452353")
    return town.execute(number)


def test_what_is_foreseen_is_what_the_next_pairing_comes_to(town):
    change(town, "EM%", capacity=1)
    number = short(town)
    told = explained(town, number)
    (part,) = told.departments
    assert (part.department, part.missing, [lack.missing for lack in part.lacks]) == ("EM", 6, [6])
    assert remedy(told, Raise).number == 1
    for by, enough in ((0, False), (1, True)):
        if by:
            town.do(
                "em.registrar",
                lambda desk: amending.amend_inspectors(
                    desk, remedy(told, Raise).inspectors, Amendment(capacity=1)
                ),
            )
        assert foreseen(town, number).enough is enough
    assert paired_again(town, number) == "completed"
    with refuses("draw.not_short", state="completed"):
        explained(town, number)


def test_what_is_not_enough_falls_short_again_by_as_much(small_town):
    change(small_town, "EM%", capacity=1)
    number = short(small_town)
    change(small_town, "EM000", capacity=3)
    standing = foreseen(small_town, number)
    assert (standing.enough, standing.tried) == (False, None)
    assert standing.explained.departments[0].missing == 4
    assert paired_again(small_town, number) == "short"
    assert (
        explained(small_town, number).departments[0].missing == 4
    )  # the frozen lists are now those of the second


def test_the_frozen_lists_explain_whatever_the_registries_say_by_now(small_town):
    change(small_town, "EM%", capacity=1)
    number = short(small_town)
    change(small_town, "EM%", capacity=60)
    assert explained(small_town, number).departments[0].missing == 6
    assert foreseen(small_town, number).enough
    change(small_town, "EM%", state="suspended")
    with refuses("pool.nobody", departments=["EM"]):
        foreseen(small_town, number)


def test_bars_are_counted_and_named_to_their_own_department(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        people = session.scalars(select(Inspector).where(Inspector.code.like("EM%"))).all()
        for target in session.scalars(select(Target)):
            for each in people[1:]:
                session.add(Bar(inspector_id=each.id, target_id=target.id, ground="kinship"))
    number = short(small_town)
    found = remedy(explained(small_town, number), Lift)
    assert (found.number, len(found.bars)) == (6, 6)
    assert remedy(explained(small_town, number, "amr.planner"), Lift).bars == ()
    assert explained(small_town, number, "fire.planner").departments == ()
    with transaction(small_town.database, EVERYTHING) as session:
        targets = {each.code: each.id for each in session.scalars(select(Target))}
        ids = {each.code: each.id for each in session.scalars(select(Inspector))}
        for inspector, target in found.bars:
            session.execute(
                delete(Bar).where(Bar.inspector_id == ids[inspector], Bar.target_id == targets[target])
            )
    assert foreseen(small_town, number).enough
    assert paired_again(small_town, number) == "completed"


def test_bars_between_inspectors_are_explained_with_the_tickets_of_their_pairing(small_town):
    """Everybody of two departments may not meet: nobody can be spared, and a trial says so before the next pairing."""
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(delete(PairBar))
        ours, theirs = (
            session.scalars(select(Inspector).where(Inspector.code.like(f"{code}%"))).all()
            for code in ("AMR", "EM")
        )
        for one in ours:
            for other in theirs:
                first, second = sorted((one.id, other.id))
                session.add(PairBar(inspector_id=first, other_id=second, ground="kinship"))
    number = short(small_town)
    told = explained(small_town, number, "amr.planner")
    assert told.departments == ()
    assert told.pairs is not None
    assert told.pairs.number > 1
    assert {each.remedied.department for each in told.spared} == {"AMR", "EM"}
    own = next(each for each in told.spared if each.remedied.department == "AMR")
    assert any(isinstance(each, More) for each in own.remedied.remedies)
    standing = foreseen(small_town, number, "amr.planner")
    assert (standing.enough, standing.tried) == (True, False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortages, "MOST_TRIED", 6 * 18 - 1)
        assert foreseen(small_town, number, "amr.planner").tried is None
        assert explained(small_town, number, "amr.planner").pairs is None
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(delete(PairBar))
    standing = foreseen(small_town, number, "amr.planner")
    assert (standing.enough, standing.tried) == (True, None)
    assert paired_again(small_town, number) == "completed"


def test_groups_that_cannot_be_dealt_are_told_whom_they_lack(small_town):
    change(small_town, "EM00_", qualifications="")
    change(small_town, "EM000", qualifications="lead")
    number = short(small_town, teams="fixed", groups=3)
    (deal,) = explained(small_town, number).deals
    assert (deal.department, deal.missing_leads, deal.missing_people) == ("EM", 2, 0)
    more, qualify, fewer = deal.remedies
    assert isinstance(more, More)
    assert isinstance(fewer, FewerGroups)
    assert isinstance(qualify, Qualify)
    assert (more.number, qualify.number, fewer.groups) == (2, 2, 1)
    assert explained(small_town, number, "amr.planner").deals[0].remedies[1].inspectors == ()
    assert not foreseen(small_town, number).enough
    small_town.do(
        "em.registrar",
        lambda desk: amending.amend_inspectors(desk, qualify.inspectors, Amendment(qualification="lead")),
    )
    standing = foreseen(small_town, number)
    assert (standing.enough, standing.tried) == (True, True)
    assert paired_again(small_town, number) == "completed"


def test_groups_without_capacity_are_told_how_much_of_the_groups_as_they_were_dealt(small_town):
    change(small_town, "%", capacity=1)
    number = short(small_town, teams="fixed", groups=3)
    told = explained(small_town, number, "amr.planner")
    (found,) = [each for each in told.groups if isinstance(each, Raise)]
    assert (found.number, found.inspectors) == (
        1,
        (),
    )  # three groups for six targets; people of several departments
    assert foreseen(small_town, number, "amr.planner").tried is False


@pytest.mark.parametrize("login", ["em.registrar", "em.reviewer", "notary", "em000"])
def test_who_may_not_see_what_was_drawn_is_explained_nothing(small_town, login):
    change(small_town, "EM%", capacity=1)
    number = short(small_town)
    for read in (shortages.to_explain, shortages.lists_now):
        with refuses("actor.role"):
            at(small_town, number, login, read)


def test_a_planner_who_witnesses_the_draw_is_explained_nothing(small_town):
    """He plans in the lead department, and what was drawn is none of his as long as he witnesses it."""
    with transaction(small_town.database, EVERYTHING) as session:
        add_user(session, small_town.now, NewUser("amr.second", "amr.second", "第二计划员", "AMR"))
        for role in ("planner", "witness"):
            grant(session, small_town.now, "amr.second", role)
    change(small_town, "EM%", capacity=1)
    number = small_town.freeze(small_town.campaign(**SMALL | {"witnesses": ["amr.second"]}))
    small_town.commit(number, "amr.second")
    small_town.open(number, "amr.second")
    assert small_town.execute(number) == "short"
    for read in (shortages.to_explain, shortages.lists_now):
        with refuses("draw.not_dispatched"):
            at(small_town, number, "amr.second", read)


def test_an_inspector_is_amended_by_the_registrar_of_his_department_alone(town):
    for login, code in (("em.planner", "actor.role"), ("amr.registrar", "inspector.unknown")):
        with town.at(login) as desk, refuses(code):
            amending.amend_inspectors(desk, ["EM000"], Amendment(capacity=1))
    with town.at("em.registrar") as desk:
        assert amending.amend_inspectors(desk, ["EM001", "EM000"], Amendment(2, "water", ("390102",))) == 2
    with transaction(town.database, EVERYTHING) as session:
        one = session.scalars(select(Inspector).where(Inspector.code == "EM001")).one()
        assert (one.capacity, one.qualifications, one.regions) == (62, "lead;water", "*")
    with town.at("em.registrar") as desk:
        assert amending.amend_inspectors(desk, ["EM001"], Amendment(qualification="water")) == 0
