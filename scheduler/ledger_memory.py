"""What the key of the ledger has signed last (签署记录): kept beside the key, where nobody comes who has the database alone.

Whoever can write to the database can take its checkpoints away, or bring back an older database: by this the key still
knows what it has signed. It also knows the public halves of the keys before it, which are asked of no row.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from data.notes import Faulty, Verifier, claimed_head, read_vkey
from matching.refused import Refused

ENDING = ".signed-{chain}"
_LARGEST = 1_000_000


@dataclass(frozen=True)
class Memory:
    """Beside the file of a key, one file for each chain: of every key that has signed it, the longest checkpoint."""

    key_file: Path

    def last(self, verifier: Verifier, chain: str) -> str:
        """The longest checkpoint that a key has signed, empty where it has none; Refused `ledger_memory.unreadable`."""
        return self._signed(chain).get(verifier.vkey, "")

    def verifiers(self, chain: str) -> tuple[Verifier, ...]:
        """All keys that have signed a chain; Refused `ledger_memory.unreadable`."""
        return tuple(read_vkey(each) for each in self._signed(chain))

    def keep(self, verifier: Verifier, chain: str, note: str) -> None:
        """Remember a checkpoint before anybody gets it, unless a longer one is.

        Whoever calls holds the lock of the chain's checkpoints. Refused `ledger_memory.unreadable`, `.not_written`.
        """
        signed = dict(self._signed(chain))
        before = signed.get(verifier.vkey, "")
        if before and claimed_head(before.encode()).size >= claimed_head(note.encode()).size:
            return
        self._write(chain, signed | {verifier.vkey: note})

    def file(self, chain: str) -> Path:
        """Where it is kept."""
        return self.key_file.with_name(self.key_file.name + ENDING.format(chain=chain))

    def _signed(self, chain: str) -> Mapping[str, str]:
        """Checkpoints by the public keys that have signed them."""
        file = self.file(chain)
        try:
            with file.open("rb") as opened:
                told = json.loads(opened.read(_LARGEST))
            for vkey, note in told.items():
                read_vkey(vkey)
                claimed_head(note.encode())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError, Faulty):
            # never taken for nothing: then it would be enough to spoil it
            raise Refused("ledger_memory.unreadable", file=str(file)) from None
        return dict(told)

    def _write(self, chain: str, signed: Mapping[str, str]) -> None:
        file = self.file(chain)
        try:
            handle, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
            try:
                with os.fdopen(handle, "w") as opened:
                    json.dump(signed, opened, ensure_ascii=False, indent=1)
                    opened.flush()
                    os.fsync(opened.fileno())
                Path(beside).replace(file)  # whole or not at all
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(beside)
        except OSError:
            raise Refused("ledger_memory.not_written", file=str(file)) from None
