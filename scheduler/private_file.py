"""A private file (密钥文件): a few bytes for its owner alone, beside a database; it is there whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from matching.refused import Refused

_OTHERS = 0o077


def beside(path: str | None, ending: str) -> Path | None:
    """The file beside a database of SQLite that lies at a path; None where it lies nowhere."""
    return Path(path + ending) if path and path != ":memory:" else None


@dataclass(frozen=True)
class PrivateFile:
    """A private file, and the codes by which it is refused: its rights, what it holds, its making."""

    path: Path
    open_to_others: str
    unreadable: str
    not_written: str

    def content(self, longest: int) -> bytes | None:
        """At most so many bytes of it, None where there is no file; Refused where others could use it, or nobody can."""
        try:
            with self.path.open("rb") as file:
                if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _OTHERS:
                    raise self.refused(self.open_to_others)
                return file.read(longest)
        except FileNotFoundError:
            return None
        except OSError:
            raise self.refused(self.unreadable) from None

    def make(self, content: bytes) -> None:
        """Make it, so that it outlives a power cut; of several who make it at once the first one's stays.

        Refused where it can't be written.
        """
        try:
            handle, beside = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)  # mode 600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.link(beside, self.path)
            except FileExistsError:
                pass
            finally:
                os.unlink(beside)
            # also by the second one: he goes on with what the first has linked
            _sync_folder(self.path.parent)
        except OSError:
            raise self.refused(self.not_written) from None

    def refused(self, code: str) -> Refused:
        """The refusal of this file by one of its codes; nothing of its content is told."""
        return Refused(code, file=str(self.path))


def _sync_folder(folder: Path) -> None:
    """The name of a file stands in its folder: until that is written too, a power cut takes the file away."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
