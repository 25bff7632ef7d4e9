"""Custody of a draw's secrets: nobody computes the outcome before the entropy stands, and a lost custodian is survived."""

from __future__ import annotations

import json
import logging
import os
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from data.database import writing
from data.guards import drop_guards
from data.models import (
    Custodian,
    Inspector,
    KeyConfirmation,
    LedgerEntry,
    Lottery,
    LotterySecret,
    RoleGrant,
    User,
)
from data.queries import custody as kept_rows
from data.queries import draws
from matching.bundle import pack
from matching.draw.commitment import Secrets
from matching.draw.tables import COLUMNS
from matching.refused import Refused
from scheduler import confirming, custodians
from scheduler.accounts import NewUser, add_user, grant
from scheduler.clock import business_date
from scheduler.identity import hash_password
from scheduler.inspection import audit, custody, disclosure, drawing, evidence, freezing, record
from scheduler.inspection.drawing import Opened
from scheduler.inspection.unlocking import Unlocked
from scheduler.key_pairs import KeyPair, decrypt_from, open_pair
from scheduler.keys import KEY_FILE, Changed, Key
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, reading, transaction, with_retry
from tests.keepers import (
    KEEPERS,
    ONE,
    THREE,
    TWO,
    fingerprint_of,
    make_key,
    opens,
    passphrase_of,
    to_entropy,
    with_custodians,
)
from tests.town import DICE, Town, refuses

SECRETS = Secrets(b"canary: the secret of this draw.", b"canary: the salt secret of this.")
SMALL = {"strata_by": "none", "rates": {"all": "5/100"}}
CANARIES = (b"canary", b"canary".hex().encode(), b"canary".hex().upper().encode())


@pytest.fixture
def kept(town: Town) -> Town:
    """The town with its custodians, and secrets that are known when they are seen."""
    town.secrets = SECRETS
    return with_custodians(town)


@pytest.fixture
def small(small_town: Town) -> Town:
    """The same on SQLite alone."""
    small_town.secrets = SECRETS
    return with_custodians(small_town)


def frozen(town: Town, **other: object) -> str:
    return town.freeze(town.campaign(**SMALL | other))


def awaited(town: Town, **other: object) -> str:
    """A draw whose entropy stands, before any custodian has come."""
    number = frozen(town, **other)
    town.commit(number)
    to_entropy(town, number)
    return number


def void(town: Town, number: str, ground: str) -> None:
    town.do(
        "amr.approver",
        lambda desk: drawing.void_number(desk, drawing.find_draw(desk, number), ground, "理由"),
    )


def told(town: Town, number: str, *words: str, login: str = "amr.planner") -> list[Any]:
    """What somebody is told of a draw, by the words of its record."""
    with town.at(login) as desk:
        found = record.record_of(desk, drawing.find_draw(desk, number))
        return [getattr(found, word) for word in words]


def dump(town: Town) -> bytes:
    """Everything that a stolen database shows: its file and its journal, and every value of every row."""
    path = Path(str(town.database.url.database))
    files = [each for each in path.parent.glob(f"{path.name}*") if town.database.dialect.name == "sqlite"]
    found = [each.read_bytes() for each in files]
    with town.database.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    return b" ".join(found)


def shows_a_canary(content: bytes) -> bool:
    return any(canary in content for canary in CANARIES)


# At rest


@pytest.mark.parametrize("custodians_named", [False, True])
def test_a_stolen_database_shows_neither_secret_nor_passphrase(town, custodians_named):
    town.secrets = SECRETS
    if custodians_named:
        with_custodians(town)
    number = frozen(town)
    assert not shows_a_canary(dump(town))
    town.commit(number)
    assert not shows_a_canary(dump(town))
    if custodians_named:
        to_entropy(town, number)
        opens(town, number, ONE)
        assert not shows_a_canary(dump(town))
        opens(town, number, TWO)
    else:
        town.open(number)
    assert not shows_a_canary(dump(town))
    town.execute(number)
    assert not shows_a_canary(dump(town))


def test_a_secret_in_plain_would_be_found_in_the_dump(town):
    town.secrets = SECRETS
    number = frozen(town)
    with writing(town.database).begin() as connection:
        drop_guards(connection)
        plain = SECRETS.secret + b"x" * 28
        connection.execute(text("UPDATE lottery_secret SET secret = :plain"), {"plain": plain})
    assert shows_a_canary(dump(town)), number


def test_without_custodians_the_key_file_alone_opens_the_secrets_and_everybody_is_told(town):
    town.secrets = SECRETS
    number = frozen(town)
    with reading(town.database, EVERYTHING) as session:
        assert custody.secrets_of(session, _id(town, number), 1) == SECRETS
    keepers, steps = told(town, number, "keepers", "steps")
    assert (keepers, "unlock" in dict(steps)) == ([], False)


def test_in_custody_the_key_file_and_any_one_share_open_nothing(small):
    number = frozen(small)
    draw_id = _id(small, number)
    key = Key(bytes.fromhex(Path(os.environ[KEY_FILE]).read_text()))
    shares = dict(_share(small, draw_id, login) for login in KEEPERS)
    with reading(small.database, EVERYTHING) as session:
        assert custody.secrets_of(session, draw_id, 1) is None
        held = session.get_one(LotterySecret, (draw_id, 1))
        about = ("lottery_secret", draw_id, 1, "secret")
        for each in (key, *(Key(share) for share in shares.values())):
            with pytest.raises(Changed):
                each.decrypt(held.secret, *about)
        for place, share in shares.items():
            for other in {1, 2, 3} - {place}:
                with refuses("draw.evidence_changed"):
                    custody.joined(session, draw_id, 1, {place: share, other: share})
        pairs = [dict(pair) for pair in combinations(shares.items(), 2)]
        assert [custody.joined(session, draw_id, 1, pair) for pair in pairs] == [SECRETS] * 3


def _share(town: Town, draw_id: int, login: str) -> tuple[int, bytes]:
    """A share as its custodian could open it by himself."""
    with reading(town.database, EVERYTHING) as session:
        person = session.scalars(select(User).where(User.login == login)).one().person_id
        own = next(each for each in kept_rows.shares_of(session, draw_id, 1) if each.person_id == person)
        key = kept_rows.custody_key(session, own.key_id)
        private = open_pair(
            KeyPair(key.public_key, key.hardness, key.salt, key.private_key), passphrase_of(login)
        )
    return own.place, decrypt_from(
        custody.told_share(own), private, *custody.share_of(own.draw_id, own.attempt, own.place)
    )


def _id(town: Town, number: str) -> int:
    with town.at("amr.planner") as desk:
        return drawing.find_draw(desk, number).id


# Opening


@pytest.mark.parametrize("pair", list(combinations(KEEPERS, 2)), ids=" and ".join)
def test_any_two_custodians_open_and_the_outcome_is_that_of_a_draw_without_them(kept, pair):
    number = awaited(kept)
    first, second = pair
    assert opens(kept, number, first) == Unlocked(1)
    assert told(kept, number, "awaited") == [1]
    opened = opens(kept, number, second)
    assert isinstance(opened, Opened)
    assert kept.execute(number) == "completed"
    assert not audit.check_bundle(pack(kept.bundle(number))).wrong
    (keepers,) = told(kept, number, "keepers")
    assert [each.name for each in keepers if each.opened_at] == [f"保管人 {login}" for login in pair]
    with reading(kept.database, EVERYTHING) as session:
        shown = disclosure.draw(session, number, business_date(kept.now))
    assert shown.commitments[0].opened_secret == SECRETS.secret.hex()


def test_the_commitment_is_that_of_the_secrets_though_who_commits_has_none(kept):
    number = frozen(kept)
    digest = kept.commit(number)
    with kept.at("amr.planner") as desk:
        bound = evidence.bound_by(desk, drawing.find_draw(desk, number).id, _attempt(desk, number))
    assert bound.secrets is None
    assert replace(bound, secrets=SECRETS).commitment.commit.hex() == digest
    assert replace(bound, secrets=SECRETS).commitment.file() == bound.commitment.file()
    with refuses("custody.locked"):
        _ = bound.opened


def _attempt(desk: Desk, number: str) -> Lottery:
    return draws.last_attempt(desk.session, drawing.find_draw(desk, number).id)


@pytest.mark.parametrize("stage", ["frozen", "committed", "revealed", "one entry", "differing"])
def test_before_the_entropy_stands_nobody_opens(small, stage):
    number = frozen(small)
    if stage != "frozen":
        small.commit(number)
    if stage not in ("frozen", "committed"):
        _close(small, number)
    if stage in ("one entry", "differing"):
        _enter(small, number, "amr.planner", DICE)
    if stage == "differing":
        _enter(small, number, "notary", DICE[:-1] + "0")
    assert told(small, number, "acts", login=ONE) == [frozenset()]
    with refuses("custody.before_entropy"):
        opens(small, number, ONE)


def _close(town: Town, number: str) -> None:
    town.do(
        "amr.planner", lambda desk: drawing.close_reveals(desk, drawing.find_draw(desk, number), final=True)
    )


def _enter(town: Town, number: str, login: str, dice: str) -> object:
    return town.do(login, lambda desk: drawing.enter_entropy(desk, drawing.find_draw(desk, number), dice))


def test_while_custodians_are_awaited_nothing_is_entered_executed_or_committed_again(small):
    number = awaited(small)
    with refuses("entropy.stands"):
        _enter(small, number, "fire.planner", DICE)
    with refuses("custody.not_opened", needed=2):
        small.execute(number)
    acts, steps, awaited_now = told(small, number, "acts", "steps", "awaited")
    assert (acts, dict(steps)["unlock"], awaited_now) == (frozenset(), "now", 2)
    assert told(small, number, "acts", login="amr.approver") == [{"void"}]


def test_only_a_custodian_of_this_draw_opens_and_each_once(small):
    number = awaited(small)
    with small.at("amr.planner") as desk, refuses("actor.role"):
        custody.check_unlock(desk, drawing.find_draw(desk, number))
    opens(small, number, ONE)
    with refuses("custody.opened_already"):
        opens(small, number, ONE)
    opens(small, number, TWO)
    with refuses("custody.opened"):
        opens(small, number, THREE)


def test_a_custodian_of_another_department_sees_the_draw_and_not_what_was_drawn(small):
    number = awaited(small)
    assert told(small, number, "acts", "sees_rows", "classes", login=THREE) == [{"unlock"}, False, {}]


def test_a_wrong_passphrase_is_refused_told_and_counted_until_it_is_too_many(kept):
    number = awaited(kept)
    for _ in range(10):
        with refuses("custody.passphrase"):
            opens(kept, number, ONE, "a wrong canary phrase")
    with refuses("custody.too_many"):
        opens(kept, number, ONE)
    with reading(kept.database, EVERYTHING) as session:
        lines = session.scalars(
            select(LedgerEntry).where(LedgerEntry.chain == "security").order_by(LedgerEntry.seq)
        ).all()
        acts = [each.action for each in lines]
    assert acts.count("draw:unlock_refused") == 10
    assert acts[-1] == "custody:lockout"
    assert not shows_a_canary(dump(kept))
    opens(kept, number, TWO)  # another one is not kept out by that, and neither is his login
    kept.pass_time(minutes=16)
    assert isinstance(opens(kept, number, ONE), Opened)


def test_a_lost_custodian_is_survived_and_one_who_was_relieved_still_opens(small):
    number = awaited(small)
    with small.at("amr.administrator") as desk:
        named = {each.login: each for each in custodians.custodians(desk)}
        custodians.relieve_custodian(desk, named[ONE].id)
    with transaction(small.database, EVERYTHING) as session:
        session.scalars(select(User).where(User.login == TWO)).one().state = "disabled"
    opens(small, number, ONE)
    with refuses("actor.unknown"):
        opens(small, number, TWO)
    assert isinstance(opens(small, number, THREE), Opened)


def test_with_a_new_key_he_opens_what_came_before_by_the_passphrase_of_then(small):
    number = awaited(small)
    make_key(small, ONE, "eine ganz andere canary phrase")
    with refuses("custody.passphrase"):
        opens(small, number, ONE, "eine ganz andere canary phrase")
    assert opens(small, number, ONE) == Unlocked(1)


def test_two_who_open_at_once_make_one_seed(kept):
    number = awaited(kept)
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda login: with_retry(lambda: opens(kept, number, login)), (ONE, THREE)))
    assert sorted(type(each).__name__ for each in made) == ["Opened", "Unlocked"]
    assert kept.execute(number) == "completed"


# Changed evidence


@pytest.mark.parametrize(("table", "column"), [
    ("custody_share", "share"), ("custody_share", "ephemeral"), ("lottery_secret", "secret"),
    ("lottery_secret", "salt_secret"), ("unlocking", "share"), ("custody_key", "private_key"),
])  # fmt: skip
def test_a_share_or_a_ciphertext_that_was_changed_is_refused(small, table, column):
    number = awaited(small)
    opens(small, number, TWO)
    with writing(small.database).begin() as connection:
        drop_guards(connection)
        value = bytearray(connection.execute(text(f"SELECT {column} FROM {table} LIMIT 1")).scalar_one())
        value[15] ^= 1
        connection.execute(text(f"UPDATE {table} SET {column} = :value"), {"value": bytes(value)})
    with refuses("custody.passphrase" if table == "custody_key" else "draw.evidence_changed"):
        opens(small, number, ONE)
    assert told(small, number, "opening") == [None]


def _take_the_bar_away(connection: Connection) -> None:
    """Let the list of bars be as if there were none, in its right form."""
    drop_guards(connection)
    none = zlib.compress(("\t".join(COLUMNS["bars"]) + "\n").encode())
    connection.execute(text("UPDATE frozen_table SET content = :none WHERE name = 'bars'"), {"none": none})


def test_lists_that_were_changed_before_the_commitment_are_refused(small):
    number = frozen(small)
    with writing(small.database).begin() as connection:
        _take_the_bar_away(connection)
    with refuses("draw.evidence_changed"):
        small.commit(number)


def test_who_changes_lists_and_seals_before_the_commitment_gets_no_seed(small):
    number = frozen(small)
    with writing(small.database).begin() as connection:
        drop_guards(connection)
        forged = text('UPDATE lottery_secret SET sealing = replace(sealing, \'"salt": "\', \'"salt": "00\')')
        connection.execute(forged)
    small.commit(number)
    to_entropy(small, number)
    opens(small, number, ONE)
    with refuses("draw.evidence_changed"):
        opens(small, number, TWO)


def test_lists_changed_after_the_commitment_are_found_when_the_secret_is_opened(small):
    number = awaited(small)
    with writing(small.database).begin() as connection:
        _take_the_bar_away(connection)
    opens(small, number, ONE)
    with refuses("draw.evidence_changed"):
        opens(small, number, TWO)


# Who is given a share


def test_a_draw_is_not_frozen_past_custodians_who_have_no_key(small_town):
    with_custodians(small_town, keys=False)
    code = small_town.campaign(**SMALL)
    for login, ready in zip((*KEEPERS, ""), range(4), strict=True):
        if not login:
            small_town.freeze(code)
            break
        with refuses("custody.incomplete", ready=ready):
            small_town.freeze(code)
        make_key(small_town, login)


def test_a_disabled_custodian_is_none(small):
    code = small.campaign(**SMALL)
    with transaction(small.database, EVERYTHING) as session:
        session.scalars(select(User).where(User.login == TWO)).one().state = "disabled"
    with refuses("custody.incomplete", ready=2, missing=[f"保管人 {TWO}"]):
        small.freeze(code)


@pytest.mark.parametrize("how", ["revoked", "ended", "department closed"])
def test_who_has_the_role_no_more_is_given_no_share(small, how):
    code = small.campaign(**SMALL)
    with transaction(small.database, EVERYTHING) as session:
        user = session.scalars(select(User).where(User.login == THREE)).one()
        held = session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
        if how == "revoked":
            held.revoked_at = small.now
        elif how == "ended":
            held.valid_to = business_date(small.now)
        else:
            user.department.closed_on = business_date(small.now)
    small.pass_time(days=1)
    with refuses("custody.incomplete", ready=2, missing=[f"保管人 {THREE}"]):
        small.freeze(code)
    with small.at("amr.administrator") as desk:
        assert [each.lacks for each in custodians.custodians(desk)] == ["", "", "role"]


# The second person


def _own_key(town: Town, login: str) -> None:
    """A new key, as whoever is logged in makes it; nobody has confirmed it."""
    pair = custodians.new_pair(town.database, login, passphrase_of(login))
    town.do(login, lambda desk: custodians.keep_pair(desk, pair))


def _confirms(town: Town, second: str, login: str, written: str = "") -> None:
    told = written or fingerprint_of(town, login)
    town.do(second, lambda desk: confirming.confirm_key(desk, login, told))


def test_a_new_key_is_given_no_share_before_a_second_person_has_confirmed_it(kept):
    code = kept.campaign(**SMALL)
    _own_key(kept, TWO)
    with refuses("custody.incomplete", ready=2, missing=[f"保管人 {TWO}"]):
        kept.freeze(code)
    with kept.at(ONE) as desk:
        assert [each.login for each in confirming.keys_to_confirm(desk)] == [TWO]
    _confirms(kept, ONE, TWO)
    kept.freeze(code)
    with kept.at(TWO) as desk:
        assert custodians.own_custody(desk).confirmed_by == f"保管人 {ONE}"
    read_aloud = fingerprint_of(kept, TWO)
    with reading(kept.database, EVERYTHING) as session:
        confirmed = select(LedgerEntry).where(LedgerEntry.action == "custody:confirm")
        last = session.scalars(confirmed.order_by(LedgerEntry.seq.desc())).first()
        assert last
        assert json.loads(last.details)["fingerprint"] == read_aloud


def test_one_administrator_who_takes_three_accounts_over_gets_no_share(small_town):
    """He names people of his own department, sets their passwords and makes their keys, as each of them."""
    town, own = small_town, ("amr.one", "amr.two", "amr.three")
    with transaction(town.database, EVERYTHING) as session:
        for login in own:
            add_user(session, town.now, NewUser(login, login, login, "AMR"))
            grant(session, town.now, login, "custodian")
    for login in own:
        town.do("amr.administrator", lambda desk, login=login: custodians.name_custodian(desk, login))
        _own_key(town, login)
    for login in own:
        for second in (*own, "amr.approver", "amr.administrator"):
            with pytest.raises(Refused) as refused:
                _confirms(town, second, login)
            assert refused.value.code in ("user.oneself", "custody.same_department", "actor.role")
    with refuses("custody.incomplete", ready=0, missing=list(own)):
        town.freeze(town.campaign(**SMALL))


def test_the_database_itself_takes_no_share_to_an_unconfirmed_key_and_no_confirmer_of_the_department(kept):
    _own_key(kept, ONE)
    with transaction(kept.database, EVERYTHING) as session:
        user = session.scalars(select(User).where(User.login == ONE)).one()
        key = kept_rows.newest_keys(session, [user.person_id])[user.person_id]
        other = session.scalars(select(User).where(User.login == "amr.approver")).one()
        of = {"key_id": key.id, "person_id": user.person_id, "at": kept.now}
        confirmed = KeyConfirmation(**of, by_user_id=other.id, by_person_id=other.person_id)
        session.add(confirmed)
        with pytest.raises(DBAPIError, match="guard_key_confirmation_is_of_another_department"):
            session.flush()
        session.rollback()


@pytest.mark.parametrize(("written", "right"), [
    ("{0}", True), ("{0:nospace}", True), ("{0:wide}", True), ("{0:short}", False), ("{0:other}", False), ("", False),
])  # fmt: skip
def test_a_key_is_confirmed_by_its_whole_fingerprint_however_it_is_spaced(small, written, right):
    _own_key(small, TWO)
    told = fingerprint_of(small, TWO)
    assert re.fullmatch(r"(\d{4} ){5}\d{4}", told)
    forms = {"{0}": told, "{0:nospace}": told.replace(" ", ""), "{0:wide}": told.translate(_WIDE), "": " ",
             "{0:short}": told[:-1], "{0:other}": fingerprint_of(small, THREE)}  # fmt: skip
    if right:
        _confirms(small, ONE, TWO, forms[written])
        with refuses("custody.confirmed_already"):
            _confirms(small, THREE, TWO)
    else:
        with refuses("custody.fingerprint"):
            _confirms(small, ONE, TWO, forms[written])


_WIDE = str.maketrans("0123456789 ", "０１２３４５６７８９\u3000")


def test_who_names_a_custodian_or_administers_anything_confirms_no_key(small):
    _own_key(small, TWO)
    with transaction(small.database, EVERYTHING) as session:
        grant(session, small.now, "amr.administrator", "custodian")
        grant(session, small.now, "em.administrator", "approver")
    for second in ("amr.administrator", "em.administrator"):
        with refuses("custody.administrator"):
            _confirms(small, second, TWO)
        with small.at(second) as desk:
            assert not confirming.keys_to_confirm(desk)
    with transaction(small.database, EVERYTHING) as session:
        user = session.scalars(select(User).where(User.login == "amr.administrator")).one()
        own = select(RoleGrant).where(RoleGrant.user_id == user.id, RoleGrant.role == "administrator")
        session.scalars(own).one().revoked_at = small.now
    with refuses("custody.named_by_you"):
        _confirms(small, "amr.administrator", TWO)
    with refuses("custody.no_key"):
        _confirms(small, ONE, "notary", "1")


def test_a_confirmation_by_who_names_the_custodian_afterwards_is_none(small):
    with transaction(small.database, EVERYTHING) as session:
        grant(session, small.now, "fire.planner", "administrator")
    with small.at("fire.planner") as desk:  # of ONE's key the approver of FIRE was the second person
        user = session_user(desk, "fire.approver")
        desk.session.add(Custodian(department_id=desk.actor.department_id, user_id=session_user(desk, ONE).id,
                                   person_id=session_user(desk, ONE).person_id, named_by_person_id=user.person_id,
                                   named_at=small.now))  # fmt: skip
    with small.at("fire.planner") as desk:
        assert [each.lacks for each in custodians.custodians(desk)] == ["confirmation"]


def session_user(desk: Desk, login: str) -> User:
    return desk.session.scalars(select(User).where(User.login == login)).one()


# The end of custody


def _relieve_all(town: Town) -> None:
    with town.at("amr.administrator") as desk:
        for each in custodians.custodians(desk):
            custodians.relieve_custodian(desk, each.id)


def test_one_administrator_does_not_pass_custody_over_by_relieving_all(kept):
    code = kept.campaign(**SMALL)
    _relieve_all(kept)
    with refuses("custody.not_ended"):
        kept.freeze(code)
    with kept.at("amr.administrator") as desk:
        assert confirming.has_begun(desk, desk.actor.department_id)
        confirming.propose_end(desk, "机构调整")
    with refuses("custody.not_ended"):
        kept.freeze(code)
    with kept.at("fire.approver") as desk:
        assert [(each.code, each.reason) for each in confirming.ends_to_confirm(desk)] == [
            ("AMR", "机构调整")
        ]
        confirming.confirm_end(desk, "AMR")
    assert told(kept, kept.freeze(code), "keepers") == [[]]


def test_the_end_of_custody_relieves_who_is_in_office_and_custody_begins_anew(small):
    small.do("amr.administrator", lambda desk: confirming.propose_end(desk, "机构调整"))
    small.pass_time(hours=1)
    small.do(TWO, lambda desk: confirming.confirm_end(desk, "AMR"))
    with small.at("amr.administrator") as desk:
        assert custodians.custodians(desk) == []
        assert not confirming.has_begun(desk, desk.actor.department_id)
        for login in KEEPERS:
            custodians.name_custodian(desk, login)
        assert confirming.has_begun(desk, desk.actor.department_id)  # their keys stand confirmed


def test_who_may_end_custody(small):
    with small.at("fire.administrator") as desk, refuses("custody.not_begun"):
        confirming.propose_end(desk, "x")
    with small.at("amr.approver") as desk, refuses("actor.role"):
        confirming.propose_end(desk, "x")
    with small.at("amr.administrator") as desk, refuses("reason.missing"):
        confirming.propose_end(desk, " ")
    small.do("amr.administrator", lambda desk: confirming.propose_end(desk, "机构调整"))
    with small.at("amr.administrator") as desk, refuses("custody.end_proposed"):
        confirming.propose_end(desk, "again")
    for second, code in ((ONE, "custody.same_department"), ("amr.approver", "custody.same_department"),
                         ("fire.administrator", "actor.role"), ("fire.planner", "actor.role")):  # fmt: skip
        with small.at(second) as desk, refuses(code):
            confirming.confirm_end(desk, "AMR")
    with small.at("fire.approver") as desk, refuses("custody.no_end"):
        confirming.confirm_end(desk, "EM")
    small.pass_time(days=7)
    with small.at("fire.approver") as desk, refuses("custody.no_end"):
        confirming.confirm_end(desk, "AMR")


def test_before_custody_has_begun_relieving_is_enough(small_town):
    with_custodians(small_town, keys=False)
    _relieve_all(small_town)
    small_town.freeze(small_town.campaign(**SMALL))


@pytest.mark.parametrize("party", ["amr.planner", "amr.approver"])
def test_planner_and_approver_keep_no_share_of_their_own_draw(small, party):
    code = small.campaign(**SMALL)
    with transaction(small.database, EVERYTHING) as session:
        grant(session, small.now, party, "custodian")
    make_key(small, party, "the canary phrase of a party")
    with small.at("amr.administrator") as desk:
        custodians.relieve_custodian(desk, custodians.custodians(desk)[0].id)
        custodians.name_custodian(desk, party)
    with refuses("custody.party"):
        small.freeze(code)


def test_an_administrator_names_three_persons_of_any_department_and_not_himself(small_town):
    town = with_custodians(small_town)
    with town.at("amr.administrator") as desk:
        assert [each.login for each in custodians.custodians(desk)] == list(KEEPERS)
        assert all(each.ready for each in custodians.custodians(desk))
    for login, code in (("amr.administrator", "user.oneself"), (ONE, "custody.named_already"),
                        ("fire.planner", "custody.no_role"), ("nobody", "user.unknown")):  # fmt: skip
        with town.at("amr.administrator") as desk, refuses(code):
            custodians.name_custodian(desk, login)
    with transaction(town.database, EVERYTHING) as session:
        grant(session, town.now, "em.legal", "custodian")
    with town.at("amr.administrator") as desk, refuses("custody.enough"):
        custodians.name_custodian(desk, "em.legal")
    with town.at("amr.planner") as desk, refuses("actor.role"):
        custodians.name_custodian(desk, "em.legal")
    with town.at("fire.administrator") as desk, refuses("custody.unknown"):
        custodians.relieve_custodian(desk, 1)


def test_a_passphrase_that_opens_the_account_too_is_refused(small):
    with transaction(small.database, EVERYTHING) as session:
        user = session.scalars(select(User).where(User.login == ONE)).one()
        user.password_hash = hash_password("one phrase for everything")
    with refuses("custody.passphrase_is_password"):
        custodians.new_pair(small.database, ONE, "one phrase for everything")


# A further attempt, and the end of a number


def test_a_second_attempt_has_secrets_and_shares_of_its_own_and_the_bundle_replays(kept):
    number = _short(kept)
    fresh = Secrets(b"canary: the second one's secret.", b"canary: a salt secret of 2nd try")
    with refuses("secret.used"), kept.at("amr.planner") as desk:
        freezing.refreeze(desk, drawing.find_draw(desk, number), SECRETS)
    _mend(kept)
    kept.do("amr.planner", lambda desk: freezing.refreeze(desk, drawing.find_draw(desk, number), fresh))
    assert not shows_a_canary(dump(kept))
    kept.commit(number)
    to_entropy(kept, number, dice=DICE[:-1] + "5")
    with refuses("custody.passphrase"):
        opens(kept, number, TWO, passphrase_of(ONE))
    opens(kept, number, TWO)
    opens(kept, number, THREE)
    assert kept.execute(number) == "completed"
    files = kept.bundle(number)
    assert not audit.check_bundle(pack(files)).wrong
    assert "attempt-2/commit.json" in files


def _short(town: Town) -> str:
    """A draw in custody that came to a shortage of inspectors."""
    with transaction(town.database, EVERYTHING) as session:
        for each in session.scalars(select(Inspector)):
            each.capacity = 1
    number = awaited(town, rates={"all": "50/100"})
    opens(town, number, ONE)
    opens(town, number, THREE)
    assert town.execute(number) == "short"
    return number


def _mend(town: Town) -> None:
    with transaction(town.database, EVERYTHING) as session:
        for each in session.scalars(select(Inspector)):
            each.capacity = 60


def test_a_number_whose_custodians_are_lost_ends_for_that_reason_and_no_other(small):
    number = awaited(small)
    opens(small, number, ONE)
    with refuses("draw.entropy_stands"):
        void(small, number, "wrong_list")
    void(small, number, "secret_lost")
    (steps,) = told(small, number, "steps")
    assert dict(steps)["unlock"] == ""
    again = small.freeze("2026-加油站")
    assert again != number


def test_a_secret_that_the_service_holds_is_not_lost_with_custodians(small_town):
    number = frozen(small_town)
    with refuses("draw.secret_not_in_custody"):
        void(small_town, number, "secret_lost")


# What is told


def test_every_opening_stands_in_the_ledger_with_who_and_when_and_without_a_secret(kept, caplog):
    with caplog.at_level(logging.DEBUG):
        number = awaited(kept)
        opens(kept, number, ONE)
        kept.pass_time(minutes=5)
        opens(kept, number, THREE)
    with reading(kept.database, EVERYTHING) as session:
        lines = session.scalars(select(LedgerEntry).order_by(LedgerEntry.seq)).all()
        persons = {each.login: each.person_id for each in session.scalars(select(User))}
    unlocked = [each for each in lines if each.action == "draw:unlock"]
    assert [(each.person_id, each.role) for each in unlocked] == [
        (persons[ONE], "custodian"), (persons[THREE], "custodian"),
    ]  # fmt: skip
    assert unlocked[0].at < unlocked[1].at
    written = " ".join(f"{each.action} {each.subject} {each.details}" for each in lines)
    assert not shows_a_canary((written + caplog.text).encode())


def test_the_api_tells_who_holds_the_secret_and_who_has_opened(small):
    number = awaited(small)
    opens(small, number, ONE)
    with small.at("amr.planner") as desk:
        attempt = record.attempts_of(desk, drawing.find_draw(desk, number)).attempts[0]
    assert attempt.secret_holder == "custodians"
    assert [each.opened_at is not None for each in attempt.custodians] == [True, False, False]
