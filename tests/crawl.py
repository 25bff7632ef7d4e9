"""A walk through the pages by their links, and what a reader reads there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from sqlalchemy import LargeBinary, String, select
from werkzeug.exceptions import HTTPException

from data.models import Base
from scheduler.transaction import EVERYTHING, reading
from tests.site import Site

MOST_OF_A_KIND = 3
_SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-ask")
_MUTE = ("script", "style", "textarea", "code")
_VOID = (
    "meta",
    "link",
    "input",
    "br",
    "hr",
    "img",
    "col",
    "wbr",
    "source",
    "area",
    "base",
    "embed",
    "path",
    "rect",
    "circle",
    "line",
)


class Page(HTMLParser):
    """Text and links of a page; what is marked as another language is left out."""

    def __init__(self, html: str, is_page: bool = True) -> None:
        super().__init__()
        self.html = html
        self.said: list[str] = []
        self.links: list[str] = []
        self._mute: list[bool] = []
        if is_page:
            self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A link, words in attributes, or something not to be read."""
        given = dict(attrs)
        mute = tag in _MUTE or (tag != "html" and "lang" in given) or any(self._mute)
        if tag == "a" and given.get("href") and not mute:
            self.links.append(str(given["href"]))
        if not mute:
            self.said += [str(given[name]) for name in _SPOKEN if given.get(name)]
        if tag not in _VOID:
            self._mute.append(mute)

    def handle_endtag(self, tag: str) -> None:
        """Out of it again."""
        if tag not in _VOID and self._mute:
            self._mute.pop()

    def handle_data(self, data: str) -> None:
        """What stands there to be read."""
        if data.strip() and not any(self._mute):
            self.said.append(data.strip())

    @property
    def text(self) -> str:
        """All of it, a line a piece."""
        return "\n".join(self.said)


def walk(site: Site, login: str | None, english: bool = False) -> dict[str, Page]:
    """The pages that somebody comes to from the start page by links, a few of each kind; each must be there."""
    reader = site.reader(login, english) if login else site.stranger(english)
    waiting, seen, kinds, pages = ["/"], {"/"}, Counter[str](), {}
    while waiting:
        path = waiting.pop(0)
        response = reader.client.get(path, follow_redirects=True, buffered=True)
        assert response.status_code == 200, (login, path, response.status, response.text[:1500])
        readable = response.mimetype.startswith("text/")
        pages[path] = page = Page(response.text if readable else "", response.mimetype == "text/html")
        for link in page.links:
            to = urlsplit(urljoin(f"http://site{path}", link))
            address = to.path + (f"?{to.query}" if to.query else "")
            kind = endpoint_of(site, to.path)
            if to.netloc != "site" or address in seen or kind in ("language", "static", "?"):
                continue
            if kinds[kind] < MOST_OF_A_KIND:
                kinds[kind] += 1
                seen.add(address)
                waiting.append(address)
    return pages


def endpoint_of(site: Site, path: str) -> str:
    """Which page an address is."""
    try:
        return str(site.app.url_map.bind("site").match(path)[0])
    except HTTPException:
        return "?"


def data_of(site: Site) -> list[str]:
    """Everything that rows say, longest first: names and codes, which pages show as they are."""
    found: set[str] = set()
    with reading(site.town.database, EVERYTHING) as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, String) and not isinstance(column.type, LargeBinary):
                    for value in session.execute(select(column).distinct()).scalars():
                        if value and len(value) > 1:
                            found |= {value, *re.split(r"[;\n]", value)}
                            found |= set(re.findall(r'"([^"]+)"', value))  # of what is kept as JSON
    return sorted((each for each in found if len(each) > 1), key=len, reverse=True)


def without(text: str, data: Iterable[str]) -> str:
    """A text without the data in it."""
    for each in data:
        if each in text:
            text = text.replace(each, " ")
    return text
