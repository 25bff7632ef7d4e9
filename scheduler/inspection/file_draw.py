"""A draw from files (抽取), for a department that has three spreadsheets and no server."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.intake.faults import Fault
from data.intake.records import Source
from data.intake.registries import read_registries
from matching.bundle import Files, draw_files, full_bundle, pack, register_entry
from matching.draw.commitment import Commitment, Published, Secrets, commit, differences, reveal
from matching.draw.plan import FIELDS, Department, Plan, Systematic, Total, read_plan
from matching.draw.seed import WANTED_BITS
from matching.draw.tables import Frame, freeze_all, weigh
from matching.draw.weights import expected
from matching.lottery import Outcome, draw, pair
from matching.pairing.problem import covers
from matching.pairing.shortage import Shortage
from matching.refused import Refused
from matching.timestamps import check_stamp, request
from scheduler.inspection.attachments import (
    BEACON,
    STAMP,
    beacon_file,
    check_beacon,
    read_answer,
    stamp_place,
)
from scheduler.inspection.circumstances import Circumstances, is_self_drawn
from scheduler.inspection.evidence import seconds
from scheduler.inspection.trust import check_round_ahead, trusted

__all__ = ["WANTED_BITS", "Drawn", "Faulty", "Frozen", "Secrets"]

Tell = Callable[[str, Mapping[str, object]], None]


@dataclass(frozen=True)
class Faulty:
    """Registries with faults: nothing is drawn from them."""

    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Frozen:
    """A checked plan and the frozen tables it is drawn over."""

    plan: Plan
    frame: Frame


@dataclass(frozen=True)
class Signed:
    """What outsiders have signed: an authority's answer with the time stamp of C, a beacon's answer; as written."""

    stamp: bytes | None = None
    answer: str = ""


@dataclass(frozen=True)
class Drawn:
    """A finished draw: the bundle's files and what is told about it."""

    files: Files
    circumstances: Circumstances
    outcome: Outcome

    def packed(self) -> bytes:
        """The bundle as a zip."""
        return pack(self.files)

    @property
    def shortage(self) -> dict[str, object] | None:
        """What lacks, as in shortage.json, or None when everybody is paired."""
        pairing = self.outcome.pairing
        return pairing.told() if isinstance(pairing, Shortage) else None


def freeze_files(written_plan: Any, files: Mapping[str, tuple[str, bytes]], tell: Tell) -> Frozen | Faulty:
    """Check the plan and every row of the registries, and freeze them.

    `files` are file name and content of targets, inspectors and, where there are some, bars and pair_bars.
    Raises Refused `plan.*`, `draw.*`; whatever is wrong in the files is given back, all of it.
    """
    plan = read_plan(written_plan)
    if plan.witnesses:
        # commitments of witnesses need two more steps; a draw that names them and has none would be a lie
        raise Refused("draw.witnesses_need_the_service")
    for field in sorted(set(written_plan) - set(FIELDS)):
        tell("field_decides_nothing", {"field": field})
    intake = read_registries({table: Source(*file) for table, file in files.items()}, plan.weighed)
    if intake.faults:
        return Faulty(intake.faults)
    tables = intake.tables | ({"targets": weigh(intake.tables["targets"])} if plan.weighed else {})
    frame = freeze_all(**tables, weighed=plan.weighed)
    tell("frozen", {table.name: len(table.rows) for table in frame.tables()})
    _check_strata(plan, frame, tell)
    for department in plan.departments:
        _tell_supply(department, frame, tell)
    return Frozen(plan, frame)


def check_round(frozen: Frozen, now: datetime) -> None:
    """Refused `beacon.round_past` where the beacon has announced the plan's round before anything is committed."""
    check_round_ahead(frozen.plan.entropy, now)


def commit_draw(frozen: Frozen, secrets: Secrets, tell: Tell) -> Commitment:
    """Fix plan, tables and secrets in one digest, to be published before the entropy exists (承诺)."""
    commitment = commit(frozen.plan, frozen.frame, secrets)
    tell("committed", {"tables": len(commitment.seals)})
    return commitment


def draw_committed(
    frozen: Frozen,
    secrets: Secrets,
    commitment: Commitment,
    entropy: str,
    published: Sequence[Published],
    committed_at: datetime,
    now: datetime,
    readme: Callable[[Circumstances], str],
    tell: Tell,
    signed: Signed = Signed(),
) -> Drawn:
    """Open the commitment with the entropy and draw targets and teams.

    A shortage of inspectors is no failure: the drawn targets stand and the bundle says what is short. Refused
    `timestamp.*` and `beacon.*` where what outsiders have signed is wrong.
    """
    members, stamped = _attach(signed, commitment.commit, entropy, committed_at, now, tell)
    published = [*published, *stamped]
    opened = reveal(frozen.plan, commitment, secrets.secret, entropy)
    for each in published:
        if is_self_drawn([each], _seconds(committed_at), _seconds(now)):
            tell("publication_not_counted", {"when": each["when"], "committed_at": _seconds(committed_at)})
    strata = draw(frozen.plan, frozen.frame, commitment.seals, opened.seed)
    tell("drawn", {"targets": sum(stratum.quota for stratum in strata)})
    outcome = pair(frozen.plan, frozen.frame, commitment.seals, opened.seed, strata)
    tell("short" if isinstance(outcome.pairing, Shortage) else "paired", {})
    circumstances = Circumstances(
        plan=frozen.plan,
        commitment=commitment,
        reveal=opened,
        strata=strata,
        short=isinstance(outcome.pairing, Shortage),
        published=published,
        committed_at=_seconds(committed_at),
        drawn_at=_seconds(now),
    )
    decided = draw_files(plan=frozen.plan, frame=frozen.frame, outcome=outcome)
    files = _bundle(frozen, secrets, circumstances, decided, readme) | members
    return Drawn(files, circumstances, outcome)


def stamp_request(commitment: Commitment) -> bytes:
    """The request (.tsq) for a time stamp of a commitment."""
    return request(commitment.commit)


def _attach(
    signed: Signed, commit: bytes, entropy: str, committed_at: datetime, now: datetime, tell: Tell
) -> tuple[Files, list[Published]]:
    """The members of the bundle for what outsiders have signed, checked, and the publication that a time stamp is.

    It is none where no root is trusted: whoever draws could have signed it himself.
    """
    trust, members, published = trusted(), Files(), list[Published]()
    if signed.stamp is not None:
        stamp = check_stamp(signed.stamp, commit, trust.roots)
        if not committed_at.replace(microsecond=0) <= stamp.at <= now:
            raise Refused("timestamp.time", committed=seconds(committed_at), told=seconds(stamp.at))
        if stamp.trusted is False:
            raise Refused("timestamp.chain", signer=stamp.signer)
        members[STAMP] = stamp.response
        if stamp.trusted:
            published.append({"where": stamp_place(stamp.authority), "when": seconds(stamp.at)})
        else:
            tell("stamp_not_counted", {"signer": stamp.signer})
    if signed.answer:
        given = read_answer(signed.answer)
        check_beacon(entropy, given, trust)
        members[BEACON] = beacon_file(entropy, given)
    return members, published


def check_commitment(committed: Mapping[str, Any], commitment: Commitment) -> None:
    """Refuse to draw over anything that is not exactly what was committed."""
    if moved := differences(committed, commitment):
        raise Refused("commitment.differs", parts=moved)


def _seconds(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _check_strata(plan: Plan, frame: Frame, tell: Tell) -> None:
    spans = frame.targets.spans()
    present = [stratum for stratum, _, _ in spans]
    if not present:
        raise Refused("draw.no_targets")
    _tell_strata(plan, frame, present, tell)
    if not any(expected(plan.quota, frame.targets)):
        raise Refused("draw.nothing_drawn")


def _tell_strata(plan: Plan, frame: Frame, present: Sequence[str], tell: Tell) -> None:
    if isinstance(plan.quota, Total):
        if plan.quota.total > len(frame.targets.rows):
            tell("total_too_large", {"total": plan.quota.total, "rows": len(frame.targets.rows)})
        return
    if isinstance(plan.quota, Systematic):
        return
    listed = sorted(plan.quota.rates)
    if not set(listed) & set(present):
        raise Refused("draw.no_stratum_listed", listed=listed, present=present)
    for stratum in sorted(set(present) - set(listed)):
        tell("stratum_not_listed", {"stratum": stratum})
    for stratum in sorted(set(listed) - set(present)):
        tell("stratum_not_present", {"stratum": stratum})


def _tell_supply(department: Department, frame: Frame, tell: Tell) -> None:
    """What will surely be short is told before anything is sealed, while the registry can still be mended."""
    people = [row for row in frame.inspectors.rows if row[0] == department.code and row[5] != "0"]
    leads = sum(department.may_lead(row[2]) for row in people)
    if len(people) < department.size or leads < department.leads:
        given = {"people": len(people), "able": leads}
        tell(
            "department_short",
            {"department": department.code, **given, "size": department.size, "leads": department.leads},
        )
        return
    regions = {row[2] for row in frame.targets.rows}
    uncovered = sorted(region for region in regions if not any(covers(row[4], region) for row in people))
    if uncovered:
        shown = ", ".join(region or "（空 empty）" for region in uncovered[:5])
        tell("regions_uncovered", {"department": department.code, "number": len(uncovered), "regions": shown})


def _bundle(
    frozen: Frozen,
    secrets: Secrets,
    each: Circumstances,
    decided: Files,
    readme: Callable[[Circumstances], str],
) -> Files:
    register = register_entry(
        each.plan, each.commitment, each.short, each.self_drawn, each.committed_at, each.drawn_at
    )
    return full_bundle(
        each.plan,
        frozen.frame,
        secrets,
        each.commitment,
        each.published,
        each.reveal,
        register,
        decided,
        readme(each),
    )
