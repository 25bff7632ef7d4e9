"""Access (访问规则): every route says who may come; an application with a route that does not say refuses to start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from flask import Flask

PUBLIC = "public"
SIGNED_IN = "signed_in"

_View = TypeVar("_View", bound=Callable[..., object])


class NoAccessRule(Exception):  # noqa: N818 - what is wrong with the route
    """A route for which nobody has decided who may come."""


def open_to(*who: str) -> Callable[[_View], _View]:
    """Who may use a route: PUBLIC, SIGNED_IN, or roles of which one is needed. What may be done there, its use case says."""

    def mark(view: _View) -> _View:
        view.open_to = who  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> tuple[str, ...]:
    """Who may use an endpoint; NoAccessRule where nobody has said."""
    rule = getattr(app.view_functions[endpoint], "open_to", ())
    if not rule:
        raise NoAccessRule(endpoint)
    return tuple(rule)


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Method, path and endpoint of every route."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule.rule, rule.endpoint


def check_rules(app: Flask) -> None:
    """Refuse to start with a route that has no rule."""
    for _, _, endpoint in routes(app):
        rule_of(app, endpoint)
