"""A joint campaign of three departments, from the approved plan to the last disclosure, as its people live it."""

from contextlib import nullcontext
from functools import partial

from sqlalchemy import select

from data.ledger import Whole, verify
from data.models import FollowUp, Obligation
from matching.bundle import pack
from matching.replay import replay
from matching.replayed import Replayed
from matching.verifier import verify as verify_bundle
from scheduler.inspection import planning, visits
from scheduler.inspection.results import Checked
from scheduler.transaction import EVERYTHING, reading
from tests.town import found_town


def test_a_joint_campaign_goes_from_the_registries_to_disclosure(database):
    town = found_town(database)
    code, number = town.drawn()
    for department in ("AMR", "FIRE", "EM"):
        for place, (_, target) in enumerate(town.visits(number, department)):
            item, wrong = f"{department}/A01", place == 0
            found = Checked(item, problem="标价不清", handling="order_to_correct") if wrong else Checked(item)
            town.disclosed(
                number,
                target,
                department,
                code="D" if wrong else "1",
                checks=(found,),
                measures=("责令改正",) if wrong else (),
            )
    with town.at("amr.planner") as desk:
        campaign = planning.find_campaign(desk, code)
        visits.close_campaign(desk, campaign)
    packed = pack(town.bundle(number))
    claims = verify_bundle(packed)
    assert [claim for claim in claims if claim.state == "wrong"] == []
    assert isinstance(replay(packed), Replayed)
    with reading(database, EVERYTHING) as session:
        assert isinstance(verify(partial(nullcontext, session)), Whole)
        owed = session.scalars(select(Obligation)).all()
        assert owed
        assert all(each.fulfilled_on and each.fulfilled_on <= each.due_on for each in owed)
        assert len(session.scalars(select(FollowUp)).all()) == 3
