"""Who sees which rows (数据范围): every query of a session is narrowed to its scope, and without a scope there is none.

This is the net, not the rule: use cases look up children together with their parents and say what may be done. The net
sees to it that a forgotten condition shows nothing of another department instead of everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Executable,
    FromClause,
    Select,
    Table,
    and_,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.event import listen
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.util import ClauseAdapter

from data.models import (
    AnnualPlan,
    Base,
    Campaign,
    CampaignDepartment,
    CustodyShare,
    Draw,
    InspectionItem,
    Inspector,
    Result,
    Target,
    Visit,
    Witness,
)

_KEY = "scope"


class NoScope(Exception):  # noqa: N818 - the statement, not the name, is what is wrong
    """A query in a session that nobody gave a scope."""


@dataclass(frozen=True)
class Scope:
    """What a session may see: departments by id, and the jurisdictions whose division code begins so.

    `person_id` opens the campaigns whose draw one witnesses or keeps a share of, whatever his department. `everything`
    is for work in nobody's name (sweeps, maintenance on the machine itself), `audit` for the ledger.
    """

    departments: frozenset[int] = frozenset()
    division: str | None = None
    person_id: int | None = None
    audit: bool = False
    everything: bool = False

    def with_departments(self, *departments: int) -> Scope:
        """The same with further departments: what a joint campaign opens to its lead while it acts for all."""
        return replace(self, departments=self.departments | set(departments))


EVERYTHING = Scope(everything=True, audit=True)


def division_of(jurisdiction_code: str) -> str:
    """The digits that all division codes below a jurisdiction begin with: 320600 -> 3206, 320602001000 -> 320602001.

    Province, city and county have two digits each, town and village three (GB/T 2260, GB/T 10114).
    """
    code = jurisdiction_code
    for width, none in ((9, "000"), (6, "000"), (4, "00"), (2, "00")):
        if code[width:] == none:
            code = code[:width]
    return code


def set_scope(session: Session, scope: Scope) -> None:
    """Give a session its scope."""
    session.info[_KEY] = scope


def scope_of(session: Session) -> Scope:
    """The scope of a session; NoScope where it has none."""
    scope = session.info.get(_KEY)
    if not isinstance(scope, Scope):
        raise NoScope
    return scope


@contextmanager
def seeing(session: Session, scope: Scope) -> Iterator[None]:
    """Within this block the session has this scope, and after it, however it ends, the one of before."""
    before = scope_of(session)
    set_scope(session, scope)
    try:
        yield
    finally:
        set_scope(session, before)


@contextmanager
def widened(session: Session, *departments: int) -> Iterator[None]:
    """Within this block the session sees these departments too."""
    with seeing(session, scope_of(session).with_departments(*departments)):
        yield


@contextmanager
def audited(session: Session) -> Iterator[None]:
    """Within this block the session reads the whole ledger: to check its chain, whose lines are not shown by that."""
    with seeing(session, replace(scope_of(session), audit=True)):
        yield


def narrow(state: ORMExecuteState) -> None:
    """Narrow a statement of the ORM to the scope of its session; listens to every session (`guard_sessions`)."""
    if not state.is_orm_statement or state.is_insert or state.is_column_load:
        return
    scope = scope_of(state.session)
    if scope.everything:
        return
    state.statement = state.statement.options(*_criteria(scope, _concerned(state.statement)))


@lru_cache(maxsize=1_000)
def _criteria(scope: Scope, tables: frozenset[str] | None) -> tuple[LoaderCriteriaOption, ...]:
    """What the models of some tables, or all, are narrowed by; made once, as making it costs more than a query."""
    return tuple(
        # not handed on to the lazy loads of what it finds: those are statements of their own, and pass here too; but
        # rows that come along eagerly (joinedload, subqueryload) are narrowed by nothing else
        with_loader_criteria(
            model, rule(model, scope), include_aliases=True, propagate_to_loaders=tables is None
        )
        for model, rule in _RULES
        if tables is None or model.__tablename__ in tables
    )


def _concerned(statement: Executable) -> frozenset[str] | None:
    """The tables in a statement; None, so that nothing is missed, where it may bring in more than it shows.

    That is where it joins along a relationship or loads related rows with its own.
    """
    tables = set()
    for element in visitors.iterate(statement):  # type: ignore[arg-type]
        if isinstance(element, Table):
            tables.add(element.name)
        elif isinstance(element, Select) and any(
            not isinstance(j[0], FromClause) for j in element._setup_joins
        ):
            return None
    return None if getattr(statement, "_with_options", ()) else frozenset(tables)


def guard_sessions() -> None:
    """From now on no session of this process reads past its scope."""
    listen(Session, "do_orm_execute", narrow)


Rule = Callable[[Any, Scope], ColumnElement[bool]]


def _ids(model: Any, condition: ColumnElement[bool], column: str = "id") -> Select[Any]:
    # of the table, not of the model: a criterion must not be narrowed by itself; and under a name of its own, as the
    # eager loads of SQLAlchemy put their own subquery in the place of a table wherever they meet it
    own = model.__table__.alias(f"scope_{model.__tablename__}")
    return select(own.c[column]).where(ClauseAdapter(own).traverse(condition))


def _department(model: Any, scope: Scope) -> ColumnElement[bool]:
    return model.department_id.in_(scope.departments)  # type: ignore[no-any-return]


def _jurisdiction(model: Any, scope: Scope) -> ColumnElement[bool]:
    if scope.division is None:
        return false()
    return model.jurisdiction_code.startswith(scope.division, autoescape=True)  # type: ignore[no-any-return]


def _target(model: Any, scope: Scope) -> ColumnElement[bool]:
    table = Target.__table__
    if scope.division is None:
        return false()
    within = table.c.jurisdiction_code.startswith(scope.division, autoescape=True)
    return model.target_id.in_(_ids(Target, within))  # type: ignore[no-any-return]


def _inspector(model: Any, scope: Scope) -> ColumnElement[bool]:
    own = Inspector.__table__.c.department_id.in_(scope.departments)
    return model.inspector_id.in_(_ids(Inspector, own))  # type: ignore[no-any-return]


def _item(model: Any, scope: Scope) -> ColumnElement[bool]:
    own = InspectionItem.__table__.c.department_id.in_(scope.departments)
    shown = model.state.in_(("published", "superseded", "retired"))
    return or_(shown, model.item_id.in_(_ids(InspectionItem, own)))


def _annual_plan(model: Any, scope: Scope) -> ColumnElement[bool]:
    own = AnnualPlan.__table__.c.department_id.in_(scope.departments)
    return model.plan_id.in_(_ids(AnnualPlan, own))  # type: ignore[no-any-return]


def _campaigns(scope: Scope, accepted: bool = False) -> CompoundSelect[Any]:
    part = CampaignDepartment.__table__.c
    own: ColumnElement[bool] = part.department_id.in_(scope.departments)
    if accepted:
        own = and_(own, part.answer == "accepted")
    witnessed = Witness.__table__.c.person_id == scope.person_id
    share = CustodyShare.__table__.c
    kept = Draw.__table__.c.id.in_(_ids(CustodyShare, share.person_id == scope.person_id, "draw_id"))
    return _ids(CampaignDepartment, own, "campaign_id").union_all(
        _ids(Witness, witnessed, "campaign_id"), _ids(Draw, kept, "campaign_id")
    )


def _campaign(model: Any, scope: Scope) -> ColumnElement[bool]:
    return model.id.in_(_campaigns(scope))  # type: ignore[no-any-return]


def _of_campaign(model: Any, scope: Scope) -> ColumnElement[bool]:
    return model.campaign_id.in_(_campaigns(scope))  # type: ignore[no-any-return]


def _of_draw(model: Any, scope: Scope) -> ColumnElement[bool]:
    """What is drawn is for who takes part: a department that declined, or has not answered, sees the invitation alone."""
    taking_part = Draw.__table__.c.campaign_id.in_(_campaigns(scope, accepted=True))
    return model.draw_id.in_(_ids(Draw, taking_part))  # type: ignore[no-any-return]


def _led(scope: Scope) -> Select[Any]:
    """The draws of campaigns that one of the departments leads: the lead sees every department's visits."""
    lead = _ids(Campaign, Campaign.__table__.c.lead_department_id.in_(scope.departments))
    return _ids(Draw, Draw.__table__.c.campaign_id.in_(lead))


def _visit(model: Any, scope: Scope) -> ColumnElement[bool]:
    return or_(model.department_id.in_(scope.departments), model.draw_id.in_(_led(scope)))


def _visits(scope: Scope) -> Select[Any]:
    table = Visit.__table__
    return _ids(Visit, or_(table.c.department_id.in_(scope.departments), table.c.draw_id.in_(_led(scope))))


def _of_visit(model: Any, scope: Scope) -> ColumnElement[bool]:
    return model.visit_id.in_(_visits(scope))  # type: ignore[no-any-return]


def _of_result(model: Any, scope: Scope) -> ColumnElement[bool]:
    seen = Result.__table__.c.visit_id.in_(_visits(scope))
    return model.result_id.in_(_ids(Result, seen))  # type: ignore[no-any-return]


def _ledger(model: Any, scope: Scope) -> ColumnElement[bool]:
    return true() if scope.audit else model.department_id.in_(scope.departments)


def _nobody(_model: Any, _scope: Scope) -> ColumnElement[bool]:
    """What the machinery of the faces keeps for itself; a session of EVERYTHING alone reads it."""
    return false()


RULES: dict[str, Rule | None] = {
    "public": None,
    "nobody": _nobody,
    "department": _department,
    "jurisdiction": _jurisdiction,
    "target": _target,
    "inspector": _inspector,
    "item": _item,
    "annual_plan": _annual_plan,
    "campaign": _campaign,
    "of_campaign": _of_campaign,
    "of_draw": _of_draw,
    "visit": _visit,
    "of_visit": _of_visit,
    "of_result": _of_result,
    "ledger": _ledger,
}
"""Each word that a model may state as its `scope`, with what is seen; None is everything."""


def _rules() -> Iterator[tuple[Any, Rule]]:
    for mapper in Base.registry.mappers:
        rule = RULES[mapper.class_.scope]
        if rule is not None:
            yield mapper.class_, rule


_RULES = tuple(_rules())
