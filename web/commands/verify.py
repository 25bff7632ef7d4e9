"""`yaohao verify`: the check of a bundle."""

import sys
import zipfile
from io import BytesIO
from pathlib import Path

import click

from matching.refused import Refused
from scheduler.inspection.audit import check_bundle
from web import sentences
from web.commands import console

WRONG, UNTOLD = 1, 2

EXAMPLES = """
\b
例 Examples:
  yaohao verify bundle.zip
  yaohao verify bundle.zip --target 91320602MA1ABCDE5X
\b
退出码 Exit codes: 0 无一不符 nothing wrong · 1 有不符之处 something does not follow ·
  2 所查编号不在名录中，或不是完整的证据包 no such ID in the list, or no whole bundle
"""


@click.command(epilog=EXAMPLES, short_help="复核证据包 Check a bundle.")
@click.argument("bundle", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--target", metavar="ID", help="另查这一户，抽中与否均可 Tell of this target too, drawn or not."
)
@click.option(
    "--trust",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="所信任的时间戳根证书、信标的链所在的文件夹 Folder of trusted roots of time stamps, and chains of beacons.",
)
@console.refusing
def verify(bundle: Path, target: str | None, trust: Path | None) -> None:
    """复核一个证据包：独立复核程序逐项检查，完整证据包再重新求解人员匹配。

    Check a bundle: every claim by the independent verifier, and in a full bundle the pairs solved again.
    """
    checked = check_bundle(_whole(console.read(bundle)), target, trust)
    lines = sentences.claims(checked)
    for claim, state, detail in lines:
        click.echo(f"{sentences.SIGNS[state]} {claim}: {detail}")
    if checked.wrong:
        claim, _, detail = next(line for line in lines if line[1] == "wrong")
        click.echo(f"✗ 不成立 does not follow: {claim}: {detail}", err=True)
        sys.exit(WRONG)
    click.echo("✓ {}  {}".format(*sentences.verdict(checked)))
    if ("target", "unverifiable") in [(claim, state) for claim, state, _ in lines]:
        sys.exit(UNTOLD)  # the draw stands; nothing could be told of the one that was asked for


def _whole(content: bytes) -> bytes:
    """The bundle, if it is one: of a file cut off on its way nothing is said of the draw."""
    if b'"draw-1/target"' in content[: 1 << 15]:
        raise Refused("bundle.is_a_proof")
    if not zipfile.is_zipfile(BytesIO(content)):
        raise Refused("bundle.not_a_zip")
    return content
