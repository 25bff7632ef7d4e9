"""What lists may name (已有代码): departments, jurisdictions and special registries, by code and by name."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, select

from data.intake.lists import table_of
from data.models import Department, Jurisdiction, SpecialRegistry


def known_keys(connection: Connection) -> dict[str, dict[str, str]]:
    """The keys of the small tables by what a list may call a row: its code, or a name that only one row has."""
    return {
        "department": _by_code_or_name(connection, Department, "id"),
        "jurisdiction": _by_code_or_name(connection, Jurisdiction, "code"),
        "registry": _by_code_or_name(connection, SpecialRegistry, "code"),
    }


def _by_code_or_name(
    connection: Connection, model: type[Department] | type[Jurisdiction] | type[SpecialRegistry], key: str
) -> dict[str, str]:
    table = table_of(model)
    rows = connection.execute(select(table.c[key], table.c.code, table.c.name)).all()
    times = Counter(name for *_, name in rows)
    by_name = {name: str(row_key) for row_key, _, name in rows if times[name] == 1}
    return by_name | {code: str(row_key) for row_key, code, _ in rows}
