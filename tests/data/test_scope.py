"""A session sees its scope and nothing else, by whatever road it asks; without a scope it sees nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, func, select, update
from sqlalchemy import inspect as examine
from sqlalchemy.orm import Session, joinedload, selectinload, subqueryload

from data import scope as scopes
from data.database import open_database, writing
from data.guards import drop_guards
from data.migrations import upgrade
from data.models import (
    AnnualPlan,
    Base,
    Campaign,
    CampaignDepartment,
    Draw,
    DrawnTarget,
    InspectionItem,
    Inspector,
    ItemVersion,
    LedgerEntry,
    Obligation,
    Result,
    Target,
    TeamMember,
    Visit,
)
from data.scope import RULES, NoScope, Scope, narrow, widened
from scheduler.transaction import EVERYTHING, reading, transaction
from tests.databases import a_name
from tests.makers import Story, a_story

MODELS = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__name__)
SCOPED = [model for model in MODELS if RULES[model.scope] is not None]


class Two:
    """Two stories of two cities in one database, and the keys of all rows of each."""

    def __init__(self, database: Engine) -> None:
        self.database = database
        self.ours, ours = self._tell("我市", "320600")
        self.theirs, both = self._tell("他市", "330100")
        self.our_keys = ours
        self.their_keys = {model: both[model] - ours[model] for model in MODELS}

    def _tell(self, label: str, jurisdiction: str) -> tuple[Story, dict[Any, set[Any]]]:
        with transaction(self.database, EVERYTHING) as session:
            story = a_story(session, label, jurisdiction)
        with reading(self.database, EVERYTHING) as session:
            return story, {model: keys(session, model) for model in MODELS}

    def scope(self) -> Scope:
        """What somebody who acts for both departments of our city sees."""
        return Scope(frozenset({self.ours.lead, self.ours.joining}), "3206")


def keys(session: Session, model: Any) -> set[Any]:
    """The keys of all rows of a model that a session sees."""
    return {examine(row).identity for row in session.scalars(select(model))}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def two(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """The two cities, for all tests: none of them keeps what it did."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path_factory.mktemp('scope') / 'two.db'}")
        upgrade(database)
        yield Two(database)
        return
    cluster, name = request.getfixturevalue("cluster"), a_name()
    database = open_database(cluster.create(name, request.getfixturevalue("postgresql_template")))
    yield Two(database)
    database.dispose()
    cluster.drop(name)


@pytest.fixture
def ours(two: Two) -> Iterator[Session]:
    """A session of our city, in which anything may be tried."""
    with writing(two.database).begin() as connection:
        drop_guards(connection)  # here the scope alone is asked
    with Session(writing(two.database)) as session:
        scopes.set_scope(session, two.scope())
        yield session


def test_every_model_states_by_which_rule_its_rows_are_seen():
    assert {model.__name__ for model in MODELS if model.__dict__.get("scope") not in RULES} == set()
    assert len(SCOPED) > 30


def test_every_scoped_table_has_rows_of_both_cities(two):
    without = [model.__name__ for model in SCOPED if not two.our_keys[model] or not two.their_keys[model]]
    assert without == ["Installation", "KeyMark"]  # of which there is one row


def test_a_select_shows_our_rows_all_of_them_and_no_other(two, ours):
    seen = {model.__name__: keys(ours, model) for model in SCOPED}
    assert seen == {model.__name__: _visible(two.our_keys[model], model, two) for model in SCOPED}


def _visible(own: set[Any], model: Any, two: Two) -> set[Any]:
    """Ours, and what other cities have shown to everybody: the published versions of their items.

    What the faces keep for themselves nobody sees.
    """
    if model.scope == "nobody":
        return set()
    if model is not ItemVersion:
        return own
    with reading(two.database, EVERYTHING) as session:
        shown = select(ItemVersion).where(ItemVersion.state == "published")
        return own | {examine(row).identity for row in session.scalars(shown)}


def test_a_count_counts_our_rows_alone(two, ours):
    counted = {m.__name__: ours.scalar(select(func.count()).select_from(m)) for m in SCOPED}
    assert counted == {m.__name__: len(_visible(two.our_keys[m], m, two)) for m in SCOPED}


def test_a_row_asked_for_by_its_key_is_not_there(two, ours):
    hidden = [m for m in SCOPED if m is not ItemVersion]
    nobodys = [(m, key) for m in SCOPED if m.scope == "nobody" for key in two.our_keys[m]]
    assert len(nobodys) >= 5
    assert [m.__name__ for m, key in nobodys if ours.get(m, key)] == []
    assert [(m.__name__, key) for m in hidden for key in two.their_keys[m] if ours.get(m, key)] == []


def test_an_update_of_everything_touches_our_rows_alone(two, ours):
    for model in SCOPED:
        column = next(iter(examine(model).columns))
        name = examine(model).get_property_by_column(column).key
        done = ours.execute(update(model).values({name: column}).execution_options(synchronize_session=False))
        assert done.rowcount == len(_visible(two.our_keys[model], model, two)), model.__name__


def test_a_delete_of_everything_takes_our_rows_alone(two, ours):
    if two.database.dialect.name == "sqlite":
        ours.connection().connection.dbapi_connection.execute("PRAGMA defer_foreign_keys = ON")
    else:
        ours.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
    for model in [Obligation, Inspector, Target, TeamMember, DrawnTarget, LedgerEntry, Visit, Campaign]:
        before = len(two.our_keys[model])
        with ours.begin_nested() as undo:
            done = ours.execute(delete(model).execution_options(synchronize_session=False))
            assert done.rowcount == before, model.__name__
            undo.rollback()


def _public(session: Session, story: Story) -> InspectionItem:
    return session.get_one(InspectionItem, story.items["draft"])


def test_a_lazy_relationship_leads_to_nothing_of_theirs(two, ours):
    item = _public(ours, two.theirs)
    assert [version.version for version in item.versions] == [1]  # the published one; the draft is theirs
    assert [version.version for version in _public(ours, two.ours).versions] == [1, 2]


@pytest.mark.parametrize("load", [joinedload, selectinload, subqueryload])
def test_an_eager_relationship_leads_to_nothing_of_theirs(two, ours, load):
    question = select(InspectionItem).options(load(InspectionItem.versions))
    found = ours.scalars(question).unique().all()
    assert {i.id for i in found} == two_ids(two, InspectionItem)
    assert {examine(v).identity for i in found for v in i.versions} == _visible(
        two.our_keys[ItemVersion], ItemVersion, two
    )


def two_ids(two: Two, model: Any) -> set[int]:
    return {key[0] for keys_of in (two.our_keys, two.their_keys) for key in keys_of[model]}


def test_a_join_leads_to_nothing_of_theirs(two, ours):
    joined = select(Result.id).join(Visit, Result.visit_id == Visit.id).join(Draw, Draw.id == Visit.draw_id)
    assert {(key,) for key in ours.scalars(joined)} == two.our_keys[Result]


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_without_a_scope_nothing_is_asked(two, model):
    with Session(two.database) as session, pytest.raises(NoScope):
        session.scalars(select(model)).all()


def test_without_a_scope_nothing_is_fetched_counted_or_changed(two):
    with Session(two.database) as session:
        for question in (
            select(func.count()).select_from(Visit),
            update(Visit).values(state="void"),
            delete(Visit),
        ):
            with pytest.raises(NoScope):
                session.execute(question)
        with pytest.raises(NoScope):
            session.get(Visit, 1)


def test_a_scope_of_no_department_sees_no_scoped_row(two):
    with reading(two.database, Scope()) as session:
        seen = {model.__name__ for model in SCOPED if model is not ItemVersion and keys(session, model)}
    assert seen == set()


def test_the_joining_department_sees_the_campaign_and_its_own_visits_alone(two):
    story = two.ours
    with reading(two.database, Scope(frozenset({story.joining}), "3206")) as session:
        assert keys(session, Campaign) == two.our_keys[Campaign]
        assert {visit.department_id for visit in session.scalars(select(Visit))} == {story.joining}
        assert {member.department_id for member in session.scalars(select(TeamMember))} == {story.joining}
        assert {i.department_id for i in session.scalars(select(Inspector))} == {story.joining}
        assert session.scalars(select(AnnualPlan)).all() == []
        seen = {result.visit_id for result in session.scalars(select(Result))}
    assert seen == {story.visits[name] for name in ("returned", "accepted", "corrected")}


def test_the_lead_sees_the_visits_of_all_departments(two):
    with reading(two.database, Scope(frozenset({two.ours.lead}))) as session:
        assert keys(session, Visit) == two.our_keys[Visit]


def test_a_department_without_a_part_sees_nothing_of_the_campaign(two):
    with transaction(two.database, EVERYTHING) as session:
        outsider = 999
        assert session.get(CampaignDepartment, (two.ours.campaigns["completed"], outsider)) is None
    with reading(two.database, Scope(frozenset({outsider}), "3206")) as session:
        assert keys(session, Campaign) == keys(session, Draw) == keys(session, Visit) == set()
        assert keys(session, Target) == two.our_keys[Target]


def test_a_superior_jurisdiction_sees_the_targets_below_it_and_no_others(two):
    for division, seen in (("32", two.our_keys), ("33", two.their_keys), ("3206", two.our_keys)):
        with reading(two.database, Scope(division=division)) as session:
            assert keys(session, Target) == seen[Target]


def test_the_auditor_sees_the_whole_ledger_and_a_department_its_own_lines(two):
    with reading(two.database, Scope(audit=True)) as session:
        assert keys(session, LedgerEntry) == two.our_keys[LedgerEntry] | two.their_keys[LedgerEntry]
    with reading(two.database, Scope(frozenset({two.theirs.lead}))) as session:
        assert keys(session, LedgerEntry) == two.their_keys[LedgerEntry]


def test_a_widened_session_is_narrow_again_afterwards(two):
    with reading(two.database, Scope(frozenset({two.ours.joining}))) as session:
        with widened(session, two.theirs.lead):
            assert keys(session, AnnualPlan) == two.their_keys[AnnualPlan]
        assert keys(session, AnnualPlan) == set()


def _hidden(two: Two, model: Any) -> set[Any]:
    """What our city must not see: all of theirs, and of what the faces keep for themselves everything."""
    return two.their_keys[model] | (two.our_keys[model] if model.scope == "nobody" else set())


def test_without_the_net_their_rows_are_seen(two, ours):
    event.remove(Session, "do_orm_execute", narrow)
    try:
        leaked = {model for model in SCOPED if _hidden(two, model) & keys(ours, model)}
    finally:
        event.listen(Session, "do_orm_execute", narrow)
    assert leaked == set(SCOPED)


@pytest.mark.parametrize("rule", sorted(name for name, rule in RULES.items() if rule))
def test_a_rule_that_shows_everything_is_noticed(two, rule, monkeypatch):
    models = [model for model in SCOPED if model.scope == rule]
    assert models, f"no model is seen by {rule}"
    without = tuple(pair for pair in scopes._RULES if pair[0] not in models)
    monkeypatch.setattr(scopes, "_RULES", without)
    scopes._criteria.cache_clear()
    with reading(two.database, two.scope()) as session:
        assert all(_hidden(two, model) & keys(session, model) for model in models)
    scopes._criteria.cache_clear()
