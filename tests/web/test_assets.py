"""Everything a page needs lies here: what others made is unchanged, and no template asks the internet for anything."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
VENDOR = WEB / "static" / "vendor"
OTHERS = tomllib.loads((VENDOR / "vendor.toml").read_text())
OURS = sorted(
    each
    for folder in (WEB / "templates", WEB / "static")
    for each in folder.rglob("*")
    if each.is_file() and VENDOR not in each.parents
)
NEWER_THAN_CHROMIUM_90 = re.compile(
    r":has\(|color-mix\(|@container|@layer|@property|\bsubgrid\b|\blch\(|\boklch\(|\bdvh\b|\binset-inline|"
    r"structuredClone\(|\.at\(-?\d|\.toSorted\(|\.replaceAll\(|\.hasOwn\(|Object\.groupBy|\bstatic\s*\{"
)


@pytest.mark.parametrize("name", OTHERS)
def test_what_others_made_is_unchanged_and_has_its_licence(name):
    told = OTHERS[name]
    folder = VENDOR / f"{name}-{told['version']}"
    files = {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.iterdir()}
    assert files == told["sha256"]
    assert "LICENSE" in files
    assert told["licence"]
    assert told["integrity"].startswith("sha512-")


def test_nothing_of_others_lies_here_untold():
    told = {f"{name}-{each['version']}" for name, each in OTHERS.items()}
    assert {each.name for each in VENDOR.iterdir() if each.is_dir()} == told


@pytest.mark.parametrize("file", OURS, ids=lambda file: str(file.relative_to(WEB)))
def test_no_file_of_ours_asks_for_anything_outside(file):
    asked = re.findall(
        r"""(?:src|href|action|url\(|@import|fetch\()\s*[=(]?\s*["']?\s*(?:https?:)?//[^"'\s)]+""",
        file.read_text(),
    )
    assert asked == []


@pytest.mark.parametrize(
    "file",
    [each for each in OURS if each.suffix == ".html" and each.name != "report.html"],
    ids=lambda f: f.name,
)
def test_no_page_has_a_script_or_style_in_its_own_text(file):
    text = re.sub(r"{%.*?%}", "", file.read_text(), flags=re.DOTALL)
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag] == []
    # only words of the template itself are put in as they are
    assert "|safe" not in re.sub(r"'[^'{}<]*'\|safe|extra\|safe|'<br>'\|safe", "", text)


@pytest.mark.parametrize(
    "file", [each for each in OURS if each.suffix in (".css", ".js")], ids=lambda f: f.name
)
def test_an_old_chromium_understands_it(file):
    assert NEWER_THAN_CHROMIUM_90.findall(file.read_text()) == []


def test_the_rules_of_the_big_screen_hold_there_alone():
    text = (WEB / "static" / "ceremony.css").read_text()
    rules = re.sub(r"/\*.*?\*/|@media[^{]*\{|@keyframes.*", "", text)
    selectors = [each.strip() for heads in re.findall(r"([^{}]+)\{", rules) for each in heads.split(",")]
    assert len(selectors) > 50
    assert [each for each in selectors if not re.match(r"(html)?\.room\b", each)] == []
