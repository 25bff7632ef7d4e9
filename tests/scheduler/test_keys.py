"""The installation's key stands in a file that its owner alone reads; nothing that was encrypted is lost without a word."""

from __future__ import annotations

import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from data.database import open_database
from data.queries import custody as kept_rows
from scheduler import key_pairs
from scheduler.installation import examine
from scheduler.key_pairs import decrypt_from, encrypt_to, make_pair, open_pair
from scheduler.keys import KEY_FILE, Changed, Key, fresh_key, installation_key, key_file, key_of
from scheduler.transaction import EVERYTHING, reading, transaction
from tests.town import START, refuses

PHRASE = "一句很长的保管口令 for the test"


@pytest.fixture
def beside(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database whose key file stands beside it, as no setting names one."""
    monkeypatch.delenv(KEY_FILE)
    return Path(shutil.copy(sqlite_template, tmp_path / "yaohao.db"))


def opened(path: Path):
    return open_database(f"sqlite:///{path}")


def first_use(database) -> Key:
    with transaction(database, EVERYTHING) as session:
        return key_of(session)


def test_the_key_file_is_made_when_it_is_first_needed_for_its_owner_alone(beside):
    database = opened(beside)
    path = Path(f"{beside}.key")
    assert not path.exists()
    key = first_use(database)
    assert (stat.S_IMODE(path.stat().st_mode), key) == (0o600, first_use(database))
    assert path.read_text() == key.content.hex() + "\n"
    assert [each.name for each in beside.parent.iterdir() if "key" in each.name] == [path.name]


def test_the_setting_names_another_file(beside, tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "elsewhere.key"))
    assert key_file(opened(beside)) == tmp_path / "elsewhere.key"


def test_a_database_on_a_server_has_no_file_beside_it(monkeypatch):
    monkeypatch.delenv(KEY_FILE)
    with refuses("key.not_named", setting=KEY_FILE):
        key_file(open_database("postgresql+psycopg://yaohao@/nowhere"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_may_read_is_refused(beside, mode):
    database = opened(beside)
    first_use(database)
    Path(f"{beside}.key").chmod(mode)
    with refuses("key.readable"):
        first_use(database)


def test_a_missing_key_file_is_told_and_no_new_one_made(beside):
    database = opened(beside)
    first_use(database)
    path = Path(f"{beside}.key")
    path.unlink()
    with refuses("key.missing", file=str(path)):
        first_use(database)
    assert not path.exists()


def test_the_key_file_of_another_installation_is_told(beside):
    database = opened(beside)
    first_use(database)
    Path(f"{beside}.key").write_text("ab" * 32 + "\n")
    with refuses("key.other"):
        first_use(database)


@pytest.mark.parametrize("content", ["", "ab" * 31, "zz" * 32, "ab" * 33])
def test_a_file_that_holds_no_key_is_told(beside, content):
    database = opened(beside)
    path = Path(f"{beside}.key")
    path.write_text(content)
    path.chmod(0o600)
    with refuses("key.file"):
        first_use(database)


def test_two_first_uses_at_once_both_have_the_key(database, tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "both.key"))
    seen = Barrier(2)
    looked = kept_rows.key_mark

    def together(session):
        mark = looked(session)
        if mark is None:  # neither sees the other's; SQLite lets one write at a time
            with suppress(BrokenBarrierError):
                seen.wait(2 if session.get_bind().dialect.name == "postgresql" else 0)
        return mark

    monkeypatch.setattr(kept_rows, "key_mark", together)
    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(lambda _: first_use(database), range(2)))) == 1


def test_the_folder_of_a_new_key_file_is_written_too(beside, monkeypatch):
    synced, sync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(os.fstat(handle).st_ino), sync(handle)))
    first_use(opened(beside))
    path = Path(f"{beside}.key")
    assert synced == [path.stat().st_ino, path.parent.stat().st_ino]


def test_of_many_who_make_the_file_at_once_all_have_the_same_key(beside):
    database = opened(beside)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: installation_key(database), range(40)))) == 1


def test_a_key_made_in_a_transaction_that_was_undone_is_taken_up_by_the_next(beside):
    database = opened(beside)
    with reading(database, EVERYTHING) as session:  # what it writes is forgotten
        made = key_of(session)
    assert first_use(database) == made


def test_the_doctor_tells_what_is_the_matter_with_the_key_file(beside):
    database = opened(beside)
    told = lambda: next(each for each in examine(f"sqlite:///{beside}", START) if each.name == "key")  # noqa: E731
    assert told().sound
    first_use(database)
    assert (told().sound, told().found) == (True, f"{beside}.key")
    Path(f"{beside}.key").chmod(0o644)
    assert (told().sound, told().found) == (False, "key.readable")
    Path(f"{beside}.key").unlink()
    assert (told().sound, told().found) == (False, "key.missing")


def test_what_is_encrypted_opens_in_its_own_place_alone():
    key = fresh_key()
    encrypted = key.encrypt(b"x" * 32, "lottery_secret", 1, 1, "secret")
    assert key.decrypt(encrypted, "lottery_secret", 1, 1, "secret") == b"x" * 32
    for about in (
        ("lottery_secret", 2, 1, "secret"),
        ("lottery_secret", 1, 1, "salt_secret"),
        ("other", 1, 1, "secret"),
    ):
        with pytest.raises(Changed):
            key.decrypt(encrypted, *about)
    for place in (0, 20, 59):
        changed = bytearray(encrypted)
        changed[place] ^= 1
        with pytest.raises(Changed):
            key.decrypt(bytes(changed), "lottery_secret", 1, 1, "secret")


def test_a_key_shows_itself_nowhere():
    key = Key(b"canary--" * 4)
    assert "canary" not in repr(key)
    assert b"canary".hex() not in key.mark


def test_a_private_key_opens_with_its_passphrase_however_it_is_typed():
    pair = make_pair("Café 一句很长很长的保管口令")
    assert open_pair(pair, "Cafe\u0301 一句很长很长的保管口令")
    with refuses("custody.passphrase"):
        open_pair(pair, "Cafe 一句很长很长的保管口令")
    with refuses("custody.passphrase"):
        open_pair(pair, "x" * 1_001)


def test_in_earnest_a_passphrase_costs_64_mebibytes_and_three_passes_to_try(hardness, monkeypatch):
    assert hardness == "m=65536,t=3,p=1"
    cheap = make_pair(PHRASE)
    monkeypatch.setattr(key_pairs, "HARDNESS", hardness)
    pair = make_pair(PHRASE)
    assert pair.hardness == hardness
    assert open_pair(pair, PHRASE)
    assert open_pair(cheap, PHRASE)  # at the hardness at which it was made
    with refuses("custody.passphrase"):
        open_pair(replace(pair, hardness=cheap.hardness), PHRASE)


@pytest.mark.parametrize("length", [0, 15])
def test_a_short_passphrase_is_refused(length):
    with refuses("custody.passphrase_short", least=16):
        make_pair("x" * length)


def test_what_is_told_to_one_opens_for_him_in_its_place_and_for_nobody_else():
    mine, other = make_pair(PHRASE), make_pair(PHRASE)
    told = encrypt_to(mine.public_key, b"s" * 32, "custody_share", 1)
    assert decrypt_from(told, open_pair(mine, PHRASE), "custody_share", 1) == b"s" * 32
    for who, about in ((other, 1), (mine, 2)):
        with pytest.raises(Changed):
            decrypt_from(told, open_pair(who, PHRASE), "custody_share", about)


def test_a_point_of_small_order_is_refused():
    mine = make_pair(PHRASE)
    told = encrypt_to(mine.public_key, b"s" * 32)
    with pytest.raises(Changed):
        decrypt_from(type(told)(b"\0" * 32, told.encrypted), open_pair(mine, PHRASE))
