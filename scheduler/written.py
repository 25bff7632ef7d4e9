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


def as_far_as_written(schema: Schema, written: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form that is still being written: what is wrong in it stands as if it were not there yet."""
    try:
        return dict(schema.load(written))
    except ValidationError as error:
        return dict(schema.load(_without(written, error.messages)))


def _without(written: Mapping[str, Any], messages: object) -> dict[str, Any]:
    """A form without its faulty fields; of a list or a mapping only what is faulty in it is left out."""
    faulty = messages if isinstance(messages, Mapping) else {}
    left = {}
    for name, value in written.items():
        below = faulty.get(name)
        if below is None:
            left[name] = value
        elif isinstance(below, Mapping) and isinstance(value, list):
            left[name] = [each for place, each in enumerate(value) if place not in below]
        elif isinstance(below, Mapping) and isinstance(value, Mapping):
            left[name] = {key: each for key, each in value.items() if key not in below}
    return left


def _faults(messages: object, where: str) -> Iterator[str]:
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            yield from _faults(below, where if name == "_schema" else f"{where}.{name}")
    elif isinstance(messages, list):
        yield from (f"{where}: {message}" for message in messages)
