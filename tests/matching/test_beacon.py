"""A beacon's round: rounds that drand published verify, and whatever is not the beacon's own does not."""

import subprocess
import sys
from dataclasses import replace

import pytest

from data.trusted import known_chains
from matching import beacon
from matching.beacon import (
    Signature,
    check_randomness,
    check_signature,
    library,
    read_chain,
    read_signature,
    round_of,
)
from matching.refused import Refused
from tests.authorities import Beacon

QUICKNET, DEFAULT = (read_chain(each) for each in known_chains())
# as the beacons answered: https://api.drand.sh/52db9ba7…/public/1000, and round 1 in the source of beacons.csv
ROUND_1000 = {
    "round": 1000,
    "randomness": "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
    "signature": "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125"
    "e342b73a8dd2bacbe47e4b6b63ed5e39",
}
ROUND_1 = {
    "round": 1,
    "randomness": "101297f1ca7dc44ef6088d94ad5fb7ba03455dc33d53ddb412bbc4564ed986ec",
    "signature": "8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20ff7bc3e09d7c046566c9f7f3c6f3b101"
    "04990e7cb424998203d8f7de586fb7fa5f60045417a432684f85093b06ca91c769f0e7ca19268375e659c2a2352b4655",
    "previous_signature": "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
}
OURS = Beacon()


def code_of(act, *given):
    with pytest.raises(Refused) as caught:
        act(*given)
    return caught.value.code


def test_the_hash_of_a_chain_binds_its_key_period_genesis_and_name():
    assert [QUICKNET.digest[:8], DEFAULT.digest[:8]] == ["52db9ba7", "8990e7a9"]
    for told in known_chains():
        for name, other in (
            ("public_key", DEFAULT.public_key.hex()[:-2] + "00"),
            ("period", 31),
            ("genesis_time", 1),
            ("groupHash", "00" * 32),
            ("metadata", {"beaconID": "another"}),
            ("hash", "0" * 64),
        ):
            assert code_of(read_chain, told | {name: other}) == "beacon.chain"


@pytest.mark.parametrize("told", [None, [], {}, {"hash": 1}, "chain", {"public_key": "zz"}])
def test_what_is_no_chain_is_refused(told):
    assert code_of(read_chain, told) == "beacon.chain"


def test_a_round_is_announced_a_whole_number_of_periods_after_the_genesis():
    assert (QUICKNET.announced(1), QUICKNET.announced(1000)) == (1692803367, 1692806364)
    assert DEFAULT.announced(2) == 1595431080


@pytest.mark.parametrize(("chain", "answer"), [(QUICKNET, ROUND_1000), (DEFAULT, ROUND_1)])
def test_a_round_that_drand_published_verifies_and_its_randomness_follows(chain, answer):
    given = read_signature(answer)
    named = round_of(f"beacon:{chain.digest}:{answer['round']}:{answer['randomness']}")
    check_randomness(named, given)
    check_signature(chain, named.number, given)
    assert code_of(check_signature, chain, named.number + 1, given) == "beacon.signature"


@pytest.mark.parametrize("scheme", sorted(beacon.SCHEMES))
def test_a_beacon_of_every_scheme_verifies_under_its_own_key_alone(scheme):
    ours, other = Beacon(scheme), Beacon(scheme, secret=77)
    given = ours.signature(5, b"before")
    check_signature(ours.chain, 5, given)
    assert code_of(check_signature, other.chain, 5, given) == "beacon.signature"
    assert code_of(check_signature, ours.chain, 6, given) == "beacon.signature"


def test_a_chained_beacon_signs_the_signature_of_the_round_before():
    chained = Beacon(beacon.CHAINED)
    given = chained.signature(5, b"before")
    other = Signature(given.signature, b"another")
    assert code_of(check_signature, chained.chain, 5, other) == "beacon.signature"


@pytest.mark.parametrize(
    "signature",
    [
        bytes(48),
        b"\xc0" + bytes(47),  # the zero of the group, to which every message pairs alike
        bytes.fromhex(ROUND_1["signature"]),
        b"\x80" + bytes(46) + b"\x04",  # on the curve, outside of the group of prime order
        b"\xff" * 48,
    ],
)
def test_what_is_no_point_of_the_group_verifies_nothing(signature):
    assert code_of(check_signature, QUICKNET, 1000, Signature(signature)) == "beacon.signature"


def test_no_second_signature_verifies_that_would_give_other_randomness():
    """A point of small order added to the signature pairs as the signature does: the group of prime order has none."""
    curve = library()
    from py_ecc.bls.point_compression import compress_G1, decompress_G1

    number = 1
    while True:
        try:
            outside = curve.multiply(decompress_G1((1 << 383) + number), curve.curve_order)
            break
        except ValueError:
            number += 1
    given = decompress_G1(int(ROUND_1000["signature"], 16))
    other = int(compress_G1(curve.add(given, outside))).to_bytes(48, "big")
    assert other.hex() != ROUND_1000["signature"]
    assert code_of(check_signature, QUICKNET, 1000, Signature(other)) == "beacon.signature"


def test_a_key_that_is_the_zero_of_the_group_verifies_nothing():
    nobody = replace(QUICKNET, public_key=b"\xc0" + bytes(95))
    zero = Signature(b"\xc0" + bytes(47))
    assert code_of(check_signature, nobody, 1000, zero) == "beacon.signature"


def test_randomness_of_another_signature_is_refused():
    named = round_of(f"beacon:{QUICKNET.digest}:1000:{'00' * 32}")
    assert code_of(check_randomness, named, read_signature(ROUND_1000)) == "beacon.randomness"


@pytest.mark.parametrize(
    "told", [{}, {"signature": "ab"}, {"signature": "zz" * 48}, {"signature": None}, {"signature": 5}]
)
def test_what_is_no_signature_is_refused(told):
    assert code_of(read_signature, told) == "beacon.form"


def test_without_the_optional_library_nothing_is_said_to_verify(monkeypatch):
    monkeypatch.setattr(beacon, "LIBRARY", "a_library_that_nobody_has_installed")
    assert code_of(check_signature, QUICKNET, 1000, read_signature(ROUND_1000)) == "beacon.no_library"


def test_the_library_leaves_the_limit_of_recursion_as_it_was():
    program = (
        "import sys; from matching.beacon import library; was = sys.getrecursionlimit(); library(); "
        "import py_ecc.bls.hash_to_curve; sys.exit(sys.getrecursionlimit() != was)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_scheme_that_is_not_known_verifies_nothing():
    strange = replace(QUICKNET, scheme="bls-on-a-donut")
    assert code_of(check_signature, strange, 1000, read_signature(ROUND_1000)) == "beacon.scheme"


@pytest.mark.parametrize("text", [None, "d10x20", "beacon:ab", "beacon:AB:1", "beacon:ab:0", "lottery:x:1"])
def test_other_sources_name_no_round(text):
    assert round_of(text) is None
