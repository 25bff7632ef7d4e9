"""The draw step by step: numbers, freeze, witnesses, publication, entropy, shortage and a second attempt."""

import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from data.models import Bar, Inspector, OpenPopulation, Target, User
from data.queries import draws
from matching.bundle import pack
from matching.draw.commitment import Secrets
from matching.replay import replay
from matching.replayed import Replayed
from matching.verifier import draw_stratum, stage_key, verify, word
from scheduler.accounts import NewUser, add_user, grant
from scheduler.inspection import drawing, execution, freezing, planning, recusal, visits
from scheduler.inspection.drawing import Differing, Entered, Opened
from scheduler.transaction import EVERYTHING, transaction
from tests.matching.slow_changes import keys_of, lines, table
from tests.town import DICE, TEXT, refuses

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
ALONE = {"items": ["AMR/A01"], "departments": [{"code": "AMR"}]}
OTHER_DICE = "d10x20:27182818284590452353"
NEW = Secrets(b"t" * 32, b"y" * 32)


def at_draw(town, number, login, act):
    """One act of somebody at a draw."""
    return town.do(login, lambda desk: act(desk, drawing.find_draw(desk, number)))


def enter(town, number, login, dice=DICE):
    return at_draw(town, number, login, lambda desk, drawn: drawing.enter_entropy(desk, drawn, dice))


def frozen(town, **other):
    return town.freeze(town.campaign(**other))


def close_finally(desk, drawn):
    """Close the reveals, whatever lacks."""
    return drawing.close_reveals(desk, drawn, final=True)


def revealed(town, **other):
    """A draw whose reveals are closed."""
    number = frozen(town, **other)
    town.commit(number)
    town.pass_time(hours=1)
    at_draw(town, number, "notary", lambda desk, drawn: drawing.reveal_text(desk, drawn, TEXT))
    at_draw(town, number, "amr.planner", close_finally)
    return number


def void(town, number, ground="wrong_list", reason="名录有误"):
    at_draw(
        town, number, "amr.approver", lambda desk, drawn: drawing.void_number(desk, drawn, ground, reason)
    )


def wrong(files):
    return [claim for claim in verify(pack(files)) if claim.state == "wrong"]


def test_numbers_are_gap_free_and_each_is_bound_to_the_commitment_before_it(town):
    first = frozen(town, code="一", **SMALL)
    commitment = town.commit(first)
    with refuses("draw.population_open", number=first):
        frozen(town, code="二", **SMALL)
    void(town, first)
    second = town.freeze("二")
    with refuses("draw.previous_not_committed", year=2026, seq=2):
        frozen(town, code="三", **SMALL | {"items": ["FIRE/A01"]})
    void(town, second)
    third = town.freeze("一")
    assert [first, second, third] == [f"AMR〔2026〕{n}" for n in (1, 2, 3)]
    with transaction(town.database, EVERYTHING) as session:
        plan = json.loads(draws.last_attempt(session, draws.draw_by_number(session, third).id).plan)
    assert plan["predecessor"] == commitment  # the second was never committed to anything
    last = town.commit(third)
    town.open(third)
    assert town.execute(third) == "completed"
    town.dispatch("一")
    town.now = town.now.replace(year=2027)
    fourth = frozen(town, code="四", first_day="2027-01-01", last_day="2027-12-31", **SMALL)
    assert fourth == "AMR〔2027〕1"
    town.commit(fourth)
    town.open(fourth)
    town.execute(fourth)
    files = town.bundle(fourth)
    assert json.loads(files["register.json"])["predecessors"] == [last]
    assert not wrong(files)


def test_a_population_is_held_by_any_of_its_items_and_freed_when_the_draw_is_over(small_town):
    town = small_town
    first = frozen(town, code="一", items=["AMR/A01", "EM/A01"], **SMALL)
    town.commit(first)
    with refuses("draw.population_open", number=first):
        frozen(town, code="二", items=["EM/A01"], **SMALL)
    other = frozen(town, code="三", items=["FIRE/A01"], **SMALL)
    town.commit(other)
    town.open(first)
    with refuses("draw.population_open", number=first):
        town.freeze("二")
    town.execute(first)
    with refuses("draw.population_open", number=first):
        town.freeze("二")  # what doesn't please is not drawn again while it lies undispatched
    town.dispatch("一")
    assert town.freeze("二") == "AMR〔2026〕3"
    with transaction(town.database, EVERYTHING) as session:
        assert session.scalar(select(func.count()).select_from(OpenPopulation)) == 2


def test_a_void_number_stays_with_its_ground_and_reason_and_the_campaign_gets_a_new_one(town):
    number = frozen(town, **SMALL)
    with refuses("draw.void_ground"):
        void(town, number, "unwelcome")
    with refuses("reason.missing"):
        void(town, number, reason=" ")
    with refuses("actor.role"):
        at_draw(town, number, "amr.planner", lambda d, w: drawing.void_number(d, w, "wrong_list", "x"))
    with refuses("actor.other_department"):
        at_draw(town, number, "em.approver", lambda d, w: drawing.void_number(d, w, "wrong_list", "x"))
    void(town, number, "witness_missing", "公证人病了")
    with refuses("draw.not_now", state="void"):
        void(town, number)
    with refuses("draw.no_outcome"):
        town.bundle(number)
    with town.at("amr.planner") as desk:
        drawn = drawing.find_draw(desk, number)
        assert (drawn.state, drawn.void_ground, drawn.void_reason) == (
            "void",
            "witness_missing",
            "公证人病了",
        )
    again = town.freeze("2026-加油站")
    town.commit(again)
    town.open(again)
    assert town.execute(again) == "completed"
    with refuses("draw.not_now", state="completed"):
        void(town, again)
    assert not wrong(town.bundle(again))


def test_what_the_registries_hold_after_the_freeze_changes_nothing(town):
    number = frozen(town, **SMALL)
    with transaction(town.database, EVERYTHING) as session:
        session.execute(
            update(Target).values(risk_class="A", state="cancelled", name="改名", region="000000")
        )
        session.execute(update(Inspector).values(state="left", capacity=0, regions="", name="改名"))
        session.execute(delete(Bar))
    town.commit(number)
    town.open(number)
    assert town.execute(number) == "completed"
    files = town.bundle(number)
    assert "改名" not in files["targets.tsv"].decode() + files["inspectors.tsv"].decode()
    assert not wrong(files)


def test_targets_and_pairs_follow_from_the_seed_as_an_auditor_reckons_them(small_town):
    number = frozen(small_town)
    small_town.commit(number)
    seed = small_town.open(number)
    small_town.execute(number)
    files = small_town.bundle(number)
    keys, rows = keys_of(files, seed), table(files["targets.tsv"])
    tickets = [word(keys["targets"], i) for i in range(len(rows))]
    expected, start = [], 0
    for _, size, quota, *_ in lines(files["thresholds.csv"]):
        chosen = draw_stratum(tickets, start, int(size))[: int(quota)]
        expected += [rows[i][1] for i in chosen]
        start += int(size)
    assert [row[3] for row in lines(files["drawn.csv"])] == expected
    assert sorted(code for _, code in small_town.visits(number)) == sorted(expected)
    place = {row[1]: i for i, row in enumerate(rows)}
    who = {row[1]: j for j, row in enumerate(table(files["inspectors.tsv"]))}
    for target, _, inspector, _, cost in lines(files["pairs.csv"]):
        assert int(cost) == word(keys["match"], who[inspector], place[target]) >> 24


def test_risk_classes_get_opaque_codes_and_stand_nowhere_in_what_is_public(town):
    number = frozen(town)
    town.commit(number)
    town.open(number)
    town.execute(number)
    files = town.bundle(number)
    plan, committed = json.loads(files["plan.json"]), json.loads(files["commit.json"])
    codes = {row[0] for row in table(files["targets.tsv"])}
    assert len(codes) == 4
    assert all(len(code) == 9 and code[0] == "S" for code in codes)
    assert set(plan["quota"]["rates"]) == codes
    assert {stratum for stratum, _ in committed["tables"]["targets"]["ranges"]} == codes
    for name in ("thresholds.csv", "drawn.csv"):
        assert {row[0] for row in lines(files[name])} <= codes
    assert not any(
        f'"{risk}"' in files[name].decode() for risk in "ABCD" for name in ("plan.json", "commit.json")
    )
    with transaction(town.database, EVERYTHING) as session:
        assert {
            each.stratum for each in draws.drawn(session, draws.draw_by_number(session, number).id)
        } == codes
        by_code = {each.code: each.risk_class for each in session.scalars(select(Target))}
    assert len({(row[0], by_code[row[1]]) for row in table(files["targets.tsv"])}) == 4
    town.dispatch("2026-加油站")
    other = Secrets(b"q" * 32, b"p" * 32)
    town.secrets, before = other, codes
    again = frozen(town, code="再来")
    town.commit(again)
    town.open(again)
    town.execute(again)
    assert not before & {row[0] for row in table(town.bundle(again)["targets.tsv"])}


def test_a_witness_promises_once_and_opens_the_same_text_once(small_town):
    town, number = small_town, frozen(small_town, **SMALL)
    promise = drawing.promise_of(TEXT)
    for text, code in (("太短", "witness.too_short"), ("长" * 1001, "witness.too_long")):
        with refuses(code):
            drawing.promise_of(text)
    for digest in ("", "0" * 63, promise.upper(), "é" * 64):
        with refuses("witness.digest"):
            at_draw(town, number, "notary", lambda d, w, digest=digest: drawing.promise(d, w, digest))
    with refuses("witness.not_promised", witnesses=["公证人"]):
        at_draw(town, number, "amr.planner", drawing.commit_draw)
    with refuses("actor.role"):
        at_draw(town, number, "amr.planner", lambda d, w: drawing.promise(d, w, promise))
    town.commit(number)
    with refuses("draw.not_now"):
        at_draw(town, number, "notary", lambda d, w: drawing.promise(d, w, promise))
    with refuses("witness.too_short"):
        at_draw(town, number, "notary", lambda d, w: drawing.reveal_text(d, w, "短"))
    with refuses("witness.other_reveal"):
        at_draw(town, number, "notary", lambda d, w: drawing.reveal_text(d, w, TEXT + "。"))
    at_draw(town, number, "notary", lambda d, w: drawing.reveal_text(d, w, TEXT))
    with refuses("witness.already_revealed"):
        at_draw(town, number, "notary", lambda d, w: drawing.reveal_text(d, w, TEXT))


def test_the_longest_text_a_witness_may_promise_can_be_revealed(town):
    number, longest = frozen(town, **SMALL), "言" * 1000
    at_draw(town, number, "notary", lambda d, w: drawing.promise(d, w, drawing.promise_of(longest)))
    with refuses("witness.already_promised"):
        at_draw(town, number, "notary", lambda d, w: drawing.promise(d, w, drawing.promise_of(TEXT)))
    at_draw(town, number, "amr.planner", drawing.commit_draw)
    at_draw(town, number, "notary", lambda d, w: drawing.reveal_text(d, w, longest))
    assert at_draw(town, number, "amr.planner", close_finally) == []


def test_an_absent_witness_is_recorded_and_stands_as_the_empty_part(small_town):
    town, number = small_town, frozen(small_town, **SMALL)
    town.commit(number)
    assert at_draw(town, number, "amr.planner", close_finally) == ["公证人"]
    with refuses("draw.not_now"):
        at_draw(town, number, "notary", lambda d, w: drawing.reveal_text(d, w, TEXT))
    enter(town, number, "amr.planner")
    enter(town, number, "amr.approver")
    town.execute(number)
    files = town.bundle(number)
    assert json.loads(files["reveal.json"])["reveals"] == [None]
    assert "absent witnesses: 1" in next(c.detail for c in verify(pack(files)) if c.claim == "commitment")
    assert not wrong(files)


def test_reveals_are_closed_with_something_lacking_only_where_it_is_said_to_be_final(town):
    number = frozen(town, **SMALL)
    at_draw(town, number, "notary", lambda d, w: drawing.promise(d, w, drawing.promise_of(TEXT)))
    at_draw(town, number, "amr.planner", drawing.commit_draw)
    with refuses("draw.not_ready_to_close", lacking=["公证人", "publication"]):
        at_draw(town, number, "amr.planner", drawing.close_reveals)
    at_draw(town, number, "amr.planner", lambda d, w: drawing.publish(d, w, "网站", town.now))
    with refuses("draw.not_ready_to_close", lacking=["公证人"]):
        at_draw(town, number, "amr.planner", drawing.close_reveals)
    with refuses("actor.other_department"):  # who may not close them is not told what lacks
        at_draw(town, number, "em.planner", drawing.close_reveals)
    at_draw(town, number, "notary", lambda d, w: drawing.reveal_text(d, w, TEXT))
    assert at_draw(town, number, "amr.planner", drawing.close_reveals) == []


def test_a_publication_lies_between_the_commitment_and_the_closing_of_the_reveals(town):
    number = frozen(town, **SMALL)
    publish = lambda place, when: at_draw(  # noqa: E731
        town, number, "amr.planner", lambda d, w: drawing.publish(d, w, place, when)
    )
    with refuses("draw.not_now", state="frozen"):
        publish("网站", town.now)
    committed_at = town.now
    town.commit(number)
    for when in (committed_at - timedelta(seconds=1), town.now + timedelta(seconds=1)):
        with refuses("publication.time"):
            publish("网站", when)
    for place in (" ", "网\n站", "站" * 301):
        with refuses("publication.place"):
            publish(place, town.now)
    with refuses("publication.is_stamp"):
        publish("RFC 3161 自己的机构", town.now)
    publish("站" * 300, town.now)
    with refuses("actor.other_department"):
        at_draw(town, number, "em.planner", lambda d, w: drawing.publish(d, w, "网站", town.now))
    at_draw(town, number, "amr.planner", close_finally)
    with refuses("draw.not_now", state="revealed"):
        publish("网站", town.now)


@pytest.mark.parametrize("published", [False, True])
def test_a_draw_without_publication_is_self_drawn(small_town, published):
    town, number = small_town, frozen(small_town, **SMALL)
    at_draw(town, number, "notary", lambda d, w: drawing.promise(d, w, drawing.promise_of(TEXT)))
    at_draw(town, number, "amr.planner", drawing.commit_draw)
    if published:
        at_draw(town, number, "amr.planner", lambda d, w: drawing.publish(d, w, "网站", town.now))
    town.open(number)
    town.execute(number)
    files = town.bundle(number)
    assert json.loads(files["register.json"])["entry"]["self_drawn"] is not published
    assert ("self-drawn" in files["README.txt"].decode()) is not published
    assert not wrong(files)


def test_two_different_persons_enter_the_same_or_the_round_counts_for_nothing(town):
    number = revealed(town, **SMALL)
    with refuses("entropy.missing"):
        town.execute(number)
    assert enter(town, number, "amr.planner") == Entered(1)
    with refuses("entropy.entered_already"):
        enter(town, number, "amr.planner")
    assert enter(town, number, "notary", OTHER_DICE) == Differing(1)
    with refuses("entropy.missing"):
        town.execute(number)
    assert enter(town, number, "notary") == Entered(2)
    with refuses("entropy.entered_already"):
        enter(town, number, "notary")
    opened = enter(town, number, "fire.planner")
    assert isinstance(opened, Opened)
    with refuses("entropy.stands"):
        enter(town, number, "em.planner", OTHER_DICE)
    town.execute(number)
    assert json.loads(town.bundle(number)["reveal.json"])["seed"] == opened.seed


def test_two_accounts_of_one_person_are_one_person(small_town):
    town, number = small_town, revealed(small_town, **SMALL)
    with transaction(town.database, EVERYTHING) as session:
        person = session.scalars(select(User).where(User.login == "amr.planner")).one().person
        add_user(session, town.now, NewUser("second", person.staff_number, person.name, "EM"))
        grant(session, town.now, "second", "planner")
    enter(town, number, "amr.planner")
    with refuses("entropy.entered_already"):
        enter(town, number, "second")


def test_entropy_of_another_source_or_in_another_form_is_refused(small_town):
    number = revealed(small_town, **SMALL, entropy="lottery:ssq:2026030")
    for entropy, code in (
        (DICE, "entropy.other_source"),
        ("lottery:ssq:2026031:01-02-03-04-05-06-07", "entropy.other_source"),
        ("lottery:ssq:2026030:01-02-03-04-05-06-17", "entropy.form"),
        ("lottery:ssq:2026030:1-2-3-4-5-6-7", "entropy.form"),
        ("text:" + "x" * 1000, "entropy.form"),
        ("", "entropy.form"),
    ):
        with refuses(code):
            enter(small_town, number, "amr.planner", entropy)
    with refuses("actor.role"):
        enter(small_town, number, "amr.registrar", "lottery:ssq:2026030:01-02-03-04-05-06-07")
    enter(small_town, number, "amr.planner", "lottery:ssq:2026030:01-02-03-04-05-06-07")


def test_no_entropy_is_taken_before_the_reveals_are_closed(small_town):
    number = frozen(small_town, **SMALL)
    for step in (lambda: small_town.commit(number), lambda: None):
        with refuses("draw.not_now"):
            enter(small_town, number, "amr.planner")
        step()


def test_executed_twice_the_answer_is_the_same_and_nothing_is_added(town):
    number = revealed(town, **SMALL)
    enter(town, number, "amr.planner")
    enter(town, number, "notary")
    assert town.execute(number) == "completed"
    files = town.bundle(number)
    assert town.execute(number) == "completed"
    assert town.bundle(number) == files
    with refuses("actor.other_department"):
        at_draw(town, number, "em.planner", execution.execute)


def test_a_draw_too_late_or_of_nothing_is_not_begun(small_town):
    town = small_town
    with refuses("pool.nothing_to_draw"):
        frozen(town, code="零", rates={"A": "1/1000"}, at_least_one=False)
    late = town.campaign(code="晚", draw_by="2026-03-10", **SMALL)
    over = town.campaign(code="过", **SMALL | {"last_day": "2026-03-10"})
    town.pass_time(days=9)
    for code in (late, over):
        with refuses("draw.too_late", draw_by="2026-03-10"):
            town.freeze(code)


def test_only_its_departments_have_the_full_bundle(small_town):
    _, number = small_town.drawn(
        **SMALL, items=["AMR/A01", "EM/A01"], departments=[{"code": "AMR"}, {"code": "EM"}]
    )
    assert "auditor.json" in small_town.bundle(number, "em.planner")
    for login in ("notary", "em.reviewer", "em000"):
        with refuses("actor.role"):
            small_town.bundle(number, login)
    with refuses("draw.unknown"):
        small_town.bundle(number, "fire.planner")
    with refuses("draw.unknown"):
        small_town.bundle("AMR〔2026〕99", "fire.planner")


def short(town, **other):
    """A draw that falls short: nobody of the emergency managers bears a target more."""
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=1))
    number = frozen(town, **SMALL | other)
    town.commit(number)
    town.open(number)
    assert town.execute(number) == "short"
    return number


def test_after_a_shortage_the_drawn_targets_stand_and_a_second_attempt_pairs_them(town):
    number = short(town)
    first = town.bundle(number)
    told = json.loads(first["shortage.json"])["shortage"]
    assert [(each["department"], each["demand"], each["greatest"]) for each in told] == [("EM", 12, 6)]
    assert not wrong(first)
    assert town.visits(number) == []
    with refuses("draw.not_now", state="short"):
        town.execute(number)
    with refuses("draw.population_open", number=number):
        frozen(town, code="另", **SMALL)
    with refuses("secret.used"):
        at_draw(town, number, "amr.planner", lambda d, w: freezing.refreeze(d, w, town.secrets))
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=60))
        session.execute(update(Target).values(state="cancelled"))
    at_draw(town, number, "amr.planner", lambda d, w: freezing.refreeze(d, w, NEW))
    with refuses("witness.not_promised"):
        at_draw(town, number, "amr.planner", drawing.commit_draw)
    town.commit(number)
    with refuses("draw.not_now"):
        town.execute(number)
    seed = town.open(number, dice=OTHER_DICE)
    assert town.execute(number) == "completed"
    drawn = {row[3] for row in lines(first["drawn.csv"])}
    for department in ("AMR", "FIRE", "EM"):
        assert {code for _, code in town.visits(number, department)} == drawn
    with transaction(town.database, EVERYTHING) as session:
        key = draws.draw_by_number(session, number).id
        assert draws.opening_of(session, key, 2).seed == seed
        files = draws.files_of(session, key, 2)
        tables = draws.frozen_tables(session, key, 2)
        digest = json.loads(draws.commitment_of(session, key, 2).told)["tables"]["inspectors"]["digest"]
        assert draws.files_of(session, key, 1)["drawn.csv"] == files["drawn.csv"]
    rows = {row[1]: i for i, row in enumerate(table(tables["targets"]))}
    who = {row[1]: j for j, row in enumerate(table(tables["inspectors"]))}
    match = stage_key(bytes.fromhex(seed), "match", bytes.fromhex(digest))
    pairs = lines(files["pairs.csv"])
    assert len(pairs) == 36
    assert all(int(cost) == word(match, who[j], rows[t]) >> 24 for t, _, j, _, cost in pairs)
    told = town.bundle(number)
    assert not wrong(told)
    assert json.loads(told["register.json"])["entry"]["state"] == "completed"
    again = replay(pack(told))
    assert isinstance(again, Replayed)
    assert "attempt-2/pairs.csv" in again.files
    told["attempt-2/pairs.csv"] = told["attempt-2/pairs.csv"].replace(b",lead,", b",member,", 1)
    assert replay(pack(told)).file == "attempt-2/pairs.csv"
    del told["attempt-2/bars.tsv"]
    with refuses("replay.not_a_full_bundle"):
        replay(pack(told))


def test_teams_of_a_second_attempt_can_be_changed(small_town):
    town, number = small_town, short(small_town)
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=60))
    at_draw(town, number, "amr.planner", lambda d, w: freezing.refreeze(d, w, NEW))
    town.commit(number)
    town.open(number, dice=OTHER_DICE)
    town.execute(number)
    with town.at("amr.planner") as desk:
        visits.dispatch(desk, planning.find_campaign(desk, "2026-加油站"))
    _, target = town.visits(number)[0]
    at_draw(town, number, "amr.approver", lambda d, w: recusal.void_target(d, w, target, "disaster", "水淹"))
    assert len(town.visits(number)) == 7


def test_a_number_whose_seed_stands_is_not_voided_any_more(small_town):
    number = short(small_town)
    with refuses("draw.not_now", state="short"):
        void(small_town, number, "shortage", "补不上人")
    with small_town.at("amr.planner") as desk, refuses("campaign.not_now"):
        freezing.freeze_pool(desk, planning.find_campaign(desk, "2026-加油站"), NEW)


def test_evidence_that_was_changed_is_refused_at_the_next_step(small_town):
    town, number = small_town, revealed(small_town, **SMALL)
    with town.database.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'lottery_secret'"
        )
        for (name,) in found.fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("UPDATE lottery_secret SET secret = zeroblob(60)")
        connection.commit()
    enter(town, number, "amr.planner")
    with refuses("draw.evidence_changed"):
        enter(town, number, "notary")


def test_secrets_do_not_show_in_what_is_printed():
    secrets = Secrets(b"s" * 32, b"z" * 32)
    assert "ss" not in repr(secrets)
    assert dataclasses.asdict(secrets)["secret"] == b"s" * 32


def test_nothing_is_sent_out_before_the_draw_is_completed(small_town):
    number = revealed(small_town, **SMALL)
    with small_town.at("amr.planner") as desk, refuses("draw.not_completed", state="revealed"):
        visits.dispatch(desk, planning.find_campaign(desk, "2026-加油站"))
    assert small_town.visits(number) == []


def test_what_another_department_may_not_see_is_refused_like_what_there_is_not(small_town):
    number = frozen(small_town, **SMALL | ALONE)
    for there, not_there in ((number, "AMR〔2026〕2"), ("2026-加油站", "没有")):
        with small_town.at("em.planner") as desk:
            find = drawing.find_draw if "〔" in there else planning.find_campaign
            told = []
            for each in (there, not_there):
                try:
                    find(desk, each)
                except Exception as refused:
                    told.append(str(refused).replace(each, "*"))
        assert len(told) == 2
        assert told[0] == told[1]


def test_a_second_attempt_takes_a_round_that_nobody_knew_when_it_was_committed(small_town):
    first = "beacon:ab12:99:" + "0f" * 32
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=0))
    number = frozen(small_town, **SMALL | {"entropy": "beacon:ab12:99"})
    small_town.commit(number)
    small_town.open(number, dice=first)
    assert small_town.execute(number) == "short"
    with transaction(small_town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=60))
    at_draw(small_town, number, "amr.planner", lambda d, w: freezing.refreeze(d, w, NEW))
    small_town.commit(number)
    at_draw(small_town, number, "notary", lambda d, w: drawing.reveal_text(d, w, TEXT))
    at_draw(small_town, number, "amr.planner", lambda d, w: drawing.close_reveals(d, w, final=True))
    for known in (first, "beacon:ab12:98:" + "0a" * 32):
        with refuses("entropy.known_before"):
            at_draw(small_town, number, "notary", lambda d, w, text=known: drawing.enter_entropy(d, w, text))
    with refuses("entropy.other_source"):
        at_draw(small_town, number, "notary", lambda d, w: drawing.enter_entropy(d, w, "beacon:cd34:100:0b"))
    for login in ("notary", "amr.planner"):
        later = "beacon:ab12:100:" + "0c" * 32
        at_draw(small_town, number, login, lambda d, w, text=later: drawing.enter_entropy(d, w, text))
    assert small_town.execute(number) == "completed"
    told = small_town.bundle(number)
    assert not wrong(told)
    assert isinstance(replay(pack(told)), Replayed)
