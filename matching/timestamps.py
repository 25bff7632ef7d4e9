"""Time stamps (可信时间戳, RFC 3161): that C existed at a time, signed by somebody outside.

What is stamped is C itself: the imprint is C's 32 bytes, told as SHA-256, which C is (of the frame of docs/protocol.md,
section 5). So whoever holds token and C needs no file of ours: `openssl ts -verify -digest C -in commit.tsr`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from matching.refused import Refused

LARGEST = 1 << 17  # bytes; tokens with their chains of certificates have 3 to 10 thousand
DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
"""The digests that a signer may use; an older one can be forged, and SM3 no library here can verify with SM2."""
_GRANTED = ("granted", "granted_with_mods")
_BROKEN = (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm)


@dataclass(frozen=True)
class Stamp:
    """A checked time stamp; `response` is the TimeStampResp around the token, whichever of the two was given.

    `trusted` is whether the signer's certificate leads to one of the roots, None where there was no root to ask.
    """

    response: bytes
    at: datetime
    serial: str
    policy: str
    signer: str
    authority: str
    trusted: bool | None


@dataclass(frozen=True)
class _Token:
    """The parts of a token that are checked."""

    response: bytes
    content: bytes
    told: tsp.TSTInfo
    signer: cms.SignerInfo
    certificates: tuple[x509.Certificate, ...]


def request(commit: bytes) -> bytes:
    """The TimeStampReq (.tsq) for a commitment: SHA-256, with the signer's certificate asked for.

    It has no nonce. A nonce tells an answer from one that was recorded before; none can have been, before C was known.
    """
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": commit}
    made: bytes = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True}).dump()
    return made


def check_stamp(written: bytes, commit: bytes, roots: Sequence[x509.Certificate] = ()) -> Stamp:
    """Check an answer of a time-stamping authority (.tsr), or its bare token, as RFC 3161 wants it.

    `roots` are the certificates that somebody trusts; with none the chain is not checked. Refused `timestamp.form`,
    `.status`, `.imprint`, `.signer`, `.purpose`, `.expired`, `.certificate` (another one than the signature names),
    `.algorithm` and `.signature`.
    """
    token = _read(written)
    try:
        _check_imprint(token, commit)
        at: datetime = token.told["gen_time"].native
        signer = _signer(token, roots)
        _check_purpose(signer)
        _check_valid(signer, at)
        _check_named(token, signer)
        _check_signature(token, signer)
        return Stamp(
            response=token.response,
            at=at.astimezone(UTC),
            serial=format(token.told["serial_number"].native, "x"),
            policy=token.told["policy"].dotted,
            signer=signer.subject.rfc4514_string(),
            authority=_called(signer),
            trusted=_leads_to(signer, token.certificates, roots, at) if roots else None,
        )
    except _BROKEN:
        raise Refused("timestamp.form") from None


def read_certificates(written: bytes) -> list[x509.Certificate]:
    """The certificates of a file, one in DER or any number in PEM; ValueError where it holds none."""
    if b"-----BEGIN" in written:
        return x509.load_pem_x509_certificates(written)
    return [x509.load_der_x509_certificate(written)]


def _read(written: bytes) -> _Token:
    """The parts of an answer or of a bare token, strictly: nothing stands after it, one signer has signed."""
    if len(written) > LARGEST:
        raise Refused("timestamp.form")
    try:
        answer = _answer(written)
        status = answer["status"]["status"].native
        if status not in _GRANTED:
            raise Refused("timestamp.status", status=status)
        signed = answer["time_stamp_token"]["content"]
        content = signed["encap_content_info"]
        (signer,) = signed["signer_infos"]
        if content["content_type"].native != "tst_info" or signed["version"].native != "v3":
            raise ValueError
        return _Token(
            response=answer.dump(),
            content=content["content"].contents,
            told=content["content"].parsed,
            signer=signer,
            certificates=tuple(
                x509.load_der_x509_certificate(each.chosen.dump()) for each in signed["certificates"] or ()
            ),
        )
    except _BROKEN:
        raise Refused("timestamp.form") from None


def _answer(written: bytes) -> tsp.TimeStampResp:
    """The answer; a bare token, which begins with an object identifier, is put into one that was granted."""
    first = core.Sequence.load(written)[0]
    if not isinstance(first, core.ObjectIdentifier):
        return tsp.TimeStampResp.load(written, strict=True)
    status = tsp.PKIStatusInfo({"status": "granted"}).dump()
    body = status + written
    return tsp.TimeStampResp.load(core.Sequence(contents=body).dump(), strict=True)


def _check_imprint(token: _Token, commit: bytes) -> None:
    imprint = token.told["message_imprint"]
    given = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
    if token.told["version"].native != "v1" or given != ("sha256", commit):
        raise Refused("timestamp.imprint", imprint=given[1].hex())


def _signer(token: _Token, known: Sequence[x509.Certificate]) -> x509.Certificate:
    """The certificate that the signer names, from the token or from those that are trusted anyway."""
    named = token.signer["sid"].chosen
    for each in (*token.certificates, *known):
        if isinstance(named, cms.IssuerAndSerialNumber):
            own = named["serial_number"].native == each.serial_number
            found = own and named["issuer"].dump() == each.issuer.public_bytes()
        else:
            found = named.native == _key_identifier(each)
        if found:
            return each
    raise Refused("timestamp.signer")


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return None


def _check_purpose(signer: x509.Certificate) -> None:
    """The key is for time stamps and for nothing else, and whoever does not understand this must stop (section 2.3)."""
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise Refused("timestamp.purpose") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise Refused("timestamp.purpose")


def _check_valid(signer: x509.Certificate, at: datetime) -> None:
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        raise Refused(
            "timestamp.expired",
            first=signer.not_valid_before_utc.isoformat(),
            last=signer.not_valid_after_utc.isoformat(),
        )


def _check_named(token: _Token, signer: x509.Certificate) -> None:
    """The signed attribute that names the certificate (ESS, RFC 5035) names this one: it can't be exchanged."""
    attributes = _attributes(token)
    if "signing_certificate_v2" in attributes:
        first = attributes["signing_certificate_v2"]["certs"][0]
        algorithm = first["hash_algorithm"]["algorithm"].native
        if algorithm not in DIGESTS:
            raise Refused("timestamp.algorithm", algorithm=algorithm)
    elif "signing_certificate" in attributes:
        first, algorithm = attributes["signing_certificate"]["certs"][0], "sha1"
    else:
        raise Refused("timestamp.certificate")
    own = hashlib.new(algorithm, signer.public_bytes(Encoding.DER), usedforsecurity=False).digest()
    if first["cert_hash"].native != own:
        raise Refused("timestamp.certificate")


def _check_signature(token: _Token, signer: x509.Certificate) -> None:
    """The attributes are signed; among them stands the digest of what the token tells."""
    attributes = _attributes(token)
    algorithm = token.signer["digest_algorithm"]["algorithm"].native
    if algorithm not in DIGESTS:
        raise Refused("timestamp.algorithm", algorithm=algorithm)
    told = hashlib.new(algorithm, token.content).digest()
    if attributes["content_type"].native != "tst_info" or attributes["message_digest"].native != told:
        raise Refused("timestamp.signature")
    signed = token.signer["signed_attrs"].untag().dump()
    try:
        _verify(token, signer, signed, DIGESTS[algorithm]())
    except InvalidSignature:
        raise Refused("timestamp.signature") from None


def _verify(token: _Token, signer: x509.Certificate, signed: bytes, digest: hashes.HashAlgorithm) -> None:
    """InvalidSignature where the key has not signed this; Refused `timestamp.algorithm` for other kinds of keys."""
    key, signature = signer.public_key(), token.signer["signature"].native
    algorithm = token.signer["signature_algorithm"]
    if (
        algorithm["algorithm"].native not in ("rsassa_pkcs1v15", "ecdsa")
        and algorithm.hash_algo != digest.name
    ):
        raise Refused("timestamp.algorithm", algorithm=algorithm["algorithm"].native)
    kind = algorithm.signature_algo
    if isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pkcs1v15":
        key.verify(signature, signed, padding.PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey) and kind == "ecdsa":
        key.verify(signature, signed, ec.ECDSA(digest))
    else:
        raise Refused("timestamp.algorithm", algorithm=kind)


def _attributes(token: _Token) -> dict[str, Any]:
    """The signed attributes, each with its one value."""
    found: dict[str, Any] = {}
    for each in token.signer["signed_attrs"]:
        (value,) = each["values"]
        if each["type"].native in found:
            raise ValueError
        found[each["type"].native] = value
    return found


def _leads_to(
    signer: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
) -> bool:
    """Whether the signer, or a chain of issuers all valid at that time, is among the roots."""
    if signer in roots:
        return True
    issuers = (
        verification.ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, None)
        .may_be_present(x509.KeyUsage, verification.Criticality.AGNOSTIC, _signs_certificates)
    )
    policy = (
        verification.PolicyBuilder()
        .store(verification.Store(list(roots)))
        .time(at)
        .extension_policies(ca_policy=issuers, ee_policy=verification.ExtensionPolicy.permit_all())
    )
    try:
        policy.build_client_verifier().verify(signer, list(others))
    except (verification.VerificationError, *_BROKEN):
        return False
    return True


def _signs_certificates(_policy: object, _certificate: object, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError


def _called(signer: x509.Certificate) -> str:
    """What the authority is called: the common name of its certificate, else all of its subject."""
    names = signer.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    text = str(names[0].value) if names else signer.subject.rfc4514_string()
    return (
        "".join(each if each.isprintable() else " " for each in text).strip()
        or signer.serial_number.__str__()
    )
