"""The language of a page (语言): Chinese first, English by choice; never both on one page."""

from __future__ import annotations

from flask import Flask, Response, current_app, redirect, request
from flask_babel import Babel, get_locale

from web.access import PUBLIC, open_to
from web.programs import from_program

LANGUAGES = {"zh": "中文", "en": "English"}
COOKIE = "yaohao_language"
A_YEAR = 365 * 24 * 3600

Sentence = tuple[str, str]


def install(app: Flask) -> None:
    """Give an application its languages and the way to change between them."""
    Babel(app, default_locale="zh", default_timezone="Asia/Shanghai", locale_selector=chosen)
    app.add_url_rule("/language/<language>", "language", choose, methods=["GET"])


def chosen() -> str:
    """What the reader chose, a program by its Accept-Language; whoever has not chosen reads Chinese."""
    if from_program():
        return request.accept_languages.best_match(LANGUAGES, "zh")
    language = request.cookies.get(COOKIE, "")
    return language if language in LANGUAGES else "zh"


@open_to(PUBLIC)
def choose(language: str) -> Response:
    """Go on in another language, on the page one was on."""
    response = redirect(back_to(request.args.get("next", "/")))
    if language in LANGUAGES:
        response.set_cookie(
            COOKIE,
            language,
            max_age=A_YEAR,
            secure=current_app.extensions["yaohao.settings"].over_tls,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response


def back_to(path: str) -> str:
    """A path of this site; anything else is the start page, so that no link leads away from here."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if safe else "/"


def in_language(sentence: Sentence) -> str:
    """The sentence as this reader reads it."""
    locale = get_locale()
    return sentence[1] if locale is not None and locale.language == "en" else sentence[0]
