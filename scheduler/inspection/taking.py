"""Taking a full bundle out (取走证据包): read, made with no transaction open, told to the ledger, and handed out only then.

These use cases open their own transactions: a bundle of long lists takes seconds to make, in which others would wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from data.models import Draw
from matching.bundle import Files, pack
from matching.refused import Refused
from scheduler.inspection import audit, bundles, drawing, work
from scheduler.inspection.bundles import Contents
from scheduler.inspection.work import Readme
from scheduler.installation import at_desk, reading_desk
from scheduler.permissions import Desk
from scheduler.transaction import Engine


@dataclass(frozen=True)
class Taker:
    """Who takes a bundle, out of which database; `now` tells the time anew whenever it is asked for."""

    database: Engine
    login: str
    now: Callable[[], datetime]


@dataclass(frozen=True)
class Taken:
    """A bundle that the ledger knows to be taken: the number of its draw, its files, and they as a zip."""

    number: str
    files: Files
    packed: bytes


def take_bundle(taker: Taker, find: Callable[[Desk], Draw], readme: Readme) -> Taken:
    """The full bundle of a draw; Refused like `bundles.check_bundle_taker`, also where that has changed meanwhile."""
    with reading_desk(taker.database, taker.login, taker.now()) as desk:
        drawn = find(desk)
        draw_id, found = drawn.id, bundles.contents(desk, drawn)
    taken = _made(found, readme)
    _tell(taker, draw_id, taken)
    return taken


def take_replayed(
    taker: Taker, draw_id: int, job_id: int, readme: Readme
) -> tuple[Taken, audit.Checked, Mapping[str, str]]:
    """The bundle that a job replayed, what came of that, and the names of the departments by code.

    Refused `draw.changed_since` where the bundle is another one now, else like `take_bundle`.
    """
    with reading_desk(taker.database, taker.login, taker.now()) as desk:
        drawn = drawing.draw_by_id(desk, draw_id)
        digest, checked = work.replayed(desk, drawn, job_id)
        found = bundles.contents(desk, drawn)
        names = {each.department.code: each.department.name for each in drawn.campaign.departments}
    taken = _made(found, readme)
    if sha256(taken.packed).hexdigest() != digest:
        raise Refused("draw.changed_since", number=taken.number)
    _tell(taker, draw_id, taken)
    return taken, checked, names


def _made(found: Contents, readme: Readme) -> Taken:
    files = bundles.bundle_files(found, readme)
    return Taken(found.number, files, pack(files))


def _tell(taker: Taker, draw_id: int, taken: Taken) -> None:
    """The line in the ledger, for who may still take the bundle at this moment."""
    with at_desk(taker.database, taker.login, taker.now()) as desk:
        role = bundles.check_bundle_taker(desk, drawing.draw_by_id(desk, draw_id))
        desk.tell(role, "draw:bundle", f"draw/{draw_id}", files=len(taken.files))
