"""Draws (抽取): from the frozen lists to the bundle, and its replay."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("draws", __name__, url_prefix="/draws")
