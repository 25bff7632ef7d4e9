"""`yaohao demo`: a joint petrol-station campaign of the sample city, from registries to a checked bundle."""

import json
import secrets as randomness
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from scheduler.inspection.audit import check_bundle
from scheduler.inspection.drawing import Drawn, Frozen, Secrets, commit_draw, draw_committed, freeze_files
from scheduler.inspection.registries import City, sample_city
from web import sentences
from web.app import verifier_program
from web.commands import console
from web.readme import readme
from web.report import report

PLAN: dict[str, Any] = {
    "number": "示范-2026-0001",
    "purpose": "加油站部门联合抽查（示范）",
    "legal_basis": "国办发〔2015〕58号",
    "quota": {"rates": {"A": "10/100", "B": "20/100", "C": "40/100", "D": "100/100"}, "at_least_one": True},
    "teams": "per_target",
    "departments": [
        {"code": code, "size": 2, "leads": 1, "lead_qualification": "lead"} for code in ("AMR", "FIRE", "EM")
    ],
    "objectives": ["balance", "tickets"],
    "entropy": "d10x20",
}

NAMES = {
    "A": "A 类",
    "B": "B 类",
    "C": "C 类",
    "D": "D 类",
    "kinship": "亲属关系",
    "former_employer": "原工作单位",
    "shareholding": "持有股份",
    "former_colleague": "原同事",
}


@click.command(short_help="示范：从名录到报告 From registries to a report.")
@click.option(
    "--out",
    default="demo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="写入的文件夹 The folder to write.",
)
@console.refusing
def demo(out: Path) -> None:
    """示范：生成示范城市，三部门联合抽查加油站，复核，并写出可直接打开的报告。

    Make the sample city, draw a joint petrol-station campaign of three departments, verify it, write a report.
    """
    city = sample_city(out)
    console.say(
        f"{city.name}：检查对象 {len(city.targets)}，检查人员 {len(city.inspectors)}，部门 {len(city.departments)}。",
        f"Sample city: {len(city.targets)} targets, {len(city.inspectors)} inspectors.",
    )
    console.write(out / "plan.json", json.dumps(PLAN, ensure_ascii=False, indent=1).encode())
    drawn = _draw(out)
    bundle = drawn.packed()
    console.write(out / "bundle.zip", bundle, private=True)
    _verify_and_report(out, bundle, drawn, city)


def _draw(folder: Path) -> Drawn:
    """Freeze, commit, throw dice, draw: in the order in which nobody can choose the outcome."""
    registries = {
        "targets": "petrol_stations.csv",
        "inspectors": "inspectors.csv",
        "bars": "petrol_bars.csv",
        "pair_bars": "pair_bars.csv",
    }
    tell = console.progress()
    files = {table: (name, (folder / name).read_bytes()) for table, name in registries.items()}
    frozen = freeze_files(PLAN, files, tell)
    assert isinstance(frozen, Frozen), "the city's own files have no faults"
    secrets = Secrets(randomness.token_bytes(32), randomness.token_bytes(32))
    committed_at = datetime.now(ZoneInfo("Asia/Shanghai"))
    commitment = commit_draw(frozen, secrets, tell)
    console.say(f"承诺值 C = {commitment.commit.hex()}", "(to be published before the dice are thrown)")
    dice = "d10x20:" + "".join(str(randomness.randbelow(10)) for _ in range(20))
    console.say(f"掷骰（示范由本机代掷）：{dice}", "Dice, thrown by this machine for the demo.")
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    return draw_committed(frozen, secrets, commitment, dice, [], committed_at, now, readme, tell)


def _verify_and_report(folder: Path, bundle: bytes, drawn: Drawn, city: City) -> None:
    checked = check_bundle(bundle)
    if checked.wrong or drawn.shortage:
        raise SystemExit("示范没有通过复核。 The demo's own bundle does not verify.")
    console.say(*sentences.verdict(checked))
    names = {each.code: each.name for each in (*city.departments, *city.districts)}
    console.write(folder / "report.html", report(drawn.files, checked, names | NAMES).encode())
    console.write(folder / "verifier.py", verifier_program())
    where = (folder / "report.html").resolve()
    console.say(f"报告：{where}（双击即可打开；或 make serve）", "Open the report from disk, or make serve.")
    console.say(
        f"自己复核：python3 {folder / 'verifier.py'} {folder / 'bundle.zip'}",
        "Check it yourself with one file and nothing installed.",
    )
