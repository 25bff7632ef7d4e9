"""What is fixed and published before the entropy exists (承诺), and what is opened after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matching.draw import seed as seeds
from matching.draw.frames import PROTOCOL, canonical, framed, sm3
from matching.draw.plan import Plan
from matching.draw.tables import Frame, Seal, seal
from matching.refused import Refused

Published = Mapping[str, str]


@dataclass(frozen=True)
class Secrets:
    """The two secrets of a draw, 32 random bytes each. The salt secret is never published."""

    secret: bytes
    salt_secret: bytes

    def __repr__(self) -> str:
        return "Secrets(...)"


@dataclass(frozen=True)
class Commitment:
    """Everything C binds, without the secrets."""

    plan: bytes
    seals: Mapping[str, Seal]
    secret: bytes
    salt: bytes
    witnesses: tuple[bytes, ...]
    commit: bytes
    sm3: Mapping[str, object]

    def told(self, published: Sequence[Published] = ()) -> dict[str, object]:
        """The content of commit.json. `published` says where and when C was made public."""
        return {
            "protocol": PROTOCOL,
            "plan": self.plan.hex(),
            "tables": {name: _told_seal(each) for name, each in self.seals.items()},
            "secret": self.secret.hex(),
            "salt": self.salt.hex(),
            "witnesses": [each.hex() for each in self.witnesses],
            "commit": self.commit.hex(),
            "published": [dict(each) for each in published],
            "sm3": dict(self.sm3),
        }

    def file(self, published: Sequence[Published] = ()) -> bytes:
        """commit.json to the byte."""
        return canonical(self.told(published))


@dataclass(frozen=True)
class Reveal:
    """The opened secret, the reveals and the entropy, and the seed that follows from them."""

    secret: bytes
    reveals: tuple[str | None, ...]
    reveals_digest: bytes
    entropy: seeds.Entropy
    seed: bytes
    sm3: Mapping[str, object]

    def told(self) -> dict[str, object]:
        """The content of reveal.json."""
        return {
            "secret": self.secret.hex(),
            "reveals": list(self.reveals),
            "reveals_digest": self.reveals_digest.hex(),
            "entropy": self.entropy.text,
            "seed": self.seed.hex(),
            "sm3": dict(self.sm3),
        }


@dataclass(frozen=True)
class Sealing:
    """The sealed tables, and the digests of the secrets: all that C needs of them, and nothing that tells them."""

    seals: Mapping[str, Seal]
    secret: bytes
    salt: bytes
    sm3: Mapping[str, object]

    def told(self) -> dict[str, object]:
        """The same in words of JSON, to be kept until C is made."""
        return {
            "tables": {name: _told_seal(each) for name, each in self.seals.items()},
            "secret": self.secret.hex(),
            "salt": self.salt.hex(),
            "sm3": dict(self.sm3),
        }


def read_sealing(told: Mapping[str, Any]) -> Sealing:
    """What was sealed, as `Sealing.told` told it."""
    return Sealing(
        seals={name: _read_seal(each) for name, each in told["tables"].items()},
        secret=bytes.fromhex(told["secret"]),
        salt=bytes.fromhex(told["salt"]),
        sm3=told["sm3"],
    )


def seal_all(frame: Frame, secrets: Secrets) -> Sealing:
    """Seal the tables with the salts, and the secrets with their digests S and Z."""
    return Sealing(
        seals={table.name: seal(table, secrets.salt_secret) for table in frame.tables()},
        secret=seeds.secret_commitment(secrets.secret),
        salt=seeds.salt_commitment(secrets.salt_secret),
        sm3={
            "secret": sm3(framed("secret", secrets.secret)),
            "salt": sm3(framed("salt", secrets.salt_secret)),
        },
    )


def bind(plan: Plan, sealing: Sealing, witnesses: Sequence[bytes] = ()) -> Commitment:
    """Bind the plan, what is sealed and the witnesses in C; the secrets themselves are not needed for it."""
    p, s, z = seeds.plan_digest(plan.text), sealing.secret, sealing.salt
    tables = [each.digest for each in sealing.seals.values()]
    return Commitment(
        plan=p,
        seals=sealing.seals,
        secret=s,
        salt=z,
        witnesses=tuple(witnesses),
        commit=seeds.commitment(p, tables, s, z, witnesses),
        sm3={
            "plan": sm3(framed("plan", plan.text)),
            **sealing.sm3,
            "commit": sm3(framed("commit", p, *tables, s, z, *witnesses)),
        },
    )


def commit(plan: Plan, frame: Frame, secrets: Secrets, witnesses: Sequence[bytes] = ()) -> Commitment:
    """Seal the tables and bind them, the plan, the secrets and the witnesses in C."""
    return bind(plan, seal_all(frame, secrets), witnesses)


def reveal(
    plan: Plan,
    commitment: Commitment,
    secret: bytes,
    entropy: str,
    reveals: Sequence[str | None] = (),
    earlier: Sequence[str] = (),
) -> Reveal:
    """Open the secret and the witnesses' texts and derive the seed; `earlier` are the entropies of attempts before.

    Raises Refused `secret.other` when the secret is not the committed one, `witness.*`, `entropy.*`.
    """
    if seeds.secret_commitment(secret) != commitment.secret:
        raise Refused("secret.other")
    seeds.check_reveals(commitment.witnesses, reveals)
    read = seeds.read_entropy(entropy, plan.entropy, earlier)
    r = seeds.reveals_digest(reveals)
    return Reveal(
        secret=secret,
        reveals=tuple(reveals),
        reveals_digest=r,
        entropy=read,
        seed=seeds.seed(commitment.commit, r, secret, entropy),
        sm3={
            "reveals": sm3(framed("reveals", *((text or "").encode() for text in reveals))),
            "seed": sm3(framed("seed", commitment.commit, r, secret, entropy.encode())),
        },
    )


def differences(committed: Mapping[str, Any], now: Commitment) -> list[str]:
    """Which parts of a written commit.json are no longer what they were: "plan", "tables.targets" ..."""
    told = now.told()
    parts = ("protocol", "plan", "secret", "salt", "witnesses", "commit")
    moved = [name for name in parts if told[name] != committed.get(name)]
    before = committed.get("tables")
    for name, each in now.seals.items():
        table = before.get(name) if isinstance(before, dict) else None
        # SM3 is recorded beside, where the machine had it
        if not isinstance(table, dict) or {**table, "sm3": None} != {**_told_seal(each), "sm3": None}:
            moved.append(f"tables.{name}")
    if isinstance(before, dict) and before.keys() > now.seals.keys():
        moved.append("tables")
    return moved


def _told_seal(each: Seal) -> dict[str, object]:
    return {
        "header": each.header,
        "rows": each.rows,
        "root": each.root.hex(),
        "ranges": each.ranges,
        "digest": each.digest.hex(),
        "sm3": each.sm3,
    }


def _read_seal(told: Mapping[str, Any]) -> Seal:
    return Seal(
        header=told["header"],
        rows=told["rows"],
        root=bytes.fromhex(told["root"]),
        ranges=told["ranges"],
        digest=bytes.fromhex(told["digest"]),
        sm3=told["sm3"],
    )
