"""Fixed groups after the pairing: a member is replaced, a voided target's group goes to its successor (section 7)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from matching.draw.plan import Plan
from matching.draw.tables import Frame
from matching.draw.teams import Groups, Member, pair_bars_of
from matching.draw.tickets import word
from matching.pairing.costs import cost_of
from matching.pairing.groups import may_take
from matching.pairing.pairs import GroupPair
from matching.pairing.recusal import Bar, department_of, is_qualified
from matching.refused import Refused


@dataclass(frozen=True)
class Replaced:
    """Who took a place (an inspector's row index, or a group): rank by ticket among all who may, and their number."""

    taker: int
    rank: int
    eligible: int


def replace_member(
    plan: Plan,
    frame: Frame,
    key_teams: int,
    groups: Groups,
    pairs: Sequence[GroupPair],
    leaving: int,
    visited: Collection[int] = (),
    barred: Collection[Bar] = (),
) -> tuple[Groups, Replaced]:
    """Put the next inspector in the place of a group's member (a row index).

    `visited` are targets (row indexes) the group need not take any more, `barred` the bars that recusals added.
    Raises Refused `recusal.not_seated` or `recusal.nobody_left`.
    """
    old = next((m for m in groups.members if m.inspector == leaving), None)
    if old is None:
        raise Refused("recusal.not_seated", inspector=frame.inspectors.rows[leaving][1])
    rest = [m.inspector for m in groups.of(old.group) if m is not old]
    left = [p.target for p in pairs if p.group == old.group and p.target not in visited]
    order = _free_of_groups(plan, frame, key_teams, groups, old)
    bars = _barred_ids(frame, barred)
    for rank, j in enumerate(order, start=1):
        if _fits_group(plan, frame, [*rest, j], left, bars):
            new = Member(old.group, old.department, j, old.role, word(key_teams, j))
            return _with_member(plan, groups, old, new), Replaced(j, rank, len(order))
    raise Refused("recusal.nobody_left", group=old.group, department=old.department)


def _free_of_groups(plan: Plan, frame: Frame, key: int, groups: Groups, old: Member) -> list[int]:
    """Inspectors of the department who are in no group, qualified where a lead is replaced, by (ticket, index)."""
    department = department_of(plan, old.department)
    seated = {m.inspector for m in groups.members}
    free = (
        j
        for j, row in enumerate(frame.inspectors.rows)
        if row[0] == old.department
        and j not in seated
        and (old.role == "member" or is_qualified(frame, department, j))
    )
    return sorted(free, key=lambda j: (word(key, j), j))


def _fits_group(
    plan: Plan, frame: Frame, members: Sequence[int], targets: Sequence[int], added: set[tuple[str, str]]
) -> bool:
    pair_bars, new = pair_bars_of(frame), members[-1]
    if any(frozenset((j, new)) in pair_bars for j in members[:-1]):
        return False
    team = [frame.inspectors.rows[j] for j in members]
    return all(may_take(plan, team, frame.targets.rows[t], added) for t in targets)


def _with_member(plan: Plan, groups: Groups, old: Member, new: Member) -> Groups:
    codes = [each.code for each in plan.departments]
    members = [new if m is old else m for m in groups.members]
    return Groups(tuple(sorted(members, key=lambda m: (m.group, codes.index(m.department), m.inspector))))


def succeed(
    plan: Plan,
    frame: Frame,
    key_groups: int,
    groups: Groups,
    pairs: Sequence[GroupPair],
    voided: int,
    successor: int,
    barred: Collection[Bar] = (),
) -> tuple[tuple[GroupPair, ...], Replaced]:
    """The pairs after a void: its group is free again, and the successor gets a group.

    draw-1 says nothing of this case; as for single seats, it is the group with spare capacity and the smallest
    (cost, number) that may take the target. Raises Refused `recusal.nobody_left`.
    """
    kept = [pair for pair in pairs if pair.target != voided]
    loads = Counter(pair.group for pair in kept)
    teams = [[m.inspector for m in groups.of(group)] for group in range(plan.groups)]
    bars = _barred_ids(frame, barred)
    able = sorted(
        (cost_of(key_groups, successor, group), group)
        for group, team in enumerate(teams)
        if may_take(plan, [frame.inspectors.rows[j] for j in team], frame.targets.rows[successor], bars)
    )
    for rank, (cost, group) in enumerate(able, start=1):
        if loads[group] < min(int(frame.inspectors.rows[j][5]) for j in teams[group]):
            after = sorted([*kept, GroupPair(successor, group, cost)], key=lambda pair: pair.target)
            return tuple(after), Replaced(group, rank, len(able))
    raise Refused("recusal.nobody_left", target=frame.targets.rows[successor][1])


def _barred_ids(frame: Frame, added: Collection[Bar]) -> set[tuple[str, str]]:
    """All bars, those of the table and the added ones, as (target id, inspector id)."""
    barred = {(bar[1], bar[0]) for bar in frame.bars.rows}
    return barred | {(frame.targets.rows[t][1], frame.inspectors.rows[j][1]) for j, t in added}
