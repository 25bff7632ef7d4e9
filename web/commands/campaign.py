"""`yaohao plan` and `yaohao campaign`: a campaign from its outline to disclosure, each act in somebody's name."""

import json
import mimetypes
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from matching.refused import Refused
from scheduler.back_fill import NotDone
from scheduler.inspection import (
    attaching,
    back_fill,
    drawing,
    execution,
    freezing,
    planning,
    pool,
    recusal,
    results,
    scheduling,
    statistics,
    taking,
    visits,
)
from scheduler.inspection.drawing import Differing, Entered, Locked
from scheduler.inspection.possible_days import USUAL_MOST
from scheduler.inspection.taking import Taker
from scheduler.installation import open_installation
from scheduler.permissions import Desk
from web import sentences
from web.chance import fresh_secrets
from web.china_time import read_moment
from web.commands import console, service
from web.commands.draw import read_json
from web.readme import readme

SHORT = 3
DIFFERING = 1
_FILE = click.Path(path_type=Path, dir_okay=False)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(short_help="年度抽查工作计划 Annual plans.")
def plan() -> None:
    """年度抽查工作计划：起草、批准、公布、执行、完成。 Annual plans."""


@plan.command("draft", short_help="起草 Draft a plan from a file.")
@click.argument("path", metavar="FILE", type=_FILE)
@service.acting
@console.refusing
def draft_plan(path: Path, login: str, database: str) -> None:
    """由 JSON 文件起草年度计划。 Draft an annual plan from a JSON file."""
    with service.desk(database, login) as desk:
        made = planning.draft_plan(desk, read_json(path))
        console.say(f"已起草 {made.year} 年度计划 {made.number}，{len(made.lines)} 项。", "Drafted.")


@plan.command("move", short_help="批准、公布、执行、完成 Approve, publish, start, finish, withdraw.")
@click.argument("act", type=click.Choice(("approve", "publish", "start", "finish", "withdraw")))
@click.argument("year", type=int)
@click.argument("number")
@service.acting
@console.refusing
def move_plan(act: str, year: int, number: str, login: str, database: str) -> None:
    """推进年度计划。 Take an annual plan a step further."""
    with service.desk(database, login) as desk:
        planning.move_plan(desk, planning.find_plan(desk, year, number), act)
    console.say(f"{act}：{year} {number}。", "Done.")


EXAMPLES = """
\b
例 An example, as three departments do it:
  yaohao campaign create outline.json --as amr.planner
  yaohao campaign invite 2026-01 --as amr.planner
  yaohao campaign answer 2026-01 --accept --as fire.planner
  yaohao campaign pool 2026-01 --as amr.planner
  yaohao campaign submit 2026-01 --as amr.planner
  yaohao campaign approve 2026-01 --as amr.approver
  yaohao campaign freeze 2026-01 --as amr.planner
  yaohao campaign promise 2026-01 --text-file words.txt --as notary
  yaohao campaign commit 2026-01 --as amr.planner
  yaohao campaign publish 2026-01 '市政府网站' 2026-03-02T10:00 --as amr.planner
  yaohao campaign reveal 2026-01 --text-file words.txt --as notary
  yaohao campaign close-reveals 2026-01 --as amr.planner
  yaohao campaign entropy 2026-01 d10x20:31415926535897932384 --as amr.planner
  yaohao campaign entropy 2026-01 d10x20:31415926535897932384 --as notary
  # 有保管人时先由其中两位在抽取页开启 where custodians are named two of them open it first, in the browser
  yaohao campaign execute 2026-01 --as amr.planner
  yaohao campaign dispatch 2026-01 --as amr.planner
  yaohao user add 39010001 --number 39010001 --name 王强 --department AMR --inspector 39010001 --role inspector
  yaohao campaign results 2026-01 results.csv     # 录入人须是检查组成员 whoever enters is of the team
  yaohao campaign review 2026-01 --all --as amr.reviewer
  yaohao campaign disclose 2026-01 --all --as amr.publisher
  yaohao campaign close 2026-01 --as amr.planner
  yaohao campaign bundle 2026-01 --out bundle.zip --as amr.planner
"""


@click.group(short_help="抽查任务 Campaigns.", epilog=EXAMPLES)
def campaign() -> None:
    """抽查任务：从方案到公示，每一步以某人的名义。

    Campaigns from outline to disclosure; every act in somebody's name (--as), in the database of --database.
    """


Act = Callable[..., int | None]


TELLING = ("outline", "show", "pool", "visits", "follow-ups")
"""Commands that only tell, and do nothing."""


def _command(name: str, short_help: str, *parameters: Callable[[Act], Act]) -> Callable[[Act], Act]:
    """A command on one campaign: it is called with the desk and the campaign, and what else it asks for.

    It may give back an exit code.
    """

    def register(act: Act) -> Act:
        def run(code: str, login: str, database: str, **given: Any) -> None:
            with service.desk(database, login) as desk:
                exit_code = act(desk, planning.find_campaign(desk, code), **given)
            if name not in TELLING:
                console.say(f"{name} {code}：已办理。", "Done.")
            if exit_code:  # after the transaction: what was done stands
                sys.exit(exit_code)

        run.__doc__ = act.__doc__
        wrapped: Any = service.acting(console.refusing(run))
        for parameter in reversed(parameters):
            wrapped = parameter(wrapped)
        campaign.command(name, short_help=short_help)(click.argument("code")(wrapped))
        return act

    return register


@campaign.command("create", short_help="设立 Set up from an outline.")
@click.argument("path", metavar="FILE", type=_FILE)
@service.acting
@console.refusing
def create(path: Path, login: str, database: str) -> None:
    """由 JSON 方案设立抽查任务。 Set up a campaign from a JSON outline."""
    with service.desk(database, login) as desk:
        made = planning.set_up_campaign(desk, read_json(path))
        console.say(f"已设立抽查任务 {made.code}。", "Set up.")


@campaign.command("list", short_help="列出 List.")
@service.acting
@console.refusing
def list_campaigns(login: str, database: str) -> None:
    """列出可见的抽查任务。 List the campaigns that may be seen."""
    with service.desk(database, login) as desk:
        for each in planning.all_campaigns(desk):
            click.echo("\t".join((each.code, each.state, str(each.first_day), str(each.last_day), each.name)))


@_command("amend", "修改草案 Amend a draft.", click.argument("path", metavar="FILE", type=_FILE))
def amend(desk: Desk, found: Any, path: Path) -> None:
    """按 JSON 方案重写草案。 Write a draft anew from a JSON outline."""
    planning.amend_campaign(desk, found, read_json(path))


@_command(
    "copy",
    "复制 Copy an earlier one.",
    click.argument("new_code"),
    click.option("--first", type=_DAY, required=True, help="起 First day."),
    click.option("--last", type=_DAY, required=True, help="止 Last day."),
)
def copy(desk: Desk, found: Any, new_code: str, first: datetime, last: datetime) -> None:
    """以早先的任务为底设立新任务。 A new draft with all that an earlier campaign had."""
    planning.copy_campaign(desk, found, new_code, first.date(), last.date())
    console.say(f"已设立 {new_code}。", "Set up.")


@_command("outline", "写出方案 Print the outline.")
def outline(desk: Desk, found: Any) -> None:
    """以 JSON 写出任务的方案。 Print the outline of a campaign as JSON."""
    click.echo(json.dumps(planning.outline_of(desk, found), ensure_ascii=False, indent=1))


@_command("show", "状态 How it stands.")
def show(desk: Desk, found: Any) -> None:
    """显示任务、各部门答复、抽取和检查的进度。 How a campaign stands."""
    for name, value in statistics.standing(desk, found):
        click.echo(f"{name}\t{value}")


@_command("invite", "征求意见 Invite the departments.")
def invite(desk: Desk, found: Any) -> None:
    """征求参与部门意见。 Ask the joining departments for their answers."""
    planning.invite(desk, found)


@_command(
    "answer",
    "答复 Answer an invitation.",
    click.option("--accept", "given", flag_value="accept", help="参加 Join."),
    click.option("--decline", "given", flag_value="decline", help="不参加，须写意见 Do not join; say why."),
    click.option("--comment", default="", help="意见 Comment."),
    click.option("--size", type=int, help="每户人数 Inspectors for each target."),
    click.option("--leads", type=int, help="其中组长 Leads among them."),
    click.option("--lead-qualification", help="组长资格 What a lead must hold."),
)
def answer(desk: Desk, found: Any, given: str | None, **team: Any) -> None:
    """参与部门的答复。 A joining department's answer."""
    if given is None:
        raise click.UsageError("--accept 或 --decline  either --accept or --decline")
    planning.answer(desk, found, planning.Answer(accept=given == "accept", **team))


@_command("submit", "提交审批 Hand in for approval.")
def submit(desk: Desk, found: Any) -> None:
    """各部门答复后提交审批。 Hand in for approval when everybody has answered."""
    planning.submit(desk, found)


@_command("approve", "批准 Approve.")
def approve(desk: Desk, found: Any) -> None:
    """批准；批准人不是拟定人，也不是见证人。 Approve; neither planner nor witness may."""
    planning.approve(desk, found)


@_command("send-back", "退回 Send back.", click.argument("reason"))
def send_back(desk: Desk, found: Any, reason: str) -> None:
    """退回拟定人。 Give back to the planner, with a reason."""
    planning.send_back(desk, found, reason)


@_command("cancel", "取消 Cancel.", click.argument("reason"))
def cancel(desk: Desk, found: Any, reason: str) -> None:
    """取消尚未抽取的任务。 Cancel a campaign of which nothing has been drawn."""
    planning.cancel(desk, found, reason)


@_command("pool", "对象池 Count the pool.")
def count_pool(desk: Desk, found: Any) -> None:
    """统计对象池和人员池，逐条说明排除的数目。 Count both pools, and what each condition and exclusion takes out."""
    tell_pool(pool.count_pool(desk, found))


def tell_pool(counted: pool.PoolCount) -> None:
    """Both pools with what is taken out, and the strata."""
    for (chinese, english), each in (
        (("检查对象", "targets"), counted.targets),
        (("检查人员", "inspectors"), counted.inspectors),
    ):
        console.say(
            f"{chinese}：共 {each.total}，入池 {each.left}。", f"{english}: {each.left} of {each.total}."
        )
        for step in each.steps:
            console.say(*sentences.pool_step(step.reason, step.taken_out))
    for stratum, rows, quota in counted.strata:
        mean = str(quota) if quota.denominator == 1 else f"{float(quota):.2f}"
        console.say(f"分层 {stratum}：{rows} 户抽 {mean} 户。", f"Stratum {stratum}: {mean} of {rows}.")


@_command("freeze", "锁定名录 Freeze the lists.")
def freeze(desk: Desk, found: Any) -> None:
    """编号并锁定方案和名录。 Give the draw its number and freeze plan and lists."""
    made = freezing.freeze_pool(desk, found, fresh_secrets())
    console.say(f"已锁定，编号 {made.number}。", f"Frozen under the number {made.number}.")


@_command("refreeze", "补充人员后再锁定 Freeze again after a shortage.")
def refreeze(desk: Desk, found: Any) -> None:
    """人员缺口补足后重新锁定人员名录；已抽对象不变。 After a shortage: the drawn targets stand."""
    freezing.refreeze(desk, drawing.current_draw(desk, found), fresh_secrets())


_TEXT = click.option(
    "--text-file", type=_FILE, required=True, help="见证人自拟的文字，至少 16 字 The witness's own text."
)


@_command("promise", "见证人承诺 A witness commits.", _TEXT)
def promise(desk: Desk, found: Any, text_file: Path) -> None:
    """见证人承诺：只把文字的摘要送入系统。 Only the digest of the text enters the system."""
    drawing.promise(desk, drawing.current_draw(desk, found), drawing.promise_of(_text(text_file)))


@_command("commit", "承诺 Commit.")
def commit(desk: Desk, found: Any) -> None:
    """生成承诺值 C，列入登记簿；请在产生随机数之前公布。 Make C, to be published before the entropy exists."""
    click.echo(drawing.commit_draw(desk, drawing.current_draw(desk, found)))


@_command("publish", "记录公布 Record a publication.", click.argument("place"), click.argument("time"))
def publish(desk: Desk, found: Any, place: str, time: str) -> None:
    """记录承诺值何时在何处公布。 Where and when C was made public; times are China's."""
    drawing.publish(desk, drawing.current_draw(desk, found), place, read_moment(time))


@_command(
    "stamp",
    "时间戳 Time stamp.",
    click.option("--request", "asked", type=_FILE, help="写出时间戳请求（.tsq） Write the request."),
    click.option(
        "--answer", "given", type=_FILE, help="登记机构的答复（.tsr） Attach the authority's answer."
    ),
)
def stamp(desk: Desk, found: Any, asked: Path | None, given: Path | None) -> None:
    """写出承诺值 C 的时间戳请求，或附加时间戳机构的答复。 The request for a time stamp of C, or its answer."""
    if (asked is None) == (given is None):
        raise click.UsageError("--request FILE 或 --answer FILE  either --request or --answer")
    drawn = drawing.current_draw(desk, found)
    if asked:
        console.write_new(asked, attaching.stamp_request(desk, drawn))
    if given:
        answer = attaching.to_stamp(desk, drawn, console.read(given))
        made = attaching.attach_stamp(desk, drawn, answer.computed())
        if made.publication_id is None:
            console.progress()("stamp_not_counted", {"signer": made.signer})


@_command(
    "signature", "信标的签名 The beacon's signature.", click.argument("path", metavar="FILE", type=_FILE)
)
def signature(desk: Desk, found: Any, path: Path) -> None:
    """附加信标对这一轮的答复（JSON）或其签名。 Attach the beacon's answer, or its signature in hex."""
    drawn = drawing.current_draw(desk, found)
    checked = attaching.to_attach(desk, drawn, _text(path)).computed()
    attaching.attach_signature(desk, drawn, checked)


@_command("reveal", "见证人揭示 A witness reveals.", _TEXT)
def reveal(desk: Desk, found: Any, text_file: Path) -> None:
    """见证人公开自己的文字。 A witness opens his text."""
    drawing.reveal_text(desk, drawing.current_draw(desk, found), _text(text_file))


@_command(
    "close-reveals",
    "结束揭示 Close the reveals.",
    click.option("--final", is_flag=True, help="虽有见证人未揭示或未公布，仍结束 Close all the same."),
)
def close_reveals(desk: Desk, found: Any, final: bool) -> None:
    """结束揭示，此后才可录入随机数；不能撤回。未揭示的见证人记为缺席，未公布的抽取永远标为自行抽取。

    Close the reveals, for good; only now may the entropy be entered. A witness who has not revealed is absent, and a draw
    whose commitment was not published is marked self-drawn for ever: either needs --final.
    """
    for name in drawing.close_reveals(desk, drawing.current_draw(desk, found), final):
        console.say(f"缺席：{name}", "(absent)")


@_command("entropy", "录入随机数 Enter the entropy.", click.argument("text"))
def entropy(desk: Desk, found: Any, text: str) -> int:
    """录入外部随机数；两人各自录入，须完全一致。 Two persons enter it, each by himself."""
    match drawing.enter_entropy(desk, drawing.current_draw(desk, found), text):
        case Entered():
            console.say("已录入，等待第二人录入。", "Entered; a second person must enter the same.")
        case Differing(number):
            console.say(f"两次录入不一致，第 {number} 轮作废，请重新录入。", "They differ: enter both again.")
            return DIFFERING
        case Locked():
            console.say(
                "两次录入一致；须两位保管人在抽取页用保管口令开启秘密，种子才确定。",
                "Both agree; two custodians open the secret on the page of the draw before the seed stands.",
            )
        case _:
            console.say("两次录入一致，种子已确定。", "Both agree: the seed stands.")
    return 0


@_command("execute", "抽取 Execute the draw.")
def execute(desk: Desk, found: Any) -> int:
    """按种子抽取对象、匹配人员。 Draw the targets and pair the inspectors as the seed decides."""
    drawn = execution.execute(desk, drawing.current_draw(desk, found))
    for name, value in statistics.standing(desk, found):
        click.echo(f"{name}\t{value}")
    if drawn.state != "short":
        return 0
    for chinese, english in sentences.shortages(execution.shortage(desk, drawn)):
        console.say(chinese, english)
    return SHORT


@_command("void-number", "编号作废 Void the number.", click.argument("ground"), click.argument("reason"))
def void_number(desk: Desk, found: Any, ground: str, reason: str) -> None:
    """以规定事由作废编号；登记簿中保留。 End a number without an outcome; it stays in the register."""
    drawing.void_number(desk, drawing.current_draw(desk, found), ground, reason)


@_command("dispatch", "派发 Dispatch.")
def dispatch(desk: Desk, found: Any) -> None:
    """把抽中对象和检查组派发各部门。 Send the drawn targets with their teams out."""
    sent = visits.dispatch(desk, found)
    console.say(f"已派发 {sent} 次检查。", f"{sent} visits sent out.")


@_command(
    "timetable",
    "统一排期 Make the timetable.",
    click.argument("first", type=_DAY),
    click.argument("last", type=_DAY),
    click.option(
        "--most", default=USUAL_MOST, show_default=True, help="每人每天至多（户） Most of an inspector a day."
    ),
    click.option("--again", is_flag=True, help="已安排的也重新安排 Move also those that have a day."),
)
def timetable(desk: Desk, found: Any, first: datetime, last: datetime, most: int, again: bool) -> None:
    """把全部检查安排在工作日，各部门同一天到一户。 Put all visits on days, one for all departments at a target."""
    made = scheduling.make(desk, found, scheduling.Asked(first.date(), last.date(), most, again))
    console.say(
        f"已安排 {made.placed} 户，{len(made.unplaced)} 户排不下。",
        f"{made.placed} targets placed, {len(made.unplaced)} found no day.",
    )


@_command("schedule", "安排日期 Plan a visit.", click.argument("target"), click.argument("day", type=_DAY))
def schedule(desk: Desk, found: Any, target: str, day: datetime) -> None:
    """把对一户的检查安排在某一工作日，各部门同一天。 Put the joint visit to a target on a working day."""
    scheduling.schedule(desk, _visit(desk, found, target), day.date())


@_command(
    "recuse",
    "回避 Recuse an inspector.",
    click.argument("target"),
    click.argument("inspector"),
    click.argument("ground"),
    click.option("--note", default="", help="说明 Note."),
)
def recuse(desk: Desk, found: Any, target: str, inspector: str, ground: str, note: str) -> None:
    """检查人员回避，由签号次小者补位。 Bar an inspector from a target; the next takes his seat."""
    taker = recusal.recuse(desk, _visit(desk, found, target), inspector, ground, note)
    console.say(f"补位：{taker}", "(takes the seat)")


@_command(
    "void",
    "对象作废 Void a target.",
    click.argument("target"),
    click.argument("ground"),
    click.argument("note"),
)
def void(desk: Desk, found: Any, target: str, ground: str, note: str) -> None:
    """抽中对象无法检查时作废，由同层下一户递补。 Take a target out; the next of its stratum follows."""
    successor = recusal.void_target(desk, drawing.current_draw(desk, found), target, ground, note)
    console.say(f"递补：{successor or '（本层已无对象）'}", "(the successor)")


@_command("visits", "检查清单 List visits.")
def list_visits(desk: Desk, found: Any) -> None:
    """列出可见的检查：部门、对象、状态、检查组。 Department, target, state and team of each visit."""
    for row in statistics.visit_list(desk, found):
        click.echo("\t".join(row))


@campaign.command("results", short_help="回填结果 Enter results from a file.")
@click.argument("code")
@click.argument("path", metavar="FILE", type=_FILE)
@service.database_option
@console.refusing
def enter_results(code: str, path: Path, database: str) -> None:
    """由 CSV 或 XLSX 回填检查结果：列 department、target、login、inspected_on、code，以及 item、problem、handling 等；
    更正已公示的结果须填 reason。handling：none、corrected_on_site、order_to_correct、case_filed、referred、listed_abnormal。
    methods：onsite、documents、testing、expert、third_party、online。measures：后续处置，以分号分隔。

    Enter results from a file, each line in the name of its login, who must be of the team. All of them or none.
    """
    entered = back_fill.enter_results(
        open_installation(database), service.CLOCK.now(), code, path.name, console.read(path)
    )
    if isinstance(entered, NotDone):
        console.tell_not_done(entered, path.name)
    console.say(f"已录入 {entered} 次检查的结果。", f"Results of {entered} visits entered.")


_ALL = click.option(
    "--all", "everything", is_flag=True, help="本部门全部可办的 All of the department that can be."
)
_TARGETS = click.argument("targets", nargs=-1)


@_command(
    "attach",
    "添加附件 Attach a file.",
    click.argument("target"),
    click.argument("path", metavar="FILE", type=_FILE),
)
def attach(desk: Desk, found: Any, target: str, path: Path) -> None:
    """给待审核的结果添加附件（照片、笔录等）。 Attach a file to the result that waits for its review."""
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    attached = results.attach(desk, _visit(desk, found, target), path.name, media_type, console.read(path))
    click.echo(attached.sha256)


@_command(
    "review",
    "审核结果 Review results.",
    _TARGETS,
    _ALL,
    click.option("--send-back", "reason", default="", help="退回的理由 Send back, for this reason."),
)
def review(desk: Desk, found: Any, targets: tuple[str, ...], everything: bool, reason: str) -> None:
    """审核本部门的结果：通过，或说明理由退回。 Accept results of the department, or send them back."""
    chosen = _chosen(desk, found, targets, everything, "entered")
    for each in chosen:
        results.review(desk, each, accept=not reason, reason=reason)
    console.say(f"已审核 {len(chosen)} 项。", f"{len(chosen)} reviewed.")


@_command("disclose", "公示结果 Disclose results.", _TARGETS, _ALL)
def disclose(desk: Desk, found: Any, targets: tuple[str, ...], everything: bool) -> None:
    """公示本部门审核通过的结果。 Disclose accepted results of the department."""
    chosen = _chosen(desk, found, targets, everything, "accepted")
    late = 0
    for each in chosen:
        made = results.disclose(desk, each)
        late += desk.today > made.due_on
    console.say(
        f"已公示 {len(chosen)} 项，逾期 {late} 项。", f"{len(chosen)} disclosed, {late} of them late."
    )


@_command("follow-ups", "后续处置 Open follow-ups.")
def list_follow_ups(desk: Desk, found: Any) -> None:
    """列出未完结的后续处置。 The open follow-ups."""
    for each in results.open_follow_ups(desk, found):
        click.echo(f"{each.id}\t{each.opened_on}\t{each.measure}")


@_command(
    "close-follow-up",
    "后续处置完结 Close a follow-up.",
    click.argument("number", type=int),
    click.argument("note"),
)
def close_follow_up(desk: Desk, found: Any, number: int, note: str) -> None:
    """后续处置完结，写明情况。 Close a follow-up, with a word on how."""
    results.close_follow_up(desk, results.find_follow_up(desk, found, number), note)


@_command("close", "结束任务 Close.")
def close(desk: Desk, found: Any) -> None:
    """全部结果公示后结束任务。 Close a campaign when every visit is disclosed or void."""
    visits.close_campaign(desk, found)


@campaign.command("bundle", short_help="证据包 Write the bundle.")
@click.argument("code")
@click.option("--out", type=_FILE, required=True, help="写入的文件 File.")
@service.acting
@console.refusing
def bundle(code: str, out: Path, login: str, database: str) -> None:
    """写出完整证据包（含名录，供审计，不得公开）。 The full bundle, for auditors."""
    taker = Taker(open_installation(database), login, service.CLOCK.now)
    taken = taking.take_bundle(
        taker, lambda desk: drawing.current_draw(desk, planning.find_campaign(desk, code)), readme
    )
    console.keep(out)
    console.write(out, taken.packed, private=True)
    console.say(f"证据包：{out}；复核：yaohao verify {out}", "(the bundle, and how to check it)")


def _chosen(desk: Desk, found: Any, targets: tuple[str, ...], everything: bool, state: str) -> list[Any]:
    if bool(targets) == everything:
        raise click.UsageError("TARGET… 或 --all TARGETS, or --all")
    drawn = drawing.current_draw(desk, found)
    if everything:
        return visits.own_visits(desk, drawn, state)
    return [visits.find_visit(desk, drawn, target) for target in targets]


def _visit(desk: Desk, found: Any, target: str) -> Any:
    return visits.find_visit(desk, drawing.current_draw(desk, found), target)


def _text(path: Path) -> str:
    try:
        return console.read(path).decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Refused("file.unusable", file=str(path), problem="UTF-8") from None
