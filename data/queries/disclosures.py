"""Questions about what is public: committed draws, their register, disclosed results. For sessions that see everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from data.models import (
    Campaign,
    CampaignDepartment,
    CampaignItem,
    Department,
    Disclosure,
    Draw,
    DrawChange,
    DrawCommitment,
    DrawFile,
    DrawnTarget,
    InspectionItem,
    ItemVersion,
    Publication,
    Result,
    RevealClosing,
    Target,
    TeamMember,
    Visit,
    WitnessReveal,
)
from data.models.draws import Opening
from data.vocabulary import CHOICES_FILE

_FIRST = 1


def _committed() -> ColumnElement[bool]:
    return select(DrawCommitment.draw_id).where(DrawCommitment.draw_id == Draw.id).exists()


def _with_departments() -> ORMOption:
    """Of a draw its campaign with the departments that were asked."""
    parts = joinedload(Draw.campaign).selectinload(Campaign.departments)
    return parts.joinedload(CampaignDepartment.department)


def public_campaigns(text: str = "", department: str = "", year: int | None = None) -> Select[Campaign]:
    """Campaigns of which a number has been committed, newest first."""
    drawn = select(Draw.id).where(Draw.campaign_id == Campaign.id, _committed()).exists()
    found = (
        select(Campaign)
        .where(drawn)
        .options(
            joinedload(Campaign.lead),
            selectinload(Campaign.departments).joinedload(CampaignDepartment.department),
        )
        .order_by(Campaign.first_day.desc(), Campaign.id.desc())
    )
    if text:
        found = found.where(or_(Campaign.name.icontains(text, autoescape=True), Campaign.code == text))
    if department:
        part = (
            select(CampaignDepartment.campaign_id)
            .join(Department, Department.id == CampaignDepartment.department_id)
            .where(Department.code == department, CampaignDepartment.answer == "accepted")
        )
        found = found.where(Campaign.id.in_(part))
    if year is not None:
        found = found.where(Campaign.first_day.between(date(year, 1, 1), date(year, 12, 31)))
    return found


def public_campaign(session: Session, code: str) -> Campaign | None:
    """One of them, with its items."""
    whole = selectinload(Campaign.items).joinedload(CampaignItem.version).joinedload(ItemVersion.item)
    return session.scalar(public_campaigns().where(Campaign.code == code).options(whole))


def public_draws(
    department: str = "", year: int | None = None, overdue_on: date | None = None
) -> Select[Draw]:
    """The numbers of the register that anybody may see, newest first: committed ones, and those that ended before it."""
    found = (
        select(Draw)
        .join(Department, Department.id == Draw.register_id)
        .where(or_(_committed(), Draw.state == "void"))
        .options(_with_departments())
        .order_by(Draw.year.desc(), Department.code, Draw.seq.desc())
    )
    if department:
        found = found.where(Department.code == department)
    if year is not None:
        found = found.where(Draw.year == year)
    if overdue_on is not None:
        found = found.where(Draw.state.not_in(("completed", "void")), Draw.deadline < overdue_on)
    return found


def public_draw(session: Session, number: str) -> Draw | None:
    """A number of the register that anybody may see."""
    return session.scalar(public_draws().where(Draw.number == number))


def committed_draws(session: Session, campaign_ids: Iterable[int]) -> dict[int, list[Draw]]:
    """The committed draws of campaigns, in the order of their numbers."""
    of_campaigns = select(Draw).where(Draw.campaign_id.in_(set(campaign_ids)), _committed())
    found: dict[int, list[Draw]] = {}
    for each in session.scalars(of_campaigns.options(_with_departments()).order_by(Draw.id)):
        found.setdefault(each.campaign_id, []).append(each)
    return found


def taking_part(session: Session) -> list[Department]:
    """The departments that lead or have joined a public campaign, by code."""
    public = public_campaigns().options().order_by(None).with_only_columns(Campaign.id)
    parts = select(CampaignDepartment.department_id).where(
        CampaignDepartment.campaign_id.in_(public), CampaignDepartment.answer == "accepted"
    )
    return list(session.scalars(select(Department).where(Department.id.in_(parts)).order_by(Department.code)))


def years_of_register(session: Session) -> list[int]:
    """The years of which the public register has numbers, newest first."""
    shown = select(Draw.year).where(or_(_committed(), Draw.state == "void")).distinct()
    return list(session.scalars(shown.order_by(Draw.year.desc())))


def registers(session: Session) -> list[Department]:
    """The departments whose registers have public numbers, by code."""
    with_numbers = select(Draw.register_id).where(or_(_committed(), Draw.state == "void"))
    return list(
        session.scalars(select(Department).where(Department.id.in_(with_numbers)).order_by(Department.code))
    )


def commitments(session: Session, draw_ids: Iterable[int]) -> dict[int, list[DrawCommitment]]:
    """The commitments of draws, one for each attempt."""
    rows = session.scalars(
        select(DrawCommitment)
        .where(DrawCommitment.draw_id.in_(set(draw_ids)))
        .order_by(DrawCommitment.attempt)
    )
    found: dict[int, list[DrawCommitment]] = {}
    for each in rows:
        found.setdefault(each.draw_id, []).append(each)
    return found


def publications(session: Session, draw_ids: Iterable[int]) -> dict[int, list[Publication]]:
    """Where the commitments of draws were made public."""
    rows = session.scalars(
        select(Publication).where(Publication.draw_id.in_(set(draw_ids))).order_by(Publication.id)
    )
    found: dict[int, list[Publication]] = {}
    for each in rows:
        found.setdefault(each.draw_id, []).append(each)
    return found


def thresholds(session: Session, draw_ids: Iterable[int]) -> dict[int, bytes]:
    """thresholds.csv of the draws that have an outcome."""
    rows = session.execute(
        select(DrawFile.draw_id, DrawFile.content).where(
            DrawFile.draw_id.in_(set(draw_ids)), DrawFile.attempt == _FIRST, DrawFile.name == "thresholds.csv"
        )
    )
    return {row[0]: row[1] for row in rows}


class OpenedAttempt(NamedTuple):
    """What made the seed of an attempt, and the round of entries that agreed."""

    reveals: str
    entropy: str
    seed: str
    round: int


def outcomes(session: Session, draw_id: int) -> dict[int, OpenedAttempt]:
    """What was opened of the attempts that have been executed; before that it is nobody's business."""
    executed = (
        select(DrawFile.draw_id)
        .where(DrawFile.draw_id == Opening.draw_id, DrawFile.attempt == Opening.attempt)
        .exists()
    )
    rows = session.execute(
        select(
            Opening.attempt,
            RevealClosing.digest,
            Opening.entropy,
            Opening.seed,
            Opening.round,
        )
        .join(
            RevealClosing,
            and_(RevealClosing.draw_id == Opening.draw_id, RevealClosing.attempt == Opening.attempt),
        )
        .where(Opening.draw_id == draw_id, executed)
        .order_by(Opening.attempt)
    )
    return {row[0]: OpenedAttempt(*row[1:]) for row in rows}


def witness_texts(session: Session, draw_id: int, attempts: Iterable[int]) -> dict[tuple[int, int], str]:
    """What the witnesses of attempts revealed, by attempt and place."""
    rows = session.execute(
        select(WitnessReveal.attempt, WitnessReveal.place, WitnessReveal.revealed).where(
            WitnessReveal.draw_id == draw_id, WitnessReveal.attempt.in_(set(attempts))
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


def choices(session: Session, draw_id: int) -> bytes | None:
    """How many were eligible for each seat, as it was kept with the pairing; None where there is none."""
    kept = select(DrawFile.content).where(DrawFile.draw_id == draw_id, DrawFile.name == CHOICES_FILE)
    return session.scalar(kept.order_by(DrawFile.attempt.desc()).limit(1))


def supplies(session: Session, draw_id: int) -> dict[int, int]:
    """How many seats were filled after the pairing out of how many eligible."""
    of_draw = select(DrawChange.eligible, func.count()).where(DrawChange.draw_id == draw_id)
    rows = session.execute(of_draw.group_by(DrawChange.eligible))
    return {eligible: seats for eligible, seats in rows if eligible is not None}


Register = tuple[int, int]
"""A department's register of one year: the ids of the one, the number of the other."""


def numbers_by_register(
    session: Session, department: str = "", year: int | None = None
) -> dict[Register, Mapping[str, int]]:
    """How many public numbers each register has of each year, by the ground on which they are void; empty where not."""
    shown = public_draws(department, year).options().order_by(None).with_only_columns(Draw.id)
    rows = session.execute(
        select(Draw.register_id, Draw.year, Draw.void_ground, func.count())
        .where(Draw.id.in_(shown))
        .group_by(Draw.register_id, Draw.year, Draw.void_ground)
    )
    found: dict[Register, dict[str, int]] = {}
    for register_id, of_year, ground, number in rows:
        found.setdefault((register_id, of_year), {})[ground] = number
    return dict(found)


class Changes(NamedTuple):
    """What was drawn and paired under some numbers, and how often it was changed after that, by ground."""

    drawn: int
    pairs: int
    voids: Mapping[str, int]
    recusals: Mapping[str, int]


NO_CHANGES = Changes(0, 0, {}, {})


def changes_by_register(
    session: Session, department: str = "", year: int | None = None
) -> dict[Register, Changes]:
    """What was drawn and paired under each register of each year, and changed."""
    shown = public_draws(department, year).options().order_by(None).with_only_columns(Draw.id)
    return _changes(session, Draw.id.in_(shown))


def changes_of(session: Session, draw_id: int) -> Changes:
    """What was drawn and paired in one draw, and changed."""
    found = _changes(session, Draw.id == draw_id)
    return next(iter(found.values()), NO_CHANGES)


def _changes(session: Session, of_draws: ColumnElement[bool]) -> dict[Register, Changes]:
    """Successors and their teams count with neither drawn nor paired: a rate is of what the lottery gave."""
    register = (Draw.register_id, Draw.year)
    first = and_(DrawnTarget.draw_id == Draw.id, DrawnTarget.replaces_id.is_(None))
    drawn = select(*register, func.count(DrawnTarget.target_id)).join(DrawnTarget, first)
    seat = and_(
        TeamMember.draw_id == Draw.id, TeamMember.target_id == DrawnTarget.target_id, TeamMember.version == 1
    )
    pairs = select(*register, func.count()).select_from(Draw).join(DrawnTarget, first).join(TeamMember, seat)
    counted: list[dict[Register, int]] = [
        {(row[0], row[1]): row[2] for row in session.execute(each.where(of_draws).group_by(*register))}
        for each in (drawn, pairs)
    ]
    grounds: dict[Register, dict[str, dict[str, int]]] = {}
    kinds = (*register, DrawChange.kind, DrawChange.ground)
    changes = select(*kinds, func.count()).join(DrawChange, DrawChange.draw_id == Draw.id).where(of_draws)
    for register_id, of_year, kind, ground, number in session.execute(changes.group_by(*kinds)):
        grounds.setdefault((register_id, of_year), {}).setdefault(kind, {})[ground] = number
    return {
        key: Changes(
            drawn=counted[0].get(key, 0),
            pairs=counted[1].get(key, 0),
            voids=grounds.get(key, {}).get("void", {}),
            recusals=grounds.get(key, {}).get("recusal", {}),
        )
        for key in {*counted[0], *counted[1], *grounds}
    }


def disclosed(text: str = "", campaign_id: int | None = None) -> Select[Result]:
    """The newest disclosed version of every result, the last disclosed first; of targets by name or exact code."""
    newer, newer_shown = aliased(Result), aliased(Disclosure)
    superseded = (
        select(newer.id)
        .join(newer_shown, newer_shown.result_id == newer.id)
        .where(newer.visit_id == Result.visit_id, newer.version > Result.version)
        .exists()
    )
    found = (
        select(Result)
        .join(Disclosure, Disclosure.result_id == Result.id)
        .join(Visit, Visit.id == Result.visit_id)
        .join(Target, Target.id == Visit.target_id)
        .join(Draw, Draw.id == Visit.draw_id)
        .where(~superseded)
        .options(
            joinedload(Result.overall),
            joinedload(Result.visit).joinedload(Visit.target),
            joinedload(Result.visit).joinedload(Visit.department),
            joinedload(Result.visit).joinedload(Visit.draw).joinedload(Draw.campaign),
        )
        .order_by(Disclosure.disclosed_at.desc(), Result.id.desc())
    )
    if text:
        named = Target.name.icontains(text, autoescape=True)
        # a person's code may be that of his papers: nobody finds out whose it is by trying
        found = found.where(or_(named, and_(Target.code == text.upper(), Target.kind != "person")))
    if campaign_id is not None:
        found = found.where(Draw.campaign_id == campaign_id)
    return found


def disclosed_result(session: Session, visit_id: int) -> Result | None:
    """The newest disclosed result of a visit, with its findings."""
    return session.scalar(disclosed().where(Visit.id == visit_id).options(selectinload(Result.findings)))


def other_results(session: Session, visit: Visit) -> list[Result]:
    """The newest disclosed results of the other departments' visits to the same target in the same draw."""
    beside = disclosed().where(
        Visit.draw_id == visit.draw_id, Visit.target_id == visit.target_id, Visit.id != visit.id
    )
    return list(session.scalars(beside.order_by(None).order_by(Visit.department_id)))


def disclosures_of(session: Session, visit_ids: Iterable[int]) -> dict[int, list[Disclosure]]:
    """All disclosures of visits, oldest version first."""
    rows = session.execute(
        select(Result.visit_id, Disclosure)
        .join(Disclosure, Disclosure.result_id == Result.id)
        .where(Result.visit_id.in_(set(visit_ids)))
        .order_by(Result.version)
    )
    found: dict[int, list[Disclosure]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row[1])
    return found


def disclosed_by_department(session: Session, campaign_id: int) -> list[tuple[int, int, int]]:
    """Department, visits that are to be made, and those of them with a disclosed result, in a campaign."""
    shown = (
        select(Disclosure.result_id)
        .join(Result, Result.id == Disclosure.result_id)
        .where(Result.visit_id == Visit.id)
        .exists()
    )
    rows = session.execute(
        select(Visit.department_id, func.count(Visit.id), func.sum(cast(shown, Integer)))
        .join(Draw, Draw.id == Visit.draw_id)
        .where(Draw.campaign_id == campaign_id, Visit.state != "void")
        .group_by(Visit.department_id)
        .order_by(Visit.department_id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def item_versions(session: Session, ids: Iterable[int]) -> dict[int, tuple[str, str, int]]:
    """Name, sub-item and department of item versions."""
    rows = session.execute(
        select(ItemVersion.id, ItemVersion.name, ItemVersion.sub_item, InspectionItem.department_id)
        .join(InspectionItem, InspectionItem.id == ItemVersion.item_id)
        .where(ItemVersion.id.in_(set(ids)))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
