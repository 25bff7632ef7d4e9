"""Obligations (办理事项): what a department owes by which day, and how that day was reckoned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from data.models.obligations import DeadlineRule, Obligation
from data.queries.obligations import (
    add_obligation,
    jurisdictions_above,
    open_obligations,
    overdue_obligations,
    rule_in_force,
    set_fulfilled,
)
from data.scope import widened
from matching.refused import Refused
from scheduler.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Subject:
    """What an obligation is about: a kind of thing and its id, such as `visit` and `4711`."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Due:
    """A due day (期限), the days counted up to it, and whether all of them were announced as working days or not."""

    on: date
    counted: tuple[date, ...]
    announced: bool


def due(workdays: Workdays, rule: DeadlineRule, on: date) -> Due:
    """When something that happened on a day is due by a rule.

    The day itself doesn't count (民法典 201) unless the rule says so. Calendar days aren't moved from days off; a
    quarter end is the last day of the quarter. Refused with calendar.no_year past the end of the calendar.
    """
    if rule.unit == "wd":
        counted = tuple(workdays.following(on, rule.n, rule.counts_trigger_day))
        return Due(counted[-1], counted, not workdays.provisional(on, counted[-1]))
    if rule.unit == "day":
        first = on + timedelta(not rule.counts_trigger_day)
        counted = tuple(first + timedelta(n) for n in range(rule.n))
        return Due(counted[-1], counted, True)
    return Due(on if rule.unit == "realtime" else _quarter_end(on), (), True)


def trigger(
    session: Session, workdays: Workdays, rule_event: str, subject: Subject, department_id: int, on: date
) -> Obligation | None:
    """Let a department owe what the rule in force for its jurisdiction asks; None where no rule asks anything.

    Told twice, it is owed once: the first day stays. The session need not see the department's rows.
    """
    jurisdictions = jurisdictions_above(session, department_id)
    rule = rule_in_force(session, rule_event, jurisdictions, on)
    if rule is None:
        return None
    reckoned = due(workdays, rule, on)
    values = {
        "rule_id": rule.id,
        "jurisdiction_code": jurisdictions[0],
        "department_id": department_id,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "event": rule.event,
        "triggered_on": on,
        "due_on": reckoned.on,
        "computation": _computation(rule, reckoned, on),
    }
    with widened(session, department_id):
        return add_obligation(session, values)


def joint_starts(rule: DeadlineRule, happened: Mapping[int, date]) -> dict[int, date]:
    """From which day each department's time runs in a joint campaign, given the day of each department."""
    if rule.for_joint == "each":
        return dict(happened)
    day = min(happened.values()) if rule.for_joint == "first" else max(happened.values())
    return dict.fromkeys(happened, day)


def fulfil(session: Session, event: str, subject: Subject, department_id: int, on: date) -> int:
    """A department did what it owed to a subject for an event; how many open obligations that closes.

    What was fulfilled before keeps its day. Refused with obligation.fulfilled_too_early before the trigger.
    """
    with widened(session, department_id):
        owed = open_obligations(session, event, subject.kind, subject.id, department_id)
        for obligation in owed:
            if on < obligation.triggered_on:
                raise Refused(
                    "obligation.fulfilled_too_early",
                    fulfilled_on=on.isoformat(),
                    triggered_on=obligation.triggered_on.isoformat(),
                )
        return set_fulfilled(session, [obligation.id for obligation in owed], on)


def overdue(session: Session, today: date) -> Sequence[Obligation]:
    """What is owed and past its due day (逾期) as far as the session sees, longest overdue first."""
    return overdue_obligations(session, today)


def is_late(obligation: Obligation, today: date) -> bool:
    """Fulfilled after its due day, or still open after it."""
    return (obligation.fulfilled_on or today) > obligation.due_on


def _computation(rule: DeadlineRule, reckoned: Due, on: date) -> dict[str, Any]:
    """How the day was found, so that anybody can count it again when calendar and rules have long moved on."""
    return {
        "rule": rule.id,
        "n": rule.n,
        "unit": rule.unit,
        "trigger": rule.trigger,
        "triggered_on": on.isoformat(),
        "counts_trigger_day": rule.counts_trigger_day,
        "counted": [day.isoformat() for day in reckoned.counted],
        "announced": reckoned.announced,
    }


def _quarter_end(day: date) -> date:
    last_month = (day.month + 2) // 3 * 3
    following = date(day.year + last_month // 12, last_month % 12 + 1, 1)
    return following - timedelta(1)
