"""The direction of imports: matching and data know nothing of each other, scheduler stands on both, web on scheduler."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("matching", "data", "scheduler", "web")

# what a folder may import of ours; a dot means just this module and what is below it
ALLOWED = {
    "matching": {"matching"},
    "data": {"data"},
    "scheduler": {"scheduler", "matching", "data"},
    "web": {"web", "scheduler", "data.schemas", "matching.refused"},
}
FOREIGN = {
    "matching": {"flask", "sqlalchemy", "click", "apscheduler", "marshmallow", "requests"},
    "data": {"flask", "click", "apscheduler", "ortools"},
    "scheduler": {"flask", "click", "jinja2"},
    "web": {"sqlalchemy"},
}
STANDALONE = ROOT / "matching" / "verifier.py"


def imported(source: str) -> list[str]:
    """All modules that a source text imports, wherever in it, relative ones told as such."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append("." * node.level + (node.module or ""))
    return found


def _within(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(name + ".") for name in names)


def offences(layer: str, source: str) -> list[str]:
    """The imports of a source text that its layer may not make."""
    modules = imported(source)
    upwards = [m for m in modules if m.split(".")[0] in OURS and not _within(m, ALLOWED[layer])]
    return upwards + [m for m in modules if m.startswith(".") or _within(m, FOREIGN[layer])]


@pytest.mark.parametrize("layer", OURS)
def test_no_file_imports_against_the_direction_of_the_house(layer):
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files
    found = {str(file.relative_to(ROOT)): offences(layer, file.read_text()) for file in files}
    assert {file: modules for file, modules in found.items() if modules} == {}


def test_the_verifier_imports_nothing_but_the_standard_library():
    import sys

    modules = {module.split(".")[0] for module in imported(STANDALONE.read_text())}
    assert modules <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    ("layer", "source", "offence"),
    [
        ("matching", "def f():\n    from data.intake import records\n", "data.intake"),
        ("data", "import matching.draw.tables\n", "matching.draw.tables"),
        ("scheduler", "from web import app\n", "web"),
        ("web", "import sqlalchemy.orm\n", "sqlalchemy.orm"),
        ("web", "from data.models import campaigns\n", "data.models"),
        ("scheduler", "from flask import g\n", "flask"),
        ("matching", "from . import seed\n", "."),
    ],
)
def test_an_import_against_the_direction_is_found(layer, source, offence):
    assert offences(layer, source) == [offence]


def test_the_allowed_ways_are_not_offences():
    assert offences("scheduler", "import data.intake.records\nfrom matching.bundle import pack\n") == []
    assert (
        offences("web", "from data.schemas import target\nfrom scheduler.inspection import drawing\n") == []
    )
