"""Whoever is refused is told what to do next."""

from __future__ import annotations

from html import unescape

import pytest

from web.advice import ADVICE, GENERAL, GROUPS, advice
from web.refusals import SERVICE
from web.sentences import REFUSALS

CODES = sorted({*SERVICE, *REFUSALS})


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= each <= "\u9fff" for each in text)


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_has_advice_of_its_own_or_of_its_group(code):
    chinese, english = advice(code)
    assert (chinese, english) != GENERAL
    assert is_chinese(chinese)
    assert english.strip()
    assert not is_chinese(english)


def test_no_advice_is_left_over_for_a_refusal_that_there_is_not():
    assert [code for code in ADVICE if code not in CODES] == []
    groups = {code.partition(".")[0] for code in CODES if code not in ADVICE}
    assert [group for group in GROUPS if group not in groups] == []


def test_no_advice_needs_what_a_refusal_tells():
    """An advice is shown as it stands: a placeholder would be shown too."""
    assert [told for pair in (*ADVICE.values(), *GROUPS.values()) for told in pair if "{" in told] == []


def test_a_refused_page_shows_the_advice_of_its_code(site):
    for reader, told in zip(
        (site.stranger(), site.stranger(english=True)), ADVICE["draw.unknown"], strict=True
    ):
        page = reader.get("/public/draws/nothing")
        assert (page.status_code, told in unescape(page.text)) == (404, True)
