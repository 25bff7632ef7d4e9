"""Quoting (公式防护): text in a CSV file that a spreadsheet would run as a formula, and what it was before.

A value that begins with one of `= + - @`, with the full-width form of one, with a tab or the end of a line gets an
apostrophe before it, and so does one that begins with apostrophes and then one of these; reading takes one away. So every
value comes back as it was.
"""

from __future__ import annotations

import re

from data.intake.records import Source

_RUNS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_QUOTED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_MAYBE_QUOTED = re.compile(
    rb"'[=+\-@\t\r\n\xef\xa3]"
)  # the full-width ones begin so in UTF-8 and in GB 18030
_CHUNK = 1 << 20


def quoted(value: str) -> str:
    """The value as a CSV file may hold it."""
    return f"'{value}" if _RUNS.match(value) else value


def unquoted(value: str) -> str:
    """The value that was quoted; one that was not comes back as it is."""
    return value[1:] if _QUOTED.match(value) else value


def may_be_quoted(source: Source) -> bool:
    """Whether something in a file looks so; most files need no look at each cell."""
    with source.open() as file:
        last = b""
        while chunk := file.read(_CHUNK):
            if _MAYBE_QUOTED.search(chunk) or _MAYBE_QUOTED.match(last + chunk[:1]):
                return True
            last = chunk[-1:]
    return False
