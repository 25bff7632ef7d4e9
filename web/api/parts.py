"""The operations of the API (接口): what each part of it is made of.

A `Part` is a blueprint with a few kinds of operation: a page of a list, one thing, making one, an act on one, a file
handed out or taken in. Every operation refuses what its schema does not know, shows a thing by the schema of its `Kind`,
and is told by the OpenAPI document with all answers it may give. What an act does, its use case decides.
"""

from __future__ import annotations

import functools
import http
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, g, jsonify, request, send_file, url_for
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.routing import IntegerConverter, Map

from data.schemas.shapes import Closed, Listing, Nothing
from scheduler.idempotency import Answer, Key, key_of
from scheduler.inspection.evidence import Bound
from scheduler.permissions import Desk
from web import worker
from web.access import PUBLIC, SIGNED_IN
from web.api.document import KEY
from web.api.reading import BYTES, StrictParser, file_sent, nothing_sent
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


@dataclass(frozen=True)
class AFile:
    """What an operation takes: a file, which is the body, and beside it in the query what the schema says."""

    query: type[Closed]


Taken = type[Schema] | Schema | AFile | None
"""What an operation takes as its body: JSON by a schema, a file, or nothing."""


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
        self, rule: str, kind: Kind, takes: Taken, of_thing: Callable[[Any], dict[str, Any]]
    ) -> _Decorator:
        """Make one: the view gives it, `(desk[, read], **path)`; the answer says where it is, by the parts of its path."""

        def decorate(view: _View) -> _View:
            def make(*read: Any, **path: Any) -> Response:
                given = _taken(takes, read)

                def work(desk: Desk) -> Answer:
                    made = view(desk, *given, **path)
                    where = of_thing(made)
                    told = _as_it_stands(desk, kind, where)
                    address = url_for(f"{self.name}.one", **where)
                    return _answer(told, 201, {"Location": address, "ETag": self._quoted(told)})

                return _response(act(work, _key()))

            inner = self.response(201, kind.shape, headers={"Location": _LOCATION, "ETag": "ETAG"})(
                _as(view, make)
            )
            return self._add(rule, "POST", view, self._taking(takes, inner))

        return decorate

    def act(
        self,
        rule: str,
        kind: Kind,
        takes: Taken = None,
        gives: Schema | None = None,
        method: str = "POST",
        status: int = 200,
        stays: bool = True,
        before: Callable[..., Bound | None] | None = None,
    ) -> _Decorator:
        """An act on a thing that is as the caller read it (If-Match): the view does it, `(desk, thing[, written])`.

        The answer is the thing as it stands then, or what the view gives where `gives` says so. A thing that does not
        stay in the caller's sight has no tag for him any more. What `before` reads, by the same parameters, the view
        gets as a last one: `web.desks.beforehand`.
        """

        def decorate(view: _View) -> _View:
            def do(*read: Any, **path: Any) -> Response:
                given = _taken(takes, read)
                bound: tuple[Bound | None, ...] = ()
                if before is not None:
                    bound = (beforehand(lambda desk: before(desk, kind.find(desk, **path), *given)),)

                def work(desk: Desk) -> Answer:
                    thing = kind.hold(desk, kind.find(desk, **path))
                    self.check_etag(kind.told(desk, thing))
                    done = view(desk, thing, *given, *bound)
                    told = _as_it_stands(desk, kind, path) if stays else None
                    answer = told if gives is None else gives.dump(done)
                    return _answer(answer, status, {"ETag": self._quoted(told)} if stays else {})

                response = _response(act(work, _key() if method == "POST" else None))
                if status == http.HTTPStatus.ACCEPTED:
                    worker.wake()
                return response

            inner = self.response(status, gives or kind.shape)(_as(view, do))
            return self._add(rule, method, view, self._taking(takes, self.etag(inner)))

        return decorate

    def sweep(self, rule: str, gives: Schema) -> _Decorator:
        """An act on whatever waits for it in the caller's department: the view does it and gives what is told, `(desk)`."""

        def decorate(view: _View) -> _View:
            def do() -> Response:
                nothing_sent()
                return _response(act(lambda desk: _answer(gives.dump(view(desk)), 200, {}), _key()))

            inner = self.response(200, gives)(_as(view, do))
            return self._add(rule, "POST", view, self._without_query(inner))

        return decorate

    def outside(self, rule: str, takes: AFile, shape: Schema) -> _Decorator:
        """A file for a use case that opens its own transactions, whose answer is kept under no key: the view gives what
        is shown, `(content, named, **path)`."""

        def decorate(view: _View) -> _View:
            def take(*read: Any, **path: Any) -> Response:
                return jsonify(shape.dump(view(*_taken(takes, read), **path)))

            inner = self.response(200, shape)(_as(view, take))
            inner._apidoc["once"] = False  # type: ignore[attr-defined]
            return self._add(rule, "POST", view, self._taking(takes, inner))

        return decorate

    def kept(self, rule: str) -> _Decorator:
        """A file that is kept with a thing: the view gives what has its `name` and `content`, `(desk, **path)`.

        It may hold anything, and is never shown inside this site.
        """

        def decorate(view: _View) -> _View:
            def give(**path: Any) -> Response:
                with looking() as desk:
                    found = view(desk, **path)
                    return send_file(
                        io.BytesIO(found.content), BYTES, as_attachment=True, download_name=found.name
                    )

            inner = self.response(200, {}, content_type=BYTES)(_as(view, give))
            return self._add(rule, "GET", view, self._without_query(inner))

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

    def _taking(self, takes: Taken, view: _View) -> _View:
        """A view with what it takes read, and told by the document."""
        if isinstance(takes, AFile):
            inner = self.arguments(takes.query, location="query")(view)
            return cast(_View, self.doc(requestBody={"required": True, "content": {BYTES: {}}})(inner))
        return self._without_query(view if takes is None else self.arguments(takes)(view))

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
        """Of what is read; an act tells the tag by itself, if there is one."""
        if request.method not in self.METHODS_NEEDING_CHECK_ETAG:
            super()._set_etag_in_response(response)

    def _check_not_modified(self, etag: str) -> None:
        g.shown_etag = f'"{etag}"'  # goes with a 304 too
        super()._check_not_modified(etag)


_LOCATION = {"description": "Where the new thing is", "schema": {"type": "string"}}


def _taken(takes: Taken, read: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a view is given: what was read by a schema; a file before what its query names; or nothing."""
    if takes is None:
        nothing_sent()
        return ()
    return (file_sent(), *read) if isinstance(takes, AFile) else read


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
