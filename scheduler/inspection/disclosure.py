"""What anybody may see (公示): the one place where it is decided. Every face that shows something to strangers asks here.

The functions take a session that sees everything and give values that hold public fields alone: no row of the database,
no person, no name or code of an inspector, no risk class but the opaque name that a frozen plan gave it, of a recusal its
coded ground alone. Nothing of a draw is public before it is committed; of a number that ended before that, only that it
is void. The secret and the witnesses' texts are public when the attempt has been executed, as the protocol says; the salt
never.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

from data.models import (
    Campaign,
    Department,
    Disclosure,
    Draw,
    DrawCommitment,
    Publication,
    Result,
    TimeStamp,
)
from data.queries import attached, disclosures, organisation
from data.queries.paging import SIZE, Page, page_of
from matching.changes import DEPARTURE
from matching.choice import Choice, read_choices
from matching.draw.commitment import Secrets
from matching.draw.frames import canonical
from matching.refused import Refused
from scheduler.clock import business_date
from scheduler.inspection import custody
from scheduler.inspection.attachments import StampTold, stamp_told
from scheduler.inspection.evidence import seconds
from scheduler.inspection.inclusion import inclusion, means
from scheduler.transaction import Session

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class DepartmentShown:
    """A department, under the name of the time that is told of."""

    code: str
    name: str


@dataclass(frozen=True)
class StratumShown:
    """A stratum as thresholds.csv tells it: how many it has, how many were drawn, the last ticket that was; and the chance
    that each of its targets had."""

    stratum: str
    rows: int
    drawn: int
    threshold: str
    chance: Fraction


@dataclass(frozen=True)
class CampaignShown:
    """A campaign as anybody may see it."""

    code: str
    name: str
    state: str
    lead: DepartmentShown
    joining: tuple[DepartmentShown, ...]
    first_day: date
    last_day: date
    pool: int | None
    drawn: int | None


@dataclass(frozen=True)
class ItemShown:
    """An item that is inspected."""

    department: str
    name: str
    sub_item: str
    basis: str


@dataclass(frozen=True)
class Progress:
    """How many of its results a department has disclosed."""

    department: str
    visits: int
    disclosed: int


@dataclass(frozen=True)
class CampaignWhole:
    """A campaign with its items, its draws and what has been disclosed of it."""

    campaign: CampaignShown
    legal_basis: str
    items: tuple[ItemShown, ...]
    draws: tuple[DrawShown, ...]
    progress: tuple[Progress, ...]


@dataclass(frozen=True)
class DrawShown:
    """A number of the register. `campaign` and `commitment` are empty for one that ended before it was committed."""

    number: str
    year: int
    department: str
    state: str
    campaign_code: str
    campaign_name: str
    commitment: str
    committed_on: date | None
    deadline: date
    overdue: bool
    closed_on: date | None
    void_ground: str
    void_reason: str
    strata: tuple[StratumShown, ...] = ()
    opaque: bool = False  # the strata are risk classes, told by the names that the plan gave them
    weighed: bool = False  # drawn by weights: no stratum has a threshold
    lead: DepartmentShown | None = None
    joining: tuple[DepartmentShown, ...] = ()
    published: tuple[PublicationShown, ...] = ()  # of the commitment that is shown


@dataclass(frozen=True)
class SealShown:
    """What commit.json tells of one frozen list."""

    table: str
    rows: int
    root: str
    digest: str


@dataclass(frozen=True)
class PublicationShown:
    """Where and when a commitment was made public."""

    place: str
    at: datetime


@dataclass(frozen=True)
class CommitmentShown:
    """The commitment of one attempt, with the digests it binds; once the attempt has been executed, also what opens them.

    `texts` are the witnesses' in their places, None for the absent; `differed` counts the rounds of entries that did.
    """

    attempt: int
    digest: str
    at: datetime
    plan: str
    secret: str
    salt: str
    witnesses: tuple[str, ...]
    seals: tuple[SealShown, ...]
    publications: tuple[PublicationShown, ...]
    custodians: int = 0
    stamp: StampTold | None = None
    opened_secret: str = ""
    texts: tuple[str | None, ...] = ()
    reveals: str = ""
    entropy: str = ""
    differed: int = 0
    seed: str = ""


@dataclass(frozen=True)
class DrawWhole:
    """A number of the register with its commitments, how much choice its seats had, and how it was changed after that."""

    draw: DrawShown
    commitments: tuple[CommitmentShown, ...]
    choices: tuple[ChoiceShown, ...]
    supplied: ChoiceShown | None
    changes: ChangesShown


@dataclass(frozen=True)
class ChoiceShown:
    """Out of how many eligible the seats of a department in a role were filled: how many seats had 1, 2, 3 to 5, 6 or more,
    the least and the median; and how many were forced, as no more were eligible than sit there.

    The role is that of a team, `group` for the group of a target, or empty for all seats filled after the pairing.
    """

    department: str
    role: str
    seats: int
    one: int
    two: int
    few: int
    many: int
    least: int
    median: str
    forced: int


@dataclass(frozen=True)
class ChangesShown:
    """What the lottery gave, targets and pairs of target and inspector, and how many were changed after it, by ground."""

    targets: int
    pairs: int
    voids: tuple[tuple[str, int], ...]
    recusals: tuple[tuple[str, int], ...]

    @property
    def voided(self) -> int:
        """How many targets were voided."""
        return sum(number for _, number in self.voids)

    @property
    def recused(self) -> int:
        """How many pairs were parted by a recusal; who left his department is told by ground alone, seated or not."""
        return sum(number for ground, number in self.recusals if ground != DEPARTURE)

    @property
    def departed(self) -> int:
        """How many pairs were barred because somebody had left his department: nobody recused himself."""
        return dict(self.recusals).get(DEPARTURE, 0)


@dataclass(frozen=True)
class RegisterCount:
    """What a department's register of a year adds up to: its numbers, the void ones by ground, and all changes."""

    department: DepartmentShown
    year: int
    numbers: int
    void_numbers: int
    void_grounds: tuple[tuple[str, int], ...]
    changes: ChangesShown


@dataclass(frozen=True)
class FindingShown:
    """What was found at one item."""

    item: str
    sub_item: str
    checked: bool
    problem: str
    handling: str


@dataclass(frozen=True)
class ResultShown:
    """The newest disclosed result of a target, as a list shows it; `corrected_on` where it took the place of another."""

    id: int
    target_code: str
    target_name: str
    department: str
    campaign_code: str
    campaign_name: str
    inspected_on: date
    result: str
    found: bool
    disclosed_on: date
    corrected_on: date | None


@dataclass(frozen=True)
class ResultWhole:
    """The same with what was found, what follows, and the days it was due and disclosed."""

    result: ResultShown
    number: str
    findings: tuple[FindingShown, ...]
    measures: tuple[str, ...]
    due_on: date
    first_disclosed_on: date
    versions: int
    others: tuple[ResultShown, ...] = ()  # what other departments found there in the same campaign


def campaigns(
    session: Session,
    text: str = "",
    department: str = "",
    year: int | None = None,
    number: int = 1,
    size: int = SIZE,
) -> Page[CampaignShown]:
    """The public campaigns, newest first; by name or exact code, department, year."""
    found = page_of(session, disclosures.public_campaigns(_searched(text), department, year), number, size)
    return replace(found, rows=_campaigns(session, found.rows))


def campaign(session: Session, code: str, today: date) -> CampaignWhole:
    """One public campaign; Refused `campaign.unknown` also for one that is not public."""
    found = disclosures.public_campaign(session, code)
    if found is None:
        raise Refused("campaign.unknown", campaign=code)
    versions = disclosures.item_versions(session, [part.item_version_id for part in found.items])
    progress = disclosures.disclosed_by_department(session, found.id)
    ids = {key for key, _, _ in progress} | {each[2] for each in versions.values()}
    names = organisation.names_on(session, [(key, found.first_day) for key in ids])
    items = [
        ItemShown(
            names[versions[part.item_version_id][2], found.first_day],
            part.version.name,
            part.version.sub_item,
            part.version.basis,
        )
        for part in found.items
    ]
    return CampaignWhole(
        campaign=_campaigns(session, [found])[0],
        legal_basis=found.legal_basis,
        items=tuple(items),
        draws=tuple(_draws(session, disclosures.committed_draws(session, [found.id])[found.id], today)),
        progress=tuple(
            Progress(names[key, found.first_day], visits, shown) for key, visits, shown in progress
        ),
    )


def register(
    session: Session,
    today: date,
    department: str = "",
    year: int | None = None,
    overdue: bool = False,
    number: int = 1,
    size: int = SIZE,
) -> Page[DrawShown]:
    """The register of draws (抽取登记册), newest first; those past their deadline alone where asked for."""
    wanted = disclosures.public_draws(department, year, today if overdue else None)
    found = page_of(session, wanted, number, size)
    return replace(found, rows=_draws(session, found.rows, today))


def register_counts(session: Session, year: int, department: str = "") -> list[RegisterCount]:
    """What each register adds up to in a year, of the numbers that anybody may see: anybody asks, so of one year alone."""
    numbers = disclosures.numbers_by_register(session, department, year)
    changes = disclosures.changes_by_register(session, department, year)
    departments = organisation.departments_by_id(session, {key for key, _ in numbers})
    ordered = sorted(numbers, key=lambda each: departments[each[0]].code)
    return [
        RegisterCount(
            department=_department(departments[key]),
            year=of_year,
            numbers=sum(numbers[key, of_year].values()),
            void_numbers=sum(number for ground, number in numbers[key, of_year].items() if ground),
            void_grounds=tuple(sorted((g, number) for g, number in numbers[key, of_year].items() if g)),
            changes=_changes(changes.get((key, of_year), disclosures.NO_CHANGES)),
        )
        for key, of_year in ordered
    ]


def _changes(found: disclosures.Changes) -> ChangesShown:
    return ChangesShown(
        found.drawn,
        found.pairs,
        tuple(sorted(found.voids.items())),
        tuple(sorted(found.recusals.items())),
    )


def registers(session: Session) -> tuple[list[DepartmentShown], list[int]]:
    """The departments and years of which the register has numbers."""
    return [_department(each) for each in disclosures.registers(session)], disclosures.years_of_register(
        session
    )


def departments(session: Session) -> list[DepartmentShown]:
    """The departments that lead or have joined a public campaign."""
    return [_department(each) for each in disclosures.taking_part(session)]


def draw(session: Session, number: str, today: date) -> DrawWhole:
    """One number of the register; Refused `draw.unknown` also for one that is not public."""
    return whole(session, public_draw(session, number), today)


def public_draw(session: Session, number: str) -> Draw:
    """The row of a number that is public, for use cases alone; Refused `draw.unknown`."""
    found = disclosures.public_draw(session, number)
    if found is None:
        raise Refused("draw.unknown", number=number)
    return found


def whole(session: Session, found: Draw, today: date) -> DrawWhole:
    """What of a public number is shown."""
    shown = _draws(session, [found], today)[0]
    kept = disclosures.choices(session, found.id)
    supplied = {(eligible, 1): seats for eligible, seats in disclosures.supplies(session, found.id).items()}
    return DrawWhole(
        draw=shown,
        commitments=tuple(_commitments(session, found.id)),
        choices=tuple(choices_shown(read_choices(kept), _names(shown))) if kept else (),
        supplied=_choice("", "", supplied) if supplied else None,
        changes=changes_of(session, found.id),
    )


def changes_of(session: Session, draw_id: int) -> ChangesShown:
    """What one draw gave, and how much of it was changed."""
    return _changes(disclosures.changes_of(session, draw_id))


def _names(shown: DrawShown) -> dict[str, str]:
    return {each.code: each.name for each in (shown.lead, *shown.joining) if each}


def choices_shown(choices: Iterable[Choice], names: Mapping[str, str]) -> list[ChoiceShown]:
    """How much choice seats had, by department and role; `names` are those of departments, by code."""
    seats: dict[tuple[str, str], dict[tuple[int, int], int]] = {}
    for each in choices:
        seats.setdefault((each.department, each.role), {})[each.eligible, each.of] = each.seats
    return [
        _choice(names.get(department, department), role, counted)
        for (department, role), counted in seats.items()
    ]


def _choice(department: str, role: str, counted: Mapping[tuple[int, int], int]) -> ChoiceShown:
    """`counted` tells how many seats had how many eligible, and how many of these sit together."""

    def between(least: int, most: int) -> int:
        return sum(seats for (eligible, _), seats in counted.items() if least <= eligible <= most)

    greatest = max(eligible for eligible, _ in counted)
    return ChoiceShown(
        department=department,
        role=role,
        seats=sum(counted.values()),
        one=between(1, 1),
        two=between(2, 2),
        few=between(3, 5),
        many=between(6, greatest),
        least=min(eligible for eligible, _ in counted),
        median=_median(Counter({eligible: between(eligible, eligible) for eligible, _ in counted})),
        forced=sum(seats for (eligible, of), seats in counted.items() if eligible <= of),
    )


def _median(counted: Counter[int]) -> str:
    """The median of many numbers, told by how often each stands: halves are possible, nothing finer."""
    total, passed, middle = sum(counted.values()), 0, []
    for value in sorted(counted):
        places = range(passed, passed + counted[value])
        middle += [value for place in ((total - 1) // 2, total // 2) if place in places]
        passed += counted[value]
    halves = sum(middle)
    return str(halves // 2) if halves % 2 == 0 else f"{halves // 2}.5"


def commitment_file(session: Session, number: str, attempt: int = 1) -> bytes:
    """commit.json as it is published; Refused `draw.unknown`, `draw.not_committed`."""
    found = disclosures.public_draw(session, number)
    if found is None:
        raise Refused("draw.unknown", number=number)
    for each in disclosures.commitments(session, [found.id]).get(found.id, []):
        if each.attempt == attempt:
            of_draw = disclosures.publications(session, [found.id]).get(found.id, [])
            places = [p for p in of_draw if p.attempt == attempt]
            told = [{"where": p.place, "when": seconds(p.published_at)} for p in places]
            return canonical(json.loads(each.told) | {"published": told})
    raise Refused("draw.not_committed")


def stamp_file(session: Session, number: str, attempt: int = 1) -> bytes:
    """The time stamp of a commitment; Refused `draw.unknown`, `timestamp.none`."""
    found = disclosures.public_draw(session, number)
    if found is None:
        raise Refused("draw.unknown", number=number)
    stamp = attached.stamp_of(session, found.id, attempt)
    if stamp is None:
        raise Refused("timestamp.none")
    return stamp.response


def results(
    session: Session, text: str = "", campaign_code: str = "", number: int = 1, size: int = SIZE
) -> Page[ResultShown]:
    """Disclosed results, the last disclosed first; of targets whose name holds a text, or with this very code."""
    of_campaign = disclosures.public_campaign(session, campaign_code) if campaign_code else None
    if campaign_code and of_campaign is None:
        raise Refused("campaign.unknown", campaign=campaign_code)
    wanted = disclosures.disclosed(_searched(text), of_campaign.id if of_campaign else None)
    found = page_of(session, wanted, number, size)
    return replace(found, rows=_results(session, found.rows))


def result(session: Session, result_id: int) -> ResultWhole:
    """One disclosed result, by the number that a list gives it; Refused `result.unknown`."""
    found = disclosures.disclosed_result(session, result_id)
    if found is None:
        raise Refused("result.unknown", number=result_id)
    versions = disclosures.item_versions(session, [each.item_version_id for each in found.findings])
    shown = disclosures.disclosures_of(session, [found.visit_id])[found.visit_id]
    return ResultWhole(
        result=_results(session, [found])[0],
        number=found.visit.draw.number,
        findings=tuple(
            FindingShown(*versions[each.item_version_id][:2], each.checked, each.problem, each.handling)
            for each in found.findings
        ),
        measures=tuple(each for each in found.measures.split(";") if each),
        due_on=shown[-1].due_on,
        first_disclosed_on=business_date(shown[0].disclosed_at),
        versions=len(shown),
        others=tuple(_results(session, disclosures.other_results(session, found.visit))),
    )


def _searched(text: str) -> str:
    return text.strip().replace("\0", "")[:LONGEST_SEARCH]


def _department(department: Department) -> DepartmentShown:
    return DepartmentShown(department.code, department.name)


def _campaigns(session: Session, found: Sequence[Campaign]) -> list[CampaignShown]:
    draws = disclosures.committed_draws(session, [each.id for each in found])
    counted = disclosures.thresholds(session, [d.id for of_campaign in draws.values() for d in of_campaign])
    parts = {each.id: [p for p in each.departments if p.answer == "accepted"] for each in found}
    names = organisation.names_on(
        session, [(p.department_id, each.first_day) for each in found for p in parts[each.id]]
    )
    shown = []
    for each in found:
        strata = [_strata(counted[d.id]) for d in draws[each.id] if d.id in counted]
        lead, *joining = (
            DepartmentShown(p.department.code, names[p.department_id, each.first_day]) for p in parts[each.id]
        )
        shown.append(
            CampaignShown(
                code=each.code,
                name=each.name,
                state=_campaign_state(each, draws[each.id]),
                lead=lead,
                joining=tuple(joining),
                first_day=each.first_day,
                last_day=each.last_day,
                pool=sum(s.rows for s in strata[-1]) if strata else None,
                drawn=sum(s.drawn for s in strata[-1]) if strata else None,
            )
        )
    return shown


def _campaign_state(campaign: Campaign, committed: Sequence[Draw]) -> str:
    """That a further number has been taken after a void one is not public before it is committed."""
    under_way = any(each.state != "void" for each in committed)
    return "approved" if campaign.state == "drawing" and not under_way else campaign.state


def _draws(session: Session, found: Sequence[Draw], today: date) -> list[DrawShown]:
    ids = [each.id for each in found]
    beside = _Beside(
        commitments=disclosures.commitments(session, ids),
        publications=disclosures.publications(session, ids),
        counted=disclosures.thresholds(session, ids),
        names=organisation.names_on(
            session, [(key, _opened_on(each)) for each in found for key in _taking_part(each)]
        ),
    )
    return [_draw(each, beside, today) for each in found]


def _opened_on(drawn: Draw) -> date:
    return business_date(drawn.opened_at)


def _taking_part(drawn: Draw) -> dict[int, str]:
    """The departments of a draw, ids and codes, the one of the register first."""
    accepted = (part for part in drawn.campaign.departments if part.answer == "accepted")
    return {part.department_id: part.department.code for part in accepted}


class _Beside(NamedTuple):
    """What is told of draws beside their rows, read for all of them together."""

    commitments: Mapping[int, Sequence[DrawCommitment]]
    publications: Mapping[int, Sequence[Publication]]
    counted: Mapping[int, bytes]
    names: Mapping[tuple[int, date], str]


def _draw(drawn: Draw, beside: _Beside, today: date) -> DrawShown:
    first = next(iter(beside.commitments.get(drawn.id, [])), None)
    counted, ranges = beside.counted.get(drawn.id), _ranges(first)
    over = drawn.state in ("completed", "void")
    lead, *joining = (
        DepartmentShown(code, beside.names[key, _opened_on(drawn)])
        for key, code in _taking_part(drawn).items()
    )
    return DrawShown(
        number=drawn.number,
        year=drawn.year,
        department=lead.name,
        # a commitment stands and yet the lists are frozen: of a further pairing after a shortage
        state="short" if drawn.state == "frozen" else drawn.state,
        campaign_code=drawn.campaign.code if first else "",
        campaign_name=drawn.campaign.name if first else "",
        commitment=first.digest if first else "",
        committed_on=business_date(first.at) if first else None,
        deadline=drawn.deadline,
        overdue=not over and drawn.deadline < today,
        closed_on=business_date(drawn.closed_at) if drawn.closed_at else None,
        void_ground=drawn.void_ground,
        void_reason=drawn.void_reason if first else "",
        strata=tuple(_strata(counted, ranges)) if counted else (),
        opaque=bool(counted) and drawn.campaign.strata_by == "risk_class",
        weighed=any(len(each) > 2 for each in ranges),  # the sums of the weights stand in them
        lead=lead,
        joining=tuple(joining) if first else (),
        published=tuple(
            PublicationShown(each.place, each.published_at)
            for each in beside.publications.get(drawn.id, [])
            if first and each.attempt == first.attempt
        ),
    )


def _ranges(committed: DrawCommitment | None) -> list[list[Any]]:
    return list(json.loads(committed.told)["tables"]["targets"]["ranges"]) if committed else []


def _strata(thresholds: bytes, ranges: Sequence[Sequence[Any]] = ()) -> list[StratumShown]:
    rows = list(csv.DictReader(io.StringIO(thresholds.decode())))
    return [
        StratumShown(
            r["stratum"], int(r["rows"]), int(r["quota"]), r["ticket"], inclusion(mean, int(r["rows"]))
        )
        for r, mean in zip(rows, means(ranges, [int(r["quota"]) for r in rows]), strict=True)
    ]


def _commitments(session: Session, draw_id: int) -> list[CommitmentShown]:
    published = disclosures.publications(session, [draw_id]).get(draw_id, [])
    opened = disclosures.outcomes(session, draw_id)
    texts = disclosures.witness_texts(session, draw_id, opened)
    shown = []
    for each in disclosures.commitments(session, [draw_id]).get(draw_id, []):
        kept = custody.keepers(session, draw_id, each.attempt)
        committed = _commitment(
            each,
            [p for p in published if p.attempt == each.attempt],
            attached.stamp_of(session, draw_id, each.attempt),
        )
        committed = replace(committed, custodians=len(kept))
        if each.attempt in opened:
            places = range(len(committed.witnesses))
            given = tuple(texts.get((each.attempt, place)) for place in places)
            secrets = custody.secrets_of(session, draw_id, each.attempt)
            committed = _opened(committed, opened[each.attempt], secrets, given)
        shown.append(committed)
    return shown


def _opened(
    committed: CommitmentShown,
    opened: disclosures.OpenedAttempt,
    secrets: Secrets | None,
    texts: tuple[str | None, ...],
) -> CommitmentShown:
    return replace(
        committed,
        opened_secret=secrets.secret.hex() if secrets else "",
        texts=texts,
        reveals=opened.reveals,
        entropy=opened.entropy,
        differed=opened.round - 1,
        seed=opened.seed,
    )


def _commitment(
    entered: DrawCommitment, published: Sequence[Publication], stamp: TimeStamp | None
) -> CommitmentShown:
    told = json.loads(entered.told)
    return CommitmentShown(
        attempt=entered.attempt,
        digest=entered.digest,
        at=entered.at,
        plan=told["plan"],
        secret=told["secret"],
        salt=told["salt"],
        witnesses=tuple(told["witnesses"]),
        seals=tuple(
            SealShown(name, each["rows"], each["root"], each["digest"])
            for name, each in told["tables"].items()
        ),
        publications=tuple(PublicationShown(each.place, each.published_at) for each in published),
        stamp=stamp_told(stamp) if stamp else None,
    )


def _results(session: Session, found: Sequence[Result]) -> list[ResultShown]:
    shown = disclosures.disclosures_of(session, [each.visit_id for each in found])
    names = organisation.names_on(session, [(each.visit.department_id, each.inspected_on) for each in found])
    return [
        _result(each, names[each.visit.department_id, each.inspected_on], shown[each.visit_id])
        for each in found
    ]


def _result(found: Result, department: str, shown: Sequence[Disclosure]) -> ResultShown:
    target, campaign_of = found.visit.target, found.visit.draw.campaign
    newest = business_date(shown[-1].disclosed_at)
    return ResultShown(
        id=found.visit_id,
        target_code="" if target.kind == "person" else target.code,
        target_name=target.name,
        department=department,
        campaign_code=campaign_of.code,
        campaign_name=campaign_of.name,
        inspected_on=found.inspected_on,
        result=found.overall.name,
        found=found.overall.found,
        disclosed_on=newest,
        corrected_on=newest if len(shown) > 1 else None,
    )
