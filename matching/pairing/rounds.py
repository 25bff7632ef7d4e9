"""A team for every drawn target, department by department, barred pairs banned in rounds (draw-1, section 6)."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from matching.draw.plan import Department, Plan
from matching.draw.tables import Frame
from matching.pairing.network import Ints, greatest
from matching.pairing.pairs import Ban, Pair, Paired, Short, Solved, Steps, leads_of
from matching.pairing.problem import Staffing, staffing
from matching.pairing.shortage import PairBarShortage, Shortage, seat_shortage, short_cut
from matching.pairing.solve import Seated
from matching.pairing.solvers import Solvers


def pair_targets(plan: Plan, frame: Frame, drawn: Sequence[int], key: int) -> Paired | Shortage:
    """Pair every drawn target with a team of each department, under the key K("match", T_inspectors)."""
    rows = sorted(drawn)
    with Solvers() as solvers:
        return _Rounds(plan, frame, rows, key, solvers).run()


class _Rounds:
    """Departments are solved apart; barred pairs between their answers are banned in rounds."""

    def __init__(self, plan: Plan, frame: Frame, rows: Sequence[int], key: int, solvers: Solvers) -> None:
        self.plan, self.frame, self.rows, self.solvers = plan, frame, rows, solvers
        self.staffings = [staffing(department, frame, rows, key) for department in plan.departments]
        self.place_of = {department.code: place for place, department in enumerate(plan.departments)}
        self.regions = [frame.targets.rows[i][2] for i in rows]
        self.barred = _coded(frame)
        self.bans: list[Ban] = []
        self.solved: list[Solved] = []
        self.short: list[Short] = []

    def run(self) -> Paired | Shortage:
        found = self._fill(self.staffings)
        for each, seated in zip(self.staffings, found, strict=True):
            if seated is None:
                self.short.append(Short(0, each, greatest(each)))
            else:
                self.solved.append(Solved(0, seated))
        answers = [each for each in found if each is not None]
        if self.short:
            causes = (seat_shortage(each.staffing, each.cut, self.regions) for each in self.short)
            return Shortage(tuple(causes), steps=self._steps())
        while clashes := self._clashes(answers):
            number = self.bans[-1].round + 1 if self.bans else 1
            stuck = self._ban(number, clashes, answers)
            if stuck:
                return Shortage((stuck,), steps=self._steps())
        return Paired(tuple(self._pairs(answers)), tuple(self.bans), self._steps())

    def _steps(self) -> Steps:
        return Steps(tuple(self.solved), tuple(self.short))

    def _fill(self, staffings: Sequence[Staffing]) -> list[Seated | None]:
        return self.solvers.fill(staffings, self.plan.objectives)

    def _clashes(self, answers: Sequence[Seated]) -> list[tuple[int, int, int]]:
        """For each target with a barred pair on it the ban that it gets: (position, banned, other), rows of inspectors.

        Its first barred pair by (smaller, larger) row is looked at; the one with the larger (cost, row) gives way.
        """
        if not len(self.barred):
            return []
        position = np.concatenate([each.staffing.target[each.taken] for each in answers])
        person = np.concatenate([each.staffing.first + each.staffing.taker[each.taken] for each in answers])
        cost = np.concatenate([each.staffing.cost[each.taken] for each in answers])
        order = np.lexsort((person, position))
        position, person, cost = position[order], person[order], cost[order]
        found = [self._barred_apart(apart, position, person) for apart in range(1, self._largest_team())]
        first = np.concatenate([each for each, _ in found]) if found else order[:0]
        second = np.concatenate([each for _, each in found]) if found else order[:0]
        chosen = np.lexsort((person[second], person[first], position[first]))
        first, second = first[chosen], second[chosen]
        once = np.diff(position[first], prepend=-1) > 0
        clashes = []
        for a, b in zip(first[once].tolist(), second[once].tolist(), strict=True):
            banned, other = (b, a) if cost[b] >= cost[a] else (a, b)
            clashes.append((int(position[a]), int(person[banned]), int(person[other])))
        return clashes

    def _barred_apart(self, apart: int, position: Ints, person: Ints) -> tuple[Ints, Ints]:
        """The places of barred pairs of one target who stand so far apart, sorted by target and person."""
        first = np.flatnonzero(position[apart:] == position[:-apart])
        codes = person[first] * len(self.frame.inspectors.rows) + person[first + apart]
        at = np.searchsorted(self.barred, codes)
        barred = first[self.barred[np.minimum(at, len(self.barred) - 1)] == codes]
        return barred, barred + apart

    def _largest_team(self) -> int:
        return sum(department.size for department in self.plan.departments)

    def _ban(
        self, number: int, wanted: Sequence[tuple[int, int, int]], answers: list[Seated]
    ) -> PairBarShortage | None:
        """Make the bans of one round, all together or, where that leaves a department short, one by one."""
        together = [self._without(place, wanted) for place in range(len(self.staffings))]
        concerned = sorted({self._department_of(banned) for _, banned, _ in wanted})
        found = self._fill([together[place] for place in concerned])
        if None not in found:
            self.staffings = together
            self.bans += [Ban(number, self.rows[at], banned, other) for at, banned, other in wanted]
            self._answer(number, concerned, found, answers)
            return None
        place = concerned[found.index(None)]
        self.short.append(Short(number, together[place], greatest(together[place])))
        stuck = self._ban_one_by_one(number, wanted)
        # solved also where it comes to nothing: it shows that the bans made before could stand
        changed = [
            place for place, before in enumerate(answers) if before.staffing is not self.staffings[place]
        ]
        self._answer(number, changed, self._fill([self.staffings[place] for place in changed]), answers)
        return stuck

    def _answer(
        self, number: int, places: Sequence[int], found: Sequence[Seated | None], answers: list[Seated]
    ) -> None:
        for place, seated in zip(places, found, strict=True):
            assert seated is not None, "every ban was tested"
            self.solved.append(Solved(number, seated))
            answers[place] = seated

    def _ban_one_by_one(self, number: int, wanted: Sequence[tuple[int, int, int]]) -> PairBarShortage | None:
        for position, larger, smaller in wanted:
            for banned, other in ((larger, smaller), (smaller, larger)):
                place = self._department_of(banned)
                tried = self._without(place, [(position, banned, other)])
                cut = short_cut(tried)
                if cut is None:
                    self.staffings[place] = tried
                    self.bans.append(Ban(number, self.rows[position], banned, other))
                    break
                self.short.append(Short(number, tried, cut, (self.rows[position], banned)))
            else:
                people, target = self.frame.inspectors.rows, self.frame.targets.rows[self.rows[position]]
                barred = (people[larger][1], people[smaller][1])
                return PairBarShortage(target[1], people[larger][0], barred)
        return None

    def _without(self, place: int, wanted: Sequence[tuple[int, int, int]]) -> Staffing:
        each = self.staffings[place]
        people = range(each.first, each.first + len(each.capacity))
        banned = [(position, row - each.first) for position, row, _ in wanted if row in people]
        return each.without(banned) if banned else each

    def _department_of(self, row: int) -> int:
        return self.place_of[self.frame.inspectors.rows[row][0]]

    def _pairs(self, answers: Sequence[Seated]) -> Iterator[Pair]:
        teams = [list(_teams(answer)) for answer in answers]
        for position, row in enumerate(self.rows):
            for department, answer, seats in zip(self.plan.departments, answers, teams, strict=True):
                yield from _with_roles(department, answer.staffing, row, seats[position])


def _coded(frame: Frame) -> Ints:
    """The barred pairs of inspectors, each as one number of its smaller and its larger row, sorted."""
    index, people = frame.inspectors.index, len(frame.inspectors.rows)
    rows = np.array([(index[a], index[b]) for a, b, _ in frame.pair_bars.rows], dtype=np.int64).reshape(-1, 2)
    rows.sort(axis=1)
    codes: Ints = np.sort(rows[:, 0] * people + rows[:, 1])
    return codes


def _teams(answer: Seated) -> Iterator[list[int]]:
    """For every target the taken candidacies."""
    bounds = np.searchsorted(answer.staffing.target[answer.taken], np.arange(answer.staffing.targets + 1))
    taken = answer.taken.tolist()
    for start, end in itertools.pairwise(bounds):
        yield taken[start:end]


def _with_roles(department: Department, answer: Staffing, row: int, places: Sequence[int]) -> Iterator[Pair]:
    costs = {int(answer.taker[place]): int(answer.cost[place]) for place in places}
    leads = leads_of(costs, [taker for taker in costs if answer.qualified[taker]], department.leads)
    for taker, cost in costs.items():
        role = "lead" if taker in leads else "member"
        yield Pair(row, department.code, answer.first + taker, role, cost)
