"""`yaohao verify`: the check of a bundle."""

import sys
from pathlib import Path

import click

from matching.refused import Refused
from scheduler.inspection.audit import Checked, Differs, Replayed, check_bundle
from web import sentences
from web.commands import console

_SIGNS = {"verified": "✓", "unverifiable": "?", "wrong": "✗"}
WRONG = 1

EXAMPLES = """
\b
例 Examples:
  yaohao verify bundle.zip
  yaohao verify bundle.zip --target 91320602MA1ABCDE5X
\b
退出码 Exit codes: 0 无一不符 nothing wrong · 1 有不符之处 something does not follow
"""


@click.command(epilog=EXAMPLES)
@click.argument("bundle", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--target", metavar="ID", help="只查这一户，抽中与否均可 One target's own check, drawn or not.")
def verify(bundle: Path, target: str | None) -> None:
    """复核一个证据包：独立复核程序逐项检查，完整证据包再重新求解人员匹配。

    Check a bundle: every claim by the independent verifier, and in a full bundle the pairs solved again.
    """
    try:
        checked = check_bundle(console.read(bundle), target)
    except Refused as refused:
        console.refuse(refused)
    lines = [(claim.state, claim.claim, claim.detail) for claim in checked.claims] + _replayed(checked)
    for state, claim, detail in lines:
        click.echo(f"{_SIGNS[state]} {claim}: {detail}")
    if checked.wrong:
        _, claim, detail = next(line for line in lines if line[0] == "wrong")
        click.echo(f"✗ 不成立 does not follow: {claim}: {detail}", err=True)
        sys.exit(WRONG)
    click.echo("✓ 凡能检查的都成立。 Everything that can be checked follows.")


def _replayed(checked: Checked) -> list[tuple[str, str, str]]:
    match checked.replay:
        case None:
            return []
        case Replayed(files):
            names = ", ".join(files)
            return [
                (
                    "verified",
                    "replay",
                    f"重新抽取和求解，逐字节相同：{names}。 Solved again, equal to the byte.",
                )
            ]
        case Differs(file, line, told, replayed):
            place = f"{file} 第 {line} 行 line {line}"
            found = f"证据包 the bundle says {told!r}，复算 the replay gives {replayed!r}"
            return [("wrong", "replay", f"{place}: {found}")]
        case refused:
            return [("wrong", "replay", " / ".join(sentences.refusal(refused)))]
