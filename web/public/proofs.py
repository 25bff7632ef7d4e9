"""Evidence for everybody: the public bundle of a draw, and the proof of one target for whoever has a token or a code."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.inspection import proof_codes, proofs, public_bundles
from web import pages as site
from web.access import PUBLIC, open_to
from web.desks import database, for_strangers, now

pages = Blueprint("evidence", __name__, url_prefix="/public")


@pages.get("/bundles/<path:number>")
@open_to(PUBLIC)
def bundle(number: str) -> Response:
    """The public bundle of a draw."""
    with for_strangers() as session:
        content = public_bundles.file(session, number)
    return send_file(
        BytesIO(content), "application/zip", as_attachment=True, download_name=f"{number}-public.zip"
    )


@pages.get("/proof")
@open_to(PUBLIC)
def ask() -> str:
    """Ask for draw, target and code."""
    return render_template("public/proof_asked.html", number=request.args.get("number", "").strip())


@pages.post("/proof")
@open_to(PUBLIC)
def take() -> AnyResponse:
    """The way to a target's proof for its code; to an address of its own, that nobody comes to by going back."""
    given = (request.form.get(name, "") for name in ("number", "target", "code"))
    token = proof_codes.take(database(), now(), *given, request.remote_addr or "")
    return site.go(url_for("evidence.proof", token=token))


@pages.get("/proofs/<token>")
@open_to(PUBLIC)
def proof(token: str) -> str:
    """What one target's proof says, in plain words; of no other."""
    return render_template("public/proof.html", proof=proofs.by_token(database(), now(), token), token=token)


@pages.get("/proofs/<token>/proof.json")
@open_to(PUBLIC)
def proof_file(token: str) -> Response:
    """The proof itself."""
    found = proofs.by_token(database(), now(), token)
    return send_file(
        BytesIO(found.content), "application/json", as_attachment=True, download_name="proof.json"
    )
