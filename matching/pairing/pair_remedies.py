"""What would do where two inspectors who may not meet cannot both be spared (draw-1, section 6, pair bars).

Whether pair bars leave an answer is a matter of tickets, and a further pairing has tickets of its own: so what is told here
is exact of the pairing that came to the shortage, and a likely way out, no sure one, of the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.draw.plan import Plan
from matching.draw.tables import Frame, freeze
from matching.pairing.lacks import Named, Need
from matching.pairing.pairs import Short
from matching.pairing.problem import staffing
from matching.pairing.remedies import Remedied, Remedy, remedied
from matching.pairing.rounds import pair_targets
from matching.pairing.shortage import PairBarShortage, Shortage

MOST_SINGLE = 30
"""Up to how many bars between inspectors are lifted one after the other, and each is tried alone where several were."""


@dataclass(frozen=True)
class LiftPairs(Remedy):
    """These bars between two inspectors, `number` of them, lifted."""

    pairs: tuple[Named, ...]


@dataclass(frozen=True)
class Spared:
    """What would let an inspector be spared at a target where he meets somebody he may not: his department's remedies."""

    inspector: str
    target: str
    remedied: Remedied


def need_of(plan: Plan, frame: Frame, drawn: Sequence[int], code: str, bans: Sequence[Named] = ()) -> Need:
    """What one department of a plan has to fill at the drawn rows."""
    department = next(each for each in plan.departments if each.code == code)
    rows = [frame.targets.rows[i] for i in sorted(drawn)]
    people = [row for row in frame.inspectors.rows if row[0] == code]
    own, there = {row[1] for row in people}, {row[1] for row in rows}
    bars = [(row[0], row[1]) for row in frame.bars.rows if row[0] in own and row[1] in there]
    return Need(department, [(row[1], row[2]) for row in rows], people, bars, bans)


def lift_pairs(plan: Plan, frame: Frame, drawn: Sequence[int], key: int) -> LiftPairs | None:
    """The bars between inspectors without which this pairing comes to an end; None where it is short of seats, or where
    it takes too many.

    One after the other, each the bar that the shortage names. Where several are needed and there are few, each is tried
    alone too.
    """
    lifted: list[Named] = []
    while True:
        answer = pair_targets(plan, without_pairs(frame, lifted), drawn, key)
        if not isinstance(answer, Shortage):
            break
        (cause, *_) = answer.causes
        if not isinstance(cause, PairBarShortage) or len(lifted) == MOST_SINGLE:
            return None
        lifted.append(_sorted(cause.barred))
    if len(lifted) < 2 or len(frame.pair_bars.rows) > MOST_SINGLE:
        return LiftPairs(len(lifted), min(1, len(lifted)), tuple(lifted))
    for row in frame.pair_bars.rows:
        alone = (row[0], row[1])
        if not isinstance(pair_targets(plan, without_pairs(frame, [alone]), drawn, key), Shortage):
            return LiftPairs(1, 1, (alone,))
    return LiftPairs(len(lifted), 2, tuple(lifted))


def without_pairs(frame: Frame, lifted: Sequence[Named]) -> Frame:
    """The lists without some bars between inspectors."""
    gone = set(lifted)
    kept = [row for row in frame.pair_bars.rows if (row[0], row[1]) not in gone]
    return replace(frame, pair_bars=freeze("pair_bars", kept))


def spared(plan: Plan, frame: Frame, drawn: Sequence[int], key: int, shortage: Shortage) -> list[Spared]:
    """What would let each of the two be spared at the target that the shortage names."""
    tried = [short for short in shortage.steps.short if short.ban is not None][-2:]
    return [_spared(plan, frame, drawn, key, short) for short in tried]


def _spared(plan: Plan, frame: Frame, drawn: Sequence[int], key: int, short: Short) -> Spared:
    assert short.ban is not None
    bans = _bans(plan, frame, drawn, key, short)
    found = remedied(need_of(plan, frame, drawn, short.staffing.department, bans))
    assert found is not None, "the pairing found it short"
    target, inspector = short.ban
    return Spared(frame.inspectors.rows[inspector][1], frame.targets.rows[target][1], found)


def _bans(plan: Plan, frame: Frame, drawn: Sequence[int], key: int, short: Short) -> list[Named]:
    """The candidacies that the rounds had taken away when the department was found short."""
    after, rows = short.staffing, sorted(drawn)
    department = next(each for each in plan.departments if each.code == after.department)
    before, takers = staffing(department, frame, rows, key), len(after.capacity)
    gone = np.setdiff1d(before.target * takers + before.taker, after.target * takers + after.taker)
    return [
        (frame.inspectors.rows[after.first + place % takers][1], frame.targets.rows[rows[place // takers]][1])
        for place in gone.tolist()
    ]


def _sorted(pair: Sequence[str]) -> Named:
    one, other = sorted(pair, key=str.encode)
    return one, other
