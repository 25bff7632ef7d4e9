"""What would do where fixed groups cannot be dealt, or cannot take the drawn targets (draw-1, section 7).

How many inspectors the dealing asks for is exact whatever the tickets. Everything else is told of the groups as they were
dealt: a further pairing deals anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matching.draw.plan import Department, Plan
from matching.draw.tables import Frame, Row
from matching.draw.teams import Groups, deal_groups
from matching.pairing.lacks import Kinds, Named, Need, Truths
from matching.pairing.pair_remedies import MOST_SINGLE, LiftPairs, without_pairs
from matching.pairing.problem import covers
from matching.pairing.remedies import (
    Lift,
    More,
    Qualify,
    Raise,
    Remedy,
    Widen,
    cheapest,
    dealt,
    raise_all,
    usual_capacity,
    with_barred,
)


@dataclass(frozen=True)
class FewerGroups(Remedy):
    """So many groups fewer can be dealt: a plan's matter, and no plan is changed once it is frozen."""

    groups: int


@dataclass(frozen=True)
class ShortDeal:
    """A department that has too few for its places in all groups: what lacks, and what would do."""

    department: str
    groups: int
    missing_leads: int
    missing_people: int
    remedies: tuple[Remedy, ...]


def short_deals(plan: Plan, people: Sequence[Row]) -> list[ShortDeal]:
    """The departments that have too few inspectors, or too few who may lead, for the groups; bars among them aside."""
    deals = (_deal(plan, each, [row for row in people if row[0] == each.code]) for each in plan.departments)
    return [deal for deal in deals if deal.missing_leads or deal.missing_people]


def _deal(plan: Plan, department: Department, people: Sequence[Row]) -> ShortDeal:
    able = [row for row in people if department.may_lead(row[2])]
    leads = max(0, plan.groups * department.leads - len(able))
    seats = max(0, plan.groups * department.size - len(people))
    capacity, number = usual_capacity([int(row[5]) for row in people]), max(leads, seats)
    remedies: list[Remedy] = [More(number, number, True, capacity, ("*",))]
    if not leads and department.leads:
        remedies.append(More(seats, seats, False, capacity, ("*",)))
    if leads and not seats:
        others = [row[1] for row in people if not department.may_lead(row[2])]
        remedies.append(Qualify(leads, leads, tuple(others[:leads])))
    possible = len(people) // department.size
    if department.leads:
        possible = min(possible, len(able) // department.leads)
    remedies.append(FewerGroups(plan.groups - possible, plan.groups - possible, possible))
    return ShortDeal(department.code, plan.groups, leads, seats, tuple(remedies))


def lift_pairs_of_dealing(plan: Plan, frame: Frame, key: int) -> LiftPairs | None:
    """The fewest bars between inspectors, one or two of few, without which this dealing comes to an end; else None."""
    pairs: list[Named] = [(row[0], row[1]) for row in frame.pair_bars.rows][:MOST_SINGLE]
    for number in (1, 2):
        for chosen in combinations(pairs, number):
            if isinstance(deal_groups(plan, without_pairs(frame, chosen), key), Groups):
                return LiftPairs(number, number, chosen)
    return None


# Groups that were dealt


def group_remedies(plan: Plan, frame: Frame, groups: Groups, drawn: Sequence[int]) -> tuple[Remedy, ...]:
    """What would do for targets that no group may take, or that the groups together have no capacity for.

    A higher capacity and the fewest bars are exact; of regions the choice group by group is told with its bound.
    """
    members = [[frame.inspectors.rows[m.inspector] for m in groups.of(g)] for g in range(plan.groups)]
    rows = [frame.targets.rows[i] for i in sorted(drawn)]
    kinds = Kinds(_need(plan, members, rows, frame.bars.rows))
    if not kinds.missing:
        return ()
    found = (_raise(kinds, members), _lift(kinds, members, frame.bars.rows), _widen(plan, kinds, members))
    return tuple(remedy for remedy in found if remedy)


def _need(plan: Plan, members: Sequence[Sequence[Row]], rows: Sequence[Row], bars: Sequence[Row]) -> Need:
    """Groups as if each were one inspector: his regions those that every department of it holds, his bars all of theirs."""
    regions = {row[2] for row in rows}
    people = []
    for number, team in enumerate(members):
        held = [region for region in regions if not _open(plan, team, region)]
        # a region that no list may hold is held by everywhere alone: then it is everywhere
        field = "*" if len(held) == len(regions) else ";".join(sorted({*held} - {""}))
        people.append(("", str(number), "", "", field, str(min(int(row[5]) for row in team)), ""))
    group_of = {row[1]: str(number) for number, team in enumerate(members) for row in team}
    there = {row[1] for row in rows}
    named = {(group_of[row[0]], row[1]) for row in bars if row[0] in group_of and row[1] in there}
    return Need(Department("", 1, 0, ""), [(row[1], row[2]) for row in rows], people, sorted(named))


def _open(plan: Plan, team: Sequence[Row], region: str) -> list[str]:
    """The departments of whose members in a group none holds a region."""
    held = {row[0] for row in team if covers(row[4], region)}
    return [department.code for department in plan.departments if department.code not in held]


def _raise(kinds: Kinds, members: Sequence[Sequence[Row]]) -> Raise | None:
    """A group bears what the least of its members bears: whoever would hold it back is raised with it."""
    found = raise_all(kinds)
    if found is None:
        return None
    held = []
    for group in map(int, found.inspectors):
        least = min(int(row[5]) for row in members[group])
        held += [row[1] for row in members[group] if int(row[5]) < least + found.number]
    return Raise(found.number, found.number, tuple(sorted(held)))


def _lift(kinds: Kinds, members: Sequence[Sequence[Row]], bars: Sequence[Row]) -> Lift | None:
    """A barred way costs as many bars as stand between the target and the members of the group."""
    barred = {(row[0], row[1]) for row in bars}
    count = np.zeros_like(kinds.shut, dtype=np.int64)
    for kind, targets in enumerate(kinds.targets):
        target = kinds.need.targets[targets[0]][0]
        for group in np.flatnonzero(kinds.shut[:, kind] & kinds.covers[:, kinds.region[kind]]).tolist():
            count[group, kind] = sum((row[1], target) in barred for row in members[group])
    arcs, cost = with_barred(kinds, count)
    flow = cheapest(kinds, arcs, cost)
    if flow is None:
        return None
    lifted = sorted(
        (row[1], target)
        for group, target in dealt(kinds, arcs, flow, count > 0)
        for row in members[int(group)]
        if (row[1], target) in barred
    )
    return Lift(len(lifted), len(lifted), tuple(lifted)) if lifted else None


def _widen(plan: Plan, kinds: Kinds, members: Sequence[Sequence[Row]]) -> Widen | None:
    """For the regions that are short, group by group: one inspector of each department of which nobody holds it."""
    regions = {kinds.regions[place] for place in kinds.region[kinds.short_kinds].tolist()}
    if "" in regions:
        return None
    at_least, given, wider = 0, set(), kinds.covers.copy()
    for region in sorted(regions):
        place = kinds.regions.index(region)
        order = sorted(
            (len(_open(plan, team, region)), group)
            for group, team in enumerate(members)
            if not wider[group, place]
        )
        if not wider[:, place].any():
            at_least += order[0][0]
        for _, group in order:
            if not wider[:, place].any() or _is_short(kinds, wider, place):
                wider[group, place] = True
                given |= {(each, group, region) for each in _open(plan, members[group], region)}
    reached = wider[:, kinds.region] & ~kinds.shut
    if kinds.flow(kinds.frame.beside(kinds.ways(reached))).value < kinds.demand:
        return None
    first = {(row[0], group): row[1] for group, team in enumerate(members) for row in reversed(team)}
    named = tuple(sorted({first[code, group] for code, group, _ in given}))
    return Widen(
        len(named), min(at_least, len(named)), tuple(sorted({region for _, _, region in given})), named
    )


def _is_short(kinds: Kinds, wider: Truths, place: int) -> bool:
    """Whether targets of a region are still short where groups go to so many regions more."""
    flow = kinds.flow(kinds.frame.beside(kinds.ways(wider[:, kinds.region] & ~kinds.shut)))
    return bool(flow.side[kinds.seats[kinds.region == place]].any()) and flow.value < kinds.demand
