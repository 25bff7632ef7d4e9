"""Results of many visits from one file (结果回填), each entered in the name of who inspected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from data.intake.lines import RESULTS, Line, read_lines
from data.intake.records import Source
from data.models import Visit
from data.queries import organisation
from data.scope import seeing
from matching.refused import Refused
from scheduler.back_fill import NotDone, each_or_none, together
from scheduler.clock import business_date
from scheduler.inspection import planning, results, visits
from scheduler.inspection.drawing import current_draw
from scheduler.inspection.planning import item_reference
from scheduler.inspection.results import Checked, Entry, items_of
from scheduler.permissions import Desk, actor_of
from scheduler.transaction import Engine, Session


def enter_results(
    database: Engine, now: datetime, campaign: str, name: str, content: bytes, login: str | None = None
) -> int | NotDone:
    """Enter the results of a file for a campaign; how many visits, or everything that is wrong and nothing entered.

    Several lines of one department and target are one visit with several items; items not named were checked and fine.
    Where a login is given its owner sent the file, and every line must be in his name: only on the machine itself
    somebody enters for others.
    """
    read = read_lines(Source(name, content), RESULTS)
    if read.faults:
        return NotDone(read.faults)
    of_visits = together(read.lines, "department", "target")
    return each_or_none(
        database,
        of_visits,
        lambda lines: lines[0].number,
        lambda s, lines: _enter(s, now, campaign, lines, login),
    )


def _enter(session: Session, now: datetime, campaign: str, lines: list[Line], login: str | None) -> None:
    first = lines[0]
    if login is not None and first["login"] != login:
        raise Refused("results.in_another_name", line=first.number, login=first["login"], own=login)
    actor = actor_of(session, first["login"], business_date(now))
    department = organisation.department_by_code(session, first["department"])
    if department is None or department.id != actor.department_id:
        raise Refused("actor.other_department")
    with seeing(session, actor.scope):
        desk = Desk(session, actor, now)
        drawn = current_draw(desk, planning.find_campaign(desk, campaign))
        visit = visits.find_visit(desk, drawn, first["target"])
        results.enter(desk, visit, _entry(desk, visit, lines))


def _entry(desk: Desk, visit: Visit, lines: list[Line]) -> Entry:
    first = lines[0]
    _check_agree(lines)
    checks = {name: Checked(name) for name in (item_reference(desk, v) for v in items_of(visit))}
    for line in lines:
        if line["problem"] or line["item"]:
            name = line["item"] or next(iter(checks))
            if name not in checks:
                raise Refused("result.items", wanted=sorted(checks), given=[name])
            usual = "order_to_correct" if line["problem"] else "none"
            checks[name] = replace(checks[name], problem=line["problem"], handling=line["handling"] or usual)
    return Entry(
        inspected_on=_day(visit, first["inspected_on"]),
        code=first["code"],
        checks=tuple(checks.values()),
        methods=tuple(filter(None, first["methods"].split(";"))) or ("onsite",),
        measures=tuple(dict.fromkeys(each for line in lines for each in line["measures"].split(";") if each)),
        note=first["note"],
        reason=first["reason"],
    )


def _check_agree(lines: list[Line]) -> None:
    """What is said of a visit as a whole is the same in all of its lines."""
    for line in lines:
        for column in ("login", "inspected_on", "code", "methods", "note", "reason"):
            if line[column] != lines[0][column]:
                raise Refused("results.lines_differ", line=line.number, column=column)


def _day(visit: Visit, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refused("result.day", day=written, first=str(visit.draw.campaign.first_day)) from None
