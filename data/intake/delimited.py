"""CSV: bytes to records, each with the physical line on which it starts."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from data.intake.records import Broken, Record, Sheet, Source, is_blank

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (b"\x84\x31\x95\x33", "gb18030"))
_UNDECODED = re.compile("[\udc80-\udcff]")
_CHUNK = 1 << 20


def read_delimited(source: Source, whole_lines: bool = False) -> Sheet:
    """The records of a CSV file: commas, double quotes, line ends of any kind, also mixed.

    `whole_lines`: where the first line ends with a line feed, a carriage return alone ends none. Programs that take
    it for nothing leave it inside a field, and what is cut off there would read as a row that is whole.
    """
    # The csv module's own limit (131,072 characters, for the whole process) would hide the place of a long field.
    csv.field_size_limit(2**31 - 1)
    encoding = _encoding(source)
    if encoding.bad or _has_lone_returns(source):
        return Sheet("", _Lines(source, encoding, whole_lines).records())
    return Sheet("", _plain_records(source, encoding))


def _plain_records(source: Source, encoding: _Encoding) -> Iterator[Record | Broken]:
    """The same records as `_Lines` gives, sooner, up to the first line that is not plain; from there on `_Lines`."""
    reader = csv.reader(_text_lines(source, encoding.name, encoding.start), strict=True)
    end = 0
    try:
        for cells in reader:
            if cells and (cells[0].strip() or not is_blank(cells)):
                yield Record(end + 1, cells)
            end = reader.line_num
    except csv.Error:
        yield from _Lines(source, encoding, whole_lines=False, after=end).records()


def _has_lone_returns(source: Source) -> bool:
    """Whether a carriage return stands without a line feed behind it."""
    with source.open() as file:
        last = b""
        while chunk := file.read(_CHUNK):
            if last == b"\r" and not chunk.startswith(b"\n"):
                return True
            if chunk.count(b"\r") != chunk.count(b"\r\n") + chunk.endswith(b"\r"):
                return True
            last = chunk[-1:]
    return last == b"\r"


@dataclass(frozen=True)
class _Encoding:
    """How the bytes are to be read, from which byte on, and the lines on which that fails, each with its bad byte."""

    name: str
    start: int
    bad: dict[int, str]


def _encoding(source: Source) -> _Encoding:
    """UTF-8 where the file is UTF-8, GB18030 where it is that.

    A file that is neither throughout is taken as UTF-8 when at least half of its lines beyond ASCII are: GB18030 makes
    something of nearly all bytes, and one damaged byte must not turn a whole list into other characters.
    """
    with source.open() as file:
        opening = file.read(4)
    for mark, name in _BYTE_ORDER_MARKS:
        if opening.startswith(mark):
            return _Encoding(name, len(mark), _bad_lines(source, name, len(mark))[0])
    bad, beyond_ascii = _bad_lines(source, "utf-8", 0)
    if len(bad) * 2 <= beyond_ascii:
        return _Encoding("utf-8", 0, bad)
    return _Encoding("gb18030", 0, _bad_lines(source, "gb18030", 0)[0])


def _decodes(source: Source, encoding: str) -> bool:
    """Whether all bytes are text in this encoding, without holding the text of a large file in memory."""
    with source.open() as file:
        try:
            for _ in codecs.iterdecode(iter(lambda: file.read(_CHUNK), b""), encoding):
                pass
        except UnicodeDecodeError:
            return False
    return True


def _bad_lines(source: Source, encoding: str, start: int) -> tuple[dict[int, str], int]:
    """The lines that do not decode, each with its first bad byte; and, where there are any, the lines beyond ASCII."""
    if _decodes(source, encoding):
        return {}, 0
    bad: dict[int, str] = {}
    beyond_ascii = 0
    for number, line in enumerate(_text_lines(source, encoding, start), 1):
        if line.isascii():
            continue
        beyond_ascii += 1
        if found := _UNDECODED.search(line):
            bad[number] = f"0x{ord(found[0]) - 0xDC00:02X}"
    return bad, beyond_ascii


def _text_lines(source: Source, encoding: str, start: int) -> Iterator[str]:
    """The physical lines with their ends: `str.splitlines` would also split at characters that end no line of a file."""
    with source.open() as file:
        file.seek(start)
        with io.TextIOWrapper(file, encoding, errors="surrogateescape", newline="") as lines:
            yield from lines


def _is_filled(record: Record | Broken) -> bool:
    return isinstance(record, Broken) or not is_blank(record.cells)


class _Lines:
    """The physical lines of a file, numbered from 1; those of the record being read can be had again.

    Those up to and including `after` are passed over.
    """

    def __init__(self, source: Source, encoding: _Encoding, whole_lines: bool, after: int = 0) -> None:
        self._lines = islice(_text_lines(source, encoding.name, encoding.start), after, None)
        self._whole_lines = whole_lines
        self._bad = encoding.bad
        self._number = after
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
        records = self._records()
        first = next((each for each in records if _is_filled(each)), None)
        if first is None:
            return
        yield first
        if self._whole_lines and self._taken[-1].endswith("\n"):
            records = self._uncut(records)
        yield from filter(_is_filled, records)

    def _uncut(self, records: Iterator[Record | Broken]) -> Iterator[Record | Broken]:
        """Each line that a carriage return cuts, told once as a whole."""
        cut: Broken | None = None
        for record in records:
            ends_cut = self._taken[-1][-1] == "\r"
            if cut is None and not ends_cut:
                yield record
                continue
            pieces = record.cells if isinstance(record, Record) else record.scraps
            start = cut.line if cut else record.line
            scraps = (*(cut.scraps if cut else ()), *map(str, pieces))
            cut = Broken(start, "line_break_inside", "U+000D", scraps)
            if not ends_cut:
                yield cut
                cut = None
        if cut:
            yield cut

    def _records(self) -> Iterator[Record | Broken]:
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
            else:
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
        else:
            yield Record(number, cells)

    def _open_quote(self, number: int, line: str) -> Broken:
        scraps = tuple(re.split('[,"]', line))
        if number in self._bad:
            return Broken(number, "not_text", self._bad[number], scraps)
        return Broken(number, "quote_open", line.strip(), scraps)
