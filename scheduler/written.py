"""What a person wrote (a file, a request), read by a schema; every fault of it in one refusal."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from matching.refused import Refused


def read(schema: Schema, written: object, code: str) -> dict[str, Any]:
    """The values of a written form; Refused with `code` and all faults by their place."""
    if not isinstance(written, Mapping):
        raise Refused(code, faults=["$: not an object"])
    try:
        return dict(schema.load(written))
    except ValidationError as error:
        raise Refused(code, faults=sorted(_faults(error.messages, "$"))) from None


def _faults(messages: object, where: str) -> Iterator[str]:
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            yield from _faults(below, where if name == "_schema" else f"{where}.{name}")
    elif isinstance(messages, list):
        yield from (f"{where}: {message}" for message in messages)
