"""The ledger (操作台账)."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("ledgers", __name__, url_prefix="/ledger")
