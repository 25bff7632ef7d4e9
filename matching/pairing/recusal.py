"""Recusal (回避) and void after the pairing: one seat moves, every other pair stays (draw-1, section 6)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from matching.draw.plan import Department, Plan
from matching.draw.tables import Frame
from matching.draw.teams import pair_bars_of
from matching.pairing.costs import cost_of
from matching.pairing.pairs import Pair, leads_of
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
    return _supply(barred, target, department_of(standing.plan, seat.department), lead_seat=False)


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
    pair_bars = pair_bars_of(standing.frame)
    for rank, j in enumerate(order, start=1):
        spare = loads[j] < int(standing.frame.inspectors.rows[j][5])
        clashes = any(frozenset((p.inspector, j)) in pair_bars for p in team)
        if spare and not clashes and _lawful(standing, department, team, j, lead_seat):
            seated = Pair(target, department.code, j, "member", cost_of(standing.key, target, j))
            pairs = _with_roles(standing, department, target, (*standing.pairs, seated))
            return replace(standing, pairs=pairs), Supplied(target, department.code, j, rank, len(order))
    raise Refused("recusal.nobody_left", target=_id(standing, target), department=department.code)


def _lawful(
    standing: Standing, department: Department, team: Sequence[Pair], j: int, lead_seat: bool
) -> bool:
    if any(p.inspector == j for p in team):
        return False
    own = [p.inspector for p in team if p.department == department.code]
    qualified = sum(is_qualified(standing.frame, department, each) for each in (*own, j))
    return is_qualified(standing.frame, department, j) if lead_seat else qualified >= department.leads


def _with_roles(
    standing: Standing, department: Department, target: int, pairs: tuple[Pair, ...]
) -> tuple[Pair, ...]:
    """Apply the lead rule to the team of one department again, and put the pairs in the bundle's order."""
    costs = {p.inspector: p.cost for p in pairs if (p.target, p.department) == (target, department.code)}
    able = [j for j in costs if is_qualified(standing.frame, department, j)]
    leads = leads_of(costs, able, department.leads)
    codes = [each.code for each in standing.plan.departments]
    again = (
        replace(p, role="lead" if p.inspector in leads else "member")
        if (p.target, p.department) == (target, department.code)
        else p
        for p in pairs
    )
    return tuple(sorted(again, key=lambda p: (p.target, codes.index(p.department), p.inspector)))


def department_of(plan: Plan, code: str) -> Department:
    """The department of the plan with this code."""
    return next(each for each in plan.departments if each.code == code)


def is_qualified(frame: Frame, department: Department, j: int) -> bool:
    """Whether an inspector may lead for a department."""
    return department.may_lead(frame.inspectors.rows[j][2])


def _id(standing: Standing, target: int) -> str:
    return standing.frame.targets.rows[target][1]
