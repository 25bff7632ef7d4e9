"""Chinese first, English complete: every text has both, with the same placeholders, and no page mixes them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from data import vocabulary
from data.models.jobs import JOB_STATES
from scheduler.checkpoints import NOT_CHECKABLE, OTHER_KEY, UNSIGNED
from scheduler.inspection import steps
from scheduler.inspection.intake import KINDS
from tests.crawl import Page, data_of, endpoint_of, walk, without
from tests.site import Site
from web.access import routes
from web.words import WORDS

WEB = Path(__file__).parents[2] / "web"
CATALOGUE = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po"
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}

LOGINS = (
    "amr.registrar",
    "amr.planner",
    "amr.reviewer",
    "amr.publisher",
    "amr.auditor",
    "amr.administrator",
    "fire.planner",
    "notary",
    "amr000",
)
NO_PAGES = {
    *("static", "language", "home.healthz", "attached.stamp_request", "portal.time_stamp"),
    *("evidence.proof", "evidence.proof_file"),
}
"""What answers with something else than a page one comes to by a link."""

CLOSED_LISTS = {
    "role": vocabulary.ROLES,
    "user_state": vocabulary.USER_STATES,
    "item_class": vocabulary.ITEM_CLASSES,
    "item_state": vocabulary.ITEM_STATES,
    "item_act": steps.ITEM.acts,
    "method": vocabulary.METHODS,
    "code_kind": vocabulary.CODE_KINDS,
    "target_kind": vocabulary.TARGET_KINDS,
    "target_state": vocabulary.TARGET_STATES,
    "risk_class": (*vocabulary.RISK_CLASSES, "-"),
    "permit_state": vocabulary.PERMIT_STATES,
    "inspector_state": vocabulary.INSPECTOR_STATES,
    "bar_source": vocabulary.BAR_SOURCES,
    "plan_state": vocabulary.PLAN_STATES,
    "plan_act": steps.ANNUAL_PLAN.acts,
    "campaign_state": vocabulary.CAMPAIGN_STATES,
    "campaign_act": steps.CAMPAIGN.acts,
    "campaign_kind": vocabulary.CAMPAIGN_KINDS,
    "campaign_source": vocabulary.CAMPAIGN_SOURCES,
    "answer": vocabulary.ANSWERS,
    "condition_field": vocabulary.CONDITION_FIELDS,
    "strata_by": vocabulary.STRATA_BY,
    "cap_exception": ("", *vocabulary.CAP_EXCEPTIONS),
    "draw_state": vocabulary.DRAW_STATES,
    "draw_act": steps.DRAW.acts,
    "void_number_ground": vocabulary.VOID_NUMBER_GROUNDS,
    "void_target_ground": vocabulary.VOID_TARGET_GROUNDS,
    "recusal_ground": vocabulary.RECUSAL_GROUNDS,
    "declaration_kind": vocabulary.DECLARATION_KINDS,
    "counted_rule": vocabulary.COUNTED_RULES,
    "change_kind": vocabulary.CHANGE_KINDS,
    "team_role": vocabulary.TEAM_ROLES,
    "visit_state": vocabulary.VISIT_STATES,
    "visit_act": steps.VISIT.acts,
    "handling": vocabulary.HANDLINGS,
    "follow_up_state": vocabulary.FOLLOW_UP_STATES,
    "follow_up_act": steps.FOLLOW_UP.acts,
    "job_state": JOB_STATES,
    "checkpoint_reason": vocabulary.CHECKPOINT_REASONS,
    "checkpoint_verdict": (*vocabulary.CHECKPOINT_VERDICTS, UNSIGNED, OTHER_KEY, NOT_CHECKABLE),
    "list_kind": KINDS,
}


@pytest.mark.parametrize("kind", CLOSED_LISTS)
def test_every_code_has_a_word(kind):
    more = set(WORDS[kind]) - set(CLOSED_LISTS[kind])
    assert set(CLOSED_LISTS[kind]) <= set(WORDS[kind])
    assert not more or kind.endswith("_act")  # some acts are told though they are no step of a table


def test_every_word_is_there_in_both_languages():
    for kind, words in WORDS.items():
        for code, (chinese, english) in words.items():
            assert CHINESE.search(chinese), (kind, code)
            assert english, (kind, code)
            assert not CHINESE.search(english), (kind, code)


def translated() -> Catalog:
    """The English as it is written."""
    return read_po(io.BytesIO(CATALOGUE.read_bytes()))


def texts() -> set[str]:
    """Every text of pages and programs that is marked to be translated."""
    found = extract_from_dir(str(WEB), METHODS, OPTIONS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def test_every_text_has_its_english_and_none_is_left_over():
    english = {m.id: m.string for m in translated() if m.id}
    assert sorted(texts() - {text for text, told in english.items() if told}) == []
    assert sorted(set(english) - texts()) == []
    assert [m.id for m in translated() if m.fuzzy and m.id] == []


def test_the_english_is_english_and_keeps_the_placeholders():
    for message in translated():
        if message.id:
            assert not CHINESE.search(message.string), message.id
            assert set(PLACEHOLDER.findall(message.id)) == set(PLACEHOLDER.findall(message.string)), (
                message.id
            )


def test_what_the_program_reads_is_what_is_written():
    compiled = read_mo(io.BytesIO(CATALOGUE.with_suffix(".mo").read_bytes()))
    assert {m.id: m.string for m in compiled if m.id} == {m.id: m.string for m in translated() if m.id}


@pytest.fixture(scope="module")
def pages(told_site: Site) -> dict[str, dict[str, Page]]:
    """The pages that people of every kind come to, in each language."""
    return {
        language: {
            f"{login or 'anybody'}: {path}": page
            for login in (None, *LOGINS)
            for path, page in walk(told_site, login, english=language == "en").items()
        }
        for language in ("zh", "en")
    }


@pytest.fixture(scope="module")
def data(told_site: Site) -> list[str]:
    """What stands on pages as it is."""
    return data_of(told_site)


def test_no_english_page_has_chinese_on_it(pages, data):
    said = {path: without(page.text, data) for path, page in pages["en"].items()}
    lines = {line for text in said.values() for line in text.split("\n") if CHINESE.search(line)}
    assert lines == set(), [path for path, text in said.items() if CHINESE.search(text)]


def test_no_chinese_page_has_english_on_it(pages, data):
    """Two latin words that follow each other, which no code, no digest and no name of a format is."""
    sentence = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
    said = {path: without(page.text, data) for path, page in pages["zh"].items()}
    lines = {line for text in said.values() for line in text.split("\n") if sentence.search(line)}
    assert lines == set(), [path for path, text in said.items() if sentence.search(text)]


def test_the_walk_has_seen_nearly_every_page(pages, told_site):
    seen = {endpoint_of(told_site, path.split(": ", 1)[1].split("?")[0]) for path in pages["zh"]}
    asked = {
        endpoint
        for method, rule, endpoint in routes(told_site.app)
        if method == "GET" and "/api/" not in rule
    }
    assert sorted(asked - seen - NO_PAGES) == []
