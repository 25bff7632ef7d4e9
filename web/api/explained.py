"""The page that explains the API (接口说明): Swagger UI over the document, from this machine alone."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from web.access import PUBLIC, open_to

pages = Blueprint("api_explained", __name__)


@pages.get("/api/")
@open_to(PUBLIC)
def page() -> Response:
    """The operations, to be read and tried."""
    return make_response(render_template("api.html"))
