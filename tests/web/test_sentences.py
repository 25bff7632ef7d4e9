"""Every code has its sentence in both languages, and every sentence gets what it speaks of."""

import ast
from pathlib import Path
from string import Formatter

import pytest

from data.intake.faults import FAULT_CODES
from scheduler.inspection.steps import WORKFLOWS
from web import sentences

ROOT = Path(__file__).parent.parent.parent


def raised():
    """Every Refused(code, params...) written down in the program: code and names of its parameters."""
    for layer in ("matching", "scheduler", "web"):
        for file in sorted((ROOT / layer).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                    code = node.args[0]
                    if isinstance(code, ast.Constant):
                        yield code.value, {keyword.arg for keyword in node.keywords}
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "id", "") == "read"
                    and len(node.args) == 3
                ):
                    yield node.args[2].value, {"faults"}  # scheduler.written: whatever is wrong in a form
    for workflow in WORKFLOWS:
        yield f"{workflow.subject}.not_now", {"state", "act", "possible"}


def named():
    """Every text in the program that is a code: some are handed on before they are raised."""
    for layer in ("matching", "scheduler"):
        for file in sorted((ROOT / layer).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and node.value in sentences.REFUSALS:
                    yield node.value


def placeholders(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_the_program_can_refuse_and_every_code_has_a_sentence():
    codes = {code for code, _ in raised()}
    assert len(codes) > 40
    assert codes - set(sentences.REFUSALS) == set()
    assert set(sentences.REFUSALS) - codes - set(named()) == set(), "sentences that nothing can cause"


@pytest.mark.parametrize(
    ("code", "params"), sorted({(code, tuple(sorted(params))) for code, params in raised()})
)
def test_a_sentence_speaks_only_of_what_is_given(code, params):
    given = set(params)
    chinese, english = sentences.REFUSALS[code]
    assert placeholders(chinese) <= given
    assert placeholders(english) <= given


@pytest.mark.parametrize("told", [sentences.REFUSALS, sentences.FAULTS, sentences.STEPS])
def test_both_languages_are_complete(told):
    for chinese, english in told.values():
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese)
        assert not any("\u4e00" <= character <= "\u9fff" for character in english)
        if told is not sentences.STEPS:
            assert placeholders(chinese) == placeholders(english)


def test_every_fault_code_has_a_sentence():
    assert set(sentences.FAULTS) == set(FAULT_CODES)


@pytest.mark.parametrize(
    ("cause", "chinese", "english"),
    [
        (
            {"kind": "pair_bar", "target": "T1", "department": "AMR", "barred": ["a", "b"]},
            "互斥",
            "a / b are barred",
        ),
        (
            {"kind": "group", "department": "AMR", "group": 2, "role": "lead"},
            "第 2 组",
            "Group 2 finds no lead",
        ),
        ({"kind": "no_group", "targets": ["T1", "T2"]}, "T1, T2", "No group may take 2 targets"),
        ({"kind": "groups", "demand": 9, "greatest": 7, "targets": []}, "需 9 户", "9 targets, 7 at most"),
    ],
)
def test_every_kind_of_shortage_is_told_in_both_languages(cause, chinese, english):
    ((told, in_english),) = sentences.shortages({"shortage": [cause]})
    assert chinese in told
    assert english in in_english
