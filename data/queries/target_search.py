"""Finding targets (检查对象检索): by words in the name or by the code, under conditions, in an order, page by page.

The index (data/target_index.py) says which targets it is; what came or changed behind it is looked at row by row. The
questions go to the tables, so the scope is a condition here like the others; rows are handed up by the ORM, which
narrows them once more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from data.intake.fields import bare_number
from data.models import TARGET_CHANGED, TARGET_INDEX, TARGET_INDEX_REACH, Permit, Target, TargetLabel
from data.queries.paging import FARTHEST, LARGEST_SIZE, SIZE, Page
from data.scope import division_of, scope_of
from data.target_index import (
    BLOCK,
    BLOCK_BITS,
    STANDING,
    Mask,
    column_in,
    fold,
    ids_in,
    keys_of,
    mark_pairs,
    part_of,
    standing_of,
)

Order = Literal["newest", "code", "name"]
Ids = NDArray[np.int64]
_CHUNK = 2_000
_SHORT = 2_000
"""So few ids are put in order by the database; for more of them the order that the index keeps is read."""
_STREWN = 100_000
_TRIES = 3
_NEVER = {"\0"}  # stands in no name that a database keeps
_target = Target.__table__.c


@dataclass(frozen=True)
class TargetQuestion:
    """What a target must be; an empty text and None ask nothing.

    `words` is what somebody typed: every word of it in the name, or all of it the code. Industry and region ask for
    what begins so; a label holds and a permit is valid on the day `today`.
    """

    today: date
    words: str = ""
    state: str = ""
    kind: str = ""
    type: str = ""
    industry: str = ""
    region: str = ""
    risk_class: str = ""
    abnormal: bool | None = None
    serious: bool | None = None
    label: str = ""
    registry: str = ""


class _Search(NamedTuple):
    """A question made ready: the folded words, the codes it may mean, the division of the scope (None: no target)."""

    question: TargetQuestion
    words: tuple[str, ...]
    codes: tuple[str, ...]
    division: str | None

    def meets(self, name: str, code: str) -> bool:
        """Whether a name or a code is what was asked for."""
        if not self.words and not self.codes:
            return True
        folded = fold(name)
        return code in self.codes or (bool(self.words) and all(word in folded for word in self.words))


def targets_page(
    session: Session, question: TargetQuestion, order: Order = "code", number: int = 1, size: int = SIZE
) -> Page[Target]:
    """One page of the targets that are asked for, and how many there are as far as anybody pages."""
    number, size = max(1, number), min(max(1, size), LARGEST_SIZE)
    start = (number - 1) * size
    for _ in range(_TRIES):
        found = _Found(session, question)
        total = min(found.count(), FARTHEST + 1)
        ids = [] if start >= min(total, FARTHEST) else list(islice(found.ids(order), start, start + size))
        if found.still_holds():
            break
    rows = {row.id: row for row in session.scalars(select(Target).where(among(session, Target.id, ids)))}
    # one that is gone since leaves a place empty
    shown = [rows[each] for each in ids if each in rows]
    return Page(shown, number, size, min(total, FARTHEST), total <= FARTHEST)


def possible_ids(session: Session, question: TargetQuestion) -> Iterator[list[int]]:
    """The ids of all targets that may be those asked for, however many, in pieces; the oldest first.

    The session is needed no longer than this takes: `ids_met` tells of each piece, in another, which of them are.
    """
    found = _Found(session, question)
    return (piece.tolist() for piece in _pieces(found.possible()))


def ids_met(session: Session, question: TargetQuestion, ids: Sequence[int]) -> list[int]:
    """Which of these are what is asked for at this moment, the oldest first."""
    search = _made_ready(question, session)
    if search.division is None:
        return []
    chosen = select(_target.id, _target.name, _target.code).where(
        among(session, _target.id, ids), *_conditions(search)
    )
    rows = session.execute(chosen.order_by(_target.id))
    return [id_ for id_, name, code in rows if search.meets(name, code)]


def among(session: Session, column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a column is one of many ids: one statement for any number of them."""
    if session.get_bind().dialect.name == "postgresql":
        told = bindparam(None, list(ids), type_=ARRAY(Integer), unique=True)
        return column == any_(told)  # type: ignore[no-any-return]
    listed = func.json_each(f"[{','.join(map(str, ids))}]").table_valued("value")
    return column.in_(select(listed.c.value))  # type: ignore[no-any-return]


class _Found:
    """The targets that a question finds: those the index knows, and those behind it."""

    def __init__(self, session: Session, question: TargetQuestion) -> None:
        self.session = session
        self.search = _made_ready(question, session)
        # the index knows which two characters stand together, but not which three
        self.verified = all(len(word) <= len("两字") for word in self.search.words)
        # what is behind the index is asked first: what it takes in meanwhile is then looked at here, and not twice
        self.reach, self.edition, changed = _state(session)
        self.behind = self._behind(changed) if self.search.division is not None else []
        self.known = self._known(changed) if self.search.division is not None else np.empty(0, np.int64)

    def count(self) -> int:
        """How many there are; beyond the farthest that is paged, only that there are more."""
        if not self.verified:
            sound = list(islice(self.ids("newest", reverse=True), FARTHEST + 1))
            if len(sound) > FARTHEST:
                return len(sound)
            self.known = np.setdiff1d(np.array(sound, np.int64), self.behind)
            self.verified = True
        return len(self.known) + len(self.behind)

    def possible(self) -> Ids:
        """The ids of all that the index takes for what is asked for, and of what is behind it; the oldest first."""
        return np.union1d(self.known, np.array(self.behind, np.int64)) if self.behind else self.known

    def ids(self, order: Order, reverse: bool = False) -> Iterator[int]:
        """All ids in an order; only the newest first can be turned round."""
        if order == "newest":
            both = self.possible()
            pieces = _pieces(both if reverse else both[::-1])
            return (each for piece in pieces for each in self._verified(piece))
        verified = (self._verified(piece) for piece in self._in_order(order))
        return (
            self._merged(verified, order) if self.behind else (each for piece in verified for each in piece)
        )

    def still_holds(self) -> bool:
        """Whether nobody wrote the index meanwhile: its pieces are read one by one."""
        return _state_of_index(self.session)[1] == self.edition

    def _in_order(self, order: Order) -> Iterator[Ids]:
        if len(self.known) <= _SHORT:
            if len(self.known):
                chosen = select(_target.id).where(among(self.session, _target.id, self.known.tolist()))
                yield np.array(_column(self.session, _ordered(chosen, order)), np.int64)
            return
        left, among_known = len(self.known), _membership(self.known)
        for piece in self._order(order):
            hits = piece[among_known(piece)]
            left -= len(hits)
            yield from _pieces(hits)
            if not left:
                return

    def _order(self, order: Order) -> Iterator[Ids]:
        table = TARGET_INDEX.c
        block = 0
        while content := self.session.scalar(
            select(table.content).where(table.part == f"by {order}", table.block == block)
        ):
            yield ids_in(content).astype(np.int64)
            block += 1

    def _merged(self, pieces: Iterator[list[int]], order: Order) -> Iterator[int]:
        """What the index knows in its order, and what is behind it put between."""
        left = set(self.behind)
        for piece in pieces:
            if not piece:
                continue
            listed = self._sorted([*piece, *left], order)
            upto = listed.index(piece[-1]) + 1
            yield from listed[:upto]
            left -= set(listed[:upto])
        yield from self._sorted(list(left), order)

    def _sorted(self, ids: Sequence[int], order: Order) -> list[int]:
        chosen = select(_target.id).where(among(self.session, _target.id, ids))
        listed: list[int] = _column(self.session, _ordered(chosen, order))
        return listed

    def _verified(self, ids: Ids) -> list[int]:
        """Those ids whose names hold the words indeed."""
        listed: list[int] = ids.tolist()
        if self.verified:
            return listed
        chosen = select(_target.id, _target.name, _target.code)
        rows = self.session.execute(chosen.where(among(self.session, _target.id, listed)))
        sound = {id_ for id_, name, code in rows if self.search.meets(name, code)}
        return [each for each in listed if each in sound]

    def _behind(self, changed: Sequence[int]) -> list[int]:
        """What is behind the index, looked at row by row."""
        conditions = _conditions(self.search)
        places = [_target.id > self.reach]
        if changed:
            places.append(among(self.session, _target.id, changed))
        found = []
        for place in places:
            rows = self.session.execute(
                select(_target.id, _target.name, _target.code).where(place, *conditions),
                execution_options={"yield_per": 10_000},
            )
            found += [row[0] for row in rows if self.search.meets(row[1], row[2])]
        return found

    def _known(self, changed: Sequence[int]) -> Ids:
        """What the index knows, in the order of the ids."""
        question, parts = self.search.question, _parts(self.search)
        table = TARGET_INDEX.c
        contents: dict[int, dict[str, bytes]] = {}
        # one statement: it sees the index at one moment
        for part, block, content in self.session.execute(
            select(table.part, table.block, table.content).where(table.part.in_(parts))
        ):
            contents.setdefault(block, {})[part] = content
        masks = ((block, _mask(contents[block], self.search)) for block in sorted(contents))
        found = [np.flatnonzero(mask) + (block << BLOCK_BITS) for block, mask in masks]
        ids = np.concatenate(found) if found else np.empty(0, np.int64)
        if self.search.codes and len(coded := self._by_code()):
            ids = np.union1d(ids, coded)
        for only in _elsewhere(self.session, question):
            ids = np.intersect1d(ids, only)
        ids = ids[ids <= self.reach]
        return ids[~np.isin(ids, changed)] if changed else ids

    def _by_code(self) -> Ids:
        chosen = select(_target.id).where(_target.code.in_(self.search.codes), *_conditions(self.search))
        return np.array(_column(self.session, chosen), np.int64)


def _membership(known: Ids) -> Callable[[Ids], Mask]:
    """Tells which ids are known ones; by a table of all ids, unless they are strewn so far that it would be too long."""
    last = int(known[-1])
    if last > _STREWN * len(known):
        return lambda ids: np.isin(ids, known)
    table = np.zeros(last + 2, np.bool_)
    table[known] = True
    return lambda ids: table[np.minimum(ids, last + 1)]


def _made_ready(question: TargetQuestion, session: Session) -> _Search:
    scope = scope_of(session)
    typed = question.words.strip()
    codes = {typed, bare_number(typed)} - {""} if _can_be_kept(typed) else set()
    words = tuple(dict.fromkeys(fold(typed).split()))
    return _Search(question, words, tuple(sorted(codes)), "" if scope.everything else scope.division)


def _can_be_kept(typed: str) -> bool:
    return _NEVER.isdisjoint(typed) and not any("\ud800" <= character <= "\udfff" for character in typed)


def _state(session: Session) -> tuple[int, int, list[int]]:
    """How far the index reaches, its edition, and the ids of what changed behind it; of one moment."""
    table, changed = TARGET_INDEX_REACH.c, TARGET_CHANGED.c.target_id
    rows = session.execute(
        select(literal(0).label("changed"), table.reach, table.edition).union_all(
            select(changed, literal(0), literal(0))
        )
    ).all()
    reach, edition = next(((reach, edition) for _, reach, edition in rows if edition), (0, 0))
    return reach, edition, [each for each, _, edition in rows if not edition]


def _state_of_index(session: Session) -> tuple[int, int]:
    row = session.execute(select(TARGET_INDEX_REACH.c.reach, TARGET_INDEX_REACH.c.edition)).first()
    return (row[0], row[1]) if row else (0, 0)


def _pieces(ids: Ids) -> Iterator[Ids]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def _ordered(chosen: Select[Any], order: Order) -> Select[Any]:
    return chosen.order_by(_target[order], _target.id)


def _column(session: Session, chosen: Select[Any]) -> list[Any]:
    return list(session.execute(chosen).scalars())


def _conditions(search: _Search) -> list[ColumnElement[bool]]:
    """The conditions of a search but its words, as SQL."""
    question = search.question
    beginnings = {
        "jurisdiction_code": search.division or "",
        "industry": question.industry,
        "region": _region(question),
    }
    # not LIKE: on SQLite it knows no case
    told = [func.substr(_target[name], 1, len(each)) == each for name, each in beginnings.items() if each]
    told += [_target[name] == getattr(question, name) for name in ("state", "kind", "type", "risk_class")
             if getattr(question, name)]  # fmt: skip
    told += [_target[name].is_(getattr(question, name)) for name in ("abnormal", "serious")
             if getattr(question, name) is not None]  # fmt: skip
    return told + [_target.id.in_(each) for each in _statements_elsewhere(question)]


def _region(question: TargetQuestion) -> str:
    return division_of(question.region) if question.region else ""


def _statements_elsewhere(question: TargetQuestion) -> list[Select[Any]]:
    """The ids by what stands in other tables."""
    told: list[Select[Any]] = []
    if question.label:
        label, today = TargetLabel.__table__.c, question.today
        holds = and_(label.valid_from <= today, or_(label.valid_to.is_(None), label.valid_to >= today))
        told.append(select(label.target_id).where(label.label == question.label, holds))
    if question.registry:
        permit = Permit.__table__.c
        lasts = or_(permit.expires_on.is_(None), permit.expires_on >= question.today)
        valid = and_(permit.registry_code == question.registry, permit.state == "valid", lasts)
        told.append(select(permit.target_id).where(valid))
    return told


def _elsewhere(session: Session, question: TargetQuestion) -> Iterator[Ids]:
    for each in _statements_elsewhere(question):
        yield np.array(_column(session, each), np.int64)


def _parts(search: _Search) -> list[str]:
    """The parts of the index that a search needs; the jurisdictions always, as they tell which targets there are."""
    question = search.question
    parts = {
        "jurisdiction_code",
        *(name for name in ("type", "industry", "region") if getattr(question, name)),
    }
    if any(getattr(question, name) not in ("", None) for name in STANDING):
        parts.add("standing")
    parts |= {part_of(pair[0]) for word in search.words for pair in _pairs(word)}
    return sorted(parts)


def _pairs(word: str) -> list[str]:
    return [one + other for one, other in pairwise(word)] or [word]


def _mask(contents: dict[str, bytes], search: _Search) -> Mask:
    """The targets of a block."""
    if (
        "jurisdiction_code" not in contents
    ):  # a piece of an order stands in a block of this number; no target does
        return np.zeros(BLOCK, np.bool_)
    question = search.question
    mask = _beginning(contents["jurisdiction_code"], search.division or "")
    for name in ("industry", "region"):
        if name in contents:
            mask &= _beginning(contents[name], question.industry if name == "industry" else _region(question))
    if "type" in contents:
        mask &= _fulfilling(contents["type"], lambda value: value == question.type)
    if "standing" in contents:
        asked = {name: _written(getattr(question, name)) for name in STANDING}
        asked = {name: value for name, value in asked.items() if value}
        mask &= _fulfilling(contents["standing"], lambda value: asked.items() <= standing_of(value).items())
    for word in search.words:
        for pair in _pairs(word):
            having = np.zeros(BLOCK, np.bool_)
            if _NEVER.isdisjoint(pair) and part_of(pair[0]) in contents:
                mark_pairs(contents[part_of(pair[0])], keys_of(pair), having)
            mask &= having
    return mask


def _written(value: str | bool | None) -> str:
    return str(int(value)) if isinstance(value, bool) else value or ""


def _beginning(content: bytes, beginning: str) -> Mask:
    """The targets whose value begins so; the values stand in order."""
    values, places = column_in(content)
    low = bisect_left(values, beginning)
    after = bisect_left(values, True, low, key=lambda value: not value.startswith(beginning))
    within: Mask = (places > low) & (places <= after)
    return within


def _fulfilling(content: bytes, condition: Callable[[str], bool]) -> Mask:
    values, places = column_in(content)
    sound = np.array([False, *map(condition, values)], np.bool_)
    mask: Mask = sound[places]
    return mask
