"""A day for every visit of a draw (排期): teams, leave, windows and what an inspector manages on a day are kept."""

from matching.timetable.clashes import Clash, clashes, clashes_of_move
from matching.timetable.planning import replan, timetable
from matching.timetable.request import Request, Timetable, Unplaced

__all__ = ["Clash", "Request", "Timetable", "Unplaced", "clashes", "clashes_of_move", "replan", "timetable"]
