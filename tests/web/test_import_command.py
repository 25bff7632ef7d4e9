"""`yaohao import` and `yaohao template` as a registrar at a terminal meets them."""

import csv
import hashlib
import io
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from data.intake.records import Source
from data.intake.sheets import open_sheet
from scheduler.inspection.intake import KINDS, columns_of
from web.commands import main
from web.import_columns import EXPLAINED
from web.import_templates import template_file

CODE = "91320684138804108P"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with a database, jurisdictions and departments in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YAOHAO_DATABASE", f"sqlite:///{tmp_path}/yaohao.db")
    assert run("upgrade").exit_code == 0
    Path("j.csv").write_text(
        "code,name,superior_code\n990000,示范省,\n990100,临澜市,990000\n990102,东关区,990100\n"
    )
    Path("d.csv").write_text("code,name,jurisdiction\nAMR,市场监管局,990100\n")
    assert run("import", "jurisdictions", "j.csv").exit_code == 0
    assert run("import", "departments", "d.csv").exit_code == 0
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(main, arguments)


def numbers(result) -> dict[str, int]:
    lines = (line.split("\t") for line in result.stdout.splitlines())
    return {name: int(number) for name, number in lines}


def targets() -> list[tuple]:
    with sqlite3.connect("yaohao.db") as connection:
        return connection.execute("SELECT code, name FROM target ORDER BY code").fetchall()


def test_a_list_comes_in_and_again_changes_nothing(desk):
    Path("t.csv").write_text(f"uscc,name,province\n{CODE},甲厂,示范\n", encoding="gb18030")
    dry = run("import", "targets", "t.csv", "--jurisdiction", "990100", "--dry-run")
    assert dry.exit_code == 0
    assert targets() == []
    done = run("import", "targets", "t.csv", "--jurisdiction", "990100")
    assert numbers(done) == numbers(dry) == {"rows": 1, "added": 1, "changed": 0, "unchanged": 0, "faults": 0}
    assert "province" in done.stderr
    assert targets() == [(CODE, "甲厂")]
    before = hashlib.sha256((desk / "yaohao.db").read_bytes()).hexdigest()
    again = run("import", "targets", "t.csv", "--jurisdiction", "990100")
    assert numbers(again) == {"rows": 1, "added": 0, "changed": 0, "unchanged": 1, "faults": 0}
    assert hashlib.sha256((desk / "yaohao.db").read_bytes()).hexdigest() == before


@pytest.mark.usefixtures("desk")
def test_faults_end_with_two_and_are_told_even_where_the_rest_is_taken():
    Path("t.csv").write_text(f"uscc,name\n{CODE},甲厂\n{CODE[:-1]}X,乙厂\n")
    refused = run("import", "targets", "t.csv", "--jurisdiction", "990100", "--told", "faults.txt")
    assert (refused.exit_code, targets()) == (2, [])
    line = f't.csv:3:uscc: not_a_uscc: "{CODE[:-1]}X"'
    assert Path("faults.txt").read_text().startswith(line)
    taken = run("import", "targets", "t.csv", "--jurisdiction", "990100", "--valid-only")
    assert (taken.exit_code, targets()) == (0, [(CODE, "甲厂")])
    assert line in taken.stderr
    assert numbers(taken)["faults"] == 1


@pytest.mark.usefixtures("desk")
def test_the_list_is_not_overwritten_by_its_faults():
    Path("t.csv").write_text("uscc,name\n1,甲厂\n")
    result = run("import", "targets", "t.csv", "--jurisdiction", "990100", "--told", "./t.csv")
    assert (result.exit_code, Path("t.csv").read_text()) == (2, "uscc,name\n1,甲厂\n")


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("import", "targets", "d.csv", "--jurisdiction", "1"), "import.no_such_jurisdiction"),
        (("import", "inspectors", "d.csv", "--department", "1"), "import.no_such_department"),
        (("import", "targets", "missing.csv", "--jurisdiction", "990100"), "file.unusable"),
        (("template", "targets", "--out", "t.doc"), "template.ending"),
    ],
)
def test_what_can_not_be_done_is_told_in_a_sentence(arguments, code):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(code + ": ")


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_explained_and_no_other(kind):
    assert list(EXPLAINED[kind]) == [column.name for column in columns_of(kind)]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_read_as_the_list_it_is_for(kind):
    for ending in (".csv", ".xlsx"):
        assert run("template", kind, "--out", f"t{ending}").exit_code == 0
        result = run("import", kind, f"t{ending}")
        assert (result.exit_code, numbers(result)["rows"], result.stderr.strip()) == (
            0,
            0,
            "已导入。  Applied.",
        )


@pytest.mark.usefixtures("desk")
def test_the_examples_of_the_templates_are_a_small_town_that_can_be_imported():
    for kind in KINDS:
        guide = CalamineWorkbook.from_filelike(io.BytesIO(template_file(kind, ".xlsx"))).get_sheet_by_index(1)
        rows = guide.to_python()[:2]
        if kind in {"jurisdictions", "departments"}:
            continue
        if kind == "inspectors":
            rows.append([{"LL0001": "LL0002"}.get(cell, cell) for cell in rows[1]])
            certificate = rows[0].index("执法证件号")
            rows[2][certificate] = "990100002"
        with open("example.csv", "w", newline="") as file:
            csv.writer(file).writerows(rows)
        result = run("import", kind, "example.csv")
        assert (result.exit_code, result.stderr.strip()) == (0, "已导入。  Applied."), kind


def test_the_columns_of_a_template_are_text():
    file = io.BytesIO()
    file.write(template_file("targets", ".xlsx"))
    sheet = open_sheet(Source("t.xlsx", file.getvalue()))
    assert [record.cells[0] for record in sheet.records] == ["统一社会信用代码"]
    import zipfile

    with zipfile.ZipFile(file) as parts:
        styles, cells = parts.read("xl/styles.xml").decode(), parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'numFmtId="49"' in styles  # the built-in format @
    assert '<col min="1" max="16" width="18.7109375" style="1"' in cells
