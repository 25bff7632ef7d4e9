"""CSV: bytes to records, each with the physical line on which it starts."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.intake.records import Broken, Record, Sheet, is_blank

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (b"\x84\x31\x95\x33", "gb18030"))
_UNDECODED = re.compile("[\udc80-\udcff]")
_CHUNK = 1 << 20


def read_delimited(content: bytes) -> Sheet:
    """The records of a CSV file: commas, double quotes, line ends of any kind, also mixed."""
    # The csv module's own limit (131,072 characters, for the whole process) would hide the place of a long field.
    csv.field_size_limit(2**31 - 1)
    return Sheet("", _Lines(content, _encoding(content)).records())


@dataclass(frozen=True)
class _Encoding:
    """How the bytes are to be read, from which byte on, and the lines on which that fails, each with its bad byte."""

    name: str
    start: int
    bad: dict[int, str]


def _encoding(content: bytes) -> _Encoding:
    """UTF-8 where the file is UTF-8, GB18030 where it is that.

    A file that is neither throughout is taken as UTF-8 when at least half of its lines beyond ASCII are: GB18030 makes
    something of nearly all bytes, and one damaged byte must not turn a whole list into other characters.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _Encoding(name, len(mark), _bad_lines(content, name, len(mark))[0])
    bad, beyond_ascii = _bad_lines(content, "utf-8", 0)
    if len(bad) * 2 <= beyond_ascii:
        return _Encoding("utf-8", 0, bad)
    return _Encoding("gb18030", 0, _bad_lines(content, "gb18030", 0)[0])


def _decodes(content: bytes, encoding: str) -> bool:
    """Whether all bytes are text in this encoding, without holding the text of a large file in memory."""
    chunks = (content[start : start + _CHUNK] for start in range(0, len(content), _CHUNK))
    try:
        for _ in codecs.iterdecode(chunks, encoding):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _bad_lines(content: bytes, encoding: str, start: int) -> tuple[dict[int, str], int]:
    """The lines that do not decode, each with its first bad byte; and, where there are any, the lines beyond ASCII."""
    if _decodes(content, encoding):
        return {}, 0
    bad: dict[int, str] = {}
    beyond_ascii = 0
    for number, line in enumerate(_text_lines(content, encoding, start), 1):
        if line.isascii():
            continue
        beyond_ascii += 1
        if found := _UNDECODED.search(line):
            bad[number] = f"0x{ord(found[0]) - 0xDC00:02X}"
    return bad, beyond_ascii


def _text_lines(content: bytes, encoding: str, start: int) -> Iterator[str]:
    """The physical lines with their ends: `str.splitlines` would also split at characters that end no line of a file."""
    file = io.BytesIO(content)
    file.seek(start)
    return io.TextIOWrapper(file, encoding, errors="surrogateescape", newline="")


class _Lines:
    """The physical lines of a file, numbered from 1; those of the record being read can be had again."""

    def __init__(self, content: bytes, encoding: _Encoding) -> None:
        self._lines = _text_lines(content, encoding.name, encoding.start)
        self._bad = encoding.bad
        self._number = 0
        self._taken: list[str] = []
        self._given_back: str | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, self._given_back = self._given_back, None
        if line is None:
            line = next(self._lines)
        self._number += 1
        self._taken.append(line)
        return line

    def records(self) -> Iterator[Record | Broken]:
        """Every record that is not blank, and every line that gives none, in the order of the file."""
        reader = csv.reader(self, strict=True)
        while True:
            start = self._number + 1
            self._taken.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield from self._after_open_quote(start)
                continue
            if self._bad and not self._bad.keys().isdisjoint(range(start, self._number + 1)):
                yield from self._undecoded(start, cells)
            elif not is_blank(cells):
                yield Record(start, cells)

    def _undecoded(self, start: int, cells: list[str]) -> Iterator[Broken]:
        """The lines of one record that hold bytes that are no text, each told on the line of its byte."""
        for line in range(start, self._number + 1):
            if line in self._bad:
                yield Broken(line, "not_text", self._bad[line], tuple(cells))

    def _after_open_quote(self, start: int) -> Iterator[Record | Broken]:
        """What follows a quote that is not closed, or is followed by something else than a comma.

        The lines that the quote swallowed are read one by one; only the line on which the error came to light starts
        a record of its own, as it may be the first of several lines. So each line is read three times at most,
        however many quotes are open.
        """
        swallowed = self._taken[:]
        yield self._open_quote(start, swallowed[0])
        if len(swallowed) > 1:
            self._given_back = swallowed.pop()
            self._number -= 1
        for number, line in enumerate(swallowed[1:], start + 1):
            yield from self._one_line(number, line)

    def _one_line(self, number: int, line: str) -> Iterator[Record | Broken]:
        """A line that is taken to be one record."""
        try:
            cells = next(csv.reader([line], strict=True))
        except csv.Error:
            yield self._open_quote(number, line)
            return
        if number in self._bad:
            yield Broken(number, "not_text", self._bad[number], tuple(cells))
        elif not is_blank(cells):
            yield Record(number, cells)

    def _open_quote(self, number: int, line: str) -> Broken:
        scraps = tuple(re.split('[,"]', line))
        if number in self._bad:
            return Broken(number, "not_text", self._bad[number], scraps)
        return Broken(number, "quote_open", line.strip(), scraps)
