"""What people type by hand (手工录入), and must come to the same whoever types it: throws of a die, texts to be hashed."""

from __future__ import annotations

from flask import request

THROWS = {"d10x20": (20, "0123456789"), "d6x25": (25, "123456")}
"""Of each die how often it is thrown, and its faces; people write the throws in groups."""

_AROUND = " \t\u3000"  # witness.js takes off the same


def typed_text(name: str) -> str:
    """A field of the form without the spaces around it, which nobody sees."""
    return request.form.get(name, "").strip(_AROUND)
