"""Pages of a list (分页): some rows of a question, and how many there are as far as anybody pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

SIZE, LARGEST_SIZE = 20, 200
FARTHEST = 10_000
"""How far a list is counted and paged: who looks among more than that narrows the question."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Page(Generic[_T]):
    """Rows of a list: page `number` from 1 of `size` rows; `total` of them where `counted_out`, else at least so many."""

    rows: Sequence[_T]
    number: int
    size: int
    total: int
    counted_out: bool = True

    @property
    def last(self) -> int:
        """The number of the last page that can be asked for."""
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        """The place of the first row, from 1."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last_row(self) -> int:
        """The place of the last row."""
        return self.first_row + len(self.rows) - 1 if self.rows else 0


def page_of(session: Session, question: Select[Any], number: int = 1, size: int = SIZE) -> Page[Any]:
    """One page of a question that asks for one kind of thing, in the order it states; a page past the end is empty."""
    number, size = max(1, number), min(max(1, size), LARGEST_SIZE)
    some = question.order_by(None).limit(FARTHEST + 1).subquery()
    total = session.scalar(select(func.count()).select_from(some)) or 0
    counted_out = total <= FARTHEST
    start = (number - 1) * size
    rows = [] if start >= FARTHEST else list(session.scalars(question.offset(start).limit(size)).unique())
    return Page(rows, number, size, min(total, FARTHEST), counted_out)
