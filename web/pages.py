"""The pages put together (页面): their blueprints, the menu by roles, and what every template may use."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, flash, g, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as AnyResponse

from scheduler.accounts import Present
from scheduler.clock import SHANGHAI
from scheduler.inspection.inclusion import inclusion
from web import home, login, shares, words
from web.desks import today, who
from web.errors import in_part
from web.inspection import PARTS
from web.language import back_to, in_language
from web.public import portal, proofs, verify

_STATIC = Path(__file__).parent / "static"

Links = list[tuple[str, str]]


def install(app: Flask) -> None:
    """Give an application its pages."""
    for part in (login.pages, home.pages, portal.pages, proofs.pages, verify.pages, *PARTS):
        app.register_blueprint(part)
    app.jinja_env.filters.update(
        word=words.for_each_reader(words.word), moment=moment, day=day, chance=shares.chance, mean=shares.mean
    )
    app.jinja_env.globals.update(
        static=static,
        menu=menu,
        choices=words.choices,
        page_address=page_address,
        page_numbers=page_numbers,
        in_language=in_language,
        inclusion=inclusion,
        rate=shares.rate,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_of_reader)


def _of_reader() -> dict[str, object]:
    locale = get_locale()
    return {
        "who": who(),
        "language": locale.language if locale else "zh",
        "today": today(),
        "back": back_to(request.referrer.partition(request.host)[2]) if request.referrer else "/",
    }


def menu() -> list[tuple[str, Links]]:
    """What the reader finds in the menu: groups of links, each with its title."""
    reader = who()
    if reader is None:
        return [(each[0], [each]) for each in _public_links()]
    return [
        (_("工作台"), [(_("工作台"), url_for("home.start"))]),
        *_work(reader),
        (_("公众门户"), _public_links()),
    ]


def _public_links() -> Links:
    return [
        (_("公示的抽查任务"), url_for("portal.campaigns")),
        (_("检查结果查询"), url_for("portal.results")),
        (_("抽取登记册"), url_for("portal.register")),
        (_("复核证据包"), url_for("verify.page")),
        (_("查询本户的证明"), url_for("evidence.ask")),
    ]


def _work(reader: Present) -> list[tuple[str, Links]]:
    """The links of those who work here by groups; a page that asks for a role is shown to who has it."""
    groups: dict[str, Links] = {}
    for part in PARTS:
        if links := getattr(part, "links", None):
            title, found = links()
            shown = [(name, url_for(to)) for name, to, roles in found if not roles or reader.has(*roles)]
            groups.setdefault(title, []).extend(shown)
    return [(title, links) for title, links in groups.items() if links]


def go(address: str, message: str = "", category: str = "success") -> AnyResponse:
    """On to another page after an act, with a word on what was done there."""
    if message:
        flash(message, category)
    if in_part():
        return Response(status=200, headers={"HX-Redirect": iri_to_uri(address)})  # headers are Latin-1
    return redirect(address, 303)


@lru_cache(maxsize=100)
def _version(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:10]


def static(name: str) -> str:
    """The address of an asset; it changes with the asset, so that a browser may keep it for long."""
    return url_for("static", filename=name, v=_version(name))


def moment(value: datetime | None) -> str:
    """A time to the minute, as the wall in Shanghai has it."""
    return "" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def day(value: date | None) -> str:
    """A day."""
    return "" if value is None else value.isoformat()


def page_address(number: int, **changed: object) -> str:
    """The address of this list at another page, with the filters it has.

    Where an act is answered with a list in place, `g.list_path` tells where the list itself is.
    """
    told = request.args.to_dict(flat=False) | {"page": [str(number)]}
    told |= {name: [str(value)] for name, value in changed.items()}
    return f"{g.get('list_path', request.path)}?{urlencode(told, doseq=True)}"


def page_numbers(page: object) -> list[int | None]:
    """The numbers to show below a list: the ends, and those around; None for what is left out."""
    last, here = page.last, page.number  # type: ignore[attr-defined]
    near = sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)})
    shown: list[int | None] = []
    for before, number in zip([0, *near], near, strict=False):
        if number > before + 1:
            shown.append(None)
        shown.append(number)
    return shown
