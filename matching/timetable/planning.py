"""A timetable from nothing, and one that keeps as much as it can of the days that stand."""

from dataclasses import replace

import numpy as np

from matching.draw.frames import digest
from matching.timetable.annealing import anneal, ease
from matching.timetable.mending import fill, mend, missing
from matching.timetable.request import NOWHERE, Ints, Request, Timetable, Truths, Unplaced
from matching.timetable.shortage import excused, reasons, shortages

MANY = 1_000  # so many visits to place are placed at once, and one by one beside the others no more


def timetable(request: Request) -> Timetable:
    """A day for every visit that can be given one, with few trips from district to district.

    The same request gives the same days, and the same visits in another order too.
    """
    order = _order(request)
    asked = request.in_order(order)
    short = shortages(asked)
    day = _uncrowded(asked, anneal(asked, *_terms(asked, short)))
    return _told(asked, *_mended(asked, day, day, short), short, order)


def replan(request: Request, day: Ints) -> Timetable:
    """The days as they stand where they still may; visits that have none, or clash, get another, and others move only
    where that gives a day to one of them. After an illness it is `request.away` that changed.
    """
    order = _order(request)
    asked = request.in_order(order)
    home = np.where(asked.fixed >= 0, asked.fixed, day[order])
    kept = np.where(_may_stay(asked, home), home, NOWHERE)
    short = shortages(asked)
    if len(missing(asked, kept)) > MANY:
        pinned = replace(asked, fixed=kept)
        kept = _uncrowded(pinned, anneal(pinned, *_terms(pinned, short)))
    after, searched = fill(asked, kept, home)
    if set(missing(asked, after)) - excused(asked, after, short) - searched:
        eased = _uncrowded(asked, ease(asked, home, *_terms(asked, short)))
        after, searched = min(
            (after, searched), _mended(asked, eased, home, short), key=lambda each: _cost(each[0], home)
        )
    return _told(asked, after, searched, short, order)


def _mended(request: Request, day: Ints, home: Ints, short: dict[int, int]) -> tuple[Ints, set[int]]:
    """Days for those that have none, and which of the rest are proved to have none."""
    day, proved = fill(request, day, home)
    day, searched = mend(request, day, home, short)
    return day, proved | searched


def _cost(day: Ints, home: Ints) -> tuple[int, int]:
    """Visits without a day, then visits that move."""
    return int(np.sum(day == NOWHERE)), int(np.sum((day != home) & (home != NOWHERE)))


def _terms(request: Request, short: dict[int, int]) -> tuple[Ints, int, int]:
    """On what terms visits are annealed: which, how many visits too many there are anyhow, and the key."""
    visits = np.flatnonzero(request.choices.any(axis=1))
    held = np.maximum(request.loads(request.fixed) - request.most, 0)
    key = int.from_bytes(digest("timetable", request.tickets.astype("<u8").tobytes())[:16], "big")
    return visits, int(held.sum()) + sum(short.values()), key


def _order(request: Request) -> Ints:
    """The visits by ticket; what would be equal tickets goes by what the visits are."""
    ticket = request.tickets.tolist()
    order = sorted(
        range(request.visits),
        key=lambda visit: (ticket[visit], request.regions[visit], sorted(request.teams[visit])),
    )
    return np.array(order, dtype=np.int64)


def _uncrowded(request: Request, day: Ints) -> Ints:
    """The same days without some visits, so that nobody is overfull."""
    day, loads = day.copy(), request.loads(day)
    for visit in _most_crowding_first(request, day, loads):
        team = request.seats[visit]
        if (loads[team, day[visit]] > request.most).any():
            loads[team, day[visit]] -= 1
            day[visit] = NOWHERE
    return day


def _most_crowding_first(request: Request, day: Ints, loads: Ints) -> list[int]:
    """The visits that may move of who is overfull, those first that make the most inspectors so, then the latest tickets."""
    crowded = _crowded(request, day, loads).sum(axis=1)
    moving = np.flatnonzero((crowded > 0) & (request.fixed < 0))[::-1]
    order: list[int] = moving[np.argsort(-crowded[moving], kind="stable")].tolist()
    return order


def _may_stay(request: Request, day: Ints) -> Truths:
    """The visits that break no rule on the day they stand on, or have to stay there."""
    on = np.maximum(day, 0)
    allowed = request.may[np.arange(request.visits), on] & (day >= 0)
    crowded = _crowded(request, np.where(allowed | (request.fixed >= 0), day, NOWHERE))
    stay: Truths = (request.fixed >= 0) | (allowed & ~crowded.any(axis=1))
    return stay


def _crowded(request: Request, day: Ints, loads: Ints | None = None) -> Truths:
    """Visits x seats: whether the inspector is overfull on the visit's day."""
    loads = request.loads(day) if loads is None else loads
    crowded: Truths = (loads > request.most)[request.seats, np.maximum(day, 0)[:, None]] & (day >= 0)[:, None]
    return crowded


def _told(request: Request, day: Ints, searched: set[int], short: dict[int, int], order: Ints) -> Timetable:
    """The answer in the order of who asked."""
    told = np.full(request.visits, NOWHERE, dtype=np.int64)
    told[order] = day
    place = order.tolist()
    unplaced = (
        Unplaced(place[each.visit], each.reason, each.inspectors)
        for each in reasons(request, day, short, searched)
    )
    return Timetable(told, tuple(sorted(unplaced, key=lambda each: each.visit)))
