"""The JSON API (接口) for other systems: one file a subject, each operation one use case.

Who comes is told by a bearer token alone; errors are problem documents; `web/api/parts.py` says what operations are
made of.
"""

from __future__ import annotations

import http
from importlib.metadata import version
from typing import Any

from flask import Flask, abort, jsonify, request
from flask_smorest import Api
from flask_smorest.pagination import PaginationMetadataSchema
from flask_smorest.spec import prepare_response

from data.schemas.problem import Problem
from web import security
from web.access import PUBLIC, open_to
from web.api import (
    campaigns,
    draws,
    explained,
    imports,
    items,
    jobs,
    ledgers,
    organisation,
    plans,
    public,
    registries,
    visits,
)
from web.api.document import document
from web.api.parts import ID, IDEMPOTENCY_KEY, JSON, KEY_HEADER, PREFIX, IdConverter
from web.programs import from_program

PROBLEM = "application/problem+json"
PARTS = tuple(
    each.part
    for each in (
        organisation,
        registries,
        imports,
        items,
        plans,
        campaigns,
        draws,
        visits,
        jobs,
        ledgers,
        public,
    )
)
"""The parts in the order of the document."""


class OurApi(Api):
    """flask-smorest's, with our errors in place of its own."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = Problem

    def _register_pagination_header(self) -> None:
        told = {"description": "Where this page is", "content": {JSON: {"schema": PaginationMetadataSchema}}}
        self.spec.components.header("PAGINATION", told, lazy=True)

    def _register_error_handlers(self) -> None:
        """web.errors answers to all that goes wrong."""

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                response["schema"] = self.ERROR_SCHEMA
            if status == 401:
                response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
            prepare_response(response, self.spec, PROBLEM)
            self.spec.components.response(status.name, response, lazy=True)


def install(app: Flask) -> None:
    """Give an application its API; to be called after its pages."""
    app.config.update(
        API_TITLE="摇号 Yaohao",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        API_SPEC_OPTIONS={
            "info": {"x-program-version": version("yaohao")},
            "security": [{"token": []}],
        },
    )
    app.before_request(_can_be_asked)
    app.url_map.converters[ID] = IdConverter
    api = OurApi(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.parameter(KEY_HEADER, "header", IDEMPOTENCY_KEY)
    app.view_functions["api-docs.openapi_json"] = open_to(PUBLIC)(lambda: jsonify(document(api)))
    for part in PARTS:
        security.csrf.exempt(part)
        api.register_blueprint(part)
    app.register_blueprint(explained.pages)


def _can_be_asked() -> None:
    """No thing has a name that no database keeps."""
    if from_program() and "\0" in request.path:
        abort(404)
