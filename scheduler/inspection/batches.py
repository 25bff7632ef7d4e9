"""One act on many visits (批量办理): all of them or none, and whoever is refused is told which one and why."""

from __future__ import annotations

from collections.abc import Callable, Collection

from data.models import Visit
from matching.refused import Refused
from scheduler.inspection import results
from scheduler.inspection.visits import by_id
from scheduler.permissions import Desk


def accept_all(desk: Desk, visit_ids: Collection[int]) -> int:
    """Accept the newest results of these visits; how many."""
    return _each(desk, visit_ids, lambda visit: results.review(desk, visit, accept=True))


def disclose_all(desk: Desk, visit_ids: Collection[int]) -> tuple[int, int]:
    """Disclose these visits; how many, and how many of them late."""
    late: list[int] = []

    def disclose(visit: Visit) -> None:
        if desk.today > results.disclose(desk, visit).due_on:
            late.append(visit.id)

    return _each(desk, visit_ids, disclose), len(late)


def _each(desk: Desk, visit_ids: Collection[int], act: Callable[[Visit], object]) -> int:
    """Act on each in one order, so that no two of these wait for each other; Refused `visit.one_refused`."""
    if not visit_ids:
        raise Refused("visit.none_chosen")
    for visit_id in sorted(set(visit_ids)):
        visit = by_id(desk, visit_id)
        try:
            act(visit)
        except Refused as refused:
            raise Refused("visit.one_refused", target=visit.target.name, why=refused.code) from refused
    return len(set(visit_ids))
