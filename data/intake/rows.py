"""Rows among the others: what no field shows by itself — ids that stand twice, ids nobody has, pairs that stand twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from data.intake.header import Wrong


class Rows:
    """The rows of one table read so far, as far as later rows must be compared with them."""

    def compare(self, row: list[str], unsound: Collection[int]) -> Sequence[Wrong]:
        """Add a row, and tell what is wrong with it among the others; `unsound` are its columns with a faulty field."""
        raise NotImplementedError

    def mention(self, scraps: Iterable[str]) -> None:
        """Take note of what stands in a line that gave no row."""

    def give_up(self) -> None:
        """Take note that the table's rows cannot be known."""


class Registered(Rows):
    """The rows of a registry: each id stands once, and others may name it.

    A row is registered also when something else in it is wrong. An id that stands only where it cannot be trusted is
    mentioned: it will be known when that line is mended, so nobody is told that it is unknown.
    """

    ID = 1
    """The place of the id, among the columns of targets and of inspectors."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._mentioned: set[str] = set()
        self._given_up = False

    def compare(self, row: list[str], unsound: Collection[int]) -> Sequence[Wrong]:
        """Tell the second and every further row with one id."""
        number = row[self.ID]
        if self.ID in unsound:
            self._mentioned.add(number)
            return ()
        return self.register(number)

    def register(self, number: str) -> Sequence[Wrong]:
        """Add a row's id."""
        if number in self._ids:
            return [(self.ID, "id_twice", number)]
        self._ids.add(number)
        return ()

    def mention(self, scraps: Iterable[str]) -> None:
        """Any of these may be an id."""
        self._mentioned.update(scraps)

    def give_up(self) -> None:
        """From now on no id is unknown."""
        self._given_up = True

    def knows(self, number: str) -> bool:
        """Whether a row has this id, or may have it when it is mended."""
        return number in self._ids or number in self._mentioned or self._given_up


class Bars(Rows):
    """Bars (排除情形): each names an inspector and a target of the registries; no two name the same."""

    def __init__(self, inspectors: Registered, targets: Registered) -> None:
        self._inspectors = inspectors
        self._targets = targets
        self._pairs: set[tuple[str, str]] = set()

    def compare(self, row: list[str], unsound: Collection[int]) -> Sequence[Wrong]:
        """Tell unknown ids, and the second bar between two."""
        inspector, target = row[:2]
        wrong: list[Wrong] = []
        if 0 not in unsound and not self._inspectors.knows(inspector):
            wrong.append((0, "unknown_inspector", inspector))
        if 1 not in unsound and not self._targets.knows(target):
            wrong.append((1, "unknown_target", target))
        if 0 in unsound or 1 in unsound:
            return wrong
        if (inspector, target) in self._pairs:
            wrong.append((1, "bar_twice", f"{inspector};{target}"))
        self._pairs.add((inspector, target))
        return wrong


class PairBars(Rows):
    """Pair bars: each names two inspectors who may not go together; no two name the same, whoever stands first."""

    def __init__(self, inspectors: Registered) -> None:
        self._inspectors = inspectors
        self._pairs: set[tuple[str, str]] = set()

    def compare(self, row: list[str], unsound: Collection[int]) -> Sequence[Wrong]:
        """Tell unknown ids, one person twice, and the second bar of a pair; puts the smaller id of the row first."""
        wrong: list[Wrong] = [
            (place, "unknown_inspector", row[place])
            for place in (0, 1)
            if place not in unsound and not self._inspectors.knows(row[place])
        ]
        if 0 in unsound or 1 in unsound:
            return wrong
        if row[0] == row[1]:
            return [*wrong, (1, "same_person", row[1])]
        # Python orders code points, which is the order of their UTF-8 bytes.
        first, second = row[:2] = sorted(row[:2])
        if (first, second) in self._pairs:
            wrong.append((1, "pair_bar_twice", f"{first};{second}"))
        self._pairs.add((first, second))
        return wrong
