"""The zip of a bundle: equal files give equal bytes, and damage is refused, never a crash."""

import warnings
import zipfile
from io import BytesIO

import pytest

from matching import bundle
from matching.bundle import pack, unpack
from matching.refused import Refused

FILES = {"README.txt": "抽取证据包\n".encode() * 50, "plan.json": b"{}"}


def test_equal_files_are_packed_alike_and_come_back():
    assert pack(FILES) == pack(dict(FILES))
    assert unpack(pack(FILES)) == FILES


def test_a_damaged_zip_is_refused_wherever_the_damage_is():
    packed, refused = pack(FILES), 0
    for place in range(len(packed)):
        damaged = packed[:place] + bytes([packed[place] ^ 0x55]) + packed[place + 1 :]
        try:
            unpack(damaged)
        except Refused as told:
            refused += told.code in ("bundle.not_a_zip", "bundle.member")
    assert refused > len(packed) // 2


def test_a_bundle_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(bundle, "LARGEST", 100)
    with pytest.raises(Refused, match=r"bundle\.too_large"):
        unpack(pack(FILES))


@pytest.mark.parametrize(
    "name", ["notes.txt", "attempt-1/pairs.csv", "attempt-100/pairs.csv", "attempt-2/attempt-2/pairs.csv"]
)
def test_a_file_that_nobody_knows_is_refused(name):
    with pytest.raises(Refused, match=r"bundle\.member"):
        unpack(pack({**FILES, name: b""}))


def test_a_full_bundle_cannot_pass_for_a_public_one_whose_pairs_nobody_looks_at():
    with pytest.raises(Refused, match=r"bundle\.member"):
        unpack(pack({**FILES, "proofs.json": b"{}", "pairs.csv": b""}))


def test_a_file_that_stands_twice_is_refused():
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings(action="ignore"):
        for content in (b"1", b"2"):
            archive.writestr("plan.json", content)
    with pytest.raises(Refused, match=r"bundle\.member"):
        unpack(packed.getvalue())
