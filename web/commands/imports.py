"""`yaohao import` and `yaohao template`: lists into the database, and files to fill in."""

import sys
from pathlib import Path

import click

from matching.refused import Refused
from scheduler.inspection.intake import KINDS, Circumstances, Imported, import_list
from scheduler.installation import open_installation
from web import sentences
from web.commands import console, service
from web.import_templates import template_file

_FILE = click.Path(path_type=Path, dir_okay=False)

IMPORT_EXAMPLES = """
\b
例 Examples:
  yaohao import targets 企业名单.csv --database sqlite:///yaohao.db --jurisdiction 320600 --dry-run
  yaohao import inspectors 执法人员.xlsx --database sqlite:///yaohao.db --valid-only --told 问题.txt
\b
种类 Kinds: """ + " ".join(KINDS)


@click.command("import", epilog=IMPORT_EXAMPLES, short_help="导入名单 Import a list into the database.")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.argument("file", type=_FILE)
@service.database_option
@click.option(
    "--department", help="报送部门代码；没有部门列时即为所属部门 The department that hands the list in."
)
@click.option("--jurisdiction", help="没有辖区列时的辖区代码 The jurisdiction of rows that name none.")
@click.option("--dry-run", is_flag=True, help="只说明会发生什么 Say what would happen, change nothing.")
@click.option(
    "--valid-only", is_flag=True, help="有问题的行除外，其余照常导入 Import the rows without a fault."
)
@click.option("--told", type=_FILE, help="把问题写入文件，缺省显示在屏幕 Write the faults here.")
@console.refusing
def import_(
    kind: str,
    file: Path,
    database: str,
    department: str | None,
    jurisdiction: str | None,
    dry_run: bool,
    valid_only: bool,
    told: Path | None,
) -> None:
    """把名单导入数据库：CSV、XLSX、XLS 或 ODS；有问题时整份不导入。

    Import a list, whole or not at all: rows that are new are added, rows that differ are changed, a column that the
    file lacks changes nothing. Ends with 2 where faults kept it from being applied.
    """
    if told and told.resolve() == file.resolve():
        raise Refused("file.same", file=str(file))
    circumstances = Circumstances(service.CLOCK.now(), department, jurisdiction)
    imported = import_list(
        open_installation(database), kind, file, circumstances, dry_run=dry_run, valid_only=valid_only
    )
    _tell_faults(imported, told)
    for name in ("rows", "added", "changed", "unchanged"):
        click.echo(f"{name}\t{getattr(imported, name)}")
    click.echo(f"faults\t{len(imported.faults)}")
    _say_outcome(imported, dry_run)
    if kind == "inspectors" and imported.applied and imported.changed:
        console.say(
            "检查人员名录有变动：请各部门执行 yaohao inspector refill，为已调离、停用人员未开始的检查补位。",
            "Inspectors changed: let each department run `yaohao inspector refill`.",
        )
    if imported.faults and not valid_only:
        sys.exit(console.BAD_INPUT)


@click.command(short_help="名单模板 A file to fill in.")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.option("--out", type=_FILE, required=True, help="写出的 .xlsx 或 .csv The file to write.")
@console.refusing
def template(kind: str, out: Path) -> None:
    """写出一份名单模板：表头在第一张表，示例和各列说明在第二张表。

    Write a file with the header of a list; in a workbook every column is text, so that no code loses a digit, and a
    second sheet explains the columns.
    """
    if out.suffix.lower() not in {".xlsx", ".csv"}:
        raise Refused("template.ending", file=str(out))
    console.write_new(out, template_file(kind, out.suffix.lower()))


def _tell_faults(imported: Imported, told: Path | None) -> None:
    lines = "".join(sentences.fault_line(each) + "\n" for each in imported.faults)
    if told:
        console.write(told, lines.encode())
    else:
        click.echo(lines, err=True, nl=False)


def _say_outcome(imported: Imported, dry_run: bool) -> None:
    if imported.passed_over:
        captions = "、".join(imported.passed_over)
        console.say(f"没有读取的列：{captions}。", "(columns that are not read)")
    if imported.applied:
        console.say("已导入。", "Applied.")
    elif dry_run:
        console.say(
            "试运行，没有导入；以上是没有问题的行会带来的变化。",
            "Dry run, nothing was applied; the rows without a fault would do this.",
        )
    else:
        console.say(
            "有问题，没有导入任何一行；以上是没有问题的行会带来的变化（--valid-only）。",
            "There are faults, and nothing was applied; with --valid-only the rows without a fault would do this.",
        )
