"""A shortage explained (人员缺口): who lacks where, what would do, and whether the registries as they stand now suffice.

What lacked is worked out from the frozen lists; what would do, from the registries, as it is there that it is done: a
further pairing freezes them anew. What is read is read at a desk, what takes long is computed when the desk is closed.

A department sees its own; the lead department, which waits for all of them, sees of the others which seats lack and how
much would do, and none of their people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from data.models import Draw
from data.queries import draws, organisation
from matching.draw.frames import digest
from matching.draw.plan import FIXED, PER_TARGET, Plan
from matching.draw.seed import stage_key
from matching.draw.tables import Frame, Row, freeze, freeze_beside
from matching.draw.teams import Groups, deal_groups
from matching.pairing.group_remedies import (
    FewerGroups,
    ShortDeal,
    group_remedies,
    lift_pairs_of_dealing,
    short_deals,
)
from matching.pairing.groups import pair_groups
from matching.pairing.lacks import Lack
from matching.pairing.pair_remedies import LiftPairs, Spared, lift_pairs, need_of, spared
from matching.pairing.remedies import (
    Fewer,
    Lift,
    More,
    Qualify,
    Raise,
    RaiseSome,
    Remedied,
    Remedy,
    Widen,
    remedied,
)
from matching.pairing.rounds import pair_targets
from matching.pairing.shortage import PairBarShortage, Shortage
from matching.refused import Refused
from scheduler.inspection import freezing, record
from scheduler.inspection.evidence import FIRST, Bound, bound_by, plan_of, table_rows
from scheduler.inspection.pool import department_ids
from scheduler.inspection.secrecy import check_rows
from scheduler.permissions import Desk

__all__ = [
    "Fewer",
    "FewerGroups",
    "Lack",
    "Lift",
    "LiftPairs",
    "More",
    "Qualify",
    "Raise",
    "RaiseSome",
    "Remedied",
    "Remedy",
    "ShortDeal",
    "Widen",
]

READERS = ("planner", "approver", "auditor")
"""Who is told what lacks, and what would do: it comes of what was drawn."""
MOST_TRIED = 500_000
"""Of drawn targets and inspectors; where there are more, no pairing is tried for its bars between inspectors."""
_Part = TypeVar("_Part", Remedied, ShortDeal)
TRIAL = int.from_bytes(digest("trial", "只供试配 A TRIAL, NOT A PAIRING".encode())[:16], "big")
"""The key of a trial: everybody knows it, and no seed makes it."""


@dataclass(frozen=True)
class Reader:
    """The department of whoever reads, and whether it leads."""

    department: str
    leads: bool


@dataclass(frozen=True)
class Lists:
    """A plan with the drawn targets, and the lists of inspectors beside them: those of a freeze, or the registries' now."""

    plan: Plan
    frame: Frame
    reader: Reader

    @property
    def drawn(self) -> range:
        """The rows: all are drawn."""
        return range(len(self.frame.targets.rows))

    @property
    def too_many(self) -> bool:
        """Whether a pairing of them would keep its reader waiting."""
        return len(self.drawn) * len(self.frame.inspectors.rows) > MOST_TRIED


@dataclass(frozen=True)
class Explained:
    """What lacks in some lists, and what would do.

    `departments` fall short of inspectors for single seats, `deals` for the groups; `groups` is what would do for groups
    that were dealt, `pairs` and `spared` for bars between inspectors: all of these of one pairing with its tickets.
    """

    departments: tuple[Remedied, ...] = ()
    deals: tuple[ShortDeal, ...] = ()
    groups: tuple[Remedy, ...] = ()
    pairs: LiftPairs | None = None
    spared: tuple[Spared, ...] = ()


@dataclass(frozen=True)
class Foreseen:
    """Whether the registries as they stand now would do.

    `enough` is exact: whether all seats of all departments can be filled. Whether bars between inspectors or the dealing of
    groups get in the way is a matter of tickets that nobody knows yet: `tried` tells whether a trial came to an end, and is
    None where there was no need of one, or too much to try.
    """

    explained: Explained
    enough: bool
    tried: bool | None


def lists_of_shortage(desk: Desk, drawn: Draw) -> Lists:
    """The frozen lists of the pairing that came to a shortage. Refused `draw.not_short`, and like `secrecy.check_rows`."""
    plan, targets = _drawn_targets(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    ids = {row[1] for row in targets}
    tables = {
        name: list(table_rows(draws.frozen_table(desk.session, drawn.id, attempt, name)))
        for name in ("inspectors", "bars", "pair_bars")
    }
    bars = [row for row in tables["bars"] if row[1] in ids]
    frozen = freeze_beside(freeze("targets", targets), tables["inspectors"], bars, tables["pair_bars"])
    return Lists(plan, frozen, _reader(desk, drawn))


def lists_now(desk: Desk, drawn: Draw) -> Lists:
    """The same targets beside the registries as they stand. Refused like that, and `pool.nobody` like a freeze."""
    plan, targets = _drawn_targets(desk, drawn)
    frame = freezing.people_now(desk, drawn, freeze("targets", targets))
    return Lists(plan, frame, _reader(desk, drawn))


def _drawn_targets(desk: Desk, drawn: Draw) -> tuple[Plan, list[Row]]:
    desk.require(*READERS)
    check_rows(desk, drawn)
    if drawn.state != "short":
        raise Refused("draw.not_short", state=drawn.state)
    file = draws.frozen_table(desk.session, drawn.id, FIRST, "targets").split(b"\n")
    places = [each.row_index for each in desk.session.scalars(draws.drawn_in(drawn.id))]
    rows = [tuple(file[1 + place].decode().split("\t"))[:4] for place in sorted(places)]
    return plan_of(draws.last_attempt(desk.session, drawn.id)), rows


def _reader(desk: Desk, drawn: Draw) -> Reader:
    own = desk.actor.department_id
    code = organisation.departments_by_id(desk.session, [own])[own].code
    return Reader(code, own == department_ids(drawn.campaign)[0])


# Computing, without a desk


def explained(lists: Lists) -> Explained:
    """What lacks in the lists, and what would do: exact whatever the tickets, bars between inspectors and groups aside."""
    return _seen(lists.reader, _whole(lists.plan, lists.frame, lists.drawn))


def in_rehearsal(plan: Plan, frame: Frame, rows: Sequence[int]) -> Explained:
    """The same of a rehearsal, at the rows that it drew: it names nobody."""
    return _seen(Reader("", leads=True), _whole(plan, frame, rows))


def foreseen(lists: Lists) -> Foreseen:
    """Whether the registries would do."""
    whole = _whole(lists.plan, lists.frame, lists.drawn)
    enough = not (whole.departments or whole.deals)
    return Foreseen(_seen(lists.reader, whole), enough, _tried(lists) if enough else None)


def _whole(plan: Plan, frame: Frame, rows: Sequence[int]) -> Explained:
    if plan.teams == FIXED:
        return Explained(deals=tuple(short_deals(plan, frame.inspectors.rows)))
    needs = (need_of(plan, frame, rows, each.code) for each in plan.departments)
    return Explained(departments=tuple(each for each in map(remedied, needs) if each))


def _tried(lists: Lists) -> bool | None:
    plan, frame = lists.plan, lists.frame
    if lists.too_many:
        return None
    if plan.teams == PER_TARGET:
        if not frame.pair_bars.rows:
            return None
        return not isinstance(pair_targets(plan, frame, lists.drawn, TRIAL), Shortage)
    return not isinstance(pair_groups(plan, frame, lists.drawn, TRIAL, TRIAL), Shortage)


def _seen(reader: Reader, told: Explained) -> Explained:
    """As far as the reader's department may know it."""
    return replace(
        told,
        departments=tuple(_own_or_nameless(reader, told.departments)),
        deals=tuple(_own_or_nameless(reader, told.deals)),
    )


def _own_or_nameless(reader: Reader, found: Sequence[_Part]) -> Iterator[_Part]:
    for each in found:
        if each.department == reader.department:
            yield each
        elif reader.leads:
            yield replace(each, remedies=tuple(map(_nameless, each.remedies)))


def _nameless(remedy: Remedy) -> Remedy:
    """A remedy without the people, bars and targets that it names."""
    names = [each.name for each in fields(remedy) if each.name in ("inspectors", "bars", "pairs")]
    named: dict[str, Any] = dict.fromkeys(names, ())
    return replace(remedy, **named)


def _with_own(reader: Reader, frame: Frame, lifted: LiftPairs | None) -> LiftPairs | None:
    """Of bars between inspectors those that bar one of the reader's department."""
    if lifted is None:
        return None
    own = {row[1] for row in frame.inspectors.rows if row[0] == reader.department}
    return replace(lifted, pairs=tuple(pair for pair in lifted.pairs if own & set(pair)))


# Of the pairing that came to the shortage, with its tickets


@dataclass(frozen=True)
class Paired:
    """The pairing that came to the shortage: its lists, which rows of the whole lists were drawn, and its seed."""

    lists: Lists
    bound: Bound
    rows: tuple[int, ...]
    seed: bytes
    sealed: bytes
    told: Mapping[str, Any]
    """shortage.json."""

    @property
    def causes(self) -> set[str]:
        """The kinds of causes."""
        return {each["kind"] for each in self.told["shortage"]}

    def key(self, stage: str) -> int:
        """The key of a stage's tickets."""
        return stage_key(self.seed, self.sealed, stage)


def to_explain(desk: Desk, drawn: Draw) -> Paired:
    """What a shortage is explained from; Refused like `lists_of_shortage`."""
    lists = lists_of_shortage(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id)
    opening = draws.opening_of(desk.session, drawn.id, attempt.attempt)
    committed = draws.commitment_of(desk.session, drawn.id, attempt.attempt)
    assert opening is not None
    assert committed is not None
    told = record.shortage(desk, drawn)
    return Paired(
        lists=lists,
        bound=bound_by(desk, drawn.id, attempt),
        rows=tuple(sorted(each.row_index for each in desk.session.scalars(draws.drawn_in(drawn.id)))),
        seed=bytes.fromhex(opening.seed),
        sealed=bytes.fromhex(json.loads(committed.told)["tables"]["inspectors"]["digest"]),
        told=told,
    )


def explain(paired: Paired) -> Explained:
    """What lacked, and what would have done; bars between inspectors and groups with the tickets of that pairing."""
    found = explained(paired.lists)
    if "pair_bar" in paired.causes:
        return found if paired.lists.too_many else _explain_pairs(paired, found)
    if paired.lists.plan.teams == FIXED and not found.deals:
        return _explain_groups(paired, found)
    return found


def _explain_pairs(paired: Paired, found: Explained) -> Explained:
    """A ticket is of the place in the whole list: so the whole list is needed."""
    whole = paired.bound.frame
    asked = paired.lists.plan, whole, paired.rows, paired.key("match")
    answer = pair_targets(*asked)
    assert isinstance(answer, Shortage)
    assert isinstance(answer.causes[0], PairBarShortage)
    reader = paired.lists.reader
    mine = (
        replace(each, remedied=seen)
        for each in spared(*asked, answer)
        for seen in _own_or_nameless(reader, [each.remedied])
    )
    return replace(found, pairs=_with_own(reader, whole, lift_pairs(*asked)), spared=tuple(mine))


def _explain_groups(paired: Paired, found: Explained) -> Explained:
    plan, frame = paired.lists.plan, paired.lists.frame
    dealt = deal_groups(plan, frame, paired.key("teams"))
    if not isinstance(dealt, Groups):
        lifted = lift_pairs_of_dealing(plan, frame, paired.key("teams"))
        return replace(found, pairs=_with_own(paired.lists.reader, frame, lifted))
    remedies = group_remedies(plan, frame, dealt, paired.lists.drawn)
    alone = len(plan.departments) == 1
    return replace(found, groups=remedies if alone else tuple(map(_nameless, remedies)))
