"""Requests that may be sent again (幂等键): what was done under a key is not done twice, its answer is given again.

The answer is kept in the transaction of the act: there is never one without the other, whenever a machine breaks down.
What was refused has changed nothing and is not kept: the same key may try again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.queries import identity, kept_answers
from data.scope import seeing
from matching.refused import Refused
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, Engine, reading, transaction

KEPT_FOR = timedelta(days=30)
MOST_AT_ONCE = 1_000
"""How many answers are forgotten in one transaction, in which nobody else writes."""
_FORM = re.compile(r"[!-~]{8,100}")


@dataclass(frozen=True)
class Key:
    """The key that a program gave its request, and the digest of what it asked for."""

    key: str
    request_digest: str


@dataclass(frozen=True)
class Answer:
    """An answer to the byte; `again` where it was given before."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    again: bool = False


def key_of(written: str, *request: bytes) -> Key:
    """The key of a request told by its parts; Refused `idempotency.key` unless it is 8 to 100 visible ASCII characters."""
    if not _FORM.fullmatch(written):
        raise Refused("idempotency.key")
    digest = hashlib.sha256()
    for part in request:
        digest.update(len(part).to_bytes(8, "big") + part)
    return Key(written, digest.hexdigest())


def answered_once(desk: Desk, key: Key, work: Callable[[Desk], Answer]) -> Answer:
    """Do a work unless it was done under this key; its answer, the first time and ever after.

    Refused `idempotency.other_request` where the key was used for something else, `idempotency.in_progress` where the
    same is being done at this moment and takes long.
    """
    before = _answered(desk, key)
    if before is not None:
        return before
    answer = work(desk)
    with seeing(desk.session, EVERYTHING):
        user_id = desk.actor.user_id
        kept_answers.keep_answer(
            desk.session,
            user_id,
            key.key,
            key.request_digest,
            answer.status,
            answer.headers,
            answer.body,
            desk.now,
        )
    return answer


def forget_expired(database: Engine, now: datetime) -> int:
    """Forget answers that were kept for long enough, of whatever accounts: `MOST_AT_ONCE` at most, and how many it were.

    Where there is none it only reads: a sweep that finds nothing keeps nobody from writing.
    """
    before = now - KEPT_FOR
    with reading(database, EVERYTHING) as session:
        if not kept_answers.any_kept_before(session, before):
            return 0
    with transaction(database, EVERYTHING) as session:
        return kept_answers.forget_answers(session, before, MOST_AT_ONCE)


def _answered(desk: Desk, key: Key) -> Answer | None:
    if not kept_answers.wait_for_key(desk.session, desk.actor.user_id, key.key):
        raise Refused("idempotency.in_progress")
    with seeing(desk.session, EVERYTHING):
        kept = identity.kept_answer(desk.session, desk.actor.user_id, key.key)
        if kept is None:
            return None
        if kept.request_digest != key.request_digest:
            raise Refused("idempotency.other_request")
        return replace(Answer(kept.status, dict(kept.headers), kept.body), again=True)
