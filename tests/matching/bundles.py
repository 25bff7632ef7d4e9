"""Evidence bundles (抽取证据包) built from golden cases by nothing but the standard library, to be shown to a verifier.

`resealed` seals and draws a case anew after its plan, tables, reveals or entropy were changed; what the lottery
answers for pairs it does not know, so a case with other drawn targets has no pairs until the test gives some.
Only certificate.json and shortage.json are the product's own: they stand in a bundle whose pairs are the product's.
"""

import csv
import hashlib
import hmac
import io
import json
import zipfile
from typing import Any

from matching.bundle import draw_files
from matching.draw.commitment import Secrets, commit
from matching.draw.plan import read_plan
from matching.draw.seed import witness_commitment
from matching.draw.tables import freeze_all
from matching.lottery import draw, pair
from matching.refused import Refused

HEADERS = {
    "targets": ("stratum", "id", "region", "name"),
    "inspectors": ("department", "id", "qualifications", "home", "regions", "capacity", "name"),
    "bars": ("inspector_id", "target_id", "ground"),
    "pair_bars": ("inspector_a", "inspector_b", "ground"),
    "drawn": ("stratum", "rank", "index", "id", "ticket"),
    "thresholds": ("stratum", "rows", "quota", "ticket", "index"),
    "groups": ("group", "department", "inspector_id", "role", "ticket"),
    "per_target": ("target_id", "department", "inspector_id", "role", "cost"),
    "fixed": ("target_id", "group", "cost"),
    "bans": ("round", "target_id", "banned_id", "other_id"),
    "changes": ("seq", "kind", "subject", "ground", "approver_role", "result", "rank", "eligible"),
}
TABLES = ("targets", "inspectors", "bars", "pair_bars")
WORD = 2**64 - 1


# The formulas, a second time


def framed(tag: str, *parts: bytes) -> bytes:
    head = ("draw-1/" + tag).encode() + bytes(1)
    return head + b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def digest(tag: str, *parts: bytes) -> bytes:
    return hashlib.sha256(framed(tag, *parts)).digest()


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def lines_of(table: str, rows: list[list[str]]) -> list[bytes]:
    return ["\t".join(row).encode() for row in [HEADERS[table], *rows]]


def ranges_of(table: str, rows: list[list[str]]) -> list[list]:
    names = [row[0] for row in rows] if table in ("targets", "inspectors") else []
    return [[name, names.count(name)] for name in sorted(set(names), key=str.encode)]


def salts(salt_secret: str, table: str, count: int) -> list[bytes]:
    key = digest("saltkey", bytes.fromhex(salt_secret), table.encode())
    return [hmac.new(key, b"salt" + i.to_bytes(8, "big"), hashlib.sha256).digest()[:16] for i in range(count)]


def leaves(salt_secret: str, table: str, rows: list[list[str]]) -> list[bytes]:
    hidden = zip(salts(salt_secret, table, len(rows)), lines_of(table, rows)[1:], strict=True)
    return [hashlib.sha256(bytes(1) + salt + line).digest() for salt, line in hidden]


def split(count: int) -> int:
    """Leaves under the left child: the largest power of two below the count."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def root(nodes: list[bytes]) -> bytes:
    if len(nodes) <= 1:
        return nodes[0] if nodes else hashlib.sha256(b"").digest()
    half = split(len(nodes))
    return hashlib.sha256(b"\x01" + root(nodes[:half]) + root(nodes[half:])).digest()


def path(nodes: list[bytes], i: int) -> list[list[str]]:
    if len(nodes) == 1:
        return []
    half = split(len(nodes))
    if i < half:
        return [*path(nodes[:half], i), ["R", root(nodes[half:]).hex()]]
    return [*path(nodes[half:], i - half), ["L", root(nodes[:half]).hex()]]


def philox(counter: int, key: int) -> list[int]:
    words, keys = [counter >> 64 * n & WORD for n in range(4)], [key & WORD, key >> 64]
    for _ in range(10):
        low, high = 0xD2E7470EE14C6C93 * words[0], 0xCA5A826395121157 * words[2]
        words = [high >> 64 ^ words[1] ^ keys[0], high & WORD, low >> 64 ^ words[3] ^ keys[1], low & WORD]
        keys = [keys[0] + 0x9E3779B97F4A7C15 & WORD, keys[1] + 0xBB67AE8584CAA73B & WORD]
    return words


def cost(case: dict, target_id: str, j: int, stage: str = "match") -> int:
    """The cost of target with inspector row (or group) j, as pairs.csv has it."""
    t = [row[1] for row in case["tables"]["targets"]].index(target_id)
    return philox((t << 64) + 1 + j // 4, int(case["keys"][stage], 16))[j % 4] >> 24


# Sealing a case anew


def quotas(plan: dict, ranges: list[list]) -> list[int]:
    rates = plan["quota"]["rates"]
    least = 1 if plan["quota"].get("at_least_one") else 0
    found = []
    for name, rows in ranges:
        p, q = map(int, rates.get(name, "0/1").split("/"))
        half_up = (2 * p * rows + q) // (2 * q)
        found.append(min(rows, max(half_up, least if name in rates else 0)))
    return found


def resealed(case: dict) -> dict:
    """The case with its digests, seed, keys, drawn and thresholds as its plan (by rates), tables and texts give them."""
    frozen = {}
    for table in TABLES:
        rows = case["tables"][table]
        top, ranges = root(leaves(case["salt_secret"], table, rows)), ranges_of(table, rows)
        header, count = lines_of(table, rows)[0], len(rows).to_bytes(8, "big")
        sealed = digest("table", table.encode(), header, count, top, canonical(ranges))
        frozen[table] = {"root": top.hex(), "ranges": ranges, "digest": sealed.hex()}
    new = {**case, "frozen": frozen, "plan_text": canonical(case["plan"]).decode()}
    new["plan_digest"] = digest("plan", canonical(case["plan"])).hex()
    new["secret_digest"] = digest("secret", bytes.fromhex(case["secret"])).hex()
    new["salt_digest"] = digest("salt", bytes.fromhex(case["salt_secret"])).hex()
    new["witness_digests"] = [digest("witness", text.encode()).hex() for text in case["witnesses"]]
    sealed = [new["plan_digest"], *(frozen[table]["digest"] for table in TABLES), new["secret_digest"]]
    sealed += [new["salt_digest"], *new["witness_digests"]]
    new["commit"] = digest("commit", *map(bytes.fromhex, sealed)).hex()
    new["reveals_digest"] = digest("reveals", *((text or "").encode() for text in case["reveals"])).hex()
    revealed = map(bytes.fromhex, (new["commit"], new["reveals_digest"], case["secret"]))
    new["seed"] = digest("seed", *revealed, case["entropy"].encode()).hex()
    seed = bytes.fromhex(new["seed"])
    stages = {"targets": "targets", "match": "inspectors", "teams": "inspectors", "match-group": "inspectors"}
    for stage, table in stages.items():
        key = digest("key", seed, bytes.fromhex(frozen[table]["digest"]), stage.encode())[:16].hex()
        new["keys"] = {**new["keys"], stage: key}
    return {**new, **drawn(new)} if "rates" in case["plan"]["quota"] else new


def drawn(case: dict) -> dict:
    key, rows, found, ends = int(case["keys"]["targets"], 16), case["tables"]["targets"], [], []
    ranges = case["frozen"]["targets"]["ranges"]
    tickets = [philox(1 + i // 4, key)[i % 4] for i in range(len(rows))]
    wanted = quotas(case["plan"], ranges)
    for (name, count), quota in zip(ranges, wanted, strict=True):
        order = sorted((tickets[i], i) for i, row in enumerate(rows) if row[0] == name)[:quota]
        found += [[name, n, i, rows[i][1], f"{ticket:016x}"] for n, (ticket, i) in enumerate(order, 1)]
        ends.append([name, count, quota, *([f"{order[-1][0]:016x}", order[-1][1]] if order else ["", ""])])
    return {"quotas": wanted, "drawn": found, "thresholds": ends}


# The files


def table_file(kind: str, rows: list[list]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADERS[kind], *rows])
    return text.getvalue().encode()


def sm3(data: bytes) -> str | None:
    return hashlib.new("sm3", data).hexdigest() if "sm3" in hashlib.algorithms_available else None


def commit_json(case: dict) -> dict:
    tables, tsv = {}, tables_of(case)
    for table in TABLES:
        header, rows = "\t".join(HEADERS[table]), len(case["tables"][table])
        seal = {"header": header, "rows": rows, "sm3": sm3(tsv[table + ".tsv"])}
        tables[table] = {**seal, **case["frozen"][table]}
    sealed = [case["plan_digest"], *(case["frozen"][table]["digest"] for table in TABLES)]
    sealed += [case["secret_digest"], case["salt_digest"], *case["witness_digests"]]
    return {
        "protocol": "draw-1",
        "plan": case["plan_digest"],
        "tables": tables,
        "secret": case["secret_digest"],
        "salt": case["salt_digest"],
        "witnesses": case["witness_digests"],
        "commit": case["commit"],
        "published": case.get("published", [{"where": "公示栏 notice board", "when": "2026-03-02"}]),
        "sm3": {
            "plan": sm3(framed("plan", case["plan_text"].encode())),
            "commit": sm3(framed("commit", *map(bytes.fromhex, sealed))),
            "secret": sm3(framed("secret", bytes.fromhex(case["secret"]))),
            "salt": sm3(framed("salt", bytes.fromhex(case["salt_secret"]))),
            "witnesses": [sm3(framed("witness", text.encode())) for text in case["witnesses"]],
        },
    }


def reveal_json(case: dict) -> dict:
    reveals = [(text or "").encode() for text in case["reveals"]]
    parts = [*map(bytes.fromhex, (case["commit"], case["reveals_digest"], case["secret"]))]
    return {
        "secret": case["secret"],
        "reveals": case["reveals"],
        "reveals_digest": case["reveals_digest"],
        "entropy": case["entropy"],
        "seed": case["seed"],
        "sm3": {
            "reveals": sm3(framed("reveals", *reveals)),
            "seed": sm3(framed("seed", *parts, case["entropy"].encode())),
        },
    }


def register_json(case: dict) -> dict:
    before = case["plan"]["predecessor"]
    return {
        "entry": {
            "number": case["plan"]["number"],
            "commit": case["commit"],
            "state": "open" if "shortage" in case else "completed",
            "reason": "",
            "self_drawn": case.get("self_drawn", False),
            "committed_at": "2026-03-02T09:00:00+08:00",
            "drawn_at": "2026-03-03T10:00:00+08:00",
        },
        "predecessors": [] if before == "0" * 64 else [before],
    }


def tables_of(case: dict) -> dict[str, bytes]:
    return {
        f"{table}.tsv": b"".join(line + b"\n" for line in lines_of(table, case["tables"][table]))
        for table in TABLES
    }


def open_files(case: dict) -> dict[str, bytes]:
    """What a full and a public bundle have alike."""
    return {
        "README.txt": case.get("readme", "外部随机性 66 比特 66 bits of outside entropy\n").encode(),
        "plan.json": case["plan_text"].encode(),
        "commit.json": canonical(commit_json(case)),
        "reveal.json": canonical(reveal_json(case)),
        "register.json": canonical(register_json(case)),
        "drawn.csv": table_file("drawn", case["drawn"]),
        "thresholds.csv": table_file("thresholds", case["thresholds"]),
    }


DECIDED: dict[str, dict[str, bytes]] = {}


def proof_of(case: dict, pairs: bytes) -> dict[str, bytes]:
    """The certificate.json (and shortage.json) that belong to a case with these pairs; none where others are found."""
    if case["seed"] not in DECIDED:
        DECIDED[case["seed"]] = {}
        try:
            plan, frame = read_plan(case["plan"]), freeze_all(**case["tables"])
            secrets = Secrets(bytes.fromhex(case["secret"]), bytes.fromhex(case["salt_secret"]))
            sealed = commit(plan, frame, secrets, [witness_commitment(text) for text in case["witnesses"]])
            seed = bytes.fromhex(case["seed"])
            outcome = pair(plan, frame, sealed.seals, seed, draw(plan, frame, sealed.seals, seed))
            DECIDED[case["seed"]] = draw_files(plan, frame, outcome)
        except Refused:  # a plan or tables that the product does not pair
            pass
    found = DECIDED[case["seed"]]
    belongs = found.get("pairs.csv") == pairs
    return {name: found[name] for name in ("certificate.json", "shortage.json") if belongs and name in found}


def files_of(case: dict) -> dict[str, bytes]:
    """The files of a case's full bundle, by name."""
    files = {**open_files(case), **tables_of(case)}
    files["auditor.json"] = canonical({"salt_secret": case["salt_secret"]})
    files["pairs.csv"] = table_file(case["plan"]["teams"], case.get("pairs", []))
    files["bans.csv"] = table_file("bans", case.get("bans", []))
    files["changes.csv"] = table_file("changes", [])
    if "groups" in case:
        files["groups.csv"] = table_file("groups", case["groups"])
    return files | proof_of(case, files["pairs.csv"])


def public_files_of(case: dict) -> dict[str, bytes]:
    """The files of a case's public bundle: no table of persons, and of the targets the drawn rows with their proofs."""
    rows = case["tables"]["targets"]
    hidden, nodes = (
        salts(case["salt_secret"], "targets", len(rows)),
        leaves(case["salt_secret"], "targets", rows),
    )
    shown = [row[2] for row in case["drawn"]]
    proofs = [{"line": "\t".join(rows[i]), "salt": hidden[i].hex(), "path": path(nodes, i)} for i in shown]
    return {**open_files(case), "proofs.json": canonical({"targets": proofs})}


def zipped(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def bundle_of(case: dict) -> bytes:
    """The full bundle of a case, as bytes of a zip."""
    return zipped(files_of(case))
