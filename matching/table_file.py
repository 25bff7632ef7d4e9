"""A frozen table as its file (锁定名录文件): a line is found without a million others being turned into rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

_LINE_FEED = ord("\n")
_AT_ONCE = 16 << 20  # bytes looked through at once for their line feeds


@dataclass(frozen=True)
class TableFile:
    """The bytes of a frozen .tsv, and where its lines end; for our own evidence, not for strangers' files."""

    name: str
    content: bytes
    ranges: list[list[str | int]]
    ends: NDArray[np.int64]

    def __repr__(self) -> str:
        return f"TableFile({self.name}, {len(self.lines)} rows)"

    @property
    def lines(self) -> Sequence[bytes]:
        """One line per row, without its line feed."""
        return _Lines(self)

    def place(self, key: str) -> int | None:
        """The index of the row with this id; None where there is none. It is searched for as bytes."""
        if "\t" in key:
            return None
        sought = b"\t" + key.encode() + b"\t"
        at = self.content.find(sought, int(self.ends[0]))
        while at >= 0:
            i = int(np.searchsorted(self.ends, at)) - 1
            # the id is the second field: names can be alike, and stand behind
            if self.content.find(b"\t", int(self.ends[i]) + 1) == at:
                return i
            at = self.content.find(sought, at + 1)
        return None


def table_file(name: str, content: bytes, ranges: list[list[str | int]]) -> TableFile:
    """A table by its whole file, with the ranges that its seal tells."""
    buffer = np.frombuffer(content, np.uint8)
    parts = [
        np.flatnonzero(buffer[start : start + _AT_ONCE] == _LINE_FEED) + start
        for start in range(0, len(buffer), _AT_ONCE)
    ]
    return TableFile(name, content, ranges, np.concatenate(parts).astype(np.int64))


class _Lines(Sequence[bytes]):
    """Line i lies between two line feeds: the first ends the header."""

    def __init__(self, of: TableFile) -> None:
        self._of = of

    def __len__(self) -> int:
        return len(self._of.ends) - 1

    @overload
    def __getitem__(self, i: int) -> bytes: ...
    @overload
    def __getitem__(self, i: slice) -> Sequence[bytes]: ...
    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[each] for each in range(*i.indices(len(self)))]
        if not 0 <= i < len(self):
            raise IndexError(i)
        return self._of.content[int(self._of.ends[i]) + 1 : int(self._of.ends[i + 1])]
