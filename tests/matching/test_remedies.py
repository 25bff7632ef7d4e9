"""What is said to do does, and one less does not: asked of the pairing itself, which shares no flow with what is asked."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest

from matching.pairing.lacks import Need
from matching.pairing.pairs import Paired
from matching.pairing.problem import staffing
from matching.pairing.remedies import (
    Fewer,
    Lift,
    More,
    Qualify,
    Raise,
    RaiseSome,
    Remedied,
    Remedy,
    Widen,
    remedied,
)
from matching.pairing.rounds import pair_targets
from matching.pairing.shortage import SeatShortage, Shortage, seat_shortage, short_cut
from tests.matching.planted_shortages import NORTH, SOUTH, Planted, people_of, planted, targets_of
from tests.matching.small_cases import Dice, small_case

PLANTED = range(50)
KEY = 2**100 + 7


def need_of(each: Planted) -> Need:
    (department,) = each.plan().departments
    return Need(
        department,
        [(row[1], row[2]) for row in each.targets],
        each.people,
        [(row[0], row[1]) for row in each.bars],
    )


def answer(each: Planted) -> Remedied:
    found = remedied(need_of(each))
    assert found is not None
    return found


def is_paired(each: Planted) -> bool:
    """Whether the pairing itself fills all seats."""
    return isinstance(pair_targets(each.plan(), each.frame(), range(len(each.targets)), KEY), Paired)


def name_of(remedy: Remedy) -> str:
    if isinstance(remedy, More):
        return "more_qualified" if remedy.qualified else "more_members"
    return type(remedy).__name__


def changed(each: Planted, remedy: Remedy, less: int = 0) -> Planted:
    """The rows after a remedy, or after one of which the last so many are left out."""
    number = remedy.number - less
    match remedy:
        case More():
            new = [
                ("FIRE", f"N-{n:04}", "lead" if remedy.qualified else "", "", ";".join(remedy.regions),
                 str(remedy.capacity), "新")
                for n in range(number)
            ]  # fmt: skip
            return replace(each, people=each.people + new)
        case Raise():
            return each.with_people(lambda row: _raised(row, remedy.inspectors, number))
        case RaiseSome():
            return each.with_people(lambda row: _raised(row, remedy.inspectors[:number], remedy.by))
        case Qualify():
            able = remedy.inspectors[:number]
            return each.with_people(lambda row: (*row[:2], "lead", *row[3:]) if row[1] in able else row)
        case Widen():
            wider = remedy.inspectors[:number]
            return each.with_people(lambda row: _wider(row, remedy.regions) if row[1] in wider else row)
        case Lift():
            lifted = remedy.bars[:number]
            return replace(each, bars=[row for row in each.bars if row[:2] not in lifted])
    raise ValueError(remedy)


def _raised(row, inspectors, by):
    return (*row[:5], str(int(row[5]) + by), *row[6:]) if row[1] in inspectors else row


def _wider(row, regions):
    held = "*" if "*" in regions else ";".join(sorted({*row[4].split(";"), *regions} - {""}))
    return (*row[:4], held, *row[5:])


def others(each: Planted, remedy: Remedy):
    """All other ways to make a change of the same kind by one less."""
    names = [row[1] for row in each.people]
    match remedy:
        case More() | Raise():
            yield changed(each, remedy, less=1)
        case RaiseSome() | Widen() | Qualify():
            for chosen in combinations(names, remedy.number - 1):
                yield changed(each, replace(remedy, inspectors=chosen, number=remedy.number - 1))
        case Lift():
            for chosen in combinations([row[:2] for row in each.bars], remedy.number - 1):
                yield changed(each, replace(remedy, bars=chosen, number=remedy.number - 1))


@pytest.mark.parametrize("seed", PLANTED)
def test_a_planted_shortage_is_named_exactly(seed):
    each = planted(seed)
    told = pair_targets(each.plan(), each.frame(), range(len(each.targets)), KEY)
    assert isinstance(told, Shortage)
    (cause,) = told.causes
    found = answer(each)
    assert [(lack.seats, lack.missing) for lack in found.lacks] == sorted(each.lacks)
    assert isinstance(cause, SeatShortage)
    assert (found.department, found.missing) == ("FIRE", cause.missing)
    assert sum(lack.supply for lack in found.lacks) == cause.supply


@pytest.mark.parametrize("seed", PLANTED)
def test_what_is_said_to_do_does_and_one_less_does_not(seed):
    each = planted(seed)
    found = [remedy for remedy in answer(each).remedies if not isinstance(remedy, Fewer)]
    numbers = {name_of(remedy): remedy.number for remedy in found}
    assert each.numbers.items() <= numbers.items()
    for remedy in found:
        assert is_paired(changed(each, remedy)), remedy
        assert not is_paired(changed(each, remedy, less=1)), remedy
        assert remedy.exact, remedy


def test_no_other_choice_of_fewer_does_either():
    """Of small cases every choice that is one smaller is tried, by the pairing itself."""
    seen = Counter()
    for seed in range(120):
        for each in departments_of(seed):
            found = remedied(need_of(each))
            assert (found is None) == is_paired(each)
            for remedy in found.remedies if found else ():
                if isinstance(remedy, Fewer):
                    continue
                assert is_paired(changed(each, remedy)), (seed, remedy)
                assert remedy.at_least <= remedy.number
                if remedy.exact:
                    seen[name_of(remedy)] += 1
                    assert not any(map(is_paired, others(each, remedy))), (seed, remedy)
    assert set(seen) == {"more_qualified", "more_members", "Raise", "RaiseSome", "Qualify", "Widen", "Lift"}


def test_a_kind_of_change_that_is_not_told_would_not_do():
    for seed in range(120):
        for each in departments_of(seed):
            if found := remedied(need_of(each)):
                told = {name_of(remedy) for remedy in found.remedies}
                if "Raise" not in told:
                    assert not is_paired(each.with_people(lambda row: (*row[:5], "999", *row[6:])))
                if "Qualify" not in told:
                    assert not is_paired(each.with_people(lambda row: (*row[:2], "lead", *row[3:])))
                if "Widen" not in told:
                    assert not is_paired(each.with_people(lambda row: (*row[:4], "*", *row[5:])))
                if "Lift" not in told:
                    assert not is_paired(replace(each, bars=[]))


def departments_of(seed: int):
    """The departments of a small case, each for itself."""
    case = small_case(seed, ("tickets",))
    drawn = [case.targets[i] for i in case.drawn]
    for department in case.plan["departments"]:
        people = [("FIRE", *row[1:]) for row in case.inspectors if row[0] == department["code"]]
        ids = {row[1] for row in people}, {row[1] for row in drawn}
        bars = [row for row in case.bars if row[0] in ids[0] and row[1] in ids[1]]
        yield Planted(department["size"], department["leads"], sorted(drawn), people, bars)


def test_the_lacks_are_the_seats_that_the_shortage_tells_apart():
    for seed in range(300):
        for each in departments_of(seed):
            plan, frame = each.plan(), each.frame()
            standing = staffing(plan.departments[0], frame, range(len(each.targets)), KEY)
            cut = short_cut(standing)
            found = remedied(need_of(each))
            assert (cut is None) == (found is None)
            if cut and found:
                told = seat_shortage(standing, cut, [row[2] for row in frame.targets.rows])
                seats = Counter()
                for lack in found.lacks:
                    assert lack.missing > 0
                    for region, role, number in lack.seats:
                        seats[region, role] += number
                assert tuple((*key, seats[key]) for key in sorted(seats)) == told.seats
                assert sum(lack.missing for lack in found.lacks) == told.missing


def test_without_anybody_there_new_inspectors_would_do():
    each = Planted(2, 1, targets_of(NORTH, 3), [])
    found = answer(each)
    assert [name_of(remedy) for remedy in found.remedies] == ["more_qualified", "Fewer"]
    assert found.remedies[0].number == 6  # each bears one target: nobody shows that more is usual
    assert is_paired(changed(each, found.remedies[0]))


def test_an_empty_region_asks_for_inspectors_of_everywhere():
    each = Planted(1, 0, targets_of("", 2), people_of(NORTH, 2, False, 2))
    found = {name_of(remedy): remedy for remedy in answer(each).remedies}
    assert found["more_qualified"].regions == found["Widen"].regions == ("*",)
    for remedy in (found["more_qualified"], found["Widen"]):
        assert is_paired(changed(each, remedy))
        assert not is_paired(changed(each, remedy, less=1))


def test_where_the_fewest_are_not_known_it_is_said():
    """Many overlapping choices: what was found stands beside what is proved, and never below it."""
    regions = [f"{n:03}" for n in range(40)]
    targets = [row for region in regions for row in targets_of(region, 1)]
    people = [
        ("FIRE", f"M-{n:03}", "", "", ";".join(sorted({regions[n % 40], regions[(7 * n) % 40], regions[(n * n) % 40]})),
         "3", "某")
        for n in range(80)
    ]  # fmt: skip
    found = {name_of(remedy): remedy for remedy in answer(Planted(1, 1, sorted(targets), people)).remedies}
    assert 14 <= found["Qualify"].at_least <= found["Qualify"].number < 40
    assert is_paired(changed(Planted(1, 1, sorted(targets), people), found["Qualify"]))


def test_two_regions_that_nobody_joins_are_told_apart():
    each = Planted(1, 0, targets_of(NORTH, 3) + targets_of(SOUTH, 2), people_of(NORTH, 1, False, 1))
    assert [(lack.seats, lack.missing) for lack in answer(each).lacks] == [
        (((NORTH, "member", 3),), 2),
        (((SOUTH, "member", 2),), 2),
    ]


def test_so_many_targets_fewer_would_leave_nobody_short():
    """With one seat a target it is the flow itself; with more seats some so many targets do, never fewer than told."""
    tried = 0
    for seed in range(120):
        for each in departments_of(seed):
            found = remedied(need_of(each))
            if not found:
                continue
            (fewer,) = (remedy for remedy in found.remedies if isinstance(remedy, Fewer))
            if each.size == 1:
                assert fewer.number == fewer.at_least == found.missing
            if len(each.targets) > 7:
                continue  # too many choices to be tried
            least = next(
                number
                for number in range(len(each.targets) + 1)
                if any(
                    is_paired(only(each, kept))
                    for kept in combinations(each.targets, len(each.targets) - number)
                )
            )
            assert fewer.at_least <= least <= fewer.number
            tried += 1
    assert tried > 10


def only(each: Planted, kept) -> Planted:
    """The same with these targets alone."""
    ids = {row[1] for row in kept}
    return replace(each, targets=list(kept), bars=[row for row in each.bars if row[1] in ids])


@pytest.mark.parametrize("spare", range(4))
def test_no_more_bars_are_lifted_than_are_needed(spare):
    """Four inspectors barred from everything, one who may go and bears so many: the others are needed for the rest."""
    crew = people_of(NORTH, 5, True, 4)
    crew = [(*crew[4][:5], str(spare), "某"), *crew[:4]]
    targets = targets_of(NORTH, 4)
    bars = [(row[1], target[1], "kin") for row in crew[1:] for target in targets]
    each = Planted(1, 1, targets, crew, sorted(bars))
    (lift,) = (remedy for remedy in answer(each).remedies if isinstance(remedy, Lift))
    assert lift.number == 4 - spare
    assert is_paired(changed(each, lift))


def test_bars_of_targets_that_are_alike_are_lifted_where_teams_are_lawful():
    """By their ids one who may not lead comes before each who may: two of them at one target would be no team."""
    crew = [
        ("FIRE", name, "lead" if name[1] == "Q" else "", NORTH, NORTH, "1", "某")
        for name in ("1M", "2Q", "3M", "4Q")
    ]
    targets = targets_of(NORTH, 2)
    each = Planted(
        2, 1, targets, crew, sorted((row[1], target[1], "kin") for row in crew for target in targets)
    )
    (lift,) = (remedy for remedy in answer(each).remedies if isinstance(remedy, Lift))
    assert lift.number == 4
    assert is_paired(changed(each, lift))


def barred_at_random(seed: int) -> Planted:
    """Three regions, and bars all over: many ways to fill the seats, few of which lift few bars."""
    dice, regions = Dice(seed), (NORTH, SOUTH, "320699")
    targets = [row for region in regions for row in targets_of(region, dice.between(2, 4))]
    people = [
        ("FIRE", f"P{n}", "", "", ";".join(region for region in regions if dice.percent(60)), str(dice.between(1, 3)), "某")
        for n in range(7)
    ]  # fmt: skip
    bars = [(person[1], target[1], "kin") for person in people for target in targets if dice.percent(45)]
    return Planted(1, 0, targets, people, sorted(bars))


def test_among_many_ways_the_one_that_lifts_the_fewest_bars_is_found():
    tried = 0
    for seed in range(40):
        each = barred_at_random(seed)
        found = remedied(need_of(each))
        lifts = [remedy for remedy in found.remedies if isinstance(remedy, Lift)] if found else []
        for lift in lifts:
            assert is_paired(changed(each, lift))
            if lift.number <= 2:
                assert not any(map(is_paired, others(each, lift)))
                tried += lift.number == 2
    assert tried >= 3
