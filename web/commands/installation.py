"""`yaohao upgrade`, `yaohao doctor`, `yaohao user`, `yaohao item`: the installation, its people and its list of items."""

import sys
from datetime import datetime
from pathlib import Path

import click

from scheduler import accounts
from scheduler.back_fill import NotDone
from scheduler.inspection import items, staff
from scheduler.installation import examine, open_installation
from scheduler.installation import upgrade as upgrade_database
from scheduler.transaction import EVERYTHING, reading, transaction
from web.commands import console, service
from web.settings import from_environment

_DAY = click.DateTime(["%Y-%m-%d"])
UNSOUND = 1


@click.command(short_help="建立或升级数据库 Make or upgrade the database.")
@service.database_option
@console.refusing
def upgrade(database: str) -> None:
    """建立数据库或升级到最新结构，并装入工作日历、办理时限和结果代码。可重复执行。

    Make the database or bring it to the newest schema, with calendar, deadlines and result codes. May be repeated.
    """
    made = upgrade_database(database, service.CLOCK.now())
    console.say("数据库已是最新。", "The database is up to date.")
    if made.exposed:
        numbers = "、".join(made.exposed)
        console.say(
            f"注意：以下未完成抽取的秘密此前以明文存放，现已加密：{numbers}。",
            "Mind: the secrets of these open draws stood in plain, and are encrypted now.",
        )
        console.say(
            "旧备份、数据库服务器的文件和日志中仍可能有明文：请作废这些编号后重新锁定，并销毁或封存旧备份。",
            "Old backups, and files and logs of a PostgreSQL server, may still hold them in plain: void these numbers "
            "and freeze anew, and destroy the old backups or lock them away.",
        )


@click.command(short_help="检查安装 Examine the installation.")
@service.database_option
@console.refusing
def doctor(database: str) -> None:
    """检查运行环境、数据库结构、触发器、操作台账和工作日历。有问题时退出码为 1；标 ! 的设置可能漏设，不影响退出码。

    Examine versions, schema, guards, ledger and calendar. Exit code 1 where something is not as it should be; a setting
    that is marked ! may have been left out, and does not change the exit code.
    """
    findings = examine(database, service.CLOCK.now())
    for each in findings:
        click.echo(f"{'✓' if each.sound else '✗'} {each.name}: {each.found}")
    for chinese, english in from_environment().doubts:
        click.echo(f"! {chinese}  {english}")
    if not all(each.sound for each in findings):
        sys.exit(UNSOUND)


@click.group(short_help="用户和角色 Users and roles.")
def user() -> None:
    """用户、角色、代理。在本机执行，记入台账。

    Users, roles, deputies; done on the machine itself and told to the ledger.
    """


@user.command("add", short_help="新增用户 Add a user.")
@click.argument("login")
@click.option("--number", required=True, help="工号 Staff number: one person, whatever his accounts.")
@click.option("--name", required=True, help="姓名 Name.")
@click.option("--department", required=True, help="部门代码 Code of the department.")
@click.option("--inspector", default="", help="检查人员编号 Code of the inspector this is.")
@click.option("--role", "roles", multiple=True, help="角色，可多次 Role; may be repeated.")
@click.option(
    "--password-stdin", is_flag=True, help="从标准输入读密码 Read the password from standard input."
)
@service.database_option
@console.refusing
def add(
    login: str,
    number: str,
    name: str,
    department: str,
    inspector: str,
    roles: tuple[str, ...],
    password_stdin: bool,
    database: str,
) -> None:
    """新增用户并授予角色。 Add a user and grant him roles."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    new = accounts.NewUser(login, number, name, department, inspector, password)
    now = service.CLOCK.now()
    with transaction(open_installation(database), EVERYTHING) as session:
        accounts.add_user(session, now, new)
        for role in roles:
            accounts.grant(session, now, login, role)
    console.say(f"已新增用户 {login}（{', '.join(roles) or '无角色'}）。", "Added.")


@user.command("import", short_help="由文件新增 Add users from a file.")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@service.database_option
@console.refusing
def add_users(path: Path, database: str) -> None:
    """由 CSV 或 XLSX 新增用户：列 login、number、name、department，可有 inspector、roles（以分号分隔）。

    Add users from a file, all of them or none.
    """
    made = accounts.add_users(open_installation(database), service.CLOCK.now(), path.name, console.read(path))
    if isinstance(made, NotDone):
        console.tell_not_done(made, path.name)
    console.say(f"已新增 {made} 个用户。", f"{made} users added.")


@user.command("grant", short_help="授予角色 Grant a role.")
@click.argument("login")
@click.argument("role")
@click.option("--until", type=_DAY, help="截止日 Last day.")
@service.database_option
@console.refusing
def grant(login: str, role: str, until: datetime | None, database: str) -> None:
    """在用户所在部门授予角色。 Grant a role in the user's own department."""
    with transaction(open_installation(database), EVERYTHING) as session:
        accounts.grant(session, service.CLOCK.now(), login, role, until.date() if until else None)
    console.say(f"已授予 {login} 角色 {role}。", "Granted.")


@user.command("deputy", short_help="指定代理 Name a deputy.")
@click.argument("login")
@click.argument("deputy")
@click.argument("role")
@click.option("--from", "first", type=_DAY, required=True, help="起 First day.")
@click.option("--until", "last", type=_DAY, required=True, help="止 Last day.")
@service.database_option
@console.refusing
def stand_in(login: str, deputy: str, role: str, first: datetime, last: datetime, database: str) -> None:
    """让同部门的人在一段时间内代行角色。 Let somebody of the same department act in a role for a time."""
    with transaction(open_installation(database), EVERYTHING) as session:
        accounts.stand_in(session, service.CLOCK.now(), login, deputy, role, first.date(), last.date())
    console.say(f"{deputy} 代 {login} 行使 {role}。", "Done.")


@user.command("disable", short_help="停用用户 Disable a user.")
@click.argument("login")
@service.database_option
@console.refusing
def disable(login: str, database: str) -> None:
    """停用用户；其所做的记录不变。 Disable a user; what he did stays."""
    with transaction(open_installation(database), EVERYTHING) as session:
        accounts.disable(session, service.CLOCK.now(), login)
    console.say(f"已停用 {login}。", "Disabled.")


@user.command("list", short_help="列出用户 List users.")
@service.database_option
@console.refusing
def list_users(database: str) -> None:
    """列出用户、部门和角色。 List users with department and roles."""
    with reading(open_installation(database), EVERYTHING) as session:
        for each in accounts.listed(session, service.CLOCK.now()):
            click.echo("\t".join((each.login, each.name, each.department, each.state, ",".join(each.roles))))


ACTS = ("submit", "pass", "reject", "confirm", "refuse", "retire")
_BEFORE = {"submit": "draft", "pass": "legal_review", "confirm": "office_confirmation"}


@click.command(short_help="抽查事项的审核 Approval of inspection items.")
@click.argument("act", type=click.Choice(ACTS))
@click.argument("codes", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="本部门全部可办的 All of the department that can be.")
@click.option("--opinion", default="", help="意见；退回时必填 Opinion; a rejection needs one.")
@service.acting
@console.refusing
def item(act: str, codes: tuple[str, ...], everything: bool, opinion: str, login: str, database: str) -> None:
    """提交、审核、确认、退回或停用本部门的抽查事项。

    Submit, pass, confirm, reject, refuse or retire items of the actor's department.
    """
    if bool(codes) == everything or (everything and act not in _BEFORE):
        raise click.UsageError(
            "CODE… 或 --all（submit、pass、confirm） CODES, or --all for submit, pass, confirm"
        )
    with service.desk(database, login) as desk:
        versions = (
            items.versions_in(desk, _BEFORE[act])
            if everything
            else [items.find_version(desk, code) for code in codes]
        )
        moved = items.move_items(desk, versions, act, opinion)
    console.say(f"{act}：{moved} 项。", f"{moved} items.")


@click.group(short_help="检查人员变动 Changes of inspectors.")
def inspector() -> None:
    """检查人员调离、停用、恢复；未开始的检查按回避规则补位。

    Inspectors who leave, are suspended or come back; their open visits are refilled by the recusal rule.
    """


@inspector.command("transfer", short_help="调往他部门 Move to another department.")
@click.argument("code")
@click.argument("department")
@service.acting
@console.refusing
def transfer(code: str, department: str, login: str, database: str) -> None:
    """把检查人员调往另一部门。 Move an inspector to another department."""
    with service.desk(database, login) as desk:
        refilled = staff.transfer_inspector(desk, staff.find_inspector(desk, code), department)
    _tell_refilled(refilled)


@inspector.command("state", short_help="改变状态 Set the state.")
@click.argument("code")
@click.argument("state", type=click.Choice(("active", "suspended", "left")))
@service.acting
@console.refusing
def set_state(code: str, state: str, login: str, database: str) -> None:
    """停用、离职或恢复。 Suspend an inspector, note that he left, or have him back."""
    with service.desk(database, login) as desk:
        refilled = staff.set_inspector_state(desk, staff.find_inspector(desk, code), state)
    _tell_refilled(refilled)


@inspector.command("refill", short_help="名录导入后补位 Refill after an import.")
@service.acting
@console.refusing
def refill(login: str, database: str) -> None:
    """导入检查人员名录后，对已调离、停用人员未开始的检查补位。

    After an import of inspectors: refill the open visits of those whom the list moved elsewhere or made inactive.
    """
    with service.desk(database, login) as desk:
        refilled = staff.refill_departed(desk)
    _tell_refilled(refilled)


def _tell_refilled(refilled: list[tuple[str, str]]) -> None:
    for target, taker in refilled:
        click.echo(f"{target}\t{taker}")
    console.say(f"补位 {len(refilled)} 户。", f"{len(refilled)} open visits were refilled.")


@click.group(short_help="部门更名、合并 Rename and merge departments.")
def department() -> None:
    """部门更名、合并；以前的任务和结果仍归原部门、原名称。

    Rename and merge departments; what they did stays theirs, under the name of that time.
    """


@department.command("rename", short_help="更名 Rename.")
@click.argument("code")
@click.argument("name")
@service.acting
@console.refusing
def rename(code: str, name: str, login: str, database: str) -> None:
    """部门自今日起更名。 Give a department a new name from today on."""
    with service.desk(database, login) as desk:
        accounts.rename_department(desk, accounts.find_department(desk.session, code), name)
    console.say(f"{code} 更名为 {name}。", "Renamed.")


@department.command("merge", short_help="并入 Merge into another.")
@click.argument("code")
@click.argument("successor")
@service.acting
@console.refusing
def merge(code: str, successor: str, login: str, database: str) -> None:
    """把部门并入另一部门；须先结束其任务。 Close a department in favour of another."""
    with service.desk(database, login) as desk:
        accounts.merge_department(
            desk,
            accounts.find_department(desk.session, code),
            accounts.find_department(desk.session, successor),
        )
    console.say(f"{code} 并入 {successor}。", "Merged.")
