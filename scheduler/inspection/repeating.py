"""Rehearsals by the hundred (反复演练): done in processes of their own, and what came of them as counts.

Each is what a single rehearsal is (`scheduler.inspection.rehearsal`). Two things are counted: whole rehearsals, in which
other targets are drawn every time; and one drawn set, paired again and again, in the plan's objectives and in others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np

from matching.draw.commitment import commit
from matching.draw.plan import FIXED, Plan
from matching.draw.tables import Frame, Seal
from matching.draw.weights import expected
from matching.fairness import Counts, Ints, Tally, binned, even, largest, open_to, seated, spread, surprise
from matching.lottery import draw, pairing_of
from matching.pairing.forced import forced_at, forced_chance
from matching.refused import Refused
from scheduler.inspection.rehearsal import SECRETS, rehearsal_seed

LEAST_RUNS = 20
"""Fewer would tell nothing."""
MOST_WORK = 100_000_000
"""Pairs of targets and inspectors, times runs, times what each run solves: a few minutes of two processors."""
MOST_ROWS = 200_000
"""Of a register; a longer one is not copied into several processes."""
CHUNK = 10
"""Runs that a process does before it tells of them: so long at most a stop is waited for."""
LITTLE = 300_000
"""Work that is done in this process: others would take longer to begin."""

BINS = 50
"""Parts of 0 to 1 in which chances are counted."""
MOST_SHOWN = 400
MOST_PEOPLE = 300
MOST_REGIONS = 12
TOP = 8
"""So many targets, persons, regions and pairs are told one by one at most."""
DRAWN_IN = 1
"""The turn whose draw is paired again and again."""
ORDERS = (("tickets",), ("balance", "tickets"), ("near", "tickets"), ("near", "balance", "tickets"))
"""What the plan could ask for before the tickets decide; both in the plan's own order where it has both."""


Beat = Callable[[int, int], None]
"""Is told how many runs are done, and of how many."""


class Given(NamedTuple):
    """What is rehearsed, as each process gets it once; `drawn` are the targets that are paired again and again."""

    plan: Plan
    frame: Frame
    seals: Mapping[str, Seal]
    sealed: bytes
    drawn: tuple[int, ...]


class Step(NamedTuple):
    """Some turns: of the whole lottery where `objectives` are empty, else of the pairing of what was drawn, in these."""

    objectives: tuple[str, ...]
    turns: range


class Called(NamedTuple):
    """Of a department in whole rehearsals: in how many each inspector went to each region, and anywhere (the last
    column); his targets in all of them; how often anybody had how many."""

    goes: Ints
    visits: Ints
    loads: Ints


class Counted(NamedTuple):
    """What came of a step: how many runs fell short, and counts by department, of the one kind or the other."""

    short: int
    called: Mapping[str, Called]
    tallies: Mapping[str, Counts]


def rehearse_often(
    plan: Plan, frame: Frame, runs: int, own: str, beat: Beat, processes: int | None = None
) -> dict[str, Any]:
    """Whole rehearsals, and one drawn set paired under many keys in the plan's objectives and in others; as JSON.

    Persons of the department `own` alone are told one by one. Refused `rehearsal.too_large` where too few runs would be
    possible to say anything.
    """
    orders = orders_of(plan.objectives)
    work = _work(plan, frame, 1 + len(orders))
    able = min(runs, MOST_WORK // work)
    if able < LEAST_RUNS:
        raise Refused("rehearsal.too_large", most=MOST_WORK // LEAST_RUNS, work=work)
    commitment = commit(plan, frame, SECRETS)
    given = Given(plan, frame, commitment.seals, commitment.commit, ())
    given = given._replace(drawn=tuple(_draw(given, DRAWN_IN)))
    steps = [
        Step(order, range(first, min(first + CHUNK, able + 1)))
        for order in ((), *orders)
        for first in range(1, able + 1, CHUNK)
    ]
    found: dict[tuple[str, ...], list[Counted]] = {order: [] for order in ((), *orders)}
    done, of = 0, able * (1 + len(orders))
    with _doing(given, steps, _processes(frame, able * work) if processes is None else processes) as counted:
        for step, each in counted:
            found[step.objectives].append(each)
            done += len(step.turns)
            beat(done, of)
    return {
        "asked": runs,
        "runs": able,
        "full": _told_full(given, found[()], able, own),
        **_told_orders(given, {order: found[order] for order in orders}, able, own),
    }


def orders_of(own: Sequence[str]) -> list[tuple[str, ...]]:
    """The plan's own objectives first, then the others that a plan could have."""
    others = [each for each in ORDERS if set(each) != set(own)]
    return [tuple(own), *others]


def _work(plan: Plan, frame: Frame, solved: int) -> int:
    """Of one run: pairs, times how often they are solved."""
    drawn = sum(expected(plan.quota, frame.targets))
    return max(1, int(drawn) * len(frame.inspectors.lines)) * solved


def _processes(frame: Frame, work: int) -> int:
    if work <= LITTLE:
        return 0
    return 1 if len(frame.targets.lines) > MOST_ROWS else os.cpu_count() or 1


@contextmanager
def _doing(given: Given, steps: Sequence[Step], processes: int) -> Iterator[Iterator[tuple[Step, Counted]]]:
    """Every step with what came of it, as they are done; in no process but this one where `processes` is 0."""
    if not processes:
        yield ((step, _do(given, step)) for step in steps)
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (given,))
    try:
        yield _as_done({pool.submit(_do_here, step): step for step in steps})
    finally:
        # who was stopped waits for the steps under way, and for no other
        pool.shutdown(cancel_futures=True)


def _as_done(waiting: dict[Future[Counted], Step]) -> Iterator[tuple[Step, Counted]]:
    while waiting:
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            yield waiting.pop(future), future.result()


_HERE: list[Given] = []


def _begin(given: Given) -> None:
    """In a process of its own: whoever asks for a page goes first."""
    os.nice(5)
    _HERE[:] = [given]


def _do_here(step: Step) -> Counted:
    return _do(_HERE[0], step)


def _do(given: Given, step: Step) -> Counted:
    return _paired_again(given, step) if step.objectives else _whole(given, step)


def _draw(given: Given, turn: int) -> list[int]:
    strata = draw(given.plan, given.frame, given.seals, rehearsal_seed(given.sealed, turn))
    return sorted(int(i) for stratum in strata for i in stratum.indexes)


def _whole(given: Given, step: Step) -> Counted:
    plan, frame = given.plan, given.frame
    regions = _regions(frame, given)
    columns = {region: place for place, region in enumerate(regions)}
    spans = {code: (start, number) for code, start, number in frame.inspectors.spans()}
    called = {
        each.code: Called(
            np.zeros((spans[each.code][1], len(regions) + 1), np.int64),
            np.zeros(spans[each.code][1], np.int64),
            np.zeros(len(given.drawn) + 1, np.int64),
        )
        for each in plan.departments
    }
    short = 0
    for turn in step.turns:
        seed, drawn = rehearsal_seed(given.sealed, turn), _draw(given, turn)
        pairs = seated(pairing_of(plan, frame, given.seals["inspectors"].digest, seed, drawn))
        short += not pairs
        for code, each in pairs.items():
            goes, visits, loads = called[code]
            people = each.inspector - spans[code][0]
            told = [columns.get(frame.targets.rows[i][2], len(regions)) for i in each.target.tolist()]
            went = np.zeros_like(goes, dtype=bool)
            went[people, told] = went[people, -1] = True
            goes += went
            load = np.bincount(people, minlength=len(visits))
            visits += load
            loads += np.bincount(load, minlength=len(loads))
    return Counted(short, called, {})


def _regions(frame: Frame, given: Given) -> list[str]:
    """The regions of the drawn targets, where they are few enough to be told one by one."""
    found = sorted({frame.targets.rows[i][2] for i in given.drawn} - {""})
    return found if len(found) <= MOST_REGIONS else []


def _paired_again(given: Given, step: Step) -> Counted:
    plan = replace(given.plan, objectives=step.objectives)
    tallies = {each.department: Tally(each) for each in open_to(plan, given.frame, given.drawn)}
    position = {row: place for place, row in enumerate(given.drawn)}
    short = 0
    for turn in step.turns:
        seed = rehearsal_seed(given.sealed, turn)
        pairing = pairing_of(plan, given.frame, given.seals["inspectors"].digest, seed, given.drawn)
        pairs = seated(pairing)
        short += not pairs
        for code, each in pairs.items():
            target = np.array([position[row] for row in each.target.tolist()], dtype=np.int64)
            tallies[code].count(target, each.inspector - tallies[code].staffing.first)
    return Counted(short, {}, {code: tally.counts for code, tally in tallies.items()})


# Telling


def _told_full(given: Given, found: Sequence[Counted], runs: int, own: str) -> dict[str, Any]:
    short = sum(each.short for each in found)
    departments, people = [], []
    for department in given.plan.departments:
        each = [one.called[department.code] for one in found]
        goes, visits, loads = (np.sum(arrays, axis=0) for arrays in zip(*each, strict=True))
        departments.append({
            "department": department.code,
            "people": len(visits),
            "never": int((visits == 0).sum()),
            "always": int((goes[:, -1] == runs - short).sum()) if short < runs else 0,
            **_told_loads(loads),
        })  # fmt: skip
        if department.code == own:
            people = list(_people(given, department.code, goes, visits, runs - short))
    regions = _regions(given.frame, given)
    return {"short": short, "departments": departments, "regions": regions, "people": people}


def _people(given: Given, code: str, goes: Ints, visits: Ints, runs: int) -> Iterator[dict[str, Any]]:
    """Of each inspector the share of the runs in which he goes anywhere, and into each region, and his mean load."""
    start = next(first for each, first, _ in given.frame.inspectors.spans() if each == code)
    for place in np.argsort(-goes[:, -1], kind="stable")[:MOST_PEOPLE].tolist():
        *regions, anywhere = (goes[place] / max(1, runs)).round(4).tolist()
        mean = round(float(visits[place]) / max(1, runs), 3)
        row = given.frame.inspectors.rows[start + place]
        yield {"id": row[1], "goes": anywhere, "load": mean, "capacity": int(row[5]), "regions": regions}


def _told_orders(
    given: Given, found: Mapping[tuple[str, ...], Sequence[Counted]], runs: int, own: str
) -> dict[str, Any]:
    told: dict[str, Any] = {"drawn": len(given.drawn), "orders": []}
    staffings = open_to(given.plan, given.frame, given.drawn)
    bounds = [forced_chance(each) for each in staffings]
    # a ban makes way for what is no longer smallest in the objectives, and a dealt group is no free choice
    exact = given.plan.teams != FIXED and not given.frame.pair_bars.lines
    for order, counted in found.items():
        tallies = [Tally(each) for each in staffings]
        for tally in tallies:
            for each in counted:
                tally.add(each.tallies[tally.staffing.department])
        told["orders"].append({
            "objectives": list(order),
            "own": set(order) == set(given.plan.objectives),
            "short": sum(each.short for each in counted),
            "departments": [
                _told_tally(tally, forced, order if exact else None)
                for tally, forced in zip(tallies, bounds, strict=True)
            ],
        })  # fmt: skip
        if not told.get("departments"):  # the first are the plan's own
            told["departments"] = [_told_pairs(given, tally, own) for tally in tallies]
    return told | {"exact": exact, "paired": runs - told["orders"][0]["short"]}


def _told_tally(tally: Tally, forced: Fraction | None, objectives: Sequence[str] | None) -> dict[str, Any]:
    """A department in some objectives: the largest chance, what bars and what objectives force of it, surprise, loads."""
    in_them = None if objectives is None else forced_chance(tally.staffing, objectives)
    top, bits, seats = largest(tally), surprise(tally), tally.runs * tally.staffing.demand
    return {
        "department": tally.staffing.department,
        "forced": _written(forced),
        "forced_in": _written(in_them),
        "largest": [top.count, top.runs, round(top.low, 4), round(top.high, 4)] if top else None,
        "bits": round(bits.mean, 3),
        "possible": round(float(bits.possible.mean()), 3) if len(bits.possible) else 0,
        "share": round(bits.share, 4),
        "near": round(tally.near / seats, 4) if seats else 0,
        **_told_loads(tally.loads),
    }


def _told_pairs(given: Given, tally: Tally, own: str) -> dict[str, Any]:
    """A department's pairs one by one: how many have which chance, and would have if all who may go were as likely."""
    staffing, runs = tally.staffing, max(1, tally.runs)
    bits = surprise(tally)
    order = np.argsort(bits.bits, kind="stable")
    shown = order[:: len(order) // MOST_SHOWN + 1]
    sole = [each for each in forced_at(staffing) if each == 1]
    return {
        "department": staffing.department,
        "pairs": len(staffing.target),
        "seats": staffing.demand,
        "sole": len(sole),
        "chances": binned(tally.taken / runs, BINS),
        "even": binned(even(staffing), BINS),
        "bits": bits.bits[shown].round(3).tolist(),
        "possible": bits.possible[shown].round(3).tolist(),
        "top": list(_top(given, tally)) if staffing.department == own else [],
    }


def _top(given: Given, tally: Tally) -> Iterator[dict[str, Any]]:
    """The pairs that came most often: the target is an example of this rehearsal, told by its region alone."""
    each = tally.staffing
    for place in np.argsort(-tally.taken, kind="stable")[:TOP].tolist():
        row = given.frame.targets.rows[given.drawn[int(each.target[place])]]
        person = given.frame.inspectors.rows[each.first + int(each.taker[place])]
        example, count = int(each.target[place]) + 1, int(tally.taken[place])
        yield {"example": example, "region": row[2], "id": person[1], "count": count}


def _told_loads(loads: Ints) -> dict[str, Any]:
    found = spread(loads)
    if found is None:
        return {"loads": [], "least": 0, "mean": 0, "most": 0, "deviation": 0}
    shown = loads[: found.most + 1].tolist()
    mean, deviation = round(found.mean, 3), round(found.deviation, 3)
    return {"loads": shown, "least": found.least, "mean": mean, "most": found.most, "deviation": deviation}


def _written(chance: Fraction | None) -> str | None:
    return None if chance is None else str(chance)
