"""Inspection items (抽查事项) and their approval."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("items", __name__, url_prefix="/items")
