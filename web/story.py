"""The demo's story: a joint campaign of three departments on petrol stations, from the registries to disclosure.

Every step is the use case that the product has for it, each in the name of a user of the sample city. The story has a
clock of its own, which begins some weeks ago and ends about now, so that its days are working days of the real calendar.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from scheduler import accounts, confirming, custodians
from scheduler.accounts import NewUser
from scheduler.clock import SHANGHAI, business_date
from scheduler.inspection import (
    drawing,
    execution,
    freezing,
    intake,
    items,
    planning,
    pool,
    recusal,
    registries,
    results,
    scheduling,
    taking,
    visits,
)
from scheduler.inspection.results import Checked, Entry
from scheduler.inspection.scheduling import Asked
from scheduler.inspection.taking import Taker
from scheduler.inspection.unlocking import Try, unlock
from scheduler.installation import at_desk
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, Engine, transaction
from web.chance import fresh_secrets
from web.commands import console
from web.commands.campaign import tell_pool
from web.readme import readme

DEPARTMENTS = ("AMR", "FIRE", "EM")
ITEM = {"AMR": "AMR/A01", "FIRE": "FIRE/B01", "EM": "EM/C01"}
ROLES = (
    *("registrar", "legal", "office", "planner", "approver", "reviewer", "publisher"),
    *("auditor", "administrator"),
)
WITNESSES = {"notary": ("NOTARY", "公证员 林见真"), "people": ("NOTARY", "人大代表 周明理")}
CUSTODIANS = {
    "keeper.amr": ("AMR", "保管人 邓守信"),
    "keeper.fire": ("FIRE", "保管人 石如山"),
    "keeper.em": ("EM", "保管人 安可靠"),
}
PASSPHRASE = "示范保管口令 keep it safe"
"""Of every custodian of the demo; in earnest each has his own, and nobody else knows it."""
NAMES = {
    "AMR": "陈建国 李秀英 王志强 刘晓燕 杨海涛 赵文静 黄立新 周慧敏 吴国栋",
    "FIRE": "徐卫东 孙丽华 马俊杰 朱雪梅 胡永刚 郭春兰 何志远 高玉洁 林振华",
    "EM": "罗长青 梁静怡 宋家明 郑雅琴 谢文博 韩晓东 唐美玲 冯少华 于海燕",
}
"""Who holds the posts, in the order of ROLES."""

CODE = "示范-加油站-01"
PASSWORD = "yaohao-demo-2026"
"""Of every account of the demo: all that it opens is made up, and it is served to this machine alone."""

WORKING_DAYS, MOST_PER_DAY = 15, 2
PROBLEM_EVERY = 9
STORY_DAYS = 40
_CLOSED_EVERY = 2  # of what must follow, the demo closes every second


@dataclass
class Story:
    """The story as far as it has been told."""

    database: Engine
    real_now: datetime
    now: datetime = field(init=False)
    accounts: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin some weeks ago, at nine in the morning."""
        begin = (self.real_now - timedelta(days=STORY_DAYS)).astimezone(SHANGHAI)
        self.now = begin.replace(hour=9, minute=0, second=0, microsecond=0)

    def tell(self) -> bytes:
        """Live through the campaign, telling every step; the bundle of its draw."""
        self._fill_registries()
        self._make_accounts()
        self._name_custodians()
        self._approve_items()
        self._plan_year()
        self._set_up()
        self._draw()
        self._dispatch()
        self._change()
        self._schedule()
        self._inspect()
        self._review_and_disclose()
        return self._finish()

    # Registries

    def _fill_registries(self) -> None:
        lists = registries.sample_city_lists(business_date(self.now))
        for kind, content in lists.items():
            of_all = registries.SAMPLE_CITY if kind == "targets" else None
            circumstances = intake.Circumstances(self.now, jurisdiction=of_all)
            made = intake.import_list(
                self.database, kind, intake.Source(f"{kind}.csv", content), circumstances
            )
            self._say(
                f"导入 {kind}：{made.rows} 行，新增 {made.added}，问题 {len(made.faults)}。",
                f"{made.added} of {made.rows} rows added.",
            )

    def _make_accounts(self) -> None:
        with transaction(self.database, EVERYTHING) as session:
            for code in DEPARTMENTS:
                for role, name in zip(ROLES, NAMES[code].split(), strict=True):
                    self._account(session, f"{code.lower()}.{role}", code, name, role)
            for login, (department, name) in WITNESSES.items():
                self._account(session, login, department, name, "witness")
            for login, (department, name) in CUSTODIANS.items():
                self._account(session, login, department, name, "custodian")
            for code in DEPARTMENTS:
                for inspector, name in registries.inspectors_of(session, code):
                    new = NewUser(inspector, inspector, name, code, inspector, PASSWORD)
                    accounts.add_user(session, self.now, new)
                    accounts.grant(session, self.now, inspector, "inspector")
                    self.accounts.append((inspector, code, "inspector"))
        self._say(
            f"用户：{len(self.accounts)} 个岗位，加上检查人员。",
            "Users, one for each post, and the inspectors.",
        )

    def _name_custodians(self) -> None:
        for login in CUSTODIANS:
            with self._desk("amr.administrator") as desk:
                custodians.name_custodian(desk, login)
            pair = custodians.new_pair(self.database, login, PASSPHRASE)
            with self._desk(login) as desk:
                custodians.keep_pair(desk, pair)
        self._confirm_keys()
        self._say(
            "保管人：三人各设密钥并互相核对，抽取的秘密由他们分持，任何两人可以开启。",
            "Three custodians have confirmed each other's keys, and keep the secret in shares; any two open it.",
        )

    def _confirm_keys(self) -> None:
        """Each reads the fingerprint of his key aloud to the next one, who is of another department."""
        logins = list(CUSTODIANS)
        for login, second in zip(logins, [*logins[1:], logins[0]], strict=True):
            with self._desk(login) as desk:
                read_aloud = custodians.own_custody(desk).fingerprint
            with self._desk(second) as desk:
                confirming.confirm_key(desk, login, read_aloud)

    def _account(self, session: Any, login: str, department: str, name: str, role: str) -> None:
        accounts.add_user(session, self.now, NewUser(login, login, name, department, password=PASSWORD))
        accounts.grant(session, self.now, login, role)
        self.accounts.append((login, department, role))

    def _approve_items(self) -> None:
        for code in DEPARTMENTS:
            for role, act in (("registrar", "submit"), ("legal", "pass"), ("office", "confirm")):
                with self._desk(f"{code.lower()}.{role}") as desk:
                    state = {"submit": "draft", "pass": "legal_review", "confirm": "office_confirmation"}[act]
                    items.move_items(desk, items.versions_in(desk, state), act)
        self._say(
            "抽查事项：三个部门各一项，经法制审核、办公室确认后公布。", "Three items approved and published."
        )

    # Plan

    def _plan_year(self) -> None:
        year, number = business_date(self.now).year, "临双随机〔示范〕1号"
        outline = {
            "year": year,
            "number": number,
            "name": f"{year}年度双随机抽查工作计划",
            "lines": [
                {
                    "item": ITEM["AMR"],
                    "kind": "targeted",
                    "joint": True,
                    "first_month": 1,
                    "last_month": 12,
                    "ratio": "20/100",
                }
            ],
        }
        with self._desk("amr.planner") as desk:
            planning.draft_plan(desk, outline)
        for login, act in (("amr.approver", "approve"), ("amr.planner", "publish"), ("amr.planner", "start")):
            with self._desk(login) as desk:
                planning.move_plan(desk, planning.find_plan(desk, year, number), act)
        self._say(f"年度计划 {number} 已批准并公布。", "The annual plan is approved and published.")

    def _set_up(self) -> None:
        with self._desk("amr.planner") as desk:
            planning.invite(desk, planning.set_up_campaign(desk, self._outline()))
        for code, comment in (("FIRE", "同意参加，建议错开高峰时段"), ("EM", "")):
            with self._desk(f"{code.lower()}.planner") as desk:
                planning.answer(desk, self._campaign(desk), planning.Answer(accept=True, comment=comment))
        self._say("联合抽查：两个参与部门已答复同意。", "Both joining departments have accepted.")
        with self._desk("amr.planner") as desk:
            tell_pool(pool.count_pool(desk, self._campaign(desk)))
            planning.submit(desk, self._campaign(desk))
        with self._desk("amr.approver") as desk:
            planning.approve(desk, self._campaign(desk))
        self._say("任务已批准。", "The campaign is approved.")

    def _outline(self) -> dict[str, Any]:
        first = business_date(self.now)
        return {
            "code": CODE,
            "name": "加油站部门联合抽查（示范）",
            "legal_basis": "国办发〔2015〕58号",
            "kind": "targeted",
            "plan_line": {"year": first.year, "number": "临双随机〔示范〕1号", "line": 1},
            "items": list(ITEM.values()),
            "departments": [{"code": code, "size": 2, "leads": 1} for code in DEPARTMENTS],
            "conditions": [{"field": "registry", "values": ["petrol"]}],
            "first_day": first.isoformat(),
            "last_day": (first + timedelta(days=60)).isoformat(),
            "draw_by": (first + timedelta(days=20)).isoformat(),
            "strata_by": "risk_class",
            "rates": {"A": "10/100", "B": "20/100", "C": "40/100", "D": "100/100"},
            "witnesses": list(WITNESSES),
            "exclude_days": 90,
            "yearly_cap": 2,
        }

    # Draw

    def _draw(self) -> None:
        with self._desk("amr.planner") as desk:
            number = freezing.freeze_pool(desk, self._campaign(desk), fresh_secrets()).number
        self._say(f"名录已锁定，编号 {number}。", "The lists are frozen under this number.")
        texts = {login: randomness.token_urlsafe(24) for login in WITNESSES}
        for login, text in texts.items():
            self._at_draw(
                login, lambda desk, drawn, t=text: drawing.promise(desk, drawn, drawing.promise_of(t))
            )
        commitment = self._at_draw("amr.planner", drawing.commit_draw)
        self._say(
            f"承诺值 C = {commitment}",
            "(entered in the register, to be published before the dice are thrown)",
        )
        self._pass(hours=1)
        self._at_draw(
            "amr.planner", lambda d, drawn: drawing.publish(d, drawn, "临澜市政府门户网站（示范）", self.now)
        )
        self._pass(days=1)
        for login, text in texts.items():
            self._at_draw(login, lambda desk, drawn, t=text: drawing.reveal_text(desk, drawn, t))
        self._at_draw("amr.planner", drawing.close_reveals)
        self._throw_dice()
        drawn = self._at_draw("amr.planner", lambda desk, drawn: execution.execute(desk, drawn).state)
        self._say(f"抽取和匹配：{drawn}。", "Targets drawn, teams paired.")

    def _throw_dice(self) -> None:
        dice = "d10x20:" + "".join(str(randomness.randbelow(10)) for _ in range(20))
        self._say(f"掷骰（示范由本机代掷）：{dice}", "Dice, thrown by this machine for the demo.")
        mistyped = dice[:-1] + str((int(dice[-1]) + 1) % 10)
        for login, entered in (
            ("amr.planner", dice),
            ("notary", mistyped),
            ("amr.planner", dice),
            ("notary", dice),
        ):
            made = self._at_draw(login, lambda desk, drawn, e=entered: drawing.enter_entropy(desk, drawn, e))
            if isinstance(made, drawing.Differing):
                self._say(
                    "第二人录入与第一人不一致，本轮作废，重新录入。",
                    "The two entries differ: both enter again.",
                )
        self._open_secret()

    def _open_secret(self) -> None:
        """Two of the three custodians open: the third is on leave."""
        for login in list(CUSTODIANS)[:2]:
            with self._desk(login) as desk:
                draw_id = self._current(desk).id
            unlock(Try(self.database, login, "127.0.0.1", self.now), draw_id, PASSPHRASE)
        self._say(
            "三位保管人中两位到场开启秘密，种子确定。",
            "Two of the three custodians open it: the seed stands.",
        )

    # Visits and results

    def _dispatch(self) -> None:
        with self._desk("amr.planner") as desk:
            sent = visits.dispatch(desk, self._campaign(desk))
        self._say(f"已派发 {sent} 次检查（每户三个部门）。", "Visits sent out to three departments.")
        self._pass(days=1)

    def _schedule(self) -> None:
        with self._desk("amr.planner") as desk:
            days = desk.workdays.following(desk.today, WORKING_DAYS)
            made = scheduling.make(desk, self._campaign(desk), Asked(days[0], days[-1], MOST_PER_DAY))
        self._say(
            f"排期：{made.placed} 户排在 {WORKING_DAYS} 个工作日，三个部门同一天到一户，每人每天至多 {MOST_PER_DAY} 户；"
            f"{len(made.unplaced)} 户排不下。",
            f"Timetable: all three departments at each target on one day, {MOST_PER_DAY} targets a day at most.",
        )

    def _change(self) -> None:
        with self._desk("fire.approver") as desk:
            visit = visits.own_visits(desk, self._current(desk), "open")[0]
            leaving = visits.team_codes(desk, visit)[-1]
            taker = recusal.recuse(desk, visit, leaving, "kinship", "与负责人有亲属关系")
        self._say(
            f"回避：{leaving} 由 {taker} 补位，其余不变。", "A recusal: the next by ticket takes the seat."
        )
        with self._desk("amr.approver") as desk:
            drawn = self._current(desk)
            target = visits.own_visits(desk, drawn, "open")[-1].target.code
            successor = recusal.void_target(desk, drawn, target, "closed_business", "现场已拆除")
        self._say(
            f"作废：{target}，由 {successor or '（本层无）'} 递补。",
            "A void: the next ticket of its stratum follows.",
        )

    def _inspect(self) -> None:
        self._pass(days=22)
        entered = problems = 0
        for code in DEPARTMENTS:
            for visit_id, lead, planned in self._to_inspect(code):
                found = entered % PROBLEM_EVERY == 0
                with self._desk(lead) as desk:
                    visit = visits.by_id(desk, visit_id)
                    results.enter(desk, visit, _entry(code, planned or desk.today, found))
                entered, problems = entered + 1, problems + found
        self._say(
            f"录入结果 {entered} 项，其中发现问题 {problems} 项。",
            f"{entered} results entered, {problems} with findings.",
        )

    def _to_inspect(self, code: str) -> list[tuple[int, str, date | None]]:
        """The open visits of a department: id, login of the lead, day."""
        with self._desk(f"{code.lower()}.planner") as desk:
            return [
                (visit.id, visits.team_codes(desk, visit)[0], visit.planned_on)
                for visit in visits.own_visits(desk, self._current(desk), "open")
            ]

    def _review_and_disclose(self) -> None:
        self._send_one_back()
        late = disclosed = 0
        for code in DEPARTMENTS:
            with self._desk(f"{code.lower()}.reviewer") as desk:
                for visit in visits.own_visits(desk, self._current(desk), "entered"):
                    results.review(desk, visit, accept=True)
        self._pass(days=2)
        for code in DEPARTMENTS:
            with self._desk(f"{code.lower()}.publisher") as desk:
                for visit in visits.own_visits(desk, self._current(desk), "accepted"):
                    late += desk.today > results.disclose(desk, visit).due_on
                    disclosed += 1
        self._say(
            f"已公示 {disclosed} 项，逾期 {late} 项（检查后 20 个工作日内）。",
            f"{disclosed} disclosed, {late} late.",
        )
        self._correct_one()

    def _send_one_back(self) -> None:
        with self._desk("em.reviewer") as desk:
            visit = visits.own_visits(desk, self._current(desk), "entered")[0]
            results.review(desk, visit, accept=False, reason="请补充现场照片")
            visit_id, lead = visit.id, visits.team_codes(desk, visit)[0]
        with self._desk(lead) as desk:
            visit = visits.by_id(desk, visit_id)
            results.enter(desk, visit, _entry("EM", visit.planned_on or desk.today, True, "补充照片后重报"))
            results.attach(desk, visits.by_id(desk, visit_id), "现场.txt", "text/plain", "示范附件".encode())
        self._say("审核退回一项，补充附件后重报。", "One was sent back and entered again with a file.")

    def _correct_one(self) -> None:
        self._pass(days=1)
        with self._desk("amr.planner") as desk:
            visit = visits.own_visits(desk, self._current(desk), "disclosed")[0]
            visit_id, lead, day = visit.id, visits.team_codes(desk, visit)[0], visit.planned_on
        with self._desk(lead) as desk:
            results.enter(
                desk,
                visits.by_id(desk, visit_id),
                _entry("AMR", day or desk.today, False, "复检合格，原结果有误"),
            )
        for role, act in (
            ("reviewer", lambda d, v: results.review(d, v, accept=True)),
            ("publisher", results.disclose),
        ):
            with self._desk(f"amr.{role}") as desk:
                act(desk, visits.by_id(desk, visit_id))
        self._say(
            "更正一项已公示的结果，原版本保留。", "One published result corrected; its first version stays."
        )

    def _finish(self) -> bytes:
        closed = open_still = 0
        for code in DEPARTMENTS:
            with self._desk(f"{code.lower()}.reviewer") as desk:
                for place, follow_up in enumerate(results.open_follow_ups(desk, self._campaign(desk))):
                    if results.is_own(desk, follow_up) and place % _CLOSED_EVERY == 0:
                        results.close_follow_up(desk, follow_up, "已整改，复查合格")
                        closed += 1
                    else:
                        open_still += results.is_own(desk, follow_up)
        self._say(
            f"后续处置：办结 {closed} 项，未办结 {open_still} 项。",
            f"{closed} follow-ups closed, {open_still} open.",
        )
        with self._desk("amr.planner") as desk:
            campaign = self._campaign(desk)
            visits.close_campaign(desk, campaign)
        taker = Taker(self.database, "amr.planner", lambda: self.now)
        taken = taking.take_bundle(taker, self._current, readme)
        self._say("全部结果已公示，任务结束。", "Every result is disclosed; the campaign is closed.")
        return taken.packed

    # What all steps share

    @contextmanager
    def _desk(self, login: str) -> Iterator[Desk]:
        with at_desk(self.database, login, self.now) as desk:
            yield desk

    def _campaign(self, desk: Desk) -> Any:
        return planning.find_campaign(desk, CODE)

    def _current(self, desk: Desk) -> Any:
        return drawing.current_draw(desk, self._campaign(desk))

    def _at_draw(self, login: str, act: Callable[[Desk, Any], Any]) -> Any:
        with self._desk(login) as desk:
            return act(desk, self._current(desk))

    def _pass(self, **period: int) -> None:
        self.now += timedelta(**period)

    def _say(self, chinese: str, english: str) -> None:
        console.say(f"[{business_date(self.now)}] {chinese}", english)


def _entry(department: str, day: date, found: bool, reason: str = "") -> Entry:
    item = ITEM[department]
    if not found:
        return Entry(day, "1", (Checked(item),), reason=reason)
    wrong = Checked(item, problem="现场管理不规范（示范）", handling="order_to_correct")
    return Entry(day, "D", (wrong,), measures=("责令限期改正",), reason=reason)
