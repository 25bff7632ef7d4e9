"""The timetable: no rule is broken, whoever stays without a day has a reason, and little moves when somebody falls ill."""

import numpy as np

from matching.timetable import Clash, Request, clashes, clashes_of_move, replan, timetable


def request(teams, days=2, most=1, *, regions=None, shut=(), away=(), people=None, fixed=None):
    """A small request: `shut` are (visit, day) that can't be, `away` (person, day); tickets rise with the visits."""
    people = people or 1 + max((p for team in teams for p in team), default=0)
    possible, gone = np.ones((len(teams), days), bool), np.zeros((people, days), bool)
    for visit, day in shut:
        possible[visit, day] = False
    for person, day in away:
        gone[person, day] = True
    return Request(
        days=days,
        most=most,
        regions=regions or ["A"] * len(teams),
        teams=teams,
        possible=possible,
        away=gone,
        tickets=np.arange(1, len(teams) + 1, dtype=np.uint64) << np.uint64(40),
        fixed=np.array([-1] * len(teams) if fixed is None else fixed, dtype=np.int64),
    )


def days(*each):
    return np.array(each, dtype=np.int64)


def test_visits_of_one_inspector_go_to_days_on_which_he_has_room():
    asked = request([(0, 1), (0, 2), (1, 2)], days=3)
    found = timetable(asked)
    assert sorted(found.day.tolist()) == [0, 1, 2]
    assert found.unplaced == ()


def test_every_kind_of_clash_is_told_with_who_is_in_it():
    asked = request([(0, 1), (0, 2), (3,)], shut=[(0, 0)], away=[(2, 0)], fixed=[-1, -1, 1])
    assert clashes(asked, days(0, 0, 0)) == (
        Clash(0, "window"),
        Clash(0, "full", (0,)),
        Clash(1, "away", (2,)),
        Clash(1, "full", (0,)),
        Clash(2, "fixed"),
    )
    assert clashes(asked, days(1, -1, 1)) == ()


def test_a_move_by_hand_tells_only_what_the_moved_visit_would_break():
    asked = request([(0, 1), (0, 2), (3,)], away=[(2, 0)], fixed=[-1, -1, 1])
    now = days(1, -1, 0)
    assert clashes_of_move(asked, now, 1, 0) == (Clash(1, "away", (2,)),)
    assert clashes_of_move(asked, now, 1, 1) == (Clash(1, "full", (0,)),)
    assert clashes_of_move(asked, now, 0, -1) == ()
    assert clashes_of_move(asked, now, 2, -1) == (Clash(2, "fixed"),)
    assert now.tolist() == [1, -1, 0]


def test_an_illness_moves_the_visits_of_who_is_ill_and_no_others():
    asked = request([(0, 1), (0, 2), (3,)], days=3, away=[(1, 0)])
    assert replan(asked, days(0, 1, 0)).day.tolist() == [2, 1, 0]
