"""A team for every drawn target, department by department, barred pairs banned in rounds (draw-1, section 6)."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from matching.draw.plan import Department, Plan
from matching.draw.tables import Frame
from matching.draw.teams import pair_bars_of
from matching.pairing.costs import cost_of
from matching.pairing.network import greatest
from matching.pairing.pairs import Ban, Pair, Paired, Short, Solved, Steps, leads_of
from matching.pairing.problem import Staffing, staffing
from matching.pairing.shortage import PairBarShortage, Shortage, seat_shortage, short_cut
from matching.pairing.solve import Seated, fill


def pair_targets(plan: Plan, frame: Frame, drawn: Sequence[int], key: int) -> Paired | Shortage:
    """Pair every drawn target with a team of each department, under the key K("match", T_inspectors)."""
    rows = sorted(drawn)
    return _Rounds(plan, frame, rows, key).run()


class _Rounds:
    """Departments are solved apart; barred pairs between their answers are banned in rounds."""

    def __init__(self, plan: Plan, frame: Frame, rows: Sequence[int], key: int) -> None:
        self.plan, self.frame, self.rows, self.key = plan, frame, rows, key
        self.staffings = [staffing(department, frame, rows, key) for department in plan.departments]
        self.regions = [frame.targets.rows[i][2] for i in rows]
        self.barred = sorted(tuple(sorted(pair)) for pair in pair_bars_of(frame))
        self.bans: list[Ban] = []
        self.solved: list[Solved] = []
        self.short: list[Short] = []

    def run(self) -> Paired | Shortage:
        answers = self._first_answers()
        if self.short:
            causes = (seat_shortage(each.staffing, each.cut, self.regions) for each in self.short)
            return Shortage(tuple(causes), steps=self._steps())
        while clashes := self._clashes(answers):
            number = self.bans[-1].round + 1 if self.bans else 1
            stuck = self._ban(number, clashes)
            # solved also where it comes to nothing: it shows that the bans made before could stand
            for place, before in enumerate(answers):
                if before.staffing is not self.staffings[place]:
                    answers[place] = self._again(number, self.staffings[place])
            if stuck:
                return Shortage((stuck,), steps=self._steps())
        return Paired(tuple(self._pairs(answers)), tuple(self.bans), self._steps())

    def _steps(self) -> Steps:
        return Steps(tuple(self.solved), tuple(self.short))

    def _first_answers(self) -> list[Seated]:
        """The departments before all bans; those that fall short are noted."""
        answers = []
        for each in self.staffings:
            seated = fill(each, self.plan.objectives)
            if seated is None:
                self.short.append(Short(0, each, greatest(each)))
            else:
                self.solved.append(Solved(0, seated))
                answers.append(seated)
        return answers

    def _again(self, number: int, staffing: Staffing) -> Seated:
        seated = fill(staffing, self.plan.objectives)
        assert seated is not None, "every ban was tested"
        self.solved.append(Solved(number, seated))
        return seated

    def _is_short(self, number: int, staffing: Staffing, ban: tuple[int, int] | None = None) -> bool:
        cut = short_cut(staffing)
        if cut is not None:
            self.short.append(Short(number, staffing, cut, ban))
        return cut is not None

    def _clashes(self, answers: Sequence[Seated]) -> list[tuple[int, int, int]]:
        """For each target with a barred pair on it the first such pair: (position, smaller, larger row index)."""
        goes: dict[int, set[int]] = {}
        for answer in answers:
            first, arrays = answer.staffing.first, answer.staffing
            for place in answer.taken:
                goes.setdefault(first + int(arrays.taker[place]), set()).add(int(arrays.target[place]))
        found: dict[int, tuple[int, int]] = {}
        for a, b in self.barred:
            for position in goes.get(a, _NOWHERE) & goes.get(b, _NOWHERE):
                found.setdefault(position, (a, b))
        return [(position, *found[position]) for position in sorted(found)]

    def _ban(self, number: int, clashes: Sequence[tuple[int, int, int]]) -> PairBarShortage | None:
        """Make the bans of one round, all together or, where that leaves a department short, one by one."""
        wanted = [self._by_cost(*clash) for clash in clashes]
        together = [self._without(place, wanted) for place in range(len(self.staffings))]
        concerned = sorted({self._department_of(banned) for _, banned, _ in wanted})
        if not any(self._is_short(number, together[place]) for place in concerned):
            self.staffings = together
            self.bans += [Ban(number, self.rows[at], banned, other) for at, banned, other in wanted]
            return None
        return self._ban_one_by_one(number, wanted)

    def _ban_one_by_one(self, number: int, wanted: Sequence[tuple[int, int, int]]) -> PairBarShortage | None:
        for position, larger, smaller in wanted:
            for banned, other in ((larger, smaller), (smaller, larger)):
                place = self._department_of(banned)
                tried = self._without(place, [(position, banned, other)])
                if not self._is_short(number, tried, (self.rows[position], banned)):
                    self.staffings[place] = tried
                    self.bans.append(Ban(number, self.rows[position], banned, other))
                    break
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

    def _by_cost(self, position: int, a: int, b: int) -> tuple[int, int, int]:
        """(position, banned, other): the one with the larger (cost, index) gives way."""
        target = self.rows[position]
        smaller, larger = sorted((a, b), key=lambda row: (cost_of(self.key, target, row), row))
        return position, larger, smaller

    def _department_of(self, row: int) -> int:
        code = self.frame.inspectors.rows[row][0]
        return next(place for place, each in enumerate(self.staffings) if each.department == code)

    def _pairs(self, answers: Sequence[Seated]) -> Iterator[Pair]:
        teams = [list(_teams(answer)) for answer in answers]
        for position, row in enumerate(self.rows):
            for department, answer, seats in zip(self.plan.departments, answers, teams, strict=True):
                yield from _with_roles(department, answer.staffing, row, seats[position])


_NOWHERE: frozenset[int] = frozenset()


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
