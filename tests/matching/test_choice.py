"""How many were eligible for each seat: counted once more, plainly, over small draws of both kinds."""

from collections import Counter

import pytest

from matching.choice import Choice, choices_file, choices_of, read_choices
from matching.draw.plan import read_plan
from matching.draw.tables import freeze_all
from matching.draw.targets import draw_targets
from matching.lottery import Outcome
from matching.pairing.groups import pair_groups
from matching.pairing.pairs import GroupsPaired, Paired
from matching.pairing.rounds import pair_targets
from tests.matching.small_cases import ORDERS, small_case, small_fixed_case

SEEDS = range(80)


def drawn(case):
    """A small case drawn by a total and paired: plan, tables, outcome."""
    departments = [
        {key: d[key] for key in d if d["leads"] or key != "lead_qualification"}
        for d in case.plan["departments"]
    ]
    plan = read_plan({"purpose": "小例", "quota": {"total": 5}, **case.plan, "departments": departments})
    frame = freeze_all(case.targets, case.inspectors, case.bars, case.pair_bars)
    strata = tuple(draw_targets(plan.quota, frame.targets.spans(), case.key_match))
    rows = sorted(int(i) for stratum in strata for i in stratum.indexes)
    if plan.teams == "fixed":
        pairing = pair_groups(plan, frame, rows, case.key_teams, case.key_group)
    else:
        pairing = pair_targets(plan, frame, rows, case.key_match)
    return plan, frame, Outcome(strata, pairing)


def rows_of(outcome):
    return [int(i) for stratum in outcome.strata for i in stratum.indexes]


def may_go(case, inspector, target):
    regions = inspector[4].split(";") if inspector[4] else []
    fits = inspector[4] == "*" or target[2] in regions
    return fits and all((bar[0], bar[1]) != (inspector[1], target[1]) for bar in case.bars)


def counted_plainly(case, outcome):
    """Seats by department, role, how many were eligible, how many of them sit: of teams for each target."""
    seats = Counter()
    for t in rows_of(outcome):
        for department in case.plan["departments"]:
            able = [
                j for j in case.inspectors if j[0] == department["code"] and may_go(case, j, case.targets[t])
            ]
            leads, size = department["leads"], department["size"]
            qualified = [
                j
                for j in able
                if {*department.get("lead_qualification", "-").split(";")} <= {*j[2].split(";")}
            ]
            if leads:
                seats[department["code"], "lead", len(qualified), leads] += leads
            if size > leads:
                seats[department["code"], "member", len(able), size] += size - leads
    return seats


def as_counter(choices):
    return Counter({each[:4]: each.seats for each in choices})


def test_every_seat_of_a_team_is_counted_with_who_was_eligible():
    paired, forced = 0, 0
    for seed in SEEDS:
        case = small_case(seed, ORDERS[seed % len(ORDERS)])
        plan, frame, outcome = drawn(case)
        choices = choices_of(plan, frame, outcome)
        if not isinstance(outcome.pairing, Paired):
            assert choices == []
            continue
        paired += 1
        assert as_counter(choices) == counted_plainly(case, outcome), seed
        assert sum(each.seats for each in choices) == len(outcome.pairing.pairs)
        assert all(each.eligible >= each.of for each in choices)  # or it could not have been filled
        forced += any(each.forced for each in choices)
    assert paired > 20
    assert 0 < forced < paired  # both kinds are among them


def dealt_plainly(case, groups):
    """The places in the groups once more: who could have been taken, seat by seat, in the order of the dealing."""
    seats, teams, gone = Counter(), {}, set()
    barred = {frozenset(bar[:2]) for bar in case.pair_bars}
    for department in case.plan["departments"]:
        own = [m for m in groups.members if m.department == department["code"]]
        for role, turns in (("lead", department["leads"]), ("member", department["size"])):
            for turn in range(department["leads"] if role == "member" else 0, turns):
                for group in range(case.plan["groups"]):
                    team = teams.setdefault(group, [])
                    of_role = [m for m in own if (m.group, m.role) == (group, role)]
                    nth = turn - (department["leads"] if role == "member" else 0)
                    taken = sorted(of_role, key=lambda m: m.ticket)[nth]
                    may = [
                        j
                        for j in case.inspectors
                        if j[0] == department["code"]
                        and j[1] not in gone
                        and (
                            role == "member"
                            or {*department["lead_qualification"].split(";")} <= {*j[2].split(";")}
                        )
                        and all(frozenset((j[1], k)) not in barred for k in team)
                    ]
                    who = case.inspectors[taken.inspector][1]
                    assert who in [j[1] for j in may]
                    seats[department["code"], role, len(may), 1] += 1
                    gone.add(who)
                    team.append(who)
    return seats


def test_in_fixed_groups_targets_choose_among_groups_and_places_among_who_is_left():
    paired = 0
    for seed in SEEDS:
        case = small_fixed_case(seed, ORDERS[seed % len(ORDERS)])
        plan, frame, outcome = drawn(case)
        if not isinstance(outcome.pairing, GroupsPaired):
            continue
        paired += 1
        choices = choices_of(plan, frame, outcome)
        of_targets = Counter()
        for t in rows_of(outcome):
            may = 0
            for group in range(case.plan["groups"]):
                team = [case.inspectors[m.inspector] for m in outcome.pairing.groups.of(group)]
                free = all((j[1], case.targets[t][1]) not in {bar[:2] for bar in case.bars} for j in team)
                covered = all(
                    any(
                        j[0] == d["code"]
                        and (j[4] == "*" or case.targets[t][2] in j[4].split(";") if j[4] else False)
                        for j in team
                    )
                    for d in case.plan["departments"]
                )
                may += free and covered
            of_targets["", "group", may, 1] += 1
        assert as_counter(choices) == of_targets + dealt_plainly(case, outcome.pairing.groups), seed
    assert paired > 20


def test_what_is_kept_is_read_as_it_was():
    choices = [Choice("AMR", "lead", 1, 1, 4), Choice("AMR", "member", 3, 2, 4)]
    assert choices_file(choices) == b'[["AMR","lead",1,1,4],["AMR","member",3,2,4]]'
    assert read_choices(choices_file(choices)) == choices
    assert [each.forced for each in choices] == [True, False]


@pytest.mark.parametrize(
    ("eligible", "of", "forced"), [(1, 1, True), (2, 2, True), (2, 1, False), (3, 2, False)]
)
def test_a_seat_is_forced_where_no_more_were_eligible_than_sit(eligible, of, forced):
    assert Choice("AMR", "member", eligible, of, 1).forced is forced
