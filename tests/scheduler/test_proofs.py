"""How a target comes to its own proof: by the notice of its inspection, or by a code when the draw may be told."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import func, select

from data.models import Base, LedgerEntry, ProofAttempt, ProofCode, ProofToken
from matching.proofs import check_target_proof
from matching.refused import Refused
from scheduler.inspection import drawing, notices, proof_codes, proofs, recusal, visits
from scheduler.transaction import EVERYTHING, transaction
from tests.town import Town, refuses

ALONE = {"departments": [{"code": "AMR"}], "items": ["AMR/A01"], "rates": {}, "total": 4}
HOME = "192.0.2.7"


def drawn_ids(town: Town, number: str) -> list[str]:
    return [target for _, target in town.visits(number)]


def undrawn_id(town: Town, number: str) -> str:
    drawn = drawn_ids(town, number)
    return next(f"T{i:04d}" for i in range(60) if f"T{i:04d}" not in drawn)


def draw_id(town: Town, number: str) -> int:
    return town.do("amr.planner", lambda desk: drawing.find_draw(desk, number).id)


def give(town: Town, number: str, target: str, login: str = "amr.registrar", days: int = 14):
    return proof_codes.give(town.database, login, town.now, draw_id(town, number), target, days)


def take(town: Town, number: str, target: str, code: str, address: str = HOME) -> str:
    return proof_codes.take(town.database, town.now, number, target, code, address)


def notice(town: Town, visit: int, login: str = "amr.planner") -> str:
    """The token of a notice that is printed."""
    return town.do(login, lambda desk: notices.print_notice(desk, visits.by_id(desk, visit)))


def by_token(town: Town, token: str) -> proofs.Proved:
    return proofs.by_token(town.database, town.now, token)


def test_a_drawn_target_sees_by_its_notice_why_it_was_drawn(town):
    _, number = town.drawn(**ALONE)
    commit = json.loads(town.bundle(number)["commit.json"])["commit"]
    for visit, target in town.visits(number):
        found = by_token(town, notice(town, visit))
        shown = check_target_proof(found.content)
        assert (found.target, shown.target, found.drawn, found.successor) == (target, target, True, 0)
        assert (shown.commit, found.commit, found.number) == (commit, commit, number)
        assert found.ticket <= found.threshold
        assert (found.rows, found.stratum_rows, found.quota) == (60, 15, 1)
        assert float(found.chance) == pytest.approx(1 / 15)
        assert len(found.content) <= 2_048


def test_a_successor_sees_of_whom_it_is_the_next_and_not_who_that_was(town):
    _, number = town.drawn(**ALONE)
    voided = drawn_ids(town, number)[0]
    came = town.do(
        "amr.approver",
        lambda d: recusal.void_target(d, drawing.find_draw(d, number), voided, "moved_away", "迁走"),
    )
    visit = next(visit for visit, target in town.visits(number) if target == came)
    found = by_token(town, notice(town, visit))
    assert (found.target, found.drawn, found.successor) == (came, False, 1)
    assert check_target_proof(found.content).successor == 1
    assert found.ticket > found.threshold
    assert voided.encode() not in found.content
    gone = next(visit for visit, target in town.visits(number) if target == voided)
    with refuses("visit.not_now", state="void"):
        notice(town, gone)


def test_a_proof_is_the_same_whoever_keeps_what_it_is_made_from(town, monkeypatch):
    _, number = town.drawn(**ALONE)
    token = notice(town, town.visits(number)[0][0])
    first = by_token(town, token)
    monkeypatch.setattr(proofs, "_KEPT", proofs._Kept())
    assert by_token(town, token) == first
    assert by_token(town, token) == first


def test_of_many_draws_the_one_asked_for_last_is_kept():
    class Sized:
        def __init__(self, size: int) -> None:
            self.size = size

    kept, made = proofs._Kept(), []

    def asked(name: str, share: float = 0.5) -> None:
        kept.of(name, lambda: made.append(name) or Sized(int(share * proofs.MOST_KEPT)))

    for name in "abacac":  # c takes the place of b, and nothing is made twice
        asked(name)
    assert made == ["a", "b", "c"]
    asked("d", share=2)
    asked("d")
    assert made == ["a", "b", "c", "d"]
    for name in "ba":
        asked(name)
    assert made[4:] == ["b", "a"]


def test_who_asks_while_what_a_proof_is_made_from_is_made_waits_for_it(small_town, monkeypatch):
    _, number = small_town.drawn(**ALONE)
    tokens = [notice(small_town, visit) for visit, _ in small_town.visits(number)]
    monkeypatch.setattr(proofs, "_KEPT", proofs._Kept())
    made, whole, all_ask = [], proofs.prover, Barrier(len(tokens))

    def slowly(*parts):
        made.append(parts)
        sleep(0.3)
        return whole(*parts)

    def ask(token: str) -> str:
        all_ask.wait()
        return by_token(small_town, token).target

    monkeypatch.setattr(proofs, "prover", slowly)
    with ThreadPoolExecutor(len(tokens)) as pool:
        targets = list(pool.map(ask, tokens))
    assert (targets, len(made)) == (drawn_ids(small_town, number), 1)


def test_what_could_not_be_made_is_tried_again_by_the_next(small_town, monkeypatch):
    _, number = small_town.drawn(**ALONE)
    token = notice(small_town, small_town.visits(number)[0][0])
    monkeypatch.setattr(proofs, "_KEPT", proofs._Kept())
    with monkeypatch.context() as broken:
        broken.setattr(proofs, "prover", None)
        with pytest.raises(TypeError):
            by_token(small_town, token)
    assert by_token(small_town, token).drawn


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("amr.approver", "actor.role"),
        ("amr.auditor", "actor.role"),
        ("fire.planner", "visit.unknown"),
        ("stranger", "notice.not_of_the_team"),
        ("lead", None),
        ("amr.reviewer", None),
    ],
)
def test_a_notice_is_printed_by_whoever_goes_there_plans_it_or_reviews_it(small_town, login, code):
    town = small_town
    _, number = town.drawn(**ALONE)
    visit = town.visits(number)[0][0]
    team = town.team(visit)
    login = {
        "lead": team[0],
        "stranger": next(f"amr{n:03d}" for n in range(6) if f"amr{n:03d}" not in team),
    }.get(login, login)
    may = (
        town.do(login, lambda d: notices.may_print(d, visits.by_id(d, visit)))
        if code != "visit.unknown"
        else False
    )
    assert may == (code is None)
    if code is None:
        assert by_token(town, notice(town, visit, login)).drawn
    else:
        with refuses(code):
            notice(town, visit, login)


def test_there_is_no_notice_before_the_visits_are_sent_out(small_town):
    town = small_town
    number = town.freeze(town.campaign(**ALONE))
    town.commit(number)
    town.open(number)
    town.execute(number)
    with refuses("visit.not_dispatched"):
        notice(town, town.visits(number)[0][0])


def test_the_lead_prints_no_notice_of_another_department_s_visit(small_town):
    town = small_town
    _, number = town.drawn(
        departments=[{"code": "AMR"}, {"code": "FIRE"}], items=["AMR/A01", "FIRE/A01"], rates={}, total=4
    )
    with refuses("actor.other_department"):
        notice(town, town.visits(number, "FIRE")[0][0], "amr.planner")


# Codes


def test_a_target_that_was_not_drawn_sees_so_by_its_code_when_the_campaign_is_closed(town):
    _, number = town.closed()
    target = undrawn_id(town, number)
    found = by_token(town, take(town, number, target, give(town, number, target).code))
    shown = check_target_proof(found.content)
    assert (shown.target, shown.drawn, found.drawn, found.successor) == (target, False, False, 0)
    assert found.ticket > found.threshold


def test_a_code_opens_nothing_to_anybody_before_the_campaign_is_closed(town):
    code, number = town.drawn(**ALONE)
    drawn, undrawn = drawn_ids(town, number)[0], undrawn_id(town, number)
    for each in (drawn, undrawn, "T9999"):  # nor does the refusal tell one from the other
        with refuses("draw.not_public", number=number):
            give(town, number, each)
    town.disclose_all(number, "AMR")
    with refuses("draw.not_public"):
        give(town, number, undrawn)
    town.close(code)
    assert give(town, number, undrawn).target == undrawn


def test_a_code_is_written_down_in_any_way_and_good_for_its_own_target_alone(town):
    _, number = town.closed()
    target, other = undrawn_id(town, number), drawn_ids(town, number)[0]
    given = give(town, number, target)
    for wrong in (
        (number, other, given.code),
        ("AMR〔2026〕2", target, given.code),
        (number, target, given.code[:-1] + ("0" if given.code[-1] != "0" else "1")),
        (number, target, ""),
        ("", "", ""),
    ):
        with refuses("proof.no_match"):
            take(town, *wrong)
    number = number.replace("〔", "[").replace("〕", "]")
    written = given.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert by_token(town, take(town, f" {number} ", f" {target.lower()} ", written)).target == target


def test_a_code_is_good_once(town):
    _, number = town.closed()
    target = undrawn_id(town, number)
    given = give(town, number, target)
    token = take(town, number, target, given.code)
    with refuses("proof.no_match"):
        take(town, number, target, given.code)
    assert by_token(town, token).target == target


def test_a_code_ends_and_so_does_what_it_is_exchanged_for(town):
    _, number = town.closed()
    target = undrawn_id(town, number)
    other = drawn_ids(town, number)[0]
    first, second = give(town, number, target, days=3), give(town, number, other, days=3)
    assert first.ends_at == town.now + timedelta(days=3)
    town.now = first.ends_at - timedelta(minutes=1)
    token = take(town, number, target, first.code)
    town.now = second.ends_at
    with refuses("proof.no_match"):
        take(town, number, other, second.code)
    town.now = first.ends_at + timedelta(minutes=58)
    assert by_token(town, token).target == target
    town.pass_time(minutes=1)
    with refuses("proof.unknown"):
        by_token(town, token)
    proof_codes.forget_ended(town.database, town.now)
    assert (rows(town, ProofCode), rows(town, ProofToken)) == (0, 0)


def rows(town: Town, model) -> int:
    with transaction(town.database, EVERYTHING) as session:
        return session.scalar(select(func.count()).select_from(model))


def test_the_token_of_a_notice_does_not_end(town):
    _, number = town.drawn(**ALONE)
    token = notice(town, town.visits(number)[0][0])
    town.pass_time(days=3_000)
    proof_codes.forget_ended(town.database, town.now)
    assert by_token(town, token).drawn


@pytest.mark.parametrize("token", ["", "x", "A" * 32, "证", "x" * 10_000])
def test_a_token_that_was_never_made_leads_to_nothing(small_town, token):
    with refuses("proof.unknown"):
        by_token(small_town, token)


def test_who_gives_codes_out(small_town):
    town = small_town
    _, number = town.closed()
    target = undrawn_id(town, number)
    for login in ("amr.planner", "amr.registrar"):
        assert give(town, number, target, login).code
        assert town.do(login, lambda d: proof_codes.may_give(d, drawing.find_draw(d, number)))
    for login, code in (
        ("amr.auditor", "actor.role"),
        ("notary", "actor.role"),
        ("fire.planner", "draw.unknown"),
    ):
        with refuses(code):
            give(town, number, target, login)


@pytest.mark.parametrize("target", ["T9999", "T000", "T0000\tx", "第0加油站", "", "390102"])
def test_what_does_not_stand_in_the_frozen_list_gets_no_code(small_town, target):
    _, number = small_town.closed()
    with refuses("proof.not_in_the_list"):
        give(small_town, number, target)


def test_of_the_codes_of_a_target_the_last_one_is_good(town):
    _, number = town.closed()
    target, other = undrawn_id(town, number), drawn_ids(town, number)[0]
    first, of_other = give(town, number, target), give(town, number, other)
    second = give(town, number, target)
    with refuses("proof.no_match"):
        take(town, number, target, first.code)
    assert by_token(town, take(town, number, target, second.code)).target == target
    assert by_token(town, take(town, number, other, of_other.code)).target == other
    third = give(town, number, target)  # what was used stays used
    assert take(town, number, target, third.code)


def test_of_two_codes_given_at_once_one_is_good(town):
    _, number = town.closed()
    target, barrier = undrawn_id(town, number), Barrier(2)

    def give_one(_: int) -> str:
        barrier.wait()
        return give(town, number, target).code

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(give_one, range(2)))
    good = []
    for code in codes:
        with suppress(Refused):
            good.append(take(town, number, target, code))
    assert len(good) == 1


def test_nobody_keeps_a_target_from_its_proof_by_wrong_codes_from_many_places(town, monkeypatch):
    monkeypatch.setattr(proof_codes, "MOST", 1)
    _, number = town.closed()
    target = undrawn_id(town, number)
    given = give(town, number, target)
    for host in range(150):
        with refuses("proof.no_match"):
            take(town, number, target, "wrong", f"198.51.100.{host}")
    assert take(town, number, target, given.code)


def test_attempts_are_counted_from_an_address(town, monkeypatch):
    monkeypatch.setattr(proof_codes, "MOST", 3)
    _, number = town.closed()
    target = undrawn_id(town, number)
    given = give(town, number, target)
    for _ in range(3):
        with refuses("proof.no_match"):
            take(town, number, target, "wrong")
    with refuses("proof.too_many", minutes=15):
        take(town, number, target, given.code)  # not even the right one is looked at
    with refuses("proof.no_match"):
        take(town, number, target, "wrong", "198.51.100.3")
    assert rows(town, ProofAttempt) == 4
    town.pass_time(minutes=15)
    assert take(town, number, target, given.code)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:0:7::1", "2001:db8:0:7:ffff::9", True),
        ("2001:db8:0:7::1", "2001:db8:0:8::1", False),
        ("::ffff:192.0.2.7", HOME, True),
        ("192.0.2.8", HOME, False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "unix:", True),
    ],
)
def test_one_customer_has_one_place_however_many_addresses(one, other, same):
    assert (proof_codes.counted_as(one) == proof_codes.counted_as(other)) == same


def test_attempts_from_one_network_of_ipv6_are_counted_together(small_town, monkeypatch):
    monkeypatch.setattr(proof_codes, "MOST", 2)
    for host in "12":
        with refuses("proof.no_match"):
            take(small_town, "n", "t", "wrong", f"2001:db8::{host}")
    with refuses("proof.too_many"):
        take(small_town, "n", "t", "wrong", "2001:db8::3")


def test_what_succeeds_does_not_count(town, monkeypatch):
    monkeypatch.setattr(proof_codes, "MOST", 2)
    _, number = town.closed()
    target = undrawn_id(town, number)
    for _ in range(4):
        assert take(town, number, target, give(town, number, target).code)


def test_neither_token_nor_code_nor_what_was_typed_stands_in_the_database_or_the_ledger(town, caplog):
    _, number = town.closed()
    target = undrawn_id(town, number)
    given = give(town, number, target)
    with refuses("proof.no_match"):
        take(town, number, "typed-by-somebody", given.code)
    tokens = [take(town, number, target, given.code)]
    _, other = town.drawn(code="2026-又", **ALONE)
    tokens.append(notice(town, town.visits(other)[0][0]))
    with transaction(town.database, EVERYTHING) as session:
        kept = "\n".join(
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
        )
        lines = [(each.action, each.details) for each in session.scalars(select(LedgerEntry))]
    assert target in kept, "the search has something to find"
    plain = given.code.replace("-", "")
    for secret in (given.code, plain, plain.lower(), *tokens, "typed-by-somebody"):
        assert secret not in kept
        assert secret not in caplog.text
    told = [json.loads(details) for action, details in lines if action == "draw:proof_code"]
    assert told == [{"target": target, "until": str(given.ends_at.date())}]
    assert [json.loads(details) for action, details in lines if action == "visit:notice"] == [{}]


def test_codes_are_long_and_none_is_like_another():
    made = {proof_codes._new_code() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(len(each.replace("-", "")) * 5 == 80 for each in made)
    assert set("".join(made)) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")
