"""The ledger (操作台账): its lines for whom they concern, its heads to be kept elsewhere, and its check."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from scheduler.ledger import (
    BUSINESS,
    CHAINS,
    Sought,
    check_chain,
    head_of_chain,
    ledger_lines,
)
from web.access import SIGNED_IN, open_to
from web.desks import looking
from web.errors import in_part
from web.language import in_language
from web.ledger_words import ACTS, DETAILS, FAULTS, SUBJECTS
from web.words import WORDS, word

pages = Blueprint("ledgers", __name__, url_prefix="/ledger")


def links() -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What the menu shows of the ledger."""
    return _("监督"), [(_("操作台账"), "ledgers.listed", ())]


pages.links = links  # type: ignore[attr-defined]


@pages.get("/")
@open_to(SIGNED_IN)
def listed() -> str:
    """The lines one may see."""
    told = {name: request.args.get(name, "").strip() for name in ("act", "subject", "person")}
    faults: list[str] = []
    sought = Sought(
        request.args.get("chain", BUSINESS),
        told["act"],
        told["subject"],
        told["person"],
        _day("first", faults),
        _day("last", faults),
    )
    with looking() as desk:
        return render_template(
            "inspection/ledgers_list.html",
            page=ledger_lines(desk, sought, request.args.get("page", 1, int)),
            head=head_of_chain(desk, sought.chain),
            sought=sought,
            chains=CHAINS,
            acts=ACTS,
            told_of=DETAILS,
            subject_of=_subject,
            faults=faults,
        )


@pages.post("/check/<chain>")
@open_to("auditor")
def check(chain: str) -> str:
    """Check a whole chain."""
    found = check_chain(looking, chain)
    name = "inspection/ledgers_checked_part.html" if in_part() else "inspection/ledgers_checked.html"
    return render_template(name, found=found, faults=FAULTS)


def _subject(told: str) -> str:
    """What an act was done to, in the reader's words: `draw/2` is draw 2, and `targets` the list of targets."""
    kind, slash, number = told.partition("/")
    if told in WORDS["list_kind"]:
        return word(told, "list_kind")
    return f"{in_language(SUBJECTS[kind])} {number}" if slash and kind in SUBJECTS else told


def _day(name: str, faults: list[str]) -> date | None:
    """A day that the filters tell; what is none is left out, and told."""
    written = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        faults.append(written[:20])
        return None
