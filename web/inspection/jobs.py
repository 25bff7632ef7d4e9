"""Jobs (后台作业)."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("jobs", __name__, url_prefix="/jobs")
