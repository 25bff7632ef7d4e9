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
    """Who took a place: his place by ticket among all who are free, and their number."""

    inspector: int
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
    for rank, j in enumerate(order, start=1):
        if _fits_group(plan, frame, [*rest, j], left, barred):
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
    plan: Plan, frame: Frame, members: Sequence[int], targets: Sequence[int], added: Collection[Bar]
) -> bool:
    pair_bars, new = pair_bars_of(frame), members[-1]
    if any(frozenset((j, new)) in pair_bars for j in members[:-1]):
        return False
    team = [frame.inspectors.rows[j] for j in members]
    barred = {(bar[1], bar[0]) for bar in frame.bars.rows}
    barred |= {(frame.targets.rows[t][1], frame.inspectors.rows[j][1]) for j, t in added}
    return all(may_take(plan, team, frame.targets.rows[t], barred) for t in targets)


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
    successor: int | None,
) -> tuple[GroupPair, ...]:
    """The pairs after a void: its group is free again, and the successor, if there is one, gets a group.

    draw-1 says nothing of this case; as for single seats, it is the group with spare capacity and the smallest
    (cost, number) that may take the target. Raises Refused `recusal.nobody_left`.
    """
    kept = [pair for pair in pairs if pair.target != voided]
    if successor is None:
        return tuple(kept)
    loads = Counter(pair.group for pair in kept)
    barred = {(bar[1], bar[0]) for bar in frame.bars.rows}
    for cost, group in sorted((cost_of(key_groups, successor, g), g) for g in range(plan.groups)):
        team = [frame.inspectors.rows[member.inspector] for member in groups.of(group)]
        spare = loads[group] < min(int(row[5]) for row in team)
        if spare and may_take(plan, team, frame.targets.rows[successor], barred):
            return tuple(sorted([*kept, GroupPair(successor, group, cost)], key=lambda pair: pair.target))
    raise Refused("recusal.nobody_left", target=frame.targets.rows[successor][1])
