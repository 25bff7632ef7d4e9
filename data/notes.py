"""Signed notes (C2SP signed-note) with Ed25519, and the checkpoints of a log written in them (C2SP tlog-checkpoint).

Both forms are public and small: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint. Whatever is not exactly
of that form is a fault, told by its code; nothing is corrected.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from data.merkle import WIDTH

ED25519 = b"\x01"
LONGEST_NOTE = 100_000
MOST_SIGNATURES = 16
MOST_LINES = 1 << 62
_KEY_BYTES, _SIGNATURE_BYTES = 32, 64
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_DASH = "— "


class Faulty(Exception):  # noqa: N818 - what a note is, not what went wrong here
    """A note, a key or a checkpoint that is not as it must be; `fault` is a code: form, other_key, signature, key."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Verifier:
    """A public key under a name: what a stranger needs to check signatures, in one line (`vkey`)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes by which signature lines name the key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as it is handed to others: name+id+key."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(ED25519 + self.public)}"

    def holds(self, text: str, signature: bytes) -> bool:
        """Whether this key has signed a text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key; under which name it signs is said with each signature."""

    seed: bytes

    def __repr__(self) -> str:
        return "Signer(…)"  # a traceback may print it

    def verifier(self, name: str) -> Verifier:
        """Its public half, under a name."""
        return Verifier(name, self._key().public_key().public_bytes_raw())

    def sign(self, name: str, text: str) -> str:
        """A note: the text, which ends with a line break, an empty line, the signature."""
        signature = self._key().sign(text.encode())
        return f"{text}\n{_DASH}{name} {_base64(self.verifier(name).key_id + signature)}\n"

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: which log, how many lines, and their root by each hash ("sha256" always)."""

    origin: str
    size: int
    roots: Mapping[str, bytes]

    @property
    def text(self) -> str:
        """The text that is signed; a root by another hash than SHA-256 is an extension line of its own."""
        lines = [self.origin, str(self.size), _base64(self.roots["sha256"])]
        lines += [f"{name} {_base64(self.roots[name])}" for name in sorted(self.roots) if name != "sha256"]
        return "".join(f"{line}\n" for line in lines)


def is_name(text: str) -> bool:
    """Whether a text can be the name of a key: not empty, no white space, no plus, nothing invisible."""
    return bool(text) and text.isprintable() and not re.search(r"[\s+]", text)


def new_signer() -> Signer:
    """A new key, from the machine's source of randomness."""
    return Signer(Ed25519PrivateKey.generate().private_bytes_raw())


def read_vkey(text: str) -> Verifier:
    """A public key as it was handed over; Faulty `key`."""
    name, key_id, key = (*text.strip().split("+", 2), "", "")[:3]
    public = _bytes(key, "key")
    if not is_name(name) or len(public) != 1 + _KEY_BYTES or public[:1] != ED25519:
        raise Faulty("key")
    read = Verifier(name, public[1:])
    if read.vkey != text.strip() or read.key_id.hex() != key_id:
        raise Faulty("key")
    return read


def write_signer(signer: Signer, name: str) -> str:
    """A private key as its file holds it, in the form of Go's `note` package: PRIVATE+KEY+name+id+key."""
    return f"PRIVATE+KEY+{name}+{signer.verifier(name).key_id.hex()}+{_base64(ED25519 + signer.seed)}\n"


def read_signer(text: str) -> tuple[Signer, str]:
    """A private key and its name as a file holds them; Faulty `key`."""
    *_, name, _, key = ("", "", *text.strip().split("+", 4))
    seed = _bytes(key, "key")
    if len(seed) != 1 + _KEY_BYTES or seed[:1] != ED25519 or not is_name(name):
        raise Faulty("key")
    signer = Signer(seed[1:])
    if write_signer(signer, name) != text.strip() + "\n":
        raise Faulty("key")
    return signer, name


def open_note(note: bytes, verifier: Verifier) -> str:
    """The text of a note that this key has signed, whoever else has; Faulty `form`, `other_key`, `signature`."""
    text, signatures = _parts(note)
    own = [each for name, each in signatures if name == verifier.name and each[:4] == verifier.key_id]
    if not own:
        raise Faulty("other_key")
    if not all(len(each) == 4 + _SIGNATURE_BYTES and verifier.holds(text, each[4:]) for each in own):
        raise Faulty("signature")
    return text


def read_head(text: str) -> Head:
    """What the text of a checkpoint says; Faulty `form`. Extension lines that nobody here knows are passed over."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]) or int(lines[1]) > MOST_LINES:
        raise Faulty("form")
    roots = {"sha256": _root(lines[2])}
    for line in lines[3:]:
        if line.startswith("sm3 "):
            if "sm3" in roots:
                raise Faulty("form")
            roots["sm3"] = _root(line.removeprefix("sm3 "))
    return Head(lines[0], int(lines[1]), roots)


def open_checkpoint(note: bytes, verifier: Verifier) -> Head:
    """What a checkpoint says that the log of this key has signed; Faulty as above, `other_key` also for another log's."""
    head = read_head(open_note(note, verifier))
    if head.origin != verifier.name:
        raise Faulty("other_key")
    return head


def claimed_head(note: bytes) -> Head:
    """What a checkpoint says of itself, nothing of it verified: to know which key to ask. Faulty `form`."""
    return read_head(_parts(note)[0])


def _parts(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note, and its signatures with their names."""
    try:
        told = note[: LONGEST_NOTE + 1].decode()
    except UnicodeDecodeError:
        raise Faulty("form") from None
    text, blank, signed = told.rpartition("\n\n")
    lines = signed.split("\n")
    if len(note) > LONGEST_NOTE or re.search(r"[\0-\x09\x0b-\x1f]", told) or not (text and blank):
        raise Faulty("form")
    if lines.pop() or not 1 <= len(lines) <= MOST_SIGNATURES:
        raise Faulty("form")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, _, signature = line.removeprefix(_DASH).partition(" ")
    found = _bytes(signature, "form")
    if not line.startswith(_DASH) or not is_name(name) or len(found) <= 4:
        raise Faulty("form")
    return name, found


def _root(line: str) -> bytes:
    root = _bytes(line, "form")
    if len(root) != WIDTH:
        raise Faulty("form")
    return root


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str, fault: str) -> bytes:
    """The bytes of a base64 text in its one proper form."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Faulty(fault) from None
    if _base64(content) != text:
        raise Faulty(fault)
    return content
