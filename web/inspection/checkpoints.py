"""Checkpoints of the ledger (台账检查点): listed, printed, handed out, and recorded where another department holds one."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from scheduler import checkpoints
from scheduler.checkpoints import CONSISTENT, HOLDERS
from scheduler.ledger import BUSINESS, CHAINS
from scheduler.ledger_key import LedgerKey, find_key, key_file
from web import pages as site
from web import worker
from web.access import SIGNED_IN, open_to
from web.desks import act, database, looking, settings

pages = Blueprint("checkpoints", __name__, url_prefix="/ledger/checkpoints")


@pages.get("/")
@open_to(SIGNED_IN)
def listed() -> str:
    """The checkpoints of a chain, what departments hold, and whether they are consistent with the ledger."""
    key, chain = ledger_key(), request.args.get("chain", BUSINESS)
    with looking() as desk:
        found = checkpoints.overview(
            desk,
            database(),
            chain,
            key,
            worker.ledger_memory(settings()),
            asked=request.args.get("compare") == "1",
            number=request.args.get("page", 1, int),
        )
        return render_template(
            "inspection/checkpoints_list.html",
            found=found,
            page=found.page,
            chains=CHAINS,
            vkey=key.verifier(chain).vkey if key else "",
            holders=HOLDERS,
        )


@pages.get("/<int:checkpoint_id>/note.txt")
@open_to(SIGNED_IN)
def note(checkpoint_id: int) -> Response:
    """A checkpoint as a file, to be held by another department."""
    with looking() as desk:
        found = checkpoints.find_checkpoint(desk, checkpoint_id)
    return _text(found.note, f"checkpoint-{found.chain}-{found.size}.txt")


@pages.get("/<int:checkpoint_id>/print")
@open_to(SIGNED_IN)
def printed(checkpoint_id: int) -> str:
    """A checkpoint on a page to be printed, signed by hand and held; its root in groups that the eye can compare."""
    with looking() as desk:
        found = checkpoints.find_checkpoint(desk, checkpoint_id)
    return render_template("inspection/checkpoints_print.html", found=found, groups=groups)


@pages.get("/keys.txt")
@open_to(SIGNED_IN)
def keys() -> Response:
    """The public keys of both chains, to be kept by whoever will check signatures."""
    key = ledger_key()
    lines = [key.verifier(chain).vkey for chain in CHAINS] if key else []
    return _text("".join(f"{line}\n" for line in lines), "ledger-keys.txt")


@pages.post("/held")
@open_to(*HOLDERS)
def hold() -> AnyResponse:
    """Record a checkpoint that the reader's department holds, pasted or as a file."""
    file = request.files.get("file")
    written = file.read() if file and file.filename else b""
    given = written or request.form.get("note", "").replace("\r\n", "\n").strip().encode() + b"\n"
    received = checkpoints.receive(database(), given, ledger_key())
    act(lambda desk: checkpoints.hold(desk, received))
    there = url_for("checkpoints.listed", chain=received.chain)
    if received.verdict == CONSISTENT:
        return site.go(there, _("已登记，与台账一致。"))
    return site.go(there, _("已登记。它与台账不一致：请保存原件，并报告主管部门。"), "warning")


def ledger_key() -> LedgerKey | None:
    """The key that signs the ledger, of which pages show the public half; None where there is none yet."""
    file = key_file(settings().database, settings().ledger_key)
    return find_key(file) if file else None


def groups(digits: str) -> list[list[str]]:
    """Sixty-four digits as four lines of four groups of four."""
    fours = [digits[place : place + 4] for place in range(0, len(digits), 4)]
    return [fours[place : place + 4] for place in range(0, len(fours), 4)]


def _text(content: str, name: str) -> Response:
    return send_file(
        BytesIO(content.encode()), "text/plain; charset=utf-8", as_attachment=True, download_name=name
    )
