"""How a request is read (读取): JSON or a file, nothing that the schema does not know, nothing that can't be kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Request, request
from marshmallow import Schema
from webargs import core
from webargs.flaskparser import FlaskParser, abort, is_json_request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from data.schemas.shapes import Listing

BYTES = "application/octet-stream"
"""What a file is sent as, whatever it holds: its name says what it is."""

PAGING = ("page", "page_size")
NO_JSON = "Invalid JSON body."
NOTHING = "Nothing may be sent here."
UNKEEPABLE = "Holds a character that can't be kept."


class StrictParser(FlaskParser):
    """Reads arguments as their schema says, which refuses what it does not know, in the query too."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION)

    def _raw_load_json(self, req: Request) -> Any:
        if not req.get_data(cache=True):
            return core.missing
        if not is_json_request(req):
            raise UnsupportedMediaType
        try:
            told = core.parse_json(req.get_data(cache=True))
        except (RecursionError, ValueError) as error:
            abort(400, exc=error, messages={"json": [NO_JSON]})
        for place in _unkeepable(told):
            abort(422, messages={"json": _at(place, [UNKEEPABLE])})
        return told

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The query; of a list without page and page_size, which are read by themselves."""
        own = PAGING if isinstance(schema, Listing) else ()
        kept = [(name, value) for name, value in req.args.items(multi=True) if name not in own]
        for name, value in kept:
            if "\0" in name + value:
                abort(422, messages={"query": {name: [UNKEEPABLE]}})
        return self._makeproxy(MultiDict(kept), schema)


def nothing_sent() -> None:
    """Refuse a body where none is asked for: who sends one expects something of it."""
    if request.get_data(cache=True) and StrictParser().load_json(request, Listing()) != {}:
        abort(422, messages={"json": [NOTHING]})


def file_sent() -> bytes:
    """The body, which is a file as it stands."""
    if request.mimetype != BYTES:
        raise UnsupportedMediaType
    return request.get_data(cache=True)


def _unkeepable(told: Any) -> Iterator[tuple[Any, ...]]:
    """The places of texts that no database keeps, or that are no text."""
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), told)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*place, name), (name, below)) for name, below in value.items()]
        elif isinstance(value, list | tuple):
            here = isinstance(value, tuple)  # a name and what it names, at one place
            waiting += [(place if here else (*place, index), below) for index, below in enumerate(value)]
        elif isinstance(value, str) and ("\0" in value or any("\ud800" <= c <= "\udfff" for c in value)):
            yield place


def _at(place: tuple[Any, ...], messages: list[str]) -> Any:
    nested: Any = messages
    for step in reversed(place):
        nested = {step: nested}
    return nested
