"""Whoever owns the machine rewrites the ledger: one line changed, and every hash after it made anew, past all guards."""

from __future__ import annotations

from sqlalchemy import Engine, select, update

from data.database import writing
from data.guards import drop_guards
from data.ledger import FIRST, Whole, canonical, link, verify
from data.models import LedgerEntry
from scheduler.transaction import EVERYTHING, reading


def rewrite(database: Engine, seq: int, chain: str = "business", details: str = '{"n":7}') -> None:
    """Change the details of a line so that `yaohao ledger verify` finds nothing; its triggers are gone afterwards."""
    with reading(database, EVERYTHING) as session:
        entries = list(session.scalars(select(LedgerEntry).where(LedgerEntry.chain == chain)))
    table, head = LedgerEntry.__table__, FIRST
    with writing(database).begin() as connection:
        drop_guards(connection)
        for entry in sorted(entries, key=lambda each: each.seq):
            if entry.seq == seq:
                entry.details = details
            content = canonical(entry)
            told = {
                "details": entry.details,
                "canonical": content,
                "prev_hash": head,
                "hash": link(head, content),
            }
            line = (table.c.chain == chain) & (table.c.seq == entry.seq)
            connection.execute(update(table).where(line).values(told))
            head = told["hash"]
    found = verify(lambda: reading(database, EVERYTHING), chain)
    assert isinstance(found, Whole), found


def cut_off(database: Engine, last: int, chain: str = "business") -> None:
    """Take the end of a chain away."""
    table = LedgerEntry.__table__
    with writing(database).begin() as connection:
        drop_guards(connection)
        connection.execute(table.delete().where((table.c.chain == chain) & (table.c.seq > last)))
