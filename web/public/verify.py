"""The verifier in the browser (浏览器复核): a bundle, or the proof of one target, is checked on one's own machine."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, render_template

from web.access import PUBLIC, open_to

pages = Blueprint("verify", __name__)

PROGRAM = Path(__file__).parents[1] / "static" / "verifier"
FILES = (
    *("bytes", "sha256", "sm3", "philox", "zip", "canonical", "plan", "tables", "drawing", "pairing", "flow"),
    *("certificate", "changes", "bundle", "proof", "core"),
)
"""The program's files in the order in which they are loaded, by the page and by its worker."""
FACES = ("page", "worker")


@pages.get("/verify")
@open_to(PUBLIC)
def page() -> str:
    """A file that is dropped here is checked by this page itself; nothing is sent."""
    return render_template("public/verify.html", files=FILES, version=version())


@cache
def version() -> str:
    """SHA-256 over the program's files, so that two who look at the page can see that they have the same."""
    parts = [PROGRAM.joinpath(f"{name}.js").read_bytes() for name in (*FILES, *FACES)]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
