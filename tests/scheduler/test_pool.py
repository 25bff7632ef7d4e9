"""The pool: every condition and exclusion against a count by hand, and who of the inspectors is kept out."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from data.models import (
    Certificate,
    Inspector,
    Jurisdiction,
    Leave,
    Permit,
    SpecialRegistry,
    Target,
    TargetLabel,
)
from data.scope import division_of
from scheduler.inspection import planning, pool
from scheduler.transaction import EVERYTHING, transaction
from tests.town import refuses

TODAY = date(2026, 3, 2)
SMALL = {"rates": {}, "total": 6, "strata_by": "none"}


def changed(town, number, **values):
    """Change a target of the registry."""
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Target).where(Target.code == f"T{number:04d}").values(**values))


def id_of(session, number):
    return session.scalars(select(Target.id).where(Target.code == f"T{number:04d}")).one()


@pytest.fixture
def furnished(town):
    """The town with a target for every kind of condition, and beside each one that only looks like it."""
    changed(town, 0, industry="F5265")
    changed(town, 1, industry="F526")
    changed(town, 2, industry="G5265")
    changed(town, 3, region="390102001")
    changed(town, 4, region="390102100")
    changed(town, 5, region="390103")
    changed(town, 6, name="Gas_站 100%", business="汽油; 柴油")
    changed(town, 7, name="gasX站 1000", business="汽 油")
    changed(town, 8, established_on="1990-05-05")
    changed(town, 9, established_on="")
    changed(town, 10, abnormal=True)
    changed(town, 11, serious=True)
    with transaction(town.database, EVERYTHING) as session:
        of = session.scalars(select(Inspector.department_id).order_by(Inspector.id)).first()
        for code in ("OIL", "FOOD"):
            session.add(SpecialRegistry(code=code, name=code, department_id=of))
        session.flush()
        for number, first, last in (
            (20, TODAY, None),
            (21, TODAY - timedelta(9), TODAY),
            (22, TODAY - timedelta(9), TODAY - timedelta(1)),
            (23, TODAY + timedelta(1), None),
        ):
            session.add(
                TargetLabel(target_id=id_of(session, number), label="危化", valid_from=first, valid_to=last)
            )
        for number, registry, state, expires in (
            (30, "OIL", "valid", None),
            (31, "OIL", "valid", TODAY),
            (32, "OIL", "valid", TODAY - timedelta(1)),
            (33, "OIL", "withdrawn", None),
            (34, "FOOD", "valid", None),
        ):
            session.add(
                Permit(
                    target_id=id_of(session, number),
                    registry_code=registry,
                    number=f"P{number}",
                    state=state,
                    expires_on=expires,
                )
            )
    return town


def pool_of(town, *conditions, **other):
    """The numbers of the targets in the pool of a campaign with these conditions."""
    written = [{"field": field, "values": list(values)} for field, *values in conditions]
    with town.at("amr.planner") as desk:
        outline = town.outline(
            code="数", kind="targeted" if written else "untargeted", conditions=written, **other
        )
        campaign = planning.set_up_campaign(desk, outline)
        found = {int(code[1:]) for _, code, *_ in pool.target_rows(desk, campaign, {})}
        counted = pool.count_pool(desk, campaign)
        assert counted.targets.left == len(found)
        assert counted.targets.total - sum(step.taken_out for step in counted.targets.steps) == len(found)
        desk.session.rollback()
    return found


def test_conditions_that_no_target_meets_are_named_and_others_are_not(small_town):
    def unmatched(*conditions):
        written = [{"field": field, "values": [value]} for field, value in conditions]
        with small_town.at("amr.planner") as desk:
            counted = pool.count_outline(desk, small_town.outline(kind="targeted", conditions=written))
            return [each.field for each in counted.unmatched]

    assert unmatched() == []
    assert unmatched(("type", "加油站")) == []
    assert unmatched(("type", "加油站"), ("industry", "526")) == ["industry"]
    assert unmatched(("name_has", "没有"), ("type", "商店"), ("region", "390103")) == ["name_has", "region"]
    assert unmatched(("risk_class", "A"), ("type", "加油站")) == [], "each is met, both are not"


def test_every_condition_takes_what_it_says_and_nothing_that_looks_like_it(furnished):
    town, everybody = furnished, set(range(60))
    odd = {n for n in range(60) if n % 2}
    assert pool_of(town) == everybody
    assert pool_of(town, ("type", "加油站")) == odd
    assert pool_of(town, ("type", "加油站", "商店")) == everybody
    assert pool_of(town, ("type", "加油")) == set()
    assert pool_of(town, ("industry", "F526")) == {0, 1}
    assert pool_of(town, ("industry", "F5265", "G")) == {0, 2}
    assert pool_of(town, ("industry", "f526")) == set()
    assert pool_of(town, ("region", "390102")) == everybody - {5}
    assert pool_of(town, ("region", "390100")) == everybody
    assert pool_of(town, ("region", "390102001")) == {3}
    assert pool_of(town, ("region", "390102000")) == everybody - {5}
    assert pool_of(town, ("risk_class", "D")) == {n for n in range(60) if n % 4 == 3}
    assert pool_of(town, ("risk_class", "A", "D"), ("type", "加油站")) == {n for n in range(60) if n % 4 == 3}
    assert pool_of(town, ("label", "危化")) == {20, 21}
    assert pool_of(town, ("registry", "OIL")) == {30, 31}
    assert pool_of(town, ("registry", "OIL", "FOOD")) == {30, 31, 34}
    assert pool_of(town, ("name_has", "Gas_站")) == {6}
    assert pool_of(town, ("name_has", "100%")) == {6}
    assert pool_of(town, ("name_has", "gas")) == {7}
    assert pool_of(town, ("scope_has", "汽油")) == {6}
    assert pool_of(town, ("established_to", "1990-05-05")) == {8}
    assert pool_of(town, ("established_to", "1990-05-04")) == set()
    assert pool_of(town, ("established_from", "2019-01-01")) == {19, 39, 59}
    assert pool_of(town, ("established_from", "2019-01-02")) == set()
    assert pool_of(town, ("abnormal", "yes")) == {10}
    assert pool_of(town, ("abnormal", "no")) == everybody - {10}
    assert pool_of(town, ("serious", "是")) == {11}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("established_from", ["1990"]),
        ("established_to", ["1990-02-30"]),
        ("established_from", ["1990-01-01", "2000-01-01"]),
        ("abnormal", ["maybe"]),
        ("abnormal", ["no", "yes"]),
        ("risk_class", ["E"]),
        ("type", ["a;b"]),
        ("name_has", ["长" * 200] * 20),
    ],
)
def test_a_value_that_a_field_cannot_hold_is_refused_when_it_is_written(small_town, field, values):
    with refuses("campaign.condition_value", field=field):
        pool_of(small_town, (field, *values))


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("390000", "39"),
        ("390100", "3901"),
        ("390102", "390102"),
        ("390102000", "390102"),
        ("390102000000", "390102"),
        ("390102001", "390102001"),
        ("390102001000", "390102001"),
        ("390102100000", "390102100"),
        ("390102001101", "390102001101"),
        ("390100000000", "3901"),
        ("39", "39"),
    ],
)
def test_the_digits_of_a_subtree_end_where_the_zeros_of_its_level_begin(code, digits):
    assert division_of(code) == digits


def test_only_targets_of_the_leads_jurisdiction_are_counted(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        session.add(Jurisdiction(code="390200", name="邻镇"))
        session.flush()
    changed(small_town, 7, jurisdiction_code="390200")
    assert pool_of(small_town) == set(range(60)) - {7}


def counted(town, **other):
    """Total, steps and rest of a campaign's pool of targets."""
    with town.at("amr.planner") as desk:
        campaign = planning.set_up_campaign(desk, town.outline(code="数", **other))
        found = pool.count_pool(desk, campaign).targets
        desk.session.rollback()
    return found.total, [tuple(step) for step in found.steps], found.left


def test_exclusions_are_counted_in_order_each_target_once(town):
    _, number = town.drawn(
        **SMALL, departments=[{"code": "AMR"}, {"code": "EM"}], items=["AMR/A01", "EM/A01"]
    )
    (_, first), (_, second), (_, third) = town.visits(number, "EM")[:3]
    for target in (first, second, third):
        town.disclosed(number, target, "EM")
    town.disclosed(number, first, "AMR")
    changed(town, int(first[1:]), state="cancelled")
    assert counted(town, exclude_days=90, yearly_cap=1, **SMALL) == (
        60,
        [("not_active", 1), ("inspected_lately", 2), ("yearly_cap", 0)],
        57,
    )
    assert counted(town, yearly_cap=1, **SMALL)[1] == [("not_active", 1), ("yearly_cap", 2)]
    assert counted(town, yearly_cap=2, **SMALL)[1] == [("not_active", 1), ("yearly_cap", 0)]
    assert counted(town, yearly_cap=1, cap_exception="tip_off", **SMALL)[1] == [("not_active", 1)]
    town.pass_time(days=9)
    assert counted(town, exclude_days=9, **SMALL)[2] == 57
    assert counted(town, exclude_days=8, **SMALL)[2] == 59
    town.now = town.now.replace(year=2027)
    assert counted(town, yearly_cap=1, **SMALL)[2] == 59
    conditions = {"kind": "targeted", "conditions": [{"field": "type", "values": ["加油站"]}]}
    total, steps, _ = counted(town, **conditions, **SMALL)
    assert (total, steps[0]) == (60, ("condition:type", 30))


def test_what_the_cap_excepts_does_not_count_for_others_either(small_town):
    _, number = small_town.drawn(**SMALL, cap_exception="tip_off", code="举报")
    small_town.disclosed(number, small_town.visits(number)[0][1], "AMR")
    assert counted(small_town, yearly_cap=1, **SMALL)[1] == [("not_active", 0), ("yearly_cap", 0)]


def test_inspectors_suspended_gone_uncertified_or_away_the_whole_time_are_kept_out(town):
    first, last = date(2026, 3, 2), date(2026, 6, 30)
    with transaction(town.database, EVERYTHING) as session:
        people = {each.code: each for each in session.scalars(select(Inspector))}
        people["AMR000"].state, people["AMR001"].state = "suspended", "left"
        for code, expires in (("AMR002", last), ("AMR003", last - timedelta(1))):
            session.execute(
                update(Certificate)
                .where(Certificate.inspector_id == people[code].id)
                .values(expires_on=expires)
            )
        session.add(Leave(inspector_id=people["AMR004"].id, first_day=first, last_day=last))
        session.add(Leave(inspector_id=people["AMR005"].id, first_day=first, last_day=last - timedelta(1)))
    with town.at("amr.planner") as desk:
        campaign = planning.set_up_campaign(desk, town.outline())
        found = pool.count_pool(desk, campaign).inspectors
        assert (found.total, found.left) == (6, 2)  # the others have not answered yet
        assert [tuple(step) for step in found.steps] == [
            ("not_active", 2),
            ("no_certificate", 0),
            ("certificate_expires", 1),
            ("away", 1),
        ]
        assert sorted(each.code for each in pool.pooled_inspectors(desk, campaign)) == ["AMR002", "AMR005"]


def test_a_pool_without_targets_or_without_anybody_of_a_department_is_not_frozen(small_town):
    nobody = {"kind": "targeted", "conditions": [{"field": "type", "values": ["没有这种"]}]}
    code = small_town.campaign(code="空", **SMALL | nobody)
    with refuses("pool.empty"):
        small_town.freeze(code)
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(state="suspended"))
    code = small_town.campaign(code="缺人", **SMALL)
    with refuses("pool.nobody", departments=["EM"]):
        small_town.freeze(code)


def test_the_count_foretells_what_is_drawn_of_each_stratum(small_town):
    code = small_town.campaign()
    with small_town.at("amr.planner") as desk:
        told = pool.count_pool(desk, planning.find_campaign(desk, code)).strata
    assert told == (("A", 15, 2), ("B", 15, 3), ("C", 15, 6), ("D", 15, 15))
    number = small_town.freeze(code)
    small_town.commit(number)
    small_town.open(number)
    small_town.execute(number)
    assert len(small_town.visits(number)) == 26
