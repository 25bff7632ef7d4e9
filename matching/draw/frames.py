"""Bytes that are hashed: frames, digests and canonical JSON (draw-1, section 1)."""

import hashlib
import json
import unicodedata
from typing import Any

from matching.refused import Refused

PROTOCOL = "draw-1"


def framed(tag: str, *parts: bytes) -> bytes:
    """The input of a digest: the tag, then every part behind its length, so that no two inputs read alike."""
    lengths = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return f"{PROTOCOL}/{tag}".encode() + b"\0" + lengths


def digest(tag: str, *parts: bytes) -> bytes:
    """H(tag, parts): SHA-256 over the frame, 32 bytes."""
    return hashlib.sha256(framed(tag, *parts)).digest()


def sm3(data: bytes) -> str | None:
    """SM3 (GB/T 32905) in hex, or None where this machine's OpenSSL has none. It is recorded and decides nothing."""
    if "sm3" not in hashlib.algorithms_available:
        return None
    return hashlib.new("sm3", data).hexdigest()


def check_text(text: str, where: str) -> str:
    """The text, if it is in Unicode NFC and encodes as UTF-8; else Refused `text.not_nfc` or `text.not_unicode`."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused("text.not_unicode", where=where) from None
    if not unicodedata.is_normalized("NFC", text):
        raise Refused("text.not_nfc", where=where, value=text)
    return text


def canonical(value: object) -> bytes:
    """The one spelling of a JSON value: keys by UTF-8 bytes, no spaces, no floats.

    Raises Refused `json.*` naming the path of a value that has no canonical form.
    """
    _check_json(value, "$")
    # Python's order of str is by code point, which is the order of the UTF-8 bytes
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def read_canonical(data: bytes, where: str) -> Any:
    """The value of canonical JSON; Refused `json.not_canonical` when another spelling was used."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise Refused("json.unreadable", where=where, problem=str(problem)) from None
    if canonical(value) != data:
        raise Refused("json.not_canonical", where=where)
    return value


def _check_json(value: object, path: str) -> None:
    match value:
        case None | bool():
            return
        case int():
            if not -(2**63) <= value < 2**63:
                raise Refused("json.too_large", where=path)
        case str():
            check_text(value, path)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise Refused("json.key_not_text", where=path)
                check_text(key, path)
                _check_json(item, f"{path}.{key}")
        case list() | tuple():
            for place, item in enumerate(value):
                _check_json(item, f"{path}[{place}]")
        case _:
            raise Refused("json.no_such_value", where=path, kind=type(value).__name__)
