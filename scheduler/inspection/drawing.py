"""The draw of a campaign (抽取), step by step: promise, commit, publish, reveal, close, enter the entropy, or void.

Every step is a row of evidence, and the order of the steps is the order in which nobody can choose the outcome. Until
the entropy stands, no step computes with the secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.models import (
    Campaign,
    Draw,
    DrawCommitment,
    EntropyEntry,
    Opening,
    Publication,
    RevealClosing,
    WitnessCommitment,
    WitnessReveal,
)
from data.queries import draws
from data.vocabulary import VOID_NUMBER_GROUNDS
from matching.draw.seed import read_entropy, reveals_digest, witness_commitment
from matching.refused import Refused
from scheduler.inspection import custody
from scheduler.inspection import pool as pools
from scheduler.inspection.attachments import LONGEST_PLACE, is_stamp_place
from scheduler.inspection.bundles import check_bundle_taker
from scheduler.inspection.conduct import conducted, for_lead, role_for
from scheduler.inspection.evidence import (
    FIRST,
    Bound,
    bound_by,
    earlier_entropies,
    entered_commitment,
    locked_draw,
    plan_of,
    seconds,
    still_bound_by,
    witness_texts,
)
from scheduler.inspection.execution import check_execute
from scheduler.inspection.steps import CAMPAIGN, DRAW
from scheduler.inspection.trust import check_round_ahead
from scheduler.permissions import Desk, permits

SHORTEST_WITNESS_TEXT, LONGEST_WITNESS_TEXT = 16, 1000
LONGEST_ENTROPY = 1000
ENTRIES = 2
"""How many persons enter the entropy, each by himself."""


@dataclass(frozen=True)
class Entered:
    """The first of the two entries stands; the second person's is awaited."""

    round: int


@dataclass(frozen=True)
class Differing:
    """The two entries differ: the round counts for nothing, both enter again."""

    round: int


@dataclass(frozen=True)
class Locked:
    """Both entries agree, and custodians keep the secret: two of them open it, then the seed stands."""

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


def to_commit(desk: Desk, drawn: Draw) -> Bound:
    """What C will bind, for who may commit now: read `beforehand`, so that nobody waits while C is computed."""
    _check_commit(desk, drawn)
    return bound_by(desk, drawn.id, draws.last_attempt(desk.session, drawn.id))


def commit_draw(desk: Desk, drawn: Draw, beforehand: Bound | None = None) -> str:
    """Bind plan, lists, secrets and witnesses in C (承诺) and enter it in the register; C comes back, to be published."""
    drawn = locked_draw(desk, drawn)
    role = _check_commit(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id)
    commitment = still_bound_by(desk, drawn, attempt, beforehand).commitment
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
    role = conducted(desk, drawn, "commit")
    given = draws.promises(desk.session, drawn.id, draws.last_attempt(desk.session, drawn.id).attempt)
    if missing := [w.name for w in drawn.campaign.witnesses if w.place not in given]:
        raise Refused("witness.not_promised", witnesses=missing)
    _check_round(desk, drawn)
    return role


def _check_round(desk: Desk, drawn: Draw) -> None:
    """No beacon has spoken yet. A further attempt has the plan of the first, whose round is past: there nothing helps."""
    attempt = draws.last_attempt(desk.session, drawn.id)
    if attempt.attempt == FIRST:
        check_round_ahead(plan_of(attempt).entropy, desk.now)


def publish(desk: Desk, drawn: Draw, place: str, published_at: datetime) -> None:
    """Record where and when the commitment was made public; only before the reveals are closed."""
    drawn = locked_draw(desk, drawn)
    role = conducted(desk, drawn, "publish")
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    commitment = entered_commitment(desk, drawn.id, attempt)
    if not place.strip() or len(place) > LONGEST_PLACE or any(ord(c) < 32 for c in place):
        raise Refused("publication.place", value=place)
    if is_stamp_place(place):  # anybody could write it; a time stamp is checked
        raise Refused("publication.is_stamp", value=place)
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
        raise Refused("witness.other_reveal", witness=place + 1)
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
    role = conducted(desk, drawn, "close_reveals")
    if not final and (lacking := lacking_before_closing(desk, drawn)):
        raise Refused("draw.not_ready_to_close", lacking=lacking)
    _check_round(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    texts = witness_texts(desk, drawn, attempt)
    digest = reveals_digest(texts).hex()
    desk.session.add(RevealClosing(draw_id=drawn.id, attempt=attempt, digest=digest, at=desk.now))
    desk.session.flush()
    DRAW.move(desk, drawn, "close_reveals")
    absent = [w.name for w, text in zip(drawn.campaign.witnesses, texts, strict=True) if text is None]
    desk.tell(role, "draw:close_reveals", f"draw/{drawn.id}", reveals=digest, absent=len(absent))
    return absent


# Entropy


def to_open(desk: Desk, drawn: Draw, entropy: str) -> Bound | None:
    """What C binds, where who may enter now would open the draw with this entry: read `beforehand`, as `to_commit` is."""
    check_enters_next(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id)
    _, waiting = _round(draws.entries(desk.session, drawn.id, attempt.attempt))
    agrees = waiting is not None and waiting.entropy == entropy
    opens = agrees and not custody.is_locked(desk.session, drawn.id, attempt.attempt)
    return bound_by(desk, drawn.id, attempt) if opens else None


def enter_entropy(
    desk: Desk, drawn: Draw, entropy: str, beforehand: Bound | None = None
) -> Entered | Differing | Locked | Opened:
    """Enter the outside randomness; two persons do, each by himself, and what they enter must be the same.

    Refused `entropy.form`, `entropy.other_source`, `entropy.entered_already`, `entropy.stands`.
    """
    drawn = locked_draw(desk, drawn)
    role = _check_enters(desk, drawn)
    attempt = draws.last_attempt(desk.session, drawn.id)
    plan = plan_of(attempt)
    if len(entropy) > LONGEST_ENTROPY:
        raise Refused("entropy.form", value=entropy[:LONGEST_ENTROPY], length=len(entropy))
    read_entropy(entropy, plan.entropy, earlier_entropies(desk, drawn.id, attempt.attempt))
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
    if custody.is_locked(desk.session, drawn.id, attempt.attempt):
        desk.tell(role, "draw:entries_agree", f"draw/{drawn.id}", round=number)
        return Locked(number)
    return fix_seed(desk, drawn, still_bound_by(desk, drawn, attempt, beforehand), role)


def entropy_source(desk: Desk, drawn: Draw) -> str | None:
    """The source of the entropy that the frozen plan names."""
    return plan_of(draws.last_attempt(desk.session, drawn.id)).entropy


def _check_enters(desk: Desk, drawn: Draw) -> str:
    """A witness of this draw enters, or planner or approver of a department that takes part; as long as no seed stands."""
    role = role_for(desk, drawn, "enter")
    if not any(witness.person_id == desk.actor.person_id for witness in drawn.campaign.witnesses):
        if not desk.actor.roles & {"planner", "approver"}:
            raise Refused("witness.not_of_this_draw")
        if desk.actor.department_id not in pools.department_ids(drawn.campaign):
            raise Refused("draw.not_taking_part")
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    if custody.entropy_stands(desk.session, drawn.id, attempt):
        raise Refused("entropy.stands")
    return role


def check_enters_next(desk: Desk, drawn: Draw) -> None:
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


def fix_seed(desk: Desk, drawn: Draw, bound: Bound, role: str) -> Opened:
    """Enter the seed that follows from the secret and the entropy of the round that agreed: nothing is random then."""
    agreed = draws.entries(desk.session, drawn.id, bound.attempt)[0]
    opened = bound.reveal(agreed.entropy, witness_texts(desk, drawn, bound.attempt))
    desk.session.add(
        Opening(
            draw_id=drawn.id,
            attempt=bound.attempt,
            round=agreed.round,
            entropy=agreed.entropy,
            seed=opened.seed.hex(),
            at=desk.now,
        )
    )
    desk.tell(role, "draw:open", f"draw/{drawn.id}", round=agreed.round, bits=opened.entropy.bits)
    return Opened(opened.seed.hex())


def void_number(desk: Desk, drawn: Draw, ground: str, reason: str) -> None:
    """End a number without an outcome, with a coded ground and a reason; it stays in the register for everybody to see.

    The campaign is approved as before and may be drawn under a new number.
    """
    drawn = locked_draw(desk, drawn)
    for_lead(desk, drawn)
    DRAW.check(desk, drawn.state, "void")
    if ground not in VOID_NUMBER_GROUNDS:
        raise Refused("draw.void_ground", ground=ground, possible=list(VOID_NUMBER_GROUNDS))
    if not reason.strip():
        raise Refused("reason.missing")
    _check_void_after_seed(desk, drawn)
    _check_secret_lost(desk, drawn, ground)
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


def _check_secret_lost(desk: Desk, drawn: Draw, ground: str) -> None:
    """Once the entropy stands, a number whose secret is in custody ends for one reason alone: that it can't be opened."""
    attempt = draws.last_attempt(desk.session, drawn.id).attempt
    if ground == "secret_lost" and not custody.is_locked(desk.session, drawn.id, attempt):
        raise Refused("draw.secret_not_in_custody", number=drawn.number)
    if ground != "secret_lost" and custody.entropy_stands(desk.session, drawn.id, attempt):
        raise Refused("draw.entropy_stands", number=drawn.number)


# What each asks first


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


def _as_witness(desk: Desk, drawn: Draw, act: str) -> tuple[str, int]:
    return role_for(desk, drawn, act), _witness_place(desk, drawn)


def _check_void(desk: Desk, drawn: Draw) -> None:
    for_lead(desk, drawn)
    DRAW.check(desk, drawn.state, "void")
    _check_void_after_seed(desk, drawn)


_CHECKS: Mapping[str, Callable[[Desk, Draw], object]] = {
    "promise": _check_promise,
    "commit": _check_commit,
    "publish": lambda desk, drawn: conducted(desk, drawn, "publish"),
    "reveal": _check_reveal,
    "close_reveals": lambda desk, drawn: conducted(desk, drawn, "close_reveals"),
    "enter": check_enters_next,
    "unlock": custody.check_unlock,
    "execute": check_execute,
    "refreeze": lambda desk, drawn: conducted(desk, drawn, "refreeze"),
    "void": _check_void,
    "bundle": check_bundle_taker,
}


def possible_acts(desk: Desk, drawn: Draw) -> frozenset[str]:
    """What the actor may do at a draw now: of every act, what its use case would ask before it asks what is given."""
    return frozenset(act for act, check in _CHECKS.items() if permits(check, desk, drawn))
