"""How much choice each seat left to the lottery (可选人数): a seat for which one was eligible is not random.

Counted over the frozen lists and the drawn targets, capacity and pair bars aside, as the number that a supply tells
(draw-1, section 6): for a lead's seat those who hold the qualification, for a member's all who may go to the target. In
fixed groups a target chooses among the groups that may take it, and a place in a group among those who were not dealt yet
and have no pair bar with its group.

It decides nothing and is no part of a bundle: whoever has the full one counts it again.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from matching.draw.frames import canonical
from matching.draw.plan import Department, Plan
from matching.draw.tables import Frame
from matching.draw.teams import Groups, Member, pair_bars_of
from matching.lottery import Outcome
from matching.pairing.pairs import GroupsPaired, Paired
from matching.pairing.problem import covers

LEAD, MEMBER, GROUP = "lead", "member", "group"
Row = tuple[str, ...]


class Choice(NamedTuple):
    """So many seats of a department in a role had so many eligible; `of` is how many of these sit at one target.

    The role `group` is that of a whole group for a target, of no department.
    """

    department: str
    role: str
    eligible: int
    of: int
    seats: int

    @property
    def forced(self) -> bool:
        """Whether nothing was left to chance: there were no more eligible than seats."""
        return self.eligible <= self.of


def choices_of(plan: Plan, frame: Frame, outcome: Outcome) -> list[Choice]:
    """The choices of a paired draw, in plan order, leads first, the fewest eligible first; none where it came short."""
    targets = [frame.targets.rows[int(i)] for stratum in outcome.strata for i in stratum.indexes]
    match outcome.pairing:
        case Paired():
            return list(_of_teams(plan, frame, targets))
        case GroupsPaired(groups, _):
            return [*_of_dealing(plan, frame, groups), *_of_groups(plan, frame, targets, groups)]
        case _:
            return []


def choices_file(choices: Iterable[Choice]) -> bytes:
    """The choices as they are kept."""
    return canonical([list(each) for each in choices])


def read_choices(content: bytes) -> list[Choice]:
    """The choices as they were kept by `choices_file`."""
    return [Choice(*each) for each in json.loads(content)]


def _of_teams(plan: Plan, frame: Frame, targets: Sequence[Row]) -> Iterator[Choice]:
    barred = _barred(frame)
    for department in plan.departments:
        people = [row for row in frame.inspectors.rows if row[0] == department.code]
        for role, size in ((LEAD, department.leads), (MEMBER, department.size - department.leads)):
            able = people if role == MEMBER else [row for row in people if _leads(department, row)]
            # where a lead's seat is taken out of them, all of the team are chosen of those who may go
            of = department.leads if role == LEAD else department.size
            yield from _choices(department.code, role, of, size, _eligible(able, targets, barred))


def _choices(department: str, role: str, of: int, size: int, counted: Counter[int]) -> Iterator[Choice]:
    """`counted` tells how many targets have how many eligible, `size` how many such seats a target has."""
    return (Choice(department, role, each, of, counted[each] * size) for each in sorted(counted) if size)


def _eligible(people: Sequence[Row], targets: Sequence[Row], barred: Mapping[str, set[str]]) -> Counter[int]:
    """Of how many targets how many of these inspectors may go there."""
    may = {
        region: {row[1] for row in people if covers(row[4], region)}
        for region in {target[2] for target in targets}
    }
    return Counter(len(may[target[2]] - barred.get(target[1], set())) for target in targets)


def _barred(frame: Frame) -> dict[str, set[str]]:
    """Who may not go to a target, by the ids."""
    barred: dict[str, set[str]] = defaultdict(set)
    for inspector, target, _ in frame.bars.rows:
        barred[target].add(inspector)
    return barred


def _leads(department: Department, row: Row) -> bool:
    return department.may_lead(row[2])


def _of_groups(plan: Plan, frame: Frame, targets: Sequence[Row], groups: Groups) -> Iterator[Choice]:
    """Of how many targets how many of the groups may take them."""
    members: dict[int, list[Row]] = defaultdict(list)
    for member in groups.members:
        members[member.group].append(frame.inspectors.rows[member.inspector])
    group_of = {row[1]: group for group, team in members.items() for row in team}
    barred = _barred(frame)
    may = {
        region: {group for group, team in members.items() if _covers_all(plan, team, region)}
        for region in {target[2] for target in targets}
    }
    counted = Counter(
        len(may[target[2]] - {group_of.get(each, -1) for each in barred.get(target[1], ())})
        for target in targets
    )
    return _choices("", GROUP, 1, 1, counted)


def _covers_all(plan: Plan, team: Collection[Row], region: str) -> bool:
    able = {row[0] for row in team if covers(row[4], region)}
    return all(department.code in able for department in plan.departments)


def _of_dealing(plan: Plan, frame: Frame, groups: Groups) -> Iterator[Choice]:
    """The places in the groups, dealt once more in their order."""
    barred = pair_bars_of(frame)
    seated: dict[int, list[int]] = defaultdict(list)
    for department in plan.departments:
        left = {j for j, row in enumerate(frame.inspectors.rows) if row[0] == department.code}
        able = {j for j in left if _leads(department, frame.inspectors.rows[j])}
        counted: dict[str, Counter[int]] = {LEAD: Counter(), MEMBER: Counter()}
        for member in _dealt(department, groups):
            met = seated[member.group]
            may = left & able if member.role == LEAD else left
            counted[member.role][sum(not any(frozenset((j, k)) in barred for k in met) for j in may)] += 1
            left.remove(member.inspector)
            met.append(member.inspector)
        for role, places in counted.items():
            yield from _choices(department.code, role, 1, 1, places)


def _dealt(department: Department, groups: Groups) -> list[Member]:
    """The members of a department in the order of the dealing: round by round, in a round group by group.

    What a group takes of one kind it takes in the order of the tickets, so that these tell the rounds.
    """
    own = [member for member in groups.members if member.department == department.code]
    turns: Counter[tuple[int, str]] = Counter()
    order: dict[int, tuple[bool, int, int]] = {}
    for member in sorted(own, key=lambda each: (each.ticket, each.inspector)):
        turns[member.group, member.role] += 1
        order[member.inspector] = (member.role != LEAD, turns[member.group, member.role], member.group)
    return sorted(own, key=lambda each: order[each.inspector])
