"""Recusal (回避) and void after the pairing: one seat moves, every other pair stays (draw-1, sections 5 to 7)."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from matching.draw.plan import Department, Plan
from matching.draw.tables import Frame, list_of
from matching.draw.teams import Groups, Member, pair_bars_of
from matching.draw.tickets import word
from matching.pairing.costs import cost_of
from matching.pairing.groups import may_take
from matching.pairing.pairs import GroupPair, Pair, leads_of
from matching.pairing.problem import covers
from matching.refused import Refused

Bar = tuple[int, int]


@dataclass(frozen=True)
class Standing:
    """A paired draw as it stands: the pairs, and the bars that recusals added, as (inspector, target) row indexes."""

    plan: Plan
    frame: Frame
    key: int
    pairs: tuple[Pair, ...]
    added: frozenset[Bar] = frozenset()


@dataclass(frozen=True)
class Supplied:
    """Who took a seat: his place by (cost, index) among all who are eligible, capacity aside, and their number."""

    target: int
    department: str
    inspector: int
    rank: int
    eligible: int


def recuse(standing: Standing, target: int, inspector: int) -> tuple[Standing, Supplied]:
    """Bar an inspector from a target he is paired with and give his seat to the next.

    Raises Refused `recusal.not_seated`, or `recusal.nobody_left` where no lawful inspector has capacity left.
    """
    seat = next((p for p in standing.pairs if (p.target, p.inspector) == (target, inspector)), None)
    if seat is None:
        raise Refused("recusal.not_seated", target=_id(standing, target))
    others = tuple(p for p in standing.pairs if p is not seat)
    barred = replace(standing, pairs=others, added=standing.added | {(inspector, target)})
    return _supply(barred, target, _department(standing.plan, seat.department), lead_seat=False)


def void(standing: Standing, target: int, successor: int | None) -> tuple[Standing, tuple[Supplied, ...]]:
    """Take a voided target's team away and give its successor, if there is one, a team seat by seat.

    Departments in plan order, leads first. Raises Refused `recusal.nobody_left`.
    """
    standing = replace(standing, pairs=tuple(p for p in standing.pairs if p.target != target))
    supplied: list[Supplied] = []
    for department, lead_seat in _seats(standing.plan) if successor is not None else ():
        assert successor is not None
        standing, seat = _supply(standing, successor, department, lead_seat)
        supplied.append(seat)
    return standing, tuple(supplied)


def eligible(standing: Standing, target: int, department: Department) -> list[int]:
    """Row indexes of all who may go to a target, capacity aside, by (cost, index)."""
    people = standing.frame.inspectors
    row = standing.frame.targets.rows[target]
    barred = {bar[0] for bar in standing.frame.bars.rows if bar[1] == row[1]}
    span = next((span for span in people.spans() if span[0] == department.code), ("", 0, 0))
    may = (
        j
        for j in range(span[1], span[1] + span[2])
        if covers(people.rows[j][4], row[2])
        and people.rows[j][1] not in barred
        and (j, target) not in standing.added
    )
    return sorted(may, key=lambda j: (cost_of(standing.key, target, j), j))


def _seats(plan: Plan) -> Iterator[tuple[Department, bool]]:
    for department in plan.departments:
        for seat in range(department.size):
            yield department, seat < department.leads


def _supply(
    standing: Standing, target: int, department: Department, lead_seat: bool
) -> tuple[Standing, Supplied]:
    """Fill one empty seat; a seat of a team that is still growing is lawful while it is a lead's or all leads sit."""
    order = eligible(standing, target, department)
    loads = Counter(p.inspector for p in standing.pairs)
    team = [p for p in standing.pairs if p.target == target]
    for rank, j in enumerate(order, start=1):
        spare = loads[j] < int(standing.frame.inspectors.rows[j][5])
        if spare and _lawful(standing, department, team, j, lead_seat):
            seated = Pair(target, department.code, j, "member", cost_of(standing.key, target, j))
            pairs = _with_roles(standing, department, target, (*standing.pairs, seated))
            return replace(standing, pairs=pairs), Supplied(target, department.code, j, rank, len(order))
    raise Refused("recusal.nobody_left", target=_id(standing, target), department=department.code)


def _lawful(
    standing: Standing, department: Department, team: Sequence[Pair], j: int, lead_seat: bool
) -> bool:
    if any(p.inspector == j for p in team):
        return False
    barred = pair_bars_of(standing.frame)
    if any(frozenset((p.inspector, j)) in barred for p in team):
        return False
    own = [p.inspector for p in team if p.department == department.code]
    qualified = sum(_qualified(standing.frame, department, each) for each in (*own, j))
    return _qualified(standing.frame, department, j) if lead_seat else qualified >= department.leads


def _with_roles(
    standing: Standing, department: Department, target: int, pairs: tuple[Pair, ...]
) -> tuple[Pair, ...]:
    """Apply the lead rule to the team of one department again, and put the pairs in the bundle's order."""
    costs = {p.inspector: p.cost for p in pairs if (p.target, p.department) == (target, department.code)}
    able = [j for j in costs if _qualified(standing.frame, department, j)]
    leads = leads_of(costs, able, department.leads)
    codes = [each.code for each in standing.plan.departments]
    again = (
        replace(p, role="lead" if p.inspector in leads else "member")
        if (p.target, p.department) == (target, department.code)
        else p
        for p in pairs
    )
    return tuple(sorted(again, key=lambda p: (p.target, codes.index(p.department), p.inspector)))


def _department(plan: Plan, code: str) -> Department:
    return next(each for each in plan.departments if each.code == code)


def _qualified(frame: Frame, department: Department, j: int) -> bool:
    return department.lead_qualification in list_of(frame.inspectors.rows[j][2])


def _id(standing: Standing, target: int) -> str:
    return standing.frame.targets.rows[target][1]


def replace_member(
    plan: Plan,
    frame: Frame,
    key_teams: int,
    groups: Groups,
    pairs: Sequence[GroupPair],
    leaving: int,
    visited: Collection[int] = (),
    barred: Collection[Bar] = (),
) -> tuple[Groups, Supplied]:
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
            return _with_member(plan, groups, old, new), Supplied(-1, old.department, j, rank, len(order))
    raise Refused("recusal.nobody_left", group=old.group, department=old.department)


def _free_of_groups(plan: Plan, frame: Frame, key: int, groups: Groups, old: Member) -> list[int]:
    """Inspectors of the department who are in no group, qualified where a lead is replaced, by (ticket, index)."""
    department = _department(plan, old.department)
    seated = {m.inspector for m in groups.members}
    free = (
        j
        for j, row in enumerate(frame.inspectors.rows)
        if row[0] == old.department
        and j not in seated
        and (old.role == "member" or _qualified(frame, department, j))
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
