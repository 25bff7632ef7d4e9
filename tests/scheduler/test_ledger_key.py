"""The key that signs the ledger lies in a file for its owner alone, is made once, and not taken where others can read it."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matching.refused import Refused
from scheduler.ledger_key import find_key, find_or_make_key, key_file
from tests.town import refuses


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path):
    file = tmp_path / "yaohao.db.ledger-key"
    assert find_key(file) is None
    made = find_or_make_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert find_or_make_key(file) == find_key(file) == made
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert made.origin("business") == f"{made.name}/business"
    assert made.verifier("business").vkey != made.verifier("security").vkey


def test_eight_who_make_it_at_once_have_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: find_or_make_key(tmp_path / "key").signer.seed, range(8)))
    assert len(set(made)) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644, 0o777])
def test_a_key_that_others_may_use_is_not_taken(tmp_path, mode):
    file = tmp_path / "key"
    find_or_make_key(file)
    file.chmod(mode)
    with refuses("ledger_key.open_to_others"):
        find_or_make_key(file)


def test_what_is_no_key_is_refused_and_not_told(tmp_path):
    file = tmp_path / "key"
    find_or_make_key(file)
    written = file.read_text()
    for content in ("", "x", written[:-3], written.replace("KEY", "KEZ"), "\udcff"):
        file.write_bytes(content.encode(errors="surrogateescape"))
        with pytest.raises(Refused) as refused:
            find_or_make_key(file)
        assert refused.value.code == "ledger_key.unreadable"
        assert written.split("+")[-1].strip() not in str(refused.value)


def test_a_key_has_the_name_that_the_installation_gives_it(tmp_path):
    assert find_or_make_key(tmp_path / "key", "amr.example/yaohao").name == "amr.example/yaohao"
    assert find_or_make_key(tmp_path / "key", "another").name == "amr.example/yaohao"
    for name in ("with space", "with+plus", "x" * 101, "line\nbreak"):
        with refuses("ledger_key.name"):
            find_or_make_key(tmp_path / "other", name)
    with refuses("ledger_key.not_written"):
        find_or_make_key(tmp_path / "no" / "such" / "folder")


def test_the_key_lies_beside_the_database_or_where_the_installation_says():
    assert key_file("sqlite:////var/lib/yaohao.db") == Path("/var/lib/yaohao.db.ledger-key")
    assert key_file("sqlite:///yaohao.db") == Path("yaohao.db.ledger-key")
    assert key_file("sqlite:///yaohao.db", "/etc/yaohao/key") == Path("/etc/yaohao/key")
    assert key_file("postgresql+psycopg://u:p@h/d") is None
    assert key_file("sqlite:///:memory:") is None
