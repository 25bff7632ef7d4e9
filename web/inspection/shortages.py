"""Shortages (人员缺口): who lacks where, what would do, whether it does by now, and the form that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from matching.refused import Refused
from scheduler.inspection import amending, drawing, outlines, shortages
from scheduler.inspection.amending import Amendment
from scheduler.inspection.intake import columns_of
from scheduler.inspection.shortages import Explained, Foreseen, Lists
from scheduler.permissions import Desk
from web import pages as site
from web import sentences, shortage_words, spreadsheet
from web.access import open_to
from web.desks import act, looking
from web.language import in_language
from web.shortage_words import Told

pages = Blueprint("shortages", __name__)

MOST_NEW = 500


@pages.get("/draws/<int:number_id>/shortage")
@open_to(*shortages.READERS)
def shown(number_id: int) -> str:
    """What lacked in the frozen lists; whether the registries do by now, and if not, what would."""
    with looking() as desk:
        paired = shortages.to_explain(desk, drawing.draw_by_id(desk, number_id))
        now = _lists_now(desk, number_id)
    then = shortages.explain(paired)
    standing = now if isinstance(now, Refused) else shortages.foreseen(now)
    with looking() as desk:
        drawn = drawing.draw_by_id(desk, number_id)
        words = _words(desk, drawn)
        return render_template(
            "inspection/shortages_shown.html",
            draw=drawn,
            acts=drawing.possible_acts(desk, drawn),
            own=paired.lists.reader.department,
            causes=[in_language(each) for each in sentences.shortages(paired.told)],
            then=words.explained(then, remedies=False),
            now=None if isinstance(standing, Refused) else words.explained(standing.explained),
            standing=standing if isinstance(standing, Foreseen) else None,
            refused=in_language(sentences.refusal(standing)) if isinstance(standing, Refused) else "",
        )


def _lists_now(desk: Desk, number_id: int) -> Lists | Refused:
    """A department in which nobody is left to be drawn is told, and no reason to tell nothing of the others."""
    try:
        return shortages.lists_now(desk, drawing.draw_by_id(desk, number_id))
    except Refused as refused:
        if refused.code != "pool.nobody":
            raise
        return refused


# In words


@dataclass(frozen=True)
class Part:
    """A department's part of a shortage in words: its lacks, and its remedies."""

    code: str
    name: str
    missing: int | None
    lacks: Sequence[str]
    remedies: Sequence[tuple[str, Told]]


@dataclass(frozen=True)
class Words:
    """How departments and regions are called, and what a lead of each department needs."""

    names: Mapping[str, str]
    regions: Mapping[str, str]
    qualifications: Mapping[str, str]

    def explained(self, told: Explained, remedies: bool = True) -> list[Part]:
        """All parts of a shortage; those without tickets also without their remedies."""
        lacks: list[tuple[Any, int | None, list[shortage_words.Sentence]]] = [
            *(
                (each, each.missing, [shortage_words.lack(lack, self.regions) for lack in each.lacks])
                for each in told.departments
            ),
            *((each, None, [shortage_words.deal(each)]) for each in told.deals),
        ]
        parts = [
            Part(
                code=each.department,
                name=self.names.get(each.department, each.department),
                missing=missing,
                lacks=[in_language(one) for one in sentences_of],
                remedies=self._remedies(each.department, each.remedies) if remedies else [],
            )
            for each, missing, sentences_of in lacks
        ]
        return [*parts, *self._of_tickets(told)]

    def _of_tickets(self, told: Explained) -> list[Part]:
        """What holds of the pairing that came to the shortage, with its tickets."""
        parts = []
        for each in told.spared:
            code = each.remedied.department
            sentence = _(
                "要让 %(inspector)s 不去 %(target)s，须有人替换。",
                inspector=each.inspector,
                target=each.target,
            )
            remedies = self._remedies(code, each.remedied.remedies)
            parts.append(Part(code, self.names.get(code, code), None, [sentence], remedies))
        together = [*([told.pairs] if told.pairs else []), *told.groups]
        if together:
            parts.append(Part("", _("按这次匹配的签号"), None, [], self._remedies("", together)))
        return parts

    def _remedies(self, code: str, remedies: Sequence[Any]) -> list[tuple[str, Told]]:
        told = (
            shortage_words.told(each, self.regions, self.qualifications.get(code, "")) for each in remedies
        )
        return [(in_language(each.sentence), each) for each in told]


def words_of(desk: Desk, campaign: Any) -> Words:
    """How the departments and regions of a campaign are called."""
    return Words(
        {part.department.code: part.department.name for part in campaign.departments},
        outlines.region_names(desk),
        {part.department.code: part.lead_qualification for part in campaign.departments},
    )


def _words(desk: Desk, drawn: Any) -> Words:
    return words_of(desk, drawn.campaign)


# The change of the registry


@pages.get("/registries/amendment")
@open_to("registrar", "planner")
def amendment() -> str:
    """The form that changes several inspectors at once, filled in; who keeps the registry confirms it."""
    codes, asked = _asked(request.args)
    with looking() as desk:
        return render_template(
            "inspection/shortages_amendment.html",
            amended=amending.foreseen(desk, codes, asked) if codes else [],
            asked=asked,
            keeps=amending.may_amend(desk),
        )


@pages.post("/registries/amendment")
@open_to("registrar")
def amend() -> AnyResponse:
    """Change them."""
    codes, asked = _asked(request.form)
    changed = act(lambda desk: amending.amend_inspectors(desk, codes, asked))
    told = _("已变更 %(count)s 名检查人员。", count=changed)
    return site.go(url_for("registries.inspectors"), told)


def _asked(given: Any) -> tuple[list[str], Amendment]:
    capacity = given.get("capacity", 0, int)
    regions = tuple(each for each in given.getlist("region") if each)
    return (
        [each for each in given.getlist("inspector") if each],
        Amendment(capacity, given.get("qualification", "").strip(), regions),
    )


@pages.get("/registries/new-inspectors.csv")
@open_to("registrar", "planner")
def blank() -> Response:
    """A list of new inspectors to fill in: everything but who they are stands there."""
    regions = request.args.get("regions", "")
    filled = {
        "qualifications": request.args.get("qualification", ""),
        "regions": regions,
        "home": "" if ";" in regions or regions == "*" else regions,
        "capacity": str(max(0, request.args.get("capacity", 0, int))),
    }
    columns = columns_of("inspectors")
    row = [filled.get(each.name, "") for each in columns]
    number = max(1, min(request.args.get("number", 1, int), MOST_NEW))
    file = spreadsheet.csv_file([each.captions[0] for each in columns], [row] * number)
    return send_file(
        BytesIO(b"".join(file)),
        "text/csv; charset=utf-8",
        as_attachment=True,
        download_name=f"{_('新增检查人员')}.csv",
    )
