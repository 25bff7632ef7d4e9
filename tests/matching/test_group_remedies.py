"""What would do for bars between inspectors and for fixed groups: tried by the pairing itself, with the same tickets."""

from dataclasses import replace

import pytest

from matching.draw.teams import deal_groups
from matching.pairing.group_remedies import (
    FewerGroups,
    group_remedies,
    lift_pairs_of_dealing,
    short_deals,
)
from matching.pairing.groups import pair_groups
from matching.pairing.pair_remedies import lift_pairs, spared, without_pairs
from matching.pairing.pairs import GroupsPaired, Paired
from matching.pairing.remedies import Lift, More, Qualify, Raise, Widen
from matching.pairing.rounds import pair_targets
from matching.pairing.shortage import (
    DealingShortage,
    GroupShortage,
    NoGroupShortage,
    PairBarShortage,
    Shortage,
)
from tests.matching.planted_shortages import (
    Planted,
    PlantedTogether,
    barred_couples,
    barred_groups,
    people_of,
    short_deal,
    targets_of,
    tired_groups,
)
from tests.matching.small_cases import Dice
from tests.matching.test_remedies import changed

SEEDS = range(6)
KEY, TEAMS, GROUPS = 2**100 + 7, 2**90 + 1, 2**80 + 3


def drawn_of(each: PlantedTogether):
    return range(len(each.targets))


def grouped(each: PlantedTogether):
    return pair_groups(each.plan(), each.frame(), drawn_of(each), TEAMS, GROUPS)


def with_change(each: PlantedTogether, remedy, less=0) -> PlantedTogether:
    """The rows after a remedy that `changed` knows."""
    rows = changed(Planted(1, 0, each.targets, each.people, each.bars), remedy, less)
    return replace(each, people=rows.people, bars=rows.bars)


def remedies_of(each: PlantedTogether):
    plan, frame = each.plan(), each.frame()
    return {
        type(remedy): remedy
        for remedy in group_remedies(plan, frame, deal_groups(plan, frame, TEAMS), drawn_of(each))
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_bars_between_inspectors_are_lifted_the_fewest_that_do(seed):
    each = barred_couples(Dice(seed))
    plan, frame = each.plan(), each.frame()
    told = pair_targets(plan, frame, drawn_of(each), KEY)
    assert isinstance(told, Shortage)
    assert isinstance(told.causes[0], PairBarShortage)
    found = lift_pairs(plan, frame, drawn_of(each), KEY)
    assert (found.number, found.at_least) == (each.number, each.number)
    for lifted, answer in ((found.pairs, Paired), (found.pairs[1:], Shortage)):
        after = without_pairs(frame, lifted)
        assert isinstance(pair_targets(plan, after, drawn_of(each), KEY), answer)


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_could_be_spared_with_help_is_told_with_the_help(seed):
    each = barred_couples(Dice(seed))
    plan, frame = each.plan(), each.frame()
    told = pair_targets(plan, frame, drawn_of(each), KEY)
    both = spared(plan, frame, drawn_of(each), KEY, told)
    assert {one.inspector for one in both} == set(told.causes[0].barred)
    assert {one.target for one in both} == {told.causes[0].target}
    for one in both:
        (more,) = (remedy for remedy in one.remedied.remedies if isinstance(remedy, More))
        assert (more.number, one.remedied.missing) == (1, 1)
    # with one more inspector wherever two may not meet, the pairing itself comes to an end
    code = both[0].remedied.department
    new = [
        (code, f"{code}-N-{row[0]}", "lead", "", row[0].partition("-")[2], "9", "新")
        for row in each.pair_bars
    ]
    mended = replace(each, people=each.people + new)
    assert isinstance(pair_targets(plan, mended.frame(), drawn_of(each), KEY), Paired)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dealing_is_told_whom_it_lacks(seed):
    each = short_deal(Dice(seed))
    (cause,) = grouped(each).causes
    assert isinstance(cause, DealingShortage)
    (deal,) = short_deals(each.plan(), each.people)
    assert (deal.department, deal.missing_leads) == ("FIRE", each.number)
    more, qualify, fewer = deal.remedies
    assert (more.number, qualify.number, fewer.number) == (each.number,) * 3
    assert isinstance(fewer, FewerGroups)
    for remedy in (more, qualify):
        assert isinstance(remedy, More | Qualify)
        for less, answer in ((0, GroupsPaired), (1, Shortage)):
            assert isinstance(grouped(with_change(each, remedy, less)), answer)
    for groups, answer in ((fewer.groups, GroupsPaired), (fewer.groups + 1, Shortage)):
        assert isinstance(grouped(replace(each, written=each.written | {"groups": groups})), answer)


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_without_capacity_are_told_how_much(seed):
    each = tired_groups(Dice(seed))
    (cause,) = grouped(each).causes
    assert isinstance(cause, GroupShortage)
    found = remedies_of(each)[Raise]
    assert found.number == each.number
    assert isinstance(grouped(with_change(each, found)), GroupsPaired)
    assert isinstance(grouped(with_change(each, found, less=1)), Shortage)


@pytest.mark.parametrize("seed", SEEDS)
def test_targets_that_every_group_bars_are_told_the_fewest_bars(seed):
    each = barred_groups(Dice(seed))
    (cause,) = grouped(each).causes
    assert isinstance(cause, NoGroupShortage)
    assert len(cause.targets) == each.number
    found = remedies_of(each)[Lift]
    assert found.number == each.number
    assert isinstance(grouped(with_change(each, found)), GroupsPaired)
    assert isinstance(grouped(with_change(each, found, less=1)), Shortage)


def test_a_region_that_no_group_holds_is_given_to_one_inspector_of_a_department():
    people = [(*row[:4], "320602", *row[5:]) for row in people_of("", 4, True, 20)]
    plan = {"teams": "fixed", "groups": 2, "departments": [{"code": "FIRE", "size": 2, "leads": 1,
                                                           "lead_qualification": "lead"}]}  # fmt: skip
    each = PlantedTogether(plan, targets_of("320602", 3) + targets_of("320612", 2), people)
    found = remedies_of(each)[Widen]
    assert (found.number, found.at_least, found.regions) == (1, 1, ("320612",))
    assert isinstance(grouped(with_change(each, found)), GroupsPaired)
    assert isinstance(grouped(each), Shortage)


def test_a_dealing_that_bars_stop_is_told_which():
    people = [(*row[:4], "*", *row[5:]) for row in people_of("", 2, True, 20) + people_of("", 2, False, 20)]
    ids = [row[1] for row in people]
    every = sorted((*sorted((one, other)), "kin") for one in ids[:2] for other in ids[2:])
    plan = {"teams": "fixed", "groups": 2, "departments": [{"code": "FIRE", "size": 2, "leads": 1,
                                                           "lead_qualification": "lead"}]}  # fmt: skip
    each = PlantedTogether(plan, targets_of("", 3), people, pair_bars=every)
    assert isinstance(grouped(each), Shortage)
    assert short_deals(each.plan(), each.people) == []
    found = lift_pairs_of_dealing(each.plan(), each.frame(), TEAMS)
    assert found.number == 2
    after = without_pairs(each.frame(), found.pairs)
    assert isinstance(pair_groups(each.plan(), after, drawn_of(each), TEAMS, GROUPS), GroupsPaired)
