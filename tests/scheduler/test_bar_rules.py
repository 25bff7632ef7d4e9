"""Bars by rule: each rule, its counts and the frozen rows against a slow reading of the registries, pair by pair."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from data.models import (
    Bar,
    Certificate,
    Declaration,
    Inspector,
    Leave,
    LedgerEntry,
    Residence,
    Result,
    Target,
    TeamMember,
    Visit,
)
from data.queries import draws
from data.vocabulary import BAR_RULES, DECLARATION_KINDS, KEPT_OUT
from matching.draw.tables import freeze
from matching.refused import Refused
from scheduler.inspection import bar_counts, bar_rules, declarations, drawing, planning, pool, recusal, visits
from scheduler.inspection.bar_rules import Facts, FrozenTargets, chosen_of, street_of, years_before
from scheduler.inspection.declarations import DeclarationQuestion
from scheduler.transaction import EVERYTHING, transaction
from tests.town import refuses

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
ALONE = {"departments": [{"code": "AMR"}], "items": ["AMR/A01"], "rates": {}, "strata_by": "none"}
STREETS = ("390102001", "390102002")
REGIONS = ("390102", "390102000", "390102001", "390102002", "390102001003", "390103001", "")


# The slow reading


def slowly(session, departments, targets, today_first, last, chosen):
    """For each rule the pairs that it bars, by codes; `targets` are code to region."""
    people = {
        each.id: each
        for each in session.scalars(select(Inspector).where(Inspector.department_id.in_(departments)))
        if _in_the_pool(session, each, today_first, last)
    }
    codes = {each.id: each.code for each in session.scalars(select(Target))}
    found = {rule: {} for rule in (*BAR_RULES, "region")}
    for bar in sorted(session.scalars(select(Bar)), key=lambda bar: bar.ground, reverse=True):
        if _meets(bar.valid_from, bar.valid_to, today_first, last):
            found["registered"][bar.inspector_id, codes[bar.target_id]] = bar.ground
    for told, target in product(
        session.scalars(select(Declaration)).all(), session.scalars(select(Target)).all()
    ):
        same = told.target_code == target.code if told.target_code else told.target_name == target.name
        since = today_first
        if told.kind == "former_employer":
            since = years_before(today_first, chosen.former_employer_years) + timedelta(days=1)
        off = told.kind == "former_employer" and not chosen.former_employer_years
        if same and not off and _meets(told.since, told.until, since, last):
            found[told.kind][told.inspector_id, target.code] = told.kind
    for inspector, code in _lately(session, codes, chosen.rotation):
        found["rotation"][inspector, code] = "rotation"
    for each, (code, region) in product(people.values(), targets.items()):
        home = session.get(Residence, each.id)
        if chosen.same_street and home and region[:9] == home.street and region[6:9] != "000":
            found["street"][each.id, code] = "street"
        if each.regions != "*" and region not in each.regions.split(";"):
            found["region"][each.id, code] = "region"
        if not region and each.regions != "*":
            found["region"][each.id, code] = "region"
    return {
        rule: {
            (people[inspector].code, code): ground
            for (inspector, code), ground in pairs.items()
            if inspector in people and code in targets
        }
        for rule, pairs in found.items()
    }


def _meets(since, until, first, last):
    return (since is None or since <= last) and (until is None or until >= first)


def _in_the_pool(session, inspector, first, last):
    held = [each.expires_on for each in inspector.certificates]
    away = session.scalars(select(Leave).where(Leave.inspector_id == inspector.id))
    return (
        inspector.state == "active"
        and any(day >= last for day in held)
        and not any(each.first_day <= first and each.last_day >= last for each in away)
    )


def _lately(session, codes, visits_back):
    """Who was in the last teams of each department's last visits with a result."""
    made = {}
    for visit in session.scalars(select(Visit)):
        told = session.scalars(select(Result).where(Result.visit_id == visit.id)).all()
        if told:
            day = max(told, key=lambda each: each.version).inspected_on
            made.setdefault((visit.target_id, visit.department_id), []).append((day, visit.id, visit.draw_id))
    for (target, department), found in made.items():
        for _, _, draw in sorted(found, reverse=True)[:visits_back]:
            of = (TeamMember.draw_id == draw, TeamMember.target_id == target)
            team = session.scalars(
                select(TeamMember).where(*of, TeamMember.department_id == department)
            ).all()
            newest = max(each.version for each in team)
            yield from ((each.inspector_id, codes[target]) for each in team if each.version == newest)


def counted_slowly(found):
    """Pairs of each rule, by itself and in addition to those before, and the ground of each frozen pair."""
    counts, seen, grounds = {}, set(), {}
    for rule in (*BAR_RULES, "region"):
        pairs = set(found[rule])
        counts[rule] = (len(pairs), len(pairs - seen))
        seen |= pairs
        if rule != "region":
            for pair, ground in found[rule].items():
                grounds.setdefault(pair, ground)
    return counts, grounds, len(seen)


# Small registries


PEOPLE, TARGETS = 6, 12
DAYS = st.one_of(st.none(), st.sampled_from((FIRST, LAST)).flatmap(
    lambda day: st.integers(-1, 1).map(lambda days: day + timedelta(days))
))  # fmt: skip
LEFT = st.one_of(DAYS, st.integers(1, 3).flatmap(
    lambda years: st.integers(-1, 1).map(lambda days: years_before(FIRST, years) + timedelta(days))
))  # fmt: skip
INSPECTORS, NUMBERS = st.integers(0, PEOPLE - 1), st.integers(0, TARGETS - 1)


def span(days):
    """Two days in order, each of which may be unknown."""
    return st.tuples(days, days).map(lambda two: two if None in two else tuple(sorted(two)))


HELD = st.one_of(
    st.just("*"), st.sets(st.sampled_from(REGIONS[:-1])).map(lambda some: ";".join(sorted(some)))
)
WRITTEN = st.sampled_from(("code", "name", "unknown"))
RECORDED = st.tuples(INSPECTORS, NUMBERS, st.sampled_from(("kinship", "interest")))
REGISTRIES = st.fixed_dictionaries({
    "regions": st.lists(st.sampled_from(REGIONS), min_size=TARGETS, max_size=TARGETS),
    "held": st.lists(HELD, min_size=PEOPLE, max_size=PEOPLE),
    "streets": st.dictionaries(INSPECTORS, st.sampled_from(STREETS), max_size=4),
    "bars": st.dictionaries(RECORDED, span(DAYS), max_size=5),
    "declared": st.dictionaries(
        st.tuples(INSPECTORS, NUMBERS, st.sampled_from(DECLARATION_KINDS), WRITTEN), span(LEFT), max_size=8
    ),
    "states": st.dictionaries(INSPECTORS, st.just("suspended"), max_size=1),
    "certificates": st.dictionaries(INSPECTORS, st.sampled_from((LAST, LAST - timedelta(1), None)), max_size=2),
    "leaves": st.dictionaries(INSPECTORS, st.sampled_from(((FIRST, LAST), (FIRST, LAST - timedelta(1)))), max_size=2),
    "closed": st.sets(NUMBERS, max_size=2),
})  # fmt: skip
CHOSEN = st.fixed_dictionaries({
    "former_employer_years": st.integers(0, 3),
    "rotation": st.integers(0, 3),
    "same_street": st.booleans(),
    "exclude_days": st.sampled_from((0, 100)),
    "yearly_cap": st.sampled_from((None, 1)),
})  # fmt: skip


def furnish(session, made):
    """Write small registries over those of the town: its first targets and six of its inspectors."""
    people = session.scalars(
        select(Inspector.id).order_by(Inspector.id).where(Inspector.code.like("AMR%"))
    ).all()
    targets = session.execute(select(Target.id, Target.code, Target.name).order_by(Target.code)).all()
    for number, region in enumerate(made["regions"]):
        closed = "cancelled" if number in made["closed"] else "active"
        of = Target.id == targets[number].id
        session.execute(update(Target).where(of).values(region=region, state=closed))
    session.execute(delete(Bar))
    for place, held in enumerate(made["held"]):
        state = made["states"].get(place, "active")
        of = Inspector.id == people[place]
        session.execute(update(Inspector).where(of).values(regions=held, state=state))
    for place, day in made["certificates"].items():
        mine = Certificate.inspector_id == people[place]
        session.execute(
            update(Certificate).where(mine).values(expires_on=day) if day else delete(Certificate).where(mine)
        )
    for place, (first, last) in made["leaves"].items():
        session.add(Leave(inspector_id=people[place], first_day=first, last_day=last))
    session.add_all(
        Residence(inspector_id=people[place], street=street) for place, street in made["streets"].items()
    )
    for (place, number, ground), (since, until) in made["bars"].items():
        session.add(Bar(inspector_id=people[place], target_id=targets[number].id, ground=ground, valid_from=since,
                        valid_to=until))  # fmt: skip
    for (place, number, kind, by), (since, until) in made["declared"].items():
        named = {
            "code": {"target_code": targets[number].code, "target_name": "名称不作数"},
            "name": {"target_name": targets[number].name},
            "unknown": {"target_code": f"没有{number}", "target_name": targets[number].name},
        }[by]
        session.add(Declaration(inspector_id=people[place], kind=kind, since=since, until=until, **named))
    session.flush()


def recuse(town, visit, inspector):
    """Take an inspector off a visit, so that another one makes it."""
    with town.at("amr.approver") as desk:
        recusal.recuse(desk, visits.by_id(desk, visit), inspector, "illness")


@pytest.fixture
def inspected(town):
    """A town of twelve targets in which three campaigns have inspected eight of them, with a recusal and a correction."""
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Target).where(Target.code >= "T0008").values(state="cancelled"))
    for place in range(3):
        _, number = town.drawn(**ALONE | {"total": 5, "code": f"往年{place}"})
        first, second, *others = town.visits(number)
        if not place:
            recuse(town, first[0], town.team(first[0])[0].upper())
        for _, target in (first, second, *others[place:]):
            town.disclosed(number, target, "AMR")
        town.pass_time(days=3)
    return town


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=REGISTRIES, chosen=CHOSEN)
def test_every_rule_bars_what_a_slow_reading_bars_and_counts_equal_the_frozen_rows(inspected, made, chosen):
    with inspected.at("amr.planner") as desk:
        session = desk.session
        furnish(session, made)
        outline = inspected.outline(**ALONE | chosen | {
            "code": "查", "total": 3, "first_day": FIRST.isoformat(), "last_day": LAST.isoformat(),
        })  # fmt: skip
        campaign = planning.set_up_campaign(desk, outline)
        told = bar_counts.count_bars(desk, campaign)
        rows = list(pool.target_rows(desk, campaign, {}))
        table = freeze("targets", rows)
        people = pool.pooled_inspectors(desk, campaign)
        frozen = FrozenTargets(table)
        ids = pool.department_ids(campaign)
        facts = Facts(session, people, frozen, ids, FIRST, LAST, chosen_of(campaign))
        bars, at_the_freeze = bar_counts.barred(facts, frozen)
        found = slowly(session, ids, {row[1]: row[2] for row in rows}, FIRST, LAST, chosen_of(campaign))
        session.rollback()
    counts, grounds, barred = counted_slowly(found)
    assert {each.rule: (each.pairs, each.added) for each in told.rules if each.rule not in KEPT_OUT} == counts
    assert at_the_freeze == told
    assert {(inspector, target): ground for inspector, target, ground in bars} == grounds
    assert len(bars) == len(grounds) == sum(each.added for each in told.rules if each.rule in BAR_RULES)
    assert told.left == len(people) * len(rows) - barred


def bars_frozen(town, number):
    """The frozen table of bars of a draw's last attempt: pair to ground."""
    with transaction(town.database, EVERYTHING) as session:
        drawn = draws.draw_by_number(session, number)
        attempt = draws.last_attempt(session, drawn.id).attempt
        lines = draws.frozen_tables(session, drawn.id, attempt)["bars"].decode().splitlines()[1:]
    return {tuple(line.split("\t")[:2]): line.split("\t")[2] for line in lines}


def declare(town, login, **written):
    with town.at(login) as desk:
        return declarations.declare(desk, written)


def test_the_freeze_fixes_the_rows_of_the_rules_and_what_they_took_out(town):
    code = town.campaign(**ALONE | {"total": 6, "same_street": True})
    declare(town, "amr001", kind="kinship", target_code="T0003", relative="王某", note="弟弟是店长")
    declare(town, "amr001", kind="shareholding", target_name="第3加油站")
    declare(town, "amr002", kind="former_employer", target_name=" 第4加油站 ", until="2023-03-03")
    declare(town, "amr003", kind="former_employer", target_code="T0004", until="2023-03-02")
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Target).where(Target.code == "T0009").values(region="390102007003"))
        lives = session.scalars(select(Inspector.id).where(Inspector.code == "AMR004")).one()
        session.add(Residence(inspector_id=lives, street="390102007"))
    with town.at("amr.planner") as desk:
        foreseen = bar_counts.count_bars(desk, planning.find_campaign(desk, code))
    number = town.freeze(code)
    assert bars_frozen(town, number) == {
        ("AMR000", "T0000"): "kinship",
        ("AMR001", "T0003"): "kinship",
        ("AMR002", "T0004"): "former_employer",
        ("AMR004", "T0009"): "street",
    }
    declare(town, "amr005", kind="interest", target_code="T0005")
    with town.at("amr.planner") as desk:
        kept = bar_counts.frozen_counts(desk, drawing.find_draw(desk, number))
    assert kept == replace(foreseen, streetless=None)
    assert {each.rule: (each.pairs, each.added) for each in kept.rules if each.pairs} == {
        **{"registered": (1, 1), "kinship": (1, 1), "former_employer": (1, 1)},
        **{"shareholding": (1, 0), "street": (1, 1)},
    }
    assert (kept.people, kept.pairs, kept.left) == (6, 360, 356)
    with town.at("fire.planner") as desk, pytest.raises(Refused):
        bar_counts.frozen_counts(desk, drawing.find_draw(desk, number))


def test_a_pairing_that_starts_again_gets_the_bars_and_counts_of_its_own_day(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("AMR%")).values(capacity=1))
    code = small_town.campaign(**ALONE | {"total": 6})
    number = small_town.freeze(code)
    small_town.commit(number)
    small_town.open(number)
    assert small_town.execute(number) == "short"
    declare(small_town, "amr001", kind="interest", target_code="T0005")
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Target).where(Target.code == "T0005").values(state="cancelled", region=""))
        session.execute(update(Inspector).where(Inspector.code.like("AMR%")).values(capacity=9))
    small_town.mend(number)
    assert bars_frozen(small_town, number) == {
        ("AMR000", "T0000"): "kinship",
        ("AMR001", "T0005"): "interest",
    }
    with small_town.at("amr.planner") as desk:
        kept = bar_counts.frozen_counts(desk, drawing.find_draw(desk, number))
    assert {each.rule: each.pairs for each in kept.rules if each.pairs} == {"registered": 1, "interest": 1}


def test_more_bars_than_a_table_should_hold_are_refused_before_they_are_made(small_town, monkeypatch):
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Target).values(region="390102007"))
        people = session.scalars(select(Inspector.id).where(Inspector.code.like("AMR00%"))).all()
        session.add_all(Residence(inspector_id=each, street="390102007") for each in people[:2])
    code = small_town.campaign(**ALONE | {"total": 6, "same_street": True})
    monkeypatch.setattr(bar_rules, "MOST_BARS", 119)
    with refuses("pool.too_many_bars", rows=120, most=119):
        small_town.freeze(code)
    monkeypatch.setattr(bar_rules, "MOST_BARS", 120)
    assert Counter(bars_frozen(small_town, small_town.freeze(code)).values())["street"] >= 119


def test_a_successor_gets_nobody_whom_a_rule_bars(small_town):
    """Whoever inspected all targets the last time, none of them takes a seat at the one that follows either."""
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Target).where(Target.code >= "T0008").values(state="cancelled"))
        session.execute(update(Inspector).where(Inspector.code == "AMR005").values(capacity=0))
    _, earlier = small_town.drawn(**ALONE | {"total": 8, "code": "上一轮"})
    small_town.disclose_all(earlier, "AMR")
    went = {target: small_town.team(visit) for visit, target in small_town.visits(earlier)}
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code == "AMR005").values(capacity=60))
    _, number = small_town.drawn(**ALONE | {"total": 4, "code": "这一轮", "rotation": 1})
    rotated = {pair for pair, ground in bars_frozen(small_town, number).items() if ground == "rotation"}
    together = {(who.upper(), target) for target, team in went.items() for who in team}
    assert rotated == together - {("AMR000", "T0000")}
    _, voided = small_town.visits(number)[0]
    with small_town.at("amr.approver") as desk:
        found = drawing.find_draw(desk, number)
        successor = recusal.void_target(desk, found, voided, "closed_business", "人去楼空")
    visit = next(visit for visit, target in small_town.visits(number) if target == successor)
    assert not set(small_town.team(visit)) & set(went[successor])


def test_what_was_declared_is_for_himself_and_his_registrar(town):
    """The ledger tells that something was declared; planners read of whom, and no story; other departments nothing."""
    made = declare(town, "amr001", kind="kinship", target_code="T0003", relative="王某", note="弟弟是店长")
    with town.at("amr.registrar") as desk:
        declarations.declare_for(
            desk, "AMR002", {"kind": "interest", "target_name": "第4加油站", "note": "债权"}
        )
    told = {}
    for login in ("amr.registrar", "amr.planner", "amr.auditor", "fire.registrar"):
        with town.at(login) as desk:
            rows = declarations.listed(desk, DeclarationQuestion()).rows
            told[login] = [(each.shown.inspector.code, each.relative, each.note) for each in rows]
    assert told["amr.registrar"] == [("AMR002", "", "债权"), ("AMR001", "王某", "弟弟是店长")]
    assert told["amr.planner"] == told["amr.auditor"] == [("AMR002", "", ""), ("AMR001", "", "")]
    assert told["fire.registrar"] == []
    with town.at("amr001") as desk:
        assert [(each.relative, each.note) for each in declarations.mine(desk)] == [("王某", "弟弟是店长")]
    with town.at("amr003") as desk:
        assert declarations.mine(desk) == []
        with refuses("actor.role"):
            declarations.listed(desk, DeclarationQuestion())
    with transaction(town.database, EVERYTHING) as session:
        lines = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "declaration:made"))
        told = [(each.subject, each.details) for each in lines]
    assert told == [(f"declaration/{made}", "{}"), (f"declaration/{made + 1}", "{}")]


def test_nobody_unbars_himself_and_nobody_declares_for_another_department(small_town):
    made = declare(small_town, "amr001", kind="kinship", target_code="T0003", since="2025-01-01")
    day = date(2026, 3, 1)
    for login, code in (("amr001", "actor.role"), ("fire.registrar", "declaration.unknown")):
        with small_town.at(login) as desk, refuses(code):
            declarations.find(desk, made) if login.startswith("fire") else declarations.end(
                desk, declarations.find(desk, made), day
            )
    with small_town.at("fire.registrar") as desk, refuses("inspector.unknown"):
        declarations.declare_for(desk, "AMR001", {"kind": "interest", "target_code": "T0001"})
    with small_town.at("amr.registrar") as desk:
        told = declarations.find(desk, made)
        with refuses("declaration.ends_before"):
            declarations.end(desk, told, date(2024, 12, 31))
        declarations.end(desk, told, day)
        with refuses("declaration.ended"):
            declarations.end(desk, told, day)
    with refuses("declaration.exists"):
        declare(small_town, "amr001", kind="kinship", target_code=" T0003")
    with refuses("declaration.fields", faults=["$.target_code: no_target"]):
        declare(small_town, "amr001", kind="kinship")


def test_the_street_of_a_region_is_in_nine_of_its_digits():
    assert [street_of(each) for each in REGIONS] == [
        "",
        "",
        "390102001",
        "390102002",
        "390102001",
        "390103001",
        "",
    ]
    assert street_of("城东街道办事处辖区") == ""
    assert years_before(date(2028, 2, 29), 1) == date(2027, 2, 28)
    assert years_before(date(2028, 2, 29), 4) == date(2024, 2, 29)
    assert years_before(date(50, 1, 1), 100) == date(1, 1, 1)
