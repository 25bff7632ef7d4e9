"""Visits (检查): dates, recusals, results, review, disclosure, follow-ups."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("visits", __name__, url_prefix="/visits")
