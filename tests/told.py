"""A town in which much has happened: a campaign in every state, visits in every state, items, plans, jobs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from data.models import Campaign, Department, Draw, Inspector
from data.queries import draws
from scheduler import accounts, checkpoints
from scheduler.clock import business_date
from scheduler.inspection import (
    attaching,
    declarations,
    drawing,
    execution,
    freezing,
    items,
    planning,
    recusal,
    results,
    scheduling,
    uploads,
    visits,
    work,
)
from scheduler.inspection.results import Checked
from scheduler.jobs import run_next
from scheduler.ledger_key import find_or_make_key, key_file
from scheduler.ledger_memory import Memory
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, reading, transaction
from tests.authorities import Authority
from tests.scheduler.clocks import SetClock
from tests.town import Town
from web.readme import readme

RELATIVE = "只有本人和本部门名录管理员知道的亲属"
PLAN = {
    "year": 2026,
    "number": "小镇双随机〔2026〕1号",
    "name": "2026年度抽查计划",
    "lines": [
        {"item": "AMR/A01", "kind": "untargeted", "joint": True, "first_month": 1, "last_month": 12,
         "ratio": "20/100", "times": 3}
    ],
}  # fmt: skip


def tell(town: Town) -> None:
    """Let it happen."""
    _have_a_custodian(town)
    _plan_year(town)
    _inspect(town)
    _be_short(town)
    _be_open(town)
    _be_on_the_way(town)
    _be_closed(town)
    _work_on_lists(town)
    _sign(town)


def _have_a_custodian(town: Town) -> None:
    """The notary may keep shares too; nobody has named him, so that no draw waits for his key."""
    with transaction(town.database, EVERYTHING) as session:
        accounts.grant(session, town.now, "notary", "custodian")


def _plan_year(town: Town) -> None:
    town.do("amr.planner", lambda desk: planning.draft_plan(desk, PLAN))
    for login, act in (("amr.approver", "approve"), ("amr.planner", "publish"), ("amr.planner", "start")):
        town.do(
            login,
            lambda desk, a=act: planning.move_plan(desk, planning.find_plan(desk, 2026, PLAN["number"]), a),
        )
    town.do(
        "amr.planner",
        lambda desk: planning.draft_plan(desk, PLAN | {"year": 2027, "number": "小镇双随机〔2027〕1号"}),
    )


def _inspect(town: Town) -> None:
    """A campaign in which visits are in every state."""
    code, number = town.drawn(
        code="2026-联合", departments=[{"code": "AMR"}, {"code": "FIRE"}], items=["AMR/A01", "FIRE/A01"],
        plan_line={"year": 2026, "number": PLAN["number"], "line": 1},
    )  # fmt: skip
    amr = town.visits(number, "AMR")
    first = amr[0][0]
    town.do(
        "amr.approver",
        lambda desk: recusal.recuse(
            desk,
            visits.by_id(desk, first),
            visits.team_codes(desk, visits.by_id(desk, first))[-1],
            "kinship",
            "亲属",
        ),
    )
    town.do(
        "amr.approver",
        lambda desk: recusal.void_target(
            desk, drawing.find_draw(desk, number), amr[1][1], "moved_away", "迁走"
        ),
    )
    amr = [each for each in town.visits(number, "AMR") if each[1] != amr[1][1]]
    day = business_date(town.now) + timedelta(days=2)
    town.do(
        "amr.planner",
        lambda desk: scheduling.schedule(
            desk, visits.by_id(desk, amr[2][0]), desk.workdays.following(day, 1)[0]
        ),
    )
    for place, (visit, _target) in enumerate(amr[3:8]):
        _result(town, visit, found=place % 2 == 0)
        if place > 0:
            reason = "请补充照片" if place == 1 else ""
            town.do(
                "amr.reviewer",
                lambda desk, v=visit, r=reason: results.review(desk, visits.by_id(desk, v), not r, r),
            )
        if place > 2:
            town.do("amr.publisher", lambda desk, v=visit: results.disclose(desk, visits.by_id(desk, v)))
    town.disclosed(number, town.visits(number, "FIRE")[0][1], "FIRE")
    assert code


NOTE = "只有本部门和牵头部门知道的备注"
"""Stands in every result of the joint campaign; nobody but its two departments reads it before the disclosure."""


def _result(town: Town, visit: int, found: bool) -> None:
    wrong = (Checked("AMR/A01", problem="现场管理不规范", handling="order_to_correct"),)
    entry = (
        town.entry("AMR", code="D", checks=wrong, measures=("责令限期改正",), note=NOTE)
        if found
        else town.entry("AMR", note=NOTE)
    )
    login = town.team(visit)[0]
    town.do(login, lambda desk: results.enter(desk, visits.by_id(desk, visit), entry))
    town.do(
        login,
        lambda desk: results.attach(desk, visits.by_id(desk, visit), "现场.txt", "text/plain", NOTE.encode()),
    )


def _be_short(town: Town) -> None:
    """A campaign for which there are too few inspectors."""
    with transaction(town.database, EVERYTHING) as session:
        fire = select(Department.id).where(Department.code == "FIRE").scalar_subquery()
        for each in session.scalars(select(Inspector).where(Inspector.department_id == fire)):
            each.capacity = 1
    with town.at("fire.planner") as desk:
        written = _alone("FIRE", "2026-缺口")
        planning.submit(desk, planning.set_up_campaign(desk, written))
    town.do("fire.approver", lambda desk: planning.approve(desk, planning.find_campaign(desk, "2026-缺口")))
    with town.at("fire.planner") as desk:
        number = freezing.freeze_pool(desk, planning.find_campaign(desk, "2026-缺口"), town.secrets).number
    for login, act in (
        ("fire.planner", drawing.commit_draw),
        ("fire.planner", _stamp),
        ("fire.planner", lambda desk, drawn: drawing.close_reveals(desk, drawn, final=True)),
        (
            "fire.planner",
            lambda desk, drawn: drawing.enter_entropy(desk, drawn, "d10x20:31415926535897932384"),
        ),
        (
            "fire.approver",
            lambda desk, drawn: drawing.enter_entropy(desk, drawn, "d10x20:31415926535897932384"),
        ),
        ("fire.planner", execution.execute),
    ):
        town.do(login, lambda desk, a=act: a(desk, drawing.find_draw(desk, number)))


def _stamp(desk: Desk, drawn: Draw) -> None:
    c = draws.commitment_of(desk.session, drawn.id, 1)
    assert c
    answer = Authority(name="TSA-1").stamp(bytes.fromhex(c.digest), desk.now)
    attaching.attach_stamp(desk, drawn, attaching.to_stamp(desk, drawn, answer).computed())


def _alone(department: str, code: str, **other: object) -> dict[str, object]:
    return {
        "code": code, "name": f"{code}抽查", "legal_basis": "国办发〔2015〕58号", "kind": "untargeted",
        "items": [f"{department}/A01"], "departments": [{"code": department}], "first_day": "2026-03-02",
        "last_day": "2026-06-30", "total": 10,
    } | other  # fmt: skip


def _be_open(town: Town) -> None:
    """A number that was voided, and one that is committed and waits for its witness."""
    with town.at("em.planner") as desk:
        planning.submit(desk, planning.set_up_campaign(desk, _alone("EM", "2026-应急", witnesses=["notary"])))
    town.do("em.approver", lambda desk: planning.approve(desk, planning.find_campaign(desk, "2026-应急")))

    def freeze(desk: Desk) -> str:
        campaign = planning.find_campaign(desk, "2026-应急")
        return freezing.freeze_pool(desk, campaign, town.secrets).number

    number = town.do("em.planner", freeze)
    town.do(
        "em.approver",
        lambda desk: drawing.void_number(desk, drawing.find_draw(desk, number), "wrong_list", "名录有误"),
    )
    number = town.do("em.planner", freeze)
    promise = drawing.promise_of("谁也不知道的一句长长的话，由公证人自己想好")
    town.do("notary", lambda desk: drawing.promise(desk, drawing.find_draw(desk, number), promise))
    town.do("em.planner", lambda desk: drawing.commit_draw(desk, drawing.find_draw(desk, number)))


def _be_on_the_way(town: Town) -> None:
    """A draft, an invitation, a campaign to be approved, an approved and a cancelled one."""
    joint = {"departments": [{"code": "AMR"}, {"code": "FIRE"}, {"code": "EM"}]}
    for code in ("2026-草案", "2026-邀请", "2026-待批", "2026-批准", "2026-取消"):
        with town.at("amr.planner") as desk:
            made = planning.set_up_campaign(
                desk, _alone("AMR", code, **(joint if code == "2026-邀请" else {}))
            )
            if code == "2026-邀请":
                planning.invite(desk, made)
            elif code != "2026-草案":
                planning.submit(desk, made)

    def find(desk: Desk, code: str) -> Campaign:
        return planning.find_campaign(desk, code)

    town.do(
        "fire.planner",
        lambda desk: planning.answer(desk, find(desk, "2026-邀请"), planning.Answer(False, "人手不足")),
    )
    town.do("amr.approver", lambda desk: planning.approve(desk, find(desk, "2026-批准")))
    town.do("amr.approver", lambda desk: planning.cancel(desk, find(desk, "2026-取消"), "重复"))


def _work_on_lists(town: Town) -> None:
    """An item that is being written, a file that waits to be imported, and a draw checked again."""
    draft = {"code": "A02", "name": "新检查事项", "basis": "《某某法》第二条", "item_class": "general"}
    town.do("amr.registrar", lambda desk: items.draft_item(desk, draft))
    faulty = b"id,name,unheard_of\nX1,,unknown\n"
    town.do("amr.registrar", lambda desk: uploads.hand_in(desk, "targets", "名录.csv", faulty))
    kin = {"kind": "kinship", "target_code": "T0001", "relative": RELATIVE, "since": "2020-01-01"}
    town.do("amr001", lambda desk: declarations.declare(desk, kin))
    town.do("amr.auditor", lambda desk: work.ask_replay(desk, drawing.find_draw(desk, "AMR〔2026〕1号"[:-1])))


def _sign(town: Town) -> None:
    """A checkpoint of the ledger, which another department holds."""
    file = key_file(town.database.url.render_as_string(hide_password=False))
    assert file
    key = find_or_make_key(file)
    checkpoints.keep_up(town.database, town.now, key, Memory(file))
    with reading(town.database, EVERYTHING) as session:
        note = checkpoints.newest(session, "business")
    received = checkpoints.receive(town.database, str(note).encode(), key)
    town.do("em.planner", lambda desk: checkpoints.hold(desk, received))


def _be_closed(town: Town) -> None:
    """A closed campaign, of which the public has a bundle."""
    town.closed(code="2026-结束", name="已结束的抽查")
    clock = SetClock(town.now.isoformat())
    handlers = work.handlers(town.database, clock, readme)
    while run_next(town.database, {work.PUBLISH: handlers[work.PUBLISH]}, "told", clock):
        pass
