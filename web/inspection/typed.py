"""What people type by hand (手工录入), and must come to the same whoever types it: throws of a die, texts to be hashed."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

THROWS = {"d10x20": (20, "0123456789"), "d6x25": (25, "123456")}
"""Of each die how often it is thrown, and its faces; people write the throws in groups."""

_AROUND = " \t\u3000"  # witness.js takes off the same


def list_ticked(values: Iterable[str]) -> str:
    """What was ticked, as a list in a frozen table stands: each once, sorted, joined with `;`."""
    return ";".join(sorted({each.strip() for each in values} - {""}))


def typed_text(name: str) -> str:
    """A field of the form without the spaces around it, which nobody sees."""
    return request.form.get(name, "").strip(_AROUND)
