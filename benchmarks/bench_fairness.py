"""Fairness (公平性): instances of which every answer is known, under many keys; and a campaign rehearsed by the hundred."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import pi
from typing import Any

from benchmarks.instances import ENUMERATED, REHEARSED
from matching.fairness import DOUBT, limits, open_to
from matching.pairing.forced import forced_chance
from scheduler.inspection.repeating import rehearse_often
from tests.matching.enumerated_cases import Answer, Case, answers, distance, drawn_answers

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
KEYS = 20_000
REHEARSALS = 300


def many_keys(name: str) -> Side:
    """The product's answers under so many keys, beside every answer that there is."""
    case = ENUMERATED[name]
    support = answers(case)
    return lambda: drawn_answers(case, KEYS), lambda found: _compared(case, support, found)


def _compared(case: Case, support: set[Answer], found: Counter[Answer | None]) -> dict[str, Any]:
    pairs = Counter[tuple[int, int]]()
    for answer, number in found.items():
        for pair in answer or ():
            pairs[pair] += number
    most, paired = pairs.most_common(1)[0][1], KEYS - found[None]
    return {
        "answers": len(support),
        "reached": len(support & found.keys()),
        "unlawful": len(found.keys() - support - {None}),
        "short": found[None],
        "rarest": min(found[each] for each in support),
        "distance": distance(found, support),
        "luck": ((len(support) - 1) / (2 * pi * paired)) ** 0.5,
        "largest": most / paired,
        "limits": limits(most, paired, DOUBT / len(pairs)),
        "forced": str(_forced(case)),
    }


def _forced(case: Case) -> Fraction:
    exact = not case.groups and not case.pair_bars
    staffings = open_to(case.plan(), case.frame(), range(len(case.targets)))
    bounds = [forced_chance(each, case.objectives if exact else ()) for each in staffings]
    return max(each for each in bounds if each is not None)


def rehearsed(processes: int) -> Callable[[str], Side]:
    """What a planner asks for, in so many processes."""

    def side(name: str) -> Side:
        campaign = REHEARSED[name]
        plan, frame = campaign.plan(), campaign.frame()

        def run() -> dict[str, Any]:
            return rehearse_often(plan, frame, REHEARSALS, "AMR", lambda *_: None, processes)

        return run, lambda told: told["orders"]

    return side


SIDES = {
    "keys": many_keys,
    **{f"rehearsals, {number} processes": rehearsed(number) for number in (1, 2)},
}
