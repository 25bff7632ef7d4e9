"""The operations of the API (接口): what each part of it is made of.

A `Part` is a blueprint with four kinds of operation: a page of a list, one thing, making one, and an act on one. Every
operation refuses what its schema does not know, shows a thing by the schema of its `Kind`, and is told by the OpenAPI
document with all answers it may give. What an act does, its use case decides.
"""

from __future__ import annotations

import functools
import http
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, g, jsonify, request, url_for
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.routing import IntegerConverter, Map

from data.schemas.shapes import Closed, Listing, Nothing
from scheduler.idempotency import Answer, Key, key_of
from scheduler.inspection.evidence import Bound
from scheduler.permissions import Desk
from web.access import PUBLIC, SIGNED_IN
from web.api.document import KEY
from web.api.reading import StrictParser, nothing_sent
from web.desks import act, beforehand, looking

PREFIX = "/api/v1"
KEY_HEADER = "Idempotency-Key"
AGAIN_HEADER = "Idempotency-Replayed"
JSON = "application/json"
ID = "id"
"""The converter of ids in paths."""


class IdConverter(IntegerConverter):
    """An id: of no more digits than a column surely holds; anything else is at no address of ours."""

    regex = r"\d{1,9}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=999_999_999)


_View = Callable[..., Any]
_Decorator = Callable[[_View], _View]

IDEMPOTENCY_KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "description": KEY,
    "schema": {"type": "string", "pattern": "^[!-~]{8,100}$"},
}


def itself(_desk: Desk, thing: Any) -> Any:
    """A thing whose columns and relations are what is shown."""
    return thing


@dataclass(frozen=True)
class Kind:
    """A kind of thing: the schema that shows it, how it is found by its path, held for an act, and told to the schema."""

    shape: Schema
    find: Callable[..., Any]
    hold: Callable[[Desk, Any], Any] = itself
    tell: Callable[[Desk, Any], Any] = itself

    def told(self, desk: Desk, thing: Any) -> Any:
        """A thing as JSON has it."""
        return self.shape.dump(self.tell(desk, thing))


class Part(Blueprint):
    """The operations of one subject."""

    ARGUMENTS_PARSER = StrictParser()
    PAGINATION_ARGUMENTS_PARSER = StrictParser()
    METHODS_NEEDING_CHECK_ETAG = ("PUT", "POST")
    DEFAULT_PAGINATION_PARAMETERS = {"page": 1, "page_size": 20, "max_page_size": 200}  # noqa: RUF012

    def __init__(self, name: str, description: str) -> None:
        self.subject = name
        super().__init__(f"api_{name}", __name__, url_prefix=PREFIX, description=description)
        self._prepare_doc_cbks.append(_prepare_problems)

    def page(self, rule: str, shape: type[Schema], query: type[Closed] = Listing) -> _Decorator:
        """A page of a list: the view gives a `Page` for `(desk, number, size, **filters)`."""

        def decorate(view: _View) -> _View:
            many = shape(many=True)

            def show(pagination_parameters: Any, **filters: Any) -> Response:
                with looking() as desk:
                    found = view(desk, pagination_parameters.page, pagination_parameters.page_size, **filters)
                    pagination_parameters.item_count = found.total
                    return jsonify(many.dump(found.rows))

            return self._paged(rule, many, query, view, show)

        return decorate

    def public_page(self, rule: str, shape: type[Schema], query: type[Closed] = Listing) -> _Decorator:
        """A page of a list that everybody may read: the view opens its own session, `(number, size, **filters)`."""

        def decorate(view: _View) -> _View:
            many = shape(many=True)

            def show(pagination_parameters: Any, **filters: Any) -> Response:
                found = view(pagination_parameters.page, pagination_parameters.page_size, **filters)
                pagination_parameters.item_count = found.total
                return jsonify(many.dump(found.rows))

            return self._paged(rule, many, query, view, show)

        return decorate

    def _paged(self, rule: str, many: Schema, query: type[Closed], view: _View, show: _View) -> _View:
        inner = self.paginate()(_as(view, show))
        inner = self.response(200, many)(inner)
        inner = self.arguments(query, location="query", as_kwargs=True)(inner)
        return self._add(rule, "GET", view, inner)

    def one(self, rule: str, kind: Kind) -> _Decorator:
        """One thing; the view may do nothing: its name and words are what it is for."""

        def decorate(view: _View) -> _View:
            def show(**path: Any) -> Response:
                with looking() as desk:
                    told = kind.told(desk, kind.find(desk, **path))
                self.set_etag(told)
                return jsonify(told)

            inner = self.etag(self.response(200, kind.shape)(_as(view, show)))
            return self._add(rule, "GET", view, self._without_query(inner))

        return decorate

    def look(self, rule: str, shape: Schema) -> _Decorator:
        """Something that is read and never acted on as such: the view gives what is shown, `(desk, **path)`."""

        def decorate(view: _View) -> _View:
            def show(**path: Any) -> Response:
                with looking() as desk:
                    return jsonify(shape.dump(view(desk, **path), many=shape.many))

            return self._add(
                rule, "GET", view, self._without_query(self.response(200, shape)(_as(view, show)))
            )

        return decorate

    def public_one(self, rule: str, shape: Schema) -> _Decorator:
        """One thing that everybody may read: the view opens its own session and gives it."""

        def decorate(view: _View) -> _View:
            def show(**path: Any) -> Response:
                return jsonify(shape.dump(view(**path)))

            return self._add(
                rule, "GET", view, self._without_query(self.response(200, shape)(_as(view, show)))
            )

        return decorate

    def making(
        self, rule: str, kind: Kind, takes: type[Schema], of_thing: Callable[[Any], dict[str, Any]]
    ) -> _Decorator:
        """Make one: the view gives it, `(desk, read, **path)`; the answer says where it is, by the parts of its path."""

        def decorate(view: _View) -> _View:
            def make(read: Any, **path: Any) -> Response:
                def work(desk: Desk) -> Answer:
                    made = view(desk, read, **path)
                    where = of_thing(made)
                    told = _as_it_stands(desk, kind, where)
                    address = url_for(f"{self.name}.one", **where)
                    return _answer(told, 201, {"Location": address, "ETag": self._quoted(told)})

                return _response(act(work, _key()))

            inner = self.response(201, kind.shape, headers={"Location": _LOCATION, "ETag": "ETAG"})(
                _as(view, make)
            )
            inner = self.arguments(takes)(inner)
            return self._add(rule, "POST", view, self._without_query(inner))

        return decorate

    def act(
        self,
        rule: str,
        kind: Kind,
        takes: type[Schema] | None = None,
        gives: Schema | None = None,
        method: str = "POST",
        status: int = 200,
        before: Callable[..., Bound | None] | None = None,
    ) -> _Decorator:
        """An act on a thing that is as the caller read it (If-Match): the view does it, `(desk, thing[, written])`.

        The answer is the thing as it stands then, or what the view gives where `gives` says so. What `before` reads, by
        the same parameters, the view gets as a last one: `web.desks.beforehand`.
        """

        def decorate(view: _View) -> _View:
            def do(*read: Any, **path: Any) -> Response:
                if takes is None:
                    nothing_sent()
                bound: tuple[Bound | None, ...] = ()
                if before is not None:
                    bound = (beforehand(lambda desk: before(desk, kind.find(desk, **path), *read)),)

                def work(desk: Desk) -> Answer:
                    thing = kind.hold(desk, kind.find(desk, **path))
                    self.check_etag(kind.told(desk, thing))
                    given = view(desk, thing, *read, *bound)
                    told = _as_it_stands(desk, kind, path)
                    answer = told if gives is None else gives.dump(given)
                    return _answer(answer, status, {"ETag": self._quoted(told)})

                return _response(act(work, _key() if method == "POST" else None))

            inner = self.etag(self.response(status, gives or kind.shape)(_as(view, do)))
            if takes is not None:
                inner = self.arguments(takes)(inner)
            return self._add(rule, method, view, self._without_query(inner))

        return decorate

    def fetch(self, rule: str, media_type: str) -> _Decorator:
        """A file that whoever takes it is noted for, and therefore asked for by POST.

        The view gives `(bytes, name)`; it opens its own transactions, and they are over.
        """

        def decorate(view: _View) -> _View:
            def give(**path: Any) -> Response:
                nothing_sent()
                content, name = view(**path)
                headers = {"Content-Disposition": f'attachment; filename="{name}"'}
                return Response(content, 200, headers, media_type)

            as_file = {"type": "string", "contentMediaType": media_type}
            inner = self.response(200, as_file, content_type=media_type)(_as(view, give))
            inner._apidoc["once"] = False  # type: ignore[attr-defined]
            return self._add(rule, "POST", view, self._without_query(inner))

        return decorate

    def _without_query(self, view: _View) -> _View:
        return cast(_View, self.arguments(Nothing, location="query", as_kwargs=True)(view))

    def _add(self, rule: str, method: str, view: _View, inner: _View) -> _View:
        roles: tuple[str, ...] = view.open_to  # type: ignore[attr-defined]
        inner._apidoc["open_to"] = roles  # type: ignore[attr-defined]
        inner = self.doc(operationId=f"{self.subject}.{view.__name__}")(inner)
        if roles == (PUBLIC,):
            inner = self.doc(security=[])(inner)
        inner.open_to = roles  # type: ignore[attr-defined]
        self.add_url_rule(rule, view.__name__, inner, methods=[method], tags=[self.subject])
        return view

    def _quoted(self, told: Any) -> str:
        return f'"{self._generate_etag(told)}"'

    def _verify_check_etag(self) -> None:
        """An act checks it in its transaction; an answer that is given again needs no check."""

    def _set_etag_in_response(self, response: Response) -> None:
        if "ETag" not in response.headers:
            super()._set_etag_in_response(response)

    def _check_not_modified(self, etag: str) -> None:
        g.shown_etag = f'"{etag}"'  # goes with a 304 too
        super()._check_not_modified(etag)


_LOCATION = {"description": "Where the new thing is", "schema": {"type": "string"}}


def _as(view: _View, does: _View) -> _View:
    """A function under the name and with the words of a view."""
    named = functools.wraps(view)(does)
    del named.__wrapped__  # type: ignore[attr-defined]
    return named


def _as_it_stands(desk: Desk, kind: Kind, path: Mapping[str, Any]) -> Any:
    """A thing after an act, read again: what the next reader will find."""
    desk.session.flush()
    desk.session.expire_all()
    return kind.told(desk, kind.find(desk, **path))


def _key() -> Key | None:
    written = request.headers.get(KEY_HEADER)
    if written is None:
        return None
    return key_of(written, request.method.encode(), request.full_path.encode(), request.get_data())


def _answer(told: Any, status: int, headers: Mapping[str, str]) -> Answer:
    return Answer(status, headers, json.dumps(told, ensure_ascii=False).encode())


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, dict(answer.headers), mimetype=JSON)
    if answer.again:
        response.headers[AGAIN_HEADER] = "true"
    return response


def _prepare_problems(doc: Any, doc_info: Any, *, method: str, **_: Any) -> Any:
    """Tell the problems that an operation may answer with, the key of a POST, and who may use it."""
    roles = doc_info["open_to"]
    statuses = {400, 404, 422}
    if roles != (PUBLIC,):
        statuses |= {401, 403}
    if method != "get":
        statuses |= {409, 413, 415}
    for status in statuses:
        doc["responses"][status] = http.HTTPStatus(status).name
    if method == "post" and doc_info.get("once", True):
        doc.setdefault("parameters", []).append(KEY_HEADER)
    if roles not in ((PUBLIC,), (SIGNED_IN,)):
        doc["x-roles"] = list(roles)
    return doc
