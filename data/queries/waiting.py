"""What waits for somebody (待办): heaps of one kind each, counted in the database, with the first few of each heap.

Every question names its department, person or inspector, besides the scope of the session: a heap is counted, not loaded,
and all heaps of a reader come with one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import Date as DateType
from sqlalchemy.orm import Session

from data.models import (
    AnnualPlan,
    Campaign,
    CampaignDepartment,
    Certificate,
    Custodian,
    CustodyKey,
    CustodyShare,
    Department,
    Draw,
    FollowUp,
    InspectionItem,
    Inspector,
    ItemVersion,
    KeyConfirmation,
    LedgerEntry,
    Lottery,
    Opening,
    Person,
    RoleGrant,
    Target,
    Unlocking,
    User,
    Visit,
    Witness,
    WitnessCommitment,
    WitnessReveal,
)
from data.models.jobs import Job
from data.models.obligations import Obligation
from data.queries.draws import entropy_stands, next_step
from data.queries.visit_lists import ON_HAND, in_team, is_out, owed_for_visit

MOST = 5
"""So many of a heap are shown."""

Question = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class One:
    """One thing of a heap: what its page is found by, its name, a word on it, its day."""

    key: str
    name: str
    note: str
    day: date | None
    weight: int


@dataclass(frozen=True)
class Heap:
    """Things of one kind that wait: how many there are, and the first of them."""

    kind: str
    count: int
    first: Sequence[One]


def heaps(session: Session, questions: Sequence[Question]) -> dict[str, Heap]:
    """The heaps that some questions find, by kind."""
    if not questions:
        return {}
    asked = (union_all(*questions) if len(questions) > 1 else questions[0]).subquery()
    place = func.row_number().over(
        partition_by=asked.c.kind, order_by=(asked.c.day.is_(None), asked.c.day, asked.c.key)
    )
    count = func.sum(asked.c.weight).over(partition_by=asked.c.kind)
    ranked = (
        select(asked, place.label("place"), count.label("total")).where(asked.c.kind.is_not(None)).subquery()
    )
    rows = session.execute(
        select(ranked).where(ranked.c.place <= MOST).order_by(ranked.c.kind, ranked.c.place)
    )
    found: dict[str, tuple[int, list[One]]] = {}
    for row in rows.mappings():
        _, first = found.setdefault(row["kind"], (int(row["total"]), []))
        first.append(One(row["key"], row["name"], row["note"], row["day"], int(row["weight"])))
    return {kind: Heap(kind, total, first) for kind, (total, first) in found.items()}


def _question(
    kind: object, key: object, name: object, note: object, day: object, weight: object = None
) -> Question:
    def text(value: object) -> ColumnElement[str]:
        return cast(literal(value) if isinstance(value, str) else value, String)

    when = type_coerce(cast(null(), DateType), DateType) if day is None else day
    return select(
        text(kind).label("kind"),
        text(key).label("key"),
        text(name).label("name"),
        text(note).label("note"),
        when.label("day"),  # type: ignore[attr-defined]
        (literal(1) if weight is None else weight).label("weight"),  # type: ignore[attr-defined]
    )


# Campaigns and plans


def campaigns_to_plan(department_id: int) -> Question:
    """What a planner goes on with: `draft`, `answer`, `submit`, `freeze`, `dispatch`, `close`, `inspecting`."""
    unanswered = exists().where(
        CampaignDepartment.campaign_id == Campaign.id, CampaignDepartment.answer == "invited"
    )
    own = CampaignDepartment.__table__.alias("own_part")
    invited = and_(own.c.place > 0, own.c.answer == "invited", Campaign.state == "invited")
    leads = own.c.place == 0
    newest = (
        select(Draw.state)
        .where(Draw.campaign_id == Campaign.id)
        .order_by(Draw.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    kind = case(
        (invited, "answer"),
        (~leads, None),
        (Campaign.state == "draft", "draft"),
        (and_(Campaign.state == "invited", ~unanswered), "submit"),
        (Campaign.state == "approved", "freeze"),
        (and_(Campaign.state == "drawing", newest == "completed"), "dispatch"),
        (and_(Campaign.state == "inspecting", ~_unfinished()), "close"),
        (Campaign.state == "inspecting", "inspecting"),
    )
    return (
        _question(kind, Campaign.code, Campaign.name, Campaign.code, Campaign.last_day)
        .join_from(Campaign, own, own.c.campaign_id == Campaign.id)
        .where(
            own.c.department_id == department_id, Campaign.state.not_in(("closed", "cancelled", "submitted"))
        )
    )


def _unfinished() -> ColumnElement[bool]:
    return exists(
        select(Visit.id)
        .join(Draw, Draw.id == Visit.draw_id)
        .where(Draw.campaign_id == Campaign.id, Visit.state.not_in(("disclosed", "void")))
    )


OF_PLANNER = ("commit", "publish", "enter", "close_reveals", "execute", "refreeze")
"""The steps of a draw that are a planner's turn; at the others he waits for somebody else."""


def draws_to_carry_on(department_id: int) -> Question:
    """The draws under way of a lead, each by the step that is the planner's turn now, else `draw`."""
    step = next_step()
    kind = case((step.in_(OF_PLANNER), literal("draw_") + step), else_="draw")
    return (
        _question(kind, Draw.id, Campaign.name, Draw.number, Draw.deadline)
        .join_from(Draw, Campaign, Campaign.id == Draw.campaign_id)
        .where(
            Campaign.lead_department_id == department_id,
            Campaign.state == "drawing",
            Draw.state.in_(("frozen", "committed", "revealed", "short")),
        )
    )


def campaigns_to_schedule(department_id: int) -> Question:
    """`schedule`: campaigns with open visits that have no day, weighed by their number."""
    return (
        _question(
            "schedule", Campaign.code, Campaign.name, Campaign.code, Campaign.last_day, func.count(Visit.id)
        )
        .join_from(Visit, Draw, Draw.id == Visit.draw_id)
        .join(Campaign, Campaign.id == Draw.campaign_id)
        .where(
            Visit.department_id == department_id,
            Visit.state == "open",
            Visit.planned_on.is_(None),
            Visit.dispatched_at.is_not(None),
            Campaign.state == "inspecting",
        )
        .group_by(Campaign.code, Campaign.name, Campaign.last_day)
    )


def campaigns_to_approve(department_id: int) -> Question:
    """`approve`: campaigns handed in."""
    asked = _question("approve", Campaign.code, Campaign.name, Campaign.code, Campaign.first_day)
    return asked.where(Campaign.lead_department_id == department_id, Campaign.state == "submitted")


def plans_to_approve(department_id: int) -> Question:
    """`approve_plan`: annual plans drafted."""
    asked = _question("approve_plan", AnnualPlan.id, AnnualPlan.name, AnnualPlan.number, None)
    return asked.where(AnnualPlan.department_id == department_id, AnnualPlan.state == "draft")


# Draws


def draws_to_witness(person_id: int) -> Question:
    """What a witness has to do: `promise`, `reveal`, `enter_entropy`."""
    attempt = select(func.max(Lottery.attempt)).where(Lottery.draw_id == Draw.id).scalar_subquery()

    def there_is(model: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists(select(model.draw_id).where(model.draw_id == Draw.id, model.attempt == attempt, *more))

    promised = there_is(WitnessCommitment, WitnessCommitment.place == Witness.place)
    revealed = there_is(WitnessReveal, WitnessReveal.place == Witness.place)
    kind = case(
        (and_(Draw.state == "frozen", ~promised), "promise"),
        (and_(Draw.state == "committed", promised, ~revealed), "reveal"),
        (and_(Draw.state == "revealed", ~there_is(Opening), ~entropy_stands(attempt)), "enter_entropy"),
    )
    return (
        _question(kind, Draw.id, Campaign.name, Draw.number, Draw.deadline)
        .join_from(Draw, Campaign, Campaign.id == Draw.campaign_id)
        .join(Witness, Witness.campaign_id == Campaign.id)
        .where(Witness.person_id == person_id, Draw.state.in_(("frozen", "committed", "revealed")))
    )


def draws_to_unlock(person_id: int) -> Question:
    """`unlock`: the draws whose entropy stands and whose secret waits for a custodian who has not opened his share."""
    attempt = select(func.max(Lottery.attempt)).where(Lottery.draw_id == Draw.id).scalar_subquery()
    share = CustodyShare.__table__.alias("own_share")
    opened = exists(select(Opening.draw_id).where(Opening.draw_id == Draw.id, Opening.attempt == attempt))
    done = exists(
        select(Unlocking.place).where(
            Unlocking.draw_id == Draw.id, Unlocking.attempt == attempt, Unlocking.place == share.c.place
        )
    )
    return (
        _question("unlock", Draw.id, Campaign.name, Draw.number, Draw.deadline)
        .join_from(Draw, Campaign, Campaign.id == Draw.campaign_id)
        .join(share, and_(share.c.draw_id == Draw.id, share.c.attempt == attempt))
        .where(
            share.c.person_id == person_id, Draw.state == "revealed", entropy_stands(attempt), ~opened, ~done
        )
    )


def custody_keys_to_make(person_id: int) -> Question:
    """`custody_key`: the departments that have named somebody who has made no key yet."""
    key = CustodyKey.__table__.c  # of the table: a session sees no row of it
    made = exists(select(key.id).where(key.person_id == person_id))
    return (
        _question("custody_key", Department.code, Department.name, Department.code, None)
        .join_from(Custodian, Department, Department.id == Custodian.department_id)
        .where(Custodian.person_id == person_id, Custodian.ended_at.is_(None), ~made)
    )


def custody_keys_to_have_confirmed(person_id: int) -> Question:
    """`custody_confirm`: the departments that have named somebody whose newest key nobody has confirmed."""
    key, confirmed = CustodyKey.__table__.c, KeyConfirmation.__table__.c
    newest = select(func.max(key.id)).where(key.person_id == person_id).scalar_subquery()
    done = exists(select(confirmed.key_id).where(confirmed.key_id == newest))
    return (
        _question("custody_confirm", Department.code, Department.name, Department.code, None)
        .join_from(Custodian, Department, Department.id == Custodian.department_id)
        .where(Custodian.person_id == person_id, Custodian.ended_at.is_(None), newest.is_not(None), ~done)
    )


def draws_to_replay(register_id: int) -> Question:
    """`replay`: the completed draws of a register that nobody has replayed."""
    replayed = exists(
        select(Job.id).where(
            Job.kind == "draw:replay",
            Job.state == "done",
            Job.key.like(literal("draw:replay/") + cast(Draw.id, String) + "/%"),
        )
    )
    return (
        _question("replay", Draw.id, Campaign.name, Draw.number, Draw.deadline)
        .join_from(Draw, Campaign, Campaign.id == Draw.campaign_id)
        .where(Draw.register_id == register_id, Draw.state == "completed", ~replayed)
    )


# Visits


def visits_of_inspector(inspector_id: int, today: date, week_end: date) -> Question:
    """What waits for a member of the team: `sent_back`, `past`, `today`, `week`, `later`, `no_day`."""
    kind = case(
        (Visit.state == "returned", "sent_back"),
        (Visit.planned_on.is_(None), "no_day"),
        (Visit.planned_on < today, "past"),
        (Visit.planned_on == today, "today"),
        (Visit.planned_on <= week_end, "week"),
        else_="later",
    )
    return _visits(kind, Visit.planned_on).where(Visit.state.in_(ON_HAND), in_team(inspector_id), is_out())


def visits_to_review(department_id: int) -> Question:
    """`review`: results entered."""
    return _visits("review", Visit.planned_on).where(
        Visit.department_id == department_id, Visit.state == "entered"
    )


def visits_to_disclose(department_id: int, event: str, today: date, soon: date) -> Question:
    """What is accepted: `late`, `near`, `disclose` by the day it is due."""
    due = case((Obligation.fulfilled_on.is_(None), Obligation.due_on))
    kind = case((due < today, "late"), (due <= soon, "near"), else_="disclose")
    return (
        _visits(kind, due)
        .outerjoin(Obligation, owed_for_visit(event))
        .where(Visit.department_id == department_id, Visit.state == "accepted")
    )


def follow_ups_open(department_id: int) -> Question:
    """`follow_up`: what has still to follow."""
    return (
        _question("follow_up", Visit.id, Target.name, FollowUp.measure, FollowUp.opened_on)
        .join_from(FollowUp, Visit, Visit.id == FollowUp.visit_id)
        .join(Target, Target.id == Visit.target_id)
        .where(Visit.department_id == department_id, FollowUp.state == "open")
    )


def _visits(kind: object, day: object) -> Question:
    return (
        _question(kind, Visit.id, Target.name, Campaign.name, day)
        .join_from(Visit, Target, Target.id == Visit.target_id)
        .join(Draw, Draw.id == Visit.draw_id)
        .join(Campaign, Campaign.id == Draw.campaign_id)
    )


# Registries, accounts, jobs


def items_in(department_id: int, state: str) -> Question:
    """`item_STATE`: versions of a department's items that wait for a step."""
    return (
        _question(f"item_{state}", ItemVersion.id, ItemVersion.name, InspectionItem.code, None)
        .join_from(ItemVersion, InspectionItem, InspectionItem.id == ItemVersion.item_id)
        .where(InspectionItem.department_id == department_id, ItemVersion.state == state)
    )


def certificates_expiring(department_id: int, last: date) -> Question:
    """`certificate`: certificates of active inspectors that expire up to a day, or have by now."""
    renewed = Certificate.__table__.alias("renewed")
    valid_after = exists(
        select(renewed.c.id).where(renewed.c.inspector_id == Inspector.id, renewed.c.expires_on > last)
    )
    return (
        _question("certificate", Inspector.code, Inspector.name, Certificate.number, Certificate.expires_on)
        .join_from(Certificate, Inspector, Inspector.id == Certificate.inspector_id)
        .where(
            Inspector.department_id == department_id,
            Inspector.state == "active",
            Certificate.expires_on <= last,
            ~valid_after,
        )
    )


def grants_ending(department_id: int, today: date, last: date) -> Question:
    """`grant`: roles that end within some days."""
    return (
        _question("grant", User.login, Person.name, RoleGrant.role, RoleGrant.valid_to)
        .join_from(RoleGrant, User, User.id == RoleGrant.user_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.department_id == department_id,
            RoleGrant.valid_to >= today,
            RoleGrant.valid_to <= last,
            User.state == "active",
        )
    )


def jobs_to_look_at(department_id: int) -> Question:
    """`job`: jobs that could not be done."""
    asked = _question("job", Job.id, Job.kind, func.coalesce(Job.error, ""), None)
    return asked.where(Job.department_id == department_id, Job.state.in_(("failed", "parked")))


def last_line(session: Session, chain: str) -> LedgerEntry | None:
    """The last line of a chain that the reader sees."""
    return session.scalar(
        select(LedgerEntry).where(LedgerEntry.chain == chain).order_by(LedgerEntry.seq.desc()).limit(1)
    )
