"""The draw of a campaign (抽取), step by step: freeze, commit, reveal, enter the entropy, execute.

Every step is a row of evidence, and the order of the steps is the order in which nobody can choose the outcome. Until
the entropy stands, no step computes with the secret.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from data.models import (
    Campaign,
    Draw,
    DrawCommitment,
    DrawFile,
    DrawnTarget,
    EntropyEntry,
    Lottery,
    LotterySecret,
    Opening,
    OpenPopulation,
    Publication,
    RevealClosing,
    TeamMember,
    Visit,
    WitnessCommitment,
    WitnessReveal,
)
from data.queries import draws, organisation, pool
from data.queries.pool import PooledInspector
from data.vocabulary import VOID_NUMBER_GROUNDS
from matching.bundle import Files, attempt_files, draw_files, full_bundle, pack, register_entry
from matching.draw.commitment import Commitment, Secrets
from matching.draw.plan import NO_PREDECESSOR, Plan, read_plan
from matching.draw.seed import read_entropy, reveals_digest, witness_commitment
from matching.draw.tables import Frame, freeze_all
from matching.draw.targets import DrawnStratum, quotas
from matching.lottery import Outcome, draw, pair
from matching.pairing.pairs import GroupsPaired, Paired
from matching.refused import Refused
from scheduler.inspection import pool as pools
from scheduler.inspection.circumstances import Circumstances
from scheduler.inspection.evidence import (
    FIRST,
    commitment_of,
    drawn_strata,
    entered_commitment,
    frame_of,
    locked_campaign,
    locked_draw,
    plan_of,
    reveal_of,
    seconds,
    secrets_of,
    table_rows,
    witness_texts,
)
from scheduler.inspection.planning import STRATA
from scheduler.inspection.steps import CAMPAIGN, DRAW
from scheduler.permissions import Desk, in_own_department

SHORTEST_WITNESS_TEXT, LONGEST_WITNESS_TEXT = 16, 1000
LONGEST_PLACE = 300
LONGEST_ENTROPY = 1000
ENTRIES = 2
"""How many persons enter the entropy, each by himself."""


class Stratum(NamedTuple):
    """A stratum as thresholds.csv tells it."""

    stratum: str
    rows: int
    quota: int


@dataclass(frozen=True)
class Entered:
    """The first of the two entries stands; the second person's is awaited."""

    round: int


@dataclass(frozen=True)
class Differing:
    """The two entries differ: the round counts for nothing, both enter again."""

    round: int


@dataclass(frozen=True)
class Opened:
    """Both entries agree: the seed stands."""

    seed: str


def find_draw(desk: Desk, number: str) -> Draw:
    """A draw by its number; Refused `draw.unknown` also for one the actor may not see."""
    found = draws.draw_by_number(desk.session, number)
    if found is None:
        raise Refused("draw.unknown", number=number)
    return found


def draw_by_id(desk: Desk, draw_id: int) -> Draw:
    """A draw by its id, for who takes part in it; Refused `draw.unknown` also where he may not see its evidence."""
    found = draws.draw_with_evidence(desk.session, draw_id)
    if found is None:
        raise Refused("draw.unknown", number=draw_id)
    return found


def current_draw(desk: Desk, campaign: Campaign) -> Draw:
    """The newest draw of a campaign; Refused `draw.none`."""
    found = draws.draws_of(desk.session, campaign.id)
    if not found:
        raise Refused("draw.none", campaign=campaign.code)
    return found[-1]


# Freeze


def freeze_pool(desk: Desk, campaign: Campaign, secrets: Secrets) -> Draw:
    """Give the draw its number and freeze plan and lists (锁定名录); what the registries hold later changes nothing.

    Refused `pool.*`, `draw.population_open`, `draw.previous_not_committed`, `plan.*`, `table.*`.
    """
    campaign = locked_campaign(desk, campaign)
    in_own_department(desk, campaign.lead_department_id)
    CAMPAIGN.check(desk, campaign.state, "freeze")
    _conducts(desk, campaign)
    _check_items(campaign)
    deadline = campaign.draw_by or campaign.last_day
    if desk.today > deadline:
        raise Refused("draw.too_late", draw_by=str(deadline))
    items = [part.version.item_id for part in campaign.items]
    draws.lock_register(desk.session, campaign.lead_department_id, items)
    number, year, seq, predecessor = _next_number(desk, campaign)
    if held := draws.open_draw_of(desk.session, campaign.jurisdiction_code, items):
        raise Refused("draw.population_open", number=held)
    names = _stratum_names(campaign, secrets)
    frame = _freeze_lists(desk, campaign, names)
    plan = read_plan(_written_plan(desk, campaign, number, predecessor, names))
    if not any(quotas(plan.quota, frame.targets.spans())):
        raise Refused("pool.nothing_to_draw", strata=[span[0] for span in frame.targets.spans()])
    made = Draw(
        register_id=campaign.lead_department_id,
        year=year,
        seq=seq,
        number=number,
        campaign_id=campaign.id,
        state="frozen",
        planner_person_id=campaign.planner_person_id,
        approver_person_id=campaign.approver_person_id,
        deadline=deadline,
        opened_at=desk.now,
    )
    desk.session.add(made)
    desk.session.flush()  # before the campaign moves on: the database asks for an approved one
    role = CAMPAIGN.move(desk, campaign, "freeze")
    for item in set(items):
        desk.session.add(
            OpenPopulation(jurisdiction_code=campaign.jurisdiction_code, item_id=item, draw_id=made.id)
        )
    _store(desk, made, FIRST, plan, frame, secrets)
    rows = {table.name: len(table.rows) for table in frame.tables()}
    desk.tell(role, "draw:freeze", f"draw/{made.id}", number=number, **rows)
    return made


def _check_items(campaign: Campaign) -> None:
    """An item that was retired since is not drawn any more; one that a newer version took the place of still is."""
    for part in campaign.items:
        if part.version.state not in ("published", "superseded"):
            raise Refused("campaign.no_such_item", item=part.version.item.code)


def refreeze(desk: Desk, drawn: Draw, secrets: Secrets) -> Draw:
    """After a shortage: freeze the mended lists of inspectors for a further pairing; the drawn targets stand.

    Refused `secret.used` where a secret is one of the attempt before, whose secret whoever has its evidence knows.
    """
    drawn = locked_draw(desk, drawn)
    role = _conducted(desk, drawn, "refreeze")
    DRAW.move(desk, drawn, "refreeze")
    desk.session.flush()
    earlier = draws.last_attempt(desk.session, drawn.id)
    used = secrets_of(desk, drawn.id, earlier.attempt)
    if secrets.secret == used.secret or secrets.salt_secret == used.salt_secret:
        raise Refused("secret.used")
    tables = draws.frozen_tables(desk.session, drawn.id, FIRST)
    targets = table_rows(tables["targets"])
    ids = draws.target_ids(desk.session, [row[1] for row in targets])
    frame = freeze_all(targets, *_people(desk, drawn.campaign, {key: code for code, key in ids.items()}))
    _store(desk, drawn, earlier.attempt + 1, plan_of(earlier), frame, secrets)
    desk.tell(role, "draw:refreeze", f"draw/{drawn.id}", attempt=earlier.attempt + 1)
    return drawn


def _next_number(desk: Desk, campaign: Campaign) -> tuple[str, int, int, str]:
    """The next number of the lead's register: gap-free within the year, bound to the last commitment before it."""
    year = desk.today.year
    last = draws.last_of_register(desk.session, campaign.lead_department_id)
    if last and last[2] is None and last[3] != "void":
        raise Refused("draw.previous_not_committed", year=last[0], seq=last[1])
    seq = last[1] + 1 if last and last[0] == year else 1
    predecessor = draws.last_commitment(desk.session, campaign.lead_department_id) or NO_PREDECESSOR
    return f"{campaign.lead.code}〔{year}〕{seq}", year, seq, predecessor


def _stratum_names(campaign: Campaign, secrets: Secrets) -> dict[str, str]:
    """Opaque names where the strata carry something internal: a credit class is nobody's business outside."""
    if campaign.strata_by != "risk_class":
        return {}
    classes = (*(each.stratum for each in campaign.rates), *STRATA["risk_class"])
    return {each: _opaque(secrets, each) for each in classes}


def _opaque(secrets: Secrets, stratum: str) -> str:
    return "S" + hmac.new(secrets.salt_secret, f"stratum/{stratum}".encode(), hashlib.sha256).hexdigest()[:8]


def _freeze_lists(desk: Desk, campaign: Campaign, names: Mapping[str, str]) -> Frame:
    targets, strata = pools.target_rows(desk, campaign, dict(names))
    pools.check_total(campaign, len(targets))
    rows = [
        (stratum, each.code, each.region, each.name) for each, stratum in zip(targets, strata, strict=True)
    ]
    return freeze_all(rows, *_people(desk, campaign, {each.id: each.code for each in targets}))


def _people(
    desk: Desk, campaign: Campaign, targets: Mapping[int, str]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The lists of inspectors, bars and pair bars; `targets` are the codes of the pool by id."""
    people = pools.pooled_inspectors(desk, campaign)
    if missing := pools.missing_teams(campaign, people):
        raise Refused("pool.nobody", departments=missing)
    codes = {part.department_id: part.department.code for part in campaign.departments}
    known = {each.id: each.code for each in people}
    first, last = campaign.first_day, campaign.last_day
    bars = pool.bars_between(desk.session, people, first, last)
    pair_bars = pool.pair_bars_among(desk.session, people, first, last)
    return (
        [_inspector_row(each, codes[each.department_id]) for each in people],
        [(known[j], targets[t], ground) for j, t, ground in bars if t in targets],
        [(*sorted((known[a], known[b])), ground) for a, b, ground in pair_bars],
    )


def _inspector_row(each: PooledInspector, department: str) -> tuple[str, ...]:
    return department, each.code, each.qualifications, each.home, each.regions, str(each.capacity), each.name


def _written_plan(
    desk: Desk, campaign: Campaign, number: str, predecessor: str, names: Mapping[str, str]
) -> dict[str, Any]:
    references = organisation.departments_by_id(
        desk.session, [p.version.item.department_id for p in campaign.items]
    )
    plan: dict[str, Any] = {
        "number": number,
        "predecessor": predecessor,
        "purpose": campaign.name,
        "legal_basis": campaign.legal_basis,
        "items": [
            f"{references[part.version.item.department_id].code}/{part.version.item.code}/{part.version.version}"
            for part in campaign.items
        ],
        "quota": _written_quota(campaign, names),
        "teams": campaign.teams,
        "departments": [
            {
                "code": part.department.code,
                "size": part.size,
                "leads": part.leads,
                **({"lead_qualification": part.lead_qualification} if part.leads else {}),
            }
            for part in campaign.departments
            if part.answer == "accepted"
        ],
        "objectives": campaign.objectives.split(";"),
        "witnesses": [witness.name for witness in campaign.witnesses],
        "entropy": campaign.entropy,
        "deadline": (campaign.draw_by or campaign.last_day).isoformat(),
        "limits": {"voids": campaign.most_voids, "recusals": campaign.most_recusals},
    }
    return plan | ({"groups": campaign.groups} if campaign.groups is not None else {})


def _written_quota(campaign: Campaign, names: Mapping[str, str]) -> dict[str, Any]:
    if campaign.total is not None:
        return {"total": campaign.total}
    rates = {names.get(each.stratum, each.stratum): each.rate for each in campaign.rates}
    return {"rates": rates, "at_least_one": campaign.at_least_one}


def _store(desk: Desk, made: Draw, attempt: int, plan: Plan, frame: Frame, secrets: Secrets) -> None:
    session = desk.session
    session.add(Lottery(draw_id=made.id, attempt=attempt, plan=plan.text, frozen_at=desk.now))
    session.flush()
    for table in frame.tables():
        draws.store_table(session, made.id, attempt, table.name, len(table.rows), table.file())
    session.add(
        LotterySecret(
            draw_id=made.id, attempt=attempt, secret=secrets.secret, salt_secret=secrets.salt_secret
        )
    )
    session.flush()


# Witnesses and commitment


def promise(desk: Desk, drawn: Draw, digest: str) -> None:
    """A witness's commitment W to a text that he keeps to himself; only the digest reaches the service."""
    drawn = locked_draw(desk, drawn)
    role, place = _check_promise(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    desk.session.add(
        WitnessCommitment(
            draw_id=drawn.id,
            attempt=attempt,
            place=place,
            person_id=desk.actor.person_id,
            planner_person_id=drawn.planner_person_id,
            approver_person_id=drawn.approver_person_id,
            digest=_digest(digest),
            at=desk.now,
        )
    )
    desk.tell(role, "draw:promise", f"draw/{drawn.id}", place=place, digest=digest)


def _check_promise(desk: Desk, drawn: Draw) -> tuple[str, int]:
    """The role and the place of a witness who has not promised yet."""
    role, place = _as_witness(desk, drawn, "promise")
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    if place in draws.promises(desk.session, drawn.id, attempt):
        raise Refused("witness.already_promised")
    return role, place


def promise_of(text: str) -> str:
    """The digest W of a witness's text, made where the witness is; Refused `witness.too_short`, `witness.too_long`."""
    _check_witness_text(text)
    return witness_commitment(text).hex()


def commit_draw(desk: Desk, drawn: Draw) -> str:
    """Bind plan, lists, secrets and witnesses in C (承诺) and enter it in the register; C comes back, to be published."""
    drawn = locked_draw(desk, drawn)
    role = _check_commit(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id)
    commitment = commitment_of(desk, drawn.id, attempt)
    digest = commitment.commit.hex()
    desk.session.add(
        DrawCommitment(
            draw_id=drawn.id,
            attempt=attempt.attempt,
            digest=digest,
            told=commitment.file().decode(),
            at=desk.now,
        )
    )
    desk.session.flush()
    DRAW.move(desk, drawn, "commit")
    desk.tell(role, "draw:commit", f"draw/{drawn.id}", attempt=attempt.attempt, commit=digest)
    return digest


def _check_commit(desk: Desk, drawn: Draw) -> str:
    role = _conducted(desk, drawn, "commit")
    given = draws.promises(desk.session, drawn.id, draws.last_attempt(desk.session, drawn.id).attempt)
    if missing := [w.name for w in drawn.campaign.witnesses if w.place not in given]:
        raise Refused("witness.not_promised", witnesses=missing)
    return role


def publish(desk: Desk, drawn: Draw, place: str, published_at: datetime) -> None:
    """Record where and when the commitment was made public; only before the reveals are closed."""
    drawn = locked_draw(desk, drawn)
    role = _conducted(desk, drawn, "publish")
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    commitment = entered_commitment(desk, drawn.id, attempt)
    if not place.strip() or len(place) > LONGEST_PLACE or any(ord(c) < 32 for c in place):
        raise Refused("publication.place", value=place)
    if not commitment.at <= published_at <= desk.now:
        raise Refused("publication.time", committed=seconds(commitment.at), told=seconds(published_at))
    desk.session.add(
        Publication(
            draw_id=drawn.id,
            attempt=attempt,
            place=place,
            published_at=published_at,
            recorded_at=desk.now,
            person_id=desk.actor.person_id,
        )
    )
    desk.tell(role, "draw:publish", f"draw/{drawn.id}", place=place)


def reveal_text(desk: Desk, drawn: Draw, text: str) -> None:
    """A witness opens his text; it must be the one he committed to."""
    drawn = locked_draw(desk, drawn)
    role, place = _check_reveal(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    _check_witness_text(text)
    if witness_commitment(text).hex() != draws.promises(desk.session, drawn.id, attempt)[place].digest:
        raise Refused("witness.other_reveal", witness=place)
    desk.session.add(
        WitnessReveal(draw_id=drawn.id, attempt=attempt, place=place, revealed=text, at=desk.now)
    )
    desk.tell(role, "draw:reveal", f"draw/{drawn.id}", place=place)


def _check_reveal(desk: Desk, drawn: Draw) -> tuple[str, int]:
    """The role and the place of a witness who has not revealed yet."""
    role, place = _as_witness(desk, drawn, "reveal")
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    if place in draws.reveals(desk.session, drawn.id, attempt):
        raise Refused("witness.already_revealed")
    return role, place


def lacking_before_closing(desk: Desk, drawn: Draw) -> list[str]:
    """What would be missing for ever if the reveals were closed now: `publication`, and witnesses by name."""
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    texts = witness_texts(desk, drawn, attempt)
    absent = [w.name for w, text in zip(drawn.campaign.witnesses, texts, strict=True) if text is None]
    return absent + ([] if draws.publications(desk.session, drawn.id, attempt) else ["publication"])


def close_reveals(desk: Desk, drawn: Draw, final: bool = False) -> list[str]:
    """Enter the digest R of all reveals, before the entropy exists; the names of absent witnesses come back.

    Nothing of it can be made up for later: where something lacks it must be `final`, else Refused
    `draw.not_ready_to_close`.
    """
    drawn = locked_draw(desk, drawn)
    role = _conducted(desk, drawn, "close_reveals")
    if not final and (lacking := lacking_before_closing(desk, drawn)):
        raise Refused("draw.not_ready_to_close", lacking=lacking)
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    texts = witness_texts(desk, drawn, attempt)
    digest = reveals_digest(texts).hex()
    desk.session.add(RevealClosing(draw_id=drawn.id, attempt=attempt, digest=digest, at=desk.now))
    desk.session.flush()
    DRAW.move(desk, drawn, "close_reveals")
    absent = [w.name for w, text in zip(drawn.campaign.witnesses, texts, strict=True) if text is None]
    desk.tell(role, "draw:close_reveals", f"draw/{drawn.id}", reveals=digest, absent=len(absent))
    return absent


# Entropy and outcome


def enter_entropy(desk: Desk, drawn: Draw, entropy: str) -> Entered | Differing | Opened:
    """Enter the outside randomness; two persons do, each by himself, and what they enter must be the same.

    Refused `entropy.form`, `entropy.other_source`, `entropy.entered_already`, `entropy.stands`.
    """
    drawn = locked_draw(desk, drawn)
    role = _check_enters(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id)
    plan = plan_of(attempt)
    if len(entropy) > LONGEST_ENTROPY:
        raise Refused("entropy.form", value=entropy[:LONGEST_ENTROPY])
    read_entropy(entropy, plan.entropy)
    number, waiting = _round(draws.entries(desk.session, drawn.id, attempt.attempt))
    if waiting is not None and waiting.person_id == desk.actor.person_id:
        raise Refused("entropy.entered_already")
    desk.session.add(
        EntropyEntry(
            draw_id=drawn.id,
            attempt=attempt.attempt,
            round=number,
            place=1 if waiting is None else 2,
            person_id=desk.actor.person_id,
            entropy=entropy,
            at=desk.now,
        )
    )
    desk.session.flush()
    if waiting is None:
        desk.tell(role, "draw:enter", f"draw/{drawn.id}", round=number)
        return Entered(number)
    if waiting.entropy != entropy:
        desk.tell(role, "draw:entries_differ", f"draw/{drawn.id}", round=number)
        return Differing(number)
    return _open(desk, drawn, attempt, role, number, entropy)


def entropy_source(desk: Desk, drawn: Draw) -> str | None:
    """The source of the entropy that the frozen plan names."""
    return plan_of(draws.last_attempt(desk.session, drawn.id)).entropy


def _check_enters(desk: Desk, drawn: Draw) -> str:
    """A witness of this draw enters, or planner or approver of a department that takes part; as long as no seed stands."""
    role = _role(desk, drawn, "enter")
    if not any(witness.person_id == desk.actor.person_id for witness in drawn.campaign.witnesses):
        if not desk.actor.roles & {"planner", "approver"}:
            raise Refused("witness.not_of_this_draw")
        if desk.actor.department_id not in pools.department_ids(drawn.campaign):
            raise Refused("draw.not_taking_part")
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    if draws.opening_of(desk.session, drawn.id, attempt):
        raise Refused("entropy.stands")
    return role


def _check_enters_next(desk: Desk, drawn: Draw) -> None:
    """The same for the entry that is awaited now: who made the first is not the second."""
    _check_enters(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    _, waiting = _round(draws.entries(desk.session, drawn.id, attempt))
    if waiting is not None and waiting.person_id == desk.actor.person_id:
        raise Refused("entropy.entered_already")


def _round(entered: Sequence[EntropyEntry]) -> tuple[int, EntropyEntry | None]:
    """The round that is under way, and its first entry if there is one."""
    if len(entered) == 1:
        return entered[0].round, entered[0]
    return (entered[-1].round + 1 if entered else 1), None


def _open(desk: Desk, drawn: Draw, attempt: Lottery, role: str, number: int, entropy: str) -> Opened:
    opened = reveal_of(desk, drawn, attempt, commitment_of(desk, drawn.id, attempt), entropy)
    desk.session.add(
        Opening(
            draw_id=drawn.id,
            attempt=attempt.attempt,
            round=number,
            entropy=entropy,
            seed=opened.seed.hex(),
            at=desk.now,
        )
    )
    desk.tell(role, "draw:open", f"draw/{drawn.id}", round=number, bits=opened.entropy.bits)
    return Opened(opened.seed.hex())


@dataclass(frozen=True)
class Basis:
    """What decides the outcome of an attempt (抽取依据), read from evidence that never changes.

    Computing with it needs neither database nor transaction. `drawn` are the strata of the first attempt, where this is
    a further one.
    """

    attempt: int
    plan: Plan
    frame: Frame
    commitment: Commitment
    seed: bytes
    drawn: tuple[DrawnStratum, ...] | None


def execute(desk: Desk, drawn: Draw) -> Draw:
    """Draw the targets and pair the inspectors, as the seed decides. A second call finds the same answer.

    Refused `entropy.missing` while the seed does not stand.
    """
    _for_lead(desk, drawn)
    if drawn.state == "completed":
        desk.require(*DRAW.roles("execute"))
        return drawn
    found = basis(desk, drawn)
    made = outcome(found, strata(found))
    drawn = locked_draw(desk, drawn)
    if drawn.state == "completed":
        return drawn  # somebody else was first, with the same answer
    return keep_outcome(desk, drawn, found, made)


def check_execute(desk: Desk, drawn: Draw) -> str:
    """The role by which the actor may execute a draw that is ready for it; Refused where he may not, or it is not."""
    role = _conducted(desk, drawn, "execute")
    _standing_seed(desk, drawn)
    return role


def basis(desk: Desk, drawn: Draw) -> Basis:
    """The basis of the attempt that is ready to be executed; nothing is locked. Refused like `check_execute`."""
    check_execute(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id)
    return Basis(
        attempt=attempt.attempt,
        plan=plan_of(attempt),
        frame=frame_of(desk, drawn.id, attempt.attempt),
        commitment=commitment_of(desk, drawn.id, attempt),
        seed=bytes.fromhex(_standing_seed(desk, drawn)),
        drawn=None if attempt.attempt == FIRST else drawn_strata(desk, drawn)[0],
    )


def strata(found: Basis) -> tuple[DrawnStratum, ...]:
    """The drawn targets; in a further attempt those of the first."""
    if found.drawn is not None:
        return found.drawn
    return draw(found.plan, found.frame, found.commitment.seals, found.seed)


def outcome(found: Basis, drawn: tuple[DrawnStratum, ...]) -> Outcome:
    """The drawn targets with their teams, or what lacks."""
    return pair(found.plan, found.frame, found.commitment.seals, found.seed, drawn)


def keep_outcome(desk: Desk, drawn: Draw, found: Basis, made: Outcome) -> Draw:
    """Keep what was computed from a basis, if that is still the draw's; asks everything again, with the draw locked.

    Refused `draw.other_attempt`, `draw.evidence_changed` where it is not, else like `check_execute`.
    """
    drawn = locked_draw(desk, drawn)
    role = check_execute(desk, drawn)
    _check_same(desk, drawn, found)
    plan, frame = found.plan, found.frame
    _keep(desk, drawn, found.attempt, draw_files(plan, frame, made))
    targets = draws.target_ids(desk.session, [row[1] for row in frame.targets.rows])
    if found.attempt == FIRST:
        _keep_targets(desk, drawn, frame, made, targets)
    short = not isinstance(made.pairing, Paired | GroupsPaired)
    if not short:
        _keep_teams(desk, drawn, plan, frame, made, targets)
        drawn.closed_at = desk.now
    drawn.state = "short" if short else "completed"
    desk.session.flush()
    desk.tell(role, "draw:execute", f"draw/{drawn.id}", targets=drawn_count(made), short=short)
    return drawn


def _standing_seed(desk: Desk, drawn: Draw) -> str:
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    opening = draws.opening_of(desk.session, drawn.id, attempt)
    if opening is None:
        raise Refused("entropy.missing")
    return opening.seed


def _check_same(desk: Desk, drawn: Draw, found: Basis) -> None:
    """C binds plan, lists and secrets; with it and the seed the same, everything that decides is the same."""
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    if attempt != found.attempt:
        raise Refused("draw.other_attempt", asked=found.attempt, now=attempt)
    entered = entered_commitment(desk, drawn.id, attempt)
    computed = found.commitment.commit.hex(), found.seed.hex()
    if (entered.digest, _standing_seed(desk, drawn)) != computed:
        raise Refused("draw.evidence_changed")


def _keep(desk: Desk, drawn: Draw, attempt: int, files: Files) -> None:
    for name, content in files.items():
        desk.session.add(DrawFile(draw_id=drawn.id, attempt=attempt, name=name, content=content))
    desk.session.flush()


def drawn_count(made: Outcome) -> int:
    """How many targets were drawn."""
    return sum(stratum.quota for stratum in made.strata)


def _keep_targets(desk: Desk, drawn: Draw, frame: Frame, outcome: Outcome, ids: Mapping[str, int]) -> None:
    for stratum in outcome.strata:
        places = zip(stratum.indexes, stratum.tickets, strict=True)
        for rank, (index, ticket) in enumerate(places, start=1):
            desk.session.add(
                DrawnTarget(
                    draw_id=drawn.id,
                    target_id=ids[frame.targets.rows[index][1]],
                    stratum=stratum.stratum,
                    rank=rank,
                    row_index=int(index),
                    ticket=f"{int(ticket):016x}",
                )
            )
    desk.session.flush()


def _keep_teams(
    desk: Desk, drawn: Draw, plan: Plan, frame: Frame, outcome: Outcome, ids: Mapping[str, int]
) -> None:
    """A visit for every drawn target and department, with its team as paired."""
    codes = {part.department.code: part.department_id for part in drawn.campaign.departments}
    for stratum in outcome.strata:
        for index in stratum.indexes:
            for department in plan.departments:
                desk.session.add(visit_of(drawn, ids[frame.targets.rows[index][1]], codes[department.code]))
    desk.session.flush()
    people = draws.inspector_ids(desk.session, [row[1] for row in frame.inspectors.rows])
    for target, department_code, inspector, role, cost, group in seats(outcome.pairing):
        desk.session.add(
            TeamMember(
                draw_id=drawn.id,
                target_id=ids[frame.targets.rows[target][1]],
                department_id=codes[department_code],
                version=1,
                inspector_id=people[frame.inspectors.rows[inspector][1]],
                role=role,
                cost=cost,
                group=group,
            )
        )
    desk.session.flush()


def visit_of(drawn: Draw, target_id: int, department_id: int) -> Visit:
    """An open visit of one department to one target."""
    return Visit(draw_id=drawn.id, target_id=target_id, department_id=department_id, state="open")


Seat = tuple[int, str, int, str, int | None, int | None]


def seats(pairing: object) -> list[Seat]:
    """Every seat of every team: target and inspector by row index, department, role, cost, group."""
    match pairing:
        case Paired(pairs, _):
            return [(p.target, p.department, p.inspector, p.role, p.cost, None) for p in pairs]
        case GroupsPaired(groups, pairs):
            return [
                (p.target, m.department, m.inspector, m.role, None, p.group)
                for p in pairs
                for m in groups.of(p.group)
            ]
        case _:
            return []


def void_number(desk: Desk, drawn: Draw, ground: str, reason: str) -> None:
    """End a number without an outcome, with a coded ground and a reason; it stays in the register for everybody to see.

    The campaign is approved as before and may be drawn under a new number.
    """
    drawn = locked_draw(desk, drawn)
    _for_lead(desk, drawn)
    DRAW.check(desk, drawn.state, "void")
    if ground not in VOID_NUMBER_GROUNDS:
        raise Refused("draw.void_ground", ground=ground, possible=list(VOID_NUMBER_GROUNDS))
    if not reason.strip():
        raise Refused("reason.missing")
    _check_void_after_seed(desk, drawn)
    role = DRAW.move(desk, drawn, "void")
    drawn.void_ground, drawn.void_reason, drawn.closed_at = ground, reason, desk.now
    desk.session.flush()
    draws.release_population(desk.session, drawn.id)
    CAMPAIGN.move(desk, drawn.campaign, "release")
    desk.tell(role, "draw:void", f"draw/{drawn.id}", ground=ground, reason=reason)


def _check_void_after_seed(desk: Desk, drawn: Draw) -> None:
    """Once the seed stands, insiders can reckon the outcome: a number is not ended then because it does not please."""
    if draws.opening_of(desk.session, drawn.id, FIRST) is not None:
        raise Refused("draw.seed_stands", number=drawn.number)


# Bundle


def bundle(desk: Desk, drawn: Draw, readme: Callable[[Circumstances], str]) -> Files:
    """The full bundle of a draw that has an outcome; Refused `draw.no_outcome`.

    It holds the salt secret and the lists of persons: it is for planners, approvers and auditors of the departments that
    take part, and who took it is told to the ledger.
    """
    role = check_bundle_taker(desk, drawn)
    files = bundle_files(desk, drawn, readme)
    desk.tell(role, "draw:bundle", f"draw/{drawn.id}", files=len(files))
    return files


def check_bundle_taker(desk: Desk, drawn: Draw) -> str:
    """The role by which the actor may have the full bundle of a draw that has an outcome."""
    role = desk.require("planner", "approver", "auditor")
    if desk.actor.department_id not in pools.department_ids(drawn.campaign):
        raise Refused("actor.other_department")
    if not draws.has_files(desk.session, drawn.id, FIRST):
        raise Refused("draw.no_outcome", number=drawn.number)
    return role


def bundle_files(desk: Desk, drawn: Draw, readme: Callable[[Circumstances], str]) -> Files:
    """What a full bundle holds, told to nobody: it is handed out by `bundle` alone."""
    first = draws.lottery(desk.session, drawn.id, FIRST)
    opening = draws.opening_of(desk.session, drawn.id, FIRST)
    decided = draws.files_of(desk.session, drawn.id, FIRST)
    if opening is None:
        raise Refused("draw.no_outcome", number=drawn.number)
    plan, frame = plan_of(first), frame_of(desk, drawn.id, FIRST)
    commitment = commitment_of(desk, drawn.id, first)
    opened = reveal_of(desk, drawn, first, commitment, opening.entropy)
    told = Circumstances(
        plan=plan,
        commitment=commitment,
        reveal=opened,
        strata=_strata(decided["thresholds.csv"]),
        short=drawn.state == "short" or (drawn.state != "completed" and "shortage.json" in decided),
        published=_published(desk, drawn.id, FIRST),
        committed_at=seconds(entered_commitment(desk, drawn.id, FIRST).at),
        drawn_at=seconds(opening.at),
    )
    register = register_entry(plan, commitment, told.short, told.self_drawn, told.committed_at, told.drawn_at)
    lines = [
        (c.seq, c.kind, c.subject, c.ground, c.approver_role, c.result, c.rank or "", c.eligible or "")
        for c in draws.changes(desk.session, drawn.id)
    ]
    files = full_bundle(
        plan,
        frame,
        secrets_of(desk, drawn.id, FIRST),
        commitment,
        told.published,
        opened,
        register,
        decided,
        readme(told),
        lines,
    )
    for attempt in range(FIRST + 1, draws.last_attempt(desk.session, drawn.id).attempt + 1):
        files |= _attempt_files(desk, drawn, attempt)
    return files


def _attempt_files(desk: Desk, drawn: Draw, attempt: int) -> Files:
    """A pairing that started again, where it has come to an outcome."""
    decided = draws.files_of(desk.session, drawn.id, attempt)
    opening = draws.opening_of(desk.session, drawn.id, attempt)
    if opening is None or not decided:
        return {}
    lottery = draws.lottery(desk.session, drawn.id, attempt)
    commitment = commitment_of(desk, drawn.id, lottery)
    return attempt_files(
        attempt,
        frame_of(desk, drawn.id, attempt),
        secrets_of(desk, drawn.id, attempt),
        commitment,
        _published(desk, drawn.id, attempt),
        reveal_of(desk, drawn, lottery, commitment, opening.entropy),
        decided,
    )


def packed_bundle(desk: Desk, drawn: Draw, readme: Callable[[Circumstances], str]) -> bytes:
    """The full bundle as a zip."""
    return pack(bundle(desk, drawn, readme))


def shortage(desk: Desk, drawn: Draw) -> dict[str, Any]:
    """What lacks, as in shortage.json; Refused `draw.not_short`."""
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    told = draws.files_of(desk.session, drawn.id, attempt).get("shortage.json")
    if told is None:
        raise Refused("draw.not_short", state=drawn.state)
    return dict(json.loads(told))


def _strata(thresholds: bytes) -> list[Stratum]:
    rows = list(csv.reader(io.StringIO(thresholds.decode())))[1:]
    return [Stratum(row[0], int(row[1]), int(row[2])) for row in rows]


def _published(desk: Desk, draw_id: int, attempt: int) -> list[dict[str, str]]:
    found = draws.publications(desk.session, draw_id, attempt)
    return [{"where": each.place, "when": seconds(each.published_at)} for each in found]


def _witness_place(desk: Desk, drawn: Draw) -> int:
    for witness in drawn.campaign.witnesses:
        if witness.person_id == desk.actor.person_id:
            return witness.place
    raise Refused("witness.not_of_this_draw")


def _check_witness_text(text: str) -> None:
    if len(text) < SHORTEST_WITNESS_TEXT:
        raise Refused("witness.too_short", least=SHORTEST_WITNESS_TEXT)
    if len(text) > LONGEST_WITNESS_TEXT:
        raise Refused("witness.too_long", most=LONGEST_WITNESS_TEXT)
    if "\0" in text:
        raise Refused("text.control", where="witness")


def _digest(text: str) -> str:
    try:
        if len(bytes.fromhex(text)) == hashlib.sha256().digest_size and text == text.lower():
            return text
    except ValueError:
        pass
    raise Refused("witness.digest", value=text)


def _for_lead(desk: Desk, drawn: Draw) -> None:
    in_own_department(desk, drawn.register_id)


def _role(desk: Desk, drawn: Draw, act: str) -> str:
    """The role by which the actor may do an act in this state."""
    return desk.require(*DRAW.check(desk, drawn.state, act).roles)


def _as_witness(desk: Desk, drawn: Draw, act: str) -> tuple[str, int]:
    return _role(desk, drawn, act), _witness_place(desk, drawn)


def _conducted(desk: Desk, drawn: Draw, act: str) -> str:
    """The role by which somebody of the lead department takes the draw a step further."""
    _for_lead(desk, drawn)
    role = _role(desk, drawn, act)
    _conducts(desk, drawn.campaign)
    return role


def _check_void(desk: Desk, drawn: Draw) -> None:
    _for_lead(desk, drawn)
    DRAW.check(desk, drawn.state, "void")
    _check_void_after_seed(desk, drawn)


_CHECKS: Mapping[str, Callable[[Desk, Draw], object]] = {
    "promise": _check_promise,
    "commit": _check_commit,
    "publish": lambda desk, drawn: _conducted(desk, drawn, "publish"),
    "reveal": _check_reveal,
    "close_reveals": lambda desk, drawn: _conducted(desk, drawn, "close_reveals"),
    "enter": _check_enters_next,
    "execute": check_execute,
    "refreeze": lambda desk, drawn: _conducted(desk, drawn, "refreeze"),
    "void": _check_void,
    "bundle": check_bundle_taker,
}


def possible_acts(desk: Desk, drawn: Draw) -> frozenset[str]:
    """What the actor may do at a draw now: of every act, what its use case would ask before it asks what is given."""
    return frozenset(act for act, check in _CHECKS.items() if _passes(check, desk, drawn))


def _passes(check: Callable[[Desk, Draw], object], desk: Desk, drawn: Draw) -> bool:
    try:
        check(desk, drawn)
    except Refused:
        return False
    return True


def _conducts(desk: Desk, campaign: Campaign) -> None:
    """Who conducts the draw is neither its approver nor one of its witnesses; to be asked after role and state."""
    person = desk.actor.person_id
    if person == campaign.approver_person_id:
        raise Refused("actor.same_person", roles=["planner", "approver"])
    if any(witness.person_id == person for witness in campaign.witnesses):
        raise Refused("actor.same_person", roles=["planner", "witness"])
