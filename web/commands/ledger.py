"""`yaohao ledger`: whether the operation ledger is as it was written."""

import re
import sys

import click

from scheduler.installation import open_as_it_is
from scheduler.ledger import BUSINESS, SECURITY, Broken, Kept, verify_ledger
from web.commands import console, service
from web.ledger_words import FAULTS

BROKEN = 1
EXAMPLE = """
\b
例 Example:
  yaohao ledger verify --database sqlite:///yaohao.db --head HASH:SEQ
"""


def _head(_: click.Context, __: click.Parameter, text: str | None) -> Kept | None:
    """A head as this command printed it."""
    if text is None:
        return None
    if not (parts := re.fullmatch(r"([0-9a-f]{64}):([1-9][0-9]{0,17})", text.strip())):
        raise click.BadParameter(
            "应为 HASH:SEQ，即本命令输出的末行摘要  not a head as this command prints it"
        )
    return Kept(int(parts[2]), parts[1])


@click.group(short_help="操作台账 The operation ledger.")
def ledger() -> None:
    """操作台账：每行以摘要与前一行相连。

    The operation ledger: every line is bound to the one before it by its hash.
    """


@ledger.command(epilog=EXAMPLE, short_help="核验台账 Check the ledger.")
@service.database_option
@click.option(
    "--head",
    callback=_head,
    metavar="HASH:SEQ",
    help="上次留存的业务台账末行 The head kept of the business chain.",
)
@click.option(
    "--security-head",
    callback=_head,
    metavar="HASH:SEQ",
    help="上次留存的安全台账末行 The head kept of the security chain.",
)
@console.refusing
def verify(database: str, head: Kept | None, security_head: Kept | None) -> None:
    """逐行核验操作台账，指出第一处错误；有错误时退出码为 1。输出的末行摘要请另处留存，下次以 --head 核对，
    否则截去末尾或整本重写无从发现。

    Check every line and name the first that is wrong; exit code 1 then. Keep the heads it prints elsewhere, and give
    them the next time: nothing else shows that the end was cut off, or all of it written anew.
    """
    kept = {chain: each for chain, each in ((BUSINESS, head), (SECURITY, security_head)) if each}
    found = verify_ledger(open_as_it_is(database), kept)
    for each in found:
        if isinstance(each, Broken):
            chinese, english = FAULTS[each.fault]
            click.echo(f"{each.chain}\t第 {each.seq} 行{chinese}  line {each.seq}: {english}")
        else:
            click.echo(f"{each.chain}\t{each.lines}\t{each.head}:{each.lines}")
    if any(isinstance(each, Broken) for each in found):
        sys.exit(BROKEN)
