"""A time-stamping authority and a beacon of the tests' own: their keys are made here, and what they say is signed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as names
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from matching.beacon import CHAINED, SCHEMES, Chain, Signature, library

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
NAME = "测试时间戳中心"
EKU = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])


@cache
def _key(which: str) -> Any:
    if which == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    name: str, key: Any, issuer: str, by: Any, first: datetime, last: datetime, *more: Any
) -> x509.Certificate:
    made = x509.CertificateBuilder(
        _subject(issuer), _subject(name), key.public_key(), 1 + len(name), first, last
    )
    for extension, critical in more:
        made = made.add_extension(extension, critical)
    return made.sign(by, hashes.SHA256())


@cache
def root(name: str = "root") -> x509.Certificate:
    """A root certificate."""
    key = _key(name)
    return _certificate(name, key, name, key, FIRST, LAST, (x509.BasicConstraints(True, None), True))


@dataclass(frozen=True)
class Authority:
    """A time-stamping authority under the root; each field may be spoilt."""

    usage: x509.ExtendedKeyUsage | None = EKU
    critical: bool = True
    first: datetime = FIRST
    last: datetime = LAST
    issuer: str = "root"
    key: str = "signer"
    name: str = NAME
    others: tuple[x509.Certificate, ...] = ()
    constraints: x509.BasicConstraints | None = None
    key_usage: x509.KeyUsage | None = None

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's certificate, the same whenever it is asked for."""
        return _signer(self)

    def stamp(self, imprint: bytes, at: datetime, **spoilt: Any) -> bytes:
        """The answer to a request; see `Spoilt` for what can be wrong with it."""
        return _answer(self, imprint, at, Spoilt(**spoilt))


@cache
def _signer(of: Authority) -> x509.Certificate:
    more = [(each, of.critical) for each in (of.usage, of.constraints, of.key_usage) if each]
    return _certificate(of.name, _key(of.key), of.issuer, _key(of.issuer), of.first, of.last, *more)


@dataclass(frozen=True)
class Spoilt:
    """What is wrong with an answer; nothing by default."""

    status: str = "granted"
    algorithm: str = "sha256"
    digest: str = "sha256"
    named: x509.Certificate | None = None
    old_ess: bool = False
    no_ess: bool = False
    content_type: str = "tst_info"
    with_certificate: bool = True
    other_digest: bool = False
    key: str = ""
    signers: int = 1


def _answer(of: Authority, imprint: bytes, at: datetime, spoilt: Spoilt) -> bytes:
    certificate = of.certificate
    told = tsp.TSTInfo({
        "version": "v1",
        "policy": "1.2.3.4",
        "message_imprint": {"hash_algorithm": {"algorithm": spoilt.algorithm}, "hashed_message": imprint},
        "serial_number": 0xC0FFEE,
        "gen_time": at,
    })  # fmt: skip
    content = told.dump()
    attributes = cms.CMSAttributes(_attributes(content, certificate, spoilt))
    key = _key(spoilt.key or of.key)
    signed, digest = attributes.dump(), getattr(hashes, spoilt.digest.upper())()
    if isinstance(key, rsa.RSAPrivateKey):
        kind, signature = "rsassa_pkcs1v15", key.sign(signed, padding.PKCS1v15(), digest)
    else:
        kind, signature = f"{spoilt.digest}_ecdsa", key.sign(signed, ec.ECDSA(digest))
    parsed = names.Certificate.load(certificate.public_bytes(Encoding.DER))
    signer = cms.SignerInfo({
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(
            {"issuer": parsed.issuer, "serial_number": parsed.serial_number})),
        "digest_algorithm": {"algorithm": spoilt.digest},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": kind},
        "signature": signature,
    })  # fmt: skip
    given = [certificate, *of.others] if spoilt.with_certificate else []
    signed_data: dict[str, Any] = {
        "version": "v3",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": spoilt.digest})],
        "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
        "signer_infos": [signer] * spoilt.signers,
    }
    if given:
        signed_data["certificates"] = [
            names.Certificate.load(each.public_bytes(Encoding.DER)) for each in given
        ]
    token = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed_data)})
    return tsp.TimeStampResp({"status": {"status": spoilt.status}, "time_stamp_token": token}).dump()


def _attributes(content: bytes, certificate: x509.Certificate, spoilt: Spoilt) -> list[dict[str, Any]]:
    digest = hashlib.new(spoilt.digest, content + (b"x" if spoilt.other_digest else b"")).digest()
    der = (spoilt.named or certificate).public_bytes(Encoding.DER)
    found: list[dict[str, Any]] = [
        {"type": "content_type", "values": [spoilt.content_type]},
        {"type": "message_digest", "values": [digest]},
    ]
    if spoilt.old_ess:
        old = tsp.SigningCertificate({"certs": [{"cert_hash": hashlib.sha1(der).digest()}]})
        found.append({"type": "signing_certificate", "values": [old]})
    elif not spoilt.no_ess:
        new = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(der).digest()}]})
        found.append({"type": "signing_certificate_v2", "values": [new]})
    return found


def bare(answer: bytes) -> bytes:
    """The token alone of an answer."""
    token: bytes = tsp.TimeStampResp.load(answer)["time_stamp_token"].dump()
    return token


# A beacon

SECRET_KEY = 0x1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF


@dataclass(frozen=True)
class Beacon:
    """A beacon whose secret key the tests know."""

    scheme: str = "bls-unchained-g1-rfc9380"
    secret: int = SECRET_KEY
    period: int = 30
    genesis: int = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    name: str = "tests"

    @property
    def chain(self) -> Chain:
        """What its `/info` tells."""
        return Chain(
            _public(self.scheme, self.secret), self.period, self.genesis, b"g" * 32, self.scheme, self.name
        )

    @property
    def info(self) -> dict[str, Any]:
        """The same as drand writes it."""
        chain = self.chain
        return {
            "public_key": chain.public_key.hex(),
            "period": chain.period,
            "genesis_time": chain.genesis,
            "hash": chain.digest,
            "groupHash": chain.group_hash.hex(),
            "schemeID": chain.scheme,
            "metadata": {"beaconID": chain.name},
        }

    def signature(self, number: int, previous: bytes = b"") -> Signature:
        """Its signature of a round."""
        return Signature(_sign(self.scheme, self.secret, number, previous), previous)

    def source(self, number: int) -> str:
        """A round as a plan names it."""
        return f"beacon:{self.chain.digest}:{number}"

    def entropy(self, number: int) -> str:
        """A round with its randomness."""
        return f"{self.source(number)}:{hashlib.sha256(self.signature(number).signature).hexdigest()}"

    def round_after(self, moment: datetime, wait: timedelta = timedelta()) -> int:
        """The first round that is announced after a moment."""
        return int((moment + wait).timestamp() - self.genesis) // self.period + 2


@cache
def _public(scheme: str, secret: int) -> bytes:
    curve = library()
    if SCHEMES[scheme][0] == "G1":
        return _written("G2", curve.multiply(curve.G2, secret))
    return _written("G1", curve.multiply(curve.G1, secret))


@cache
def _sign(scheme: str, secret: int, number: int, previous: bytes) -> bytes:
    multiply = library().multiply
    from py_ecc.bls.hash_to_curve import hash_to_G1, hash_to_G2

    group, tag = SCHEMES[scheme]
    message = hashlib.sha256((previous if scheme == CHAINED else b"") + number.to_bytes(8, "big")).digest()
    hashed = {"G1": hash_to_G1, "G2": hash_to_G2}[group](message, tag, hashlib.sha256)
    return _written(group, multiply(hashed, secret))


def _written(group: str, point: Any) -> bytes:
    from py_ecc.bls.point_compression import compress_G1, compress_G2

    if group == "G1":
        return int(compress_G1(point)).to_bytes(48, "big")
    return b"".join(int(half).to_bytes(48, "big") for half in compress_G2(point))
