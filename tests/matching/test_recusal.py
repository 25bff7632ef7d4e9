"""A recusal moves one seat, to the next by (cost, index) after whom the team is lawful; every other pair stays."""

from collections import Counter

import pytest

from matching.draw.plan import read_plan
from matching.draw.tables import freeze_all
from matching.draw.tickets import pair_word, word
from matching.pairing.groups import pair_groups
from matching.pairing.pairs import GroupsPaired, Paired
from matching.pairing.recusal import Standing, recuse, void
from matching.pairing.regrouping import replace_member, succeed
from matching.pairing.rounds import pair_targets
from matching.refused import Refused
from tests.matching.small_cases import small_case, small_fixed_case


def standings(seeds=range(80)):
    """Paired small cases with a target that was not drawn, to succeed a voided one."""
    for seed in seeds:
        case = small_case(seed, ("balance", "tickets"))
        plan = read_plan({"purpose": "小例", "quota": {"total": len(case.drawn)}, **case.plan})
        frame = freeze_all(case.targets, case.inspectors, case.bars, case.pair_bars)
        answer = pair_targets(plan, frame, case.drawn, case.key_match)
        if isinstance(answer, Paired) and answer.pairs:
            yield Standing(plan, frame, case.key_match, answer.pairs)


def lawful(standing):
    """Whether every team, bar, pair bar, region and capacity is kept, told from the tables alone."""
    people, things = standing.frame.inspectors.rows, standing.frame.targets.rows
    barred = {(row[0], row[1]) for row in standing.frame.bars.rows}
    barred |= {(people[j][1], things[t][1]) for j, t in standing.added}
    pair_barred = {frozenset(row[:2]) for row in standing.frame.pair_bars.rows}
    loads = Counter(p.inspector for p in standing.pairs)
    assert all(load <= int(people[j][5]) for j, load in loads.items())
    for target in {p.target for p in standing.pairs}:
        team = [p for p in standing.pairs if p.target == target]
        ids = [people[p.inspector][1] for p in team]
        assert len(set(ids)) == len(ids)
        assert not any({a, b} == set(pair) for a in ids for b in ids for pair in pair_barred if a != b)
        for department in standing.plan.departments:
            own = [p for p in team if p.department == department.code]
            able = [
                p
                for p in own
                if {*department.lead_qualification.split(";")} <= {*people[p.inspector][2].split(";")}
            ]
            leads = sorted(able, key=lambda p: (p.cost, p.inspector))[: department.leads]
            assert len(own) == department.size
            assert len(leads) == department.leads
            assert [p for p in own if p.role == "lead"] == sorted(leads, key=lambda p: p.inspector)
        for p in team:
            regions = people[p.inspector][4]
            assert regions == "*" or things[target][2] in regions.split(";")
            assert (people[p.inspector][1], things[target][1]) not in barred
            assert p.cost == pair_word(standing.key, target, p.inspector) >> 24
    return True


def next_by_definition(standing, target, department, gone):
    """The recusal rule read again: try everybody of the department in the order of (cost, index)."""
    people, thing = standing.frame.inspectors.rows, standing.frame.targets.rows[target]
    barred = {(row[0], row[1]) for row in standing.frame.bars.rows}
    eligible = sorted(
        (pair_word(standing.key, target, j) >> 24, j)
        for j, row in enumerate(people)
        if row[0] == department.code
        and (row[4] == "*" or (thing[2] and thing[2] in row[4].split(";")))
        and (row[1], thing[1]) not in barred
        and (j, target) not in standing.added
        and j != gone
    )
    rest = [p.inspector for p in standing.pairs if p.target == target and p.inspector != gone]
    loads = Counter(p.inspector for p in standing.pairs)
    for rank, (_, j) in enumerate(eligible, start=1):
        own = [k for k in (*rest, j) if people[k][0] == department.code]
        able = [k for k in own if {*department.lead_qualification.split(";")} <= {*people[k][2].split(";")}]
        clash = any(
            {people[k][1], people[j][1]} == set(row[:2])
            for k in rest
            for row in standing.frame.pair_bars.rows
        )
        if j not in rest and loads[j] < int(people[j][5]) and len(able) >= department.leads and not clash:
            return j, rank, len(eligible)
    return None


def test_the_seat_goes_to_the_next_ticket_and_all_other_pairs_stay():
    moved = refused = 0
    for standing in standings():
        assert lawful(standing)
        for seat in standing.pairs[:6]:
            department = next(d for d in standing.plan.departments if d.code == seat.department)
            expected = next_by_definition(standing, seat.target, department, seat.inspector)
            if expected is None:
                refused += 1
                with pytest.raises(Refused, match=r"recusal\.nobody_left"):
                    recuse(standing, seat.target, seat.inspector)
                continue
            after, supplied = recuse(standing, seat.target, seat.inspector)
            moved += 1
            assert (supplied.inspector, supplied.rank, supplied.eligible) == expected
            assert lawful(after)
            stays = {(p.target, p.inspector) for p in standing.pairs} - {(seat.target, seat.inspector)}
            assert {(p.target, p.inspector) for p in after.pairs} == stays | {
                (seat.target, supplied.inspector)
            }
            assert [p for p in after.pairs if p.target != seat.target] == [
                p for p in standing.pairs if p.target != seat.target
            ]
    assert moved > 50
    assert refused > 50


def test_a_recused_inspector_never_returns_to_the_target():
    for standing in standings():
        seat = standing.pairs[0]
        gone = set()
        while True:
            gone.add(seat.inspector)
            try:
                standing, supplied = recuse(standing, seat.target, seat.inspector)
            except Refused:
                break
            assert supplied.inspector not in gone
            seat = next(
                p for p in standing.pairs if (p.target, p.inspector) == (seat.target, supplied.inspector)
            )


def test_a_voided_target_frees_its_team_and_its_successor_gets_one():
    supplied_some = 0
    for standing in standings():
        voided = standing.pairs[0].target
        drawn = {p.target for p in standing.pairs}
        successor = next((t for t in range(len(standing.frame.targets.rows)) if t not in drawn), None)
        try:
            after, supplied = void(standing, voided, successor)
        except Refused:
            continue
        assert voided not in {p.target for p in after.pairs}
        assert lawful(after)
        if successor is not None:
            supplied_some += 1
            seats = [
                department.code for department in standing.plan.departments for _ in range(department.size)
            ]
            assert [each.department for each in supplied] == seats
            assert {p.inspector for p in after.pairs if p.target == successor} == {
                each.inspector for each in supplied
            }
    assert supplied_some > 10


def test_a_void_without_successor_only_frees_loads():
    standing = next(standings())
    voided = standing.pairs[0].target
    after, supplied = void(standing, voided, None)
    assert supplied == ()
    assert list(after.pairs) == [p for p in standing.pairs if p.target != voided]


def test_who_is_not_on_the_team_cannot_be_recused():
    standing = next(standings())
    with pytest.raises(Refused, match=r"recusal\.not_seated"):
        recuse(standing, standing.pairs[0].target, 10**6)


def test_a_groups_member_is_replaced_by_the_next_ticket_outside_all_groups():
    replaced = refused = 0
    for seed in range(80):
        case = small_fixed_case(seed, ("tickets",))
        plan = read_plan({"purpose": "小例", "quota": {"total": len(case.drawn)}, **case.plan})
        frame = freeze_all(case.targets, case.inspectors, case.bars, case.pair_bars)
        answer = pair_groups(plan, frame, case.drawn, case.key_teams, case.key_group)
        if not isinstance(answer, GroupsPaired):
            continue
        people = frame.inspectors.rows
        for old in answer.groups.members:
            seated = {m.inspector for m in answer.groups.members}
            try:
                groups, supplied = replace_member(
                    plan, frame, case.key_teams, answer.groups, answer.pairs, old.inspector
                )
            except Refused:
                refused += 1
                continue
            replaced += 1
            new = next(m for m in groups.members if m.inspector == supplied.taker)
            assert supplied.taker not in seated
            assert (new.group, new.department, new.role) == (old.group, old.department, old.role)
            assert new.ticket == word(case.key_teams, new.inspector)
            assert set(groups.members) - {new} == set(answer.groups.members) - {old}
            department = next(d for d in plan.departments if d.code == old.department)
            before = [
                j
                for j, row in enumerate(people)
                if row[0] == old.department
                and j not in seated
                and (
                    old.role == "member"
                    or {*department.lead_qualification.split(";")} <= {*row[2].split(";")}
                )
                and (word(case.key_teams, j), j) < (new.ticket, new.inspector)
            ]
            assert len(before) == supplied.rank - 1
    assert replaced > 20
    assert refused > 20


def test_the_successor_of_a_voided_target_gets_the_first_group_that_may_take_it():
    given = 0
    for seed in range(80):
        case = small_fixed_case(seed, ("tickets",))
        plan = read_plan({"purpose": "小例", "quota": {"total": len(case.drawn)}, **case.plan})
        frame = freeze_all(case.targets, case.inspectors, case.bars, case.pair_bars)
        answer = pair_groups(plan, frame, case.drawn, case.key_teams, case.key_group)
        spare = [t for t in range(len(frame.targets.rows)) if t not in case.drawn]
        if not isinstance(answer, GroupsPaired) or not answer.pairs or not spare:
            continue
        voided = answer.pairs[0]
        loads = Counter(pair.group for pair in answer.pairs[1:])
        able = [
            (pair_word(case.key_group, spare[0], g) >> 24, g)
            for g in range(plan.groups)
            if _may_take(frame, plan, [m.inspector for m in answer.groups.of(g)], spare[0])
            and loads[g] < min(int(frame.inspectors.rows[m.inspector][5]) for m in answer.groups.of(g))
        ]
        if not able:
            with pytest.raises(Refused, match=r"recusal\.nobody_left"):
                succeed(plan, frame, case.key_group, answer.groups, answer.pairs, voided.target, spare[0])
            continue
        after, taken = succeed(
            plan, frame, case.key_group, answer.groups, answer.pairs, voided.target, spare[0]
        )
        given += 1
        (new,) = set(after) - set(answer.pairs)
        assert (new.target, (new.cost, new.group)) == (spare[0], min(able))
        assert taken.taker == new.group
        assert [pair.target for pair in after] == sorted(pair.target for pair in after)
    assert given > 10


def _may_take(frame, plan, members, target):
    people, thing = frame.inspectors.rows, frame.targets.rows[target]
    if any((people[j][1], thing[1]) == row[:2] for j in members for row in frame.bars.rows):
        return False
    here = {
        people[j][0]
        for j in members
        if people[j][4] == "*" or (thing[2] and thing[2] in people[j][4].split(";"))
    }
    return here >= {department.code for department in plan.departments}
