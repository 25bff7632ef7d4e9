"""The ceremony of a draw (抽取现场): what a screen in the room may show, and how far the draw has come.

Anybody may sit in the room. So the screen shows the same to whoever is logged in at it, and no more than its witness may
know at that step: no name or id of a drawn target, no inspector, no class behind an opaque stratum, no entry of the
entropy before both agree. What it shows of the outcome, strangers work out from what is public. It keeps nothing: all of
it is read from the evidence, each time anew.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import zip_longest
from typing import Any, NamedTuple

from data.models import Draw
from data.queries import draws
from data.queries.draws import Ticket
from data.vocabulary import CHOICES_FILE
from matching.choice import read_choices
from matching.draw.plan import Systematic, read_plan
from matching.draw.seed import LOTTERIES
from matching.draw.targets import quotas
from scheduler.inspection import record, register, work
from scheduler.inspection.drawing import ENTRIES
from scheduler.inspection.evidence import FIRST
from scheduler.inspection.inclusion import inclusion, means
from scheduler.inspection.record import Record
from scheduler.permissions import Desk

STAGES = ("fixed", "commitment", "witnesses", "entropy", "opening", "tickets")
"""What the screen shows one after the other."""
TICKETS_SHOWN = 12
"""The smallest tickets of a stratum that have room on the screen."""


@dataclass(frozen=True)
class Team:
    """Who comes from a department: so many, of whom so many lead."""

    department: str
    size: int
    leads: int


class FrozenList(NamedTuple):
    """A frozen list: its rows, and once it is committed its digest T."""

    name: str
    rows: int
    digest: str


class Standing(NamedTuple):
    """How far a witness has come; his text once nobody can react to it any more."""

    name: str
    promised: bool
    revealed: bool
    text: str | None


class Place(NamedTuple):
    """A place at which the entropy is entered, and when somebody has; never what."""

    place: int
    entered_at: datetime | None


@dataclass(frozen=True)
class Fixed:
    """What was fixed before anybody could know the seed."""

    purpose: str
    legal_basis: str
    items: tuple[str, ...]
    deadline: date
    predecessor: str
    total: int | None
    systematic: int | None
    rates: tuple[tuple[str, str], ...]
    at_least_one: bool
    teams: str
    groups: int | None
    departments: tuple[Team, ...]
    objectives: tuple[str, ...]
    entropy: str
    lists: tuple[FrozenList, ...]
    opaque: bool


@dataclass(frozen=True)
class Committed:
    """The commitment C, with the digest of the plan, and where it was published."""

    digest: str
    at: datetime
    plan: str
    published: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class Ceremony:
    """The draw as the room sees it. `stage` is the one that it has come to, `step` the act that is awaited.

    `differing` are the places, from 1, at which the two entries of the last round differed; None where they agreed, or
    none has been made. `awaited` counts the custodians who have to open now. `failed` tells that the draw was executed and
    came to no outcome. `acts` are those of the reader that the screen has forms for.
    """

    number: str
    campaign: str
    department: str
    state: str
    stage: str
    step: str
    attempt: int
    overdue: bool
    void_ground: str
    fixed: Fixed
    committed: Committed | None
    witnesses: tuple[Standing, ...]
    reveals: str
    closed_at: datetime | None
    places: tuple[Place, ...]
    differed: int
    differing: tuple[int, ...] | None
    awaited: int
    entropy: str
    seed: str
    opened_at: datetime | None
    computing: bool
    failed: bool
    executed: bool
    short: bool
    lonely: int | None
    forced: int | None
    acts: frozenset[str]

    def passed(self, stage: str) -> bool:
        """Whether the draw has come further than a stage."""
        return STAGES.index(stage) < STAGES.index(self.stage) or self.state == "completed"


class Stratum(NamedTuple):
    """A stratum: its rows, how many are drawn, and once they are the threshold and the smallest tickets."""

    stratum: str
    rows: int
    quota: Fraction
    threshold: str
    tickets: Sequence[Ticket]
    chance: Fraction


def ceremony_of(desk: Desk, drawn: Draw) -> Ceremony:
    """The draw as the room sees it now."""
    told = record.record_of(desk, drawn)
    executing = work.state_of_execution(desk, drawn, told.attempt)
    lonely, forced = _choice(desk, drawn, told)
    return Ceremony(
        number=drawn.number,
        campaign=drawn.campaign.name,
        department=drawn.campaign.lead.name,
        state=drawn.state,
        stage=_stage(told),
        step=next((step for step, standing in told.steps if standing == "now"), ""),
        attempt=told.attempt,
        overdue=register.is_overdue(desk, drawn),
        void_ground=drawn.void_ground,
        fixed=_fixed(drawn, told),
        committed=_committed(told),
        witnesses=tuple(
            Standing(each.name, each.promise is not None, each.revealed, each.text) for each in told.witnesses
        ),
        reveals=told.closing.digest if told.closing else "",
        closed_at=told.closing.at if told.closing else None,
        places=_places(told),
        differed=told.differed,
        differing=_differing(desk, drawn, told),
        awaited=told.awaited,
        entropy=told.opening.entropy if told.opening else "",
        seed=told.opening.seed if told.opening else "",
        opened_at=told.opening.at if told.opening else None,
        computing=executing in work.UNDER_WAY,
        failed=executing in work.IN_VAIN and not told.executed,
        executed=told.executed,
        short=told.shortage is not None,
        lonely=lonely,
        forced=forced,
        acts=told.acts & {"enter", "execute"},
    )


def _stage(told: Record) -> str:
    passed = (
        told.commitment is not None,
        bool(told.publications) or told.closing is not None,
        told.closing is not None,
        told.opening is not None,
        told.executed,
    )
    return STAGES[passed.index(False)] if False in passed else STAGES[-1]


def _fixed(drawn: Draw, told: Record) -> Fixed:
    plan: Mapping[str, Any] = told.plan
    names = {each.department.code: each.department.name for each in drawn.campaign.departments}
    return Fixed(
        purpose=plan["purpose"],
        legal_basis=plan["legal_basis"],
        items=tuple(plan["items"]),
        deadline=drawn.deadline,
        predecessor=plan["predecessor"],
        total=plan["quota"].get("total"),
        systematic=plan["quota"].get("systematic"),
        rates=tuple(sorted(plan["quota"].get("rates", {}).items())),
        at_least_one=plan["quota"].get("at_least_one", False),
        teams=plan["teams"],
        groups=plan.get("groups"),
        departments=tuple(
            Team(names.get(each["code"], each["code"]), each["size"], each["leads"])
            for each in plan["departments"]
        ),
        objectives=tuple(plan["objectives"]),
        entropy=plan["entropy"],
        lists=tuple(FrozenList(each.name, each.rows, each.digest) for each in told.lists),
        opaque=drawn.campaign.strata_by == "risk_class",
    )


def _committed(told: Record) -> Committed | None:
    if told.commitment is None:
        return None
    published = tuple((each.place, each.published_at) for each in told.publications)
    return Committed(told.commitment.digest, told.commitment.at, told.told["plan"], published)


def _places(told: Record) -> tuple[Place, ...]:
    entered = {each.place: each.at for each in told.entries}
    return tuple(Place(place, entered.get(place)) for place in (1, 2))


def _differing(desk: Desk, drawn: Draw, told: Record) -> tuple[int, ...] | None:
    """Where the last round's entries differ, counted behind the source's name. What stood there nobody is told: the next
    round is entered anew, from the dice."""
    entered = draws.entries(desk.session, drawn.id, told.attempt)
    if told.entropy_stands or len(entered) < ENTRIES:
        return None
    both = (each.entropy.removeprefix(f"{told.plan['entropy']}:") for each in entered)
    places = enumerate(zip_longest(*both), start=1)
    return tuple(place for place, (first, second) in places if first != second)


def _choice(desk: Desk, drawn: Draw, told: Record) -> tuple[int | None, int | None]:
    """How many seats had one eligible, and how many no choice; None where nothing was counted."""
    kept = draws.some_files(desk.session, drawn.id, told.attempt, (CHOICES_FILE,)).get(CHOICES_FILE)
    if kept is None:
        return None, None
    choices = read_choices(kept)
    lonely = sum(each.seats for each in choices if each.eligible == 1)
    return lonely, sum(each.seats for each in choices if each.forced)


def balls_of(lottery: str) -> Sequence[tuple[int, int]]:
    """The balls of one issue, in the order drawn: (how many, out of how many) of each kind; none where it is unknown."""
    return LOTTERIES.get(lottery, ())


def strata_of(desk: Desk, drawn: Draw) -> list[Stratum]:
    """The strata in the order of the frozen list, with what was drawn of them as far as something was."""
    thresholds = {each.stratum: each for each in record.thresholds(desk, drawn)}
    plan = read_plan(json.loads(draws.lottery(desk.session, drawn.id, FIRST).plan))
    ranges = _ranges(desk, drawn, plan.weighed)
    spans = [(str(stratum), 0, int(rows)) for stratum, rows, *_ in ranges]
    # of a weighted pool only the whole number is fixed beforehand, and that many are drawn however it is shared out
    wanted = [plan.quota.targets] if isinstance(plan.quota, Systematic) else quotas(plan.quota, spans)
    tickets = draws.first_tickets(desk.session, drawn.id, TICKETS_SHOWN)
    return [
        Stratum(
            stratum,
            rows,
            Fraction(thresholds[stratum].quota) if stratum in thresholds else mean,
            thresholds[stratum].ticket if stratum in thresholds else "",
            tickets.get(stratum, ()),
            inclusion(mean, rows),
        )
        for (stratum, _, rows), mean in zip(spans, means(ranges, wanted), strict=True)
    ]


def _ranges(desk: Desk, drawn: Draw, weighed: bool) -> list[list[Any]]:
    """The ranges as they are committed; before that they are counted in the frozen list."""
    commitment = draws.commitment_of(desk.session, drawn.id, FIRST)
    if commitment is not None:
        return list(json.loads(commitment.told)["tables"]["targets"]["ranges"])
    lines = draws.frozen_table(desk.session, drawn.id, FIRST, "targets").split(b"\n")[1:-1]
    counted = Counter(line.partition(b"\t")[0] for line in lines)
    if not weighed:
        return [[stratum.decode(), counted[stratum]] for stratum in sorted(counted)]
    weights = {line.partition(b"\t")[0]: int(line.split(b"\t")[4]) for line in lines}
    return [[each.decode(), counted[each], weights[each] * counted[each]] for each in sorted(counted)]
