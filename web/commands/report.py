"""`yaohao report`: a bundle as a page to read."""

from pathlib import Path

import click

from scheduler.inspection.audit import check_bundle, unpack
from web import sentences
from web.commands import console
from web.report import report as report_of

EXAMPLE = """
\b
例 Example:
  yaohao report bundle.zip --out report.html
"""

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(epilog=EXAMPLE, short_help="写出可直接打开的报告 Write a report that opens from disk.")
@click.argument("bundle", type=_FILE)
@click.option("--out", type=_FILE, required=True, help="写出的网页 The page to write (HTML).")
@console.refusing
def report(bundle: Path, out: Path) -> None:
    """复核一个证据包，写出可双击打开的报告：抽了谁、谁去查、为什么可信。

    Check a bundle and write a page that opens from disk. The report of a full bundle names inspectors: it is internal.
    """
    packed = console.read(bundle)
    checked = check_bundle(packed)
    console.write(out, report_of(unpack(packed), checked, {}).encode(), private=True)
    if checked.wrong:
        console.say("报告已写出：证据包不成立。", "The report is written: the bundle does not follow.")
    else:
        console.say(*sentences.verdict(checked))
