"""Key pairs of persons (保管密钥): X25519, the private part under a passphrase that is kept nowhere; what is told to them.

What is encrypted to a public key is opened by its holder alone: a fresh pair for each message, HKDF-SHA256 over what the
two have in common and both public keys, AES-256-GCM (as in HPKE's base mode, RFC 9180, without its framing).
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass, field

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matching.refused import Refused
from scheduler.identity import HASHING
from scheduler.keys import KEY_BYTES, Changed, Key

SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 16, 1_000
HARDNESS = "m=65536,t=3,p=1"
"""What a passphrase costs to try, of argon2id: 64 MiB and three passes (the second choice of RFC 9106, 4)."""
SALT_BYTES = 16
_DIGITS = 24
_HARDNESS = re.compile(r"m=(\d+),t=(\d+),p=(\d+)")


@dataclass(frozen=True)
class KeyPair:
    """A pair as it is kept: worth nothing to who does not have the passphrase."""

    public_key: bytes
    hardness: str
    salt: bytes
    private_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Told:
    """What was encrypted to a public key, with the public part of the pair that was made for it."""

    ephemeral: bytes
    encrypted: bytes


def make_pair(passphrase: str) -> KeyPair:
    """A new pair under a passphrase; Refused `custody.passphrase_short`, `custody.passphrase_long`."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Refused("custody.passphrase_short", least=SHORTEST_PASSPHRASE)
    if len(passphrase) > LONGEST_PASSPHRASE:
        raise Refused("custody.passphrase_long", most=LONGEST_PASSPHRASE)
    made, salt = X25519PrivateKey.generate(), secrets.token_bytes(SALT_BYTES)
    public = made.public_key().public_bytes_raw()
    under = _key_of(passphrase, salt, HARDNESS)
    private = under.encrypt(made.private_bytes_raw(), *_about(public, HARDNESS))
    return KeyPair(public, HARDNESS, salt, private)


def open_pair(pair: KeyPair, passphrase: str) -> X25519PrivateKey:
    """The private part; Refused `custody.passphrase` where the passphrase is another, or the pair was changed."""
    if len(passphrase) > LONGEST_PASSPHRASE:
        raise Refused("custody.passphrase")
    under = _key_of(passphrase, pair.salt, pair.hardness)
    try:
        private = under.decrypt(pair.private_key, *_about(pair.public_key, pair.hardness))
    except Changed:
        raise Refused("custody.passphrase") from None
    return X25519PrivateKey.from_private_bytes(private)


def fingerprint(public_key: bytes) -> str:
    """By which two persons compare a key, one reading aloud and the other typing: 24 digits (79 bits) in groups of four."""
    number = int.from_bytes(hashlib.sha256(b"yaohao/fingerprint\0" + public_key).digest())
    digits = f"{number % 10**_DIGITS:0{_DIGITS}}"
    return " ".join(digits[first : first + 4] for first in range(0, _DIGITS, 4))


def is_fingerprint(written: str, public_key: bytes) -> bool:
    """Whether somebody has typed the fingerprint of a key, with whatever between the digits."""
    typed = "".join(each for each in unicodedata.normalize("NFKC", written) if each not in " -\t\u3000")
    return typed == fingerprint(public_key).replace(" ", "")


def encrypt_to(public_key: bytes, plain: bytes, *about: object) -> Told:
    """Something for the eyes of whoever holds the private part."""
    made = X25519PrivateKey.generate()
    ephemeral = made.public_key().public_bytes_raw()
    common = made.exchange(X25519PublicKey.from_public_bytes(public_key))
    return Told(ephemeral, _common_key(common, ephemeral, public_key).encrypt(plain, *about))


def decrypt_from(told: Told, private_key: X25519PrivateKey, *about: object) -> bytes:
    """What was encrypted to a public key; raises Changed."""
    public = private_key.public_key().public_bytes_raw()
    try:
        common = private_key.exchange(X25519PublicKey.from_public_bytes(told.ephemeral))
    except ValueError:  # a point of small order, which no honest pair has
        raise Changed from None
    return _common_key(common, told.ephemeral, public).decrypt(told.encrypted, *about)


def _common_key(common: bytes, ephemeral: bytes, public: bytes) -> Key:
    derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"yaohao/told\0" + ephemeral + public)
    return Key(derived.derive(common))


def _key_of(passphrase: str, salt: bytes, hardness: str) -> Key:
    written = _HARDNESS.fullmatch(hardness)
    assert written is not None
    memory, passes, lanes = map(int, written.groups())
    # however it is typed, it is the same passphrase
    secret = unicodedata.normalize("NFC", passphrase).encode()
    with HASHING:
        return Key(hash_secret_raw(secret, salt, passes, memory, lanes, KEY_BYTES, Type.ID))


def _about(public: bytes, hardness: str) -> tuple[str, ...]:
    return "custody_key", public.hex(), hardness
