"""A joint campaign lived by commands alone: lists, users, items, campaign, draw, results, disclosure, bundle."""

import csv
import json
from datetime import date

import pytest
from click.testing import CliRunner

from tests.scheduler.clocks import SetClock
from web.commands import main, service

DICE = "d10x20:31415926535897932384"
POSTS = ("registrar", "legal", "office", "planner", "approver", "reviewer", "publisher")
DEPARTMENTS = {"AMR": "A01", "FIRE": "B01"}


class Office:
    """Where commands are given: a database, a folder of files, a clock."""

    def __init__(self, database, folder, clock):
        self.database, self.folder, self.clock = database, folder, clock

    def run(self, *words, exit_code=0):
        """Give a command; what it said."""
        done = CliRunner().invoke(
            main, [*map(str, words), "--database", self.database], catch_exceptions=False
        )
        assert done.exit_code == exit_code, (words, done.output)
        return done

    def file(self, name, header, *rows):
        """A CSV file in the folder."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header.split(), *rows])
        return path

    def counts(self, done):
        """What an import counted."""
        told = dict(line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
        return tuple(int(told[name]) for name in ("rows", "added", "changed", "faults"))

    def campaign(self, *words, by):
        """A command on the campaign, in somebody's name."""
        return self.run("campaign", words[0], "2026-01", *words[1:], "--as", by)


@pytest.fixture
def office(database_url, tmp_path, monkeypatch):
    clock = SetClock("2026-03-02T09:00:00+08:00")
    monkeypatch.setattr(service, "CLOCK", clock)
    office = Office(database_url, tmp_path, clock)
    office.run("upgrade")
    return office


def fill(office):
    """Import every list the campaign needs, and make its users."""
    people = [
        (code, f"{code}{n:02d}", f"检查员{n}", "lead" if n < 4 else "", "*", 30, "执法证", f"Z{code}{n}", "2030-01-01")
        for code in DEPARTMENTS
        for n in range(6)
    ]  # fmt: skip
    stations = [(f"X{n:03d}", "other", f"第{n}加油站", "390102", "AB"[n % 2]) for n in range(40)]
    lists = {
        "jurisdictions": ("code name superior_code", [("390100", "某市", ""), ("390102", "东区", "390100")]),
        "departments": (
            "code name jurisdiction",
            [(code, f"{code}局", "390100") for code in (*DEPARTMENTS, "NOTARY")],
        ),
        "items": (
            "department code item legal_basis item_class",
            [
                (code, item, f"{code}检查", "《某法》第一条", "重点检查事项")
                for code, item in DEPARTMENTS.items()
            ],
        ),
        "targets": ("code code_kind name region risk_class", stations),
        "inspectors": (
            "department id name qualifications regions capacity "
            "certificate_kind certificate_number certificate_expires_on",
            people,
        ),
        "bars": ("inspector_id target_id ground", [("AMR00", "X000", "kinship")]),
    }
    for kind, (header, rows) in lists.items():
        more = ("--jurisdiction", "390100") if kind == "targets" else ()
        path = office.file(f"{kind}.csv", header, *rows)
        assert office.counts(office.run("import", kind, path, *more)) == (len(rows), len(rows), 0, 0)
        assert office.counts(office.run("import", kind, path, *more)) == (len(rows), 0, 0, 0)
    users = [
        (f"{code.lower()}.{post}", f"{code}-{post}", f"{code}{post}", code, "", post)
        for code in DEPARTMENTS
        for post in POSTS
    ]
    users += [
        (person[1].lower(), person[1], person[2], person[0], person[1], "inspector") for person in people
    ]
    users.append(("notary", "N1", "公证员", "NOTARY", "", "witness"))
    office.run(
        "user", "import", office.file("users.csv", "login number name department inspector roles", *users)
    )
    for code in DEPARTMENTS:
        for act, post in (("submit", "registrar"), ("pass", "legal"), ("confirm", "office")):
            office.run("item", act, "--all", "--as", f"{code.lower()}.{post}")


def plan(office):
    """Set up, answer, approve."""
    outline = {
        "code": "2026-01",
        "name": "加油站联合抽查",
        "legal_basis": "国办发〔2015〕58号",
        "kind": "targeted",
        "items": [f"{code}/{item}" for code, item in DEPARTMENTS.items()],
        "departments": [{"code": code} for code in DEPARTMENTS],
        "conditions": [{"field": "name_has", "values": ["加油站"]}],
        "first_day": "2026-03-02",
        "last_day": "2026-05-29",
        "strata_by": "risk_class",
        "rates": {"A": "20/100", "B": "30/100"},
        "witnesses": ["notary"],
    }
    path = office.folder / "outline.json"
    path.write_text(json.dumps(outline, ensure_ascii=False), encoding="utf-8")
    office.run("campaign", "create", path, "--as", "amr.planner")
    office.campaign("invite", by="amr.planner")
    refused = office.run("campaign", "submit", "2026-01", "--as", "amr.planner", exit_code=2)
    assert "campaign.not_answered" in refused.stderr
    office.campaign("answer", "--accept", "--comment", "同意", by="fire.planner")
    assert "入池 40" in office.campaign("pool", by="amr.planner").stderr
    office.campaign("submit", by="amr.planner")
    office.campaign("approve", by="amr.approver")


def draw(office):
    """Freeze, promise, commit, publish, reveal, enter twice, execute, dispatch."""
    words = office.folder / "words.txt"
    words.write_text("见证人自己写下的一句话，谁也猜不到它", encoding="utf-8")
    office.campaign("freeze", by="amr.planner")
    office.campaign("promise", "--text-file", words, by="notary")
    commitment = office.campaign("commit", by="amr.planner").stdout.strip()
    office.clock.pass_by(hours=1)
    office.campaign("publish", "市政府网站", "2026-03-02T09:30", by="amr.planner")
    office.campaign("reveal", "--text-file", words, by="notary")
    office.campaign("close-reveals", by="amr.planner")
    office.campaign("entropy", DICE, by="amr.planner")
    assert "种子已确定" in office.campaign("entropy", DICE, by="notary").stderr
    shown = office.campaign("execute", by="amr.planner").stdout
    assert commitment in shown
    office.campaign("dispatch", by="amr.planner")


def visits_of(office, by):
    """Department, target, state, lead of every visit that somebody sees."""
    rows = [line.split("\t") for line in office.campaign("visits", by=by).stdout.splitlines()]
    return [(row[0], row[1], row[3], row[5].split(";")[0].lower()) for row in rows]


def test_a_joint_campaign_is_lived_by_commands_to_disclosure_and_replay(office):
    fill(office)
    plan(office)
    draw(office)
    seen = visits_of(office, "amr.planner")
    assert len(seen) == 2 * (4 + 6)
    assert {row[0] for row in visits_of(office, "fire.planner")} == {"FIRE"}
    office.clock.pass_by(days=7)
    day = date(2026, 3, 9).isoformat()
    header = "department target login inspected_on code problem measures"
    rows = [(code, target, lead, day, "1", "", "") for code, target, _, lead in seen]
    wrong = [*rows[:-1], (*rows[-1][:2], "amr.planner", day, "ZZ", "", "")]
    refused = office.run("campaign", "results", "2026-01", office.file("w.csv", header, *wrong), exit_code=2)
    assert "w.csv:21" in refused.stderr
    assert {row[2] for row in visits_of(office, "amr.planner")} == {"open"}
    rows[0] = (*rows[0][:4], "D", "标价不清", "责令改正")
    office.run("campaign", "results", "2026-01", office.file("results.csv", header, *rows))
    for code in ("amr", "fire"):
        office.campaign("review", "--all", by=f"{code}.reviewer")
        assert "逾期 0 项" in office.campaign("disclose", "--all", by=f"{code}.publisher").stderr
    number, _, measure = office.campaign("follow-ups", by="amr.reviewer").stdout.strip().split("\t")
    assert measure == "责令改正"
    office.campaign("close-follow-up", number, "已整改", by="amr.reviewer")
    office.campaign("close", by="amr.planner")
    bundle = office.folder / "bundle.zip"
    office.campaign("bundle", "--out", bundle, by="amr.planner")
    checked = CliRunner().invoke(main, ["verify", str(bundle)])
    assert checked.exit_code == 0, checked.output
    office.run("doctor")
    assert "state\tclosed" in office.campaign("show", by="fire.planner").stdout
