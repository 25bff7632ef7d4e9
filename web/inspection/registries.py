"""Registries (名录): targets, inspectors, bars, special registries; imports with a preview; exports."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("registries", __name__, url_prefix="/registries")
