"""A time stamp of RFC 3161: what an honest token shows, and that none of its parts can be another."""

import shutil
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from matching.refused import Refused
from matching.timestamps import check_stamp, read_certificates, request
from tests.authorities import FIRST, NAME, Authority, bare, root

C = sha256(b"a commitment").digest()
AT = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
HONEST = Authority()


def _refused(written, commit=C, roots=()):
    with pytest.raises(Refused) as caught:
        check_stamp(written, commit, roots)
    return caught.value.code


def test_an_honest_token_tells_when_by_whom_and_under_which_number():
    stamp = check_stamp(HONEST.stamp(C, AT), C, [root()])
    assert (stamp.at, stamp.serial, stamp.policy) == (AT, "c0ffee", "1.2.3.4")
    assert (stamp.signer, stamp.authority, stamp.trusted) == (f"CN={NAME}", NAME, True)


@pytest.mark.parametrize("spoilt", [{"digest": "sha512"}, {"old_ess": True}, {"status": "granted_with_mods"}])
@pytest.mark.parametrize("key", ["rsa", "signer"])
def test_honest_authorities_differ_in_keys_digests_and_the_age_of_their_attributes(key, spoilt):
    assert check_stamp(Authority(key=key).stamp(C, AT, **spoilt), C, [root()]).trusted is True


def test_a_bare_token_is_put_into_an_answer_and_tells_the_same():
    answer = HONEST.stamp(C, AT)
    assert check_stamp(bare(answer), C) == check_stamp(answer, C)
    assert check_stamp(bare(answer), C).response == answer


def test_a_request_asks_for_c_itself_and_for_the_certificate():
    asked = tsp.TimeStampReq.load(request(C), strict=True)
    assert asked["message_imprint"].native == {
        "hash_algorithm": {"algorithm": "sha256", "parameters": None},
        "hashed_message": C,
    }
    assert asked["cert_req"].native is True


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ({"status": "rejection"}, "timestamp.status"),
        ({"algorithm": "sha512"}, "timestamp.imprint"),
        ({"with_certificate": False}, "timestamp.signer"),
        ({"named": root()}, "timestamp.certificate"),
        ({"named": root(), "old_ess": True}, "timestamp.certificate"),
        ({"no_ess": True}, "timestamp.certificate"),
        ({"digest": "sha1"}, "timestamp.algorithm"),
        ({"other_digest": True}, "timestamp.signature"),
        ({"content_type": "data"}, "timestamp.signature"),
        ({"key": "another"}, "timestamp.signature"),
        ({"signers": 2}, "timestamp.form"),
    ],
)
def test_each_part_of_an_answer_that_is_another_is_refused(spoilt, code):
    assert _refused(HONEST.stamp(C, AT, **spoilt)) == code


def test_a_token_for_another_commitment_is_refused():
    assert _refused(HONEST.stamp(sha256(b"another").digest(), AT)) == "timestamp.imprint"


@pytest.mark.parametrize(
    "authority",
    [
        Authority(usage=None),
        Authority(critical=False),
        Authority(usage=x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])),
        Authority(
            usage=x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.SERVER_AUTH])
        ),
    ],
)
def test_a_key_that_is_not_for_time_stamps_alone_is_refused(authority):
    assert _refused(authority.stamp(C, AT)) == "timestamp.purpose"


@pytest.mark.parametrize(
    "authority", [Authority(last=AT - timedelta(seconds=1)), Authority(first=AT + timedelta(seconds=1))]
)
def test_a_time_at_which_the_certificate_was_not_valid_is_refused(authority):
    assert _refused(authority.stamp(C, AT)) == "timestamp.expired"


def test_every_byte_of_what_the_token_tells_is_signed():
    answer = HONEST.stamp(C, AT)
    told = tsp.TimeStampResp.load(answer)["time_stamp_token"]["content"]["encap_content_info"][
        "content"
    ].contents
    later = told.replace(b"20261120010203Z", b"20261121010203Z")
    assert later != told
    assert _refused(answer.replace(told, later)) == "timestamp.signature"


def test_a_signature_with_one_bit_turned_is_refused():
    answer = bytearray(HONEST.stamp(C, AT))
    answer[-1] ^= 1
    assert _refused(bytes(answer)) == "timestamp.signature"


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"x",
        b"\x30\x00",
        b"\x30\x03\x02\x01\x00",
        HONEST.stamp(C, AT) + b"\0",
        bare(HONEST.stamp(C, AT)) + b"\0",
    ],
)
def test_what_is_no_answer_or_has_more_behind_it_is_refused(written):
    assert _refused(written) == "timestamp.form"


def test_an_issuer_whose_key_is_not_for_certificates_leads_nowhere():
    usage = x509.KeyUsage(True, *[False] * 8)
    issuer = x509.BasicConstraints(True, 0)
    middle = Authority(name="middle", key="middle", usage=None, constraints=issuer, key_usage=usage)
    below = Authority(issuer="middle", others=(middle.certificate,))
    assert check_stamp(below.stamp(C, AT), C, [root()]).trusted is False


def test_no_beginning_of_an_answer_and_no_turned_byte_is_more_than_refused():
    answer = HONEST.stamp(C, AT)
    for place in range(0, len(answer), 7):
        broken = bytearray(answer)
        broken[place] ^= 0x55
        for written in (answer[:place], bytes(broken)):
            with suppress(Refused):
                check_stamp(written, C, [root()])


def test_a_chain_is_checked_only_where_there_are_roots():
    answer = HONEST.stamp(C, AT)
    assert check_stamp(answer, C).trusted is None
    assert check_stamp(answer, C, [root("another root")]).trusted is False
    assert check_stamp(answer, C, [HONEST.certificate]).trusted is True


@pytest.mark.parametrize(
    ("constraints", "leads"),
    [(None, False), (x509.BasicConstraints(False, None), False), (x509.BasicConstraints(True, 0), True)],
)
def test_an_issuer_that_may_not_issue_leads_nowhere(constraints, leads):
    middle = Authority(name="middle", key="middle", usage=None, constraints=constraints).certificate
    below = Authority(issuer="middle", others=(middle,))
    assert below.certificate.verify_directly_issued_by(middle) is None
    assert check_stamp(below.stamp(C, AT), C, [root()]).trusted is leads


def test_a_signer_without_its_certificate_is_found_among_the_trusted_ones():
    answer = HONEST.stamp(C, AT, with_certificate=False)
    assert check_stamp(answer, C, [root(), HONEST.certificate]).trusted is True


def test_certificates_are_read_in_both_writings():
    pem, der = (root().public_bytes(encoding) for encoding in (Encoding.PEM, Encoding.DER))
    assert read_certificates(pem * 2) == [root(), root()]
    assert read_certificates(der) == [root()]
    with pytest.raises(ValueError, match="parsing"):
        read_certificates(b"nothing")


@pytest.mark.openssl
def test_openssl_asks_and_verifies_alike(tmp_path):
    ours, theirs = tmp_path / "ours.tsr", tmp_path / "theirs.tsq"
    ours.write_bytes(HONEST.stamp(C, AT))
    (tmp_path / "root.pem").write_bytes(root().public_bytes(Encoding.PEM))
    openssl = shutil.which("openssl")
    assert openssl
    subprocess.run(
        [openssl, "ts", "-query", "-digest", C.hex(), "-sha256", "-cert", "-no_nonce", "-out", theirs],
        check=True,
        capture_output=True,
    )
    assert theirs.read_bytes() == request(C)
    for digest, right in ((C.hex(), True), ("0" * 64, False)):
        told = subprocess.run(
            [openssl, "ts", "-verify", "-digest", digest, "-in", ours, "-CAfile", tmp_path / "root.pem"],
            check=False,
            capture_output=True,
        )
        assert (told.returncode == 0) is right, told.stderr


def test_validity_is_that_of_the_time_told_not_of_today():
    assert check_stamp(HONEST.stamp(C, FIRST + timedelta(days=1)), C, [root()]).trusted is True
