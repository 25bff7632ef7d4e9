"""Workflow (流程) as a table: in which state which act is possible, for whom, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from matching.refused import Refused
from scheduler.permissions import Desk


@dataclass(frozen=True)
class Step:
    """The state after an act, and the roles that may do it."""

    next: str
    roles: tuple[str, ...]


class HasState(Protocol):
    """Anything with a state."""

    state: str


class Workflow:
    """All steps of one subject, written `{(state, act): Step}`."""

    def __init__(self, subject: str, steps: Mapping[tuple[str, str], Step]) -> None:
        self.subject = subject
        self.steps = dict(steps)
        self.acts = tuple(dict.fromkeys(act for _, act in self.steps))
        self._roles = {
            act: tuple(dict.fromkeys(r for (_, a), step in steps.items() if a == act for r in step.roles))
            for act in self.acts
        }

    def roles(self, act: str) -> tuple[str, ...]:
        """Everybody who may do an act in some state."""
        return self._roles[act]

    def check(self, desk: Desk, state: str, act: str) -> Step:
        """The step an act makes; Refused `actor.role`, or `<subject>.not_now` where the state does not allow it."""
        desk.require(*self.roles(act))
        step = self.steps.get((state, act))
        if step is None:
            raise Refused(f"{self.subject}.not_now", state=state, act=act, possible=self.possible(state))
        return step

    def possible(self, state: str) -> list[str]:
        """The acts that a state allows."""
        return [act for at, act in self.steps if at == state]

    def move(self, desk: Desk, thing: HasState, act: str) -> str:
        """Bring a thing to the state after an act; the role by which it is done comes back."""
        step = self.check(desk, thing.state, act)
        role = desk.require(*step.roles)
        thing.state = step.next
        return role
