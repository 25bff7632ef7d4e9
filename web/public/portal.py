"""The public portal: campaigns, results by target, the register of draws, and the program that checks a bundle.

What is shown here `scheduler.inspection.disclosure` decides; a page gets nothing else.
"""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file

from scheduler.inspection import disclosure, public_bundles
from web.access import PUBLIC, open_to
from web.desks import for_strangers, today

VERIFIER = "verifier.py"

pages = Blueprint("portal", __name__, url_prefix="/public")


@pages.get("/campaigns")
@open_to(PUBLIC)
def campaigns() -> str:
    """Campaigns that are public."""
    asked = {"text": _asked("q"), "department": _asked("department"), "year": _year()}
    with for_strangers() as session:
        departments, years = disclosure.departments(session), disclosure.registers(session)[1]
        found = disclosure.campaigns(session, **asked, number=_page())
    return render_template(
        "public/campaigns.html", page=found, asked=asked, departments=departments, years=years
    )


@pages.get("/campaigns/<path:code>")
@open_to(PUBLIC)
def campaign(code: str) -> str:
    """One campaign."""
    with for_strangers() as session:
        found = disclosure.campaign(session, code, today())
    return render_template("public/campaign.html", whole=found, campaign=found.campaign)


@pages.get("/results")
@open_to(PUBLIC)
def results() -> str:
    """Disclosed results, of a target if one is named."""
    text, code = _asked("q"), _asked("campaign")
    with for_strangers() as session:
        found = disclosure.results(session, text, code, _page())
    return render_template("public/results.html", page=found, text=text, campaign_code=code)


@pages.get("/results/<int:number>")
@open_to(PUBLIC)
def result(number: int) -> str:
    """One disclosed result."""
    with for_strangers() as session:
        found = disclosure.result(session, number)
    return render_template("public/result.html", whole=found, result=found.result)


@pages.get("/register")
@open_to(PUBLIC)
def register() -> str:
    """The register of draws."""
    department, year, overdue = _asked("department"), _year(), bool(_asked("overdue"))
    with for_strangers() as session:
        departments, years = disclosure.registers(session)
        found = disclosure.register(session, today(), department, year, overdue, _page())
        # of the whole register of a year, not of what is late in it
        counted = None if overdue or not found.rows else year or found.rows[0].year
        counts = disclosure.register_counts(session, counted, department) if counted else []
    return render_template(
        "public/register.html",
        page=found,
        counts=counts,
        counted=counted,
        departments=departments,
        years=years,
        department=department,
        year=year,
        overdue=overdue,
    )


@pages.get("/draws/<path:number>")
@open_to(PUBLIC)
def draw(number: str) -> str:
    """One number of the register."""
    with for_strangers() as session:
        found, standing = public_bundles.draw(session, number, today())
    return render_template("public/draw.html", whole=found, draw=found.draw, standing=standing)


@pages.get("/commitments/<int:attempt>/<path:number>")
@open_to(PUBLIC)
def commitment(attempt: int, number: str) -> Response:
    """commit.json of a number, as it is published."""
    with for_strangers() as session:
        content = disclosure.commitment_file(session, number, attempt)
    return send_file(BytesIO(content), "application/json", as_attachment=True, download_name="commit.json")


@pages.get("/time-stamps/<int:attempt>/<path:number>")
@open_to(PUBLIC)
def time_stamp(attempt: int, number: str) -> Response:
    """The time stamp of a number's commitment, as the authority gave it."""
    with for_strangers() as session:
        content = disclosure.stamp_file(session, number, attempt)
    return send_file(
        BytesIO(content), "application/timestamp-reply", as_attachment=True, download_name="commit.tsr"
    )


@pages.get("/verifier.py")
@open_to(PUBLIC)
def verifier() -> Response:
    """The stand-alone verifier, as an auditor downloads it."""
    return send_file(BytesIO(verifier_program()), "text/x-python", as_attachment=True, download_name=VERIFIER)


def verifier_program() -> bytes:
    """The stand-alone verifier (复核程序)."""
    return files("matching").joinpath(VERIFIER).read_bytes()


def _asked(name: str) -> str:
    return request.args.get(name, "").strip()


def _year() -> int | None:
    year = request.args.get("year", None, int)
    return year if year is not None and 2000 <= year <= 2200 else None


def _page() -> int:
    return request.args.get("page", 1, int)
