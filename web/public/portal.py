"""The public portal: campaigns, results by target, the register of draws, and the program that checks a bundle."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO

from flask import Blueprint, Response, render_template, send_file

from web.access import PUBLIC, open_to

VERIFIER = "verifier.py"

pages = Blueprint("portal", __name__, url_prefix="/public")


@pages.get("/campaigns")
@open_to(PUBLIC)
def campaigns() -> str:
    """Campaigns that are public."""
    return render_template("public/campaigns.html")


@pages.get("/results")
@open_to(PUBLIC)
def results() -> str:
    """Disclosed results of a target."""
    return render_template("public/campaigns.html")


@pages.get("/register")
@open_to(PUBLIC)
def register() -> str:
    """The register of draws."""
    return render_template("public/campaigns.html")


@pages.get("/verifier.py")
@open_to(PUBLIC)
def verifier() -> Response:
    """The stand-alone verifier, as an auditor downloads it."""
    return send_file(BytesIO(verifier_program()), "text/x-python", as_attachment=True, download_name=VERIFIER)


def verifier_program() -> bytes:
    """The stand-alone verifier (复核程序)."""
    return files("matching").joinpath(VERIFIER).read_bytes()
