"""The ledger: any change, removal or insertion is found and the first wrong line named; two appends never fork it."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from data import database as databases
from data import ledger
from data.database import is_busy, open_database, writing
from data.guards import drop_guards
from data.ledger import BUSINESS, FIRST, SECURITY, Act, Broken, Kept, Whole, check, fault_of, verify
from data.models import LedgerEntry
from data.scope import set_scope
from scheduler.transaction import EVERYTHING, reading, transaction

BEGIN = datetime.fromisoformat("2026-09-01T08:00:00.000001+08:00")
LINES = 1_000
TEXTS = ("chain", "role", "action", "subject", "details", "prev_hash", "hash")
NUMBERS = ("seq", "person_id", "department_id")


def act(n: int) -> Act:
    """The n-th thing that somebody did; now and then in nobody's name."""
    person = None if n % 7 == 0 else n % 5 + 1
    return Act(
        person, "planner", person and 1, "campaign:submit", f"campaign:{n}", {"名称": f"抽查{n}", "n": n}
    )


def lines(number: int = LINES) -> list[Any]:
    """A whole chain in memory, as rows would be read."""
    made, head = [], FIRST
    for seq in range(1, number + 1):
        done = act(seq)
        entry = SimpleNamespace(
            chain=BUSINESS, seq=seq, at=BEGIN + timedelta(seconds=seq), person_id=done.person_id, role=done.role,
            department_id=done.department_id, action=done.action, subject=done.subject,
            details=ledger.canonical_json(done.details).decode(), prev_hash=head,
        )  # fmt: skip
        entry.canonical = ledger.canonical(entry)  # type: ignore[arg-type]
        entry.hash = head = ledger.link(head, entry.canonical)
        made.append(entry)
    return made


def flips(entry: Any) -> Iterator[tuple[str, Any]]:
    """Every byte of a line flipped, one at a time: of the canonical bytes and of every column."""
    for place in range(len(entry.canonical)):
        content = bytearray(entry.canonical)
        content[place] ^= 1
        yield "canonical", bytes(content)
    for name in TEXTS:
        written = getattr(entry, name).encode()
        for place in range(len(written)):
            changed = bytearray(written)
            changed[place] ^= 1
            yield name, changed.decode()
    for name in NUMBERS:
        number = getattr(entry, name)
        yield from ((name, number ^ 1 << 8 * place) for place in range(4) if number is not None)
        yield name, 0 if number is None else None
    for place in range(6):
        yield "at", entry.at + timedelta(microseconds=1 << 8 * place)


def test_every_byte_of_every_line_counts_and_the_wrong_line_is_named():
    chain, head, flipped = lines(), FIRST, 0
    for entry in chain:
        assert fault_of(entry, BUSINESS, entry.seq, head) == ""
        seq = entry.seq
        for name, value in flips(entry):
            true = getattr(entry, name)
            setattr(entry, name, value)
            assert fault_of(entry, BUSINESS, seq, head), (seq, name, value)
            setattr(entry, name, true)
            flipped += 1
        head = entry.hash
    assert flipped > 400_000


def test_a_check_that_forgets_a_column_is_caught_by_the_flips(monkeypatch):
    monkeypatch.setattr(ledger, "FIELDS", tuple(name for name in ledger.FIELDS if name != "role"))
    first = lines(1)[0]
    missed = set()
    for name, value in flips(first):
        changed = copy.copy(first)
        setattr(changed, name, value)
        if not fault_of(changed, BUSINESS, 1, FIRST):
            missed.add(name)
    assert missed == {"role"}


@pytest.mark.parametrize("seq", [1, 2, 500, 999, 1000])
def test_a_changed_line_is_the_first_that_the_whole_check_names(seq):
    chain = lines()
    chain[seq - 1].details += " "
    assert check(chain, BUSINESS) == Broken(BUSINESS, seq, "columns_changed")


def _deleted(chain: list[Any]) -> None:
    del chain[499]


def _inserted(chain: list[Any]) -> None:
    chain.insert(499, copy.copy(chain[10]))


def _swapped(chain: list[Any]) -> None:
    chain[499], chain[500] = chain[500], chain[499]


def _swapped_with_their_numbers(chain: list[Any]) -> None:
    _swapped(chain)
    chain[499].seq, chain[500].seq = 500, 501


def _duplicated(chain: list[Any]) -> None:
    chain.insert(499, copy.copy(chain[498]))


def _timed_anew(chain: list[Any]) -> None:
    chain[499].at -= timedelta(days=1)


def _timed_anew_and_hashed(chain: list[Any]) -> None:
    _timed_anew(chain)
    chain[499].canonical = ledger.canonical(chain[499])
    chain[499].hash = ledger.link(chain[499].prev_hash, chain[499].canonical)


@pytest.mark.parametrize(("meddle", "seq"), [
    (_deleted, 500), (_inserted, 500), (_swapped, 500), (_swapped_with_their_numbers, 500), (_duplicated, 500),
    (_timed_anew, 500), (_timed_anew_and_hashed, 501),
])  # fmt: skip
def test_a_chain_with_other_lines_is_broken_where_they_begin(meddle: Callable[[list[Any]], None], seq: int):
    chain = lines()
    meddle(chain)
    found = check(chain, BUSINESS)
    assert isinstance(found, Broken)
    assert found.seq == seq


def test_a_cut_tail_is_found_by_a_head_kept_elsewhere_and_by_nothing_else():
    chain = lines(20)
    kept = Kept(20, chain[-1].hash)
    assert check(chain, BUSINESS, kept) == Whole(BUSINESS, 20, kept.hash)
    assert check(chain[:15], BUSINESS) == Whole(BUSINESS, 15, chain[14].hash)
    assert check(chain[:15], BUSINESS, kept) == Broken(BUSINESS, 16, "cut_off")
    assert check([], BUSINESS, kept) == Broken(BUSINESS, 1, "cut_off")


def test_a_chain_written_anew_is_found_by_a_head_kept_elsewhere_and_by_nothing_else():
    chain = lines(20)
    kept = Kept(10, chain[9].hash)
    head = FIRST
    for entry in chain:
        entry.role, entry.prev_hash = "approver", head
        entry.canonical = ledger.canonical(entry)
        entry.hash = head = ledger.link(head, entry.canonical)
    assert isinstance(check(chain, BUSINESS), Whole)
    assert check(chain, BUSINESS, kept) == Broken(BUSINESS, 10, "other_than_kept")


def _written(database: Engine, number: int = 60) -> str:
    """A chain in the database, by the product's own append; its head."""
    with transaction(database, EVERYTHING) as session:
        for n in range(1, number + 1):
            ledger.append(session, act(n), BEGIN + timedelta(seconds=n))
            ledger.append(session, act(n), BEGIN + timedelta(seconds=n), SECURITY)
        return ledger.append(session, act(0), BEGIN, BUSINESS).hash


def _verified(database: Engine, kept: Kept | None = None) -> Whole | Broken:
    return verify(partial(reading, database, EVERYTHING), BUSINESS, kept)


CHANGES = {
    "chain": "'other'",
    "at": "'2026-08-31 00:00:00+00:00'",
    "person_id": "coalesce(person_id, 0) + 1",
    "role": "role || ' '",
    "department_id": "coalesce(department_id, 0) + 1",
    "action": "'x'",
    "subject": "subject || '0'",
    "details": "replace(details, '抽', '查')",
    "canonical": "'{}'",
    "prev_hash": "'" + "7" * 64 + "'",
    "hash": "'" + "7" * 64 + "'",
}


@pytest.mark.parametrize("column", CHANGES)
def test_what_was_changed_past_the_guards_is_found_in_the_database(database, column):
    head = _written(database)
    assert _verified(database) == Whole(BUSINESS, 61, head)
    with writing(database).begin() as connection:
        drop_guards(connection)
        if database.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE ledger DROP CONSTRAINT ck_ledger_chain"))
    for seq in (1, 2, 30, 59, 60):
        with writing(database).connect() as connection, Session(connection) as session:
            set_scope(session, EVERYTHING)
            if database.dialect.name == "sqlite":
                session.execute(text("PRAGMA ignore_check_constraints = ON"))
            where = f"chain = 'business' AND seq = {seq}"
            session.execute(text(f"UPDATE ledger SET {column} = {CHANGES[column]} WHERE {where}"))
            found = verify(partial(nullcontext, session))
            assert isinstance(found, Broken)
            assert found.seq == seq
    assert _verified(database) == Whole(BUSINESS, 61, head)


def test_bytes_that_are_no_text_or_no_time_any_more_are_found_where_they_are(database):
    if database.dialect.name != "sqlite":
        return  # PostgreSQL keeps no such bytes
    _written(database)
    for column, value in (
        ("details", "CAST(x'7bff7d' AS TEXT)"),
        ("subject", "CAST(x'c3' AS TEXT)"),
        ("at", "'soon'"),
        ("hash", "x'00'"),
    ):
        with writing(database).connect() as connection, Session(connection) as session:
            set_scope(session, EVERYTHING)
            drop_guards(connection)
            session.execute(text("PRAGMA ignore_check_constraints = ON"))
            session.execute(
                text(f"UPDATE ledger SET {column} = {value} WHERE chain = 'business' AND seq = 31")
            )
            found = verify(partial(nullcontext, session))
        assert isinstance(found, Broken)
        assert found.seq == 31, (column, found)


@pytest.mark.parametrize(("statement", "seq"), [
    ("DELETE FROM ledger WHERE chain = 'business' AND seq = 30", 30),
    ("UPDATE ledger SET seq = 99 WHERE chain = 'business' AND seq = 30", 30),
    ("UPDATE ledger SET chain = 'business', seq = 62 WHERE chain = 'security' AND seq = 30", 62),
])  # fmt: skip
def test_lines_moved_or_taken_past_the_guards_are_found_in_the_database(database, statement, seq):
    _written(database)
    with writing(database).begin() as connection:
        drop_guards(connection)
        connection.execute(text(statement))
    found = _verified(database)
    assert isinstance(found, Broken)
    assert found.seq == seq


def test_a_tail_cut_in_the_database_is_found_with_the_kept_head_alone(database):
    kept = Kept(61, _written(database))
    with writing(database).begin() as connection:
        drop_guards(connection)
        connection.execute(text("DELETE FROM ledger WHERE chain = 'business' AND seq > 50"))
    assert isinstance(_verified(database), Whole)
    assert _verified(database, kept) == Broken(BUSINESS, 51, "cut_off")


def _impatient(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The same database for somebody who waits for nobody."""
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0)
    monkeypatch.setattr(databases, "LOCK_SECONDS", 1)
    return open_database(database.url.render_as_string(hide_password=False))


def test_nobody_is_kept_from_writing_while_a_long_chain_is_checked(database, monkeypatch):
    monkeypatch.setattr(ledger, "_PAGE", 10)
    _written(database)
    others, written = _impatient(database, monkeypatch), 0

    def writing_meanwhile(entry: Any, chain: str, seq: int, head: str) -> str:
        nonlocal written
        if seq in (1, 15, 20, 21, 61):
            with transaction(others, EVERYTHING) as session:
                ledger.append(session, act(seq), BEGIN)
            written += 1
        return fault_of(entry, chain, seq, head)

    monkeypatch.setattr(ledger, "fault_of", writing_meanwhile)
    found = verify(partial(reading, database, EVERYTHING))
    assert isinstance(found, Whole)
    assert (found.lines, written) == (61 + 5, 5)


def test_a_database_that_is_busy_is_not_told_as_a_broken_chain(database, monkeypatch):
    _written(database, 3)
    others = _impatient(database, monkeypatch)
    sqlite = database.dialect.name == "sqlite"
    with database.connect() as connection:
        if sqlite:
            connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN EXCLUSIVE" if sqlite else "LOCK TABLE ledger")
        with pytest.raises(OperationalError) as met:
            _verified(others)
        assert is_busy(met.value)
        connection.exec_driver_sql("COMMIT")
    assert isinstance(_verified(others), Whole)


def _appending(database: Engine, threads: int, each: int) -> list[BaseException]:
    """So many threads append so many lines each, a transaction for each line; the errors they met."""

    def work(thread: int) -> list[BaseException]:
        errors: list[BaseException] = []
        for n in range(each):
            try:
                with transaction(database, EVERYTHING) as session:
                    ledger.append(session, act(thread * each + n), BEGIN)
            except IntegrityError as error:
                errors.append(error)
        return errors

    with ThreadPoolExecutor(threads) as pool:
        return [error for met in pool.map(work, range(threads)) for error in met]


def test_many_appends_at_once_make_one_chain(database):
    assert _appending(database, 10, 20) == []
    found = _verified(database)
    assert isinstance(found, Whole)
    assert found.lines == 200


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_append_without_the_lock_is_refused_and_forks_nothing(database, monkeypatch):
    monkeypatch.setattr(ledger, "lock", lambda *_: None)
    refused = _appending(database, 8, 20)
    assert refused, "nobody met anybody: this shows nothing"
    found = _verified(database)
    assert isinstance(found, Whole)
    assert found.lines == 160 - len(refused)


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_lock_and_unique_keys_the_chain_forks(database, monkeypatch):
    monkeypatch.setattr(ledger, "lock", lambda *_: None)
    with writing(database).begin() as connection:
        drop_guards(connection)
        for name in ("pk_ledger", "uq_ledger_chain_prev_hash", "uq_ledger_hash"):
            connection.execute(text(f"ALTER TABLE ledger DROP CONSTRAINT {name}"))
    assert _appending(database, 8, 20) == []
    assert isinstance(_verified(database), Broken)


def test_a_line_made_from_what_was_read_before_another_wrote_is_refused(database):
    with transaction(database, EVERYTHING) as session:
        first = ledger.append(session, act(1), BEGIN)
        stale = LedgerEntry(**{name: getattr(first, name) for name in ledger.FIELDS}, prev_hash=FIRST)
        stale.seq, stale.details = 2, "{}"
        stale.canonical = ledger.canonical(stale)
        stale.hash = ledger.link(FIRST, stale.canonical)
    with writing(database).begin() as connection:
        drop_guards(connection)
    with pytest.raises(IntegrityError), transaction(database, EVERYTHING) as session:
        session.add(stale)


def test_the_hash_is_that_of_its_specification():
    first = lines(1)[0]
    assert first.hash == hashlib.sha256(b"\0" * 33 + first.canonical).hexdigest()
    assert (
        first.canonical
        == (
            '{"action":"campaign:submit","at":1788220801000001,"chain":"business","department_id":1,'
            '"details":"{\\"n\\":1,\\"名称\\":\\"抽查1\\"}","person_id":2,"role":"planner","seq":1,"subject":"campaign:1"}'
        ).encode()
    )
