"""Questions about the register and the evidence of draws, and what the evidence is kept as."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session, joinedload

from data.models import (
    Campaign,
    Department,
    Draw,
    DrawChange,
    DrawCommitment,
    DrawFile,
    DrawnTarget,
    EntropyEntry,
    FrozenTable,
    InspectionItem,
    Inspector,
    Lottery,
    Opening,
    OpenPopulation,
    Person,
    Publication,
    RevealClosing,
    Target,
    TeamMember,
    Visit,
    Witness,
    WitnessCommitment,
    WitnessReveal,
)
from data.vocabulary import CHOICES_FILE, FROZEN_TABLES

_MOST_IDS = 5_000  # parameters of one statement


def next_step() -> ColumnElement[str]:
    """The act that a draw waits for now, as a column of a statement about `Draw`; None where it is void."""
    attempt = select(func.max(Lottery.attempt)).where(Lottery.draw_id == Draw.id).scalar_subquery()

    def there_is(model: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists(select(model.draw_id).where(model.draw_id == Draw.id, model.attempt == attempt, *more))

    def lacks(model: Any) -> ColumnElement[bool]:
        done = there_is(model, model.place == Witness.place)
        return exists(select(Witness.place).where(Witness.campaign_id == Draw.campaign_id, ~done))

    return case(
        (and_(Draw.state == "frozen", lacks(WitnessCommitment)), "promise"),
        (Draw.state == "frozen", "commit"),
        (and_(Draw.state == "committed", ~there_is(Publication)), "publish"),
        (and_(Draw.state == "committed", lacks(WitnessReveal)), "reveal"),
        (Draw.state == "committed", "close_reveals"),
        (and_(Draw.state == "revealed", ~there_is(Opening), entropy_stands(attempt)), "unlock"),
        (and_(Draw.state == "revealed", ~there_is(Opening)), "enter"),
        (Draw.state == "revealed", "execute"),
        (Draw.state == "short", "refreeze"),
        (Draw.state == "completed", "dispatch"),
    )


def entropy_stands(attempt: Any) -> ColumnElement[bool]:
    """Whether two persons entered the same for an attempt of a draw, as a column of a statement about `Draw`."""
    # of the table: whoever sees the draw knows how far it has come
    entry = EntropyEntry.__table__
    first, second = entry.alias("first_entry"), entry.alias("second_entry")
    same = and_(*(second.c[name] == first.c[name] for name in ("draw_id", "attempt", "round", "entropy")))
    return exists(
        select(first.c.draw_id)
        .join(second, and_(same, second.c.place > first.c.place))
        .where(first.c.draw_id == Draw.id, first.c.attempt == attempt)
    )


def next_steps(session: Session, draw_ids: Iterable[int]) -> dict[int, str]:
    """What each of some draws waits for, of those whose evidence may be seen."""
    rows = session.execute(
        select(Draw.id, next_step()).where(Draw.id.in_(list(draw_ids)), Draw.id.in_(select(Lottery.draw_id)))
    )
    return {row[0]: row[1] for row in rows if row[1]}


def draw_by_number(session: Session, number: str) -> Draw | None:
    """A draw by its number, if it may be seen."""
    return session.scalar(select(Draw).where(Draw.number == number))


def draw_with_evidence(session: Session, draw_id: int) -> Draw | None:
    """A draw by its id, if it may be seen with its evidence: to a department that declined it shows its number alone."""
    return session.scalar(select(Draw).where(Draw.id == draw_id, Draw.id.in_(select(Lottery.draw_id))))


def numbers(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The numbers of draws that may be seen, by id."""
    rows = session.execute(select(Draw.id, Draw.number).where(Draw.id.in_(set(ids))))
    return {row[0]: row[1] for row in rows}


def draws_of(session: Session, campaign_id: int) -> list[Draw]:
    """All draws of a campaign, in the order of their numbers."""
    return list(session.scalars(select(Draw).where(Draw.campaign_id == campaign_id).order_by(Draw.id)))


def not_sent_out(session: Session, sent: Collection[str]) -> list[Draw]:
    """The draws that may be seen and have an outcome, of campaigns in none of these states; with who takes part."""
    executed = exists(select(DrawnTarget.target_id).where(DrawnTarget.draw_id == Draw.id))
    question = select(Draw).join(Campaign, Campaign.id == Draw.campaign_id)
    whole = joinedload(Draw.campaign)
    return list(
        session.scalars(
            question.where(Campaign.state.not_in(tuple(sent)), executed).options(
                whole.selectinload(Campaign.departments), whole.selectinload(Campaign.witnesses)
            )
        )
    )


def locked_draw(session: Session, draw_id: int) -> Draw | None:
    """A draw whose row nobody else changes before this transaction ends, as it stands now."""
    return session.scalar(
        select(Draw).where(Draw.id == draw_id).with_for_update().execution_options(populate_existing=True)
    )


def lock_register(session: Session, register_id: int, item_ids: Iterable[int]) -> None:
    """Wait until nobody else takes a number of a register or holds one of these populations (PostgreSQL; SQLite waits
    when it begins). The rows of what they belong to are locked, always in this order."""
    for table, keys in (
        (Department.__table__, [register_id]),
        (InspectionItem.__table__, sorted(set(item_ids))),
    ):
        key = table.c.id
        # others may refer to the rows meanwhile, by foreign keys
        session.execute(select(key).where(key.in_(keys)).order_by(key).with_for_update(key_share=True)).all()


def last_of_register(session: Session, register_id: int) -> tuple[int, int, str | None, str] | None:
    """The last number of a register: year, seq, its commitment if there is one, its state."""
    draw, commitment = Draw.__table__.c, DrawCommitment.__table__.c
    row = session.execute(
        select(draw.year, draw.seq, commitment.digest, draw.state)
        .join_from(
            Draw.__table__,
            DrawCommitment.__table__,
            (commitment.draw_id == draw.id) & (commitment.attempt == 1),
            isouter=True,
        )
        .where(draw.register_id == register_id)
        .order_by(draw.year.desc(), draw.seq.desc())
        .limit(1)
    ).first()
    return (row[0], row[1], row[2], row[3]) if row else None


def last_commitment(session: Session, register_id: int) -> str | None:
    """The last commitment C of a register."""
    draw, commitment = Draw.__table__.c, DrawCommitment.__table__.c
    return session.scalar(
        select(commitment.digest)
        .join_from(DrawCommitment.__table__, Draw.__table__, commitment.draw_id == draw.id)
        .where(draw.register_id == register_id, commitment.attempt == 1)
        .order_by(draw.year.desc(), draw.seq.desc())
        .limit(1)
    )


def open_draw_of(session: Session, jurisdiction_code: str, item_ids: Iterable[int]) -> str | None:
    """The number of the open draw that holds one of these populations."""
    population, draw = OpenPopulation.__table__.c, Draw.__table__.c
    return session.scalar(
        select(draw.number)
        .join_from(Draw.__table__, OpenPopulation.__table__, population.draw_id == draw.id)
        .where(population.jurisdiction_code == jurisdiction_code, population.item_id.in_(list(item_ids)))
        .limit(1)
    )


def without_seed(session: Session) -> list[str]:
    """The numbers of the draws that are open and whose seed does not stand yet, in every register."""
    last = select(func.max(Lottery.attempt)).where(Lottery.draw_id == Draw.id).scalar_subquery()
    opened = exists().where(Opening.draw_id == Draw.id, Opening.attempt == last)
    states = ("frozen", "committed", "revealed")
    found = select(Draw.number).where(Draw.state.in_(states), ~opened)
    return list(session.scalars(found.order_by(Draw.register_id, Draw.year, Draw.seq)))


def release_population(session: Session, draw_id: int) -> None:
    """Let a population be drawn from again."""
    for row in session.scalars(select(OpenPopulation).where(OpenPopulation.draw_id == draw_id)):
        session.delete(row)


def last_attempt(session: Session, draw_id: int) -> Lottery:
    """The attempt that is under way, or the last one."""
    return session.scalars(
        select(Lottery).where(Lottery.draw_id == draw_id).order_by(Lottery.attempt.desc()).limit(1)
    ).one()


def lottery(session: Session, draw_id: int, attempt: int) -> Lottery:
    """One attempt."""
    return session.get_one(Lottery, (draw_id, attempt))


def store_table(session: Session, draw_id: int, attempt: int, name: str, rows: int, content: bytes) -> None:
    """Keep a frozen table."""
    # the quickest level: the usual one takes three times as long to save a seventh
    packed = zlib.compress(content, zlib.Z_BEST_SPEED)
    session.add(FrozenTable(draw_id=draw_id, attempt=attempt, name=name, rows=rows, content=packed))


def frozen_tables(session: Session, draw_id: int, attempt: int) -> dict[str, bytes]:
    """The frozen tables of an attempt as the bytes that were hashed."""
    found = session.scalars(
        select(FrozenTable).where(FrozenTable.draw_id == draw_id, FrozenTable.attempt == attempt)
    )
    return {each.name: zlib.decompress(each.content) for each in found}


def commitment_of(session: Session, draw_id: int, attempt: int) -> DrawCommitment | None:
    """The commitment of an attempt."""
    return session.get(DrawCommitment, (draw_id, attempt))


def closing_of(session: Session, draw_id: int, attempt: int) -> RevealClosing | None:
    """The closing of an attempt's reveals."""
    return session.get(RevealClosing, (draw_id, attempt))


def opening_of(session: Session, draw_id: int, attempt: int) -> Opening | None:
    """The seed of an attempt."""
    return session.get(Opening, (draw_id, attempt))


def promises(session: Session, draw_id: int, attempt: int) -> dict[int, WitnessCommitment]:
    """The witnesses' commitments by place."""
    found = session.scalars(
        select(WitnessCommitment).where(
            WitnessCommitment.draw_id == draw_id, WitnessCommitment.attempt == attempt
        )
    )
    return {each.place: each for each in found}


def reveals(session: Session, draw_id: int, attempt: int) -> dict[int, str]:
    """The witnesses' texts by place."""
    found = session.scalars(
        select(WitnessReveal).where(WitnessReveal.draw_id == draw_id, WitnessReveal.attempt == attempt)
    )
    return {each.place: each.revealed for each in found}


def publications(session: Session, draw_id: int, attempt: int) -> list[Publication]:
    """Where a commitment was made public, in the order of recording."""
    return list(
        session.scalars(
            select(Publication)
            .where(Publication.draw_id == draw_id, Publication.attempt == attempt)
            .order_by(Publication.id)
        )
    )


def entries(session: Session, draw_id: int, attempt: int) -> list[EntropyEntry]:
    """The entries of the last round, first place first."""
    of_attempt = select(EntropyEntry).where(EntropyEntry.draw_id == draw_id, EntropyEntry.attempt == attempt)
    rows = list(session.scalars(of_attempt.order_by(EntropyEntry.round, EntropyEntry.place)))
    return [row for row in rows if row.round == rows[-1].round]


def files_of(session: Session, draw_id: int, attempt: int) -> dict[str, bytes]:
    """The files that the seed decided, as they go into the bundle."""
    of_attempt = select(DrawFile).where(DrawFile.draw_id == draw_id, DrawFile.attempt == attempt)
    found = session.scalars(of_attempt.where(DrawFile.name != CHOICES_FILE))
    return {each.name: each.content for each in found}


def has_files(session: Session, draw_id: int, attempt: int) -> bool:
    """Whether the seed of an attempt has decided anything yet."""
    found = select(DrawFile.name).where(DrawFile.draw_id == draw_id, DrawFile.attempt == attempt)
    return session.scalar(found.limit(1)) is not None


def changes(session: Session, draw_id: int) -> list[DrawChange]:
    """All changes after the pairing, in the order of the register."""
    return list(
        session.scalars(select(DrawChange).where(DrawChange.draw_id == draw_id).order_by(DrawChange.seq))
    )


def drawn(session: Session, draw_id: int) -> list[DrawnTarget]:
    """The drawn targets, successors included."""
    return list(
        session.scalars(
            select(DrawnTarget)
            .where(DrawnTarget.draw_id == draw_id)
            .order_by(DrawnTarget.stratum, DrawnTarget.rank)
        )
    )


def drawn_target(session: Session, draw_id: int, target_id: int) -> DrawnTarget | None:
    """One drawn target."""
    return session.get(DrawnTarget, (draw_id, target_id))


def target_ids(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """The ids of targets by their codes; of the table, as a frozen list may hold what its reader does not see."""
    table = Target.__table__
    return _by_code(session, table.c.code, table.c.id, codes)


def inspector_ids(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """The ids of inspectors by their codes."""
    table = Inspector.__table__
    return _by_code(session, table.c.code, table.c.id, codes)


def _by_code(session: Session, code: object, key: object, codes: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(codes), _MOST_IDS):
        some = codes[start : start + _MOST_IDS]
        found.update((row[0], row[1]) for row in session.execute(select(code, key).where(code.in_(some))))  # type: ignore
    return found


def visits_of(session: Session, draw_id: int) -> list[Visit]:
    """All visits of a draw that may be seen, by target and department."""
    return list(
        session.scalars(
            select(Visit).where(Visit.draw_id == draw_id).order_by(Visit.target_id, Visit.department_id)
        )
    )


def teams_of(session: Session, draw_id: int) -> Mapping[tuple[int, int], list[TeamMember]]:
    """The teams as they stand, by (target, department)."""
    newest = (
        select(TeamMember.target_id, TeamMember.department_id, func.max(TeamMember.version).label("version"))
        .where(TeamMember.draw_id == draw_id)
        .group_by(TeamMember.target_id, TeamMember.department_id)
        .subquery()
    )
    members = session.scalars(
        select(TeamMember)
        .join(
            newest,
            (newest.c.target_id == TeamMember.target_id)
            & (newest.c.department_id == TeamMember.department_id)
            & (newest.c.version == TeamMember.version),
        )
        .where(TeamMember.draw_id == draw_id)
        .order_by(TeamMember.inspector_id)
    )
    teams: dict[tuple[int, int], list[TeamMember]] = {}
    for each in members:
        teams.setdefault((each.target_id, each.department_id), []).append(each)
    return teams


def last_team_version(session: Session, draw_id: int, target_id: int, department_id: int) -> int:
    """The newest version of a team; 0 where there is none yet."""
    newest = select(func.max(TeamMember.version)).where(
        TeamMember.draw_id == draw_id,
        TeamMember.target_id == target_id,
        TeamMember.department_id == department_id,
    )
    return session.scalar(newest) or 0


def drawn_by_stratum(session: Session, draw_id: int) -> list[tuple[str, int]]:
    """How many targets were drawn of each stratum, successors included."""
    counted = (
        select(DrawnTarget.stratum, func.count(DrawnTarget.target_id))
        .where(DrawnTarget.draw_id == draw_id)
        .group_by(DrawnTarget.stratum)
        .order_by(DrawnTarget.stratum)
    )
    return [(row[0], row[1]) for row in session.execute(counted)]


def register_of(department_id: int, own: bool) -> Select[Any]:
    """The numbers of a department's register; else those of others whose evidence may be seen. The newest first."""
    question = select(Draw).options(joinedload(Draw.campaign))
    if own:
        question = question.where(Draw.register_id == department_id)
    else:
        question = question.where(
            Draw.register_id != department_id, Draw.id.in_(select(Lottery.draw_id).distinct())
        )
    return question.order_by(Draw.year.desc(), Draw.register_id, Draw.seq.desc())


def commits_of(session: Session, draw_ids: Sequence[int]) -> dict[int, str]:
    """The first commitment C of each of some draws."""
    rows = session.execute(
        select(DrawCommitment.draw_id, DrawCommitment.digest).where(
            DrawCommitment.draw_id.in_(draw_ids), DrawCommitment.attempt == 1
        )
    )
    return {row[0]: row[1] for row in rows}


def table_sizes(session: Session, draw_id: int, attempt: int) -> list[tuple[str, int]]:
    """How many rows each frozen table of an attempt has."""
    rows = session.execute(
        select(FrozenTable.name, FrozenTable.rows).where(
            FrozenTable.draw_id == draw_id, FrozenTable.attempt == attempt
        )
    )
    sizes = {row[0]: row[1] for row in rows}
    return [(name, sizes[name]) for name in FROZEN_TABLES]


def frozen_table(session: Session, draw_id: int, attempt: int, name: str) -> bytes:
    """One frozen table of an attempt as the bytes that were hashed."""
    return zlib.decompress(session.get_one(FrozenTable, (draw_id, attempt, name)).content)


def some_files(session: Session, draw_id: int, attempt: int, names: Sequence[str]) -> dict[str, bytes]:
    """Those of the named files that the seed of an attempt decided."""
    found = select(DrawFile).where(
        DrawFile.draw_id == draw_id, DrawFile.attempt == attempt, DrawFile.name.in_(names)
    )
    return {each.name: each.content for each in session.scalars(found)}


def person_names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The names of persons."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(set(ids))))
    return {row[0]: row[1] for row in rows}


def drawn_in(draw_id: int, stratum: str = "") -> Select[Any]:
    """The drawn targets of a stratum, or of all, by stratum and rank."""
    question = select(DrawnTarget).where(DrawnTarget.draw_id == draw_id)
    if stratum:
        question = question.where(DrawnTarget.stratum == stratum)
    return question.order_by(DrawnTarget.stratum, DrawnTarget.rank)


class Ticket(NamedTuple):
    """A drawn row as anybody can work it out once the seed is public: which target it is, it does not tell."""

    rank: int
    row: int
    ticket: str


def first_tickets(session: Session, draw_id: int, most: int) -> dict[str, list[Ticket]]:
    """The smallest tickets of each stratum that the lottery drew, at most so many of each."""
    place = DrawnTarget.__table__.c
    rows = session.execute(
        select(place.stratum, place.rank, place.row_index, place.ticket)
        .where(place.draw_id == draw_id, place.rank <= most, place.replaces_id.is_(None))
        .order_by(place.stratum, place.rank)
    )
    found: dict[str, list[Ticket]] = {}
    for stratum, rank, row, ticket in rows:
        found.setdefault(stratum, []).append(Ticket(rank, row, ticket))
    return found


def target_names(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Code and name of targets; of the table: who sees a draw sees what was drawn, wherever that lies."""
    target = Target.__table__.c
    rows = session.execute(select(target.id, target.code, target.name).where(target.id.in_(ids)))
    return {row[0]: (row[1], row[2]) for row in rows}


@dataclass(frozen=True)
class Seat:
    """A seat of a team: whose department, who (code and name of an inspector), in which role."""

    department: str
    code: str
    name: str
    role: str
    group: int | None


def seats_of(session: Session, draw_id: int, target_ids: Sequence[int]) -> dict[int, list[Seat]]:
    """The seats of the teams as they stand that may be seen, by target."""
    # of the table: who sees a team sees whom it has, of whatever department
    inspector = Inspector.__table__.c
    rows = session.execute(
        _standing_seats(draw_id)
        .add_columns(Department.code, inspector.code, inspector.name)
        .join(Department, Department.id == TeamMember.department_id)
        .join(Inspector.__table__, inspector.id == TeamMember.inspector_id)
        .where(TeamMember.target_id.in_(target_ids))
    )
    found: dict[int, list[Seat]] = {}
    for member, department, code, name in rows:
        seat = Seat(department, code, name, member.role, member.group)
        found.setdefault(member.target_id, []).append(seat)
    return found


def loads(session: Session, draw_id: int) -> dict[tuple[str, str], int]:
    """How many targets each inspector has in teams that may be seen, by the codes of department and inspector."""
    inspector = Inspector.__table__.c
    rows = session.execute(
        _seats_of_visits(draw_id)
        .with_only_columns(Department.code, inspector.code, func.count())
        .join(Department, Department.id == TeamMember.department_id)
        .join(Inspector.__table__, inspector.id == TeamMember.inspector_id)
        .group_by(Department.code, inspector.code)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def teams_counted(session: Session, draw_id: int) -> tuple[int, int]:
    """How many teams stand in a draw, of visits that were not voided, and how many inspectors are in them."""
    columns = (TeamMember.target_id, TeamMember.department_id, TeamMember.inspector_id)
    seats = session.execute(_seats_of_visits(draw_id).with_only_columns(*columns)).all()
    return len({(seat[0], seat[1]) for seat in seats}), len({seat[2] for seat in seats})


def _seats_of_visits(draw_id: int) -> Select[Any]:
    """The seats of the teams whose visit was not voided."""
    visited = (
        (Visit.draw_id == TeamMember.draw_id)
        & (Visit.target_id == TeamMember.target_id)
        & (Visit.department_id == TeamMember.department_id)
    )
    return _standing_seats(draw_id).join(Visit, visited).where(Visit.state != "void")


def _standing_seats(draw_id: int) -> Select[Any]:
    """The seats of the newest version of every team."""
    later = TeamMember.__table__.alias("later")
    newest = (
        select(func.max(later.c.version))
        .where(
            later.c.draw_id == TeamMember.draw_id,
            later.c.target_id == TeamMember.target_id,
            later.c.department_id == TeamMember.department_id,
        )
        .scalar_subquery()
    )
    return (
        select(TeamMember)
        .select_from(TeamMember)
        .where(TeamMember.draw_id == draw_id, TeamMember.version == newest)
    )
