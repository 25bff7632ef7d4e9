"""Users (用户), roles, deputies, tokens of other systems, departments."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("accounts", __name__, url_prefix="/accounts")
