"""Draws (抽取), step by step from the frozen lists to the teams; the register; the bundle."""

from __future__ import annotations

from typing import Any

from data.schemas.draws import (
    AbsentTold,
    ClosingWanted,
    DrawListed,
    DrawnTargetShown,
    DrawShown,
    DrawsWanted,
    EntropyGiven,
    EntropyTold,
    JobShown,
    NumberVoided,
    PromiseGiven,
    PublicationTold,
    ShortageShown,
    SuccessorTold,
    TargetVoided,
    TextRevealed,
)
from scheduler.inspection import drawing, freezing, lists, record, recusal, register, taking, work
from scheduler.inspection.drawing import Differing, Entered, Opened
from scheduler.inspection.evidence import Bound, locked_draw
from scheduler.inspection.taking import Taker
from scheduler.permissions import Desk
from web.access import SIGNED_IN, open_to
from web.api.parts import ID, Kind, Part
from web.chance import fresh_secrets
from web.desks import now, outside
from web.readme import readme

part = Part("draws", "Draws (抽取)")

KIND = Kind(DrawShown(), drawing.draw_by_id, locked_draw, record.attempts_of)
ONE = f"/draws/<{ID}:draw_id>"


@part.page("/draws", DrawListed, DrawsWanted)
@open_to(SIGNED_IN)
def listed(desk: Desk, number: int, size: int, **filters: Any) -> Any:
    """The numbers of the register that one may see, the newest first (抽取登记)."""
    return register.listed(desk, number, size, **filters)


@part.one(ONE, KIND)
@open_to(SIGNED_IN)
def one() -> None:
    """One draw with every step that was done (抽取的各步)."""


@part.page(f"{ONE}/targets", DrawnTargetShown)
@open_to(SIGNED_IN)
def targets(desk: Desk, number: int, size: int, draw_id: int) -> Any:
    """The drawn targets, with the teams one may see (抽中对象、检查组)."""
    return record.drawn_targets(desk, drawing.draw_by_id(desk, draw_id), number, size)


@part.look(f"{ONE}/shortage", ShortageShown())
@open_to(SIGNED_IN)
def shortage(desk: Desk, draw_id: int) -> Any:
    """What lacks where no pairing is possible (人员缺口)."""
    return {"shortage": record.shortage(desk, drawing.draw_by_id(desk, draw_id))}


@part.act(f"{ONE}/promise", KIND, PromiseGiven)
@open_to("witness")
def promise(desk: Desk, drawn: Any, written: dict[str, Any]) -> None:
    """A witness's commitment W to a text that he keeps to himself (见证人承诺)."""
    drawing.promise(desk, drawn, written["digest"])


@part.act(f"{ONE}/commit", KIND, before=drawing.to_commit)
@open_to("planner")
def commit(desk: Desk, drawn: Any, bound: Bound | None) -> None:
    """Make the commitment C and enter it in the register, to be published (承诺)."""
    drawing.commit_draw(desk, drawn, bound)


@part.act(f"{ONE}/publish", KIND, PublicationTold)
@open_to("planner")
def publish(desk: Desk, drawn: Any, written: dict[str, Any]) -> None:
    """Record where and when C was made public (公布)."""
    drawing.publish(desk, drawn, written["place"], written["published_at"])


@part.act(f"{ONE}/reveal", KIND, TextRevealed)
@open_to("witness")
def reveal(desk: Desk, drawn: Any, written: dict[str, Any]) -> None:
    """A witness opens his text (见证人揭示)."""
    drawing.reveal_text(desk, drawn, written["text"])


@part.act(f"{ONE}/close-reveals", KIND, ClosingWanted, AbsentTold())
@open_to("planner")
def close_reveals(desk: Desk, drawn: Any, written: dict[str, Any]) -> Any:
    """Close the reveals for good; `final` where somebody has not revealed or nothing is published (结束揭示)."""
    return {"absent": drawing.close_reveals(desk, drawn, written["final"])}


def _to_open(desk: Desk, drawn: Any, written: dict[str, Any]) -> Bound | None:
    return drawing.to_open(desk, drawn, written["entropy"])


@part.act(f"{ONE}/entropy", KIND, EntropyGiven, EntropyTold(), before=_to_open)
@open_to("witness", "planner", "approver")
def enter_entropy(desk: Desk, drawn: Any, written: dict[str, Any], bound: Bound | None) -> Any:
    """Enter the outside randomness; two persons enter the same, each by himself (录入随机数)."""
    made = drawing.enter_entropy(desk, drawn, written["entropy"], bound)
    if isinstance(made, Opened):
        return {"outcome": "opened", "seed": made.seed}
    outcome = {Entered: "entered", Differing: "differing"}.get(type(made), "locked")
    return {"outcome": outcome, "seed": None}


@part.act(f"{ONE}/execute", KIND, gives=JobShown(), status=202)
@open_to("planner")
def execute(desk: Desk, drawn: Any) -> Any:
    """Ask for the draw to be executed; the job says when it is (执行抽取)."""
    return lists.job(desk, work.ask_execute(desk, drawn))


@part.act(f"{ONE}/refreeze", KIND)
@open_to("planner")
def refreeze(desk: Desk, drawn: Any) -> None:
    """After a shortage: freeze the mended lists of inspectors; the drawn targets stand (补充后再锁定)."""
    freezing.refreeze(desk, drawn, fresh_secrets())


@part.act(f"{ONE}/void", KIND, NumberVoided)
@open_to("approver")
def void(desk: Desk, drawn: Any, written: dict[str, Any]) -> None:
    """End a number without an outcome; it stays in the register (编号作废)."""
    drawing.void_number(desk, drawn, written["ground"], written["reason"])


@part.act(f"{ONE}/void-target", KIND, TargetVoided, SuccessorTold())
@open_to("approver")
def void_target(desk: Desk, drawn: Any, written: dict[str, Any]) -> Any:
    """Take out a drawn target that can't be inspected; the next of its stratum follows (对象作废)."""
    followed = recusal.void_target(desk, drawn, written["target"], written["ground"], written["note"])
    return {"successor": followed or None}


@part.fetch(f"{ONE}/bundle", "application/zip")
@open_to("planner", "approver", "auditor")
def bundle(draw_id: int) -> tuple[bytes, str]:
    """The full bundle, for auditors and not for the public; who takes it is told to the ledger (证据包)."""
    taken = outside(
        lambda database, login, _: taking.take_bundle(
            Taker(database, login, now), lambda desk: drawing.draw_by_id(desk, draw_id), readme
        )
    )
    return taken.packed, f"draw-{draw_id}.zip"


@part.act(f"{ONE}/replay", KIND, gives=JobShown(), status=202)
@open_to("planner", "approver", "auditor")
def replay(desk: Desk, drawn: Any) -> Any:
    """Ask for the draw to be checked again from its full bundle; the job says what came of it (复核)."""
    return lists.job(desk, work.ask_replay(desk, drawn))
