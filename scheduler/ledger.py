"""The check of the operation ledger (操作台账), against heads kept elsewhere if there are any."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from data.ledger import BUSINESS, SECURITY, Broken, Kept, Whole, verify

__all__ = ["BUSINESS", "CHAINS", "SECURITY", "Broken", "Kept", "Whole", "verify_ledger"]

CHAINS = (BUSINESS, SECURITY)


def verify_ledger(session: Session, kept: Mapping[str, Kept]) -> list[Whole | Broken]:
    """Check every chain, each with the head that was kept of it."""
    return [verify(session, chain, kept.get(chain)) for chain in CHAINS]
