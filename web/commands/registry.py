"""`yaohao registry` and `yaohao sample`: registries for a draw."""

from pathlib import Path

import click

from matching.refused import Refused
from scheduler.inspection.registries import sample_city, targets_from_enterprises, trial_roster
from web import sentences
from web.commands import console

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)

REGISTRY_EXAMPLE = """
\b
例 Example:
  yaohao registry enterprises.csv --years 1992,1998,2001 --out targets.csv --told faults.txt
"""

SAMPLE_EXAMPLES = """
\b
例 Examples:
  yaohao sample --out city
  yaohao sample --roster-for targets.csv --departments AMR,FIRE,EM --number 1000 --out roster
"""


@click.command(epilog=REGISTRY_EXAMPLE, short_help="企业名单转为对象名录 Make targets from enterprises.")
@click.argument("enterprises", type=_FILE)
@click.option("--out", type=_FILE, required=True, help="写出的检查对象名录 targets.csv to write.")
@click.option("--told", type=_FILE, help="把不能用的行写入文件，缺省显示在屏幕 Write the unusable rows here.")
@click.option(
    "--years",
    default="1992,1998,2001",
    show_default=True,
    help="分层的年份界限 Years at which the strata are cut.",
)
@console.refusing
def registry(enterprises: Path, out: Path, told: Path | None, years: str) -> None:
    """由企业名单（name 企业名称、uscc 统一社会信用代码、registered_on 成立日期 三列）生成检查对象名录。

    Make targets from a list of enterprises: the id is a valid USCC or an old registration number, the region the
    division in it, the stratum the period of registration. Every row that can't be used is told.
    """
    if len({enterprises.resolve(), out.resolve(), told and told.resolve()}) < 3:
        raise Refused("file.same", file=str(out))
    made = targets_from_enterprises(enterprises.name, console.read(enterprises), _years(years))
    lines = "".join(sentences.fault_line(each) + "\n" for each in made.faults)
    if told:
        console.write(told, lines.encode())
    else:
        click.echo(lines, err=True, nl=False)
    if not made.strata:
        raise Refused("registry.no_targets", file=str(enterprises))
    console.write(out, made.file)
    for stratum, rows in sorted(made.strata.items()):
        click.echo(f"{stratum}\t{rows}")
    console.say(
        f"检查对象 {sum(made.strata.values())}，区域 {len(made.regions)}，问题 {len(made.faults)}。",
        f"{sum(made.strata.values())} targets, {len(made.regions)} regions, {len(made.faults)} faults told.",
    )


@click.command(epilog=SAMPLE_EXAMPLES, short_help="示范城市或试用人员 The sample city, or a roster to try.")
@click.option("--out", type=_FOLDER, required=True, help="写入的文件夹 The folder to write.")
@click.option(
    "--roster-for", type=_FILE, help="为这份 targets.csv 生成试用人员 Made-up inspectors for these targets."
)
@click.option("--departments", default="AMR,FIRE,EM", show_default=True, help="部门代码 Department codes.")
@click.option("--number", default=400, show_default=True, type=click.IntRange(1), help="人数 How many.")
@click.option(
    "--capacity", default=20, show_default=True, type=click.IntRange(0), help="承办上限 Capacity of each."
)
@console.refusing
def sample(out: Path, roster_for: Path | None, departments: str, number: int, capacity: int) -> None:
    """生成示范城市的名录，或为已有的检查对象生成试用的检查人员。

    Write the sample city's registries, or made-up inspectors for targets you have.
    """
    if roster_for is None:
        made = sample_city(out)
        console.say(
            f"{made.name}：检查对象 {len(made.targets)}，检查人员 {len(made.inspectors)}。",
            f"{len(made.targets)} targets, {len(made.inspectors)} inspectors.",
        )
        return
    codes = [code.strip() for code in departments.split(",") if code.strip()]
    files = trial_roster(roster_for.name, console.read(roster_for), codes, number, capacity)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        console.write(out / name, content)
    console.say(f"已写入 {out}：{'、'.join(files)}。", "(made-up people, for trying a draw)")


def _years(written: str) -> list[int]:
    try:
        return [int(year) for year in written.split(",")]
    except ValueError:
        raise Refused("registry.years", value=written) from None
