"""Annual plans (年度抽查工作计划)."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("plans", __name__, url_prefix="/plans")
