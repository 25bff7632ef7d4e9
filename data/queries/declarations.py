"""Questions about declarations (申报) as people look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import Declaration, Inspector, Target
from data.queries.paging import SIZE, Page, page_of


@dataclass(frozen=True)
class DeclarationQuestion:
    """What declarations are looked for: of an inspector, by his code, and of a kind; what is empty asks nothing."""

    inspector: str = ""
    kind: str = ""


class DeclarationShown(NamedTuple):
    """A declaration with who made it, and the codes of the targets in the registry that it means, as far as seen."""

    declaration: Declaration
    inspector: Inspector
    targets: Sequence[Target]


def page(
    session: Session, question: DeclarationQuestion, number: int = 1, size: int = SIZE
) -> Page[DeclarationShown]:
    """One page of the declarations that may be seen, the newest first."""
    chosen = select(Declaration).order_by(Declaration.id.desc())
    if question.inspector:
        of = select(Inspector.id).where(Inspector.code == question.inspector)
        chosen = chosen.where(Declaration.inspector_id.in_(of))
    if question.kind:
        chosen = chosen.where(Declaration.kind == question.kind)
    found = page_of(session, chosen, number, size)
    return replace(found, rows=_shown(session, found.rows))


def of_inspector(session: Session, inspector_id: int) -> list[DeclarationShown]:
    """All that an inspector declared, the newest first."""
    chosen = select(Declaration).where(Declaration.inspector_id == inspector_id)
    return _shown(session, session.scalars(chosen.order_by(Declaration.id.desc())).all())


def by_id(session: Session, declaration_id: int) -> Declaration | None:
    """A declaration, if it may be seen."""
    return session.scalar(select(Declaration).where(Declaration.id == declaration_id))


def same(session: Session, told: Declaration) -> bool:
    """Whether the inspector has declared the same of the same target already."""
    chosen = select(Declaration.id).where(
        Declaration.inspector_id == told.inspector_id,
        Declaration.kind == told.kind,
        Declaration.target_code == told.target_code,
        Declaration.target_name == told.target_name,
    )
    return session.scalar(chosen) is not None


def _shown(session: Session, rows: Sequence[Declaration]) -> list[DeclarationShown]:
    ids = {each.inspector_id for each in rows}
    people = {each.id: each for each in session.scalars(select(Inspector).where(Inspector.id.in_(ids)))}
    codes = {each.target_code for each in rows if each.target_code}
    names = {each.target_name for each in rows if not each.target_code}
    meant = [*session.scalars(select(Target).where(Target.code.in_(codes)))]
    # apart, as no index knows names: of codes alone no target is looked at in vain
    meant += session.scalars(select(Target).where(Target.name.in_(names))) if names else []
    return [
        DeclarationShown(each, people[each.inspector_id], [one for one in meant if _means(each, one)])
        for each in rows
    ]


def _means(told: Declaration, target: Target) -> bool:
    return target.code == told.target_code if told.target_code else target.name == told.target_name
