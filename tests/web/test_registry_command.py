"""`yaohao registry` and `yaohao sample`: from a dirty list of enterprises to a draw that verifies."""

import csv
import json

import pytest
from click.testing import CliRunner

from data.sample.city import city
from web.commands import main

PLAN = {
    "purpose": "试抽",
    "quota": {"rates": {"before-1992": "1/4", "1992-1997": "1/4", "1998-2000": "1/4", "from-2001": "1/4"}},
    "teams": "per_target",
    "departments": [
        {"code": code, "size": 2, "leads": 1, "lead_qualification": "lead"} for code in ("AMR", "EM")
    ],
    "objectives": ["balance", "tickets"],
}


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture
def enterprises(tmp_path, monkeypatch):
    """Two hundred enterprises, three of which no registry could use."""
    monkeypatch.chdir(tmp_path)
    with open("enterprises.csv", "w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "uscc", "registered_on", "scope"])
        for place, target in enumerate(city().targets[:200]):
            writer.writerow([target.name, target.id, f"{1980 + place % 25}-03-01", "零售"])
        writer.writerow(["无码商店", "", "1999-01-01", ""])
        writer.writerow(["错码商店", "91390102MA0000000A", "1999-01-01", ""])
        writer.writerow(["科学计数商店", "9.13206E+17", "1999-01-01", ""])
    return tmp_path


def test_a_list_of_enterprises_becomes_a_draw_that_verifies(enterprises):
    made = run("registry", "enterprises.csv", "--told", "faults.txt", "--out", "targets.csv")
    assert made.exit_code == 0
    told = (enterprises / "faults.txt").read_text().splitlines()
    assert [line.split(":")[1] for line in told] == ["202", "203", "204"]
    assert sum(int(line.split("\t")[1]) for line in made.stdout.splitlines()) == 200
    roster = ("--departments", "AMR,EM", "--number", 60, "--capacity", 9, "--out", "roster")
    assert run("sample", "--roster-for", "targets.csv", *roster).exit_code == 0
    (enterprises / "plan.json").write_text(json.dumps(PLAN))
    bars = ("--bars", "roster/bars.csv", "--pair-bars", "roster/pair_bars.csv")
    registries = ("--targets", "targets.csv", "--inspectors", "roster/inspectors.csv", *bars)
    drawn = run("draw", "--plan", "plan.json", *registries, "--out", "bundle.zip")
    assert drawn.exit_code == 0, drawn.stderr
    assert run("verify", "bundle.zip").exit_code == 0


@pytest.mark.parametrize("content", ["", "name,uscc\nx,y\n", "name,uscc,registered_on\nx,y,1999\n"])
def test_a_list_that_gives_no_target_writes_no_registry(enterprises, content):
    (enterprises / "bad.csv").write_text(content)
    done = run("registry", "bad.csv", "--out", "targets.csv")
    assert (done.exit_code, "registry.no_targets" in done.stderr) == (2, True)
    assert not (enterprises / "targets.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("registry", "enterprises.csv", "--out", "enterprises.csv"), "file.same"),
        (("registry", "enterprises.csv", "--years", "x", "--out", "t.csv"), "registry.years"),
        (("registry", "enterprises.csv", "--years", "2001,1992", "--out", "t.csv"), "registry.years"),
        (("registry", "nothing.csv", "--out", "t.csv"), "file.unusable"),
        (("sample", "--roster-for", "enterprises.csv", "--out", "roster"), "registry.no_targets"),
        (
            ("sample", "--roster-for", "enterprises.csv", "--departments", ",", "--out", "r"),
            "registry.no_departments",
        ),
        (("sample", "--out", "enterprises.csv/x"), "file.unusable"),
        (("demo", "--no-serve", "--out", "enterprises.csv/x"), "file.unusable"),
    ],
)
def test_what_cannot_be_done_is_refused_without_a_crash(enterprises, arguments, code):
    before = (enterprises / "enterprises.csv").read_bytes()
    done = run(*arguments)
    assert (done.exit_code, code in done.stderr) == (2, True), done.stderr
    assert (enterprises / "enterprises.csv").read_bytes() == before
