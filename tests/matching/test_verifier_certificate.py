"""What the auditor's program makes of certificates and weighted pools: the definition, and no edit gets through."""

import copy
import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest

from matching.bundle import pack
from matching.verifier import VERIFIED, WRONG, Claim, verify
from tests.matching.bundles import canonical, digest, leaves, philox, root, salts, sm3
from tests.matching.bundles import path as path_of
from tests.matching.drawn_cases import DrawnCase, drawn_case

Files = dict[str, bytes]
PAIRED = [("per_target", seed) for seed in range(40)] + [("fixed", seed) for seed in range(20)]


def cases(*wanted: str) -> Iterator[tuple[DrawnCase, Files]]:
    """Small cases whose certificates have entries of these kinds, with their bundles."""
    for kind, seed in PAIRED:
        case = drawn_case(kind, seed)
        files = case.full()
        told = json.loads(files["certificate.json"])
        if all(told[each] for each in wanted):
            yield case, files


def wrong(files: Files) -> Claim:
    """The one claim that is wrong."""
    (claim,) = [claim for claim in verify(pack(files)) if claim.state == WRONG]
    return claim


def altered(files: Files, change: Callable[[Any], object], name: str = "certificate.json") -> Files:
    """The files with another certificate; the change must change it."""
    told = json.loads(files[name])
    change(told)
    assert canonical(told) != files[name]
    return {**files, name: canonical(told)}


# The definition (docs/protocol.md, 10.3), arc by arc, with lists of levels


def table(files: Files, name: str) -> list[list[str]]:
    return [line.split("\t") for line in files[f"{name}.tsv"].decode().splitlines()[1:]]


def csv_rows(files: Files, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files[name].decode())))[1:]


class Network:
    """The arcs of one department, or of the groups, with the bans up to the round of an entry."""

    def __init__(self, case: DrawnCase, files: Files, entry: dict[str, Any], levels: list[str]) -> None:
        self.levels, self.entry = levels, entry
        plan = json.loads(files["plan.json"])
        targets, people = table(files, "targets"), table(files, "inspectors")
        place = {row[1]: i for i, row in enumerate(targets)}
        who = {row[1]: j for j, row in enumerate(people)}
        fixed = plan["teams"] == "fixed"
        self.rows = sorted(int(row[2]) for row in csv_rows(files, "drawn.csv"))
        key = digest(
            "key",
            case.revealed.seed,
            case.commitment.seals["inspectors"].digest,
            b"match-group" if fixed else b"match",
        )
        self.key = int.from_bytes(key[:16], "big")
        if fixed:
            self.size, self.leads = 1, 0
            self.team: dict[int, list[list[str]]] = {}
            for group, _, name, _, _ in csv_rows(files, "groups.csv"):
                self.team.setdefault(int(group), []).append(people[who[name]])
            self.able = dict.fromkeys(self.team, True)
        else:
            (d,) = [d for d in plan["departments"] if d["code"] == entry["department"]]
            self.size, self.leads = d["size"], d["leads"]
            self.team = {j: [row] for j, row in enumerate(people) if row[0] == d["code"]}
            lead = {*d.get("lead_qualification", "").split(";")}
            self.able = {j: lead <= {*team[0][2].split(";")} for j, team in self.team.items()}
        bars = {(row[0], row[1]) for row in table(files, "bars")}
        gone = {
            (place[row[1]], who[row[2]])
            for row in csv_rows(files, "bans.csv")
            if int(row[0]) <= entry["round"]
        }
        self.arcs = [
            (i, j, targets[i][2])
            for i in self.rows
            for j, team in self.team.items()
            if (i, j) not in gone
            and not any((row[1], targets[i][1]) in bars for row in team)
            and {row[0] for row in team} == {row[0] for row in team if holds(row[4], targets[i][2])}
            and (self.able[j] or self.leads < self.size)
        ]
        if "pairs" in entry:
            self.pairs = {(i, j) for i, j in entry["pairs"]}
        elif fixed:
            self.pairs = {(place[row[0]], int(row[1])) for row in csv_rows(files, "pairs.csv")}
        else:
            told = csv_rows(files, "pairs.csv")
            self.pairs = {(place[row[0]], who[row[2]]) for row in told if row[1] == entry["department"]}

    def proves(self) -> bool:
        """Of every arc that could carry more the rise is not below zero, of one that carries something not above."""
        zero = (0,) * len(self.levels)
        fails = ((more and rise < zero) or (some and rise > zero) for rise, more, some in self.rises())
        return not any(fails)

    def rises(self) -> Iterator[tuple[tuple[int, ...], bool, bool]]:
        gated = 0 < self.leads < self.size
        takers, targets = list(self.team), self.rows

        def at(part: str, nodes: list[int], node: int) -> list[int]:
            return [numbers[nodes.index(node)] for numbers in self.entry[part]]

        def rise(cost: dict[str, int], tail: list[int], head: list[int]) -> tuple[int, ...]:
            return tuple(
                cost.get(name, 0) + a - b for name, a, b in zip(self.levels, tail, head, strict=True)
            )

        none = [0] * len(self.levels)
        for j, team in self.team.items():
            load = sum(taker == j for _, taker in self.pairs)
            for unit in range(1, min(int(row[5]) for row in team) + 1):
                used = unit <= load
                yield rise({"balance": 2 * unit - 1}, none, at("takers", takers, j)), not used, used
        for i, j, region in self.arcs:
            word = philox((i << 64) + 1 + j // 4, self.key)[j % 4]
            used = (i, j) in self.pairs
            cost = {
                "near": int(not region or all(row[3] != region for row in self.team[j])),
                "cost": word >> 24,
                "remainder": word % 2**24,
                "shared": 1 if used else -1,
            }
            head = "gates" if gated and not self.able[j] else "seats"
            yield rise(cost, at("takers", takers, j), at(head, targets, i)), not used, used
        for i in targets if gated else []:
            passed = sum(target == i and not self.able[j] for target, j in self.pairs)
            up = rise({}, at("gates", targets, i), at("seats", targets, i))
            yield up, passed < self.size - self.leads, passed > 0


def holds(regions: str, region: str) -> bool:
    return regions == "*" or (region != "" and region in regions.split(";"))


def test_a_potential_moved_by_one_still_proves_or_is_refused_just_as_the_definition_says():
    stood = {True: 0, False: 0}
    for case, files in list(cases("solved"))[::2]:
        told = json.loads(files["certificate.json"])
        for n, entry in enumerate(told["solved"]):
            if told["short"]:
                continue  # the bans that stood at its time are not in bans.csv
            assert Network(case, files, entry, told["levels"]).proves()
            for part in ("takers", "seats", "gates"):
                for level, numbers in enumerate(entry[part]):
                    for place in range(0, len(numbers), 1 if part == "gates" else 5):
                        for by in (-1, 1):
                            moved = copy.deepcopy(told)
                            moved["solved"][n][part][level][place] += by
                            due = Network(case, files, moved["solved"][n], told["levels"]).proves()
                            claims = verify(pack({**files, "certificate.json": canonical(moved)}))
                            found = [claim for claim in claims if claim.state == WRONG]
                            assert (not found) is due, (case.plan, n, part, level, place, by, found)
                            assert due or found[0].claim == "bans"
                            stood[due] += 1
    assert min(stood.values()) > 100, stood


# Edits of entries


def both_entries(told: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for part in ("solved", "short"):
        yield from ((part, n) for n in range(len(told[part])))


def put(key: str, level: int, place: int, number: object) -> Callable[[dict[str, Any]], object]:
    """Another number for one potential."""

    def edit(entry: dict[str, Any]) -> None:
        entry[key][level][place] = number

    return edit


def edits(entry: dict[str, Any]) -> Iterator[tuple[str, Callable[[dict[str, Any]], object]]]:
    """What may be wrong in one entry."""
    yield "round", lambda e: e.update(round=e["round"] + 1)
    yield "round true", lambda e: e.update(round=bool(e["round"]))
    yield "department", lambda e: e.update(department=e["department"] + "x")
    yield "unknown field", lambda e: e.update(note="")
    for key in entry:
        yield f"without {key}", lambda e, key=key: e.pop(key)
        yield f"{key} null", lambda e, key=key: e.update({key: 7 if e[key] is None else None})
    if "ban" in entry:
        yield "ban", lambda e: e.update(ban=[0, 0])
        for key in ("seats", "gates"):
            yield f"{key} foreign", lambda e, key=key: e[key].append(10**6)
            yield f"{key} negative", lambda e, key=key: e[key].insert(0, -1)
            if entry[key]:
                yield f"{key} twice", lambda e, key=key: e[key].append(e[key][-1])
        if len(entry["seats"]) > 1:
            yield "seats in another order", lambda e: e["seats"].reverse()
        yield "no seats", lambda e: e.update(seats=[], gates=[])
    else:
        for key in ("takers", "seats", "gates"):
            yield f"{key}: a number more", lambda e, key=key: e[key][0].append(0)
            yield f"{key}: a level more", lambda e, key=key: e[key].append(e[key][0])
            yield f"{key}: a level less", lambda e, key=key: e[key].pop()
            for n, numbers in list(enumerate(entry[key]))[:: len(entry[key]) - 1]:
                for word, number in (("true", True), ("false", False)):
                    if number in numbers:
                        yield f"{key}: {word}", put(key, n, numbers.index(number), number)
                if numbers:
                    yield f"{key}: text", put(key, n, 0, str(numbers[0]))
                    yield f"{key}: too large", put(key, n, 0, 1 << 64)
                    yield f"{key}: a number less", lambda e, k=key, n=n: e[k][n].pop()
        if entry.get("pairs"):
            yield "pairs twice", lambda e: e["pairs"].append(e["pairs"][-1])
            yield "pairs foreign", lambda e: e["pairs"].append([10**6, 0])
            yield "one pair less", lambda e: e["pairs"].pop()
            yield "pairs in another order", lambda e: e["pairs"].reverse()


def test_an_entry_with_anything_wrong_in_it_is_refused():
    seen = set()
    kinds = (("solved", "short"), ("short",), ("solved",))
    for _, files in [each for wanted in kinds for each in islice(cases(*wanted), 3)]:
        told = json.loads(files["certificate.json"])
        for part, n in {(part, 0 if n else len(told[part]) - 1) for part, n in both_entries(told)}:
            for name, edit in edits(told[part][n]):
                other = altered(files, lambda told, part=part, n=n, edit=edit: edit(told[part][n]))
                claim = wrong(other)
                due = "certificate.json" if name.endswith("too large") else "bans"
                assert claim.claim == due, (part, n, name, claim)
                seen.add(name)
    assert len(seen) > 40, sorted(seen)


def test_the_last_pairs_of_a_department_are_those_of_the_file_of_pairs():
    """Else its entry could prove pairs that are the best, and pairs.csv hold others."""
    tried = 0
    for case, files in islice(cases("solved"), 20):
        if "shortage.json" in files or case.plan.teams != "per_target":
            continue
        targets, people = case.frame.targets.index, case.frame.inspectors.index
        rows = csv_rows(files, "pairs.csv")
        for n, entry in enumerate(json.loads(files["certificate.json"])["solved"]):
            if "pairs" not in entry:
                own = sorted(
                    [targets[row[0]], people[row[2]]] for row in rows if row[1] == entry["department"]
                )
                claim = wrong(altered(files, lambda told, n=n, own=own: told["solved"][n].update(pairs=own)))
                assert (claim.claim, "pairs" in claim.detail) == ("bans", True)
                tried += 1
    assert tried > 10


def test_entries_dropped_doubled_or_in_another_order_are_refused():
    tried = 0
    for _, files in cases():
        told = json.loads(files["certificate.json"])
        for part, n in both_entries(told):
            for change in (
                lambda told, part=part, n=n: told[part].pop(n),
                lambda told, part=part, n=n: told[part].insert(n, told[part][n]),
                lambda told, part=part, n=n: told[part].append(told[part][n]),
                lambda told, part=part, n=n: (
                    told[part].insert(0, told[part].pop(n)) if n else told[part].pop()
                ),
            ):
                assert wrong(altered(files, change)).claim == "bans"
                tried += 1
        for change in (
            lambda told: told.pop("levels"),
            lambda told: told["levels"].pop(),
            lambda told: told["levels"].reverse(),
            lambda told: told.update(note=1),
        ):
            assert wrong(altered(files, change)).claim == "bans"
    assert tried > 200


def test_the_certificate_of_another_pairing_is_refused():
    """Two inspectors of a department change places, with the costs and roles that the lottery gives them there."""
    tried = 0
    for case, files in cases("solved"):
        told = json.loads(files["certificate.json"])
        plan = json.loads(files["plan.json"])
        if plan["teams"] == "fixed" or told["short"]:
            continue
        net = Network(case, files, told["solved"][-1], told["levels"])
        code, arcs = told["solved"][-1]["department"], {(i, j) for i, j, _ in net.arcs}
        swaps = [
            ((i, j), (k, m))
            for i, j in sorted(net.pairs)
            for k, m in sorted(net.pairs)
            if i < k and {(i, m), (k, j)} <= arcs - net.pairs and net.able[j] == net.able[m]
        ]
        for one, two in swaps[:4]:
            now = net.pairs - {one, two} | {(one[0], two[1]), (two[0], one[1])}
            other = {**files, "pairs.csv": written(net, files, code, now)}
            claim = wrong(other)
            assert (claim.claim, "barred from" in claim.detail) in (
                ("bans", False),
                ("pairs.lawful", True),
            ), claim
            tried += claim.claim == "bans"
    assert tried > 20


def written(net: Network, files: Files, code: str, now: set[tuple[int, int]]) -> bytes:
    """pairs.csv with other pairs for one department."""
    targets, people = table(files, "targets"), table(files, "inspectors")
    header, *rows = list(csv.reader(io.StringIO(files["pairs.csv"].decode())))
    out, done = [header], set()
    for row in rows:
        i = next(i for i in net.rows if targets[i][1] == row[0])
        if row[1] != code:
            out.append(row)
        elif i not in done:
            done.add(i)
            team = sorted(j for target, j in now if target == i)
            costs = {j: philox((i << 64) + 1 + j // 4, net.key)[j % 4] >> 24 for j in team}
            leads = sorted((costs[j], j) for j in team if net.able[j])[: net.leads]
            roles = {j: "lead" if (costs[j], j) in leads else "member" for j in team}
            out += [[row[0], code, people[j][1], roles[j], str(costs[j])] for j in team]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(out)
    return text.getvalue().encode()


# Shortages


def test_a_cut_that_shows_nothing_is_refused():
    tried = 0
    for _, files in cases("short"):
        told = json.loads(files["certificate.json"])
        for n, entry in enumerate(told["short"]):
            for seats in ([], entry["seats"][:1], entry["seats"][1:]):
                if seats == entry["seats"]:
                    continue
                other = altered(files, lambda told, n=n, s=seats: told["short"][n].update(seats=s, gates=s))
                claims = verify(pack(other))
                if claims[-1].state == WRONG:
                    assert claims[-1].claim == "bans"
                    tried += "no shortage" in claims[-1].detail
                else:  # a smaller set that is short as well; then it proves what it is there for
                    assert seats
    assert tried > 10


def closed(files: Files) -> Files:
    """The register entry of a number that was completed."""
    return altered(files, lambda told: told["entry"].update(state="completed"), "register.json")


def test_a_certificate_of_a_shortage_proves_no_pairing_and_one_of_a_pairing_no_shortage():
    shortages = pairings = 0
    for _, files in cases():
        if "shortage.json" in files:
            without = {name: content for name, content in closed(files).items() if name != "shortage.json"}
            assert wrong(without).claim in ("groups", "pairs.lawful")
            shortages += 1
        else:
            told = [
                {
                    "kind": "seats",
                    "department": "AMR",
                    "demand": 1,
                    "greatest": 0,
                    "missing": 1,
                    "seats": [],
                    "supply": 0,
                }
            ]
            forged = altered(files, lambda told: told["entry"].update(state="open"), "register.json")
            forged |= {"shortage.json": canonical({"shortage": told})}
            forged |= {name: files[name].splitlines(keepends=True)[0] for name in ("pairs.csv", "bans.csv")}
            assert wrong(forged).claim == "bans"
            pairings += 1
    assert min(shortages, pairings) > 10


def test_every_number_of_a_shortage_that_the_cut_gives_must_be_as_told():
    edited = set()
    fixed = [drawn_case("fixed", seed).full() for seed in range(20, 120)]
    rare = [
        files
        for kind in (b'"no_group"', b'"group"')
        for files in islice((each for each in fixed if kind in each.get("shortage.json", b"")), 3)
    ]
    for files in [*(files for _, files in cases() if "shortage.json" in files), *rare]:
        told = json.loads(files["shortage.json"])["shortage"]
        for n, cause in enumerate(told):
            for key in {*cause} - {"seats", "supply"} - ({"targets"} if cause["kind"] == "groups" else set()):
                other = altered(
                    files,
                    lambda told, n=n, key=key: told["shortage"][n].update(
                        {
                            key: told["shortage"][n][key] + 1
                            if isinstance(told["shortage"][n][key], int)
                            else ["x"]
                        }
                    ),
                    "shortage.json",
                )
                assert wrong(other).claim in ("groups", "bans"), (cause, key)
                edited.add((cause["kind"], key))
        for change in (
            lambda told: told["shortage"].append(told["shortage"][0]),
            lambda told: told["shortage"].pop(),
            lambda told: told["shortage"][0].update(note=1),
            lambda told: told.update(note=1),
        ):
            assert wrong(altered(files, change, "shortage.json")).claim in ("groups", "bans")
    assert {kind for kind, _ in edited} >= {"seats", "pair_bar", "group", "no_group"}, edited


def test_bans_made_one_by_one_before_a_shortage_are_shown_to_stand():
    """Without the answers with these bans anybody could skip an honest cut and come to a shortage of his own."""
    shown = 0
    for seed in range(300):
        files = drawn_case("per_target", seed).full()
        if "pair_bar" in files.get("shortage.json", b"").decode():
            assert verify(pack(files))[-1][:2] == ("shortage", VERIFIED)
            solved = json.loads(files["certificate.json"])["solved"]
            last = max(entry["round"] for entry in json.loads(files["certificate.json"])["short"])
            if any(entry["round"] == last for entry in solved):
                shown += 1
                out = altered(files, lambda told: told["solved"].pop(), "certificate.json")
                assert wrong(out).claim == "bans"
    assert shown > 3


# Weighted pools


@pytest.mark.parametrize("public", [False, True])
def test_every_field_of_systematic_json_counts(public):
    for seed in range(6):
        case = drawn_case("per_target", seed, "systematic")
        files = case.public() if public else case.full()
        told = json.loads(files["systematic.json"])
        edits: list[Callable[[Any], object]] = [lambda told: told.update(note=1)]
        for key, value in told.items():
            edits.append(lambda told, key=key: told.pop(key))
            for other in (
                [True, "1", None, value + 1, value - 1]
                if key != "taken"
                else [None, [*value, 10**6], [True], value[1:]]
            ):
                if canonical(other) != canonical(value):
                    edits.append(lambda told, key=key, other=other: told.update({key: other}))
        for edit in edits:
            claim = wrong(altered(files, edit, "systematic.json"))
            assert claim.claim == "drawn"


def proofs_of(case: DrawnCase) -> list[dict[str, Any]]:
    """A proof of every row of the targets."""
    rows = [list(row) for row in case.frame.targets.rows]
    lines = ["\t".join(row) for row in rows]
    secret = case.secrets.salt_secret.hex()
    hidden = salts(secret, "targets", len(rows))
    nodes = leaves(secret, "targets", rows)
    return [
        {"line": line, "salt": salt.hex(), "path": path_of(nodes, i)}
        for i, (line, salt) in enumerate(zip(lines, hidden, strict=True))
    ]


def test_a_drawn_row_of_a_weighted_public_bundle_cannot_be_another_though_it_is_proved():
    tried = 0
    for seed in range(8):
        case = drawn_case("per_target", seed, "systematic")
        files, proofs = case.public(), proofs_of(case)
        header, *rows = files["drawn.csv"].decode().splitlines()
        drawn = {int(row.split(",")[2]) for row in rows}
        key = int.from_bytes(
            digest("key", case.revealed.seed, case.commitment.seals["targets"].digest, b"targets")[:16], "big"
        )
        told = json.loads(files["proofs.json"])["targets"]
        for place, row in enumerate(rows):
            for i, proof in enumerate(proofs):
                stratum, name = proof["line"].split("\t")[:2]
                if i in drawn or stratum != row.split(",")[0]:
                    continue
                ticket = philox(1 + i // 4, key)[i % 4]
                lines = [(line.split(","), told[n]) for n, line in enumerate(rows) if n != place] + [
                    ([stratum, "", str(i), name, f"{ticket:016x}"], proof)
                ]
                strata = [each.split(",")[0] for each in files["thresholds.csv"].decode().splitlines()[1:]]
                lines.sort(key=lambda each: (strata.index(each[0][0]), each[0][4]))
                ranks: dict[str, int] = {}
                for line, _ in lines:
                    ranks[line[0]] = ranks.get(line[0], 0) + 1
                    line[1] = str(ranks[line[0]])
                text = "".join(
                    ",".join(line) + "\n" for line in [header.split(","), *(line for line, _ in lines)]
                )
                other = {
                    **files,
                    "drawn.csv": text.encode(),
                    "proofs.json": canonical({"targets": [each for _, each in lines]}),
                }
                assert wrong(other).claim == "drawn"
                tried += 1
    assert tried > 100


def test_weights_that_were_changed_are_refused():
    case = drawn_case("per_target", 1, "systematic")
    files = case.full()
    header, *rows = files["targets.tsv"].decode().splitlines()
    for n, row in enumerate(rows):
        fields = row.split("\t")
        for place, value in (
            (4, str(int(fields[4]) + 1)),
            (5, str(int(fields[5]) + 1)),
            (4, "0" + fields[4]),
            (4, "-1"),
            (4, "x"),
        ):
            changed = [*fields[:place], value, *fields[place + 1 :]]
            lines = [header, *rows[:n], "\t".join(changed), *rows[n + 1 :]]
            claim = wrong({**files, "targets.tsv": "".join(line + "\n" for line in lines).encode()})
            assert claim.claim == "tables.targets"
    public = case.public()
    for n, proof in enumerate(json.loads(public["proofs.json"])["targets"]):
        fields = proof["line"].split("\t")
        for place in (4, 5):
            line = "\t".join([*fields[:place], str(int(fields[place]) + 1), *fields[place + 1 :]])
            moved = altered(
                public, lambda told, n=n, x=line: told["targets"][n].update(line=x), "proofs.json"
            )
            assert wrong(moved).claim == "drawn"
    for place in (1, 2):
        more = altered(
            public,
            lambda told, place=place: told["tables"]["targets"]["ranges"][0].__setitem__(place, 9**9),
            "commit.json",
        )
        assert wrong(more).claim == "tables.targets"


def resealed(files: Files, name: str, **facts: Any) -> Files:
    """The files with other facts of a table in commit.json and register.json, all digests made again, up to C."""
    told = json.loads(files["commit.json"])
    head = told["tables"][name]
    head.update(facts)
    parts = [head["header"].encode(), head["rows"].to_bytes(8, "big"), bytes.fromhex(head["root"])]
    head["digest"] = digest("table", name.encode(), *parts, canonical(head["ranges"])).hex()
    tables = [told["tables"][each]["digest"] for each in ("targets", "inspectors", "bars", "pair_bars")]
    sealed = [told["plan"], *tables, told["secret"], told["salt"], *told["witnesses"]]
    told["commit"] = digest("commit", *map(bytes.fromhex, sealed)).hex()
    told.pop("sm3", None)
    register = json.loads(files["register.json"])
    register["entry"]["commit"] = told["commit"]
    return {**files, "commit.json": canonical(told), "register.json": canonical(register)}


def test_a_bar_cannot_be_hidden_after_the_seed():
    """Its row is dropped and everything committed made again; the seed was made from the C that was published."""
    tried = 0
    for case, files in cases():
        rows = table(files, "bars")
        if not rows:
            continue
        left = rows[1:]
        content = "".join(
            "\t".join(row) + "\n" for row in [["inspector_id", "target_id", "ground"], *left]
        ).encode()
        top = root(leaves(case.secrets.salt_secret.hex(), "bars", left)).hex()
        other = resealed(files, "bars", rows=len(left), root=top, sm3=sm3(content))
        claim = wrong({**other, "bars.tsv": content})
        assert (claim.claim, "seed" in claim.detail) == ("seed", True)
        tried += 1
    assert tried > 10


def test_weights_that_no_table_can_have_are_refused_at_once():
    """Two strata together weigh more than 64 bits: no word would ever be small enough for a start."""
    case = drawn_case("per_target", 1, "systematic")
    files = case.public()
    ranges = json.loads(files["commit.json"])["tables"]["targets"]["ranges"]
    for weight in (2**63 - 1, 10**18):
        other = resealed(files, "targets", ranges=[[*each[:2], weight] for each in ranges])
        told = json.loads(other["commit.json"])
        opened = json.loads(files["reveal.json"])
        parts = [told["commit"], opened["reveals_digest"], opened["secret"]]
        opened["seed"] = digest("seed", *map(bytes.fromhex, parts), opened["entropy"].encode()).hex()
        opened.pop("sm3", None)
        claim = wrong({**other, "reveal.json": canonical(opened)})
        assert (claim.claim, "weights" in claim.detail) == ("drawn", True)
