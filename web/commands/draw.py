"""`yaohao draw`: a verifiable draw from files, no database, no account."""

import json
import re
import secrets as randomness
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import click

from matching.refused import Refused
from scheduler.inspection.file_draw import (
    Drawn,
    Faulty,
    Frozen,
    Secrets,
    Signed,
    check_commitment,
    check_round,
    commit_draw,
    draw_committed,
    freeze_files,
    stamp_request,
)
from web import sentences
from web.commands import console
from web.readme import readme

CHINA = ZoneInfo("Asia/Shanghai")  # business dates are China's
_WHEN = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d)?)?"  # what every Python reads alike
SHORT = 3

EXAMPLES = """
\b
例 Examples:
  yaohao draw --plan plan.json --targets targets.csv --inspectors inspectors.csv --out bundle.zip
  yaohao draw --plan plan.json --targets t.xlsx --inspectors i.xlsx --bars b.csv --commit-only commit.json
  yaohao draw --plan plan.json --targets t.xlsx --inspectors i.xlsx --bars b.csv --commit commit.json \\
              --published '市政府网站, 2026-11-22T09:00' --entropy d10x20:31415926535897932384 --out bundle.zip
\b
退出码 Exit codes: 0 完成 done · 2 输入有误，未抽取 bad input, nothing drawn · 3 人员缺口 shortage of inspectors
"""

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(epilog=EXAMPLES, short_help="抽取并匹配人员 Draw targets and pair inspectors.")
@click.option("--plan", "plan_path", type=_FILE, required=True, help="抽取方案 The plan (JSON).")
@click.option("--targets", type=_FILE, required=True, help="检查对象名录 Registry of targets (CSV, XLSX).")
@click.option("--inspectors", type=_FILE, required=True, help="检查人员名录 Registry of inspectors.")
@click.option("--bars", type=_FILE, help="人员与对象的回避 Bars between inspectors and targets.")
@click.option("--pair-bars", type=_FILE, help="人员之间的回避 Bars between inspectors.")
@click.option(
    "--secret", metavar="HEX64", help="抽取秘密；缺省随机生成 The secret; fresh and random by default."
)
@click.option("--salt", metavar="HEX64", help="盐秘密；缺省随机生成 The salt secret; fresh by default.")
@click.option(
    "--entropy",
    metavar="TEXT",
    help="外部随机数 Outside entropy, written d10x20:…, d6x25:…, lottery:…, beacon:… or text:… ; without it a random "
    "text:, which proves nothing.",
)
@click.option("--commit-only", type=_FILE, help="第一步：只写承诺 First step: write the commitment and stop.")
@click.option(
    "--commit", "commit_path", type=_FILE, help="第二步：按承诺抽取 Second step: draw as committed."
)
@click.option(
    "--published",
    multiple=True,
    metavar="'WHERE, WHEN'",
    help="承诺公布的地点和时间 Where and when C was published.",
)
@click.option(
    "--timestamp",
    type=_FILE,
    help="承诺的时间戳（.tsr），有根证书才算公布 Time stamp of C, RFC 3161; counts as published where its root is known.",
)
@click.option(
    "--beacon-answer", type=_FILE, help="信标的答复（JSON） The beacon's answer, with its signature."
)
@click.option("--out", type=_FILE, help="证据包 The bundle to write (zip).")
@console.refusing
def draw(
    plan_path: Path,
    targets: Path,
    inspectors: Path,
    bars: Path | None,
    pair_bars: Path | None,
    secret: str | None,
    salt: str | None,
    entropy: str | None,
    commit_only: Path | None,
    commit_path: Path | None,
    published: Sequence[str],
    timestamp: Path | None,
    beacon_answer: Path | None,
    out: Path | None,
) -> None:
    """依据文件抽取检查对象并匹配检查人员，写出任何人可复核的证据包。

    Draw targets and pair inspectors from files, and write a bundle that anyone can replay.
    """
    if (commit_only is None) == (out is None) or (commit_only and commit_path):
        raise click.UsageError(
            "--commit-only FILE，或 --out FILE（可加 --commit FILE）  either --commit-only or --out"
        )
    if commit_only and (entropy or published or timestamp or beacon_answer):
        raise click.UsageError(
            "--entropy、--published、--timestamp 属于第二步  "
            "--entropy, --published and --timestamp belong to the second step"
        )
    named = {"targets": targets, "inspectors": inspectors, "bars": bars, "pair_bars": pair_bars}
    paths = {name: path for name, path in named.items() if path}
    tell = console.progress()
    frozen = freeze_files(
        read_json(plan_path), {name: (path.name, console.read(path)) for name, path in paths.items()}, tell
    )
    if isinstance(frozen, Faulty):
        _tell_faults(frozen)
    if commit_only:
        _commit(frozen, _fresh_secrets(secret, salt), commit_only, tell)
        return
    assert out
    console.keep(out)
    signed = Signed(_given(timestamp), (_given(beacon_answer) or b"").decode("utf-8-sig", "replace"))
    drawn = _draw(frozen, secret, salt, entropy, commit_path, published, signed, tell)
    console.write(out, drawn.packed(), private=True)
    _show(drawn, out)


def _commit(frozen: Frozen, secrets: Secrets, path: Path, tell: console.Tell) -> None:
    """The commitment goes to the public, the secrets beside it to nobody."""
    check_round(frozen, _now())
    commitment = commit_draw(frozen, secrets, tell)
    kept = {
        "secret": secrets.secret.hex(),
        "salt_secret": secrets.salt_secret.hex(),
        "committed_at": _now().isoformat(timespec="seconds"),
    }
    if path.exists():  # asked before the secret is written, which would be left alone
        raise Refused("file.exists", file=str(path))
    console.write_new(_secret_path(path), json.dumps(kept).encode(), private=True)
    console.write_new(path, commitment.file())
    console.write_new(path.with_name(path.name + ".tsq"), stamp_request(commitment))
    click.echo(commitment.commit.hex())
    console.say(
        f"请现在公布上面的承诺值 C，再产生随机数；秘密在 {_secret_path(path)}，请妥善保管。",
        "Publish C (or the whole commitment file) before the entropy exists; the secret file is for nobody else.",
    )


def _draw(
    frozen: Frozen,
    secret: str | None,
    salt: str | None,
    entropy: str | None,
    commit_path: Path | None,
    published: Sequence[str],
    signed: Signed,
    tell: console.Tell,
) -> Drawn:
    now = _now()
    if commit_path:
        if secret or salt:
            raise Refused("secret.with_commitment")
        secrets, committed_at = _kept_secrets(commit_path)
        commitment = commit_draw(frozen, secrets, tell)
        check_commitment(_committed(commit_path), commitment)
    else:
        if published or signed.stamp:
            raise Refused("published.without_commitment")
        check_round(frozen, now)
        secrets, committed_at = _fresh_secrets(secret, salt), now
        commitment = commit_draw(frozen, secrets, tell)
    return draw_committed(
        frozen,
        secrets,
        commitment,
        entropy or f"text:{randomness.token_hex(16)}",
        [_published(each) for each in published],
        committed_at,
        now,
        readme,
        tell,
        signed,
    )


def _given(path: Path | None) -> bytes | None:
    return console.read(path) if path else None


def _now() -> datetime:
    return datetime.now(CHINA)


def _fresh_secrets(secret: str | None, salt: str | None) -> Secrets:
    return Secrets(_hex64("--secret", secret), _hex64("--salt", salt))


def _hex64(option: str, written: str | None) -> bytes:
    if written is None:
        return randomness.token_bytes(32)
    if not re.fullmatch("[0-9a-fA-F]{64}", written):
        raise Refused("secret.not_hex", option=option)
    return bytes.fromhex(written)


def _secret_path(path: Path) -> Path:
    return path.with_name(path.name + ".secret")


def _kept_secrets(path: Path) -> tuple[Secrets, datetime]:
    beside = _secret_path(path)
    if not beside.exists():
        raise Refused("file.secret_missing", file=str(beside))
    kept = read_json(beside)
    try:
        secrets = Secrets(bytes.fromhex(kept["secret"]), bytes.fromhex(kept["salt_secret"]))
        return secrets, datetime.fromisoformat(kept["committed_at"])
    except (KeyError, TypeError, ValueError):
        raise Refused("commitment.unreadable", file=str(beside)) from None


def _committed(path: Path) -> dict[str, Any]:
    committed = read_json(path)
    if not isinstance(committed, dict):
        raise Refused("commitment.unreadable", file=str(path))
    return committed


def read_json(path: Path) -> Any:
    """A JSON file, each key once in every object; Refused `json.unreadable`."""
    try:
        return json.loads(console.read(path).decode("utf-8-sig"), object_pairs_hook=_each_key_once)
    except UnicodeDecodeError:
        raise Refused(
            "json.unreadable", where=path.name, problem="请另存为 UTF-8, save it as UTF-8"
        ) from None
    except (ValueError, RecursionError) as problem:
        raise Refused("json.unreadable", where=path.name, problem=str(problem)) from None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if twice := [key for place, key in enumerate(keys) if key in keys[:place]]:
        raise ValueError(f"the key {twice[0]!r} stands twice")
    return dict(pairs)


def _published(written: str) -> dict[str, str]:
    """'where, when' with a date or a date and time; the last comma parts them."""
    found = re.fullmatch(rf"\s*([^\x00-\x1f\x7f]*\S)\s*[,，]\s*({_WHEN})\s*", written)
    try:
        datetime.fromisoformat(found[2] if found else "")
    except ValueError:
        raise Refused("published.form", value=written) from None
    assert found
    return {"where": found[1], "when": found[2]}


def _tell_faults(faulty: Faulty) -> NoReturn:
    for each in faulty.faults:
        click.echo(sentences.fault_line(each), err=True)
    console.refuse(Refused("registries.faulty", count=len(faulty.faults)))


def _show(drawn: Drawn, out: Path) -> None:
    """The result for the person, and for a program the shortage as JSON."""
    each = drawn.circumstances
    for stratum in each.strata:
        console.say(
            f"分层 {stratum.stratum}：{stratum.rows} 户抽 {stratum.quota} 户。",
            f"Stratum {stratum.stratum}: {stratum.quota} of {stratum.rows} drawn.",
        )
    named = each.plan.entropy is not None
    for chinese, english in sentences.warnings(each.bits, named, each.self_drawn, each.short):
        console.say(f"警告：{chinese}。", f"WARNING: {english}.")
    console.say(f"证据包：{out}；复核：yaohao verify {out}", "(the bundle, and how to check it)")
    if drawn.shortage:
        for chinese, english in sentences.shortages(drawn.shortage):
            console.say(chinese, english)
        click.echo(json.dumps(drawn.shortage, ensure_ascii=False))
        console.say(
            "人员缺口：抽出的对象不变，尚未匹配人员。", "Shortage: the drawn targets stand, nobody is paired."
        )
        sys.exit(SHORT)
