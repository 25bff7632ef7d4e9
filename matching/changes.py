"""Changes after the pairing (变更) as lines of changes.csv, and the teams as they stand after them.

One seat moves, every other pair stays (draw-1, sections 5 to 7). What stands is never stored beside the evidence: it is
the paired draw with its lines done again, so that a line that does not follow is found whenever the next one is made.

    recusal   subject `TARGET;INSPECTOR`: from now on the inspector is barred from the target
    void      subject `TARGET`; result is its successor, empty where the stratum has no further target
    supply    subject `TARGET;DEPARTMENT`, or `#GROUP;DEPARTMENT` for a place in a fixed group; result is the inspector.
              Subject `TARGET` alone is a successor in a draw of fixed groups; result is `#GROUP`

A recusal of somebody who is not seated has no supply; so who has left his department is barred (ground `departure`)
from what he might be given. In a fixed group a member is recused from every target that the group has still to visit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from matching.draw.plan import FIXED, Plan
from matching.draw.seed import stage_key
from matching.draw.tables import Frame
from matching.draw.targets import DrawnStratum
from matching.draw.teams import Groups
from matching.lottery import Outcome
from matching.pairing import recusal, regrouping
from matching.pairing.pairs import GroupPair, GroupsPaired, Paired
from matching.pairing.recusal import Bar, Standing, Supplied
from matching.refused import Refused

RECUSAL, VOID, SUPPLY = "recusal", "void", "supply"
DEPARTURE = "departure"


class Change(NamedTuple):
    """A line of changes.csv without its number and its approver; rank and eligible only where a seat was supplied."""

    kind: str
    subject: str
    ground: str = ""
    result: str = ""
    rank: int | None = None
    eligible: int | None = None


class Seat(NamedTuple):
    """A seat as it stands: who sits there in which role; cost in draws per target, group in those of fixed groups."""

    inspector: str
    role: str
    cost: int | None
    group: int | None


Seats = dict[tuple[str, str], list[Seat]]


@dataclass(frozen=True)
class Teams(ABC):
    """The teams of a paired draw after some changes; every change gives new ones and its lines."""

    plan: Plan
    frame: Frame
    strata: tuple[DrawnStratum, ...]
    key_targets: int
    added: frozenset[Bar]
    succeeded: Mapping[str, int]  # how many successors each stratum has given

    def recuse(
        self, targets: Sequence[str], inspector: str, ground: str, departed: Collection[str] = ()
    ) -> tuple[Teams, list[Change]]:
        """Bar an inspector from targets; where he has a seat, somebody else takes it.

        In a draw per target there is one target; in one of fixed groups, all that his group has still to visit.
        `departed` are inspectors who must not be given the seat. Raises Refused `recusal.*`.
        """
        places = [self._target(target) for target in targets]
        j = self._inspector(inspector)
        lines = [Change(RECUSAL, f"{target};{inspector}", ground) for target in targets]
        barred, more = self._bar_departed(places, departed, without=j)
        barred = replace(barred, added=barred.added | {(j, place) for place in places})
        after, supply = barred._refill(places, j)
        return after, [*lines, *more, *supply]

    def void(self, target: str, ground: str, departed: Collection[str] = ()) -> tuple[Teams, list[Change]]:
        """Take a drawn target out; the next of its stratum follows and gets its seats. Raises Refused `recusal.*`."""
        place = self._target(target)
        successor, stratum = self.next_target(target)
        name = "" if successor is None else self.frame.targets.rows[successor][1]
        lines = [Change(VOID, target, ground, name)]
        after: Teams = self
        if successor is not None:
            counted = {**self.succeeded, stratum: self.succeeded.get(stratum, 0) + 1}
            after, more = replace(self, succeeded=counted)._bar_departed([successor], departed)
            lines += more
        after, supply = after._succeed(place, successor)
        return after, [*lines, *supply]

    def next_target(self, target: str) -> tuple[int | None, str]:
        """The row index of the target that would succeed this one, None where its stratum is used up; the stratum."""
        drawn = self._stratum(self._target(target))
        given = self.succeeded.get(drawn.stratum, 0)
        following = drawn.successors(self.key_targets, given + 1)
        return (following[given] if len(following) > given else None), drawn.stratum

    @abstractmethod
    def seats(self) -> Seats:
        """All seats by (target, department), as ids."""

    @abstractmethod
    def is_seated(self, target: str, inspector: str) -> bool:
        """Whether an inspector has a seat on a target."""

    @abstractmethod
    def _refill(self, targets: Sequence[int], leaving: int) -> tuple[Teams, list[Change]]:
        """Give the seat of who leaves to the next."""

    @abstractmethod
    def _succeed(self, voided: int, successor: int | None) -> tuple[Teams, list[Change]]:
        """Free the team of a voided target and seat its successor's."""

    def _bar_departed(
        self, targets: Sequence[int], departed: Collection[str], without: int | None = None
    ) -> tuple[Teams, list[Change]]:
        """Bar who has left from the targets, as far as they are not barred already, each with a line."""
        gone = sorted(j for j in map(self._inspector, departed) if j != without)
        bars = [(j, t) for t in targets for j in gone if (j, t) not in self.added]
        lines = [
            Change(RECUSAL, f"{self._target_id(t)};{self.frame.inspectors.rows[j][1]}", DEPARTURE)
            for j, t in bars
        ]
        return replace(self, added=self.added | set(bars)), lines

    def _supplied(self, subject: str, taken: Supplied | regrouping.Replaced, result: str) -> Change:
        return Change(SUPPLY, subject, "", result, taken.rank, taken.eligible)

    def _stratum(self, target: int) -> DrawnStratum:
        return next(each for each in self.strata if each.start <= target < each.start + each.rows)

    def _target(self, target: str) -> int:
        if target not in self.frame.targets.index:
            raise Refused("recusal.no_such_target", target=target)
        return self.frame.targets.index[target]

    def _inspector(self, inspector: str) -> int:
        if inspector not in self.frame.inspectors.index:
            raise Refused("recusal.not_seated", inspector=inspector)
        return self.frame.inspectors.index[inspector]

    def _target_id(self, index: int) -> str:
        return self.frame.targets.rows[index][1]


@dataclass(frozen=True)
class TeamsByTarget(Teams):
    """The teams of a draw per target."""

    standing: Standing

    def seats(self) -> Seats:
        """All seats by (target, department)."""
        found: Seats = {}
        for p in self.standing.pairs:
            seat = Seat(self.frame.inspectors.rows[p.inspector][1], p.role, p.cost, None)
            found.setdefault((self._target_id(p.target), p.department), []).append(seat)
        return found

    def is_seated(self, target: str, inspector: str) -> bool:
        """Whether an inspector is paired with a target."""
        two = self._target(target), self._inspector(inspector)
        return any((p.target, p.inspector) == two for p in self.standing.pairs)

    def _refill(self, targets: Sequence[int], leaving: int) -> tuple[Teams, list[Change]]:
        (target,) = targets
        standing, taken = recusal.recuse(replace(self.standing, added=self.added), target, leaving)
        return replace(self, standing=standing), [self._seat_line(taken)]

    def _succeed(self, voided: int, successor: int | None) -> tuple[Teams, list[Change]]:
        standing, taken = recusal.void(replace(self.standing, added=self.added), voided, successor)
        return replace(self, standing=standing), [self._seat_line(each) for each in taken]

    def _seat_line(self, taken: Supplied) -> Change:
        inspector = self.frame.inspectors.rows[taken.inspector][1]
        return self._supplied(f"{self._target_id(taken.target)};{taken.department}", taken, inspector)


@dataclass(frozen=True)
class TeamsByGroup(Teams):
    """The teams of a draw of fixed groups."""

    groups: Groups
    pairs: tuple[GroupPair, ...]
    key_teams: int
    key_groups: int

    def seats(self) -> Seats:
        """All seats by (target, department), as the groups are now: a target visited before a change had others."""
        found: Seats = {}
        for pair in self.pairs:
            for m in self.groups.of(pair.group):
                seat = Seat(self.frame.inspectors.rows[m.inspector][1], m.role, None, m.group)
                found.setdefault((self._target_id(pair.target), m.department), []).append(seat)
        return found

    def is_seated(self, target: str, inspector: str) -> bool:
        """Whether an inspector is in the group that goes to a target."""
        place, j = self._target(target), self._inspector(inspector)
        group = next((pair.group for pair in self.pairs if pair.target == place), None)
        return any((m.group, m.inspector) == (group, j) for m in self.groups.members)

    def _refill(self, targets: Sequence[int], leaving: int) -> tuple[Teams, list[Change]]:
        old = next((m for m in self.groups.members if m.inspector == leaving), None)
        if old is None:
            raise Refused("recusal.not_seated", inspector=self.frame.inspectors.rows[leaving][1])
        visited = {p.target for p in self.pairs if p.group == old.group} - set(targets)
        groups, taken = regrouping.replace_member(
            self.plan, self.frame, self.key_teams, self.groups, self.pairs, leaving, visited, self.added
        )
        inspector = self.frame.inspectors.rows[taken.taker][1]
        line = self._supplied(f"#{old.group};{old.department}", taken, inspector)
        return replace(self, groups=groups), [line]

    def _succeed(self, voided: int, successor: int | None) -> tuple[Teams, list[Change]]:
        if successor is None:
            return replace(self, pairs=tuple(p for p in self.pairs if p.target != voided)), []
        pairs, taken = regrouping.succeed(
            self.plan, self.frame, self.key_groups, self.groups, self.pairs, voided, successor, self.added
        )
        line = self._supplied(self._target_id(successor), taken, f"#{taken.taker}")
        return replace(self, pairs=pairs), [line]


def teams_of(
    outcome: Outcome, plan: Plan, frame: Frame, key_targets: int, seed: bytes, inspectors: bytes
) -> Teams:
    """The teams as paired. `seed` and `inspectors`, the digest of that table, are of the attempt that paired them.

    Raises Refused `recusal.nothing_paired` after a shortage.
    """
    shared = (plan, frame, outcome.strata, key_targets, frozenset[Bar](), dict[str, int]())
    match outcome.pairing:
        case Paired(pairs, _):
            key = stage_key(seed, inspectors, "match")
            return TeamsByTarget(*shared, standing=Standing(plan, frame, key, pairs))
        case GroupsPaired(groups, of_groups):
            keys = stage_key(seed, inspectors, "teams"), stage_key(seed, inspectors, "match-group")
            return TeamsByGroup(*shared, groups, of_groups, *keys)
    raise Refused("recusal.nothing_paired")


@dataclass
class Act:
    """The lines that one act made: what was asked, read back from them."""

    lines: list[Change] = field(default_factory=list)

    @property
    def first(self) -> Change:
        """What it was."""
        return self.lines[0]

    def barred(self) -> Iterator[tuple[str, str]]:
        """Target and inspector of every recusal in it."""
        for line in self.lines:
            if line.kind == RECUSAL:
                target, _, inspector = line.subject.partition(";")
                yield target, inspector


def replayed(teams: Teams, lines: Iterable[Change]) -> Teams:
    """Do recorded changes again; Refused `recusal.lines_differ` with the number of the first act that does not follow."""
    for number, act in enumerate(acts(lines), start=1):
        teams, again = _again(teams, act)
        if again != act.lines:
            raise Refused("recusal.lines_differ", act=number)
    return teams


def acts(lines: Iterable[Change]) -> Iterator[Act]:
    """The lines by acts: an act ends with its supplies, and a void without a successor is one by itself."""
    act = Act()
    for line in lines:
        if act.lines and line.kind != SUPPLY and (act.lines[-1].kind == SUPPLY or _is_alone(act.lines)):
            yield act
            act = Act()
        act.lines.append(line)
    if act.lines:
        yield act


def _is_alone(lines: Sequence[Change]) -> bool:
    return len(lines) == 1 and lines[0].kind == VOID and not lines[0].result


def _again(teams: Teams, act: Act) -> tuple[Teams, list[Change]]:
    first, barred = act.first, list(act.barred())
    if first.kind == VOID:
        return teams.void(first.subject, first.ground, sorted({inspector for _, inspector in barred}))
    if first.kind != RECUSAL:
        raise Refused("recusal.lines_differ", act=first.subject)
    inspector = barred[0][1]
    targets = [target for target, who in barred if who == inspector]
    if teams.plan.teams != FIXED:
        targets = targets[:1]
    departed = sorted({who for _, who in barred if who != inspector})
    return teams.recuse(targets, inspector, first.ground, departed)
