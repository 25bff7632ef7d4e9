"""Search (查询): the registries as somebody at a desk sees them, by page, one by one, and as files to take away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, get_args

from data.intake.lists import LISTS, ListColumn
from data.models import Bar, Certificate, Import, Inspector, Leave, SpecialRegistry, Target, TargetLabel
from data.queries import registries
from data.queries.paging import SIZE, Page
from data.queries.registries import BarShown, ImportShown, PastVisit, PermitShown
from data.queries.target_search import TargetQuestion, possible_ids, targets_page
from data.vocabulary import BAR_SOURCES, INSPECTOR_STATES, RISK_CLASSES, TARGET_KINDS, TARGET_STATES
from matching.refused import Refused
from scheduler.inspection.secrecy import secret_draws
from scheduler.permissions import Desk

__all__ = [
    "Bar",
    "BarShown",
    "Certificate",
    "Import",
    "ImportShown",
    "Inspector",
    "Leave",
    "Page",
    "PastVisit",
    "PermitShown",
    "SpecialRegistry",
    "Target",
    "TargetLabel",
]

Sort = Literal["newest", "code", "name"]
Opened = Callable[[], AbstractContextManager[Desk]]
"""Opens a desk that reads, whenever it is called."""

LONGEST = 100
"""Characters in a field of a filter."""


@dataclass(frozen=True)
class TargetFilter:
    """What targets are looked for; what is empty or None asks nothing.

    `q`: words in the name, or the code. `industry` and `region` ask for all below them. `label` and `registry` (a special
    registry's code) hold today.
    """

    q: str = ""
    state: str = ""
    kind: str = ""
    type: str = ""
    industry: str = ""
    region: str = ""
    risk_class: str = ""
    abnormal: bool | None = None
    serious: bool | None = None
    label: str = ""
    registry: str = ""
    sort: Sort = "code"


@dataclass(frozen=True)
class InspectorFilter:
    """What inspectors are looked for: `q` in the name or the code; `uncertified_on`: no valid certificate that day."""

    q: str = ""
    state: str = ""
    qualification: str = ""
    uncertified_on: date | None = None


@dataclass(frozen=True)
class BarFilter:
    """What bars are looked for: codes of the two, the source, a day on which they are in force."""

    inspector: str = ""
    target: str = ""
    source: str = ""
    on: date | None = None


@dataclass(frozen=True)
class TargetFile:
    """A target with all that is known of it, as far as it may be seen."""

    target: Target
    labels: Sequence[TargetLabel]
    permits: Sequence[PermitShown]
    bars: Sequence[BarShown]
    visits: Sequence[PastVisit]


@dataclass(frozen=True)
class InspectorFile:
    """An inspector with all that is known of him."""

    inspector: Inspector
    certificates: Sequence[Certificate]
    leaves: Sequence[Leave]
    bars: Sequence[BarShown]


_CHOICES: dict[tuple[type, str], Sequence[str]] = {
    (TargetFilter, "state"): TARGET_STATES,
    (TargetFilter, "kind"): TARGET_KINDS,
    (TargetFilter, "risk_class"): RISK_CLASSES,
    (TargetFilter, "sort"): get_args(Sort),
    (InspectorFilter, "state"): INSPECTOR_STATES,
    (BarFilter, "source"): BAR_SOURCES,
}


def targets(desk: Desk, wanted: TargetFilter, page: int = 1, size: int = SIZE) -> Page[Target]:
    """One page of targets; Refused `search.filter`."""
    return targets_page(desk.session, _question(desk, wanted), wanted.sort, page, size)


def target(desk: Desk, code: str) -> TargetFile:
    """A target by its code; Refused `target.unknown` also where it may not be seen."""
    session = desk.session
    found = registries.target_by_code(session, code) if _can_be_asked(code) else None
    if found is None:
        raise Refused("target.unknown", target=code)
    secret = set(secret_draws(desk))
    return TargetFile(
        found,
        registries.labels_of(session, found.id),
        registries.permits_of(session, found.id),
        registries.bars_of(session, target_id=found.id),
        [each for each in registries.visits_of_target(session, found.id) if each.visit.draw_id not in secret],
    )


def inspectors(desk: Desk, wanted: InspectorFilter, page: int = 1, size: int = SIZE) -> Page[Inspector]:
    """One page of inspectors with their certificates; Refused `search.filter`."""
    return registries.inspectors_page(desk.session, _inspector_question(wanted), page, size)


def inspector(desk: Desk, code: str) -> InspectorFile:
    """An inspector by code; Refused `inspector.unknown` also where he may not be seen."""
    session = desk.session
    found = registries.inspector_with_certificates(session, code) if _can_be_asked(code) else None
    if found is None:
        raise Refused("inspector.unknown", inspector=code)
    return InspectorFile(
        found,
        sorted(found.certificates, key=lambda each: each.expires_on, reverse=True),
        registries.leaves_of(session, found.id),
        registries.bars_of(session, inspector_id=found.id),
    )


def bars(desk: Desk, wanted: BarFilter, page: int = 1, size: int = SIZE) -> Page[BarShown]:
    """One page of bars, the newest first; Refused `search.filter`."""
    _check(wanted)
    question = registries.BarQuestion(wanted.inspector, wanted.target, wanted.source, wanted.on)
    return registries.bars_page(desk.session, question, page, size)


def special_registries(desk: Desk) -> Sequence[SpecialRegistry]:
    """All special registries."""
    return registries.special_registries(desk.session)


def imports(desk: Desk, kind: str = "", page: int = 1, size: int = SIZE) -> Page[ImportShown]:
    """One page of the imports into a kind of list, or into all; Refused `search.filter`."""
    if kind and kind not in LISTS:
        raise Refused("search.filter", field="kind", value=kind)
    return registries.imports_page(desk.session, kind, page, size)


def export_targets(opened: Opened, wanted: TargetFilter) -> Iterator[Sequence[str]]:
    """The captions, then all targets that are looked for, as their import takes them; read as they are taken away.

    Each piece at a desk of its own, closed before the piece is handed on: nobody is kept from writing, however long the
    file is and however slowly it is written.
    """
    columns = LISTS["targets"].columns
    names, written = [column.into for column in columns], [_writer(column) for column in columns]
    with opened() as desk:
        question = _question(desk, wanted)
        pieces = possible_ids(desk.session, question)
    yield _captions(columns)
    for ids in pieces:
        with opened() as desk:
            rows = registries.target_rows(desk.session, question, names, ids)
        for row in rows:
            yield [write(value) for write, value in zip(written, row, strict=True)]


def export_inspectors(opened: Opened, wanted: InspectorFilter) -> Iterator[Sequence[str]]:
    """The same for inspectors, each with the certificate that lasts longest."""
    columns, question = LISTS["inspectors"].columns, _inspector_question(wanted)
    with opened() as desk:
        pieces = registries.inspector_ids(desk.session, question)
    yield _captions(columns)
    for ids in pieces:
        with opened() as desk:
            rows = registries.inspector_rows(desk.session, question, ids)
            told = [_inspector_row(columns, *row) for row in rows]
        yield from told


def _inspector_row(
    columns: Sequence[ListColumn], inspector: Inspector, certificate: Certificate | None, department: str
) -> list[str]:
    beside = {"department": department}
    if certificate is not None:
        beside |= {
            "certificate_kind": certificate.kind,
            "certificate_number": certificate.number,
            "certificate_expires_on": certificate.expires_on.isoformat(),
        }
    own = {column.name: getattr(inspector, column.name, "") for column in columns}
    return [_writer(column)((own | beside)[column.name]) for column in columns]


def _captions(columns: Sequence[ListColumn]) -> list[str]:
    return [column.captions[0] for column in columns]


def _writer(column: ListColumn) -> Callable[[Any], str]:
    """Writes a value in the word that the import reads: of the words for a code the first that is not the code."""
    choices: dict[str, str] = getattr(column.reader.cell, "keywords", {}).get("choices", {})
    words = {code: word for word, code in reversed(choices.items()) if word != code}
    return lambda value: (
        ("是" if value else "否") if isinstance(value, bool) else words.get(value, str(value))
    )


def _question(desk: Desk, wanted: TargetFilter) -> TargetQuestion:
    _check(wanted)
    asked = {
        each.name: getattr(wanted, each.name) for each in fields(wanted) if each.name not in ("q", "sort")
    }
    return TargetQuestion(desk.today, words=wanted.q, **asked)


def _inspector_question(wanted: InspectorFilter) -> registries.InspectorQuestion:
    _check(wanted)
    return registries.InspectorQuestion(wanted.q, wanted.state, wanted.qualification, wanted.uncertified_on)


def _check(wanted: TargetFilter | InspectorFilter | BarFilter) -> None:
    """Refuse a field that asks for what cannot be."""
    for each in fields(wanted):
        value = getattr(wanted, each.name)
        choices = _CHOICES.get((type(wanted), each.name))
        if not isinstance(value, str):
            continue
        if len(value) > LONGEST or not _can_be_asked(value) or (value and choices and value not in choices):
            raise Refused("search.filter", field=each.name, value=value[:LONGEST])


def _can_be_asked(text: str) -> bool:
    """Whether a database can hold a text at all: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
