"""A plan is checked before it is hashed; everything that decides is checked, and a misspelt word is refused."""

import copy

import pytest

from matching.draw.plan import NO_PREDECESSOR, read_plan
from matching.refused import Refused

PLAN = {
    "purpose": "加油站部门联合抽查",
    "quota": {"rates": {"A": "3/100"}, "at_least_one": True},
    "teams": "per_target",
    "departments": [{"code": "AMR", "size": 2, "leads": 1, "lead_qualification": "lead"}],
    "objectives": ["balance", "tickets"],
}


def _changed(path, value):
    plan = copy.deepcopy(PLAN)
    place = plan
    *way, last = path
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return plan


def test_a_missing_number_and_predecessor_are_filled_in_before_hashing():
    plan = read_plan(PLAN)
    assert (plan.number, plan.predecessor) == ("offline", NO_PREDECESSOR)
    assert b'"number":"offline"' in plan.text
    assert plan.text.startswith(
        b'{"departments":[{"code":"AMR","lead_qualification":"lead","leads":1,"size":2}]'
    )


def test_fields_that_decide_nothing_are_hashed_with_the_plan():
    told = read_plan({**PLAN, "legal_basis": "国办发〔2015〕58号"})
    assert "国办发〔2015〕58号".encode() in told.text
    assert told.text != read_plan(PLAN).text


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        (["purpose"], None, "plan.missing", "$.purpose"),
        (["purpose"], "", "plan.not_a_text", "$.purpose"),
        (["purpose"], "e\u0301", "text.not_nfc", "$.purpose"),
        (["number"], 7, "plan.not_a_text", "$.number"),
        (["predecessor"], "00", "plan.not_a_digest", "$.predecessor"),
        (["quota"], {}, "plan.fields", "$.quota"),
        (["quota"], {"rates": {"A": "3/100"}, "atleast_one": True}, "plan.fields", "$.quota"),
        (["quota"], {"total": -1}, "plan.not_a_count", "$.quota.total"),
        (["quota"], {"total": True}, "plan.not_a_count", "$.quota.total"),
        (["quota"], {"total": 1.5}, "plan.not_a_count", "$.quota.total"),
        (["quota", "rates"], {}, "plan.no_rates", "$.quota.rates"),
        (["quota", "rates", "A"], "3%", "plan.not_a_rate", "$.quota.rates.A"),
        (["quota", "rates", "A"], "3/0", "plan.not_a_rate", "$.quota.rates.A"),
        (["quota", "rates", "A"], "３/100", "plan.not_a_rate", "$.quota.rates.A"),
        (["quota", "rates", "A"], 0.03, "plan.not_a_rate", "$.quota.rates.A"),
        (["quota", "at_least_one"], 1, "plan.not_a_truth_value", "$.quota.at_least_one"),
        (["teams"], "pertarget", "plan.no_such_value", "$.teams"),
        (["teams"], "fixed", "plan.missing", "$.groups"),
        (["groups"], 3, "plan.groups_without_fixed_teams", "$.groups"),
        (["departments"], [], "plan.no_departments", "$.departments"),
        (["departments", 0, "size"], 0, "plan.not_a_count", "$.departments[0].size"),
        (["departments", 0, "leads"], 3, "plan.more_leads_than_seats", "$.departments[0].leads"),
        (["departments", 0, "lead_qualification"], None, "plan.no_lead_qualification", "$.departments[0]"),
        (["departments", 0, "lead_qualification"], "b;a", "plan.not_a_list", "$.departments[0]"),
        (["departments", 0, "lead_qualification"], "a;a", "plan.not_a_list", "$.departments[0]"),
        (["departments", 0, "lead_qualification"], "a;", "plan.not_a_list", "$.departments[0]"),
        (["departments", 0, "seize"], 2, "plan.fields", "$.departments[0]"),
        (["departments"], PLAN["departments"] * 2, "plan.department_twice", "$.departments[1].code"),
        (["objectives"], [], "plan.tickets_not_last", "$.objectives"),
        (["objectives"], ["tickets", "balance"], "plan.tickets_not_last", "$.objectives"),
        (["objectives"], ["fair", "tickets"], "plan.no_such_objective", "$.objectives[0]"),
        (["objectives"], ["near", "near", "tickets"], "plan.no_such_objective", "$.objectives[1]"),
        (["note"], 0.5, "json.no_such_value", "$.note"),
    ],
)
def test_a_plan_with_a_mistake_is_refused_and_the_place_is_named(path, value, code, where):
    with pytest.raises(Refused) as refused:
        read_plan(_changed(path, value))
    assert refused.value.code == code
    assert str(refused.value.params["where"]).startswith(where)


def test_a_plan_that_is_no_object_is_refused():
    with pytest.raises(Refused, match=r"plan\.not_an_object"):
        read_plan(["purpose"])


def test_a_department_without_leads_needs_no_qualification():
    plan = read_plan(_changed(["departments"], [{"code": "AMR", "size": 1, "leads": 0}]))
    assert plan.departments[0].lead_qualification == ""
