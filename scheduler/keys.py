"""Keys (密钥): the one of the installation, in a file beside its database, and what is encrypted under any.

A database, a backup of it or a statement's log shows what is encrypted and never the key. What is encrypted is bound to
what it is (AES-GCM's associated data): put into another row, it opens no more.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from data.queries import custody
from data.scope import seeing
from matching.refused import Refused
from scheduler.private_file import PrivateFile, beside
from scheduler.transaction import EVERYTHING, Engine

KEY_BYTES, NONCE_BYTES = 32, 12
ENDING = ".key"
KEY_FILE = "YAOHAO_KEY_FILE"
"""The setting that names the key file; a SQLite database has it beside itself unless it is set."""


class Changed(Exception):  # noqa: N818 - what has happened to it
    """What was to be decrypted is not what was encrypted, or not under this key, or stands in another's place."""


@dataclass(frozen=True)
class Key:
    """A key of 32 bytes; it shows itself nowhere."""

    content: bytes = field(repr=False)

    @property
    def mark(self) -> str:
        """By which the key is known again; it tells nothing of it."""
        return hashlib.sha256(b"yaohao/key-mark\0" + self.content).hexdigest()

    def encrypt(self, plain: bytes, *about: object) -> bytes:
        """Nonce, ciphertext and tag of something; `about` says what it is."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.content).encrypt(nonce, plain, _told(about))

    def decrypt(self, encrypted: bytes, *about: object) -> bytes:
        """What was encrypted; raises Changed."""
        nonce, rest = encrypted[:NONCE_BYTES], encrypted[NONCE_BYTES:]
        try:
            return AESGCM(self.content).decrypt(nonce, rest, _told(about))
        except InvalidTag:
            raise Changed from None


def fresh_key() -> Key:
    """A key that nobody has seen."""
    return Key(secrets.token_bytes(KEY_BYTES))


def _told(about: tuple[object, ...]) -> bytes:
    return "/".join(("yaohao", *map(str, about))).encode()


def key_of(session: Session) -> Key:
    """The installation's key, made when it is first needed; to be asked in a transaction that writes.

    Refused `key.missing` where the database knows of one and there is no file: with a new key what was encrypted would be
    lost without a word; `key.other` where it is another one's; `key.file`, `key.readable`, `key.not_named`.
    """
    engine = session.get_bind().engine
    with seeing(session, EVERYTHING):
        mark = custody.key_mark(session)
        key = installation_key(engine, may_make=mark is None)
        if mark is None:
            mark = custody.keep_key_mark(session, key.mark)
        if mark != key.mark:
            raise Refused("key.other", file=str(key_file(engine)))
    return key


def examine_key(session: Session) -> tuple[str, bool]:
    """What the doctor finds of the key file, and whether it is as it should be; it makes none."""
    engine = session.get_bind().engine
    with seeing(session, EVERYTHING):
        mark = custody.key_mark(session)
    if mark is None:
        return "none is needed yet", True
    try:
        found = installation_key(engine, may_make=False)
    except Refused as refused:
        return refused.code, False
    return str(key_file(engine)), found.mark == mark


def installation_key(database: Engine, may_make: bool = True) -> Key:
    """The key in its file, whatever the database knows of it. Refused `key.*`."""
    file = _private(key_file(database))
    found = _read(file)
    if found is None and not may_make:
        raise file.refused("key.missing")
    if found is None:
        file.make(f"{fresh_key().content.hex()}\n".encode())
        found = _read(file)  # where two made it at once, the first one's
    if found is None:
        raise file.refused("key.file")
    return found


def key_file(database: Engine, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the key of a database is kept; Refused `key.not_named` where nothing says so."""
    if named := environment.get(KEY_FILE):
        return Path(named)
    found = beside(database.url.database, ENDING) if database.dialect.name == "sqlite" else None
    if found is None:
        raise Refused("key.not_named", setting=KEY_FILE)
    return found


def _private(path: Path) -> PrivateFile:
    return PrivateFile(path, open_to_others="key.readable", unreadable="key.file", not_written="key.file")


def _read(file: PrivateFile) -> Key | None:
    written = file.content(KEY_BYTES * 2 + 2)
    if written is None:
        return None
    try:
        content = bytes.fromhex(written.strip().decode("ascii"))
    except ValueError:
        content = b""
    if len(content) != KEY_BYTES:
        raise file.refused("key.file")
    return Key(content)
