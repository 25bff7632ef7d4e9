"""What of a draw is still secret is told to nobody who may not know it yet, whichever way he asks."""

from __future__ import annotations

import pytest

from scheduler.accounts import grant
from scheduler.inspection import (
    bundles,
    dossier,
    drawing,
    lists,
    planning,
    record,
    recusal,
    search,
    secrecy,
    staff,
    statistics,
    visits,
)
from scheduler.inspection.dossier import Wanted
from scheduler.transaction import EVERYTHING, transaction
from tests.town import DICE, TEXT, refuses

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
INSIDERS = ("amr.planner", "amr.approver", "amr.auditor", "fire.planner", "em.auditor")
OTHERS = ("amr000", "amr.registrar", "amr.reviewer", "amr.publisher", "amr.administrator", "em000", "notary")


@pytest.fixture
def completed(town):
    """A draw that has its outcome and is not sent out: its campaign and its number."""
    code = town.campaign(**SMALL)
    number = town.freeze(code)
    town.commit(number)
    town.open(number)
    assert town.execute(number) == "completed"
    return code, number


def at(town, login, number, look):
    """What somebody sees of a draw."""
    return town.do(login, lambda desk: look(desk, drawing.find_draw(desk, number)))


def test_rows_are_for_who_plans_approves_or_audits_until_the_visits_are_sent_out(town, completed):
    code, number = completed
    seen = {login: at(town, login, number, secrecy.sees_rows) for login in INSIDERS + OTHERS}
    assert seen == dict.fromkeys(INSIDERS, True) | dict.fromkeys(OTHERS, False)
    town.dispatch(code)
    assert all(at(town, login, number, secrecy.sees_rows) for login in INSIDERS + OTHERS)


def witnessed_by_an_auditor(town):
    """A draw that has its outcome, whose witness audits a department that takes part: its campaign and its number."""
    with transaction(town.database, EVERYTHING) as session:
        grant(session, town.now, "em.auditor", "witness")
    code = town.campaign(**SMALL | {"witnesses": ["em.auditor"]})
    number = town.freeze(code)
    town.commit(number, "em.auditor")
    town.open(number, "em.auditor")
    town.execute(number)
    return code, number


def test_a_witness_sees_no_rows_before_that_whatever_else_he_is(town):
    code, number = witnessed_by_an_auditor(town)
    assert at(town, "fire.auditor", number, secrecy.sees_rows)
    assert not at(town, "em.auditor", number, secrecy.sees_rows)
    town.dispatch(code)
    assert at(town, "em.auditor", number, secrecy.sees_rows)


def test_no_list_and_no_question_gives_rows_before_the_visits_are_sent_out(town, completed):
    code, number = completed
    visit, target = town.visits(number, "AMR")[0]

    def shown(desk):
        """How much of the draw each way of asking gives."""
        drawn, campaign = drawing.find_draw(desk, number), planning.find_campaign(desk, code)
        return (
            len(record.drawn_targets(desk, drawn, 1).rows),
            sum(len(each) for each in record.loads(desk, drawn).values()),
            dossier.of_campaign(desk, campaign, Wanted()).total,
            len(statistics.visit_list(desk, campaign)),
        )

    def found(desk):
        return (
            lists.listed_visits(desk, 1, 20, "", "", "", "").total,
            lists.listed_visits(desk, 1, 20, code, "", target, "open").total,
            len(search.target(desk, target).visits),
        )

    assert town.do("amr.auditor", shown) == (6, 18, 18, 18)
    assert town.do("amr.auditor", found) == (18, 3, 3)
    for look in (
        lambda desk: record.drawn_targets(desk, drawing.find_draw(desk, number), 1),
        lambda desk: record.loads(desk, drawing.find_draw(desk, number)),
        lambda desk: dossier.of_campaign(desk, planning.find_campaign(desk, code), Wanted()),
        lambda desk: statistics.visit_list(desk, planning.find_campaign(desk, code)),
    ):
        for login in OTHERS:
            with refuses("draw.not_dispatched", number=number):
                town.do(login, look)
    for login in OTHERS[:-1]:
        assert town.do(login, found) == (0, 0, 0)
        with refuses("visit.unknown"):
            town.do(login, lambda desk: visits.by_id(desk, visit))
        with refuses("visit.unknown"):
            at(town, login, number, lambda desk, drawn: visits.find_visit(desk, drawn, target))
    told = at(town, "notary", number, record.record_of)
    assert [(each.rows, each.quota) for each in told.thresholds] == [(60, 6)]
    town.dispatch(code)
    assert town.do("amr000", shown) == (6, 18, 18, 18)
    assert town.do("amr000", found) == (18, 3, 3)
    assert town.do("amr000", lambda desk: visits.by_id(desk, visit).id) == visit


def test_nothing_is_changed_before_the_visits_are_sent_out(town, completed):
    """The ledger, the registry of bars and whoever takes a seat would tell more people what was drawn."""
    _, number = completed
    visit, target = town.visits(number, "AMR")[0]
    with refuses("void.not_now"):
        at(town, "amr.approver", number, lambda d, w: recusal.void_target(d, w, target, "disaster", "水淹"))
    who = town.do("amr.approver", lambda d: visits.team_codes(d, visits.by_id(d, visit))[0])
    with refuses("visit.not_dispatched"):
        at(
            town,
            "amr.approver",
            number,
            lambda d, _: recusal.recuse(d, visits.by_id(d, visit), who, "kinship"),
        )


def test_an_inspector_who_leaves_is_replaced_when_the_visits_are_sent_out_and_not_before(town, completed):
    """Or the registrar would be told, target by target, where he was to go and who goes there now."""
    code, number = completed
    visit, _ = town.visits(number, "AMR")[0]

    def team() -> set[str]:
        return at(
            town, "amr.approver", number, lambda d, _: set(visits.team_codes(d, visits.by_id(d, visit)))
        )

    gone = min(team())
    moved = town.do(
        "amr.registrar", lambda d: staff.set_inspector_state(d, staff.find_inspector(d, gone), "suspended")
    )
    assert list(moved) == []
    assert gone in team()
    town.dispatch(code)
    assert gone not in team()


def test_a_witness_takes_no_bundle_before_the_visits_are_sent_out_whatever_else_he_is(town):
    code, number = witnessed_by_an_auditor(town)
    assert at(town, "amr.auditor", number, bundles.check_bundle_taker) == "auditor"
    with refuses("draw.not_dispatched"):
        at(town, "em.auditor", number, bundles.check_bundle_taker)
    town.dispatch(code)
    assert at(town, "em.auditor", number, bundles.check_bundle_taker) == "auditor"


def test_what_lacks_names_no_target_to_who_may_not_know_it_yet(town, completed):
    _, number = completed
    seats = {"kind": "seats", "department": "EM", "missing": 2}
    told = {"shortage": [seats, {"kind": "pair_bar", "target": "T1"}, {"kind": "groups", "targets": ["T1"]}]}
    cut = {login: at(town, login, number, lambda d, w: secrecy.told_causes(d, w, told)) for login in INSIDERS}
    assert all(each == told for each in cut.values())
    for login in OTHERS:
        assert at(town, login, number, lambda d, w: secrecy.told_causes(d, w, told)) == {"shortage": [seats]}


def test_a_witness_s_text_is_told_to_nobody_before_the_entropy_stands(town):
    number = town.freeze(town.campaign(**SMALL))
    town.commit(number)
    at(town, "notary", number, lambda desk, drawn: drawing.reveal_text(desk, drawn, TEXT))

    def texts(login):
        page, program = (at(town, login, number, each) for each in (record.record_of, record.attempts_of))
        return [each.text for each in (*page.witnesses, *program.attempts[0].witnesses)]

    readers = ("amr.planner", "amr.auditor", "em.planner", "notary")
    assert all(texts(login) == [None, None] for login in readers)
    at(town, "amr.planner", number, drawing.close_reveals)
    assert all(texts(login) == [None, None] for login in readers)
    at(town, "amr.planner", number, lambda desk, drawn: drawing.enter_entropy(desk, drawn, DICE))
    assert all(texts(login) == [None, None] for login in readers)
    at(town, "notary", number, lambda desk, drawn: drawing.enter_entropy(desk, drawn, DICE))
    assert all(texts(login) == [TEXT, TEXT] for login in readers)
