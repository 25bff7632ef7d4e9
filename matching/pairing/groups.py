"""Fixed groups for the drawn targets (draw-1, section 7)."""

from collections.abc import Iterator, Sequence

import numpy as np

from matching.draw.plan import Plan
from matching.draw.tables import Frame
from matching.draw.teams import Groups, NobodyLeft, deal_groups
from matching.pairing.costs import pair_tickets
from matching.pairing.network import greatest
from matching.pairing.pairs import GroupPair, GroupsPaired, Short, Solved, Steps
from matching.pairing.problem import Staffing, covers, travel
from matching.pairing.shortage import DealingShortage, GroupShortage, NoGroupShortage, Shortage
from matching.pairing.solve import Seated, fill


def pair_groups(
    plan: Plan, frame: Frame, drawn: Sequence[int], key_teams: int, key_groups: int
) -> GroupsPaired | Shortage:
    """Deal fixed groups and give every drawn target exactly one of them.

    The keys are K("teams", T_inspectors) and K("match-group", T_inspectors).
    """
    groups = deal_groups(plan, frame, key_teams)
    if isinstance(groups, NobodyLeft):
        return Shortage((DealingShortage(groups.department, groups.group, groups.role),))
    rows = sorted(drawn)
    each = _group_staffing(plan, frame, groups, rows, key_groups)
    names = [frame.targets.rows[i][1] for i in rows]
    lonely = sorted(set(range(len(rows))) - set(each.target.tolist()))
    if lonely:
        return Shortage((NoGroupShortage(tuple(names[position] for position in lonely)),), groups)
    answer = fill(each, plan.objectives)
    if answer is None:
        cut = greatest(each)
        short = tuple(name for name, inside in zip(names, cut.seats, strict=True) if inside)
        steps = Steps(short=(Short(0, each, cut),))
        return Shortage((GroupShortage(each.demand, cut.greatest, short),), groups, steps)
    return GroupsPaired(groups, tuple(_group_pairs(answer, rows)), Steps((Solved(0, answer),)))


def _group_pairs(answer: Seated, rows: Sequence[int]) -> Iterator[GroupPair]:
    each = answer.staffing
    for place in answer.taken:
        yield GroupPair(rows[each.target[place]], int(each.taker[place]), int(each.cost[place]))


def _group_staffing(plan: Plan, frame: Frame, groups: Groups, rows: Sequence[int], key: int) -> Staffing:
    people = frame.inspectors.rows
    members = [[people[member.inspector] for member in groups.of(g)] for g in range(plan.groups)]
    regions = [frame.targets.rows[i][2] for i in rows]
    barred = {(row[1], row[0]) for row in frame.bars.rows}
    may = np.array(
        [[may_take(plan, team, frame.targets.rows[i], barred) for team in members] for i in rows],
        dtype=bool,
    ).reshape(len(rows), plan.groups)
    target, taker = (each.astype(np.int64) for each in np.nonzero(may))
    cost, remainder = pair_tickets(key, rows, target, taker)
    return Staffing(
        department="",
        size=1,
        leads=0,
        targets=len(rows),
        first=0,
        capacity=np.array([min(int(row[5]) for row in team) for team in members], dtype=np.int64),
        qualified=np.ones(plan.groups, dtype=bool),
        target=target,
        taker=taker,
        near=travel([[row[3] for row in team] for team in members], regions, target, taker),
        cost=cost,
        remainder=remainder,
    )


def may_take(
    plan: Plan,
    team: Sequence[tuple[str, ...]],
    target: tuple[str, ...],
    barred: set[tuple[str, str]],
) -> bool:
    """No bar names a member, and of each department at least one member's regions hold the target's region."""
    if any((target[1], row[1]) in barred for row in team):
        return False
    able = {row[0] for row in team if covers(row[4], target[2])}
    return all(department.code in able for department in plan.departments)
