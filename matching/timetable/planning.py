"""A timetable from nothing, and one that keeps as much as it can of the days that stand."""

import numpy as np

from matching.timetable.request import AWAY, NO_DAY, NOT_FOUND, NOWHERE, Ints, Request, Timetable, Unplaced


def timetable(request: Request) -> Timetable:
    """A day for every visit that can be given one."""
    return _told(request, _filled(request, request.fixed.copy()))


def replan(request: Request, day: Ints) -> Timetable:
    """The days as they stand where they still may; visits that are new or clash get another."""
    kept = np.where(request.fixed >= 0, request.fixed, day)
    on = np.maximum(kept, 0)
    kept[~request.may[np.arange(request.visits), on] & (request.fixed < 0)] = NOWHERE
    loads = request.loads(kept)
    for visit in np.argsort(request.tickets, kind="stable")[::-1].tolist():
        team = request.seats[visit]
        if kept[visit] >= 0 > request.fixed[visit] and (loads[team, kept[visit]] > request.most).any():
            loads[team, kept[visit]] -= 1
            kept[visit] = NOWHERE
    return _told(request, _filled(request, kept))


def _filled(request: Request, day: Ints) -> Ints:
    """Each visit without a day, by ticket, on the day on which the most of its team are in its region already."""
    region = {name: code for code, name in enumerate(sorted(set(request.regions)))}
    loads = request.loads(day)
    there = np.zeros((request.people + 1, len(region), request.days), dtype=bool)
    for visit in np.flatnonzero(day >= 0).tolist():
        there[request.seats[visit], region[request.regions[visit]], day[visit]] = True
    for visit in np.argsort(request.tickets, kind="stable").tolist():
        if day[visit] >= 0:
            continue
        team, place = request.seats[visit], region[request.regions[visit]]
        room = request.may[visit] & (loads[team] < request.most).all(axis=0)
        if room.any():
            to = int(np.argmax(np.where(room, there[team, place].sum(axis=0), -1)))
            day[visit] = to
            loads[team, to] += 1
            loads[request.people] = 0
            there[team, place, to] = True
    return day


def _told(request: Request, day: Ints) -> Timetable:
    loads = request.loads(day)
    unplaced = tuple(_why(request, loads, int(visit)) for visit in np.flatnonzero(day == NOWHERE))
    return Timetable(day, unplaced)


def _why(request: Request, loads: Ints, visit: int) -> Unplaced:
    team, possible = sorted(request.teams[visit]), request.possible[visit]
    if not possible.any():
        return Unplaced(visit, NO_DAY, ())
    if not request.may[visit].any():
        return Unplaced(visit, AWAY, tuple(p for p in team if (request.away[p] & possible).any()))
    may = request.may[visit]
    return Unplaced(visit, NOT_FOUND, tuple(p for p in team if (loads[p, may] >= request.most).any()))
