"""The auditor's program (复核程序): does an evidence bundle (抽取证据包) follow the lottery draw-1, word for word?

    python3 verifier.py bundle.zip [--target ID]     exit 0 and a report, 1 and the first wrong thing, 2: no such ID

Needs Python 3.8 and nothing else. A claim is verified, unverifiable (from this bundle) or wrong: there it stops.
"""
from __future__ import annotations

import argparse
import csv
import hashlib
import hmac
import io
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace as Bundle  # what one step establishes for the next
from typing import Any, Iterator, NamedTuple
from unicodedata import is_normalized

VERIFIED, UNVERIFIABLE, WRONG = "verified", "unverifiable", "wrong"
SIZE_LIMIT, ROW_LIMIT = 2 << 30, 20_000_000  # bytes unpacked, rows: what claims to be larger is refused unread
HAS_SM3 = "sm3" in hashlib.algorithms_available  # SHA-256 decides, but an SM3 recorded must fit where it is known
COLUMNS = {"targets": "stratum\tid\tregion\tname",  # in the order in which C holds their digests
           "inspectors": "department\tid\tqualifications\thome\tregions\tcapacity\tname",
           "bars": "inspector_id\ttarget_id\tground", "pair_bars": "inspector_a\tinspector_b\tground"}
ALWAYS = {"README.txt", "plan.json", "commit.json", "reveal.json", "register.json", "drawn.csv", "thresholds.csv"}
CLOSED = {"targets.tsv", "inspectors.tsv", "bars.tsv", "pair_bars.tsv", "auditor.json"}  # in a full bundle only
OTHERS = {"groups.csv", "pairs.csv", "bans.csv", "changes.csv", "certificate.json", "shortage.json", "proofs.json"}
LATER = r"attempt-[2-9]/[a-z_]+\.(json|tsv|csv)"  # a pairing that started again after a shortage
ENTROPY = {"d10x20": ("[0-9]{20}", 66), "d6x25": ("[1-6]{25}", 64), "text": ("[^\\x00-\\x1f\\x7f]+", 0),  # form, bits
           "beacon": ("[0-9a-f]+:[1-9][0-9]{0,18}:([0-9a-f]{2})+", 256),
           "lottery": (r"[^:\s]+:[0-9A-Za-z-]+(\+[0-9A-Za-z-]+)*:[0-9]{2}([-+][0-9]{2})*", 24)}  # 24 each of those in BALLS
BALLS = {"ssq": ((6, 33), (1, 16)), "dlt": ((5, 35), (2, 12))}  # 双色球, 大乐透: how many different out of how many
Claim = NamedTuple("Claim", [("claim", str), ("state", str), ("detail", str)])  # one line of the report

# ---- the formulas of draw-1, reading and comparing ---------------------------------------------------------------
def need(holds: Any, sentence: str) -> None:
    """Goes on only when it holds; else the replay stops with the sentence, which says what and where."""
    if not holds:
        raise AssertionError(sentence)
def frame(tag: str, *parts: bytes, algorithm: str = "sha256") -> bytes:
    """H(tag, parts...): no two lists of parts give the same bytes to the hash (section 1)."""
    framed = b"draw-1/" + tag.encode() + b"\0" + b"".join(len(p).to_bytes(8, "big") + p for p in parts)
    return hashlib.new(algorithm, framed).digest()
def canonical(value: Any) -> bytes:
    """Write a value without floats in the one JSON text it has (section 1)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def salt(salt_key: bytes, i: int) -> bytes:
    """Derive the 16 bytes that hide row i; salt_key = H("saltkey", salt secret, table) (section 2)."""
    return hmac.digest(salt_key, b"salt" + i.to_bytes(8, "big"), "sha256")[:16]
def leaf(row_salt: bytes, line: bytes) -> bytes:
    """Hash one row, without its LF, into its leaf of the tree (section 2)."""
    return hashlib.sha256(b"\0" + row_salt + line).digest()
def merkle_root(leaves: list[bytes]) -> bytes:
    """Root of the RFC 6962 tree: level by level; an odd last node goes up as it is."""
    level = leaves or [hashlib.sha256().digest()]
    while len(level) > 1:
        level = [hashlib.sha256(b"\1" + b"".join(level[i:i + 2])).digest() if i + 1 < len(level) else level[i]
                 for i in range(0, len(level), 2)]
    return level[0]
def proof_root(index: int, rows: int, digest: bytes, path: list[list[str]]) -> bytes:
    """Root that a path, from the leaf up, gives a leaf in place `index` of `rows`; its sides must be the place's own."""
    if rows == 1 and not path:
        return digest
    half = 1 << ((rows - 1).bit_length() - 1)  # leaves under the left child
    left, (side, sibling) = index < half, path[-1]
    need(side == ("R" if left else "L"), f"proofs.json: 路径不是第{index}行的 the path is not that of row {index}")
    below = proof_root(index if left else index - half, half if left else rows - half, digest, path[:-1])
    return hashlib.sha256(b"\1" + (below + unhex(sibling) if left else unhex(sibling) + below)).digest()
def table_digest(name: str, header: str, rows_count: int, root: bytes, ranges: list[list[Any]]) -> bytes:
    """T, the digest of a frozen table (section 2)."""
    return frame("table", name.encode(), header.encode(), rows_count.to_bytes(8, "big"), root, canonical(ranges))
def stage_key(seed: bytes, stage: str, digest: bytes) -> int:
    """K(stage, T): the 128-bit key of one stage over one table (section 3)."""
    return int.from_bytes(frame("key", seed, digest, stage.encode())[:16], "big")
def philox(counter: int, key: int) -> tuple[int, int, int, int]:
    """Philox4x64-10 (Random123): the four 64-bit words of a 256-bit counter under a 128-bit key (section 4)."""
    ones = (1 << 64) - 1
    c0, c1, c2, c3 = counter & ones, counter >> 64 & ones, counter >> 128 & ones, counter >> 192 & ones
    k0, k1 = key & ones, key >> 64
    for _ in range(10):
        a, b = 0xD2E7470EE14C6C93 * c0, 0xCA5A826395121157 * c2
        c0, c1, c2, c3 = (b >> 64) ^ c1 ^ k0, b & ones, (a >> 64) ^ c3 ^ k1, a & ones
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & ones, (k1 + 0xBB67AE8584CAA73B) & ones
    return c0, c1, c2, c3
def word(key: int, i: int) -> int:
    """Word i of a key's stream: the ticket (签号) of row i (section 4)."""
    return philox(1 + i // 4, key)[i % 4]
def pair_word(key: int, t: int, j: int) -> int:
    """w(t, j) of target row t with inspector row (or group) j; its upper 40 bits are the cost (section 4, 6)."""
    return philox((t << 64) + 1 + j // 4, key)[j % 4]
def quota_by_rate(rate: str, rows: int, at_least_one: bool) -> int:
    """Quota (抽取数) of a listed stratum at the rate "p/q": rounded half up, at most all rows (section 5)."""
    p, q = map(int, rate.split("/"))
    return min(rows, max((2 * p * rows + q) // (2 * q), int(at_least_one)))
def quotas_by_total(n: int, sizes: list[int]) -> list[int]:
    """Quotas by largest remainder of n over strata; ties to the larger, then to the earlier (section 5)."""
    n, whole = min(n, sum(sizes)), max(1, sum(sizes))
    quotas = [n * size // whole for size in sizes]
    by_rest = sorted(range(len(sizes)), key=lambda s: (-(n * sizes[s] % whole), -sizes[s], s))
    return [quota + (s in by_rest[:n - sum(quotas)]) for s, quota in enumerate(quotas)]
def draw_stratum(tickets: list[int], start: int, rows: int) -> list[int]:
    """Row indexes of a stratum by (ticket, index); its quota is taken from the front (section 5)."""
    return sorted(range(start, start + rows), key=lambda i: (tickets[i], i))
def covers(regions: str, region: str) -> bool:
    """Do an inspector's regions hold a target's? An empty region is held by "*" alone (section 2)."""
    return regions == "*" or (region != "" and region in regions.split(";"))
def deal_groups(departments: Any, groups: int, inspectors: list[list[str]], tickets: list[int], barred: Any) -> Any:
    """Deal inspectors (rows) like cards: [(group, department's place, inspector, role)], and who is wanting (section 7)."""
    members: list[set[str]] = [set() for _ in range(groups)]
    seats: list[tuple[int, int, int, str]] = []
    for d, department in enumerate(departments):
        left = [j for j in draw_stratum(tickets, 0, len(inspectors)) if inspectors[j][0] == department["code"]]
        for turn in range(department["size"] * groups):
            group, role = turn % groups, "lead" if turn // groups < department["leads"] else "member"
            j = next((j for j in left if not members[group] & barred.get(inspectors[j][1], set()) and (
                role == "member" or department["lead_qualification"] in inspectors[j][2].split(";"))), None)
            if j is None:
                return sorted(seats), (d, group, role)
            left.remove(j)
            members[group].add(inspectors[j][1])
            seats.append((group, d, j, role))
    return sorted(seats), None
def unhex(text: str) -> bytes:
    """Read 32 bytes written as 64 lowercase hex digits."""
    need(re.fullmatch("[0-9a-f]{64}", text), f"应为64位小写十六进制 should be 64 hex digits: {text}")
    return bytes.fromhex(text)
def rows_of(b: Bundle, name: str) -> list[list[str]]:
    """Rows of a CSV below its header; `same` says later whether it was written as it must be."""
    return list(csv.reader(io.StringIO(b.files[name].decode(), newline=""), strict=True))[1:]
def same(b: Bundle, name: str, header: str, rows: list[list[str]]) -> None:
    """Refuses a CSV that is not byte for byte this header and these rows; names the first line that differs."""
    lines = [",".join('"' + f.replace('"', '""') + '"' if set(f) & set(',"\r\n') else f for f in row) for row in rows]
    wanted, given = "\n".join([header, *lines, ""]).split("\n"), b.files[name].decode().split("\n")
    for n, (line, due) in enumerate(zip_longest(given, wanted), 1):
        need(line == due, f"{name} 第{n}行 line {n}: {line!r} 应为 should be {due!r}")
def agree(where: str, given: dict[str, Any], **facts: Any) -> None:
    """Refuses an object with another value than the fact: of a tuple H, and SM3 where both sides know it."""
    for key, fact in facts.items():
        due = frame(*fact).hex() if isinstance(fact, tuple) else fact
        need(canonical(given[key]) == canonical(due), f"{where}: {key} 应为 should be {due}")
        mark = (given.get("sm3") or {}).get(key) if HAS_SM3 and isinstance(fact, tuple) else None
        need(mark is None or mark == frame(*fact, algorithm="sm3").hex(), f"{where}: {key}: SM3 不符 does not fit")

# ---- the steps, each the name of its claim: it yields (state, sentence), or need() stops it ------------------------
def members(b: Bundle) -> Iterator[tuple[str, str]]:
    """Only known files, each once, none missing, not too large; every JSON canonical, without float or endless integer."""
    with zipfile.ZipFile(io.BytesIO(b.data)) as archive:
        need(sum(info.file_size for info in archive.infolist()) <= SIZE_LIMIT, "解压后过大 too large when unpacked")
        for info in archive.infolist():
            name, known = info.filename, info.filename in ALWAYS | CLOSED | OTHERS or re.fullmatch(LATER, info.filename)
            need(known and info.compress_type in (0, 8) and name not in b.files, f"不认识或重名 unknown or double: {name}")
            b.files[name] = archive.open(info).read(info.file_size + 1)  # no more, whatever the file unpacks to
    b.full, b.short, b.later = bool(CLOSED & set(b.files)), "shortage.json" in b.files, {n[:9] for n in b.files if "/" in n}
    need(b.short or not b.later, "没有缺口而有后续匹配 later pairings without a shortage")
    lack = (ALWAYS | (CLOSED | {"pairs.csv", "bans.csv", "changes.csv"} if b.full else {"proofs.json"})) - set(b.files)
    need(not lack, f"缺少文件 missing: {sorted(lack)}")
    yield VERIFIED, f"{len(b.files)} 个文件 files: {'完整证据包 full bundle' if b.full else '公开证据包 public bundle'}"
    for b.claim, text in sorted(item for item in b.files.items() if item[0].endswith(".json")):  # noqa: B020
        b.json[b.claim] = json.loads(text, parse_float=repr, parse_constant=repr, parse_int=lambda digits: int(digits[:999]))
        need(canonical(b.json[b.claim]) == text, f"{b.claim} 不是规范 JSON is not canonical JSON")
    b.plan, b.commit, b.reveal = (b.json[name] for name in ("plan.json", "commit.json", "reveal.json"))

def plan(b: Bundle) -> Iterator[tuple[str, str]]:
    """The plan makes sense where it decides, and P is its digest."""
    quota, departments, b.fixed = b.plan["quota"], b.plan["departments"], b.plan["teams"] == "fixed"
    rates, total, least = quota.get("rates", {}).values(), quota.get("total", 0), quota.get("at_least_one", False)
    need(("rates" in quota) != ("total" in quota) and type(total) is int and total >= 0 and type(least) is bool and all(
        re.fullmatch("[0-9]{1,9}/0*[1-9][0-9]{0,8}", rate) for rate in rates), f"plan.json: quota: {quota}")
    for d in departments:
        lead = d.setdefault("lead_qualification", "")
        need([type(d[key]) for key in ("code", "size", "leads", "lead_qualification")] == [str, int, int, str] and
            0 <= d["leads"] <= d["size"] > 0 and (lead or not d["leads"]), f"departments {d}")
    need(len({d["code"] for d in departments}) == len(departments), "plan.json: departments 重复 one twice")
    named = b.plan.get("witnesses", b.commit["witnesses"])
    need(len(named) == len(b.commit["witnesses"]), "commit.json: witnesses 与方案人数不符 not as many as the plan names")
    need(0 < b.plan["groups"] <= 10 ** 5 and b.plan["groups"] is not True if b.fixed else
         b.plan["teams"] == "per_target" and "groups.csv" not in b.files, "plan.json: teams, groups; groups.csv")
    agree("commit.json", b.commit, protocol="draw-1", plan=("plan", b.files["plan.json"]))
    yield VERIFIED, f"P = {b.commit['plan']}"

def tables(b: Bundle) -> Iterator[tuple[str, str]]:
    """The frozen tables (锁定名录): rows as far as the bundle has them, ranges, salts, root, digest T, SM3."""
    for name, header in COLUMNS.items():
        b.claim, data = f"tables.{name}", b.files.get(f"{name}.tsv", b"")
        head, (first, *lines) = b.commit["tables"][name], data.split(b"\n")
        if b.full:
            need(first == header.encode() and lines.pop() == b"", f"{name}.tsv 表头或末尾 header or end")
            need(is_normalized("NFC", data.decode()) and not re.search(b"[\r\0]", data), f"{name}.tsv NFC, CR, NUL")
            rows = b.rows[name] = [line.decode().split("\t") for line in lines]
            for n, row in enumerate(rows):
                ordered = len(row) == header.count("\t") + 1 and (n == 0 or rows[n - 1][:2] < row[:2])
                need(ordered, f"{name}.tsv 第{n + 2}行列数或次序 line {n + 2}: columns, not sorted, or twice")
                need(row_fits(b, name, row), f"{name}.tsv 第{n + 2}行编号、列表或上限 line {n + 2}: id, list, or capacity")
            key = frame("saltkey", unhex(b.json["auditor.json"]["salt_secret"]), name.encode())
            root = merkle_root([leaf(salt(key, i), line) for i, line in enumerate(lines)])
            counts = Counter(row[0] for row in rows) if name in b.place else {}
            agree("commit.json", head, rows=len(lines), ranges=[[*count] for count in counts.items()], root=root.hex(),
                  sm3=hashlib.new("sm3", data).hexdigest() if HAS_SM3 and head["sm3"] is not None else head["sm3"])
        need([s for s, n in head["ranges"] if n > 0] == sorted({s for s, _ in head["ranges"]}) and head["rows"] < ROW_LIMIT
             and sum(n for _, n in head["ranges"]) == (head["rows"] if name in b.place else 0), "commit.json: ranges")
        b.digests[name] = table_digest(name, header, head["rows"], unhex(head["root"]), head["ranges"])
        agree("commit.json", head, header=header, digest=b.digests[name].hex())
        yield (VERIFIED, f"T = {head['digest']}") if b.full else (UNVERIFIABLE, "公开包无名录行 not in a public bundle")
def row_fits(b: Bundle, name: str, row: list[str]) -> bool:
    """Are a frozen row's ids known, or new, its lists sorted, its capacity a number? Keeps places and bars."""
    people = b.place["inspectors"]
    if name == "bars":
        b.bars.add((row[0], row[1]))
        return row[0] in people and row[1] in b.place["targets"]
    if name == "pair_bars":
        b.barred[row[0]].add(row[1])
        b.barred[row[1]].add(row[0])
        return row[0] < row[1] and row[0] in people and row[1] in people
    count = len(b.place[name])
    lists = [row[2], row[4]] if name == "inspectors" else []
    return (b.place[name].setdefault(row[1], count) == count and (not lists or re.fullmatch("0|[1-9][0-9]{0,17}", row[5])
            is not None) and all(field == ";".join(sorted({*field.split(";")} - {""})) for field in lists))

def commitment(b: Bundle) -> Iterator[tuple[str, str]]:
    """The secrets open S, Z and each W; C (承诺) holds plan, tables and these; it is the register's entry."""
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
    agree("register.json", entry, number=b.plan["number"], commit=c["commit"], state="open" if (
        b.short and (not b.later or f"{max(b.later)}/shortage.json" in b.files)) else "completed")
    need((before or ["0" * 64])[0] == b.plan["predecessor"], "register.json: predecessors 与计划不符 not the plan's")
    alone, notice = not public_between(entry, c["published"]), "self-drawn" in b.files["README.txt"].decode()
    need(alone is entry["self_drawn"] is notice, f"register.json, README.txt: self_drawn 应为 should be {alone}")
    yield VERIFIED, f"编号 number {b.plan['number']}, 前号 predecessors: {len(before)}"
    b.claim, others = "published", "自行抽取，可另有承诺 self-drawn, there may be other commitments; " * entry["self_drawn"]
    places = "; ".join(f"{place['where']}, {place['when']}" for place in c["published"]) or "无公布记录 nowhere on record"
    yield UNVERIFIABLE, f"{others}须查 C 公布在先 was C public before? {places}"
def public_between(entry: dict[str, Any], published: list[dict[str, str]]) -> bool:
    """Is a publication dated from the commitment on and before the draw? A bare date is a whole day."""
    first, last = (datetime.fromisoformat(entry[key]) for key in ("committed_at", "drawn_at"))
    days = [date.fromisoformat(each["when"]) for each in published if len(each["when"]) == 10]
    times = [datetime.fromisoformat(each["when"]) for each in published if len(each["when"]) > 10]
    zoned = [time if time.tzinfo else time.replace(tzinfo=first.tzinfo) for time in times]
    return any(first.date() <= day < last.date() for day in days) or any(first <= time < last for time in zoned)

def seed(b: Bundle) -> Iterator[tuple[str, str]]:
    """R holds the reveals, the entropy (外部随机数) is written as the plan names it, and SEED follows."""
    r, text, begin = b.reveal, b.reveal["entropy"], b.plan.get("entropy")
    reveals = [(reveal or "").encode() for reveal in r["reveals"]]
    agree("reveal.json", {"reveals": r["reveals_digest"], "sm3": r.get("sm3")}, reveals=("reveals", *reveals))
    need(begin is None or text.startswith(begin + ":"), f"reveal.json: entropy 应以此开头 should begin with {begin}:")
    bits, notice = outside_bits(text), b.files["README.txt"].decode().split("\n")
    need(f" {bits} bits" in notice[0], f"README.txt: 第1行应说明比特数 line 1 should tell: {bits} bits")
    parts = [unhex(b.commit["commit"]), unhex(r["reveals_digest"]), unhex(r["secret"]), text.encode()]
    agree("reveal.json", r, seed=("seed", *parts))
    b.seed = unhex(r["seed"])
    yield VERIFIED, f"{text} ({bits} bits){'：抽取人可自选 the drawer could have chosen it' if bits == 0 else ''}"
def outside_bits(text: str) -> Any:
    """How many whole bits (比特) of an entropy nobody inside could choose; refuses what is written as no kind is."""
    kind, _, rest = text.partition(":")
    form, bits = ENTROPY.get(kind, ("(?!)", 0))
    need(re.fullmatch(form, rest), "reveal.json: entropy 写法不符 is not written as any kind is")
    if kind == "lottery":
        name, issues, results = (part.split("+") for part in rest.split(":"))
        need(len({*issues}) == len(issues) == len(results), "reveal.json: entropy: 期号 issues")
        for result in results if name[0] in BALLS else []:
            numbers = [int(number) for number in result.split("-")]
            for count, highest in BALLS[name[0]]:
                group, numbers = numbers[:count], numbers[count:]
                need(len({*group}) == count and 0 < min(group) <= max(group) <= highest, f"entropy: 号码 numbers {result}")
            need(not numbers, f"reveal.json: entropy: 号码过多 too many numbers {result}")
        return bits * len(issues) if name[0] in BALLS else "unknown"
    return min(bits, 4 * len(rest.split(":")[2])) if kind == "beacon" else bits

def drawn(b: Bundle) -> Iterator[tuple[str, str]]:
    """Quotas, the ticket (签号) of every row and the selection, row for row; thresholds (末位签号); what changed later."""
    head, quota, rates, rows = b.commit["tables"]["targets"], b.plan["quota"], b.plan["quota"].get("rates", {}), []
    quotas = quotas_by_total(quota["total"], [size for _, size in head["ranges"]]) if "total" in quota else [
        quota_by_rate(rates[s], n, quota.get("at_least_one", False)) if s in rates else 0 for s, n in head["ranges"]]
    key = stage_key(b.seed, "targets", b.digests["targets"])
    b.tickets = [w for block in range(1, head["rows"] // 4 + 2) for w in philox(block, key)]
    for (stratum, size), count in zip(head["ranges"], quotas):  # noqa: B905 - Python 3.8
        end = ["", ""]
        for rank, i in enumerate(draw_stratum(b.tickets, len(b.stratum), size)[:count], 1):
            name, end = target_id(b, stratum, i), [f"{b.tickets[i]:016x}", str(i)]
            b.drawn[name] = i
            rows.append([stratum, str(rank), str(i), name, end[0]])
        b.ends[stratum] = [stratum, str(size), str(count), *end]
        b.stratum += [stratum] * size
    same(b, "drawn.csv", "stratum,rank,index,id,ticket", rows)
    proofs = len(b.json.get("proofs.json", {"targets": ()})["targets"])
    need(proofs == (0 if b.full else len(rows)), f"proofs.json 个数不符 another number of proofs than drawn rows: {proofs}")
    yield VERIFIED, f"抽中 drawn: {len(rows)}"
    b.claim = "thresholds"
    same(b, "thresholds.csv", "stratum,rows,quota,ticket,index", [*b.ends.values()])
    yield VERIFIED, f"{len(b.ends)} 层 strata"
    b.claim = "changes"
    if "changes.csv" in b.files:
        b.changes = [[str(n), *row[1:8]] for n, row in enumerate(rows_of(b, "changes.csv"), 1)]
        same(b, "changes.csv", "seq,kind,subject,ground,approver_role,result,rank,eligible", b.changes)
    if b.changes or b.later:
        told, more = f"{len(b.changes)} 项变更", f"、{len(b.later)} 次后续匹配 later pairings" * bool(b.later)
        yield UNVERIFIABLE, f"{told}{more} 未在此重演 voids, recusals, supplies are not replayed here"
def target_id(b: Bundle, stratum: str, i: int) -> str:
    """The id in row i of the targets: from the table, or from the next proof that the committed tree has it there."""
    if b.full:
        return str(b.rows["targets"][i][1])
    head, proof = b.commit["tables"]["targets"], b.json["proofs.json"]["targets"][len(b.drawn)]
    row, hidden = proof["line"].split("\t"), leaf(bytes.fromhex(proof["salt"]), proof["line"].encode())
    need(len(row) == 4 and row[0] == stratum and len(proof["salt"]) == 32, f"proofs.json: 第{i}行 row {i}: line, salt")
    root = proof_root(i, head["rows"], hidden, proof["path"]).hex()
    need(root == head["root"], f"proofs.json: {row[:2]} 不是承诺名录第{i}行 is not row {i} of the committed table")
    return str(row[1])

def groups(b: Bundle) -> Iterator[tuple[str, str]]:
    """Fixed groups (检查组) are dealt again; where somebody is wanting, the shortage (人员缺口) names just this."""
    if b.fixed and b.full:
        parts, people, key = b.plan["departments"], b.rows["inspectors"], stage_key(b.seed, "teams", b.digests["inspectors"])
        tickets = [word(key, j) for j in range(len(people))]
        seats, none = deal_groups(parts, b.plan["groups"], people, tickets, b.barred)
        if none:
            short = {"kind": "group", "department": parts[none[0]]["code"], "group": none[1], "role": none[2]}
            agree("shortage.json", b.json["shortage.json"], shortage=[short])
        else:
            same(b, "groups.csv", "group,department,inspector_id,role,ticket", [
                [str(g), people[j][0], people[j][1], role, f"{tickets[j]:016x}"] for g, _, j, role in seats])
        for group, _, j, _ in seats:
            b.seated[str(group)].append(people[j][1])
        yield VERIFIED, f"{b.plan['groups']} 组 groups, {len(seats)} 人 inspectors"

def team_rows(b: Bundle, key: int, name: str, chosen: set[str]) -> Iterator[list[str]]:
    """The rows of a target's team as they must stand, given the ids of those chosen (section 6)."""
    people, place, i = b.rows["inspectors"], b.place["inspectors"], b.drawn[name]
    for d in b.plan["departments"]:
        team = [j for j in sorted(place[who] for who in chosen) if people[j][0] == d["code"]]
        cost = {j: pair_word(key, i, j) >> 24 for j in team}
        able = [j for _, j in sorted((cost[j], j) for j in team) if d["lead_qualification"] in people[j][2].split(";")]
        need(len(team) == d["size"] and len(able) >= d["leads"], f"pairs.csv: {name} {d['code']} 人数 size, leads")
        for j in team:
            yield [name, d["code"], people[j][1], "lead" if j in able[:d["leads"]] else "member", str(cost[j])]

def pairs_lawful(b: Bundle) -> Iterator[tuple[str, str]]:
    """Every drawn target has a lawful team (人员匹配) with its roles and costs, or none has in a shortage; bans fit."""
    if not b.full:
        yield UNVERIFIABLE, "公开包不含人员名录 a public bundle has no table of persons"
        return
    b.on, b.load, b.due = defaultdict(set), Counter(), []
    for row in rows_of(b, "pairs.csv"):
        b.on[row[0]].add(row[1 if b.fixed else 2])
    key = stage_key(b.seed, "match-group" if b.fixed else "match", b.digests["inspectors"])
    people = {row[1]: row for row in b.rows["inspectors"]}
    for name, i in [] if b.short else sorted(b.drawn.items(), key=lambda item: item[1]):
        need(not b.fixed or (len(b.on[name]) == 1 and b.on[name] <= b.seated.keys()), f"pairs.csv: {name} 应一组 one group")
        team = [people[who] for one in sorted(b.on[name]) for who in (b.seated[one] if b.fixed else [one])]
        for code, who, _, _, _, capacity, _ in team:
            b.load[who] += 1
            held = any(covers(r[4], b.rows["targets"][i][2]) for r in team if (r[0] == code if b.fixed else r[1] == who))
            need(held, f"pairs.csv: {name} {who} 区域不符 has not the region")
            need((who, name) not in b.bars, f"pairs.csv: {name} {who} 应回避 is barred")
            need(not b.barred[who] & {row[1] for row in team}, f"pairs.csv: {name} {who} 与人互斥 is barred from another")
            need(b.load[who] <= int(capacity), f"pairs.csv: {name} {who} 超过上限 has more targets than {capacity}")
        b.due += team_rows(b, key, name, b.on[name]) if not b.fixed else [
            [name, *b.on[name], str(pair_word(key, i, int(*b.on[name])) >> 24)]]
    same(b, "pairs.csv", "target_id,group,cost" if b.fixed else "target_id,department,inspector_id,role,cost", b.due)
    yield VERIFIED, f"{len(b.due)} 行 rows"
    b.claim, bans, before = "bans", [] if b.fixed or b.short else rows_of(b, "bans.csv"), (0, ROW_LIMIT)
    for turn, name, gone, other in bans:
        here = int(turn), b.drawn[name]
        need(before < here and here[0] <= before[0] + 1 and turn == str(here[0]), f"bans.csv: {turn} {name} 次序 order")
        need(other in b.barred[gone] and gone not in b.on[name], f"bans.csv: {name} {gone} 仍在 still on, or no pair bar")
        before = here
    same(b, "bans.csv", "round,target_id,banned_id,other_id", bans)
    yield VERIFIED, f"{len(bans)} 项 bans"
    b.claim = "shortage" if b.short else "pairs.optimal"
    yield UNVERIFIABLE, "须由 yaohao verify 重新求解 what is greatest, cheapest or banned takes a solver: `yaohao verify`"

def own(b: Bundle) -> Iterator[tuple[str, str]]:
    """One target's own check: its ticket against the threshold of its stratum."""
    b.claim, i = "target", b.place["targets"].get(b.target, b.drawn.get(b.target))
    if b.target is not None and i is None:
        yield UNVERIFIABLE, b.target + (" 未抽中或不在名录 not drawn, or unknown: a public bundle cannot tell" if not b.full
                                        else " 不在名录中，以上不受影响 is not in the frozen table; all above stands")
    elif b.target is not None:
        stratum, size, count, end, _ = b.ends[b.stratum[i]]
        rank = draw_stratum(b.tickets, b.stratum.index(stratum), int(size)).index(i) + 1
        fate = "抽中 drawn" if rank <= int(count) else "未抽中：签号在末位之后 not drawn: ticket > threshold"
        yield VERIFIED, f"{b.target} {fate}; {stratum} 第{rank}位 rank, 签号 ticket {b.tickets[i]:016x}, 末位 last {end}"

def verify(data: bytes, target: str | None = None) -> list[Claim]:
    """Replay a bundle: its claims in order, up to the first wrong one. Never raises, whatever the bytes are."""
    b = Bundle(data=data, target=target, files={}, json={}, rows={}, digests={}, drawn={}, ends={}, stratum=[], bars=set(),
               changes=[], place={"targets": {}, "inspectors": {}}, barred=defaultdict(set), seated=defaultdict(list))
    claims: list[Claim] = []
    for step in (members, plan, tables, commitment, seed, drawn, groups, pairs_lawful, own):
        b.claim = step.__name__.replace("_", ".")
        try:
            for state, detail in step(b):
                claims.append(Claim(b.claim, state, detail))
        except Exception as fault:  # whatever breaks in a hostile bundle is wrong; but after changes pairs may differ
            kind = "" if isinstance(fault, AssertionError) else f"形式不对 malformed: {type(fault).__name__}: "
            state = UNVERIFIABLE if b.changes and step in (groups, pairs_lawful) else WRONG
            claims.append(Claim(b.claim, state, f"{kind}{fault}"))
            if state == WRONG:
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
    claims = verify(given.bundle.read_bytes(), given.target)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    for claim in claims:
        print({VERIFIED: "✓", UNVERIFIABLE: "?", WRONG: "✗"}[claim.state], f"{claim.claim:18}", claim.detail)
    wrong = [f"{given.bundle}: {claim.claim}: {claim.detail}\n" for claim in claims if claim.state == WRONG]
    print("结论：不成立 verdict: wrong" if wrong else "结论：成立，标 ? 者除外 verdict: follows, but for what is marked ?")
    sys.stderr.writelines(wrong)
    return len(wrong) or 2 * any(claim.claim == "target" and claim.state == UNVERIFIABLE for claim in claims)

if __name__ == "__main__":
    sys.exit(main())
