"""The pairing (人员匹配): our lexicographic minimum-cost flow beside HiGHS on the same candidacies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array, vstack

from benchmarks.instances import CAMPAIGNS, PROVED, STAFFS, key_of
from matching.pairing.certificate import Potentials, certify, violation
from matching.pairing.pairs import Paired
from matching.pairing.problem import Staffing, staffing
from matching.pairing.rounds import pair_targets
from matching.pairing.solve import Seated, fill

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
TIME_LIMIT = 120.0
"""Seconds after which HiGHS is stopped."""
SCALE = 2.0**-20
"""HiGHS computes in floating point; costs of 40 bits are brought near the magnitudes it is tuned for."""
_STOPPED = 1  # scipy's status for a limit that was reached


def filled(objectives: Sequence[str]) -> Callable[[str], Side]:
    """Ours, in these objectives: one solution of the network after another, with potentials in between."""

    def side(name: str) -> Side:
        each = STAFFS[name].staffing()
        return lambda: fill(each, objectives), _cost

    return side


def highs(name: str) -> Side:
    """HiGHS by scipy: the first of the two ticket objectives, one column per candidacy, nothing else."""
    each = STAFFS[name].staffing()
    program = _program(each)

    def run() -> Any:
        return linprog(
            each.cost * SCALE,
            A_ub=program.at_most,
            b_ub=program.most,
            A_eq=program.exactly,
            b_eq=program.seats,
            bounds=(0, 1),
            method="highs",
            options={"time_limit": TIME_LIMIT},
        )

    def answer(found: Any) -> int | None:
        if found.status == _STOPPED:
            return None
        assert found.status == 0, found.message
        return int(each.cost[np.flatnonzero(found.x > 0.5)].sum())

    return run, answer


PROVED_IN = ("near", "balance", "tickets")


def solved(name: str) -> Side:
    """What is to be proved: the assignment in all objectives."""
    each = PROVED[name].staffing()
    return lambda: fill(each, PROVED_IN), _cost


def certified(name: str) -> Side:
    """The potentials of the assignment, and that it is the only one."""
    answer = _answer(name)
    return lambda: certify(answer.staffing, answer.taken, PROVED_IN), lambda proof: proof.takers.shape[0]


def checked(name: str) -> Side:
    """The check of the potentials, arc by arc."""
    answer = _answer(name)
    proof = certify(answer.staffing, answer.taken, PROVED_IN)
    assert isinstance(proof, Potentials)
    return lambda: violation(answer.staffing, answer.taken, PROVED_IN, proof), lambda found: found is None


def _answer(name: str) -> Seated:
    found = fill(PROVED[name].staffing(), PROVED_IN)
    assert found is not None
    return found


def paired(name: str) -> Side:
    """The whole pairing: eligibility and tickets from frozen tables, the solver, pair bars, leads."""
    campaign = CAMPAIGNS[name]
    plan, frame, drawn = campaign.plan(), campaign.frame(), campaign.drawn()
    return lambda: pair_targets(plan, frame, drawn, key_of(name)), _told


def seats_alone(name: str) -> Side:
    """Of the whole pairing only eligibility and tickets: no solver."""
    campaign = CAMPAIGNS[name]
    department, frame, drawn = campaign.plan().departments[0], campaign.frame(), campaign.drawn()
    return lambda: staffing(department, frame, drawn, key_of(name)), lambda each: len(each.target)


ORDERS = {
    "tickets": ("tickets",),
    "balance, tickets": ("balance", "tickets"),
    "near, balance, tickets": ("near", "balance", "tickets"),
}
SIDES = {
    **{f"fill: {name}": filled(objectives) for name, objectives in ORDERS.items()},
    "HiGHS": highs,
    "solve": solved,
    "certify": certified,
    "check": checked,
    "pair_targets": paired,
    "staffing": seats_alone,
}


@dataclass(frozen=True)
class _Program:
    """Seats exactly filled; capacities, and at most `size - leads` unqualified at a target."""

    exactly: csc_array
    seats: NDArray[np.int64]
    at_most: csc_array
    most: NDArray[np.int64]


def _program(each: Staffing) -> _Program:
    columns = len(each.target)
    every = np.arange(columns)
    at_most, most = [_ones(each.taker, every, len(each.capacity), columns)], [each.capacity]
    if 0 < each.leads < each.size:
        gated = np.flatnonzero(~each.qualified[each.taker])
        at_most.append(_ones(each.target[gated], gated, each.targets, columns))
        most.append(np.full(each.targets, each.size - each.leads))
    return _Program(
        exactly=_ones(each.target, every, each.targets, columns).tocsc(),
        seats=np.full(each.targets, each.size),
        at_most=vstack(at_most).tocsc(),
        most=np.concatenate(most),
    )


def _ones(row: NDArray[np.int64], column: NDArray[np.int64], rows: int, columns: int) -> csr_array:
    return csr_array((np.ones(len(row)), (row, column)), shape=(rows, columns))


def _cost(answer: Seated | None) -> int | None:
    return None if answer is None else int(answer.staffing.cost[answer.taken].sum())


def _told(answer: object) -> list[int] | None:
    return [len(answer.pairs), len(answer.bans)] if isinstance(answer, Paired) else None
