"""The key that signs the ledger (台账签名密钥): a file of the installation's own, beside its database and never in it.

Whoever can write to the database alone can't sign; whoever reads the database alone learns no key.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from data.notes import Faulty, Signer, Verifier, is_name, new_signer, read_signer, write_signer
from matching.refused import Refused
from scheduler.private_file import PrivateFile, beside

ENDING = ".ledger-key"
LONGEST_NAME = 100
_LONGEST_FILE = 1_000


@dataclass(frozen=True)
class LedgerKey:
    """The installation's key, and the name under which its ledger is known: what it signs begins with `name/chain`."""

    signer: Signer
    name: str

    def origin(self, chain: str) -> str:
        """The name of a chain's log, which is the name of its key too."""
        return f"{self.name}/{chain}"

    def verifier(self, chain: str) -> Verifier:
        """The public key of a chain, to be handed to others."""
        return self.signer.verifier(self.origin(chain))


def key_file(database: str, told: str = "") -> Path | None:
    """Where the key lies: where the installation says, else beside the file of SQLite; None for a server without a word."""
    if told:
        return Path(told)
    kind, _, path = database.partition(":///")
    return beside(path, ENDING) if kind.startswith("sqlite") else None


def find_key(file: Path) -> LedgerKey | None:
    """The key in a file, None where there is no file.

    Refused `ledger_key.open_to_others` where anybody but its owner could read it, `ledger_key.unreadable`.
    """
    kept = _private(file)
    written = kept.content(_LONGEST_FILE)
    if written is None:
        return None
    try:
        return LedgerKey(*read_signer(written.decode()))
    except (Faulty, UnicodeDecodeError):
        # nothing of what stands there is told: it may be a key with one letter too many
        raise kept.refused("ledger_key.unreadable") from None


def find_or_make_key(file: Path, name: str = "") -> LedgerKey:
    """The same, made where there is none: under a name of the installation's, or one made of the key itself.

    Refused also `ledger_key.name`, `ledger_key.not_written`.
    """
    found = find_key(file)
    if found is None:
        _make(file, name)
        found = find_key(file)
    if found is None:
        raise Refused("ledger_key.not_written", file=str(file))
    return found


def _make(file: Path, name: str) -> None:
    signer = new_signer()
    name = name or f"yaohao/{sha256(signer.verifier('').public).hexdigest()[:8]}"
    if not is_name(name) or len(name) > LONGEST_NAME:
        raise Refused("ledger_key.name", name=name[:LONGEST_NAME])
    _private(file).make(write_signer(signer, name).encode())


def _private(file: Path) -> PrivateFile:
    return PrivateFile(
        file,
        open_to_others="ledger_key.open_to_others",
        unreadable="ledger_key.unreadable",
        not_written="ledger_key.not_written",
    )
