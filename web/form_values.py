"""What forms and addresses say (表单中的值): words without the spaces around them, and days."""

from __future__ import annotations

from datetime import date

from flask import request

from matching.refused import Refused


def given(name: str) -> str:
    """A field of the form without the white space around it; empty where there is none."""
    return request.form.get(name, "").strip()


def day_given(name: str) -> date:
    """A day of the form; Refused `day.form`."""
    written = given(name)
    day = day_or_none(written)
    if day is None:
        raise Refused("day.form", value=written)
    return day


def day_or_none(written: str) -> date | None:
    """A day as it is written, None where it is none."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
