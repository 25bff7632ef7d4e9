"""Questions and changes about public bundles, and about tokens, codes and attempts by which targets come to proofs."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, Table, delete, func, or_, select, text, update
from sqlalchemy.orm import Session, undefer

from data.models import (
    Campaign,
    Draw,
    DrawnTarget,
    ProofAttempt,
    ProofCode,
    ProofToken,
    PublicBundle,
    Target,
    Witness,
)


def public_bundle(session: Session, draw_id: int, whole: bool = False) -> PublicBundle | None:
    """The public bundle of a draw, if it may be seen; `whole` with its content."""
    found = select(PublicBundle).where(PublicBundle.draw_id == draw_id)
    return session.scalar(found.options(undefer(PublicBundle.content)) if whole else found)


def draws_persons(session: Session, draw_id: int) -> bool:
    """Whether a natural person is among the drawn targets of a draw; of the table, as whoever asks sees the draw."""
    target = Target.__table__.c
    found = (
        select(DrawnTarget.target_id)
        .join(Target.__table__, target.id == DrawnTarget.target_id)
        .where(DrawnTarget.draw_id == draw_id, target.kind == "person")
    )
    return session.scalar(found.limit(1)) is not None


def witness_names(session: Session, campaign_id: int) -> list[str]:
    """The names of the persons who witness a campaign's draws."""
    named = select(Witness.name).where(Witness.campaign_id == campaign_id)
    return list(session.scalars(named))


# Tokens


def keep_token(
    session: Session, digest: str, draw_id: int, row_index: int, now: datetime, ends_at: datetime | None
) -> None:
    """Keep the digest of a token."""
    session.add(ProofToken(digest=digest, draw_id=draw_id, row_index=row_index, made_at=now, ends_at=ends_at))
    session.flush()


def token_in_force(session: Session, digest: str, now: datetime) -> ProofToken | None:
    """A token by its digest, unless it has ended."""
    good = or_(ProofToken.ends_at.is_(None), ProofToken.ends_at > now)
    return session.scalar(select(ProofToken).where(ProofToken.digest == digest, good))


def successor_of_row(session: Session, draw_id: int, row_index: int) -> DrawnTarget | None:
    """The drawn target of a row, where it came in for a voided one."""
    return session.scalar(
        select(DrawnTarget).where(
            DrawnTarget.draw_id == draw_id,
            DrawnTarget.row_index == row_index,
            DrawnTarget.replaces_id.is_not(None),
        )
    )


def draw_with_campaign(session: Session, draw_id: int) -> tuple[Draw, Campaign]:
    """A draw and its campaign."""
    found = session.execute(
        select(Draw, Campaign).join(Campaign, Campaign.id == Draw.campaign_id).where(Draw.id == draw_id)
    ).one()
    return found[0], found[1]


# Codes


_OPEN = (ProofCode.used_at.is_(None), ProofCode.ended_at.is_(None))
"""Neither used nor taken back."""


def end_codes(session: Session, draw_id: int, row_index: int, now: datetime) -> None:
    """End the codes of a row that nobody has used, as another one is given out; of the table, as no department sees them."""
    table = cast(Table, ProofCode.__table__)
    unused = (table.c.used_at.is_(None), table.c.ended_at.is_(None))
    earlier = update(table).where(table.c.draw_id == draw_id, table.c.row_index == row_index, *unused)
    session.execute(earlier.values(ended_at=now))


def use_code(session: Session, digest: str, subject: str, now: datetime) -> ProofCode | None:
    """Use up a code of a draw and target that is good now; None where it is not, also where somebody else was faster."""
    good = select(ProofCode).where(
        ProofCode.digest == digest, ProofCode.subject == subject, ProofCode.ends_at > now, *_OPEN
    )
    found = session.scalar(good)
    if found is None:
        return None
    unused = update(ProofCode).where(ProofCode.id == found.id, *_OPEN)
    done = session.execute(unused.values(used_at=now).execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return found if done.rowcount == 1 else None


# Attempts


def wait_for_attempt(session: Session, address: str) -> None:
    """Let attempts from one address be counted one after the other; SQLite's began IMMEDIATE."""
    if session.get_bind().dialect.name == "postgresql":
        key = {"key": f"proof-address:{address}"}
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), key)


def failed_attempts(session: Session, address: str, since: datetime) -> int:
    """How many attempts from an address since then have not succeeded."""
    counted = select(func.count(ProofAttempt.id)).where(
        ProofAttempt.address == address, ProofAttempt.at > since, ProofAttempt.succeeded.is_(False)
    )
    return session.scalar(counted) or 0


def note_attempt(session: Session, address: str, at: datetime) -> int:
    """Note an attempt before its code is looked at; its id."""
    made = ProofAttempt(address=address, at=at, succeeded=False)
    session.add(made)
    session.flush()
    return made.id


def attempt_succeeded(session: Session, attempt_id: int) -> None:
    """The code was right."""
    session.execute(update(ProofAttempt).where(ProofAttempt.id == attempt_id).values(succeeded=True))


def forget_ended(session: Session, attempts_before: datetime, now: datetime) -> None:
    """Attempts that count no more are forgotten, and tokens and codes that have ended."""
    session.execute(delete(ProofAttempt).where(ProofAttempt.at < attempts_before))
    session.execute(delete(ProofToken).where(ProofToken.ends_at <= now))
    session.execute(delete(ProofCode).where(ProofCode.ends_at <= now))
