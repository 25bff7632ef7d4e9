"""`yaohao demo`: a joint petrol-station campaign of the sample city, from registries to disclosure, then served."""

from pathlib import Path

import click

from matching.refused import Refused
from scheduler.inspection.audit import check_bundle, unpack
from scheduler.inspection.registries import sample_city
from scheduler.installation import is_empty, is_of_demo, upgrade
from scheduler.ledger import CHAINS
from scheduler.ledger_key import ENDING
from scheduler.ledger_memory import Memory
from web import sentences
from web.commands import console, service
from web.commands.serving import PORT, serve_app
from web.public.portal import verifier_program
from web.report import report
from web.settings import Settings
from web.story import CODE, PASSPHRASE, PASSWORD, Story
from web.words import WORDS

_SHOWN = 3  # of the many with one role
NAMES = {
    "kinship": "亲属关系",
    "former_employer": "原工作单位",
    "shareholding": "持有股份",
    "former_colleague": "原同事",
}


@click.command(short_help="示范：从名录到公示 From registries to disclosure.")
@click.option(
    "--out",
    default="demo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="写入的文件夹 The folder to write.",
)
@click.option(
    "--database",
    metavar="URL",
    help="空的数据库；缺省在文件夹中新建 An empty database; a new one by default.",
)
@click.option("--serve/--no-serve", default=True, help="最后在本机展示 Show it on this machine at the end.")
@click.option("--port", default=PORT, show_default=True, help="端口 Port.")
@console.refusing
def demo(out: Path, database: str | None, serve: bool, port: int) -> None:
    """示范：示范城市三部门联合抽查加油站，从导入名录到结果公示，复核证据包，写出报告并在本机展示。

    A joint campaign of three departments of the sample city, from import to disclosure; the bundle verified, a report
    written and served. Every step is a use case of the product.
    """
    out.mkdir(parents=True, exist_ok=True)
    url = database or _fresh(out / "demo.db")
    if not is_empty(url):
        raise Refused("demo.database_not_empty")
    now = service.CLOCK.now()
    opened = upgrade(url, now).database
    service.sign_ledger(url, opened)
    bundle = (story := Story(opened, now)).tell()
    service.sign_ledger(url, opened)
    console.write(out / "bundle.zip", bundle, private=True)
    _verify_and_report(out, bundle)
    _tell_accounts(story)
    if serve:
        serve_app(Settings(database=url), port=port)


def _fresh(path: Path) -> str:
    """The demo's own database, made anew each time; Refused where the file holds anything but what a demo invented."""
    if path.exists() and not is_of_demo(f"sqlite:///{path}", CODE):
        raise Refused("demo.database_not_empty")
    # the key as well: it would sign another ledger under the name of the one before
    for ending in ("", "-journal", "-wal", ENDING):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    for chain in CHAINS:
        Memory(path.with_name(path.name + ENDING)).file(chain).unlink(missing_ok=True)
    return f"sqlite:///{path}"


def _verify_and_report(folder: Path, bundle: bytes) -> None:
    checked = check_bundle(bundle)
    if checked.wrong:
        raise SystemExit("示范没有通过复核。 The demo's own bundle does not verify.")
    console.say(*sentences.verdict(checked))
    city = sample_city(folder)
    names = {each.code: each.name for each in (*city.departments, *city.districts)}
    console.write(folder / "report.html", report(unpack(bundle), checked, names | NAMES).encode())
    console.write(folder / "verifier.py", verifier_program())
    where = (folder / "report.html").resolve()
    console.say(f"报告：{where}（双击即可打开）", "Open the report from disk.")
    console.say(
        f"自己复核：python3 {folder / 'verifier.py'} {folder / 'bundle.zip'}",
        "Check it yourself with one file and nothing installed.",
    )


def _tell_accounts(story: Story) -> None:
    """Who can do what in the demo; the commands take the login with --as."""
    roles: dict[str, list[str]] = {}
    for login, _, role in story.accounts:
        roles.setdefault(role, []).append(login)
    console.say(
        f"示范用户（网站登录，密码都是 {PASSWORD}；命令用 --as）：",
        f"The demo's users, to log in with the password {PASSWORD} (commands take --as):",
    )
    for role, logins in roles.items():
        shown = logins if len(logins) <= _SHOWN else [*logins[:_SHOWN], "…"]
        click.echo(f"  {' '.join(WORDS['role'][role]):24} {', '.join(shown)}", err=True)
    console.say(f"保管人的口令都是“{PASSPHRASE}”。", "The passphrase of each custodian.")
