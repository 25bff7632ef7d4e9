"""The operation ledger (操作台账), as far as one may see it."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.schemas.ledgers import LedgerLineShown, LedgerWanted
from scheduler.ledger import Sought, ledger_lines
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import Part

part = Part("ledger", "The operation ledger (操作台账)")


@part.page("/ledger", LedgerLineShown, LedgerWanted)
@open_to(SIGNED_IN)
def listed(
    desk: Desk, number: int, size: int, chain: str, act: str, subject: str, person: str,
    first: date | None, last: date | None,
) -> Any:  # fmt: skip
    """The lines of one's department, the newest first; auditors and administrators read `security` too (本部门台账)."""
    return ledger_lines(desk, Sought(chain, act, subject, person, first, last), number, size)
