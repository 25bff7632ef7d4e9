"""`yaohao ledger`: whether the operation ledger is as it was written, and what was signed of it."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from matching.refused import Refused
from scheduler.checkpoints import check_signing, newest
from scheduler.consistency import (
    Breaks,
    Continues,
    by_database,
    by_proof,
    proof_file,
    public_key,
    verifier_of,
)
from scheduler.installation import open_as_it_is, open_installation
from scheduler.ledger import BUSINESS, CHAINS, SECURITY, Broken, Kept, verify_ledger
from scheduler.ledger_key import find_key, key_file
from scheduler.transaction import EVERYTHING, reading
from web.commands import console, service
from web.ledger_words import BREAKS, FAULTS
from web.settings import from_environment

BROKEN = 1
EXAMPLE = """
\b
例 Example:
  yaohao ledger verify --database sqlite:///yaohao.db --head HASH:SEQ
"""
CONSISTENCY_EXAMPLES = """
\b
例 Examples:
  yaohao ledger consistency monday.txt                                     # 与数据库中的台账 with the database
  yaohao ledger prove monday.txt friday.txt --out proof.json
  yaohao ledger consistency monday.txt friday.txt --proof proof.json --key VKEY   # 不需要数据库 without a database
\b
退出码 Exit codes: 0 一致 consistent · 1 不一致 not consistent · 2 输入有误 bad input
"""
_FILE = click.Path(path_type=Path, dir_okay=False)


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


@ledger.command(short_help="验证公钥 The public keys.")
@service.database_option
@console.refusing
def key(database: str) -> None:
    """写出两本台账的验证公钥，每行一个，交给其他部门留存；没有密钥时先生成。

    Print the public keys of both chains, for other departments to keep; the key is made where there is none yet.
    """
    found = service.ledger_key(database)
    if found is None:
        raise Refused("checkpoint.no_key")
    for chain in CHAINS:
        click.echo(found.verifier(chain).vkey)


@ledger.command(short_help="最新检查点 The newest checkpoint.")
@click.option(
    "--chain", type=click.Choice(CHAINS), default=BUSINESS, show_default=True, help="台账 The chain."
)
@click.option("--out", type=_FILE, help="写入的文件 The file to write; else it is printed.")
@service.database_option
@console.refusing
def checkpoint(chain: str, out: Path | None, database: str) -> None:
    """写出最新的检查点，交给其他部门留存；到期未签署的先行签署。

    Write the newest checkpoint, for another department to hold; what is due is signed first.
    """
    opened = open_installation(database)
    service.sign_ledger(database, opened)
    with reading(opened, EVERYTHING) as session:
        check_signing(session, chain, service.CLOCK.now())
        note = newest(session, chain)
    if note is None:
        raise Refused("checkpoint.none", chain=chain)
    if out is None:
        click.echo(note, nl=False)
    else:
        console.write_new(out, note.encode())


@ledger.command(epilog=CONSISTENCY_EXAMPLES, short_help="检查点是否一致 Does the ledger continue?")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE, required=False)
@click.option("--proof", type=_FILE, help="一致性证明；不再读取数据库 A proof; no database is read then.")
@click.option("--key", "vkey", metavar="VKEY", help="验证公钥；缺省为本系统的 The public key; else our own.")
@service.database_option
@console.refusing
def consistency(old: Path, new: Path | None, proof: Path | None, vkey: str | None, database: str) -> None:
    """核对检查点：签名无误，且 NEW 的台账以 OLD 的各行开头。没有 NEW 时，与数据库中现有的台账核对。

    Whether both checkpoints are rightly signed and NEW begins with the lines of OLD; without NEW, the ledger as it
    stands in the database.
    """
    if proof and not new:
        raise click.UsageError("--proof 需要 OLD 和 NEW  a proof is of two checkpoints")
    first, second = console.read(old), console.read(new) if new else None
    verifier = public_key(vkey) if vkey else _own_key(first, database)
    if proof and second is not None:
        found = by_proof(verifier, first, second, _proof(proof))
    else:
        found = by_database(open_as_it_is(database), verifier, first, second)
    _tell(found)


@ledger.command(epilog=CONSISTENCY_EXAMPLES, short_help="写出证明 Write a proof.")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--out", type=_FILE, required=True, help="写入的文件 The file to write.")
@click.option("--key", "vkey", metavar="VKEY", help="验证公钥；缺省为本系统的 The public key; else our own.")
@service.database_option
@console.refusing
def prove(old: Path, new: Path, out: Path, vkey: str | None, database: str) -> None:
    """写出 NEW 延续 OLD 的一致性证明，没有数据库的人凭它即可核对。

    Write the proof that NEW continues OLD, by which anybody can check it without the database.
    """
    first, second = console.read(old), console.read(new)
    verifier = public_key(vkey) if vkey else _own_key(first, database)
    found = by_database(open_as_it_is(database), verifier, first, second)
    if isinstance(found, Continues):
        told = json.dumps(proof_file(found), ensure_ascii=False, indent=1)
        console.write_new(out, told.encode() + b"\n")
    _tell(found)


def _own_key(note: bytes, database: str) -> Any:
    file = key_file(database, from_environment().ledger_key)
    return verifier_of(note, find_key(file) if file else None)


def _proof(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(console.read(path))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Refused("proof.form")
    return told


def _tell(found: Continues | Breaks) -> None:
    """What came of it, in a sentence; the exit code too."""
    if isinstance(found, Continues):
        click.echo(f"✓ 一致：{found.origin} 的 {found.new} 行以 {found.old} 行开头。  consistent: "
                   f"the {found.new} lines begin with the {found.old}.")  # fmt: skip
        return
    chinese, english = (told.format_map(_shown(found)) for told in BREAKS[found.fault])
    click.echo(f"✗ 不一致：{chinese}。  not consistent: {english}.")
    sys.exit(BROKEN)


def _shown(found: Breaks) -> dict[str, str | int]:
    return {name: str(told).upper() if name == "which" else told for name, told in found.params.items()}
