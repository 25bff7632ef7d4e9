"""Fixed teams (固定检查组): inspectors dealt into groups like cards (draw-1, section 7)."""

from collections.abc import Mapping
from dataclasses import dataclass

from matching.draw.plan import Department, Plan
from matching.draw.tables import Frame
from matching.draw.tickets import words

PairBars = frozenset[frozenset[int]]


@dataclass(frozen=True)
class Member:
    """One place in a group: an inspector's row index, his department and role, and the ticket that put him there."""

    group: int
    department: str
    inspector: int
    role: str
    ticket: int


@dataclass(frozen=True)
class Groups:
    """All groups; members by group, department in plan order, inspector index."""

    members: tuple[Member, ...]

    def of(self, group: int) -> list[Member]:
        """The members of one group."""
        return [member for member in self.members if member.group == group]


@dataclass(frozen=True)
class NobodyLeft:
    """The first seat, in dealing order, for which nobody is left."""

    department: str
    group: int
    role: str


def pair_bars_of(frame: Frame) -> PairBars:
    """The barred pairs of inspectors, as row indexes."""
    index = frame.inspectors.index
    return frozenset(frozenset((index[row[0]], index[row[1]])) for row in frame.pair_bars.rows)


def deal_groups(plan: Plan, frame: Frame, key: int) -> Groups | NobodyLeft:
    """Deal the groups under the key K("teams", T_inspectors)."""
    spans = {code: (start, rows) for code, start, rows in frame.inspectors.spans()}
    barred = _partners(pair_bars_of(frame))
    seated: list[list[Member]] = [[] for _ in range(plan.groups)]
    for department in plan.departments:
        start, rows = spans.get(department.code, (0, 0))
        tickets = {start + j: int(each) for j, each in enumerate(words(key, start, rows))}
        short = _deal_department(department, frame, tickets, seated, barred)
        if short:
            return short
    codes = [department.code for department in plan.departments]
    return Groups(
        tuple(
            member
            for group in seated
            for member in sorted(group, key=lambda each: (codes.index(each.department), each.inspector))
        )
    )


def _deal_department(
    department: Department,
    frame: Frame,
    tickets: Mapping[int, int],
    seated: list[list[Member]],
    barred: Mapping[int, frozenset[int]],
) -> NobodyLeft | None:
    deck = sorted(tickets, key=lambda j: (tickets[j], j))
    qualified = {j for j in deck if department.may_lead(frame.inspectors.rows[j][2])}
    for turn in range(department.size):
        role = "lead" if turn < department.leads else "member"
        for group, members in enumerate(seated):
            met = {member.inspector for member in members}
            may = (
                j for j in deck if (role == "member" or j in qualified) and not met & barred.get(j, _NOBODY)
            )
            taken = next(may, None)
            if taken is None:
                return NobodyLeft(department.code, group, role)
            deck.remove(taken)
            members.append(Member(group, department.code, taken, role, tickets[taken]))
    return None


_NOBODY: frozenset[int] = frozenset()


def _partners(pair_bars: PairBars) -> dict[int, frozenset[int]]:
    partners: dict[int, set[int]] = {}
    for a, b in (sorted(pair) for pair in pair_bars):
        partners.setdefault(a, set()).add(b)
        partners.setdefault(b, set()).add(a)
    return {j: frozenset(others) for j, others in partners.items()}
