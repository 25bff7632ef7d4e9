"""What waits for somebody today in each of his roles (待办)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from data.ledger import BUSINESS
from data.models import LedgerEntry
from data.queries import waiting
from data.queries.waiting import Heap, One, Question
from scheduler.inspection.dossier import soon_due
from scheduler.inspection.results import DUE_EVENT
from scheduler.permissions import Desk

__all__ = ["Heap", "One", "Waiting"]

AHEAD = timedelta(30)
"""So far ahead certificates and roles are told to end."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "inspector": ("sent_back", "past", "today", "week", "later", "no_day"),
    "planner": (
        *(f"draw_{step}" for step in waiting.OF_PLANNER),
        *("answer", "dispatch", "schedule", "freeze", "draw", "submit", "draft", "close", "inspecting"),
    ),
    "approver": ("approve", "approve_plan"),
    "witness": ("promise", "reveal", "enter_entropy"),
    "custodian": ("unlock", "custody_key", "custody_confirm"),
    "reviewer": ("review", "follow_up"),
    "publisher": ("late", "near", "disclose"),
    "registrar": ("item_draft", "certificate"),
    "legal": ("item_legal_review",),
    "office": ("item_office_confirmation",),
    "auditor": ("replay",),
    "administrator": ("job", "grant"),
}
"""The kinds of things that wait for each role, the most urgent first."""


@dataclass(frozen=True)
class Waiting:
    """What waits: the heaps of each role the actor holds, empty ones left out; for an auditor the ledger's last line."""

    heaps: Mapping[str, Sequence[Heap]]
    last_line: LedgerEntry | None = None


def waiting_for(desk: Desk) -> Waiting:
    """What waits for the actor; all that is counted, is counted by one statement."""
    roles = [role for role in KINDS if role in desk.actor.roles]
    found = waiting.heaps(desk.session, [each for role in roles for each in _questions(desk, role)])
    return Waiting(
        heaps={role: [found[kind] for kind in KINDS[role] if kind in found] for role in roles},
        last_line=waiting.last_line(desk.session, BUSINESS) if "auditor" in roles else None,
    )


def _questions(desk: Desk, role: str) -> list[Question]:
    own, today = desk.actor.department_id, desk.today
    last = today + AHEAD
    match role:
        case "inspector":
            if desk.actor.inspector_id is None:
                return []
            sunday = today + timedelta(6 - today.weekday())
            return [waiting.visits_of_inspector(desk.actor.inspector_id, today, sunday)]
        case "planner":
            return [
                waiting.campaigns_to_plan(own),
                waiting.draws_to_carry_on(own),
                waiting.campaigns_to_schedule(own),
            ]
        case "approver":
            return [waiting.campaigns_to_approve(own), waiting.plans_to_approve(own)]
        case "witness":
            return [waiting.draws_to_witness(desk.actor.person_id)]
        case "custodian":
            person_id = desk.actor.person_id
            return [
                waiting.draws_to_unlock(person_id),
                waiting.custody_keys_to_make(person_id),
                waiting.custody_keys_to_have_confirmed(person_id),
            ]
        case "reviewer":
            return [waiting.visits_to_review(own), waiting.follow_ups_open(own)]
        case "publisher":
            return [waiting.visits_to_disclose(own, DUE_EVENT, today, soon_due(desk))]
        case "registrar":
            return [waiting.items_in(own, "draft"), waiting.certificates_expiring(own, last)]
        case "legal":
            return [waiting.items_in(own, "legal_review")]
        case "office":
            return [waiting.items_in(own, "office_confirmation")]
        case "auditor":
            return [waiting.draws_to_replay(own)]
        case _:
            return [waiting.jobs_to_look_at(own), waiting.grants_ending(own, today, last)]
