"""The auditor's program (复核程序): does an evidence bundle (抽取证据包) follow the lottery draw-1, word for word?

    python3 verifier.py bundle.zip [--target ID]     exit 0 and a report, 1 and the first wrong thing, 2: no such ID

Needs Python 3.8 and nothing else. A claim is verified, unverifiable (from this bundle) or wrong: there it stops.
Sections are those of docs/protocol.md.
"""
# ruff: noqa: B905 - strict zip came with Python 3.10
from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict, deque
from datetime import datetime
from itertools import combinations, permutations, zip_longest
from pathlib import Path
from types import SimpleNamespace as Bundle  # what one step establishes for the next
from typing import Any, Iterator, NamedTuple
from unicodedata import is_normalized

VERIFIED, UNVERIFIABLE, WRONG = "verified", "unverifiable", "wrong"
SIZE_LIMIT, ROW_LIMIT, WAY_LIMIT = 2 << 30, 20_000_000, 10_000_000  # bytes, rows, pairs to choose from; more is refused
HAS_SM3 = "sm3" in hashlib.algorithms_available  # SHA-256 decides, but an SM3 recorded must fit where it is known
COLUMNS = {"targets": "stratum id region name", "inspectors": "department id qualifications home regions capacity name",
           "bars": "inspector_id target_id ground", "pair_bars": "inspector_a inspector_b ground"}  # in the order of C
ALWAYS = ["README.txt", "plan.json", "commit.json", "reveal.json", "register.json", "drawn.csv", "thresholds.csv"]
CLOSED = ["targets.tsv", "inspectors.tsv", "bars.tsv", "pair_bars.tsv", "auditor.json"]  # in a full bundle only
PAIRING = ["pairs.csv", "bans.csv", "changes.csv"]
PERHAPS = ["systematic.json", "commit.tsr", "beacon.json"]
PAIRED = ["groups.csv", "certificate.json", "shortage.json"]  # perhaps too, in a full bundle only
FIELDS = {"commit.json": "protocol plan tables secret salt witnesses commit published", "auditor.json": "salt_secret",
          "reveal.json": "secret reveals reveals_digest entropy seed", "register.json": "entry predecessors",
          "proofs.json": "targets"}
LATER = r"attempt-([2-9]|[1-9][0-9])/[a-z_]+\.(json|tsv|csv|tsr)"  # a pairing that started again after a shortage
PLAIN = "0|[1-9][0-9]{0,18}"  # how whole numbers are written
ENTROPY = {"d10x20": ("[0-9]{20}", 66), "d6x25": ("[1-6]{25}", 64), "text": ("[^\\x00-\\x1f\\x7f]+", 0),  # form, bits
           "beacon": ("[0-9a-f]+:[1-9][0-9]{0,18}:([0-9a-f]{2})+", 256),
           "lottery": ("[0-9A-Za-z_\u4e00-\u9fff-]+:[0-9A-Za-z-]+([+][0-9A-Za-z-]+)*:[0-9]{2}([-+][0-9]{2})*",
                       24)}  # each of those in BALLS
FIGURES = {"seats": ("seats", "supply"), "groups": ("targets",)}  # of a shortage by its kind: what takes a solver
BALLS = {"ssq": ((0, 6, 33), (6, 7, 16)), "dlt": ((0, 5, 35), (5, 7, 12))}  # 双色球, 大乐透: from, to, highest number
Claim = NamedTuple("Claim", [("claim", str), ("state", str), ("detail", str)])  # one line of the report
Steps = Iterator["tuple[str, str]"]

# ---- the formulas of draw-1, reading and comparing ---------------------------------------------------------------
def need(holds: Any, *sentence: Any) -> None:
    """Goes on only when it holds; else the replay stops with the sentence, which says what and where."""
    if not holds:
        raise AssertionError(" ".join(map(str, sentence)))
def frame(tag: str, *parts: bytes, algorithm: str = "sha256") -> bytes:
    """H(tag, parts...): no two lists of parts give the same bytes to the hash (section 2)."""
    framed = b"draw-1/" + tag.encode() + b"\0" + b"".join(len(p).to_bytes(8, "big") + p for p in parts)
    return hashlib.new(algorithm, framed).digest()
def canonical(value: Any) -> bytes:
    """Write a value without floats in the one JSON text it has (section 2)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def leaves(salt_secret: bytes, table: str, lines: list[bytes]) -> Iterator[bytes]:
    """Salt every row (by HMAC, its two pads written out: half the time) and hash it into its leaf (section 3)."""
    key, sha256 = frame("saltkey", salt_secret, table.encode()).ljust(64, b"\0"), hashlib.sha256
    inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
    for i, line in enumerate(lines):
        mac = sha256(outer + sha256(inner + b"salt" + i.to_bytes(8, "big")).digest()).digest()
        yield sha256(b"\0" + mac[:16] + line).digest()
def merkle_root(level: list[bytes]) -> bytes:
    """Root of the RFC 6962 tree over leaves: level by level; an odd last node goes up as it is (section 3)."""
    while len(level) > 1:
        nodes = [hashlib.sha256(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2])]
        level = nodes + level[len(level) & ~1:]
    return level[0] if level else hashlib.sha256().digest()
def proof_root(index: int, rows: int, digest: bytes, path: list[list[str]]) -> bytes:
    """Root that a path, from the leaf up, gives row `index` of `rows`; its sides must be the row's own (section 3)."""
    if rows == 1 and not path:
        return digest
    half, (side, sibling) = 1 << ((rows - 1).bit_length() - 1), path[-1]  # half: leaves under the left child
    need(side == ("R" if index < half else "L"), f"proofs.json: 路径不是第{index}行的 the path is not that of row {index}")
    if index < half:
        return hashlib.sha256(b"\1" + proof_root(index, half, digest, path[:-1]) + unhex(sibling)).digest()
    return hashlib.sha256(b"\1" + unhex(sibling) + proof_root(index - half, rows - half, digest, path[:-1])).digest()
def stage_key(seed: bytes, stage: str, digest: bytes) -> int:
    """K(stage, T): the 128-bit key of one stage over one table (section 5)."""
    return int.from_bytes(frame("key", seed, digest, stage.encode())[:16], "big")
def philox(counter: int, key: int) -> tuple[int, int, int, int]:
    """Philox4x64-10 (Random123): the four 64-bit words of a 256-bit counter under a 128-bit key (section 6)."""
    ones, k0, k1 = (1 << 64) - 1, key & (1 << 64) - 1, key >> 64
    c0, c1, c2, c3 = counter & ones, counter >> 64 & ones, counter >> 128 & ones, counter >> 192 & ones
    for _ in range(10):
        a, b = 0xD2E7470EE14C6C93 * c0, 0xCA5A826395121157 * c2
        c0, c1, c2, c3 = (b >> 64) ^ c1 ^ k0, b & ones, (a >> 64) ^ c3 ^ k1, a & ones
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & ones, (k1 + 0xBB67AE8584CAA73B) & ones
    return c0, c1, c2, c3
def word(key: int, j: int, t: int = 0) -> int:
    """Ticket (签号) j of a key's stream, or w(t, j) of target t with inspector or group j (section 6)."""
    return philox((t << 64) + 1 + j // 4, key)[j % 4]
def quota_by_rate(rate: str, rows: int, at_least_one: bool) -> int:
    """Quota (抽取数) of a listed stratum at the rate "p/q": rounded half up, at most all rows (section 7.1)."""
    p, q = map(int, rate.split("/"))
    return min(rows, max((2 * p * rows + q) // (2 * q), int(at_least_one)))
def quotas_by_total(n: int, sizes: list[int]) -> list[int]:
    """Quotas by largest remainder of n over strata; ties to the larger, then to the earlier (section 7.1)."""
    n, whole = min(n, sum(sizes)), max(1, sum(sizes))
    quotas = [n * size // whole for size in sizes]
    by_rest = sorted(range(len(sizes)), key=lambda s: (-(n * sizes[s] % whole), -sizes[s], s))
    return [quota + (s in by_rest[:n - sum(quotas)]) for s, quota in enumerate(quotas)]
def draw_stratum(tickets: list[int], start: int, rows: int) -> list[int]:
    """Row indexes of a stratum by (ticket, index); its quota is taken from the front (section 7.1)."""
    return sorted(range(start, start + rows), key=tickets.__getitem__)  # equal tickets stay in the order of rows
def covers(regions: str, region: str) -> bool:
    """Do an inspector's regions hold a target's? An empty region is held by "*" alone (section 8.1)."""
    return regions == "*" or (region != "" and region in regions.split(";"))
def listed(field: str) -> bool:
    """Is it a list: items that differ, sorted, none empty (section 3)?"""
    return field == ";".join(sorted({*field.split(";")} - {""}))
def holds(qualifications: str, department: Any) -> bool:
    """Does an inspector hold all that a department's lead needs (section 8)?"""
    return {*department["lead_qualification"].split(";")} <= {*qualifications.split(";")}
def deal_groups(departments: Any, groups: int, inspectors: list[list[str]], tickets: list[int], barred: Any) -> Any:
    """Deal inspectors (rows) like cards: [(group, department's place, inspector, role)], and who is wanting (section 9)."""
    members: list[set[str]] = [set() for _ in range(groups)]
    seats: list[tuple[int, int, int, str]] = []
    for d, department in enumerate(departments):
        left = [j for j in draw_stratum(tickets, 0, len(inspectors)) if inspectors[j][0] == department["code"]]
        for turn in range(department["size"] * groups):
            group, role = turn % groups, "lead" if turn // groups < department["leads"] else "member"
            j = next((j for j in left if not members[group] & barred.get(inspectors[j][1], set()) and (
                role == "member" or holds(inspectors[j][2], department))), None)
            if j is None:
                return sorted(seats), (d, group, role)
            left.remove(j)
            members[group].add(inspectors[j][1])
            seats.append((group, d, j, role))
    return sorted(seats), None
def unhex(text: str) -> bytes:
    """Read 32 bytes written as 64 lowercase hex digits (section 2)."""
    need(re.fullmatch("[0-9a-f]{64}", text), "应为64位小写十六进制 should be 64 hex digits:", text)
    return bytes.fromhex(text)
def rows_of(b: Bundle, name: str) -> list[list[str]]:
    """Rows of a CSV below its header; `same` says later whether it was written as it must be (section 11.2)."""
    return list(csv.reader(io.StringIO(b.files[name].decode(), newline=""), strict=True))[1:] if name in b.files else []
def same(b: Bundle, name: str, header: str, rows: list[list[Any]]) -> None:
    """Refuse a CSV that is not byte for byte this header and these rows; name the first line that differs (11.2)."""
    lines = [",".join('"' + f.replace('"', '""') + '"' if {*f} & {*',"\r\n'} else f for f in map(str, row)) for row in rows]
    wanted, given = "\n".join([header, *lines, ""]).split("\n"), b.files[name].decode().split("\n")
    for n, (line, due) in enumerate(zip_longest(given, wanted), 1):
        need(line == due, name, f"第{n}行 line {n}: {line!r} 应为 should be {due!r}")
def agree(where: str, given: dict[str, Any], *others: str, **facts: Any) -> None:
    """Refuse another value than the fact: of a tuple H, and SM3 where both sides know it; with others, any further field."""
    need(not others or given.keys() == {*others, *facts}, where, "字段应为 fields should be:", *others, *facts)
    for key, fact in facts.items():
        due = frame(*fact).hex() if isinstance(fact, tuple) else fact
        need(canonical(given[key]) == canonical(due), f"{where}: {key} 应为 should be {due}")
        mark = (given.get("sm3") or {}).get(key) if HAS_SM3 and isinstance(fact, tuple) else None
        need(mark is None or mark == frame(*fact, algorithm="sm3").hex(), f"{where}: {key}: SM3 不符 does not fit")

# ---- the steps, each the name of its claim: it yields (state, sentence), or need() stops it ------------------------
def members(b: Bundle) -> Steps:
    """Only known files, each once, none missing, not too large; every JSON canonical (section 2, 11)."""
    everywhere, closed = ALWAYS + PERHAPS, CLOSED + PAIRING + PAIRED
    with zipfile.ZipFile(io.BytesIO(b.data)) as archive:
        need(sum(info.file_size for info in archive.infolist()) <= SIZE_LIMIT, "解压后过大 too large when unpacked")
        for info in archive.infolist():
            known = re.fullmatch(LATER, info.filename) or info.filename in everywhere + closed + ["proofs.json"]
            plain = info.compress_type in (0, 8) and info.filename not in b.files
            need(known and plain, "不认识或重名 unknown or double:", info.filename)
            b.files[info.filename] = archive.open(info).read(info.file_size + 1)  # no more, whatever it unpacks to
    b.full, b.short = bool({*closed} & {*b.files}), "shortage.json" in b.files
    b.later = sorted((name.split("/")[0] for name in b.files if "/" in name), key=lambda name: int(name[8:]))
    need(b.short or not (b.later and b.full), "没有缺口而有后续匹配 later pairings without a shortage")
    wanted = ALWAYS + (CLOSED + PAIRING if b.full else ["proofs.json"])
    need(b.files.keys() >= {*wanted}, "缺少文件 missing:", *(name for name in wanted if name not in b.files))
    need(not b.full or "proofs.json" not in b.files, "完整证据包不含 a full bundle has no proofs.json")
    yield VERIFIED, f"{len(b.files)} 个文件 files: {'完整证据包 full bundle' if b.full else '公开证据包 public bundle'}"
    for name in sorted(name for name in b.files if name.endswith(".json")):
        b.claim, whole = name, lambda digits: max(-1 << 63, min((1 << 63) - 1, int(digits[:21])))  # of 64 bits, else altered
        b.json[name] = json.loads(b.files[name], parse_float=repr, parse_constant=repr, parse_int=whole)
        need(canonical(b.json[name]) == b.files[name], name, "不是规范 JSON is not canonical JSON")
        fields, marks = FIELDS.get(name, ""), {*((b.json[name].get("sm3") or {}) if "sm3" in b.json[name] else ())}
        need(not fields or b.json[name].keys() - {"sm3"} == {*fields.split()}, name, "字段应为 fields should be:", fields)
        unknown = sorted(marks - {"plan", "secret", "salt", "commit", "witnesses", "reveals", "seed"})
        need(not unknown, name, "sm3 字段 fields:", *unknown)
    b.plan, b.commit, b.reveal = (b.json[name] for name in ("plan.json", "commit.json", "reveal.json"))
def plan(b: Bundle) -> Steps:
    """The plan makes sense where it decides, and P is its digest (section 4)."""
    quota, groups, parts, witnesses = b.plan["quota"], b.plan.get("groups"), b.plan["departments"], b.commit["witnesses"]
    b.fixed, b.weighed, rates = b.plan["teams"] == "fixed", "systematic" in quota, quota.get("rates", {"": "1/1"})
    total, least = quota.get("total", quota.get("systematic", 0)), quota.get("at_least_one", False)
    need({*quota} in ({"rates"}, {"rates", "at_least_one"}, {"total"}, {"systematic"}) and type(least) is bool and rates
         and type(total) is int and 0 <= total <= 10 ** 9, "plan.json: quota", quota)
    need(all(re.fullmatch("[0-9]{1,9}/[1-9][0-9]{0,8}", rate) for rate in rates.values()), "plan.json: rates", rates)
    for d in parts:
        lead = d.setdefault("lead_qualification", "")
        need({key: type(d[key]) for key in d} == {"code": str, "size": int, "leads": int, "lead_qualification": str}
             and 0 <= d["leads"] <= d["size"] > 0 and (lead or not d["leads"]) and listed(lead),
             "plan.json: departments:", d)
    need(len({d["code"] for d in parts}) == len(parts), "plan.json: departments 重复 one twice")
    need(b.plan["objectives"] in [[*some, "tickets"] for n in range(3) for some in permutations(["near", "balance"], n)],
         "plan.json: objectives")
    need(len(b.plan.get("witnesses", witnesses)) == len(witnesses), "witnesses 与方案人数不符 not as many as the plan names")
    need(type(groups) is int and 0 < groups <= 10 ** 5 if b.fixed else b.plan["teams"] == "per_target" and groups is None,
         "plan.json: teams, groups")
    need(("groups.csv" in b.files) is (b.fixed and b.full), "groups.csv 只与固定检查组同在 stands with fixed teams only")
    need(("systematic.json" in b.files) is b.weighed, "systematic.json 只与加权抽取同在 stands with a systematic quota only")
    agree("commit.json", b.commit, protocol="draw-1", plan=("plan", b.files["plan.json"]))
    yield VERIFIED, f"P = {b.commit['plan']}"
def tables(b: Bundle) -> Steps:
    """The frozen tables (锁定名录): rows as far as the bundle has them, ranges, root, digest T, SM3 (section 3)."""
    need(b.commit["tables"].keys() <= COLUMNS.keys(), "commit.json: tables 多于四个 more than four")
    for name, columns in COLUMNS.items():
        b.claim, weights = f"tables.{name}", " weight before" * (b.weighed and name == "targets")
        head, data = b.commit["tables"][name], b.files.pop(f"{name}.tsv", b"")
        header = (columns + weights).replace(" ", "\t")
        if b.full:
            first, *lines = data.split(b"\n")
            need(first == header.encode() and lines.pop() == b"", f"{name}.tsv 表头或末尾 header or end")
            need(b"\r" not in data and b"\0" not in data, f"{name}.tsv: CR, NUL")
            ranges = read_rows(b, name, header.split("\t"), lines)
            root = merkle_root([*leaves(unhex(b.json["auditor.json"]["salt_secret"]), name, lines)]).hex()
            sm3 = hashlib.new("sm3", data).hexdigest() if HAS_SM3 and head["sm3"] is not None else head["sm3"]
            agree("commit.json", head, rows=len(lines), ranges=ranges, root=root, sm3=sm3)
        kinds, parts = [str, int, int][:2 + bool(weights)], [each[0] for each in head["ranges"]]
        need(all([*map(type, each)] == kinds and each[1] > 0 <= each[-1] for each in head["ranges"])
             and parts == sorted({*parts}) and head["rows"] < ROW_LIMIT
             and sum(each[1] for each in head["ranges"]) == head["rows"] * (name in b.place), "commit.json: ranges")
        sealed = [header.encode(), head["rows"].to_bytes(8, "big"), unhex(head["root"]), canonical(head["ranges"])]
        b.digests[name] = frame("table", name.encode(), *sealed)
        agree("commit.json", head, "rows", "root", "ranges", "sm3", header=header, digest=b.digests[name].hex())
        yield (VERIFIED, f"T = {head['digest']}") if b.full else (UNVERIFIABLE, "公开包无名录行 not in a public bundle")
def read_rows(b: Bundle, name: str, columns: list[str], lines: list[bytes]) -> list[list[Any]]:
    """Every row: columns, order, text, ids new or known, lists sorted, numbers plain; gives the ranges (section 3)."""
    last, ids, counts, weights, width = ["", ""], b.place.get(name), Counter(""), Counter(""), len(columns)
    forms = {("capacity", "weight"): re.compile("0|[1-9][0-9]{0,8}").fullmatch,
             ("target_id",): b.place["targets"].__contains__,
             ("inspector_id", "inspector_a", "inspector_b"): b.place["inspectors"].__contains__,
             ("qualifications", "regions"): listed,
             ("before",): lambda field: field == str(weights[""])}
    checks = [(k, form) for k, column in enumerate(columns) for named, form in forms.items() if column in named]
    for i, line in enumerate(lines):
        text = line.decode()
        row = text.split("\t")
        key = row[:2]
        fits = last < key and len(row) == width and "" not in key and is_normalized("NFC", text) and (
            ids.setdefault(row[1], i) == i if ids is not None else name == "bars" or row[0] < row[1])
        if not fits or (checks and not all(form(row[k]) for k, form in checks)):
            need(False, f"{name}.tsv 第{i + 2}行 line {i + 2}: columns, order, id, list, number, or not NFC")
        last = key
        counts[row[0]] += 1
        if width == 6:
            weights[row[0]] += int(row[4])
            weights[""] += int(row[4])  # of all; no stratum has an empty name
    b.rows[name] = lines if name == "targets" else [line.decode().split("\t") for line in lines]
    return [[part, counts[part], *[weights[part]] * (width == 6)] for part in counts if ids is not None]
def commitment(b: Bundle) -> Steps:
    """The secrets open S, Z and each W; C (承诺) holds plan, tables and these; it is the register's entry (5, 11.1)."""
    c, reveals, marks = b.commit, b.reveal["reveals"], (b.commit.get("sm3") or {}).get("witnesses") or []
    auditor = ("salt", unhex(b.json["auditor.json"]["salt_secret"])) if b.full else c["salt"]
    agree("commit.json", c, secret=("secret", unhex(b.reveal["secret"])), salt=auditor)
    for i, (text, digest, mark) in enumerate(zip_longest(reveals, c["witnesses"], marks)):
        need(text is None or text, f"reveal.json: reveals[{i}] 为空 is empty")
        agree(f"witnesses[{i}]", {"W": digest, "sm3": {"W": mark}}, W=("witness", text.encode()) if text else digest)
    need(len(reveals) == len(c["witnesses"]), "reveal.json: reveals 个数不符 another number than witnesses")
    digests = [unhex(c["plan"]), *b.digests.values(), *map(unhex, [c["secret"], c["salt"], *c["witnesses"]])]
    agree("commit.json", c, commit=("commit", *digests))
    yield VERIFIED, f"C = {c['commit']}, 缺席见证人 absent witnesses: {reveals.count(None)}"
    b.claim, entry, before = "register", b.json["register.json"]["entry"], b.json["register.json"]["predecessors"]
    still = b.short and (not b.later or f"{b.later[-1]}/shortage.json" in b.files)
    agree("register.json", entry, "self_drawn", "committed_at", "drawn_at", number=b.plan["number"], commit=c["commit"],
          reason="", state="open" if still else "completed")
    need((before or ["0" * 64])[0] == b.plan["predecessor"], "register.json: predecessors 与计划不符 not the plan's")
    first, last = (datetime.fromisoformat(entry[key]) for key in ("committed_at", "drawn_at"))
    ends = [datetime.fromisoformat(each["when"] + "T23:59:59.999999" * (len(each["when"]) == 10)) for each in c["published"]]
    alone = not any(first <= (end if end.tzinfo else end.replace(tzinfo=first.tzinfo)) < last for end in ends)
    noted = "self-drawn" in b.files["README.txt"].decode()
    need(alone is entry["self_drawn"] is noted, "register.json, README.txt: self_drawn 应为 should be", alone)
    yield VERIFIED, f"编号 number {b.plan['number']}, 前号 predecessors: {len(before)}"
    b.claim, others = "published", "自行抽取，可另有承诺 self-drawn, there may be other commitments; " * alone
    places = "; ".join(f"{place['where']}, {place['when']}" for place in c["published"]) or "无公布记录 nowhere on record"
    yield UNVERIFIABLE, f"{others}须查 C 公布在先 was C public before? {places}"
    if "commit.tsr" in b.files:
        need(unhex(c["commit"]) in b.files["commit.tsr"], "commit.tsr 不是 C 的时间戳 is not of C")
        yield UNVERIFIABLE, f"commit.tsr: openssl ts -verify -digest {c['commit']} -in commit.tsr -CAfile ..."
def seed(b: Bundle) -> Steps:
    """R holds the reveals, the entropy (外部随机数) is written as the plan names it, and SEED follows (section 5)."""
    r, text, begin = b.reveal, b.reveal["entropy"], b.plan.get("entropy")
    reveals = [(reveal or "").encode() for reveal in r["reveals"]]
    agree("reveal.json", {"reveals": r["reveals_digest"], "sm3": r.get("sm3")}, reveals=("reveals", *reveals))
    source = text.rpartition(":")[0] if text.startswith(("lottery:", "beacon:")) else text.partition(":")[0]
    need(begin in (None, source), "reveal.json: entropy 来源应为 should be of the source", begin)
    bits, notice = outside_bits(text), b.files["README.txt"].decode().split("\n")
    need(f" {bits} bits" in notice[0], f"README.txt: 第1行应说明比特数 line 1 should tell: {bits} bits")
    parts = [unhex(b.commit["commit"]), unhex(r["reveals_digest"]), unhex(r["secret"]), text.encode()]
    agree("reveal.json", r, seed=("seed", *parts))
    b.seed, beacon = unhex(r["seed"]), b.json.get("beacon.json")
    if beacon is not None:
        given = hashlib.sha256(bytes.fromhex(beacon["signature"])).hexdigest()
        named = f"beacon:{beacon['chain']}:{beacon['round']}:{given}"
        need(text == named, "beacon.json: 与随机数不符 is of another randomness:", named)
        yield UNVERIFIABLE, "beacon.json: 须另查信标的签名 whether it is the beacon's signature takes a library"
    yield VERIFIED, f"{text} ({bits} bits){'：抽取人可自选 the drawer could have chosen it' if bits == 0 else ''}"
def outside_bits(text: str) -> Any:
    """Whole bits (比特) of an entropy that nobody inside could choose; refuses what is of no kind (section 5)."""
    kind, _, rest = text.partition(":")
    form, bits = ENTROPY.get(kind, ("(?!)", 0))
    need(re.fullmatch(form, rest), "reveal.json: entropy 写法不符 is not written as any kind is")
    if kind != "lottery":
        return min(bits, 4 * len(rest.split(":")[2])) if kind == "beacon" else bits
    (name,), issues, results = (part.split("+") for part in rest.split(":"))
    need(len({*issues}) == len(issues) == len(results), "reveal.json: entropy: 期号 issues")
    for result in results if name in BALLS else []:
        balls = [int(ball) for ball in result.split("-")]
        fits = [len({*balls[a:z]} & {*range(1, highest + 1)}) == z - a for a, z, highest in BALLS[name]]
        need(all(fits) and len(balls) == 7, "reveal.json: entropy: 号码 numbers", result)
    return bits * len(issues) if name in BALLS else "unknown"
def drawn(b: Bundle) -> Steps:
    """Quotas, the ticket (签号) of every row, the selection, thresholds (末位签号), what changed later (section 7, 8.6)."""
    head, quota, start = b.commit["tables"]["targets"], b.plan["quota"], 0
    rates, least, chosen = quota.get("rates", {}), quota.get("at_least_one", False), {*weighted(b)} if b.weighed else set()
    names, sizes = ([each[k] for each in head["ranges"]] for k in (0, 1))
    rows: list[list[Any]] = []
    quotas = quotas_by_total(quota["total"], sizes) if "total" in quota else [
        quota_by_rate(rates[name], size, least) if name in rates else 0 for name, size in zip(names, sizes)]
    key = stage_key(b.seed, "targets", b.digests["targets"])
    b.tickets = [ticket for block in range(1, head["rows"] // 4 + 2) for ticket in philox(block, key)]
    for name, size, count in zip(names, sizes, quotas):
        order = draw_stratum(b.tickets, start, size)
        picked = [i for i in order if i in chosen] if b.weighed else order[:count]
        for rank, i in enumerate(picked, 1):
            b.drawn[i] = target_id(b, name, i, len(rows))
            rows.append([name, rank, i, b.drawn[i], f"{b.tickets[i]:016x}"])
        end = ["", ""] if b.weighed or not picked else [f"{b.tickets[picked[-1]]:016x}", picked[-1]]
        start, b.strata[name] = start + size, (order, [name, size, len(picked), *end])
    same(b, "drawn.csv", "stratum,rank,index,id,ticket", rows)
    proofs = len(b.json.get("proofs.json", {"targets": ()})["targets"])
    need(proofs == (0 if b.full else len(rows)), "proofs.json 个数不符 another number of proofs than drawn rows:", proofs)
    yield VERIFIED, f"抽中 drawn: {len(rows)}"
    b.claim = "thresholds"
    same(b, "thresholds.csv", "stratum,rows,quota,ticket,index", [end for _, end in b.strata.values()])
    yield VERIFIED, f"{len(b.strata)} 层 strata"
    b.claim = "changes"
    later = [[n, *row[1:8]] for n, row in enumerate(rows_of(b, "changes.csv"), 1)]
    if "changes.csv" in b.files:
        same(b, "changes.csv", "seq,kind,subject,ground,approver_role,result,rank,eligible", later)
    if later or b.later:
        more = f"、{len({*b.later})} 次后续匹配 later pairings" * bool(b.later)
        yield UNVERIFIABLE, f"{len(later)} 项变更{more} 此处不重演，/verify 重演 changes: replayed at /verify alone"
def weighted(b: Bundle) -> Iterator[int]:
    """The rows drawn of a weighted pool, in a public bundle as far as the drawn rows show it (section 7.2, 12)."""
    head, key = b.commit["tables"]["targets"], stage_key(b.seed, "systematic", b.digests["targets"])
    shown = [(i, line.decode()) for i, line in enumerate(b.rows["targets"])] if b.full else zip_longest(
        [int(row[2]) for row in rows_of(b, "drawn.csv")], [each["line"] for each in b.json["proofs.json"]["targets"]])
    fields = [(i, line.split("\t")[4:6]) for i, line in shown]
    need(b.full or all(re.fullmatch(PLAIN, field) for _, two in fields for field in two), "proofs.json: weight, before")
    pool = sorted((i, *map(int, two)) for i, two in fields)
    draws, weight = min(b.plan["quota"]["systematic"], head["rows"]), sum(each[2] for each in head["ranges"])
    taken, points, above, turn = {}, {}, 0, 0
    need(0 <= weight <= 10 ** 18, "commit.json: ranges: 权重之和 sum of weights")
    for i, own, _ in sorted(pool, key=lambda each: -each[1]):  # the largest first, one by one: the same as all at once
        if draws and own and draws * own >= weight:
            taken[i], draws, weight = own, draws - 1, weight - own
    draws = draws if weight > 0 else 0
    while draws and word(key, turn) >= (1 << 64) // weight * weight:
        turn += 1
    begin = word(key, turn) % weight if draws else 0
    for i, own, before in pool if draws else []:
        above += taken.get(i, 0)
        low, high = ((draws * (before - above + length) - 1 - begin) // weight for length in (0, own))
        if i not in taken and low < high:
            points[high] = i
    facts = {"begin": begin, "draws": draws, "taken": sorted(taken), "weight": weight}
    agree("systematic.json", b.json["systematic.json"], *facts, **facts)
    need(len(points) == draws and (b.full or len(pool) == len(taken) + draws), "drawn.csv: 应各占一点 each covers a point")
    yield from [*taken, *points.values()]
def target_id(b: Bundle, stratum: str, i: int, place: int) -> str:
    """The id in row i of the targets: from the table, or from a proof that the committed tree has it (section 3)."""
    if b.full:
        return str(b.rows["targets"][i].decode().split("\t")[1])
    head, proof = b.commit["tables"]["targets"], b.json["proofs.json"]["targets"][place]
    row, salt = proof["line"].split("\t"), bytes.fromhex(proof["salt"])
    need(proof.keys() == {"line", "salt", "path"} and len(proof["salt"]) == 32 and row[0] == stratum
         and len(row) == head["header"].count("\t") + 1, f"proofs.json: 第{i}行 row {i}: line, salt")
    root = proof_root(i, head["rows"], hashlib.sha256(b"\0" + salt + proof["line"].encode()).digest(), proof["path"])
    need(root.hex() == head["root"], f"proofs.json: {row[:2]} 不是承诺名录第{i}行 is not row {i} of the committed table")
    return str(row[1])
def groups(b: Bundle) -> Steps:
    """Fixed groups (检查组) are dealt again; where somebody is wanting, the shortage names just this (section 9)."""
    for who, target, _ in b.rows["bars"]:
        b.bars[target].add(who)
    for who, other, _ in b.rows["pair_bars"]:
        b.barred[who].add(other)
        b.barred[other].add(who)
    if not b.full or not b.fixed:
        return
    parts, people, key = b.plan["departments"], b.rows["inspectors"], stage_key(b.seed, "teams", b.digests["inspectors"])
    tickets = [word(key, j) for j in range(len(people))]
    seats, none = deal_groups(parts, b.plan["groups"], people, tickets, b.barred)
    if none:
        b.stuck = [{"kind": "group", "department": parts[none[0]]["code"], "group": none[1], "role": none[2]}]
        causes(b)
    for group, _, j, _ in [] if none else seats:
        b.groups[group].append(people[j])
    same(b, "groups.csv", "group,department,inspector_id,role,ticket", [
        [group, *people[j][:2], role, f"{tickets[j]:016x}"] for group, _, j, role in seats if not none])
    yield VERIFIED, f"{b.plan['groups']} 组 groups, {len(seats)} 人 inspectors"
def causes(b: Bundle) -> None:
    """Refuse a shortage.json with other causes; of them only what takes a solver is left open (section 11.1)."""
    told = b.json["shortage.json"]["shortage"]
    due = [{**{key: each[key] for key in FIGURES.get(fact["kind"], ())}, **fact} for each, fact in zip(told, b.stuck)]
    need(len(told) == len(b.stuck), "shortage.json 应有 should tell:", *b.stuck)
    agree("shortage.json", b.json["shortage.json"], "shortage", shortage=due)
def pairs_lawful(b: Bundle) -> Steps:
    """Every drawn target has a lawful team (人员匹配) with its roles and costs; in a shortage none has any (8, 9)."""
    if not b.full:
        yield UNVERIFIABLE, "公开包不含人员名录 a public bundle has no table of persons"
        return
    b.key, on = stage_key(b.seed, "match-group" if b.fixed else "match", b.digests["inspectors"]), defaultdict(set)
    one, due, people = [{"code": "", "size": 1, "leads": 0}], [], b.rows["inspectors"]
    b.parts = [part(b, d) for d in (one if b.fixed else b.plan["departments"])]
    for row in [] if b.short else rows_of(b, "pairs.csv"):
        on[row[0]].add(int(row[1]) if b.fixed else b.place["inspectors"][row[2]])
    load = Counter(j for team in on.values() for j in team)
    for i, name in [] if b.short else sorted(b.drawn.items()):
        ids = {people[j][1] for j in on[name] if not b.fixed}
        for p in b.parts:
            team = p.paired[i] = on[name] & p.team.keys()
            words = p.ways[i]
            need(team <= words.keys(), f"pairs.csv: {name} {p.code} 区域不符或应回避 has not the region, or is barred")
            leads = [j for _, j in sorted((words[j] >> 24, j) for j in team if p.able[j])][:p.leads]
            need(len(team) == p.size and len(leads) == p.leads, f"pairs.csv: {name} {p.code} 人数 size, leads")
            for j in sorted(team):
                who = p.team[j][0][1]
                need(not ids & b.barred[who], f"pairs.csv: {name} {who} 与人互斥 is barred from another")
                need(load[j] <= p.most[j], f"pairs.csv: {name} {who} 超过上限 has more targets than {p.most[j]}")
                seat = [j] if b.fixed else [p.code, who, "lead" if j in leads else "member"]
                due.append([name, *seat, words[j] >> 24])
    same(b, "pairs.csv", "target_id,group,cost" if b.fixed else "target_id,department,inspector_id,role,cost", due)
    yield VERIFIED, f"{len(due)} 行 rows"
def part(b: Bundle, d: dict[str, Any]) -> Bundle:
    """A department, or all groups: takers by row index (or number), and who may go where, by what word (section 10.1)."""
    team = b.groups if b.fixed else {j: [row] for j, row in enumerate(b.rows["inspectors"]) if row[0] == d["code"]}
    p, holders = Bundle(**d, team=team, paired={}, now={}, ways={}, gated=0 < d["leads"] < d["size"]), {}
    p.able = {j: b.fixed or holds(rows[0][2], d) for j, rows in team.items()}
    p.most = {j: min(int(row[5]) for row in rows) for j, rows in team.items()}
    ids, p.homes = ({j: {row[k] for row in rows} for j, rows in team.items()} for k in (1, 3))
    for i, name in sorted(b.drawn.items()):
        region = b.region[i] = b.rows["targets"][i].decode().split("\t")[2]
        if region not in holders:  # of each department one; and where all seats are leads', nobody else has an arc
            holders[region] = [j for j, rows in team.items() if (p.able[j] or p.leads < p.size) and {
                row[0] for row in rows} == {row[0] for row in rows if covers(row[4], region)}]
        chosen = [j for j in holders[region] if not b.bars[name] & ids[j]]
        words = {block: philox((i << 64) + 1 + block, b.key) for block in {j // 4 for j in chosen}}
        p.ways[i], b.ways = {j: words[j // 4][j % 4] for j in chosen}, b.ways + len(chosen)
        need(b.ways <= WAY_LIMIT, "候选过多 too many pairs to choose from")
    return p
def bans(b: Bundle) -> Steps:
    """Round by round: what was solved is best, bans follow from its pairs, what is short is short (section 8.3, 10)."""
    if not b.full:
        yield UNVERIFIABLE, "公开包不含人员名录 a public bundle has no table of persons"
        return
    if "certificate.json" not in b.json:
        yield UNVERIFIABLE, "无最优性证明，须由 yaohao verify 重新求解 no certificate: it takes a solver, `yaohao verify`"
        return
    told, again, turn, rows = b.json["certificate.json"], b.parts, 0, []
    goals, names = b.plan["objectives"][:-1], [row[1] for row in b.rows["inspectors"]]
    b.levels, b.solved, b.lacking = [*goals, "cost", "remainder", "shared"], deque(told["solved"]), deque(told["short"])
    agree("certificate.json", told, "solved", "short", levels=b.levels)
    lonely = [b.drawn[i] for i in sorted(b.drawn) if b.fixed and b.groups and not b.parts[0].ways[i]]
    b.stuck = [{"kind": "no_group", "targets": lonely}] if lonely else b.stuck
    while again and not b.stuck:
        for p in again:
            lack, demand = turn == 0 and is_short(b, p, 0), p.size * len(b.drawn)
            kind = {"kind": "groups"} if b.fixed else {"kind": "seats", "department": p.code, "missing": lack}
            if lack:
                b.stuck.append({**kind, "demand": demand, "greatest": demand - lack})
            else:
                proved(b, p, turn)
        want, turn = [] if b.stuck or b.fixed else [*clashes(b)], turn + 1
        give_way(b, want, turn)
        rows += [[turn, b.drawn[i], names[j], names[k]] for i, j, k in want]
        again = concerned(b, want)
    need(b.stuck or all(p.now is p.paired for p in b.parts), "certificate.json: 末项不应有 pairs: last entry")
    need(not b.solved and not b.lacking and bool(b.stuck) is b.short, "certificate.json, shortage.json: 多或少 more, less")
    if b.stuck:
        causes(b)
    same(b, "bans.csv", "round,target_id,banned_id,other_id", [] if b.stuck else rows)
    yield VERIFIED, "无 none" if b.stuck else f"{len(rows)} 项 bans"
    b.claim = "shortage" if b.stuck else "pairs.optimal"
    yield VERIFIED, "缺口不小于所述 short by no less than told" if b.stuck else "最优且唯一 best, and the only one"
    if any(fact["kind"] in FIGURES for fact in b.stuck):
        yield UNVERIFIABLE, "是否恰缺这些、缺在何处，须重新求解 whether by just that, and where, takes a solver"
def concerned(b: Bundle, want: list[tuple[int, int, int]]) -> list[Bundle]:
    """The departments of those who give way."""
    return [p for p in b.parts if any(j in p.team for _, j, _ in want)]
def give_way(b: Bundle, want: list[tuple[int, int, int]], turn: int) -> None:
    """Make a round's bans, all at once or, where that leaves somebody short, one by one; then the other gives way (8.3)."""
    b.gone |= {(i, j) for i, j, _ in want}
    if not any(is_short(b, p, turn) for p in concerned(b, want)):
        return
    b.gone -= {(i, j) for i, j, _ in want}
    for at, (i, *two) in enumerate(want):
        for j, k in (two, two[::-1]):
            b.gone.add((i, j))
            if not any(is_short(b, p, turn, [i, j]) for p in concerned(b, [(i, j, k)])):
                want[at] = i, j, k
                break
            b.gone.remove((i, j))
        else:
            barred, (first,) = [b.rows["inspectors"][j][1] for j in two], concerned(b, want[at:at + 1])
            b.stuck = [{"kind": "pair_bar", "target": b.drawn[i], "department": first.code, "barred": barred}]
            for p in concerned(b, want[:at]):
                proved(b, p, turn)  # the bans made before could stand
            return
def clashes(b: Bundle) -> Iterator[tuple[int, int, int]]:
    """Of each target with a barred pair: the target, of its first such pair who gives way, the other (section 8.3)."""
    names = [row[1] for row in b.rows["inspectors"]]
    for i in sorted(b.drawn):
        pairs = combinations(sorted(j for p in b.parts for j in p.now[i]), 2)
        barred = next((pair for pair in pairs if names[pair[0]] in b.barred[names[pair[1]]]), ())
        if barred:
            (_, other), (_, gone) = sorted((word(b.key, j, i) >> 24, j) for j in barred)
            yield i, gone, other
def is_short(b: Bundle, p: Bundle, turn: int, ban: Any = None) -> int:
    """How many seats lack, as the next entry shows, with the bans as they stand; 0 if it is another's (section 10.4)."""
    if not b.lacking or [b.lacking[0][key] for key in ("round", "department", "ban")] != [turn, p.code, ban]:
        return 0
    entry, where = b.lacking.popleft(), f"certificate.json: short {turn} {p.code}"
    seats, gates = {*entry["seats"]} & p.ways.keys(), {*entry["gates"]} & p.ways.keys() if p.gated else set()
    agree(where, entry, "department", round=turn, ban=ban, seats=sorted(map(int, seats)), gates=sorted(map(int, gates)))
    into = Counter(j for i in seats | gates for j in p.ways[i] if (i, j) not in b.gone
                   and i in (gates if p.gated and not p.able[j] else seats))
    supply = sum(min(p.most[j], n) for j, n in into.items()) + p.gated * (p.size - p.leads) * len(seats - gates)
    need(supply < p.size * len(seats), where, "未证缺口 no shortage")
    return int(p.size * len(seats) - supply)
def proved(b: Bundle, p: Bundle, turn: int) -> None:
    """The next entry's potentials prove a department's pairs the best, and none as good (section 10.2, 10.3)."""
    entry, where, on = b.solved.popleft(), f"certificate.json: solved {turn} {p.code}", defaultdict(set)
    for i, j in entry.get("pairs", ()):
        on[i].add(j)
    told = {"pairs": [[i, j] for i in p.ways for j in sorted(on[i])]} if "pairs" in entry else {}
    agree(where, entry, "takers", "seats", "gates", round=turn, department=p.code, **told)
    need(p.now is not p.paired, where, "此前一项应有 pairs the entry before should have pairs")
    p.now = on if told else p.paired
    unit = {level: 1 << 96 * place for place, level in enumerate(reversed(b.levels))}
    near, balance, room = unit.get("near", 0), unit.get("balance", 0), p.size - p.leads
    at, seat = potentials(b, entry["takers"], p.team), potentials(b, entry["seats"], p.ways)
    gate, load = potentials(b, entry["gates"], p.ways if p.gated else ()), Counter(j for js in p.now.values() for j in js)
    for i, ways in p.ways.items():
        region, team, filled, passed = b.region[i], p.now[i], 0, 0
        for j, w in ways.items():
            if (i, j) not in b.gone:
                used, through = j in team, p.gated and not p.able[j]
                rise = (w >> 24) * unit["cost"] + (w & 0xFFFFFF) * unit["remainder"] + (1 if used else -1)  # that is shared
                rise += at[j] - (gate if through else seat)[i] + (near if not region or region not in p.homes[j] else 0)
                need(rise <= 0 if used else rise >= 0, where, "未证最优 not proved best: target", i, "inspector", j)
                filled, passed = filled + used, passed + (used and through)
        rise = gate[i] - seat[i] if p.gated else 0
        need(filled == len(team) == p.size and (not p.gated or passed <= room) and (passed == room or rise >= 0)
             and (passed == 0 or rise <= 0), where, "席位或关口 seats or gate of target", i)
    for j, most in p.most.items():
        need(load[j] <= most and (load[j] == most or (2 * load[j] + 1) * balance >= at[j])
             and (load[j] == 0 or (2 * load[j] - 1) * balance <= at[j]), where, "负荷 load of inspector", j)
def potentials(b: Bundle, lists: Any, nodes: Any) -> dict[int, int]:
    """The potential of each node, its levels as digits of one large number, so that they compare at once (section 10.3)."""
    need(len(lists) == len(b.levels) and all(len(each) == len(nodes) and {*map(type, each)} <= {int} for each in lists),
         "certificate.json: 势的个数或写法 another number of potentials, or not whole numbers")
    return {node: sum(n << 96 * place for place, n in enumerate(each)) for node, each in zip(nodes, zip(*lists[::-1]))}
def own(b: Bundle) -> Steps:
    """One target's own check: its ticket against the threshold of its stratum (section 7.3)."""
    i = b.place["targets"].get(b.target, {name: i for i, name in b.drawn.items()}.get(b.target))
    b.claim = "target"
    for order, (name, _, _, end, _) in b.strata.values():
        if i in order:
            missed = "未抽中 not drawn: no point" if b.weighed else "未抽中：签号过末位 not drawn: ticket > threshold"
            rank, fate = order.index(i) + 1, "抽中 drawn" if i in b.drawn else missed
            yield VERIFIED, f"{b.target} {fate}; {name} 第{rank}位 rank, 签号 ticket {b.tickets[i]:016x}, 末位 last {end}"
    if i is None and b.target is not None:
        absent = "不在名录中，以上不受影响 is not in the frozen table; all above stands"
        unseen = "未抽中或不在名录 not drawn, or unknown: a public bundle cannot tell"
        yield UNVERIFIABLE, f"{b.target} {absent if b.full else unseen}"
def verify(data: bytes, target: str | None = None) -> list[Claim]:
    """Replay a bundle: its claims in order, up to the first wrong one. Never raises, whatever the bytes are."""
    b = Bundle(data=data, target=target, files={}, json={}, rows=defaultdict(list), digests={}, drawn={}, strata={},
               place={"targets": {}, "inspectors": {}}, bars=defaultdict(set), barred=defaultdict(set), region={},
               groups=defaultdict(list), stuck=[], gone=set(), ways=0)
    claims: list[Claim] = []
    for step in (members, plan, tables, commitment, seed, drawn, groups, pairs_lawful, bans, own):
        b.claim = step.__name__.replace("_", ".")
        try:
            for state, detail in step(b):
                claims.append(Claim(b.claim, state, detail))
        except Exception as fault:  # whatever breaks in a hostile bundle is wrong
            kind = "" if isinstance(fault, AssertionError) else f"形式不对 malformed: {type(fault).__name__}: "
            claims.append(Claim(b.claim, WRONG, f"{kind}{fault}"))
            break
    return [c._replace(detail="".join(x if x.isprintable() else "\ufffd" for x in c.detail[:999])) for c in claims]
def main(argv: list[str] | None = None) -> int:
    """Print the report; 0 when nothing is wrong, 1 with the first wrong thing last on stderr, 2 of a target untold."""
    parser = argparse.ArgumentParser(description="复核抽取证据包 replay an evidence bundle")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--target", metavar="ID", help="该对象的签号 this target's own ticket")
    given = parser.parse_args(argv)
    if not given.bundle.is_file():
        parser.error(f"没有这个文件 there is no such file: {given.bundle}")
    data = given.bundle.read_bytes()
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if not zipfile.is_zipfile(io.BytesIO(data)):
        proof = b'"draw-1/target"' in data[:1 << 15]
        parser.error("这是一户的证明，请到 /verify 核对 this is the proof of one target: open it at /verify" if proof else
                     "不是完整的证据包，对抽取不作结论 no whole bundle, fetch it again; nothing is said of the draw")
    claims = verify(data, given.target)
    for claim in claims:
        print({VERIFIED: "✓", UNVERIFIABLE: "?", WRONG: "✗"}[claim.state], f"{claim.claim:18}", claim.detail)
    wrong = [f"{given.bundle}: {claim.claim}: {claim.detail}\n" for claim in claims if claim.state == WRONG]
    print("结论：不成立 verdict: wrong" if wrong else "结论：成立，标 ? 者除外 verdict: follows, but for what is marked ?")
    sys.stderr.writelines(wrong)
    return len(wrong) or 2 * any(claim.claim == "target" and claim.state == UNVERIFIABLE for claim in claims)

if __name__ == "__main__":
    sys.exit(main())
