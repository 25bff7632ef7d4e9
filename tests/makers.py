"""Rows for tests, made by the models: a whole story of random inspection from the departments to the last follow-up.

A story has one campaign in each stage at which somebody could wish to meddle; `Story.campaigns` and `Story.draws` hold
their ids by the name of the stage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import ledger
from data.ledger import Act
from data.models import (
    AnnualPlan,
    AnnualPlanLine,
    ApiToken,
    Attachment,
    Bar,
    BarCount,
    Base,
    BeaconSignature,
    Blackout,
    BrowserSession,
    CalendarDay,
    Campaign,
    CampaignDepartment,
    CampaignItem,
    Certificate,
    Condition,
    Custodian,
    CustodyEnd,
    CustodyKey,
    CustodyShare,
    DeadlineRule,
    Declaration,
    Department,
    DepartmentName,
    Deputy,
    Disclosure,
    Draw,
    DrawChange,
    DrawCommitment,
    DrawFile,
    DrawnTarget,
    EntropyEntry,
    Finding,
    FollowUp,
    FrozenTable,
    HeldCheckpoint,
    Import,
    InspectionItem,
    Inspector,
    Installation,
    ItemApproval,
    ItemVersion,
    Job,
    Jurisdiction,
    KeptAnswer,
    KeyConfirmation,
    KeyMark,
    Leave,
    LedgerCheckpoint,
    LoginAttempt,
    Lottery,
    LotterySecret,
    Obligation,
    Opening,
    OpenPopulation,
    PairBar,
    Permit,
    Person,
    ProofAttempt,
    ProofCode,
    ProofToken,
    Publication,
    PublicBundle,
    Rate,
    Residence,
    Result,
    ResultCode,
    RevealClosing,
    Review,
    RoleGrant,
    SpecialRegistry,
    StratumWeight,
    Target,
    TargetLabel,
    TargetWindow,
    TeamMember,
    TimeStamp,
    Timetable,
    UnlockedSecret,
    Unlocking,
    UnplacedTarget,
    Upload,
    User,
    Visit,
    Witness,
    WitnessCommitment,
    WitnessReveal,
)
from data.vocabulary import FROZEN_TABLES

BEGIN = datetime.fromisoformat("2026-09-01T08:00:00+08:00")
DAY = date(2026, 9, 15)
RULE = "story-disclosure"
AGREED = "d10x20:14142135623730950488"
STAGES = (
    "draft",
    "approved",
    "frozen",
    "committed",
    "revealed",
    "kept",
    "void",
    "short",
    "again",
    "closed",
    "completed",
)
IN_CUSTODY = ("kept", "completed")
"""The stages whose draw's secret custodians keep."""
CUSTODIANS = ("witness", "witness2", "enterer")
_Row = TypeVar("_Row", bound=Base)


@dataclass
class Story:
    """The ids of what a story made, by the words that tests use."""

    label: str
    lead: int = 0
    joining: int = 0
    jurisdiction: str = ""
    persons: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    targets: list[int] = field(default_factory=list)
    inspectors: dict[int, list[int]] = field(default_factory=dict)
    campaigns: dict[str, int] = field(default_factory=dict)
    draws: dict[str, int] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)
    results: dict[str, int] = field(default_factory=dict)
    follow_ups: dict[str, int] = field(default_factory=dict)
    minutes: int = 0

    def now(self) -> datetime:
        """A minute after the last time it was asked for."""
        self.minutes += 1
        return BEGIN + timedelta(minutes=self.minutes)


def put(session: Session, row: _Row) -> _Row:
    """Add a row at once, so that the next one finds it there."""
    session.add(row)
    session.flush()
    return row


def a_story(session: Session, label: str = "story", jurisdiction: str = "320600") -> Story:
    """A lead and a joining department, their registries, and a campaign in every stage."""
    story = Story(label, jurisdiction=jurisdiction)
    _common(session)
    _organisation(session, story)
    _registries(session, story)
    _plan(session, story)
    for stage in STAGES:
        _campaign(session, story, stage)
    _custodians(session, story)
    for stage in ("frozen", "committed", "revealed", "kept", "void", "short", "again", "closed", "completed"):
        _draw(session, story, stage)
    _visits(session, story)
    _work(session, story)
    _faces(session, story)
    return story


def digest(*words: object) -> str:
    """64 hexadecimal digits of some words."""
    return hashlib.sha256(repr(words).encode()).hexdigest()


def _common(session: Session) -> None:
    """What all departments share; a second story finds it there."""
    if session.get(ResultCode, ("story", "1")):
        return
    since = date(2026, 1, 1)
    session.add_all(
        ResultCode(code_list="story", code=code, name=name, found=found, valid_from=since, source="测试")
        for code, name, found in (("1", "未发现问题", False), ("2", "发现问题", True))
    )
    session.add(CalendarDay(day=DAY, is_workday=True, source="测试", notice_year=2026))
    session.add(
        DeadlineRule(
            id=RULE, jurisdiction_code="320600", jurisdiction="南通", event="inspection_result",
            trigger="inspection_carried_out", actor="检查部门", action="公示", n=20, unit="wd", valid_from=since,
            counts_trigger_day=False, for_joint="each", note="", source="测试",
        )
    )  # fmt: skip
    session.flush()


def _organisation(session: Session, story: Story) -> None:
    label = story.label
    put(session, Jurisdiction(code=story.jurisdiction, name=f"{label}市"))
    lead, joining = (
        put(session, Department(code=f"{label}-{name}", name=f"{label}{name}", opened_on=date(2020, 1, 1),
                                jurisdiction_code=story.jurisdiction))
        for name in ("市场监管局", "消防局")
    )  # fmt: skip
    story.lead, story.joining = lead.id, joining.id
    put(session, DepartmentName(department_id=lead.id, valid_from=date(2020, 1, 1), name=f"{label}工商局"))
    for role in ("planner", "approver", "witness", "witness2", "enterer", "reviewer", "publisher", "admin"):
        person = put(session, Person(staff_number=f"{label}-{role}", name=f"{label}{role}"))
        story.persons[role] = person.id
        user = put(session, User(login=f"{label}-{role}", person_id=person.id, department_id=lead.id))
        story.users[role] = user.id
    neighbour = put(session, Person(staff_number=f"{label}-neighbour", name=f"{label}neighbour"))
    story.persons["neighbour"] = neighbour.id
    story.users["neighbour"] = put(session, User(login=f"{label}-neighbour", person_id=neighbour.id,
                                                 department_id=story.joining)).id  # fmt: skip
    for role in ("planner", "approver", "witness", "reviewer", "publisher"):
        put(session, RoleGrant(user_id=story.users[role], person_id=story.persons[role], role=role,
                               department_id=lead.id, valid_from=date(2026, 1, 1),
                               granted_by_person_id=story.persons["admin"], granted_at=story.now()))  # fmt: skip
    put(session, Deputy(user_id=story.users["reviewer"], deputy_id=story.users["publisher"], role="reviewer",
                        valid_from=DAY, valid_to=DAY))  # fmt: skip


def _registries(session: Session, story: Story) -> None:
    label = story.label
    for stage in (*STAGES, "spare"):
        item = put(session, InspectionItem(department_id=story.lead, code=f"{label}-{stage}"))
        version = put(session, ItemVersion(item_id=item.id, version=1, name=f"{label}{stage}检查", basis="产品质量法",
                                           item_class="general"))  # fmt: skip
        story.items[stage], story.versions[stage] = item.id, version.id
        if stage != "spare":
            for state in ("legal_review", "office_confirmation", "published"):
                version.state = state
                session.flush()
                put(session, ItemApproval(version_id=version.id, action=state, person_id=story.persons["approver"],
                                          at=story.now()))  # fmt: skip
    put(
        session,
        ItemVersion(item_id=story.items["draft"], version=2, name=f"{label}草稿", basis="", item_class="key"),
    )
    for n in range(6):
        target = put(session, Target(code=f"{label}-{n}", code_kind="other", kind="organisation", name=f"{label}{n}号店",
                                     jurisdiction_code=story.jurisdiction, region=story.jurisdiction))  # fmt: skip
        story.targets.append(target.id)
    put(session, TargetLabel(target_id=story.targets[0], label=f"{label}加油站", valid_from=DAY))
    put(session, SpecialRegistry(code=f"{label}-petrol", name="加油站", department_id=story.lead))
    put(session, Permit(target_id=story.targets[0], registry_code=f"{label}-petrol", number="1"))
    for department in (story.lead, story.joining):
        story.inspectors[department] = [_inspector(session, story, department, n) for n in range(3)]
    first, second, *_ = story.inspectors[story.lead]
    put(session, Leave(inspector_id=first, first_day=DAY, last_day=DAY))
    put(session, Bar(inspector_id=first, target_id=story.targets[5], ground="interest"))
    put(
        session,
        Declaration(inspector_id=first, kind="kinship", target_name=f"{label}4号店", relative=f"{label}之妻"),
    )
    put(session, Residence(inspector_id=first, street=f"{story.jurisdiction}001"))
    put(session, PairBar(inspector_id=first, other_id=second, ground="kinship"))
    put(session, Import(kind="targets", department_id=story.lead, file_name=f"{label}.csv", sha256=digest(label),
                        rows=6, added=6, changed=0, faults=0, at=story.now()))  # fmt: skip


def _inspector(session: Session, story: Story, department: int, n: int) -> int:
    code = f"{story.label}-{department}-{n}"
    made = put(session, Inspector(code=code, department_id=department, name=f"{story.label}{n}", capacity=20,
                                  qualifications="lead", regions="*"))  # fmt: skip
    put(session, Certificate(inspector_id=made.id, kind="执法证", number=code, expires_on=date(2030, 1, 1)))
    return made.id


def _plan(session: Session, story: Story) -> None:
    plan = put(session, AnnualPlan(department_id=story.lead, year=2026, number="1", name=f"{story.label}计划",
                                   planner_person_id=story.persons["planner"]))  # fmt: skip
    put(session, AnnualPlanLine(plan_id=plan.id, place=1, item_id=story.items["draft"], kind="untargeted", joint=True,
                                first_month=1, last_month=12, ratio="5/100", times=1))  # fmt: skip


def _campaign(session: Session, story: Story, stage: str) -> None:
    campaign = put(session, Campaign(
        code=f"{story.label}-{stage}", name=f"{story.label}{stage}抽查", lead_department_id=story.lead,
        jurisdiction_code=story.jurisdiction, kind="untargeted", planner_person_id=story.persons["planner"],
        first_day=date(2026, 9, 1), last_day=date(2026, 12, 31), total=3,
    ))  # fmt: skip
    story.campaigns[stage] = campaign.id
    of = {"campaign_id": campaign.id}
    put(session, CampaignItem(**of, item_version_id=story.versions[stage]))
    for place, department in enumerate((story.lead, story.joining)):
        put(session, CampaignDepartment(**of, department_id=department, place=place, answer="accepted"))
    put(session, Condition(**of, place=1, field="type", values="餐饮"))
    put(session, Rate(**of, stratum="all", rate="5/100"))
    put(session, StratumWeight(**of, stratum="all", weight=1))
    for place, role in ((1, "witness"), (2, "witness2")):
        put(session, Witness(**of, place=place, person_id=story.persons[role], name=role,
                             planner_person_id=story.persons["planner"]))  # fmt: skip
    if stage == "draft":
        return
    _step(session, campaign, "submitted")
    campaign.approver_person_id = story.persons["approver"]
    _step(session, campaign, "approved")


def _step(session: Session, row: Any, *states: str) -> None:
    for state in states:
        row.state = state
        session.flush()


def _draw(session: Session, story: Story, stage: str) -> None:
    campaign = session.get_one(Campaign, story.campaigns[stage])
    seq = 1 + session.scalar(select(func.count()).select_from(Draw).where(Draw.register_id == story.lead))
    draw = put(session, Draw(
        register_id=story.lead, year=2026, seq=seq, number=f"{story.label}〔2026〕{seq}", campaign_id=campaign.id,
        planner_person_id=story.persons["planner"], approver_person_id=story.persons["approver"],
        deadline=date(2026, 9, 30), opened_at=story.now(),
    ))  # fmt: skip
    story.draws[stage] = draw.id
    put(
        session,
        OpenPopulation(jurisdiction_code=story.jurisdiction, item_id=story.items[stage], draw_id=draw.id),
    )
    _step(session, campaign, "drawing")
    _freeze(session, story, draw, 1, stage in IN_CUSTODY)
    if stage == "frozen":
        return
    if stage == "void":
        draw.closed_at, draw.void_ground, draw.void_reason = story.now(), "wrong_list", "名录有误"
        _step(session, draw, "void")
        _step(session, campaign, "approved")
        session.delete(session.get_one(OpenPopulation, (story.jurisdiction, story.items[stage])))
        session.flush()
        return
    _commit(session, story, draw, 1)
    if stage != "revealed":
        _stamp(session, story, draw)
    if stage == "committed":
        return
    _reveal(session, story, draw, 1)
    if stage in ("revealed", "kept"):
        return
    _open(session, story, draw, 1, stage in IN_CUSTODY)
    _drawn_targets(session, story, draw)
    if stage == "short":
        _step(session, draw, "short")
        return
    if stage == "again":
        _step(session, draw, "short", "frozen")
        _freeze(session, story, draw, 2)
        _commit(session, story, draw, 2)
        _reveal(session, story, draw, 2)
        _open(session, story, draw, 2)
    _teams(session, story, draw)
    draw.closed_at = story.now()
    _step(session, draw, "completed")
    _step(session, campaign, "inspecting")
    session.delete(session.get_one(OpenPopulation, (story.jurisdiction, story.items[stage])))
    session.flush()
    if stage == "closed":
        _step(session, campaign, "closed")
        _publish(session, story, draw)


def _publish(session: Session, story: Story, draw: Draw) -> None:
    """What the public has of a draw."""
    put(
        session,
        PublicBundle(
            draw_id=draw.id, sha256=digest("bundle", draw.id), size=3, content=b"zip", at=story.now()
        ),
    )
    of = {"draw_id": draw.id, "row_index": 0, "made_at": story.now()}
    put(session, ProofToken(**of, digest=digest("token", draw.id), ends_at=story.now()))
    put(session, ProofCode(**of, digest=digest("code", draw.id), subject=digest("target", draw.id), ends_at=story.now(),
                           person_id=story.persons["planner"], used_at=story.now()))  # fmt: skip
    put(session, ProofCode(**of, digest=digest("ended", draw.id), subject=digest("target", draw.id), ends_at=story.now(),
                           person_id=story.persons["planner"], ended_at=story.now()))  # fmt: skip
    put(session, ProofAttempt(address="127.0.0.1", at=story.now()))


def _custodians(session: Session, story: Story) -> None:
    if session.get(KeyMark, 1) is None:
        put(session, KeyMark(id=1, mark=digest("key")))
    put(session, CustodyEnd(department_id=story.lead, reason="机构调整", proposed_by_person_id=story.persons["admin"],
                            proposed_at=story.now()))  # fmt: skip
    for role in CUSTODIANS:
        who = {"user_id": story.users[role], "person_id": story.persons[role]}
        put(session, Custodian(**who, department_id=story.lead, named_by_person_id=story.persons["admin"],
                               named_at=story.now()))  # fmt: skip
        made = put(session, CustodyKey(**who, public_key=hashlib.sha256(f"{story.label}{role}".encode()).digest(),
                                       hardness="m=8,t=1,p=1", salt=b"n" * 16, private_key=b"p" * 60,
                                       made_at=story.now()))  # fmt: skip
        story.keys[role] = made.id
        put(session, KeyConfirmation(key_id=made.id, person_id=made.person_id, by_user_id=story.users["neighbour"],
                                     by_person_id=story.persons["neighbour"], at=story.now()))  # fmt: skip


def _give_shares(session: Session, story: Story, draw: Draw, attempt: int) -> None:
    for place, role in enumerate(CUSTODIANS, 1):
        put(session, CustodyShare(
            draw_id=draw.id, attempt=attempt, place=place, person_id=story.persons[role], name=role,
            planner_person_id=draw.planner_person_id, approver_person_id=draw.approver_person_id,
            key_id=story.keys[role], ephemeral=b"e" * 32, share=b"x" * 60,
        ))  # fmt: skip


def _unlock(session: Session, story: Story, of: dict[str, int]) -> None:
    for place in (1, 3):
        put(session, Unlocking(**of, place=place, share=b"y" * 60, at=story.now()))
    put(session, UnlockedSecret(**of, secret=b"s" * 60, salt_secret=b"t" * 60))


def _freeze(session: Session, story: Story, draw: Draw, attempt: int, kept: bool = False) -> None:
    of = {"draw_id": draw.id, "attempt": attempt}
    put(session, Lottery(**of, plan=b"{}", frozen_at=story.now()))
    for name in FROZEN_TABLES:
        put(session, FrozenTable(**of, name=name, rows=1, content=name.encode()))
    put(session, BarCount(**of, rule="all", persons=6, pairs=36, added=0))
    put(session, LotterySecret(**of, secret=b"s" * 60, salt_secret=b"t" * 60, sealing="{}" if kept else None,
                               holder="custodians" if kept else "service"))  # fmt: skip
    if kept:
        _give_shares(session, story, draw, attempt)
    for place, role in ((1, "witness"), (2, "witness2")):
        put(session, WitnessCommitment(
            **of, place=place, person_id=story.persons[role], planner_person_id=draw.planner_person_id,
            approver_person_id=draw.approver_person_id, digest=digest(role), at=story.now(),
        ))  # fmt: skip


def _commit(session: Session, story: Story, draw: Draw, attempt: int) -> None:
    of = {"draw_id": draw.id, "attempt": attempt}
    put(session, DrawCommitment(**of, digest=digest("C", draw.id, attempt), told="{}", at=story.now()))
    _step(session, draw, "committed")
    put(session, Publication(**of, place="门户网站", published_at=story.now(), recorded_at=story.now(),
                             person_id=story.persons["publisher"]))  # fmt: skip
    put(session, WitnessReveal(**of, place=1, revealed="见证人自己写下的一段足够长的文字", at=story.now()))


def _stamp(session: Session, story: Story, draw: Draw) -> None:
    of = {"draw_id": draw.id, "attempt": 1}
    shown = put(session, Publication(**of, place="RFC 3161 时间戳中心", published_at=story.now(), recorded_at=story.now(),
                                     person_id=story.persons["publisher"]))  # fmt: skip
    put(session, TimeStamp(**of, publication_id=shown.id, response=b"answer", stamped_at=story.now(), serial="c0ffee",
                           policy="1.2.3", signer="CN=时间戳中心", authority="时间戳中心", at=story.now(),
                           person_id=story.persons["publisher"]))  # fmt: skip


def _reveal(session: Session, story: Story, draw: Draw, attempt: int) -> None:
    of = {"draw_id": draw.id, "attempt": attempt}
    put(session, RevealClosing(**of, digest=digest("R", draw.id, attempt), at=story.now()))
    _step(session, draw, "revealed")
    for place, role, entropy in ((1, "planner", AGREED), (2, "publisher", AGREED[:-1] + "9")):
        _enter(session, story, of, 1, place, role, entropy)


def _enter(
    session: Session, story: Story, of: dict[str, int], turn: int, place: int, role: str, entropy: str
) -> None:
    put(session, EntropyEntry(**of, round=turn, place=place, person_id=story.persons[role], entropy=entropy,
                              at=story.now()))  # fmt: skip


def _open(session: Session, story: Story, draw: Draw, attempt: int, kept: bool = False) -> None:
    of = {"draw_id": draw.id, "attempt": attempt}
    for place, role in ((1, "planner"), (2, "publisher")):
        _enter(session, story, of, 2, place, role, AGREED)
    if kept:
        _unlock(session, story, of)
    put(
        session, Opening(**of, round=2, entropy=AGREED, seed=digest("seed", draw.id, attempt), at=story.now())
    )
    put(session, BeaconSignature(**of, signature="ab" * 48, previous="", at=story.now(),
                                 person_id=story.persons["planner"]))  # fmt: skip
    put(session, DrawFile(**of, name="drawn.csv", content=b"target_id\n"))


def _drawn_targets(session: Session, story: Story, draw: Draw) -> None:
    for rank, target in enumerate(story.targets[:3], 1):
        put(session, DrawnTarget(draw_id=draw.id, target_id=target, stratum="all", rank=rank, row_index=rank,
                                 ticket=digest(target)[:16]))  # fmt: skip
        for department in (story.lead, story.joining):
            put(session, Visit(draw_id=draw.id, target_id=target, department_id=department))


def _teams(session: Session, story: Story, draw: Draw) -> None:
    for target in story.targets[:3]:
        for department in (story.lead, story.joining):
            _team(session, draw.id, target, department, 1, story.inspectors[department][:2])


def _team(
    session: Session, draw: int, target: int, department: int, version: int, members: Sequence[int]
) -> None:  # fmt: skip
    for place, inspector in enumerate(members):
        put(session, TeamMember(draw_id=draw, target_id=target, department_id=department, version=version,
                                inspector_id=inspector, role="member" if place else "lead", cost=place))  # fmt: skip


def _visits(session: Session, story: Story) -> None:
    """A recusal, a void with its successor, and a visit in every state."""
    draw = story.draws["completed"]
    first, second, third, successor, *_ = story.targets
    _change(session, story, draw, 1, "recusal", "kinship")
    _team(session, draw, first, story.lead, 2, story.inspectors[story.lead][1:3])
    _change(session, story, draw, 2, "void", "closed_business")
    for visit in session.scalars(select(Visit).where(Visit.draw_id == draw, Visit.target_id == third)):
        _step(session, visit, "void")
    put(session, DrawnTarget(draw_id=draw, target_id=successor, stratum="all", rank=4, row_index=4,
                             ticket=digest(successor)[:16], replaces_id=third))  # fmt: skip
    for department in (story.lead, story.joining):
        put(session, Visit(draw_id=draw, target_id=successor, department_id=department))
        _team(session, draw, successor, department, 1, story.inspectors[department][:2])
    named = {"disclosed": (first, story.lead), "entered": (second, story.lead), "void": (third, story.lead),
             "open": (successor, story.lead), "returned": (first, story.joining), "accepted": (second, story.joining),
             "corrected": (successor, story.joining)}  # fmt: skip
    for name, (target, department) in named.items():
        of = select(Visit.id).where(
            Visit.draw_id == draw, Visit.target_id == target, Visit.department_id == department
        )
        story.visits[name] = session.scalars(of).one()
    for name in ("disclosed", "entered", "returned", "accepted", "corrected"):
        _enter_result(session, story, name)
    _review(session, story, "returned", "send_back")
    _review(session, story, "accepted", "accept")
    _review(session, story, "corrected", "send_back")
    _enter_result(session, story, "corrected", version=2)
    _review(session, story, "disclosed", "accept")
    _disclose(session, story, "disclosed")
    _timetable(session, story, draw, successor)


def _timetable(session: Session, story: Story, draw: int, target: int) -> None:
    days = {"first_day": DAY, "last_day": DAY, "reason": "停业"}
    put(session, Timetable(draw_id=draw, made_at=story.now()))
    put(session, UnplacedTarget(draw_id=draw, target_id=target, reason="no_day"))
    put(session, Blackout(campaign_id=story.campaigns["completed"], department_id=story.joining, **days))
    put(session, TargetWindow(draw_id=draw, target_id=target, kind="closed", **days))


def _change(session: Session, story: Story, draw: int, seq: int, kind: str, ground: str) -> None:
    put(session, DrawChange(draw_id=draw, seq=seq, kind=kind, subject="对象", ground=ground, approver_role="approver",
                            approver_person_id=story.persons["approver"], result="补位", rank=1, eligible=1,
                            at=story.now()))  # fmt: skip


def _enter_result(session: Session, story: Story, name: str, version: int = 1) -> None:
    visit = session.get_one(Visit, story.visits[name])
    result = put(session, Result(
        visit_id=visit.id, version=version, inspected_on=DAY, methods="onsite", code_list="story", code="2",
        note=f"{story.label}{name}", reason="更正" if version > 1 else "",
        entered_by_person_id=story.persons["enterer"], entered_at=story.now(),
    ))  # fmt: skip
    story.results[name] = result.id
    put(session, Finding(result_id=result.id, item_version_id=story.versions["completed"], checked=True,
                         problem="消防通道堵塞", handling="order_to_correct"))  # fmt: skip
    content = f"{story.label}{name}{version}".encode()
    put(session, Attachment(result_id=result.id, name="笔录.pdf", media_type="application/pdf", size=len(content),
                            sha256=hashlib.sha256(content).hexdigest(), content=content))  # fmt: skip
    _step(session, visit, "entered")


def _review(session: Session, story: Story, name: str, decision: str) -> None:
    put(session, Review(
        result_id=story.results[name], entered_by_person_id=story.persons["enterer"],
        reviewer_person_id=story.persons["reviewer"], decision=decision,
        reason="证据不足" if decision == "send_back" else "", at=story.now(),
    ))  # fmt: skip
    visit = session.get_one(Visit, story.visits[name])
    _step(session, visit, "accepted" if decision == "accept" else "returned")


def _disclose(session: Session, story: Story, name: str) -> None:
    result = story.results[name]
    put(session, Disclosure(result_id=result, inspected_on=DAY, due_on=date(2026, 10, 20), disclosed_at=story.now(),
                            person_id=story.persons["publisher"]))  # fmt: skip
    _step(session, session.get_one(Visit, story.visits[name]), "disclosed")
    for word in ("open", "closed"):
        follow_up = put(session, FollowUp(visit_id=story.visits[name], result_id=result, measure=f"{word}整改",
                                          opened_on=DAY))  # fmt: skip
        story.follow_ups[word] = follow_up.id
        if word == "closed":
            follow_up.closed_on, follow_up.closing_note = DAY, "已整改"
            _step(session, follow_up, "closed")


def _work(session: Session, story: Story) -> None:
    for name, fulfilled in (("disclosed", DAY), ("accepted", None)):
        put(session, Obligation(
            rule_id=RULE, jurisdiction_code=story.jurisdiction, department_id=story.lead, subject_kind="visit",
            subject_id=str(story.visits[name]), event="inspection_result", triggered_on=DAY,
            due_on=date(2026, 10, 20), computation={"n": 20}, fulfilled_on=fulfilled,
        ))  # fmt: skip
    put(session, Job(kind="import", key=f"{story.label}-import", department_id=story.lead, parameters={},
                     created_at=story.now()))  # fmt: skip
    for chain, act in _acts(story):
        lines = ledger.append(session, act, story.now(), chain).seq
    root = digest(story.label, "root")
    put(session, LedgerCheckpoint(chain=chain, reason="commit", size=lines, root=root, note=root, vkey=root,
                                  peaks=b"p" * 32, day=DAY, at=story.now()))  # fmt: skip
    put(session, HeldCheckpoint(chain=chain, size=lines, root=root, note=root, verdict="other_root", at=story.now(),
                                department_id=story.joining, person_id=story.persons["witness"]))  # fmt: skip


def _faces(session: Session, story: Story) -> None:
    """What the faces keep to know who is there."""
    user, admin = story.users["planner"], story.persons["admin"]
    if session.get(Installation, 1) is None:
        put(session, Installation(id=1, form_key=b"k" * 32))
    put(session, BrowserSession(digest=digest(story.label, "session"), user_id=user, content={"csrf_token": "x"},
                                began_at=story.now(), seen_at=story.now()))  # fmt: skip
    put(session, LoginAttempt(login=f"{story.label}-planner", address="127.0.0.1", at=story.now()))
    put(session, ApiToken(user_id=user, name="台账系统", digest=digest(story.label, "token"), created_at=story.now(),
                          created_by_person_id=admin, valid_to=DAY))  # fmt: skip
    put(session, KeptAnswer(user_id=user, key="once", request_digest=digest(story.label, "request"), status=201,
                            headers={}, body=b"{}", at=story.now()))  # fmt: skip
    put(session, Upload(department_id=story.lead, user_id=user, kind="targets", name="名录.csv",
                        sha256=digest(story.label, "upload"), content=b"id", at=story.now()))  # fmt: skip


def _acts(story: Story) -> Iterator[tuple[str, Act]]:
    for stage in STAGES:
        yield ledger.BUSINESS, Act(story.persons["planner"], "planner", story.lead, "campaign:submit",
                                   f"campaign:{story.campaigns[stage]}", {"阶段": stage})  # fmt: skip
    yield ledger.SECURITY, Act(story.persons["admin"], "administrator", story.lead, "role:grant",
                               f"user:{story.users['planner']}", {"role": "planner"})  # fmt: skip
