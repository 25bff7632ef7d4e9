"""Checking from outside (复核): a whole bundle by the stand-alone program."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.instances import CAMPAIGNS, REGISTERS, target_rows
from matching.draw.commitment import Commitment, Reveal, Secrets, commit, reveal
from matching.draw.plan import Plan
from matching.draw.tables import Frame, freeze, freeze_beside
from matching.draw.targets import DrawnStratum
from matching.lottery import draw
from matching.verifier import WRONG, verify
from scheduler.inspection.file_draw import Frozen, draw_committed
from web.readme import readme

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
SECRETS = Secrets(bytes(range(32)), bytes(range(32, 64)))
DICE = "d10x20:31415926535897932384"
COMMITTED_AT, DRAWN_AT = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)


@dataclass(frozen=True)
class _Drawn:
    plan: Plan
    frame: Frame
    commitment: Commitment
    reveal: Reveal
    strata: Sequence[DrawnStratum]


def _drawn(name: str) -> _Drawn:
    """A long list of targets beside the inspectors of a city, drawn."""
    city = CAMPAIGNS["city, two seats, one lead"]
    plan, people = city.plan(), city.frame()
    targets = freeze("targets", target_rows(REGISTERS[name]))
    others = (table.rows for table in (people.inspectors, people.bars, people.pair_bars))
    frame = freeze_beside(targets, *others)
    commitment = commit(plan, frame, SECRETS)
    opened = reveal(plan, commitment, SECRETS.secret, DICE)
    return _Drawn(plan, frame, commitment, opened, draw(plan, frame, commitment.seals, opened.seed))


def verified(name: str) -> Side:
    """The whole of a full bundle: every row, seal, ticket and team, by one file without any library."""
    each = _drawn(name)
    packed = draw_committed(
        Frozen(each.plan, each.frame), SECRETS, each.commitment, DICE, [], COMMITTED_AT, DRAWN_AT, readme,
        lambda *_: None,
    ).packed()  # fmt: skip

    def claims(told: Any) -> list[object]:
        if wrong := [claim for claim in told if claim.state == WRONG]:
            raise RuntimeError(str(wrong))
        return [len(packed), len(told)]

    return lambda: verify(packed), claims


SIDES = {"verify": verified}
