"""Questions about answers that were given already, and the wait for one that is being made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from data.models import KeptAnswer

_LOCK_TIMEOUT = "55P03"


def wait_for_key(session: Session, user_id: int, key: str) -> bool:
    """Wait until nobody else works under this key; False where that takes too long. SQLite has waited to begin."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
    try:
        session.execute(lock, {"key": f"kept_answer:{user_id}:{key}"})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_TIMEOUT:
            raise
        return False
    return True


def keep_answer(
    session: Session,
    user_id: int,
    key: str,
    request_digest: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    at: datetime,
) -> None:
    """Keep the answer that was made under a key."""
    session.add(
        KeptAnswer(
            user_id=user_id,
            key=key,
            request_digest=request_digest,
            status=status,
            headers=dict(headers),
            body=body,
            at=at,
        )
    )
    session.flush()


def any_kept_before(session: Session, before: datetime) -> bool:
    """Whether an answer was kept before a moment, of whatever account."""
    return session.scalar(select(KeptAnswer.user_id).where(KeptAnswer.at < before).limit(1)) is not None


def forget_answers(session: Session, before: datetime, most: int) -> int:
    """Forget answers that were kept before a moment, of whatever accounts: so many at most, and how many it were."""
    some = select(KeptAnswer.user_id, KeptAnswer.key).where(KeptAnswer.at < before).limit(most)
    keys = session.execute(some).all()
    old = tuple_(KeptAnswer.user_id, KeptAnswer.key).in_([tuple(each) for each in keys])
    session.execute(delete(KeptAnswer).where(old).execution_options(synchronize_session=False))
    return len(keys)
