"""Who sent a request (程序): a browser, or another system by the API."""

from __future__ import annotations

from flask import request

API = "/api/"


def from_program() -> bool:
    """Whether a request came to the API; the page that explains the API is a page."""
    return request.path.startswith(API) and request.path != API
