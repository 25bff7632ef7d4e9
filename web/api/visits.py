"""Visits (检查), their results from entry to disclosure, and what follows (后续处置)."""

from __future__ import annotations

from typing import Any

from data.schemas.files import FileNamed
from data.schemas.visits import (
    AttachmentShown,
    DayGiven,
    FollowUpShown,
    FollowUpsWanted,
    Note,
    Recusal,
    ResultGiven,
    ResultShown,
    ReviewGiven,
    TakerTold,
    VisitListed,
    VisitShown,
    VisitsWanted,
)
from scheduler.inspection import lists, recusal, results, scheduling, visits
from scheduler.inspection.dossier import find_file, history
from scheduler.inspection.evidence import locked_visit
from scheduler.inspection.results import Checked, Entry
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import ID, AFile, Kind, Part

part = Part("visits", "Visits, results, follow-ups (检查、结果、后续处置)")


def _tell(desk: Desk, visit: Any) -> Any:
    return lists.whole_visit(desk, visit)


KIND = Kind(VisitShown(), visits.by_id, locked_visit, _tell)
ONE = f"/visits/<{ID}:visit_id>"


@part.page("/visits", VisitListed, VisitsWanted)
@open_to(SIGNED_IN)
def listed(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """Visits of one's department, and of all departments where it leads; the newest first (检查清单)."""
    return lists.listed_visits(desk, number, size, **filters)


@part.one(ONE, KIND)
@open_to(SIGNED_IN)
def one() -> None:
    """One visit with its team and the items to be checked (检查、检查组、事项)."""


@part.act(f"{ONE}/schedule", KIND, DayGiven)
@open_to("planner")
def schedule(desk: Desk, visit: Any, written: dict[str, Any]) -> None:
    """Put the joint visit to a target on a day, for all departments that have still to make it (安排日期)."""
    scheduling.schedule(desk, visit, written["day"])


@part.act(f"{ONE}/recuse", KIND, Recusal, TakerTold())
@open_to("approver")
def recuse(desk: Desk, visit: Any, written: dict[str, Any]) -> Any:
    """Bar an inspector from a target; the next by ticket takes his seat (回避)."""
    return {"taker": recusal.recuse(desk, visit, **{"inspector_code": written.pop("inspector"), **written})}


@part.look(f"{ONE}/results", ResultShown(many=True))
@open_to(SIGNED_IN)
def results_listed(desk: Desk, visit_id: int) -> Any:
    """Every version of a visit's result, the newest first (结果各版本)."""
    visit = visits.by_id(desk, visit_id)
    names = lists.item_names(desk, visit)
    return [_told(each, names) for each in history(desk, visit)]


@part.act(f"{ONE}/results", KIND, ResultGiven)
@open_to("inspector")
def enter(desk: Desk, visit: Any, written: dict[str, Any]) -> None:
    """Enter a result; only a member of the team does. What was disclosed is corrected by a further version (录入结果)."""
    checks = tuple(Checked(**each) for each in written.pop("checks"))
    as_tuples = {name: tuple(written.pop(name)) for name in ("methods", "measures")}
    results.enter(desk, visit, Entry(checks=checks, **as_tuples, **written))


@part.act(f"{ONE}/attachments", KIND, AFile(FileNamed), AttachmentShown(), status=201)
@open_to("inspector")
def attach(desk: Desk, visit: Any, content: bytes, named: dict[str, Any]) -> Any:
    """Add a file to the result that waits for its review (添加附件)."""
    name = named["name"]
    return results.attach(desk, visit, name, results.media_type_of(name), content)


@part.kept(f"{ONE}/attachments/<{ID}:file_id>")
@open_to(SIGNED_IN)
def attachment(desk: Desk, visit_id: int, file_id: int) -> Any:
    """A file of a result, as it was added (附件)."""
    return find_file(desk, visits.by_id(desk, visit_id), file_id)


@part.act(f"{ONE}/review", KIND, ReviewGiven)
@open_to("reviewer")
def review(desk: Desk, visit: Any, written: dict[str, Any]) -> None:
    """Accept the newest version, or send it back with a reason; never one's own (审核)."""
    results.review(desk, visit, written["accept"], written["reason"])


@part.act(f"{ONE}/disclose", KIND)
@open_to("publisher")
def disclose(desk: Desk, visit: Any) -> None:
    """Make an accepted result public (公示)."""
    results.disclose(desk, visit)


FOLLOW_UP = Kind(FollowUpShown(), results.follow_up_by_id, lists.held_follow_up)
ONE_FOLLOW_UP = f"/follow-ups/<{ID}:number>"


@part.page("/follow-ups", FollowUpShown, FollowUpsWanted)
@open_to(SIGNED_IN)
def follow_ups(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """The follow-ups of one's department, the oldest first (后续处置)."""
    return lists.follow_ups(desk, number, size, **filters)


@part.one(ONE_FOLLOW_UP, FOLLOW_UP)
@open_to(SIGNED_IN)
def follow_up() -> None:
    """One follow-up (一项后续处置)."""


@part.act(f"{ONE_FOLLOW_UP}/close", FOLLOW_UP, Note)
@open_to("reviewer")
def close_follow_up(desk: Desk, found: Any, written: dict[str, Any]) -> None:
    """Close what had to follow, with a word on how (办结)."""
    results.close_follow_up(desk, found, written["note"])


def _told(version: Any, names: dict[int, str]) -> dict[str, Any]:
    """A version as its schema reads it."""
    result = version.result
    simple = ("version", "inspected_on", "code_list", "code", "note", "reason", "entered_at")
    return {name: getattr(result, name) for name in simple} | {
        "methods": [each for each in result.methods.split(";") if each],
        "measures": [each for each in result.measures.split(";") if each],
        "entered_by": version.names.get(result.entered_by_person_id, ""),
        "findings": [
            {
                "item": names.get(each.item_version_id, ""),
                "checked": each.checked,
                "problem": each.problem,
                "handling": each.handling,
            }
            for each in result.findings
        ],
        "review": version.review,
        "disclosure": version.disclosure,
        "files": version.files,
    }
