"""What outsiders have signed for a draw."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import BeaconSignature, TimeStamp


def stamp_of(session: Session, draw_id: int, attempt: int) -> TimeStamp | None:
    """The time stamp of an attempt's commitment."""
    return session.get(TimeStamp, (draw_id, attempt))


def signature_of(session: Session, draw_id: int, attempt: int) -> BeaconSignature | None:
    """The beacon's signature of an attempt's entropy, the last one attached."""
    return session.scalars(
        select(BeaconSignature)
        .where(BeaconSignature.draw_id == draw_id, BeaconSignature.attempt == attempt)
        .order_by(BeaconSignature.id.desc())
        .limit(1)
    ).first()
